"""Authorities and certificates that the configuration or the environment name, in the whole
program: webhooks and services of AWS behind a private authority, and clients that show who they
are."""

import contextlib
import http.client
import http.server
import json
import pathlib
import socket
import socketserver
import ssl
import subprocess
import threading
import unittest

from edges import REGION, WHEN, EdgesTest, instance_event, wait_for
from smtp_script import LoopbackServer, SmtpScript


def server_context(certificate, key, client_ca=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    if client_ca:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(client_ca)
    return context


class TlsReceiver:
    """Answers every POST as an SQS queue would; `seen` has whose certificate each client showed."""

    def __init__(self, certificate, key, client_ca=None):
        context = server_context(certificate, key, client_ca)
        self.seen = []
        seen = self.seen

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                peer = self.connection.getpeercert() or {}
                seen.append(dict(each[0] for each in peer.get("subject", ())).get("commonName"))
                body = json.dumps({"Successful": [{"Id": "0"}], "MessageId": "1"}).encode()
                self.send_response(200)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request, client_address):
                pass  # Handshakes that fail are what this is for.

        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.socket = context.wrap_socket(
            self.server.socket, server_side=True, do_handshake_on_connect=False
        )
        self.url = f"https://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Tunnel(LoopbackServer):
    """A proxy that leads every CONNECT to one port of this machine."""

    def __init__(self, port):
        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                while self.rfile.readline().strip():
                    pass
                self.wfile.write(b"HTTP/1.1 200 ok\r\n\r\n")
                with socket.create_connection(("127.0.0.1", port)) as there:
                    back = threading.Thread(target=copy, args=(there, self.connection), daemon=True)
                    back.start()
                    copy(self.connection, there)
                    back.join()

        super().__init__(Handler)


def copy(source, sink):
    with contextlib.suppress(OSError):
        while piece := source.recv(1 << 16):
            sink.sendall(piece)
        sink.shutdown(socket.SHUT_WR)


