"""Breaches, and decisions of authorities: their kinds, their grounds, and one as a cell of a list holds it."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

#: Breaches a finding may name, with the words people read.
BREACHES: Final = {
    "no_permit": "无证排污",
    "off_permit": "未按证排污",
    "over_standard": "超标排放",
    "over_total": "超过总量指标排放",
    "illicit_discharge": "偷排漏排",
    "falsified_data": "监测数据弄虚作假",
    "repeat": "屡罚屡犯",
    "over_after_limit": "责令限制生产后仍超标",
    "over_in_warning": "预警期间超标排放",
    "measure_not_done": "预警期间不落实应急减排措施",
    "refused_inspection": "拒绝检查或弄虚作假",
    "stop_not_kept": "停产整治期间拒不停产或擅自恢复生产",
    "refused_site_stop": "拒不停止土石方、拆除等应急措施",
    "refused_dust_stop": "扬尘达到停工值拒不停止作业",
    "overdue": "逾期未完成治理或淘汰",
}
#: What an authority decides, with the other spellings seen.
DECISION_KINDS: Final = {
    "罚款": ("处以罚款", "行政罚款"),
    "限制生产": ("责令限制生产", "限产"),
    "停产整治": ("责令停产整治", "停产治理", "责令停产"),
    "查封": ("查封扣押", "查封、扣押", "扣押"),
    "停业关闭": ("责令停业、关闭", "责令停业关闭", "停业、关闭", "关闭", "停业"),
    "责令改正": ("限期改正", "责令限期改正"),
}
#: The kinds that are penalties, which a repeat counts: 责令改正 and 查封 are decisions, but none.
PENALTY_KINDS: Final = ("罚款", "限制生产", "停产整治", "停业关闭")
#: What a decision rests on: a breach.
DECISION_GROUNDS: Final = tuple(BREACHES.values())
#: Said where nothing was decided, and where it is not known what.
NO_DECISION, UNKNOWN_DECISION = "无", "?"
_NUMBERS = re.compile("[;；、，,]")
_RECORD = re.compile(r"([^:@#;]*):([^:@#;]*)@(\d{4}-\d\d-\d\d)?\.\.(\d{4}-\d\d-\d\d)?(?:#([^;]*))?")


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """One decision: its kind, its ground and the days it binds, both inclusive; blank or None where not known.

    An open ``last`` means until it is lifted; an unknown ``first`` that it may not bind yet.
    """

    kind: str
    ground: str
    first: date | None = None
    last: date | None = None
    number: str = ""

    def text(self) -> str:
        """As a cell holds it: ``停产整治:超标排放@2019-05-01..2019-08-31#并环罚〔2019〕7号``."""
        number = f"#{self.number.replace(';', '；')}" if self.number else ""
        return f"{self.kind}:{self.ground}@{self.first or ''}..{self.last or ''}{number}"

    def names_on(self, day: date) -> tuple[str, ...]:
        """What rules ask for on a day: ``kind`` and ``kind:ground``, ``?`` for what is unknown; none if not open."""
        if (self.last is not None and day > self.last) or (self.first is not None and day < self.first):
            return ()
        if not self.kind:
            return (UNKNOWN_DECISION,)
        doubt = UNKNOWN_DECISION if self.first is None else ""
        return f"{self.kind}{doubt}", f"{self.kind}:{self.ground}{doubt if self.ground else UNKNOWN_DECISION}"


@lru_cache(maxsize=4096)
def records_of(text: str) -> tuple[DecisionRecord, ...]:
    """The decisions of a cell; a part that is no such record counts as a decision of which nothing is known."""
    out = []
    for part in filter(None, map(str.strip, text.split(";"))):
        match = _RECORD.fullmatch(part)
        if match is None:
            out.append(DecisionRecord("", "", number=part))
            continue
        first, last = (date.fromisoformat(end) if end else None for end in match.group(3, 4))
        out.append(DecisionRecord(match[1], match[2], first, last, match[5] or ""))
    return tuple(out)


def open_on(text: str | None, number: str | None, day: date) -> str:
    """The names of the decisions open on a day, joined by ``;``; a number of which no record is there is unknown."""
    records = records_of(text) if text else ()
    names = {name for record in records for name in record.names_on(day)}
    numbers = filter(None, map(str.strip, _NUMBERS.split(number or "")))
    if any(not any(record.number and record.number in one for record in records) for one in numbers):
        names.add(UNKNOWN_DECISION)
    return ";".join(sorted(names)) or NO_DECISION


def undecided(name: str, asked: Collection[object]) -> bool:
    """Whether a name of which something is not known may be one of those asked for."""
    return name.endswith(UNKNOWN_DECISION) and any(str(one).startswith(name[:-1]) for one in asked)
