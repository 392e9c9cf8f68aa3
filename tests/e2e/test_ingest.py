"""POST /events: what is taken, what is refused, and how bad senders are borne."""

import gzip
import json
import socket
import subprocess
import time
import unittest

from harness import ROOT, ProgramTest, instance_event, trusting

RUNNING = (ROOT / "examples" / "ec2-running.json").read_bytes()


def events(count):
    return [
        instance_event(f"i-{number:017x}", "running", f"2026-11-23T09:00:{number % 60:02}Z")
        for number in range(count)
    ]


class Ingest(ProgramTest):
    def ledger(self, daemon, fate):
        return sum(row[fate] for row in daemon.get("/api/v1/ledger"))

    def test_one_event_is_accepted_and_a_repeat_is_a_duplicate(self):
        daemon = self.daemon().start()
        answer = daemon.request("POST", "/events", RUNNING, {"content-type": "application/json"})
        self.assertEqual(answer.status, 202)
        self.assertEqual(answer.body, b'{"accepted":1,"duplicate":0,"rejected":0}')
        answer = daemon.request("POST", "/events", RUNNING)
        self.assertEqual(answer.status, 202)
        self.assertEqual(answer.json(), {"accepted": 0, "duplicate": 1, "rejected": 0})
        self.assertEqual(self.ledger(daemon, "received"), 2)
        self.assertTrue(all(row["adds_up"] for row in daemon.get("/api/v1/ledger")))

    def test_lines_arrays_and_gzip_are_taken(self):
        daemon = self.daemon().start()
        batch = events(30)
        self.assertEqual(daemon.post(*batch[:10]).json()["accepted"], 10)
        array = json.dumps(batch[10:20]).encode()
        self.assertEqual(daemon.request("POST", "/events", array).json()["accepted"], 10)
        lines = gzip.compress("\n".join(json.dumps(each) for each in batch[20:]).encode())
        packed = daemon.request("POST", "/events", lines, {"content-encoding": "gzip"})
        self.assertEqual(packed.json()["accepted"], 10)

    def test_malformed_json_is_400_with_a_reason_and_a_row_in_the_ledger(self):
        daemon = self.daemon().start()
        answer = daemon.request("POST", "/events", b'{"source": "aws.ec2", ')
        self.assertEqual(answer.status, 400)
        self.assertTrue(answer.json()["reasons"])
        self.assertEqual(self.ledger(daemon, "malformed"), 1)
        refusals = daemon.get("/api/v1/ledger/refusals")
        self.assertEqual(refusals[0]["fate"], "malformed")
        listed = daemon.run("ledger", "--refusals")
        self.assertEqual(listed.returncode, 0, listed.stderr)
        self.assertIn("malformed", listed.stdout)

    def test_a_bad_event_among_good_ones_costs_only_itself(self):
        daemon = self.daemon().start()
        good = [json.dumps(event).encode() for event in events(2)]
        answer = daemon.request("POST", "/events", good[0] + b"\n{]\n" + good[1])
        self.assertEqual(answer.status, 202)
        self.assertEqual(answer.json(), {"accepted": 2, "duplicate": 0, "rejected": 1})

    def test_deep_nesting_is_refused(self):
        daemon = self.daemon().start()
        for depth in (2_000, 1_000_000):
            body = b'{"a":' + b"[" * depth + b"]" * depth + b"}"
            answer = daemon.request("POST", "/events", body)
            self.assertEqual(answer.status, 400, depth)
        self.assertEqual(daemon.request("POST", "/events", RUNNING).status, 202)

    def test_invalid_utf8_is_refused(self):
        daemon = self.daemon().start()
        broken = RUNNING.replace(b"running", b"runn\xff\xfe")
        self.assertEqual(daemon.request("POST", "/events", broken).status, 400)
        self.assertEqual(self.ledger(daemon, "malformed"), 1)

    def test_an_empty_body_is_refused(self):
        daemon = self.daemon().start()
        for body in (b"", b"  \n", b"[]"):
            self.assertEqual(daemon.request("POST", "/events", body).status, 400, body)

    def test_an_event_beyond_the_limit_is_rejected(self):
        daemon = self.daemon("limits: {event_bytes: 64KiB}\n").start()
        large = dict(events(1)[0], padding="x" * 100_000)
        answer = daemon.post(large, *events(1))
        self.assertEqual(answer.json(), {"accepted": 1, "duplicate": 0, "rejected": 1})
        self.assertEqual(self.ledger(daemon, "rejected"), 1)

    def test_300_megabytes_are_refused_before_they_are_read(self):
        daemon = self.daemon().start()
        with socket.create_connection(("127.0.0.1", daemon.port), timeout=20) as sender:
            sender.sendall(
                b"POST /events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 314572800\r\n\r\n"
            )
            self.assertIn(b" 413 ", sender.recv(4096).split(b"\r\n")[0])
        # One that sends all the same is let down, not served.
        sent = 0
        with socket.create_connection(("127.0.0.1", daemon.port), timeout=20) as sender:
            sender.sendall(
                b"POST /events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 314572800\r\n\r\n"
            )
            piece = b"x" * (1 << 20)
            try:
                while sent < 300:
                    sender.sendall(piece)
                    sent += 1
            except OSError:
                pass
        self.assertLess(sent, 100)
        self.assertEqual(daemon.request("POST", "/events", RUNNING).status, 202)

    def test_a_chunked_body_beyond_the_limit_is_refused(self):
        daemon = self.daemon("http: {listen: 127.0.0.1:$PORT, body_bytes_max: 1MiB}\n").start()
        with socket.create_connection(("127.0.0.1", daemon.port), timeout=20) as sender:
            sender.sendall(
                b"POST /events HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n"
            )
            try:
                for _ in range(64):
                    sender.sendall(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
                sender.sendall(b"0\r\n\r\n")
            except OSError:
                pass
            self.assertIn(b" 413 ", sender.recv(4096).split(b"\r\n")[0])

    def test_a_gzip_bomb_is_refused(self):
        daemon = self.daemon("http: {listen: 127.0.0.1:$PORT, body_bytes_max: 1MiB}\n").start()
        bomb = gzip.compress(b" " * (200 << 20))
        self.assertLess(len(bomb), 1 << 20)
        answer = daemon.request("POST", "/events", bomb, {"content-encoding": "gzip"}, timeout=30)
        self.assertEqual(answer.status, 413)

    def test_slow_senders_hold_up_nobody_and_are_cut(self):
        daemon = self.daemon().start()
        slow = []
        for number in range(50):
            sender = socket.create_connection(("127.0.0.1", daemon.port), timeout=40)
            self.addCleanup(sender.close)
            head = b"POST /events HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            sender.sendall(head if number % 2 else head + b"Content-Length: 1000\r\n\r\n{")
            slow.append(sender)
        began = time.monotonic()
        self.assertEqual(daemon.request("POST", "/events", RUNNING).status, 202)
        self.assertLess(time.monotonic() - began, 5)
        for sender in slow:
            try:
                while sender.recv(4096):  # Until the connection is closed, perhaps after a 408.
                    pass
            except ConnectionError:
                pass
        self.assertLess(time.monotonic() - began, 30)


class Tokens(ProgramTest):
    CONFIG = """
http:
  listen: 127.0.0.1:$PORT
  tokens:
    - {scope: ingest, token: in-secret}
    - {scope: read, token: read-secret}
    - {scope: operate, token_file: operate-token}
"""

    def test_each_scope_opens_its_own_doors(self):
        self.write("operate-token", "operate-secret\n")
        daemon = self.daemon(self.CONFIG).start()

        def status(method, path, token, body=None):
            headers = {"authorization": f"Bearer {token}"} if token else {}
            return daemon.request(method, path, body, headers).status

        drop = b'{"dry_run": true}'
        doors = [
            # Method, path, body; then none, unknown, ingest, read, operate.
            ("POST", "/events", RUNNING, (401, 401, 202, 403, 403)),
            ("GET", "/api/v1/ledger", None, (401, 401, 403, 200, 200)),
            ("GET", "/metrics", None, (401, 401, 403, 200, 200)),
            ("POST", "/api/v1/parked/drop", drop, (401, 401, 403, 403, 200)),
            # Made for who owns the store.
            ("POST", "/api/v1/store/copy", b"{}", (401, 401, 403, 403, 403)),
            ("GET", "/livez", None, (200, 200, 200, 200, 200)),
            ("GET", "/readyz", None, (200, 200, 200, 200, 200)),
        ]
        tokens = (None, "wrong", "in-secret", "read-secret", "operate-secret")
        for method, path, body, wanted in doors:
            found = tuple(status(method, path, token, body) for token in tokens)
            self.assertEqual(found, wanted, f"{method} {path}")
        # The command line comes by the control socket, which needs no token.
        self.assertEqual(daemon.run("ledger").returncode, 0)

    def test_no_secret_is_in_the_log_or_in_check(self):
        self.write("operate-token", "operate-secret\n")
        daemon = self.daemon("log: {level: debug}\n" + self.CONFIG).start()
        daemon.request("POST", "/events", RUNNING, {"authorization": "Bearer in-secret"})
        checked = daemon.run("check", daemon.config)
        daemon.stop()
        for secret in ("in-secret", "read-secret", "operate-secret"):
            self.assertNotIn(secret, daemon.log_text() + checked.stdout + checked.stderr)


class Tls(ProgramTest):
    def certificate(self):
        files = self.folder / "certificate.pem", self.folder / "key.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
            + ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
            + ["-out", files[0], "-keyout", files[1]],
            check=True,
            capture_output=True,
            timeout=60,
        )
        return files

    def test_events_come_over_tls(self):
        certificate, _ = self.certificate()
        daemon = self.daemon(
            "http:\n  listen: 127.0.0.1:$PORT\n"
            "  tls: {certificate_file: certificate.pem, key_file: key.pem}\n"
        ).start(is_ready=False)
        context = trusting(certificate)
        deadline = time.monotonic() + 30
        while True:
            try:
                answer = daemon.request("POST", "/events", RUNNING, tls=context)
                break
            except OSError:
                self.assertLess(time.monotonic(), deadline)
                self.assertIsNone(daemon.process.poll(), daemon.log_text())
                time.sleep(0.05)
        self.assertEqual(answer.status, 202)
        # Who speaks plainly gets nothing, and disturbs nobody.
        with socket.create_connection(("127.0.0.1", daemon.port), timeout=20) as plain:
            plain.sendall(b"GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            try:
                self.assertNotIn(b"200", plain.recv(4096))
            except ConnectionError:
                pass
        self.assertEqual(daemon.request("GET", "/livez", tls=context).status, 200)

    def test_a_missing_certificate_is_told(self):
        daemon = self.daemon(
            "http:\n  listen: 127.0.0.1:$PORT\n"
            "  tls: {certificate_file: no.pem, key_file: no.key}\n"
        ).start(is_ready=False)
        self.assertNotEqual(daemon.process.wait(30), 0)
        self.assertIn("no.pem", daemon.log_text())


if __name__ == "__main__":
    unittest.main()
