"""City totals and versions, in sheets and in files beside a list."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

from alertengine.lists.read import beside_list, read_list
from alertengine.lists.version import file_hash
from alertengine.lists.write import write_list
from alertengine.rulebook.places_and_lists import OpenLists
from alertengine.vocabulary.problems import InputError

from .conftest import BASE, Reader, table

TOTALS = "城市,部门,SO2排放量(吨/年),NOx排放量(吨/年),颗粒物排放量(吨/年),VOCs排放量(吨/年),清单年份\n"


def test_no_totals_and_no_version(read: Reader) -> None:
    found = read(table({}))
    assert found.totals is None
    assert found.version.status == "draft"


@pytest.mark.parametrize("name", ["list.totals.csv", "list.全社会排放.csv"])
def test_totals_beside_a_csv(tmp_path: Path, read: Reader, name: str) -> None:
    text = (
        TOTALS
        + "临汾,工业,365,1,1,1,2018\n临汾,移动源,x,1,1,1,2018\n临汾,全社会,365,2,2,2,2018\n临汾,其它,1,1,1,1,2018\n"
    )
    (tmp_path / name).write_text(text, encoding="gb18030")
    found = read(table({}))
    assert found.totals is not None
    assert found.totals[["city", "sector"]].to_numpy().tolist() == [["临汾市", "工业"], ["临汾市", "移动源"]]
    assert found.totals.loc[0, "so2_kg_d"] == 1000
    assert found.totals.loc[0, "inventory_year"] == 2018
    assert found.totals["reduced_so2_kg_d"].isna().all()
    assert [(p.row, p.value) for p in found.problems] == [(3, "x"), (5, "其它")]
    assert all(p.file.endswith(name) for p in found.problems)


def test_totals_named_go_before_totals_beside(tmp_path: Path, open_lists: OpenLists) -> None:
    (tmp_path / "list.csv").write_text(table({}))
    (tmp_path / "list.totals.csv").write_text(TOTALS + "临汾,工业,1,1,1,1,2018\n")
    (tmp_path / "other.csv").write_text(TOTALS + "临汾,扬尘,1,1,1,1,2018\n")
    found = read_list(tmp_path / "list.csv", open_lists, totals=tmp_path / "other.csv")
    assert found.totals is not None
    assert found.totals["sector"].tolist() == ["扬尘"]


def test_totals_twice_or_without_columns_are_refused(tmp_path: Path, read: Reader) -> None:
    (tmp_path / "list.totals.csv").write_text(TOTALS + "临汾,工业,1,1,1,1,2018\n临汾市,工业,1,1,1,1,2018\n")
    with pytest.raises(InputError, match="twice"):
        read(table({}))
    (tmp_path / "list.totals.csv").write_text("城市,SO2排放量,NOx排放量\n临汾,1,2\n")
    with pytest.raises(InputError, match="部门"):
        read(table({}))


@pytest.mark.parametrize("name", ["list.version.yaml", "list.yaml"])
def test_version_beside_a_csv(tmp_path: Path, read: Reader, name: str) -> None:
    (tmp_path / name).write_text(
        "version: 3\ncity: 临汾\nyear: 2019\nstatus: published\napprover: 合成审批人\npublished_on: 2019-09-01\n"
    )
    version = read(table({})).version
    assert (version.version, version.city, version.status) == ("3", "临汾市", "published")
    assert str(version.published_on) == "2019-09-01"


@pytest.mark.parametrize("text", ["status: published\n", "status: final\n", "- 1\n", "verison: 1\n", "a: [\n"])
def test_a_malformed_version_is_refused(tmp_path: Path, read: Reader, text: str) -> None:
    (tmp_path / "list.version.yaml").write_text(text)
    with pytest.raises(InputError, match=r"list\.version\.yaml"):
        read(table({}))


@pytest.mark.parametrize("flat", [True, False])
def test_sheets_of_a_workbook(tmp_path: Path, open_lists: OpenLists, flat: bool) -> None:
    path = tmp_path / "list.xlsx"
    said = {"版本": "v1", "城市": "临汾市", "年份": 2019, "状态": "已发布", "批准人": "合成", "发布日期": "2019-09-01"}
    with xlsxwriter.Workbook(str(path)) as book:
        rows = [list(said), list(said.values())] if flat else [list(pair) for pair in said.items()]
        sheets = {
            "清单": [list(BASE), list(BASE.values())],
            "全社会排放": [["城市", "部门", "SO2排放量"], ["临汾", "工业", 12.5]],
            "版本": rows,
        }
        for name, content in sheets.items():
            sheet = book.add_worksheet(name)
            for row, cells in enumerate(content):
                sheet.write_row(row, 0, cells)
    found = read_list(path, open_lists)
    assert found.version.status == "published"
    assert found.version.year == 2019
    assert found.totals is not None
    assert found.totals["so2_kg_d"].tolist() == [12.5]
    assert len(found.lines) == 1


PUBLISHED = "version: v1\nstatus: published\napprover: 合成审批人\npublished_on: 2019-09-01\nsha256: {}\n"


def test_a_published_list_that_was_changed_is_a_draft(tmp_path: Path, read: Reader, open_lists: OpenLists) -> None:
    path, text = tmp_path / "list.csv", table({})
    path.write_bytes(text.encode())
    (tmp_path / "list.version.yaml").write_text(PUBLISHED.format(file_hash(path)))
    assert (read(text).version.status, read(text).problems) == ("published", [])
    changed = read(text.replace("焦炉", "焦 炉"))
    assert (changed.version.status, changed.version.version) == ("draft", "v1")
    [problem] = changed.problems
    assert "changed after it was published on 2019-09-01: counts as a draft" in str(problem)
    write_list(read(text), tmp_path / "copy.csv")
    copied = read_list(tmp_path / "copy.csv", open_lists)
    assert (copied.version.status, copied.version.sha256, copied.problems) == ("published", "", []), "other bytes"


def test_a_workbook_is_published_by_the_yaml_beside_it(tmp_path: Path, read: Reader, open_lists: OpenLists) -> None:
    path = tmp_path / "list.xlsx"
    write_list(read(table({})), path)
    assert read_list(path, open_lists).version.status == "draft"
    beside = tmp_path / "list.version.yaml"
    beside.write_text(PUBLISHED.format(file_hash(path)))
    assert read_list(path, open_lists).version.status == "published"
    assert beside_list(path) == [beside]


def test_a_hash_is_64_hexadecimal_digits(tmp_path: Path, read: Reader) -> None:
    (tmp_path / "list.version.yaml").write_text(PUBLISHED.format("abc"))
    with pytest.raises(InputError, match="sha256"):
        read(table({}))
