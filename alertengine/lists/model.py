"""What an enterprise list is, once read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, model_validator

from alertengine.lists.plan_text import PlanReading
from alertengine.vocabulary.fields import FIELDS, LIST_FIELDS, PLAN_FIELDS
from alertengine.vocabulary.fields import Field as ListField
from alertengine.vocabulary.problems import InputError, Problem

#: Text fields with few distinct values, held as categories like the code and open fields.
CATEGORY_TEXT: Final = ("county", "local_class", "capacity_unit", "unit_size_unit")
#: Columns that follow the fields: what the filed plan of each level was read as.
PLAN_COLUMNS: Final = tuple(f"{name}_{part}" for name in PLAN_FIELDS.values() for part in ("kind", "vehicles"))


#: Row numbers of a workbook are kept as ``sheet number * SHEET + row`` until they are reported.
SHEET: Final = 1 << 32


@dataclass(frozen=True, slots=True)
class Defect(Problem):
    """A problem of a list: its ``kind`` (a word that ``check`` groups by) and the sheet it stands on."""

    kind: str = ""
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things stand in the file: the header of each field, the column (from 0) of each sheet and header."""

    headers: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def header(self, name: str) -> str:
        """The header of a field as written, its canonical one where the file has no such column."""
        return self.headers.get(name) or FIELDS[name].text


class ListVersion(BaseModel):
    """Which version of a city's list this is.  A published one binds, a draft does not.

    ``sha256`` is that of the list file as it was published: a file that was changed since is a draft again.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: str = ""
    city: str = ""
    year: int | None = None
    status: Literal["draft", "published"] = "draft"
    approver: str = ""
    published_on: date | None = None
    sha256: str = Field(default="", pattern="^([0-9a-f]{64})?$")

    @model_validator(mode="after")
    def _published_by_someone(self) -> ListVersion:
        if self.status == "published" and not (self.approver and self.published_on):
            raise ValueError("a published list names its approver and published_on")
        return self


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
        return Defect(file, message, row, column, value, expected, kind, sheet)

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


@dataclass(slots=True)
class EnterpriseList:
    """An enterprise list, one row a production line.

    ``lines`` has every field of ``vocabulary.LIST_FIELDS`` in that order, absent ones unknown,
    then ``PLAN_COLUMNS``; index 0..n-1.  Bool fields are ``boolean``, numbers ``float64``, code
    and open fields, ``county``, ``named_lists``, ``local_class``, ``capacity_unit`` and
    ``unit_size_unit`` ``category``, other texts ``str``; unknown is NA or NaN.  Emissions are in
    kg/d, plan shares 0 to 1.  ``plan_<level>_kind`` is a code of ``vocabulary.MEASURES``, ``""``
    where a filed text was not read and NaN where none is filed.  ``extras`` are unknown columns
    of the file, ``rows`` the row number of each line in it (of its sheet, ``sheets``), ``readings`` each filed text and
    what it was read as, ``stated`` where the list itself gives the share of a plan (bool, one column
    a share field; None: everywhere), ``totals`` the whole-society emissions (``vocabulary.TOTAL_COLUMNS``),
    ``layout`` where the columns stand.
    """

    file: str
    lines: pd.DataFrame
    extras: pd.DataFrame
    rows: pd.Series
    version: ListVersion = field(default_factory=ListVersion)
    totals: pd.DataFrame | None = None
    readings: Mapping[str, PlanReading] = field(default_factory=dict)
    stated: pd.DataFrame | None = None
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    sheets: tuple[str, ...] | None = None
    layout: Layout = field(default_factory=Layout)

    @property
    def citation(self) -> str:
        """How orders cite the list: with its version where it has one."""
        return "《应急减排清单》" + (f"（{self.version.version}）" if self.version.version else "")


def held_as(field: ListField) -> str:
    """The dtype of a field in ``EnterpriseList.lines``."""
    if field.type == "bool":
        return "boolean"
    if field.type in ("number", "integer"):
        return "float64"
    return "category" if field.type != "text" or field.name in CATEGORY_TEXT else "str"


def category_names() -> frozenset[str]:
    """Names of the list fields held as categories."""
    return frozenset(field.name for field in LIST_FIELDS if held_as(field) == "category")
