"""Names as one spelling of them, and the nearest known names to one that is not known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from alertengine.vocabulary import plain_name

#: Names nearer than this (0 to 100) are candidates for a question, so many at most.
_NEAR, _MOST = 45, 3


class Recognised(NamedTuple):
    """What a text was recognised as: the standard ``name`` (None: not known) and the nearest known ones, to ask."""

    name: str | None
    candidates: tuple[str, ...] = ()


def folded(text: str) -> str:
    """The plain name of a trade or place, 业 and 行业 at its end aside (水泥制造业, 水泥制造)."""
    plain = plain_name(text)
    return plain.removesuffix("行业").removesuffix("业") if len(plain) > 2 else plain


def nearest(text: str, names: Mapping[str, str], *, least: float = _NEAR) -> tuple[str, ...]:
    """The standard names (values) whose spellings (keys) are nearest to a text, nearest first.

    ``least`` is how near at least, from 0 (nothing alike) to 100 (equal).
    """
    from rapidfuzz import fuzz, process  # only where something is not known

    found = process.extract(text, list(names), scorer=fuzz.WRatio, score_cutoff=least, limit=4 * _MOST)
    return tuple(dict.fromkeys(names[spelling] for spelling, _, _ in found))[:_MOST]
