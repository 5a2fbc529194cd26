"""What a caller gives, as the program holds it, from Python as from a command: days, times, hours, levels, objects."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from math import nan
from typing import Any, Final

from alertengine.vocabulary.codes import Level
from alertengine.vocabulary.problems import InputError, Problem

#: The years a day may lie in: beyond them no law is on file and arithmetic of days ends.
LAW_YEARS: Final = range(1900, 2201)
_WITHIN: Final[dict[str, Any]] = {"first": LAW_YEARS[0], "last": LAW_YEARS[-1]}
#: The shortest length in hours: a minute, as times are written.
LEAST_HOURS: Final = 1 / 60
#: The longest response that can be asked for or written down, in hours: a year.
MOST_HOURS: Final = 8784


def as_day(value: Any, where: str) -> date | None:
    """A day from a date, a time, one of NumPy or a text; None stays None.

    >>> as_day("2021-01-20", "date")
    datetime.date(2021, 1, 20)

    Args:
        value: what was given.
        where: the argument or option, as the problem names it.

    Raises:
        InputError: it is no day, none of ``LAW_YEARS``, or a time of another zone.

    """
    if value is None:
        return None
    text = isinstance(value, str)
    return _within(value, where, (date if text else datetime).fromisoformat, "usage_no_day", "usage_day_beyond").date()


def as_time(value: Any, where: str) -> datetime | None:
    """A civil time from what :func:`as_day` takes; a day is its 0:00.

    Raises:
        InputError: it is no time, none of ``LAW_YEARS``, or one of another zone.

    """
    if value is None:
        return None
    return _within(value, where, datetime.fromisoformat, "usage_no_time", "usage_time_beyond")


def _within(value: Any, where: str, read: Callable[[str], date], none: str, beyond: str) -> datetime:
    try:
        at = value if isinstance(value, date) else read(str(value))
    except ValueError:
        raise InputError([Problem(none, where=where, value=str(value))]) from None
    if at.year not in LAW_YEARS or getattr(at, "tzinfo", None):  # NaT is a time of no year
        raise InputError([Problem(beyond, where=where, value=str(value), **_WITHIN)])
    return at if isinstance(at, datetime) else datetime.combine(at, time())


def as_hours(value: Any, where: str, *, zero: bool = False) -> float | None:
    """A length in hours, from a minute (``zero``: or 0) up to ``MOST_HOURS``; None stays None.

    Raises:
        InputError: it is none.

    """
    if value is None:
        return None
    try:
        hours = nan if isinstance(value, bool) or getattr(value, "dtype", "") == "bool" else float(value)
    except (TypeError, ValueError, OverflowError):
        hours = nan
    if not LEAST_HOURS <= hours <= MOST_HOURS and not (zero and hours == 0):
        raise InputError([Problem("usage_no_hours", where=where, value=str(value), most=MOST_HOURS)])
    return hours


def as_level(value: Any, where: str) -> Level | None:
    """A level from itself or its code; None stays None.

    Raises:
        InputError: it is none.

    """
    try:
        return None if value is None else Level(value)
    except ValueError:
        raise InputError([Problem("usage_no_choice", where=where, value=str(value), names=tuple(Level))]) from None


def require(value: Any, where: str, *kinds: type) -> None:
    """Refuse an argument that is of none of some classes.

    Raises:
        TypeError: it is none; the argument and the classes are named.

    """
    if not isinstance(value, kinds):
        expected = " or ".join(kind.__name__ for kind in kinds)
        raise TypeError(f"{where}: expected {expected}, not {type(value).__name__}")


def as_several(value: Any, where: str, *kinds: type) -> tuple[Any, ...]:
    """One or several of some classes as a tuple, from whatever can be gone through once; None is none.

    >>> as_several("临汾市", "cities", str)
    ('临汾市',)

    Raises:
        TypeError: something else.

    """
    if value is None or isinstance(value, kinds):
        return () if value is None else (value,)
    require(value, where, *kinds, Iterable)
    held = tuple(value)
    for one in held:
        require(one, where, *kinds)
    return held
