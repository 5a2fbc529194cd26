"""Readings exported a month at a time say what they say in one file; each problem names its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.audit.conftest import Auditor, daily, wave
from tests.audit.simulate import orders_of
from tests.audit.test_stack import stack

WARNING = [("2019-12-10 00:00", "2019-12-13 00:00")]
FIRST = "2019-11-05"
Rows = list[dict[str, Any]]


def _power() -> Rows:
    """Two plants, the first of which stops."""
    return [
        row
        for firm, under in (("A", [100.0, 110, 90]), ("B", [990.0, 1010, 980]))
        for row in daily(firm, FIRST, [*wave(35), *under, *wave(20)])
    ]


def _counter() -> Rows:
    rows = [row for row in _power() if row["统一社会信用代码"] == "A"]
    used = pd.Series([0.0, *(row["用电量(千瓦时)"] for row in rows)]).cumsum()
    days = pd.date_range(FIRST, periods=len(used))
    return [
        {"统一社会信用代码": "A", "表号": "1", "日期": day.date(), "表示数": at}
        for day, at in zip(days, used, strict=True)
    ]


def _stacks() -> Rows:
    return [*stack("A", [0, 0, 0]), *stack("B", [1, 0.9, 1], seed=1)]


def _months(rows: Rows) -> list[Rows]:
    """Each month in a file of its own, the first day of the next also in the one before."""
    time = "日期" if "日期" in rows[0] else "监测时间"
    at = [pd.Timestamp(row[time]) for row in rows]
    parts = [("2019-11-01", "2019-12-02"), ("2019-12-01", "2020-02-01")]
    return [[row for row, t in zip(rows, at, strict=True) if pd.Timestamp(a) <= t < pd.Timestamp(b)] for a, b in parts]


@pytest.mark.parametrize("made", [_power, _counter, _stacks], ids=["power", "counter", "stacks"])
def test_months_in_files_of_their_own_are_one_series(audited: Auditor, made: Callable[[], Rows]) -> None:
    orders = orders_of(["A", "B"], WARNING, [1.0, 1.0])
    one = audited(orders, made())
    for months in (_months(made()), _months(made())[::-1]):
        several = audited(orders, *months)
        pd.testing.assert_frame_equal(one.table.drop(columns="source"), several.table.drop(columns="source"))
        assert {"complied"} < set(several.table["finding"]) | {"doubtful"}
        assert [problem.code for problem in several.problems] == [problem.code for problem in one.problems]
        assert ("rows_repeated", "evidence1.csv") in [(n.code, Path(n.file).name) for n in several.notes]
        assert {source.partition(" ")[0] for source in several.table["source"]} - {""} == {
            "evidence0.csv、evidence1.csv"
        }


def _of(code: str, rows: Rows) -> Rows:
    return [row for row in rows if row["统一社会信用代码"] == code]


def _named(rows: Rows) -> Rows:
    return [{"企业名称": f"企业{row['统一社会信用代码']}", **row} for row in rows]


def _bare(rows: Rows) -> Rows:
    return [{name: said for name, said in row.items() if name != "统一社会信用代码"} for row in _named(rows)]


def _in_tens_of_mwh(rows: Rows) -> Rows:
    name = "用电量(千瓦时)"
    return [
        {**{k: v for k, v in row.items() if k != name}, "用电量(万千瓦时)": round(row[name] / 10000, 5)} for row in rows
    ]


@pytest.mark.parametrize(
    ("made", "files"),
    [
        (_power, lambda early, late: [_of("A", early), _of("B", early), late]),
        (_power, lambda early, late: [late, _of("B", early), _of("A", early)]),
        (_power, lambda early, late: [_named(early), late]),
        (_power, lambda early, late: [_bare(early), late]),
        (_power, lambda early, late: [early, _bare(late)]),
        (_power, lambda early, late: [early, _in_tens_of_mwh([*early, *late])]),
        (_counter, lambda early, late: [_named(early), late]),
        (_stacks, lambda early, late: [_named(early), late]),
    ],
)
def test_files_that_say_otherwise_whose_or_how_much_are_one_series(
    audited: Auditor, made: Callable[[], Rows], files: Callable[[Rows, Rows], list[Rows]]
) -> None:
    orders = orders_of(["A", "B"], WARNING, [1.0, 1.0])
    rows = made()
    for row in rows if made is _power else []:
        row["用电量(千瓦时)"] = round(row["用电量(千瓦时)"] * 1.0103, 1)
    one, several = audited(orders, rows), audited(orders, *files(*_months(rows)))
    pd.testing.assert_frame_equal(one.table.drop(columns="source"), several.table.drop(columns="source"))
    assert [problem.code for problem in several.problems] == [problem.code for problem in one.problems]
    parts = len(files(*_months(rows)))
    used = {name for source in several.table["source"] for name in source.partition(" ")[0].split("、") if name}
    assert used == {f"evidence{at}.csv" for at in range(parts)}


def test_what_is_wrong_in_one_of_the_files_names_that_file(audited: Auditor) -> None:
    orders = orders_of(["A", "B"], WARNING, [1.0, 1.0])
    first, second = _months(_power())
    second[0] = {**second[0], "用电量(千瓦时)": 1}
    told = [(one.code, Path(one.file).name, one.row) for one in audited(orders, first, second).problems]
    assert told == [("reading_contradicts", "evidence0.csv", 28), ("reading_contradicts", "evidence1.csv", 2)]


def test_readings_of_another_sort_stay_apart_and_are_told(audited: Auditor) -> None:
    days = [row for row in _power() if row["统一社会信用代码"] == "A"]
    counter = [{name: said for name, said in row.items() if name != "表号"} for row in _counter()]
    run = audited(orders_of(["A"], WARNING, [1.0]), days, counter)
    assert [(one.code, Path(one.file).name) for one in run.problems] == [("evidence_apart", "evidence1.csv")]
