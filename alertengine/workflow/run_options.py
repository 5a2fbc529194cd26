"""What a run was asked, as one model: made where a run is collected, held by its act, read again for a replay."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, ValidationError

from alertengine.files import leads_out, problems_of
from alertengine.ledger import Act, option_paths
from alertengine.orders import OrderFromAbove, Override, PerfectForecast, as_options, read_overrides
from alertengine.vocabulary import (
    LAW_YEARS,
    MOST_HOURS,
    InputError,
    Level,
    Problem,
    SaidError,
    Setting,
    aside,
    problems_as,
)


def _day(value: Any) -> date:
    """A day, or its text in the record, of the years that anything is on file for."""
    with suppress(TypeError, ValueError):
        day = value if isinstance(value, date) else date.fromisoformat(value)
        if day.year in LAW_YEARS:
            return day
    raise SaidError("key_day")


_Day = Annotated[date, BeforeValidator(_day)]
_Overrides = Annotated[tuple[Override, ...], BeforeValidator(read_overrides), PlainSerializer(as_options)]


class RunOptions(BaseModel):
    """What a run was asked; a :class:`ListOptions` or a :class:`ScenarioOptions`.

    ``list_file``, ``totals``, ``forecast`` and ``observed`` name copies among the inputs of the act.  ``adopt`` and
    ``known_on`` say which law holds, ``overrides`` what persons ordered in place of the rules, ``orders`` what was
    ordered from above; what is ``perfect`` rests on air that had been measured; ``cities`` empty: all of the forecast.
    Keys of the record that nothing reads by name stay as they are.
    """

    model_config = ConfigDict(extra="allow", frozen=True)

    list_file: str = Field(alias="list")
    totals: str | None = None
    forecast: str = ""
    observed: str = ""
    cities: tuple[str, ...] = ()
    adopt: dict[str, str] = Field(default_factory=dict)
    known_on: _Day | None = None
    overrides: _Overrides = ()
    mode: Setting = "live"
    note: str = ""
    orders: tuple[OrderFromAbove, ...] = ()
    perfect: PerfectForecast | None = None

    @staticmethod
    def read(said: Any) -> RunOptions:
        """Options as the record holds them; a foreign record's may have any form.

        Raises:
            InputError: they have not the form that this program writes, or name a file outside the record's own.

        """
        of_scenario = isinstance(said, Mapping) and said.get("way") == "scenario"
        keys = said.get("scenario") if of_scenario else said
        if of_scenario and isinstance(keys, Mapping):
            keys = {**keys, "overrides": said.get("overrides")}
        try:
            made = (ScenarioOptions if of_scenario else ListOptions).model_validate(keys)
        except ValidationError as error:
            raise InputError(problems_of(error, "options")) from None
        out = [path for _, path in option_paths(said) if leads_out(path)]
        if out:
            raise InputError([Problem("path_leads_out", file="options", value=path) for path in out])
        return made

    @classmethod
    def of_act(cls, act: Act) -> RunOptions | None:
        """The options of an act; None where it holds no run.

        Raises:
            InputError: as :meth:`read`, the act named.

        """
        with problems_as(lambda problem: problem.at(file=f"{act.act}/options")):
            return cls.read(said) if (said := act.head.get("options")) else None

    @classmethod
    def readable(cls, act: Act) -> RunOptions | None:
        """The options of an act; None also where they cannot be read, which is told beside the rest (``aside``)."""
        try:
            return cls.of_act(act)
        except InputError as error:
            for problem in error.problems:
                aside(problem)
            return None

    def as_json(self) -> dict[str, Any]:
        """As an act holds them: what was said, by its key."""
        unsaid = None if self.overrides else {"overrides"}
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True, exclude=unsaid)


class ListOptions(RunOptions):
    """The options of orders for a list at a level and day; ``hours`` None: open-ended, ``city`` None: every city."""

    way: Literal["orders"]
    level: Level
    date: _Day
    hours: Annotated[float, Field(gt=0, le=MOST_HOURS)] | None = None
    city: str | None = None


class ScenarioOptions(RunOptions):
    """The options of a scenario."""

    def as_json(self) -> dict[str, Any]:
        """As an act holds them: the keys of the scenario, and the overrides beside them."""
        keys = super().as_json()
        beside = {"overrides": keys.pop("overrides")} if self.overrides else {}
        return {"way": "scenario", "scenario": keys, **beside}
