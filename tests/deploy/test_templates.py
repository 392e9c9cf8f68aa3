"""`statewire aws template`: without a warning of cfn-lint, as large as the catalog needs, and the
same as in deploy/aws."""

import json
import pathlib
import re
import subprocess
import sys
import unittest

import yaml

from deployed import ROOT, ProgramTest, run_statewire, template_of, translated

FILES = {
    "hub.yaml": ["--hub"],
    "spoke.yaml": ["--spoke"],
    "serverless/template.yaml": ["--serverless"],
    "serverless/sam.yaml": ["--serverless", "--format", "sam"],
    "service/template.yaml": ["--service"],
    "terraform/hub/main.tf": ["--hub", "--format", "terraform"],
    "terraform/spoke/main.tf": ["--spoke", "--format", "terraform"],
}


def rules_of(template):
    return {
        name: json.dumps(resource["Properties"]["EventPattern"])
        for name, resource in yaml.safe_load(template)["Resources"].items()
        if resource["Type"] == "AWS::Events::Rule"
    }


def native_examples():
    """The events in examples of the catalog that are AWS's own, and told of."""
    for path in sorted((ROOT / "catalog" / "aws").rglob("*.yaml")):
        entries = yaml.safe_load(path.read_text())
        for entry in entries if isinstance(entries, list) else []:
            for example in entry.get("examples", []):
                event = example.get("event")
                if not isinstance(event, dict) or not example.get("expect"):
                    continue
                source, kind = event.get("source", ""), event.get("detail-type", "")
                if source.startswith("aws.") and not kind.endswith(" via CloudTrail"):
                    yield event


class Templates(ProgramTest):
    def test_files_are_what_the_program_writes(self):
        for name, arguments in FILES.items():
            self.assertEqual(
                (ROOT / "deploy" / "aws" / name).read_text(),
                template_of(*arguments),
                f"{name}: `make templates` writes it",
            )

    def test_cfn_lint_warns_of_nothing(self):
        paths = [ROOT / "deploy" / "aws" / name for name in FILES if name.endswith(".yaml")]
        few = self.write("few.yaml", template_of("--spoke", "--services", "ec2"))
        lint = pathlib.Path(sys.executable).parent / "cfn-lint"
        done = subprocess.run(
            [lint, "--regions", "eu-west-1", "us-east-1", "--", *paths, few],
            capture_output=True, text=True, check=False,
        )
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stdout + done.stderr)

    def test_sam_makes_what_the_template_of_cloudformation_has(self):
        made = translated(template_of("--serverless", "--format", "sam"))
        for resource in made["Resources"].values():
            if resource["Type"] == "AWS::Lambda::Function":
                self.assertEqual(
                    resource["Properties"].pop("Tags"), [{"Key": "lambda:createdBy", "Value": "SAM"}]
                )
        self.assertEqual(made, yaml.safe_load(template_of("--serverless")))

    def test_rules_let_pass_what_the_catalog_tells_of(self):
        patterns = rules_of(template_of("--spoke"))
        names = self.write(
            "patterns.jsonl",
            "".join(
                json.dumps({"name": name, "pattern": json.loads(pattern)}) + "\n"
                for name, pattern in patterns.items()
            ),
        )
        events = [json.dumps(event, default=str) for event in native_examples()]
        self.assertGreater(len(events), 200)
        done = run_statewire("match", "--patterns", names, stdin="\n".join(events))
        passed = [json.loads(line)["event"]["id"] for line in done.stdout.splitlines()]
        missing = [event for event in events if json.loads(event)["id"] not in passed]
        self.assertEqual(missing, [], done.stderr)

    def test_what_only_reads_or_comes_often_stays_behind(self):
        pattern = rules_of(template_of("--spoke"))["CallsRule"]

        def passes(read_only, name):
            event = {
                "source": "aws.ssm",
                "detail-type": "AWS API Call via CloudTrail",
                "detail": {"eventName": name, "readOnly": read_only},
            }
            return run_statewire("match", "--pattern", pattern, stdin=json.dumps(event)).stdout != ""

        self.assertTrue(passes(False, "CreateDocument"))
        self.assertFalse(passes(True, "DescribeDocument"))
        self.assertFalse(passes(False, "UpdateInstanceInformation"))

    def test_the_documented_update_of_a_stack_set_keeps_every_parameter(self):
        text = (ROOT / "docs/deploying.md").read_text()
        command = text.split("aws cloudformation update-stack-set")[1].split("```")[0]
        named = re.findall(r"ParameterKey=(\w+),UsePreviousValue=true", command)
        parameters = yaml.safe_load(template_of("--spoke"))["Parameters"]
        self.assertEqual(sorted(named), sorted(parameters))

    def test_every_queue_of_hub_and_spokes_has_an_alarm(self):
        for name in ("--hub", "--spoke"):
            resources = yaml.safe_load(template_of(name))["Resources"]
            queues = {key for key, each in resources.items() if each["Type"] == "AWS::SQS::Queue"}
            watched = {
                dimension["Value"]["Fn::GetAtt"][0]
                for each in resources.values() if each["Type"] == "AWS::CloudWatch::Alarm"
                for dimension in each["Properties"]["Dimensions"]
            }
            self.assertEqual(queues - watched, set(), name)

    def test_two_templates_at_once_and_what_there_is_not_are_refused(self):
        for arguments, reason in (
            (["--hub", "--spoke"], "ask for one"),
            (["--services", "ec3"], 'did you mean "ec2"?'),
            (["--format", "sam"], "add --serverless"),
            (["--serverless", "--format", "terraform"], "CloudFormation or SAM"),
        ):
            done = run_statewire("aws", "template", *arguments)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertIn(reason, done.stderr)


if __name__ == "__main__":
    unittest.main()
