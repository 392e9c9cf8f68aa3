#!/usr/bin/env python3
"""Measures pattern matching beside event-ruler, quamina and bare simdjson: `make bench-patterns`.

Every matcher gets the same events and the same rules, one thread each, row by row. Each cell is a
process of its own; when all are ready they are measured in turn, in several rounds, and the best of
each is what stands in the table. Rates are by processor time, too, so that a machine that does other
things tells nearly the same.
"""

import argparse
import dataclasses
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
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "tests" / "patterns" / "oracle"))
import ruler  # noqa: E402
import workload  # noqa: E402

BUILD_SECONDS = 30  # Of processor time.
ROUNDS = 5
ROUND_SECONDS_MAX = 60
WARM_UP_SECONDS = 0.3
JAVA_WARM_UP_SECONDS = 0.7  # Three times in a counted pass, then until it gets no faster.
CARGO_NEEDED = (1, 88)
BARE_SLOWER_AT_MOST, BARE_EVENTS_AT_LEAST = 1.3, 1_500_000
GROWTH_AT_MOST = 3.0
# How many times as fast as the other one, by group.
TIMES_RULER = {"adversarial": 100}
TIMES_QUAMINA = {"adversarial": 100}


@dataclasses.dataclass
class Matcher:
    name: str
    command: list  # None: not run, and `problem` says why.
    warm_up: float = WARM_UP_SECONDS
    problem: str = ""

    def start(self, row, events, seconds):
        if self.command is None:
            return Cell(None, 0, self.problem)
        command = self.command + [events, row["rules"], row["count"], BUILD_SECONDS, self.warm_up,
                                  seconds]
        return Cell(command, 3 * BUILD_SECONDS + 20 * self.warm_up + 30)


class Cell:
    """A program that is measured: it says a line of JSON when it is ready, and one for each round.
    `said` has all of it, and the best rates; `problem` among it where there is one."""

    def __init__(self, command, limit, problem=""):
        self.said = {"problem": problem} if problem else {}
        self.process = None
        if command is None:
            return
        self.errors = tempfile.TemporaryFile(mode="w+")
        self.process = subprocess.Popen([str(part) for part in command], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=self.errors, text=True)
        self.listen(limit)

    def measure(self):
        if self.process is None:
            return
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        self.listen(ROUND_SECONDS_MAX)

    def listen(self, limit):
        ended = threading.Event()
        timer = threading.Timer(limit, lambda: (ended.set(), self.process.kill()))
        timer.start()
        line = self.process.stdout.readline()
        timer.cancel()
        if ended.is_set():
            self.said["problem"] = f"takes too long: ended after {limit:.0f} s"
        elif not line.startswith("{"):
            self.process.wait()
            self.said["problem"] = self.last_words()
        else:
            for name, value in json.loads(line).items():
                is_rate = name.endswith("_per_second")
                self.said[name] = max(value, self.said.get(name, 0)) if is_rate else value
        if "problem" in self.said:
            self.end()

    def last_words(self):
        self.errors.seek(0)
        lines = [line for line in self.errors.read().splitlines() if line.strip()]
        panicked = [i for i, line in enumerate(lines) if "panicked" in line]
        reason = lines[panicked[0] + 1] if panicked else (lines[0] if lines else "no output")
        return ("panics: " if panicked else "fails: ") + reason

    def end(self):
        if self.process is None:
            return
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.errors.close()
        self.process = None


def event_ruler():
    missing = ruler.missing_programs()
    if missing:
        return Matcher("event-ruler", None, problem=f"not run: {', '.join(missing)} is missing")
    path = ruler.classpath(HERE / "ruler" / "Measure.java")
    return Matcher("event-ruler", ["java", "-XX:+UseSerialGC", "-Xms2g", "-Xmx8g", "-cp", path,
                                   "Measure"], JAVA_WARM_UP_SECONDS)


