"""Harm between Statewire and AWS, and Statewire killed in between: nothing is lost, ids stay, the
ledger adds up."""

import json
import random
import threading
import unittest

from cloud import CloudTest, Harm, hide_for_seconds, notifications
from harness import wait_for

COUNT = 120
THROTTLED = b'{"__type":"ThrottlingException","message":"slow down"}'


def fail_half(answer):
    """Moves every other success of a batch to the failures: it was carried out all the same."""
    body = json.loads(answer)
    good = body.get("Successful", [])
    body["Successful"] = good[::2]
    body["Failed"] = body.get("Failed", []) + [
        {"Id": each["Id"], "Code": "InternalError", "SenderFault": False} for each in good[1::2]
    ]
    return json.dumps(body).encode()


class Faults(CloudTest):
    def start(self, proxy, out, inbox, **more):
        return self.cloud_daemon(
            f"sources:\n  bus: {{kind: sqs, queue: {inbox}, receivers: 3}}\n"
            f"subscriptions:\n  machines: {{from: earliest, sink: {{kind: sqs, queue: {out}}}}}\n",
            proxy,
            **more,
        ).start()

    def check(self, daemon, arns, messages):
        told = notifications(messages)
        ids = {}
        for each in told:
            ids.setdefault(each["subject"], set()).add(each["id"])
        self.assertEqual(set(ids), set(arns), "something was lost")
        # Repeats there may be, but under the same id.
        for arn, own in ids.items():
            self.assertEqual(len(own), 1, arn)
        ledger = self.ledger(daemon)
        self.assertEqual(ledger["recognised"], len(arns), ledger)

    def run_with(self, judge):
        inbox, out = self.bus_to_queue(), self.queue("out")
        proxy = self.proxy(judge)
        daemon = self.start(proxy, out, inbox)
        arns = self.put_instance_events(COUNT)
        messages = self.receive(out, COUNT)
        daemon.wait_until_settled("machines", seconds=90)
        messages += self.receive(out, 0)
        self.check(daemon, arns, messages)
        self.assertGreater(proxy.harmed, 0)
        wait_for(lambda: self.depth(inbox) == 0, "an empty inbox", seconds=90, pause=0.2)

    def test_errors_throttling_and_cuts_of_every_call(self):
        chosen = random.Random(7)

        def judge(request):
            if chosen.random() > 0.3:
                return None
            return chosen.choice(
                [
                    Harm(status=500),
                    Harm(status=503, body=b"<html>busy</html>"),
                    Harm(status=400, body=THROTTLED),
                    Harm(cut="before"),
                    Harm(seconds=0.3),
                ]
            )

        self.run_with(judge)

    def test_calls_that_were_carried_out_and_not_answered(self):
        seen = {}

        def judge(request):
            # A receive that was carried out hides its messages for a minute: not here.
            if request.operation == "ReceiveMessage":
                return None
            seen[request.operation] = seen.get(request.operation, 0) + 1
            return Harm(cut="after") if seen[request.operation] % 4 == 1 else None

        self.run_with(judge)

    def test_half_a_batch_is_refused(self):
        seen = {}

        def judge(request):
            seen[request.operation] = seen.get(request.operation, 0) + 1
            if request.operation in ("SendMessageBatch", "DeleteMessageBatch"):
                if seen[request.operation] % 3 == 1:
                    return Harm(change=fail_half)
            return None

        self.run_with(judge)

    def test_credentials_that_expire(self):
        """A program gives keys for a few seconds, and the service refuses those that are over."""
        inbox, out = self.bus_to_queue(), self.queue("out")
        valid = {}
        lock = threading.Lock()

        def judge(request):
            with lock:
                valid[request.key] = valid.get(request.key, 0) + 1
                is_over = valid[request.key] > 15 or request.key == "KEY1"
            body = b'{"__type":"ExpiredTokenException","message":"over"}'
            return Harm(status=400, body=body) if is_over else None

        proxy = self.proxy(judge)
        script = self.write(
            "keys.sh",
            'echo x >> count; n=$(wc -l < count)\necho \'{"Version":1,"AccessKeyId":"KEY\'$n\'",'
            '"SecretAccessKey":"s","SessionToken":"t","Expiration":"\''
            '$(date -u -d "1 hour" +%Y-%m-%dT%H:%M:%SZ)\'"}\'\n',
        )
        (self.folder / ".aws").mkdir()
        (self.folder / ".aws" / "config").write_text(
            f"[default]\ncredential_process = /bin/sh -c 'cd {self.folder} && sh {script}'\n"
        )
        daemon = self.start(proxy, out, inbox, keys={})
        arns = self.put_instance_events(COUNT)
        messages = self.receive(out, COUNT)
        daemon.wait_until_settled("machines", seconds=90)
        self.check(daemon, arns, messages + self.receive(out, 0))
        self.assertGreater(len(valid), 3)

    def test_killed_again_and_again(self):
        inbox, out = self.bus_to_queue(), self.queue("out")
        chosen = random.Random(11)

        def judge(request):
            if request.operation == "ReceiveMessage":
                return Harm(rewrite=hide_for_seconds)
            return Harm(seconds=0.05) if chosen.random() < 0.3 else None

        proxy = self.proxy(judge)
        daemon = self.start(proxy, out, inbox)
        arns = []
        for round_number in range(5):
            arns += self.put_instance_events(40, first=40 * round_number)
            wait_for(
                lambda: self.ledger(daemon).get("received", 0) >= chosen.randrange(1, 20),
                "some events", pause=0.01,
            )
            daemon.kill()
            daemon.start()
        messages = self.receive(out, 1)
        wait_for(lambda: self.depth(inbox) == 0, "an empty inbox", seconds=90, pause=0.2)
        daemon.wait_until_settled("machines", seconds=90)
        self.check(daemon, arns, messages + self.receive(out, 0))

    def test_no_permission_opens_the_circuit_and_nothing_is_parked(self):
        inbox, out = self.bus_to_queue(), self.queue("out")
        is_allowed = threading.Event()

        def judge(request):
            if request.operation != "SendMessageBatch" or is_allowed.is_set():
                return None
            return Harm(status=403, body=b'{"__type":"AccessDeniedException","message":"no"}')

        daemon = self.start(self.proxy(judge), out, inbox)
        arns = self.put_instance_events(20)
        self.wait_until_received(daemon, 20)
        wait_for(lambda: daemon.subscription("machines")["circuit"] == "open", "an open circuit",
                 pause=0.1)
        is_allowed.set()
        messages = self.receive(out, 20, seconds=120)
        self.check(daemon, arns, messages)
        self.assertEqual(daemon.get("/api/v1/parked"), {"parked": []})

    def test_a_wrong_clock_follows_that_of_aws(self):
        inbox, out = self.bus_to_queue(), self.queue("out")
        seen = []

        def judge(request):
            seen.append(request.headers.get("X-Amz-Date"))
            if len(seen) > 1:
                return None
            return Harm(status=403, body=b'{"__type":"RequestTimeTooSkewed"}')

        daemon = self.start(self.proxy(judge), out, inbox)
        arns = self.put_instance_events(5)
        self.check(daemon, arns, self.receive(out, 5))


if __name__ == "__main__":
    unittest.main()
