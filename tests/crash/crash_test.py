#!/usr/bin/env python3
"""Ends the program at random moments under load, and then counts whether anything was lost.

Each round starts the real program on the same store, sends it events from several threads and
through a followed file, and lets its receivers misbehave. A round ends in SIGKILL, in SIGTERM, or
in reloads with another configuration and then SIGKILL. Now and then parked deliveries are redriven
or dropped, and the store is checked. What was acknowledged is remembered here; after the last round
everything is let through, and oracle.py compares.

    crash_test.py --statewire build/statewire --rounds 50
    crash_test.py --statewire build/statewire_faulty --rounds 12 --expect-loss

The second form is for a build that acknowledges before it commits: the test must find the loss.
"""

import argparse
import pathlib
import random
import shutil
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))

from rounds import Run


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--statewire", required=True, type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--seconds-per-round", type=float, default=1.0)
    parser.add_argument("--senders", type=int, default=4)
    parser.add_argument("--expect-loss", action="store_true")
    parser.add_argument("--keep", action="store_true", help="leave the folder where it is")
    return parser.parse_args()


def tell(outcome, options):
    for kind, problems in (("loss", outcome.losses), ("problem", outcome.problems)):
        for problem in problems[:20]:
            print(f"{kind}: {problem}")
        if len(problems) > 20:
            print(f"and {len(problems) - 20} more of this kind")
    if options.expect_loss:
        print("the loss was found" if outcome.losses else "NO LOSS WAS FOUND")
        return 0 if outcome.losses else 1
    is_well = not outcome.losses and not outcome.problems
    print("nothing was lost" if is_well else "FAILED")
    return 0 if is_well else 1


def main():
    options = parse_options()
    print(f"seed {options.seed}, {options.rounds} rounds", flush=True)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="statewire-crash-"))
    run = Run(options, folder)
    try:
        run.rounds()
        outcome = run.last()
        print(run.summary())
        for line in outcome.summary:
            print(line)
        return tell(outcome, options)
    finally:
        run.close()
        if options.keep:
            print(f"left in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
