"""Why one variant differs from another, by line, plant and level, with sums that come to the totals.

What a line saves (or loses) at a level changes because the level holds longer or shorter, or because less or more is
saved an hour: that has one cause, the first that changed of grade, ground, staggering and measure.  Where one variant
does not have the level at all, the cause is that the line has more or fewer hours without a ground elsewhere, else the
level itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from alertengine.simulation.season.line_table import LINE_KEYS
from alertengine.simulation.season.run import PlaceRun, VariantRun
from alertengine.simulation.season.season_scenario import BASE
from alertengine.simulation.season.tally import PlaceTally
from alertengine.vocabulary import PLANT_KEY, POLLUTANTS

#: The causes, with their Chinese names, in the order in which they are looked for.
CAUSES: Final = {
    "hours": "级别持续时间",
    "level": "级别更替",
    "grade": "绩效等级",
    "ground_lost": "失去依据",
    "ground_won": "取得依据",
    "staggering": "错峰",
    "measure": "措施",
    "phase": "阶段、其他",
}
_AMOUNTS: Final = ("lost", *(f"{name}_kg" for name in POLLUTANTS))
_OPEN: Final = ("lost_open", *(f"{name}_kg_open" for name in POLLUTANTS))
_TOLD: Final = ("hours", "grade", "measure", "ground", "hours_without_ground", "lost_season")
_KEYS: Final = (*LINE_KEYS, "level")
_NAMES: Final = ("enterprise", "line", "industry", "process")
DIFFERENCE_COLUMNS: Final = (
    "variant", "against", *_KEYS, *_NAMES, "cause",
    *(f"{name}_{when}" for name in _TOLD for when in ("before", "now")),
    *(f"{name}_{when}" for name in _AMOUNTS for when in ("before", "now", "change", "by_hours")),
    *(f"{name}_{when}" for name in _OPEN for when in ("before", "now")),
    *(f"lost_yuan_{when}" for when in ("before", "now", "change")),
)  # fmt: skip


def differences(name: str, now: pd.DataFrame, against: str, before: pd.DataFrame) -> pd.DataFrame:
    """The lines and levels at which two variants differ (DIFFERENCE_COLUMNS), the greatest change of loss first.

    ``_change`` is now less before; ``_by_hours`` the part of it that the level's hours alone bring, at the rate of
    before (nothing where one of the two does not have the level); the rest is the ``cause``'s.

    Args:
        name: the variant.
        now: its lines by level (``line_table.by_level``).
        against: the variant it is compared with.
        before: that one's lines by level.

    """
    keys = list(_KEYS)
    both = now.merge(before, on=keys, how="outer", suffixes=("_now", "_before"))
    out = both[keys].copy()
    for column in _NAMES:
        out[column] = both[f"{column}_now"].fillna(both[f"{column}_before"])
    for column in (*_TOLD, *_AMOUNTS, *_OPEN):
        blank = "" if column in ("grade", "measure", "ground") else 0.0
        for when in ("before", "now"):
            out[f"{column}_{when}"] = both[f"{column}_{when}"].fillna(blank)
    for when in ("before", "now"):  # a line that is not there loses nothing; a loss without a value stays unknown
        out[f"lost_yuan_{when}"] = both[f"lost_yuan_{when}"].where(both[f"hours_{when}"].notna(), 0.0)
    out["lost_yuan_change"] = out["lost_yuan_now"] - out["lost_yuan_before"]
    longer = out["hours_now"] - out["hours_before"]
    for column in _AMOUNTS:
        was, new = out[f"{column}_before"], out[f"{column}_now"]
        out[f"{column}_change"] = new - was
        at_rate = longer * (was / out["hours_before"].where(out["hours_before"] > 0))
        out[f"{column}_by_hours"] = at_rate.where((out["hours_before"] > 0) & (out["hours_now"] > 0), 0.0)
    out["cause"] = _causes(out)
    changed = (out["cause"] != "") | (longer != 0)
    for column in (*_AMOUNTS, *_OPEN):
        changed |= (out[f"{column}_now"] - out[f"{column}_before"]).abs() > 1e-9
    order = out["lost_change"].abs().sort_values(ascending=False, kind="stable").index
    return out.loc[order][changed.loc[order]].assign(variant=name, against=against)[list(DIFFERENCE_COLUMNS)]


def _causes(table: pd.DataFrame) -> pd.Series:
    """What changed the amounts an hour, the first of the causes; empty where nothing did."""
    rest = np.zeros(len(table), dtype=bool)
    for column in _AMOUNTS:
        rest |= ((table[f"{column}_change"] - table[f"{column}_by_hours"]).abs() > 1e-9).to_numpy()
    both = ((table["hours_before"] > 0) & (table["hours_now"] > 0)).to_numpy()
    was, new = _an_hour(table, "hours_without_ground")
    stood, stands = _an_hour(table, "lost_season")
    groundless = table["hours_without_ground_now"] - table["hours_without_ground_before"]
    elsewhere = groundless.groupby([table[name] for name in LINE_KEYS]).transform("sum").to_numpy()
    found = [
        ("ground_lost", ~both & (elsewhere > 1e-9)),
        ("ground_won", ~both & (elsewhere < -1e-9)),
        ("level", ~both),
        ("grade", (table["grade_before"] != table["grade_now"]).to_numpy() & both),
        ("ground_lost", (new > was + 1e-9).to_numpy() & both),
        ("ground_won", (new < was - 1e-9).to_numpy() & both),
        ("staggering", ((stood - stands).abs() > 1e-9).to_numpy() & rest),
        ("measure", (table["measure_before"] != table["measure_now"]).to_numpy() & both),
        ("phase", rest),
    ]
    return pd.Series(np.select([where for _, where in found], [name for name, _ in found], default=""), table.index)


def _an_hour(table: pd.DataFrame, name: str) -> list[pd.Series]:
    """An amount an hour, before and now; 0 where the level does not hold."""
    hours = {when: table[f"hours_{when}"] for when in ("before", "now")}
    return [(table[f"{name}_{when}"] / held.where(held > 0)).fillna(0) for when, held in hours.items()]


def by_cause(table: pd.DataFrame) -> pd.DataFrame:
    """The differences of one variant added up by cause; the rows come to the change of the totals.

    Columns ``cause, lines`` (lines and levels), ``lost_change`` and a column of kg a pollutant; the last row, without a
    cause, is their sum.
    """
    rows = []
    for cause in CAUSES:
        if cause == "hours":
            part = {name: table[f"{name}_by_hours"] for name in _AMOUNTS}
            both = (table["hours_before"] > 0) & (table["hours_now"] > 0)
            lines = int((both & (table["hours_before"] != table["hours_now"])).sum())
        else:
            own = table[table["cause"] == cause]
            part = {name: own[f"{name}_change"] - own[f"{name}_by_hours"] for name in _AMOUNTS}
            lines = len(own)
        changes = {f"{name}_change": float(values.sum()) for name, values in part.items()}
        if lines:
            rows.append({"cause": cause, "lines": lines, **changes})
    total = {f"{name}_change": float(table[f"{name}_change"].sum()) for name in _AMOUNTS}
    return pd.DataFrame([*rows, {"cause": "", "lines": len(table), **total}])


PLANT_COLUMNS: Final = (
    "variant", "city", "county", "enterprise_id", "enterprise", "industry", "grade", "size", "lines", "production",
    "lost", "lost_season", "lost_share", "stopped_days", *(f"{name}_kg" for name in POLLUTANTS), "lost_change",
    "lost_yuan",
)  # fmt: skip


def line_table(run: VariantRun, tallies: Sequence[PlaceTally]) -> pd.DataFrame:
    """One row a running line: what it is, what it loses over the season (in the unit of production), kg saved.

    Columns ``city, county, enterprise_id, enterprise, industry, grade, size, production`` (over the season),
    ``lost, lost_season, hit, down, stopped, stopped_days`` and a column of kg a pollutant; ``lost_yuan`` where a
    value of output was given, NaN for a loss without one.
    """
    parts = [_lines_of(run, place, one) for place, one in zip(run.places, tallies, strict=True)]
    table = pd.concat(parts, ignore_index=True)
    table = table[table.pop("running")].reset_index(drop=True)
    if any(place.county for place in run.places):  # a plant of several places stands still only where all of it does
        days = table.groupby(PLANT_KEY)["stopped_days"].transform("min")
        table = table.assign(stopped_days=days, down=days > 0, stopped=days > 0)
    return table


def _lines_of(run: VariantRun, place: PlaceRun, one: PlaceTally) -> pd.DataFrame:
    lines = place.states.lines
    amounts = run.production.amounts[place.rows]
    shut = one.sums.shut[place.states.owner]
    return pd.DataFrame({
        **{name: place.states.names[name] for name in ("city", "county", "industry", "enterprise_id", "enterprise")},
        "grade": lines["grade"].astype("object").fillna("").astype(str),
        "size": place.states.sizes,
        "production": amounts * one.days,
        "lost": amounts * one.sums.lost,
        "lost_season": amounts * one.sums.other,
        "hit": one.sums.hit > 0,
        "down": shut > 0,
        "stopped": shut > 0,
        "stopped_days": shut,
        **{f"{name}_kg": one.sums.kg[name] for name in POLLUTANTS},
        **({} if run.production.yuan is None else {"lost_yuan": run.production.yuan_of(place.rows, one.sums.lost)}),
        "running": place.states.running,
    })  # fmt: skip


def plant_table(run: VariantRun, lines: pd.DataFrame) -> pd.DataFrame:
    """One row an enterprise (PLANT_COLUMNS), the base's difference not yet filled in."""
    sums = ["production", "lost", "lost_season", *(f"{name}_kg" for name in POLLUTANTS)]
    first = ["county", "enterprise", "size", "stopped_days"]
    grouped = lines.groupby(PLANT_KEY, sort=True)
    out = pd.concat(
        [
            grouped[first].first(),
            grouped[["industry", "grade"]].agg(_joined),
            grouped[sums].sum(),
            *([grouped["lost_yuan"].sum(min_count=1)] if "lost_yuan" in lines else []),
            grouped.size().rename("lines"),
        ],
        axis=1,
    ).reset_index()
    out["lost_share"] = (out["lost"] / out["production"].where(out["production"] > 0)).fillna(0.0)
    return out.assign(variant=run.name, lost_change=np.nan).reindex(columns=list(PLANT_COLUMNS))


def _joined(values: pd.Series) -> str:
    return "、".join(dict.fromkeys(text for text in values if text))


def plants_compared(plants: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """The plants of all variants with the change of output lost against the base."""
    if not plants:
        return pd.DataFrame(columns=list(PLANT_COLUMNS))
    table = pd.concat(plants, ignore_index=True)
    base = table.loc[table["variant"] == BASE, [*PLANT_KEY, "lost"]]
    was = table[PLANT_KEY].merge(base, on=PLANT_KEY, how="left")["lost"].to_numpy()
    return table.assign(lost_change=np.where(table["variant"] != BASE, table["lost"] - was, np.nan))
