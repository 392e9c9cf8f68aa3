"""What the tests of the whole program share: a daemon, its folder, and events to send it.

Every wait is bounded; only processes that were started here are ended, by their id.
"""

import contextlib
import fcntl
import http.client
import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
import unittest
import uuid

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
# Generous: these tests share their machine with others, and run with sanitizers too.
# A machine without credentials, whatever is on this one: nothing asks beyond it.
NO_AWS = {
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}
PATIENCE_SECONDS = float(os.environ.get("STATEWIRE_TEST_PATIENCE", "30"))

ACCOUNT = "123456789012"
REGION = "eu-west-1"
PHASES = {
    "pending": "provisioning",
    "running": "stable",
    "stopping": "changing",
    "stopped": "stopped",
    "shutting-down": "deprovisioning",
    "terminated": "gone",
}


def wait_for(predicate, what, seconds=PATIENCE_SECONDS, pause=0.02):
    """The first true value of `predicate()`; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        value = predicate()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"after {seconds:g} s there is still no sign of: {what}")
        time.sleep(pause)


def _own_ports():
    """Ports of this process alone, one after another: of each hundred below those that
    connections are given, one process holds the lock. Without it, two tests may be given the
    same port between the look and the listening."""
    folder = pathlib.Path(tempfile.gettempdir()) / f"statewire-test-ports-{os.getuid()}"
    folder.mkdir(exist_ok=True)
    blocks = list(range(20000, 32000, 100))
    random.Random(os.urandom(8)).shuffle(blocks)
    for first in blocks:
        lock = open(folder / str(first), "w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            continue
        _LOCKS.append(lock)  # The kernel lets it go when this process ends.
        yield from range(first, first + 100)


_LOCKS = []
_PORTS = _own_ports()


def free_port():
    """A loopback port that nobody listens on, and that no other test process is given."""
    for port in _PORTS:
        with socket.socket() as attempt, contextlib.suppress(OSError):
            attempt.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("no free port")


def format_time(seconds):
    """RFC 3339 of seconds since the epoch, as AWS writes it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def instance_arn(instance):
    return f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/{instance}"


def instance_event(instance, state, when, event_id=None):
    """An EC2 instance state-change notification; `when` is a text or seconds."""
    return {
        "version": "0",
        "id": event_id or str(uuid.uuid4()),
        "detail-type": "EC2 Instance State-change Notification",
        "source": "aws.ec2",
        "account": ACCOUNT,
        "time": when if isinstance(when, str) else format_time(when),
        "region": REGION,
        "resources": [instance_arn(instance)],
        "detail": {"instance-id": instance, "state": state},
    }


class Response:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    def json(self):
        return json.loads(self.body)


