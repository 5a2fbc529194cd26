"""Lines that guarantee heat, gas or another supply and are ordered to stop."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from alertengine.vocabulary import GUARANTEE_NONE, Problem

if TYPE_CHECKING:
    from alertengine.orders._decide import Decided


def guaranteed_and_stopped(file: str, parts: Iterable[Decided]) -> list[Problem]:
    """A note where lines of a guaranteed supply stop whole in some phase: a livelihood rule would have spared them.

    Args:
        file: that of the list.
        parts: the lines decided, those long stopped aside.

    """
    count, names = 0, set()
    for part in parts:
        guarantee = part.lines.text("guarantee")
        stopped = np.any([one.share == 1 for one in part.decisions], axis=0) & (part.lines.truth("long_stopped") != 2)
        held = guarantee.take(stopped & guarantee.known & ~guarantee.among([GUARANTEE_NONE]))
        count += len(held)
        names |= set(held.present)
    return [Problem("guaranteed_and_stopped", file=file, count=count, names=sorted(names))] if count else []