def quamina(build):
    cargo = shutil.which("cargo")
    needed = f"not run: cargo >= {CARGO_NEEDED[0]}.{CARGO_NEEDED[1]} is needed"
    if cargo is None:
        return Matcher("quamina", None, problem=needed)
    version = subprocess.run([cargo, "--version"], capture_output=True, text=True,
                             check=True).stdout.split()[1]
    if tuple(int(part) for part in version.split(".")[:2]) < CARGO_NEEDED:
        return Matcher("quamina", None, problem=f"{needed}, here is {version}")
    target = build / "quamina"
    subprocess.run([cargo, "build", "-q", "--release", "--manifest-path",
                    HERE / "quamina" / "Cargo.toml"], check=True,
                   env={**os.environ, "CARGO_TARGET_DIR": str(target)})
    return Matcher("quamina", [target / "release" / "measure"])


def rows_of(build, wanted):
    """Writes the workload where it is not there yet."""
    folder = build / "pattern-bench"
    index = folder / "rows.json"
    source = HERE / "workload.py"
    if not index.exists() or index.stat().st_mtime < source.stat().st_mtime:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        rows = workload.write_all(folder)
        index.write_text(json.dumps(rows))
    rows = json.loads(index.read_text())
    return folder / "events.jsonl", [
        row for row in rows
        if not wanted or any(word in f"{row['group']} {row['name']} {row['count']}"
                             for word in wanted)]


def mismatch(cells):
    """Where counts differ, at the most events that two matchers both have counted."""
    found = []
    counted = [(name, cell["matches"]) for name, cell in cells.items() if cell.get("matches")]
    for i, (name, matches) in enumerate(counted):
        for other, others in counted[i + 1:]:
            common = max(set(matches) & set(others), key=int)
            if matches[common] != others[common]:
                found.append(f"{name} counts {matches[common]} matches in {common} events, "
                             f"{other} {others[common]}")
    return found


def judge(row):
    """What a row says of the goal: a dict of ratios, and whether it is reached."""
    rate = {name: cell.get("events_per_second") for name, cell in row["cells"].items()}
    ours = rate["statewire"]
    if not ours:
        return {"reached": False}
    ratios = {name: ours / rate[name] if rate[name] else None
              for name in ("event-ruler", "quamina", "bare simdjson")}
    # A peer that refuses, panics or never ends is not faster.
    beats = all(ratios[name] is None or ratios[name] >= times.get(row["group"], usual)
                for name, times, usual in (("event-ruler", TIMES_RULER, 10),
                                           ("quamina", TIMES_QUAMINA, 2)))
    near = (ours >= BARE_EVENTS_AT_LEAST
            and (ratios["bare simdjson"] or 0) >= 1 / BARE_SLOWER_AT_MOST)
    return {"ratios": ratios, "beats_peers": beats, "near_bare": near, "reached": beats or near}


def rate_text(cell, name="events_per_second"):
    rate = cell.get(name)
    if rate is None:
        return "-"
    return f"{rate:,.0f}"


def ratio_text(value):
    return "-" if value is None else f"{value:.1f}" if value < 100 else f"{value:,.0f}"


COLUMNS = ("rules", "", "event-ruler", "quamina", "bare simdjson", "statewire", "in lines",
           "x ruler", "x quamina", "x bare", "goal")


def table_line(row):
    cells, verdict = row["cells"], row["verdict"]
    ratios = verdict.get("ratios", {})
    return (f"{row['count']:,}", row["name"], rate_text(cells["event-ruler"]),
            rate_text(cells["quamina"]), rate_text(cells["bare simdjson"]),
            rate_text(cells["statewire"]), rate_text(cells["statewire"], "lines_per_second"),
            *(ratio_text(ratios.get(name))
              for name in ("event-ruler", "quamina", "bare simdjson")),
            "reached" if verdict["reached"] else "missed")


def print_line(line):
    print(f"{line[0]:>9}  {line[1]:24}" + "".join(f"{cell:>14}" for cell in line[2:7])
          + "".join(f"{cell:>10}" for cell in line[7:]), flush=True)


