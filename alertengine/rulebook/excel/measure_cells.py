"""Measures as an official writes them in a cell, and back without loss.

``停产``, ``限产20%（三者最小值）``, ``停产50%（按产能和设备，120小时后）``; several in one cell
are joined by ``；``.  What stands in the brackets are the options of the measure.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from alertengine.rulebook.excel.cell_scanner import (
    TextError,
    Unsayable,
    exact,
    is_flow,
    number_text,
    quoted,
    read_flow,
    read_number,
    single,
    split_outside,
)
from alertengine.rulebook.excel.measure_options import (
    NUMBER,
    SPECIAL,
    check_share,
    is_option,
    read_options,
    read_share,
    read_text,
    say_option,
    share_text,
    word_of,
)
from alertengine.rulebook.measure_phrases import MeasureReading, plain_phrase, read_phrase, read_vehicles, rule_item
from alertengine.vocabulary import MEASURES, POLLUTANT_TEXT, Words, in_digits

_DEMAND: Final = {"heat": "以热定产", "gas": "以气定产", "output": "以量定产", "verified_load": "按核定负荷生产"}
_WORDS: Final = ("stop", "bank", "none", "exempt", "self_directed")
_TEXTS: Final = (*_WORDS, "vehicle_ban", "vehicle_quota", "advice", "refer")
#: The options that a measure of a line may have.
_KEYS: Final = (
    "over", "additional", "per", "size_at_least", "size_at_most", "o2_pct", "total", "stage_at_most", "classes",
    "fuels", "vehicles", "after_hours", "until_hours", "daily", "on_top_of", "remark", "by", "base",
)  # fmt: skip
_OPTIONS_EXPECTED: Final = "按生产线、三者最小值、120小时后、每日20:00-08:00 …"
EXPECTED: Final = (
    "停产、限产20%（三者最小值）、停产50%（按生产线）、结焦时间延长至36小时、自主减排、豁免、不要求停限产、"
    "禁止车辆运输：停止公路运输（全部车辆）；几项用；隔开 …"
)


def measures_text(then: Any) -> str:
    """A ``then`` as a cell's text."""
    return exact(
        normal(then),
        lambda said: "；".join(map(_say, said)) if isinstance(said, list) else _say(said),
        read_measures_text,
    )


def read_measures_text(text: str) -> Any:
    """The ``then`` of a cell: a word, a mapping, or a list of them.

    Raises:
        TextError: with what could not be read.

    """
    if is_flow(text):
        return read_flow(text)
    parts = [part for part in split_outside(text, "；;\n") if part]
    if not parts:
        raise TextError("text_no_measure", text, EXPECTED)
    return single([_read_one(part) for part in parts])


#: How a ban of vehicles begins: any other text would be printed as 禁止…进出厂区.
_BANS: Final = re.compile("禁止|停止|不得|不使用|不允许|不准")
_OF_VEHICLES: Final = ("vehicle_ban", "vehicle_quota", "advice", "refer")


def read_vehicle_cell(text: str) -> Any:
    """What a cell of the column 运输 asks: a ban, or another measure of vehicles that says so; ``none`` where nothing.

    Raises:
        TextError: it does not say that it bans.

    """
    try:
        then = read_measures_text(text)
    except TextError:
        then = {"vehicle_ban": text} if _BANS.match(text) else read_vehicles(f"禁止{text}")
        if not _BANS.match(text) and "stage_at_most" not in then:
            raise TextError("text_unread_measure", text[:60], Words("wanted_ban")) from None
    items = then if isinstance(then, list) else [then]
    if then != "none" and not all(isinstance(item, dict) and item.keys() & set(_OF_VEHICLES) for item in items):
        raise TextError("text_unread_measure", text[:60], Words("wanted_ban"))
    return then


def normal(then: Any) -> Any:
    """A ``then`` with equal ways of writing made one: no lists of one, no ``{stop: true}``."""
    if isinstance(then, list):
        return single([normal(item) for item in then])
    if not isinstance(then, dict):
        return then
    out = {key: single(value) for key, value in then.items()}
    if "stop_share" in out and not out.get("by"):
        out["by"] = "line"  # what the language takes it for; a cell says it
    for code in ("feed_cap", "cycle_cap"):
        if isinstance(out.get(code), dict) and set(out[code]) == {"to"}:
            out[code] = out[code]["to"]
    only = next(iter(out), "")
    return only if len(out) == 1 and only in _WORDS and out[only] is True else out


# -- saying


def _say(item: Any) -> str:
    if isinstance(item, str) and item in _WORDS:
        return MEASURES[item].text
    if not isinstance(item, dict):
        raise Unsayable
    if set(item) == {"grade"}:
        return f"定为{quoted(item['grade'], SPECIAL)}"
    if set(item) == {"drop"}:
        return f"降{number_text(item['drop'])}级"
    codes = [key for key in item if key in MEASURES]
    if len(codes) != 1:
        raise Unsayable
    options = "，".join(say_option(key, value) for key, value in item.items() if key != codes[0])
    return _say_head(codes[0], item[codes[0]]) + (f"（{options}）" if options else "")


def _say_head(code: str, value: Any) -> str:
    if code in _WORDS and value is True:
        return MEASURES[code].text
    if code in _TEXTS and isinstance(value, str):
        return f"{MEASURES[code].text}：{quoted(value, SPECIAL)}"
    if code not in _HEADS:
        raise Unsayable
    return _HEADS[code](value)


