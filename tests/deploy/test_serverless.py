"""The five situations, through functions: an instance is created, stopped and restarted, one is
created with a tag that says to ignore it, and all are terminated. The template makes rules, topics and
queues on moto; the functions are the package of `make lambda`, run in a root that holds it alone; and
a small poller takes messages from the real queues, as Lambda does."""

import base64
import datetime
import email
import email.policy
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest
import zipfile

import yaml

from deployed import (
    REGION, ROOT, DeployTest, actions_of, instance_arn, statewire_path, template_of, translated,
)
from functions import Function, record_of

BYTES_MAX = 20 << 20
COLD_START_MS_MAX = 100
START = datetime.datetime(2026, 11, 23, 9, 0, tzinfo=datetime.timezone.utc)
# What Lambda does with a function's role, before and after the function runs.
OF_LAMBDA = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes",
             "logs:CreateLogStream", "logs:PutLogEvents"}
ACTIONS = {
    "PublishBatch": {"sns:Publish"},
    "GetResources": {"tag:GetResources"},
    "GetCallerIdentity": set(),
    "POST /v2/email/outbound-emails": {"ses:SendEmail", "ses:SendRawEmail"},
}
MADE = pathlib.Path(tempfile.mkdtemp(prefix="statewire-lambda-"))
PACKAGE = MADE / "statewire-lambda.zip"


def setUpModule():
    unittest.addModuleCleanup(shutil.rmtree, MADE)
    subprocess.run(
        [ROOT / "tools" / "tarball", statewire_path(), PACKAGE],
        env=dict(os.environ, XZ_LEVEL="1"), check=True,
    )


def alone(root):
    if os.getuid() == 0:
        return ["chroot", str(root)]
    return ["unshare", "--map-root-user", "chroot", str(root)]


