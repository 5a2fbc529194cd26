"""Whole explanations, as they are printed, worked out on a small law."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import pytest

from alertengine.engine import Engine
from alertengine.lists import lines_from
from alertengine.orders import Explainer, Reason, decide_lines
from tests.conftest import WINTER, BookMaker, response_of, rows_of

RULES: Final = (
    {"id": "half", "when": {"process": "熔炼"}, "then": {"limit": 0.5}},
    {"id": "less", "when": {"process": "熔炼", "effective_grade": "B"}, "then": {"limit": 0.3}},
    {"id": "trucks", "title": "货车", "when": {"process": "熔炼", "city_distance_km": {"lt": 20}},
     "then": {"vehicle_ban": "国四及以下"}},
    {"id": "sinter", "when": {"process": "烧结"}, "then": {"limit": 0.4}},
    {"id": "winter", "kind": "season", "when": {"process": "熔炼"}, "then": {"limit": 0.2}},
    {"id": "mild", "layer": "exemption", "levels": ["yellow"], "when": {"small": True}, "then": "exempt"},
    {"id": "green", "layer": "exemption", "when": {"any": [{"green_factory": True}, {"every_line": {"stable": True}}]},
     "then": "exempt"},
    {"id": "own", "layer": "exemption", "when": {"effective_grade": "A"}, "then": "self_directed"},
    {"id": "listed", "layer": "exemption", "when": {"named_lists": "豁免清单", "process": "粉磨"}, "then": "none"},
    {"id": "every", "when": {"process": "粉磨", "every_line": {"permit_held": True}}, "then": {"limit": 0.6}},
    {"id": "fined", "layer": "sanction", "when": {"process": "粉磨", "named_lists": "处罚清单"}, "then": "stop"},
    {"id": "based", "when": {"process": "熟料"}, "then": {"limit": 0.2, "base": "least_of_three"}},
    {"id": "drop", "kind": "classification", "when": {"stable": False}, "then": {"drop": 1}},
)  # fmt: skip
LINE: Final = {
    "process": "熔炼", "enterprise": "合成铸造", "line": "一号炉", "grade": "A", "stable": False, "small": False,
    "city_distance_km": 12.5, "green_factory": False,
}  # fmt: skip
#: No rule speaks of it, and it has filed no measure at red.
FILED: Final = {**LINE, "line_id": "2", "process": "粉磨", "plan_orange": "限产80%"}
MILL: Final = {"process": "粉磨", "enterprise": "合成建材", "permit_held": True, "stable": False, "grade": "C"}
#: Lines of one enterprise, how the first of them (or the one of a row) is decided, and what is said of it.
CASES: Final[Sequence[tuple[Sequence[Mapping[str, Any]], Mapping[str, Any], str]]] = (
    ([LINE, FILED], {}, """
合成铸造 一号炉（1）
  结论：红色，2021-12-10 00:00 至 2021-12-13 00:00，执行减排，减排比例50%
  本项依据规定《law方案》一
  事实
    稳定达标：否
    持有排污许可证：未知
    所在名单：未知
    距建成区距离(公里)：12.5km
    绿色工厂：否
    工序：熔炼
  绩效等级：清单为A，执行B
  日常：无要求
    没有成立的规则
  错峰生产：执行减排
    采用 限产20% —— winter（winter，《law方案》一）
      工序为熔炼（清单：熔炼）
  预警响应：执行减排
    采用 限产50% —— half（half，《law方案》一）
      工序为熔炼（清单：熔炼）
    采用 禁止国四及以下进出厂区 —— 货车（trucks，《law方案》一）
      工序为熔炼（清单：熔炼）
      距建成区距离(公里)<20km（清单：12.5km）
    未采用 限产30%（同类措施从严，未采用：half）—— less（less，《law方案》一）
  核算
    SO₂：排放100千克/日，减排50千克/日
    NOₓ：排放200千克/日，减排100千克/日
    颗粒物：排放50千克/日，减排25千克/日
    VOCs：排放10千克/日，减排5千克/日
  为什么没有豁免或自主减排
    green（green，《law方案》一）
      不满足：要求绿色工厂为是，清单为否
    own（own，《law方案》一）
      不满足：要求执行等级为A，清单为B
    listed（listed，《law方案》一）
      未知：要求所在名单为豁免清单，清单为未知
      不满足：要求工序为粉磨，清单为熔炼
"""),
    ([LINE, FILED], {"row": 1, "ends": "2021-12-12 00:00"}, """
