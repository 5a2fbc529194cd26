"""Filed plan sentences (一厂一策): the surest reading of each, or none.

A text is read only when every clause of it is understood: one production measure, at most,
with its modifiers, and clauses on vehicles.  Phases, hours of the day, conditions on the kind
of oven and unnamed other measures leave it unread: nothing is guessed.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import Final

from alertengine.rulebook import (
    CLAUSE_ENDS,
    MeasureReading,
    about_vehicles,
    counted_by,
    counting_phrase,
    plain_phrase,
    read_phrase,
)
from alertengine.vocabulary import COUNTED_AS_RULED, number


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
    r"鼓励结合(?:自身)?实际|保障(?:居民)?(?:供暖|供热|民生)|(?:加强|落实|严格落实|做好|强化)[^停限产减降负荷料炉焦时天日夜%除外但若如至到\d]+"
)
_NUMBERED: Final = re.compile(r"^(?:\(\d+\)|\d+[.、)](?!\d)|[①-⑨])")
_INTRO: Final = re.compile(r"^(?:预警期间|应急响应期间|响应期间|期间)[:,]?")


def read_plan(text: str) -> PlanReading:
    """The surest reading of a filed measure.

    >>> read_plan("停产50%（以生产线计）")
    PlanReading(kind='stop_share', share=0.5, by=('line',), value=None, from_value=None, whose='', vehicles='')
    >>> read_plan("日投料量由960吨降到768吨及以下").share
    0.2
    """
    production: list[MeasureReading] = []
    vehicles: list[str] = []
    unread, counted = False, ""
    for clause in CLAUSE_ENDS.split(_INTRO.sub("", plain_phrase(text))):
        said = _NUMBERED.sub("", clause)
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
        elif about_vehicles(said):
            vehicles.append(said)
        else:
            unread = True
    joined = "；".join(vehicles)
    measure = MeasureReading() if unread or counted else _one(production, joined)
    return PlanReading(**asdict(measure), vehicles=joined)


@lru_cache(maxsize=1 << 14)
def without_vehicles(text: str) -> str:
    """A filed measure as it is written, without its clauses about vehicles; blank where it has no others.

    >>> without_vehicles("停产50%（以生产线计），停止公路运输")
    '停产50%（以生产线计）'
    """
    kept, content = "", False
    for piece, end in zip(CLAUSE_ENDS.split(text), [*CLAUSE_ENDS.findall(text), ""], strict=True):
        said = _NUMBERED.sub("", _INTRO.sub("", plain_phrase(piece)))
        if not (said and about_vehicles(said)):
            kept += piece + end
            content |= bool(said)
    return kept.strip("，,；;。\n ") if content else ""


def _measure(clause: str) -> MeasureReading | None:
    """What a clause asks of production: a share above the whole is unread, one of the whole is a stop."""
    reading = read_phrase(clause)
    if reading is None or reading.share is None or reading.share < 1:
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
