"""Each trouble is told by all that could say "well": status and its exit status, readiness, metrics,
and its alert; and by none of them before."""

import http.client
import json
import os
import pathlib
import re
import signal
import subprocess
import unittest

import troubles
from harness import ROOT, ProgramTest, wait_for
from rules import judge

RULES = ROOT / "deploy" / "prometheus" / "statewire.rules.yaml"
DASHBOARD = ROOT / "deploy" / "prometheus" / "dashboard.json"
PROMTOOL = pathlib.Path(os.environ.get("PROMTOOL", "promtool"))


def metrics_of(daemon):
    try:
        return daemon.request("GET", "/metrics").body.decode()
    except (OSError, http.client.HTTPException):
        return ""


def readiness_of(daemon):
    try:
        return daemon.request("GET", "/readyz").status
    except (OSError, http.client.HTTPException):
        return 0


class Troubles(ProgramTest):
    def check(self, trouble):
        scene = troubles.Scene(self)
        daemon = scene.daemon
        well = metrics_of(daemon)
        shown = daemon.run("status")
        self.assertEqual((shown.returncode, shown.stderr), (0, ""), shown.stdout)
        self.assertTrue(shown.stdout.endswith("\nall is well\n"), shown.stdout)
        self.assertEqual(readiness_of(daemon), 200)
        self.check_commands(daemon, None)
        trouble.make(scene)
        told = self.wait_until_told(daemon, trouble, well)
        shown = daemon.run("status")
        text = shown.stdout + shown.stderr
        if trouble.status:
            self.assertRegex(text, f"(?m){trouble.status}")
            self.assertNotIn("all is well", text)
        self.assertEqual(shown.returncode, 1 if trouble.status else 0, text)
        self.assertEqual(readiness_of(daemon), trouble.readiness)
        self.check_commands(daemon, trouble)
        if trouble.status and trouble.readiness != 0 and trouble.outlives:
            self.check_that_it_outlives(daemon, trouble)
        return trouble.name, well, told, trouble.alerts

    def check_that_it_outlives(self, daemon, trouble):
        """What was known before is not forgotten, or is seen again."""
        reloaded = daemon.log_text().count("the configuration was read again")
        daemon.signal(signal.SIGHUP)
        wait_for(
            lambda: daemon.log_text().count("the configuration was read again") > reloaded,
            "a reload",
        )
        self.check_status(daemon, trouble)
        daemon.stop()
        daemon.start(is_ready=False)
        wait_for(lambda: readiness_of(daemon) == trouble.readiness, "an answer")
        self.check_status(daemon, trouble)

    def check_status(self, daemon, trouble):
        """Not well from the first answer on; for the same reason once that was looked at again."""
        shown = daemon.run("status")
        self.assertEqual(shown.returncode, 1, shown.stdout)
        wait_for(lambda: re.search(f"(?m){trouble.status}", daemon.run("status").stdout), trouble.status)

    def check_commands(self, daemon, trouble):
        """What looks at the configuration, and at all that it needs."""
        for command, well in (("check", "statewire.yaml: well\n"), ("doctor", "\nall is well\n")):
            wrong = getattr(trouble, command, "")
            done = daemon.run(command)
            text = done.stdout + done.stderr
            self.assertEqual(done.returncode != 0, bool(wrong), text)
            self.assertEqual(well in text, not wrong, text)
            if wrong:
                self.assertRegex(text, wrong)

    def wait_until_told(self, daemon, trouble, well):
        if trouble.readiness == 0:
            return metrics_of(daemon)
        if trouble.metric:
            self.assertNotIn("\n" + trouble.metric + "\n", well)

        wanted = [f'statewire_lag_entries{{subscription="{name}"}} 0' for name in trouble.settled]
        if trouble.metric:
            wanted.append(trouble.metric)

        def told():
            metrics = metrics_of(daemon)
            return metrics if all(f"\n{line}\n" in metrics for line in wanted) else None

        return wait_for(told, ", ".join(wanted), pause=0.1)

    def test_each_is_told_by_all_that_could_say_well(self):
        cases = []
        for trouble in troubles.TROUBLES:
            with self.subTest(trouble=trouble.name):
                self.setUp()
                cases.append(self.check(trouble))
                self.doCleanups()
        self.setUp()
        if not PROMTOOL.exists():
            self.skipTest("promtool cannot be had")
        self.assertEqual(judge(PROMTOOL, RULES, cases, self.folder), "")


class Files(unittest.TestCase):
    def test_each_alert_has_its_trouble(self):
        alerts = re.findall(r"(?m)^ *- alert: (\w+)$", RULES.read_text())
        self.assertEqual(sorted(alerts), sorted({each.alerts[0] for each in troubles.TROUBLES}))

    def test_rules_and_dashboard_know_only_metrics_that_are_described(self):
        described = (ROOT / "docs" / "operating.md").read_text()
        for path in (RULES, DASHBOARD):
            for name in set(re.findall(r"\bstatewire_\w+", path.read_text())):
                plain = re.sub("_(bucket|count|sum)$", "", name)
                self.assertIn("`" + plain, described, f"{path.name}: {name}")

    def test_the_expressions_of_the_dashboard_are_ones(self):
        if not PROMTOOL.exists():
            self.skipTest("promtool cannot be had")
        dashboard = json.loads(DASHBOARD.read_text())
        expressions = [
            target["expr"].replace("$__rate_interval", "5m")
            for panel in dashboard["panels"]
            for target in panel.get("targets", [])
        ]
        self.assertGreater(len(expressions), 10)
        rules = [{"record": "checked", "expr": each} for each in expressions]
        done = subprocess.run(
            [PROMTOOL, "check", "rules", "--lint=none", "/dev/stdin"],
            input=json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}),
            capture_output=True,
            text=True,
        )
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
