"""What an enterprise list is, once read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, model_validator

from alertengine.files import Protocol, result_html
from alertengine.lists.plan_text import PlanReading
from alertengine.lists.register import Register
from alertengine.vocabulary import FIELDS, LIST_FIELDS, PLAN_FIELDS, Problem, Result, SaidError, held_as

#: Columns that follow the fields: what the filed plan of each level was read as.
PLAN_COLUMNS: Final = tuple(
    f"{name}_{part}" for name in PLAN_FIELDS.values() for part in ("kind", "vehicles", "by", "demand")
)


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

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

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
            raise SaidError("published_by_whom")
        return self


@dataclass(slots=True)
class EnterpriseList(Result):
    """An enterprise list, one row a production line.

    ``lines`` has every field of ``vocabulary.LIST_FIELDS`` in that order, absent ones unknown,
    then ``PLAN_COLUMNS``; index 0..n-1.  Bool fields are ``boolean``, numbers ``float64``, code
    and open fields, ``county``, ``named_lists``, ``local_class``, ``capacity_unit`` and
    ``unit_size_unit`` ``category``, other texts ``str``; unknown is NA or NaN.  Emissions are in
    kg/d, plan shares 0 to 1.  ``plan_<level>_kind`` is a code of ``vocabulary.MEASURES``, ``""``
    where a filed text was not read and NaN where none is filed; ``plan_<level>_by`` says how lines are chosen for a
    plan of the whole enterprise (``PlanReading.shared_by``), NaN where it speaks of its line; ``plan_<level>_demand``
    what a plan asks whose share hangs on figures of the line (``PlanReading.demand``), NaN elsewhere.
    ``extras`` are unknown columns of the file, ``rows`` the row number of each line in it (of its sheet,
    ``sheets``), ``readings`` each filed text and what it was read as,
    ``stated`` where the list itself gives the share of a plan (bool, one column
    a share field; None: everywhere), ``totals`` the whole-society emissions (``vocabulary.TOTAL_COLUMNS``),
    ``layout`` where the columns stand, ``protocol`` how the file was read, ``beside`` how its totals, decisions,
    register and permits were, ``register`` who is who.
    """

    file: str
    lines: pd.DataFrame
    extras: pd.DataFrame
    rows: pd.Series
    version: ListVersion = field(default_factory=ListVersion)
    totals: pd.DataFrame | None = None
    readings: Mapping[str, PlanReading] = field(default_factory=dict)
    stated: pd.DataFrame | None = None
    own_problems: list[Problem] = field(default_factory=list)
    own_notes: list[Problem] = field(default_factory=list)
    sheets: tuple[str, ...] | None = None
    layout: Layout = field(default_factory=Layout)
    protocol: Protocol | None = None
    beside: list[Protocol] = field(default_factory=list)
    register: Register = field(default_factory=Register)

    @property
    def citation(self) -> str:
        """How orders cite the list: with its version where it has one."""
        return "《应急减排清单》" + (f"（{self.version.version}）" if self.version.version else "")

    @property
    def table(self) -> pd.DataFrame:
        """The lines, one row each, in the columns of the vocabulary."""
        return self.lines

    def _repr_html_(self) -> str:
        """The list in a notebook, in the columns that say which line it is."""
        columns = ["city", "county", "enterprise", "line", "industry", "process", "grade"]
        plants = self.lines["enterprise_id"].nunique()
        facts = {"file": self.file, "lines": len(self.lines), "enterprises": plants, "status": self.version.status}
        return result_html("Enterprise list", facts, self.lines[columns], self.problems)


def category_names() -> frozenset[str]:
    """Names of the list fields held as categories."""
    return frozenset(field.name for field in LIST_FIELDS if held_as(field) == "category")
