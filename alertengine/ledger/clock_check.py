"""Time in the record never runs backwards."""

from __future__ import annotations

from datetime import datetime

from alertengine.vocabulary.problems import InputError, Problem


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
