"""Kilograms reckoned from shares, and share orders that keep the lines they speak of alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertengine.engine.allotted import Allotted, Share
from alertengine.engine.kilograms import Kilograms
from alertengine.rulebook import Measure

NAN = float("nan")


def _saved() -> Kilograms:
    emissions = {"so2": np.array([10.0, NAN, NAN, 4.0]), "nox": np.array([1.0, 2.0, 3.0, 4.0])}
    return Kilograms(emissions, np.array([0.5, 0.5, 1.0, NAN]), np.array([False, False, True, True]))


def test_a_line_at_a_stand_saves_nothing_unless_its_share_is_unknown() -> None:
    saved = _saved()
    np.testing.assert_array_equal(saved["so2"], [5.0, NAN, 0.0, NAN])
    np.testing.assert_array_equal(saved.at("nox", np.array([2, 0])), [0.0, 0.5])
    assert saved.at("nox", 1) == 1.0


def test_a_pollutant_with_a_share_of_its_own_leaves_the_others() -> None:
    saved = _saved()
    other = saved.copy()
    other.put(np.array([0]), 0.25, {"nox": 1.0})
    assert (other["so2"][0], other["nox"][0]) == (2.5, 1.0)
    np.testing.assert_array_equal(other["nox"][1:], saved["nox"][1:])
    assert saved["so2"][0] == 5.0  # the copied one stays


def test_what_a_lower_level_gives_takes_the_place_of_all_that_was_said() -> None:
    saved, lower = _saved(), _saved()
    lower.put(np.array([1, 3]), np.array([0.75, 1.0]), {"nox": np.array([0.5, 1.0])})
    lower.still[3] = False
    saved.take(lower, np.array([0, 2]), np.array([False, True, False, True]))  # its lines 1 and 3
    np.testing.assert_array_equal(saved["so2"], [7.5, NAN, NAN, NAN])
    np.testing.assert_array_equal(saved["nox"], [0.5, 1.0, 3.0, NAN])


@given(st.data())
def test_a_share_order_says_of_each_line_what_was_put_last(data: st.DataObject) -> None:
    lines = st.lists(st.integers(0, 9), unique=True, min_size=1)
    mine, theirs, rows = (np.array(sorted(data.draw(lines))) for _ in range(3))
    share, lower = Share.of(mine), Share.of(theirs)
    share.put(mine, np.full(len(mine), 0.5), np.full(len(mine), 0.5), np.full(len(mine), NAN))
    lower.put(theirs, np.full(len(theirs), 0.25), np.full(len(theirs), 0.25), np.full(len(theirs), NAN))
    share.take_lower(lower, rows, np.isin(np.arange(10), rows))
    expected = np.full(10, NAN)
    expected[mine], expected[rows] = 0.5, NAN
    expected[np.intersect1d(rows, theirs)] = 0.25
    np.testing.assert_array_equal(share.fraction(np.arange(10)), expected)
    assert [share.place(line) is None for line in range(10)] == np.isnan(expected).tolist()


@pytest.mark.parametrize("name", ["unmet", "unproven"])
def test_marks_of_a_lower_level_are_laid_over_the_lines_it_binds(name: str) -> None:
    """Of six lines 1, 3 and 4 were decided at the lower level, which binds 1 and 4."""
    taken, rows = np.array([True, False, True]), np.array([1, 4])
    for mine, theirs, laid in (
        (None, None, None),
        (None, [True, True, False], [0, 1, 0, 0, 0, 0]),
        ([1, 1, 0, 1, 0, 0], None, [1, 1, 0, 1, 0, 0]),
        ([1, 1, 0, 0, 0, 1], [False, True, True], [1, 0, 0, 0, 1, 1]),
    ):
        own = Allotted(**{name: None if mine is None else np.array(mine, dtype=bool)})
        other = Allotted(**{name: None if theirs is None else np.array(theirs)})
        own.take_lower(other, rows, taken, 6)
        found = {one: getattr(own, one) for one in ("unmet", "unproven")}
        assert {one: None if held is None else held.tolist() for one, held in found.items()} == {
            **dict.fromkeys(("unmet", "unproven")),
            name: laid,
        }
    assert Allotted().taken(3).tolist() == [0, 0, 0]


def test_orders_and_plans_of_a_lower_level_are_taken_over_and_what_stops_is_the_most_of_them() -> None:
    first, second = (Measure(code="stop_share", share=share) for share in (0.3, 0.5))

    def share(rows: list[int], stopped: list[float]) -> Share:
        made = Share.of(np.array(rows))
        made.put(np.array(rows), np.array(stopped), np.array(stopped), np.full(len(rows), np.nan))
        return made

    own = Allotted({first: share([0, 1], [1, 0.5])})
    lower = Allotted({first: share([0], [0.25]), second: share([0, 1], [0, 1])}, share([1, 2], [0.5, 1]))
    own.take_lower(lower, np.array([1, 3]), np.array([True, False, True]), 4)
    lines = np.arange(4)
    assert set(own.orders) == {first, second}
    assert own.plan is not None
    for one, expected in (
        (own.orders[first], [1, 0.25, np.nan, np.nan]),
        (own.orders[second], [np.nan, 0, np.nan, np.nan]),
        (own.plan, [np.nan, np.nan, np.nan, 1]),
    ):
        np.testing.assert_array_equal(one.fraction(lines), expected)
    assert own.fraction(second, np.array([1])) is not None
    assert own.fraction(Measure(code="stop"), lines) is None
    assert own.taken(4).tolist() == [1, 0.25, 0, 1]


def test_lines_put_together_are_a_population_and_one_line_is_none() -> None:
    share = Share.of(np.array([7, 2]), np.array([2, 4]))
    assert (share.rows.tolist(), share.population.tolist(), share.free) == ([2, 4, 7], [-1] * 3, 0)
    for rows, stopped, parts in (
        ([2, 4], [1.0, 0.5], [NAN, 4.0]),
        ([7], [0.25], [8.0]),
        ([4, 7], [0.25, 0.75], [4.0, 8.0]),
    ):
        share.put(np.array(rows), np.array(stopped), np.array(stopped) / 2, np.array(parts))
    np.testing.assert_array_equal(share.stopped, [1, 0.5, 0.75])
    np.testing.assert_array_equal(share.own, [0.5, 0.25, 0.375])
    np.testing.assert_array_equal(share.machines, [NAN, 1, 3])
    assert (share.population.tolist(), share.free) == ([0, 1, 1], 2)
    assert [share.place(line) for line in (2, 3, 4, 7, 8)] == [0, None, 1, 2, None]
    assert (share.counted(1, chambers=True), share.counted(2, chambers=False)) == ("1孔", "3台")
    told = share.told_apart(9).tolist()
    assert [line for line in range(9) if told[line]] == [2, 4, 7]
    assert len({told[2], told[4], told[7]}) == 3
