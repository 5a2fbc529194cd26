"""Writing an enterprise list so that it reads back as the same list."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

from alertengine.files import new_workbook, suffix_of
from alertengine.lists.enterprise_list import (
    STATUS_TEXT,
    VERSION_KEYS,
    VERSION_SHEET,
    EnterpriseList,
    ListVersion,
    version_files,
    version_yaml,
)
from alertengine.lists.totals import TOTALS_SHEET
from alertengine.vocabulary import (
    LIST_FIELDS,
    PLAN_SHARE_FIELDS,
    TOTAL_COLUMNS,
    UNKNOWN_WORD,
    YES_NO,
    Field,
    InputError,
    Problem,
    number,
)

LIST_SHEET: Final = "企业清单"
#: Fields where a blank cell means something, so that unknown is said in a word.
_BLANK_MEANS: Final = frozenset({"guarantee", "units"})
#: The widest a column of a workbook is drawn, in characters.
_WIDEST: Final = 40


def write_list(content: EnterpriseList | pd.DataFrame, path: Path | str) -> None:
    """Write a list, or a frame of lines alone, as csv, xlsx or parquet by the suffix of ``path``.

    Headers are Chinese with their unit; emissions in kg/d, shares in per cent.  Totals and version
    go into sheets of a workbook, else into ``<name>.totals.csv`` and ``<name>.version.yaml``.

    Raises:
        InputError: the suffix is none of the three, or the file cannot be written.

    """
    path, whole = Path(path), content if isinstance(content, EnterpriseList) else None
    lines = content.lines if isinstance(content, EnterpriseList) else content
    if whole and whole.stated is not None:  # a share read from a text is not written as if it were filed
        stated = whole.stated.reindex(lines.index, fill_value=True)
        lines = lines.assign(**{str(name): lines[name].where(stated[name]) for name in stated.columns})
    columns = list_columns(lines, whole.extras if whole else None)
    totals = totals_columns(whole.totals) if whole and whole.totals is not None else None
    # other bytes than those published: the hash would not fit
    version = whole.version.model_copy(update={"sha256": ""}) if whole else ListVersion()
    suffix = suffix_of(path, ".csv", ".xlsx", ".parquet")
    try:
        if suffix == ".xlsx":
            _write_workbook(path, columns, totals, version if version != ListVersion() else None)
        else:
            _write_flat(path, columns)
            _write_beside(path, totals, version if version != ListVersion() else None)
    except OSError as error:
        raise InputError([Problem("unwritten_file", file=str(path), error=error)]) from None


def header(field: Field) -> str:
    """The header a field is written under, with its unit where that can be in doubt."""
    return f"{field.text}(千克/日)" if field.unit == "kg/d" else field.text


def list_columns(lines: pd.DataFrame, extras: pd.DataFrame | None = None) -> dict[str, pa.Array]:
    """The columns of a written list: header to Arrow column (text, or float64 for numbers)."""
    columns = {
        header(f): _column(lines[f.name], f)
        for f in LIST_FIELDS
        if f.name in lines.columns
        # townships and decisions only where some line has one
        and (f.name not in ("township", "decisions") or lines[f.name].notna().any())
    }
    if extras is not None:
        columns |= {str(name): _text(extras[name]) for name in extras.columns}
    return columns


def totals_columns(totals: pd.DataFrame) -> dict[str, pa.Array]:
    """The columns of written city totals; amounts nobody gave are left out."""
    columns = {}
    for name, said in TOTAL_COLUMNS.items():
        if name not in totals.columns or (name.startswith("reduced") and totals[name].isna().all()):
            continue
        unit = "(千克/日)" if name.endswith("_kg_d") else ""
        columns[said[0] + unit] = _text(totals[name]) if name in ("city", "sector") else _number(totals[name])
    return columns


def _column(series: pd.Series, field: Field) -> pa.Array:
    if field.type == "bool":
        return _text(series.astype("object").map(YES_NO))
    if field.type not in ("number", "integer"):
        return _text(series, UNKNOWN_WORD if field.name in _BLANK_MEANS else None)
    if field.name in PLAN_SHARE_FIELDS.values():
        series = (series * 100).round(10)
        if ((series > 0) & (series <= 1)).any():  # without its sign it could be a fraction
            return _text(series.map(lambda share: f"{number(share)}%", na_action="ignore"))
    column = _number(series)
    if field.name in _BLANK_MEANS and column.null_count:
        texts = [UNKNOWN_WORD if value is None else number(value) for value in column.to_pylist()]
        return pa.array(texts, pa.string())
    return column


def _text(series: pd.Series, blank: str | None = None) -> pa.Array:
    if isinstance(series.dtype, pd.CategoricalDtype):
        names = [str(name) for name in series.cat.categories]
        codes = series.cat.codes.to_numpy()
        column = pa.array(names, pa.string()).take(pa.array(codes, mask=codes < 0))
    else:
        column = pa.array(series, type=pa.string(), from_pandas=True)
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    return column if blank is None else column.fill_null(blank)


def _number(series: pd.Series) -> pa.Array:
    return pa.array(series.to_numpy(dtype=np.float64), from_pandas=True)


def _write_flat(path: Path, columns: dict[str, pa.Array]) -> None:
    table = pa.table(columns)
    if path.suffix.lower() == ".parquet":
        pq.write_table(table, path, compression="zstd")
        return
    with path.open("wb") as file:
        file.write(b"\xef\xbb\xbf")  # spreadsheets take a csv without it for GB18030
        place = file.tell()
        try:
            options = arrow_csv.WriteOptions(quoting_style="none", quoting_header="none", batch_size=1 << 14)
            arrow_csv.write_csv(table, file, options)
        except pa.ArrowInvalid:  # some cell needs quotes
            file.seek(place)
            file.truncate()
            arrow_csv.write_csv(table, file, arrow_csv.WriteOptions(quoting_style="needed", batch_size=1 << 14))


def _write_beside(path: Path, totals: dict[str, pa.Array] | None, version: ListVersion | None) -> None:
    if totals is not None:
        _write_flat(path.with_suffix(".totals.csv"), totals)
    if version is not None:
        version_files(path)[0].write_text(version_yaml(version), encoding="utf-8")


def _write_workbook(
    path: Path, columns: dict[str, pa.Array], totals: dict[str, pa.Array] | None, version: ListVersion | None
) -> None:
    with new_workbook(path) as book:
        book.set_properties({"created": pd.Timestamp("2000-01-01").to_pydatetime()})  # the same bytes each time
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "vcenter", "bg_color": "#e8eef5"})
        _write_sheet(book.add_worksheet(LIST_SHEET), columns, bold)
        if totals is not None:
            _write_sheet(book.add_worksheet(TOTALS_SHEET), totals, bold)
        if version is not None:
            rows = book.add_worksheet(VERSION_SHEET)
            for row, (name, value) in enumerate(version.model_dump(mode="json", exclude={"sha256"}).items()):
                rows.write_string(row, 0, VERSION_KEYS[name][0], bold)
                text = "" if value is None else str(value)
                rows.write_string(row, 1, STATUS_TEXT.get(text, text) if name == "status" else text)


def _write_sheet(sheet: Any, columns: dict[str, pa.Array], bold: Any) -> None:
    sheet.freeze_panes(1, 0)
    for place, (name, column) in enumerate(columns.items()):
        sheet.write_string(0, place, name, bold)
        write = sheet.write_string if pa.types.is_string(column.type) else sheet.write_number
        longest = len(name)
        for row, value in enumerate(column.to_pylist(), start=1):
            if value is not None:
                write(row, place, value)
                longest = max(longest, len(str(value)))
        sheet.set_column(place, place, min(_WIDEST, longest * 1.8 + 2))
    if columns:
        sheet.autofilter(0, 0, len(next(iter(columns.values()))), len(columns) - 1)
