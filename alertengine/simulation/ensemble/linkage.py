"""Areas that act together, in many winters: on which days so many cities bear the level of a trigger.

What :func:`alertengine.warning.linkage.linked` makes of one afternoon, for whole days and
all winters at once; a start that began before the day of issue counts from that day on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from alertengine.rulebook import LinkageRule, Rulebook
from alertengine.simulation.ensemble.states import MINUTES
from alertengine.vocabulary import OPEN
from alertengine.warning import RANK, Floor, reaching


@dataclass(frozen=True)
class Link:
    """One linkage rule among the cities of the ensemble: who counts, who must follow, at which rank."""

    members: tuple[int, ...]
    follow: frozenset[int]
    cities: int
    asked: int
    rank: int

    def days(self, ranks: npt.NDArray[np.int8]) -> npt.NDArray[np.int64]:
        """Days on which the rule binds (bits from the day of issue on), by winter; ranks: cities, days, winters."""
        reach = (ranks[list(self.members)] >= self.asked).sum(axis=0) >= self.cities
        return bits(reach)

    def orders(self, days: int) -> list[tuple[int, int, int, bool]]:
        """The orders of a stretch of days: start and end in minutes, rank, not exactly that."""
        out, day = [], 0
        while days >> day:
            if not days >> day & 1:
                day += 1
                continue
            first = day
            while days >> day & 1:
                day += 1
            out.append((first * MINUTES, day * MINUTES, self.rank, False))
        return out


class Links:
    """The linkage rules with a trigger that hold on each day."""

    def __init__(self, rulebook: Rulebook, cities: Sequence[str], known_on: date | None) -> None:
        """Links among some cities."""
        self.rulebook, self.cities, self.known_on = rulebook, list(cities), known_on
        self.any = any(isinstance(rule, LinkageRule) and rule.trigger for rule in rulebook.rules_of("linkage"))

    def on(self, day: date, seen: Sequence[bool]) -> list[Link]:
        """The links of a day; a city without any day in sight counts for none."""
        if not self.any:
            return []
        rules = self.rulebook.in_force("linkage", day, None, self.known_on)
        links = [self._link(rule, seen) for rule in rules if isinstance(rule, LinkageRule) and rule.trigger]
        return [link for link in links if link is not None]

    def _link(self, rule: LinkageRule, seen: Sequence[bool]) -> Link | None:
        lists, asked = self.rulebook.lists, rule.trigger
        assert asked is not None  # noqa: S101 -- looked at before
        named = {city for member in rule.members for city in lists.cities_of(member)}
        members = tuple(n for n, city in enumerate(self.cities) if city in named and seen[n])
        if len(members) < asked.cities:
            return None
        level = rule.floor or asked.level
        floors = [Floor(member, level, OPEN) for member in rule.members]
        follow = frozenset(n for n, city in enumerate(self.cities) if reaching(floors, lists, city, ""))
        return Link(members, follow, asked.cities, RANK[asked.level], RANK[level])


def bits(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """One bit a day, the first the lowest (mask: days, winters)."""
    out = np.zeros(mask.shape[1], dtype=np.int64)
    for day, row in enumerate(mask):
        out |= row.astype(np.int64) << day
    return out
