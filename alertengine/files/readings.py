"""What reading a table found: its defects with the sheet and row they stand on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from alertengine.vocabulary.problems import InputError, Problem

#: Row numbers of a workbook are kept as ``sheet number * SHEET + row`` until they are reported.
SHEET: Final = 1 << 32


@dataclass(frozen=True, slots=True, init=False)
class Defect(Problem):
    """A problem of a list: its ``kind`` (a word that ``check`` groups by) and the sheet it stands on."""

    kind: str

    def __init__(self, file: str, message: str, *place: Any, kind: str = "", sheet: str = "") -> None:
        """Take the place as row, column, value and expected."""
        Problem.__init__(self, file, message, *place[:4], sheet=sheet)
        object.__setattr__(self, "kind", kind or (place[4] if len(place) > 4 else ""))


def refuse(path: Path | str, message: str, expected: str = "", row: int | None = None) -> InputError:
    """The error for a file that cannot be used."""
    return InputError([Problem(str(path), message, row=row, expected=expected)])


@dataclass(slots=True)
class Findings:
    """Defects found while reading: ``problems`` make a command exit 1, ``warnings`` do not.

    ``sheets`` are the sheets of a workbook that row numbers count from (see :data:`SHEET`).
    """

    file: str
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    sheets: tuple[str, ...] = ()

    def defect(
        self, kind: str, message: str, row: int | None = None, column: str = "", value: str = "", expected: str = ""
    ) -> Defect:
        """A defect at a row, its sheet said with the file."""
        number, row = (0, None) if row is None else divmod(row, SHEET)
        sheet = self.sheets[number] if self.sheets and row is not None else ""
        file = f"{self.file}[{sheet}]" if sheet else self.file
        return Defect(file, message, row, column, value, expected, kind=kind, sheet=sheet)

    def row_text(self, row: int) -> str:
        """A row as people speak of it, with its sheet where there is one."""
        number, row = divmod(row, SHEET)
        return f"row {row} of {self.sheets[number]}" if len(self.sheets) > 1 else f"row {row}"

    def bad_cells(
        self,
        column: str,
        rows: npt.NDArray[np.int64],
        values: Iterable[str],
        expected: str,
        message: str = "cannot be read; counts as unknown",
        kind: str = "bad_cell",
    ) -> None:
        """One problem for each bad cell of a column."""
        self.problems += [
            self.defect(kind, message, int(row), column, value, expected)
            for row, value in zip(rows, values, strict=True)
        ]

    def warn(
        self,
        message: str,
        *,
        kind: str,
        row: int | None = None,
        column: str = "",
        value: str = "",
        expected: str = "",
    ) -> None:
        """Something worth knowing that is no defect of a cell."""
        self.warnings.append(self.defect(kind, message, row, column, value, expected))
