"""Raw columns to typed ones, by Arrow and over distinct texts: never a Python step per row."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final, SupportsIndex, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from alertengine.files._arrow import Bools, arrow, as_text, plain, text_array, valid
from alertengine.files.cells import (
    BLANKS,
    DITTO,
    OUTER,
    BadCellError,
    expected_number,
    failed_formula,
    number_range,
    parse_bool,
    parse_number,
    tidy,
    unmarked,
)
from alertengine.files.readings import Findings
from alertengine.vocabulary import Field, Words

#: Texts of few kinds: held once each, cells as numbers.
FEW: Final = pa.dictionary(pa.int32(), pa.string())


@dataclass(frozen=True, slots=True)
class ColumnKind:
    """The Arrow type of a column's cells; of numbers also the field, which knows what may stand there."""

    type: pa.DataType
    field: Field | None = None

    def holds(self, column: pa.Array) -> bool:
        """Whether every cell of a column of numbers is one the field can have."""
        return self.field is None or possible_numbers(column, self.field)  # "nan" in a cell is a number to Arrow


#: A column of text as it stands.
AS_TEXT: Final = ColumnKind(pa.string())


def possible_numbers(column: pa.Array, field: Field) -> bool:
    """Whether each number of a column of floats, nulls aside, is one the field can have; NaN is none."""
    found = pc.min_max(column)
    least, most = found["min"].as_py(), found["max"].as_py()
    if least is None:
        return True
    low, high = number_range(field)
    if not low <= least <= most <= high or math.inf in (most, -least) or pc.any(pc.is_nan(column)).as_py():
        return False
    return field.type != "integer" or bool(pc.all(pc.equal(column, pc.floor(column)), min_count=0).as_py())


_T = TypeVar("_T")
Rows = npt.NDArray[np.int64]
Codes = npt.NDArray[np.signedinteger[Any]]
Floats = npt.NDArray[np.float64]
#: A yes/no column: 0 unknown, 1 no, 2 yes.
Truths = npt.NDArray[np.int8]
#: A code that Excel took for a number, of which it keeps 15 figures, or a day: 9.11401E+17, 1-2 as 2020-01-02.
_ROUNDED: Final = re.compile(r"\d+(\.\d*)?[eE]\+\d+|\d{15}000|\d{4}-\d\d-\d\d( 00:00(:00(\.0+)?)?)?", re.ASCII)
_RUINED: Final = r"^\d{4}-\d\d-\d\d( 00:00(:00(\.0+)?)?)?$|^\d{15}000$"
#: A name that is none, but the number or mark of the column beside.
_NO_LETTER: Final = r"^[0-9\s.,;:#*/\\+\-–—_()（）、。]+$"
#: What is expected instead of an error of a workbook, or of a formula saved without its value.
NO_RESULT: Final = Words("a_result")
#: What is expected instead of a mark for the cell above.
OWN_VALUE: Final = Words("a_value_of_its_own")


