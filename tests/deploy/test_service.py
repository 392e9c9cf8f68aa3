"""`statewire aws template --service`: made on moto after the hub; and what its instance runs at its
first start, with commands of AWS and of the system that only say what they were asked."""

import base64
import contextlib
import hashlib
import json
import os
import re
import shutil
import subprocess
import unittest

import yaml

from deployed import ACCOUNT, REGION, DeployTest, actions_of, run_statewire, template_of
from cloud import KEYS

# What a stub does with its arguments, which all of them log first.
STUBS = {
    "curl": 'case "$*" in *token*) echo t ;; *) echo i-0123456789abcdef0 ;; esac',
    "aws": """case "$*" in
        *attach-volume*) [ ! -e "$ROOT/taken" ] || { rm "$ROOT/taken"; exit 1; }; touch "$ROOT/dev/sdf" ;;
        *"s3 cp"*) cp "$ROOT/bucket/$(basename "${@: -2:1}")" "${@: -1}" ;;
        *list-objects*) cat "$ROOT/count" ;;
        *get-parameters-by-path*) printf '/shop/webhook\\t/shop/mail/password\\n' ;;
        *get-parameter*) [ ! -e "$ROOT/denied" ] || exit 1; printf 'of %s\\nline two\\n' "$4" ;;
        *signal-resource*) ;;
        *) exit 1 ;;
      esac""",
    "cmp": '[ ! -e "$ROOT/formatted" ]',
    "mkfs.ext4": 'touch "$ROOT/formatted"',
    "mount": 'touch "$ROOT/mounted"',
    "mountpoint": '[ -e "$ROOT/mounted" ]',
    "resize2fs": "",
    "sleep": "",
    "chown": "",
    "systemctl": "",
}


def user_data(template):
    """The script, with its first part as the stack fills it in."""
    data = yaml.safe_load(template)["Resources"]["LaunchTemplate"]["Properties"]["LaunchTemplateData"]
    first, script = data["UserData"]["Fn::Base64"]["Fn::Join"][1]
    return first["Fn::Sub"][0], script


