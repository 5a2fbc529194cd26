"""What every rule has, whatever its kind: identity, article, dates, place, standing.

Dates are law: an interval with no stated end says ``not stated``, a date known only to the
month or year counts as its first day and lowers the standing to ``inferred``.  An end may have its hour.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from datetime import time as Time  # noqa: N812 -- `time` is a field
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from alertengine.vocabulary import STANDINGS, SaidError, Standing, Words, time_of_day

NOT_STATED = "not stated"
_DAY = timedelta(days=1)
#: Years a document can speak of: 1105 is the 5th of November without its year.
_YEARS = range(1900, 2200)
#: A day and month alone: 11月5日, 11-05, 11/5.
_YEARLESS = re.compile(r"\s*\d{1,2}\s*[-/.月]\s*\d{1,2}(?![\d/.-])")
#: A day with its hour, as documents write it.
WITH_HOUR = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d{1,2}):(\d\d)(?::00)?")


class Strict(BaseModel):
    """A frozen model that refuses unknown keys, and numbers that are none."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, defer_build=True, allow_inf_nan=False)


class PartialDate(Strict):
    """A date as a document gives it, with its hour where it has one.

    ``exact`` is false where only month or year is known.
    """

    day: date
    exact: bool = True
    time: Time | None = None

    def __str__(self) -> str:
        """ISO day, with the hour where there is one."""
        return self.day.isoformat() + (f" {time_of_day(self.time)}" if self.time else "")

    @property
    def begins(self) -> datetime:
        """The moment from which on, as the first of an interval."""
        return datetime.combine(self.day, self.time or Time())

    @property
    def until(self) -> datetime:
        """The moment before which, as the last of an interval: its hour, or the end of the day."""
        return self.begins if self.time else self.begins + _DAY


def _day(value: Any) -> Any:
    """A date as written: a day, a month or a year."""
    return _read_day(value, Words("date_only"))


def _moment(value: Any) -> Any:
    """A date as written, or a day with its hour; 24:00 is the next day's 0:00."""
    return _read_moment(value, Words("date_or_hour"))


def _end(value: Any) -> Any:
    """The last of an interval as written: a moment, or that the text states none."""
    return value if value in (None, NOT_STATED) else _read_moment(value, Words("date_hour_or_unstated"))


