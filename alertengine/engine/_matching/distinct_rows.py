"""Matching by distinct rows: rules that read the same fields, each distinct profile evaluated once.

For a handful of lines, and for rules of too many alternatives to be laid out in words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from alertengine.engine._matching.merge import Coding, Part
from alertengine.engine.code_sets import CodeArray, Column, Row, columns_of, encode, split_names
from alertengine.engine.group_index import Index, dense
from alertengine.engine.outcomes import CodedRule, Outcomes
from alertengine.rulebook.conditions import Atom, atoms
from alertengine.rulebook.schema import LineRule


class Rows:
    """Rules that read the same fields; remembers every profile it has seen."""

    def __init__(self, rules: Sequence[CodedRule], columns: tuple[Column, ...]) -> None:
        """Take the rules, coded over the columns."""
        self.rules = tuple(rules)
        self.columns = columns
        self._memo: dict[Row, Outcomes] = {}

    def match(self, coding: Coding, count: int) -> list[Part]:
        """The outcomes of each line."""
        inverse, rows = distinct_rows([coding(column) for column in self.columns], self.columns, count)
        fresh = [number for number, row in enumerate(rows) if row not in self._memo]
        for number in fresh:
            row = rows[number]
            found = (rule.outcome(row) for rule in self.rules)
            self._memo[row] = tuple(one for one in found if one is not None)
        lines = np.flatnonzero(np.isin(inverse, fresh))
        _, firsts = np.unique(inverse[lines], return_index=True)
        return [Part(None, inverse, [self._memo[row] for row in rows], lines[firsts])]

    def profiles(self) -> dict[str, int]:
        """Profiles seen, by signature."""
        return {"+".join(dict.fromkeys(column.field for column in self.columns)) or "(none)": len(self._memo)}

    def forget(self) -> None:
        """Forget every profile."""
        self._memo.clear()


def by_fields(rules: Iterable[tuple[int, LineRule]]) -> list[list[tuple[int, LineRule]]]:
    """Numbered rules, those that read the same fields together."""
    out: dict[frozenset[str], list[tuple[int, LineRule]]] = {}
    for number, rule in rules:
        out.setdefault(rule.reads, []).append((number, rule))
    return list(out.values())


def rows_of(rules: Sequence[tuple[int, LineRule]], inside: Atom | None = None) -> Rows:
    """Numbered rules that read the same fields, ready; ``inside`` as in :class:`CodedRule`."""
    conditions = [split_names(rule.when) for _, rule in rules]
    columns = columns_of(conditions)
    coded = [
        CodedRule(rule.id, number, encode(condition, columns), asks_missing(rule), inside)
        for (number, rule), condition in zip(rules, conditions, strict=True)
    ]
    return Rows(coded, columns)


def asks_missing(rule: LineRule) -> bool:
    """Whether a rule asks whether a field is missing: filling it in can undo it."""
    return any(atom.op == "missing" for atom in atoms(rule.when))


def distinct_rows(columns: Sequence[CodeArray], shapes: Sequence[Column], count: int) -> tuple[Index, list[Row]]:
    """Distinct rows of coded columns: for each line the number of its row, and the rows.

    Codes are packed into one integer; where the product of sizes outgrows 62 bits the partial
    key is first renumbered.
    """
    key = np.zeros(count, dtype=np.int64)
    span = 1
    for codes, shape in zip(columns, shapes, strict=True):
        width = shape.size + 1
        if span * width >= 1 << 62:
            key, _ = pd.factorize(key)
            span = int(key.max(initial=0)) + 1
        key = key * width + codes
        span *= width
    inverse, first = dense(key, span)
    rows: list[Row] = list(zip(*(codes[first].tolist() for codes in columns), strict=True))
    return inverse, rows or [()] * len(first)
