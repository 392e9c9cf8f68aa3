"""What services of AWS answer, and what must become of the message."""

import json
import pathlib
import unittest

import aws_models
from edges import (
    CLOSE, DELIVERED, HANG, LATER, PARKED, PERSON, Answer, Case, EdgesTest, instance_event, wait_for,
)

HERE = pathlib.Path(__file__).resolve().parent
TABLE = HERE / "aws_codes.txt"
PARTITIONS = HERE / "aws_partitions.txt"
FATES = {"later": LATER, "person": PERSON, "message": PARKED}

# Each with the case's mark where the service finds it.
SINKS = {
    "sqs": "kind: sqs, queue: 'https://sqs.eu-west-1.amazonaws.com/123456789012/$MARK'",
    "sns": "kind: sns, topic: 'arn:aws:sns:eu-west-1:123456789012:$MARK'",
    "eventbridge": "kind: eventbridge, bus: $MARK",
    "lambda": "kind: lambda, function: $MARK",
    "s3": "kind: s3, bucket: $MARK",
    "sesv2": "kind: ses, from: $MARK@example.org, to: b@example.org",
}


def table():
    for line in TABLE.read_text().splitlines():
        if not line.startswith("#"):
            service, code, status, remedy = line.split()
            yield service, code, int(status), FATES[remedy]


def partitions():
    """Each as (id, how its regions begin, suffix, suffix of both stacks); the first that fits."""
    for line in PARTITIONS.read_text().splitlines():
        if not line.startswith("#"):
            name, prefix, suffix, dual_stack_suffix = line.split()
            yield name, prefix.removeprefix("-"), suffix, dual_stack_suffix


def refusal(service, code, status, message="no"):
    """As the service's protocol writes it."""
    if service in ("sqs", "eventbridge"):
        kind = f"com.amazonaws.{service}#{code}"
        return Answer(status, body=json.dumps({"__type": kind, "message": message}).encode())
    if service in ("lambda", "sesv2"):
        body = json.dumps({"message": message}).encode()
        return Answer(status, {"x-amzn-ErrorType": f"{code}:http://internal.amazon.com/"}, body)
    error = f"<Code>{code}</Code><Message>{message}</Message>"
    if service == "s3":
        text = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{error}</Error>'
    else:
        text = f"<ErrorResponse><Error><Type>Sender</Type>{error}</Error></ErrorResponse>"
    return Answer(status, body=text.encode())


def part(service, code, sender_fault=None):
    """An answer that takes the request, and refuses its only part."""
    if service == "eventbridge":
        entry = {"ErrorCode": code, "ErrorMessage": "no"}
        return Answer(body=json.dumps({"FailedEntryCount": 1, "Entries": [entry]}).encode())
    if service == "sqs":
        failed = {"Id": "0", "Code": code, "Message": "no", "SenderFault": sender_fault}
        return Answer(body=json.dumps({"Successful": [], "Failed": [failed]}).encode())
    blame = str(sender_fault).lower()
    return Answer(body=(
        "<PublishBatchResponse><PublishBatchResult><Successful/><Failed><member><Id>0</Id>"
        f"<Code>{code}</Code><SenderFault>{blame}</SenderFault></member></Failed>"
        "</PublishBatchResult></PublishBatchResponse>").encode())


class Contract(unittest.TestCase):
    def test_every_documented_code_is_in_the_table(self):
        known = {(service, code) for service, code, _, _ in table()}
        new = sorted(aws_models.documented_codes() - known)
        self.assertFalse(new, "decide what becomes of a message, and add it to aws_codes.txt")

    def test_partitions_are_those_of_botocore(self):
        ours = {name: suffixes for name, _, *suffixes in partitions()}
        theirs = {each["id"]: [each["outputs"]["dnsSuffix"], each["outputs"]["dualStackDnsSuffix"]]
                  for each in aws_models.partitions()}
        self.assertEqual(ours, theirs, "add it to aws_partitions.txt and src/model/aws_partition.h")
        for each in aws_models.partitions():
            for region in each["regions"]:
                if region.endswith("-global"):  # No place, and in no ARN.
                    continue
                found = next(name for name, prefix, *_ in partitions() if region.startswith(prefix))
                self.assertEqual(found, each["id"], region)