class Trust(EdgesTest):
    def certificate(self, name, of="IP:127.0.0.1"):
        files = [str(self.folder / f"{name}.pem"), str(self.folder / f"{name}.key")]
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-days", "2", "-subj", f"/CN={name}",
             "-addext", f"subjectAltName={of}", "-out", files[0], "-keyout", files[1]],
            check=True, capture_output=True, timeout=60,
        )
        return files

    def tls_receiver(self, client_ca=None):
        receiver = TlsReceiver(*self.certificate("server"), client_ca)
        self.addCleanup(receiver.close)
        return receiver

    def start(self, sink, environment=None):
        return self.daemon(
            f"subscriptions:\n  out: {{from: earliest, sink: {{{sink}}}}}\n",
            environment=environment or self.surroundings(),
        ).start()

    def post(self, daemon):
        daemon.post(instance_event("i-0a1b2c3d4e5f60001", "running", WHEN))

    def expect_delivered(self, daemon):
        self.post(daemon)
        wait_for(lambda: daemon.subscription("out")["delivered"] == 1, "the delivery")

    def expect_untrusted(self, daemon, receiver):
        self.post(daemon)
        wait_for(lambda: daemon.subscription("out")["circuit"] == "open", "a first attempt")
        self.assertEqual(receiver.seen, [])
        self.assertEqual(daemon.subscription("out")["parked"], 0)
        wait_for(lambda: "certificate not trusted: " in daemon.log_text(), "the reason")

    def expect_refused(self, daemon, receiver):
        self.post(daemon)
        wait_for(lambda: daemon.subscription("out")["retried"] >= 1, "a first attempt")
        self.assertEqual(receiver.seen, [])

    def test_a_stranger_is_not_trusted(self):
        receiver = self.tls_receiver()
        self.expect_untrusted(self.start(f"kind: webhook, url: '{receiver.url}'"), receiver)

    def test_a_webhook_with_a_private_authority(self):
        receiver = self.tls_receiver()
        self.expect_delivered(
            self.start(f"kind: webhook, url: '{receiver.url}', ca_file: server.pem")
        )

    def test_chats_with_a_private_authority(self):
        receiver = self.tls_receiver()
        sink = f"url: '{receiver.url}', ca_file: server.pem"
        daemon = self.daemon(
            "subscriptions:\n"
            f"  slack: {{from: earliest, sink: {{kind: slack, {sink}}}}}\n"
            f"  teams: {{from: earliest, sink: {{kind: teams, {sink}}}}}\n",
            environment=self.surroundings(),
        ).start()
        self.post(daemon)
        for name in ("slack", "teams"):
            wait_for(lambda: daemon.subscription(name)["delivered"] == 1, f"the message to {name}")

    def test_a_webhook_that_asks_who_is_there(self):
        client = self.certificate("client")
        receiver = self.tls_receiver(client_ca=client[0])
        sink = f"kind: webhook, url: '{receiver.url}', ca_file: server.pem"
        daemon = self.start(sink)
        self.expect_refused(daemon, receiver)
        daemon.stop()
        daemon.write_config(
            "subscriptions:\n  out: {from: earliest, sink: {"
            f"{sink}, certificate_file: client.pem, key_file: client.key}}}}\n"
        )
        daemon.start()
        wait_for(lambda: receiver.seen, "the delivery")
        self.assertEqual(receiver.seen, ["client"])

    def mail_server(self, client_ca=None, offers=()):
        server = SmtpScript(offers=offers, tls=server_context(*self.certificate("server"), client_ca))
        self.addCleanup(server.close)
        return server

    def mail_sink(self, server, tls):
        return (
            f"kind: email, host: 127.0.0.1, port: {server.port}, tls: {tls}, "
            "from: s@example.org, to: a@example.org"
        )

    def go_on_with(self, daemon, server, sink):
        daemon.stop()
        daemon.write_config(f"subscriptions:\n  out: {{from: earliest, sink: {{{sink}}}}}\n")
        daemon.start()
        wait_for(lambda: server.received("a@example.org"), "the mail")

    def drive_mails_to_a_stranger(self, tls, offers=()):
        server = self.mail_server(offers=offers)
        sink = self.mail_sink(server, tls)
        daemon = self.start(sink)
        self.expect_untrusted(daemon, server)
        self.go_on_with(daemon, server, sink + ", ca_file: server.pem")

    def test_mails_by_tls_to_a_stranger(self):
        self.drive_mails_to_a_stranger("tls")

    def test_mails_by_starttls_to_a_stranger(self):
        self.drive_mails_to_a_stranger("starttls", ("STARTTLS",))

    def drive_mails_to_who_asks(self, tls, offers=()):
        client = self.certificate("client")
        server = self.mail_server(client[0], offers)
        sink = self.mail_sink(server, tls) + ", ca_file: server.pem"
        daemon = self.start(sink)
        self.expect_refused(daemon, server)
        self.go_on_with(daemon, server, sink + ", certificate_file: client.pem, key_file: client.key")
        self.assertEqual(server.seen, ["client"])

    def test_mails_by_tls_to_a_server_that_asks_who_is_there(self):
        self.drive_mails_to_who_asks("tls")

    def test_mails_by_starttls_to_a_server_that_asks_who_is_there(self):
        self.drive_mails_to_who_asks("starttls", ("STARTTLS",))

    def test_pagerduty_behind_a_proxy_that_looks_inside(self):
        client = self.certificate("client")
        server = self.certificate("server", "DNS:events.pagerduty.com")
        receiver = TlsReceiver(*server, client[0])
        self.addCleanup(receiver.close)
        (self.folder / "both.pem").write_bytes(b"".join(pathlib.Path(each).read_bytes() for each in client))
        tunnel = Tunnel(receiver.server.server_port)
        self.addCleanup(tunnel.close)
        daemon = self.start(
            "kind: pagerduty, key: 0123456789abcdef0123456789abcdef, "
            "ca_file: server.pem, certificate_file: both.pem",
            self.surroundings() | {"https_proxy": f"http://127.0.0.1:{tunnel.port}"},
        )
        self.post(daemon)
        wait_for(lambda: receiver.seen, "the alert")
        self.assertEqual(receiver.seen, ["client"])

    def test_files_that_cannot_be_used_are_told_when_the_configuration_is_read(self):
        self.certificate("one")
        self.certificate("two")
        for files, told in [
            ("ca_file: none.pem", "none.pem"),
            ("ca_file: one.key", "one.key"),
            ("certificate_file: one.pem, key_file: two.key", "mismatch"),
            ("key_file: one.key", "certificate_file"),
        ]:
            daemon = self.daemon(
                "subscriptions:\n  out: {sink: {kind: webhook, url: 'https://127.0.0.1:1', "
                f"{files}}}}}\n"
            )
            checked = daemon.run("check")
            self.assertEqual(checked.returncode, 78, checked.stdout + checked.stderr)
            self.assertIn(told, checked.stdout + checked.stderr)
        for sink in (
            "kind: email, host: 127.0.0.1, from: a@example.org, to: b@example.org",
            "kind: pagerduty, key: 0123456789abcdef0123456789abcdef",
        ):
            daemon = self.daemon(f"subscriptions:\n  out: {{sink: {{{sink}, ca_file: none.pem}}}}\n")
            checked = daemon.run("check")
            self.assertEqual(checked.returncode, 78, checked.stdout + checked.stderr)
            self.assertIn("none.pem", checked.stdout + checked.stderr)

    def test_a_daemon_that_asks_who_is_there(self):
        server, client = self.certificate("server"), self.certificate("client")
        stranger = self.certificate("stranger")
        daemon = self.daemon(
            "http:\n  listen: 127.0.0.1:$PORT\n  tls: {certificate_file: server.pem, "
            "key_file: server.key, client_ca_file: client.pem}\n"
        ).start(is_ready=False)

        def status(shown=None):
            context = ssl.create_default_context(cafile=server[0])
            if shown:
                context.load_cert_chain(*shown)
            try:
                return daemon.request("GET", "/readyz", tls=context).status
            except (OSError, http.client.HTTPException):
                return None

        wait_for(lambda: status(client) == 200, "an answer to who is known")
        self.assertIsNone(status())
        self.assertIsNone(status(stranger))
        self.assertEqual(status(client), 200)

    def drive_aws(self, **more):
        receiver = self.tls_receiver()
        sink = f"kind: sqs, queue: 'https://sqs.{REGION}.amazonaws.com/123456789012/q'"
        return receiver, self.start(sink, self.with_keys(receiver.url, **more))

    def test_aws_behind_a_stranger_is_not_trusted(self):
        receiver, daemon = self.drive_aws()
        self.expect_untrusted(daemon, receiver)

    def test_aws_with_an_authority_of_the_environment(self):
        _, daemon = self.drive_aws(AWS_CA_BUNDLE=str(self.folder / "server.pem"))
        self.expect_delivered(daemon)

    def test_aws_with_an_authority_of_the_profile(self):
        (self.folder / ".aws").mkdir()
        (self.folder / ".aws" / "config").write_text(
            f"[default]\nca_bundle = {self.folder}/server.pem\n"
        )
        _, daemon = self.drive_aws()
        self.expect_delivered(daemon)


if __name__ == "__main__":
    unittest.main(verbosity=2)
