"""Resolving: from the rules that matched a line to what it must do, and what was set aside.

Layers are resolved within each regime and track, the strictest measure of one kind wins within the layer, ``stop``
absorbs the others; then the regimes are merged and all hold. A resolution depends only on the set of matched rules, the
hours since the warning's start and the level: a few hundred of them serve a million lines.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from alertengine.rulebook import LineRule, Measure
from alertengine.vocabulary import REGIMES, Level, Regime, Status

#: Measures that ask for nothing themselves: what they leave is a status.
_STATES = ("exempt", "none", "self_directed", "refer")
#: Measures ordered for an enterprise and obeyed by chosen lines.
ALLOTTED = ("stop_share", "stop_units")
LOWER_LAYER, LESS_STRICT, ABSORBED, NOT_ACTIVE = "lower_layer", "less_strict", "absorbed", "not_active"
#: A measure against adverse weather while a colour holds, which takes its place.
UNDER_WARNING = "under_warning"
#: A rule past its year that nobody continued: all that is left of it is advice.
LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Asked:
    """A measure and the rule that asks for it, in a regime."""

    rule: LineRule
    measure: Measure
    regime: Regime


@dataclass(frozen=True, slots=True)
class SetAside:
    """A rule that matched and does not bind, and why; ``by`` names what prevailed."""

    rule: str
    why: str
    by: str


@dataclass(frozen=True, slots=True)
class RegimeResult:
    """What one regime asks of a line's production.

    ``referred``: nothing but a plan that is not on file; ``left``: what a document beside the measures asked leaves
    to such a plan, so that they are a lower bound.
    """

    regime: Regime
    status: Status
    asked: tuple[Asked, ...] = ()
    ground: tuple[Asked, ...] = ()
    referred: bool = False
    left: tuple[Asked, ...] = ()

    @property
    def at_least(self) -> bool:
        """Whether what is asked is a lower bound."""
        return bool(self.left)


@dataclass(slots=True, eq=False)
class Resolution:
    """What binds a line: production measures, transport, advice, grounds and what was set aside.

    Each is made once in a moment of the law; two are the same where they are one object.
    """

    status: Status
    production: tuple[Asked, ...]
    transport: tuple[Asked, ...]
    advice: tuple[Asked, ...]
    grounds: tuple[Asked, ...]
    set_aside: tuple[SetAside, ...]
    regimes: dict[Regime, RegimeResult] = field(default_factory=dict)
    #: Share orders that a full stop or a stricter share order took the place of: the line counts in their population.
    counted: tuple[Asked, ...] = ()

    @property
    def referred(self) -> bool:
        """Whether the warning regime leaves the line to the city's plan."""
        result = self.regimes.get("warning")
        return result is not None and result.referred

    def rule_ids(self) -> tuple[str, ...]:
        """The rules that bind, in a stable order."""
        return tuple(
            dict.fromkeys(
                asked.rule.id
                for asked in (*self.production, *self.grounds, *self.transport, *self.advice)
                if asked.measure.code != LAPSED
            )
        )

    def _reasons(self) -> frozenset[str]:
        """To whom an undetermined line is left, or by what an exempt one is exempt, in the rules' words."""
        if self.status is Status.UNDETERMINED:
            return frozenset(asked.measure.text for asked in self.grounds if asked.measure.code == "refer")
        exempt = self.grounds if self.status is Status.EXEMPT else ()
        return frozenset(asked.measure.text or asked.rule.title for asked in exempt)

    def signature(self, *, published: bool = False) -> tuple[object, ...]:
        """What a person held to the order can tell apart: status, measures, transport.

        Under a published list, whose measures take the place of the warning's, what binds without one counts apart.
        """
        warning = self.regimes.get("warning")
        others = [result for name, result in self.regimes.items() if name != "warning"]
        apart = (
            frozenset(asked.measure for asked in merged(a for result in others for a in result.asked)),
            any(result.status is Status.ORDERED for result in others),
        )
        return (
            self.status,
            self._reasons(),
            frozenset(asked.measure for asked in merged(self.production)),
            frozenset(asked.measure for asked in self.transport),
            (warning.status, warning.referred) if warning else None,
            frozenset(name for name, result in self.regimes.items() if result.at_least),
            apart if published else None,
        )


def resolve(rules: Iterable[LineRule], layers: tuple[str, ...], level: Level, hours: float) -> Resolution:
    """What the matched rules ask at a level, ``hours`` after the first start of the warning's life.

    Args:
        rules: the rules that surely hold for the line and are in force.
        layers: names of the layers, highest first.
        level: the warning level, ``none`` without one.
        hours: hours since the life of the warning began.

    """
    ordered = sorted(rules, key=lambda rule: rule.id)
    return resolve_asked([asked for rule in ordered for asked in asked_by(rule, level)], layers, level, hours)


