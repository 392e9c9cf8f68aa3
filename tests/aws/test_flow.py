"""Events of a bus in by SQS, notifications out by every sink of AWS, read back by boto3."""

import email
import email.policy
import gzip
import json
import unittest

from cloud import ACCOUNT, REGION, CloudTest, Harm, hide_for_seconds, notifications
from harness import wait_for

COUNT = 60


class Flow(CloudTest):
    def test_bus_to_queue_to_queue(self):
        inbox = self.bus_to_queue()
        out = self.queue("out")
        daemon = self.cloud_daemon(
            f"sources:\n  bus: {{kind: sqs, queue: {inbox}}}\n"
            f"subscriptions:\n  machines: {{from: earliest, sink: {{kind: sqs, queue: {out}}}}}\n"
        ).start()
        arns = self.put_instance_events(COUNT)
        messages = self.receive(out, COUNT)
        told = notifications(messages)
        self.assertEqual(sorted(each["subject"] for each in told), sorted(arns))
        for message, notification in zip(messages, told):
            attributes = message["MessageAttributes"]
            self.assertEqual(attributes["id"]["StringValue"], notification["id"])
            self.assertEqual(attributes["type"]["StringValue"], notification["type"])
        wait_for(lambda: self.depth(inbox) == 0, "an empty inbox")
        # A queue delivers at least once.
        ledger = self.ledger(daemon)
        self.assertEqual(ledger["received"] - ledger["duplicate"], COUNT)
        self.assertEqual(ledger["recognised"], COUNT)
        self.assertEqual(daemon.stop(), 0)

    def test_fifo_queue_keeps_the_order_of_a_resource(self):
        inbox = self.bus_to_queue()
        out = self.queue("out.fifo")
        self.cloud_daemon(
            f"sources:\n  bus: {{kind: sqs, queue: {inbox}}}\n"
            f"subscriptions:\n  machines: {{from: earliest, sink: {{kind: sqs, queue: {out}}}}}\n"
        ).start()
        for state in ("pending", "running", "stopping", "stopped"):
            self.events.put_events(
                Entries=[
                    {
                        "Source": "aws.ec2",
                        "DetailType": "EC2 Instance State-change Notification",
                        "Detail": json.dumps({"instance-id": f"i-{i:017x}", "state": state}),
                    }
                    for i in range(5)
                ]
            )
        messages = self.receive(out, 20)
        by_resource = {}
        keys = set()
        for message in messages:
            told = json.loads(message["Body"])
            self.assertEqual(message["Attributes"]["MessageGroupId"], told["subject"])
            keys.add(message["Attributes"]["MessageDeduplicationId"])
            by_resource.setdefault(told["subject"], []).append(told["data"]["revision"])
        self.assertEqual((len(by_resource), len(keys)), (5, 20))
        for revisions in by_resource.values():
            self.assertEqual(revisions, sorted(revisions))

    def test_topic_delivers_to_its_queues_and_an_envelope_is_unwrapped(self):
        sns = self.moto.client("sns")
        topic = sns.create_topic(Name="changes")["TopicArn"]
        fan = self.queue("fan")
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=self.queue_arn("fan"))
        inbox = self.bus_to_queue()
        second = self.queue("second")
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=self.queue_arn("second"))
        daemon = self.cloud_daemon(
            f"sources:\n  bus: {{kind: sqs, queue: {inbox}}}\n"
            f"  wrapped: {{kind: sqs, queue: {second}}}\n"
            f"subscriptions:\n  topic: {{from: earliest, sink: {{kind: sns, topic: '{topic}'}}}}\n"
        ).start()
        arns = self.put_instance_events(20)
        messages = self.receive(fan, 20)
        told = notifications(messages, lambda message: json.loads(message["Body"])["Message"])
        self.assertEqual(sorted(each["subject"] for each in told), sorted(arns))
        # An event that comes in the envelope of SNS.
        event = {
            "version": "0", "id": "by-sns", "source": "aws.ec2", "account": ACCOUNT,
            "detail-type": "EC2 Instance State-change Notification", "region": REGION,
            "time": "2026-11-23T09:00:00Z", "resources": [],
            "detail": {"instance-id": "i-0a1b2c3d4e5f60009", "state": "running"},
        }
        sns.publish(TopicArn=topic, Message=json.dumps(event))
        self.wait_until_received(daemon, 1, source="wrapped")

    def test_bus_to_another_bus(self):
        inbox = self.bus_to_queue()
        self.events.create_event_bus(Name="central")
        seen = self.queue("seen")
        self.events.put_rule(
            Name="all", EventBusName="central", EventPattern=json.dumps({"source": ["statewire"]})
        )
        self.events.put_targets(
            Rule="all", EventBusName="central",
            Targets=[{"Id": "seen", "Arn": self.queue_arn("seen")}],
        )
        self.cloud_daemon(
            f"sources:\n  bus: {{kind: sqs, queue: {inbox}}}\n"
            "subscriptions:\n  central: {from: earliest, sink: {kind: eventbridge, bus: central}}\n"
        ).start()
        arns = self.put_instance_events(25)
        events = notifications(self.receive(seen, 25))
        self.assertEqual(sorted(each["resources"][0] for each in events), sorted(arns))
        for event in events:
            self.assertEqual(event["detail-type"], "statewire.resource.transition.v1")
            self.assertEqual(event["detail"]["subject"], event["resources"][0])

    def test_mails_are_sent(self):
        ses = self.moto.client("sesv2")
        ses.create_email_identity(EmailIdentity="statewire@example.org")
        inbox = self.bus_to_queue()
        self.cloud_daemon(
            f"sources:\n  bus: {{kind: sqs, queue: {inbox}}}\n"
            "subscriptions:\n  people:\n    from: earliest\n"
            "    sink: {kind: ses, from: statewire@example.org, to: [ops@example.org]}\n"
        ).start()
        self.put_instance_events(3)
        sent = wait_for(lambda: self.sent_mails(3), "three mails", pause=0.2)
        for mail in sent:
            self.assertEqual(mail["source"], "statewire@example.org")
            self.assertIn("ops@example.org", json.dumps(mail["destinations"]))
            message = email.message_from_string(mail["raw_data"], policy=email.policy.default)
            self.assertIn("running", message["subject"])

    def sent_mails(self, count):
        sent = self.moto.get("/moto-api/data.json").get("ses", {}).get("RawMessage", [])
        return sent if len(sent) >= count else None

    def test_archive_holds_the_journal_once_over_restarts(self):
        s3 = self.moto.client("s3")
        s3.create_bucket(
            Bucket="archive", CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        inbox = self.bus_to_queue()
        out = self.folder / "out.jsonl"
        daemon = self.cloud_daemon(
            f"sources:\n  bus: {{kind: sqs, queue: {inbox}}}\nsubscriptions:\n"
            "  lines: {from: earliest, sink: {kind: file, path: out.jsonl}}\n"
            "  archive: {from: earliest, sink: {kind: s3, bucket: archive, prefix: org}}\n",
            proxy=self.proxy(
                lambda request: Harm(rewrite=hide_for_seconds)
                if request.operation == "ReceiveMessage"
                else None
            ),
        )
        for round_number in range(3):
            daemon.start()
            self.put_instance_events(20, first=20 * round_number)
            self.wait_until_received(daemon, 20 * (round_number + 1))
            if round_number == 2:
                daemon.wait_until_settled("archive", "lines")
            daemon.kill()
        keys = [each["Key"] for each in s3.list_objects_v2(Bucket="archive")["Contents"]]
        lines = []
        for key in sorted(keys):
            self.assertRegex(
                key, r"^org/archive/dt=\d{4}-\d\d-\d\d/\d{20}-\d{20}-[0-9a-f]{8}\.jsonl\.gz$"
            )
            body = s3.get_object(Bucket="archive", Key=key)["Body"].read()
            lines += gzip.decompress(body).decode().splitlines()
        ids = [json.loads(line)["id"] for line in lines]
        self.assertEqual(len(ids), len(set(ids)))
        expected = {json.loads(line)["id"] for line in out.read_text().splitlines()}
        self.assertEqual(set(ids), expected)
        self.assertEqual(len(ids), 60)
        sequences = [int(json.loads(line)["sequence"]) for line in lines]
        self.assertEqual(sequences, sorted(sequences))

    def test_cloudtrail_files_are_read_and_a_record_that_came_by_the_bus_is_a_duplicate(self):
        s3 = self.moto.client("s3")
        s3.create_bucket(
            Bucket="trail", CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        inbox = self.queue("in")
        daemon = self.cloud_daemon(
            f"sources:\n  bus: {{kind: sqs, queue: {inbox}, receivers: 1}}\n"
            "subscriptions: {}\n"
        ).start()

        def record(number):
            instances = {"instancesSet": {"items": [{"instanceId": f"i-{number:017x}"}]}}
            return {
                "eventVersion": "1.08",
                "eventID": f"id-{number}",
                "eventTime": "2026-11-23T09:00:00Z",
                "eventSource": "ec2.amazonaws.com",
                "eventName": "StopInstances",
                "eventType": "AwsApiCall",
                "awsRegion": REGION,
                "recipientAccountId": ACCOUNT,
                "readOnly": False,
                "userIdentity": {"type": "IAMUser", "userName": "alice"},
                "requestParameters": instances,
                "responseElements": instances,
            }

        by_bus = {
            "version": "0", "id": "envelope", "source": "aws.ec2", "account": ACCOUNT,
            "region": REGION, "time": "2026-11-23T09:00:00Z", "resources": [],
            "detail-type": "AWS API Call via CloudTrail", "detail": record(1),
        }
        self.sqs.send_message(QueueUrl=inbox, MessageBody=json.dumps(by_bus))
        self.wait_until_received(daemon, 1)
        key = f"AWSLogs/{ACCOUNT}/CloudTrail/{REGION}/2026/11/23/file 1.json.gz"
        s3.put_object(
            Bucket="trail", Key=key,
            Body=gzip.compress(json.dumps({"Records": [record(1), record(2), record(3)]}).encode()),
        )
        news = {
            "Records": [
                {
                    "eventSource": "aws:s3", "awsRegion": REGION, "eventName": "ObjectCreated:Put",
                    "s3": {"bucket": {"name": "trail"}, "object": {"key": key.replace(" ", "+")}},
                }
            ]
        }
        self.sqs.send_message(QueueUrl=inbox, MessageBody=json.dumps(news))
        self.wait_until_received(daemon, 3)
        self.assertEqual(self.ledger(daemon)["duplicate"], 1)
        self.assertGreaterEqual(self.ledger(daemon)["received"], 4)
        wait_for(lambda: self.depth(inbox) == 0, "an empty inbox")

    def test_what_cannot_be_read_is_in_the_ledger_and_deleted_or_left(self):
        kept = self.queue("kept")
        inbox = self.queue("in")
        daemon = self.cloud_daemon(
            f"sources:\n  bus: {{kind: sqs, queue: {inbox}}}\n"
            f"  strict: {{kind: sqs, queue: {kept}, unreadable: leave}}\nsubscriptions: {{}}\n"
        ).start()
        for url in (inbox, kept):
            self.sqs.send_message(QueueUrl=url, MessageBody="{no json")
        self.wait_until_received(daemon, 1, fate="malformed")
        self.wait_until_received(daemon, 1, source="strict", fate="malformed")
        wait_for(lambda: self.depth(inbox) == 0, "an empty inbox")
        self.assertEqual(self.depth(kept), 1)
        refusals = daemon.get("/api/v1/ledger/refusals")
        self.assertTrue(any("in message" in each["place"] for each in refusals), refusals)

    def test_a_queue_that_is_missing_is_told_and_read_once_it_is_there(self):
        url = f"{self.moto.url}/{ACCOUNT}/later"
        daemon = self.cloud_daemon(
            f"sources:\n  bus: {{kind: sqs, queue: {url}}}\nsubscriptions: {{}}\n"
        ).start()
        wait_for(lambda: "a queue cannot be read" in daemon.log_text(), "a warning")
        self.assertIn("fault=missing", daemon.log_text())
        self.queue("later")
        self.sqs.send_message(QueueUrl=url, MessageBody="{}")
        wait_for(lambda: self.ledger(daemon).get("received", 0) == 1, "the event", pause=0.2)


if __name__ == "__main__":
    unittest.main()
