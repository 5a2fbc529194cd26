"""Allotting: which lines stop where a share is ordered of an enterprise."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from alertengine.engine.allot import Allotment, Candidate, Demand, allot
from tests.conftest import BookMaker, Decider

LATTICE = st.sampled_from((1.0, 2.0, 2.5, 3.0, 5.0, 7.5))


# -- the choice, against every choice there is


def _parts(fraction: float, parts: int) -> Fraction:
    return Fraction(math.floor(Fraction(fraction).limit_denominator(1000) * parts), parts)


def _covers(demand: Demand, stopped: Sequence[float]) -> bool:
    """Whether fractions by candidate cover a demand, counted in whole parts of its members."""
    for number in range(len(demand.amounts[0])):
        amounts = [Fraction(held[number] or 0.0) for held in demand.amounts]
        reached = sum(
            amount * _parts(stopped[member], parts)
            for amount, member, parts in zip(amounts, demand.members, demand.parts, strict=True)
        )
        share = Fraction(demand.share or 0.0).limit_denominator(1000)
        wanted = share * sum(amounts) if demand.share is not None else (demand.count or 0) if number == 0 else 0
        if reached < wanted:
            return False
    return True


def _loss(candidates: Sequence[Candidate], stopped: Sequence[float]) -> float:
    """Production lost beside what is lost already."""
    taken = [1.0 if c.stopped else max(c.cut, c.least) for c in candidates]
    return sum(c.loss * max(0.0, float(part) - gone) for c, part, gone in zip(candidates, stopped, taken, strict=True))


def _choices(candidates: Sequence[Candidate], demands: Sequence[Demand]) -> list[tuple[tuple[Fraction, ...], ...]]:
    """Every way to stop parts of the candidates, split into what counts for all demands and for each additional."""
    extra = [demand for demand in demands if demand.additional]
    out = []
    for number, candidate in enumerate(candidates):
        if candidate.stopped:
            out.append([(Fraction(1), *([Fraction(0)] * len(extra)))])
            continue
        levels = [{Fraction(0), Fraction(candidate.least).limit_denominator(1000)}, *({Fraction(0)} for _ in extra)]
        for demand in demands:
            if number in demand.members:
                parts = demand.parts[demand.members.index(number)]
                at = 1 + extra.index(demand) if demand.additional else 0
                levels[at] |= {Fraction(step, parts) for step in range(parts + 1)}
        splits = [split for split in itertools.product(*levels) if candidate.least - 1e-9 <= sum(split) <= 1]
        out.append(splits)
    return list(itertools.product(*out))


def _least(candidates: list[Candidate], demands: list[Demand]) -> float | None:
    """The least loss of a choice that covers all; the active warning's lines alone where they do, else all of them."""
    extra = [demand for demand in demands if demand.additional]
    covering = []
    choices = _choices(candidates, demands)
    for choice in choices:
        ordinary = [float(split[0]) for split in choice]
        covered = all(_covers(demand, ordinary) for demand in demands if not demand.additional) and all(
            _covers(demand, [float(split[1 + at]) for split in choice]) for at, demand in enumerate(extra)
        )
        if covered:
            covering.append([float(sum(split)) for split in choice])
    most = [max(float(sum(choice[n])) for choice in choices) for n in range(len(candidates))]
    floor = [1.0 if c.stopped else min(max(c.kept, c.least), most[n]) for n, c in enumerate(candidates)]
    for some in (
        [one for one in covering if all(part <= at + 1e-9 for part, at in zip(one, floor, strict=True))],
        [one for one in covering if all(part >= at - 1e-9 for part, at in zip(one, floor, strict=True))],
        covering,
    ):
        if some and (some is covering or any(c.kept for c in candidates)):
            return min(_loss(candidates, one) for one in some)
    return None


