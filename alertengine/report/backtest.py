"""The report of a backtest: one offline HTML page with the ribbons, the comparisons and what they say."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from alertengine.files import records
from alertengine.report.backtest_sentences import alert_stories, city_stories, regime_story, short_title
from alertengine.report.pages import page
from alertengine.report.season_ribbon import Band, legend, patterns, ribbon
from alertengine.rulebook import SEASON, TARGET_UNITS, Rulebook
from alertengine.simulation import LEVELS, OUTCOMES, Backtest, CityAir, RealNotice, real_ranks, seasons
from alertengine.vocabulary import MET_TEXT, percent, rounded

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
