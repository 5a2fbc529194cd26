"""Cells that a spreadsheet would run.

A text that begins with ``= + - @`` is a formula to a spreadsheet that opens a csv.  In workbooks
such cells are written as texts and stay as they are.  In a csv that people open (problems, what
changed between two lists or rulebooks, coverage) they get an apostrophe in front; numbers are no formulas.  A list
written as csv is data that must read back as the same list, and is left alone.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import pandas as pd

_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
_NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?%?")


def safe_cell(value: object) -> str:
    """A cell of a csv for people: unknown is empty, what looks like a formula is quoted."""
    text = "" if value is None else str(value)
    if text.startswith(_STARTS) and not _NUMBER.fullmatch(text):
        return "'" + text
    return text


def safe_table(table: pd.DataFrame) -> pd.DataFrame:
    """A table for people: texts as :func:`safe_cell` gives them, all else as it is."""
    texts = [name for name in table.columns if table[name].dtype.kind == "O"]
    return table.assign(**{name: table[name].astype("object").map(_safe) for name in texts})


def _safe(value: object) -> object:
    return safe_cell(value) if isinstance(value, str) and value.startswith(_STARTS) else value


def write_safe(table: pd.DataFrame, path: Path, *, floats: str = "%r") -> None:
    """A table as a csv for people, its texts as :func:`safe_cell` gives them; ``floats`` is how numbers are written."""
    columns = [_cells(column, floats) for _, column in table.items()]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(table.columns)
        writer.writerows(zip(*columns, strict=True))


def _cells(column: pd.Series, floats: str) -> list[object]:
    """The cells of a column, blank where unknown."""
    if column.dtype == "float64":
        return ["" if value != value else floats % value for value in column.tolist()]  # noqa: PLR0124 -- NaN
    cells = column.astype("object").where(column.notna(), "").tolist()
    return [*map(_safe, cells)] if column.dtype.kind == "O" else cells


def write_rows(path: Path, columns: Iterable[str], rows: Iterable[Mapping[str, object]]) -> None:
    """Rows as a csv that a spreadsheet opens without running anything."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        names = list(columns)
        writer.writerow(names)
        writer.writerows([safe_cell(row[name]) for name in names] for row in rows)
