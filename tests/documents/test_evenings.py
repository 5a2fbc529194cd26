"""Figures of notice, report, pack, summary, page and evaluation are equal for the same moment, whatever the life."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from alertengine.documents import Evening
from alertengine.documents.notice import public_notice
from alertengine.documents.pack.build import packs, tonight
from alertengine.documents.pack.decision_text import public_title
from alertengine.documents.pack.departments import read_departments
from alertengine.documents.pack.evening_pack import NIGHT_BOOK
from alertengine.documents.pack.night import inspection_rows
from alertengine.documents.pack.write import PACK_TEMPLATES, apart, write_packs
from alertengine.lists import EnterpriseList, read_list
from alertengine.orders import Responded, Scenario, StateDecision, decide, in_force, plain_texts
from alertengine.report.response import _by_industry
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import EMISSION_FIELDS, LEVEL_CLASS, kilograms, level_words, moment
from alertengine.warning import Warnings, warn
from alertengine.web.orderrows import groups
from alertengine.workflow import orders_in_force, plain_orders, what_stands
from alertengine.workflow.acts_in_force import DecidedWarnings
from tests.synthetic import daily_forecast

pytestmark = pytest.mark.whole

CITY = "临汾市"
FIRST = pd.Timestamp("2026-11-28 15:00")
AIR = (60, 120, 170, 215, 260, 330)


@pytest.fixture(scope="module")
def listed(shipped: Rulebook, tmp_path_factory: pytest.TempPathFactory) -> EnterpriseList:
    """Plants whose measures differ by level."""
    rows = [
        ("甲县", "甲水泥厂", "水泥", "C", "1", "熟料", 100, "限产30%", "停产50%", "停产"),
        ("甲县", "甲水泥厂", "水泥", "C", "2", "熟料", 100, "限产30%", "停产50%", "停产"),
        ("乙县", "乙砖瓦厂", "砖瓦窑", "D", "1", "烧成", 20, "停产", "停产", "停产"),
        ("乙县", "丙铸造厂", "铸造", "B", "1", "熔炼", 7, "", "限产20%", "限产50%"),
        ("乙县", "丁焦化厂", "焦化", "A", "1", "焦炉", 55, "自主减排", "自主减排", "自主减排"),
    ]
    head = "城市,区县,企业名称,行业,绩效等级,生产线编号,工序,SO2排放量,NOx排放量,颗粒物排放量,VOCs排放量,"
    head += "黄色预警减排措施,橙色预警减排措施,红色预警减排措施\n"
    path = tmp_path_factory.mktemp("list") / "list.csv"
    text = "".join(
        f"{CITY},{county},{name},{industry},{grade},{line},{process},{kg},{kg * 2},{kg / 4},{kg / 3:.3f},{y},{o},{r}\n"
        for county, name, industry, grade, line, process, kg, y, o, r in rows
    )
    path.write_text(head + text, encoding="utf-8")
    return read_list(path, shipped)


def evenings(book: Rulebook, nights: list[list[int]]) -> list[Warnings]:
    """Evening after evening, each with the air so far observed and the record so far."""
    out: list[Warnings] = []
    record = None
    seen: dict[str, float] = {}
    for night, ahead in enumerate(nights):
        now = FIRST + pd.Timedelta(days=night)
        days = {f"{now + pd.Timedelta(days=n):%Y-%m-%d}": float(AIR[aqi]) for n, aqi in enumerate(ahead)}
        observed = daily_forecast(CITY, seen, now - pd.Timedelta(hours=12)) if seen else None
        made = warn(daily_forecast(CITY, days, now), book, now=now, observed=observed, active=record)
        seen |= dict(list(days.items())[:1])
        record = made.record
        out.append(made)
    return out


def figures(rows: pd.DataFrame) -> dict[str, Any]:
    """What is counted of rows by hand, apart from the program."""
    return {
        "lines": len(rows),
        "stopped": int((rows["share"] >= 1).sum()),
        "ordered": int((rows["status"] == "ordered").sum()),
        "kg": {name: round(float(rows[column].sum()), 3) for name, column in EMISSION_FIELDS.items()},
    }


NIGHTS = st.lists(st.lists(st.integers(0, len(AIR) - 1), min_size=6, max_size=6), min_size=1, max_size=4)


@pytest.mark.slow
@settings(max_examples=4, phases=[Phase.explicit, Phase.generate])
@given(nights=NIGHTS)
def test_all_papers_pages_and_figures_are_of_one_moment(
    shipped: Rulebook, listed: EnterpriseList, nights: list[list[int]]
) -> None:
    departments = read_departments(PACK_TEMPLATES / "departments.yaml")
    acts: list[tuple[pd.DataFrame, DecidedWarnings, dict[str, Any]]] = []
    for night, made in enumerate(evenings(shipped, nights)):
        orders = decide(listed, shipped, made)
        run = Responded(Scenario(title="例", forecast="", list=""), made, orders)
        holds = run.in_force.from_decision
        at = holds.at.get(CITY, "")
        table = plain_texts(orders.table)
        whole = table[(table["starts"] <= at) & ((table["ends"] == "") | (table["ends"] > at))]
        known = figures(whole) if len(whole) else figures(holds.now)
        assert figures(holds.now) == known, "what holds is what covers the moment"
        for city in run.in_force.cities():
            hour = city["at"]
            held = table[(table["starts"] <= hour) & ((table["ends"] == "") | (table["ends"] > hour))]
            told = figures(held) if len(held) else figures(run.in_force.now)
            assert {name: city[name] for name in told} == told, "summary"
        rows = _by_industry(holds.now)
        assert sum(row["stopped"] for row in rows) == known["stopped"], "report"
        assert (
            sum(int(row["stopped"]) for row in groups(in_force(orders.table, made.record, made.now), "city"))
            == (known["stopped"])
        ), "page"
        for pack in packs(_evening(shipped, listed, run), departments):
            assert (pack.total.stopped, pack.total.lines) == (known["stopped"], known["lines"]), "pack"
            assert pack.total.nox == kilograms(known["kg"]["nox"])
            _, listed_now = tonight(pack, _evening(shipped, listed, run))
            assert set(inspection_rows(listed_now)["order_id"]) <= set(run.in_force.now["order_id"])
            assert not (pack.ended and known["lines"]), "a lifting paper never says that the response goes on"
            assert not re.search("处于|响应期", pack.decision)
        notice = public_notice(holds, open_enterprises=0, draft=False)
        for own in notice.cities:
            assert (own.stopped, own.kg) == (known["stopped"], known["kg"]), "notice"
        if len(made.table):
            plain = plain_orders(orders.table, night)
            acts.append((plain, DecidedWarnings(made.record, made.now), known))
    for number, (own, decided, known) in enumerate(acts):
        assert figures(orders_in_force(own, decided).from_decision.now) == known, "evaluation"
        later = acts[number:]
        moment = orders_in_force(own, decided).from_decision.at.get(CITY, "")
        if len(later) > 1 and moment > f"{later[1][1].at:%Y-%m-%d %H:%M}":
            continue  # taken back before its hour
        stands = what_stands([table for table, _, _ in later], [one for _, one, _ in later])
        stands = stands[stands["act"] == own["act"].min()] if len(own) else own
        assert figures(orders_in_force(stands, decided).from_decision.now) == known, (
            "what stands of an act, though later ones exist"
        )


def test_a_lift_frees_the_lines_that_were_bound(shipped: Rulebook, listed: EnterpriseList) -> None:
    first, second = evenings(shipped, [[2, 3, 4, 4, 0, 0], [1, 0, 0, 0, 0, 0]])
    departments = read_departments(PACK_TEMPLATES / "departments.yaml")
    told = []
    for made in (first, second):
        run = Responded(Scenario(title="例", forecast="", list=""), made, decide(listed, shipped, made))
        (pack,) = packs(_evening(shipped, listed, run), departments)
        told.append(pack)
    assert [pack.kind for pack in told] == ["发布", "解除"]
    assert told[1].released == told[0].total.ordered < told[0].total.lines, (
        "a plant that reduces by itself is not bound"
    )


@pytest.mark.parametrize(
    ("nights", "kinds"),
    [
        ([[1, 2, 2, 0, 0, 3]], [(f"{CITY}-2026112900", "发布"), (f"{CITY}-2026120300", "发布")]),
        ([[0, 0, 2, 2, 0, 0], [0, 0, 0, 0, 0, 3]], [(f"{CITY}-2026120400", "发布"), (f"{CITY}-2026113000", "取消")]),
        ([[0, 5, 5, 5, 3, 3], [1, 0, 0, 3, 3, 3]], [(f"{CITY}-2026120200", "发布"), (f"{CITY}-2026112900", "解除")]),
    ],
)
def test_each_warning_that_an_evening_decides_has_its_own_papers(
    shipped: Rulebook, listed: EnterpriseList, nights: list[list[int]], kinds: list[tuple[str, str]]
) -> None:
    """The one that begins first in the folder of its city, the others in folders of their own names."""
    made = evenings(shipped, nights)[-1]
    run = Responded(Scenario(title="例", forecast="", list=""), made, decide(listed, shipped, made))
    departments = read_departments(PACK_TEMPLATES / "departments.yaml")
    parts = list(apart(_evening(shipped, listed, run)))
    assert [name for name, _ in parts] == ["", *(name for name, _ in kinds[1:])]
    for (name, kind), (_, part) in zip(kinds, parts, strict=True):
        (pack,) = packs(part, departments)
        (decided,) = part.in_force.decided.values()
        assert (pack.kind, len(pack.transitions)) == (kind, 1)
        assert level_words(next(code for code, said in LEVEL_CLASS.items() if said == pack.response)) == pack.level
        assert decided.since.replace("-", "").startswith(name.rpartition("-")[2][:8])
        assert moment(decided.since) in pack.decision
    assert run.in_force.at == parts[0][1].in_force.at


@pytest.mark.parametrize("second", [[2, 2, 0, 0, 0, 4, 4, 4], [2, 2, 0, 0, 0, 2, 2, 2]])
def test_a_response_that_goes_on_is_inspected_though_a_later_one_is_decided(
    shipped: Rulebook, listed: EnterpriseList, tmp_path: Path, second: list[int]
) -> None:
    made = evenings(shipped, [[0, 2, 2, 0, 0, 0], second])[-1]
    standing, later = made.segments.to_dict("records")
    assert list(made.table["warning_id"]) == [later["warning_id"]]
    assert standing["warning_id"] != later["warning_id"]
    run = Responded(Scenario(title="例", forecast="", list=""), made, decide(listed, shipped, made))
    (city,) = run.in_force.cities()
    assert (city["at"], city["decision"], city["level"]) == ("2026-11-29 16:00", "issue", standing["level"])
    assert (run.in_force.now["starts"] <= city["at"]).all(), "nothing of the later warning holds yet"
    assert set(run.in_force.later["starts"]) >= {f"{later['starts']:%Y-%m-%d %H:%M}"}
    evening = _evening(shipped, listed, run)
    (pack,) = packs(evening, read_departments(PACK_TEMPLATES / "departments.yaml"))
    assert pack.starts == moment(later["starts"]), "papers are of what is decided"
    write_packs(evening, tmp_path)
    sheet = load_workbook(tmp_path / "pack" / CITY / NIGHT_BOOK).worksheets[0]
    head = " ".join(str(cell.value) for row in sheet.iter_rows(max_row=3) for cell in row if cell.value)
    assert f"{CITY}重污染天气Ⅲ级（黄色）应急响应夜间检查清单" in head
    assert f"{moment(standing['starts'])}至{moment(standing['ends'])}" in head
    assert "按2026年11月28日15时的决定" in head


def test_an_inspection_list_tells_each_county_its_own_level_and_hours(
    shipped: Rulebook, listed: EnterpriseList, tmp_path: Path
) -> None:
    """A county is raised from tonight on, the rest goes on as it was; what follows later is no one's level tonight."""
    before = evenings(shipped, [[1, 2, 3, 3, 0, 0]])[-1]
    now = FIRST + pd.Timedelta(days=1)
    ahead = {f"{now + pd.Timedelta(days=n):%Y-%m-%d}": float(AIR[aqi]) for n, aqi in enumerate([2, 3, 3, 0, 0])}
    order = {"area": f"{CITY}/洪洞县", "level": "red", "from": "2026-11-29 16:00", "to": "2026-12-01 12:00"}
    made = warn(daily_forecast(CITY, ahead, now), shipped, now=now, active=before.record, floors=[order])
    lines = listed.lines.assign(county=listed.lines["county"].astype("str").replace("乙县", "洪洞县"))
    here = replace(listed, lines=lines)
    run = Responded(Scenario(title="例", forecast="", list=""), made, decide(here, shipped, made))
    write_packs(_evening(shipped, here, run), tmp_path)
    counties, every = load_workbook(tmp_path / "pack" / CITY / NIGHT_BOOK).worksheets
    assert counties["A1"].value == (
        f"{CITY}重污染天气Ⅰ级（红色）（洪洞县）、Ⅱ级（橙色）（其余县（市、区））应急响应夜间检查清单"
    )
    assert "洪洞县2026年11月29日16时至2026年12月1日12时" in counties["A2"].value
    assert "其余县（市、区）2026年11月29日0时至2026年12月2日0时" in counties["A2"].value
    told = {row[0]: row[1] for row in counties.iter_rows(min_row=6, values_only=True)}
    assert told == {"甲县": "Ⅱ级（橙色）", "洪洞县": "Ⅰ级（红色）"}
    rows = {(row[1], row[2], row[9]) for row in every.iter_rows(min_row=6, values_only=True)}
    assert {(county, level) for county, level, _ in rows} == {("甲县", "橙色"), ("洪洞县", "红色")}
    assert all("29日16时" in hours for county, _, hours in rows if county == "洪洞县")


