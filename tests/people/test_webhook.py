"""Signed webhooks, as the receivers' library of Standard Webhooks verifies them."""

import pathlib
import sys
import unittest

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))

from harness import ProgramTest, instance_event, wait_for  # noqa: E402
from receiver import Answer  # noqa: E402

OLD = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NEW = "whsec_c3RhdGV3aXJlLWEtbmV3ZXItc2VjcmV0LTI="
OTHER = "whsec_c3RhdGV3aXJlLW5vYm9keXMtc2VjcmV0LS0="


class SignedWebhook(ProgramTest):
    def received(self, keys, answers=()):
        answers = list(answers)
        hook = self.receiver(lambda request: answers.pop(0) if answers else Answer(200))
        wanted = len(answers) + 1
        self.write("old", OLD + "\n")
        self.write("new", NEW + "\n")
        program = self.daemon(
            "subscriptions:\n  hook:\n    from: earliest\n"
            f"    sink: {{kind: webhook, url: '{hook.url('/hook')}', {keys}}}\n"
        ).start()
        program.post(instance_event("i-0a1b2c3d4e5f60001", "running", "2026-11-23T09:00:00Z"))
        wait_for(lambda: len(hook.requests) == wanted, "the requests", seconds=60)
        program.wait_until_settled("hook")
        self.assertNotIn("whsec_", program.log_text())
        return hook.requests

    def verify(self, secret, request, **changed):
        headers = {**request.headers, **changed.pop("headers", {})}
        return Webhook(secret).verify(changed.pop("body", request.body), headers)

    def test_the_library_of_receivers_accepts_it_and_nothing_else(self):
        (request,) = self.received("sign: {secret_file: old}")
        self.assertEqual(self.verify(OLD, request)["specversion"], "1.0")
        self.assertEqual(request.headers["webhook-id"], request.headers["idempotency-key"])
        for secret, changed in [
            (OTHER, {}),
            (OLD, {"body": request.body + b" "}),
            (OLD, {"headers": {"webhook-id": "0" * 32}}),
            (OLD, {"headers": {"webhook-timestamp": str(int(request.headers["webhook-timestamp"]) - 1)}}),
        ]:
            with self.assertRaises(WebhookVerificationError):
                self.verify(secret, request, **changed)

    def test_while_secrets_are_changed_both_are_good(self):
        (request,) = self.received("sign: [{secret_file: old}, {secret_file: new}]")
        for secret in (OLD, NEW):
            self.verify(secret, request)
        with self.assertRaises(WebhookVerificationError):
            self.verify(OTHER, request)

    def test_a_retry_has_the_same_id_and_a_signature_of_its_own_time(self):
        first, second = self.received("sign: {secret_file: old}", [Answer(503)])
        for request in (first, second):
            self.verify(OLD, request)
        self.assertEqual(first.headers["webhook-id"], second.headers["webhook-id"])

    def test_binary_mode_signs_the_body_that_is_sent(self):
        (request,) = self.received("mode: binary, sign: {secret_file: old}")
        self.assertIn("resource", self.verify(OLD, request))

    def test_without_secrets_nothing_is_signed(self):
        (request,) = self.received("timeout: 5s")
        self.assertNotIn("webhook-signature", request.headers)
        self.assertNotIn("webhook-timestamp", request.headers)


if __name__ == "__main__":
    unittest.main(verbosity=2)
