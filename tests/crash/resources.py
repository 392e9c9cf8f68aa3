"""Resources of the crash test, and their events.

Each kind has its own beginning of an instance's id; configurations.py says which.
"""

import random
import sys
import time
import uuid

from harness import ACCOUNT, REGION, format_time, instance_arn, instance_event

# Each state differs from its neighbours, also where one event between them is given up.
CYCLE = ["pending", "running", "stopping", "stopped"]
CALLS = {"pending": "StartInstances", "running": "StartInstances"}
DAY = 24 * 3600
CAUSE_SECONDS_MAX = 2.5
# A call explains what follows it within fifteen minutes: these are further apart.
APART_SECONDS = (16 * 60, 20 * 60)


class Event:
    """One that is sent. `number` is its place among the resource's states; a call has none."""

    __slots__ = ("acknowledged", "body", "id", "is_acknowledged", "number", "resource", "sent",
                 "state")

    def __init__(self, resource, number, body, state=None):
        self.resource = resource
        self.number = number
        self.body = body
        self.id = body["id"]
        self.state = state
        self.is_acknowledged = False
        self.sent = None  # When it was posted first.
        self.acknowledged = None

    def acknowledge(self):
        self.is_acknowledged = True
        self.acknowledged = time.monotonic()
        if self.resource.is_steady:
            self.body = None  # Nobody sends it again.


class Resource:
    """A steady one makes one transition an event, in the order of time."""

    apart = (1, 5)

    def __init__(self, name, chosen, is_steady=True):
        self.arn = sys.intern(instance_arn(name))
        self.name = name
        self.is_steady = is_steady
        self.is_ignored = False
        self.events = []
        self._random = chosen
        self._time = int(time.time()) - 20 * DAY

    def next_event(self):
        self._time += self._random.randint(*self.apart)
        return self._add(CYCLE[len(self.events) % len(CYCLE)], self._time)

    def choose(self):
        """The event that is to be sent now; None where it waits."""
        return self.next_event()

    def _new_id(self):
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def _add(self, state, when):
        body = instance_event(self.name, state, when, self._new_id())
        event = Event(self, len(self.events), body, sys.intern(state))
        self.events.append(event)
        return event

    def _asked(self, name, when):
        items = {"items": [{"instanceId": self.name}]}
        return self._call(name, when, {"instancesSet": items})

    def _call(self, name, when, parameters):
        record = {
            "eventVersion": "1.08",
            "eventID": self._new_id(),
            "eventType": "AwsApiCall",
            "eventCategory": "Management",
            "readOnly": False,
            "awsRegion": REGION,
            "recipientAccountId": ACCOUNT,
            "eventSource": "ec2.amazonaws.com",
            "eventName": name,
            "eventTime": format_time(when),
            "userAgent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36",
            "sessionCredentialFromConsole": "true",
            "userIdentity": {
                "type": "IAMUser",
                "userName": "alice",
                "accountId": ACCOUNT,
                "arn": f"arn:aws:iam::{ACCOUNT}:user/alice",
            },
            "requestParameters": parameters,
        }
        body = {
            "version": "0",
            "id": self._new_id(),
            "detail-type": "AWS API Call via CloudTrail",
            "source": "aws.ec2",
            "account": ACCOUNT,
            "region": REGION,
            "time": record["eventTime"],
            "resources": [],
            "detail": record,
        }
        return Event(self, None, body)


class DisturbedResource(Resource):
    """Repeats, and things that happened before what was told already."""

    def __init__(self, name, chosen):
        super().__init__(name, chosen, is_steady=False)

    def choose(self):
        if not self.events:
            return self.next_event()
        draw = self._random.random()
        if draw < 0.2:
            return self._random.choice(self.events)
        return self._late_event() if draw < 0.4 else self.next_event()

    def _late_event(self):
        return self._add(self._random.choice(CYCLE), self._time - self._random.randint(1, 20))


class ExplainedResource(Resource):
    """Who asks for its states said so before: the cause is known at once, most of the time."""

    def __init__(self, name, chosen):
        super().__init__(name, chosen)
        self._calls = []  # That come before its next state.

    def choose(self):
        # A call explains what follows within fifteen minutes: some three hundred states.
        if len(self.events) % 400 == 0 and not self._calls:
            self._calls = ["StartInstances", "StopInstances", None]
        name = self._calls.pop(0) if self._calls else None
        if name is None:
            return self.next_event()
        # In the second of the state before it, it would explain that one, and amend it.
        self._time += 1
        return self._asked(name, self._time)


class CausedResource(Resource):
    """Who asked for a state is known some time after the state; sometimes never."""

    apart = APART_SECONDS

    def __init__(self, name, chosen):
        super().__init__(name, chosen)
        self.call_of = {}  # By id of the state's event.
        self._call_at = None

    def choose(self):
        if self._call_at is None:
            if self._random.random() < 0.7:
                self._call_at = time.monotonic() + self._random.uniform(0, CAUSE_SECONDS_MAX)
            else:
                self._call_at = float("inf")
            return self.next_event()
        if self._call_at == float("inf"):
            self._call_at = None
            return None
        if time.monotonic() < self._call_at:
            return None
        self._call_at = None
        last = self.events[-1]
        call = self._asked(CALLS.get(last.state, "StopInstances"), self._time - 1)
        self.call_of[last.id] = call
        return call


class TaggedResource(Resource):
    """Its tags come late, or first. Until then whether it is ignored is not known."""

    def __init__(self, name, chosen, is_ignored):
        super().__init__(name, chosen)
        self.is_ignored = is_ignored
        self.tagging = None
        self._tagged_after = chosen.randint(0, 40)

    def choose(self):
        if self.tagging is None and len(self.events) >= self._tagged_after:
            return self.tag()
        return self.next_event()

    def tag(self):
        self._time += 1
        value = "off" if self.is_ignored else "on"
        self.tagging = self._call(
            "CreateTags",
            self._time,
            {
                "resourcesSet": {"items": [{"resourceId": self.name}]},
                "tagSet": {"items": [{"key": "monitoring", "value": value}]},
            },
        )
        return self.tagging


def resources_of_a_sender(seed, number):
    """All kinds. No two senders share one."""
    chosen = random.Random(f"{seed} resources {number}")

    def names(kind, count):
        return [f"i-{kind}{number:03x}{place:0{14 - len(kind)}x}" for place in range(count)]

    return [
        *[Resource(name, chosen) for name in names("00", 16)],
        *[ExplainedResource(name, chosen) for name in names("01", 16)],
        *[DisturbedResource(name, chosen) for name in names("d", 10)],
        *[CausedResource(name, chosen) for name in names("c", 10)],
        *[TaggedResource(name, chosen, is_ignored=True) for name in names("a", 4)],
        *[TaggedResource(name, chosen, is_ignored=False) for name in names("b", 4)],
    ]


def resources_of_the_trail(chosen):
    return [Resource(f"i-f{place:016x}", chosen) for place in range(30)]
