"""Limits of memory and time on what a process reads: of one made for a single file, or of one that lives on."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from threading import Lock, Timer
from typing import Any, Final, TypeVar, cast

from alertengine.files.limits import Limits
from alertengine.vocabulary import InputError

_Reader = TypeVar("_Reader", bound=Callable[..., Any])
_MEGABYTE: Final = 1 << 20


class _Confinement:
    """Whether this process reads under limits, and how many readings go on in it."""

    def __init__(self) -> None:
        self.late: Callable[[InputError], None] | None = None
        self.lock = Lock()
        self.open = 0
        self.before = 0


_here: Final = _Confinement()


def confine_readings(late: Callable[[InputError], None]) -> None:
    """From now on this process reads each file under the limits of memory and time.

    ``late`` is told, in a thread, of a reading that takes too long; then the process is ended.
    """
    _here.late = late


def confined(read: _Reader) -> _Reader:
    """A reader of a file under the limits, in a process that is confined; it refuses what takes too much memory."""

    @wraps(read)
    def reading(path: Path, *args: Any, **kwargs: Any) -> Any:
        if _here.late is None:
            return read(path, *args, **kwargs)
        limits = Limits.of_environment()
        watch = Timer(limits.seconds, _end, [limits.too_much(path, "seconds", limits.seconds)])
        watch.daemon = True
        watch.start()
        with _here.lock:
            _here.open += 1
            if _here.open == 1:
                _here.before = limit_memory(limits.memory_mb)
        try:
            return read(path, *args, **kwargs)
        except MemoryError:
            raise limits.too_much(path, "memory_mb", limits.memory_mb) from None
        finally:
            watch.cancel()
            with _here.lock:
                _here.open -= 1
                if not _here.open:
                    _set_memory(_here.before)

    return cast("_Reader", reading)


def _end(error: InputError) -> None:
    """Tell that a reading takes too long, and end the process: what reads there hears nothing."""
    try:
        if _here.late is not None:
            _here.late(error)
    finally:
        os._exit(1)


def limit_memory(memory_mb: int) -> int:
    """Let this process have so much more memory than it has now; the bytes that it might have had before (-1: any)."""
    if not sys.platform.startswith("linux"):
        return -1
    import resource

    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    before, _ = resource.getrlimit(resource.RLIMIT_AS)
    _set_memory(pages * resource.getpagesize() + memory_mb * _MEGABYTE)
    return before


def _set_memory(most: int) -> None:
    if not sys.platform.startswith("linux"):
        return
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    fits = hard == resource.RLIM_INFINITY or 0 <= most <= hard
    resource.setrlimit(resource.RLIMIT_AS, (most if fits else hard, hard))
