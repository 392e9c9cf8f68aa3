"""States of Terraform in a bucket: read when they change, and only those that did."""

import json
import time
import unittest

from cloud import ACCOUNT, KEYS, REGION, CloudTest, Harm
from harness import wait_for

CONFIG = """
inventory:
  shop: {kind: terraform, state: "s3://states/prod/*.tfstate", every: 1s}
subscriptions:
  drift:
    when: {drift: [out_of_band, unmanaged, lost]}
    sink: {kind: file, path: drift.jsonl}
"""


REFUSED = Harm(403, b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>")


def state(*queues):
    return json.dumps({"version": 4, "serial": 1, "resources": [
        {"mode": "managed", "type": "aws_sqs_queue", "name": name,
         "provider": 'provider["registry.terraform.io/hashicorp/aws"]',
         "instances": [{"attributes": {"arn": arn(name), "policy": "secret-policy"}}]}
        for name in queues]})


def arn(queue):
    return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}"


def set_attributes(queue, user, agent):
    when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 5))
    return {
        "eventVersion": "1.08", "eventTime": when, "eventSource": "sqs.amazonaws.com",
        "userIdentity": {"type": "IAMUser", "userName": user, "accountId": ACCOUNT,
                         "arn": f"arn:aws:iam::{ACCOUNT}:user/{user}", "principalId": user},
        "eventName": "SetQueueAttributes", "awsRegion": REGION, "sourceIPAddress": "203.0.113.17",
        "userAgent": agent, "responseElements": None, "eventID": f"{queue}-{user}",
        "requestParameters": {"queueUrl": f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{queue}",
                              "attributes": {"DelaySeconds": "7"}},
        "readOnly": False, "eventType": "AwsApiCall", "recipientAccountId": ACCOUNT,
    }


class StatesInS3(CloudTest):
    def setUp(self):
        super().setUp()
        self.s3 = self.moto.client("s3")
        self.s3.create_bucket(Bucket="states",
                              CreateBucketConfiguration={"LocationConstraint": REGION})
        self.put("prod/network.tfstate", state("net"))
        self.put("prod/shop.tfstate", state("jobs"))
        self.put("prod/deeper/other.tfstate", state("deep"))
        self.put("test/network.tfstate", state("test"))
        self.through = self.proxy()
        self.program = self.cloud_daemon(CONFIG, self.through).start()
        wait_for(lambda: self.owned() == {arn("net"), arn("jobs")}, "what the states declare")

    def put(self, key, text):
        self.s3.put_object(Bucket="states", Key=key, Body=text.encode())

    def owned(self):
        done = self.program.run("resources", "--owner", "shop", "--output", "json")
        return {each["id"] for each in json.loads(done.stdout or "[]")}

    def fetched(self, key):
        return self.through.requests.count(f"GET /states/{key}")

    def looks(self):
        return sum(each.startswith("GET /states") and "tfstate" not in each
                   for each in self.through.requests)

    def test_only_what_changed_is_fetched_again(self):
        before = self.looks()
        wait_for(lambda: self.looks() >= before + 3, "three more looks")
        self.assertEqual(self.fetched("prod/network.tfstate"), 1)
        self.put("prod/shop.tfstate", state("jobs", "mails"))
        wait_for(lambda: arn("mails") in self.owned(), "what was added")
        self.assertEqual(self.fetched("prod/shop.tfstate"), 2)
        self.assertEqual(self.fetched("prod/network.tfstate"), 1)
        self.assertEqual(self.fetched("test/network.tfstate"), 0)
        self.s3.delete_object(Bucket="states", Key="prod/network.tfstate")
        wait_for(lambda: self.owned() == {arn("jobs"), arn("mails")}, "what is declared no more")

    def test_a_hand_change_is_out_of_band_with_state_and_address(self):
        self.program.post(set_attributes("jobs", "bob", "console.amazonaws.com"))
        drift = self.program.folder / "drift.jsonl"
        wait_for(lambda: drift.exists() and drift.read_text(), "the drift")
        told = json.loads(drift.read_text().splitlines()[0])["data"]
        self.assertEqual(told["drift"], "out_of_band")
        self.assertEqual((told["owner"]["stack"], told["owner"]["address"]),
                         ("shop", "aws_sqs_queue.jobs"))

    def test_a_bucket_that_refuses_drops_nothing_and_is_told(self):
        self.through.judge = lambda request: REFUSED if "/states" in request.path else None
        trouble = lambda: self.program.get("/api/v1/inventory")["inventories"][0].get("trouble", "")
        wait_for(lambda: "AccessDenied" in trouble(), "the trouble")
        self.assertEqual(self.owned(), {arn("net"), arn("jobs")})
        self.through.judge = lambda request: None
        wait_for(lambda: not trouble(), "its end")
        self.assertEqual(self.fetched("prod/network.tfstate"), 1)

    def test_the_doctor_reads_it(self):
        done = self.program.run("doctor")
        self.assertIn("2 declared in 2 states", done.stdout)

    def test_no_secret_is_kept_or_logged(self):
        self.program.stop()
        for path in self.folder.rglob("*"):
            if path.is_file():
                held = path.read_bytes()
                for secret in (b"secret-policy", KEYS["AWS_SECRET_ACCESS_KEY"].encode()):
                    self.assertNotIn(secret, held, path)


if __name__ == "__main__":
    unittest.main()
