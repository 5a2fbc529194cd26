"""What stands beside a header and speaks of its columns: rows below it, units above the table or in its cells."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from alertengine.files._arrow import as_text, text_array
from alertengine.files.cells import plain_number, tidy
from alertengine.files.header_finder import UNNAMED, Grid, RawTable
from alertengine.files.headers import Column, match, matched
from alertengine.files.rows import Left, equal_to, filled_cells
from alertengine.files.schema import Schema
from alertengine.files.units import is_unit, plain_unit, same_unit, unit_named
from alertengine.vocabulary import FIELDS, chinese_number

_STEMS: Final = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#: What a row of numbers of columns may begin with.
_NUMBERS_OF: Final = re.compile("[栏列行项][次号]|栏目|序号|编号")
_CHINESE: Final = re.compile("[一二三四五六七八九]|[一二三四五六七八九]?十[一二三四五六七八九]?")
_ROMAN: Final = ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV"]
#: A number of a column, perhaps with what it is worked out from.
_COUNTED: Final = re.compile(r"第?[(A-Z]?([0-9]{1,3})[)]?[列栏]?(?:=[0-9()+\-*/×÷%]+)?")
#: Rows below a header among which a row of numbers or of units is looked for.
_BELOW: Final = 3
#: What a row of units may begin with.
_UNITS_OF: Final = re.compile("(?:计量)?单位")
#: What a row of a form says of its columns: how they are filled in.
_OF_FORM: Final = re.compile(
    "(?:非?必填|选填|可空|文本|数[值字]|字符|整数|小数|日期|下拉|选择|填写)[型项串]?(?:格式|选[择项])?|是/否"
)


def further_headers(
    table: RawTable, columns: Sequence[Column], names: Mapping[str, tuple[str, ...]], subjects: Sequence[int]
) -> list[Left]:
    """Rows that say the headers again (``header``, or ``other_header``) or something of the columns.

    Args:
        table: the rows under the header.
        columns: those of its header.
        names: the fields of each header.
        subjects: columns that say whom a row is about: a header that stands there is the beginning of one.

    """
    known = [column.place for column in columns if column.fields]
    out: dict[int, Left] = {}
    for line, cells in filled_cells(table, np.arange(min(_BELOW, len(table.rows)))):
        kind = _kind_below_header(list(cells.values())) or _more_of_it(line, cells, columns, subjects)
        if kind:
            named = _UNITS_OF.fullmatch(tidy(next(iter(cells.values()))))
            held = dict(list(cells.items())[1:]) if kind == "units" and named else cells
            out[line] = Left(line, kind, " ".join(cells.values()), held)
    headers = [table.headers[place] for place in known]
    again = np.unique(np.concatenate([equal_to(table.columns[place], headers) for place in {*known[:1], *subjects}]))
    for line, cells in filled_cells(table, again):
        kind = _kind_of_header(cells, columns, names)
        if kind:
            out[line] = Left(line, kind, " ".join(cells.values()), cells)
    before = sorted({line - 1 for line in out if line and out[line].kind == "header"} - out.keys())
    for line, cells in filled_cells(table, np.array(before, dtype=np.int64)):
        if len(cells) == 1:  # the title of the next page
            out[line] = Left(line, "note", next(iter(cells.values())), cells)
    return [out[line] for line in sorted(out)]


def _more_of_it(line: int, cells: Mapping[int, str], columns: Sequence[Column], subjects: Sequence[int]) -> str:
    """``other_header`` where the first row is about nobody and goes on below columns without a header: 黄色, 橙色."""
    if line or not subjects or not cells.keys().isdisjoint(subjects):
        return ""
    unnamed = sum(columns[place].header.startswith(UNNAMED) and place - 1 in cells for place in cells)
    return "other_header" if unnamed and unnamed >= sum(bool(columns[place].fields) for place in cells) else ""


def _kind_of_header(cells: Mapping[int, str], columns: Sequence[Column], names: Mapping[str, tuple[str, ...]]) -> str:
    """Whether most cells are headers, and whether of the columns in which they stand."""
    said = [(match(cell, place, names), columns[place]) for place, cell in cells.items()]
    said = [(one, column) for one, column in said if one.fields or one.header == column.header]
    if len(said) < 2 or len(said) * 2 <= len(cells):
        return ""
    same = all(
        one.fields == column.fields and (not one.unit or same_unit(one.unit, column.unit)) for one, column in said
    )
    return "header" if same else "other_header"


def _kind_below_header(cells: Sequence[str]) -> str:
    """``numbers`` where a row counts the columns, ``units`` where it gives theirs, ``note`` how they are filled in."""
    plain = [tidy(cell).strip("()[]【】") for cell in cells]
    if len(plain) > 2 and all(map(_OF_FORM.fullmatch, plain)):
        return "note"
    plain = plain[1:] if plain and _UNITS_OF.fullmatch(plain[0]) else plain
    if plain and all(cell in "-/" or is_unit(cell) for cell in plain) and any(cell.strip("-/") for cell in plain):
        return "units"
    plain = plain[1:] if plain and _NUMBERS_OF.fullmatch(plain[0]) else plain
    if len(plain) < 3:
        return ""
    for read in (_column_number, _roman_number):
        runs = list(map(read, plain))
        if min(runs) >= 0 and all(after == before + 1 or after in (0, 1) for before, after in pairwise(runs)):
            return "numbers" if len(set(runs)) * 2 > len(runs) else ""
    return ""


def _roman_number(cell: str) -> int:
    return _ROMAN.index(cell) if cell in _ROMAN else -1


def _column_number(cell: str) -> int:
    """What a cell counts its column as (3, 丙, 三, 第3列, C3, 3=1+2, 3=①+②); -1 where it counts none."""
    if len(cell) == 1 and cell.upper() in _STEMS:
        return _STEMS.index(cell.upper())
    if _CHINESE.fullmatch(cell):
        return chinese_number(cell)
    found = _COUNTED.fullmatch(cell)
    return int(found[1]) if found else -1


def with_units(columns: Sequence[Column], units: Left) -> dict[str, str]:
    """The headers without a unit with that of the row of units below them."""
    return {
        column.header: f"{column.header}({units.cells[column.place].strip().strip('()（）')})"
        for column in columns
        if column.fields and column.lacks_unit and column.place in units.cells and units.cells[column.place] not in "/-"
    }


#: RE2: a number with letters behind it, in either width; and the two parts of one that is tidy.
_LOOKS: Final = r"^[\s+\-]*[0-9０-９][0-9０-９.,．，]*\s*[^\s0-9０-９.,．，%％]"
_OF_A_TIME: Final = re.compile("小?时|h|天|日|年|月")
_WITH_UNIT: Final = re.compile(r"([+-]?\d[\d.,]*)\s*([^\d\s.,%].*)")


def of_rows_above(
    table: RawTable, above: Grid, schema: Schema, names: Mapping[str, tuple[str, ...]]
) -> tuple[RawTable, str, list[str]]:
    """A table whose amounts without a unit have that which the rows above the header name (单位：吨/年).

    Returns:
        The table, the unit and the headers it is now the unit of.

    """
    of = schema.energies or schema.amounts
    unit = unit_named((cell for row in above for cell in row), energy=bool(schema.energies)) if of else ""
    columns = matched(table.headers, names) if unit else []
    amounts = [one.header for one in columns if one.lacks_unit and of & set(one.fields)]
    time = unit.removeprefix("/") if unit.startswith("/") else ""  # of a year, of which mass a row below may say
    named = {header: f"{time}{header}" if time else f"{header}({unit})" for header in amounts}
    return table.renamed(named), unit, amounts


def of_cells(table: RawTable, names: Mapping[str, tuple[str, ...]]) -> tuple[RawTable, dict[str, str]]:
    """A table in which columns of numbers that all have one unit behind them (6吨/年) have it in their header.

    A column stays as it is, and its cells are bad ones, where they differ, some have none, or the header has another.

    Returns:
        The table, and the unit of each such header.

    """
    found: dict[str, str] = {}
    columns = list(table.columns)
    lacking: list[str] = []
    for column in matched(table.headers, names):
        texts = columns[column.place]
        name = column.fields[0] if column.fields else ""
        if not name or (name in FIELDS and FIELDS[name].type not in ("number", "integer")) or not _looks(texts):
            continue
        coded = texts if pa.types.is_dictionary(texts.type) else as_text(texts).dictionary_encode()
        cells = coded.dictionary.to_pylist()
        parts = [_WITH_UNIT.fullmatch(tidy(cell)) for cell in cells]
        unit = next((plain_unit(part[2]) for part in parts if part), "")
        plain = [plain_number(cell) for cell, part in zip(cells, parts, strict=True) if not part]
        same = is_unit(unit) and all(same_unit(plain_unit(part[2]), unit) for part in parts if part)
        if not same or any(number and not math.isnan(number) for number in plain):
            continue
        if name not in FIELDS and _OF_A_TIME.fullmatch(unit):  # 8时 and 3日
            continue
        if not (column.lacks_unit or same_unit(column.unit, unit)):
            continue
        found[column.header] = unit
        lacking += [column.header] if column.lacks_unit else []
        bare = text_array([part[1] if part else cell for part, cell in zip(parts, cells, strict=True)])
        columns[column.place] = pa.DictionaryArray.from_arrays(coded.indices, bare).dictionary_decode()
    changed = replace(table, columns=columns, said=None) if found else table
    return changed.renamed({header: f"{header}({found[header]})" for header in lacking}), found


def _looks(column: pa.Array) -> bool:
    """Whether some cell is a number with something behind it."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary
    if not pa.types.is_string(column.type):
        return False
    return bool(pc.any(pc.match_substring_regex(column, _LOOKS)).as_py())
