"""Names of enterprises as they are compared: without what spelling may vary."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_BRACKETS = str.maketrans("（）【】［］[]〔〕", "()" * 5)


@lru_cache(maxsize=1 << 16)
def plain_name(text: str) -> str:
    """A name without what spelling may vary: width, brackets, spaces anywhere, signs without width, CJK radicals.

    NFKC makes ⾦ and ⼭ the characters they look like.
    """
    plain = unicodedata.normalize("NFKC", text).translate(_BRACKETS)
    return "".join(sign for sign in plain if not sign.isspace() and unicodedata.category(sign) != "Cf")


def name_or_code(text: str) -> str:
    """A name or a unified social credit code as both are compared: plain, in capitals, without the list separator."""
    return plain_name(text).upper().replace(";", ",")
