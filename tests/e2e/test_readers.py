"""Commands that only read need the store and nothing else of the configuration."""

import json
import os
import signal
import subprocess
import unittest

from harness import ROOT, ProgramTest, free_port, instance_event, run_statewire, wait_for

NOTHING_FOUND = 1
STOPPED = ROOT / "examples" / "ec2-stopped.json"
SINK = "subscriptions:\n  machines: {sink: {kind: file, path: machines.jsonl}}\n"
# What a daemon runs with, and those who ask it lack.
ELSEWHERE = {
    "a region": SINK + "  bus: {sink: {kind: eventbridge, bus: default}}\n",
    "credentials": SINK
    + "  hook: {sink: {kind: webhook, url_file: '${CREDENTIALS_DIRECTORY}/url'}}\n",
    "a key that there is": SINK + "retantion: {}\n",
    "a sink of a kind that there is": SINK + "  odd: {sink: {kind: webhok}}\n",
    "a number that is one": SINK + "limits: {free_disk: much}\n",
}
WITH_STORE = [
    ["resources"],
    ["timeline", "i-0a1b2c3d4e5f60001"],
    ["ledger"],
    ["events"],
    ["held"],
    ["test", "machines", "--since", "3650d"],
    ["parked", "list"],
    ["parked", "redrive", "--dry-run"],
    ["parked", "drop", "--all", "--dry-run"],
    ["explain", STOPPED],
    ["catalog", "coverage"],
    ["store", "check"],
]
WITH_DAEMON = [["status"], ["send", STOPPED]]


class Readers(ProgramTest):
    def begin(self):
        program = self.daemon(SINK).start()
        program.post(instance_event("i-0a1b2c3d4e5f60001", "running", "2026-11-23T09:00:00Z"))
        return program

    def test_other_parts_of_the_configuration_may_be_wrong(self):
        program = self.begin()
        for is_running in (True, False):
            if not is_running:
                self.assertEqual(program.stop(), 0)
            for lack, config in ELSEWHERE.items():
                program.write_config(config)
                self.assertEqual(program.run("check").returncode, 78, lack)
                for command in WITH_STORE + (WITH_DAEMON if is_running else []):
                    with self.subTest(lack=lack, command=command[:2], is_running=is_running):
                        done = program.run(*command)
                        self.assertIn(done.returncode, (0, NOTHING_FOUND), done.stderr)
                        self.assertNotIn("statewire.yaml", done.stderr)
        done = program.run("store", "salvage", "--to", "salvaged")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_what_they_need_must_be_well(self):
        program = self.begin()
        self.assertEqual(program.stop(), 0)
        program.config.write_text("version: 1\nstore: ${NOT_SET}/store\n" + SINK)
        for command in [*WITH_STORE, ["status"]]:
            done = program.run(*command)
            self.assertEqual(done.returncode, 78, command)
            self.assertIn("NOT_SET", done.stderr)
        program.write_config(SINK + "ignore: [{resorce: {}}]\n")
        self.assertEqual(program.run("ledger").returncode, 0)
        explained = program.run("explain", STOPPED)
        self.assertEqual(explained.returncode, 78)
        self.assertIn("ignore", explained.stderr)

    def test_without_a_daemon_what_needs_one_says_so(self):
        program = self.daemon(SINK)
        for command in [["tail"], *WITH_DAEMON]:
            done = program.run(*command)
            self.assertEqual(done.returncode, 1)
            self.assertIn("no daemon serves", done.stderr)


class Elsewhere(ProgramTest):
    """The file names another store than the daemon that listens where the file says."""

    def begin(self, http="", move="moved"):
        program = self.daemon(f"http: {{listen: '127.0.0.1:$PORT'{http}}}\n" + SINK).start()
        text = program.config.read_text()
        program.write_config(f"http: {{listen: '127.0.0.1:$PORT'{http}}}\n" + SINK)
        program.config.write_text(text.replace("store: store", f"store: {move}"))
        program.signal(signal.SIGHUP)
        wait_for(lambda: "only a restart can" in program.log_text(), "a reload that is refused")
        return program

    def test_readers_say_where_the_daemon_is_and_what_it_serves(self):
        program = self.begin()
        url = f"http://127.0.0.1:{program.port}"
        for command in [*WITH_DAEMON, ["resources"], ["held"]]:
            done = program.run(*command)
            self.assertEqual(done.returncode, 1, command)
            for words in (url, f"serves the store {self.folder}/store", f"--url {url}"):
                self.assertIn(words, done.stderr, command)
        self.assertIn("the last reload failed: store: only a restart", done.stderr)
        self.assertEqual(program.run("status", "--url", url).returncode, 1)
        doctor = program.run("doctor").stdout
        self.assertIn(f"serves the store {self.folder}/store", doctor)
        self.assertNotIn("none runs", doctor)

    def test_a_store_that_nobody_serves_is_read_and_that_is_said(self):
        other = self.daemon(SINK, port=free_port())
        other.config.write_text(other.config.read_text().replace("store: store", "store: moved"))
        other.start()
        other.stop()
        program = self.begin()
        done = program.run("resources", "--output", "json")
        self.assertIn("serves the store", done.stderr)
        self.assertEqual(json.loads(done.stdout), [])
        program.stop()
        self.assertEqual(program.run("resources").stderr.count("serves the store"), 0)

    def test_a_daemon_that_wants_a_token_is_named_as_one(self):
        self.write("token", "the-read-token\n")
        program = self.begin(", tokens: [{scope: read, token_file: token}]")
        done = program.run("status")
        self.assertIn("--token-file", done.stderr)
        self.assertNotIn("the-read-token", done.stderr)

    def test_a_socket_that_is_gone_is_said_to_be(self):
        program = self.daemon(SINK).start()
        (self.folder / "store" / "control.sock").unlink()
        done = program.run("status")
        self.assertIn("control.sock is gone", done.stderr)


