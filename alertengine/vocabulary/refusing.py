"""Several inputs refused together, with what is wrong of those that could be read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from alertengine.vocabulary.problems import InputError, Problem


class _Read(Protocol):
    """What an input was read to."""

    @property
    def problems(self) -> Sequence[Problem]: ...


def refuse_together(refused: Sequence[Problem], *read: _Read | None) -> None:
    """End where one of several inputs was refused; all else that must be mended is told with it, each once.

    Args:
        refused: the problems of those that cannot be used; none: nothing happens.
        read: what the others were read to, None where that is nothing.

    Raises:
        InputError: with the problems of all.

    """
    if refused:
        beside = [problem for one in read if one is not None for problem in one.problems]
        raise InputError(list(dict.fromkeys([*refused, *beside])))
