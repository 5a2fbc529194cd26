"""Text on its way into a document: cleaned for XML and file names, times and levels as people read them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from alertengine.vocabulary.fields import LEVEL_CLASS, LEVEL_TEXT

OPEN_END: Final = "另行通知"
#: Characters XML 1.0 cannot hold, and invisible ones that turn the reading direction of a name.
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u202a-\u202e\u2066-\u2069]")
_SPACE: Final = re.compile(r"\s+")
_NOT_IN_NAMES: Final = re.compile(r'[\\/:*?"<>|%{}$`~\x00-\x1f\x7f]+')
_NUMERALS: Final = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
#: Phones (mobile and fixed) and identity numbers, which never enter what is published.
_PHONE: Final = re.compile(r"(?<![0-9A-Za-z])(?:1[3-9](?:[-－ ]?\d){9}|0\d{2,3}[-－ ]?\d{7,8})(?![0-9A-Za-z])")
_IDENTITY: Final = re.compile(
    r"(?<![0-9A-Za-z])\d{6}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![0-9A-Za-z])"
)
WITHHELD: Final = "（略）"


def plain(text: object) -> str:
    """A text on one line, without what XML cannot hold."""
    return _SPACE.sub(" ", _NOT_XML.sub("", str(text))).strip()


def file_name(*parts: str, limit: int = 110) -> str:
    """A file or folder name of some parts: no path, nothing a system reserves, each part at most ``limit`` bytes."""
    kept = [_part(part, limit) for part in parts]
    return "-".join(part for part in kept if part) or "_"


def _part(text: str, limit: int) -> str:
    clean = "".join(char for char in plain(text) if unicodedata.category(char) not in ("Cf", "Cc", "Cs", "Co", "Cn"))
    clean = _NOT_IN_NAMES.sub("_", clean).strip(" ._")
    return clean.encode()[:limit].decode(errors="ignore").strip(" ._")


def numeral(number: int) -> str:
    """① for 1; (21) beyond the circled ones."""
    return _NUMERALS[number - 1] if number <= len(_NUMERALS) else f"({number})"


def level_words(code: str) -> str:
    """Ⅰ级（红色） for ``red``; empty without a warning."""
    return f"{LEVEL_CLASS[code]}（{LEVEL_TEXT[code]}）" if LEVEL_CLASS.get(code) else ""


def moment(stamp: str) -> str:
    """2021年1月4日0时 for ``2021-01-04 00:00``; empty for empty."""
    if not stamp:
        return ""
    day, _, clock = stamp.partition(" ")
    year, month, date = (int(part) for part in day.split("-"))
    hour, minute = (int(part) for part in (clock or "00:00").split(":")[:2])
    return f"{year}年{month}月{date}日{hour}时" + (f"{minute}分" if minute else "")


def short_moment(stamp: str) -> str:
    """1月4日0时, where the year stands above."""
    return moment(stamp).partition("年")[2] if stamp else ""


def period(starts: str, ends: str) -> str:
    """From-to in words; an open end is announced separately."""
    until = moment(ends) if ends else f"{OPEN_END}时"
    return f"{moment(starts)}至{until}"


def percent(share: float) -> str:
    """50% for 0.5; a dash where the share is blank."""
    return "—" if share != share else f"{round(share * 100, 1):g}%"  # noqa: PLR0124 -- NaN differs from itself


def kilograms(amount: float) -> str:
    """1,234.5 with at most one decimal; a dash where it cannot be computed."""
    return "—" if amount != amount else f"{amount:,.1f}".removesuffix(".0")  # noqa: PLR0124


def public(text: str) -> str:
    """A text without phones and identity numbers, as it may be published."""
    return _PHONE.sub(WITHHELD, _IDENTITY.sub(WITHHELD, plain(text)))


def spans(rows: Iterable[int | None]) -> str:
    """2至4、7 for rows 2, 3, 4 and 7; empty where none is known."""
    numbers = sorted({row for row in rows if row is not None})
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return "、".join(f"{first}" if first == last else f"{first}至{last}" for first, last in runs)
