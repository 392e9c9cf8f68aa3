#!/usr/bin/env python3
"""Kills the program at random moments under load, and then counts whether anything was lost.

Each round starts the real program on the same store, sends it events from several threads and
through a followed file, lets a receiver of webhooks misbehave, and ends the program with SIGKILL.
What was acknowledged is remembered here; after the last round everything is let through, and
oracle.py compares.

    crash_test.py --statewire build/statewire --rounds 50
    crash_test.py --statewire build/statewire_faulty --rounds 12 --expect-loss

The second form is for a build that acknowledges before it commits: the test must find the loss.
"""

import argparse
import pathlib
import random
import shutil
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))

import load
import oracle
from harness import Daemon, wait_for
from receiver import CLOSE, HANG, Answer, Receiver

FINAL_SECONDS = 150
# A small store_memory makes the store write and compact its tables while it is killed.
CONFIG = """
log: {{level: warn}}
limits: {{free_disk: 16MiB, store_memory: 16MiB}}
sources:
  trail: {{kind: file, path: trail.jsonl, follow: true}}
subscriptions:
  hook:
    from: earliest
    sink: {{kind: webhook, url: "{url}", timeout: 1s}}
  lines:
    from: earliest
    sink: {{kind: file, path: lines.jsonl, rotate_bytes: 4MiB}}
"""


class Moods:
    """How the receiver answers: mostly well; in an outage never; at the end always."""

    def __init__(self, seed):
        self.random = random.Random(f"{seed} receiver")
        self.is_out = False
        self.is_kind = False
        self.accepted = set()

    def decide(self, request):
        draw = self.random.random()
        if self.is_kind or (draw < 0.93 and not self.is_out):
            self.accepted.add(request.headers["webhook-id"])
            return Answer(200)
        if self.is_out or draw < 0.96:
            return Answer(self.random.choice([500, 502, 503]))
        if draw < 0.98:
            return Answer(429, {"Retry-After": "1"})
        return CLOSE if draw < 0.995 else HANG


class Run:
    def __init__(self, options, folder):
        self.options = options
        self.random = random.Random(f"{options.seed} rounds")
        self.moods = Moods(options.seed)
        self.receiver = Receiver(self.moods.decide)
        config = CONFIG.format(url=self.receiver.url("/hook"))
        self.daemon = Daemon(folder, config, statewire=options.statewire.resolve())
        self.acknowledged = threading.Event()
        self.senders = [
            load.Sender(options.seed, number, self.daemon.port, self.backlog, self.acknowledged)
            for number in range(options.senders)
        ]
        self.trail = load.Trail(options.seed, folder / "trail.jsonl")
        self.kills = 0
        self.slowest_start = 0.0

    def backlog(self):
        """How much was acknowledged and is not delivered yet, about."""
        sent = sum(sender.acknowledged_count for sender in self.senders) + self.trail.count
        return sent - len(self.moods.accepted)

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
            f"{len(self.receiver.requests)} requests received, "
            f"{len(self.moods.accepted)} deliveries accepted"
        )

    def one_round(self):
        self.moods.is_out = self.random.random() < 0.1
        began = time.monotonic()
        self.daemon.start(is_ready=False)
        if self.random.random() < 0.1:
            time.sleep(self.random.uniform(0, 0.15))  # Also while it starts.
        else:
            self.daemon.wait_until_ready()
            self.slowest_start = max(self.slowest_start, time.monotonic() - began)
            self.load_for_a_while()
        if self.daemon.process.poll() is not None:
            raise AssertionError(f"the program ended by itself:\n{self.daemon.log_text()[-4000:]}")
        self.daemon.kill()
        self.kills += 1
        # What it had sent before is seen before what its successor sends.
        time.sleep(0.1)

    def load_for_a_while(self):
        time.sleep(self.options.seconds_per_round * self.random.uniform(0.1, 1.9))
        self.trail.rotate_if_seen(self.trail_received())
        if self.random.random() < 0.5:
            # Right behind an acknowledgement is where a loss would be.
            self.acknowledged.clear()
            self.acknowledged.wait(1)

    def trail_received(self):
        return sum(
            row["received"]
            for row in self.daemon.get("/api/v1/ledger")
            if row["source"] == "trail"
        )

    def last(self):
        """Lets everything through, and stops the program as one should."""
        self.moods.is_out = False
        self.moods.is_kind = True
        self.daemon.start()
        for sender in self.senders:
            sender.finish()
        self.trail.finish()
        wait_for(
            lambda: self.trail_received() >= self.trail.count,
            "the whole file in the ledger",
            FINAL_SECONDS,
            pause=0.2,
        )
        self.daemon.wait_until_settled("hook", "lines", seconds=FINAL_SECONDS)
        outcome = oracle.Outcome(
            senders=self.senders,
            trail=self.trail,
            requests=list(self.receiver.requests),
            ledger=self.daemon.get("/api/v1/ledger"),
            resources=self.all_resources(),
            lines=sorted(self.daemon.folder.glob("lines.jsonl*")),
            kills=self.kills,
        )
        status = self.daemon.stop()
        if status != 0:
            outcome.problems.append(f"after SIGTERM the exit status was {status}")
        checked = self.daemon.run("store", "check", seconds=FINAL_SECONDS)
        if checked.returncode != 0:
            outcome.problems.append(f"store check: {checked.stdout[-2000:]}{checked.stderr}")
        return outcome

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


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--statewire", required=True, type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--seconds-per-round", type=float, default=1.0)
    parser.add_argument("--senders", type=int, default=4)
    parser.add_argument("--expect-loss", action="store_true")
    parser.add_argument("--keep", action="store_true", help="leave the folder where it is")
    return parser.parse_args()


def tell(outcome, options):
    for kind, problems in (("loss", outcome.losses), ("problem", outcome.problems)):
        for problem in problems[:20]:
            print(f"{kind}: {problem}")
        if len(problems) > 20:
            print(f"and {len(problems) - 20} more of this kind")
    if options.expect_loss:
        print("the loss was found" if outcome.losses else "NO LOSS WAS FOUND")
        return 0 if outcome.losses else 1
    is_well = not outcome.losses and not outcome.problems
    print("nothing was lost" if is_well else "FAILED")
    return 0 if is_well else 1


def main():
    options = parse_options()
    print(f"seed {options.seed}, {options.rounds} rounds", flush=True)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="statewire-crash-"))
    run = Run(options, folder)
    try:
        run.rounds()
        outcome = run.last()
        print(f"{run.kills} kills, {run.sent()}")
        print(
            f"slowest start {run.slowest_start:.2f} s; what was accepted came again up to "
            f"{outcome.oldest_repeat:.1f} s later"
        )
        return tell(outcome, options)
    finally:
        run.close()
        if options.keep:
            print(f"left in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
