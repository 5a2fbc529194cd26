"""City totals (全社会排放量): whole-society emissions by sector, against which the ratio is taken."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from alertengine.files import (
    SHEET,
    TEXT,
    Cells,
    Column,
    Findings,
    RawTable,
    Schema,
    number_column,
    read_table,
    text_column,
    tidy,
    unknown_text,
)
from alertengine.lists.list_headers import MASS_UNITS, TOTAL_NAMES, is_mass, map_total_headers
from alertengine.rulebook import OpenLists
from alertengine.vocabulary import EMISSION_FIELDS, TOTAL_COLUMNS, TOTAL_SECTORS, Field, InputError, Problem, Words

#: The sheet of a workbook that holds the totals.
TOTALS_SHEET = "全社会排放"
#: How the row of all sectors begins that is named after none of the words for a sum.
_WHOLE: Final = "全社会"
#: The sectors by their names without the word for a source: 扬尘源 and 工业源 are written as often.
_SECTORS: Final = {name.removesuffix("源"): name for name in TOTAL_SECTORS}


def read_totals(path: Path, lists: OpenLists, findings: Findings) -> pd.DataFrame:
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
    table["city"] = table["city"].map(lambda name: lists.standard_name("places", name) or name, na_action="ignore")
    _ask_cities(table, str(path), lists, findings)
    table = _sectors(table, str(path), findings)
    _refuse_twice(table, str(path))
    return table.drop(columns="row").reset_index(drop=True)


def _totals_sheets(names: list[str]) -> list[str]:
    return [TOTALS_SHEET] if TOTALS_SHEET in names else names


#: How the table of totals is told from all else.
TOTALS_SCHEMA: Final = Schema(
    TOTAL_NAMES,
    sheets=_totals_sheets,
    subjects=("city", "sector"),
    amounts=frozenset(EMISSION_FIELDS.values()),
    places=("city",),
    not_filled=frozenset(TOTAL_COLUMNS) - {"city"},
    kind="totals",
)


def _table(raw: RawTable, columns: Sequence[Column], findings: Findings) -> pd.DataFrame:
    of_field = {name: column for column in columns for name in column.fields}
    result: dict[str, pd.Series] = {}
    for name in TOTAL_COLUMNS:
        column = of_field.get(name)
        is_text = name in ("city", "sector")
        if column is None:
            result[name] = unknown_text(len(raw.rows)) if is_text else pd.Series(np.full(len(raw.rows), np.nan))
            continue
        cells = Cells(column.header, raw.columns[column.place], raw.rows, findings)
        if is_text:
            result[name] = text_column(cells)
            continue
        field = Field(name, (column.header,), "number", "kg/d" if is_mass(name) else "")
        kilograms, yearly = MASS_UNITS.get(column.unit, (1.0, False))
        result[name] = pd.Series(number_column(cells, field) * kilograms / (365.0 if yearly else 1.0))
    return pd.DataFrame(result).assign(row=raw.rows % SHEET)


def _sectors(table: pd.DataFrame, file: str, findings: Findings) -> pd.DataFrame:
    """Rows with a city and one of the four sectors; sums are left out, others reported."""
    sector = table["sector"].map(_sector, na_action="ignore").astype(TEXT)  # also where every cell is blank
    table = table.assign(sector=sector)
    blank = table.drop(columns="row").isna().all(axis=1)
    sums = sector.str.startswith(_WHOLE).fillna(value=False) | table["city"].isin([_WHOLE])
    if sums.any():
        findings.warnings.append(Problem("totals_sums", file=file, count=int(sums.sum())))
    known = sector.isin(TOTAL_SECTORS)
    strange = table[~known & ~sums & ~blank]
    for row, said in zip(strange["row"].tolist(), strange["sector"].fillna("").tolist(), strict=True):
        place = {"file": file, "row": row, "column": TOTAL_COLUMNS["sector"][0], "value": said}
        findings.problems.append(Problem("totals", **place, sectors=TOTAL_SECTORS))
    homeless = known & table["city"].isna()
    for row in table.loc[homeless, "row"]:
        where = TOTAL_COLUMNS["city"][0]
        findings.problems.append(Problem("totals_city", file=file, row=int(row), column=where))
    return table[known & ~homeless]


def _ask_cities(table: pd.DataFrame, file: str, lists: OpenLists, findings: Findings) -> None:
    """Ask about cities that are not on file: no line of a list is theirs."""
    named = table[table["sector"].notna() & ~table["city"].isin([_WHOLE])].drop_duplicates("city")
    for row, name in zip(named["row"].tolist(), named["city"].tolist(), strict=True):
        if isinstance(name, str) and lists.cities() and lists.standard_name("places", name) is None:
            near = lists.recognise("places", name).candidates
            perhaps = Words("perhaps_one", names=list(near)) if near else Words("or_one_added")
            place: dict[str, Any] = {"file": file, "row": int(row), "column": TOTAL_COLUMNS["city"][0], "value": name}
            findings.problems.append(Problem("totals_city_unknown", **place, perhaps=perhaps))


def _sector(said: str) -> str:
    plain = tidy(said)
    return _SECTORS.get(plain.removesuffix("源"), plain)


def _refuse_twice(table: pd.DataFrame, file: str) -> None:
    again = table[table.duplicated(["city", "sector"])]
    named = [f"{city} {sector}" for city, sector in zip(again["city"], again["sector"], strict=True)]
    problems = [
        Problem("totals_twice", file=file, row=row, value=value)
        for row, value in zip(again["row"].tolist(), named, strict=True)
    ]
    if problems:
        raise InputError(problems)
