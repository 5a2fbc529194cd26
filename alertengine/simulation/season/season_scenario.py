"""Season scenarios: what a simulation reads, and the variants that are compared with its base.

Every number of a variant is the user's supposition and stands in the file; the program has none of its own.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from alertengine.files import (
    YEARS,
    beside,
    leading_out,
    lists_folder,
    no_file,
    problems_of,
    read_yaml,
    scenarios_folder,
)
from alertengine.orders import OrderFromAbove, find_scenario
from alertengine.rulebook import Names, OpenLists, Strict, condition_text
from alertengine.simulation.ensemble.draws import EnsembleSpec
from alertengine.vocabulary import EMISSION_FIELDS, FIELDS, InputError, Problem, SaidError, as_day
from alertengine.warning import MOST_DAYS_AHEAD, Floor, read_floors

#: Most variants that a sweep may come to: a slip of a digit should not run for a day.
MOST_VARIANTS: Final = 10_000
_AMOUNTS: Final = ("capacity", *EMISSION_FIELDS.values())


def _within(day: date) -> date:
    if not YEARS[0] <= day.year <= YEARS[1]:
        raise SaidError("usage_day_beyond", value=str(day), first=YEARS[0], last=YEARS[1])
    return day


#: A day of the years that a table can speak of.
Day = Annotated[date, AfterValidator(_within)]


class Span(Strict):
    """First and last day of a season, both inclusive; ``weather_from`` is the first day of the weather taken."""

    first: Day = Field(alias="from")
    last: Day = Field(alias="to")
    weather_from: Day | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise SaidError("season_reversed")
        moved = self.weather_from
        if moved is not None and (moved.month, moved.day) != (self.first.month, self.first.day):
            raise SaidError("weather_day")
        return self

    @property
    def years_moved(self) -> int:
        """Years from the weather's date to the season's."""
        return 0 if self.weather_from is None else self.first.year - self.weather_from.year


class Raise(Strict):
    """Plants raised to a grade: those a condition of the rule language picks, or the largest among them."""

    when: dict[str, Any] = Field(default_factory=dict)
    to: str
    largest: int | None = Field(default=None, ge=0)
    by: Literal[_AMOUNTS] = "capacity"  # type: ignore[valid-type]
    city: str = ""


class ForecastChange(Strict):
    """A forecaster who says more, or less, than what comes: ``scale`` times the concentrations."""

    scale: float = Field(default=1.0, gt=0)


class Product(Strict):
    """What one unit of a product is worth: ``yuan`` per ``per`` (吨, 万平方米) of the lines that ``when`` picks."""

    when: dict[str, Any]
    yuan: float = Field(ge=0)
    per: str = Field(min_length=1)


class Value(Strict):
    """What output is worth, as the bureau gives it: a further column of the list (yuan a day), or by product."""

    source: str = ""
    column: str = ""
    products: tuple[Product, ...] = ()

    @model_validator(mode="after")
    def _one(self) -> Self:
        if not self.column and not self.products:
            raise SaidError("either_or", names=["column", "products"])
        return self


class Choices(Strict):
    """What a variant may change, and the base may set."""

    regime: str = ""
    ratio: str = ""
    rules: Names = ()
    without: Names = ()
    adopt: dict[str, str] = Field(default_factory=dict)
    known_on: date | None = None
    raise_: Annotated[
        tuple[Raise, ...], BeforeValidator(lambda said: said if isinstance(said, (list, tuple)) else [said])
    ] = Field(default=(), alias="raise")
    forecast_change: ForecastChange = ForecastChange()
    history: str = ""
    weather_from: Day | None = None
    sectors: dict[str, Annotated[float, Field(ge=0)]] = Field(default_factory=dict)
    list_file: Names = Field(default=(), alias="list")
    totals: Names = ()


class Variant(Choices):
    """A named change against the base."""

    name: Annotated[str, BeforeValidator(str)] = Field(min_length=1)  # a year is a name too
    note: str = ""
    season: Span | None = None


class AirResponse(Strict):
    """How the air answers, as the bureau's own model runs say: µg/m³ of PM2.5 per percent reduced.

    ``coefficients``: sector of the totals, then pollutant; ``error`` is one standard error of
    the sum as a share of it; ``source`` names the runs.
    """

    source: str = Field(min_length=1)
    coefficients: dict[str, dict[Literal["so2", "nox", "pm", "vocs"], float]]
    industry_sector: str = Field(min_length=1)
    error: float = Field(ge=0)

    @field_validator("industry_sector")
    @classmethod
    def _with_coefficients(cls, value: str, held: ValidationInfo) -> str:
        known = held.data.get("coefficients", {value: {}})
        if value not in known:
            raise SaidError("key_one_of", expected=list(known))
        return value


class SeasonScenario(Choices):
    """A season: its days, weather, lists, options and variants."""

    title: str
    note: str = ""
    season: Span
    cities: Names = ()
    days_ahead: int = Field(default=7, ge=1, le=MOST_DAYS_AHEAD)
    orders: tuple[OrderFromAbove, ...] = ()
    variants: tuple[Variant, ...] = ()
    sweep: dict[str, Annotated[tuple[Any, ...], Field(min_length=1)]] = Field(default_factory=dict)
    ensemble: EnsembleSpec | None = None
    air_response: AirResponse | None = None
    value: Annotated[
        Value | None, BeforeValidator(lambda said: {"column": said} if isinstance(said, str) else said)
    ] = None
    file: str = ""

    def path(self, name: str) -> Path:
        """A file the scenario names: beside it, or among the shipped lists and scenarios."""
        return beside(Path(self.file), name, [lists_folder(), scenarios_folder()])

    def floors(self, lists: OpenLists) -> list[Floor]:
        """The orders from above.

        Raises:
            InputError: with every defect of every order.

        """
        return read_floors([order.as_floor() for order in self.orders], lists)

    def named_files(self) -> list[tuple[str, str]]:
        """The files and folders that it and its variants name, each behind the key that does."""
        out: list[tuple[str, str]] = []
        for one in (self, *self.all_variants()):
            where = f"{one.name}: " if isinstance(one, Variant) else ""
            out += [(f"{where}history", one.history)] if one.history else []
            for key, names in (("list", one.list_file), ("totals", one.totals), ("rules", one.rules)):
                out += [(f"{where}{key}", name) for name in names]
        error = self.ensemble.error if self.ensemble is not None else None
        return out + [(f"ensemble.{key}", name) for key in ("pairs", "observed") if (name := getattr(error, key, ""))]

    def all_variants(self) -> list[Variant]:
        """The variants named, then those of the sweep.

        Raises:
            SaidError: two of one name, more than ``MOST_VARIANTS``, or keys of the sweep that exclude each other.

        """
        out = [*self.variants, *_swept(self.sweep)]
        counts = Counter([BASE, *(variant.name for variant in out)])
        if twice := sorted(name for name, count in counts.items() if count > 1):
            raise SaidError("variant_names", base=BASE, names=twice)
        return out


#: The name of what variants are compared with.
BASE: Final = "基准"


def _swept(sweep: Mapping[str, Sequence[Any]]) -> list[Variant]:
    """Every combination of a sweep's values: ``raise.largest: [0, 5, 10]`` and the like."""
    count = 1
    for values in sweep.values():
        count *= len(values)
    if count > MOST_VARIANTS:
        raise SaidError("sweep_too_large", count=count, most=MOST_VARIANTS)
    if not sweep:
        return []
    out = []
    for values in itertools.product(*sweep.values()):
        said: dict[str, Any] = {}
        for key, value in zip(sweep, values, strict=True):
            _put(said, key, deepcopy(value))
        one = Variant.model_validate({"name": BASE, **said})  # what is in words below is known to be well formed
        name = "，".join(f"{key}={_words(value, key)}" for key, value in zip(sweep, values, strict=True))
        out.append(one.model_copy(update={"name": name}))
    return out


