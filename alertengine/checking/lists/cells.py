"""What the reader of a list found, as findings, and what a field may hold, in Chinese."""

from __future__ import annotations

from alertengine.checking.lists.findings import Collector, ListDefect, kind_of
from alertengine.files import BadCellError, expected_number, number_range, parse_number, tidy
from alertengine.vocabulary import FIELDS, FOUND_AGAIN, Field, Words


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
