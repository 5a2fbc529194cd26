"""A plan answers for every phase: as long as the response lasts, through its levels, when a document lapses."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from click.testing import CliRunner

from alertengine.cli import main
from alertengine.engine import Engine, Response, Segment
from alertengine.orders import summarise
from alertengine.rulebook import Rulebook
from alertengine.simulation import PlanRun, readable_requirements
from alertengine.simulation.planning.phases import DraftHead, with_draft
from alertengine.simulation.planning.table import KEPT
from alertengine.vocabulary import Level
from tests.conftest import BookMaker, document
from tests.simulation.planning.brute import least_loss
from tests.simulation.planning.conftest import DAY, Planner, law

pytestmark = pytest.mark.whole

KILN = {"industry": "砖瓦窑", "process": "焙烧"}
#: Six equal lines of one plant.
SIX = [{**KILN, "grade": "C", "enterprise_id": "E", "line_id": str(number)} for number in range(6)]


@pytest.fixture
def book(make_book: BookMaker) -> Rulebook:
    """All stop for a day, then less is asked; after the second day the document is over."""
    rules = [
        {"id": "first", "then": {"stop_share": 1.0, "by": "line", "until_hours": 24}},
        {"id": "later", "then": {"limit": 0.4, "after_hours": 24}},
    ]
    return make_book(law(share=0.3), document("episode", rules=rules, valid={"from": DAY, "to": date(2021, 12, 11)}))


def entries(run: PlanRun, pollutant: str = "so2") -> list[dict[str, Any]]:
    return [one for one in run.cities[0].certificate["requirements"] if one["pollutant"] == pollutant]


def test_the_gap_of_a_later_phase_is_closed_and_the_binding_phase_named(book: Rulebook, planned: Planner) -> None:
    day = planned(book, SIX, hours=24)
    assert day.cities[0].certificate["status"] == "no_gap"
    run = planned(book, SIX, hours=72)
    assert [one["now"] for one in entries(run)] == pytest.approx([1, 0.4, 0])
    assert [one["phase"] for one in entries(run)] == ["0-24", "24-48", "48-72"]
    assert run.cities[0].certificate["status"] == "closed"
    assert all(one["plan"] >= 0.3 for one in entries(run))
    binding = run.cities[0].certificate["binding_phase"]["orange"]
    assert (binding["phase"], binding["starts"]) == ("48-72", "2021-12-12 00:00")
    assert "2021年12月12日0时起依据缺失" in run.table["remark"].iloc[0]
    assert "阶段" in readable_requirements(run.cities[0].certificate["requirements"])[0]


@pytest.mark.parametrize("course", [(), ((Level.YELLOW, 30.0), (Level.ORANGE, 60.0), (Level.YELLOW, 12.0))])
def test_orders_under_the_draft_give_the_planned_kilograms_in_every_phase(
    book: Rulebook, planned: Planner, course: tuple[tuple[Level, float], ...]
) -> None:
    run = planned(book, SIX, [] if course else ["orange"], hours=None if course else 102.0, course=course)
    plan = run.cities[0]
    start = datetime.combine(DAY, datetime.min.time())
    response = Response.single(Level.ORANGE, DAY, 102)
    if course:
        bounds = [start, datetime(2021, 12, 11, 6), datetime(2021, 12, 13, 18), datetime(2021, 12, 14, 6)]
        steps = zip(bounds, bounds[1:], course, strict=False)
        response = Response(tuple(Segment(a, b, level) for a, b, (level, _) in steps), start)
    law_then = with_draft(book, run.document)
    decisions = Engine(law_then).decide(plan.lines, response)
    found = {f"{one.slice.starts:%Y-%m-%d %H:%M}": one for one in decisions}
    assert len({one["starts"] for one in plan.certificate["requirements"]}) == len(decisions)
    for one in plan.certificate["requirements"]:
        reached = float(found[one["starts"]].warning_reduced[one["pollutant"]].sum())
        assert one["plan_kg_d"] == pytest.approx(reached)
    summaries = summarise(law_then, plan.lines, decisions, run.enterprises.totals)
    assert {entry["met"] for entry in summaries} == {"yes"}


def test_over_several_phases_no_choice_loses_less(book: Rulebook, planned: Planner) -> None:
    lines = [*SIX, {**KILN, "grade": "D", "enterprise_id": "F", "so2_kg_d": 400, "capacity": 3.0}]
    found = planned(book, lines, hours=60).cities[0]
    head = DraftHead(("临汾市",), (Level.ORANGE,), DAY, hours=60)
    best = least_loss(book, found, [Level.ORANGE], head, {})
    assert found.certificate["proven"]
    assert found.certificate["production_lost"]["plan"] == pytest.approx(best, abs=1e-9)


def test_the_table_gives_the_mean_of_the_phases_by_their_hours(book: Rulebook, planned: Planner) -> None:
    row = planned(book, SIX, hours=72).table.iloc[0]
    assert row["so2_kg_d_now"] == pytest.approx((600 + 240 + 0) / 3)
    assert row["measure_now"].count("起：") == 2


def test_nothing_to_choose_is_said_and_no_error(make_book: BookMaker, planned: Planner) -> None:
    free = {"id": "a", "layer": "exemption", "then": "exempt"}
    run = planned(make_book(law(free, share=0.3)), SIX)
    assert run.cities[0].certificate["status"] == "nothing"
    assert run.exit_status == 1
    entry = run.cities[0].certificate["requirements"][0]
    assert entry["best_reachable"] == 0
    assert sum(entry["unreduced_kg_d"].values()) == pytest.approx(600)


def test_a_share_of_a_single_line_is_told_as_a_full_stop(make_book: BookMaker, planned: Planner) -> None:
    run = planned(make_book(law(share=0.9)), SIX[:1])
    row = run.table.iloc[0]
    assert row["measure"] != KEPT
    assert row["measure"] == "停产" or "即全部停产" in row["remark"]


def test_a_course_and_levels_exclude_each_other() -> None:
    for args in ([], ["--level", "red", "--course", "red:24"], ["--course", "red:24", "--hours", "3"]):
        result = CliRunner().invoke(main, ["plan", "list.csv", "--date", "2021-12-10", *args])
        assert result.exit_code == 2
        assert "--course" in result.output
    result = CliRunner().invoke(main, ["plan", "list.csv", "--date", "2021-12-10", "--course", "red"])
    assert "red:" not in result.output.split("expected")[0]
    assert result.exit_code == 2
