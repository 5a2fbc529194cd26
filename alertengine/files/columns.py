"""Raw columns to typed ones, by Arrow and over distinct texts: never a Python step per row."""

from __future__ import annotations

import re
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from alertengine.files.arrow import as_text
from alertengine.files.cells import (
    BLANKS,
    BadCellError,
    expected_number,
    failed_formula,
    number_range,
    parse_bool,
    parse_number,
    tidy,
)
from alertengine.files.column_kinds import possible_numbers
from alertengine.files.readings import Findings
from alertengine.vocabulary import Field, Words

_T = TypeVar("_T")
TEXT: Final[Any] = pd.StringDtype("pyarrow", na_value=np.nan)
Rows = npt.NDArray[np.int64]
#: A code that Excel took for a number, of which it keeps 15 figures, or a day: 9.11401E+17, 1-2 as 2020-01-02.
_ROUNDED: Final = re.compile(r"\d+(\.\d*)?[eE]\+\d+|\d{15}000|\d{4}-\d\d-\d\d", re.ASCII)
_RUINED: Final = r"^\d{4}-\d\d-\d\d$|^\d{15}000$"
#: What is expected instead of an error of a workbook, or of a formula saved without its value.
NO_RESULT: Final = Words("a_result")


@dataclass(frozen=True)
class Encoded:
    """A column as its distinct tidy texts and, per row, the number of its text (-1: no cell)."""

    codes: npt.NDArray[np.int32]
    texts: list[str]
    raw: list[str]

    def take(self, values: Sequence[Any], missing: Any, dtype: Any) -> npt.NDArray[Any]:
        """Per row the value at its text's place in ``values``, or ``missing``."""
        table = np.empty(len(values) + 1, dtype=dtype)
        table[:-1] = values
        table[-1] = missing
        # "wrap" makes -1 the last, as indexing does, in one pass
        return np.asarray(table.take(self.codes, mode="wrap"))


@dataclass(frozen=True)
class Cells:
    """One column of a list being read: its header, its cells and the row number of each."""

    header: str
    column: pa.Array
    rows: Rows
    findings: Findings

    def encode(self) -> Encoded:
        """The distinct texts of the column."""
        column = self.column
        if not pa.types.is_dictionary(column.type):
            column = as_text(column).dictionary_encode()
        raw = [str(text) for text in column.dictionary.to_pylist()]
        codes = column.indices.cast(pa.int32()).fill_null(-1).to_numpy()
        return Encoded(codes, [tidy(text) for text in raw], raw)

    def parse(self, parser: Callable[[str], _T], bad: _T, *, as_written: bool = False) -> tuple[Encoded, list[_T]]:
        """Each distinct text, tidy or ``as_written``, through ``parser``; bad cells are reported and become ``bad``."""
        encoded = self.encode()
        values: list[_T] = []
        faults: dict[int, Words] = {}
        for place, (text, raw) in enumerate(zip(encoded.texts, encoded.raw, strict=True)):
            try:
                if failed_formula(text):
                    raise BadCellError(NO_RESULT)
                values.append(parser(raw if as_written else text))
            except BadCellError as error:
                values.append(bad)
                faults[place] = error.expected
        self.report(encoded, faults)
        return encoded, values

    def report(self, encoded: Encoded, faults: dict[int, Words]) -> None:
        """One problem per cell whose text is at a place of ``faults`` (place: what was expected)."""
        if not faults:
            return
        for row in np.flatnonzero(np.isin(encoded.codes, list(faults))):
            place = encoded.codes[row]
            self.findings.bad_cells(self.header, self.rows[[row]], [encoded.raw[place]], expected=faults[place])


