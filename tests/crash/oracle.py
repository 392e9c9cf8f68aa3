"""What must hold after any number of kills, checked against what the crash test remembers."""

import collections
import json

TRANSITION = "statewire.resource.transition.v1"
# Generous, for a slow machine: some rounds, and what it takes to start again and to come through.
REPEAT_SECONDS_MAX = 30


class Outcome:
    """`losses`: acknowledged and not delivered. `problems`: whatever else must not be."""

    def __init__(self, senders, trail, requests, ledger, resources, lines, kills):
        self.losses = []
        self.problems = []
        self._resources = [each for sender in senders for each in sender.resources]
        self._resources += trail.resources
        self._steady = {each.arn: each for each in self._resources if each.is_steady}
        self._events = {one.id: one for each in self._resources for one in each.events}
        deliveries = [Delivery(request) for request in requests]
        self._check_ids(deliveries)
        self._check_order(deliveries)
        self._check_repeats(deliveries)
        self._check_previous(deliveries)
        accepted = [each for each in deliveries if each.is_accepted]
        self._check_all_came("webhook", {each.origin for each in accepted if each.is_transition})
        self._check_lines(lines, kills)
        self._check_ledger(ledger, senders, trail)
        self._check_records(resources)

    def _check_ids(self, deliveries):
        """One id stands for one (event, resource, kind), and keeps its place in the journal."""
        told_of = {}
        id_of = {}
        for each in deliveries:
            if each.id != each.header_id:
                self.problems.append(f"webhook-id is {each.header_id}, the payload's {each.id}")
            told = (each.origin, each.resource, each.type)
            if told_of.setdefault(each.id, (*told, each.sequence)) != (*told, each.sequence):
                self.problems.append(f"id {each.id} stands for {told_of[each.id]} and for {told}")
            if id_of.setdefault(told, each.id) != each.id:
                self.problems.append(f"{told} came under the ids {id_of[told]} and {each.id}")

    def _check_order(self, deliveries):
        """Of one resource nothing newer is sent before what is older was accepted."""
        seen = collections.defaultdict(set)
        waiting = collections.defaultdict(set)
        for each in deliveries:
            sequence, waits = each.sequence, waiting[each.resource]
            if sequence not in seen[each.resource]:
                newer = [one for one in seen[each.resource] if one > sequence]
                if newer:
                    self.problems.append(f"{each.resource}: {sequence} was sent after {newer}")
                if waits:
                    self.problems.append(f"{each.resource}: {sequence} was sent before {waits}")
                seen[each.resource].add(sequence)
                waits.add(sequence)
            if each.is_accepted:
                waits.discard(sequence)

    def _check_repeats(self, deliveries):
        """A restart repeats what the last second settled, not what was settled long before."""
        accepted_at = {}
        self.oldest_repeat = 0.0
        for each in deliveries:
            if each.id in accepted_at:
                self.oldest_repeat = max(self.oldest_repeat, each.arrived - accepted_at[each.id])
            elif each.is_accepted:
                accepted_at[each.id] = each.arrived
        if self.oldest_repeat > REPEAT_SECONDS_MAX:
            self.problems.append(
                f"a delivery came again {self.oldest_repeat:.1f} s after it was accepted"
            )

    def _check_previous(self, deliveries):
        """A steady resource's transition comes from the state of the event before it."""
        for each in deliveries:
            resource = self._steady.get(each.resource)
            if resource is None or not each.is_transition:
                continue
            event = self._events.get(each.origin)
            if event is None:
                self.problems.append(f"a transition by an event that nobody sent: {each.origin}")
            elif event.number > 0:
                before = resource.events[event.number - 1]
                if before.is_acknowledged and each.previous != before.state:
                    self.problems.append(
                        f"{each.resource}: event {event.number} came from {each.previous!r}, "
                        f"and the event before it was {before.state!r}"
                    )

    def _check_all_came(self, where, origins):
        for resource in self._steady.values():
            for event in resource.events:
                if event.is_acknowledged and event.id not in origins:
                    self.losses.append(
                        f"{where}: event {event.number} of {resource.name}, {event.id}"
                    )

    def _check_lines(self, paths, kills):
        origins = set()
        torn = 0
        for path in paths:
            for line in path.read_bytes().splitlines():
                try:
                    notification = json.loads(line)
                except ValueError:
                    torn += 1
                    continue
                if notification["type"] == TRANSITION:
                    origins.add(notification["data"]["origin"]["id"])
        if torn > kills:
            self.problems.append(f"the file has {torn} broken lines after {kills} kills")
        self._check_all_came("file", origins)

    def _check_ledger(self, ledger, senders, trail):
        for row in ledger:
            fates = ["recognised", "ignored", "unrecognised", "duplicate", "too_late"]
            total = sum(row[fate] for fate in [*fates, "malformed", "rejected"])
            if not row["adds_up"] or row["received"] != total:
                self.problems.append(f"the ledger does not add up: {row}")
        acknowledged = sum(sender.acknowledged_count for sender in senders)
        received = sum(row["received"] for row in ledger if row["source"] == "http")
        if received < acknowledged:
            self.losses.append(f"ledger: {acknowledged} acknowledged, {received} received")
        read = collections.Counter()
        for row in ledger:
            if row["source"] == "trail":
                read.update({"received": row["received"], "recognised": row["recognised"]})
        if read["received"] != trail.count or read["recognised"] != trail.count:
            self.problems.append(f"the file has {trail.count} events, the ledger {dict(read)}")

    def _check_records(self, resources):
        """A steady record is where its last event left it; one that was given up may count."""
        values = {each["id"]: each["value"] for each in resources}
        for arn, resource in self._steady.items():
            possible = []
            for event in reversed(resource.events):
                possible.append(event.state)
                if event.is_acknowledged:
                    if values.get(arn) not in possible:
                        self.problems.append(f"{arn} is {values.get(arn)}, expected {possible}")
                    break


class Delivery:
    """One request of the webhook, as far as the checks need it."""

    def __init__(self, request):
        notification = json.loads(request.body)
        data = notification["data"]
        self.arrived = request.arrived
        self.is_accepted = request.status == 200
        self.header_id = request.headers.get("webhook-id")
        self.id = notification["id"]
        self.sequence = int(notification["sequence"])
        self.type = notification["type"]
        self.is_transition = self.type == TRANSITION
        self.origin = data["origin"]["id"]
        self.resource = data["resource"]["id"]
        self.previous = data["state"].get("previous", {}).get("value")
