"""What is known at a moment: hours and days seen until then, days ahead, and whether the air of a run was seen."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from alertengine.vocabulary import InputError
from alertengine.warning import Forecast, Graded, Rows, Timeline, ahead_and_behind
from alertengine.warning.known_at import PerfectView, sight
from tests.synthetic import daily_forecast, join

CITY, OTHER = ("临汾市", ""), ("太原市", "")


def days(city: str, first: int, last: int, issued: str = "2021-01-01 15:00") -> Forecast:
    """Days of January 2021, the AQI of each a hundred and its number."""
    return daily_forecast(city, {f"2021-01-{day:02}": 100.0 + day for day in range(first, last + 1)}, issued)


def hours(*starts: str, first: float = 200) -> Forecast:
    """Hours of 临汾市 by their starts, the AQI one more each, each known when it ends."""
    at = pd.to_datetime([f"2021-01-{one}" for one in starts])
    row = days("临汾市", 1, 1).table.iloc[0].to_dict()
    table = pd.DataFrame([row | {"hours": 1, "row": n} for n in range(len(at))])
    air = first + np.arange(len(at), dtype=float)
    issued = at + pd.Timedelta(hours=1)
    return Forecast(Rows.of(table.assign(start=at, issue_time=issued, aqi_low=air, aqi_mid=air, aqi_high=air)), "h.csv")


def span(timeline: Any) -> tuple[str, int]:
    return f"{timeline.origin:%d}", timeline.days


@pytest.mark.parametrize(
    ("now", "parts", "covered"),
    [
        ("07 15:00", {CITY: ("08", 2), OTHER: ("09", 1)}, "09"),  # nothing was seen yet
        ("08 00:00", {CITY: ("08", 3), OTHER: ("09", 2)}, "10"),
        ("10 15:00", {CITY: ("09", 4), OTHER: ("09", 2)}, "12"),
        ("11 23:59", {CITY: ("10", 4), OTHER: ("10", 1)}, "13"),
        ("12 00:00", {CITY: ("11", 4)}, "14"),
        ("14 15:00", {CITY: ("13", 2)}, "14"),
        ("15 00:00", None, None),
        ("05 23:00", None, None),
    ],
)
def test_observations_are_seen_a_day_back_and_two_ahead(now: str, parts: Any, covered: str | None) -> None:
    feed = join([days("临汾市", 8, 14), days("太原市", 9, 10)])
    perfect = PerfectView(feed, days_ahead=2, days_behind=1)
    assert [f"{day:%d %H}" for day in perfect.days] == [f"{day:02} 00" for day in range(8, 15)]
    seen = perfect.at(pd.Timestamp(f"2021-01-{now}"))
    assert (seen is None) == (parts is None)
    if seen is not None:
        assert {unit: span(one) for unit, one in seen.timelines.items()} == parts
        assert (seen.now, seen.issued, seen.file, seen.heavy) == (seen.now, seen.now, feed.file, {})
        assert f"{seen.covered:%d %H}" == f"{covered} 00"


@pytest.mark.parametrize(
    ("now", "aqi"),
    [
        ("08 00:00", None),
        ("08 01:00", 200),
        ("08 01:59", 200),
        ("08 02:00", 201),
        ("08 03:00", None),
        ("08 04:00", 202),
    ],
)
def test_the_hour_that_ended_last_is_the_air_of_a_moment(now: str, aqi: float | None) -> None:
    """Hours of 0, 1 and 3 o'clock; that of 2 is not there."""
    feed = hours("08 00:00", "08 01:00", "08 03:00")
    seen = PerfectView(feed, days_ahead=1, days_behind=1).at(pd.Timestamp(f"2021-01-{now}"))
    assert seen is not None
    assert seen.heavy == ({} if aqi is None else {CITY: aqi})


@pytest.mark.parametrize(
    ("now", "heavy", "seen"),
    [
        ("09 10:00", 202, 10),  # 7, 8 and 9 o'clock are over
        ("09 10:59", 202, 10),
        ("09 09:00", 201, 9),
        ("09 09:30", 201, 9),
        ("09 11:00", None, 10),  # the hour before was not seen
        ("09 07:30", None, None),
    ],
)
def test_hours_that_are_over_take_the_place_of_the_forecast(now: str, heavy: float | None, seen: int | None) -> None:
    ahead = days("临汾市", 9, 11, "2021-01-08 15:00")
    found = sight(ahead, pd.Timestamp(f"2021-01-{now}"), hours("09 07:00", "09 08:00", "09 09:00"))
    assert found.heavy == ({} if heavy is None else {CITY: heavy})
    timeline = found.timelines[CITY]
    hourly = np.flatnonzero(~np.isnan(timeline.hourly["aqi_mid"]))
    assert (hourly + 1).tolist() == ([] if seen is None else list(range(8, seen + 1)))
    assert timeline.daily["aqi_mid"].tolist() == [109, 110, 111]
    assert (f"{found.issued:%d %H}", f"{found.covered:%d %H}") == ("08 15", "11 00")
    assert sight(ahead, pd.Timestamp("2021-01-08 14:59")).issued is None


