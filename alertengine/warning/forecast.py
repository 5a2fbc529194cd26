"""Forecast and observation files: one row per city and day or hour, as forecasts really come.

Source of the columns: the forecast contract.  A forecast may give an AQI, a range, a
range of classes or concentrations; hours or whole days; several issues in one file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.files import (
    A_DAY,
    A_TIME,
    AN_HOUR,
    SHEET,
    BadCellError,
    Protocol,
    TextColumn,
    is_blank,
    parse_bool,
    parse_hour,
    parse_stamp,
    result_html,
    text_frame,
    with_sheets,
)
from alertengine.rulebook import OpenLists, Rulebook
from alertengine.vocabulary import AMBIENT_TEXT, AQI_CLASSES, InputError, Problem, Result, Words, uncollected
from alertengine.warning.aqi import Floats
from alertengine.warning.forecast_cells import (
    CLASSES,
    NEVER,
    PLACE,
    TOP,
    aqi_of,
    cells_of,
    class_ends,
    concentration_of,
    factors_of,
    one_of,
    one_row_each,
    range_of,
    rank_of,
    stations_to_cities,
    when_of,
)
from alertengine.warning.plausibility import CONCENTRATIONS, UNREADABLE, Doubts
from alertengine.warning.spellings import parse_primary
from alertengine.warning.unfolding import AMOUNT, HEADERS, INDICATOR, NAMES

REQUIRED: Final = ("issue_time", "city", "target_date")
KEY: Final = PLACE
#: Columns that give a row its value.
_VALUES: Final = frozenset({"aqi", "aqi_low", "aqi_high", "level_low", "level_high", *CONCENTRATIONS})
#: Columns not read that are named.
_SHOWN: Final = 12


@dataclass(frozen=True)
class Forecast(Result):
    """What was forecast, or observed.

    ``table`` has one row per issue, place and day or hour: ``issue_time, issuer, city,
    county`` (empty: the whole city), ``start`` (of the day or hour), ``hours`` (24 or 1),
    ``aqi_low, aqi_mid, aqi_high``, concentrations (µg/m³, CO mg/m³), ``primary``, ``dust``,
    ``remark``, ``row``.  ``problems`` are cells that count as missing; ``notes`` need no mending.
    """

    table: pd.DataFrame
    file: str = ""
    own_problems: Sequence[Problem] = ()
    own_notes: Sequence[Problem] = ()
    #: The national hourly feed: observations, without issue times of their own.
    is_feed: bool = False
    #: How the file was read; None of what came from no file.
    protocol: Protocol | None = None

    @property
    def issue_time(self) -> pd.Timestamp:
        """When the newest issue came out."""
        return pd.Timestamp(self.table["issue_time"].max())

    def _repr_html_(self) -> str:
        """The forecast in a notebook."""
        columns = ["issue_time", "city", "county", "start", "hours", "aqi_low", "aqi_mid", "aqi_high", "primary"]
        facts = {"file": self.file, "rows": len(self.table), "cities": self.table["city"].nunique()}
        return result_html("Forecast", facts, self.table[columns], self.problems)

    def at(self, now: pd.Timestamp) -> Forecast:
        """Only what had been issued by ``now``."""
        return replace(self, table=self.table[self.table["issue_time"] <= now])

    def latest(self) -> pd.DataFrame:
        """One row per place and day or hour: the latest issue, and in it the last row of the file."""
        return self.table.sort_values(["issue_time", "row"], kind="stable").drop_duplicates(KEY, keep="last")


@uncollected()
def read_forecast(source: Path | str | pd.DataFrame, book: Rulebook | OpenLists, *, observed: bool = False) -> Forecast:
    """Read a forecast, or with ``observed`` observations, from a file or a DataFrame.

    >>> from alertengine import load_rules, read_forecast
    >>> read_forecast("scenarios/linfen-red-episode.forecast.csv", load_rules()).table["aqi_high"].to_list()
    [316.0, 410.0, 335.0, 430.0, 376.0]

    ``book`` is the rulebook (or its open lists), which knows the cities and regions.

    The national hourly feed is read as it is: it has no issue time, so each hour counts as
    known when it ends (an hour stamped H ends at H; hour 0 is hour 24 of the day before).

    Raises:
        InputError: unreadable file, a required column missing, or no usable row.

    """
    lists = book.lists if isinstance(book, Rulebook) else book
    read = cells_of(source, lists)
    raw, problems, notes = read.table, read.problems, read.notes
    path = raw.file
    named, columns, others = text_frame(raw, NAMES)
    others += [columns[name].header for name in (INDICATOR, AMOUNT) if name in columns]
    factors = factors_of(columns, path, raw.header_row)
    others += read.unfolded.unread if read.unfolded else ()
    if others:
        shown, more = others[:_SHOWN], "…" if len(others) > _SHOWN else ""
        notes.append(Problem("columns_unread", file=path, names=[*shown, *filter(None, [more])]))
    is_feed = "issue_time" not in named and {"hour", "aqi"} <= set(named.columns)
    required = REQUIRED[1:] if observed or is_feed else REQUIRED
    absent = [name for name in required if name not in named]
    if absent:
        code = "forecast_column_missing"
        raise InputError([Problem(code, file=path, column=n, name=n, header=HEADERS[n][0]) for n in absent])
    bad: list[Problem] = []
    told: list[Problem] = []
    table = _Reader(path, lists, bad, told, is_feed=is_feed, observed=observed, factors=factors).read(named)
    if read.unfolded:
        bad, told = (list(map(read.unfolded.placed, said)) for said in (bad, told))
        table["row"] = read.unfolded.first[table["row"].to_numpy(int) - 1] % SHEET
    problems, notes = [*problems, *bad], [*notes, *told]
    problems, notes = with_sheets(problems, raw.labels), with_sheets(notes, raw.labels)
    if table.empty:
        said = [*problems, *(note for note in notes if note.code == "foreign_cities")]
        raise InputError([*said, Problem("no_usable_row", file=path)])
    return Forecast(table, path, problems, notes, is_feed, read.protocol)


def join(parts: Iterable[Forecast]) -> Forecast:
    """Several forecasts or observations as one."""
    held = list(parts)
    return Forecast(
        pd.concat([part.table for part in held], ignore_index=True),
        ", ".join(dict.fromkeys(part.file for part in held)),
        [problem for part in held for problem in part.problems],
        [note for part in held for note in part.notes],
    )


class _Reader:
    """One file's columns, read into the table of a Forecast."""

    def __init__(
        self,
        file: str,
        lists: OpenLists,
        problems: list[Problem],
        notes: list[Problem],
        *,
        is_feed: bool,
        observed: bool,
        factors: Mapping[str, float],
    ) -> None:
        self.file, self.lists, self.problems, self.notes, self.is_feed = file, lists, problems, notes, is_feed
        self.observed = observed and not is_feed
        self.factors = factors
        self.column = TextColumn(file, problems)
        self.doubts = Doubts(file, lists.plausible, problems, notes)

    def read(self, cells: pd.DataFrame) -> pd.DataFrame:
        out = pd.DataFrame(index=cells.index)
        texts = {
            name: cells[name] if name in cells else pd.Series("", index=cells.index, dtype=object) for name in HEADERS
        }
        self._numbers(out, texts)
        out["issuer"], out["remark"] = texts["issuer"], texts["remark"]
        primary = self.column.read(texts["primary"], "primary", parse_primary, one_of(AMBIENT_TEXT.values()))
        out["primary"] = [
            said if said is not None else "" if is_blank(text) else UNREADABLE
            for said, text in zip(primary, texts["primary"], strict=True)
        ]
        dust = self.column.read(texts["dust"], "dust", parse_bool, Words("one_or_none"), missing=False)
        out["dust"] = np.array(dust, dtype=bool)
        stamps = self.column.read(texts["issue_time"], "issue_time", parse_stamp, A_TIME, pd.NaT)
        out["issue_time"] = pd.to_datetime(pd.Series(stamps, index=cells.index))
        readable = self._when(out, texts)
        if self.is_feed or self.observed:
            places: list[Any] = self._known_places(texts["city"])
        else:
            expected = Words("a_city_or_region")
            places = self.column.read(texts["city"], "city", self._places_or_nearest, expected, ())
        out["place"] = places
        ranks = {text: rank_of(self._names(text), self.lists) for text in pd.unique(texts["city"])}
        out["rank"] = texts["city"].map(ranks)
        out["station"] = texts["station"]
        out["row"] = cells.index
        out = self._usable(out[readable])
        return self._spread(out)

    def _when(self, out: pd.DataFrame, texts: dict[str, pd.Series]) -> npt.NDArray[np.bool_]:
        """The days of each row and its hour (NaN: whole days); which rows have an hour that can be read, or none.

        Where a stamp in the column of days names an hour, all of them are hours, each ending then.
        """
        issued = pd.Timestamp(out["issue_time"].max())
        parse = when_of if pd.isna(issued) else partial(when_of, by=issued)
        whens = self.column.read(texts["target_date"], "target_date", parse, A_DAY, NEVER)
        hours = self.column.read(texts["hour"], "hour", parse_hour, AN_HOUR, np.nan)
        hour = np.array(hours, dtype=float)
        blank = texts["hour"].map(is_blank).to_numpy(bool)
        if any(when.hour for when in whens):
            stamped = blank & np.array([len(when.days) == 1 for when in whens], dtype=bool)
            hour = np.where(stamped, [float(when.hour) for when in whens], hour)
            self.notes.append(Problem("days_with_hours", file=self.file, column="target_date"))
        out["hour"], out["day"] = hour, [when.days for when in whens]
        for name in ("city", "target_date"):
            rows = texts[name].index[texts[name].map(is_blank).to_numpy(bool)]
            code = "row_without_place" if name == "city" else "row_without_day"
            self.problems += [Problem(code, file=self.file, row=int(row), column=name) for row in rows]
        return blank | ~np.isnan(hour)

    def _numbers(self, out: pd.DataFrame, texts: dict[str, pd.Series]) -> None:
        """AQI at its lower end, middle and upper end, and the concentrations."""
        read = self.column.read
        ends = {
            name: self._ends(texts[name], name, aqi_of, range_of(0, TOP)) for name in ("aqi", "aqi_low", "aqi_high")
        }
        for name, values in ends.items():
            upper = self._plausible(texts[name], name, values[:, 2])
            values[np.isnan(upper)] = np.nan
        aqi = {name: values[:, :2].mean(axis=1) for name, values in ends.items()}
        own = ends["aqi"]
        ranged = own[:, 0] < own[:, 1]
        aqi["aqi"] = np.where(ranged, np.nan, own[:, 0])
        for place, name in enumerate(("aqi_low", "aqi_high")):
            aqi[name] = np.where(ranged & np.isnan(aqi[name]), own[:, place], aqi[name])
        first, last = (self._ends(texts[name], name, class_ends, CLASSES) for name in ("level_low", "level_high"))
        low_class = np.where(np.isnan(first[:, 0]), last[:, 0], first[:, 0])
        high_class = np.where(np.isnan(last[:, 1]), first[:, 1], last[:, 1])
        no_range = np.isnan(aqi["aqi_low"]) & np.isnan(aqi["aqi_high"])
        low = np.where(no_range, np.where(np.isnan(aqi["aqi"]), low_class, aqi["aqi"]), aqi["aqi_low"])
        high = np.where(no_range, np.where(np.isnan(aqi["aqi"]), high_class, aqi["aqi"]), aqi["aqi_high"])
        low, high = np.where(np.isnan(low), aqi["aqi"], low), np.where(np.isnan(high), aqi["aqi"], high)
        wrong = (low > high) | (np.isnan(low) != np.isnan(high))
        for row in out.index[wrong]:
            column = "aqi_low, aqi_high / level_low, level_high"
            self.problems.append(Problem("not_a_range", file=self.file, row=int(row), column=column))
        low, high = np.where(wrong, np.nan, low), np.where(wrong, np.nan, high)
        out["aqi_low"], out["aqi_high"] = low, high
        out["aqi_mid"] = np.where(np.isnan(aqi["aqi"]), np.floor((low + high) / 2), aqi["aqi"])
        at_times = np.fmax.reduce([given[:, 2] for given in (own, first, last)])
        stated = np.where(no_range & np.isnan(aqi["aqi"]), np.nan, low), high
        self.doubts.against_levels(
            out.index, stated, (low_class, np.fmax(high_class, np.fmax(first[:, 2], last[:, 2])))
        )
        out["aqi_high"] = np.where(np.isnan(high), high, np.fmax(high, at_times))  # some spots or hours alone
        for name in CONCENTRATIONS:
            values = np.array(read(texts[name], name, concentration_of, Words("a_concentration"), np.nan), dtype=float)
            out[name] = self._plausible(texts[name], name, values * self.factors.get(name, 1.0))
        self.doubts.rows_of_zeros(out)

    def _ends(self, texts: pd.Series, name: str, parse: Callable[[str], tuple[float, ...]], expected: Words) -> Floats:
        """Lower and upper end of each cell, and its highest at some spots or hours (shape: rows × 3)."""
        return np.array(self.column.read(texts, name, parse, expected, (np.nan,) * 3), dtype=float).reshape(-1, 3)

    def _plausible(self, texts: pd.Series, name: str, values: Floats) -> Floats:
        """A column of numbers without what cannot be."""
        return self.doubts.values(name, texts, values, observed=self.is_feed or self.observed)

    @staticmethod
    def _names(text: str) -> tuple[str, ...]:
        """The names that a cell of places joins."""
        return tuple(filter(None, (part.strip() for part in text.replace("、", "|").replace(";", "|").split("|"))))

    def _places(self, text: str) -> tuple[tuple[str, str], ...]:
        found: dict[tuple[str, str], None] = {}
        for name in self._names(text):
            if "/" in name:
                (member,) = self.lists.members(name)
                found[member.split("/")[0], member.split("/")[1]] = None
            else:
                found |= dict.fromkeys((city, "") for city in self.lists.cities_of(name))
        return tuple(found)

    def _places_or_nearest(self, text: str) -> tuple[tuple[str, str], ...]:
        """The places of a cell; where one is not on file, what comes nearest, for a person to say."""
        try:
            return self._places(text)
        except KeyError as error:
            near = self.lists.recognise("places", str(error.args[0])).candidates
            said = Words("a_city_nearly", names=list(near)) if near else Words("a_city_or_region")
            raise BadCellError(said) from None

    def _usable(self, out: pd.DataFrame) -> pd.DataFrame:
        """Rows with a place, a day, an issue time and a value; the others are reported."""
        if not self.is_feed and out["issue_time"].notna().any():
            out = out[out["issue_time"].notna()]
        values = out[["aqi_mid", *CONCENTRATIONS]].notna().any(axis=1)
        if self.observed and not values.all():
            self.notes.append(Problem("days_without_value", file=self.file, count=int((~values).sum())))
        elif not self.is_feed:
            doubted = {problem.row for problem in self.problems if problem.column in _VALUES}
            for row in out.index[~values & ~out.index.isin(list(doubted))]:
                self.problems.append(Problem("no_value", file=self.file, row=int(row)))
        wrong = out["pm25"] > out["pm10"]
        if wrong.any():
            count, first = int(wrong.sum()), out.index[wrong][0]
            self.notes.append(Problem("pm25_above_pm10", file=self.file, count=count, first=first))
        return out[values & (out["place"].map(len) > 0) & (out["day"].map(len) > 0)]

    def _known_places(self, texts: pd.Series) -> list[tuple[tuple[str, str], ...]]:
        """Places of observations; cities that are not on file are left out with one note, not a problem each."""
        known: dict[str, tuple[tuple[str, str], ...]] = {}
        foreign: list[str] = []
        for text in pd.unique(texts):
            try:
                known[text] = () if is_blank(text) else self._places(text)
            except KeyError:
                known[text] = ()
                foreign.append(text)
        seen = {city for places in known.values() for city, _ in places}
        for text in list(foreign) if seen else ():
            near = [name for name in self.lists.recognise("places", text).candidates[:1] if name not in seen]
            if near:  # a city of ours that has no row, and a name that nearly is its own
                row = int(texts.index[texts == text][0])
                self.problems.append(
                    Problem("city_nearly", file=self.file, row=row, column="city", value=text, near=near)
                )
        if foreign:
            names, more = sorted(foreign)[:5], "…" if len(foreign) > 5 else ""
            self.notes.append(
                Problem("foreign_cities", file=self.file, column="city", count=len(foreign), names=names, more=more)
            )
        return [known[text] for text in texts]

    def _spread(self, out: pd.DataFrame) -> pd.DataFrame:
        """One row per place and day; the start of the day or hour, and its length."""
        out = out.explode("place").explode("day") if len(out) else out
        out["city"] = [place[0] for place in out["place"]]
        out["county"] = [place[1] for place in out["place"]]
        hour = out["hour"].to_numpy(float)
        is_day = np.isnan(hour)
        day = pd.to_datetime(out["day"])
        out["start"] = day + pd.to_timedelta(np.where(is_day, 0, hour - 1), unit="h")
        out["hours"] = np.where(is_day, 24, 1)
        out["o3"] = np.where(is_day & out["o3"].isna(), out["o3_8h"], out["o3"])  # a day's ozone is its 8 h maximum
        ends = out["start"] + pd.to_timedelta(out["hours"], unit="h")
        issued = bool(out["issue_time"].notna().any())
        out["issue_time"] = out["issue_time"].fillna(ends)
        out = self.doubts.far_days(out.drop(columns=["day", "place", "hour"]).reset_index(drop=True), issued=issued)
        out = stations_to_cities(out, self.lists.plausible.stations, self.file, self.problems, self.notes)
        out = one_row_each(out, self.file, self.problems, self.notes).reset_index(drop=True)
        self.doubts.jumps(out)
        self.doubts.day_jumps(out)
        self._report_blank_primary(out)
        return out.drop(columns=["rank", "station"])

    def _report_blank_primary(self, out: pd.DataFrame) -> None:
        bare = out[["pm25", "pm10"]].isna().all(axis=1) & (out["primary"] == "") & (out["aqi_high"] > AQI_CLASSES[0][1])
        if bare.any() and not self.is_feed and not self.observed:
            self.notes.append(Problem("no_primary", file=self.file, column="primary", **_rows(out[bare])))
        dusty = ~out["dust"] & out["remark"].str.contains("沙尘", regex=False)
        if dusty.any():
            self.notes.append(Problem("dust_not_set", file=self.file, column="dust", **_rows(out[dusty])))


def _rows(out: pd.DataFrame) -> dict[str, Any]:
    """The rows to name, as the arguments of a message."""
    rows = sorted({int(row) for row in out["row"]})
    return {"rows": rows[:10], "more": "…" if len(rows) > 10 else ""}
