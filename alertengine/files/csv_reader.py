"""Reading csv by pieces: each made into columns by Arrow's threads, texts of few kinds held once."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from alertengine.files._arrow import arrow
from alertengine.files.columns import AS_TEXT, ColumnKind
from alertengine.files.header_finder import (
    HEADER_DEPTH,
    UNNAMED,
    Grid,
    Header,
    RawTable,
    find_header,
    known_of,
    one_array,
    to_table,
)
from alertengine.files.read_ahead import ahead, made_ahead
from alertengine.files.text_pieces import (
    BIG5,
    HEAD,
    WIDE,
    NotUtf8Error,
    TextFile,
    TextPiece,
    encoding_of,
    file_head,
    whole_text,
)
from alertengine.vocabulary import Words, refuse

#: Bytes that a thread of Arrow takes at a time: they stay near the processor.
_BLOCK: Final = 1 << 20

#: What may stand between the cells of a csv.
DELIMITERS: Final = (",", ";", "\t", "|")
#: Tables of fewer columns may have a cell with as many commas a line as the table has.
_NARROW: Final = 4
KindOf = Callable[[str], ColumnKind]

#: A quote with something on either side that neither ends a cell nor is a quote, by what stands between cells.
_STRAY: Final = {sign: re.compile(rf'[^{sign}\r\n"]"[^{sign}\r\n"]'.encode()) for sign in DELIMITERS}


@dataclass(frozen=True, slots=True)
class CsvRead:
    """The table of a csv, its encoding, what stands between its cells, and its first and last header row (from 0).

    ``above`` are the rows above its last, ``short`` the rows below (from 1) that end before the last header, ``cut``
    the last of all where it is short and no line end follows: the file may have been cut there.
    """

    table: RawTable
    encoding: str
    delimiter: str
    header: Header
    above: Grid
    short: frozenset[int] = frozenset()
    cut: int | None = None


def read_csv(
    path: Path,
    is_known: Callable[[str], bool],
    least: int,
    kind_of: KindOf,
    data: bytes | None = None,
    such_as: Sequence[str] = (),
) -> CsvRead:
    """The table of a csv (or of its bytes ``data``) whose header has ``least`` known names.

    ``kind_of`` says how a column is held, ``such_as`` are headers to name where none is found.

    Raises:
        InputError: the file cannot be read, decoded, or holds no such table.

    """
    encoding = encoding_of(file_head(path) if data is None else data[:HEAD])
    if encoding == BIG5:
        raise refuse(path, "big5_file")
    tried = () if encoding.startswith(WIDE) else dict.fromkeys((encoding, "gb18030"))
    for coded in tried:
        try:
            found = _by_pieces(TextFile(path, coded, data), str(path), is_known, least, kind_of)
        except OSError as error:
            raise refuse(path, "unreadable_file", error=error, kind=Words("a_readable_file")) from None
        except NotUtf8Error:
            continue
        except (UnicodeDecodeError, pa.ArrowInvalid):  # the last: empty or ragged rows
            break
        if found is None:
            break
        return found
    return _unswallowed(path, _by_rows(path, is_known, least, whole_text(path, data), encoding, such_as))


def _unswallowed(path: Path, read: CsvRead) -> CsvRead:
    """A table none of whose cells holds further rows of it, as it does between two quotes left open.

    Raises:
        InputError: one does.

    """
    width = len(read.header.names)
    if width < _NARROW:
        return read
    for column in read.table.columns:
        texts = column.dictionary if pa.types.is_dictionary(column.type) else column
        if not pa.types.is_string(texts.type) or not pc.any(pc.match_substring(texts, "\n")).as_py():
            continue
        for line, text in enumerate(column.cast(pa.string()).to_pylist()):
            ends = text.count("\n") if text else 0
            if ends and text.count(read.delimiter) >= ends * (width - 1):
                raise refuse(path, "quote_open", row=int(read.table.rows[line]))
    return read


def _by_rows(
    path: Path, is_known: Callable[[str], bool], least: int, data: bytes, encoding: str, such_as: Sequence[str]
) -> CsvRead:
    """A csv with empty or ragged rows, or a header of two: taken as a whole, where each row is counted."""
    if not data.strip():
        raise refuse(path, "empty_table")
    head, delimiter = head_of(data, is_known)
    header = find_header(head, is_known, least)
    if header is None:
        raise refuse(path, "no_header", names=such_as)
    grid = _grid(path, data, delimiter)
    table = to_table(grid, header, str(path))
    width = max((place for place, name in enumerate(header.names, 1) if name.strip()), default=0)
    below = enumerate(grid[header.last + 1 :], header.last + 2)
    short = frozenset(number for number, row in below if row and len(row) < width)
    cut = len(grid) if len(grid) in short and not _ends_a_line(path) else None
    return CsvRead(table, encoding, delimiter, header, head[: header.last], short, cut)


def _ends_a_line(path: Path) -> bool:
    """Whether a file ends with a line end, in UTF-16 and UTF-32 too; what is packed does not say."""
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, io.SEEK_END) - 4))
        return path.suffix.lower() == ".gz" or not {*b"\r\n"}.isdisjoint(file.read())


def _grid(path: Path, data: bytes, delimiter: str) -> list[list[str]]:
    """Every row of a csv.

    Raises:
        InputError: a quote is left open, or stands where none can.

    """
    text = io.StringIO(data.decode("utf-8"), newline="")
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    grid: list[list[str]] = []
    try:
        grid.extend(reader)
    except csv.Error as error:
        row = len(grid) + 1
        if _reads_lenient(data, delimiter, row):
            raise refuse(path, "quote_open", row=row) from None
        raise refuse(path, "not_csv", row=row, error=error) from None
    return grid


def _reads_lenient(data: bytes, delimiter: str, row: int) -> bool:
    """Whether a row (from 1) reads where quotes may stand anywhere: then they are all that is wrong with it."""
    reader = csv.reader(io.StringIO(data.decode("utf-8"), newline=""), delimiter=delimiter)
    try:
        return next(islice(reader, row - 1, None), None) is not None
    except csv.Error:
        return False


def head_of(data: bytes, is_known: Callable[[str], bool]) -> tuple[list[list[str]], str]:
    """The first rows of a text, and what stands between its cells: that under which most headers are known."""
    text = data[:HEAD].decode("utf-8", errors="ignore")
    best: tuple[int, int, list[list[str]], str] | None = None
    for delimiter in DELIMITERS:
        try:
            rows = list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), HEADER_DEPTH + 1))
        except csv.Error:
            continue
        known = 0
        for row in rows:
            known = max(known, known_of(row, len(row), is_known, known)[1])
        widest = max(map(len, rows[:HEADER_DEPTH]), default=0)
        if best is None or (known, widest) > best[:2]:
            best = known, widest, rows, delimiter
    return best[2:] if best else ([], ",")


def _by_pieces(
    file: TextFile, name: str, is_known: Callable[[str], bool], least: int, kind_of: KindOf
) -> CsvRead | None:
    """A csv with its header in one row and no ragged or empty rows; None where it must be taken as a whole.

    So it must where a quote is left open or stands inside a cell, of which Arrow says nothing.

    Raises:
        NotUtf8Error, UnicodeDecodeError: see :meth:`TextFile.pieces`.
        ArrowInvalid: it has ragged or empty rows.
        InputError: a cell holds further rows of it.

    """
    first = next(file.pieces(), None)
    if first is None:
        return None
    rows, delimiter = head_of(first.text, is_known)
    header = find_header(rows, is_known, least)
    if header is None or header.first != header.last:
        return None
    head = rows[: header.last + 1]
    if not all(head) or any("\n" in cell for row in head for cell in row):
        return None
    reader = _Reader(file, header, delimiter, [kind_of(said) for said in header.names])
    table = reader.table(name)
    if reader.odd_quotes or reader.stray:
        return None
    read = CsvRead(table, file.encoding, delimiter, header, rows[: header.last])
    return _unswallowed(Path(name), read) if reader.quoted else read


@dataclass(slots=True)
class _Part:
    """A piece once read: where it stands, rows to skip in it, its rows, and its columns (None: no cell)."""

    start: int
    length: int
    skip: int
    count: int
    columns: list[pa.ChunkedArray | None]


@dataclass(slots=True)
class _Reader:
    """Reads the pieces of one file; ``odd`` are columns of numbers with a cell that is none, held as text.

    ``blank`` are those without a cell so far (None: before the first piece).
    ``quoted`` says whether there are quotes, ``odd_quotes`` whether their number is odd, ``stray`` whether one stands
    inside a cell.
    """

    file: TextFile
    header: Header
    delimiter: str
    kinds: list[ColumnKind]
    odd: set[int] = field(default_factory=set)
    blank: frozenset[int] | None = None
    quoted: bool = False
    odd_quotes: bool = False
    stray: bool = False

    def table(self, name: str) -> RawTable:
        """The whole table; ``name`` is that of the file."""
        parts = [self._part(piece) for piece in made_ahead(self.file.pieces())]
        counts = [part.count for part in parts]
        count = sum(counts)
        self._as_text(parts)
        names = self.header.names
        empty = [all(part.columns[place] is None for part in parts) for place in range(len(names))]
        kept = [place for place, said in enumerate(names) if said.strip() or not empty[place]]
        columns = list(ahead(lambda place: pa.nulls(count) if empty[place] else self._joined(place, parts), kept))
        headers = [names[place].strip() or f"{UNNAMED}{place + 1}" for place in kept]
        at = {("", said): place for place, said in zip(kept, headers, strict=True)}
        rows = np.arange(count, dtype=np.int64) + self.header.last + 2
        said = partial(self._as_written, parts, np.cumsum([0, *counts]), kept)
        return RawTable(name, headers, columns, rows, self.header.last + 1, places=at, said=said)

    def _as_written(
        self, parts: list[_Part], begins: npt.NDArray[np.int64], kept: list[int], lines: npt.NDArray[np.int64]
    ) -> list[list[str | None]]:
        """By column the cells of lines (from 0, ascending) as the file has them, read once more."""
        out: list[list[str | None]] = [[] for _ in kept]
        which = np.searchsorted(begins, lines, side="right") - 1
        for number in np.unique(which):
            part = parts[number]
            at = arrow(lines[which == number] - begins[number])
            columns = self.parse(self.file.again(part.start, part.length), part.skip, kept, set(kept))
            for cells, column in zip(out, columns, strict=True):
                cells.extend(column.take(at).to_pylist())
        return out

    def _part(self, piece: TextPiece) -> _Part:
        skip = 0 if piece.start > self.file.start else self.header.last + 1
        count = piece.text.count(b'"') if b'"' in piece.text else 0  # looking for one is far quicker
        self.quoted = self.quoted or count > 0
        self.odd_quotes ^= bool(count % 2)
        self.stray = self.stray or (count > 0 and _STRAY[self.delimiter].search(piece.text) is not None)
        columns = self._columns(piece.text, skip)
        some = [None if column.null_count == len(column) else column for column in columns]
        return _Part(piece.start, piece.length, skip, len(columns[0]), some)

    def _columns(self, data: bytes, skip: int) -> list[pa.ChunkedArray]:
        """The columns of a piece; one that no piece before it had a cell of is taken for empty, which is quick."""
        try:
            columns = self._typed(data, skip, self.blank or frozenset())
        except pa.ArrowInvalid:
            if not self.blank:
                raise
            columns = self._typed(data, skip, frozenset())
        empty = frozenset(place for place, column in enumerate(columns) if column.null_count == len(column))
        self.blank = empty if self.blank is None else self.blank & empty
        return columns

    def _typed(self, data: bytes, skip: int, blank: frozenset[int]) -> list[pa.ChunkedArray]:
        """The columns of a piece; one that holds what is no number is odd from now on, and text."""
        places = range(len(self.kinds))
        try:
            columns = self.parse(data, skip, places, self.odd, blank)
        except pa.ArrowInvalid:
            numbers = {place for place, kind in enumerate(self.kinds) if kind.field is not None} - blank
            columns = self.parse(data, skip, places, numbers, blank)  # fails again where it was not for a number
            self.odd.update(place for place in numbers - self.odd if not _castable(columns[place]))
            columns = self.parse(data, skip, places, self.odd, blank)
        wrong = [
            place
            for place, column in enumerate(columns)
            if pa.types.is_floating(column.type) and not self.kinds[place].holds(column)
        ]
        if wrong:
            self.odd.update(wrong)
            for place, column in zip(wrong, self.parse(data, skip, wrong, self.odd), strict=True):
                columns[place] = column
        return columns

    def parse(
        self, data: bytes, skip: int, places: Sequence[int], as_text: set[int], blank: frozenset[int] = frozenset()
    ) -> list[pa.ChunkedArray]:
        """Some columns of a piece.

        Raises:
            ArrowInvalid: ragged or empty rows, a cell that is no number in a column of numbers, or any in a ``blank``.

        """
        names = [f"c{place}" for place in range(len(self.kinds))]
        types = {names[place]: AS_TEXT.type if place in as_text else self.kinds[place].type for place in places}
        types |= {names[place]: pa.null() for place in blank}
        table = arrow_csv.read_csv(
            pa.BufferReader(pa.py_buffer(data)),
            read_options=arrow_csv.ReadOptions(column_names=names, skip_rows=skip, block_size=_BLOCK),
            parse_options=arrow_csv.ParseOptions(
                delimiter=self.delimiter, newlines_in_values=b'"' in data, ignore_empty_lines=False
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=types,
                include_columns=[names[place] for place in places],
                strings_can_be_null=True,
                null_values=[""],
                check_utf8=False,
            ),
        )
        return list(table.columns)

    def _as_text(self, parts: list[_Part]) -> None:
        """Columns found odd after some pieces were read: those pieces too as the file has them."""
        for part in parts:
            late = [
                place
                for place in sorted(self.odd)
                if (column := part.columns[place]) is not None and pa.types.is_floating(column.type)
            ]
            if late:
                data = self.file.again(part.start, part.length)
                for place, column in zip(late, self.parse(data, part.skip, late, self.odd), strict=True):
                    part.columns[place] = column

    def _joined(self, place: int, parts: list[_Part]) -> pa.Array:
        """One column of all pieces, each let go."""
        kind = AS_TEXT.type if place in self.odd else self.kinds[place].type
        pieces: list[pa.Array] = []
        for part in parts:
            column = part.columns[place]
            pieces += [pa.nulls(part.count, kind)] if column is None else column.chunks
            part.columns[place] = None
        return one_array(pa.chunked_array(pieces, kind))


def _castable(column: pa.ChunkedArray) -> bool:
    """Whether texts are numbers, blanks around them aside."""
    try:
        column.cast(pa.float64())
    except pa.ArrowInvalid:
        return False
    return True
