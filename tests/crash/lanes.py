"""The order of a subscription's requests, and what a restart sends again."""

import bisect
import collections

from receiving import RECEIPT

# A checkpoint every 0.5 s, of what is older than 0.45 s, and its write; and a machine that is busy
# with something else.
REPEAT_SECONDS_MAX = 1.5
SLOW_SECONDS_MAX = 1.5
# The sink gives up a request after 2 s: where the machine stalls for so long, what was accepted by
# then comes again.
STALLED_ONE_IN = 500
AMENDED = "statewire.resource.amended.v1"


class Lanes:
    def __init__(self, name, deliveries, ends, redriven, is_counted=False):
        """`is_counted`: a digest counts what is judged beyond the limit."""
        self.problems = []
        self.oldest_repeat = 0.0  # Between its acceptance and the kill.
        self._name = name
        self._deliveries = deliveries
        self._redriven = redriven
        self._ends = ends
        self._ended = [each.ended for each in ends]
        self._kills = [each.ended for each in ends if not each.is_stop]
        self._is_counted = is_counted
        self.repeats = 0
        self._stalled = []
        self._check_order()
        self._check_lives()
        self._check_repeats()
        if len(self._stalled) * STALLED_ONE_IN > len(deliveries):
            self.problems += self._stalled
        self.summary = (
            f"{name}: {len(deliveries)} requests, {self.repeats} repeated; what was accepted came "
            f"again where that was up to {self.oldest_repeat:.2f} s before a kill"
        )

    def _check_order(self):
        """Of one resource nothing newer is sent before what is older was accepted, parked or
        counted."""
        newest = collections.defaultdict(int)
        seen = collections.defaultdict(set)
        waiting = collections.defaultdict(dict)  # By sequence: when it was tried first.
        last_try = {(each.resource, each.sequence): each.arrived for each in self._deliveries}
        keys = {}
        ids = {}
        for each in self._deliveries:
            sequence, lane = each.sequence, each.resource
            if each.type == RECEIPT:
                continue  # Of no resource.
            known = keys.setdefault(each.id, each.header_id), ids.setdefault(each.header_id, each.id)
            if known != (each.header_id, each.id):
                self._tell(f"webhook-id of {each.id} is {each.header_id}, and was {known}")
            if sequence not in seen[lane]:
                if sequence < newest[lane]:
                    self._tell(f"{each.name}: {sequence} was sent behind {newest[lane]}")
                older = {
                    other
                    for other, first_try in waiting[lane].items()
                    if not self._may_be_counted(first_try, last_try[lane, other], each.arrived)
                }
                if older:
                    self._tell(f"{each.name}: {sequence} was sent before {older}")
                newest[lane] = max(newest[lane], sequence)
                seen[lane].add(sequence)
                # After a kill an amendment may find what it amends held again, and be absorbed.
                if each.type != AMENDED:
                    waiting[lane][sequence] = each.arrived
            if each.is_accepted or each.is_rejected:
                waiting[lane].pop(sequence, None)

    def _may_be_counted(self, first_try, last_try, now):
        """What was tried right before a kill is judged again after it; others may have come first
        by then, so that the digest counts it, and nobody sends it any more."""
        if not self._is_counted or last_try >= now:
            return False
        place = bisect.bisect_left(self._kills, first_try)
        return (
            place < len(self._kills)
            and last_try <= self._kills[place] < now
            and self._kills[place] - first_try < REPEAT_SECONDS_MAX + SLOW_SECONDS_MAX
        )

    def _check_lives(self):
        """Nor is anything older sent again behind something newer, but after a kill."""
        newest = {}
        for each in self._deliveries:
            if each.id in self._redriven or each.type == RECEIPT:
                continue
            life = bisect.bisect_left(self._ended, each.arrived)
            before, sequence = newest.get(each.resource, (life, 0))
            if before == life and each.sequence < sequence:
                self._tell(f"{each.name}: {each.sequence} came behind {sequence}, in one life")
            newest[each.resource] = (life, each.sequence)

    def _check_repeats(self):
        """A restart repeats what was settled right before the kill; nothing else repeats."""
        accepted = {}
        for each in self._deliveries:
            if each.id in accepted:
                self.repeats += 1
                self._check_repeat(each, accepted[each.id])
            if each.is_accepted:
                accepted[each.id] = each.arrived

    def _check_repeat(self, delivery, accepted):
        place = bisect.bisect_left(self._ended, accepted)
        if place == len(self._ended) or self._ended[place] > delivery.arrived:
            self._stalled.append(
                f"{self._name}: {delivery.sequence} of {delivery.name} came again, and nothing had "
                "ended"
            )
            return
        end = self._ends[place]
        if end.is_stop:
            self._tell(
                f"{delivery.sequence} of {delivery.name} was accepted {end.ended - accepted:.2f} s "
                "before a clean stop, and came again"
            )
            return
        age = end.asked - accepted
        self.oldest_repeat = max(self.oldest_repeat, age)
        if age > REPEAT_SECONDS_MAX + SLOW_SECONDS_MAX:
            self._tell(
                f"{delivery.sequence} of {delivery.name} was accepted {age:.2f} s before a kill, "
                "and came again"
            )

    def _tell(self, problem):
        self.problems.append(f"{self._name}: {problem}")


def fresh_at_kills(deliveries, ends):
    """For each kill, how many were accepted so shortly before it that they may be sent again."""
    killed = [each.asked for each in ends if not each.is_stop]
    fresh = collections.defaultdict(set)
    for each in deliveries:
        place = bisect.bisect_left(killed, each.arrived)
        if place < len(killed) and killed[place] - each.arrived < REPEAT_SECONDS_MAX:
            fresh[place].add(each.id)
    return [len(ids) for ids in fresh.values()]
