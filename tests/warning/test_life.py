"""Lives of warnings, hour by hour: each law is said of single hours and tried with whatever lives there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertengine.warning.grade import _leading, _values
from alertengine.warning.level_intervals import LevelInterval, at_least, changes, merged, paint, rank_at
from alertengine.warning.life import (
    PlannedLife,
    _clear,
    _continues,
    _hold,
    go_on_as,
    groups,
    levels_of,
    next_full_hour,
    transitions,
)
from alertengine.warning.record import WarningStanding
from alertengine.warning.superior_orders import Floor

ZERO = pd.Timestamp("2021-01-10")
MOST = 24
NUMBERS = st.integers(0, MOST)


def hour(number: float) -> pd.Timestamp:
    return ZERO + pd.Timedelta(hours=number)


def by_hour(pieces: Iterable[LevelInterval]) -> list[int]:
    """The rank of every hour."""
    held = list(pieces)
    return [rank_at(held, hour(number)) for number in range(MOST)]


@st.composite
def spans(draw: st.DrawFn) -> tuple[int, int]:
    first = draw(st.integers(0, MOST - 1))
    return first, draw(st.integers(first + 1, MOST))


@st.composite
def painted(draw: st.DrawFn, least: int = 0, lowest: int = 0) -> list[LevelInterval]:
    """Pieces that do not overlap, in order: a rank for each of some hours; with ``lowest`` 1 without gaps."""
    first = draw(st.integers(0, MOST - 2))
    ranks = draw(st.lists(st.integers(lowest, 3), min_size=least, max_size=MOST - first))
    return merged(LevelInterval(hour(first + n), hour(first + n + 1), rank) for n, rank in enumerate(ranks) if rank)


@given(pieces=painted(), span=spans(), rank=st.integers(0, 3), since=NUMBERS, other=painted())
def test_levels_over_hours(
    pieces: list[LevelInterval], span: tuple[int, int], rank: int, since: int, other: list[LevelInterval]
) -> None:
    before, new = by_hour(pieces), by_hour(other)
    first, last = span
    inside = [first <= number < last for number in range(MOST)]
    over = paint(pieces, hour(first), hour(last), rank)
    assert by_hour(over) == [rank if here else own for own, here in zip(before, inside, strict=True)]
    raised = at_least(pieces, hour(first), hour(last), rank)
    assert by_hour(raised) == [max(rank, own) if here else own for own, here in zip(before, inside, strict=True)]
    told = changes(pieces, other, hour(since))
    expected = [
        rank if old != rank and at >= since else None for at, (old, rank) in enumerate(zip(before, new, strict=True))
    ]
    found: list[int | None] = [None] * MOST
    for piece in told:
        for at in range(MOST):
            if piece.start <= hour(at) < piece.end:
                found[at] = piece.rank
    assert found == expected
    for one in (over, raised, told):
        assert one == sorted(one)
        assert all(a.end < b.start or (a.end == b.start and a.rank != b.rank) for a, b in pairwise(one))


@given(old=st.none() | painted(1), new=painted(), since=NUMBERS)
def test_what_is_told_of_a_life_makes_the_one_that_stood_the_one_that_is_planned(
    old: list[LevelInterval] | None, new: list[LevelInterval], since: int
) -> None:
    """Every row says what the hours from its start on hold, and by its action how that differs from before."""
    standing = None if old is None else WarningStanding("w", old, hour(0))
    if standing is not None and old:
        standing.end = old[-1].end
    held = list(old or ())
    rows = transitions(PlannedLife(new, continues=standing), hour(since))
    for place, (action, piece) in enumerate(rows):
        was = rank_at(old or [], piece.start) or rank_at(new, piece.start - pd.Timedelta(hours=1))
        was = was or _rank_left(old or [], hour(since))
        assert piece.start >= hour(since)
        assert piece.rank
        assert (action == "issue") == (place == 0 and standing is None and rank_at(new, piece.start) > 0)
        if action in {"raise", "lower", "extend"}:
            goes = "extend" if not was or piece.rank == was else "raise" if piece.rank > was else "lower"
            assert action == goes
        if action != "lift":
            assert rank_at(new, piece.end) != piece.rank, "a row ends where its level ends"
        held = paint(held, piece.start, piece.end, 0 if action == "lift" else piece.rank)
    assert by_hour(held)[since:] == by_hour(new)[since:]
    assert rows or by_hour(old or ())[since:] == by_hour(new)[since:]


def _rank_left(old: Sequence[LevelInterval], since: pd.Timestamp) -> int:
    """The rank that held just before, else the last one of a warning that is over, the first of one to come."""
    over, ahead = [one for one in old if one.end <= since], [one for one in old if one.start > since]
    left = next((one.rank for one in old if one.start < since <= one.end), 0)
    return left or (over[-1].rank if len(over) == len(old) > 0 else ahead[0].rank if len(ahead) == len(old) > 0 else 0)


@given(county=st.lists(painted(1, 1), max_size=2), city=st.lists(painted(1), max_size=2), since=NUMBERS)
def test_a_county_that_first_stands_apart_holds_at_least_what_its_city_holds(
    county: list[list[LevelInterval]], city: list[list[LevelInterval]], since: int
) -> None:
    """And nothing else: at each hour the higher of both; each of its lives goes on without a gap."""
    lives = [PlannedLife(pieces) for pieces in county]
    own = np.max([by_hour([]), *(by_hour(one) for one in county)], axis=0)
    above = np.max([by_hour([]), *(by_hour(one) for one in city)], axis=0)
    above[:since] = 0
    go_on_as(lives, [WarningStanding("w", pieces) for pieces in city], hour(since), pd.Timedelta(0))
    found = np.max([by_hour([]), *(by_hour(one.pieces) for one in lives)], axis=0)
    assert found.tolist() == np.maximum(own, above).tolist()
    for life in lives:
        assert all(a.end == b.start for a, b in pairwise(life.pieces))


def test_what_a_city_holds_between_two_lives_of_a_county_makes_them_one() -> None:
    least = Floor("临汾市/尧都区", "yellow", hour(8), hour(10))
    lives = [
        PlannedLife([LevelInterval(hour(2), hour(4), 1)]),
        PlannedLife([LevelInterval(hour(8), hour(10), 1)], floors=[least]),
    ]
    go_on_as(lives, [WarningStanding("w", [LevelInterval(hour(0), hour(9), 3)])], hour(1), pd.Timedelta("2h"))
    assert [(by_hour(life.pieces)[:11], life.floors) for life in lives] == [([0, *[3] * 8, 1, 0], [least])]


def test_an_order_for_a_level_itself_stands_above_what_the_city_holds() -> None:
    exact = Floor("临汾市/尧都区", "yellow", hour(2), hour(4), exact=True)
    least = Floor("临汾市/尧都区", "orange", hour(6), hour(8))
    life = PlannedLife([LevelInterval(hour(0), hour(10), 1)], floors=[exact, least])
    go_on_as([life], [WarningStanding("w", [LevelInterval(hour(0), hour(9), 3)])], hour(1), pd.Timedelta(0))
    assert by_hour(life.pieces)[:11] == [1, 3, 1, 1, 3, 3, 3, 3, 3, 1, 0]


@given(parts=st.lists(spans(), max_size=6), gap=st.integers(1, 6))
def test_members_of_a_life_are_those_less_than_the_gap_apart(parts: list[tuple[int, int]], gap: int) -> None:
    made: list[Any] = [SimpleNamespace(start=hour(a), end=hour(b), rank=1) for a, b in parts]
    found = groups(made[:3], made[3:], pd.Timedelta(hours=gap))
    assert sorted(id(one) for part in found for one in part) == sorted(map(id, made))
    for part in found:
        ordered = sorted(part, key=lambda one: one.start)
        for place, one in enumerate(ordered[1:], start=1):
            assert one.start - max(other.end for other in ordered[:place]) < pd.Timedelta(hours=gap)
    for before, after in pairwise(found):
        assert min(one.start for one in after) - max(one.end for one in before) >= pd.Timedelta(hours=gap)


@given(parts=st.lists(st.tuples(spans(), st.integers(1, 3)), min_size=1, max_size=4), gap=st.integers(1, 5))
def test_an_hour_of_a_life_holds_the_highest_level_still_to_come_or_its_own(
    parts: list[tuple[tuple[int, int], int]], gap: int
) -> None:
    made: list[Any] = [SimpleNamespace(start=hour(a), end=hour(b), rank=rank) for (a, b), rank in parts]
    higher: Any = SimpleNamespace(oscillation="higher", join_gap_hours=gap)
    first, last = min(a for (a, _), _ in parts), max(b for (_, b), _ in parts)
    to_come = [max(rank for (_, end), rank in parts if end > at) if first <= at < last else 0 for at in range(MOST)]
    assert by_hour(levels_of(made, higher)) == to_come
    own: Any = SimpleNamespace(oscillation="own", join_gap_hours=gap)
    found = by_hour(levels_of(made, own))
    assert all(rank >= max([r for (a, b), r in parts if a <= at < b], default=0) for at, rank in enumerate(found))
    assert set(found) <= {0, *(rank for _, rank in parts)}


@given(
    known=st.lists(st.booleans(), max_size=12), start=st.integers(-2, 13), length=st.integers(-1, 14),
    hours=st.integers(1, 6),
)  # fmt: skip
def test_a_warning_may_end_where_first_enough_hours_from_then_on_are_known(
    known: list[bool], start: int, length: int, hours: int
) -> None:
    seen: Any = Seen("".join("01"[one] for one in known))
    end, far = start + length, len(known)
    every = [at for at in range(start, end) if 0 <= at <= far - hours and all(known[at : at + hours])]
    assert _clear(seen, hour(start), hour(end), hours) == hour(min([*every, end]))
    assert _clear(None, hour(start), hour(end), hours) == hour(end)


@pytest.mark.parametrize(
    ("now", "since"),
    [("15:00", "16:00"), ("15:40", "16:00"), ("15:59:59.5", "16:00"), ("23:00", "24:00"), ("00:00", "01:00")],
)
def test_what_is_decided_holds_from_the_full_hour_that_follows(now: str, since: str) -> None:
    assert next_full_hour(ZERO + pd.Timedelta(f"{now}:00"[:10] if "." not in now else now)) == ZERO + pd.Timedelta(
        f"{since}:00"
    )


@pytest.mark.parametrize(
    ("first", "last", "values", "name"),
    [
        (0, 24, (100.0,), "PM2.5"),
        (0, 47, (100.0,), "PM2.5"),
        (0, 48, (100.0, 124.0), "PM10"),  # hours 0 to 24 begin a window that ends inside
        (0, 49, (100.0, 124.0), "PM10"),
        (24, 30, (), "PM10"),  # shorter than a window: those around it name the pollutant
        (1, 5, (), "PM2.5"),
        (60, 84, (), ""),  # no number there
    ],
)
def test_a_run_rests_on_the_windows_that_end_inside_it(
    first: int, last: int, values: tuple[float, ...], name: str
) -> None:
    aqi = np.array([100.0 + at if at < 60 else np.nan for at in range(90)])
    primary = np.array(["PM2.5", *[""] * 11, *[""] * 11, "PM10", "PM10", *["NO2"] * 65], dtype=object)
    assert _values(aqi, first, last) == values
    assert _leading(primary, aqi, first, last) == name


class Seen:
    """A graded place of which the hours from ``ZERO`` on are known where ``hours`` holds a 1."""

    def __init__(self, hours: str) -> None:
        self.known = np.array([one == "1" for one in hours])
        self.timeline = SimpleNamespace(place=lambda time: int((time - ZERO) / pd.Timedelta(hours=1)), at=hour)


def stands(*parts: tuple[int, int, int]) -> WarningStanding:
    """A warning of some hours and ranks, as a record leaves it."""
    standing = WarningStanding("w", [])
    for first, last, rank in parts:
        standing.take(LevelInterval(hour(first), hour(last), rank), lifted=False)
    return standing


ALL, NONE = "1" * 20, "0" * 20
AHEAD, LATER = "1" * 10 + "0" * 10, "0" * 7 + "1" * 13
HOLE = "1" * 6 + "0" + "1" * 13


@pytest.mark.parametrize(
    ("stood", "absorbed", "planned", "known", "held", "kept"),
    [
        ([(0, 10, 3)], [], [(4, 8, 1)], ALL, [(4, 8, 1)], False),
        ([(0, 10, 3)], [], [(4, 8, 1)], AHEAD, [(4, 10, 1)], True),  # what follows is not known: no higher
        ([(0, 10, 3)], [], [(4, 7, 1)], AHEAD, [(4, 7, 1)], False),  # 7, 8 and 9 are
        ([(0, 10, 3)], [], [(4, 10, 1)], AHEAD, [(4, 10, 1)], False),  # nothing stood then
        ([(0, 10, 3)], [], [(4, 8, 1)], LATER, [(4, 7, 3), (7, 8, 1)], True),  # what comes first is not known
        ([(0, 10, 3)], [], [], LATER, [(4, 7, 3)], True),  # nor what a lift from now on would end
        ([(0, 10, 3)], [], [(4, 8, 3)], LATER, [(4, 8, 3)], False),  # nothing would have changed
        ([(0, 6, 2), (6, 10, 1)], [], [(4, 8, 1)], LATER, [(4, 6, 2), (6, 8, 1)], True),
        ([(0, 4, 3)], [], [(4, 8, 1)], LATER, [(4, 8, 1)], False),  # over when it is decided
        ([(0, 10, 3)], [], [], ALL, [], False),
        ([(0, 10, 3)], [], [], NONE, [(4, 10, 3)], True),
        ([(6, 10, 3)], [], [], "0" * 6 + "1" * 14, [], False),  # announced: its first hours are known
        ([(6, 10, 3)], [], [], NONE, [(6, 10, 3)], True),
        ([(0, 6, 1)], [(8, 12, 2)], [(4, 8, 1)], AHEAD, [(4, 8, 1), (8, 12, 2)], True),
        ([(0, 10, 3)], [(6, 8, 2)], [(4, 8, 1)], ALL, [(4, 8, 1)], False),
        ([(0, 4, 1)], [(9, 12, 2)], [(4, 6, 1)], LATER, [(4, 6, 1)], False),  # between them nothing stood
        ([(0, 6, 3), (6, 10, 2)], [], [], "1" * 8 + "0" * 12, [], False),  # lifted from now on, what follows with it
        ([(0, 6, 3), (8, 10, 3)], [], [(4, 10, 1)], "0" * 4 + "0" + "1" * 15, [(4, 5, 3), (5, 10, 1)], True),
        ([(0, 10, 3)], [], [(4, 7, 2), (7, 10, 1)], AHEAD, [(4, 7, 2), (7, 10, 1)], False),
        ([(0, 10, 3)], [], [(4, 8, 2), (8, 10, 1)], AHEAD, [(4, 10, 2)], True),  # the second step is not known
    ],
)  # fmt: skip
def test_a_warning_is_kept_where_the_three_hours_from_which_it_would_end_are_not_all_known(
    stood: Sequence[tuple[int, int, int]],
    absorbed: Sequence[tuple[int, int, int]],
    planned: Sequence[tuple[int, int, int]],
    known: str,
    held: Sequence[tuple[int, int, int]],
    kept: bool,
) -> None:
    rule: Any = SimpleNamespace(lift_hours=3)
    graded: Any = Seen(known)
    pieces = [LevelInterval(hour(a), hour(b), rank) for a, b, rank in planned]
    life = PlannedLife(pieces, continues=stands(*stood), absorbed=[stands(one) for one in absorbed])
    _hold(life, graded, rule, hour(4))
    assert (life.pieces, life.kept) == ([LevelInterval(hour(a), hour(b), rank) for a, b, rank in held], kept)


def test_an_order_for_a_level_itself_is_not_kept_above() -> None:
    """From its beginning to before its end; a warning that nothing goes on from is as it was planned."""
    rule: Any = SimpleNamespace(lift_hours=3)
    graded: Any = Seen(LATER)
    for first, last, exact, rank in (
        (4, 8, True, 1),
        (0, 5, True, 1),
        (5, 8, True, 3),
        (0, 4, True, 3),
        (4, 8, False, 3),
    ):
        floor = Floor("临汾市", "yellow", hour(first), hour(last), exact=exact)
        life = PlannedLife([LevelInterval(hour(4), hour(8), 1)], floors=[floor], continues=stands((0, 10, 3)))
        _hold(life, graded, rule, hour(4))
        assert (by_hour(life.pieces)[4:8], life.kept) == ([rank, rank, rank, 1], rank == 3), "7, 8 and 9 are known"
    fresh = PlannedLife([LevelInterval(hour(4), hour(8), 1)])
    _hold(fresh, graded, rule, hour(4))
    assert (by_hour(fresh.pieces)[4:9], fresh.kept) == ([1, 1, 1, 1, 0], False)


@pytest.mark.parametrize(
    ("stood", "start", "end", "known", "goes_on"),
    [
        ((0, 10), 12, 15, ALL, False),  # it stands until now, four; from there less than three
        ((0, 10), 6, 9, ALL, True),
        ((0, 10), 7, 9, ALL, False),
        ((0, 10), 7, 9, HOLE, True),  # known to be clear from seven on only
        ((0, 10), 9, 15, HOLE, True),
        ((0, 10), 10, 15, HOLE, False),
        ((0, 2), 4, 9, HOLE, True),
        ((0, 2), 5, 9, HOLE, False),
        ((0, 2), 4, 9, ALL, True),  # it is over: from its end
        ((0, 2), 5, 9, ALL, False),
        ((8, 12), 9, 15, ALL, True),  # announced for eight, known from there on: from its beginning
        ((8, 12), 10, 15, ALL, True),
        ((8, 12), 11, 15, ALL, False),
        ((8, 12), 11, 15, AHEAD, True),  # not known: from its end
        ((8, 12), 14, 15, AHEAD, True),
        ((8, 12), 15, 18, AHEAD, False),
        ((8, 12), 4, 6, ALL, True),  # before it: to its beginning
        ((8, 12), 4, 5, ALL, False),
    ],
)
def test_a_group_of_runs_goes_on_with_a_warning_less_than_the_gap_away(
    stood: tuple[int, int], start: int, end: int, known: str, goes_on: bool
) -> None:
    rule: Any = SimpleNamespace(join_gap_hours=3, lift_hours=3)
    graded: Any = Seen(known)
    assert _continues(stands((*stood, 1)), hour(start), hour(end), hour(4), rule, graded) == goes_on
