#!/usr/bin/env python3
"""Asks a store with a long past: `make bench-history`, or bench/history.py --build build.

Of each question it says when the first line came and when the last, and how long /metrics and a
committed event took meanwhile, beside what they take when nobody asks. The store is made where
there is none (a quarter of an hour and 1.5 GB for ten million entries), and kept.
"""

import argparse
import http.client
import json
import pathlib
import shutil
import statistics
import subprocess
import sys
import threading
import time

sys.dont_write_bytecode = True
from daemon import Daemon  # noqa: E402
from events import Stream  # noqa: E402

FIRST_LINE_SECONDS = 1.0
DISTURBED_MILLISECONDS = 100.0
RARE = "arn:aws:ec2:eu-west-1:123456789012:instance/i-rare"
# A question, whether it finds anything, and whether its first line must come within a second.
QUESTIONS = (
    (("events",), True, True),
    (("events", "--since", "1h", "-n", "1000"), True, True),
    (("events", RARE), True, True),
    (("events", "i-rare"), True, True),
    (("events", "--actor", "mallory"), True, True),
    (("events", "--account", "123456789015", "-n", "1000"), True, True),
    (("events", "--since", "46d", "--until", "45d", "-n", "100"), True, True),
    (("events", "--since", "89d", "--until", "88d", "-n", "100"), True, True),
    (("events", "--since", "60d", "--until", "59d", "--account", "123456789015"), True, True),
    (("events", "--type", "instance", "-n", "100"), True, True),
    (("events", "--region", "eu-west-1", "-n", "100"), True, True),
    (("events", "--output", "csv", "--since", "1d"), True, True),
    (("events", "--actor", "nobody"), False, False),
    (("events", "--severity", "ERROR"), False, False),
    (("timeline", RARE), True, True),
    (("timeline", "i-rare"), True, True),
    (("explain", "--sequence", "1000"), True, True),
    (("resources", "i-rare"), True, True),
    (("resources",), True, True),
    (("resources", "-n", "20"), True, True),
    (("resources", "--since", "1h", "-n", "20"), True, True),
    (("resources", "--type", "instance", "-n", "20"), True, True),
    (("resources", "--account", "123456789015", "-n", "20"), True, True),
    (("resources", "--phase", "stable", "-n", "20"), True, True),
    (("ledger",), True, True),
    (("status",), True, True),
    (("resources", "--output", "csv"), True, True),
)


class Probe(threading.Thread):
    """Asks one thing again and again, and keeps how long each answer took."""

    def __init__(self, ask):
        super().__init__()
        self.ask = ask
        self.seconds = []
        self.is_over = False

    def run(self):
        while not self.is_over:
            began = time.monotonic()
            self.ask()
            self.seconds.append(time.monotonic() - began)
            time.sleep(0.02)

    def stop(self):
        self.is_over = True
        self.join()
        return self.seconds


class Honest:
    """Two clients that do not ask about the past."""

    def __init__(self, port):
        self.port = port
        self.stream = Stream(0, 1, 2, 2)

    def start(self):
        self.probes = [Probe(self.read_metrics), Probe(self.post_event)]
        for probe in self.probes:
            probe.start()

    def stop(self):
        """The worst twentieth of each, in milliseconds."""
        return [1000 * statistics.quantiles(probe.stop() + [0], n=20)[-1] for probe in self.probes]

    def read_metrics(self):
        self._ask("GET", "/metrics", None, 200)

    def post_event(self):
        self._ask("POST", "/events", bytes(self.stream.next().text), 202)

    def _ask(self, method, path, body, status):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, path, body, {"Content-Type": "application/x-ndjson"})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        if answer.status != status:
            raise RuntimeError(f"{method} {path}: {answer.status}")


def ask(statewire, config, words):
    """When the first line and the last came, in seconds, and how many there were."""
    began = time.monotonic()
    process = subprocess.Popen(
        [str(statewire), *words, "--config", str(config)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    first, lines = None, 0
    for _ in process.stdout:
        lines += 1
        first = first or time.monotonic() - began
    process.wait()
    return first, time.monotonic() - began, lines, process.returncode


def make_store(program, folder, entries, resources):
    if (folder / "store").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    new = folder / "store.new"
    shutil.rmtree(new, ignore_errors=True)
    subprocess.run([program, new, str(entries), str(resources)], check=True)
    new.rename(folder / "store")
    print(f"made the store in {time.monotonic() - began:.0f} s")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, default="build")
    parser.add_argument("--folder", type=pathlib.Path, default="build/history")
    parser.add_argument("--entries", type=int, default=10_000_000)
    parser.add_argument("--resources", type=int, default=1_000_000)
    given = parser.parse_args()
    program = given.build / "bench" / "history_store"
    make_store(program, given.folder, given.entries, given.resources)
    is_well = True
    with Daemon(given.build / "statewire", given.folder) as daemon:
        honest = Honest(daemon.port)
        honest.start()
        time.sleep(3)
        metrics, commit = honest.stop()
        print(f"{'nobody asks':52} {'':>8} {'':>8} {'':>8} {metrics:>10.1f} {commit:>9.1f}")
        heads = ("first s", "last s", "lines", "metrics ms", "event ms")
        print(" " * 52 + "".join(f" {head:>{max(8, len(head))}}" for head in heads))
        for words, finds, is_soon in QUESTIONS:
            honest.start()
            first, last, lines, status = ask(
                given.build / "statewire", given.folder / "statewire.yaml", words
            )
            metrics, commit = honest.stop()
            # A table is aligned to its first rows: they come with its heading.
            late = finds and is_soon and (first is None or first > FIRST_LINE_SECONDS)
            disturbed = max(metrics, commit) > DISTURBED_MILLISECONDS
            wrong = late or disturbed or (status == 0) != finds
            is_well = is_well and not wrong
            shown = " ".join(words).replace(RARE, "ARN")
            print(
                f"{shown:52} {first or 0:>8.2f} {last:>8.2f} {lines:>8} {metrics:>10.1f}"
                f" {commit:>9.1f}{'  <-' if wrong else ''}"
            )
        print(json.dumps({"rss_mib": daemon.resident_bytes() >> 20}))
    return 0 if is_well else 1


if __name__ == "__main__":
    sys.exit(main())
