"""Values of a forecast or observation file that cannot be: told, and kept out of every decision.

What is plausible is data (``rules/vocabulary/plausible.yaml``).  All functions take the rows of a
:class:`~alertengine.warning.forecast.Forecast` while it is read and return them without what is doubtful.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from alertengine.rulebook import AqiRule, Contradiction, DayJumps, Plausible, Rulebook, Unit
from alertengine.vocabulary import AMBIENT, AMBIENT_TEXT, AQI_CLASSES, Problem, Words, number, to_minute
from alertengine.warning.aqi import POLLUTANT_ORDER, AqiStandard, Floats, daily_aqi, hourly_aqi
from alertengine.warning.rows import Rows

#: A primary pollutant that could not be read: neither particulate nor anything else.
UNREADABLE: Final = "?"
INDICES: Final = ("aqi_low", "aqi_mid", "aqi_high")
CONCENTRATIONS: Final = (*AMBIENT, "o3_8h", "o3_1h")
#: Rows of one kind of doubt told one by one; of more, the first and their number.
_TOLD: Final = 12
_HOUR: Final = np.timedelta64(1, "h")
_DAY: Final = np.timedelta64(1, "D")
Texts = Sequence[str] | npt.NDArray[Any]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass
class DoubtCollector:
    """Collects what is doubted in one file.

    ``problems`` need a person, ``notes`` inform; both are those of the Forecast being read.
    """

    file: str
    plausible: Plausible
    problems: list[Problem]
    notes: list[Problem]

    def values(self, column: str, rows: Ints, texts: Texts, values: Floats, *, observed: bool) -> Floats:
        """One column without marks of missing data and without values out of range, its unit seen to.

        Args:
            column: its field, such as ``aqi_low`` or ``co``.
            rows: the rows of the file.
            texts: the cells as written.
            values: the numbers read from them (shape: rows), NaN where there is none.
            observed: the file holds observations.

        """
        name = "aqi" if column.startswith("aqi") else column
        held = values.copy()
        marks = np.isin(held, self.plausible.no_data)
        self._doubt("air_no_data", column, rows, texts, marks)
        held[marks] = np.nan
        held = self._in_unit(column, rows, texts, held, self.plausible.units.get(name))
        zeros = (held == 0) & (observed and self.plausible.zero_is_no_data is not None)
        self._doubt("air_zero", column, rows, texts, zeros)
        held[zeros] = np.nan
        span = self.plausible.air.get(name)
        if span is not None:
            wrong = (held < span.lowest) | (held > span.highest)
            self._doubt("air_out_of_range", column, rows, texts, wrong, lowest=span.lowest, highest=span.highest)
            held[wrong] = np.nan
        return held

    def _in_unit(self, column: str, rows: Ints, texts: Texts, values: Floats, unit: Unit | None) -> Floats:
        there = values > 0
        if unit is None or not there.any():
            return values
        middle, name = float(np.median(values[there])), AMBIENT_TEXT.get(column, column)
        if there.sum() < unit.least:
            return self._without_strays(column, rows, texts, values, unit, middle)
        if unit.above is not None and middle > unit.above:
            said: dict[str, Any] = {"name": name, "unit": unit.read_as, "middle": middle, "factor": unit.divide_by}
            self.notes.append(Problem("air_unit_read", file=self.file, column=name, **said))
            return values / unit.divide_by
        if unit.below is not None and middle < unit.below:
            said = {"name": name, "below": unit.below, "middle": middle, "unit": unit.looks_like}
            first = int(np.flatnonzero(there)[0])
            place: dict[str, Any] = {"file": self.file, "row": int(rows[first]), "column": column}
            self.problems.append(Problem("air_unit_doubted", **place, value=str(texts[first]), **said))
            return np.full(len(values), np.nan)
        return self._without_strays(column, rows, texts, values, unit, middle)

    def _without_strays(
        self, column: str, rows: Ints, texts: Texts, values: Floats, unit: Unit, middle: float
    ) -> Floats:
        """A column without single cells that look like another unit than the rest, whose median is ``middle``."""
        if unit.cell_times is None:
            return values
        wrong = np.zeros(len(values), dtype=bool)
        if unit.below is not None:
            wrong |= (values > 0) & (values < unit.below) & (values * unit.cell_times <= middle)
        if unit.above is not None:
            wrong |= (values > unit.above) & (values >= unit.cell_times * middle)
        self._doubt("air_unit_stray", column, rows, texts, wrong, unit=unit.looks_like or unit.read_as, middle=middle)
        return np.where(wrong, np.nan, values)

    def _doubt(self, code: str, column: str, rows: Ints, texts: Texts, wrong: Bools, **said: Any) -> None:
        """One problem a row, of many rows one for all."""
        places = np.flatnonzero(wrong)
        more: Words | str = "" if len(places) <= _TOLD else Words("rows_from_here", count=len(places))
        self.problems += [
            Problem(code, file=self.file, row=int(rows[at]), column=column, value=str(texts[at]), more=more, **said)
            for at in (places[:1] if more else places)
        ]

    def rows_of_zeros(self, rows: Ints, table: Mapping[str, Floats]) -> None:
        """Take the numbers out of rows in which every one of them is 0, in place."""
        if self.plausible.zero_is_no_data is None:
            return
        names = [*INDICES, *CONCENTRATIONS]
        numbers = np.array([table[name] for name in names])
        nothing = (np.nan_to_num(numbers, nan=0.0) == 0).all(axis=0) & ~np.isnan(numbers).all(axis=0)
        self._doubt("air_zero_row", "aqi", rows, ["0"] * len(rows), nothing)
        for name in names:
            table[name][nothing] = np.nan

    def far_days(self, table: Rows, *, issued: bool) -> Rows:
        """Rows without those whose day lies too far from the issue, or from the middle of observations."""
        days = self.plausible.days
        if days is None or not table.count:
            return table
        start = table["start"].astype("datetime64[D]")
        if issued:
            ahead = (start - table["issue_time"].astype("datetime64[D]")).astype(np.int64)
            wrong = (ahead < -days.before_issue) | (ahead > days.after_issue)
            code, said = "day_far_from_issue", dict[str, Any](before=days.before_issue, after=days.after_issue)
        else:
            middle = np.median(start.astype(np.int64))
            wrong = np.abs(np.floor(start.astype(np.int64) - middle)) > days.from_middle
            said = {"days": days.from_middle, "middle": str(np.datetime64(int(np.floor(middle)), "D"))}
            code = "day_far_from_others"
        first = np.sort(np.unique(table["row"], return_index=True)[1])
        rows = table["row"][first]
        self._doubt(code, "target_date", rows, start[first].astype(str), np.isin(rows, table["row"][wrong]), **said)
        return table.at(~wrong)

    def jumps(self, table: Rows) -> None:
        """Take out single hours far above the hour before and the hour after, in place."""
        jumps = self.plausible.jumps
        hourly = np.flatnonzero(table["hours"] == 1)
        if jumps is None or not len(hourly):
            return
        at = hourly[table.at(hourly).order("city", "county", "start")]
        neighbours = _Neighbours(table, at, ["city", "county"], _HOUR)
        for name, least in jumps.by.items():
            values, before, after = neighbours.of("aqi_mid" if name == "aqi" else name)
            higher = np.maximum(before, after)
            wrong = (values >= jumps.times * higher) & (values - higher >= least)
            self._taken_out("air_jump", name, table, at[wrong], times=jumps.times)

    def day_jumps(self, table: Rows) -> None:
        """Take out single days far above or below both their neighbours, in place; say where days are copied."""
        rule = self.plausible.day_jumps
        daily = np.flatnonzero(table["hours"] == 24)
        if rule is None or len(daily) < 3:
            return
        several = len(np.unique(table["issue_time"][daily])) < len(daily)
        key = ["issue_time", "city", "county"] if several else ["city", "county"]
        at = daily[table.at(daily).order(*key, "start")]
        neighbours = _Neighbours(table, at, key, _DAY)
        said = np.array(["沙尘" in text for text in table["remark"][at]], dtype=bool)
        dusty = table["dust"][at] | (table["primary"][at] == "PM10") | said
        for name, least in rule.by.items():
            values, before, after = neighbours.of("aqi_mid" if name == "aqi" else name)
            higher, lower = np.maximum(before, after), np.minimum(before, after)
            up = (values >= rule.times * higher) & (values - higher >= least)
            down = (values * rule.times <= lower) & (lower - values >= least)
            wrong = (up & ~(dusty & (name == "aqi"))) | down
            self._taken_out("air_day_jump", name, table, at[wrong], times=rule.times)
        self._copied(table.at(at), neighbours.follows, rule)

    def unsaid(self, out: Rows, issued: datetime | None, *, forecast: bool) -> None:
        """Note the rows of a forecast that name no primary pollutant, and those that say dust in words alone.

        ``issued``: when all of it counts as issued, where no row says it; told if its days begin before that day.
        """
        # the hour that ends at 0:00 begins on the day before
        if issued and out.count and (first := out["start"].min()) < np.datetime64(issued.date()) - _HOUR:
            place: dict[str, Any] = {"file": self.file, "column": "target_date", "value": str(first)[:10]}
            self.problems.append(Problem("days_before_issue", **place, time=to_minute(issued)))
        bare = np.isnan(out["pm25"]) & np.isnan(out["pm10"]) & (out["primary"] == "")
        bare &= out["aqi_high"] > AQI_CLASSES[0][1]
        dusty = ~out["dust"] & np.array(["沙尘" in text for text in out["remark"]], dtype=bool)
        for code, column, where in (("no_primary", "primary", bare & forecast), ("dust_not_set", "dust", dusty)):
            if where.any():
                rows = np.unique(out["row"][where]).tolist()
                said: dict[str, Any] = {"rows": rows[:10], "more": "…" if len(rows) > 10 else ""}
                self.notes.append(Problem(code, file=self.file, column=column, **said))

    def _taken_out(self, code: str, name: str, table: Rows, at: Ints, **said: Any) -> None:
        """Tell of the values of a column at some places, and take them out."""
        columns, middle = (INDICES, "aqi_mid") if name == "aqi" else ((name,), name)
        texts = [number(value) for value in table[middle][at].tolist()]
        self._doubt(code, name, table["row"][at], texts, np.ones(len(at), dtype=bool), **said)
        for column in columns:
            table[column][at] = np.nan

    def _copied(self, at: Rows, follows: Bools, rule: DayJumps) -> None:
        """Say which runs of successive days have one and the same index; ``follows``: where a day is the next one."""
        exact = at["aqi_low"] == at["aqi_high"]
        again = follows & exact & (at["aqi_mid"] == np.roll(at["aqi_mid"], 1))
        places, run = np.flatnonzero(exact), np.cumsum(~again)[exact]
        for own in np.split(places, np.flatnonzero(np.diff(run)) + 1):
            if len(own) < rule.copied:
                continue
            days = at.at(own)
            there = days.block(CONCENTRATIONS)
            there = there[~np.isnan(there).any(axis=1)]
            alike = len(there) >= rule.copied_with and bool((there == there[:, :1]).all())
            place: dict[str, Any] = {"file": self.file, "row": int(days["row"].min()), "column": "AQI"}
            first = str(days["start"][0].astype("datetime64[D]"))
            told = Problem(
                "days_copied" if alike else "days_alike", **place, city=days["city"][0], count=len(own), first=first
            )
            (self.problems if alike else self.notes).append(told)

    def against_levels(self, rows: Ints, ends: tuple[Floats, Floats], levels: tuple[Floats, Floats]) -> None:
        """Ask about rows whose index (lowest and highest) lies outside the level beside it.  Shapes: rows."""
        rule = self.plausible.contradiction
        if rule is None:
            return
        (low, high), (lowest, highest) = ends, levels
        wrong = (low > highest + rule.index) | (high < lowest - rule.index)
        if wrong.any():
            first = int(np.flatnonzero(wrong)[0])
            texts = [number(a) if a == b else f"{number(a)}-{number(b)}" for a, b in zip(low, high, strict=True)]
            said = {"lowest": float(lowest[first]), "highest": float(highest[first])}
            if (lowest[wrong] == lowest[first]).all() and (highest[wrong] == highest[first]).all():
                self._doubt("air_level_contradiction", "AQI", rows, texts, wrong, **said)
                return
            for place in map(int, np.flatnonzero(wrong)[:_TOLD]):
                said = {"lowest": float(lowest[place]), "highest": float(highest[place])}
                one = np.arange(len(rows)) == place
                self._doubt("air_level_contradiction", "AQI", rows, texts, one, **said)


class _Neighbours:
    """Rows in order of place and time with the values just before and after, NaN where those are not known."""

    def __init__(self, table: Rows, at: Ints, key: Sequence[str], step: np.timedelta64) -> None:
        ordered = table.at(at)
        same = [ordered[name][1:] == ordered[name][:-1] for name in key]
        next_one = np.logical_and.reduce([*same, np.diff(ordered["start"]) == step]).astype(bool)
        self._table, self._at = table, at
        self.follows, self._followed = np.append([False], next_one), np.append(next_one, [False])

    def of(self, name: str) -> tuple[Floats, Floats, Floats]:
        values = self._table[name][self._at]
        before = np.where(self.follows, np.roll(values, 1), np.nan)
        return values, before, np.where(self._followed, np.roll(values, -1), np.nan)


def contradictions(table: Rows, rulebook: Rulebook, file: str) -> list[Problem]:
    """What to ask of a file whose index is not that of its own concentrations in most rows.

    A header shifted by one column gives such a file.  With a pollutant missing, only an index below that of the
    concentrations contradicts them.
    """
    rule = rulebook.lists.plausible.contradiction
    there = ~np.isnan(table["aqi_mid"]) & ~np.isnan(table.block(AMBIENT)).all(axis=0)
    if rule is None or not there.any():
        return []
    own, whole = np.full(table.count, np.nan), np.zeros(table.count, dtype=bool)
    for standard, places in by_standard(table["start"], rulebook):
        for length in np.unique(table["hours"][places]):
            at = places[(table["hours"][places] == length) & there[places]]
            part, computer = table.at(at), AqiStandard(standard)
            found = hourly_aqi(part, computer, pm="hour") if length == 1 else daily_aqi(part, computer)
            indices = np.array([found[key] for name in POLLUTANT_ORDER if (key := f"iaqi_{name}") in found])
            own[at], whole[at] = np.fmax.reduce(indices, axis=0), ~np.isnan(indices).any(axis=0)
    for name in AMBIENT:
        whole |= (table["primary"] == AMBIENT_TEXT[name]) & ~np.isnan(table[name])
    published = table["aqi_mid"]
    wrong = _apart(own, published, whole, rule)
    compared, off = int(there.sum()), int(wrong.sum())
    if compared < rule.least_rows or off < rule.share * compared:
        return []
    at = np.flatnonzero(there)
    at = at[table.at(at).order("issue_time", "city", "county", "start")]
    shifted: Words | str = ""
    for where, mine, theirs in (("row_above", at[:-1], at[1:]), ("row_below", at[1:], at[:-1])):
        beside = _apart(own[mine], published[theirs], whole[mine], rule)
        if off > 2 and 2 * int(beside.sum()) < off:
            shifted = Words("perhaps_a_row_off", where=Words(where))
    row = int(table["row"][wrong].min())
    return [Problem("air_contradiction", file=file, row=row, column="AQI", off=off, compared=compared, shifted=shifted)]


def _apart(own: Floats, published: Floats, whole: Bools, rule: Contradiction) -> Bools:
    """Where an index of concentrations is not the published one; not ``whole`` (one may be missing): only above."""
    apart = np.where(whole, np.abs(own - published), own - published)
    return np.asarray((apart > rule.index_share * np.fmax(own, published)) & (apart > rule.index))


def by_standard(start: npt.NDArray[Any], rulebook: Rulebook) -> list[tuple[AqiRule, Ints]]:
    """The places of times by the standard in force on their day, the nearest one for days before any was."""
    rules = [rule for rule in rulebook.rules_of("aqi") if isinstance(rule, AqiRule)]
    if not rules:
        return []
    days = start.astype("datetime64[D]")
    bounds = [tuple(np.datetime64(day) for day in rule.valid.bounds()) for rule in rules]
    away = np.array([np.maximum(np.maximum(a - days, days - b), np.timedelta64(0, "D")) for a, b in bounds])
    nearest = away.argmin(axis=0)
    found = ((rule, np.flatnonzero(nearest == place)) for place, rule in enumerate(rules))
    return [(rule, places) for rule, places in found if len(places)]
