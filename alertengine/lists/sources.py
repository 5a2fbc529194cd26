"""The files a list comes in: csv (UTF-8, BOM, GB18030), workbooks, parquet; as raw tables of cells."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from alertengine.errors import InputError, Problem
from alertengine.lists.grid import HEADER_DEPTH, Header, RawTable, find_header, join, to_table
from alertengine.lists.headers import known, match
from alertengine.vocabulary import FIELDS

CSV_SUFFIXES: Final = (".csv", ".tsv", ".txt")
WORKBOOK_SUFFIXES: Final = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")

Names = Mapping[str, tuple[str, ...]]


def refuse(path: Path | str, message: str, expected: str = "", row: int | None = None) -> InputError:
    """The error for a file that cannot be used."""
    return InputError([Problem(str(path), message, row=row, expected=expected)])


def read_raw(path: Path, names: Names, sheets: Callable[[list[str]], list[str]], least: int = 3) -> RawTable:
    """The table of a file whose headers are among ``names``.

    ``sheets`` chooses the sheets of a workbook to look at, from all their names; those with the
    header on them are read together.

    Raises:
        InputError: the file cannot be read or holds no such table.

    """
    suffix = path.suffix.lower()
    if suffix in CSV_SUFFIXES:
        return _read_csv(path, names, least)
    if suffix in WORKBOOK_SUFFIXES:
        return _read_workbook(path, names, sheets, least)
    if suffix in (".parquet", ".pq"):
        return _read_parquet(path)
    raise refuse(path, f"unknown kind of file {suffix!r}", "csv, xlsx or parquet")


# -- csv


def _read_csv(path: Path, names: Names, least: int) -> RawTable:
    data = _utf8(path)
    head, delimiter = _head(data)
    header = find_header(head, known(names), least)
    if header is None:
        raise refuse(path, "no header row found", "a row with headers such as 企业名称, 城市, 行业")
    plain = header.first == header.last and not any("\n" in cell for row in head[: header.last + 1] for cell in row)
    if plain and b"\n\n" not in data and b"\n\r\n" not in data and b"\r\r" not in data:
        try:
            return _fast_csv(data, header, str(path), delimiter)
        except pa.ArrowInvalid:
            pass  # ragged rows: read below, where each row is counted
    try:
        grid = list(csv.reader(io.StringIO(data.decode("utf-8"), newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise refuse(path, f"not a csv file: {error}", "comma separated cells") from None
    return to_table(grid, header, str(path))


def _utf8(path: Path) -> bytes:
    """The bytes of a text file as UTF-8 without BOM, whatever its encoding."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise refuse(path, f"cannot be read: {error.strerror}", "a readable file") from None
    try:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return data.decode("utf-16").encode().rstrip()
        if data.startswith(b"\xef\xbb\xbf"):
            data = data[3:]
        return data.rstrip(b"\r\n") if _is_utf8(data) else data.decode("gb18030").encode().rstrip(b"\r\n")
    except UnicodeDecodeError as error:
        raise refuse(path, f"cannot be decoded: {error.reason}", "a text file in UTF-8 or GB18030") from None


def _is_utf8(data: bytes) -> bool:
    """Validated by Arrow, which does not copy the text."""
    offsets = pa.py_buffer(np.array([0, len(data)], dtype=np.int64))
    try:
        pa.Array.from_buffers(pa.large_string(), 1, [None, offsets, pa.py_buffer(data)]).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _head(data: bytes) -> tuple[list[list[str]], str]:
    text = data[: 1 << 18].decode("utf-8", errors="ignore")
    first = text.split("\n", 1)[0]
    delimiter = max(",\t;", key=first.count) if first.count(",") == 0 else ","
    try:
        rows = list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), HEADER_DEPTH + 1))
    except csv.Error:
        rows = []
    return rows, delimiter


def _fast_csv(data: bytes, header: Header, file: str, delimiter: str) -> RawTable:
    """A csv with its header in one row and no ragged or empty rows, read by Arrow."""
    places = [f"c{place}" for place in range(len(header.names))]
    table = arrow_csv.read_csv(
        pa.BufferReader(data),
        read_options=arrow_csv.ReadOptions(column_names=places, skip_rows=header.last + 1, block_size=1 << 24),
        parse_options=arrow_csv.ParseOptions(
            delimiter=delimiter, newlines_in_values=b'"' in data, ignore_empty_lines=False
        ),
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(places, pa.string()),
            strings_can_be_null=True,
            null_values=[""],
            check_utf8=False,
        ),
    )
    columns = [_one(table.column(place)) for place in places]
    named = [
        (name.strip() or f"未命名列{place + 1}", column)
        for place, (name, column) in enumerate(zip(header.names, columns, strict=True))
        if name.strip() or column.null_count < len(column)
    ]
    rows = np.arange(len(table), dtype=np.int64) + header.last + 2
    return RawTable(file, [name for name, _ in named], [column for _, column in named], rows, header.last + 1)


def _one(column: pa.ChunkedArray) -> pa.Array:
    if column.num_chunks == 1:
        return column.chunk(0)
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)


# -- workbooks


def open_workbook(path: Path) -> CalamineWorkbook:
    """A workbook opened for reading.

    Raises:
        InputError: it cannot be opened.

    """
    try:
        return CalamineWorkbook.from_path(path)
    except (OSError, CalamineError, ValueError) as error:
        raise refuse(path, f"cannot be opened: {error}", "an Excel workbook") from None


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
    book = open_workbook(path)
    shown = [meta.name for meta in book.sheets_metadata if meta.visible == SheetVisibleEnum.Visible]
    tables, labels = [], []
    for name in sheets(shown):
        sheet = book.get_sheet_by_name(name)
        grid = sheet_grid(sheet)
        header = find_header(grid, known(names), least)
        if header is not None:
            _fill_merged(grid, sheet, header, names)
            tables.append(to_table(grid, header, str(path)))
            labels.append(name)
    if not tables:
        raise refuse(
            path, f"no sheet with the table (sheets: {', '.join(shown)})", "a header row such as 企业名称, 城市, 行业"
        )
    return tables[0] if len(tables) == 1 else join(tables, str(path), labels)


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


# -- parquet


def _read_parquet(path: Path) -> RawTable:
    try:
        table = pq.read_table(path)
    except (OSError, pa.ArrowException) as error:
        raise refuse(path, f"cannot be read: {error}", "a parquet file") from None
    columns = [_one(table.column(place)) for place in range(table.num_columns)]
    rows = np.arange(1, len(table) + 1, dtype=np.int64)
    return RawTable(str(path), list(table.column_names), columns, rows)
