"""The source `schedule` in the whole program, with an entry of one's own that knows its event."""

import json
import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))

from harness import ProgramTest, wait_for  # noqa: E402

ENTRY = """
- name: nightly check
  reference: docs/statewire.yaml
  when:
    source: [statewire.schedule]
    detail-type: [Nightly Check]
  resource:
    type: Own::Check
    id: "urn:own:check:{detail.scope}"
  state: "{detail.state}"
  phases:
    due: stable
"""
CONFIG = """
catalog: [own]
sources:
  tick:
    kind: schedule
    every: 1s
    event: {detail-type: Nightly Check, detail: {scope: all, state: due}}
subscriptions:
  all: {format: json, sink: {kind: file, path: out.jsonl}}
"""


class Schedule(ProgramTest):
    def setUp(self):
        super().setUp()
        (self.folder / "own").mkdir()
        (self.folder / "own" / "check.yaml").write_text(ENTRY)

    def recognised(self, program):
        ledger = json.loads(program.run("ledger", "--output", "json").stdout or "[]")
        return sum(row["recognised"] for row in ledger if row["source"] == "tick")

    def test_it_fires_into_the_pipeline_and_goes_on_after_a_kill(self):
        program = self.daemon(CONFIG).start()
        wait_for(lambda: self.recognised(program) >= 2, "two firings", pause=0.1)
        program.kill()
        time.sleep(2.5)  # Firings are missed.
        program.start()
        before = self.recognised(program)
        wait_for(lambda: self.recognised(program) > before, "another", pause=0.1)
        ledger = json.loads(program.run("ledger", "--output", "json").stdout)
        (row,) = [row for row in ledger if row["source"] == "tick"]
        self.assertEqual(row["duplicate"], 0)
        self.assertTrue(row["adds_up"])
        told = (self.folder / "out.jsonl").read_text().splitlines()
        self.assertEqual(json.loads(told[0])["data"]["resource"]["id"], "urn:own:check:all")

    def test_mistakes_are_found_by_check(self):
        bad = CONFIG.replace("every: 1s", "cron: 0 9 * * * *\n    timezone: Mars/Base")
        done = self.daemon(bad).run("check")
        self.assertEqual(done.returncode, 78)
        self.assertIn('there is no time zone "Mars/Base"', done.stdout)
        bad = CONFIG.replace("every: 1s", "cron: 0 9 * * * *")
        done = self.daemon(bad).run("check")
        self.assertIn("sources.tick.cron: one of day of month and day of week", done.stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
