"""Kilograms that shares of listed emissions come to, reckoned when they are asked for: a list has them eight times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from alertengine.engine.account import Bools, Floats
from alertengine.files import Index


@dataclass(slots=True, eq=False)
class Kilograms:
    """What lines save, kg/d by pollutant: a share (lines,), 0 to 1 or NaN, of the ``emissions`` listed (lines,).

    ``own`` holds the shares of pollutants whose concentration a measure speaks of, ``share`` that of all others;
    lines that stand ``still`` have nothing to save.
    """

    emissions: Mapping[str, Floats]
    share: Floats
    still: Bools
    own: dict[str, Floats] = field(default_factory=dict)

    def __getitem__(self, pollutant: str) -> Floats:
        """Of every line; NaN where a share is unknown, or the emission of a line that does not stand still."""
        return self.at(pollutant, slice(None))

    def at(self, pollutant: str, rows: Index | slice | int) -> Floats:
        """Of some lines, or of one."""
        emission = self.emissions[pollutant][rows]
        return np.asarray(self.own.get(pollutant, self.share)[rows] * np.where(self.still[rows], 0.0, emission))

    def of(self, rows: Index, emissions: Mapping[str, Floats] | None = None) -> Kilograms:
        """Of some lines alone, which are numbered anew; ``emissions`` are theirs, where they are at hand."""
        return Kilograms(
            emissions or {name: column[rows] for name, column in self.emissions.items()},
            self.share[rows],
            self.still[rows],
            {name: column[rows] for name, column in self.own.items()},
        )

    def copy(self) -> Kilograms:
        """The same, of which the shares may be changed."""
        own = {name: column.copy() for name, column in self.own.items()}
        return replace(self, share=self.share.copy(), still=self.still.copy(), own=own)

    def put(self, rows: Index | int, share: Floats | float, own: Mapping[str, Floats | float]) -> None:
        """Give some lines other shares, in place; ``own`` where that of a pollutant differs."""
        for name in own:
            self.own.setdefault(name, self.share.copy())
        self.share[rows] = share
        for name, column in self.own.items():
            column[rows] = own.get(name, share)

    def take(self, other: Kilograms, rows: Index, taken: Bools) -> None:
        """Take over, in place, the shares of ``rows`` from those of a part of the list: its lines ``taken``."""
        self.put(rows, other.share[taken], {name: column[taken] for name, column in other.own.items()})
        self.still[rows] = other.still[taken]
