"""Real notices against a backtest, hour by hour: same, higher, lower, missed, false, and how far ahead they came.

Real levels are often higher than the AQI alone asks, because a province ordered them for a
whole area: the comparison says what happened, it demands nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.simulation.backtest.history import CityAir, hours_between
from alertengine.simulation.backtest.real_notices import RealNotice
from alertengine.simulation.backtest.run import Backtest, RegimeRun, episodes, table_of
from alertengine.vocabulary import Problem, moment, problems_and_notes, rounded
from alertengine.warning import LEVEL_OF, RANK

#: What a comparison can come to, as people read it; from the view of the real notice.
OUTCOMES: Final = {
    "same": "一致",
    "higher": "实际高于推演",
    "lower": "实际低于推演",
    "mixed": "有的小时高、有的小时低",
    "missed": "推演无预警",
    "false": "推演有、未见通知",
    "present": "级别未定，推演有预警",
    "below": "不利气象条件应对，推演亦未达预警",
    "below_warned": "不利气象条件应对，推演有预警",
    "lifted": "解除，推演亦无预警",
    "still": "解除，推演仍有预警",
    "no_data": "无观测",
}
_DAY: Final = pd.Timedelta(days=1)
#: What is done to a warning in force, and how long after its start at most where nothing tells its end.
_GOES_ON: Final = frozenset({"raise", "lower", "extend", "continue", "change", "lift", "cancel"})
_NEAR: Final = pd.Timedelta(days=31)
_HOUR: Final = pd.Timedelta(hours=1)


@dataclass(frozen=True)
class NoticeHours:
    """The hours a notice holds in one city: until its end or the notice that takes its place.

    ``open``: neither is told; then the first day alone counts.
    """

    starts: datetime
    ends: datetime
    open: bool


def hours_held(alerts: Sequence[RealNotice], city: str) -> dict[int, NoticeHours]:
    """The hours of every notice of one city that brings a level, by its place among the notices.

    A notice whose end is told ends before it where another of the city begins. One whose end is not told ends with the
    next of the city where that changes, goes on with or ends it, and soon. An order from above (调度令) stands beside,
    and a notice for some counties ends nothing of the city's.
    """
    of_city = [(place, one) for place, one in enumerate(alerts) if city in one.cities]
    out = {}
    for place, one in of_city:
        if one.lifts:
            continue
        start, end = one.held
        follow = [
            other.held[0]
            for later, other in of_city
            if later != place and other.held[0] >= start and (other.held[0] > start or later > place)
            and one.action != "order" and other.action != "order" and (city not in other.part or city in one.part)
            and not (other.before and one.level and other.before != one.level)
            and (end is not None or (other.action in _GOES_ON and other.held[0] - start <= _NEAR))
        ]  # fmt: skip
        next_one = min(follow, default=None)
        told = min((time for time in (end, next_one) if time is not None), default=None)
        out[place] = NoticeHours(start, told if told is not None else start + _DAY, told is None)
    return out


def against_notices(test: Backtest, alerts: Sequence[RealNotice], said: Sequence[Problem]) -> Backtest:
    """A backtest with a row for each real notice, city and regime, and what was ``said`` in reading the notices."""
    rows = [row for do in (compare, compare_hours) for run in test.runs for row in do(alerts, run, test.air)]
    table = table_of([*test.table.to_dict("records"), *rows]) if rows else test.table
    unread, notes = problems_and_notes(said)
    return replace(test, table=table, own_problems=[*test.problems, *unread], own_notes=[*test.own_notes, *notes])


def compare(alerts: Sequence[RealNotice], run: RegimeRun, air: Mapping[str, CityAir]) -> list[dict[str, Any]]:
    """One row per notice and city, its hours counted by how they compare; then warnings no notice meets (``false``)."""
    held = {city: hours_held(alerts, city) for city in air}
    rows = [
        _against(alert, city, run, air[city], held[city].get(place))
        for place, alert in enumerate(alerts)
        for city in alert.cities
        if city in air
    ]
    if not rows:
        return []
    for city, own in air.items():
        spans = list(held[city].values())
        for one in episodes(run, own):
            if not any(_overlaps(one, span, own_end=own.dates[-1] + _DAY) for span in spans):
                same = {name: one[name] for name in ("level", "starts", "ends", "hours", "peak_day_aqi", "peak_day")}
                rows.append(_row(run, city, one["id"], "false", **same))
    return rows


def compare_hours(alerts: Sequence[RealNotice], run: RegimeRun, air: Mapping[str, CityAir]) -> list[dict[str, Any]]:
    """For each city that a notice reached, the hours of all its notices together against the run (``alert_hours``)."""
    held = {city: hours_held(alerts, city) for city in air}
    return [_all_hours(alerts, run, own, held[city]) for city, own in air.items() if held[city]]


def _row(run: RegimeRun, city: str, name: str, outcome: str, **more: Any) -> dict[str, Any]:
    return {"row": "alert", "regime": run.regime, "city": city, "id": name, "outcome": outcome, **more}


def _against(alert: RealNotice, city: str, run: RegimeRun, air: CityAir, held: NoticeHours | None) -> dict[str, Any]:
    """One notice at one city."""
    span = held or NoticeHours(alert.held[0], alert.held[0] + _DAY, open=False)
    inside = hours_between(air, span.starts, span.ends)
    days = inside.reshape(-1, 24).any(axis=1)
    known = inside & np.repeat(~np.isnan(air.daily), 24)
    ranks = run.ranks[city]
    rank = int(ranks[inside].max()) if inside.any() else 0
    more: dict[str, Any] = {
        "level": LEVEL_OF[rank] if rank else "", "real_level": alert.level, "real_from_level": alert.before,
        "starts": span.starts, "ends": pd.NaT if alert.lifts or span.open else span.ends, "issued": alert.by or pd.NaT,
        "hours": int((ranks[inside] > 0).sum()), "remark": _remark(alert, city, span),
    }  # fmt: skip
    met = next((one for one in episodes(run, air) if _overlaps(one, span, own_end=air.dates[-1] + _DAY)), None)
    if met and alert.announced is not None and not alert.lifts:
        more["lead_hours"] = (met["starts"] - alert.announced) / _HOUR
    if not known.any():
        return _row(run, city, alert.id, "no_data", **more)
    worst = int(np.nanargmax(np.where(days, air.daily, np.nan)))
    more |= {"peak_day_aqi": float(air.daily[worst]), "peak_day": air.dates[worst]}
    if alert.lifts:
        return _row(run, city, alert.id, "still" if rank else "lifted", **more)
    if not alert.level:
        return _row(run, city, alert.id, "present" if rank else "missed", **more)
    real = np.where(inside, RANK[alert.level], 0)
    counts = _hour_counts(real, np.where(inside & alert.at_least, real, 0), ranks, known, inside)
    if alert.level == "none":
        return _row(run, city, alert.id, "below_warned" if counts["lower_hours"] else "below", **more, **counts)
    return _row(run, city, alert.id, _outcome(counts), **more, **counts)


def _hour_counts(
    real: npt.NDArray[np.int64],
    at_least: npt.NDArray[np.int64],
    ranks: npt.NDArray[np.int64],
    known: npt.NDArray[np.bool_],
    inside: npt.NDArray[np.bool_],
) -> dict[str, int]:
    """How many hours of a notice the run has the same level, a lower one, a higher one, none, or no air to tell by.

    Hours without a warning under a response below yellow are not the same: that response is no absence of one.
    """
    same = known & (((ranks == real) & (real > 0)) | ((at_least > 0) & (ranks > at_least)))
    return {
        "same_hours": int(same.sum()),
        "higher_hours": int((known & (ranks < real) & (ranks > 0)).sum()),
        "lower_hours": int((known & ~same & (ranks > real)).sum()),
        "missed_hours": int((known & (ranks < real) & (ranks == 0)).sum()),
        "unknown_hours": int((inside & ~known).sum()),
    }


def _outcome(hours: Mapping[str, int]) -> str:
    """What the hours of a notice come to: one word where all that differ differ one way."""
    above, below = hours["higher_hours"] + hours["missed_hours"], hours["lower_hours"]
    if above and below:
        return "mixed"
    if not above:
        return "lower" if below else "same"
    return "higher" if hours["higher_hours"] or hours["same_hours"] else "missed"


def _all_hours(
    alerts: Sequence[RealNotice], run: RegimeRun, air: CityAir, held: Mapping[int, NoticeHours]
) -> dict[str, Any]:
    """The hours of one city: what all notices together asked against what the run would have, and hours of it alone."""
    ranks, asked = run.ranks[air.city], _asked(alerts, air, held)
    known = np.repeat(~np.isnan(air.daily), 24)
    least = np.where(asked.least >= asked.ranks, asked.least, 0)
    return {
        "row": "alert_hours", "regime": run.regime, "city": air.city, "hours": int((ranks > 0).sum()),
        **_hour_counts(asked.ranks, least, ranks, known & asked.named, asked.named),
        "false_hours": int((known & ~asked.named & ~asked.unnamed & (ranks > 0)).sum()),
    }  # fmt: skip


class _Asked(NamedTuple):
    """What notices ask hour by hour: the rank, the rank that is asked at least, hours with a level and without one."""

    ranks: npt.NDArray[np.int64]
    least: npt.NDArray[np.int64]
    named: npt.NDArray[np.bool_]
    unnamed: npt.NDArray[np.bool_]


def _asked(alerts: Sequence[RealNotice], air: CityAir, held: Mapping[int, NoticeHours]) -> _Asked:
    """What all notices together ask at each hour of a city."""
    out = _Asked(*(np.zeros(len(air.hourly), dtype=kind) for kind in (np.int64, np.int64, bool, bool)))
    for place, span in held.items():
        alert, own = alerts[place], hours_between(air, span.starts, span.ends)
        (out.named if alert.level else out.unnamed)[own] = True
        if alert.level:
            out.ranks[own] = np.maximum(out.ranks[own], RANK[alert.level])
        if alert.level and alert.at_least:
            out.least[own] = np.maximum(out.least[own], RANK[alert.level])
    return out


def real_ranks(
    alerts: Sequence[RealNotice], air: CityAir
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_], list[datetime]]:
    """Rank of the real notices at each hour of a city, hours under one of no level, and where one has no end."""
    held = hours_held(alerts, air.city)
    asked = _asked(alerts, air, held)
    return asked.ranks, asked.unnamed, [span.ends for span in held.values() if span.open]


def _overlaps(one: Mapping[str, Any], held: NoticeHours, own_end: pd.Timestamp) -> bool:
    """Whether a warning of the backtest and a notice share an hour."""
    end = own_end if pd.isna(one["ends"]) else one["ends"]
    return bool(held.starts < end and held.ends > one["starts"])


def _remark(alert: RealNotice, city: str, held: NoticeHours) -> str:
    apart = alert.response is not None and alert.response != (alert.starts, alert.ends)
    said = (
        _lead(alert),
        f"预警自{moment(alert.starts)}起，响应自{moment(held.starts)}起" if apart else "",
        "只及部分区县，空气质量为全市" if city in alert.part else "",
        "结束未载明，只比较首24小时" if held.open else "",
        "年份系推断" if alert.year_inferred else "",
    )
    return "，".join(filter(None, said))


def _lead(alert: RealNotice) -> str:
    """How far ahead the real notice came, as far as its day tells."""
    if alert.announced is None or alert.by is None:
        return ""
    most, least = ((alert.held[0] - time) / _HOUR for time in (alert.announced, alert.by))
    if most == least:
        return f"提前{rounded(most)}小时" if most >= 0 else f"启动后{rounded(-most)}小时发布"
    return f"提前{rounded(max(least, 0))}至{rounded(most)}小时" if most > 0 else "当日启动"
