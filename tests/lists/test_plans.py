"""Filed plans: the surest reading, or none."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertengine.lists import PlanReading, read_plan, without_vehicles
from alertengine.vocabulary import MEASURES

from .conftest import Reader, table

REAL = Path(__file__).parents[2].parent / "shared" / "data" / "enterprise_rows_real.csv"
BAN = "不使用国四及以下重型载货车辆运输"


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("停产", PlanReading("stop", 1.0)),
        ("全厂停产。", PlanReading("stop", 1.0)),
        ("限产50%", PlanReading("limit", 0.5)),
        ("限产５０％", PlanReading("limit", 0.5)),
        ("停产50%（以生产线计）", PlanReading("stop_share", 0.5, ("line",))),
        ("停产50%(含)以上,以高炉计", PlanReading("stop_share", 0.5, ("unit",))),
        ("停产50%(含)以上,以产能规模和设备数量计", PlanReading("stop_share", 0.5, ("capacity", "unit"))),
        ("停止50%(含)以上炭化室装煤", PlanReading("stop_share", 0.5, ("chamber",))),
        ("日投料量由960吨降到768吨及以下", PlanReading("feed_cap", 0.2, (), 768.0, 960.0)),
        ("日均炉次由24炉降至12炉", PlanReading("cycle_cap", 0.5, (), 12.0, 24.0)),
        ("每座炉不超过22炉", PlanReading("cycle_cap", None, ("unit",), 22.0)),
        ("单座转炉日均炉次不超过22炉次/日", PlanReading("cycle_cap", None, ("unit",), 22.0)),
        ("延长结焦时间至36小时", PlanReading("coking_time", None, (), 36.0)),
        ("结焦时间延长至36小时", PlanReading("coking_time", None, (), 36.0)),
        ("结焦时间由24小时延长至36h以上", PlanReading("coking_time", None, (), 36.0, 24.0)),
        ("日投料量由960t/d降到768t/d", PlanReading("feed_cap", 0.2, (), 768.0, 960.0)),
        ("自主减排", PlanReading("self_directed")),
        ("自主减排，限产20%", PlanReading("self_directed", 0.2)),
        ("以热定产", PlanReading("demand_cap", by=("heat",))),
        ("正常生产", PlanReading("none", 0.0)),
        (f"限产20%，{BAN}", PlanReading("limit", 0.2, vehicles=BAN)),
        (BAN, PlanReading("vehicle_ban", vehicles=BAN)),
        ("红色预警期间停止公路运输", PlanReading("vehicle_ban", vehicles="红色预警期间停止公路运输")),
        ("执行黄色措施并停止运输", PlanReading()),  # the other level's measures would be lost
        ("1.停产；2.停止公路运输", PlanReading("stop", 1.0, vehicles="停止公路运输")),
        ("停产1/2", PlanReading("stop_share", 0.5)),
        ("停产½（以生产线计）", PlanReading("stop_share", 0.5, ("line",))),
        ("限产20%-30%", PlanReading()),
        ("限产三成", PlanReading("limit", 0.3)),
        ("限产三成半", PlanReading("limit", 0.35)),
        ("限产百分之二十五", PlanReading("limit", 0.25)),
        ("停产五成（以生产线计）", PlanReading("stop_share", 0.5, ("line",))),
        ("轮流停产50%", PlanReading("stop_share", 0.5)),
        ("烧结机停48小时、开12小时为周期限产", PlanReading("limit", 0.8)),
        ("不停产", PlanReading("none", 0.0)),
        ("豁免", PlanReading("exempt", 0.0)),
        # shares by other words
        ("限产2成", PlanReading("limit", 0.2)),
        ("限产比例不低于30%", PlanReading("limit", 0.3)),
        ("产量降低30%", PlanReading("limit", 0.3)),
        ("降负荷三成", PlanReading("limit", 0.3)),
        ("减排30%", PlanReading("filed", 0.3)),
        ("停一半", PlanReading("stop_share", 0.5)),
        ("轮停50%", PlanReading("stop_share", 0.5)),
        ("停产≥50%", PlanReading("stop_share", 0.5)),
        ("半数停产", PlanReading("stop_share", 0.5)),
        ("停24小时开24小时", PlanReading("limit", 0.5)),
        ("日产量由1000吨降至700吨", PlanReading("limit", 0.3, (), 700.0, 1000.0)),
        ("停产！", PlanReading("stop", 1.0)),
        # what a limit is reckoned from does not change it
        ("限产30%（以环评批复产能计）", PlanReading("limit", 0.3)),
        ("限产30%（按上年日均产量计算），停止公路运输", PlanReading("limit", 0.3, vehicles="停止公路运输")),
        # what a share is counted by
        ("停产50%\n（以生产线计）", PlanReading("stop_share", 0.5, ("line",))),
        ("限产50%\n（按生产负荷计）\n停止公路运输", PlanReading("limit", 0.5, ("load",), vehicles="停止公路运输")),
        ("一半生产线停产", PlanReading("stop_share", 0.5, ("line",))),
        ("停产50%（按生产线）", PlanReading("stop_share", 0.5, ("line",))),
        ("以生产线计，停产50%", PlanReading("stop_share", 0.5, ("line",))),
        ("停产50%（以台套计）", PlanReading("stop_share", 0.5, ("unit",))),
        ("停产50%（以生产线、设备数量和生产负荷计）", PlanReading("stop_share", 0.5, ("line", "unit", "load"))),
        ("停2留1", PlanReading("stop_share", 0.666666667, ("unit",))),
        ("三条生产线停一条", PlanReading("stop_share", 0.333333333, ("line",))),
        # whole stops, numbers, nothing
        *(
            (text, PlanReading("stop", 1.0))
            for text in ("停工", "暂停生产", "不得生产", "停产至预警解除", "停止一切生产活动")
        ),
        ("停两台焙烧炉", PlanReading("stop_units", value=2.0)),
        ("停1台烧结机，停1台烧结机", PlanReading("stop_units", value=1.0)),
        ("①停产50%；②停止公路运输", PlanReading("stop_share", 0.5, vehicles="停止公路运输")),
        ("延长出焦时间至36小时", PlanReading("coking_time", None, (), 36.0)),
        ("限产20%，落实扬尘防治措施", PlanReading("limit", 0.2)),
        ("每炉不超过22炉", PlanReading("cycle_cap", None, ("unit",), 22.0)),
        ("自行采取减排措施", PlanReading("self_directed")),
        ("保障供暖，以热定产", PlanReading("demand_cap", by=("heat",))),
        *(
            (text, PlanReading("none", 0.0))
            for text in ("停产0%", "维持正常生产", "免停产", "不停产、不限产", "不纳入停限产")
        ),
    ],
)
def test_what_is_read(text: str, reading: PlanReading) -> None:
    assert read_plan(text) == reading


@pytest.mark.parametrize(
    "text",
    [
        "停产20天",
        "限产至50%",
        "烧结机停产",
        "夜间停产",
        "停产，响应超过120小时后改为停产50%",
        "6m及以上炭化室出焦时间延长至28小时；6m以下36小时",
        "限产30%，停产50%",
        "停产150%",
        "日投料量由768吨降到960吨",
        "结焦时间由36小时延长至24小时",
        "限产50%以下",
        "日产量由700吨降至1000吨",
        "限产30%（以核定产能计）",  # which capacity is not said
        "停产50%（以环评批复产能计）",
        "限产30%~50%",
        "生产负荷降至50%",
        "停产50%，其余限产30%",
        "停产（采暖期除外）",
        "全厂停产（锅炉除外）",
        "高炉焖炉，烧结停产",
        "不得停产",
        "取消停产",
        "停产，使用国五车辆运输的除外",
        "按要求执行",
        "限产至七成",
        "限产约三成",
        "停产过半",
        "错峰生产",
        "停1台其余限产",
        "停2台夜间",
        "保留1条生产线",
        "停1号高炉",
        "停1台烧结机，停1座高炉",  # two, in one reading
        "3台焙烧炉停1台，3台熔炼炉停1台",
        "停产50%，以生产线计，停产50%，以产能计",
        "停0台",
        "停2台除尘器",  # what cleans is not what is to stop
        "停2台环保设备",
        "延长出焦时间36小时",  # by or to
        "限产20%，落实橙色措施",
        "限产20%，落实B级措施",
        "限产20%，执行一厂一策",
        "限产20%，落实清单要求",
        "部分停产",
        "停产3天",
        "轮流停产",
        "同上",
        "暂无",
        "无",
        "",
    ],
)
def test_what_is_not_sure_is_not_read(text: str) -> None:
    reading = read_plan(text)
    assert not reading.read
    assert reading.share is None


@given(
    st.text(
        alphabet="停产限降低负荷延长结焦时间至到由日投料量吨小时0123456789%.（）()，；以生产线计自主减排不使用国四车辆运输含上下",
        max_size=30,
    )
)
def test_any_text_gives_a_known_kind_and_a_share_in_bounds(text: str) -> None:
    reading = read_plan(text)
    assert reading.kind in {*MEASURES, ""}
    assert reading.share is None or 0 <= reading.share <= 1
    assert reading.kind or reading.share is None


def test_readings_fill_blank_shares_and_a_stated_share_holds(read: Reader) -> None:
    found = read(
        table(
            {"橙色预警减排措施": "限产50%"},
            {"橙色预警减排措施": "限产50%", "橙色减排比例(%)": "40"},
            {"橙色预警减排措施": f"延长结焦时间至36小时，{BAN}"},
            {"橙色预警减排措施": "看情况"},
            {},
        )
    )
    lines = found.lines
    assert lines["plan_orange_share"].fillna(-1).tolist() == [0.5, 0.4, -1, -1, -1]
    assert lines["plan_orange_kind"].astype("object").fillna("?").tolist() == ["limit", "limit", "coking_time", "", "?"]
    assert lines["plan_orange_vehicles"].fillna("?").tolist() == ["?", "?", BAN, "?", "?"]
    assert found.stated is not None
    assert found.stated["plan_orange_share"].tolist() == [False, True, False, False, False]
    assert found.readings["限产50%"].share == 0.5
    assert found.problems == []
    said = {(w.row, w.value) for w in found.notes if w.column.startswith("橙色")}
    assert said == {(3, "40"), (5, "看情况")}


#: What the measures of the real rows say, read by a person; those not named are left unread.
SAID = {
    "限产20%": PlanReading("limit", 0.2),
    "限产30%": PlanReading("limit", 0.3),
    "停20%以上生产装备": PlanReading("stop_share", 0.2, ("unit",)),
    "停产": PlanReading("stop", 1.0),
    "停产; 停止车辆运输": PlanReading("stop", 1.0, vehicles="停止车辆运输"),
    "停产50%(含)以上,以高炉计": PlanReading("stop_share", 0.5, ("unit",)),
    "停产50%(含)以上,以产能规模和设备数量计": PlanReading("stop_share", 0.5, ("capacity", "unit")),
    "停止50%(含)以上炭化室装煤": PlanReading("stop_share", 0.5, ("chamber",)),
    "延长结焦时间至36小时": PlanReading("coking_time", value=36.0),
    "禁止国四及以下重型载货车辆(含燃气)运输物料": PlanReading(
        "vehicle_ban", vehicles="禁止国四及以下重型载货车辆(含燃气)运输物料"
    ),
}


@pytest.mark.skipif(not REAL.is_file(), reason="real rows of notices are not beside this checkout")
def test_no_wrong_reading_on_the_real_rows(capsys: pytest.CaptureFixture[str]) -> None:
    """Precision is whole: what is read is what a person reads; for other works, days, phases and ovens nothing is."""
    with REAL.open(encoding="utf-8-sig", newline="") as file:
        measures = [row["measure"] for row in csv.DictReader(file) if row["measure"]]
    readings = [(text, read_plan(text)) for text in measures]
    read = [(text, reading) for text, reading in readings if reading.read]
    wrong = [(text, reading) for text, reading in read if reading != SAID.get(text)]
    with capsys.disabled():
        share = f"{len(read)}/{len(readings)} rows, {len(set(read))}/{len(set(readings))} wordings"
        print(f" [plans read: {share}; wrong: {len(wrong)}]", end="")
    assert wrong == []
    assert len(read) / len(readings) >= 0.8
    assert {text for text, _ in read} == SAID.keys()


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("停产，停止公路运输", "停产"),
        ("停止公路运输；限产20%（以生产线计，含备用线）", "限产20%（以生产线计，含备用线）"),
        ("1.停产；2.停止公路运输", "1.停产"),
        ("限产20%。加强洒水。", "限产20%。加强洒水"),
        ("预警期间，不使用国四及以下重型载货车辆运输", ""),
        ("停止公路运输", ""),
        ("车间停产，运输照常", "车间停产，运输照常"),
        ("", ""),
    ],
)
def test_a_filed_measure_without_its_vehicles(text: str, left: str) -> None:
    assert without_vehicles(text) == left
    assert not read_plan(left).vehicles


# -- texts that point to another


def test_the_same_as_above_is_what_stands_above(read: Reader) -> None:
    first = {"企业名称": "甲", "生产线编号": "1", "橙色预警减排措施": "停产50%（以生产线计）"}
    found = read(
        table(
            first,
            {**first, "生产线编号": "2", "橙色预警减排措施": "同上"},
            {**first, "生产线编号": "3", "橙色预警减排措施": "同上"},
            {**first, "企业名称": "乙", "橙色预警减排措施": "同上"},
            {**first, "企业名称": "丙", "橙色预警减排措施": "限产20%", "红色预警减排措施": "同橙色"},
        )
    )
    lines = found.lines
    assert lines["plan_orange"].tolist() == ["停产50%（以生产线计）"] * 3 + ["同上", "限产20%"]
    assert lines["plan_orange_share"].fillna(-1).tolist() == [0.5, 0.5, 0.5, -1, 0.2]
    assert lines["plan_red_share"].iloc[4] == 0.2
    assert [(one.row, one.value, one.expected) for one in found.notes if one.code == "plans_ditto"] == [
        (3, "同上", "停产50%（以生产线计）"),
        (6, "同橙色", "限产20%"),
    ]


def test_one_pointer_leads_to_another(read: Reader) -> None:
    three = ("黄色预警减排措施", "橙色预警减排措施", "红色预警减排措施")
    first = {
        "企业名称": "甲",
        "生产线编号": "1",
        **dict(zip(three, ("停产", "同黄", "执行Ⅱ级响应措施"), strict=True)),
    }
    ring = {"企业名称": "乙", **dict(zip(three, ("", "同红色", "同橙色"), strict=True))}
    lines = read(table(first, {**first, "生产线编号": "2", three[0]: "同上", three[2]: "与上一行相同"}, ring)).lines
    for name in ("plan_yellow", "plan_orange", "plan_red"):
        assert lines[name].tolist()[:2] == ["停产", "停产"]
    assert lines["plan_red"].iloc[2] == "同橙色"  # they point to each other
    assert lines["plan_red_kind"].iloc[2] == ""


def test_the_same_as_above_in_the_first_row_is_not_guessed(read: Reader) -> None:
    found = read(table({"橙色预警减排措施": "同上"}))
    assert found.lines["plan_orange"].tolist() == ["同上"]
    assert found.lines["plan_orange_kind"].tolist() == [""]
