"""Was it code? A real daemon, a state and its code on disk, and the calls of several people."""

import base64
import email.utils
import hashlib
import http.server
import json
import os
import pathlib
import shutil
import socket
import threading
import time
import unittest

from harness import SIGHUP, ProgramTest, instance_arn, instance_event, wait_for

ACCOUNT = "123456789012"
CONFIG = """
inventory:
  shop: {{kind: terraform, state: "{folder}/shop.tfstate", code: "{folder}/code", every: 1s, grace: 1s}}
subscriptions:
  drift:
    when: {{drift: [out_of_band, unmanaged, lost]}}
    sink: {{kind: file, path: drift.jsonl}}
  all: {{sink: {{kind: file, path: all.jsonl}}}}
"""
CODE = '''# What the shop is made of.
resource "aws_s3_bucket" "logs" {
  bucket = "logs"
}

resource "aws_s3_bucket_policy" "logs" {
  bucket = aws_s3_bucket.logs.id
}

module "web" {
  source = "./web"
}
'''
MODULE = '''resource "aws_sqs_queue" "jobs" {
  name = "jobs"
}
'''


def managed(kind, name, attributes, module=None):
    resource = {
        "mode": "managed",
        "type": kind,
        "name": name,
        "provider": 'provider["registry.terraform.io/hashicorp/aws"]',
        "instances": [{"attributes": attributes}],
    }
    return resource | ({"module": module} if module else {})


BUCKET = managed("aws_s3_bucket", "logs", {"arn": "arn:aws:s3:::logs", "bucket": "logs"})
POLICY = managed("aws_s3_bucket_policy", "logs", {"bucket": "logs", "policy": "secret-policy"})
QUEUE = managed("aws_sqs_queue", "jobs",
                {"arn": f"arn:aws:sqs:eu-west-1:{ACCOUNT}:jobs"}, "module.web")


def call(name, source, request, when, user="bob", agent="console.amazonaws.com", event_id=None):
    identity = {"type": "IAMUser", "userName": user, "accountId": ACCOUNT,
                "arn": f"arn:aws:iam::{ACCOUNT}:user/{user}", "principalId": user}
    if user == "autoscaling":
        identity = {"type": "AWSService", "invokedBy": "autoscaling.amazonaws.com"}
        agent = "autoscaling.amazonaws.com"
    return {
        "eventVersion": "1.08", "userIdentity": identity, "eventTime": when,
        "eventSource": source, "eventName": name, "awsRegion": "eu-west-1",
        "sourceIPAddress": "203.0.113.17", "userAgent": agent, "requestParameters": request,
        "responseElements": None, "eventID": event_id or f"{name}-{user}-{when}",
        "readOnly": False, "eventType": "AwsApiCall", "recipientAccountId": ACCOUNT,
    }


def stamp(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))


