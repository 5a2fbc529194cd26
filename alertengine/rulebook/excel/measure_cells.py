"""Measures as an official writes them in a cell, and back without loss.

``停产``, ``限产20%（三者最小值）``, ``停产50%（按产能和设备，120小时后）``; several in one cell
are joined by ``；``.  What stands in the brackets are the options of the measure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
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
)
from alertengine.rulebook.excel.day_cells import clock_hours
from alertengine.vocabulary import MEASURES, POLLUTANT_TEXT, Words, in_digits, measured_in_digits

BASE: Final = {
    "least_of_three": "三者最小值",
    "capacity": "产能",
    "permit": "许可日产能",
    "eia": "环评日产能",
    "last_year": "上年日均产量",
}
_BY: Final = {"line": "生产线", "unit": "设备", "chamber": "炭化室", "capacity": "产能", "load": "负荷"}
_ALSO_BY: Final = {
    "产线": "line", "条数": "line", "设备数量": "unit", "台数": "unit", "产能规模": "capacity", "生产负荷": "load",
}  # fmt: skip
_PER: Final = {"unit": "每座炉", "line": "全线"}
_OVER: Final = {"process": "同一工序", "rule": "同一规定", "enterprise": "全厂"}
_DEMAND: Final = {"heat": "以热定产", "gas": "以气定产", "output": "以量定产", "verified_load": "按核定负荷生产"}
_STAGES: Final = "零一二三四五六"
_WORDS: Final = ("stop", "bank", "none", "exempt", "self_directed")
_TEXTS: Final = (*_WORDS, "vehicle_ban", "vehicle_quota", "advice", "refer")
_SPECIAL: Final = ("；", ";", "，", ",", "\n", "（", "(", "）", ")", "、")
_N: Final = r"(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)"
_ALSO: Final = {
    "不停限产": "none", "不限产": "none", "无": "none", "自主采取减排措施": "self_directed",
    "采取自主减排措施": "self_directed", "全部停产": "stop", "全厂停产": "stop", "全面停产": "stop", "停止生产": "stop",
}  # fmt: skip
EXPECTED: Final = (
    "停产、限产20%（三者最小值）、停产50%（按生产线）、结焦时间延长至36小时、自主减排、豁免、不要求停限产、"
    "禁止车辆运输：停止公路运输（全部车辆）；几项用；隔开 …"
)


def measures_text(then: Any) -> str:
    """A ``then`` as a cell's text."""
    return exact(normal(then), _say_all, read_measures_text)


def read_measures_text(text: str) -> Any:
    """The ``then`` of a cell: a word, a mapping, or a list of them.

    Raises:
        TextError: with what could not be read.

    """
    if is_flow(text):
        return read_flow(text)
    parts = [part for part in _split(text, "；;\n") if part]
    if not parts:
        raise TextError("text_no_measure", text, EXPECTED)
    items = [_read_one(part) for part in parts]
    return items[0] if len(items) == 1 else items


def normal(then: Any) -> Any:
    """A ``then`` with equal ways of writing made one: no lists of one, no ``{stop: true}``."""
    if isinstance(then, list):
        items = [normal(item) for item in then]
        return items[0] if len(items) == 1 else items
    if not isinstance(then, dict):
        return then
    out = {key: value[0] if isinstance(value, list) and len(value) == 1 else value for key, value in then.items()}
    if "stop_share" in out and not out.get("by"):
        out["by"] = "line"  # what the language takes it for; a cell says it
    for code in ("feed_cap", "cycle_cap"):
        if isinstance(out.get(code), dict) and set(out[code]) == {"to"}:
            out[code] = out[code]["to"]
    only = next(iter(out), "")
    return only if len(out) == 1 and only in _WORDS and out[only] is True else out


# -- saying


def _say_all(then: Any) -> str:
    return "；".join(map(_say, then)) if isinstance(then, list) else _say(then)


def _say(item: Any) -> str:
    if isinstance(item, str) and item in _WORDS:
        return MEASURES[item].text
    if not isinstance(item, dict):
        raise Unsayable
    if set(item) == {"grade"}:
        return f"定为{quoted(item['grade'], _SPECIAL)}"
    if set(item) == {"drop"}:
        return f"降{number_text(item['drop'])}级"
    codes = [key for key in item if key in MEASURES]
    if len(codes) != 1:
        raise Unsayable
    options = "，".join(_say_option(key, value) for key, value in item.items() if key != codes[0])
    return _say_head(codes[0], item[codes[0]]) + (f"（{options}）" if options else "")


