"""What the marks of a sheet mean for its table: cells merged down rows, hidden rows and columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from alertengine.files.header_finder import Header, RawTable
from alertengine.files.headers import match
from alertengine.files.readings import SHEET
from alertengine.files.schema import Schema
from alertengine.files.workbooks import Sheet
from alertengine.vocabulary import Problem

_SET_ASIDE: Final = re.compile("作废|废止|停用|注销|删除|回收站|备份|旧版|副本|示例|样例|样表")
#: Hidden rows and columns that are named; the rest are counted.
_NAMED: Final = 10


def hidden_of(sheet: Sheet, table: RawTable) -> tuple[list[int], tuple[str, ...]]:
    """The hidden rows of a table (from 1), and the headers of its hidden columns."""
    shown = [header for (_, header), place in table.places.items() if place in sheet.marks.hidden_columns]
    return _among(table, sheet.marks.hidden_rows), tuple(shown)


def _among(table: RawTable, marked: set[int]) -> list[int]:
    """The rows of a table (from 1) that are among marked ones (from 0)."""
    numbers = table.rows % SHEET
    return numbers[np.isin(numbers - 1, list(marked))].tolist() if marked else []


def _named(rows: Sequence[int]) -> list[str]:
    return [str(row) for row in rows[:_NAMED]] + ["…"] * (len(rows) > _NAMED)


def say_hidden(file: str, sheet: Sheet, rows: Sequence[int], columns: Sequence[str]) -> list[Problem]:
    """What is said of the hidden rows and columns of a sheet that were read, and of a cell far outside it."""
    place: dict[str, Any] = {"file": file, "sheet": sheet.name}
    said = []
    if rows:
        said.append(Problem("hidden_rows", row=rows[0], count=len(rows), names=_named(rows), **place))
    if columns:
        said.append(Problem("hidden_columns", names=columns, **place))
    if sheet.far:
        said.append(Problem("far_cells", value=sheet.far, **place))
    return said


def struck_rows(file: str, sheet: Sheet, table: RawTable) -> list[Problem]:
    """A question about the rows of a table that are struck through: they were read as the others."""
    rows = _among(table, sheet.marks.struck_rows)
    said: dict[str, Any] = {"count": len(rows), "names": _named(rows)}
    return [Problem("struck_rows", file=file, sheet=sheet.name, row=rows[0], **said)] if rows else []


def set_aside_sheets(file: str, names: Sequence[str]) -> list[Problem]:
    """A question about sheets that were read among others and whose names say that their rows do not count."""
    named = [name for name in names if _SET_ASIDE.search(name)]
    return [Problem("sheet_set_aside", file=file, sheet=name) for name in named if len(named) < len(names)]


def fill_merged(sheet: Sheet, header: Header, schema: Schema) -> tuple[int, list[tuple[int, str, str, int]]]:
    """Repeat cells merged down several rows that have cells of their own.

    Returns:
        How many were filled, and the merged cells that are not repeated, as one amount is not that of each row: row
        (from 1), header, text, rows below the first.

    """
    filled, alone = 0, []
    for (top, left), (bottom, right) in sheet.marks.merged:
        if top <= header.last or top >= len(sheet.grid) or left != right or left >= len(header.names):
            continue
        fields = match(header.names[left], left, schema.names).fields
        text = sheet.grid[top][left] if left < len(sheet.grid[top]) else ""
        if not fields:
            continue
        if fields[0] in schema.not_filled:
            below = sum(map(any, sheet.grid[top + 1 : bottom + 1]))
            alone += [(sheet.numbers[top], header.names[left], text, below)] if text and below else []
            continue
        for row in sheet.grid[top + 1 : bottom + 1]:
            if text and left < len(row) and any(row):
                row[left] = text
                filled += 1
    return filled, alone
