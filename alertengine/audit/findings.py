"""Findings as a table: what every kind of evidence says of a line and day, what prevails, how they are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from alertengine.audit.evidence_and_findings import FINDING_COLUMNS, KIND_TEXT, Verdict
from alertengine.audit.ordered_days import Duties
from alertengine.files import new_workbook, replacing, suffix_of
from alertengine.vocabulary import LEVEL_TEXT, LINE_KEY, STANDING_TEXT, VERDICT_TEXT

#: A column beside those of the contract: what is said here may ground a finding, whichever way it speaks.
FIRM: Final = "firm"
NUMBERS: Final = (
    "share", "ordered_hours", "observed", "expected_at_most", "tolerance", "baseline", "baseline_days",
    "observed_fall", "expected_fall", "shared_by",
)  # fmt: skip
#: Texts of which hardly two are alike: kept as they are, not as categories.
FREE: Final = ("finding_text",)
_PLACES: Final = {one: place for place, one in enumerate(Verdict)}
_OF_ORDER: Final = ("order_id", "level", "measure_text")
_OF_LINE: Final = ("city", "county", "enterprise_id", "enterprise", "line_id", "line")


def table_of(count: int, columns: Mapping[str, Any]) -> pd.DataFrame:
    """Findings with every column of the contract, those not given blank."""
    made: dict[str, Any] = {}
    for name in FINDING_COLUMNS:
        value = columns.get(name, np.full(count, np.nan) if name in NUMBERS else "")
        if isinstance(value, str):
            value = everywhere(value, count)
        made[name] = pd.Series(value, dtype=object) if name in FREE else value
    return pd.DataFrame(made)


def everywhere(text: str, count: int) -> pd.Categorical:
    """One text in every row."""
    return _categories(np.zeros(count, dtype=np.int64), [text])


def _categories(codes: npt.NDArray[Any], texts: Sequence[Any] | pd.Index) -> pd.Categorical:
    return pd.Categorical.from_codes(codes.astype(np.int64), categories=pd.Index(list(texts), dtype="object"))


def of_duties(duties: Duties, rows: npt.NDArray[np.int64], columns: Mapping[str, Any]) -> pd.DataFrame:
    """Findings on duty days: who, when and what was ordered taken from the duties, the rest as given."""
    days = duties.days.iloc[rows]
    line, order = days["line"].to_numpy(), days["order"].to_numpy()
    base: dict[str, Any] = {name: _coded(duties.lines[name], line) for name in _OF_LINE}
    base |= {name: _coded(duties.orders[name], order) for name in _OF_ORDER}
    codes, stamps = pd.factorize(days["day"])
    base["day"] = _categories(codes, [stamp.strftime("%Y-%m-%d") for stamp in pd.DatetimeIndex(stamps)])
    base["share"] = np.round(days["share"].to_numpy(), 6)
    base["ordered_hours"] = np.round(days["hours"].to_numpy(), 2)
    return table_of(len(rows), base | dict(columns))


def columns_of(entries: Sequence[Mapping[str, Any]], **same: str) -> dict[str, Any]:
    """Columns from findings made one by one: those of the contract, a verdict as ``Verdict``; ``same`` in every row."""
    columns: dict[str, Any] = dict(same)
    for name, column in pd.DataFrame(list(entries)).items():
        if name == "finding":
            columns["finding"] = verdicts(np.array([_PLACES[Verdict(one)] for one in column], dtype=np.int64))
        elif name in NUMBERS:
            columns[str(name)] = column.to_numpy(dtype=np.float64)
        elif name in FREE:
            columns[str(name)] = column.to_numpy(dtype=object)
        elif name in FINDING_COLUMNS:
            columns[str(name)] = _as_category(column)
    return columns


def of_enterprises(table: pd.DataFrame) -> pd.DataFrame:
    """The findings as of the whole enterprise: no line, no share, once a day."""
    blank = everywhere("", len(table))
    whole = table.assign(line_id=blank, line=blank, share=np.nan)
    return whole.drop_duplicates(["city", "enterprise_id", "day", "subject", "evidence"], ignore_index=True)


def _coded(column: pd.Series, at: npt.NDArray[np.int64]) -> pd.Categorical:
    codes, texts = pd.factorize(column.astype("str").fillna(""))
    return _categories(codes[at], texts)


def numbered(*keys: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """One number for each distinct combination of some numberings, from 0 in order of appearance."""
    out = np.zeros(len(keys[0]), dtype=np.int64)
    for key in keys:
        wide = key.astype(np.int64) - (int(key.min()) if len(key) else 0)
        out = pd.factorize(out * (int(wide.max(initial=0)) + 1) + wide)[0]
    return out


def firsts_of(numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The first row of each number, for numbers from 0 on without holes."""
    return np.unique(numbers, return_index=True)[1]


