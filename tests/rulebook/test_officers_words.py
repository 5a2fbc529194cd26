"""Words of officers in a rule workbook: taken where they can mean one thing, else the nearest names are offered."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from alertengine.rulebook import Rulebook
from alertengine.rulebook.excel.cell_scanner import TextError
from alertengine.rulebook.excel.condition_text import condition_text, read_condition
from alertengine.rulebook.excel.rule_rows import HEAD, RULE, from_cells, to_cells
from alertengine.vocabulary import InputError
from tests.conftest import BookMaker, Decider, document


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("距建成区10公里以内", {"city_distance_km": {"le": 10}}),
        ("行业=铸造；10公里以内", {"industry": "铸造", "city_distance_km": {"le": 10}}),
        ("距建成区距离20千米以外", {"city_distance_km": {"gt": 20}}),
        ("炭化室高度4.3米（含）以下", {"chamber_height_m": {"le": 4.3}}),
        ("距离建成区不超过5公里", {"city_distance_km": {"le": 5}}),
        ("距建成区5公里内", {"city_distance_km": {"le": 5}}),
        ("距建成区大于20公里", {"city_distance_km": {"gt": 20}}),
        ("行业：砖瓦窑；绩效等级为C级", {"industry": "砖瓦窑", "grade": "C"}),
        ("行业为水泥；稳定达标：是", {"industry": "水泥", "stable": True}),
        ("行业是水泥；稳定达标", {"industry": "水泥", "stable": True}),
        ("未稳定达标；非绿色工厂", {"stable": False, "green_factory": False}),
        ("半径10公里", {"city_distance_km": {"le": 10}}),
        ("距城市建成区 10 km（含）以内", {"city_distance_km": {"le": 10}}),
        ("建成区周边十公里范围内", {"city_distance_km": {"le": 10}}),
        ("距建成区5公里以外10公里以内", {"city_distance_km": {"gt": 5, "le": 10}}),
        ("绩效C级企业", {"grade": "C"}),
        ("C、D级", {"grade": ["C", "D"]}),
        ("C级及以下", {"grade": ["C", "D"]}),
    ],
)
def test_distances_and_sizes_as_texts_say_them(said: str, meant: dict[str, Any]) -> None:
    assert read_condition(said) == meant
    assert read_condition(condition_text(meant)) == meant, "stored as the vocabulary's"


@pytest.mark.parametrize("said", ["附近10公里左右", "高度10公里以内", "很近", "10公里", "距建成区10公里", "C级以下"])
def test_what_could_be_several_fields_or_none_is_refused(said: str) -> None:
    with pytest.raises(TextError, match="no such field"):
        read_condition(said)


def test_levels_and_measures_by_their_words() -> None:
    mapping, errors = from_cells({"级别": "橙色预警、红色", "措施": "停产", "类别": "预警措施"}, RULE)
    assert not errors
    assert mapping == {"levels": ["orange", "red"], "then": "stop", "kind": "measure"}


@pytest.mark.parametrize(
    ("header", "said", "meant"),
    [
        ("级别", "橙", {"level": "orange"}),
        ("级别", "橙色及以上", {"levels": ["orange", "red"]}),
        ("级别", "黄色、橙色预警", {"levels": ["yellow", "orange"]}),
        ("级别", "橙色（含）以上预警", {"levels": ["orange", "red"]}),
        ("级别", "二级响应", {"level": "orange"}),
        ("级别", "Ⅱ级应急响应", {"level": "orange"}),
        ("级别", "橙色预警（Ⅱ级）", {"level": "orange"}),
        ("级别", "Ⅲ级及以上", {"levels": ["yellow", "orange", "red"]}),
        ("级别", "各级别", {"levels": ["yellow", "orange", "red"]}),
        ("级别", "黄色至橙色", {"levels": ["yellow", "orange"]}),
        ("级别", "橙色或红色预警期间", {"levels": ["orange", "red"]}),
        ("措施", "全部停产", {"then": "stop"}),
        ("措施", "限产30%以上", {"then": {"limit": 0.3}}),
        ("措施", "出焦时间延长到36h", {"then": {"coking_time": 36}}),
        ("措施", "停产（夜间20时至次日8时）", {"then": {"stop": True, "daily": "20:00-08:00"}}),
        ("期间", "冬季（11月15日至次年3月15日）", {"during": "冬季（11-15至03-15）"}),
        ("期间", "每年12月—次年2月", {"during": "12-01至02-29"}),
        ("文本性质", "转载", {"source": "secondary"}),
        ("措施", "限产三成", {"then": {"limit": 0.3}}),
        ("措施", "停产百分之五十（按产线）", {"then": {"stop_share": 0.5, "by": "line"}}),
        ("措施", "停2台（范围：全厂）", {"then": {"stop_units": 2, "over": "enterprise"}}),
    ],
)
def test_words_that_mean_one_thing_are_stored_as_the_vocabulary_s(
    header: str, said: str, meant: dict[str, Any]
) -> None:
    mapping, errors = from_cells({header: said}, RULE)
    assert not errors
    assert mapping == meant


@pytest.mark.parametrize(
    ("header", "said"),
    [("类别", "预警"), ("类别", "季节"), ("级别", "紫色"), ("级别", "黄色（Ⅱ级）"), ("措施", "停一半"),
     ("措施", "停产（夜间）")],
)  # fmt: skip
def test_words_that_mean_several_things_or_none_are_refused_with_what_there_is(header: str, said: str) -> None:
    _, [error] = from_cells({header: said}, RULE)
    assert error.error.expected


def test_an_unknown_column_names_the_nearest() -> None:
    with pytest.raises(TextError) as refused:
        read_condition("建城区的距离大于5")
    assert "距建成区距离(公里)" in refused.value.expected.words("zh")[0]


def _season(make_book: BookMaker, during: str) -> Rulebook:
    return make_book(document("d", rules=[{"id": "w", "kind": "season", "during": during, "then": "stop"}]))


@pytest.mark.parametrize(
    ("said", "code", "offered"),
    [
        (
            "寒季",
            "unknown_period",
            ["寒季（某月某日至次年某月某日）", "采暖期（11-01至03-31）", "秋冬季（10-01至03-31）"],
        ),
        ("夜间", "period_within_day", ["停产（每日20:00-08:00）"]),
        ("11月中旬至次年3月", "unknown_period", ["采暖期（11-01至03-31）"]),
        ("冬季（2月30日至3月1日）", "unknown_period", ["采暖期（11-01至03-31）"]),
    ],
)
def test_a_period_without_days_is_not_guessed(make_book: BookMaker, said: str, code: str, offered: list[str]) -> None:
    with pytest.raises(InputError) as refused:
        _season(make_book, said)
    [problem] = refused.value.problems
    assert problem.code == code
    assert all(one in problem.words("zh")[1] for one in offered)


@pytest.mark.parametrize(
    ("said", "kept", "inside", "outside"),
    [
        ("供暖季", "采暖期", "2026-11-01", "2026-10-31"),
        ("冬季", "冬季", "2027-02-28", "2027-03-01"),
        ("秋冬季期间", "秋冬季", "2027-03-31", "2027-04-01"),
        ("冬季（11月15日至次年3月15日）", "冬季（11-15至03-15）", "2026-11-15", "2026-11-14"),
        ("12月至次年2月", "12-01至02-29", "2027-02-28", "2027-03-01"),
        ("12月至次年2月", "12-01至02-29", "2028-02-29", "2028-03-01"),
    ],
)
def test_a_period_by_another_name_or_by_its_days(
    make_book: BookMaker, said: str, kept: str, inside: str, outside: str
) -> None:
    book = _season(make_book, said)
    [rule] = book.line_rules()
    assert rule.during == kept
    assert book.in_period(rule, date.fromisoformat(inside))
    assert not book.in_period(rule, date.fromisoformat(outside))
    edges = book.changes(datetime(2026, 4, 2), datetime(2028, 4, 2))
    assert len([moment for moment in edges if moment.year == 2027]) == 2
    if "-" in kept:
        assert book.standing(rule) == book.documents["d"].standing, "the text itself says the days"


def test_an_order_in_a_winter_of_its_own_days_ends_with_it(make_book: BookMaker, decide: Decider) -> None:
    book = _season(make_book, "12月至次年2月")
    for day, end in (("2027-02-20", "2027-03-01 00:00"), ("2028-02-20", "2028-03-01 00:00")):
        order = decide(book, [{}], level="none", day=date.fromisoformat(day), hours=None).iloc[0]
        assert (order["measure"], order["ends"]) == ("stop", end)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("距建成区五公里以内", {"city_distance_km": {"le": 5}}),
        ("距建成区十五公里以外", {"city_distance_km": {"gt": 15}}),
        ("两千米以内", {"city_distance_km": {"le": 2}}),
        ("炭化室高度四点三米以下", {"chamber_height_m": {"le": 4.3}}),
        ("距建成区半公里以内", {"city_distance_km": {"le": 0.5}}),
    ],
)
def test_distances_in_chinese_figures(said: str, meant: dict[str, Any]) -> None:
    assert read_condition(said) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("停一半（按生产线）", {"stop_share": 0.5, "by": "line"}),
        ("减产三成", {"limit": 0.3}),
        ("限三成", {"limit": 0.3}),
        ("停运设备三台（范围：全厂）", {"stop_units": 3, "over": "enterprise"}),
        ("结焦时间延长至三十六小时", {"coking_time": 36}),
        ("停产五成（按设备，一百二十小时后）", {"stop_share": 0.5, "by": "unit", "after_hours": 120}),
        ("限产二十分之一", None),
    ],
)
def test_measures_in_chinese_figures(said: str, meant: dict[str, Any] | None) -> None:
    mapping, errors = from_cells({"措施": said}, RULE)
    assert bool(errors) == (meant is None)
    assert mapping == ({"then": meant} if meant else {})


@pytest.mark.parametrize(
    ("said", "nearest"),
    [
        ("停一半", "限产50%、停产50%（按生产线）"),
        ("停产50%", "限产50%、停产50%（按生产线）"),
        ("压减三成", "限产30%、停产30%（按生产线）"),
        ("二十四小时内限产三成", "限产30%（24小时内）"),
    ],
)
def test_a_share_that_means_two_things_is_refused_with_how_it_may_be_written(said: str, nearest: str) -> None:
    _, [error] = from_cells({"措施": said}, RULE)
    assert nearest in str(error.error.expected)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("linfen-2019（自2024-10-08）", [{"document": "linfen-2019", "from": date(2024, 10, 8)}]),
        ("linfen-2019、规则 lf-1(自2024年10月8日)",
         [{"document": "linfen-2019"}, {"rule": "lf-1", "from": date(2024, 10, 8)}]),
        ("linfen-2019（自2024-10-08 12:00）", [{"document": "linfen-2019", "from": "2024-10-08 12:00"}]),
        ("[{document: linfen-2019, area: 临汾市}]", [{"document": "linfen-2019", "area": "临汾市"}]),
    ],
)  # fmt: skip
def test_what_a_document_replaces_is_said_without_yaml(said: str, meant: list[dict[str, Any]]) -> None:
    mapping, errors = from_cells({"替代": said}, HEAD)
    assert not errors
    assert mapping == {"replaces": meant}
    assert from_cells(to_cells(mapping, HEAD), HEAD) == (mapping, [])


def test_a_replaced_document_that_cannot_be_read_is_refused() -> None:
    _, [error] = from_cells({"替代": "2019年的旧预案"}, HEAD)
    assert "linfen-2019" in str(error.error.expected)
