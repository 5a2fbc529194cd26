"""The open lists of the vocabulary: what a file of ``rules/vocabulary/`` holds, table by table and row by row."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from alertengine.rulebook.plausible import Plausible
from alertengine.vocabulary import SaidError, Standing

#: A word that names something.
Name = Annotated[str, Field(min_length=1)]
Names = tuple[Name, ...]

#: The place that holds every other one.
NATION = "全国"


class Row(BaseModel):
    """A row of a list: frozen, no unknown keys, and no end before its beginning."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True, allow_inf_nan=False)

    @model_validator(mode="after")
    def _ordered(self) -> Row:
        first, last = (getattr(self, end, None) for end in ("first", "last"))
        if isinstance(first, date) and isinstance(last, date) and last < first:
            raise SaidError("interval_reversed", first=str(first), last=str(last))
        return self


class Industry(Row):
    """An industry: its number in the national guide, wide class and spellings."""

    name: Name
    number: int | None = None
    sector: str | None = None
    aliases: Names = ()
    ultra_low_from: date | None = None
    ultra_low_source: str = ""


class Process(Row):
    """A process step (工序), its spellings, and the hours a safe stop takes where a source says so."""

    name: Name
    aliases: Names = ()
    stop_hours: float | None = Field(default=None, ge=0)
    stop_source: str = ""

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, value: Any) -> Any:
        """A name alone is a process."""
        return {"name": value} if isinstance(value, str) else value


class Province(Row):
    """A province and its cities (设区市)."""

    name: Name
    aliases: Names = ()
    cities: Names = ()


class Area(Row):
    """A named area: its members are provinces, cities, 城市/区县, 城市/区县/乡镇 or other areas."""

    name: Name
    members: Names
    aliases: Names = ()
    source: str = ""
    standing: Standing = "inferred"


class Period(Row):
    """A period that recurs each year, both days inclusive; ``area`` where a place has its own."""

    name: Name
    aliases: Names = ()
    first: str = Field(alias="from")
    last: str = Field(alias="to")
    area: str = NATION
    source: str = ""
    standing: Standing = "inferred"

    @field_validator("first", "last")
    @classmethod
    def _month_day(cls, value: str) -> str:
        match = re.fullmatch(r"(\d\d)-(\d\d)", value)
        try:
            date(2000, int(match[1]), int(match[2])) if match else date(0, 1, 1)
        except ValueError:
            raise SaidError("month_day") from None
        return value

    def holds(self, day: date) -> bool:
        """Whether ``day`` lies in the period."""
        now = day.strftime("%m-%d")
        if self.first <= self.last:
            return self.first <= now <= self.last
        return now >= self.first or now <= self.last


class Member(Row):
    """An enterprise on a closed list, by its name, its credit code or both; from when, until when, who says so."""

    name: str = ""
    code: str = ""
    first: date | None = Field(default=None, alias="from")
    last: date | None = Field(default=None, alias="to")
    source: str = ""

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, value: Any) -> Any:
        """A name alone is a member."""
        return {"name": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _named(self) -> Member:
        if not self.name and not self.code:
            raise SaidError("member_unnamed")
        return self

    def holds(self, day: date) -> bool:
        """Whether it stands on the list on a day."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


class NamedList(Row):
    """A closed list that documents speak of (所在名单): who says so, how many stand on it, who does, when it holds."""

    name: Name
    aliases: Names = ()
    source: str
    standing: Standing = "inferred"
    size: int | None = Field(default=None, ge=1)
    members: tuple[Member, ...] = ()
    first: date | None = Field(default=None, alias="from")
    last: date | None = Field(default=None, alias="to")


class Trade(Row):
    """Trades of the national classification: the industry they are, or those among which a person chooses."""

    names: Names = ()
    codes: Names = ()
    industry: str = ""
    one_of: Names = ()


def _each_once(rows: tuple[Any, ...]) -> tuple[Any, ...]:
    names = [row.name for row in rows]
    if twice := [name for name in dict.fromkeys(names) if names.count(name) > 1]:
        raise SaidError("row_twice", found=twice)
    return rows


_Once = AfterValidator(_each_once)


#: What counties became; names alone, as in 0.1.0, stay as they are.
_Later = Annotated[
    dict[Name, Names],
    BeforeValidator(lambda said: {name: [name] for name in said} if isinstance(said, list) else said),
]


class Vocabulary(Row):
    """A file of the vocabulary: any of its tables."""

    standing: Standing = "primary"
    note: str = ""
    source: str = ""
    default_province: Name = ""
    provinces: Annotated[tuple[Province, ...], _Once] = ()
    counties: dict[Name, Names] = {}
    former_counties: dict[Name, _Later] = {}
    townships: dict[Name, Names] = {}
    zone_words: Names = ()
    city_aliases: dict[Name, Names] = {}
    areas: Annotated[tuple[Area, ...], _Once] = ()
    sectors: Names = ()
    industries: Annotated[tuple[Industry, ...], _Once] = ()
    #: ``industries`` of grades.yaml, a mapping: which ladder an industry has.
    industry_ladders: dict[Name, Name] = {}
    processes: Annotated[tuple[Process, ...], _Once] = ()
    trades: tuple[Trade, ...] = ()
    questions: dict[Name, dict[Name, Names]] = {}
    periods: tuple[Period, ...] = ()
    ladders: dict[Name, Names] = {}
    off_ladder: Names = ()
    named_lists: Annotated[tuple[NamedList, ...], _Once] = ()
    plausible: Plausible = Field(default_factory=Plausible)
