"""Texts as they may be shown: on one line, without what XML cannot hold, and without persons."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import pandas as pd

#: A credit code of a sole trader (个体工商户): registered with the market regulator (9), class 2 (GB 32100-2015).
SOLE_TRADER: Final = "92"
#: What stands where a value was erased.
ERASED: Final = "（已删除）"
#: What stands where a reader is not shown a value.
MASKED: Final = "（个人信息）"
#: Phones (mobile and fixed) and identity numbers, which never enter what is published.
_PHONE: Final = re.compile(r"(?<![0-9A-Za-z])(?:1[3-9](?:[-－ ]?\d){9}|0\d{2,3}[-－ ]?\d{7,8})(?![0-9A-Za-z])")
_IDENTITY: Final = re.compile(
    r"(?<![0-9A-Za-z])\d{6}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![0-9A-Za-z])"
)
WITHHELD: Final = "（略）"
#: Signs that nobody sees, left by copying and by other programs: of no width, a BOM, or turning the reading direction.
UNSEEN: Final = "".join(
    map(chr, (0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF))
)
#: Those, and characters that XML 1.0 cannot hold.
_NOT_XML: Final = re.compile(f"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[{UNSEEN}]")
_SPACE: Final = re.compile(r"\s+")


def sole_traders(table: pd.DataFrame) -> pd.Series:
    """Which rows of a table with ``enterprise_id`` belong to sole traders; shape (n,), bool."""
    return table["enterprise_id"].astype("str").str.startswith(SOLE_TRADER)


def plain(text: object) -> str:
    """A text on one line, without what XML cannot hold."""
    return _SPACE.sub(" ", _NOT_XML.sub("", str(text))).strip()


def unsaid(text: str) -> bool:
    """Whether a text says nothing: blank, or of signs that nobody sees."""
    return not plain(text)


def public(text: str) -> str:
    """A text without phones and identity numbers, as it may be published."""
    return _PHONE.sub(WITHHELD, _IDENTITY.sub(WITHHELD, plain(text)))
