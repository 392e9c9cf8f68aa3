"""The threads that send the crash test's events: over HTTP, and into a file."""

import http.client
import json
import random
import threading
import time

from resources import TaggedResource, resources_of_a_sender, resources_of_the_trail

BACKLOG_MAX = 1500


class Worker:
    """A thread that works in turns until it is asked to finish or to abandon its work."""

    def __init__(self, name):
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._is_finishing = threading.Event()
        self._is_abandoned = threading.Event()
        self._fault = None

    def start(self):
        self._thread.start()

    def finish(self, seconds=60):
        """Waits until the turn that is under way has come to its end."""
        self._is_finishing.set()
        self._thread.join(seconds)
        if self._thread.is_alive():
            raise AssertionError(f"{self._thread.name} does not come to its end")
        if self._fault is not None:
            raise self._fault

    def abandon(self):
        self._is_finishing.set()
        self._is_abandoned.set()
        if self._thread.ident is not None:
            self._thread.join(15)

    def _run(self):
        try:
            while not self._is_finishing.is_set():
                self._turn()
        except Exception as fault:
            self._fault = fault


class Sender(Worker):
    """Posts events, one or many at once, until they are acknowledged or given up."""

    def __init__(self, seed, number, port, backlog, acknowledged, pause_share):
        super().__init__(f"sender {number}")
        self.acknowledged_count = 0
        self.steady_count = 0  # Acknowledged transitions that /hook must be told of.
        self.resources = resources_of_a_sender(seed, number)
        self._random = random.Random(f"{seed} sender {number}")
        self._port = port
        self._backlog = backlog
        self._pause_share = pause_share
        self._acknowledged = acknowledged
        self._connection = None

    def _turn(self):
        if self._backlog() > BACKLOG_MAX:
            time.sleep(0.02)
        if self._random.random() < self._pause_share:
            time.sleep(self._random.uniform(0, 1))
        count = self._random.choice([1, 1, 1, 2, 5, 20])
        self._deliver([self._choose() for _ in range(count)])

    def _choose(self):
        while True:
            event = self._random.choice(self.resources).choose()
            if event is not None:
                return event

    def tag_all(self):
        """After the end: what was not tagged is, so that nothing waits for it any longer."""
        for resource in self.resources:
            if isinstance(resource, TaggedResource) and resource.tagging is None:
                self._deliver([resource.tag()])

    def _deliver(self, events):
        body = "\n".join(json.dumps(event.body) for event in events).encode()
        for event in events:
            event.sent = event.sent or time.monotonic()
        while not self._is_abandoned.is_set():
            answer = self._post(body)
            if answer is not None:
                self._acknowledge(events, answer)
                return
            # Nobody knows whether it was stored. Some senders give up, most send again.
            if may_give_up(events) and self._random.random() < 0.05:
                return
            time.sleep(0.03)

    def _post(self, body):
        """The answer where it is 2xx."""
        try:
            if self._connection is None:
                self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)
            self._connection.request("POST", "/events", body)
            response = self._connection.getresponse()
            text = response.read()
        except (OSError, http.client.HTTPException):
            if self._connection is not None:
                self._connection.close()
            self._connection = None
            return None
        if response.status == 503:
            return None
        if response.status != 202:
            raise AssertionError(f"POST /events was answered {response.status}: {text!r}")
        self._acknowledged.set()
        return json.loads(text)

    def _acknowledge(self, events, answer):
        if answer["accepted"] + answer["duplicate"] != len(events):
            raise AssertionError(f"{len(events)} events, and the answer was {answer}")
        for event in events:
            resource = event.resource
            is_told = event.number is not None and resource.is_steady and not resource.is_ignored
            self.steady_count += is_told
            event.acknowledge()
        self.acknowledged_count += len(events)


def may_give_up(events):
    """Never two in a row of one resource: the states around them must differ. Never a call."""
    if any(event.number is None for event in events):
        return False
    before = [event.resource.events[event.number - 1] for event in events if event.number > 0]
    return len(events) <= 2 and all(event.is_acknowledged for event in before)


class Trail(Worker):
    """Appends events to a file that the program follows, and rotates it."""

    def __init__(self, seed, path):
        super().__init__("trail")
        self.count = 0  # Lines that were written whole.
        self._random = random.Random(f"{seed} trail")
        self._path = path
        self._lock = threading.Lock()
        self._count_before_file = 0
        self._rotations = 0
        self._file = open(path, "ab", buffering=0)
        self.resources = resources_of_the_trail(self._random)

    def _turn(self):
        with self._lock:
            for _ in range(self._random.choice([1, 1, 5, 30])):
                self._append()
        time.sleep(self._random.uniform(0.01, 0.2))

    def _append(self):
        event = self._random.choice(self.resources).next_event()
        line = json.dumps(event.body).encode() + b"\n"
        if self._random.random() < 0.2:
            # In two pieces: a reader may see half a line.
            cut = self._random.randrange(1, len(line))
            self._file.write(line[:cut])
            time.sleep(self._random.uniform(0, 0.02))
            self._file.write(line[cut:])
        else:
            self._file.write(line)
        event.acknowledge()
        self.count += 1

    def rotate_if_seen(self, received):
        """Renames the file now and then, though never one of which nothing was read: nothing would
        tell it from a file that was rotated before the program came."""
        with self._lock:
            if received <= self._count_before_file or self._random.random() < 0.7:
                return
            self._rotations += 1
            self._path.rename(f"{self._path}.{self._rotations}")
            self._file.close()
            self._file = open(self._path, "ab", buffering=0)
            self._count_before_file = self.count

    def abandon(self):
        super().abandon()
        self._file.close()
