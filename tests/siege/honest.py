"""The clients that a siege must not hurt, and what they waited for their answers."""

import http.client
import json
import random
import socket
import threading
import time

from load import Worker
from resources import Resource

EVENTS_A_POST = 10
ATTEMPT_SECONDS_MAX = 20


class Excuses:
    """When the daemon could not be asked for an answer: the disk was full, or the daemon ended for
    it and was started again."""

    def __init__(self):
        self._lock = threading.Lock()
        self._spans = []  # [from, to, is_down]

    def begin(self, is_down=False):
        span = [time.monotonic(), None, is_down]
        with self._lock:
            self._spans.append(span)
        return span

    @staticmethod
    def end(span):
        span[1] = time.monotonic() + 1  # Senders and the disk's watcher look once more.

    def cover(self, began, ended, needs_disk):
        with self._lock:
            return any(
                begin <= ended and (end is None or began <= end) and (is_down or needs_disk)
                for begin, end, is_down in self._spans
            )


class Honest(Worker):
    """Asks one thing after the other, each until it is answered well. What it waited for that is
    one sample, the refusals on the way included."""

    needs_disk = False
    pause_seconds = 0.03

    def __init__(self, name, excuses):
        super().__init__(name)
        self.samples = []
        self.refusals = {}
        self.what_waited = []  # The longest, with what was asked.
        self._excuses = excuses
        self._connection = None

    def ask(self, what, attempt):
        began = time.monotonic()
        while not self._is_abandoned.is_set():
            try:
                status, text = attempt()
            except (OSError, http.client.HTTPException) as fault:
                status, text = type(fault).__name__, b""
                self._drop()
            if status in (200, 202, 404):  # A resource may not have been heard of yet.
                self._note(what, began, time.monotonic())
                return text
            self.refusals[status] = self.refusals.get(status, 0) + 1
            time.sleep(0.05)
        return None

    def _note(self, what, began, ended):
        if self._excuses.cover(began, ended, self.needs_disk):
            return
        self.samples.append(ended - began)
        self.what_waited = sorted([*self.what_waited, (ended - began, what)])[-3:]

    def exchange(self, method, path, body=None, token=""):
        if self._connection is None:
            self._connection = self.connect()
        self._connection.request(method, path, body, {"Authorization": f"Bearer {token}"})
        answer = self._connection.getresponse()
        text = answer.read()
        if answer.will_close:
            self._drop()
        return answer.status, text

    def _drop(self):
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def percentile(self, share):
        ordered = sorted(self.samples)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0

    def summary(self):
        waited = ", ".join(f"{what} {seconds:.2f} s" for seconds, what in reversed(self.what_waited))
        refused = f"; refused: {self.refusals}" if self.refusals else ""
        return (
            f"{self.name}: {len(self.samples)} answers, half within {self.percentile(0.5):.3f} s, "
            f"99 % within {self.percentile(0.99):.2f} s; longest: {waited}{refused}"
        )


class Sender(Honest):
    """Its events are transitions, so that each makes one notification."""

    needs_disk = True

    def __init__(self, seed, port, token, excuses):
        super().__init__("sender", excuses)
        self.name = "sender"
        self.acknowledged = set()  # Ids of events.
        chosen = random.Random(f"{seed} sender")
        self.resources = [Resource(f"i-0{place:016x}", chosen) for place in range(50)]
        self._random = chosen
        self._port = port
        self._token = token

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self._port, timeout=ATTEMPT_SECONDS_MAX)

    def _turn(self):
        events = [
            resource.next_event() for resource in self._random.sample(self.resources, EVENTS_A_POST)
        ]
        body = "\n".join(json.dumps(event.body) for event in events).encode()
        if self.ask("POST /events", lambda: self.exchange("POST", "/events", body, self._token)):
            for event in events:
                event.acknowledge()
                self.acknowledged.add(event.id)
        time.sleep(self.pause_seconds)


class Reader(Honest):
    PATHS = ["/livez", "/metrics", "/api/v1/status", "/api/v1/timeline?resource={}"]

    def __init__(self, seed, port, token, resources, excuses):
        super().__init__("reader", excuses)
        self.name = "reader"
        self._random = random.Random(f"{seed} reader")
        self._port = port
        self._token = token
        self._resources = resources

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self._port, timeout=ATTEMPT_SECONDS_MAX)

    def _turn(self):
        form = self._random.choice(self.PATHS)
        path = form.format(self._random.choice(self._resources).arn)
        self.ask(form, lambda: self.exchange("GET", path, token=self._token))
        time.sleep(self.pause_seconds)


class Operator(Honest):
    """A person with the command line: it connects to the control socket anew each time."""

    pause_seconds = 0.2

    def __init__(self, control_socket, excuses):
        super().__init__("operator", excuses)
        self.name = "operator"
        self._control_socket = str(control_socket)

    def connect(self):
        connection = http.client.HTTPConnection("localhost", timeout=ATTEMPT_SECONDS_MAX)
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.settimeout(ATTEMPT_SECONDS_MAX)
        connection.sock.connect(self._control_socket)
        return connection

    def _turn(self):
        self._drop()
        self.ask("status by the control socket", lambda: self.exchange("GET", "/api/v1/status"))
        time.sleep(self.pause_seconds)
