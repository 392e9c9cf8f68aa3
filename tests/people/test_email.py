"""The sink `email`, from an event to a server of mail."""

import json
import pathlib
import signal
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))

from harness import ROOT, ProgramTest, instance_event, wait_for  # noqa: E402
from mail_server import MailServer, make_certificate  # noqa: E402

INSTANCE = "i-0a1b2c3d4e5f60006"
ARN = f"arn:aws:ec2:eu-west-1:123456789012:instance/{INSTANCE}"


def tagged(team, instance=INSTANCE):
    """A call that starts an instance with this tag."""
    text = (ROOT / "examples/events/ec2-run-instances.json").read_text()
    event = json.loads(text.replace(INSTANCE, instance))
    detail = event["detail"]
    detail["eventID"] = event["id"] = f"{instance}-call"
    for tag in detail["requestParameters"]["tagSpecificationSet"]["items"][0]["tags"]:
        if tag["key"] == "team":
            tag["value"] = team
    return event


def running(instance=INSTANCE, state="running", when="2026-11-20T15:02:40Z"):
    return instance_event(instance, state, when, event_id=f"{instance}-{state}")


class Email(ProgramTest):
    def server(self, **more):
        server = MailServer(**more)
        self.addCleanup(server.close)
        return server

    def start(self, server, sink="", tls="none", subscription="", to="ops@example.org"):
        daemon = self.daemon(
            "subscriptions:\n"
            "  people:\n"
            "    when: {type: [statewire.resource.transition.v1]}\n"
            f"{subscription}"
            "    sink:\n"
            "      kind: email\n"
            "      host: 127.0.0.1\n"
            f"      port: {server.port}\n"
            f"      tls: {tls}\n"
            "      from: Statewire <statewire@example.org>\n"
            f"      to: {json.dumps(to)}\n"
            f"{sink}"
        )
        daemon.start()
        return daemon

    def wait_for_mails(self, server, count):
        wait_for(lambda: len(server.mails) >= count, f"{count} mails")
        return server.mails

    def test_a_person_reads_what_happened(self):
        server = self.server()
        daemon = self.start(server)
        daemon.post(tagged("shop"))
        daemon.post(running())
        mail = self.wait_for_mails(server, 1)[0]
        self.assertEqual(mail.sender, "statewire@example.org")
        self.assertEqual(mail.recipients, ["ops@example.org"])
        message = mail.message
        self.assertEqual(message.defects, [])
        self.assertEqual(
            message["subject"],
            f"EC2 instance bastion ({INSTANCE}) in eu-west-1 is running;"
            " started by role ci-deployer with Terraform",
        )
        self.assertEqual(message["auto-submitted"], "auto-generated")
        self.assertEqual(message["list-id"], "people <people.statewire.example.org>")
        self.assertEqual(message.get_content_type(), "multipart/alternative")
        self.assertIn(f"Resource   {ARN}", mail.part("plain"))
        self.assertIn("Tags       Name=bastion, team=shop", mail.part("plain"))
        html = mail.part("html")
        self.assertIn("EC2 instance bastion", html)
        self.assertIn("prefers-color-scheme:dark", html)
        self.assertNotRegex(mail.bytes, rb"[^\r]\n")
        self.assertTrue(all(len(line) <= 78 for line in mail.bytes.splitlines()))

    def test_mails_of_one_resource_are_one_conversation(self):
        server = self.server()
        daemon = self.start(server)
        daemon.post(running())
        daemon.post(running(state="stopped", when="2026-11-20T16:00:00Z"))
        daemon.post(running(instance="i-0a1b2c3d4e5f60007"))
        mails = self.wait_for_mails(server, 3)
        threads = {}
        for mail in mails:
            self.assertEqual(mail.message["in-reply-to"], mail.message["references"])
            threads.setdefault(str(mail.message["references"]), set()).add(
                str(mail.message["message-id"])
            )
        self.assertEqual(sorted(len(ids) for ids in threads.values()), [1, 2])

    def test_a_tag_says_who_is_told(self):
        server = self.server()
        daemon = self.start(
            server,
            to=["{{resource.tags.team}}@example.org", "archive@example.org"],
            sink="      fallback: ops@example.org\n",
        )
        odd = ["shop", "x\r\nBcc: a@evil.org", "x, a@evil.org", "<x>", "a@evil.org,", "x y", '"x"', ""]
        for number, team in enumerate(odd):
            instance = f"i-0a1b2c3d4e5f6001{number}"
            daemon.post(tagged(team, instance))
            daemon.post(running(instance))
        mails = self.wait_for_mails(server, len(odd))
        told = sorted(mail.recipients[0] for mail in mails)
        self.assertEqual(told, ["ops@example.org"] * (len(odd) - 1) + ["shop@example.org"])
        for mail in mails:
            self.assertEqual(mail.recipients[1], "archive@example.org")
            self.assertNotIn(b"evil.org", mail.bytes.split(b"\r\n\r\n", 1)[0])

    def test_nobody_to_tell_is_parked_with_the_reason(self):
        server = self.server()
        daemon = self.start(server, to="{{resource.tags.team}}@example.org")
        daemon.post(tagged("x y"))
        daemon.post(running())
        parked = self.wait_for_parked(daemon)
        self.assertIn("no recipient", parked["reason"])
        self.assertIn("is no address", parked["reason"])
        self.assertEqual(server.mails, [])

    def test_an_unknown_tag_of_one_recipient_keeps_the_mail_from_no_other(self):
        server = self.server()
        team = "{{resource.tags.team}}@example.org"
        daemon = self.start(server, to=["ops@example.org", team])
        daemon.post(running())
        mail = self.wait_for_mails(server, 1)[0]
        self.assertEqual(mail.recipients, ["ops@example.org"])
        self.assertIn(f"{team}: resource.tags.team is not known", self.wait_for_parked(daemon)["reason"])
        checked = daemon.run("check")
        self.assertEqual(checked.returncode, 0, checked.stderr)
        self.assertIn("fallback: ops@example.org", checked.stdout + checked.stderr)
        # Redriven where `to` says who it is, it goes there alone.
        config = daemon.config.read_text().replace(team, "shop@example.org")
        daemon.config.write_text(config)
        daemon.signal(signal.SIGHUP)
        wait_for(lambda: "last_reload" in str(daemon.get("/api/v1/status")["config"]), "the reload")
        self.assertEqual(daemon.run("parked", "redrive").returncode, 0)
        mails = self.wait_for_mails(server, 2)
        self.assertEqual(mails[1].recipients, ["shop@example.org"])

    def test_an_example_goes_to_nobody_whom_its_fields_name(self):
        server = self.server()
        daemon = self.start(server, to=["ops@example.org", "{{resource.tags.team}}@example.org"])
        done = daemon.run("doctor", "--send")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("left out, as an example's fields are made up", done.stdout)
        self.assertEqual(self.wait_for_mails(server, 1)[0].recipients, ["ops@example.org"])

    def wait_for_parked(self, daemon):
        def first():
            parked = json.loads(daemon.run("parked", "list", "--output", "json").stdout or "[]")
            return parked[0] if parked else None

        return wait_for(first, "a parked delivery", pause=0.1)

    def test_a_refused_recipient_is_parked(self):
        server = self.server(at={"rcpt": ["550 5.1.1 no such user"]})
        daemon = self.start(server)
        daemon.post(running())
        self.assertIn("smtp 550: 5.1.1 no such user", self.wait_for_parked(daemon)["reason"])

    def test_a_server_that_is_busy_gets_the_same_mail_again(self):
        server = self.server(at={"data": ["451 4.3.0 later", "421 4.3.2 closing"]})
        daemon = self.start(server)
        daemon.post(running())
        mails = self.wait_for_mails(server, 3)
        self.assertEqual([mail.refused for mail in mails][2], None)
        self.assertEqual(len({mail.bytes for mail in mails}), 1)

    def test_starttls_with_a_password(self):
        certificate, key = make_certificate(self.folder)
        server = self.server(certificate=certificate, key=key, password="geheim")
        self.write("password", "geheim\n")
        daemon = self.start(
            server,
            tls="starttls",
            sink="      user: statewire\n      password_file: password\n      ca_file: mail.pem\n",
        )
        daemon.post(running())
        mail = self.wait_for_mails(server, 1)[0]
        self.assertTrue(mail.has_tls)
        self.assertEqual(server.logins[0], ("statewire", "geheim"))

    def test_tls_from_the_first_byte(self):
        certificate, key = make_certificate(self.folder)
        server = self.server(certificate=certificate, key=key, implicit=True)
        daemon = self.start(server, tls="tls", sink="      ca_file: mail.pem\n")
        daemon.post(running())
        self.wait_for_mails(server, 1)

    def verdict(self, daemon):
        done = daemon.run("sinks", "test", "people", "--output", "json")
        told = json.loads(done.stdout)
        self.assertEqual(done.returncode, 0 if told["verdict"] == "delivered" else 1)
        return told

    def test_verdicts(self):
        certificate, key = make_certificate(self.folder)
        server = self.server(certificate=certificate, key=key, password="geheim")
        self.write("password", "falsch\n")
        sink = "      user: statewire\n      password_file: password\n"
        daemon = self.start(server, tls="starttls", sink=sink + "      ca_file: mail.pem\n")
        told = self.verdict(daemon)
        self.assertEqual(told["verdict"], "unavailable", told)
        self.assertIn("smtp 535", told["detail"])
        self.assertNotIn("falsch", json.dumps(told) + daemon.log_text())
        self.write("password", "geheim\n")
        self.assertEqual(self.verdict(daemon)["verdict"], "delivered")
        self.assertIn("statewire-sinks-test", str(server.mails[0].message["subject"]))
        for answer, verdict in [
            ("450 mailbox busy", "retry"),
            ("421 closing", "retry"),
            ("550 no", "reject"),
            ("530 must authenticate", "unavailable"),
        ]:
            server.at["rcpt"] = [answer]
            told = self.verdict(daemon)
            self.assertEqual(told["verdict"], verdict, told)
            self.assertIn("smtp " + answer[:3], told["detail"])

    def test_a_stranger_gets_no_password(self):
        certificate, key = make_certificate(self.folder)
        server = self.server(certificate=certificate, key=key, password="geheim")
        sink = "      user: statewire\n      password: geheim\n"
        daemon = self.start(server, tls="starttls", sink=sink)
        told = self.verdict(daemon)
        self.assertEqual(told["verdict"], "unavailable", told)
        self.assertIn("certificate not trusted: ", told["detail"])
        self.assertEqual(server.logins, [])

    def test_a_server_without_starttls_gets_no_password(self):
        server = self.server()
        sink = "      user: statewire\n      password: geheim\n"
        daemon = self.start(server, tls="starttls", sink=sink)
        self.assertEqual(self.verdict(daemon)["verdict"], "unavailable")
        self.assertEqual((server.logins, server.mails), ([], []))

    def test_a_format_of_ones_own_is_sent_too(self):
        server = self.server()
        daemon = self.start(server, subscription="    format: text\n")
        daemon.post(running())
        mail = self.wait_for_mails(server, 1)[0]
        self.assertEqual(mail.message.get_content_type(), "text/plain")
        self.assertRegex(mail.part("plain"), r"^15:02:40  stable  .*running")

    def test_nobody_answers(self):
        server = self.server()
        daemon = self.start(server)
        server.close()
        told = self.verdict(daemon)
        self.assertEqual(told["verdict"], "retry", told)
        self.assertIn("127.0.0.1", told["detail"])


