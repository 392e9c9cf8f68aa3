"""What `status` says of a queue that cannot be read, and of one that can again."""

import threading
import unittest

from cloud import CloudTest, Harm
from harness import wait_for

DENIED = Harm(status=403, body=b'{"__type":"AccessDeniedException","message":"not yours"}')


class Sources(CloudTest):
    def source(self, daemon):
        (source,) = [each for each in daemon.get("/api/v1/status")["sources"] if each["kind"] != "http"]
        return source

    def wait_for_state(self, daemon, state):
        wait_for(lambda: self.source(daemon)["state"] == state, state, seconds=60, pause=0.1)
        up = 'statewire_source_up{source="bus"} ' + ("1" if state == "running" else "0")
        self.assertIn(up + "\n", daemon.request("GET", "/metrics").body.decode())
        return self.source(daemon)

    def test_a_queue_that_is_gone_and_comes_back(self):
        inbox = self.bus_to_queue()
        self.sqs.delete_queue(QueueUrl=inbox)
        daemon = self.cloud_daemon(f"sources:\n  bus: {{kind: sqs, queue: {inbox}}}\n").start()
        source = self.wait_for_state(daemon, "failing")
        self.assertIn("missing", source["reason"])
        shown = daemon.run("status").stdout
        self.assertRegex(shown, r"failing since [\d:]{8} \(\d+[smh].*\): missing")
        self.bus_to_queue()
        self.put_instance_events(3)
        self.wait_until_received(daemon, 3)
        source = self.wait_for_state(daemon, "running")
        self.assertEqual(source["events"], 3)
        self.assertIn("last_event", source)
        self.assertNotIn("reason", source)

    def test_a_queue_that_is_denied_for_a_while(self):
        is_allowed = threading.Event()
        proxy = self.proxy(lambda request: None if is_allowed.is_set() else DENIED)
        inbox = self.bus_to_queue()
        self.put_instance_events(1)
        daemon = self.cloud_daemon(
            f"sources:\n  bus: {{kind: sqs, queue: {inbox}}}\n", proxy=proxy
        ).start()
        source = self.wait_for_state(daemon, "failing")
        self.assertIn("not yours", source["reason"])
        since = source["since"]
        self.assertEqual(self.source(daemon)["since"], since)
        is_allowed.set()
        self.wait_for_state(daemon, "running")


if __name__ == "__main__":
    unittest.main()
