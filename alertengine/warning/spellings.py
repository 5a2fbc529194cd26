"""Classes of air and pollutants as forecasts, provinces and exporters of data spell them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from alertengine.files import BadCellError, is_unit, normal, parse_bool, tidy
from alertengine.rulebook import nearest
from alertengine.vocabulary import AMBIENT_TEXT, AQI_CLASSES, Words, simplified

CLASSES: Final = tuple(name for name, _ in AQI_CLASSES)
_CLASS: Final = re.compile("严重|重度?|中度?|轻度?|良|优|[一二三四五六]级|[1-6]级|[ⅠⅡⅢⅣⅤⅥ]级?")
_PLACES: Final = {
    sign: place for signs in ("优良轻中重严", "一二三四五六", "123456") for place, sign in enumerate(signs)
}
_ROMAN: Final = str.maketrans(dict(zip("ⅠⅡⅢⅣⅤⅥ", "123456", strict=True)))
#: Words behind which stands what only some spots or some hours have.
_AT_TIMES: Final = re.compile("局地|局部|短时|部分|个别|阶段性|可能|加重|偏高|略高")
#: Those and the words that stand with them.
_PARTLY: Final = re.compile(
    "局地|局部|短时|部分|个别|阶段性|可能|出现|时段|地区|区域|城市|城区|县区|达到?|加重|偏高|略高|可|时"
)
_BETWEEN: Final = re.compile(r"污染|空气质量|级别|水平|为主|程度|[至到~〜～\-—–―/、,，;；。.()（）及和或与以为转\s]")
_SPLIT: Final = re.compile(r"[|、，,;；/\s+&]+|和|与|及")
_BRACKET: Final = re.compile(r"[(（\[]([^()（）\[\]]*)[)）\]]")
#: What an average is of, behind a pollutant: 臭氧8小时, O3_8h_24h, PM2.5_24h, 臭氧日最大8小时滑动平均.
_AVERAGE: Final = re.compile(
    "(日最大|最大|滑动|移动)?(24|8|1)?(小时|h|hour|hr)?(日均|日最大|滑动平均|平均|均值|滑动|最大|max|mean|avg)*(值|浓度)?$"
)
_POLLUTANTS: Final = {
    normal(spelling): code
    for code, spellings in {
        "pm25": ("PM2.5", "PM25", "细颗粒物", "细微颗粒物", "细粒子"),
        "pm10": ("PM10", "可吸入颗粒物"),
        "so2": ("SO2", "二氧化硫"),
        "no2": ("NO2", "二氧化氮"),
        "co": ("CO", "一氧化碳"),
        "o3": ("O3", "臭氧", "Ozone", "O38h", "O31h"),
    }.items()
    for spelling in spellings
}
_A_POLLUTANT: Final = Words("one_of", names=list(AMBIENT_TEXT.values()))
#: Words nearer than this (0 to 100) are named as what may be meant.
_NEAR: Final = 60
#: Space inside one name: PM 2.5, O3 8h.
_PARTED: Final = re.compile(r"(?<=[A-Za-z])\s+(?=\d)|(?<=\d)\s+(?=(?:1|8|24)\s*(?:h|小时))", re.IGNORECASE)
_DUST: Final = re.compile("(?:有|受)?(?:轻度|强)?(?:沙尘暴?|扬沙|浮尘)(?:天气|过程|影响)?")
_NONE: Final = frozenset({"无", "-", "—", "--", "/"})
#: Words that say more only with the formula beside them: 颗粒物(PM10).
_WITH_FORMULA: Final = frozenset({"颗粒物", "大气颗粒物", "氮氧化物"})


class Classes(NamedTuple):
    """Lowest and highest class of a place as a whole, and the highest it has at some spots or for some hours."""

    low: str
    high: str
    at_times: str


def parse_classes(text: str) -> Classes:
    """The classes of ``轻至中度污染``, ``良，局地短时轻度污染``, ``四级``; a class alone is all three.

    What stands behind 局地 or 短时 is not the class of a day: it is ``at_times`` only, without a class of its own one
    above the rest.

    Raises:
        BadCellError: it says more than that, or nothing of the kind, or only what some spots have.

    """
    text = simplified(text)
    arabic = text.translate(_ROMAN)  # before tidy: NFKC would make letters of roman numerals
    said = re.sub(r"([1-6])(?!级)", r"\1级", tidy(arabic)) if arabic != text else tidy(text)
    partly = _AT_TIMES.search(said)
    whole, rest = (said[: partly.start()], said[partly.start() :]) if partly else (said, "")
    found, further = ([_PLACES[word[0]] for word in _CLASS.findall(_PARTLY.sub("", part))] for part in (whole, rest))
    if not found or any(_BETWEEN.sub("", _CLASS.sub("", _PARTLY.sub("", part))) for part in (whole, rest)):
        raise BadCellError(_nearest(text, {name: name for name in CLASSES}, Words("classes", names=list(CLASSES))))
    high = max(found)
    most = max([high, *further]) if further else min(high + bool(partly), len(CLASSES) - 1)
    return Classes(CLASSES[min(found)], CLASSES[high], CLASSES[most])


def parse_dust(text: str) -> bool | None:
    """Whether dust is forecast: 是 or 否, or the dust itself: 浮尘, 有扬沙天气, 受沙尘影响.

    Raises:
        BadCellError: it is none of these; 无沙尘 and 可能有沙尘 are not read.

    """
    return True if _DUST.fullmatch(simplified(tidy(text))) else parse_bool(text)


def parse_primary(text: str) -> str:
    """Primary pollutants, joined by ``|``, each ``PM2.5 PM10 SO2 NO2 CO O3``; ``""`` where the cell says 无.

    Raises:
        BadCellError: one of them is not understood; it never counts as particulate.

    """
    plain = _BRACKET.sub(lambda found: "" if is_unit(found[1]) else found[0], tidy(text))
    if plain in _NONE:
        return ""
    found: dict[str, None] = {}
    for part in filter(None, _SPLIT.split(_joined_brackets(plain))):
        found[AMBIENT_TEXT[_pollutant(part)]] = None
    if not found:
        raise BadCellError(_A_POLLUTANT)
    return "|".join(found)


def _joined_brackets(text: str) -> str:
    """A text whose names hold no separators: ``臭氧 (O3)`` and ``PM 2·5`` are one name each."""
    text = _PARTED.sub("", re.sub(r"(?<=\d)[·•](?=\d)", ".", text))
    return re.sub(r"\s+(?=[(（\[])", "", _BRACKET.sub(lambda match: f"({_SPLIT.sub('', match[1])})", text))


def _pollutant(text: str) -> str:
    inside = _BRACKET.findall(text)
    outside = normal(_BRACKET.sub("", text))
    codes = {_code(part) for part in (outside, *map(normal, inside)) if part and part not in _WITH_FORMULA}
    codes -= {"average"}
    (code,) = codes if len(codes) == 1 else ("",)
    if not code:
        near = {spelling: AMBIENT_TEXT[held] for spelling, held in _POLLUTANTS.items()}
        raise BadCellError(_nearest(outside, near, _A_POLLUTANT))
    return code


def _nearest(text: str, names: Mapping[str, str], expected: Words) -> Words:
    """What was expected, with the names a text is nearest to."""
    near = nearest(text, names, least=_NEAR)
    return Words("perhaps", expected=expected, near=near[0]) if near else expected


def _code(name: str) -> str:
    if name in _POLLUTANTS:
        return _POLLUTANTS[name]
    bare = _AVERAGE.sub("", name)
    return _POLLUTANTS.get(bare, "") if bare else "average"
