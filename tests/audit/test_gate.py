"""Gate logs: which vehicles a ban keeps out, and that a log says no more than it knows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from alertengine.audit import AuditRun
from alertengine.audit.gate import against, masked, stage_of
from alertengine.audit.ordered_days import Ban
from tests.audit.conftest import Auditor
from tests.audit.simulate import orders_of

WARNING = [("2019-12-10 08:00", "2019-12-13 00:00")]
PLAN = {
    "measure": "none",
    "measure_text": "本级别不要求停限产",
    "transport": "清单备案措施：不使用国四及以下重型载货车辆运输",
}
FOUR = Ban("国四及以下重型载货车辆", stage_at_most=4, classes=("重型载货",))


def passage(time: str, stage: str | None, **keys: Any) -> dict[str, Any]:
    return {
        "统一社会信用代码": "A", "车牌号": "晋A12345", "排放阶段": stage, "燃料类型": "柴油", "车型": "重型半挂牵引车",
        "进厂时间": time, **keys,
    }  # fmt: skip


def transport(run: AuditRun) -> Any:
    return run.table[run.table["subject"] == "transport"].reset_index(drop=True)


def test_a_banned_vehicle_is_doubtful_with_its_plate_masked(audited: Auditor) -> None:
    orders = orders_of(["A"], WARNING, [0.0], **PLAN)
    rows = [
        passage("2019-12-10 09:10:00", "国四"),
        passage("2019-12-11 09:00", "国六"),
        passage("2019-12-11 10:00", "国五"),
    ]
    table = transport(audited(orders, rows))
    assert table["finding"].tolist() == ["doubtful", "complied"]
    assert table["line_id"].tolist() == ["", ""]
    assert "晋A***45" in table["finding_text"][0]
    assert "12345" not in "".join(table["finding_text"]) + "".join(table["source"])
    assert table["rank"].tolist() == ["疑似", ""]
    shown = transport(audited(orders, rows, unmask=True))
    assert "晋A12345" in shown["finding_text"][0]


def test_every_clause_of_a_filed_plan_is_held_against_the_log(audited: Auditor) -> None:
    said = f"清单备案措施：限制社会车辆进厂；{PLAN['transport'].partition('：')[2]}"
    orders = orders_of(["A"], WARNING, [0.0], **{**PLAN, "transport": said})
    table = transport(audited(orders, [passage("2019-12-10 09:10", "国四")]))
    assert table["finding"].tolist()[0] == "doubtful"


def test_before_the_hour_of_the_order_anyone_may_come_in(audited: Auditor) -> None:
    orders = orders_of(["A"], WARNING, [0.0], **PLAN)
    table = transport(audited(orders, [passage("2019-12-10 07:59", "国三")]))
    assert table["finding"].tolist()[0] == "complied"


@pytest.mark.parametrize(("time", "finding"), [("2019-12-10 15:59", "complied"), ("2019-12-10 16:00", "doubtful")])
def test_a_ban_that_a_raise_brings_holds_from_its_hour(audited: Auditor, time: str, finding: str) -> None:
    before = orders_of(["A"], [("2019-12-10 00:00", "2019-12-10 16:00")], [0.0], **{**PLAN, "transport": ""})
    after = orders_of(["A"], [("2019-12-10 16:00", "2019-12-12 00:00")], [0.0], level="red", **PLAN)
    table = transport(audited(pd.concat([before, after], ignore_index=True), [passage(time, "国三")]))
    assert table["finding"].tolist()[0] == finding


def test_an_unknown_stage_is_doubtful_and_said_to_be_unknown(audited: Auditor) -> None:
    table = transport(audited(orders_of(["A"], WARNING, [0.0], **PLAN), [passage("2019-12-10 09:00", None)]))
    assert table["finding"][0] == "doubtful"
    assert "受限车辆0辆次、排放阶段或车型未知而可能受限的1辆次" in table["finding_text"][0]


def test_a_measure_no_machine_can_compare_is_left_to_a_person(audited: Auditor) -> None:
    orders = orders_of(["A"], WARNING, [0.0], **{**PLAN, "transport": "停止柴油货车进出厂区（原则上）"})
    table = transport(audited(orders, [passage("2019-12-10 09:00", "国三")]))
    assert table["finding"][0] == "no_evidence"


def test_a_plate_that_is_none_is_told_masked(audited: Auditor) -> None:
    run = audited(
        orders_of(["A"], WARNING, [0.0], **PLAN), [passage("2019-12-10 09:00", "国六", 车牌号="无牌车辆甲乙")]
    )
    assert [problem.column for problem in run.problems] == ["plate"]
    assert "车辆" not in run.problems[0].value


STAGES = {4: "国四 国Ⅳ 国IV 国4 4", 6: "国六b 国VI", 5: "第五阶段", 3: "国三标准", None: "未知 电动"}


@pytest.mark.parametrize(
    ("text", "stage"), [(text, stage) for stage, texts in STAGES.items() for text in texts.split()]
)
def test_stages_are_read_as_they_are_written(text: str, stage: int | None) -> None:
    assert stage_of(text) == stage


@pytest.mark.parametrize(
    ("vehicle", "held"),
    [
        (("国四", "柴油", "重型货车", False), 2),
        (("国五", "柴油", "重型货车", False), 0),
        (("国四", "柴油", "轻型货车", False), 0),
        (("国四", "汽油", "小型轿车", False), 0),
        (("国四", "柴油", "", False), 1),
        (("国四", "柴油", "自卸车", False), 1),
        (("", "纯电动", "重型货车", False), 0),
        (("", "", "重型货车", True), 0),
        (("", "柴油", "重型货车", False), 1),
    ],
)
def test_a_ban_by_stage_and_class(vehicle: tuple[str, str, str, bool], held: int) -> None:
    assert against(FOUR, *vehicle) == held


def test_a_ban_of_all_road_transport_spares_no_lorry() -> None:
    everything = Ban("停止公路运输", total=True)
    assert against(everything, "国六", "柴油", "重型货车", new_energy=False) == 2
    assert against(everything, "国六", "汽油", "小型客车", new_energy=False) == 0
    assert against(everything, "", "", "重型货车", new_energy=True) == 1


def test_masks_name_no_one() -> None:
    assert masked("晋A·12345") == "晋A***45"
    assert masked("甲乙") == "***"


def test_precision_and_recall_on_logs_with_known_truth(audited: Auditor) -> None:
    """A log with blanks: each day with a banned lorry is named, none without one or a blank is."""
    rng = np.random.default_rng(3)
    firms = [f"F{number:02d}" for number in range(40)]
    rows, truth = [], {}
    for firm in firms:
        for day in (10, 11, 12):
            stages = rng.choice(["国五", "国六"], 6).tolist()
            kind = rng.choice(["clean", "banned", "blank"])
            if kind != "clean":
                stages[2] = "国三" if kind == "banned" else None
            truth[firm, f"2019-12-{day}"] = kind
            for hour, stage in enumerate(stages, start=9):
                rows.append(passage(f"2019-12-{day} {hour}:00", stage, 统一社会信用代码=firm))
    table = transport(audited(orders_of(firms, WARNING, [0.0] * 40, **PLAN), rows))
    assert len(table) == 120
    for row in table.to_dict("records"):
        kind = truth[row["enterprise_id"], row["day"]]
        assert row["finding"] == ("complied" if kind == "clean" else "doubtful")
        assert ("受限车辆1辆次" in row["finding_text"]) == (kind == "banned")


def test_a_sole_trader_is_named_only_to_the_role_that_needs_it(audited: Auditor) -> None:
    trader = "92140000MA0TEST01X"
    orders = orders_of([trader, "A"], WARNING, [1.0, 1.0])
    table = audited(orders, [passage("2019-12-10 09:00", "国六")]).table
    assert set(table.loc[table["enterprise_id"] == trader, "enterprise"]) == {"（个人信息）"}
    assert f"企业{trader}" not in table.to_csv()
    assert set(table.loc[table["enterprise_id"] == "A", "enterprise"]) == {"企业A"}
    shown = audited(orders, [passage("2019-12-10 09:00", "国六")], unmask=True).table
    assert f"企业{trader}" in set(shown["enterprise"])
