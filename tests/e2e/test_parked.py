"""Deliveries that cannot succeed without a person: listed, shown, redriven, dropped."""

import json
import signal
import unittest

from harness import ProgramTest, instance_arn, instance_event, wait_for
from receiver import Answer

CONFIG = """
subscriptions:
  hook: {{from: earliest, sink: {{kind: webhook, url: "{url}"}}}}
"""


class Parked(ProgramTest):
    def setUp(self):
        super().setUp()
        self.status = 422
        self.hook = self.receiver(lambda request: Answer(self.status, body=b"no such ticket"))
        self.program = self.daemon(CONFIG.format(url=self.hook.url("/hook"))).start()

    def park(self, *events):
        self.status = 422
        self.program.post(*events)
        self.program.wait_until_settled("hook")

    def listed(self):
        done = self.program.run("parked", "list", "--output", "json")
        found = json.loads(done.stdout)
        self.assertEqual(done.returncode, 0 if found else 1, done.stderr)
        return found

    def test_rejected_is_parked_and_shown_and_redriven(self):
        self.park(instance_event("i-1", "running", "2026-11-23T09:00:00Z"))
        (parked,) = self.listed()
        self.assertEqual(parked["subscription"], "hook")
        self.assertEqual(parked["status"], 422)
        self.assertEqual(parked["attempts"], 1)
        self.assertEqual(parked["resource"], instance_arn("i-1"))
        self.assertEqual(parked["id"], json.loads(self.hook.requests[0].body)["id"])

        shown = self.program.run("parked", "show", "hook", parked["sequence"])
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertIn("422", shown.stdout)
        self.assertIn("no such ticket", shown.stdout)
        self.assertIn('"specversion"', shown.stdout)

        tried = self.program.run("parked", "redrive", "--subscription", "hook", "--dry-run")
        self.assertEqual(tried.returncode, 0, tried.stderr)
        self.assertEqual(len(self.listed()), 1)
        self.assertEqual(len(self.hook.requests), 1)

        self.status = 200
        redriven = self.program.run("parked", "redrive", "--subscription", "hook")
        self.assertEqual(redriven.returncode, 0, redriven.stderr)
        wait_for(lambda: self.hook.accepted(), "the delivery")
        self.assertEqual(len({each.headers["webhook-id"] for each in self.hook.requests}), 1)
        self.assertEqual(self.listed(), [])

    def test_what_nobody_would_send_stays_parked(self):
        self.park(instance_event("i-1", "running", "2026-11-23T09:00:00Z"))
        other = CONFIG.format(url=self.hook.url("/other")).replace("hook:", "other:")
        self.status = 200
        self.program.write_config(other)
        self.program.signal(signal.SIGHUP)
        names = lambda: [
            each["name"] for each in self.program.get("/api/v1/status")["subscriptions"]
        ]
        wait_for(lambda: names() == ["other"], "the reload")
        one = self.program.run("parked", "redrive", "--subscription", "hook")
        self.assertEqual(one.returncode, 1, one.stdout)
        self.assertIn("no subscription hook is configured", one.stderr)
        every = self.program.run("parked", "redrive", "--output", "json")
        self.assertEqual(json.loads(every.stdout)["moved_count"], 0)
        self.assertEqual([each["subscription"] for each in self.listed()], ["hook"])

    def test_redriven_ones_go_in_the_order_in_which_they_were_told(self):
        states = ("running", "stopping", "stopped")
        self.park(*(instance_event("i-1", state, f"2026-11-23T09:00:0{place}Z")
                    for place, state in enumerate(states)))
        first = min(each["sequence"] for each in self.listed())
        again = self.program.run("parked", "redrive", "--sequence", str(first))
        self.assertEqual(again.returncode, 0, again.stderr)
        wait_for(lambda: len(self.listed()) == 3, "the first, parked again")
        self.status = 200
        self.assertEqual(self.program.run("parked", "redrive").returncode, 0)
        wait_for(lambda: len(self.hook.accepted()) == 3, "all of them")
        told = [json.loads(each.body)["data"]["state"]["value"] for each in self.hook.accepted()]
        self.assertEqual(told, list(states))

    def test_status_counts_what_is_parked_over_restarts(self):
        gauge = 'statewire_parked_deliveries{subscription="hook"} '

        def counts():
            metrics = self.program.request("GET", "/metrics").body.decode()
            return self.program.subscription("hook")["parked"], gauge + "2\n" in metrics

        self.park(
            instance_event("i-1", "running", "2026-11-23T09:00:00Z"),
            instance_event("i-2", "running", "2026-11-23T09:00:00Z"),
        )
        wait_for(lambda: counts() == (2, True), "two that are parked")
        self.program.kill()
        self.program.start()
        self.assertEqual(counts(), (2, True))
        dropped = self.program.run("parked", "drop", "--subscription", "hook")
        self.assertEqual(dropped.returncode, 0, dropped.stderr)
        self.assertEqual(counts(), (0, False))

    def test_parked_survives_a_kill_and_a_redrive_without_a_daemon(self):
        self.park(instance_event("i-1", "running", "2026-11-23T09:00:00Z"))
        self.program.kill()
        self.assertEqual(len(self.listed()), 1)
        self.assertEqual(self.program.run("parked", "redrive").returncode, 0)
        self.assertEqual(self.listed(), [])
        self.status = 200
        self.program.start()
        wait_for(lambda: self.hook.accepted(), "the delivery")

    def test_later_ones_of_the_resource_proceed_and_moot_ones_may_be_skipped(self):
        self.park(instance_event("i-1", "running", "2026-11-23T09:00:00Z"))
        self.status = 200
        self.program.post(instance_event("i-1", "stopping", "2026-11-23T09:01:00Z"))
        self.program.wait_until_settled("hook")
        self.assertEqual(len(self.hook.accepted()), 1)
        skipped = self.program.run("parked", "redrive", "--skip-moot", "--output", "json")
        self.assertEqual(skipped.returncode, 0, skipped.stderr)
        self.assertEqual(len(self.listed()), 1)
        self.assertEqual(self.program.run("parked", "redrive").returncode, 0)
        wait_for(lambda: len(self.hook.accepted()) == 2, "the delivery")

    def test_dropped_is_gone(self):
        self.park(
            instance_event("i-1", "running", "2026-11-23T09:00:00Z"),
            instance_event("i-2", "running", "2026-11-23T09:00:00Z"),
        )
        self.assertEqual(len(self.listed()), 2)
        # All of them only where that was asked for.
        self.assertNotEqual(self.program.run("parked", "drop").returncode, 0)
        done = self.program.run("parked", "drop", "--resource", "i-1")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual([each["resource"] for each in self.listed()], [instance_arn("i-2")])
        self.assertEqual(self.program.run("parked", "drop", "--all").returncode, 0)
        self.assertEqual(self.listed(), [])
        self.program.stop()
        self.program.start()
        self.program.wait_until_settled("hook")
        self.assertEqual(len(self.hook.requests), 2)

    def test_unavailable_parks_nothing_and_opens_the_circuit(self):
        self.status = 401
        self.program.post(
            *[instance_event(f"i-{each}", "running", "2026-11-23T09:00:00Z") for each in range(9)]
        )
        wait_for(lambda: self.program.subscription("hook")["circuit"] == "open", "an open circuit")
        self.assertEqual(self.listed(), [])
        self.status = 200
        self.program.wait_until_settled("hook", seconds=90)
        ids = {request.headers["webhook-id"] for request in self.hook.accepted()}
        self.assertEqual(len(ids), 9)

    def test_gone_stops_the_subscription_until_the_next_start(self):
        self.status = 410
        self.program.post(instance_event("i-1", "running", "2026-11-23T09:00:00Z"))
        wait_for(lambda: self.program.subscription("hook")["gone"], "a subscription that is gone")
        self.program.post(instance_event("i-2", "running", "2026-11-23T09:00:00Z"))
        self.assertEqual(self.program.stop(), 0)
        self.assertEqual(len(self.hook.requests), 1)
        self.assertEqual(self.listed(), [])
        self.status = 200
        self.program.start()
        self.program.wait_until_settled("hook")
        self.assertEqual(len(self.hook.accepted()), 2)


if __name__ == "__main__":
    unittest.main()
