"""A document on its way from a workbook: its sheets, its content so far and what is wrong with its cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from alertengine.rulebook.excel.cell_scanner import TextError
from alertengine.rulebook.excel.rule_rows import CellError
from alertengine.vocabulary import Problem, Words

Rows = list[list[str]]


@dataclass(slots=True)
class DraftSheet:
    """A sheet to write: its rows, and which of them are headers."""

    name: str
    rows: Rows
    heads: set[int] = field(default_factory=set)


@dataclass(slots=True)
class Draft:
    """A document as read from sheets: its mapping, where its parts stand, and every defect."""

    file: str
    raw: dict[str, Any] = field(default_factory=dict)
    #: Rule id, ``table id row n`` or ``head`` to sheet and row.
    places: dict[str, tuple[str, int]] = field(default_factory=dict)
    #: Key of the document (``missing``, ``clauses``) to sheet and row of each of its items; no row: the form's own.
    listed: dict[str, list[tuple[str, int | None]]] = field(default_factory=dict)
    #: Counties that the form of a plan names, with their rows.
    counties: list[tuple[str, int]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    #: Blank level cells of decision tables, read as declared holes.
    blanks: int = 0

    def defect(self, sheet: str, row: int | None, column: str, code: str, value: str = "", **arguments: Any) -> None:
        """One more defect."""
        place: dict[str, Any] = {"file": f"{self.file} [{sheet}]", "row": row, "column": column, "value": value}
        self.problems.append(Problem(code, **place, **arguments))

    def header(self, sheet: str, row: int, columns: Sequence[str], known: Sequence[str]) -> None:
        """The columns of a header row that are not ``known``, or stand twice."""
        for place, column in enumerate(columns):
            if column and column not in known:
                self.defect(sheet, row, column, "no_such_sheet_column", names=known)
            elif column and column in columns[:place]:
                self.defect(sheet, row, column, "sheet_column_twice")

    def headless(self, sheet: str, row: int, header: Sequence[str], cells: Sequence[str]) -> None:
        """The cells of a row that say something under no header."""
        for place, text in enumerate(cells):
            if text and not (place < len(header) and header[place]):
                self.defect(sheet, row, xl_col_to_name(place), "text_without_header", text)

    def cell_defects(self, sheet: str, row: int, errors: Sequence[CellError]) -> None:
        """The cells of a row that cannot be read."""
        for one in errors:
            self.unread(sheet, row, one.header, one.value, one.error, one.error.expected)

    def unread(self, sheet: str, row: int, column: str, text: str, error: TextError, expected: str | Words) -> None:
        """A cell that cannot be read, and what could stand there."""
        self.defect(sheet, row, column, "cell_text", error.found or text, error=error, expected=expected)
