"""The hours of one place: what is known of each 24 h window that may start there.

A window starts at any hour where hourly values are there, at midnight where only a day is
forecast.  Its AQI is that of the mean concentrations where they are known, and never less
than the mean of the hourly AQI where a pollutant is missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.rulebook.air import AqiRule
from alertengine.vocabulary import AMBIENT, AMBIENT_TEXT
from alertengine.warning.aqi import AqiStandard, Floats, combine, eight_hour_mean, moving_max, moving_mean

DAY: Final = 24
Bools = npt.NDArray[np.bool_]
End = Literal["low", "mid", "high"]
ENDS: Final[tuple[End, ...]] = ("low", "mid", "high")
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


class Timeline:
    """The rows of one place laid out by hours from ``origin`` (a midnight) on."""

    def __init__(self, rows: pd.DataFrame) -> None:
        """Lay out rows of a Forecast's table: one place, no place and time twice."""
        starts = rows["start"]
        self.origin = pd.Timestamp(starts.min()).normalize()
        end = (starts + pd.to_timedelta(rows["hours"], unit="h")).max()
        self.days = max(1, int(np.ceil((end - self.origin) / pd.Timedelta(days=1))))
        self.hours = self.days * DAY
        hourly = rows["hours"].to_numpy() == 1
        self._hourly = _laid_out(rows[hourly], self.origin, pd.Timedelta(hours=1), self.hours)
        there = np.flatnonzero(hourly)
        places = ((starts.iloc[there] - self.origin) // pd.Timedelta(hours=1)).to_numpy(int)
        #: First and one past last hour that an hourly row gives; windows never reach outside.
        self._first, self._last = (int(places.min()), int(places.max()) + 1) if len(places) else (0, 0)
        self._daily = _laid_out(rows[~hourly], self.origin, pd.Timedelta(days=1), self.days)

    def at(self, hour: int) -> pd.Timestamp:
        """Return the time at which an hour of the timeline begins."""
        return self.origin + pd.Timedelta(hours=int(hour))

    def place(self, time: pd.Timestamp) -> int:
        """Return the hour of the timeline that a time lies in; may lie outside."""
        return int((time - self.origin) // pd.Timedelta(hours=1))

    def given(self) -> Bools:
        """Return which hours lie between the first and the last that any row gives (shape: hours)."""
        days = np.repeat(~np.isnan(self._daily["aqi_mid"]) | ~np.isnan(self._daily["pm25"]), DAY)
        places = np.flatnonzero(days)
        ends = [*places[[0, -1]].tolist()] if len(places) else []
        ends += [self._first, self._last - 1] if self._last else []
        out = np.zeros(self.hours, dtype=bool)
        if ends:
            out[min(ends) : max(ends) + 1] = True
        return out

    def hour_of_air(self) -> Floats:
        """AQI hour by hour, the day's value where there is no hour (shape: hours)."""
        return np.where(
            np.isnan(self._hourly["aqi_mid"]), np.repeat(self._daily["aqi_mid"], DAY), self._hourly["aqi_mid"]
        )

    def windows(self, standard: AqiRule, advised: frozenset[str], *, dust_advised: bool) -> Windows:
        """All windows under one AQI standard; ``advised`` pollutants bear no level."""
        computer = AqiStandard(standard)
        by_hour = self._hour_windows(computer, advised)
        by_day = self._day_windows(computer, advised)
        at_midnight = np.arange(self.hours) % DAY == 0

        def merge(hour: npt.NDArray[np.generic], day: npt.NDArray[np.generic], known: Bools) -> npt.NDArray[np.generic]:
            spread = np.repeat(day, DAY)
            empty = np.full(self.hours, np.nan) if spread.dtype.kind == "f" else np.full(self.hours, "", dtype=object)
            return np.where(known, hour, np.where(at_midnight, spread, empty))

        known = ~np.isnan(by_hour.total["mid"])
        cause = merge(by_hour.cause, by_day.cause, known)
        if not dust_advised:
            cause = np.where(cause == "dust", "", cause)
        total = {end: merge(by_hour.total[end], by_day.total[end], known).astype(float) for end in ENDS}
        bearing = {end: merge(by_hour.bearing[end], by_day.bearing[end], known).astype(float) for end in ENDS}
        bearing = {end: np.where(cause == "dust", np.nan, values) for end, values in bearing.items()}
        return Windows(
            total, bearing, cause.astype(object), merge(by_hour.primary, by_day.primary, known).astype(object)
        )

    def _day_windows(self, standard: AqiStandard, advised: frozenset[str]) -> Windows:
        """Windows of whole days from daily rows (shape: days): the published AQI, else that of the concentrations."""
        rows = self._daily
        table = np.vstack([standard.iaqi(column, rows[_day_column(column)]) for column in standard.rule.daily])
        names = _pollutants(standard.rule)
        computed, primary = combine(*_by_pollutant(table, names), standard.rule)
        primary = np.where(rows["primary"] == "", primary, rows["primary"])
        cause = np.where(rows["dust"], "dust", _cause_of(primary, advised))
        rest = _without(table, names, advised)
        total: dict[End, Floats] = {}
        bearing: dict[End, Floats] = {}
        for end in ENDS:
            given = rows[f"aqi_{end}"]
            total[end] = np.where(np.isnan(given), computed, given)
            bearing[end] = np.where((cause == "") & ~np.isnan(given), given, rest)
        return Windows(total, bearing, cause, primary)

    def _hour_windows(self, standard: AqiStandard, advised: frozenset[str]) -> Windows:
        """Windows of 24 consecutive hours from hourly rows (shape: hours)."""
        rows, need = self._hourly, standard.rule.validity.daily_hours
        if np.isnan(rows["aqi_mid"]).all() and all(np.isnan(rows[name]).all() for name in AMBIENT):
            empty, nothing = np.full(self.hours, np.nan), np.full(self.hours, "", dtype=object)
            return Windows(dict.fromkeys(ENDS, empty), dict.fromkeys(ENDS, empty), nothing, nothing)
        table = np.vstack([standard.iaqi(column, mean) for column, mean in self._means(standard.rule)])
        names = _pollutants(standard.rule)
        by_pollutant, distinct = _by_pollutant(table, names)
        computed, primary = combine(by_pollutant, distinct, standard.rule)
        complete = ~np.isnan(by_pollutant).any(axis=0)
        primary = np.where(primary == "", _most_said(rows["primary"], self.hours), primary)
        dusty = moving_mean(np.where(np.isnan(rows["aqi_mid"]) & np.isnan(rows["pm10"]), np.nan, rows["dust"]), DAY, 1)
        cause = np.where(dusty > _MOSTLY, "dust", _cause_of(primary, advised))
        rest = _without(table, names, advised)
        total: dict[End, Floats] = {}
        bearing: dict[End, Floats] = {}
        for end in ENDS:
            mean = standard.index_of_mean(moving_mean(rows[f"aqi_{end}"], DAY, need))
            total[end] = np.where(complete, computed, np.fmax(computed, mean))
            bearing[end] = np.where(complete | (cause != ""), rest, np.fmax(rest, mean))
        inside = np.zeros(self.hours, dtype=bool)
        inside[self._first : max(self._last - DAY + 1, self._first)] = True
        total = {end: np.where(inside, values, np.nan) for end, values in total.items()}
        bearing = {end: np.where(inside, values, np.nan) for end, values in bearing.items()}
        return Windows(total, bearing, cause, primary)

    def _means(self, rule: AqiRule) -> Iterator[tuple[str, Floats]]:
        """Each daily indicator over every window: means, and for ozone the greatest hour or 8 h mean."""
        need = rule.validity.daily_hours
        missing_allowed = DAY - need
        for column in rule.daily:
            if column == "o3_1h":
                yield column, moving_max(self._hourly["o3"], DAY, need)
            elif column == "o3_8h":
                own = eight_hour_mean(self._hourly["o3"], rule.validity.o3_8h_hours)
                by_end = np.where(np.isnan(own), self._hourly["o3_8h"], own)
                inside = np.concatenate([by_end[7:], np.full(7, np.nan)])  # 8 h means that lie in the window
                yield column, moving_max(inside, DAY - 7, DAY - 7 - missing_allowed)
            else:
                yield column, moving_mean(self._hourly[column.split("_", maxsplit=1)[0]], DAY, need)


def _laid_out(rows: pd.DataFrame, origin: pd.Timestamp, step: pd.Timedelta, length: int) -> dict[str, Any]:
    """Return the columns of some rows by their place on a regular grid; NaN, False or empty elsewhere."""
    place = ((rows["start"] - origin) // step).to_numpy(int)
    out: dict[str, Any] = {}
    for name in (*(f"aqi_{end}" for end in ENDS), *AMBIENT, "o3_8h"):
        values = np.full(length, np.nan)
        values[place] = rows[name].to_numpy(float)
        out[name] = values
    dust = np.zeros(length, dtype=bool)
    dust[place] = rows["dust"].to_numpy(bool)
    primary = np.full(length, "", dtype=object)
    primary[place] = rows["primary"].to_numpy(object)
    return out | {"dust": dust, "primary": primary}


def _day_column(column: str) -> str:
    """Return the forecast column a daily indicator reads; a day's o3 is its greatest 8 h mean."""
    name = column.split("_", maxsplit=1)[0]
    return "o3" if column == "o3_8h" else "o3_8h" if column == "o3_1h" else name


def _pollutants(rule: AqiRule) -> list[str]:
    return [column.split("_", maxsplit=1)[0] for column in rule.daily]


def _by_pollutant(table: Floats, names: list[str]) -> tuple[Floats, list[str]]:
    """One row per pollutant, the greatest of its indices."""
    distinct = [name for name in AMBIENT if name in names]
    rows = [
        np.fmax.reduce(table[[place for place, own in enumerate(names) if own == name]], axis=0) for name in distinct
    ]
    return np.vstack(rows), distinct


def _without(table: Floats, names: list[str], advised: frozenset[str]) -> Floats:
    """Return the greatest index of the pollutants that can bear a level."""
    keep = [place for place, name in enumerate(names) if name not in advised]
    return np.asarray(np.fmax.reduce(table[keep], axis=0), dtype=float)


def _cause_of(primary: npt.NDArray[np.object_], advised: frozenset[str]) -> npt.NDArray[np.object_]:
    """Return the advised pollutant where only such lead; empty elsewhere (``PM2.5|O3`` counts as PM2.5)."""
    codes = {text: name for name, text in AMBIENT_TEXT.items()}
    known: dict[str, str] = {}
    for text in set(primary.tolist()):
        names = [codes[part] for part in str(text).split("|") if part]
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
