"""A queue as source at its edges: files that cannot be had, of every kind at once, very many, very
long; and signals meanwhile."""

import gzip
import json
import threading
import time
import unittest

from measure import HEARD_SECONDS, IS_LONG, MIB, hear_reload, hear_stop, memory_mib
from cloud import KEYS, REGION, CloudTest, Harm
from elasticmq import ElasticMq
from harness import instance_event, wait_for

MESSAGES = 30_000 if IS_LONG else 1_000
RUNS = 3 if IS_LONG else 1
# The rate falls by less than a tenth. One short run varies more by itself, beside other tests.
SLOWER = 1.1 if IS_LONG else 1.5
SLOWER_SECONDS = 0 if IS_LONG else 2
FILES = 2_000 if IS_LONG else 60
# Of files that are fetched and unpacked at a time, and of messages; as base/limits.h has them.
QUEUE_MEMORY_MIB = 384 + 32 + 64
FILE_BYTES_MAX = 64 * MIB

DENIED = b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"


def cloudtrail_file(records, fill=0):
    return gzip.compress(
        json.dumps(
            {
                "Records": [
                    {
                        "eventVersion": "1.08",
                        "eventSource": "edges.example.org",
                        "eventName": "Nothing",
                        "eventTime": "2026-11-23T09:00:00Z",
                        "eventID": f"edge-{number}",
                        "awsRegion": REGION,
                        "recipientAccountId": "123456789012",
                        "requestParameters": {"fill": "x" * fill},
                    }
                    for number in range(records)
                ]
            }
        ).encode(),
        1,
    )


