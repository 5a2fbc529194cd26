"""The tables of a simulation: totals.csv (tidy, every row says what it counts), plants, and what changed.

``row`` of a total says what it is: ``season`` (a place, or all where ``city`` is blank), ``level``
(and pollutant), ``state`` (a level under one law and phase: its own ratio), ``level_supposed`` (a level that the
season did not bring), ``industry``, ``county``, ``grade``, ``stopped_days`` (plants by days wholly
stopped).  ``*_change`` columns compare with the same row of the base.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import fsum
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.simulation.season.run import VariantRun
from alertengine.simulation.season.season_scenario import BASE
from alertengine.simulation.season.tally import LevelSum, PlaceTally, StateSum, worst_of
from alertengine.vocabulary import PLANT_KEY, POLLUTANTS, Level, number, to_minute

TOTAL_COLUMNS: Final = (
    "variant", "row", "city", "county", "level", "pollutant", "group",
    "hours", "days", "warnings", "lines", "enterprises", "enterprises_hit", "enterprises_stopped",
    "kg", "kg_with_season", "kg_d", "whole_society_kg_d", "inventory_year",
    "ratio", "ratio_with_season", "required", "required_by", "met", "margin_kg_d",
    "lost", "lost_share", "lost_season", "lost_unit", "lines_unsaid",
    "kg_change", "ratio_change", "lost_change", "enterprises_hit_change",
    "kg_lines", "kg_beside", "kg_open", "lost_open", "lines_without_ground",
    "phase", "since", "hours_below", "worst_ratio", "worst_phase", "worst_since",
    "lost_yuan", "lines_without_value", "yuan_per_kg", "lost_yuan_change",
)  # fmt: skip
_KEYS: Final = ["row", "city", "county", "level", "pollutant", "group"]
#: Rows that have several with the same keys, so that none is the same row of the base.
_NOT_COMPARED: Final = "state"
_COMPARED: Final = ("kg", "ratio", "lost", "enterprises_hit", "lost_yuan")
_COUNTS: Final = (
    "warnings", "lines", "enterprises", "enterprises_hit", "enterprises_stopped", "inventory_year",
    "lines_unsaid", "lines_without_ground", "lines_without_value",
)  # fmt: skip
#: Upper ends of the classes of days wholly stopped; plants above the last are counted together.
STOPPED_CLASSES: Final = (0, 1, 3, 7, 14, 30)


@dataclass(frozen=True)
class Burdens:
    """What lines lose over a season, added up: for each place in turn, and for each city with all its places."""

    places: list[dict[str, Any]]
    cities: dict[str, dict[str, Any]]


def burdens(tallies: Sequence[PlaceTally], lines: pd.DataFrame) -> Burdens:
    """The lines of :func:`line_table` added up."""
    told, city, county = _numbers(lines), lines["city"].to_numpy(dtype=object), lines["county"].to_numpy(dtype=object)
    places = []
    for one in tallies:
        apart = [other.county for other in tallies if other.city == one.city and other.county]
        here = county == one.county if one.county else ~np.isin(county, apart)
        places.append(_burden(told, np.flatnonzero((city == one.city) & here)))
    cities = dict.fromkeys(one.city for one in tallies)
    return Burdens(places, {name: _burden(told, np.flatnonzero(city == name)) for name in cities})


def total_rows(
    run: VariantRun,
    tallies: Sequence[PlaceTally],
    lines: pd.DataFrame,
    seasons: Sequence[dict[str, Any]],
    *,
    grouped: bool,
) -> list[dict[str, Any]]:
    """The rows of one variant; ``grouped`` adds those by state, industry, county, grade and days stopped."""
    unit = {"lost_unit": f"{run.production.unit}·日"}
    rows = [{**row, **unit} for row in seasons]
    rows += _level_rows(tallies)
    if grouped:
        rows += list(_state_rows(tallies))
        rows += [{**row, **unit} for row in _group_rows(lines)]
        rows += list(_stopped_rows(lines))
    return [{"variant": run.name, **row} for row in rows]


def season_rows(tallies: Sequence[PlaceTally], added: Burdens) -> Iterable[dict[str, Any]]:
    """The rows of the season, place by place and then together; they depend on no total and no ratio."""
    for one, own in zip(tallies, added.places, strict=True):
        yield {"row": "season", "city": one.city, "county": one.county, **own, **_of_season([one])}
    yield {"row": "season", **_summed(list(added.cities.values())), **_of_season(tallies)}


def _of_season(tallies: Sequence[PlaceTally]) -> dict[str, Any]:
    """Time under warnings, lines without a share or a ground at the level that has most, and the output still open."""
    return {
        "hours": sum(found.hours for one in tallies for level, found in one.levels.items() if level is not Level.NONE),
        "days": sum(sum(one.level_days.values()) for one in tallies),
        "warnings": sum(one.lives for one in tallies),
        "lines_unsaid": sum(max((s.unsaid for s in one.levels.values()), default=0) for one in tallies),
        "lines_without_ground": sum(max((s.groundless for s in one.levels.values()), default=0) for one in tallies),
        "lost_open": fsum(found.open_lost for one in tallies for found in one.levels.values()),
    }


def _numbers(lines: pd.DataFrame) -> dict[str, npt.NDArray[Any]]:
    """What burdens are added up of, line by line, with the number of each line's plant."""
    plant = lines.groupby(PLANT_KEY, sort=False).ngroup()
    amounts = [name for name in ("production", "lost", "lost_season", "lost_yuan") if name in lines]
    told = {name: lines[name].to_numpy(dtype=float) for name in amounts}
    told |= {name: lines[name].to_numpy(dtype=bool) for name in ("hit", "stopped")}
    return told | {"plant": plant.to_numpy()}


