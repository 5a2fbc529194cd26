"""The cells of a forecast or observation under the headers of the contract, whatever their shape and units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pandas as pd

from alertengine.files import FRAME, Column, Protocol, RawTable, Reading, Schema, frame_table, match, read_table
from alertengine.rulebook import OpenLists
from alertengine.vocabulary import InputError, Problem
from alertengine.warning.forecast_headers import AMOUNT, INDICATOR, NAMES
from alertengine.warning.plausibility import CONCENTRATIONS
from alertengine.warning.unfolding import VALUES, Unfolded, WideNames, spread_columns, unfold

#: How a forecast's or an observation's table is told from all else.
FORECAST_SCHEMA: Final = Schema(
    NAMES,
    least=2,
    subjects=("city",),
    not_filled=frozenset({"aqi", "aqi_low", "aqi_high", *CONCENTRATIONS}),
    kind="forecast",
)
#: Units a header may give in brackets, as factors to that of the column.
_MICRO: Final = ("μg/m3", "ug/m3", "微克/立方米", "微克/m3")
_MILLI: Final = ("mg/m3", "毫克/立方米", "毫克/m3")
_UNITS: Final = {
    "µg": dict.fromkeys(_MICRO, 1.0) | dict.fromkeys(_MILLI, 1000.0),
    "co": dict.fromkeys(_MILLI, 1.0) | dict.fromkeys(_MICRO, 0.001),
}


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of a file or frame, how it was read, and the problems and notes of that."""

    table: RawTable
    protocol: Protocol | None
    problems: list[Problem]
    notes: list[Problem]
    unfolded: Unfolded | None = None


def cells_of(source: Path | str | pd.DataFrame, lists: OpenLists) -> Cells:
    """The cells of a file or frame; of one with cities or days in columns, unfolded to rows."""
    if isinstance(source, pd.DataFrame):
        table = frame_table(source)
        return _rows_of(Reading(table, Protocol(table.file, FRAME, rows=len(table.rows))), lists, recorded=False)
    path = Path(source)
    try:
        reading = read_table(path, FORECAST_SCHEMA)
    except InputError as error:
        if not {problem.code for problem in error.problems} & {"no_header", "no_table_sheet"}:
            raise
        found = _wide(path, lists)
        if found is None:
            raise
        return found
    return (None if _has_rows(reading.table) else _wide(path, lists)) or _rows_of(reading, lists)


def _wide(path: Path, lists: OpenLists) -> Cells | None:
    """The cells of a file whose header is of cities or days; None where it is not."""
    names = WideNames(lists.spellings("places"))
    try:
        reading = read_table(path, replace(FORECAST_SCHEMA, names=names, subjects=("target_date", "city")))
    except InputError:
        return None
    return _rows_of(reading, lists) if spread_columns(reading.table, names, lists) else None


def _rows_of(reading: Reading, lists: OpenLists, *, recorded: bool = True) -> Cells:
    protocol = reading.protocol if recorded else None
    found: Unfolded | None = None
    table = reading.table
    if not _has_rows(table):
        names = WideNames(lists.spellings("places"))
        spread = spread_columns(table, names, lists)
        if spread:
            found = unfold(table, spread, names, reading.above)
            columns = tuple((header, found.columns.get(header, fields)) for header, fields in reading.protocol.columns)
            table, protocol = found.table, replace(reading.protocol, columns=columns) if recorded else None
    notes = [*reading.notes, *(found.notes if found else ())]
    return Cells(table, protocol, [*reading.problems], notes, found)


def _has_rows(table: RawTable) -> bool:
    """Whether a table has a column of cities, one of days and some of values."""
    columns = [match(header, place, NAMES) for place, header in enumerate(table.headers)]
    fields = {name for column in columns for name in column.fields}
    return {"city", "target_date"} <= fields and (bool(fields & VALUES) or not {INDICATOR, AMOUNT} <= fields)


def factors_of(columns: Mapping[str, Column], file: str, row: int | None) -> dict[str, float]:
    """What turns each concentration into the unit of the contract, by the unit of its header.

    Raises:
        InputError: a unit is not understood.

    """
    problems = []
    out = {}
    for name, column in columns.items():
        known = _UNITS["co" if name == "co" else "µg"] if name in CONCENTRATIONS else {}
        if not column.unit or not known:
            continue
        if column.unit in known:
            out[name] = known[column.unit]
        else:
            place: dict[str, Any] = {"file": file, "row": row, "column": column.header, "value": column.unit}
            problems.append(Problem("unit_unknown", **place, units=list(known)))
    if problems:
        raise InputError(problems)
    return out
