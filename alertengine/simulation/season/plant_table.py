"""A season by line and by enterprise: what each loses and saves, and how that differs from the base."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from alertengine.simulation.burden import sizes
from alertengine.simulation.season.model import BASE
from alertengine.simulation.season.run import PlaceRun, VariantRun
from alertengine.simulation.season.tally import PlaceTally
from alertengine.vocabulary import POLLUTANTS

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
    return table[table.pop("running")].reset_index(drop=True)


def _lines_of(run: VariantRun, place: PlaceRun, one: PlaceTally) -> pd.DataFrame:
    lines = place.states.lines
    amounts = run.production.amounts[place.rows]
    shut = one.sums.shut[place.states.owner]
    text = {
        name: lines[name].astype("object").fillna("").astype(str) for name in ("city", "county", "industry", "grade")
    }
    return pd.DataFrame({
        **text,
        "enterprise_id": lines["enterprise_id"].astype(str),
        "enterprise": lines["enterprise"].astype("object").fillna("").astype(str),
        "size": sizes(lines).to_numpy(),
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
    grouped = lines.groupby(["city", "enterprise_id"], sort=True)
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
    keys = ["city", "enterprise_id"]
    base = table.loc[table["variant"] == BASE, [*keys, "lost"]]
    was = table[keys].merge(base, on=keys, how="left")["lost"].to_numpy()
    return table.assign(lost_change=np.where(table["variant"] != BASE, table["lost"] - was, np.nan))
