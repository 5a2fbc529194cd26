"""Sites, inspections and the plant's own log: what each may ground."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from alertengine.audit import AuditRun
from alertengine.audit.evidence_rules import AuditLaw
from alertengine.audit.ordered_days import spread
from alertengine.rulebook import Rulebook
from tests.audit.conftest import Auditor, daily, wave
from tests.audit.simulate import orders_of

pytestmark = pytest.mark.whole

WARNING = [("2021-12-10 00:00", "2021-12-13 00:00")]
NOTE = {"统一社会信用代码": "A", "检查时间": "2021-12-10 10:30", "检查结果": "未落实", "笔录编号": "并环笔1号"}


def of(run: AuditRun, evidence: str) -> Any:
    return run.table[run.table["evidence"] == evidence].reset_index(drop=True)


def test_one_code_in_two_cities_is_two_lines(shipped: Rulebook) -> None:
    span = [("2019-12-10 00:00", "2019-12-12 00:00")]
    orders = pd.concat([orders_of(["A"], span, [1], city=city) for city in ("太原市", "运城市")], ignore_index=True)
    duties = spread(orders, shipped, pd.Timestamp("2019-12-12"))
    assert duties.lines["city"].tolist() == ["太原市", "运城市"]
    assert duties.days["line"].tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize(("number", "held"), [(None, []), ("1", []), ("2", ["运城市"])])
def test_a_record_that_plants_in_two_cities_answer_to_is_held_against_neither(
    audited: Auditor, number: str | None, held: list[str]
) -> None:
    span = [("2019-12-10 00:00", "2019-12-12 00:00")]
    tables = [orders_of(["A"], span, [1], city=city, lines=lines) for city, lines in (("太原市", 1), ("运城市", 2))]
    said = {
        "统一社会信用代码": "A",
        "生产线编号": number,
        "检查时间": "2019-12-10 10:00",
        "检查结果": "未停产",
        "笔录编号": "一号",
    }
    run = audited(pd.concat(tables, ignore_index=True), [said])
    assert run.table.loc[run.table["finding"] == "breached", "city"].tolist() == held
    assert ("evidence_of_several_plants" in [one.code for one in run.problems]) == (not held)


def test_a_numbered_record_may_ground_a_breach(audited: Auditor) -> None:
    orders = orders_of(["A"], [("2020-12-10 00:00", "2020-12-13 00:00")], [1.0], city="阳泉市")
    table = of(audited(orders, [{**NOTE, "检查时间": "2020-12-10 10:30", "生产线编号": 1}]), "inspection")
    assert table["finding"].tolist() == ["breached"]
    assert table["rank"].tolist() == ["违反"]
    assert table["penalty_rules"][0].split(";")[0] == "131-penalty-measure"
    assert table["proposal_rank"][0] == "建议另案处理"
    assert table["evidence_rules"].tolist() == ["env-penalty-records"]


def test_without_a_rule_on_file_the_consequence_is_said_to_be_missing(audited: Auditor) -> None:
    before_the_permit_law = ("2019-12-10 00:00", "2019-12-13 00:00")
    orders = orders_of(["A"], [before_the_permit_law], [1.0], city="临汾市")
    table = of(audited(orders, [{**NOTE, "检查时间": "2019-12-10 10:30"}]), "inspection")
    assert table["consequence"][0] == "处罚依据未录入，由法制人员决定"
    assert table["proposal_rank"][0] == ""


def test_a_note_without_number_only_refers(audited: Auditor) -> None:
    table = of(
        audited(orders_of(["A"], WARNING, [1.0]), [{**NOTE, "笔录编号": None, "检查情况": "窑在转"}]), "inspection"
    )
    assert table["finding"].tolist() == ["doubtful"]
    assert "无笔录编号" in table["finding_text"][0]
    assert "窑在转" in table["finding_text"][0]


def test_what_one_plant_did_not_do_is_held_against_no_single_line(audited: Auditor) -> None:
    table = of(audited(orders_of(["A"], WARNING, [1.0], lines=3), [NOTE]), "inspection")
    assert table["line_id"].tolist() == [""]
    kept = of(audited(orders_of(["A"], WARNING, [1.0], lines=3), [{**NOTE, "检查结果": "已停产"}]), "inspection")
    assert kept["line_id"].tolist() == ["1", "2", "3"]
    assert set(kept["finding"]) == {"complied"}


def test_refusal_is_a_breach_of_its_own(audited: Auditor) -> None:
    table = of(audited(orders_of(["A"], WARNING, [1.0]), [{**NOTE, "检查结果": "拒绝检查"}]), "inspection")
    assert table["penalty_rules"].tolist() == ["law-98"]


@pytest.mark.parametrize("time", ["2021-12-09 23:59", "2021-12-13 00:00"])
def test_a_visit_outside_the_order_proves_nothing(audited: Auditor, time: str) -> None:
    run = audited(orders_of(["A"], WARNING, [1.0]), [{**NOTE, "检查时间": time}, {**NOTE, "检查结果": "已停产"}])
    assert of(run, "inspection")["finding"].tolist() == ["complied"]
    assert len(run.notes) == 1


def raised(share: float, then: float) -> pd.DataFrame:
    """One line whose order changes at 16:00 of the first day."""
    before = orders_of(["A"], [("2021-12-10 00:00", "2021-12-10 16:00")], [share])
    after = orders_of(["A"], [("2021-12-10 16:00", "2021-12-13 00:00")], [then], level="red")
    return pd.concat([before, after.assign(order_id="A-1-raised")], ignore_index=True)


@pytest.mark.parametrize(
    ("time", "result", "level", "share", "finding"),
    [
        ("2021-12-10 15:59", "未停产", "orange", 0.5, "doubtful"),  # no stop was ordered yet
        ("2021-12-10 16:00", "未停产", "red", 1.0, "breached"),
        ("2021-12-10 15:59", "未限产", "orange", 0.5, "breached"),
        ("2021-12-10 15:59", "已限产", "orange", 0.5, "complied"),
        ("2021-12-10 16:00", "已限产", "red", 1.0, "doubtful"),  # a stop was ordered
        ("2021-12-10", "未停产", "orange", 0.5, "doubtful"),  # of the day alone: what asked least of it
        ("2021-12-11 10:00", "未停产", "red", 1.0, "breached"),
    ],
)
def test_an_inspection_is_held_against_the_order_of_its_hour(
    audited: Auditor, time: str, result: str, level: str, share: float, finding: str
) -> None:
    run = audited(raised(0.5, 1.0), [{**NOTE, "检查时间": time, "检查结果": result, "生产线编号": 1}])
    (row,) = of(run, "inspection").to_dict("records")
    assert (row["level"], row["share"], row["finding"]) == (level, share, finding)
    assert (row["order_id"] == "A-1-raised") == (level == "red")


@pytest.mark.parametrize(
    ("time", "said"),
    [
        ("2021-12-11", "12月11日现场检查："),  # no hour is on record
        ("2021-12-11 10:00", "12月11日10时现场检查："),
        ("2021-12-11 00:30", "12月11日0时30分现场检查："),
    ],
)
def test_a_record_of_the_day_alone_states_no_hour(audited: Auditor, time: str, said: str) -> None:
    run = audited(raised(0.5, 1.0), [{**NOTE, "检查时间": time}])
    assert all(text.startswith(said) for text in of(run, "inspection")["finding_text"])


def test_before_a_raise_that_first_asks_something_nothing_is_held_against_a_line(audited: Auditor) -> None:
    run = audited(raised(0.0, 1.0), [{**NOTE, "检查时间": "2021-12-10 15:00", "检查结果": "未停产"}])
    assert of(run, "inspection").empty
    assert "records_without_duty" in {one.code for one in run.notes}


def test_an_unknown_result_is_a_problem_and_accuses_nobody(audited: Auditor) -> None:
    run = audited(orders_of(["A"], WARNING, [1.0]), [{**NOTE, "检查结果": "一言难尽"}])
    assert [problem.value for problem in run.problems] == ["一言难尽"]
    assert of(run, "inspection").empty
    assert set(run.table["finding"]) == {"no_evidence"}
    assert run.exit_status == 1


def test_a_breach_named_beside_an_unknown_result_still_counts(audited: Auditor) -> None:
    orders = orders_of(["A"], WARNING, [1.0])
    run = audited(orders, [{**NOTE, "检查结果": "一言难尽", "违法行为": "超标排放"}])
    assert [problem.value for problem in run.problems] == ["一言难尽"]
    (text,) = of(run, "inspection")["finding_text"]
    assert "查实超标排放" in text


@pytest.mark.parametrize(
    ("result", "share", "finding"),
    [
        ("落实到位", 1.0, "complied"),
        ("停产到位", 1.0, "complied"),
        ("限产到位", 0.5, "complied"),
        ("限产到位", 1.0, "doubtful"),  # a stop was ordered
        ("未按要求停产", 1.0, "breached"),
        ("未按要求停产", 0.5, "doubtful"),  # none was
        ("未按要求限产", 0.5, "breached"),
    ],
)
def test_results_as_inspectors_write_them(audited: Auditor, result: str, share: float, finding: str) -> None:
    run = audited(orders_of(["A"], WARNING, [share]), [{**NOTE, "检查结果": result, "生产线编号": 1}])
    assert run.problems == []
    assert of(run, "inspection")["finding"].tolist() == [finding]


def test_a_numbered_inspection_outweighs_doubt_and_both_stay(audited: Auditor) -> None:
    power = daily("A", "2021-11-05", [*wave(35), 990, 990, 990, *wave(20)])
    run = audited(orders_of(["A"], WARNING, [1.0]), power, [{**NOTE, "检查结果": "已停产"}])
    first = run.table[run.table["day"] == "2021-12-10"]
    assert sorted(first["finding"]) == ["complied", "doubtful"]
    assert set(first["conclusion"]) == {"complied"}
    assert set(run.table.loc[run.table["day"] == "2021-12-11", "conclusion"]) == {"doubtful"}


def test_the_plants_own_log_counts_where_it_admits(audited: Auditor) -> None:
    rows = [
        {"统一社会信用代码": "A", "生产线编号": 1, "日期": f"2021-12-{day}", "运行小时数": hours, "日产量": None}
        for day, hours in ((10, 20), (11, 0), (12, None))
    ]
    run = audited(orders_of(["A"], WARNING, [1.0]), rows)
    table = run.table
    assert table["finding"].tolist() == ["breached", "complied", "no_evidence"]
    assert table["rank"].tolist() == ["违反", "", ""]
    assert "不单独证明" in table["finding_text"][1]


def site(hour: int, value: float | None, working: str | None = None) -> dict[str, Any]:
    return {
        "城市": "太原市",
        "工地名称": "一号工地",
        "时间": f"2019-12-10 {hour:02d}:00",
        "PM10": value,
        "作业状态": working,
    }


@pytest.mark.parametrize(
    ("rows", "finding"),
    [
        ([site(8, 249.9), site(9, 100)], "complied"),
        ([site(8, 250), site(9, 260)], "doubtful"),
        ([site(8, 250), site(9, 120)], "complied"),
        ([site(8, 250), site(9, 120, "作业")], "doubtful"),
        ([site(8, 250), site(9, 260, "停工"), site(10, 90)], "complied"),
        ([site(8, 250), site(11, 260)], "no_evidence"),
        ([site(8, None)], "no_evidence"),
    ],
)
def test_a_site_stops_at_the_value_of_the_rule(audited: Auditor, rows: list[dict[str, Any]], finding: str) -> None:
    year_of_the_rule = [("2019-12-10 00:00", "2019-12-13 00:00")]
    table = of(audited(orders_of(["A"], year_of_the_rule, [0.0]), rows), "site_pm10")
    assert table["finding"].tolist() == [finding]
    assert table["evidence_rules"].tolist() == ["39-dust-250"]
    if finding == "doubtful":
        assert "39-penalty-dust" in table["penalty_rules"][0]
        assert table["rank"].tolist() == ["疑似"]


@pytest.mark.parametrize(("day", "finding"), [("2019-12-31", "doubtful"), ("2020-01-01", "no_evidence")])
def test_a_stop_value_past_its_year_is_told_and_judges_nothing(audited: Auditor, day: str, finding: str) -> None:
    here = {"城市": "太原市", "工地名称": "一号工地"}
    rows = [here | {"时间": f"{day} {hour}:00", "PM10": 260} for hour in ("08", "09")]
    row = of(audited(orders_of(["A"], [(f"{day} 00:00", f"{day} 23:00")], [0.0]), rows), "site_pm10").iloc[0]
    assert row["finding"] == finding
    assert ("39-penalty-dust" in row["penalty_rules"]) is (finding == "doubtful")
    assert (row["basis"] == "") is (finding == "no_evidence")
    assert ("沿用未在案，不作判断" in row["finding_text"]) is (finding == "no_evidence")


@pytest.mark.parametrize(
    ("city", "day", "needs_mark"),
    [
        ("太原市", date(2020, 12, 31), False),  # 并政发〔2018〕40号 二(一)4 is in force
        ("太原市", date(2021, 1, 1), True),
        ("忻州市", date(2020, 12, 31), True),
    ],
)
def test_an_evidence_rule_past_its_year_proves_nothing(
    shipped: Rulebook, city: str, day: date, needs_mark: bool
) -> None:
    weight = AuditLaw(shipped).weight("cems", "emission", city, "", "焦化", day)
    assert (weight.valid, weight.needs_mark) == (True, needs_mark)


def test_concentrations_in_milligrams_are_brought_to_micrograms(audited: Auditor) -> None:
    rows = [{"城市": "太原市", "工地名称": "一号工地", "时间": "2021-12-10 08:00", "PM10(mg/m3)": 0.3}]
    table = of(audited(orders_of(["A"], WARNING, [0.0]), rows), "site_pm10")
    assert table["observed"].tolist() == [300.0]


def test_an_inspected_plant_on_no_list_is_a_finding_in_words(audited: Auditor) -> None:
    def said(**cells: Any) -> list[str]:
        run = audited(orders_of(["A"], WARNING, [1.0]), [{**NOTE, **cells}])
        return [problem.value for problem in run.problems if problem.code == "inspected_off_list"]

    assert said(统一社会信用代码="漏网之厂") == ["漏网之厂"]
    assert said() == []


@pytest.mark.parametrize("spelt", ["合成Ａ（集团）有限公司", " 合成A(集团) 有限公司", "合成A（集团）有限公司"])
def test_a_plant_is_found_under_any_spelling_of_its_name(audited: Auditor, spelt: str) -> None:
    orders = orders_of(["A"], WARNING, [1.0]).assign(enterprise="合成A（集团）有限公司")
    note = {name: value for name, value in NOTE.items() if name != "统一社会信用代码"}
    run = audited(orders, [{"企业名称": spelt, **note}])
    assert of(run, "inspection")["finding"].tolist() == ["breached"]
    assert not run.problems
