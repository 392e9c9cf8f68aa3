"""Stacks of CloudFormation, read by its API: who declares what, and what is no longer as declared."""

import json
import pathlib
import sys
import time
import unittest

from cloud import ACCOUNT, KEYS, REGION, CloudTest, Harm
from harness import wait_for

CONFIG = """
inventory:
  stacks: {kind: cloudformation, every: 1s, code: templates%s}
subscriptions:
  all:
    when: {owner: {inventory: [stacks]}}
    sink: {kind: file, path: told.jsonl}
"""

TEMPLATE = """Resources:
  Jobs:
    Type: AWS::SQS::Queue
    Properties: {QueueName: jobs}
  Logs:
    Type: AWS::S3::Bucket
    Properties: {BucketName: logs}
  LogsPolicy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Logs
      PolicyDocument: {Version: "2012-10-17", Statement: []}
  Web:
    Type: AWS::EC2::Instance
    Properties: {ImageId: ami-12c6146b}
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties: {GroupDescription: web}
  GroupIn:
    Type: AWS::EC2::SecurityGroupIngress
    Properties: {GroupId: !GetAtt Group.GroupId, IpProtocol: tcp, FromPort: 1, ToPort: 2,
                 CidrIp: 192.0.2.0/24}
"""

MORE = """  Mails:
    Type: AWS::SQS::Queue
    Properties: {QueueName: mails}
"""

# moto knows no policies of buckets, and leaves their names out.
NAMELESS = b"<LogicalResourceId/><PhysicalResourceId/><ResourceType/>"
POLICY = (b"<LogicalResourceId>LogsPolicy</LogicalResourceId><PhysicalResourceId>logs"
          b"</PhysicalResourceId><ResourceType>AWS::S3::BucketPolicy</ResourceType>")
DENIED = Harm(403, b"<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code>"
                   b"<Message>not you</Message></Error></ErrorResponse>")
BY_CLOUDFORMATION = "cloudformation.amazonaws.com"


def named(answer):
    return answer.replace(NAMELESS, POLICY)


def queue_arn(name, account=ACCOUNT):
    return f"arn:aws:sqs:{REGION}:{account}:{name}"


def call(service, name, request, agent="console.amazonaws.com", seconds=5):
    when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))
    record = {
        "eventVersion": "1.08", "eventTime": when, "eventSource": f"{service}.amazonaws.com",
        "userIdentity": {"type": "IAMUser", "userName": "bob", "accountId": ACCOUNT,
                         "arn": f"arn:aws:iam::{ACCOUNT}:user/bob", "principalId": "bob"},
        "eventName": name, "awsRegion": REGION, "sourceIPAddress": "203.0.113.17",
        "userAgent": agent, "responseElements": None, "requestParameters": request,
        "eventID": f"{name}-{agent}-{when}-{json.dumps(request)}", "readOnly": False,
        "eventType": "AwsApiCall", "recipientAccountId": ACCOUNT,
    }
    if agent == BY_CLOUDFORMATION:
        record["sourceIPAddress"] = agent
        record["userIdentity"]["invokedBy"] = agent
    return record


class Stacks(CloudTest):
    more_keys = ""

    def setUp(self):
        super().setUp()
        self.stacks = self.moto.client("cloudformation")
        self.stacks.create_stack(StackName="shop", TemplateBody=TEMPLATE)
        (self.folder / "templates").mkdir()
        self.write("templates/shop.yaml", "# The shop.\n" + TEMPLATE)
        self.through = self.proxy(self.judge)
        self.refusal = None
        self.program = self.cloud_daemon(CONFIG % self.more_keys, self.through).start()
        wait_for(lambda: queue_arn("jobs") in self.owned(), "what the stack declares")
        self.told_path = self.program.folder / "told.jsonl"

    def judge(self, request):
        if request.operation == "ListStackResources":
            return self.refusal or Harm(change=named)
        return self.refusal

    def owned(self):
        done = self.program.run("resources", "--owner", "stacks", "--output", "json")
        return {each["id"] for each in json.loads(done.stdout or "[]")}

    def inventory(self):
        return self.program.get("/api/v1/inventory")["inventories"][0]

    def told(self, resource, drift):
        """The data of the first notification that says so."""
        def found():
            text = self.told_path.read_text() if self.told_path.exists() else ""
            return [each for each in map(json.loads, text.splitlines())
                    if each["subject"] == resource and each["data"].get("drift") == drift]
        wait_for(found, f"{resource} told to be {drift}")
        return found()[0]["data"]

    def physical(self, logical_id):
        members = self.stacks.list_stack_resources(StackName="shop")["StackResourceSummaries"]
        (found,) = [each for each in members if each.get("LogicalResourceId") == logical_id]
        return found["PhysicalResourceId"]

    def set_queue(self, agent, seconds):
        url = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/jobs"
        self.program.post(call("sqs", "SetQueueAttributes",
                               {"queueUrl": url, "attributes": {"DelaySeconds": "7"}}, agent,
                               seconds))


