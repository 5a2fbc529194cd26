"""Reading orders back: csv, workbook or parquet as ``orders`` and ``respond`` write them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from os import PathLike
from pathlib import Path
from typing import Any, Final

import pandas as pd
import pyarrow as pa

from alertengine.files import (
    RawTable,
    Schema,
    columns_twice,
    match,
    matched,
    normal,
    parse_stamp,
    plain_number,
    read_frame,
    read_table,
    with_sheets,
)
from alertengine.vocabulary import (
    FIELDS,
    FLAGS,
    LEVEL_TEXT,
    LINE_KEY,
    MEASURES,
    ORDER_COLUMNS,
    POLLUTANTS,
    STANDING_TEXT,
    STATUS_TEXT,
    InputError,
    Problem,
    Words,
    aside,
    to_minute,
    with_flags,
)

NUMBER_COLUMNS: Final = ("share", *(f"{name}_kg_d" for name in POLLUTANTS))
TIME_COLUMNS: Final = ("starts", "ends")
#: Cells a row cannot do without.
_FILLED: Final = ("enterprise_id", "line_id", "level", "starts", "status")
#: A code that a spreadsheet has made a number of.
_ROUNDED: Final = re.compile(r"\d+(\.\d*)?[eE]\+\d+", re.ASCII)
#: The sheets of a workbook that hold orders; the others repeat or add them up.
_SHEET: Final = "减排指令"

_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    normal(spelling): (name,) for name, text in ORDER_COLUMNS.items() for spelling in (name, text)
} | {normal("措施类别"): ("measure",)}
_WORDS: Final = {
    "level": {text: code for code, text in LEVEL_TEXT.items()},
    "status": {text: code for code, text in STATUS_TEXT.items()},
    "standing": {text: code for code, text in STANDING_TEXT.items()},
}
_MEASURE_CODES: Final = {word.text: code for code, word in MEASURES.items()}
_FLAG_CODES: Final = {text: code for code, text in FLAGS.items()}
#: Columns that orders of earlier versions do not have.
_LATER: Final = ("flags",)
_FIELD_CODES: Final = {field.text: name for name, field in FIELDS.items()}


def read_orders(source: Path | str | pd.DataFrame) -> pd.DataFrame:
    """Orders from .csv, .xlsx, .parquet or a DataFrame, with ORDER_COLUMNS, by either name of a column.

    Texts are ``object`` with "" for blank, codes as in the contract whatever the file says them
    in, times ``YYYY-MM-DD HH:MM``, numbers ``float64``; rows sorted by enterprise, line, start.  Orders of
    before the column ``flags`` get the flags that their remarks state.

    Raises:
        InputError: with every problem: no such file, a column missing, a cell that cannot be
            read, the same line and start twice.

    """
    raw = _raw(Path(source)) if isinstance(source, (str, PathLike)) else read_frame(source).table
    places: dict[str, int] = {}
    for place, header in enumerate(raw.headers):
        for name in match(header, place, _NAMES).fields or _NAMES.get(normal(header), ()):
            places.setdefault(name, place)
    absent = [name for name in ORDER_COLUMNS if name not in places and name not in _LATER]
    if twice := columns_twice(matched(raw.headers, _NAMES), raw.file, raw.header_row):
        raise InputError(twice)
    if absent:
        raise InputError(
            [
                Problem("order_column_missing", file=raw.file, column=name, name=name, header=ORDER_COLUMNS[name])
                for name in absent
            ]
        )
    texts = {name: _texts(raw.columns[place]) for name, place in places.items()}
    blank = [""] * len(raw.rows)
    table = pd.DataFrame({name: pd.Series(texts.get(name, blank), dtype=object) for name in ORDER_COLUMNS})
    try:
        return with_flags(_checked(table, raw.file, raw.rows.tolist()))
    except InputError as error:
        raise InputError(with_sheets(error.problems, raw.labels)) from None


def _raw(path: Path) -> RawTable:
    about = ("enterprise_id", "enterprise")
    reading = read_table(path, Schema(_NAMES, least=len(_FILLED), sheets=_order_sheets, subjects=about))
    for told in (*reading.problems, *reading.notes):
        aside(told)
    return reading.table


def _order_sheets(names: list[str]) -> list[str]:
    return [name for name in names if name.startswith(_SHEET)] or names[:1]


def _texts(column: pa.Array) -> list[str]:
    return ["" if cell is None else str(cell) for cell in column.cast(pa.string()).to_pylist()]


def _checked(table: pd.DataFrame, file: str, rows: list[int]) -> pd.DataFrame:
    """The table with every cell in its form.

    Raises:
        InputError: with every cell that cannot be read.

    """
    cells = _Cells(file, rows)
    for name, words in _WORDS.items():
        table[name] = cells.read(table[name], name, _coded(words), Words("one_of", names=list(words.values())))
    for name, codes in (("measure", _MEASURE_CODES), ("hangs_on", _FIELD_CODES), ("flags", _FLAG_CODES)):
        table[name] = cells.read(table[name], name, _several(codes), Words("codes_joined"))
    table["enterprise_id"] = cells.read(table["enterprise_id"], "enterprise_id", _code, Words("a_code_as_text"))
    for name in TIME_COLUMNS:
        table[name] = cells.read(table[name], name, _stamp, Words("a_time_form"))
    for name in NUMBER_COLUMNS:
        wanted = Words("a_number_within", low=0, high=1) if name == "share" else Words("a_number", unit="", bounds="")
        table[name] = cells.read(table[name], name, _share if name == "share" else _number, wanted).astype("float64")
    for name in _FILLED:
        cells.filled(table[name], name)
    if not cells.problems:
        cells.twice(table)
        cells.backwards(table)
    if cells.problems:
        raise InputError(cells.problems)
    keys = ["enterprise_id", "line_id", "starts"]
    order = table.assign(_length=table["line_id"].str.len()).sort_values([keys[0], "_length", *keys[1:]], kind="stable")
    return table.loc[order.index].reset_index(drop=True)


class _Cells:
    """Reads columns cell by distinct cell and keeps every problem."""

    def __init__(self, file: str, rows: list[int]) -> None:
        """Take the name of the file and the row number of each line in it."""
        self._file, self._rows = file, rows
        self.problems: list[Problem] = []

    def read(self, column: pd.Series, name: str, reader: Callable[[str], str | float], expected: Words) -> pd.Series:
        """A column with each distinct text read."""
        known: dict[str, str | float] = {}
        bad: set[str] = set()
        for text in column.unique():
            try:
                known[text] = reader(text)
            except ValueError:
                bad.add(text)
        if bad:
            self._say(column.isin(bad), column, name, "order_cell_unread", expected=expected)
        return column.map(known).astype(object)

    def filled(self, column: pd.Series, name: str) -> None:
        """Blank cells of a column that a row cannot do without."""
        self._say(column == "", column, name, "order_cell_blank", expected=ORDER_COLUMNS[name])

    def twice(self, table: pd.DataFrame) -> None:
        """Rows of the same line and start."""
        self._say(table.duplicated([*LINE_KEY, "starts"]), table["line_id"], "line_id", "order_twice")

    def backwards(self, table: pd.DataFrame) -> None:
        """Rows that end before they begin, which would ask nothing of anybody."""
        early = (table["ends"] != "") & (table["ends"] < table["starts"])
        for start in table.loc[early, "starts"].unique():
            after = Words("not_before", day=start)
            self._say(early & (table["starts"] == start), table["ends"], "ends", "order_cell_unread", expected=after)

    def _say(self, mask: pd.Series, column: pd.Series, name: str, code: str, **arguments: Any) -> None:
        for place in mask.to_numpy().nonzero()[0]:
            value = str(column.iloc[place])
            where: dict[str, Any] = {"file": self._file, "row": int(self._rows[place]), "column": name, "value": value}
            self.problems.append(Problem(code, **where, **arguments))


def _coded(words: Mapping[str, str]) -> Callable[[str], str]:
    codes = set(words.values())

    def read(text: str) -> str:
        code = words.get(text, text)
        if code and code not in codes:
            raise ValueError
        return code

    return read


def _several(words: Mapping[str, str]) -> Callable[[str], str]:
    codes = set(words.values())

    def read(text: str) -> str:
        parts = [part for part in re.split("[;、]", text) if part]
        found = [words.get(part, part) for part in parts]
        if not codes.issuperset(found):
            raise ValueError
        return ";".join(found)

    return read


def _code(text: str) -> str:
    if _ROUNDED.fullmatch(text.strip()):
        raise ValueError
    return text


def _share(text: str) -> float:
    share = _number(text)
    if not (math.isnan(share) or 0 <= share <= 1 + 1e-9):
        raise ValueError
    return share


def _number(text: str) -> float:
    value = plain_number(text) if text else math.nan
    if text and math.isnan(value):
        raise ValueError
    return value


def _stamp(text: str) -> str:
    return to_minute(parse_stamp(text)) if text.strip() else ""


def plain_texts(orders: pd.DataFrame) -> pd.DataFrame:
    """Orders as a file of orders is read: texts as ``object`` with "" for blank, numbers as they are."""
    numbers = set(orders.select_dtypes("number").columns)
    texts = {str(name): orders[name].to_numpy(dtype=object, na_value="") for name in orders if name not in numbers}
    return orders.assign(**{name: pd.Series(cells, orders.index, dtype="object") for name, cells in texts.items()})
