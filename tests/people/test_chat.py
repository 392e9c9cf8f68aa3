"""The sinks `slack` and `teams` in the whole program, driven through what the services may answer.
(That of `pagerduty` has its address in the program: src/sinks/chat_sinks_test.cc drives it.)"""

import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))

from harness import ProgramTest, instance_event, wait_for  # noqa: E402
from receiver import HANG, Answer  # noqa: E402

ANSWERS = [
    Answer(429, headers={"Retry-After": "2"}),
    Answer(500, body=b"oops"),
    HANG,
    Answer(403, body=b"action_prohibited"),
]


class Chat(ProgramTest):
    def drive(self, kind, text_of):
        answers = []
        hook = self.receiver(lambda request: answers.pop(0) if answers else Answer(200, body=b"ok"))
        program = self.daemon(
            "subscriptions:\n  people:\n    from: earliest\n"
            f"    sink: {{kind: {kind}, url: '{hook.url('/hook')}', timeout: 1s}}\n"
        ).start()
        for number, answer in enumerate(ANSWERS):
            answers.append(answer)
            instance = f"i-{number:017x}"
            program.post(instance_event(instance, "running", "2026-11-23T09:00:00Z"))
            wait_for(lambda: len(hook.requests) == 2 * number + 2, "the message, twice", seconds=60)
            first, second = hook.requests[-2:]
            self.assertEqual(first.body, second.body)
            self.assertIn(instance, text_of(json.loads(second.body)))
            if number == 0:
                self.assertGreaterEqual(second.arrived - first.arrived, 1.9)
            program.wait_until_settled("people")
        self.assertIn("until a person acts", program.log_text())
        self.assertNotIn("/hook", program.log_text())
        self.assertEqual(program.get("/api/v1/parked"), {"parked": []})

    def test_slack(self):
        self.drive("slack", lambda message: message["text"])

    def test_teams(self):
        self.drive("teams", json.dumps)


if __name__ == "__main__":
    unittest.main(verbosity=2)
