"""Allotting: which lines stop where a share is ordered of an enterprise."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from alertengine.engine.allot import Allotment, Candidate, allot
from tests.conftest import BookMaker, Decider

_EPSILON = 1e-9
LATTICE = st.sampled_from((1.0, 2.0, 2.5, 3.0, 5.0, 7.5))


def _covers(
    candidates: Sequence[Candidate], fractions: Sequence[float], share: float | None, count: float | None
) -> bool:
    for number in range(len(candidates[0].amounts)):
        amounts = [float(candidate.amounts[number] or 0) for candidate in candidates]
        stopped = sum(amount * part for amount, part in zip(amounts, fractions, strict=True))
        wanted = share * sum(amounts) if share is not None else (count or 0) if number == 0 else 0
        if stopped < wanted - _EPSILON:
            return False
    return True


def _cost(candidates: Sequence[Candidate], fractions: Sequence[float]) -> tuple[float, float]:
    """What the plan does not name, then lost production; lines stopped already are free."""
    free = [(c, part) for c, part in zip(candidates, fractions, strict=True) if not c.stopped]
    unnamed = sum(part for c, part in free if not c.named) if any(c.named for c, _ in free) else 0
    return round(unnamed, 9), round(sum(part * c.loss for c, part in free), 9)


def _settled(candidates: list[Candidate], share: float | None, count: float | None) -> list[Candidate] | None:
    """The candidates with the active warning's say: its lines alone where they suffice, else all of them stay."""
    if _covers(candidates, [float(c.kept or c.stopped) for c in candidates], share, count):
        return None
    return [replace(c, stopped=c.stopped or c.kept) for c in candidates]


def _brute_force(candidates: list[Candidate], share: float | None, count: float | None) -> list[tuple[float, ...]]:
    """Every best choice."""
    suffices = _settled(candidates, share, count) is None
    choices = []
    for c in candidates:
        free = [step / c.steps for step in range(c.steps + 1)]
        if c.stopped or (c.kept and not suffices):
            free = [1.0]
        elif suffices and not c.kept:
            free = [0.0]
        choices.append(free)
    covering = [some for some in itertools.product(*choices) if _covers(candidates, some, share, count)]
    counted = candidates if suffices else _settled(candidates, share, count) or []
    least = min((_cost(counted, some) for some in covering), default=None)
    return [some for some in covering if _cost(counted, some) == least]


@st.composite
def _populations(draw: st.DrawFn) -> list[Candidate]:
    countings = draw(st.integers(1, 3))
    one = st.builds(
        Candidate,
        st.tuples(*[st.one_of(st.just(1.0), LATTICE)] * countings),
        steps=st.sampled_from((1, 1, 2, 3)),
        stopped=st.sampled_from((False, False, False, True)),
        kept=st.booleans(),
        named=st.booleans(),
        loss=LATTICE,
    )
    return draw(st.lists(one, min_size=1, max_size=5))


@given(
    population=_populations(),
    share=st.sampled_from((0.1, 0.2, 0.3, 0.5, 0.75, 1.0, None)),
    count=st.sampled_from((1.0, 2.0, 4.0)),
)
@settings(max_examples=150, deadline=None, derandomize=True, phases=(Phase.explicit, Phase.generate))
def test_the_choice_covers_every_count_at_the_least_cost(
    population: list[Candidate], share: float | None, count: float
) -> None:
    asked = None if share is not None else count
    found = allot(population, share, asked)
    best = _brute_force(population, share, asked)
    assert found.met == bool(best)
    assert found.fractions in (best or [(1.0,) * len(population)])


def _lines(*losses: float, **marks: Any) -> list[Candidate]:
    return [Candidate((1.0,), loss=loss, **marks) for loss in losses]


def test_a_single_line_stops_whole_however_small_the_share() -> None:
    assert allot(_lines(5), 0.01).fractions == (1.0,)


def test_shares_round_up_and_decimals_do_not_stop_a_line_too_many() -> None:
    assert sum(allot(_lines(1, 1, 1), 0.5).fractions) == 2
    assert sum(allot(_lines(*[1.0] * 10), 0.1 + 0.2).fractions) == 3  # 0.30000000000000004


def test_the_lines_with_least_production_stop_and_equal_ones_in_order() -> None:
    assert allot(_lines(3, 1, 2), 0.3).fractions == (0.0, 1.0, 0.0)
    assert allot(_lines(1, 1, 1, 1), 0.5).fractions == (1.0, 1.0, 0.0, 0.0)


