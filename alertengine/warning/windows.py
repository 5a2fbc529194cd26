"""The hours of one place: what is known of each 24 h window that may start there.

A window starts at any hour where hourly values are there, at midnight where only a day is
forecast.  Its AQI is that of the mean concentrations where they are known, and never less
than the mean of the hourly AQI where a pollutant is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from alertengine.rulebook import AqiRule, Rounding
from alertengine.vocabulary import AMBIENT, AMBIENT_TEXT
from alertengine.warning.aqi import AqiStandard, Floats, combine, eight_hour_mean, moving_max, moving_mean
from alertengine.warning.plausibility import UNREADABLE
from alertengine.warning.rows import Rows

DAY: Final = 24
_HOUR: Final = timedelta(hours=1)
_EPOCH: Final = datetime(1970, 1, 1)
Bools = npt.NDArray[np.bool_]
End = Literal["low", "mid", "high"]
ENDS: Final[tuple[End, ...]] = ("low", "mid", "high")
#: Columns of rows, or of the grid they are laid out on, as arrays.
Columns = dict[str, npt.NDArray[Any]]
_NUMBERS: Final = (*(f"aqi_{end}" for end in ENDS), *AMBIENT, "o3_8h", "o3_1h")
#: Means of measured values are exact far below this many decimals.
_EXACT_DECIMALS: Final = 9
#: Windows with more hours of a cause than not belong to that cause.
_MOSTLY: Final = 0.5


@dataclass(frozen=True)
class Windows:
    """What is known of the 24 h windows by starting hour (shape: hours); NaN where nothing is.

    ``total`` is the AQI of all pollutants, ``bearing`` that of those which can bear a level
    (NaN under dust or where an advised pollutant leads alone), ``cause`` names what keeps a
    window from bearing one: a pollutant such as ``o3``, ``dust``, or empty.
    """

    total: dict[End, Floats]
    bearing: dict[End, Floats]
    cause: npt.NDArray[np.object_]
    primary: npt.NDArray[np.object_]
    #: The same from daily rows alone, for parts whose hours end inside a window.
    days: Windows | None = None
    #: Of a part of a timeline: the windows of the whole, and where in it the part lies.
    part_of: tuple[Windows, slice] | None = None
    #: What was found of the whole once for all its parts.
    found: dict[Any, Bools] = field(default_factory=dict, compare=False, repr=False)

    def reaches(self, aqi: float) -> bool:
        """Whether any window may reach a number."""
        return bool(self._top >= aqi)

    def near(self, aqi: float) -> bool:
        """Whether rounding may decide if some window reaches a number."""
        return self.reaches(aqi - 1) and bool((np.abs(self.bearing["mid"] - aqi) <= 1).any())

    @cached_property
    def most(self) -> Floats:
        """The highest that each window may bear, of a whole timeline in any of its parts (shape: hours)."""
        of = [self.bearing, self.days.bearing] if self.days else [self.bearing]
        return np.asarray(np.fmax.reduce([one[end] for one in of for end in ("mid", "high")]), dtype=float)

    @cached_property
    def _top(self) -> float:
        return float(np.fmax.reduce(np.fmax(self.bearing["high"], self.bearing["mid"]), initial=-np.inf))

    @cached_property
    def plain(self) -> bool:
        """Whether nothing keeps any window from bearing a level."""
        return not any(self.cause.tolist())


class Timeline:
    """The rows of one place laid out by hours from ``origin`` (a midnight) on."""

    def __init__(
        self, hourly: Columns, daily: Columns, origin: datetime, parent: Timeline | None = None, offset: int = 0
    ) -> None:
        """Rows by hour and by day from a midnight on; ``parent`` has the same rows from ``offset`` hours before."""
        self.hourly, self.daily, self.origin = hourly, daily, origin
        self.days = len(daily["there"])
        self.hours = self.days * DAY
        self._parent, self._offset = parent, offset
        self._windows: dict[tuple[str, frozenset[str], bool, bool], Windows] = {}
        there = np.flatnonzero(hourly["there"])
        #: First and one past last hour that an hourly row gives; windows never reach outside.
        self._first, self._last = (int(there[0]), int(there[-1]) + 1) if len(there) else (0, 0)

    @classmethod
    def of(cls, rows: Columns) -> Timeline:
        """The timeline of the rows of one place, of hours or days, no time twice; it begins on their first day."""
        start, length = rows["start"], rows["hours"]
        first = int(start.min()) // DAY
        days = max(1, -(-int((start + length).max()) // DAY) - first)
        hourly = length == 1
        return cls(
            _laid_out(rows, hourly, start - first * DAY, days * DAY),
            _laid_out(rows, ~hourly, start // DAY - first, days),
            _EPOCH + timedelta(days=first),
        )

    def between(self, first: datetime, last: datetime) -> Timeline | None:
        """Return the part from one midnight until before another, as if only its rows had been given."""
        begin = max(0, (first - self.origin).days)
        end = min(self.days, (last - self.origin).days)
        if begin >= end:
            return None
        there = np.flatnonzero(self._given[begin:end])
        if not len(there):
            return None
        begin, end = begin + int(there[0]), begin + int(there[-1]) + 1
        hourly = {name: values[begin * DAY : end * DAY] for name, values in self.hourly.items()}
        daily = {name: values[begin:end] for name, values in self.daily.items()}
        return Timeline(hourly, daily, self.origin + timedelta(days=begin), self, begin * DAY)

    @property
    def whole(self) -> Timeline:
        """The timeline that this one is a part of, or itself."""
        return self._parent or self

    @cached_property
    def _given(self) -> Bools:
        """The days that have a row."""
        return np.asarray(self.hourly["there"].reshape(self.days, DAY).any(axis=1) | self.daily["there"])

    def at(self, hour: int) -> datetime:
        """Return the time at which an hour of the timeline begins."""
        return self.origin + int(hour) * _HOUR

    def place(self, time: datetime) -> int:
        """Return the hour of the timeline that a time lies in; may lie outside."""
        return (time - self.origin) // _HOUR

    def last_start(self) -> datetime:
        """Return the start of the last hour or day that a row gives."""
        hour = self._last - 1 if self._last else 0
        days = np.flatnonzero(self.daily["there"])
        return self.at(max(hour, int(days[-1]) * DAY if len(days) else 0))

    def given(self) -> Bools:
        """Return which hours lie between the first and the last that any row gives (shape: hours)."""
        places = np.flatnonzero(~np.isnan(self.daily["aqi_mid"]) | ~np.isnan(self.daily["pm25"]))
        ends = [int(places[0]) * DAY, int(places[-1]) * DAY + DAY - 1] if len(places) else []
        ends += [self._first, self._last - 1] if self._last else []
        out = np.zeros(self.hours, dtype=bool)
        if ends:
            out[min(ends) : max(ends) + 1] = True
        return out

    def hour_of_air(self) -> Floats:
        """AQI hour by hour, the day's value where there is no hour (shape: hours)."""
        return np.where(np.isnan(self.hourly["aqi_mid"]), np.repeat(self.daily["aqi_mid"], DAY), self.hourly["aqi_mid"])

    def daily_mean(self, pollutant: str, need: int) -> Floats:
        """The mean of the hours of each day that has ``need`` of them, else the daily value as given (shape: days)."""
        by_hour = self.hourly[pollutant].reshape(self.days, DAY)
        there = (~np.isnan(by_hour)).sum(axis=1)
        mean = np.nansum(by_hour, axis=1) / np.maximum(there, 1)
        return np.where(there >= need, mean, self.daily[pollutant])

    def windows(
        self, standard: AqiRule, advised: frozenset[str], *, dust_advised: bool, otherwise: bool = False
    ) -> Windows:
        """All windows under one AQI standard; ``advised`` pollutants bear no level.

        ``otherwise``: by the rounding that the standard does not use, the middle of a forecast range not cut.
        """
        key = (standard.id, advised, dust_advised, otherwise)
        if key not in self._windows:
            if self._parent is None:
                found = self._all_windows(standard, advised, dust_advised=dust_advised, otherwise=otherwise)
            else:
                whole = self._parent.windows(standard, advised, dust_advised=dust_advised, otherwise=otherwise)
                found = self._cut(whole)
            self._windows[key] = found
        return self._windows[key]

    def _all_windows(
        self, standard: AqiRule, advised: frozenset[str], *, dust_advised: bool, otherwise: bool
    ) -> Windows:
        """Windows of hours where they are known, else of days."""
        other: Rounding = "half_up" if standard.index_rounding == "up" else "up"
        computer = AqiStandard(standard, rounding=other if otherwise else None)
        hour = self._hour_windows(computer, advised, dust_advised=dust_advised)
        day = _at_midnights(self._day_windows(computer, advised, dust_advised=dust_advised))
        known = ~np.isnan(hour.total["mid"])
        return _made_of(lambda by_hour, by_day: np.where(known, by_hour, by_day), hour, day, days=day)

    def _cut(self, whole: Windows) -> Windows:
        """The windows of a part: those of hours only where they lie within its own hourly rows."""
        part = slice(self._offset, self._offset + self.hours)
        outside = np.ones(self.hours, dtype=bool)
        outside[self._first : max(self._last - DAY + 1, self._first)] = False
        if whole.days is None:
            return whole
        cut = _made_of(lambda of_all, of_day: np.where(outside, of_day[part], of_all[part]), whole, whole.days)
        return replace(cut, part_of=(whole, part))

    def _day_windows(self, standard: AqiStandard, advised: frozenset[str], *, dust_advised: bool) -> Windows:
        """Windows of whole days from daily rows (shape: days): the published AQI, else that of the concentrations."""
        rows = self.daily
        # a day's o3 is its greatest 8 h mean
        columns = {name: name if name == "o3_1h" else name.split("_", maxsplit=1)[0] for name in standard.rule.daily}
        table, names = standard.indices((name, rows[column]) for name, column in columns.items())
        computed, primary = combine(table, names, standard.rule)
        unsaid = (rows["primary"] == "") | ((rows["primary"] == UNREADABLE) & (primary != ""))
        primary = np.where(unsaid, primary, rows["primary"])
        cause = np.where(rows["dust"] & dust_advised, "dust", _cause_of(primary, advised))
        rest = np.where(cause == "dust", np.nan, _without(table, names, advised))
        given: dict[End, Floats] = {end: rows[f"aqi_{end}"] for end in ENDS}
        if standard.rounding != standard.rule.index_rounding:
            middle = (rows["aqi_low"] + rows["aqi_high"]) / 2
            given["mid"] = np.where(np.floor(middle) == given["mid"], middle, given["mid"])
        total = _each_end(lambda end: np.where(np.isnan(given[end]), computed, given[end]), given)
        bearing = _each_end(lambda end: np.where((cause == "") & ~np.isnan(given[end]), given[end], rest), given)
        return Windows(total, _perhaps(bearing, total, cause), cause, primary)

    def _hour_windows(self, standard: AqiStandard, advised: frozenset[str], *, dust_advised: bool) -> Windows:
        """Windows of 24 consecutive hours from hourly rows (shape: hours)."""
        rows, need = self.hourly, standard.rule.validity.daily_hours
        if np.isnan(rows["aqi_mid"]).all() and all(np.isnan(rows[name]).all() for name in AMBIENT):
            empty, nothing = np.full(self.hours, np.nan), np.full(self.hours, "", dtype=object)
            return Windows(dict.fromkeys(ENDS, empty), dict.fromkeys(ENDS, empty), nothing, nothing)
        table, names = standard.indices(self._means(standard.rule))
        computed, primary = combine(table, names, standard.rule)
        complete = ~np.isnan(table).any(axis=0)
        primary = np.where(primary == "", _most_said(rows["primary"], self.hours), primary)
        dusty = moving_mean(np.where(np.isnan(rows["aqi_mid"]) & np.isnan(rows["pm10"]), np.nan, rows["dust"]), DAY, 1)
        cause = np.where((dusty > _MOSTLY) & dust_advised, "dust", _cause_of(primary, advised))
        rest = np.where(cause == "dust", np.nan, _without(table, names, advised))
        given: dict[End, Floats] = {end: rows[f"aqi_{end}"] for end in ENDS}
        means = _each_end(lambda end: standard.index_of_mean(moving_mean(given[end], DAY, need)), given)
        inside = np.zeros(self.hours, dtype=bool)
        inside[self._first : max(self._last - DAY + 1, self._first)] = True
        total = _each_end(
            lambda end: np.where(inside, np.where(complete, computed, np.fmax(computed, means[end])), np.nan), means
        )
        bearing = _each_end(
            lambda end: np.where(inside, np.where(complete | (cause != ""), rest, np.fmax(rest, means[end])), np.nan),
            means,
        )
        return Windows(total, _perhaps(bearing, total, cause), cause, primary)

    def _means(self, rule: AqiRule) -> Iterator[tuple[str, Floats]]:
        """Each daily indicator over every window: means, and for ozone the greatest hour or 8 h mean."""
        need = rule.validity.daily_hours
        missing_allowed = DAY - need
        for column in rule.daily:
            if column == "o3_1h":
                yield column, moving_max(self.hourly["o3"], DAY, need)
            elif column == "o3_8h":
                own = _rounded(eight_hour_mean(self.hourly["o3"], rule.validity.o3_8h_hours), rule, "o3")
                by_end = np.where(np.isnan(own), self.hourly["o3_8h"], own)
                inside = np.concatenate([by_end[7:], np.full(7, np.nan)])  # 8 h means that lie in the window
                yield column, moving_max(inside, DAY - 7, DAY - 7 - missing_allowed)
            else:
                name = column.split("_", maxsplit=1)[0]
                yield column, _rounded(moving_mean(self.hourly[name], DAY, need), rule, name)


