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

    def test_alarms_of_spokes_have_topics_of_the_hubs_account(self):
        """CloudWatch sends to topics of the alarm's region alone: there is one in each, which lets the
        organisation in. Of templates, moto makes no alarms and no policies of topics."""
        organization = "o-exampleorg"
        hub, spoke = template_of("--hub"), template_of("--spoke")
        bus = self.deploy(hub, MailFrom="example.org", OrganizationId=organization)["BusArn"]
        alone = self.deploy(spoke, OTHER_REGION, ACCOUNT, HubBusArn=bus, OrganizationId=organization)
        self.assertNotIn("HubAlarmsArn", alone)
        for region in (REGION, OTHER_REGION):
            made = self.deploy(spoke, region, OTHER_ACCOUNT, HubBusArn=bus,
                               AlarmTopic="statewire-alarms")
            topic = f"arn:aws:sns:{region}:{ACCOUNT}:statewire-alarms"
            self.assertEqual(made["HubAlarmsArn"], topic)
            self.moto.client("sns", region).get_topic_attributes(TopicArn=topic)
        for template in (hub, spoke):
            policy = yaml.safe_load(template)["Resources"]["AlarmsPolicy"]["Properties"]
            own, others = policy["PolicyDocument"]["Statement"]
            condition, others, nothing = others["Fn::If"]
            self.assertEqual((condition, nothing), ("HasOrganization", {"Ref": "AWS::NoValue"}))
            for each, source in ((own, {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}),
                                 (others, {"aws:SourceOrgID": {"Ref": "OrganizationId"}})):
                self.assertEqual(each, {
                    "Effect": "Allow", "Principal": {"Service": "cloudwatch.amazonaws.com"},
                    "Action": "sns:Publish", "Resource": {"Ref": "Alarms"},
                    "Condition": {"StringEquals": source}})
        parts = yaml.safe_load(spoke)
        in_hub = parts["Outputs"]["HubAlarmsArn"]["Value"]
        wanted = {"Fn::If": ["HasAlarmTopic", in_hub, {"Ref": "AWS::NoValue"}]}
        for name, resource in parts["Resources"].items():
            if resource["Type"] == "AWS::CloudWatch::Alarm":
                self.assertEqual(resource["Properties"]["AlarmActions"], [{"Ref": "Alarms"}, wanted],
                                 name)

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
