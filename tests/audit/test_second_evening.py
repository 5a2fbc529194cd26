"""A yellow limit, raised to a red stop, lowered to orange, lifted: what hourly evidence says of each.

The plant is synthetic; its meter scatters a little about 100 kWh an hour.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.audit.conftest import Auditor
from tests.audit.simulate import orders_of

pytestmark = pytest.mark.whole

HOURS = pd.date_range("2019-11-05", "2019-12-25 23:00", freq="h")
USE = 100 * (1 + 0.03 * np.random.default_rng(1).standard_normal(len(HOURS)))
RAISED, LOWERED, LIFTED = "2019-12-11 20:00", "2019-12-12 18:00", "2019-12-13 12:00"
PHASES = [("2019-12-10 00:00", RAISED, "yellow", 0.3), (RAISED, LOWERED, "red", 1.0), (LOWERED, LIFTED, "orange", 0.5)]
OBEYED = (("2019-12-10", RAISED, 0.7), (RAISED, LOWERED, 0.05), (LOWERED, LIFTED, 0.5))
DAYS = ["2019-12-10", "2019-12-11", "2019-12-12", "2019-12-13"]


@pytest.fixture
def orders() -> pd.DataFrame:
    tables = [orders_of(["A"], [(first, last)], [share], level=level) for first, last, level, share in PHASES]
    return pd.concat([one.assign(order_id=f"W-{n}") for n, one in enumerate(tables)], ignore_index=True)


def full(hour: pd.Timestamp) -> str:
    return f"{hour:%Y-%m-%d %H:%M}"


def ending(hour: pd.Timestamp) -> str:
    """As a program writes it that stamps an hour where it ends: 01:00 to 24:00."""
    end = hour + pd.Timedelta(hours=1)
    return f"{hour:%Y-%m-%d} 24:00" if end.hour == 0 else full(end)


def meter(
    *levels: tuple[str, str, float], unit: str = "千瓦时", size: float = 1.0, stamp: Callable[..., str] = full
) -> list[dict[str, Any]]:
    """Use by the hour; of some spans a part of the usual."""
    part = np.ones(len(HOURS))
    for first, last, level in levels:
        part[(pd.Timestamp(first) <= HOURS) & (pd.Timestamp(last) > HOURS)] = level
    return [
        {"统一社会信用代码": "A", "时间": stamp(hour), f"用电量({unit})": round(use * size, 6)}
        for hour, use in zip(HOURS, USE * part, strict=True)
    ]


def verdicts(audited: Auditor, orders: pd.DataFrame, *files: Sequence[Any]) -> dict[str, str]:
    table = audited(orders, *files).table
    return dict(zip(table["day"].astype("str"), table["finding"].astype("str"), strict=True))


@pytest.mark.parametrize(
    ("levels", "said"),
    [
        (OBEYED, "complied complied complied complied"),
        ((), "doubtful doubtful doubtful doubtful"),
        ((("2019-12-10", LIFTED, 0.7),), "complied no_evidence doubtful doubtful"),  # the raise not followed
        ((("2019-12-10", RAISED, 0.7), (RAISED, LIFTED, 0.05)), "complied complied complied complied"),
        ((("2019-12-10", LIFTED, 0.0),), "complied complied complied complied"),
    ],
)
def test_each_evening_is_judged_by_its_own_hours(
    audited: Auditor, orders: pd.DataFrame, levels: tuple[tuple[str, str, float], ...], said: str
) -> None:
    assert verdicts(audited, orders, meter(*levels)) == dict(zip(DAYS, said.split(), strict=True))


@pytest.mark.parametrize(
    "spelt", [{"stamp": ending}, {"unit": "MWh", "size": 1e-3}, {"unit": "万千瓦时", "size": 1e-4}]
)
def test_other_programs_spellings_say_the_same(audited: Auditor, orders: pd.DataFrame, spelt: dict[str, Any]) -> None:
    table, other = (audited(orders, meter(*OBEYED, **cells)).table for cells in ({}, spelt))
    assert other["finding"].tolist() == table["finding"].tolist()
    assert other["observed"].tolist() == pytest.approx(table["observed"].tolist(), abs=0.1)


@pytest.mark.parametrize(
    ("first", "last", "kept", "said"),
    [
        (RAISED, "2019-12-12 00:00", 0.2, "no_evidence"),  # 20 of 24 hours are there, of the stop none
        (RAISED, "2019-12-12 00:00", 1.0, "no_evidence"),
        ("2019-12-11 02:00", "2019-12-11 06:00", 0.7, "complied"),  # 16 of the 20 under yellow
    ],
)
def test_hours_of_one_level_do_not_stand_in_for_those_of_another(
    audited: Auditor, orders: pd.DataFrame, first: str, last: str, kept: float, said: str
) -> None:
    rows = [row for row in meter(("2019-12-10", RAISED, kept), *OBEYED[1:]) if not first <= row["时间"] < last]
    assert verdicts(audited, orders, rows)["2019-12-11"] == said


@pytest.mark.parametrize("last", ["2020-01-01", LIFTED])
def test_a_meter_at_zero_before_the_order_too_proves_nothing(audited: Auditor, orders: pd.DataFrame, last: str) -> None:
    """Standing meter or standing plant: it clears nobody, accuses nobody, and is said."""
    run = audited(orders, meter(("2019-01-01", last, 0.0)))
    assert set(run.table["finding"]) == {"no_evidence"}
    assert all("不能区分停产与计量停走" in text for text in run.table["finding_text"])
    (found,) = run.problems
    assert (found.code, dict(found.arguments)["names"]) == ("reads_zero", ("企业A",))
    assert run.exit_status == 1


def test_a_stack_at_zero_before_the_order_too_proves_nothing(audited: Auditor, orders: pd.DataFrame) -> None:
    rows = [{"统一社会信用代码": "A", "时间": full(hour), "SO2浓度": 0, "烟气流量": 0} for hour in HOURS]
    run = audited(orders, rows)
    assert set(run.table["finding"]) == {"no_evidence"}
    assert [one.code for one in run.problems] == ["reads_zero"]
    running = [{**row, "NOx浓度": 100, "烟气流量": 1000} for row in rows]
    assert "reads_zero" not in [one.code for one in audited(orders, running).problems]


@pytest.mark.parametrize(
    ("time", "finding", "order"),
    [
        ("2019-12-11 19:59", "doubtful", "W-0"),  # 未停产 where a limit held
        ("2019-12-11 20:00", "breached", "W-1"),
        ("2019-12-12 17:59", "breached", "W-1"),
        ("2019-12-12 18:00", "doubtful", "W-2"),
        ("2019-12-12", "doubtful", "W-2"),  # of the day alone: the order that asks least
        ("2019-12-13 11:59", "doubtful", "W-2"),
    ],
)
def test_an_inspection_is_held_against_the_order_of_its_hour(
    audited: Auditor, orders: pd.DataFrame, time: str, finding: str, order: str
) -> None:
    row = {"统一社会信用代码": "A", "检查时间": time, "检查结果": "未停产", "笔录编号": "一号"}
    table = audited(orders, [row]).table
    found = table[table["evidence"] == "inspection"]
    assert (found["finding"].tolist(), found["order_id"].tolist()) == ([finding], [order])


@pytest.mark.parametrize("time", ["2019-12-13", "2019-12-13 00:00", "2019-12-12 24:00"])
def test_an_inspection_without_an_hour_on_the_day_of_the_lift_is_asked_about(
    audited: Auditor, orders: pd.DataFrame, time: str
) -> None:
    row = {"统一社会信用代码": "A", "检查时间": time, "检查结果": "未停产", "笔录编号": "一号"}
    run = audited(orders, [row])
    assert "inspection" not in set(run.table["evidence"])
    assert [(one.code, one.row, one.value) for one in run.problems] == [("record_without_hour", 2, "2019-12-13")]
    assert not run.notes


@pytest.mark.parametrize(
    ("time", "within"), [("2019-12-10 00:00", 1), ("2019-12-12 24:00", 1), ("2019-12-13 11:59", 1), (LIFTED, 0)]
)
def test_a_truck_is_held_against_the_hours_of_the_ban(
    audited: Auditor, orders: pd.DataFrame, time: str, within: int
) -> None:
    row = {"统一社会信用代码": "A", "车牌号": "晋A12345", "进厂时间": time, "排放阶段": "国四", "车型": "重型货车"}
    table = audited(orders.assign(transport="清单备案措施：停止公路运输"), [row]).table
    assert table.loc[table["evidence"] == "gate", "observed"].tolist() == [float(within)]