class Service(DeployTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = template_of("--service")

    def make(self, name, **more):
        """The stack beside a hub; its outputs."""
        if not hasattr(self, "hub"):
            self.hub = self.deploy(
                template_of("--hub", "--services", "ec2"), MailFrom="ops@example.org")
        subnet = self.moto.client("ec2").describe_subnets()["Subnets"][0]
        parameters = {
            "Vpc": subnet["VpcId"],
            "Subnet": subnet["SubnetId"],
            "Zone": subnet["AvailabilityZone"],
            "PackageBucket": "shop-code",
            "PackageSha256": "0" * 64,
            **{each: self.hub[each] for each in ("PolicyArn", "QueueUrl", "MachinesUrl", "AlarmsArn")},
            **more,
        }
        stacks = self.moto.client("cloudformation")
        stacks.create_stack(
            StackName=name,
            TemplateBody=self.template,
            Capabilities=["CAPABILITY_IAM"],
            Parameters=[
                {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
            ],
        )
        stack = stacks.describe_stacks(StackName=name)["Stacks"][0]
        self.assertEqual(stack["StackStatus"], "CREATE_COMPLETE", stack)
        return {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}

    def script_of(self, outputs):
        """What the instance of the stack runs at its first start."""
        [group] = self.moto.client("autoscaling").describe_auto_scaling_groups(
            AutoScalingGroupNames=[outputs["GroupName"]])["AutoScalingGroups"]
        data = self.moto.client("ec2").describe_instance_attribute(
            InstanceId=group["Instances"][0]["InstanceId"], Attribute="userData")
        return base64.b64decode(data["UserData"]["Value"]).decode()

    def volumes_apart(self):
        """Those of no instance."""
        volumes = self.moto.client("ec2").describe_volumes()["Volumes"]
        return sorted(each["VolumeId"] for each in volumes if not each["Attachments"])

    def test_what_a_stack_leaves_is_what_the_next_one_begins_with(self):
        left = self.make("statewire-service")
        bucket = left["BackupPlace"].split("/")[2]
        s3 = self.moto.client("s3")
        volumes = self.volumes_apart()
        buckets = len(s3.list_buckets()["Buckets"])
        made = self.make("again", ExistingVolume=left["VolumeId"], ExistingBackups=bucket,
                         SecretsPath="/shop")
        self.assertEqual(made, {**left, "GroupName": made["GroupName"]})
        self.assertEqual(self.volumes_apart(), volumes)
        self.assertEqual(len(s3.list_buckets()["Buckets"]), buckets)
        script = self.script_of(made)
        self.assertIn(f"volume='{left['VolumeId']}'", script)
        self.assertIn(f"backup_bucket='{bucket}'", script)
        self.assertIn("secrets='/shop'", script)
        iam = self.moto.client("iam")
        roles = iam.list_roles(PathPrefix="/statewire/")["Roles"]
        policies = [
            json.dumps(iam.get_role_policy(RoleName=each["RoleName"], PolicyName="service"))
            for each in roles
            if "again" in each["RoleName"]
        ]
        self.assertEqual(len(policies), 1)
        self.assertIn(f"volume/{left['VolumeId']}", policies[0])
        self.assertIn(f"{bucket}/statewire/*", policies[0])
        self.assertIn("parameter/shop/*", policies[0])

    def test_it_is_made_beside_a_hub_with_one_instance_and_nothing_that_comes_in(self):
        ec2 = self.moto.client("ec2")
        subnet = ec2.describe_subnets()["Subnets"][0]
        outputs = self.make("statewire-service", ConfigKey="statewire.yaml")
        volume = ec2.describe_volumes(VolumeIds=[outputs["VolumeId"]])["Volumes"][0]
        self.assertEqual(volume["AvailabilityZone"], subnet["AvailabilityZone"])
        groups = self.moto.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
        self.assertEqual([(each["MinSize"], each["MaxSize"]) for each in groups], [(1, 1)])
        for group in ec2.describe_security_groups()["SecurityGroups"]:
            if group["Description"].startswith("Statewire"):
                self.assertEqual(group["IpPermissions"], [])
        script = self.script_of(outputs)
        self.assertTrue(script.startswith("#!/bin/bash\n"))
        self.assertIn(f"volume='{outputs['VolumeId']}'", script)
        self.assertLess(len(script), 16 << 10)

    def test_it_may_do_what_it_needs_and_no_more(self):
        self.assertEqual(
            actions_of(self.template, "Role"),
            {"ec2:DescribeVolumes", "ec2:AttachVolume", "s3:GetObject", "s3:PutObject",
             "s3:DeleteObject", "s3:ListBucket", "cloudformation:SignalResource",
             "ssm:GetParametersByPath", "ssm:GetParameter"},
        )
        resources = yaml.safe_load(self.template)["Resources"]
        self.assertTrue(resources["Volume"]["Properties"]["Encrypted"])
        for name in ("Volume", "Backups"):
            # A deployment that makes them and fails leaves nothing to pay for.
            self.assertEqual(resources[name]["DeletionPolicy"], "RetainExceptOnCreate")
            self.assertEqual(resources[name]["UpdateReplacePolicy"], "Retain")
        self.assertNotIn("SecurityGroupIngress", json.dumps(resources))
        root = resources["LaunchTemplate"]["Properties"]["LaunchTemplateData"]["BlockDeviceMappings"]
        self.assertTrue(root[0]["Ebs"]["Encrypted"])
        # moto makes no versions out of templates.
        backups = resources["Backups"]["Properties"]
        self.assertEqual(backups["VersioningConfiguration"], {"Status": "Enabled"})
        [rule] = backups["LifecycleConfiguration"]["Rules"]
        self.assertEqual(rule["NoncurrentVersionExpiration"], {"NoncurrentDays": 30})

    def test_the_form_of_terraform_is_refused(self):
        done = run_statewire("aws", "template", "--service", "--format", "terraform")
        self.assertEqual(done.returncode, 2)
        self.assertIn("leave --format out", done.stderr)


class FirstStart(DeployTest):
    """The script in a root of its own: what it would write, and in which order it asks."""

    def setUp(self):
        super().setUp()
        first, self.script = user_data(template_of("--service"))
        self.root = self.folder / "root"
        for name in ("bin", "bucket", "var/lib", "etc/systemd/system", "opt", "root", "dev", "run",
                     "usr/local/sbin"):
            (self.root / name).mkdir(parents=True)
        for name, action in STUBS.items():
            stub = self.root / "bin" / name
            stub.write_text(f'#!/bin/bash\necho "{name} $*" >> "$ROOT/log"\n{action}\n')
            stub.chmod(0o755)
        (self.root / "count").write_text("0\n")
        self.make_package()
        values = {
            "AWS::Region": REGION, "AWS::StackName": "statewire",
            "AWS::URLSuffix": "amazonaws.com", "VolumeId": "vol-0abc",
            "VolumeGiB": "20", "BackupBucket": "shop-backups", "PackageBucket": "shop-code",
            "PackageForm": "tar.xz", "PackageSha256": self.sha256, "ConfigKey": "",
            "SecretsPath": "",
            "QueueUrl": f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/statewire",
            "MachinesUrl": f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/machines.fifo",
        }
        self.first = first
        for name, value in values.items():
            self.first = self.first.replace("${" + name + "}", value)

    def make_package(self):
        """A package whose program logs what it was asked, and makes the folder of a restore."""
        top = self.folder / "made" / "statewire"
        (top / "bin").mkdir(parents=True)
        (top / "lib/systemd/system").mkdir(parents=True)
        (top / "lib/systemd/system/statewire.service").write_text("[Service]\n")
        program = top / "bin/statewire"
        program.write_text('#!/bin/bash\necho "statewire $*" >> "$ROOT/log"\nmkdir -p "$4"\n')
        program.chmod(0o755)
        package = self.folder / "statewire.tar.xz"
        subprocess.run(["tar", "-cJf", package, "-C", top.parent, "statewire"], check=True)
        self.sha256 = hashlib.sha256(package.read_bytes()).hexdigest()
        self.package = package.rename(self.root / "bucket" / f"statewire-{self.sha256}.tar.xz")

    def replace_instance(self):
        """What belongs to an instance is gone; the volume stays."""
        for name in ("mounted", "dev/sdf"):
            (self.root / name).unlink()
        shutil.rmtree(self.root / "etc")
        (self.root / "etc/systemd/system").mkdir(parents=True)

    def start(self, status=0, arguments=("again",)):
        """Runs it with all of its own paths in the root; the log of what it asked."""
        script = self.first + self.script
        script = re.sub(r"(?<![\w}.])/(var/lib/private|etc|opt|root|run|usr/local/sbin)/",
                        rf"{self.root}/\1/", script)
        script = script.replace("-C /opt", f"-C {self.root}/opt")
        # A regular file plays the device.
        script = script.replace("/dev/sdf /dev/xvdf", f"{self.root}/dev/sdf").replace("[ -b", "[ -e")
        (self.root / "etc/fstab").touch()
        path = self.root / "part-001"
        path.write_text(script)
        done = subprocess.run(
            ["bash", path, *arguments], capture_output=True, text=True, timeout=60, check=False,
            env={"PATH": f"{self.root}/bin:{os.environ['PATH']}", "ROOT": str(self.root)},
        )
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        log = (self.root / "log").read_text().replace(str(self.root), "")
        (self.root / "log").unlink()
        return log

    def config(self):
        return (self.root / "etc/statewire/statewire.yaml").read_text()

    def test_shellcheck_warns_of_nothing(self):
        if not shutil.which("shellcheck"):
            self.skipTest("shellcheck is not installed: tools/setup test")
        done = subprocess.run(
            ["shellcheck", "--shell=bash", "--exclude=SC2154", "-"],
            input=self.first + self.script, capture_output=True, text=True, check=False,
        )
        self.assertEqual(done.stdout, "")

    def test_a_new_volume_is_formatted_and_a_second_instance_finds_what_is_on_it(self):
        log = self.start()
        self.assertIn("mkfs.ext4 -q -L statewire", log)
        self.assertNotIn("store restore", log)
        self.assertRegex(log, r"(?s)attach-volume.*mkfs.*mount.*systemctl restart statewire"
                              r".*signal-resource .*--status SUCCESS")
        (self.root / "var/lib/private/statewire/store").mkdir()
        (self.root / "count").write_text("1\n")
        self.replace_instance()
        log = self.start()
        self.assertIn("attach-volume", log)
        self.assertNotIn("mkfs", log)
        self.assertNotIn("store restore", log)

    def test_a_new_volume_gets_the_newest_backup(self):
        (self.root / "count").write_text("1\n")
        log = self.start()
        self.assertRegex(
            log, r"(?s)statewire store restore s3://shop-backups/statewire /var/lib/private/"
                 r"statewire/store --no-check\n.*chown -R .*systemctl restart statewire")

    def test_it_waits_for_the_instance_before_it(self):
        (self.root / "taken").touch()
        self.assertEqual(self.start().count("aws ec2 attach-volume"), 2)

    def test_it_takes_no_events_where_it_cannot_say_so(self):
        """A deployment that goes back takes away the volume that it made."""
        curl = self.root / "bin/curl"
        curl.write_text(curl.read_text().replace(
            'case "$*" in', 'case "$*" in *cloudformation*) exit 28 ;;'))
        log = self.start(status=28)
        self.assertIn(f"https://cloudformation.{REGION}.amazonaws.com/", log)
        self.assertNotIn("systemctl", log)

    def test_another_package_than_was_meant_is_not_installed(self):
        self.package.write_bytes(b"something else")
        for _ in range(9):
            log = self.start(status=1)
            self.assertNotIn("signal-resource", log)
            self.assertNotIn("statewire restart", log)
        log = self.start(status=1)
        self.assertIn("--status FAILURE", log)
        self.assertNotIn("enable", log)

    def test_the_first_start_leaves_it_to_a_unit_that_tries_again(self):
        log = self.start(arguments=())
        self.assertEqual(log.splitlines(), [
            "systemctl daemon-reload", "systemctl enable --now --no-block statewire-setup"])
        program = self.root / "usr/local/sbin/statewire-setup"
        self.assertEqual(program.read_text(), (self.root / "part-001").read_text())
        unit = (self.root / "etc/systemd/system/statewire-setup.service").read_text()
        self.assertIn("/usr/local/sbin/statewire-setup again\n", unit)
        self.assertIn("Restart=on-failure\n", unit)

    def test_what_failed_at_any_step_passes_when_it_is_tried_again(self):
        """Each command fails once, and the whole is tried again as the unit does."""
        self.first = self.first.replace("secrets=''", "secrets='/shop'")
        (self.root / "count").write_text("1\n")
        failing = ["curl", "aws", "mkfs.ext4", "mount", "resize2fs", "chown", "systemctl"]
        for name in failing:
            stub = self.root / "bin" / name
            text = stub.read_text()
            stub.write_text(text.replace(
                "#!/bin/bash\n", f'#!/bin/bash\n[ -e "$ROOT/once-{name}" ] || '
                f'{{ touch "$ROOT/once-{name}"; exit 1; }}\n'))
        for _ in range(len(failing) + 1):
            with contextlib.suppress(AssertionError):
                log = self.start()
                break
        self.assertIn("--status SUCCESS", log)
        self.assertEqual((self.root / "etc/fstab").read_text().count("\n"), 1)
        again = self.start()
        self.assertNotIn("mkfs", again)
        self.assertNotIn("attach-volume", again)
        self.assertNotIn("store restore", again)

    def test_secrets_are_files_of_root_that_systemd_hands_over(self):
        self.first = self.first.replace("secrets=''", "secrets='/shop'")
        self.start()
        secret = self.root / "etc/statewire/secrets/password"
        self.assertEqual(secret.read_text(), "of /shop/mail/password\nline two\n")
        self.assertEqual(secret.stat().st_mode & 0o777, 0o600)
        drop_in = self.root / "etc/systemd/system/statewire.service.d/service.conf"
        self.assertRegex(drop_in.read_text(), r"(?m)^LoadCredential=secrets:/.*/etc/statewire/secrets$")
        (self.root / "denied").touch()
        self.assertNotIn("systemctl restart", self.start(status=1))

    def test_its_configuration_is_one(self):
        self.start()
        drop_in = self.root / "etc/systemd/system/statewire.service.d/service.conf"
        self.assertNotIn("LoadCredential", drop_in.read_text())
        config = self.config()
        self.assertIn('backup: {to: "s3://shop-backups/statewire"', config)
        self.assertIn("retention: {journal_bytes: 20GiB}", config)
        path = self.write("service.yaml", config)
        done = run_statewire("check", path, environment=self.surroundings(
            AWS_ENDPOINT_URL=self.moto.url, **KEYS))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_a_session_knows_the_region_of_backups(self):
        """Its environment has nothing of the unit's: root's home says it."""
        (self.root / "root/.aws").mkdir()
        (self.root / "root/.aws/config").write_text("[default]\nregion = of-somebody\n")
        self.start()
        self.assertIn("of-somebody", (self.root / "root/.aws/config").read_text())
        shutil.rmtree(self.root / "root/.aws")
        self.start()
        self.moto.client("s3").create_bucket(
            Bucket="shop-backups", CreateBucketConfiguration={"LocationConstraint": REGION})
        session = self.surroundings(AWS_ENDPOINT_URL=self.moto.url, **KEYS)
        session.update(AWS_REGION="", HOME=str(self.root / "root"))
        done = run_statewire("store", "backups", "s3://shop-backups/statewire", environment=session)
        self.assertIn("there is no backup", done.stdout + done.stderr)

    def test_a_configuration_of_the_bucket_is_taken_as_it_is(self):
        (self.root / "bucket/shop.yaml").write_text("version: 1\n")
        self.first = self.first.replace("config=''", "config='shop.yaml'")
        self.start()
        self.assertEqual(self.config(), "version: 1\n")


if __name__ == "__main__":
    unittest.main()
