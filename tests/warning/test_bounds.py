"""Where each number of ``plausible.yaml`` begins to count: the value at the bound, and the one beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest

from alertengine.rulebook import Plausible, Rulebook
from alertengine.rulebook.plausible import Jumps
from alertengine.warning import Rows
from alertengine.warning.plausibility import CONCENTRATIONS, INDICES, DoubtCollector

FIRST = pd.Timestamp("2021-01-04")
QUANTITIES = ("aqi", "pm25", "pm10", "so2", "no2", "co", "o3")


@pytest.fixture
def doubts(book: Rulebook) -> DoubtCollector:
    """What a file's doubts are kept in; ``plausible`` is the shipped one."""
    return DoubtCollector("air.csv", book.lists.plausible, [], [])


def told(doubts: DoubtCollector) -> list[tuple[str, int | None, str]]:
    """What was asked since, and forgotten."""
    found = [(one.code, one.row, one.value) for one in doubts.problems]
    doubts.problems.clear()
    return found


def rows(name: str, values: Iterable[float], hours: int = 24, **more: Any) -> Rows:
    """Rows of one city, one after another, of one quantity; their number in the file is 2, 3, ..."""
    made = list(map(float, values))
    table = pd.DataFrame({one: np.full(len(made), np.nan) for one in (*INDICES, *CONCENTRATIONS)})
    for column in INDICES if name == "aqi" else (name,):
        table[column] = made
    steps = pd.to_timedelta(np.arange(len(made)) * hours, unit="h")
    plain = {"city": "临汾市", "county": "", "hours": hours, "primary": "", "remark": "", "dust": False}
    whole = table.assign(start=FIRST + steps, issue_time=FIRST, row=range(2, len(made) + 2), **(plain | more))
    return Rows.of(whole)


def edges(rule: Jumps, name: str) -> list[tuple[float, float, bool]]:
    """Neighbours, what lies between them, and whether that is too far above: by the factor, and by the amount."""
    times, least = rule.times, rule.by[name]
    return [
        (least, times * least, True),
        (least, times * least - 0.5, False),
        (least / 8, least / 8 + least, True),
        (least / 8, least / 8 + least - 0.5, False),
    ]


@pytest.mark.parametrize("name", [*QUANTITIES, "o3_8h", "o3_1h"])
def test_the_lowest_and_the_highest_themselves_are_values(doubts: DoubtCollector, name: str) -> None:
    span = doubts.plausible.air[name]
    given = [span.lowest - 1e-9, span.lowest, 20.0, 20, 20, span.highest, span.highest + 0.5]
    held = doubts.values(name, np.arange(2, 9), "abcdefg", np.array(given), observed=False)
    assert np.isnan(held).tolist() == [True, *[False] * 5, True]
    assert told(doubts) == [("air_out_of_range", 2, "a"), ("air_out_of_range", 8, "g")]


def test_a_zero_is_no_observation_and_may_be_a_forecast(doubts: DoubtCollector) -> None:
    cells = np.array([2, 3]), ["0", "80"], np.array([0.0, 80.0])
    assert doubts.values("so2", *cells, observed=False).tolist() == [0, 80]
    assert told(doubts) == []
    assert np.isnan(doubts.values("so2", *cells, observed=True)).tolist() == [True, False]
    assert told(doubts) == [("air_zero", 2, "0")]


@pytest.mark.parametrize(("name", "least"), [("co", 3), ("pm25", 1), ("so2", 3)])
def test_the_unit_of_a_column_is_told_by_its_median_of_so_many_values(
    doubts: DoubtCollector, name: str, least: int
) -> None:
    unit = doubts.plausible.units[name]
    assert unit.least == least
    bound, beyond = (unit.above, 1.0) if unit.above is not None else (unit.below, -1e-3)
    assert bound is not None

    def of(value: float, count: int) -> tuple[Sequence[float], list[str]]:
        held = doubts.values(name, np.arange(2, count + 2), ["x"] * count, np.full(count, value), observed=False)
        found = [one.code for one in (*doubts.problems, *doubts.notes)]
        doubts.problems.clear()
        doubts.notes.clear()
        return held.tolist(), found

    assert of(bound, least) == ([bound] * least, [])
    held, found = of(bound + beyond, least)
    assert found == (["air_unit_read"] if unit.above is not None else ["air_unit_doubted"])
    if unit.above is not None:
        assert held == [(bound + beyond) / unit.divide_by] * least
    else:
        assert np.isnan(held).all()
    if least > 1:
        assert of(bound + beyond, least - 1) == ([bound + beyond] * (least - 1), [])


