"""What every rule has, whatever its kind: identity, article, dates, place, standing.

Dates are law: an interval with no stated end says ``not stated``, a date known only to the
month or year counts as its first day and lowers the standing to ``inferred``.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from alertengine.vocabulary.fields import STANDINGS, Standing

NOT_STATED = "not stated"


class Strict(BaseModel):
    """A frozen model that refuses unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class PartialDate(Strict):
    """A date as a document gives it; ``exact`` is false where only month or year is known."""

    day: date
    exact: bool = True

    def __str__(self) -> str:
        """ISO day."""
        return self.day.isoformat()


def _partial(value: Any) -> Any:
    if isinstance(value, date):
        return {"day": value}
    match = re.fullmatch(r"(\d{4})(?:-(\d{1,2}))?", str(value)) if not isinstance(value, (dict, PartialDate)) else None
    if match:
        return {"day": date(int(match[1]), int(match[2] or 1), 1), "exact": False}
    if isinstance(value, str):
        try:
            return {"day": date.fromisoformat(value)}
        except ValueError:
            raise ValueError("expected a date YYYY-MM-DD, YYYY-MM or YYYY") from None
    if isinstance(value, (dict, PartialDate)):
        return value
    raise ValueError("expected a date YYYY-MM-DD, YYYY-MM or YYYY")


AnyDate = Annotated[PartialDate, BeforeValidator(_partial)]


class Valid(Strict):
    """An interval of days, both inclusive; ``to`` may be ``not stated``."""

    first: AnyDate | None = Field(default=None, alias="from")
    last: AnyDate | Literal["not stated"] | None = Field(default=None, alias="to")

    @model_validator(mode="after")
    def _ordered(self) -> Valid:
        if self.first and isinstance(self.last, PartialDate) and self.last.day < self.first.day:
            raise ValueError(f"the interval ends ({self.last}) before it begins ({self.first})")
        return self

    @property
    def exact(self) -> bool:
        """Whether both stated ends are known to the day."""
        return all(end.exact for end in (self.first, self.last) if isinstance(end, PartialDate))

    def bounds(self) -> tuple[date, date]:
        """First and last day, open ends as the extreme dates."""
        first = self.first.day if self.first else date.min
        last = self.last.day if isinstance(self.last, PartialDate) else date.max
        return first, last

    def holds(self, day: date) -> bool:
        """Whether ``day`` lies in the interval."""
        first, last = self.bounds()
        return first <= day <= last

    def within(self, outer: Valid) -> Valid:
        """The interval where it speaks, else the outer one, never reaching beyond it."""
        first = self.first or outer.first
        last = self.last if self.last is not None else outer.last
        if first and outer.first and outer.first.day > first.day:
            first = outer.first
        if isinstance(outer.last, PartialDate) and (not isinstance(last, PartialDate) or outer.last.day < last.day):
            last = outer.last
        return Valid.model_construct(first=first, last=last)


def worst(*standings: Standing) -> Standing:
    """The weakest of several standings."""
    return max(standings, key=STANDINGS.index, default="primary")


def as_tuple(value: Any) -> Any:
    """A single value where a list is allowed counts as a list of one."""
    return (value,) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(as_tuple)]


class RuleHead(Strict):
    """What every rule has.

    After loading, ``valid``, ``area`` and ``source`` are never empty: a rule that says
    nothing takes them from its document; ``document`` is filled in by the loader.
    """

    id: str = Field(pattern=r"^[^\s;/]+$")
    article: str
    title: str
    kind: str
    valid: Valid = Valid()
    area: Names = ()
    source: Standing = "primary"
    note: str = ""
    #: A reading chosen where the clause can be read in two ways.
    interpretation: str = ""
    replaces: Names = ()
    document: str = ""
