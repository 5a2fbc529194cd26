"""The figures of every paper of an evening are those of what holds from its decision on, whatever the life before."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from alertengine.documents import Evening
from alertengine.documents.notice import public_notice
from alertengine.documents.pack.build import packs
from alertengine.documents.pack.departments import read_departments
from alertengine.documents.pack.night import inspection_rows
from alertengine.documents.pack.write import PACK_TEMPLATES
from alertengine.files import lists_folder
from alertengine.ledger import Head, Ledger, names_apart
from alertengine.lists import EnterpriseList, read_list
from alertengine.orders import Figures, Responded, Scenario, decide, in_force
from alertengine.report.response import response_report
from alertengine.report.response_files import summary
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import POLLUTANTS, kilograms
from alertengine.warning import Forecast, Warnings, warn
from alertengine.warning.observed_as_forecast import daily_forecast
from alertengine.web.orderrows import groups
from alertengine.workflow import evaluate, orders_in_force
from alertengine.workflow.acts_in_force import Decided

pytestmark = pytest.mark.whole

CITY = "临汾市"
DEPARTMENTS = read_departments(PACK_TEMPLATES / "departments.yaml")
#: Clean days, then a run of days of one AQI with a worse one in it, then clean days.
AIR = st.builds(
    lambda clean, bad, aqi, worse: ([80] * clean + [aqi] + [worse] * bad + [80] * 7)[:7],
    st.integers(0, 1),
    st.integers(0, 4),
    st.sampled_from([80, 230, 330]),
    st.sampled_from([170, 230, 330]),
)
ORANGE, RED = [80, 230, 230, 230, 80, 80, 80], [230, 330, 330, 330, 230, 80, 80]


@pytest.fixture(scope="module")
def lines(shipped: Rulebook, tmp_path_factory: pytest.TempPathFactory) -> EnterpriseList:
    """Twelve lines of the synthetic list, some of them undetermined."""
    table = pd.read_csv(lists_folder() / "linfen-synthetic.csv", dtype="str", keep_default_na=False)
    path = tmp_path_factory.mktemp("lines") / "list.csv"
    pd.concat([table.head(6), table.tail(6)]).to_csv(path, index=False)
    return read_list(path, shipped)


def forecast(air: list[int], evening: int) -> Forecast:
    """What is said at 15:00 of an evening of that day and the five after."""
    issued = pd.Timestamp("2021-01-03 15:00") + pd.Timedelta(days=evening)
    days = {f"{issued.normalize() + pd.Timedelta(days=day):%Y-%m-%d}": float(aqi) for day, aqi in enumerate(air)}
    return daily_forecast(CITY, days, issued)


@pytest.mark.slow
@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example(evenings=[ORANGE, RED, [*ORANGE[1:], 80], [80] * 7])
@given(evenings=st.lists(AIR, min_size=1, max_size=3))
def test_papers_page_and_evaluation_count_the_same(
    shipped: Rulebook, lines: EnterpriseList, evenings: list[list[int]]
) -> None:
    record: pd.DataFrame | None = None
    with TemporaryDirectory() as folder, Ledger.writable(Path(folder) / "record.db") as ledger:
        acts: dict[int, Figures] = {}
        for number, air in enumerate(evenings):
            night = warn(forecast(air, number), shipped, active=record)
            record = night.record
            figures, orders = _same(shipped, lines, night)
            if len(night.table):
                details = {"decided": f"{night.now:%Y-%m-%d %H:%M}", "options": {}, "summaries": []}
                parts = {"warnings": night.record, "orders": names_apart(orders)}
                acts[ledger.append("issue", Head("合成", details=details), parts).act] = figures
        for act in list(acts)[:1]:  # as it was decided, though all the later ones stand beside it
            _evaluated(shipped, ledger, act, acts[act])


def _evaluated(shipped: Rulebook, ledger: Ledger, act: int, wanted: Figures) -> None:
    """The evaluation of an act of the ledger, what it recomputes from the act's inputs aside."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("alertengine.workflow._evaluate.rulebook_of", lambda *_: shipped)
        patch.setattr("alertengine.workflow._evaluate.warned_kilograms", lambda *_: {})
        groups = evaluate(ledger, act).groups
    by_status = {row["status"]: row["lines"] for row in groups["status"]}
    counted = tuple(by_status.get(word, 0) for word in ("ordered", "undetermined", "exempt", "self_directed"))
    assert counted == (wanted.ordered, wanted.undetermined, wanted.exempt, wanted.self_directed)
    for rows in groups.values():
        assert sum(row["lines"] for row in rows) == wanted.lines
        assert sum(row["stopped"] for row in rows) == wanted.stopped
        for name in POLLUTANTS:
            assert sum(row[f"{name}_kg_d"] for row in rows) == pytest.approx(wanted.kg[name], abs=0.01)


def _same(shipped: Rulebook, lines: EnterpriseList, night: Warnings) -> tuple[Figures, pd.DataFrame]:
    """The figures of an evening, the same wherever they are told; and its orders."""
    orders = decide(lines, shipped, night)
    scenario = Scenario(title="合成", forecast="f.csv", list=lines.file, cities=(CITY,), file="s.yaml")
    run = Responded(scenario, night, orders)
    holds = run.in_force.of(CITY)
    wanted = holds.figures
    told = (wanted.enterprises, wanted.lines, wanted.ordered, wanted.stopped, wanted.undetermined)

    page = {row["city"]: row for row in summary(run)["in_force"]}
    if CITY in page:
        assert tuple(page[CITY][n] for n in ("enterprises", "lines", "ordered", "stopped", "undetermined")) == told
        assert page[CITY]["kg"] == pytest.approx(wanted.kg, abs=0.001)
        assert _of_report(response_report(run), wanted) == told
    evening = Evening(shipped, lines, night.table, orders.table, orders.summaries, history=night.record)
    for pack in packs(evening, DEPARTMENTS):
        total = pack.total
        assert (total.enterprises, total.lines, total.ordered, total.stopped, total.undetermined) == told
        assert [getattr(total, name) for name in POLLUTANTS] == [kilograms(wanted.kg[name]) for name in POLLUTANTS]
        assert sum(one.lines for one in pack.counties) == wanted.lines
    assert int((inspection_rows(holds.now)["status"] == "ordered").sum()) == wanted.ordered
    notice = public_notice(run.in_force, open_enterprises=0, draft=False)
    for city in notice.cities:
        assert (city.enterprises, city.lines, city.stopped) == (wanted.enterprises, wanted.lines, wanted.stopped)
        assert city.kg == wanted.kg
    on_record = orders_in_force(orders.table, Decided(night.record, night.now))
    assert on_record.of(CITY).figures == wanted
    assert in_force(orders.table, night.record, night.now).of(CITY).figures == wanted
    assert sum(int(one["lines"].replace(",", "")) for one in groups(holds, "county")) == wanted.lines
    return wanted, orders.table


def _of_report(page: str, wanted: Figures) -> tuple[Any, ...]:
    """The figures of the first card of a report."""
    card = page[page.index('<section class="card">') :]
    words = ("家企业", "条生产线", "执行减排", "全停", "依据缺失")
    found = [re.search(rf"(?:<b[^>]*>)(\d+)</b>{word}", card) for word in words]
    if not wanted.lines:
        return (0, 0, 0, 0, 0)
    return tuple(int(one[1]) if one else 0 for one in found)
