"""Broken and odd files of every kind, read until the time is up: none may end in a traceback, hang, or take too much.

Each file is one that reads well, changed by chance: bytes flipped, cut, doubled; cells replaced by what people and
spreadsheets write; rows and columns moved.  It is read in a worker of its own, as the page does; a refusal by an
``InputError`` is an answer, everything else is a fault, and its file is kept.

    python -m tests.fuzz                         ten minutes a kind
    python -m tests.fuzz --seconds 60 list yaml  a minute each of two kinds
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from .acts import KINDS as OF_ACTS
from .kinds import KINDS as OF_INPUTS
from .kinds import Kind
from .papers import KINDS as OF_PAPERS
from .worker import LONGEST, work

KINDS = {**OF_INPUTS, **OF_PAPERS, **OF_ACTS}
#: Files that one worker reads before it is made anew, so that what it holds does not add up.
ROUND = 200


def main() -> int:
    """Run the kinds asked for; 1 where a fault was found."""
    os.environ["ARROW_DEFAULT_MEMORY_POOL"] = "system"  # its own pool takes a gigabyte ahead of its need
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("kinds", nargs="*", choices=[[], *KINDS], default=[], help="absent: all")
    parser.add_argument("--seconds", type=float, default=600.0, help="for each kind (default: 600)")
    parser.add_argument("--seed", type=int, default=None, help="absent: drawn, and said")
    parser.add_argument("--keep", type=Path, default=Path("fuzz-faults"), help="folder for files that led to a fault")
    asked = parser.parse_args()
    seed = asked.seed if asked.seed is not None else random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}")
    faults = sum(run(KINDS[name], name, asked.seconds, seed, asked.keep) for name in asked.kinds or KINDS)
    print("no fault" if not faults else f"{faults} faults; their files are in {asked.keep}")
    return int(bool(faults))


def run(kind: Kind, name: str, seconds: float, seed: int, keep: Path) -> int:
    """One kind until its time is up; the number of faults."""
    end, count, faults, refused = time.monotonic() + seconds, 0, 0, 0
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        while time.monotonic() < end:
            here, there = context.Pipe()
            worker = context.Process(target=work, args=(there, kind.reader), daemon=True)
            worker.start()
            there.close()
            here.recv()  # it has read the law
            for _ in range(ROUND):
                if time.monotonic() >= end:
                    break
                rng = random.Random(seed + count)  # noqa: S311 -- a file that can be made again
                path = kind.write(Path(folder), rng)
                count += 1
                said = _read(here, worker, path)
                refused += said == "refused"
                if said not in ("read", "refused"):
                    faults += 1
                    _keep(path, keep / f"{name}-{seed}-{count}{''.join(path.suffixes)}", said)
                    break  # the worker is gone, or holds what it should not
            here.close()
            worker.kill()
            worker.join()
    print(f"{name}: {count} files in {seconds:.0f} s, {refused} refused, {faults} faults", flush=True)
    return faults


def _read(here: Any, worker: Any, path: Path) -> str:
    """What a worker says of a file; what is wrong where it says nothing."""
    try:
        here.send(path)
        began, cpu = time.monotonic(), _cpu_seconds(worker.pid)
        while not here.poll(1.0 if worker.is_alive() else 0):
            if not worker.is_alive():
                return "the worker died"
            if _cpu_seconds(worker.pid) - cpu > LONGEST or time.monotonic() - began > 10 * LONGEST:
                return f"no answer in {LONGEST:.0f} seconds"
        return str(here.recv())
    except (EOFError, OSError):
        return "the worker died"


def _cpu_seconds(pid: int) -> float:
    """The processor time of a process, which a busy machine does not stretch; its wall time where it is not known."""
    stat = Path(f"/proc/{pid}/stat")
    if not stat.is_file():
        return time.monotonic()
    fields = stat.read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _keep(path: Path, to: Path, said: str) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_bytes(path.read_bytes())
    print(f"{to}: {said}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
