"""`statewire convert`: a filter, without a store."""

import gzip
import json
import unittest

from harness import ROOT, ProgramTest, instance_event, run_statewire

RUNNING = ROOT / "examples" / "ec2-running.json"
STOPPED = ROOT / "examples" / "ec2-stopped.json"
ARN = "arn:aws:ec2:eu-west-1:123456789012:instance/i-0a1b2c3d4e5f60001"


class Convert(ProgramTest):
    def convert(self, *arguments, stdin=None, status=0):
        done = run_statewire("convert", *arguments, stdin=stdin, folder=self.folder)
        self.assertEqual(done.returncode, status, done.stderr)
        return done

    def test_csv_is_the_line_of_the_readme(self):
        done = self.convert("--format", "csv", RUNNING)
        self.assertEqual(done.stdout, f"aws.ec2,{ARN},running\n")

    def test_json_is_the_default_and_a_cloud_event(self):
        lines = self.convert(RUNNING).stdout.splitlines()
        self.assertEqual(len(lines), 1)
        notification = json.loads(lines[0])
        self.assertEqual(notification["specversion"], "1.0")
        self.assertEqual(notification["source"], "/statewire/local/convert")
        self.assertEqual(notification["type"], "statewire.resource.transition.v1")
        self.assertEqual(notification["subject"], ARN)
        self.assertEqual(notification["data"]["revision"], 0)
        self.assertNotIn("recordedtime", notification)
        self.assertNotIn("previous", notification["data"]["state"])

    def test_the_same_event_gives_the_same_id(self):
        ids = {json.loads(self.convert(RUNNING).stdout)["id"] for _ in range(2)}
        self.assertEqual(len(ids), 1)

    def test_where_nothing_came_out_a_line_says_why(self):
        unknown = json.dumps({"source": "aws.none", "detail-type": "None", "detail": {}})
        done = self.convert(stdin=unknown + "\n" + unknown + "\n")
        self.assertEqual(done.stdout, "")
        self.assertEqual(len(done.stderr.splitlines()), 1)
        self.assertIn("2 events, and nothing to tell: 2 unrecognised", done.stderr)
        self.assertIn("no event in what was read", self.convert(stdin="").stderr)
        self.assertEqual(self.convert(RUNNING).stderr, "")

    def test_text_is_one_line_for_people(self):
        done = self.convert("--format", "text", RUNNING, STOPPED)
        lines = done.stdout.splitlines()
        self.assertEqual(len(lines), 2, done.stdout)
        self.assertIn("i-0a1b2c3d4e5f60001", lines[0])
        self.assertIn("stable", lines[0])
        self.assertIn("stopped", lines[1])

    def test_standard_input_and_gzip_give_the_same_as_a_file(self):
        wanted = self.convert("--format", "csv", RUNNING).stdout
        text = RUNNING.read_text()
        self.assertEqual(self.convert("--format", "csv", stdin=text).stdout, wanted)
        self.assertEqual(self.convert("--format", "csv", "-", stdin=text).stdout, wanted)
        packed = self.folder / "running.json.gz"
        packed.write_bytes(gzip.compress(text.encode()))
        self.assertEqual(self.convert("--format", "csv", packed).stdout, wanted)

    def test_a_malformed_event_is_named_with_its_line_and_the_rest_is_converted(self):
        good = json.dumps(instance_event("i-1", "running", "2026-11-23T09:00:12Z"))
        events = self.write("events.jsonl", f'{good}\n{{"broken": \n{good}\n')
        done = self.convert("--format", "csv", events, status=1)
        self.assertEqual(len(done.stdout.splitlines()), 2)
        self.assertIn("events.jsonl:2:", done.stderr)

    def test_what_is_unrecognised_prints_nothing(self):
        event = dict(instance_event("i-1", "running", "2026-11-23T09:00:12Z"), source="shop.orders")
        self.assertEqual(self.convert(stdin=json.dumps(event)).stdout, "")

    def test_a_whole_day_converts(self):
        done = self.convert("--format", "csv", ROOT / "examples" / "day.jsonl", status=1)
        self.assertGreater(len(done.stdout.splitlines()), 200)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)

    def test_a_missing_file_and_an_unknown_format_are_errors(self):
        done = run_statewire("convert", self.folder / "none.json")
        self.assertEqual(done.returncode, 1)
        self.assertIn("none.json", done.stderr)
        done = run_statewire("convert", "--format", "cvs", RUNNING)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("cvs", done.stderr)


if __name__ == "__main__":
    unittest.main()
