"""Reading a foreign file in a process of its own, under a limit of memory and time: what it does there harms nobody."""

from __future__ import annotations

import multiprocessing
import multiprocessing.context
import os
import sys
from collections.abc import Callable
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final, TypeVar

from alertengine.files.confined import limit_memory
from alertengine.files.limits import Limits
from alertengine.vocabulary import InputError, refuse

_T = TypeVar("_T")
#: Seconds a worker may take to end once it has been told to.
_PATIENCE: Final = 5
#: Where Arrow is told from whom it takes memory: its own pool reserves a gigabyte.
_POOL: Final = "ARROW_DEFAULT_MEMORY_POOL"
_PRELOADED: Final = ["alertengine.workflow.intake"]


def read_guarded(read: Callable[..., _T], path: Path, *args: Any, limits: Limits | None = None, **kwargs: Any) -> _T:
    """``read(path, *args, **kwargs)``, made in a worker process that may take so much memory and time and no more.

    The function, its arguments and its result must be such as can be sent to another process.

    Raises:
        InputError: as ``read``, or it took too much, or the worker died.

    """
    limits = limits or Limits.of_environment()
    context = worker_context()
    here, there = context.Pipe(duplex=False)
    asked = (there, limits.memory_mb, dict(os.environ), read, path, args, kwargs)
    worker = context.Process(target=_work, args=asked, daemon=True)
    worker.start()
    there.close()
    try:
        if not here.poll(limits.seconds):
            raise limits.too_much(path, "seconds", limits.seconds)
        outcome, value = here.recv()
    except (EOFError, OSError):  # it died, as the system kills who takes too much
        raise refuse(path, "reader_died") from None
    finally:
        _end(worker)
        here.close()
    if outcome == "refused":
        raise InputError(value)
    if outcome == "memory":
        raise limits.too_much(path, "memory_mb", limits.memory_mb)
    if outcome == "failed":
        raise refuse(path, "reader_died")
    return value


def worker_context(*preloaded: str) -> multiprocessing.context.ForkServerContext:
    """Where workers come from: a server that has read the modules they need, those of the first who asks among them."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*_PRELOADED, *preloaded])
    _start_server()
    return context


def _start_server() -> None:
    """Start what the workers come from, where it does not run, with an Arrow that takes no memory ahead of its need."""
    before = os.environ.get(_POOL)
    os.environ[_POOL] = "system"
    try:
        forkserver.ensure_running()
    finally:
        if before is None:
            del os.environ[_POOL]
        else:
            os.environ[_POOL] = before


def _end(worker: Any) -> None:
    """Wait for a worker that is done; end one that is not."""
    worker.join(0.5)
    if worker.is_alive():
        worker.kill()
        worker.join(_PATIENCE)
    worker.close()


def _work(
    there: Connection,
    memory_mb: int,
    settings: dict[str, str],
    read: Callable[..., Any],
    path: Path,
    args: tuple[Any, ...],
    kwargs: Any,
) -> None:
    """What the worker does: read by the settings of who asks, and send what came of it."""
    os.environ.clear()
    os.environ.update(settings)
    limit_memory(memory_mb)
    outcome: tuple[str, Any]
    try:
        outcome = "read", read(path, *args, **kwargs)
    except InputError as error:
        outcome = "refused", error.problems
    except MemoryError:
        outcome = "memory", None
    except Exception as error:  # noqa: BLE001 -- whatever a foreign file leads to stays here
        sys.stderr.write(f"{path.name}: {type(error).__name__}: {error}\n")
        outcome = "failed", None
    try:
        there.send(outcome)
    except MemoryError:
        there.send(("memory", None))
    there.close()
