"""The rows of a file as they stand, for a copy of it, to find its header, or the profile it was read by before."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from itertools import chain, count
from pathlib import Path
from typing import Final

from alertengine.files._arrow import as_text
from alertengine.files.csv_reader import head_of
from alertengine.files.header_finder import HEADER_DEPTH, Grid, find_header
from alertengine.files.headers import known
from alertengine.files.limits import Limits, unpack
from alertengine.files.parquet_reader import read_parquet
from alertengine.files.profiles import Profile, chosen_for, saved_for
from alertengine.files.schema import Schema, with_profile
from alertengine.files.text_pieces import HEAD, file_head, head_text, whole_text
from alertengine.files.workbooks import WORKBOOK_SUFFIXES, Sheet, open_workbook
from alertengine.vocabulary import Words, refuse

CSV_SUFFIXES: Final = (".csv", ".tsv", ".txt")
Names = Mapping[str, tuple[str, ...]]


def raw_rows(path: Path, names: Names) -> Iterator[tuple[str, int | None, Iterator[list[str]]]]:
    """The rows of each sheet of a file as texts, from its first row on: (sheet, header row from 0, rows).

    ``names`` are the headers by which the header row is found.  A csv or parquet is one sheet without a name; a
    parquet gets its headers as a first row.
    """
    suffix = path.suffix.lower()
    if suffix in CSV_SUFFIXES or is_packed(path):
        data = whole_text(path, unpack(path, Limits.of_environment()) if is_packed(path) else None)
        head, _ = head_of(data, known(names))
        header = find_header(head, known(names))
        yield "", header.last if header else None, _rows_of(data, names)
    elif suffix in WORKBOOK_SUFFIXES:
        book = open_workbook(path, Limits.of_environment())
        for name in book.names:
            sheet = book.sheet(name)
            header = find_header(sheet.grid, known(names))
            yield name, sheet.numbers[header.last] - 1 if header else None, _with_gaps(sheet)
    else:
        raw = read_parquet(path)
        columns = [as_text(column).to_pylist() for column in raw.columns]
        body = (["" if cell is None else cell for cell in row] for row in zip(*columns, strict=True))
        yield "", 0, chain([raw.headers], body)


def csv_rows(path: Path) -> Iterator[list[str]]:
    """The rows of a csv as texts, whatever its name ends in.

    Raises:
        InputError: it cannot be read, or is in no encoding that is read.

    """
    try:
        yield from _rows_of(whole_text(path), {})
    except csv.Error as error:
        raise refuse(path, "unopened_file", error=error, kind=Words("a_text_file")) from None


def _rows_of(data: bytes, names: Names) -> Iterator[list[str]]:
    _, delimiter = head_of(data, known(names))
    return csv.reader(io.StringIO(data.decode("utf-8"), newline=""), delimiter=delimiter)


def is_packed(path: Path) -> bool:
    """Whether a file is a packed csv, by its name."""
    return path.suffix.lower() == ".gz" and Path(path.stem).suffix.lower() in CSV_SUFFIXES


def tops(path: Path, names: Names) -> list[tuple[str, list[list[str]]]]:
    """The first rows of each sheet of a file, among which its header is looked for; a csv is not read beyond them.

    Raises:
        InputError: it cannot be read.

    """
    suffix = path.suffix.lower()
    if suffix in CSV_SUFFIXES or is_packed(path):
        data = unpack(path, Limits.of_environment())[:HEAD] if is_packed(path) else file_head(path)
        return [("", head_of(head_text(path, data), known(names))[0])]
    if suffix in WORKBOOK_SUFFIXES:
        book = open_workbook(path, Limits.of_environment())
        return [(name, book.top(name, HEADER_DEPTH + 1)[0]) for name in book.names]
    raw = read_parquet(path)
    cells = [as_text(column.slice(0, HEADER_DEPTH)).to_pylist() for column in raw.columns]
    return [
        ("", [list(raw.headers), *(["" if cell is None else cell for cell in row] for row in zip(*cells, strict=True))])
    ]


def _with_gaps(sheet: Sheet) -> Iterator[list[str]]:
    """The rows of a sheet with the empty ones between them."""
    numbers = count(1)
    for number, row in zip(sheet.numbers, sheet.grid, strict=True):
        while next(numbers) < number:
            yield []
        yield row


def profile_of(path: Path, schema: Schema) -> Profile | None:
    """The profile to read a file with: the one asked for, beside it, or saved of a file with the same headers."""
    if not schema.kind:
        return None
    profile = chosen_for(schema.kind, path)
    saved = saved_for(schema.kind) if profile is None else []
    found = tops(path, schema.names) if saved else []
    return next((one for one in saved if any(_is_of(one, schema, rows) for _, rows in found)), profile)


def _is_of(profile: Profile, schema: Schema, rows: Grid) -> bool:
    """Whether the header among the first rows of a sheet is that of the file a profile was said of."""
    if any(profile.is_of(row) for row in rows):
        return True
    header = find_header(rows, known(with_profile(schema, profile).names), schema.least)
    return header is not None and profile.is_of(header.names)
