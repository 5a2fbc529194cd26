"""Several evenings on one record: what each decides, and that the same evening again decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from math import nan
from typing import Any

import numpy as np
import pytest

from alertengine.rulebook import Rulebook
from alertengine.vocabulary import InputError
from alertengine.warning import Forecast, Record, Row, Rows, Warnings, warn

Days = Callable[..., Forecast]
FIRST = datetime(2025, 12, 1)
#: Day of December and hour of an evening, the first day of its forecast, the AQI of that and the next ones.
Evening = tuple[int, int, int, list[int] | list[float]]


def order(level: str, begin: str, end: str | None, area: str = "临汾市", *, exact: bool = False) -> dict[str, Any]:
    """An order from above, its times as day of December and hour."""
    times = {"from": f"2025-12-{begin}:00"} | ({"to": f"2025-12-{end}:00"} if end else {})
    return {"area": area, "level": level, "source": f"{level} {area} {begin}", "exact": exact, **times}


def decided(
    book: Rulebook, days: Days, evenings: Sequence[Evening], orders: Sequence[Sequence[dict[str, Any]]] = ()
) -> Warnings:
    """The last of some evenings; each is run again on its own record, then and an hour later, which changes nothing."""
    done: Warnings | None = None
    for place, (day, hour, first, air) in enumerate(evenings):
        issued = FIRST + timedelta(days=day - 1, hours=hour)
        forecast = days(f"2025-12-{first:02}", [*map(float, air)], str(issued))
        floors = orders[place] if orders else ()
        done = warn(forecast, book, active=done, floors=floors)
        for now in (issued, issued + timedelta(hours=1)):
            assert not warn(forecast, book, now=now, active=done, floors=floors).new
    assert done is not None
    return done


def told(rows: Sequence[Row]) -> list[str]:
    ends = [f"{row['ends']:%d %H}" if row["ends"] else "" for row in rows]
    named = zip(rows, ends, strict=True)
    return [
        f"{row['counties']} {row['action']} {row['level']} {row['starts']:%d %H}-{end}".strip() for row, end in named
    ]


HEAVY = (1, 15, 1, [90, 230, 240, 230, 91, 92, 93])  # orange from 2 until before 5 December


@pytest.mark.parametrize(
    ("evenings", "rows"),
    [
        # red announced until 6 December; known for three days, and orange among them: no red again afterwards
        ([(1, 15, 1, [91, 310, 240, 310, 230, 92, 93]), (2, 15, 2, [230, 230, 90])], ["lower orange 02 16-06 00"]),
        ([(1, 15, 1, [91, 310, 240, 310, 230, 92, 93]), (2, 15, 2, [230, 230, 90, 91, 92])],
         ["lower orange 02 16-04 00", "lift orange 04 00-"]),
        # shortened, and then a forecast that begins tomorrow: it holds until its end all the same
        ([HEAVY, (2, 15, 2, [230, 240, 91, 92, 93]), (3, 15, 4, [91, 92, 93])], []),
        ([HEAVY, (2, 15, 2, [230, 240, 91, 92, 93]), (3, 15, 4, [160, 92, 93])], ["extend orange 04 00-05 00"]),
        # of tonight nothing is known, of the days from tomorrow on enough: it ends with tonight, asked at any hour
        ([HEAVY, (2, 15, 3, [91, 92, 93])], ["lift orange 03 00-"]),
        ([HEAVY, (2, 22, 3, [91, 92, 93])], ["lift orange 03 00-"]),
        ([HEAVY, (2, 23, 3, [91, 92, 93])], ["lift orange 03 00-"]),
        ([HEAVY, (2, 15, 3, [91])], []),
        ([HEAVY, (2, 15, 3, [91, nan, 93, 94])], []),
        ([(1, 15, 1, [90, 230, 240, 230, 231, 232, 93]), (2, 15, 3, [91, nan, 93, 94])], ["lift orange 05 00-"]),
        # lifted so, and heavy air 48 hours after: a warning of its own
        ([HEAVY, (2, 15, 3, [91, 92, 310, 93, 94])], ["lift orange 03 00-", "issue yellow 05 00-06 00"]),
        # two announced; the second is taken into the first, whose day between them stays free
        ([(2, 15, 2, [230, 260, 99, 99, 330, 91, 92]), (3, 22, 4, [260, 99, 98, 97, 96])],
         ["extend orange 04 00-05 00", "lift yellow 06 00-"]),
    ],
)  # fmt: skip
def test_what_a_later_evening_changes(book: Rulebook, days: Days, evenings: list[Evening], rows: list[str]) -> None:
    assert told(decided(book, days, evenings).new) == rows


def test_a_warning_of_which_nothing_is_seen_is_told_though_its_end_was_brought_forward(
    book: Rulebook, days: Days
) -> None:
    done = decided(book, days, [HEAVY, (2, 15, 2, [230, 240, 91, 92, 93])])
    assert told(done.new) == ["lift orange 04 00-"]
    other = days("2025-12-03", [90.0, 91, 92, 93], "2025-12-03 15:00")
    other.rows["city"][:] = "太原市"
    assert [one.code for one in warn(other, book, active=done).problems] == ["standing_not_covered"]


@pytest.mark.parametrize(
    ("orders", "rows"),
    [
        # red from the 4th on: the hours until then are of the level of the air, or of the order before
        ([[order("yellow", "02 00", "02 12")], [order("yellow", "02 00", "02 12"), order("red", "03 20", "05 00")]],
         ["extend yellow 02 16-03 20", "raise red 03 20-05 00"]),
        # an order ends, and its end is given: what is not known of the air keeps only the level of the air
        ([[order("red", "02 00", None)], [order("red", "02 00", "03 20")]], ["lift red 03 20-"]),
        ([[order("red", "02 00", None, exact=True)], [order("red", "02 00", "03 20", exact=True)]],
         ["lift red 03 20-"]),
    ],
)  # fmt: skip
def test_an_order_reaches_no_hour_before_its_own(
    book: Rulebook, days: Days, orders: list[list[dict[str, Any]]], rows: list[str]
) -> None:
    clean = [91, 92, 93, 94, 95, 96, 97]
    assert told(decided(book, days, [(1, 15, 1, clean), (2, 15, 2, clean)], orders).new) == rows


@pytest.mark.parametrize(
    "asked",
    [[], [order("yellow", "02 08", "05 08")], [order("yellow", "01 20", "04 00")], [order("orange", "03 00", "03 20")]],
)
def test_an_order_for_less_puts_off_nothing_that_the_air_asks(
    book: Rulebook, days: Days, asked: list[dict[str, Any]]
) -> None:
    """Yellow stands and red air is two days away: it is raised now, whatever lower level is ordered meanwhile."""
    evenings = [(1, 15, 2, [160, 170]), (2, 9, 4, [310, 310, 230, 90])]
    assert told(decided(book, days, evenings, [[], asked]).new) == ["raise red 02 10-07 00"]


def test_where_the_order_ends_the_level_of_the_air_goes_on(book: Rulebook, days: Days) -> None:
    evenings: list[Evening] = [(1, 15, 1, [91, 210, 92, 210, 93, 92, 93]), (2, 15, 2, [210, 99, 210])]
    orders = [[order("red", "02 00", None)], [order("red", "02 00", "03 20")]]
    assert told(decided(book, days, evenings, orders).new) == ["lower yellow 03 20-"]


def test_a_county_apart_has_one_warning_with_what_its_city_holds_less_than_the_gap_before(
    book: Rulebook, days: Days
) -> None:
    evenings: list[Evening] = [(1, 15, 2, [80, 70, 210, 99, 91, 92, 93]), (4, 18, 5, [91, 92, 93, 94])]
    apart = [order("red", "06 06", "07 06", "临汾市/尧都区")]
    done = decided(book, days, evenings, [[], apart])
    assert told(done.new) == ["尧都区 issue yellow 04 19-06 06", "尧都区 raise red 06 06-07 06"]


@pytest.mark.parametrize(
    ("city", "told_of"),
    [
        ([260.0, 310, 320, 260, 250, 91], True),  # the city's goes on: the county's lines are under it again
        ([91.0, 92, 93, 94, 95, 96], False),  # it ends as well
    ],
)
def test_a_county_that_was_lifted_while_its_city_goes_on_is_told_the_evening_after(
    book: Rulebook, days: Days, city: list[float], told_of: bool
) -> None:
    def ahead(day: int, whole: list[float], apart: list[float]) -> Forecast:
        first, issued = f"2025-12-{day:02}", f"2025-12-{day:02} 15:00"
        own = days(first, apart, issued).rows
        own["county"][:] = "尧都区"
        made = days(first, whole, issued)
        return replace(made, rows=Rows.joined([made.rows, own]))

    evening = warn(ahead(1, [90, 310, 320, 310, 260, 250, 240], [90, 260, 260, 270, 260, 91, 92]), book)
    clean = [91.0, 92, 93, 94, 95, 96]
    lifted = warn(ahead(2, [310, 320, 310, 260, 250, 240], clean), book, active=evening)
    assert [row["counties"] for row in lifted.new if row["action"] == "lift"] == ["尧都区"]
    after = warn(ahead(3, city, clean), book, active=lifted)
    codes = [[one.code for one in done.problems].count("county_ended_before") for done in (evening, lifted, after)]
    assert codes == [0, 0, int(told_of)]


@pytest.mark.parametrize(
    ("covered", "ordered", "said"),
    [
        (False, "", ["county_not_covered"]),
        (True, "", []),
        (False, "临汾市/尧都区", []),  # set apart by an order, its air is always that of its city
        (False, "太原市", ["county_not_covered"]),
    ],
)
def test_a_county_whose_own_forecast_is_no_longer_there_is_told(
    book: Rulebook, days: Days, covered: bool, ordered: str, said: list[str]
) -> None:
    def ahead(day: int, apart: list[float] | None) -> Forecast:
        first, issued = f"2025-12-{day:02}", f"2025-12-{day:02} 15:00"
        whole = days(first, [90.0, 91, 92, 93, 94, 95], issued)
        county = days(first, apart or [90.0], issued).rows
        county["county"][:] = "尧都区"
        return replace(whole, rows=Rows.joined([whole.rows, county])) if apart else whole

    done = warn(ahead(1, [90, 260, 260, 260, 91, 92]), book)
    assert [row["counties"] for row in done.new] == ["尧都区"]
    floors = [order("red", "02 00", "03 00", ordered)] if ordered else []
    next_day = warn(ahead(2, [260, 260, 260, 91, 92, 93] if covered else None), book, active=done, floors=floors)
    found = [one for one in next_day.problems if one.code == "county_not_covered"]
    assert [one.code for one in found] == said
    assert all("临汾市尧都区" in str(one) and "air of 临汾市" in str(one) for one in found)


def test_a_warning_has_an_id_of_its_own(book: Rulebook, days: Days) -> None:
    """Announced for the 7th it began on the 3rd, and was over: that of the 7th is another, with hours of its own."""
    evenings: list[Evening] = [
        (1, 15, 1, [90, 91, 92, 93, 94, 95, 160, 210, 96, 97]),
        (2, 15, 2, [91, 92, 93, 260, 260, 160, 80, 81, 82]),
        (3, 15, 3, [210, 91, 92, 93, 94, 95, 96]),
        (6, 15, 6, [91, 210, 92, 93, 94, 95]),
    ]
    done = decided(book, days, evenings)
    assert told(done.new) == ["issue yellow 07 00-08 00"]
    (standing,) = done.standing
    assert standing["life_start"] == datetime(2025, 12, 7)
    assert done.new[0]["warning_id"] not in {row["warning_id"] for row in done.rows[:-1]}


def test_ids_are_counted_on() -> None:
    record, start, unit = Record(), datetime(2025, 12, 7), ("临汾市", "尧都区")
    row = {"city": unit[0], "counties": unit[1], "action": "issue", "level": "red", "starts": start, "ends": None}
    row["grading"] = ""
    names = []
    for _ in range(3):
        names.append(record.new_id(unit, start))
        record.add({**row, "warning_id": names[-1]})
    assert names == ["临汾市-尧都区-2025120700", "临汾市-尧都区-2025120700-2", "临汾市-尧都区-2025120700-3"]
    assert record.new_id(("临汾市", ""), start) == "临汾市-2025120700"


@pytest.mark.parametrize(
    ("evenings", "orders", "rows"),
    [
        # orange until the 4th by the air, red until the 3rd by an order: orange stays orange where the order ends
        ([(1, 22, 1, [160, 420, 205, 90]), (2, 9, 3, [230, 90, 160, 120, 90, 60, 230])],
         [[], [order("red", "01 20", "03 00")]], ["raise red 02 10-03 00", "issue yellow 09 00-10 00"]),
        # yellow itself by an order within red of the air, which too little is known after it to lower
        ([(1, 9, 1, [205, 420, 205, 260, 90, 120]), (2, 22, 4, [260, 160, 120, 205])],
         [[], [order("yellow", "02 20", "04 00", exact=True)]],
         ["lower yellow 02 23-04 00", "lower yellow 05 00-08 00"]),
        # orange of the air, which an order asks too: it is not the order's end that lowers it
        ([(2, 15, 4, [420, 310, 310, 260, 230, 310, 90]), (4, 9, 4, [420, 90, 310, 260, 60, 310])],
         [[order("orange", "05 12", "09 00")]] * 2, ["lower orange 04 10-10 00"]),
        # lifted as clear on the 7th, and the 9th is not known: the 10th is judged by itself, as nothing stands there
        ([(3, 18, 4, [160, 160, 160, 90, 160, 260, 160]), (5, 22, 6, [160, 120, 90, nan, 310, 90])], [[]] * 2,
         ["lift orange 07 00-", "issue yellow 10 00-11 00"]),
        # a county that an order first sets apart holds tonight what its city holds, by the air that is not known
        ([(1, 9, 1, [160, 160, 260, 230, 205]), (2, 18, 2, [160, 60, 90, 120])],
         [[], [order("orange", "05 00", "08 00", "临汾市/尧都区", exact=True)]],
         ["lift orange 03 00-", "尧都区 issue orange 02 19-03 00", "尧都区 issue orange 05 00-08 00"]),
        ([(1, 9, 1, [310, 230, 205, 420, 310, 60]), (3, 15, 4, [420, nan, 60])],
         [[order("red", "01 12", "04 08", "临汾市/尧都区")],
          [order("red", "01 12", "04 08", "临汾市/尧都区"), order("orange", "03 12", "07 20", "临汾市/尧都区")]],
         ["尧都区 issue red 03 16-06 00", "尧都区 lower orange 06 00-07 20"]),
        # the 6th is not known: what stands goes on into the 7th, and no second warning is issued within it
        ([(2, 15, 3, [160, 160, 260, 310, 205]), (3, 22, 3, [160, 160, 60, nan, 205, 90])], [[]] * 2, []),
    ],
)  # fmt: skip
def test_an_evening_looked_at_again_decides_the_same(
    book: Rulebook, days: Days, evenings: list[Evening], orders: list[list[dict[str, Any]]], rows: list[str]
) -> None:
    assert told(decided(book, days, evenings, orders).new) == rows


@pytest.mark.parametrize(
    ("air", "rows"),
    [
        ([(350, 36), (120, 36)], ["raise orange 02 10-05 03", "lower yellow 05 03-05 08"]),
        ([(260, 30), (90, 42)], ["extend yellow 02 10-04 14"]),
        ([(160, 6), (230, 24), (120, 18)], ["extend yellow 02 10-04 12"]),
    ],
)
def test_what_a_moment_decides_of_hours_that_are_not_known_bears_nothing_at_that_moment(
    book: Rulebook, days: Days, air: list[tuple[int, int]], rows: list[str]
) -> None:
    """Hour by hour from tomorrow on, of today nothing: today's level, raised now, says nothing of tomorrow's air."""
    before = warn(days("2025-12-01", [420.0, 90.0], "2025-12-01 15:00"), book)
    hours = np.array([value for value, count in air for _ in range(count)], dtype=float)
    daily = days("2025-12-03", [90.0] * (len(hours) // 24), "2025-12-02 09:00").rows
    each = daily.at(np.repeat(np.arange(daily.count), 24))
    start = each["start"] + (np.arange(len(hours)) % 24).astype("timedelta64[h]")
    said = dict.fromkeys(("aqi_low", "aqi_mid", "aqi_high"), hours)
    forecast = Forecast(each.having(start=start, hours=np.ones(len(hours), dtype=int), **said), "hours")
    done = warn(forecast, book, active=before)
    assert told(done.new) == rows
    assert not warn(forecast, book, active=done).new
    assert not warn(forecast, book, active=done, now="2025-12-02 10:00").new, "nor later, from the same forecast"


@pytest.mark.parametrize(
    ("air", "refused"),
    [
        ([90, 91, 92, 93, 94, 95, 96], True),  # lifted from the hour from which it was issued
        ([90, 310, 240, 230, 91, 92, 93], True),
        ([90, 230, 240, 230, 230, 92, 93], False),  # it goes on afterwards
        ([90, 230, 240, 230, 91, 92, 93], False),  # nothing else
    ],
)
def test_a_moment_decides_once(book: Rulebook, days: Days, air: list[int], *, refused: bool) -> None:
    """The record would contradict itself, and nothing could read it."""
    done = decided(book, days, [HEAVY])
    again = days("2025-12-01", [*map(float, air)], "2025-12-01 15:00")
    if not refused:
        warn(again, book, active=done)
        return
    with pytest.raises(InputError) as caught:
        warn(again, book, active=done)
    assert [(one.code, one.value) for one in caught.value.problems] == [("decided_otherwise", "临汾市-2025120200")]
    later = days("2025-12-01", [*map(float, air)], "2025-12-01 15:20")
    assert warn(later, book, active=done).new


def test_a_level_that_an_order_alone_asked_ends_with_it_though_the_air_before_is_not_known(
    book: Rulebook, days: Days
) -> None:
    """Tomorrow is yellow by the air: what was orange until then was so by the order."""
    apart = [order("orange", "06 15", "08 14", "临汾市/尧都区")]
    evenings: list[Evening] = [(6, 15, 6, [91, 92, 93]), (7, 15, 8, [210])]
    rows = [one for one in told(decided(book, days, evenings, [apart, apart]).new) if one.startswith("尧都区")]
    assert rows == ["尧都区 lower yellow 08 14-09 00"]
