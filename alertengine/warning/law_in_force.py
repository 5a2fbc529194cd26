"""From the rulebook to the laws of a place: which AQI standard and grading hold on which days."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Final, Literal

from alertengine.rulebook import AqiRule, ForecastDuty, GradingRule, Place, Rulebook
from alertengine.vocabulary import InputError, Problem
from alertengine.warning.grade import AirLaw, law

_KINDS: Final = ("aqi", "grading", "continuation")


def laws_of(
    rulebook: Rulebook, place: Place, first: date, last: date, known_on: date | None = None, *, regime: str = ""
) -> tuple[AirLaw, ...]:
    """Return the laws of a place from ``first`` to ``last``, one for each stretch without a change, by the hour.

    ``regime`` names a document whose levels hold on every day and at every place instead of those in force; where it
    does not say how a warning lives or what brings advice only, the rules in force say so, or else those nearest in
    time. Levels in force without a word on the life of a warning take that nearest in time too.
    """
    start, until = datetime.combine(first, time()), datetime.combine(last, time()) + timedelta(days=1)
    cuts = [when for when in _changes(rulebook) if start < when < until]
    out: list[AirLaw] = []
    for begin, end in zip([start, *cuts], [*cuts, until], strict=True):
        standards = [rule for rule in rulebook.in_force("aqi", begin, place, known_on) if isinstance(rule, AqiRule)]
        gradings = _gradings(rulebook.binding("grading", begin, place, known_on))
        if regime:
            gradings = _filled(
                rulebook, regime_rules(rulebook, regime), gradings, begin.date(), known_on, ("life", "advise")
            )
            standards = standards or _nearest_standard(rulebook, begin.date())
        elif any(rule.level for rule in gradings):
            gradings = _filled(rulebook, gradings, [], begin.date(), known_on, ("life",))
        gradings.sort(key=lambda rule: _width(rulebook, rule, place))
        found = law(begin, end, [*standards, *gradings])
        # what changes elsewhere, or of another kind, cuts no run of this place
        same = out and replace(out[-1], until=end) == replace(found, begins=out[-1].begins)
        out = [*out[:-1], replace(out[-1], until=end)] if same else [*out, found]
    return tuple(out)


def regime_rules(rulebook: Rulebook, regime: str) -> list[GradingRule]:
    """The gradings of a document, whatever their dates.

    Raises:
        InputError: no such document, or one without levels.

    """
    rules = [rule for rule in _gradings(rulebook.rules_of("grading")) if rule.document == regime]
    if not any(rule.level for rule in rules):
        said = sorted({rule.document for rule in _gradings(rulebook.rules_of("grading")) if rule.level})
        code = "regime_without_levels" if regime in rulebook.documents else "no_such_regime"
        raise InputError([Problem(code, where="--regime", value=regime, names=said)])
    return rules


def _filled(
    rulebook: Rulebook,
    rules: list[GradingRule],
    in_force: list[GradingRule],
    day: date,
    known_on: date | None,
    wanted: Iterable[Literal["life", "advise"]],
) -> list[GradingRule]:
    """Rules, with what they do not say filled in from those in force, or else from those nearest in time."""
    every = sorted(_gradings(rulebook.rules_of("grading")), key=lambda rule: _distance(rule, day))
    every = [rule for rule in every if rulebook.documents[rule.document].known(known_on)]
    out = list(rules)
    for name in wanted:
        if all(getattr(rule, name) is None for rule in out):
            held = [rule for rule in in_force if getattr(rule, name) is not None]
            near = [rule for rule in every if getattr(rule, name) is not None]
            out += held or [rule for rule in near if rule.document == near[0].document]
    return out


def _gradings(rules: Iterable[object]) -> list[GradingRule]:
    return [rule for rule in rules if isinstance(rule, GradingRule)]


def _nearest_standard(rulebook: Rulebook, day: date) -> list[AqiRule]:
    """The AQI standard nearest in time, for years before any was in force everywhere."""
    rules = [rule for rule in rulebook.rules_of("aqi") if isinstance(rule, AqiRule)]
    return sorted(rules, key=lambda rule: _distance(rule, day))[:1]


def _distance(rule: AqiRule | GradingRule, day: date) -> timedelta:
    """How far a day lies outside a rule's validity."""
    first, last = rule.valid.bounds()
    return max(first - day, day - last, timedelta(0))


def _width(rulebook: Rulebook, rule: GradingRule, place: Place) -> int:
    """How wide the area is by which a rule reaches a place: its own county or city first, the nation last."""
    names = place.names()
    held = rulebook.members(rule)
    return next((step for step, name in enumerate(reversed(names)) if name in held), len(names))


def _changes(rulebook: Rulebook) -> list[datetime]:
    """Every moment at which the set of rules about air may change."""
    rules = [rule for kind in _KINDS for rule in rulebook.rules_of(kind)]
    moments = {moment for rule in rules for moment in rule.valid.moments()}
    moments |= {made.moments()[1] for rule in rules if (made := rulebook.made_for(rule))}
    for document in rulebook.documents.values():
        for repeal in document.replaces:
            begin_of = repeal.first or document.valid.first
            if begin_of:
                moments.add(begin_of.begins)
    return sorted(moments)


def law_on(laws: Sequence[AirLaw], when: datetime) -> AirLaw | None:
    """Return the law of a moment; where it says nothing of the life of a warning, the nearest that does."""

    def distance(one: AirLaw) -> timedelta:
        return max(one.begins - when, when - one.until + datetime.resolution, timedelta(0))

    return min((one for one in laws if one.life), key=distance, default=None)


def forecast_duty(rulebook: Rulebook, day: date) -> tuple[AqiRule, ForecastDuty] | None:
    """Return what a forecast must cover: by the standard in force, else by the first that says so."""
    said = [(r, r.forecast) for r in rulebook.rules_of("aqi") if isinstance(r, AqiRule) and r.forecast]
    return min(said, key=lambda pair: (not pair[0].valid.holds(day), pair[0].valid.bounds()[0]), default=None)
