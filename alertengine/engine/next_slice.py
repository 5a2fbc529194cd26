"""A slice of a response made from the one before it: only the lines of some enterprises are decided anew."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from alertengine.engine.decision import Binding, Decision, Slice
from alertengine.engine.facts import TextColumn
from alertengine.engine.filed_or_rule import Filed
from alertengine.files import Index

#: Columns of a decision that say of each line what no other line has a part in.
_COLUMNS = ("share", "warning_share", "other_share", "partial", "status", "undetermined", "ground")


def with_anew(previous: Decision, piece: Slice, anew: Decision | None, rows: Index) -> Decision:
    """The decision of a slice in which all lines but ``rows`` are ordered what they were in the one before.

    ``anew`` is how ``rows`` are decided now, None where there are none.
    """
    out = replace(
        previous,
        slice=piece,
        bindings=list(previous.bindings),
        filed=_copied(previous.filed),
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
    every = np.ones(len(rows), dtype=bool)
    numbers: dict[Binding, int] = {binding: number for number, binding in enumerate(out.bindings)}
    used = [numbers.setdefault(anew.bindings[one], len(numbers)) for one in np.unique(anew.binding).tolist()]
    out.bindings = list(numbers)
    out.binding[rows] = np.array(used)[np.unique(anew.binding, return_inverse=True)[1]]
    grades = out.effective.codes.copy()
    grades[rows] = anew.effective.codes
    out.effective = TextColumn(grades, out.effective.categories)
    for name in _COLUMNS:
        getattr(out, name)[rows] = getattr(anew, name)
    out.reduced.take(anew.reduced, rows, every)
    out.warning_reduced.take(anew.warning_reduced, rows, every)
    out.filed.take_lower(anew.filed, rows, every)
    out.allotted.take_lower(anew.allotted, rows, every, len(out.share))
    nothing = np.zeros(len(rows), dtype=bool)
    for name in out.lacking.keys() | anew.lacking.keys():
        column = out.lacking.setdefault(name, np.zeros(len(out.share), dtype=bool))
        column[rows] = anew.lacking.get(name, nothing)
    if out.from_lower is None and anew.from_lower is not None:
        out.from_lower = np.zeros(len(out.share), dtype=np.int8)
    if out.from_lower is not None:
        out.from_lower[rows] = 0 if anew.from_lower is None else anew.from_lower


def _copied(filed: Filed) -> Filed:
    names = ("present", "asks", "share", "use", "finding", "adds")
    return replace(filed, **{name: getattr(filed, name).copy() for name in names})
