"""Filed plan sentences (一厂一策): the surest reading of each, or none.

A text is read only when every clause of it is understood: one production measure, at most,
with its modifiers, and clauses on vehicles.  Phases, hours of the day, conditions on the kind
of oven and unnamed other measures leave it unread: nothing is guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Final

from alertengine.vocabulary import COUNTED_AS_RULED, in_digits, number


@dataclass(frozen=True, slots=True)
class PlanReading:
    """What a filed measure says.

    ``kind`` is a code of ``vocabulary.MEASURES``, ``""`` when unread; ``share`` the reduction of the line's emission, 0
    to 1, None when the text does not fix it; ``by`` what a partial stop is counted by (line, unit, chamber, capacity,
    load), and ``unit`` where a cap is each furnace's (of a demand cap: what it follows, ``heat``, ``output`` or
    ``verified_load``); ``value`` and ``from_value`` the hours of a coking time, the tonnes or heats a day of a cap
    (target and start), the number of units of ``stop_units``; ``vehicles`` the clauses on vehicles as written;
    ``whose`` says of a number of units whether it is each line's (``each``) or the enterprise's (``all``), blank where
    the text does not.
    """

    kind: str = ""
    share: float | None = None
    by: tuple[str, ...] = ()
    value: float | None = None
    from_value: float | None = None
    vehicles: str = ""
    whose: str = ""

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


_NUM: Final = r"(\d+(?:\.\d+)?)"
_AT_LEAST: Final = r"(?:\(含\))?(?:及?以上)?"
_AT_MOST: Final = r"(?:\(含\))?(?:及?以下)?"
_PERCENT: Final = rf"{_NUM}%{_AT_LEAST}"
_RATE: Final = rf"(?:比例为?)?(?:不得?低于|不得?少于|至少|≥|>=|达到?)?{_PERCENT}"
_WHOLE: Final = (
    r"(?:企业|全厂|厂区|全部|全面|全线|全天|整体|立即|一律|该|本|所有|生产线|产线|生产工序|涉气工序|涉气生产工序)*"
)
_UNTIL_LIFTED: Final = r"(?:(?:直?至|到)(?:预警|应急响应|响应)(?:解除|结束|终止)(?:为止)?)?"
_DOWN_TO: Final = r"(?:降低?|减少?|压减|下调|削减|控制)(?:至|到|为)"
_LOWERED: Final = r"(?:降低?|减少|压减|下调|削减)"
_OUTPUT: Final = r"(?:产量|产能|生产负荷|负荷)"
_UP_TO: Final = r"(?:延长|提高|增加)?(?:至|到|不少于|不低于)"
_HOURS: Final = rf"{_NUM}个?(?:小时|h)"
_DAY: Final = r"(?:/日|/天|/d|每日|每天)?"
_TONNES: Final = rf"{_NUM}(?:吨|t){_DAY}"
_TIMES: Final = rf"{_NUM}(?:炉|炉次|孔|次){_DAY}"
_EACH: Final = r"(?:每座|每台|每个|每|单座|单台|单)(?:转炉|电炉|焦炉|熔炼炉|炉子|炉)"
_CYCLES: Final = r"(?:(?:日均)?(?:炉次|炉数|出炉数|出焦孔数|出炉孔数))"
_BY_WORD: Final = (
    r"(?:生产线|产线|条数?|设备数量|设备|装备|台套数?|台数?|座数?|数量|高炉|气化炉(?:冷备)?|矿热炉|炉窑|窑|炉"
    r"|炭化室(?:孔数)?|孔数?|产能规模|产能|生产负荷|负荷)"
)
_BY_WORDS: Final = rf"({_BY_WORD}(?:[和及与、]{_BY_WORD})*)"
_BY: Final = rf"[以按]{_BY_WORDS}(?:计算?|统计)"
_MACHINES: Final = r"(?:台套|台|座|条|套|组)"
#: What a number of machines is of: a name, not the beginning of another demand.
_NAME: Final = r"(?:(?!其余|其他|另|夜|白天|限|留|减|轮(?!窑)|每|小时|时|天|日|间歇|交替|检修)[\u4e00-\u9fff]){0,8}"

_OF_ALL: Final = r"(?:本?企业|全厂|全企业|厂区)?(?:合计|总共|一共|共计|共)|本?企业|全厂|全企业|厂区"
_OF_EACH: Final = r"(?:每|各)(?:1?条)?(?:生产线|产线|线)各?|各"

_BY_CODE: Final = {
    "线": "line", "条": "line", "室": "chamber", "孔": "chamber", "产能": "capacity", "负荷": "load",
}  # fmt: skip


def _share(percent: str) -> float:
    return float(percent) / 100


def _cycle(m: re.Match[str]) -> PlanReading:
    """Hours stopped and hours run in turn: the share of the time stopped."""
    stopped, run = float(m[1]), float(m[2])
    return PlanReading("limit", round(stopped / (stopped + run), 6)) if stopped and run else PlanReading()


def _stop_share(percent: str) -> PlanReading:
    share = _share(percent)
    return PlanReading("stop", 1.0) if share == 1 else PlanReading("stop_share", share)


def _so_many_of(stopped: str, of: float, word: str) -> PlanReading:
    """A number of machines or lines out of a stated total: the share of them."""
    by = "line" if "线" in word or "条" in word else "unit"
    share = float(stopped) / of if of else 2.0
    return replace(PlanReading("stop", 1.0) if share == 1 else PlanReading("stop_share", round(share, 9)), by=(by,))


def _cap(kind: str) -> Callable[[re.Match[str]], PlanReading]:
    def reading(m: re.Match[str]) -> PlanReading:
        start, end = (float(m[1]), float(m[2])) if m.re.groups > 1 else (None, float(m[1]))
        if start is None:
            return PlanReading(kind, value=end)
        if not 0 <= end < start:
            return PlanReading()
        return PlanReading(kind, round((start - end) / start, 6), value=end, from_value=start)

    return reading


_SELF: Final = (
    r"(?:A\+?级|(?:绩效)?引领性)?(?:企业)?(?:鼓励)?(?:结合(?:自身)?实际)?(?:自主|自行|自愿|自觉)"
    r"(?:采取|实施|落实|制定|开展|执行|进行)?"
)
_SELF_ALONE: Final = re.compile(_SELF)

_NOTHING: Final = (
    r"不停产、?不限产|不限产、?不停产|不停不限|不停限产|不停产|不减产|不限产|(?:维持|保持)?正常生产|无需停限产"
    r"|免(?:于|予)?停限?产|不(?:采取|要求|实施|纳入|参与)停限产(?:措施)?"
)

_Reader = Callable[[re.Match[str]], PlanReading]

_PRODUCTION: Final[tuple[tuple[str, _Reader], ...]] = (
    (
        rf"{_WHOLE}(?:停产停工|停工停产|停产检修|停产|停止生产|停工|停业|停窑|停炉|停机|关停)(?:到位|措施)?{_UNTIL_LIFTED}",
        lambda _: PlanReading("stop", 1.0),
    ),
    (
        rf"(?:停止?|暂停)(?:一切|{_WHOLE})生产(?:经营)?(?:活动)?{_UNTIL_LIFTED}|全部?停|停止涉气工序",
        lambda _: PlanReading("stop", 1.0),
    ),
    (rf"{_WHOLE}(?:禁止|不得|不准|不)(?:进行)?生产", lambda _: PlanReading("stop", 1.0)),
    (rf"{_WHOLE}(?:轮流|轮换|轮)?停产?{_RATE}|{_RATE}停产", lambda m: _stop_share(m[1] or m[2])),
    (rf"(?:烧结机|设备|生产线)?停{_HOURS}、?开{_HOURS}(?:为周期)?(?:的?限产|循环|交替)?(?:生产)?", _cycle),
    (
        rf"停(?:产|止)?(?:运行?|用)?{_PERCENT}的?({_BY_WORD}|生产装备|生产设备|生产线)",
        lambda m: replace(_stop_share(m[1]), by=_by(m[2])),
    ),
    (
        rf"{_PERCENT}的?({_BY_WORD}|生产装备|生产设备|生产线)(?:停产|停运|停用)",
        lambda m: replace(_stop_share(m[1]), by=_by(m[2])),
    ),
    (rf"(\d+){_MACHINES}({_NAME})停(?:产|运|用)?(\d+){_MACHINES}", lambda m: _so_many_of(m[3], float(m[1]), m[0])),
    (
        rf"停(?:产|运|用)?(\d+){_MACHINES}?({_NAME})(?:保?留|开)(\d+){_MACHINES}?{_NAME}",
        lambda m: _so_many_of(m[1], float(m[1]) + float(m[3]), m[0]),
    ),
    (rf"停止{_PERCENT}炭化室装煤", lambda m: PlanReading("stop_share", _share(m[1]), ("chamber",))),
    (
        rf"{_WHOLE}(?:限产|限|减产|限制生产|{_LOWERED}{_OUTPUT}|限制产能|{_OUTPUT}{_LOWERED}){_RATE}",
        lambda m: PlanReading("limit", _share(m[1])),
    ),
    (rf"{_LOWERED}{_PERCENT}的?{_OUTPUT}", lambda m: PlanReading("limit", _share(m[1]))),
    (rf"减排{_RATE}", lambda m: PlanReading("filed", _share(m[1]))),
    (
        rf"(?:({_OF_ALL})|({_OF_EACH}))?(?:停运|停用|停产|停)(\d+){_MACHINES}{_NAME}",
        lambda m: PlanReading("stop_units", value=float(m[3]), whose="all" if m[1] else "each" if m[2] else ""),
    ),
    (rf"日?投料量由{_TONNES}{_DOWN_TO}{_TONNES}{_AT_MOST}", _cap("feed_cap")),
    (rf"日投料量(?:{_DOWN_TO}|不超过|不高于){_TONNES}{_AT_MOST}", _cap("feed_cap")),
    (rf"日(?:均)?(?:炉次|出炉数|出焦孔数|出炉孔数)由{_TIMES}{_DOWN_TO}{_TIMES}{_AT_MOST}", _cap("cycle_cap")),
    (rf"日(?:均)?(?:炉次|出炉数|出焦孔数|出炉孔数)(?:{_DOWN_TO}|不超过){_TIMES}{_AT_MOST}", _cap("cycle_cap")),
    (
        rf"{_EACH}(?:每日|每天|日)?{_CYCLES}?(?:{_DOWN_TO}|不超过|不高于){_TIMES}{_AT_MOST}",
        lambda m: PlanReading("cycle_cap", by=("unit",), value=float(m[1])),
    ),
    (
        rf"(?:延长)?(?:焦炉)?(?:结焦|出焦)时间{_UP_TO}{_HOURS}{_AT_LEAST}",
        lambda m: PlanReading("coking_time", value=float(m[1])),
    ),
    (
        rf"(?:焦炉)?(?:结焦|出焦)时间[由从]{_HOURS}(?:延长|提高|增加)(?:至|到){_HOURS}{_AT_LEAST}",
        lambda m: (
            PlanReading("coking_time", value=float(m[2]), from_value=float(m[1]))
            if float(m[1]) < float(m[2])
            else PlanReading()
        ),
    ),
    (rf"{_SELF}(?:减排(?:措施)?|措施减排)", lambda _: PlanReading("self_directed")),
    (rf"{_SELF}减排{_RATE}", lambda m: PlanReading("self_directed", _share(m[1]))),
    (r"(?:高炉)?焖炉", lambda _: PlanReading("bank")),
    (r"以热定产", lambda _: PlanReading("demand_cap", by=("heat",))),
    (r"以气定产", lambda _: PlanReading("demand_cap", by=("gas",))),
    (r"以量定产", lambda _: PlanReading("demand_cap", by=("output",))),
    (r"按核定负荷生产", lambda _: PlanReading("demand_cap", by=("verified_load",))),
    (_NOTHING, lambda _: PlanReading("none", 0.0)),
    (r"豁免(?:企业|类|停限产)?", lambda _: PlanReading("exempt", 0.0)),
)

_BRACKET_BY: Final = re.compile(rf"\([以按]?{_BY_WORDS}(?:计算?|统计)?\)")
_CLAUSE_BY: Final = re.compile(_BY)
_FIRST_BY: Final = re.compile(rf"[以按]{_BY_WORDS}(?:计算?|统计)?(?=停)")
_VEHICLE: Final = re.compile(
    r"(?=.*(?:车|运输))(?=.*(?:禁止|停止|不使用|不得|禁用|仅使用|只使用|使用|限制|不允许|停运))(?!.*(?:停产|限产|结焦|投料)).+"
)
_VEHICLE_DOUBT: Final = re.compile(r"限产|停产|减排|生产线|除外|例外|但")
_VEHICLE_SHARE: Final = re.compile(r"%|\d+辆")
_HARMLESS: Final = re.compile(
    r"鼓励结合(?:自身)?实际|保障(?:居民)?(?:供暖|供热|民生)|(?:加强|落实|严格落实|做好|强化)[^停限产减降负荷料炉焦时天日夜%除外但若如至到\d]+"
)
_NUMBERED: Final = re.compile(r"^(?:\(\d+\)|\d+[.、)](?!\d)|[①-⑨])")
_INTRO: Final = re.compile(r"^(?:预警期间|应急响应期间|响应期间|期间)[:,]?")
#: Separators as they are written, kept when a text is taken apart.
_WRITTEN: Final = re.compile(r"([，,；;。\n]+)(?![^（(]*[)）])")
_SEPARATOR: Final = re.compile(r"[,;。\n]+(?![^()]*\))")


def _plain(text: str) -> str:
    """NFKC, no spaces, figures in digits; the full stop 。 and line breaks still separate clauses."""
    lines = (re.sub(r"\s+", "", line) for line in unicodedata.normalize("NFKC", text).splitlines())
    return in_digits("\n".join(line for line in lines if line))


def _by(words: str) -> tuple[str, ...]:
    counted = re.findall(_BY_WORD + r"|生产装备|生产设备", words)
    codes = [next((code for key, code in _BY_CODE.items() if key in word), "unit") for word in counted]
    return tuple(dict.fromkeys(codes))


def read_plan(text: str) -> PlanReading:
    """The surest reading of a filed measure.

    >>> read_plan("停产50%（以生产线计）")
    PlanReading(kind='stop_share', share=0.5, by=('line',), value=None, from_value=None, vehicles='', whose='')
    >>> read_plan("日投料量由960吨降到768吨及以下").share
    0.2
    """
    production: list[PlanReading] = []
    vehicles: list[str] = []
    unread, counted = False, ""
    for clause in _SEPARATOR.split(_INTRO.sub("", _plain(text))):
        said = _NUMBERED.sub("", clause)
        if not said or _HARMLESS.fullmatch(said):
            continue
        by = _CLAUSE_BY.fullmatch(said)
        if by and production:
            production[-1] = _counted(production[-1], by[1])
            continue
        if by and not counted:  # 以生产线计，停产50%
            counted = by[1]
            continue
        reading = _production(said)
        if reading is not None:
            production.append(_counted(reading, counted) if counted else reading)
            counted = ""
        elif _about_vehicles(said):
            vehicles.append(said)
        else:
            unread = True
    joined = "；".join(vehicles)
    reading = PlanReading() if unread or counted else _one(production, joined)
    return replace(reading, vehicles=joined)


@lru_cache(maxsize=1 << 14)
def without_vehicles(text: str) -> str:
    """A filed measure as it is written, without its clauses about vehicles; blank where it has no others.

    >>> without_vehicles("停产50%（以生产线计），停止公路运输")
    '停产50%（以生产线计）'
    """
    kept, content = "", False
    pieces = _WRITTEN.split(text)
    for piece, end in zip(pieces[::2], [*pieces[1::2], ""], strict=True):
        said = _NUMBERED.sub("", _INTRO.sub("", _plain(piece)))
        if not (said and _about_vehicles(said)):
            kept += piece + end
            content |= bool(said)
    return kept.strip("，,；;。\n ") if content else ""


def _about_vehicles(clause: str) -> bool:
    """Whether a clause asks something of vehicles and nothing else."""
    asks = _production(clause) is None and _VEHICLE.fullmatch(clause) is not None
    return asks and not _VEHICLE_DOUBT.search(clause)


@cache
def _grammar() -> tuple[tuple[re.Pattern[str], _Reader], ...]:
    """What is asked of production, compiled when the first text is read."""
    return tuple((re.compile(pattern), reading) for pattern, reading in _PRODUCTION)


def _production(clause: str) -> PlanReading | None:
    by = _BRACKET_BY.search(clause) or _FIRST_BY.match(clause)
    bare = clause[: by.start()] + clause[by.end() :] if by else clause
    lone = re.fullmatch(rf"(.+?)\((?:限产|减排)?{_PERCENT}\)", bare)
    if lone and _SELF_ALONE.match(lone[1]):
        return PlanReading("self_directed", _share(lone[2]))
    for pattern, reading in _grammar():
        found = pattern.fullmatch(bare)
        if found:
            plan = reading(found)
            if plan.share is not None and not 0 <= plan.share <= 1:
                return PlanReading()
            return _counted(plan, by[1]) if by else plan
    return None


def _counted(plan: PlanReading, words: str) -> PlanReading:
    """A reading with what it is counted by; only partial stops and limits are counted."""
    return replace(plan, by=_by(words)) if plan.kind in ("stop", "stop_share", "limit") else PlanReading()


def _one(production: list[PlanReading], vehicles: str) -> PlanReading:
    """The one measure of all production clauses; several different ones are left unread."""
    distinct = list(dict.fromkeys(production))
    if not distinct:
        quota = "vehicle_quota" if _VEHICLE_SHARE.search(vehicles) else "vehicle_ban"
        return PlanReading(quota) if vehicles else PlanReading()
    if len(distinct) == 1:
        return distinct[0]
    kinds = {reading.kind: reading for reading in distinct}
    if len(distinct) == 2 and set(kinds) == {"self_directed", "limit"}:
        return replace(kinds["self_directed"], share=kinds["limit"].share)
    return PlanReading()
