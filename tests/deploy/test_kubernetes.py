"""deploy/kubernetes: helm takes the chart, the manifests are what it renders, they fit the schemas
of Kubernetes, and the pod that they describe runs, with its user, mounts, command and probes."""

import copy
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import kubernetes_validate
import yaml

from deployed import (
    HERE, NO_AWS, PATIENCE_SECONDS, ROOT, ProgramTest, instance_event, statewire_path, wait_for,
)

FOLDER = ROOT / "deploy" / "kubernetes"
HELM = ROOT / "build-packages" / "helm" / "helm"
VERSIONS = ("1.25.0", "1.37.0")  # What the chart asks for at least, and the newest with schemas.
SETTINGS = """
image: {repository: registry.example.org/statewire, tag: "1.2", pullSecrets: [registry]}
secretName: tokens
volume: {size: 50Gi, storageClass: gp3, accessMode: ReadWriteOncePod}
env: {AWS_REGION: eu-west-1, NUMBER: 7}
volumes: [{name: more, configMap: {name: catalog}}]
volumeMounts: [{name: more, mountPath: /etc/catalog, readOnly: true}]
serviceAccount: {annotations: {eks.amazonaws.com/role-arn: "arn:aws:iam::123456789012:role/s"}}
service: {type: LoadBalancer, port: 80, annotations: {a: b}}
networkPolicy: {from: [{namespaceSelector: {}}]}
serviceMonitor: {enabled: true, labels: {release: prometheus}}
tolerations: [{key: only, operator: Exists}]
affinity: {nodeAffinity: {}}
"""


def helm(*arguments):
    with tempfile.TemporaryDirectory() as home:
        return subprocess.run(
            [HELM, *arguments], capture_output=True, text=True, timeout=PATIENCE_SECONDS,
            env={"PATH": os.environ["PATH"], "HOME": home}, check=False,
        )


