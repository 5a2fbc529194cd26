"""Areas that act together: when enough of their cities reach a level, all of them hold it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from alertengine.rulebook import LinkageRule, Rulebook, Trigger
from alertengine.vocabulary import LEVEL_TEXT, Problem, clock
from alertengine.warning.grade import RANK, Graded, stretches
from alertengine.warning.record import Unit
from alertengine.warning.superior_orders import Floor

_HOUR = pd.Timedelta(hours=1)


@dataclass(frozen=True)
class Prompt:
    """A regional start that a linkage rule makes: who reached the level, who follows, from when to when."""

    rule: LinkageRule
    level: str
    start: pd.Timestamp
    end: pd.Timestamp
    reached: tuple[str, ...]
    follow: tuple[str, ...]
    floors: tuple[Floor, ...]

    def note(self) -> Problem:
        """Say it in a sentence."""
        asked = self.rule.trigger
        return Problem(
            "regional_start",
            where="linkage",
            title=self.rule.title,
            reached=self.reached,
            least=f"（不少于{asked.cities}市{LEVEL_TEXT[asked.level]}）" if asked else "",
            start=clock(self.start),
            end=clock(self.end),
            level=self.level,
            follow=f"随同启动：{'、'.join(self.follow)}" if self.follow else "区域内各市均已达到",
            source=self.floors[0].source,
        )


def linked(
    rulebook: Rulebook, graded: Mapping[Unit, Graded], now: pd.Timestamp, known_on: date | None = None
) -> list[Prompt]:
    """Regional starts that the linkage rules in force make of the graded cities.

    A start holds while enough member cities hold the level of the trigger at once; a county
    among the members counts through its city and itself follows.
    """
    if not any(own.ranks["mid"].any() for own in graded.values()):
        return []
    rules = rulebook.in_force("linkage", now.date(), None, known_on)
    return [
        prompt
        for rule in rules
        if isinstance(rule, LinkageRule) and rule.trigger is not None
        for prompt in _prompts(rulebook, rule, rule.trigger, graded, now)
    ]


def _prompts(
    rulebook: Rulebook, rule: LinkageRule, asked: Trigger, graded: Mapping[Unit, Graded], now: pd.Timestamp
) -> list[Prompt]:
    """The regional starts of one rule that are not over."""
    cities = dict.fromkeys(city for member in rule.members for city in rulebook.lists.cities_of(member))
    held = {city: graded[city, ""] for city in cities if (city, "") in graded}
    if len(held) < asked.cities:
        return []
    origin = min(own.timeline.origin for own in held.values())
    length = max(-own.timeline.place(origin) + own.timeline.hours for own in held.values())
    reach = np.zeros((len(held), length), dtype=bool)
    for place, own in enumerate(held.values()):
        first = -own.timeline.place(origin)
        reach[place, first : first + own.timeline.hours] = own.ranks["mid"] >= RANK[asked.level]
    level = rule.floor or asked.level
    source = rulebook.cite(rule)
    out = []
    for first, last in stretches(reach.sum(axis=0) >= asked.cities):
        start, end = origin + first * _HOUR, origin + last * _HOUR
        reached = tuple(city for city, row in zip(held, reach, strict=True) if row[first:last].any())
        if end > now:
            follow = tuple(city for city in cities if city not in reached)
            floors = tuple(Floor(member, level, start, end, source) for member in rule.members)
            out.append(Prompt(rule, level, start, end, reached, follow, floors))
    return out
