"""Whole rows of what changed between two versions of a list: every kind of change, in the order it is told."""

from __future__ import annotations

from typing import Any

import pytest

from alertengine.lists import COLUMNS, diff_lists
from tests.synthetic import make_code

from .conftest import Reader, table

ONE, TWO, THREE, FOUR, FIVE = (make_code(f"91000000HC000000{number}") for number in range(1, 6))
CITY, HERE, THERE = "临汾市", "尧都区", "曲沃县"


def plant(code: str, name: str, line: str, **cells: str) -> dict[str, str]:
    head = {"统一社会信用代码": code, "企业名称": name, "生产线编号": line, "生产线名称": f"{line}号"}
    return {**head, "区县": HERE, "绩效等级": "B", "红色预警减排措施": "停产", **cells}


OLD = (
    plant(ONE, "合成一厂", "1", 等级证书编号="甲1", 证书有效期至="2021-03-01"),
    plant(ONE, "合成一厂", "2"),
    plant(TWO, "合成二厂", "1"),
    plant("", "合成三厂", "1"),
    plant(FOUR, "合成四厂", "1"),
)
NEW = (
    plant(ONE, "合成一厂", "1", 绩效等级="A", SO2排放量="20", 红色预警减排措施="限产50%", 等级证书编号="乙1"),
    plant(ONE, "合成一厂", "3", 红色预警减排措施="限产10%"),
    plant(THREE, "合成三厂", "1", 红色预警减排措施="停产", 橙色预警减排措施="限产20%"),
    plant(FOUR, "合成四号厂", "1", 等级证书编号="丁1"),
    plant(FIVE, "合成五厂", "1", 区县=THERE),
)


