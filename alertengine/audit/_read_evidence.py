"""Reading evidence: csv, workbook or parquet as real systems export it; which kind it is, its headers tell."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from alertengine.audit.baseline import contradicting
from alertengine.audit.evidence_and_findings import BARE_HEADERS, COLUMNS, KIND_TEXT, ONE_OF, TIMES, UNITS, Evidence
from alertengine.files import (
    NOT_READ,
    Cells,
    Column,
    Findings,
    RawTable,
    Reading,
    Schema,
    as_text,
    end_stamped,
    hour_of,
    match,
    normal,
    number_column,
    read_stamp,
    read_table,
    series_of,
    text_column,
    unknown_text,
    with_sheets,
)
from alertengine.rulebook import FileEvidence
from alertengine.vocabulary import Both, Field, InputError, Problem, Words, coded, number, refuse

_HOUR = 3600
_WHO = ["city", "enterprise_id", "enterprise", "meter_no"]


def add_up(evidence: Evidence) -> None:
    """Turn a table of electricity to kWh of hours where its readings are of parts of an hour, or of power; in place.

    Power counts as the mean from one stamp to the next: kWh is kW times the usual distance of two stamps of a meter
    in hours.  It is read only where neither energy nor a counter is given.  An hour that lacks a reading, or has two
    that differ, is unknown.  Of a counter only the readings at full hours are kept: they hold all.  Afterwards the
    table has no column ``kw``; problems and notes go to the evidence.

    Raises:
        InputError: power whose stamps are not a whole part of an hour, or an hour, apart.

    """
    table = evidence.table
    power = table.pop("kw").to_numpy(dtype=np.float64)
    energy = table["kwh"].to_numpy(dtype=np.float64)
    of_power = bool(np.isnan(energy).all() and table["register"].isna().all() and (~np.isnan(power)).any())
    stamp = table["time"].to_numpy().astype("datetime64[s]").astype(np.int64)
    part = table.groupby(_WHO, dropna=False, sort=False).ngroup().to_numpy(dtype=np.int64)
    order = np.lexsort((stamp, part))
    apart = np.diff(stamp[order])[np.diff(part[order]) == 0]
    step = int(np.median(apart[apart > 0])) if (apart > 0).any() else 0
    whole = 0 < step <= _HOUR and _HOUR % step == 0
    if of_power and not whole:
        raise refuse(evidence.file, "power_stamps", minutes=step // 60)
    if not of_power and (not whole or step == _HOUR):
        return
    if np.isnan(energy).all() and not of_power:
        full = np.flatnonzero(stamp % _HOUR == 0)
        evidence.table, evidence.rows = table.iloc[full].reset_index(drop=True), evidence.rows[full]
        evidence.warnings.append(Problem("counter_by_hour", file=evidence.file, minutes=step // 60))
        return
    amount = power * (step / _HOUR) if of_power else energy
    again = np.zeros(len(order), dtype=bool)
    again[1:] = (np.diff(part[order]) == 0) & (np.diff(stamp[order]) == 0)
    differs = again.copy()
    differs[1:] &= amount[order][1:] != amount[order][:-1]
    evidence.problems += contradicting(evidence, np.sort(order[differs]))
    known = np.where(differs, np.nan, amount[order])
    first = np.flatnonzero(~again)
    # a moment with two readings that differ is unknown: NaN in any of them is NaN in their sum
    spoilt = np.add.reduceat(np.isnan(known).astype(np.int64), first) > 0 if len(first) else np.zeros(0, dtype=bool)
    held = order[first]
    value = np.where(spoilt, np.nan, amount[held])
    hour = stamp[held] // _HOUR
    begins = np.ones(len(held), dtype=bool)
    begins[1:] = (np.diff(hour) != 0) | (np.diff(part[held]) != 0)
    at = np.cumsum(begins) - 1
    total = np.bincount(at, weights=np.nan_to_num(value))
    there = np.bincount(at, weights=~np.isnan(value))
    full = there == _HOUR // step
    of_hour = held[begins]
    starts = (hour[begins] * _HOUR).astype("datetime64[s]")
    kwh = np.where(full, total, np.nan)
    evidence.table = table.iloc[of_hour].assign(time=starts, kwh=kwh).reset_index(drop=True)
    evidence.rows = evidence.rows[of_hour]
    code = "power_by_hour" if of_power else "energy_by_hour"
    evidence.warnings.append(
        Problem(code, file=evidence.file, minutes=step // 60, hours=len(full), lacking=int((~full).sum()))
    )


KINDS: Final[tuple[FileEvidence, ...]] = get_args(FileEvidence)
_NAMES: Final[dict[FileEvidence, dict[str, tuple[str, ...]]]] = {
    kind: {normal(spelling): (field.name,) for field in fields for spelling in (field.name, *field.headers)}
    for kind, fields in COLUMNS.items()
}
_BARE: Final[dict[str, tuple[str, ...]]] = {normal(header): (name,) for header, name in BARE_HEADERS.items()}
_ANY: Final[Mapping[str, tuple[str, ...]]] = {
    name: fields for names in (*_NAMES.values(), _BARE) for name, fields in names.items()
}
#: Columns that hold the hour of the day beside one of days.
_HOUR_COLUMNS: Final = frozenset(map(normal, ("小时", "时段", "时次", "时刻", "时点", "hour")))
#: Columns that number the rows, and how many others that are not read are named.
_NUMBERS: Final = frozenset(("序号", "编号", "行号", "no", "id"))
_SHOWN: Final = 12
#: The midnight that a workbook adds to a day.
_MIDNIGHT: Final = re.compile(r"[ T]0?0:00(:00)?$")
#: Kinds whose readings are of a stretch of time, stamped where it begins.
_MEANS: Final = ("electricity", "cems", "site_pm10")
#: Fewest known headers that make a header row.
_LEAST: Final = 2
#: Fewest columns headed by hours that are a day in columns.
_HOURS: Final = 3
#: How a table of evidence is told from all else.
EVIDENCE_SCHEMA: Final = Schema(
    _ANY,
    _LEAST,
    subjects=("enterprise_id", "enterprise", "meter_no", "cems_no", "gate_no", "site"),
    not_filled=frozenset(field.name for fields in COLUMNS.values() for field in fields if field.type == "number"),
    kind="evidence",
    energies=frozenset(("kwh", "register")),
)


def read_evidence(path: Path | str, kind: FileEvidence | None = None) -> Evidence:
    """One file of evidence; without ``kind`` its headers tell which it is.

    Bad cells count as unknown, rows without a time or without anyone they speak of are left out; each is
    in ``problems``.

    Raises:
        InputError: the file cannot be read, is of no kind or of several, lacks a column, has one twice, or
            a unit is not understood.

    """
    path = Path(path)
    reading = _raw(path)
    if torn := [one for one in reading.problems if one.code == "long_row"]:  # 1,003 without quotes is no 1
        raise InputError(torn)
    raw = reading.table
    kind = kind or _kind_of(raw, path)
    columns = _columns(raw, kind, str(path))
    unread = _unread(raw, columns)
    raw = _with_hours(raw, columns.get("time"))
    findings = Findings(str(path), list(reading.problems), list(reading.notes), raw.labels)
    if unread:
        findings.warnings.append(Problem("columns_unread", file=str(path), names=unread))
    table = pd.DataFrame({field.name: _read(raw, field, kind, columns, findings) for field in COLUMNS[kind]})
    evidence = Evidence(
        kind,
        str(path),
        table,
        raw.rows,
        problems=findings.problems,
        warnings=findings.warnings,
        protocol=reading.protocol,
        sheets=raw.labels,
    )
    if not len(table):
        findings.ask("no_row")
    _keep_usable(evidence, findings, columns["time"].header)
    read = len(evidence.problems)
    if kind == "electricity":
        add_up(evidence)
    evidence.problems[read:] = with_sheets(evidence.problems[read:], raw.labels)
    times = evidence.table["time"]
    evidence.hourly = bool((times != times.dt.normalize()).any())
    return evidence


def _unread(raw: RawTable, columns: Mapping[str, Column]) -> list[str]:
    """The headers of columns that are not read, but for numbers of rows and those a profile leaves out."""
    read = {column.place for column in columns.values()} | {_hour_column(raw)}
    others = [header for place, header in enumerate(raw.headers) if place not in read]
    others = [header for header in others if normal(header) not in _NUMBERS and not header.startswith(NOT_READ)]
    return others[:_SHOWN] + ["…"] * (len(others) > _SHOWN)


def _raw(path: Path) -> Reading:
    try:
        return read_table(path, EVIDENCE_SCHEMA)
    except InputError as error:
        if any(problem.code in ("no_header", "no_table_sheet") for problem in error.problems):
            raise refuse(path, "no_evidence_header", kinds=_all_kinds()) from None
        raise


def _all_kinds() -> Both:
    """What a file of each kind cannot do without, by the first header of each column."""
    needed = {}
    for kind in KINDS:
        by_name = {field.name: field for field in COLUMNS[kind]}
        groups = [*ONE_OF[kind], *((field.name,) for field in COLUMNS[kind] if field.required)]
        needed[kind] = dict.fromkeys("/".join(by_name[name].text for name in group[:3]) for group in groups)
    return Both(
        "; ".join(f"{kind}: {', '.join(names)}" for kind, names in needed.items()),
        "；".join(f"{KIND_TEXT[kind]}：{'、'.join(names)}" for kind, names in needed.items()),
    )


def _kind_of(raw: RawTable, path: Path) -> FileEvidence:
    """The one kind whose telling columns are there.

    Raises:
        InputError: none is, or more than one.

    """
    found = []
    for kind in KINDS:
        there = {name for header in raw.headers for name in _column(header, 0, kind).fields}
        if all(set(group) & there for group in ONE_OF[kind]):
            found.append(kind)
    if len(found) == 1:
        return found[0]
    if found:
        raise refuse(path, "evidence_of_two_kinds", kinds=coded(found, KIND_TEXT))
    hours = [header for header in raw.headers if hour_of(header)]
    if len(hours) >= _HOURS:
        raise refuse(path, "hours_in_columns", row=raw.header_row, count=len(hours), value=f"{hours[0]} … {hours[-1]}")
    raise refuse(path, "evidence_unknown", kinds=_all_kinds())


def _column(header: str, place: int, kind: FileEvidence) -> Column:
    """The column behind a header; a pollutant alone is its concentration where a unit of one stands beside it."""
    column = match(header, place, _NAMES[kind])
    if column.fields or kind != "cems":
        return column
    bare = match(header, place, _BARE)
    return bare if bare.unit in UNITS["mg/m³"] else column


def _columns(raw: RawTable, kind: FileEvidence, file: str) -> dict[str, Column]:
    """The column of each field that the file has.

    Raises:
        InputError: with every missing, doubled or ununderstood column.

    """
    problems: list[Problem] = []
    places: dict[str, Column] = {}
    units = {field.name: field.unit for field in COLUMNS[kind]}
    hours = _hour_column(raw)
    for place, header in enumerate(raw.headers):
        column = _column(header, place, kind)
        for name in column.fields if place != hours else ():
            if name in places:
                words = {"field": name, "first": places[name].header, "second": column.header}
                problems.append(Problem("column_twice", file=file, row=raw.header_row, column=column.header, **words))
            places.setdefault(name, column)
            known = UNITS.get(units[name], {})
            if column.unit and known and column.unit not in known:
                unknown = Problem("unit_unknown", file=file, row=raw.header_row, column=header, units=list(known))
                problems.append(unknown.at(value=column.unit))
    for field in COLUMNS[kind]:
        if field.required and field.name not in places:
            names = (*field.headers, field.name)
            absent = Problem("column_missing", file=file, row=raw.header_row, column=field.text, names=names)
            problems.append(absent)
    problems += [
        Problem("column_missing", file=file, row=raw.header_row, names=group)
        for group in ONE_OF[kind]
        if not set(group) & set(places)
    ]
    if problems:
        raise InputError(problems)
    return places


def _hour_column(raw: RawTable) -> int | None:
    """The column that holds the hours of another one's days."""
    times = [place for place, header in enumerate(raw.headers) if "time" in match(header, place, _ANY).fields]
    hours = [place for place, header in enumerate(raw.headers) if normal(header) in _HOUR_COLUMNS]
    return hours[0] if hours and set(times) - {hours[0]} else None


