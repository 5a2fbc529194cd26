"""What a lower level asks of a line where its own has no measure on file: a lower bound."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from alertengine.engine._resolve import with_lower
from alertengine.engine.decision import Binding, Decision
from alertengine.engine.filed_or_rule import GROUNDS, among, filed_plan
from alertengine.files import CodedTable, Index
from alertengine.vocabulary import PLAN_FIELDS, Ground, Level


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
    decision.filed.take_lower(lower.filed, rows, taken)
    decision.allotted.take_lower(lower.allotted, rows, taken, len(decision.share))
    if decision.from_lower is None:
        decision.from_lower = np.zeros(len(decision.share), dtype=np.int8)
    decision.from_lower[rows] = lower.slice.level.rank
    decision.share[rows], decision.warning_share[rows] = lower.share[taken], lower.warning_share[taken]
    decision.status[rows], decision.ground[rows] = lower.status[taken], lower.ground[taken]
    decision.partial[rows] = ~(lower.share[taken] >= 1)
    decision.undetermined[rows] = False
    decision.reduced.take(lower.reduced, rows, taken)
    decision.warning_reduced.take(lower.warning_reduced, rows, taken)
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
