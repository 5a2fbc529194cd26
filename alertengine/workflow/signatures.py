"""Who drafted, reviewed and approved an act, and within which hours, against what the procedure on file says.

The rules of kind ``procedure`` that are in force there and then name who does a step and within which hours; the
step says which signature it is.  Where none is on file for a city it is missing: no other city's procedure takes
its place.  A step whose time was not stated is not judged: nothing is made up, and nothing held against anybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise
from typing import Any, Final

import pandas as pd

from alertengine.orders import decisions
from alertengine.rulebook import ProcedureRule, Rulebook, place_of
from alertengine.vocabulary import LEVEL_TEXT, Both, InputError, Level, Problem, to_minute
from alertengine.vocabulary import STEP_TEXT as STEP_OF_RULE_TEXT

#: The step of the procedure that each signature is.
STEPS: Final = {"drafted_by": "propose", "reviewed_by": "review", "approved_by": "approve"}
OPTION: Final = {name: "--" + name.replace("_", "-") for name in STEPS}


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature: the office, empty where none was given, and the name."""

    office: str
    name: str

    @classmethod
    def read(cls, text: str) -> Signed:
        """``市长 某某`` as office and name; one word is a name."""
        office, _, name = text.strip().rpartition(" ")
        return cls(office.strip(), name)


@dataclass(frozen=True, slots=True)
class StepFinding:
    """A step of the procedure at a city and level: ``meets``, ``differs`` or ``missing`` (nothing on file)."""

    city: str
    level: str
    step: str
    role: str
    verdict: str
    given: str
    actor: str = ""
    rule: str = ""
    basis: str = ""
    standing: str = ""

    def problem(self, file: str) -> Problem:
        """What a person reads."""
        where = Both(f"{self.city}, {self.level} warning", f"{self.city}{LEVEL_TEXT[self.level]}预警")
        if self.verdict == "missing":
            return Problem("no_procedure", file=file, column=self.role, place=where, step=_step(self.step))
        words: dict[str, Any] = {"place": where, "step": _step(self.step), "basis": self.basis, "actor": self.actor}
        return Problem("signed_by_another", file=file, column=OPTION[self.role], value=self.given, **words)


def _step(code: str) -> Both:
    """A step as rules name it, and in Chinese."""
    return Both(code, STEP_OF_RULE_TEXT.get(code, code))


def levels_of(orders: pd.DataFrame, warnings: pd.DataFrame) -> dict[str, tuple[Level, date]]:
    """The gravest level of each city that an act decides on, goes on from or ends, with the first day of the decision.

    What the record tells of warnings before is not decided by it.  Of a city that it decides nothing of, as its
    orders have it.
    """
    out = {}
    for city, own in orders.astype({"city": "str", "level": "str", "starts": "str"}).groupby("city"):
        level = max((Level(word) for word in own["level"].unique()), key=lambda one: one.rank)
        out[str(city)] = (level, pd.Timestamp(own["starts"].min()).date())
    for city, made in decisions(warnings).items():
        out[city] = (made.gravest, date.fromisoformat(made.first[:10]))
    return out


def compare(
    book: Rulebook, levels: Mapping[str, tuple[Level, date]], signed: Mapping[str, str], known_on: date | None = None
) -> list[StepFinding]:
    """Each signature against the procedure of each city, at its gravest level."""
    return [
        _compare(_rules(book, city, level, day, step, known_on), book, city, level, role, signed[role])
        for city, (level, day) in sorted(levels.items())
        if level is not Level.NONE
        for role, step in STEPS.items()
    ]


def _rules(
    book: Rulebook, city: str, level: Level, day: date, step: str, known_on: date | None
) -> Iterable[ProcedureRule]:
    place = place_of(book, city)
    for rule in book.binding("procedure", day, place, known_on):
        if isinstance(rule, ProcedureRule) and rule.step == step and rule.about == "warning" and rule.speaks_at(level):
            yield rule


