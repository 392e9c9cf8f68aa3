"""Templates of Statewire, deployed on moto."""

import os
import pathlib
import sys
from unittest import mock

HERE = pathlib.Path(__file__).resolve().parent
for folder in ("aws", "people"):
    sys.path.insert(0, str(HERE.parent / folder))

import yaml

from cloud import CloudTest, Harm, notifications  # noqa: F401
from harness import *  # noqa: F403
from harness import ACCOUNT, REGION, run_statewire

OTHER_ACCOUNT = "222222222222"
OTHER_REGION = "us-east-1"


def template_of(*arguments):
    done = run_statewire("aws", "template", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def translated(sam_template):
    """What SAM makes of a template: one of CloudFormation, as AWS's own translator writes it."""
    from samtranslator.translator.transform import transform

    class NoManagedPolicies:
        def load(self):
            return {}

    with mock.patch.dict(os.environ, {"AWS_DEFAULT_REGION": REGION}):
        return transform(yaml.safe_load(sam_template), {}, NoManagedPolicies())


def actions_of(template, name):
    """What the policies of a role in a template allow, or a policy of its own."""
    actions = set()
    properties = yaml.safe_load(template)["Resources"][name]["Properties"]
    for policy in properties.get("Policies", [properties]):
        for statement in policy["PolicyDocument"]["Statement"]:
            statement = statement.get("Fn::If", [None, statement])[1]
            assert statement["Effect"] == "Allow"
            allowed = statement["Action"]
            actions.update([allowed] if isinstance(allowed, str) else allowed)
    return actions


class DeployTest(CloudTest):
    moto_program = [sys.executable, "-B", HERE / "moto_with_buses.py"]

    def deploy(self, template, region=REGION, account=ACCOUNT, **parameters):
        """The outputs of a stack that was made of a template."""
        stacks = self.moto.client("cloudformation", region, account)
        stacks.create_stack(
            StackName="statewire",
            TemplateBody=template,
            Capabilities=["CAPABILITY_NAMED_IAM"],
            Parameters=[
                {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
            ],
        )
        stack = stacks.describe_stacks(StackName="statewire")["Stacks"][0]
        self.assertEqual(stack["StackStatus"], "CREATE_COMPLETE", stack)
        return {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}

    def tell(self, source, detail_type, detail, resources=(), region=REGION, account=ACCOUNT):
        """An event on the default bus of an account and region."""
        answer = self.moto.client("events", region, account).put_events(
            Entries=[
                {
                    "Source": source,
                    "DetailType": detail_type,
                    "Resources": list(resources),
                    "Detail": detail,
                }
            ]
        )
        self.assertEqual(answer["FailedEntryCount"], 0)