def columns_of(rows: Rows) -> Columns:
    """The columns of the rows of a Forecast that a timeline takes; ``start`` in hours since the epoch."""
    nothing = np.full(rows.count, np.nan)
    out: Columns = {name: rows.get(name, nothing) for name in _NUMBERS}
    start = rows["start"].astype("datetime64[h]").astype(np.int64)
    return out | {"start": start, **{name: rows[name] for name in ("hours", "dust", "primary")}}


def timelines(rows: Rows) -> dict[tuple[str, str], Timeline]:
    """Timelines of rows without a place and time twice, by (city, county), in the order of the rows."""
    columns = columns_of(rows)
    places: dict[tuple[str, str], list[int]] = {}
    for place, unit in enumerate(zip(rows["city"].tolist(), rows["county"].tolist(), strict=True)):
        places.setdefault(unit, []).append(place)
    return {
        unit: Timeline.of({name: values[own] for name, values in columns.items()})
        for unit, own in ((unit, np.array(found)) for unit, found in places.items())
    }


def _laid_out(given: Columns, rows: Bools, place: npt.NDArray[np.int64], length: int) -> Columns:
    """Return the columns of some rows by their place on a regular grid; NaN, False or empty elsewhere."""
    at = place[rows]
    out: Columns = {}
    for name in _NUMBERS:
        out[name] = np.full(length, np.nan)
        out[name][at] = given[name][rows]
    for name in ("dust", "there"):
        out[name] = np.zeros(length, dtype=bool)
    out["dust"][at] = given["dust"][rows]
    out["there"][at] = True
    out["primary"] = np.full(length, "", dtype=object)
    out["primary"][at] = given["primary"][rows]
    return out


