"""Electricity against orders: what it shows, what it never shows, and how often it errs on simulated plants."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from alertengine.audit import AuditRun, audit, read_evidence
from alertengine.lists import lines_from
from alertengine.rulebook import Rulebook
from tests.audit.conftest import Auditor, daily, wave
from tests.audit.simulate import TROUBLES, electricity, orders_of

pytestmark = pytest.mark.whole

WARNING = [("2019-12-10 00:00", "2019-12-13 00:00")]


def of(run: AuditRun, column: str = "finding") -> list[Any]:
    return run.table[column].astype("object").tolist()


def around(under: list[float | None], before: int = 35, after: int = 20) -> list[float | None]:
    """Use before, under and after the warning of three days."""
    return [*wave(before), *under, *wave(after)]


FIRST = "2019-11-05"


def test_a_plant_that_stops_has_complied_and_one_that_does_not_is_doubtful(audited: Auditor) -> None:
    orders = orders_of(["A", "B"], WARNING, [1.0, 1.0])
    run = audited(orders, daily("A", FIRST, around([100, 110, 90])) + daily("B", FIRST, around([990, 1010, 980])))
    table = run.table.set_index("enterprise_id")
    assert table.loc["A", "finding"].tolist() == ["complied"] * 3
    assert table.loc["B", "finding"].tolist() == ["doubtful"] * 3
    assert set(table.loc["B", "rank"]) == {"疑似"}
    assert run.exit_status == 1
    one = table.loc["B"].iloc[0]
    assert one["baseline"] == pytest.approx(1000, rel=0.03)
    assert one["expected_fall"] == 0.75
    assert "39-electricity" in one["evidence_rules"].split(";")
    assert "weifang-electricity" in one["evidence_rules"].split(";")
    assert one["standing"] == "inferred"
    assert "千瓦时" in one["finding_text"]
    assert "现场核查" in one["consequence"]


def test_electricity_alone_never_makes_a_breach(audited: Auditor, shipped: Rulebook) -> None:
    del shipped
    orders = orders_of(["A"], WARNING, [1.0], city="阳泉市")
    run = audited(orders, daily("A", FIRST, around([5000, 5000, 5000])))
    assert set(of(run)) == {"doubtful"}
    assert set(of(run, "proposal_rank")) == {""}


def test_a_limit_expects_its_part_of_the_share(audited: Auditor) -> None:
    orders = orders_of(["A"], WARNING, [0.4])
    run = audited(orders, daily("A", FIRST, around([690, 990, 740])))
    assert of(run, "expected_fall") == [0.3] * 3
    assert of(run) == ["complied", "doubtful", "no_evidence"]
    assert "正常波动之内" in of(run, "finding_text")[2]


def test_a_gap_is_no_fall(audited: Auditor) -> None:
    run = audited(orders_of(["A"], WARNING, [1.0]), daily("A", FIRST, around([None, 100, 100])))
    assert of(run)[0] == "no_evidence"


def test_too_few_like_days_allow_no_judgement(audited: Auditor) -> None:
    rows = daily("A", "2019-12-05", around([1000, 1000, 1000], before=5))
    run = audited(orders_of(["A"], WARNING, [1.0]), rows)
    assert set(of(run)) == {"no_evidence"}


def test_a_changed_meter_is_no_fault(audited: Auditor) -> None:
    values = [*wave(35, 400), 1000, 1000, 1000, *wave(20, 1000)]
    run = audited(orders_of(["A"], WARNING, [1.0]), daily("A", FIRST, values))
    assert set(of(run)) == {"no_evidence"}
    assert "疑换表" in of(run, "finding_text")[0]


def test_a_plant_that_stood_before_has_complied_unless_it_ran_again(audited: Auditor) -> None:
    values = [*wave(20), *([50.0] * 35), 48, 52, 900, *wave(20)]
    orders = orders_of(["A"], [("2019-12-30 00:00", "2020-01-02 00:00")], [1.0])
    run = audited(orders, daily("A", FIRST, values))
    assert of(run) == ["complied", "complied", "doubtful"]
    assert "停产水平" in of(run, "finding_text")[0]


def test_a_day_ordered_in_part_is_judged_by_hours_only(audited: Auditor) -> None:
    orders = orders_of(["A"], [("2019-12-10 20:00", "2019-12-11 00:00")], [1.0])
    values = around([990, 1000, 1000])
    run = audited(orders, daily("A", FIRST, values))
    assert of(run) == ["no_evidence"]
    assert "部分时段" in of(run, "finding_text")[0]
    hours = pd.date_range(FIRST, "2019-12-15 23:00", freq="h")
    night = (hours >= "2019-12-10 20:00") & (hours < "2019-12-11")
    rows = [
        {"统一社会信用代码": "A", "时间": hour, "用电量": 4.0 if off else 40.0 + hour.hour % 3}
        for hour, off in zip(hours, night, strict=True)
    ]
    run = audited(orders, rows)
    assert of(run) == ["complied"]
    assert of(run, "observed") == [16.0]
    assert of(run, "ordered_hours") == [4.0]


def test_staggering_before_the_warning_is_not_expected_again(audited: Auditor) -> None:
    """32-permitted limits by what the rule says; a warning that asks no more asks no further fall."""
    keys = {"rules": "32-restricted", "measure_text": "限产40%（错峰生产）"}
    run = audited(orders_of(["A"], WARNING, [0.4], **keys), daily("A", FIRST, around([1000, 1000, 1000])))
    assert set(of(run)) == {"no_evidence"}
    run = audited(orders_of(["A"], WARNING, [0.7], **keys), daily("A", FIRST, around([990, 990, 990])))
    assert of(run, "expected_fall")[0] == pytest.approx(0.75 * 0.5, abs=1e-4)
    assert set(of(run)) == {"doubtful"}


def test_staggering_itself_is_held_against_the_days_before_the_season(audited: Auditor) -> None:
    orders = orders_of(["A", "B"], [("2019-11-15 00:00", "2019-11-30 00:00")], [1.0, 1.0], level="none")
    rows = daily("A", "2019-10-08", [*wave(38), *([90.0] * 15)]) + daily("B", "2019-10-08", wave(53))
    run = audited(orders, rows)
    table = run.table.set_index("enterprise_id")
    assert set(table.loc["A", "finding"]) == {"complied"}
    assert set(table.loc["B", "finding"]) == {"doubtful"}
    assert table.loc["B", "baseline_span"].tolist()[-1] == "2019-10-11..2019-11-14"


def test_lines_behind_one_meter_are_judged_together(audited: Auditor, shipped: Rulebook) -> None:
    orders = orders_of(["A"], WARNING, [1.0], lines=2)
    orders.loc[1, ["share", "status", "measure"]] = [0.0, "exempt", "exempt"]
    rows = daily("A", FIRST, around([760, 990, 1000]), 用电户号="M1")
    run = audited(orders, rows)
    assert set(of(run)) == {"no_evidence"}, "one line may run: without loads nothing can be expected of the meter"
    facts = {
        "city": "太原市",
        "enterprise_id": "A",
        "enterprise": "企业A",
        "industry": "铸造",
        "process": "熔炼",
        "meter_no": "M1",
    }
    listed = lines_from(
        [{**facts, "capacity": load, "capacity_unit": "万吨/年", "load_pct": 80} for load in (4, 8)], shipped.lists
    )
    run = audited(orders, rows, enterprises=listed)
    assert of(run, "expected_fall") == [0.25] * 3
    assert of(run, "shared_by") == [2.0] * 3
    assert of(run) == ["no_evidence", "doubtful", "doubtful"]
    assert "按各线负荷加权" in of(run, "finding_text")[1]


def test_a_meter_the_list_does_not_name_is_told_and_not_judged(audited: Auditor, shipped: Rulebook) -> None:
    facts = {"city": "太原市", "enterprise_id": "A", "enterprise": "企业A", "industry": "铸造", "process": "熔炼"}
    listed = lines_from([{**facts, "meter_no": "M1"}], shipped.lists)
    rows = daily("A", FIRST, around([100, 100, 100]), 用电户号="M1") + daily(
        "A", FIRST, around([990] * 3), 用电户号="M9"
    )
    run = audited(orders_of(["A"], WARNING, [1.0]), rows, enterprises=listed)
    assert set(of(run)) == {"complied"}
    assert any("M9" in str(problem) for problem in run.problems)


def test_a_counter_gives_use_by_its_advance(audited: Auditor) -> None:
    values = around([100, 100, 100])
    counter = np.concatenate([[5000], 5000 + np.cumsum([value or 0 for value in values])]) / 10
    counter[50:] -= counter[49]
    rows = [
        {"统一社会信用代码": "A", "表号": "1", "日期": day.date(), "表示数": reading, "倍率": 10}
        for day, reading in zip(pd.date_range(FIRST, periods=len(counter)), counter, strict=True)
    ]
    run = audited(orders_of(["A"], WARNING, [1.0]), rows)
    assert of(run) == ["complied"] * 3
    assert of(run, "observed") == pytest.approx([100] * 3)


def test_readings_that_contradict_each_other_count_as_unknown(audited: Auditor) -> None:
    rows = daily("A", FIRST, around([100, 100, 100]))
    rows.append({**rows[35], "用电量(千瓦时)": 990})
    run = audited(orders_of(["A"], WARNING, [1.0]), [*rows, rows[36]])
    assert of(run) == ["no_evidence", "complied", "complied"]
    assert len(run.problems) == 2


def test_without_a_threshold_nothing_is_judged(audited: Auditor, make_book: Any) -> None:
    run = audited(orders_of(["A"], WARNING, [1.0]), daily("A", FIRST, around([990, 990, 990])), book=make_book())
    assert set(of(run)) == {"no_evidence"}
    assert [one.code for one in run.problems] == ["evidence_judges_nothing"]


def test_what_was_not_known_then_is_not_used(audited: Auditor) -> None:
    rows = daily("A", FIRST, around([990, 990, 990]))
    run = audited(orders_of(["A"], WARNING, [1.0]), rows, known_on=pd.Timestamp("2020-01-01").date())
    assert set(of(run)) == {"no_evidence"}
    assert "没有生效的用电量阈值" in of(run, "finding_text")[0]


def test_a_day_without_any_evidence_is_said(audited: Auditor) -> None:
    run = audited(orders_of(["A", "B"], WARNING, [1.0, 1.0]), daily("A", FIRST, around([100, 100, 100])))
    other = run.table[run.table["enterprise_id"] == "B"]
    assert other["finding"].tolist() == ["no_evidence"] * 3
    assert set(other["evidence"]) == {""}


def test_an_exempt_line_is_not_audited(audited: Auditor) -> None:
    run = audited(orders_of(["A"], WARNING, [0.0]), daily("A", FIRST, around([1000] * 3)))
    assert run.table.empty
    assert run.exit_status == 0


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_precision_and_recall_on_plants_with_known_truth(tmp_path: Any, shipped: Rulebook, seed: int) -> None:
    """False accusations are counted: they stay below one in two hundred days of the obedient."""
    firms = [f"F{number:04d}" for number in range(240)]
    warnings = [
        ("2019-12-09 12:00", "2019-12-13 20:00"),
        ("2020-01-03 00:00", "2020-01-07 00:00"),
        ("2020-02-10 00:00", "2020-02-14 00:00"),
    ]
    shares = np.random.default_rng(100 + seed).choice([1.0, 0.5, 0.3, 0.2], len(firms))
    orders = orders_of(firms, warnings, shares)
    truth = electricity(orders, "2019-11-01", "2020-03-10", seed=seed)
    path = tmp_path / "power.csv"
    truth.use.to_csv(path, index=False)
    run = audit(orders, [read_evidence(path)], shipped)
    table = run.table.assign(
        obeyed=run.table["enterprise_id"].astype(str).map(truth.obeyed),
        trouble=run.table["enterprise_id"].astype(str).map(truth.trouble),
    )
    finding = table["finding"].astype(str)
    assert not (finding == "breached").any()
    innocent = table["obeyed"]
    accused = finding == "doubtful"
    assert (accused & innocent).sum() / innocent.sum() < 0.005
    assert (accused & ~innocent).sum() / accused.sum() > 0.96, "precision"
    judged = finding.isin(["doubtful", "complied"])
    running = ~innocent & judged & ~table["trouble"].isin(["idle", "holiday", "swap"])
    assert (accused & running).sum() / running.sum() > 0.9, "recall where the evidence speaks"
    stops = ~innocent & (table["share"] == 1) & (table["ordered_hours"] == 24) & (table["trouble"] == "plain")
    assert accused[stops].mean() > 0.9, "recall of full stops ignored"
    for trouble in TROUBLES:
        mine = innocent & (table["trouble"] == trouble)
        assert (accused & mine).sum() <= 0.015 * mine.sum(), trouble


def test_an_open_order_runs_until_the_evidence_ends(audited: Auditor) -> None:
    orders = orders_of(["A"], [("2019-12-10 00:00", "")], [1.0])
    run = audited(orders, daily("A", FIRST, [*wave(35), 90, 95]))
    assert run.table["day"].tolist() == ["2019-12-10", "2019-12-11"]
    assert set(of(run)) == {"complied"}


@pytest.mark.parametrize("first", ["2018-01-01", "2021-01-01"])
def test_evidence_of_another_year_says_nothing(audited: Auditor, first: str) -> None:
    run = audited(orders_of(["A"], WARNING, [1.0]), daily("A", first, wave(20)))
    assert "doubtful" not in of(run)


def test_no_orders_and_no_readings_are_no_error(audited: Auditor) -> None:
    orders = orders_of(["A"], WARNING, [1.0])
    assert audited(orders.iloc[:0], daily("A", FIRST, wave(20))).table.empty
    strangers = audited(orders, daily("Z", FIRST, wave(60)))
    assert set(of(strangers)) == {"no_evidence"}
    assert [one.code for one in strangers.problems] == ["evidence_judges_nothing"]
    assert len(strangers.notes) == 1


@pytest.mark.parametrize(
    ("listed", "said", "kinds"),
    [
        ("0012345678", "12345678", set()),  # the only one it can be: matched
        ("0012345678;012345678", "12345678", {"number_nearly"}),
        ("0012345678", "1.2345678E7", set()),
        ("0012345678", "12345678.0", set()),
    ],
)
def test_a_meter_without_its_leading_zeros(
    shipped: Rulebook, tmp_path: Path, listed: str, said: str, kinds: set[str]
) -> None:
    facts: dict[str, Any] = {
        "enterprise_id": "A", "enterprise": "合成一厂", "line_id": "1",
        "city": "太原市", "industry": "铸造", "process": "熔炼",
    }  # fmt: skip
    lines = lines_from([{**facts, "meter_no": listed}], shipped.lists)
    orders = orders_of(["A"], WARNING, [1.0])
    path = tmp_path / "use.csv"
    days = pd.date_range(FIRST, periods=58)
    values = around([990, 1010, 980])
    rows = [f"{said},{day.date()},{value}" for day, value in zip(days, values, strict=True)]
    path.write_text("\n".join(["户号,数据日期,日用电量(kWh)", *rows]), encoding="utf-8")
    run = audit(orders, [read_evidence(path)], shipped, enterprises=lines)
    assert {problem.code for problem in run.problems if problem.code} == kinds
    assert run.exit_status == 1
    if not kinds:
        assert "doubtful" in of(run)
        assert "number_zeros" in {note.code for note in run.notes}


def test_readings_under_nearly_the_name_of_a_plant_are_asked_about(shipped: Rulebook, tmp_path: Path) -> None:
    orders = orders_of(["A"], WARNING, [1.0]).assign(enterprise="合成（集团）铸造有限公司")
    path = tmp_path / "use.csv"

    def held(name: str) -> AuditRun:
        rows = [f"{name},{day.date()},1000" for day in pd.date_range(FIRST, periods=58)]
        path.write_text("\n".join(["户名,数据日期,日用电量(kWh)", *rows]), encoding="utf-8")
        return audit(orders, [read_evidence(path)], shipped)

    assert "doubtful" in of(held("合成(集团)铸造有限公司"))
    asked = held("合成集团铸造公司")
    assert [problem.code for problem in asked.problems] == ["firm_nearly"]
    assert asked.exit_status == 1
    assert [problem.code for problem in held("某商场").problems] == ["evidence_judges_nothing"]


@pytest.mark.parametrize(
    ("ends", "first", "count", "expected"),
    [
        ("2019-12-13 00:00", "2018-12-01", 30, "2019-12-10/2019-12-13"),
        ("2019-12-13 00:00", "2019-12-13", 9, "2019-12-10/2019-12-13"),
        ("", "2019-11-30", 10, "2019-12-10/"),
        ("2019-12-13 00:00", "2019-12-12", 9, None),
        ("2019-12-13 00:00", "2019-12-01", 10, None),
        ("", "2020-03-01", 9, None),
    ],
)
def test_evidence_of_another_time_than_the_orders_is_told(
    audited: Auditor, ends: str, first: str, count: int, expected: str | None
) -> None:
    run = audited(orders_of(["A"], [("2019-12-10 00:00", ends)], [1.0]), daily("A", first, wave(count)))
    said = [str(one) for one in run.problems if one.code == "evidence_elsewhen"]
    last = pd.Timestamp(first) + pd.Timedelta(days=count - 1)
    told = f"no row lies in the time of any order (found '{first}/{last.date()}'); expected {expected}"
    assert [text.partition(": ")[2] for text in said] == ([told] if expected else [])
    assert run.exit_status == 1 or not expected


OPEN, STOP, HALF, NOTHING = ("undetermined", np.nan), ("ordered", 1.0), ("ordered", 0.5), ("ordered", 0.0)
BLANK = ("ordered", np.nan)


@pytest.mark.parametrize(
    ("phases", "finding", "hours", "share"),
    [
        ({0: OPEN, 12: STOP}, "doubtful", 12, 1.0),
        ({0: BLANK, 20: STOP}, "complied", 4, 1.0),
        ({0: STOP, 12: OPEN}, "doubtful", 12, 1.0),
        ({0: HALF, 6: OPEN, 20: STOP}, "doubtful", 6, 0.5),  # the longest stretch that is known
        ({0: STOP, 4: OPEN, 20: STOP}, "complied", 4, 1.0),  # of equal ones the last
        ({0: NOTHING, 12: BLANK}, "no_evidence", 24, None),  # what is known asks nothing
        ({0: BLANK, 12: OPEN}, "no_evidence", 24, None),
        ({0: HALF, 20: STOP}, "doubtful", 24, 7 / 12),
    ],
)
@pytest.mark.parametrize("hourly", [True, False])
def test_of_a_day_known_in_part_the_known_hours_are_judged(
    audited: Auditor, phases: dict[int, tuple[str, float]], finding: str, hours: int, share: float | None, hourly: bool
) -> None:
    """A plant that stands from 20:00 on."""
    times = [f"2019-12-10 {hour:02}:00" for hour in phases]
    orders = orders_of(["A"], list(zip(times, [*times[1:], "2019-12-11 00:00"], strict=True)), [1.0])
    orders["status"], orders["share"] = zip(*phases.values(), strict=True)
    orders["measure"] = ["none" if one == 0 else "stop" for one in orders["share"]]
    orders["order_id"] = [f"A-{hour}" for hour in phases]
    night = pd.Timestamp("2019-12-10 20:00")
    rows = [
        {"统一社会信用代码": "A", "时间": at, "用电量": 4.0 if night <= at < night.ceil("D") else 41.0}
        for at in pd.date_range(FIRST, "2019-12-15 23:00", freq="h")
    ]
    whole = daily("A", FIRST, around([900.0], after=5))
    [found] = audited(orders, rows if hourly else whole).table.to_dict("records")
    if hourly:
        assert (found["finding"], found["ordered_hours"]) == (finding, hours)
        assert found["share"] == pytest.approx(share) if share is not None else np.isnan(found["share"])
    elif share is None or hours < 24:
        assert (found["finding"], found["ordered_hours"]) == ("no_evidence", 24)