def _cap(cut: str, to: str) -> Callable[[Any], str]:
    def say(value: Any) -> str:
        if isinstance(value, dict):
            if set(value) != {"cut"}:
                raise Unsayable
            return cut.format(share_text(value["cut"]))
        return to.format(number_text(value))

    return say


def _caps(value: Any) -> str:
    if not isinstance(value, dict) or not value or not set(value) <= set(POLLUTANT_TEXT):
        raise Unsayable
    return "排放浓度" + "、".join(f"{POLLUTANT_TEXT[name]}≤{number_text(cap)}" for name, cap in value.items())


_HEADS: Final[dict[str, Callable[[Any], str]]] = {
    "limit": lambda value: f"限产{share_text(value)}",
    "stop_share": lambda value: f"停产{share_text(value)}",
    "stop_units": lambda value: f"停运设备{number_text(value)}台",
    "coking_time": lambda value: f"结焦时间延长至{number_text(value)}小时",
    "feed_cap": _cap("日投料量减少{}", "日投料量不超过{}吨"),
    "cycle_cap": _cap("日炉次减少{}", "日炉次不超过{}次"),
    "emission_cap": _caps,
    "demand_cap": word_of(_DEMAND),
    "vehicle_quota": lambda value: f"车辆减少{share_text(value)}",
}


# -- reading


def _read_one(text: str) -> Any:
    """One measure: its head, and the options in the bracket at its end."""
    head, options = text, ""
    match = re.fullmatch(r'((?:"(?:[^"\\]|\\.)*"|[^"（(])*?)[（(](.*)[）)]', text, re.DOTALL)
    if match:
        head, options = match[1].strip(), match[2]
    parts = split_outside(options, "，,；;") if options.strip() else []
    plain = any(re.match(rf'{MEASURES[code].text}\s*[：:]\s*[^"]', head) for code in _TEXTS)
    if plain and not all(is_option(part, _KEYS) for part in parts):
        head, parts = text, []  # the bracket belongs to the text
    item = _read_head(head)
    if parts:
        item = read_options(parts, _KEYS, _OPTIONS_EXPECTED, {item: True} if isinstance(item, str) else item)
    if isinstance(item, dict) and "stop_share" in item and "by" not in item:
        raise TextError("text_unread_measure", head[:60], _nearest_spelling(head))  # of lines, or of output
    return item


def _nearest_spelling(head: str) -> str:
    """How what was written may be written, where it has one share; else all there is."""
    plain = in_digits(head)
    shares, hours = re.findall(_P, plain), re.match(rf"{NUMBER}小时以?([内后])", plain)
    timed = [f"{hours[1]}小时{hours[2]}"] if hours else []
    said = (("限产", timed), ("停产", ["按生产线", *timed]))
    texts = [f"{word}{shares[0]}%" + (f"（{'，'.join(more)}）" if more else "") for word, more in said if shares]
    return "、".join(texts) if len(shares) == 1 and "或" not in plain else EXPECTED


def _read_head(head: str) -> Any:
    for code in _TEXTS:
        if match := re.fullmatch(rf"{MEASURES[code].text}\s*[：:]\s*(.+)", head, re.DOTALL):
            return {code: read_text(match[1])}
    for pattern, read in _HEAD_PATTERNS:
        if match := re.fullmatch(pattern, in_digits(head)):
            return read(match)
    reading, ban = read_phrase(plain_phrase(head)), read_vehicles(head)
    item = _of_reading(reading) if reading else ban if ban.keys() & {"total", "classes"} else None
    if item is None:
        near = None if reading is None or reading.whose == "each" else rule_item(reading)
        raise TextError("text_unread_measure", head[:60], _say(near) if near else _nearest_spelling(head))
    return item


def _of_reading(reading: MeasureReading) -> Any:
    """The item of a reading, where the rule language says all of it; None where it does not."""
    if reading.kind in ("limit", "stop_share", "feed_cap", "cycle_cap"):
        check_share(reading.share)
    more = reading.more or reading.whose == "each" or (reading.kind == "self_directed" and reading.share is not None)
    return None if more else rule_item(reading)


def _emission(match: re.Match[str]) -> Any:
    names = {text: code for code, text in POLLUTANT_TEXT.items()} | {"SO2": "so2", "NOx": "nox"}
    caps: dict[str, int | float] = {}
    for part in split_outside(match[1], "、"):
        cap = re.fullmatch(rf"(.+?)\s*(?:≤|<=)\s*{NUMBER}", part)
        if not cap or cap[1] not in names:
            raise TextError("text_unread_concentration", part, "SO₂≤35、NOₓ≤50")
        caps[names[cap[1]]] = read_number(cap[2])
    return {"emission_cap": caps}


_P: Final = r"(?<!\d)(\d++(?:\.\d++)?)\s*+[%％]"  # gives nothing back: long figures cost no more than their length
#: What only a rule says.
_HEAD_PATTERNS: Final[tuple[tuple[str, Callable[[re.Match[str]], Any]], ...]] = (
    (r"排放浓度(.+)", _emission),
    (rf"车辆减少\s*{_P}", lambda match: {"vehicle_quota": read_share(match[1])}),
    (r"定为(.+)", lambda match: {"grade": read_text(match[1])}),
    (r"降(\d{1,2})级", lambda match: {"drop": int(match[1])}),
    ("无", lambda _: "none"),
)
