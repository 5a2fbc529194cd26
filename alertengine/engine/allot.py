"""Allotting: a share of units is ordered for an enterprise but obeyed by lines.

Chooses which lines stop so that every count asked for is satisfied; lines already stopped
under the active warning first, then those the enterprise's own plan names, then the least
lost production, then stable order.  Exact: a search over all choices that prunes only
those another choice dominates.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from alertengine.rulebook.measures import Counting

#: Open choices kept in a search.  Below this it is exact; a population of many unlike lines under several
#: countings passes it, and then the counts are still met but the least lost production is not proven.
MAX_STATES = 600
#: Shares of counts are compared to this many decimals: 0.1 + 0.2 must reach 0.3.
_EPSILON = 1e-9


@dataclass(frozen=True, slots=True)
class Candidate:
    """One line of the population.

    ``amounts`` gives what it holds of each counting (1 line, its units, chambers, capacity, load); None
    where the list does not say.  ``steps`` is into how many parts it can stop (1: whole or not).
    ``stopped`` counts it as stopped already; ``kept`` and ``named`` prefer it; ``loss`` is its production.
    """

    amounts: tuple[float | None, ...]
    steps: int = 1
    stopped: bool = False
    kept: bool = False
    named: bool = False
    loss: float = 1.0


@dataclass(frozen=True, slots=True)
class Allotment:
    """The stopped fraction of each candidate, 0 to 1; ``met`` is false where the share cannot be reached."""

    fractions: tuple[float, ...]
    met: bool = True
    unknown: bool = False


def allot(candidates: Sequence[Candidate], share: float | None, count: float | None = None) -> Allotment:
    """Choose which candidates stop.

    Args:
        candidates: the population, in stable order; all with the same countings.
        share: the share of each counting that must stop, 0 to 1; or
        count: the number (of the first counting) that must stop.

    """
    countings = len(candidates[0].amounts)
    if any(amount is None for candidate in candidates for amount in candidate.amounts):
        return Allotment((1.0,) * len(candidates), met=False, unknown=True)
    totals = [sum(candidate.amounts[n] or 0 for candidate in candidates) for n in range(countings)]
    if share is not None:
        targets = [share * total for total in totals]
    else:
        targets = [float(count or 0), *([0.0] * (countings - 1))]
    if any(target > total + _EPSILON for target, total in zip(targets, totals, strict=True)):
        return Allotment(tuple(float(any(candidate.amounts)) for candidate in candidates), met=False)
    reached = [sum((c.amounts[n] or 0) for c in candidates if c.stopped or c.kept) for n in range(countings)]
    if any(target > reach + _EPSILON for target, reach in zip(targets, reached, strict=True)):
        candidates = [replace(c, stopped=c.stopped or c.kept) for c in candidates]  # kept lines stay, others join
    done = [sum((c.amounts[n] or 0) for c in candidates if c.stopped) for n in range(countings)]
    left = tuple(max(0.0, target - had) for target, had in zip(targets, done, strict=True))
    choice = _search([c for c in candidates if not c.stopped], left)
    taken = iter(choice)
    return Allotment(tuple(1.0 if c.stopped else next(taken) for c in candidates))


def _search(free: list[Candidate], left: tuple[float, ...]) -> tuple[float, ...]:
    """The best fractions of the free candidates that cover what is left to stop.

    States are the amounts still to cover; of two choices that leave the same or less, the cheaper one
    is kept.  Cost: what is stopped anew, what the plan does not name, lost production, then position.
    """
    if all(need <= _EPSILON for need in left):
        return (0.0,) * len(free)
    states: dict[tuple[float, ...], tuple[tuple[float, ...], tuple[int, ...]]] = {left: ((0.0, 0.0, 0.0), ())}
    scale = math.lcm(*(candidate.steps for candidate in free))  # parts of lines counted in whole numbers
    order = sorted(range(len(free)), key=lambda n: (not free[n].kept, not free[n].named, free[n].loss, n))
    prefers = (any(candidate.kept for candidate in free), any(candidate.named for candidate in free))
    for at, number in enumerate(order):
        rest = [free[later] for later in order[at + 1 :]]
        extended = _extended(states, free[number], scale // free[number].steps, prefers)
        states = _pruned(_promising(_coverable(extended, rest), rest))
    _, (_, steps) = min(
        ((need, state) for need, state in states.items() if all(part <= _EPSILON for part in need)),
        key=lambda item: (item[1][0], tuple(-step for step in item[1][1])),
    )
    fractions = [0.0] * len(free)
    for number, step in zip(order, steps, strict=True):
        fractions[number] = step / free[number].steps
    return tuple(fractions)


_States = dict[tuple[float, ...], tuple[tuple[float, ...], tuple[int, ...]]]


def _extended(states: _States, candidate: Candidate, weight: int, prefers: tuple[bool, bool]) -> _States:
    """Every state followed by every way to stop the candidate; ``weight`` is the size of one of its parts.

    ``prefers``: whether any candidate is kept, and any named; where none is, lost production alone counts.
    """
    out: _States = {}
    for need, (cost, steps) in states.items():
        for step in range(candidate.steps + 1):
            part = step / candidate.steps
            rest = tuple(
                round(max(0.0, want - (amount or 0) * part), 9)
                for want, amount in zip(need, candidate.amounts, strict=True)
            )
            paid = (
                cost[0] + weight * step * (prefers[0] and not candidate.kept),
                cost[1] + weight * step * (prefers[1] and not candidate.named),
                round(cost[2] + part * candidate.loss, 9),
            )
            chosen = (paid, (*steps, step))
            if rest not in out or (paid, tuple(-s for s in chosen[1])) < (
                out[rest][0],
                tuple(-s for s in out[rest][1]),
            ):
                out[rest] = chosen
    return out


def _coverable(states: _States, rest: list[Candidate]) -> _States:
    """Without the states that not even stopping all that is left would cover."""
    most = [sum(candidate.amounts[n] or 0 for candidate in rest) for n in range(len(next(iter(states))))]
    return {
        need: state
        for need, state in states.items()
        if all(part <= total + _EPSILON for part, total in zip(need, most, strict=True))
    }


def _promising(states: _States, rest: list[Candidate]) -> _States:
    """The states themselves, or the likeliest of too many: by cost and what covering the rest will cost."""
    if len(states) <= MAX_STATES:
        return states
    loss = sum(candidate.loss for candidate in rest)
    totals = [sum(candidate.amounts[n] or 0 for candidate in rest) for n in range(len(next(iter(states))))]

    def outlook(item: tuple[tuple[float, ...], tuple[tuple[float, ...], tuple[int, ...]]]) -> tuple[float, ...]:
        need, (cost, _) = item
        share = max((part / total for part, total in zip(need, totals, strict=True) if total), default=0.0)
        return (*cost[:-1], cost[-1] + share * loss)

    return dict(sorted(states.items(), key=outlook)[:MAX_STATES])


def _pruned(states: _States) -> _States:
    """Without the states that another covers at least as well for no more."""
    kept: _States = {}
    for need, (cost, steps) in sorted(states.items(), key=lambda item: (item[1][0], item[0])):
        if not any(
            other_cost <= cost
            and all(a <= b for a, b in zip(other, need, strict=True))
            and (other_cost, other) != (cost, need)
            for other, (other_cost, _) in kept.items()
        ):
            kept[need] = (cost, steps)
    return kept


def amounts_of(
    by: Sequence[Counting], units: float, chambers: float, capacity: float, load: float
) -> tuple[tuple[float | None, ...], int]:
    """What a line holds of each counting, and into how many parts it can stop.

    NaN means the list does not say.  Counting by line stops whole lines; by unit or chamber a line may
    stop in part; by capacity or load alone it stops whole.
    """
    values = {"line": 1.0, "unit": units, "chamber": chambers, "capacity": capacity, "load": load}
    amounts = tuple(None if math.isnan(values[name]) else values[name] for name in by)
    steps = 1
    if "line" not in by:
        parts = {"chamber": chambers, "unit": units}
        known = [parts[name] for name in ("chamber", "unit") if name in by and not math.isnan(parts[name])]
        steps = max(1, int(known[0])) if known else 1
    return amounts, steps
