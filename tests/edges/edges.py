"""What the other side says, and what must become of the message: tables, driven in the whole program.

A table is a list of `Case`s. Each is a subscription of its own with a sink of its own, so that all
of them are driven at once, by one daemon and one event. The receiver tells them apart by the case's
mark, which stands in the address that the sink is given: `$MARK` in its configuration.
"""

import os
import pathlib
import re
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))

from harness import (  # noqa: E402, F401
    PATIENCE_SECONDS,
    REGION,
    ProgramTest,
    instance_event,
    wait_for,
)
from receiver import CLOSE, HANG, Answer  # noqa: E402, F401

WHEN = "2026-11-23T09:00:00Z"
MARK = re.compile(r"edge-(\d{4})")

# What may become of a message.
DELIVERED = "delivered"
LATER = "tried again"
PERSON = "waits for a person"
PARKED = "parked"
GONE = "its subscription has ended"


class Case:
    """`answer` is an Answer, CLOSE, HANG, or what makes one of them of the request."""

    def __init__(self, name, sink, answer, becomes, reason=None):
        self.name = name
        self.sink = sink
        self.answer = answer
        self.becomes = becomes
        self.reason = reason  # What the log must say of it.


def fate_of(counts):
    """What has become of a subscription's only message; None where nothing has yet."""
    if counts.get("gone"):
        return GONE
    if counts.get("parked"):
        return PARKED
    if counts.get("delivered"):
        return DELIVERED
    if counts.get("circuit") == "open" and not counts.get("retried"):
        return PERSON
    return LATER if counts.get("retried") else None


class EdgesTest(ProgramTest):
    def surroundings(self, **more):
        """Nothing of this machine's AWS settings, and no proxy."""
        clean = {name: "" for name in os.environ if name.startswith("AWS_")}
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
            clean[name] = ""
        return dict(
            clean, HOME=str(self.folder), AWS_REGION=REGION, AWS_EC2_METADATA_DISABLED="true", **more
        )

    def with_keys(self, url, **more):
        return self.surroundings(
            AWS_ENDPOINT_URL=url,
            AWS_ACCESS_KEY_ID="AKIAIOSFODNN7EXAMPLE",
            AWS_SECRET_ACCESS_KEY="secret-of-tests",
            **more,
        )

    def drive(self, cases, environment=None):
        """Drives the table; every row that became something else is told. The daemon."""

        def decide(request):
            seen = MARK.search(request.path + " " + request.body.decode("latin-1"))
            if not seen:
                return Answer(500, body=b"of no case")
            answer = cases[int(seen.group(1))].answer
            return answer(request) if callable(answer) else answer

        receiver = self.receiver(decide)
        config = "subscriptions:\n"
        for number, case in enumerate(cases):
            sink = case.sink.replace("$MARK", f"edge-{number:04}").replace("$URL", receiver.url(""))
            config += f"  c{number:04}: {{from: earliest, sink: {{{sink}}}}}\n"
        environment = environment(receiver.url("")) if environment else self.surroundings()
        daemon = self.daemon(config, environment=environment).start()
        answer = daemon.post(instance_event("i-0a1b2c3d4e5f60001", "running", WHEN))
        self.assertEqual(answer.status, 202, answer.body)
        self.expect_fates(daemon, cases)
        log = daemon.log_text()
        for number, case in enumerate(cases):
            if case.reason:
                lines = [line for line in log.splitlines() if f"c{number:04}" in line]
                self.assertTrue(any(case.reason in line for line in lines), (case.name, lines))
        return daemon

    def expect_fates(self, daemon, cases):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            rows = {each["name"]: each for each in daemon.get("/api/v1/status")["subscriptions"]}
            fates = [fate_of(rows[f"c{number:04}"]) for number in range(len(cases))]
            wrong = [
                f"{case.name}: {fate or 'nothing yet'}, and not {case.becomes}"
                for case, fate in zip(cases, fates)
                if fate != case.becomes
            ]
            if not wrong:
                return
            if time.monotonic() > deadline or all(fates):
                self.fail(f"{len(wrong)} of {len(cases)}:\n" + "\n".join(wrong))
            time.sleep(0.2)
