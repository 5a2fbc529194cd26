"""Which department takes which measure: as a rule says, else as the bureau's own file assigns subjects."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from pydantic import ValidationError

from alertengine.documents.pack.evening_pack import Action, Procedure
from alertengine.files import problems_of, read_yaml
from alertengine.rulebook import Names, Strict
from alertengine.vocabulary import InputError, Problem


class Department(Strict):
    """A department that gets a task sheet.

    ``called``: how rules name it; ``about``: subjects of measures it takes where no rule names a department;
    ``production`` and ``transport``: whether its sheet counts the orders to enterprises; ``higher``: words by which
    rules name authorities above the city, whose duties are not its own.
    """

    name: str
    called: Names
    about: Names = ()
    production: bool = False
    transport: bool = False
    higher: Names = ()

    def named_in(self, text: str) -> bool:
        """Whether a text names it, and not only authorities above it; by its name alone as one of those listed."""
        named = any(word in text for word in self.called) or self.name in re.split(r"[、，,；;和及\s]+", text)
        return named and not any(word in text for word in self.higher)


def read_departments(path: Path) -> tuple[Department, ...]:
    """The departments of a file.

    Raises:
        InputError: the file is no list of departments.

    """
    content = read_yaml(path)
    rows = content.get("departments") if isinstance(content, dict) else None
    if not isinstance(rows, list) or not rows:
        raise InputError([Problem("no_departments", file=str(path))])
    try:
        return tuple(Department.model_validate(row) for row in rows)
    except ValidationError as error:
        raise InputError(problems_of(error, str(path))) from None


def tasks_of(
    department: Department, every: Sequence[Department], actions: Iterable[tuple[str, Action]]
) -> tuple[Action, ...]:
    """The measures a department takes, of measures with their subject."""
    out = []
    for about, action in actions:
        named = any(one.named_in(action.department) for one in every)
        if department.named_in(action.department):
            out.append(action)
        elif not named and about in department.about:
            out.append(replace(action, assumed=True))
    return tuple(out)


def unassigned(every: Sequence[Department], actions: Iterable[tuple[str, Action]]) -> tuple[Action, ...]:
    """The measures that no department takes."""
    pairs = list(actions)
    taken = {(one.text, one.basis) for each in every for one in tasks_of(each, every, pairs)}
    return tuple(action for _, action in pairs if (action.text, action.basis) not in taken)


def duties_of(department: Department, steps: Iterable[Procedure]) -> tuple[Procedure, ...]:
    """The steps of the procedure whose actor a department is."""
    return tuple(step for step in steps if department.named_in(step.actor))