def _read_moment(value: Any, wanted: Words) -> Any:
    match = WITH_HOUR.fullmatch(str(value)) if isinstance(value, str | datetime) else None
    if match is None:
        return _read_day(value, wanted)
    hour, minute = int(match[2]), int(match[3])
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        raise SaidError("date_form", wanted=wanted)
    return {"day": _read_day(match[1], wanted)["day"] + _DAY * (hour // 24), "time": Time(hour % 24, minute)}


def _read_day(value: Any, wanted: Words) -> Any:
    if isinstance(value, dict | PartialDate):
        return value
    said = str(value)
    match = re.fullmatch(r"(\d{4})(?:-(\d{1,2}))?", said)
    try:
        found = date(int(match[1]), int(match[2] or 1), 1) if match else date.fromisoformat(said)
    except ValueError:
        raise SaidError("date_without_year" if _YEARLESS.match(said) else "date_form", wanted=wanted) from None
    if found.year not in _YEARS:
        raise SaidError("date_year", year=found.year, wanted=wanted)
    return {"day": found, "exact": match is None}


AnyDate = Annotated[PartialDate, BeforeValidator(_day)]
AnyMoment = Annotated[PartialDate, BeforeValidator(_moment)]


class Valid(Strict):
    """An interval of days, both inclusive, or from an hour (``from``) or to before one (``to``).

    ``to`` may be ``not stated``.  Whoever asks by the day finds it holding on every day it touches.
    """

    first: AnyMoment | None = Field(default=None, alias="from")
    last: Annotated[PartialDate | Literal["not stated"] | None, BeforeValidator(_end)] = Field(default=None, alias="to")

    @field_validator("first")
    @classmethod
    def _whole_first(cls, value: PartialDate | None) -> PartialDate | None:
        """From 0:00 on is from the day on."""
        return PartialDate(day=value.day) if value and value.time == Time() else value

    @field_validator("last")
    @classmethod
    def _whole_last(cls, value: PartialDate | str | None) -> PartialDate | str | None:
        """To 0:00 is to the end of the day before."""
        midnight = isinstance(value, PartialDate) and value.time == Time()
        return PartialDate(day=value.day - _DAY) if midnight else value  # type: ignore[union-attr]

    @model_validator(mode="after")
    def _ordered(self) -> Valid:
        if self.first and isinstance(self.last, PartialDate) and self.last.until <= self.first.begins:
            raise SaidError("interval_reversed", first=str(self.first), last=str(self.last))
        return self

    @property
    def exact(self) -> bool:
        """Whether both stated ends are known to the day."""
        return all(end.exact for end in (self.first, self.last) if isinstance(end, PartialDate))

    def bounds(self) -> tuple[date, date]:
        """First and last day it touches, open ends as the extreme dates."""
        first = self.first.day if self.first else date.min
        last = self.last.day if isinstance(self.last, PartialDate) else date.max
        return first, last

    def moments(self) -> tuple[datetime, datetime]:
        """The moment it begins and the first after it, open ends as the extreme moments."""
        begins = self.first.begins if self.first else datetime.min
        return begins, self.last.until if isinstance(self.last, PartialDate) else datetime.max

    def holds(self, when: date) -> bool:
        """Whether a moment, or where only a day is given some moment of it, lies in the interval."""
        first, last = self.bounds()
        if not isinstance(when, datetime):
            return first <= when <= last
        if not first <= when.date() <= last:
            return False
        begins, until = self.moments()
        return begins <= when < until

    @property
    def years(self) -> str:
        """The years, or the first and last day, as people name them.

        >>> Valid.model_validate({"from": "2018-09-29", "to": "2020-12-31"}).years
        '2018—2020年'
        """
        if not isinstance(self.last, PartialDate):
            return ""
        first, last = self.first.day if self.first else self.last.day, self.last.day
        if (last.month, last.day) != (12, 31):
            return f"{first}至{last}"
        return f"{last.year}年" if first.year == last.year else f"{first.year}—{last.year}年"

    def within(self, outer: Valid) -> Valid:
        """The interval where it speaks, else the outer one, never reaching beyond it."""
        first = self.first or outer.first
        last = self.last if self.last is not None else outer.last
        if first and outer.first and outer.first.begins > first.begins:
            first = outer.first
        if isinstance(outer.last, PartialDate) and (not isinstance(last, PartialDate) or outer.last.until < last.until):
            last = outer.last
        return Valid.model_construct(first=first, last=last)


def worst(*standings: Standing) -> Standing:
    """The weakest of several standings."""
    return max(standings, key=STANDINGS.index, default="primary")


def best(*standings: Standing) -> Standing:
    """The strongest of several standings."""
    return min(standings, key=STANDINGS.index, default="inferred")


def as_tuple(value: Any) -> Any:
    """A single value where a list is allowed counts as a list of one."""
    return (value,) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(as_tuple)]


def _an_id(value: str) -> str:
    if not re.fullmatch(r"[^\s;/]+", value):
        raise SaidError("rule_id")
    return value


class RuleHead(Strict):
    """What every rule has.

    After loading, ``valid``, ``area`` and ``source`` are never empty: a rule that says
    nothing takes them from its document; ``document`` is filled in by the loader.
    """

    id: Annotated[str, AfterValidator(_an_id), Field(json_schema_extra={"pattern": r"^[^\s;/]+$"})]
    article: str
    title: str
    kind: str
    valid: Valid = Valid.model_construct()  # checked, its model would be made at every start
    area: Names = ()
    source: Standing = "primary"
    #: The year or winter it is made for, where it is not that of the document.
    concerns: Valid | None = None
    note: str = ""
    #: A reading chosen where the clause can be read in two ways.
    interpretation: str = ""
    replaces: Names = ()
    document: str = ""