def _with_hours(raw: RawTable, time: Column | None) -> RawTable:
    """A table whose column of times has the hours of a column of their own (日期, 时段) too.

    ``01:00``, ``1时``, ``00:15`` and ``00:00-01:00``, which begins at its first; one of other words is left alone.
    """
    place = _hour_column(raw)
    if place is None or time is None:
        return raw
    days, hours = (as_text(raw.columns[at]).to_pylist() for at in (time.place, place))
    said = [None if hour is None else hour_of(re.split(r"\s*[-—~～至]\s*", hour.strip())[0]) for hour in hours]
    if not any(said):
        return raw
    joined = [
        day if day is None or hour is None else f"{_MIDNIGHT.sub('', day.strip())} {at or hour.strip()}"
        for day, hour, at in zip(days, hours, said, strict=True)
    ]
    columns = [*raw.columns]
    columns[time.place] = pa.array(joined, pa.string())
    return replace(raw, columns=columns, said=None)


def _read(
    raw: RawTable, field: Field, kind: FileEvidence, columns: Mapping[str, Column], findings: Findings
) -> pd.Series:
    """One column in its type and unit; unknown throughout where the file does not have it."""
    count = len(raw.rows)
    if field.name not in columns:
        if field.name in TIMES:
            return pd.Series(np.full(count, np.datetime64("NaT", "s")))
        return pd.Series(np.full(count, np.nan)) if field.type == "number" else series_of(unknown_text(count))
    column = columns[field.name]
    cells = Cells(column.header, raw.columns[column.place], raw.rows, findings)
    if field.name in TIMES:
        return _times(cells, means="register" not in columns and field.name == "time" and kind in _MEANS)
    if field.type == "number":
        factor = UNITS.get(field.unit, {}).get(column.unit, 1.0)
        return pd.Series((number_column(cells, field) * factor).round(6))  # 1.0103 MWh are the 1010.3 kWh of others
    return series_of(text_column(cells, codes=field.name.endswith(("_no", "_id")), names=field.name == "enterprise"))


