"""What seldom happens: many unknown fields, groups of nothing, names by which rules mean an enterprise, forgetting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest

from alertengine.engine import Decision, Engine, Facts, allot_list
from alertengine.engine._matching import signatures
from alertengine.engine.allot import SCALE, Demand
from alertengine.engine.code_sets import NOT, SURELY, Node, _truths, _unknowns, split_names
from alertengine.engine.facts import TextColumn
from alertengine.engine.filed_or_rule import Filed
from alertengine.engine.taken_over import bind_lower
from alertengine.lists import lines_from
from alertengine.rulebook import Atom, Condition, Group, OpenLists, OverLines
from alertengine.vocabulary import Level
from tests.conftest import WINTER, BookMaker, Decider, document, rows_of

NAN = float("nan")
FIELDS = ("green_factory", "permit_held", "small", "stable", "ultra_low")


@pytest.mark.parametrize(
    ("count", "sets"),
    [
        (1, (("green_factory",),)),
        (2, (("green_factory",), ("permit_held",), ("green_factory", "permit_held"))),
        (5, (FIELDS,)),
    ],
)
def test_an_enterprise_hangs_on_each_set_of_few_fields_and_on_many_together(
    count: int, sets: tuple[tuple[str, ...], ...]
) -> None:
    parts = tuple(Atom(name, "in", (True,)) for name in reversed(FIELDS[:count]))
    assert _unknowns(OverLines(every=True, part=Group(True, parts))) == sets
    four = Group(True, tuple(Atom(name, "in", (True,)) for name in FIELDS[:4]))
    assert len(_unknowns(OverLines(every=True, part=four))) == 15


@pytest.mark.parametrize(
    ("known", "share", "hangs_on"),
    [
        (FIELDS, 1, ""),
        (FIELDS[:4], 0.2, "ultra_low"),
        (FIELDS[1:3], 0.2, "green_factory;stable;ultra_low"),
        ((), 0.2, ";".join(FIELDS)),
    ],
)
def test_of_five_fields_of_an_enterprise_every_unknown_one_is_named(
    make_book: BookMaker, decide: Decider, known: tuple[str, ...], share: float, hangs_on: str
) -> None:
    every = {"every_line": {"all": [{name: True} for name in FIELDS]}}
    book = make_book(rules=[{"id": "r", "when": every, "then": "stop"}, {"id": "all", "then": {"limit": 0.2}}])
    row = decide(book, [dict.fromkeys(known, True)]).iloc[0]
    assert row["share"] == share
    assert set(hangs_on.split(";")) <= set(row["hangs_on"].split(";"))


@pytest.mark.parametrize(("every", "said"), [(True, SURELY), (False, NOT)])
def test_a_group_of_nothing_holds_of_every_line_or_of_none(every: bool, said: int) -> None:
    assert _truths(Node(every, ()), [], [np.array([0, 1, 2], dtype=np.int8)]).tolist() == [said] * 3
    assert _truths(Node(every, ()), [], []).tolist() == []


def test_a_rule_may_mean_an_enterprise_by_its_name_or_its_code(vocabulary: OpenLists) -> None:
    lines = [
        {"enterprise": "甲（集团）厂", "enterprise_id": "91140000HC0000001P"},
        {"enterprise": "乙厂", "enterprise_id": None},
        {"enterprise": None, "enterprise_id": None},
    ]
    facts = Facts(lines_from(rows_of(lines), vocabulary), vocabulary, WINTER)
    column = facts.text("enterprise_named")
    held = [set(column.categories[code].split(";")) if code >= 0 else set() for code in column.codes.tolist()]
    assert len(held[0]) == 2
    assert held[0].isdisjoint(held[1] | held[2])
    assert (facts.is_known("enterprise_named", "甲厂", ()), facts.is_known("enterprise_named", "", ())) == (True, False)


def test_what_rules_came_to_is_counted_once_and_never_again(make_book: BookMaker, decide: Decider) -> None:
    engine = Engine(book := make_book(rules=[{"id": "r", "when": {"stable": True}, "then": "stop"}]))
    first = decide(book, [{"stable": True}, {}], engine=engine, apart=True)
    (matcher,) = (one for one in engine._matchers.values() if one.stats().profiles)
    assert matcher.stats().profiles == {"stable": 2}
    assert decide(book, [{"stable": True}, {}], engine=engine, apart=True).equals(first)
    assert matcher.stats().profiles == {"stable": 2}


@pytest.mark.parametrize(("taken", "lacking"), [([False, False], {}), ([True, False], {"units": [0], "load_pct": [2]})])
def test_what_lacks_at_a_lower_level_lacks_of_the_lines_it_binds(
    make_book: BookMaker, decisions: Callable[..., list[Decision]], taken: list[bool], lacking: dict[str, Any]
) -> None:
    """Lines 2 and 3 of four were decided at the lower level, of which the first is bound."""
    book = make_book(rules=[{"id": "r", "then": {"limit": 0.2}}])
    (own,), (lower,) = (decisions(book, [{}] * count) for count in (4, 2))
    own.lacking = {"units": np.array([True, False, True, False])} if lacking else {}
    lower.lacking = {"units": np.zeros(2, dtype=bool), "load_pct": np.ones(2, dtype=bool)}
    bound = own.bindings[:]
    bind_lower(own, lower, np.array([2, 3]), np.array(taken))
    assert {name: np.flatnonzero(column).tolist() for name, column in own.lacking.items()} == lacking
    assert (own.from_lower is None, len(own.bindings) == len(bound)) == (not lacking, not lacking)


@pytest.mark.parametrize(("pairs", "most"), [(1, 3), (3, 3), (5, 6), (6, 6), (7, 9), (100, 24)])
def test_pairs_of_lines_and_rules_are_looked_at_so_many_at_once(
    make_book: BookMaker, decide: Decider, monkeypatch: pytest.MonkeyPatch, pairs: int, most: int
) -> None:
    rules = [{"id": name, "when": {name: True}, "then": {"limit": n / 10}} for n, name in enumerate(FIELDS[:3], 1)]
    book = make_book(rules=rules)
    lines = [{name: n >> bit & 1 == 1 for bit, name in enumerate(FIELDS[:3])} for n in range(8)]
    all_at_once = decide(book, lines, apart=True)
    looked_at = []
    honest = signatures.Signatures._pairs

    def counted(*args: Any) -> Any:
        at, held = honest(*args)
        looked_at.append(len(at))
        return at, held

    monkeypatch.setattr(signatures.Signatures, "_pairs", counted)
    monkeypatch.setattr(signatures, "_PAIRS", pairs)
    assert decide(book, lines, apart=True).equals(all_at_once)
    assert max(looked_at) == most


@pytest.mark.parametrize(
    ("plan", "stops"),
    [(None, [1, 0]), ("限产50%", [0, 1]), ("自主减排50%", [1, 0]), ("停产", [0, 1])],
)
def test_only_a_plan_that_asks_something_counts_where_lines_are_chosen(
    make_book: BookMaker, decisions: Callable[..., list[Decision]], plan: str | None, stops: list[float]
) -> None:
    """One of two lines must stop; the larger one loses less where its plan limits it anyway."""
    book = make_book(rules=[{"id": "half", "then": {"stop_share": 0.5, "by": "line"}}])
    lines = [{"capacity": 20, "capacity_unit": "万吨/年", "line_id": "1"}]
    lines += [{"capacity": 25, "capacity_unit": "万吨/年", "line_id": "2", "plan_red": plan}]
    (one,) = decisions(book, lines)
    assert one.warning_share.tolist() == stops


@pytest.mark.parametrize(("then", "allotted"), [("exempt", False), ("self_directed", False), ("none", True)])
def test_a_plan_of_the_enterprise_is_allotted_where_it_binds(
    make_book: BookMaker, decisions: Callable[..., list[Decision]], then: str, allotted: bool
) -> None:
    plan = {"plan_red": "停产50%（以生产线计）"}
    book = make_book(rules=[{"id": "r", "then": then}])
    (one,) = decisions(book, [{"line_id": "1", **plan}, {"line_id": "2", **plan}])
    assert (one.allotted.plan is not None) == allotted


def _atom(*names: str, negated: bool = False, field: str = "named_lists") -> Atom:
    return Atom(field, "in", names, negated)


@pytest.mark.parametrize(
    ("condition", "split"),
    [
        (_atom("一"), _atom("一")),
        (_atom("一", "二"), Group(False, (_atom("一"), _atom("二")))),
        (_atom("一", "二", negated=True), Group(True, (_atom("一", negated=True), _atom("二", negated=True)))),
        (_atom("焦炉", "烧结", field="process"), _atom("焦炉", "烧结", field="process")),
        (Atom("named_lists", "missing", ()), Atom("named_lists", "missing", ())),
        (
            Group(True, (_atom("一", "二"), _atom("三"))),
            Group(True, (Group(False, (_atom("一"), _atom("二"))), _atom("三"))),
        ),
        (OverLines(True, _atom("一", "二")), OverLines(True, _atom("一", "二"))),
    ],
)
def test_a_comparison_with_several_names_asks_for_each(condition: Condition, split: Condition) -> None:
    assert split_names(condition) == split


@pytest.mark.parametrize("turned", [False, True])
def test_what_hangs_on_an_unknown_grade_is_asked_of_the_rules_of_its_own_place(
    make_book: BookMaker, decide: Decider, turned: bool
) -> None:
    graded = {"id": "graded", "when": {"effective_grade": ["B", "C"]}, "then": "stop"}
    cities = {"临汾市": [graded, {"id": "l", "then": {"limit": 0.2}}], "太原市": [{"id": "t", "then": {"limit": 0.3}}]}
    book = make_book(*(document(f"of{n}", area=city, rules=one) for n, (city, one) in enumerate(cities.items())))
    lines = [{"city": city} for city in (sorted(cities, reverse=turned))]
    table = decide(book, lines, apart=True)
    asked = {str(row.city): (row.share, row.hangs_on) for row in table.itertuples()}
    assert asked == {"临汾市": (0.2, "grade"), "太原市": (0.3, "")}
    engine = Engine(book)
    law, facts = engine.law(WINTER), Facts(lines_from(rows_of(lines), book.lists), book.lists, WINTER)
    for chosen in ([True, False], [False, True], [False, False]):
        found = law._measuring.match(facts.with_grade(facts.text("grade")), np.array(chosen))
        assert [bool(found.matches[number].sure) for number in found.index.tolist()] == chosen


@pytest.mark.parametrize(
    ("plans", "spared", "level", "share"),
    [
        (("orange",), False, Level.ORANGE, 0.3),
        (("yellow",), False, Level.YELLOW, 0.1),  # what is on file asks nothing at orange
        (("yellow", "orange"), False, Level.ORANGE, 0.3),
        ((), False, None, None),
        (("orange",), True, None, None),
        (("yellow", "orange"), True, None, None),  # who is spared at orange is not held to yellow
    ],
)
def test_a_lower_level_binds_where_a_plan_asks_something_there(
    make_book: BookMaker, decisions: Callable[..., list[Decision]], plans: tuple[str, ...], spared: bool, level: Any,
    share: float | None,
) -> None:  # fmt: skip
    rules = [
        {"id": name, "levels": [name], "then": {"limit": part}} for name, part in (("yellow", 0.1), ("orange", 0.3))
    ]
    free = {"id": "free", "levels": ["orange"], "layer": "exemption", "then": "exempt"}
    lines = [{f"plan_{name}": "限产5%" for name in plans}, {"process": "烧结"}]
    decided = []
    real = Engine._decide_alone
    with patch.object(Engine, "_decide_alone", lambda *of, **how: (decided.append(of[3].level), real(*of, **how))[1]):
        (one,) = decisions(make_book(rules=[*rules, free] if spared else rules), lines, apart=True)
    assert decided == [Level.RED, *([level] if level else [])]
    found = None if one.from_lower is None else one.from_lower.tolist()
    assert found == (None if level is None else [level.rank, 0])
    assert share is None or one.share[0] == share


def test_how_lines_are_chosen_for_a_plan_of_the_enterprise() -> None:
    """Whose machines a number is of; a share of several countings; a share of nothing asks nobody."""
    said = ("unit=2;all", "unit=3;each", "unit=4", "line;capacity")
    by = TextColumn(np.array([0, 1, 2, 3, 3, 3, -1, 0], dtype=np.int32), said)
    marks, share = np.ones(8, dtype=bool), np.array([NAN, NAN, NAN, 0.5, 0.3, 0.0, 0.5, NAN])
    filed = Filed(marks, marks, by, share, np.zeros(8, dtype=np.int8), marks, by, marks)
    bound = np.array([True] * 7 + [False])
    found = [
        (one.measure.code, one.measure.amount, one.measure.share, one.measure.over, one.measure.by, one.rows.tolist())
        for one in allot_list._planned(filed, bound)
    ]
    assert found == [
        ("stop_units", 2, None, "enterprise", (), [0]),
        ("stop_units", 3, None, "process", (), [1]),
        ("stop_units", 4, None, "process", (), [2]),
        ("stop_share", None, 0.3, "process", ("line", "capacity"), [4]),
        ("stop_share", None, 0.5, "process", ("line", "capacity"), [3]),
    ]
    assert [one.apart for one in allot_list._planned(filed, bound)] == [False, True, False, False, False]
    assert all(one.plan for one in allot_list._planned(filed, bound))


@pytest.mark.parametrize(("count", "needed"), [(0, 0), (0.5, 0.5), (3, 3)])
def test_a_number_is_needed_of_the_first_counting_alone(count: float, needed: float) -> None:
    demand = Demand((0, 1), ((2.0, 5.0), (4.0, 1.0)), (2, 4), count=count)
    assert demand.needs() == (needed * SCALE, 0)
