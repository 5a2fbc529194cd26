"""Filed plans (一厂一策): the surest reading of each sentence, or none; blank shares filled.

A text is read only when every clause of it is understood: one production measure, at most, with its modifiers, and
clauses on vehicles. Phases, hours of the day, conditions on the kind of oven and unnamed other measures leave it
unread: nothing is guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from alertengine.files import CodedTable, Encoded, Findings, Held, Numbered, category, text_array
from alertengine.rulebook import (
    CLAUSE_ENDS,
    MeasureReading,
    about_vehicles,
    counted_by,
    counting_phrase,
    plain_phrase,
    read_base,
    read_phrase,
)
from alertengine.vocabulary import (
    COUNTED_AS_RULED,
    FIELDS,
    LEVEL_NUMERALS,
    LEVEL_TEXT,
    MEASURES,
    PLAN_FIELDS,
    number,
)


@dataclass(frozen=True, slots=True)
class PlanReading(MeasureReading):
    """What a filed measure says: its measure of production, and ``vehicles``, the clauses on vehicles as written.

    ``kind`` is ``vehicle_ban`` or ``vehicle_quota`` where it speaks of vehicles alone, ``""`` when unread.
    """

    vehicles: str = ""

    @property
    def shared_by(self) -> str:
        """How lines are chosen for an enterprise-wide plan: ``line;capacity``, ``unit=2;each``; empty where none are.

        ``any``: as a rule's share order of the same lines counts; where there is none it speaks of its line alone.

        >>> [read_plan(text).shared_by for text in ("停产50%（以生产线计）", "停产50%", "停2台焙烧炉", "限产30%")]
        ['line', 'any', 'unit=2', '']
        >>> [read_plan(text).shared_by for text in ("全厂停2台焙烧炉", "每条生产线停1台焙烧炉")]
        ['unit=2;all', 'unit=1;each']
        """
        if self.kind == "stop_units" and self.value:
            return f"unit={number(self.value)}" + (f";{self.whose}" if self.whose else "")
        chosen = self.kind == "stop_share" or (self.kind == "limit" and {"line", "unit", "chamber"} & set(self.by))
        return (";".join(self.by) or COUNTED_AS_RULED) if chosen else ""

    @property
    def demand(self) -> str:
        """What is asked where the share hangs on figures of the line: ``hours=30;from=20``; empty where none is.

        >>> [read_plan(text).demand for text in ("延长结焦时间至30小时", "日投料量不超过700吨", "以热定产", "限产30%")]
        ['hours=30', 'amount=700', 'demand=heat', '']
        """
        if self.share is not None:
            return ""
        if self.kind == "demand_cap":
            return f"demand={self.by[0]}"
        if self.kind in ("feed_cap", "cycle_cap") and self.value is not None:
            return f"amount={number(self.value)}" + (";per=unit" if "unit" in self.by else "")
        if self.kind == "coking_time" and self.value:
            return f"hours={number(self.value)}" + (f";from={number(self.from_value)}" if self.from_value else "")
        return ""

    @property
    def read(self) -> bool:
        """Whether the text was understood."""
        return bool(self.kind)


_VEHICLE_SHARE: Final = re.compile(r"%|\d+辆")
_HARMLESS: Final = re.compile(
    r"鼓励结合(?:自身)?实际|保障(?:居民)?(?:供暖|供热|民生)|(?:加强|落实|严格落实|做好|强化)[^停限产减降负荷料炉焦时天日夜%除外但若如至到级色案策单\d]+"
)
_NUMBERED: Final = re.compile(r"^(?:\(\d+\)|\d+[.、)](?!\d))")
_INTRO: Final = re.compile(r"^(?:预警期间|应急响应期间|响应期间|期间)[:,]?")
#: Where a clause ends: at a sign, or where the next one has its number: ①停产50%②禁止国四车辆.
_ENDS: Final = re.compile(CLAUSE_ENDS.pattern + r"|(?<=.)(?=[①-⑳❶-➓]|[(（]\d{1,2}[)）][^()（）])")
#: What joins two demands in one clause: 限产20%且禁止国四车辆.
_AND: Final = re.compile("并且|而且|同时|以及|[且并及和与、]")
_JOINS: Final = re.compile("^(?:并且|而且|同时|且|并)")
#: What a limit is reckoned from, in brackets behind it: (以环评批复产能计).
_BASE: Final = re.compile(r"\([以按](?P<base>[^()]+?)(?:计算?|为基数|为基准)\)$")


def read_plan(text: str) -> PlanReading:
    """The surest reading of a filed measure.

    >>> read_plan("停产50%（以生产线计）")
    PlanReading(kind='stop_share', share=0.5, by=('line',), value=None, from_value=None, whose='', vehicles='')
    >>> read_plan("日投料量由960吨降到768吨及以下").share
    0.2
    """
    production: list[MeasureReading] = []
    vehicles: list[str] = []
    unread, counted, wordings = False, "", set[str]()
    clauses = _ENDS.split(_INTRO.sub("", plain_phrase(text)))
    for said in (_said(part) for clause in clauses for part in _parts(clause)):
        if not said or _HARMLESS.fullmatch(said):
            continue
        by = counting_phrase(said)
        if by and production:
            production[-1] = counted_by(production[-1], by)
            continue
        if by and not counted:  # 以生产线计，停产50%
            counted = by
            continue
        reading = _measure(said)
        if reading is not None:
            production.append(counted_by(reading, counted) if counted else reading)
            counted = ""
            wordings.add(said)
        elif about_vehicles(said):
            vehicles.append(said)
        else:
            unread = True
    joined = "；".join(vehicles)
    several = len(wordings) > 1 and any(one.more for one in production)  # 停1台烧结机，停1座高炉: two, read alike
    measure = MeasureReading() if unread or counted or several else _one(production, joined)
    return PlanReading(**asdict(measure), vehicles=joined)


@lru_cache(maxsize=1 << 14)
def without_vehicles(text: str) -> str:
    """A filed measure as it is written, without its clauses about vehicles; blank where it has no others.

    >>> without_vehicles("停产50%（以生产线计），停止公路运输")
    '停产50%（以生产线计）'
    """
    kept, content = "", False
    for piece, end in zip(_ENDS.split(text), [*_ENDS.findall(text), ""], strict=True):
        own = [part for part in _parts(piece) if not about_vehicles(_said(part))]
        if own:
            kept += "".join(own) + end
            content |= any(map(_said, own))
    return kept.strip("，,；;。\n ") if content else ""


def _said(clause: str) -> str:
    """A clause without its number and what it begins with in every plan."""
    return _JOINS.sub("", _NUMBERED.sub("", _INTRO.sub("", plain_phrase(clause))))


def _parts(clause: str) -> tuple[str, ...]:
    """A clause, or the two that it joins where one asks something of production and the other of vehicles."""
    if _measure(_said(clause)) is None and not about_vehicles(_said(clause)):
        for sign in _AND.finditer(clause):
            first, second = clause[: sign.start()], clause[sign.end() :]
            read = {(_measure(one) is not None, about_vehicles(one)) for one in (_said(first), _said(second))}
            if read == {(True, False), (False, True)}:
                return first, second
    return (clause,)


def _measure(clause: str) -> MeasureReading | None:
    """What a clause asks of production: a share above the whole is unread, one of the whole is a stop, of nothing none.

    What a limit is reckoned from (以环评批复产能计) does not change its share.
    """
    base = _BASE.search(clause)
    reading = read_phrase(clause)
    if reading is None and base and read_base(base["base"]):
        reading = read_phrase(clause[: base.start()])
        reading = reading if reading is not None and reading.kind == "limit" else None
    if reading is None or reading.share is None:
        return reading
    if reading.share == 0 and reading.kind == "stop_share":
        return MeasureReading("none", 0.0)
    if reading.share < 1:
        return reading
    if reading.share > 1:
        return MeasureReading()
    return replace(reading, kind="stop") if reading.kind == "stop_share" else reading


def _one(production: list[MeasureReading], vehicles: str) -> MeasureReading:
    """The one measure of all production clauses; several different ones are left unread."""
    distinct = list(dict.fromkeys(production))
    if not distinct:
        quota = "vehicle_quota" if _VEHICLE_SHARE.search(vehicles) else "vehicle_ban"
        return MeasureReading(quota) if vehicles else MeasureReading()
    if len(distinct) == 1:
        return distinct[0]
    kinds = {reading.kind: reading for reading in distinct}
    if len(distinct) == 2 and set(kinds) == {"self_directed", "limit"}:
        return replace(kinds["self_directed"], share=kinds["limit"].share)
    return MeasureReading()


#: Texts and statements that differ by no more than this agree.
AGREE = 0.005


def add_plans(
    lines: CodedTable, rows: npt.NDArray[np.int64], findings: Findings
) -> tuple[CodedTable, Mapping[str, PlanReading], CodedTable]:
    """Add ``plan_<level>_kind``, ``_vehicles``, ``_by``, ``_demand`` to the lines; fill blank shares from the texts.

    Returns the lines, each distinct text with its reading, and where the list itself states a share
    (bool, shape: lines by the three share fields).
    """
    lines = _ditto(lines, rows, findings)
    known = (*MEASURES, "")
    readings: dict[str, PlanReading] = {}
    added: dict[str, Held] = {}
    stated_at: dict[str, Held] = {}
    for name in PLAN_FIELDS.values():
        column = lines.text(name).compact()
        texts = column.names
        encoded = Encoded(column.codes, texts, texts)
        read = [readings.setdefault(text, read_plan(text)) for text in texts]
        added[f"{name}_kind"] = category(encoded, [reading.kind for reading in read], known)
        added[f"{name}_vehicles"] = column.mapped(text_array([reading.vehicles or None for reading in read]))
        said = [np.nan if reading.share is None else reading.share for reading in read]
        share = encoded.take(said, missing=np.nan, dtype=np.float64)
        stated = lines.number(f"{name}_share")
        stated_at[f"{name}_share"] = ~np.isnan(stated)
        added[f"{name}_share"] = np.where(np.isnan(stated), share, stated)
        by = category(encoded, [reading.shared_by or None for reading in read])
        own = ~np.isnan(stated) & ~(np.abs(stated - share) <= AGREE)  # what is stated of a line, not of its enterprise
        added[f"{name}_by"] = replace(by, codes=np.where(own, by.codes.dtype.type(-1), by.codes))
        added[f"{name}_demand"] = category(encoded, [reading.demand or None for reading in read])
        _warn_unread(name, encoded, read, rows, findings)
        _warn_differing(name, stated, share, rows, findings)
    return lines.having(added), readings, CodedTable(stated_at, len(lines))


_ABOVE: Final = re.compile(
    r"(?:措施)?[同与和]上(?:(?:一?[行条]|一?条?生产?线|述|面)的?)?(?:减排)?(?:措施)?(?:相同|一致|一样)?[。.]?|同前[。.]?|[〃″]"
)
_SAME_AS: Final = re.compile(
    r"(?:[同与按]|按照|参照|执行)([黄橙红]色?|[一二三]级|I{1,3}级)(?:预警|应急响应|响应)*(?:期间)?(?:的?减排)?(?:措施|要求)?(?:相同|一致|一样|执行)?[。.]?"
)
_LEVEL_OF: Final = {
    word: level
    for level, numerals in LEVEL_NUMERALS.items()
    for word in (LEVEL_TEXT[level], LEVEL_TEXT[level][0], *(f"{numeral}级" for numeral in numerals))
}


def _ditto(lines: CodedTable, rows: npt.NDArray[np.int64], findings: Findings) -> CodedTable:
    """The lines with 同上 replaced by what it means, and 同橙色 by the text of that level.

    同上 means the row above only where that is the next row of the file and of the same enterprise and says
    something itself; elsewhere it stays as it is.  One may point to another.
    """
    written = {name: lines.text(name) for name in PLAN_FIELDS.values()}
    same = {name: _pointing(column) for name, column in written.items()}
    if not any(same.values()):
        return lines
    texts = {name: column.table(column.names, None, object) for name, column in written.items()}
    said = {name: np.flatnonzero(column.among(same[name])) for name, column in written.items()}
    owner = lines.text("enterprise_id").codes
    for _ in PLAN_FIELDS:  # as many steps from one level to another
        for name, pointing in same.items():
            for at in said[name].tolist():
                other = pointing.get(texts[name][at])
                if other == "":
                    above = at and owner[at - 1] == owner[at] and rows[at] == rows[at - 1] + 1
                    meant, known = (texts[name][at - 1] if above else None), pointing
                elif other not in (None, name):
                    meant, known = texts[other][at], same[other]
                else:
                    continue
                if isinstance(meant, str) and meant not in known:
                    texts[name][at] = meant
    changed: dict[str, Held] = {}
    for name, column in written.items():
        anew = [at for at in said[name].tolist() if texts[name][at] != column[at]]
        if anew:
            own = np.full(len(column), -1)
            own[anew] = np.arange(len(anew))
            changed[name] = column.where(own < 0, Numbered(own, text_array([texts[name][at] for at in anew])))
            at, column_name, value = anew[0], FIELDS[name].text, column[anew[0]]
            facts = {"count": len(anew), "meant": str(texts[name][at])}
            findings.warn("plans_ditto", row=int(rows[at]), column=column_name, value=value or "", **facts)
    return lines.having(changed)


def _pointing(column: Numbered) -> dict[str, str]:
    """The texts of a column that point elsewhere: to the plan of a level, by its name, or to the row above, blank."""
    out: dict[str, str] = {}
    for text in column.names:
        plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
        found = _SAME_AS.fullmatch(plain)
        if found:
            out[text] = PLAN_FIELDS[_LEVEL_OF[found[1]]]
        elif _ABOVE.fullmatch(plain):
            out[text] = ""
    return out


def _warn_unread(
    name: str, encoded: Encoded, read: list[PlanReading], rows: npt.NDArray[np.int64], findings: Findings
) -> None:
    unread = [place for place, reading in enumerate(read) if not reading.read]
    if not unread:
        return
    distinct, first, counts = np.unique(encoded.codes, return_index=True, return_counts=True)
    where = {int(code): (int(line), int(count)) for code, line, count in zip(distinct, first, counts, strict=True)}
    for place in sorted(unread, key=lambda place: where[place][0]):
        line, count = where[place]
        value, column = encoded.raw[place], FIELDS[name].text
        findings.warn("plans_unread", row=int(rows[line]), column=column, value=value, count=count)


def _warn_differing(
    name: str,
    stated: npt.NDArray[np.float64],
    share: npt.NDArray[np.float64],
    rows: npt.NDArray[np.int64],
    findings: Findings,
) -> None:
    differ = np.flatnonzero(np.abs(stated - share) > AGREE)
    if len(differ):
        line = differ[0]
        value, said = number(stated[line] * 100), number(share[line] * 100)
        column = FIELDS[f"{name}_share"].text
        at = int(rows[line])
        findings.warn("plans_share", row=at, column=column, value=value, count=len(differ), share=said)
