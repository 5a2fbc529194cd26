"""Conditions as alternatives: terms of which each asks one set of codes of every column it reads.

Kleene's *and* and *or* distribute over each other, so a condition and the alternatives of its
terms have the same value under every profile.  A term has *failed* under a profile when a known
code (or an unknown one that says there is none) refuses it; what is left of a condition depends
only on which terms have not failed and which of their columns are unknown.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from alertengine.engine.code_sets import UNKNOWN, Coded, Column, Leaf
from alertengine.vocabulary.fields import FIELDS

_Codes = dict[int, frozenset[int]]


@dataclass(frozen=True, slots=True)
class Term:
    """One alternative: by column the codes under which it has not failed.

    ``asking``: the columns that leave it open while they are unknown.
    """

    allowed: tuple[tuple[int, frozenset[int]], ...]
    asking: frozenset[int]


def terms_of(condition: Coded, columns: Sequence[Column], most: int) -> list[Term] | None:
    """The terms of a condition that any profile leaves standing, or None where there are more than ``most``."""
    found = _alternatives(condition, columns, most)
    if found is None:
        return None
    distinct = {tuple(sorted(term.items())): term for term in found if all(term.values())}
    return [Term(allowed, _asking(condition, term)) for allowed, term in distinct.items()]


def _alternatives(condition: Coded, columns: Sequence[Column], most: int) -> list[_Codes] | None:
    if isinstance(condition, Leaf):
        return [{condition.column: _standing(condition)}]
    parts = [_alternatives(part, columns, most) for part in condition.parts]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    if not condition.every:
        out = [term for part in known for term in part]
        return out if len(out) <= most else None
    out = [{}]
    for part in known:
        if len(out) * len(part) > most:
            return None
        out = [_both(one, other) for one, other in itertools.product(out, part)]
    return out


def _standing(leaf: Leaf) -> frozenset[int]:
    """The codes under which a comparison has not failed: it holds, or filling the cell in could decide it."""
    codes = leaf.surely | leaf.possibly
    return codes | {UNKNOWN} if _opened_by_filling(leaf) else codes


def _opened_by_filling(leaf: Leaf) -> bool:
    """Whether the comparison asks for blankness itself of a field that is unknown when blank."""
    return leaf.atom.op == "missing" and not FIELDS[leaf.atom.field].blank_is_none


def _both(one: _Codes, other: _Codes) -> _Codes:
    return {column: _meet(one.get(column), other.get(column)) for column in one.keys() | other.keys()}


def _meet(one: frozenset[int] | None, other: frozenset[int] | None) -> frozenset[int]:
    if one is None or other is None:
        return one if one is not None else other or frozenset()
    return one & other


def _asking(condition: Coded, term: _Codes) -> frozenset[int]:
    """The columns whose unknown code leaves some comparison of the condition open."""
    open_columns = {
        leaf.column for leaf in _leaves(condition) if _opened_by_filling(leaf) or leaf.surely != leaf.possibly
    }
    return frozenset(column for column, codes in term.items() if UNKNOWN in codes and column in open_columns)


def _leaves(condition: Coded) -> list[Leaf]:
    if isinstance(condition, Leaf):
        return [condition]
    return [leaf for part in condition.parts for leaf in _leaves(part)]
