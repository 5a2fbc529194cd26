"""Names of enterprises as they are compared: without what spelling may vary."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import Any

#: A name in which only brackets can vary: what most names are, and quick to see.
_ORDINARY = re.compile("[0-9A-Za-z()\u4e00-\u9fff]*")
_BRACKETS = str.maketrans("（）【】［］[]〔〕", "()" * 5)
#: Middle dots and dashes of any form, as the usual ones.
_SIGNS = str.maketrans("•・‧∙⋅‐‑‒–—―−", "·····-------")


@lru_cache(maxsize=1 << 16)
def plain_name(text: str) -> str:
    """A name without what spelling may vary: width, brackets, dots, dashes, spaces, signs without width, CJK radicals.

    NFKC makes ⾦ and ⼭ the characters they look like; traditional characters become simplified ones.
    """
    plain = text.replace("（", "(").replace("）", ")")
    if not _ORDINARY.fullmatch(plain):
        plain = unicodedata.normalize("NFKC", text).translate(_BRACKETS).translate(_SIGNS)
        plain = "".join(sign for sign in plain if not sign.isspace() and unicodedata.category(sign) != "Cf")
    return simplified(plain)


def simplified(text: str) -> str:
    """A text with simplified characters in place of traditional ones."""
    try:
        text.encode("gb2312")  # the simplified characters in use, and hardly a traditional one
    except UnicodeEncodeError:
        return str(_converter().convert(text))
    return text


@cache
def _converter() -> Any:
    from opencc import OpenCC  # few lists need it

    return OpenCC("t2s")


def name_or_code(text: str) -> str:
    """A name or a unified social credit code as both are compared: plain, in capitals, without the list separator."""
    return plain_name(text).upper().replace(";", ",")
