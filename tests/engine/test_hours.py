"""Rules from hour to hour: what holds before, within and after the hours of a decree, and where its orders are cut."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertengine.engine import Engine, Response, Segment, slices
from alertengine.lists import lines_from
from alertengine.rulebook import Member, NamedList, Place, Rulebook
from alertengine.simulation.season.course import Laws, course
from alertengine.simulation.season.season_scenario import Span
from alertengine.vocabulary import Level
from tests.conftest import BookMaker, Decider, document, rows_of

DECREE = {
    "id": "decree",
    "kind": "season",
    "valid": {"from": "2026-11-05 08:00", "to": "2026-11-07 20:00"},
    "then": {"limit": 0.5},
}
WINTER = {"id": "winter", "kind": "season", "during": "采暖期", "then": {"limit": 0.2}}
ORIGIN = datetime(2026, 11, 4)


def _shown(table: pd.DataFrame) -> list[tuple[str, str, float]]:
    return [(str(row.starts)[5:], str(row.ends)[5:], row.share) for row in table.itertuples()]


def _at(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 11, day, hour)


@pytest.fixture(scope="module")
def decreed(make_book: BookMaker) -> Rulebook:
    return make_book(rules=[DECREE, WINTER])


@pytest.mark.parametrize(
    ("day", "rows"),
    [
        (4, [("11-04 00:00", "04-01 00:00", 0.2)]),
        (5, [("11-05 00:00", "11-05 08:00", 0.2), ("11-05 08:00", "11-07 20:00", 0.5)]),
        (6, [("11-06 00:00", "11-07 20:00", 0.5)]),
        (7, [("11-07 00:00", "11-07 20:00", 0.5), ("11-07 20:00", "04-01 00:00", 0.2)]),
        (8, [("11-08 00:00", "04-01 00:00", 0.2)]),
    ],
)
def test_the_orders_of_a_day_without_a_warning_are_cut_at_its_hours(
    decreed: Rulebook, decide: Decider, day: int, rows: list[tuple[str, str, float]]
) -> None:
    assert _shown(decide(decreed, [{}], level="none", day=date(2026, 11, day))) == rows


def test_a_response_raised_in_the_middle_is_cut_at_the_hours_and_the_raise(
    make_book: BookMaker, decide: Decider
) -> None:
    warned = {"id": "red", "level": "red", "then": {"limit": 0.8}}
    segments = (Segment(_at(5, 6), _at(6, 3), Level.ORANGE), Segment(_at(6, 3), _at(6, 9), Level.RED))
    lowered = Segment(_at(6, 9), _at(8), Level.ORANGE)
    table = decide(make_book(rules=[DECREE, WINTER, warned]), [{}], response=Response((*segments, lowered), _at(5, 6)))
    assert _shown(table) == [
        ("11-05 06:00", "11-05 08:00", 0.2),
        ("11-05 08:00", "11-06 03:00", 0.5),
        ("11-06 03:00", "11-06 09:00", 0.8),
        ("11-06 09:00", "11-07 20:00", 0.5),
        ("11-07 20:00", "11-08 00:00", 0.2),
    ]


@pytest.mark.parametrize(
    ("raised", "rows"),
    [
        ({"replaces": ["decree"]}, [("11-06 00:00", "11-06 12:00", 0.5), ("11-06 12:00", "11-07 00:00", 0.3)]),
        ({}, [("11-06 00:00", "11-06 12:00", 0.5), ("11-06 12:00", "11-07 00:00", 0.5)]),  # the stricter of two holds
    ],
)
def test_a_later_decree_takes_the_place_of_the_first_at_its_hour(
    make_book: BookMaker, decide: Decider, raised: dict[str, Any], rows: list[tuple[str, str, float]]
) -> None:
    later = {**DECREE, **raised, "id": "later", "valid": {"from": "2026-11-06 12:00"}, "then": {"limit": 0.3}}
    assert _shown(decide(make_book(rules=[DECREE, later]), [{}], day=date(2026, 11, 6), hours=24)) == rows


@pytest.mark.parametrize("own", [{}, {"from": "2026-11-06 15:00"}])
def test_a_document_ends_another_at_its_hour(make_book: BookMaker, decide: Decider, own: dict[str, str]) -> None:
    old = document("old", rules=[{**DECREE, "valid": {}}])
    later = document("later", valid={"from": "2026-11-06 12:00"}, replaces=[{"document": "old", **own}], rules=[WINTER])
    table = decide(make_book(old, later), [{}], level="none", day=date(2026, 11, 6), hours=24)
    assert {row[0]: row[2] for row in _shown(table)} == (
        {"11-06 00:00": 0.5, "11-06 12:00": 0.5, "11-06 15:00": 0.2}
        if own
        else {"11-06 00:00": 0.5, "11-06 12:00": 0.2}
    )


def test_by_the_day_a_decree_holds_on_every_day_it_touches(decreed: Rulebook) -> None:
    rule = decreed.rules["decree"]
    assert [day for day in range(1, 12) if decreed.holds(rule, date(2026, 11, day))] == [5, 6, 7]
    assert [hour for hour in range(24) if decreed.holds(rule, _at(5, hour))] == list(range(8, 24))
    assert [hour for hour in range(24) if decreed.holds(rule, _at(7, hour))] == list(range(20))


def test_by_the_day_what_is_replaced_at_an_hour_holds_too(make_book: BookMaker) -> None:
    later = {**DECREE, "id": "later", "replaces": ["decree"], "valid": {"from": "2026-11-06 12:00"}}
    book = make_book(rules=[DECREE, later])
    held = {day: {r.id for r in book.in_force("season", date(2026, 11, day))} for day in (5, 6, 7)}
    assert held == {5: {"decree"}, 6: {"decree", "later"}, 7: {"later"}}


def test_phases_of_a_rule_that_begins_within_the_warning_are_cut_too(make_book: BookMaker, decide: Decider) -> None:
    then = [{"stop": True, "until_hours": 48}, {"limit": 0.5, "after_hours": 48}]
    rule = {"id": "r", "valid": {"from": "2026-11-05 08:00"}, "then": then}
    table = decide(make_book(rules=[rule, WINTER]), [{}], day=date(2026, 11, 4), hours=72)
    assert _shown(table) == [
        ("11-04 00:00", "11-05 08:00", 0.2),
        ("11-05 08:00", "11-06 00:00", 1),
        ("11-06 00:00", "11-07 00:00", 0.5),
    ]


def test_a_winter_is_decided_by_the_hour_too(decreed: Rulebook) -> None:
    span = Span(first=date(2026, 11, 4), last=date(2026, 11, 8))
    engine = Engine(decreed)
    place = engine.place_of(lines_from(rows_of([{}]), decreed.lists))
    stays = course([], span, Laws(engine), (place,))
    assert [(stay.starts, stay.ends) for stay in stays] == [
        (_at(4), _at(5, 8)),
        (_at(5, 8), _at(7, 20)),
        (_at(7, 20), _at(9)),
    ]
    assert stays[0].chain == stays[2].chain != stays[1].chain


def test_a_ratio_past_its_winter_is_not_carried_into_the_next_year(make_book: BookMaker) -> None:
    ratio = {"id": "ratio", "kind": "ratio", "required": {"red": {"so2": 0.3}},
             "concerns": {"from": "2026-01-01", "to": "2026-12-31"}}  # fmt: skip
    book = make_book(rules=[ratio, WINTER])
    place = Place(province="山西省", city="临汾市")
    stays = course([], Span(first=date(2026, 12, 30), last=date(2027, 1, 2)), Laws(Engine(book)), (place,))
    assert [stay.starts for stay in stays] == [datetime(2026, 12, 30), datetime(2027, 1, 1)]


# -- at any hour


HOURS = st.integers(0, 96)
RULES = st.lists(
    st.fixed_dictionaries(
        {
            "hours": st.tuples(HOURS, HOURS).filter(lambda pair: pair[0] < pair[1]),
            "limit": st.sampled_from([0.1, 0.2, 0.3, 0.4, 0.5]),
            "levels": st.sampled_from([["yellow"], ["yellow", "red"], ["red"]]),
            "phase": st.none() | st.sampled_from([6, 24, 30, 50]),
            "replaces": st.booleans(),
        }
    ),
    min_size=1,
    max_size=4,
)


def _written(at: int) -> str:
    return f"{ORIGIN + timedelta(hours=at):%Y-%m-%d %H:%M}"


def _law(drawn: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "id": f"r{number}",
            "levels": one["levels"],
            "valid": {"from": _written(one["hours"][0]), "to": _written(one["hours"][1])},
            "then": {"limit": one["limit"], **({"after_hours": one["phase"]} if one["phase"] else {})},
            **({"replaces": [f"r{number - 1}"]} if one["replaces"] and number else {}),
        }
        for number, one in enumerate(drawn)
    ]


def _asked(drawn: Sequence[dict[str, Any]], hour: int, level: str) -> float:
    """The strictest limit of the rules that hold at an hour, worked out by hand."""
    holding = [one["hours"][0] <= hour < one["hours"][1] for one in drawn]
    left = [
        one["limit"]
        for number, one in enumerate(drawn)
        if holding[number]
        and not (number + 1 < len(drawn) and drawn[number + 1]["replaces"] and holding[number + 1])
        and level in one["levels"]
        and hour >= (one["phase"] or 0)
    ]
    return max(left, default=0.0)


@pytest.mark.slow
@settings(max_examples=20)
@given(drawn=RULES, raised=st.integers(1, 95), length=st.integers(1, 96))
def test_at_any_hour_the_rows_say_what_holds_then(
    make_book: BookMaker, decide: Decider, drawn: list[dict[str, Any]], raised: int, length: int
) -> None:
    book = make_book(rules=_law(drawn))
    at = [0, min(raised, length), length]
    moments = [ORIGIN + timedelta(hours=hour) for hour in at]
    pieces = zip(moments, moments[1:], (Level.YELLOW, Level.RED), strict=False)
    segments = tuple(Segment(*piece) for piece in pieces if piece[0] < piece[1])
    response = Response(segments, ORIGIN)
    cut = slices(response, book)
    assert [one.starts for one in cut[1:]] == [one.ends for one in cut[:-1]]
    table = decide(book, [{}], response=response)
    for hour in range(length):
        now = f"{ORIGIN + timedelta(hours=hour):%Y-%m-%d %H:%M}"
        row = table[(table["starts"].astype(str) <= now) & (now < table["ends"].astype(str))]
        level = "yellow" if hour < at[1] else "red"
        assert row["share"].fillna(0).tolist() == [_asked(drawn, hour, level)]


def test_orders_change_on_the_day_a_plant_comes_onto_a_closed_list_or_leaves_it(
    make_book: BookMaker, decide: Decider, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = make_book(
        rules=[{"id": "listed", "when": {"named_lists": "名单"}, "then": "stop"}, {"id": "all", "then": {"limit": 0.2}}]
    )
    members = [
        Member.model_validate({"name": "甲厂", "from": date(2026, 11, 6), "to": date(2026, 11, 7)}),
        Member.model_validate({"name": "乙厂", "to": date(2026, 11, 5)}),
    ]
    named = {"名单": NamedList(name="名单", source="试验", members=tuple(members))}
    monkeypatch.setattr(book.lists, "named_lists", named)
    lines = [{"enterprise": name, "named_lists": "无"} for name in ("甲厂", "乙厂", "丙厂")]
    table = decide(book, lines, day=date(2026, 11, 5), hours=96, apart=True)
    assert list(zip(table["enterprise"].astype("str"), _shown(table), strict=True)) == [
        ("甲厂", ("11-05 00:00", "11-06 00:00", 0.2)),
        ("甲厂", ("11-06 00:00", "11-08 00:00", 1.0)),
        ("甲厂", ("11-08 00:00", "11-09 00:00", 0.2)),
        ("乙厂", ("11-05 00:00", "11-06 00:00", 1.0)),
        ("乙厂", ("11-06 00:00", "11-09 00:00", 0.2)),
        ("丙厂", ("11-05 00:00", "11-09 00:00", 0.2)),
    ]