def test_a_response_that_goes_on_is_inspected_though_a_later_one_is_cancelled(
    shipped: Rulebook, listed: EnterpriseList, tmp_path: Path
) -> None:
    nights = [[0, 2, 2, 0, 0, 0], [2, 2, 0, 0, 0, 4, 4, 4], [2, 0, 0, 0, 0, 0, 0]]
    made = evenings(shipped, nights)[-1]
    run = Responded(Scenario(title="例", forecast="", list=""), made, decide(listed, shipped, made))
    assert list(made.table["action"]) == ["lift"]
    (city,) = run.in_force.cities()
    assert (city["decision"], city["level"]) == ("issue", "yellow")
    write_packs(_evening(shipped, listed, run), tmp_path)
    assert (tmp_path / "pack" / CITY / NIGHT_BOOK).is_file()


@pytest.mark.parametrize(
    ("kind", "before", "title"),
    [
        ("raise", "orange", "临汾市重污染天气橙色预警升级为红色预警"),
        ("raise", "", "临汾市重污染天气预警升级为红色预警"),
        ("lower", "red", "临汾市重污染天气红色预警降级为橙色预警"),
        ("issue", "", "临汾市发布重污染天气红色预警"),
        ("extend", "red", "临汾市延长重污染天气红色预警"),
        ("lift", "red", "临汾市解除重污染天气红色预警"),
        ("cancel", "", "临汾市取消重污染天气红色预警"),
    ],
)
def test_the_public_reads_a_title_as_notices_have_it(kind: str, before: str, title: str) -> None:
    level, times = "orange" if kind == "lower" else "red", ("2026-12-01 00:00", "", "2026-11-30 15:00")
    assert public_title(StateDecision(CITY, kind, level, *times, before=before), CITY) == title


def test_levels_announced_to_follow_are_decided_in_the_same_sentence(shipped: Rulebook, listed: EnterpriseList) -> None:
    (made,) = evenings(shipped, [[1, 5, 4, 4, 2, 2]])
    run = Responded(Scenario(title="例", forecast="", list=""), made, decide(listed, shipped, made))
    (pack,) = packs(_evening(shipped, listed, run), read_departments(PACK_TEMPLATES / "departments.yaml"))
    issued, lowered = made.table.to_dict("records")
    assert (issued["action"], lowered["action"]) == ("issue", "lower")
    assert re.search(
        "发布重污染天气红色预警.*；自2026年12月2日0时起，.*由红色降级为橙色.*执行至2026年12月4日0时", pack.decision
    )


def _evening(book: Rulebook, listed: EnterpriseList, run: Responded) -> Evening:
    warnings = run.warnings
    return Evening(
        book, listed, warnings.table, run.orders.table, run.orders.summaries, history=warnings.record, doubts=run.doubts
    )
