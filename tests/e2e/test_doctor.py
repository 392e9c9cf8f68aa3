"""`statewire doctor` and `init`: what is well, and each thing that can be made not so."""

import socket
import time
import unittest

from harness import ProgramTest, free_port, instance_event, wait_for
from receiver import Answer

CONFIG = """
sources:
  day: {{kind: file, path: day.jsonl}}
subscriptions:
  machines: {{format: csv, sink: {{kind: file, path: machines.csv}}}}
  hook: {{sink: {{kind: webhook, url: "{url}"}}}}
"""


class Doctor(ProgramTest):
    def setUp(self):
        super().setUp()
        self.status = 200
        self.hook = self.receiver(lambda request: Answer(self.status))
        self.write("day.jsonl", "")
        self.program = self.daemon(CONFIG.format(url=self.hook.url("/secret-path")))

    def doctor(self, *arguments, status=0):
        done = self.program.run("doctor", *arguments)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        self.assertNotIn("secret-path", done.stdout)
        return done.stdout

    def test_what_is_well_is_said_to_be_well_with_a_daemon_and_without(self):
        for part in ("is not there yet: made at the first start", "well   source day", "well   http", "well   sink machines", "well   sink hook",
                     "none runs", "all is well"):
            self.assertIn(part, self.doctor())
        self.program.start()
        for part in ("well   daemon", "well   store"):
            self.assertIn(part, self.doctor())

    def test_what_is_wrong_is_told_with_what_to_do(self):
        (self.folder / "a.d").mkdir()
        for lines, wanted in (
            ("sources: {day: {kind: file, path: none.jsonl}}", "none.jsonl: No such file or directory"),
            ("sources: {day: {kind: file, path: none/*.jsonl, follow: true}}", "none: No such file or"),
            ("sources: {day: {kind: file, path: \"*.none\"}}", "no file matches"),
            ("sources: {day: {kind: file, path: \"*.d\", follow: true}}", "a.d: is a directory"),
            ("subscriptions: {a: {sink: {kind: file, path: none/a.csv}}}", "No such file or directory"),
            (f"subscriptions: {{a: {{sink: {{kind: webhook, "
             f'url: "http://127.0.0.1:{free_port()}/secret-path"}}}}}}', "WRONG  sink a"),
            ('sources: {bus: {kind: sqs, queue: "https://sqs.eu-west-1.amazonaws.com/1/q"}}',
             "statewire aws whoami"),
            ("limits: {free_disk: 900TiB}", "are needed"),
            ("inventory: {shop: {kind: terraform, state: none/*.tfstate}}", "(none/*.tfstate)"),
        ):
            self.program.write_config(lines + "\n")
            text = self.doctor(status=1)
            self.assertIn(wanted, text)
            self.assertIn("→ ", text)
            self.assertIn("1 thing to mend", text)

    def test_an_address_that_another_has_is_wrong(self):
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            address = f"127.0.0.1:{other.getsockname()[1]}"
            self.program.write_config(f"http: {{listen: '{address}'}}\n")
            self.assertRegex(self.doctor(status=1), f"WRONG  http +.*{address}.*already in use")

    def test_another_program_is_not_taken_for_a_daemon(self):
        for answer in (
            Answer(401, {"Content-Type": "application/json"}, b'{"error":"who are you?"}'),
            Answer(401, {"WWW-Authenticate": "Bearer"}, b'{"error":"who are you?"}'),
            Answer(200, {"Content-Type": "application/json"}, b'{"store":"groceries"}'),
        ):
            other = self.receiver(lambda request: answer)
            address = other.url("").removeprefix("http://")
            self.program.write_config(f"http: {{listen: '{address}'}}\n")
            text = self.doctor(status=1)
            self.assertRegex(text, f"WRONG  http +.*{address}.*another program listens there")
            self.assertNotIn("WRONG  daemon", text)

    def test_a_daemon_of_another_store_is_known_also_where_it_wants_a_token(self):
        self.write("token", "t" * 32)
        here = self.program.port
        http = f"http: {{listen: '127.0.0.1:{here}', tokens: [{{scope: operate, token_file: token}}]}}\n"
        self.program.write_config(http)
        self.program.start()
        config = self.program.config.read_text().replace("store: store", "store: elsewhere")
        (self.folder / "other.yaml").write_text(config)
        text = self.program.run("doctor", "--config", self.folder / "other.yaml").stdout
        self.assertRegex(text, "WRONG  daemon +none serves this store: .*may serve another store")

    def test_a_store_that_a_start_refuses_is_not_well(self):
        self.program.start()
        self.program.post(instance_event("i-1", "running", "2026-11-23T09:00:00Z"))
        self.program.stop()
        self.assertIn("well   store", self.doctor())
        (self.folder / "store" / "CURRENT").write_text("MANIFEST-999999\n")
        self.assertRegex(self.doctor(status=1), "WRONG  store +.*cannot be opened.*statewire store salvage")

    def test_a_backup_that_is_old_is_not_well(self):
        (self.folder / "backups").mkdir()
        config = "backup: {to: backups, every: 1s}\n"
        self.program.write_config(config)
        self.program.start()
        wait_for(lambda: "last" in self.program.get("/api/v1/status")["backup"], "a backup")
        self.program.stop()
        time.sleep(2.1)
        self.assertRegex(self.doctor(), "look   backup +.*older than twice `every`")
        self.program.write_config(config.replace("1s", "1h"))
        self.assertRegex(self.doctor(), "well   backup ")

    def test_schedules_say_when_they_fire(self):
        self.program.write_config(
            "sources:\n  tick: {kind: schedule, cron: '0 0 1 1 ? 2099'}\n"
            "  over: {kind: schedule, cron: '0 0 1 1 ? 2020'}\n"
        )
        text = self.doctor()
        self.assertRegex(text, r"well   source tick +fires next at 2099-01-01T00:00:00")
        self.assertRegex(text, r"look   source over +it fires no more")
        self.program.start()
        status = self.program.run("status")
        self.assertRegex(status.stdout, r"over +schedule .*done: it fires no more")
        self.assertEqual(status.returncode, 0, status.stdout)

    def test_a_sink_of_aws_that_nobody_answers_for(self):
        program = self.daemon(
            'subscriptions: {bus: {sink: {kind: sqs, queue: "https://sqs.eu-west-1.amazonaws.com/1/q"}}}\n',
            environment={
                "AWS_ACCESS_KEY_ID": "a",
                "AWS_SECRET_ACCESS_KEY": "b",
                "AWS_ENDPOINT_URL": f"http://127.0.0.1:{free_port()}",
            },
        )
        done = program.run("doctor")
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("WRONG  sink bus", done.stdout)
        self.assertIn("look at the network, the proxy and the endpoint", done.stdout)

    def test_a_sink_that_does_not_speak_tls_is_wrong(self):
        url = self.hook.url("/secret-path").replace("http://", "https://")
        self.program.write_config(CONFIG.format(url=url))
        text = self.doctor(status=1)
        self.assertRegex(text, r"WRONG  sink hook +https://127.0.0.1:\d+: ")
        self.assertIn("look at the address, the network", text)

    def test_an_example_is_sent_where_that_is_wanted(self):
        self.doctor()
        self.assertFalse(self.hook.of("/secret-path"))
        self.doctor("--send")
        self.assertEqual(len(self.hook.accepted("/secret-path")), 1)
        self.status = 401
        self.assertIn("WRONG  sink hook", self.doctor("--send", status=1))

    def test_what_the_daemon_suffers_is_told(self):
        self.program.start()
        self.status = 422
        self.program.post(instance_event("i-1", "running", "2026-11-23T09:00:00Z"))
        wait_for(lambda: self.program.subscription("hook")["parked"] == 1, "what is parked")
        text = self.doctor(status=1)
        self.assertIn("1 delivery of subscription hook is parked", text)
        self.assertIn("→ `statewire parked list` says why", text)
        self.status = 401
        self.program.post(instance_event("i-2", "running", "2026-11-23T09:00:00Z"))
        wait_for(lambda: self.program.subscription("hook")["circuit"] == "open", "an open circuit")
        self.assertIn("the circuit of subscription hook is open", self.doctor(status=1))

    def test_from_nothing_to_a_daemon_that_delivers(self):
        (self.folder / "new").mkdir()
        answers = f"shop\n{self.folder}/new/store\nhttp\n{self.hook.url('/new')}\neverything\n"
        config = self.folder / "new" / "statewire.yaml"
        made = self.program.run("init", config, stdin=answers)
        self.assertEqual(made.returncode, 0, made.stdout + made.stderr)
        text = config.read_text()
        config.write_text(text.replace("127.0.0.1:8484", f"127.0.0.1:{free_port()}"))
        tried = self.program.run("doctor", "--config", config)
        self.assertEqual(tried.returncode, 0, tried.stdout)
        self.assertEqual(self.program.run("check", config).returncode, 0)


if __name__ == "__main__":
    unittest.main()
