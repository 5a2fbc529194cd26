"""Cells: what is understood, what is unknown, what is refused and how it is said."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from alertengine.lists import read_list
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import InputError

from .conftest import BASE, Reader, table


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        *((cell, True) for cell in ("是", "有", "Y", "y", "1", "true", "TRUE", "√", "Ｙ")),
        *((cell, False) for cell in ("否", "无", "N", "0", "false")),
        *((cell, None) for cell in ("", "/", "-", "—", "未知", " ")),
    ],
)
def test_yes_and_no(read: Reader, cell: str, value: bool | None) -> None:
    found = read(table({"稳定达标": cell}))
    stable = found.lines.loc[0, "stable"]
    assert (None if pd.isna(stable) else bool(stable)) is value
    assert found.problems == []


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1,234.5", 1234.5),
        ("１２３", 123.0),
        (" 7 ", 7.0),
        ("1.5e3", 1500.0),
        ("0", 0.0),
        ("/", None),
        ("", None),
        ("+3", 3.0),
    ],
)
def test_numbers(read: Reader, cell: str, value: float | None) -> None:
    found = read(table({"SO2排放量": cell}))
    number = found.lines.loc[0, "so2_kg_d"]
    assert (None if pd.isna(number) else number) == value
    assert found.problems == []


@pytest.mark.parametrize(
    ("header", "cell", "expected"),
    [
        ("SO2排放量", "-1", ">= 0"),
        ("SO2排放量", "10千克", "a number"),
        ("SO2排放量", "nan", "a number"),
        ("SO2排放量", "inf", "a number"),
        ("SO2排放量", "1,2", "a number"),
        ("设备数量", "1.5", "a whole number"),
        ("年生产天数", "400", "<= 366"),
        ("橙色减排比例(%)", "120", "<= 100"),
        ("稳定达标", "大概", "是 or 否"),
        ("产业目录类别", "好", "鼓励类"),
        ("绩效等级", "优", "引领性"),
        ("保障类型", "别的", "供暖"),
        ("所在名单", "无;炉窑清单", "无 alone"),
    ],
)
def test_a_bad_cell_is_unknown_and_reported_in_full(read: Reader, header: str, cell: str, expected: str) -> None:
    found = read(table({}, {header: cell}))
    (problem,) = found.problems
    assert (problem.row, problem.column, problem.value) == (3, header, cell)
    assert expected in problem.expected


@pytest.mark.parametrize(
    ("header", "unit"), [("SO2排放量", "kg/d"), ("SO2排放量(吨/年)", "吨/年"), ("SO2排放量（公斤/天）", "公斤/天")]
)
def test_a_bad_amount_expects_a_number_in_the_unit_of_its_header(read: Reader, header: str, unit: str) -> None:
    (problem,) = read(table({}, {"SO2排放量": "x"}).replace("SO2排放量", header)).problems
    assert problem.expected == f"a number in {unit} >= 0"


def test_bad_guarantee_is_unknown_but_blank_is_none(read: Reader) -> None:
    found = read(table({"保障类型": ""}, {"保障类型": "别的"}, {"保障类型": "未知"}, {"保障类型": "供暖"}))
    assert found.lines["guarantee"].astype("object").fillna("?").tolist() == ["无", "?", "?", "供暖"]


def test_every_problem_is_reported_not_only_the_first(read: Reader) -> None:
    found = read(table({"稳定达标": "x", "SO2排放量": "y"}, {"稳定达标": "x"}))
    assert [(p.row, p.column) for p in found.problems] == [(2, "稳定达标"), (3, "稳定达标"), (2, "SO2排放量")]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("A级", ["A", None, "无", None]),
        ("Ａ＋", ["A+", None, "无", None]),
        ("b-", ["B-", None, "无", None]),
        ("引领性生产线", ["引领性", None, "无", None]),
        ("非引领性企业", ["非引领性", None, "无", None]),
        ("地方B", [None, "地方B", "无", None]),
        ("民生豁免-A", ["A", None, "其他", None]),
        ("民生豁免－Ｂ级", ["B", None, "其他", None]),
        ("长期停产", [None, None, "无", True]),
        ("未评级", ["未评级", None, "无", None]),
        ("/", [None, None, "无", None]),
    ],
)
def test_grade_cells_are_read_apart(read: Reader, cell: str, expected: list[object]) -> None:
    found = read(table({"绩效等级": cell}))
    line = found.lines.loc[0, ["grade", "local_class", "guarantee", "long_stopped"]]
    assert [None if pd.isna(value) else value for value in line] == expected
    assert found.problems == []


def test_a_stated_column_goes_before_the_grade_cell(read: Reader) -> None:
    found = read(
        table(
            {"绩效等级": "地方B", "地方分类": "Ⅱ类"},
            {"绩效等级": "民生豁免-A", "保障类型": "供暖"},
            {"绩效等级": "长期停产", "长期停产": "否"},
        )
    )
    assert found.lines["local_class"].tolist()[0] == "II类"
    assert found.lines["guarantee"].tolist()[1] == "供暖"
    assert pd.isna(found.lines.loc[2, "long_stopped"])
    assert [(p.row, p.column) for p in found.problems] == [(4, "长期停产")]


def test_permit_column_that_means_both(read: Reader) -> None:
    found = read(table({"持证排污": "是"}, {"持证排污": "否"}, {"持证排污": ""}))
    for name in ("permit_held", "permit_kept"):
        assert found.lines[name].isna().tolist() == [False, True, True]
        assert found.lines.loc[0, name]


def test_names_of_lists_are_a_set(read: Reader) -> None:
    found = read(table({"所在名单": "炉窑清单；错峰豁免清单;炉窑清单"}, {"所在名单": "无"}, {"所在名单": ""}))
    assert found.lines["named_lists"].astype("object").fillna("?").tolist() == ["炉窑清单;错峰豁免清单", "无", "?"]


def test_names_are_brought_to_the_standard_one(read: Reader) -> None:
    found = read(table({"城市": "山西省临汾市", "行业": "炼焦", "工序": "炼焦"}, {"城市": "西安市", "行业": " 造船 "}))
    assert found.lines["city"].tolist() == ["临汾市", "西安市"]
    assert found.lines["industry"].tolist() == ["焦化", "造船"]
    assert found.lines["process"].tolist() == ["焦炉", "焦炉"]
    assert found.lines["province"].tolist() == ["山西省", "山西省"]
    assert [(w.row, w.value) for w in found.problems if "city" in w.message and "not on file" in w.message] == [
        (3, "西安市")
    ]


def test_a_line_without_city_or_name_is_reported_and_kept(read: Reader) -> None:
    found = read(table({"城市": ""}, {"企业名称": ""}))
    assert len(found.lines) == 2
    assert {(p.row, p.column) for p in found.problems} == {(2, "城市"), (3, "企业名称")}


@pytest.mark.parametrize(
    ("unit", "kilograms"),
    [
        ("(千克/日)", 10.0),
        ("（kg/d）", 10.0),
        ("(公斤/日)", 10.0),
        ("(吨/年)", 100.0),
        ("（T/A）", 100.0),
        ("(吨/日)", 10000.0),
    ],
)
def test_units_of_emissions_in_the_header(read: Reader, unit: str, kilograms: float) -> None:
    found = read(table({"年生产天数": "100"}, rename={"SO2排放量": f"SO2排放量{unit}"}))
    assert found.lines.loc[0, "so2_kg_d"] == kilograms


def test_yearly_amounts_without_days_take_365_and_say_so(read: Reader) -> None:
    cells = [("365", ""), ("36.5", "100"), ("", ""), ("730", "")]
    rows = [{"SO2排放量": amount, "年生产天数": days} for amount, days in cells]
    yearly = read(table(*rows, rename={"SO2排放量": "SO2排放量(t/a)"}))
    assert yearly.lines["so2_kg_d"].fillna(-1).tolist() == [1000, 365, -1, 2000]
    assert [dict(one.arguments)["count"] for one in yearly.notes if one.code == "yearly_365"] == [2]
    assert yearly.problems == []
    assert "yearly_365" not in [one.code for one in read(table(*rows)).notes], "a day's amounts need no days"


@pytest.mark.parametrize(
    ("rename", "told"),
    [
        ({"SO2排放量": "SO2排放量(克/秒)"}, "unit not understood .*克/秒.*; expected 千克/日"),
        ({"距建成区距离(公里)": "距建成区距离(米)"}, "unit not understood .*米.*; expected km"),
        ({"NOx排放量": "SO2排放量(千克/日)"}, "two columns are the same field so2_kg_d"),
    ],
)
def test_a_unit_not_understood_or_a_column_twice_is_refused(read: Reader, rename: dict[str, str], told: str) -> None:
    with pytest.raises(InputError, match=told):
        read(table({"距建成区距离(公里)": "8"}, rename=rename))


def test_all_missing_columns_are_named_at_once(read: Reader) -> None:
    with pytest.raises(InputError) as error:
        read(table({}, drop=("城市", "工序", "VOCs排放量")))
    assert [problem.column for problem in error.value.problems] == ["城市", "工序", "VOCs排放量"]


def test_the_unit_of_capacity_may_stand_in_the_header(read: Reader) -> None:
    found = read(
        table({"产能": "30", "产能单位": ""}, {"产能": "5", "产能单位": "t/d"}, rename={"产能": "产能（万吨/年）"})
    )
    assert found.lines["capacity_unit"].tolist() == ["万吨/年", "t/d"]


def test_shares_are_per_cent_in_the_list_and_fractions_in_the_table(read: Reader) -> None:
    found = read(table({"橙色减排比例(%)": "20"}, {"橙色减排比例(%)": "35%"}))
    assert found.lines["plan_orange_share"].tolist() == [0.2, 0.35]


@pytest.mark.parametrize(
    "shares", [["0.2"], ["0.5", "0.5"], ["1", "1"], ["1", "50"], ["50", "0.5", "100"], ["0.5", "0"]]
)
def test_shares_that_may_be_fractions_are_asked_about_and_unknown(read: Reader, shares: list[str]) -> None:
    found = read(table(*({"橙色减排比例(%)": share} for share in shares)))
    said = found.lines["plan_orange_share"].isna().tolist()
    assert said == [0 < float(share) <= 1 for share in shares]
    assert {problem.code for problem in found.problems} == {"share_fraction"}
    every = all(float(share) <= 1 for share in shares)
    assert len(found.problems) == (1 if every else sum(said)), "one for all where every share may be one"


def test_shares_below_one_per_cent_have_their_sign(read: Reader) -> None:
    found = read(table({"橙色减排比例(%)": "0.5%"}, {"橙色减排比例(%)": "1％"}))
    assert found.lines["plan_orange_share"].tolist() == [0.005, 0.01]
    assert not found.problems


def test_quoted_line_breaks_do_not_shift_rows(read: Reader) -> None:
    found = read(table({"地址": "合成路\n1号"}, {"稳定达标": "x"}))
    assert [problem.row for problem in found.problems] == [3]
    assert len(BASE) == 9


def test_headers_of_other_forms(read: Reader) -> None:
    rename = {"SO2排放量": "二氧化硫排放量（吨/年）", "NOx排放量": "氮氧化物排放量", "VOCs排放量": "挥发性有机物排放量"}
    found = read(table({"年生产天数": "100", "联系电话": "000"}, rename=rename))
    assert found.lines.loc[0, ["so2_kg_d", "nox_kg_d", "vocs_kg_d", "phone"]].tolist() == [100.0, 20.0, 2.5, "000"]


def test_a_signature_or_stamp_alone_in_its_row_is_no_plant(tmp_path: Path) -> None:
    head = "企业名称,城市,区县,生产线编号,行业,工序,绩效等级,SO2排放量,NOx排放量,颗粒物排放量,VOCs排放量\n"
    plants = [f"{name},临汾市,尧都区,1,焦化,焦炉,B,1,2,3,4\n" for name in ("甲厂", "公章厂")]
    signed = ["盖章处：,,,,,,,,,,\n", "临汾市生态环境局（盖章）,,,,,,,,,,\n", "签字：,王五,,,,,,,,,\n"]
    path = tmp_path / "l.csv"
    path.write_text("".join([head, signed[0], plants[0], *signed[1:], plants[1]]), encoding="utf-8")
    found = read_list(path, Rulebook.load().lists)
    assert found.lines["enterprise"].tolist() == ["甲厂", "公章厂"]
    assert sum("签名" in note.text("zh") for note in found.notes) == len(signed)