def _say_head(code: str, value: Any) -> str:
    if code in _WORDS and value is True:
        return MEASURES[code].text
    if code in _TEXTS and isinstance(value, str):
        return f"{MEASURES[code].text}：{quoted(value, _SPECIAL)}"
    if code not in _HEADS:
        raise Unsayable
    return _HEADS[code](value)


def _share(value: Any) -> str:
    text = format((Decimal(number_text(value)) * 100).normalize(), "f")
    return f"{text}%"


def _cap(cut: str, to: str) -> Callable[[Any], str]:
    def say(value: Any) -> str:
        if isinstance(value, dict):
            if set(value) != {"cut"}:
                raise Unsayable
            return cut.format(_share(value["cut"]))
        return to.format(number_text(value))

    return say


def _caps(value: Any) -> str:
    if not isinstance(value, dict) or not value or not set(value) <= set(POLLUTANT_TEXT):
        raise Unsayable
    return "排放浓度" + "、".join(f"{POLLUTANT_TEXT[name]}≤{number_text(cap)}" for name, cap in value.items())


def _of(words: dict[str, str]) -> Callable[[Any], str]:
    def say(value: Any) -> str:
        if value not in words:
            raise Unsayable
        return words[value]

    return say


_HEADS: Final[dict[str, Callable[[Any], str]]] = {
    "limit": lambda value: f"限产{_share(value)}",
    "stop_share": lambda value: f"停产{_share(value)}",
    "stop_units": lambda value: f"停运设备{number_text(value)}台",
    "coking_time": lambda value: f"结焦时间延长至{number_text(value)}小时",
    "feed_cap": _cap("日投料量减少{}", "日投料量不超过{}吨"),
    "cycle_cap": _cap("日炉次减少{}", "日炉次不超过{}次"),
    "emission_cap": _caps,
    "demand_cap": _of(_DEMAND),
    "vehicle_quota": lambda value: f"车辆减少{_share(value)}",
}


def _names(value: Any) -> str:
    return "、".join(quoted(item, _SPECIAL) for item in (value if isinstance(value, list) else [value]))


def _by(value: Any) -> str:
    names = value if isinstance(value, list) else [value]
    return "按" + "和".join(_of(_BY)(name) for name in names)


