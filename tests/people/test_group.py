"""`group: {by: deployment}`: one mail for all that a deployment changed."""

import json
import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))

from harness import ACCOUNT, REGION, ProgramTest, instance_event, wait_for  # noqa: E402
from mail_server import MailServer  # noqa: E402

STACK = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/shop/0a1b2c3d-4e5f-4000-8000-000000000010"
BUCKETS = 400
QUIET_SECONDS = 3


def told(kind, when, status, **more):
    """What CloudFormation says of a stack or of a resource in it."""
    return {
        "version": "0",
        "id": f"{kind}-{status}-{when}-{more.get('logical-resource-id', 'stack')}",
        "source": "aws.cloudformation",
        "detail-type": f"CloudFormation {kind} Status Change",
        "account": ACCOUNT,
        "region": REGION,
        "time": when,
        "resources": [STACK],
        "detail": {
            "stack-id": STACK,
            "status-details": {"status": status, "status-reason": more.pop("reason", "")},
            **more,
        },
    }


def stack(when, status):
    return told("Stack", when, status)


def bucket(number, when, status="CREATE_COMPLETE", reason=""):
    return told(
        "Resource",
        when,
        status,
        reason=reason,
        **{
            "logical-resource-id": f"Bucket{number}",
            "physical-resource-id": f"shop-{number}",
            "resource-type": "AWS::S3::Bucket",
        },
    )


class Group(ProgramTest):
    def start(self, server):
        daemon = self.daemon(
            "subscriptions:\n"
            "  people:\n"
            "    from: earliest\n"
            "    hold: {for: [cause], at_most: 1s}\n"
            f"    group: {{by: deployment, quiet: {QUIET_SECONDS}s}}\n"
            "    sink:\n"
            "      kind: email\n"
            "      host: 127.0.0.1\n"
            f"      port: {server.port}\n"
            "      tls: none\n"
            "      from: Statewire <statewire@example.org>\n"
            "      to: ops@example.org\n"
        )
        daemon.start()
        return daemon

    def subjects(self, server):
        return [str(mail.message["subject"]) for mail in server.mails]

    def held(self, daemon):
        rows = json.loads(daemon.run("held", "-o", "json").stdout)
        return rows["held"] if isinstance(rows, dict) else rows

    def test_a_deployment_is_one_mail_over_a_kill_and_what_is_late_another(self):
        server = MailServer()
        self.addCleanup(server.close)
        daemon = self.start(server)
        daemon.post(stack("2026-11-23T09:10:02Z", "CREATE_IN_PROGRESS"))
        made = [bucket(number, "2026-11-23T09:10:40Z") for number in range(BUCKETS)]
        daemon.post(*made[: BUCKETS // 2])
        # Nothing of it is sent while the stack is under way, however long it is quiet.
        time.sleep(QUIET_SECONDS + 2)
        self.assertEqual(server.mails, [])
        groups = [row for row in self.held(daemon) if "the end of its deployment" in row["for"]]
        self.assertEqual(len(groups), 1)
        self.assertIn("Deployment of stack shop", groups[0]["what"])
        explained = daemon.run("explain", "--sequence", "2").stdout
        self.assertIn("in the group of its deployment", explained)
        daemon.kill()
        daemon.start()
        daemon.post(*made[BUCKETS // 2 :])
        daemon.post(
            bucket(900, "2026-11-23T09:11:00Z", "CREATE_FAILED", "shop-900 already exists")
        )
        # What belongs to no deployment waits for nobody.
        daemon.post(instance_event("i-0a1b2c3d4e5f60006", "running", "2026-11-23T09:11:10Z"))
        wait_for(lambda: len(server.mails) == 1, "the mail of the instance")
        self.assertIn("i-0a1b2c3d4e5f60006", self.subjects(server)[0])
        daemon.post(stack("2026-11-23T09:12:05Z", "CREATE_COMPLETE"))
        wait_for(lambda: len(server.mails) == 2, "the mail of the deployment")
        mail = server.mails[1]
        self.assertIn("Deployment of stack shop", str(mail.message["subject"]))
        plain = mail.part("plain")
        self.assertIn(f"{BUCKETS}  S3 bucket stable", plain)
        self.assertIn("already exists", plain)
        self.assertLess(plain.index("S3 bucket degraded"), plain.index("S3 bucket stable"))
        # The same again changes nothing; another one does.
        daemon.post(made[0])
        daemon.post(bucket(901, "2026-11-23T09:11:30Z"))
        wait_for(lambda: len(server.mails) == 3, "the mail of what was late")
        self.assertIn("More of the deployment of stack shop", self.subjects(server)[2])
        self.assertIn("1  S3 bucket stable", server.mails[2].part("plain"))
        # The next operation of the stack is another deployment.
        daemon.post(stack("2026-11-23T09:14:00Z", "UPDATE_IN_PROGRESS"))
        daemon.post(stack("2026-11-23T09:14:30Z", "UPDATE_COMPLETE"))
        wait_for(lambda: len(server.mails) == 4, "the mail of the second deployment")
        self.assertTrue(self.subjects(server)[3].startswith("Deployment of stack shop"))
        daemon.stop()
        self.assertEqual(len(server.mails), 4)


if __name__ == "__main__":
    unittest.main()
