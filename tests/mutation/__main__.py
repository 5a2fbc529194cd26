"""``python -m tests.mutation``: how many changes of the program the tests notice, and which they do not.

In one run of pytest: the tests are run once while the functions each of them calls are recorded; then for each change
a process is forked in which the changed function is in the place of the old one and the tests that call it run, the
quickest first, until one fails.  A change that no test fails for has survived.

    python -m tests.mutation --rooms orders,engine --changes 100 --seed 7
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pytest

from alertengine.vocabulary.rooms import PACKAGE
from tests.mutation.plugin import Mutation

#: The rooms of which nine changes in ten must be noticed.
ROOMS = "orders,engine,warning,lists,ledger,commands"
TESTS = PACKAGE.parent / "tests"


def main() -> int:
    """Run it; exit status 1 where fewer changes were noticed than asked for."""
    asked = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__.split("\n", 1)[0])
    asked.add_argument("--rooms", default=ROOMS, help="whose functions change, by comma (default: %(default)s)")
    asked.add_argument("--changes", type=int, default=100, help="how many (default: %(default)s)")
    asked.add_argument("--seed", type=int, default=None, help="absent: drawn, and said")
    asked.add_argument("--least", type=float, default=0.9, help="share that must be noticed (default: %(default)s)")
    asked.add_argument("--seconds", type=int, default=60, help="for the tests of one change (default: %(default)s)")
    asked.add_argument("--jobs", type=int, default=2, help="changes tried at once (default: %(default)s)")
    asked.add_argument("--tests", nargs="*", default=None, help="absent: those of the rooms, and tests/cli")
    given = asked.parse_args()
    rooms = given.rooms.split(",")
    of_rooms = [str(TESTS / room) for room in dict.fromkeys([*rooms, "cli"]) if (TESTS / room).is_dir()]
    mutation = Mutation([PACKAGE / room for room in rooms], given.changes, given.seed, given.seconds, given.jobs)
    pytest.main(["-q", "-p", "no:xdist", "-p", "no:cacheprovider", *(given.tests or of_rooms)], plugins=[mutation])
    print(mutation.told())
    return 0 if mutation.share >= given.least else 1


if __name__ == "__main__":
    sys.path.insert(0, str(Path.cwd()))
    raise SystemExit(main())