class Doctor(Email):
    """How far `statewire doctor` goes without sending a mail."""

    def doctor(self, server, sink, status, tls="starttls"):
        daemon = self.daemon(
            "subscriptions:\n  people:\n    sink:\n      kind: email\n      host: 127.0.0.1\n"
            f"      port: {server.port}\n      tls: {tls}\n      from: a@example.org\n"
            f"      to: b@example.org\n{sink}"
        )
        done = daemon.run("doctor")
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        self.assertNotIn("secret", done.stdout)
        self.assertEqual(server.mails, [])
        return done.stdout

    def test_a_server_that_lets_us_log_in_is_well_and_gets_no_mail(self):
        certificate, key = make_certificate(self.folder)
        login = f"      user: me\n      password: secret-word\n      ca_file: {certificate}\n"
        server = self.server(certificate=certificate, key=key, password="secret-word")
        self.assertRegex(self.doctor(server, login, 0),
                         r"well   sink people +127.0.0.1:\d+ lets us log in")
        self.assertEqual(server.logins, [("me", "secret-word")])
        plain = self.server()
        self.assertIn("answers", self.doctor(plain, "", 0, tls="none"))

    def test_what_no_mail_would_pass_is_wrong(self):
        certificate, key = make_certificate(self.folder)
        server = self.server(certificate=certificate, key=key, password="other")
        login = "      user: me\n      password: secret-word\n"
        trusted = f"      ca_file: {certificate}\n"
        self.assertRegex(self.doctor(server, login + trusted, 1), "WRONG  sink people .*535")
        self.assertRegex(self.doctor(server, login, 1), "WRONG  sink people .*certificate")
        plain = self.server()
        self.assertRegex(self.doctor(plain, login, 1), "WRONG  sink people .*STARTTLS")


if __name__ == "__main__":
    unittest.main(verbosity=2)
