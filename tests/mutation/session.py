"""The plugin of pytest behind ``python -m tests.mutation``: recording, then one change after another."""

from __future__ import annotations

import gc
import importlib
import json
import math
import os
import pkgutil
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from statistics import fmean
from types import FunctionType
from typing import Any, TypeVar

import pytest
from _pytest.runner import runtestprotocol
from hypothesis import Phase, settings

from tests.mutation.blocks import PACKAGE, SEEN, blocks_of, first_blocks, sources
from tests.mutation.changes import Change, Function, changed_code, changes_of
from tests.mutation.recordings import Store

#: A test file that takes longer is not recorded.
LONGEST_FILE = 900.0
#: Seconds that pass while a process of ours waits for others, at the most.
IDLE = 300.0
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Recorded:
    """A test that passed: how long it took, its fixtures with it, and the blocks it ran as the bits of a number."""

    item: pytest.Item
    seconds: float
    ran: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a change: ``noticed``, ``no end``, ``survived`` or ``no test``, and the tests that tried."""

    change: Change
    end: str
    tests: Sequence[str]

    @property
    def room(self) -> str:
        """Whose code changed."""
        return self.change.path.relative_to(PACKAGE).parts[0]

    @property
    def noticed(self) -> bool:
        """A test failed or found no end."""
        return self.end in {"noticed", "no end"}


class Mutation:
    """Records which blocks each test runs, then tries changes.

    Args:
        rooms: whose functions change, each room equally often.
        most: how many changes.
        seed: of the draw.
        seconds: of tests for one change, the quickest first; slower ones are left out.
        jobs: processes at once.

    """

    def __init__(self, rooms: Sequence[str], most: int, seed: int, seconds: float, jobs: int) -> None:
        self.rooms, self.most, self.seed, self.seconds, self.jobs = rooms, most, seed, seconds, jobs
        self.recorded: list[Recorded] = []
        self.failing: list[str] = []
        self.outcomes: list[Outcome] = []

    def pytest_configure(self) -> None:
        """A property that fails need not be told in its simplest form."""
        quick = settings(settings.default, phases=(Phase.explicit, Phase.generate), report_multiple_bugs=False)
        settings.register_profile("mutation", quick)
        settings.load_profile("mutation")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """In place of pytest's own loop."""
        for module in pkgutil.walk_packages([str(PACKAGE)], f"{PACKAGE.name}."):
            if not module.name.startswith(f"{PACKAGE.name}.web"):
                importlib.import_module(module.name)
        functions: dict[Function, list[FunctionType]] = defaultdict(list)
        for one in gc.get_objects():
            if isinstance(one, FunctionType) and one.__code__.co_filename in first_blocks():
                functions[Function.of(one.__code__)].append(one)
        gc.freeze()
        at_import = frozenset(SEEN)
        self._record_all(session)
        drawn = list(self._drawn(at_import))
        print(f"{len(drawn)} changes, seed {self.seed}", flush=True)
        tries = (self._try(change, functions) for change in drawn)
        for (change, tests), told in _at_once(tries, self.jobs):
            end = "no test" if not tests else "no end" if told is None else told.decode() or "noticed"
            outcome = Outcome(change, end, [one.item.nodeid for one in tests])
            self.outcomes.append(outcome)
            print(f"{len(self.outcomes)} of {len(drawn)}", end="\r", file=sys.stderr, flush=True)
            if not outcome.noticed:
                print(described(outcome), flush=True)
        return True

    def share(self, room: str) -> float | None:
        """Of a room's changes those that were noticed, 0 to 1; None: none was tried."""
        noticed = [one.noticed for one in self.outcomes if one.room == room]
        return fmean(noticed) if noticed else None

    def _record_all(self, session: pytest.Session) -> None:
        """Run each test file once in a process of its own; what was recorded of it is taken while the blocks stand."""
        files: dict[Path, list[pytest.Item]] = defaultdict(list)
        for item in session.items:
            files[item.path].append(item)
        store = Store(session.config.rootpath / ".pytest_cache" / "mutation")
        of_file = {path: store.read(path) for path in files}
        missing = [path for path, ran in of_file.items() if ran is None]
        print(f"{len(session.items)} tests in {len(files)} files, {len(missing)} files to record", flush=True)
        works = ((path, lambda items=files[path]: _record(items), LONGEST_FILE) for path in missing)
        for number, (path, told) in enumerate(_at_once(works, self.jobs), start=1):
            print(f"recorded {number} of {len(missing)}", end="\r", file=sys.stderr, flush=True)
            if told:
                store.write(path, json.loads(told))
                of_file[path] = store.read(path)
            else:
                print(f"not recorded: {path}", flush=True)
        for path, ran in of_file.items():
            by_name = {item.nodeid: item for item in files[path]}
            for one in ran or ():
                if one.passed and one.name in by_name:
                    self.recorded.append(Recorded(by_name[one.name], one.seconds, one.blocks))
                elif one.passed is False:
                    self.failing.append(one.name)
        total = sum(one.seconds for one in self.recorded)
        print(
            f"{len(self.recorded)} tests recorded, {total:.0f} s; {len(self.failing)} fail", *self.failing, flush=True
        )

    def _drawn(self, at_import: frozenset[int]) -> Iterator[Change]:
        """As many changes of each room, at random; what only an import runs stays as it is."""
        chance = random.Random(self.seed)  # noqa: S311 -- drawn again by the same seed
        ever = 0
        for one in self.recorded:
            ever |= one.ran
        for number, room in enumerate(self.rooms):
            every = [
                change
                for path in sources()
                if path.is_relative_to(PACKAGE / room)
                for change in changes_of(path)
                if ever >> change.block & 1 or change.block not in at_import
            ]
            share = self.most // len(self.rooms) + (number < self.most % len(self.rooms))
            yield from chance.sample(every, min(share, len(every)))

    def _try(
        self, change: Change, functions: dict[Function, list[FunctionType]]
    ) -> tuple[tuple[Change, list[Recorded]], Callable[[], bytes], float]:
        """A change with the tests that run it, what a process of its own does with them, and the time it has."""
        tests = _chosen((one for one in self.recorded if one.ran >> change.block & 1), self.seconds)

        def run() -> bytes:
            for place, code in changed_code(change).items():
                for function in functions.get(place, ()):
                    if function.__code__.co_freevars == code.co_freevars:
                        function.__code__ = code
            return b"survived" if _all_pass([one.item for one in tests]) else b"noticed"

        return (change, tests), run, 20 + 4 * sum(one.seconds for one in tests)


