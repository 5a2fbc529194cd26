"""Allotting: a share of lines, machines or output is ordered of an enterprise and obeyed by its lines.

All demands that touch the lines of one enterprise are one problem, whoever makes them: choose what each
line stops so that every demand is covered at the least lost production.  Lines stopped by another order
count as stopped; what an active warning stopped stays chosen.  An additional demand (增停) is covered by
what every other demand and order leaves running.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache
from typing import Final

import numpy as np

from alertengine.engine.least_loss import SCALE, Choice, least_loss

#: Shares are taken to this many decimals: 0.1 + 0.2 is 0.3.
_DECIMALS = 9
#: What stopped before may come from orders as they were written, with six decimals: 0.513889 are 37 of 72 chambers.
_PRINTED: Final = Fraction(1, 10**6)
#: Shares that orders name have no greater denominator: 66.666667 % is two thirds.
_NAMED = 10**5
#: What a candidate stops, by what it counts for.
_Split = tuple[Fraction, ...]
#: What the fields of an :class:`Allotment` hold.
_Found = tuple[tuple[float, ...], tuple[tuple[float, ...], ...], tuple[bool, ...], bool]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One line of an enterprise.

    ``loss`` ≥ 0 is the production lost when it stops whole, in any unit common to the candidates; ``cut`` the
    share of it, 0..1, that other orders take already.  ``stopped``: another order stops it whole.  ``kept`` is
    the fraction that the active warning stopped in its phase before, ``least`` the one that must stop anyway.
    """

    loss: float = 1.0
    cut: float = 0.0
    stopped: bool = False
    kept: float = 0.0
    least: float = 0.0


