"""The edges of lists: codes, names, certificates, versions, totals and what cannot be read or written."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from alertengine.files import Findings
from alertengine.lists import ListVersion, RowError, beside_list, decisions_beside, file_hash, lines_from, write_list
from alertengine.lists._certificates import certificates, expired, said
from alertengine.lists.diff import diff_lists
from alertengine.lists.enterprise_list import version_yaml
from alertengine.lists.totals import read_totals
from alertengine.rulebook import OpenLists
from alertengine.vocabulary import InputError
from tests.synthetic import make_code

from .conftest import Reader, table

GOOD, OTHER, WRONG = make_code("91000000HC0000001"), make_code("91000000HC0000002"), "91000000HC00000019"


def test_one_wrong_code_is_said_and_kept_and_one_that_several_names_have_is_not(read: Reader) -> None:
    one = read(table({"统一社会信用代码": WRONG}, {"统一社会信用代码": OTHER, "企业名称": "合成二厂"}))
    assert [(p.code, p.row) for p in one.problems] == [("credit_code", 2)]
    assert one.lines["enterprise_id"].tolist() == [WRONG, OTHER]
    rows = ({"统一社会信用代码": WRONG}, {"统一社会信用代码": WRONG, "企业名称": "合成二厂"})
    both = read(table(*rows, {"统一社会信用代码": OTHER, "企业名称": "合成三厂"}))
    assert [p.row for p in both.problems if p.code == "wrong_code_shared"] == [2, 3]
    assert both.lines["enterprise_id"].nunique() == 3
    assert both.lines["enterprise_id"].iloc[2] == OTHER


@pytest.mark.parametrize(
    ("rows", "codes"),
    [
        (({"统一社会信用代码": GOOD}, {"统一社会信用代码": GOOD}), []),
        (({"统一社会信用代码": GOOD}, {"统一社会信用代码": GOOD, "企业名称": "合成二厂"}), ["code_on_two_names"]),
        (({"统一社会信用代码": GOOD}, {"统一社会信用代码": OTHER}), ["name_under_two_codes"]),
        (({"统一社会信用代码": GOOD}, {"统一社会信用代码": OTHER, "城市": "太原市"}), []),
        (({"企业名称": "合成铸造有限公司"}, {"企业名称": "合成铸造有限责任公司"}), ["plants_alike"]),
        (({"企业名称": "合成铸造有限公司"}, {"企业名称": "合成铸造有限责任公司", "城市": "太原市"}), []),
        (({"企业名称": "合成铸造有限公司"}, {"企业名称": "合成焦化有限公司"}), []),
    ],
)
def test_who_is_who_is_asked_where_names_and_codes_disagree(
    read: Reader, rows: tuple[dict[str, str], ...], codes: list[str]
) -> None:
    found = read(table(*rows))
    asked = [one for one in found.problems if one.code in {"code_on_two_names", "name_under_two_codes", "plants_alike"}]
    assert [(one.code, one.row) for one in asked] == [(code, 3) for code in codes]


def listed(extras: dict[str, list[Any]]) -> Any:
    count = len(next(iter(extras.values()), []))

    class Listed:
        lines = pd.DataFrame({"line_id": range(count)})

    found: Any = Listed()
    found.extras = pd.DataFrame(extras, dtype="object")
    return found


def test_certificates_are_read_from_columns_of_the_lists_own() -> None:
    first, second = {"绩效等级证书编号": ["A1", None, " "]}, {"证书有效期至": ["2021年3月1日", "长期", None]}
    found = certificates(listed(first | second | {"其他": ["x", "y", "z"], "等级文号": ["A2", None, None]}))
    assert found["certificate"].tolist() == ["A1", "", ""]
    assert found["until"].tolist() == ["2021-03-01", "长期", ""]
    assert expired(found, date(2021, 3, 1)).tolist() == [False, False, False]
    assert expired(found, date(2021, 3, 2)).tolist() == [True, False, False]


@pytest.mark.parametrize(
    ("cell", "until"),
    [
        ("2021-07-01至2024-06-30", "2024-06-30"),
        ("2021.7.1-2024.6.30", "2024-06-30"),
        ("2021年7月—2024年2月", "2024-02-29"),
        ("有效期至2024年6月30日", "2024-06-30"),
        ("2024年6月", "2024-06-30"),
        ("2026年", "2026-12-31"),
        ("晋环〔2021〕12号", "晋环〔2021〕12号"),
        ("2024-13-40", "2024-13-40"),
        ("45473", "45473"),
    ],
)
def test_a_certificate_ends_on_the_last_day_of_its_span(cell: str, until: str) -> None:
    """One whose cell gave both its days never ended."""
    found = certificates(listed({"证书有效期": [cell, None, None]}))
    assert found["until"].tolist() == [until, "", ""]
    assert expired(found, date(2030, 1, 1)).tolist() == [until != cell, False, False]


@pytest.mark.parametrize(
    ("certificate", "until", "text"), [("A1", "", "A1"), ("A1", "2021-03-01", "A1（有效期至2021-03-01）"), ("", "", "")]
)
def test_a_certificate_is_said_with_its_end(certificate: str, until: str, text: str) -> None:
    assert said(certificate, until) == text


def test_a_list_that_is_not_there_has_no_hash(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.csv"):
        file_hash(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- a\n- b\n", "not a list version"),
        ("version: 1\nstatus: published\n", "approver"),
        ("version: 1\nstatus: perhaps\n", "status"),
        ("version: 1\nyear: soon\n", "year"),
    ],
)
def test_a_version_that_is_none_is_refused(read: Reader, tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "list.version.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=told):
        read(table({}))


@pytest.mark.parametrize("year", ["2026", "2026年", "2026年度"])
@pytest.mark.parametrize("day", ["2026-11-01", "2026年11月1日", "2026.11.1", "2026-11-01 00:00:00"])
def test_a_version_has_its_year_and_day_as_people_write_them(read: Reader, tmp_path: Path, year: str, day: str) -> None:
    text = f"version: a\nyear: {year}\nstatus: 已发布\napprover: 甲\npublished_on: '{day}'\n"
    (tmp_path / "list.version.yaml").write_text(text, encoding="utf-8")
    version = read(table({})).version
    assert (version.year, version.published_on) == (2026, date(2026, 11, 1))


def test_a_version_is_read_as_it_is_written(read: Reader, tmp_path: Path) -> None:
    text = "version: 2026\ncity: 临汾\nstatus: 已发布\napprover: 市长 丙\npublished_on: 2026-11-01\nyear: ''\n"
    (tmp_path / "list.version.yaml").write_text(text, encoding="utf-8")
    version = read(table({})).version
    assert (version.version, version.city, version.status) == ("2026", "临汾市", "published")
    (tmp_path / "list.version.yaml").write_text(version_yaml(version), encoding="utf-8")
    again = read(table({}))
    assert (again.version, again.citation) == (version, "《应急减排清单》（2026）")
    assert replace(again, version=ListVersion()).citation == "《应急减排清单》"


def test_a_published_list_that_was_changed_is_a_draft_and_said(read: Reader, tmp_path: Path) -> None:
    version = tmp_path / "list.version.yaml"
    read(table({}))  # writes the list
    digest = file_hash(tmp_path / "list.csv")
    said = "version: 2026年版\nstatus: published\napprover: 市长 丙\npublished_on: 2026-11-01\n"
    for text, status, told in (
        (said, "published", []),
        (f"{said}sha256: {digest}\n", "published", []),
        (f"{said}sha256: {'a' * 64}\n", "draft", ["2026年版"]),
        (f"version: x\nsha256: {'a' * 64}\n", "draft", []),
    ):
        version.write_text(text, encoding="utf-8")
        found = read(table({}))
        assert found.version.status == status
        assert [one.value for one in found.problems if one.code == "changed_since"] == told


def test_a_list_is_written_in_three_forms_and_no_other(read: Reader, tmp_path: Path) -> None:
    one = read(table({}))
    with pytest.raises(InputError, match=r"unknown suffix.*'\.docx'.*\.csv"):
        write_list(one, tmp_path / "l.docx")
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match=r"file/l\.csv: cannot be written"):
        write_list(one, tmp_path / "file" / "l.csv")
    assert not (tmp_path / "l.docx").exists()


HEAD = "城市,部门,SO2排放量,NOx排放量,颗粒物排放量,VOCs排放量\n"


@pytest.mark.parametrize(
    ("rows", "codes", "row"),
    [
        ("临汾市,工业,1,1,1,1\n", [], None),
        (",工业,1,1,1,1\n临汾市,工业源,1,1,1,1\n", ["totals_city"], 2),
        ("临汾市,工业,1,1,1,1\n临汾市,航空,1,1,1,1\n", ["totals"], 3),
    ],
)
def test_totals_have_a_city_and_a_known_sector(
    tmp_path: Path, open_lists: OpenLists, rows: str, codes: list[str], row: int | None
) -> None:
    (tmp_path / "t.csv").write_text(HEAD + rows, encoding="utf-8")
    findings = Findings("t.csv")
    found = read_totals(tmp_path / "t.csv", open_lists, findings).frame()
    assert [(one.code, one.row) for one in findings.problems] == [(code, row) for code in codes]
    assert found["sector"].tolist() == ["工业"]


def test_totals_of_a_sector_twice_are_refused(tmp_path: Path, open_lists: OpenLists) -> None:
    (tmp_path / "t.csv").write_text(HEAD + "临汾市,工业,1,1,1,1\n临汾市,工业源,2,1,1,1\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"row 3.*临汾市 工业"):
        read_totals(tmp_path / "t.csv", open_lists, Findings("t.csv"))


def test_kilograms_that_changed_are_told_by_line_and_by_county_with_their_difference(read: Reader) -> None:
    old = read(table({"SO2排放量": "100"}, {"SO2排放量": "60", "NOx排放量": "8"}, {"SO2排放量": "5"}))
    new = read(table({"SO2排放量": "70.5"}, {"SO2排放量": "90", "NOx排放量": ""}, {"SO2排放量": "5"}))
    told = diff_lists(old, new).table
    lines, counties = (
        [tuple(row) for row in told.loc[told["change"] == change, ["field", "old", "new", "difference"]].to_numpy()]
        for change in ("line_kilograms", "kilograms")
    )
    # the largest factor first; what is blank now has no difference
    assert lines == [("nox_kg_d", 8, "", ""), ("so2_kg_d", 60, 90, 30), ("so2_kg_d", 100, 70.5, -29.5)]
    assert counties == [("so2_kg_d", 165, 165.5, 0.5), ("nox_kg_d", 48, 40, -8)]


@pytest.mark.parametrize(
    ("there", "found"),
    [
        ([], []),
        (["l.totals.csv", "l.version.yaml"], ["l.totals.csv", "l.version.yaml"]),
        (["l.version.yaml", "l.yaml"], ["l.version.yaml"]),
        (["l.yaml", "other.totals.csv"], ["l.yaml"]),
    ],
)
def test_the_files_beside_a_list_are_named(tmp_path: Path, there: list[str], found: list[str]) -> None:
    for name in there:
        (tmp_path / name).write_text("version: x\n", encoding="utf-8")
    assert [path.name for path in beside_list(tmp_path / "l.csv")] == found
    decided = decisions_beside(tmp_path / "l.csv")[0]
    decided.touch()
    assert decided in beside_list(tmp_path / "l.csv")


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"colour": "red"}, "colour: no such column"),
        ({"stable": "yes"}, "stable: expected true or false, found 'yes'"),
        ({"capacity": "many"}, "capacity: expected a number, found 'many'"),
        ({"capacity": True}, "capacity: expected a number, found True"),
        ({"grade": "Z"}, "grade: expected A"),
        ({"industry": ["焦化", "水泥"]}, "industry: expected one value, found"),
        ({"local_class": {"not": "Ⅰ类"}}, "local_class: expected one value, found"),
    ],
)
def test_a_line_made_by_hand_holds_what_a_list_could(open_lists: OpenLists, cells: dict[str, Any], told: str) -> None:
    plain = {"city": "临汾", "industry": "焦化", "process": "焦炉", "stable": True, "capacity": 3, "grade": "B"}
    (row,) = lines_from([plain], open_lists).to_dict("records")
    assert (row["city"], row["stable"], row["capacity"], row["grade"]) == ("临汾市", True, 3.0, "B")
    with pytest.raises(RowError, match=told):
        lines_from([plain | cells], open_lists)


@pytest.mark.parametrize("listed", [["错峰豁免清单", "炉窑清单"], "炉窑清单; 错峰豁免清单"])
def test_the_lists_that_a_line_made_by_hand_is_on_are_one_text_or_several(open_lists: OpenLists, listed: Any) -> None:
    (row,) = lines_from([{"city": "临汾", "named_lists": listed}], open_lists).to_dict("records")
    assert row["named_lists"] == "炉窑清单;错峰豁免清单"
