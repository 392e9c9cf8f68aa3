"""What people ask of the past: events, explain, held, test; and how commands end."""

import datetime
import json
import signal
import subprocess
import time
import unittest

from harness import PATIENCE_SECONDS, ProgramTest, instance_event, wait_for
from receiver import Answer

CONFIG = """
subscriptions:
  machines: {{format: csv, sink: {{kind: file, path: machines.csv}}}}
  patient:
    when: {{state: {{phase: [gone]}}}}
    hold: {{for: [cause], at_most: 1h}}
    sink: {{kind: file, path: patient.jsonl}}
  hook:
    when: {{state: {{phase: [stable]}}}}
    sink: {{kind: webhook, url: "{url}"}}
"""


class Ask(ProgramTest):
    def setUp(self):
        super().setUp()
        self.hook = self.receiver(lambda request: Answer(422, body=b"no such ticket"))
        self.program = self.daemon(CONFIG.format(url=self.hook.url("/hook"))).start()

    def events(self, *arguments):
        done = self.program.run("events", *arguments, "--output", "json")
        return [each["sequence"] for each in json.loads(done.stdout)]

    def life(self):
        self.program.post(
            instance_event("i-1", "pending", "2026-11-23T09:00:00Z", "e-1"),
            instance_event("i-1", "running", "2026-11-23T09:01:00Z", "e-2"),
            instance_event("i-2", "running", "2026-11-23T09:02:00Z", "e-3"),
            instance_event("i-1", "terminated", "2026-11-23T09:03:00Z", "e-4"),
        )
        wait_for(lambda: self.program.subscription("hook")["parked"] == 2, "what is parked")
        wait_for(lambda: self.program.run("held").returncode == 0, "what waits")

    def test_events_answer_for_the_past_with_a_daemon_and_without(self):
        self.life()
        for _ in range(2):
            self.assertEqual(self.events(), [4, 3, 2, 1])
            self.assertEqual(self.events("-n", "2"), [4, 3])
            self.assertEqual(self.events("i-1", "--since", "2026-11-23T09:01:00Z"), [4, 2])
            self.assertEqual(self.events("--type", "instance", "--until", "2026-11-23 09:02"), [2, 1])
            self.assertEqual(self.events("--event", "e-3"), [3])
            self.assertEqual(self.program.run("events", "--actor", "nobody").returncode, 1)
            self.assertEqual(self.program.run("events", "--since", "soon").returncode, 2)
            self.program.stop()

    def test_what_became_of_it_whom_it_told_and_why_not(self):
        self.life()
        for arguments in (["--sequence", "3"], ["--event", "e-3"]):
            shown = self.program.run("explain", *arguments)
            self.assertEqual(shown.returncode, 0, shown.stderr)
            for part in ("sequence 3", "i-2", "machines   csv    yes: settled", "no: state.phase",
                         "yes: parked: rejected: http 422"):
                self.assertIn(part, shown.stdout)
        self.assertIn("yes: waits", self.program.run("explain", "--sequence", "4").stdout)
        self.assertEqual(self.program.run("explain", "--sequence", "99").returncode, 1)
        self.assertEqual(self.program.run("explain", "--event", "none").returncode, 1)
        self.assertEqual(self.program.run("explain").returncode, 2)

    def test_what_a_removed_subscription_has_left_is_told_and_dropped(self):
        self.life()
        text = self.program.config.read_text()
        self.assertNotEqual(self.program.run("held", "drop", "patient").returncode, 0)
        self.program.config.write_text(text[: text.index("  patient:")])
        self.program.signal(signal.SIGHUP)
        wait_for(lambda: len(self.program.get("/api/v1/status")["subscriptions"]) == 1, "a reload")
        self.assertIn("hook   not configured any more: parked: rejected: http 422",
                      self.program.run("explain", "--sequence", "3").stdout)
        self.assertIn("patient   not configured any more: waits",
                      self.program.run("explain", "--sequence", "4").stdout)
        (held,) = json.loads(self.program.run("held", "-o", "json").stdout)
        self.assertEqual(held["for"], ["its subscription"])
        self.assertEqual(held["reason"], "it is not configured any more")
        self.assertNotIn("until", held)
        self.assertIn("subscription patient is not configured any more: 1 waiting, 0 parked",
                      self.program.run("status").stdout)
        tried = wait_for(lambda: self.program.run("held", "drop", "patient", "--dry-run").stdout,
                         "a pipeline that has ended")
        self.assertEqual(tried, "1 delivery would be dropped\n")
        self.program.stop()
        self.assertEqual(self.program.run("held", "drop", "machines").returncode, 1)
        self.program.start()
        dropped = self.program.run("held", "drop", "patient")
        self.assertEqual(dropped.stdout, "1 delivery dropped\n", dropped.stderr)
        self.assertEqual(self.program.run("held").returncode, 1)

    def test_held_says_when_what_failed_is_tried_again(self):
        self.hook.decide = lambda request: Answer(503)
        events = [instance_event(f"i-{n}", "running", "2026-11-23T09:00:00Z") for n in range(20)]
        self.program.post(*events)
        wait_for(lambda: self.program.subscription("hook")["circuit"] == "open", "an open circuit")
        ends = time.monotonic() + 4
        seen = 0
        while time.monotonic() < ends:
            asked = time.time()
            done = self.program.run("held", "--subscription", "hook", "-o", "json")
            for held in json.loads(done.stdout):
                if "until" not in held:
                    continue
                until = datetime.datetime.fromisoformat(held["until"]).timestamp()
                self.assertGreaterEqual(until, asked - 0.1, held)
                seen += 1
        self.assertGreater(seen, 0)

    def test_a_sink_that_is_gone_says_what_tries_it_once_more(self):
        self.hook.decide = lambda request: Answer(410)
        self.program.post(instance_event("i-1", "running", "2026-11-23T09:00:00Z"))
        wait_for(lambda: self.program.subscription("hook")["gone"], "a sink that is gone")
        held = wait_for(lambda: self.program.run("held", "--subscription", "hook").stdout,
                        "a delivery that waits")
        self.assertIn("a reload or a restart: its sink is gone", held)
        status = self.program.run("status").stdout
        self.assertIn("hook: its sink is gone; a reload or a restart tries it once more; "
                      "1 outstanding", status)

    def test_held_says_for_what_and_until_when(self):
        self.life()
        (held,) = json.loads(self.program.run("held", "-o", "json").stdout)
        self.assertEqual((held["subscription"], held["for"]), ("patient", ["cause"]))
        self.assertIn("i-1", held["what"])
        self.assertIn("until", held)
        self.assertIn("cause", self.program.run("held").stdout)
        self.program.stop()
        self.assertIn("i-1", self.program.run("held", "--subscription", "patient").stdout)
        self.assertEqual(self.program.run("held", "--subscription", "machines").returncode, 1)

    def test_a_subscription_is_tried_on_a_store_without_events(self):
        tried = self.program.run("test", "hook")
        self.assertEqual(tried.returncode, 1, tried.stderr)
        self.assertIn("the store has no events of that time; nothing was sent", tried.stdout)

    def test_a_subscription_is_tried_on_the_past_and_nothing_is_sent(self):
        self.life()
        asked = len(self.hook.requests)
        self.program.write_config(
            "subscriptions:\n"
            "  new:\n"
            "    when: {state: {phase: [stable]}}\n"
            '    sink: {kind: webhook, url: "' + self.hook.url("/new") + '"}\n'
        )
        tried = self.program.run("test", "new", "--since", "1h")
        self.assertEqual(tried.returncode, 0, tried.stderr)
        self.assertIn("new would have sent 2 messages for 4 notifications", tried.stdout)
        self.assertIn("EC2 instance stable", tried.stdout)
        self.assertEqual(len(self.hook.requests), asked)
        self.assertIn("did you mean \"new\"", self.program.run("test", "neww").stderr)

    def test_events_are_followed(self):
        self.life()
        command = [str(self.program.statewire), "events", "--follow", "-n", "1", "-o", "csv",
                   "--config", str(self.program.config)]
        follower = subprocess.Popen(command, stdout=subprocess.PIPE, text=True,
                                    env=self.program.environment)
        self.addCleanup(follower.stdout.close)
        self.addCleanup(follower.wait)
        self.addCleanup(follower.kill)
        self.assertIn("sequence", follower.stdout.readline())
        self.assertTrue(follower.stdout.readline().strip().endswith(",4"))
        self.program.post(instance_event("i-5", "running", "2026-11-23T09:05:00Z"))
        self.assertTrue(follower.stdout.readline().strip().endswith(",5"))

    def test_what_is_watched_is_shown_until_nobody_looks(self):
        self.program.post(instance_event("i-1", "running", "2026-11-23T09:00:00Z"))
        command = [str(self.program.statewire), "ledger", "-w", "-c", str(self.program.config)]
        watching = subprocess.Popen(command, stdout=subprocess.PIPE, text=True,
                                    env=self.program.environment)
        self.addCleanup(watching.kill)
        self.assertIn("received", watching.stdout.readline())
        watching.stdout.close()
        self.assertEqual(watching.wait(PATIENCE_SECONDS), 0)

    def test_send_gives_up_after_its_time(self):
        events = self.write("events.jsonl",
                            json.dumps(instance_event("i-1", "running", "2026-11-23T09:00:00Z")))
        self.program.signal(signal.SIGSTOP)
        try:
            given_up = self.program.run("send", "--timeout", "1s", events)
        finally:
            self.program.signal(signal.SIGCONT)
        self.assertEqual(given_up.returncode, 1, given_up.stdout)
        self.assertEqual(self.program.run("send", "--timeout", "soon", events).returncode, 2)
        self.assertEqual(self.program.run("send", "--timeout", "1m", events).returncode, 0)

    def test_complaints_of_one_kind_end_with_a_count(self):
        broken = self.write("broken.jsonl", "no event\n" * 500)
        for command in ("convert", "send"):
            done = self.program.run(command, broken)
            self.assertEqual(done.returncode, 1)
            self.assertLess(len(done.stderr.splitlines()), 30, done.stderr)
        self.assertIn("… and 480 more like: ", self.program.run("convert", broken).stderr)

    def test_a_mail_is_shown_as_text(self):
        self.program.stop()
        mail = '{"subject": "Gone", "text": "web-1 is gone", "html": "<p>web-1</p>"}'
        self.program.write_config(
            "formats:\n  mail/v1: {content_type: application/json, template: '" + mail + "'}\n"
            "subscriptions:\n  hook: {format: mail/v1, sink: {kind: webhook, url: \""
            + self.hook.url("/hook") + '"}}\n'
        )
        self.program.start()
        self.program.post(instance_event("i-1", "running", "2026-11-23T09:00:00Z"))
        wait_for(lambda: self.program.subscription("hook")["parked"] == 1, "what is parked")
        shown = self.program.run("parked", "show", "hook", "1").stdout
        self.assertIn("Subject: Gone\n\nweb-1 is gone", shown)
        self.assertNotIn("<p>", shown)

    def test_lists_that_find_nothing_fail(self):
        self.assertEqual(self.program.run("parked", "list").returncode, 1)
        self.assertEqual(self.program.run("resources", "-o", "json").returncode, 1)
        self.assertEqual(self.program.run("ledger", "--refusals").returncode, 1)


