"""What share orders come to for each line: which are stopped, wholly or in part."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from alertengine.files import Index, joined, numbers_of
from alertengine.rulebook import Measure
from alertengine.vocabulary import number

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(slots=True, eq=False)
class Share:
    """What one order comes to for the lines it speaks of: ``rows`` (n,) of the list, ascending; the others are (n,).

    ``stopped`` is the fraction of the line stopped in all, ``own`` what of it counts for the order, ``machines`` how
    many machines or chambers that is where a line stops by them, else NaN.  ``population`` numbers the lines that the
    order counts together, -1 where a line stands alone; numbers from ``free`` on are not in use.
    """

    rows: Index
    stopped: Floats
    own: Floats
    machines: Floats
    population: Index
    free: int = 0

    @classmethod
    def of(cls, *rows: Index) -> Share:
        """Of some lines, of which nothing is said yet."""
        lines = np.unique(np.concatenate([np.array([], dtype=np.int64), *rows]))
        unsaid = np.full(len(lines), np.nan)
        return cls(lines, unsaid, unsaid.copy(), unsaid.copy(), np.full(len(lines), -1))

    def place(self, line: int) -> int | None:
        """Where a line stands among ``rows``; None where the order says nothing of it."""
        at = int(np.searchsorted(self.rows, line))
        return at if at < len(self.rows) and self.rows[at] == line and not np.isnan(self.own[at]) else None

    def fraction(self, rows: Index) -> Floats:
        """The stopped fraction of some lines of the list, NaN where the order does not speak of one."""
        at = np.searchsorted(self.rows, rows)
        out = np.full(len(rows), np.nan)
        here = np.flatnonzero(np.append(self.rows, -1)[at] == rows)
        out[here] = self.stopped[at[here]]
        return out

    def told_apart(self, count: int) -> Index:
        """The lines of a list of ``count`` numbered by what is said of them, 0 where nothing is."""
        out = np.zeros(count, dtype=np.int64)
        out[self.rows] = 1 + joined(numbers_of(self.own), numbers_of(self.machines), self.population)[0]
        return out

    def counted(self, place: int, *, chambers: bool) -> str:
        """What of the line at a place stops, in machines or chambers (孔)."""
        return f"{number(self.machines[place])}{'孔' if chambers else '台'}"

    def without(self, rows: Index) -> Share:
        """The same without some lines."""
        kept = ~np.isin(self.rows, rows)
        said = self.stopped[kept], self.own[kept], self.machines[kept]
        return Share(self.rows[kept], *said, self.population[kept], self.free)

    def take_lower(self, other: Share, rows: Index, taken: Bools) -> None:
        """Take over, in place, what a lower level gives ``rows``: its lines ``taken``."""
        of = np.zeros(len(taken), dtype=np.int64)
        of[taken] = rows
        here, kept = taken[other.rows], ~np.isin(self.rows, rows)
        lines = np.concatenate([self.rows[kept], of[other.rows[here]]])
        order = np.argsort(lines)
        theirs = other.population[here]
        population = np.concatenate([self.population[kept], np.where(theirs < 0, -1, theirs + self.free)])
        self.stopped, self.own, self.machines = (
            np.concatenate([mine[kept], lower[here]])[order]
            for mine, lower in zip(
                (self.stopped, self.own, self.machines), (other.stopped, other.own, other.machines), strict=True
            )
        )
        self.rows, self.population = lines[order], population[order]
        self.free += other.free

    def put(self, rows: Index, stopped: Floats, own: Floats, parts: Floats) -> None:
        """Bring in, in place, what was allotted to lines counted together; of two shares of a line the greater stays.

        ``parts``: into how many machines or chambers each line stops, NaN where it stops only whole; all (n,).
        """
        at = np.searchsorted(self.rows, rows)
        self.stopped[at], self.own[at] = np.fmax(self.stopped[at], stopped), np.fmax(self.own[at], own)
        self.machines[at] = np.where(np.isnan(parts), np.nan, np.round(self.own[at] * parts))
        if len(rows) > 1:
            self.population[at] = self.free
            self.free += 1


@dataclass(slots=True)
class Allotted:
    """What every share order and enterprise-wide plan of a list comes to.

    ``plan`` and ``adds`` are those of the plans, None where there is none.  ``unmet`` marks lines whose order
    cannot be met (or lacks the figures in ``lacking``): all it speaks of stops.  ``unproven``: the choice meets the
    orders, whether it loses the least production was not proven.  ``adds`` and ``lacking`` are read once, by the
    decision of a slice, which keeps them.
    """

    orders: dict[Measure, Share] = field(default_factory=dict)
    plan: Share | None = None
    adds: Bools | None = None
    unmet: Bools | None = None
    unproven: Bools | None = None
    lacking: dict[str, Bools] = field(default_factory=dict)

    @property
    def shares(self) -> list[Share]:
        """Those of the orders and of the plans."""
        return [*self.orders.values(), *([self.plan] if self.plan else [])]

    def fraction(self, measure: Measure, rows: Index) -> Floats | None:
        """The stopped fraction of the given lines under a measure; None where it is no share order."""
        found = self.orders.get(measure)
        return None if found is None else found.fraction(rows)

    def without(self, rows: Index) -> Allotted:
        """What was allotted to all lines but some, numbered as they were."""
        plan = None if self.plan is None else self.plan.without(rows)
        unmet, unproven = (None if marks is None else _unmarked(marks, rows) for marks in (self.unmet, self.unproven))
        orders = {measure: share.without(rows) for measure, share in self.orders.items()}
        return Allotted(orders, plan, unmet=unmet, unproven=unproven)

    def take_lower(self, other: Allotted, rows: Index, taken: Bools, count: int) -> None:
        """Take over, in place, what a lower level gives ``rows``: its lines ``taken``; ``count`` lines in all."""
        for measure, share in other.orders.items():
            if measure not in self.orders:
                self.orders[measure] = Share.of()
            self.orders[measure].take_lower(share, rows, taken)
        if other.plan is not None:
            self.plan = self.plan or Share.of()
            self.plan.take_lower(other.plan, rows, taken)
        self.unmet = _laid(self.unmet, other.unmet, rows, taken, count)
        self.unproven = _laid(self.unproven, other.unproven, rows, taken, count)

    def taken(self, count: int) -> Floats:
        """The fraction of each of ``count`` lines stopped by any allotment, (lines,)."""
        out = np.zeros(count)
        for share in self.shares:
            out[share.rows] = np.fmax(out[share.rows], share.stopped)
        return out


def _unmarked(marks: Bools, rows: Index) -> Bools:
    out = marks.copy()
    out[rows] = False
    return out


def _laid(mine: Bools | None, theirs: Bools | None, rows: Index, taken: Bools, count: int) -> Bools | None:
    """Marks of a list with those of a lower level laid over some lines."""
    if theirs is None:
        return mine
    out = np.zeros(count, dtype=bool) if mine is None else mine
    out[rows] = theirs[taken]
    return out
