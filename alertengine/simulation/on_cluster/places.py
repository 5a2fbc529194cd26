"""A season's places on a worker: every variant of a few cities, from what was sent alone.

Nothing is read from files here: lines, production, weather, rulebooks and the plants that variants
raise (a choice over the whole list) were worked out once by whoever asks.
"""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.rulebook import Rulebook
from alertengine.simulation.backtest.run import Backtest
from alertengine.simulation.on_cluster.parts import packed, unpacked
from alertengine.simulation.production import Production
from alertengine.simulation.season.differences import line_table
from alertengine.simulation.season.line_table import measures_of
from alertengine.simulation.season.plants import Raised, SeasonPlants, as_picked
from alertengine.simulation.season.run import Merged, SeasonRunner, Unit, VariantRun
from alertengine.simulation.season.run_memory import RunMemory
from alertengine.simulation.season.season_scenario import BASE, SeasonScenario, Variant
from alertengine.simulation.season.simulate import raise_notes
from alertengine.simulation.season.states import LineSums
from alertengine.simulation.season.tables import Burdens, burdens
from alertengine.simulation.season.tally import PlaceTally, tally
from alertengine.vocabulary import Problem

Rows = npt.NDArray[np.int64]
_NOTHING = np.array([], dtype=np.float64)
_NO_SUMS = LineSums(_NOTHING, _NOTHING, _NOTHING, {}, _NOTHING)


@dataclass(frozen=True, slots=True)
class Frame:
    """What a variant rests on: numbers of its rulebook, list, raised plants and weather."""

    book: int
    plants: int
    raised: int
    weather: int


@dataclass(frozen=True, slots=True)
class Shared:
    """What all parts need: the scenario, its variants with their frames, rulebooks, weather and totals by list.

    ``books`` and ``weather`` are pickled one by one: a worker opens each once and keeps it.  ``units``: unit and basis
    of each list's production; ``detailed``: whether every variant is told in full; ``measures``: whether the table by
    line and stay comes back.
    """

    scenario: SeasonScenario
    variants: tuple[Variant, ...]
    frames: tuple[Frame, ...]
    detailed: bool
    books: tuple[bytes, ...]
    weather: tuple[bytes, ...]
    totals: tuple[pd.DataFrame | None, ...]
    units: tuple[tuple[str, str], ...]
    measures: bool = False


@dataclass(frozen=True, slots=True)
class PlacesPart:
    """The lines of some cities: by list the packed lines, by raise the rows picked.

    Lines carry ``_amount`` (production) and ``_yuan`` (its value, where one was given).
    """

    lines: tuple[bytes, ...]
    picks: tuple[tuple[Rows, ...], ...]


@dataclass(frozen=True, slots=True)
class VariantAtPlaces:
    """A variant at some places: its tallies without what is by line, burdens; where it is detailed, its lines.

    ``measures`` is the table by line and stay of a detailed variant, where it was asked for; ``notes`` what is told
    of its raised lines at these places.
    """

    tallies: list[PlaceTally]
    burdens: Burdens
    lines: bytes | None
    measures: bytes | None = None
    notes: tuple[Problem, ...] = ()


@lru_cache(maxsize=64)
def _opened(data: bytes) -> Any:
    return pickle.loads(data)  # noqa: S301 -- our own, through the cluster we were told to trust


class _Sent(SeasonRunner):
    """Runs variants from what was sent."""

    def __init__(self, part: PlacesPart, shared: Shared) -> None:
        super().__init__(shared.scenario)
        self._part, self._shared = part, shared
        self._frame = shared.frames[0]
        self._sent: dict[int, tuple[SeasonPlants, Production]] = {}

    def at(self, number: int) -> VariantRun:
        """One variant by its number."""
        self._frame = self._shared.frames[number]
        return self.run(self._shared.variants[number])

    def _book(self, said: Merged) -> Rulebook:  # noqa: ARG002 -- the frame knows
        book: Rulebook = _opened(self._shared.books[self._frame.book])
        return book

    def _list(self) -> tuple[SeasonPlants, Production]:
        number = self._frame.plants
        if number not in self._sent:
            lines = unpacked(self._part.lines[number])
            unit, basis = self._shared.units[number]
            yuan = lines.pop("_yuan").to_numpy(dtype=np.float64) if "_yuan" in lines else None
            production = Production(lines.pop("_amount").to_numpy(dtype=np.float64), unit, basis, yuan)
            self._sent[number] = SeasonPlants(lines, self._shared.totals[number], ()), production
        return self._sent[number]

    def _plants(self, said: Merged, book: Rulebook) -> SeasonPlants:  # noqa: ARG002
        return self._list()[0]

    def _production(self, plants: SeasonPlants, book: Rulebook) -> Production:  # noqa: ARG002
        return self._list()[1]

    def _raised(self, said: Merged, plants: SeasonPlants, book: Rulebook) -> Raised:  # noqa: ARG002
        return as_picked(plants.lines, said.raise_, self._part.picks[self._frame.raised])

    def _weather_of(self, said: Merged, book: Rulebook, plants: SeasonPlants) -> tuple[int, Backtest]:  # noqa: ARG002
        return self._frame.weather, _opened(self._shared.weather[self._frame.weather])

    def _units(self, plants: SeasonPlants, weather: Backtest, book: Rulebook) -> dict[Unit, Rows]:
        return super()._units(plants, weather, book) if len(plants.lines) else {}


def run_places(part: PlacesPart, shared: Shared) -> list[VariantAtPlaces]:
    """Every variant at the places of one part, in order."""
    simulation, losses = _Sent(part, shared), RunMemory(2)
    base, out = simulation.at(0), list[VariantAtPlaces]()
    for number, variant in enumerate(shared.variants):
        run = simulation.at(number) if number else base
        whole = shared.detailed or variant.name == BASE
        tallies = tally(run, daily=whole)
        lines, added = losses.get(run.key, partial(_losses, run, tallies))
        bare = [replace(one, sums=_NO_SUMS) for one in tallies]
        long = packed(measures_of(run)) if shared.measures and whole and run.places else None
        notes = tuple(raise_notes(shared.scenario.file, base, run))
        out.append(VariantAtPlaces(bare, added, packed(lines) if whole and run.places else None, long, notes))
    return out


def _losses(run: VariantRun, tallies: Sequence[PlaceTally]) -> tuple[pd.DataFrame, Burdens]:
    if not run.places:
        return pd.DataFrame(), Burdens([], {})
    lines = line_table(run, tallies)
    return lines, burdens(tallies, lines)
