"""The archive in S3 is the committed journal, each line once, wherever Statewire is killed: before a
write was carried out, after it and before its answer, and while it is still on its way."""

import collections
import gzip
import json
import random
import threading
import time
import unittest

from cloud import REGION, CloudTest, Harm
from harness import instance_event, wait_for

LATE_SECONDS = 2
ROUNDS = ["late", "after", "late", "before", "answer late", "late"]


class Load:
    """Events without an end, a few at a time; those of an unanswered request are sent again."""

    def __init__(self, daemon):
        self.daemon = daemon
        self.accepted = 0
        self.is_over = threading.Event()
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        number = 0
        while not self.is_over.is_set():
            events = [
                instance_event(f"i-{number + i:017x}", "running", "2026-11-23T09:00:00Z",
                               event_id=f"event-{number + i}")
                for i in range(7)
            ]
            while not self.is_over.wait(0.05):
                try:
                    if self.daemon.post(*events).status == 202:
                        self.accepted += len(events)
                        break
                except OSError:
                    continue  # Between two lives.
            number += len(events)

    def end(self):
        self.is_over.set()
        self.thread.join()


class Archive(CloudTest):
    def setUp(self):
        super().setUp()
        self.s3 = self.moto.client("s3")
        self.s3.create_bucket(
            Bucket="archive", CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        self.how = None
        self.was_written = threading.Event()
        self.late_until = 0
        self.proxied = self.proxy(self.judge)

    def judge(self, request):
        if request.method != "PUT":
            return None
        how, self.how = self.how, None
        self.was_written.set()
        if how in ("late", "answer late"):
            self.late_until = time.monotonic() + LATE_SECONDS
        return {
            "before": Harm(cut="before"),
            "after": Harm(cut="after"),
            "late": Harm(seconds=LATE_SECONDS),
            # Carried out, and its answer lost, some time after.
            "answer late": Harm(cut="after", seconds=0.2),
        }.get(how)

    def stored(self):
        """The names of all objects, and all lines in them."""
        keys, lines = [], []
        for page in self.s3.get_paginator("list_objects_v2").paginate(Bucket="archive"):
            for each in page.get("Contents", []):
                keys.append(each["Key"])
                body = self.s3.get_object(Bucket="archive", Key=each["Key"])["Body"].read()
                lines += gzip.decompress(body).decode().splitlines()
        return keys, [json.loads(line) for line in lines]

    def test_killed_between_attempt_and_settling_under_load(self):
        daemon = self.cloud_daemon(
            "subscriptions:\n"
            "  archive: {from: earliest, sink: {kind: s3, bucket: archive, prefix: org}}\n",
            self.proxied,
        ).start()
        load = Load(daemon)
        self.addCleanup(load.end)
        chosen = random.Random(5)
        for how in ROUNDS:
            self.how = how
            self.was_written.clear()
            wait_for(self.was_written.is_set, "a write", pause=0.001)
            time.sleep(chosen.random() * 0.05)
            daemon.kill()
            daemon.start()
        load.end()
        daemon.wait_until_settled("archive", seconds=60)
        wait_for(lambda: time.monotonic() > self.late_until + 1, "the last that were late")
        keys, told = self.stored()
        last = daemon.get("/api/v1/status")["journal"]["last_sequence"]
        self.assertGreaterEqual(last, load.accepted)
        self.assertGreater(load.accepted, 100)
        times = collections.Counter(int(each["sequence"]) for each in told)
        self.assertEqual([each for each in times if times[each] > 1][:10], [], "doubles")
        self.assertEqual(sorted(set(range(1, last + 1)) ^ set(times))[:10], [], "holes")
        self.assertEqual(len({each["subject"] for each in told}), last)
        for key in keys:
            self.assertRegex(
                key, r"^org/archive/dt=\d{4}-\d\d-\d\d/\d{20}-\d{20}-[0-9a-f]{8}\.jsonl\.gz$"
            )


if __name__ == "__main__":
    unittest.main()