def test_every_kind_of_change_is_a_whole_row(read: Reader) -> None:
    old, new = read(table(*OLD)), read(table(*NEW))
    stand_in = old.lines["enterprise_id"][3]
    first, third, fourth = (
        (ONE, "合成一厂", "1", "1号"),
        (THREE, "合成三厂", "1", "1号"),
        (FOUR, "合成四号厂", "1", "1号"),
    )
    expected = [
        ("new_enterprise", CITY, THERE, FIVE, "合成五厂", "", "", "", "", "", "", ""),
        ("closed_enterprise", CITY, HERE, TWO, "合成二厂", "", "", "", "", "", "", ""),
        ("renamed", CITY, HERE, FOUR, "合成四号厂", "", "", "enterprise", "合成四厂", "合成四号厂", "", ""),
        ("recoded", CITY, HERE, THREE, "合成三厂", "", "", "enterprise_id", stand_in, THREE, "", ""),
        ("new_line", CITY, HERE, ONE, "合成一厂", "3", "3号", "", "", "", "", ""),
        ("closed_line", CITY, HERE, ONE, "合成一厂", "2", "2号", "", "", "", "", ""),
        ("regraded", CITY, HERE, *first, "grade", "B", "A", "", "乙1"),
        ("recertified", CITY, HERE, *fourth, "certificate", "", "丁1", "", "丁1"),
        ("weakened", CITY, HERE, *first, "plan_red", "停产", "限产50%", "", ""),
        ("strengthened", CITY, HERE, *third, "plan_orange", "", "限产20%", "", ""),
        *(
            ("kilograms", CITY, county, "", "", "", "", field, was, now, now - was, "")
            for county, field, was, now in (
                (HERE, "nox_kg_d", 100.0, 80.0), (HERE, "pm_kg_d", 25.0, 20.0), (HERE, "vocs_kg_d", 12.5, 10.0),
                (THERE, "so2_kg_d", 0.0, 10.0), (THERE, "nox_kg_d", 0.0, 20.0), (THERE, "pm_kg_d", 0.0, 5.0),
                (THERE, "vocs_kg_d", 0.0, 2.5),
            )
        ),
        ("line_kilograms", CITY, HERE, *first, "so2_kg_d", 10.0, 20.0, 10.0, ""),
    ]  # fmt: skip
    found = diff_lists(old, new)
    assert [tuple(row) for row in found.table[list(COLUMNS)].to_numpy().tolist()] == expected
    kinds = [row[0] for row in expected]
    assert found.counts == {kind: kinds.count(kind) for kind in kinds}
    assert found.weakened
    assert [(one.code, one.column, one.value, dict(one.arguments)["near"]) for one in found.questions] == [
        ("plant_nearly", "enterprise", "合成五厂", ("合成二厂",))
    ]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ({"红色减排比例(%)": "50"}, {"红色减排比例(%)": "40"}, [("weakened", "0.5", "0.4")]),
        ({"红色减排比例(%)": "50"}, {"红色减排比例(%)": "49.6"}, []),  # half a per cent is a matter of rounding
        ({"红色减排比例(%)": "50"}, {"红色减排比例(%)": ""}, [("weakened", "0.5", "")]),
        ({}, {"红色减排比例(%)": "50"}, [("strengthened", "", "0.5")]),
        ({"红色预警减排措施": "延长结焦时间至36小时"}, {"红色预警减排措施": "延长结焦时间至30小时"},
         [("weakened", "延长结焦时间至36小时", "延长结焦时间至30小时")]),
        ({"红色预警减排措施": "停产"}, {"红色预警减排措施": ""}, [("weakened", "停产", "")]),
        ({"红色预警减排措施": "限产30%"}, {"红色预警减排措施": "限产30%"}, []),
        ({"红色预警减排措施": "停产"}, {"红色预警减排措施": "以热定产"}, [("weakened", "停产", "以热定产")]),
        ({"红色预警减排措施": "限产50%"}, {"红色预警减排措施": "以热定产"},
         [("reworded", "限产50%", "以热定产")]),  # neither is surely less
        ({"红色预警减排措施": "延长结焦时间至36小时"}, {"红色预警减排措施": "正常生产"},
         [("weakened", "延长结焦时间至36小时", "正常生产")]),
    ],
)  # fmt: skip
def test_a_measure_is_weaker_only_where_it_surely_asks_less(
    read: Reader, old: dict[str, str], new: dict[str, str], told: list[tuple[str, Any, Any]]
) -> None:
    before, after = read(table(old)), read(table(new))
    rows = diff_lists(before, after).table
    assert [tuple(row) for row in rows[["change", "old", "new"]].to_numpy().tolist()] == told
    back = diff_lists(after, before).table
    turned = {"weakened": "strengthened", "strengthened": "weakened", "reworded": "reworded"}
    assert [tuple(row) for row in back[["change", "old", "new"]].to_numpy().tolist()] == [
        (turned[change], after_, before_) for change, before_, after_ in told
    ]


def test_who_changed_code_is_known_again_only_where_the_name_is_of_one(read: Reader) -> None:
    """Two plants of one name come under other codes: which is which cannot be said."""
    two = [plant(code, "合成同名厂", line) for code, line in ((ONE, "1"), (TWO, "2"))]
    other = [plant(code, "合成同名厂", line) for code, line in ((THREE, "1"), (FOUR, "2"))]
    assert diff_lists(read(table(*two)), read(table(*other))).counts == {"new_enterprise": 2, "closed_enterprise": 2}
    elsewhere = [{**two[0], "统一社会信用代码": THREE, "城市": "太原市", "区县": ""}]
    found = diff_lists(read(table(two[0])), read(table(*elsewhere)))
    assert {kind: found.counts[kind] for kind in ("new_enterprise", "closed_enterprise")} == dict.fromkeys(
        ("new_enterprise", "closed_enterprise"), 1
    )
    assert not found.questions, "of another city"


