"""A whole simulation: every variant run, added up and laid out in tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.simulation.backtest.run import IN_FORCE
from alertengine.simulation.ensemble.pairs import draws_of
from alertengine.simulation.ensemble.run import ensemble
from alertengine.simulation.ensemble.tables import Ensemble
from alertengine.simulation.ensemble.truth import truth_of
from alertengine.simulation.season.differences import (
    DIFFERENCE_COLUMNS,
    differences,
    line_table,
    plant_table,
    plants_compared,
)
from alertengine.simulation.season.line_table import measures_of
from alertengine.simulation.season.run import SeasonRunner, VariantRun
from alertengine.simulation.season.run_memory import RunMemory
from alertengine.simulation.season.season_scenario import BASE, SeasonScenario, Variant
from alertengine.simulation.season.tables import burdens, season_rows, total_rows, totals_table
from alertengine.simulation.season.tally import DAY_COLUMNS, LevelSum, PlaceTally, tally
from alertengine.vocabulary import FIELDS, InputError, Level, Problem, Result, require
from alertengine.warning import announced_and_held

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Uncertain(Result):
    """An ensemble and its tables by name, as the files they are written to; made from the pairs of its errors."""

    ensemble: Ensemble
    tables: dict[str, pd.DataFrame]
    made_from: Sequence[Result] = field(default=(), repr=False)


def uncertain(scenario: SeasonScenario, run: VariantRun, tallies: Sequence[PlaceTally]) -> Uncertain | None:
    """The base under the scenario's errors of forecast; None where it states none.

    The air and the law are the base's, day by day. Counties with warnings of their own count with their city.

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
        draws=draws,
        days_ahead=scenario.days_ahead,
        floors=scenario.floors(run.book.lists),
        known_on=run.known_on,
    )
    return Uncertain(found, _tables(found, tallies), (draws,) if isinstance(draws, Result) else ())


#: The tables of an ensemble, by name.
ENSEMBLE_TABLES: Final = ("days", "missed", "reduction", "scores", "thresholds", "warnings", "leads", "calendar")


def _tables(found: Ensemble, tallies: Sequence[PlaceTally]) -> dict[str, pd.DataFrame]:
    levels = {
        (one.city, str(level)): figures
        for one in tallies
        if not one.county
        for level, figures in (one.levels | one.supposed).items()
        if level is not Level.NONE
    }
    made = (
        found.days_table(),
        found.missed_table({key: _met(figures) for key, figures in levels.items()}),
        found.reduction_table({key: figures.kg_d for key, figures in levels.items()}),
        found.scores_table(),
        found.thresholds_table(),
        found.warnings_table(),
        found.lead_table(),
        found.calendar_table(),
    )
    return dict(zip(ENSEMBLE_TABLES, made, strict=True))


def _met(figures: LevelSum) -> bool | None:
    """Whether every pollutant reaches what is required at a level; None where that is not known."""
    said = {entry.get("met") for entry in figures.ratio.values() if entry.get("required") is not None}
    return False if "no" in said else True if said == {"yes"} else None


#: Up to so many variants, days and plants are written for each; beyond, for the base alone.
DETAILED: Final = 20


@dataclass(frozen=True)
class Detail:
    """One variant with all its parts, for the report: its run, sums, and lines as a table.

    ``measures`` is the table by line and stay where another machine made it.
    """

    run: VariantRun
    tallies: list[PlaceTally]
    lines: pd.DataFrame
    measures: pd.DataFrame | None = None