def _words(value: Any, key: str = "") -> str:
    """A value of a sweep as people read it."""
    if isinstance(value, (list, tuple)):
        return "、".join(_words(one, key) for one in value)
    if not isinstance(value, dict):
        return str(value)
    say = {"raise": raise_words, "raise.when": condition_text}.get(key)
    return say(value) if say else "、".join(f"{name}：{_words(one)}" for name, one in value.items())


def raise_words(said: Mapping[str, Any]) -> str:
    """Who is raised to which grade, in Chinese, of a raise as a scenario file says it."""
    who = f"{said.get('city') or ''}{condition_text(said['when']) + '的' if said.get('when') else ''}企业"
    by = FIELDS[said.get("by", _AMOUNTS[0])].text
    size = f"中{by}最大的{said['largest']}家" if said.get("largest") is not None else ""
    return f"{who}{size}升为{said['to']}级" if said.get("to") else f"{who}{size}"


def _put(said: Any, key: str, value: Any) -> None:
    """A value where its key leads; what another key has put on the way, or there, is a mapping that both fill."""
    *outer, last = key.split(".")
    for part in outer:
        said = said.setdefault(part, {}) if isinstance(said, dict) else None
    if isinstance(said, dict) and last not in said:
        said[last] = value
    elif isinstance(said, dict) and isinstance(said[last], dict) and isinstance(value, dict):
        said[last] |= value
    else:
        raise SaidError("sweep_key_twice", key=key)


