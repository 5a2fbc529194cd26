"""Cells of forecast and observation files: from text to values, each spelling looked at once."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from alertengine.vocabulary.problems import InputError, Problem

_DATE = r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{4})(\d\d)(\d\d)"
_TIME = r"(?:[T\s]*(\d{1,2})(?:[:：时](\d{1,2}))?(?:[:：分](\d{1,2})(?:\.\d+)?)?秒?)?"
_STAMP = re.compile(rf"(?:{_DATE}){_TIME}[时分]?")
_DAYS = re.compile(rf"(?:{_DATE})(?:[T\s]+0?0:00(?::00)?)?((?:/\d{{1,2}})*)")
_BLANK = frozenset({"", "-", "--", "—", "/", "nan", "NaN", "NA", "N/A", "null", "None"})


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
        raise InputError([Problem(str(path), f"cannot be read: {error.strerror or error}")]) from None
    except Exception as error:  # noqa: BLE001 -- whatever a reader says of a broken file is an input error
        raise InputError([Problem(str(path), f"not a table: {error}", expected="a csv or xlsx file")]) from None
    if not len(frame.columns):
        raise InputError(
            [Problem(str(path), "not a table: it is empty", expected="a csv or xlsx file with a header row")]
        )
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
            long.append(Problem(str(path), "more cells than the header has", row=number, value=extra[0]))
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
    return text in _BLANK


class Column:
    """One column read cell by cell, each distinct text parsed once; bad cells collected as problems."""

    def __init__(self, file: str, problems: list[Problem]) -> None:
        """Collect into ``problems`` under the name ``file``."""
        self._file = file
        self._problems = problems

    def read(
        self, texts: pd.Series, name: str, parse: Callable[[str], Any], expected: str, missing: Any = None
    ) -> list[Any]:
        """Values of a column; a blank or bad cell gives ``missing``, a bad one also a problem."""
        values: dict[str, Any] = {}
        bad: dict[str, str] = {}
        for text in pd.unique(texts):
            if is_blank(text):
                values[text] = missing
                continue
            try:
                values[text] = parse(text)
            except (ValueError, KeyError, OverflowError) as error:
                values[text] = missing
                bad[text] = str(error) if isinstance(error, CellError) else ""
        if bad:
            for row, text in texts[texts.isin(list(bad))].items():
                said = bad[text] or "unreadable cell, counted as missing"
                self._problems.append(
                    Problem(self._file, said, row=_row(row), column=name, value=text, expected=expected)
                )
        return [values[text] for text in texts]


class CellError(ValueError):
    """A cell that cannot be used, with its own words for it."""


def _row(label: Any) -> int:
    return int(label)


def parse_stamp(text: str) -> pd.Timestamp:
    """Read a local time: ``2020-01-22 15:40``, ``2020/1/22``, ``20200122``, ``2020年1月22日15时``, ``… 24:00``.

    Raises:
        ValueError: it is no such time.

    """
    match = _STAMP.fullmatch(text.strip())
    if match is None:
        raise ValueError(text)
    year, month, day = (int(a or b) for a, b in zip(match.groups()[:3], match.groups()[3:6], strict=True))
    hour, minute, second = (int(part or 0) for part in match.groups()[6:9])
    if hour > 24 or minute > 59 or second > 59 or (hour == 24 and (minute or second)):
        raise ValueError(text)
    return pd.Timestamp(year, month, day) + timedelta(hours=hour, minutes=minute, seconds=second)


def parse_days(text: str) -> tuple[pd.Timestamp, ...]:
    """Return the days a cell names: ``2018-04-15/16`` is two days; a lower number is of the next month.

    Raises:
        ValueError: it names no day.

    """
    match = _DAYS.fullmatch(text.strip())
    if match is None:
        raise ValueError(text)
    year, month, day = (int(a or b) for a, b in zip(match.groups()[:3], match.groups()[3:6], strict=True))
    days = [pd.Timestamp(year, month, day)]
    for further in filter(None, match[7].split("/")):
        last = days[-1]
        base = last if int(further) > last.day else last + pd.offsets.MonthBegin(1)
        days.append(base.replace(day=int(further)))
    return tuple(days)


def parse_number(text: str, lowest: float, highest: float) -> float:
    """Return a number within bounds.

    Raises:
        ValueError: it is none, or out of bounds.

    """
    value = float(text.replace(",", ""))
    if not lowest <= value <= highest:
        raise CellError("out of range, counted as missing")
    return value


def parse_flag(text: str) -> bool:
    """Read yes or no.

    Raises:
        ValueError: it is neither.

    """
    said = text.strip().casefold()
    if said in {"1", "1.0", "是", "yes", "y", "true", "有"}:
        return True
    if said in {"0", "0.0", "否", "no", "n", "false", "无"}:
        return False
    raise ValueError(text)
