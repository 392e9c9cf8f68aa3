"""The Terraform form says what CloudFormation's says: each resource, and each property of it."""

import re
import unittest

import hcl2
import yaml

from deployed import ProgramTest, run_statewire, template_of

# Each kind with what `Ref` gives of it, and what its properties are called.
KINDS = {
    "AWS::SQS::Queue": ("aws_sqs_queue", "id", {
        "QueueName": "name", "FifoQueue": "fifo_queue",
        "MessageRetentionPeriod": "message_retention_seconds",
        "VisibilityTimeout": "visibility_timeout_seconds",
        "SqsManagedSseEnabled": "sqs_managed_sse_enabled", "RedrivePolicy": "redrive_policy"}),
    "AWS::SQS::QueuePolicy": ("aws_sqs_queue_policy", "id", {
        "Queues": "queue_url", "PolicyDocument": "policy"}),
    "AWS::Events::EventBus": ("aws_cloudwatch_event_bus", "name", {
        "Name": "name", "Description": "description"}),
    "AWS::Events::EventBusPolicy": ("aws_cloudwatch_event_bus_policy", "id", {
        "EventBusName": "event_bus_name", "StatementId": None, "Statement": "policy"}),
    "AWS::Events::Rule": ("aws_cloudwatch_event_rule", "name", {
        "Name": "name", "Description": "description", "EventBusName": "event_bus_name",
        "EventPattern": "event_pattern", "Targets": None}),
    "AWS::CloudWatch::Alarm": ("aws_cloudwatch_metric_alarm", "id", {
        name: re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
        for name in ("AlarmDescription", "Namespace", "MetricName", "Dimensions", "Statistic",
                     "Period", "EvaluationPeriods", "Threshold", "ComparisonOperator",
                     "TreatMissingData", "AlarmActions")}),
    "AWS::IAM::Role": ("aws_iam_role", "name", {
        "RoleName": "name", "Path": "path", "Description": "description",
        "AssumeRolePolicyDocument": "assume_role_policy", "Policies": None,
        "ManagedPolicyArns": None}),
    "AWS::IAM::ManagedPolicy": ("aws_iam_policy", "arn", {
        "ManagedPolicyName": "name", "Description": "description",
        "PolicyDocument": "policy"}),
    "AWS::IAM::InstanceProfile": ("aws_iam_instance_profile", "name", {
        "InstanceProfileName": "name", "Roles": "role"}),
    "AWS::SNS::Topic": ("aws_sns_topic", "arn", {"TopicName": "name"}),
    "AWS::SNS::TopicPolicy": ("aws_sns_topic_policy", "id", {
        "Topics": "arn", "PolicyDocument": "policy"}),
    "AWS::SNS::Subscription": ("aws_sns_topic_subscription", "id", {
        "TopicArn": "topic_arn", "Protocol": "protocol", "Endpoint": "endpoint"}),
}
PSEUDO = {
    "AWS::StackName": "var.stack_name",
    "AWS::Partition": "data.aws_partition.current.partition",
    "AWS::Region": "data.aws_region.current.name",
    "AWS::AccountId": "data.aws_caller_identity.current.account_id",
}


def snake(name):
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


class Formation:
    """A template of CloudFormation, with what it computes as <expressions>."""

    def __init__(self, text):
        self.tree = yaml.safe_load(text)
        self.resources = self.tree["Resources"]

    def name_of(self, name, attribute=None):
        if name in PSEUDO:
            return f"<{PSEUDO[name]}>"
        if name in self.tree["Parameters"]:
            return f"<var.{snake(name)}>"
        kind, ref, _ = KINDS[self.resources[name]["Type"]]
        attribute = {None: ref, "Arn": "arn", "Name": "name", "QueueName": "name"}[attribute]
        return f"<{kind}.{snake(name)}.{attribute}>"

    def value(self, node):
        if isinstance(node, list):
            return [self.value(each) for each in node]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            (name, value), = node.items()
            if name == "Ref":
                return self.name_of(value)
            if name == "Fn::GetAtt":
                return self.name_of(*value)
            if name == "Fn::If":
                return self.value(value[1])
            if name == "Fn::Split":
                return f"<split(\"{value[0]}\", {self.value(value[1])[1:-1]})>"
            if name == "Fn::Select":
                return f"{self.value(value[1])[:-1]}[{value[0]}]>"
            if name == "Fn::Sub":
                text, known = (value, {}) if isinstance(value, str) else value
                return re.sub(
                    r"\$\{([^}]+)\}",
                    lambda found: self.value(known[found[1]]) if found[1] in known
                    else self.name_of(*found[1].split(".")),
                    text,
                )
        return {name: self.value(value) for name, value in node.items()}


def parsed(text):
    return hcl2.loads("x = " + text + "\n")["x"]


