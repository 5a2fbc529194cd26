"""What share orders come to for each line: which are stopped, wholly or in part."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from alertengine.engine.group_index import Index
from alertengine.rulebook import Measure
from alertengine.vocabulary import number

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(slots=True, eq=False)
class Share:
    """What one order comes to, (lines,): NaN, and -1, outside its population.

    ``stopped`` is the fraction of the line stopped in all, ``own`` what of it counts for the order, ``machines`` how
    many machines or chambers that is where a line stops by them.  ``population`` numbers the lines that the order
    counts together, -1 also where a line stands alone; numbers from ``free`` on are not in use.
    """

    stopped: Floats
    own: Floats
    machines: Floats
    population: Index
    free: int = 0

    @classmethod
    def of(cls, count: int) -> Share:
        """Of no line yet."""
        unsaid = np.full(count, np.nan)
        return cls(unsaid, unsaid.copy(), unsaid.copy(), np.full(count, -1))

    def counted(self, line: int, *, chambers: bool) -> str:
        """What of a line stops, in machines or chambers (孔)."""
        return f"{number(self.machines[line])}{'孔' if chambers else '台'}"

    def at(self, rows: Index) -> Share:
        """Of some lines alone."""
        return Share(self.stopped[rows], self.own[rows], self.machines[rows], self.population[rows], self.free)

    def take_lower(self, other: Share, rows: Index, taken: Bools) -> None:
        """Take over, in place, what a lower level gives ``rows``: its lines ``taken``."""
        self.stopped[rows], self.own[rows] = other.stopped[taken], other.own[taken]
        self.machines[rows] = other.machines[taken]
        theirs = other.population[taken]
        self.population[rows] = np.where(theirs < 0, -1, theirs + self.free)
        self.free += other.free

    def put(self, rows: Index, stopped: Floats, own: Floats, parts: Floats) -> None:
        """Lay a population over those before: two rules may ask the same of a line."""
        self.stopped[rows], self.own[rows] = np.fmax(self.stopped[rows], stopped), np.fmax(self.own[rows], own)
        self.machines[rows] = np.where(np.isnan(parts), np.nan, np.round(self.own[rows] * parts))
        if len(rows) > 1:
            self.population[rows] = self.free
            self.free += 1


@dataclass(slots=True)
class Allotted:
    """What every share order and enterprise-wide plan of a list comes to.

    ``plan`` and ``adds`` are those of the plans, None where there is none.  ``unmet`` marks lines whose order
    cannot be met (or lacks the figures in ``lacking``): all it speaks of stops.  ``unproven``: the choice meets the
    orders, whether it loses the least production was not proven.
    """

    orders: dict[Measure, Share] = field(default_factory=dict)
    plan: Share | None = None
    adds: Bools | None = None
    unmet: Bools | None = None
    unproven: Bools | None = None
    lacking: dict[str, Bools] = field(default_factory=dict)

    def fraction(self, measure: Measure, rows: Index) -> Floats | None:
        """The stopped fraction of the given lines under a measure."""
        found = self.orders.get(measure)
        return None if found is None else found.stopped[rows]

    def of(self, rows: Index) -> Allotted:
        """What was allotted to some lines alone."""
        plan = None if self.plan is None else self.plan.at(rows)
        return Allotted({measure: share.at(rows) for measure, share in self.orders.items()}, plan)

    def take_lower(self, other: Allotted, rows: Index, taken: Bools, count: int) -> None:
        """Take over, in place, what a lower level gives ``rows``: its lines ``taken``; ``count`` lines in all."""
        for measure, share in other.orders.items():
            if measure not in self.orders:
                self.orders[measure] = Share.of(count)
            self.orders[measure].take_lower(share, rows, taken)
        if other.plan is not None:
            self.plan = self.plan or Share.of(count)
            self.plan.take_lower(other.plan, rows, taken)
        self.adds = _laid(self.adds, other.adds, rows, taken, count)
        self.unmet = _laid(self.unmet, other.unmet, rows, taken, count)
        self.unproven = _laid(self.unproven, other.unproven, rows, taken, count)

    def taken(self) -> Floats | None:
        """The fraction of each line stopped by any allotment, (lines,)."""
        found = [share.stopped for share in (*self.orders.values(), self.plan) if share is not None]
        return np.fmax(np.fmax.reduce(found), 0.0) if found else None


def _laid(mine: Bools | None, theirs: Bools | None, rows: Index, taken: Bools, count: int) -> Bools | None:
    """Marks of a list with those of a lower level laid over some lines."""
    if theirs is None:
        return mine
    out = np.zeros(count, dtype=bool) if mine is None else mine
    out[rows] = theirs[taken]
    return out
