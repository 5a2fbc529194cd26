"""Cells of forecast and observation files: from text to values, each spelling looked at once."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Callable
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from alertengine.files.cells import EXPORTED_BLANKS, BadCellError, tidy
from alertengine.vocabulary.problems import InputError, Problem, Words


def read_cells(path: Path) -> pd.DataFrame:
    """Return a csv (also ``.csv.gz``; UTF-8, BOM or GB18030) or workbook as a frame of texts.

    The index is the row number in the file, the header being row 1; blank cells are ``""``.

    Raises:
        InputError: the file cannot be read as a table.

    """
    try:
        if path.suffix.lower() in {".xlsx", ".xlsm", ".xls", ".ods"}:
            frame = _text(pd.read_excel(path, engine="calamine", dtype=object))
            frame.index = pd.RangeIndex(2, len(frame) + 2)
        else:
            frame = _read_csv(path)
    except InputError:
        raise
    except OSError as error:
        said = Problem("unreadable_file", file=str(path), error=error.strerror or error, kind="")
        raise InputError([said]) from None
    except Exception as error:  # noqa: BLE001 -- whatever a reader says of a broken file is an input error
        raise InputError([Problem("not_a_table", file=str(path), error=error)]) from None
    if not len(frame.columns):
        raise InputError([Problem("empty_table", file=str(path))])
    frame.columns = pd.Index([str(name) for name in frame.columns])
    return frame.loc[(frame != "").any(axis=1)]


def _read_csv(path: Path) -> pd.DataFrame:
    data = path.read_bytes()
    if path.suffix.lower() == ".gz":
        import gzip

        data = gzip.decompress(data)
    try:
        data.decode("utf-8-sig")
        encoding = "utf-8-sig"
    except UnicodeDecodeError:
        encoding = "gb18030"
    reader = csv.reader(StringIO(data.decode(encoding), newline=""))
    header = next(reader, [])
    rows: list[list[str]] = []
    numbers: list[int] = []
    long: list[Problem] = []
    last = reader.line_num
    for cells in reader:
        number, last = last + 1, reader.line_num
        extra = [cell for cell in cells[len(header) :] if cell.strip()]
        if extra:
            long.append(Problem("long_row", file=str(path), row=number, value=extra[0]))
        rows.append([*map(str.strip, cells), *[""] * (len(header) - len(cells))][: len(header)])
        numbers.append(number)
    if long:
        raise InputError(long)
    return pd.DataFrame(rows, columns=header, index=numbers, dtype=object)


def _text(frame: pd.DataFrame) -> pd.DataFrame:
    def say(value: Any) -> str:
        if value is None or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
            return ""
        if isinstance(value, datetime):
            return (
                value.strftime("%Y-%m-%d %H:%M:%S")
                if value.time() != datetime.min.time()
                else value.strftime("%Y-%m-%d")
            )
        return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()

    return frame.map(say)


def normal(header: str) -> str:
    """Return a header without full-width forms, spaces and case."""
    return re.sub(r"[\s_]+", "", unicodedata.normalize("NFKC", header)).casefold()


def is_blank(text: str) -> bool:
    """Whether a cell says nothing."""
    return tidy(text) in EXPORTED_BLANKS


class Column:
    """One column read cell by cell, each distinct text parsed once; bad cells collected as problems."""

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
                values[text] = parse(text)
            except (ValueError, KeyError) as error:
                values[text] = missing
                bad[text] = error.expected if isinstance(error, BadCellError) else expected
        if bad:
            for row, text in texts[texts.isin(list(bad))].items():
                place: dict[str, Any] = {"file": self._file, "row": _row(row), "column": name, "value": text}
                self._problems.append(Problem("cell_missing", **place, expected=bad[text]))
        return [values[text] for text in texts]


def _row(label: Any) -> int:
    return int(label)