@pytest.mark.parametrize(("name", "at", "inside"), [("pm25", 0.8, 0.81), ("so2", 0.4, 0.41), ("co", 120, 119)])
def test_one_cell_is_of_another_unit_from_so_many_times_the_median_on(
    doubts: DoubtCollector, name: str, at: float, inside: float
) -> None:
    unit = doubts.plausible.units[name]
    assert unit.cell_times is not None
    middle = at * unit.cell_times if unit.below is not None else at / unit.cell_times
    for value, stray in ((at, True), (inside, False)):
        given = [middle, value, middle]
        held = doubts.values(name, np.arange(2, 5), list(map(str, given)), np.array(given), observed=False)
        assert np.isnan(held).tolist() == [False, stray, False]
        assert told(doubts) == [("air_unit_stray", 3, str(value))] * stray


@pytest.mark.parametrize("name", QUANTITIES)
def test_an_hour_is_far_from_both_neighbours_from_the_bound_on(doubts: DoubtCollector, name: str) -> None:
    assert doubts.plausible.jumps is not None
    for low, high, doubted in edges(doubts.plausible.jumps, name):
        for before, after in ((low, low / 2), (low / 2, low)):
            table = rows(name, [before, high, after], hours=1)
            doubts.jumps(table)
            assert told(doubts) == [("air_jump", 3, f"{high:g}")] * doubted
            columns = list(INDICES) if name == "aqi" else [name]
            assert np.isnan(table.block(columns)).all(axis=0).tolist() == [False, doubted, False]
    high = edges(doubts.plausible.jumps, name)[0][1]
    for alone in (rows(name, [high / 99, high], 1), rows(name, [high, high / 99], 1), rows(name, [1, high, 1], 3)):
        doubts.jumps(alone)
    for other in ({"city": ["临汾市", "临汾市", "太原市"]}, {"county": ["", "尧都区", ""]}):
        doubts.jumps(rows(name, [high / 99, high, high / 99], 1, **other))
    late = rows(name, [high / 99, high, high / 99], 1)
    late["start"][2] += np.timedelta64(1, "h")
    doubts.jumps(late)
    assert told(doubts) == []


@pytest.mark.parametrize("name", [one for one in QUANTITIES if one != "pm10"])
def test_a_day_is_far_from_both_neighbours_from_the_bound_on_above_and_below(doubts: DoubtCollector, name: str) -> None:
    assert doubts.plausible.day_jumps is not None
    for low, high, doubted in edges(doubts.plausible.day_jumps, name):
        for values, value in (((low / 2, high, low), high), ((high, low, high * 2), low)):
            table = rows(name, values)
            doubts.day_jumps(table)
            assert told(doubts) == [("air_day_jump", 3, f"{value:g}")] * doubted
            columns = list(INDICES) if name == "aqi" else [name]
            assert np.isnan(table.block(columns)).all(axis=0).tolist() == [False, doubted, False]
    low, high, _ = edges(doubts.plausible.day_jumps, name)[0]
    for dust in ({"dust": True}, {"primary": "PM10"}, {"remark": "有沙尘"}):
        doubts.day_jumps(rows(name, (low, high, low), **dust))
        assert told(doubts) == [("air_day_jump", 3, f"{high:g}")] * (name != "aqi"), "an index of dust may stand alone"
        doubts.day_jumps(rows(name, (high, low, high), **dust))
        assert told(doubts) == [("air_day_jump", 3, f"{low:g}")]


@pytest.mark.parametrize(("count", "same", "code"), [(3, 4, ""), (4, 3, "days_copied"), (4, 2, "days_alike")])
def test_so_many_days_alike_are_said_and_with_so_many_concentrations_asked_about(
    doubts: DoubtCollector, count: int, same: int, code: str
) -> None:
    rule = doubts.plausible.day_jumps
    assert rule is not None
    assert (rule.copied, rule.copied_with) == (4, 3)
    table = rows("aqi", [90, *[120] * count, 90])
    for name in CONCENTRATIONS[:same]:
        table[name][:] = 30.0
    doubts.day_jumps(table)
    (asked, said) = ([one.code for one in found] for found in (doubts.problems, doubts.notes))
    assert (asked, said) == ([code] * (code == "days_copied"), [code] * (code == "days_alike"))
    for one in (*doubts.problems, *doubts.notes):
        assert (one.row, dict(one.arguments)["count"], dict(one.arguments)["first"]) == (3, count, "2021-01-05")