class Serverless(DeployTest):
    def setUp(self):
        super().setUp()
        self.told = 0
        self.subjects = []
        self.template = self.written_template()
        self.resources = yaml.safe_load(self.template)["Resources"]
        self.root = self.folder / "root"
        subprocess.run(
            ["python3", "-m", "zipfile", "-e", PACKAGE, self.root / "var" / "task"], check=True
        )
        for name in ("bootstrap", "lib/statewire", "lib/ld-linux-x86-64.so.2"):
            (self.root / "var" / "task" / name).chmod(0o755)  # Which zipfile forgets.

    def written_template(self):
        return template_of("--serverless")

    def make_stack(self):
        """Of the template, without what moto would start containers for. What it does not make is
        made here, as the template says."""
        self.moto.client("s3").create_bucket(
            Bucket="code", CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        self.moto.client("s3").put_object(Bucket="code", Key="statewire-lambda.zip", Body=b"PK")
        parts = yaml.safe_load(self.template)
        for name, resource in self.resources.items():
            if resource["Type"] == "AWS::Lambda::EventSourceMapping":
                del parts["Resources"][name]
        outputs = self.deploy(
            yaml.safe_dump(parts), CodeBucket="code", MailFrom="statewire@example.org",
            MailTo="ops@example.org",
        )
        stack = self.moto.client("cloudformation").describe_stack_resources(StackName="statewire")
        self.made = {
            each["LogicalResourceId"]: each["PhysicalResourceId"]
            for each in stack["StackResources"]
            if "LogicalResourceId" in each  # What moto does not make has none.
        }
        for resource in self.resources.values():
            if resource["Type"] == "AWS::SNS::Subscription" and "Condition" not in resource:
                self.subscribe(resource["Properties"])
        return outputs

    def subscribe(self, properties):
        attributes = {"RawMessageDelivery": str(properties["RawMessageDelivery"]).lower()}
        if "FilterPolicy" in properties:
            attributes["FilterPolicy"] = json.dumps(properties["FilterPolicy"])
        self.moto.client("sns").subscribe(
            TopicArn=self.made[properties["TopicArn"]["Ref"]],
            Protocol=properties["Protocol"],
            Endpoint=self.arn_of(self.made[properties["Endpoint"]["Fn::GetAtt"][0]]),
            Attributes=attributes,
        )

    def arn_of(self, queue_url):
        answer = self.sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["QueueArn"])
        return answer["Attributes"]["QueueArn"]

    def start(self, name):
        """A function of the stack, with the handler and the variables that it was made with."""
        made = self.moto.client("lambda").get_function_configuration(FunctionName=self.made[name])
        proxy = self.proxy(self.keep_mail)
        variables = made["Environment"]["Variables"]
        function = Function(
            made["Handler"],
            variables["STATEWIRE_CONFIG"],
            self.surroundings(
                AWS_ENDPOINT_URL=proxy.url, AWS_ACCESS_KEY_ID="AKIAIOSFODNN7EXAMPLE",
                AWS_SECRET_ACCESS_KEY="secret-of-tests", PATH=os.environ["PATH"], **variables,
            ),
            self.folder,
            command=[*alone(self.root), "/var/task/bootstrap"],
        )
        self.addCleanup(function.end)
        function.proxy = proxy
        return function

    def poll(self, mapping, function):
        """Hands one batch of a queue to its function, and deletes what did not fail."""
        properties = self.resources[mapping]["Properties"]
        self.assertEqual(properties["FunctionResponseTypes"], ["ReportBatchItemFailures"])
        queue = self.made[properties["EventSourceArn"]["Fn::GetAtt"][0]]
        messages = self.sqs.receive_message(
            QueueUrl=queue, MaxNumberOfMessages=properties["BatchSize"],
            MessageAttributeNames=["All"], AttributeNames=["All"],
        ).get("Messages", [])
        if not messages:
            return 0
        answer = function.invoke({"Records": [record_of(each) for each in messages]})
        self.assertEqual(answer.failed_messages(), [], function.log.read_text())
        for message in messages:
            self.sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        return len(messages)

    def create(self, tags):
        answer = self.moto.client("ec2").run_instances(
            ImageId="ami-12c6146b", MinCount=1, MaxCount=1,
            TagSpecifications=[{
                "ResourceType": "instance",
                "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
            }],
        )
        return answer["Instances"][0]["InstanceId"]

    def tell_states(self, instance, *states):
        for state in states:
            self.told += 1
            answer = self.events.put_events(Entries=[{
                "Source": "aws.ec2",
                "DetailType": "EC2 Instance State-change Notification",
                "Time": START + datetime.timedelta(seconds=self.told),
                "Resources": [instance_arn(instance)],
                "Detail": json.dumps({"instance-id": instance, "state": state}),
            }])
            self.assertEqual(answer["FailedEntryCount"], 0)

    def keep_mail(self, request):
        """Of what goes through a proxy. moto cannot show its mails once it has functions."""
        if request.operation == "POST /v2/email/outbound-emails":
            raw = base64.b64decode(json.loads(request.body)["Content"]["Raw"]["Data"])
            mail = email.message_from_bytes(raw, policy=email.policy.default)
            self.subjects.append(str(mail["subject"]))

    def test_five_situations(self):
        size = PACKAGE.stat().st_size
        self.assertLess(size, BYTES_MAX)
        self.assertIsNone(zipfile.ZipFile(PACKAGE).testzip())
        outputs = self.make_stack()
        self.moto.client("sesv2").create_email_identity(EmailIdentity="statewire@example.org")
        standardise, deliver = self.start("Standardise"), self.start("Deliver")
        # Other programs make the start longer by the clock; they do not make it more work.
        for function in (standardise, deliver):
            cold, busy = function.cold_start()
            print(f"cold start {cold:.0f} ms ({busy:.0f} of a processor)")
            self.assertLess(busy, COLD_START_MS_MAX)
        watched = self.create({"Name": "web-1"})
        ignored = self.create({"Name": "scratch", "monitoring": "off"})
        situations = [
            (watched, "pending", "running"),
            (watched, "stopping", "stopped"),
            (watched, "pending", "running"),
            (ignored, "pending", "running"),
            (ignored, "shutting-down", "terminated"),
            (watched, "shutting-down", "terminated"),
        ]
        for instance, *states in situations:
            for state in states:
                # One at a time: a queue that is none of FIFO promises no order.
                self.tell_states(instance, state)
                self.assertEqual(self.poll("StandardiseMessages", standardise), 1)
        while self.poll("DeliverMessages", deliver):
            pass
        lines = [message["Body"] for message in self.receive(outputs["MachinesUrl"], 8)]
        self.assertEqual(
            lines,
            [
                f"aws.ec2,{instance_arn(watched)},{state}"
                for state in ("pending", "running", "stopping", "stopped", "pending", "running",
                              "shutting-down", "terminated")
            ],
        )
        self.assertEqual(len(self.subjects), 4, self.subjects)
        for subject, word in zip(self.subjects, ("running", "stopped", "running", "terminated")):
            self.assertIn("web-1", subject)
            self.assertIn(word, subject)
        for name in ("IncomingDead", "MachinesDead", "PeopleDead"):
            self.assertEqual(self.depth(self.made[name]), 0, name)
        for function, role in ((standardise, "StandardiseRole"), (deliver, "DeliverRole")):
            called = set().union(*(ACTIONS[call] for call in set(function.proxy.requests)))
            self.assertEqual(actions_of(self.template, role) - OF_LAMBDA, called)
        print(f"{size / (1 << 20):.1f} MiB packed")


class BySam(Serverless):
    """The same with what SAM makes of its own form of the template."""

    def written_template(self):
        return yaml.safe_dump(translated(template_of("--serverless", "--format", "sam")))


if __name__ == "__main__":
    unittest.main()