@dataclass(frozen=True, slots=True)
class Numbered:
    """A text column as its distinct texts and, per row, the number of its text (-1 unknown)."""

    codes: npt.NDArray[np.int32]
    texts: pa.Array

    def __getitem__(self, row: int) -> str | None:
        """The text of a row."""
        code = int(self.codes[row])
        return None if code < 0 else str(self.texts[code])

    def mapped(self, texts: pa.Array) -> Numbered:
        """The column with each distinct text replaced by the one beside it (null: unknown); equal ones become one."""
        if texts.equals(self.texts):
            return self
        encoded = texts.dictionary_encode()
        table = np.append(encoded.indices.fill_null(-1).to_numpy(), -1).astype(np.int32)
        return Numbered(table.take(self.codes, mode="wrap"), encoded.dictionary)

    def series(self, index: pd.Index) -> pd.Series:
        """The column as a pandas one of dtype ``str``, which is not numbered again."""
        series = text_series(self.texts.take(pa.array(self.codes, mask=self.codes < 0))).set_axis(index)
        _keep(_held(series), self)
        return series


#: Columns numbered before, by what holds their texts; forgotten with it.
_NUMBERED: Final[dict[int, tuple[weakref.ref[pa.ChunkedArray], Numbered]]] = {}


def numbered(series: pd.Series) -> Numbered:
    """A column of texts numbered, one of dtype ``str`` once for as long as it lives, whatever tables it stands in."""
    if isinstance(series.dtype, pd.CategoricalDtype):
        texts = pa.array(series.cat.categories.tolist(), pa.large_string())
        return Numbered(series.cat.codes.to_numpy().astype(np.int32), texts)
    column = _held(series.astype(TEXT))
    if id(column) not in _NUMBERED:
        encoded = column.combine_chunks().dictionary_encode()
        _keep(column, Numbered(encoded.indices.fill_null(-1).to_numpy(), encoded.dictionary))
    return _NUMBERED[id(column)][1]


def _held(series: pd.Series) -> pa.ChunkedArray:
    """What holds the texts of a column of dtype ``str``."""
    array: Any = series.array
    return array.__arrow_array__()


def _keep(column: pa.ChunkedArray, found: Numbered) -> None:
    key = id(column)
    _NUMBERED[key] = weakref.ref(column, lambda _: _NUMBERED.pop(key, None)), found


def text_column(cells: Cells, blanks: frozenset[str] = BLANKS, *, codes: bool = False) -> pd.Series:
    """A text field: trimmed, blanks unknown; dtype ``str``.

    A failed formula is a bad cell; so is, where the field holds ``codes``, a number that Excel has rounded.
    """
    column = cells.column
    if column.null_count == len(column):
        return unknown_text(len(column))
    if not pa.types.is_dictionary(column.type):
        column = as_text(column)
    coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    written = as_text(coded.dictionary)
    texts = pc.utf8_trim_whitespace(written)
    ruined = codes and (
        _any(pc.match_substring, texts, ("E+", "e+")) or _any(pc.match_substring_regex, texts, (_RUINED,))
    )
    if ruined or _any(pc.starts_with, texts, ("#", '="')):
        parser = _code if codes else _unquoted
        said = pa.DictionaryArray.from_arrays(coded.indices, texts)
        texts = pa.array(replace(cells, column=said).parse(parser, None, as_written=True)[1], pa.string())
    blank = pc.is_in(texts, value_set=pa.array(sorted(blanks), type=pa.string()))
    found = pc.if_else(blank, pa.scalar(None, pa.string()), texts)
    every = Numbered(coded.indices.cast(pa.int32()).fill_null(-1).to_numpy(), written)
    if coded is column or not found.equals(written):
        return every.mapped(found).series(pd.RangeIndex(len(column)))
    series = text_series(column)  # as the file has it
    _keep(_held(series), every)
    return series


def _any(test: Callable[[pa.Array, str], pa.Array], column: pa.Array, marks: Sequence[str]) -> bool:
    return any(bool(pc.any(test(column, mark)).as_py()) for mark in marks)


def _unquoted(text: str) -> str:
    return tidy(text) if text.startswith('="') else text


def _code(text: str) -> str:
    if rounded(text):
        raise BadCellError(Words("a_code_as_text"))
    return _unquoted(text)


def rounded(text: str) -> bool:
    """Whether a code is a number that a spreadsheet has rounded (``9.11401E+17``), or a day it has made of it."""
    return _ROUNDED.fullmatch(tidy(text)) is not None


def text_series(column: pa.Array) -> pd.Series:
    """An Arrow column of text as a pandas one of dtype ``str``, without copying through objects."""
    return pd.Series(TEXT.__from_arrow__(pa.chunked_array([column.cast(pa.large_string())])), copy=False)


