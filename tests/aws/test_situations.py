"""The five situations: an instance is created, stopped and restarted, one is created with a tag that
says to ignore it, and all are terminated. Machines get every state as a line, people a mail for
each that is settled, and nobody hears of the ignored one, whose tags only a look-up tells."""

import datetime
import email
import email.policy
import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "people"))

from cloud import CloudTest, instance_arn
from harness import wait_for
from mail_server import MailServer

START = datetime.datetime(2026, 11, 23, 9, 0, tzinfo=datetime.timezone.utc)


class SesMailbox:
    """What SES was asked to send."""

    sink = "kind: ses"

    def __init__(self, moto):
        self.moto = moto
        moto.client("sesv2").create_email_identity(EmailIdentity="statewire@example.org")

    def subjects(self):
        sent = self.moto.get("/moto-api/data.json").get("ses", {}).get("RawMessage", [])
        messages = [email.message_from_string(mail["raw_data"], policy=email.policy.default) for mail in sent]
        return [str(message["subject"]) for message in messages]


class SmtpMailbox:
    """What a server of mail was given."""

    def __init__(self, server):
        self.server = server
        self.sink = f"kind: email, host: 127.0.0.1, port: {server.port}, tls: none"

    def subjects(self):
        return [str(mail.message["subject"]) for mail in self.server.mails]


class Situations(CloudTest):
    def setUp(self):
        super().setUp()
        self.told = 0

    def create(self, tags):
        ec2 = self.moto.client("ec2")
        answer = ec2.run_instances(
            ImageId="ami-12c6146b",
            MinCount=1,
            MaxCount=1,
            TagSpecifications=[
                {
                    "ResourceType": "instance",
                    "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
                }
            ],
        )
        return answer["Instances"][0]["InstanceId"]

    def tell(self, daemon, instance, *states):
        """As EC2 tells them: one after the other, each a second later."""
        for state in states:
            self.told += 1
            answer = self.events.put_events(
                Entries=[
                    {
                        "Source": "aws.ec2",
                        "DetailType": "EC2 Instance State-change Notification",
                        "Time": START + datetime.timedelta(seconds=self.told),
                        "Resources": [instance_arn(instance)],
                        "Detail": json.dumps({"instance-id": instance, "state": state}),
                    }
                ]
            )
            self.assertEqual(answer["FailedEntryCount"], 0)
            self.wait_until_received(daemon, self.told)

    def test_five_situations_and_mails_by_ses(self):
        self.play(SesMailbox(self.moto))

    def test_five_situations_and_mails_over_smtp(self):
        server = MailServer()
        self.addCleanup(server.close)
        self.play(SmtpMailbox(server))

    def play(self, mailbox):
        inbox = self.bus_to_queue()
        machines = self.queue("machines.fifo")
        daemon = self.cloud_daemon(
            'ignore:\n  - resource: {tags: {monitoring: ["off"]}}\n'
            f"sources:\n  bus: {{kind: sqs, queue: {inbox}}}\n"
            "formats:\n  org/v1: {columns: [origin.source, resource.id, state.value]}\n"
            "subscriptions:\n"
            "  machines:\n    from: earliest\n    format: org/v1\n"
            f"    sink: {{kind: sqs, queue: {machines}}}\n"
            "  people:\n    from: earliest\n    when: {state: {settled: [true]}}\n"
            f"    sink: {{{mailbox.sink}, from: statewire@example.org, to: [ops@example.org]}}\n"
        ).start()
        watched = self.create({"Name": "web-1"})
        ignored = self.create({"Name": "scratch", "monitoring": "off"})
        self.tell(daemon, watched, "pending", "running")
        self.tell(daemon, watched, "stopping", "stopped")
        self.tell(daemon, watched, "pending", "running")
        self.tell(daemon, ignored, "pending", "running")
        self.tell(daemon, ignored, "shutting-down", "terminated")
        self.tell(daemon, watched, "shutting-down", "terminated")

        lines = [message["Body"] for message in self.receive(machines, 8)]
        self.assertEqual(
            lines,
            [
                f"aws.ec2,{instance_arn(watched)},{state}"
                for state in ("pending", "running", "stopping", "stopped", "pending", "running")
                + ("shutting-down", "terminated")
            ],
        )
        wait_for(lambda: len(mailbox.subjects()) >= 4, "four mails", pause=0.2)
        daemon_settled = lambda: all(
            each["held"] == 0 and each["outstanding"] == 0
            for each in daemon.get("/api/v1/status")["subscriptions"]
        )
        wait_for(daemon_settled, "nothing that waits", pause=0.2)
        self.assertEqual(self.depth(machines), 0)
        subjects = mailbox.subjects()
        self.assertEqual(len(subjects), 4, subjects)
        for subject, word in zip(subjects, ("running", "stopped", "running", "terminated")):
            self.assertIn("web-1", subject)
            self.assertIn(word, subject)
        self.assertEqual(daemon.stop(), 0)


if __name__ == "__main__":
    unittest.main()
