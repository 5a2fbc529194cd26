"""What the air would answer: only with coefficients that the bureau supplies from its own model runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from alertengine.simulation.season.run import VariantRun
from alertengine.simulation.season.season_scenario import AirResponse
from alertengine.simulation.season.tally import PlaceTally
from alertengine.vocabulary import EMISSION_FIELDS, Level


@dataclass(frozen=True, slots=True)
class ExpectedChange:
    """The change of PM2.5 (µg/m³) of a city at a level while its measures hold, and one standard error of it.

    ``without`` are sectors and pollutants for which the totals say nothing, which count nothing.
    """

    city: str
    level: str
    change: float
    error: float
    without: str


def expected_pm25(air: AirResponse, run: VariantRun, tallies: Sequence[PlaceTally]) -> list[ExpectedChange]:
    """What is to be expected of each city at each level, by the totals of the variant; of no county."""
    out = []
    totals = run.totals
    for one in tallies:
        if totals is None or one.county:
            continue
        own = totals[totals["city"].astype(str) == one.city]
        for level, found in one.levels.items():
            if level is Level.NONE or own.empty:
                continue
            change, without = _change(air, own, found.kg_d)
            out.append(ExpectedChange(one.city, str(level), change, abs(change) * air.error, "、".join(without)))
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
