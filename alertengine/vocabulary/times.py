"""Times: with zone in the record, as words in papers; the whole country keeps one civil time."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Final

import pandas as pd

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


def as_day(day: date | str | None) -> date | None:
    """A day given as a date or as ``2021-01-20``.

    Raises:
        ValueError: the text is no day.

    """
    return date.fromisoformat(day) if isinstance(day, str) else day


#: How orders write a time.
TIME_FORMAT = "%Y-%m-%d %H:%M"


def clock(time: pd.Timestamp) -> str:
    """Return a time as people write it: 2020年1月22日16时; an open end is 另行通知."""
    if time >= OPEN:
        return "另行通知"
    minutes = f"{time.minute}分" if time.minute else ""
    return f"{time.year}年{time.month}月{time.day}日{time.hour}时{minutes}"


OPEN_END: Final = "另行通知"


def moment(stamp: str) -> str:
    """2021年1月4日0时 for ``2021-01-04 00:00``; empty for empty."""
    if not stamp:
        return ""
    day, _, clock = stamp.partition(" ")
    year, month, date = (int(part) for part in day.split("-"))
    hour, minute = (int(part) for part in (clock or "00:00").split(":")[:2])
    return f"{year}年{month}月{date}日{hour}时" + (f"{minute}分" if minute else "")


def short_moment(stamp: str) -> str:
    """1月4日0时, where the year stands above."""
    return moment(stamp).partition("年")[2] if stamp else ""


def period(starts: str, ends: str) -> str:
    """From-to in words; an open end is announced separately."""
    until = moment(ends) if ends else f"{OPEN_END}时"
    return f"{moment(starts)}至{until}"


#: Stands for an end that no notice names (解除时间另行通知).
OPEN: Final = pd.Timestamp("2200-01-01")
