#!/usr/bin/env python3
"""Measures this machine: `make bench`, or bench/run.py --statewire build/statewire.

Each number stands beside the plan's goal and how much of it was reached: 1.00 and more is well.
Numbers of two machines, or of a machine that does other things too, compare to nothing.
"""

import argparse
import dataclasses
import json
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import time

sys.dont_write_bytecode = True
import events  # noqa: E402
import load  # noqa: E402
from daemon import Daemon  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
RESOURCES = 100_000
CONVERT_EVENTS = 300_000
CONVERT_RUNS = 3
START_RUNS = 5
SYNCS = 400
SYNC_BYTES = 8 << 10
CORES = "0,1"
MIB = 1 << 20
SUBSCRIPTION = """subscriptions:
  all: {format: json, from: earliest, sink: {kind: file, path: delivered.jsonl}}
"""


@dataclasses.dataclass
class Row:
    what: str
    value: float
    unit: str
    goal: float = 0.0  # 0: there is none.
    is_less_better: bool = False
    note: str = ""

    def reached(self):
        if not self.goal or not self.value:
            return None
        return self.goal / self.value if self.is_less_better else self.value / self.goal


class Bench:
    def __init__(self, statewire, folder, seconds):
        self.statewire = statewire
        self.folder = folder
        self.seconds = seconds

    def convert(self):
        """One core, standard input to standard output."""
        path = self.folder / "events.jsonl"
        events.write_file(path, CONVERT_EVENTS, RESOURCES)
        command = ["taskset", "-c", "0", str(self.statewire), "convert", "--format", "json"]
        runs = []
        for _ in range(CONVERT_RUNS):
            with open(path, "rb") as source:
                began = time.monotonic()
                subprocess.run(command, stdin=source, stdout=subprocess.DEVNULL, check=True)
                runs.append(time.monotonic() - began)
        mean_bytes = path.stat().st_size / CONVERT_EVENTS
        path.unlink()
        rate = CONVERT_EVENTS / statistics.median(runs)
        note = f"{CONVERT_EVENTS:,} events of {mean_bytes:.0f} B, median of {CONVERT_RUNS}"
        return [Row("convert, one core", rate, "events/s", 500_000, note=note)]

    def ingest(self):
        """Durable batches; then what is in memory, and how long the next start takes."""
        with self._daemon("ingest") as daemon:
            sent, rate, note = self._send(daemon)
            resident = daemon.resident_bytes() / MIB
            daemon.stop()
            starts = []
            for _ in range(START_RUNS):
                starts.append(daemon.start() * 1000)
                daemon.stop()
        stored = f"after {sent.accepted:,} events about {RESOURCES:,} resources"
        name = f"durable ingest, batches of 1,000, {self.seconds:g} s"
        return [
            Row(name, rate, "events/s", 120_000, note=note),
            Row("memory (VmRSS)", resident, "MiB", 100, True, stored),
            Row("start after a clean stop", statistics.median(starts), "ms", 150, True,
                f"median of {START_RUNS}; longest {max(starts):.0f} ms"),
        ]

    def deliver(self):
        """The same with a subscription that wants everything, until it has everything."""
        with self._daemon("deliver", SUBSCRIPTION) as daemon:
            sent, rate, note = self._send(daemon, subscription="all")
            delivered = daemon.wait_until_settled("all")["delivered"]
            daemon.stop()
        note = f"{delivered / sent.accepted * rate:,.0f} delivered/s; {note}"
        return [Row("the same, all delivered to a file", rate, "events/s", 70_000, note=note)]

    def single(self):
        """One event a request, 64 connections, the load on the same cores."""
        templates = self.folder / "templates.jsonl"
        templates.write_text(events.native_template() + "\n" + events.call_template() + "\n")
        with self._daemon("single") as daemon:
            command = ["taskset", "-c", CORES, "wrk", "-t1", "-c64", f"-d{self.seconds:.0f}s",
                       "--latency", "-s", str(HERE / "single_events.lua"),
                       f"http://127.0.0.1:{daemon.port}/events"]
            environment = dict(os.environ, STATEWIRE_BENCH_TEMPLATES=str(templates))
            output = subprocess.run(command, env=environment, check=True, capture_output=True,
                                    text=True).stdout
            check_ledger(daemon)
            daemon.stop()
        line = next(each for each in output.splitlines() if each.startswith("result "))
        result = json.loads(line.removeprefix("result "))
        answered = result["requests"] - result["refused"]
        rate = answered * 1e6 / result["microseconds"]
        note = f"wrk -c64; {result['refused']:,} refused, {result['broken']:,} broken"
        return [
            Row("single-event requests", rate, "requests/s", 40_000, note=note),
            Row("  p50", result["p50"] / 1000, "ms"),
            Row("  p99", result["p99"] / 1000, "ms", 5, True),
        ]

    def disk(self):
        """What one synced write costs here: no durable number is better than its disk."""
        path = self.folder / "sync"
        times = []
        with open(path, "wb", buffering=0) as out:
            for _ in range(SYNCS):
                out.write(os.urandom(SYNC_BYTES))
                began = time.monotonic()
                os.fdatasync(out.fileno())
                times.append((time.monotonic() - began) * 1000)
        path.unlink()
        times.sort()
        note = f"{SYNCS} appends of 8 KiB"
        return [
            Row("fdatasync p50", times[len(times) // 2], "ms", note=note),
            Row("fdatasync p99", times[len(times) * 99 // 100], "ms"),
        ]

    def _daemon(self, name, subscriptions=""):
        folder = self.folder / name
        shutil.rmtree(folder, ignore_errors=True)
        return Daemon(self.statewire, folder, subscriptions, prefix=("taskset", "-c", CORES))

    def _send(self, daemon, subscription=None):
        """What was sent, events/s until it was stored or delivered, what to know about it."""
        used = daemon.cpu_seconds()
        sent = load.send(load.Load(daemon.port, self.seconds, resources=RESOURCES))
        seconds = sent.seconds
        if subscription:
            daemon.wait_until_settled(subscription)
            seconds = time.monotonic() - sent.began
        used = daemon.cpu_seconds() - used
        if sent.duplicate or sent.rejected:
            raise RuntimeError(f"{sent.duplicate} duplicate, {sent.rejected} rejected: the load "
                               "or the program is wrong")
        check_ledger(daemon)
        note = (f"daemon {used / seconds:.2f} cores, load {sent.cpu_seconds / seconds:.2f}; "
                f"{sent.refused_requests:,} requests refused and sent again")
        return sent, sent.accepted / seconds, note


def check_ledger(daemon):
    """Every event that is sent here tells something new; otherwise the numbers mean nothing."""
    for row in daemon.get("/api/v1/ledger"):
        if not row["adds_up"] or row["recognised"] != row["received"]:
            raise RuntimeError(f"the ledger says {row}")


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"


def table(rows):
    cells = [("what", "measured", "", "goal", "reached", "")]
    for row in rows:
        reached = row.reached()
        goal = ("< " if row.is_less_better else "") + number(row.goal) if row.goal else ""
        cells.append((row.what, number(row.value), row.unit, goal,
                      "" if reached is None else f"{reached:.2f}", row.note))
    widths = [max(len(row[i]) for row in cells) for i in range(6)]
    lines = []
    for row in cells:
        padded = [row[i].rjust(widths[i]) if i in (1, 3, 4) else row[i].ljust(widths[i])
                  for i in range(6)]
        lines.append("  ".join(padded).rstrip())
    return "\n".join(lines)


def machine(folder):
    model = platform.machine()
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    busy = os.getloadavg()[0]
    disk = subprocess.run(["stat", "-f", "-c", "%T", str(folder)], capture_output=True, text=True,
                          check=True).stdout.strip()
    return (f"{model}, {os.cpu_count()} cores, {memory:.0f} GiB, {disk}, Linux "
            f"{platform.release()}, load average {busy:.1f} before")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--statewire", required=True, type=pathlib.Path)
    parser.add_argument("--seconds", type=float, default=20, help="of each load; the plan's "
                        "numbers hold for 600")
    parser.add_argument("--dir", type=pathlib.Path, default=HERE.parent / "var" / "bench",
                        help="where stores are made; emptied before and after")
    parser.add_argument("--json", type=pathlib.Path, help="write the numbers there, too")
    names = ["disk", "convert", "ingest", "deliver", "single"]
    parser.add_argument("--only", nargs="+", choices=names, default=names, metavar="WHAT",
                        help=", ".join(names))
    options = parser.parse_args()

    folder = options.dir / "run"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    bench = Bench(options.statewire.resolve(), folder.resolve(), options.seconds)
    about = machine(folder)
    rows = []
    try:
        for name in options.only:
            print(f"measuring: {name}", file=sys.stderr)
            rows += getattr(bench, name)()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(about)
    print(table(rows))
    if options.json:
        listed = [dict(dataclasses.asdict(row), reached=row.reached()) for row in rows]
        options.json.write_text(json.dumps({"machine": about, "rows": listed}, indent=2) + "\n")


if __name__ == "__main__":
    main()
