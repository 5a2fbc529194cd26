"""What the rules in force say for an evening: steps of the procedure, and measures outside production."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from alertengine.documents.open_matters import OpenMatter
from alertengine.documents.pack.evening_pack import Action, Procedure, SignatureLine
from alertengine.rulebook import NATION, DustRule, Place, ProcedureRule, ResponseRule, Rulebook, RuleHead
from alertengine.vocabulary import EVENING_STEP_TEXT as STEP_TEXT
from alertengine.vocabulary import GROUP_TEXT, STANDING_TEXT, number

#: What binds with or without a warning: it stands on task sheets, not in what is said of the evening.
ALWAYS: Final = "常年要求"
#: What stands before how an office is reached.
CONTACT: Final = "联系方式"
#: Groups of measures with their name in the papers.
GROUPS: Final = {"health": "健康防护", "advisory": "倡议性措施", "mandatory": "强制性措施"}
#: Steps of the approval form in their order, and those that are signed.
APPROVAL: Final = ("forecast", "consult", "propose", "review", "approve", "seal", "issue", "publish")
SIGNED: Final = ("propose", "review", "approve", "seal")


@dataclass(frozen=True)
class LawOnDay:
    """The rules in force at a city on a day and level."""

    book: Rulebook
    city: str
    day: date
    level: str
    known_on: date | None = None
    #: The day the warning is issued: what the steps of its procedure are judged by; None: its first day.
    issued: date | None = None

    @property
    def place(self) -> Place:
        """The city as a place."""
        return Place(province=self.book.lists.province_of(self.city), city=self.city, county="")

    def _rules(self, kind: str) -> list[RuleHead]:
        day = self.issued or self.day if kind == "procedure" else self.day
        rules = self.book.binding(kind, day, self.place, self.known_on)
        return [rule for rule in rules if getattr(rule, "speaks_at", lambda _: True)(self.level)]

    def _procedure(self, *, own: bool) -> list[ProcedureRule]:
        """The steps of the procedure; ``own``: by the city's rules alone, not the province's or the nation's."""
        found = [rule for rule in self._rules("procedure") if isinstance(rule, ProcedureRule)]
        return [one for one in found if not own or not self.book.members(one) & {NATION, self.place.province}]

    def steps(self, *wanted: str, own: bool = False) -> tuple[Procedure, ...]:
        """What the rules say of some steps of a warning, in the order of the steps.

        ``own``: the city's rules alone; a wider one names what authorities may or must do in general, which is no
        sentence of the city's notice.
        """
        found = [rule for rule in self._procedure(own=own) if rule.about == "warning"]
        return tuple(self._step(rule) for step in wanted or STEP_TEXT for rule in found if rule.step == step)

    def _step(self, rule: ProcedureRule) -> Procedure:
        standing = STANDING_TEXT[self.book.standing(rule)]
        return Procedure(STEP_TEXT[rule.step], rule.actor, rule.text, _due(rule), self.book.cite(rule), standing)

    def contacts(self) -> tuple[Procedure, ...]:
        """How the city's offices are reached in an evening, by its own rules."""
        found = [rule for rule in self._procedure(own=True) if (rule.step, rule.about) == ("notify", "plan")]
        return tuple(replace(self._step(rule), step=CONTACT) for rule in found)

    def signatures(self) -> tuple[SignatureLine, ...]:
        """Who signs each step by the city's own rules; nobody where none is on file, never another city's."""
        own = [rule for rule in self._procedure(own=True) if rule.about == "warning"]
        out = []
        for step in SIGNED:
            mine = [rule for rule in own if rule.step == step]
            due = "；".join(dict.fromkeys(text for rule in mine if (text := _due(rule))))
            out.append(SignatureLine(STEP_TEXT[step], "、".join(dict.fromkeys(rule.actor for rule in mine)), due))
        return tuple(out)

    def actions(self) -> tuple[tuple[str, Action], ...]:
        """The measures outside production, each with its subject; dust work among them."""
        out = []
        for rule in self._rules("response"):
            if isinstance(rule, ResponseRule):
                group = GROUP_TEXT[rule.group] if rule.levels else ALWAYS
                out.append((rule.about, self._action(rule, group, rule.where, rule.department)))
        dust = [rule for rule in self._rules("dust") if isinstance(rule, DustRule)]
        groups = [GROUP_TEXT["mandatory"] if rule.regime == "warning" else ALWAYS for rule in dust]
        out += [
            ("sites", self._action(rule, group, "", rule.department)) for rule, group in zip(dust, groups, strict=True)
        ]
        return tuple(out)

    def _action(self, rule: RuleHead, group: str, where: str, department: str) -> Action:
        """A measure in the words of its title: the document's own sentence, with its numbers and exceptions."""
        standing = STANDING_TEXT[self.book.standing(rule)]
        return Action(group, rule.title, where, department, self.book.cite(rule), standing)


def _due(rule: ProcedureRule) -> str:
    """The hours of a rule in words; empty where it states none."""
    if rule.within_hours is None:
        return ""
    after = STEP_TEXT.get(str(rule.after), "")
    return f"{after}后{number(rule.within_hours)}小时内"


def groups_without_any(city: str, actions: Sequence[tuple[str, Action]]) -> Iterator[OpenMatter]:
    """The groups of measures that no rule of a city has one of, each as an open matter."""
    for group, name in GROUPS.items():
        if not of_group(actions, group):
            yield OpenMatter.of("not_on_file", about=[city], name=name)


def of_group(actions: Iterable[tuple[str, Action]], group: str) -> tuple[Action, ...]:
    """The measures of a group, each text once."""
    return tuple({one.text: one for _, one in actions if one.group == GROUP_TEXT[group]}.values())
