"""What can go wrong with what a user gives us, said once and in full.

A command collects every problem of an input before it refuses it, so that a person
mends them all in one go.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One defect of an input: where it is, what stands there, what was expected."""

    file: str
    message: str
    row: int | None = None
    column: str = ""
    value: str = ""
    expected: str = ""

    def __str__(self) -> str:
        """One line: file, row, column, value and what was expected."""
        place = self.file
        if self.row is not None:
            place += f", row {self.row}"
        if self.column:
            place += f", {self.column}"
        said = f"{place}: {self.message}"
        if self.value:
            said += f" (found {self.value!r})"
        if self.expected:
            said += f"; expected {self.expected}"
        return said


class AlertEngineError(Exception):
    """Base of every error a user can meet."""


class InputError(AlertEngineError):
    """An input cannot be used; carries every problem found.  Exit status 2."""

    def __init__(self, problems: list[Problem]) -> None:
        """Keep all problems, not only the first."""
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


class EngineError(AlertEngineError):
    """The engine's own proof failed: a result exists that must not be trusted."""
