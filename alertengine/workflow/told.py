"""What an act holds of the problems and notes of its files."""

from __future__ import annotations

from pathlib import PureWindowsPath
from typing import Any

from alertengine.vocabulary import Problem


def told(problem: Problem) -> dict[str, Any]:
    """A problem as an act holds it: its code and place, without the value, which may be a person's."""
    place = {"sheet": problem.sheet, "row": problem.row, "column": problem.column, "where": problem.where}
    file = PureWindowsPath(problem.file).name
    return {"code": problem.code, "file": file, **{name: said for name, said in place.items() if said}}
