"""What those who give credentials answer, and what must become of the messages that wait for them."""

import hashlib
import json
import unittest

from aws import FATES, PARKED, TABLE
from edges import (
    CLOSE, DELIVERED, LATER, PERSON, Answer, Case, EdgesTest, fate_of, instance_event, wait_for, WHEN,
)

ROLE = "arn:aws:iam::123456789012:role/$MARK"
QUEUE = "https://sqs.eu-west-1.amazonaws.com/123456789012/$MARK"
SENT = Answer(body=b'{"Successful":[{"Id":"0"}]}')


def sts_error(code, status):
    text = f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code></Error></ErrorResponse>"
    return Answer(status, body=text.encode())


def sts_credentials():
    fields = {"AccessKeyId": "ROLEKEY", "SecretAccessKey": "s", "SessionToken": "t",
              "Expiration": "2100-01-01T00:00:00Z"}
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    return Answer(body=(
        "<AssumeRoleResponse><AssumeRoleResult><Credentials>" + inner +
        "</Credentials></AssumeRoleResult></AssumeRoleResponse>").encode())


def of_sts(answer):
    """STS answers so, and the queue takes all."""

    def decide(request):
        if not request.body.startswith(b"Action=AssumeRole"):
            return SENT
        return answer(request) if callable(answer) else answer

    return decide


def documented():
    for line in TABLE.read_text().splitlines():
        service, _, _ = line.partition(" ")
        if service in ("sts", "any"):
            _, code, status, remedy = line.split()
            # No message can be at fault here: what is refused, a person must set right.
            fate = FATES[remedy]
            yield code, int(status), PERSON if fate == PARKED else fate


class Roles(EdgesTest):
    def drive_roles(self, cases):
        return self.drive(cases, self.with_keys)

    def test_every_documented_code_of_sts(self):
        sink = f"kind: sqs, queue: '{QUEUE}', role: '{ROLE}'"
        self.drive_roles([
            Case(f"sts {code}", sink, of_sts(sts_error(code, status)), fate)
            for code, status, fate in documented()
        ])

    def test_other_answers_of_sts(self):
        sink = f"kind: sqs, queue: '{QUEUE}', role: '{ROLE}'"
        self.drive_roles([
            Case("well", sink, of_sts(sts_credentials()), DELIVERED),
            Case("cut", sink, of_sts(CLOSE), LATER),
            Case("429", sink, of_sts(Answer(429)), LATER),
            Case("503 of a proxy", sink, of_sts(Answer(503, body=b"<html>busy")), LATER),
            Case("a portal", sink, of_sts(Answer(200, body=b"<html><body>log in")), LATER),
            Case("200 and nothing", sink, of_sts(Answer(200)), LATER),
            Case("a code of tomorrow", sink, of_sts(sts_error("NewException", 400)), LATER),
            Case("403", sink, of_sts(Answer(403)), PERSON),
        ])

    def test_a_role_is_asked_for_as_it_is_configured(self):
        wanted = [b"ExternalId=4f1c-shop", b"RoleSessionName=nightly", b"DurationSeconds=1800"]

        def ask(request):
            is_well = all(each in request.body for each in wanted)
            return sts_credentials() if is_well else sts_error("AccessDenied", 403)

        role = f"{{arn: '{ROLE}', external_id: 4f1c-shop, session_name: nightly, duration: 30m}}"
        self.drive_roles([
            Case("with all", f"kind: sqs, queue: '{QUEUE}', role: {role}", of_sts(ask), DELIVERED),
            Case("without", f"kind: sqs, queue: '{QUEUE}', role: '{ROLE}'", of_sts(ask), PERSON),
        ])

    def test_a_role_that_cannot_be_is_told_when_the_configuration_is_read(self):
        arn = "arn: 'arn:aws:iam::123456789012:role/r'"
        for role, told in [
            ("reader", "ARN of a role"),
            ("{external_id: x}", "arn"),
            (f"{{{arn}, external_id: 'a b'}}", "external id"),
            (f"{{{arn}, session_name: 'a/b'}}", "session name"),
            (f"{{{arn}, duration: 1m}}", "15m"),
            (f"{{{arn}, colour: red}}", "unknown key"),
        ]:
            sink = f"kind: eventbridge, bus: b, region: eu-west-1, role: {role}"
            checked = self.daemon(f"subscriptions:\n  out: {{sink: {{{sink}}}}}\n").run("check")
            self.assertEqual(checked.returncode, 78, role)
            self.assertIn(told, checked.stdout + checked.stderr, role)


class Sso(EdgesTest):
    """A token that must be renewed: `aws sso login` is not needed because the portal is busy."""

    def fate_with(self, answer):
        def decide(request):
            return answer if request.path == "/token" else SENT

        receiver = self.receiver(decide)
        config = self.folder / ".aws" / "config"
        cache = self.folder / ".aws" / "sso" / "cache"
        cache.mkdir(parents=True, exist_ok=True)
        config.write_text(
            "[default]\nsso_session = corp\nsso_account_id = 123456789012\n"
            "sso_role_name = Reader\n[sso-session corp]\nsso_region = eu-west-1\n"
            "sso_start_url = https://corp.awsapps.com/start\n"
        )
        name = hashlib.sha1(b"corp").hexdigest()
        (cache / f"{name}.json").write_text(json.dumps({
            "accessToken": "a", "refreshToken": "r", "clientId": "c", "clientSecret": "d",
            "expiresAt": "2020-01-01T00:00:00Z", "registrationExpiresAt": "2100-01-01T00:00:00Z",
        }))
        sink = f"kind: sqs, queue: '{QUEUE.replace('$MARK', 'q')}'"
        daemon = self.daemon(
            f"subscriptions:\n  out: {{from: earliest, sink: {{{sink}}}}}\n",
            environment=self.surroundings(AWS_ENDPOINT_URL=receiver.url("")),
        ).start()
        daemon.post(instance_event("i-0a1b2c3d4e5f60001", "running", WHEN))
        fate = wait_for(lambda: fate_of(daemon.subscription("out")), "an outcome")
        daemon.kill()
        for path in (self.folder / "store").glob("*"):
            path.unlink()
        return fate

    def test_trouble_passes(self):
        for name, answer, fate in [
            ("429", Answer(429, {"x-amzn-ErrorType": "SlowDownException"}), LATER),
            ("503", Answer(503, body=b"<html>"), LATER),
            ("cut", CLOSE, LATER),
            ("a portal", Answer(200, body=b"<html>"), LATER),
            ("over", Answer(400, {"x-amzn-ErrorType": "InvalidGrantException"}), PERSON),
        ]:
            with self.subTest(name):
                self.assertEqual(self.fate_with(answer), fate)


if __name__ == "__main__":
    unittest.main(verbosity=2)
