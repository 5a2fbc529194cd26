"""Reading an enterprise list from whatever file a bureau has."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pandas as pd

from alertengine.lists.filed import add_plans
from alertengine.lists.frame import FrameBuilder, extra_columns
from alertengine.lists.grid import RawTable, without_notes
from alertengine.lists.headers import LIST_NAMES, Column, map_headers
from alertengine.lists.identity import enterprise_ids, line_ids, refuse_duplicates
from alertengine.lists.model import EnterpriseList, Findings
from alertengine.lists.sources import WORKBOOK_SUFFIXES, open_workbook, read_raw, refuse
from alertengine.lists.totals import TOTALS_SHEET, read_totals
from alertengine.lists.version import VERSION_SHEET, read_version
from alertengine.rulebook.openlists import OpenLists

#: Notes and sums left out that are named one by one; the rest are counted.
_NAMED_NOTES: Final = 5


def read_list(
    path: Path, open_lists: OpenLists, *, sheet: str | None = None, totals: Path | None = None
) -> EnterpriseList:
    """An enterprise list from csv (UTF-8, BOM, GB18030), a workbook or parquet.

    ``sheet`` names the sheet of a workbook; without it all sheets that carry the headers of a
    list are read together.  ``totals`` is the file of city totals; without it, the sheet
    全社会排放 or a file ``<name>.totals.csv`` or ``<name>.全社会排放.csv`` beside the list.  Bad
    cells count as unknown and are in ``problems``; see :class:`EnterpriseList` for the table.

    Raises:
        InputError: the file cannot be read, a required column is missing, a column is there
            twice, a unit is not understood, or the same line stands twice.

    """
    findings = Findings(str(path))
    raw = read_raw(path, LIST_NAMES, lambda names: _list_sheets(path, names, sheet))
    columns = map_headers(raw.headers, str(path), raw.header_row)
    of_field = {name: column for column in columns for name in column.fields}
    raw = _lines_only(raw, of_field["enterprise"], findings)
    lines = FrameBuilder(raw, columns, open_lists, findings).build()
    _take_identity(lines, raw, of_field, findings)
    lines, readings, stated = add_plans(lines, raw.rows, findings)
    found = _totals_file(path, totals)
    return EnterpriseList(
        file=str(path),
        lines=lines,
        extras=extra_columns(raw, columns, findings),
        rows=pd.Series(raw.rows, name="row"),
        version=read_version(path, open_lists),
        totals=read_totals(found, open_lists, findings) if found else None,
        readings=readings,
        stated=stated,
        problems=findings.problems,
        warnings=findings.warnings,
    )


def _list_sheets(path: Path, names: Sequence[str], sheet: str | None) -> list[str]:
    if sheet is None:
        return [name for name in names if name not in (TOTALS_SHEET, VERSION_SHEET)]
    if sheet not in names:
        raise refuse(path, f"no sheet {sheet!r}", "one of " + ", ".join(names))
    return [sheet]


def _lines_only(raw: RawTable, name: Column, findings: Findings) -> RawTable:
    table, left_out = without_notes(raw, name.place)
    for row, text in left_out[:_NAMED_NOTES]:
        findings.warn("a note or a sum, not a line: left out", row=row, value=text[:40])
    if len(left_out) > _NAMED_NOTES:
        findings.warn(f"{len(left_out) - _NAMED_NOTES} more notes or sums left out")
    return table


def _take_identity(lines: pd.DataFrame, raw: RawTable, of_field: dict[str, Column], findings: Findings) -> None:
    """Enterprise and line ids, in place; the same line twice is refused."""
    code = of_field.get("enterprise_id")
    lines["enterprise_id"] = enterprise_ids(lines, raw.rows, code.header if code else None, findings)
    lines["line_id"] = line_ids(lines, raw.rows, of_field["line_id"].header, findings)
    refuse_duplicates(lines, raw.rows, findings.file)


def _totals_file(path: Path, totals: Path | None) -> Path | None:
    """Where the city totals stand: as named, in the workbook, or beside the list."""
    if totals is not None:
        return totals
    if path.suffix.lower() in WORKBOOK_SUFFIXES and TOTALS_SHEET in open_workbook(path).sheet_names:
        return path
    beside = (path.with_suffix(".totals.csv"), path.with_suffix(f".{TOTALS_SHEET}.csv"))
    return next((file for file in beside if file.is_file()), None)
