"""The facts of one line as conditions are checked against them, and as a person reads them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from alertengine.engine import POSSIBLY, SURELY, Assignment, Facts, TextColumn, columns_of, encode, key_of
from alertengine.engine import Leaf as Coded
from alertengine.rulebook import Condition, Group, Leaf, OpenLists, OverLines, fields_of, leaves
from alertengine.vocabulary import FIELDS, GRADES, NOT_ON_FILE, UNKNOWN_WORD, YES_NO, number, undecided

_SIGNS = {"lt": "<", "le": "≤", "gt": ">", "ge": "≥"}


class LineFacts:
    """One line's facts on a day, its effective grade among them.

    Args:
        lines: all lines of its enterprise.
        row: its position among them.
        lists: the open lists.
        day: the day of the law.
        effective: its effective grade.

    """

    def __init__(self, lines: pd.DataFrame, row: int, lists: OpenLists, day: date, effective: str | None) -> None:
        """Make the facts of the enterprise."""
        grade = GRADES.index(effective) if effective in GRADES else -1
        self._lists, self._row = lists, row
        self._facts = Facts(lines, lists, day).with_grade(
            TextColumn(np.full(len(lines), grade, dtype=np.int32), GRADES)
        )

    def value(self, name: str) -> Any:
        """The value of a field, None where unknown."""
        kind = FIELDS[name].type
        if kind == "bool":
            code = int(self._facts.boolean(name)[self._row])
            return None if code == 0 else code == 2
        if kind in ("number", "integer"):
            found = float(self._facts.number(name)[self._row])
            return None if np.isnan(found) else found
        column = self._facts.text(name)
        code = int(column.codes[self._row])
        return column.categories[code] if code >= 0 else None

    def assignment(self, conditions: Iterable[Condition]) -> Assignment:
        """What is known of the fields that some conditions read, as they are checked."""
        known: Assignment = {}
        for atom in (leaf for condition in conditions for leaf in leaves(condition)):
            if isinstance(atom, OverLines):
                known |= self._over_lines(atom)
                continue
            found = self.value(atom.field)
            if found is None:
                continue
            if FIELDS[atom.field].type == "names":
                held = found.split(";")
                open_ = atom.field == "open_decision" and any(undecided(name, atom.values) for name in held)
                known |= {(atom.field, str(name)): name in held for name in atom.values if name in held or not open_}
            else:
                known[atom.field, ""] = found
        return known

    def _over_lines(self, over: OverLines) -> Assignment:
        """What all lines of the enterprise come to, where that is known."""
        [column] = columns_of([over])
        coded = encode(over, (column,))
        held = coded.truth(int(column.codes(self._facts)[self._row])) if isinstance(coded, Coded) else POSSIBLY
        return {} if held == POSSIBLY else {key_of(over): (held == SURELY) != over.every}

    def found(self, leaf: Leaf) -> str:
        """What the list says to a comparison, in Chinese."""
        if isinstance(leaf, OverLines):
            named = (name for name in FIELDS if name in fields_of(leaf))
            return "、".join(f"{FIELDS[name].text}本线{value_words(name, self.value(name))}" for name in named)
        return value_words(leaf.field, self.value(leaf.field))

    def said(self, name: str) -> str:
        """A field and its value in Chinese."""
        note = f"（{NOT_ON_FILE}）" if self._not_on_file(name) else ""
        value = self._stated(name) if note else self.value(name)
        return f"{FIELDS[name].text}：{value_words(name, value)}{note}"

    def asked(self, name: str) -> str:
        """The Chinese name of a field to be asked for; beside it an industry that the list states and nobody knows."""
        note = f"（清单写“{self._stated(name)}”，{NOT_ON_FILE}）" if self._not_on_file(name) else ""
        return f"{FIELDS[name].text}{note}"

    def _stated(self, name: str) -> str | None:
        """What the list writes, known to the vocabulary or not."""
        column = self._facts.stated(name)
        code = int(column.codes[self._row])
        return column.categories[code] if code >= 0 else None

    def _not_on_file(self, name: str) -> bool:
        """Whether the list holds an industry of which the vocabulary knows nothing."""
        found = self._stated(name) if name == "industry" else None
        return found is not None and found not in self._lists.industries


def value_words(name: str, value: Any) -> str:
    """A value as people read it, with its unit."""
    if value is None:
        return "无" if FIELDS[name].blank_is_none else UNKNOWN_WORD
    if isinstance(value, bool):
        return YES_NO[bool(value)]
    if isinstance(value, float):
        return number(value) + FIELDS[name].unit
    return str(value)


def atom_words(atom: Leaf) -> str:
    """A comparison in Chinese."""
    if isinstance(atom, OverLines):
        return f"本企业{'各条' if atom.every else '任一'}生产线{'，且'.join(condition_words(atom.part))}"
    field = FIELDS[atom.field]
    if atom.op == "missing":
        return f"{field.text}{'已填' if atom.negated else '空缺'}"
    if atom.op == "in":
        values = "、".join(value_words(atom.field, value) for value in atom.values)
        return f"{field.text}{'不是' if atom.negated else '为'}{values}"
    return f"{field.text}{_SIGNS[atom.op]}{value_words(atom.field, atom.values[0])}"


def condition_words(condition: Condition) -> list[str]:
    """A condition in Chinese, one text for each part that must hold; none where it always holds."""
    if not isinstance(condition, Group):
        return [atom_words(condition)]
    parts = [condition_words(part) for part in condition.parts]
    if condition.every:
        return [text for part in parts for text in part]
    return ["或".join(part[0] if len(part) == 1 else f"（{'，且'.join(part)}）" for part in parts)]