def chosen(codes: npt.NDArray[Any], texts: Sequence[str]) -> pd.Categorical:
    """A text column from the number of each row's text; the texts may repeat."""
    places, distinct = pd.factorize(pd.Series(list(texts), dtype=object))
    return _categories(places[codes] if len(texts) else codes, distinct)


def verdicts(codes: npt.NDArray[Any]) -> pd.Categorical:
    """A finding column from places in ``Verdict``."""
    return _categories(codes, [str(one) for one in Verdict])


def joined(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """All findings, those of one enterprise and day together, with what prevails of them in ``conclusion``."""
    tables = [table for table in tables if len(table)]
    if not tables:
        return table_of(0, {})
    out: dict[str, Any] = {}
    for name in FINDING_COLUMNS:
        columns = [table[name] for table in tables]
        plain = name in NUMBERS or name in FREE
        if plain:
            joined = np.concatenate([column.to_numpy() for column in columns])
            out[name] = pd.Series(joined, dtype=object) if name in FREE else joined
        else:
            out[name] = pd.api.types.union_categoricals([_as_category(column) for column in columns])
    table = pd.DataFrame(out)
    firm = [table[FIRM].to_numpy() if FIRM in table else np.zeros(len(table), dtype=bool) for table in tables]
    table["conclusion"] = _prevailing(table, np.concatenate(firm))
    keys = []  # of each text its place among the sorted ones
    for name in ("evidence", "line_id", "day", "enterprise", "enterprise_id", "city"):
        column = table[name].cat
        order = np.argsort(np.argsort(column.categories.to_numpy(dtype=object), kind="stable"), kind="stable")
        keys.append(order[column.codes.to_numpy()])
    return table.iloc[np.lexsort(keys)].reset_index(drop=True)


def _as_category(column: pd.Series) -> pd.Categorical:
    """Texts as categories of one and the same type, so that tables can be put together."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return _categories(column.cat.codes.to_numpy(), column.cat.categories)
    codes, texts = pd.factorize(column.astype("object").fillna(""))
    return _categories(codes, texts)


def _prevailing(table: pd.DataFrame, firm: npt.NDArray[np.bool_]) -> pd.Categorical:
    """Of a line and day: what may ground a finding, then doubt, then compliance.

    A record that may ground a finding and says the measure was done outweighs doubt from data that only refers.
    """
    finding = table["finding"].astype("str")
    record = (finding == "complied") & firm
    rank = np.select(
        [finding == "breached", record, finding == "doubtful", finding == "complied"], [0, 1, 2, 3], default=4
    )
    words = ["breached", "complied", "doubtful", "complied", "no_evidence"]
    codes = numbered(*(table[name].cat.codes.to_numpy() for name in (*LINE_KEY, "enterprise", "day")))
    best = np.full(codes.max(initial=-1) + 1, 4)
    np.minimum.at(best, codes, rank)
    return chosen(best[codes], words)


def nothing(duties: Duties, seen: npt.NDArray[np.bool_]) -> pd.DataFrame:
    """One row for each production or transport duty day no evidence speaks of; ``seen`` marks the others."""
    days = duties.days
    missing = (days["produces"] | days["moves"]).to_numpy() & ~seen
    rows = np.flatnonzero(missing)
    subject = np.where(days["produces"].to_numpy()[rows], 0, 1)
    columns = {
        "subject": chosen(subject, ["production", "transport"]),
        "finding": verdicts(np.full(len(rows), 3)),
        "finding_text": np.full(len(rows), "当日没有可用的证据", dtype=object),
    }
    return of_duties(duties, rows, columns)


# -- written

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


def as_codes(table: pd.DataFrame) -> pd.DataFrame:
    """Findings as read from a workbook, whose words are those of people, with the codes of the other files."""
    back = {name: {text: code for code, text in words.items()} for name, words in _WORDS.items()}
    return table.assign(**{name: table[name].replace(codes) for name, codes in back.items()})


def _readable(column: pd.Series, name: str) -> list[Any]:
    if name in NUMBERS:
        return column.astype("float64").tolist()
    words = _WORDS.get(name, {})
    return [words.get(text, text) for text in column.astype("object").fillna("").tolist()]