def asked_by(rule: LineRule, level: Level) -> tuple[Asked, ...]:
    """What a rule asks for at a level, whatever the hour."""
    return tuple(
        Asked(rule, measure, regime)
        for regime in rule.regimes
        if regime != "warning" or level in rule.levels
        for measure in rule.measures
    )


def resolve_asked(asked: list[Asked], layers: tuple[str, ...], level: Level, hours: float) -> Resolution:
    """:func:`resolve` of what the rules ask for, in the order of their ids."""
    bind_here = {a.rule.id for a in asked if a.measure.code != LAPSED}
    asked = [a for a in asked if a.measure.code != LAPSED or a.rule.id not in bind_here]  # continued here: no advice
    aside: list[SetAside] = [SetAside(a.rule.id, NOT_ACTIVE, "") for a in asked if not a.measure.active(hours)]
    aside += [SetAside(a.rule.id, LAPSED, "") for a in asked if a.measure.code == LAPSED]
    asked = _standing_alone([a for a in asked if a.measure.active(hours)])
    asked = _absorbed_by_colour(asked, level, aside)
    asked = _livelihood_first(asked, level, aside)
    results: dict[Regime, RegimeResult] = {}
    transport: list[Asked] = []
    counted: list[Asked] = []
    for regime in REGIMES:
        if regime == "warning" and level is Level.NONE:
            continue
        inside = [a for a in asked if a.regime == regime]
        if regime == "adverse_weather" and not inside:
            continue
        production = _top_layer([a for a in inside if a.measure.track == "production"], layers, aside)
        results[regime] = _regime_result(regime, production, aside)
        counted += _counted(inside, production, results[regime])
        transport += _strictest(_top_layer([a for a in inside if a.measure.track == "transport"], layers, aside), aside)
    statuses = [result.status for result in results.values()]
    binding = tuple(a for result in results.values() for a in result.asked)
    grounds = tuple(a for result in results.values() for a in result.ground)
    kept = _absorb_transport(transport, aside)
    bound = {a.rule.id for a in (*binding, *grounds, *kept)}
    return Resolution(
        status=next((status for status in Status if status in statuses), Status.NONE),
        production=binding,
        transport=tuple(kept),
        advice=tuple(a for a in asked if a.measure.track == "advice"),
        grounds=grounds,
        set_aside=tuple(dict.fromkeys(s for s in aside if s.rule not in bound)),
        regimes=results,
        counted=tuple(counted),
    )


def with_lower(own: Resolution, lower: Resolution) -> Resolution:
    """What a line is bound to whose level says nothing of production and a lower one does.

    Production is the lower level's; what both ask of transport and advise holds together.
    """
    aside = [*own.set_aside, *lower.set_aside]
    transport = tuple(dict.fromkeys((*own.transport, *lower.transport)))
    kept = _absorb_transport(_strictest(list(transport), aside), aside)
    bound = {one.rule.id for one in (*lower.production, *lower.grounds, *kept)}
    return replace(
        lower,
        transport=tuple(kept),
        advice=tuple(dict.fromkeys((*own.advice, *lower.advice))),
        set_aside=tuple(dict.fromkeys(one for one in aside if one.rule not in bound)),
    )


def _counted(inside: list[Asked], top: list[Asked], result: RegimeResult) -> list[Asked]:
    """Share orders of a regime in whose place a full stop stands, or of its ``top`` layer a stricter share order."""
    whole = any(a.measure.code == "stop" and not a.measure.daily for a in result.asked)
    return [a for a in (inside if whole else top) if a.measure.code in ALLOTTED and a not in result.asked]


def _standing_alone(asked: list[Asked]) -> list[Asked]:
    """Drop measures that hold on top of another rule which does not hold."""
    present = {a.rule.id for a in asked if a.measure.code != LAPSED}
    return [a for a in asked if not a.measure.on_top_of or present.intersection(a.measure.on_top_of)]


def _absorbed_by_colour(asked: list[Asked], level: Level, aside: list[SetAside]) -> list[Asked]:
    """Set the measures against adverse weather aside while a colour holds: its own take their place."""
    if level is Level.NONE:
        return asked
    aside += [SetAside(a.rule.id, UNDER_WARNING, "") for a in asked if a.regime == "adverse_weather"]
    return [a for a in asked if a.regime != "adverse_weather"]


def _livelihood_first(asked: list[Asked], level: Level, aside: list[SetAside]) -> list[Asked]:
    """Set the sanctions of every regime aside where livelihood is protected in one: the conflict is a person's."""
    speaking = [a for a in asked if a.measure.track == "production" and (a.regime != "warning" or level != Level.NONE)]
    protecting = next((a for a in speaking if a.rule.layer == "livelihood"), None)
    if protecting is None:
        return asked
    aside += [SetAside(a.rule.id, LOWER_LAYER, protecting.rule.id) for a in speaking if a.rule.layer == "sanction"]
    return [a for a in asked if a.rule.layer != "sanction" or a not in speaking]