合成铸造 一号炉（2）
  结论：红色，2021-12-10 00:00 至 2021-12-12 00:00，执行减排，减排比例80%
  本项依据清单备案措施《清单》和规定《law方案》一，本级别无措施，以低级别措施为下限
  事实
    稳定达标：否
    持有排污许可证：未知
    所在名单：未知
    距建成区距离(公里)：12.5km
    绿色工厂：否
    工序：粉磨
  绩效等级：清单为A，执行B
    drop（drop，《law方案》一）
  日常：无要求
    没有成立的规则
  错峰生产：无要求
    没有成立的规则
  预警响应：规则未作规定，执行减排依据清单备案措施
    没有成立的规则
  清单备案措施（橙色）：限产80%（减排比例80%），没有可适用的规定，按备案措施执行
  核算
    SO₂：排放100千克/日，减排80千克/日
    NOₓ：排放200千克/日，减排160千克/日
    颗粒物：排放50千克/日，减排40千克/日
    VOCs：排放10千克/日，减排8千克/日
    待核实事项（填上可能改变指令）：所在名单、持有排污许可证
  为什么没有豁免或自主减排
    green（green，《law方案》一）
      不满足：要求绿色工厂为是，清单为否
    own（own，《law方案》一）
      不满足：要求执行等级为A，清单为B
    listed（listed，《law方案》一）
      未知：要求所在名单为豁免清单，清单为未知
"""),
    ([{"industry": "合成新材料", "process": "熔炼", "nox_kg_d": None}], {"level": "orange"}, """
示例企业 （1）
  结论：橙色，2021-12-10 00:00 至 2021-12-13 00:00，执行减排，减排比例50%
  本项依据规定《law方案》一
  事实
    稳定达标：未知
    持有排污许可证：未知
    所在名单：未知
    距建成区距离(公里)：未知
    绿色工厂：未知
    工序：熔炼
  绩效等级：清单为未知，执行未知
  日常：无要求
    没有成立的规则
  错峰生产：执行减排
    采用 限产20% —— winter（winter，《law方案》一）
      工序为熔炼（清单：熔炼）
  预警响应：执行减排
    采用 限产50% —— half（half，《law方案》一）
      工序为熔炼（清单：熔炼）
  核算
    SO₂：排放100千克/日，减排50千克/日
    NOₓ：清单无排放量
    颗粒物：排放50千克/日，减排25千克/日
    VOCs：排放10千克/日，减排5千克/日
    待核实事项（填上可能改变指令）：距建成区距离(公里)、绩效等级、绿色工厂、稳定达标
  为什么没有豁免或自主减排
    green（green，《law方案》一）
      未知：要求绿色工厂为是，清单为未知
    own（own，《law方案》一）
      未知：要求执行等级为A，清单为未知
    listed（listed，《law方案》一）
      未知：要求所在名单为豁免清单，清单为未知
      不满足：要求工序为粉磨，清单为熔炼
"""),
    ([{**LINE, "process": "烧结", "small": True, "grade": "A+", "stable": True}], {"level": "yellow"}, """
合成铸造 一号炉（1）
  结论：黄色，2021-12-10 00:00 至 2021-12-13 00:00，豁免，减排比例0%
  本项依据豁免规定《law方案》一
  事实
    小微涉气：是
    稳定达标：是
    持有排污许可证：未知
    所在名单：未知
    距建成区距离(公里)：12.5km
    绿色工厂：否
    工序：烧结
  绩效等级：清单为A+，执行A+
  日常：无要求
    没有成立的规则
  错峰生产：无要求
    没有成立的规则
  预警响应：豁免
    采用 豁免 —— green（green，《law方案》一）
      本企业各条生产线稳定达标为是（清单：稳定达标本线是）
    采用 豁免 —— mild（mild，《law方案》一）
      小微涉气为是（清单：是）
    未采用 限产40%（被更高层级的规则取代：green）—— sinter（sinter，《law方案》一）
  核算
    SO₂：排放100千克/日，减排0千克/日
    NOₓ：排放200千克/日，减排0千克/日
    颗粒物：排放50千克/日，减排0千克/日
    VOCs：排放10千克/日，减排0千克/日
  为什么没有豁免或自主减排
    own（own，《law方案》一）
      不满足：要求执行等级为A，清单为A+
    listed（listed，《law方案》一）
      未知：要求所在名单为豁免清单，清单为未知
      不满足：要求工序为粉磨，清单为烧结
"""),
    ([{**LINE, "process": "熟料", "grade": "B"}], {}, """
合成铸造 一号炉（1）
  结论：红色，2021-12-10 00:00 至 2021-12-13 00:00，执行减排，减排比例20%
  本项依据规定《law方案》一
  事实
    稳定达标：否
    持有排污许可证：未知
    所在名单：未知
    距建成区距离(公里)：12.5km
    绿色工厂：否
    工序：熟料
  绩效等级：清单为B，执行C
  日常：无要求
    没有成立的规则
  错峰生产：无要求
    没有成立的规则
  预警响应：执行减排
    采用 限产20%（以环评日产能、许可日产能、上年日均产量三者最小值为基数） —— based（based，《law方案》一）
      工序为熟料（清单：熟料）
  核算
    SO₂：排放100千克/日，减排20千克/日
    NOₓ：排放200千克/日，减排40千克/日
    颗粒物：排放50千克/日，减排10千克/日
    VOCs：排放10千克/日，减排2千克/日
    缺核算数据：环评日产能、许可日产能、上年日均产量
  为什么没有豁免或自主减排
    green（green，《law方案》一）
      不满足：要求绿色工厂为是，清单为否
    own（own，《law方案》一）
      不满足：要求执行等级为A，清单为C
    listed（listed，《law方案》一）
      未知：要求所在名单为豁免清单，清单为未知
      不满足：要求工序为粉磨，清单为熟料
