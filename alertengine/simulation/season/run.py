"""``simulate``: the base and every variant of a season, each part worked out once.

What variants share is shared: warnings depend on weather, grading and forecaster; states on
rulebook and list; ratios on totals.  A thousand variants of one list decide it once.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.engine import Engine
from alertengine.orders import (
    Required,
    Whole,
    in_scenario,
    of_no_county,
    required_ratios,
    supposed_ratios,
    whole_of,
    without_lines,
)
from alertengine.rulebook import Place, Rulebook, named_cities
from alertengine.simulation.backtest.history import years_later
from alertengine.simulation.backtest.run import Backtest, held_at
from alertengine.simulation.production import Production, mean_lines
from alertengine.simulation.season.course import Course, Laws, course
from alertengine.simulation.season.plants import Raised, SeasonPlants, raised, read_plants, scaled
from alertengine.simulation.season.run_memory import RunMemory
from alertengine.simulation.season.season_scenario import BASE, Choices, SeasonScenario, Span, Variant
from alertengine.simulation.season.states import States
from alertengine.simulation.season.value import values
from alertengine.simulation.season.weather import forecaster, season_history, season_weather, without_effect
from alertengine.vocabulary import InputError, Level, Problem, Result, gathering, problems_as, refuse_together
from alertengine.warning import Forecast, read_forecast

Unit = tuple[str, str]
T = TypeVar("T")
#: Lists, rulebooks and decided places kept for the variants to come; a sweep goes through them in order.
_KEPT: Final = 12


@dataclass(frozen=True)
class PlaceRun:
    """One place through the season: the rows of its lines in the list, its states, and its stays in order."""

    city: str
    county: str
    rows: npt.NDArray[np.int64]
    states: States
    course: Course
    whole: Whole | None


@dataclass(frozen=True)
class VariantRun:
    """One variant through the season.

    ``required`` gives the ratios that a city must reach on a day at a level; ``key`` is what its lines' season depends
    on: equal keys, equal losses, whatever the totals and ratios; ``totals`` are those of the lists as the variant
    changes them; ``picks`` the lines each raise changed.
    """

    name: str
    key: Hashable
    required: Callable[[str, date, Level], dict[str, Required]]
    known_on: date | None
    book: Rulebook
    plants: SeasonPlants
    totals: pd.DataFrame | None
    lines: pd.DataFrame
    production: Production
    weather: Backtest
    span: Span
    places: list[PlaceRun]
    picks: tuple[npt.NDArray[np.int64], ...] = ()


@dataclass
class Simulated(Result):
    """What was said of all that a simulation has read so far, each once: problems need a person, notes inform."""

    scenario: SeasonScenario
    own_problems: list[Problem] = field(default_factory=list)
    own_notes: list[Problem] = field(default_factory=list)

    def hear(self, *read: Result) -> None:
        """Keep what is said of results that need not be kept themselves."""
        for one in read:
            self.own_problems, self.own_notes = (
                list(dict.fromkeys([*own, *said]))
                for own, said in ((self.own_problems, one.problems), (self.own_notes, one.notes))
            )


class SeasonRunner:
    """Runs the variants of a season one after the other."""

    def __init__(self, scenario: SeasonScenario) -> None:
        """Nothing is read before the first run."""
        self.scenario = scenario
        self.simulated = Simulated(scenario)
        self._refused = list[Problem]()
        self._books, self._engines = RunMemory(_KEPT), RunMemory(_KEPT)
        self._lists, self._seen, self._weather = RunMemory(_KEPT), RunMemory(2), RunMemory(200)
        self._states, self._courses = RunMemory(2 * _KEPT), RunMemory(400)

    def each(self, variants: Iterable[Variant]) -> Iterator[VariantRun]:
        """The variants one after another; after one that was refused the inputs of the others alone are read.

        Raises:
            InputError: inputs were refused; with those of all variants, what several share once.

        """
        told = set[Problem]()
        for variant in variants:
            own, where = list[Problem](), self._where(variant.name)
            with gathering(own):
                run = self.run(variant)
            for one in own:
                said = one.at(file=self.scenario.file) if one.file == where else one  # whatever variant it is of
                if said not in told:
                    self._refused.append(one)
                told.add(said)
            if not self._refused:
                yield run
        refuse_together(self._refused)

    def run(self, variant: Variant) -> VariantRun:
        """One variant; where an input is refused, what was said of the others is told with it."""
        try:
            with problems_as(in_scenario(self._where(variant.name))):
                return self._run(variant)
        except InputError as error:
            refuse_together(error.problems, self.simulated)
            raise

    def _where(self, name: str) -> str:
        """What names a variant in what is told of it."""
        return self.scenario.file if name == BASE else f"{self.scenario.file}: {name}"

    def _run(self, variant: Variant) -> VariantRun:
        said = Merged.of(self.scenario, variant)
        book = self._books.get(said.book_key, lambda: self._book(said))
        list_key = (said.list_file, said.totals)
        if said.ratio:
            supposed_ratios(book, said.ratio)
        plants: SeasonPlants = self._lists.get(("files", list_key), lambda: self._plants(said, book))
        self.simulated.hear(plants)
        change = self._lists.get(
            ("raised", list_key, repr(said.raise_), said.book_key), lambda: self._raised(said, plants, book)
        )
        for one, rows in zip(said.raise_, change.picks, strict=True):
            value = ", ".join([*(f"{key}: {named}" for key, named in one.when.items()), one.to])
            note = Problem("raise_of_none", file=self.scenario.file, column="raise", value=value)
            if not len(rows) and one.largest != 0 and note not in self.simulated.own_notes:
                self.simulated.own_notes.append(note)
        production = self._lists.get(("production", list_key, said.book_key), lambda: self._production(plants, book))
        weather_key, weather = self._weather_of(said, book, plants)
        self.simulated.hear(weather, Simulated(self.scenario, self._of_no_county(plants, weather, book)))
        units = self._lists.get(("units", list_key, weather_key), lambda: self._units(plants, weather, book))
        notes = without_effect(self.scenario, self._where(said.name), said.span, book.lists, units)
        totals_key = (list_key, repr(said.sectors))
        totals = self._lists.get(("totals", *totals_key), lambda: scaled(plants.totals, said.sectors))
        wholes = self._lists.get(("wholes", *totals_key), lambda: {city: whole_of(totals, city) for city, _ in units})
        in_parts = {city for city, county in units if county}  # totals are the city's: no ratio for its parts
        notes += [Problem("county_apart", file=", ".join(plants.files), city=city) for city in sorted(in_parts)]
        self.simulated.hear(Simulated(self.scenario, own_notes=notes))
        wholes = {city: None if city in in_parts else whole for city, whole in wholes.items()}
        states_key = (said.book_key, said.known_on, list_key, repr(said.raise_))
        required = self._engines.get(
            ("required", said.book_key, said.known_on, said.ratio),
            lambda: _Ratios(book, said.known_on, said.ratio),
        )
        places = [
            self._place(unit, rows, said, book, change.lines, wholes, (weather_key, weather), states_key)
            for unit, rows in self._decided(units).items()
            if not self._refused
        ]
        return VariantRun(
            name=variant.name,
            key=(states_key, weather_key, said.span),
            required=required,
            known_on=said.known_on,
            book=book,
            plants=plants,
            totals=totals,
            lines=change.lines,
            production=production,
            weather=weather,
            span=said.span,
            places=places,
            picks=change.picks,
        )

    def _book(self, said: Merged) -> Rulebook:
        book = Rulebook.load([self.scenario.path(name) for name in said.rules], adopt=said.adopt)
        return book.dropping(said.without) if said.without else book

    def _plants(self, said: Merged, book: Rulebook) -> SeasonPlants:
        path = self.scenario.path
        try:
            return read_plants([path(n) for n in said.list_file], [path(n) for n in said.totals], book)
        except InputError as error:
            raise InputError([*error.problems, *self._of_the_weather(said, book)]) from None

    def _of_the_weather(self, said: Merged, book: Rulebook) -> list[Problem]:
        """What is wrong with the weather, to be said together with what is wrong with the list."""
        problems = list[Problem]()
        with gathering(problems):
            season_history(self.scenario, book, self._observed(said, book), self.cities(book), said.span)
        return problems

    def _raised(self, said: Merged, plants: SeasonPlants, book: Rulebook) -> Raised:
        return raised(plants.lines, said.raise_, book)

    def _production(self, plants: SeasonPlants, book: Rulebook) -> Production:
        found, value = mean_lines(plants.lines), self.scenario.value
        return found if value is None else replace(found, yuan=values(value, plants, book))

    def _units(self, plants: SeasonPlants, weather: Backtest, book: Rulebook) -> dict[Unit, npt.NDArray[np.int64]]:
        return _units(plants.lines, weather, self.cities(book))

    def _of_no_county(self, plants: SeasonPlants, weather: Backtest, book: Rulebook) -> list[Problem]:
        """Which lines may lie in a county with warnings of its own."""
        if plants.rows is None:
            return []
        wanted, rows = self.cities(book), plants.rows
        apart = [unit for unit in _apart(weather) if not wanted or unit[0] in wanted]
        return [
            problem.at(file=rows["file"].iloc[at], row=int(rows["row"].iloc[at]))
            for at, problem in of_no_county(plants.lines, book, apart)
        ]

    def _decided(self, units: dict[Unit, npt.NDArray[np.int64]]) -> dict[Unit, npt.NDArray[np.int64]]:
        """The places that are decided here: all."""
        return units

    def cities(self, book: Rulebook) -> list[str]:
        """The cities asked for; none: all of the list."""
        return list(named_cities(book, self.scenario.cities, file=self.scenario.file, column="cities"))

    def _observed(self, said: Merged, book: Rulebook) -> Forecast:
        """The history as read, once for all seasons it is moved to."""
        path = self.scenario.path(said.history)
        key = ("observed", said.book_key, path)
        found: Forecast = self._lists.get(key, lambda: read_forecast(path, book, observed=True))
        self.simulated.hear(found)
        return found

    def _weather_of(self, said: Merged, book: Rulebook, plants: SeasonPlants) -> tuple[Hashable, Backtest]:
        """The weather of a variant, with what it depends on."""
        wanted = self.cities(book) or sorted(set(plants.lines["city"].dropna().astype(str)))
        days = (said.book_key, said.history, said.span, tuple(wanted))
        with problems_as(partial(_asked_by, said)):
            past = self._lists.get(
                ("history", *days),
                lambda: season_history(self.scenario, book, self._observed(said, book), wanted, said.span),
            )
        scale = said.forecast_change.scale

        def made() -> Backtest:
            perfect = self._seen.get((*days, scale), lambda: forecaster(self.scenario, past, said.forecast_change))
            weather = season_weather(
                self.scenario, book, past, perfect, said.span, cities=wanted, regime=said.regime, known_on=said.known_on
            )
            # Days without a grading are those of the variant, unless the base lacks it too.
            problems = [
                one.at(file=self._where(said.name))
                if one.code == "no_grading_on_days" and said.name != BASE and one not in self.simulated.own_problems
                else one
                for one in weather.own_problems
            ]
            return replace(weather, own_problems=problems)

        key = (*days, said.regime, said.known_on, scale)
        return key, self._weather.get(key, made)

    def _place(
        self,
        unit: Unit,
        rows: npt.NDArray[np.int64],
        said: Merged,
        book: Rulebook,
        lines: pd.DataFrame,
        wholes: dict[str, Whole | None],
        keyed_weather: tuple[Hashable, Backtest],
        states_key: tuple[Hashable, ...],
    ) -> PlaceRun:
        span, (weather_key, weather) = said.span, keyed_weather
        engine = self._engines.get((said.book_key, said.known_on), lambda: Engine(book, said.known_on))
        held: dict[tuple[Unit, int], States] = self._states.get(states_key, dict)
        at = unit, len(rows)  # a county with warnings of its own in one weather is part of its city in another
        if at not in held:
            held[at] = States(engine, lines.iloc[rows].reset_index(drop=True))
        own, turns = held[at], held[at].turns
        laws = self._engines.get(("laws", said.book_key, said.known_on, span.first, turns), lambda: Laws(engine, turns))
        found = self._courses.get(
            (unit, said.book_key, said.known_on, weather_key, len(rows), turns),
            lambda: Course(course(held_at(weather.runs[0].result, *unit), span, laws, own.places)),
        )
        return PlaceRun(*unit, rows, own, found, wholes[unit[0]])


class Merged(Choices):
    """What holds in a variant; ``span`` are the days, and where their weather comes from."""

    name: str
    span: Span

    @classmethod
    def of(cls, base: SeasonScenario, variant: Variant) -> Merged:
        """Its own choices, the base's where it says nothing."""
        said = {name: getattr(variant, name) for name in Choices.model_fields if name in variant.model_fields_set}
        both = {name: getattr(base, name) for name in Choices.model_fields} | said
        if "rules" in said:
            both["rules"] = (*base.rules, *variant.rules)
        span = variant.season or base.season
        if both["weather_from"] is not None:
            span = Span.model_validate(span.model_dump(by_alias=True) | {"weather_from": both["weather_from"]})
        return cls(**both, name=variant.name, span=span)

    @property
    def book_key(self) -> tuple[Hashable, ...]:
        """What the rulebook depends on."""
        return self.rules, self.without, tuple(sorted(self.adopt.items()))


