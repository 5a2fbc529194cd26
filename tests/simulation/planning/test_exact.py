"""The plan is the least costly lawful one: against every choice tried, on small cities."""

from __future__ import annotations

import random
from typing import Any

import pytest

from alertengine.rulebook import read_measure
from alertengine.simulation.planning.phases import DraftHead, decide_phases, draft_document, with_draft
from alertengine.vocabulary import Level
from tests.conftest import BookMaker
from tests.simulation.planning.brute import least_loss
from tests.simulation.planning.conftest import DAY, Planner, law

pytestmark = pytest.mark.whole

KILN = {"industry": "砖瓦窑", "process": "焙烧"}
CLAY = {"industry": "铸造", "process": "熔炼"}


def some_lines(rng: random.Random, kinds: list[dict[str, str]], grades: list[str]) -> list[dict[str, Any]]:
    lines = []
    for kind in kinds:
        for grade in grades:
            for plant in range(rng.randint(1, 2)):
                for line in range(rng.randint(1, 3)):
                    amounts = {f"{name}_kg_d": rng.randint(5, 200) for name in ("so2", "nox", "pm", "vocs")}
                    owner = {"enterprise_id": f"{kind['industry']}{grade}{plant}", "line_id": str(line)}
                    size = {"capacity": rng.choice([10.0, 20.0, 35.0]), "capacity_unit": "万吨/年"}
                    lines.append({**kind, "grade": grade, **owner, **amounts, **size})
    return lines


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 4])
def test_one_level_agrees_with_every_choice_tried(make_book: BookMaker, planned: Planner, seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 -- a seeded draw
    rules = {"C": {"limit": 0.3}} if seed % 2 else {"D": {"stop_share": 0.5, "by": "line"}}
    written = [{"id": f"r{grade}", "when": {"effective_grade": grade}, "then": then} for grade, then in rules.items()]
    book = make_book(law(*written, share=rng.choice([0.35, 0.5, 0.62, 0.8])))
    kinds = [KILN] if seed < 4 else [KILN, CLAY]
    run = planned(book, some_lines(rng, kinds, ["B", "C", "D"] if seed < 4 else ["B", "C"]))
    found = run.cities[0]
    now = {grade: [read_measure(then)] for grade, then in rules.items()}
    best = least_loss(book, found, [Level.ORANGE], DraftHead(("临汾市",), (Level.ORANGE,), DAY), now)
    assert best is not None
    assert found.certificate["status"] == "closed"
    assert found.certificate["proven"]
    assert found.certificate["production_lost"]["plan"] == pytest.approx(best, abs=1e-9)
    assert found.certificate["bound"] == pytest.approx(best, abs=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0])
def test_two_levels_together_agree_with_every_choice_tried(make_book: BookMaker, planned: Planner, seed: int) -> None:
    rng = random.Random(100 + seed)  # noqa: S311 -- a seeded draw
    book = make_book(law(share={"yellow": 0.4, "orange": 0.45, "red": 0.9}))
    levels = [Level.YELLOW, Level.ORANGE]
    found = planned(book, some_lines(rng, [KILN], ["B", "C"]), ["yellow", "orange"]).cities[0]
    best = least_loss(book, found, levels, DraftHead(("临汾市",), tuple(levels), DAY), {})
    assert best is not None
    assert found.certificate["production_lost"]["plan"] == pytest.approx(best, abs=1e-9)


def test_a_cluster_too_wide_to_try_is_not_called_proven(
    make_book: BookMaker, planned: Planner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is said to be reached is then still what the orders under the written draft reach."""
    monkeypatch.setattr("alertengine.simulation.planning.effects.MOST_JOINT", 1)
    both = {"id": "half", "when": {"industry": "砖瓦窑"}, "then": {"stop_share": 0.5, "by": "line"}}
    lines = [
        {**KILN, "enterprise_id": "E", "line_id": str(n), "grade": grade, "so2_kg_d": kg, "capacity": 10.0 + n}
        for n, (grade, kg) in enumerate([("B", 90), ("B", 20), ("C", 60), ("C", 70)])
    ]
    found = planned(make_book(law(both, share=0.7)), lines).cities[0]
    assert not found.certificate["proven"]
    head = DraftHead(("临汾市",), (Level.ORANGE,), DAY)
    book = with_draft(
        make_book(law(both, share=0.7)), draft_document(head, found.grouping.groups, found.choice, make_book(law(both)))
    )
    decided = decide_phases(book, found.lines, head).decisions[0]
    for entry in found.certificate["requirements"]:
        reached = float(decided.warning_reduced[entry["pollutant"]].sum())
        assert entry["plan_kg_d"] == pytest.approx(reached)
        assert (entry["short_kg_d"] > 0) == (reached < entry["required_kg_d"] - 1e-9)


def test_groups_that_one_order_counts_together_are_tried_jointly(make_book: BookMaker, planned: Planner) -> None:
    """An order over lines of two grades stops one line less when the plan stops another: only a joint try sees it."""
    both = {"id": "half", "when": {"industry": "砖瓦窑"}, "then": {"stop_share": 0.5, "by": "line"}}
    book = make_book(law(both, share=0.7))
    lines = [
        {**KILN, "enterprise_id": "E", "line_id": str(n), "grade": grade, "so2_kg_d": kg, "capacity": size}
        for n, (grade, kg, size) in enumerate([("B", 90, 30.0), ("B", 20, 10.0), ("C", 60, 12.0), ("C", 70, 40.0)])
    ]
    found = planned(book, lines).cities[0]
    assert [len(cluster.groups) for cluster in found.effects.clusters] == [2]
    now = {grade: [read_measure({"stop_share": 0.5, "by": "line"})] for grade in "BC"}
    best = least_loss(book, found, [Level.ORANGE], DraftHead(("临汾市",), (Level.ORANGE,), DAY), now)
    assert found.certificate["proven"]
    assert found.certificate["orders_differ_by_kg_d"] == pytest.approx(0, abs=1e-6)
    assert found.certificate["production_lost"]["plan"] == pytest.approx(best, abs=1e-9)
