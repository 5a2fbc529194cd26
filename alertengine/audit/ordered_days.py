"""What was ordered, day by day: orders spread over the days they hold, with what their rules say in numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.lists import line_keys
from alertengine.rulebook import LineRule, Measure, Rulebook, measure_words, read_vehicles, stage_number
from alertengine.vocabulary import MEASURES

_LINE: Final = ("city", "county", "enterprise_id", "enterprise", "line_id", "line", "industry")
_SEPARATOR: Final = "\x1f"
_STAGE: Final = re.compile(r"国([一二三四五六ⅠⅡⅢⅣⅤⅥ1-6])[^，；。]{0,6}?(及以下|以下)")
_PRODUCTION: Final = frozenset(
    code
    for code, word in MEASURES.items()
    if word.track == "production" and code not in ("refer", "exempt", "none", "self_directed")
)
#: More than the hours of a day: tells days apart in one number.
_WIDE: Final = 32.0
#: What a filed plan asks begins with this in the text of a transport order.
_FILED: Final = "清单备案措施："


@dataclass(frozen=True, slots=True)
class Ban:
    """Vehicles that may not enter: all, those of a stage and below, of classes, of fuels; what is empty is any."""

    text: str
    total: bool = False
    stage_at_most: int | None = None
    classes: tuple[str, ...] = ()
    fuels: tuple[str, ...] = ()
    daily: str = ""

    @property
    def readable(self) -> bool:
        """Whether a log can be held against it."""
        return self.total or self.stage_at_most is not None or bool(self.classes or self.fuels)


@dataclass(frozen=True, slots=True)
class OrderTerms:
    """What the rules of an order say beyond its share.

    ``held`` is the share a duty outside the warning takes already (staggering, a standing sanction), NaN where
    it cannot be computed; ``windowed`` whether production is bound in hours of the day only; ``caps`` the
    emission caps (pollutant, mg/m³, reference oxygen or None); ``bans`` what may not enter.
    """

    held: float = 0.0
    windowed: bool = False
    caps: tuple[tuple[str, float, float | None], ...] = ()
    bans: tuple[Ban, ...] = ()


@dataclass(slots=True)
class Duties:
    """Orders by line and day.

    ``lines``: one row a line (``_LINE`` and ``sector``).  ``days``: one row a line and day it has an order on:
    ``line`` (place in ``lines``), ``order`` (row of ``orders``; of several the last to begin), ``day``
    (datetime64[s], midnight), ``first`` and ``last`` hour covered, ``hours``, ``share`` (mean over them, NaN
    unknown), ``produces`` and ``moves`` (a duty on production, on transport), ``warned`` (level not none),
    ``said`` (place in ``said``).  ``phases``: the same a line, day and order, ``row`` its place in ``days``: what a
    record of an hour is held against, for a level may change within a day.  ``determined``: row by row ``days``, but a
    day of which only some hours have a share that is known is of one stretch of those: what readings of hours can tell.
    """

    orders: pd.DataFrame
    lines: pd.DataFrame
    days: pd.DataFrame
    said: list[OrderTerms]
    phases: pd.DataFrame
    determined: pd.DataFrame

    def measured(self, *, hourly: bool) -> Duties:
        """The duties as readings of hours, or of days, can tell them."""
        return replace(self, days=self.determined) if hourly else self

    @property
    def by_phase(self) -> Duties:
        """The same duties, ``phases`` in the place of ``days``."""
        return replace(self, days=self.phases)

    def at_hour(self, rows: npt.NDArray[np.int64], hours: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        """The phase (place in ``phases``) that holds on each day of ``rows`` (places in ``days``) at its hour, 0 to 24.

        -1 where none does.  All three arrays have one element a day asked for.
        """
        if not len(self.phases):
            return np.full(len(rows), -1, dtype=np.int64)
        row, first, last = (self.phases[name].to_numpy() for name in ("row", "first", "last"))
        at = np.searchsorted(row * _WIDE + first, rows * _WIDE + hours, side="right") - 1
        held = (at >= 0) & (row[at] == rows) & (hours < last[at])
        return np.where(held, at, -1)


def spread(orders: pd.DataFrame, book: Rulebook, until: pd.Timestamp) -> Duties:
    """Orders as duties of days, none after ``until``; an order without end runs until then."""
    line, _ = line_keys(orders).factorize()
    firsts = np.unique(line, return_index=True)[1]
    lines = orders.iloc[firsts][list(_LINE)].reset_index(drop=True).astype("str")
    industries = {name: book.lists.sector_of(name) or "" for name in lines["industry"].unique()}
    lines["sector"] = lines["industry"].map(industries)
    numbers, said = _read_distinct(orders, book)
    return Duties(orders, lines, said=said, **_by_day(orders, line, numbers, until))


def days_of_spans(
    starts: npt.NDArray[np.datetime64], ends: npt.NDArray[np.datetime64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.datetime64]]:
    """The days that spans of time touch: the place of the span, and the day, span by span."""
    first = starts.astype("datetime64[D]")
    count = np.maximum(np.ceil((ends - first) / np.timedelta64(1, "D")), 0).astype(np.int64)
    count[ends <= starts] = 0
    row = np.repeat(np.arange(len(starts)), count)
    ahead = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    return row, first[row] + ahead.astype("timedelta64[D]")


def _by_day(
    orders: pd.DataFrame, line: npt.NDArray[np.int64], said: npt.NDArray[np.int64], until: pd.Timestamp
) -> dict[str, pd.DataFrame]:
    """The tables of :class:`Duties` by name."""
    start = pd.to_datetime(orders["starts"], format="%Y-%m-%d %H:%M").to_numpy("datetime64[s]")
    end = pd.to_datetime(orders["ends"].replace("", None), format="%Y-%m-%d %H:%M").to_numpy("datetime64[s]")
    horizon = until.to_datetime64().astype("datetime64[s]")
    end = np.where(np.isnat(end) | (end > horizon), horizon, end)
    row, day = days_of_spans(start, end)
    hour = np.timedelta64(3600, "s")
    first = np.maximum((start[row] - day) / hour, 0.0)
    last = np.minimum((end[row] - day) / hour, 24.0)
    codes = orders["measure"].astype("str")
    produces = {text: bool(_PRODUCTION.intersection(text.split(";"))) for text in codes.unique()}
    share = orders["share"].to_numpy(dtype=np.float64)
    ordered = (orders["status"] == "ordered").to_numpy()
    bound = ordered & codes.map(produces).to_numpy(dtype=bool) & ~(share == 0)
    # lines of other standing have no duty to reduce, whatever share a commitment carries; unknown stays unknown
    share = np.where(ordered, share, np.where(orders["status"] == "undetermined", np.nan, 0.0))
    table = pd.DataFrame(
        {
            "line": line[row], "day": day.astype("datetime64[s]"), "order": row, "first": first, "last": last,
            "hours": last - first, "taken": share[row] * (last - first), "produces": bound[row],
            "moves": (orders["transport"].astype("str") != "").to_numpy()[row],
            "warned": (orders["level"] != "none").to_numpy()[row], "said": said[row],
        }
    )  # fmt: skip
    table = table.sort_values(["line", "day", "first"], kind="stable", ignore_index=True)
    table["row"] = (~table.duplicated(["line", "day"])).cumsum() - 1
    days = _together(table, table["row"])
    # of a day known in part its longest stretch of known hours that asks something, of equal ones the last
    known = table["taken"].notna()
    parts = table[known & days["taken"].isna().to_numpy()[table["row"]]]
    parts = _together(parts, parts["row"] * len(table) + (~known).cumsum()[parts.index])
    parts = parts[parts["produces"]].sort_values("hours", kind="stable").drop_duplicates("row", keep="last")
    parts = parts.assign(moves=days["moves"].to_numpy()[parts["row"]])  # on transport it stays a duty of the day
    determined = pd.concat([days[~days["row"].isin(parts["row"])], parts]).sort_values("row", ignore_index=True)
    named = {"days": days.drop(columns="row"), "phases": table, "determined": determined.drop(columns="row")}
    return {name: one.assign(share=one["taken"] / one["hours"]).drop(columns="taken") for name, one in named.items()}


def _together(table: pd.DataFrame, groups: pd.Series) -> pd.DataFrame:
    """Phases of a group as one row: hours added, the share their mean, the order the last to begin."""
    if not groups.duplicated().any():
        return table
    how = {
        "line": "first", "day": "first", "row": "first", "order": "last", "first": "min", "last": "max",
        "hours": "sum", "produces": "max", "moves": "max", "warned": "max", "said": "last",
    }  # fmt: skip
    grouped = table.groupby(groups)
    taken = grouped["taken"].sum().where(~table["taken"].isna().groupby(groups).any())
    return grouped.agg(how).assign(taken=taken).reset_index(drop=True)


def _read_distinct(orders: pd.DataFrame, book: Rulebook) -> tuple[npt.NDArray[np.int64], list[OrderTerms]]:
    """For each order the number of what its rules say; each distinct combination is read once."""
    names = ("level", "rules", "measure_text", "transport")
    key = orders[names[0]].astype("str")
    for name in names[1:]:
        key = key + _SEPARATOR + orders[name].astype("str")
    codes, texts = pd.factorize(key)
    return codes, [_read(*text.split(_SEPARATOR), book=book) for text in texts]


def _read(level: str, rules: str, measure_text: str, transport: str, *, book: Rulebook) -> OrderTerms:
    held, windowed = 0.0, False
    caps: list[tuple[str, float, float | None]] = []
    bans: list[Ban] = []
    for name in rules.split(";"):
        rule = book.rules.get(name)
        if not isinstance(rule, LineRule):
            continue
        for measure in rule.measures:
            words = measure_words(measure)
            if measure.track == "transport" and words in transport:
                bans.append(
                    Ban(words, measure.total, measure.stage_at_most, measure.classes, measure.fuels, measure.daily)
                )
            elif measure.code == "emission_cap" and words in measure_text:
                caps += [(pollutant, value, measure.o2_pct) for pollutant, value in measure.caps]
            if measure.track == "production" and words in measure_text:
                windowed |= bool(measure.daily)
                if level != "none" and "warning" not in rule.regimes:
                    held = max(held, _standing_share(measure)) if not np.isnan(held) else held
    return OrderTerms(held, windowed, tuple(dict.fromkeys(caps)), tuple(dict.fromkeys([*bans, *_filed(transport)])))


def _standing_share(measure: Measure) -> float:
    """The share a standing measure takes; NaN where only the accounting of the day could tell."""
    if measure.code == "stop":
        return 1.0
    if measure.code == "limit" and measure.share is not None:
        return measure.share
    return np.nan


def _filed(transport: str) -> list[Ban]:
    """What a filed plan says of vehicles, as far as a stage or all road traffic is named."""
    bans = []
    for clause in filter(None, transport.partition(_FILED)[2].split("；")):  # it comes last, and has clauses of its own
        found, total = _STAGE.search(clause), "total" in read_vehicles(clause)
        stage = stage_number(found[1]) - (found[2] == "以下") if found else None
        bans.append(Ban(f"{_FILED}{clause}", total, stage, ("重型",) if "重型" in clause else ()))
    return bans