class LearnedWhileHeld(ProgramTest):
    def test_a_groups_message_on_its_way_waits_also_for_a_cause_that_was_learned(self):
        hook = self.receiver(lambda request: Answer(503))
        program = self.daemon(
            "subscriptions:\n  people:\n"
            "    hold: {for: [cause], at_most: 1h}\n    group: {by: deployment, quiet: 1s}\n"
            f"    sink: {{kind: webhook, url: '{hook.url('/hook')}'}}\n"
        ).start()
        program.post(instance_event("i-0a1b2c3d4e5f60001", "stopped", "2026-11-23T09:10:00Z"))
        program.post({
            "eventVersion": "1.08", "eventID": "stop", "eventTime": "2026-11-23T09:09:30Z",
            "eventSource": "ec2.amazonaws.com", "eventName": "StopInstances",
            "awsRegion": "eu-west-1", "recipientAccountId": "123456789012",
            "userAgent": "HashiCorp Terraform/1.9.8 terraform-provider-aws/5.80.0",
            "userIdentity": {"type": "AssumedRole", "accountId": "123456789012",
                             "arn": "arn:aws:sts::123456789012:assumed-role/ci-deployer/run"},
            "requestParameters": {"instancesSet": {"items": [
                {"instanceId": "i-0a1b2c3d4e5f60001"}]}},
            "responseElements": None,
        })
        wait_for(lambda: program.subscription("people")["retried"] > 0, "a try")
        self.assertIn("group", hook.requests[0].body.decode())
        self.assertIn("yes: waits", program.run("explain", "--sequence", "1").stdout)
        hook.decide = lambda request: Answer()
        wait_for(lambda: program.subscription("people")["delivered"] == 1, "the message")
        wait_for(lambda: "yes: settled" in program.run("explain", "--sequence", "1").stdout,
                 "the settled one")

    def test_a_state_that_is_not_the_newest_is_explained_by_the_cause_it_was_told_with(self):
        hook = self.receiver(lambda request: Answer())
        program = self.daemon("subscriptions:\n" + "".join(
            f"  {name}:\n    when: {{cause: {{kind: [{kind}]}}}}\n"
            "    hold: {for: [cause], at_most: 1h}\n"
            f"    sink: {{kind: webhook, url: '{hook.url('/' + name)}'}}\n"
            for name, kind in (("humans", "human"), ("nobodies", "unknown"))
        )).start()
        program.post(
            instance_event("i-0a1b2c3d4e5f60001", "stopping", "2026-11-23T09:10:01Z"),
            instance_event("i-0a1b2c3d4e5f60001", "stopped", "2026-11-23T09:10:31Z"),
        )
        wait_for(lambda: program.subscription("nobodies")["held"] == 2, "what waits")
        program.post({
            "eventVersion": "1.08", "eventID": "stop", "eventTime": "2026-11-23T09:10:00Z",
            "eventSource": "ec2.amazonaws.com", "eventName": "StopInstances",
            "awsRegion": "eu-west-1", "recipientAccountId": "123456789012",
            "sessionCredentialFromConsole": "true", "userAgent": "Mozilla/5.0",
            "userIdentity": {"type": "IAMUser", "accountId": "123456789012", "userName": "alice",
                             "arn": "arn:aws:iam::123456789012:user/alice"},
            "requestParameters": {"instancesSet": {"items": [
                {"instanceId": "i-0a1b2c3d4e5f60001"}]}},
            "responseElements": None,
        })
        wait_for(lambda: program.subscription("humans")["delivered"] == 2, "both states")
        for sequence in ("1", "2"):
            explained = wait_for(
                lambda: "yes: settled" in (
                    said := program.run("explain", "--sequence", sequence).stdout) and said,
                "what is settled")
            self.assertRegex(explained, r"humans +\S+ +yes: settled .*; by its cause, which came at")
            self.assertRegex(explained, r'nobodies +\S+ +no: cause.kind is "human"')
        self.assertEqual({request.path for request in hook.requests}, {"/humans"})


if __name__ == "__main__":
    unittest.main()
