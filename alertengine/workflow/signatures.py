"""Who drafted, reviewed and approved an act, against what the procedure on file says.

The rules of kind ``procedure`` that are in force there and then name who does a step; the
step says which signature it is.  Where none is on file for a city it is missing: no other
city's procedure takes its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import pandas as pd

from alertengine.rulebook import ProcedureRule, Rulebook, place_of
from alertengine.vocabulary import LEVEL_TEXT, STEP_TEXT, Both, InputError, Level, Problem

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
        where = f"{self.city}{LEVEL_TEXT[self.level]}预警"
        if self.verdict == "missing":
            return Problem("no_procedure", file=file, column=self.role, place=where, step=_step(self.step))
        words: dict[str, Any] = {"place": where, "step": _step(self.step), "basis": self.basis, "actor": self.actor}
        return Problem("signed_by_another", file=file, column=OPTION[self.role], value=self.given, **words)


def _step(code: str) -> Both:
    """A step as rules name it, and in Chinese."""
    return Both(code, STEP_TEXT.get(code, code))


def levels_of(orders: pd.DataFrame, warnings: pd.DataFrame) -> dict[str, tuple[Level, date]]:
    """The gravest level of each city in an act, with the first day of the act there."""
    rows = [warnings.loc[warnings["level"].astype("str").isin(list(LEVEL_TEXT)), ["city", "level", "starts"]]]
    rows.append(orders[["city", "level", "starts"]])
    every = pd.concat([table.astype({"city": "str", "level": "str"}) for table in rows if len(table)] or rows)
    out = {}
    for city, own in every.groupby("city"):
        level = max((Level(word) for word in own["level"]), key=lambda one: one.rank)
        out[str(city)] = (level, min(pd.Timestamp(moment) for moment in own["starts"]).date())
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
