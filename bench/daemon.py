"""One `statewire run` over a folder of its own, as the benchmarks need it."""

import contextlib
import http.client
import json
import os
import pathlib
import socket
import subprocess
import time

PATIENCE_SECONDS = 120.0


def free_port():
    with socket.socket() as attempt:
        attempt.bind(("127.0.0.1", 0))
        return attempt.getsockname()[1]


class Daemon:
    """Ends the process that it started when the `with` block is left."""

    def __init__(self, statewire, folder, subscriptions="", prefix=()):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.process = None
        self._config = self.folder / "statewire.yaml"
        self._config.write_text(
            "version: 1\ninstance: bench\nstore: store\nlog: {level: warn}\n"
            f"http: {{listen: 127.0.0.1:{self.port}}}\n{subscriptions}"
        )
        self._command = [*prefix, str(statewire), "run", "--config", str(self._config)]

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def start(self):
        """The seconds from exec to the first answer that it is ready."""
        with open(self.folder / "daemon.log", "ab") as log:
            began = time.monotonic()
            self.process = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        while not self._is_ready():
            if self.process.poll() is not None:
                raise RuntimeError("the daemon ended: " + self._log_tail())
            if time.monotonic() - began > PATIENCE_SECONDS:
                raise RuntimeError("the daemon is not ready: " + self._log_tail())
            time.sleep(0.001)
        return time.monotonic() - began

    def stop(self):
        self.process.terminate()
        if self.process.wait(PATIENCE_SECONDS) != 0:
            raise RuntimeError("the daemon did not stop well: " + self._log_tail())

    def get(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        with contextlib.closing(connection):
            connection.request("GET", path)
            answer = connection.getresponse()
            body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"GET {path}: {answer.status} {body[:500]!r}")
        return json.loads(body)

    def wait_until_settled(self, name):
        """Until the subscription has settled all of the journal; its counts then."""
        deadline = time.monotonic() + 10 * PATIENCE_SECONDS
        # Counts are published by turns: only what is said twice is meant of the whole journal.
        times_settled = 0
        while time.monotonic() < deadline:
            status = self.get("/api/v1/status")
            counts = next(each for each in status["subscriptions"] if each["name"] == name)
            is_settled = counts["lag"] == 0 and counts["outstanding"] == 0
            times_settled = times_settled + 1 if is_settled else 0
            if times_settled == 2:
                return counts
            time.sleep(0.02)
        raise RuntimeError(f"subscription {name} does not settle")

    def resident_bytes(self):
        for line in self._proc("status").splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise RuntimeError("no VmRSS")

    def cpu_seconds(self):
        # After the name in parentheses: utime and stime are fields 14 and 15 of proc(5).
        fields = self._proc("stat").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _proc(self, name):
        return pathlib.Path(f"/proc/{self.process.pid}/{name}").read_text()

    def _is_ready(self):
        with contextlib.suppress(OSError, RuntimeError, http.client.HTTPException):
            self.get("/readyz")
            return True
        return False

    def _log_tail(self):
        return (self.folder / "daemon.log").read_text(errors="replace")[-2000:]
