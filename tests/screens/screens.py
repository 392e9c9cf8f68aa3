#!/usr/bin/env python3
"""Compares what commands show in terminals of 80, 120 and 160 columns with golden files.

    tests/screens/screens.py            compares
    tests/screens/screens.py --update   writes the golden files anew; look at what changed

A daemon reads the example day and ends; the commands then read its store. The day's times are
fixed. What shows the time of this run, or grows with the catalog, is only looked at for its width.
"""

import os
import pathlib
import sys
import tempfile
import unicodedata

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))
from harness import ROOT, Daemon, run_statewire, wait_for  # noqa: E402

WIDTHS = (80, 120, 160)
SCREENS = {
    "ledger": ["ledger"],
    "resources": ["resources", "-n", "12"],
    "people": ["resources", "--cause", "human", "--type", "instance"],
    "timeline": ["timeline", "web-3"],
    "events": ["events", "-n", "12"],
    "actor": ["events", "--actor", "bob", "--since", "2026-11-23"],
    "deployments": ["deployments", "--since", "2026-11-20"],
    "warnings": ["events", "--severity", "WARN", "-n", "12"],
    "sinks": ["sinks"],
    "test": ["test", "pager", "--since", "2026-01-01"],
}
OF_THIS_RUN = {
    "refusals": ["ledger", "--refusals"],
    "unrecognised": ["ledger", "--unrecognised"],
    "catalog": ["catalog", "list", "AWS::EC2"],
    "coverage": ["catalog", "coverage"],
}
CONFIG = """
sources: {{day: {{kind: file, path: {day}}}}}
subscriptions:
  machines: {{format: csv, from: earliest, sink: {{kind: file, path: machines.csv}}}}
  pager:
    when: {{state: {{phase: [degraded, gone]}}}}
    from: earliest
    sink: {{kind: file, path: pager.jsonl}}
"""


def width_of(line):
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in line)


def prepared(folder):
    """A daemon that has read the day and ended, with its folder and configuration."""
    daemon = Daemon(folder, CONFIG.format(day=ROOT / "examples" / "day.jsonl"))
    daemon.start()
    try:
        is_read = lambda: daemon.get("/api/v1/status")["sources"][0]["state"] == "done"
        wait_for(is_read, "a day that is read")
        daemon.wait_until_settled("machines", "pager")
        daemon.stop()
    finally:
        daemon.end()
    return daemon


def shown(daemon, arguments, width):
    environment = dict(daemon.environment, COLUMNS=str(width), STATEWIRE_CONFIG=str(daemon.config))
    done = run_statewire(*arguments, environment=environment, folder=daemon.folder)
    assert done.returncode == 0, f"{arguments}: {done.stderr}"
    # What the summary of a trial says of the time of this run.
    return "\n".join(line.split(" since ")[0] if "would have sent" in line else line
                     for line in done.stdout.split("\n"))


def main():
    is_update = sys.argv[1:] == ["--update"]
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="statewire-screens-") as folder:
        daemon = prepared(folder)
        for width in WIDTHS:
            for name, arguments in (SCREENS | OF_THIS_RUN).items():
                text = shown(daemon, arguments, width)
                widest = max(width_of(line) for line in text.split("\n"))
                # The first lines of a timeline are sentences.
                if name not in ("timeline", "test") and widest > width:
                    wrong += 1
                    print(f"--- {name} takes {widest} of {width} columns\n{text}")
                if name in OF_THIS_RUN:
                    continue
                golden = HERE / "golden" / f"{name}.{width}.txt"
                if is_update:
                    golden.write_text(text)
                elif not golden.exists() or golden.read_text() != text:
                    wrong += 1
                    print(f"--- {golden.name} is another now:\n{text}")
    print(f"{len(SCREENS) * len(WIDTHS)} screens, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
