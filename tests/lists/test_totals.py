"""City totals as offices hand them in: titles, two header rows, merged cities, sums and signatures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from alertengine.files import Findings
from alertengine.lists.totals import read_totals
from alertengine.rulebook import OpenLists

from .conftest import told

HEAD = "城市,部门,SO2排放量,NOx排放量,颗粒物排放量,VOCs排放量\n"


def read(path: Path, lists: OpenLists) -> tuple[Any, Findings]:
    findings = Findings(str(path))
    return read_totals(path, lists, findings).frame(), findings


def test_a_sheet_as_it_is_handed_in(tmp_path: Path, open_lists: OpenLists) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ["临汾市全社会排放量汇总表"],
        ["城市", "部门", "排放量(吨/年)"],
        [None, None, "SO2", "NOx", "颗粒物", "VOCs"],
        ["临汾市", "工业源", 365, 730, 1, 1],
        [None, "移动源", 10, 10, 1, 1],
        [None, "扬尘源", 0, 0, 9, 0],
        ["临汾市合计", None, 375, 740, 11, 2],
        ["填表人：甲", None, None, None, "审核：乙"],
        ["以下空白"],
    ):
        sheet.append(row)
    for cells in ("A1:F1", "A2:A3", "B2:B3", "C2:F2", "A4:A6"):
        sheet.merge_cells(cells)
    book.save(tmp_path / "t.xlsx")
    table, findings = read(tmp_path / "t.xlsx", open_lists)
    assert findings.problems == []
    assert [one.kind for one in findings.protocols[0].left_out] == ["sum", "note", "note"]
    said = list(zip(table["city"], table["sector"], table["so2_kg_d"].round(3), strict=True))
    assert said == [("临汾市", "工业", 1000.0), ("临汾市", "移动源", 27.397), ("临汾市", "扬尘", 0.0)]


@pytest.mark.parametrize(("city", "sector"), [("临汾市", "合计"), ("临汾市小计", ""), ("全省总计", "")])
def test_a_sum_is_held_against_its_rows(tmp_path: Path, open_lists: OpenLists, city: str, sector: str) -> None:
    rows = "太原市,工业,7,7,7,7\n太原市,小计,7,7,7,7\n临汾市,工业,1,1,1,1\n临汾市,其他源,1,1,1,1\n"
    (tmp_path / "t.csv").write_text(f"{HEAD}{rows}{city},{sector},2,2,3,2\n", encoding="utf-8")
    table, findings = read(tmp_path / "t.csv", open_lists)
    assert len(table) == 3
    told = [(one.code, one.row, one.column) for one in findings.problems]
    assert (told[0][1], "颗粒物" in told[0][2]) == (6, True)


def test_the_whole_society_is_no_sector(tmp_path: Path, open_lists: OpenLists) -> None:
    (tmp_path / "t.csv").write_text(
        f"{HEAD}临汾市,全社会,3,3,3,3\n临汾市,工业,3,3,3,3\n临汾市,农业,1,1,1,1\n", encoding="utf-8"
    )
    table, findings = read(tmp_path / "t.csv", open_lists)
    assert (table["sector"].tolist(), [one.code for one in findings.warnings]) == (["工业"], ["totals_sums"])
    assert [told(one) for one in findings.warnings] == ["totals_sums - - -: 1"]
    assert [told(one) for one in findings.problems] == ["totals 4 部门 农业: 工业/移动源/扬尘/其他"]


def test_a_city_that_is_not_on_file_is_asked_about(tmp_path: Path, open_lists: OpenLists) -> None:
    (tmp_path / "t.csv").write_text(f"{HEAD}临份市,工业,3,3,3,3\n临份市,扬尘,1,1,1,1\n", encoding="utf-8")
    _, findings = read(tmp_path / "t.csv", open_lists)
    assert [told(one) for one in findings.problems] == ["totals_city_unknown 2 城市 临份市: (perhaps_one 临汾市)"]


def test_a_table_without_any_sector_is_told_row_by_row(tmp_path: Path, open_lists: OpenLists) -> None:
    (tmp_path / "t.csv").write_text(f"{HEAD}临汾市,,3,3,3,3\n太原市,,1,1,1,1\n", encoding="utf-8")
    table, findings = read(tmp_path / "t.csv", open_lists)
    assert table.empty
    assert [told(one) for one in findings.problems] == [f"totals {row} 部门 -: 工业/移动源/扬尘/其他" for row in (2, 3)]


@pytest.mark.parametrize(
    ("rows", "problems", "warnings", "sectors"),
    [
        ("临汾市,工业,1,1,1,1\n临汾,移动,2,2,2,2\n临汾市,扬尘源,3,3,3,3\n临汾市,其他,4,4,4,4\n", [], [],
         ["工业", "移动源", "扬尘", "其他"]),
        (",工业,1,1,1,1\n临汾市,工业,1,1,1,1\n", ["totals_city 2 城市 -"], [], ["工业"]),
        ("无此市,工业,1,1,1,1\n,,1,1,1,1\n", [
            "totals_city_unknown 2 城市 无此市: (or_one_added)", "totals 3 部门 -: 工业/移动源/扬尘/其他",
        ], [], ["工业"]),
        ("全社会,工业,1,1,1,1\n临汾市,全社会排放,1,1,1,1\n临汾市,工业,1,1,1,1\n", [],
         ["totals_sums - - -: 2"], ["工业"]),
        ("临汾市,,,,,\n,工业源,,,,\n临汾市,工业,1,1,1,1\n",
         ["totals 2 部门 -: 工业/移动源/扬尘/其他", "totals_city 3 城市 -"], [], ["工业"]),
    ],
)  # fmt: skip
def test_rows_of_totals_are_told_in_whole(
    tmp_path: Path, open_lists: OpenLists, rows: str, problems: list[str], warnings: list[str], sectors: list[str]
) -> None:
    (tmp_path / "t.csv").write_text(HEAD + rows, encoding="utf-8")
    table, findings = read(tmp_path / "t.csv", open_lists)
    assert [told(one) for one in findings.problems] == problems
    assert [told(one) for one in findings.warnings] == warnings
    assert {one.file for one in findings.problems} <= {str(tmp_path / "t.csv")}
    assert table["sector"].tolist() == sectors
