"""City totals (全社会排放量): whole-society emissions by sector, against which the ratio is taken."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from alertengine.files import (
    SHEET,
    Cells,
    CodedTable,
    Column,
    Findings,
    Held,
    Index,
    Numbered,
    RawTable,
    Schema,
    joined,
    number_column,
    read_table,
    sheets_named,
    text_array,
    text_column,
    tidy,
    unknown_text,
)
from alertengine.lists.list_headers import MASS_UNITS, TOTAL_NAMES, is_mass, map_total_headers
from alertengine.rulebook import OpenLists
from alertengine.vocabulary import (
    EMISSION_FIELDS,
    TOTAL_COLUMNS,
    TOTAL_SECTORS,
    Field,
    InputError,
    Problem,
    Words,
    perhaps,
)

#: The sheet of a workbook that holds the totals.
TOTALS_SHEET = "全社会排放"
#: How the row of all sectors begins that is named after none of the words for a sum.
_WHOLE: Final = "全社会"
#: The sectors by their names without the word for a source: 扬尘源 and 工业源 are written as often.
_SECTORS: Final = {name.removesuffix("源"): name for name in TOTAL_SECTORS}


def read_totals(path: Path, lists: OpenLists, findings: Findings) -> CodedTable:
    """The totals of a file: a csv, a parquet or a workbook (sheet 全社会排放, else the sheet that has them).

    Returns the columns of ``vocabulary.TOTAL_COLUMNS``, one row a city and sector; amounts in kg/d,
    NaN unknown; ``city`` and ``sector`` text.

    Raises:
        InputError: the file cannot be read, lacks a column, or says a city and sector twice.

    """
    reading = read_table(path, TOTALS_SCHEMA)
    raw = reading.table
    findings.problems += reading.problems
    findings.warnings += reading.notes
    findings.protocols.append(reading.protocol)
    columns = map_total_headers(raw.headers, str(path), raw.header_row)
    table = _table(raw, columns, Findings(str(path), findings.problems, findings.warnings, raw.labels))
    told = Findings(str(path), findings.problems, findings.warnings)
    city, sector = table.text("city"), table.text("sector")
    city = city.mapped(text_array([lists.standard_name("places", name) or name for name in city.names]))
    rows = (raw.rows % SHEET).tolist()
    _ask_cities(city, sector, rows, lists, told)
    sectors = [tidy(name) for name in sector.names]
    sector = sector.mapped(text_array([_SECTORS.get(name.removesuffix("源"), name) for name in sectors]))
    table = table.having({"city": city, "sector": sector})
    kept = _of_sectors(table, rows, told)
    table = table.take(kept)
    _refuse_twice(table, [rows[at] for at in kept.tolist()], str(path))
    return table


#: How the table of totals is told from all else.
TOTALS_SCHEMA: Final = Schema(
    TOTAL_NAMES,
    sheets=lambda names: sheets_named(TOTALS_SHEET, names) or names,
    subjects=("city", "sector"),
    amounts=frozenset(EMISSION_FIELDS.values()),
    places=("city",),
    not_filled=frozenset(TOTAL_COLUMNS) - {"city"},
    kind="totals",
)


def _table(raw: RawTable, columns: Sequence[Column], findings: Findings) -> CodedTable:
    of_field = {name: column for column in columns for name in column.fields}
    result: dict[str, Held] = {}
    for name in TOTAL_COLUMNS:
        column = of_field.get(name)
        is_text = name in ("city", "sector")
        if column is None:
            result[name] = unknown_text(len(raw.rows)) if is_text else np.full(len(raw.rows), np.nan)
            continue
        cells = Cells(column.header, raw.columns[column.place], raw.rows, findings)
        if is_text:
            result[name] = text_column(cells)
            continue
        field = Field(name, (column.header,), "number", "kg/d" if is_mass(name) else "")
        kilograms, yearly = MASS_UNITS.get(column.unit, (1.0, False))
        result[name] = number_column(cells, field) * kilograms / (365.0 if yearly else 1.0)
    return CodedTable(result, len(raw.rows))


def _of_sectors(table: CodedTable, rows: Sequence[int], told: Findings) -> Index:
    """The rows with a city and one of the four sectors; sums are left out, others reported."""
    city, sector = table.text("city"), table.text("sector")
    amounts = [~np.isnan(table.number(name)) for name in TOTAL_COLUMNS if name not in ("city", "sector")]
    blank = ~np.logical_or.reduce([city.known, sector.known, *amounts])
    sums = sector.table([name.startswith(_WHOLE) for name in sector.names], missing=False, dtype=bool)
    sums |= city.among([_WHOLE])
    if sums.any():
        told.warn("totals_sums", count=int(sums.sum()))
    known = sector.among(TOTAL_SECTORS) & ~sums
    for at in np.flatnonzero(~known & ~sums & ~blank).tolist():
        header, said = TOTAL_COLUMNS["sector"][0], sector[at] or ""
        told.ask("totals", rows[at], header, said, sectors=TOTAL_SECTORS)
    homeless = known & ~city.known
    for at in np.flatnonzero(homeless).tolist():
        told.ask("totals_city", rows[at], TOTAL_COLUMNS["city"][0])
    return np.flatnonzero(known & ~homeless)


def _ask_cities(city: Numbered, sector: Numbered, rows: Sequence[int], lists: OpenLists, told: Findings) -> None:
    """Ask about cities that are not on file: no line of a list is theirs."""
    named = np.flatnonzero(sector.known & city.known & ~city.among([_WHOLE]))
    for at in named[joined(city.codes[named])[1]].tolist():
        name = city[at] or ""
        if lists.cities() and lists.standard_name("places", name) is None:
            near = perhaps(lists.recognise("places", name).candidates) or Words("or_one_added")
            told.ask("totals_city_unknown", rows[at], TOTAL_COLUMNS["city"][0], name, perhaps=near)


def _refuse_twice(table: CodedTable, rows: Sequence[int], file: str) -> None:
    city, sector = table.text("city"), table.text("sector")
    _, firsts = joined(city.codes, sector.codes)
    again = sorted({*range(len(rows))} - {*firsts.tolist()})
    problems = [Problem("totals_twice", file=file, row=rows[at], value=f"{city[at]} {sector[at]}") for at in again]
    if problems:
        raise InputError(problems)
