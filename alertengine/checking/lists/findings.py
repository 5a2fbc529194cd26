"""Findings: a defect, where it stands, and what hangs on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from alertengine.lists import EnterpriseList
from alertengine.vocabulary import KINDS, LEVEL_TEXT, PLANT_KEY, SEVERITIES, STAKE_TEXT, Level, Message, Problem

Bools = npt.NDArray[np.bool_]
#: Columns of problems.csv (contract).
COLUMNS: Final = ("file", "row", "column", "value", "kind", "severity", "message", "expected", "hangs_on")
#: Levels at which a list is decided, in order.
CHECKED: Final = tuple(Level)


def kind_of(problem: Problem) -> str:
    """The kind a problem of a list is counted under."""
    return problem.of_code.kind or (problem.code if problem.code in KINDS else "bad_cell")


@dataclass(frozen=True, slots=True)
class ListDefect:
    """One defect of a list: the ``problem``, and what hangs on it.

    ``levels`` and ``lines`` say which orders hang on it; ``line`` is the line of the list it stands on.
    """

    problem: Problem
    levels: tuple[str, ...] = ()
    lines: int = 0
    line: int | None = None

    @property
    def kind(self) -> str:
        """The kind it is counted under."""
        return kind_of(self.problem)

    @property
    def of_kind(self) -> Message:
        """The words and the severity of its kind."""
        return KINDS[self.kind]

    @property
    def hangs_on(self) -> str:
        """What hangs on it: the stake, the levels of the orders and how many lines."""
        count = f" ({self.lines} lines)" if self.lines > 1 else ""
        return f"{self._stake}: {' '.join(self.levels)}{count}" if self._stake else ""

    @property
    def hangs_on_text(self) -> str:
        """The same in Chinese."""
        levels = "、".join(LEVEL_TEXT[level] for level in self.levels)
        count = f"（{self.lines}条生产线）" if self.lines > 1 else ""
        return f"{STAKE_TEXT[self._stake]}：{levels}{count}" if self._stake else ""

    @property
    def _stake(self) -> str:
        """What it touches, where orders or lines hang on it."""
        return self.of_kind.stake if self.levels or self.lines else ""

    def as_row(self) -> dict[str, object]:
        """The finding as a row of problems.csv."""
        said = self.problem
        message, expected = said.words("en")
        return {
            "file": f"{said.file}[{said.sheet}]" if said.sheet else said.file,
            "row": said.row,
            "column": said.column,
            "value": said.value,
            "kind": self.kind,
            "severity": said.severity,
            "message": message,
            "expected": expected,
            "hangs_on": self.hangs_on,
        }


def levels_of(table: Bools) -> tuple[str, ...]:
    """The levels at which something holds of any line (shape: levels by lines)."""
    return tuple(level.value for level, here in zip(CHECKED, table, strict=True) if here.any())


class Collector:
    """Gathers findings of a list and knows which orders hang on each line.

    ``bound`` (levels, lines) says where a line has an order, for each of ``CHECKED``; ``plants`` (lines,) numbers
    the enterprises, those of one code in two cities apart.
    """

    def __init__(self, content: EnterpriseList, bound: Bools) -> None:
        """Start with nothing found."""
        self.content = content
        self.bound = bound
        self.found: list[ListDefect] = []
        self.unread: set[tuple[int, str]] = set()  # cells that said something, and were not read
        self.plants = content.columns.numbers(PLANT_KEY)
        self._rows = content.rows.to_numpy()

    def at(  # one line, or several where an enterprise or an industry is concerned
        self,
        kind: str,
        line: int,
        name: str = "",
        value: str = "",
        *,
        lines: Sequence[int] | npt.NDArray[np.int64] | None = None,
        levels: Sequence[str] | None = None,
        **facts: Any,
    ) -> None:
        """A finding at a cell: ``name`` is the field; ``lines`` all that hang on it; ``levels`` instead of all."""
        concerned = [line] if lines is None else lines
        sheet = self.content.sheets[line] if self.content.sheets else ""
        said = Problem(
            kind,
            file=self.content.file,
            row=int(self._rows[line]),
            column=self.content.layout.header(name) if name else "",
            value=value,
            sheet=sheet,
            **facts,
        )
        held = self.levels_of(concerned) if levels is None else tuple(levels)
        self.found.append(ListDefect(said, held, len(concerned), line))

    def general(self, kind: str, value: str, *, levels: Sequence[str], **facts: Any) -> None:
        """A finding about the list as a whole."""
        self.found.append(ListDefect(Problem(kind, file=self.content.file, value=value, **facts), tuple(levels)))

    def levels_of(self, lines: Sequence[int] | npt.NDArray[np.int64]) -> tuple[str, ...]:
        """The levels at which any of some lines has an order."""
        return levels_of(self.bound[:, lines])

    def plant_of(self, line: int) -> npt.NDArray[np.int64]:
        """All lines of the enterprise of a line."""
        return np.flatnonzero(self.plants == self.plants[line])

    def row_of(self, line: int) -> str:
        """The row number of a line, as text."""
        return str(self._rows[line])

    def sorted(self) -> list[ListDefect]:
        """All findings: gravest first, then by kind and row."""
        kinds = list(KINDS)

        def place(found: ListDefect) -> tuple[Any, ...]:
            said = found.problem
            return SEVERITIES.index(said.severity), kinds.index(found.kind), said.sheet, said.row or 0, said.column

        return sorted(self.found, key=place)
