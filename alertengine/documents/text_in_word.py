"""Text on its way into a document: cleaned for XML and file names, times and levels as people read them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from alertengine.vocabulary import plain

_NOT_IN_NAMES: Final = re.compile(r'[\\/:*?"<>|%{}$`~\x00-\x1f\x7f]+')


def file_name(*parts: str, limit: int = 110) -> str:
    """A file or folder name of some parts: no path, nothing a system reserves, each part at most ``limit`` bytes."""
    kept = [_part(part, limit) for part in parts]
    return "-".join(part for part in kept if part) or "_"


def _part(text: str, limit: int) -> str:
    clean = "".join(char for char in plain(text) if unicodedata.category(char) not in ("Cf", "Cc", "Cs", "Co", "Cn"))
    clean = _NOT_IN_NAMES.sub("_", clean).strip(" ._")
    return clean.encode()[:limit].decode(errors="ignore").strip(" ._")


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
