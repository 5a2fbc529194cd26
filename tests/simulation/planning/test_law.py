"""What a plan may not do: undo the law, touch whom it spares, treat a worse grade or a graver level more lightly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alertengine.orders import summarise
from alertengine.rulebook import Rulebook
from alertengine.simulation import PlanOptions, readable_requirements
from alertengine.simulation.planning.phases import DraftHead, decide_phases, with_draft
from alertengine.simulation.planning.run import plan_enterprises
from alertengine.simulation.planning.table import KEPT
from alertengine.vocabulary import InputError, Level
from tests.conftest import BookMaker
from tests.simulation.planning.conftest import DAY, Planner, law, listed

pytestmark = pytest.mark.whole

KILN = {"industry": "砖瓦窑", "process": "焙烧"}


def plants(*grades: str | None, **cells: Any) -> list[dict[str, Any]]:
    return [{**KILN, "grade": grade, "enterprise_id": f"E{number}", **cells} for number, grade in enumerate(grades)]


def measures(run: Any, level: str = "orange") -> dict[str, str]:
    """The planned measure of each grade."""
    rows = run.table[(run.table["level"] == level) & run.table["lines"].notna()]
    return dict(zip(rows["grade"], rows["measure"], strict=True))


def test_a_worse_grade_is_never_lighter_even_where_it_brings_nothing(make_book: BookMaker, planned: Planner) -> None:
    stopped = {"id": "season", "kind": "season", "when": {"effective_grade": "D"}, "then": "stop"}
    book = make_book(law(stopped, share=0.5))
    run = planned(book, plants("B", "D"))
    assert run.cities[0].certificate["status"] == "closed"
    assert measures(run)["B"] == "同一工序停产50%以上（以生产线计）"
    assert measures(run)["D"] == "同一工序停产50%以上（以生产线计）"  # the mildest that is not lighter


def test_ungraded_is_not_lighter_than_any_grade_and_an_unknown_one_compares_with_none(
    make_book: BookMaker, planned: Planner
) -> None:
    stopped = {"id": "season", "kind": "season", "when": {"effective_grade": "未评级"}, "then": "stop"}
    book = make_book(law(stopped, share=0.1))
    assert set(measures(planned(book, plants("C", "未评级"))).values()) == {"限产30%"}
    assert measures(planned(book, plants("C", "未评级", None))) == {"C": KEPT, "未评级": KEPT, "": "限产30%"}


def test_lines_the_law_spares_stay_as_they_are(make_book: BookMaker, planned: Planner) -> None:
    rules = [
        {"id": "a", "layer": "exemption", "when": {"effective_grade": "A"}, "then": "self_directed"},
        {"id": "small", "layer": "exemption", "when": {"small": True}, "then": "exempt"},
    ]
    lines = [
        *plants("A", "C"),
        *plants("C", enterprise_id="heat", guarantee="供暖"),
        *plants("C", enterprise_id="s", small=True),
    ]
    run = planned(make_book(law(*rules, share=0.25)), lines)
    found = run.cities[0]
    law_then = with_draft(make_book(law(*rules, share=0.25)), run.document)
    before = found.base.decisions[0]
    after = decide_phases(law_then, found.lines, DraftHead(("临汾市",), (Level.ORANGE,), DAY)).decisions[0]
    spared = [0, 2, 3]
    assert np.array_equal(before.status[spared], after.status[spared])
    assert np.array_equal(before.reduced["so2"][spared], after.reduced["so2"][spared], equal_nan=True)
    assert after.warning_share[1] == 1.0
    assert found.certificate["status"] == "closed"


def test_a_group_with_lines_that_direct_themselves_in_the_same_layer_is_left_out(
    make_book: BookMaker, planned: Planner
) -> None:
    rule = {"id": "own", "when": {"effective_grade": "B", "small": True}, "then": "self_directed"}
    lines = [*plants("C"), *plants("B", enterprise_id="big", small=False), *plants("B", enterprise_id="s", small=True)]
    run = planned(make_book(law(rule, share=0.9)), lines)
    assert [(left.key.grade, left.lines) for left in run.cities[0].grouping.left_out] == [("B", 1)]
    assert run.exit_status == 1
    entry = run.cities[0].certificate["requirements"][0]
    assert entry["best_reachable"] == pytest.approx(1 / 3)
    assert entry["short_kg_d"] == pytest.approx(0.9 * 300 - 100)
    assert sum(entry["unreduced_kg_d"].values()) + entry["plan_kg_d"] == pytest.approx(300)
    assert entry["unreduced_kg_d"] == {
        "beyond_list": 0,
        "stopped_already": 0,
        "untouched": 100,
        "left_out": 100,
        "planned": 0,
    }


def test_a_graver_level_is_never_lighter(make_book: BookMaker, planned: Planner) -> None:
    """At red the boilers stop by law and nothing is missing; what yellow takes from the kilns holds at red too."""
    rule = {"id": "boiler", "level": "red", "when": {"industry": "供热"}, "then": "stop"}
    book = make_book(law(rule, share=0.2))
    lines = [*plants("C"), {"industry": "供热", "process": "锅炉", "enterprise_id": "H"}]
    alone = planned(book, lines, ["red"])
    assert alone.cities[0].certificate["status"] == "no_gap"
    run = planned(book, lines, ["yellow", "red"])
    texts = [measures(run, level)["C"] for level in ("yellow", "red")]
    assert texts[0] == texts[1] != KEPT


def test_a_line_that_a_lower_level_s_measure_holds_is_never_held_by_less(
    make_book: BookMaker, planned: Planner
) -> None:
    """At red the kiln of grade B stands still by its measure of yellow; stopping the smaller one instead costs less."""
    size = {"capacity_unit": "万吨/年"}
    lines = [
        *plants("B", plan_yellow="停产", capacity=30, **size), *plants("C", enterprise_id="E1", capacity=10, **size),
    ]  # fmt: skip
    run = planned(make_book(law(share=0.6)), lines, ["red"])
    assert measures(run, "red") == {"B": KEPT, "C": "限产30%"}
    for one in run.cities[0].certificate["requirements"]:
        society = one["required_kg_d"] / 0.6
        assert (one["now_kg_d"], one["plan_kg_d"]) == pytest.approx((0.5 * society, 0.65 * society))


def test_a_level_planned_alone_carries_over_to_the_graver_ones(make_book: BookMaker, planned: Planner) -> None:
    book = make_book(law(share=0.5))
    run = planned(book, plants("C", "D"), ["yellow"])
    head = DraftHead(("临汾市",), (Level.YELLOW, Level.ORANGE, Level.RED), DAY)
    decided = decide_phases(with_draft(book, run.document), run.cities[0].lines, head).decisions
    reduced = [float(np.nansum(one.warning_reduced["so2"])) for one in decided]
    assert reduced[0] > 0
    assert reduced == sorted(reduced)


def test_undetermined_groups_can_be_left_out(make_book: BookMaker, planned: Planner) -> None:
    rule = {"id": "c", "when": {"effective_grade": "C"}, "then": {"limit": 0.3}}
    lines = plants("C", "D")
    with_all = planned(make_book(law(rule, share=0.4)), lines)
    without = planned(make_book(law(rule, share=0.4)), lines, leave_undetermined=True)
    assert measures(with_all)["D"] != KEPT
    assert measures(without)["D"] == KEPT
    assert without.cities[0].grouping.left_out[0].reason.startswith("依据缺失")


def test_lines_that_no_rule_can_name_are_left_out_with_the_reason(make_book: BookMaker, planned: Planner) -> None:
    lines = [*plants("C"), {"industry": "磨盘", "process": "焙烧", "enterprise_id": "X"}]
    run = planned(make_book(law(share=0.4)), lines)
    left = run.cities[0].grouping.left_out
    assert [one.key.industry for one in left] == ["磨盘"]
    assert "不在目录" in left[0].reason


def test_nothing_missing_changes_nothing(make_book: BookMaker, planned: Planner) -> None:
    stop = {"id": "stop", "then": "stop"}
    run = planned(make_book(law(stop, share=0.4)), plants("C", "D"))
    assert run.cities[0].certificate["status"] == "no_gap"
    assert run.exit_status == 0
    assert not run.table["changed"].any()
    assert "tables" not in run.document


def test_no_totals_and_no_ratio_are_said(make_book: BookMaker, steps_file: Path) -> None:
    def plan(book: Rulebook, *, totals: bool) -> None:
        enterprises = listed(book, plants("C"), None)
        if not totals:
            enterprises.totals = None
        plan_enterprises(book, enterprises, [Level.RED], DAY, PlanOptions(steps=steps_file))

    with pytest.raises(InputError, match="no whole-society emissions"):
        plan(make_book(law(share=0.4)), totals=False)
    with pytest.raises(InputError, match="no ratio is required"):
        plan(make_book(rules=[{"id": "c", "then": "stop"}]), totals=True)


def test_a_step_below_what_the_law_asks_of_a_better_grade_is_no_choice(make_book: BookMaker, planned: Planner) -> None:
    """C stops half by law and D has no rule: D may not get less than C has, though less would do."""
    rule = {"id": "c", "when": {"effective_grade": "C"}, "then": {"stop_share": 0.5, "by": "line"}}
    lines = [{**line, "line_id": str(n)} for line in plants("C", "D") for n in range(2)]
    run = planned(make_book(law(rule, share=0.3)), lines)
    assert measures(run) == {"C": KEPT, "D": "同一工序停产50%以上（以生产线计）"}


def test_a_share_of_lines_says_how_many_plants_it_stops_outright(make_book: BookMaker, planned: Planner) -> None:
    two = [{**KILN, "grade": "C", "enterprise_id": "two", "line_id": str(n)} for n in (1, 2)]
    run = planned(make_book(law(share=0.5)), [*plants("C"), *two])
    row = run.table[(run.table["level"] == "orange") & run.table["changed"].astype(bool)].iloc[0]
    assert row["measure"] == "同一工序停产50%以上（以生产线计）"
    assert "其中1家企业该工序全部停产" in row["remark"]


@pytest.mark.parametrize(("share", "met"), [(0.4, "yes"), (0.6, "unknown"), (0.9, "no")])
def test_a_plan_judges_a_ratio_as_the_orders_under_it_do(
    make_book: BookMaker, planned: Planner, share: float, met: str
) -> None:
    """Two kilns that may stop, a line without a ground that the plan leaves, one that is spared: half, at most 3/4."""
    spared = {"id": "own", "when": {"effective_grade": "A"}, "then": "self_directed"}
    bound = {"id": "kilns", "when": {"effective_grade": "C"}, "then": {"limit": 0.1}}
    book = make_book(law(spared, bound, share=share))
    lines = [*plants("C", "C", "A"), {"industry": "铸造", "process": "熔炼", "enterprise_id": "open"}]
    run = planned(book, lines, leave_undetermined=True)
    found = run.cities[0]
    decided = decide_phases(with_draft(book, run.document), found.lines, DraftHead(("临汾市",), (Level.ORANGE,), DAY))
    (entry,) = summarise(book, found.lines, decided.decisions, run.enterprises.totals)
    requirements = found.certificate["requirements"]
    assert [one["met"] for one in requirements] == [entry["ratio"][one["pollutant"]]["met"] for one in requirements]
    assert {one["met"] for one in requirements} == {met}
    word = {"yes": "达到", "unknown": "无法判定", "no": "未达到"}[met]
    assert {row["是否达到"] for row in readable_requirements(requirements)} == {word}
    assert (found.certificate["status"], run.exit_status) == {
        "yes": ("closed", 0), "unknown": ("open", 1), "no": ("short", 1)
    }[met]  # fmt: skip
    assert ("没有合规方案" in run.text, "尚无法判定" in run.text) == (met == "no", met == "unknown")