@st.composite
def _problems(draw: st.DrawFn, *, additional: bool = True) -> tuple[list[Candidate], list[Demand]]:
    candidates = draw(
        st.lists(
            st.builds(
                Candidate,
                loss=LATTICE,
                cut=st.sampled_from((0.0, 0.0, 0.3)),
                stopped=st.sampled_from((False, False, False, True)),
                kept=st.sampled_from((0.0, 0.0, 1.0)),
                least=st.sampled_from((0.0, 0.0, 0.0, 0.5)),
            ),
            min_size=1,
            max_size=4,
        )
    )
    demands = []
    for _ in range(draw(st.integers(1, 3))):
        members = tuple(
            sorted(draw(st.sets(st.sampled_from(range(len(candidates))), min_size=1, max_size=len(candidates))))
        )
        countings = draw(st.integers(1, 2))
        share = draw(st.sampled_from((0.1, 0.25, 0.5, 0.75, 1.0, None)))
        demands.append(
            Demand(
                members,
                tuple(draw(st.tuples(*[st.one_of(st.just(1.0), LATTICE)] * countings)) for _ in members),
                tuple(draw(st.sampled_from((1, 1, 2, 3))) for _ in members),
                share=share,
                count=draw(st.sampled_from((1.0, 2.0))) if share is None else None,
                additional=additional and draw(st.sampled_from((False, False, True))),
            )
        )
    return candidates, demands


@pytest.mark.slow
@given(problem=_problems())
@settings(max_examples=100, deadline=None, phases=(Phase.explicit, Phase.generate))
def test_the_choice_covers_every_demand_at_the_least_loss(problem: tuple[list[Candidate], list[Demand]]) -> None:
    candidates, demands = problem
    found = allot(candidates, demands)
    distinct = list(dict.fromkeys(demands))
    assert found.proven
    if all(found.met):
        assert _loss(candidates, found.fractions) == pytest.approx(_least(candidates, distinct), abs=1e-5)
    else:
        assert _least(candidates, distinct) is None
        for demand, met in zip(demands, found.met, strict=True):
            assert met or all(found.fractions[member] == 1 for member in demand.members)
    for demand, met in zip(demands, found.met, strict=True):
        assert not met or demand.additional or _covers(demand, found.fractions)


@given(problem=_problems(additional=False), more=_problems(additional=False))
@settings(max_examples=60, deadline=None, phases=(Phase.explicit, Phase.generate))
def test_a_further_demand_never_loses_less_and_an_equal_one_changes_nothing(
    problem: tuple[list[Candidate], list[Demand]], more: tuple[list[Candidate], list[Demand]]
) -> None:
    candidates, demands = [Candidate(c.loss, c.cut, c.stopped) for c in problem[0]], problem[1]
    before = allot(candidates, demands)
    again = allot(candidates, [*demands, *demands])
    assert again.fractions == before.fractions
    further = [demand for demand in more[1] if max(demand.members) < len(candidates)]
    after = allot(candidates, [*demands, *further])
    assert _loss(candidates, after.fractions) >= _loss(candidates, before.fractions) - 1e-6


@given(
    size=st.sampled_from((60, 200)),
    seed=st.randoms(use_true_random=False),
    share=st.sampled_from((0.2, 0.3, 0.5)),
    several=st.booleans(),
)
@settings(max_examples=4, deadline=None, phases=(Phase.explicit, Phase.generate))
def test_two_hundred_lines_are_allotted_and_proven(size: int, seed: Any, share: float, several: bool) -> None:
    capacity = [float(seed.randrange(100, 5000, 10)) for _ in range(size)]
    loads = [seed.randrange(40, 101) / 100 for _ in range(size)]
    candidates = [Candidate(loss=c * load) for c, load in zip(capacity, loads, strict=True)]
    amounts = tuple((1.0, c) if several else (c,) for c in capacity)
    demand = Demand(tuple(range(size)), amounts, (1,) * size, share=share)
    found = allot(candidates, [demand])
    assert found.met == (True,)
    assert found.proven
    assert _covers(demand, found.fractions)
    # no stopped line can be exchanged for none or one that loses less
    stopped = np.array(found.fractions) == 1
    table, loss = np.array(amounts), np.array([c.loss for c in candidates])
    slack = table[stopped].sum(axis=0) - share * table.sum(axis=0)
    into = np.vstack([table[~stopped], np.zeros(table.shape[1])])
    fits = (slack - table[stopped][:, None] + into[None, :] >= 0).all(axis=2)
    saves = loss[stopped][:, None] - np.append(loss[~stopped], 0.0)[None, :]
    assert (saves[fits] <= 1e-6).all()


