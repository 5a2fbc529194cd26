"""Dates, times and hours of any table: every spelling seen in real files to one moment of civil time."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import Final

from alertengine.files.cells import BadCellError, plain_number, tidy
from alertengine.vocabulary import Words, chinese_number, time_of_day

#: Years a table can speak of; a spreadsheet's 1900 and a "for ever" of 9999 are bad cells.
YEARS: Final = (1980, 2199)
A_TIME: Final = Words("a_time_or_day")
A_DAY: Final = Words("a_day")
AN_HOUR: Final = Words("an_hour")

_DATE = r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{4})(\d\d)(\d\d)"
_TIME = r"(?:(?:[T\s+]+|(?<=日)|(?<=\d{8})(?=\d\d))(\d{1,2})(?:[:时](\d{1,2}))?(?:[:分](\d{1,2}(?:\.\d+)?))?秒?)?"
_STAMP = re.compile(rf"(?:{_DATE}){_TIME}[时分]?(\s*Z|\s*\+\d\d(?::?\d\d)?)?", re.ASCII)
#: 20220105100000, and without seconds.
_COMPACT = re.compile(r"^(\d{8})(\d\d)(\d\d)(\d\d|)$", re.ASCII)
_DAYS = re.compile(rf"(?:{_DATE})(?:[T\s]+0?0:00(?::00)?)?((?:/\d{{1,2}})*)", re.ASCII)
_HOUR = re.compile(r"(\d{1,2})(?:[时点]|:00(?::00)?)", re.ASCII)

#: 周五, (星期五): what a day of the week adds to a day.
_WEEKDAY: Final = re.compile(r"\s*\(?(?:周|星期|礼拜)([一二三四五六日天])\)?")
_WEEK: Final = "一二三四五六日"
_ODD: Final = re.compile(r"[-/.]\s|\s[-/.]|[AaPp][Mm]$")
_FIGURES: Final = "〇一二三四五六七八九"
_IN_WORDS: Final = re.compile(rf"([{_FIGURES}]{{4}})年([{_FIGURES}十]{{1,3}})月([{_FIGURES}十]{{1,3}})[日号]")
_APART: Final = re.compile(r"(?<=\d)\s*([年月/.-])\s*(?=\d)|(?<=\d)\s+(?=[日号时点分])|(?<=[时分])\s+(?=\d)")
#: 上午12时 and 晚上12时 say neither noon nor midnight for certain.
_HALF_DAY: Final = re.compile(r"(上午|凌晨|早上|下午)\s*(0?[1-9]|1[01])(?=[时:])")
_AM_PM: Final = re.compile(r"(?<=\s)(0?[1-9]|1[0-2])((?::\d\d){1,2})\s*([AaPp])[Mm]$")


def _usual(text: str) -> str:
    """A time as most write it: figures for words, 日 for 号, 时 for 点, no weekday, hours of 24, no space at signs."""
    plain = tidy(text)
    if plain.isascii() and not _ODD.search(plain):
        return plain
    if not plain.isascii():
        plain = _WEEKDAY.sub("", plain).replace("零", "〇").replace("○", "〇")
        plain = _IN_WORDS.sub(lambda m: "{}年{}月{}日".format(*map(chinese_number, m.groups())), plain)
        plain = re.sub(r"(?<=\d)\s*号", "日", re.sub(r"(?<=\d)\s*点钟?", "时", plain))
        plain = _HALF_DAY.sub(lambda m: f" {_of_24(m[2], late=m[1] == '下午')}", plain)
    plain = _AM_PM.sub(lambda m: f"{_of_24(m[1], late=m[3] in 'Pp')}{m[2]}", plain)
    return _APART.sub(lambda m: m[1] or "", plain)


def _of_24(hour: str, *, late: bool) -> int:
    return int(hour) % 12 + 12 * late


def _refuse_weekday(text: str, days: Iterable[datetime], expected: Words) -> None:
    """Refuse a text that names the day of the week of none of its days: 2026-11-29（周三）, which is a Sunday.

    Raises:
        BadCellError: it does; which of the two is meant nobody knows.

    """
    said = _WEEKDAY.search(tidy(text))
    of_days = {day.weekday(): f"{day.date()}（周{_WEEK[day.weekday()]}）" for day in days}
    if said and _WEEK.index(said[1].replace("天", "日")) not in of_days:
        raise BadCellError(Words("perhaps", expected=expected, near=next(iter(of_days.values()))))


@dataclass(frozen=True, slots=True)
class Stamp:
    """A moment as a cell writes it: whether it names its hour, and whether that is the 24th of its day."""

    time: datetime
    has_hour: bool
    ends_day: bool


def read_stamp(text: str) -> Stamp:
    """Read a local time: ``2020-01-22 15:40``, ``2020/1/22``, ``20200122154000``, ``2020年1月22日15时``, ``… 24:00``.

    A stamp with a zone (``Z``, ``+08:00``, ``+08``) becomes civil time (UTC+8); ``00:00-01:00`` is an hour, no zone.

    Raises:
        BadCellError: it is no such time, or outside ``YEARS``.

    """
    spread = _COMPACT.sub(lambda m: f"{m[1]} {m[2]}:{m[3]}:{m[4] or '00'}", _usual(text))
    match = _STAMP.fullmatch(spread)
    if match is None:
        raise BadCellError(A_TIME)
    year, month, day = (int(a or b) for a, b in zip(match.groups()[:3], match.groups()[3:6], strict=True))
    hour, minute = (int(part or 0) for part in match.groups()[6:8])
    second = float(match[9] or 0)
    if not YEARS[0] <= year <= YEARS[1] or hour > 24 or minute > 59 or second >= 60 or (hour == 24 and minute + second):
        raise BadCellError(A_TIME)
    try:  # a spreadsheet's 15:00 may come as 14:59:59.999
        when = datetime(year, month, day) + timedelta(hours=hour, minutes=minute, seconds=round(second))
    except ValueError:
        raise BadCellError(A_TIME) from None
    _refuse_weekday(text, [datetime(year, month, day)], A_TIME)
    zone = (match[10] or "").strip().replace(":", "")
    if zone:
        if match[7] is None:
            raise BadCellError(A_TIME)
        ahead = 0 if zone == "Z" else int(zone[1:3]) * 60 + int(zone[3:] or 0)
        when += timedelta(minutes=480 - ahead)
    return Stamp(when, match[7] is not None, hour == 24)


def parse_stamp(text: str) -> datetime:
    """The moment of :func:`read_stamp`.

    Raises:
        BadCellError: it is no such time.

    """
    return read_stamp(text).time


def parse_days(text: str) -> tuple[datetime, ...]:
    """The days a cell names, as their midnights: ``2018-04-15/16`` is two days; a lower number is of the next month.

    Raises:
        BadCellError: it names no day.

    """
    match = _DAYS.fullmatch(_usual(text))
    if match is None:
        raise BadCellError(A_DAY)
    year, month, day = (int(a or b) for a, b in zip(match.groups()[:3], match.groups()[3:6], strict=True))
    if not YEARS[0] <= year <= YEARS[1]:
        raise BadCellError(A_DAY)
    try:
        days = [datetime(year, month, day)]
        for further in map(int, filter(None, match[7].split("/"))):
            last = days[-1]
            base = last if further > last.day else last.replace(day=1) + timedelta(days=31)
            days.append(base.replace(day=further))
    except ValueError:
        raise BadCellError(A_DAY) from None
    _refuse_weekday(text, days, A_DAY)
    return tuple(days)


#: A day by how far it is from that of the issue.
_AWAY: Final = {"今天": 0, "今日": 0, "当日": 0, "当天": 0, "明天": 1, "明日": 1, "次日": 1, "后天": 2, "第三天": 2}
_NO_YEAR = re.compile(r"(\d{1,2})[-/.月](\d{1,2})[日号]?", re.ASCII)


def nearest_day(text: str, by: datetime) -> str:
    """The day nearest to ``by`` that a cell without a year may be: ``11月30日`` is perhaps 2020-11-30; else ``""``.

    ``次日`` is perhaps the day after ``by``.
    """
    if (away := _AWAY.get(tidy(text))) is not None:
        return (by + timedelta(days=away)).date().isoformat()
    found = _NO_YEAR.fullmatch(_usual(text))
    if found is None:
        return ""
    days = []
    for year in (by.year - 1, by.year, by.year + 1):
        try:
            days.append(datetime(year, int(found[1]), int(found[2])))
        except ValueError:
            continue
    return min(days, key=lambda day: abs(day - by)).date().isoformat() if days else ""


def parse_hour(text: str) -> int:
    """An hour of a day, 0 to 24: ``8``, ``8时``, ``08:00``.

    Raises:
        BadCellError: it is none; half an hour is no hour.

    """
    plain = tidy(text)
    named = _HOUR.fullmatch(plain)
    value = float(named[1]) if named else plain_number(plain)
    if not 0 <= value <= 24 or value % 1:
        raise BadCellError(AN_HOUR)
    return int(value)


_NONE: Final = timedelta(0)
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class EndStamps:
    """Stamps as moments, the length of the readings of a column stamped at their ends, and what shows that.

    ``length`` is 0 where nothing shows it; otherwise a reading began so long before its moment.
    """

    times: list[datetime | None]
    length: timedelta = _NONE
    shown_by: str = ""


def end_stamped(stamps: Iterable[Stamp | None]) -> EndStamps:
    """The moments of a column of readings, in the order of the file, and whether they are those of their ends.

    Three things show it: a stamp of 24:00, as no reading begins there; a 00:00 that stands behind the last stamp of
    its own day (23:45, 00:00), which is meant as 24:00; and stamps that run from 00:15 to 00:00, which hold whole days
    as ends alone.  The length is the least distance of two stamps, and nothing is shown where that is over an hour.
    """
    said = list(stamps)
    times = [stamp.time if stamp is not None else None for stamp in said]
    known = [stamp for stamp in said if stamp is not None and stamp.has_hour]
    distinct = sorted({stamp.time for stamp in known})
    if len(distinct) < 2:
        return EndStamps(times)
    step = min(after - before for before, after in pairwise(distinct))
    if step > timedelta(hours=1):
        return EndStamps(times)
    if any(stamp.ends_day for stamp in known):
        return EndStamps(times, step, "24:00")
    before = dict(zip([stamp.time for stamp in known[1:]], [stamp.time for stamp in known], strict=False))
    midnights = {one for one in distinct if one.time() == time()}
    if midnights and all(before.get(one) == one + _DAY - step for one in midnights):
        late = [one + _DAY if one is not None and one in midnights else one for one in times]
        return EndStamps(late, step, f"{time_of_day(min(midnights) - step)} → 00:00")
    first, last = distinct[0], distinct[-1]
    if first - datetime.combine(first, time()) == step and last in midnights:
        return EndStamps(times, step, f"{time_of_day(first)} … 00:00")
    return EndStamps(times)
