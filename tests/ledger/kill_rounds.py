"""Kill a writer at any moment, many times: each act is there whole or not at all, and none that was confirmed is lost.

    python tests/ledger/kill_rounds.py --rounds 1000

A child writes acts with prepared rows and says so after each; the parent kills it (SIGKILL) after a
random time, now and then before the file is even laid out, and verifies what is left.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from alertengine.ledger import Head, InputFile, Ledger, names_apart, verify
from alertengine.vocabulary import InputError
from tests.ledger.conftest import orders_of, warnings_of

#: Acts after which a new file is begun, so that laying out a file is killed too.
ACTS_PER_FILE = 40
#: The longest a writer lives, in seconds.
LONGEST = 0.4


def write_acts(path: Path, said: int, seed: int, rows: int) -> None:
    """Write acts for ever, each confirmed by its number on a pipe."""
    parts = {"warnings": warnings_of(), "orders": names_apart(orders_of(rows))}
    with Ledger.writable(path) as ledger:
        place = 0
        while True:
            place += 1
            files = [InputFile("list/l.csv", os.urandom(4096), personal=True), InputFile("x", b"%d" % (seed + place))]
            act = ledger.append("issue", Head(f"合成{place}"), parts, inputs=files)
            os.write(said, b"%d\n" % act.act)


def one_round(path: Path, how: random.Random, rows: int) -> tuple[int, int]:
    """Kill one writer; the last act it confirmed (0: none) and the acts that are there.

    Raises:
        AssertionError: an act is torn, changed, or lost.

    """
    heard, said = os.pipe()
    child = os.fork()
    if not child:
        os.close(heard)
        try:
            write_acts(path, said, how.randrange(10**9), rows)
        finally:
            os._exit(3)
    os.close(said)
    time.sleep(how.random() ** 2 * LONGEST)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status):
        raise AssertionError(f"the writer ended by itself: {status}")
    with os.fdopen(heard, "rb") as stream:
        confirmed = [int(line) for line in stream.read().split()]
    last = confirmed[-1] if confirmed else 0
    try:
        found = verify(path)
    except InputError:
        if last:
            raise
        return 0, 0  # the file was not laid out yet
    if not found.sound or found.acts < last:
        raise AssertionError(f"{last} confirmed, {found.acts} there: {found.defects}")
    return last, found.acts


def run(folder: Path, rounds: int, seed: int = 1, rows: int = 40) -> dict[str, float]:
    """Run rounds; what happened, in counts and seconds."""
    how, started = random.Random(seed), time.perf_counter()
    done = {"rounds": 0, "files": 0, "acts": 0, "unconfirmed": 0, "before_the_first_act": 0}
    with Ledger.writable(folder / "warm.db") as ledger:  # loads what the children then need not
        ledger.append("issue", Head("合成"), {"orders": orders_of(1)})
    path, before = folder / "0.db", 0
    for number in range(rounds):
        last, there = one_round(path, how, rows)
        done["rounds"] += 1
        done["unconfirmed"] += there > max(last, before)
        done["before_the_first_act"] += there == 0
        before = there
        if there >= ACTS_PER_FILE or number == rounds - 1:
            done["acts"] += there
            done["files"] += 1
            path, before = folder / f"{number + 1}.db", 0
    return {**done, "seconds": round(time.perf_counter() - started, 1)}


if __name__ == "__main__":
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--rounds", type=int, default=1000)
    given.add_argument("--seed", type=int, default=1)
    given.add_argument("--rows", type=int, default=40)
    asked = given.parse_args()
    with tempfile.TemporaryDirectory() as name:
        print(run(Path(name), asked.rounds, asked.seed, asked.rows))
