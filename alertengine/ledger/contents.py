"""Whether what an act holds has the form this program writes.

A chain proves that nothing was changed since it was written; a record that another office made may hold nonsense all
the same, and whoever asks it gets one sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import pandas as pd
from annotated_types import Len
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from alertengine.vocabulary import ACTION_TEXT, LAW_YEARS, LEVEL_TEXT, WARNING_COLUMNS, refuse


class _Form(BaseModel):
    """Details of the head of an act that are read by name; where one is not said, nothing reads it."""

    model_config = ConfigDict(extra="allow", strict=True)


class _Phase(_Form):
    starts: str | None = None
    ends: str | None = None
    phase: str | None = None
    ratio: dict[str, dict[str, Any] | None] | None = None
    status: dict[str, int] | None = None
    ground: dict[str, int] | None = None
    reduced_kg_d: dict[str, float | None] | None = None


class _Summary(_Phase):
    city: str
    level: Literal[tuple(LEVEL_TEXT)]  # type: ignore[valid-type]
    county: str | None = None
    phases: list[_Phase] | None = None


class _Step(_Form):
    city: str
    level: str
    step: str
    verdict: str
    given: str
    actor: str
    basis: str
    standing: str


class _ToldProblem(_Form):
    code: str


class _Version(_Form):
    version: str
    published_on: str | None
    approver: str
    sha256: str


class _Head(_Form):
    """The head of an act."""

    options: dict[str, Any] | None = None
    versions: dict[str, str] | None = None
    list_version: dict[str, Any] | None = Field(None, alias="list")
    version: _Version | None = None
    summaries: list[_Summary] | None = None
    told: list[_ToldProblem] | None = None
    readings: list[dict[str, Any]] | None = None
    procedure: list[_Step] | None = None
    signers: list[dict[str, str]] | None = None
    timing: list[dict[str, Any]] | None = None
    doubts: list[Annotated[list[str], Len(3, 3)]] | None = None
    judges: list[int] | None = None
    cities: list[str] | None = None
    digests: list[str] | None = None
    levels: dict[str, str] | None = None
    accounts: dict[str, dict[str, Any]] | None = None
    clock: dict[str, Any] | None = None
    decided: str | None = None
    rulebook: str | None = None
    despite: str | None = None
    about_hash: str | None = None
    released_at: str | None = None
    note: str | None = None
    file: str | None = None
    passed: bool | None = None
    about: int | None = None
    draft: int | None = None
    replaces: int | None = None
    enterprises: int | None = None
    lines: int | None = None


class _Publication(_Head):
    version: _Version
    enterprises: int
    lines: int


class _Key(_Head):
    event: Literal["made", "closed", "used"]
    name: str | None = None
    reach: list[str] | None = None
    counties: list[str] | None = None
    key: int | None = None
    day: str | None = None


#: The form of the head by the kind of its act, where it is not that of all.
_OF_KIND: Final[Mapping[str, type[_Head]]] = {"publication": _Publication, "key": _Key}
#: The columns of warnings and orders that hold times, and the years that these lie in.
WARNING_TIMES: Final = ("starts", "ends", "issued")
#: Transitions of a warning that have no level of their own.
_UNGRADED: Final = ("advise", "lift")
_ORDER_TIMES: Final = ("starts", "ends")
_ORDER_NEEDED: Final = ("city", "enterprise_id", "line_id", "level", "starts", "status")
_ACT_TIMES: Final = ("issued_at", "recorded_at")


def check_head(path: Path, said: Mapping[str, Any]) -> None:
    """Refuse an act whose times or details have another form than this program gives them.

    Args:
        path: the ledger.
        said: the columns of the act, its head read.

    Raises:
        InputError: naming the column or detail.

    """
    act, head = said["act"], said["head"]
    for name in _ACT_TIMES:
        if not _is_time(said[name], zoned=True):
            raise refuse(path, "act_contents", act=act, column=name, value=str(said[name])[:60])
    if said["corrects"] is not None and not 0 < said["corrects"] < act:
        raise refuse(path, "act_contents", act=act, column="corrects", value=str(said["corrects"]))
    try:
        _OF_KIND.get(said["kind"], _Head).model_validate(head)
    except ValidationError as error:
        found = error.errors(include_url=False)[0]
        name = str(found["loc"][0])
        raise refuse(path, "act_contents", act=act, column=name, value=str(head.get(name))[:60]) from None
    if head.get("decided") and not _is_time(head["decided"]):
        raise refuse(path, "act_contents", act=act, column="decided", value=head["decided"][:60])


def typed_warnings(path: Path, act: int, table: pd.DataFrame) -> pd.DataFrame:
    """Warnings with times as ``datetime64``.

    Raises:
        InputError: a column is missing, or a level, action or time is none.

    """
    check_columns(path, act, table, WARNING_COLUMNS)
    check_codes(path, act, table["level"], {*LEVEL_TEXT, ""})
    check_codes(path, act, table["action"], {*ACTION_TEXT, ""})
    graded = ~table["action"].isin(_UNGRADED)
    for name in ("level", "starts", "issued"):
        asked = table[name][graded] if name == "level" else table[name]
        if (asked.isna() | (asked == "")).any():
            raise refuse(path, "act_contents", act=act, column=name, value="")
    for name in WARNING_TIMES:
        check_times(path, act, table[name])
        table[name] = pd.to_datetime(table[name]).astype("datetime64[us]")
    return table


def check_orders(path: Path, act: int, table: pd.DataFrame) -> None:
    """Refuse orders without a level or time that can be read.

    Raises:
        InputError: naming the first.

    """
    for name in _ORDER_NEEDED:
        if table[name].isna().any():
            raise refuse(path, "act_contents", act=act, column=name, value="")
    check_codes(path, act, table["level"], LEVEL_TEXT)
    for name in _ORDER_TIMES:
        check_times(path, act, table[name])


def check_columns(path: Path, act: int, table: pd.DataFrame, columns: Iterable[str]) -> None:
    """Refuse a table of an act that lacks a column.

    Raises:
        InputError: naming it.

    """
    for name in columns:
        if name not in table:
            raise refuse(path, "act_contents", act=act, column=name)


def check_cells(path: Path, act: int, columns: Sequence[str], rows: Iterable[Any]) -> None:
    """Refuse a table whose rows are no cells of its columns: texts, numbers, yes or no, or blank.

    Raises:
        InputError: naming the column.

    """
    if len(set(columns)) != len(columns):
        raise refuse(path, "act_contents", act=act, column=", ".join(columns)[:60])
    for row in rows:
        if not isinstance(row, list) or len(row) != len(columns):
            raise refuse(path, "act_contents", act=act, value=str(row)[:60])
        for name, value in zip(columns, row, strict=True):
            if isinstance(value, (list, dict)):
                raise refuse(path, "act_contents", act=act, column=name, value=str(value)[:60])


def check_codes(path: Path, act: int, column: pd.Series, known: Iterable[str]) -> None:
    """Refuse a column with a value that is none of some codes; blank cells are left to others.

    Raises:
        InputError: naming the first.

    """
    codes = set(known)
    for value in column.dropna().unique():
        if value not in codes:
            raise refuse(path, "act_contents", act=act, column=str(column.name), value=str(value)[:60])


def check_times(path: Path, act: int, column: pd.Series) -> None:
    """Refuse a column with a text that is no time of the years that anything is on file for, nor blank.

    Raises:
        InputError: naming the first.

    """
    for value in column.dropna().unique():
        if value != "" and not _is_time(value):
            raise refuse(path, "act_contents", act=act, column=str(column.name), value=str(value)[:60])


def _is_time(value: Any, *, zoned: bool = False) -> bool:
    with suppress(TypeError, ValueError):
        read = datetime.fromisoformat(value)
        return read.year in LAW_YEARS and (not zoned or read.utcoffset() is not None)
    return False
