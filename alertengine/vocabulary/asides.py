"""Messages that no result carries: collected while a command runs and shown at its end, else logged."""

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
    """Pass on a message that belongs to no result; without :func:`listening` (page, library) it is logged."""
    heard = _heard.get()
    if heard is None:
        _log.warning("%s", problem)
    elif problem not in heard:
        heard.append(problem)


@contextmanager
def listening() -> Iterator[list[Problem]]:
    """Collect the messages of :func:`aside` made inside, each once."""
    heard: list[Problem] = []
    with _to(heard):
        yield heard


def logged() -> AbstractContextManager[None]:
    """Log the messages of :func:`aside` made inside at once: for a server, which has no end to show them at."""
    return _to(None)


@contextmanager
def _to(heard: list[Problem] | None) -> Iterator[None]:
    token = _heard.set(heard)
    try:
        yield
    finally:
        _heard.reset(token)
