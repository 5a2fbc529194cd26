"""What an order hangs on, in pieces: stand-in values, conditions half known, sets of fields that can decide."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from alertengine.engine import hangs_on
from alertengine.engine.hangs_on import Question, holds, key_of, stand_ins
from alertengine.rulebook import Atom, Condition, Group
from alertengine.vocabulary import GRADES

STABLE, SMALL = Atom("stable", "in", (True,)), Atom("small", "in", (True,))
NEAR, FAR = Atom("city_distance_km", "lt", (10,)), Atom("city_distance_km", "ge", (20,))
KEY, SMALL_KEY, KM = ("stable", ""), ("small", ""), ("city_distance_km", "")


@pytest.mark.parametrize(
    ("field", "atoms", "values"),
    [
        ("stable", [STABLE], [False, True]),
        ("city_distance_km", [NEAR, FAR], [9, 10, 20, 15, 21]),
        ("city_distance_km", [NEAR], [9, 10, 11]),
        ("city_distance_km", [], [0]),
        ("zone", [Atom("zone", "in", ("重点", "一般"))], ["一般", "重点", None]),  # and any other
        ("grade", [Atom("grade", "in", ("A",))], list(GRADES)),
    ],
)
def test_one_value_stands_for_all_that_no_comparison_tells_apart(
    field: str, atoms: list[Atom], values: list[Any]
) -> None:
    found = stand_ins((field, ""), atoms)
    assert [None if one == hangs_on._OTHER else one for one in found] == values


def test_one_name_of_a_list_is_there_or_not() -> None:
    named = Atom("named_lists", "in", ("炉窑清单",))
    assert key_of(named) == ("named_lists", "炉窑清单")
    assert stand_ins(key_of(named), [named]) == [False, True]


@pytest.mark.parametrize(
    ("op", "found"),
    [
        ("lt", [True, False, False]),
        ("le", [True, True, False]),
        ("gt", [False, False, True]),
        ("ge", [False, True, True]),
    ],
)
@pytest.mark.parametrize("negated", [False, True])
def test_a_comparison_holds_on_its_side_of_the_number(op: str, found: list[bool], negated: bool) -> None:
    atom = Atom("city_distance_km", op, (10,), negated)  # type: ignore[arg-type]
    assert [holds(atom, {KM: value}) for value in (9, 10, 11)] == [one != negated for one in found]
    assert holds(atom, {}) is None
    blank = Atom("city_distance_km", "missing", (), negated)
    assert (holds(blank, {}), holds(blank, {KM: 9})) == (not negated, negated)


@pytest.mark.parametrize("every", [True, False])
def test_a_group_is_decided_by_one_part_or_open_while_one_is(every: bool) -> None:
    group = Group(every, (STABLE, SMALL))
    for one, other in itertools.product((None, False, True), repeat=2):
        given = {key: value for key, value in ((KEY, one), (SMALL_KEY, other)) if value is not None}
        decided = [value for value in (one, other) if value is not None and value is not every]
        expected = decided[0] if decided else None if None in (one, other) else every
        assert holds(group, given) is expected
    assert holds(Group(every, ()), {}) is every


def outcome(*decisive: frozenset[str]) -> Any:
    """The order is another where one of some sets of rules holds."""
    return lambda rules: [some <= rules for some in decisive]


@pytest.mark.parametrize(
    ("open_", "decisive", "hangs"),
    [
        ([("a", STABLE)], [{"a"}], ("stable",)),
        ([("a", STABLE)], [{"b"}], ()),
        ([("a", STABLE), ("b", SMALL)], [{"a"}, {"b"}], ("small", "stable")),
        ([("a", STABLE), ("b", SMALL)], [{"a"}], ("stable",)),
        ([("a", STABLE), ("b", SMALL)], [{"a", "b"}], ("small", "stable")),  # both together
        ([("a", Group(True, (STABLE, NEAR)))], [{"a"}], ("city_distance_km", "stable")),
        ([("a", Group(False, (STABLE, NEAR)))], [{"a"}], ("city_distance_km", "stable")),
        ([("a", Group(False, (STABLE, Group(True, (STABLE, SMALL)))))], [{"a"}], ("stable",)),  # the other never alone
        ([("a", NEAR), ("b", FAR)], [{"a", "b"}], ()),  # no distance is both
        ([("a", NEAR), ("b", Atom("city_distance_km", "lt", (20,)))], [{"a", "b"}], ("city_distance_km",)),
    ],
)
def test_the_fields_of_the_smallest_sets_that_decide(
    open_: list[tuple[str, Condition]], decisive: list[set[str]], hangs: tuple[str, ...]
) -> None:
    question = Question("A", frozenset(), (), frozenset(), tuple(open_))
    found = hangs_on.hangs_on(question, lambda grade, _: grade, outcome(*map(frozenset, decisive)))
    assert found == hangs


@pytest.mark.parametrize(
    ("most_tried", "most_sets", "hangs"),
    [
        (4096, 512, ("stable",)),
        (2, 512, ("stable",)),
        (1, 512, ("small", "stable")),  # more ways to fill in than are tried: all are named
        (4096, 2, ("stable",)),
        (4096, 1, ("small", "stable")),  # more sets than are tried
    ],
)
def test_beyond_what_is_tried_every_open_field_is_named(
    monkeypatch: pytest.MonkeyPatch, most_tried: int, most_sets: int, hangs: tuple[str, ...]
) -> None:
    monkeypatch.setattr(hangs_on, "MAX_ASSIGNMENTS", most_tried)
    monkeypatch.setattr(hangs_on, "MAX_CANDIDATES", most_sets)
    question = Question("A", frozenset(), (), frozenset(), (("a", STABLE), ("b", SMALL)))
    found = hangs_on.hangs_on(question, lambda grade, _: grade, outcome(frozenset({"a"})))
    assert set(hangs) <= set(found)


def test_what_regrades_a_line_decides_by_the_rules_of_its_grade() -> None:
    """Small lines drop from A to B; rule a asks something of B."""
    drop = (("drop", SMALL),)
    of_grade = (("a", Atom("effective_grade", "in", ("B",))),)

    def regrade(grade: str | None, holding: frozenset[str]) -> str | None:
        return "B" if grade == "A" and "drop" in holding else grade

    def asked(grade: str | None, sure: frozenset[str] = frozenset()) -> tuple[str, ...]:
        return hangs_on.hangs_on(Question(grade, frozenset(), drop, sure, of_grade), regrade, outcome(frozenset({"a"})))

    assert asked("A") == ("small",)
    assert asked("C") == ()
    assert asked("B", frozenset({"a"})) == ()
    assert asked(None) == ("grade",)