def unknown_text(count: int) -> pd.Series:
    """A text column in which nothing is known."""
    return text_series(pa.nulls(count, pa.large_string()))


def bool_column(cells: Cells) -> pd.Series:
    """A yes/no field; dtype ``boolean``."""
    if pa.types.is_boolean(cells.column.type):
        return pd.Series(cells.column.to_pandas(), dtype="boolean")
    encoded, values = cells.parse(parse_bool, None)
    truth = encoded.take([value is True for value in values], missing=False, dtype=bool)
    unknown = encoded.take([value is None for value in values], missing=True, dtype=bool)
    return pd.Series(pd.arrays.BooleanArray(truth, unknown), copy=False)


def number_column(cells: Cells, field: Field) -> npt.NDArray[np.float64]:
    """A number field in the unit of the list; shape (lines,), NaN unknown."""
    column = cells.column
    if column.null_count == len(column):
        return np.full(len(column), np.nan)
    try:
        coded = pa.types.is_boolean(column.type) or pa.types.is_dictionary(column.type)
        values = None if coded else column.cast(pa.float64()).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        values = None
    except pa.ArrowNotImplementedError:
        cells.findings.bad_cells(cells.header, cells.rows[:1], [str(column.type)], expected=expected_number(field))
        return np.full(len(column), np.nan)
    if values is None:
        return _slow_numbers(cells, field)
    values = values if values.flags.writeable else values.copy()
    if pa.types.is_floating(column.type) and possible_numbers(column, field):
        return values
    given = column.is_valid().to_numpy(zero_copy_only=False)
    if pa.types.is_floating(column.type):  # NaN in a parquet column is no value
        given &= ~np.isnan(values)
    wrong = np.flatnonzero(wrong_numbers(values, given, field))
    if len(wrong) and pa.types.is_string(column.type):  # words that only look like numbers are told apart cell by cell
        return _slow_numbers(cells, field)
    expected = expected_number(field)
    cells.findings.bad_cells(cells.header, cells.rows[wrong], map(str, values[wrong]), expected=expected)
    values[wrong] = np.nan
    return values


def wrong_numbers(values: npt.NDArray[np.float64], given: npt.NDArray[np.bool_], field: Field) -> npt.NDArray[np.bool_]:
    """Of the ``given`` numbers (shape: lines) those a field cannot have."""
    low, high = number_range(field)
    wrong: npt.NDArray[np.bool_] = given & ~((values >= low) & (values <= high) & np.isfinite(values))
    if field.type == "integer":
        finite = np.isfinite(values)
        wrong |= given & finite & (np.where(finite, values, 0) % 1 != 0)
    return wrong


def _slow_numbers(cells: Cells, field: Field) -> npt.NDArray[np.float64]:
    encoded, values = cells.parse(lambda text: parse_number(text, field), None, as_written=True)
    return encoded.take([np.nan if value is None else value for value in values], missing=np.nan, dtype=np.float64)


def category(encoded: Encoded, values: Sequence[str | None], known: Sequence[str] = ()) -> pd.Series:
    """A category column from the value of each distinct text; categories sorted, or as ``known`` orders them."""
    names = list(known) or sorted({value for value in values if value is not None})
    places = {name: place for place, name in enumerate(names)}
    codes = encoded.take([-1 if value is None else places[value] for value in values], missing=-1, dtype=np.int32)
    return categorical(codes, names)


def categorical(codes: npt.NDArray[np.int32], names: Sequence[str]) -> pd.Series:
    """A category column from codes (-1 unknown) and the names they stand for."""
    coded = pd.Categorical.from_codes(codes, dtype=_categories(tuple(names)), validate=False)  # codes of our own
    return pd.Series(coded, copy=False)


@lru_cache(maxsize=1 << 8)
def _categories(names: tuple[str, ...]) -> pd.CategoricalDtype:
    return pd.CategoricalDtype(pd.Index(names, dtype=TEXT))


def unknown_category(count: int, known: Sequence[str] = ()) -> pd.Series:
    """A category column in which nothing is known."""
    return categorical(np.full(count, -1, dtype=np.int32), known)
