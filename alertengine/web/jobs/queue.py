"""The job service: jobs wait in the table of jobs, and each is done in a process of its own.

The page's own process only hands them on and hears how far they are, so that it goes on answering; a job that grows
too large or dies takes nothing with it.  What waited or went on when the page ended is begun again at its next start.
"""

from __future__ import annotations

import asyncio
import atexit
import fcntl
import logging
import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any, Final

from alertengine.files import make_private, worker_context
from alertengine.vocabulary import InputError, Problem
from alertengine.web.jobs.child import PRELOADED, work
from alertengine.web.jobs.store import KEPT, KINDS, MOST_STARTS, OPEN, Job, JobStore, WorkFolder, hash_of, new_key
from alertengine.web.workstore import WorkStore

#: Queues, and for how many cores a thread each: a decision that people wait for does not stand behind a winter.
_QUEUES: Final = {"short": 2, "long": 3, "warm": 8}
#: Seconds between looks at a job: of the page, of the thread that hears its process, and of an empty queue.
_LOOK: Final = 0.15
_HEAR: Final = 0.2
_EMPTY: Final = 0.3
#: What came of a job: its state, what it said, its problems.
_Came = tuple[str, Mapping[str, Any], Sequence[Problem]]


class Jobs:
    """The jobs of one desk; nothing runs before the first is asked for or :meth:`start`."""

    def __init__(self, ledger: Path, rules: tuple[Path, ...] = ()) -> None:
        """``ledger`` and further folders of rules, as the desk has them."""
        self.ledger, self.rules = ledger, rules
        self.folder = WorkFolder(ledger)
        self.store = JobStore(self.folder)
        self._going: dict[str, BaseProcess] = {}
        self._progress: dict[str, tuple[int, int]] = {}
        self._lock = Lock()
        self._held: ExitStack | None = None
        self._closing = Event()

    def start(self) -> None:
        """Begin working, with what the last page left; of several pages over one ledger the first does the work."""
        with self._lock, ExitStack() as opened:
            if self._held is not None:
                return
            self.folder.make()
            make_private(self.folder.path / "lock")
            lock = opened.enter_context((self.folder.path / "lock").open("w", encoding="ascii"))
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                return
            worker_context(*PRELOADED)  # so that the first job finds its modules read
            self._take_up()
            self._held = opened.pop_all()
            cores = os.cpu_count() or 1
            for name, share in _QUEUES.items():
                for _ in range(max(1, cores // share)):
                    Thread(target=self._work, args=(name,), daemon=True).start()
            atexit.register(self.close)

    def _take_up(self) -> None:
        """What the last page left waits again; old results go."""
        left = self.store.waiting()
        for job in left:
            if job.starts >= MOST_STARTS:
                self.store.end(job.key, "failed", {}, [Problem("process_died", where="session")])
            else:
                self.store.put_back(job.key)
        works = WorkStore(self.folder)
        since = time.time() - KEPT
        self.store.forget(since)
        used = works.files() | {name for job in left for name in files_of(job.asked)}
        self.folder.sweep(used, works.results() | {job.result for job in left}, since)

    def begin(self, kind: str, title: str, asked: Mapping[str, Any], user: str, made_from: Any = None) -> Job:
        """Have a job done; one of the same that is done, waits or goes on is not done twice.

        Args:
            kind: one of ``KINDS``.
            title: what people call it.
            asked: what its function takes, as JSON; files as SHA-256 of :meth:`WorkFolder.keep`.
            user: whose it is.
            made_from: what its result hangs on, as JSON; None: on more than can be said, it is done anew.

        Raises:
            InputError: too many of the person wait or go on, or it cannot be written.

        """
        self.start()
        key = new_key()
        result = f"{key}.own" if made_from is None else hash_of(kind, made_from)
        held = None if made_from is None else self.folder.said(result)
        same = None if made_from is None else self.store.same(result)
        if same is not None and held is None:
            return same
        state = "waiting" if held is None else "done"
        job = Job(key, kind, title, user, asked, result, state, held or {}, ended=None if held is None else time.time())
        self.store.add(job)
        return job

    def get(self, key: str) -> Job:
        """A job.

        Raises:
            InputError: there is none of that key any more.

        """
        job = self.store.get(key)
        if job is None:
            raise InputError([Problem("no_such_run", where="session")])
        return job

    def progress(self, key: str) -> tuple[int, int]:
        """How much is done of how much; 0 of 0 where that is not known."""
        return self._progress.get(key, (0, 0))

    def out(self, job: Job) -> Path:
        """The folder of the files that a job made."""
        return self.folder.result(job.result)

    def stop(self, key: str) -> None:
        """End a job before its time; one that writes an act is not stopped in the middle."""
        was = OPEN[:1] if KINDS[self.get(key).kind].act else OPEN
        if self.store.end(key, "stopped", {}, was=was):
            self._kill(key)

    async def done(self, job: Job, tick: Callable[[Job], None] = lambda _job: None) -> Job:
        """Wait for the end of a job.

        Raises:
            InputError: it failed, with its problems, or was stopped.

        """
        while job.open:
            tick(job)
            await asyncio.sleep(_LOOK)
            job = self.get(job.key)
        if job.state != "done":
            raise InputError(list(job.problems) or [Problem("job_stopped", where="session")])
        return job

    def close(self) -> None:
        """End all work; what went on is begun again at the next start."""
        self._closing.set()
        for key in list(self._going):
            self._kill(key)
        if self._held is not None:
            self._held.close()

    def _kill(self, key: str) -> None:
        process = self._going.get(key)
        if process is not None:
            process.kill()

    def _work(self, queue: str) -> None:
        """In a thread: do what waits in a queue, the oldest first, until the page ends."""
        while not self._closing.wait(_EMPTY):
            with suppress(InputError):  # the table cannot be read or written now: it is looked at again
                if key := self.store.oldest(queue):
                    self._do(key)

    def _do(self, key: str) -> None:
        """Take a job, do it and say, as soon as the table can be written, what came of it; not begun is failed."""
        if self._closing.is_set() or not self.store.start(key):
            return
        try:
            came = self._done(key)
        except Exception:
            logging.getLogger(__name__).exception("job %s", key)
            came = "failed", {}, [Problem("process_died", where="session")]
        while not self._closing.is_set():
            with suppress(InputError):
                self.store.end(key, *came)
                return
            self._closing.wait(_EMPTY)

    def _done(self, key: str) -> _Came:
        """Do a job in a process of its own and hear it."""
        context = worker_context(*PRELOADED)
        here, there = context.Pipe(duplex=False)
        given = (dict(os.environ), there, self.ledger, self.rules, self.get(key))
        process = context.Process(target=work, args=given)
        try:
            process.start()
            there.close()
            self._going[key] = process
            if self._closing.is_set():
                process.kill()
            return self._heard(key, process, here)
        finally:
            self._going.pop(key, None)
            self._progress.pop(key, None)
            here.close()

    def _heard(self, key: str, process: BaseProcess, here: Connection) -> _Came:
        """What a process says until it ends."""
        ended: _Came | None = None
        while ended is None:
            try:
                if not here.poll(_HEAR):
                    if not process.is_alive() and not here.poll(0):
                        raise EOFError
                    continue
                kind, value = here.recv()
            except (EOFError, OSError):
                ended = "failed", {}, [Problem("process_died", where="session")]
                continue
            if kind == "progress":
                self._progress[key] = value
            else:
                ended = (kind, value, []) if kind == "done" else (kind, {}, value)
        process.join(1)
        if process.is_alive():
            process.kill()
            process.join(5)
        return ended


def files_of(asked: Any) -> set[str]:
    """Every text of a job's question that could be the SHA-256 of a kept file."""
    if isinstance(asked, Mapping):
        return {name for value in asked.values() for name in files_of(value)}
    if isinstance(asked, list):
        return {name for value in asked for name in files_of(value)}
    return {asked} if isinstance(asked, str) and len(asked) == 64 else set()
