"""What a person held to an order can tell apart, and what a line is bound to by its own level and a lower one."""

from __future__ import annotations

from typing import Any

import pytest

from alertengine.engine._resolve import Resolution, resolve, stricter, with_lower
from alertengine.rulebook import Measure, Rulebook
from alertengine.vocabulary import Level, Status
from tests.conftest import BookMaker

TRUCKS = {"vehicle_ban": "国四及以下重型载货车辆"}


@pytest.fixture(scope="module")
def book(make_book: BookMaker) -> Rulebook:
    free = {"layer": "exemption"}
    return make_book(
        rules=[
            {"id": "limit", "then": {"limit": 0.2}},
            {"id": "same", "then": {"limit": 0.2}},
            {"id": "more", "then": {"limit": 0.5}},
            {"id": "stop", "then": "stop"},
            {"id": "nothing", "then": "none"},
            {"id": "city", "then": {"refer": "由市方案规定"}},
            {"id": "other-city", "then": {"refer": "由县方案规定"}},
            {"id": "green", "title": "绿色工厂", "then": "exempt", **free},
            {"id": "green-too", "title": "绿色工厂", "then": "exempt", **free},
            {"id": "people", "title": "民生", "then": "exempt", **free},
            {"id": "itself", "then": "self_directed", **free},
            {"id": "trucks", "then": TRUCKS},
            {"id": "tip", "then": {"advice": "提前检修"}},
            {"id": "season", "kind": "season", "then": {"limit": 0.2}},
            {"id": "season-more", "kind": "season", "then": {"limit": 0.5}},
            {"id": "yellow", "levels": ["yellow"], "then": {"limit": 0.1}},
            {"id": "yellow-trucks", "levels": ["yellow"], "then": {"vehicle_ban": "全部公路运输", "total": True}},
            {"id": "yellow-tip", "levels": ["yellow"], "then": {"advice": "检查"}},
        ]
    )


def of(book: Rulebook, *names: str, level: Level = Level.RED) -> Resolution:
    return resolve([book.rules[name] for name in names], book.layers, level, 0)  # type: ignore[misc]


@pytest.mark.parametrize(
    ("one", "other", "same", "same_if_published"),
    [
        (("limit",), ("limit",), True, True),
        (("limit",), ("same",), True, True),  # another rule that asks the same
        (("limit",), ("limit", "same"), True, True),
        (("limit",), ("more",), False, False),
        (("limit", "more"), ("more",), True, True),  # the lighter one is set aside
        (("limit",), ("limit", "tip"), True, True),  # advice orders nothing
        (("limit",), ("limit", "trucks"), False, False),
        ((), ("tip",), True, True),
        ((), ("trucks",), False, False),
        (("nothing",), (), False, False),
        (("city",), (), False, False),
        (("city",), ("other-city",), False, False),  # to whom it is left
        (("limit",), ("limit", "city"), False, False),  # a lower bound
        (("stop",), ("stop", "city"), True, True),
        (("green",), ("green-too",), True, True),
        (("green",), ("people",), False, False),  # by what it is exempt
        (("green",), ("itself",), False, False),
        (("limit",), ("season",), False, False),
        (("season",), (), False, False),
        (("season", "limit"), ("season", "same"), True, True),
        (("season", "limit"), ("limit",), True, False),  # the list takes the place of the warning's alone
        (("season", "more"), ("more",), True, False),
        (("season-more", "limit"), ("season-more",), False, False),
    ],
)
def test_orders_that_a_person_can_tell_apart(
    book: Rulebook, one: tuple[str, ...], other: tuple[str, ...], same: bool, same_if_published: bool
) -> None:
    first, second = of(book, *one), of(book, *other)
    assert (first.signature() == second.signature()) == same
    assert (first.signature(published=True) == second.signature(published=True)) == same_if_published


def test_production_is_the_lower_levels_transport_and_advice_are_of_both(book: Rulebook) -> None:
    own = of(book, "trucks", "tip")
    lower = of(book, "yellow", "yellow-tip", level=Level.YELLOW)
    assert own.status is Status.UNDETERMINED
    both = with_lower(own, lower)
    assert both.status is Status.ORDERED
    assert [one.rule.id for one in both.production] == ["yellow"]
    assert [one.rule.id for one in both.transport] == ["trucks"]
    assert [one.rule.id for one in both.advice] == ["tip", "yellow-tip"]
    assert both.set_aside == ()
    total = with_lower(own, of(book, "yellow", "yellow-trucks", level=Level.YELLOW))
    assert [one.rule.id for one in total.transport] == ["yellow-trucks"], "a total ban absorbs the other"
    assert [one.rule for one in total.set_aside] == ["trucks"]
    again = with_lower(of(book, "trucks"), of(book, "trucks", level=Level.YELLOW))
    assert [one.rule.id for one in again.transport] == ["trucks"]


@pytest.mark.parametrize(
    ("one", "other", "at_least", "at_most"),
    [
        ({"share": 0.5}, {"share": 0.3}, True, False),
        ({"share": 0.5}, {"share": 0.5}, True, True),
        ({"share": 0.5}, {}, False, False),
        ({"share": 0.5, "hours": 20}, {"share": 0.3, "hours": 30}, True, False),
        ({"hours": 30}, {"hours": 24}, True, False),
        ({"hours": 24}, {"hours": 24}, True, True),
        ({"hours": 24}, {}, False, False),
        ({"amount": 100}, {"amount": 200}, True, False),
        ({"amount": 100}, {"amount": 100}, True, True),
        ({"amount": 100}, {}, False, False),
        ({"code": "stop_units", "amount": 2}, {"code": "stop_units", "amount": 1}, True, False),
        ({"code": "stop_units", "amount": 2}, {"code": "stop_units", "amount": 2}, True, True),
        ({"caps": (("nox", 50), ("so2", 35))}, {"caps": (("nox", 50), ("so2", 50))}, True, False),
        ({"caps": (("nox", 50), ("so2", 35))}, {"caps": (("nox", 35), ("so2", 50))}, False, False),
        ({"caps": (("nox", 50),)}, {"caps": (("nox", 50), ("so2", 35))}, False, False),
        ({"caps": (("nox", 50),)}, {}, False, False),
        ({"text": "甲"}, {"text": "甲"}, True, True),
        ({"text": "甲"}, {"text": "乙"}, False, False),
        ({"code": "stop"}, {}, True, False),
    ],
)
def test_one_measure_asks_at_least_as_much_as_another(
    one: dict[str, Any], other: dict[str, Any], at_least: bool, at_most: bool
) -> None:
    first, second = (Measure(**{"code": "limit", **said}) for said in (one, other))
    assert (stricter(first, second), stricter(second, first)) == (at_least, at_most)
