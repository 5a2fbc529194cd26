"""Writing findings: csv and parquet under the contract's names, a workbook in Chinese with the gravest first."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from alertengine.audit.evidence_and_findings import FINDING_COLUMNS, KIND_TEXT
from alertengine.audit.findings import NUMBERS
from alertengine.files import new_workbook, replacing, suffix_of
from alertengine.vocabulary import LEVEL_TEXT, STANDING_TEXT, VERDICT_TEXT

FINDING_SUFFIXES: Final = (".csv", ".xlsx", ".parquet")
_SUBJECT_TEXT: Final = {"production": "生产", "emission": "排放", "transport": "运输", "dust": "扬尘"}
_WORDS: Final = {
    "finding": VERDICT_TEXT,
    "conclusion": VERDICT_TEXT,
    "evidence": KIND_TEXT,
    "subject": _SUBJECT_TEXT,
    "level": LEVEL_TEXT,
    "standing": STANDING_TEXT,
}
_WIDE: Final = {"finding_text": 80, "consequence": 60, "basis": 50, "measure_text": 30, "enterprise": 28}
_SHEET_ROWS: Final = 1_048_575


def write_findings(table: pd.DataFrame, path: Path, opening: Sequence[tuple[str, str]] = ()) -> None:
    """Write findings by suffix; an empty table still gives its header, a file appears whole or not at all.

    ``opening``: what a workbook begins with, label and text.

    Raises:
        InputError: another suffix, or the file cannot be written.

    """
    suffix = suffix_of(path, *FINDING_SUFFIXES)
    if suffix == ".csv":
        replacing(path, lambda target: _write_csv(table, target))
    elif suffix == ".parquet":
        replacing(path, lambda target: pa.parquet.write_table(_arrow(table), target))
    else:
        replacing(path, lambda target: _write_workbook(table, opening, target))


def _arrow(table: pd.DataFrame) -> pa.Table:
    columns = []
    for name in FINDING_COLUMNS:
        if name in NUMBERS:
            columns.append(pa.Array.from_pandas(table[name].astype("float64")))
            continue
        column = pa.Array.from_pandas(table[name])
        column = column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
        columns.append(column.cast(pa.string()))
    return pa.table(columns, names=list(FINDING_COLUMNS))


def _write_csv(table: pd.DataFrame, target: Path) -> None:
    with target.open("wb") as stream:
        stream.write((",".join(FINDING_COLUMNS) + "\n").encode())
        pa.csv.write_csv(_arrow(table), stream, pa.csv.WriteOptions(include_header=False))


def _write_workbook(table: pd.DataFrame, opening: Sequence[tuple[str, str]], target: Path) -> None:
    """What it rests on, then what a person must look at, then everything else."""
    grave = table["finding"].isin(["breached", "doubtful"])
    first = table[grave]
    first = first.assign(_order=first["finding"].astype("str").map({"breached": 0, "doubtful": 1}))
    first = first.sort_values("_order", kind="stable").drop(columns="_order")
    with new_workbook(target, by_row=True) as book:
        head = book.add_format({"bold": True, "bg_color": "#1f4e79", "font_color": "white", "text_wrap": True})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        if opening:
            sheet = book.add_worksheet("核查概要")
            sheet.set_column(0, 0, 12)
            sheet.set_column(1, 1, 110)
            for row, (label, text) in enumerate(opening):
                sheet.write_string(row, 0, label, head)
                sheet.write_string(row, 1, text, wrap)
        _sheets(book, "违反和疑似", first, head, wrap)
        _sheets(book, "落实和证据不足", table[~grave], head, wrap)


def _sheets(book: Any, name: str, table: pd.DataFrame, head: Any, wrap: Any) -> None:
    for number in range(0, max(len(table), 1), _SHEET_ROWS):
        title = name if not number else f"{name}{number // _SHEET_ROWS + 1}"
        _sheet(book, title, table.iloc[number : number + _SHEET_ROWS], head, wrap)


def _sheet(book: Any, name: str, table: pd.DataFrame, head: Any, wrap: Any) -> None:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    for place, (column, (text, _)) in enumerate(FINDING_COLUMNS.items()):
        sheet.set_column(place, place, _WIDE.get(column, 12), wrap if column in _WIDE else None)
        sheet.write_string(0, place, text, head)
    columns = [_readable(table[column], column) for column in FINDING_COLUMNS]
    for row, values in enumerate(zip(*columns, strict=True), start=1):
        for place, value in enumerate(values):
            if isinstance(value, str):
                if value:
                    sheet.write_string(row, place, value)
            elif value == value:  # noqa: PLR0124 -- NaN differs from itself
                sheet.write_number(row, place, value)
    if len(table):
        sheet.autofilter(0, 0, len(table), len(FINDING_COLUMNS) - 1)


def _readable(column: pd.Series, name: str) -> list[Any]:
    if name in NUMBERS:
        return column.astype("float64").tolist()
    words = _WORDS.get(name, {})
    return [words.get(text, text) for text in column.astype("object").fillna("").tolist()]
