#!/usr/bin/env python3
"""Measures a queue in, the durable journal, and a queue out: `make bench-sqs`, or

    bench/sqs/run.py --build build [--messages 20000]

Beside it stands a loop of boto3 with as many threads, which receives, sends on and deletes in
batches, and keeps nothing. Both talk to ElasticMQ, which shares the machine with them: what an event
costs of processor time, user and system, is told of their own processes alone.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "aws"))

from elasticmq import ElasticMq, client  # noqa: E402

import packages  # noqa: E402
from harness import free_port  # noqa: E402

KEYS = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y", "AWS_REGION": "eu-west-1"}
PATIENCE_SECONDS = 300


class Queues(ElasticMq):
    def make(self, name):
        return self.sqs.create_queue(QueueName=name)["QueueUrl"]

    def depth(self, url):
        attributes = self.sqs.get_queue_attributes(
            QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"]
        )
        return int(attributes["Attributes"]["ApproximateNumberOfMessages"])

    def fill(self, url, count):
        def send(first):
            numbers = range(first, min(first + 10, count))
            self.sqs.send_message_batch(
                QueueUrl=url,
                Entries=[{"Id": str(i), "MessageBody": event(i)} for i in numbers],
            )

        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            list(pool.map(send, range(0, count, 10)))

    def wait_for(self, url, count, begin):
        """Waits until so many are there; messages a second since `begin`."""
        while self.depth(url) < count:
            if time.monotonic() - begin > PATIENCE_SECONDS:
                raise SystemExit(f"only {self.depth(url)} of {count} messages came")
            time.sleep(0.05)
        return count / (time.monotonic() - begin)


def event(number):
    instance = f"i-{number:017x}"
    return json.dumps(
        {
            "version": "0", "id": f"event-{number}", "source": "aws.ec2",
            "detail-type": "EC2 Instance State-change Notification", "account": "123456789012",
            "time": "2026-11-23T09:00:00Z", "region": "eu-west-1",
            "resources": [f"arn:aws:ec2:eu-west-1:123456789012:instance/{instance}"],
            "detail": {"instance-id": instance, "state": "running"},
        }
    )


def processor_seconds(process):
    """What a process has used since it began, user and system."""
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def statewire_figures(queues, statewire, receivers, count):
    """Events a second, and microseconds of processor time an event."""
    inbox, out = queues.make(f"in-{receivers}"), queues.make(f"out-{receivers}")
    queues.fill(inbox, count)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="statewire-bench-"))
    (folder / "statewire.yaml").write_text(
        f"version: 1\nstore: store\nhttp: {{listen: 127.0.0.1:{free_port()}}}\n"
        f"sources:\n  bus: {{kind: sqs, queue: {inbox}, receivers: {receivers}}}\n"
        f"subscriptions:\n  all: {{from: earliest, sink: {{kind: sqs, queue: {out}}}}}\n"
    )
    begin = time.monotonic()
    with open(folder / "log", "wb") as log:
        process = subprocess.Popen(
            [statewire, "run", "--config", folder / "statewire.yaml"], stdout=log, stderr=log,
            env=dict(os.environ, AWS_ENDPOINT_URL=queues.url, **KEYS),
        )
    try:
        rate = queues.wait_for(out, count, begin)
        return rate, processor_seconds(process) / count * 1e6
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def loop(url, inbox, out, threads):
    """The other side, in a process of its own: begins when it is told to, and never ends."""

    def work(sqs):
        while True:
            got = sqs.receive_message(QueueUrl=inbox, MaxNumberOfMessages=10, WaitTimeSeconds=1)
            messages = got.get("Messages", [])
            if not messages:
                continue
            sqs.send_message_batch(
                QueueUrl=out,
                Entries=[{"Id": str(i), "MessageBody": each["Body"]}
                         for i, each in enumerate(messages)],
            )
            sqs.delete_message_batch(
                QueueUrl=inbox,
                Entries=[{"Id": str(i), "ReceiptHandle": each["ReceiptHandle"]}
                         for i, each in enumerate(messages)],
            )

    clients = [client(url) for _ in range(threads)]
    print("ready", flush=True)
    sys.stdin.readline()
    for each in clients:
        threading.Thread(target=work, args=(each,)).start()


def boto3_figures(queues, threads, count):
    """The same of the loop; to import and to connect is not counted."""
    inbox, out = queues.make(f"loop-in-{threads}"), queues.make(f"loop-out-{threads}")
    queues.fill(inbox, count)
    process = subprocess.Popen(
        [sys.executable, __file__, "--loop", queues.url, inbox, out, str(threads)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )
    try:
        process.stdout.readline()
        used = processor_seconds(process)
        begin = time.monotonic()
        process.stdin.write(b"go\n")
        process.stdin.flush()
        rate = queues.wait_for(out, count, begin)
        return rate, (processor_seconds(process) - used) / count * 1e6
    finally:
        process.kill()
        process.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--loop", nargs=4, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.loop:
        url, inbox, out, threads = arguments.loop
        return loop(url, inbox, out, int(threads))
    build = arguments.build.resolve()
    packages.fetch_python()
    if pathlib.Path(sys.prefix).resolve() != packages.PYTHON.parent.parent.resolve():
        os.execv(packages.PYTHON, [str(packages.PYTHON), *sys.argv])
    queues = Queues()
    try:
        boto3_figures(queues, 1, 1000)  # Until Java is warm.
        print("receivers   statewire/s   boto3 loop/s   statewire µs CPU   boto3 µs CPU")
        for receivers in (2, 16):
            rate, cost = statewire_figures(
                queues, build / "statewire", receivers, arguments.messages
            )
            other_rate, other_cost = boto3_figures(queues, receivers, arguments.messages)
            print(
                f"{receivers:9}   {rate:11,.0f}   {other_rate:12,.0f}"
                f"   {cost:16,.0f}   {other_cost:12,.0f}",
                flush=True,
            )
    finally:
        queues.end()


if __name__ == "__main__":
    main()