class Sinks(EdgesTest):
    def drive_aws(self, cases):
        return self.drive(cases, self.with_keys)

    def test_every_documented_code(self):
        self.drive_aws([
            Case(f"{sink} {code} {status}", yaml, refusal(sink, code, status), fate)
            for sink, yaml in SINKS.items()
            for service, code, status, fate in table()
            if service in (sink, "any")
        ])

    def test_parts_of_a_batch(self):
        cases = []
        for service, code, _, fate in table():
            if service == "eventbridge":
                cases.append(Case(f"part {service} {code}", SINKS[service], part(service, code),
                                  fate))
            elif service in ("sqs", "sns"):
                # A service that blames itself does not mean the message.
                mild = LATER if fate == PARKED else fate
                cases += [
                    Case(f"part {service} {code}", SINKS[service], part(service, code, True), fate),
                    Case(f"part {service} {code}, their fault", SINKS[service],
                         part(service, code, False), mild),
                ]
        self.drive_aws(cases)

    def test_codes_that_nobody_knows_are_tried_again(self):
        cases = []
        for sink, yaml in SINKS.items():
            cases += [
                Case(f"{sink}: a code of tomorrow", yaml, refusal(sink, "NewException", 400), LATER),
                Case(f"{sink}: 400 without a word", yaml, Answer(400), LATER),
                Case(f"{sink}: 418", yaml, Answer(418, body=b"<html>"), LATER),
                Case(f"{sink}: 502 of a proxy", yaml, Answer(502, body=b"<html>"), LATER),
                Case(f"{sink}: cut", yaml, CLOSE, LATER),
                Case(f"{sink}: 307", yaml, Answer(307, {"location": "https://x.example/"}), LATER),
                Case(f"{sink}: 301", yaml, Answer(301, {"location": "https://x.example/"}), PERSON),
                Case(f"{sink}: 403 without a word", yaml, Answer(403), PERSON),
                Case(f"{sink}: 404 without a word", yaml, Answer(404), PERSON),
                Case(f"{sink}: 413 without a word", yaml, Answer(413), PARKED),
            ]
        self.drive_aws(cases)

    def test_a_success_that_the_service_did_not_answer_delivers_nothing(self):
        portal = Answer(200, {"content-type": "text/html"}, b"<html><body>Please log in</body>")
        cases = []
        for sink, yaml in SINKS.items():
            # A function may return nothing.
            silent = DELIVERED if sink == "lambda" else LATER
            cases += [
                Case(f"{sink}: a portal", yaml, portal, LATER),
                Case(f"{sink}: 200 and nothing", yaml, Answer(200), silent),
            ]
        cases += [
            Case("lambda", SINKS["lambda"], Answer(200, body=b"null"), DELIVERED),
            Case("lambda of an own runtime", SINKS["lambda"],
                 Answer(200, {"x-amzn-RequestId": "1"}, b"done"), DELIVERED),
            Case("s3", SINKS["s3"], Answer(200, {"ETag": '"1"'}), DELIVERED),
            Case("sesv2", SINKS["sesv2"], Answer(200, body=b'{"MessageId":"1"}'), DELIVERED),
        ]
        self.drive_aws(cases)

    def test_a_function_that_fails(self):
        def failed(error):
            return Answer(200, {"X-Amz-Function-Error": "Unhandled"},
                          json.dumps({"errorType": error, "errorMessage": "x"}).encode())

        self.drive_aws([
            Case("by an exception", SINKS["lambda"], failed("KeyError"), LATER),
            Case("by its timeout", SINKS["lambda"], failed("Sandbox.Timedout"), LATER),
            Case("by its code", SINKS["lambda"], failed("Runtime.ImportModuleError"), PERSON),
        ])

    def test_a_mail_that_is_rejected_for_its_sender(self):
        self.drive_aws([
            Case("not verified", SINKS["sesv2"],
                 refusal("sesv2", "MessageRejected", 400, "Email address is not verified."), PERSON),
            Case("its content", SINKS["sesv2"],
                 refusal("sesv2", "MessageRejected", 400, "virus"), PARKED),
        ])


def taken(service, request):
    """The success of a whole batch, and how many it has."""
    count = {
        "sqs": lambda: len(json.loads(request.body)["Entries"]),
        "sns": lambda: request.body.count(b".Message="),
        "eventbridge": lambda: len(json.loads(request.body)["Entries"]),
    }[service]()
    ids = [str(number) for number in range(count)]
    if service == "sqs":
        body = json.dumps({"Successful": [{"Id": each} for each in ids]})
    elif service == "eventbridge":
        body = json.dumps({"Entries": [{"EventId": each} for each in ids]})
    else:
        members = "".join(f"<member><Id>{each}</Id></member>" for each in ids)
        body = (f"<PublishBatchResponse><PublishBatchResult><Successful>{members}</Successful>"
                "</PublishBatchResult></PublishBatchResponse>")
    return Answer(body=body.encode())


class Batches(EdgesTest):
    """A message that the service does not take, among others, makes it refuse whole requests."""

    BAD = [b"i-00000000000000003", b"i-00000000000000013"]

    def drive_batch(self, service, code, parks):
        def decide(request):
            if any(bad in request.body for bad in self.BAD):
                return refusal(service, code, 400)
            return taken(service, request)

        receiver = self.receiver(decide)
        sink = SINKS[service].replace("$MARK", "edge-0000")
        daemon = self.daemon(
            f"subscriptions:\n  all: {{from: earliest, sink: {{{sink}}}}}\n",
            environment=self.with_keys(receiver.url("")),
        ).start()
        daemon.post(*[instance_event(f"i-{number:017x}", "running", f"2026-11-23T09:00:{number:02}Z")
                      for number in range(1, 41)])
        wait_for(lambda: daemon.subscription("all")["delivered"] == 38, "38 that are well")
        if parks:
            wait_for(lambda: daemon.subscription("all")["parked"] == 2, "2 that are parked")
        counts = daemon.subscription("all")
        self.assertEqual(counts["parked"], 2 if parks else 0, counts)
        self.assertEqual(counts["circuit"], "closed", counts)
        daemon.end()

    def test_all_that_are_well_are_delivered(self):
        self.drive_batch("sqs", "InvalidMessageContents", True)

    def test_of_a_topic(self):
        self.drive_batch("sns", "InvalidParameter", True)

    def test_of_a_bus(self):
        self.drive_batch("eventbridge", "ValidationException", True)

    def test_of_a_queue_for_no_known_reason(self):
        self.drive_batch("sqs", "NewException", False)

    def test_of_a_topic_for_no_known_reason(self):
        self.drive_batch("sns", "NewException", False)

    def test_of_a_bus_for_no_known_reason(self):
        self.drive_batch("eventbridge", "NewException", False)


if __name__ == "__main__":
    unittest.main(verbosity=2)
