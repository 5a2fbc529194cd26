"""Remarks of an order, each with its flag."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from alertengine.engine import LAPSED
from alertengine.rulebook import Measure, Place, Rulebook, RuleHead
from alertengine.vocabulary import FLAG_TEXT, MEASURES, Flag, not_official


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence of a remark, and the flag that it spells out; None where it only informs."""

    flag: Flag | None
    text: str


#: How a remark begins that tells what a lapsed document once asked.
ADVISED_ONCE: Final = f"{MEASURES[LAPSED].text}："


def source_notes(
    book: Rulebook, names: Iterable[str], day: date, standing: str, place: Place | None = None
) -> list[Note]:
    """What is to be remarked on the texts of some rules on a day: no lift, no end, not read in an official source.

    Where no place is given, a rule that is continued anywhere counts as continued.
    """
    rules = [book.rules[name] for name in names]
    out = [Note(None, text) for text in [lift_unknown(book, rules, day)] if text]
    if any(book.overdue(rule, day) and not book.continuations(rule, day, place=place) for rule in rules):
        out.append(Note(Flag.END_NOT_STATED, FLAG_TEXT[Flag.END_NOT_STATED]))
    if standing not in ("", "primary"):
        periods = sorted({getattr(rule, "during", "") for rule in rules} - {""})
        out.append(Note(Flag.NOT_OFFICIAL, not_official(standing, periods)))
    return out


def lift_unknown(book: Rulebook, rules: Iterable[RuleHead], day: date) -> str:
    """What is to be said on a day of rules of one episode whose lift is not on record; blank where there are none."""
    since = [rule.valid.bounds()[0] for rule in rules if book.lift_unknown(rule, day)]
    return f"{min(since)}起的响应解除未在案，当日是否仍在执行须核对" if since else ""


def advice_note(measure: Measure) -> Note:
    """What a rule advises; of one past its year that nobody continued, what it asked while it bound."""
    if measure.code == LAPSED:
        return Note(Flag.END_NOT_STATED, f"{ADVISED_ONCE}{measure.text}")
    return Note(None, f"建议：{measure.text}")
