"""The sink `lambda`, driven through what the service may answer by a receiver of the tests' own: a
function that runs would want more than there is here."""

import json
import unittest

from cloud import ACCOUNT, KEYS, REGION, CloudTest
from harness import ProgramTest, instance_event, wait_for
from receiver import HANG, Answer

FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:react"
PATH = f"/2015-03-31/functions/{FUNCTION.replace(':', '%3A')}/invocations"


def failed(kind, message="'state'"):
    """A function that was run, or could not be: the call itself went well."""
    body = {"errorType": kind, "errorMessage": message, "stackTrace": ["line of the function"]}
    return Answer(200, {"X-Amz-Function-Error": "Unhandled"}, json.dumps(body).encode())


def refused(status, kind, **headers):
    return Answer(status, {"x-amzn-ErrorType": kind, **headers}, b'{"message":"because"}')


class Lambda(ProgramTest):
    surroundings = CloudTest.surroundings

    def setUp(self):
        super().setUp()
        self.answers = []
        self.hook = self.receiver(lambda request: self.answers.pop(0) if self.answers else Answer())
        self.program = self.daemon(
            "subscriptions:\n  react:\n    from: earliest\n"
            f"    sink: {{kind: lambda, function: '{FUNCTION}', timeout: 1s}}\n",
            environment=self.surroundings(AWS_ENDPOINT_URL_LAMBDA=self.hook.url(""), **KEYS),
        )

    def tell(self, number):
        """One event, told to the function."""
        instance = f"i-{number:017x}"
        self.assertEqual(
            self.program.post(instance_event(instance, "running", "2026-11-23T09:00:00Z")).status, 202
        )
        return instance

    def calls(self, instance):
        return [each for each in list(self.hook.requests) if instance.encode() in each.body]

    def wait_for_calls(self, instance, count):
        wait_for(lambda: len(self.calls(instance)) >= count, f"{count} calls", seconds=60)
        return self.calls(instance)

    def test_verdicts(self):
        for answer, verdict, detail in [
            (Answer(200, body=b"null"), "delivered", ""),
            (refused(429, "TooManyRequestsException"), "retry", "TooManyRequestsException"),
            (refused(500, "ServiceException"), "retry", "ServiceException"),
            (refused(502, "EC2ThrottledException"), "retry", "EC2ThrottledException"),
            (refused(403, "AccessDeniedException"), "unavailable", "AccessDeniedException"),
            (refused(404, "ResourceNotFoundException"), "unavailable", "ResourceNotFoundException"),
            (refused(400, "InvalidRequestContentException"), "reject", "InvalidRequest"),
            (HANG, "retry", ""),
            (failed("KeyError"), "retry", "the function failed: KeyError: 'state'"),
            (failed("Runtime.ImportModuleError", "no module"), "unavailable", "no module"),
        ]:
            self.answers = [answer]
            done = self.program.run("sinks", "test", "react", "--output", "json")
            told = json.loads(done.stdout)
            self.assertEqual(told["verdict"], verdict, told)
            self.assertIn(detail, told.get("detail", ""))
            self.assertNotIn("line of the function", done.stdout)
            self.assertNotIn(KEYS["AWS_SECRET_ACCESS_KEY"], done.stdout)
            self.assertEqual(done.returncode, 0 if verdict == "delivered" else 1)

    def test_a_function_gets_the_notification_and_its_signature(self):
        self.program.start()
        instance = self.tell(1)
        (call,) = self.wait_for_calls(instance, 1)
        self.assertEqual(call.path, PATH)
        self.assertEqual(call.headers["x-amz-invocation-type"], "RequestResponse")
        self.assertRegex(
            call.headers["authorization"],
            rf"^AWS4-HMAC-SHA256 Credential={KEYS['AWS_ACCESS_KEY_ID']}/\d{{8}}/{REGION}/lambda/",
        )
        told = json.loads(call.body)
        self.assertEqual(told["type"], "statewire.resource.transition.v1")
        self.assertTrue(told["subject"].endswith(instance))
        self.program.wait_until_settled("react")
        self.assertEqual(len(self.hook.requests), 1)

    def test_what_passes_is_tried_again_under_its_id(self):
        self.program.start()
        for number, answer in enumerate(
            [refused(429, "TooManyRequestsException", **{"Retry-After": "2"}),
             refused(500, "ServiceException"), HANG, failed("KeyError")]
        ):
            self.answers = [answer]
            calls = self.wait_for_calls(self.tell(number), 2)
            self.assertEqual(calls[0].body, calls[1].body)
            if number == 0:
                self.assertGreaterEqual(calls[1].arrived - calls[0].arrived, 1.9)
        self.program.wait_until_settled("react")
        self.assertEqual(self.program.get("/api/v1/parked"), {"parked": []})
        self.assertEqual(len(self.hook.requests), 8)

    def test_what_a_person_must_mend_waits_and_loses_nothing(self):
        self.program.start()
        for number, answer in enumerate(
            [refused(403, "AccessDeniedException"), failed("Runtime.ImportModuleError")]
        ):
            self.answers = [answer]
            instance = self.tell(number)
            wait_for(lambda: "until a person acts" in self.program.log_text(), "a message")
            self.wait_for_calls(instance, 2)
            self.program.wait_until_settled("react")
        self.assertEqual(self.program.get("/api/v1/parked"), {"parked": []})


if __name__ == "__main__":
    unittest.main()
