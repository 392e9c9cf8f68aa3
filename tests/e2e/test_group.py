"""`group: {by: deployment}` over kills: each deployment is one message, and counts all that was
acknowledged, once."""

import json
import os
import random
import time
import unittest

from harness import ACCOUNT, REGION, ProgramTest, wait_for

STACKS = 5
BUCKETS = 40  # Of each.
KILLS_MIN = 6
SEED = int(os.environ.get("SEED", "1"))


def told(stack, kind, second, status, **more):
    """What CloudFormation says of a stack or of a resource in it."""
    arn = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{stack}/0a1b2c3d"
    return {
        "version": "0",
        "id": f"{stack}-{kind}-{second}-{status}-{more.get('physical-resource-id', '')}",
        "source": "aws.cloudformation",
        "detail-type": f"CloudFormation {kind} Status Change",
        "account": ACCOUNT,
        "region": REGION,
        "time": f"2026-11-23T09:{second // 60:02}:{second % 60:02}Z",
        "resources": [arn],
        "detail": {
            "stack-id": arn,
            "status-details": {"status": status, "status-reason": ""},
            **more,
        },
    }


def bucket(stack, number):
    return told(
        stack,
        "Resource",
        60 + number,
        "CREATE_COMPLETE",
        **{
            "logical-resource-id": f"Bucket{number}",
            "physical-resource-id": f"{stack}-bucket-{number}",
            "resource-type": "AWS::S3::Bucket",
        },
    )


class GroupOverKills(ProgramTest):
    def messages(self, hook):
        """By id; what is sent again is the same."""
        found = {}
        for request in hook.accepted("/hook"):
            message = json.loads(request.body)
            if message["type"] != "statewire.group.v1":
                self.fail(f"told alone: {message}")
            counts = {key: message["data"][key] for key in ("group", "deployment")}
            self.assertEqual(found.setdefault(message["id"], (message, counts))[1], counts)
        return [message for message, _ in found.values()]

    def held(self, daemon):
        rows = json.loads(daemon.run("held", "-o", "json").stdout)
        return rows["held"] if isinstance(rows, dict) else rows

    def test_each_deployment_is_one_message_that_counts_all(self):
        draw = random.Random(SEED)
        print(f"SEED={SEED}")
        hook = self.receiver()
        daemon = self.daemon(
            "subscriptions:\n"
            "  deployments:\n"
            "    from: earliest\n"
            "    group: {by: deployment, quiet: 2s, at_most: 10m}\n"
            f'    sink: {{kind: webhook, url: "{hook.url("/hook")}", timeout: 5s}}\n'
        )
        daemon.start()
        stacks = [f"shop-{number}" for number in range(STACKS)]
        daemon.post(*[told(stack, "Stack", 10, "CREATE_IN_PROGRESS") for stack in stacks])
        members = [bucket(stack, number) for stack in stacks for number in range(BUCKETS)]
        draw.shuffle(members)
        kills = 0
        while members:
            count = draw.choice([1, 3, 10])
            daemon.post(*members[:count])
            del members[:count]
            if draw.random() < 0.15 or (not members and kills < KILLS_MIN):
                # Right after a commit, or when groups have been written.
                time.sleep(draw.choice([0, 0.3, 1.2]))
                daemon.kill()
                daemon.start()
                kills += 1
        for stack in stacks:
            daemon.post(told(stack, "Stack", 200, "CREATE_COMPLETE"))
            if draw.random() < 0.5:
                daemon.kill()
                daemon.start()

        def firsts():
            return [each for each in self.messages(hook) if "causationid" not in each]

        wait_for(lambda: len(firsts()) == STACKS, "a message of each deployment")
        daemon.kill()
        daemon.start()
        # What was told stays for what comes late.
        wait_for(lambda: all("nothing yet" in each["what"] for each in self.held(daemon)), "all")
        daemon.stop()
        messages = self.messages(hook)
        self.assertEqual(
            sorted(each["data"]["deployment"]["stack"] for each in firsts()), sorted(stacks)
        )
        for stack in stacks:
            of_it = [each for each in messages if each["data"]["deployment"]["stack"] == stack]
            self.assertLessEqual(len(of_it), 2, stack)
            changed = sum(each["data"]["deployment"]["changed"] for each in of_it)
            self.assertEqual(changed, BUCKETS, stack)


if __name__ == "__main__":
    unittest.main()
