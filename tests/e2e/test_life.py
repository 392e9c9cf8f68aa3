"""Start, stop, reload, probes; and that what is acknowledged is on disk."""

import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import ssl
import subprocess
import time
import unittest

from harness import SIGHUP, ProgramTest, instance_event, wait_for
from receiver import HANG, Answer

SUBSCRIPTION = """
  {name}:
    from: earliest
    sink: {{kind: webhook, url: "{url}", timeout: 5s}}
"""


def running(number, when="2026-11-23T09:00:00Z"):
    return instance_event(f"i-{number:017x}", "running", when)


class Probes(ProgramTest):
    def test_livez_readyz_metrics_and_status(self):
        daemon = self.daemon().start()
        self.assertEqual(daemon.request("GET", "/livez").status, 200)
        self.assertEqual(daemon.request("GET", "/readyz").status, 200)
        daemon.post(running(1), running(2))
        metrics = daemon.request("GET", "/metrics").body.decode()
        for line in metrics.splitlines():
            self.assertRegex(line, r"^(#.*|[a-z_]+(\{.*\})? [0-9.e+-]+|)$")
        self.assertRegex(metrics, r"(?m)^statewire_\w*events\w*(\{.*\})? 2$")
        status = daemon.get("/api/v1/status")
        self.assertEqual(status["instance"], "test")
        self.assertEqual(status["journal"]["last_sequence"], 2)
        self.assertEqual(daemon.run("status").returncode, 0)

    def test_unknown_paths_and_methods(self):
        daemon = self.daemon().start()
        self.assertEqual(daemon.request("GET", "/nothing").status, 404)
        self.assertEqual(daemon.request("GET", "/events").status, 405)
        self.assertEqual(daemon.request("POST", "/api/v1/ledger").status, 405)
        for path in ("/nothing", "/api/v1/timeline?resource=none", "/api/v1/resources?limit=x"):
            answer = daemon.request("GET", path)
            self.assertIn(answer.status, (400, 404), path)
            self.assertTrue(answer.json()["error"], path)


