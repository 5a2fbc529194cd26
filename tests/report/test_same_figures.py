"""The figures of every paper, page and answer are equal for the same moment, whatever the life of the warnings.

Each evening has two moments: the hour after the decision, and that from which it decides something.  What covers each
is counted by hand from the rows of orders; everything that tells a figure is asked for it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from alertengine.documents import Evening
from alertengine.documents.notice import public_notice
from alertengine.documents.pack.build import packs, tonight
from alertengine.documents.pack.departments import read_departments
from alertengine.documents.pack.night import inspection_rows
from alertengine.documents.pack.write import PACK_TEMPLATES
from alertengine.ledger import Head, Ledger, names_apart
from alertengine.lists import EnterpriseList, read_list
from alertengine.orders import Responded, Scenario, decide, plain_texts, state_words
from alertengine.report.response import response_report, summary
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import EMISSION_FIELDS, ZONE, kilograms
from alertengine.warning import Forecast, Rows, Warnings, next_full_hour, warn
from alertengine.web.api.reading import act_detail
from alertengine.web.api.standing import standing_now
from alertengine.web.brief import brief_of
from alertengine.web.orderrows import sums
from alertengine.web.today import today
from alertengine.workflow import decided_of, evaluate, orders_in_force
from tests.synthetic import daily_forecast

pytestmark = pytest.mark.whole

CITY, OTHER = "临汾市", "长治市"
COUNTY = "洪洞县"
FIRST = pd.Timestamp("2026-11-28 15:00")
DEPARTMENTS = read_departments(PACK_TEMPLATES / "departments.yaml")
LINES = (
    (CITY, "尧都区", "甲水泥厂", "水泥", "C", "熟料", 1000, "限产30%", "限产50%", "停产"),
    (CITY, "尧都区", "乙铸造厂", "铸造", "C", "熔炼", 70, "限产20%", "停产", "停产"),
    (CITY, COUNTY, "丙铸造厂", "铸造", "C", "熔炼", 7, "", "限产20%", "停产"),
    (CITY, COUNTY, "丁焦化厂", "焦化", "B", "焦炉", 55, "限产10%", "限产20%", "限产30%"),
    (OTHER, "潞州区", "戊铸造厂", "铸造", "C", "熔炼", 13, "限产20%", "限产50%", "停产"),
)
COUNTED = ("enterprises", "lines", "ordered", "stopped", "undetermined")


@dataclass(frozen=True)
class Night:
    """The AQI that is forecast of the two cities from an evening's day on, and an order from above.

    ``other``: None where nothing is forecast; ``order``: area, level, from how many hours after the evening, how many.
    """

    air: tuple[int, ...]
    other: tuple[int, ...] | None = None
    order: tuple[str, str, int, int] | None = None

    def forecast(self, now: pd.Timestamp) -> Forecast:
        """What is forecast."""
        told: dict[str, tuple[int, ...] | None] = {CITY: self.air, OTHER: self.other}
        made = [
            daily_forecast(
                city, {f"{now + pd.Timedelta(days=day):%Y-%m-%d}": float(aqi) for day, aqi in enumerate(air)}, now
            )
            for city, air in told.items()
            if air is not None
        ]
        table = pd.concat([one.table for one in made], ignore_index=True)
        return Forecast(Rows.of(table), "例")

    def floors(self, now: pd.Timestamp) -> list[dict[str, Any]]:
        """What is ordered from above."""
        if self.order is None:
            return []
        area, level, hours, lasting = self.order
        start = now + pd.Timedelta(hours=hours)
        end = start + pd.Timedelta(hours=lasting)
        return [{"area": area, "level": level, "from": f"{start:%Y-%m-%d %H:%M}", "to": f"{end:%Y-%m-%d %H:%M}"}]


def days(*aqi: int) -> tuple[int, ...]:
    """The air of seven days, clean after those named."""
    return (*aqi, *(80 for _ in range(7 - len(aqi))))


#: Clean days, a run of days of one AQI with a worse one in it, clean days, now and then another run.
AIR = st.builds(
    lambda clean, bad, aqi, worse, late: ((80,) * clean + (aqi, worse) * bad + (80, 80, 80, 80, late, late, late))[:8],
    st.integers(0, 1),
    st.integers(0, 2),
    st.sampled_from([80, 160, 230]),
    st.sampled_from([170, 230, 330]),
    st.sampled_from([80, 80, 230]),
)
ORDERS = st.tuples(
    st.sampled_from([CITY, f"{CITY}/{COUNTY}"]),
    st.sampled_from(["orange", "red"]),
    st.integers(1, 60),
    st.sampled_from([24, 60]),
)
NIGHTS = st.lists(
    st.builds(Night, AIR, st.one_of(st.none(), AIR), st.one_of(st.none(), ORDERS)), min_size=2, max_size=3
)
STANDS = Night(days(140, 170, 215, 230))
#: Tonight's evening after one on which orange was issued, by what it decides.
KINDS = {
    "raised from tomorrow 18:00 on": Night(days(170, 215, 230), order=(CITY, "red", 27, 30)),
    "prolonged": Night(days(170, 215, 230, 230, 180)),
    "lowered at once": Night(days(170, 170, 170)),
    "another warning, days later": Night((170, 215, 230, 80, 80, 80, 230, 230, 230)),
    "a county from tomorrow on": Night(days(170, 215, 230), order=(f"{CITY}/{COUNTY}", "red", 27, 30)),
    "a county at once": Night(days(170, 215, 230), order=(f"{CITY}/{COUNTY}", "red", 1, 30)),
    "another city": Night(days(170, 215, 230), days(140, 230, 230, 230)),
    "lifted": Night(days(170)),
}


#: Kinds that every run of the tests tries.
QUICK = ("raised from tomorrow 18:00 on", "another warning, days later", "a county from tomorrow on", "another city")


@pytest.fixture(scope="module")
def lines(shipped: Rulebook, tmp_path_factory: pytest.TempPathFactory) -> EnterpriseList:
    """Lines of two cities whose measures differ by level."""
    head = "城市,区县,企业名称,行业,绩效等级,生产线编号,工序,SO2排放量,NOx排放量,颗粒物排放量,VOCs排放量,"
    head += "黄色预警减排措施,橙色预警减排措施,红色预警减排措施\n"
    rows = [
        f"{city},{county},{name},{industry},{grade},1,{process},{kg},{kg * 2},{kg / 4},{kg / 3:.3f},{','.join(plans)}\n"
        for city, county, name, industry, grade, process, kg, *plans in LINES
    ]
    path = tmp_path_factory.mktemp("lines") / "list.csv"
    path.write_text(head + "".join(rows), encoding="utf-8")
    return read_list(path, shipped)


@pytest.mark.parametrize(
    "kind", [kind if kind in QUICK else pytest.param(kind, marks=pytest.mark.slow) for kind in KINDS]
)
def test_figures_are_of_one_moment_whatever_a_second_evening_decides(
    shipped: Rulebook, lines: EnterpriseList, kind: str
) -> None:
    last = _told(shipped, lines, [STANDS, KINDS[kind]], only_last=True)
    later = kind.endswith("on") or kind in ("prolonged", "another warning, days later")
    (city,) = [one for one in last.in_force.cities() if one["city"] == CITY]
    assert (city["then"] is not None) == later
    if kind != "lifted":
        assert city["at"] == "2026-11-29 16:00"
    if later:
        assert (city["level"], city["since"]) == ("orange", "2026-11-29 00:00")


@pytest.mark.slow
@settings(max_examples=12, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=[*HealthCheck])
@example(nights=[STANDS, KINDS["raised from tomorrow 18:00 on"], Night(days(215, 170, 170)), Night(days(80))])
@example(nights=[Night((80, 230, 170, 80, 80, 80, 80, 230), None, (CITY, "red", 5, 24)), Night(days(80))])
@given(nights=NIGHTS)
def test_figures_are_of_one_moment_whatever_the_life(
    shipped: Rulebook, lines: EnterpriseList, nights: list[Night]
) -> None:
    _told(shipped, lines, nights)


def _told(shipped: Rulebook, lines: EnterpriseList, nights: list[Night], *, only_last: bool = False) -> Responded:
    """Evening after evening, each on record; what all tellers say of each moment is compared.  The last evening."""
    record: pd.DataFrame | None = None
    by_city: dict[str, pd.DataFrame] = {}
    with TemporaryDirectory() as folder, Ledger.writable(Path(folder) / "record.db") as ledger:
        for number, night in enumerate(nights):
            now = FIRST + pd.Timedelta(days=number)
            made = warn(night.forecast(now), shipped, now=now, active=record, floors=night.floors(now))
            record = made.record
            run = _run(lines, shipped, made)
            asked = number == len(nights) - 1 or not only_last
            if asked:
                _papers(shipped, lines, run)
            by_city |= {str(city): own for city, own in plain_texts(run.orders.table).groupby("city")}
            if len(made.table) and len(run.orders.table):
                asked = {"way": "scenario", "scenario": {"list": "list/l.csv"}}
                details: dict[str, Any] = {"decided": f"{now:%Y-%m-%d %H:%M}", "options": asked, "summaries": []}
                parts = {"warnings": record, "orders": names_apart(run.orders.table)}
                act = ledger.append("issue", Head("合成", details=details), parts).act
                if asked:
                    _of_act(shipped, ledger, act, run)
            if asked:
                _of_record(shipped, ledger, now, by_city)
    return run


def _run(lines: EnterpriseList, shipped: Rulebook, made: Warnings) -> Responded:
    cities = tuple(sorted({city for city, _ in made.graded} | set(made.segments["city"].astype("str"))))
    scenario = Scenario(title="合成", forecast="f.csv", list=lines.file, cities=cities, file="s.yaml")
    return Responded(scenario, made, decide(lines, shipped, made))


def covering(table: pd.DataFrame, at: str) -> pd.DataFrame:
    """The rows of orders that hold at a moment."""
    return table[(table["starts"] <= at) & ((table["ends"] == "") | (table["ends"] > at))]


def counted(rows: pd.DataFrame) -> dict[str, Any]:
    """What rows come to, counted apart from the program."""
    return {
        "enterprises": rows["enterprise_id"].nunique(),
        "lines": len(rows),
        "ordered": int((rows["status"] == "ordered").sum()),
        "stopped": int((rows["share"] >= 1).sum()),
        "undetermined": int((rows["status"] == "undetermined").sum()),
    } | {f"{name}_kg_d": pytest.approx(rows[f"{name}_kg_d"].sum(), abs=0.01) for name in EMISSION_FIELDS}


def flat(state: Any) -> dict[str, Any]:
    """A state as :func:`counted` has it."""
    return {name: state[name] for name in COUNTED} | {f"{name}_kg_d": kg for name, kg in state["kg"].items()}


def _papers(shipped: Rulebook, lines: EnterpriseList, run: Responded) -> None:
    """Summary, report, pack, inspection list and notice of an evening."""
    table, hour = plain_texts(run.orders.table), f"{next_full_hour(run.warnings.now):%Y-%m-%d %H:%M}"
    wanted: list[tuple[int, ...]] = []
    for state in summary(run)["in_force"]:
        own = table[table["city"] == state["city"]]
        assert state["at"] == hour or covering(own, hour).empty, "what holds at the decision is told first"
        for one in (state, state["then"]):
            if one is not None and one["lines"]:
                assert flat(one) == counted(covering(own, one["at"])), (one["at"], "summary")
                wanted.append(tuple(one[name] for name in COUNTED))
    assert _of_report(response_report(run)) == wanted, "report"
    evening = Evening(
        shipped, lines, run.warnings.table, run.orders.table, run.orders.summaries, history=run.warnings.record
    )
    decision = run.in_force.from_decision
    for pack in packs(evening, DEPARTMENTS):
        own = covering(table[table["city"] == pack.city], decision.at.get(pack.city, ""))
        if pack.ended and own.empty:
            assert pack.total.lines == 0
        elif len(own):
            said = {name: getattr(pack.total, name) for name in COUNTED}
            assert said == {name: counted(own)[name] for name in COUNTED}, "pack"
            assert pack.total.nox == kilograms(own["nox_kg_d"].sum())
        head, now = tonight(pack, evening)
        held = covering(table[table["city"] == pack.city], hour)
        if len(held):
            assert set(inspection_rows(now)["order_id"]) <= set(held["order_id"]), "what is inspected holds"
            assert sum(one.ordered for one in head.counties) == counted(held)["ordered"]
    for city in public_notice(decision, open_enterprises=0, draft=False).cities:
        own = covering(table[table["city"] == city.city], decision.at.get(city.city, ""))
        if len(own):
            assert (city.lines, city.stopped) == (len(own), counted(own)["stopped"]), "notice"


def _of_act(shipped: Rulebook, ledger: Ledger, number: int, run: Responded) -> None:
    """The pages, the evaluation and the answer about an act."""
    states = list(run.in_force.cities())
    act = ledger.act(number)
    holds = orders_in_force(ledger.orders(number, personal=False), decided_of(ledger, act))
    assert list(holds.cities()) == states
    brief = brief_of(run.orders.table, holds, [], [])
    assert list(brief.states) == state_words(states)
    told = [state["lines"] for state in states], [(one["then"] or one)["lines"] for one in states]
    for (_, groups), lines in zip(sums(holds, "county"), told, strict=False):
        assert sum(int(one["lines"]) for one in groups) == sum(lines), "page"
    answered = act_detail(ledger, number).in_force
    assert [_answer(one) for one in answered] == [flat(one) for one in states], "interface"
    assert [_answer(one.then) for one in answered if one.then] == [flat(one["then"]) for one in states if one["then"]]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("alertengine.workflow._evaluate.rulebook_of", lambda *_: shipped)
        patch.setattr("alertengine.workflow._evaluate.warned_kilograms", lambda *_: {})
        found = evaluate(ledger, number)
    assert found.states == states
    assert sum(row["lines"] for row in found.groups["county"]) == sum(told[1]), "evaluation"
    assert sum(row["stopped"] for row in found.groups["status"]) == sum(
        (one["then"] or one)["stopped"] for one in states
    )


def _of_record(shipped: Rulebook, ledger: Ledger, now: pd.Timestamp, by_city: dict[str, pd.DataFrame]) -> None:
    """The first page and the answer about a moment: the hour after the evening, and that of each next change."""
    hour = next_full_hour(now)
    answer = standing_now(ledger, hour.to_pydatetime().replace(tzinfo=ZONE))
    held = {one.city: one for one in answer.cities}
    for city, orders in by_city.items():
        if len(own := covering(orders, f"{hour:%Y-%m-%d %H:%M}")):
            assert _answer(held[city]) == counted(own), (city, "interface")
    for one in answer.cities:
        if one.then is not None and one.then.lines and one.then.at is not None:
            own = covering(by_city[one.city], f"{one.then.at:%Y-%m-%d %H:%M}")
            assert _answer(one.then) == counted(own), (one.city, "interface, what follows")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("alertengine.web.today._decide", lambda *_: None)
        page = today(ledger, shipped, hour.to_pydatetime())
    assert len(page.states) == sum(1 + (one.then is not None) for one in answer.cities)
    for city in held.values():
        if city.lines:
            assert any(
                f"{city.lines}条生产线，执行减排{city.ordered}条，全停{city.stopped}条" in said for said in page.states
            )


def _answer(state: Any) -> dict[str, Any]:
    return {name: getattr(state, name) for name in (*COUNTED, *EMISSION_FIELDS.values())}


def _of_report(page: str) -> list[tuple[int, ...]]:
    """The figures of the cards of a report that say what holds."""
    cards = re.findall(r'<section class="card"><b>.*?</section>', page, re.DOTALL)
    words = ("家企业", "条生产线", "执行减排", "全停", "依据缺失")
    found = [[re.search(rf"(?:<b[^>]*>)(\d+)</b>{word}", card) for word in words] for card in cards]
    return [tuple(int(one[1]) if one else 0 for one in card) for card in found if card[1]]
