"""What people ask a running daemon: tail, explain, timeline, resources, ledger."""

import csv
import io
import json
import os
import pty
import re
import subprocess
import unittest

from harness import ROOT, ProgramTest, instance_arn, instance_event, wait_for

STOPPED = ROOT / "examples" / "ec2-stopped.json"
DAY = ROOT / "examples" / "day.jsonl"


class Queries(ProgramTest):
    def setUp(self):
        super().setUp()
        self.program = self.daemon(
            "subscriptions:\n"
            "  machines: {format: csv, sink: {kind: file, path: machines.csv}}\n"
            "  pager:\n"
            "    when: {state: {phase: [degraded, gone]}}\n"
            "    sink: {kind: file, path: pager.jsonl}\n"
        ).start()

    def test_each_metric_is_described_and_each_that_is_described_is_there(self):
        daemon = self.daemon(
            "sources:\n  trail: {kind: file, path: none.jsonl}\n"
            "inventory:\n  shop: {kind: terraform, state: shop.tfstate}\n"
            "subscriptions:\n  machines: {sink: {kind: file, path: machines.jsonl}}\n"
            "backup: {to: backups, every: 1h}\n"
        )
        self.program.stop()
        (self.folder / "backups").mkdir()
        self.write("shop.tfstate", '{"version":4,"serial":1,"lineage":"l","resources":[]}')
        daemon.start()
        daemon.post(instance_event("i-1", "running", "2026-11-23T09:00:00Z"))

        def metrics_now():
            return daemon.request("GET", "/metrics").body.decode()

        wait_for(lambda: "statewire_inventory_last_read" in metrics_now(), "a reading")
        wait_for(lambda: "statewire_backup_last" in metrics_now(), "a backup")
        metrics = metrics_now()
        table = (ROOT / "docs" / "operating.md").read_text()
        described = set()
        for line in table.splitlines():
            if line.startswith("| `statewire_"):
                described.update(re.findall(r"`(statewire_\w+)", line.split("|")[1]))
        self.assertEqual(set(re.findall(r"# TYPE (\w+)", metrics)), described)

    def csv_of(self, *arguments):
        done = self.program.run(*arguments, "--output", "csv")
        self.assertEqual(done.returncode, 0, done.stderr)
        return list(csv.DictReader(io.StringIO(done.stdout)))

    def life(self, instance):
        states = ["pending", "running", "shutting-down", "terminated"]
        self.program.post(
            *[
                instance_event(instance, state, f"2026-11-23T09:0{minute}:00Z")
                for minute, state in enumerate(states)
            ]
        )

    def test_resources_and_timeline(self):
        self.life("i-0a1b2c3d4e5f60001")
        self.life("i-0a1b2c3d4e5f60002")
        self.program.post(instance_event("i-0a1b2c3d4e5f60003", "running", "2026-11-23T09:00:00Z"))
        gone = self.csv_of("resources", "--phase", "gone")
        self.assertEqual(len(gone), 2)
        (running,) = self.csv_of("resources", "60003")
        self.assertEqual(running["phase"], "stable")
        timeline = self.program.get("/api/v1/timeline?resource=i-0a1b2c3d4e5f60001")
        values = [entry["value"] for entry in timeline["entries"]]
        self.assertEqual(values, ["terminated", "shutting-down", "running", "pending"])
        self.assertEqual(timeline["resource"]["revision"], 4)
        shown = self.program.run("timeline", "i-0a1b2c3d4e5f60001")
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertIn("terminated", shown.stdout)
        # The end of a name that several share, and one that nobody has.
        unclear = self.program.request("GET", "/api/v1/timeline?resource=1")
        self.assertIn(unclear.status, (200, 404, 409))
        self.assertEqual(self.program.run("timeline", "i-none").returncode, 1)

    def test_what_came_late_says_so_whatever_is_told_of_it(self):
        for state, when in (
            ("running", "09:00:00"),
            ("stopped", "09:10:00"),
            ("running", "09:00:30"),  # It changes nothing.
            ("pending", "08:59:00"),  # It changes what is known of before.
        ):
            self.program.post(instance_event("i-0a1b2c3d4e5f60004", state, f"2026-11-23T{when}Z"))
        lists = (("timeline", "i-0a1b2c3d4e5f60004"), ("events", "i-0a1b2c3d4e5f60004"))
        for words in lists:
            shown = self.program.run(*words).stdout
            self.assertRegex(shown, r"09:00:30 +-, late ")
            self.assertRegex(shown, r"08:59:00 +(└ )?amended, late ")
            self.assertNotRegex(shown, r"09:[01]0:00 .*late")
            late = [line["late"] for line in self.csv_of(*words)]
            self.assertEqual(late, ["true", "true", "false", "false"])
        (sequence,) = [e["sequence"] for e in self.csv_of(*lists[1]) if e["kind"] == "none"]
        explained = self.program.run("explain", "--sequence", sequence).stdout
        self.assertIn("it came late, and changed nothing that is told", explained)

    def test_resources_page_by_page(self):
        self.program.post(
            *[
                instance_event(f"i-{number:017x}", "running", "2026-11-23T09:00:00Z")
                for number in range(250)
            ]
        )
        found, after = [], ""
        for _ in range(10):
            page = self.program.get(f"/api/v1/resources?limit=100{after}")
            found += [each["id"] for each in page["resources"]]
            if "next" not in page:
                break
            after = f"&after={page['next']}"
        self.assertEqual(len(found), 250)
        self.assertEqual(len(set(found)), 250)

    def test_explain_changes_nothing(self):
        before = self.program.get("/api/v1/status")["journal"]
        explained = self.program.run("explain", STOPPED)
        self.assertEqual(explained.returncode, 0, explained.stderr)
        for word in ("recognised", "instance state", "stopped", "machines", "pager", "nothing was"):
            self.assertIn(word, explained.stdout)
        told = json.loads(self.program.run("explain", "--output", "json", STOPPED).stdout)
        self.assertEqual(told["fate"], "recognised")
        notifications = told["observations"][0]["notifications"]
        self.assertTrue(notifications["machines"]["matches"])
        self.assertFalse(notifications["pager"]["matches"])
        self.assertIn("phase", notifications["pager"]["why"])
        self.assertEqual(self.program.get("/api/v1/status")["journal"], before)
        self.assertEqual(self.program.get("/api/v1/ledger"), [])

    def test_explain_names_the_rules_that_apply(self):
        program = self.program
        self.assertEqual(program.stop(), 0)
        program.write_config(
            'actors:\n  "arn:aws:sts::*:assumed-role/ci-*": {cause: deployment, name: pipeline}\n'
            "ignore:\n  - resource: {type: [AWS::EC2::Volume]}\n"
            '  - resource: {tags: {monitoring: ["off"]}}\n'
            "subscriptions:\n"
            "  people:\n"
            "    hold: {for: [cause], at_most: 5m}\n"
            "    per_hour: 30\n"
            "    sink: {kind: file, path: people.jsonl}\n"
        )
        call = self.write("call.json", DAY.read_text().splitlines()[1])
        # With the daemon and without one: the same.
        for is_running in (True, False):
            if is_running:
                program.start()
            said = program.run("explain", STOPPED).stdout
            self.assertIn(
                "yes, after waiting for cause and tags, at most 10m; "
                "above 30 an hour one message counts the rest",
                said,
            )
            self.assertRegex(
                said, r'ignored +told to nobody, if its tags match: .*statewire\.yaml:\d+ {'
            )
            said = program.run("explain", call).stdout
            self.assertRegex(
                said,
                r"actor +arn:aws:sts::123456789012:assumed-role/ci-deployer/run-4712: "
                r'deployment, pipeline, by actors: "arn:aws:sts::\*:assumed-role/ci-\*"',
            )
            if is_running:
                self.assertEqual(program.stop(), 0)

    def test_tail_follows_from_the_earliest(self):
        self.life("i-0a1b2c3d4e5f60001")
        output = self.folder / "tail.txt"
        command = [self.program.statewire, "tail", "--config", self.program.config]
        command += ["--from", "earliest", "--format", "csv"]
        command += ["--when", '{"state": {"phase": ["gone"]}}']
        with open(output, "wb") as to:
            tail = subprocess.Popen(command, stdout=to, stderr=subprocess.PIPE)
        self.addCleanup(tail.stderr.close)
        self.addCleanup(tail.wait, 30)
        self.addCleanup(tail.kill)
        wait_for(lambda: len(output.read_text().splitlines()) == 1, "what was there before")
        self.life("i-0a1b2c3d4e5f60002")
        wait_for(lambda: len(output.read_text().splitlines()) == 2, "what came since")
        first, second = output.read_text().splitlines()
        self.assertEqual(first, f"aws.ec2,{instance_arn('i-0a1b2c3d4e5f60001')},terminated")
        self.assertEqual(second, f"aws.ec2,{instance_arn('i-0a1b2c3d4e5f60002')},terminated")

    def test_a_person_at_a_terminal_sees_the_day_and_colours(self):
        self.program.post(instance_event("i-1", "running", "2026-11-23T09:00:00Z"))
        here, there = pty.openpty()
        for environment, wanted in (
            ({"NO_COLOR": ""}, "2026-11-23 09:00:00  \x1b[32mstable\x1b[0m"),
            ({"NO_COLOR": "1"}, "2026-11-23 09:00:00  stable "),
        ):
            command = [self.program.statewire, "tail", "--from", "earliest"]
            tail = subprocess.Popen(
                [*command, "--config", self.program.config],
                stdout=there,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "TERM": "xterm", **environment},
            )
            line = os.read(here, 4096).decode()
            tail.terminate()
            tail.wait(30)
            self.assertTrue(line.startswith(wanted), line)
        os.close(here)
        os.close(there)

    def test_a_wrong_pattern_of_tail_is_told(self):
        answer = self.program.request("GET", "/api/v1/tail?when=%7B%22state%22%3A%22gone%22%7D")
        self.assertEqual(answer.status, 400)
        self.assertTrue(answer.json()["error"])

    def test_send_and_ledger_of_a_whole_day(self):
        sent = self.program.run("send", DAY)
        broken = next(number for number, line in enumerate(DAY.read_text().splitlines(), start=1)
                      if not line.endswith("}"))
        self.assertIn(f"day.jsonl: line {broken}: ", sent.stderr)
        self.assertIn(sent.returncode, (0, 1), sent.stderr)
        lines = len(DAY.read_text().splitlines())
        rows = self.program.get("/api/v1/ledger")
        self.assertEqual(sum(row["received"] for row in rows), lines)
        self.assertTrue(all(row["adds_up"] for row in rows))
        listed = self.csv_of("ledger")
        self.assertEqual(sum(int(row["received"]) for row in listed), lines)
        self.assertTrue(self.csv_of("ledger", "--unrecognised"))
        table = self.program.run("ledger")
        self.assertIn("adds up", table.stdout)
        self.program.stop()
        self.assertEqual(self.program.run("store", "check").returncode, 0)

    def test_the_same_day_twice_is_all_repeats(self):
        self.program.run("send", DAY)
        first = self.program.get("/api/v1/status")["journal"]["last_sequence"]
        records = self.program.run("resources", "--output", "json", "--limit", "1000").stdout
        self.program.run("send", DAY)
        self.assertEqual(self.program.get("/api/v1/status")["journal"]["last_sequence"], first)
        again = self.program.run("resources", "--output", "json", "--limit", "1000").stdout
        self.assertEqual(again, records)


if __name__ == "__main__":
    unittest.main()
