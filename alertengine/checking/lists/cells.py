"""What the reader of a list found, as findings, and what a field may hold, in Chinese."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from alertengine.checking.lists.findings import Collector, Finding
from alertengine.files.cells import BadCellError, number_range, parse_number, tidy
from alertengine.files.readings import Defect
from alertengine.vocabulary.fields import FIELDS, Field
from alertengine.vocabulary.messages.lists import FOUND_AGAIN, KINDS
from alertengine.vocabulary.problems import Problem


def add_reader_findings(collector: Collector) -> None:
    """Every defect the reader met; those of single cells that ``check`` finds itself are left to it."""
    content = collector.content
    rows = list(zip(content.sheets or [""] * len(content.rows), content.rows.tolist(), strict=True))
    line_of = {place: line for line, place in enumerate(rows)}
    fields = {header: name for name, header in content.layout.headers.items()}
    for problem in _defects([*content.problems, *content.warnings]):
        if problem.kind in FOUND_AGAIN:
            continue
        kind = problem.kind if problem.kind in KINDS else "bad_cell"
        name = fields.get(problem.column, "")
        if kind == "bad_cell" and is_negative(name, problem.value):
            kind = "negative"
        line = line_of.get((problem.sheet, problem.row or 0))
        if line is not None and name:
            collector.unread.add((line, name))
        facts = {"message": problem.message, "expected": problem.expected}
        if name:
            facts["wanted"] = expected_text(FIELDS[name])
        own = problem.file.startswith(content.file)
        levels = collector.levels_of([line]) if line is not None and own else ()
        collector.found.append(
            Finding(
                kind,
                problem.file,
                problem.row,
                problem.column,
                problem.value,
                problem.sheet,
                facts,
                levels,
                int(line is not None and own),
                line if own else None,
            )
        )


def _defects(problems: Iterable[Problem]) -> Iterable[Defect]:
    for problem in problems:
        if isinstance(problem, Defect):
            yield problem
        else:
            yield Defect(
                problem.file, problem.message, problem.row, problem.column, problem.value, problem.expected, "bad_cell"
            )


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


def expected_text(field: Field) -> str:
    """What a field may hold, as an officer reads it."""
    if field.type == "bool":
        return "是或否"
    if field.type in ("number", "integer"):
        low, high = number_range(field)
        kind = "整数" if field.type == "integer" else "数字"
        unit = f"，单位{field.unit}" if field.unit else ""
        bounds = f"，不小于{low:g}" if np.isfinite(low) else ""
        return kind + unit + bounds + (f"，不大于{high:g}" if np.isfinite(high) else "")
    if field.values:
        return " ".join(field.values)
    return field.text


def expected_words(field: Field) -> str:
    """What a field may hold, in English."""
    if field.type == "bool":
        return "是 or 否"
    if field.type in ("number", "integer"):
        return f"a number in {field.unit}" if field.unit else "a number"
    return " ".join(field.values) or "a text"
