"""What the air would answer: only with coefficients that the bureau supplies from its own model runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from alertengine.simulation.season.run import VariantRun
from alertengine.simulation.season.season_scenario import AirResponse
from alertengine.simulation.season.tally import PlaceTally
from alertengine.vocabulary import EMISSION_FIELDS, Level


def expected_pm25(air: AirResponse, run: VariantRun, tallies: Sequence[PlaceTally]) -> list[dict[str, Any]]:
    """The expected change of PM2.5 (µg/m³) of each city at each level while its measures hold.

    Rows ``city, level, change, error`` (one standard error) and ``without``: sectors for which the
    totals say nothing, which count nothing.
    """
    out = []
    totals = run.plants.totals
    for one in tallies:
        if totals is None or one.county:
            continue
        own = totals[totals["city"].astype(str) == one.city]
        for level, found in one.levels.items():
            if level is Level.NONE or own.empty:
                continue
            change, without = _change(air, own, found.kg_d)
            row = {"city": one.city, "level": str(level), "change": change, "error": abs(change) * air.error}
            out.append(row | {"without": "、".join(without)})
    return out


def _change(air: AirResponse, own: pd.DataFrame, kg_d: dict[str, float]) -> tuple[float, list[str]]:
    """Coefficients times percent reduced, summed over sectors and pollutants."""
    beside = {name: _sum(own, f"reduced_{column}") for name, column in EMISSION_FIELDS.items()}
    change, without = 0.0, []
    for sector, by_pollutant in air.coefficients.items():
        rows = own[own["sector"].astype(str) == sector]
        for name, coefficient in by_pollutant.items():
            column = EMISSION_FIELDS[name]
            emitted = _sum(rows, column)
            if emitted <= 0:
                without.append(f"{sector}{name}")
                continue
            industry = sector == air.industry_sector
            saved = kg_d[name] - beside[name] if industry else _sum(rows, f"reduced_{column}")
            change -= coefficient * 100 * saved / emitted
    return change, without


def _sum(table: pd.DataFrame, column: str) -> float:
    return float(table[column].fillna(0).sum()) if column in table else 0.0
