"""`statewire lambda` behind a runtime interface: batches, deadlines, errors, memory, times."""

import json
import os
import time
import unittest
from unittest import mock

from deployed import ProgramTest, free_port, instance_event, run_statewire
from cloud import KEYS  # Which it makes importable.
from functions import Function, batch_of
from mail_server import MailServer
from receiver import HANG, Answer

INVOCATIONS = int(os.environ.get("STATEWIRE_INVOCATIONS", "1000"))
GROWTH_KIB_MAX = 2048


def event(number, state="running"):
    return instance_event(f"i-{number:017x}", state, "2026-11-23T09:00:12Z")


def memory_kib(process):
    with open(f"/proc/{process.pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


class Functions(ProgramTest):
    def function(self, sink, handler="standardise", form="csv", more=""):
        config = self.write(
            "function.yaml",
            "version: 1\ninstance: test\nstore: none\n"
            f"subscriptions:\n  all: {{format: {form}, sink: {sink}}}\n{more}",
        )
        function = Function(handler, config, dict(os.environ), self.folder)
        self.addCleanup(function.end)
        return function

    def to_file(self, **more):
        self.out = self.folder / "out.csv"
        return self.function(f"{{kind: file, path: {self.out}}}", **more)

    def lines(self):
        return self.out.read_text().splitlines()

    def test_one_poisoned_message_of_a_batch_repeats_no_other(self):
        function = self.to_file()
        answer = function.invoke(batch_of(event(1), "{no event", event(2)))
        self.assertEqual(answer.failed_messages(), ["m1"])
        self.assertEqual(
            [line.split("/")[-1] for line in self.lines()],
            ["i-00000000000000001,running", "i-00000000000000002,running"],
        )
        self.assertEqual(function.invoke(batch_of(event(3))).failed_messages(), [])

    def test_what_nobody_is_told_of_is_done(self):
        function = self.to_file()
        unknown = {"source": "my.app", "detail-type": "Something", "detail": {}}
        self.assertEqual(function.invoke(batch_of(unknown)).failed_messages(), [])

    def test_an_event_without_a_queue_fails_as_a_whole(self):
        function = self.to_file()
        self.assertEqual(function.invoke(event(1)).kind, "response")
        self.assertEqual(len(self.lines()), 1)
        answer = function.invoke({"no": "event"})
        self.assertEqual(answer.kind, "response")
        answer = function.invoke("no event")
        self.assertEqual((answer.kind, answer.error_type), ("error", "Statewire.NotDone"))

    def test_the_answer_comes_before_the_deadline(self):
        receiver = self.receiver(lambda request: HANG)
        function = self.function(f"{{kind: webhook, url: '{receiver.url()}'}}")
        begin = time.time()
        answer = function.invoke(batch_of(event(1), event(2)), seconds=3)
        self.assertEqual(answer.failed_messages(), ["m0", "m1"])
        self.assertLess(answer.arrived, begin + 3)

    def test_what_a_sink_refuses_goes_back(self):
        function = self.function(f"{{kind: webhook, url: 'http://127.0.0.1:{free_port()}/'}}")
        self.assertEqual(function.invoke(batch_of(event(1))).failed_messages(), ["m0"])

    def test_deliver_sends_what_was_rendered_and_nothing_else(self):
        server = MailServer()
        self.addCleanup(server.close)
        mail = run_statewire("convert", "--format", "email", stdin=json.dumps(event(1))).stdout
        function = self.function(
            f"{{kind: email, host: 127.0.0.1, port: {server.port}, tls: none, "
            "from: a@example.org, to: b@example.org}",
            handler="deliver", form="email",
        )
        batch = batch_of(mail, mail)
        batch["Records"][0]["messageAttributes"] = {
            "content-type": {"stringValue": "application/vnd.statewire.mail+json"}
        }
        self.assertEqual(function.invoke(batch).failed_messages(), ["m1"])
        self.assertEqual(len(server.mails), 1)
        self.assertIn("running", str(server.mails[0].message["subject"]))

    def test_a_mail_waits_for_an_earlier_one_of_its_group(self):
        receiver = self.receiver(lambda request: Answer(500 if request.body == b"first" else 200))
        function = self.function(
            f"{{kind: webhook, url: '{receiver.url()}'}}", handler="deliver", form="text"
        )
        batch = batch_of("first", "second", "other")
        for record, group in zip(batch["Records"], ("web-1", "web-1", "web-2")):
            record["eventSourceARN"] += ".fifo"
            record["attributes"] = {"MessageGroupId": group}
            record["messageAttributes"] = {
                "content-type": {"stringValue": "text/plain; charset=utf-8"}
            }
        self.assertEqual(function.invoke(batch).failed_messages(), ["m0", "m1"])
        self.assertEqual([each.body for each in receiver.requests], [b"first", b"other"])

    def test_tags_that_do_not_come_leave_time_to_send(self):
        receiver = self.receiver(lambda request: HANG)
        surroundings = {"AWS_ENDPOINT_URL": receiver.url(), "AWS_REGION": "eu-west-1", **KEYS}
        with mock.patch.dict(os.environ, surroundings):
            function = self.to_file(more="ignore: [{resource: {tags: {monitoring: ['off']}}}]\n")
        answer = function.invoke(batch_of(*(event(number) for number in range(10))), seconds=6)
        self.assertEqual(answer.failed_messages(), [])
        self.assertEqual(len(self.lines()), 10)
        self.assertGreater(len(receiver.requests), 0)

    def test_a_wrong_configuration_is_told_at_init(self):
        function = self.function("{kind: nothing}")
        self.assertEqual(function.process.wait(30), 78)
        self.assertEqual(function.interface.init_error.error_type, "Statewire.Init")
        self.assertIn("configuration", function.interface.init_error.body["errorMessage"])

    def test_a_handler_that_is_none_is_told_at_init(self):
        function = self.to_file(handler="index.handler")
        self.assertEqual(function.process.wait(30), 2)
        self.assertIn("index.handler", function.interface.init_error.body["errorMessage"])

    def test_a_thousand_invocations_leave_no_memory_behind(self):
        function = self.to_file()
        cold, busy = function.cold_start()
        for number in range(100):
            function.invoke(batch_of(event(number)))
        before = memory_kib(function.process)
        begin = time.monotonic()
        for number in range(INVOCATIONS):
            function.invoke(batch_of(event(number), event(number, "stopped")))
        took = time.monotonic() - begin
        growth = memory_kib(function.process) - before
        print(f"cold start {cold:.0f} ms ({busy:.0f} of a processor), {took / INVOCATIONS * 1000:.2f} ms an invocation, "
              f"{before} KiB and {growth} more after {INVOCATIONS}")
        self.assertEqual(len(self.lines()), 100 + 2 * INVOCATIONS)
        if not os.environ.get("STATEWIRE_SANITIZE"):  # Which keep what was freed.
            self.assertLess(growth, GROWTH_KIB_MAX)


if __name__ == "__main__":
    unittest.main()
