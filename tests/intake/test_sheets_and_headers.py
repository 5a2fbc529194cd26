"""Sheets, headers and units of workbooks as people make them: read where they are sure, asked about where not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from openpyxl.styles import Font

from alertengine.files import Findings, sheets_named
from alertengine.lists import EnterpriseList, read_list, read_register
from alertengine.lists.totals import read_totals
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import InputError
from tests.files.conftest import workbook

HEAD = ["企业名称", "城市", "行业", "生产线编号", "工序", "SO2排放量", "NOx排放量", "颗粒物排放量", "VOCs排放量"]
TOTALS = [["城市", "部门", *HEAD[5:]], ["太原市", "工业", 100, 200, 50, 10]]
DECIDED = [
    ["企业名称", "决定文号", "决定日期", "决定种类", "理由"],
    ["甲厂", "1号", "2020-01-05", "停产整治", "超标排放"],
]


@pytest.fixture(scope="module")
def law() -> Rulebook:
    return Rulebook.load()


def line(name: str, *amounts: float) -> list[Any]:
    return [name, "太原市", "铸造", 1, "熔炼", *(amounts or (10, 20, 5, 1))]


def sheet_of(name: str, rows: Sequence[Sequence[Any]]) -> Callable[[Any], None]:
    """Put rows on a further sheet."""

    def change(sheet: Any) -> None:
        further = sheet.parent.create_sheet(name)
        for row in rows:
            further.append(row)

    return change


def read(law: Rulebook, folder: Path, rows: Sequence[Sequence[Any]], change: Any = None) -> EnterpriseList:
    return read_list(workbook(folder / "list.xlsx", rows, change), law.lists)


def refused(law: Rulebook, folder: Path, rows: Sequence[Sequence[Any]]) -> list[tuple[str, int | None]]:
    with pytest.raises(InputError) as caught:
        read(law, folder, rows)
    return [(one.code, one.row) for one in caught.value.problems]


@pytest.mark.parametrize(
    "name", ["处罚决定", "处罚决定表", "行政处罚决定", "附表3 处罚决定情况（2020年）", " 处罚决定 "]
)
def test_decisions_on_a_sheet_of_nearly_the_name(law: Rulebook, tmp_path: Path, name: str) -> None:
    """A plant under an open decision went on running, and nothing was said."""
    found = read(law, tmp_path, [HEAD, line("甲厂"), line("乙厂")], sheet_of(name, DECIDED))
    assert found.lines["decisions"].notna().tolist() == [True, False]
    assert found.lines["enterprise"].tolist() == ["甲厂", "乙厂"]


@pytest.mark.parametrize("name", ["全社会排放", "全社会排放量", "2020年全社会排放", "附表2 全社会排放量表"])
def test_totals_on_a_sheet_of_nearly_the_name(law: Rulebook, tmp_path: Path, name: str) -> None:
    """They became a plant without a name, and no ratio was reckoned."""
    found = read(law, tmp_path, [HEAD, line("甲厂")], sheet_of(name, TOTALS))
    assert found.totals is not None
    assert found.lines["enterprise"].tolist() == ["甲厂"]


@pytest.mark.parametrize(
    ("name", "near"), [("企业名录（新）", "企业名录"), ("行政处罚", "处罚决定"), ("清单版本", "版本"), ("版本说明", "")]
)
def test_a_sheet_that_nobody_reads_is_asked_about_by_its_name(
    law: Rulebook, tmp_path: Path, name: str, near: str
) -> None:
    found = read(law, tmp_path, [HEAD, line("甲厂")], sheet_of(name, [["企业名称", "曾用名"], ["丙厂", "甲厂"]]))
    asked = [(one.sheet, dict(one.arguments)["near"]) for one in found.problems if one.code == "sheet_nearly"]
    assert asked == ([(name, near)] if near else [])


def test_the_sheet_of_just_the_name_is_the_one() -> None:
    assert sheets_named("版本", ["版本", "版本信息"]) == ["版本"]
    assert sheets_named("处罚决定", ["处罚决定2019", "处罚决定2020", "处罚决定说明"]) == [
        "处罚决定2019",
        "处罚决定2020",
    ]


SWAPPED = [*HEAD[:5], HEAD[6], HEAD[5], *HEAD[7:]]
YEARLY = [*HEAD[:5], *(f"{header}(吨/年)" for header in HEAD[5:])]


@pytest.mark.parametrize("further", [SWAPPED, YEARLY, [*HEAD, "绩效等级"], HEAD[::-1]])
def test_a_further_header_of_other_columns_is_refused(law: Rulebook, tmp_path: Path, further: list[str]) -> None:
    """SO2 was read as NOx below it, or the plants above it were gone, without a word."""
    below = line("丙厂") if further is not HEAD[::-1] else line("丙厂")[::-1]
    rows = [HEAD, line("甲厂"), line("乙厂"), [], further, [*below, "C"]]
    assert refused(law, tmp_path, rows) == [("other_header", 5)]


def test_a_header_that_is_only_repeated_is_left_out(law: Rulebook, tmp_path: Path) -> None:
    rows = [["单位：吨/年"], HEAD, line("甲厂"), ["续表"], HEAD, line("乙厂")]
    found = read(law, tmp_path, rows)
    assert found.lines["enterprise"].tolist() == ["甲厂", "乙厂"]
    assert found.lines["so2_kg_d"].tolist() == pytest.approx([10_000 / 365] * 2)


def test_a_repeated_header_may_write_its_units_otherwise(law: Rulebook, tmp_path: Path) -> None:
    head, again = ([*HEAD[:5], *(f"{one}({unit})" for one in HEAD[5:])] for unit in ("千克/日", "kg/d"))
    found = read(law, tmp_path, [head, line("甲厂"), again, line("乙厂")])
    assert found.lines["so2_kg_d"].tolist() == [10, 10]


@pytest.mark.parametrize(
    ("title", "kilograms"),
    [
        ("单位：吨/年、万千瓦时", 10_000 / 365),
        ("清单（单位：吨/年）", 10_000 / 365),
        ("计量单位：千克/日", 10),
        ("填报单位：某局", 10),
        ("单位：家", 10),
        ("单位：吨", None),
        ("清单（单位：万吨）", None),
        ("单位：吨/年、千克/日", None),
    ],
)
def test_a_unit_above_the_header(law: Rulebook, tmp_path: Path, title: str, kilograms: float | None) -> None:
    """Tonnes were read as kilograms a day where the title did not say of which time they are."""
    rows = [[title], HEAD, line("甲厂")]
    if kilograms is None:
        assert {code for code, _ in refused(law, tmp_path, rows)} == {"unit_unknown"}
    else:
        assert read(law, tmp_path, rows).lines["so2_kg_d"].tolist() == pytest.approx([kilograms])


def test_a_title_in_tonnes_above_totals(law: Rulebook, tmp_path: Path) -> None:
    path = workbook(tmp_path / "totals.xlsx", [["全社会排放量（单位：吨）"], *TOTALS])
    with pytest.raises(InputError, match="unit not understood"):
        read_totals(path, law.lists, Findings(str(path)))


def test_a_row_of_units_that_says_so(law: Rulebook, tmp_path: Path) -> None:
    """The amounts were read in kilograms a day, and only the word was asked about."""
    found = read(law, tmp_path, [HEAD, ["单位", None, None, None, None, *["t/a"] * 4], line("甲厂")])
    assert found.lines["so2_kg_d"].tolist() == pytest.approx([10_000 / 365])


def test_rows_struck_through_are_asked_about(law: Rulebook, tmp_path: Path) -> None:
    """A plant that was closed and crossed out counted as any other, and nothing was said."""

    def change(sheet: Any) -> None:
        for cell in sheet[3]:
            cell.font = Font(strike=True)
        sheet["A4"].font = Font(strike=True)  # one word of a row is no row
        sheet["A2"].font = Font(bold=True)

    found = read(law, tmp_path, [HEAD, line("甲厂"), line("乙厂"), line("丙厂")], change)
    assert found.lines["enterprise"].tolist() == ["甲厂", "乙厂", "丙厂"]
    assert [(one.row, dict(one.arguments)["count"]) for one in found.problems if one.code == "struck_rows"] == [(3, 1)]


@pytest.mark.parametrize(
    ("name", "asked"), [("作废", True), ("填写示例", True), ("清单备份2025", True), ("补充清单", False)]
)
def test_a_sheet_that_says_it_does_not_count_is_asked_about(
    law: Rulebook, tmp_path: Path, name: str, *, asked: bool
) -> None:
    """The plants of a sheet 作废 were ordered to stop as all others, and nothing was said."""

    def change(sheet: Any) -> None:
        other = sheet.parent.create_sheet(name)
        for row in (HEAD, line("乙厂")):
            other.append(row)

    found = read(law, tmp_path, [HEAD, line("甲厂")], change)
    assert found.lines["enterprise"].tolist() == ["甲厂", "乙厂"]
    assert [one.sheet for one in found.problems if one.code == "sheet_set_aside"] == [name] * asked
    assert found.exit_status == int(asked)


def test_the_only_sheet_counts_whatever_its_name(law: Rulebook, tmp_path: Path) -> None:
    def change(sheet: Any) -> None:
        sheet.title = "清单备份"

    assert read(law, tmp_path, [HEAD, line("甲厂")], change).problems == []


@pytest.mark.parametrize("name", ["同上", "〃", '"', "3", "（1）", "——3"])
def test_what_is_no_name_is_no_plant(law: Rulebook, tmp_path: Path, name: str) -> None:
    found = read(law, tmp_path, [HEAD, line("甲厂"), line(name)])
    assert [(one.code, one.row) for one in found.problems if one.code == "bad_cell"] == [("bad_cell", 3)]
    assert found.lines["enterprise"].isna().tolist() == [False, True]


def test_a_register_names_nobody_by_a_mark_for_the_cell_above(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "register.xlsx", [["企业名称", "用电户号"], ["甲厂", "1"], ["同上", "2"], ["乙厂", "同上"]]
    )
    findings = Findings(str(path))
    found = read_register(path, findings)
    assert (sorted(found.named), found.numbers["meter_no"]) == (sorted(["甲厂", "乙厂"]), {"甲厂": "1"})
    assert [(one.row, one.value) for one in findings.problems if one.code == "bad_cell"] == [(4, "同上"), (3, "同上")]


@pytest.mark.parametrize("form", ["*{}", "{}*", "{}（必填）", "{}(选填项)", "{n}.{}", "（{n}）{}", "{}："])
def test_what_a_form_has_around_its_headers(law: Rulebook, tmp_path: Path, form: str) -> None:
    head = [
        form.format(one, n=place) for place, one in enumerate([*HEAD[:5], *(f"{one}(吨/年)" for one in HEAD[5:])], 1)
    ]
    found = read(law, tmp_path, [head, line("甲厂")])
    assert found.lines["so2_kg_d"].tolist() == pytest.approx([10_000 / 365])
    assert found.problems == []


@pytest.mark.parametrize("words", [["必填"], ["选填项"], ["文本", "数值"], ["下拉选择", "字符型", "（非必填）"]])
def test_how_columns_are_filled_in_is_no_plant(law: Rulebook, tmp_path: Path, words: list[str]) -> None:
    found = read(law, tmp_path, [HEAD, [words[place % len(words)] for place in range(len(HEAD))], line("甲厂")])
    assert (found.lines["enterprise"].tolist(), found.problems) == (["甲厂"], [])
    assert [(one.code, one.row) for one in found.notes if one.code == "note_left_out"] == [("note_left_out", 2)]
