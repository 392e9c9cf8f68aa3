"""What a server of mail says, at which stage, and what must become of the mail: a table, driven in
the whole program. Each row is a subscription with a server of its own; one event goes to all."""

import json
import pathlib
import sys
import unittest
from dataclasses import dataclass, field

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))

from harness import SIGHUP, ProgramTest, instance_event, wait_for  # noqa: E402
from smtp_script import CLOSE, NAME, After, SmtpScript  # noqa: E402

A, B, C = "a@example.org", "b@example.org", "c@example.org"
ALL = [A, B, C]


@dataclass
class Row:
    name: str
    answers: dict
    get: list = field(default_factory=list)  # Who has it in the end, each exactly once.
    parked: list = field(default_factory=list)  # A part of the reason of each parked delivery.
    is_open: bool = False  # Everything waits for a person.
    waits: bool = False  # It is tried again and again.
    told: str = ""  # In the log, where it is open.
    sink: str = ""
    offers: tuple = ()


LOGIN = "user: u, password: geheim"
TABLE = [
    # About whether anything passes at all.
    Row("greeting-421", {"greeting": ["421 busy"]}, get=ALL),
    Row("greeting-554", {"greeting": "554 no service here"}, is_open=True),
    Row("greeting-closes", {"greeting": [CLOSE]}, get=ALL),
    Row("greeting-late", {"greeting": [After(4, "220 late")]}, get=ALL, sink="timeout: 1s"),
    Row("hello-421", {"EHLO": ["421 busy"], "HELO": ["421 busy"]}, get=ALL),
    Row("hello-550", {"EHLO": "550 who?", "HELO": "550 who?"}, is_open=True),
    Row("hello-502", {"EHLO": "502 too old"}, get=ALL),
    Row("hello-name", {}, get=ALL, sink="ehlo: web1.example.org"),
    Row("starttls-454", {"STARTTLS": "454 not now"}, waits=True, sink="tls: starttls", offers=("STARTTLS",)),
    Row("starttls-502", {"STARTTLS": "502 no"}, is_open=True, sink="tls: starttls", offers=("STARTTLS",)),
    Row("starttls-missing", {}, is_open=True, sink="tls: starttls"),
    Row("auth-454", {"AUTH": ["454 later"]}, get=ALL, sink=LOGIN, offers=("AUTH PLAIN",)),
    Row("auth-535", {"AUTH": "535 wrong"}, is_open=True, sink=LOGIN, offers=("AUTH PLAIN",)),
    Row("auth-432", {"AUTH": "432 change it"}, is_open=True, sink=LOGIN, offers=("AUTH PLAIN",)),
    Row("auth-missing", {}, get=ALL, sink=LOGIN),  # It wants none.
    Row("sender-451", {"MAIL": ["451 later"]}, get=ALL),
    Row("sender-550", {"MAIL": "550 not from you"}, is_open=True),
    Row("sender-530", {"MAIL": "530 log in"}, is_open=True),
    Row("sender-552", {"MAIL": "552 5.3.4 too large"}, parked=["(MAIL)"]),
    # About one recipient.
    Row("recipient-550", {f"RCPT {B}": "550 5.1.1 no such user"}, get=[A, C], parked=[B]),
    Row("recipient-451", {f"RCPT {B}": ["451 greylisted"]}, get=ALL),
    Row("recipient-552", {f"RCPT {C}": ["552 too many recipients"]}, get=ALL),
    Row("recipient-530", {"RCPT": "530 log in"}, is_open=True),
    Row("recipient-421", {f"RCPT {B}": ["421 closing"]}, get=ALL),
    Row("recipient-421-closes", {f"RCPT {B}": [CLOSE]}, get=ALL),
    Row("recipients-550", {"RCPT": "550 nobody here"}, parked=[A, B, C]),
    Row("recipients-5.1.1", {"RCPT": "550 5.1.1 no such user"}, parked=[A, B, C]),
    Row("recipients-450", {"RCPT": ["450 later", "450 later", "450 later"]}, get=ALL),
    Row("recipients-differ", {f"RCPT {A}": ["450 later"], f"RCPT {B}": "550 no"}, get=[A, C], parked=[B]),
    # At RCPT, about the client, the sender or what they may: where all recipients get it, and there.
    Row("relaying-denied", {"RCPT": "550 5.7.1 relaying denied"}, is_open=True, told="relaying denied"),
    Row("client-blocked", {"RCPT": "554 5.7.1 client host blocked"}, is_open=True, told="client host blocked"),
    Row("bad-sender", {"RCPT": "553 5.1.8 bad sender"}, is_open=True, told="bad sender"),
    Row("bad-sender-syntax", {"RCPT": "501 5.1.7 bad address"}, is_open=True, told="bad address"),
    Row("policy-for-one", {f"RCPT {B}": "550 5.7.1 not for you"}, get=[A, C], parked=[B]),
    Row("policy-for-the-rest", {"RCPT": "550 5.7.1 no", f"RCPT {A}": ["451 4.7.1 later"]}, parked=ALL),
    # About this mail.
    Row("data-451", {"DATA": ["451 later"]}, get=ALL),
    Row("data-554", {"DATA": "554 no"}, parked=["(DATA)"]),
    Row("message-452", {"message": ["452 full"]}, get=ALL),
    Row("message-421", {"message": ["421 closing"]}, get=ALL),
    Row("message-554", {"message": "554 spam"}, parked=["554: spam (end of data)"]),
    Row("message-552", {"message": "552 too large"}, parked=["(end of data)"]),
    Row("message-closes", {"message": [CLOSE]}, get=ALL),
    Row("message-late", {"message": [After(3, "250 kept at last")]}, get=ALL, sink="timeout: 1s"),
    Row("message-451-recipient-550", {f"RCPT {B}": "550 no", "message": ["451 later"]}, get=[A, C], parked=[B]),
    Row("message-554-recipient-450", {f"RCPT {B}": ["450 later"], "message": ["554 no"]}, get=[B], parked=[A, C]),
]


