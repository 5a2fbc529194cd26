"""One code, name or number in two cities: evidence that does not say the city is asked about and joined to neither."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from alertengine.audit import AuditRun
from alertengine.audit.evidence_rules import AuditLaw
from alertengine.audit.on_record import Records
from alertengine.lists import lines_from
from alertengine.rulebook import Rulebook
from tests.audit.conftest import Auditor, daily, wave
from tests.audit.simulate import orders_of

pytestmark = pytest.mark.whole

HERE, THERE = "太原市", "运城市"
SPAN = [("2019-12-10 00:00", "2019-12-13 00:00")]
SEVERAL, ELSEWHERE, UNKNOWN = "evidence_of_several_plants", "evidence_of_other_city", "evidence_city_unknown"


def of_two(code: str = "A", there: str = "A") -> pd.DataFrame:
    """Full stops of two plants of one name, one in each city."""
    tables = [orders_of([one], SPAN, [1.0], city=city) for one, city in ((code, HERE), (there, THERE))]
    return pd.concat(tables, ignore_index=True).assign(enterprise="合成一厂")


def used(**cells: Any) -> list[dict[str, Any]]:
    """Use that did not fall, of the code A unless ``cells`` say otherwise; None leaves a column out."""
    rows = [{**row, **cells} for row in daily("A", "2019-11-05", [*wave(35), 990, 1010, 980, *wave(20)])]
    return [{name: cell for name, cell in row.items() if cell is not None} for row in rows]


def held(run: AuditRun, kind: str = "electricity") -> list[str]:
    """The cities that a kind of evidence says something of."""
    return sorted(set(run.table.loc[run.table["evidence"] == kind, "city"]))


def codes(run: AuditRun) -> list[str]:
    return [one.code for one in run.problems]


NAME = {"统一社会信用代码": None, "企业名称": "合成一厂"}


@pytest.mark.parametrize(
    ("there", "cells", "cities", "told"),
    [
        ("A", {}, [], [SEVERAL]),
        ("A", {"城市": "太原"}, [HERE], []),
        ("A", {"地市": THERE}, [THERE], []),
        ("A", {"城市": "某市"}, [], [UNKNOWN, SEVERAL]),
        ("A", NAME, [], [SEVERAL]),
        ("A", {**NAME, "城市": HERE}, [HERE], []),
        ("B", NAME, [], [SEVERAL]),
        ("B", {**NAME, "城市": THERE}, [THERE], []),
        ("B", {}, [HERE], []),
        ("B", {"企业名称": "合成一厂"}, [HERE], []),
        ("B", {"城市": THERE, "企业名称": "别的厂"}, [], [ELSEWHERE]),
    ],
)
def test_use_is_of_the_plant_of_its_city(
    audited: Auditor, there: str, cells: dict[str, Any], cities: list[str], told: list[str]
) -> None:
    run = audited(of_two(there=there), used(**cells))
    assert held(run) == cities
    assert codes(run) == told


def test_a_question_names_the_plants(audited: Auditor) -> None:
    (found,) = audited(of_two(), used()).problems
    assert (found.row, found.column, found.value) == (2, "enterprise_id", "A")
    assert f"太原市合成一厂（A）, 运城市合成一厂（A）; {len(used())} rows" in str(found)


def test_files_of_two_cities_are_read_beside_each_other(audited: Auditor) -> None:
    rows = used(城市=THERE)
    run = audited(of_two(), used(城市=HERE), rows[:40], rows[40:])
    assert held(run) == [HERE, THERE]
    assert codes(run) == []


def listed(book: Rulebook, *rows: dict[str, Any]) -> pd.DataFrame:
    """A list of the lines of the two plants."""
    blank = {"enterprise_id": "A", "enterprise": "合成一厂", "industry": "砖瓦窑", "process": "焙烧"}
    tables = [lines_from([{**blank, **row, "line_id": str(n)}], book.lists) for n, row in enumerate(rows)]
    return pd.concat(tables, ignore_index=True).assign(line_id="1")


@pytest.mark.parametrize(
    ("numbers", "cities", "told"),
    [(("m1", None), [HERE], []), (("m1", "m2"), [HERE], []), (("m1", "m1"), [], [SEVERAL])],
)
def test_a_meter_that_one_city_has_says_whose_it_is(
    audited: Auditor, shipped: Rulebook, numbers: tuple[str, str], cities: list[str], told: list[str]
) -> None:
    rows = [{"city": city, "meter_no": one} for city, one in zip((HERE, THERE), numbers, strict=True)]
    run = audited(of_two(), used(户号="m1"), enterprises=listed(shipped, *rows))
    assert (held(run), codes(run)) == (cities, told)


def stack(level: float = 100.0, **cells: Any) -> list[dict[str, Any]]:
    """Hours of a stack whose emission in the days of the order is another than else."""
    hours = pd.date_range("2019-11-05", "2020-01-02 23:00", freq="h")
    under = (hours >= SPAN[0][0]) & (hours < SPAN[0][1])
    return [
        {
            "统一社会信用代码": "A",
            "时间": hour,
            "SO2浓度": (level if it else 100.0) + n % 5,
            "烟气流量": 1000 * (level > 0 or not it),
            **cells,
        }
        for n, (hour, it) in enumerate(zip(hours, under, strict=True))
    ]


@pytest.mark.parametrize(("cells", "cities"), [({}, []), ({"城市": HERE}, [HERE])])
def test_a_stack_is_of_the_plant_of_its_city(audited: Auditor, cells: dict[str, str], cities: list[str]) -> None:
    run = audited(of_two(), stack(**cells))
    assert held(run, "cems") == cities
    assert codes(run) == ([] if cities else [SEVERAL])


def test_stacks_are_numbered_plant_by_plant(audited: Auditor, shipped: Rulebook) -> None:
    """Every permit begins with DA001: the stack of one plant says nothing of that of another."""
    orders = pd.concat([orders_of([code], SPAN, [1.0], city=HERE) for code in ("A", "B")], ignore_index=True)
    rows = listed(shipped, *({"city": HERE, "enterprise_id": code, "cems_no": "DA001"} for code in ("A", "B")))
    other = [{**row, "统一社会信用代码": "B"} for row in stack(0.0)]
    run = audited(orders, [{**row, "排口编号": "DA001"} for row in (*stack(), *other)], enterprises=rows)
    found = run.table.groupby("enterprise_id", observed=True)["finding"].agg(set).to_dict()
    assert found == {"A": {"doubtful"}, "B": {"complied"}}
    nobody = [{**row, "统一社会信用代码": None, "排口编号": "DA001"} for row in stack()]
    assert codes(audited(orders, nobody, enterprises=rows)) == [SEVERAL]


@pytest.mark.parametrize(("cells", "cities"), [({}, []), ({"城市": "运城"}, [THERE])])
def test_a_passage_is_of_the_plant_of_its_city(audited: Auditor, cells: dict[str, str], cities: list[str]) -> None:
    row = {"统一社会信用代码": "A", "车牌号": "晋A12345", "进厂时间": "2019-12-10 10:00", "排放阶段": "国四", **cells}
    run = audited(of_two().assign(transport="禁止国四及以下重型载货车辆进出厂区"), [row])
    assert held(run, "gate") == cities
    assert codes(run) == ([] if cities else [SEVERAL])


INSPECTED = {"统一社会信用代码": "A", "检查时间": "2019-12-10 10:00", "检查结果": "未停产", "笔录编号": "一号"}


@pytest.mark.parametrize(
    ("cells", "breached", "told"),
    [
        ({}, [], [SEVERAL]),
        ({"城市": HERE}, [HERE], []),
        ({"城市": THERE}, [], []),
        ({"城市": "晋城市"}, [], ["inspected_off_list"]),
        (NAME, [], [SEVERAL]),
        ({"企业名称": "合成一厂"}, [], [SEVERAL]),
    ],
)
def test_an_inspection_on_a_day_that_binds_one_city_alone_may_be_of_the_other(
    audited: Auditor, cells: dict[str, Any], breached: list[str], told: list[str]
) -> None:
    orders = of_two()
    orders.loc[orders["city"] == THERE, ["starts", "ends"]] = ["2019-12-20 00:00", "2019-12-22 00:00"]
    run = audited(orders, [{name: cell for name, cell in {**INSPECTED, **cells}.items() if cell is not None}])
    assert sorted(run.table.loc[run.table["finding"] == "breached", "city"]) == breached
    assert codes(run) == told


def test_two_plants_of_one_name_in_a_city_are_not_one(audited: Auditor) -> None:
    orders = of_two(there="B").assign(city=HERE)
    run = audited(orders, [{name: cell for name, cell in {**INSPECTED, **NAME}.items() if cell is not None}])
    assert (held(run, "inspection"), codes(run)) == ([], [SEVERAL])


def test_what_is_on_record_of_a_plant_says_nothing_of_the_other(shipped: Rulebook) -> None:
    cell = "罚款:超标排放@2019-06-10..#并环罚1号"
    lines = pd.DataFrame({"city": [HERE, THERE], "enterprise_id": "A", "decisions": [cell, None]})
    law = AuditLaw(shipped, records=Records(lines, {(THERE, "A"): [date(2019, 11, 1)]}))
    for city, said, other in ((HERE, "并环罚1号", "台账另载"), (THERE, "台账另载违反1日", "并环罚1号")):
        found = law.consequence(("illicit_discharge",), city, "", date(2019, 12, 10), "orange", enterprise="A")
        assert said in found.text
        assert other not in found.text


def test_what_a_legal_person_did_in_another_city_is_told_and_counts_only_as_a_doubt(shipped: Rulebook) -> None:
    code, asked = "91000000HCLF000013", (HERE, "", date(2019, 12, 10), "orange")
    cell = "罚款:超标排放@2019-06-10..#并环罚1号;罚款:超标排放@2015-06-10..#并环罚2号"
    lines = pd.DataFrame({"city": [HERE, THERE], "enterprise_id": code, "decisions": [None, cell]})
    law = AuditLaw(shipped, records=Records(lines, {(THERE, code): [date(2019, 11, 1)]}))
    found = law.consequence(("illicit_discharge",), *asked, enterprise=code)
    assert f"在案0次，同一信用代码在{THERE}另载处罚或违反2次，是否计入须核实" in found.text
    assert "并环罚1号" not in found.text
    assert "另载" not in law.consequence(("illicit_discharge",), *asked, enterprise="A").text


def test_lines_behind_one_meter_weigh_by_load_whatever_a_plant_of_their_code_makes(
    audited: Auditor, shipped: Rulebook
) -> None:
    rows = [{"city": HERE, "capacity": size, "capacity_unit": "吨", "load_pct": 100.0} for size in (300.0, 100.0)]
    other = {"city": THERE, "process": "熔炼", "capacity": 1.0, "capacity_unit": "吨", "load_pct": 100.0}
    lines = listed(shipped, *rows, other).assign(line_id=["1", "2", "1"])
    orders = orders_of(["A"], SPAN, [1.0], city=HERE, lines=2)
    orders.loc[orders["line_id"] == "2", "share"] = 0.0
    run = audited(orders, used(城市=HERE), enterprises=lines)
    assert "按各线负荷加权" in run.table["finding_text"][0]
