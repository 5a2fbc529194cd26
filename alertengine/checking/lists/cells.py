"""Cells: what the reader of a list found in them, and what is unknown there and needed.

Needed is what decides an order by the rules, and what kilograms are counted from.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from alertengine.checking.lists.findings import CHECKED, Bools, Collector, ListDefect, kind_of, levels_of
from alertengine.engine import Decision
from alertengine.files import BadCellError, expected_number, number_range, parse_number, tidy
from alertengine.vocabulary import EMISSION_FIELDS, FIELDS, FOUND_AGAIN, Field, Level, Problem, Words


def add_reader_findings(collector: Collector) -> None:
    """Every defect the reader met; those of single cells that ``check`` finds itself are left to it."""
    content = collector.content
    rows = list(zip(content.sheets or [""] * len(content.rows), content.rows.tolist(), strict=True))
    line_of = {place: line for line, place in enumerate(rows)}
    fields = {header: name for name, header in content.layout.headers.items()}
    for problem in [*content.problems, *content.notes]:
        if kind_of(problem) in FOUND_AGAIN:
            continue
        name = fields.get(problem.column, "")
        line = line_of.get((problem.sheet, problem.row or 0))
        if line is not None and name:
            collector.unread.add((line, name))
        own = problem.file.startswith(content.file)
        levels = collector.levels_of([line]) if line is not None and own else ()
        negative = problem.code == "bad_cell" and is_negative(name, problem.value)
        said = problem.under("negative") if negative else problem
        collector.found.append(ListDefect(said, levels, int(line is not None and own), line if own else None))


def is_negative(name: str, value: str) -> bool:
    """Whether a cell of a number field holds a number below zero that may not be."""
    field = FIELDS.get(name)
    if field is None or field.type not in ("number", "integer") or number_range(field)[0] < 0:
        return False
    try:
        number = parse_number(tidy(value).replace("−", "-").lstrip("-"), field)
    except BadCellError:
        return False
    return tidy(value)[:1] in ("-", "−", "–") and number is not None and number > 0


def expected_of(field: Field) -> Words:
    """What a field may hold."""
    if field.type == "bool":
        return Words("yes_or_no")
    if field.type in ("number", "integer"):
        return expected_number(field)
    return Words("one_of", names=field.values) if field.values else Words("a_text")


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
        said = Problem("column_absent", file=collector.content.file, column=field.text, field=field.text, count=len(at))
        collector.found.append(ListDefect(said, levels_of(table), len(at)))
        return
    expected = expected_of(field)
    for line in at:
        collector.at(kind, line, name, levels=levels_of(table[:, [line]]), expected=expected)
