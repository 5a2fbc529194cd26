"""The report of a season: what a deputy mayor needs first, then the winter, the variants, the burden, the method."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import pandas as pd

from alertengine.files import records
from alertengine.report.backtest import short_title
from alertengine.report.charts import PATTERN, bars, plotly_script
from alertengine.report.forecast_uncertainty import sure_section
from alertengine.report.pages import page
from alertengine.report.season_ribbon import Band, legend, patterns, ribbon
from alertengine.simulation import (
    BASE,
    CAUSES,
    HEADERS,
    LEVELS,
    Detail,
    Season,
    burden_by,
    by_cause,
    enterprise_shares,
    expected_pm25,
    gini,
    quantile_table,
    stopped_names,
)
from alertengine.vocabulary import LEVEL_COLOUR, LEVEL_TEXT, MET_TEXT, POLLUTANTS, STANDING_TEXT, percent

SIGN: Final = {"yes": "✓", "no": "✗", "unknown": "？"}
_ALL: Final = {"yes": "减排比例全部达到", "no": "有城市未达到", "unknown": "有城市无法判定"}
#: Industries drawn, variants compared side by side, and enterprises listed as winners or losers.
_INDUSTRIES, _VARIANTS, _PLANTS = 14, 40, 12


def season_report(season: Season) -> str:
    """The page as HTML.

    Raises:
        InputError: plotly is not installed.

    """
    base, variants, answer = season.base, _variants(season), season.scenario.air_response
    return page(
        "season.html.j2",
        title=season.scenario.title,
        note=season.scenario.note,
        first=season.scenario.season.first,
        last=season.scenario.season.last,
        weather_from=season.scenario.season.weather_from,
        history=Path(base.run.weather.history.forecast.file).name,
        real=base.run.weather.history.real,
        days_ahead=season.scenario.days_ahead,
        lists=[Path(file).name for file in base.run.plants.files],
        headline=headline(season),
        verdicts=_verdicts(season),
        figures=_figures(season),
        levels=LEVELS,
        pollutants=POLLUTANTS,
        sign=SIGN,
        patterns=patterns(),
        legend=legend(),
        ribbons=_ribbons(season),
        variants=variants,
        money=money(season),
        value=season.scenario.value,
        announced=records(season.announced[season.announced["variant"] == BASE]),
        hidden=max(0, len(season.names) - 1 - _VARIANTS),
        matrix=_matrix(season),
        charts=_charts(season, variants[:_INDUSTRIES]),
        changes=_changes(season),
        why=_why(season),
        burden=_burden(season),
        headers=HEADERS,
        causes=CAUSES,
        sure=sure_section(season.uncertain),
        air=expected_pm25(answer, base.run, base.tallies) if answer else [],
        air_source=answer.source if answer else "",
        sources=_sources(base),
        unit=base.run.production.unit,
        basis=base.run.production.basis,
        problems=[str(problem) for problem in season.problems],
        notes=[str(note) for note in season.notes],
        script=plotly_script(),
        rulebook=base.run.book.fingerprint[:12],
    )


# -- the first screen


def headline(season: Season) -> list[dict[str, str]]:
    """One sentence a level: in how many places the required ratio is reached, and where it is not."""
    rows = _judged(season)
    out = []
    for level in LEVELS:
        own = rows[rows["level"] == level]
        started = own.loc[own["row"] == "level", "city"].nunique()
        verdict = {place: _worst(part["met"]) for place, part in own.groupby("city", sort=False)}
        named = {met: [str(city) for city, found in verdict.items() if found == met] for met in SIGN}
        said = [f"{len(named['yes'])}市达到"] if named["yes"] or len(verdict) > 1 else []
        said += [
            f"{len(cities)}市{MET_TEXT[met]}（{'、'.join(cities)}）"
            for met, cities in named.items()
            if cities and met != "yes"
        ]
        text = "，".join(said) + (f"；本季{started}市启动" if started else "；本季未启动")
        met = _worst(pd.Series(list(verdict.values())))
        one = MET_TEXT[met] if len(verdict) == 1 else _ALL[met]
        out.append({"level": level, "met": met, "verdict": one, "text": text})
    return out


def _worst(met: pd.Series) -> str:
    found = set(met.dropna())
    return "no" if "no" in found else "unknown" if "unknown" in found or not found else "yes"


def _verdicts(season: Season) -> list[dict[str, Any]]:
    """A row a city: for each level and pollutant the ratio, what is required, and the verdict."""
    cells: dict[str, dict[tuple[str, str], dict[str, Any]]] = {}
    for row in records(_judged(season)):
        cells.setdefault(row["city"], {})[str(row["level"]), str(row["pollutant"])] = row
    return [{"city": city, "cells": own} for city, own in cells.items()]


def _judged(season: Season) -> pd.DataFrame:
    """Every place at every level, supposed where the season did not bring it."""
    table = season.totals[season.totals["variant"] == BASE]
    rows = table[table["row"].isin(["level", "level_supposed"]) & (table["city"] != "") & (table["level"] != "none")]
    return rows.assign(supposed=rows["row"] == "level_supposed")


def _figures(season: Season) -> dict[str, Any]:
    rows = season.totals
    return records(rows[(rows["row"] == "season") & (rows["variant"] == BASE) & (rows["city"] == "")])[0]


def _ribbons(season: Season) -> list[dict[str, str]]:
    """The winter of each city: the base, and the first variants whose warnings differ."""
    shown = [season.base]
    for detail in season.details[1:]:
        if detail.run.weather is not season.base.run.weather and len(shown) < 4:
            shown.append(detail)
    out = []
    for city, air in season.base.run.weather.air.items():
        bands = []
        for detail in shown:
            other = detail.run.weather.air.get(city)
            if other is not None and len(other.daily) == len(air.daily):
                name = short_title(detail.run.weather.runs[0]) if detail.run.name == BASE else detail.run.name
                bands.append(Band(name[:9], detail.run.weather.runs[0].ranks[city]))
        out.append({"city": city, "svg": ribbon(f"{city} {season.scenario.title}", air.dates, air.daily, bands)})
    return out


# -- variants


def _variants(season: Season) -> list[dict[str, Any]]:
    """A row a variant: the season of all places together, against the base."""
    table = season.totals[(season.totals["row"] == "season") & (season.totals["city"] == "")]
    levels = season.totals[(season.totals["row"] == "level") & (season.totals["city"] == "")]
    days = levels[levels["pollutant"] == POLLUTANTS[0]].set_index(["variant", "level"])["days"]
    open_kg, kg = (levels.groupby(["variant", "pollutant"])[column].sum() for column in ("kg_open", "kg"))
    notes = {variant.name: variant.note for variant in season.scenario.variants}
    out = []
    for row in records(table)[: _VARIANTS + 1]:
        name = str(row["variant"])
        own, base = ({p: float(kg.get((one, p), 0.0)) for p in POLLUTANTS} for one in (name, BASE))
        out.append(row | {
            "note": notes.get(name, ""),
            "level_days": {level: int(days.get((name, level), 0) or 0) for level in LEVELS},
            "kg_open": {p: float(open_kg.get((name, p), 0.0)) for p in POLLUTANTS},
            "kg": own,
            "kg_change": {p: own[p] - base[p] if name != BASE else None for p in POLLUTANTS},
        })  # fmt: skip
    return out


def _matrix(season: Season) -> list[dict[str, Any]]:
    """Every variant at every level and pollutant: the ratio of all places together, and how many places miss it."""
    table = season.totals[season.totals["row"] == "level"]
    whole = table[(table["city"] == "") & (table["level"] != "none")]
    places = table[(table["city"] != "") & table["met"].notna()]
    missed = places[places["met"] == "no"].groupby(["variant", "level", "pollutant"]).size()
    judged = places.groupby(["variant", "level", "pollutant"]).size()
    cells: dict[str, dict[tuple[str, str], dict[str, Any]]] = {name: {} for name in season.names[: _VARIANTS + 1]}
    for row in records(whole[whole["variant"].isin(list(cells))]):
        key = (row["variant"], row["level"], row["pollutant"])
        counts = {"missed": int(missed.get(key, 0)), "judged": int(judged.get(key, 0))}
        cells[row["variant"]][row["level"], row["pollutant"]] = row | counts
    return [{"name": name, "cells": own} for name, own in cells.items()]


def _changes(season: Season) -> list[dict[str, Any]]:
    """Who wins and who loses in each variant, by output lost: the ends of the list."""
    out = []
    table = season.plants
    for name in season.names[1:]:
        own = table[(table["variant"] == name) & (table["lost_change"].abs() > 1e-9)]
        if own.empty:
            continue
        ordered = own.sort_values(["lost_change", "city", "enterprise_id"], kind="stable")
        lighter, heavier = ordered[ordered["lost_change"] < 0], ordered[ordered["lost_change"] > 0][::-1]
        out.append({
            "name": name, "lighter": len(lighter), "heavier": len(heavier),
            "win": records(lighter.head(_PLANTS)), "lose": records(heavier.head(_PLANTS)),
        })  # fmt: skip
    return out


def _why(season: Season) -> list[dict[str, Any]]:
    """Why each variant differs: what is lost and saved more or less by cause, and the lines that change most."""
    out = []
    for detail in season.details[1 : _VARIANTS + 1]:
        own = season.differences[season.differences["variant"] == detail.run.name]
        if own.empty:
            continue
        lines = own[own["lost_change"].abs() > 1e-9].head(_PLANTS)
        out.append(
            {"name": detail.run.name, "causes": records(by_cause(own)), "lines": records(lines), "count": len(own)}
        )
    return out


# -- charts


def _charts(season: Season, variants: Sequence[dict[str, Any]]) -> dict[str, str]:
    names = [row["variant"] for row in variants]
    out = {
        "days": bars(
            "days",
            names,
            {LEVEL_TEXT[level]: [row["level_days"][level] for row in variants] for level in LEVELS},
            unit="地区·日", stacked=True, colours={LEVEL_TEXT[level]: LEVEL_COLOUR[level] for level in LEVELS},
            patterns={LEVEL_TEXT[level]: PATTERN[level] for level in LEVELS},
        ),
        "industries": _industries(season),
        "stopped": _stopped(season),
    }  # fmt: skip
    if len(variants) > 1:
        out["lost"] = bars(
            "lost", names, {"产能损失": [row["lost"] for row in variants]}, unit=f"{season.base.run.production.unit}·日"
        )
    return out


def _industries(season: Season) -> str:
    """Output lost by industry, the base and the first variants."""
    table = season.totals[(season.totals["row"] == "industry") & (season.totals["city"] == "")]
    base = table[table["variant"] == BASE].sort_values("lost", ascending=False).head(_INDUSTRIES)
    groups = [str(name) for name in base["group"] if name]
    series = {}
    for name in [detail.run.name for detail in season.details[:4]]:
        own = table[table["variant"] == name].set_index("group")["lost"]
        series[name] = [float(own.get(group, 0.0)) for group in groups]
    unit = f"{season.base.run.production.unit}·日"
    return bars(
        "industries",
        groups,
        series,
        unit=unit,
        sideways=True,
        height=max(340, 26 * len(groups) * max(1, len(series) // 2) + 110),
    )


def _stopped(season: Season) -> str:
    """Plants by days wholly stopped."""
    table = season.totals[season.totals["row"] == "stopped_days"]
    names = stopped_names()
    series = {}
    for detail in season.details[:5]:
        own = table[table["variant"] == detail.run.name].set_index("group")["enterprises"]
        series[detail.run.name] = [int(own.get(name, 0)) for name in names]
    return bars("stopped", [f"{name}天" for name in names], series, unit="企业数")


# -- burden, air, sources


def _burden(season: Season) -> dict[str, Any]:
    """How the burden falls over the season: between enterprises in every variant, by class in the base."""
    even = []
    for detail in season.details[: _VARIANTS + 1]:
        lines = _burden_lines(detail)
        plants = lines.groupby("plant")["stopped"].any()
        quantiles = {percent(q): value for q, value in quantile_table(lines).itertuples(index=False)}
        stopped = float(plants.mean()) if len(plants) else 0.0
        even.append({
            "name": detail.run.name, "gini": gini(enterprise_shares(lines)), "quantiles": quantiles, "stopped": stopped,
        })  # fmt: skip
    lines = _burden_lines(season.base)
    return {"even": even, "tables": [(name, records(burden_by(lines, name))) for name in ("grade", "size", "county")]}


def _burden_lines(detail: Detail) -> pd.DataFrame:
    """The lines of a variant as the burden's tables take them."""
    lines = detail.lines
    plant = lines["city"] + "/" + lines["enterprise_id"]  # one code may stand for plants in two cities
    return lines.assign(plant=plant, county=lines["city"] + lines["county"], before=lines["lost_season"])


