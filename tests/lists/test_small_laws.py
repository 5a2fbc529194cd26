"""Laws of single pieces of a list: frames, names, numbers, units and what is written, at their edges."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from alertengine.files import CodedTable, Findings
from alertengine.lists import asks_less, generate_list, lighter_than, lines_from, load_settings, read_list, write_list
from alertengine.lists.diff import diff_lists
from alertengine.lists.filed_plans import PlanReading, read_plan
from alertengine.lists.identity import line_ids
from alertengine.lists.list_headers import map_total_headers
from alertengine.lists.register import PlantsOfList, Register, read_register
from alertengine.lists.write import list_columns
from alertengine.rulebook import OpenLists
from alertengine.vocabulary import InputError, Level

from .conftest import BASE, Reader, table, told

ROWS: list[dict[str, str]] = [{"保障类型": "供暖"}, {"企业名称": "合成二厂", "保障类型": "未知"}]


def frame(rows: list[dict[str, str]]) -> pd.DataFrame:
    return pd.DataFrame([{**BASE, "生产线编号": str(number), **row} for number, row in enumerate(rows, start=1)])


def test_a_frame_is_the_list_that_its_csv_is(read: Reader, open_lists: OpenLists) -> None:
    found, written = read_list(frame(ROWS), open_lists), read(table(*ROWS))
    pd.testing.assert_frame_equal(found.lines, written.lines)
    assert found.table is found.lines
    assert (found.rows.tolist(), written.rows.tolist()) == ([0, 1], [2, 3]), "by its index, by the row of the file"
    assert found.protocol is not None
    assert (found.protocol.file, found.protocol.rows) == (found.file, 2)
    assert found.layout.header("guarantee") == "保障类型"
    assert found.layout.header("county") == "区县", "its canonical header where the list has none"
    shown = found._repr_html_()
    assert all(word in shown for word in ("Enterprise list", "合成二厂", "焦炉", "lines: 2", "enterprises: 2"))


def test_a_word_of_a_frame_that_no_line_has_asks_nothing(open_lists: OpenLists) -> None:
    lines = frame([{}, {}])
    for header, name in (("工序", "焦炉"), ("行业", "焦化"), ("城市", "临汾市")):
        lines[header] = pd.Categorical([name, name], categories=[name, "无此名"])
    assert read_list(lines, open_lists).problems == []
    lines["工序"] = pd.Categorical(["焦炉", "无此名"])
    assert [(one.code, one.row) for one in read_list(lines, open_lists).problems] == [("process_unknown", 1)]


@pytest.mark.parametrize(
    ("kind", "cells", "units"),
    [
        ("float64", [3.0, None], [3.0, 1.0]),
        ("Int64", [3, None], [3.0, 1.0]),
        ("str", ["3", None], [3.0, 1.0]),
        ("str", ["3", "/"], [3.0, 1.0]),
        ("str", ["3", "x"], [3.0, None]),
        ("float64", [3.0, -1.0], [3.0, None]),
    ],
)
def test_a_blank_number_of_units_is_one_and_a_bad_one_is_unknown(
    open_lists: OpenLists, kind: str, cells: list[Any], units: list[float | None]
) -> None:
    found = read_list(frame([{}, {}]).assign(设备数量=pd.array(cells, dtype=kind)), open_lists)
    assert [None if pd.isna(one) else one for one in found.lines["units"]] == units
    assert len(found.problems) == units.count(None)


def test_further_columns_of_one_header_are_told_apart_in_their_order(read: Reader) -> None:
    text = table({"备注甲": "a"}).splitlines()
    found = read("\n".join([f"{text[0]},备注甲,备注甲,乙", f"{text[1]},b,c,d"]) + "\n")
    assert list(found.extras.columns) == ["备注甲", "备注甲_2", "备注甲_3", "乙"]
    assert found.extras.iloc[0].tolist() == ["a", "b", "c", "d"]


def test_townships_go_by_the_name_they_have_in_their_county(read: Reader, open_lists: OpenLists) -> None:
    where = {"城市": "晋城市", "区县": "泽州县"}
    found = read(table({**where, "乡镇街道": "巴公"}, {**where, "乡镇街道": ""}, {"乡镇街道": "巴公"}))
    names = found.lines["township"].astype("object")
    assert [None if pd.isna(one) else one for one in names] == ["巴公镇", None, "巴公"]
    assert "乡镇街道" in list_columns(found.lines)
    assert "乡镇街道" not in list_columns(read(table({})).lines), "no column where no line has one"


@pytest.mark.parametrize(
    ("header", "cell", "read_as", "code"),
    [
        ("环评日产能", "0.5", 0.5, ""),
        ("环评日产能", "5000", 0.5, "daily_figure_plain"),
        ("环评日产能(吨)", "5000", 0.5, ""),
        ("环评日产能(万吨)", "0.5", 0.5, ""),
        ("环评日产能(万吨)", "5000", None, "daily_figure_unit"),
        ("环评日产能(吨)", "0.5", None, "daily_figure_unit"),
        ("环评日产能(件)", "5", None, "daily_figure_unit"),
        ("环评日产能", "9e9", None, "daily_figure_unit"),
    ],
)
def test_a_daily_figure_is_in_the_unit_of_its_header_or_of_the_capacity(
    read: Reader, header: str, cell: str, read_as: float | None, code: str
) -> None:
    """The capacity is 1.5 million tonnes a year of 300 days: half a ten thousand tonnes a day."""
    cells = {"产能": "150", "产能单位": "万吨/年", "年生产天数": "300"}
    found = read(table({**cells, header: cell}, {**cells, header: ""}))
    value = found.lines["eia_daily"].iloc[0]
    assert (None if pd.isna(value) else pytest.approx(value)) == read_as
    told = [(one.code, one.row, *map(dict(one.arguments).get, ("count", "unit", "plain"))) for one in found.problems]
    assert told == ([(code, 2, 1, "万吨/年", "吨")] if code else [])


def test_a_line_without_an_id_takes_its_place_and_no_id_that_is_taken() -> None:
    lines = pd.DataFrame({"enterprise_id": list("AAAAB"), "line_id": [None, "1", "1+", None, None]}, dtype="str")
    findings = Findings("l.csv")
    found = line_ids(CodedTable.of(lines), np.arange(2, 7), "生产线编号", findings)
    assert [found[line] for line in range(5)] == ["1++", "1", "1+", "4", "1"]
    (note,) = findings.warnings
    assert (note.code, note.row, dict(note.arguments)["count"]) == ("no_line_id", 2, 3)


LINES = pd.DataFrame(
    {"enterprise_id": ["X1", "X2"], "enterprise": ["临汾合成铸造厂", "北方焦化公司"], "line_id": ["1", "1"]}
)


@pytest.mark.parametrize(
    ("named", "name", "near"),
    [
        ({}, "临汾合城铸造厂", ("临汾合成铸造厂",)),
        ({"南郊机械": ("北方焦化公司",)}, "南郊机械厂", ("北方焦化公司",)),
        ({"南郊机械": ("北方焦化公司", "临汾合成铸造厂")}, "南郊机械厂", ()),  # of two plants: no answer
        ({"南郊机械": ("另一公司",)}, "南郊机械厂", ()),  # not of this list
        ({}, "南郊机械厂", ()),
    ],
)
def test_the_nearest_plant_is_named_as_the_list_names_it(
    named: dict[str, tuple[str, ...]], name: str, near: tuple[str, ...]
) -> None:
    plants = PlantsOfList(LINES, Register(named=named))
    row = {"enterprise": name, "enterprise_id": "", "line_id": ""}
    assert tuple(plants.near(row)) == near
    assert plants.nearly(row) == bool(near)
    assert tuple(plants.near({**row, "enterprise": "", "enterprise_id": "X"})) <= ("X1", "X2")


def test_a_register_needs_names_and_one_code_a_plant(tmp_path: Path) -> None:
    path, findings = tmp_path / "l.register.csv", Findings("l.csv")
    path.write_text("统一社会信用代码,曾用名\n91140000000000000X,甲\n", encoding="utf-8")
    with pytest.raises(InputError, match="企业名称") as refused:
        read_register(path, findings)
    assert [(one.code, one.row) for one in refused.value.problems] == [("column_missing", 1)]
    rows = ["甲厂,1", "甲厂,1", "乙厂,1", "丙厂,"]
    path.write_text("\n".join(["企业名称,统一社会信用代码", *rows]) + "\n", encoding="utf-8")
    found = read_register(path, findings)
    told = [(one.code, one.row, one.value) for one in findings.problems]
    assert told == [("credit_code", row, "1") for row in (2, 3)] + [
        ("credit_code", 4, "1"),
        ("register_code_twice", 4, "1"),
    ]
    assert "甲厂" in str(findings.problems[-1])
    assert set(found.codes) == {"甲厂", "乙厂"}


@pytest.mark.parametrize(
    ("head", "codes"),
    [
        ("城市,部门,SO2排放量", []),
        ("城市,部门", ["emissions_missing 1 - -"]),
        ("部门,SO2排放量", ["column_missing 1 城市 -"]),
        ("城市,部门,SO2排放量,二氧化硫排放量",
         ["column_twice 1 二氧化硫排放量 -: so2_kg_d SO2排放量 二氧化硫排放量"]),
        ("城市,部门,SO2排放量(磅)", ["unit_unknown 1 SO2排放量(磅) 磅: (mass_units)"]),
        ("城市,SO2排放量(磅)", ["column_missing 1 部门 -", "unit_unknown 1 SO2排放量(磅) 磅: (mass_units)"]),
    ],
)  # fmt: skip
def test_totals_need_a_city_a_sector_and_an_amount(head: str, codes: list[str]) -> None:
    headers = head.split(",")
    if not codes:
        assert [one.place for one in map_total_headers(headers, "t.csv", 1)] == list(range(len(headers)))
        return
    with pytest.raises(InputError, match=r"t\.csv") as refused:
        map_total_headers(headers, "t.csv", 1)
    assert [told(one).strip(": ") for one in refused.value.problems] == codes
    assert {one.file for one in refused.value.problems} == {"t.csv"}


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
@pytest.mark.parametrize(
    ("cells", "written"),
    [
        ({"红色减排比例(%)": "0.5%"}, {"红色减排比例(%)": "0.5%"}),
        ({"红色减排比例(%)": "1%"}, {"红色减排比例(%)": "1%"}),
        ({"红色减排比例(%)": "1.5"}, {"红色减排比例(%)": "1.5"}),
        ({"红色减排比例(%)": "0"}, {"红色减排比例(%)": "0"}),
        ({"设备数量": "x"}, {"设备数量": "未知"}),
        ({"保障类型": "未知"}, {"保障类型": "未知"}),
        ({"企业名称": '合成"甲",厂'}, {"企业名称": '合成"甲",厂'}),
        ({"企业名称": "合成\n厂"}, {"企业名称": "合成\n厂"}),
        ({"稳定达标": "是"}, {"稳定达标": "是"}),
        ({"稳定达标": "否"}, {"稳定达标": "否"}),
    ],
)
def test_what_a_list_says_is_written_so_that_it_is_read_again(
    tmp_path: Path, open_lists: OpenLists, suffix: str, cells: dict[str, str], written: dict[str, str]
) -> None:
    found = read_list(frame([cells]), open_lists)
    path = tmp_path / f"l{suffix}"
    write_list(found, path)
    held = pd.read_csv(path, dtype=str) if suffix == ".csv" else pd.read_excel(path, dtype=str, engine="openpyxl")
    assert {name: held[name].iloc[0].replace("_x000A_", "\n") for name in written} == written
    pd.testing.assert_frame_equal(read_list(path, open_lists).lines, found.lines)
    (tmp_path / "no").mkdir()
    with pytest.raises(InputError, match=r"\.txt"):
        write_list(found, tmp_path / "no" / "l.txt")
    assert not list((tmp_path / "no").iterdir())


def test_a_new_certificate_of_the_same_grade_is_a_change_and_of_another_grade_a_new_grade(read: Reader) -> None:
    def listed(*rows: tuple[str, str]) -> Any:
        return read(table(*({"绩效等级": grade, "等级证书编号": paper} for grade, paper in rows)))

    old = listed(("B", "甲1"), ("B", "甲2"), ("B", "甲3"), ("B", ""))
    new = listed(("B", "甲1"), ("B", "乙2"), ("A", "乙3"), ("A", ""))
    rows = diff_lists(old, new).table.to_dict("records")
    told = [(row["change"], row["line_id"], row["old"], row["new"], row["certificate"]) for row in rows]
    assert told == [
        ("regraded", "3", "B", "A", "乙3"),
        ("regraded", "4", "B", "A", ""),
        ("recertified", "2", "甲2", "乙2", "乙2"),
    ]


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("自主减排(减排20%)", PlanReading("self_directed", 0.2)),
        ("企业自主减排（限产30%）", PlanReading("self_directed", 0.3)),
        ("三条生产线停一条", PlanReading("stop_share", 0.333333333, ("line",))),
        ("三条生产线停三条", PlanReading("stop", 1.0, ("line",))),
        ("停3留0", PlanReading("stop", 1.0, ("unit",))),
        ("停产100%", PlanReading("stop", 1.0)),
    ],
)
def test_filed_texts_that_say_a_number_beside_the_measure(text: str, reading: PlanReading) -> None:
    assert read_plan(text) == reading


def lines(open_lists: OpenLists, *rows: dict[str, Any]) -> pd.DataFrame:
    return lines_from([{"city": "临汾市", "industry": "焦化", "process": "焦炉", **row} for row in rows], open_lists)


@pytest.mark.parametrize(
    ("facts", "kind", "share", "by"),
    [
        ({"plan_red": "停产50%（以生产线计）"}, "stop_share", 0.5, "line"),
        ({"plan_red": "停产50%（以生产线计）", "plan_red_share": 0.5}, "stop_share", 0.5, "line"),
        ({"plan_red": "停产50%（以生产线计）", "plan_red_share": 0.6}, "stop_share", 0.6, None),
        ({"plan_red": "停产50%"}, "stop_share", 0.5, "any"),
        ({"plan_red": "每座炉不超过22炉"}, "cycle_cap", None, None),
        ({"plan_red_share": 0.6}, None, 0.6, None),
        ({}, None, None, None),
    ],
)
def test_a_line_made_of_facts_has_what_its_filed_measure_says(
    open_lists: OpenLists, facts: dict[str, Any], kind: str | None, share: float | None, by: str | None
) -> None:
    found = lines(open_lists, facts).iloc[0]
    held = [found[f"plan_red_{name}"] for name in ("kind", "share", "by")]
    assert [None if pd.isna(one) else one for one in held] == [kind, share, by]


@pytest.mark.parametrize(
    "said",
    [
        {"red": text}
        for text in (
            "停产", "停产50%（以生产线计）", "限产30%，停止国四及以下重型载货车辆运输", "以热定产", "看情况",
            "延长结焦时间至36小时", "日投料量不超过700吨", "正常生产",
        )
    ]
    + [{"red": "停产50%（以生产线计）", "share": share} for share in (0.5, 0.504, 0.506, 0.4)],
)  # fmt: skip
def test_a_filed_measure_of_facts_is_read_as_that_of_a_list(
    open_lists: OpenLists, read: Reader, said: dict[str, Any]
) -> None:
    listed_ = {"红色预警减排措施": said["red"]} | (
        {"红色减排比例(%)": f"{said['share']:.1%}"} if "share" in said else {}
    )
    facts = {"plan_red": said["red"]} | ({"plan_red_share": said["share"]} if "share" in said else {})
    names = [f"plan_red{part}" for part in ("", "_kind", "_share", "_by", "_vehicles", "_demand")]
    made, known = lines(open_lists, facts), read(table(listed_)).lines
    one, other = (
        [None if pd.isna(cell) else cell for cell in held[names].astype("object").iloc[0]] for held in (made, known)
    )
    assert one == other
    assert one[0] == said["red"]


def test_what_facts_leave_out_is_what_a_list_would_have(open_lists: OpenLists) -> None:
    found = lines(open_lists, {}, {"enterprise": "甲厂", "units": 3, "line_id": "7", "guarantee": "供暖"})
    names = ["enterprise", "line_id", "units", "guarantee", "province"]
    assert found[names].astype("object").to_numpy().tolist() == [
        ["示例企业", "1", 1.0, "无", "山西省"],
        ["甲厂", "7", 3.0, "供暖", "山西省"],
    ]
    assert found["enterprise_id"].nunique() == 2


@pytest.mark.parametrize(
    ("orange", "red", "less"),
    [
        (0.5, 0.4949, True),  # half a per cent is a matter of rounding
        (0.5, 0.4951, False),
        (0.5, 0.495, False),
        (0.5, 0.6, False),
        (1.0, "看情况", True),  # nothing shows that it is a stop
        (0.996, "看情况", True),
        (0.995, "看情况", True),
        (0.994, "看情况", False),
        (1.0, "停产", False),
        (1.0, "限产50%", True),
        ("停产", None, False),
        (None, 0.1, False),
        ("延长结焦时间至36小时", "延长结焦时间至30小时", True),
        ("延长结焦时间至36小时", "延长结焦时间至36小时", False),
        (1.0, "延长结焦时间至36小时", True),
        (0.995, "延长结焦时间至36小时", True),
        (0.994, "延长结焦时间至36小时", False),
        ("延长结焦时间至36小时", 0.005, True),
        ("延长结焦时间至36小时", 0.0051, False),
    ],
)
def test_a_graver_level_that_asks_surely_less(open_lists: OpenLists, orange: Any, red: Any, *, less: bool) -> None:
    said = {"orange": orange, "red": red}
    facts = {
        f"plan_{level}" + ("" if isinstance(value, str) else "_share"): value
        for level, value in said.items()
        if value is not None
    }
    found = lines(open_lists, {}, facts)
    assert asks_less(found, "red", "orange").tolist() == [False, less]
    assert lighter_than(found, Level.RED).tolist() == [0, Level.ORANGE.rank if less else 0]
    assert lighter_than(found, Level.ORANGE).tolist() == [0, 0]


def test_what_is_made_is_held_as_what_is_read(open_lists: OpenLists, read: Reader) -> None:
    made, known = generate_list(40, 1, open_lists, load_settings()).lines, read(table({})).lines
    kinds = {name: isinstance(known[name].dtype, pd.CategoricalDtype) or str(known[name].dtype) for name in made}
    assert {name: isinstance(made[name].dtype, pd.CategoricalDtype) or str(made[name].dtype) for name in made} == kinds


@pytest.mark.parametrize("grade", ["A+", "D", ""])
def test_what_is_filed_is_that_of_the_grade(open_lists: OpenLists, grade: str) -> None:
    """The first grade of the ladder, the last, and none; a line that a guarantee covers files what is said of those."""
    plain = load_settings()
    plans = {name: [f"{name}{level}" for level in ("黄", "橙", "红")] for name in ("A+", "D", "", "保障")}
    own = {"grades": {table_: {grade: 1.0} for table_ in plain.grades}, "filed": 1.0, "plans": plans}
    made = generate_list(400, 1, open_lists, plain.model_copy(update=own)).lines
    assert set(made["grade"].astype("object").fillna("")) == {grade}
    guarded = made["guarantee"] != "无"
    assert guarded.any()
    assert not guarded.all()
    for name, level in (("plan_yellow", "黄"), ("plan_orange", "橙"), ("plan_red", "红")):
        assert set(made.loc[guarded, name]) == {f"保障{level}"}
        assert set(made.loc[~guarded, name]) == {f"{grade}{level}"}