def terraform_value(node):
    """What python-hcl2 gives, with expressions as <expressions>."""
    if isinstance(node, list):
        return [terraform_value(each) for each in node]
    if isinstance(node, dict):
        return {
            name.strip('"'): terraform_value(value)
            for name, value in node.items() if name != "__is_block__"
        }
    if not isinstance(node, str):
        return node
    if node.startswith('"'):
        text = re.sub(r"\$\{([^}]+)\}", r"<\1>", node[1:-1]).replace("[0].", ".")
        return text.replace('\\"', '"').replace("\\\\", "\\")
    inner = re.fullmatch(r"\$\{(.*)\}", node, re.DOTALL)
    if inner is None:
        return node
    inner = inner[1]
    for form in (r"jsonencode\((.*)\)", r"\[for each in (.*) : each if each != null\]",
                 r"local\.\w+ \? (.*) : null"):
        if found := re.fullmatch(form, inner, re.DOTALL):
            return terraform_value(parsed(found[1]))
    return f"<{inner}>".replace("[0].", ".")


class Terraform:
    def __init__(self, text):
        self.resources = {}
        for block in hcl2.loads(text)["resource"]:
            (kind, named), = block.items()
            (name, body), = named.items()
            self.resources[kind.strip('"'), name.strip('"')] = terraform_value(body)


class SameInBoth(ProgramTest):
    def compare(self, option):
        formation = Formation(template_of(option))
        terraform = Terraform(template_of(option, "--format", "terraform")).resources
        seen = set()
        for name, resource in formation.resources.items():
            kind, _, names = KINDS[resource["Type"]]
            there = terraform[kind, snake(name)]
            seen.add((kind, snake(name)))
            condition = resource.get("Condition")
            self.assertEqual(
                there.get("count"), f"<local.{snake(condition)} ? 1 : 0>" if condition else None
            )
            properties = formation.value(resource["Properties"])
            for key, value in properties.items():
                if names[key] is None:
                    continue
                if key in ("Queues", "Roles", "Topics"):
                    value, = value
                if key == "Dimensions":
                    value = {each["Name"]: each["Value"] for each in value}
                if key == "Statement":
                    value = {"Version": "2012-10-17", "Statement": [
                        {**value, "Sid": properties["StatementId"]}]}
                self.assertEqual(there[names[key]], value, f"{name}.{key}")
            self.assertEqual(
                set(there) - {"count", "alarm_name"},
                {names[key] for key in properties if names[key]},
                f"{name} has something else there",
            )
            for target in properties.get("Targets", []):
                seen.add(("aws_cloudwatch_event_target", snake(name)))
                self.compare_target(
                    name, properties, target, terraform["aws_cloudwatch_event_target", snake(name)]
                )
            for policy in properties.get("Policies", []):
                seen.add(("aws_iam_role_policy", snake(name)))
                role = terraform["aws_iam_role_policy", snake(name)]
                self.assertEqual(role["name"], policy["PolicyName"])
                self.assertEqual(role["policy"], policy["PolicyDocument"], name)
                self.assertEqual(role["role"], f"<aws_iam_role.{snake(name)}.id>")
            for policy in properties.get("ManagedPolicyArns", []):
                seen.add(("aws_iam_role_policy_attachment", snake(name)))
                self.assertEqual(
                    terraform["aws_iam_role_policy_attachment", snake(name)],
                    {"role": f"<aws_iam_role.{snake(name)}.name>", "policy_arn": policy},
                )
        self.assertEqual(set(terraform), seen)

    def compare_target(self, name, properties, target, there):
        retry = target["RetryPolicy"]
        expected = {
            "rule": f"<aws_cloudwatch_event_rule.{snake(name)}.name>",
            "target_id": target["Id"],
            "arn": target["Arn"],
            "dead_letter_config": [{"arn": target["DeadLetterConfig"]["Arn"]}],
            "retry_policy": [{
                "maximum_event_age_in_seconds": retry["MaximumEventAgeInSeconds"],
                "maximum_retry_attempts": retry["MaximumRetryAttempts"],
            }],
        }
        if "EventBusName" in properties:
            expected["event_bus_name"] = properties["EventBusName"]
        if "RoleArn" in target:
            expected["role_arn"] = target["RoleArn"]
        self.assertEqual(there, expected, name)

    def test_hub(self):
        self.compare("--hub")

    def test_spoke(self):
        self.compare("--spoke")

    def test_variables_and_outputs(self):
        for option in ("--hub", "--spoke"):
            formation = yaml.safe_load(template_of(option))
            terraform = hcl2.loads(template_of(option, "--format", "terraform"))
            variables = {}
            for block in terraform["variable"]:
                (name, body), = block.items()
                variables[name.strip('"')] = terraform_value(body).get("default")
            wanted = {snake(name): each.get("Default")
                      for name, each in formation["Parameters"].items()}
            self.assertEqual(variables, {**wanted, "stack_name": "statewire"})
            outputs = {name.strip('"') for block in terraform["output"] for name in block}
            self.assertEqual(outputs, {snake(name) for name in formation["Outputs"]})

    def test_functions_are_refused(self):
        done = run_statewire("aws", "template", "--serverless", "--format", "terraform")
        self.assertEqual((done.returncode, done.stdout), (2, ""))


if __name__ == "__main__":
    unittest.main()
