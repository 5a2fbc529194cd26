"""Reading an enterprise list from whatever file a bureau has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path
from types import NoneType
from typing import TYPE_CHECKING, Final

import numpy as np

from alertengine.files import (
    SHEET,
    WORKBOOK_SUFFIXES,
    Cells,
    CodedTable,
    Column,
    Findings,
    Held,
    Limits,
    RawTable,
    Reading,
    Schema,
    first_there,
    kept_open,
    open_workbook,
    read_frame,
    read_table,
    sheets_named,
    text_column,
)
from alertengine.lists.build_frame import FrameBuilder
from alertengine.lists.decisions import DECISIONS_SHEET, add_decisions, decisions_beside, decisions_file, read_decisions
from alertengine.lists.doubtful_amounts import AmountDoubts, doubted_totals, without_implausible
from alertengine.lists.enterprise_list import (
    VERSION_SHEET,
    EnterpriseList,
    Layout,
    ListVersion,
    read_version,
    version_files,
)
from alertengine.lists.filed_plans import add_plans
from alertengine.lists.identity import ask_lines, enterprise_ids, line_ids, plain_names, repeated_lines
from alertengine.lists.list_headers import LIST_NAMES, list_kind, map_headers, near_headers
from alertengine.lists.register import REGISTER_SHEET, Register, read_register, register_beside, register_of
from alertengine.lists.totals import TOTALS_SHEET, read_totals
from alertengine.rulebook import OpenLists, Rulebook
from alertengine.vocabulary import (
    EMISSION_FIELDS,
    FIELDS,
    InputError,
    Problem,
    gathering,
    refuse,
    refuse_together,
    require,
    uncollected,
)

if TYPE_CHECKING:
    import pandas as pd

#: The sheet that a marked copy of a list begins with.
PROBLEMS_SHEET: Final = "问题清单"
_FIRST_OF_LINE: Final = list(FIELDS).index("line_id")
#: Sheets of a list's workbook that hold something else.
_OTHER_SHEETS: Final = (TOTALS_SHEET, DECISIONS_SHEET, VERSION_SHEET)
#: What the name of a sheet that may be one of these has in it.
_PARTS_OF_NAMES: Final = {
    "处罚": DECISIONS_SHEET,
    "全社会": TOTALS_SHEET,
    "名录": REGISTER_SHEET,
    "版本": VERSION_SHEET,
}
#: How the table of a list is told from all else; cells of a line that are merged down are not repeated.
LIST_SCHEMA: Final = Schema(
    LIST_NAMES,
    kind="list",
    kind_of=list_kind,
    subjects=("enterprise",),
    of_a_row=("industry", "process"),
    amounts=frozenset(EMISSION_FIELDS.values()),
    places=("city", "county", "enterprise"),
    not_filled=frozenset(
        name
        for place, (name, field) in enumerate(FIELDS.items())
        if place >= _FIRST_OF_LINE and field.type not in ("open", "code")
    ),
)


@uncollected()
def read_list(
    source: Path | str | pd.DataFrame,
    book: Rulebook | OpenLists,
    *,
    sheet: str | None = None,
    totals: Path | str | None = None,
    decisions: Path | str | None = None,
    keep_repeats: bool = False,
) -> EnterpriseList:
    """An enterprise list from csv (UTF-8, BOM, GB18030), a workbook, parquet or a DataFrame.

    >>> from alertengine import load_rules, read_list
    >>> lines = read_list("enterprise_lists/linfen-synthetic.csv", load_rules())
    >>> lines.table.loc[0, ["county", "industry", "process", "grade"]].to_list()
    ['曲沃县', '长流程联合钢铁', '烧结', 'B']

    ``book`` is the rulebook (or its open lists), which knows the names of places, industries and processes.

    ``sheet`` names the sheet of a workbook; without it all sheets that carry the headers of a list are read together.
    ``totals`` is the file of city totals; without it, the sheet 全社会排放 or a file ``<name>.totals.csv`` or
    ``<name>.全社会排放.csv`` beside the list. ``decisions`` is the table of what authorities decided of its
    enterprises; without it, the sheet 处罚决定 or a file ``<name>.decisions.csv`` or ``<name>.处罚决定.csv`` beside it.
    Bad cells count as unknown and are in ``problems``; see :class:`EnterpriseList` for the table. A register of plants
    beside the list (``<name>.register.csv``) says who is who (:mod:`~alertengine.lists.register`). ``keep_repeats``:
    the same line twice is no error but a problem of each of its rows, and the first one stays.

    Raises:
        InputError: the file cannot be read, a required column is missing, a column is there
            twice, a unit is not understood, or the same line stands twice.
        TypeError: an argument is an object of another class.

    """
    require(book, "book", Rulebook, OpenLists)
    for given, name in ((totals, "totals"), (decisions, "decisions")):
        require(given, name, str, PathLike, NoneType)
    with kept_open():
        return _read(source, book.lists if isinstance(book, Rulebook) else book, sheet, totals, decisions, keep_repeats)


def _read(
    source: Path | str | pd.DataFrame,
    open_lists: OpenLists,
    sheet: str | None,
    totals: Path | str | None,
    decisions: Path | str | None,
    keep_repeats: bool,  # noqa: FBT001 -- as read_list takes it
) -> EnterpriseList:
    path = Path(source) if isinstance(source, (str, PathLike)) else None
    findings, refused, found, version = Findings(str(path or "")), list[Problem](), None, ListVersion()
    with gathering(refused):
        found = _own_lines(source, path, open_lists, sheet, findings, keep_repeats=keep_repeats)
    with gathering(refused):
        if found is None and path and (who := register_of(path)):
            read_register(who, findings)
    with gathering(refused):
        decided = decisions_file(path, Path(decisions) if decisions is not None else None)
        if decided is not None and found is not None:
            found.lines = add_decisions(found.columns, decided, findings, found.register, open_lists)
        elif decided is not None:
            read_decisions(decided, Findings(str(decided), findings.problems), open_lists)
    with gathering(refused):
        beside = _totals_file(path, Path(totals) if totals is not None else None)
        if beside is not None:
            whole, rule = read_totals(beside, open_lists, findings), open_lists.plausible.amounts
            if found is not None and rule is not None:
                whole = doubted_totals(whole, found.columns, rule, str(beside), findings)
            if found is not None:
                found.totals = whole
    with gathering(refused):
        version = read_version(path, open_lists, findings) if path else version
    refuse_together(refused, findings)
    assert found is not None  # noqa: S101 -- as nothing was refused
    found.version = version
    return found


def _own_lines(
    source: Path | str | pd.DataFrame,
    path: Path | None,
    open_lists: OpenLists,
    sheet: str | None,
    findings: Findings,
    *,
    keep_repeats: bool,
) -> EnterpriseList:
    """The lines of a list's own table, without what stands beside it; ``findings`` becomes what is said of the list."""
    reading = _reading(source, sheet)
    raw = reading.table
    file = str(path or raw.file)
    findings.file, findings.sheets = file, raw.labels
    findings.problems += reading.problems
    findings.warnings += reading.notes
    sheets = {header: sheet for sheet, header in raw.places} if len(raw.labels) > 1 else {}
    columns = map_headers(raw.headers, file, raw.header_row, sheets)
    if not all(column.fields for column in columns):
        findings.problems += near_headers(columns, file, raw.header_row)
    findings.problems += _sheets_nearly(file, reading.protocol.not_read)
    of_field = {name: column for column in columns for name in column.fields}
    lines = FrameBuilder(raw, columns, open_lists, findings).build()
    who = register_of(path) if path else None
    register = read_register(who, findings) if who else Register()
    code = of_field.get("enterprise_id")
    ids = enterprise_ids(lines, raw.rows, code.header if code else None, findings, register)
    lines = lines.having({"enterprise_id": ids})
    lines = lines.having({"line_id": line_ids(lines, raw.rows, of_field["line_id"].header, findings)})
    if register.numbers:
        lines = register.with_numbers(lines, register.own_names(plain_names(lines.text("enterprise"))))
    repeats = repeated_lines(lines, raw.rows, findings)
    if repeats.again.any():
        if not keep_repeats:
            raise InputError([*repeats.defects])
        findings.problems += repeats.every
        lines, raw = lines.take(np.flatnonzero(~repeats.again)), raw.keep(~repeats.again)
    ask_lines(lines, raw.rows, findings)
    lines = without_implausible(lines, of_field, raw.rows, open_lists.plausible.lines, findings)
    rule = open_lists.plausible.amounts
    if rule is not None:
        lines = AmountDoubts(lines, of_field, raw.rows, rule, findings).kept()
    lines, readings, stated = add_plans(lines, raw.rows, findings)
    return EnterpriseList(
        file=file,
        lines=lines,
        extras=_extra_columns(raw, columns, findings),
        rows=CodedTable({"row": raw.rows % SHEET}, len(raw.rows)),
        readings=readings,
        stated=stated,
        own_problems=findings.problems,
        own_notes=findings.warnings,
        sheets=tuple(raw.labels[number] for number in raw.rows // SHEET) if raw.labels else None,
        protocol=reading.protocol,
        beside=findings.protocols,
        register=register,
        layout=Layout({name: column.header for name, column in of_field.items()}, raw.places),
    )


def _extra_columns(table: RawTable, columns: Sequence[Column], findings: Findings) -> CodedTable:
    """The columns that are no field, as text, under their headers as written."""
    taken: dict[str, Held] = {}
    for column in columns:
        if column.fields:
            continue
        name, again = column.header, 2
        while name in taken:
            name, again = f"{column.header}_{again}", again + 1
        cells = Cells(column.header, table.columns[column.place], table.rows, findings)
        taken[name] = text_column(cells, frozenset({""}))
    return CodedTable(taken, len(table.rows))


def _reading(source: Path | str | pd.DataFrame, sheet: str | None) -> Reading:
    """The cells of a list as they stand."""
    if not isinstance(source, (str, PathLike)):
        return read_frame(source)
    path = Path(source)
    return read_table(path, replace(LIST_SCHEMA, sheets=lambda names: _list_sheets(path, names, sheet)))


def _list_sheets(path: Path, names: Sequence[str], sheet: str | None) -> list[str]:
    if sheet is None:
        others = {REGISTER_SHEET, PROBLEMS_SHEET} | {
            name for word in _OTHER_SHEETS for name in sheets_named(word, names)
        }
        return [name for name in names if name not in others]
    if sheet not in names:
        raise refuse(path, "no_sheet", name=sheet, names=names)
    return [sheet]


def _sheets_nearly(file: str, not_read: Sequence[str]) -> Iterator[Problem]:
    """A question for each sheet that nobody reads under its name and whose name is nearly one that is."""
    for name in not_read:
        near = next((word for part, word in _PARTS_OF_NAMES.items() if part in name and "说明" not in name), "")
        if near:
            yield Problem("sheet_nearly", file=file, sheet=name, near=near)


def _totals_file(path: Path | None, totals: Path | None) -> Path | None:
    """Where the city totals stand: as named, in the workbook, or beside the list."""
    if totals is not None or path is None:
        return totals
    if path.suffix.lower() in WORKBOOK_SUFFIXES:
        names = open_workbook(path, Limits.of_environment()).names
        if sheets_named(TOTALS_SHEET, names):
            return path
    return first_there(_totals_beside(path))


def _totals_beside(path: Path) -> tuple[Path, ...]:
    return path.with_suffix(".totals.csv"), path.with_suffix(f".{TOTALS_SHEET}.csv")


def beside_list(path: Path) -> list[Path]:
    """The files beside a list that reading it would look at: its totals, decisions, version and register."""
    found = map(first_there, (_totals_beside(path), decisions_beside(path), version_files(path)))
    return [file for file in (*found, register_beside(path)) if file is not None]
