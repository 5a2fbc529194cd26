"""What reading a table found: its defects with the sheet and row they stand on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from alertengine.files.protocol import Protocol
from alertengine.vocabulary import Problem, Words

#: Row numbers of a workbook are kept as ``sheet number * SHEET + row`` until they are reported.
SHEET: Final = 1 << 32


@dataclass(slots=True)
class Findings:
    """What was found while reading: ``problems`` make a command exit 1, ``warnings`` do not.

    ``sheets`` are the sheets of a workbook that row numbers count from (see :data:`SHEET`), ``protocols`` how the
    tables were read that it is about.
    """

    file: str
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    sheets: tuple[str, ...] = ()
    protocols: list[Protocol] = field(default_factory=list)

    def problem(
        self, code: str, row: int | None = None, column: str = "", value: str = "", **arguments: Any
    ) -> Problem:
        """A problem at a row, with its sheet."""
        number, row = (0, None) if row is None else divmod(row, SHEET)
        sheet = self.sheets[number] if self.sheets and row is not None else ""
        return Problem(code, file=self.file, row=row, column=column, value=value, sheet=sheet, **arguments)

    def place(self, row: int) -> Words:
        """A row as people speak of it, with its sheet where there is one."""
        number, row = divmod(row, SHEET)
        if len(self.sheets) > 1:
            return Words("row_of_sheet", row=row, sheet=self.sheets[number])
        return Words("row_alone", row=row)

    def bad_cells(
        self,
        column: str,
        rows: npt.NDArray[np.int64],
        values: Iterable[str],
        code: str = "bad_cell",
        **arguments: Any,
    ) -> None:
        """One problem for each bad cell of a column."""
        self.problems += [
            self.problem(code, int(row), column, value, **arguments) for row, value in zip(rows, values, strict=True)
        ]

    def warn(self, code: str, *, row: int | None = None, column: str = "", value: str = "", **arguments: Any) -> None:
        """Something worth knowing that is no defect of a cell."""
        self.warnings.append(self.problem(code, row, column, value, **arguments))
