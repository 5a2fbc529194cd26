"""Which lines of an enterprise a share order stops, in words."""

from __future__ import annotations

import numpy as np

from alertengine.engine import Share
from alertengine.files import Numbered


class StoppedLines:
    """The lines that stop in each population of a share order."""

    def __init__(self, share: Share) -> None:
        """Sort the lines by population once."""
        self._share = share
        self._order = np.argsort(share.population, kind="stable")
        self._sorted = share.population[self._order]
        self._words: dict[int, str] = {}

    def words(self, place: int, names: Numbered, *, chambers: bool) -> str:
        """The lines that stop of the population of the one at a place of the share order: 1号、3号线."""
        number = int(self._share.population[place])
        if number not in self._words:
            low, high = np.searchsorted(self._sorted, [number, number + 1])
            at = self._order[low:high]
            stopped = [(str(names[self._share.rows[one]]), one) for one in at[self._share.own[at] > 0].tolist()]
            self._words[number] = _lines_words(
                [
                    (name, "" if self._share.own[one] >= 1 else self._share.counted(one, chambers=chambers))
                    for name, one in sorted(stopped, key=lambda one: (len(one[0]), one[0]))
                ]
            )
        return self._words[number]


def _lines_words(stopped: list[tuple[str, str]]) -> str:
    """Lines by their numbers, each with what of it stops: 1号、3号线, 1号线2台、3号线."""
    named = [f"{name}号" if name.isascii() and name.isalnum() else name for name, _ in stopped]
    if not any(part for _, part in stopped):
        return "、".join(named) + "线"
    return "、".join(f"{name}线{part}" for name, (_, part) in zip(named, stopped, strict=True))
