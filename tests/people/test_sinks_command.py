"""`statewire sinks` and `statewire sinks test`."""

import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))

from harness import ProgramTest  # noqa: E402
from receiver import Answer  # noqa: E402

CONFIG = """
subscriptions:
  files: {{format: text, sink: {{kind: file, path: out.txt}}}}
  chat: {{sink: {{kind: slack, url: "{url}/secret-path-of-slack"}}}}
  archive: {{sink: {{kind: s3, bucket: archive, region: eu-west-1}}}}
  duty: {{sink: {{kind: pagerduty, key: 0123456789abcdef0123456789abcdef}}}}
"""


class SinksCommand(ProgramTest):
    def setUp(self):
        super().setUp()
        self.answer = Answer(200, body=b"ok")
        self.hook = self.receiver(lambda request: self.answer)
        self.program = self.daemon(CONFIG.format(url=self.hook.url("")))

    def test_sinks_are_listed_with_their_limits(self):
        done = self.program.run("sinks", "--output", "json")
        self.assertEqual(done.returncode, 0, done.stderr)
        files, chat, archive, duty = json.loads(done.stdout)
        self.assertEqual((files["name"], files["kind"], files["format"]), ("files", "file", "text"))
        self.assertEqual((chat["kind"], chat["format"]), ("slack", "slack"))
        self.assertEqual(chat["limits"], {"batch_deliveries": 1, "in_flight": 1, "pace": "1s"})
        self.assertEqual(archive["limits"]["gather"], "5s")
        self.assertEqual(duty["format"], "pagerduty")
        table = self.program.run("sinks").stdout
        self.assertRegex(table, r"chat +slack +slack +1 +1 +1s +post each delivery")
        self.assertNotIn("secret-path", table + done.stdout)

    def test_an_example_is_delivered_once(self):
        done = self.program.run("sinks", "test", "chat")
        self.assertEqual(done.returncode, 0, done.stderr)
        # Where it went, and nothing of the secret in it.
        self.assertEqual(done.stdout,
                         f"chat (slack to slack, {self.hook.url('').rstrip('/')}): delivered, http 200\n")
        (request,) = self.hook.requests
        self.assertTrue(json.loads(request.body)["text"].startswith(
            "[TEST] EC2 instance statewire-sinks-test (i-statewire-test)"), request.body)
        # No id in it can be one of a real account.
        self.assertNotIn(b"123456789012", request.body)
        done = self.program.run("sinks", "test", "files")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("files (text to file, out.txt): delivered", done.stdout)
        self.assertIn("[TEST] EC2 instance statewire-sinks-test", (self.folder / "out.txt").read_text())
        self.assertFalse((self.folder / "store").exists())

    def test_a_refusal_is_told_and_exits_with_1(self):
        self.answer = Answer(403, body=b"action_prohibited at /secret-path-of-slack")
        done = self.program.run("sinks", "test", "chat")
        self.assertEqual(done.returncode, 1)
        self.assertIn("unavailable, http 403: action_prohibited", done.stdout)
        self.assertNotIn("secret-path", done.stdout)
        self.answer = Answer(429, headers={"Retry-After": "30"})
        done = self.program.run("sinks", "test", "chat")
        self.assertIn("retry, http 429, again after 30s", done.stdout)

    def test_a_wrong_name_is_told(self):
        done = self.program.run("sinks", "test", "chta")
        self.assertEqual(done.returncode, 2)
        self.assertIn('did you mean "chat"?', done.stderr)

    def test_help_has_examples(self):
        self.assertIn("statewire sinks test pager", self.program.run("sinks", "test", "--help").stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