def is_season(content: Any) -> bool:
    """Whether a scenario file speaks of a season."""
    return isinstance(content, dict) and "season" in content


def read_season(
    name: str | Path,
    overrides: Mapping[str, Any] | None = None,
    *,
    first: date | str | None = None,
    last: date | str | None = None,
) -> SeasonScenario:
    """Read a season scenario: a YAML file, or the name of a shipped one.

    ``overrides``, ``first`` and ``last`` (from the command line) take the place of what the file says.

    Raises:
        InputError: with every defect, missing files among them.

    """
    path = find_scenario(name)
    content = read_yaml(path)
    if not is_season(content):
        raise InputError([Problem("not_a_season", file=str(path))])
    given = [name for value in (overrides or {}).values() for name in ([value] if isinstance(value, str) else value)]
    said = {**content, **(overrides or {})}
    named = (("from", as_day(first, "first")), ("to", as_day(last, "last")))
    days = {key: day for key, day in named if day is not None}
    if days and isinstance(said["season"], dict):
        said["season"] = {**said["season"], **days}
    scenario = season_of(said, str(path))
    problems = _absent(scenario, path, scenario.named_files(), given)
    if problems:
        raise InputError(problems)
    return scenario


def season_of(content: Mapping[str, Any], file: str) -> SeasonScenario:
    """A season scenario by what a file says, whether the files it names are there or not.

    Raises:
        InputError: with every defect.

    """
    where = ""
    try:
        scenario = SeasonScenario.model_validate({**content, "file": file})
        where = "sweep"
        scenario.named_files()
    except ValidationError as error:
        raise InputError(problems_of(error, file, where)) from None
    except SaidError as error:
        raise InputError([Problem("season_refused", file=file, column="variants", error=error.said)]) from None
    return scenario


def _absent(
    scenario: SeasonScenario, path: Path, named: Sequence[tuple[str, str]], given: Sequence[str]
) -> list[Problem]:
    """Files that are named and not there, and what a season cannot do without."""
    own = [(key, name) for key, name in named if name not in given]
    problems = leading_out(path, own, [lists_folder(), scenarios_folder()])
    refused = {one.value for one in problems}
    problems += [
        no_file(scenario.path(value), "not_beside_scenario", file=str(path), column=key, value=value)
        for key, value in dict.fromkeys(named)
        if value not in refused and not scenario.path(value).exists()
    ]
    if not scenario.history:
        problems.append(Problem("no_weather", file=str(path), column="history"))
    if not scenario.list_file:
        problems.append(Problem("no_list", file=str(path), column="list"))
    return problems
