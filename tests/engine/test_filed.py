"""The filed plan of a line beside what the rules ask."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from alertengine.engine.facts import TextColumn
from alertengine.engine.filed_or_rule import Filed
from alertengine.vocabulary import COUNTED_AS_RULED
from tests.conftest import BookMaker, Decider

NOTHING = {"id": "elsewhere", "when": {"process": "熔炼"}, "then": "stop"}


@pytest.fixture(scope="module")
def order(make_book: BookMaker, decide: Decider) -> Any:
    """The order of one line whose plan at red is given."""

    def run(then: Any, plan: str | None, *, published: bool = False, **line: Any) -> pd.Series[Any]:
        rules = [NOTHING, *([] if then is None else [{"id": "r", "then": then}])]
        return decide(make_book(rules=rules), [{"plan_red": plan, **line}], published=published).iloc[0]

    return run


# -- a filed demand counts as a rule with the same demand


@pytest.mark.parametrize(
    ("plan", "then", "line"),
    [
        ("延长结焦时间至30小时", {"coking_time": 30}, {"coking_hours": 20}),
        ("结焦时间由20小时延长至30小时", {"coking_time": 30}, {"coking_hours": 20}),
        ("结焦时间由20小时延长至30小时", {"coking_time": 30}, {"coking_hours": 24}),
        ("日投料量不超过700吨", {"feed_cap": 700}, {"feed_daily": 1000}),
        ("日均出炉数不超过60炉", {"cycle_cap": 60}, {"cycles_daily": 80}),
        ("单座焦炉每日出炉数不超过30炉", {"cycle_cap": 30, "per": "unit"}, {"cycles_daily": 80, "units": 2}),
        ("按核定负荷生产", {"demand_cap": "verified_load"}, {"load_pct": 100, "load_verified_pct": 75}),
    ],
)
def test_a_filed_demand_counts_as_a_rule_with_that_demand(
    order: Any, plan: str, then: Any, line: dict[str, float]
) -> None:
    filed, ruled = order(None, plan, **line), order(then, None, **line)
    assert 0 < filed["share"] < 1
    assert (filed["share"], filed["so2_kg_d"]) == (ruled["share"], ruled["so2_kg_d"])


def test_a_coking_time_that_names_today_s_needs_no_other_figure(order: Any) -> None:
    assert order(None, "结焦时间由20小时延长至30小时", coking_hours=None)["share"] == pytest.approx(1 / 3, abs=1e-6)
    assert np.isnan(order(None, "延长结焦时间至30小时", coking_hours=None)["share"])


# -- a draft list: the stricter of rule and plan, both shown


def test_a_stricter_plan_binds_and_the_rule_is_shown(order: Any) -> None:
    row = order({"limit": 0.2}, "限产50%")
    assert (row["status"], row["share"], row["so2_kg_d"]) == ("ordered", 0.5, 50)
    assert "清单备案措施：限产50%" in row["measure_text"]
    assert "规定要求：限产20%" in row["remark"]
    assert "应急减排清单" in row["basis"]


def test_a_laxer_plan_does_not_weaken_the_rule(order: Any) -> None:
    row = order({"limit": 0.5}, "限产20%")
    assert (row["share"], row["measure_text"]) == (0.5, "限产50%")
    assert "备案措施：限产20%" in row["remark"]
    assert "应急减排清单" not in row["basis"]


def test_a_plan_alone_binds_where_no_rule_speaks(order: Any) -> None:
    row = order(None, "停产")
    assert (row["status"], row["measure"], row["share"]) == ("ordered", "stop", 1)
    assert "依据缺失" not in row["remark"]
    assert row["rules"] == ""


def test_a_plan_decides_what_is_referred_to_the_city(order: Any) -> None:
    row = order({"refer": "由市方案规定"}, "限产30%")
    assert (row["status"], row["share"]) == ("ordered", 0.3)


def test_an_unread_plan_holds_beside_the_rule_as_a_lower_bound(order: Any) -> None:
    row = order({"limit": 0.2}, "按要求执行错峰")
    assert row["share"] == 0.2
    assert "按要求执行错峰" in row["measure_text"]
    assert "减排比例为下限" in row["remark"]


def test_an_unread_plan_alone_orders_without_a_share(order: Any) -> None:
    row = order(None, "按要求执行错峰")
    assert row["status"] == "ordered"
    assert np.isnan(row["share"])


def test_a_stated_share_goes_before_what_the_text_reads_as(order: Any) -> None:
    row = order(None, "按要求执行", plan_red_share=0.4)
    assert row["share"] == 0.4


@pytest.mark.parametrize("state", ["exempt", "self_directed"])
@pytest.mark.parametrize("published", [False, True])
def test_a_plan_never_turns_a_lifted_line_into_an_ordered_one(order: Any, state: str, published: bool) -> None:
    row = order(state, "停产", published=published)
    assert row["status"] == state
    assert row["share"] == (1 if state == "self_directed" else 0)  # what it promises, and nothing
    assert "企业承诺：停产" in row["measure_text"] + row["remark"]


def test_self_directed_without_a_readable_plan_has_share_nought(order: Any) -> None:
    assert order("self_directed", None)["share"] == 0
    assert order("self_directed", "自主减排")["share"] == 0


@pytest.mark.parametrize(("plan", "share"), [("停产50%（以生产线计）", 0), ("停2台焙烧炉", 0), ("限产50%", 0.5)])
def test_a_commitment_of_the_whole_enterprise_is_no_share_of_one_line(order: Any, plan: str, share: float) -> None:
    row = order("self_directed", plan)
    assert (row["status"], row["share"]) == ("self_directed", share)
    assert f"企业承诺：{plan}" in row["measure_text"]


def test_a_plan_that_asks_nothing_is_a_share_of_nought(make_book: BookMaker, decisions: Any) -> None:
    plans = {None: np.nan, "正常生产": 0, "豁免": 0, "自主减排": 0, "限产10%": 0.1, "按要求执行错峰": np.nan}
    (decision,) = decisions(make_book(rules=[NOTHING]), [{"plan_red": plan} for plan in plans])
    np.testing.assert_array_equal(decision.filed.share, list(plans.values()))


def test_plans_have_no_force_without_a_warning(make_book: BookMaker, decide: Decider) -> None:
    row = decide(make_book(rules=[NOTHING]), [{"plan_red": "停产"}], level="none").iloc[0]
    assert (row["status"], row["share"]) == ("none", 0)


def test_only_the_plan_of_the_level_counts(make_book: BookMaker, decide: Decider) -> None:
    book = make_book(rules=[NOTHING])
    line = {"plan_yellow": "限产10%", "plan_orange": "限产30%", "plan_red": "停产"}
    shares = [decide(book, [line], level=level)["share"][0] for level in ("yellow", "orange", "red")]
    assert shares == [0.1, 0.3, 1]


# -- a published list binds


def test_a_published_plan_binds_and_a_stricter_rule_is_a_finding(order: Any) -> None:
    row = order("stop", "限产50%", published=True)
    assert (row["status"], row["share"]) == ("ordered", 0.5)
    assert "规定严于已发布清单：停产" in row["remark"]
    assert "须人工决定" in row["remark"]


def test_a_published_plan_as_strict_as_the_rule_is_no_finding(order: Any) -> None:
    for plan in ("限产50%", "停产"):
        assert "须人工决定" not in order({"limit": 0.5}, plan, published=True)["remark"]


def test_a_rule_that_the_published_list_does_not_carry_is_left_to_a_person(order: Any) -> None:
    row = order("stop", None, published=True)
    assert row["status"] == "undetermined"
    assert np.isnan(row["share"])
    assert "已发布清单未载明本级别措施" in row["remark"]
    assert row["set_aside"] == "r"
    assert row["rules"] == ""


def test_a_rule_that_asks_nothing_needs_no_published_plan(order: Any) -> None:
    row = order("none", None, published=True)
    assert (row["status"], row["share"]) == ("ordered", 0)
    assert "须人工决定" not in row["remark"]


@pytest.mark.parametrize(
    ("plans", "then", "status"),
    [
        (["停产", None], {"stop_share": 0.5, "by": "line"}, ["ordered", "undetermined"]),  # which of the two stops?
        (["停产", "正常生产"], {"stop_share": 0.5, "by": "line"}, ["ordered", "ordered"]),
        ([None, "停产"], {"stop_share": 0.5, "by": "line"}, ["undetermined", "ordered"]),
        (["停产", None], "none", ["ordered", "ordered"]),
    ],
)
def test_a_line_of_several_that_a_published_list_says_nothing_of(
    make_book: BookMaker, decide: Decider, plans: list[str | None], then: Any, status: list[str]
) -> None:
    lines = [{"plan_red": plan, "capacity": size} for plan, size in zip(plans, (1, 2), strict=True)]
    table = decide(make_book(rules=[{"id": "r", "then": then}]), lines, published=True)
    assert table["status"].tolist() == status
    assert table["share"].fillna(-1).tolist() == [
        -1 if one == "undetermined" else float(plan == "停产") for one, plan in zip(status, plans, strict=True)
    ]


def test_the_season_holds_beside_a_published_plan(make_book: BookMaker, decide: Decider) -> None:
    rules = [
        {"id": "r", "then": "stop"},
        {"id": "winter", "kind": "season", "then": {"limit": 0.4}},
    ]
    table = decide(make_book(rules=rules), [{"plan_red": "限产20%"}, {}], published=True)
    assert list(table["share"]) == [0.4, 0.4]
    assert list(table["status"]) == ["ordered", "ordered"]
    assert "限产20%" in table["measure_text"][0]
    assert "预警措施依据缺失" in table["remark"][1]


@pytest.mark.parametrize(
    ("ordered", "counted"),
    [
        ([], ["line", None, None, None]),
        ([([1, 2], "line")], ["line", "line", "line", None]),
        ([([0, 1], "unit")], ["line", "unit", None, None]),  # a plan that says its counting keeps it
        ([([1], "unit"), ([1, 2], "capacity")], ["line", "unit", "capacity", None]),  # the first rule's
        ([([1], "line"), ([1, 2], "capacity")], ["line", "line", "capacity", None]),
    ],
)
def test_a_share_that_names_no_counting_is_counted_as_the_rule_of_its_line_does(
    ordered: list[tuple[list[int], str]], counted: list[str | None]
) -> None:
    none: Any = np.zeros(4)
    by = TextColumn(np.array([0, 1, 1, -1], dtype=np.int32), ("line", COUNTED_AS_RULED))
    filed = Filed(none, none, by, none, none, none, by, none)
    filed.count((np.array(rows), name) for rows, name in ordered)
    assert filed.by.codes.min() == -1
    assert [None if code < 0 else filed.by.categories[code] for code in filed.by.codes] == counted
    said = TextColumn(np.array([0, -1]), ("line",))
    plain = Filed(none, none, said, none, none, none, said, none)
    plain.count([(np.array([0, 1]), "unit")])
    assert plain.by is said
