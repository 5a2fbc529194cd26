"""In which encoding a text is: told from its bytes, never guessed from one language to another."""

from __future__ import annotations

import re
from typing import Final

#: In UTF-8, the first byte of a sign of more than two bytes, and of one of two that Latin-1 has not.
_LONG, _TWO = re.compile(rb"[\xe0-\xf4]"), re.compile(rb"[\xc4-\xdf]")
#: A character of two bytes outside ASCII whose second byte is an ASCII sign: every other one in Big5, rare in GB18030.
_PAIR: Final = re.compile(rb"[\x81-\xfe][\x40-\x7e\x80-\xfe]", re.DOTALL)
_WIDE_MARKS: Final = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
#: Of the pairs of a text, the share with a low second byte from which on it is Big5.
_BIG5_SHARE: Final = 0.2
BIG5: Final = "big5"
#: Of the characters of a text in UTF-16, the least share that is ASCII.
_ZEROS: Final = 0.1


def encoding_of(head: bytes) -> str:
    """``utf-8``, ``utf-16`` (``-le``, ``-be`` without a mark), ``gb18030`` or ``big5`` by the first bytes of a file."""
    if head[:2] in _WIDE_MARKS:
        return "utf-16"
    wide = _wide(head)
    if wide:
        return wide
    text = _as_utf8(head)
    if text is not None:
        return "gb18030" if _chance(head, text) else "utf-8"
    pairs = _PAIR.findall(head)
    low = sum(pair[1] < 0x80 for pair in pairs)
    if low > _BIG5_SHARE * len(pairs) and _decodes(head, BIG5):
        return BIG5
    return "gb18030"


def _wide(head: bytes) -> str:
    """UTF-16 without a mark: every other byte of most characters is 0."""
    sample = head[:4096]
    if len(sample) < 4 or b"\0" not in sample:
        return ""
    low, high = sample[1::2].count(0), sample[0::2].count(0)
    half = len(sample) // 2
    if low > _ZEROS * half and low > 4 * high:
        return "utf-16-le"
    return "utf-16-be" if high > _ZEROS * half and high > 4 * low else ""


def _as_utf8(head: bytes) -> str | None:
    """A text as UTF-8, a character cut at its end left out; None where it is none."""
    for cut in range(4):
        try:
            return head[: len(head) - cut].decode("utf-8")
        except UnicodeDecodeError as error:
            if error.start < len(head) - 4:
                return None
    return None


def _chance(head: bytes, text: str) -> bool:
    """Whether GB18030 is UTF-8 by chance: 太原 is, read as two signs that no table holds."""
    said = text.encode()
    if _LONG.search(said) or not _TWO.search(said):
        return False
    try:
        return all(sign < "\u0080" or "\u4e00" <= sign <= "\u9fff" for sign in head.decode("gb18030"))
    except UnicodeDecodeError:
        return False


def _decodes(head: bytes, encoding: str) -> bool:
    for cut in range(3):
        try:
            head[: len(head) - cut].decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False
