"""Counters and gauges over reloads and restarts."""

import re
import unittest

from harness import SIGHUP, ProgramTest, instance_event, wait_for
from receiver import Answer

CONFIG = (
    "subscriptions:\n"
    "  log: {sink: {kind: file, path: out.jsonl}}\n"
    "  hook: {sink: {kind: webhook, url: '$URL'}}\n"
    "  patient: {hold: {for: [cause], at_most: 10m}, sink: {kind: file, path: late.jsonl}}\n"
)


class Metrics(ProgramTest):
    def setUp(self):
        super().setUp()
        refuses = self.receiver(lambda request: Answer(422))
        self.program = self.daemon(CONFIG.replace("$URL", refuses.url())).start()
        for minute in range(3):
            event = instance_event(f"i-{minute}", "running", f"2026-11-23T09:0{minute}:00Z")
            self.assertEqual(self.program.post(event).status, 202)

    def value(self, series):
        metrics = self.program.request("GET", "/metrics").body.decode()
        found = re.search(rf"(?m)^statewire_{re.escape(series)} (\S+)$", metrics)
        return None if found is None else float(found.group(1))

    def wait_for(self, series, value):
        wait_for(lambda: self.value(series) == value, f"{series} {value}")

    def wait_until_all_is_counted(self):
        self.wait_for('deliveries_total{subscription="log",outcome="delivered"}', 3)
        self.wait_for('parked_deliveries{subscription="hook"}', 3)
        self.wait_for('held_deliveries{subscription="patient"}', 3)

    def test_counters_go_on_over_a_reload(self):
        self.wait_until_all_is_counted()
        self.program.signal(SIGHUP)
        wait_for(lambda: "was read again" in self.program.log_text(), "the reload")
        self.assertEqual(self.value('deliveries_total{subscription="log",outcome="delivered"}'), 3)
        self.assertEqual(self.value('deliveries_total{subscription="hook",outcome="parked"}'), 3)
        self.program.post(instance_event("i-9", "running", "2026-11-23T09:09:00Z"))
        self.wait_for('deliveries_total{subscription="log",outcome="delivered"}', 4)
        self.assertEqual(self.program.get("/api/v1/status")["subscriptions"][0]["delivered"], 4)

    def test_what_is_held_and_parked_is_right_from_the_first_word_after_a_restart(self):
        self.wait_until_all_is_counted()
        for _ in range(5):
            self.assertEqual(self.program.stop(), 0)
            self.program.start()
            for series, value in (
                ('held_deliveries{subscription="patient"}', 3),
                ('outstanding_deliveries{subscription="patient"}', 0),
                ('lag_entries{subscription="patient"}', 0),
                ('parked_deliveries{subscription="hook"}', 3),
            ):
                first = wait_for(lambda: [self.value(series)] if self.value(series) is not None
                                 else None, series)
                self.assertEqual(first, [value], series)


if __name__ == "__main__":
    unittest.main()
