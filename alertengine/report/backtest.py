"""The report of a backtest: one offline HTML page with ribbons and comparisons, and the sentences they come to."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from alertengine.files import records
from alertengine.report.pages import page
from alertengine.report.season_ribbon import Band, legend, patterns, ribbon
from alertengine.rulebook import SEASON, TARGET_UNITS, Rulebook
from alertengine.simulation import (
    HEAVY,
    HOUR_COUNTS,
    IN_FORCE,
    LEVELS,
    OUTCOMES,
    Backtest,
    CityAir,
    RealNotice,
    RegimeRun,
    real_ranks,
    seasons,
)
from alertengine.vocabulary import LEVEL_TEXT, MET_TEXT, moment, percent, rounded, signed

_TARGET_TEXT: Final = dict(
    zip(TARGET_UNITS, ("PM2.5平均", "SO2平均", "优良天数", "重度及以上天数", "综合指数", "降尘量"), strict=True)
)
_BOUND_TEXT: Final = {"at_most": "≤", "at_least": "≥", "fall_at_least": "下降≥"}


def backtest_report(
    test: Backtest,
    rulebook: Rulebook,
    *,
    alerts: Sequence[RealNotice] = (),
    targets: pd.DataFrame | None = None,
    days_ahead: int = 7,
) -> str:
    """The page as HTML."""
    rows = test.table[test.table["row"] == "alert"]
    compared = rows[rows["outcome"] != "no_data"]
    return page(
        "backtest.html.j2",
        title=f"预警回测　{test.history.first}至{test.history.last}",
        file=Path(test.history.forecast.file).name,
        real=test.history.real,
        days_ahead=days_ahead,
        cities=list(test.air),
        runs=[{"regime": run.regime, "title": run.title, "short": short_title(run)} for run in test.runs],
        patterns=patterns(),
        legend=legend(),
        totals=_totals(test),
        table=_season_rows(test, winters=True),
        rest=_season_rows(test, winters=False),
        ribbons=_ribbons(test, rulebook, alerts),
        regime_story=regime_story(test),
        city_stories=city_stories(test),
        alert_stories=alert_stories(alerts, rows, test.runs[0]) if len(rows) else [],
        alert_rows=records(compared),
        alert_hours=records(test.table[test.table["row"] == "alert_hours"]),
        outcome_text=OUTCOMES,
        episodes=records(test.table[test.table["row"] == "episode"]),
        targets=[row for row in _targets(targets) if row["known"]],
        unseen_targets=[row for row in _targets(targets) if not row["known"]],
        levels=LEVELS,
        problems=[str(problem) for problem in test.problems],
        notes=[str(note) for note in test.notes],
        rulebook=rulebook.fingerprint[:12],
    )


def _totals(test: Backtest) -> list[dict[str, Any]]:
    """Sums over the cities, by winter and regime."""
    table = test.table[(test.table["row"] == "season") & test.table["season"].str.endswith(SEASON)]
    names = ["warnings", "hours", "lawless_days", *(f"{level}_days" for level in LEVELS)]
    out = []
    for season in dict.fromkeys(table["season"]):
        for run in test.runs:
            own = table[(table["season"] == season) & (table["regime"] == run.regime)]
            sums = {name: float(own[name].sum()) for name in names}
            out.append({"season": season, "title": run.title, "cities": len(own), **sums})
    return out


def _season_rows(test: Backtest, *, winters: bool) -> list[dict[str, Any]]:
    """One row a city and season, the regimes side by side."""
    table = test.table[test.table["row"] == "season"]
    table = table[table["season"].str.endswith(SEASON) == winters]
    rows = []
    for (season, city), own in table.groupby(["season", "city"], sort=False):
        by = {str(row["regime"]): row for row in records(own)}
        rows.append({"season": season, "city": city, "air": next(iter(by.values())), "by": by})
    return sorted(rows, key=lambda row: str(row["season"]))


def _ribbons(test: Backtest, rulebook: Rulebook, alerts: Sequence[RealNotice]) -> list[dict[str, Any]]:
    """A ribbon of each city and season, seasons in order, cities in that of the vocabulary."""
    order = {city: place for place, city in enumerate(rulebook.lists.cities())}
    out: dict[str, list[dict[str, str]]] = {}
    for city in sorted(test.air, key=lambda name: order.get(name, len(order))):
        air = test.air[city]
        for season, days in seasons(air, rulebook.lists).items():
            if np.isnan(air.daily[days]).all():
                continue
            drawn = ribbon(f"{city} {season}", air.dates[days], air.daily[days], _bands(test, air, days, alerts))
            out.setdefault(season, []).append({"city": city, "svg": drawn})
    return [
        {"season": season, "winter": season.endswith(SEASON), "cities": drawn} for season, drawn in sorted(out.items())
    ]


def _bands(test: Backtest, air: CityAir, days: np.ndarray, alerts: Sequence[RealNotice]) -> list[Band]:
    def part(hours: np.ndarray) -> np.ndarray:
        return np.asarray(hours.reshape(-1, 24)[days].ravel())

    bands = [Band(short_title(run), part(run.ranks[air.city])) for run in test.runs]
    if alerts:
        ranks, unnamed, open_ends = real_ranks(alerts, air)
        going_on = np.zeros(len(ranks), dtype=bool)
        places = [int((end - air.origin) / pd.Timedelta(hours=1)) - 1 for end in open_ends]
        going_on[[place for place in places if 0 <= place < len(ranks)]] = True
        bands.append(Band("实际通知", part(ranks), part(unnamed), part(going_on)))
    return bands


def _targets(table: pd.DataFrame | None) -> list[dict[str, Any]]:
    if table is None:
        return []
    rows = records(table)
    for row in rows:
        share = row["bound"] == "fall_at_least"
        row["what"] = _TARGET_TEXT[row["of"]]
        row["asked"] = f"{_BOUND_TEXT[row['bound']]}{_target_number(row['goal'], share=share)}{row['unit']}"
        row["reached"] = "—" if row["value"] is None else _target_number(row["value"], row["goal"], share=share)
        row["verdict"] = MET_TEXT[row["met"]]
        row["still"] = "" if row["met"] != "open" or row["needed"] is None else rounded(row["needed"], 1)
    return rows


def _target_number(value: float, goal: float | None = None, *, share: bool) -> str:
    return percent(value, goal) if share else rounded(value, 1, goal)


# -- what it says

#: Why a real notice and the air seen afterwards may differ; said once, where it applies.
WHY_MISSED: Final = "实际预警依据当时的预报、会商或上级要求；推演以事后观测为准，二者不一致不说明任何一方有误"
WHY_HIGHER: Final = "实际级别高于本市AQI单独所需，通常因省级调度令或区域预警对一片城市统一要求"
WHY_FALSE: Final = "所给通知只是收集到的一部分，推演有而未见通知，不能据此认定当时没有发布"


def day_text(day: pd.Timestamp) -> str:
    """Return a day without its year."""
    return f"{day.month}月{day.day}日"


def city_stories(test: Backtest) -> list[dict[str, str]]:
    """A paragraph for each city and winter with a warning: the worst first."""
    table = test.table
    rows = table[(table["row"] == "season") & table["season"].str.endswith(SEASON)]
    rows = rows[(rows["regime"] == test.runs[0].regime)].sort_values("heavy_days", ascending=False, kind="stable")
    return [
        {"title": f"{row['city']}　{row['season']}", "text": _city(test, row)}
        for row in rows.to_dict("records")
        if row["heavy_days"] or row["warnings"]
    ]


def _city(test: Backtest, row: dict[Any, Any]) -> str:
    air = test.air[str(row["city"])]
    said = [
        f"有效{rounded(row['known_days'])}日，重度及以上{rounded(row['heavy_days'])}日"
        + (f"（其中严重{rounded(row['severe_days'])}日）" if row["severe_days"] else "")
    ]
    if not pd.isna(row["peak_day"]):
        place = int((pd.Timestamp(row["peak_day"]) - air.origin).days)
        primary = f"，首要污染物{air.primary[place]}" if air.primary[place] else ""
        said[0] += f"；日AQI最高{rounded(row['peak_day_aqi'])}（{day_text(pd.Timestamp(row['peak_day']))}{primary}）"
    said += [_run_of_city(test, run, air, str(row["season"])) for run in test.runs]
    return "。".join(said) + "。"


def _run_of_city(test: Backtest, run: RegimeRun, air: CityAir, season: str) -> str:
    table = test.table
    own = table[(table["regime"] == run.regime) & (table["city"] == air.city) & (table["season"] == season)]
    total = own[own["row"] == "season"].to_dict("records")[0]
    of_season = own[own["row"] == "episode"]
    if of_season.empty:
        return f"按{run.title}：无预警"
    longest = of_season.sort_values(["hours", "starts"], ascending=[False, True]).to_dict("records")[0]
    ends = "另行通知" if pd.isna(longest["ends"]) else moment(pd.Timestamp(longest["ends"]))
    held = {LEVEL_TEXT[level]: total[f"{level}_days"] for level in LEVELS}
    days = "、".join(f"{text}{rounded(count)}日" for text, count in held.items() if count)
    return (
        f"按{run.title}：预警{rounded(total['warnings'])}次、{rounded(total['hours'])}小时（{days}）。最长一次为"
        f"{LEVEL_TEXT[longest['level']]}，{moment(pd.Timestamp(longest['starts']))}至{ends}，共{rounded(longest['hours'])}小时，"
        f"{_stretches(air, longest)}"
    )


def _stretches(air: CityAir, episode: dict[Any, Any]) -> str:
    """The heavy days of an episode, stretch by stretch, with their AQI."""
    last = air.dates[-1] if pd.isna(episode["ends"]) else pd.Timestamp(episode["ends"]) - pd.Timedelta(hours=1)
    first = pd.Timestamp(episode["starts"]).normalize()
    days = [place for place, day in enumerate(air.dates) if first <= day <= last and air.daily[place] > HEAVY]
    if not days:
        return "其间没有一个自然日达到重度（预警按连续24小时均值判定）"
    out = []
    for _, part in groupby(enumerate(days), key=lambda pair: pair[1] - pair[0]):
        places = [place for _, place in part]
        ends = day_text(air.dates[places[0]]) + (f"至{day_text(air.dates[places[-1]])}" if len(places) > 1 else "")
        out.append(f"{ends}AQI {'、'.join(f'{rounded(air.daily[place])}' for place in places)}")
    quiet = int((last.normalize() - first).days) + 1 - len(days)
    rest = f"；其余{quiet}日未达重度，因启动条件较低、间隔短或首尾不足一日仍在预警之中" if quiet else ""
    return "其间" + "；".join(out) + rest


# -- regimes against each other


def regime_story(test: Backtest) -> list[str]:
    """What the later regimes would have cost beside the first, winter by winter."""
    if len(test.runs) < 2:
        return []
    table = test.table[(test.table["row"] == "season") & test.table["season"].str.endswith(SEASON)]
    first = test.runs[0]
    out = []
    for season in dict.fromkeys(table["season"]):
        own = table[table["season"] == season]
        before = own[own["regime"] == first.regime].set_index("city")
        for run in test.runs[1:]:
            after = own[own["regime"] == run.regime].set_index("city").reindex(before.index)
            out.append(f"{season}：{_difference(before, after, first.title, run.title)}")
    return out


def _difference(before: pd.DataFrame, after: pd.DataFrame, name: str, other: str) -> str:
    sums = [{column: float(rows[column].sum()) for column in _SUMMED} for rows in (before, after)]
    parts = [
        f"{LEVEL_TEXT[level]}{rounded(sums[0][f'{level}_days'])}→{rounded(sums[1][f'{level}_days'])}城市·日"
        for level in LEVELS
    ]
    more = (after["days"] - before["days"]).sort_values(ascending=False, kind="stable")
    most = (
        f"；增加最多的是{more.index[0]}（{signed(rounded(more.iloc[0]))}日）" if len(more) and more.iloc[0] > 0 else ""
    )
    change = sums[1]["hours"] / sums[0]["hours"] - 1 if sums[0]["hours"] else np.nan
    times = "" if np.isnan(change) else f"（{signed(percent(change))}）"
    return (
        f"{len(before)}市由{name}改为{other}，预警由{rounded(sums[0]['warnings'])}次变为{rounded(sums[1]['warnings'])}次，"
        f"预警时间由{rounded(sums[0]['hours'])}变为{rounded(sums[1]['hours'])}城市·小时{times}，{'，'.join(parts)}{most}。"
    )


_SUMMED: Final = ("hours", "days", "warnings", *(f"{level}_days" for level in LEVELS))


# -- real notices


def alert_stories(alerts: Sequence[RealNotice], rows: pd.DataFrame, run: RegimeRun) -> list[str]:
    """A sentence or two for each notice that observations can say something about."""
    own = rows[(rows["regime"] == run.regime) & (rows["outcome"] != "no_data")]
    out = []
    for alert in alerts:
        found = own[own["id"] == alert.id]
        if len(found):
            out.append(_alert(alert, found))
    outcomes = set(own["outcome"])
    why = [text for name, text in (("missed", WHY_MISSED), ("higher", WHY_HIGHER)) if name in outcomes]
    if why:
        out.append("。".join(why) + "。")
    silent = [alert.id for alert in alerts if not len(own[own["id"] == alert.id])]
    if silent:
        out.append(f"不在观测时段或城市之内、无法比较的{len(silent)}条：{'、'.join(silent)}。")
    extra = own[own["outcome"] == "false"]
    if len(extra):
        cities = extra.groupby("city", sort=False).size()
        names = "、".join(f"{city}{count}次" for city, count in cities.items())
        out.append(f"推演有预警而所给通知中未见的{len(extra)}次（{names}）。{WHY_FALSE}。")
    return out


def _alert(alert: RealNotice, rows: pd.DataFrame) -> str:
    starts, ends = alert.held[0], rows["ends"].iloc[0]
    end = "" if alert.lifts else f"至{moment(ends) if not pd.isna(ends) else '另行通知'}"
    remarks = list(dict.fromkeys(filter(None, rows["remark"])))
    said = f"{alert.id}（{'、'.join(rows['city'])}，{asked(alert)}，{moment(starts)}{end or '起'}" + (
        f"，{'；'.join(remarks)}）：" if remarks else "）："
    )
    by = [
        f"{OUTCOMES[str(name)]}{len(part)}市（{'、'.join(map(_run_words, part.to_dict('records')))}）"
        for name, part in rows.groupby("outcome", sort=False)
    ]
    said += "；".join(by)
    leads = rows["lead_hours"].dropna()
    late = leads[leads < 0]
    if len(late):
        said += f"。公告当日零时，{len(late)}市的推演预警已经开始，最早者已{rounded(-late.min())}小时"
    counts = rows[list(HOUR_COUNTS)].sum().to_dict()
    hours = "、".join(f"{text}{rounded(counts[name])}小时" for name, text in _HOURS_SAID.items() if counts.get(name))
    said += f"。逐小时比较：{hours}" if hours else ""
    return said + "。"


def asked(alert: RealNotice) -> str:
    """What a notice asks, in words: from which level to which."""
    if alert.lifts:
        return f"解除{LEVEL_TEXT[alert.before]}" if alert.before else "解除"
    if not alert.level:
        return "未定统一级别"
    if alert.level == "none":
        return "不利气象条件应对，未达预警"
    level = f"{LEVEL_TEXT[alert.level]}{'及以上' if alert.at_least else ''}"
    return f"由{LEVEL_TEXT[alert.before]}改为{level}" if alert.before not in ("", "none", alert.level) else level


_HOURS_SAID: Final = {
    "same_hours": "一致", "higher_hours": "实际高于推演", "lower_hours": "实际低于推演", "missed_hours": "推演无预警",
    "false_hours": "推演有而未见通知", "unknown_hours": "无观测、不能比较",
}  # fmt: skip


def _run_words(row: dict[Any, Any]) -> str:
    level = LEVEL_TEXT.get(str(row["level"]), "无") if row["level"] else "无"
    peak = "" if pd.isna(row["peak_day_aqi"]) else f"，日AQI最高{rounded(row['peak_day_aqi'])}"
    return f"{row['city']}推演{level}{peak}"


def short_title(run: RegimeRun) -> str:
    """A regime in the few characters beside a ribbon."""
    if run.regime == IN_FORCE:
        return "当日规定"
    place = run.title.find("〔")
    return run.title[place:] if place >= 0 else run.title[:8]