def rendered(*arguments):
    done = helm("template", "statewire", FOLDER / "chart", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def parts_of(text):
    """The manifests by their kinds."""
    return {part["kind"]: part for part in yaml.safe_load_all(text) if part}


class Chart(ProgramTest):
    def test_manifests_are_what_the_chart_renders(self):
        self.assertEqual(
            (FOLDER / "statewire.yaml").read_text(), rendered(), "`make kubernetes` writes it"
        )

    def test_helm_warns_of_nothing(self):
        settings = self.write("settings.yaml", SETTINGS)
        for more in ([], ["--values", settings]):
            done = helm("lint", "--strict", FOLDER / "chart", *more)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertNotRegex(done.stdout, "WARNING|ERROR")

    def test_manifests_fit_the_schemas_of_kubernetes(self):
        settings = self.write("settings.yaml", SETTINGS)
        for text in (rendered(), rendered("--values", settings)):
            for kind, part in parts_of(text).items():
                if kind == "ServiceMonitor":
                    continue  # Its schema is not Kubernetes' own.
                for version in VERSIONS:
                    kubernetes_validate.validate(part, version, strict=True)
        broken = copy.deepcopy(parts_of(rendered())["StatefulSet"])
        broken["spec"]["template"]["spec"]["securityContext"]["fsgroup"] = 1
        with self.assertRaises(kubernetes_validate.ValidationError):
            kubernetes_validate.validate(broken, VERSIONS[0], strict=True)

    def test_settings_have_their_places(self):
        parts = parts_of(rendered("--values", self.write("settings.yaml", SETTINGS)))
        pod = parts["StatefulSet"]["spec"]["template"]["spec"]
        container, = pod["containers"]
        self.assertEqual(container["image"], "registry.example.org/statewire:1.2")
        self.assertEqual(pod["imagePullSecrets"], [{"name": "registry"}])
        self.assertIn({"name": "AWS_REGION", "value": "eu-west-1"}, container["env"])
        self.assertIn({"name": "NUMBER", "value": "7"}, container["env"])
        self.assertIn("more", [each["name"] for each in container["volumeMounts"]])
        self.assertIn("more", [each["name"] for each in pod["volumes"]])
        self.assertEqual(pod["volumes"][1]["secret"]["secretName"], "tokens")
        claim = parts["StatefulSet"]["spec"]["volumeClaimTemplates"][0]["spec"]
        self.assertEqual(claim["accessModes"], ["ReadWriteOncePod"])
        self.assertEqual(claim["storageClassName"], "gp3")
        self.assertEqual(claim["resources"]["requests"]["storage"], "50Gi")
        self.assertIn("role/s", str(parts["ServiceAccount"]["metadata"]["annotations"]))
        self.assertEqual(parts["Service"]["spec"]["ports"][0]["port"], 80)
        self.assertEqual(
            parts["NetworkPolicy"]["spec"]["ingress"][0]["from"], [{"namespaceSelector": {}}]
        )
        monitor = parts["ServiceMonitor"]
        self.assertEqual(monitor["metadata"]["labels"]["release"], "prometheus")
        endpoint, = monitor["spec"]["endpoints"]
        self.assertEqual(
            endpoint["authorization"]["credentials"], {"name": "tokens", "key": "read-token"}
        )

    def test_a_setting_that_there_is_not_is_refused(self):
        for setting in ("volume.sise=1Gi", "volume.accessMode=ReadWriteMany", "replicas=2"):
            done = helm("template", "statewire", FOLDER / "chart", "--set", setting)
            self.assertNotEqual(done.returncode, 0, setting)
            self.assertIn(re.split("[=.]", setting)[-2], done.stderr)

    def test_another_configuration_makes_another_pod(self):
        config = self.write("statewire.yaml", "version: 1\ninstance: shop\nstore: /tmp/store\n")
        before = parts_of(rendered())
        after = parts_of(rendered("--set-file", f"config={config}"))
        self.assertEqual(after["ConfigMap"]["data"]["statewire.yaml"], config.read_text())
        sums = [
            each["StatefulSet"]["spec"]["template"]["metadata"]["annotations"]["checksum/config"]
            for each in (before, after)
        ]
        self.assertNotEqual(*sums)

    def test_probes_and_scrapes_speak_tls_where_the_configuration_does(self):
        for http, scheme in (("{listen: 0.0.0.0:8484}", None), ("", None),
                             ("{tls: {certificate: a, key: b}}", "HTTPS")):
            config = self.write("tls.yaml", f"version: 1\nstore: /s\nhttp: {http}\n")
            parts = parts_of(rendered(
                "--set-file", f"config={config}", "--set", "serviceMonitor.enabled=true",
                "--set", "serviceMonitor.tlsConfig.insecureSkipVerify=true"))
            container, = parts["StatefulSet"]["spec"]["template"]["spec"]["containers"]
            for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
                self.assertEqual(container[probe]["httpGet"].get("scheme"), scheme)
            endpoint, = parts["ServiceMonitor"]["spec"]["endpoints"]
            self.assertEqual(endpoint.get("scheme"), scheme and scheme.lower())
            self.assertEqual("tlsConfig" in endpoint, scheme is not None)
        config.write_text("version: 1\nstore: /s\nhttp: {tls: {client_ca_file: c}}\n")
        parts = parts_of(rendered("--set-file", f"config={config}"))
        container, = parts["StatefulSet"]["spec"]["template"]["spec"]["containers"]
        self.assertEqual(container["readinessProbe"]["tcpSocket"], {"port": "http"})

    def test_parts_find_each_other(self):
        parts = parts_of(rendered("--set", "serviceMonitor.enabled=true"))
        template = parts["StatefulSet"]["spec"]["template"]
        labels = template["metadata"]["labels"].items()
        for selector in (
            parts["StatefulSet"]["spec"]["selector"]["matchLabels"],
            parts["Service"]["spec"]["selector"],
            parts["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"],
        ):
            self.assertLessEqual(selector.items(), labels)
        monitor = parts["ServiceMonitor"]["spec"]
        self.assertLessEqual(
            monitor["selector"]["matchLabels"].items(),
            parts["Service"]["metadata"]["labels"].items(),
        )
        port, = parts["Service"]["spec"]["ports"]
        self.assertEqual(monitor["endpoints"][0]["port"], port["name"])
        container, = template["spec"]["containers"]
        self.assertEqual([each["name"] for each in container["ports"]], [port["targetPort"]])
        self.assertEqual(
            parts["StatefulSet"]["spec"]["serviceName"], parts["Service"]["metadata"]["name"]
        )
        self.assertEqual(
            template["spec"]["serviceAccountName"], parts["ServiceAccount"]["metadata"]["name"]
        )


class Pod:
    """The pod of manifests, in a folder."""

    def __init__(self, parts, folder, root):
        self.parts = parts
        self.folder = folder
        self.root = root
        self.spec = parts["StatefulSet"]["spec"]["template"]["spec"]
        self.container, = self.spec["containers"]
        self.user = self.spec["securityContext"]["runAsUser"]
        self.group = self.spec["securityContext"]["fsGroup"]
        self.sources = {}
        for volume in self.spec["volumes"]:
            self.sources[volume["name"]] = self.volume(volume)
        state = folder / "state"
        state.mkdir()
        self.give(state, 0o2775)
        self.sources["state"] = state

    def give(self, path, mode):
        """As the kubelet does it for fsGroup."""
        os.chown(path, 0, self.group)
        path.chmod(mode)

    def volume(self, volume):
        """Files behind two links, as the kubelet lays them down."""
        if "configMap" in volume:
            assert volume["configMap"]["name"] == self.parts["ConfigMap"]["metadata"]["name"]
            files, mode = self.parts["ConfigMap"]["data"], 0o644
        else:
            config = self.parts["ConfigMap"]["data"]["statewire.yaml"]
            names = re.findall(r"(?m)^[^#\n]*_file: /run/secrets/statewire/([\w-]+)", config)
            files, mode = {name: f"the-{name}\n" for name in names}, volume["secret"]["defaultMode"]
        folder = self.folder / volume["name"]
        (folder / "..of_now").mkdir(parents=True)
        (folder / "..data").symlink_to("..of_now")
        for name, text in files.items():
            (folder / "..of_now" / name).write_text(text)
            self.give(folder / "..of_now" / name, mode)
            (folder / name).symlink_to(f"..data/{name}")
        return folder

    def port(self, name):
        return {each["name"]: each["containerPort"] for each in self.container["ports"]}[name]

    def command(self, *arguments):
        entry = re.search(
            r"(?m)^ENTRYPOINT (.*)$", (ROOT / "deploy/container/Containerfile").read_text()
        )
        spec = {
            "root": str(self.root),
            "is_root_read_only": self.container["securityContext"]["readOnlyRootFilesystem"],
            "mounts": [
                {
                    "source": str(self.sources[each["name"]]),
                    "target": each["mountPath"],
                    "is_read_only": each.get("readOnly", False),
                }
                for each in self.container["volumeMounts"]
            ],
            "user": self.user,
            "group": self.spec["securityContext"]["runAsGroup"],
            "groups": [self.group],
            "environment": {
                **NO_AWS, **{each["name"]: each["value"] for each in self.container["env"]}
            },
            "command": [*json.loads(entry[1]), *(arguments or self.container["args"])],
        }
        path = self.folder / "container.json"
        path.write_text(json.dumps(spec))
        return ["unshare", "--mount", "--net", sys.executable, "-B", HERE / "pod.py", path]

    def run(self, *arguments):
        return subprocess.run(
            self.command(*arguments), capture_output=True, text=True, timeout=PATIENCE_SECONDS
        )


@unittest.skipIf(os.getuid() != 0, "mounts need root")
class Running(ProgramTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.made = pathlib.Path(tempfile.mkdtemp(prefix="statewire-pod-"))
        cls.addClassCleanup(shutil.rmtree, cls.made)
        tarball = cls.made / "statewire.tar.xz"
        subprocess.run(
            [ROOT / "tools" / "tarball", statewire_path(), tarball],
            env=dict(os.environ, XZ_LEVEL="0"), check=True,
        )
        (cls.made / "root").mkdir()
        subprocess.run(["tar", "-xJf", tarball, "-C", cls.made / "root"], check=True)

    def setUp(self):
        super().setUp()
        self.parts = parts_of((FOLDER / "statewire.yaml").read_text())
        self.pod = Pod(self.parts, self.folder, self.made / "root")

    def start(self):
        self.log = self.folder / "pod.log"
        with open(self.log, "wb") as log:
            process = subprocess.Popen(
                self.pod.command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        mine = os.readlink("/proc/self/ns/net")
        wait_for(
            lambda: os.readlink(f"/proc/{process.pid}/ns/net") != mine, "the pod's own network"
        )
        return process

    def ask(self, process, path, *options, port="http"):
        """The status and body that a client in the pod's network gets."""
        self.assertIsNone(process.poll(), self.log.read_text())
        done = subprocess.run(
            ["nsenter", f"--net=/proc/{process.pid}/ns/net", "curl", "-sS", "-w", "\n%{http_code}",
             *options, f"http://127.0.0.1:{self.pod.port(port)}{path}"],
            capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False,
        )
        body, _, status = done.stdout.rpartition("\n")
        return int(status or 0), body

    def probe(self, process, name):
        get = self.pod.container[name]["httpGet"]
        return self.ask(process, get["path"], port=get["port"])[0]

    def test_its_configuration_is_right_as_it_is_mounted(self):
        done = self.pod.run("check", "/etc/statewire/statewire.yaml")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_it_runs_without_privileges_and_answers_its_probes(self):
        process = self.start()
        for name in ("startupProbe", "livenessProbe", "readinessProbe"):
            wait_for(lambda: self.probe(process, name) == 200, name)
        status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
        self.assertRegex(status, rf"(?m)^Uid:\s+{self.pod.user}\s+{self.pod.user}\s")
        self.assertRegex(status, r"(?m)^CapEff:\s+0+$")
        event = json.dumps(instance_event("i-0a1b2c3d4e5f60001", "running", "2026-11-23T09:00:12Z"))
        told = self.ask(process, "/events", "-H", "x-api-key: the-ingest-token", "-d", event)
        self.assertEqual((told[0], json.loads(told[1])["accepted"]), (202, 1))
        wait_for(lambda: "i-0a1b2c3d4e5f60001" in self.log.read_text(), "a line in the pod's log")
        monitor = parts_of(rendered("--set", "serviceMonitor.enabled=true"))["ServiceMonitor"]
        endpoint, = monitor["spec"]["endpoints"]
        token = "the-" + endpoint["authorization"]["credentials"]["key"]
        answer = self.ask(process, endpoint["path"], "-H", f"authorization: Bearer {token}")
        self.assertEqual(answer[0], 200)
        self.assertIn("statewire_build_info", answer[1])
        self.assertEqual(self.ask(process, endpoint["path"])[0], 401)
        memory = re.search(r"(?m)^VmHWM:\s+(\d+) kB", status)
        requested = self.pod.container["resources"]["requests"]["memory"]
        self.assertLess(int(memory[1]) << 10, int(requested.removesuffix("Mi")) << 20)
        process.terminate()
        seconds = self.pod.spec["terminationGracePeriodSeconds"]
        self.assertEqual(process.wait(seconds), 0, self.log.read_text())
        self.assertEqual((self.folder / "state" / "store").stat().st_uid, self.pod.user)

    def test_status_is_there_for_exec(self):
        process = self.start()
        wait_for(lambda: self.probe(process, "readinessProbe") == 200, "a pod that is ready")
        done = self.pod.run("status")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
