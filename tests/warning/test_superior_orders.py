"""Orders from above: whom they reach, and the regional starts that several cities make together."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from alertengine.rulebook import DocumentLoader, LinkageRule, Rulebook
from alertengine.vocabulary import InputError
from alertengine.warning import warn
from alertengine.warning.superior_orders import (
    Floor,
    cities_named,
    cities_ordered,
    counties_named,
    linked,
    reaching,
    read_floors,
)

ZERO = datetime(2021, 1, 10)
LINKAGE = """
document: link-test
title: 联动规则
area: 山西省
valid: {from: 2018-01-01, to: not stated}
source: inferred
rules:
  - id: link
    article: 一
    title: 三市联动
    kind: linkage
    members: [临汾市, 运城市/盐湖区, 长治市]
    trigger: {cities: 2, level: orange}
"""


def hour(number: int) -> datetime:
    return ZERO + timedelta(hours=number)


@pytest.mark.parametrize(
    ("area", "cities", "counties", "reached"),
    [
        ("临汾市", {"临汾市"}, [], [("临汾市", ""), ("临汾市", "尧都区")]),
        ("临汾市/尧都区", set(), [("临汾市", "尧都区")], [("临汾市", "尧都区")]),
        ("山西省", None, [], [("临汾市", ""), ("太原市", ""), ("临汾市", "尧都区")]),
        ("全国", None, [], [("临汾市", ""), ("太原市", ""), ("临汾市", "尧都区")]),
        ("太原市", {"太原市"}, [], [("太原市", "")]),
    ],
)
def test_whom_an_order_reaches(
    book: Rulebook, area: str, cities: set[str] | None, counties: list[tuple[str, str]], reached: list[tuple[str, str]]
) -> None:
    """A whole province or the nation: every city on file."""
    floor = Floor(area, "red", ZERO)
    every = set(book.lists.cities())
    assert set(cities_named([floor], book.lists)) == (every if cities is None else cities)
    assert counties_named([floor], book.lists) == counties
    assert cities_ordered([floor], book.lists) == (every if cities is None else cities | {city for city, _ in counties})
    places = [("临汾市", ""), ("太原市", ""), ("临汾市", "尧都区")]
    assert [place for place in places if reaching([floor], book.lists, *place)] == reached
    both = [Floor("太原市", "red", ZERO), floor]
    assert floor in reaching(both, book.lists, *reached[0])


def graded(*spans: tuple[int, int, int], day: int = 0, hours: int = 48) -> Any:
    """A city graded from a day on: from an hour (since ZERO) to another a rank."""
    ranks = np.zeros(hours, dtype=np.int64)
    for first, last, rank in spans:
        ranks[first - 24 * day : last - 24 * day] = rank
    origin = ZERO + timedelta(days=day)
    timeline = SimpleNamespace(origin=origin, hours=hours, place=lambda time: (time - origin) // timedelta(hours=1))
    return SimpleNamespace(ranks={"mid": ranks}, timeline=timeline, known=np.ones(hours, dtype=bool))


def link_rules(book: Rulebook, folder: Path, more: str = "") -> Rulebook:
    (folder / "link-test.yaml").write_text(LINKAGE + more, encoding="utf-8")
    loaded = DocumentLoader(book.lists, book.layers).load(folder / "link-test.yaml")
    return Rulebook(book.lists, book.layers, [loaded])


@pytest.mark.parametrize(
    ("cities", "now", "starts"),
    [
        ({"临汾市": graded((10, 20, 2)), "运城市": graded((15, 30, 3))}, 0, [(15, 20, "临汾市 运城市", "长治市")]),
        ({"临汾市": graded((10, 20, 2)), "运城市": graded((15, 30, 1))}, 0, []),  # yellow is not the trigger
        ({"临汾市": graded((10, 20, 2)), "运城市": graded((20, 30, 2))}, 0, []),  # one after the other
        ({"临汾市": graded((10, 20, 2)), "太原市": graded((10, 20, 2))}, 0, []),  # no member
        ({"临汾市": graded((10, 20, 2))}, 0, []),
        ({"临汾市": graded((10, 20, 2)), "运城市": graded((15, 30, 2))}, 19, [(15, 20, "临汾市 运城市", "长治市")]),
        ({"临汾市": graded((10, 20, 2)), "运城市": graded((15, 30, 2))}, 20, []),  # over
        ({"临汾市": graded((10, 40, 2)), "运城市": graded((30, 60, 2), day=1)}, 0,
         [(30, 40, "临汾市 运城市", "长治市")]),
        ({"临汾市": graded((40, 60, 2), day=1), "运城市": graded((10, 45, 2)), "长治市": graded((44, 47, 2))}, 0,
         [(40, 47, "临汾市 运城市 长治市", "")]),
        ({"临汾市": graded((0, 5, 2), (30, 48, 3)), "长治市": graded((0, 4, 2), (44, 48, 2))}, 0,
         [(0, 4, "临汾市 长治市", "运城市"), (44, 48, "临汾市 长治市", "运城市")]),
    ],
)  # fmt: skip
def test_two_cities_that_hold_the_level_at_once_start_the_region(
    book: Rulebook, tmp_path: Path, cities: dict[str, Any], now: int, starts: list[tuple[int, int, str, str]]
) -> None:
    for floor, level in (("", "orange"), ("    floor: red\n", "red")):
        rules = link_rules(book, tmp_path, floor)
        assert isinstance(rules.rules["link"], LinkageRule)
        every = linked(rules, {(city, ""): own for city, own in cities.items()}, hour(now))
        found = [one for one in every if not one.missing]
        told = [(one.start, one.end, " ".join(one.reached), " ".join(one.follow), one.level) for one in found]
        assert told == [(hour(a), hour(b), reached, follow, level) for a, b, reached, follow in starts]
        for one in found:
            asked = [(each.area, each.level, each.start, each.end, each.source) for each in one.floors]
            areas = ("临汾市", "运城市/盐湖区", "长治市")
            assert asked == [(area, level, one.start, one.end, "《联动规则》一") for area in areas]
            note = dict(one.note().arguments)
            assert note["least"].chinese == "（不少于2市橙色）"
            assert note["follow"].chinese == (f"随同启动：{one.follow[0]}" if one.follow else "区域内各市均已达到")
            assert "reach the trigger (at least 2 cities orange); from 20" in one.note().words("en")[0]
            assert (note["level"], note["source"]) == (level, "《联动规则》一")
        assert linked(rules, {("临汾市", ""): graded(), ("运城市", ""): graded()}, hour(0)) == []


def unknown(first: int, last: int) -> Any:
    """A city whose air is not known from an hour to another."""
    own = graded()
    own.known[first:last] = False
    return own


@pytest.mark.parametrize(
    ("cities", "now", "left"),
    [
        ({"临汾市": graded((10, 20, 2))}, 0, (10, 20, "临汾市", "运城市 长治市")),
        ({"临汾市": graded((10, 20, 2)), "运城市": graded()}, 0, (10, 20, "临汾市", "长治市")),
        ({"临汾市": graded((10, 20, 2)), "运城市": graded(), "长治市": graded()}, 0, None),
        ({"临汾市": graded((10, 20, 2)), "运城市": graded(), "长治市": unknown(15, 30)}, 0,
         (15, 20, "临汾市", "长治市")),
        ({"临汾市": graded((10, 20, 2)), "运城市": graded(), "长治市": unknown(21, 30)}, 0, None),
        ({"临汾市": graded((10, 20, 1))}, 0, None),  # nobody reaches the level of the trigger
        ({"临汾市": graded((10, 20, 2))}, 20, None),  # over
        ({"临汾市": graded((10, 20, 2), (30, 40, 2))}, 0, (10, 40, "临汾市", "运城市 长治市")),
        ({"临汾市": graded((10, 20, 2)), "运城市": graded((12, 20, 2))}, 0, (10, 12, "临汾市", "长治市")),
        ({"太原市": graded((10, 20, 2))}, 0, None),  # no member
        ({"临汾市": graded((40, 48, 2)), "运城市": graded(hours=24), "长治市": graded()}, 0,
         (40, 48, "临汾市", "运城市")),  # its forecast ends before
    ],
)  # fmt: skip
def test_a_start_that_hangs_on_cities_without_air_is_told(
    book: Rulebook, tmp_path: Path, cities: dict[str, Any], now: int, left: tuple[int, int, str, str] | None
) -> None:
    found = linked(link_rules(book, tmp_path), {(city, ""): own for city, own in cities.items()}, hour(now))
    open_ones = [one for one in found if one.missing]
    told = [(one.start, one.end, " ".join(one.reached), " ".join(one.missing), one.floors) for one in open_ones]
    assert told == ([(hour(left[0]), hour(left[1]), *left[2:], ())] if left else [])
    assert [one.note().code for one in open_ones] == ["regional_start_open"] * len(open_ones)


@pytest.mark.parametrize(("winter", "starts"), [(2021, 1), (2020, 0)])
def test_a_linkage_made_for_a_winter_that_is_over_starts_nothing(
    book: Rulebook, tmp_path: Path, winter: int, starts: int
) -> None:
    made_for = f"concerns: {{from: 2018-01-01, to: {winter}-03-31}}\nsource: inferred"
    (tmp_path / "link-test.yaml").write_text(LINKAGE.replace("source: inferred", made_for), encoding="utf-8")
    rules = Rulebook(
        book.lists, book.layers, [DocumentLoader(book.lists, book.layers).load(tmp_path / "link-test.yaml")]
    )
    cities = {(city, ""): graded((10, 20, 2)) for city in ("临汾市", "运城市")}
    assert len(linked(rules, cities, ZERO)) == starts


@pytest.mark.parametrize("area", ["太原/尖草坪", "太原市/尖草坪", "太原市／尖草坪区", " 太原市/尖草坪区"])
def test_an_order_for_a_county_reaches_it_under_any_of_its_names(area: str) -> None:
    """The county's plants stayed at orange, and a warning went out for a county that is none."""
    said = {"area": area, "level": "red", "from": "2020-01-03 18:00", "source": "调度令"}
    lists = Rulebook.load().lists
    [floor] = read_floors([said], lists)
    assert floor.area == "太原市/尖草坪区"
    assert reaching([floor], lists, "太原市", "尖草坪区") == [floor]


