"""Areas that act together: when enough of their cities reach a level, all of them hold it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

from alertengine.rulebook.air import LinkageRule
from alertengine.rulebook.book import Rulebook
from alertengine.warning.floors import Floor
from alertengine.warning.grade import RANK, Graded
from alertengine.warning.record import Unit

_HOUR = pd.Timedelta(hours=1)


def linked_floors(
    rulebook: Rulebook, graded: Mapping[Unit, Graded], now: pd.Timestamp, known_on: date | None = None
) -> list[Floor]:
    """Orders that the linkage rules in force make of the graded cities.

    An order holds from the first to the last hour in which enough member cities hold the
    level of the trigger at once; a county among the members counts through its city.
    """
    out: list[Floor] = []
    for rule in rulebook.in_force("linkage", now.date(), None, known_on):
        if not isinstance(rule, LinkageRule) or rule.trigger is None:
            continue
        cities = {city for member in rule.members for city in rulebook.lists.cities_of(member)}
        counted: Counter[pd.Timestamp] = Counter()
        for (city, county), own in graded.items():
            if city in cities and not county:
                counted.update(
                    own.timeline.at(int(hour)) for hour in np.flatnonzero(own.ranks["mid"] >= RANK[rule.trigger.level])
                )
        held = sorted(hour for hour, count in counted.items() if count >= rule.trigger.cities)
        stretches: list[list[pd.Timestamp]] = []
        for hour in held:
            if stretches and hour - stretches[-1][1] == _HOUR:
                stretches[-1][1] = hour
            else:
                stretches.append([hour, hour])
        level = rule.floor or rule.trigger.level
        out += [
            Floor(member, level, first, last + _HOUR, rulebook.cite(rule))
            for member in rule.members
            for first, last in stretches
        ]
    return out