class Stopping(ProgramTest):
    def test_sigterm_stops_cleanly_and_keeps_what_was_acknowledged(self):
        daemon = self.daemon().start()
        daemon.post(*[running(number) for number in range(100)])
        self.assertEqual(daemon.stop(10), 0)
        self.assertFalse((self.folder / "store" / "control.sock").exists())
        daemon.start()
        self.assertEqual(daemon.get("/api/v1/status")["journal"]["last_sequence"], 100)

    def test_a_replacement_waits_for_the_store_and_then_serves(self):
        old = self.daemon().start()
        old.post(running(1))
        new = self.daemon()
        new.start(is_ready=False)
        wait_for(lambda: "waiting for the store" in new.log_text(), "word of it")
        self.assertEqual(old.stop(), 0)
        new.wait_until_ready()
        self.assertEqual(new.get("/api/v1/status")["journal"]["last_sequence"], 1)

    def test_whoever_waits_for_the_store_hears_that_it_shall_end_and_does_not_wait_for_ever(self):
        self.daemon().start()
        for is_told in (True, False):
            new = self.daemon()
            new.start(is_ready=False)
            wait_for(lambda new=new: "waiting for the store" in new.log_text(), "word of it")
            if is_told:
                new.signal(signal.SIGTERM)
            self.assertEqual(new.process.wait(5 if is_told else 20), 1)
            self.assertIn("is held by another process", new.log_text())

    def test_what_was_not_delivered_is_delivered_after_the_restart(self):
        receiver = self.receiver(lambda request: Answer(503))
        url = receiver.url("/hook")
        daemon = self.daemon("subscriptions:\n" + SUBSCRIPTION.format(name="hook", url=url))
        daemon.start()
        daemon.post(*[running(number) for number in range(20)])
        wait_for(lambda: receiver.requests, "an attempt")
        self.assertEqual(daemon.stop(), 0)
        receiver.decide = lambda request: Answer(200)
        daemon.start()
        daemon.wait_until_settled("hook")
        ids = {request.headers["webhook-id"] for request in receiver.accepted()}
        self.assertEqual(len(ids), 20)

    def check_that_alive_goes_on(self, dead, alive):
        daemon = self.daemon(
            "subscriptions:"
            + SUBSCRIPTION.format(name="dead", url=dead.url("/dead")).replace("5s", "60s")
            + SUBSCRIPTION.format(name="alive", url=alive.url("/alive"))
        ).start()
        daemon.post(*[running(number) for number in range(200)])
        wait_for(lambda: len(alive.accepted("/alive")) == 200, "all deliveries of the other")
        wait_for(lambda: dead.of("/dead"), "an attempt")
        wait_for(lambda: daemon.subscription("dead")["lag"] > 0, "a subscription that lags")
        began = time.monotonic()
        self.assertEqual(daemon.stop(20), 0)
        self.assertLess(time.monotonic() - began, 10)

    def test_a_sink_that_hangs_holds_up_neither_others_nor_the_end(self):
        self.check_that_alive_goes_on(self.receiver(lambda request: HANG), self.receiver())

    def test_a_sink_that_hangs_leaves_room_for_others_of_its_host(self):
        both = self.receiver(lambda request: HANG if request.path == "/dead" else Answer(200))
        self.check_that_alive_goes_on(both, both)

    def test_half_a_body_and_a_sink_that_hangs_share_one_time_at_the_end(self):
        receiver = self.receiver(lambda request: HANG)
        config = "subscriptions:" + SUBSCRIPTION.format(name="hangs", url=receiver.url())
        daemon = self.daemon(config.replace("5s", "60s")).start()
        daemon.post(running(1))
        wait_for(lambda: receiver.requests, "a request that hangs")
        with socket.create_connection(("127.0.0.1", daemon.port)) as client:
            client.sendall(b"POST /events HTTP/1.1\r\nhost: x\r\ncontent-length: 99\r\n\r\n{")
            begin = time.monotonic()
            self.assertEqual(daemon.stop(20), 0)
            self.assertLess(time.monotonic() - begin, 8)

    def test_a_sink_that_fails_is_told_before_its_circuit_opens(self):
        receiver = self.receiver(lambda request: Answer(503, {"Retry-After": "86400"}, b"later"))
        config = "subscriptions:" + SUBSCRIPTION.format(name="fails", url=receiver.url())
        daemon = self.daemon(config).start()
        daemon.post(running(1))
        wait_for(lambda: "failing" in daemon.subscription("fails"), "the failure to be told")
        told = daemon.subscription("fails")
        self.assertEqual((told["circuit"], told["outstanding"], told["lag"]), ("closed", 1, 1))
        self.assertEqual(told["lag_since"], told["oldest_outstanding"])
        self.assertEqual(told["failing"]["reason"], "http 503: later")
        self.assertTrue(told["failing"]["as_sink_asked"])
        self.assertIn("oldest_outstanding", told)
        text = daemon.run("status").stdout
        self.assertRegex(text, r"(?m)^fails: failing since .*: http 503: later; waits until "
                               r".* as the sink asked \(Retry-After\); 1 outstanding, the oldest")
        self.assertEqual(daemon.log_text().count("a sink fails; deliveries are tried again"), 1)
        self.assertIn('statewire_subscription_failing{subscription="fails"} 1',
                      daemon.request("GET", "/metrics").body.decode())

    def test_a_tail_that_is_open_does_not_hold_up_the_end(self):
        daemon = self.daemon().start()
        connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=30)
        self.addCleanup(connection.close)
        connection.request("GET", "/api/v1/tail")
        self.assertEqual(connection.getresponse().status, 200)
        began = time.monotonic()
        self.assertEqual(daemon.stop(20), 0)
        self.assertLess(time.monotonic() - began, 8)


