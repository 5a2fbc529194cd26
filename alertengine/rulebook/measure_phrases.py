"""Measures in Chinese read by one grammar: 停产, 限产30%, 停2台焙烧炉, 日投料量不超过700吨, 停止公路运输.

Cells of rule workbooks, filed plans and the text of a law are read here; each takes of the readings what it can use.
A phrase is read in whole or not at all: nothing is guessed.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from typing import Any, Final

from alertengine.vocabulary import in_digits, simplified


@dataclass(frozen=True, slots=True)
class MeasureReading:
    """What a phrase asks of production.

    ``kind`` is a code of ``vocabulary.MEASURES``, ``""`` where the phrase contradicts itself; ``share`` the reduction
    of the line's emission, None when the phrase does not fix it (above 1 where more is asked than there is); ``by``
    what a partial stop is counted by (line, unit, chamber, capacity, load), ``unit`` where a cap is each furnace's, of
    a demand cap what it follows (heat, gas, output, verified_load); ``value`` and ``from_value`` the hours of a coking
    time, the tonnes or heats a day of a cap (target and start), the number of units of ``stop_units``; ``whose`` says
    of a number of units whether it is each line's (``each``) or the enterprise's (``all``), blank where nothing does;
    ``more`` that the phrase names what the reading leaves out: machines, their total, hours in turn, a start.
    """

    kind: str = ""
    share: float | None = None
    by: tuple[str, ...] = ()
    value: float | None = None
    from_value: float | None = None
    whose: str = ""
    more: bool = field(default=False, compare=False, repr=False)


def _figure(name: str) -> str:
    return rf"(?P<{name}>\d+(?:\.\d+)?)"


def _tonnes(name: str) -> str:
    return rf"{_figure(name)}(?:吨|t){_DAY}"


def _times(name: str) -> str:
    return rf"{_figure(name)}(?:炉|炉次|孔|次){_DAY}"


def _hours(name: str) -> str:
    return rf"{_figure(name)}个?(?:小时|h)"


_AT_LEAST: Final = r"(?:\(含\))?(?:及?以上)?"
_AT_MOST: Final = r"(?:\(含\))?(?:及?以下)?"
_PERCENT: Final = rf"{_figure('share')}%{_AT_LEAST}"
_RATE: Final = rf"(?:比例为?)?(?:不得?低于|不得?少于|至少|≥|>=|达到?)?{_PERCENT}"
_WHOLE: Final = (
    r"(?:企业|全厂|厂区|全部|全面|全线|全天|整体|立即|一律|该|本|所有|生产线|产线|生产工序|涉气工序|涉气生产工序)*"
)
_UNTIL_LIFTED: Final = r"(?:(?:直?至|到)(?:预警|应急响应|响应)(?:解除|结束|终止)(?:为止)?)?"
_LOWERED: Final = r"(?:降低?|减少|压减|下调|削减)"
_DOWN_TO: Final = r"(?:降低?|减少?|压减|下调|削减|控制)(?:至|到|为)"
_OUTPUT: Final = r"(?:产量|产能|生产负荷|负荷)"
_DAY: Final = r"(?:/日|/天|/d|每日|每天)?"
_EACH_FURNACE: Final = r"(?:每座|每台|每个|每|单座|单台|单)(?:转炉|电炉|焦炉|熔炼炉|炉子|炉)"
_HEATS: Final = r"(?:日均)?(?:炉次|炉数|出炉数|出焦孔数|出炉孔数)"
_DAILY_HEATS: Final = r"日(?:均)?(?:炉次|出炉数|出焦孔数|出炉孔数)"
_COKING: Final = r"(?:焦炉)?(?:结焦|出焦)时间"
_BY_WORD: Final = (
    r"(?:生产线|产线|条数?|设备数量|(?:生产)?设备|(?:生产)?装备|台套数?|台数?|座数?|数量|高炉|气化炉(?:冷备)?|矿热炉"
    r"|炉窑|窑|炉|炭化室(?:孔数)?|孔数?|产能规模|产能|生产负荷|负荷)"
)
_BY_WORDS: Final = rf"(?P<by>{_BY_WORD}(?:[和及与、]{_BY_WORD})*)"
_MACHINES: Final = r"(?:台套|台|座|条|套|组)"
#: What a number of machines is of: a name, not the beginning of another demand.
_NAME: Final = (
    r"(?:(?!环保|治理|除尘|脱硫|脱硝|其余|其他|另|夜|白天|"
    r"限|留|减|轮(?!窑)|每|小时|时|天|日|间歇|交替|检修)[\u4e00-\u9fff]){0,8}"
)
_OF_ALL: Final = r"(?P<all>(?:本?企业|全厂|全企业|厂区)?(?:合计|总共|一共|共计|共)|本?企业|全厂|全企业|厂区)"
_OF_EACH: Final = r"(?P<each>(?:每|各)(?:1?条)?(?:生产线|产线|线)各?|各)"
_SELF: Final = (
    r"(?:采取)?(?:A\+?级|(?:绩效)?引领性)?(?:企业)?(?:鼓励)?(?:结合(?:自身)?实际)?(?:自主|自行|自愿|自觉)"
    r"(?:采取|实施|落实|制定|开展|执行|进行)?"
)

#: Kind, what it is counted by or follows where that is fixed, and how it is said.  Groups give the figures.
_GRAMMAR: Final[tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]] = (
    ("stop", (), (
        rf"{_WHOLE}(?:停产停工|停工停产|停产检修|停产|停止生产|停工|停业|停窑|停炉|停机|关停)(?:到位|措施)?{_UNTIL_LIFTED}",
        rf"(?:停止?|暂停)(?:一切|{_WHOLE})生产(?:经营)?(?:活动)?{_UNTIL_LIFTED}",
        r"全部?停|停止涉气工序",
        rf"{_WHOLE}(?:禁止|不得|不准|不)(?:进行)?生产",
    )),
    ("stop_share", (), (
        rf"{_WHOLE}(?:轮流|轮换|轮)?停产?{_RATE}",
        rf"{_RATE}停产",
        rf"停(?:产|止)?(?:运行?|用)?{_PERCENT}的?(?P<by>{_BY_WORD})",
        rf"{_PERCENT}的?(?P<by>{_BY_WORD})(?:停产|停运|停用)",
        rf"{_figure('total')}{_MACHINES}{_NAME}停(?:产|运|用)?{_figure('stopped')}{_MACHINES}",
        rf"停(?:产|运|用)?{_figure('stopped')}{_MACHINES}?{_NAME}(?:保?留|开){_figure('left')}{_MACHINES}?{_NAME}",
    )),
    ("stop_share", ("chamber",), (rf"停止{_PERCENT}炭化室装煤",)),
    ("stop_units", (), (
        rf"(?:{_OF_ALL}|{_OF_EACH})?(?:停运|停用|停产|停)(?:设备)?(?P<value>\d+){_MACHINES}(?P<name>{_NAME})",
    )),
    ("limit", (), (
        rf"(?:烧结机|设备|生产线)?停{_hours('idle')}、?开{_hours('running')}(?:为周期)?(?:的?限产|循环|交替)?(?:生产)?",
        rf"{_WHOLE}(?:限产|限|减产|限制生产|{_LOWERED}{_OUTPUT}|限制产能|{_OUTPUT}{_LOWERED}){_RATE}",
        rf"{_LOWERED}{_PERCENT}的?{_OUTPUT}",
        rf"日?(?:均)?产量[由从]{_tonnes('start')}{_DOWN_TO}{_tonnes('value')}{_AT_MOST}",
    )),
    ("filed", (), (rf"减排{_RATE}",)),
    ("feed_cap", (), (
        rf"日?投料量由{_tonnes('start')}{_DOWN_TO}{_tonnes('value')}{_AT_MOST}",
        rf"日投料量(?:{_DOWN_TO}|不超过|不高于){_tonnes('value')}{_AT_MOST}",
        rf"日投料量{_LOWERED}{_PERCENT}",
    )),
    ("cycle_cap", (), (
        rf"{_DAILY_HEATS}由{_times('start')}{_DOWN_TO}{_times('value')}{_AT_MOST}",
        rf"{_DAILY_HEATS}(?:{_DOWN_TO}|不超过){_times('value')}{_AT_MOST}",
        rf"{_DAILY_HEATS}{_LOWERED}{_PERCENT}",
    )),
    ("cycle_cap", ("unit",), (
        rf"{_EACH_FURNACE}(?:每日|每天|日)?(?:{_HEATS})?(?:{_DOWN_TO}|不超过|不高于){_times('value')}{_AT_MOST}",
    )),
    ("coking_time", (), (
        rf"{_COKING}{_hours('value')}{_AT_LEAST}",
        rf"(?:延长{_COKING}|{_COKING}(?:延长|提高|增加)?)(?:至|到|不少于|不低于){_hours('value')}{_AT_LEAST}",
        rf"{_COKING}[由从]{_hours('start')}(?:延长|提高|增加)(?:至|到){_hours('value')}{_AT_LEAST}",
    )),
    ("self_directed", (), (
        rf"{_SELF}(?:减排(?:措施)?|措施减排)",
        rf"{_SELF}减排{_RATE}",
        rf"{_SELF}.*?\((?:限产|减排)?{_PERCENT}\)",
    )),
    ("bank", (), (r"(?:高炉)?焖炉",)),
    ("demand_cap", ("heat",), (r"以热定产",)),
    ("demand_cap", ("gas",), (r"以气定产",)),
    ("demand_cap", ("output",), (r"以量定产",)),
    ("demand_cap", ("verified_load",), (r"按核定负荷生产",)),
    ("none", (), (
        r"不停产、?不限产|不限产、?不停产|不停不限|不停限产|不停产|不减产|不限产|(?:维持|保持)?正常生产",
        r"无需停限产|免(?:于|予)?停限?产|不(?:采取|要求|实施|纳入|参与)停限产(?:措施)?",
    )),
    ("exempt", (), (r"豁免(?:企业|类|停限产)?",)),
)  # fmt: skip
_SURE_SHARE: Final = {"stop": 1.0, "none": 0.0, "exempt": 0.0}
_BY_CODE: Final = {
    "线": "line", "条": "line", "室": "chamber", "孔": "chamber", "产能": "capacity", "负荷": "load",
}  # fmt: skip

#: Groups that are words and no figures.
_WORDED: Final = ("by", "all", "each", "name")

#: What stands between the clauses of a sentence, outside brackets.
CLAUSE_ENDS: Final = re.compile(r"[，,；;。！!\n]+(?![^（(]*[)）])")
#: Numbers in circles, of which one from ten on is read as the figures in it: ⑩限产20% as 10限产20%.
_CIRCLED: Final = re.compile("[①-⑳❶-❿➀-➓]")
#: What is counted by, in brackets on a line of its own.
_COUNTED_BELOW: Final = re.compile(r"\n(?=\([以按])")
_BRACKET_BY: Final = re.compile(rf"\([以按]?{_BY_WORDS}(?:计算?|统计)?\)")
_FIRST_BY: Final = re.compile(rf"[以按]{_BY_WORDS}(?:计算?|统计)?(?=停)")
_ALONE_BY: Final = re.compile(rf"[以按]{_BY_WORDS}(?:计算?|统计)")


@cache
def _grammar() -> tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...]:
    """The grammar compiled when the first phrase is read."""
    return tuple((kind, by, re.compile(pattern)) for kind, by, patterns in _GRAMMAR for pattern in patterns)


def plain_phrase(text: str) -> str:
    """A text as the grammar reads it: NFKC, simplified, without spaces, its figures in digits; lines stay apart."""
    numbered = _CIRCLED.sub(lambda sign: f"({int(unicodedata.numeric(sign[0]))})", simplified(text))
    lines = (re.sub(r"\s+", "", line) for line in unicodedata.normalize("NFKC", numbered).splitlines())
    return _COUNTED_BELOW.sub("", in_digits("\n".join(line for line in lines if line)))


def read_phrase(phrase: str) -> MeasureReading | None:
    """What a phrase (of :func:`plain_phrase`) asks of production; None where it is not one measure in whole.

    >>> read_phrase("停产50%(以生产线计)")
    MeasureReading(kind='stop_share', share=0.5, by=('line',), value=None, from_value=None, whose='')
    """
    counted = _BRACKET_BY.search(phrase) or _FIRST_BY.match(phrase)
    bare = phrase[: counted.start()] + phrase[counted.end() :] if counted else phrase
    for kind, by, pattern in _grammar():
        if found := pattern.fullmatch(bare):
            reading = _reading(kind, by, found)
            return counted_by(reading, counted["by"]) if counted and reading.kind else reading
    return None


def _reading(kind: str, by: tuple[str, ...], found: re.Match[str]) -> MeasureReading:
    """The reading of a phrase from the groups of its pattern."""
    said = {name: text for name, text in found.groupdict().items() if text is not None}
    figures = {name: float(text) for name, text in said.items() if name not in _WORDED}
    if not all(map(math.isfinite, figures.values())) or (kind == "stop_units" and not figures["value"]):
        return MeasureReading()
    share, value, start = _SURE_SHARE.get(kind), figures.get("value"), figures.get("start")
    if "by" in said:
        by = counting_codes(said["by"])
    if "share" in said:
        share = float(Decimal(said["share"]) / 100)
    elif "stopped" in figures:  # so many of a stated total
        of = figures["total"] if "total" in figures else figures["stopped"] + figures["left"]
        share = round(figures["stopped"] / of, 9) if of else 2.0  # of none at all: more than there is
        by = ("line",) if re.search("[线条]", found[0]) else ("unit",)
    elif "idle" in figures:  # the part of the time that is stopped
        if not figures["idle"] or not figures["running"]:
            return MeasureReading()
        share = round(figures["idle"] / (figures["idle"] + figures["running"]), 6)
    elif start is not None and value is not None:
        if value == start or (value > start) != (kind == "coking_time"):
            return MeasureReading()
        share = None if kind == "coking_time" else round((start - value) / start, 6)
    whose = "all" if "all" in said else "each" if "each" in said else ""
    more = not said.keys().isdisjoint(("total", "left", "idle", "start")) or bool(said.get("name"))
    return MeasureReading(kind, share, by, value, start, whose, more)


def counting_codes(words: str) -> tuple[str, ...]:
    """What a share is counted by: ``line`` and ``capacity`` for 生产线和产能; empty where some word is none.

    >>> counting_codes("设备数量和生产负荷"), counting_codes("颜色")
    (('unit', 'load'), ())
    """
    counted = re.findall(_BY_WORD, words) if re.fullmatch(_BY_WORDS, words) else []
    codes = [next((code for key, code in _BY_CODE.items() if key in word), "unit") for word in counted]
    return tuple(dict.fromkeys(codes))


def counting_phrase(phrase: str) -> str:
    """The words of a phrase that says nothing but what is counted by: 生产线 for 以生产线计; blank for any other."""
    found = _ALONE_BY.fullmatch(phrase)
    return found["by"] if found else ""


def counted_by(reading: MeasureReading, words: str) -> MeasureReading:
    """A reading with what it is counted by; only stops and limits are counted, what else is so said is unread."""
    if reading.kind in ("stop", "stop_share", "limit"):
        return replace(reading, by=counting_codes(words))
    return MeasureReading()


def rule_item(reading: MeasureReading) -> Any:
    """A reading as an item of a rule's ``then``; None where the rule language has no measure for it.

    Where a limit is counted by lines or machines it stops so many of them.
    """
    by = reading.by[0] if len(reading.by) == 1 else list(reading.by)
    counted = {"by": by} if by else {}
    item: Any = None
    match reading.kind:
        case "stop" | "bank" | "none" | "exempt" | "self_directed":
            item = reading.kind
        case "limit" if not {"line", "unit", "chamber"} & set(reading.by):
            item = {"limit": reading.share} if reading.share else "none"
        case "limit" | "stop_share":
            item = {"stop_share": reading.share, **counted}
        case "stop_units":
            item = {"stop_units": _whole(reading.value), **({"over": "enterprise"} if reading.whose == "all" else {})}
        case "feed_cap" | "cycle_cap":
            asked = _whole(reading.value) if reading.share is None else {"cut": reading.share}
            item = {reading.kind: asked, **({"per": "unit"} if reading.by else {})}
        case "coking_time":
            item = {"coking_time": _whole(reading.value)}
        case "demand_cap":
            item = {"demand_cap": by}
    return item


def _whole(value: float | None) -> float | int | None:
    return int(value) if value is not None and value == int(value) else value


#: What a limit is reckoned from, in the fewest words.
BASE_WORDS: Final = {
    "least_of_three": "三者最小值",
    "capacity": "产能",
    "permit": "许可日产能",
    "eia": "环评日产能",
    "last_year": "上年日均产量",
}
_BASE_NAMED: Final = {"eia": "环评", "permit": "许可", "last_year": "上年|上一年|前一年|实际"}


def read_base(said: str) -> str:
    """What a limit is reckoned from, a code of ``measures.Base``; blank where that is not one of them surely.

    >>> read_base("以环评批复产能为基数"), read_base("三者最小值"), read_base("以核定产能为基数")
    ('eia', 'least_of_three', '')
    """
    core = re.sub(r"^以|为基数$", "", said)
    if core in BASE_WORDS.values():
        return next(code for code, word in BASE_WORDS.items() if word == core)
    named = [code for code, words in _BASE_NAMED.items() if re.search(words, said)]
    if "最小" in said:
        return "least_of_three" if len(named) == len(_BASE_NAMED) else ""
    return named[0] if len(named) == 1 else ""


# -- vehicles

_STAGE_SIGNS: Final = "零一二三四五六"
#: An emission stage of vehicles: 国四, 国4, 国Ⅳ, 国IV.
STAGE: Final = r"国(?P<stage>[零一二三四五六0-6ⅠⅡⅢⅣⅤⅥ]|VI|IV|V|I{1,3})"
_ROMAN: Final = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6}
_VEHICLE: Final = re.compile(
    r"(?=.*(?:车|运输))(?=.*(?:禁止|停止|不使用|不得|禁用|仅使用|只使用|使用|限制|不允许|停运))(?!.*(?:停产|限产|结焦|投料)).+"
)
_VEHICLE_DOUBT: Final = re.compile(r"限产|停产|减排|生产线|除外|例外|但|(?:[红橙黄]色|级)(?:预警|应急)?(?:响应)?措施")
_ALL_VEHICLES: Final = re.compile(
    r"(?:停止|禁止|停运)(?:一切|全部|所有)?(?:车辆)?的?(?:公路|道路)(?:物料|货物)?运输(?:进出厂区?)?"
)
_STAGE_BAN: Final = re.compile(
    rf"(?:禁止|停止|不得|禁用|不(?=使用))(?:使用)?(?P<text>{STAGE}(?:及以下)(?:排放标准)?的?"
    r"(?:中重型|重型|中型|轻型)?(?:载货|柴油|燃油|燃气|货运)?(?:汽车|车辆|货车)(?:\(含燃气\))?)"
    r"(?:进行)?(?:物料|货物|原辅料|大宗物料)?(?:公路|道路)?(?:运输)?(?:进出厂区?)?"
)


def stage_number(sign: str) -> int:
    """The number of an emission stage from the sign behind 国 (the group ``stage`` of :data:`STAGE`)."""
    plain = unicodedata.normalize("NFKC", sign)
    if plain in _ROMAN:
        return _ROMAN[plain]
    return int(plain) if plain.isascii() else _STAGE_SIGNS.index(plain)


def stage_words(number: Any, *, and_below: bool) -> str:
    """An emission stage as it is written: 国四及以下; blank where the number is none."""
    known = type(number) is int and 0 <= number < len(_STAGE_SIGNS)
    return f"国{_STAGE_SIGNS[number]}{'及以下' if and_below else ''}" if known else ""


def about_vehicles(phrase: str) -> bool:
    """Whether a phrase (of :func:`plain_phrase`) asks something of vehicles and nothing else."""
    asks = read_phrase(phrase) is None and _VEHICLE.fullmatch(phrase) is not None
    return asks and not _VEHICLE_DOUBT.search(phrase)


def read_vehicles(clause: str) -> dict[str, Any]:
    """A clause on vehicles as an item of a rule's ``then``; of a clause not understood the text alone.

    >>> read_vehicles("停止公路运输"), read_vehicles("禁止使用国四及以下重型载货车辆")["stage_at_most"]
    ({'vehicle_ban': '停止公路运输', 'total': True}, 4)
    """
    plain = re.sub(" ", "", unicodedata.normalize("NFKC", clause))
    if _ALL_VEHICLES.fullmatch(plain):
        return {"vehicle_ban": clause.strip(), "total": True}
    found = _STAGE_BAN.fullmatch(plain)
    if found is None:
        return {"vehicle_ban": clause.strip()}
    text = found["text"].replace("(", "（").replace(")", "）")
    heavy = {"classes": "重型载货"} if "重型载货" in text and "中重型" not in text else {}
    return {"vehicle_ban": text, "stage_at_most": stage_number(found["stage"]), **heavy}
