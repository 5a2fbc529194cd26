"""Time in the record: with zone, never backwards."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Final

from alertengine.vocabulary.problems import InputError, Problem

#: Civil time of the whole country, without summer time since 1991.
ZONE: Final = timezone(timedelta(hours=8), "Asia/Shanghai")


def now() -> datetime:
    """The time now, to the microsecond, with zone."""
    return datetime.now(ZONE)


def stamp(moment: datetime) -> str:
    """A time as ISO text with zone; a time without one is civil time."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZONE)).astimezone(ZONE).isoformat()


def civil(text: str) -> datetime:
    """A time of the record as civil time without zone."""
    return datetime.fromisoformat(text).astimezone(ZONE).replace(tzinfo=None)


def behind(recorded: str, last: str) -> float:
    """By how many seconds a time lies before the last act's; 0 where it does not."""
    return max(0.0, (datetime.fromisoformat(last) - datetime.fromisoformat(recorded)).total_seconds())


def refuse_backwards(file: str, recorded: str, last: str) -> None:
    """Refuse to record an act before the last one.

    Raises:
        InputError: the clock has gone backwards.

    """
    if behind(recorded, last):
        message = f"the clock has gone backwards: the last act was recorded at {last}; nothing was written"
        expected = "a right clock, or --clock-reason REASON where the last act's was wrong"
        raise InputError([Problem(file, message, value=recorded, expected=expected)])
