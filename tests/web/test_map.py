"""The map: figures by county and city as the orders have them, plants as points, and how it is drawn."""

from __future__ import annotations

import itertools
import re
from datetime import datetime
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertengine.ledger import Head, Ledger, names_apart
from alertengine.orders import at_moments, read_scenario
from alertengine.rulebook import Outline, Outlines, beside, write_outlines
from alertengine.rulebook.outlines import OutlineOrigin
from alertengine.vocabulary import AQI_CLASSES, EMISSION_FIELDS, PLANT_KEY, InputError
from alertengine.web.asked import first_page
from alertengine.web.inspecting import contacts_of, places_of
from alertengine.web.mapview import MapView, Plant, areas_of, map_view, outlines_of
from alertengine.web.pages.map import _Map
from alertengine.web.pages.mapdrawing import (
    ZOOMS,
    Look,
    View,
    class_of,
    drawn,
    middle_of,
    plant_key,
    routed,
    short,
    steps,
    way_through,
)
from alertengine.web.today import Today
from alertengine.workflow import Signers, collect_scenario, plain_orders, prepare, record

NOW = datetime(2021, 1, 6, 18)


def _square(name: str, lon: float, lat: float, level: str = "county") -> Outline:
    ring = ((lon, lat), (lon + 0.4, lat), (lon + 0.4, lat + 0.4), (lon, lat + 0.4), (lon, lat))
    return Outline(level, name, "临汾市" if level == "county" else "", ((ring,),), (lon + 0.2, lat + 0.2))


