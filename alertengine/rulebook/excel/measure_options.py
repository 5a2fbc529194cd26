"""Options of measures in cells, said and read by one table: 按生产线, 120小时后, 国四及以下, 车型：货车."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, partial
from typing import Any, Final

from alertengine.rulebook.excel.cell_scanner import (
    TextError,
    Unsayable,
    number_text,
    quoted,
    read_number,
    single,
    split_outside,
)
from alertengine.rulebook.excel.day_cells import clock_hours
from alertengine.rulebook.measure_phrases import BASE_WORDS, STAGE, counting_codes, read_base, stage_number, stage_words
from alertengine.vocabulary import Words, measured_in_digits, number

_BY: Final = {"line": "生产线", "unit": "设备", "chamber": "炭化室", "capacity": "产能", "load": "负荷"}
_PER: Final = {"unit": "每座炉", "line": "全线"}
_OVER: Final = {"process": "同一工序", "rule": "同一规定", "enterprise": "全厂"}
#: Signs that end a text which stands in no quotes.
SPECIAL: Final = ("；", ";", "，", ",", "\n", "（", "(", "）", ")", "、")
NUMBER: Final = r"(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)"


@dataclass(frozen=True, slots=True)
class _Option:
    """An option of a measure: as it is said, its value in the braces; ``typed``: how else it is read, as a pattern."""

    said: str
    say: Callable[[Any], str]
    read: Callable[[str], Any]
    value: str = "(.+)"
    typed: str = ""

    def pattern(self) -> re.Pattern[str]:
        """What the option looks like in a cell; its last group is the value."""
        signs = "".join(_TYPED.get(sign, sign) for sign in self.said)
        return re.compile(self.typed or signs.replace("{}", self.value), re.DOTALL)


#: Signs of an option that may be typed otherwise.
_TYPED: Final = {"：": "[：:]", "≥": "(?:≥|>=)", "≤": "(?:≤|<=)", "%": "[%％]"}


def share_text(value: Any) -> str:
    """A share as per cent, to its last digit."""
    text = format((Decimal(number_text(value)) * 100).normalize(), "f")
    return f"{text}%"


def read_share(text: str) -> float:
    """The share of a number of per cent.

    Raises:
        TextError: it is none between 0 and 100.

    """
    share = float(Decimal(text) / 100)
    check_share(share)
    return share


def check_share(share: float | None) -> None:
    """Refuse a share that is none or above the whole."""
    if share is not None and not 0 < share <= 1:
        raise TextError("text_no_share", f"{number(100 * share)}%", Words("wanted_share"))


def word_of(words: Mapping[str, str]) -> Callable[[Any], str]:
    """Says a code by its word."""

    def say(value: Any) -> str:
        if value not in words:
            raise Unsayable
        return words[value]

    return say


def _say_true(value: Any) -> str:
    if value is not True:
        raise Unsayable
    return ""


def _say_stage(value: Any, *, and_below: bool) -> str:
    if words := stage_words(value, and_below=and_below):
        return words
    raise Unsayable


def _say_text(value: Any) -> str:
    return quoted(value, SPECIAL)


def read_text(text: str) -> str:
    """A text without the quotes it may stand in."""
    if text.startswith('"'):
        try:
            return str(json.loads(text))
        except json.JSONDecodeError:
            raise TextError("text_quotes", text[:60]) from None
    return text.strip()


def _read_names(text: str) -> Any:
    return single([read_text(part) for part in split_outside(text, "、")])


def _read_counting(text: str) -> Any:
    codes = counting_codes(text)
    if not codes:
        raise TextError("text_unread_counting", text, "按" + "、".join(_BY.values()))
    return single(list(codes))


def _read_base(text: str) -> str:
    base = read_base(text)
    if not base:
        raise TextError("text_unread_option", text, "、".join(BASE_WORDS.values()))
    return base


def _worded(said: str, words: dict[str, str], value: str = "(.+)") -> _Option:
    def read(text: str) -> str:
        for code, word in words.items():
            if text == word:
                return code
        raise TextError("text_unread_range", text, "、".join(words.values()))

    return _Option(said, word_of(words), read, value)


_true = partial(_Option, say=_say_true, read=bool)
_number = partial(_Option, say=number_text, read=read_number, value=NUMBER)
_named = partial(
    _Option,
    say=lambda value: "、".join(map(_say_text, value if isinstance(value, list) else [value])),
    read=_read_names,
)
_text = partial(_Option, say=_say_text, read=read_text)

_OPTIONS: Final = {
    "over": _worded("范围：{}", _OVER),
    "additional": _true("增停"),
    "per": _worded("{}", _PER, f"({'|'.join(_PER.values())})"),
    "size_at_least": _number("规格≥{}"),
    "size_at_most": _number("规格≤{}"),
    "o2_pct": _number("基准氧{}%"),
    "total": _Option("全部车辆", _say_true, bool, typed="(?:全部|所有|一切)车辆"),
    "stage_at_most": _Option("{}", partial(_say_stage, and_below=True), stage_number, f"{STAGE}及以下(?:排放标准)?"),
    "stage": _Option("{}", partial(_say_stage, and_below=False), stage_number, f"{STAGE}(?:排放标准)?"),
    "cut": _Option("减少{}", share_text, read_share, r"(\d+(?:\.\d+)?)[%％]"),
    "classes": _named("车型：{}"),
    "fuels": _named("燃料：{}"),
    "spared": _named("除外：{}"),
    "vehicles": _text("车辆：{}"),
    "after_hours": _number("{}小时后"),
    "until_hours": _number("{}小时内"),
    "daily": _Option(
        "每日{}", _say_text, lambda text: read_text(clock_hours(text)), typed=r"(?:每[日天](?:夜间)?|夜间(?=\d))(.+)"
    ),
    "on_top_of": _named("叠加于：{}"),
    "remark": _text("备注：{}"),
    "by": _Option(
        "按{}",
        lambda value: "和".join(map(word_of(_BY), value if isinstance(value, list) else [value])),
        _read_counting,
        typed="按(.+?)|以(.+?)计",
    ),
    "base": _Option("{}", word_of(BASE_WORDS), _read_base, f"(以?(?:{'|'.join(BASE_WORDS.values())})|.*为基数)"),
}


def say_option(key: str, value: Any) -> str:
    """An option as a cell says it."""
    if key not in _OPTIONS:
        raise Unsayable
    return _OPTIONS[key].said.format(_OPTIONS[key].say(value))


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    return {key: option.pattern() for key, option in _OPTIONS.items()}


def is_option(text: str, keys: Container[str]) -> bool:
    """Whether a part of a cell, as :func:`say_option` writes it, is an option of one of some keys."""
    return any(key in keys and pattern.fullmatch(text) for key, pattern in _patterns().items())


def read_options(parts: Iterable[str], keys: Container[str], expected: str, into: dict[str, Any]) -> dict[str, Any]:
    """A mapping with the options that texts are.

    Args:
        parts: the texts, one an option.
        keys: the options that may stand here.
        expected: what could stand there, where a text is none.
        into: what is known already.

    Raises:
        TextError: a part is no option, or says again what is known.

    """
    out = dict(into)
    for part in parts:
        key, value = _read_option(part, keys, expected)
        if key in out:
            raise TextError("text_said_twice", part)
        out[key] = value
    return out


def _read_option(text: str, keys: Container[str], expected: str) -> tuple[str, Any]:
    for key, pattern in _patterns().items():
        option = _OPTIONS[key]
        said = measured_in_digits(text) if option.value == NUMBER else text
        if key in keys and (match := pattern.fullmatch(said)):
            return key, option.read(match[match.lastindex or 0])
    raise TextError("text_unread_option", text, expected)
