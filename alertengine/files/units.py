"""Units as headers write them: every notation of one unit to one spelling of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
_DAYS_OF_YEAR: Final = 365.0
_NAMED: Final = re.compile(r"^(?:(?:计量)?单位)[:为]?")
_DIVIDED: Final = str.maketrans("∕⁄÷⋅∙•・*×−‐‑‒–—", "///·····" + "·" + "-" * 6)
_MASS: Final = "千克|公斤|kgs?|万吨|吨|tons?|t|克|g|毫克|mg|微克|[μu]g|ng|斤"
_DENOMINATOR: Final = "日|天|days?|d|年|years?|yr|a|y|月|小时|时|hours?|hr|h|分钟|min|秒|s|标立方米|立方米|n?m3"
#: ``kg·d-1``, ``kg d^-1``, ``mg·m-3``: a power below nothing is what is divided by.
_POWER: Final = re.compile(rf"[·.\s]?\(?({_DENOMINATOR}|n?m)\)?\^?\(?-([13])\)?$")
_JOINED: Final = re.compile(rf"^({_MASS})(?:[_.]|每|per)({_DENOMINATOR})$")
_ALONE: Final = (
    "%|‰|百分比|百分数|公里|千米|km|米|m|小时|时|h|天|日|年|千瓦时|兆瓦时|万千瓦时|度|万度|万?kwh|mwh|千瓦|万千瓦|兆瓦|kw|mw|台|套|辆|孔|个|条|家|人|"
    "无量纲|蒸吨|座|炉|次|°"
)
_UNIT: Final = re.compile(rf"(?:{_MASS}|万?n?m3|万?立方米|蒸吨|次|辆|炉|孔|个)/(?:{_DENOMINATOR})|{_MASS}|{_ALONE}")
#: A unit of amounts, one of mass; whether it says of which time is for the column to ask.
_OF_AMOUNT: Final = re.compile(rf"(?:{_MASS})(?:/(?:{_DENOMINATOR}))?")
_OF_ENERGY: Final = re.compile("[万亿]?(?:千瓦时|度|kwh)|兆瓦时|mwh")
#: Of which time amounts are; the year of a list (2025年度) is none.
_TIME_IN_WORDS: Final = re.compile(r"(?<!\d)[年日]")
#: 单位：吨/年, alone or in brackets behind a title.
_UNIT_NAMED: Final = re.compile(r"(?:^|[(\[【\s])(?:计量)?单位[:为]\s*([^()\[\]【】]+)")
_SEVERAL: Final = re.compile(r"[、,;和及\s]+")
#: A unit that needs nothing before it to be told from the words of a header.
_TAIL: Final = re.compile(rf"(?:单位)?((?:{_MASS})/(?:{_DENOMINATOR})|%)$")


@lru_cache(maxsize=1 << 12)
def plain_unit(text: str) -> str:
    """One spelling of a unit: ``kg·d-1``, ``(kg／d)``, ``单位：kg/d``, ``kg_d``, ``KG / D`` are ``kg/d``.

    >>> [plain_unit(text) for text in ("kg·d⁻¹", "【kg／d】", "单位：千克每日", "㎎/㎥", "mg·m-3")]
    ['kg/d', 'kg/d', '千克/日', 'mg/m3', 'mg/m3']
    """
    plain = unicodedata.normalize("NFKC", text).lower().translate(_DIVIDED).strip()
    plain = re.sub(r"\s*([/·:_()])\s*", r"\1", plain.strip("()[]{}【】〔〕《》 /"))
    plain = _NAMED.sub("", plain).replace("m^3", "m3").replace("µ", "μ").replace("kw.h", "kwh")
    power = _POWER.search(plain)
    if power:
        plain = f"{plain[: power.start()]}/{power[1]}{'3' if power[2] == '3' else ''}"
    joined = _JOINED.match(plain)
    plain = f"{joined[1]}/{joined[2]}" if joined else plain
    return re.sub(r"[\s·()]+", "", plain).replace("/每", "/")


#: Words of units by the signs they are written with as often.
_SIGNS: Final = {
    "千瓦时": "kwh", "兆瓦时": "mwh", "度": "kwh", "千克": "kg", "公斤": "kg", "毫克": "mg", "微克": "μg", "ug": "μg",
    "吨": "t", "标立方米": "m3", "立方米": "m3", "nm3": "m3", "小时": "h", "日": "d", "天": "d", "年": "a",
}  # fmt: skip


def same_unit(one: str, other: str) -> bool:
    """Whether two plain units are one, in words or signs.

    >>> same_unit("千克/日", "kg/d"), same_unit("吨/年", "kg/d")
    (True, False)
    """
    return in_signs(one) == in_signs(other)


def in_signs(unit: str) -> str:
    """A plain unit in signs: ``kg/d`` for 千克/日."""
    for word, sign in _SIGNS.items():
        unit = unit.replace(word, sign)
    return unit


def is_unit(text: str) -> bool:
    """Whether a text is a unit, in any notation."""
    return _UNIT.fullmatch(plain_unit(text)) is not None


def unit_in_brackets(header: str) -> str:
    """The unit of an amount per time or volume that stands in brackets at the end of a header; else none."""
    if not header or header[-1] not in ")）】]］":
        return ""
    plain = unicodedata.normalize("NFKC", header)
    unit = plain_unit(re.split(r"[(\[【]", plain)[-1])
    return unit if "/" in unit and is_unit(unit) else ""


def _of_amounts(cell: str) -> str:
    """The unit of a title or group of amounts, its time perhaps in words: 年排放量（吨）, 年排放量 alone (``/年``)."""
    words, bracket, rest = unicodedata.normalize("NFKC", cell).strip().rpartition("(")
    unit = plain_unit(rest) if bracket else ""
    if not bracket or not _OF_AMOUNT.fullmatch(unit):
        words, unit = words + bracket + rest, ""
    time = _TIME_IN_WORDS.search(words)
    alone = not unit and re.search("排放总?量$", words)
    return f"{unit}/{time[0]}" if time and "/" not in unit and (unit or (alone and time[0] == "年")) else unit


def unit_named(cells: Iterable[str], *, energy: bool) -> str:
    """The one unit that cells above a table name for its amounts (``单位：吨/年``, ``排放量（吨/年）``); else none.

    Several of them, or a mass without a time, are given as they stand: they are no unit of a column; a time without a
    mass is ``/年``.  ``energy``: that of energy (``单位：万千瓦时``) instead.
    """
    found: dict[str, None] = {}
    for cell in cells:
        text = unicodedata.normalize("NFKC", cell)
        named = _UNIT_NAMED.search(text)
        said = map(plain_unit, _SEVERAL.split(named[1])) if named else [_of_amounts(text)] if "排放" in text else []
        wanted = _OF_ENERGY if energy else _OF_AMOUNT
        found |= dict.fromkeys(unit for unit in said if wanted.fullmatch(unit) or (not energy and unit == "/年"))
    return "、".join(found)


def unit_at_end(text: str) -> tuple[str, str]:
    """A header and the unit of an amount per time or volume that its last letters are; none where they are none."""
    found = _TAIL.search(text)
    return (text[: found.start()], found[1]) if found else (text, "")


_PER_DAY: Final = re.compile(r"(?:/(?:d|days?)|[/每]?[日天])$")
_PER_YEAR: Final = re.compile(r"(?:/(?:a|y|yr|years?)|[/每]?年)$")
#: Masses in tonnes; of other units only a count of ten thousand is understood.
_TONNES: Final = {
    "吨": 1.0, "t": 1.0, "千克": 1e-3, "公斤": 1e-3, "kg": 1e-3, "千吨": 1e3, "kt": 1e3, "万吨": 1e4, "万t": 1e4,
    "百万吨": 1e6, "mt": 1e6,
}  # fmt: skip
_TEN_THOUSAND: Final = "万"


def per_time(unit: str) -> tuple[str, str]:
    """A unit of output without its time, and ``day`` or ``year``; blank where it says neither.

    >>> [per_time(unit) for unit in ("万吨/年", "t/d", "万平方米每年", "吨")]
    [('万吨', 'year'), ('t', 'day'), ('万平方米', 'year'), ('吨', '')]
    """
    plain = unicodedata.normalize("NFKC", unit).strip().replace(" ", "")
    for time, marks in (("day", _PER_DAY), ("year", _PER_YEAR)):
        found = marks.search(plain.lower())
        if found:
            return plain[: found.start()], time
    return plain, ""


def times_of(unit: str, other: str) -> float | None:
    """How many of ``other`` one ``unit`` is; None where the two count different things.

    >>> times_of("吨", "万吨"), times_of("万重箱", "重箱"), times_of("吨", "平方米")
    (0.0001, 10000.0, None)
    """
    (one, of), (two, its) = _in_plain_units(unit), _in_plain_units(other)
    return one / two if of == its else None


def _in_plain_units(unit: str) -> tuple[float, str]:
    plain = unit.lower()
    if plain in _TONNES:
        return _TONNES[plain], "吨"
    return (1e4, plain[1:]) if plain.startswith(_TEN_THOUSAND) else (1.0, plain)


def daily(amount: Floats, per: npt.NDArray[np.str_], days: Floats) -> Floats:
    """Amounts per day, those of a year by their days of production (365 where unknown); NaN without a time.

    Args:
        amount: what a capacity column holds; shape (lines,).
        per: ``day``, ``year`` or blank, as :func:`per_time` says; same shape.
        days: days of production a year, NaN where unknown; same shape.

    """
    yearly = amount / np.where(days > 0, days, _DAYS_OF_YEAR)
    return np.select([per == "day", per == "year"], [amount, yearly], np.nan)
