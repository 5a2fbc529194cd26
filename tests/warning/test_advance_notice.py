"""Lines that cannot be interrupted are told early where heavy levels may come again and again."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from alertengine.rulebook import OpenLists, Rulebook
from alertengine.warning import Forecast, early_notice, warn
from alertengine.warning.advance_notice import _runs_ahead
from tests.synthetic import join

Days = Callable[..., Forecast]
TWICE = [250, 250, 250, 90, 250, 250, 250]
CITY, COUNTY = "临汾市", "尧都区"


def lines(*interruptible: bool | None, city: str = CITY, county: str | None = COUNTY) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "city": city,
                "county": county,
                "enterprise": "甲厂",
                "line": f"{n}#",
                "process": "焦炉",
                "interruptible": i,
            }
            for n, i in enumerate(interruptible)
        ]
    )


@pytest.fixture
def stop_hours(book: Rulebook, monkeypatch: pytest.MonkeyPatch) -> Callable[[float], OpenLists]:
    """Has coke ovens need so many hours to stop."""

    def need(hours: float) -> OpenLists:
        known = book.lists.processes["焦炉"]
        monkeypatch.setitem(book.lists.processes, "焦炉", known.model_copy(update={"stop_hours": hours}))
        return book.lists

    return need


def test_lines_that_cannot_be_interrupted_are_told_and_those_that_may_be_counted(book: Rulebook, days: Days) -> None:
    often = warn(days("2019-01-04", TWICE), book)
    found = early_notice(often, lines(False, True, None, False), book.lists)
    assert found["line"].tolist() == ["0#", "3#"]
    assert set(found["starts"]) == set(found["latest"]) == {pd.Timestamp("2019-01-04")}
    assert set(found["remark"]) == {"停产所需时间未载明"}
    assert set(found["runs"]) == {2}
    assert found.attrs == {"cities": [CITY], "unknown": 1}
    unmarked = early_notice(often, lines(False, False).drop(columns="interruptible"))
    assert (len(unmarked), unmarked.attrs["unknown"]) == (0, 2)


@pytest.mark.parametrize(
    ("city", "county", "told"),
    [(CITY, COUNTY, True), (CITY, None, True), (CITY, "", True), ("太原市", None, False), ("太原市", COUNTY, False)],
)
def test_a_line_answers_to_its_city_where_its_county_has_no_warning_of_its_own(
    book: Rulebook, days: Days, city: str, county: str | None, *, told: bool
) -> None:
    often = warn(days("2019-01-04", TWICE), book)
    found = early_notice(often, lines(False, None, city=city, county=county), book.lists)
    assert (len(found), found.attrs["unknown"]) == (int(told), int(told))


def test_a_county_with_a_forecast_of_its_own_answers_to_that(book: Rulebook, days: Days) -> None:
    def of(values: list[float]) -> pd.DataFrame:
        own = days("2019-01-04", values)
        own.rows["county"][:] = COUNTY
        forecast = own if values is TWICE else join([days("2019-01-04", TWICE), own])
        return early_notice(warn(forecast, book), lines(False), book.lists)

    alone = of(TWICE)
    assert (alone["line"].tolist(), alone.attrs["cities"]) == (["0#"], [f"{CITY}{COUNTY}"])
    assert of([90.0] * 7).attrs["cities"] == [CITY]


@pytest.mark.parametrize(
    ("values", "level", "runs"),
    [
        (TWICE, "orange", 2),
        ([250, 250, 250, 90, 90, 90, 90], "orange", 0),
        ([250, 250, 250, 90, 210, 210, 90], "orange", 0),  # the second is yellow
        ([250, 250, 250, 90, 210, 210, 90], "yellow", 2),
        (TWICE, "red", 0),
        ([90] * 7, "yellow", 0),
    ],
)
def test_two_runs_of_the_level_or_above_are_often(
    book: Rulebook, days: Days, values: list[float], level: str, runs: int
) -> None:
    found = early_notice(warn(days("2019-01-04", values), book), lines(False), book.lists, level=level)
    assert found["runs"].tolist() == [runs] * bool(runs)
    three = early_notice(warn(days("2019-01-04", values), book), lines(False), book.lists, level=level, times=3)
    assert three.empty


@pytest.mark.parametrize(
    ("standing", "level", "runs"),
    [("orange", "orange", 2), ("yellow", "orange", 0), ("red", "orange", 2), ("orange", "yellow", 2)],
)
def test_a_warning_in_force_counts_as_a_run_of_its_own(
    book: Rulebook, days: Days, standing: str, level: str, runs: int
) -> None:
    """It stands by an order from above over clear days; one run more is forecast."""
    order = {"area": CITY, "level": standing, "from": "2019-01-04 00:00", "to": "2019-01-06 00:00", "source": "令"}
    result = warn(days("2019-01-04", [90, 90, 90, 90, 250, 250, 250]), book, floors=[order])
    found = early_notice(result, lines(False), book.lists, level=level)
    assert found["runs"].tolist() == [runs] * bool(runs)
    if runs:
        assert found["starts"].iloc[0] == pd.Timestamp("2019-01-04")
    over = {**order, "from": "2019-01-09 00:00", "to": "2019-01-10 00:00"}  # within the run: the same one
    within = warn(days("2019-01-04", [90, 90, 90, 90, 250, 250, 250]), book, floors=[over])
    assert early_notice(within, lines(False), book.lists, level="orange").empty


@pytest.mark.parametrize(
    ("now", "standing", "found"),
    [
        (2, [], (1, 4)),
        (7, [], (1, 7)),
        (8, [], None),
        (2, [(0, 4)], (2, 0)),  # over as the run begins
        (2, [(0, 5)], (1, 0)),
        (2, [(8, 10)], (2, 4)),  # it begins as the run is over
        (2, [(7, 10)], (1, 4)),
        (2, [(0, None)], (1, 0)),
        (2, [(9, None)], (2, 4)),
        (8, [(0, 9)], (1, 0)),
        (2, [(0, 3), (9, 10)], (3, 0)),
    ],
)
def test_a_run_from_four_to_eight_and_the_warnings_beside_it(
    now: int, standing: list[tuple[int, int | None]], found: tuple[int, int] | None
) -> None:
    def hour(number: int) -> pd.Timestamp:
        return pd.Timestamp("2019-01-04") + pd.Timedelta(hours=number)

    rows = [
        {"city": CITY, "county": county, "level": level, "starts": hour(first),
         "ends": None if last is None else hour(last)}
        for first, last, level, county in
        [(0, 3, "yellow", ""), (0, 3, "red", COUNTY), *((first, last, "orange", "") for first, last in standing)]
    ]  # fmt: skip
    ranks = {"mid": np.repeat([0, 2, 1, 0], [5, 3, 2, 2]), "high": np.repeat([0, 3, 0, 1], [4, 4, 2, 2])}
    result: Any = SimpleNamespace(now=hour(now), standing=rows)
    own: Any = SimpleNamespace(timeline=SimpleNamespace(at=hour), ranks=ranks)
    told = _runs_ahead(result, (CITY, ""), own, "orange")
    assert told == (None if found is None else (found[0], hour(found[1])))


@pytest.mark.parametrize(
    ("hours", "latest", "remark"),
    [
        (48, "2019-01-06 00:00", ""),
        (56, "2019-01-05 16:00", ""),
        (57, "2019-01-05 15:00", "已不足停产所需时间，立即告知"),
        (72, "2019-01-05 15:00", "已不足停产所需时间，立即告知"),
    ],
)
def test_the_hours_a_process_needs_come_off_the_start(
    book: Rulebook, days: Days, stop_hours: Callable[[float], OpenLists], hours: float, latest: str, remark: str
) -> None:
    often = warn(days("2019-01-08", TWICE, "2019-01-05 15:00"), book)
    found = early_notice(often, lines(False), stop_hours(hours)).iloc[0]
    assert (found["starts"], found["latest"]) == (pd.Timestamp("2019-01-08"), pd.Timestamp(latest))
    assert (found["remark"], found["stop_hours"]) == (remark, hours)


def test_the_first_to_tell_stands_first(book: Rulebook, days: Days, stop_hours: Callable[[float], OpenLists]) -> None:
    often = warn(days("2019-01-08", TWICE, "2019-01-05 15:00"), book)
    two = lines(False, False).assign(process=["其他", "焦炉"])
    found = early_notice(often, two, stop_hours(48))
    assert (found["line"].tolist(), found.index.tolist()) == (["1#", "0#"], [0, 1])