@dataclass(frozen=True)
class Encoded:
    """A column as its distinct tidy texts and, per row, the number of its text (-1: no cell)."""

    codes: Codes
    texts: list[str]
    raw: list[str]

    def take(self, values: Sequence[Any], missing: Any, dtype: Any) -> npt.NDArray[Any]:
        """Per row the value at its text's place in ``values``, or ``missing``."""
        return _by_code(self.codes, values, missing, dtype)


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
        raw = [unmarked(str(text)) for text in column.dictionary.to_pylist()]
        codes = plain(column.indices.cast(pa.int32()), -1)
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
                if not as_written and raw.strip() in DITTO:
                    raise BadCellError(OWN_VALUE)
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
    """A text column as its distinct texts and, per row, the number of its text (-1 unknown).

    ``few``: of few kinds, its texts in an order that means something: a category where a table is handed out.
    """

    codes: Codes
    texts: pa.Array
    few: bool = False

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.codes)

    def __getitem__(self, row: SupportsIndex) -> str | None:
        """The text of a row."""
        code = int(self.codes[row.__index__()])
        return None if code < 0 else str(self.texts[code])

    @property
    def names(self) -> list[str]:
        """The distinct texts."""
        return [str(text) for text in self.texts.to_pylist()]

    @property
    def present(self) -> list[str]:
        """The distinct texts that occur."""
        return self.compact().names

    def compact(self) -> Numbered:
        """The column without texts that do not occur."""
        seen = np.bincount(self.codes.astype(np.int64) + 1, minlength=len(self.texts) + 1)[1:] > 0
        if seen.all():
            return self
        return Numbered(self.table(np.cumsum(seen) - 1, -1, np.int32), self.texts.filter(arrow(seen)), self.few)

    @property
    def known(self) -> Bools:
        """Where there is a text."""
        return self.codes >= 0

    def table(self, values: Sequence[Any] | npt.NDArray[Any], missing: Any, dtype: Any = None) -> npt.NDArray[Any]:
        """Per row the value beside its text in ``values``, or ``missing``."""
        return _by_code(self.codes, values, missing, dtype)

    def among(self, texts: Collection[str]) -> Bools:
        """Where the text is one of some."""
        return self.table([name in texts for name in self.names], missing=False, dtype=bool)

    def mapped(self, texts: pa.Array) -> Numbered:
        """The column with each distinct text replaced by the one beside it (null: unknown); equal ones become one."""
        if texts.equals(self.texts):
            return self
        encoded = texts.dictionary_encode()
        return Numbered(self.table(plain(encoded.indices, -1), -1, np.int32), encoded.dictionary, self.few)

    def where(self, rows: Bools, other: Numbered) -> Numbered:
        """The column with that of another where ``rows`` is not true."""
        both = pa.concat_arrays([one.texts.cast(pa.large_string()) for one in (self, other)]).dictionary_encode()
        theirs = np.where(other.codes < 0, -1, other.codes.astype(np.int32) + np.int32(len(self.texts)))
        codes = np.where(rows, self.codes.astype(np.int32), theirs)
        return Numbered(_by_code(codes, plain(both.indices), -1, np.int32), both.dictionary)

    def take(self, rows: npt.NDArray[Any]) -> Numbered:
        """Some rows, by number or mask."""
        return Numbered(self.codes[rows], self.texts, self.few)

    def arrow(self) -> pa.Array:
        """The column in Arrow, as the dictionary it is."""
        return pa.DictionaryArray.from_arrays(arrow(self.codes, self.codes < 0), self.texts.cast(pa.large_string()))


#: A column of texts, of numbers (NaN unknown), of truths, or plain.
Held = Numbered | Floats | Truths | Bools | Rows


def _by_code(codes: Codes, values: Sequence[Any] | npt.NDArray[Any], missing: Any, dtype: Any) -> npt.NDArray[Any]:
    table = np.empty(len(values) + 1, dtype=dtype or np.asarray(values).dtype)
    table[:-1] = values
    table[-1] = missing
    # "wrap" makes -1 the last, as indexing does, in one pass
    return np.asarray(table.take(codes, mode="wrap"))


def text_column(cells: Cells, blanks: frozenset[str] = BLANKS, *, codes: bool = False, names: bool = False) -> Numbered:
    """A text field: trimmed, blanks unknown.

    A failed formula is a bad cell; so is, where the field holds ``codes``, a number that Excel has rounded, where it
    holds ``names``, one without a letter, and in both a mark for the cell above (同上).
    """
    column = cells.column
    if column.null_count == len(column):
        return unknown_text(len(column))
    coded = column if pa.types.is_dictionary(column.type) else as_text(column).dictionary_encode()
    texts = pc.utf8_trim(as_text(coded.dictionary), OUTER)
    ruined = codes and (
        _any(pc.match_substring, texts, ("E+", "e+")) or _any(pc.match_substring_regex, texts, (_RUINED,))
    )
    ruined = ruined or (names and _any(pc.match_substring_regex, texts, (_NO_LETTER,)))
    ruined = ruined or ((codes or names) and pc.any(pc.is_in(texts, value_set=text_array(DITTO))).as_py())
    if ruined or _any(pc.starts_with, texts, ("#", '="', "'")):
        parser = _code if codes else partial(_name, blanks) if names else _unquoted
        said = pa.DictionaryArray.from_arrays(coded.indices, texts)
        texts = text_array(replace(cells, column=said).parse(parser, None, as_written=True)[1])
    every = Numbered(plain(coded.indices.cast(pa.int32()), -1), coded.dictionary)
    blank = pc.is_in(texts, value_set=text_array(sorted(blanks)))
    return every.mapped(pc.if_else(blank, pa.nulls(len(texts), pa.string()), texts))


