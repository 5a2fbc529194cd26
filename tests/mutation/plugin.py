"""The plugin of pytest behind ``python -m tests.mutation``."""

from __future__ import annotations

import gc
import os
import random
import select
import signal
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from tests.mutation.changes import Change, changes_of

#: What the process of a change ends with.
NOTICED, SURVIVED = 0, 1
Place = tuple[str, int]


class Mutation:
    """Records which functions each test calls, then tries changes one at a time.

    Args:
        folders: whose functions are changed.
        count: how many changes are drawn, a function at a time.
        seed: of the draw; None: drawn.
        seconds: the tests of one change may take; longer counts as noticed.
        jobs: changes tried at once.

    """

    def __init__(self, folders: Sequence[Path], count: int, seed: int | None, seconds: int, jobs: int) -> None:
        self.folders, self.count, self.seconds, self.jobs = [str(one) + os.sep for one in folders], count, seconds, jobs
        self.seed = random.SystemRandom().randrange(2**31) if seed is None else seed
        self.calls: dict[Place, set[int]] = defaultdict(set)
        self.took: list[float] = []
        self.outcomes: list[tuple[Change, str, int]] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """In place of pytest's own loop: each test once, then the changes."""
        items = session.items
        passed = [self._record(item, following) for item, following in zip(items, [*items[1:], None], strict=True)]
        sound = {at for at, good in enumerate(passed) if good}
        print(f"\n{len(sound)} of {len(items)} tests pass; seed {self.seed}", flush=True)
        running: dict[int, tuple[Change, int, int, float]] = {}
        for change in self._drawn():
            chosen = sorted(self.calls[_place(change.code)] & sound, key=self.took.__getitem__)
            if not chosen:
                self._note(change, "no test", 0)
                continue
            while len(running) >= self.jobs:
                self._gather(running)
            child, pipe = self._fork(change, [items[at] for at in chosen])
            running[child] = (change, len(chosen), pipe, time.monotonic() + self.seconds)
        while running:
            self._gather(running)
        return True

    def _record(self, item: pytest.Item, following: pytest.Item | None) -> bool:
        """Run a test and note which functions of the rooms it calls; whether it passes."""
        seen: set[CodeType] = set()

        def note(frame: FrameType, event: str, _argument: Any) -> None:
            if event == "call":
                seen.add(frame.f_code)

        begun = time.monotonic()
        sys.setprofile(note)
        try:
            reports = runtestprotocol(item, nextitem=following, log=False)
        finally:
            sys.setprofile(None)
        self.took.append(time.monotonic() - begun)
        for code in seen:
            if code.co_filename.startswith(tuple(self.folders)):
                self.calls[_place(code)].add(len(self.took) - 1)
        return all(one.passed for one in reports)

    def _drawn(self) -> list[Change]:
        """Changes of functions of the rooms: a room as often as its lines, a function once while there are others."""
        chance = random.Random(self.seed)  # noqa: S311 -- a draw that can be drawn again
        paths = [path for folder in self.folders for path in Path(folder).rglob("*.py")]
        drawn: list[Change] = []
        lengths = [path.stat().st_size for path in paths]
        taken: Counter[tuple[Path, str]] = Counter()
        while len(drawn) < self.count and paths:
            (path,) = chance.choices(paths, lengths)
            found = [one for one in changes_of(path) if not taken[path, one.function]]
            if found:
                one = chance.choice(found)
                taken[path, one.function] += 1
                drawn.append(one)
        return drawn

    def _fork(self, change: Change, items: Sequence[pytest.Item]) -> tuple[int, int]:
        """A process in which the change holds and the tests run until one fails: its number and where it tells."""
        sys.stdout.flush()
        reading, writing = os.pipe()
        child = os.fork()
        if child:
            os.close(writing)
            return child, reading
        status = SURVIVED
        try:
            os.setpgid(0, 0)
            place = _place(change.code)
            for one in [one for one in gc.get_objects() if isinstance(one, FunctionType)]:
                if _place(one.__code__) == place and one.__code__.co_freevars == change.code.co_freevars:
                    one.__code__ = change.code
            for item, following in zip(items, [*items[1:], None], strict=True):
                if any(one.failed for one in runtestprotocol(item, nextitem=following, log=False)):
                    status = NOTICED
                    break
        except BaseException:  # noqa: BLE001 -- a change may break pytest itself: that is noticed
            status = NOTICED
        finally:
            os.write(writing, bytes([status]))
            os._exit(status)

    def _gather(self, running: dict[int, tuple[Change, int, int, float]]) -> None:
        """Wait for one of the processes; one that takes too long is stopped and has noticed."""
        ready, _, _ = select.select([pipe for _, _, pipe, _ in running.values()], [], [], 1)
        for child, (change, tests, pipe, until) in list(running.items()):
            if pipe in ready:
                told = os.read(pipe, 1)
                self._note(change, "survived" if told == bytes([SURVIVED]) else "noticed", tests)
            elif time.monotonic() > until:
                self._note(change, "no end", tests)
            else:
                continue
            with suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)
            os.close(pipe)
            del running[child]

    def _note(self, change: Change, outcome: str, tests: int) -> None:
        self.outcomes.append((change, outcome, tests))
        if outcome in {"survived", "no test"}:
            print(_said(change, outcome, tests), flush=True)

    @property
    def share(self) -> float:
        """The share of changes that were noticed, from 0 to 1."""
        noticed = sum(outcome in {"noticed", "no end"} for _, outcome, _ in self.outcomes)
        return noticed / max(1, len(self.outcomes))

    def told(self) -> str:
        """Changes and those noticed, a room a line."""
        rooms: dict[str, list[bool]] = defaultdict(list)
        for change, outcome, _ in self.outcomes:
            room = next(Path(folder).name for folder in self.folders if str(change.path).startswith(folder))
            rooms[room].append(outcome in {"noticed", "no end"})
        lines = [f"{room}: {sum(all_)} of {len(all_)}" for room, all_ in sorted(rooms.items())]
        return "\n".join([*lines, f"noticed {self.share:.0%} of {len(self.outcomes)} changes, seed {self.seed}"])


def _place(code: CodeType) -> Place:
    return code.co_filename, code.co_firstlineno


def _said(change: Change, outcome: str, tests: int) -> str:
    short = [" ".join(text.split())[:90] for text in (change.before, change.after)]
    return f"{outcome} ({tests} tests) {change.path}:{change.line} {change.function}: {short[0]} -> {short[1]}"
