"""Deciding a list: what is asked for, what is refused, and what a run says beside its orders."""

from __future__ import annotations

from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from alertengine.engine import Engine
from alertengine.lists import lines_from
from alertengine.orders import Orders, Override, decide, decide_lines, lapsed_notes, warned_measures
from alertengine.orders._decide import Decided
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import InputError, Status
from tests.conftest import WINTER, BookMaker, document, response_of, rows_of

DAY = "2021-12-10"


def lines_of(book: Rulebook, *lines: dict[str, Any]) -> pd.DataFrame:
    return lines_from(rows_of(lines or ({},), apart=True), book.lists)


@pytest.mark.parametrize(
    ("count", "day", "told"),
    [
        (4, date(2021, 1, 1), "4 rules lapsed before 2021-01-01, no later text on file: r0, r1, r2, r3"),
        (5, date(2021, 1, 1), "5 rules lapsed before 2021-01-01, no later text on file: r0, r1, r2, r3 ..."),
        (4, date(2020, 12, 31), None),
    ],
)
def test_rules_that_reached_these_lines_and_have_lapsed_are_said(
    make_book: BookMaker, count: int, day: date, told: str | None
) -> None:
    rules = [{"id": f"r{number}", "when": {"process": "焦炉"}, "then": {"stop": True}} for number in range(count)]
    book = make_book(document("old", valid={"from": "2018-01-01", "to": "2020-12-31"}, area="临汾市", rules=rules))
    found = [str(one) for one in lapsed_notes(book, lines_of(book), day)]
    assert found == ([] if told is None else [f"《old方案》: {told}"])
    assert lapsed_notes(book, lines_of(book, {"city": "太原市"}), day) == []


@pytest.fixture(scope="module")
def book(make_book: BookMaker) -> Rulebook:
    return make_book(rules=[{"id": "r", "when": {"process": "焦炉"}, "then": {"stop": True}}])


CELLS = {
    "企业名称": "甲", "城市": "临汾", "行业": "焦化", "生产线编号": "1", "工序": "焦炉",
    "绩效等级": "C", "治理任务完成": "是",
    "SO2排放量": "10", "NOx排放量": "20", "颗粒物排放量": "5", "VOCs排放量": "1",
}  # fmt: skip


def frame(*rows: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame([CELLS | row for row in rows])


@pytest.mark.parametrize("given", [{}, {"level": "red"}, {"date": DAY}])
def test_a_level_comes_with_its_day(book: Rulebook, given: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="decide\\(lines, book, warnings\\) or"):
        decide(frame({}), book, **given)


def test_only_the_cities_asked_for_are_decided(book: Rulebook) -> None:
    both = frame({}, {"企业名称": "乙", "城市": "太原"})
    table = decide(both, book, level="red", date=DAY).table
    assert sorted(table["enterprise"]) == ["乙", "甲"]
    assert decide(both, book, level="red", date=DAY, cities=["太原"]).table["enterprise"].tolist() == ["乙"]
    with pytest.raises(InputError, match="no lines of 长治"):
        decide(both, book, level="red", date=DAY, cities=["长治"])


def test_a_run_for_a_level_says_what_a_person_must_know_of_its_lines(make_book: BookMaker) -> None:
    """A number of machines on two lines may be each line's; capacities in two units cannot be added."""
    share = {"id": "share", "when": {"process": "电炉"}, "then": {"stop_share": 0.5, "by": "capacity"}}
    book = make_book(rules=[{"id": "r", "when": {"process": "焦炉"}, "then": {"stop": True}}, share])
    plans = [{"工序": "切割", "设备数量": "4", "红色预警减排措施": "停运2台", "生产线编号": number} for number in "12"]
    units = [
        {"企业名称": "乙", "工序": "电炉", "产能": "10", "产能单位": unit, "生产线编号": number}
        for unit, number in (("万吨/年", "1"), ("吨/日", "2"), ("吨/日", "3"))
    ]
    found = decide(frame(*plans, *units), book, level="red", date=DAY)
    said = [(one.code, dict(one.arguments)) for one in found.own_problems]
    assert said == [("share_order_unmet", {"count": 3}), ("plan_number_of_whom", {"count": 2})]
    assert {one.file for one in found.own_problems} == {found.enterprises.file}
    assert decide(frame({}), book, level="red", date=DAY).own_problems == []


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ([{"保障类型": "供暖"}, {"保障类型": "供气", "生产线编号": "2"}], [(2, ["供暖", "供气"])]),
        ([{"保障类型": "供暖"}, {"保障类型": "供暖", "长期停产": "是", "生产线编号": "2"}], [(1, ["供暖"])]),
        ([{"保障类型": "供暖", "工序": "熔炼"}], []),
        ([{"保障类型": "无"}], []),
        ([{"保障类型": "某类"}], []),
    ],
)
def test_lines_of_a_guaranteed_supply_that_stop_are_noted(
    book: Rulebook, cells: list[dict[str, str]], told: list[tuple[int, list[str]]]
) -> None:
    """A plant that heats homes was stopped as any other, and nothing was said."""
    found = decide(frame(*({"长期停产": "否"} | row for row in cells)), book, level="red", date=DAY)
    said = [dict(one.arguments) for one in found.own_notes if one.code == "guaranteed_and_stopped"]
    assert [(one["count"], list(one["names"])) for one in said] == told


