"""What the receiver of webhooks answers in the crash test, and what it keeps of each request."""

import json
import random
import sys
import zlib

from receiver import CLOSE, HANG, Answer

TRANSITION = "statewire.resource.transition.v1"
RECEIPT = "statewire.receipt.v1"
REJECTED_OF_1000 = 4


class Told:
    """A notification, as far as the checks need it: there are many."""

    __slots__ = ("id", "sequence", "type", "origin", "resource", "previous", "cause", "count")

    def __init__(self, notification):
        data = notification["data"]
        self.id = notification["id"]
        self.sequence = int(notification["sequence"])
        self.type = sys.intern(notification["type"])
        self.origin = data.get("origin", {}).get("id")
        self.resource = sys.intern(data.get("resource", {}).get("id", ""))  # A receipt has none.
        self.previous = data.get("state", {}).get("previous", {}).get("value")
        self.cause = sys.intern(data.get("cause", {}).get("kind", ""))
        self.count = data.get("receipt", {}).get("count", 0)

    @property
    def is_transition(self):
        return self.type == TRANSITION

    @property
    def name(self):
        return self.resource.rpartition("/")[2]


class Delivery(Told):
    """One request of a webhook. `status` is None where nothing was answered."""

    __slots__ = ("arrived", "header_id", "status")

    def __init__(self, request):
        super().__init__(json.loads(request.body))
        self.arrived = request.arrived
        self.header_id = request.headers.get("webhook-id")
        self.status = None

    @property
    def is_accepted(self):
        return self.status == 200

    @property
    def is_rejected(self):
        return self.status == 400


class Receiving:
    """Mostly answers well; in an outage never; at the end always. Some of what comes to /hook is
    rejected for good, until it is forgiven."""

    def __init__(self, seed):
        self.is_out = False
        self.is_kind = False
        self.forgiven = set()
        self.deliveries = {"hook": [], "pager": [], "few": []}
        self.settled = set()  # Ids of steady transitions that /hook accepted or rejected.
        self.count = 0
        self._random = random.Random(f"{seed} receiver")

    def accepted(self, name):
        return [each for each in self.deliveries[name] if each.is_accepted]

    def decide(self, request):
        """On the receiver's thread."""
        if request.path == "/probe":
            return Answer(200)
        delivery = Delivery(request)
        name = request.path.strip("/")
        request.body = request.headers = None  # So that long runs stay small.
        answer = self._answer(name, delivery)
        if isinstance(answer, Answer):
            delivery.status = answer.status
        self.deliveries[name].append(delivery)
        self.count += 1
        if name == "hook" and (delivery.is_accepted or delivery.is_rejected):
            if delivery.is_transition and "/i-d" not in delivery.resource:
                self.settled.add(delivery.id)
        return answer

    def _answer(self, name, delivery):
        draw = self._random.random()
        if self.is_out and not self.is_kind:
            return Answer(self._random.choice([500, 502, 503]))
        if name == "hook" and self._is_rejected(delivery):
            return Answer(400, body=b"not like this")
        if self.is_kind or draw < 0.93:
            return Answer(200)
        if draw < 0.96:
            return Answer(self._random.choice([500, 502, 503]))
        if draw < 0.98:
            return Answer(429, {"Retry-After": "1"})
        return CLOSE if draw < 0.9995 else HANG

    def _is_rejected(self, delivery):
        if self.is_kind or delivery.id in self.forgiven:
            return False
        return zlib.crc32(delivery.id.encode()) % 1000 < REJECTED_OF_1000
