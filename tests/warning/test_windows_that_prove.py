"""Where the windows that prove a level lie: inside a run where there are such, else touching it; both edges."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from alertengine.rulebook import AllOf, AnyOf, Exceed
from alertengine.warning.start_conditions import _around, prove

OVER = Exceed(above=200, hours=24)
LONG = Exceed(above=200, hours=48)


def air(*good: int, hours: int = 120, value: float = 250.0, usual: float = 90.0) -> npt.NDArray[np.float64]:
    """The AQI of the window that begins at each hour."""
    out = np.full(hours, usual)
    out[list(good)] = value
    return out


@pytest.mark.parametrize(
    ("good", "first", "last", "place"),
    [
        ((15,), 15, 39, 15),
        ((5, 15), 15, 39, 15),  # inside to its last hour
        ((5, 16), 15, 39, 5),  # one hour beyond: touching, the first of them
        ((5, 14), 15, 39, 5),
        ((15, 20), 15, 50, 15),
        ((38,), 15, 39, 38),  # it begins with the last hour of the run
        ((39,), 15, 39, None),
        ((0,), 24, 48, None),  # it ends where the run begins
        ((1,), 24, 48, 1),
        ((), 15, 39, None),
    ],
)
def test_a_window_inside_a_run_before_one_that_touches_it(
    good: tuple[int, ...], first: int, last: int, place: int | None
) -> None:
    found = prove(OVER, air(*good), first, last)
    assert [(one.first, one.last, one.windows) for one in found] == (
        [] if place is None else [(place, place + 24, (250.0,))]
    )


@pytest.mark.parametrize(
    ("above", "value", "met"), [(True, 200.0, 0), (True, 200.1, 1), (False, 200.0, 1), (False, 199.9, 0)]
)
def test_above_is_more_than_the_number_and_at_least_is_the_number_too(above: bool, value: float, met: int) -> None:
    condition = Exceed(above=200, hours=24) if above else Exceed(reach=200, hours=24)
    assert len(prove(condition, air(20, value=value), 20, 44)) == met


@pytest.mark.parametrize(
    ("good", "first", "windows"),
    [((10, 34), 10, (250.0, 250.0)), ((10,), None, ()), ((10, 33), None, ()), ((10, 34, 58), 10, (250.0, 250.0))],
)
def test_longer_conditions_have_windows_back_to_back(
    good: tuple[int, ...], first: int | None, windows: tuple[float, ...]
) -> None:
    found = prove(LONG, air(*good), 0, 90)
    assert [(one.first, one.windows) for one in found] == ([] if first is None else [(first, windows)])


def test_of_alternatives_the_first_that_holds_and_of_parts_every_one() -> None:
    aqi = air(*range(20, 45), value=350)
    graver = Exceed(reach=500, hours=24)
    either = AnyOf(any=(graver, OVER))
    assert [one.condition for one in prove(either, aqi, 20, 68)] == [OVER]
    assert prove(AnyOf(any=(graver, graver)), aqi, 20, 68) == ()
    both = AllOf(all=(Exceed(above=300, hours=24), LONG))
    found = prove(both, aqi, 20, 68)
    assert [(one.condition.hours, one.first) for one in found] == [(48, 20), (24, 20)], "the longest first"


@pytest.mark.parametrize(
    ("mask", "first", "last", "around"),
    [
        ("..###..", 2, 5, (2, 5)),
        ("..###..", 3, 4, (2, 5)),
        ("###....", 1, 5, (0, 3)),
        ("....###", 3, 6, (4, 7)),
        ("##.##..", 0, 5, (0, 2)),  # the first that it touches
        (".......", 2, 5, (2, 5)),
        ("##...##", 2, 5, (2, 5)),
    ],
)
def test_the_unbroken_hours_around_a_run(mask: str, first: int, last: int, around: tuple[int, int]) -> None:
    assert _around(np.array([sign == "#" for sign in mask]), first, last) == around
