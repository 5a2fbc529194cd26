"""The part of a season's report that says how sure its figures are, when forecasts err."""

from __future__ import annotations

from typing import Any

import pandas as pd

from alertengine.report.charts import PATTERN, SERIES, drawn, plotly_objects
from alertengine.simulation import LEVELS, Uncertain
from alertengine.vocabulary import LEVEL_COLOUR, LEVEL_TEXT

_LOWEST = LEVELS[0]
_PERFECT = "perfect forecast"


def sure_section(found: Uncertain | None) -> dict[str, Any] | None:
    """What the template shows; None without an ensemble."""
    if found is None:
        return None
    tables, of = found.tables, found.ensemble
    cities = list(dict.fromkeys(tables["days"]["city"]))
    return {
        "winters": of.winters,
        "seed": of.spec.seed,
        "source": of.spec.error.source,
        "cities": len(of.truth.cities),
        "rows": [_city(tables, city) for city in cities],
        "days": _days_chart(tables["days"], cities[-1]),
        "leads": _leads_chart(tables["thresholds"]),
    }


def _city(tables: dict[str, pd.DataFrame], city: str) -> dict[str, Any]:
    days = tables["days"][tables["days"]["city"] == city].set_index("level")
    scores = tables["scores"]
    held = (scores["city"] == city) & (scores["level"] == _LOWEST) & (scores["reference"] == _PERFECT)
    missed = tables["missed"]
    return {
        "city": city,
        "levels": {level: days.loc[level].to_dict() for level in LEVELS},
        "score": scores[held].iloc[0].to_dict(),
        "missed": missed[missed["city"] == city].iloc[0].to_dict(),
    }


def _days_chart(days: pd.DataFrame, city: str) -> str:
    """Mean days at each level of one city (or all), with the range of 90 winters in a hundred."""
    go = plotly_objects()
    figure = go.Figure()
    own = days[days["city"] == city].set_index("level")
    for level in LEVELS:
        mean, low, high = (float(own["days_" + name][level]) for name in ("mean", "p05", "p95"))
        spread = {
            "type": "data", "symmetric": False, "array": [max(0.0, high - mean)],
            "arrayminus": [max(0.0, mean - low)], "thickness": 1.6, "width": 8, "color": "#1d2733",
        }  # fmt: skip
        marker = {
            "color": LEVEL_COLOUR[level], "line": {"color": "#1d2733", "width": 0.6},
            "pattern": {"shape": PATTERN[level], "fgcolor": "#1d2733", "fgopacity": 0.5, "size": 6},
        }  # fmt: skip
        figure.add_trace(go.Bar(x=[LEVEL_TEXT[level]], y=[mean], error_y=spread, marker=marker, name=LEVEL_TEXT[level]))
    figure.update_layout(showlegend=False)
    figure.update_yaxes(title_text="城市·日")
    return drawn(figure, "sure-days")


def _leads_chart(table: pd.DataFrame) -> str:
    """Hit rate and false-alarm ratio of daily forecasts by lead, a pair of lines for each threshold."""
    go = plotly_objects()
    figure = go.Figure()
    counts = table.groupby(["threshold", "lead"])[["hits", "misses", "false_alarms"]].sum().reset_index()
    for number, (threshold, own) in enumerate(counts.groupby("threshold", sort=False)):
        colour = SERIES[number % len(SERIES)]
        hit = own["hits"] / (own["hits"] + own["misses"]).where(lambda n: n > 0)
        false = own["false_alarms"] / (own["hits"] + own["false_alarms"]).where(lambda n: n > 0)
        for name, values, dash in (("命中率", hit, "solid"), ("空报比", false, "dot")):
            said = [None if pd.isna(value) else round(float(value), 4) for value in values]
            line = {"color": colour, "dash": dash, "width": 2}
            figure.add_trace(
                go.Scatter(
                    x=own["lead"].tolist(), y=said, mode="lines+markers", name=f"AQI{threshold} {name}", line=line
                )
            )
    figure.update_xaxes(title_text="提前天数", dtick=1)
    figure.update_yaxes(tickformat=".0%", range=[0, 1.02])
    return drawn(figure, "sure-leads")