@dataclass(frozen=True, slots=True)
class Demand:
    """A share or a number to be stopped of some candidates.

    Args:
        members: numbers of the candidates it speaks of.
        amounts: of each member what it holds of each counting (lines, machines, capacity …); None where the
            list does not say.  Counts are added over the members.
        parts: into how many equal parts each member can stop; 1: only whole.
        share: the share of every counting that must stop, 0..1; or
        count: the number of the first counting that must stop.
        additional: to be covered by what all else leaves running.

    """

    members: tuple[int, ...]
    amounts: tuple[tuple[float | None, ...], ...]
    parts: tuple[int, ...]
    share: float | None = None
    count: float | None = None
    additional: bool = False

    @property
    def unknown(self) -> bool:
        """Whether the list lacks a figure it counts by."""
        return any(amount is None for amounts in self.amounts for amount in amounts)

    @property
    def of_lines(self) -> bool:
        """Whether it counts lines alone, so that the cheapest lines are the answer."""
        alike = self.amounts.count((1.0,)) == len(self.amounts) and set(self.parts) == {1}
        return alike and self.share is not None and not self.additional

    def held(self, member: int, fraction: Fraction) -> tuple[int, ...]:
        """What stopping a fraction of a member (by its place in ``members``) gives of each counting, scaled."""
        whole = fraction * self.parts[member]
        part = Fraction(int(whole), self.parts[member])
        return tuple(round(Fraction(amount or 0.0) * part * SCALE) for amount in self.amounts[member])

    def covered(self, fractions: Sequence[float]) -> bool:
        """Whether the stopped fractions of all candidates are enough."""
        held = [self.held(at, _fraction(fractions[member])) for at, member in enumerate(self.members)]
        return all(sum(column) >= need for column, need in zip(zip(*held, strict=True), self.needs(), strict=True))

    def needs(self) -> tuple[int, ...]:
        """What must stop of each counting, scaled; rounding of parts forgiven."""
        if self.share is None:
            return (round((self.count or 0.0) * SCALE), *([0] * (len(self.amounts[0]) - 1)))
        share = Fraction(self.share).limit_denominator(_NAMED)
        totals = [
            sum(self.held(n, Fraction(1))[counting] for n in range(len(self.members)))
            for counting in range(len(self.amounts[0]))
        ]
        forgiven = sum(parts > 1 for parts in self.parts)
        return tuple(
            max(0, -(-(share * total).numerator // (share * total).denominator) - forgiven) for total in totals
        )


@dataclass(frozen=True, slots=True)
class Allotment:
    """What stops of each candidate.

    ``fractions`` 0..1 by candidate; ``own`` by demand the fraction of each member that counts for it; ``met``
    by demand: false where it cannot be covered or a figure is missing, and all it speaks of stops; ``proven``:
    no other choice loses less.
    """

    fractions: tuple[float, ...]
    own: tuple[tuple[float, ...], ...]
    met: tuple[bool, ...]
    proven: bool = True


def allot(candidates: Sequence[Candidate], demands: Sequence[Demand]) -> Allotment:
    """Choose what stops.

    Args:
        candidates: the lines of one enterprise in stable order, the earlier chosen of equal ones.
        demands: what is asked of them; equal ones are one.

    """
    distinct = list(dict.fromkeys(demands))
    place = [distinct.index(demand) for demand in demands]
    whole = len(distinct) == 1 and all(c.kept in (0, 1) and c.least in (0, 1) for c in candidates)
    if whole and distinct[0].of_lines and len(distinct[0].members) == len(candidates):
        return _whole_lines(candidates, distinct[0], len(demands))
    found, own, met, proven = _searched(tuple(candidates), tuple(distinct))
    return Allotment(found, tuple(own[n] for n in place), tuple(met[n] for n in place), proven)


@lru_cache(maxsize=1024)
def _searched(candidates: tuple[Candidate, ...], demands: tuple[Demand, ...]) -> _Found:
    """The allotment of distinct demands; the phases and variants of a plant ask for the same again."""
    unmet: set[int] = {n for n, demand in enumerate(demands) if demand.unknown}
    while True:
        problem = _Problem(_stopped(candidates, (demands[n] for n in unmet)), demands, unmet)
        short = {n for n in range(len(demands)) if n not in unmet and not problem.coverable(n)}
        if not short:
            found = problem.solved()
            if found is not None:
                break
            short = {n for n, demand in enumerate(demands) if demand.additional and n not in unmet}
        unmet |= short
    fractions, splits, proven = found
    own = tuple(
        tuple(float(problem.own(n, member, splits)) for member in range(len(demand.members)))
        for n, demand in enumerate(demands)
    )
    return tuple(map(float, fractions)), own, tuple(n not in unmet for n in range(len(demands))), proven


def _stopped(candidates: Sequence[Candidate], unmet: Iterable[Demand]) -> list[Candidate]:
    """The candidates, all of what an unmet demand speaks of stopped."""
    out = list(candidates)
    for demand in unmet:
        for member in demand.members:
            out[member] = replace(out[member], stopped=True)
    return out


def _whole_lines(candidates: Sequence[Candidate], demand: Demand, times: int) -> Allotment:
    """The cheapest lines, as many as a share of lines asks: what :class:`_Problem` finds, without a search."""
    wanted = math.ceil(Fraction(demand.share or 0.0).limit_denominator(_NAMED) * len(candidates))
    stopped = {n for n in demand.members if candidates[n].stopped or candidates[n].least}
    kept = {n for n in demand.members if candidates[n].kept} | stopped
    if wanted > len(kept):
        stopped, free = kept, set(demand.members) - kept
    else:
        free = kept - stopped
    cheapest = sorted(free, key=lambda n: (candidates[n].loss * (1 - candidates[n].cut), n))
    chosen = stopped.union(cheapest[: max(0, wanted - len(stopped))])
    fractions = tuple(float(n in chosen) for n in range(len(candidates)))
    own = tuple(fractions[n] for n in demand.members)
    return Allotment(fractions, (own,) * times, (True,) * times)


@dataclass(slots=True)
class _Problem:
    """The demands that can be met, on candidates some of which are stopped already.

    What a candidate stops is split into what counts for the ordinary demands, all alike, and for each of the
    additional ones: place 0 and 1, 2 … of the splits of its options.
    """

    candidates: list[Candidate]
    demands: Sequence[Demand]
    unmet: set[int]
    _credit: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        extra = [n for n, demand in enumerate(self.demands) if demand.additional and n not in self.unmet]
        self._credit = {n: 1 + at for at, n in enumerate(extra)}

    def coverable(self, number: int) -> bool:
        """Whether stopping all that may count for a demand covers it."""
        demand = self.demands[number]
        full = [
            demand.held(at, Fraction(int(not (demand.additional and self.candidates[member].stopped))))
            for at, member in enumerate(demand.members)
        ]
        return all(sum(column) >= need for column, need in zip(zip(*full, strict=True), demand.needs(), strict=True))

    def own(self, number: int, at: int, splits: list[_Split]) -> Fraction:
        """What counts for a demand of its member ``at``: whole parts of it."""
        demand = self.demands[number]
        if number in self.unmet:
            return Fraction(1)
        part = splits[demand.members[at]][self._credit.get(number, 0)]
        return Fraction(int(part * demand.parts[at]), demand.parts[at])

    def solved(self) -> tuple[list[Fraction], list[_Split], bool] | None:
        """Fractions, splits and whether they are proven the best; None where no choice covers all.

        First among what the active warning stopped, then with all of that, then freely.
        """
        options = [self._options(n) for n in range(len(self.candidates))]
        kept = [_fraction(max(one.kept, one.least, float(one.stopped))) for one in self.candidates]
        tries = [options]
        if any(candidate.kept for candidate in self.candidates):
            within = [[one for one in some if sum(one) <= kept[n] + _PRINTED] for n, some in enumerate(options)]
            floor = [min(kept[n], max(Fraction(sum(one)) for one in some)) for n, some in enumerate(options)]
            beyond = [[one for one in some if sum(one) >= floor[n] - _PRINTED] for n, some in enumerate(options)]
            tries = [within, beyond, options]
        for some in tries:
            found = self._chosen(some)
            if found is not None:
                splits = [choices[n] for choices, n in zip(some, found.options, strict=True)]
                return [Fraction(sum(split)) for split in splits], splits, found.proven
        return None

    def _options(self, number: int) -> list[_Split]:
        """The ways to split what a candidate stops among the kinds of demand."""
        candidate, width = self.candidates[number], 1 + len(self._credit)
        if candidate.stopped:
            return [(Fraction(1), *([Fraction(0)] * (width - 1)))]
        levels: list[set[Fraction]] = [{Fraction(0)} for _ in range(width)]
        for n, demand in enumerate(self.demands):
            if n not in self.unmet and number in demand.members:
                parts = demand.parts[demand.members.index(number)]
                levels[self._credit.get(n, 0)] |= {Fraction(step, parts) for step in range(parts + 1)}
        levels[0].add(_fraction(candidate.least))
        splits: list[_Split] = [()]
        for some in levels:
            splits = [(*split, one) for split in splits for one in sorted(some) if sum(split) + one <= 1]
        return [split for split in splits if sum(split) >= _fraction(candidate.least)]

    def _chosen(self, options: list[list[_Split]]) -> Choice | None:
        needs: list[int] = []
        for n, demand in enumerate(self.demands):
            needs += demand.needs() if n not in self.unmet else ()
        tables = []
        for number, (candidate, some) in enumerate(zip(self.candidates, options, strict=True)):
            gives = [self._gives(number, split) for split in some]
            taken = _fraction(max(candidate.cut, candidate.least, float(candidate.stopped)))
            lost = [round(Fraction(candidate.loss) * max(Fraction(0), sum(split) - taken) * SCALE) for split in some]
            tables.append((np.array(gives, dtype=np.float64).reshape(len(some), -1), np.array(lost, dtype=np.float64)))
        return least_loss(tables, np.array(needs, dtype=np.float64))

    def _gives(self, number: int, split: _Split) -> list[int]:
        """What a split of a candidate gives of every counting of every demand."""
        out: list[int] = []
        for n, demand in enumerate(self.demands):
            if n in self.unmet:
                continue
            if number in demand.members:
                out += demand.held(demand.members.index(number), split[self._credit.get(n, 0)])
            else:
                out += [0] * len(demand.amounts[0])
        return out


def _fraction(value: float) -> Fraction:
    return Fraction(value).limit_denominator(10**_DECIMALS)
