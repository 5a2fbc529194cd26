"""Orders under warnings by place: a county with a life of its own answers to that, the rest to its city."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd
import pytest

from alertengine.lists import EnterpriseList, read_list
from alertengine.orders import Override, decide
from alertengine.rulebook import Rulebook
from alertengine.warning import Warnings, warn
from tests.synthetic import daily_forecast

CITY, COUNTY, ISSUED = "临汾市", "尧都区", "2021-01-09 15:00"
CELLS = {
    "行业": "水泥", "工序": "熟料", "绩效等级": "C", "治理任务完成": "是", "SO2排放量": "10", "NOx排放量": "20",
    "颗粒物排放量": "5", "VOCs排放量": "1",
}  # fmt: skip


@pytest.fixture(scope="module")
def listed(shipped: Rulebook) -> EnterpriseList:
    """A line in the county, one in another county, one without a county, one in another city."""
    places = ((CITY, COUNTY), (CITY, "洪洞县"), (CITY, ""), ("太原市", ""))
    rows = [
        CELLS | {"企业名称": f"合成{n}厂", "城市": city, "区县": county, "生产线编号": str(n)}
        for n, (city, county) in enumerate(places, start=1)
    ]
    return read_list(pd.DataFrame(rows), shipped)


def warned(book: Rulebook, *floors: dict[str, Any]) -> Warnings:
    clean = daily_forecast(CITY, {f"2021-01-{day}": 60.0 for day in (10, 11, 12, 13)}, ISSUED)
    base = {"level": "orange", "from": "2021-01-10 00:00", "to": "2021-01-12 00:00", "source": "令"}
    return warn(clean, book, floors=[base | floor for floor in floors])


def told(run: Any, code: str) -> list[dict[str, Any]]:
    return [
        dict(one.arguments) | {"value": one.value} for one in (*run.own_problems, *run.own_notes) if one.code == code
    ]


def test_a_county_apart_answers_to_its_own_warning(shipped: Rulebook, listed: EnterpriseList) -> None:
    found = decide(listed, shipped, warned(shipped, {"area": CITY}, {"area": f"{CITY}/{COUNTY}", "level": "red"}))
    levels = found.table.drop_duplicates(["line_id", "level"]).groupby("line_id", observed=True)["level"].agg(list)
    assert levels.to_dict() == {"1": ["red"], "2": ["orange"], "3": ["orange"]}
    assert [(entry["county"], entry["lines"], entry["level"]) for entry in found.summaries] == [
        ("", 2, "orange"),
        (COUNTY, 1, "red"),
    ]
    assert {entry["warning_id"] for entry in found.summaries} == {f"{CITY}-2021011000", f"{CITY}-{COUNTY}-2021011000"}
    assert [one["city"] for one in told(found, "county_apart")] == [CITY]
    assert found.table["order_id"].str.startswith(f"{CITY}-").all()
    whole = decide(listed, shipped, warned(shipped, {"area": CITY}))
    assert set(whole.table["line_id"]) == {"1", "2", "3"}
    assert not told(whole, "county_apart")


def test_a_county_alone_is_ordered_alone_and_no_ratio_is_judged_of_a_part(
    shipped: Rulebook, listed: EnterpriseList
) -> None:
    row = {"city": CITY, "sector": "工业", **{f"{name}_kg_d": 1000.0 for name in ("so2", "nox", "pm", "vocs")}}
    listed = EnterpriseList(
        listed.file, listed.lines, listed.extras, listed.rows, totals=pd.DataFrame([row | {"inventory_year": 2020}])
    )
    alone = decide(listed, shipped, warned(shipped, {"area": f"{CITY}/{COUNTY}"}))
    assert set(alone.table["line_id"]) == {"1"}
    assert [entry["ratio"] for entry in alone.summaries] == [None]
    whole = decide(listed, shipped, warned(shipped, {"area": CITY}))
    assert [entry["ratio"] is None for entry in whole.summaries] == [False]


def test_a_place_under_warning_without_a_line_is_said(shipped: Rulebook, listed: EnterpriseList) -> None:
    floors = [{"area": "长治市"}, {"area": f"{CITY}/曲沃县"}, {"area": "太原市"}]
    found = decide(listed, shipped, warned(shipped, *floors))
    assert [(one["city"], one["county"]) for one in told(found, "city_without_lines")] == [
        (CITY, "曲沃县"),
        ("长治市", ""),
    ]
    assert set(found.table["line_id"]) == {"4"}
    assert found.exit_status == 1
    asked = decide(listed, shipped, warned(shipped, *floors), cities=["太原"])
    assert not told(asked, "city_without_lines")
    assert set(asked.table["line_id"]) == {"4"}


@pytest.mark.parametrize(
    ("county", "floors", "cities", "asked"),
    [
        ("", [{"area": f"{CITY}/{COUNTY}"}], [], True),
        ("某某区", [{"area": f"{CITY}/{COUNTY}"}], [], True),
        ("临汾经济开发区", [{"area": CITY}, {"area": f"{CITY}/{COUNTY}", "level": "red"}], [CITY], True),
        ("", [{"area": f"{CITY}/{COUNTY}"}], ["太原"], False),
        ("洪洞县", [{"area": f"{CITY}/{COUNTY}"}], [], False),
        (COUNTY, [{"area": f"{CITY}/{COUNTY}"}], [], False),
        ("", [{"area": CITY}], [], False),
    ],
)
def test_a_line_that_may_lie_in_a_county_apart_is_asked_about(
    shipped: Rulebook, listed: EnterpriseList, county: str, floors: list[dict[str, Any]], cities: list[str], asked: bool
) -> None:
    frame = listed.lines.assign(county=[COUNTY, "洪洞县", county or None, None])
    own = EnterpriseList("l.csv", frame, listed.extras, listed.rows)
    found = decide(own, shipped, warned(shipped, *floors), cities=cities)
    said = [one for one in found.own_problems if one.code == "county_not_said"]
    expected = [("l.csv", int(listed.rows.iloc[2]), "county", county)] if asked else []
    assert [(one.file, one.row, one.column, one.value) for one in said] == expected
    assert [dict(one.arguments) for one in said] == [{"count": 1, "city": CITY, "counties": (COUNTY,)}] * asked


def test_an_override_of_a_line_that_no_warning_reaches_is_said(shipped: Rulebook, listed: EnterpriseList) -> None:
    def over(place: int) -> Override:
        row = listed.lines.iloc[place]
        said = {"enterprise_id": row["enterprise_id"], "line_id": row["line_id"], "measure": "stop", "share": None}
        return Override.model_validate(said | {"reason": "供暖", "by": "甲", "at": datetime(2021, 1, 9)})

    found = decide(listed, shipped, warned(shipped, {"area": CITY}), overrides=[over(0), over(3)])
    assert [one["value"] for one in told(found, "override_idle")] == [over(3).line]
    assert found.table.loc[found.table["line_id"] == "1", "measure"].tolist() == ["stop"]


def test_an_open_warning_gives_orders_until_further_notice(shipped: Rulebook, listed: EnterpriseList) -> None:
    floor = {"area": "太原市", "level": "red", "from": "2021-01-10 00:00", "source": "令"}
    clean = daily_forecast(CITY, {"2021-01-10": 60.0}, ISSUED)
    found = decide(listed, shipped, warn(clean, shipped, floors=[floor]))
    assert found.table[["starts", "ends"]].drop_duplicates().to_numpy().tolist() == [["2021-01-10 00:00", ""]]
    assert found.made_from == [listed, found.warnings]


def test_no_warning_orders_nothing(shipped: Rulebook, listed: EnterpriseList) -> None:
    found = decide(listed, shipped, warned(shipped))
    assert found.table.empty
    assert found.summaries == []