def _any(test: Callable[[pa.Array, str], pa.Array], column: pa.Array, marks: Sequence[str]) -> bool:
    return any(bool(pc.any(test(column, mark)).as_py()) for mark in marks)


def _unquoted(text: str) -> str:
    return tidy(text) if text.startswith('="') else unmarked(text)


def _name(blanks: frozenset[str], text: str) -> str:
    if text not in blanks and re.fullmatch(_NO_LETTER, text):
        raise BadCellError(Words("a_name"))
    return _own(text)


def _code(text: str) -> str:
    if rounded(text):
        raise BadCellError(Words("a_code_as_text"))
    return _own(text)


def _own(text: str) -> str:
    if text in DITTO:
        raise BadCellError(OWN_VALUE)
    return _unquoted(text)


def rounded(text: str) -> bool:
    """Whether a code is a number that a spreadsheet has rounded (``9.11401E+17``), or a day it has made of it."""
    return _ROUNDED.fullmatch(tidy(text)) is not None


def unknown_text(count: int) -> Numbered:
    """A text column in which nothing is known."""
    return Numbered(np.full(count, -1, dtype=np.int8), text_array([]))


def bool_column(cells: Cells) -> Truths:
    """A yes/no field."""
    if pa.types.is_boolean(cells.column.type):
        said = plain(cells.column, missing=False).astype(np.int8) + np.int8(1)
        return np.where(valid(cells.column), said, np.int8(0))
    encoded, values = cells.parse(parse_bool, None)
    return encoded.take([0 if value is None else 1 + value for value in values], missing=0, dtype=np.int8)


def number_column(cells: Cells, field: Field) -> Floats:
    """A number field in the unit of the list; shape (lines,), NaN unknown."""
    column = cells.column
    if column.null_count == len(column):
        return np.full(len(column), np.nan)
    try:
        coded = pa.types.is_boolean(column.type) or pa.types.is_dictionary(column.type)
        values = None if coded else plain(column.cast(pa.float64()), np.nan)
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
    given = valid(column)
    if pa.types.is_floating(column.type):  # NaN in a parquet column is no value
        given &= ~np.isnan(values)
    wrong = np.flatnonzero(wrong_numbers(values, given, field))
    if len(wrong) and pa.types.is_string(column.type):  # words that only look like numbers are told apart cell by cell
        return _slow_numbers(cells, field)
    expected = expected_number(field)
    cells.findings.bad_cells(cells.header, cells.rows[wrong], map(str, values[wrong]), expected=expected)
    values[wrong] = np.nan
    return values


def wrong_numbers(values: Floats, given: Bools, field: Field) -> Bools:
    """Of the ``given`` numbers (shape: lines) those a field cannot have."""
    low, high = number_range(field)
    wrong: Bools = given & ~((values >= low) & (values <= high) & np.isfinite(values))
    if field.type == "integer":
        finite = np.isfinite(values)
        wrong |= given & finite & (np.where(finite, values, 0) % 1 != 0)
    return wrong


def _slow_numbers(cells: Cells, field: Field) -> Floats:
    encoded, values = cells.parse(lambda text: parse_number(text, field), None, as_written=True)
    return encoded.take([np.nan if value is None else value for value in values], missing=np.nan, dtype=np.float64)


def category(encoded: Encoded, values: Sequence[str | None], known: Sequence[str] = ()) -> Numbered:
    """A column of few kinds from the value of each distinct text; sorted, or as ``known`` orders them."""
    names = list(known) or sorted({value for value in values if value is not None})
    places = {name: place for place, name in enumerate(names)}
    return categorical(encoded.take([places.get(value or "", -1) for value in values], -1, _narrow(names)), names)


def categorical(codes: Codes, names: Sequence[str]) -> Numbered:
    """A column of few kinds from codes (-1 unknown) and the names they stand for."""
    return Numbered(narrowed(codes, names), text_array(names), few=True)


def narrowed(codes: Codes, names: Collection[str]) -> Codes:
    """Codes in the narrowest type that numbers some names and -1."""
    return codes.astype(_narrow(names), copy=False)


def _narrow(names: Collection[str]) -> npt.DTypeLike:
    """The narrowest type that numbers some names and -1."""
    return np.min_scalar_type(-max(len(names), 1))


def unknown_category(count: int, known: Sequence[str] = ()) -> Numbered:
    """A column of few kinds in which nothing is known."""
    return categorical(np.full(count, -1, dtype=np.int8), known)