SQUARES = Outlines(OutlineOrigin("合成"), (_square("临汾市", 111.0, 35.5, "city"), _square("洪洞县", 111.5, 36.1)))


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger with one live act of 临汾市 in force at NOW."""
    path = tmp_path_factory.mktemp("map") / "record.db"
    red = read_scenario("linfen-red-episode").model_copy(update={"mode": "live"})
    with Ledger.writable(path) as ledger:
        record(ledger, prepare(collect_scenario(red), "红色预警"), Signers("办公室 甲", "科长 乙", "市长 丙"))
    return path


@pytest.fixture(scope="module")
def seen(issued: Path) -> MapView:
    return map_view(issued, (), NOW, points=True)


def test_counties_add_up_to_their_city_and_to_what_is_in_force(issued: Path, seen: MapView) -> None:
    (city,) = seen.cities
    assert (city.city, city.level) == ("临汾市", "red")
    assert "第1号" in seen.of
    for name in ("lines", "open", "changed"):
        assert sum(getattr(one, name) for one in seen.areas) == getattr(city, name)
    with Ledger.open(issued) as ledger:
        orders = plain_orders(ledger.orders(1, personal=False), 1)
    held = at_moments(orders, {"临汾市": "2021-01-06 18:00"}).now
    for name, column in EMISSION_FIELDS.items():
        assert sum(one.kg[name] for one in seen.areas) == pytest.approx(held[column].sum())
    assert city.lines == len(held)


def test_plants_stand_where_the_list_puts_them(seen: MapView) -> None:
    assert len(seen.plants) == seen.cities[0].plants - seen.masked - seen.unplaced
    assert all(110 < one.lon < 113 and 35 < one.lat < 37.2 for one in seen.plants)
    assert seen.problems == ()


@pytest.mark.parametrize(("kind", "said"), [("issue", "第1号指令"), ("draft", "第1号草稿《补充》")])
def test_an_act_that_holds_no_run_has_figures_and_no_plants_and_that_is_told(
    issued: Path, tmp_path: Path, kind: str, said: str
) -> None:
    """Another program may write one: the list of its orders is not on record."""
    path = tmp_path / "record.db"
    with Ledger.open(issued) as ledger:
        parts = {"orders": names_apart(ledger.orders(1).head(9)), "warnings": ledger.warnings(1)}
    with Ledger.writable(path) as ledger:
        ledger.append(kind, Head("补充", drafted_by="办公室 甲"), parts)
    view = map_view(path, (), NOW, points=True)
    assert (view.of.startswith(said), view.cities[0].lines, view.plants) == (True, 9, ())
    assert [one.code for one in view.problems] == ["nothing_to_recompute"]
    plants = list(parts["orders"][PLANT_KEY].astype("str").itertuples(index=False, name=None))
    assert places_of(path, [1], frozenset(plants)) == {}
    assert contacts_of(path, [1], plants[0]) == []
    assert first_page(path, (), NOW).early == []


def test_a_sole_trader_is_no_point_and_a_plant_without_coordinates_is_counted(tmp_path: Path) -> None:
    from alertengine.web.mapview import _plants

    codes = ["92140000000000000X", "91140000000000001A", "91140000000000002B"]
    kg = {name: [1.0, 2.0, 3.0] for name in EMISSION_FIELDS.values()}
    orders = pd.DataFrame(
        {"enterprise_id": codes, "enterprise": list("甲乙丙"), "city": "临汾市", "county": "吉县"} | kg
    )
    places = pd.DataFrame(
        {"city": "临汾市", "enterprise_id": codes, "lon": [111.0, 111.0, None], "lat": [36.0, 36.0, 36.0]}
    )
    plants, masked, unplaced = _plants(orders, [places])
    assert ([one.enterprise for one in plants], masked, unplaced) == (["乙"], 1, 1)


def test_nothing_is_said_where_there_is_nothing(tmp_path: Path) -> None:
    path = tmp_path / "record.db"
    Ledger.writable(path).close()
    assert map_view(path, (), NOW) == MapView()
    with pytest.raises(InputError, match="台账中没有这一条"):
        map_view(path, (), NOW, "draft:7")


def test_an_amount_that_is_unknown_is_no_amount_of_nought() -> None:
    orders = pd.DataFrame(
        {"enterprise_id": ["a"], "city": ["临汾市"], "county": [None]}
        | {name: [float("nan")] for name in EMISSION_FIELDS.values()}
    )
    (area,) = areas_of(orders, ["city", "county"])
    assert (area.county, area.level, area.lines) == ("", "", 1)


@given(st.lists(st.floats(0, 1e7), max_size=20), st.booleans())
def test_classes_grow_with_amounts(amounts: list[float], whole: bool) -> None:
    edges = steps(amounts, whole=whole)
    assert edges == sorted(set(edges))
    classes = [class_of(one, edges) for one in sorted(amounts)]
    assert classes == sorted(classes)
    assert all((one == "r0") == (amount == 0) for one, amount in zip(classes, sorted(amounts), strict=True))


def test_a_map_has_names_numbers_and_sentences_and_no_mark_up_from_texts() -> None:
    places = [_square("<b>县", 111, 36), _square("侯马市", 111.4, 36)]
    look = {"<b>县": Look("r5", "1,867", "<i>", "/map?a=1&b=2", badge=3), "侯马市": Look("r1", mine=True)}
    plant = Plant("c", "<u>厂", "临汾市", "侯马市", 111.5, 36.1, 1, dict.fromkeys(EMISSION_FIELDS, 5.0))
    svg = drawn(places, look, '"图"', (300, 200), [plant])
    assert not re.search(r"<[bui]>", svg)
    assert 'href="/map?a=1&amp;b=2"' in svg
    assert 'role="group"' in svg  # it has links in it
    assert ">1,867<" in svg
    assert ">侯马<" in svg
    assert "<u>厂：5千克/日，依据缺失1条" in unescape(svg)
    assert svg.count('class="mine"') == 1
    assert 'role="img"' in drawn(places, {}, "图", (300, 200))
    positions = [float(x) for x in re.findall(r"[ML]([\d.]+) ", svg)]
    assert min(positions) >= 0
    assert max(positions) <= 300


def test_many_plants_are_put_together() -> None:
    def plant(number: int) -> Plant:
        return Plant(
            str(number), "厂", "临汾市", "吉县", 111 + number % 20 / 50, 36.0, 0, dict.fromkeys(EMISSION_FIELDS, 1.0)
        )

    svg = drawn([_square("吉县", 111, 36)], {}, "图", (300, 300), [plant(number) for number in range(400)])
    assert 0 < svg.count("<circle") < 30
    assert sum(int(one) for one in re.findall(r">(\d+)家企业", svg)) == 400


@pytest.mark.slow
@given(st.text(max_size=8), st.text(max_size=12), st.lists(st.tuples(*[st.integers(-1, 1)] * 2), max_size=9))
def test_a_part_of_a_map_stays_on_it_and_its_address_leads_back(
    zoom: str, at: str, moves: list[tuple[int, int]]
) -> None:
    view = View.of(zoom, at)
    assert view == View()
    for times in ZOOMS:
        one = view.times(times)
        for move in moves:
            one = one.moved(*move)
        assert 0.5 / times <= one.x <= 1 - 0.5 / times
        assert 0.5 / times <= one.y <= 1 - 0.5 / times
        back = View.of(one.said.get("zoom", ""), one.said.get("at", ""))
        assert (back.zoom, back.x, back.y) == (times, pytest.approx(one.x, abs=1e-3), pytest.approx(one.y, abs=1e-3))


def test_a_larger_map_draws_what_lies_there_alone_and_its_few_plants_are_links() -> None:
    places = [_square("吉县", 111, 36), _square("侯马市", 112, 36)]
    plants = [
        Plant(str(number), f"厂{number}", "临汾市", "吉县", lon, 36.2, 0, dict.fromkeys(EMISSION_FIELDS, 1.0))
        for number, lon in enumerate((111.2, 112.2))
    ]
    view = View(4).towards(*middle_of(places, places[0], (300, 100)))
    svg = drawn(places, {"吉县": Look(number="1")}, "图", (300, 100), plants, view=view)
    assert (">吉县<" in svg, ">侯马<" in svg) == (True, False)
    assert re.findall(r'href="/audit\?enterprise=([^"]+)"', svg) == [quote("临汾市/0", safe="")]
    x, y = re.findall(r'<circle class="plant" cx="([\d.]+)" cy="([\d.]+)"', svg)[0]
    assert (float(x), float(y)) == (pytest.approx(150, abs=30), pytest.approx(50, abs=30))


def test_the_ways_to_a_larger_map_are_links_and_keep_what_is_chosen(seen: MapView) -> None:
    page = _map(seen, "临汾市", "nox", county="洪洞县")
    small, large = page._zoom(View()), page._zoom(View(8).towards(0, 0))
    assert [unescape(one) for one in re.findall(r'aria-label="([^"]+)"', small)][1:] == ["放大"]
    assert set(re.findall(r'aria-label="([^"]+)"', large)) == {"放大和移动", "缩小", "往南", "往东", "全图"}
    assert all("show=nox" in one and "county=" in one for one in re.findall(r'href="([^"]+)"', large))


def test_circles_have_a_key() -> None:
    def plant(number: int, missing: int = 0) -> Plant:
        return Plant(str(number), "厂", "临汾市", "吉县", 111.0, 36.0, missing, dict.fromkeys(EMISSION_FIELDS, 8.0))

    assert plant_key([], "nox", "NOₓ") == ""
    assert "有依据缺失" not in plant_key([plant(1)], "nox", "NOₓ")
    assert "最大8千克/日" in plant_key([plant(1, 2)], "nox", "NOₓ")
    assert "有依据缺失" in plant_key([plant(1, 2)], "nox", "NOₓ")
    assert "放大后分开" in plant_key([plant(number) for number in range(200)], "nox", "NOₓ")


def test_a_stop_on_the_map_has_the_number_it_has_in_the_route() -> None:
    svg = routed([], [(2, "<厂>", 111.0, 36.0), (5, "乙", 111.2, 36.1)], (300, 200))
    assert re.findall(r'href="#stop-(\d+)"', svg) == ["5", "2"]
    assert "<厂>" not in svg


@given(st.lists(st.tuples(st.integers(0, 90), st.integers(0, 90)), min_size=1, max_size=9, unique=True))
def test_the_way_of_a_route_passes_every_stop_and_never_crosses_itself(points: list[tuple[int, int]]) -> None:
    way = way_through(points)
    assert way[0] == points[0]
    assert sorted(way) == sorted(points)
    pieces = list(itertools.pairwise(way))
    for one, other in itertools.combinations(pieces, 2):
        assert not (_apart(one, *other) and _apart(other, *one)), (one, other)


def _apart(line: tuple[tuple[float, float], ...], one: tuple[float, float], other: tuple[float, float]) -> bool:
    """Whether two points lie on different sides of a line, neither on it."""
    (ax, ay), (bx, by) = line
    sides = [(bx - ax) * (y - ay) - (by - ay) * (x - ax) for x, y in (one, other)]
    return sides[0] * sides[1] < 0


def test_short_names_keep_two_signs() -> None:
    assert [short(name) for name in ("洪洞县", "古县", "尧都区", "侯马市", "矿区")] == [
        "洪洞",
        "古县",
        "尧都",
        "侯马",
        "矿区",
    ]


def test_outlines_are_read_anew_when_the_file_is_another(tmp_path: Path) -> None:
    ledger = tmp_path / "record.db"
    assert outlines_of(ledger) == (None, ())
    write_outlines(beside(ledger), SQUARES)
    assert outlines_of(ledger) == (SQUARES, ())
    beside(ledger).write_text("{", encoding="utf-8")
    found, problems = outlines_of(ledger)
    assert found is None
    assert len(problems) == 1


def _map(view: MapView, city: str, shown: str, **asked: str) -> _Map:
    return _Map(Today(pd.Timestamp(NOW)), view, SQUARES, city, shown, asked, near=True)


def test_the_page_colours_counties_by_what_is_chosen_and_says_the_figures(seen: MapView) -> None:
    area = next(one for one in seen.areas if one.county == "洪洞县")
    by_kg = _map(seen, "临汾市", "nox").picture(SQUARES.counties("临汾市"), (300, 300))
    assert f">{area.kg['nox']:,.0f}<" in by_kg
    assert re.search(r'class="c r[1-5]"', by_kg)
    assert f"依据缺失{area.open}条" in by_kg
    by_open = _map(seen, "临汾市", "open").picture(SQUARES.counties("临汾市"), (300, 300))
    assert f'class="num ">{area.open}<' in re.sub(r' [xy]="[\d.]+"', "", by_open)
    assert 'class="c red"' in _map(seen, "临汾市", "level").picture(SQUARES.counties("临汾市"), (300, 300))


def test_where_nothing_is_known_no_level_is_claimed() -> None:
    """A county without orders and without a warning is not said to have none."""
    svg = _map(MapView(), "临汾市", "level").picture(SQUARES.counties("临汾市"), (300, 300))
    assert 'class="c r0"' in svg
    assert "没有指令" in svg
    assert "无预警" not in svg


def test_the_aqi_has_the_colours_of_its_standard() -> None:
    """HJ 633-2012, table 2: 0,228,0; 255,255,0; 255,126,0; 255,0,0; 153,0,76; 126,0,35."""
    from alertengine.files import stylesheet

    wanted = ("#00e400", "#ff0", "#ff7e00", "#f00", "#99004c", "#7e0023")
    assert len(wanted) == len(AQI_CLASSES)
    for place, colour in enumerate(wanted, start=1):
        assert f".a{place} {{ background:{colour};" in stylesheet()