@dataclass
class Season(Result):
    """What a simulation came to: the tables and the details of the first variants; made from all that was read."""

    scenario: SeasonScenario
    days: pd.DataFrame
    totals: pd.DataFrame
    plants: pd.DataFrame
    details: list[Detail]
    names: list[str]
    differences: pd.DataFrame
    uncertain: Uncertain | None
    simulated: Result = field(repr=False)

    @property
    def made_from(self) -> Sequence[Result]:
        """What its variants rest on, and the errors of forecasts."""
        return [self.simulated, *([self.uncertain] if self.uncertain is not None else [])]

    @cached_property
    def announced(self) -> pd.DataFrame:
        """The warnings of every detailed variant, what was announced beside what held (``variant``, ANNOUNCED_COLUMNS).

        Those that touch the season's days.
        """
        parts = [_announced(detail.run) for detail in self.details]
        return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)

    @property
    def measures(self) -> pd.DataFrame:
        """One row a running line and stay of every detailed variant (``line_table.MEASURE_COLUMNS``)."""
        parts = [measures_of(one.run) if one.measures is None else one.measures for one in self.details]
        return pd.concat(parts, ignore_index=True)

    @property
    def base(self) -> Detail:
        """The base."""
        return self.details[0]


def simulate(scenario: SeasonScenario, progress: Callable[[int, int], None] = lambda _done, _all: None) -> Season:
    """Run the base and every variant; ``progress(more, of)`` is called as they are done.

    Raises:
        InputError: an input cannot be used.

    """
    require(scenario, "scenario", SeasonScenario)
    simulation, gathered = SeasonRunner(scenario), Gathering(scenario)
    losses = RunMemory(2)  # variants that differ in totals and ratios alone lose the same
    told = list[Problem]()
    for run in simulation.each(gathered.variants):
        tallies = tally(run, daily=gathered.whole(run.name))
        lines, seasons = losses.get(run.key, partial(_losses, run, tallies))
        gathered.add(run, tallies, lines, seasons)
        told += raise_notes(scenario.file, gathered.details[0].run, run)
        progress(1, len(gathered.variants))
    simulation.simulated.own_notes += told  # after what was read, as a cluster tells them
    return gathered.season(simulation.simulated)


class Gathering:
    """The tables of a season, gathered variant by variant."""

    def __init__(self, scenario: SeasonScenario) -> None:
        """The base and the variants of a scenario, nothing of them run yet."""
        self.scenario, self.variants = scenario, [Variant(name=BASE), *scenario.all_variants()]
        self.detailed = len(self.variants) <= DETAILED + 1
        self.details: list[Detail] = []
        self._rows: list[dict[str, Any]] = []
        self._plants: list[pd.DataFrame] = []

    def whole(self, name: str) -> bool:
        """Whether a variant is told in full: every one of a few, else the base alone."""
        return self.detailed or name == BASE

    def add(
        self,
        run: VariantRun,
        tallies: list[PlaceTally],
        lines: pd.DataFrame,
        seasons: Sequence[dict[str, Any]],
        measures: pd.DataFrame | None = None,
    ) -> None:
        """Take in a variant, in turn: its sums, its lines, the rows of its season, and its table by line and stay."""
        whole = self.whole(run.name)
        self._rows += total_rows(run, tallies, lines, seasons, grouped=whole)
        if whole:
            self.details.append(Detail(run, tallies, lines, measures))
            self._plants.append(plant_table(run, lines))

    def season(self, simulated: Result) -> Season:
        """All variants together, and the base under the errors of forecast; ``simulated`` is what was read."""
        base = self.details[0]
        lines = lines_by_level(base)
        changed = [differences(one.run.name, lines_by_level(one), BASE, lines) for one in self.details[1:]]
        days = pd.concat([place.by_day for one in self.details for place in one.tallies], ignore_index=True)
        return Season(
            self.scenario,
            days[list(DAY_COLUMNS)],
            totals_table(self._rows),
            plants_compared(self._plants),
            self.details,
            [variant.name for variant in self.variants],
            pd.concat(changed, ignore_index=True) if changed else pd.DataFrame(columns=list(DIFFERENCE_COLUMNS)),
            uncertain(self.scenario, base.run, base.tallies),
            simulated,
        )


