"""Online stack data: mass beside like days, hourly means beside caps and limits, and what the law makes of marks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from alertengine.audit import AuditRun
from alertengine.lists import lines_from
from alertengine.rulebook import Rulebook
from tests.audit.conftest import Auditor
from tests.audit.simulate import orders_of
from tests.conftest import BookMaker, document

pytestmark = pytest.mark.whole

WARNING = [("2019-12-10 00:00", "2019-12-13 00:00")]
FIRST = "2019-11-05"
DAYS = 55


def stack(firm: str, under: list[float], *, level: float = 40.0, seed: int = 0, **columns: Any) -> list[dict[str, Any]]:
    """Hours of one stack: SO2 in mg/m³ and flow; ``under``: the flow of the warned days as a share of the usual."""
    rng = np.random.default_rng(seed)
    hours = pd.date_range(FIRST, periods=24 * DAYS, freq="h")
    flow = 50000 * (1 + 0.05 * rng.standard_normal(len(hours)))
    for number, share in enumerate(under):
        day = pd.Timestamp(WARNING[0][0]) + pd.Timedelta(days=number)
        flow[(hours >= day) & (hours < day + pd.Timedelta(days=1))] *= share
    return [
        {"统一社会信用代码": firm, "监测时间": hour, "SO2浓度": level, "烟气流量": round(volume), **columns}
        for hour, volume in zip(hours, flow, strict=True)
    ]


def set_hours(rows: list[dict[str, Any]], first: str, count: int, **values: Any) -> None:
    """Change some hours in place."""
    start = pd.Timestamp(first)
    for row in rows:
        if start <= row["监测时间"] < start + pd.Timedelta(hours=count):
            row.update(values)


def of(run: AuditRun, subject: str, column: str = "finding") -> list[Any]:
    return run.table.loc[run.table["subject"] == subject, column].astype("object").tolist()


def test_mass_falls_with_the_order_or_it_is_doubtful(audited: Auditor) -> None:
    orders = orders_of(["A", "B", "C"], WARNING, [1.0, 1.0, 0.5])
    run = audited(orders, stack("A", [0, 0, 0]) + stack("B", [1, 0.9, 1], seed=1) + stack("C", [0.5, 0.45, 1], seed=2))
    table = run.table[run.table["subject"] == "production"].set_index("enterprise_id")
    assert table.loc["A", "finding"].tolist() == ["complied"] * 3
    assert table.loc["B", "finding"].tolist() == ["doubtful"] * 3
    assert table.loc["C", "finding"].tolist()[1:] == ["complied", "doubtful"]
    assert set(table["unit"]) == {"kg"}
    assert not (run.table["finding"] == "breached").any(), "a change of mass only refers"


def test_hours_of_calibration_and_faults_are_not_counted(audited: Auditor) -> None:
    rows = stack("A", [0, 0, 0], 数据标记="N")
    set_hours(rows, "2019-12-10", 4, 烟气流量=90000, 数据标记="C")
    set_hours(rows, "2019-12-11", 20, 数据标记="D")
    run = audited(orders_of(["A"], WARNING, [1.0]), rows)
    assert of(run, "production") == ["complied", "no_evidence", "complied"]


def test_an_unknown_mark_is_told_and_not_used(audited: Auditor) -> None:
    rows = stack("A", [1, 0, 0], 数据标记="N")
    set_hours(rows, "2019-12-10", 24, 数据标记="怪")
    run = audited(orders_of(["A"], WARNING, [1.0]), rows)
    assert of(run, "production")[0] == "no_evidence"
    assert [problem.value for problem in run.problems] == ["怪"]


@pytest.mark.parametrize(
    ("city", "mark", "finding", "rank"),
    [
        ("太原市", "N", "breached", "违反"),  # the city's own document takes online data as a ground
        ("临汾市", "N", "doubtful", "疑似"),  # elsewhere only what was found valid
        ("临汾市", "有效", "breached", "违反"),
    ],
)
def test_over_the_limit_as_the_rules_weigh_it(audited: Auditor, city: str, mark: str, finding: str, rank: str) -> None:
    rows = stack("A", [1, 1, 1], 数据标记=mark, SO2标准限值=50)
    set_hours(rows, "2019-12-11 05:00", 2, SO2浓度=130.0)
    run = audited(orders_of(["A"], WARNING, [0.0], city=city), rows)
    assert of(run, "emission") == ["complied", finding, "complied"]
    assert of(run, "emission", "rank")[1] == rank
    assert of(run, "emission", "observed")[1] == 130
    text = of(run, "emission", "finding_text")[1]
    assert "2个小时超过标准限值" in text
    assert "2.6倍" in text
    rules = of(run, "emission", "penalty_rules")[1].split(";")
    assert {"39-penalty-twice", "39-penalty-in-warning", "39-penalty-criminal"} <= set(rules)
    proposal = of(run, "emission", "proposal_rank")[1]
    assert proposal == ("建议另案处理" if finding == "breached" else "")
    consequence = of(run, "emission", "consequence")[1]
    assert "建议停产治理" in consequence
    assert "移送涉嫌犯罪线索" in consequence, "a referral is told with what else it needs"
    assert "另需：受过行政处罚后又实施" in consequence
    assert consequence.startswith("由人决定" if finding == "breached" else "疑似，建议现场核查")


def test_less_than_twice_the_limit_is_not_twice(audited: Auditor) -> None:
    rows = stack("A", [1, 1, 1], 数据标记="有效", SO2标准限值=50)
    set_hours(rows, "2019-12-11 05:00", 2, SO2浓度=99.0)
    run = audited(orders_of(["A"], WARNING, [0.0]), rows)
    assert "39-penalty-twice" not in of(run, "emission", "penalty_rules")[1].split(";")


def test_an_hour_outside_the_order_is_not_held_against_it(audited: Auditor) -> None:
    rows = stack("A", [1, 1, 1], 数据标记="有效", SO2标准限值=50)
    set_hours(rows, "2019-12-09 23:00", 1, SO2浓度=130.0)
    set_hours(rows, "2019-12-13 00:00", 1, SO2浓度=130.0)
    run = audited(orders_of(["A"], WARNING, [0.0]), rows)
    assert set(of(run, "emission")) == {"complied"}


def test_an_ordered_cap_is_held_at_its_reference_oxygen(audited: Auditor, make_book: BookMaker) -> None:
    cap = {"id": "cap", "then": {"emission_cap": {"so2": 35}, "o2_pct": 6}, "levels": ["orange"]}
    valid = {
        "id": "online", "kind": "evidence", "evidence": "cems", "weighs": "valid", "of": ["emission"],
    }  # fmt: skip
    book = make_book(document(rules=[cap, valid]))
    orders = orders_of(
        ["A"], WARNING, [0.5], rules="cap", measure="emission_cap", measure_text="排放浓度SO₂≤35毫克/立方米（基准氧6%）"
    )
    rows = stack("A", [1, 1, 1], level=20.0, 含氧量=6.0)
    set_hours(rows, "2019-12-11 05:00", 1, 含氧量=14.0)  # 20 × 15/7 = 42.9
    run = audited(orders, rows, book=book)
    assert of(run, "emission") == ["complied", "breached", "complied"]
    assert of(run, "emission", "observed")[1] == pytest.approx(42.857, abs=1e-3)
    for row in rows:
        row.update({"含氧量": None, "SO2折算浓度": 40.0})
    run = audited(orders, rows, book=book)
    assert set(of(run, "emission")) == {"doubtful"}, "at which oxygen it was converted nobody can tell"


def test_the_stacks_of_a_line_are_added_up(audited: Auditor, shipped: Rulebook) -> None:
    facts = {"city": "太原市", "enterprise_id": "A", "enterprise": "企业A", "industry": "铸造", "process": "熔炼"}
    listed = lines_from([{**facts, "cems_no": "P1;P2"}], shipped.lists)
    rows = stack("A", [0, 0, 0], 排口编号="P1") + stack("A", [1, 1, 1], seed=3, 排口编号="P2")
    run = audited(orders_of(["A"], WARNING, [1.0]), rows, enterprises=listed)
    assert of(run, "production") == ["doubtful"] * 3
    assert of(run, "production", "observed_fall")[0] == pytest.approx(0.5, abs=0.05)
    only_one = [row for row in rows if row["排口编号"] == "P1" or row["监测时间"] < pd.Timestamp("2019-12-10")]
    run = audited(orders_of(["A"], WARNING, [1.0]), only_one, enterprises=listed)
    assert set(of(run, "production")) == {"no_evidence"}, "a sum that lacks a stack is no fall"


def test_precision_and_recall_of_mass_on_plants_with_known_truth(audited: Auditor) -> None:
    rng = np.random.default_rng(7)
    firms = [f"F{number:02d}" for number in range(40)]
    obeyed = rng.random(40) < 0.7
    shares = rng.choice([1.0, 0.5, 0.4], 40)
    rows: list[dict[str, Any]] = []
    for number, firm in enumerate(firms):
        left = 1 - shares[number] if obeyed[number] else 1.0
        own = stack(firm, [left * rng.uniform(0.9, 1.02) for _ in range(3)], seed=number)
        rows += [row for row in own if rng.random() > 0.05]
    run = audited(orders_of(firms, WARNING, shares), rows)
    table = run.table[run.table["subject"] == "production"]
    honest = table["enterprise_id"].astype(str).map(dict(zip(firms, obeyed, strict=True)))
    accused = table["finding"] == "doubtful"
    assert (accused & honest).sum() == 0
    assert accused[~honest].mean() > 0.95
