"""`make tarball`: a program that runs where nothing else is: in a root that holds the tarball alone,
without a shell, a library, /proc or certificates."""

import http.server
import json
import os
import pathlib
import shutil
import ssl
import subprocess
import tempfile
import threading
import unittest


from deployed import ROOT, Daemon, ProgramTest, instance_event, statewire_path, wait_for
from mail_server import make_certificate

BYTES_MAX = 20 << 20
PROGRAM = "/statewire/bin/statewire"


def alone(root):
    """The words before a command that runs in `root`."""
    if os.getuid() == 0:
        return ["chroot", str(root)]
    return ["unshare", "--map-root-user", "chroot", str(root)]


class SecureReceiver:
    """Counts what comes over TLS."""

    def __init__(self, certificate, key):
        self.received = []
        received = self.received

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *arguments):
                pass

            def do_POST(self):
                received.append(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(200)
                self.end_headers()

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate, key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"https://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class Tarball(ProgramTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.made = pathlib.Path(tempfile.mkdtemp(prefix="statewire-tarball-"))
        cls.tarball = cls.made / "statewire.tar.xz"
        cls.root = cls.made / "root"
        cls.root.mkdir()
        subprocess.run(
            [ROOT / "tools" / "tarball", statewire_path(), cls.tarball],
            env=dict(os.environ, XZ_LEVEL="1"), check=True,
        )
        subprocess.run(["tar", "-xJf", cls.tarball, "-C", cls.root], check=True)
        assert os.listdir(cls.root) == ["statewire"]

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.made)

    def run_alone(self, *arguments, stdin=None):
        return subprocess.run(
            [*alone(self.root), PROGRAM, *arguments],
            input=stdin, capture_output=True, text=True, timeout=60, check=False,
            env={"PATH": os.environ["PATH"]},
        )

    def test_is_small_and_has_what_is_installed(self):
        self.assertLess(self.tarball.stat().st_size, BYTES_MAX)
        print(f"{self.tarball.stat().st_size / (1 << 20):.1f} MiB packed")
        for name in ("share/man/man1/statewire.1", "share/statewire/statewire.yaml",
                     "share/doc/statewire/LICENSE", "share/doc/statewire/libraries/libc6"):
            self.assertTrue((self.root / "statewire" / name).is_file(), name)

    def test_commands_run_in_an_empty_root(self):
        done = self.run_alone("version")
        self.assertEqual(done.returncode, 0, done.stderr)
        event = instance_event("i-0a1b2c3d4e5f60001", "running", "2026-11-23T09:00:12Z")
        done = self.run_alone("convert", "--format", "csv", stdin=json.dumps(event))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(done.stdout.endswith("i-0a1b2c3d4e5f60001,running\n"), done.stdout)

    def test_the_daemon_stores_and_sends_events_in_an_empty_root(self):
        certificate, key = make_certificate(self.folder)
        receiver = SecureReceiver(certificate, key)
        self.addCleanup(receiver.server.server_close)
        self.addCleanup(receiver.server.shutdown)
        shutil.copy(certificate, self.root / "ca.pem")
        daemon = Daemon(
            self.folder,
            "subscriptions:\n  all:\n    from: earliest\n"
            f"    sink: {{kind: webhook, url: '{receiver.url}'}}\n",
            environment={"SSL_CERT_FILE": "/ca.pem"},
        )
        self.addCleanup(daemon.end)
        shutil.copy(daemon.config, self.root / "statewire.yaml")
        daemon.statewire = PROGRAM
        daemon.config = "/statewire.yaml"
        daemon.start(prefix=alone(self.root))
        answer = daemon.post(instance_event("i-1", "running", "2026-11-23T09:00:12Z"))
        self.assertEqual(answer.json()["accepted"], 1)
        wait_for(lambda: receiver.received, "a notification over TLS")
        self.assertEqual(daemon.stop(), 0, daemon.log_text())
        self.assertTrue(any((self.root / "store").iterdir()))


if __name__ == "__main__":
    unittest.main()
