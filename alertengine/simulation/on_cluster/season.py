"""``simulate`` on a cluster: each part is some cities in every variant, put together as if run at once.

States of a place are decided once for all variants, so a part is cities and not variants. What is chosen over the whole
list or the whole country (weather and its linkage, the largest plants, the mean line) is worked out here first.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from alertengine.simulation.on_cluster.connect import Address, cluster, run_all, shared, threads
from alertengine.simulation.on_cluster.parts import (
    AT_HOME,
    city_column,
    city_groups,
    lines_a_part,
    packed,
    together,
    unpacked,
)
from alertengine.simulation.on_cluster.places import Frame, PlacesPart, Rows, Shared, VariantAtPlaces, run_places
from alertengine.simulation.production import Production
from alertengine.simulation.season.line_table import in_order
from alertengine.simulation.season.plants import SeasonPlants
from alertengine.simulation.season.run import SeasonRunner, Unit, VariantRun
from alertengine.simulation.season.season_scenario import SeasonScenario
from alertengine.simulation.season.simulate import Gathering, Season, counted_notes
from alertengine.simulation.season.tables import Burdens, season_rows

if TYPE_CHECKING:
    from distributed import Client

Progress = Callable[[int, int], None]


class _Prepared(SeasonRunner):
    """Reads and chooses what every place rests on, and decides none."""

    def _decided(self, units: dict[Unit, Rows]) -> dict[Unit, Rows]:  # noqa: ARG002
        return {}


@dataclass(frozen=True)
class _Inputs:
    """The variants ready to be sent: runs without places or lines, what all parts need, and what its frames number."""

    runs: list[VariantRun]
    shared: Shared
    lists: list[tuple[SeasonPlants, Production]]
    picks: list[tuple[Rows, ...]]
    cities: list[str]


class _Numbered:
    """Objects by number, each once; kept, so that no other takes its place in memory."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[int, ...], int] = {}
        self.held: list[Any] = []

    def number(self, *what: Any) -> int:
        """The number of an object (or of several together)."""
        key = tuple(map(id, what))
        if key not in self._numbers:
            self._numbers[key] = len(self.held)
            self.held.append(what if len(what) > 1 else what[0])
        return self._numbers[key]


def simulate_at(
    address: Address, scenario: SeasonScenario, progress: Progress = lambda _done, _all: None, *, measures: bool = False
) -> Season:
    """:func:`cluster_simulate` on the cluster at an address.

    Raises:
        InputError: as there, and where nobody answers.

    """
    with cluster(address) as client:
        return cluster_simulate(client, scenario, progress, measures=measures)


def cluster_simulate(
    client: Client,
    scenario: SeasonScenario,
    progress: Progress = lambda _done, _all: None,
    *,
    part_lines: int | None = None,
    measures: bool = False,
) -> Season:
    """:func:`alertengine.simulation.season.simulate.simulate` on a cluster, the same files in every byte.

    Args:
        client: the cluster.
        scenario: the season; its files are read here.
        progress: called as parts are done, with how many more and of how many.
        part_lines: lines a part aims at; absent: by the list and the threads there are.
        measures: whether the table by line and stay comes back too (``Detail.measures``).

    Raises:
        InputError: as ``simulate``, and where the cluster fails.

    """
    preparing, gathered = _Prepared(scenario), Gathering(scenario)
    inputs = _inputs(preparing, gathered, measures=measures)
    sizes = pd.Series(np.concatenate([city_column(plants.lines) for plants, _ in inputs.lists])).value_counts()
    wanted = {
        str(name): int(count) for name, count in sizes.items() if name and (name in inputs.cities or not inputs.cities)
    }
    groups = city_groups(wanted, part_lines or lines_a_part(sum(wanted.values()), threads(client)))
    done: dict[int, list[VariantAtPlaces]] = {}
    for number, outcomes in run_all(client, run_places, _parts(inputs, groups), shared(client, inputs.shared)):
        done[number] = outcomes
        progress(1, len(groups))
    parts = [done.pop(number) for number in range(len(groups))]
    for number, run in enumerate(inputs.runs):
        own = [part[number] for part in parts]
        _put_together(gathered, run, own)
        preparing.simulated.own_notes += counted_notes(note for outcome in own for note in outcome.notes)
    return gathered.season(preparing.simulated)


def _put_together(gathered: Gathering, run: VariantRun, own: Sequence[VariantAtPlaces]) -> None:
    """The outcomes of one variant in all parts, which are in the order of their cities' names, as places are."""
    tallies = [one for outcome in own for one in outcome.tallies]
    added = Burdens(
        [one for outcome in own for one in outcome.burdens.places],
        {name: one for outcome in own for name, one in outcome.burdens.cities.items()},
    )
    lines, long = run.lines, [unpacked(outcome.measures) for outcome in own if outcome.measures]
    if gathered.whole(run.name):
        lines = together([unpacked(outcome.lines) for outcome in own if outcome.lines])
    measures = in_order(together(long)) if long else None
    gathered.add(run, tallies, lines, list(season_rows(tallies, added)), measures)


def _inputs(preparing: _Prepared, gathered: Gathering, *, measures: bool) -> _Inputs:
    """Read what every variant rests on, each thing once."""
    books, weather, lists, picks = _Numbered(), _Numbered(), _Numbered(), _Numbered()
    runs, frames = [], []
    cities: list[str] = []
    for run in preparing.each(gathered.variants):
        number = lists.number(run.plants, run.production)
        frames.append(Frame(books.number(run.book), number, picks.number(run.picks), weather.number(run.weather)))
        runs.append(replace(run, lines=run.lines.iloc[:0]))
        cities = preparing.cities(run.book)
    common = Shared(
        gathered.scenario,
        tuple(gathered.variants),
        tuple(frames),
        gathered.detailed,
        tuple(map(pickle.dumps, books.held)),
        tuple(map(pickle.dumps, weather.held)),
        tuple(plants.totals for plants, _ in lists.held),
        tuple((production.unit, production.basis) for _, production in lists.held),
        measures,
    )
    return _Inputs(runs, common, lists.held, picks.held, cities)


def _parts(inputs: _Inputs, groups: Sequence[tuple[str, ...]]) -> Iterator[tuple[PlacesPart]]:
    """What is sent for each group of cities."""
    columns = [city_column(plants.lines) for plants, _ in inputs.lists]
    list_of = {frame.raised: frame.plants for frame in inputs.shared.frames}
    for group in groups:
        rows = [np.flatnonzero(np.isin(city.astype(str), group)) for city in columns]
        lines = []
        for at, (plants, production) in zip(rows, inputs.lists, strict=True):
            own = plants.lines.drop(columns=[name for name in AT_HOME if name in plants.lines])
            worth = {} if production.yuan is None else {"_yuan": production.yuan[at]}
            lines.append(packed(own.iloc[at].reset_index(drop=True).assign(_amount=production.amounts[at], **worth)))
        picks = [
            tuple(np.flatnonzero(np.isin(rows[list_of[number]], one)) for one in picked)
            for number, picked in enumerate(inputs.picks)
        ]
        yield (PlacesPart(tuple(lines), tuple(picks)),)
