"""Scenarios: what a run reads, as YAML.

Paths stand relative to the scenario file; a name alone (``2020-01-22-province``) is one
of the shipped scenarios, so an installed program runs them outside any checkout.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Final, Literal, cast, get_args

from pydantic import BeforeValidator, Field

from alertengine.files import (
    beside,
    checked_model,
    leading_out,
    leads_out,
    lists_folder,
    no_file,
    one_run,
    read_json,
    read_yaml,
    run_of,
    scenarios_folder,
    sha256_of,
)
from alertengine.rulebook import Names, Rulebook, Strict
from alertengine.vocabulary import InputError, Problem, SaidError, Setting, problems_as
from alertengine.warning import DAYS_AHEAD, MOST_DAYS_AHEAD, FloorSaid

#: Keys of a scenario that a problem may speak of instead of a file.
_KEYS: Final = (
    "--regime", "adopt", "city", "floors", "raise", "ratio", "scenario", "sectors", "value", "without"
)  # fmt: skip

#: Keys that name one file each, beside the list.
_NAMING: Final = ("forecast", "totals", "decisions", "observed", "active")


def _moment(value: Any) -> Any:
    if isinstance(value, str | int | float):  # of a number pydantic would make seconds since 1970
        try:
            value = datetime.fromisoformat(str(value))
        except ValueError:
            raise SaidError("key_time") from None
    if isinstance(value, datetime) and value.tzinfo is not None:
        raise SaidError("time_with_zone")
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)
    return value


def _written(value: Any) -> Any:
    return value if value is None else str(value)


Moment = Annotated[datetime, BeforeValidator(_moment)]


def _none_of_blank(value: Any) -> Any:
    return () if value == "" else value  # as acts on record say that there are none


class OrderFromAbove(Strict):
    """An order from above (调度令): an area must hold a level, at least or exactly."""

    area: str
    level: Literal["yellow", "orange", "red"]
    first: Annotated[str, BeforeValidator(_written)] = Field(alias="from")
    last: Annotated[str | None, BeforeValidator(_written)] = Field(default=None, alias="to")
    source: str
    exact: bool = False

    def as_floor(self) -> FloorSaid:
        """The mapping that the warning room reads."""
        return cast("FloorSaid", self.model_dump(by_alias=True, exclude_none=True))


class PerfectForecast(Strict):
    """Observations taken as a forecast issued at a time, up to a day."""

    issued: Moment
    last: date | None = Field(default=None, alias="to")


class Scenario(Strict):
    """A run: forecast, list, totals and options."""

    title: str
    note: str = ""
    #: ``live`` binds; a ``simulation`` or ``drill`` never does, and its documents say so.
    mode: Setting = "live"
    forecast: str
    list_file: str = Field(alias="list")
    #: The lists of a province, the first of them in ``list_file``; empty: one list.
    lists: Names = ()
    totals: str = ""
    #: What authorities decided of the enterprises of the list.
    decisions: str = ""
    observed: str = ""
    active: str = ""
    #: The orders of the run before: lines that they stop by a share stay chosen.  Absent: every orders.csv that the
    #: run of ``active`` wrote, one a list, if it stands there unchanged.
    active_orders: Annotated[Names, BeforeValidator(_none_of_blank)] = ()
    perfect: PerfectForecast | None = None
    #: Days ahead that observations count as a forecast, as ``warn --days``.
    days: Annotated[int, Field(ge=1, le=MOST_DAYS_AHEAD)] = DAYS_AHEAD
    now: Moment | None = None
    known_on: date | None = None
    cities: Names = ()
    adopt: dict[str, str] = Field(default_factory=dict)
    rules: Names = ()
    orders: tuple[OrderFromAbove, ...] = ()
    file: str = ""

    def path(self, name: str) -> Path:
        """A file the scenario names: beside it, or among the shipped lists and scenarios."""
        return beside(Path(self.file), name, [lists_folder(), scenarios_folder()])


def find_scenario(name: Path | str) -> Path:
    """The file of a scenario: a path, or the name of a shipped one.

    Raises:
        InputError: neither exists.

    """
    path = Path(name)
    if path.is_file():
        return path
    shipped = scenarios_folder() / f"{path.name.removesuffix('.yaml')}.yaml"
    if shipped.is_file() and len(path.parts) <= 2:
        return shipped
    known = ", ".join(sorted(item.stem for item in scenarios_folder().glob("*.yaml")))
    raise InputError([no_file(name, "no_such_scenario", names=known)])


def read_scenario(name: Path | str, given: Sequence[str] = (), *, several: bool = False) -> Scenario:
    """Read a scenario; ``given``: paths in it that whoever runs it gave; ``several``: one of several lists may be read.

    Raises:
        InputError: with every defect, missing files among them.

    """
    path = find_scenario(name)
    content = read_yaml(path)
    if not isinstance(content, dict):
        raise InputError([Problem("not_a_scenario", file=str(path))])
    if "season" in content:
        raise InputError([Problem("whole_season", file=str(path), column="season")])
    named = content.get("list")
    if isinstance(named, list) and named and all(isinstance(one, str) for one in named):
        if len(named) > 1 and not several:
            raise InputError([Problem("several_lists", file=str(path), column="list", value=", ".join(named))])
        content = {**content, "list": named[0], "lists": named if len(named) > 1 else []}
    elif "lists" in content:
        raise InputError([Problem("lists_unknown", file=str(path), column="lists")])
    scenario = checked_model(Scenario, {**content, "file": str(path)}, str(path))
    if scenario.perfect is not None:
        refuse_live(scenario)
    files = [("list", name) for name in scenario.lists or (scenario.list_file,)]
    files += [(key, getattr(scenario, key)) for key in _NAMING]
    files += [("active_orders", name) for name in scenario.active_orders]
    files = [(key, value) for key, value in files if value]
    folders = [("rules", folder) for folder in scenario.rules]
    own = [one for one in (*files, *folders) if one[1] not in given]
    out = leading_out(path, own, [lists_folder(), scenarios_folder()])
    refused = {one.value for one in out}
    missing = [
        no_file(scenario.path(value), "not_beside_scenario", file=str(path), column=key, value=value)
        for key, value in (*files, *folders)
        if value not in refused
        and not (scenario.path(value).exists() if key == "rules" else scenario.path(value).is_file())
    ]
    if out or missing:
        raise InputError([*out, *missing])
    if scenario.active and not scenario.active_orders:
        scenario = scenario.model_copy(update={"active_orders": _orders_of_run(scenario)})
    before = [("active", scenario.active), *(("active_orders", name) for name in scenario.active_orders)]
    not_live = [
        Problem("record_not_live", file=str(path), column=key, value=value, mode=mode)
        for key, value in before
        if value and scenario.mode == "live" != (mode := mode_beside(scenario.path(value)))
    ]
    if not_live:
        raise InputError(not_live)
    return scenario


def _orders_of_run(scenario: Scenario) -> tuple[str, ...]:
    """The orders that the run of a scenario's record wrote, one of each list, as far as nobody changed them."""
    try:
        run = one_run(scenario.path(scenario.active))
    except InputError:
        return ()
    folder = Path(scenario.active).parent
    written = {
        str(folder / name): held
        for name, held in run.outputs.items()
        if name.split("/")[-1] == "orders.csv" and not leads_out(name)
    }
    there = {name: held for name, held in written.items() if scenario.path(name).is_file()}
    return tuple(name for name, held in there.items() if sha256_of(scenario.path(name)) == held)


