"""`statewire doctor --aws`: the way of events into a queue, each part of it well, and then not."""

import datetime
import json
import sys
import unittest

import yaml

from cloud import ACCOUNT, REGION, CloudTest, Harm
from harness import ROOT

OTHER = "222222222222"
GLOBAL_REGION = "us-east-1"    # Where IAM and other global services tell their events.
DENIED = Harm(status=400, body=b'{"__type":"AccessDeniedException","message":"not yours"}')


class DoctorOfEvents(CloudTest):
    # One that tells accounts apart.
    moto_program = [sys.executable, "-B", ROOT / "tests" / "deploy" / "moto_with_buses.py"]
    # As AWS has it for a new trail, and moto has not.
    ALL = [{"ReadWriteType": "All", "IncludeManagementEvents": True}]

    def setUp(self):
        super().setUp()
        self.trails = self.moto.client("cloudtrail")
        self.metrics = self.moto.client("cloudwatch")
        self.inbox = self.bus_to_queue()
        dead = self.queue("in-dead")
        self.assertTrue(dead)
        self.sqs.set_queue_attributes(
            QueueUrl=self.inbox,
            Attributes={
                "Policy": self.policy(f"arn:aws:events:{REGION}:{ACCOUNT}:rule/forward"),
                "RedrivePolicy": json.dumps(
                    {"deadLetterTargetArn": self.queue_arn("in-dead"), "maxReceiveCount": "100"}
                ),
            },
        )
        self.dead = dead
        self.moto.client("s3").create_bucket(
            Bucket="trails", CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        self.trails.create_trail(Name="all", S3BucketName="trails", IsMultiRegionTrail=True)
        self.trails.put_event_selectors(TrailName="all", EventSelectors=self.ALL)
        self.trails.start_logging(Name="all")
        self.measure("ApproximateAgeOfOldestMessage", 3)
        self.measure("NumberOfMessagesSent", 7)
        self.config = f"sources:\n  bus: {{kind: sqs, queue: {self.inbox}}}\n"

    def policy(self, rule):
        return json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "events.amazonaws.com"},
                        "Action": "sqs:SendMessage",
                        "Resource": self.queue_arn("in"),
                        "Condition": {"ArnLike": {"aws:SourceArn": rule}},
                    }
                ],
            }
        )

    def measure(self, name, value):
        self.metrics.put_metric_data(
            Namespace="AWS/SQS",
            MetricData=[
                {
                    "MetricName": name,
                    "Dimensions": [{"Name": "QueueName", "Value": "in"}],
                    "Value": value,
                    "Timestamp": datetime.datetime.now(datetime.timezone.utc)
                    - datetime.timedelta(minutes=2),
                }
            ],
        )

    def doctor(self, status, config="", proxy=None, options=()):
        daemon = self.cloud_daemon(self.config + config, proxy)
        done = daemon.run("doctor", "--aws", *options, seconds=120)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout

    def wrong(self, status=1, **more):
        """What is not well, with what to do: the lines of the report that say so."""
        lines = self.doctor(status, **more).splitlines()
        return "\n".join(
            line + "\n" + after.strip()
            for line, after in zip(lines, lines[1:])
            if line.startswith(("WRONG", "look")) and "source bus" in line + after
            or line.startswith(("WRONG", "look")) and ("trail" in line or "account" in line)
        )

    def test_all_is_well(self):
        text = self.doctor(0)
        for line in (
            r"well   source bus, rules +rule forward of bus default sends to it",
            r"well   source bus, policy +lets 1 rule send",
            r"well   source bus, dead letters +none in in-dead",
            r"well   source bus, age +the oldest message waits 3s",
            r"well   source bus, silence +7 messages were sent to it within a day",
            rf"well   trail of {REGION} +all logs management events",
        ):
            self.assertRegex(text, line)
        self.assertNotRegex(self.cloud_daemon(self.config).run("doctor").stdout, "rules|trail")

    def test_a_rule_that_is_disabled(self):
        self.events.disable_rule(Name="forward")
        self.assertIn(
            f"aws events enable-rule --name forward --event-bus-name default --region {REGION}",
            self.wrong(),
        )

    def test_no_rule(self):
        self.events.remove_targets(Rule="forward", Ids=["queue"])
        text = self.wrong()
        self.assertIn("no rule sends to it", text)
        self.assertIn(f"--targets Id=queue,Arn={self.queue_arn('in')}", text)

    def test_a_policy_that_does_not_let_the_rule_send_and_the_command_mends_it(self):
        other = self.policy(f"arn:aws:events:{REGION}:{ACCOUNT}:rule/other")
        self.sqs.set_queue_attributes(QueueUrl=self.inbox, Attributes={"Policy": other})
        text = self.wrong()
        self.assertIn("does not let forward send: events are lost", text)
        attributes = json.loads(text.split("--attributes '")[1].split("'")[0])
        self.sqs.set_queue_attributes(QueueUrl=self.inbox, Attributes=attributes)
        self.assertIn("lets 1 rule send", self.doctor(0))

    def test_messages_that_are_dead(self):
        self.sqs.send_message(QueueUrl=self.dead, MessageBody="x")
        text = self.wrong()
        self.assertIn("1 in in-dead", text)
        self.assertIn(f"start-message-move-task --source-arn {self.queue_arn('in-dead')}", text)

    def test_no_dead_letters(self):
        self.sqs.delete_queue(QueueUrl=self.dead)
        self.assertIn("its dead-letter queue in-dead is gone", self.wrong())
        self.sqs.delete_queue(QueueUrl=self.inbox)
        self.bus_to_queue()
        policy = self.policy(f"arn:aws:events:{REGION}:{ACCOUNT}:rule/forward")
        self.sqs.set_queue_attributes(QueueUrl=self.inbox, Attributes={"Policy": policy})
        self.assertIn("has no dead-letter queue", self.wrong(status=0))

    def test_what_waits_for_long_and_what_does_not_come(self):
        self.measure("ApproximateAgeOfOldestMessage", 1500)
        self.assertIn("the oldest message waits 25m", self.wrong())

    def test_a_trail_that_is_stopped(self):
        self.trails.stop_logging(Name="all")
        text = self.wrong()
        self.assertIn("trail all does not log", text)
        self.assertIn("aws cloudtrail start-logging --name arn:aws:cloudtrail:", text)

    def test_a_trail_that_only_reads(self):
        self.trails.put_event_selectors(
            TrailName="all",
            EventSelectors=[{"ReadWriteType": "ReadOnly", "IncludeManagementEvents": True}],
        )
        self.assertIn("aws cloudtrail put-event-selectors --trail-name", self.wrong())
        self.trails.put_event_selectors(
            TrailName="all",
            AdvancedEventSelectors=[
                {"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}
            ],
        )
        self.assertIn("all logs management events", self.doctor(0))

    def test_no_trail(self):
        self.trails.delete_trail(Name="all")
        text = self.wrong()
        self.assertIn(f"no trail in {REGION}", text)
        self.assertIn("aws cloudtrail create-trail --name statewire", text)

    def test_what_may_not_be_asked_is_said_with_what_to_allow(self):
        proxy = self.proxy(
            lambda request: DENIED
            if request.operation in ("ListEventBuses", "DescribeTrails") else None
        )
        # Nor is anything said of spokes, whose bus is not known then.
        config = f"accounts:\n  '{OTHER}': {{role: 'arn:aws:iam::{OTHER}:role/look'}}\n"
        text = self.wrong(status=0, config=config, proxy=proxy)
        self.assertIn("allow events:ListEventBuses", text)
        self.assertIn("allow cloudtrail:DescribeTrails", text)

    def allowed_to_spokes(self):
        template = yaml.safe_load((ROOT / "deploy/aws/spoke.yaml").read_text())
        policy = template["Resources"]["TagReader"]["Properties"]["Policies"][0]
        for statement in policy["PolicyDocument"]["Statement"]:
            actions = statement["Action"]
            yield from [actions] if isinstance(actions, str) else actions

    def make_hub(self):
        """A bus for spokes, beside the default one; its ARN."""
        bus = self.events.create_event_bus(Name="hub")["EventBusArn"]
        self.events.put_rule(Name="spokes", EventBusName="hub", EventPattern='{"source":["aws.ec2"]}')
        self.events.put_targets(
            Rule="spokes", EventBusName="hub",
            Targets=[{"Id": "queue", "Arn": self.queue_arn("in")}],
        )
        self.sqs.set_queue_attributes(
            QueueUrl=self.inbox,
            Attributes={"Policy": self.policy(f"arn:aws:events:{REGION}:{ACCOUNT}:rule/*")},
        )
        return bus

    def make_spoke(self, bus, account, region):
        spoke = self.moto.client("events", region, account)
        spoke.put_rule(Name="forward", EventPattern='{"source":["aws.ec2"]}')
        spoke.put_targets(Rule="forward", Targets=[{"Id": "hub", "Arn": bus}])

    def test_the_hubs_own_account_needs_a_spoke_in_other_regions_alone(self):
        bus = self.make_hub()
        config = f"accounts:\n  '{ACCOUNT}': {{role: 'arn:aws:iam::{ACCOUNT}:role/look'}}\n"
        text = self.wrong(config=config)
        self.assertNotIn(f"account {ACCOUNT}, {REGION}", text)
        self.assertIn(f"account {ACCOUNT}, {GLOBAL_REGION}", text)
        [advice] = [line for line in text.splitlines() if "spoke.yaml" in line]
        # The hub's stack may have any name that its documentation gives it.
        self.assertIn("--stack-name statewire-spoke ", advice)
        self.assertIn(f"--region {GLOBAL_REGION} --parameter-overrides HubBusArn={bus};", advice)
        self.make_spoke(bus, ACCOUNT, GLOBAL_REGION)
        self.assertIn(f"1 rule forward to {bus}", self.doctor(0, config))

    def test_one_account_alone_is_advised_a_spoke_for_global_services(self):
        bus = self.make_hub()
        text = self.doctor(0)
        self.assertRegex(text, f"look +{GLOBAL_REGION} of this account +no rule forwards what IAM")
        self.assertIn(f"--region {GLOBAL_REGION} --parameter-overrides HubBusArn={bus};", text)
        self.make_spoke(bus, ACCOUNT, GLOBAL_REGION)
        self.assertRegex(
            self.doctor(0), f"well +{GLOBAL_REGION} of this account +1 rule forward to {bus}")

    def test_regions_are_named_and_more_of_them_can_be_asked(self):
        bus = self.make_hub()
        self.make_spoke(bus, ACCOUNT, GLOBAL_REGION)
        text = self.doctor(0)
        self.assertRegex(text, f"- +other regions +looked at {REGION}, {GLOBAL_REGION};.*--region")
        self.assertNotIn("eu-north-1", text)
        asked = ("--region", "eu-north-1")
        text = self.doctor(1, options=asked)
        self.assertRegex(text, "WRONG +eu-north-1 of this account +no rule forwards its events")
        self.assertIn(f"--region eu-north-1 --parameter-overrides HubBusArn={bus};", text)
        self.make_spoke(bus, ACCOUNT, "eu-north-1")
        text = self.doctor(0, options=asked)
        self.assertRegex(text, f"well +eu-north-1 of this account +1 rule forward to {bus}")
        self.assertRegex(text, "well +trail of eu-north-1")
        config = f"accounts:\n  '{ACCOUNT}': {{role: 'arn:aws:iam::{ACCOUNT}:role/look'}}\n"
        self.assertRegex(self.doctor(0, config, options=asked), f"well +account {ACCOUNT}, eu-north-1")
        for wrong in (("--aws", "--region", "the north"), ("--region", "eu-north-1")):
            self.assertEqual(self.cloud_daemon(self.config).run("doctor", *wrong).returncode, 2)

    def test_another_account_is_asked_in_its_role(self):
        bus = self.make_hub()
        config = f"accounts:\n  '{OTHER}': {{role: 'arn:aws:iam::{OTHER}:role/look'}}\n"
        text = self.wrong(config=config)
        self.assertIn(f"account {OTHER}, {REGION}", text)
        self.assertIn(f"HubBusArn={bus}", text)
        self.assertIn(f"no trail in {REGION}", text)
        self.make_spoke(bus, OTHER, REGION)
        self.moto.client("s3", account=OTHER).create_bucket(
            Bucket="trails-2", CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        trails = self.moto.client("cloudtrail", account=OTHER)
        trails.create_trail(Name="own", S3BucketName="trails-2", IsMultiRegionTrail=True)
        trails.put_event_selectors(TrailName="own", EventSelectors=self.ALL)
        trails.start_logging(Name="own")
        text = self.wrong(config=config)
        self.assertNotIn(f"account {OTHER}, {REGION}", text)
        self.assertIn(f"account {OTHER}, {GLOBAL_REGION}", text)
        self.make_spoke(bus, OTHER, GLOBAL_REGION)
        asked = []
        proxy = self.proxy(lambda request: asked.append(request.operation))
        text = self.doctor(0, config, proxy)
        # What it asks there is what the role of a spoke allows, and no more.
        assumed = len(asked) - asked[::-1].index("AssumeRole")
        self.assertEqual(
            {each for each in asked[assumed:] if each} | {"GetResources"},
            {each.split(":")[1] for each in self.allowed_to_spokes()})
        self.assertIn(f"1 rule forward to {bus}", text)
        self.assertRegex(text, f"well   account {OTHER}, trail of {REGION} +own logs")


if __name__ == "__main__":
    unittest.main()