@pytest.mark.parametrize(("count", "rows_told"), [(1, 1), (12, 12), (13, 1)])
def test_many_rows_of_one_doubt_are_told_as_one(doubts: DoubtCollector, count: int, rows_told: int) -> None:
    texts = ["9999"] * count + ["80"]
    doubts.values("so2", np.arange(2, count + 3), texts, np.array([9999.0] * count + [80.0]), observed=False)
    assert [one.row for one in doubts.problems] == list(range(2, rows_told + 2))
    assert [str(count) in str(one) for one in doubts.problems if rows_told < count] == [True] * (rows_told < count)


@pytest.mark.parametrize("issued", [True, False])
def test_the_furthest_days_that_count(doubts: DoubtCollector, issued: bool) -> None:
    days = doubts.plausible.days
    assert days is not None
    first, last = (-days.before_issue, days.after_issue) if issued else (-days.from_middle, days.from_middle)
    table = rows("aqi", [80.0] * 5)
    steps = np.array([first - 1, first, 0, last, last + 1]) * 24 + 5
    table["start"][:] = np.datetime64(FIRST) + steps.astype("timedelta64[h]")
    kept = doubts.far_days(table, issued=issued)
    assert kept["row"].tolist() == [3, 4, 5]
    code = "day_far_from_issue" if issued else "day_far_from_others"
    assert [one[:2] for one in told(doubts)] == [(code, 2), (code, 6)]


def test_an_index_may_lie_so_far_outside_its_level(doubts: DoubtCollector) -> None:
    rule = doubts.plausible.contradiction
    assert rule is not None
    lowest, highest = np.full(4, 101.0), np.full(4, 150.0)
    low = np.array([100.0, 150 + rule.index, 150 + rule.index + 1, 60])
    high = np.array([101 - rule.index, 190.0, 190, 101 - rule.index - 1])
    doubts.against_levels(np.arange(2, 6), (low, high), (lowest, highest))
    assert [one[:2] for one in told(doubts)] == [("air_level_contradiction", 4), ("air_level_contradiction", 5)]


@pytest.mark.parametrize(("count", "told_rows"), [(2, 2), (12, 12), (13, 12)])
def test_rows_outside_several_levels_are_told_each_with_its_own(
    doubts: DoubtCollector, count: int, told_rows: int
) -> None:
    """Of one level they are one problem where they are many; of several the first twelve are told."""
    lowest, same = np.full(count, 101.0), np.full(count, 150.0)
    off = np.full(count, 300.0)
    for highest in (same, same - np.arange(count)):
        doubts.against_levels(np.arange(2, count + 2), (off, off), (lowest, highest))
        bounds = [(dict(one.arguments)["lowest"], dict(one.arguments)["highest"]) for one in doubts.problems]
        rows_told = told_rows if highest is not same or count < 13 else 1
        assert bounds == [(101, top) for top in highest[:rows_told]]
        assert [one[1:] for one in told(doubts)] == [(row, "300") for row in range(2, rows_told + 2)]
    doubts.against_levels(np.arange(2), (off[:2], off[:2]), (np.array([51.0, 101]), np.full(2, 150.0)))
    assert [dict(one.arguments)["lowest"] for one in doubts.problems] == [51, 101]


def test_nothing_is_doubted_where_nothing_is_said_of_it() -> None:
    empty = DoubtCollector("air.csv", Plausible(), [], [])
    table = rows("aqi", [0, 500, 0, 0, 0, 0, 0])
    assert empty.values("aqi", table["row"], ["0"] * 7, np.full(7, 9999.0), observed=True).tolist() == [9999] * 7
    before = table.frame()
    for step in (empty.jumps, empty.day_jumps):
        step(table)
    empty.jumps(rows("aqi", [0, 500, 0], hours=1))
    empty.rows_of_zeros(table["row"], table)
    assert empty.far_days(table, issued=True) is table
    empty.against_levels(table["row"], (np.zeros(7), np.zeros(7)), (np.full(7, 300.0), np.full(7, 300.0)))
    pd.testing.assert_frame_equal(table.frame(), before)
    assert not empty.problems
    assert not empty.notes
