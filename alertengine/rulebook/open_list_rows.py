"""The rows of the open lists of the vocabulary: what each table of ``rules/vocabulary/*.yaml`` holds."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from alertengine.vocabulary import SaidError, Standing

#: The place that holds every other one.
NATION = "全国"


class Row(BaseModel):
    """A row of a list: frozen, and no unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Industry(Row):
    """An industry: its number in the national guide, wide class and spellings."""

    name: str
    number: int | None = None
    sector: str | None = None
    aliases: tuple[str, ...] = ()
    ultra_low_from: date | None = None
    ultra_low_source: str = ""


class Process(Row):
    """A process step (工序), its spellings, and the hours a safe stop takes where a source says so."""

    name: str
    aliases: tuple[str, ...] = ()
    stop_hours: float | None = Field(default=None, ge=0)
    stop_source: str = ""


class Province(Row):
    """A province and its cities (设区市)."""

    name: str
    aliases: tuple[str, ...] = ()
    cities: tuple[str, ...] = ()


class Area(Row):
    """A named area: its members are provinces, cities, 城市/区县, 城市/区县/乡镇 or other areas."""

    name: str
    members: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    source: str = ""
    standing: Standing = "inferred"


class Period(Row):
    """A period that recurs each year, both days inclusive; ``area`` where a place has its own."""

    name: str
    aliases: tuple[str, ...] = ()
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

    name: str
    aliases: tuple[str, ...] = ()
    source: str
    standing: Standing = "inferred"
    size: int | None = Field(default=None, ge=1)
    members: tuple[Member, ...] = ()
    first: date | None = Field(default=None, alias="from")
    last: date | None = Field(default=None, alias="to")


class Trade(Row):
    """Trades of the national classification: the industry they are, or those among which a person chooses."""

    names: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    industry: str = ""
    one_of: tuple[str, ...] = ()