def _compare(
    rules: Iterable[ProcedureRule], book: Rulebook, city: str, level: Level, role: str, given: str
) -> StepFinding:
    """One signature; of several rules any one that it meets is enough."""
    finding = StepFinding(city, str(level), STEPS[role], role, "missing", given)
    for rule in rules:
        meets = is_office(Signed.read(given).office, rule.actor, city)
        said = {"actor": rule.actor, "rule": rule.id, "basis": book.cite(rule), "standing": book.standing(rule)}
        finding = replace(finding, verdict="meets" if meets else "differs", **said)
        if meets:
            break
    return finding


def is_office(office: str, actor: str, city: str) -> bool:
    """Whether an office is the one a rule names, with or without the city before it.

    ``副市长`` ends in ``市长`` and is not it: the whole text counts.
    """
    short = city.removesuffix("市") if actor.startswith("市") else city
    return office in {actor, short + actor, city + actor, city + "人民政府" + actor}


def refuse_incompetent(findings: Iterable[StepFinding], file: str) -> None:
    """Refuse an act that the wrong office approved.

    Raises:
        InputError: naming the rule and who it says.

    """
    wrong = [one for one in findings if one.role == "approved_by" and one.verdict == "differs"]
    if wrong:
        raise InputError([one.problem(file) for one in wrong])


# -- within which hours

#: Steps whose time an act may state, in their order.
STEP_TEXT: Final = {
    "notify": "接到通知",
    "consult": "会商",
    "propose": "提出",
    "review": "审核",
    "approve": "批准",
    "issue": "发布",
}


@dataclass(frozen=True, slots=True)
class Lapse:
    """Two steps at a city and level: hours taken, hours allowed; ``verdict`` is ``within``, ``late`` or ``unknown``."""

    city: str
    level: str
    after: str
    step: str
    allowed: float
    hours: float | None
    verdict: str
    rule: str
    basis: str
    standing: str

    def problem(self, file: str) -> Problem:
        """What a person reads of a late step."""
        where = Both(f"{self.city}, {self.level} warning", f"{self.city}{LEVEL_TEXT[self.level]}预警")
        steps: dict[str, Any] = {"later": _timed(self.step), "earlier": _timed(self.after)}
        steps |= {"place": where, "basis": self.basis}
        return Problem("step_late", file=file, column=self.step, hours=self.hours, allowed=self.allowed, **steps)


def _timed(code: str) -> Both:
    """A step whose time an act may state, and in Chinese."""
    return Both(code, STEP_TEXT[code])


def lapses(
    book: Rulebook,
    levels: Mapping[str, tuple[Level, date]],
    times: Mapping[str, datetime],
    known_on: date | None = None,
) -> list[Lapse]:
    """Each limit on file of each city at its gravest level against the times stated."""
    out = []
    for city, (level, day) in sorted(levels.items()):
        if level is Level.NONE:
            continue
        for rule in _limits(book, city, level, day, known_on):
            begin, end = times.get(str(rule.after)), times.get(rule.step)
            hours = round((end - begin).total_seconds() / 3600, 2) if begin and end else None
            allowed = float(rule.within_hours or 0)
            verdict = "unknown" if hours is None else "late" if hours > allowed else "within"
            basis, standing = book.cite(rule), book.standing(rule)
            out.append(
                Lapse(city, str(level), str(rule.after), rule.step, allowed, hours, verdict, rule.id, basis, standing)
            )
    return out


def _limits(book: Rulebook, city: str, level: Level, day: date, known_on: date | None) -> Iterable[ProcedureRule]:
    for rule in book.binding("procedure", day, place_of(book, city), known_on):
        if not isinstance(rule, ProcedureRule) or rule.within_hours is None or rule.about != "warning":
            continue
        if rule.step in STEP_TEXT and rule.after in STEP_TEXT and rule.speaks_at(level):
            yield rule


def out_of_order(times: Mapping[str, datetime], file: str) -> list[Problem]:
    """Steps that are stated to have come before the step they follow; a notice from above may come at any time."""
    stated = [(step, times[step]) for step in STEP_TEXT if step in times and step != "notify"]
    return [
        Problem("step_before", file=file, column=step, value=to_minute(when),
                step=_timed(step), before=_timed(before), first=to_minute(first))
        for (before, first), (step, when) in pairwise(stated)
        if when < first
    ]  # fmt: skip
