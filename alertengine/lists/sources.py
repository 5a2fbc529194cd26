"""The files a list comes in: csv (UTF-8, BOM, GB18030), workbooks, parquet; as raw tables of cells."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time, timedelta
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from alertengine.errors import InputError, Problem
from alertengine.lists.columns import as_text
from alertengine.lists.grid import HEADER_DEPTH, Header, RawTable, find_header, join, to_table
from alertengine.lists.headers import LIST_NAMES, known, match
from alertengine.vocabulary import FIELDS

CSV_SUFFIXES: Final = (".csv", ".tsv", ".txt")
WORKBOOK_SUFFIXES: Final = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")

#: Bytes looked at together.
_LOOK: Final = 1 << 20

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
    if path.is_dir():
        raise refuse(path, "a folder", "csv, xlsx or parquet; a list that was partitioned is read with --cluster")
    raise refuse(path, f"unknown kind of file {suffix!r}", "csv, xlsx or parquet")


# -- csv


def _read_csv(path: Path, names: Names, least: int) -> RawTable:
    data = _utf8(path)
    head, delimiter = _head(data)
    header = find_header(head, known(names), least)
    if header is None:
        raise refuse(path, "no header row found", "a row with headers such as 企业名称, 城市, 行业")
    rows = head[: header.last + 1]
    if header.first == header.last and not any("\n" in cell for row in rows for cell in row) and all(rows):
        try:
            return _fast_csv(data, header, str(path), delimiter)
        except pa.ArrowInvalid:
            pass  # empty or ragged rows: read below, where each row is counted
    try:
        text = io.StringIO(data.to_pybytes().decode("utf-8"), newline="")
        grid = list(csv.reader(text, delimiter=delimiter))
    except csv.Error as error:
        raise refuse(path, f"not a csv file: {error}", "comma separated cells") from None
    return to_table(grid, header, str(path))


def _utf8(path: Path) -> pa.Buffer:
    """The text of a file as UTF-8 without BOM and without line ends at its end, whatever its encoding."""
    try:
        with pa.OSFile(str(path)) as file:
            data = file.read_buffer()
    except OSError as error:
        raise refuse(path, f"cannot be read: {error}", "a readable file") from None
    start = data.slice(0, min(3, data.size)).to_pybytes()
    try:
        if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
            data = pa.py_buffer(data.to_pybytes().decode("utf-16").encode())
        elif start == b"\xef\xbb\xbf":
            data = data.slice(3)
        if not _is_utf8(data):
            data = pa.py_buffer(data.to_pybytes().decode("gb18030").encode())
    except UnicodeDecodeError as error:
        raise refuse(path, f"cannot be decoded: {error.reason}", "a text file in UTF-8 or GB18030") from None
    tail = data.slice(max(0, data.size - 4096)).to_pybytes()
    return data.slice(0, data.size - len(tail) + len(tail.rstrip(b"\r\n")))


def _is_utf8(data: pa.Buffer) -> bool:
    """Whether the bytes are UTF-8, by Arrow, which does not copy them."""
    offsets = pa.py_buffer(np.array([0, data.size], dtype=np.int64))
    try:
        pa.Array.from_buffers(pa.large_string(), 1, [None, offsets, data]).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _head(data: pa.Buffer) -> tuple[list[list[str]], str]:
    text = data.slice(0, min(1 << 18, data.size)).to_pybytes().decode("utf-8", errors="ignore")
    first = text.split("\n", 1)[0]
    delimiter = max(",\t;", key=first.count) if first.count(",") == 0 else ","
    try:
        rows = list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), HEADER_DEPTH + 1))
    except csv.Error:
        rows = []
    return rows, delimiter


def _fast_csv(data: pa.Buffer, header: Header, file: str, delimiter: str) -> RawTable:
    """A csv with its header in one row and no ragged or empty rows, read by Arrow."""
    places = [f"c{place}" for place in range(len(header.names))]
    table = arrow_csv.read_csv(
        pa.BufferReader(data),
        read_options=arrow_csv.ReadOptions(column_names=places, skip_rows=header.last + 1, block_size=1 << 24),
        parse_options=arrow_csv.ParseOptions(
            delimiter=delimiter, newlines_in_values=_quotes(data), ignore_empty_lines=False
        ),
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(places, pa.string()),
            strings_can_be_null=True,
            null_values=[""],
            check_utf8=False,
        ),
    )
    count, chunked = len(table), table.columns
    del table
    with ThreadPoolExecutor() as pool:  # each column's pieces are let go once they are one
        columns = list(pool.map(_one, (chunked.pop(0) for _ in header.names)))
    kept = [place for place, name in enumerate(header.names) if name.strip() or columns[place].null_count < count]
    named = [(header.names[place].strip() or f"未命名列{place + 1}", columns[place]) for place in kept]
    rows = np.arange(count, dtype=np.int64) + header.last + 2
    at = {("", name): place for place, (name, _) in zip(kept, named, strict=True)}
    return RawTable(file, [n for n, _ in named], [c for _, c in named], rows, header.last + 1, places=at)


def _quotes(data: pa.Buffer) -> bool:
    """Whether any cell is quoted, and so may hold line breaks."""
    view = memoryview(data)
    return any(b'"' in view[start : start + _LOOK].tobytes() for start in range(0, data.size, _LOOK))


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


def open_sheet(book: CalamineWorkbook, name: str, path: Path) -> CalamineSheet:
    """One sheet of a workbook.

    Raises:
        InputError: the sheet is broken.

    """
    try:
        return book.get_sheet_by_name(name)
    except (OSError, CalamineError, ValueError) as error:
        raise refuse(path, f"sheet {name} cannot be read: {error}", "an Excel workbook") from None


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
        raise refuse(
            path, f"no sheet with the table (sheets: {', '.join(shown)})", "a header row such as 企业名称, 城市, 行业"
        )
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


# -- parquet


def _read_parquet(path: Path) -> RawTable:
    try:
        table = pq.read_table(path)
        table.validate(full=True)
        names = list(table.column_names)
    except (OSError, ValueError, pa.ArrowException) as error:
        raise refuse(path, f"cannot be read: {error}", "a parquet file") from None
    nested = [name for name, kind in zip(names, table.schema.types, strict=True) if pa.types.is_nested(kind)]
    if nested:
        raise refuse(path, f"columns hold lists or structures: {', '.join(nested)}", "plain cells")
    columns = [_one(table.column(place)) for place in range(table.num_columns)]
    rows = np.arange(1, len(table) + 1, dtype=np.int64)
    return RawTable(str(path), names, columns, rows, places={("", name): at for at, name in enumerate(names)})


# -- the rows as they stand, for a copy


def raw_rows(path: Path) -> Iterator[tuple[str, int | None, Iterator[list[str]]]]:
    """The rows of each sheet of a file as texts, from its first row on: (sheet, header row from 0, rows).

    A csv or parquet is one sheet without a name; a parquet gets its headers as a first row.
    """
    suffix = path.suffix.lower()
    if suffix in CSV_SUFFIXES:
        data = _utf8(path)
        head, delimiter = _head(data)
        header = find_header(head, known(LIST_NAMES))
        text = io.StringIO(data.to_pybytes().decode("utf-8"), newline="")
        yield "", header.last if header else None, csv.reader(text, delimiter=delimiter)
    elif suffix in WORKBOOK_SUFFIXES:
        book = open_workbook(path)
        for name in book.sheet_names:
            grid = sheet_grid(open_sheet(book, name, path))
            header = find_header(grid, known(LIST_NAMES))
            yield name, header.last if header else None, iter(grid)
    else:
        raw = _read_parquet(path)
        columns = [as_text(column).to_pylist() for column in raw.columns]
        body = (["" if cell is None else cell for cell in row] for row in zip(*columns, strict=True))
        yield "", 0, chain([raw.headers], body)