def _asked_by(said: Merged, problem: Problem) -> Problem:
    """A history that has nothing of what is asked for is told with the days, and who asks for them."""
    if problem.code != "nothing_of_history":
        return problem
    first, last = (years_later(day, -said.span.years_moved) for day in (said.span.first, said.span.last))
    days = f"{first}..{last}"
    return problem.at(value=days if said.name == BASE else f"{said.name}，{days}")


def _apart(weather: Backtest) -> set[Unit]:
    """The counties with warnings of their own."""
    return {(row["city"], row["county"]) for row in weather.runs[0].result.standing if row["county"]}


def _units(lines: pd.DataFrame, weather: Backtest, cities: list[str]) -> dict[Unit, npt.NDArray[np.int64]]:
    """The places of the list and the rows of their lines: a county with warnings of its own stands apart."""
    apart = _apart(weather)
    city = lines["city"].astype("object").fillna("").to_numpy()
    county = lines["county"].astype("object").fillna("").to_numpy()
    keys = [(c, n if (c, n) in apart else "") for c, n in zip(city, county, strict=True)]
    out: dict[Unit, list[int]] = {}
    for row, key in enumerate(keys):
        if key[0] and (not cities or key[0] in cities):
            out.setdefault(key, []).append(row)
    if not out:
        raise InputError(without_lines("list", cities) or [Problem("no_line_on_file", where="list")])
    return {unit: np.array(rows, dtype=np.int64) for unit, rows in sorted(out.items())}


@dataclass(eq=False)
class _Ratios:
    """The ratios that a city must reach on a day at a level, looked up once; can be pickled with its run."""

    book: Rulebook
    known_on: date | None
    document: str
    found: dict[tuple[str, date, Level], dict[str, Required]] = field(default_factory=dict)

    def __call__(self, city: str, day: date, level: Level) -> dict[str, Required]:
        key = city, day, level
        if key not in self.found:
            place = Place(province=self.book.lists.province_of(city), city=city)
            self.found[key] = required_ratios(self.book, place, day, level, self.known_on, document=self.document)
        return self.found[key]