def _announced(run: VariantRun) -> pd.DataFrame:
    table = announced_and_held(run.weather.runs[0].result.rows)
    first, end = pd.Timestamp(run.span.first), pd.Timestamp(run.span.last) + pd.Timedelta(days=1)
    touches = (table["announced_starts"] < end) & ~(table["announced_ends"] <= first)
    touches |= (table["held_starts"] < end) & ~(table["held_ends"] <= first)
    own = table[touches].reset_index(drop=True)
    own.insert(0, "variant", run.name)
    return own


def lines_by_level(detail: Detail) -> pd.DataFrame:
    """The lines of a variant by level, all places together."""
    return pd.concat([one.by_line for one in detail.tallies if one.by_line is not None], ignore_index=True)


def raise_notes(file: str, base: VariantRun, run: VariantRun) -> list[Problem]:
    """What is told of the raised lines of a variant: those whose raise no sum shows, those left without a ground."""
    picked = np.unique(np.concatenate([np.array([], dtype=np.int64), *run.picks]))
    if not len(picked):
        return []
    said = [*raised_for_nothing(file, base, run, picked), *raised_without_ground(file, base, run, picked)]
    return counted_notes(said)


def counted_notes(notes: Iterable[Problem]) -> list[Problem]:
    """Notes on numbers of ``lines``, those that say the same of some lines each as one of all of them, in order."""
    counts: dict[tuple[Any, ...], int] = {}
    for one in notes:
        said = dict(one.arguments)
        rank = said["level"].rank if "level" in said else 0
        key = one.code, one.column, rank, one.file, tuple((name, said[name]) for name in said if name != "lines")
        counts[key] = counts.get(key, 0) + said["lines"]
    return [
        Problem(code, file=file, column=column, **dict(said), lines=count)
        for (code, column, _, file, said), count in sorted(counts.items(), key=lambda item: item[0][:3])
    ]


def raised_without_ground(file: str, base: VariantRun, run: VariantRun, picked: Rows) -> list[Problem]:
    """Raised lines for which, raised, no measure is on file at some level where one was: a lower loss is no relief."""
    now, was = (dict(_groundless(one)) for one in (run, base))
    return [
        Problem("raise_without_ground", file=file, variant=run.name, level=level, lines=len(rows))
        for level, found in now.items()
        if (rows := (found & set(picked.tolist())) - was.get(level, set()))
    ]


def _groundless(run: VariantRun) -> Iterator[tuple[Level, set[int]]]:
    """The rows of the list without a ground at each level of a season."""
    out: dict[Level, set[int]] = {}
    for place in run.places:
        for chain in place.course.hours:
            rows = place.rows[place.states.state(chain).groundless].tolist()
            out.setdefault(chain[-1].level, set()).update(rows)
    yield from sorted(out.items(), key=lambda item: item[0].rank)


def raised_for_nothing(file: str, base: VariantRun, run: VariantRun, picked: Rows) -> list[Problem]:
    """Raised lines whose measure, as they are or raised, lacks a figure: no sum of the season shows the raise."""
    lines: dict[str, set[int]] = {}
    for place in (*base.places, *run.places):
        raised = np.isin(place.rows, picked) & place.states.running
        for chain in place.course.hours:
            decision = place.states.state(chain).decision
            unread = decision.filed.kind.among("coking_time") & np.isnan(decision.filed.share)
            for name, lacking in {"coking_hours": unread, **decision.lacking}.items():
                lines.setdefault(name, set()).update(place.rows[raised & decision.partial & lacking].tolist())
    return [
        Problem("raise_not_reckoned", file=file, column=FIELDS[name].text, variant=run.name, lines=len(rows))
        for name, rows in sorted(lines.items())
        if rows
    ]


def _losses(run: VariantRun, tallies: list[PlaceTally]) -> tuple[pd.DataFrame, list[dict[str, Any]]]:
    """What a variant's lines lose, and the rows of its season."""
    lines = line_table(run, tallies)
    return lines, list(season_rows(tallies, burdens(tallies, lines)))