def _stage(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < len(_STAGES):
        raise Unsayable
    return f"国{_STAGES[value]}及以下"


def _flag(text: str) -> Callable[[Any], str]:
    def say(value: Any) -> str:
        if value is not True:
            raise Unsayable
        return text

    return say


_OPTIONS: Final[dict[str, Callable[[Any], str]]] = {
    "base": _of(BASE),
    "by": _by,
    "over": lambda value: f"范围：{_of(_OVER)(value)}",
    "additional": _flag("增停"),
    "per": _of(_PER),
    "size_at_least": lambda value: f"规格≥{number_text(value)}",
    "size_at_most": lambda value: f"规格≤{number_text(value)}",
    "o2_pct": lambda value: f"基准氧{number_text(value)}%",
    "total": _flag("全部车辆"),
    "stage_at_most": _stage,
    "classes": lambda value: f"车型：{_names(value)}",
    "fuels": lambda value: f"燃料：{_names(value)}",
    "vehicles": lambda value: f"车辆：{quoted(value, _SPECIAL)}",
    "after_hours": lambda value: f"{number_text(value)}小时后",
    "until_hours": lambda value: f"{number_text(value)}小时内",
    "daily": lambda value: f"每日{quoted(value, _SPECIAL)}",
    "on_top_of": lambda value: f"叠加于：{_names(value)}",
    "remark": lambda value: f"备注：{quoted(value, _SPECIAL)}",
}


def _say_option(key: str, value: Any) -> str:
    if key not in _OPTIONS:
        raise Unsayable
    return _OPTIONS[key](value)


# -- reading


def _split(text: str, signs: str) -> list[str]:
    """The parts of a text between some signs, those inside quotes and brackets left alone."""
    parts, part, depth, inside = [], "", 0, False
    for place, sign in enumerate(text):
        if sign == '"' and text[place - 1 : place] != "\\":
            inside = not inside
        if not inside:
            depth += (sign in "（(") - (sign in "）)")
        if sign in signs and not depth and not inside:
            parts.append(part.strip())
            part = ""
        else:
            part += sign
    return [*parts, part.strip()]


def _read_one(text: str) -> Any:
    """One measure: its head, and the options in the bracket at its end."""
    head, options = text, ""
    match = re.fullmatch(r'((?:"(?:[^"\\]|\\.)*"|[^"（(])*?)[（(](.*)[）)]', text, re.DOTALL)
    if match:
        head, options = match[1].strip(), match[2]
    plain = any(re.match(rf'{MEASURES[code].text}\s*[：:]\s*[^"]', head) for code in _TEXTS)
    if options and plain and not all(map(_is_option, _split(options, "，,；;"))):
        head, options = text, ""  # the bracket belongs to the text
    item = _read_head(head)
    if not options.strip():
        _not_of_either(item, head)
        return item
    mapping = {item: True} if isinstance(item, str) else dict(item)
    for option in _split(options, "，,；;"):
        for key, value in _read_option(option, text):
            if key in mapping:
                raise TextError("text_said_twice", option)
            mapping[key] = value
    _not_of_either(mapping, head)
    return mapping


def _is_option(option: str) -> bool:
    return any(re.fullmatch(pattern, option, re.DOTALL) for _, pattern, _ in _OPTION_PATTERNS)


def _not_of_either(item: Any, head: str) -> None:
    """Refuse a share that does not say whether lines or output are meant (停一半, 停产50%)."""
    if isinstance(item, dict) and "stop_share" in item and "by" not in item:
        raise TextError("text_unread_measure", head[:60], _nearest_spelling(head))


def _nearest_spelling(head: str) -> str:
    """How what was written may be written, where it has one share; else all there is."""
    plain = in_digits(head)
    shares, hours = re.findall(_P, plain), re.match(rf"{_N}小时以?([内后])", plain)
    timed = [f"{hours[1]}小时{hours[2]}"] if hours else []
    said = (("限产", timed), ("停产", ["按生产线", *timed]))
    texts = [f"{word}{shares[0]}%" + (f"（{'，'.join(more)}）" if more else "") for word, more in said if shares]
    return "、".join(texts) if len(shares) == 1 and "或" not in plain else EXPECTED


def _read_head(head: str) -> Any:
    for code in _WORDS:
        if head == MEASURES[code].text:
            return code
    if head in _ALSO:
        return _ALSO[head]
    for code in _TEXTS:
        match = re.fullmatch(rf"{MEASURES[code].text}\s*[：:]\s*(.+)", head, re.DOTALL)
        if match:
            return {code: _text(match[1])}
    for pattern, read in _HEAD_PATTERNS:
        match = re.fullmatch(pattern, in_digits(head))
        if match:
            return read(match)
    raise TextError("text_unread_measure", head[:60], _nearest_spelling(head))


def _text(text: str) -> str:
    if text.startswith('"'):
        try:
            return str(json.loads(text))
        except json.JSONDecodeError:
            raise TextError("text_quotes", text[:60]) from None
    return text.strip()


def _shared(text: str) -> float:
    share = float(Decimal(text) / 100)
    if not 0 < share <= 1:
        raise TextError("text_no_share", f"{text}%", Words("wanted_share"))
    return share


def _emission(match: re.Match[str]) -> Any:
    names = {text: code for code, text in POLLUTANT_TEXT.items()} | {"SO2": "so2", "NOx": "nox"}
    caps: dict[str, int | float] = {}
    for part in _split(match[1], "、"):
        cap = re.fullmatch(rf"(.+?)\s*(?:≤|<=)\s*{_N}", part)
        if not cap or cap[1] not in names:
            raise TextError("text_unread_concentration", part, "SO₂≤35、NOₓ≤50")
        caps[names[cap[1]]] = read_number(cap[2])
    return {"emission_cap": caps}


_HOURS: Final = rf"{_N}\s*(?:小时|h)(?:以上)?"
_P: Final = r"(\d+(?:\.\d+)?)\s*[%％]"
_HEAD_PATTERNS: Final[tuple[tuple[str, Callable[[re.Match[str]], Any]], ...]] = (
    (rf"(?:限产?|减产)\s*{_P}(?:以上)?", lambda m: {"limit": _shared(m[1])}),
    (rf"停产?\s*{_P}(?:以上)?", lambda m: {"stop_share": _shared(m[1])}),
    (rf"停(?:运|用)?(?:设备)?\s*{_N}\s*台(?:设备)?", lambda m: {"stop_units": read_number(m[1])}),
    (rf"(?:延长)?[结出]焦时间(?:延长)?[至到]?\s*{_HOURS}", lambda m: {"coking_time": read_number(m[1])}),
    (rf"日投料量减少\s*{_P}", lambda m: {"feed_cap": {"cut": _shared(m[1])}}),
    (rf"日投料量不超过\s*{_N}\s*吨", lambda m: {"feed_cap": read_number(m[1])}),
    (rf"日炉次减少\s*{_P}", lambda m: {"cycle_cap": {"cut": _shared(m[1])}}),
    (rf"日炉次不超过\s*{_N}\s*次", lambda m: {"cycle_cap": read_number(m[1])}),
    (r"排放浓度(.+)", _emission),
    *((word, lambda _, code=code: {"demand_cap": code}) for code, word in _DEMAND.items()),
    (rf"车辆减少\s*{_P}", lambda m: {"vehicle_quota": _shared(m[1])}),
    (r"定为(.+)", lambda m: {"grade": _text(m[1])}),
    (r"降(\d+)级", lambda m: {"drop": int(m[1])}),
)


def _listed(text: str) -> Any:
    names = [_text(part) for part in _split(text, "、")]
    return names[0] if len(names) == 1 else names


def _counted(text: str) -> Any:
    codes = {word: code for code, word in _BY.items()} | _ALSO_BY
    names = re.split(r"[和、]", text)
    if not set(names) <= set(codes):
        raise TextError("text_unread_counting", text, "按" + "、".join(_BY.values()))
    found = [codes[name] for name in names]
    return found[0] if len(found) == 1 else found


def _over_of(text: str) -> str:
    for code, word in _OVER.items():
        if text == word:
            return code
    raise TextError("text_unread_range", text, "、".join(_OVER.values()))


_OPTION_PATTERNS: Final[tuple[tuple[str, str, Callable[[str], Any]], ...]] = (
    ("base", rf"(?:以)?({'|'.join(BASE.values())})(?:为基数)?", {word: code for code, word in BASE.items()}.get),
    ("over", r"范围[：:](.+)", _over_of),
    ("additional", r"(增停)", bool),
    ("per", r"(每座炉|全线)", lambda text: next(code for code, word in _PER.items() if word == text)),
    ("size_at_least", rf"规格(?:≥|>=){_N}", read_number),
    ("size_at_most", rf"规格(?:≤|<=){_N}", read_number),
    ("o2_pct", rf"基准氧{_N}[%％]", read_number),
    ("total", r"(全部车辆)", bool),
    ("stage_at_most", rf"国([{_STAGES}])及以下", _STAGES.index),
    ("classes", r"车型[：:](.+)", _listed),
    ("fuels", r"燃料[：:](.+)", _listed),
    ("vehicles", r"车辆[：:](.+)", _text),
    ("after_hours", rf"{_N}小时后", read_number),
    ("until_hours", rf"{_N}小时内", read_number),
    ("daily", r"(?:每[日天](?:夜间)?|夜间(?=\d))(.+)", lambda text: _text(clock_hours(text))),
    ("on_top_of", r"叠加于[：:](.+)", _listed),
    ("remark", r"备注[：:](.+)", _text),
    ("by", r"按(.+?)", _counted),
    ("by", r"以(.+?)计", _counted),
)


def _read_option(option: str, whole: str) -> Iterator[tuple[str, Any]]:
    for key, pattern, read in _OPTION_PATTERNS:
        match = re.fullmatch(pattern, measured_in_digits(option) if _N in pattern else option, re.DOTALL)
        if match:
            yield key, read(match[1])
            return
    raise TextError("text_unread_option", option or whole, "按生产线、三者最小值、120小时后、每日20:00-08:00 …")
