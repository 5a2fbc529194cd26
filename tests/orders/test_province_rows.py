"""Rows of a province: what each city has to do, how far ahead, and what stands where nothing is decided."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from alertengine.orders.province import PROVINCE_COLUMNS, ProvinceRun, _figures
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import EMISSION_FIELDS, OPEN_END, Problem
from alertengine.warning import Warnings, warn
from tests.synthetic import daily_forecast, join

BAD, CLEAN = (230.0, 240.0, 250.0, 90.0), (60.0,) * 4
CITY = "临汾市"


def air(city: str, values: tuple[float, ...], issued: str) -> Any:
    """A forecast of a city from 27 November on."""
    days = pd.date_range("2026-11-27", periods=len(values)).strftime("%Y-%m-%d")
    return daily_forecast(city, dict(zip(days, values, strict=True)), issued)


def province(book: Rulebook, warnings: Warnings, *cities: str) -> ProvinceRun:
    scenario: Any = SimpleNamespace(cities=cities, known_on=None, file="s.yaml")
    return ProvinceRun(scenario, book, warnings, [])


@pytest.mark.parametrize(
    ("issued", "values", "state", "lead"),
    [
        ("2026-11-26 00:00", BAD, "act", 24.0),
        ("2026-11-26 00:30", BAD, "late", 23.5),
        ("2026-11-26 00:20", BAD, "late", 23.7),
        ("2026-11-26 15:00", BAD, "late", 9.0),
        ("2026-11-26 15:00", (60.0, 60.0, *BAD), "act", 57.0),
        ("2026-11-27 15:00", BAD, "late", -15.0),  # it has begun
    ],
)
def test_a_new_warning_is_late_where_less_than_the_law_asks_is_left(
    shipped: Rulebook, issued: str, values: tuple[float, ...], state: str, lead: float
) -> None:
    (row,) = province(shipped, warn(air(CITY, values, issued), shipped)).records()
    assert list(row) == list(PROVINCE_COLUMNS)
    assert (row["city"], row["state"], row["action"], row["level"]) == (CITY, state, "issue", "orange")
    assert (row["lead_hours"], row["lead_required"]) == (lead, 24)
    start = pd.Timestamp("2026-11-29" if len(values) > 4 else "2026-11-27")
    assert row["due_since"] == f"{start:%Y-%m-%d %H:%M}"
    begins = max(start, pd.Timestamp(issued).floor("h") + pd.Timedelta(hours=1))
    assert (row["starts"], row["ends"]) == (
        f"{begins:%Y-%m-%d %H:%M}",
        f"{start + pd.Timedelta(days=3):%Y-%m-%d} 00:00",
    )
    assert (row["list"], row["enterprises"], row["met"]) == ("", None, None)


def test_what_goes_on_unchanged_holds_and_what_is_lifted_wants_an_act(shipped: Rulebook) -> None:
    first = warn(air(CITY, BAD, "2026-11-26 15:00"), shipped)
    again = warn(air(CITY, BAD, "2026-11-26 20:00"), shipped, active=first)
    (row,) = province(shipped, again).records()
    assert (row["state"], row["action"], row["level"]) == ("holds", None, "orange")
    assert (row["starts"], row["ends"]) == ("2026-11-27 00:00", "2026-11-30 00:00")
    lifted = warn(air(CITY, CLEAN, "2026-11-27 15:00"), shipped, active=first)
    (row,) = province(shipped, lifted).records()
    assert (row["state"], row["action"], row["ends"], row["lead_hours"]) == ("act", "lift", "", None)
    (said,) = province(shipped, again).rows()
    assert said["行动"] == "生效中，无变更"
    names = ("city", "level", "starts", "list", "action", "lead_hours", "met")
    assert [said[PROVINCE_COLUMNS[name]] for name in names] == [CITY, "橙色", "2026-11-27 00:00", "", "", "", ""]
    assert province(shipped, lifted).rows()[0]["动作"] != "lift"


def test_a_level_about_to_change_is_told_with_the_figures_of_the_one_that_follows(shipped: Rulebook) -> None:
    """Decided again before the hour of a raise: yellow until the end of the red stood beside the lines of the red."""
    first = warn(air(CITY, (230.0, 100.0, 90.0), "2026-11-26 15:00"), shipped)
    worse = air(CITY, (230.0, 320.0, 330.0, 230.0, 60.0), "2026-11-27 15:00")
    raised = warn(worse, shipped, active=first, now="2026-11-27 17:30")
    again = warn(worse, shipped, active=raised, now="2026-11-27 17:45")
    assert again.segments["level"].tolist() == ["yellow", "red"]
    (row,) = province(shipped, again).records()
    assert (row["state"], row["level"], row["starts"], row["ends"]) == (
        "holds", "red", "2026-11-27 18:00", "2026-12-01 00:00",
    )  # fmt: skip


def test_a_city_that_the_forecast_does_not_cover_cannot_be_judged(shipped: Rulebook) -> None:
    found = warn(join([air(city, CLEAN, "2026-11-26 15:00") for city in (CITY, "太原市")]), shipped)
    cities = (CITY, "太原市", "运城市")
    assert [(row["city"], row["state"]) for row in province(shipped, found, *cities).records()] == [
        ("运城市", "not_covered"),
        *((city, "none") for city in shipped.lists.cities() if city in (CITY, "太原市")),
    ]
    (row,) = province(shipped, found, CITY).records()
    assert (row["city"], row["state"]) == (CITY, "none"), "other cities were not asked for"


def test_an_open_end_and_a_county_of_its_own(shipped: Rulebook) -> None:
    order = {"area": f"{CITY}/尧都区", "level": "red", "from": "2026-11-28 00:00", "source": "令"}
    found = warn(air(CITY, CLEAN, "2026-11-26 15:00"), shipped, floors=[order])
    county, city = province(shipped, found).records()
    assert (city["city"], city["state"]) == (CITY, "none")
    assert (county["city"], county["state"], county["level"]) == (f"{CITY}尧都区", "act", "red")
    assert (county["starts"], county["ends"], county["lead_hours"]) == ("2026-11-28 00:00", OPEN_END, 33.0)
    assert county["due_since"] == "2026-11-28 00:00", "no run of its own: from when the order asks"
    again = warn(air(CITY, CLEAN, "2026-11-26 20:00"), shipped, active=found, floors=[order])
    county, city = province(shipped, again).records()
    assert (county["state"], county["level"], county["ends"], city["state"]) == (
        "holds", "red", OPEN_END, "none",
    )  # fmt: skip


def test_a_county_whose_warning_is_lifted_still_has_a_row(shipped: Rulebook) -> None:
    order = {"area": f"{CITY}/尧都区", "level": "red", "from": "2026-11-27 00:00", "source": "令"}
    found = warn(air(CITY, CLEAN, "2026-11-26 15:00"), shipped, floors=[order])
    gone = warn(air(CITY, CLEAN, "2026-11-27 15:00"), shipped, active=found)
    county, city = province(shipped, gone).records()
    assert (county["city"], county["state"], county["action"], county["ends"]) == (f"{CITY}尧都区", "act", "lift", "")
    assert (city["city"], city["state"]) == (CITY, "none")


@pytest.mark.parametrize(("own", "part", "status"), [(0, 0, 0), (1, 0, 1), (0, 1, 1)])
def test_a_person_looks_where_a_list_or_the_run_itself_wants_one(
    shipped: Rulebook, own: int, part: int, status: int
) -> None:
    run = province(shipped, warn(air(CITY, CLEAN, "2026-11-26 15:00"), shipped))
    orders: Any = SimpleNamespace(exit_status=part, problems=[], notes=[])
    run.parts = [SimpleNamespace(orders=orders)]  # type: ignore[list-item]
    run.own_problems = [Problem("city_without_list", file="s.yaml", city=CITY)] * own
    assert run.exit_status == status
    assert run.made_from == [run.warnings, orders]


@pytest.mark.parametrize(
    ("phases", "at", "met"),
    [
        ([("yes", "2026-11-28 00:00"), ("no", "")], "2026-11-27 00:00", "no"),
        ([("no", "2026-11-28 00:00"), ("yes", "")], "2026-11-28 00:00", "yes"),  # the first is over
        ([("no", "2026-11-28 00:00"), ("yes", "")], "2026-11-27 23:00", "no"),
        ([("yes", "2026-11-28 00:00"), ("unknown", "2026-11-30 00:00")], "2026-11-27 00:00", "unknown"),
        ([("yes", "2026-11-28 00:00")], "2026-11-29 00:00", ""),
        ([], "2026-11-27 00:00", ""),
    ],
)
def test_a_city_meets_what_it_still_has_to_meet(phases: list[tuple[str, str]], at: str, met: str) -> None:
    row = {"city": CITY, "county": "尧都区", "enterprise_id": "E", "line_id": "1", "status": "ordered", "share": 1.0}
    now = pd.DataFrame([row | dict.fromkeys(EMISSION_FIELDS.values(), 1.0), row | {"county": "", "line_id": "2"}])
    holds = SimpleNamespace(now=now, at={CITY: at})
    entries = [
        {"city": city, "phases": [{"met": word, "ends": ends, "phase": "0-"} for word, ends in found]}
        for city, found in ((CITY, phases), ("太原市", [("no", "")]))
    ]
    part: Any = SimpleNamespace(
        in_force=SimpleNamespace(from_decision=SimpleNamespace(of=lambda _: holds)),
        orders=SimpleNamespace(summaries=entries),
    )
    assert _figures(part, CITY, "") == {"enterprises": 1, "ordered": 2, "stopped": 2, "undetermined": 0, "met": met}
    assert _figures(part, CITY, "尧都区") == {
        "enterprises": 1,
        "ordered": 1,
        "stopped": 1,
        "undetermined": 0,
        "met": "",
    }
