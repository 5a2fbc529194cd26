"""The life of a ground: whether on a day a rule is in force, lapsed, succeeded or unconfirmed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from alertengine.rulebook.head import NOT_STATED, PartialDate, RuleHead, Valid
from alertengine.rulebook.measure_text import measure_words
from alertengine.rulebook.measures import Measure
from alertengine.rulebook.schema import Document, LineRule


class RuleState(StrEnum):
    """What a rule is on a day."""

    NOT_YET = "not_yet"  #: its first day is still to come
    UNCONFIRMED = "unconfirmed"  #: its first day is known to the month or year only, which the day lies in
    IN_FORCE = "in_force"
    LAPSED = "lapsed"  #: the year or winter it was made for is over and no end was stated, or its end has passed
    SUCCEEDED = "succeeded"  #: another rule or document took its place


@dataclass(frozen=True, slots=True)
class RuleLife:
    """A state, and the rules or documents it is due to: those that succeeded or continue it."""

    state: RuleState
    by: tuple[str, ...] = ()


#: The layer whose rules carry out a decision on record: that decision binds, whatever became of the document.
_DECIDED: Final = "sanction"


def made_for(rule: RuleHead, document: Document) -> Valid | None:
    """The year or winter a rule with no stated end was made for; None where it names none."""
    concerns = rule.concerns or document.concerns
    open_end = rule.valid.last in (NOT_STATED, None)
    return concerns if concerns and open_end and isinstance(concerns.last, PartialDate) else None


def past_its_year(rule: RuleHead, document: Document, day: date) -> bool:
    """Whether the year or winter a rule with no stated end was made for is over."""
    concerns = made_for(rule, document)
    on = day.date() if isinstance(day, datetime) else day
    return concerns is not None and on > concerns.bounds()[1]


def carries_decision(rule: RuleHead) -> bool:
    """Whether what a rule asks rests on a decision on record."""
    return getattr(rule, "layer", "") == _DECIDED


def as_advice(rule: LineRule, document: Document) -> LineRule:
    """A lapsed rule as what is left of it: advice that names the year it was made for."""
    concerns = made_for(rule, document)
    years = concerns.years if concerns else ""
    asked = "；".join(dict.fromkeys(measure_words(measure) for measure in rule.measures))
    text = f"{document.citation}{rule.article}为{years}制定，有效期未载明，沿用未在案：{asked}"
    return rule.model_copy(update={"measures": (Measure.model_construct(code="lapsed", text=text),)})
