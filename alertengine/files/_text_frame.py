"""A table of cells as a frame of texts under the names of its fields, and its columns read text by distinct text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import pandas as pd

from alertengine.files.cells import EXPORTED_BLANKS, BadCellError, failed_formula, tidy
from alertengine.files.columns import as_text
from alertengine.files.header_finder import RawTable
from alertengine.files.headers import Column, match
from alertengine.files.readings import SHEET
from alertengine.vocabulary import InputError, Problem, Words

Names = Mapping[str, tuple[str, ...]]


def text_frame(table: RawTable, names: Names) -> tuple[pd.DataFrame, dict[str, Column], list[str]]:
    """The cells of each field as texts, blank ones ``""``; the column each came from; headers that are no field.

    The first of several columns of one field counts.  The index is that of ``table.rows``; empty rows are left out.

    Raises:
        InputError: a row has more cells than the header.

    """
    found: dict[str, pd.Series] = {}
    columns: dict[str, Column] = {}
    others: list[str] = []
    _refuse_long(table)
    for place, header in enumerate(table.headers):
        column = match(header, place, names)
        name = column.fields[0] if column.fields else ""
        if not name or name in columns:
            others.append(header)
            continue
        columns[name] = column
        texts = as_text(table.columns[place]).to_pylist()
        found[name] = pd.Series([(text or "").strip() for text in texts], index=table.rows, dtype=object)
    frame = pd.DataFrame(found, index=table.rows)
    return frame.loc[(frame != "").any(axis=1)], columns, others


def _refuse_long(table: RawTable) -> None:
    """Refuse a table with cells to the right of its last header."""
    if problems := long_rows(table):
        raise InputError(problems)


def long_rows(table: RawTable) -> list[Problem]:
    """A problem for each cell to the right of the last header."""
    last = max((place for (_, header), place in table.places.items() if not header.startswith("未命名列")), default=-1)
    beyond = [header for (_, header), place in table.places.items() if header.startswith("未命名列") and place > last]
    problems = []
    for header in beyond:
        cells = as_text(table.columns[table.headers.index(header)]).to_pylist()
        problems += [
            Problem("long_row", file=table.file, row=int(row) % SHEET, value=cell)
            for row, cell in zip(table.rows, cells, strict=True)
            if cell and cell.strip()
        ]
    return problems


def with_sheets(problems: list[Problem], labels: tuple[str, ...]) -> list[Problem]:
    """Problems of a table of several sheets, each with its sheet and the row on it."""
    return [
        one.at(row=one.row % SHEET, sheet=labels[one.row // SHEET]) if one.row is not None and len(labels) > 1 else one
        for one in problems
    ]


@lru_cache(maxsize=1 << 12)
def is_blank(text: str) -> bool:
    """Whether a cell of measured or forecast data says nothing."""
    return tidy(text) in EXPORTED_BLANKS


class TextColumn:
    """Reads columns of texts, each distinct text once; bad cells collected as problems."""

    def __init__(self, file: str, problems: list[Problem]) -> None:
        """Collect into ``problems`` under the name ``file``."""
        self._file = file
        self._problems = problems

    def read(
        self, texts: pd.Series, name: str, parse: Callable[[str], Any], expected: Words, missing: Any = None
    ) -> list[Any]:
        """Values of a column; a blank or bad cell gives ``missing``, a bad one also a problem."""
        values: dict[str, Any] = {}
        bad: dict[str, Words] = {}
        for text in pd.unique(texts):
            if is_blank(text):
                values[text] = missing
                continue
            try:
                if failed_formula(tidy(text)):
                    raise BadCellError(Words("a_result"))
                values[text] = parse(text)
            except (ValueError, KeyError) as error:
                values[text] = missing
                bad[text] = error.expected if isinstance(error, BadCellError) else expected
        if bad:
            for row, text in texts[texts.isin(list(bad))].items():
                place: dict[str, Any] = {"file": self._file, "row": int(row), "column": name, "value": text}  # type: ignore[call-overload]
                self._problems.append(Problem("cell_missing", **place, expected=bad[text]))
        return [values[text] for text in texts]
