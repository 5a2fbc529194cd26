"""Share orders of rules and enterprise-wide plans over random lists, against every choice there is."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from alertengine.engine import allot_list
from tests.conftest import BookMaker, Decider

NOTHING = {"id": "elsewhere", "when": {"process": "熔炼"}, "then": "stop"}
BY = {"line": "生产线", "capacity": "产能", "load": "生产负荷", "unit": "设备数量"}


def _amount(line: dict[str, Any], by: str) -> float:
    return {"line": 1.0, "capacity": line["capacity"], "load": line["capacity"] * line["load_pct"] / 100}[by]


def _met(demand: tuple[float, tuple[str, ...]], lines: list[dict[str, Any]], share: tuple[float, ...]) -> bool:
    part, by = demand
    return all(
        sum(_amount(line, one) * x for line, x in zip(lines, share, strict=True))
        >= part * sum(_amount(line, one) for line in lines) - 1e-6
        for one in by
    )


def _loss(lines: list[dict[str, Any]], share: tuple[float, ...]) -> float:
    return sum(_amount(line, "load") * x for line, x in zip(lines, share, strict=True))


DEMANDS = st.tuples(
    st.sampled_from((0.2, 0.3, 0.5, 0.7)),
    st.sampled_from((("line",), ("capacity",), ("load",), ("line", "capacity"), ("capacity", "load"))),
)
LINES = st.lists(
    st.fixed_dictionaries(
        {"capacity": st.sampled_from((10.0, 20.0, 25.0, 40.0, 75.0)), "load_pct": st.sampled_from((40.0, 80.0, 100.0))}
    ),
    min_size=1,
    max_size=5,
)


def _then(demand: tuple[float, tuple[str, ...]]) -> dict[str, Any]:
    return {"stop_share": demand[0], "by": list(demand[1])}


def _plan(demand: tuple[float, tuple[str, ...]]) -> str:
    return f"停产{demand[0]:.0%}（以{'和'.join(BY[one] for one in demand[1])}计）"


@pytest.mark.slow
@given(lines=LINES, rules=st.lists(DEMANDS, max_size=2), plan=st.none() | DEMANDS, published=st.booleans())
@example(lines=[{"capacity": 10.0, "load_pct": 40.0}] * 2, rules=[(0.2, ("line",))], plan=None, published=True)
@settings(max_examples=25, deadline=None)
def test_rules_and_plans_are_covered_together_at_the_least_loss(
    make_book: BookMaker,
    decide: Decider,
    lines: list[dict[str, Any]],
    rules: list[tuple[float, tuple[str, ...]]],
    plan: tuple[float, tuple[str, ...]] | None,
    published: bool,
) -> None:
    law = [NOTHING, *({"id": f"r{n}", "then": _then(demand)} for n, demand in enumerate(rules))]
    table = decide(
        make_book(rules=law),
        [{**line, "plan_red": _plan(plan) if plan else None} for line in lines],
        published=published,
    )
    if plan is None and (published or not rules):
        assert set(table["status"]) == {"undetermined"}
        return
    plans = [plan] if plan else []
    binding = plans if published else [*rules, *plans]
    share = tuple(table["share"])
    choices = [
        some for some in itertools.product((0.0, 1.0), repeat=len(lines)) if all(_met(d, lines, some) for d in binding)
    ]
    assert share in choices
    assert _loss(lines, share) == pytest.approx(min(_loss(lines, some) for some in choices), abs=1e-5)
    assert list(table["measure"]) == ["stop_share" if x else "none" for x in share]
    asks_more = published and not all(_met(demand, lines, share) for demand in rules)
    assert table["remark"].str.contains("规定严于已发布清单").any() == asks_more
    if not published and plan in rules:
        assert not table["remark"].str.contains("备案措施更严").any()


@pytest.mark.slow
@given(lines=LINES, rule=DEMANDS, plan=DEMANDS)
@example(lines=[{"capacity": 20.0, "load_pct": 80.0}] * 3, rule=(0.3, ("line",)), plan=(0.7, ("line",)))
@settings(max_examples=15, deadline=None, phases=(Phase.explicit, Phase.generate))
def test_the_same_plan_changes_nothing_and_another_never_loses_less(
    make_book: BookMaker, decide: Decider, lines: list[dict[str, Any]], rule: Any, plan: Any
) -> None:
    book = make_book(rules=[NOTHING, {"id": "r", "then": _then(rule)}])

    def told(filed: Any) -> tuple[tuple[float, ...], bool]:
        table = decide(book, [{**line, "plan_red": filed and _plan(filed)} for line in lines])
        return tuple(table["share"]), bool(table["remark"].str.contains("备案措施更严").any())

    alone = told(None)
    assert told(rule) == alone == (alone[0], False)
    share, stricter = told(plan)
    assert _loss(lines, share) >= _loss(lines, alone[0]) - 1e-6
    assert _met(rule, lines, share)
    assert _met(plan, lines, share)
    assert stricter == (not _met(plan, lines, alone[0]))


# -- the two say the same, or one of them more


CEMENT = [{"capacity": size, "plan_red": "停产50%（以生产线计）"} for size in (5000, 2500, 2600)]
HALF = {"id": "r", "then": {"stop_share": 0.5}}


@pytest.fixture(scope="module")
def ordered(make_book: BookMaker, decide: Decider) -> Any:
    def run(rules: list[dict[str, Any]], lines: list[dict[str, Any]], **how: Any) -> pd.DataFrame:
        return decide(make_book(rules=[NOTHING, *rules]), lines, **how)

    return run


@pytest.mark.parametrize("published", [False, True])
def test_a_plan_that_says_the_same_as_the_rule_is_the_same_demand(ordered: Any, published: bool) -> None:
    table = ordered([HALF], CEMENT, published=published)
    assert list(table["share"]) == [0, 1, 1]
    assert table["nox_kg_d"].sum() == 400
    assert not table["remark"].str.contains("严").any()
    assert all("（停2号、3号线）" in text for text in table["measure_text"])


def test_a_stricter_plan_adds_and_a_lighter_one_does_not(ordered: Any) -> None:
    more = [{**line, "plan_red": "停产70%（以生产线计）"} for line in CEMENT]
    table = ordered([{"id": "r", "then": {"stop_share": 0.3}}], more)
    assert list(table["share"]) == [1, 1, 1]
    assert table["remark"].str.contains("规定要求：同一工序停产30%以上（以生产线计），备案措施更严").all()
    less = [{**line, "plan_red": "停产30%（以生产线计）"} for line in CEMENT]
    assert list(ordered([HALF], less)["share"]) == [0, 1, 1]


def test_a_rule_above_the_published_plan_is_a_finding_on_the_lines_it_would_add(ordered: Any) -> None:
    table = ordered([HALF], [{**line, "plan_red": "停产30%（以生产线计）"} for line in CEMENT], published=True)
    assert list(table["share"]) == [0, 1, 0]
    assert list(table["remark"].str.contains("规定严于已发布清单")) == [False, False, True]


def test_a_line_that_another_rule_stops_counts_in_what_a_rule_would_add_to_a_published_plan(ordered: Any) -> None:
    lines = [{**line, "plan_red": "停产30%（以生产线计）", "small": n == 0} for n, line in enumerate(CEMENT)]
    table = ordered([HALF, {"id": "shut", "when": {"small": True}, "then": "stop"}], lines, published=True)
    assert list(table["share"]) == [0, 1, 0]
    assert list(table["remark"].str.contains("规定严于已发布清单")) == [True, False, False]


def test_a_plan_alone_and_one_that_stops_a_line_name_the_lines(ordered: Any) -> None:
    assert list(ordered([], CEMENT)["share"]) == [0, 1, 1]
    named = [{**CEMENT[0], "plan_red": "停产"}, *CEMENT[1:]]
    assert list(ordered([HALF], named)["share"]) == [1, 1, 0]


def test_what_the_list_states_of_a_line_is_not_its_enterprises(ordered: Any) -> None:
    stated = [{**line, "plan_red_share": share} for line, share in zip(CEMENT, (1.0, 0.0, 0.0), strict=True)]
    assert list(ordered([], stated)["share"]) == [1, 0, 0]
    stated = [{**line, "plan_red_share": 0.5} for line in CEMENT]
    assert list(ordered([], stated)["share"]) == [0, 1, 1]


def test_a_plan_of_a_number_of_machines_is_chosen_and_counted(ordered: Any) -> None:
    lines = [
        {"units": 3, "capacity": 30, "plan_red": "停2台焙烧炉"},
        {"units": 3, "capacity": 60, "plan_red": "停2台焙烧炉"},
    ]
    table = ordered([], lines)
    assert list(table["share"]) == [pytest.approx(2 / 3, abs=1e-6), 0]
    assert table["measure_text"][0] == "清单备案措施：停2台焙烧炉：本生产线停2台（停1号线2台）"
    assert not table["remark"].str.contains("下限|无法核算").any()


@pytest.mark.parametrize(
    ("plans", "units", "shares", "asked"),
    [
        (("停2台焙烧炉", "停2台焙烧炉"), (3, 4), (2 / 3, 0), True),
        (("停1台焙烧炉", "停1台焙烧炉"), (None, None), (1, 0), True),
        (("停2台焙烧炉", "停2台焙烧炉"), (1, 4), (0, 0.5), False),  # no line of one machine stops two
        (("停2台焙烧炉", "停2台回转窑"), (3, 4), (2 / 3, 0), False),
        (("停2台焙烧炉", None), (3, 4), (2 / 3, 0.3), False),
        (("全厂停2台焙烧炉", "全厂停2台焙烧炉"), (3, 4), (2 / 3, 0), False),
        (("共停2台焙烧炉", "共停2台焙烧炉"), (3, 4), (2 / 3, 0), False),
        (("每条生产线停2台焙烧炉", "每条生产线停2台焙烧炉"), (3, 4), (2 / 3, 0.5), False),
        (("各停1台焙烧炉", "各停1台焙烧炉"), (3, 4), (1 / 3, 0.25), False),
        (("每线停2台焙烧炉", "每线停2台焙烧炉"), (1, 4), (1, 0.5), False),
    ],
)
def test_a_number_of_machines_on_several_lines_is_the_enterprises_each_lines_or_asked_about(
    ordered: Any, plans: Any, units: Any, shares: Any, asked: bool
) -> None:
    lines = [
        {"plan_red": plan, "units": count, "capacity": size}
        for plan, count, size in zip(plans, units, (30, 60), strict=True)
    ]
    table = ordered([{"id": "r", "then": {"limit": 0.3}}] if None in plans else [], lines)
    assert list(table["share"]) == pytest.approx(shares, abs=1e-6)
    flagged_ = table["flags"].str.contains("number_of_whom")
    assert list(flagged_) == [asked, asked]
    assert list(table["remark"].str.contains("在本企业2条生产线重复填写")) == [asked, asked]


def test_a_number_of_machines_is_the_processes_where_other_lines_have_none(ordered: Any) -> None:
    text = "停1台焙烧炉"
    lines = [{"plan_red": text, "long_stopped": True}, {"plan_red": text}, {"plan_red": text, "enterprise_id": "B"}]
    assert not ordered([], lines)["flags"].str.contains("number_of_whom").any()


def test_a_lifted_line_and_a_long_stopped_one_are_in_no_plan(ordered: Any) -> None:
    exempt = {"id": "green", "layer": "exemption", "when": {"green_factory": True}, "then": "exempt"}
    lines = [{**CEMENT[0], "green_factory": True}, {**CEMENT[1], "long_stopped": True}, *CEMENT[:2]]
    assert list(ordered([exempt], lines)["share"]) == [0, 0, 0, 1]


def test_load_is_capacity_times_load_and_what_is_missing_is_named(ordered: Any) -> None:
    rule = [{"id": "r", "then": {"stop_share": 0.5, "by": "load"}}]
    lines = [{"capacity": 100, "load_pct": 50}, {"capacity": 60, "load_pct": 100}, {"capacity": 40, "load_pct": 100}]
    assert list(ordered(rule, lines)["share"]) == [1, 0, 1]  # 50, 60, 40: half of 150 is 75
    table = ordered(rule, [*lines[:2], {"capacity": 40}])
    assert list(table["share"]) == [1, 1, 1]
    assert "缺核算数据：生产负荷" in table["remark"][2]
    assert "缺核算数据" not in table["remark"][0]


def test_production_really_lost_is_capacity_times_load_where_both_are_known(ordered: Any) -> None:
    lines = [{"capacity": 100, "load_pct": 20}, {"capacity": 50, "load_pct": 100}]
    assert list(ordered([HALF], lines)["share"]) == [1, 0]
    assert list(ordered([HALF], [lines[0], {"capacity": 50}])["share"]) == [0, 1]
    limited = {"id": "limited", "when": {"small": True}, "then": {"limit": 0.9}}
    lines = [{"capacity": 60}, {"capacity": 100, "small": True}]
    assert list(ordered([HALF, limited], lines)["share"]) == [0, 1]


@pytest.mark.parametrize("by", ["line", "unit", "capacity", "load"])
def test_what_a_stricter_order_of_some_lines_stops_counts_for_the_order_of_all(ordered: Any, by: str) -> None:
    strict = {"id": "coke", "when": {"process": "焦炉"}, "then": {"stop_share": 0.7, "by": by, "over": "rule"}}
    of_all = {"id": "all", "then": {"stop_share": 0.5, "by": by, "over": "rule"}}
    lines = [{"process": name, "capacity": 30, "load_pct": 80} for name in ("焦炉", "焦炉", "烧结")]
    assert list(ordered([strict, of_all], lines)["share"]) == [1, 1, 0]
    assert list(ordered([strict, of_all], [*lines, *lines[2:]])["share"]) == [1, 1, 0, 0]
    assert sum(ordered([strict, of_all], [*lines, *lines[2:] * 3])["share"]) == 3


@pytest.mark.parametrize("more", [{"on_top_of": ["r"]}, {"additional": True}])
def test_an_additional_order_stops_one_more(ordered: Any, more: dict[str, Any]) -> None:
    rules = [
        {"id": "r", "then": {"stop_share": 0.33}},
        {"id": "more", "then": {"stop_units": 1, "size_at_least": 200, "size_at_most": 200, **more}},
    ]
    lines = [
        {"unit_size": 200, "capacity": 200},
        {"unit_size": 200, "capacity": 200},
        {"unit_size": 360, "capacity": 360},
    ]
    table = ordered(rules, lines)
    assert list(table["share"]) == [1, 1, 0]
    assert [";".join(sorted(codes.split(";"))) for codes in table["measure"]] == ["stop_share", "stop_units", "none"]


@pytest.mark.parametrize(("count", "share", "met"), [(3, [1, 1, 0], True), (2, [1, 1], True), (1, [1], False)])
def test_an_additional_order_is_on_top_of_a_filed_plan_too(
    ordered: Any, count: int, share: list[int], met: bool
) -> None:
    more = {"id": "more", "then": {"stop_units": 1, "additional": True}}
    table = ordered([more], [{"capacity": n + 1, "plan_red": "停1台窑"} for n in range(count)])
    assert list(table["share"]) == share
    assert table["remark"].str.contains("停产比例无法满足").any() != met


def test_an_additional_order_after_what_an_active_warning_stopped(make_book: BookMaker, decisions: Any) -> None:
    """The next phase keeps both, and stops no third one."""
    rules = [
        {"id": "r", "then": {"stop_share": 0.3}},
        {"id": "more", "then": {"stop_units": 1, "additional": True}},
        {"id": "later", "then": {"limit": 0.1, "after_hours": 24}},
    ]
    found = decisions(make_book(rules=rules), [{"capacity": n} for n in (1, 2, 3)], hours=48)
    assert [list(one.share) for one in found] == [[1, 1, 0], [1, 1, 0.1]]


def test_no_order_stops_a_percentage_of_a_machine(ordered: Any) -> None:
    rules = [{"id": "r", "then": {"stop_share": 0.5, "by": "unit"}}]
    for units in range(1, 8):
        text = ordered(rules, [{"units": units}])["measure_text"][0]
        assert re.search(r"本生产线停(\d+台|产)$", text), text
    chambers = [{"id": "r", "then": {"stop_share": 0.5, "by": "chamber"}}]
    assert ordered(chambers, [{"chambers": 65}])["measure_text"][0].endswith("本生产线停33孔")
    several = ordered(rules, [{"units": 3}, {"units": 1}])
    assert all("（停1号线2台）" in text for text in several["measure_text"])


def test_the_size_of_a_machine_is_not_missed_where_enough_of_that_size_are_there(ordered: Any) -> None:
    rule = {"id": "r", "then": {"stop_units": 2, "size_at_least": 90}}
    table = ordered([rule], [{"units": 2, "unit_size": 90}, {"units": 5}])
    assert list(table["share"]) == [1, 0]
    assert not table["remark"].str.contains("缺核算数据|无法满足").any()


@pytest.mark.parametrize("published", [False, True])
def test_what_stops_without_a_warning_is_no_more_for_what_the_warning_asks(
    make_book: BookMaker, decisions: Any, published: bool
) -> None:
    """A share of the season's beside one of the warning's: under a published list that is only compared with it."""
    rules = [
        {"id": "season", "regime": "always", "then": {"stop_share": 0.3, "by": "line"}},
        {"id": "warning", "then": {"stop_share": 0.7, "by": "line"}},
    ]
    (found,) = decisions(make_book(rules=rules), [{"capacity": n} for n in (1, 2, 3)], published=published)
    shares = {code.share: one.stopped.tolist() for code, one in found.allotted.orders.items()}
    assert shares == {0.3: [1, 0, 0] if published else [1, 1, 1], 0.7: [1, 1, 1]}


def test_a_choice_that_was_not_proven_the_best_marks_its_own_lines(
    make_book: BookMaker, decisions: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = allot_list.allot
    lines = [{"enterprise_id": name, "capacity": n} for n, name in enumerate("AABBB", start=1)]
    for unproven, marked in (((), [False] * 5), ((2,), [True] * 2 + [False] * 3), ((2, 3), [True] * 5)):

        def doubtful(candidates: Any, demands: Any, some: tuple[int, ...] = unproven) -> Any:
            return replace(honest(candidates, demands), proven=len(candidates) not in some)

        monkeypatch.setattr(allot_list, "allot", doubtful)
        (found,) = decisions(make_book(rules=[HALF]), lines, apart=True)
        assert found.allotted.unproven.tolist() == marked
