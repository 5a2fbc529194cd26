"""Progress against targets: concentrations and days to reach, from observations.

A mean is that of the daily means known; it is compared as it is, without rounding.  A day
is good up to the top of 良 and heavy from the bottom of 重度污染 on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, Final

import pandas as pd

from alertengine.rulebook import Goal, Place, Rulebook, TargetRule
from alertengine.simulation.backtest.history import CityAir, years_later
from alertengine.warning import class_bounds

COLUMNS: Final = (
    "rule", "article", "title", "place", "of", "bound", "unit", "force", "first", "last", "goal", "value",
    "days", "known", "met", "needed", "remark",
)  # fmt: skip
_GOOD_TOP, _HEAVY_LOW = class_bounds("良")[1], class_bounds("重度污染")[0]
_MEANS: Final = {"pm25_mean": "pm25", "so2_mean": "so2"}


def observations_of(air: Mapping[str, CityAir]) -> pd.DataFrame:
    """Days of the cities of a backtest, as :func:`progress` takes them."""
    parts = [
        pd.DataFrame(
            {"city": city, "county": "", "date": own.dates.date, "aqi": own.daily, "pm25": own.pm25, "so2": own.so2}
        )
        for city, own in air.items()
    ]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["city", "county", "date", "aqi"])


def progress(rules: Iterable[TargetRule], observations: pd.DataFrame) -> pd.DataFrame:
    """How far each target is reached.

    ``observations``: ``city, county`` (empty: the whole city), ``date``, ``aqi`` and daily means ``pm25``, ``so2``; the
    newest day is today. ``met`` is ``yes``, ``no``, ``open`` (the period runs, ``needed`` says what the rest must
    bring: the mean allowed, the good days still to come, the heavy days still allowed) or ``unknown``.
    """
    places = {
        (str(city), str(county)): rows.set_index("date")
        for (city, county), rows in observations.groupby(["city", "county"])
    }
    today = max(observations["date"], default=date.min)
    rows = []
    for rule in rules:
        for goal in rule.goals():
            own = _rows_of(places, rule, goal)
            head = {
                "rule": rule.id, "article": rule.article, "title": rule.title, "place": goal.place, "of": rule.of,
                "bound": rule.bound, "unit": rule.unit, "force": rule.force, "first": goal.first, "last": goal.last,
                "goal": goal.value, "days": (goal.last - goal.first).days + 1,
            }  # fmt: skip
            rows.append({**head, **_judge(rule, goal, own, today)})
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _rows_of(places: Mapping[tuple[str, str], pd.DataFrame], rule: TargetRule, goal: Goal) -> pd.DataFrame | None:
    """Observations of a goal's place: a city, a county of the rule's area, or none."""
    asked = [(goal.place, ""), *((area, goal.place) for area in rule.area)]
    if rule.per == "city" and goal.place not in {city for city, _ in places} and len(rule.area) == 1:
        asked.append((rule.area[0], ""))
    return next((places[one] for one in asked if one in places), None)


def _judge(rule: TargetRule, goal: Goal, own: pd.DataFrame | None, today: date) -> dict[str, Any]:
    """Value, verdict and what is still needed."""
    if own is None:
        return {"met": "unknown", "known": 0, "remark": "无该点位（县区、站点）的观测"}
    series = _series(rule, own)
    if series is None:
        return {"met": "unknown", "known": 0, "remark": "所给观测不能计算该指标"}
    known = _within(series, goal.first, goal.last)
    if known.empty:
        return {"met": "unknown", "known": 0, "remark": "该时段无观测"}
    missing = (min(goal.last, today) - goal.first).days + 1 - len(known)
    rest = max(0, (goal.last - max(today, goal.first - timedelta(days=1))).days)
    said = {"known": len(known), "remark": f"时段内缺{missing}日" if missing else ""}
    if rule.bound == "fall_at_least":
        return {**said, **_fall(rule, goal, series, known, rest)}
    if rule.of in _MEANS:
        return {**said, **_mean(goal, known, rest)}
    count = float(known.sum())
    counted = _at_least if rule.bound == "at_least" else _at_most
    return {**said, "value": count, **counted(goal.value, count, missing, rest)}


def _series(rule: TargetRule, own: pd.DataFrame) -> pd.Series | None:
    """Daily values that are averaged, or 1 for each day that counts."""
    if rule.of in _MEANS:
        name = _MEANS[rule.of]
        return own[name].dropna() if name in own and own[name].notna().any() else None
    aqi = own["aqi"].dropna()
    if rule.of == "good_days":
        return (aqi <= _GOOD_TOP).astype(float)
    return (aqi >= _HEAVY_LOW).astype(float) if rule.of == "heavy_days" else None


def _within(series: pd.Series, first: date, last: date) -> pd.Series:
    return series[[first <= day <= last for day in series.index]]


def _mean(goal: Goal, known: pd.Series, rest: int) -> dict[str, Any]:
    value = float(known.mean())
    if not rest:
        return {"value": value, "met": "yes" if value <= goal.value else "no"}
    allowed = (goal.value * (len(known) + rest) - float(known.sum())) / rest
    return {"value": value, "met": "open" if allowed >= 0 else "no", "needed": max(allowed, 0.0)}


def _at_least(goal: float, count: float, missing: int, rest: int) -> dict[str, Any]:
    if count >= goal:
        return {"met": "yes", "needed": 0.0}
    if count + missing + rest < goal:
        return {"met": "no", "needed": goal - count}
    return {"met": "open" if rest else "unknown", "needed": goal - count}


def _at_most(goal: float, count: float, missing: int, rest: int) -> dict[str, Any]:
    if count > goal:
        return {"met": "no", "needed": 0.0}
    sure = not rest and count + missing <= goal
    return {"met": "yes" if sure else "open" if rest else "unknown", "needed": goal - count}


def _fall(rule: TargetRule, goal: Goal, series: pd.Series, known: pd.Series, rest: int) -> dict[str, Any]:
    """The share by which a mean or count fell against the same days a year before."""
    before = _within(series, years_later(goal.first, -1), years_later(goal.last, -1))
    base, value = (before.mean(), known.mean()) if rule.of in _MEANS else (before.sum(), known.sum())
    if before.empty or not base > 0:
        return {"met": "unknown", "remark": "无上年同期观测"}
    fall = 1 - float(value) / float(base)
    return {"value": fall, "met": "open" if rest else "yes" if fall >= goal.value else "no"}


def targets_of(rulebook: Rulebook, cities: Iterable[str], first: date, last: date) -> list[TargetRule]:
    """Target rules of some cities whose periods meet the days from ``first`` to ``last``."""
    places = [Place(province=rulebook.lists.province_of(city), city=city) for city in cities]
    named = {place.city for place in places}
    return [
        rule
        for rule in rulebook.rules_of("target")
        if isinstance(rule, TargetRule)
        and any(goal.first <= last and goal.last >= first for goal in rule.goals())
        and (
            any(rulebook.reaches(rule, place) for place in places)
            or any(member.split("/")[0] in named for member in rulebook.members(rule))
        )
    ]
