"""Mails by SMTP and by SES are the same mails, and valid ones, whatever names hold: what SES is given
is handed to the same strict server of mail, and both are read by Python's `email`."""

import base64
import email.header
import email.utils
import json
import pathlib
import re
import smtplib
import sys
import unittest

for folder in ("e2e", "people"):
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / folder))

from harness import ROOT, ProgramTest, instance_event, wait_for  # noqa: E402
from mail_server import MailServer  # noqa: E402
from receiver import Answer, Receiver  # noqa: E402

INSTANCE = "i-0a1b2c3d4e5f60006"
NAMES = [
    "plain",
    "with, comma; and: more",
    "Zustände für Köln",
    "日本語の名前がとても長い" * 8,
    "🙂🚀",
    "=?UTF-8?B?aGk=?=",
    'say "hi" \\ there',
    "<script>alert(1)</script> & co",
    "x" * 250,
    "word " * 50,
    "two\r\nBcc: a@evil.example",
    ".",
    "From here",
    "a" * 75 + " " + "é",
    "  blanks   within  ",
    "e\u0301 \u202e \u200b",
]
SENDERS = ["Statewire", "Statewire, production", "Zustände", "=?x?=", "日本語" * 20, '"In quotes"', "O'Brien (ops)"]
RECIPIENTS = ["{{resource.tags.cost.centre}}@example.org", "b@example.org"]


class Ses(Receiver):
    """Takes what SES is given, and sends it on as a mail."""

    def __init__(self, smtp_port):
        self.smtp_port = smtp_port
        super().__init__(self.send_on)

    def send_on(self, request):
        body = json.loads(request.body)
        raw = base64.b64decode(body["Content"]["Raw"]["Data"], validate=True)
        with smtplib.SMTP("127.0.0.1", self.smtp_port, "[127.0.0.1]") as smtp:
            smtp.sendmail(body["FromEmailAddress"], body["Destination"]["ToAddresses"], raw)
        return Answer(body=b'{"MessageId": "1"}')


def named(name, instance):
    """A call that starts an instance with this name."""
    event = json.loads((ROOT / "examples/events/ec2-run-instances.json").read_text().replace(INSTANCE, instance))
    detail = event["detail"]
    detail["eventID"] = event["id"] = f"{instance}-call"
    detail["requestParameters"]["tagSpecificationSet"]["items"][0]["tags"] = [
        {"key": "Name", "value": name},
        {"key": "cost.centre", "value": "shop.7"},
    ]
    return event


class Looks(ProgramTest):
    def setUp(self):
        super().setUp()
        self.server = MailServer()
        self.addCleanup(self.server.close)
        self.ses = Ses(self.server.port)
        self.addCleanup(self.ses.close)

    def start(self):
        config = "subscriptions:\n"
        for number, sender in enumerate(SENDERS):
            common = f"from: {json.dumps(sender + ' <s@example.org>')}, to: {json.dumps(RECIPIENTS)}"
            config += (
                f"  smtp-{number}: {{per_hour: 0, sink: {{kind: email, host: 127.0.0.1, tls: none,"
                f" port: {self.server.port}, {common}}}}}\n"
                f"  ses-{number}: {{sink: {{kind: ses, region: eu-west-1, {common}}}}}\n"
            )
        self.program = self.daemon(
            config,
            environment={
                "AWS_ENDPOINT_URL": self.ses.url(""),
                "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
                "AWS_SECRET_ACCESS_KEY": "secret-of-tests",
                "AWS_EC2_METADATA_DISABLED": "true",
            },
        ).start()

    def test_mails_of_both_kinds_are_valid_and_alike(self):
        self.start()
        for number, name in enumerate(NAMES):
            instance = f"i-{number:017x}"
            self.program.post(named(name, instance))
            self.program.post(instance_event(instance, "running", "2026-11-20T15:02:40Z"))
        names = [f"{kind}-{number}" for kind in ("smtp", "ses") for number in range(len(SENDERS))]
        self.program.wait_until_settled(*names, seconds=90)
        self.assertEqual(self.program.get("/api/v1/parked"), {"parked": []})
        # SES is asked once for each recipient.
        mails = {}
        for mail in self.server.mails:
            self.check(mail)
            message = mail.message
            key = (message["list-id"].split(" ")[0], str(message["x-statewire-id"]))
            mails.setdefault(key, []).append(mail)
        told = {notification for _, notification in mails}
        self.assertEqual(len(mails), 2 * len(SENDERS) * len(told))
        subjects = ""
        for notification in told:
            for number, sender in enumerate(SENDERS):
                (smtp,) = mails[(f"smtp-{number}", notification)]
                by_ses = mails[(f"ses-{number}", notification)]
                for ses in by_ses:
                    self.assertEqual(
                        self.look(ses, f"ses-{number}"), self.look(smtp, f"smtp-{number}")
                    )
                    self.assertEqual(ses.bytes, by_ses[0].bytes)
                recipients = ["shop.7@example.org", "b@example.org"]
                self.assertEqual(smtp.recipients, recipients)
                self.assertEqual(sorted(sum((ses.recipients for ses in by_ses), [])), sorted(recipients))
                self.assertEqual(self.sender(smtp), (sender.strip('"'), "s@example.org"))
                self.assertEqual([each.addr_spec for each in smtp.message["to"].addresses], recipients)
                subjects += str(smtp.message["subject"]) + smtp.part("plain")
        for name in NAMES:
            self.assertIn(self.shown(name)[:100].strip(), subjects)
        ids = [str(mails[key][0].message["message-id"]) for key in mails]
        self.assertEqual(len(set(ids)), len(ids), "two subscriptions, two mails")

    def sender(self, mail):
        """By the older parser: the newer one leaves blanks between the words of a long name."""
        name, address = email.utils.parseaddr(email.message_from_bytes(mail.bytes)["from"])
        return str(email.header.make_header(email.header.decode_header(name))), address

    def shown(self, name):
        return re.sub("[\r\n\u202e\u200b]", " ", name)

    def look(self, mail, subscription):
        """What a reader sees, but for whom it was sent to."""
        message = mail.message
        texts = [mail.part(kind).replace(subscription, "me") for kind in ("plain", "html")]
        fields = {name: str(message[name]) for name in ("from", "to", "subject", "auto-submitted", "mime-version")}
        return fields, texts, sorted(key.lower() for key in message.keys())

    def check(self, mail):
        raw = mail.bytes
        self.assertTrue(raw.isascii())
        self.assertNotRegex(raw, rb"[^\r]\n|\r[^\n]|\r\Z|\x00")
        head, _, body = raw.partition(b"\r\n\r\n")
        self.assertTrue(all(len(line) <= 76 for line in body.split(b"\r\n")))
        self.assertTrue(all(len(line) <= 998 and line.strip() for line in head.split(b"\r\n")), head)
        for part in mail.message.walk():
            self.assertEqual(part.defects, [])
            for name, value in part.items():
                self.assertEqual(value.defects, (), f"{name}: {value}")
        names = [name.lower() for name in mail.message.keys()]
        self.assertEqual(len(names), len(set(names)), "a field stands once")
        self.assertNotIn("bcc", names)
        for name in ("date", "from", "to", "subject", "message-id", "list-id", "mime-version"):
            self.assertIn(name, names)
        self.assertEqual(mail.message.get_content_type(), "multipart/alternative")


if __name__ == "__main__":
    unittest.main(verbosity=2)
