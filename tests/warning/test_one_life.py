"""One life whatever the order of announcements; what was announced is held unless something new is known."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertengine.rulebook import Rulebook
from alertengine.simulation import replay
from alertengine.warning import Forecast, Warnings, announced_and_held, steps_text, warn

Days = Callable[..., Forecast]
FIRST = pd.Timestamp("2019-11-01")
DAY = pd.Timedelta(days=1)


def fed(book: Rulebook, days: Days, issues: list[tuple[int, list[int]]]) -> Warnings:
    """Forecasts from day n on, each issued on the afternoon of its first day, on one record."""
    done: Warnings | None = None
    for first, values in issues:
        start = FIRST + first * DAY
        forecast = days(str(start.date()), values, str(start + pd.Timedelta(hours=15)))
        done = warn(forecast, book, active=done)
    assert done is not None
    return done


def held(result: Warnings) -> list[tuple[str, str, str]]:
    kept = announced_and_held(result.record)
    rows = [(row["held_levels"], str(row["held_starts"]), str(row["held_ends"])) for row in kept.to_dict("records")]
    return sorted(row for row in rows if row[0])


def test_a_process_between_two_warnings_joins_them_whichever_was_announced_first(book: Rulebook, days: Days) -> None:
    quiet = [100] * 6
    later = [*quiet, 210, 220, 100, 100]
    early = [100, 210, 220, 100, 100, *[100] * 5]
    both = [210, 220, 100, 100, 210, 220, 100, 100]
    bridged = [100, 230, 210, 220, 100, 100, 100]
    in_order = fed(book, days, [(0, [100] * 10), (1, early), (2, both), (4, bridged)])
    reversed_order = fed(book, days, [(0, later), (1, [*early[:5], 210, 220, 100, 100]), (2, both), (4, bridged)])
    assert held(in_order) == held(reversed_order) == [("yellow>orange", "2019-11-03 00:00:00", "2019-11-09 00:00:00")]
    for result in (in_order, reversed_order):
        joined = result.record[result.record["action"] == "lift"]
        assert joined["reason"].str.contains("间隔不足36小时，按一次计").all()
        assert joined["reason"].str.contains("并入该次预警").all()
        assert len(joined) == 1


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(
    air=st.lists(st.sampled_from([90, 150, 210, 260, 310, 500]), min_size=8, max_size=12),
    seen=st.tuples(st.integers(1, 11), st.integers(1, 11)),
)
def test_what_was_announced_of_later_days_decides_nothing_of_what_holds(
    book: Rulebook, days: Days, air: list[int], seen: tuple[int, int]
) -> None:
    """Two bureaus know the same of the air from the second day on; one of them saw some later days a day before."""
    air = [100, 100, *air, 100, 100, 100]
    low, high = min(seen), max(seen)
    partly = [value if low < place <= high else 100 for place, value in enumerate(air)]
    afternoons = [(day, air[day:]) for day in range(1, 4)]
    one = fed(book, days, [(0, [100] * len(air)), *afternoons])
    other = fed(book, days, [(0, partly), *afternoons])
    assert held(one) == held(other)


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(air=st.lists(st.sampled_from([90, 150, 201, 230, 310, 500]), min_size=3, max_size=14))
def test_where_nothing_new_becomes_known_what_was_announced_is_held(book: Rulebook, days: Days, air: list[int]) -> None:
    known = days(str(FIRST.date()), [100, *air, 100, 100, 100])
    result = replay(known, book, days_ahead=30)
    told = announced_and_held(result.record)
    assert (told["changes"] == "").all()
    assert (told["announced_levels"] == told["held_levels"]).all()
    assert (told["announced_ends"] == told["held_ends"]).all()


@pytest.mark.parametrize(
    ("air", "steps"),
    [
        ([100, 100, 500, 201, 100, 100, 100], "red>yellow"),
        ([100, 100, 210, 260, 310, 320, 180, 220, 230, 100, 100, 100], "red>yellow"),
        ([100, 100, 220, 230, 180, 210, 260, 310, 320, 100, 100, 100], "red"),
    ],
)
def test_a_life_begins_at_its_highest_level_and_its_steps_down_are_announced(
    book: Rulebook, days: Days, air: list[int], steps: str
) -> None:
    result = warn(days(str(FIRST.date()), air, "2019-11-01 15:00"), book)
    told = announced_and_held(result.record).iloc[0]
    assert told["announced_levels"] == steps
    assert result.table["action"].tolist() == ["issue", "lower"][: len(steps.split(">"))]
    assert steps_text(steps) == "→".join({"red": "红色", "yellow": "黄色"}[one] for one in steps.split(">"))


def test_a_change_is_told_with_its_reason(book: Rulebook, days: Days) -> None:
    result = fed(book, days, [(0, [100, 210, 220, 100, 100, 100]), (1, [210, 220, 230, 100, 100, 100])])
    told = announced_and_held(result.record).iloc[0]
    assert (told["announced_levels"], told["held_levels"]) == ("yellow", "yellow>orange")
    assert told["changes"].startswith("2019年11月2日15时升级为橙色（2019年11月2日16时起至2019年11月5日0时）：")
    assert "达到橙色预警条件" in told["changes"]
    cancelled = fed(book, days, [(0, [100, 100, 210, 220, 100, 100]), (1, [100] * 6)])
    told = announced_and_held(cancelled.record).iloc[0]
    assert (told["held_levels"], told["announced_levels"]) == ("", "yellow")
    assert "取消" in told["changes"]


def test_an_announced_warning_whose_days_clear_is_cancelled_though_another_begins_where_it_ended(
    book: Rulebook, days: Days
) -> None:
    announced = [100, 100, 210, 220, 100, 100, 100]  # 3 and 4 November
    later = [100, 90, 80, 210, 220, 100, 100, 100]  # known a day later: clear then, polluted on the 5th and 6th
    result = fed(book, days, [(0, announced), (1, later)])
    assert held(result) == held(fed(book, days, [(1, later)]))
    assert sorted(result.table["action"]) == ["issue", "lift"]
    assert result.table.set_index("action").loc["lift", "reason"].count("取消") >= 1


@pytest.mark.parametrize(
    ("again", "starts", "ends"),
    [
        ([100, 100, 210, 220, 100, 100], "2019-11-03", "2019-11-05"),  # just as before
        ([100, 100, 100, 210, 220, 100], "2019-11-04", "2019-11-06"),
        ([100, 210, 220, 210, 100, 100], "2019-11-02", "2019-11-05"),
        ([100, 100, 100, 100, 210, 220], "2019-11-05", "2019-11-07"),
    ],
)
def test_after_a_cancelled_warning_another_is_issued_from_its_own_first_hour(
    book: Rulebook, days: Days, again: list[int], starts: str, ends: str
) -> None:
    done: Warnings | None = None
    for hour, air in ((15, [100, 100, 210, 220, 100, 100]), (18, [100] * 6), (20, again)):
        issued = str(FIRST + pd.Timedelta(hours=hour))
        done = warn(days(str(FIRST.date()), [*air, 100, 100, 100], issued), book, active=done)
    assert done is not None
    (row,) = done.new
    assert (row["action"], str(row["starts"])[:10], str(row["ends"])[:10]) == ("issue", starts, ends)
    (held,) = done.standing
    assert held["life_start"] == row["starts"], "the hours of its response count from its own start"
