"""What people open in a spreadsheet runs nothing that a rule or a list says."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pandas as pd
import pytest

from alertengine.checking import Cell, Coverage, OrderChanges, write_changes
from alertengine.checking.rules.compare import LINE_COLUMNS
from alertengine.files import safe_table, write_safe
from alertengine.report import write_coverage
from alertengine.rulebook import Change

RUN = '=HYPERLINK("http://x","y")'


def cells(path: Path) -> dict[str, str]:
    """The one row of a csv."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        [row] = csv.DictReader(file)
    return row


def test_rules_that_differ_are_guarded(tmp_path: Path) -> None:
    change = Change("changed", "rule", "r-1", "d", title=RUN, field="measure", old="-1", new="@SUM(A1)")
    write_changes([change], None, tmp_path / "c.csv")
    row = cells(tmp_path / "c.csv")
    assert (row["title"], row["old"], row["new"]) == ("'" + RUN, "-1", "'@SUM(A1)")


def test_orders_that_differ_are_guarded_and_their_numbers_stay(tmp_path: Path) -> None:
    line: dict[str, Any] = dict.fromkeys(LINE_COLUMNS) | {"enterprise": "+1+2", "share_old": 0.5, "because": "-规则"}
    number = LINE_COLUMNS[-1]
    write_changes([], OrderChanges([line | {number: -1.5}]), tmp_path / "c.csv")
    row = cells(tmp_path / "c.csv")
    assert (row["enterprise"], row["because"], row["share_old"]) == ("'+1+2", "'-规则", "0.5")
    assert (row[number], row["share_new"]) == ("-1.5", "")


def test_cells_of_the_coverage_are_guarded(tmp_path: Path) -> None:
    cell = Cell(7, "合成", RUN, "C", "red", "primary", "ordered", share=0.25, note="\tx")
    found = Coverage(cast("Any", SimpleNamespace(city="", county="", province="")), date(2021, 1, 1), (cell,))
    write_coverage(found, cast("Any", None), tmp_path / "c.csv")
    row = cells(tmp_path / "c.csv")
    assert (row["process"], row["note"], row["number"], row["share"]) == ("'" + RUN, "'\tx", "7", "0.25")
    write_coverage(replace_cell(found, number=None), cast("Any", None), tmp_path / "c.csv")
    assert cells(tmp_path / "c.csv")["number"] == ""


def replace_cell(found: Coverage, **changed: Any) -> Coverage:
    return replace(found, cells=(replace(found.cells[0], **changed),))


@pytest.mark.parametrize("dtype", ["object", "str", "category"])
def test_a_table_is_guarded_whatever_holds_its_texts(dtype: str) -> None:
    table = pd.DataFrame({"a": pd.Series(["=1+1", "1", None], dtype=dtype), "b": [0.5, -1.0, float("nan")]})
    made = safe_table(table)
    assert made["a"].tolist()[:2] == ["'=1+1", "1"]
    assert made["a"].isna().tolist() == [False, False, True]
    pd.testing.assert_series_equal(made["b"], table["b"])
    assert table["a"].tolist()[0] == "=1+1"


def test_seasons_and_backtests_are_guarded_and_their_days_stay(tmp_path: Path) -> None:
    days = pd.Series(pd.to_datetime(["2021-01-01"]))
    table = pd.DataFrame({"enterprise": [RUN], "n": [-3], "share": [-0.5], "day": days, "on": [None]})
    assert safe_table(table).to_csv(index=False) == f'enterprise,n,share,day,on\n"{quoted()}",-3,-0.5,2021-01-01,\n'


def test_a_table_is_written_with_nothing_a_spreadsheet_runs_and_blanks_where_nothing_is_known(tmp_path: Path) -> None:
    table = pd.DataFrame({
        "text": ["=1+1", None, 'a,"b"'],
        "few": pd.Categorical(["@x", None, "y"]),
        "share": [1 / 3, float("nan"), 0.0],
        "lines": pd.array([12345678901, None, 0], dtype="Int64"),
        "held": [True, False, True],
    })  # fmt: skip
    file = tmp_path / "t.csv"
    write_safe(table, file)
    assert file.read_bytes().decode().split("\n") == [
        "text,few,share,lines,held",
        "'=1+1,'@x,0.3333333333333333,12345678901,True",
        ",,,,False",
        '"a,""b""",y,0.0,0,True',
        "",
    ]
    write_safe(table[["share"]], file, floats="%.3g")
    assert file.read_text() == 'share\n0.333\n""\n0\n'


def quoted() -> str:
    return "'" + RUN.replace('"', '""')