@pytest.mark.parametrize(("area", "taken"), [("太原市/尖草平区", False), ("太原市/综改区", True)])
def test_a_county_nearly_on_file_is_refused_and_a_zone_is_not(area: str, taken: bool) -> None:
    said = {"area": area, "level": "red", "from": "2020-01-03 18:00", "source": "调度令"}
    lists = Rulebook.load().lists
    if taken:
        assert read_floors([said], lists)[0].area == area
        return
    with pytest.raises(InputError) as caught:
        read_floors([said], lists)
    assert [(one.code, one.column, one.value) for one in caught.value.problems] == [("floor_wrong", "area", area)]


@pytest.mark.parametrize(
    ("area", "near"),
    [
        ("临份市", "perhaps 临汾市"),
        ("尧都区", "perhaps 临汾市/尧都区"),
        ("临汾市/尧都曲", "perhaps 临汾市/尧都区"),
        ("火星", "area on file"),
        ("", "area on file"),
        ("临汾市/", None),  # as a program writes it that joins city and county
    ],
)
def test_an_area_that_is_none_is_told_with_the_nearest(shipped: Rulebook, area: str, near: str | None) -> None:
    said = {"area": area, "level": "red", "from": "2020-01-03 18:00", "source": "调度令"}
    if near is None:
        assert [floor.area for floor in read_floors([said], shipped.lists)] == ["临汾市"]
        return
    with pytest.raises(InputError) as caught:
        read_floors([said], shipped.lists)
    (problem,) = caught.value.problems
    assert (problem.code, problem.column, problem.value) == ("floor_wrong", "area", area)
    assert near in problem.words("en")[1]


