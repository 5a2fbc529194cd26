"""Forecast and observation files: one row per city and day or hour, as forecasts really come.

Source of the columns: the forecast contract.  A forecast may give an AQI, a range, a
range of classes or concentrations; hours or whole days; several issues in one file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from alertengine.files import (
    A_DAY,
    A_TIME,
    AN_HOUR,
    SHEET,
    BadCellError,
    Protocol,
    TextCells,
    TextTable,
    is_blank,
    parse_hour,
    parse_stamp,
    result_html,
    text_table,
    with_sheets,
)
from alertengine.rulebook import OpenLists, Rulebook
from alertengine.vocabulary import AMBIENT_TEXT, InputError, Problem, Result, Words, require, to_minute
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
    said_twice,
    stations_to_cities,
    when_of,
    without_issue,
)
from alertengine.warning.places import names_of, places_near, places_of, rank_of, said_place
from alertengine.warning.plausibility import CONCENTRATIONS, UNREADABLE, DoubtCollector
from alertengine.warning.rows import TIME, Array, Rows, objects
from alertengine.warning.spellings import parse_dust, parse_primary
from alertengine.warning.unfolding import AMOUNT, HEADERS, INDICATOR, NAMES

if TYPE_CHECKING:
    import pandas as pd

REQUIRED: Final = ("issue_time", "city", "target_date")
KEY: Final = PLACE
#: Columns that give a row its value.
_VALUES: Final = frozenset({"aqi", "aqi_low", "aqi_high", "level_low", "level_high", *CONCENTRATIONS})
#: Columns not read that are named.
_SHOWN: Final = 12


@dataclass(frozen=True)
class Forecast(Result):
    """What was forecast, or observed.

    ``rows`` (``table``: as a frame) has one row per issue, place and day or hour: ``issue_time, issuer, city, county``
    (empty: the whole city), ``start`` (of the day or hour), ``hours`` (24 or 1), ``aqi_low, aqi_mid, aqi_high``,
    concentrations (µg/m³, CO mg/m³), ``primary``, ``dust``, ``remark``, ``row``.  ``problems`` are cells that count as
    missing; ``notes`` need no mending.
    """

    rows: Rows
    file: str = ""
    own_problems: Sequence[Problem] = ()
    own_notes: Sequence[Problem] = ()
    #: The national hourly feed: observations, without issue times of their own.
    is_feed: bool = False
    #: How the file was read; None of what came from no file.
    protocol: Protocol | None = None

    @cached_property
    def table(self) -> pd.DataFrame:
        """The rows as a frame."""
        return self.rows.frame()

    @property
    def issue_time(self) -> datetime:
        """When the newest issue came out."""
        newest: datetime = self.rows["issue_time"].max().item()
        return newest

    def _repr_html_(self) -> str:
        """The forecast in a notebook."""
        columns = ["issue_time", "city", "county", "start", "hours", "aqi_low", "aqi_mid", "aqi_high", "primary"]
        facts = {"file": self.file, "rows": self.rows.count, "cities": len(set(self.rows["city"].tolist()))}
        return result_html("Forecast", facts, self.table[columns], self.problems)

    def at(self, now: datetime) -> Forecast:
        """Only what had been issued by ``now``."""
        return replace(self, rows=self.rows.at(self.rows["issue_time"] <= np.datetime64(now)))

    def since(self, first: datetime) -> Forecast:
        """Only what begins at a time or after it."""
        return replace(self, rows=self.rows.at(self.rows["start"] >= np.datetime64(first)))

    def latest(self) -> Rows:
        """One row per place and day or hour: the latest issue, and in it the last row of the file."""
        return self.rows.at(self.rows.order("issue_time", "row")).last_of_each(KEY)


def read_forecast(
    source: Path | str | pd.DataFrame,
    book: Rulebook | OpenLists,
    *,
    observed: bool = False,
    issued: datetime | None = None,
) -> Forecast:
    """Read a forecast, or with ``observed`` observations, from a file or a DataFrame.

    >>> from alertengine import load_rules, read_forecast
    >>> read_forecast("scenarios/linfen-red-episode.forecast.csv", load_rules()).table["aqi_high"].to_list()
    [316.0, 410.0, 335.0, 430.0, 376.0]

    ``book`` is the rulebook (or its open lists), which knows the cities and regions.

    The national hourly feed is read as it is: it has no issue time, so each hour counts as
    known when it ends (an hour stamped H ends at H; hour 0 is hour 24 of the day before).
    ``issued`` is when a forecast counts as issued that has no column for it, which is noted.

    Raises:
        InputError: unreadable file, a required column missing, or no usable row.
        TypeError: an argument is an object of another class.

    """
    require(book, "book", Rulebook, OpenLists)
    lists = book.lists if isinstance(book, Rulebook) else book
    read = cells_of(source, lists)
    raw, problems, notes, path = read.table, read.problems, read.notes, read.table.file
    texts = text_table(raw, NAMES)
    columns = texts.columns
    others = texts.others + [columns[name].header for name in (INDICATOR, AMOUNT) if name in columns]
    factors = factors_of(columns, path, raw.header_row)
    others += read.unfolded.unread if read.unfolded else ()
    if others:
        shown, more = others[:_SHOWN], "…" if len(others) > _SHOWN else ""
        notes.append(Problem("columns_unread", file=path, names=[*shown, *filter(None, [more])]))
    unsaid = "issue_time" not in texts.cells
    is_feed = unsaid and {"hour", "aqi"} <= texts.cells.keys()
    issued = read.issued or issued if unsaid and not is_feed and not observed else None
    required = REQUIRED[1:] if observed or is_feed or issued else REQUIRED
    if absent := [name for name in required if name not in texts.cells]:
        code = "forecast_column_missing"
        raise InputError([Problem(code, file=path, column=n, name=n, header=HEADERS[n][0]) for n in absent])
    bad: list[Problem] = [*said_twice(raw, columns), *(read.unclear if issued else ())]
    told: list[Problem] = []
    if issued:
        how = "issued_as_above" if read.issued else "issued_as_decided"
        told.append(Problem(how, file=path, column="issue_time", time=to_minute(issued)))
    reader = _Reader(path, lists, bad, told, texts, is_feed=is_feed, observed=observed, factors=factors, issued=issued)
    rows = reader.read()
    if read.unfolded:
        bad, told = (list(map(read.unfolded.placed, one)) for one in (bad, told))
        rows = rows.having(row=read.unfolded.first[rows["row"] - 1] % SHEET)
    problems, notes = with_sheets([*problems, *bad], raw.labels), with_sheets([*notes, *told], raw.labels)
    if not rows.count:
        also = (note for note in notes if note.code in ("foreign_cities", "columns_unread"))
        raise InputError([*problems, *also, Problem("no_usable_row", file=path)])
    return Forecast(rows, path, problems, notes, is_feed, read.protocol)


class _Reader:
    """One file's columns, read into the table of a Forecast."""

    def __init__(
        self,
        file: str,
        lists: OpenLists,
        problems: list[Problem],
        notes: list[Problem],
        texts: TextTable,
        *,
        is_feed: bool,
        observed: bool,
        factors: Mapping[str, float],
        issued: datetime | None,
    ) -> None:
        self.file, self.lists, self.problems, self.notes, self.is_feed = file, lists, problems, notes, is_feed
        self.observed = observed and not is_feed
        self.factors, self.issued, self.rows = factors, issued, texts.rows
        self.texts = {name: texts.texts(name) for name in HEADERS}
        self.column = TextCells(file, problems, texts.rows)
        self.doubts = DoubtCollector(file, lists.plausible, problems, notes)

    def read(self) -> Rows:
        texts = self.texts
        out: dict[str, Array] = self._numbers()
        out |= {name: objects(texts[name]) for name in ("issuer", "remark")}
        primary = self._read("primary", parse_primary, one_of(AMBIENT_TEXT.values()))
        out["primary"] = objects(
            said if said is not None else "" if is_blank(text) else UNREADABLE
            for said, text in zip(primary, texts["primary"], strict=True)
        )
        out["dust"] = np.array(self._read("dust", parse_dust, Words("one_or_none"), missing=False), dtype=bool)
        stamps = self._stamps()
        out["issue_time"] = np.array(stamps, dtype=TIME)
        out["hour"], days = self._when(max(filter(None, stamps), default=None))
        readable = np.array(list(map(is_blank, texts["hour"])), dtype=bool) | ~np.isnan(out["hour"])
        said = self._said_places()
        if self.is_feed or self.observed:
            places: list[Any] = self._known_places(said)
        else:
            places = self.column.read(said, "city", self._places_or_nearest, Words("a_city_or_region"), ())
        ranks = {text: rank_of(names_of(text), self.lists) for text in dict.fromkeys(said)}
        out["rank"] = np.array([ranks[text] for text in said], dtype=np.int64)
        out["station"], out["row"] = objects(texts["station"]), self.rows
        out["place"], out["day"] = objects(places), objects(days)
        return self._spread(self._usable(Rows(out).at(readable)))

    def _read(self, name: str, parse: Callable[[str], Any], expected: Words, missing: Any = None) -> list[Any]:
        return self.column.read(self.texts[name], name, parse, expected, missing)

    def _stamps(self) -> list[Any]:
        """When each row was issued, None where it says nothing of it; of a forecast it is told where one does not."""
        if self.issued is not None:
            return [self.issued] * len(self.rows)
        stamps = self._read("issue_time", parse_stamp, A_TIME)
        if not self.is_feed and (any(stamps) or not self.observed):  # forecasts have one in each row
            self.problems += without_issue(self.file, self.rows, self.texts["issue_time"])
        return stamps

    def _when(self, issued: datetime | None) -> tuple[Floats, list[tuple[datetime, ...]]]:
        """The hour of each row (NaN: whole days, or one that cannot be read), and the days it names.

        Where a stamp in the column of days names an hour, all of them are hours, each ending then.
        """
        whens = self._read("target_date", when_of if issued is None else partial(when_of, by=issued), A_DAY, NEVER)
        hour = np.array(self._read("hour", parse_hour, AN_HOUR, np.nan), dtype=float)
        if any(when.hour for when in whens):
            bare = map(is_blank, self.texts["hour"])
            stamped = [blank and len(when.days) == 1 for blank, when in zip(bare, whens, strict=True)]
            hour = np.where(stamped, [float(when.hour) for when in whens], hour)
            self.notes.append(Problem("days_with_hours", file=self.file, column="target_date"))
        for name, code in (("city", "row_without_place"), ("target_date", "row_without_day")):
            rows = [row for row, text in zip(self.rows.tolist(), self.texts[name], strict=True) if is_blank(text)]
            self.problems += [Problem(code, file=self.file, row=row, column=name) for row in rows]
        return hour, [when.days for when in whens]

    def _numbers(self) -> dict[str, Array]:
        """AQI at its lower end, middle and upper end, and the concentrations."""
        expected = Words("a_range", low=0, high=TOP)
        ends = {name: self._ends(name, aqi_of, expected) for name in ("aqi", "aqi_low", "aqi_high")}
        for name, values in ends.items():
            upper = self._plausible(name, values[:, 2])
            values[np.isnan(upper)] = np.nan
        aqi = {name: values[:, :2].mean(axis=1) for name, values in ends.items()}
        own = ends["aqi"]
        ranged = own[:, 0] < own[:, 1]
        aqi["aqi"][ranged] = np.nan
        for place, name in enumerate(("aqi_low", "aqi_high")):
            aqi[name] = np.where(ranged & np.isnan(aqi[name]), own[:, place], aqi[name])
        first, last = (self._ends(name, class_ends, CLASSES) for name in ("level_low", "level_high"))
        low_class = np.where(np.isnan(first[:, 0]), last[:, 0], first[:, 0])
        high_class = np.where(np.isnan(last[:, 1]), first[:, 1], last[:, 1])
        no_range = np.isnan(aqi["aqi_low"]) & np.isnan(aqi["aqi_high"])
        low = np.where(no_range, np.where(np.isnan(aqi["aqi"]), low_class, aqi["aqi"]), aqi["aqi_low"])
        high = np.where(no_range, np.where(np.isnan(aqi["aqi"]), high_class, aqi["aqi"]), aqi["aqi_high"])
        low, high = np.where(np.isnan(low), aqi["aqi"], low), np.where(np.isnan(high), aqi["aqi"], high)
        wrong = (low > high) | (np.isnan(low) != np.isnan(high))
        for row in self.rows[wrong]:
            column = "aqi_low, aqi_high / level_low, level_high"
            self.problems.append(Problem("not_a_range", file=self.file, row=int(row), column=column))
        low, high = np.where(wrong, np.nan, low), np.where(wrong, np.nan, high)
        mid = np.where(np.isnan(aqi["aqi"]), np.floor((low + high) / 2), aqi["aqi"])
        # a class beside an index says no higher one, but where it says more of some spots or hours
        at_times = np.fmax.reduce([np.where(one[:, 2] > one[:, 1], one[:, 2], np.nan) for one in (own, first, last)])
        stated = np.where(no_range & np.isnan(aqi["aqi"]), np.nan, low), high
        self.doubts.against_levels(
            self.rows, stated, (low_class, np.fmax(high_class, np.fmax(first[:, 2], last[:, 2])))
        )
        high = np.where(np.isnan(high), high, np.fmax(high, at_times))  # some spots or hours alone
        out = {"aqi_low": low, "aqi_high": high, "aqi_mid": mid}
        for name in CONCENTRATIONS:
            values = np.array(self._read(name, concentration_of, Words("a_concentration"), np.nan), dtype=float)
            out[name] = self._plausible(name, values * self.factors.get(name, 1.0))
        self.doubts.rows_of_zeros(self.rows, out)
        return out

    def _ends(self, name: str, parse: Callable[[str], tuple[float, ...]], expected: Words) -> Floats:
        """Lower and upper end of each cell, and its highest at some spots or hours (shape: rows × 3)."""
        return np.array(self._read(name, parse, expected, (np.nan,) * 3), dtype=float).reshape(-1, 3)

    def _plausible(self, name: str, values: Floats) -> Floats:
        """A column of numbers without what cannot be."""
        observed = self.is_feed or self.observed
        return self.doubts.values(name, self.rows, self.texts[name], values, observed=observed)

    def _said_places(self) -> list[str]:
        """The places of each row; of observations a county that is none is told once, as are their cities."""
        cells = list(zip(*(self.texts[name] for name in ("city", "county", "station")), strict=True))
        found = {one: said_place(one[0], one[1], one[2], self.lists) for one in dict.fromkeys(cells)}
        unknown = {one: said.unknown for one, said in found.items() if said.unknown is not None}
        for row, one in zip(self.rows.tolist(), cells, strict=True) if unknown else ():
            if one in unknown:
                self.problems.append(unknown[one].at(file=self.file, row=row))
                if self.is_feed or self.observed:
                    del unknown[one]
        return [found[one].text for one in cells]

    def _places_or_nearest(self, text: str) -> tuple[tuple[str, str], ...]:
        """The places of a cell; where one is not on file, what comes nearest, for a person to say."""
        try:
            return places_of(text, self.lists)
        except KeyError as error:
            near = places_near(str(error.args[0]), self.lists)
            said = Words("a_city_nearly", names=list(near)) if near else Words("a_city_or_region")
            raise BadCellError(said) from None

    def _usable(self, rows: Rows) -> Rows:
        """Rows with a place, a day, an issue time and a value; the others are reported."""
        if not self.is_feed and not (self.observed and np.isnat(rows["issue_time"]).all()):
            rows = rows.at(~np.isnat(rows["issue_time"]))
        valued = ~np.isnan(rows.block(("aqi_mid", *CONCENTRATIONS))).all(axis=0)
        if self.observed and not valued.all():
            self.notes.append(Problem("days_without_value", file=self.file, count=int((~valued).sum())))
        elif not self.is_feed:
            doubted = {problem.row for problem in self.problems if problem.column in _VALUES}
            bare = [row for row in rows["row"][~valued].tolist() if row not in doubted]
            self.problems += [Problem("no_value", file=self.file, row=row) for row in bare]
        wrong = rows["row"][rows["pm25"] > rows["pm10"]]
        if len(wrong):
            first = int(wrong[0])
            self.notes.append(Problem("pm25_above_pm10", file=self.file, count=len(wrong), first=first))
        placed = [bool(places and days) for places, days in zip(rows["place"], rows["day"], strict=True)]
        return rows.at(valued & np.array(placed, dtype=bool))

    def _known_places(self, texts: Sequence[str]) -> list[tuple[tuple[str, str], ...]]:
        """Places of observations; cities that are not on file are left out with one note, not a problem each."""
        known: dict[str, tuple[tuple[str, str], ...]] = {}
        foreign: list[str] = []
        for text in dict.fromkeys(texts):
            try:
                known[text] = () if is_blank(text) else places_of(text, self.lists)
            except KeyError:
                known[text] = ()
                foreign.append(text)
        seen = {city for places in known.values() for city, _ in places}
        for text in list(foreign) if seen else ():
            near = [name for name in self.lists.recognise("places", text).candidates[:1] if name not in seen]
            if near:  # a city of ours that has no row, and a name that nearly is its own
                row = int(self.rows[texts.index(text)])
                self.problems.append(
                    Problem("city_nearly", file=self.file, row=row, column="city", value=text, near=near)
                )
        if foreign:
            names, more = sorted(foreign)[:5], "…" if len(foreign) > 5 else ""
            self.notes.append(
                Problem("foreign_cities", file=self.file, column="city", count=len(foreign), names=names, more=more)
            )
        return [known[text] for text in texts]

    def _spread(self, rows: Rows) -> Rows:
        """One row per place and day; the start of the day or hour, and its length."""
        said = [
            (at, *place, day)
            for at, (places, days) in enumerate(zip(rows["place"], rows["day"], strict=True))
            for place in places
            for day in days
        ]
        rows = rows.at(np.array([one[0] for one in said], dtype=np.int64))
        whole = np.isnan(rows["hour"])
        day = np.array([one[3] for one in said], dtype=TIME)
        hours = np.where(whole, 24, 1)
        start = day + np.where(whole, 0, rows["hour"] - 1).astype("timedelta64[h]")
        issue_time = rows["issue_time"]
        unsaid = np.isnat(issue_time)
        left = {name: values for name, values in rows.items() if name not in ("day", "place", "hour")}
        out = Rows(left).having(
            city=objects(one[1] for one in said),
            county=objects(one[2] for one in said),
            start=start,
            hours=hours,
            o3=np.where(whole & np.isnan(rows["o3"]), rows["o3_8h"], rows["o3"]),  # a day's ozone is its 8 h maximum
            issue_time=np.where(unsaid, start + hours.astype("timedelta64[h]"), issue_time),
        )
        out = self.doubts.far_days(out, issued=not unsaid.all())
        out = stations_to_cities(out, self.lists.plausible.stations, self.file, self.problems, self.notes)
        out = one_row_each(out, self.file, self.problems, self.notes)
        self.doubts.jumps(out)
        self.doubts.day_jumps(out)
        self.doubts.unsaid(out, self.issued, forecast=not self.is_feed and not self.observed)
        return Rows({name: values for name, values in out.items() if name not in ("rank", "station")})
