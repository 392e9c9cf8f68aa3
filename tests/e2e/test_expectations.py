"""What is expected of resources: learned, configured, and shown."""

import json
import unittest

from harness import ProgramTest, instance_event


class Expectations(ProgramTest):
    def begin(self, config=""):
        program = self.daemon(config).start()
        for number in range(30):
            instance = f"i-0a1b2c3d4e5f6{number:04}"
            program.post(instance_event(instance, "pending", "2026-11-23T09:00:00Z"))
            program.post(instance_event(instance, "running", "2026-11-23T09:00:40Z"))
        return program

    def rows(self, program):
        listed = program.run("expectations", "--output", "json")
        self.assertEqual(listed.returncode, 0, listed.stderr)
        return json.loads(listed.stdout)

    def test_what_was_learned_is_shown_with_and_without_a_daemon(self):
        program = self.begin()
        expected = {
            "type": "AWS::EC2::Instance",
            "phase": "provisioning",
            "seen": 30,
            "median_seconds": 45,
            "p99_seconds": 45,
            "within_seconds": 135,
            "why": "learned",
        }
        self.assertEqual(self.rows(program), [expected])
        self.assertEqual(program.get("/api/v1/expectations"), [expected])
        shown = program.run("expectations").stdout
        self.assertRegex(shown, r"AWS::EC2::Instance +provisioning +30 +45 s +45 s +2 min +learned")
        self.assertEqual(program.stop(), 0)
        self.assertEqual(self.rows(program), [expected])

    def test_what_is_configured_is_shown_and_goes_first(self):
        program = self.begin(
            "expect:\n  types:\n    AWS::EC2::Instance: {provisioning: 1h, changing: never}\n"
        )
        rows = {row["phase"]: row for row in self.rows(program)}
        self.assertEqual(rows["provisioning"]["within_seconds"], 3600)
        self.assertEqual(rows["provisioning"]["why"], "configured")
        self.assertNotIn("within_seconds", rows["changing"])
        self.assertEqual(rows["changing"]["why"], "configured: never")

    def test_what_is_wrong_in_the_configuration_is_told(self):
        program = self.daemon("expect: {provisioning: soon, provisoning: 1h}\n")
        checked = program.run("check")
        self.assertEqual(checked.returncode, 78)
        self.assertIn("expect.provisioning", checked.stderr + checked.stdout)
        self.assertIn('did you mean "provisioning"', checked.stderr + checked.stdout)


if __name__ == "__main__":
    unittest.main()
