"""Lines of a decision that say what another decision says of them: a lower level's, or how they are decided anew.

A lower level binds a line where its own has no measure on file: a lower bound.  Of two slices one after the other only
the lines of some enterprises are decided anew.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from alertengine.engine._resolve import with_lower
from alertengine.engine.decision import Binding, Decision, Slice
from alertengine.engine.facts import TextColumn
from alertengine.engine.filed_or_rule import GROUNDS, among, filed_plan
from alertengine.files import CodedTable, Index
from alertengine.vocabulary import PLAN_FIELDS, Ground, Level

#: Columns of a decision that say of each line what no other line has a part in.
_COLUMNS = ("share", "warning_share", "other_share", "partial", "status", "undetermined", "ground")


def asking_something(lines: CodedTable, rows: Index, level: Level) -> npt.NDArray[np.bool_]:
    """Which of some lines have a plan on file for a level that asks something; shape (rows,)."""
    plans = [name for name in lines.names if name.startswith(PLAN_FIELDS[level])]
    return filed_plan(lines.take(rows, plans), level).asks


def widened(bindings: list[Binding], number: int, hangs_on: tuple[str, ...]) -> int:
    """The number of a binding that also hangs on some fields; made where there is none, at the end of the list."""
    own = bindings[number]
    if set(hangs_on) <= set(own.hangs_on):
        return number
    bindings.append(replace(own, hangs_on=tuple(sorted({*own.hangs_on, *hangs_on}))))
    return len(bindings) - 1


def binding_something(decision: Decision) -> npt.NDArray[np.bool_]:
    """Lines that a rule or a filed measure orders something of; a share of nothing is no lower bound."""
    grounded = among(decision.ground, GROUNDS.index(Ground.RULE), GROUNDS.index(Ground.FILED))
    share = decision.warning_share
    return grounded & ((share > 0) | np.isnan(share) | decision.partial)


def bind_lower(decision: Decision, lower: Decision, of: Index, taken: npt.NDArray[np.bool_]) -> None:
    """Let a lower level bind lines of a decision, in place: its share is a lower bound.

    ``of`` numbers the lines of ``lower`` into those of ``decision``; ``taken`` says which of them are bound.
    """
    if not taken.any():
        return
    rows = of[taken]
    _rebind(decision, lower, rows, taken)
    _take_sums(decision, lower, rows, taken)
    if decision.from_lower is None:
        decision.from_lower = np.zeros(len(decision.share), dtype=np.int8)
    decision.from_lower[rows] = lower.slice.level.rank
    decision.share[rows], decision.warning_share[rows] = lower.share[taken], lower.warning_share[taken]
    decision.status[rows], decision.ground[rows] = lower.status[taken], lower.ground[taken]
    decision.partial[rows] = ~(lower.share[taken] >= 1)
    decision.undetermined[rows] = False
    for name, column in lower.lacking.items():
        mine = decision.lacking.setdefault(name, np.zeros(len(decision.share), dtype=bool))
        mine[rows] = column[taken]


def _rebind(decision: Decision, lower: Decision, rows: Index, taken: npt.NDArray[np.bool_]) -> None:
    """Give lines the bindings of a lower level, with what their own level asks beside production."""
    made: dict[tuple[int, int], int] = {}
    for row, number in zip(rows.tolist(), lower.binding[taken].tolist(), strict=True):
        pair = int(decision.binding[row]), number
        if pair not in made:
            own, under = decision.bindings[pair[0]], lower.bindings[number]
            ends = [one.expires for one in (own, under) if one.expires is not None]
            made[pair] = len(decision.bindings)
            decision.bindings.append(
                Binding(
                    with_lower(own.resolution, under.resolution),
                    tuple(sorted({*own.classified, *under.classified})),
                    tuple(sorted({*own.hangs_on, *under.hangs_on})),
                    min(ends, default=None),
                )
            )
        decision.binding[row] = made[pair]


def _take_sums(decision: Decision, other: Decision, rows: Index, taken: npt.NDArray[np.bool_]) -> None:
    """Take over, in place, plans, allotments and kilograms of ``rows`` from another decision: its lines ``taken``."""
    decision.filed.take_lower(other.filed, rows, taken)
    decision.allotted.take_lower(other.allotted, rows, taken, len(decision.share))
    decision.reduced.take(other.reduced, rows, taken)
    decision.warning_reduced.take(other.warning_reduced, rows, taken)


def with_anew(previous: Decision, piece: Slice, anew: Decision | None, rows: Index) -> Decision:
    """The decision of a slice in which all lines but ``rows`` are ordered what they were in the one before.

    ``anew`` is how ``rows`` are decided now, None where there are none.
    """
    filed = ("present", "asks", "share", "use", "finding", "adds")
    out = replace(
        previous,
        slice=piece,
        bindings=list(previous.bindings),
        filed=replace(previous.filed, **{name: getattr(previous.filed, name).copy() for name in filed}),
        allotted=previous.allotted.without(rows),
        reduced=previous.reduced.copy(),
        warning_reduced=previous.warning_reduced.copy(),
        lacking={name: column.copy() for name, column in previous.lacking.items()},
        from_lower=None if previous.from_lower is None else previous.from_lower.copy(),
        anew=rows,
        doubts=None,
        **{name: getattr(previous, name).copy() for name in ("binding", *_COLUMNS)},
    )
    if anew is not None:
        _take(out, anew, rows)
    return out


def _take(out: Decision, anew: Decision, rows: Index) -> None:
    numbers: dict[Binding, int] = {binding: number for number, binding in enumerate(out.bindings)}
    used = [numbers.setdefault(anew.bindings[one], len(numbers)) for one in np.unique(anew.binding).tolist()]
    out.bindings = list(numbers)
    out.binding[rows] = np.array(used)[np.unique(anew.binding, return_inverse=True)[1]]
    grades = out.effective.codes.copy()
    grades[rows] = anew.effective.codes
    out.effective = TextColumn(grades, out.effective.categories)
    for name in _COLUMNS:
        getattr(out, name)[rows] = getattr(anew, name)
    _take_sums(out, anew, rows, np.ones(len(rows), dtype=bool))
    nothing = np.zeros(len(rows), dtype=bool)
    for name in out.lacking.keys() | anew.lacking.keys():
        column = out.lacking.setdefault(name, np.zeros(len(out.share), dtype=bool))
        column[rows] = anew.lacking.get(name, nothing)
    if out.from_lower is None and anew.from_lower is not None:
        out.from_lower = np.zeros(len(out.share), dtype=np.int8)
    if out.from_lower is not None:
        out.from_lower[rows] = 0 if anew.from_lower is None else anew.from_lower
