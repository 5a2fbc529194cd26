"""A province's forecast as it is written in a bulletin: which place, which day, which AQI or class; nothing guessed.

A clause is read where it names places, days and a value and nothing that takes some of them out (局地, 夜间,
其他地区); every other clause is handed back as it stands, for a person to read.  One that begins with a day and names
nothing but days, values and pollutants speaks of the places of the clause before it in the same sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from alertengine.files import BadCellError
from alertengine.vocabulary import AQI_CLASSES, Words
from alertengine.warning.spellings import parse_classes, parse_primary

Cell = tuple[str, date]
_CLASSES: Final = [name for name, _ in AQI_CLASSES]
_TOP: Final = AQI_CLASSES[-1][1]
#: Days from one to another (28日至30日) that are believed.
_MOST_DAYS: Final = 15
_WANTED: Final = Words("classes", names=_CLASSES)
_ISSUED: Final = re.compile(r"(20\d\d)[年./-](\d{1,2})[月./-](\d{1,2})日?[\sT]*(\d{1,2})(?:时|点|[:：])(\d{2})?分?")
#: A line that says who published it, and when, and nothing else.
_BY: Final = re.compile(
    r"^[ \t　]*([\u4e00-\u9fff、（）()]{2,60}?(?:中心|站|局|厅|台|办公室|指挥部))[ \t　]*[于在]?[ \t　]*"
    rf"{_ISSUED.pattern}[ \t　]*(?:联合)?发布[。：:]?[ \t　]*$",
    re.MULTILINE,
)
#: What says that a value is not that of the whole place or day, or not the value itself (超过300, 200左右).
_PARTIAL: Final = re.compile(
    "局地|局部|短时|部分|个别|大部|其他|其它|其余|以南|以北|以东|以西|夜间|白天|上午|下午|凌晨|傍晚|前后|山区|可能|实况|昨日|今晨|不|未|除"
    "|盆地|周边|一带|沿线|以上|以下|超过?|低于|高于|大于|小于|突破|接近|左右|上下|[<>≤≥＜＞±]"
)
_DAYS: Final = (
    r"(?:(?:\d{4}[年./-])?(?:(?P<m1>\d{1,2})[月./-])?(?P<d1>\d{1,2})日?\s*[至到~～—–-]+\s*"
    r"(?:(?P<m2>\d{1,2})[月./-])?(?P<d2>\d{1,2})日)|(?:(?:\d{4}[年./-])?(?P<m3>\d{1,2})[月./-](?P<d3>\d{1,2})日?)"
    r"|(?:(?P<d4>\d{1,2})日)"
)
_GRADE: Final = r"(?:优|良|轻度?|中度?|重度?|严重)(?:污染)?"
_CLASS: Final = rf"(?P<cls>{_GRADE}(?:\s*[至到转~～—-]\s*{_GRADE})?)"
_NUMBER: Final = (
    r"(?P<low>\d{1,3})(?:\s*[-~～—–至到]\s*(?P<high>\d{1,3}))?"
    r"(?![\d.%]|\s*(?:微克|毫克|μg|ug|小时|时|天|个|级|年|月|日))"
)
_PRIMARY: Final = (
    r"首要污染物(?:均?为|是|以)?[：:\s]*(?P<primary>PM2\.5|PM10|PM₂\.₅|PM₁₀|细颗粒物|可吸入颗粒物|臭氧|O3"
    r"|NO2|二氧化氮|SO2|二氧化硫|CO|一氧化碳)"
)
_SENTENCE: Final = re.compile(r"[。\n\r]+")
_CLAUSE: Final = re.compile(r"[；;]+")
#: All that a clause may say beside days, values and pollutants, that goes on about the places of the one before it.
_GOES_ON: Final = re.compile(r"(?:预计|空气质量|日均|指数|等级|级别|AQI|为|在|达|约|[\s　，,、:：])*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ForecastValue:
    """What is said of a place and day: an AQI from ``low`` to ``high``, or classes by name; the primary pollutant."""

    low: str
    high: str
    primary: str = ""

    @property
    def text(self) -> str:
        """As a person would type it."""
        return self.low if self.low == self.high else f"{self.low}-{self.high}"


@dataclass(slots=True)
class Bulletin:
    """A bulletin as read: when it came out (None: it does not say) and from whom, its cells, the sentences unread."""

    issued: datetime | None = None
    issuer: str = ""
    cells: dict[Cell, ForecastValue] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)


def parse_value(text: str) -> ForecastValue:
    """A value as typed: ``180``, ``180-220``, ``中度污染``, ``轻至中度``.

    Raises:
        BadCellError: it is none of these; nothing is put in its place.

    """
    said = " ".join(text.split())
    if found := re.fullmatch(r"(\d{1,3})(?:\s*[-~～—–至到]\s*(\d{1,3}))?", said):
        low, high = found[1], found[2] or found[1]
        if int(low) <= int(high) <= _TOP:
            return ForecastValue(low, high)
        raise BadCellError(_WANTED)
    classes = parse_classes(said)
    if classes.at_times != classes.high:
        raise BadCellError(_WANTED)
    return ForecastValue(classes.low, classes.high)


def read_bulletin(text: str, cities: Sequence[str], today: date) -> Bulletin:
    """Read a bulletin.

    Args:
        text: as it was published.
        cities: names of cities, with 市; the text may leave that out.
        today: days without a month or year are those next to the day of issue, or to this one.

    """
    out = Bulletin()
    issued = _ISSUED.search(text)
    if issued:
        year, month, day, hour, minute = (int(part or 0) for part in issued.groups())
        try:
            out.issued = datetime(year, month, day, 0 if hour == 24 else hour, minute) + timedelta(days=hour == 24)
        except ValueError:
            issued = None
    reader = _Reader(cities, out.issued.date() if out.issued else today, out)
    by = _BY.search(text) if issued else None
    if issued and by is not None and by.start() <= issued.start() < by.end():
        out.issuer, issued = by[1], by
    rest = text.replace(issued[0], "\n") if issued else text
    lines = [line.strip() for line in rest.splitlines() if line.strip()]
    for line in reader.tables(lines):
        for sentence in _SENTENCE.split(line):
            reader.places = []
            for clause in filter(None, (part.strip(" 　，,：:") for part in _CLAUSE.split(sentence))):
                reader.clause(clause)
    return out


class _Reader:
    def __init__(self, cities: Sequence[str], near: date, out: Bulletin) -> None:
        names = {name.removesuffix("市"): name for name in cities} | {name: name for name in cities}
        self.names, self.near, self.out = names, near, out
        place = "|".join(map(re.escape, sorted(names, key=len, reverse=True))) or "(?!)"
        self.token = re.compile(
            rf"(?P<city>{place})|{_PRIMARY}|{_DAYS}|{_CLASS}|(?:AQI\D{{0,4}})?{_NUMBER}", re.IGNORECASE
        )
        self.days: list[date] = []
        #: The places of the clause before in the same sentence, where it was read.
        self.places: list[str] = []

    def tables(self, lines: Sequence[str]) -> Iterator[str]:
        """Take rows under a heading of days out of the lines; give the others."""
        heading: list[date] = []
        for line in lines:
            parts = [part for part in re.split(r"[\t|,，]|\s{1,}", line) if part]
            matches = (re.fullmatch(_DAYS, part) for part in parts)
            found = [self._days(match.groupdict()) for match in matches if match]
            days = [some[0] for some in found if len(some) == 1]
            if len(days) >= 2 and len(days) >= len(parts) - 1 and not any(part in self.names for part in parts):
                heading = days
            elif heading and parts and parts[0] in self.names and len(parts) == len(heading) + 1:
                self._row(self.names[parts[0]], heading, parts[1:], line)
            else:
                yield line

    def _row(self, city: str, days: Sequence[date], parts: Sequence[str], line: str) -> None:
        try:
            said = [None if part in ("-", "—", "/") else parse_value(part) for part in parts]
        except BadCellError:
            self.out.unread.append(line)
            return
        self.out.cells |= {(city, day): one for day, one in zip(days, said, strict=True) if one is not None}

    def clause(self, text: str) -> None:
        """Read one clause whole, or hand it back whole."""
        found = None if _PARTIAL.search(text) else self._read(text)
        if found:
            self.out.cells |= found
        else:
            self.places = []
            for match in self.token.finditer(text):
                self.days = self._days(match.groupdict()) or self.days
            self.out.unread.append(text)

    def _read(self, text: str) -> Mapping[Cell, ForecastValue] | None:
        out: dict[Cell, ForecastValue] = {}
        cities = self.places if _goes_on(self.token, text) else []
        primary, days, valued = "", self.days, True
        open_days, between = False, False  # days of which nothing is said yet, and whether a place follows them
        for match in self.token.finditer(text):
            said = match.groupdict()
            if said["city"]:
                cities, valued = [*([] if valued else cities), self.names[said["city"]]], False
                between = open_days
            elif said["primary"]:
                primary = said["primary"]
            elif said["cls"] or said["low"]:
                value = _value(said)
                if value is None or not cities or not days or _clash(out, cities, days, value):
                    return None
                out |= {(city, day): value for city in cities for day in days if (city, day) not in out}
                valued, open_days, between = True, False, False
            elif between:  # 28日太原29日临汾良
                return None
            else:
                days, open_days = [*(days if open_days else ()), *self._days(said)], True
        if not valued:  # places that nothing is said of
            return None
        self.days, self.places = days, cities
        code = parse_primary(primary) if primary else ""
        return {cell: ForecastValue(one.low, one.high, code) for cell, one in out.items()}

    def _days(self, said: Mapping[str, str | None]) -> list[date]:
        if said.get("d1") and said.get("d2"):
            first, last = self._day(said["m1"], said["d1"]), self._day(said["m2"] or said["m1"], said["d2"])
            if first is None or last is None or (last - first).days >= _MOST_DAYS:
                return []
            return [first + timedelta(days=step) for step in range((last - first).days + 1)]
        day = self._day(said.get("m3"), said.get("d3") or said.get("d4"))
        return [day] if day else []

    def _day(self, month: str | None, number: str | None) -> date | None:
        """The day of that number next to the bulletin's own."""
        if not number:
            return None
        around = (self.near + timedelta(days=step) for step in (*range(-2, 180), *range(-3, -181, -1)))
        return next((d for d in around if d.day == int(number) and (not month or d.month == int(month))), None)


def _goes_on(token: re.Pattern[str], text: str) -> bool:
    """Whether a clause begins with a day of its own, and names nothing beside days, values and pollutants."""
    first = token.match(text)
    begins = first is not None and bool(first["d1"] or first["d3"] or first["d4"])
    return begins and _GOES_ON.fullmatch(token.sub("", text)) is not None


def _value(said: Mapping[str, str | None]) -> ForecastValue | None:
    try:
        return parse_value(said["cls"] or f"{said['low']}-{said['high'] or said['low']}")
    except BadCellError:
        return None


def _clash(
    out: Mapping[Cell, ForecastValue], cities: Sequence[str], days: Sequence[date], value: ForecastValue
) -> bool:
    """Whether a cell that has a value is given another: a class beside an AQI must be the one it lies in."""
    held = [out[city, day] for city in cities for day in days if (city, day) in out]
    return any(one != value and not _inside(one, value) for one in held)


def _inside(one: ForecastValue, other: ForecastValue) -> bool:
    if not one.low.isdecimal() or other.low.isdecimal():
        return False
    classes = [next(name for name, top in AQI_CLASSES if int(end) <= top) for end in (one.low, one.high)]
    return classes == [other.low, other.high]