def table(mutation: Mutation) -> str:
    """A row for each room: its changes by what became of them, the share noticed, the blocks that a test runs."""
    ends = ("noticed", "no end", "survived", "no test")
    rows = [f"{'room':12}" + "".join(f"{end:>10}" for end in ends) + "   share  blocks run"]
    run = coverage(mutation.rooms, mutation.recorded)
    for room in mutation.rooms:
        counts = Counter(one.end for one in mutation.outcomes if one.room == room)
        share = mutation.share(room)
        told = "-" if share is None else f"{share:.0%}"
        ran, every = run[room]
        blocks_run = f"{ran} of {every} ({ran / every:.0%})"
        rows.append(f"{room:12}" + "".join(f"{counts[end]:10}" for end in ends) + f"{told:>8}  {blocks_run}")
    return "\n".join(rows)


def coverage(rooms: Iterable[str], recorded: Sequence[Recorded]) -> dict[str, tuple[int, int]]:
    """Of each room the blocks that a test runs, and all."""
    ever = 0
    for one in recorded:
        ever |= one.ran
    every = {room: blocks_of(room) for room in rooms}
    return {room: (sum(ever >> number & 1 for number in numbers), len(numbers)) for room, numbers in every.items()}


def described(outcome: Outcome) -> str:
    """A change that was not noticed: place, what it became, the tests that ran."""
    change = outcome.change
    place = f"{change.path.relative_to(PACKAGE.parent)}:{change.line}"
    before, after = (" ".join(one.split()) for one in (change.before, change.after))
    tests = outcome.tests if len(outcome.tests) <= 4 else [*outcome.tests[:3], f"and {len(outcome.tests) - 3} more"]
    return f"{place} {outcome.end} ({change.kind})\n    - {before}\n    + {after}\n    " + "; ".join(tests)


def _all_pass(items: Sequence[pytest.Item]) -> bool:
    return not any(
        report.failed
        for item, following in zip(items, [*items[1:], None], strict=True)
        for report in runtestprotocol(item, nextitem=following, log=False)
    )


