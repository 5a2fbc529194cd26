"""What a season's losses are worth, where the bureau gave values: yuan, and yuan a kilogram of each pollutant."""

from __future__ import annotations

from typing import Any

import pandas as pd

from alertengine.simulation import Season
from alertengine.vocabulary import POLLUTANTS


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
