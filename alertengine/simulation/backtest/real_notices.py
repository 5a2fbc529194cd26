"""Real notices of warnings: which cities, from which level to which, from when to when; years where none is written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from alertengine.files import YEARS, Schema, normal, parse_stamp, read_table, text_frame, with_sheets
from alertengine.rulebook import OpenLists
from alertengine.simulation.backtest.notice_words import ENDS, ends_of, is_open, plain_time, read_time, read_words
from alertengine.vocabulary import LEVEL_TEXT, InputError, Problem, perhaps

#: Cells of a notice that hold a date; the first that has its year stands for the notice.
_DATES: Final = ("announced", "starts", "ends")
_YEARLESS: Final = re.compile(
    r"(\d{1,2})[-/.月](\d{1,2})(日?(?:[\sT]?\s*\d{1,2}[:：时点].*|/\d{1,2})?[?？]?)", re.ASCII
)
#: Farther than this from the date it is read beside, either of two years could be meant.
_NEAR: Final = timedelta(days=92)

Row = Mapping[str, str]


def with_years(rows: Sequence[tuple[int, Row]], file: str) -> tuple[list[tuple[int, Row]], list[Problem]]:
    """Notices with the year written into every date that lacks it, and a note for each.

    Args:
        rows: the number of each row in the file and its cells, as texts.
        file: the file, for messages.

    Returns:
        The rows, those whose year cannot be told unchanged, and for each row touched a note or a problem.

    """
    known = [next(filter(None, (_dated(row[name]) for name in _DATES)), None) for _, row in rows]
    out: list[tuple[int, Row]] = []
    said: list[Problem] = []
    for at, (number, row) in enumerate(rows):
        lacking = [name for name in ("starts", "announced", "ends") if _YEARLESS.fullmatch(row[name].strip())]
        own, code = known[at], "notice_year_own"
        if lacking and own is None:
            beside = [next((day for day in way if day), None) for way in (reversed(known[:at]), known[at + 1 :])]
            own, code = _between(row[lacking[0]], *beside), "notice_year_beside"
        found = {name: _nearest(row[name], own) for name in lacking} if own else dict.fromkeys(lacking)
        if not lacking or None in found.values():
            out.append((number, row))
            said += [
                Problem("notice_year_unknown", file=file, row=number, column=name, value=row[name])
                for name in lacking[:1]
            ]
            continue
        years = {name: day.year for name, day in found.items() if day}
        dated = {**row}
        for name, year in years.items():  # in the spelling the date has
            text = row[name].strip()
            dated[name] = f"{year}年{text}" if "月" in text else f"{year}-{text.replace('.', '-', 1)}"
        out.append((number, dated))
        first = lacking[0]
        said.append(Problem(code, file=file, row=number, column=first, value=row[first], year=years[first]))
    return out, said


def _dated(text: str) -> date | None:
    """The day a cell names with its year."""
    try:
        return parse_stamp(text.strip().rstrip("?？").partition("/")[0] if "-" in text else text.rstrip("?？")).date()
    except ValueError:
        return None


def _candidates(text: str) -> Iterator[date]:
    """The days a date without its year can mean."""
    match = _YEARLESS.fullmatch(text.strip())
    for year in range(YEARS[0], YEARS[1] + 1) if match else ():
        try:
            yield date(year, int(match[1]), int(match[2]))  # type: ignore[index]
        except ValueError:  # no such day in that year
            continue


def _nearest(text: str, day: date) -> date | None:
    """The candidate nearest to a day, where it is near."""
    found = min(_candidates(text), key=lambda one: abs(one - day), default=None)
    return found if found and abs(found - day) <= _NEAR else None


def _between(text: str, before: date | None, after: date | None) -> date | None:
    """The one candidate between the notices beside, else the one that is nearest to all of them."""
    ends: Iterable[date] = [day for day in (before, after) if day]
    if before and after:
        inside = [one for one in _candidates(text) if min(before, after) <= one <= max(before, after)]
        if inside:
            return inside[0] if len(inside) == 1 else None
    near = {_nearest(text, day) for day in ends}
    return near.pop() if len(near) == 1 else None


HEADERS: Final = {
    "id": ("编号", "预警编号"), "scope": ("范围",), "areas": ("地区", "区域", "city", "城市"),
    "action": ("动作", "类型"), "level": ("级别", "预警级别", "to_level", "现级别", "响应级别"),
    "from_level": ("原级别", "原预警级别", "调整前级别"),
    "starts": ("effective_start", "开始时间", "start", "预警开始时间", "启动时间", "生效时间", "预警时段", "起止时间"),
    "ends": ("effective_end", "结束时间", "end", "预警结束时间", "解除时间", "终止时间"),
    "response_starts": ("response_start", "响应开始时间", "响应启动时间", "响应时段"),
    "response_ends": ("response_end", "响应结束时间", "响应终止时间"),
    "announced": ("发布时间", "issued", "公告时间"), "title": ("标题", "通知标题", "名称"),
    "supersedes": ("替代", "取代", "原通知"), "note": ("备注", "说明"),
}  # fmt: skip
_EXCEPT: Final = re.compile(r"除(.+?)外")
#: The whole province.
_WHOLE: Final = re.compile(r"各市|全省|\d+\s*个?市|所有(?:地)?市")
#: A part of a city.
_PART: Final = re.compile(r"[县镇乡]|(?<!地)区(?!域)|街道|旗|\bcounty|\bdistrict", re.IGNORECASE)
#: What is written as the name of a city, and signs that such names do not hold.
_AS_CITY: Final = re.compile(r"[\u4e00-\u9fff]{2,5}市")
_NO_NAME: Final = re.compile("[各全本等其他所域个地该省辖有]")
_TIMES: Final = (("starts", "ends"), ("response_starts", "response_ends"))


@dataclass(frozen=True)
class RealNotice:
    """One real notice: the cities it reached, its levels (``""``: none named; ``none``: below yellow) and its hours.

    ``announced`` is the first moment it may have come out, ``by`` the last (a day is known, not the hour). ``response``
    has the hours of the emergency response where the notice tells them apart from those of the warning.
    """

    id: str
    cities: tuple[str, ...]
    action: str
    level: str
    at_least: bool
    starts: datetime
    ends: datetime | None
    announced: datetime | None
    by: datetime | None
    #: The level it replaces or ends.
    before: str = ""
    response: tuple[datetime, datetime | None] | None = None
    #: Cities of which only some counties or townships are named.
    part: frozenset[str] = frozenset()
    #: Whether the notice writes a date without its year, and the year is inferred.
    year_inferred: bool = False

    @property
    def held(self) -> tuple[datetime, datetime | None]:
        """The hours its measures hold: of the response, else of the warning; None: no end is told."""
        return self.response or (self.starts, self.ends)

    @property
    def lifts(self) -> bool:
        """Whether no warning is left after it."""
        return self.action in ENDS


_SCHEMA: Final = Schema(
    {normal(said): (name,) for name, spellings in HEADERS.items() for said in (name, *spellings)},
    least=2,
    subjects=("areas", "title"),
)


def read_alerts(path: Path | str, lists: OpenLists) -> tuple[list[RealNotice], list[Problem]]:
    """Read real notices, what of them could not be read, and a note for each whose year is inferred.

    Raises:
        InputError: unreadable, or a required column missing.

    """
    path = Path(path)
    reading = read_table(path, _SCHEMA)
    cells, _, _ = text_frame(reading.table, _SCHEMA.names)
    wanted = {"areas": ("areas",), "level": ("level", "title"), "starts": ("starts", "response_starts")}
    absent = [name for name, either in wanted.items() if not any(one in cells for one in either)]
    if absent:
        raise InputError(
            [Problem("notice_column_missing", file=str(path), column=n, header=HEADERS[n][0]) for n in absent]
        )
    cells = cells.loc[:, ~cells.columns.duplicated()].reindex(columns=list(HEADERS), fill_value="")
    texts = [_two_ends({str(name): str(cell) for name, cell in row.items()}) for row in cells.to_dict("records")]
    rows, problems = with_years(list(zip(map(int, cells.index), texts, strict=True)), str(path))
    inferred = {problem.row for problem in problems if problem.severity == "warning"}
    untold = {problem.row for problem in problems} - inferred
    read = [(number, _alert(number, row, str(path), lists, problems)) for number, row in rows if number not in untold]
    found = [replace(one, year_inferred=n in inferred) for n, one in read if one is not None]
    levels = {one.id: one.level for one in found}
    replaced = {str(row["id"]): levels.get(str(row["supersedes"]).strip(), "") for _, row in rows}
    told = [*reading.problems, *reading.notes, *with_sheets(problems, reading.table.labels)]
    return [one if one.before else replace(one, before=replaced.get(one.id, "")) for one in found], told


def _two_ends(row: dict[str, str]) -> dict[str, str]:
    """A row whose times are plain, a cell that names a start and an end put into both columns."""
    out = {**row, "announced": plain_time(row["announced"])}
    for start, end in _TIMES:
        first, last = ends_of(row[start])
        out |= {start: first, end: last if last and not row[end].strip() else plain_time(row[end])}
    return out


def _alert(
    number: int, row: Mapping[Any, Any], file: str, lists: OpenLists, problems: list[Problem]
) -> RealNotice | None:
    def say(code: str, column: str, **more: Any) -> None:
        problems.append(Problem(code, file=file, row=number, column=column, value=str(row[column]), **more))

    times = {name: read_time(str(row[name])) for name in ("starts", "ends", "response_starts", "response_ends")}
    starts = times["starts"] or times["response_starts"]
    cities, part = _cities(str(row["areas"]), str(row["scope"]), lists)
    for name in map(str.strip, re.split(r"[|、，,;；和及与\s]", str(row["areas"]))):
        if not _AS_CITY.fullmatch(name) or _NO_NAME.search(name) or _named(name, lists):
            continue
        near = perhaps(lists.recognise("places", name).candidates)
        place: dict[str, Any] = {"file": file, "row": number, "column": HEADERS["areas"][0], "value": name}
        problems.append(Problem("notice_city_unknown", **place, near=near))
    if starts is None or not cities:
        say(*(("notice_without_start", "starts") if starts is None else ("notice_without_city", "areas")))
        return None
    for name in ("ends", "response_starts", "response_ends", "announced"):
        if not is_open(str(row[name])) and read_time(str(row[name])) is None:
            say("notice_time_unread", name)
    end, until = (times[name][1] if times[name] else None for name in ("ends", "response_ends"))  # type: ignore[index]
    own = times["response_starts"]
    response = (own[0] if own else starts[0], until or end) if own or until else None
    if any(last is not None and last <= first for first, last in filter(None, [(starts[0], end), response])):
        say("notice_backwards", "ends")
        return None
    said = read_words(str(row["action"]), str(row["level"]), str(row["title"]), str(row["from_level"]))
    if not said.before:
        said = replace(said, before=read_words("", str(row["supersedes"])).level)
    if said.unread and said.action not in ENDS:
        say("notice_level_unread", "level" if row["level"] else "title", levels=[*LEVEL_TEXT.values()][1:])
    announced, by = read_time(str(row["announced"])) or (None, None)
    return RealNotice(
        str(row["id"] or number), cities, said.action, "none" if said.below else said.level, said.at_least, starts[0],
        end, announced, by, said.before, response, part,
    )  # fmt: skip


def _cities(areas: str, scope: str, lists: OpenLists) -> tuple[tuple[str, ...], frozenset[str]]:
    """Every city a notice names, in the order of the vocabulary, and those of which only a part is meant.

    除…外 and 各市 mean the default province; counties alone are those of the city the scope names. Of several parts the
    one that asks (被要求) counts.
    """
    asked = [part for part in re.split(r"[;；]", areas) if "要求" in part] or [areas]
    said = " ".join(asked)
    whole = lists.cities_of(lists.default_province) if lists.default_province else []
    left_out = _EXCEPT.search(said)
    if left_out:
        out = set(_named(left_out[1], lists))
        return tuple(city for city in whole if city not in out), frozenset()
    found: dict[str, None] = {}
    part: set[str] = set()
    for piece in re.split(r"[|、，,;；]", said):
        own = _named(piece, lists)
        rest = piece
        for name in sorted(lists.spellings("places"), key=len, reverse=True):
            rest = rest.replace(name, "") if len(name) > 1 else rest
        part |= set(own) - set(found) if _PART.search(rest) else set()
        part -= set() if _PART.search(rest) else set(own)
        found |= dict.fromkeys(own)
    if not found and _WHOLE.search(said):
        found = dict.fromkeys(_named(scope, lists) or whole)
    elif not found:
        found = dict.fromkeys(_named(scope, lists))
        part = set(found) if said.strip() and not re.fullmatch(r"全[市域境]|市域|全市域", said.strip()) else set()
        found = found if len(found) < len(whole) or not part else {}
    return tuple(city for city in lists.cities() if city in found), frozenset(part)


def _named(text: str, lists: OpenLists) -> list[str]:
    """The cities of every place a text names."""
    return [c for name in lists.spellings("places") if len(name) > 1 and name in text for c in lists.cities_of(name)]