def test_the_plan_and_the_active_warning_come_before_production() -> None:
    small, large = Candidate((1.0,), loss=1), Candidate((1.0,), loss=9, named=True)
    assert allot([small, large], 0.5).fractions == (0.0, 1.0)
    kept = Candidate((1.0,), loss=99, kept=True)
    assert allot([small, large, kept], 0.3).fractions == (0.0, 0.0, 1.0)


def test_stopped_lines_count_and_spare_the_others() -> None:
    assert allot([*_lines(1, 1), *_lines(1, 1, stopped=True)], 0.5).fractions == (0.0, 0.0, 1.0, 1.0)


def test_least_production_beats_fewest_lines() -> None:
    capacities = (200.0, 110.0, 75.0, 70.0)  # half is 227.5: 200 + 70 are fewer lines, 110 + 75 + 70 less production
    found = allot([Candidate((size,), loss=size) for size in capacities], 0.5)
    assert found.fractions == (0.0, 1.0, 1.0, 1.0)


def test_an_amount_not_on_file_stops_all_and_says_so() -> None:
    found = allot([Candidate((1.0, None)), Candidate((1.0, 3.0))], 0.5)
    assert found == Allotment((1.0, 1.0), met=False, unknown=True)


def test_a_count_beyond_what_is_there_stops_all_that_is_meant_and_says_so() -> None:
    found = allot([Candidate((2.0,), steps=2), Candidate((0.0,))], None, 3)
    assert found == Allotment((1.0, 0.0), met=False)


def test_forty_lines_by_line_and_capacity_are_allotted() -> None:
    population = [Candidate((1.0, 50 + 7.3 * n), loss=50 + 7.3 * n) for n in range(40)]
    assert allot(population, 0.5).met


# -- over a list


def _stops(table: Any) -> list[float]:
    return list(table["share"])


def test_over_counts_the_process_by_default_and_the_enterprise_where_said(
    make_book: BookMaker, decide: Decider
) -> None:
    lines = [
        {"process": "焦炉", "capacity": 1},
        {"process": "焦炉", "capacity": 2},
        {"process": "熔炼", "capacity": 3},
        {"process": "熔炼", "capacity": 4},
    ]
    by_process = make_book(rules=[{"id": "r", "then": {"stop_share": 0.5}}])
    assert _stops(decide(by_process, lines)) == [1, 0, 1, 0]
    whole = make_book(rules=[{"id": "r", "then": {"stop_share": 0.5, "over": "enterprise"}}])
    assert _stops(decide(whole, lines)) == [1, 1, 0, 0]
    assert _stops(decide(whole, lines, apart=True)) == [1, 1, 1, 1]


def test_lines_not_chosen_are_ordered_with_measure_none_and_share_nought(make_book: BookMaker, decide: Decider) -> None:
    book = make_book(rules=[{"id": "r", "then": {"stop_share": 0.5}}])
    table = decide(book, [{"capacity": 1}, {"capacity": 2}])
    assert list(table["status"]) == ["ordered", "ordered"]
    assert list(table["measure"]) == ["stop_share", "none"]
    assert list(table["share"]) == [1, 0]
    assert "本生产线停产" in table["measure_text"][0]
    assert "本生产线不停" in table["measure_text"][1]


@pytest.mark.parametrize(
    ("by", "line", "share"),
    [
        ("unit", {"units": 4}, 0.5),
        ("unit", {"units": 3}, 2 / 3),
        ("chamber", {"chambers": 65}, 33 / 65),
        ("capacity", {"capacity": 100}, 1.0),
        ("line", {"units": 4}, 1.0),
    ],
)
def test_units_and_chambers_inside_a_line_give_it_a_partial_share(
    make_book: BookMaker, decide: Decider, by: str, line: dict[str, Any], share: float
) -> None:
    book = make_book(rules=[{"id": "r", "then": {"stop_share": 0.5, "by": by}}])
    table = decide(book, [line])
    assert table["share"][0] == pytest.approx(share, abs=1e-6)
    assert table["so2_kg_d"][0] == pytest.approx(100 * share, abs=1e-3)


def test_every_count_asked_for_is_reached_at_once(make_book: BookMaker, decide: Decider) -> None:
    lines = [{"capacity": 100}, {"capacity": 10}, {"capacity": 10}, {"capacity": 10}]
    one = make_book(rules=[{"id": "r", "then": {"stop_share": 0.5, "by": "line"}}])
    assert _stops(decide(one, lines)) == [0, 1, 1, 0]
    both = make_book(rules=[{"id": "r", "then": {"stop_share": 0.5, "by": ["line", "capacity"]}}])
    assert _stops(decide(both, lines)) == [1, 1, 0, 0]