EXACT_YELLOW, EXACT_RED = {"level": "yellow", "exact": True}, {"level": "red", "exact": True}


@pytest.mark.parametrize(
    ("first", "second", "told", "levels"),
    [  # hours of each from midnight, what they ask; whether they disagree; the levels held
        (((24, 72), EXACT_YELLOW), ((24, 72), EXACT_RED), True, ["red"]),
        (((24, 96), EXACT_RED), ((48, 96), EXACT_YELLOW), True, ["red", "yellow"]),
        (((24, 96), EXACT_YELLOW), ((48, 72), EXACT_RED), True, ["yellow", "red", "yellow"]),
        (((24, 72), {"level": "red"}), ((24, 72), EXACT_YELLOW), True, ["yellow"]),
        (((24, 72), {"level": "yellow"}), ((24, 72), EXACT_RED), False, ["red"]),
        (((24, 72), EXACT_RED), ((24, 72), EXACT_RED), False, ["red"]),
        (((24, 48), EXACT_RED), ((48, 72), EXACT_YELLOW), False, ["red", "yellow"]),
        (((24, 72), {"level": "yellow"}), ((24, 72), {"level": "red"}), False, ["red"]),
    ],
)
def test_orders_that_disagree_are_told_and_the_sequence_of_the_file_decides_nothing(
    book: Rulebook, days: Any, first: Any, second: Any, told: bool, levels: list[str]
) -> None:
    orders = [
        {"area": area, "from": str(hour(begin)), "to": str(hour(end)), "source": f"{name}号", **asked}
        for area, name, ((begin, end), asked) in (("山西省", 1, first), ("临汾市", 2, second))
    ]
    clean = days("2021-01-10", [90, 91, 92, 93, 94, 95, 96], "2021-01-10 15:00")
    for said in (orders, orders[::-1]):
        found = warn(clean, book, floors=said)
        disagreed = [dict(one.arguments)["place"] for one in found.problems if one.code == "orders_disagree"]
        assert disagreed == ["临汾市"] * told
        assert [row["level"] for row in found.new if row["city"] == "临汾市" and row["action"] != "lift"] == levels
    assert not [
        one for one in warn(clean, book, floors=orders, now=hour(200)).problems if one.code == "orders_disagree"
    ]


@pytest.mark.parametrize("order", ["yellow", "orange", "red"])
@pytest.mark.parametrize("air", [170, 230, 330])
@pytest.mark.parametrize("gap", [12, 20, 34])
def test_the_hours_between_an_order_and_the_air_after_it_are_held_as_announced(
    book: Rulebook, days: Any, order: str, air: int, gap: int
) -> None:
    """The same forecast and order, asked before the order ends, as it ends and after: there is no news to decide on."""
    issued, begins = "2021-01-10 15:00", datetime(2021, 1, 13)
    ends = begins - timedelta(hours=gap)
    said = [{"area": "临汾市", "level": order, "from": "2021-01-10 16:00", "to": str(ends), "source": "例"}]
    forecast = days("2021-01-10", [60, 60, 60, air, air, air, air, 60, 60, 60], issued)
    first = warn(forecast, book, floors=said)
    record = first.record
    for now in (ends + timedelta(minutes=minutes) for minutes in (-61, -60, -30, 0, 90, 300)):
        again = warn(forecast, book, now=now, floors=said, active=record)
        assert not again.new, now