def _of_lines(share: float, count: int, **more: Any) -> Demand:
    return Demand(tuple(range(count)), ((1.0,),) * count, (1,) * count, share=share, **more)


def _stopped(candidates: Sequence[Candidate], *demands: Demand) -> tuple[float, ...]:
    return allot(candidates, demands).fractions


def _lines(*losses: float, **marks: Any) -> list[Candidate]:
    return [Candidate(loss=loss, **marks) for loss in losses]


def test_a_single_line_stops_whole_however_small_the_share() -> None:
    assert _stopped(_lines(5), _of_lines(0.01, 1)) == (1.0,)


def test_shares_round_up_and_decimals_do_not_stop_a_line_too_many() -> None:
    assert sum(_stopped(_lines(1, 1, 1), _of_lines(0.5, 3))) == 2
    assert sum(_stopped(_lines(*[1.0] * 10), _of_lines(0.1 + 0.2, 10))) == 3  # 0.30000000000000004
    assert _stopped(_lines(5), Demand((0,), ((1.000001,),), (2,), share=0.5)) == (0.5,)  # half an odd millionth


def test_the_lines_with_least_production_stop_and_equal_ones_in_order() -> None:
    assert _stopped(_lines(3, 1, 2), _of_lines(0.3, 3)) == (0.0, 1.0, 0.0)
    assert _stopped(_lines(1, 1, 1, 1), _of_lines(0.5, 4)) == (1.0, 1.0, 0.0, 0.0)
    several = Demand((0, 1, 2), ((1.0, 2.0),) * 3, (1, 1, 1), share=0.3)
    assert _stopped(_lines(1, 1, 1), several) == (1.0, 0.0, 0.0)


def test_what_the_active_warning_stopped_stays_chosen() -> None:
    lines = [*_lines(1, 9), Candidate(loss=99, kept=1.0)]
    assert _stopped(lines, _of_lines(0.3, 3)) == (0.0, 0.0, 1.0)
    assert _stopped(lines, _of_lines(0.5, 3)) == (1.0, 0.0, 1.0)


def test_stopped_lines_count_and_spare_the_others() -> None:
    assert _stopped([*_lines(1, 1), *_lines(1, 1, stopped=True)], _of_lines(0.5, 4)) == (0.0, 0.0, 1.0, 1.0)


def test_production_already_cut_is_not_lost_again() -> None:
    assert _stopped([Candidate(loss=10, cut=0.5), Candidate(loss=6)], _of_lines(0.5, 2)) == (1.0, 0.0)


def test_least_production_beats_fewest_lines() -> None:
    capacities = (200.0, 110.0, 75.0, 70.0)  # half is 227.5: 200 + 70 are fewer lines, 110 + 75 + 70 less production
    half = Demand((0, 1, 2, 3), tuple((size,) for size in capacities), (1,) * 4, share=0.5)
    assert _stopped(_lines(*capacities), half) == (0.0, 1.0, 1.0, 1.0)


def test_an_amount_not_on_file_stops_all_and_says_so() -> None:
    found = allot(_lines(1, 1), [Demand((0, 1), ((1.0, None), (1.0, 3.0)), (1, 1), share=0.5)])
    assert found == Allotment((1.0, 1.0), ((1.0, 1.0),), (False,))


@pytest.mark.parametrize(
    ("amounts", "stopped"),
    [
        (((0.0,), (0.0,)), (0.0, 0.0)),  # a load of nothing: half of it is nothing
        (((0.0, 4.0), (0.0, 8.0)), (0.0, 1.0)),  # half of the capacity all the same
        (((0.0,), (3.0,)), (0.0, 1.0)),
    ],
)
def test_of_what_comes_to_nothing_nothing_need_stop(
    amounts: tuple[tuple[float, ...], ...], stopped: tuple[float, ...]
) -> None:
    found = allot(_lines(1, 2), [Demand((0, 1), amounts, (1, 1), share=0.5)])
    assert found == Allotment(stopped, (stopped,), (True,))


def test_a_count_beyond_what_is_there_stops_all_it_speaks_of_and_says_so() -> None:
    found = allot(_lines(1, 1, 1), [Demand((0, 1), ((2.0,), (0.0,)), (2, 1), count=3)])
    assert found == Allotment((1.0, 1.0, 0.0), ((1.0, 1.0),), (False,))


