"""What the air would answer: only with coefficients that the bureau supplies from its own model runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alertengine.orders import Whole, whole_of
from alertengine.simulation.season.run import VariantRun
from alertengine.simulation.season.season_scenario import AirResponse
from alertengine.simulation.season.tally import PlaceTally
from alertengine.vocabulary import Level


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
    out: list[ExpectedChange] = []
    totals = run.totals
    if totals is None:
        return out
    sectors = {name: totals[totals["sector"].astype(str) == name] for name in air.coefficients}
    for one in tallies:
        whole = None if one.county else whole_of(totals, one.city)
        if whole is None:
            continue
        parts = {name: whole_of(rows, one.city) for name, rows in sectors.items()}
        for level, found in one.levels.items():
            if level is not Level.NONE:
                change, without = _change(air, whole, parts, found.kg_d)
                out.append(ExpectedChange(one.city, str(level), change, abs(change) * air.error, "、".join(without)))
    return out


def _change(
    air: AirResponse, whole: Whole, parts: Mapping[str, Whole | None], kg_d: Mapping[str, float]
) -> tuple[float, list[str]]:
    """Coefficients times percent reduced, summed over sectors and pollutants; and those that say nothing."""
    change, without = 0.0, []
    for sector, by_pollutant in air.coefficients.items():
        part = parts[sector]
        for name, coefficient in by_pollutant.items():
            if part is None or part.emitted[name] <= 0:
                without.append(f"{sector}{name}")
                continue
            saved = kg_d[name] - whole.beside[name] if sector == air.industry_sector else part.beside[name]
            change -= coefficient * 100 * saved / part.emitted[name]
    return change, without