"""),
    ([{**MILL, "named_lists": "炉窑清单"}, {**MILL, "line_id": "2"}], {"row": 0}, """
合成建材 （1）
  结论：红色，2021-12-10 00:00 至 2021-12-13 00:00，执行减排，减排比例60%
  本项依据规定《law方案》一
  事实
    稳定达标：否
    持有排污许可证：是
    所在名单：炉窑清单
    距建成区距离(公里)：未知
    绿色工厂：未知
    工序：粉磨
  绩效等级：清单为C，执行D
  日常：无要求
    没有成立的规则
  错峰生产：无要求
    没有成立的规则
  预警响应：执行减排
    采用 限产60% —— every（every，《law方案》一）
      工序为粉磨（清单：粉磨）
      本企业各条生产线持有排污许可证为是（清单：持有排污许可证本线是）
  核算
    SO₂：排放100千克/日，减排60千克/日
    NOₓ：排放200千克/日，减排120千克/日
    颗粒物：排放50千克/日，减排30千克/日
    VOCs：排放10千克/日，减排6千克/日
    待核实事项（填上可能改变指令）：绿色工厂
  为什么没有豁免或自主减排
    green（green，《law方案》一）
      未知：要求绿色工厂为是，清单为未知
    own（own，《law方案》一）
      不满足：要求执行等级为A，清单为D
    listed（listed，《law方案》一）
      不满足：要求所在名单为豁免清单，清单为炉窑清单
"""),
    ([{**MILL, "named_lists": "炉窑清单;处罚清单"}, {**MILL, "line_id": "2", "permit_held": False}], {}, """
合成建材 （1）
  结论：红色，2021-12-10 00:00 至 2021-12-13 00:00，执行减排，减排比例100%
  本项依据规定《law方案》一
  事实
    稳定达标：否
    持有排污许可证：是
    所在名单：处罚清单;炉窑清单
    距建成区距离(公里)：未知
    绿色工厂：未知
    工序：粉磨
  绩效等级：清单为C，执行D
  日常：无要求
    没有成立的规则
  错峰生产：无要求
    没有成立的规则
  预警响应：执行减排
    采用 停产 —— fined（fined，《law方案》一）
      工序为粉磨（清单：粉磨）
      所在名单为处罚清单（清单：处罚清单;炉窑清单）
  核算
    SO₂：排放100千克/日，减排100千克/日
    NOₓ：排放200千克/日，减排200千克/日
    颗粒物：排放50千克/日，减排50千克/日
    VOCs：排放10千克/日，减排10千克/日
  为什么没有豁免或自主减排
    green（green，《law方案》一）
      未知：要求绿色工厂为是，清单为未知
    own（own，《law方案》一）
      不满足：要求执行等级为A，清单为D
    listed（listed，《law方案》一）
      不满足：要求所在名单为豁免清单，清单为处罚清单;炉窑清单
"""),
    ([{**LINE, "process": None, "line": None}], {}, """
合成铸造 （1）
  结论：红色，2021-12-10 00:00 至 2021-12-13 00:00，依据缺失
  预警措施没有依据，须人工决定
  事实
    稳定达标：否
    持有排污许可证：未知
    所在名单：未知
    距建成区距离(公里)：12.5km
    绿色工厂：否
    工序：未知
  绩效等级：清单为A，执行B
    drop（drop，《law方案》一）
  日常：无要求
    没有成立的规则
  错峰生产：无要求
    没有成立的规则
  预警响应：依据缺失
    没有成立的规则
  核算
    SO₂：排放100千克/日，减排比例无法核算
    NOₓ：排放200千克/日，减排比例无法核算
    颗粒物：排放50千克/日，减排比例无法核算
    VOCs：排放10千克/日，减排比例无法核算
    待核实事项（填上可能改变指令）：工序
  为什么没有豁免或自主减排
    green（green，《law方案》一）
      不满足：要求绿色工厂为是，清单为否
    own（own，《law方案》一）
      不满足：要求执行等级为A，清单为B
    listed（listed，《law方案》一）
      未知：要求所在名单为豁免清单，清单为未知
      未知：要求工序为粉磨，清单为未知
"""),
)  # fmt: skip


def _printed(reason: Reason, depth: int = 0) -> Iterator[str]:
    yield "  " * depth + reason.text
    for one in reason.below:
        yield from _printed(one, depth + 1)


@pytest.mark.parametrize(("lines", "how", "told"), CASES)
def test_a_whole_explanation(
    make_book: BookMaker, lines: Sequence[Mapping[str, Any]], how: Mapping[str, Any], told: str
) -> None:
    engine = Engine(make_book(rules=RULES))
    table = lines_from(rows_of(lines), engine.book.lists)
    asked = response_of(how.get("level", "red"), WINTER, 72)
    decision = decide_lines(engine, table, asked).decisions[0]
    tree = Explainer(engine, table, decision, how.get("row", 0), source="《清单》", ends=how.get("ends", "")).tree()
    assert "\n".join(_printed(tree)) == told.strip("\n")
