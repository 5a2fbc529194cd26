"""From the rulebook to the laws of a place: which AQI standard and grading hold on which days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from alertengine.rulebook.air import AqiRule, ForecastDuty, GradingRule
from alertengine.rulebook.book import Rulebook
from alertengine.rulebook.openlists import Place
from alertengine.warning.grade import Law, law

_KINDS: Final = ("aqi", "grading")


def laws_of(rulebook: Rulebook, place: Place, first: date, last: date, known_on: date | None = None) -> tuple[Law, ...]:
    """Return the laws of a place from ``first`` to ``last``, one for each stretch without a change."""
    cuts = [day for day in _change_days(rulebook) if first < day <= last]
    begins = [first, *cuts]
    ends = [*(day - timedelta(days=1) for day in cuts), last]
    out = []
    for begin, end in zip(begins, ends, strict=True):
        rules = [rule for kind in _KINDS for rule in rulebook.in_force(kind, begin, place, known_on)]
        out.append(law(begin, end, [rule for rule in rules if isinstance(rule, (AqiRule, GradingRule))]))
    return tuple(out)


def _change_days(rulebook: Rulebook) -> list[date]:
    """Every day on which the set of rules about air may change."""
    days: set[date] = set()
    for kind in _KINDS:
        for rule in rulebook.rules_of(kind):
            begin, end = rule.valid.bounds()
            days |= {begin} | ({end + timedelta(days=1)} if end < date.max else set())
    for document in rulebook.documents.values():
        for repeal in document.replaces:
            begin_of = repeal.first or document.valid.first
            if begin_of:
                days.add(begin_of.day)
    return sorted(days)


def law_on(laws: Sequence[Law], day: date) -> Law | None:
    """Return the law of a day; where it says nothing of the life of a warning, the nearest that does."""
    with_life = [one for one in laws if one.life]
    return min(with_life, key=lambda one: max(one.first - day, day - one.last, timedelta(0)), default=None)


def forecast_duty(rulebook: Rulebook, day: date) -> tuple[AqiRule, ForecastDuty] | None:
    """Return what a forecast must cover: by the standard in force, else by the first that says so."""
    said = [(r, r.forecast) for r in rulebook.rules_of("aqi") if isinstance(r, AqiRule) and r.forecast]
    return min(said, key=lambda pair: (not pair[0].valid.holds(day), pair[0].valid.bounds()[0]), default=None)
