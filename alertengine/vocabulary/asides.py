"""What a person must be told although no result carries it: found deep down, said once at the end of a command."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import Final

from alertengine.vocabulary.problems import Problem

_heard: Final[ContextVar[list[Problem] | None]] = ContextVar("asides", default=None)
_log = logging.getLogger(__name__)


def aside(problem: Problem) -> None:
    """Have something told; where no command listens (the page, a library's caller) it is logged."""
    heard = _heard.get()
    if heard is None:
        _log.warning("%s", problem)
    elif problem not in heard:
        heard.append(problem)


@contextmanager
def listening() -> Iterator[list[Problem]]:
    """What is said aside meanwhile."""
    heard: list[Problem] = []
    with _to(heard):
        yield heard


def logged() -> AbstractContextManager[None]:
    """What is said aside meanwhile is logged at once: a server has no end to tell it at."""
    return _to(None)


@contextmanager
def _to(heard: list[Problem] | None) -> Iterator[None]:
    token = _heard.set(heard)
    try:
        yield
    finally:
        _heard.reset(token)
