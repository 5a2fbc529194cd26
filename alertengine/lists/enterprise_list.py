"""What an enterprise list is, once read, and its version: a yaml beside it, or sheet 版本 of a workbook."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Generic, Literal, TypeVar, overload

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from alertengine.files import (
    WORKBOOK_SUFFIXES,
    CodedTable,
    Findings,
    Limits,
    Protocol,
    checked_model,
    normal,
    open_workbook,
    parse_stamp,
    read_yaml,
    result_html,
    sheets_named,
    tidy,
)
from alertengine.lists.filed_plans import PlanReading
from alertengine.lists.register import Register
from alertengine.rulebook import OpenLists
from alertengine.vocabulary import (
    FIELDS,
    LIST_FIELDS,
    PLAN_FIELDS,
    InputError,
    Problem,
    Result,
    SaidError,
    Words,
    count_plants,
    held_as,
    refuse,
)

if TYPE_CHECKING:
    import pandas as pd

_T = TypeVar("_T")
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


class _Handed(Generic[_T]):
    """A table that is held as columns and becomes one of pandas when it is first handed out, and stays that.

    ``only``: the only column of it; ``may_lack``: there may be none.
    """

    def __init__(self, *, only: bool = False, may_lack: bool = False) -> None:
        self._only, self._may_lack = only, may_lack

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type) -> Any: ...
    @overload
    def __get__(self, instance: object, owner: type) -> _T: ...
    def __get__(self, instance: object | None, owner: type) -> Any:
        if instance is None:  # what dataclasses take for the default
            if self._may_lack:
                return None
            raise AttributeError(self._name)
        held = instance.__dict__[self._name]
        if isinstance(held, CodedTable):
            frame = held.frame()
            held = instance.__dict__[self._name] = frame[held.names[0]] if self._only else frame
        return held

    def __set__(self, instance: object, value: _T | CodedTable) -> None:
        instance.__dict__[self._name] = value


@dataclass
class EnterpriseList(Result):
    """An enterprise list, one row a production line.

    ``lines`` has every field of ``vocabulary.LIST_FIELDS`` in that order, absent ones unknown, then ``PLAN_COLUMNS``;
    index 0..n-1. Bool fields are ``boolean``, numbers ``float64``, code and open fields, ``county``, ``named_lists``,
    ``local_class``, ``capacity_unit`` and ``unit_size_unit`` ``category``, other texts ``str``; unknown is NA or NaN.
    Emissions are in kg/d, plan shares 0 to 1. ``plan_<level>_kind`` is a code of ``vocabulary.MEASURES``, ``""`` where
    a filed text was not read and NaN where none is filed; ``plan_<level>_by`` says how lines are chosen for a plan of
    the whole enterprise (``PlanReading.shared_by``), NaN where it speaks of its line; ``plan_<level>_demand`` what a
    plan asks whose share hangs on figures of the line (``PlanReading.demand``), NaN elsewhere. ``extras`` are unknown
    columns of the file, ``rows`` the row number of each line in it (of its sheet, ``sheets``), ``readings`` each filed
    text and what it was read as, ``stated`` where the list itself gives the share of a plan (bool, one column a share
    field; None: everywhere), ``totals`` the whole-society emissions (``vocabulary.TOTAL_COLUMNS``), ``layout`` where
    the columns stand, ``protocol`` how the file was read, ``beside`` how its totals, decisions, register and permits
    were, ``register`` who is who.
    """

    file: str
    lines: _Handed[pd.DataFrame] = _Handed()
    extras: _Handed[pd.DataFrame] = _Handed()
    rows: _Handed[pd.Series] = _Handed(only=True)
    version: ListVersion = field(default_factory=ListVersion)
    totals: _Handed[pd.DataFrame | None] = _Handed(may_lack=True)
    readings: Mapping[str, PlanReading] = field(default_factory=dict)
    stated: _Handed[pd.DataFrame | None] = _Handed(may_lack=True)
    own_problems: list[Problem] = field(default_factory=list)
    own_notes: list[Problem] = field(default_factory=list)
    sheets: tuple[str, ...] | None = None
    layout: Layout = field(default_factory=Layout)
    protocol: Protocol | None = None
    beside: list[Protocol] = field(default_factory=list)
    register: Register = field(default_factory=Register)

    @property
    def columns(self) -> CodedTable:
        """The lines as the columns they are decided by."""
        return CodedTable.of(self.__dict__["lines"])

    @property
    def whole_society(self) -> CodedTable | None:
        """The totals as columns."""
        held = self.__dict__["totals"]
        return None if held is None else CodedTable.of(held)

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
        plants = count_plants(self.lines)
        facts = {"file": self.file, "lines": len(self.lines), "enterprises": plants, "status": self.version.status}
        return result_html("Enterprise list", facts, self.lines[columns], self.problems)


def category_names() -> frozenset[str]:
    """Names of the list fields held as categories."""
    return frozenset(field.name for field in LIST_FIELDS if held_as(field) == "category")


VERSION_SHEET: Final = "版本"
#: Keys of a version with the names people read, the first being the one written.
VERSION_KEYS: Final = {
    "version": ("版本", "版本号", "版次"),
    "city": ("城市", "地市", "市"),
    "year": ("年份", "年度"),
    "status": ("状态",),
    "approver": ("批准人", "审批人", "批准单位"),
    "published_on": ("发布日期", "公布日期"),
    "sha256": ("文件校验值",),
}
STATUS_TEXT: Final = {"draft": "草案", "published": "已发布"}
_STATUS: Final = {
    "草案": "draft",
    "草稿": "draft",
    "征求意见": "draft",
    "已发布": "published",
    "发布": "published",
    "已公布": "published",
}


def version_files(path: Path) -> tuple[Path, ...]:
    """Where the version of a list may stand beside it, the first place being the one written."""
    first = path.with_suffix(".version.yaml")
    return (first,) if path.suffix.lower() in WORKBOOK_SUFFIXES else (first, path.with_suffix(".yaml"))


def read_version(path: Path, lists: OpenLists, findings: Findings | None) -> ListVersion:
    """The version of the list at ``path``; a draft where none is given, or where the file was changed since.

    A yaml beside a workbook goes before its sheet: it is how a workbook is published.  A file whose hash is not
    that of its published version is a problem of ``findings``.

    Raises:
        InputError: it is there but malformed; a published list must name approver and date.

    """
    version = _as_given(path, lists)
    if version.status != "published" or not version.sha256 or version.sha256 == file_hash(path):
        return version
    if findings is not None:
        value = version.version or path.name
        findings.problems.append(Problem("changed_since", file=str(path), value=value, day=version.published_on))
    return version.model_copy(update={"status": "draft"})


def file_hash(path: Path) -> str:
    """SHA-256 of a file as 64 hexadecimal digits.

    Raises:
        InputError: it cannot be read.

    """
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise refuse(path, "unreadable_file", error=error, kind=Words("a_list")) from None


def _as_given(path: Path, lists: OpenLists) -> ListVersion:
    first, *others = version_files(path)
    for beside in filter(os.path.lexists, (first, *others)):
        content = read_yaml(beside)
        # a scenario may have the name of its list
        if beside == first or not isinstance(content, dict) or content.keys() & VERSION_KEYS:
            return _validated(content, str(beside), lists)
    return _from_sheet(path, lists) if path.suffix.lower() in WORKBOOK_SUFFIXES else ListVersion()


def _from_sheet(path: Path, lists: OpenLists) -> ListVersion:
    book = open_workbook(path, Limits.of_environment())
    sheet = next(iter(sheets_named(VERSION_SHEET, book.names)), None)
    if sheet is None:
        return ListVersion()
    grid = [[tidy(cell) for cell in row] for row in book.sheet(sheet).grid]
    grid = [row for row in grid if any(row)]
    keys = {normal(name): key for key, names in VERSION_KEYS.items() for name in (key, *names)}
    flat = len(grid) > 1 and sum(normal(cell) in keys for cell in grid[0]) > 1
    pairs = list(zip(grid[0], grid[1], strict=False)) if flat else [(row[0], row[1]) for row in grid if len(row) > 1]
    said = {keys[normal(name)]: value for name, value in pairs if normal(name) in keys and value}
    return _validated(said, f"{path}[{sheet}]", lists)


def _validated(content: Any, file: str, lists: OpenLists) -> ListVersion:
    if not isinstance(content, dict):
        raise InputError([Problem("not_a_version", file=file, names=VERSION_KEYS)])
    said = {key: value for key, value in content.items() if value is not None and value != ""}
    said["status"] = _STATUS.get(str(said.get("status", "draft")), said.get("status", "draft"))
    for key in ("version", "city", "approver"):
        if isinstance(said.get(key), (int, float, date)):
            said[key] = str(said[key])
    if isinstance(said.get("year"), str):
        said["year"] = re.sub("年度?$", "", said["year"])
    if isinstance(said.get("published_on"), str):
        with suppress(ValueError, OverflowError):  # what is no day the model says
            said["published_on"] = parse_stamp(said["published_on"]).date()
    if isinstance(said.get("city"), str):
        said["city"] = lists.standard_name("places", said["city"]) or said["city"]
    return checked_model(ListVersion, said, file)


def version_yaml(version: ListVersion) -> str:
    """A version as the yaml that reads back as the same."""
    content = {key: value for key, value in version.model_dump().items() if value not in ("", None)}
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