def _sources(base: Detail) -> list[dict[str, str]]:
    """The rules that bound lines in the season, by document."""
    book, seen = base.run.book, dict[str, set[str]]()
    for name in sorted(frozenset().union(*(one.rules for one in base.tallies))):
        seen.setdefault(book.rules[name].document, set()).add(book.rules[name].article)
    for run in base.run.weather.runs:
        for name in set(run.result.record["grading"].dropna()) - {""}:
            seen.setdefault(book.rules[name].document, set()).add(book.rules[name].article)
    count = len(base.run.plants.files)
    plans = [{"citation": f"应急减排清单（{count}份）", "articles": "企业备案措施", "standing": "清单"}]
    return plans * any(one.filed for one in base.tallies) + [
        {
            "citation": book.documents[name].citation,
            "articles": "、".join(sorted(articles)),
            "standing": STANDING_TEXT[book.documents[name].source],
        }
        for name, articles in sorted(seen.items())
    ]


# -- what losses are worth


def money(season: Season) -> dict[str, dict[str, Any]]:
    """By variant: ``yuan`` lost, its ``change`` against the base, ``unvalued`` lines, ``per_kg`` by pollutant.

    Empty where no value of output was given.  ``per_kg`` is the whole loss over the kilograms that the lines save of
    one pollutant (None where they save none): pollutants are not added.
    """
    totals = season.totals
    if season.base.run.production.yuan is None:
        return {}
    seasons = totals[(totals["row"] == "season") & (totals["city"] == "")].set_index("variant")
    levels = totals[(totals["row"] == "level") & (totals["city"] == "") & (totals["level"] != "none")]
    saved = levels.groupby(["variant", "pollutant"])["kg_lines"].sum()
    out = {}
    for name, row in seasons.iterrows():
        yuan = float(row["lost_yuan"])
        kg = {pollutant: float(saved.get((name, pollutant), 0.0)) for pollutant in POLLUTANTS}
        out[str(name)] = {
            "yuan": yuan,
            "change": None if pd.isna(row["lost_yuan_change"]) else float(row["lost_yuan_change"]),
            "unvalued": int(row["lines_without_value"]),
            "per_kg": {pollutant: yuan / amount if amount > 0 else None for pollutant, amount in kg.items()},
        }
    return out
