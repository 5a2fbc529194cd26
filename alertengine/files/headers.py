"""Headers of a list: which field a column is, and in which unit it is given."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

#: What a header may have in it without being another: space, line breaks, marks between words, invisible signs.
_SPACE: Final = re.compile(r"[\s_\-\u200b-\u200f\u2060\ufeff]+")
_BRACKET: Final = re.compile(r"\(([^()]*)\)$")


def normal(header: str) -> str:
    """A header without full-width forms, spaces, line breaks, ``_``, ``-``, invisible signs and case."""
    return _SPACE.sub("", unicodedata.normalize("NFKC", header)).lower()


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file: its place, its header as written, its fields (none: carried through) and its unit."""

    place: int
    header: str
    fields: tuple[str, ...] = ()
    unit: str = ""


def match(header: str, place: int, names: Mapping[str, tuple[str, ...]]) -> Column:
    """The column behind a header; a unit in a last pair of brackets is kept apart."""
    text = normal(header)
    bracket = _BRACKET.search(text)
    bare = text[: bracket.start()] if bracket else text
    fields = names.get(text) or names.get(bare, ())
    return Column(place, header.strip(), fields, bracket[1] if bracket and fields else "")


def known(names: Mapping[str, tuple[str, ...]]) -> Callable[[str], bool]:
    """Whether a cell is one of the headers, as a test for finding the header row."""
    return lambda cell: bool(match(cell, 0, names).fields)