class OwnStacks(Stacks):
    def test_what_a_stack_declares_has_an_owner_with_file_and_line(self):
        instance = f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/{self.physical('Web')}"
        group = f"arn:aws:ec2:{REGION}:{ACCOUNT}:security-group/{self.physical('Group')}"
        self.assertEqual(self.owned(), {queue_arn("jobs"), "arn:aws:s3:::logs", instance, group})
        found = json.loads(
            self.program.run("resources", "--owner", "shop", "--output", "json").stdout)
        owner = {each["id"]: each["owner"] for each in found}[queue_arn("jobs")]
        self.assertEqual(
            {name: owner.get(name) for name in ("tool", "stack", "address", "file", "line")},
            {"tool": "cloudformation", "stack": "shop", "address": "Jobs", "file": "shop.yaml",
             "line": 3})
        # Looked at again, nothing is said again.
        looks = self.through.requests.count("ListStacks")
        wait_for(lambda: self.through.requests.count("ListStacks") > looks + 2, "more looks")
        self.assertEqual(self.through.requests.count("ListStackResources"), 1)
        rows = [each for each in self.program.get("/api/v1/ledger") if each["source"] == "stacks"]
        self.assertEqual(sum(each["received"] for each in rows), 4)
        self.assertEqual(self.inventory()["not_joined"], [])

    def test_a_hand_change_is_out_of_band_until_cloudformation_changes_it(self):
        self.set_queue("console.amazonaws.com", 5)
        told = self.told(queue_arn("jobs"), "out_of_band")
        owner = told["owner"]
        self.assertEqual((owner["address"], owner["file"], owner["line"]), ("Jobs", "shop.yaml", 3))
        self.set_queue(BY_CLOUDFORMATION, 9)
        self.assertEqual(self.told(queue_arn("jobs"), "none")["owner"]["stack"], "shop")

    def test_a_part_changed_by_hand_is_named_with_its_own_line(self):
        self.program.post(call("s3", "PutBucketPolicy", {"bucketName": "logs", "bucketPolicy": {}}))
        owner = self.told("arn:aws:s3:::logs", "out_of_band")["owner"]
        self.assertEqual(owner["part"], "LogsPolicy (AWS::S3::BucketPolicy)")
        self.assertEqual((owner["address"], owner["file"], owner["line"]), ("Logs", "shop.yaml", 9))

    def test_what_a_person_deletes_is_lost(self):
        url = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/jobs"
        self.program.post(call("sqs", "DeleteQueue", {"queueUrl": url}))
        self.assertEqual(self.told(queue_arn("jobs"), "lost")["owner"]["address"], "Jobs")

    def test_an_update_adds_and_takes_away(self):
        without_jobs = TEMPLATE.replace(TEMPLATE[TEMPLATE.index("  Jobs"):TEMPLATE.index("  Logs")],
                                        "")
        self.stacks.update_stack(StackName="shop", TemplateBody=without_jobs + MORE)
        wait_for(lambda: queue_arn("mails") in self.owned(), "what was added")
        wait_for(lambda: queue_arn("jobs") not in self.owned(), "what was taken away")
        self.stacks.delete_stack(StackName="shop")
        wait_for(lambda: not self.owned(), "the end of the stack")

    def test_a_refusal_drops_nothing_and_is_told(self):
        self.refusal = DENIED
        wait_for(lambda: "AccessDenied" in self.inventory().get("trouble", ""), "the trouble")
        self.assertIn(queue_arn("jobs"), self.owned())
        status = self.program.run("status").stdout
        self.assertIn("inventory stacks cannot be read whole", status)
        self.refusal = None
        wait_for(lambda: not self.inventory().get("trouble"), "its end")

    def test_doctor_metrics_and_timeline_know_it(self):
        self.assertIn("6 declared in 1 stack", self.program.run("doctor").stdout)
        metrics = self.program.request("GET", "/metrics").body.decode()
        self.assertIn('statewire_inventory_up{inventory="stacks"} 1', metrics)
        self.assertIn("Jobs", self.program.run("timeline", queue_arn("jobs")).stdout)

    def test_no_secret_is_kept_or_logged(self):
        self.program.stop()
        for path in self.folder.rglob("*"):
            if path.is_file():
                self.assertNotIn(KEYS["AWS_SECRET_ACCESS_KEY"].encode(), path.read_bytes(), path)


