"""Small forms a bureau fills in: a table with known columns, every cell as tidy text."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

from alertengine.files._arrow import as_text
from alertengine.files.cells import BLANKS, DITTO, failed_formula, tidy
from alertengine.files.columns import rounded
from alertengine.files.headers import columns_twice, matched, normal
from alertengine.files.readings import Findings
from alertengine.files.schema import Schema, sheets_named
from alertengine.files.table_reader import read_table
from alertengine.vocabulary import Field, InputError, Problem, Words, refuse

Row = dict[str, str]
#: Fields that name somebody or something and are read by nobody else: their ruined cells count as unknown.
_NAMING: Final = ("enterprise_id", "enterprise", "line_id", "number", "reference")


def read_form(
    path: Path,
    fields: Sequence[Field],
    one_of: Sequence[str] = (),
    least: int = 3,
    sheet: str = "",
    *,
    findings: Findings,
    kind: str = "",
) -> dict[int, Row]:
    """The rows of a form by their number in the file: each field's cell, ``""`` where blank (also ``—``) or not there.

    Numbers are as those of a table (``RawTable.rows``); ``findings`` says of each its sheet.

    Rows without any cell are left out; columns that are no field are not read, which is noted.

    Args:
        path: csv, workbook or parquet.
        fields: its columns; ``required`` ones must be there.
        one_of: names of which one must be there.
        least: fewest known headers that make the header row.
        sheet: the sheet of a workbook that holds it, where there is one of that name.
        kind: the kind of table that profiles are of; without it there are none.
        findings: those of this file, which are told how it was read, its sheets and what was noticed.

    Raises:
        InputError: it cannot be read, a column is missing or there twice, or there is no row.

    """
    names = {normal(spelling): (field.name,) for field in fields for spelling in (field.name, *field.headers)}
    subjects = tuple(field.name for field in fields[:2])
    chosen = partial(_sheets, sheet)
    reading = read_table(path, Schema(names, least, chosen, subjects=subjects, kind=kind))
    raw = reading.table
    findings.problems += reading.problems
    findings.warnings += reading.notes
    findings.protocols.append(reading.protocol)
    findings.sheets = raw.labels
    columns = matched(raw.headers, names)
    problems = columns_twice(columns, raw.file, raw.header_row)
    places = {name: column.place for column in reversed(columns) for name in column.fields}
    others = [column.header for column in columns if not column.fields]
    if others:
        findings.warnings.append(Problem("columns_unread", file=str(path), names=others))
    wanted = [([field.name], (*field.headers, field.name)) for field in fields if field.required]
    by_name = {field.name: field for field in fields}
    if one_of:
        wanted.append((list(one_of), tuple(by_name[name].text for name in one_of)))
    problems += [
        Problem("column_missing", file=str(path), row=raw.header_row, column=by_name[group[0]].text, names=words)
        for group, words in wanted
        if not set(group) & set(places)
    ]
    if problems:
        raise InputError(problems)
    cells = {
        name: ["" if (cell := tidy(text or "")) in BLANKS else cell for text in as_text(raw.columns[place]).to_pylist()]
        for name, place in places.items()
    }
    headers = {name: raw.headers[place] for name, place in places.items()}
    for name in _NAMING:
        for at, text in enumerate(cells.get(name, ())):
            expected = "a_result" if failed_formula(text) else "a_code_as_text" if rounded(text) else ""
            expected = "a_value_of_its_own" if text in DITTO else expected
            if expected:
                findings.bad_cells(headers[name], raw.rows[[at]], [text], expected=Words(expected))
                cells[name][at] = ""
    blank = {field.name: "" for field in fields}
    rows = {
        int(number): blank | {name: cells[name][at] for name in places}
        for at, number in enumerate(raw.rows)
        if any(cells[name][at] for name in places)
    }
    if not rows:
        raise refuse(path, "no_row")
    return rows


def _sheets(word: str, names: list[str]) -> list[str]:
    return (sheets_named(word, names) if word else []) or names
