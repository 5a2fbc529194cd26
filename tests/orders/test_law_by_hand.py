"""Orders worked out by hand from the documents: what a list of an official comes to, row by row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
import pytest

from alertengine.engine import Engine, Response
from alertengine.lists import read_list
from alertengine.orders import decide_lines
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import Level

#: A line of which everything that rules usually ask is known and nothing is remarkable.
PLAIN = {
    "城市": "忻州市", "工序": "其他", "治理任务完成": "是", "稳定达标": "是", "持有排污许可证": "是",
    "按证排污": "是", "所在名单": "无", "超低排放": "否", "清洁运输": "否", "绿色工厂": "否", "工业炉窑": "否",
    "距建成区距离(公里)": 25, "管控区域": "一般", "load_before_pct": 95,
    "SO2排放量": 10, "NOx排放量": 20, "颗粒物排放量": 5, "VOCs排放量": 1,
}  # fmt: skip
FOUNDRY = {"行业": "铸造", "工序": "熔炼"}
COKE = {"行业": "焦化", "工序": "焦炉"}
BRICK = {"城市": "晋城市", "行业": "砖瓦窑", "工序": "焙烧"}
CLINKER = {"行业": "水泥", "工序": "熟料"}
LISTED = {"所在名单": "错峰生产豁免清单", "绿色工厂": "是"}
LIMITED = {**FOUNDRY, "产业目录类别": "限制类"}
OBSOLETE = {**FOUNDRY, "产业目录类别": "淘汰类"}
REFRACTORY = {"城市": "阳泉市", "行业": "耐火材料", "工序": "焙烧", "绩效等级": "A"}
BOILER = {"城市": "阳泉市", "行业": "供热", "工序": "锅炉", "保障类型": "供暖"}
FOURTEEN = ("A", "B", "B-", "C", "D", "非引领性")
#: Lines of one enterprise.
ONE = {"企业名称": "一厂"}
SINTER = {"城市": "长治市", "行业": "长流程联合钢铁", "工序": "烧结"}


@dataclass(frozen=True)
class Case:
    """Rows beside PLAIN at a level and day; what is right of each order: columns, and words said or not."""

    id: str
    day: str
    level: str
    rows: list[dict[str, Any]]
    right: list[dict[str, Any]]
    hours: float | None = None
    problems: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()


STOP = {"status": "ordered", "measure": "stop", "share": 1.0}
FREE = {"status": "exempt", "share": 0.0}
NOTHING = {"status": "none", "share": 0.0}
OPEN = {"status": "undetermined"}
#: Three verbs for the same: 予以停产, 予以停产治理, 实施停产治理 are ordered by the document itself.
CASES = [
    Case(
        "ultra low where the industry has no such standard", "2020-01-15", "none",
        [{**FOUNDRY, **LISTED, "产业目录类别": "限制类", "绿色工厂": "否", "超低排放": "是", "清洁运输": "是",
          "低于特别排放限值(%)": below} for below in (19, 20)],
        [{"status": "ordered", "share": 0.4}, FREE],
    ),
    Case(
        "one line not stable, the enterprise not graded", "2021-02-01", "red",
        [{**ONE, **REFRACTORY, "稳定达标": stable} for stable in ("否", "是", "是")],
        [{**OPEN, "effective_grade": "未评级"}] * 3,
    ),
    Case(
        "a number of a decision alone", "2019-07-01", "none",
        [{"城市": "太原市", "行业": "家具制造", "工序": "喷涂", "稳定达标": "否", "处罚决定文号": "并环罚31号"}],
        [{**NOTHING, "hangs_on": "decision_no"}],
    ),
    Case(
        "the year plan of 2019 years later", "2027-01-10", "none",
        [{**FOUNDRY, "治理任务完成": "否"}], [NOTHING], says=("为2019年制定", "仅供参考"), silent=("停产（日常）",),
    ),
    Case(
        "A in 2026: no ban of trucks from a plan of 2019", "2026-01-20", "red",
        [{"行业": "焦化", "工序": "焦炉", "绩效等级": "A", "日进出车辆(辆)": 400}],
        [{"status": "self_directed", "transport": ""}],
    ),
    Case(
        "two grades in one enterprise", "2021-12-01", "orange",
        [{**ONE, **CLINKER, "城市": "运城市", "绩效等级": grade} for grade in "BD"],
        [{**STOP, "effective_grade": "D"}] * 2,
    ),
    Case(
        "the fourteen, by another spelling of their list", "2025-01-10", "orange",
        [{**BRICK, "绩效等级": grade, "所在名单": "晋城市14家企业"} for grade in FOURTEEN],
        [{"effective_grade": grade} for grade in ("A", "C", "C", "D", "D", "非引领性")], says=("达不到A级",),
    ),
    Case(
        "the fourteen, by a name nobody knows", "2025-01-10", "orange",
        [{**BRICK, "绩效等级": "B", "所在名单": "晋城砖瓦十几家"}],
        [{"effective_grade": "B"}], problems=("named_lists_unknown",),
    ),
    Case(
        "the exemption list, misspelt", "2019-11-20", "none",
        [{**LIMITED, **LISTED, "所在名单": name} for name in ("错峰豁免名单", "豁免清单", "不错峰的厂")],
        [FREE, FREE, {"status": "ordered", "share": 0.4, "hangs_on": "named_lists"}], problems=("named_lists_unknown",),
    ),
    Case(
        "coke: dry quenching under both criteria, obsolete lines", "2019-12-10", "none",
        [*({**LIMITED, **COKE, **LISTED, "干法熄焦": dry} for dry in ("否", "是")), OBSOLETE],
        [{"status": "ordered", "share": 0.4}, FREE, OPEN], says=("应依法淘汰",), silent=("无停限产要求",),
    ),
    Case(
        "no better than our reading where the sector is our reading", "2019-10-08", "orange",
        [{"行业": name} for name in ("炭素", "铁合金", "磨料磨具")], [{"standing": "inferred"}] * 3,
    ),
    Case(
        "a household boiler is never stopped", "2021-01-15", "red",
        [{**BOILER, "处罚决定文号": "阳环罚2号", "稳定达标": "否"}],
        [{**FREE, "rules": "131-heating-boiler;131-boiler-ultra-low"}],
    ),
    Case(
        "grinding of a letter grade is a declared hole", "2021-01-15", "orange",
        [{"城市": "阳泉市", "行业": "水泥", "工序": "粉磨", "绩效等级": "C"}], [OPEN], says=("依据缺失",),
    ),
    Case(
        "one treatment of one verb: the plant to leave the city", "2020-05-01", "none",
        [{**COKE, "城市": "太原市", "所在名单": "退城逾期企业"}], [STOP],
    ),
    Case(
        "one treatment of one verb: gasifiers", "2024-11-01", "none",
        [{"城市": "晋城市", "行业": "煤制氮肥", "工序": "气化", "所在名单": "247台间歇式气化炉"}], [STOP],
    ),
    Case(
        "one treatment of one verb: retrofit of the year not done", "2019-10-01", "none",
        [{**FOUNDRY, "治理任务完成": "否"}], [STOP],
    ),
    Case(
        "a raise left to the city is a lower bound", "2020-01-05", "none",
        [{**COKE, "城市": "太原市", "产业目录类别": "限制类", "距建成区距离(公里)": 3}],
        [{"status": "ordered", "share": 0.5}], says=("不低于：限产50%", "市方案另有规定的从其规定"),
    ),
    Case(
        "gas by demand", "2020-02-01", "none",
        [{**COKE, "产业目录类别": "限制类", "保障类型": "供气"}],
        [{"status": "ordered", "measure": "demand_cap"}], says=("以气定产",), silent=("以热定产",),
    ),
    Case(
        "a province's exemption does not lift a city's clinker stop", "2021-12-20", "none",
        [{**CLINKER, "城市": city, "绩效等级": "A"} for city in ("晋城市", "朔州市")],
        [{**STOP, "rules": "jc21-clinker-winter"}, FREE],
    ),
    Case(
        "gasifiers of fertiliser are coal chemistry", "2023-02-05", "orange",
        [{"城市": "晋城市", "行业": "煤制氮肥", "工序": "气化", "绩效等级": "D"}],
        [{"status": "ordered", "measure": "limit", "share": 0.3}], says=("传统煤化工以气化炉计",),
    ),
    Case(
        "a notice that awaits its lift runs on", "2020-01-06", "orange",
        [{**SINTER}], [STOP, {"measure": "stop_share"}], hours=300, says=("超过120小时",),
    ),
    Case(
        "heat is supplied by the enterprise, not by a line", "2019-12-10", "none",
        [{**ONE, **COKE, "产业目录类别": "限制类", "保障类型": "供暖"}, {**ONE, **FOUNDRY, "产业目录类别": "鼓励类"}],
        [{"status": "ordered", "measure": "demand_cap"}] * 2,
    ),
]  # fmt: skip


@pytest.fixture(scope="module")
def engine(shipped: Rulebook) -> Engine:
    """The shipped law, compiled once."""
    return Engine(shipped)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_orders_are_those_worked_out_by_hand(engine: Engine, case: Case) -> None:
    rows = [{"企业名称": f"甲{at}", "生产线编号": str(at), **PLAIN, **row} for at, row in enumerate(case.rows, start=1)]
    listed = read_list(pd.DataFrame(rows), engine.book)
    response = Response.single(Level(case.level), date.fromisoformat(case.day), case.hours)
    orders = decide_lines(engine, listed.lines, response).table
    found = orders.sort_values(["line_id", "starts"]).astype({"measure": str, "transport": str})
    assert len(found) == len(case.right)
    for (_, row), right in zip(found.iterrows(), case.right, strict=True):
        told = {name: row[name].replace("nan", "") if isinstance(row[name], str) else row[name] for name in right}
        assert told == right
    said = "\n".join(found["measure_text"].astype(str) + found["remark"].astype(str))
    assert [words for words in case.says if words not in said] == []
    assert [words for words in case.silent if words in said] == []
    assert {one.code for one in listed.problems} == set(case.problems)
