"""Allotting over a whole list: populations of each share order, and who stops in each.

Populations of a single line stop whole and are done at once; the others are searched one
by one.  Lines stopped by another order count as stopped.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.engine.account import Numbers
from alertengine.engine.allot import Candidate, allot, amounts_of
from alertengine.engine.facts import Facts
from alertengine.engine.filed_or_rule import Filed
from alertengine.engine.group_index import Index
from alertengine.engine.resolve import ALLOTTED, Resolution
from alertengine.rulebook.measures import Measure

Floats = npt.NDArray[np.float64]


@dataclass(slots=True)
class Allotted:
    """Stopped fractions per measure, (lines,), NaN outside its population; and what went wrong.

    ``unmet`` marks lines whose population cannot reach the share (or lacks the figures); all of it stops.
    """

    fractions: dict[Measure, Floats] = field(default_factory=dict)
    unmet: npt.NDArray[np.bool_] | None = None

    def fraction(self, measure: Measure, rows: Index) -> Floats | None:
        """The stopped fraction of the given lines under a measure."""
        column = self.fractions.get(measure)
        return None if column is None else column[rows]

    def stopped(self) -> npt.NDArray[np.bool_] | None:
        """Lines stopped whole by any allotment."""
        if not self.fractions:
            return None
        return np.nanmax(np.stack([*self.fractions.values()]), axis=0, initial=0) >= 1


def allot_lines(
    lines: pd.DataFrame,
    facts: Facts,
    resolutions: list[Resolution],
    rows_of: list[Index],
    filed: Filed,
    previous: Allotted | None,
) -> Allotted:
    """Choose who stops for every share order of a list.

    Args:
        lines: the list.
        facts: its columns.
        resolutions: the distinct resolutions, with
        rows_of: the lines of each.
        filed: the filed plans; lines whose plan stops them go first.
        previous: the allotment of the slice before: its stopped lines stay chosen.

    """
    out = Allotted()
    members: dict[tuple[str, Measure], list[Index]] = {}
    stopped = np.zeros(len(facts), dtype=bool)
    for resolution, rows in zip(resolutions, rows_of, strict=True):
        if any(asked.measure.code == "stop" and not asked.measure.daily for asked in resolution.production):
            stopped[rows] = True
        asking = [asked for asked in resolution.production if asked.measure.code in ALLOTTED]
        for asked in (*asking, *resolution.counted):
            members.setdefault((asked.rule.id, asked.measure), []).append(rows)
    if not members:
        return out
    out.unmet = np.zeros(len(facts), dtype=bool)
    kept = previous.stopped() if previous else None
    named = np.where(np.isnan(filed.share), False, filed.share >= 1)
    idle = facts.boolean("long_stopped") == 2
    for (_, measure), parts in sorted(members.items(), key=lambda item: item[0][0]):
        rows = np.sort(np.concatenate(parts))
        fractions = out.fractions.setdefault(measure, np.full(len(facts), np.nan))
        _population(lines, facts, measure, rows[~idle[rows]], _Marks(stopped, kept, named), fractions, out.unmet)
        fractions[rows[idle[rows]]] = 0.0
    return out


@dataclass(slots=True)
class _Marks:
    stopped: npt.NDArray[np.bool_]
    kept: npt.NDArray[np.bool_] | None
    named: npt.NDArray[np.bool_]


def _population(
    lines: pd.DataFrame,
    facts: Facts,
    measure: Measure,
    rows: Index,
    marks: _Marks,
    fractions: Floats,
    unmet: npt.NDArray[np.bool_],
) -> None:
    """Split the lines under one order into populations and allot each."""
    if not len(rows):
        return
    numbers = Numbers(facts, rows)
    owner, _ = pd.factorize(lines["enterprise_id"].to_numpy()[rows])
    if measure.over == "process":
        process = facts.text("process").codes[rows]
        owner, _ = pd.factorize(owner * (int(process.max(initial=0)) + 2) + process + 1)
    by = measure.by or ("unit",)
    load = numbers.get("actual_daily") if "load" in by else np.full(len(rows), np.nan)
    columns = np.stack([numbers.get("units"), numbers.get("chambers"), numbers.get("capacity"), load], axis=1)
    unit = facts.text("capacity_unit").codes[rows]
    order = np.argsort(owner, kind="stable")
    bounds = np.flatnonzero(np.diff(owner[order], prepend=-1))
    names = lines["line_id"].astype("str").to_numpy()[rows]
    for whole in np.split(order, bounds[1:]):
        group = np.array(sorted(whole, key=lambda n: (len(names[n]), names[n])))  # whatever the order of the list
        if len(np.unique(unit[group])) > 1:
            columns[group, 2] = np.nan  # capacities are added only in one unit
        chosen = _allot_one(measure, by, columns[group], rows[group], numbers, group, marks)
        fractions[rows[group]] = np.fmax(fractions[rows[group]], chosen.fractions)  # two rules may ask the same
        if not chosen.met:
            unmet[rows[group]] = True


def _allot_one(
    measure: Measure, by: tuple[Any, ...], columns: Floats, rows: Index, numbers: Numbers, group: Index, marks: _Marks
) -> Any:
    """Allot one population."""
    candidates = []
    capacity = np.nan_to_num(numbers.get("capacity")[group], nan=1.0)
    sizes = numbers.get("unit_size")[group]
    for number, row in enumerate(rows):
        amounts, steps = amounts_of(by, *columns[number])
        if measure.code == "stop_units" and not _fits(measure, float(sizes[number])):
            amounts = (0.0,)
        candidates.append(
            Candidate(
                amounts,
                steps,
                stopped=bool(marks.stopped[row]),
                kept=bool(marks.kept[row]) if marks.kept is not None else False,
                named=bool(marks.named[row]),
                loss=float(capacity[number]),
            )
        )
    if measure.code == "stop_units":
        return allot(candidates, None, measure.amount)
    return allot(candidates, measure.share)


def _fits(measure: Measure, size: float) -> bool:
    """Whether machines of a size are meant; an unknown size is not excluded."""
    if np.isnan(size):
        return True
    return (measure.size_at_least is None or size >= measure.size_at_least) and (
        measure.size_at_most is None or size <= measure.size_at_most
    )
