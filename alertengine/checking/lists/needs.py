"""What is unknown and needed: by the rules that decide an order, and by the kilograms counted from it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from alertengine.checking.lists.cells import expected_of
from alertengine.checking.lists.findings import CHECKED, Collector, ListDefect
from alertengine.engine import Decision
from alertengine.vocabulary import EMISSION_FIELDS, FIELDS, Level, Problem

Bools = npt.NDArray[np.bool_]


def add_needs(collector: Collector, decisions: Mapping[Level, Decision]) -> dict[str, int]:
    """Unknown values that orders or kilograms hang on; the number of lines by field."""
    hanging = _hanging(decisions)
    counts = {}
    for name, table in hanging.items():
        unknown = table & collector.content.lines[name].isna().to_numpy()
        counts[name] = int(unknown.any(axis=0).sum())
        _report(collector, "missing", name, unknown)
    for name, table in _lacking(collector, decisions).items():
        if name in FIELDS and not FIELDS[name].derived and name in collector.content.lines:
            _report(collector, "missing_figure", name, table & collector.content.lines[name].isna().to_numpy())
    return {name: count for name, count in sorted(counts.items(), key=lambda item: -item[1]) if count}


def _hanging(decisions: Mapping[Level, Decision]) -> dict[str, Bools]:
    """By field, where the order of a level hangs on it (shape: levels by lines)."""
    out: dict[str, Bools] = {}
    for place, level in enumerate(CHECKED):
        decision = decisions[level]
        for name in dict.fromkeys(field for one in decision.bindings for field in one.hangs_on):
            table = out.setdefault(name, np.zeros((len(CHECKED), len(decision.binding)), dtype=bool))
            table[place] = np.array([name in one.hangs_on for one in decision.bindings])[decision.binding]
    return out


def _lacking(collector: Collector, decisions: Mapping[Level, Decision]) -> dict[str, Bools]:
    """By field, where a kilogram cannot be counted without it."""
    out: dict[str, Bools] = {}
    for place, level in enumerate(CHECKED):
        for name, lines in decisions[level].lacking.items():
            out.setdefault(name, np.zeros((len(CHECKED), len(lines)), dtype=bool))[place] |= lines
    for name in EMISSION_FIELDS.values():
        out[name] = collector.bound.copy()
    return out


def _report(collector: Collector, kind: str, name: str, table: Bools) -> None:
    """One finding a line; where the file has no such column, one for all."""
    at = [line for line in np.flatnonzero(table.any(axis=0)).tolist() if (line, name) not in collector.unread]
    if not at:
        return
    field = FIELDS[name]
    if name not in collector.content.layout.headers:
        levels = [level.value for level, row in zip(CHECKED, table, strict=True) if row.any()]
        said = Problem("column_absent", file=collector.content.file, column=field.text, field=field.text, count=len(at))
        collector.found.append(ListDefect(said, tuple(levels), len(at)))
        return
    expected = expected_of(field)
    for line in at:
        levels = [level.value for level, here in zip(CHECKED, table[:, line], strict=True) if here]
        collector.at(kind, line, name, levels=levels, expected=expected)
