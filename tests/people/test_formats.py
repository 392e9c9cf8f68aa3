"""Formats of one's own in the whole program: two versions side by side, and a schema that is kept."""

import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))

from harness import SIGHUP, ProgramTest, instance_event, wait_for  # noqa: E402

CONFIG = """
formats:
  org/v1: {{columns: [resource.id, state.value]}}
  org/v2: {{shape: {{id: resource.id, state: {{now: state.value}}, kind: =change}}}}
  ticket: {{template_file: ticket.mustache, schema_file: ticket.schema.json}}
subscriptions:
  old: {{format: org/v1, sink: {{kind: file, path: old.csv}}}}
  new: {{format: org/v2, sink: {{kind: file, path: new.jsonl}}}}
  tickets: {{format: ticket, sink: {{kind: webhook, url: "{url}"}}}}
"""
TEMPLATE = '{\n  "title": "{{message}}",\n  "state": "{{state.value}}"\n}\n'


class Formats(ProgramTest):
    def setUp(self):
        super().setUp()
        self.hook = self.receiver()
        self.write("ticket.mustache", TEMPLATE)
        self.write_schema(["running"])
        self.program = self.daemon(CONFIG.format(url=self.hook.url("/t"))).start()

    def write_schema(self, states):
        schema = {"type": "object", "properties": {"state": {"enum": states}}}
        self.write("ticket.schema.json", json.dumps(schema))

    def parked(self):
        done = self.program.run("parked", "list", "--output", "json")
        return json.loads(done.stdout)

    def test_versions_side_by_side_and_what_breaks_the_schema_is_never_sent(self):
        self.program.post(
            instance_event("i-1", "stopped", "2026-11-23T09:00:00Z"),
            instance_event("i-2", "running", "2026-11-23T09:00:00Z"),
        )
        self.program.wait_until_settled("old", "new", "tickets")
        self.assertEqual(
            sorted(line.split(":instance/")[1] for line in (self.folder / "old.csv").read_text().splitlines()),
            ["i-1,stopped", "i-2,running"],
        )
        for line in (self.folder / "new.jsonl").read_text().splitlines():
            change = json.loads(line)
            self.assertEqual(sorted(change), ["id", "kind", "state"])
        self.assertEqual([json.loads(each.body)["state"] for each in self.hook.requests], ["running"])
        (parked,) = self.parked()
        self.assertIn("not rendered: the message breaks its schema", parked["reason"])
        self.assertIn("/state", parked["reason"])

        # Redriven as it is, it is parked again; with a better schema it is rendered and sent.
        self.program.run("parked", "redrive")
        wait_for(lambda: len(self.parked()) == 1, "parked again", pause=0.1)
        self.assertEqual(len(self.hook.requests), 1)
        self.write_schema(["running", "stopped"])
        self.program.signal(SIGHUP)
        wait_for(lambda: "was read again" in self.program.log_text(), "a reload")
        self.program.run("parked", "redrive")
        wait_for(lambda: len(self.hook.requests) == 2, "the message")
        self.assertEqual(json.loads(self.hook.requests[1].body)["state"], "stopped")
        wait_for(lambda: self.parked() == [], "nothing parked", pause=0.1)

    def test_redriven_without_a_daemon_it_is_rendered_at_the_start(self):
        self.program.post(instance_event("i-1", "stopped", "2026-11-23T09:00:00Z"))
        self.program.wait_until_settled("tickets")
        self.program.stop()
        self.write_schema(["stopped"])
        self.assertEqual(self.program.run("parked", "redrive").returncode, 0)
        self.program.start()
        wait_for(lambda: len(self.hook.requests) == 1, "the message")

    def test_mistakes_are_found_by_check(self):
        self.write("ticket.mustache", "{{resource.nam}}\n")
        self.write("ticket.schema.json", "{\n]")
        done = self.program.run("check")
        self.assertEqual(done.returncode, 78)
        self.assertIn('ticket.mustache:1:1: resource.nam: no such field; did you mean "resource.name"?', done.stdout)
        self.assertIn("ticket.schema.json:2:1: not JSON", done.stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
