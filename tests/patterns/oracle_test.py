#!/usr/bin/env python3
"""Asks event-ruler and the pattern engine the same questions, and compares what they answer.

Where they differ, the difference is one that differences.py names and docs/patterns.md documents,
or the test fails. --seed repeats a run.
"""

import argparse
import collections
import itertools
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "oracle"))
import differences  # noqa: E402
import edges  # noqa: E402
import pairs  # noqa: E402
import ruler  # noqa: E402

ROUNDS = 26
PAIRS_MIN = 100_000
OF_EACH_MIN = 2_000       # That match, and that do not, for each operator and form.
OF_EACH_PAIR_MIN = 20     # The same, for each pair of operators.
SHOWN = 25


class Question:
    def __init__(self, names, pair, pattern, events):
        self.names, self.pair, self.pattern, self.events = names, pair, pattern, events


def questions_of(seed):
    generator = pairs.Generator(seed)
    found = [Question(*each) for each in generator.questions(ROUNDS)]
    found += [Question(set(), None, pattern, events)
              for pattern, events in itertools.chain(edges.questions(seed), checked_in())]
    return found


def checked_in():
    """The cases that stand beside this file: event-ruler is asked about them too."""
    decoder = json.JSONDecoder()
    for path in sorted((HERE / "cases").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            found, at = {}, 1
            while line[at - 1] in "{,":  # Texts as they stand: numbers keep their notation.
                key, at = decoder.raw_decode(line, at)
                value, end = decoder.raw_decode(line, at + 1)
                found[key] = value if isinstance(value, str) else line[at + 1:end]
                at = end + 1
            yield found["pattern"], [found["event"]] if "event" in found else []


def ask(command, path):
    """Starts asking; the answers come in a file."""
    answers = path.with_suffix("." + pathlib.Path(command[0]).name)
    with open(path, "rb") as source, open(answers, "wb") as target:
        asked = subprocess.Popen(command, stdin=source, stdout=target, stderr=subprocess.PIPE)
        return asked, answers


def answers_of(commands, questions):
    with tempfile.TemporaryDirectory(prefix="statewire-oracle-") as folder:
        path = pathlib.Path(folder) / "questions"
        with open(path, "w", encoding="utf-8") as out:
            for each in questions:
                out.write(json.dumps({"pattern": each.pattern, "events": each.events}) + "\n")
        found = []
        for asked, answers in [ask(command, path) for command in commands]:
            _, errors = asked.communicate()
            if asked.returncode != 0:
                print(errors.decode(errors="replace")[:6_000])
                sys.exit(f"{asked.args[0]} ended with {asked.returncode}")
            lines = answers.read_text(encoding="utf-8").split("\n")[:-1]
            if len(lines) != len(questions):
                sys.exit(f"{asked.args[0]} answered {len(lines)} of {len(questions)}")
            found.append(lines)
        return found


def disagreements(questions, ours, theirs):
    """Pattern, event (none: a refusal), our answer, theirs."""
    for question, mine, other in zip(questions, ours, theirs):
        refused = mine.startswith("refused"), other.startswith("refused")
        if refused[0] != refused[1]:
            yield question.pattern, None, mine, other
        elif not refused[0]:
            for event, a, b in zip(question.events, mine, other):
                if a != b:
                    yield question.pattern, event, a, b


class Counts:
    """How many pairs match, and how many do not, of everything that must be covered."""

    def __init__(self):
        self.names = collections.defaultdict(lambda: [0, 0])
        self.pairs = collections.defaultdict(lambda: [0, 0])
        self.all = 0

    def add(self, questions, answers):
        for question, answer in zip(questions, answers):
            if answer.startswith("refused"):
                continue
            self.all += len(answer)
            for event, each in zip(question.events, answer):
                if each == "E" or question.pair is None:
                    continue
                for name in question.names | pairs.names_in_event(event):
                    self.names[name][each == "1"] += 1
                self.pairs[question.pair][each == "1"] += 1

    def lacks(self):
        if self.all < PAIRS_MIN:
            yield f"{self.all} pairs, wanted {PAIRS_MIN}"
        wanted = {each.name for each in pairs.OPERATORS} | {
            "$or", "nested object", "array of scalars", "array of objects"}
        for name in sorted(wanted):
            if min(self.names[name]) < OF_EACH_MIN:
                yield (f"{name}: {self.names[name][1]} match and {self.names[name][0]} do not, "
                       f"wanted {OF_EACH_MIN} of each")
        for pair, counts in self.pairs.items():
            if min(counts) < OF_EACH_PAIR_MIN:
                yield f"{pair}: {counts[1]} match and {counts[0]} do not"


def report(found):
    """Sorts disagreements into known differences. The number of those that are none of them."""
    seen = collections.Counter()
    unknown = 0
    for pattern, event, mine, other in found:
        name = differences.name_of(pattern, event, mine, other)
        if name is not None:
            seen[name] += 1
            continue
        unknown += 1
        if unknown <= SHOWN:
            print(f"pattern {pattern}\n  event   {event}\n  we say {mine[:200]}, "
                  f"event-ruler {other[:200]}")
    for known in differences.KNOWN:
        print(f"  {seen[known.heading]:7}  {known.heading}")
    return unknown, [known.heading for known in differences.KNOWN if not seen[known.heading]]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--answer", required=True, help="the program that asks the pattern engine")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    options = parser.parse_args()
    print(f"--seed {options.seed}")
    begin = time.monotonic()
    path = ruler.classpath(HERE / "oracle" / "Answer.java")
    questions = questions_of(options.seed)
    made = time.monotonic()
    ours, theirs = answers_of([[options.answer], ["java", "-cp", path, "Answer"]], questions)
    counts = Counts()
    counts.add(questions, theirs)
    unknown, unseen = report(disagreements(questions, ours, theirs))
    wrong = list(counts.lacks()) + [f"never seen: {heading}" for heading in unseen]
    wrong += [f"no such heading in docs/patterns.md: {text}"
              for text in differences.undocumented(HERE.parent.parent / "docs" / "patterns.md")]
    for text in wrong:
        print(text)
    print(f"{counts.all} pairs, {len(questions)} patterns, {unknown} unknown differences; "
          f"{made - begin:.0f} s to make, {time.monotonic() - made:.0f} s to ask")
    return 1 if unknown or wrong else 0


if __name__ == "__main__":
    sys.exit(main())