def test_an_additional_demand_is_covered_by_what_all_else_leaves_running() -> None:
    third, more = _of_lines(0.33, 3), Demand((0, 1, 2), ((1.0,), (1.0,), (0.0,)), (1, 1, 1), count=1, additional=True)
    found = allot(_lines(2, 2, 9), [third, more])
    assert found.fractions == (1.0, 1.0, 0.0)
    assert sum(found.own[0]) == sum(found.own[1]) == 1
    assert _stopped([Candidate(stopped=True), *_lines(2, 9)], more) == (1.0, 1.0, 0.0)
    assert allot([Candidate(stopped=True), Candidate(stopped=True), *_lines(9)], [more]).met == (False,)


def test_of_two_additional_demands_none_counts_for_the_other() -> None:
    third = _of_lines(0.33, 3)
    one, other = (Demand((0, 1, 2), ((size,),) * 3, (1, 1, 1), count=size, additional=True) for size in (1.0, 2.0))
    assert _stopped(_lines(1, 2, 3), third, one) == (1.0, 1.0, 0.0)
    found = allot(_lines(1, 2, 3), [third, one, other])
    assert found.fractions == (1.0, 1.0, 1.0)
    assert [sum(own) for own in found.own] == [1, 1, 1]
    assert np.sum(found.own, axis=0).tolist() == [1, 1, 1]
    assert allot(
        _lines(1, 2),
        [
            _of_lines(0.5, 2),
            *(Demand((0, 1), ((size,),) * 2, (1, 1), count=size, additional=True) for size in (1.0, 2.0)),
        ],
    ).met == (True, False, False)


def test_a_smaller_machine_is_left_for_the_additional_demand() -> None:
    """The named demand takes the larger machine where the additional one asks for the only small one."""
    more = Demand((0, 1), ((1.0,), (0.0,)), (1, 1), count=1, additional=True)
    found = allot(_lines(1, 5), [_of_lines(0.5, 2), more])
    assert (found.fractions, found.met) == ((1.0, 1.0), (True, True))
    assert found.own == ((0.0, 1.0), (1.0, 0.0))


def test_lines_and_machines_are_one_problem() -> None:
    """Half of the lines and half of the machines: the whole line counts for both."""
    assert _stopped(_lines(6, 3), _of_lines(0.5, 2), Demand((0, 1), ((4.0,), (2.0,)), (4, 2), share=0.5)) == (0.25, 1.0)


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


@pytest.mark.parametrize(("plan", "shares"), [("停产", [1, 1]), ("限产90%", [1, 0]), (None, [1, 0])])
def test_what_is_to_stop_besides_is_none_that_a_plan_stops(
    make_book: BookMaker, decide: Decider, plan: str | None, shares: list[float]
) -> None:
    more = {"id": "more", "then": {"stop_units": 1, "on_top_of": ["base"]}}
    book = make_book(rules=[{"id": "base", "then": {"advice": "检修"}}, more])
    lines = [{"capacity": 1, "units": 1, "plan_red": plan}, {"capacity": 5, "units": 1}]
    assert _stops(decide(book, lines)) == shares


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
    assert table["measure_text"][0].endswith("本生产线停2台（停1号线2台）")


@pytest.mark.parametrize("size", [50, None])
def test_a_number_of_machines_that_are_not_there_stops_all_of_the_process(
    make_book: BookMaker, decide: Decider, size: float | None
) -> None:
    book = make_book(rules=[{"id": "r", "then": {"stop_units": 2, "size_at_least": 90}}])
    few = decide(book, [{"units": 1, "unit_size": 90}, {"units": 5, "unit_size": size}])
    assert _stops(few) == [1, 1]
    assert all("停产比例无法满足" in text for text in few["remark"])
    assert ("缺核算数据：设备规格" in few["remark"][1]) == (size is None)


@pytest.mark.parametrize("share", [2 / 3, 0.666667, 0.666666667])
def test_two_thirds_in_decimals_are_two_thirds(share: float) -> None:
    plants = [Candidate(loss=float(n)) for n in (3, 2, 1)]
    found = allot(plants, [Demand((0, 1, 2), ((4.0,), (4.0,), (4.0,)), (1, 1, 1), share=share)])
    assert found.fractions == (0, 1, 1)
