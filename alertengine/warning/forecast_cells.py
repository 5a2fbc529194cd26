"""The cells of a forecast or observation under the headers of the contract, one row a place and time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from alertengine.files import (
    A_DAY,
    A_TIME,
    BadCellError,
    Column,
    Protocol,
    RawTable,
    Reading,
    Schema,
    as_text,
    is_blank,
    is_unit,
    match,
    matched,
    nearest_day,
    nearest_number,
    normal,
    parse_days,
    parse_range,
    parse_stamp,
    plain_number,
    read_frame,
    read_stamp,
    read_table,
    tidy,
)
from alertengine.rulebook import OpenLists, Stations
from alertengine.vocabulary import AQI_CLASSES, InputError, Problem, Words, number
from alertengine.warning.aqi import Floats, class_bounds
from alertengine.warning.places import PROVINCE, STATION
from alertengine.warning.plausibility import CONCENTRATIONS, INDICES, UNREADABLE
from alertengine.warning.rows import Rows
from alertengine.warning.spellings import parse_classes
from alertengine.warning.unfolding import (
    AMOUNT,
    INDICATOR,
    NAMES,
    VALUES,
    Unfolded,
    WideNames,
    is_day,
    spread_columns,
    unfold,
)

if TYPE_CHECKING:
    import pandas as pd

#: How a forecast's or an observation's table is told from all else.
FORECAST_SCHEMA: Final = Schema(
    NAMES,
    least=2,
    subjects=("city",),
    not_filled=frozenset({"aqi", "aqi_low", "aqi_high", *CONCENTRATIONS}),
    kind="forecast",
)
#: Where a title goes on with another word and its colon: 空气质量预报（发布时间：…）, 发布单位：省站 发布时间：….
_STATED: Final = re.compile(r"[(【\s]+(?=[^\W\d]+\s*:)|[,;]")
#: Units a header may give in brackets, as factors to that of the column.
_MICRO: Final = ("μg/m3", "ug/m3", "微克/立方米", "微克/m3")
_MILLI: Final = ("mg/m3", "毫克/立方米", "毫克/m3")
_UNITS: Final = {
    "µg": dict.fromkeys(_MICRO, 1.0) | dict.fromkeys(_MILLI, 1000.0),
    "co": dict.fromkeys(_MILLI, 1.0) | dict.fromkeys(_MICRO, 0.001),
}
_ENDS: Final = ("aqi", "aqi_low", "aqi_high")
#: What may stand in brackets behind an AQI: none of it says which part of a day it is of.
_OF_AN_INDEX: Final = (
    "范围", "区间", "指数", "预报", "预报值", "预测", "预测值", "值", "日均", "日均值", "均值", "24小时", "无量纲",
    "aqi",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ForecastCells:
    """The cells of a file or frame, how it was read, and the problems and notes of that."""

    table: RawTable
    protocol: Protocol | None
    problems: list[Problem]
    notes: list[Problem]
    unfolded: Unfolded | None = None
    #: When it was issued, where the rows above its header say so, and that what they say of it is no one time.
    issued: datetime | None = None
    unclear: list[Problem] = field(default_factory=list)


def cells_of(source: Path | str | pd.DataFrame, lists: OpenLists) -> ForecastCells:
    """The cells of a file or frame; of one with cities or days in columns, unfolded to rows."""
    if not isinstance(source, (str, PathLike)):
        return _rows_of(read_frame(source), lists, recorded=False)
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


def _wide(path: Path, lists: OpenLists) -> ForecastCells | None:
    """The cells of a file whose header is of cities or days; None where it is not."""
    names = WideNames(lists.spellings("places"))
    try:
        reading = read_table(path, replace(FORECAST_SCHEMA, names=names, subjects=("target_date", "city")))
    except InputError:
        return None
    return _rows_of(reading, lists) if spread_columns(reading.table, names, lists) else None


def _rows_of(reading: Reading, lists: OpenLists, *, recorded: bool = True) -> ForecastCells:
    protocol = reading.protocol if recorded else None
    found: Unfolded | None = None
    table = reading.table
    if not _has_rows(table):
        names = WideNames(lists.spellings("places"))
        spread = spread_columns(table, names, lists)
        short = [one.header for one in spread if one.axis == "target_date" and not is_day(one.text)]
        if short:
            said: dict[str, Any] = {"count": len(short), "names": short[:5]}
            raise InputError([Problem("header_without_year", file=table.file, row=table.header_row, **said)])
        if spread:
            found = unfold(table, spread, names, reading.above)
            columns = tuple((header, found.columns.get(header, fields)) for header, fields in reading.protocol.columns)
            table, protocol = found.table, replace(reading.protocol, columns=columns) if recorded else None
    notes = [*reading.notes, *(found.notes if found else ())]
    stated, times = _issued_above(reading.above)
    issued = times.pop() if len(times) == 1 else None
    place: dict[str, Any] = {"file": table.file, "column": "issue_time", "expected": A_TIME}
    unclear = [Problem("cell_missing", **place, value="; ".join(stated))] if stated and issued is None else []
    return ForecastCells(table, protocol, [*reading.problems], notes, found, issued, unclear)


def _issued_above(above: Iterable[str]) -> tuple[list[str], set[datetime]]:
    """What rows above a header state as the time of the issue, 发布时间：2026-11-28 15:00, and the times that it is."""
    parts = (part.partition(":") for cell in above for part in _STATED.split(tidy(cell)))
    said = [text for header, _, text in parts if NAMES.get(normal(header)) == ("issue_time",)]
    said = [text.rstrip("】") if "(" in text else text.rstrip(")】") for text in said]
    times = set[datetime]()
    for text in said:
        with suppress(BadCellError):
            times.add(parse_stamp(text))
    return said, times


def _has_rows(table: RawTable) -> bool:
    """Whether a table has a column of cities, one of days and some of values."""
    columns = matched(table.headers, NAMES)
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
        if not column.unit or not (known or name in _ENDS):
            continue
        if column.unit in known:
            out[name] = known[column.unit]
        elif name in _ENDS and (is_unit(column.unit) or column.unit in _OF_AN_INDEX):
            continue
        else:
            place: dict[str, Any] = {"file": file, "row": row, "column": column.header, "value": column.unit}
            day = re.search(r"\d\s*[-/.月]\s*\d", column.unit)  # AQI(11月26日)
            code = "day_in_a_header" if day else "unit_unknown"
            problems.append(Problem(code, **place, units=list(known or _OF_AN_INDEX)))
    if problems:
        raise InputError(problems)
    return out


#: Fields of words, of which a table may have several columns (级别 and 类别): the first is read.
_WORDS_ALONE: Final = frozenset({"level_low", "level_high", "issuer", "remark", "station"})


def said_twice(raw: RawTable, columns: Mapping[str, Column]) -> Iterator[Problem]:
    """A problem for each further column of a field that says something else than the one read."""
    for place, header in enumerate(raw.headers):
        name = next(iter(match(header, place, NAMES).fields), "")
        first = columns.get(name)
        if first is None or first.place == place or name in _WORDS_ALONE:
            continue
        said, again = (as_text(raw.columns[at]).to_pylist() for at in (first.place, place))
        for row, one, other in zip(raw.rows, said, again, strict=True):
            if other and not is_blank(other) and tidy(other) != tidy(one or ""):
                what = {"field": name, "first": first.header, "second": header}
                yield Problem("column_twice", file=raw.file, row=int(row), column=header, value=other, **what)
                break


#: What makes two rows speak of the same.
PLACE: Final = ["city", "county", "start", "hours"]
_ISSUE: Final = ["issue_time", *PLACE]
#: Repeated rows that are named; a feed may hold thousands.
_TOLD: Final = 10
_NUMBERS: Final = [*INDICES, *CONCENTRATIONS]
_SAID: Final = [*_NUMBERS, "primary", "dust"]
#: A mean of stations is dusty where more of them are than are not.
_MOSTLY: Final = 0.5


def without_issue(file: str, rows: Iterable[int], texts: Iterable[str]) -> list[Problem]:
    """A problem for each row whose issue time is blank."""
    blank = (int(row) for row, text in zip(rows, texts, strict=True) if is_blank(text))
    return [Problem("row_without_issue", file=file, row=row, column="issue_time") for row in blank]


def stations_to_cities(
    table: Rows, rule: Stations | None, file: str, problems: list[Problem], notes: list[Problem]
) -> Rows:
    """Rows of stations as one row a city and time: the mean of those that report; or left out where no rule says how.

    The column ``station`` is blank in rows of a whole city.
    """
    of_station = table["station"] != ""
    if not of_station.any():
        return table
    rows, rest = table.at(of_station), table.at(~of_station)
    cities = tuple(sorted(set(rows["city"].tolist()))[:5])
    if rule is None or rule.rule == "refused":
        problems.append(Problem("stations_left_out", file=file, row=int(rows["row"][0]), cities=cities))
        return rest
    _, first, key = np.unique(rows.group_keys(_ISSUE), return_index=True, return_inverse=True)
    out = rows.at(first)
    for name in _NUMBERS:
        out[name][:] = _means(rows[name], key, len(first))
    dust = _means(rows["dust"].astype(float), key, len(first)) > _MOSTLY
    blank = np.full(len(first), "", dtype=object)
    out = out.having(dust=dust, primary=blank, station=blank, rank=np.full(len(first), STATION)).at(np.argsort(first))
    told = Rows({"key": key, "station": rows["station"]})
    counts = np.bincount(told.last_of_each(["key", "station"])["key"])
    notes.append(Problem("stations_mean", file=file, cities=cities, least=int(counts.min()), most=int(counts.max())))
    return Rows.joined([rest, out])


def _means(values: Floats, key: npt.NDArray[np.int64], count: int) -> Floats:
    """The mean of the values there are of each group."""
    there = ~np.isnan(values)
    sums = np.bincount(key[there], weights=values[there], minlength=count)
    counts = np.bincount(key[there], minlength=count)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def one_row_each(table: Rows, file: str, problems: list[Problem], notes: list[Problem]) -> Rows:
    """One row a place, time and issue: of the nearest rank; unequal ones of a rank as the range between them."""
    key = np.unique(table.group_keys(_ISSUE), return_inverse=True)[1]
    if not len(key) or int(key.max()) + 1 == len(key):
        return table
    nearest = np.full(int(key.max()) + 1, PROVINCE)
    np.minimum.at(nearest, key, table["rank"])
    near = table["rank"] == nearest[key]
    table, key = table.at(near), key[near]
    _, first = np.unique(table.group_keys([*_ISSUE, *_SAID]), return_index=True)
    if len(first) < table.count:
        equal = np.ones(table.count, dtype=bool)
        equal[first] = False
        notes.append(Problem("rows_repeat", file=file, rows=np.unique(table["row"][equal])[:_TOLD].tolist()))
        table, key = table.at(~equal), key[~equal]
    twice = np.bincount(key)[key] > 1
    if not twice.any():
        return table
    of_key: dict[int, list[int]] = {}
    for place in np.flatnonzero(twice).tolist():
        of_key.setdefault(int(key[place]), []).append(place)
    groups = [table.at(np.array(places)) for places in of_key.values()]
    told: dict[tuple[int, ...], str] = {}
    for rows in groups:
        told.setdefault(tuple(np.unique(rows["row"]).tolist()), _values(rows))
    for numbers, values in told.items():
        problems.append(Problem("rows_unequal", file=file, row=numbers[-1], value=values, rows=numbers))
    return Rows.joined([table.at(~twice), *map(_between, groups)])


def _values(rows: Rows) -> str:
    """What differs between rows, in short."""
    for name in ("aqi_mid", *_SAID):
        said = [value if isinstance(value, str) else number(value) for value in rows[name].tolist()]
        if len(set(said)) > 1:
            return " / ".join(said)
    return ""


def _between(rows: Rows) -> Rows:
    """One row that spans several: lowest to highest index, concentrations at the middle, dust where all say so."""
    out = rows.at(np.array([-1]))
    low, high = np.fmin.reduce(rows["aqi_low"]), np.fmax.reduce(rows["aqi_high"])
    numbers = {"aqi_low": low, "aqi_high": high, "aqi_mid": np.floor((low + high) / 2), "dust": rows["dust"].all()}
    numbers |= {name: (np.fmin.reduce(rows[name]) + np.fmax.reduce(rows[name])) / 2 for name in CONCENTRATIONS}
    for name, value in numbers.items():
        out[name][0] = value
    said = rows["primary"].tolist()
    named = dict.fromkeys(part for text in said for part in text.split("|") if part)
    out["primary"][0] = UNREADABLE if UNREADABLE in named else "|".join(named) if all(said) else ""
    return out


@dataclass(frozen=True, slots=True)
class When:
    """The days a cell names, and the hour of a stamp in it; 0 is midnight."""

    days: tuple[datetime, ...]
    hour: int = 0


NEVER: Final = When(())


def when_of(text: str, by: datetime | None = None) -> When:
    """The days of a cell; ``by`` is about when, for what a day without a year may be."""
    try:
        return When(parse_days(text))
    except BadCellError as error:
        try:
            stamp = read_stamp(text)
        except BadCellError:
            near = nearest_day(text, by) if by is not None else ""
            raise (BadCellError(Words("perhaps", expected=A_DAY, near=near)) if near else error) from None
        day = datetime.combine(stamp.time.date(), time()) - timedelta(days=int(stamp.ends_day))
        if not stamp.has_hour or stamp.time.minute or stamp.time.second:
            raise
        return When((day,), 24 if stamp.ends_day else stamp.time.hour)


TOP: Final = AQI_CLASSES[-1][1]

CLASSES: Final = Words("one_of", names=[name for name, _ in AQI_CLASSES])

#: Beyond this nothing is a measured number; nearer, plausible.yaml says what is.
_BOUND: Final = 1e6


def one_of(names: Iterable[str]) -> Words:
    """What is expected of a word: one of some."""
    return Words("one_of", names=list(names))


def aqi_of(text: str) -> tuple[float, ...]:
    """Lower and upper end of an AQI, a range of them, or a class in their place; see :func:`class_ends`."""
    try:
        low, high = parse_range(text)
    except BadCellError as error:
        try:
            return class_ends(text)
        except BadCellError as other:
            raise (other if "染" in text else error) from None
    if not -_BOUND <= low <= high <= _BOUND:
        raise BadCellError(Words("an_aqi", top=TOP))
    return low, high, high


def concentration_of(text: str) -> float:
    """One number; what of it can be plausible.yaml says."""
    value = plain_number(text)
    if not abs(value) <= _BOUND:
        raise BadCellError(nearest_number(text, Words("a_concentration")))
    return value


def class_ends(text: str) -> tuple[float, ...]:
    """The lowest AQI of the lower class, the highest of the upper, and of what some spots or hours have."""
    said = parse_classes(text)
    return class_bounds(said.low)[0], class_bounds(said.high)[1], class_bounds(said.at_times)[1]
