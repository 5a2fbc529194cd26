"""Periods that recur each year: by a name of the vocabulary, or with the days that a text itself gives them.

``采暖期`` is a name on file; ``冬季（11-15至03-15）`` says its first and last day, ``11-15至03-15`` has no name.
"""

from __future__ import annotations

import re
from calendar import isleap, monthrange
from datetime import date
from functools import lru_cache
from typing import Final

from alertengine.rulebook.open_list_rows import Period

_DAY: Final = r"(\d{1,2})(?:月(?:(\d{1,2})[日号]?|(底|末))?|[-./](\d{1,2}))"
_WITH_DAYS: Final = re.compile(
    rf"(?P<name>[^（()）\d：:]*?)[：:]?(?P<open>[（(])?(?:每年|当年|自|从)?{_DAY}(?:起)?(?:至|到|[-—–~～]+)"
    rf"(?:次年|第二年|翌年|来年|当年)?{_DAY}(?:止)?(?P<shut>[)）])?"
)


class Periods(list[Period]):
    """The recurring periods on file, and those that say their days themselves."""

    def named(self, name: str) -> list[Period]:
        """What a name can mean, in whatever place; empty where no days are known of it."""
        said = with_days(name)
        return [period for period in self if period.name == name] or ([said] if said else [])

    def name_of(self, text: str) -> str | None:
        """The name under which rules keep the period that a text names or gives the days of; None: no days known."""
        known = {spelling: one.name for one in self for spelling in (*one.aliases, one.name)}
        said = with_days(text)
        plain = text.strip()
        return known.get(plain) or known.get(plain.removesuffix("期间")) or (said.name if said else None)


def day_in(year: int, month_day: str) -> date:
    """A day of the year given as MM-DD; 29 February is the 28th where the year has none."""
    month, day = map(int, month_day.split("-"))
    return date(year, month, 28 if (month, day) == (2, 29) and not isleap(year) else day)


@lru_cache(maxsize=1024)
def with_days(text: str) -> Period | None:
    """The period of a text that says its first and last day, named as rules keep it; None where it says none.

    A month alone is meant from its first day, or to its last.

    >>> with_days("冬季（11月15日至次年3月15日）").name, with_days("12月-次年2月").name, with_days("冬季")
    ('冬季（11-15至03-15）', '12-01至02-29', None)
    """
    match = _WITH_DAYS.fullmatch("".join(text.split()))
    if match is None or bool(match["open"]) != bool(match["shut"]):
        return None
    ends = []
    for at, (month, day, end_of, dashed) in enumerate((match.groups()[2:6], match.groups()[6:10])):
        if not 1 <= int(month) <= 12:
            return None
        last = monthrange(2000, int(month))[1]
        number = int(day or dashed or (last if at or end_of else 1))
        if not 1 <= number <= last:
            return None
        ends.append(f"{int(month):02}-{number:02}")
    days = "至".join(ends)
    name = f"{match['name']}（{days}）" if match["name"] else days
    return Period.model_validate({"name": name, "from": ends[0], "to": ends[1], "standing": "primary"})
