"""Headers of a list and of its totals: which field a column is, in which unit, and how it is held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pyarrow as pa

from alertengine.files import AS_TEXT, FEW, NOT_READ, Column, ColumnKind, match, normal
from alertengine.vocabulary import (
    CATEGORY_TEXT,
    COMBINED_HEADERS,
    EMISSION_FIELDS,
    FIELDS,
    LIST_FIELDS,
    PLAN_FIELDS,
    PLAN_SHARE_FIELDS,
    REQUIRED_FIELDS,
    TOTAL_COLUMNS,
    InputError,
    Problem,
    Words,
)

#: Units of mass per time: kilograms, and whether the amount is of a year.
MASS_UNITS: Final[dict[str, tuple[float, bool]]] = {
    f"{mass}/{time}": (kilograms, yearly)
    for masses, kilograms in ((("千克", "公斤", "kg"), 1.0), (("吨", "t"), 1000.0))
    for mass in masses
    for times, yearly in ((("日", "天", "d", "day"), False), (("年", "a", "y", "yr"), True))
    for time in times
}


#: Spellings of the unit a field is kept in; another unit in the header is refused, never guessed.
_UNIT_SPELLINGS: Final = {
    "km": {"km", "公里", "千米"},
    "%": {"%", "百分比", "百分数"},
    "mg/m³": {"mg/m3", "毫克/立方米", "mg/nm3", "mg/立方米"},
    "t/h": {"t/h", "吨/小时", "吨/时", "蒸吨", "蒸吨/小时"},
    "h": {"h", "小时", "时"},
    "m": {"m", "米"},
    "t": {"t", "吨", "吨/日", "吨/天", "t/d"},
    "°": {"°", "度"},
}


#: Numbers in per cent of which one of at most 1 without its sign may be a fraction.
OF_HUNDRED: Final = frozenset({*PLAN_SHARE_FIELDS.values(), "load_pct", "load_before_pct", "load_verified_pct"})
#: A unit in the header of the first is the value of the second where that column is blank.
UNIT_COLUMNS: Final = {"capacity": "capacity_unit", "unit_size": "unit_size_unit"}


def _names(headers: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    return {normal(spelling): (name,) for name, said in headers.items() for spelling in (name, *said)}


#: What people write before a header: 是否超低排放, 所属行业, 所在区县.
_BEFORE: Final[Mapping[str, tuple[str, ...]]] = {"bool": ("是否",), "open": ("所在", "所属"), "text": ("所在", "所属")}
LIST_NAMES: Final[Mapping[str, tuple[str, ...]]] = (
    {
        normal(before + header): (field.name,)
        for field in LIST_FIELDS
        if field.type in ("bool", "open") or field.name in ("county", "township")
        for header in field.headers
        for before in _BEFORE[field.type]
    }
    | _names({field.name: field.headers for field in LIST_FIELDS})
    | {normal(header): fields for header, fields in COMBINED_HEADERS.items()}
)


TOTAL_NAMES: Final[Mapping[str, tuple[str, ...]]] = _names(TOTAL_COLUMNS)


def map_headers(headers: Sequence[str], file: str, row: int | None = None) -> list[Column]:
    """The columns of an enterprise list.

    Raises:
        InputError: a required column is missing, two columns are the same field, or a unit is not understood.

    """
    columns = [match(header, place, LIST_NAMES) for place, header in enumerate(headers)]
    problems = _twice(columns, file, row) + [
        Problem("column_missing", file=file, row=row, column=FIELDS[name].text, names=(*FIELDS[name].headers, name))
        for name in REQUIRED_FIELDS
        if not any(name in column.fields for column in columns)
    ]
    problems += [problem for column in columns for problem in _unit_problems(column, file, row)]
    if problems:
        raise InputError(problems)
    return columns


def map_total_headers(headers: Sequence[str], file: str, row: int | None = None) -> list[Column]:
    """The columns of a table of city totals; city, sector and one pollutant must be there.

    Raises:
        InputError: as :func:`map_headers`.

    """
    columns = [match(header, place, TOTAL_NAMES) for place, header in enumerate(headers)]
    there = {name for column in columns for name in column.fields}
    problems = _twice(columns, file, row)
    for name in ("city", "sector"):
        if name not in there:
            said = Problem("column_missing", file=file, row=row, column=TOTAL_COLUMNS[name][0], names="")
            problems.append(said)
    if not there & set(EMISSION_FIELDS.values()):
        problems.append(Problem("emissions_missing", file=file, row=row))
    problems += [problem for column in columns for problem in _unit_problems(column, file, row)]
    if problems:
        raise InputError(problems)
    return columns


#: Headers nearer than this (0 to 100) to one of a field are asked about, and of no fewer letters than these.
_NEAR: Final = 74
_LETTERS: Final = 3


def near_headers(columns: Sequence[Column], file: str, row: int | None) -> list[Problem]:
    """A problem for each column that is no field but whose header comes near that of one the list lacks.

    A guarantee or a measure under a header of somebody's own would else be left out without a word.
    """
    from rapidfuzz import fuzz, process  # only where a header is not known

    there = {name for column in columns for name in column.fields}
    names = {
        normal(header): field
        for field in LIST_FIELDS
        if field.name not in there and not field.private
        for header in field.headers
        if len(header) >= _LETTERS
    }
    problems = []
    for column in columns:
        if column.fields or column.header.startswith(NOT_READ):
            continue
        near = process.extractOne(normal(column.header), list(names), scorer=fuzz.ratio, score_cutoff=_NEAR)
        if near:
            place: dict[str, Any] = {"file": file, "row": row, "column": column.header}
            problems.append(Problem("header_nearly", **place, near=names[near[0]].text))
    return problems


def _twice(columns: Sequence[Column], file: str, row: int | None) -> list[Problem]:
    first: dict[str, str] = {}
    problems = []
    for column in columns:
        for name in column.fields:
            if name in first:
                said = {"field": name, "first": first[name], "second": column.header}
                problems.append(Problem("column_twice", file=file, row=row, column=column.header, **said))
            first.setdefault(name, column.header)
    return problems


def is_mass(name: str) -> bool:
    """Whether a field is an amount of emission per day."""
    return name.endswith("_kg_d")


def _unit_problems(column: Column, file: str, row: int | None) -> list[Problem]:
    if not column.fields or not column.unit:
        return []
    name = column.fields[0]
    if is_mass(name):
        allowed = set(MASS_UNITS)
    elif name in FIELDS and FIELDS[name].unit:
        allowed = _UNIT_SPELLINGS[FIELDS[name].unit]
    else:
        return []
    if column.unit in allowed:
        return []
    units = Words("mass_units") if is_mass(name) else sorted(allowed)
    return [Problem("unit_unknown", file=file, row=row, column=column.header, value=column.unit, units=units)]


def list_kind(header: str) -> ColumnKind:
    """How the column of an enterprise list under a header is held."""
    fields = match(header, 0, LIST_NAMES).fields
    if not fields:
        return AS_TEXT
    field = FIELDS[fields[0]]
    if field.type in ("number", "integer"):
        return ColumnKind(pa.float64(), field)
    few = field.type != "text" or field.name in (*CATEGORY_TEXT, *PLAN_FIELDS.values())
    return ColumnKind(FEW) if few else AS_TEXT
