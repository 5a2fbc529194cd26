"""What is said of a forecast beside its warnings: whether it looks far enough ahead and came in time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from alertengine.rulebook import Rulebook
from alertengine.warning import Forecast, notes, warn
from alertengine.warning.known_at import Sight
from tests.synthetic import daily_forecast, join

DUTY = (SimpleNamespace(id="duty"), SimpleNamespace(days=3, by="17:00"))


@pytest.mark.parametrize(
    ("issued", "covered", "told"),
    [
        ("2021-01-09 17:00", "2021-01-12", []),
        ("2021-01-09 15:00", "2021-01-13", []),
        ("2021-01-09 17:01", "2021-01-12", ["late_forecast"]),
        ("2021-01-09 16:59", "2021-01-11", ["short_forecast"]),
        ("2021-01-09 18:00", "2021-01-10", ["short_forecast", "late_forecast"]),
        (None, "2021-01-12", []),
        ("2021-01-09 18:00", None, []),
    ],
)
def test_the_newest_issue_looks_as_far_and_comes_as_early_as_is_asked(
    monkeypatch: pytest.MonkeyPatch, issued: str | None, covered: str | None, told: list[str]
) -> None:
    asked: list[date] = []
    monkeypatch.setattr(notes, "forecast_duty", lambda _, day: asked.append(day) or DUTY)
    at, until = (None if text is None else pd.Timestamp(text) for text in (issued, covered))
    seen = Sight(pd.Timestamp("2021-01-09 20:00"), {}, file="f.csv", issued=at, covered=until)
    book: Any = None
    found = notes.duty_notes(book, seen)
    assert [one.code for one in found] == told
    assert {one.file for one in found} <= {"f.csv"}
    assert set(asked) <= {date(2021, 1, 9)}
    for one in found:
        said = {"short_forecast": ("target_date", "1" if until == pd.Timestamp("2021-01-10") else "2")}
        column, words = said.get(one.code, ("issue_time", "17:00"))
        assert one.column == column
        assert words in str(one)
    monkeypatch.setattr(notes, "forecast_duty", lambda *_: None)
    assert notes.duty_notes(book, seen) == []


@pytest.mark.parametrize(
    ("issues", "old", "older"),
    [  # city, first and last day of January, issue
        ([("临汾市", 9, 14, "09 15:00")], [], []),
        ([("临汾市", 9, 14, "08 15:00")], [], []),  # of the whole file: old_forecast
        ([("临汾市", 8, 14, "08 15:00"), ("临汾市", 9, 15, "09 15:00")], [], []),
        ([("临汾市", 8, 14, "08 15:00"), ("临汾市", 9, 11, "09 15:00")], [], [("临汾市", "2021-01-12..2021-01-14")]),
        ([("临汾市", 8, 11, "08 15:00"), ("临汾市", 10, 11, "09 15:00")], [], []),  # a forecast may begin tomorrow
        ([("临汾市", 9, 14, "09 11:00"), ("临汾市", 10, 11, "09 15:00")], [], [("临汾市", "2021-01-12..2021-01-14")]),
        ([("临汾市", 8, 14, "08 15:00"), ("太原市", 9, 14, "09 15:00")], ["临汾市"], []),
        ([("临汾市", 9, 14, "09 11:00"), ("太原市", 9, 14, "09 15:00")], [], []),
        ([("临汾市", 5, 8, "05 15:00"), ("太原市", 9, 14, "09 15:00")], [], []),  # over: it covers nothing ahead
        ([("临汾市", 9, 14, "09 15:00"), ("临汾市", 9, 10, "09 19:00")], [], []),  # not issued yet
    ],
)
def test_what_rests_on_an_older_issue_is_told(
    issues: list[tuple[str, int, int, str]], old: list[str], older: list[tuple[str, str]]
) -> None:
    made = [
        daily_forecast(city, {f"2021-01-{day:02}": 90.0 for day in range(first, last + 1)}, f"2021-01-{issued}")
        for city, first, last, issued in issues
    ]
    problems, told = notes.issue_notes(join(made), datetime(2021, 1, 9, 16))
    assert [(one.code, dict(one.arguments)["place"]) for one in problems] == [("old_forecast_of", city) for city in old]
    said = [dict(one.arguments) for one in told]
    assert [(one["place"], one["days"]) for one in said] == older
    assert {one.code for one in told} <= {"older_issue"}


@pytest.mark.parametrize(("issued", "told"), [("2021-01-13 08:00", []), ("2021-01-14 00:00", ["2021-01-13"])])
def test_an_issue_after_its_last_day_is_looked_at(
    book: Rulebook, days: Callable[..., Forecast], issued: str, told: list[str]
) -> None:
    """The time of issue or the days are another year's or week's; what is over warns nobody."""
    found = [one for one in warn(days("2021-01-11", [320] * 3, issued), book).problems if one.column == "issue_time"]
    assert [(one.code, str(dict(one.arguments)["last"])) for one in found] == [
        ("issued_after_its_days", last) for last in told
    ]


def test_the_days_before_the_first_grading_are_named_and_no_others(
    book: Rulebook, days: Callable[..., Forecast]
) -> None:
    (hole,) = [one for one in warn(days("2017-12-30", [90] * 4), book).problems if one.code == "no_grading"]
    assert dict(hole.arguments)["days"] == "2017-12-30..2017-12-31"
    assert hole.words("zh")[0].startswith("2017-12-30..2017-12-31没有有效的分级规定")


def test_a_grading_that_was_not_known_is_not_said_to_be_out_of_force(
    book: Rulebook, days: Callable[..., Forecast]
) -> None:
    found = warn(days("2021-01-11", [320] * 3), book, known_on="2005-01-01").problems
    (hole,) = [one for one in found if one.code == "no_grading"]
    assert "没有2005-01-01及以前发布的（known-on）、有效的分级规定" in hole.words("zh")[0]
    assert "no grading issued by 2005-01-01 (known-on) in force" in hole.words("en")[0]


@pytest.mark.parametrize(
    ("days", "text"),
    [
        ([], ""),
        ([1], "2021-01-01"),
        ([1, 2], "2021-01-01..2021-01-02"),
        ([1, 2, 3, 5], "2021-01-01..2021-01-03, 2021-01-05"),
        ([1, 3, 4], "2021-01-01, 2021-01-03..2021-01-04"),
    ],
)
def test_days_in_a_row_are_said_as_a_stretch(days: list[int], text: str) -> None:
    assert notes.days_text([date(2021, 1, day) for day in days]) == text


@pytest.mark.parametrize(
    ("low", "middle", "high", "now", "told"),
    [
        (150, 190, 260, "2019-01-03 15:00", True),
        (150, 190, 190, "2019-01-03 15:00", False),  # the upper end gives no level either
        (190, 210, 310, "2019-01-03 15:00", False),  # the middle gives one
        (150, 190, 260, "2019-01-05 22:00", True),
        (150, 190, 260, "2019-01-05 23:00", False),  # over by the hour from which anything is decided
    ],
)
def test_what_the_upper_end_alone_would_have_given_is_said(
    book: Rulebook, days: Callable[..., Forecast], low: float, middle: float, high: float, now: str, told: bool
) -> None:
    forecast = days("2019-01-04", [middle, middle])
    for name, value in (("aqi_low", low), ("aqi_mid", middle), ("aqi_high", high)):
        forecast.rows[name][:] = value
    found = [one for one in warn(forecast, book, now=now).notes if one.code == "ends_of_range"]
    assert [(dict(one.arguments)["mid"], dict(one.arguments)["low"]) for one in found] == [("none", "none")] * told
    assert all(dict(one.arguments)["high"] in {"yellow", "orange"} for one in found)


@pytest.mark.parametrize(
    ("first", "missing"),
    [
        ("2021-01-08", ""),
        ("2021-01-09", ""),
        ("2021-01-10", ""),  # of today the forecast may say nothing
        ("2021-01-11", "2021-01-10"),
        ("2021-01-13", "2021-01-10..2021-01-12"),
    ],
)
def test_days_from_tomorrow_to_the_first_of_a_forecast_are_missing(book: Rulebook, first: str, missing: str) -> None:
    """Between two days of a forecast a day without a value was told, before its first none was."""
    days = {str(day.date()): 230.0 for day in pd.date_range(first, periods=6)}
    found = warn(daily_forecast("临汾市", days, "2021-01-09 15:00"), book).problems
    assert [one.value for one in found if one.code == "days_missing"] == ([missing] if missing else [])
