"""Times: with zone in the record, as words in papers; the whole country keeps one civil time."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from typing import Final, TypeGuard

#: Civil time of the whole country, without summer time since 1991.
ZONE: Final = timezone(timedelta(hours=8), "Asia/Shanghai")


def now() -> datetime:
    """The time now, to the microsecond, with zone."""
    return datetime.now(ZONE)


def today() -> date:
    """The day it is by civil time, whatever the zone of the machine."""
    return now().date()


def stamp(moment: datetime) -> str:
    """A time as ISO text with zone; a time without one is civil time."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZONE)).astimezone(ZONE).isoformat()


def civil(text: str) -> datetime:
    """A time of the record as civil time without zone."""
    return datetime.fromisoformat(text).astimezone(ZONE).replace(tzinfo=None)


#: Stands for an end that no notice names, and how it is said.
OPEN: Final = datetime(2200, 1, 1)
OPEN_END: Final = "另行通知"
#: How tables write a time, in the sense of :meth:`datetime.strftime`.
TIME_FORMAT: Final = "%Y-%m-%d %H:%M"


def to_minute(at: datetime | None) -> str:
    """A time as tables write it, ``2021-01-04 00:00``; empty for None and NaT."""
    return at.strftime(TIME_FORMAT) if _is_time(at) else ""


def _is_time(at: object) -> TypeGuard[datetime]:
    return isinstance(at, datetime) and at == at  # noqa: PLR0124 -- NaT is a datetime that differs from itself


def time_of_day(at: datetime | time) -> str:
    """``16:05``."""
    return f"{at:%H:%M}"


def moment(at: datetime | str | None) -> str:
    """A time as sentences say it: 2021年1月4日0时, with minutes where it has any.

    ``at`` is a time, the text of one (``2021-01-04 00:00``) or a day (``2021-01-04``); empty for None, NaT and an
    empty text, 另行通知 for an open end.
    """
    when = datetime.fromisoformat(at) if isinstance(at, str) and at else at
    if not _is_time(when):
        return ""
    if when.replace(tzinfo=None) >= OPEN:
        return OPEN_END
    minutes = f"{when.minute}分" if when.minute else ""
    return f"{when.year}年{when.month}月{when.day}日{when.hour}时{minutes}"


def short_moment(at: datetime | str | None) -> str:
    """1月4日0时, where the year stands above."""
    return moment(at).rpartition("年")[2]