class Queue(CloudTest):
    @classmethod
    def setUpClass(cls):
        cls.queues = ElasticMq()
        cls.addClassCleanup(cls.queues.end)
        super().setUpClass()

    def setUp(self):
        super().setUp()
        self.sqs = self.queues.sqs
        self.s3 = self.moto.client("s3")
        self.s3.create_bucket(
            Bucket="trail", CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        self.s3_judge = lambda request: None
        self.bucket_proxy = self.proxy(lambda request: self.s3_judge(request))

    def start(self, inbox, more=""):
        """The queue is served directly, and the bucket by moto behind the proxy."""
        environment = self.surroundings(
            AWS_ENDPOINT_URL=self.queues.url, AWS_ENDPOINT_URL_S3=self.bucket_proxy.url, **KEYS
        )
        return self.daemon(
            f"sources:\n  bus: {{kind: sqs, queue: {inbox}{more}}}\n", environment=environment
        ).start()

    def key(self, name):
        return f"AWSLogs/123456789012/CloudTrail/{name}.json.gz"

    def put_file(self, name, body):
        self.s3.put_object(Bucket="trail", Key=self.key(name), Body=body)

    def message_of_file(self, name):
        return json.dumps({"s3Bucket": "trail", "s3ObjectKey": [self.key(name)]})

    def send(self, inbox, bodies):
        for at in range(0, len(bodies), 10):
            self.sqs.send_message_batch(
                QueueUrl=inbox,
                Entries=[
                    {"Id": str(i), "MessageBody": body}
                    for i, body in enumerate(bodies[at : at + 10])
                ],
            )

    def event_bodies(self, count, first=0):
        return [
            json.dumps(
                instance_event(f"i-{n:017x}", "running", "2026-11-23T09:00:00Z", f"id-{n}")
            )
            for n in range(first, first + count)
        ]

    def seconds_for(self, number, troubles):
        """How long it takes until all messages are stored, a new queue and store each time."""
        inbox = self.queue(f"in{number}")
        bodies = self.event_bodies(MESSAGES)
        for i, body in enumerate(troubles):
            bodies.insert(i, body)
        self.send(inbox, bodies)
        folder = self.folder
        self.folder = folder / f"run{number}"
        self.folder.mkdir()
        daemon = self.start(inbox)
        self.folder = folder
        begun = time.monotonic()
        wait_for(
            lambda: self.ledger(daemon).get("recognised", 0) >= MESSAGES,
            "all messages",
            seconds=300,
            pause=0.05,
        )
        return time.monotonic() - begun, daemon

    def put_troubles(self):
        self.put_file("fine", cloudtrail_file(3))
        self.put_file("denied", cloudtrail_file(3))
        self.put_file("no-gzip", b"no gzip at all")
        self.put_file("large", b"\x1f\x8b" + bytes(FILE_BYTES_MAX))
        self.s3_judge = lambda request: (
            Harm(status=403, body=DENIED) if "denied" in request.path else None
        )
        names = ("gone", "denied", "large", "no-gzip", "fine")
        return [self.message_of_file(name) for name in names]

    def test_trouble_of_every_kind_slows_nothing_and_has_a_reason(self):
        troubles = self.put_troubles()
        without, with_all = [], []
        for run in range(RUNS):
            seconds, daemon = self.seconds_for(2 * run, [])
            daemon.kill()
            without.append(seconds)
            seconds, daemon = self.seconds_for(2 * run + 1, troubles)
            with_all.append(seconds)
            self.check_reasons(daemon)
            self.assertLess(hear_reload(daemon), HEARD_SECONDS)
            self.assertLess(hear_stop(daemon), HEARD_SECONDS)
        print(f"{MESSAGES} messages: {min(without):.2f} s, with trouble {min(with_all):.2f} s")
        self.assertLess(min(with_all), SLOWER * min(without) + SLOWER_SECONDS)

    def check_reasons(self, daemon):
        def reasons():
            found = {
                refusal["place"].rpartition("/")[2].partition(".")[0]: refusal["reason"]
                for refusal in daemon.get("/api/v1/ledger/refusals")
            }
            return found if len(found) == 4 else None

        found = wait_for(reasons, "four reasons in the ledger", seconds=60, pause=0.1)
        self.assertIn("NoSuchKey", found["gone"])
        self.assertIn("AccessDenied", found["denied"])
        self.assertIn("bytes long; at most 67,108,864", found["large"])
        self.assertIn("not valid gzip", found["no-gzip"])
        wait_for(lambda: self.ledger(daemon)["unrecognised"] == 3, "the file that is fine")

    def test_a_file_that_may_be_had_later_is_read_then(self):
        self.put_troubles()
        inbox = self.queue("later")
        self.send(inbox, [self.message_of_file("denied")])
        daemon = self.start(inbox)
        self.wait_until_received(daemon, 1, fate="malformed")
        self.assertEqual(self.depth(inbox), 1, "it is back at its queue")
        self.s3_judge = lambda request: None
        self.wait_until_received(daemon, 3, fate="unrecognised")
        wait_for(lambda: self.depth(inbox) == 0, "an empty inbox")

    def test_many_long_files_take_bounded_memory(self):
        packed = cloudtrail_file(33, fill=900 << 10)  # 30 MiB.
        self.put_file("long", packed)
        inbox = self.queue("long")
        daemon = self.start(inbox)
        before = memory_mib(daemon)
        self.send(inbox, [self.message_of_file("long") for _ in range(FILES)])
        self.wait_until_received(daemon, 33 * FILES, fate="unrecognised", seconds=60 + FILES)
        print(f"{FILES} long files: {memory_mib(daemon) - before:.0f} MiB")
        self.assertLess(memory_mib(daemon) - before, QUEUE_MEMORY_MIB)

    def test_signals_are_heard_while_a_bucket_hangs_and_files_are_long(self):
        self.put_file("long", cloudtrail_file(60, fill=900 << 10))
        self.put_file("hangs", cloudtrail_file(3))
        self.s3_judge = lambda request: (
            Harm(seconds=20, status=503) if "hangs" in request.path else None
        )
        inbox = self.queue("slow")
        daemon = self.start(inbox)
        for _ in range(3):
            self.send(
                inbox,
                [self.message_of_file("hangs"), self.message_of_file("long")] * 5
                + self.event_bodies(200),
            )
            threading.Event().wait(0.7)
            self.assertLess(hear_reload(daemon), HEARD_SECONDS)
        threading.Event().wait(0.3)
        self.assertLess(hear_stop(daemon), HEARD_SECONDS)


if __name__ == "__main__":
    unittest.main(verbosity=2)
