"""Rules about acts beside the production line: sites, targets, evidence, penalties, procedure, city-wide response.

They are data like every other rule; this room only says what each must look like.  The
numbers stand in ``rules/`` with their unit in the name of the key, so that the rooms that
inspect, evaluate and print can compute with them instead of reading prose.  Nothing here
decides about a person: a penalty is always a proposal.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from alertengine.rulebook.air import WarningLevel
from alertengine.rulebook.evidence import Baseline, ElectricityDrop, EvidenceKind, Share
from alertengine.rulebook.head import Names, RuleHead, Strict, as_tuple
from alertengine.vocabulary import BREACHES, ENTERPRISE_FLAGS, MOST_HOURS, Regime, SaidError

Positive = Annotated[float, Field(gt=0)]
Hours = Annotated[float, Field(gt=0, le=MOST_HOURS)]
#: Pollutants of a stack or of the air that a finding may be about.
Pollutant = Literal["so2", "nox", "pm", "vocs"]
_WINDOW = re.compile(r"([01]\d|2[0-4]):[0-5]\d-([01]\d|2[0-4]):[0-5]\d")


def _window(value: str) -> str:
    if value and (not _WINDOW.fullmatch(value) or value[:5] == value[6:]):
        raise SaidError("window_form")
    return value


Window = Annotated[str, BeforeValidator(_window)]


class ActRule(RuleHead):
    """What all of these rules have: the warning levels they hold at (none: whatever the level, or without one)."""

    levels: Annotated[tuple[WarningLevel, ...], BeforeValidator(as_tuple)] = ()

    @field_validator("levels")
    @classmethod
    def _once(cls, levels: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(levels)) != len(levels):
            raise SaidError("level_twice")
        return levels

    def speaks_at(self, level: str) -> bool:
        """Whether the rule holds at a level; a rule that names none holds at every one."""
        return not self.levels or level in self.levels


class Bound(Strict):
    """A number to compare with: ``ge`` (达到, 及以上) or ``gt`` (超过, 大于), exactly one."""

    ge: Positive | None = None
    gt: Positive | None = None

    @model_validator(mode="after")
    def _one(self) -> Bound:
        if (self.ge is None) == (self.gt is None):
            raise SaidError("either_or", names=["ge", "gt"])
        return self

    def passed(self, value: float) -> bool:
        """Whether a value reaches (``ge``) or exceeds (``gt``) the number."""
        return value >= self.ge if self.ge is not None else value > (self.gt or 0)


class DustRule(ActRule):
    """A site-hour: an hourly mean at a site (µg/m³) at which dust work stops at once."""

    kind: Literal["dust"]
    regime: Regime = "warning"
    pollutant: Literal["pm10", "pm25"]
    hourly_ug_m3: Bound
    #: What the site must do, and what follows where it refuses.
    text: str = Field(min_length=1)
    refusal: str = ""
    department: str = ""


# -- targets

#: What a target counts, and the unit of its numbers.
TARGET_UNITS: Final = {
    "pm25_mean": "µg/m³",
    "so2_mean": "µg/m³",
    "good_days": "天",
    "heavy_days": "天",
    "composite_index": "",
    "dustfall": "吨/月·平方公里",
}
TargetOf = Literal["pm25_mean", "so2_mean", "good_days", "heavy_days", "composite_index", "dustfall"]
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Goal:
    """One number of a target table: place, first and last day, and the number to reach."""

    place: str
    first: date
    last: date
    value: float


def period_of(text: str) -> tuple[date, date]:
    """First and last day of ``2020-10`` or ``2020-10..2020-12``.

    Raises:
        ValueError: neither a month nor two months in order.

    """
    months = text.split("..")
    if len(months) > 2 or not all(_MONTH.fullmatch(month) for month in months):
        raise SaidError("period_form", found=text)
    first = date.fromisoformat(f"{months[0]}-01")
    end = date.fromisoformat(f"{months[-1]}-01")
    if end < first:
        raise SaidError("period_reversed", found=text)
    return first, end.replace(day=calendar.monthrange(end.year, end.month)[1])


class TargetRule(ActRule):
    """Concentrations or days to reach, as the document prints them: one row a place, one column a period.

    ``at_most`` and ``at_least`` bound the number itself, ``fall_at_least`` the share by which it
    falls against the same period a year before.
    """

    kind: Literal["target"]
    of: TargetOf
    bound: Literal["at_most", "at_least", "fall_at_least"]
    per: Literal["city", "county", "station", "area"]
    #: ``binding`` (约束性), ``sought`` (争取性、力争性).
    force: Literal["binding", "sought"] = "binding"
    periods: Annotated[tuple[str, ...], Field(min_length=1)]
    rows: Annotated[tuple[tuple[str | float, ...], ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _table(self) -> TargetRule:
        for period in self.periods:
            period_of(period)
        places = [row[0] if row else "" for row in self.rows]
        if len(set(places)) != len(places) or not all(isinstance(place, str) and place for place in places):
            raise SaidError("target_places")
        for row in self.rows:
            if len(row) != len(self.periods) + 1 or not all(isinstance(cell, float) and cell >= 0 for cell in row[1:]):
                raise SaidError("target_numbers", place=row[0], count=len(self.periods))
            if self.bound == "fall_at_least" and not all(0 < float(cell) <= 1 for cell in row[1:]):
                raise SaidError("target_share", place=row[0])
        if self.bound == "at_least" and self.of != "good_days":
            raise SaidError("target_upward")
        return self

    @property
    def unit(self) -> str:
        """The unit of the numbers; empty for shares and indices."""
        return "" if self.bound == "fall_at_least" else TARGET_UNITS[self.of]

    def goals(self) -> Iterator[Goal]:
        """Every number of the table with its place and days."""
        for row in self.rows:
            for period, value in zip(self.periods, row[1:], strict=True):
                yield Goal(str(row[0]), *period_of(period), float(value))


# -- evidence and penalties


class EvidenceRule(ActRule):
    """What a kind of evidence is worth: ``reference`` makes a suspicion, ``valid`` may ground a finding.

    ``of`` says what it is evidence of; ``threshold`` only where a document gives one; ``baseline`` how days
    are compared.  ``only_marked``: what is valid is only what the data itself marks as valid.
    """

    kind: Literal["evidence"]
    evidence: EvidenceKind
    weighs: Literal["reference", "valid"]
    of: tuple[Literal["production", "treatment", "staggering", "emission", "transport", "dust", "records"], ...] = ()
    #: Whose records: an empty list is everyone's.
    sectors: Names = ()
    threshold: ElectricityDrop | None = None
    baseline: Baseline | None = None
    only_marked: bool = False
    retention_days: Annotated[int, Field(gt=0)] | None = None
    text: str = ""

    @model_validator(mode="after")
    def _electric(self) -> EvidenceRule:
        if self.threshold is not None and self.evidence != "electricity":
            raise SaidError("threshold_of_electricity")
        if not self.of and self.retention_days is None and self.baseline is None:
            raise SaidError("evidence_empty")
        if self.baseline is not None and self.weighs == "valid":
            raise SaidError("baseline_weighs")
        return self


class Fine(Strict):
    """A fine in yuan, both ends inclusive."""

    at_least_yuan: Positive
    at_most_yuan: Positive

    @model_validator(mode="after")
    def _ordered(self) -> Fine:
        if self.at_most_yuan < self.at_least_yuan:
            raise SaidError("fine_reversed")
        return self


#: Breaches that rules of 0.1.0 may name and no evidence shows: such rules are read and propose nothing.
_UNSHOWN: Final = ("unauthorised_warning",)


class PenaltyRule(ActRule):
    """What a document says of a breach: always a proposal to a person, never a conclusion."""

    kind: Literal["penalty"]
    breach: str
    outcome: Literal["stop_for_treatment", "stop", "fine", "by_law", "referral", "correct", "downgrade", "delist"]
    #: The proposal as it is put to a person.
    proposal: str = Field(min_length=1)
    department: str = ""
    pollutants: tuple[Pollutant, ...] = ()
    #: Measured value as a multiple of the limit; ``times_limit_other`` is the reading not chosen, shown beside it.
    times_limit: Bound | None = None
    times_limit_other: Bound | None = None
    #: Penalties decided in so many months before the breach, at least so many, for these breaches (none: for any).
    repeat_within_months: Annotated[int, Field(gt=0)] | None = None
    repeat_at_least: Annotated[int, Field(gt=0)] = 1
    repeat_of: Names = ()
    #: Yes-or-no columns of the enterprise that must say yes.
    needs: Names = ()
    in_warning: bool = False
    #: Also needed, in words: what no record of ours can settle.
    also: str = ""
    fine: Fine | None = None

    @model_validator(mode="after")
    def _sound(self) -> PenaltyRule:
        for name in (self.breach, *self.repeat_of):
            if name not in BREACHES and (name != self.breach or name not in _UNSHOWN):
                raise SaidError("breach_unknown", found=name, names=BREACHES)
        for name in self.needs:
            if name not in ENTERPRISE_FLAGS:
                raise SaidError("when_not_one_of", found=repr(name), names=ENTERPRISE_FLAGS)
        if not self.proposal.startswith("建议"):
            raise SaidError("penalty_proposal")
        if (self.fine is not None) != (self.outcome == "fine"):
            raise SaidError("fine_and_outcome")
        if self.times_limit_other is not None and (self.times_limit is None or not self.interpretation):
            raise SaidError("other_reading")
        return self


# -- procedure and response

Step = Literal[
    "forecast", "consult", "propose", "review", "approve", "issue", "publish", "notify", "start", "stop_in_place",
    "supervise", "raise", "lower", "extend", "lift", "report", "evaluate", "archive", "seal", "plan", "revise_list",
    "advise_early", "seek_remedy",
]  # fmt: skip


class ProcedureRule(ActRule):
    """A step of the procedure: who does it, by when, with what remedy.

    ``within_hours`` counts from ``after`` (a step); ``ahead_hours`` before the start of the warning;
    ``by`` is a day that recurs each year (MM-DD); ``about`` what is proposed, approved, issued, archived:
    who issues a ``warning`` and who gives an ``order`` to an enterprise are two questions;
    ``retention_days`` how long what is archived must be kept.
    """

    kind: Literal["procedure"]
    step: Step
    about: Literal["warning", "order", "list", "plan", "grade"] = "warning"
    actor: str = Field(min_length=1)
    text: str = Field(min_length=1)
    after: Step | None = None
    within_hours: Hours | None = None
    ahead_hours: Hours | None = None
    by: str = ""
    retention_days: Annotated[int, Field(gt=0)] | None = None
    remedy: str = ""

    @model_validator(mode="after")
    def _timed(self) -> ProcedureRule:
        if self.retention_days is not None and self.step != "archive":
            raise SaidError("retention_of_archive")
        if self.within_hours is not None and self.after is None:
            raise SaidError("within_hours_after")
        if self.after == self.step:
            raise SaidError("after_itself")
        if self.by:
            try:
                date.fromisoformat(f"2000-{self.by}")
            except ValueError:
                raise SaidError("month_day") from None
        return self


class Vehicles(Strict):
    """Vehicles or machinery a measure is about.

    ``stage_at_most`` 4: 国四及以下 (machinery: 国二 is 2); ``cut`` the share fewer of those it names, where
    they are not banned outright; ``trips_per_day`` only users with so many vehicle movements a day.
    """

    stage_at_most: Annotated[int, Field(ge=0, le=6)] | None = None
    stage: Annotated[int, Field(ge=0, le=6)] | None = None
    classes: Names = ()
    fuels: Names = ()
    total: bool = False
    cut: Share | None = None
    trips_per_day: Bound | None = None
    spared: Names = ()

    @model_validator(mode="after")
    def _some(self) -> Vehicles:
        if self.stage is not None and self.stage_at_most is not None:
            raise SaidError("either_or", names=["stage", "stage_at_most"])
        if self.stage is None and self.stage_at_most is None and not self.classes and not self.total:
            raise SaidError("vehicles_none")
        return self


class ResponseRule(ActRule):
    """A city-wide measure outside production: health, advisory or mandatory, by level.

    ``sprinklings_more`` and ``last_bus_minutes_more`` are counts a day and minutes; ``humidity_below_pct``
    bounds when sprinkling is asked.
    """

    kind: Literal["response"]
    group: Literal["health", "advisory", "mandatory"]
    about: Literal[
        "public", "schools", "events", "work", "transit", "vehicles", "machinery", "slag_trucks", "sites", "mines",
        "roads", "burning", "projects",
    ]  # fmt: skip
    text: str = Field(min_length=1)
    department: str = ""
    where: str = ""
    daily: Window = ""
    vehicles: Vehicles | None = None
    sprinklings_more: Annotated[int, Field(gt=0)] | None = None
    humidity_below_pct: Annotated[float, Field(gt=0, le=100)] | None = None
    last_bus_minutes_more: Annotated[int, Field(gt=0)] | None = None
    spared: Names = ()

    @model_validator(mode="after")
    def _moving(self) -> ResponseRule:
        if self.vehicles is not None and self.about not in ("vehicles", "machinery", "slag_trucks"):
            raise SaidError("vehicles_elsewhere")
        return self


ACT_KINDS: Final[dict[str, type[RuleHead]]] = {
    "dust": DustRule,
    "target": TargetRule,
    "evidence": EvidenceRule,
    "penalty": PenaltyRule,
    "procedure": ProcedureRule,
    "response": ResponseRule,
}
