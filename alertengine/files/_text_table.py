"""A table of cells as texts under the names of its fields, and its columns read text by distinct text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from alertengine.files._arrow import as_text
from alertengine.files.cells import EXPORTED_BLANKS, BadCellError, failed_formula, tidy, unmarked
from alertengine.files.header_finder import UNNAMED, RawTable
from alertengine.files.headers import Column, match
from alertengine.files.readings import SHEET
from alertengine.vocabulary import InputError, Problem, Words

Names = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class TextTable:
    """The cells of each field as texts, blank ones ``""``; rows without any are left out.

    ``rows`` are their rows in the file (shape: rows), ``columns`` the column each field came from, ``others`` headers
    that are no field.
    """

    cells: dict[str, list[str]]
    rows: npt.NDArray[np.int64]
    columns: dict[str, Column]
    others: list[str]

    def texts(self, name: str) -> list[str]:
        """The texts of a field; of one that is not there blank ones."""
        return self.cells.get(name) or [""] * len(self.rows)


def text_table(table: RawTable, names: Names) -> TextTable:
    """The cells of a table under the names of its fields; the first of several columns of one field counts.

    Raises:
        InputError: a row has more cells than the header.

    """
    cells: dict[str, list[str]] = {}
    columns: dict[str, Column] = {}
    others: list[str] = []
    if problems := long_rows(table):
        raise InputError(problems)
    for place, header in enumerate(table.headers):
        column = match(header, place, names)
        name = column.fields[0] if column.fields else ""
        if not name or name in columns:
            others.append(header)
            continue
        columns[name] = column
        cells[name] = [unmarked(text or "").strip() for text in as_text(table.columns[place]).to_pylist()]
    kept = [any(said) for said in zip(*cells.values(), strict=True)]
    if not all(kept):
        cells = {name: [text for text, keep in zip(texts, kept, strict=True) if keep] for name, texts in cells.items()}
    return TextTable(cells, table.rows[np.array(kept, dtype=bool)] if cells else table.rows[:0], columns, others)


def long_rows(table: RawTable) -> list[Problem]:
    """A problem for each cell to the right of the last header."""
    last = max((place for (_, header), place in table.places.items() if not header.startswith(UNNAMED)), default=-1)
    beyond = [header for (_, header), place in table.places.items() if header.startswith(UNNAMED) and place > last]
    problems = []
    for header in beyond:
        cells = as_text(table.columns[table.headers.index(header)]).to_pylist()
        problems += [
            Problem("long_row", file=table.file, row=int(row) % SHEET, value=cell)
            for row, cell in zip(table.rows, cells, strict=True)
            if cell and cell.strip()
        ]
    return problems


def row_of_sheet(row: int, labels: tuple[str, ...]) -> str:
    """A row as people find it: ``3``; of several sheets, which ``row`` numbers in steps of ``SHEET``, ``3[1月]``."""
    return f"{row % SHEET}[{labels[row // SHEET]}]" if len(labels) > 1 else str(row)


def with_sheets(problems: list[Problem], labels: tuple[str, ...]) -> list[Problem]:
    """Problems of a table of several sheets, each with its sheet and the row on it."""
    return [_with_sheet(one, labels) for one in problems] if len(labels) > 1 else problems


def _with_sheet(one: Problem, labels: tuple[str, ...]) -> Problem:
    said = dict(one.arguments)
    rows = {"rows": tuple(row_of_sheet(row, labels) for row in said["rows"])} if "rows" in said else {}
    inner = {name: _with_sheet(value, labels) for name, value in said.items() if isinstance(value, Problem)}
    if rows or inner:
        place: dict[str, Any] = {"file": one.file, "row": one.row, "column": one.column, "value": one.value}
        one = Problem(one.code, **place, **said | rows | inner)
    return one if one.row is None else one.at(row=one.row % SHEET, sheet=labels[one.row // SHEET])


@lru_cache(maxsize=1 << 12)
def is_blank(text: str) -> bool:
    """Whether a cell of measured or forecast data says nothing."""
    return tidy(text) in EXPORTED_BLANKS


class TextCells:
    """Reads columns of texts, each distinct text once; bad cells collected as problems."""

    def __init__(self, file: str, problems: list[Problem], rows: Sequence[int] | npt.NDArray[np.int64]) -> None:
        """Collect into ``problems`` under the name ``file``; ``rows`` are the rows of the columns in it."""
        self._file, self._problems, self._rows = file, problems, rows

    def read(
        self, texts: Sequence[str], name: str, parse: Callable[[str], Any], expected: Words, missing: Any = None
    ) -> list[Any]:
        """Values of a column; a blank or bad cell gives ``missing``, a bad one also a problem."""
        values: dict[str, Any] = {}
        bad: dict[str, Words] = {}
        for text in dict.fromkeys(texts):
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
        for row, text in zip(self._rows, texts, strict=True) if bad else ():
            if text in bad:
                place: dict[str, Any] = {"file": self._file, "row": int(row), "column": name, "value": text}
                self._problems.append(Problem("cell_missing", **place, expected=bad[text]))
        return [values[text] for text in texts]
