"""The law of a moment: which rules can matter at a level, hour limits that passed, places, grades that change."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from alertengine.engine import Engine
from alertengine.engine.law_of_day import Law
from alertengine.rulebook import Place
from alertengine.vocabulary import Level
from tests.conftest import WINTER, BookMaker, document

RULES: list[dict[str, Any]] = [
    {"id": "base", "then": {"limit": 0.2}},
    {"id": "later", "levels": ["red"], "then": {"limit": 0.5, "after_hours": 24}},
    {"id": "first", "then": {"limit": 0.3, "until_hours": 120}},
    {"id": "tip", "then": {"advice": "提前检修"}},
    {"id": "carries", "then": {"advice": "先行检修"}},
    {"id": "more", "then": {"stop_units": 1, "on_top_of": ["carries"]}},
    {"id": "drop", "kind": "classification", "when": {"stable": False}, "then": {"drop": 1}},
    {"id": "drop-two", "kind": "classification", "when": {"small": True}, "then": {"drop": 2}},
    {"id": "to-d", "kind": "classification", "when": {"small": True}, "then": {"grade": "D"}},
    {"id": "to-c", "kind": "classification", "when": {"small": True}, "then": {"grade": "C"}},
    {"id": "ungraded", "kind": "classification", "when": {"small": True}, "then": {"grade": "未评级"}},
    {"id": "of-grade", "when": {"effective_grade": "A"}, "then": {"limit": 0.1}},
]


@pytest.fixture(scope="module")
def law(make_book: BookMaker) -> Law:
    return Engine(make_book(rules=RULES)).law(WINTER)


@pytest.mark.parametrize(
    ("hours", "passed"), [(0, ()), (23.9, ()), (24, (24,)), (119, (24,)), (120, (24, 120)), (500, (24, 120))]
)
def test_limits_of_hours_have_passed_from_the_hour_itself_on(law: Law, hours: float, passed: tuple[float, ...]) -> None:
    assert law.passed(hours) == passed


def test_rules_that_can_matter_speak_at_the_level_and_are_no_advice_that_carries_nothing(law: Law) -> None:
    always = {"base", "first", "carries", "more", "of-grade", "drop", "drop-two", "to-d", "to-c", "ungraded"}
    measures = {name for name in always if law.rules[name].kind == "measure"}
    for level, more in ((Level.YELLOW, set[str]()), (Level.RED, {"later"})):
        found = law.that_can_matter(level)
        assert {name for name in found if law.rules[name].kind == "measure"} == measures | more
    assert law.graded == {"of-grade"}


@pytest.mark.parametrize(
    ("rules", "sure", "open_", "limited"),
    [
        ({"base"}, (), (), False),
        ({"base", "later"}, (), (), True),
        ({"base"}, ("first",), (), True),
        ({"base"}, ("tip",), ("later",), True),
        ({"base"}, ("tip",), ("more",), False),
        (set(), None, None, False),
    ],
)
def test_a_kind_of_line_is_limited_where_a_rule_that_it_meets_or_may_meet_is(
    law: Law, rules: set[str], sure: Any, open_: Any, limited: bool
) -> None:
    question = None if sure is None else SimpleNamespace(sure=frozenset(sure), open=[(name, None) for name in open_])
    kind: Any = SimpleNamespace(rules=frozenset(rules), question=question)
    assert law.is_limited(kind) == limited


LADDER = ("A", "B", "C", "D")


@pytest.mark.parametrize(
    ("listed", "holding", "effective"),
    [
        ("A", (), "A"),
        (None, (), None),
        ("A", ("drop",), "B"),
        ("A", ("drop-two",), "C"),
        ("A", ("drop", "drop-two"), "C"),  # the longest drop, once
        ("C", ("drop-two",), "D"),  # no further than the last
        ("引领性", ("drop",), "引领性"),  # off the ladder
        (None, ("drop",), None),
        ("B", ("to-d", "to-c", "drop"), "D"),  # set outright: the lowest
        (None, ("to-c",), "C"),
        ("A", ("to-d", "ungraded"), "未评级"),
        ("A", ("base",), "A"),
    ],
)
def test_what_classification_makes_of_a_listed_grade(
    law: Law, listed: str | None, holding: tuple[str, ...], effective: str | None
) -> None:
    names = frozenset(name for name in holding if name != "base")
    assert law.regrade(LADDER)(listed, names) == effective


def test_the_law_of_a_place_is_that_of_the_areas_it_lies_in(make_book: BookMaker) -> None:
    documents = [
        document("nation", area="全国", rules=[{"id": "all", "then": {"limit": 0.1}}]),
        document("city", area="临汾市", rules=[{"id": "own", "then": {"limit": 0.2}}]),
        document("later", area="太原市", rules=[{"id": "late", "then": "stop"}], valid={"from": date(2021, 12, 11)}),
    ]
    engine = Engine(make_book(*documents))
    before, after = engine.law(WINTER), engine.law(date(2021, 12, 11))
    linfen, taiyuan, county = (
        Place("山西省", "临汾市"), Place("山西省", "太原市"), Place("山西省", "临汾市", "尧都区")
    )  # fmt: skip
    for place, rules, later in (
        (linfen, ["all", "own"], []),
        (county, ["all", "own"], []),
        (taiyuan, ["all"], ["late"]),
    ):
        assert sorted(rule.id for rule in before.rules_at(place)) == rules
        assert sorted(rule.id for rule in after.rules_at(place)) == sorted(rules + later)
        assert (before.key_at([place]) == after.key_at([place])) == (not later)
    assert before.key_at([linfen, taiyuan]) == before.key_at([taiyuan]) | before.key_at([linfen])
    assert before.members(before.rules["own"]) == {"临汾市"}
