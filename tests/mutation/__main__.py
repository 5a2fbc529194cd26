"""``python -m tests.mutation``: how many small changes of the program the tests notice, and which they do not.

The tests are run once while the blocks of code that each runs are recorded (kept while the files are the same); then
for each change a process is forked in which the changed function stands in the place of the old one, and the tests
that run it are run, the quickest first, until one fails.  A change that no test fails for has survived.

    python -m tests.mutation --rooms orders,engine --most 100 --seed 7

Exit status: 0 every room noticed its share, 1 one did not, 2 nothing could be tried.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
from pathlib import Path

import pytest

from tests.mutation.blocks import PACKAGE, ROOMS, record

TESTS = PACKAGE.parent / "tests"
#: Commands called there are the dearest, or called in a process of their own.
LEFT_OUT = frozenset({"benchmarks", "fuzz", "web", "wheel"})
#: What a test file that calls commands names, one of them.
CALLS = ("alertengine.cli", "alertengine.commands", "tests.cli")
#: Rooms whose tests speak of another room's work too: the engine's shares and kilograms are tried as orders and sums.
BESIDE = {"engine": ("orders",), "lists": ("intake",), "warning": ("intake",)}


def tests_of(room: str) -> list[Path]:
    """The tests of a room and of those beside it; of the commands those that call the program as a command."""
    if room != "commands":
        return sorted(path for one in (room, *BESIDE.get(room, ())) for path in (TESTS / one).rglob("test_*.py"))
    every = (path for path in TESTS.rglob("test_*.py") if path.relative_to(TESTS).parts[0] not in LEFT_OUT)
    return sorted(path for path in every if any(name in path.read_text(encoding="utf-8") for name in CALLS))


def main() -> int:
    """Run it."""
    asked = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__.split("\n", 1)[0])
    asked.add_argument(
        "--rooms", default=",".join(ROOMS), help="whose functions change, by comma (default: %(default)s)"
    )
    asked.add_argument("--most", type=int, default=100, help="changes, shared by the rooms (default: %(default)s)")
    asked.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**31), help="absent: drawn")
    asked.add_argument("--least", type=float, default=90, help="per cent a room must notice (default: %(default)s)")
    asked.add_argument("--seconds", type=float, default=40, help="of tests for one change (default: %(default)s)")
    asked.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes (default: %(default)s)")
    asked.add_argument("--out", type=Path, help="a file for the survivors, with every test that ran")
    asked.add_argument("tests", nargs="*", help="test files or folders (absent: those of the rooms)")
    given = asked.parse_args()
    rooms = given.rooms.split(",")
    if unknown := [room for room in rooms if not (PACKAGE / room / "__init__.py").exists()]:
        asked.error(f"no such room: {', '.join(unknown)}")
    record()
    from tests.mutation.session import Mutation, described, table

    mutation = Mutation(rooms, given.most, given.seed, given.seconds, given.jobs)
    paths = given.tests or [str(path) for path in dict.fromkeys(path for room in rooms for path in tests_of(room))]
    options = ["-s", "-p", "no:xdist", "-p", "no:cacheprovider", "--assert=plain", f"--hypothesis-seed={given.seed}"]
    pytest.main([*options, *paths], plugins=[mutation])
    survivors = [described(one) for one in mutation.outcomes if not one.noticed]
    if given.out:
        given.out.write_text("\n".join(survivors) + "\n", encoding="utf-8")
    print(table(mutation))
    if not mutation.recorded:
        return 2
    shares = [mutation.share(room) for room in rooms]
    return 0 if all(share is None or share * 100 >= given.least for share in shares) else 1


if __name__ == "__main__":
    sys.exit(main())
