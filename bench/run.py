#!/usr/bin/env python3
"""Measures this machine: `make bench`, or bench/run.py --build build.

Machines differ, so a number stands beside its floor, measured in the same run: what the hardware and
the library do with no work of ours. The goal is for the ratio of the two; where there is no floor, for
the number itself. A machine that does other things too measures nothing.
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
FLOOR_RUNS = 3
WAITING_MIN = 100_000
PAIRS = 3
WARM_UP_PART = 4  # Of the load's seconds: until all resources are known, in each run of a pair.
INVENTORY_PATIENCE_SECONDS = 300
BODIES_MAX = 1 << 20  # Of a stream: its events' ids have no more room.
SYNCS = 400
SYNC_BYTES = 8 << 10
CORES = "0,1"
MIB = 1 << 20
SUBSCRIPTION = """subscriptions:
  all: {format: json, from: earliest, sink: {kind: file, path: delivered.jsonl}}
"""


INVENTORY = """inventory:
  bench: {kind: terraform, state: ../bench.tfstate}
"""
# A file sink in a folder that is missing: everything waits.
REFUSING = """subscriptions:
  all: {format: json, from: earliest, sink: {kind: file, path: missing/delivered.jsonl}}
"""


@dataclasses.dataclass
class Row:
    what: str
    value: float
    unit: str
    floor: float = 0.0  # In the same unit; 0: there is none.
    goal: float = 0.0  # Of the ratio, or where there is no floor of the value; 0: there is none.
    is_less_better: bool = False
    note: str = ""

    def ratio(self):
        return self.value / self.floor if self.floor else None

    def is_reached(self):
        if not self.goal:
            return None
        judged = self.ratio() if self.floor else self.value
        return judged <= self.goal if self.is_less_better else judged >= self.goal


class Bench:
    def __init__(self, build, folder, seconds, declared=0, pairs=PAIRS,
                 is_by_hand=False):
        self.declared = declared
        self.pairs = pairs
        self.agent = events.BOTO if is_by_hand else events.TERRAFORM
        self.statewire = build / "statewire"
        self.floors = build / "bench" / "floors"
        self.folder = folder
        self.seconds = seconds
        self.syncs = []

    def convert(self):
        """One core, standard input to standard output."""
        path = self.folder / "events.jsonl"
        events.write_file(path, CONVERT_EVENTS, RESOURCES)
        command = ["taskset", "-c", "0", str(self.statewire), "convert", "--format", "json"]
        runs = []
        floors = []
        for _ in range(CONVERT_RUNS):
            with open(path, "rb") as source:
                began = time.monotonic()
                subprocess.run(command, stdin=source, stdout=subprocess.DEVNULL, check=True)
                runs.append(time.monotonic() - began)
            floors.append(self._floor("taskset", "-c", "0", self.floors, "parse", path))
        mean_bytes = path.stat().st_size / CONVERT_EVENTS
        path.unlink()
        rate = CONVERT_EVENTS / statistics.median(runs)
        note = (f"{CONVERT_EVENTS:,} events of {mean_bytes:.0f} B, median of {CONVERT_RUNS}; "
                "floor: simdjson's DOM parse of the same lines")
        return [Row("convert, one core", rate, "events/s", statistics.median(floors), 0.4,
                    note=note)]

    def ingest(self):
        """Durable batches, with and without a subscription that takes everything."""
        with self._daemon("ingest") as daemon:
            sent, rate, note = self._send(daemon)
            resident = daemon.resident_bytes() / MIB
            daemon.stop()
            floor = self._write_floor(daemon)
        with self._daemon("deliver", SUBSCRIPTION) as daemon:
            both_sent, both_rate, both_note = self._send(daemon, subscription="all")
            delivered = daemon.wait_until_settled("all")["delivered"]
            daemon.stop()
        both_note = f"{delivered / both_sent.accepted * both_rate:,.0f} delivered/s; {both_note}"
        stored = f"after {sent.accepted:,} events about {RESOURCES:,} resources"
        name = f"durable ingest, batches of 1,000, {self.seconds:g} s"
        note += "; floor: RocksDB writing the same bytes, a synced batch for each commit"
        return [
            Row(name, rate, "events/s", floor, 0.7, note=note),
            Row("the same, all delivered to a file", both_rate, "events/s", floor, 0.4,
                note=both_note),
            Row("memory (VmRSS)", resident, "MiB", 0, 100, True, stored),
        ]

    def inventory(self):
        """Durable batches about resources that code declares, beside the same without the code."""
        events.write_state(self.folder / "bench.tfstate", self.declared)
        rates = {False: [], True: []}
        resident = {False: [], True: []}
        used = {False: [], True: []}
        for pair in range(self.pairs):
            # Whichever comes first has the cooler machine: they take turns.
            for has_inventory in (pair % 2 == 1, pair % 2 == 0):
                rate, memory, processor = self._declared_ingest(has_inventory)
                rates[has_inventory].append(rate)
                resident[has_inventory].append(memory)
                used[has_inventory].append(processor)
        ratios = [after / before for before, after in zip(rates[False], rates[True])]
        before, after = (statistics.median(resident[has]) for has in (False, True))
        listed = ", ".join(f"{ratio:.3f}" for ratio in ratios)
        name = f"{self.declared:,} declared"
        return [
            Row("durable ingest, nothing declared", statistics.median(rates[False]), "events/s",
                note=f"median of {self.pairs} runs of {self.seconds:g} s, about {RESOURCES:,} "
                     "resources"),
            Row(f"the same, {name}", statistics.median(rates[True]), "events/s",
                note="the pairs: " + listed),
            Row("  of that without, median of the pairs", statistics.median(ratios), "", 0, 0.95),
            Row("processor's time, nothing declared", statistics.median(used[False]), "us/event"),
            Row(f"the same, {name}", statistics.median(used[True]), "us/event"),
            Row("memory (VmRSS), nothing declared", before, "MiB"),
            Row(f"the same, {name}", after, "MiB", note=f"{after - before:+,.0f} MiB"),
        ]

    def _declared_ingest(self, has_inventory):
        """Events/s, MiB of memory after it, and microseconds of a processor for each event."""
        name = "declared" if has_inventory else "undeclared"
        with self._daemon(name, INVENTORY if has_inventory else "") as daemon:
            if has_inventory:
                self._wait_for_reading(daemon)
            time.sleep(1)  # Times of events are whole seconds: none is before the reading.
            self._send(daemon, seconds=self.seconds / WARM_UP_PART, is_live=True)
            used = daemon.cpu_seconds()
            sent, rate, _ = self._send(daemon, is_live=True, first=BODIES_MAX // 2)
            used = daemon.cpu_seconds() - used
            memory = daemon.resident_bytes() / MIB
            daemon.stop()
        shutil.rmtree(daemon.folder)
        return rate, memory, used / sent.accepted * 1e6

    def _wait_for_reading(self, daemon):
        deadline = time.monotonic() + INVENTORY_PATIENCE_SECONDS
        while time.monotonic() < deadline:
            (state,) = daemon.get("/api/v1/inventory")["inventories"]
            if "last_read" in state:
                if state["resources"] != self.declared:
                    raise RuntimeError(f"{state['resources']:,} of {self.declared:,} are declared")
                return
            time.sleep(0.5)
        raise RuntimeError("the inventory is not read")

    def start(self):
        """After a clean stop, with deliveries that wait for a sink which takes none."""
        with self._daemon("start", REFUSING) as daemon:
            self._send(daemon)
            waiting = daemon.get("/api/v1/status")["subscriptions"][0]["lag"]
            if waiting < WAITING_MIN:
                raise RuntimeError(f"only {waiting:,} deliveries wait")
            daemon.stop()
            starts = []
            for _ in range(START_RUNS):
                starts.append(daemon.start() * 1000)
                daemon.stop()
        note = (f"{waiting:,} deliveries wait; median of {START_RUNS}, longest "
                f"{max(starts):.0f} ms")
        return [Row("start until the port answers", statistics.median(starts), "ms", 0, 150, True,
                    note)]

    def single(self):
        """One event a request, 64 connections, the load on the same cores."""
        with self._daemon("single") as daemon:
            result = self._wrk(daemon.port)
            check_ledger(daemon)
            daemon.stop()
        server = subprocess.Popen(["taskset", "-c", CORES, str(self.floors), "serve"],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        with server:
            floor = self._wrk(int(server.stdout.readline()))
        note = (f"wrk -c64; {result['refused']:,} refused, {result['broken']:,} broken; floor: the "
                "same server, which answers 202 and does nothing")
        sync = percentile(self._syncs(), 50)
        return [
            Row("single-event requests", rate_of(result), "requests/s", rate_of(floor), 0.5,
                note=note),
            Row("  p50", result["p50"] / 1000, "ms", sync),
            Row("  p99", result["p99"] / 1000, "ms", sync, 8, True, "floor: fdatasync p50"),
        ]

    def disk(self):
        """What one synced write costs here: no durable number is better than its disk."""
        note = f"{SYNCS} appends of 8 KiB"
        return [
            Row("fdatasync p50", percentile(self._syncs(), 50), "ms", note=note),
            Row("fdatasync p99", percentile(self._syncs(), 99), "ms"),
        ]

    def _syncs(self):
        if self.syncs:
            return self.syncs
        path = self.folder / "sync"
        with open(path, "wb", buffering=0) as out:
            for _ in range(SYNCS):
                out.write(os.urandom(SYNC_BYTES))
                began = time.monotonic()
                os.fdatasync(out.fileno())
                self.syncs.append((time.monotonic() - began) * 1000)
        path.unlink()
        return self.syncs

    def _floor(self, *command):
        words = [str(word) for word in command]
        return float(subprocess.run(words, check=True, capture_output=True, text=True).stdout)

    def _write_floor(self, daemon):
        return statistics.median(
            self._floor("taskset", "-c", CORES, self.floors, "write", daemon.folder / "store",
                        self.folder / "floor") for _ in range(FLOOR_RUNS))

    def _wrk(self, port):
        templates = self.folder / "templates.jsonl"
        templates.write_text(events.native_template() + "\n" + events.call_template() + "\n")
        command = ["taskset", "-c", CORES, "wrk", "-t1", "-c64", f"-d{self.seconds:.0f}s",
                   "--latency", "-s", str(HERE / "single_events.lua"),
                   f"http://127.0.0.1:{port}/events"]
        environment = dict(os.environ, STATEWIRE_BENCH_TEMPLATES=str(templates))
        output = subprocess.run(command, env=environment, check=True, capture_output=True,
                                text=True).stdout
        line = next(each for each in output.splitlines() if each.startswith("result "))
        return json.loads(line.removeprefix("result "))

    def _daemon(self, name, subscriptions=""):
        folder = self.folder / name
        shutil.rmtree(folder, ignore_errors=True)
        return Daemon(self.statewire, folder, subscriptions, prefix=("taskset", "-c", CORES))

    def _send(self, daemon, subscription=None, seconds=None, is_live=False, first=0):
        """What was sent, events/s until it was stored or delivered, what to know about it."""
        used = daemon.cpu_seconds()
        sent = load.send(load.Load(daemon.port, seconds or self.seconds, resources=RESOURCES,
                                   is_live=is_live, first=first,
                                   agent=self.agent if is_live else events.BOTO))
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


def percentile(times, percent):
    return sorted(times)[len(times) * percent // 100]


def rate_of(result):
    return (result["requests"] - result["refused"]) * 1e6 / result["microseconds"]


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"


def cells_of(row):
    ratio = "" if row.ratio() is None else f"{row.ratio():.2f}"
    goal = ("< " if row.is_less_better else "> ") + f"{row.goal:g}" if row.goal else ""
    reached = {None: "", True: "yes", False: "no"}[row.is_reached()]
    return (row.what, number(row.value), row.unit, number(row.floor) if row.floor else "", ratio,
            goal, reached, row.note)


def table(rows):
    cells = [("what", "measured", "", "floor", "ratio", "goal", "reached", ""),
             *(cells_of(row) for row in rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(8)]
    lines = []
    for row in cells:
        padded = [row[i].rjust(widths[i]) if i in (1, 3, 4, 5) else row[i].ljust(widths[i])
                  for i in range(8)]
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
    parser.add_argument("--build", required=True, type=pathlib.Path,
                        help="where `statewire` and `bench/floors` were built")
    parser.add_argument("--seconds", type=float, default=20, help="of each load; the plan's "
                        "numbers hold for 600")
    parser.add_argument("--dir", type=pathlib.Path, default=HERE.parent / "var" / "bench",
                        help="where stores are made; emptied before and after")
    parser.add_argument("--json", type=pathlib.Path, help="write the numbers there, too")
    names = ["disk", "convert", "ingest", "start", "single"]
    parser.add_argument("--only", nargs="+", choices=names, default=names, metavar="WHAT",
                        help=", ".join(names))
    parser.add_argument("--inventory", type=int, metavar="RESOURCES",
                        help="measures ingest with so many declared resources beside the same "
                        "without, in pairs, and nothing else")
    parser.add_argument("--pairs", type=int, default=PAIRS, help="of --inventory")
    parser.add_argument("--by-hand", action="store_true", help="of --inventory: the calls are not "
                        "those of Terraform, so that every resource is out of band")
    options = parser.parse_args()
    if options.inventory is not None:
        if not 0 < options.inventory <= RESOURCES or options.pairs < 1:
            parser.error(f"--inventory wants 1 to {RESOURCES:,} resources, and a pair at least")
        options.only = ["inventory"]

    folder = options.dir / "run"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    bench = Bench(options.build.resolve(), folder.resolve(), options.seconds, options.inventory,
                  options.pairs, options.by_hand)
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
        listed = [dict(dataclasses.asdict(row), ratio=row.ratio(), reached=row.is_reached()) for row in rows]
        options.json.write_text(json.dumps({"machine": about, "rows": listed}, indent=2) + "\n")


if __name__ == "__main__":
    main()