def _burden(told: dict[str, npt.NDArray[Any]], rows: npt.NDArray[np.int64]) -> dict[str, Any]:
    """Some lines added up."""
    own = {name: values[rows] for name, values in told.items()}
    production, lost = float(own["production"].sum()), float(own["lost"].sum())
    yuan = own.get("lost_yuan")
    return {
        "lines": len(rows),
        "enterprises": len(np.unique(own["plant"])),
        "enterprises_hit": len(np.unique(own["plant"][own["hit"]])),
        "enterprises_stopped": len(np.unique(own["plant"][own["stopped"]])),
        "production": production,
        "lost": lost,
        "lost_share": lost / production if production else 0.0,
        "lost_season": float(own["lost_season"].sum()),
        **({} if yuan is None else {
            "lost_yuan": float(np.nansum(yuan)), "lines_without_value": int(np.isnan(yuan).sum()),
        }),
    }  # fmt: skip


def _summed(cities: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Burdens of cities together; sums are exact, whatever the order."""
    counted = ("lines", "enterprises", "enterprises_hit", "enterprises_stopped")
    measured = ["production", "lost", "lost_season"]
    if all("lost_yuan" in one for one in cities):
        measured += ["lost_yuan", "lines_without_value"]
    out: dict[str, Any] = {name: sum(one[name] for one in cities) for name in counted}
    out |= {name: fsum(one[name] for one in cities) for name in measured}
    return out | {"lost_share": out["lost"] / out["production"] if out["production"] else 0.0}


def _level_rows(tallies: Sequence[PlaceTally]) -> list[dict[str, Any]]:
    """Each place at each level, by pollutant; then all places together."""
    out = []
    for level in Level:
        held = [(one, one.levels[level]) for one in tallies if level in one.levels]
        if not held:
            continue
        for one, found in held:
            days = one.level_days.get(level)
            head = {"row": "level", "city": one.city, "county": one.county, "level": str(level), "days": days}
            out += [{**head, "pollutant": name, **_amounts(found, name)} for name in POLLUTANTS]
        if level is not Level.NONE:
            out += [_together(held, level, name) for name in POLLUTANTS]
    for one in tallies:
        for level, found in one.supposed.items():
            head = {"row": "level_supposed", "city": one.city, "county": one.county, "level": str(level)}
            nothing = dict.fromkeys(_OF_THE_SEASON, 0.0) | ({} if found.yuan is not None else {"lost_yuan": None})
            out += [{**head, "pollutant": name, **_amounts(found, name), **nothing} for name in POLLUTANTS]
    return out


def _amounts(found: LevelSum, name: str) -> dict[str, Any]:
    said = found.ratio.get(name, {})
    return {
        "hours": found.hours,
        "kg": found.kg[name],
        "kg_with_season": found.kg_season[name],
        "kg_d": found.kg_d[name],
        "whole_society_kg_d": found.whole[name] if found.whole else None,
        "inventory_year": found.year,
        "ratio": said.get("warning"),
        "ratio_with_season": said.get("with_season"),
        **{key: said.get(key) for key in ("required", "required_by", "met", "margin_kg_d")},
        "lines_unsaid": found.unsaid,
        "lost": found.lost,
        "enterprises_hit": found.hit,
        **_money(found.yuan, found.unvalued, found.kg[name] - found.beside[name]),
        "kg_lines": found.kg[name] - found.beside[name],
        "kg_beside": found.beside[name],
        "kg_open": found.open_kg[name],
        "lost_open": found.open_lost,
        "lines_without_ground": found.groundless,
        "hours_below": found.below[name],
        **_worst(found, name),
    }


def _money(yuan: float | None, unvalued: int, kg: float) -> dict[str, Any]:
    """The loss in yuan, all of it also over the kilograms of one pollutant that the lines save."""
    if yuan is None:
        return {}
    return {"lost_yuan": yuan, "lines_without_value": unvalued, "yuan_per_kg": yuan / kg if kg > 0 else None}


#: Amounts over a season: nothing of them where the season did not bring a level.
_OF_THE_SEASON: Final = (
    "hours", "kg", "kg_with_season", "lost", "kg_lines", "kg_beside", "kg_open", "lost_open", "hours_below",
    "lost_yuan",
)  # fmt: skip


def _worst(found: LevelSum, name: str) -> dict[str, Any]:
    worst = found.worst[name]
    if worst is None:
        return {}
    said = {"worst_ratio": worst.ratio[name]["warning"], "worst_phase": _phase(worst)}
    return said | ({"worst_since": to_minute(worst.since)} if worst.since else {})


def _phase(state: StateSum) -> str:
    """Hours since the warning's life began from which a state is told apart, as ``120-``."""
    return f"{number(state.passed)}-"


def _state_rows(tallies: Sequence[PlaceTally]) -> Iterable[dict[str, Any]]:
    """Each state at a warned level, by pollutant: since when, how long, and its own ratio."""
    states = (
        (one, level, name, state)
        for one in tallies
        for level, found in one.levels.items()
        for name in POLLUTANTS
        for state in (found.states if level is not Level.NONE else ())
    )
    for one, level, name, state in states:
        said = state.ratio.get(name, {})
        yield {
            "row": "state", "city": one.city, "county": one.county, "level": str(level), "pollutant": name,
            "phase": _phase(state), "since": to_minute(state.since) if state.since else "",
            "hours": state.hours, "kg_d": state.kg_d[name], "kg": state.kg_d[name] * state.hours / 24,
            "ratio": said.get("warning"), "ratio_with_season": said.get("with_season"),
            **{key: said.get(key) for key in ("required", "required_by", "met", "margin_kg_d")},
            "lines_without_ground": state.groundless,
        }  # fmt: skip


#: Amounts of a level that add up over places.
_ADDED: Final = (
    "hours", "kg", "kg_with_season", "lines_unsaid", "lost", "enterprises_hit", "kg_lines", "kg_beside", "kg_open",
    "lost_open", "lines_without_ground", "hours_below",
)  # fmt: skip


def _together(held: Sequence[tuple[PlaceTally, LevelSum]], level: Level, name: str) -> dict[str, Any]:
    """One level and pollutant over all places: a place counts by the hours it was at the level."""
    parts = [_amounts(found, name) for _, found in held]
    added = {key: sum(part[key] for part in parts) for key in _ADDED}
    hours, kg = added["hours"], added["kg"]
    whole = sum(found.whole[name] * found.hours / 24 for _, found in held if found.whole)
    asked = [found.ratio[name] for _, found in held if found.ratio.get(name, {}).get("required") is not None]
    required = {one["required"] for one in asked}
    known = [found.yuan for _, found in held if found.yuan is not None]
    return added | {
        "row": "level", "level": str(level), "pollutant": name,
        "days": sum(one.level_days.get(level, 0) for one, _ in held),
        "enterprises_hit": added["enterprises_hit"] - sum(found.hit_again for _, found in held),
        "kg_d": kg * 24 / hours if hours else 0.0,
        "ratio": kg / whole if whole and all(found.whole for _, found in held) else None,
        "required": required.pop() if len(required) == 1 else None,
        "met": worst_of(one["met"] for one in asked) if asked else None,
        **_money(sum(known) if known else None, sum(found.unvalued for _, found in held), added["kg_lines"]),
    }  # fmt: skip


def _group_rows(lines: pd.DataFrame) -> Iterable[dict[str, Any]]:
    told = _numbers(lines)
    for column in ("industry", "grade"):
        for name, rows in _groups(lines, column):
            yield {"row": column, "group": name, **_burden(told, rows)}
    for (city, county), rows in _groups(lines, ["city", "county"]):
        yield {"row": "county", "city": city, "county": county, **_burden(told, rows)}
    for (city, industry), rows in _groups(lines, ["city", "industry"]):
        yield {"row": "industry", "city": city, "group": industry, **_burden(told, rows)}


def _groups(lines: pd.DataFrame, by: str | list[str]) -> Iterable[tuple[Any, npt.NDArray[np.int64]]]:
    """The values of some columns, in order, and the rows that have each."""
    grouped = lines.groupby(by, sort=True)
    order, sizes = np.argsort(grouped.ngroup().to_numpy(), kind="stable"), grouped.size()
    for name, size, end in zip(sizes.index, sizes, sizes.cumsum(), strict=True):
        yield name, order[end - size : end]


def _stopped_rows(lines: pd.DataFrame) -> Iterable[dict[str, Any]]:
    """Plants by days wholly stopped."""
    days = lines.groupby(PLANT_KEY)["stopped_days"].first()
    classes = pd.cut(days, [-np.inf, *STOPPED_CLASSES, np.inf], labels=stopped_names())
    for name, count in classes.value_counts(sort=False).items():
        yield {"row": "stopped_days", "group": str(name), "enterprises": int(count)}


def stopped_names() -> list[str]:
    """The classes of days wholly stopped, in order."""
    low = STOPPED_CLASSES
    return ["0", *(f"{a}-{b}" for a, b in pairwise(low)), f">{low[-1]}"]


def totals_table(rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """All rows with the change against the base; counts are whole numbers."""
    table = pd.DataFrame(list(rows)).reindex(columns=list(TOTAL_COLUMNS))
    table[_KEYS] = table[_KEYS].fillna("")
    base = table.loc[(table["variant"] == BASE) & (table["row"] != _NOT_COMPARED), [*_KEYS, *_COMPARED]]
    beside = table[_KEYS].merge(base, on=_KEYS, how="left", validate="many_to_one")
    changed = (table["variant"] != BASE).to_numpy()
    for name in _COMPARED:
        now, was = (pd.to_numeric(part[name]).to_numpy(dtype=np.float64) for part in (table, beside))
        table[f"{name}_change"] = np.where(changed, now - was, np.nan)
    for name in (*_COUNTS, "enterprises_hit_change", "days"):
        table[name] = pd.to_numeric(table[name]).astype("Int64")
    return table
