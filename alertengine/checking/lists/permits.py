"""A second file: who holds a pollutant discharge permit, against who is on the list."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.checking.lists.findings import Collector, ListDefect
from alertengine.files import (
    SHEET,
    Cells,
    Findings,
    Schema,
    bool_column,
    matched,
    normal,
    read_table,
    series_of,
    text_column,
)
from alertengine.lists import STAND_IN, is_valid
from alertengine.rulebook import OpenLists
from alertengine.vocabulary import PLANT_KEY, InputError, Problem, perhaps, plain_name

#: Columns of the permit file with their headers; the name or the code must be there.
HEADERS: Final = {
    "enterprise_id": ("统一社会信用代码", "组织机构代码"),
    "enterprise": ("企业名称", "单位名称", "排污单位名称", "持证单位", "持证单位名称"),
    "permit_no": ("排污许可证编号", "许可证编号", "证书编号", "登记编号"),
    "city": ("城市", "地市", "市", "设区市"),
    "air": ("涉气", "是否涉气", "排放废气", "涉气企业"),
}
_NAMES: Final = {normal(text): (name,) for name, texts in HEADERS.items() for text in (name, *texts)}
_CODES: Final = ("enterprise_id", "permit_no")
#: How a table of permit holders is told from all else.
PERMITS_SCHEMA: Final = Schema(_NAMES, least=2, subjects=("enterprise", "enterprise_id"), kind="permits")


def read_permits(path: Path, lists: OpenLists, findings: Findings) -> pd.DataFrame:
    """The permit holders that emit to the air: columns of ``HEADERS`` and ``row``, ``sheet``.

    A holder whose row does not say 否 in 涉气 counts as emitting.

    Raises:
        InputError: the file cannot be read, or has neither name nor credit code.

    """
    reading = read_table(path, PERMITS_SCHEMA)
    raw = reading.table
    findings.problems += reading.problems
    findings.warnings += reading.notes
    findings.protocols.append(reading.protocol)
    columns = matched(raw.headers, _NAMES)
    of = {column.fields[0]: column for column in reversed(columns) if column.fields}
    if not {"enterprise", "enterprise_id"} & of.keys():
        raise InputError([Problem("permits_without_names", file=str(path))])
    findings.sheets = raw.labels
    table = pd.DataFrame({"row": raw.rows % SHEET})
    table["sheet"] = [raw.labels[number] if raw.labels else "" for number in raw.rows // SHEET]
    for name in HEADERS:
        if name not in of:
            table[name] = None
            continue
        cells = Cells(of[name].header, raw.columns[of[name].place], raw.rows, findings)
        column = series_of(
            bool_column(cells)
            if name == "air"
            else text_column(cells, codes=name in _CODES, names=name == "enterprise")
        )
        table[name] = column if name == "air" else column.astype("object")
    table["city"] = _cities(table, lists, of["city"].header if "city" in of else "", raw.rows, findings)
    table["enterprise_id"] = _codes(table)
    emits = table["air"].astype("boolean").fillna(value=True).to_numpy(dtype=bool)
    return table[emits & (table["enterprise"].notna() | table["enterprise_id"].notna())].reset_index(drop=True)


def _cities(
    table: pd.DataFrame, lists: OpenLists, header: str, rows: npt.NDArray[np.int64], findings: Findings
) -> pd.Series:
    """The cities by their standard names; one that is not known is told, once, and its holders are looked for."""
    known = {city: lists.recognise("places", city) for city in table["city"].dropna().unique()}
    for city, found in known.items():
        if found.name is None:
            at = np.flatnonzero((table["city"] == city).to_numpy())
            said = {"count": len(at), "near": perhaps(found.candidates)}
            findings.bad_cells(header, rows[at[:1]], [city], "permit_city_unknown", **said)
    return table["city"].map(lambda city: known[city].name, na_action="ignore")


def _codes(table: pd.DataFrame) -> pd.Series:
    """The credit code of each holder; a permit number begins with it."""
    own = table["enterprise_id"].map(lambda code: str(code).strip().upper(), na_action="ignore")
    head = table["permit_no"].map(lambda number: str(number).strip().upper()[:18], na_action="ignore")
    valid = pd.Series([isinstance(code, str) and is_valid(code) for code in head], index=head.index, dtype=bool)
    return own.where(own.notna(), head.where(valid))


def add_permit_findings(collector: Collector, path: Path, permits: pd.DataFrame) -> None:
    """Holders not on the list, listed enterprises without a permit, and where the two disagree."""
    lines = collector.content.lines
    firms = np.flatnonzero(~lines.duplicated(PLANT_KEY).to_numpy()).tolist()
    by_code, by_name = dict[str, dict[str, int]](), dict[str, dict[str, int]]()  # of each city
    for line in firms:
        city, code, name = (_text(lines[of].iloc[line]) for of in (*PLANT_KEY, "enterprise"))
        by_code.setdefault(code, {})[city] = line
        if name:
            by_name.setdefault(plain_name(name), {})[city] = line
    cities = set(lines["city"].dropna().astype("str"))
    met: set[int] = set()
    for holder in permits.to_dict("records"):
        if isinstance(holder["city"], str) and holder["city"] not in cities:
            continue
        code, name = _text(holder["enterprise_id"]), _text(holder["enterprise"])
        own = by_code.get(code) or by_name.get(plain_name(name), {})
        if not own:
            place: dict[str, Any] = {"file": str(path), "sheet": str(holder["sheet"]), "row": int(holder["row"])}
            said = Problem("permit_not_listed", **place, column=HEADERS["enterprise"][0], value=name or code)
            collector.found.append(ListDefect(said))
            continue
        line = own.get(_text(holder["city"]), min(own.values(), key=lambda line: line in met))
        met.add(line)
        _compare(collector, line, holder)
    for line in firms:
        if line not in met:
            name = _text(lines["enterprise"].iloc[line])
            collector.at("listed_without_permit", line, "enterprise", name, lines=collector.plant_of(line))


def _compare(collector: Collector, line: int, holder: Mapping[Hashable, object]) -> None:
    """Code, name and permit number of a line beside those of the permit file; the first that differs is told."""
    lines = collector.content.lines
    for name in ("enterprise_id", "enterprise", "permit_no"):
        here, there = _text(lines[name].iloc[line]), _text(holder[name])
        same = plain_name(here).upper() == plain_name(there).upper()
        if here and there and not same and not re.match(STAND_IN, here):
            collector.at("permit_differs", line, name, here, lines=collector.plant_of(line), expected=there)
            return


def _text(cell: object) -> str:
    return cell if isinstance(cell, str) else ""
