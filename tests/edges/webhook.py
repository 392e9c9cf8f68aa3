"""What a webhook, Slack or Teams answers, and what must become of the message."""

import unittest

from edges import (
    CLOSE, DELIVERED, GONE, HANG, LATER, PARKED, PERSON, Answer, Case, EdgesTest,
)

WEBHOOK = "kind: webhook, url: '$URL/$MARK', timeout: 2s"
REDIRECT = {"location": "https://elsewhere.example/with-token"}
LONG = b"x" * 3_000_000

STATUSES = {
    DELIVERED: [200, 201, 202, 204, 299],
    # Redirects are not followed, and so for every message alike.
    PERSON: [300, 301, 302, 303, 304, 307, 308, 401, 403, 407],
    PARKED: [400, 402, 404, 405, 406, 409, 411, 412, 413, 414, 415, 416, 417, 418, 421, 422, 423, 424,
             426, 428, 431, 444, 451, 499],
    GONE: [410],
    LATER: [408, 425, 429, 500, 501, 502, 503, 504, 505, 507, 508, 511, 520, 599],
}


class Webhook(EdgesTest):
    def test_every_status(self):
        self.drive([
            Case(f"webhook {status}", WEBHOOK, Answer(status, REDIRECT if status < 400 else {}),
                 becomes)
            for becomes, statuses in STATUSES.items()
            for status in statuses
        ])

    def test_other_answers(self):
        self.drive([
            Case("a success that says much", WEBHOOK, Answer(200, body=LONG), DELIVERED),
            Case("a refusal that says much", WEBHOOK, Answer(400, body=LONG), PARKED),
            Case("an error that says much", WEBHOOK, Answer(500, body=LONG), LATER),
            Case("cut before an answer", WEBHOOK, CLOSE, LATER),
            Case("silence", WEBHOOK, HANG, LATER),
        ])

    def test_a_redirect_says_where_to_and_no_more(self):
        cases = [Case(f"webhook {status}", WEBHOOK, Answer(status, REDIRECT), PERSON,
                      f"http {status}: a redirect to https://elsewhere.example, which is not followed")
                 for status in (301, 302, 307)]
        log = self.drive(cases).log_text()
        self.assertNotIn("with-token", log)


class Chat(EdgesTest):
    def test_answers(self):
        cases = []
        for kind in ("slack", "teams"):
            sink = f"kind: {kind}, url: '$URL/$MARK', timeout: 2s"
            for name, answer, becomes in [
                ("taken", Answer(200, body=b"ok"), DELIVERED),
                ("taken, and much said", Answer(200, body=LONG), DELIVERED),
                ("no such hook", Answer(404, body=b"no_service"), PERSON),
                ("archived", Answer(410, body=b"channel_is_archived"), PERSON),
                ("forbidden", Answer(403, body=b"action_prohibited"), PERSON),
                ("not understood", Answer(400, body=b"invalid_payload"), PARKED),
                ("moved", Answer(302, REDIRECT), PERSON),
                ("too many", Answer(429, {"Retry-After": "1"}), LATER),
                ("too early", Answer(425), LATER),
                ("broken", Answer(500), LATER),
                ("cut", CLOSE, LATER),
            ]:
                cases.append(Case(f"{kind}: {name}", sink, answer, becomes))
        told = b"Webhook message delivery failed with error: " \
               b"Microsoft Teams endpoint returned HTTP error "
        for status, becomes in [(b"429", LATER), (b"400", PARKED), (b"403", PERSON),
                                (b"404", PERSON), (b"200", LATER), (b"999", LATER)]:
            cases.append(Case(f"teams: 200 that means {status.decode()}",
                              "kind: teams, url: '$URL/$MARK', timeout: 2s",
                              Answer(200, body=told + status), becomes))
        self.drive(cases)


if __name__ == "__main__":
    unittest.main(verbosity=2)
