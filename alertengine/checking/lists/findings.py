"""Findings: a defect, where it stands, and what hangs on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from alertengine.lists.model import EnterpriseList
from alertengine.vocabulary.fields import LEVEL_TEXT, Level
from alertengine.vocabulary.messages.lists import KINDS, SEVERITIES, STAKE_TEXT
from alertengine.vocabulary.messages.message import Message
from alertengine.vocabulary.problems import Problem

Bools = npt.NDArray[np.bool_]
#: Columns of problems.csv (contract).
COLUMNS: Final = ("file", "row", "column", "value", "kind", "severity", "message", "expected", "hangs_on")
#: Levels at which a list is decided, in order.
CHECKED: Final = tuple(Level)


@dataclass(frozen=True, slots=True)
class Finding:
    """One defect.

    ``facts`` fill the sentences of its kind; ``levels`` and ``lines`` say which orders hang on it; ``line``
    is the line of the list it stands on.
    """

    kind: str
    file: str
    row: int | None = None
    column: str = ""
    value: str = ""
    sheet: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    levels: tuple[str, ...] = ()
    lines: int = 0
    line: int | None = None

    @property
    def of_kind(self) -> Message:
        """What is said of its kind."""
        return KINDS[self.kind]

    @property
    def message(self) -> str:
        """What is wrong, in English."""
        return self._fill(self.of_kind.message)

    @property
    def expected(self) -> str:
        """What was expected, in English."""
        return self._fill(self.of_kind.expected)

    @property
    def text(self) -> str:
        """What is wrong, in Chinese."""
        return self._fill(self.of_kind.text)

    @property
    def wanted(self) -> str:
        """What was expected, in Chinese."""
        return self._fill(self.of_kind.wanted)

    def _fill(self, sentence: str) -> str:
        return sentence.format_map(_Blank({"value": self.value, **self.facts})) if "{" in sentence else sentence

    @property
    def hangs_on(self) -> str:
        """What hangs on it: the stake, the levels of the orders and how many lines."""
        stake = self.of_kind.stake
        if not stake or not (self.levels or self.lines):
            return ""
        levels = " ".join(self.levels)
        return f"{stake}: {levels}" + (f" ({self.lines} lines)" if self.lines > 1 else "")

    @property
    def hangs_on_text(self) -> str:
        """The same in Chinese."""
        stake = self.of_kind.stake
        if not stake or not (self.levels or self.lines):
            return ""
        levels = "、".join(LEVEL_TEXT[level] for level in self.levels)
        count = f"（{self.lines}条生产线）" if self.lines > 1 else ""
        return f"{STAKE_TEXT[stake]}：{levels}{count}"

    def as_line(self) -> str:
        """The finding in one line: where, what, and what was expected."""
        return str(Problem(self.file, self.message, self.row, self.column, self.value, self.expected))

    def as_row(self) -> dict[str, object]:
        """The finding as a row of problems.csv."""
        return {
            "file": self.file,
            "row": self.row,
            "column": self.column,
            "value": self.value,
            "kind": self.kind,
            "severity": self.of_kind.severity,
            "message": self.message,
            "expected": self.expected,
            "hangs_on": self.hangs_on,
        }


class _Blank(dict[str, str]):
    """Words for a sentence; one that is not given is empty."""

    def __missing__(self, key: str) -> str:
        return ""


class Collector:
    """Gathers findings of a list and knows which orders hang on each line.

    ``bound`` (levels, lines) says where a line has an order, for each of ``CHECKED``.
    """

    def __init__(self, content: EnterpriseList, bound: Bools) -> None:
        """Start with nothing found."""
        self.content = content
        self.bound = bound
        self.found: list[Finding] = []
        self.unread: set[tuple[int, str]] = set()  # cells that said something, and were not read
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
        **facts: str,
    ) -> None:
        """A finding at a cell: ``name`` is the field; ``lines`` all that hang on it; ``levels`` instead of all."""
        concerned = [line] if lines is None else lines
        sheet = self.content.sheets[line] if self.content.sheets else ""
        self.found.append(
            Finding(
                kind,
                f"{self.content.file}[{sheet}]" if sheet else self.content.file,
                int(self._rows[line]),
                self.content.layout.header(name) if name else "",
                value,
                sheet,
                facts,
                self.levels_of(concerned) if levels is None else tuple(levels),
                len(concerned),
                line,
            )
        )

    def general(self, kind: str, value: str = "", *, levels: Sequence[str] = (), **facts: str) -> None:
        """A finding about the list as a whole."""
        self.found.append(Finding(kind, self.content.file, value=value, facts=facts, levels=tuple(levels)))

    def levels_of(self, lines: Sequence[int] | npt.NDArray[np.int64]) -> tuple[str, ...]:
        """The levels at which any of some lines has an order."""
        some = np.atleast_1d(self.bound[:, lines].any(axis=1))
        return tuple(level.value for level, is_bound in zip(CHECKED, some, strict=True) if is_bound)

    def row_of(self, line: int) -> str:
        """The row number of a line, as text."""
        return str(self._rows[line])

    def sorted(self) -> list[Finding]:
        """All findings: gravest first, then by kind and row."""
        kinds = list(KINDS)
        return sorted(
            self.found,
            key=lambda f: (SEVERITIES.index(f.of_kind.severity), kinds.index(f.kind), f.sheet, f.row or 0, f.column),
        )
