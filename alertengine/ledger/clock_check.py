"""Time in the record never runs backwards."""

from __future__ import annotations

from datetime import datetime

from alertengine.vocabulary import InputError, Problem


def behind(recorded: str, last: str) -> float:
    """By how many seconds a time lies before the last act's; 0 where it does not."""
    return max(0.0, (datetime.fromisoformat(last) - datetime.fromisoformat(recorded)).total_seconds())


def refuse_backwards(file: str, recorded: str, last: str) -> None:
    """Refuse to record an act before the last one.

    Raises:
        InputError: the clock has gone backwards.

    """
    if behind(recorded, last):
        raise InputError([Problem("clock_backwards", file=file, value=recorded, last=last)])
