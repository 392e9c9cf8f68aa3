"""One run of the crash test: its rounds, and how each of them ends."""

import collections
import math
import os
import random
import sys
import threading
import time
import urllib.request

import load
import oracle
from bucket import Bucket
from configurations import FEW_MS, NAMES, PAGER_MS, Configuration
from harness import SIGHUP, Daemon, wait_for
from parked import Parked
from receiver import Receiver
from receiving import Receiving

FINAL_SECONDS = 150
STOP_SECONDS_MAX = 12  # Twice five of grace, and what a slow machine adds.
CHECKS_MAX = 15  # Of the store, in a long run: each reads all of it.
READ_AGAIN = "the configuration was read again"

# How a life ended, monotonic: `asked` is before the signal; by `ended` all that was sent was seen.
End = collections.namedtuple("End", ["asked", "ended", "is_stop"])


class Term:
    """When a configuration was in force, at most: from its writing until the next surely was."""

    def __init__(self, configuration, begin):
        self.configuration = configuration
        self.begin = begin
        self.end = math.inf


class Run:
    def __init__(self, options, folder):
        self.options = options
        self.random = random.Random(f"{options.seed} rounds")
        self.receiving = Receiving(options.seed)
        self.receiver = Receiver(self.receiving.decide)
        self.bucket = Bucket(options.seed)
        self.configuration = Configuration()
        self.daemon = Daemon(
            folder,
            self.config_text(),
            statewire=options.statewire.resolve(),
            environment=self.aws_environment(),
        )
        self.acknowledged = threading.Event()
        # Long runs send less in each round: everything is remembered.
        pause_share = 0.01 * max(1, options.rounds / 100)
        self.senders = [
            load.Sender(
                options.seed, number, self.daemon.port, self.backlog, self.acknowledged, pause_share
            )
            for number in range(options.senders)
        ]
        self.trail = load.Trail(options.seed, folder / "trail.jsonl")
        self.parked = Parked(options.seed, self.daemon, self.receiving)
        self.began = 0.0
        self.ends = []
        self.terms = [Term(self.configuration, 0.0)]
        self.problems = []
        self.counts = collections.Counter()
        self.slowest_start = self.slowest_stop = 0.0

    def config_text(self):
        return self.configuration.text(self.receiver.url("").rstrip("/"))

    def aws_environment(self):
        return {
            "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "example",
            "AWS_REGION": "eu-west-1",
            "AWS_ENDPOINT_URL": "http://127.0.0.1:1",  # Nobody tells tags.
            "AWS_ENDPOINT_URL_S3": self.bucket.url(),
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }

    def backlog(self):
        """How much was acknowledged and is not delivered yet, about."""
        sent = sum(sender.steady_count for sender in self.senders) + self.trail.count
        return sent - len(self.receiving.settled)

    def rounds(self):
        for worker in [*self.senders, self.trail]:
            worker.start()
        for number in range(self.options.rounds):
            self.one_round()
            if sys.stdout.isatty() or (number + 1) % 10 == 0:
                print(f"  {number + 1} rounds, {self.sent()}", flush=True)

    def sent(self):
        acknowledged = sum(sender.acknowledged_count for sender in self.senders)
        return (
            f"{acknowledged} events acknowledged, {self.trail.count} in the file, "
            f"{self.receiving.count} requests received, "
            f"{len(self.bucket.objects)} objects by {self.bucket.puts} writes"
        )

    def summary(self):
        ends = ", ".join(f"{count} {what}" for what, count in sorted(self.counts.items()))
        return (
            f"{ends}; {self.sent()}\n{self.parked.summary()}\n"
            f"slowest start {self.slowest_start:.2f} s, slowest stop {self.slowest_stop:.2f} s"
        )

    def one_round(self):
        self.receiving.is_out = self.random.random() < 0.1
        self.receiver.requests.clear()  # They are kept as deliveries.
        self.start()
        is_started = self.random.random() >= 0.1
        if is_started:
            self.daemon.wait_until_ready()
            self.slowest_start = max(self.slowest_start, time.monotonic() - self.began)
            self.load_for_a_while()
        else:
            time.sleep(self.random.uniform(0, 0.15))  # Also while it starts.
        self.expect_running()
        draw = self.random.random()
        if is_started and draw < 0.2:
            self.stop()
        else:
            if is_started and draw < 0.5:
                self.reload()
            self.kill()
        self.between()

    def start(self):
        self.began = time.monotonic()
        self.end_earlier_terms()
        self.daemon.start(is_ready=False)

    def expect_running(self):
        if self.daemon.process.poll() is not None:
            raise AssertionError(f"the program ended by itself:\n{self.daemon.log_text()[-4000:]}")

    def kill(self):
        self.expect_running()
        asked = time.monotonic()
        self.daemon.kill()
        self.counts["kills"] += 1
        self.see_what_was_sent()
        self.ends.append(End(asked, time.monotonic(), is_stop=False))

    def see_what_was_sent(self):
        """What the program had sent is seen before what its successor sends: a receiver that
        answers has read from all connections that were there."""
        for _ in range(4):
            with urllib.request.urlopen(self.receiver.url("/probe"), timeout=30) as answer:
                answer.read()

    def stop(self):
        asked = time.monotonic()
        status = self.daemon.stop()
        ended = time.monotonic()
        self.ends.append(End(asked, ended, is_stop=True))
        self.counts["stops"] += 1
        self.slowest_stop = max(self.slowest_stop, ended - asked)
        if status != 0 or ended - asked > STOP_SECONDS_MAX:
            self.problems.append(f"SIGTERM took {ended - asked:.1f} s; exit status {status}")

    def reload(self):
        """Several times in a row; half of the times it is killed at whatever point it is."""
        is_awaited = self.random.random() < 0.5
        seen = self.daemon.log_text().count(READ_AGAIN)
        self.use(self.configuration.next(self.random, may_lower=is_awaited))
        for _ in range(self.random.choice([1, 1, 2, 4])):
            self.daemon.signal(SIGHUP)
            time.sleep(self.random.choice([0, 0.01, 0.1]))
        self.counts["reloads"] += 1
        if is_awaited:
            wait_for(lambda: self.daemon.log_text().count(READ_AGAIN) > seen, "the reload")
            self.end_earlier_terms()
            time.sleep(self.random.uniform(0, 0.5))
        else:
            time.sleep(self.random.uniform(0, 0.3))

    def use(self, configuration):
        self.configuration = configuration
        self.terms.append(Term(configuration, time.monotonic()))
        self.daemon.write_config(self.config_text())

    def end_earlier_terms(self):
        for term in self.terms[:-1]:
            term.end = min(term.end, time.monotonic())

    def load_for_a_while(self):
        seconds = self.options.seconds_per_round * self.random.uniform(0.1, 1.9)
        part = self.random.random()
        time.sleep(seconds * part)
        if self.random.random() < 0.3:
            self.parked.act()
        time.sleep(seconds * (1 - part))
        self.trail.rotate_if_seen(self.trail_received())
        draw = self.random.random()
        if draw < 0.08:
            # An object is written when its first line has waited for five seconds.
            self.bucket.wait_for_put(6)
            time.sleep(self.random.uniform(0, 0.1))
        elif draw < 0.5:
            # Right behind an acknowledgement is where a loss would be.
            self.acknowledged.clear()
            self.acknowledged.wait(1)

    def between(self):
        """While no daemon runs."""
        if not (self.daemon.folder / "store" / "CURRENT").exists():
            return  # The first one was killed before there was a store.
        if self.random.random() < 0.05:
            self.parked.redrive_without_daemon()
        if self.random.random() < min(0.12, CHECKS_MAX / self.options.rounds):
            self.check_store()

    def check_store(self):
        self.counts["checks of the store"] += 1
        # It folds all of the journal again.
        checked = self.daemon.run("store", "check", seconds=FINAL_SECONDS + self.options.rounds)
        if checked.returncode != 0:
            self.problems.append(f"store check: {checked.stdout[-2000:]}{checked.stderr}")

    def trail_received(self):
        return sum(
            row["received"]
            for row in self.daemon.get("/api/v1/ledger")
            if row["source"] == "trail"
        )

    def last(self):
        """Lets everything through, and stops the program as one should."""
        self.receiving.is_kind = self.bucket.is_kind = True
        self.use(
            Configuration(
                pager_ms=PAGER_MS[1], few_ms=FEW_MS[1], per_hour=self.configuration.per_hour
            )
        )
        self.start()
        self.daemon.wait_until_ready()
        for sender in self.senders:
            sender.finish()
            sender.tag_all()
        self.trail.finish()
        wait_for(
            lambda: self.trail_received() >= self.trail.count,
            "the whole file in the ledger",
            FINAL_SECONDS,
            pause=0.2,
        )
        self.wait_until_told()
        held = self.daemon.subscription("few")["held"]
        outcome = oracle.Outcome(self, held)
        self.stop()
        self.check_store()
        outcome.problems += self.problems + self.bucket.problems
        return outcome

    def wait_until_told(self):
        """Nothing waits any more, but for what the digest counts."""
        # Where tags were lost, something waits for ten minutes: that is known soon enough.
        seconds = 20 if self.options.expect_loss else FINAL_SECONDS

        def is_told():
            self.daemon.wait_until_settled(*NAMES, seconds=seconds)
            status = self.daemon.get("/api/v1/status")
            return all(
                each["held"] == 0 for each in status["subscriptions"] if each["name"] != "few"
            )

        try:
            wait_for(is_told, "the end of all holds", seconds)
            self.parked.redrive_all()
            time.sleep(FEW_MS[1] / 1000 + 0.5)  # What `few` holds is in its count, too.
            wait_for(is_told, "the end of all holds", seconds)
            if left := self.parked.listed():
                self.problems.append(f"parked at the end: {left[:5]}")
        except AssertionError as fault:
            status = self.daemon.get("/api/v1/status")["subscriptions"]
            self.problems.append(f"{fault}; the subscriptions are {status}")

    def all_resources(self):
        found, after = [], ""
        while True:
            page = self.daemon.get(f"/api/v1/resources?limit=100{after}")
            found += page["resources"]
            if "next" not in page:
                return found
            after = f"&after={page['next']}"

    def close(self):
        for sender in self.senders:
            sender.abandon()
        self.trail.abandon()
        self.daemon.end()
        self.receiver.close()
        self.bucket.close()
