"""Names of enterprises as they are compared: without what spelling may vary."""

from __future__ import annotations

import unicodedata

_BRACKETS = str.maketrans("（）【】［］[]〔〕", "()" * 5)


def plain_name(name: str) -> str:
    """An enterprise name without what spelling may vary: width, brackets, spaces."""
    return "".join(unicodedata.normalize("NFKC", name).translate(_BRACKETS).split())


def name_or_code(text: str) -> str:
    """A name or a unified social credit code as both are compared: plain, in capitals, without the list separator."""
    return plain_name(text).upper().replace(";", ",")
