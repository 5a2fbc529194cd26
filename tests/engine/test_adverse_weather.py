"""Below yellow (不利气象条件应对): binding without a colour, down to townships, ended or absorbed by a colour."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from alertengine import decide, read_list
from alertengine.orders import explain
from alertengine.rulebook import OpenLists, Rulebook

pytestmark = pytest.mark.whole

HEADER = "城市,区县,乡镇街道,企业名称,行业,生产线编号,工序,SO2排放量,NOx排放量,颗粒物排放量,VOCs排放量"
Orders = Callable[[str, str, str], dict[str, Any]]


@pytest.fixture
def of_place(shipped: Rulebook, tmp_path: Path) -> Orders:
    """The order of one gasifier at a place (``区县,乡镇``), at a level and day."""

    def order(place: str, day: str, level: str = "none") -> dict[str, Any]:
        file = tmp_path / "list.csv"
        file.write_text(f"{HEADER}\n晋城市,{place},甲煤化,煤化工,1,气化,10,10,10,10\n", encoding="utf-8")
        table = decide(read_list(file, shipped), shipped, level=level, date=day).table
        return {str(name): value for name, value in table.iloc[0].items()}

    return order


@pytest.mark.parametrize("place", ["城区,", "开发区,", "泽州县,巴公镇", "泽州,巴公", "泽州县,泽州县北石店镇人民政府"])
def test_it_binds_where_the_notice_says_whatever_the_spelling(of_place: Orders, place: str) -> None:
    order = of_place(place, "2023-03-19", "none")
    assert (order["status"], order["rules"], order["hangs_on"]) == ("ordered", "jcw-gasify", "")
    assert order["ends"] == "2023-03-20 12:00", "the orange that began then ended it"


@pytest.mark.parametrize("place", ["泽州县,大箕镇", "高平市,巴公镇", "阳城县,"])
def test_other_townships_and_counties_are_left_alone(of_place: Orders, place: str) -> None:
    order = of_place(place, "2023-03-19", "none")
    assert (order["status"], order["rules"], order["hangs_on"]) == ("none", "", "")


@pytest.mark.parametrize(("place", "unknown"), [("泽州县,", "township"), (",巴公镇", "county"), (",大箕镇", "county")])
def test_an_unknown_place_is_asked_for_and_nothing_else(of_place: Orders, place: str, unknown: str) -> None:
    order = of_place(place, "2023-03-19", "none")
    assert (order["status"], order["hangs_on"]) == ("none", unknown)


def test_a_colour_absorbs_it_and_says_so(shipped: Rulebook, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text(f"{HEADER}\n晋城市,城区,,甲煤化,煤化工,1,气化,10,10,10,10\n", encoding="utf-8")
    orders = decide(read_list(file, shipped), shipped, level="yellow", date="2023-03-19")
    assert "jcw-gasify" in orders.table["set_aside"].iloc[0].split(";")
    why = explain(orders, "甲煤化/1").phases[0]
    told = [one for one in why.below if one.text == "不利气象条件应对：预警期间由预警措施取代"]
    assert "限产30%" in told[0].below[0].text


def test_it_is_cut_at_its_hours(shipped: Rulebook) -> None:
    rule = shipped.rules["jcw-gasify"]
    assert not shipped.holds(rule, datetime(2023, 3, 18, 11))
    assert shipped.holds(rule, datetime(2023, 3, 18, 12))
    assert shipped.ends(rule) == datetime(2023, 3, 20, 12)


@pytest.mark.parametrize(
    ("text", "name"),
    [("巴公", "巴公镇"), ("晋城市泽州县巴公镇", "巴公镇"), ("巴公镇政府", "巴公镇"), ("大箕镇", "大箕镇"), ("", None)],
)
def test_a_township_is_known_by_what_documents_call_it(shipped: Rulebook, text: str, name: str | None) -> None:
    lists: OpenLists = shipped.lists
    assert lists.township("晋城市", "泽州县", text) == name
