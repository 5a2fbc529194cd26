"""The base season under forecasts that err: how sure its figures are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pandas as pd

from alertengine.simulation.backtest.run import IN_FORCE
from alertengine.simulation.ensemble.pairs import draws_of
from alertengine.simulation.ensemble.run import ensemble
from alertengine.simulation.ensemble.tables import Ensemble
from alertengine.simulation.ensemble.truth import truth_of
from alertengine.simulation.season.model import SeasonScenario
from alertengine.simulation.season.run import VariantRun
from alertengine.simulation.season.tally import LevelSum, PlaceTally
from alertengine.vocabulary import InputError, Level, Problem, Result


@dataclass(frozen=True)
class Uncertain(Result):
    """An ensemble and its tables by name, as the files they are written to; made from the pairs of its errors."""

    ensemble: Ensemble
    tables: dict[str, pd.DataFrame]
    made_from: Sequence[Result] = field(default=(), repr=False)


def uncertain(
    scenario: SeasonScenario,
    run: VariantRun,
    tallies: Sequence[PlaceTally],
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Uncertain | None:
    """The base under the scenario's errors of forecast; None where it states none.

    The air and the law are the base's, day by day.  Counties with warnings of their own count
    with their city.

    Raises:
        InputError: the weather is itself a file of forecasts, or the errors cannot be used.

    """
    spec = scenario.ensemble
    if spec is None:
        return None
    history = run.weather.history
    if history.real:
        raise InputError([Problem("ensemble_of_real", file=scenario.file, column="ensemble")])
    regime = run.weather.runs[0].regime
    regime = "" if regime == IN_FORCE else regime
    cities = [city for city in run.weather.air if any(one.city == city for one in tallies)]
    truth = truth_of(history.forecast, run.book, cities=cities, known_on=run.known_on, regime=regime)
    draws = draws_of(
        spec, truth, run.book.lists, days_ahead=scenario.days_ahead, path=scenario.path, file=scenario.file
    )
    found = ensemble(
        truth,
        run.book,
        spec,
        days_ahead=scenario.days_ahead,
        floors=[order.as_floor() for order in scenario.orders],
        known_on=run.known_on,
        draws=draws,
        progress=lambda count: progress(count, spec.winters),
    )
    return Uncertain(found, _tables(found, tallies), (draws,) if isinstance(draws, Result) else ())


def _tables(found: Ensemble, tallies: Sequence[PlaceTally]) -> dict[str, pd.DataFrame]:
    levels = {
        (one.city, str(level)): figures
        for one in tallies
        if not one.county
        for level, figures in (one.levels | one.supposed).items()
        if level is not Level.NONE
    }
    return {
        "days": found.days_table(),
        "missed": found.missed_table({key: _met(figures) for key, figures in levels.items()}),
        "reduction": found.reduction_table({key: figures.kg_d for key, figures in levels.items()}),
        "scores": found.scores_table(),
        "thresholds": found.thresholds_table(),
        "warnings": found.warnings_table(),
        "leads": found.lead_table(),
        "calendar": found.calendar_table(),
    }


def _met(figures: LevelSum) -> bool | None:
    """Whether every pollutant reaches what is required at a level; None where that is not known."""
    said = {entry.get("met") for entry in figures.ratio.values() if entry.get("required") is not None}
    return False if "no" in said else True if said == {"yes"} else None
