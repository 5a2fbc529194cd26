"""What an order rests on; a lower level where one has no measure; a refer beside a number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from alertengine.engine import GROUNDS, STATUSES, Decision
from alertengine.vocabulary import Ground, Level, Status, demands
from tests.conftest import BookMaker, Decider

from . import oracle

ELSEWHERE = {"id": "elsewhere", "when": {"process": "熔炼"}, "then": "stop"}
TOP = {"id": "top", "layer": "exemption", "when": {"effective_grade": ["A", "引领性"]}, "then": "self_directed"}
SILENT = ("无", "暂无", "同上", "不停产", "正常生产", "豁免", "自主减排", "自主减排，限产20%", "不采取停限产措施", "—")
ASKING = ("停产", "限产三成", "停产50%（以生产线计）", "按要求执行错峰")
Decisions = Callable[..., list[Decision]]


def ground_of(decision: Decision, line: int = 0) -> Ground:
    """The ground of one line."""
    return GROUNDS[decision.ground[line]]


@pytest.mark.parametrize("published", [False, True])
@pytest.mark.parametrize("plan", SILENT)
def test_a_filed_text_that_asks_nothing_is_no_ground(
    make_book: BookMaker, decide: Decider, decisions: Decisions, plan: str, published: bool
) -> None:
    book = make_book(rules=[ELSEWHERE, TOP])
    row = decide(book, [{"plan_red": plan, "grade": "D"}], published=published).iloc[0]
    assert row["status"] == "undetermined"
    assert np.isnan(row["share"])
    assert f"备案为“{plan}”" in row["remark"]
    assert "预警措施依据缺失" in row["remark"]
    (found,) = decisions(book, [{"plan_red": plan, "grade": "D"}], published=published)
    assert ground_of(found) is Ground.UNDETERMINED
    assert found.undetermined[0]


@pytest.mark.parametrize("plan", SILENT)
def test_a_filed_text_that_asks_nothing_leaves_the_rule_as_it_is(
    make_book: BookMaker, decide: Decider, plan: str
) -> None:
    book = make_book(rules=[{"id": "r", "then": {"coking_time": 36}}])
    row = decide(book, [{"plan_red": plan}]).iloc[0]
    assert (row["status"], row["measure"], row["rules"]) == ("ordered", "coking_time", "r")
    assert "应急减排清单" not in row["basis"]


def test_a_published_list_that_asks_nothing_does_not_carry_what_a_rule_asks(
    make_book: BookMaker, decide: Decider
) -> None:
    row = decide(make_book(rules=[{"id": "r", "then": "stop"}]), [{"plan_red": "正常生产"}], published=True).iloc[0]
    assert row["status"] == "undetermined"
    assert "已发布清单未载明本级别措施，规定要求：停产" in row["remark"]


@pytest.mark.parametrize(
    ("grade", "ground"),
    [("A", Ground.SELF_DIRECTION), ("引领性", Ground.SELF_DIRECTION), ("B", Ground.UNDETERMINED)],
)
def test_the_grade_permits_self_direction_and_the_plan_does_not(
    make_book: BookMaker, decisions: Decisions, grade: str, ground: Ground
) -> None:
    (found,) = decisions(make_book(rules=[ELSEWHERE, TOP]), [{"plan_red": "自主减排", "grade": grade}])
    assert ground_of(found) is ground


@pytest.mark.parametrize(
    ("then", "layer", "plan", "ground"),
    [
        ("stop", "measure", None, Ground.RULE),
        ("none", "measure", None, Ground.RULE),
        ("exempt", "exemption", "停产", Ground.EXEMPTION),
        ({"limit": 0.2}, "measure", "停产", Ground.FILED),
        ({"limit": 0.2}, "measure", "限产10%", Ground.RULE),
        ({"refer": "由市方案规定"}, "measure", "限产10%", Ground.FILED),
        ({"refer": "由市方案规定"}, "measure", "无", Ground.UNDETERMINED),
    ],
)
def test_every_order_rests_on_one_ground(
    make_book: BookMaker, decisions: Decisions, then: Any, layer: str, plan: str | None, ground: Ground
) -> None:
    rules = [{"id": "r", "layer": layer, "then": then}]
    (found,) = decisions(make_book(rules=rules), [{"plan_red": plan}])
    assert ground_of(found) is ground


def test_without_a_warning_nothing_needs_a_ground(make_book: BookMaker, decisions: Decisions) -> None:
    winter = {"id": "w", "kind": "season", "when": {"process": "熔炼"}, "then": "stop"}
    (found,) = decisions(make_book(rules=[winter]), [{}, {"process": "熔炼"}], level="none", apart=True)
    assert [ground_of(found, line) for line in (0, 1)] == [Ground.NONE, Ground.RULE]
    assert not found.undetermined.any()


# -- laws, for any rules and lists

PLANS = st.sampled_from((*SILENT, *ASKING, None))


@st.composite
def filed_lines(draw: Any) -> list[dict[str, Any]]:
    """Lines with plans at every level."""
    lines = draw(st.lists(oracle.lines(), min_size=1, max_size=4))
    return [{**line, **{f"plan_{level}": draw(PLANS) for level in ("yellow", "orange", "red")}} for line in lines]


@given(
    law=oracle.laws(most=5), lines=filed_lines(), level=st.sampled_from(("yellow", "orange", "red")), out=st.booleans()
)
@settings(max_examples=12, deadline=None)
def test_no_line_goes_free_without_a_ground(
    make_book: BookMaker, decisions: Decisions, law: list[Any], lines: list[dict[str, Any]], level: str, out: bool
) -> None:
    for found in decisions(make_book(rules=law), lines, level=level, published=out, apart=True, hours=96):
        for line, row in enumerate(lines):
            ground, own = ground_of(found, line), found.bindings[found.binding[line]].resolution.regimes["warning"]
            if ground in (Ground.EXEMPTION, Ground.SELF_DIRECTION):
                assert own.status in (Status.EXEMPT, Status.SELF_DIRECTED)
                assert own.ground  # a rule says so
            if ground is Ground.FILED:
                rank = found.from_lower[line] if found.from_lower is not None else 0
                assert row[f"plan_{list(Level)[rank] if rank else level}"] in ASKING
            if ground is Ground.UNDETERMINED:
                # what binds without the warning may order the line, be it that nothing is to be stopped
                regimes = found.bindings[found.binding[line]].resolution.regimes
                ordered = any(one.status is Status.ORDERED for name, one in regimes.items() if name != "warning")
                assert STATUSES[found.status[line]] is (Status.ORDERED if ordered else Status.UNDETERMINED)
                assert not found.warning_share[line] > 0
                assert found.undetermined[line] or own.referred


@pytest.mark.slow
@given(law=oracle.laws(most=5), lines=filed_lines(), out=st.booleans())
@settings(max_examples=12, deadline=None)
def test_a_lower_level_stands_in_only_where_a_level_has_no_measure(
    make_book: BookMaker, decisions: Decisions, law: list[Any], lines: list[dict[str, Any]], out: bool
) -> None:
    book = make_book(rules=law)
    by_level = {
        level: decisions(book, lines, level=level, published=out, apart=True)[0]
        for level in ("yellow", "orange", "red")
    }
    assert by_level["yellow"].from_lower is None
    for level in ("orange", "red"):
        found = by_level[level]
        for line in range(len(lines)):
            rank = 0 if found.from_lower is None else int(found.from_lower[line])
            if not rank:
                continue
            lower = by_level[list(Level)[rank]]
            assert ground_of(found, line) in (Ground.RULE, Ground.FILED)
            assert np.nan_to_num(found.warning_share[line]) >= np.nan_to_num(lower.warning_share[line]) - 1e-9
            assert found.partial[line] or found.share[line] >= 1
            assert set(lower.bindings[lower.binding[line]].hangs_on) <= set(
                found.bindings[found.binding[line]].hangs_on
            )


SHARES = st.sampled_from((None, 0.1, 0.3, 0.5, 0.8, 1.0))
WARNED = ("yellow", "orange", "red")


def _limit(share: float | None) -> str | None:
    return share and ("停产" if share == 1 else f"限产{share:.0%}")


@pytest.mark.slow
@given(
    plans=st.tuples(SHARES, SHARES, SHARES),
    rules=st.lists(st.tuples(SHARES.filter(bool), st.sets(st.sampled_from(WARNED), min_size=1)), max_size=2),
    out=st.booleans(),
)
@example(plans=(0.5, None, None), rules=[(0.3, {"orange", "red"})], out=False)
@settings(max_examples=15, deadline=None)
def test_a_level_that_files_less_than_a_lower_one_is_no_lighter_or_marked(
    make_book: BookMaker, decide: Decider, plans: tuple[Any, ...], rules: list[tuple[float, set[str]]], out: bool
) -> None:
    law = [{"id": f"r{n}", "levels": sorted(at), "then": {"limit": share}} for n, (share, at) in enumerate(rules)]
    book = make_book(rules=[ELSEWHERE, *law])
    line = {f"plan_{level}": _limit(share) for level, share in zip(WARNED, plans, strict=True)}
    for place, level in enumerate(WARNED):
        row = decide(book, [line], level=level, published=out).iloc[0]
        lower = max((share for share in plans[:place] if share), default=0.0)
        ruled = max((share for share, at in rules if level in at), default=0.0)
        marked = "lighter_than_lower_level" in row["flags"]
        if plans[place]:
            order = plans[place] if out else max(plans[place], ruled)
            assert row["share"] == pytest.approx(order)
            assert marked == (order < lower)
        elif ruled:  # the published list does not carry it, or the rule speaks at this level
            assert row["status"] == ("undetermined" if out else "ordered")
            assert marked == (not out and ruled < lower)
        elif lower:
            nearest = next(share for share in reversed(plans[:place]) if share)
            assert row["share"] >= nearest
            assert "from_lower_level" in row["flags"]


# -- a lower level where this one has no measure


def test_the_lower_level_binds_as_a_lower_bound_and_a_person_is_told(make_book: BookMaker, decide: Decider) -> None:
    book = make_book(rules=[ELSEWHERE])
    line = {"plan_orange": "限产40%"}
    row = decide(book, [line]).iloc[0]
    assert (row["status"], row["share"], row["standing"]) == ("ordered", 0.4, "inferred")
    assert row["measure_text"] == "不低于橙色措施：清单备案措施：限产40%"
    assert "本级别无措施，以橙色措施为下限（推定），须人工决定" in row["remark"]
    assert row["so2_kg_d"] == 40
    assert decide(book, [line], level="yellow").iloc[0]["status"] == "undetermined"


def test_a_rule_of_a_lower_level_alone_says_nothing_of_a_higher_one(make_book: BookMaker, decide: Decider) -> None:
    book = make_book(rules=[{"id": "o", "levels": ["orange"], "then": {"limit": 0.4}}])
    assert decide(book, [{}]).iloc[0]["status"] == "undetermined"


def test_a_filed_measure_of_a_lower_level_stands_in_too(make_book: BookMaker, decide: Decider) -> None:
    line = {"plan_yellow": "限产10%", "plan_orange": "限产30%", "plan_red": "无"}
    row = decide(make_book(rules=[ELSEWHERE]), [line]).iloc[0]
    assert (row["share"], row["measure_text"]) == (0.3, "不低于橙色措施：清单备案措施：限产30%")
    assert "应急减排清单" in row["basis"]


def test_an_enterprise_wide_plan_of_a_lower_level_stops_the_line_it_stops_there(
    make_book: BookMaker, decide: Decider
) -> None:
    book, lines = make_book(rules=[ELSEWHERE]), [{"plan_orange": "停产50%（以生产线计）"}] * 2
    orange, red = (decide(book, lines, level=level) for level in ("orange", "red"))
    assert orange["share"].tolist() == [1, 0]
    assert red["status"].tolist() == ["ordered", "undetermined"]  # the line that runs is not promised to run at red
    stopped, above = orange.iloc[0], red.iloc[0]
    assert (above["share"], above["measure"]) == (stopped["share"], stopped["measure"])
    assert above["measure_text"] == f"不低于橙色措施：{stopped['measure_text']}"
    assert "停1号线" in above["measure_text"]


@pytest.mark.parametrize(
    ("plan", "line"),
    [
        ("限产40%", {"load_pct": 80}),
        ("停产", {}),
        ("延长结焦时间至30小时", {"coking_hours": 20}),
        ("延长结焦时间至30小时", {}),  # today's is not on file
        ("停2台焙烧炉", {"units": 1}),  # there are not so many: all stops
        ("停2台焙烧炉", {"units": 4}),
        ("停产50%", {"small": True}),
        ("按要求执行错峰", {}),
    ],
)
def test_what_a_lower_level_asks_is_asked_whole(
    make_book: BookMaker, decide: Decider, plan: str, line: dict[str, Any]
) -> None:
    """Shares, kilograms, measures and what must be looked into are those of the level below."""
    book = make_book(rules=[ELSEWHERE, {"id": "tip", "when": {"small": True}, "then": {"advice": "提前检修"}}])
    orange, red = (decide(book, [{**line, "plan_orange": plan}], level=level).iloc[0] for level in ("orange", "red"))
    alike = ["status", "share", "measure", "rules", "set_aside", "basis", "hangs_on", "transport"]
    alike += [f"{name}_kg_d" for name in ("so2", "nox", "pm", "vocs")]
    pd.testing.assert_series_equal(red[alike], orange[alike], check_names=False)
    assert red["measure_text"] == f"不低于橙色措施：{orange['measure_text']}"
    assert red["standing"] == "inferred"
    bounds = {"lower_bound", "share_unknown"}
    own, flags = (set(row["flags"].split(";")) for row in (orange, red))
    assert flags - bounds == own - bounds | {"from_lower_level"}
    assert bool(flags & bounds) == (not red["share"] >= 1)
    for said in ("缺核算数据", "停产比例无法满足", "提前检修"):
        assert (said in red["remark"]) == (said in orange["remark"])


def test_what_the_published_list_does_not_carry_is_not_taken_from_below(make_book: BookMaker, decide: Decider) -> None:
    book = make_book(rules=[{"id": "r", "levels": ["red"], "then": "stop"}])
    for published, share in ((False, 1), (True, None)):
        row = decide(book, [{"plan_orange": "限产40%"}], published=published).iloc[0]
        assert (row["status"], None if np.isnan(row["share"]) else row["share"]) == (
            "undetermined" if published else "ordered",
            share,
        )
        assert "from_lower_level" not in row["flags"]


def test_plants_that_take_their_stops_from_different_levels_name_their_own_lines(
    make_book: BookMaker, decide: Decider
) -> None:
    plan = "停产50%（以生产线计）"
    lines = [
        {"enterprise_id": plant, "line_id": line, f"plan_{level}": plan, "capacity": float(line)}
        for plant, line, level in (
            ("E", "1", "orange"),
            ("E", "2", "orange"),
            ("F", "3", "yellow"),
            ("F", "4", "yellow"),
        )
    ]
    rows = decide(make_book(rules=[ELSEWHERE]), lines)
    assert rows["measure_text"].tolist()[::2] == [
        f"不低于{level}措施：清单备案措施：{plan}：本生产线停产（停{line}号线）"
        for level, line in (("橙色", 1), ("黄色", 3))
    ]
    assert rows["status"].tolist() == ["ordered", "undetermined"] * 2


def test_a_lower_level_that_exempts_does_not_stand_in(make_book: BookMaker, decide: Decider) -> None:
    rules = [{"id": "o", "levels": ["orange"], "then": "exempt"}]
    line = {"plan_yellow": "停产", "plan_orange": "停产"}
    assert decide(make_book(rules=rules), [line]).iloc[0]["status"] == "undetermined"


def test_transport_of_the_own_level_stays(make_book: BookMaker, decide: Decider) -> None:
    rules = [
        {"id": "t", "levels": ["red"], "kind": "transport", "then": {"vehicle_ban": "国四及以下重型载货车辆"}},
    ]
    row = decide(make_book(rules=rules), [{"plan_orange": "限产40%"}]).iloc[0]
    assert row["share"] == 0.4
    assert "国四" in row["transport"]


def test_a_plan_lighter_than_at_a_lower_level_is_told(make_book: BookMaker, decide: Decider) -> None:
    book = make_book(rules=[ELSEWHERE])
    row = decide(book, [{"plan_orange": "停产", "plan_red": "限产50%"}]).iloc[0]
    assert row["share"] == 0.5
    assert "备案措施轻于橙色预警的备案措施，须人工决定" in row["remark"]
    assert "须人工决定" not in decide(book, [{"plan_orange": "限产50%", "plan_red": "停产"}]).iloc[0]["remark"]


@pytest.mark.parametrize(
    ("then", "orange", "marked"),
    [
        ({"limit": 0.2}, "限产50%", True),
        ({"limit": 0.5}, "限产50%", False),
        ({"limit": 0.5}, "自主减排80%", False),
        ("none", "停产", True),
        ({"coking_time": 30}, "停产", True),
        ({"coking_time": 30}, "结焦时间延长至36小时", True),
        ({"coking_time": 30}, "限产20%", False),  # neither is surely less
        ({"stop_share": 0.5, "by": "line"}, "停产50%（以生产线计）", False),
        ({"stop_share": 0.5, "by": "line"}, "停产50%", False),
        ({"stop_share": 0.3, "by": "line"}, "停产50%（以生产线计）", True),
    ],
)
def test_a_rule_lighter_than_the_plan_of_a_lower_level_is_marked(
    make_book: BookMaker, decide: Decider, then: Any, orange: str, marked: bool
) -> None:
    rows = decide(make_book(rules=[{"id": "r", "then": then}]), [{"plan_orange": orange}] * 4)
    told = ["本级别规定轻于橙色预警的备案措施，须人工决定" in remark for remark in rows["remark"]]
    assert any(told) == marked
    assert [("lighter_than_lower_level" in flags) for flags in rows["flags"]] == told


# -- refer beside a number


def test_a_refer_beside_a_number_makes_it_a_lower_bound(make_book: BookMaker, decide: Decider) -> None:
    rules = [{"id": "n", "then": {"limit": 0.5}}, {"id": "f", "then": {"refer": "比例由市方案规定"}}]
    row = decide(make_book(rules=rules), [{}]).iloc[0]
    assert (row["status"], row["share"], row["rules"], row["set_aside"]) == ("ordered", 0.5, "n", "f")
    assert row["measure_text"] == "不低于：限产50%，市方案另有规定的从其规定"
    assert "待核实文件（未在案）：比例由市方案规定" in row["remark"]
    assert "减排比例为下限" in row["remark"]


def test_a_refer_beside_a_full_stop_adds_nothing(make_book: BookMaker, decide: Decider) -> None:
    rules = [{"id": "n", "then": "stop"}, {"id": "f", "then": {"refer": "比例由市方案规定"}}]
    row = decide(make_book(rules=rules), [{}]).iloc[0]
    assert (row["measure_text"], row["share"], row["set_aside"]) == ("停产", 1, "f")


# -- words of demand


@pytest.mark.parametrize(
    "text",
    [
        "按要求执行错峰",
        "烧结机适时停产",
        "保温限产",
        "自行调整至最长结焦时间",
        "不得生产",
        "负荷降三成",
        "保留一条生产线",
        "隔日生产",
        "每天生产8小时",
        "热备",
        "产量为0",
        "产量减半",
        "適時停產",
        "错时生产22:00至次日6:00",
        "最低负荷运行",
    ],
)
def test_a_text_with_a_demand(text: str) -> None:
    assert demands(text)


@pytest.mark.parametrize(
    "text",
    [
        "0%",
        "免停产",
        "不纳入停限产",
        "不停不限",
        "维持正常生产",
        "无",
        "／",
        "暂无措施",
        "同上",
        "不停产",
        "无需停限产",
        "取消停产",
        "加强管理",
        "未制定减排措施",
        "不实施错时生产",
    ],
)
def test_a_text_without_a_demand(text: str) -> None:
    assert not demands(text)
