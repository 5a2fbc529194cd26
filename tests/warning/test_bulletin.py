"""A bulletin as text: what is read, and that anything doubtful is handed back whole."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from alertengine.warning import read_bulletin

CITIES = ["太原市", "临汾市", "运城市", "晋中市", "大同市"]
TODAY = date(2026, 11, 28)


def _cells(text: str) -> dict[str, str]:
    found = read_bulletin(text, CITIES, TODAY)
    return {f"{city}{day:%m-%d}": f"{said.text} {said.primary}".strip() for (city, day), said in found.cells.items()}


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        (
            "28日，临汾、运城以轻至中度污染为主",
            {"临汾市11-28": "轻度污染-中度污染", "运城市11-28": "轻度污染-中度污染"},
        ),
        ("11月29日临汾市AQI 236，重度污染，首要污染物PM2.5", {"临汾市11-29": "236 PM2.5"}),
        ("临汾市：28日180、29日220～240", {"临汾市11-28": "180", "临汾市11-29": "220-240"}),
        ("30日至12月1日，太原良", {"太原市11-30": "良", "太原市12-01": "良"}),
        (
            "临汾市28日AQI 230-250，重度污染；30日预计重度污染；1日AQI 90。",
            {"临汾市11-28": "230-250", "临汾市11-30": "重度污染", "临汾市12-01": "90"},
        ),
        ("28日太原良；临汾中度污染；30日良", {"太原市11-28": "良", "临汾市11-28": "中度污染", "临汾市11-30": "良"}),
        ("28日、29日，临汾良", {"临汾市11-28": "良", "临汾市11-29": "良"}),
        ("临汾28日和29日良、30日AQI 90", {"临汾市11-28": "良", "临汾市11-29": "良", "临汾市11-30": "90"}),
        (
            "28日临汾AQI 236，首要污染物为细颗粒物、大同AQI 90-110",
            {"临汾市11-28": "236 PM2.5", "大同市11-28": "90-110 PM2.5"},
        ),
        ("28日临汾、太原AQI 236，首要污染物：臭氧", {"临汾市11-28": "236 O3", "太原市11-28": "236 O3"}),
        ("28日太原良。临汾中度污染", {"太原市11-28": "良", "临汾市11-28": "中度污染"}),
        (
            "城市 11/28 11/29\n临汾 180 236\n运城市 — 240",
            {"临汾市11-28": "180", "临汾市11-29": "236", "运城市11-29": "240"},
        ),
    ],
)
def test_places_days_and_values_are_read(text: str, cells: dict[str, str]) -> None:
    assert _cells(text) == cells
    assert read_bulletin(text, CITIES, TODAY).unread == []


@pytest.mark.parametrize(
    ("line", "issuer"),
    [
        ("某省生态环境监测和应急保障中心2026年11月28日15时发布", "某省生态环境监测和应急保障中心"),
        ("某市气象台于 2026年11月28日15时联合发布：", "某市气象台"),
        ("全省空气质量预报2026年11月28日15时发布", ""),
        ("某省监测中心2026年11月28日15时发布预报，临汾良", ""),
    ],
)
def test_who_published_it_is_read_where_a_line_says_that_alone(line: str, issuer: str) -> None:
    found = read_bulletin(f"{line}\n29日临汾良", CITIES, TODAY)
    assert (found.issuer, str(found.issued)) == (issuer, "2026-11-28 15:00:00")
    assert (found.unread == []) is bool(issuer)
    assert len(found.cells) == 1


@pytest.mark.parametrize(
    "text",
    [
        "28日临汾局地重度污染",
        "28日夜间临汾重度污染",
        "28日临汾不会出现重度污染",
        "28日其他地区良",
        "28日全省以良为主",
        "临汾重度污染",  # no day
        "28日临汾重度污染，太原、晋中",  # places that nothing is said of
        "28日临汾AQI 236，轻度污染",  # two values that are not the same
        "28日临汾PM2.5浓度120微克/立方米",
        "28日临汾AQI 600",
        "28日太原29日临汾良",  # which day is whose
    ],
)
def test_a_sentence_in_doubt_is_handed_back_whole(text: str) -> None:
    found = read_bulletin(text, CITIES, TODAY)
    assert found.cells == {}
    assert found.unread == [text]


@pytest.mark.parametrize(
    "text",
    [
        "30日全省AQI 255",  # other places
        "30日夜间AQI 255",
        "AQI 255",  # no day of its own
        "长治30日AQI 255",  # a city that is not asked for
    ],
)
def test_only_what_is_plainly_of_the_places_before_is_taken_to_be_so(text: str) -> None:
    for between, rest in ((f"；{text}；30日AQI 90", [text, "30日AQI 90"]), (f"。{text}", [text])):
        found = read_bulletin(f"28日临汾良{between}", CITIES, TODAY)
        assert [(city, said.text) for (city, _), said in found.cells.items()] == [("临汾市", "良")]
        assert found.unread == rest
    alone = read_bulletin("28日临汾良。30日AQI 90", CITIES, TODAY)
    assert (len(alone.cells), alone.unread) == (1, ["30日AQI 90"])


@pytest.mark.parametrize(
    ("text", "cells", "unread"),
    [
        ("11/28 11/29\n临汾 180 236", {"临汾市11-28": "180", "临汾市11-29": "236"}, []),
        ("市 11/28 11/29\n太原市|100|-\n大同市,90,/", {"太原市11-28": "100", "大同市11-28": "90"}, []),
        ("11/28 11/29\n临汾 180 236 240", {}, ["临汾 180 236 240"]),  # a cell more than days
        ("11/28 11/29\n临汾 180", {}, ["临汾 180"]),
        ("临汾 11/28 11/29\n太原 1 2", {}, ["临汾 11/28 11/29", "太原 1 2"]),  # no heading of days alone
        ("城市 区域 11/28 11/29\n临汾 180 236", {}, ["城市 区域 11/28 11/29", "临汾 180 236"]),
        ("11/28 11/29\n太原 90 95\n30日临汾良", {"太原市11-28": "90", "太原市11-29": "95", "临汾市11-30": "良"}, []),
        ("11/28 11/29\n太原 90 95\n11/30 12/01\n太原 1 2",
         {"太原市11-28": "90", "太原市11-29": "95", "太原市11-30": "1", "太原市12-01": "2"}, []),
    ],
)  # fmt: skip
def test_rows_under_a_heading_of_days_are_a_table(text: str, cells: dict[str, str], unread: list[str]) -> None:
    assert _cells(text) == cells
    assert read_bulletin(text, CITIES, TODAY).unread == unread


def test_a_day_named_in_a_sentence_in_doubt_is_that_of_the_next() -> None:
    """Its places are not."""
    found = read_bulletin("28日临汾局地重度污染；太原良；局地优；30日夜间临汾良；大同良；AQI 90", CITIES, TODAY)
    assert set(found.cells) == {("太原市", date(2026, 11, 28)), ("大同市", date(2026, 11, 30))}
    assert found.unread == ["28日临汾局地重度污染", "局地优", "30日夜间临汾良", "AQI 90"]


def test_a_row_of_a_table_with_a_bad_cell_is_handed_back() -> None:
    found = read_bulletin("城市 11/28 11/29\n临汾 180 多云\n太原 90 95", CITIES, TODAY)
    assert found.unread == ["临汾 180 多云"]
    assert {city for city, _ in found.cells} == {"太原市"}


def test_the_day_of_issue_is_read_and_days_follow_it_over_the_year() -> None:
    found = read_bulletin("2026年12月31日15时发布\n1月1日临汾良", CITIES, TODAY)
    assert found.issued == datetime(2026, 12, 31, 15)
    assert set(found.cells) == {("临汾市", date(2027, 1, 1))}


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("28日", "2026-11-28"), ("26日", "2026-11-26"), ("27日", "2026-11-27"), ("24日", "2026-12-24"),
        ("25日", "2026-12-25"),  # more than two days back: the next one
        ("11月25日", "2026-11-25"), ("31日", "2026-12-31"), ("1月2日", "2027-01-02"),
        ("5月26日", "2027-05-26"), ("5月27日", None), ("6月1日", "2026-06-01"), ("5月31日", None),
    ],
)  # fmt: skip
def test_a_day_is_that_of_its_number_next_to_the_bulletins_own(said: str, day: str | None) -> None:
    found = read_bulletin(f"{said}临汾良", CITIES, TODAY)
    assert [str(at) for _, at in found.cells] == ([day] if day else [])


@pytest.mark.parametrize(
    ("said", "first", "count"),
    [("28日至29日", "11-28", 2), ("28日至12月12日", "11-28", 15), ("28日至12月13日", "", 0), ("11月30日至29日", "", 0),
     ("28日至5月30日", "", 0), ("5月30日至28日", "", 0)],
)  # fmt: skip
def test_days_from_one_to_another_are_fifteen_at_the_most(said: str, first: str, count: int) -> None:
    found = read_bulletin(f"{said}，临汾良", CITIES, TODAY)
    assert len(found.cells) == count
    assert [f"{day:%m-%d}" for _, day in found.cells][:1] == [first] * bool(count)
    assert bool(found.unread) == (not count)


@pytest.mark.parametrize(
    "clause",
    [
        "1月3日太原AQI超过300", "1月3日太原AQI在200左右", "1月3日太原AQI≥200", "1月3日太原AQI 200以上",
        "1月3日太原AQI低于50",
        "1月3日太原盆地重度污染", "1月3日太原周边重度污染", "1月3日太原AQI接近300", "1月3日太原AQI 220±20",
    ],
)  # fmt: skip
def test_a_bound_and_a_part_of_the_land_are_handed_back(clause: str) -> None:
    """More than 300 was read as 300, and a basin of three cities as one of them."""
    found = read_bulletin(clause, ["太原市", "晋中市"], date(2020, 1, 2))
    assert (found.cells, found.unread) == ({}, [clause])
