"""The coverage page: the grid as an offline heat map, industries down, grades and levels across."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, Final

import pandas as pd

from alertengine.checking import DECIDED, STATES, Cell, Coverage
from alertengine.files import safe_table, suffix_of
from alertengine.report.pages import page
from alertengine.rulebook import NOT_STATED, Rulebook
from alertengine.vocabulary import (
    FIELDS,
    GRADES,
    LEVEL_TEXT,
    STANDING_TEXT,
    STATUS_TEXT,
    InputError,
    Problem,
    Status,
    number,
)

#: Each state with its symbol, name and what it means, as the legend shows it.
STATE_WORDS = {
    "primary": ("●", "官方文本", "依据的官方文本已读"),
    "secondary": ("◐", "转载", "依据转载或报道，须核对官方文本"),
    "third_party_code": ("◔", "程序", "只有第三方程序抄录，未读到原文或其转载，使用前须核对"),
    "inferred": ("○", "推定", "依据推定的解释、范围或日期"),
    "refer": ("→", "地方方案", "文件交由地方方案规定，方案未读到"),
    "missing": ("缺", "声明的缺项", "规则文件已声明：原文未读到"),
    "undetermined": ("？", "无规则", "没有规则，也没有声明"),
}
#: The name of each state.
STATE_NAMES: Final = {state: name for state, (_, name, _) in STATE_WORDS.items()}
#: What a measure is called in a cell of a few characters.
_SHORT = {
    "stop": "停",
    "limit": "限",
    "stop_share": "停",
    "stop_units": "停机",
    "coking_time": "延焦",
    "feed_cap": "限料",
    "cycle_cap": "限炉",
    "emission_cap": "限浓",
    "bank": "焖炉",
    "demand_cap": "定产",
    "self_directed": "自主",
    "exempt": "豁免",
    "none": "不限",
}
_LEVELS = ("yellow", "orange", "red")


def write_coverage(found: Coverage, book: Rulebook, path: Path) -> None:
    """Write every cell as .csv, or the page as .html.

    Raises:
        InputError: another suffix, or the file cannot be written.

    """
    suffix = suffix_of(path, ".csv", ".html", ".htm")
    if suffix == ".csv":
        columns = [field.name for field in fields(Cell)]
        table = pd.DataFrame(map(asdict, found.cells), columns=columns).astype({"number": "Int64"})
        text = safe_table(table).to_csv(index=False, lineterminator="\n")
    else:
        text = coverage_report(found, book)
    try:
        path.write_text(text, encoding="utf-8-sig" if suffix == ".csv" else "utf-8")
    except OSError as error:
        raise InputError([Problem("unwritten_file", file=str(path), error=error)]) from None


def coverage_report(found: Coverage, book: Rulebook) -> str:
    """The page as HTML."""
    details: dict[str, int] = {}
    grades = sorted({cell.grade for cell in found.cells}, key=GRADES.index)
    groups = _groups(found, grades, details)
    counts = found.counts()
    return page(
        "coverage.html.j2",
        found=found,
        rulebook=book.fingerprint[:12],
        counts=counts,
        total=len(found.cells),
        decided=sum(counts[state] for state in DECIDED),
        states={state: STATE_WORDS[state] for state in STATES},
        grades=grades,
        levels=_LEVELS,
        groups=groups,
        # A JSON array that may stand inside a script element.
        details="[" + ",".join(details).replace("<", "\\u003c") + "]",
        rules=_rules(found, book),
        missing=_missing(found, book),
    )


def _groups(found: Coverage, grades: list[str], details: dict[str, int]) -> list[dict[str, Any]]:
    """Rows of the map in two groups: the numbered industries and the others."""
    rows: dict[tuple[str, str], dict[tuple[str, str], Cell]] = {}
    for cell in found.cells:
        rows.setdefault((cell.industry, cell.process), {})[cell.grade, cell.level] = cell
    spans: dict[str, int] = {}
    for industry, _ in rows:
        spans[industry] = spans.get(industry, 0) + 1
    groups: dict[bool, list[dict[str, Any]]] = {True: [], False: []}
    before = ""
    for (industry, process), cells in rows.items():
        head = next(iter(cells.values()))
        shown = [
            _shown(cells.get((grade, level)), details, first=level == _LEVELS[0])
            for grade in grades
            for level in _LEVELS
        ]
        row = {"industry": industry, "number": head.number, "process": process, "cells": shown}
        row |= {"span": spans[industry] if industry != before else 0, "several": spans[industry] > 1}
        row["decided"] = sum(cell.state in DECIDED for cell in cells.values())
        row["total"] = len(cells)
        groups[head.number is not None].append(row)
        before = industry
    names = {True: "国家指南编号的行业", False: "指南以外的行业"}
    return [{"name": names[key], "rows": rows_} for key, rows_ in groups.items() if rows_]


def _shown(cell: Cell | None, details: dict[str, int], *, first: bool) -> dict[str, Any]:
    if cell is None:
        return {"state": "", "first": first}
    symbol = STATE_WORDS[cell.state][0]
    label = _label(cell)
    detail = json.dumps(_detail(cell), ensure_ascii=False)
    said = cell.measure or cell.note or STATE_WORDS[cell.state][2]
    return {
        "state": cell.state,
        "symbol": symbol if label else "",
        "label": label or symbol,
        "detail": details.setdefault(detail, len(details)),
        "first": first,
        "title": f"{cell.grade} {LEVEL_TEXT[cell.level]}：{said}",
    }


def _label(cell: Cell) -> str:
    """A decided cell in a few characters: 停, 限20, 停50, 自主; blank where nothing is decided."""
    if cell.state not in DECIDED:
        return ""
    code = cell.codes.split(";", 1)[0]
    share = number(round(cell.share * 100, 1)) if cell.share is not None and cell.share < 1 else ""
    return _SHORT.get(code, "有") + share


def _detail(cell: Cell) -> dict[str, str]:
    """What the panel shows of a cell."""
    said = {
        "state": cell.state,
        "status": STATUS_TEXT.get(cell.status, "") if cell.status != str(Status.UNDETERMINED) else "",
        "measure": cell.measure,
        "transport": cell.transport,
        "rules": cell.rules.replace(";", "；"),
        "transport_rules": cell.transport_rules.replace(";", "；"),
        "basis": cell.basis,
        "standing": STANDING_TEXT.get(cell.standing, ""),
        "hangs_on": "、".join(FIELDS[name].text for name in cell.hangs_on.split(";") if name),
        "note": cell.note,
    }
    return {name: text for name, text in said.items() if text}


def _rules(found: Coverage, book: Rulebook) -> list[dict[str, Any]]:
    """Every rule the grid rests on, with the number of cells it stands in, most first."""
    counts: dict[str, int] = {}
    for cell in found.cells:
        for name in filter(None, f"{cell.rules};{cell.transport_rules}".split(";")):
            counts[name] = counts.get(name, 0) + 1
    rows = []
    for name, count in sorted(counts.items(), key=lambda item: -item[1]):
        rule = book.rules[name]
        last = "未载明" if rule.valid.last in (None, NOT_STATED) else str(rule.valid.last)
        row: dict[str, Any] = {
            "id": name,
            "title": rule.title,
            "basis": book.cite(rule),
            "standing": book.standing(rule),
        }
        row |= {"count": count, "first": str(rule.valid.first or ""), "last": last}
        rows.append(row | {"overdue": book.overdue(rule, found.day)})
    return rows


def _missing(found: Coverage, book: Rulebook) -> list[dict[str, str]]:
    """The holes that documents on file that day declare in words."""
    rows = []
    for document in book.documents.values():
        reached = any(not book.lists.members(area).isdisjoint(found.place.names()) for area in document.area)
        if document.valid.holds(found.day) and reached:
            rows += [
                {"what": one.what, "source": one.source, "reason": one.reason, "document": document.citation}
                for one in document.missing
            ]
    return rows
