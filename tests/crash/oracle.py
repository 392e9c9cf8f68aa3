"""What must hold after any number of kills, checked against what the crash test remembers.

The archive says what there was to tell: each notification stands in it once. What was acknowledged
must be in it, and the other subscriptions are compared with it.
"""

import collections
import json

import lanes
from configurations import PER_HOUR
from receiving import RECEIPT, Told

# How a notification left the hold of `pager`.
LEARNED = "held until the cause came"
WAITED = "held to the end"
MISSED = "without the cause that had come"
MISSED_SHARE_MAX = 0.05
# The program waits by a clock that is set right now and then; this one is not.
CLOCKS_APART_SECONDS = 0.02


class Outcome:
    """`losses`: acknowledged and not delivered. `problems`: whatever else must not be."""

    def __init__(self, run, held_by_few):
        self.losses = []
        self.problems = []
        self.summary = []
        self._run = run
        self._resources = [each for sender in run.senders for each in sender.resources]
        self._resources += run.trail.resources
        self._by_arn = {each.arn: each for each in self._resources}
        self._events = {one.id: one for each in self._resources for one in each.events}
        self._place_of = {}  # Of an id: what it stands for, wherever it is told.
        self._id_of = {}
        self._told = {}  # By id: all that there was to tell.
        self._check_archive()
        self._check_hook()
        self._check_lines()
        self._check_pager()
        self._check_few(held_by_few)
        for name, deliveries in run.receiving.deliveries.items():
            checked = lanes.Lanes(
                name, deliveries, run.ends, run.parked.redriven, is_counted=name == "few"
            )
            self.problems += checked.problems
            self.summary.append(checked.summary)
        self._check_ledger(run.daemon.get("/api/v1/ledger"))
        self._check_records(run.all_resources())

    # Every notification, wherever it was told.

    def _check_told(self, where, told):
        """One id stands for one (event, resource, kind), and keeps its place in the journal."""
        what = (told.origin, told.resource, told.type)
        place = (*what, told.sequence)
        if self._place_of.setdefault(told.id, place) != place:
            self.problems.append(
                f"{where}: id {told.id} stands for {self._place_of[told.id]} and for {place}"
            )
        if self._id_of.setdefault(what, told.id) != told.id:
            self.problems.append(f"{where}: {what} came as {self._id_of[what]} and as {told.id}")
        resource = self._by_arn.get(told.resource)
        if resource is None:
            self.problems.append(f"{where}: told of {told.resource}, which nobody knows")
        elif resource.is_ignored:
            self.problems.append(f"{where}: told of {told.resource}, which is ignored")
        elif told.is_transition and resource.is_steady:
            self._check_previous(where, resource, told)

    def _check_previous(self, where, resource, told):
        """A steady resource's transition comes from the state of the event before it."""
        event = self._events.get(told.origin)
        if event is None:
            self.problems.append(f"{where}: a transition by an event nobody sent: {told.origin}")
        elif event.number > 0:
            before = resource.events[event.number - 1]
            if before.is_acknowledged and told.previous != before.state:
                self.problems.append(
                    f"{where}: event {event.number} of {resource.name} came from "
                    f"{told.previous!r}, and the event before it was {before.state!r}"
                )

    def _check_all_came(self, where, origins):
        for resource in self._resources:
            if not resource.is_steady or resource.is_ignored:
                continue
            for event in resource.events:
                if event.is_acknowledged and event.id not in origins:
                    self.losses.append(
                        f"{where}: event {event.number} of {resource.name}, {event.id}"
                    )

    def _compare(self, where, ids):
        """With the archive."""
        for missing in self._told.keys() - ids:
            told = self._told[missing]
            self.losses.append(f"{where}: {told.type} {told.sequence} of {told.name}")
        self._check_known(where, ids)

    def _check_known(self, where, ids):
        for strange in ids - self._told.keys():
            self.problems.append(f"{where}: {self._place_of.get(strange)} is not in the archive")

    # Each subscription.

    def _check_archive(self):
        newest = {}
        for key, stored in self._run.bucket.objects.items():
            for told in stored.told:
                self._check_told("archive", told)
                if self._told.setdefault(told.id, told) is not told:
                    self.problems.append(f"archive: {told.id} stands twice, also in {key}")
                if told.sequence <= newest.get(told.resource, 0):
                    self.problems.append(
                        f"archive: {told.sequence} of {told.name} stands behind "
                        f"{newest[told.resource]}, in {key}"
                    )
                newest[told.resource] = told.sequence
        origins = {each.origin for each in self._told.values() if each.is_transition}
        self._check_all_came("archive", origins)

    def _check_hook(self):
        deliveries = self._run.receiving.deliveries["hook"]
        for each in deliveries:
            self._check_told("hook", each)
        dropped = self._run.parked.dropped
        accepted = {each.id: each for each in deliveries if each.is_accepted}
        both = accepted.keys() & dropped
        if both:
            self.problems.append(f"hook: dropped and delivered: {sorted(both)[:5]}")
        self._compare("hook", accepted.keys() | dropped)

    def _check_lines(self):
        ids = set()
        newest = collections.defaultdict(int)
        torn = 0
        folder = self._run.daemon.folder
        # Full files have the time in their names.
        for path in [*sorted(folder.glob("lines.jsonl.*")), folder / "lines.jsonl"]:
            for line in path.read_bytes().splitlines():
                try:
                    told = Told(json.loads(line))
                except ValueError:
                    torn += 1
                    continue
                if told.id in ids:
                    continue
                self._check_told("file", told)
                ids.add(told.id)
                if told.sequence < newest[told.resource]:
                    self.problems.append(
                        f"file: {told.sequence} of {told.name} came behind {newest[told.resource]}"
                    )
                newest[told.resource] = told.sequence
        kills = self._run.counts["kills"]
        if torn > kills:
            self.problems.append(f"the file has {torn} broken lines after {kills} kills")
        self._compare("file", ids)

    def _check_pager(self):
        """Each came with its cause, or after the shortest hold that was in force meanwhile."""
        first = {}
        accepted = set()
        for each in self._run.receiving.deliveries["pager"]:
            self._check_told("pager", each)
            first.setdefault(each.id, each)
            if each.is_accepted:
                accepted.add(each.id)
        self._check_known("pager", accepted)
        counts = collections.Counter()
        for each in first.values():
            if each.is_transition:
                counts[self._held_until(each)] += 1
        for told in self._told.values():
            # An amendment of what is held is absorbed.
            if told.is_transition and "/i-c" in told.resource and told.id not in accepted:
                self.losses.append(f"pager: {told.sequence} of {told.name}")
        self.summary.append(
            "pager: " + ", ".join(f"{count} {how}" for how, count in sorted(counts.items()))
        )
        # A program that was down or kept from its sink may miss the cause; it must not be the rule.
        missed = counts[MISSED]
        if missed > MISSED_SHARE_MAX * sum(counts.values()) + 5:
            self.problems.append(f"pager: {missed} came {MISSED}")
        if self._run.options.rounds >= 20:
            for how in (LEARNED, WAITED):
                if counts[how] == 0:
                    self.problems.append(f"pager: this run shows nothing, none was {how}")

    def _held_until(self, delivery):
        event = self._events.get(delivery.origin)
        if event is None:
            return "strange"
        call = self._by_arn[delivery.resource].call_of.get(event.id)
        waited = delivery.arrived - event.sent
        if delivery.cause != "unknown":
            if delivery.cause != "human":
                self.problems.append(f"pager: the cause of {delivery.id} is {delivery.cause}")
            is_late = call is not None and call.sent is not None
            return LEARNED if is_late else "known at once"
        at_most = self._shortest_hold(event.sent, delivery.arrived)
        if waited < at_most - CLOCKS_APART_SECONDS:
            self.problems.append(
                f"pager: {delivery.sequence} of {delivery.name} came without its cause "
                f"{waited:.3f} s after its event, and may wait for {at_most} s"
            )
        came = call.acknowledged if call is not None else None
        if came is not None and came < event.sent + at_most - 0.3:
            return MISSED
        return WAITED

    def _shortest_hold(self, begin, end):
        in_force = [
            term.configuration.pager_ms
            for term in self._run.terms
            if term.begin < end and term.end > begin
        ]
        return min(in_force) / 1000

    def _check_few(self, held):
        """What was sent, and what receipts and the digest count, is all that there was. What was
        delivered right before a kill may be counted after it."""
        accepted = {}
        deliveries = self._run.receiving.accepted("few")
        for each in deliveries:
            accepted.setdefault(each.id, each)
            if each.type != RECEIPT:
                self._check_told("few", each)
        receipts = [each for each in accepted.values() if each.type == RECEIPT]
        sent = len(accepted) - len(receipts)
        self._check_known("few", accepted.keys() - {each.id for each in receipts})
        counted = sum(each.count for each in receipts) + held
        wanted = sum("/i-0" in each.resource for each in self._told.values())
        # Only at the kill right before the limit was met, once an hour: what was sent is judged
        # again after it, and others may have come first by then. A receipt that counts nothing says
        # that an hour's limit is met.
        hours = 1 + sum(each.count > 0 for each in receipts)
        fresh = sorted(lanes.fresh_at_kills(deliveries, self._run.ends), reverse=True)
        again = sum(fresh[:hours])
        self.summary.append(
            f"few: {sent} sent, {counted} counted, {len(receipts)} receipts; there were {wanted}, "
            f"and {again} may be both"
        )
        if sent + counted < wanted:
            kinds = collections.Counter(
                each.type for each in self._told.values() if "/i-0" in each.resource
            )
            self.losses.append(
                f"few: {sent} sent and {counted} counted, of {wanted}: {dict(kinds)}"
            )
        if sent > hours * max(PER_HOUR) + again:
            self.problems.append(f"few: {sent} sent in {hours} hours; {again} may be too many")
        if sent + counted > wanted + again:
            self.problems.append(
                f"few: {sent} sent and {counted} counted, of {wanted}; {again} may be both"
            )

    # What the store knows.

    def _check_ledger(self, ledger):
        for row in ledger:
            fates = ["recognised", "ignored", "unrecognised", "duplicate", "too_late", "incomplete"]
            total = sum(row[fate] for fate in [*fates, "malformed", "rejected"])
            if not row["adds_up"] or row["received"] != total:
                self.problems.append(f"the ledger does not add up: {row}")
        acknowledged = sum(sender.acknowledged_count for sender in self._run.senders)
        received = sum(row["received"] for row in ledger if row["source"] == "http")
        if received < acknowledged:
            self.losses.append(f"ledger: {acknowledged} acknowledged, {received} received")
        read = collections.Counter()
        for row in ledger:
            if row["source"] == "trail":
                read.update({"received": row["received"], "recognised": row["recognised"]})
        count = self._run.trail.count
        if read["received"] != count or read["recognised"] != count:
            self.problems.append(f"the file has {count} events, the ledger {dict(read)}")

    def _check_records(self, resources):
        """A steady record is where its last event left it; one that was given up may count."""
        values = {each["id"]: each.get("value") for each in resources}
        for resource in self._resources:
            possible = []
            for event in reversed(resource.events if resource.is_steady else []):
                possible.append(event.state)
                if event.is_acknowledged:
                    value = values.get(resource.arn)
                    if value not in possible:
                        self.problems.append(f"{resource.arn} is {value}, expected {possible}")
                    break
