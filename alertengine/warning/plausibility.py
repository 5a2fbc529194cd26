"""Values of a forecast or observation file that cannot be: told, and kept out of every decision.

What is plausible is data (``rules/vocabulary/plausible.yaml``).  All functions take the rows of a
:class:`~alertengine.warning.forecast.Forecast` while it is read and return them without what is doubtful.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.rulebook import AqiRule, Contradiction, DayJumps, Plausible, Rulebook, Unit
from alertengine.vocabulary import AMBIENT, AMBIENT_TEXT, Problem, Words, number
from alertengine.warning.aqi import POLLUTANT_ORDER, AqiStandard, Floats, daily_aqi, hourly_aqi

#: A primary pollutant that could not be read: neither particulate nor anything else.
UNREADABLE: Final = "?"
INDICES: Final = ("aqi_low", "aqi_mid", "aqi_high")
CONCENTRATIONS: Final = (*AMBIENT, "o3_8h", "o3_1h")
#: Rows of one kind of doubt told one by one; of more, the first and their number.
_TOLD: Final = 12
_HOUR: Final = pd.Timedelta(hours=1)
_DAY: Final = pd.Timedelta(days=1)


@dataclass
class Doubts:
    """Collects what is doubted in one file.

    ``problems`` need a person, ``notes`` inform; both are those of the Forecast being read.
    """

    file: str
    plausible: Plausible
    problems: list[Problem]
    notes: list[Problem]

    def values(self, column: str, texts: pd.Series, values: Floats, *, observed: bool) -> Floats:
        """One column without marks of missing data and without values out of range, its unit seen to.

        Args:
            column: its field, such as ``aqi_low`` or ``co``.
            texts: the cells as written, by row of the file.
            values: the numbers read from them (shape: rows), NaN where there is none.
            observed: the file holds observations.

        """
        name = "aqi" if column.startswith("aqi") else column
        held = values.copy()
        marks = np.isin(held, self.plausible.no_data)
        self._doubt("air_no_data", column, texts, marks)
        held[marks] = np.nan
        held = self._in_unit(column, texts, held, self.plausible.units.get(name))
        zeros = (held == 0) & (observed and self.plausible.zero_is_no_data is not None)
        self._doubt("air_zero", column, texts, zeros)
        held[zeros] = np.nan
        span = self.plausible.air.get(name)
        if span is not None:
            wrong = (held < span.lowest) | (held > span.highest)
            self._doubt("air_out_of_range", column, texts, wrong, lowest=span.lowest, highest=span.highest)
            held[wrong] = np.nan
        return held

    def _in_unit(self, column: str, texts: pd.Series, values: Floats, unit: Unit | None) -> Floats:
        there = values > 0
        if unit is None or not there.any():
            return values
        middle, name = float(np.median(values[there])), AMBIENT_TEXT.get(column, column)
        if there.sum() < unit.least:
            return self._without_strays(column, texts, values, unit, middle)
        if unit.above is not None and middle > unit.above:
            said: dict[str, Any] = {"name": name, "unit": unit.read_as, "middle": middle, "factor": unit.divide_by}
            self.notes.append(Problem("air_unit_read", file=self.file, column=name, **said))
            return values / unit.divide_by
        if unit.below is not None and middle < unit.below:
            said = {"name": name, "below": unit.below, "middle": middle, "unit": unit.looks_like}
            first = int(texts.index[there][0])
            place: dict[str, Any] = {"file": self.file, "row": first, "column": column, "value": str(texts[first])}
            self.problems.append(Problem("air_unit_doubted", **place, **said))
            return np.full(len(values), np.nan)
        return self._without_strays(column, texts, values, unit, middle)

    def _without_strays(self, column: str, texts: pd.Series, values: Floats, unit: Unit, middle: float) -> Floats:
        """A column without single cells that look like another unit than the rest, whose median is ``middle``."""
        if unit.cell_times is None:
            return values
        wrong = np.zeros(len(values), dtype=bool)
        if unit.below is not None:
            wrong |= (values > 0) & (values < unit.below) & (values * unit.cell_times <= middle)
        if unit.above is not None:
            wrong |= (values > unit.above) & (values >= unit.cell_times * middle)
        self._doubt("air_unit_stray", column, texts, wrong, unit=unit.looks_like or unit.read_as, middle=middle)
        return np.where(wrong, np.nan, values)

    def _doubt(self, code: str, column: str, texts: pd.Series, wrong: npt.NDArray[np.bool_], **said: Any) -> None:
        """One problem a row, of many rows one for all."""
        rows = texts.index[wrong]
        more: Words | str = "" if len(rows) <= _TOLD else Words("rows_from_here", count=len(rows))
        self.problems += [
            Problem(code, file=self.file, row=int(row), column=column, value=str(texts[row]), more=more, **said)
            for row in (rows[:1] if more else rows)
        ]

    def rows_of_zeros(self, table: pd.DataFrame) -> None:
        """Take the numbers out of rows in which every one of them is 0, in place."""
        if self.plausible.zero_is_no_data is None:
            return
        names = [*INDICES, *CONCENTRATIONS]
        numbers = table[names].to_numpy(float)
        zeros = np.nan_to_num(numbers, nan=0.0) == 0
        nothing = zeros.all(axis=1) & ~np.isnan(numbers).all(axis=1)
        if nothing.any():
            texts = pd.Series("0", index=table.index)
            self._doubt("air_zero_row", "aqi", texts, nothing)
            table.loc[nothing, names] = np.nan

    def far_days(self, table: pd.DataFrame, *, issued: bool) -> pd.DataFrame:
        """Rows without those whose day lies too far from the issue, or from the middle of observations."""
        days = self.plausible.days
        if days is None or table.empty:
            return table
        start = table["start"].dt.normalize()
        if issued:
            ahead = (start - table["issue_time"].dt.normalize()).dt.days
            wrong = (ahead < -days.before_issue) | (ahead > days.after_issue)
            code, said = "day_far_from_issue", dict[str, Any](before=days.before_issue, after=days.after_issue)
        else:
            wrong = ((start - start.median()).dt.days.abs() > days.from_middle).fillna(value=False)
            code, said = "day_far_from_others", {"days": days.from_middle, "middle": f"{start.median():%Y-%m-%d}"}
        texts = pd.Series(start.dt.strftime("%Y-%m-%d").to_numpy(), index=table["row"])
        told = texts[~texts.index.duplicated()]
        self._doubt(code, "target_date", told, np.isin(told.index, table.loc[wrong, "row"]), **said)
        return table[~wrong]

    def jumps(self, table: pd.DataFrame) -> None:
        """Take out single hours far above the hour before and the hour after, in place."""
        jumps = self.plausible.jumps
        hourly = (table["hours"] == 1).to_numpy()
        if jumps is None or not hourly.any():
            return
        at = table[hourly].sort_values(["city", "county", "start"], kind="stable")
        same = [at[name].eq(at[name].shift()).to_numpy() for name in ("city", "county")]
        follows = same[0] & same[1] & (at["start"].diff() == _HOUR).to_numpy()
        followed = np.append(follows[1:], np.array([False]))
        for name, least in jumps.by.items():
            columns, middle = (list(INDICES), "aqi_mid") if name == "aqi" else ([name], name)
            values = at[middle].to_numpy(float)
            before = np.where(follows, np.roll(values, 1), np.nan)
            after = np.where(followed, np.roll(values, -1), np.nan)
            higher = np.maximum(before, after)
            wrong = (values >= jumps.times * higher) & (values - higher >= least)
            if wrong.any():
                texts = pd.Series([number(value) for value in values[wrong]], index=at["row"].to_numpy()[wrong])
                self._doubt("air_jump", name, texts, np.ones(len(texts), dtype=bool), times=jumps.times)
                table.loc[at.index[wrong], columns] = np.nan

    def day_jumps(self, table: pd.DataFrame) -> None:
        """Take out single days far above or below both their neighbours, in place; say where days are copied."""
        rule = self.plausible.day_jumps
        daily = table[(table["hours"] == 24).to_numpy()]
        if rule is None or len(daily) < 3:
            return
        key = ["issue_time", "city", "county"] if daily["issue_time"].nunique() < len(daily) else ["city", "county"]
        at = daily.sort_values([*key, "start"], kind="stable")
        same = np.logical_and.reduce([at[name].eq(at[name].shift()).to_numpy() for name in key])
        follows = same & (at["start"].diff() == _DAY).to_numpy()
        followed = np.append(follows[1:], np.array([False]))
        dusty = (at["dust"] | at["primary"].eq("PM10") | at["remark"].str.contains("沙尘")).to_numpy(bool)
        for name, least in rule.by.items():
            columns, middle = (list(INDICES), "aqi_mid") if name == "aqi" else ([name], name)
            values = at[middle].to_numpy(float)
            before = np.where(follows, np.roll(values, 1), np.nan)
            after = np.where(followed, np.roll(values, -1), np.nan)
            higher, lower = np.maximum(before, after), np.minimum(before, after)
            up = (values >= rule.times * higher) & (values - higher >= least)
            down = (values * rule.times <= lower) & (lower - values >= least)
            wrong = (up & ~(dusty & (name == "aqi"))) | down
            if wrong.any():
                texts = pd.Series([number(value) for value in values[wrong]], index=at["row"].to_numpy()[wrong])
                self._doubt("air_day_jump", name, texts, np.ones(len(texts), dtype=bool), times=rule.times)
                table.loc[at.index[wrong], columns] = np.nan
        self._copied(at, follows, rule)

    def _copied(self, at: pd.DataFrame, follows: npt.NDArray[np.bool_], rule: DayJumps) -> None:
        """Say which runs of successive days have one and the same index; ``follows``: where a day is the next one."""
        exact = (at["aqi_low"] == at["aqi_high"]).to_numpy()
        again = follows & exact & (at["aqi_mid"] == at["aqi_mid"].shift()).to_numpy()
        run = np.cumsum(~again)
        for _, days in at[exact].groupby(run[exact], sort=False):
            if len(days) < rule.copied:
                continue
            there = days[list(CONCENTRATIONS)].dropna(axis=1, how="any")
            alike = len(there.columns) >= rule.copied_with and bool((there == there.iloc[0]).all(axis=None))
            place: dict[str, Any] = {"file": self.file, "row": int(days["row"].min()), "column": "AQI"}
            said = {"city": days["city"].iloc[0], "count": len(days), "first": f"{days['start'].iloc[0]:%Y-%m-%d}"}
            told = Problem("days_copied" if alike else "days_alike", **place, **said)
            (self.problems if alike else self.notes).append(told)

    def against_levels(self, index: pd.Index, ends: tuple[Floats, Floats], levels: tuple[Floats, Floats]) -> None:
        """Ask about rows whose index (lowest and highest) lies outside the level beside it.  Shapes: rows."""
        rule = self.plausible.contradiction
        if rule is None:
            return
        (low, high), (lowest, highest) = ends, levels
        wrong = (low > highest + rule.index) | (high < lowest - rule.index)
        if wrong.any():
            first = int(np.flatnonzero(wrong)[0])
            texts = pd.Series(
                [number(a) if a == b else f"{number(a)}-{number(b)}" for a, b in zip(low, high, strict=True)], index
            )
            said = {"lowest": float(lowest[first]), "highest": float(highest[first])}
            if len({(a, b) for a, b in zip(lowest[wrong], highest[wrong], strict=True)}) == 1:
                self._doubt("air_level_contradiction", "AQI", texts, wrong, **said)
                return
            for place in map(int, np.flatnonzero(wrong)[:_TOLD]):
                said = {"lowest": float(lowest[place]), "highest": float(highest[place])}
                self._doubt("air_level_contradiction", "AQI", texts.iloc[[place]], np.array([True]), **said)


def contradictions(table: pd.DataFrame, rulebook: Rulebook, file: str) -> list[Problem]:
    """What to ask of a file whose index is not that of its own concentrations in most rows.

    A header shifted by one column gives such a file.  With a pollutant missing, only an index below that of the
    concentrations contradicts them.
    """
    rule = rulebook.lists.plausible.contradiction
    there = table["aqi_mid"].notna() & table[list(AMBIENT)].notna().any(axis=1)
    if rule is None or not there.any():
        return []
    own = pd.Series(np.nan, index=table.index)
    whole = pd.Series(data=False, index=table.index)
    for standard, rows in by_standard(table[there], rulebook):
        for length in rows["hours"].unique():
            part = rows[rows["hours"] == length]
            computer = AqiStandard(standard)
            found = hourly_aqi(part, computer, pm="hour") if length == 1 else daily_aqi(part, computer)
            names = [f"iaqi_{name}" for name in POLLUTANT_ORDER if f"iaqi_{name}" in found]
            own[part.index], whole[part.index] = found[names].max(axis=1), ~found[names].isna().any(axis=1)
    for name in AMBIENT:
        whole |= (table["primary"] == AMBIENT_TEXT[name]) & table[name].notna()
    wrong = _apart(own, table["aqi_mid"], whole, rule)
    compared, off = int(there.sum()), int(wrong.sum())
    if compared < rule.least_rows or off < rule.share * compared:
        return []
    at = table[there].sort_values(["issue_time", "city", "county", "start"], kind="stable").index
    shifted: Words | str = ""
    for step, where in ((1, "row_above"), (-1, "row_below")):
        beside = _apart(own[at].shift(step), table.loc[at, "aqi_mid"], whole[at].shift(step, fill_value=False), rule)
        if off > 2 and 2 * int(beside.sum()) < off:
            shifted = Words("perhaps_a_row_off", where=Words(where))
    row = int(table.loc[wrong, "row"].min())
    return [Problem("air_contradiction", file=file, row=row, column="AQI", off=off, compared=compared, shifted=shifted)]


def _apart(own: pd.Series, published: pd.Series, whole: pd.Series, rule: Contradiction) -> pd.Series:
    """Where an index of concentrations is not the published one; not ``whole`` (one may be missing): only above."""
    apart = (own - published).where(~whole, (own - published).abs())
    return (apart > rule.index_share * np.fmax(own, published)) & (apart > rule.index)


def by_standard(rows: pd.DataFrame, rulebook: Rulebook) -> list[tuple[AqiRule, pd.DataFrame]]:
    """Rows by the standard in force on their day, the nearest one for days before any was."""
    rules = [rule for rule in rulebook.rules_of("aqi") if isinstance(rule, AqiRule)]
    days = rows["start"].to_numpy("datetime64[D]")
    out: list[tuple[AqiRule, pd.DataFrame]] = []
    bounds = [tuple(np.datetime64(day) for day in rule.valid.bounds()) for rule in rules]
    away = np.array([np.maximum(np.maximum(a - days, days - b), np.timedelta64(0, "D")) for a, b in bounds])
    nearest = away.argmin(axis=0) if rules else np.zeros(0, dtype=int)
    for place, rule in enumerate(rules):
        found = rows[nearest == place] if len(nearest) else rows[:0]
        if len(found):
            out.append((rule, found))
    return out