class Crowd(ProgramTest):
    def test_half_open_connections_beyond_the_files_that_may_be_open_keep_nobody_out(self):
        daemon = self.daemon().start(["sh", "-c", 'ulimit -n 128; exec "$@"', "sh"])
        crowd = []
        self.addCleanup(lambda: [one.close() for one in crowd])
        for _ in range(200):
            one = socket.create_connection(("127.0.0.1", daemon.port), timeout=10)
            one.sendall(b"GET /livez HTTP/1.1\r\nHost: localhost\r\nX: ")
            crowd.append(one)
        for number in range(3):
            self.assertEqual(daemon.post(running(number)).status, 202)
            self.assertEqual(daemon.run("status").returncode, 0)
        self.assertIn('"events":3', daemon.run("status", "--output", "json").stdout)

    def test_too_few_files_are_told_before_anything_is_opened(self):
        daemon = self.daemon()
        ended = subprocess.run(
            ["sh", "-c", 'ulimit -n 64; exec "$@"', "sh", daemon.statewire, "run", "--config"]
            + [daemon.config],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
            cwd=self.folder,
        )
        self.assertNotEqual(ended.returncode, 0)
        self.assertIn("ulimit -n", ended.stderr)


class Reload(ProgramTest):
    def test_sighup_takes_a_good_configuration_and_keeps_its_cursors(self):
        receiver = self.receiver()
        first = SUBSCRIPTION.format(name="first", url=receiver.url("/first"))
        second = SUBSCRIPTION.format(name="second", url=receiver.url("/second"))
        daemon = self.daemon("subscriptions:" + first).start()
        daemon.post(running(1))
        daemon.wait_until_settled("first")
        daemon.write_config("subscriptions:" + first + second)
        daemon.signal(SIGHUP)
        wait_for(lambda: receiver.accepted("/second"), "the new subscription's delivery")
        daemon.post(running(2))
        daemon.wait_until_settled("first", "second")
        self.assertEqual(len(receiver.of("/first")), 2)
        self.assertEqual(len(receiver.of("/second")), 2)
        daemon.write_config("subscriptions:" + second)
        daemon.signal(SIGHUP)
        names = ["second"]
        wait_for(
            lambda: [one["name"] for one in daemon.get("/api/v1/status")["subscriptions"]] == names,
            "one subscription",
        )
        daemon.post(running(3))
        daemon.wait_until_settled("second")
        self.assertEqual(len(receiver.of("/first")), 2)

    def test_sighup_before_the_configuration_was_read_waits_until_it_can_be_read_again(self):
        receiver = self.receiver()
        first = SUBSCRIPTION.format(name="first", url=receiver.url("/first"))
        daemon = self.daemon("subscriptions:" + first)
        text = daemon.config.read_text()
        daemon.config.unlink()
        os.mkfifo(daemon.config)
        daemon.start(is_ready=False)
        with open(daemon.config, "w") as pipe:  # Once the daemon begins to read it.
            daemon.signal(SIGHUP)
            daemon.config.unlink()
            daemon.write_config("subscriptions:" + first.replace("first", "second"))
            pipe.write(text)
        daemon.wait_until_ready()
        wait_for(
            lambda: [one["name"] for one in daemon.get("/api/v1/status")["subscriptions"]] == ["second"],
            "the configuration that came second",
        )

    def test_sighup_keeps_the_old_configuration_where_the_new_one_is_bad(self):
        receiver = self.receiver()
        good = SUBSCRIPTION.format(name="hook", url=receiver.url("/hook"))
        daemon = self.daemon("subscriptions:" + good).start()
        daemon.write_config("subscriptions:" + good + "    sinc: {}\n")
        daemon.signal(SIGHUP)
        wait_for(lambda: "did you mean" in daemon.log_text(), "the problem in the log")
        daemon.post(running(1))
        daemon.wait_until_settled("hook")
        self.assertEqual(len(receiver.accepted("/hook")), 1)
        # Nor does a listener move.
        daemon.config.write_text(
            "version: 1\nstore: store\nhttp: {listen: 127.0.0.1:1}\nsubscriptions:" + good
        )
        daemon.signal(SIGHUP)
        wait_for(lambda: "restart" in daemon.log_text(), "that this needs a restart")
        self.assertEqual(daemon.post(running(2)).status, 202)

    def test_status_says_that_a_reload_failed_until_one_succeeds(self):
        daemon = self.daemon().start()
        success = "statewire_config_last_reload_success"
        self.assertIn(f"{success} 1\n", daemon.request("GET", "/metrics").body.decode())
        self.assertNotIn("reload", daemon.run("status").stdout)
        daemon.write_config("limts: {}\n")
        daemon.signal(SIGHUP)
        wait_for(lambda: "problem" in daemon.get("/api/v1/status")["config"], "the problem")
        config = daemon.get("/api/v1/status")["config"]
        self.assertFalse(config["last_reload_succeeded"])
        self.assertIn("limts", config["problem"])
        self.assertRegex(
            daemon.run("status").stdout,
            r"configuration in force since [\d:]{8}; the last reload at [\d:]{8} failed: .*limts",
        )
        self.assertIn(f"{success} 0\n", daemon.request("GET", "/metrics").body.decode())
        daemon.write_config("")
        daemon.signal(SIGHUP)
        wait_for(
            lambda: daemon.get("/api/v1/status")["config"].get("last_reload_succeeded"), "success"
        )
        self.assertNotIn("failed", daemon.run("status").stdout)
        self.assertIn(f"{success} 1\n", daemon.request("GET", "/metrics").body.decode())

    def test_refusals_for_the_disk_are_counted_logged_once_and_shown(self):
        daemon = self.daemon("limits: {free_disk: 1000TiB}\n").start(is_ready=False)
        wait_for(lambda: self.is_refused(daemon), "a refusal")
        for i in range(3):
            self.assertEqual(daemon.post(running(i)).status, 503)
        disk = daemon.get("/api/v1/status")["disk"]
        self.assertTrue(disk["refuses_events"])
        self.assertEqual(disk["needed_bytes"], 1000 << 40)
        self.assertGreaterEqual(disk["refused"], 3)
        self.assertEqual(daemon.log_text().count("events are refused"), 1)
        self.assertIn("needed: new events are refused", daemon.run("status").stdout)
        metrics = daemon.request("GET", "/metrics").body.decode()
        self.assertNotIn('statewire_refused_chunks_total{reason="disk"} 0', metrics)

    @staticmethod
    def is_refused(daemon):
        try:
            return "disk" in daemon.post(running(1)).body.decode()
        except OSError:
            return False

    def test_sighup_names_what_takes_a_restart_and_applies_the_rest(self):
        daemon = self.daemon("limits: {event_bytes: 1MiB}\n").start()
        self.assertEqual(daemon.get("/api/v1/status")["restart_needed"], [])
        receiver = self.receiver()
        hook = SUBSCRIPTION.format(name="hook", url=receiver.url("/hook"))
        daemon.write_config(
            "limits: {event_bytes: 2KiB, received_memory: 100MiB}\nsubscriptions:" + hook
        )
        daemon.signal(SIGHUP)
        wait_for(lambda: "only after a restart" in daemon.log_text(), "that keys are not in force")
        status = daemon.get("/api/v1/status")
        self.assertEqual(
            status["restart_needed"], ["limits.event_bytes", "limits.received_memory"]
        )
        self.assertEqual([one["name"] for one in status["subscriptions"]], ["hook"])
        self.assertIn("limits.event_bytes", daemon.run("status").stdout)
        daemon.write_config("limits: {event_bytes: 1MiB}\n")
        daemon.signal(SIGHUP)
        wait_for(lambda: not daemon.get("/api/v1/status")["restart_needed"], "the old values again")

    def test_sighup_refuses_a_certificate_that_does_not_fit_and_a_listener_without_one(self):
        for name in ("one", "two"):
            self.certificate(name)
        tls = (
            "http:\n  listen: 127.0.0.1:$PORT\n"
            "  tls: {{certificate_file: {}.pem, key_file: {}.key}}\n"
        )
        daemon = self.daemon(tls.format("one", "one"))
        daemon.start(is_ready=False)
        wait_for(lambda: self.served(daemon) == self.pem("one"), "the certificate")
        daemon.write_config(tls.format("two", "two"))
        daemon.signal(SIGHUP)
        wait_for(lambda: self.served(daemon) == self.pem("two"), "the other certificate")
        hook = SUBSCRIPTION.format(name="hook", url="http://127.0.0.1:1/")
        for config, told in (
            (tls.format("two", "one"), "key values mismatch"),
            ("", "what only a restart can"),
        ):
            daemon.write_config(config + "subscriptions:" + hook)
            daemon.signal(SIGHUP)
            wait_for(lambda told=told: told in daemon.log_text(), told)
            self.assertEqual(self.served(daemon), self.pem("two"))
            status = json.loads(daemon.run("status", "--output", "json").stdout)
            self.assertEqual(status["subscriptions"], [])

    def certificate(self, name):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
            + ["-nodes", "-days", "2", "-subj", f"/CN={name}"]
            + ["-keyout", self.folder / f"{name}.key", "-out", self.folder / f"{name}.pem"],
            check=True,
            capture_output=True,
        )

    def pem(self, name):
        return (self.folder / f"{name}.pem").read_text().strip()

    @staticmethod
    def served(daemon):
        try:
            return ssl.get_server_certificate(("127.0.0.1", daemon.port)).strip()
        except OSError:
            return None

    def test_reloads_under_load_lose_nothing(self):
        receiver = self.receiver()
        good = SUBSCRIPTION.format(name="hook", url=receiver.url("/hook"))
        daemon = self.daemon("subscriptions:" + good).start()
        sent = 0
        for round_number in range(10):
            daemon.signal(SIGHUP)
            for _ in range(20):
                answer = daemon.post(running(sent), timeout=20)
                self.assertEqual(answer.status, 202, answer.body)
                sent += 1
        daemon.wait_until_settled("hook")
        ids = {request.headers["webhook-id"] for request in receiver.accepted()}
        self.assertEqual(len(ids), sent)


