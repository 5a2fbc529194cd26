"""Kilograms reckoned from shares, and share orders that keep the lines they speak of alone."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from alertengine.engine.allotted import Share
from alertengine.engine.kilograms import Kilograms

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
    some = share.at(np.array([1, 4, 7]))
    np.testing.assert_array_equal(some.fraction(np.arange(3)), expected[[1, 4, 7]])
