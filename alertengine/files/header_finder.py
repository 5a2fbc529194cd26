"""A table that stands somewhere in a sheet: finding its header, reading what is merged, leaving notes out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from alertengine.files._arrow import arrow, plain, text_array
from alertengine.files.readings import SHEET
from alertengine.files.units import unit_in_brackets

#: Rows at the top of a sheet among which the header is looked for.
HEADER_DEPTH = 30
#: A header row has at least so many known headers.
LEAST_KNOWN = 3
#: How a column without a header is called, with its number.
UNNAMED = "未命名列"
#: Rows that a header may stand in.
_ROWS = 3

Grid = Sequence[Sequence[str]]


@dataclass(frozen=True)
class RawTable:
    """Cells as a file holds them, one array a column, before anything is read.

    ``rows`` gives each line's row number in the file, the first row being 1, in a workbook plus
    ``SHEET`` times the place of its sheet in ``labels``; ``header_row`` that of the (last)
    header row; ``places`` the column (from 0) of each sheet and header; ``said`` gives by column the
    cells of some lines (from 0, ascending) as the file has them, where the columns hold numbers instead.
    """

    file: str
    headers: list[str]
    columns: list[pa.Array]
    rows: npt.NDArray[np.int64]
    header_row: int | None = None
    labels: tuple[str, ...] = ()
    places: Mapping[tuple[str, str], int] = field(default_factory=dict)
    said: Callable[[npt.NDArray[np.int64]], list[list[str | None]]] | None = None

    def __getstate__(self) -> dict[str, Any]:
        """What is sent to another process: the cells as they are held."""
        return {**self.__dict__, "said": None}

    def keep(self, mask: npt.NDArray[np.bool_]) -> RawTable:
        """The lines where ``mask`` (shape: lines) is true."""
        chosen = arrow(mask)
        columns = [without_unused(column.filter(chosen)) for column in self.columns]
        return replace(self, columns=columns, rows=self.rows[mask], said=None)

    def texts(self, lines: npt.NDArray[np.int64]) -> list[list[str | None]]:
        """By column the cells of some lines (from 0, ascending) as the file has them."""
        if self.said is not None:
            return self.said(lines)
        return [column.take(arrow(lines)).cast(pa.string()).to_pylist() for column in self.columns]

    def let_go(self, place: int) -> None:
        """Drop the cells of a column that has been read."""
        self.columns[place] = pa.nulls(len(self.rows))

    def renamed(self, names: Mapping[str, str]) -> RawTable:
        """The same table with some headers written otherwise."""
        headers = [names.get(header, header) for header in self.headers]
        places = {(sheet, names.get(header, header)): at for (sheet, header), at in self.places.items()}
        return replace(self, headers=headers, places=places)

    def on_sheet(self, name: str) -> RawTable:
        """The same table as that of a sheet."""
        return replace(self, labels=(name,), places={(name, header): at for (_, header), at in self.places.items()})


def one_array(column: pa.ChunkedArray) -> pa.Array:
    """A column in one piece."""
    if column.num_chunks == 1:
        return column.chunk(0)
    if pa.types.is_dictionary(column.type):
        column = column.unify_dictionaries()
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.nulls(0, column.type)


def without_unused(column: pa.Array) -> pa.Array:
    """A column whose dictionary holds only what occurs; any other as it is."""
    if not pa.types.is_dictionary(column.type):
        return column
    codes = plain(column.indices, len(column.dictionary))
    seen = np.bincount(codes, minlength=len(column.dictionary) + 1)[:-1]
    return column if seen.all() else column.cast(column.type.value_type).dictionary_encode()


@dataclass(frozen=True)
class Header:
    """Where a header stands (first and last row, from 0) and what it says per column."""

    first: int
    last: int
    names: list[str]
    known: int


#: What a group of headers may say beside its word: 主要污染物年排放量, 重污染天气应急减排措施.
_QUALIFIED = re.compile("重污染天气|主要|大气|污染物|应急|预警|响应|期间|不同|各|级别|企业")
#: A header and the unit in brackets at its end.
_APART = re.compile(r"(.*?)\s*([(（\[【].*)", re.DOTALL)


def find_header(grid: Grid, is_known: Callable[[str], bool], least: int = LEAST_KNOWN) -> Header | None:
    """The header of the table in a sheet: one row, or two or three where groups of headers stand above.

    Of those with the most known headers the one with the most units, then that of the fewest rows.  One that stands
    below rows of an earlier header is that of a further table, which may have a column more.
    """
    best: Header | None = None
    most = (0, 0, 0)
    first: Header | None = None
    for place, row in enumerate(grid[:HEADER_DEPTH]):
        for last in range(place, min(place + _ROWS, len(grid))):
            rows = grid[place : last + 1]
            names: Iterable[str] = row
            for below in rows[1:]:
                names = _two_rows(names, below, is_known)
            needed = max(least, most[0])
            taken, known = known_of(names, max(map(len, rows)), is_known, needed)
            if known < needed:
                continue
            rank = known, sum(bool(unit_in_brackets(name)) for name in taken), place - last
            if rank > most:
                best, most = Header(place, last, taken, known), rank
        if first is None or (best and best.first <= first.last + 1):
            first = best
    if first and best and any(map(any, grid[first.last + 1 : best.first])) and first.known * 2 > best.known:
        return first
    return best


def known_of(names: Iterable[str], width: int, is_known: Callable[[str], bool], needed: int) -> tuple[list[str], int]:
    """The ``width`` names and how many are known, both only as far as ``needed`` of them can still be."""
    taken: list[str] = []
    unknown = 0
    for name in names:
        taken.append(name)
        unknown += not is_known(name)
        if unknown > width - needed:
            break
    return taken, len(taken) - unknown


def _two_rows(above: Iterable[str], below: Sequence[str], is_known: Callable[[str], bool]) -> Iterator[str]:
    """Headers of two rows read together: 排放量(千克/日) over SO2 or over SO2排放量 is SO2排放量(千克/日).

    One that stands below several groups (AQI below 太原市 and 临汾市) is that of its group, where such is known.
    """
    group = ""
    again = Counter(cell.strip() for cell in below)
    for top, bottom in (map(str.strip, pair) for pair in zip_longest(above, below, fillvalue="")):
        group = top or group
        if not bottom:
            yield top
            continue
        apart = _APART.fullmatch(bottom)
        word, unit = (apart[1], apart[2]) if apart else (bottom, "")
        plain = _QUALIFIED.sub("", group)
        options = [bottom, bottom + group, group + bottom, bottom + plain, word + plain + unit]
        options.append(group.removesuffix("减排措施") + bottom)  # 红色预警减排措施 over 减排比例(%)
        if of_group := _APART.fullmatch(group):  # 二氧化硫(mg/m3) over 折算
            options.append(of_group[1] + word + of_group[2])
        options = [group + bottom, *options] if again[bottom] > 1 else options
        name = next((option for option in options if is_known(option)), bottom)
        unit = unit_in_brackets(group) if name == bottom else ""
        shared = re.split(r"[(（\[【]", group)[0].strip() if unit and not unit_in_brackets(name) else ""
        yield f"{name}({unit})" if shared and shared in name else name


def to_table(grid: Grid, header: Header, file: str, row_numbers: Sequence[int] | None = None) -> RawTable:
    """The rows under a header as columns of text; unnamed columns without any cell are left out."""
    body = grid[header.last + 1 :]
    numbers = np.asarray(row_numbers if row_numbers is not None else range(1, len(grid) + 1), dtype=np.int64)
    headers, columns, places = [], [], {}
    for place, (name, *cells) in enumerate(zip_longest(header.names, *body, fillvalue="")):
        if not name.strip() and not any(cells):
            continue
        headers.append(name.strip() or f"{UNNAMED}{place + 1}")
        places["", headers[-1]] = place
        columns.append(text_array([cell or None for cell in cells]))
    return RawTable(file, headers, columns, numbers[header.last + 1 :], int(numbers[header.last]), places=places)


def join(tables: Sequence[RawTable], file: str) -> RawTable:
    """Tables of several sheets as one; a column that a sheet does not have is blank there."""
    headers = list(dict.fromkeys(header for table in tables for header in table.headers))
    columns = []
    for header in headers:
        parts = [
            table.columns[table.headers.index(header)]
            if header in table.headers
            else pa.nulls(len(table.rows), pa.string())
            for table in tables
        ]
        columns.append(pa.concat_arrays(parts))
    rows = np.concatenate([table.rows + number * SHEET for number, table in enumerate(tables)])
    labels = tuple(label for table in tables for label in table.labels)
    places = {key: at for table in tables for key, at in table.places.items()}
    return RawTable(file, headers, columns, rows, tables[0].header_row, labels, places)