def test_the_columns_of_a_run_are_those_of_all_its_parts(book: Rulebook) -> None:
    one, other = (decide(frame({"企业名称": name}), book, level="red", date=DAY) for name in ("甲", "乙"))
    (part,) = one.parts
    assert isinstance(part, Decided)
    assert one.columns is part.columns
    warned: Any = SimpleNamespace()
    both = Orders(one.enterprises, book, [*one.parts, *other.parts], warnings=warned)
    assert [both.columns.text("enterprise")[row] for row in range(len(both.columns))] == ["甲", "乙"]


def test_a_run_of_orders_is_shown_in_a_notebook_with_its_counts(book: Rulebook) -> None:
    shown = decide(frame({}, {"企业名称": "乙", "工序": "熔炼"}), book, level="red", date=DAY)._repr_html_()
    for words in ("ordered", "undetermined", "measure_text", "甲", "乙"):
        assert words in shown
    assert "set_aside" not in shown


@pytest.mark.parametrize(("hours", "ends"), [(None, [""]), (48, ["2021-12-12 00:00"]), (0.5, ["2021-12-10 00:30"])])
def test_orders_end_with_their_response(book: Rulebook, hours: float | None, ends: list[str]) -> None:
    table = decide(frame({}), book, level="red", date=DAY, hours=hours).table
    assert table["starts"].tolist() == ["2021-12-10 00:00"]
    assert table["ends"].tolist() == ends


def test_a_list_that_binds_is_cited_and_where_comes_first(book: Rulebook) -> None:
    lines = lines_of(book)
    found = decide_lines(Engine(book), lines, response_of("red", WINTER), where={"warning_id": "W", "county": ""})
    (summary,) = found.summaries
    assert list(summary)[:2] == ["warning_id", "county"]
    assert "warning_id" not in decide_lines(Engine(book), lines, response_of("red", WINTER)).summaries[0]


@pytest.mark.parametrize(
    ("enterprise", "line", "told"),
    [
        ("none", "1", "no such enterprise"),
        (None, "9", "no such line"),
    ],
)
def test_an_override_names_a_line_of_the_list(book: Rulebook, enterprise: str | None, line: str, told: str) -> None:
    listed = decide(frame({}), book, level="red", date=DAY).enterprises
    name = enterprise or str(listed.lines["enterprise_id"].iloc[0])
    more = {"reason": "供暖", "by": "甲", "at": datetime(2021, 12, 9)}
    one = Override.model_validate({"enterprise_id": name, "line_id": line, "measure": "stop"} | more)
    with pytest.raises(InputError, match=told):
        decide(listed, book, level="red", date=DAY, overrides=[one])


@pytest.mark.parametrize(
    ("regimes", "count"),
    [
        ({}, 0),
        ({"season": "ordered"}, 0),
        ({"warning": "ordered"}, 1),
        ({"warning": "undetermined"}, 0),
        ({"warning": "self_directed"}, 0),
    ],
)
def test_the_warning_asks_measures_only_where_it_orders(regimes: dict[str, str], count: int) -> None:
    results = {name: SimpleNamespace(status=Status(status), asked=("one",)) for name, status in regimes.items()}
    binding: Any = SimpleNamespace(resolution=SimpleNamespace(regimes=results))
    assert len(warned_measures(binding)) == count
