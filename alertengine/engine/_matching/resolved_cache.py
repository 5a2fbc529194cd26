"""A law at one level and phase: what sets of rules come to there, each set resolved once."""

from __future__ import annotations

from datetime import datetime

from alertengine.engine._resolve import Asked, Resolution, asked_by, resolve_asked
from alertengine.engine.hangs_on import Question, hangs_on
from alertengine.engine.law_of_day import Law
from alertengine.vocabulary import Level


class ResolvedMoment:
    """Resolutions under one law, at one level, with the same hour limits passed."""

    def __init__(self, law: Law, layers: tuple[str, ...], level: Level, hours: float, *, published: bool) -> None:
        """``hours`` since the life of the warning began; ``published`` whether the list is."""
        self.law, self.level = law, level
        self._layers, self._hours, self._published = layers, hours, published
        asked = {name: tuple(asked_by(rule, level)) for name, rule in law.rules.items()}
        self._asked: dict[str, tuple[Asked, ...]] = {name: some for name, some in asked.items() if some}
        self._asking = frozenset(self._asked)
        self._resolutions: dict[frozenset[str], Resolution] = {}
        #: When what binds first ends, by all that it depends on.
        self.expiries: dict[object, datetime | None] = {}
        self._outcomes: dict[frozenset[str], object] = {}
        self._hanging: dict[tuple[Question, tuple[str, ...]], tuple[str, ...]] = {}

    def resolution(self, rules: frozenset[str]) -> Resolution:
        """What a set of rules comes to; those that ask nothing at this level do not matter."""
        rules &= self._asking
        found = self._resolutions.get(rules)
        if found is None:
            found = self._resolutions[rules] = self._resolve(rules)
        return found

    def outcome(self, rules: frozenset[str]) -> object:
        """What tells the orders of two sets of rules apart for who is held to them (``Resolution.signature``)."""
        found = self._outcomes.get(rules)
        if found is None:
            resolution = self._resolutions.get(rules & self._asking) or self._resolve(rules & self._asking)
            found = self._outcomes[rules] = resolution.signature(published=self._published)
        return found

    def hangs_on(self, question: Question, ladder: tuple[str, ...]) -> tuple[str, ...]:
        """List columns the order of a kind of line (at this level) hangs on; ``ladder`` the grades of its industry."""
        found = self._hanging.get((question, ladder))
        if found is None:
            found = self._hanging[question, ladder] = hangs_on(question, self.law.regrade(ladder), self.outcome)
        return found

    def _resolve(self, rules: frozenset[str]) -> Resolution:
        asked = [one for name in sorted(rules) for one in self._asked[name]]
        return resolve_asked(asked, self._layers, self.level, self._hours)
