"""What the marks of a sheet mean for its table: cells merged down rows, hidden rows and columns."""

from __future__ import annotations

import numpy as np

from alertengine.files.header_finder import Header, RawTable
from alertengine.files.headers import match
from alertengine.files.readings import SHEET
from alertengine.files.schema import Schema
from alertengine.files.workbooks import Sheet


def hidden_of(sheet: Sheet, table: RawTable) -> tuple[int, tuple[str, ...]]:
    """How many rows of a table are hidden, and the headers of its hidden columns."""
    marks = sheet.marks
    rows = int(np.isin(table.rows % SHEET - 1, list(marks.hidden_rows)).sum()) if marks.hidden_rows else 0
    shown = [header for (_, header), place in table.places.items() if place in marks.hidden_columns]
    return rows, tuple(shown)


def fill_merged(sheet: Sheet, header: Header, schema: Schema) -> int:
    """Repeat cells merged down several rows that have cells of their own; how many were filled."""
    filled = 0
    for (top, left), (bottom, right) in sheet.marks.merged:
        if top <= header.last or top >= len(sheet.grid) or left != right or left >= len(header.names):
            continue
        fields = match(header.names[left], left, schema.names).fields
        if not fields or fields[0] in schema.not_filled:
            continue
        text = sheet.grid[top][left] if left < len(sheet.grid[top]) else ""
        for row in sheet.grid[top + 1 : bottom + 1]:
            if text and left < len(row) and any(row):
                row[left] = text
                filled += 1
    return filled
