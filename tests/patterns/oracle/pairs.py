"""Patterns of every pair of operators, and events that meet them, miss them, or nearly do."""

import itertools
import json
import random

import values
from operators import ABSENT, OPERATORS

KEYS = ["a", "b", "c", "d", "kind", "detail", "x y", "é", "A"]
EVENTS_OF_A_PATTERN = 8


class Leaf:
    def __init__(self, tests):
        self.tests = tests  # Pairs of an operator and its argument; one must pass.


class Together:
    def __init__(self, clauses):
        self.clauses = clauses  # Pairs of a key and a Leaf or Together, or of "$or" and Either.


class Either:
    def __init__(self, branches):
        self.branches = branches


class Generator:
    def __init__(self, seed):
        self.chosen = random.Random(seed)

    # Patterns.

    def leaf(self, *operators):
        return Leaf([(each, each.make(self.chosen)) for each in operators])

    def keys(self, count):
        return self.chosen.sample(KEYS, count)

    def pattern(self, one, other):
        """A pattern with both operators, in one of the ways in which two can stand together."""
        first, second = self.leaf(one), self.leaf(other)
        a, b, c, d = self.keys(4)
        kind = self.chosen.randrange(9)
        if kind == 0:
            tree = Together([(a, self.leaf(one, other))])
        elif kind == 1:
            tree = Together([(a, first), (b, second)])
        elif kind == 2:
            tree = Together([("$or", Either([Together([(a, first)]), Together([(b, second)])]))])
        elif kind == 3:
            tree = Together([(c, Together([(a, first), (b, second)]))])
        elif kind == 4:
            tree = Together([(a, first), (c, Together([(b, second)]))])
        elif kind == 5:
            tree = Together([(c, Together([("$or", Either([
                Together([(a, first)]),
                Together([(b, second), (d, self.leaf(self.any_operator()))])]))]))])
        elif kind == 6:
            tree = Together([(d, first), ("$or", Either([
                Together([(a, second)]),
                Together([(b, self.leaf(self.any_operator())), (c, self.leaf(one))])]))])
        elif kind == 7:
            tree = Together([(c, Together([(a, first), (d, Together([(a, second)]))]))])
        else:
            tree = Together([
                ("$or", Either([Together([(a, first)]),
                                Together([("$or", Either([Together([(b, second)]),
                                                          Together([(c, self.leaf(one))])]))])])),
                (d, self.leaf(self.any_operator()))])
        return tree

    def any_operator(self):
        return self.chosen.choice(OPERATORS)

    def written_pattern(self, node):
        """As the value that `values.written` writes."""
        if isinstance(node, Leaf):
            return [operator.test(argument) for operator, argument in node.tests]
        if isinstance(node, Either):
            return [self.written_pattern(branch) for branch in node.branches]
        clauses = list(node.clauses)
        self.chosen.shuffle(clauses)
        written = [(key, self.written_pattern(each)) for key, each in clauses]
        return tuple(self.with_dots(written, 0.2, lambda inner: [
            key for key, _ in inner if key != "$or"]))

    def with_dots(self, clauses, chance, may_move):
        """Nested keys as keys with dots: some of them, or all."""
        for key, value in clauses:
            if not isinstance(value, tuple) or self.chosen.random() > chance:
                yield key, value
                continue
            moved = set(may_move(value))
            if moved and self.chosen.random() < 0.3:
                moved.discard(self.chosen.choice(sorted(moved)))
            stay = tuple(each for each in value if each[0] not in moved)
            for inner, each in value:
                if inner in moved:
                    yield f"{key}.{inner}", each
            if stay or not value:
                yield key, stay

    # Events.

    def event(self, pattern):
        event = self.object_for(pattern, self.chosen.random() < 0.5)
        for key in self.keys(self.chosen.choice((0, 0, 1, 2))):
            event.setdefault(key, self.noise())
        return event

    def noise(self):
        kind = self.chosen.random()
        if kind < 0.6:
            return values.scalar(self.chosen)
        if kind < 0.8:
            return {"q": values.scalar(self.chosen)}
        return [values.scalar(self.chosen), {"q": 1}]

    def object_for(self, together, is_wanted):
        """A dict that is meant to meet every clause, or all but one."""
        broken = -1 if is_wanted else self.chosen.randrange(len(together.clauses))
        event = {}
        for i, (key, clause) in enumerate(together.clauses):
            if isinstance(clause, Either):
                self.add_either(event, clause, i != broken)
                continue
            value = self.value_for(clause, i != broken)
            if value is not ABSENT:
                merge(event, key, value)
        return event

    def add_either(self, event, either, is_wanted):
        met = self.chosen.randrange(len(either.branches)) if is_wanted else -1
        for i, branch in enumerate(either.branches):
            if i != met and self.chosen.random() < 0.4:
                continue
            for key, value in self.object_for(branch, i == met).items():
                merge(event, key, value)

    def value_for(self, clause, is_wanted):
        if isinstance(clause, Leaf):
            return self.leaf_value(clause, is_wanted)
        if self.chosen.random() < 0.75:
            return self.object_for(clause, is_wanted)
        return self.objects_for(clause, is_wanted)

    def objects_for(self, clause, is_wanted):
        """An array: the object that matters among others, or what it has, in two of them."""
        whole = self.object_for(clause, is_wanted)
        others = [self.object_for(clause, False) for _ in range(self.chosen.randint(0, 2))]
        if self.chosen.random() < 0.35 and len(whole) > 1:
            some = dict(itertools.islice(whole.items(), len(whole) // 2))
            found = [some, {key: whole[key] for key in whole if key not in some}] + others
        else:
            found = [whole] + others
        if self.chosen.random() < 0.2:
            found.append(values.scalar(self.chosen))
        self.chosen.shuffle(found)
        return [found[:1], found[1:]] if self.chosen.random() < 0.1 else found

    def leaf_value(self, leaf, is_wanted):
        operator, argument = self.chosen.choice(leaf.tests)
        make = operator.hit if is_wanted else operator.miss
        value = make(self.chosen, argument)
        if value is ABSENT or self.chosen.random() < 0.75:
            return value
        others = [operator.miss(self.chosen, argument) if self.chosen.random() < 0.5
                  else values.scalar(self.chosen) for _ in range(self.chosen.randint(0, 3))]
        found = [value] + [other for other in others if other is not ABSENT]
        self.chosen.shuffle(found)
        if self.chosen.random() < 0.15:
            return [found[:1], found[1:], {"q": 1}]
        return found

    def written_event(self, value):
        """JSON of an event, its keys in any order."""
        return values.written(self.chosen, self.in_pairs(value))

    def in_pairs(self, value):
        if isinstance(value, dict):
            found = [(key, self.in_pairs(each)) for key, each in value.items()]
            self.chosen.shuffle(found)
            return tuple(self.with_dots(found, 0.15, lambda inner: [key for key, _ in inner]))
        if isinstance(value, list):
            return [self.in_pairs(each) for each in value]
        return value

    def questions(self, rounds):
        """Of every pair of operators `rounds` patterns: their names, the pattern, its events."""
        every = list(itertools.combinations_with_replacement(OPERATORS, 2))
        for _ in range(rounds):
            for one, other in every:
                pattern = self.pattern(one, other)
                text = values.written(self.chosen, self.written_pattern(pattern))
                events = [self.written_event(self.event(pattern))
                          for _ in range(EVENTS_OF_A_PATTERN)]
                yield names_in(pattern), (one.name, other.name), text, events


def names_in(node):
    if isinstance(node, Leaf):
        return {operator.name for operator, _ in node.tests}
    if isinstance(node, Either):
        return {"$or"}.union(*map(names_in, node.branches))
    inside = set().union(*(names_in(each) for _, each in node.clauses))
    nested = {"nested object"} if any(isinstance(each, Together)
                                      for _, each in node.clauses) else set()
    return inside | nested


def merge(event, key, value):
    """What two clauses want under one key."""
    if key not in event:
        event[key] = value
    elif isinstance(event[key], dict) and isinstance(value, dict):
        for inner, each in value.items():
            merge(event[key], inner, each)
    else:
        def as_list(some):
            return some if isinstance(some, list) else [some]
        event[key] = as_list(event[key]) + as_list(value)


def names_in_event(text):
    """Which forms an event has: arrays of scalars and of objects."""
    found = set()

    def look(value):
        if isinstance(value, dict):
            for each in value.values():
                look(each)
        elif isinstance(value, list):
            found.add("array of objects" if any(isinstance(each, (dict, list)) for each in value)
                      else "array of scalars")
            for each in value:
                look(each)

    look(json.loads(text))
    return found