class Daemon:
    """One `statewire run`, started and ended any number of times over one folder."""

    def __init__(self, folder, config, statewire=None, port=None, environment=None):
        self.folder = pathlib.Path(folder)
        self.statewire = statewire or statewire_path()
        self.port = port or free_port()
        asks_aws = any(name.startswith("AWS_") for name in environment or {})
        self.environment = {**os.environ, **({} if asks_aws else NO_AWS), **(environment or {})}
        self.config = self.folder / "statewire.yaml"
        self.log = self.folder / "daemon.log"
        self.process = None
        self.write_config(config)

    def write_config(self, config):
        """`config` goes below the keys that every configuration here has."""
        head = "version: 1\ninstance: test\nstore: store\n"
        if not re.search(r"(?m)^http:", config):
            head += f"http: {{listen: 127.0.0.1:{self.port}}}\n"
        self.config.write_text(head + config.replace("$PORT", str(self.port)))

    def start(self, prefix=(), is_ready=True):
        command = [*prefix, str(self.statewire), "run", "--config", str(self.config)]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self.environment,
            )
        if is_ready:
            self.wait_until_ready()
        return self

    def wait_until_ready(self):
        wait_for(self.is_ready, "a daemon that is ready")

    def is_ready(self):
        if self.process.poll() is not None:
            raise AssertionError(f"the daemon ended:\n{self.log_text()[-4000:]}")
        with contextlib.suppress(OSError, http.client.HTTPException):
            return self.request("GET", "/readyz").status == 200
        return False

    def kill(self):
        self.process.kill()
        self.process.wait(PATIENCE_SECONDS)

    def stop(self, seconds=PATIENCE_SECONDS):
        """SIGTERM; the exit status."""
        self.process.terminate()
        return self.process.wait(seconds)

    def signal(self, number):
        self.process.send_signal(number)

    def end(self):
        if self.process is not None and self.process.poll() is None:
            self.kill()

    def log_text(self):
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def request(self, method, path, body=None, headers=None, timeout=10, tls=None):
        if tls is None:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        else:
            connection = http.client.HTTPSConnection(
                "127.0.0.1", self.port, timeout=timeout, context=tls
            )
        try:
            connection.request(method, path, body=body, headers=headers or {})
            answer = connection.getresponse()
            return Response(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def get(self, path, **more):
        answer = self.request("GET", path, **more)
        assert answer.status == 200, f"GET {path}: {answer.status} {answer.body!r}"
        return answer.json()

    def post(self, *events, path="/events", **more):
        """Events, each on its line, in one request."""
        body = "\n".join(json.dumps(event) for event in events)
        return self.request("POST", path, body.encode(), **more)

    def run(self, *arguments, stdin=None, seconds=PATIENCE_SECONDS):
        """Another command of the program, over the same configuration."""
        return run_statewire(
            *arguments,
            statewire=self.statewire,
            stdin=stdin,
            seconds=seconds,
            environment=dict(self.environment, STATEWIRE_CONFIG=str(self.config)),
            folder=self.folder,
        )

    def subscription(self, name):
        for subscription in self.get("/api/v1/status")["subscriptions"]:
            if subscription["name"] == name:
                return subscription
        raise AssertionError(f"status knows no subscription {name}")

    def wait_until_settled(self, *names, seconds=PATIENCE_SECONDS):
        """Until each subscription has settled all of the journal."""

        seen = {}

        def is_settled():
            status = self.get("/api/v1/status")
            since = seen.setdefault(status["journal"]["last_sequence"], time.monotonic())
            counts = [each for each in status["subscriptions"] if each["name"] in names]
            # Counts are up to a second older than the journal.
            return (
                time.monotonic() - since > 1.3
                and len(counts) == len(names)
                and all(each.get("lag") == 0 and each.get("outstanding") == 0 for each in counts)
            )

        wait_for(is_settled, f"all settled for {', '.join(names)}", seconds, pause=0.1)


def run_statewire(
    *arguments, statewire=None, stdin=None, seconds=PATIENCE_SECONDS, environment=None, folder=None
):
    """The outcome of one command, its output as text."""
    return subprocess.run(
        [str(statewire or statewire_path()), *[str(each) for each in arguments]],
        input=stdin,
        capture_output=True,
        text=True,
        errors="surrogateescape",
        timeout=seconds,
        env=environment or os.environ,
        cwd=folder,
        check=False,
    )


def statewire_path():
    path = os.environ.get("STATEWIRE")
    if not path:
        raise RuntimeError("set STATEWIRE to the program: build/statewire")
    return pathlib.Path(path).resolve()


class ProgramTest(unittest.TestCase):
    """Gives each test a folder of its own, and ends what it left running."""

    maxDiff = None

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="statewire-test-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def daemon(self, config="", **more):
        daemon = Daemon(self.folder, config, **more)
        self.addCleanup(daemon.end)
        return daemon

    def receiver(self, decide=None):
        from receiver import Receiver

        receiver = Receiver(decide)
        self.addCleanup(receiver.close)
        return receiver

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return path


def trusting(certificate):
    """A TLS context that trusts exactly this certificate."""
    context = ssl.create_default_context(cafile=str(certificate))
    context.check_hostname = False
    return context


SIGHUP = signal.SIGHUP
