"""What reading a table found: how it was understood, and its defects with the sheet and row they stand on.

A protocol is kept with its table, printed with ``-v`` and put on record with the act it led to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import PurePath
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from alertengine.vocabulary import Problem, Result, Words

#: How the rows left out are counted, by their kind.
_LEFT: Final = {
    "sum": "left_sum",
    "note": "left_note",
    "heading": "left_heading",
    "header": "left_header",
    "numbers": "left_numbers",
    "units": "left_units",
}
#: Rows left out that are named one by one.
_NAMED: Final = 30


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that is no row of the table: ``sum``, ``note``, ``header``, ``numbers`` or ``units``."""

    kind: str
    row: int
    text: str
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class SheetRead:
    """A sheet that was read (a csv is one without a name): its header rows and its rows, from 1."""

    name: str
    first_header: int | None
    last_header: int | None
    rows: int
    hidden_rows: int = 0
    hidden_columns: tuple[str, ...] = ()
    filled: int = 0


@dataclass(frozen=True, slots=True)
class Protocol:
    """What was understood of a file.

    ``columns`` are its headers with the fields they became (none: carried through or not read), ``not_read`` the
    sheets that were not read, ``left_out`` the rows that were not, ``rows`` those that were, ``profile`` the file of
    the profile it was read with.
    """

    file: str
    format: str
    encoding: str = ""
    delimiter: str = ""
    sheets: tuple[SheetRead, ...] = ()
    not_read: tuple[str, ...] = ()
    hidden_sheets: tuple[str, ...] = ()
    columns: tuple[tuple[str, tuple[str, ...]], ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    rows: int = 0
    profile: str = ""

    def recorded(self) -> dict[str, Any]:
        """The protocol as an act holds it: without folders, and of what was left out where it stood and why.

        What a row left out says may be a person's name and number, and an act is never erased; the file itself, which
        is kept beside it, can be.
        """
        left = [{"kind": one.kind, "row": one.row, "sheet": one.sheet} for one in self.left_out]
        names = {"file": PurePath(self.file).name, "profile": PurePath(self.profile).name}
        return {**asdict(self), **names, "left_out": left}

    @classmethod
    def from_record(cls, held: Mapping[str, Any]) -> Protocol:
        """A protocol of :meth:`recorded`, what was left out without its text."""
        sheets = tuple(
            SheetRead(**{**one, "hidden_columns": tuple(one["hidden_columns"])}) for one in held.get("sheets", ())
        )
        columns = tuple((header, tuple(fields)) for header, fields in held.get("columns", ()))
        left = tuple(LeftOut(text="", **one) for one in held.get("left_out", ()))
        lists = {name: tuple(held.get(name, ())) for name in ("not_read", "hidden_sheets")}
        return cls(**{**held, **lists, "sheets": sheets, "columns": columns, "left_out": left})

    def left_out_said(self) -> Problem | None:
        """What was left out of the file and where it stood, in one sentence; None where nothing was."""
        rows: dict[str, list[Words]] = {}
        for one in self.left_out:
            of_sheet = {"sheet": one.sheet} if one.sheet else {}
            place = Words("row_of_sheet" if of_sheet else "row_alone", row=one.row, **of_sheet)
            rows.setdefault(one.kind, []).append(place)
        if not rows:
            return None
        parts = []
        for kind, said in rows.items():
            more = "…" if len(said) > _NAMED else ""
            parts.append(Words(_LEFT.get(kind, "left_note"), count=len(said), rows=said[:_NAMED], more=more))
        return Problem("left_out_of_file", file=self.file, parts=parts)

    def said(self) -> list[Problem]:
        """The protocol in words, a line each."""
        how = Words("protocol_format", format=self.format, encoding=self.encoding, delimiter=self.delimiter)
        out = [Problem("protocol_file", file=self.file, how=how if self.encoding else self.format, rows=self.rows)]
        if self.profile:
            out.append(Problem("profile_used", file=self.file, value=PurePath(self.profile).name, path=self.profile))
        for sheet in self.sheets:
            place = {"file": self.file, "sheet": sheet.name}
            if sheet.first_header is not None:
                out.append(Problem("protocol_header", row=sheet.last_header, rows=sheet.rows, **place))
        if self.not_read:
            out.append(Problem("protocol_not_read", file=self.file, names=self.not_read))
        known = [f"{header} → {'+'.join(fields)}" for header, fields in self.columns if fields]
        others = [header for header, fields in self.columns if not fields]
        out.append(Problem("protocol_columns", file=self.file, names=known))
        if others:
            out.append(Problem("protocol_others", file=self.file, names=others))
        out += [
            Problem("protocol_left_out", file=self.file, sheet=one.sheet, row=one.row, value=one.text[:60])
            for one in self.left_out
        ]
        return out


def protocols_of(*results: Result) -> list[Protocol]:
    """The protocols of the tables that results were made from, each once.

    A result has its own as ``protocol`` and those of what it looked up in other tables as ``beside``.
    """
    found: list[Protocol] = []
    for one in results:
        own = getattr(one, "protocol", None)
        if isinstance(own, Protocol):
            found.append(own)
        found += [*getattr(one, "beside", ()), *protocols_of(*one.made_from)]
    return list(dict.fromkeys(found))


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
        self, column: str, rows: npt.NDArray[np.int64], values: Iterable[str], code: str = "bad_cell", **arguments: Any
    ) -> None:
        """One problem for each bad cell of a column."""
        self.problems += [
            self.problem(code, int(row), column, value, **arguments) for row, value in zip(rows, values, strict=True)
        ]

    def ask(self, code: str, row: int | None = None, column: str = "", value: str = "", **arguments: Any) -> None:
        """Something that a person must look at."""
        self.problems.append(self.problem(code, row, column, value, **arguments))

    def warn(self, code: str, *, row: int | None = None, column: str = "", value: str = "", **arguments: Any) -> None:
        """Something worth knowing that is no defect of a cell."""
        self.warnings.append(self.problem(code, row, column, value, **arguments))