def problems_of(row):
    what = f"{row['count']:,} {row['name']}"
    for name, cell in row["cells"].items():
        if "problem" in cell:
            yield f"{what}: {name} {cell['problem'][:200]}"
    for text in row["mismatches"]:
        yield f"{what}: MISMATCH: {text}"


def growth_of(rows):
    """Of each kind that grows, how many times as slow the largest set is as the smallest, in lines,
    which is how `match` reads events; as measured by the bare reading of the same row, since minutes
    lie between the two."""
    found = {}
    for row in rows:
        rate = row["cells"]["statewire"].get("lines_per_second")
        if row["group"] == "growing" and rate:
            bare = row["cells"]["bare simdjson"]["events_per_second"]
            found.setdefault(row["name"], {})[row["count"]] = rate / bare
    return {name: rates[min(rates)] / rates[max(rates)] for name, rates in found.items()
            if len(rates) > 1}


def print_rest(rows):
    largest = [row for row in rows if row["count"] == workload.SIZES[-1]]
    if largest:
        print("\na million rules       built in seconds, and bytes a rule")
    for row in largest:
        texts = [f"{name} {cell['build_seconds']:.1f} s, "
                 f"{cell['memory_bytes'] / row['count']:.0f} B"
                 for name, cell in row["cells"].items() if "memory_bytes" in cell]
        print(f"  {row['name']:20}" + "; ".join(texts))
    growth = growth_of(rows)
    if growth:
        print(f"\ngrowth                times as slow in lines from the smallest set to the largest, "
              f"below {GROWTH_AT_MOST:g} wanted")
    for name, times in growth.items():
        print(f"  {name:20}{times:.2f}  {'reached' if times < GROWTH_AT_MOST else 'missed'}")
    notes = [text for row in rows for text in problems_of(row)]
    if notes:
        print("\nnotes")
    for text in notes:
        print(f"  {text}")
    reached = sum(row["verdict"]["reached"] for row in rows)
    print(f"\n{reached} of {len(rows)} rows reached the goal: 10 times event-ruler and 2 times "
          f"quamina (100 times both where adversarial),\nor at most {BARE_SLOWER_AT_MOST} times as "
          f"slow as simdjson that reads the same fields and does nothing.")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path("build"))
    parser.add_argument("--seconds", type=float, default=0.3, help="of each round")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--output", choices=("table", "json"), default="table")
    parser.add_argument("--rows", action="append", help="only rows whose name holds this")
    options = parser.parse_args()
    build = options.build.resolve()
    begin = time.monotonic()
    matchers = [event_ruler(), quamina(build),
                Matcher("statewire", [build / "bench" / "patterns" / "set_bench"])]
    events, rows = rows_of(build, options.rows)
    if options.output == "table":
        print("events a second; \"in lines\": statewire, reading lines of a text\n")
        print_line(COLUMNS)
    for row in rows:
        # Each is built and warm before the next begins.
        cells = {each.name: each.start(row, events, options.seconds) for each in matchers}
        cells["bare simdjson"] = Cell(
            [build / "bench" / "patterns" / "simdjson_bare", events, WARM_UP_SECONDS,
             options.seconds, *row["fields"]], ROUND_SECONDS_MAX)
        for _ in range(options.rounds):
            for cell in cells.values():
                cell.measure()
        for cell in cells.values():
            cell.end()
        row["cells"] = {name: cell.said for name, cell in cells.items()}
        row["mismatches"] = mismatch(row["cells"])
        row["verdict"] = judge(row)
        if options.output == "table":
            print_line(table_line(row))
    if options.output == "json":
        print(json.dumps({"rows": rows, "growth": growth_of(rows)}, indent=1))
    else:
        print_rest(rows)
        print(f"took {time.monotonic() - begin:.0f} s")
    return 1 if any(row["mismatches"] for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