def test_capacities_in_two_units_are_not_added(make_book: BookMaker, decide: Decider) -> None:
    book = make_book(rules=[{"id": "r", "then": {"stop_share": 0.5, "by": "capacity"}}])
    same = [{"capacity": 10, "capacity_unit": "万吨/年"}, {"capacity": 12, "capacity_unit": "万吨/年"}]
    assert _stops(decide(book, same)) == [0, 1]
    table = decide(book, [same[0], {"capacity": 12, "capacity_unit": "吨/日"}])
    assert _stops(table) == [1, 1]
    assert all("停产比例无法满足或缺少计数数据" in text for text in table["remark"])


def test_long_stopped_lines_are_in_neither_part(make_book: BookMaker, decide: Decider) -> None:
    book = make_book(rules=[{"id": "r", "then": {"stop_share": 0.5}}])
    table = decide(book, [{"long_stopped": True}, {"long_stopped": True}, {"capacity": 1}, {"capacity": 2}])
    assert _stops(table) == [0, 0, 1, 0]
    assert list(table["so2_kg_d"]) == [0, 0, 100, 0]


def test_an_exempt_line_is_not_in_the_population(make_book: BookMaker, decide: Decider) -> None:
    rules = [
        {"id": "r", "then": {"stop_share": 0.5}},
        {"id": "green", "layer": "exemption", "when": {"green_factory": True}, "then": "exempt"},
    ]
    table = decide(make_book(rules=rules), [{"green_factory": True}, {"capacity": 1}, {"capacity": 2}])
    assert list(table["status"]) == ["exempt", "ordered", "ordered"]
    assert _stops(table) == [0, 1, 0]


@pytest.mark.parametrize(
    "stopping",
    [
        {"regime": "always"},
        {"kind": "season", "during": "采暖期"},
        {"layer": "sanction"},
        {},
    ],
)
def test_a_line_stopped_for_another_reason_counts_as_stopped(
    make_book: BookMaker, decide: Decider, stopping: dict[str, Any]
) -> None:
    rules = [
        {"id": "r", "then": {"stop_share": 0.5}},
        {"id": "stop", "when": {"retrofit_done": False}, "then": "stop", **stopping},
    ]
    table = decide(make_book(rules=rules), [{"retrofit_done": False, "capacity": 9}, {"capacity": 1}])
    assert _stops(table) == [1, 0]


def test_the_lines_a_plan_names_stop_first(make_book: BookMaker, decide: Decider) -> None:
    book = make_book(rules=[{"id": "r", "then": {"stop_share": 0.5}}])
    lines = [{"capacity": 1}, {"capacity": 99, "plan_red": "停产"}]
    assert _stops(decide(book, lines)) == [0, 1]


def test_the_order_of_equal_lines_in_the_list_does_not_matter(make_book: BookMaker, decide: Decider) -> None:
    book = make_book(rules=[{"id": "r", "then": {"stop_share": 0.5}}])
    lines = [{"line_id": name} for name in ("2", "10", "1", "3")]
    one, other = decide(book, lines), decide(book, lines[::-1])
    assert dict(zip(one["line_id"], one["share"], strict=True)) == {"1": 1, "2": 1, "3": 0, "10": 0}
    assert list(one["share"]) == list(other["share"])


def test_two_rules_asking_the_same_share_of_overlapping_lines_are_both_met(
    make_book: BookMaker, decide: Decider
) -> None:
    measure = {"stop_share": 0.5, "over": "rule"}
    rules = [
        {"id": "a", "when": {"stable": True}, "then": measure},
        {"id": "b", "when": {"small": True}, "then": measure},
    ]
    lines = [  # under a: the first four; under b: the last four
        {"stable": True, "capacity": 8},
        {"stable": True, "capacity": 9},
        {"stable": True, "small": True, "capacity": 2},
        {"stable": True, "small": True, "capacity": 3},
        {"small": True, "capacity": 1},
        {"small": True, "capacity": 1.5},
    ]
    share = _stops(decide(make_book(rules=rules), lines))
    assert sum(share[:4]) >= 2
    assert sum(share[2:]) >= 2


def test_machines_of_a_size_are_counted_and_no_others(make_book: BookMaker, decide: Decider) -> None:
    book = make_book(rules=[{"id": "r", "then": {"stop_units": 2, "size_at_least": 90}}])
    lines = [{"units": 3, "unit_size": 90}, {"units": 5, "unit_size": 50}]
    table = decide(book, lines)
    assert table["share"][0] == pytest.approx(2 / 3, abs=1e-6)
    assert table["share"][1] == 0
    few = decide(book, [{"units": 1, "unit_size": 90}, {"units": 5, "unit_size": 50}])
    assert _stops(few) == [1, 0]
    assert "停产比例无法满足" in few["remark"][0]