class WasItCode(ProgramTest):
    def setUp(self):
        super().setUp()
        self.iac = pathlib.Path(self.folder) / "iac"
        (self.iac / "code" / "web").mkdir(parents=True)
        (self.iac / "code" / "main.tf").write_text(CODE)
        (self.iac / "code" / "web" / "queue.tf").write_text(MODULE)
        self.write_state(BUCKET, POLICY, QUEUE, written=-3600)
        self.program = self.daemon(CONFIG.format(folder=self.iac)).start()
        wait_for(lambda: len(self.owned()) == 2, "what the state declares")

    def write_state(self, *resources, written=0):
        path = self.iac / "shop.tfstate"
        path.write_text(json.dumps({"version": 4, "serial": 1, "resources": list(resources)}))
        os.utime(path, (time.time() + written, time.time() + written))

    def resources(self, *arguments):
        done = self.program.run("resources", *arguments, "--output", "json")
        return {each["id"]: each for each in json.loads(done.stdout or "[]")}

    def owned(self):
        return self.resources("--owner", "shop")

    def drift_of(self, resource):
        return self.resources().get(resource, {}).get("drift")

    def told(self, name="drift"):
        path = pathlib.Path(self.program.folder) / f"{name}.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def put_policy(self, when, **who):
        self.program.post(call("PutBucketPolicy", "s3.amazonaws.com",
                               {"bucketName": "logs", "bucketPolicy": {}}, when, **who))

    def test_owner_has_file_and_line(self):
        owner = self.owned()["arn:aws:s3:::logs"]["owner"]
        self.assertEqual((owner["tool"], owner["inventory"], owner["address"]),
                         ("terraform", "shop", "aws_s3_bucket.logs"))
        self.assertEqual((owner["file"], owner["line"]), ("main.tf", 2))
        queue = self.owned()[f"arn:aws:sqs:eu-west-1:{ACCOUNT}:jobs"]["owner"]
        self.assertEqual((queue["address"], queue["file"], queue["line"]),
                         ("module.web.aws_sqs_queue.jobs", "web/queue.tf", 1))

    def test_a_hand_change_is_out_of_band_until_the_tool_runs(self):
        self.put_policy(stamp(-60))
        wait_for(lambda: self.told(), "the drift")
        (told,) = self.told()
        self.assertEqual(told["data"]["drift"], "out_of_band")
        self.assertEqual(told["data"]["owner"]["part"], "aws_s3_bucket_policy.logs")
        self.assertEqual((told["data"]["owner"]["file"], told["data"]["owner"]["line"]),
                         ("main.tf", 6))
        self.assertEqual(told["severitytext"], "WARN")
        self.assertIn("main.tf:6", told["data"]["message"])
        shown = self.program.run("resources", "--drift", "out_of_band").stdout
        self.assertIn("PutBucketPolicy by bob", shown)
        self.assertIn("out of band", self.program.run("timeline", "logs").stdout)
        self.assertEqual(self.program.run("inventory", "--check").returncode, 1)
        # A run that found nothing to do at the bucket writes the state.
        self.write_state(BUCKET, POLICY, QUEUE)
        wait_for(lambda: self.drift_of("arn:aws:s3:::logs") == "none", "the end of the drift")
        wait_for(lambda: any("again" in each["data"]["message"] for each in self.told("all")),
                 "a notification that says so")
        self.assertEqual(self.program.run("inventory", "--check").returncode, 0)

    def test_its_tool_and_autoscaling_are_no_drift(self):
        self.put_policy(stamp(-50), user="ci", agent="HashiCorp Terraform/1.9.0 terraform-provider-aws/5")
        self.put_policy(stamp(-40), user="autoscaling")
        self.assertEqual(self.drift_of("arn:aws:s3:::logs"), "none")
        self.put_policy(stamp(-30), user="carol", agent="aws-cli/2.1")
        self.assertEqual(self.drift_of("arn:aws:s3:::logs"), "out_of_band")
        self.put_policy(stamp(-20), user="ci", agent="HashiCorp Terraform/1.9.0")
        self.assertEqual(self.drift_of("arn:aws:s3:::logs"), "none")

    def test_a_change_before_the_tool_last_ran_is_none(self):
        before = self.journal()
        self.put_policy(stamp(-7200))
        wait_for(lambda: self.journal() > before, "the change in the journal")
        wait_for(lambda: any("PutBucketPolicy" in json.dumps(each) for each in self.told("all")),
                 "its notification")
        self.assertEqual(self.drift_of("arn:aws:s3:::logs"), "none")
        self.assertEqual(self.told(), [])

    def test_a_change_that_comes_late_was_ended_by_the_run_after_it(self):
        self.write_state(BUCKET, POLICY, QUEUE)
        time.sleep(2)
        self.put_policy(stamp(-600))
        wait_for(lambda: self.told("all"), "its notification")
        wait_for(lambda: self.drift_of("arn:aws:s3:::logs") == "none", "the end of the drift")

    def test_an_instance_of_a_declared_group_has_its_owner(self):
        group = managed("aws_autoscaling_group", "web", {
            "name": "web", "arn": f"arn:aws:autoscaling:eu-west-1:{ACCOUNT}:autoScalingGroup:"
                                  "0a1b:autoScalingGroupName/web"})
        self.write_state(BUCKET, POLICY, QUEUE, group)
        wait_for(lambda: len(self.owned()) == 3, "the group")
        self.program.post(
            instance_event("i-1", "running", stamp(-60), "e-1"),
            instance_event("i-2", "running", stamp(-60), "e-2"),
            call("CreateTags", "ec2.amazonaws.com",
                 {"resourcesSet": {"items": [{"resourceId": "i-1"}]},
                  "tagSet": {"items": [{"key": "aws:autoscaling:groupName", "value": "web"}]}},
                 stamp(-50), user="autoscaling"))
        wait_for(lambda: len(self.owned()) == 4, "its instance")
        wait_for(lambda: self.drift_of(instance_arn("i-2")) == "unmanaged", "the other one")
        child = self.resources()[instance_arn("i-1")]
        self.assertEqual(child["drift"], "none")
        self.assertEqual(child["owner"]["address"], "aws_autoscaling_group.web")
        self.assertIn("AutoScalingGroup:web", child["owner"]["via"])
        self.assertEqual(self.inventory()["children"], 1)
        # The group is taken out of the code.
        self.write_state(BUCKET, POLICY, QUEUE)
        wait_for(lambda: len(self.owned()) == 2, "no owner")

    def test_what_a_person_deletes_is_lost(self):
        self.program.post(call("DeleteBucket", "s3.amazonaws.com", {"bucketName": "logs"}, stamp(-60)))
        wait_for(lambda: self.told(), "what is lost")
        self.assertEqual(self.told()[0]["data"]["drift"], "lost")
        self.assertEqual(self.told()[0]["severitytext"], "ERROR")
        # The bucket's own place, and not that of its policy.
        owner = self.told()[0]["data"]["owner"]
        self.assertNotIn("part", owner)
        self.assertEqual((owner["address"], owner["file"], owner["line"]),
                         ("aws_s3_bucket.logs", "main.tf", 2))
        self.assertIn("main.tf:2", self.told()[0]["data"]["message"])

    def run_with(self, config):
        self.program.stop()
        self.program = self.daemon(config).start()

    def test_an_inventory_that_leaves_takes_its_owners_and_brings_the_verdicts_back_untold(self):
        config = CONFIG.format(folder=self.iac)
        by_hand = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:by-hand"
        self.put_policy(stamp(-60))
        self.program.post(call("CreateQueue", "sqs.amazonaws.com", {"queueName": "by-hand"},
                               stamp(-60)))
        wait_for(lambda: len(self.told()) == 2, "the drift, and what is unmanaged")
        before = self.told("all")
        self.run_with(config[config.index("subscriptions:"):])
        wait_for(lambda: not self.owned(), "no owner")
        wait_for(lambda: self.drift_of(by_hand) == "unknown", "nothing unmanaged")
        self.assertEqual(self.drift_of("arn:aws:s3:::logs"), "unknown")
        self.assertNotIn("touch", self.resources()["arn:aws:s3:::logs"])
        for name in ("shop", "store"):
            self.run_with(config.replace("shop:", f"{name}:"))
            wait_for(lambda: len(self.resources("--owner", name)) == 2, "what the state declares")
            wait_for(lambda: self.drift_of(by_hand) == "unmanaged", "what is unmanaged")
            self.assertEqual(self.drift_of("arn:aws:s3:::logs"), "out_of_band")
        self.assertEqual(self.told("all"), before)
        # Another place: what is not found there is not said to be declared no more.
        (self.iac / "other.tfstate").write_text(
            json.dumps({"version": 4, "serial": 1, "resources": [QUEUE]}))
        self.run_with(config.replace("shop:", "store:").replace("shop.tfstate", "other.tfstate"))
        wait_for(lambda: len(self.resources("--owner", "store")) == 1, "what the other declares")
        self.assertEqual(self.drift_of("arn:aws:s3:::logs"), "unknown")
        self.assertEqual(self.told("all"), before)

    def sums(self, name="shop"):
        sums = next(each for each in self.inventory()["inventories"] if each["name"] == name)
        parts = [sums[part] for part in ("matched", "not_seen", "ended", "lost")]
        self.assertEqual(sums["resources"], sum(parts), sums)
        return parts

    def test_the_sums_add_up_and_what_is_withheld_is_counted(self):
        self.assertEqual(self.sums(), [0, 2, 0, 0])
        self.program.post(call("CreateQueue", "sqs.amazonaws.com", {"queueName": "jobs"}, stamp(-90)))
        wait_for(lambda: self.sums() == [1, 1, 0, 0], "what is there")
        self.program.post(call("DeleteBucket", "s3.amazonaws.com", {"bucketName": "logs"}, stamp(-60)))
        wait_for(lambda: self.sums() == [1, 0, 0, 1], "what is lost")
        for words in (["inventory"], ["status"], ["timeline", "logs"]):
            self.assertNotIn("withheld", self.program.run(*words).stdout)
        config = CONFIG.format(folder=self.iac)
        self.run_with(config[config.index("subscriptions:"):])
        wait_for(lambda: self.inventory()["withheld"]["lost"] == 1, "a verdict that is withheld")
        shown = self.program.run("inventory").stdout
        self.assertIn("withheld, as no inventory that is configured reads their code: 1 lost", shown)
        self.assertIn(f"the first since {stamp(-60)[:10]}", shown)
        self.assertRegex(self.program.run("timeline", "logs").stdout,
                         rf"\nlost since {stamp(-60)[:10]}.*, withheld until an inventory")
        status = self.program.run("status")
        self.assertRegex(status.stdout, "withheld, .*: 1 lost, .*`statewire inventory` says more\n\nall is well\n$")
        self.assertEqual(status.returncode, 0)

    def test_what_cannot_be_read_is_not_well(self):
        self.assertEqual(self.program.run("inventory", "--check").returncode, 0)
        (self.iac / "shop.tfstate").unlink()
        wait_for(lambda: "trouble" in self.inventory()["inventories"][0], "the trouble")
        self.assertEqual(self.program.run("inventory", "--check").returncode, 1)

    def test_an_end_that_a_new_checkout_covers_up_is_counted(self):
        self.program.stop()
        shutil.rmtree(pathlib.Path(self.program.folder) / "store")
        config = CONFIG.format(folder=self.iac)
        self.program = self.daemon(config[config.index("subscriptions:"):]).start()
        self.put_policy(stamp(-90))
        self.program.post(call("DeleteBucket", "s3.amazonaws.com", {"bucketName": "logs"}, stamp(-60)))
        self.write_state(BUCKET, POLICY, QUEUE)  # Its file is of now.
        self.run_with(config)
        wait_for(lambda: self.sums() == [0, 1, 1, 0], "what has ended")
        shown = self.program.run("inventory").stdout
        self.assertIn("shop: 1 declared resource ended and not lost", shown)

    def test_code_that_is_away_leaves_file_and_line(self):
        before = self.journal()
        code = self.iac / "code"
        code.rename(self.iac / "away")
        code.mkdir()
        self.write_state(BUCKET, POLICY, QUEUE, written=-1800)
        wait_for(lambda: "code: " in self.inventory()["inventories"][0].get("trouble", ""),
                 "the trouble")
        self.program.stop()
        self.program.start()
        wait_for(lambda: "code: " in self.inventory()["inventories"][0].get("trouble", ""),
                 "the trouble once more")
        self.assertEqual(self.owned()["arn:aws:s3:::logs"]["owner"]["line"], 2)
        self.assertEqual(self.journal(), before)

    def test_what_no_code_declares_is_unmanaged_and_said_once(self):
        self.program.post(call("CreateQueue", "sqs.amazonaws.com", {"queueName": "by-hand"},
                               stamp(-60)))
        queue = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:by-hand"
        wait_for(lambda: self.drift_of(queue) == "unmanaged", "what is unmanaged")
        wait_for(lambda: self.told(), "its notification")
        time.sleep(3)
        self.assertEqual(len(self.told()), 1)

    def test_what_is_read_again_makes_no_event_and_restarts_change_nothing(self):
        before = self.journal()
        # What is of another provider shows that the state was read again.
        other = managed("google_storage_bucket", "logs", {"name": "logs"})
        other["provider"] = 'provider["registry.terraform.io/hashicorp/google"]'
        self.write_state(BUCKET, POLICY, QUEUE, other, written=-1800)
        wait_for(lambda: self.inventory()["inventories"][0]["of_other_providers"] == 1,
                 "the state read again")
        self.assertEqual(self.journal(), before)
        self.program.stop()
        self.program.start()
        time.sleep(2)
        self.assertEqual(self.journal(), before)

    def test_half_a_state_drops_nothing_and_what_is_taken_out_has_no_owner(self):
        path = self.iac / "shop.tfstate"
        whole = path.read_text()
        path.write_text(whole[: len(whole) // 2])
        wait_for(lambda: "trouble" in self.inventory()["inventories"][0], "the trouble")
        self.assertEqual(len(self.owned()), 2)
        status = self.program.run("status")
        self.assertEqual(status.returncode, 1)
        self.assertIn("inventory shop cannot be read whole", status.stdout + status.stderr)
        self.write_state(BUCKET, POLICY)
        wait_for(lambda: len(self.owned()) == 1, "what is declared no more")
        self.assertNotIn("trouble", self.inventory()["inventories"][0])

    def journal(self):
        return self.program.get("/api/v1/status")["journal"]["last_sequence"]

    def inventory(self):
        return self.program.get("/api/v1/inventory")

    def test_the_store_is_right_and_no_secret_is_in_it(self):
        self.put_policy(stamp(-60))
        self.assertEqual(self.inventory()["inventories"][0]["declares"], 3)
        self.program.stop()
        checked = self.program.run("store", "check")
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
        for path in pathlib.Path(self.program.folder).rglob("*"):
            if path.is_file() and self.iac not in path.parents:
                self.assertNotIn(b"secret-policy", path.read_bytes(), path)


class StateServer:
    """Keeps one state as Terraform's backend `http` has it, on a loopback port."""

    def __init__(self, has_etags=True):
        self.body = b""
        self.written = time.time() - 3600
        self.status = 200  # Other than that: what everybody is told.
        self.bodies_sent = 0
        self.asked = 0
        keeper = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                keeper.answer(self, has_etags)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/terraform/state/prod"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def write(self, serial, *resources):
        self.body = json.dumps({"version": 4, "serial": serial, "lineage": "3f1c",
                                "resources": list(resources)}).encode()
        self.written = time.time()

    def answer(self, request, has_etags):
        self.asked += 1
        wanted = "Basic " + base64.b64encode(b"reader:open sesame").decode()
        etag = '"' + hashlib.sha256(self.body).hexdigest() + '"'
        status, body = self.status, b""
        if request.headers.get("Authorization") != wanted:
            status = 401
        elif status == 200 and has_etags and request.headers.get("If-None-Match") == etag:
            status = 304
        elif status == 200:
            body = self.body
            self.bodies_sent += 1
        request.send_response(status)
        if has_etags and status in (200, 304):
            request.send_header("ETag", etag)
            request.send_header("Last-Modified", email.utils.formatdate(self.written, usegmt=True))
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class AStateBehindHttp(ProgramTest):
    BUCKET_ID = "arn:aws:s3:::logs"

    def serve(self, *resources, has_etags=True):
        server = StateServer(has_etags)
        self.addCleanup(server.close)
        server.write(1, *resources)
        server.written -= 60
        return server

    def config(self, password="open sesame", token="hush", servers=()):
        states = ", ".join(f'"{each.url}?token={token}"' for each in servers or [self.server])
        return f"""
inventory:
  shop: {{kind: terraform, state: [{states}], user: reader,
         password: "{password}", every: 1s, grace: 1h}}
subscriptions:
  all: {{sink: {{kind: file, path: all.jsonl}}}}
"""

    def begin(self, password="open sesame", has_etags=True):
        self.server = self.serve(BUCKET, QUEUE, has_etags=has_etags)
        self.program = self.daemon(self.config(password)).start()

    def inventory(self):
        return self.program.get("/api/v1/inventory")["inventories"][0]

    def change_by_hand(self):
        self.program.post(call("PutBucketPolicy", "s3.amazonaws.com",
                               {"bucketName": "logs", "bucketPolicy": {}}, stamp(0)))
        wait_for(lambda: self.drift() == "out_of_band", "the drift")

    def drift(self):
        return self.owned().get(self.BUCKET_ID, {}).get("drift")

    def owned(self):
        done = self.program.run("resources", "--owner", "shop", "--output", "json")
        return {each["id"]: each for each in json.loads(done.stdout or "[]")}

    def wait_for_looks(self, count):
        before = self.server.asked
        wait_for(lambda: self.server.asked >= before + count, "looks")

    def test_it_is_read_once_and_again_when_it_changes(self):
        self.begin()
        wait_for(lambda: len(self.owned()) == 2, "what the state declares")
        self.assertEqual(self.owned()["arn:aws:s3:::logs"]["owner"]["stack"], "prod")
        self.wait_for_looks(3)
        self.assertEqual(self.server.bodies_sent, 1)
        self.server.write(2, BUCKET)
        wait_for(lambda: len(self.owned()) == 1, "what is declared no more")
        self.wait_for_looks(2)
        self.assertEqual(self.server.bodies_sent, 2)

    def test_without_etags_it_is_told_by_what_it_says(self):
        self.begin(has_etags=False)
        wait_for(lambda: len(self.owned()) == 2, "what the state declares")
        before = self.program.get("/api/v1/status")["journal"]["last_sequence"]
        self.wait_for_looks(3)
        self.assertEqual(self.program.get("/api/v1/status")["journal"]["last_sequence"], before)
        self.server.write(2, BUCKET)
        wait_for(lambda: len(self.owned()) == 1, "what is declared no more")

    def test_what_is_locked_is_as_it_was_until_it_is_not(self):
        self.begin()
        wait_for(lambda: len(self.owned()) == 2, "what the state declares")
        self.server.status = 423
        self.server.write(2, BUCKET)
        wait_for(lambda: "locked" in self.inventory().get("trouble", ""), "the trouble")
        # A run of the tool: nothing is wrong, and what waits for it is said.
        status = self.program.run("status")
        self.assertEqual(status.returncode, 0, status.stdout)
        self.assertRegex(status.stdout, "inventory shop is not read whole: since .* nothing more in 123456789012 eu-west-1 "
                         "is called unmanaged")
        self.assertEqual(len(self.owned()), 2)
        self.server.status = 200
        wait_for(lambda: len(self.owned()) == 1, "what is declared no more")
        self.assertNotIn("trouble", self.inventory())

    def test_a_run_while_nobody_looked_ends_no_drift_and_the_next_run_does(self):
        self.begin(has_etags=False)
        wait_for(lambda: len(self.owned()) == 2, "what the state declares")
        self.program.stop()
        self.server.write(2, BUCKET, QUEUE)
        self.server.status = 503
        self.program.start()
        wait_for(lambda: "503" in self.inventory().get("trouble", ""), "the trouble")
        time.sleep(2)
        self.change_by_hand()
        time.sleep(1)
        self.server.status = 200
        wait_for(lambda: "trouble" not in self.inventory(), "the state read")
        self.wait_for_looks(3)
        self.assertEqual(self.drift(), "out_of_band")
        self.server.write(3, BUCKET, QUEUE)
        wait_for(lambda: self.drift() == "none", "the end of the drift")

    def test_a_state_that_is_away_is_taken_to_be_as_it_was(self):
        self.server = self.serve(BUCKET)
        servers = [self.serve(QUEUE), self.server]
        self.program = self.daemon(self.config(servers=servers)).start()
        wait_for(lambda: len(self.owned()) == 2, "what the states declare")
        self.change_by_hand()
        # A start knows no more of it.
        for status in (404, 204):
            self.server.status = status
            wait_for(lambda: "no state is there" in self.inventory().get("trouble", ""),
                     "the trouble")
            self.wait_for_looks(3)
            self.assertEqual(self.drift(), "out_of_band")
            self.program.stop()
            self.program.start()
        self.server.status = 200
        wait_for(lambda: "trouble" not in self.inventory(), "the state read")
        self.assertEqual(self.drift(), "out_of_band")

    def test_another_token_is_no_other_place(self):
        self.begin()
        wait_for(lambda: len(self.owned()) == 2, "what the state declares")
        self.change_by_hand()
        self.program.stop()
        self.server.write(2, QUEUE)
        self.program.write_config(self.config(token="quiet"))
        self.program.start()
        wait_for(lambda: len(self.owned()) == 1, "what is declared no more")
        told = pathlib.Path(self.program.folder) / "all.jsonl"
        wait_for(lambda: "no longer declared" in told.read_text(), "what says so")

    def test_who_is_refused_is_told_and_no_secret_is(self):
        self.begin(password="wrong sesame")
        wait_for(lambda: "401" in self.inventory().get("trouble", ""), "the trouble")
        self.assertEqual(self.inventory()["trouble"], f"{self.server.url}: http 401")
        status = self.program.run("status")
        shown = json.dumps(self.inventory()) + status.stdout + status.stderr
        shown += self.program.log_text()
        self.assertNotIn("sesame", shown)
        self.assertNotIn("hush", shown)
        self.assertEqual(self.owned(), {})


class Stalling:
    """Takes requests; answers nothing, or a byte a second, until it is closed."""

    def __init__(self, does_dribble):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}/state"
        self.does_dribble = does_dribble
        self.asked = 0
        self.is_closed = threading.Event()
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while not self.is_closed.is_set():
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.stall, args=(connection,), daemon=True).start()

    def stall(self, connection):
        with connection:
            if not connection.recv(10000):
                return
            self.asked += 1
            if self.does_dribble:
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n{")
            while not self.is_closed.wait(1):
                if self.does_dribble:
                    connection.sendall(b" ")

    def close(self):
        self.is_closed.set()
        self.listener.close()


class AStateThatStalls(ProgramTest):
    def stalling(self, does_dribble):
        server = Stalling(does_dribble)
        self.addCleanup(server.close)
        return server

    def owned(self, owner):
        done = self.program.run("resources", "--owner", owner, "--output", "json")
        return [each["owner"]["address"] for each in json.loads(done.stdout or "[]")]

    def inventory(self, name):
        every = self.program.get("/api/v1/inventory")["inventories"]
        return next(each for each in every if each["name"] == name)

    def write(self, *resources):
        path = pathlib.Path(self.folder) / "shop.tfstate"
        path.write_text(json.dumps({"version": 4, "serial": 1, "resources": list(resources)}))

    def test_it_holds_up_no_other_and_is_named_until_it_fails(self):
        stalling = [self.stalling(False), self.stalling(True)]
        answering = StateServer(False)
        self.addCleanup(answering.close)
        answering.write(1, QUEUE)
        self.write(BUCKET)
        urls = ", ".join(f'"{each.url}?token=hush"' for each in [*stalling, answering])
        self.program = self.daemon(f"""
inventory:
  slow: {{kind: terraform, state: [{urls}], user: reader, password: open sesame, every: 1s}}
  shop: {{kind: terraform, state: "{self.folder}/shop.tfstate", every: 1s}}
subscriptions:
  all: {{sink: {{kind: file, path: all.jsonl}}}}
""").start()
        wait_for(lambda: all(each.asked for each in stalling), "requests to those that stall")
        # The other inventory is read at its interval.
        wait_for(lambda: self.owned("shop") == ["aws_s3_bucket.logs"], "the other", seconds=8)
        self.write(BUCKET | {"name": "moved"})
        wait_for(lambda: self.owned("shop") == ["aws_s3_bucket.moved"], "its change", seconds=8)
        # So is the state that answers, of the same inventory.
        wait_for(lambda: len(self.inventory("slow")["waits"]) == 2, "both that stall", seconds=20)
        waits = {each["place"]: each["since"] for each in self.inventory("slow")["waits"]}
        self.assertEqual(set(waits), {each.url for each in stalling})
        wait_for(lambda: self.owned("slow") == ["module.web.aws_sqs_queue.jobs"], "the third state")
        asked = answering.asked
        wait_for(lambda: answering.asked > asked + 1, "looks at the third state", seconds=8)
        self.assertEqual([each.asked for each in stalling], [1, 1])
        # Whoever asks is told.
        for server in stalling:
            self.assertIn(f"inventory slow waits for {server.url}, which has not answered since",
                          self.program.run("status").stdout)
            self.assertIn(f"slow: {server.url} has not answered since",
                          self.program.run("inventory").stdout)
            self.assertIn(f'{{inventory="slow",place="{server.url}"}}',
                          self.program.request("GET", "/metrics").body.decode())
            self.assertIn(server.url, self.program.log_text())
        self.assertIn("has not answered since", self.inventory("slow")["trouble"])
        self.assertNotIn("hush", self.program.log_text())
        # Then it fails.
        for server in stalling:
            server.close()
        wait_for(lambda: not self.inventory("slow")["waits"], "the end of both waits")
        wait_for(lambda: stalling[1].url in self.inventory("slow").get("trouble", ""), "the failure")
        self.assertNotIn("has not answered", self.inventory("slow")["trouble"])
        self.assertEqual(self.program.stop(), 0)


class AServiceThatNeverAnswers(ProgramTest):
    """Whoever stops or reloads does not wait for it."""

    INVENTORIES = {
        "S3": "{kind: terraform, state: s3://states/shop.tfstate, every: 1s}",
        "CloudFormation": "{kind: cloudformation, every: 1s}",
        "HTTP": "{kind: terraform, state: 'http://127.0.0.1:$SERVICE/state', every: 1s}",
    }

    def hanging(self, inventory):
        service = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(service.close)
        service.settimeout(20)
        inventory = inventory.replace("$SERVICE", str(service.getsockname()[1]))
        config = "inventory:\n  shop: " + inventory + """
subscriptions:
  one: {sink: {kind: file, path: one.jsonl}}
"""
        environment = {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{service.getsockname()[1]}",
                       "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret",
                       "AWS_REGION": "eu-west-1", "AWS_CONFIG_FILE": os.devnull,
                       "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
        program = self.daemon(config, environment=environment).start()
        asked, _ = service.accept()
        self.addCleanup(asked.close)
        self.assertTrue(asked.recv(10))
        return program, config

    def test_a_stop_waits_for_none(self):
        for name, inventory in self.INVENTORIES.items():
            with self.subTest(name):
                program, _ = self.hanging(inventory)
                begun = time.monotonic()
                self.assertEqual(program.stop(), 0)
                self.assertLess(time.monotonic() - begun, 3)

    def test_a_reload_waits_for_none(self):
        for name, inventory in self.INVENTORIES.items():
            with self.subTest(name):
                program, config = self.hanging(inventory)
                program.write_config(config.replace("one", "another"))
                begun = time.monotonic()
                program.signal(SIGHUP)
                wait_for(lambda: "another" in json.dumps(program.get("/api/v1/status")),
                         "the other subscription")
                self.assertLess(time.monotonic() - begun, 3)
                program.stop()


if __name__ == "__main__":
    unittest.main()