def _chosen(tests: Iterable[Recorded], seconds: float) -> list[Recorded]:
    """Tests that take no longer than that together: of each file the quickest in turn, those of a file together."""
    of_file: dict[Path, list[Recorded]] = defaultdict(list)
    for one in sorted(tests, key=lambda one: one.seconds):
        of_file[one.item.path].append(one)
    chosen: list[Recorded] = []
    for round_ in zip_longest(*of_file.values()):
        for one in filter(None, round_):
            if not chosen or one.seconds <= seconds:
                chosen.append(one)
                seconds -= one.seconds
    return sorted(chosen, key=lambda one: (fmean(each.seconds for each in of_file[one.item.path]), one.item.path))


class _Fixtures:
    """Keeps of each fixture the blocks that its making ran: they belong to every test that takes it."""

    def __init__(self) -> None:
        self.ran: dict[Any, set[int]] = defaultdict(set)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Iterator[Any]:
        outer = set(SEEN)
        SEEN.clear()
        try:
            return (yield)
        finally:
            self.ran[fixturedef] |= SEEN
            SEEN.update(outer)


def _record(items: Sequence[pytest.Item]) -> bytes:
    """Run tests; of each its name, seconds, whether it passed (None: skipped) and the blocks it ran."""
    fixtures = _Fixtures()
    items[0].config.pluginmanager.register(fixtures)
    told = []
    for item, following in zip(items, [*items[1:], None], strict=True):
        SEEN.clear()
        begun = sum(os.times()[:4])
        reports = runtestprotocol(item, nextitem=following, log=False)
        seconds = sum(os.times()[:4]) - begun
        mine = {one for defs in item._fixtureinfo.name2fixturedefs.values() for one in defs}  # type: ignore[attr-defined]
        ran = SEEN.union(*(fixtures.ran[one] for one in mine if one in fixtures.ran))
        passed = None if any(one.skipped for one in reports) else all(one.passed for one in reports)
        told.append((item.nodeid, seconds, passed, sorted(ran)))
    return json.dumps(told).encode()


def _at_once(works: Iterable[tuple[T, Callable[[], bytes], float]], jobs: int) -> Iterator[tuple[T, bytes | None]]:
    """Do works in processes of their own, so many at once, each with seconds of a processor that it may take.

    Yields: a work's name and what it gave back; None: it found no end; nothing: it broke its process.
    """
    folder = Path(tempfile.mkdtemp(prefix="mutation-"))
    running: dict[int, tuple[T, Path, float]] = {}
    left = iter(works)
    more = True
    try:
        while more or running:
            while more and len(running) < jobs:
                if (work := next(left, None)) is None:
                    more = False
                    break
                name, do, seconds = work
                place = Path(tempfile.mkdtemp(dir=folder))
                limit = (math.ceil(seconds), resource.RLIM_INFINITY)
                running[_forked(do, place, limit)] = (name, place, time.monotonic() + IDLE + 10 * seconds)
            for child, (name, place, until) in list(running.items()):
                ended, status = os.waitpid(child, os.WNOHANG)
                if not ended and time.monotonic() < until:
                    continue
                with suppress(ProcessLookupError):
                    os.killpg(child, signal.SIGKILL)
                if not ended:
                    os.waitpid(child, 0)
                told = place / "told"
                yield name, told.read_bytes() if told.exists() else b"" if ended and not status else None
                shutil.rmtree(place, ignore_errors=True)
                del running[child]
            time.sleep(0.02)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _forked(do: Callable[[], bytes], place: Path, limit: tuple[int, int]) -> int:
    """A process that does a work, quiet, and writes what it gives back into a folder; temporary files go there too."""
    sys.stdout.flush()
    if child := os.fork():
        with suppress(OSError):  # the child may have done it first, or have ended
            os.setpgid(child, child)
        return child
    try:
        os.setpgid(0, 0)
        resource.setrlimit(resource.RLIMIT_CPU, limit)
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(nothing, stream)
        tempfile.tempdir = str(place)
        os.environ["TMPDIR"] = str(place)
        told = do()
        (place / "part").write_bytes(told)
        (place / "part").rename(place / "told")
    finally:
        os._exit(0)
