"""Hub and spokes as their templates make them, in two accounts and two regions: an event on the bus
of any of them reaches machines and people, with its own account and region. What Statewire called is
what the template allows it, and nothing else."""

import email
import email.policy
import json
import unittest

import yaml

from deployed import (ACCOUNT, OTHER_ACCOUNT, OTHER_REGION, REGION, DeployTest, Harm, actions_of,
                      notifications, template_of, wait_for)

# The action of IAM for each call that was seen. Mails in their own form need two; who one is may
# always be asked.
ACTIONS = {
    "ReceiveMessage": {"sqs:ReceiveMessage"},
    "DeleteMessageBatch": {"sqs:DeleteMessage"},
    "DeleteMessage": {"sqs:DeleteMessage"},
    "ChangeMessageVisibility": {"sqs:ChangeMessageVisibility"},
    "ChangeMessageVisibilityBatch": {"sqs:ChangeMessageVisibility"},
    "GetQueueAttributes": {"sqs:GetQueueAttributes"},
    "SendMessage": {"sqs:SendMessage"},
    "SendMessageBatch": {"sqs:SendMessage"},
    "GetResources": {"tag:GetResources"},
    "AssumeRole": {"sts:AssumeRole"},
    "GetCallerIdentity": set(),
    "POST /v2/email/outbound-emails": {"ses:SendEmail", "ses:SendRawEmail"},
    "GET /v2/email/account": {"ses:GetAccount"},
}


def answer_for_ses(request):
    """moto does not know whether an account may send mails, which doctor asks."""
    if request.operation == "GET /v2/email/account":
        return Harm(status=200, body=b'{"SendingEnabled": true, "ProductionAccessEnabled": true}')
    return None


def instance(number):
    return f"i-{number:017x}"


