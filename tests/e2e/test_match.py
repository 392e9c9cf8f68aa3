"""`statewire match`: a filter like grep."""

import gzip
import json
import unittest

from harness import ROOT, ProgramTest, run_statewire

DAY = ROOT / "examples" / "day.jsonl"
RUNNING = ROOT / "examples" / "ec2-running.json"
STOPPED = ROOT / "examples" / "ec2-stopped.json"
WANTS_RUNNING = '{"source": ["aws.ec2"], "detail": {"state": ["running"]}}'


def is_running(event):
    return event.get("source") == "aws.ec2" and event.get("detail", {}).get("state") == "running"


class Match(ProgramTest):
    def match(self, *arguments, stdin=None, status=0):
        done = run_statewire("match", *arguments, stdin=stdin, folder=self.folder)
        self.assertEqual(done.returncode, status, done.stderr)
        return done

    def good_lines_of_the_day(self):
        lines = []
        for line in DAY.read_text().splitlines():
            try:
                json.loads(line)
                lines.append(line)
            except ValueError:
                pass
        return lines

    def test_a_whole_day_is_filtered_as_any_reader_of_json_would(self):
        lines = self.good_lines_of_the_day()
        wanted = [line for line in lines if is_running(json.loads(line))]
        self.assertGreater(len(wanted), 5)
        events = self.write("day.jsonl", "\n".join(lines) + "\n")
        done = self.match("--pattern", WANTS_RUNNING, events)
        self.assertEqual(done.stdout.splitlines(), wanted)
        packed = self.folder / "day.jsonl.gz"
        packed.write_bytes(gzip.compress(events.read_bytes()))
        self.assertEqual(self.match("--pattern", WANTS_RUNNING, packed).stdout, done.stdout)
        self.assertEqual(self.match("--pattern", WANTS_RUNNING, stdin=events.read_text()).stdout,
                         done.stdout)
        count = self.match("--pattern", WANTS_RUNNING, "--count", events)
        self.assertEqual(count.stdout, f"{len(wanted)}\n")

    def test_the_exit_status_is_that_of_grep(self):
        self.match("--pattern", WANTS_RUNNING, RUNNING, status=0)
        self.match("--pattern", WANTS_RUNNING, STOPPED, status=1)
        self.match("--pattern", WANTS_RUNNING, RUNNING, self.folder / "none.json", status=2)
        self.match("--pattern", '{"source": []}', RUNNING, status=2)
        self.match(status=2)

    def test_named_patterns_name_and_count(self):
        patterns = self.write(
            "patterns.jsonl",
            '{"name": "running", "pattern": ' + WANTS_RUNNING + "}\n"
            '{"name": "ec2", "pattern": {"source": [{"prefix": "aws.ec"}]}}\n')
        found = json.loads(self.match("--patterns", patterns, RUNNING).stdout)
        self.assertEqual(found["names"], ["running", "ec2"])
        self.assertEqual(found["event"], json.loads(RUNNING.read_text()))
        count = self.match("--patterns", patterns, "--count", RUNNING, STOPPED)
        self.assertEqual(count.stdout, "running\t1\nec2\t2\n")

    def test_what_does_not_match_is_explained(self):
        done = self.match("--pattern", WANTS_RUNNING, "--explain", STOPPED, status=1)
        self.assertIn('detail.state is "stopped", wanted "running"', done.stdout)

    def test_errors_in_patterns_have_a_place(self):
        patterns = self.write("bad.json", '{\n  "source": ["aws.ec2"],\n  "detail": 1\n}\n')
        done = self.match("--pattern", patterns, "--check", status=2)
        self.assertIn("bad.json:3:13: detail:", done.stderr)

    def test_a_malformed_line_is_named_and_the_rest_is_matched(self):
        good = json.dumps(json.loads(RUNNING.read_text()))
        events = self.write("events.jsonl", f'{good}\n{{"source": \n{good}\n')
        done = self.match("--pattern", WANTS_RUNNING, events, status=2)
        self.assertEqual(done.stdout, f"{good}\n{good}\n")
        self.assertIn("events.jsonl:2:", done.stderr)


if __name__ == "__main__":
    unittest.main()
