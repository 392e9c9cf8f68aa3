"""Two subscriptions to one place, and what comes twice: the place may drop every repeat of a key,
and loses nothing."""

import json
import pathlib
import sys
import threading
import unittest
import urllib.parse

for folder in ("e2e", "people"):
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / folder))

from harness import ProgramTest, instance_event, wait_for  # noqa: E402
from mail_server import MailServer  # noqa: E402
from receiver import Answer, Receiver  # noqa: E402

COUNT = 5
ACCOUNT = "123456789012"


class Place(Receiver):
    """SQS, SNS and a webhook, of which each refuses its first request. `seen` has pairs of key and
    notification, by path or action."""

    def __init__(self):
        self.seen, self.refused, self.lock = {}, set(), threading.Lock()
        super().__init__(self.take)

    def take(self, request):
        kind, messages, answer = self.read(request.path, request.headers, request.body)
        with self.lock:
            self.seen.setdefault(kind, []).extend(messages)
            is_first = kind not in self.refused
            self.refused.add(kind)
        return Answer(500 if is_first else 200, body=answer)

    def read(self, path, headers, body):
        if path == "/hook":
            assert headers["webhook-id"] == headers["idempotency-key"]
            return "webhook", [(headers["webhook-id"], json.loads(body)["id"])], b""
        if headers.get("x-amz-target", "").startswith("AmazonSQS"):
            entries = json.loads(body)["Entries"]
            messages = [(e["MessageDeduplicationId"], e["MessageAttributes"]["id"]["StringValue"]) for e in entries]
            done = [{"Id": e["Id"], "MessageId": "m"} for e in entries]
            return "sqs", messages, json.dumps({"Successful": done, "Failed": []}).encode()
        fields = dict(urllib.parse.parse_qsl(body.decode()))
        messages, done = [], ""
        for number in range(1, 11):
            at = f"PublishBatchRequestEntries.member.{number}."
            if at + "Id" not in fields:
                break
            message = json.loads(fields[at + "Message"])
            messages.append((fields[at + "MessageDeduplicationId"], message["id"]))
            done += f"<member><Id>{fields[at + 'Id']}</Id><MessageId>m</MessageId></member>"
        return "sns", messages, (
            "<PublishBatchResponse><PublishBatchResult><Failed/>"
            f"<Successful>{done}</Successful></PublishBatchResult></PublishBatchResponse>"
        ).encode()


class Ids(ProgramTest):
    def setUp(self):
        super().setUp()
        self.place = Place()
        self.addCleanup(self.place.close)
        self.mail = MailServer(at={"data": ["451 later"]})
        self.addCleanup(self.mail.close)
        sinks = {
            "sqs": f"kind: sqs, queue: '{self.place.url()}{ACCOUNT}/all.fifo', region: eu-west-1",
            "sns": f"kind: sns, topic: 'arn:aws:sns:eu-west-1:{ACCOUNT}:all.fifo'",
            "webhook": f"kind: webhook, url: '{self.place.url()}hook'",
            "email": f"kind: email, host: 127.0.0.1, tls: none, port: {self.mail.port},"
            " from: s@example.org, to: a@example.org",
        }
        self.names = [f"{kind}-{letter}" for kind in sinks for letter in "ab"]
        formats = {"email": "email"}
        self.program = self.daemon(
            "subscriptions:\n"
            + "".join(
                f"  {name}: {{from: earliest, format: {formats.get(name[:-2], 'json')},"
                f" sink: {{{sinks[name[:-2]]}}}}}\n"
                for name in self.names
            ),
            environment={
                "AWS_ENDPOINT_URL": self.place.url(""),
                "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
                "AWS_SECRET_ACCESS_KEY": "secret-of-tests",
                "AWS_EC2_METADATA_DISABLED": "true",
            },
        ).start()

    def seen(self):
        with self.place.lock:
            seen = {kind: list(messages) for kind, messages in self.place.seen.items()}
        seen["email"] = [
            (str(mail.message["message-id"]), str(mail.message["x-statewire-id"])) for mail in self.mail.mails
        ]
        return seen

    def test_name_a_delivery_and_no_other(self):
        for round_number in range(2):
            self.program.post(
                *[instance_event(f"i-{round_number}{i}", "running", "2026-11-23T09:00:00Z") for i in range(COUNT)]
            )
            wait_for(lambda: self.is_all_here((round_number + 1) * COUNT), "all messages")
            if round_number == 0:
                self.program.kill()  # What is sent again is known again.
                self.program.start()
        self.program.wait_until_settled(*self.names)
        told = set()
        for kind, messages in self.seen().items():
            with self.subTest(kind):
                notifications = {notification for _, notification in messages}
                told.add(frozenset(notifications))
                self.assertEqual(len(notifications), 2 * COUNT)
                self.assertEqual(len(set(messages)), 4 * COUNT, "each has a key for each subscription")
                self.assertEqual(len({key for key, _ in messages}), 4 * COUNT)
                self.assertGreater(len(messages), 4 * COUNT, "one at least came twice")
        self.assertEqual(len(told), 1, "the notification's own id is the same everywhere")

    def is_all_here(self, count):
        seen = self.seen()
        return len(seen) == 4 and all(len(set(messages)) >= 2 * count for messages in seen.values())


if __name__ == "__main__":
    unittest.main(verbosity=2)