def _each_end(compute: Callable[[End], Floats], *of: dict[End, Floats]) -> dict[End, Floats]:
    """Compute for each end of the range, once where the ends do not differ."""
    out: dict[End, Floats] = {}
    for place, end in enumerate(ENDS):
        same = next((e for e in ENDS[:place] if all(_alike(given[e], given[end]) for given in of)), None)
        out[end] = out[same] if same else compute(end)
    return out


def _alike(one: Floats, other: Floats) -> bool:
    return one is other or np.array_equal(one, other, equal_nan=True)


def _made_of(compute: Callable[..., Any], *parts: Windows, days: Windows | None = None) -> Windows:
    """Windows each of whose arrays is computed of those of others."""

    def numbers(*of: dict[End, Floats]) -> dict[End, Floats]:
        return _each_end(lambda end: compute(*(one[end] for one in of)), *of)

    return Windows(
        numbers(*(part.total for part in parts)),
        numbers(*(part.bearing for part in parts)),
        compute(*(part.cause for part in parts)).astype(object),
        compute(*(part.primary for part in parts)).astype(object),
        days,
    )


def _at_midnights(day: Windows) -> Windows:
    """Windows of days as windows by starting hour, known at midnight only."""

    def spread(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        out = np.full(len(values) * DAY, "" if values.dtype == object else np.nan, dtype=values.dtype)
        out[::DAY] = values
        return out

    return _made_of(spread, day)


def _rounded(means: Floats, rule: AqiRule, pollutant: str) -> Floats:
    """Round means as the standard's reading has it; noise of the sum is cut before (half to even)."""
    decimals = rule.mean_decimals.get(pollutant)
    return means if decimals is None else np.round(np.round(means, _EXACT_DECIMALS), decimals)


def _perhaps(bearing: dict[End, Floats], total: dict[End, Floats], cause: npt.NDArray[np.object_]) -> dict[End, Floats]:
    """What can bear a level; under a primary pollutant that could not be read only the upper end of the range does."""
    unread = cause == UNREADABLE
    return bearing | {"high": np.where(unread, total["high"], bearing["high"])} if unread.any() else bearing


def _without(table: Floats, names: list[str], advised: frozenset[str]) -> Floats:
    """Return the greatest index of the pollutants that can bear a level."""
    keep = [place for place, name in enumerate(names) if name not in advised]
    return np.asarray(np.fmax.reduce(table[keep], axis=0), dtype=float)


def _cause_of(primary: npt.NDArray[np.object_], advised: frozenset[str]) -> npt.NDArray[np.object_]:
    """Return the advised pollutant where only such lead; empty elsewhere (``PM2.5|O3`` counts as PM2.5).

    A primary pollutant that could not be read may be an advised one: it is a cause of its own.
    """
    codes = {text: name for name, text in AMBIENT_TEXT.items()}
    known: dict[str, str] = {}
    for text in set(primary.tolist()):
        if UNREADABLE in (parts := str(text).split("|")):
            known[text] = UNREADABLE
            continue
        names = [codes[part] for part in parts if part]
        known[text] = names[0] if names and advised.issuperset(names) else ""
    return np.array([known[text] for text in primary.tolist()], dtype=object)


def _most_said(primary: npt.NDArray[np.generic], length: int) -> npt.NDArray[np.object_]:
    """Return the primary pollutant named by more than half of a window's hours that name one; else empty."""
    out = np.full(length, "", dtype=object)
    said = np.where(primary == "", np.nan, 0.0)
    for text in set(primary.tolist()) - {""}:
        share = moving_mean(np.where(primary == text, 1.0, said), DAY, 1)
        out[share > _MOSTLY] = text
    return out
