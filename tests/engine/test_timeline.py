"""Time: phases, ends of seasons, raising and lowering, and rows of orders as half-open intervals."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pandas as pd
import pytest

from alertengine.engine import Engine, Response, Segment
from alertengine.rulebook import OpenLists
from alertengine.rulebook.open_list_rows import Period
from alertengine.rulebook.recurring_periods import Periods
from alertengine.vocabulary import Level
from tests.conftest import BookMaker, Decider, document

PHASES = [
    {"id": "stop", "levels": ["orange", "red"], "then": {"stop": True, "until_hours": 120}},
    {"id": "half", "levels": ["orange", "red"], "then": {"limit": 0.5, "after_hours": 120}},
]

WARNING = {"id": "w", "then": {"limit": 0.2}}
SEASON = {"id": "s", "kind": "season", "during": "采暖期", "then": {"limit": 0.4}}


def _shown(table: pd.DataFrame) -> list[tuple[Any, ...]]:
    return [(str(r.starts)[5:], str(r.ends)[5:], r.phase, r.share) for r in table.itertuples()]


def _at(day: int, hour: int = 0, month: int = 12) -> datetime:
    return datetime(2021, month, day, hour)


def test_an_open_response_shows_all_phases_and_does_not_end(make_book: BookMaker, decide: Decider) -> None:
    table = decide(make_book(rules=PHASES), [{}])
    assert _shown(table) == [("12-10 00:00", "12-15 00:00", "0-120", 1), ("12-15 00:00", "", "120-", 0.5)]


def test_a_response_shorter_than_a_phase_has_that_phase_alone(make_book: BookMaker, decide: Decider) -> None:
    book = make_book(rules=PHASES)
    assert _shown(decide(book, [{}], hours=72)) == [("12-10 00:00", "12-13 00:00", "0-72", 1)]
    assert _shown(decide(book, [{}], hours=120)) == [("12-10 00:00", "12-15 00:00", "0-120", 1)]


def test_raising_and_lowering_do_not_reset_the_hours(make_book: BookMaker, decide: Decider) -> None:
    segments = (
        Segment(_at(10), _at(12), Level.ORANGE),
        Segment(_at(12), _at(16), Level.RED),
        Segment(_at(16), _at(17), Level.ORANGE),
    )
    table = decide(make_book(rules=PHASES), [{}], response=Response(segments, _at(10)))
    assert _shown(table) == [
        ("12-10 00:00", "12-12 00:00", "0-48", 1),
        ("12-12 00:00", "12-15 00:00", "48-120", 1),
        ("12-15 00:00", "12-16 00:00", "120-144", 0.5),
        ("12-16 00:00", "12-17 00:00", "144-168", 0.5),
    ]
    assert list(table["level"]) == ["orange", "red", "red", "orange"]


def test_rows_follow_each_other_without_gap_or_overlap(make_book: BookMaker, decide: Decider) -> None:
    rules = [*PHASES, {"id": "w", "kind": "season", "valid": {"to": "2021-12-13"}, "then": {"coking_time": 30}}]
    segments = (Segment(_at(10, 15), _at(12, 6), Level.ORANGE), Segment(_at(12, 6), _at(18), Level.RED))
    response = Response(segments, _at(10, 15))
    table = decide(make_book(rules=rules), [{}, {"process": "熔炼"}], response=response)
    for _, rows in table.groupby("line_id"):
        ends, starts = list(rows["ends"].astype(str)), list(rows["starts"].astype(str))
        assert ends[:-1] == starts[1:]
        assert (starts[0], ends[-1]) == ("2021-12-10 15:00", "2021-12-18 00:00")
        assert all(start < end for start, end in zip(starts, ends, strict=True))


def test_equal_phases_are_one_row(make_book: BookMaker, decide: Decider) -> None:
    coke = [{**rule, "when": {"process": "焦炉"}} for rule in PHASES]
    book = make_book(rules=[*coke, {"id": "x", "when": {"process": "熔炼"}, "then": {"limit": 0.3}}])
    table = decide(book, [{"process": "熔炼"}, {"process": "焦炉"}])
    assert [len(rows) for _, rows in table.groupby("line_id")] == [1, 2]
    assert _shown(table)[0] == ("12-10 00:00", "", "0-", 0.3)


def test_a_response_is_cut_at_midnight_where_a_rule_comes_into_force_or_lapses(
    make_book: BookMaker, decide: Decider
) -> None:
    rules = [
        {"id": "old", "valid": {"to": "2021-12-11"}, "then": {"limit": 0.2}},
        {"id": "new", "valid": {"from": "2021-12-12"}, "then": {"limit": 0.4}},
    ]
    table = decide(make_book(rules=rules), [{}], hours=72)
    assert _shown(table) == [
        ("12-10 00:00", "12-12 00:00", "0-48", 0.2),
        ("12-12 00:00", "12-13 00:00", "48-72", 0.4),
    ]


def test_a_season_ends_inside_a_response(make_book: BookMaker, decide: Decider) -> None:
    table = decide(make_book(rules=[WARNING, SEASON]), [{}], day=date(2022, 3, 30), hours=96)
    assert [(row[0], row[1], row[3]) for row in _shown(table)] == [
        ("03-30 00:00", "04-01 00:00", 0.4),
        ("04-01 00:00", "04-03 00:00", 0.2),
    ]


def test_a_season_begins_inside_a_response(make_book: BookMaker, decide: Decider) -> None:
    table = decide(make_book(rules=[WARNING, SEASON]), [{}], day=date(2021, 10, 31), hours=48)
    assert [row[3] for row in _shown(table)] == [0.2, 0.4]


def test_an_order_without_a_warning_ends_with_the_season(make_book: BookMaker, decide: Decider) -> None:
    table = decide(make_book(rules=[SEASON]), [{}], level="none")
    assert _shown(table) == [("12-10 00:00", "04-01 00:00", "0-", 0.4)]


def test_an_engine_kept_over_two_winters_knows_the_end_of_each(make_book: BookMaker, decide: Decider) -> None:
    book = make_book(rules=[SEASON])
    engine = Engine(book)
    ends = [
        decide(book, [{}], level="none", day=day, engine=engine)["ends"][0]
        for day in (date(2021, 12, 10), date(2022, 2, 1), date(2022, 3, 31), date(2022, 11, 20))
    ]
    assert ends == [*["2022-04-01 00:00"] * 3, "2023-04-01 00:00"]


def test_an_open_order_ends_with_the_citys_own_season(
    make_book: BookMaker, decide: Decider, monkeypatch: pytest.MonkeyPatch, vocabulary: OpenLists
) -> None:
    own = Period.model_validate({"name": "采暖期", "from": "10-20", "to": "04-10", "area": "太原市"})
    monkeypatch.setattr(vocabulary, "periods", Periods([*vocabulary.periods, own]))
    book = make_book(rules=[SEASON])
    lines = [{"city": "临汾市"}, {"city": "太原市"}]
    ends = list(decide(book, lines, level="none")["ends"].astype(str))
    assert ends == ["2022-04-01 00:00", "2022-04-11 00:00"]


def test_a_city_with_its_own_season_keeps_to_it(
    make_book: BookMaker, decide: Decider, monkeypatch: pytest.MonkeyPatch, vocabulary: OpenLists
) -> None:
    own = Period.model_validate({"name": "采暖期", "from": "10-20", "to": "04-10", "area": "太原市"})
    monkeypatch.setattr(vocabulary, "periods", Periods([*vocabulary.periods, own]))
    book = make_book(rules=[SEASON])
    lines = [{"city": "临汾市"}, {"city": "太原市"}]
    assert list(decide(book, lines, level="none", day=date(2022, 4, 5))["share"]) == [0, 0.4]
    assert list(decide(book, lines, level="none", day=date(2021, 12, 1))["share"]) == [0.4, 0.4]


def test_the_known_on_clock_hides_what_was_issued_later(make_book: BookMaker, decide: Decider) -> None:
    book = make_book(
        document("early", issued="2020-01-01", rules=[{"id": "a", "then": {"limit": 0.2}}]),
        document("late", issued="2022-06-01", rules=[{"id": "b", "then": {"limit": 0.5}}]),
    )
    assert list(decide(book, [{}])["share"]) == [0.5]
    assert list(decide(book, [{}], engine=Engine(book, date(2021, 12, 10)))["share"]) == [0.2]


# -- who stops, over time


def test_a_lighter_later_phase_chooses_a_subset_of_the_stopped(make_book: BookMaker, decide: Decider) -> None:
    rules = [
        {"id": "more", "then": {"stop_share": 0.6, "until_hours": 48}},
        {"id": "less", "then": {"stop_share": 0.3, "after_hours": 48, "by": "capacity"}},
    ]
    lines = [{"capacity": size} for size in (10, 20, 30, 40, 50)]
    table = decide(make_book(rules=rules), lines)
    stopped = {
        phase: {line for line, share in zip(rows["line_id"], rows["share"], strict=True) if share == 1}
        for phase, rows in table.groupby("phase")
    }
    assert stopped["48-"] < stopped["0-48"] == {"1", "2", "3"}


def test_raising_keeps_the_stopped_lines_stopped(make_book: BookMaker, decide: Decider) -> None:
    rules = [
        {"id": "o", "levels": ["orange"], "then": {"stop_share": 0.25, "by": "line"}},
        {"id": "r", "levels": ["red"], "then": {"stop_share": 0.5, "by": "capacity"}},
    ]
    lines = [{"capacity": size} for size in (10, 60, 70, 80)]  # half the capacity alone would be 60 and 70 or 80
    segments = (Segment(_at(10), _at(11), Level.ORANGE), Segment(_at(11), _at(12), Level.RED))
    table = decide(make_book(rules=rules), lines, response=Response(segments, _at(10)))
    shares = {level: list(rows["share"]) for level, rows in table.groupby("level")}
    assert shares["orange"] == [1, 0, 0, 0]
    assert shares["red"][0] == 1
    assert sum(size * share for size, share in zip((10, 60, 70, 80), shares["red"], strict=True)) >= 110


def test_rows_are_sorted_by_enterprise_line_and_phase(make_book: BookMaker, decide: Decider) -> None:
    lines = [{"enterprise_id": e, "line_id": n} for e in ("B", "A") for n in ("10", "2", "1")]
    table = decide(make_book(rules=PHASES), lines)
    keys = list(zip(table["enterprise_id"], table["line_id"].astype(int), table["starts"].astype(str), strict=True))
    assert keys == sorted(keys)
    assert len(set(table["order_id"])) == len(table) == 12
