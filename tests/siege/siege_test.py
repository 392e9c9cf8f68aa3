#!/usr/bin/env python3
"""Attacks one daemon from all sides at once, while honest clients go on beside the attackers.

    siege_test.py --statewire build/statewire --seconds 60
    siege_test.py --statewire build/statewire --without scans --without full_disk

Honest clients are a sender, a reader and a person with the command line. They must be answered
within a second (99 of 100 times), the daemon's memory must stay within a bound, whatever was
acknowledged must be delivered, and the store must be whole afterwards. attacks.py says who attacks.
"""

import argparse
import pathlib
import random
import shutil
import sys
import tempfile

sys.dont_write_bytecode = True
for folder in ("crash", "e2e"):
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / folder))

from attacks import ATTACKS  # noqa: E402
from siege import Siege  # noqa: E402


def parse_options():
    names = sorted(ATTACKS)
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--statewire", required=True, type=pathlib.Path)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--without", action="append", default=[], choices=names, metavar="NAME")
    parser.add_argument("--only", action="append", default=[], choices=names, metavar="NAME")
    parser.add_argument("--keep", action="store_true", help="leave the folder where it is")
    options = parser.parse_args()
    options.attacks = [
        name for name in options.only or names if name not in options.without
    ]
    return options


def main():
    options = parse_options()
    print(f"seed {options.seed}, {options.seconds:g} s of {', '.join(options.attacks)}", flush=True)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="statewire-siege-"))
    siege = Siege(options, folder)
    try:
        problems = siege.run()
    finally:
        siege.close()
        if options.keep:
            print(f"left in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    for line in siege.summary():
        print(line)
    for problem in problems:
        print(f"problem: {problem}")
    print("FAILED" if problems else "the honest noticed nothing")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