class HubAndSpokes(DeployTest):
    def tell_instance(self, number, region, account):
        arn = f"arn:aws:ec2:{region}:{account}:instance/{instance(number)}"
        self.tell(
            "aws.ec2",
            "EC2 Instance State-change Notification",
            json.dumps({"instance-id": instance(number), "state": "running"}),
            [arn],
            region,
            account,
        )
        return arn

    def tell_alarm(self, description, state, region, account):
        """As CloudWatch tells it, of an alarm of the stack there."""
        arn = f"arn:aws:cloudwatch:{region}:{account}:alarm:StackSet-statewire-CallsLostAlarm-1"
        detail = {"alarmName": arn.split(":")[-1], "configuration": {"description": description},
                  "state": {"value": state}}
        self.tell("aws.cloudwatch", "CloudWatch Alarm State Change", json.dumps(detail), [arn],
                  region, account)

    def heard_of_alarms(self, topic):
        """A queue behind the topic."""
        queue = self.sqs.create_queue(QueueName="alarms")["QueueUrl"]
        arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:alarms"
        self.moto.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn,
                                          Attributes={"RawMessageDelivery": "true"})
        return queue

    def subjects(self):
        sent = self.moto.get("/moto-api/data.json").get("ses", {}).get("RawMessage", [])
        mails = [
            email.message_from_string(each["raw_data"], policy=email.policy.default)
            for each in sent
        ]
        return [str(mail["subject"]) for mail in mails]

    def test_events_of_all_places_reach_machines_and_people(self):
        hub, spoke = template_of("--hub"), template_of("--spoke")
        outputs = self.deploy(hub, MailFrom="example.org")
        places = [(REGION, OTHER_ACCOUNT), (OTHER_REGION, OTHER_ACCOUNT), (OTHER_REGION, ACCOUNT)]
        look_up = [
            self.deploy(spoke, region, account, HubBusArn=outputs["BusArn"]).get("LookUpRoleArn")
            for region, account in places
        ]
        role = f"arn:aws:iam::{OTHER_ACCOUNT}:role/statewire-look-up"
        self.assertEqual(look_up[:2], [None, role])
        self.moto.client("sesv2").create_email_identity(EmailIdentity="statewire@example.org")
        proxy = self.proxy(answer_for_ses)
        daemon = self.cloud_daemon(
            f"accounts:\n  '{OTHER_ACCOUNT}': {{role: {role}}}\n"
            f"sources:\n  bus: {{kind: sqs, queue: {outputs['QueueUrl']}, unreadable: leave}}\n"
            "subscriptions:\n"
            "  machines:\n    from: earliest\n    format: json\n"
            f"    sink: {{kind: sqs, queue: {outputs['MachinesUrl']}}}\n"
            "  people:\n    from: earliest\n    hold: {for: [tags], at_most: 20s}\n"
            "    sink: {kind: ses, from: statewire@example.org, to: [ops@example.org]}\n",
            proxy,
        ).start()
        places.append((REGION, ACCOUNT))
        told = {
            self.tell_instance(number, region, account): (account, region)
            for number, (region, account) in enumerate(places)
        }
        read = {"eventSource": "ec2.amazonaws.com", "eventName": "DescribeInstances",
                "readOnly": True}
        self.tell("aws.ec2", "AWS API Call via CloudTrail", json.dumps(read), (), *places[0])
        seen = notifications(self.receive(outputs["MachinesUrl"], len(places)))
        self.assertEqual(
            {
                each["subject"]: (each["data"]["resource"]["account"],
                                  each["data"]["resource"]["region"])
                for each in seen
            },
            told,
        )
        self.assertEqual(len(seen), len(places))
        wait_for(lambda: len(self.subjects()) >= len(places), "mails", pause=0.2)
        self.assertEqual(len(self.subjects()), len(places))
        self.assertEqual(self.ledger(daemon)["received"], len(places), "reads stay behind")
        # What cannot be read goes back to the queue, for later.
        self.sqs.send_message(QueueUrl=outputs["QueueUrl"], MessageBody="no event")
        wait_for(lambda: any("Visibility" in each for each in proxy.requests), "one put back")
        done = daemon.run("doctor", seconds=60)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(daemon.stop(), 0)
        self.check_policies(hub, spoke, set(proxy.requests))

    def test_alarms_of_all_spokes_reach_the_topic_of_the_hub(self):
        spoke = template_of("--spoke")
        outputs = self.deploy(template_of("--hub"), MailFrom="example.org")
        places = [(REGION, OTHER_ACCOUNT), (OTHER_REGION, OTHER_ACCOUNT), (OTHER_REGION, ACCOUNT)]
        for region, account in places:
            self.deploy(spoke, region, account, HubBusArn=outputs["BusArn"])
        queue = self.heard_of_alarms(outputs["AlarmsArn"])
        said = {
            resource["Properties"]["AlarmDescription"]
            for resource in yaml.safe_load(spoke)["Resources"].values()
            if resource["Type"] == "AWS::CloudWatch::Alarm"
        }
        for description in sorted(said):
            for place in places:
                self.tell_alarm(description, "ALARM", *place)
                self.tell_alarm(description, "OK", *place)
                self.tell_alarm("Anything of yours", "ALARM", *place)
        heard = [json.loads(each["Body"])
                 for each in self.receive(queue, len(places) * len(said))]
        self.assertEqual({(each["region"], each["account"]) for each in heard}, set(places))
        self.assertEqual({each["detail"]["configuration"]["description"] for each in heard}, said)
        self.assertEqual(len(heard), len(places) * len(said))

    def check_policies(self, hub, spoke, calls):
        self.assertEqual(calls - set(ACTIONS), set(), "calls that ACTIONS does not know")
        called = set().union(*(ACTIONS[call] for call in calls))
        self.assertEqual(actions_of(hub, "Permissions"), called)
        # tests/aws/test_doctor_events.py compares what `doctor --aws` asks.
        self.assertEqual(actions_of(spoke, "TagReader"), {
            "tag:GetResources", "events:ListRuleNamesByTarget", "cloudtrail:DescribeTrails",
            "cloudtrail:GetTrailStatus", "cloudtrail:GetEventSelectors"})


if __name__ == "__main__":
    unittest.main()
