"""What stands beside a list: how each of its tables was read goes with the list."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from alertengine.cli import main
from alertengine.files import protocols_of
from alertengine.lists import read_list
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import InputError

pytestmark = pytest.mark.whole

_LIST = "企业名称,城市,生产线编号,行业,工序,绩效等级,SO2排放量,NOx排放量,颗粒物排放量,VOCs排放量\n"
_LIST += "甲厂,临汾市,1,焦化,焦炉,B,1,3,1,1\n"
_TOTALS = "城市,部门,NOx排放量(千克/日)\n临汾市,工业源,100\n临汾市,合计,100\n"
_DECISIONS = "企业名称,决定文号,决定日期,决定种类,理由\n甲厂,〔2020〕1号,2020-01-02,没有的种类,未知\n"
_REGISTER = "企业名称,曾用名\n甲厂,老甲厂\n"
_PERMITS = "单位名称,许可证编号,城市\n甲厂,,临汾市\n"


def _written(folder: Path) -> Path:
    for name, text in {
        "list.csv": _LIST,
        "list.totals.csv": _TOTALS,
        "list.decisions.csv": _DECISIONS,
        "list.register.csv": _REGISTER,
        "permits.csv": _PERMITS,
    }.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder / "list.csv"


def test_a_list_has_the_protocols_of_all_that_stands_beside_it(tmp_path: Path, shipped: Rulebook) -> None:
    found = {Path(one.file).name: one for one in protocols_of(read_list(_written(tmp_path), shipped))}
    assert set(found) == {"list.csv", "list.totals.csv", "list.decisions.csv", "list.register.csv"}
    assert ("部门", ("sector",)) in found["list.totals.csv"].columns
    assert ("曾用名", ("former",)) in found["list.register.csv"].columns


def test_two_sheets_of_one_workbook_are_two_tables(tmp_path: Path, shipped: Rulebook) -> None:
    book = openpyxl.Workbook()
    for title, text in (("清单", _LIST), ("全社会排放", _TOTALS), ("处罚决定", _DECISIONS)):
        sheet = book.create_sheet(title)
        for row in text.splitlines():
            sheet.append(row.split(","))
    del book["Sheet"]
    book.save(tmp_path / "list.xlsx")
    read = protocols_of(read_list(tmp_path / "list.xlsx", shipped))
    assert [[sheet.name for sheet in one.sheets] for one in read] == [["清单"], ["处罚决定"], ["全社会排放"]]


def test_check_tells_how_permits_and_all_else_were_read(tmp_path: Path) -> None:
    call = ["check", str(_written(tmp_path)), "--permits", str(tmp_path / "permits.csv"), "--date", "2020-01-10", "-v"]
    said = CliRunner().invoke(main, call).stderr
    for name in ("list.csv", "list.totals.csv", "list.decisions.csv", "list.register.csv", "permits.csv"):
        assert any(f"{name}: columns understood" in line for line in said.splitlines()), said


def test_a_scenario_named_like_its_list_is_no_version_of_it(tmp_path: Path, shipped: Rulebook) -> None:
    path = _written(tmp_path)
    path.with_suffix(".yaml").write_text("title: 今晚\nforecast: f.csv\nlist: list.csv\n", encoding="utf-8")
    assert read_list(path, shipped).version.status == "draft"
    path.with_suffix(".yaml").write_text("version: 2026-1\nforecast: f.csv\n", encoding="utf-8")
    with pytest.raises(InputError, match="forecast"):
        read_list(path, shipped)