@pytest.mark.parametrize(
    ("old", "new", "rows"),
    [
        ("10", "10.0004", []),  # grams and less are a matter of how a sheet rounds
        ("10", "10.0006", [("kilograms", 10.0, 10.001, 0.001), ("line_kilograms", 10.0, 10.001, 0.001)]),
        ("10.1234", "20.3456", [("kilograms", 10.123, 20.346, 10.223), ("line_kilograms", 10.123, 20.346, 10.223)]),
        ("", "", []),
        ("", "5", [("kilograms", 0.0, 5.0, 5.0), ("line_kilograms", "", 5.0, "")]),
        ("5", "0", [("kilograms", 5.0, 0.0, -5.0), ("line_kilograms", 5.0, 0.0, -5.0)]),
    ],
)
def test_kilograms_are_compared_to_the_gram(read: Reader, old: str, new: str, rows: list[tuple[Any, ...]]) -> None:
    found = diff_lists(read(table({"SO2排放量": old})), read(table({"SO2排放量": new}))).table
    assert [tuple(row) for row in found[["change", "old", "new", "difference"]].to_numpy().tolist()] == rows


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        (("01",), ("1",), [("renumbered", "01", "1")]),
        (("1.0", "Ａ2"), ("1", "a2"), [("renumbered", "1.0", "1"), ("renumbered", "Ａ2", "a2")]),
        (("L 01",), ("L01",), [("renumbered", "L 01", "L01")]),
        (("1",), ("1",), []),
        (("10",), ("1",), [("new_line", "", "1"), ("closed_line", "", "10")]),
        (("01", "1"), ("1", "01"), []),  # two lines that zeros alone tell apart
        (("01", "1"), ("1",), [("closed_line", "", "01")]),
        (("1",), ("01", "1"), [("new_line", "", "01")]),
    ],
)
def test_a_line_whose_id_is_spelt_otherwise_is_the_same(
    read: Reader, old: tuple[str, ...], new: tuple[str, ...], changes: list[tuple[str, str, str]]
) -> None:
    lists = (read(table(*(plant(ONE, "合成一厂", one) for one in ids))) for ids in (old, new))
    rows = diff_lists(*lists).table.to_dict("records")
    found = [(row["change"], row["old"], row["new"] or row["line_id"]) for row in rows]
    assert [one for one in found if "kilograms" not in one[0]] == changes


def test_one_code_in_two_cities_is_two_enterprises(read: Reader) -> None:
    """The plant of one city comes, changes and goes; that of the other stays as it is."""
    far = "太原市"
    here = [plant(ONE, "合成厂", line) for line in "12"]
    there = [plant(ONE, "合成厂", line, 城市=far, 区县="清徐县") for line in "34"]
    lighter = [there[0], {**there[1], "红色预警减排措施": "限产50%"}]

    def told(old: list[dict[str, str]], new: list[dict[str, str]]) -> list[tuple[str, str, str]]:
        rows = diff_lists(read(table(*old)), read(table(*new))).table
        rows = rows[rows["change"] != "kilograms"]
        return [tuple(row) for row in rows[["change", "city", "line_id"]].to_numpy().tolist()]

    assert told(here, here + there) == [("new_enterprise", far, "")]
    assert told(here + there, here) == [("closed_enterprise", far, "")]
    assert told(here + there, there) == [("closed_enterprise", CITY, "")]
    assert told(here + there, here + lighter) == [("weakened", far, "4")]
    assert told(here + there, there + here) == []


@pytest.mark.parametrize(
    ("was", "now", "change"),
    [
        ("结焦时间延长至48小时", "限产30%", ["reworded"]),
        ("限产30%", "按管理部门要求执行", ["reworded"]),
        ("结焦时间延长至48小时", "延长结焦时间至48小时", []),
        ("停产", "全部停产", []),
        ("停产", "结焦时间延长至48小时", ["weakened"]),
    ],
)
def test_a_measure_that_cannot_be_compared_with_the_one_before_is_told(
    read: Reader, was: str, now: str, change: list[str]
) -> None:
    """Neither surely lighter nor stricter, it was told by no row at all."""
    cells = {"行业": "焦化", "工序": "焦炉"}
    lists = [read(table(plant(ONE, "合成一厂", "1", **{**cells, "红色预警减排措施": text}))) for text in (was, now)]
    rows = diff_lists(*lists).table
    assert rows["change"].tolist() == change
    assert [*zip(rows["old"], rows["new"], strict=True)] == [(was, now)] * len(change)
