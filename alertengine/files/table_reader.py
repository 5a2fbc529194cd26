"""The files a list comes in: csv (UTF-8, BOM, GB18030), workbooks, parquet; as raw tables of cells."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from alertengine.files.column_kinds import AS_TEXT, Kind
from alertengine.files.columns import as_text
from alertengine.files.csv_reader import head_of, read_csv
from alertengine.files.header_finder import Header, RawTable, find_header, join, to_table
from alertengine.files.headers import known, match
from alertengine.files.parquet_reader import read_parquet
from alertengine.files.text_pieces import whole_text
from alertengine.vocabulary.fields import FIELDS
from alertengine.vocabulary.problems import Words, refuse

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

CSV_SUFFIXES: Final = (".csv", ".tsv", ".txt")
WORKBOOK_SUFFIXES: Final = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")

__all__ = ["CSV_SUFFIXES", "WORKBOOK_SUFFIXES", "cell_text", "open_workbook", "raw_rows", "read_raw"]

Names = Mapping[str, tuple[str, ...]]


def read_raw(
    path: Path,
    names: Names,
    sheets: Callable[[list[str]], list[str]],
    least: int = 3,
    kind_of: Callable[[str], Kind] = lambda _: AS_TEXT,
) -> RawTable:
    """The table of a file whose headers are among ``names``.

    ``sheets`` chooses the sheets of a workbook to look at, from all their names; those with the
    header on them are read together.  ``kind_of`` says by its header how a column is held; a csv in
    which a column of numbers has a cell that is none has it as text.

    Raises:
        InputError: the file cannot be read or holds no such table.

    """
    suffix = path.suffix.lower()
    if suffix in CSV_SUFFIXES:
        return read_csv(path, known(names), least, kind_of)
    if suffix in WORKBOOK_SUFFIXES:
        return _read_workbook(path, names, sheets, least)
    if suffix in (".parquet", ".pq"):
        return read_parquet(path, kind_of)
    if path.is_dir():
        raise refuse(path, "is_folder")
    raise refuse(path, "suffix_not_read", suffix=suffix)


# -- workbooks


def open_workbook(path: Path) -> CalamineWorkbook:
    """A workbook opened for reading.

    Raises:
        InputError: it cannot be opened.

    """
    from python_calamine import CalamineError, CalamineWorkbook  # only workbooks need it

    try:
        return CalamineWorkbook.from_path(path)
    except (OSError, CalamineError, ValueError) as error:
        raise refuse(path, "unopened_file", error=error, kind=Words("a_workbook")) from None


def open_sheet(book: CalamineWorkbook, name: str, path: Path) -> CalamineSheet:
    """One sheet of a workbook.

    Raises:
        InputError: the sheet is broken.

    """
    from python_calamine import CalamineError

    try:
        return book.get_sheet_by_name(name)
    except (OSError, CalamineError, ValueError) as error:
        raise refuse(path, "sheet_unreadable", name=name, error=error) from None


def sheet_grid(sheet: CalamineSheet) -> list[list[str]]:
    """A sheet as texts from its first cell on, so that row numbers are those a person sees."""
    return [[cell_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]


def cell_text(cell: Any) -> str:
    """One cell of a workbook as the text that reads back as the same value."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    if isinstance(cell, (date, time, timedelta)):
        return str(cell)
    return "" if cell is None else str(cell)


def _read_workbook(path: Path, names: Names, sheets: Callable[[list[str]], list[str]], least: int) -> RawTable:
    from python_calamine import SheetVisibleEnum

    book = open_workbook(path)
    shown = [meta.name for meta in book.sheets_metadata if meta.visible == SheetVisibleEnum.Visible]
    tables: list[RawTable] = []
    said: dict[tuple[tuple[str, ...], str], str] = {}
    for name in sheets(shown):
        sheet = open_sheet(book, name, path)
        grid = sheet_grid(sheet)
        header = find_header(grid, known(names), least)
        if header is not None:
            _fill_merged(grid, sheet, header, names)
            table = to_table(grid, header, str(path)).on_sheet(name)
            tables.append(table.renamed(_as_before(table, names, said)))
    if not tables:
        raise refuse(path, "no_table_sheet", names=shown)
    return tables[0] if len(tables) == 1 else join(tables, str(path))


def _as_before(table: RawTable, names: Names, said: dict[tuple[tuple[str, ...], str], str]) -> dict[str, str]:
    """The headers of a sheet that mean what one of a sheet before meant, in the same unit."""
    changed = {}
    for header in table.headers:
        column = match(header, 0, names)
        if column.fields:
            first = said.setdefault((column.fields, column.unit), header)
            if first != header and first not in table.headers:
                changed[header] = first
    return changed


def _fill_merged(grid: list[list[str]], sheet: CalamineSheet, header: Header, names: Names) -> None:
    """Repeat cells merged down several lines where they describe the enterprise; amounts are never repeated."""
    first_of_line = list(FIELDS).index("line_id")
    amounts = {
        name
        for place, (name, field) in enumerate(FIELDS.items())
        if place >= first_of_line and field.type not in ("open", "code")
    }
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or []:
        if top <= header.last or left != right or left >= len(header.names):
            continue
        fields = match(header.names[left], left, names).fields
        if not fields or fields[0] in amounts:
            continue
        for row in range(top + 1, bottom + 1):
            grid[row][left] = grid[top][left]


# -- the rows as they stand, for a copy


def raw_rows(path: Path, names: Names) -> Iterator[tuple[str, int | None, Iterator[list[str]]]]:
    """The rows of each sheet of a file as texts, from its first row on: (sheet, header row from 0, rows).

    ``names`` are the headers by which the header row is found.  A csv or parquet is one sheet without a name; a
    parquet gets its headers as a first row.
    """
    suffix = path.suffix.lower()
    if suffix in CSV_SUFFIXES:
        data = whole_text(path)
        head, delimiter = head_of(data)
        header = find_header(head, known(names))
        text = io.StringIO(data.decode("utf-8"), newline="")
        yield "", header.last if header else None, csv.reader(text, delimiter=delimiter)
    elif suffix in WORKBOOK_SUFFIXES:
        book = open_workbook(path)
        for name in book.sheet_names:
            grid = sheet_grid(open_sheet(book, name, path))
            header = find_header(grid, known(names))
            yield name, header.last if header else None, iter(grid)
    else:
        raw = read_parquet(path)
        columns = [as_text(column).to_pylist() for column in raw.columns]
        body = (["" if cell is None else cell for cell in row] for row in zip(*columns, strict=True))
        yield "", 0, chain([raw.headers], body)
