"""Shares of all lines of a list, gathered from what binds them, kind by kind."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from alertengine.engine._resolve import Resolution, merged
from alertengine.engine.account import Floats, Numbers, shares
from alertengine.engine.allot_list import Allotted
from alertengine.rulebook import Measure
from alertengine.vocabulary import Status


class GatheredShares:
    """Shares of all lines, gathered binding by binding."""

    def __init__(self, count: int) -> None:
        """Nothing yet, of so many lines."""
        self.warning = np.full(count, np.nan)
        self.other = np.full(count, np.nan)
        self.partial = np.zeros(count, dtype=bool)
        self.lacking: dict[str, npt.NDArray[np.bool_]] = {}
        #: Shares by pollutant, where a measure speaks of concentrations: of the warning, and of what binds without one.
        self.warning_by: dict[str, Floats] = {}
        self.other_by: dict[str, Floats] = {}
        self._count = count

    def add(self, resolution: Resolution, numbers: Numbers, allotted: Allotted) -> None:
        """Add the measures of one resolution for the lines it binds."""
        for regime, result in resolution.regimes.items():
            warned = regime == "warning"
            into = self.warning if warned else self.other
            if result.status in (Status.EXEMPT, Status.SELF_DIRECTED) or (
                result.ground and result.status is Status.ORDERED
            ):
                into[numbers.rows] = np.fmax(into[numbers.rows], 0.0)
            self.partial[numbers.rows] |= result.at_least
            for asked in merged(result.asked):
                self._measure(into, self.warning_by if warned else self.other_by, asked.measure, numbers, allotted)

    def _measure(
        self, into: Floats, by: dict[str, Floats], measure: Measure, numbers: Numbers, allotted: Allotted
    ) -> None:
        found = shares(measure, numbers, allotted.fraction(measure, numbers.rows))
        rows = numbers.rows
        into[rows] = np.fmax(into[rows], found.share)
        self.partial[rows] |= np.isnan(found.share)
        for name, lacking in found.lacking.items():
            if lacking.any():
                self.lacking.setdefault(name, np.zeros(self._count, dtype=bool))[rows[lacking]] = True
        for name, value in (found.by_pollutant or {}).items():
            column = by.setdefault(name, np.full(self._count, np.nan))
            column[rows] = np.fmax(column[rows], value)