def test_a_day_seen_is_not_the_one_forecast_once_it_is_over() -> None:
    ahead = days("临汾市", 9, 11, "2021-01-09 06:00")
    observed = days("临汾市", 9, 9, "2021-01-10 00:00")
    observed.rows["aqi_mid"][:] = 300.0
    other = days("太原市", 9, 9, "2021-01-10 00:00")
    for now, first in (("2021-01-09 23:00", 109), ("2021-01-10 00:00", 300)):
        found = sight(ahead, pd.Timestamp(now), join([observed, other]))
        assert found.timelines[CITY].daily["aqi_mid"].tolist() == [first, 110, 111]


@pytest.mark.parametrize(
    ("first", "last", "now", "seen"),
    [
        (9, 11, "2021-01-09 15:00", True),
        (9, 9, "2021-01-09 23:00", True),
        (9, 9, "2021-01-10 00:00", False),  # its last hour is over
        (9, 9, "2021-01-12 15:00", False),
        (None, None, "2021-01-10 15:00", False),  # no forecast at all
    ],
)
@pytest.mark.parametrize("observed", [True, False])
def test_a_place_of_which_no_forecast_says_an_hour_ahead_is_not_covered(
    first: int | None, last: int | None, now: str, *, seen: bool, observed: bool
) -> None:
    """What was observed there makes no forecast: else a warning in force would go on untold."""
    of_city = [days("临汾市", first, last, "2021-01-09 06:00")] if first and last else []
    forecast = join([*of_city, days("太原市", 9, 14, "2021-01-09 06:00")])
    behind = days("临汾市", 7, 8, "2021-01-09 00:00") if observed else None
    assert (CITY in sight(forecast, pd.Timestamp(now), behind).timelines) == seen


def test_the_newest_issue_says_how_far_it_looks() -> None:
    older, newer = days("临汾市", 9, 14, "2021-01-08 15:00"), days("临汾市", 10, 12, "2021-01-09 15:00")
    both = join([newer, older])
    for now, issued, covered in (("08 15:00", "08 15", "14"), ("09 14:59", "08 15", "14"), ("09 15:00", "09 15", "12")):
        found = sight(both, pd.Timestamp(f"2021-01-{now}"))
        assert (f"{found.issued:%d %H}", f"{found.covered:%d}") == (issued, covered)
        assert found.timelines[CITY].days == 6


@pytest.mark.parametrize(
    ("ahead", "behind", "first", "last"), [(0, 0, 10, 10), (1, 0, 10, 11), (0, 2, 8, 10), (7, 7, 8, 14), (2, 1, 9, 12)]
)
def test_observations_are_cut_at_the_day_of_a_moment(ahead: int, behind: int, first: int, last: int) -> None:
    now = pd.Timestamp("2021-01-10 15:00")
    after, before = ahead_and_behind(days("临汾市", 8, 14), now, ahead, behind)
    assert after.table["start"].dt.day.tolist() == list(range(10, last + 1))
    assert before.table["start"].dt.day.tolist() == list(range(first, 11))
    assert set(after.table["issue_time"]) == {now}
    with pytest.raises(InputError, match="2021-01-15"):
        ahead_and_behind(days("临汾市", 8, 14), pd.Timestamp("2021-01-15 09:00"), ahead, behind)


def graded(known: str, *above: str) -> Graded:
    """A graded place from 8 January on, an hour a letter: known or not, above the number of each level or not."""
    timeline = SimpleNamespace(
        at=lambda hour: pd.Timestamp("2021-01-08") + pd.Timedelta(hours=hour),
        place=lambda time: int((time - pd.Timestamp("2021-01-08")) // pd.Timedelta(hours=1)),
    )
    masks = {rank: np.array([one == "1" for one in mask]) for rank, mask in enumerate(above, start=1)}
    hours = np.array([one == "1" for one in known])
    return Graded(cast("Timeline", timeline), {}, [], [], hours, [], above=lambda: masks)


@pytest.mark.parametrize(
    ("known", "above", "unseen"),
    [
        ("00111111", ["00111111"], True),
        ("01111111", ["00111111"], False),  # the hour before was known to be clear
        ("00111111", ["00000000"], False),
        ("00111111", ["00111100"], False),  # over at six, from when anything is decided
        ("00111111", ["00111110"], True),
        ("00111111", ["01111111"], False),  # begun with the hour from which it is sought
        ("00111111", ["00000000", "00111111"], True),
        ("00111111", ["01100111"], False),  # the first is over, the second seen to begin
        ("00000111", ["00100011"], False),
        ("00000011", ["00100011"], True),
    ],
)
def test_air_that_goes_on_began_unseen(known: str, above: Sequence[str], unseen: bool) -> None:
    sought, since = (pd.Timestamp(f"2021-01-08 0{hour}:00") for hour in (1, 6))
    assert graded(known, *above).begins_unseen(sought, since) == unseen


def test_air_above_from_the_first_hour_of_all_began_unseen() -> None:
    """Though the last hour of all is known."""
    place = graded("11111111", "11111110")
    assert place.begins_unseen(pd.Timestamp("2021-01-07"), pd.Timestamp("2021-01-08 06:00"))


@pytest.mark.parametrize(("day", "known"), [("07", False), ("08", True), ("09", False), ("10", True), ("11", False)])
def test_a_day_is_known_with_each_of_its_hours(day: str, known: bool) -> None:
    place = graded("1" * 24 + "1" * 23 + "0" + "1" * 24)
    assert place.knows(pd.Timestamp(f"2021-01-{day}")) == known
