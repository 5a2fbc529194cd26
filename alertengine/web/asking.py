"""Processes that answer the page's questions: they keep acts and works open, and end with the page."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from threading import Lock
from typing import Final, ParamSpec, TypeVar

from alertengine.files import worker_context
from alertengine.vocabulary import InputError, Problem
from alertengine.web.jobs.child import PRELOADED, settle

P = ParamSpec("P")
T = TypeVar("T")
#: Processes: one long answer keeps nobody else waiting.
_WORKERS: Final = 2


class Asking:
    """The processes of one desk; they start with the first question."""

    def __init__(self) -> None:
        """None yet."""
        self._pool: ProcessPoolExecutor | None = None
        self._lock = Lock()

    async def ask(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Have a function answered there.

        Raises:
            InputError: what it raises, or the process died; the next question has a new one.

        """
        pool = self._started()
        try:
            return await asyncio.get_running_loop().run_in_executor(pool, partial(work, *args, **kwargs))
        except BrokenProcessPool:
            with self._lock:
                if self._pool is pool:
                    self._pool = None
            raise InputError([Problem("process_died", where="session")]) from None

    def forget(self) -> None:
        """Let the processes go with all they keep; what is being answered is answered still."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=False)

    def _started(self) -> ProcessPoolExecutor:
        with self._lock:
            if self._pool is None:
                context = worker_context(*PRELOADED)
                self._pool = ProcessPoolExecutor(_WORKERS, context, settle, (dict(os.environ),))
            return self._pool
