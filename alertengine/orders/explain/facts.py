"""The facts of one line as conditions are checked against them, and as a person reads them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from alertengine.engine.facts import Facts, TextColumn
from alertengine.engine.hangs_on import Assignment
from alertengine.rulebook.conditions import Atom, Condition, atoms
from alertengine.rulebook.places_and_lists import OpenLists
from alertengine.vocabulary.fields import FIELDS, GRADES, NOT_ON_FILE
from alertengine.vocabulary.numbers import number

_SIGNS = {"lt": "<", "le": "≤", "gt": ">", "ge": "≥"}


class LineFacts:
    """One line's facts on a day, its effective grade among them."""

    def __init__(self, line: pd.DataFrame, lists: OpenLists, day: date, effective: str | None) -> None:
        """Take a list of one line."""
        graded = TextColumn(np.array([GRADES.index(effective) if effective in GRADES else -1], dtype=np.int32), GRADES)
        self._lists = lists
        self._facts = Facts(line, lists, day).with_grade(graded)

    def value(self, name: str) -> Any:
        """The value of a field, None where unknown."""
        kind = FIELDS[name].type
        if kind == "bool":
            code = int(self._facts.boolean(name)[0])
            return None if code == 0 else code == 2
        if kind in ("number", "integer"):
            found = float(self._facts.number(name)[0])
            return None if np.isnan(found) else found
        column = self._facts.text(name)
        code = int(column.codes[0])
        return column.categories[code] if code >= 0 else None

    def assignment(self, conditions: Iterable[Condition]) -> Assignment:
        """What is known of the fields that some conditions read, as they are checked."""
        known: Assignment = {}
        for atom in (atom for condition in conditions for atom in atoms(condition)):
            found = self.value(atom.field)
            if found is None:
                continue
            if FIELDS[atom.field].type == "names":
                known |= {(atom.field, str(name)): name in found.split(";") for name in atom.values}
            else:
                known[atom.field, ""] = found
        return known

    def said(self, name: str) -> str:
        """A field and its value in Chinese."""
        note = f"（{NOT_ON_FILE}）" if self._not_on_file(name) else ""
        value = self._stated(name) if note else self.value(name)
        return f"{FIELDS[name].text}：{value_words(name, value)}{note}"

    def asked(self, name: str) -> str:
        """A field that is to be looked into; where the list holds something unusable, what that is."""
        note = f"（清单写“{self._stated(name)}”，{NOT_ON_FILE}）" if self._not_on_file(name) else ""
        return f"{FIELDS[name].text}{note}"

    def _stated(self, name: str) -> str | None:
        """What the list writes, known to the vocabulary or not."""
        column = self._facts.stated(name)
        code = int(column.codes[0])
        return column.categories[code] if code >= 0 else None

    def _not_on_file(self, name: str) -> bool:
        """Whether the list holds an industry of which the vocabulary knows nothing."""
        found = self._stated(name) if name == "industry" else None
        return found is not None and found not in self._lists.industries


def value_words(name: str, value: Any) -> str:
    """A value as people read it, with its unit."""
    if value is None:
        return "无" if FIELDS[name].blank_is_none else "未知"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return number(value) + FIELDS[name].unit
    return str(value)


def atom_words(atom: Atom) -> str:
    """A comparison in Chinese."""
    field = FIELDS[atom.field]
    if atom.op == "missing":
        return f"{field.text}{'已填' if atom.negated else '空缺'}"
    if atom.op == "in":
        values = "、".join(value_words(atom.field, value) for value in atom.values)
        return f"{field.text}{'不是' if atom.negated else '为'}{values}"
    return f"{field.text}{_SIGNS[atom.op]}{value_words(atom.field, atom.values[0])}"


def condition_words(condition: Condition) -> list[str]:
    """A condition in Chinese, one text for each part that must hold; none where it always holds."""
    if isinstance(condition, Atom):
        return [atom_words(condition)]
    parts = [condition_words(part) for part in condition.parts]
    if condition.every:
        return [text for part in parts for text in part]
    return ["或".join(part[0] if len(part) == 1 else f"（{'，且'.join(part)}）" for part in parts)]