class Answers(ProgramTest):
    def test_are_judged_by_their_stage(self):
        self.servers = {}
        config = "subscriptions:\n"
        for row in TABLE:
            server = self.servers[row.name] = SmtpScript(row.answers, row.offers)
            self.addCleanup(server.close)
            tls = "" if "tls:" in row.sink else "tls: none, "
            config += (
                f"  {row.name}: {{retry_for: 1h, sink: {{kind: email, host: 127.0.0.1, {tls}"
                f"port: {server.port}, from: s@example.org, to: {json.dumps(ALL)}"
                f"{', ' if row.sink else ''}{row.sink}}}}}\n"
            )
        self.program = self.daemon(config).start()
        self.program.post(instance_event("i-1", "running", "2026-11-23T09:00:00Z"))
        settled = [row.name for row in TABLE if not row.is_open and not row.waits]
        self.program.wait_until_settled(*settled, seconds=90)
        self.parked = self.program.get("/api/v1/parked")["parked"]
        for row in TABLE:
            with self.subTest(row.name):
                self.check(row)
        self.assertNotIn("geheim", self.program.log_text())
        self.redrive()

    def check(self, row):
        server = self.servers[row.name]
        got = {address: server.received(address) for address in ALL}
        self.assertEqual(got, {address: int(address in row.get) for address in ALL})
        reasons = [each["reason"] for each in self.parked if each["subscription"] == row.name]
        self.assertEqual(len(reasons), len(row.parked), reasons)
        for part in row.parked:
            self.assertTrue(any(part in reason for reason in reasons), reasons)
        self.assertEqual(self.program.subscription(row.name)["circuit"], "open" if row.is_open else "closed")
        if row.is_open:
            lines = [line for line in self.program.log_text().splitlines() if f"subscription={row.name} " in line]
            self.assertTrue(any("refuses everything" in line and row.told in line for line in lines), lines)
        self.assertTrue(all(NAME.match(name) for name in server.names), server.names)
        if row.name == "hello-name":
            self.assertEqual(set(server.names), {"web1.example.org"})
        self.assertLessEqual(len({message for _, message in server.mails}), 1)

    def redrive(self):
        """Who was refused gets it alone, at the address that is right by then."""
        name, right = "recipient-550", "b2@example.org"
        config = self.program.config.read_text()
        line = next(line for line in config.splitlines() if f" {name}:" in line)
        self.program.config.write_text(config.replace(line, line.replace(B, right)))
        self.program.signal(SIGHUP)
        wait_for(lambda: "was read again" in self.program.log_text(), "a reload")
        self.assertEqual(self.program.run("parked", "redrive", "--subscription", name).returncode, 0)
        server = self.servers[name]
        wait_for(lambda: server.received(right), "the mail")
        self.assertEqual([server.received(each) for each in (A, right, C)], [1, 1, 1])


if __name__ == "__main__":
    unittest.main(verbosity=2)
