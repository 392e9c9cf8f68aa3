"""`statewire doctor` and queues: one that can be read, one that is gone, one that is denied."""

import unittest

from cloud import CloudTest, Harm

DENIED = Harm(status=403, body=b'{"__type":"AccessDeniedException","message":"not yours"}')


class Doctor(CloudTest):
    def doctor(self, daemon, status):
        done = daemon.run("doctor", seconds=120)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout

    def test_a_queue_is_asked_and_nothing_of_it_is_taken(self):
        inbox = self.bus_to_queue()
        self.put_instance_events(2)
        daemon = self.cloud_daemon(f"sources:\n  bus: {{kind: sqs, queue: {inbox}}}\n")
        text = self.doctor(daemon, 0)
        self.assertIn("well   AWS credentials", text)
        self.assertRegex(text, r"well   source bus .*: 2 messages wait")
        self.assertEqual(self.depth(inbox), 2)

    def test_a_queue_that_is_gone_is_to_be_made(self):
        inbox = self.bus_to_queue()
        self.sqs.delete_queue(QueueUrl=inbox)
        daemon = self.cloud_daemon(f"sources:\n  bus: {{kind: sqs, queue: {inbox}}}\n")
        self.assertIn("make the queue", self.doctor(daemon, 1))

    def test_a_queue_that_is_denied_says_what_to_allow(self):
        proxy = self.proxy(lambda request: DENIED)
        inbox = self.bus_to_queue()
        daemon = self.cloud_daemon(
            f"sources:\n  bus: {{kind: sqs, queue: {inbox}}}\n", proxy=proxy
        )
        text = self.doctor(daemon, 1)
        self.assertIn("not yours", text)
        self.assertIn("allow sqs:ReceiveMessage", text)

    def test_sinks_are_asked_whether_they_are_there(self):
        queue = self.sqs.create_queue(QueueName="told")["QueueUrl"]
        sink = f"subscriptions:\n  a: {{sink: {{kind: sqs, queue: {queue}}}}}\n"
        self.assertIn("well   sink a", self.doctor(self.cloud_daemon(sink), 0))
        self.assertEqual(self.depth(queue), 0)
        proxied = self.cloud_daemon(sink, proxy=self.proxy(lambda request: DENIED))
        self.assertIn("may not ask whether queue told is there (AccessDenied", self.doctor(proxied, 0))
        self.sqs.delete_queue(QueueUrl=queue)
        text = self.doctor(self.cloud_daemon(sink), 1)
        self.assertIn("WRONG  sink a", text)
        self.assertIn("make it, or correct its name", text)


if __name__ == "__main__":
    unittest.main()