def _top_layer(asked: list[Asked], layers: tuple[str, ...], aside: list[SetAside]) -> list[Asked]:
    """The measures of the highest layer; the lower ones are set aside, but those it does not reach."""
    if not asked:
        return []
    top = min(layers.index(a.rule.layer) for a in asked)
    winners = [a for a in asked if layers.index(a.rule.layer) == top]
    lower = [a for a in asked if layers.index(a.rule.layer) > top]
    beyond = [a for a in lower if all(w.rule.lifts and a.rule.document not in w.rule.lifts for w in winners)]
    aside += [SetAside(a.rule.id, LOWER_LAYER, winners[0].rule.id) for a in lower if a not in beyond]
    return winners + _top_layer(beyond, layers, aside)


def _regime_result(regime: Regime, asked: list[Asked], aside: list[SetAside]) -> RegimeResult:
    """What the top layer of one regime asks of production, and the status it gives."""
    real = [a for a in asked if a.measure.code not in _STATES]
    states = [a for a in asked if a.measure.code in _STATES]
    if real:
        binding = tuple(_strictest(real, aside))
        whole = any(a.measure.code == "stop" and not a.measure.daily for a in binding)
        left = [] if whole else [a for a in states if a.measure.code == "refer"]
        aside += [SetAside(a.rule.id, LESS_STRICT, real[0].rule.id) for a in states]
        return RegimeResult(regime, Status.ORDERED, binding, left=tuple(left))
    nothing = Status.UNDETERMINED if regime == "warning" else Status.NONE
    if not states:
        return RegimeResult(regime, nothing)
    codes = {a.measure.code for a in states}
    if "self_directed" in codes:
        return RegimeResult(regime, Status.SELF_DIRECTED, ground=tuple(states))
    if "exempt" in codes:
        return RegimeResult(regime, Status.EXEMPT, ground=tuple(states))
    if "none" in codes:
        lifted = any(a.measure.code == "none" and a.rule.layer != "measure" for a in states)
        return RegimeResult(regime, Status.EXEMPT if lifted else Status.ORDERED, ground=tuple(states))
    return RegimeResult(regime, Status.UNDETERMINED, ground=tuple(states), referred=True)


def stricter(one: Measure, other: Measure) -> bool:
    """Whether ``one`` asks at least as much as ``other`` of the same key."""
    if one.share is not None and other.share is not None:
        return one.share >= other.share
    if one.hours is not None and other.hours is not None:
        return one.hours >= other.hours
    if one.amount is not None and other.amount is not None:
        return one.amount >= other.amount if one.code == "stop_units" else one.amount <= other.amount
    if one.caps and other.caps:
        caps = dict(other.caps)
        return set(dict(one.caps)) == set(caps) and all(value <= caps[name] for name, value in one.caps)
    return one == other or one.code == "stop"


def _strictest(asked: list[Asked], aside: list[SetAside]) -> list[Asked]:
    """The strictest of each kind; ``stop`` absorbs all that holds no longer than itself."""
    kept: list[Asked] = []
    for candidate in asked:
        rivals = [a for a in kept if a.measure.key() == candidate.measure.key()]
        if any(stricter(a.measure, candidate.measure) and a.measure != candidate.measure for a in rivals):
            aside.append(SetAside(candidate.rule.id, LESS_STRICT, rivals[0].rule.id))
            continue
        for weaker in [a for a in rivals if stricter(candidate.measure, a.measure) and a.measure != candidate.measure]:
            kept.remove(weaker)
            aside.append(SetAside(weaker.rule.id, LESS_STRICT, candidate.rule.id))
        kept.append(candidate)
    stops = [a for a in kept if a.measure.code == "stop"]
    for stop in stops:
        for other in [a for a in kept if a.measure.code != "stop" and a.measure.track == "production"]:
            if stop.measure.daily in ("", other.measure.daily):
                kept.remove(other)
                aside.append(SetAside(other.rule.id, ABSORBED, stop.rule.id))
    return kept


def _absorb_transport(asked: list[Asked], aside: list[SetAside]) -> list[Asked]:
    """A total ban absorbs every narrower one of the same hours."""
    kept = []
    for one in asked:
        over = next((a for a in asked if a.measure.total and a.measure.daily in ("", one.measure.daily)), None)
        if over is None or one.measure.total:
            kept.append(one)
        else:
            aside.append(SetAside(one.rule.id, ABSORBED, over.rule.id))
    return kept


def merged(asked: Iterable[Asked]) -> list[Asked]:
    """The measures of all regimes as they are carried out: the strictest of each kind once."""
    seen: dict[Measure, Asked] = {}
    for one in _strictest(list(asked), []):
        seen.setdefault(one.measure, one)
    return list(seen.values())
