"""Shares and small numbers written out in Chinese, in digits: 三成, 百分之三十, 三分之一, 一半, 两台, 五公里."""

from __future__ import annotations

import re
from typing import Final

_FIGURES: Final = "零一二三四五六七八九"
_FIGURE: Final = r"[一二两三四五六七八九]"
_TENTHS: Final = re.compile(rf"(?<![\d.])({_FIGURE}|十|[1-9]|10)成(半)?(?![立套员品分型果本])")
_PER_HUNDRED: Final = re.compile(rf"百分之(百|{_FIGURE}?十{_FIGURE}?|{_FIGURE})(?![百千点])")
_RATIO: Final = re.compile(r"(?<![\d/.])([1-9]\d?)[/⁄]([1-9]\d?)(?![\d/.日天])")
_FRACTION: Final = re.compile(rf"(?<![十百])({_FIGURE})分之({_FIGURE})(?!十)")
_HALF: Final = re.compile(r"一半|半数")
_COUNT: Final = re.compile(
    rf"(?<![第\d十百]){_FIGURE}?十{_FIGURE}?(?=[台座条套组])|(?<![第\d十百]){_FIGURE}(?=[台座条套组])"
)
#: Hours, lengths and weights: 五公里, 三十六小时, 一百二十小时, 四点三米.
_MEASURED: Final = re.compile(
    rf"(?<![第数几\d零一二两三四五六七八九十百千万点])(?P<whole>半|(?:{_FIGURE}百零?)?(?:{_FIGURE}?十{_FIGURE}?|{_FIGURE})|{_FIGURE}百)"
    rf"(?:点(?P<part>[{_FIGURES}]+))?(?=个?(?:小时|公里|千米|米|吨))"
)
_COUNTS: Final = re.compile(rf"停({_FIGURE})(留|开)({_FIGURE})")


def in_digits(text: str) -> str:
    """A text with its shares as per cent and its numbers of machines and lines in digits.

    >>> in_digits("限产三成"), in_digits("停产百分之五十"), in_digits("停一半"), in_digits("停两台，停二留一")
    ('限产30%', '停产50%', '停50%', '停2台，停2留1')
    """
    text = _TENTHS.sub(lambda m: f"{10 * chinese_number(m[1]) + (5 if m[2] else 0)}%", text)
    text = _PER_HUNDRED.sub(lambda m: f"{chinese_number(m[1])}%", text)
    text = _RATIO.sub(lambda m: f"{100 * int(m[1]) / int(m[2])!r}%" if int(m[1]) < int(m[2]) else m[0], text)
    text = _FRACTION.sub(lambda m: f"{100 * chinese_number(m[2]) / chinese_number(m[1])!r}%", text)
    text = _COUNTS.sub(lambda m: f"停{chinese_number(m[1])}{m[2]}{chinese_number(m[3])}", text)
    return measured_in_digits(_COUNT.sub(lambda m: str(chinese_number(m[0])), _HALF.sub("50%", text)))


def measured_in_digits(text: str) -> str:
    """A text with its numbers of hours, kilometres, metres and tonnes in digits.

    >>> measured_in_digits("距建成区五公里以内，一百二十小时后，高四点三米，半小时内")
    '距建成区5公里以内，120小时后，高4.3米，0.5小时内'
    """
    return _MEASURED.sub(_measured, text)


def _measured(found: re.Match[str]) -> str:
    said, part = found["whole"], found["part"]
    if said == "半":
        return found[0] if part else "0.5"
    hundreds, hundred, rest = said.replace("两", "二").replace("零", "").rpartition("百")
    whole = (100 * _FIGURES.index(hundreds) if hundred else 0) + (chinese_number(rest) if rest else 0)
    return f"{whole}" + (f".{''.join(str(_FIGURES.index(sign)) for sign in part)}" if part else "")


def chinese_number(said: str) -> int:
    """A whole number in digits or Chinese figures.

    >>> [chinese_number(said) for said in ("三", "两", "十二", "三十", "百", "二〇二〇", "12")]
    [3, 2, 12, 30, 100, 2020, 12]
    """
    if said.isascii():
        return int(said)
    if said == "百":
        return 100
    tens, ten, ones = said.replace("两", "二").replace("〇", "零").rpartition("十")
    if not ten:
        return int("".join(str(_FIGURES.index(sign)) for sign in ones))
    return 10 * (chinese_number(tens) if tens else 1) + (chinese_number(ones) if ones else 0)