class Remote(ProgramTest):
    def setUp(self):
        super().setUp()
        for scope in ("read", "ingest", "operate"):
            self.write(scope, f"the-{scope}-token\n")
        tokens = ", ".join(
            f"{{scope: {scope}, token_file: {scope}}}" for scope in ("read", "ingest", "operate")
        )
        config = f"http: {{listen: '127.0.0.1:$PORT', tokens: [{tokens}]}}\n" + SINK
        self.program = self.daemon(config).start()
        self.url = f"http://127.0.0.1:{self.program.port}"

    def ask(self, *command, token=None, url=None):
        given = ["--url", url or self.url]
        if token:
            given += ["--token-file", self.folder / token]
        environment = dict(os.environ, STATEWIRE_CONFIG="/nonexistent/statewire.yaml")
        return run_statewire(*command, *given, environment=environment)

    def test_a_remote_daemon_is_asked_with_a_token(self):
        sent = self.ask("send", STOPPED, token="ingest")
        self.assertEqual(sent.returncode, 0, sent.stderr)
        status = self.ask("status", "--output", "json", token="read", url=self.url + "/")
        self.assertEqual(json.loads(status.stdout)["instance"], "test", status.stderr)
        self.assertIn("i-0a1b2c3d4e5f60001", self.ask("resources", token="read").stdout)
        self.assertIn("adds up", self.ask("ledger", token="read").stdout)
        self.assertIn("nothing is parked", self.ask("parked", "list", token="read").stderr)
        self.assertEqual(self.ask("explain", STOPPED, token="read").returncode, 0)
        dropped = self.ask("parked", "drop", "--all", token="operate")
        self.assertEqual(dropped.returncode, 0, dropped.stderr)

    def test_refusals_say_why_and_show_no_token(self):
        for token, url, status, words in (
            (None, None, 1, "a token is needed"),
            ("ingest", None, 1, "scope read"),
            ("none", None, 2, "none: cannot be read"),
            ("read", "ftp://host", 2, "--url"),
            ("read", self.url.replace("//", "//me:it@"), 2, "--token-file"),
            ("read", "http://127.0.0.1:1", 1, "127.0.0.1"),
        ):
            done = self.ask("status", token=token, url=url)
            self.assertEqual(done.returncode, status, done.stderr)
            self.assertIn(words, done.stderr)
            self.assertNotIn("the-", done.stderr)
        self.write("broken", "one\ntwo")
        self.assertIn("line breaks", self.ask("status", token="broken").stderr)
        self.assertEqual(self.program.run("status", "--token-file", "read").returncode, 2)


class PrivateAuthority(ProgramTest):
    def test_a_daemon_is_trusted_by_the_file_that_is_named(self):
        certificate, key = self.folder / "web.pem", self.folder / "web.key"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
             "-subj", "/CN=daemon", "-addext", "subjectAltName=IP:127.0.0.1",
             "-keyout", str(key), "-out", str(certificate)],
            check=True, capture_output=True, timeout=60,
        )
        daemon = self.daemon(
            "http:\n  listen: 127.0.0.1:$PORT\n"
            f"  tls: {{certificate_file: {certificate}, key_file: {key}}}\n"
        ).start(is_ready=False)
        url = f"https://127.0.0.1:{daemon.port}"
        ask = ("status", "--url", url)
        wait_for(lambda: run_statewire(*ask, "--ca-file", certificate).returncode == 0, "an answer")
        refused = run_statewire(*ask)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("certificate not trusted", refused.stderr)
        for wrong in (self.folder / "none.pem", key):
            done = run_statewire(*ask, "--ca-file", wrong)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn("--ca-file: ", done.stderr)
        self.assertEqual(daemon.run("status", "--ca-file", certificate).returncode, 2)


if __name__ == "__main__":
    unittest.main()