@unittest.skipUnless(shutil.which("strace"), "strace is not installed")
class Durability(ProgramTest):
    CALLS = "trace=read,recvmsg,recvfrom,write,writev,sendmsg,sendto,fdatasync,fsync"

    def test_commit_is_synced_before_answer(self):
        daemon = self.daemon().start()
        trace = self.folder / "trace"
        trace.touch()
        command = ["strace", "-f", "-s", "64", "-e", self.CALLS, "-o", trace]
        with open(self.folder / "strace.log", "wb") as log:
            tracer = subprocess.Popen([*command, "-p", str(daemon.process.pid)], stderr=log)
        self.addCleanup(tracer.wait, 30)
        self.addCleanup(tracer.terminate)
        wait_for(lambda: self.is_attached(tracer, daemon.process.pid), "strace at work")
        for number in range(10):
            self.assertEqual(daemon.post(running(number), timeout=30).status, 202)
        wait_for(lambda: trace.read_bytes().count(b"HTTP/1.1 202") == 10, "ten answers")
        self.check(trace.read_text(errors="replace").splitlines())

    # Every thread is traced: those that come later are followed.
    def is_attached(self, tracer, process):
        log = (self.folder / "strace.log").read_text(errors="replace")
        if tracer.poll() is not None:
            self.skipTest(f"strace may not attach: {log}")
        return log.count("attached") >= 1 and all(
            "TracerPid:\t0" not in status.read_text()
            for status in pathlib.Path(f"/proc/{process}/task").glob("*/status")
        )

    # Between the reading of a request and its answer, some thread has begun and finished a sync.
    def check(self, lines):
        is_syncing = is_synced = False
        answered = 0
        for line in lines:
            if "POST /events" in line:
                is_syncing = is_synced = False
            if re.search(r"f(data)?sync\(", line):
                is_syncing = True
            if is_syncing and re.search(r"f(data)?sync(\(\d+\)| resumed>\)) += 0", line):
                is_synced = True
            if "HTTP/1.1 202" in line:
                self.assertTrue(is_synced, "answered before the commit was synced")
                answered += 1
                is_syncing = is_synced = False
        self.assertEqual(answered, 10)


if __name__ == "__main__":
    unittest.main()