def mode_beside(file: Path) -> Setting:
    """What the run that a file is of was for, by the summary.json or manifest beside it; live where none says else."""
    said = []
    with suppress(OSError, ValueError, KeyError, TypeError):
        said.append(read_json((file.parent / "summary.json").read_text(encoding="utf-8"))["mode"])
    found = run_of(file)
    with suppress(AttributeError):  # of a manifest that no run of this program wrote
        said += [one.get("mode") for one in found[0].inputs.values()] if found else []
    return next((mode for mode in get_args(Setting) if mode != "live" and mode in said), "live")


def with_mode(inputs: Mapping[str, Mapping[str, str]], name: str, mode: Setting) -> dict[str, Mapping[str, str]]:
    """The inputs of a manifest, the one named saying what it was for where that is not ``live``."""
    return {**inputs, **({name: {**inputs[name], "mode": mode}} if mode != "live" and name in inputs else {})}


def rulebook_of(scenario: Scenario) -> Rulebook:
    """The shipped rules and those of the folders that a scenario names.

    Raises:
        InputError: a rule, or what the scenario adopts, cannot be used.

    """
    with problems_as(in_scenario(scenario.file)):
        return Rulebook.load([scenario.path(name) for name in scenario.rules], adopt=scenario.adopt)


def in_scenario(file: str) -> Callable[[Problem], Problem]:
    """For :func:`problems_as`: what is wrong with a key of a scenario is told with the file it stands in."""

    def told(one: Problem) -> Problem:
        key = one.column or one.where.removeprefix("--")
        return one.at(file=file, where="", column=key) if one.where in _KEYS else one

    return told


def refuse_live(scenario: Scenario) -> None:
    """Refuse a run on air that had been measured: what is known afterwards binds nobody.

    Raises:
        InputError: the run is ``live``.

    """
    if scenario.mode == "live":
        raise InputError([Problem("hindsight_live", file=scenario.file, column="mode", value=scenario.mode)])
