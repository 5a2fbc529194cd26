"""Whether the steps of an act followed each other within the hours that the procedure on file gives.

A step whose time was not stated is not judged: nothing is made up, and nothing held against anybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any, Final

from alertengine.rulebook import ProcedureRule, Rulebook, place_of
from alertengine.vocabulary import LEVEL_TEXT, Level, Problem, to_minute

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
        where = f"{self.city}{LEVEL_TEXT[self.level]}预警"
        steps: dict[str, Any] = {"later": STEP_TEXT[self.step], "earlier": STEP_TEXT[self.after]}
        steps |= {"place": where, "basis": self.basis}
        return Problem("step_late", file=file, column=self.step, hours=self.hours, allowed=self.allowed, **steps)


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
                step=STEP_TEXT[step], before=STEP_TEXT[before], first=to_minute(first))
        for (before, first), (step, when) in pairwise(stated)
        if when < first
    ]  # fmt: skip