def _times(cells: Cells, *, means: bool) -> pd.Series:
    """The times of a column; of means over a time whose stamps are shown to be those of their ends, when they began."""
    encoded, values = cells.parse(lambda text: read_stamp(text) if text else None, None)
    if means:
        ends = end_stamped(values)
        times = [None if time is None else time - ends.length for time in ends.times]
        if ends.length:
            minutes = int(ends.length.total_seconds() // 60)
            cells.findings.warn("end_stamps", column=cells.header, shown=ends.shown_by, minutes=minutes)
    else:
        times = [None if value is None else value.time for value in values]
    return pd.Series(encoded.take(times, missing=None, dtype="datetime64[s]"))


def without_marks(evidence: Evidence, marks: Collection[float]) -> None:
    """Take marks of missing data (9999) out of measured concentrations, in place, with a problem a column."""
    for field in COLUMNS[evidence.kind]:
        if field.unit not in ("mg/m³", "µg/m³") or field.name.endswith("_limit"):
            continue
        values = evidence.table[field.name]
        wrong = values.isin(list(marks)).to_numpy()
        if wrong.any():
            at = np.flatnonzero(wrong)
            more = Words("rows_from_here", count=len(at)) if len(at) > 1 else ""
            place: dict[str, Any] = {"file": evidence.file, "row": int(evidence.rows[at[0]])}
            place |= {"column": field.text, "value": number(values.iloc[at[0]])}
            evidence.problems.append(Problem("air_no_data", **place, more=more))
            evidence.table[field.name] = values.mask(wrong)


def _keep_usable(evidence: Evidence, findings: Findings, time: str) -> None:
    """Leave out rows that name no time or no one, with a problem each; the same row twice counts once.

    ``time`` is the header of the column of times.
    """
    table = evidence.table
    unread = {(one.sheet, one.row) for one in findings.problems if one.column == time}  # told before as no time
    who = list(ONE_OF[evidence.kind][0])
    left_out = np.zeros(len(table), dtype=bool)
    for names in (who, ["time"]):
        blank = table[names].isna().all(axis=1).to_numpy() & ~left_out
        left_out |= blank
        at = np.flatnonzero(blank)
        at = at[~table.iloc[at].isna().all(axis=1).to_numpy()]
        said = [field.text for field in COLUMNS[evidence.kind] if field.name in names]
        blanks = [findings.problem("cell_blank", int(row), "、".join(said), names=said) for row in evidence.rows[at]]
        told = unread if names == ["time"] else ()
        findings.problems.extend(one for one in blanks if (one.sheet, one.row) not in told)
    # readings of meters are compared where they are added up, on numbers instead of texts
    again = np.zeros(len(table), dtype=bool) if evidence.kind == "electricity" else table.duplicated().to_numpy()
    if again.any():
        findings.warn("rows_repeated", count=int(again.sum()))
    keep: npt.NDArray[np.bool_] = ~(left_out | again)
    if not keep.all():
        evidence.table = table[keep].reset_index(drop=True)
        evidence.rows = evidence.rows[keep]