class StacksOfTwoRegions(CloudTest):
    AWAY = "us-east-1"

    def drift(self, region):
        found = self.program.get("/api/v1/resources")["resources"]
        queue = f"arn:aws:sqs:{region}:{ACCOUNT}:by-hand"
        return {each["id"]: each.get("drift") for each in found}.get(queue)

    def test_one_that_is_away_leaves_the_verdicts_of_the_other(self):
        for region in (REGION, self.AWAY):
            template = TEMPLATE[:TEMPLATE.index("  Logs")]
            self.moto.client("cloudformation", region).create_stack(
                StackName="shop", TemplateBody=template)
        is_away = True
        through = self.proxy(lambda request: DENIED if is_away and f"/{self.AWAY}/" in
                             request.headers.get("Authorization", "") else None)
        self.program = self.cloud_daemon(
            "inventory:\n  stacks: {kind: cloudformation, every: 1s, grace: 1s,\n"
            f"    accounts: ['{ACCOUNT}'], regions: [{REGION}, {self.AWAY}]}}\n", through).start()
        for region in (REGION, self.AWAY):
            record = call("sqs", "CreateQueue", {"queueName": "by-hand"}, seconds=-60)
            self.program.post(record | {"awsRegion": region, "eventID": f"made-{region}"})
        wait_for(lambda: self.drift(REGION) == "unmanaged", "the verdict of the other")
        self.assertEqual(self.drift(self.AWAY), "unknown")
        withheld = f"nothing more in {ACCOUNT} {self.AWAY} is called unmanaged"
        for words in (["status"], ["inventory"], ["doctor"]):
            self.assertIn(withheld, self.program.run(*words).stdout)
        (inventory,) = self.program.get("/api/v1/inventory")["inventories"]
        self.assertEqual([each["region"] for each in inventory["missing"]], [self.AWAY])
        # So it is after a new start.
        self.assertEqual(self.program.stop(), 0)
        self.program.start()
        wait_for(lambda: self.program.get("/api/v1/inventory")["inventories"][0].get("trouble"),
                 "the trouble")
        lists = through.requests.count("ListStacks")
        wait_for(lambda: through.requests.count("ListStacks") > lists + 4, "more looks")
        self.assertEqual((self.drift(REGION), self.drift(self.AWAY)), ("unmanaged", "unknown"))
        is_away = False
        wait_for(lambda: self.drift(self.AWAY) == "unmanaged", "the verdict once it is read")
        self.assertNotIn(withheld, self.program.run("status").stdout)


class StacksOfSeveralAccounts(CloudTest):
    # Each role's account is one of its own.
    moto_program = ["env", "-u", "MOTO_ACCOUNT_ID",
                    pathlib.Path(sys.executable).parent / "moto_server"]

    def test_each_is_read_by_its_role(self):
        other = "210987654321"
        for account, name in ((ACCOUNT, "here"), (other, "there")):
            template = {"Resources": {"Jobs": {"Type": "AWS::SQS::Queue",
                                               "Properties": {"QueueName": name}}}}
            self.moto.client("cloudformation", account=account).create_stack(
                StackName="shop", TemplateBody=json.dumps(template))
        through = self.proxy()
        program = self.cloud_daemon(
            f"inventory:\n  stacks: {{kind: cloudformation, every: 1s, regions: [{REGION}],\n"
            f"    accounts: ['{ACCOUNT}', '{other}'], role: 'arn:aws:iam::*:role/reader'}}\n",
            through).start()
        owned = lambda: {each["id"]: each["owner"]["stack"] for each in json.loads(program.run(
            "resources", "--owner", "stacks", "--output", "json").stdout or "[]")}
        wait_for(lambda: owned() == {
            queue_arn("here"): f"{ACCOUNT}/{REGION}/shop",
            queue_arn("there", other): f"{other}/{REGION}/shop"}, "stacks of both accounts")
        self.assertEqual(through.requests.count("AssumeRole"), 2)


if __name__ == "__main__":
    unittest.main()
