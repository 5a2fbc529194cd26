"""The city-wide reduction a level requires, by the law of the day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from alertengine.rulebook import Place, RatioRule, Rulebook, RuleHead
from alertengine.vocabulary import POLLUTANTS, InputError, Level, Problem


@dataclass(frozen=True, slots=True)
class Required:
    """A required share of whole-society emission, 0 to 1, and the rule that asks for it."""

    share: float
    rule: str
    basis: str


def required_ratios(
    book: Rulebook, place: Place, when: date, level: Level, known_on: date | None = None, *, document: str = ""
) -> dict[str, Required]:
    """The strictest required share of each pollutant at a place, moment (or day) and level; absent where none is asked.

    ``document`` names one whose ratios are supposed to hold instead of those in force; of a pollutant that it does not
    speak of, those in force stay.

    Raises:
        InputError: that document says no ratio.

    """
    out: dict[str, Required] = {}
    if level is Level.NONE:
        return out
    supposed = [rule for rule in supposed_ratios(book, document) if isinstance(rule, RatioRule)] if document else []
    named = {pollutant for rule in supposed for shares in rule.required.values() for pollutant in shares}
    for rule in (*supposed, *book.binding("ratio", when, place, known_on)):
        if not isinstance(rule, RatioRule):
            continue
        for pollutant, share in _asked(rule, level).items():
            if pollutant in named and rule not in supposed:
                continue
            if pollutant not in out or share > out[pollutant].share:
                out[pollutant] = Required(share, rule.id, book.cite(rule, when))
    return {pollutant: out[pollutant] for pollutant in POLLUTANTS if pollutant in out}


def supposed_ratios(book: Rulebook, document: str) -> list[RuleHead]:
    """The ratios of a document, whatever its dates and area.

    Raises:
        InputError: that document says none.

    """
    rules = [rule for rule in book.rules_of("ratio") if rule.document == document]
    if not rules:
        raise InputError(
            [
                Problem(
                    "no_ratio_in_document",
                    where="ratio",
                    value=document,
                    documents=sorted({rule.document for rule in book.rules_of("ratio")}),
                )
            ]
        )
    return rules


def _asked(rule: RatioRule, level: Level) -> dict[str, float]:
    """The shares a rule asks for at a level."""
    return next((shares for name, shares in rule.required.items() if name == level.value), {})
