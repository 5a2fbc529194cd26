"""The rows of a file as they stand, for a copy of it or to find its header."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from itertools import chain, count
from pathlib import Path
from typing import Final

from alertengine.files.columns import as_text
from alertengine.files.csv_reader import head_of
from alertengine.files.header_finder import find_header
from alertengine.files.headers import known
from alertengine.files.limits import Limits
from alertengine.files.parquet_reader import read_parquet
from alertengine.files.text_pieces import whole_text
from alertengine.files.workbooks import WORKBOOK_SUFFIXES, Sheet, Workbook

CSV_SUFFIXES: Final = (".csv", ".tsv", ".txt")
Names = Mapping[str, tuple[str, ...]]


def raw_rows(path: Path, names: Names) -> Iterator[tuple[str, int | None, Iterator[list[str]]]]:
    """The rows of each sheet of a file as texts, from its first row on: (sheet, header row from 0, rows).

    ``names`` are the headers by which the header row is found.  A csv or parquet is one sheet without a name; a
    parquet gets its headers as a first row.
    """
    suffix = path.suffix.lower()
    if suffix in CSV_SUFFIXES:
        data = whole_text(path)
        head, delimiter = head_of(data, known(names))
        header = find_header(head, known(names))
        text = io.StringIO(data.decode("utf-8"), newline="")
        yield "", header.last if header else None, csv.reader(text, delimiter=delimiter)
    elif suffix in WORKBOOK_SUFFIXES:
        book = Workbook(path, Limits.of_environment())
        for name in book.names:
            sheet = book.sheet(name)
            header = find_header(sheet.grid, known(names))
            yield name, sheet.numbers[header.last] - 1 if header else None, _with_gaps(sheet)
    else:
        raw = read_parquet(path)
        columns = [as_text(column).to_pylist() for column in raw.columns]
        body = (["" if cell is None else cell for cell in row] for row in zip(*columns, strict=True))
        yield "", 0, chain([raw.headers], body)


def _with_gaps(sheet: Sheet) -> Iterator[list[str]]:
    """The rows of a sheet with the empty ones between them."""
    numbers = count(1)
    for number, row in zip(sheet.numbers, sheet.grid, strict=True):
        while next(numbers) < number:
            yield []
        yield row
