"""From evidence to ground: every penalty rule is reached by some finding, with what it needs said beside it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from alertengine.audit.evidence_rules import AuditLaw
from alertengine.audit.on_record import Records
from alertengine.ledger import Head, Ledger, names_apart
from alertengine.rulebook import PenaltyRule, Rulebook, load_rules
from alertengine.vocabulary import BREACHES
from alertengine.workflow import record_findings
from alertengine.workflow.audit_inputs import breaches_found
from alertengine.workflow.newest_names import NewestNames
from tests.audit.conftest import Auditor
from tests.audit.simulate import orders_of
from tests.ledger.conftest import orders_of as ledger_orders
from tests.ledger.findings import write_findings_of

pytestmark = pytest.mark.whole

LAW = load_rules()
PENALTIES = [rule for rule in LAW.rules_of("penalty") if isinstance(rule, PenaltyRule)]


def lines(**cells: Any) -> pd.DataFrame:
    """A list of one line of the enterprise A in 太原."""
    blank = {"city": "太原市", "decisions": None, "decision_no": None, "special_terms": None}
    return pd.DataFrame([{"enterprise_id": "A", "enterprise": "企业A", "line_id": "1", **blank, **cells}])


def day_of(rule: PenaltyRule) -> date:
    """A day on which a rule is in force."""
    first, last = rule.valid.bounds()
    return first + timedelta(days=30) if first > date.min else min(last, date(2026, 11, 28)) - timedelta(days=30)


def inspected(audited: Auditor, day: date, **cells: Any) -> Any:
    """What an inspection with a numbered record on a day of an orange warning comes to."""
    city, level, listed = cells.pop("city", "太原市"), cells.pop("level", "orange"), cells.pop("listed", None)
    orders = orders_of(["A"], [(f"{day} 00:00", f"{day + timedelta(days=1)} 00:00")], [1.0], city=city, level=level)
    listed = None if listed is None else listed.assign(city=city)
    record = {"统一社会信用代码": "A", "检查时间": f"{day} 10:30", "检查结果": "违反", "笔录编号": "1号", **cells}
    return audited(orders, [record], enterprises=listed).table.iloc[0]


@pytest.mark.parametrize("rule", PENALTIES, ids=lambda rule: rule.id)
def test_every_penalty_rule_is_reached_by_a_finding(audited: Auditor, rule: PenaltyRule) -> None:
    day = day_of(rule)
    place = min(LAW.members(rule))
    ground = BREACHES[(rule.repeat_of or (rule.breach,))[0]]
    before = ";".join(f"罚款:{ground}@{day - timedelta(days=40 + n)}..#{n}号" for n in range(2))
    said = "超标排放" if rule.breach == "over_in_warning" else BREACHES[rule.breach]
    city = place if place.endswith("市") else "太原市"
    row = inspected(audited, day, city=city, 违法行为=said, listed=lines(decisions=before, special_terms=True))
    assert rule.id in row["penalty_rules"].split(";")
    assert row["finding"] in ("breached", "doubtful")


@pytest.mark.parametrize(
    ("city", "day", "level", "said", "follows"),
    [
        ("太原市", date(2026, 8, 15), "orange", "预警期间超标排放", {"eco-1107-standard"}),
        ("太原市", date(2026, 8, 15), "orange", "责令限制生产后仍超标", {"eco-1107-standard"}),
        ("太原市", date(2023, 8, 14), "orange", "预警期间超标排放", {"law-99-over-standard"}),
        ("忻州市", date(2019, 12, 10), "orange", "超标排放", {"law-99-over-standard", "39-penalty-in-warning"}),
        ("忻州市", date(2019, 12, 10), "none", "超标排放", {"law-99-over-standard"}),
        ("阳泉市", date(2020, 12, 20), "orange", "屡罚屡犯", {"131-penalty-repeat"}),
        ("阳泉市", date(2021, 4, 1), "orange", "屡罚屡犯", set()),
    ],
)
def test_an_exceedance_is_one_whatever_more_it_is_and_a_repeat_is_what_an_inspection_says(
    audited: Auditor, city: str, day: date, level: str, said: str, follows: set[str]
) -> None:
    row = inspected(audited, day, city=city, level=level, 违法行为=said)
    ours = {"eco-1107-standard", "law-99-over-standard", "39-penalty-in-warning", "131-penalty-repeat"}
    assert ours & set(row["penalty_rules"].split(";")) == follows
    assert ("另需：此前受过处罚1次以上（在案0次）" in row["consequence"]) is ("131-penalty-repeat" in follows)


def test_a_word_that_names_no_breach_is_a_problem(audited: Auditor) -> None:
    orders = orders_of(["A"], [("2021-12-10 00:00", "2021-12-11 00:00")], [1.0])
    row = {"统一社会信用代码": "A", "检查时间": "2021-12-10 10:30", "检查结果": "违反", "违法行为": "超标排放；乱来"}
    run = audited(orders, [row])
    assert [(one.code, one.value) for one in run.problems] == [("breach_word_unknown", "乱来")]


def test_a_named_breach_needs_no_duty_of_the_day(audited: Auditor) -> None:
    orders = orders_of(["A"], [("2026-11-28 00:00", "2026-11-29 00:00")], [0.0], level="none", status="none")
    row = {"统一社会信用代码": "A", "检查时间": "2026-11-28 10:30", "检查结果": "符合", "笔录编号": "1号"}
    found = audited(orders, [{**row, "违法行为": "偷排漏排"}]).table
    assert "eco-1108" in found["penalty_rules"][0].split(";")
    assert "inspection" not in set(audited(orders, [row]).table["evidence"])


@pytest.mark.parametrize(
    ("terms", "fires", "needs"), [(True, True, "在案：清单"), (None, True, "另需：清单"), (False, False, "")]
)
def test_the_permit_rule_asks_for_the_terms_of_the_permit(
    audited: Auditor, terms: bool | None, fires: bool, needs: str
) -> None:
    row = inspected(audited, date(2026, 11, 28), 检查结果="未停产", listed=lines(special_terms=terms))
    assert ("permit-special-period" in row["penalty_rules"].split(";")) is fires
    assert f"{needs}“许可证载明特殊时段要求”为是" in row["consequence"] or not fires


REPEAT = "39-penalty-repeat"


@pytest.mark.parametrize(
    ("decided", "said"),
    [
        ("罚款:超标排放@2018-12-10..#并环罚1号", "此前12个月内已受处罚1次：并环罚1号（2018-12-10）"),
        ("罚款:超标排放@2018-12-09..#并环罚1号", None),  # a day too early
        ("罚款:超标排放@2019-12-10..#并环罚1号", None),  # of the day itself
        ("责令改正:超标排放@2019-12-01..#并环改1号", None),  # no penalty
        ("罚款:超标排放@..#并环罚1号", "此前12个月内受过处罚1次以上（在案0次，另有1件决定的日期或内容未录入）"),
        (None, None),
    ],
)
def test_repeats_within_twelve_months_are_counted(audited: Auditor, decided: str | None, said: str | None) -> None:
    row = inspected(audited, date(2019, 12, 10), 违法行为="偷排漏排", listed=lines(decisions=decided))
    assert (REPEAT in row["penalty_rules"].split(";")) is (said is not None)
    assert said is None or said in row["consequence"]


def test_a_penalty_rule_past_its_year_is_told_and_is_no_ground(shipped: Rulebook) -> None:
    law = AuditLaw(shipped)
    found = law.consequence(("refused_dust_stop",), "太原市", "", date(2026, 11, 28), "orange")
    assert (found.rules, found.basis, found.rank) == ((), "", "")
    assert found.text.startswith("处罚依据未录入，由法制人员决定；仅供参考：建议移交住房城乡建设部门依法查处")
    assert "为2019年制定" in found.text


def test_a_breach_in_the_ledger_proves_no_penalty_and_is_told(shipped: Rulebook) -> None:
    law = AuditLaw(shipped, records=Records(lines(), {("太原市", "A"): [date(2019, 11, 1)]}))
    found = law.consequence(("illicit_discharge",), "太原市", "", date(2019, 12, 10), "orange", enterprise="A")
    assert REPEAT in found.rules
    assert "台账另载违反1日，是否已受处罚须核实" in found.text
    assert REPEAT not in law.consequence(("illicit_discharge",), "太原市", "", date(2019, 12, 10), "orange").rules


def test_breaches_are_counted_from_the_findings_that_stand_in_the_ledger(tmp_path: Path) -> None:
    firm, other = "91000000HC0000001B", "91000000HC00000022"
    orders = pd.concat([ledger_orders(1, enterprise_id=one, order_id=one) for one in (firm, other)], ignore_index=True)
    line, city = str(orders["line_id"].iloc[0]), str(orders["city"].iloc[0])
    said = {
        (firm, line): {"2021-01-04": "breached", "2021-01-05": "doubtful"},
        (other, line): {"2021-01-04": "complied"},
    }
    with Ledger.writable(tmp_path / "record.db") as ledger:
        ledger.append("issue", Head("合成指令", approved_by="某局 甲"), {"orders": names_apart(orders)})
        record_findings(ledger, write_findings_of(tmp_path / "f.csv", orders, said), Head("", approved_by="某局 甲"))
        for code, names in ((firm, NewestNames()), ("91B", NewestNames(codes={(city, firm): "91B"}))):
            assert breaches_found(ledger, names) == {(city, code): [date(2021, 1, 4)]}


@pytest.mark.parametrize(("count", "rank"), [(1, "建议另案处理"), (2, "移送线索")])
def test_the_criminal_line_is_two_penalties_in_two_years_and_again(shipped: Rulebook, count: int, rank: str) -> None:
    cell = ";".join(f"罚款:预警期间超标排放@2025-0{n + 1}-05..#{n}号" for n in range(count))
    law = AuditLaw(shipped, records=Records(lines(decisions=cell)))
    where = ("太原市", "", date(2026, 11, 28))
    breach = ("over_standard", "over_in_warning")
    found = law.consequence(breach, *where, "orange", pollutant="so2", times=1.5, enterprise="A")
    assert ("crime-in-warning" in found.rules, found.rank) == (count == 2, rank)
    for pollutant, level in (("pm", "orange"), ("so2", "none")):
        other = law.consequence(breach, *where, level, pollutant=pollutant, times=1.5, enterprise="A")
        assert "crime-in-warning" not in other.rules


@pytest.mark.parametrize(("kind", "graver"), [("停产整治", True), ("罚款", False)])
def test_production_under_an_open_stop_is_a_breach_of_the_stop(audited: Auditor, kind: str, graver: bool) -> None:
    listed = lines(decisions=f"{kind}:超标排放@2026-10-01..#1号")
    row = inspected(audited, date(2026, 11, 28), 检查结果="未停产", level="none", listed=listed)
    assert ("lsd-penalty-restarted" in row["penalty_rules"].split(";")) is graver


@pytest.mark.parametrize(
    ("breach", "day", "follows", "rank"),
    [
        ("illicit_discharge", date(2026, 8, 15), {"eco-1108", "eco-1108-police", "permit-evasion"}, "移送线索"),
        ("illicit_discharge", date(2026, 8, 14), {"law-99-illicit", "env-63-evasion", "permit-evasion"}, "移送线索"),
        (
            "falsified_data",
            date(2025, 12, 31),
            {"law-99-falsified", "env-63-falsified", "permit-falsified", "crime-falsified"},
            "建议另案处理",
        ),
        ("over_after_limit", date(2026, 8, 15), {"eco-1107-standard", "lsd-penalty-after-limit"}, "建议另案处理"),
        ("no_permit", date(2021, 2, 28), {"law-99-no-permit", "env-63-no-permit"}, "建议另案处理"),
        ("no_permit", date(2021, 3, 1), {"law-99-no-permit", "env-63-no-permit", "permit-none"}, "建议另案处理"),
    ],
)
def test_what_the_statutes_of_the_day_ask(
    shipped: Rulebook, breach: str, day: date, follows: set[str], rank: str
) -> None:
    found = AuditLaw(shipped).consequence((breach,), "大同市", "", day, "none")
    assert (set(found.rules), found.rank) == (follows, rank)


@pytest.mark.parametrize(
    ("breach", "day", "once"),
    [
        ("no_permit", date(2021, 7, 14), False),
        ("no_permit", date(2021, 7, 15), True),
        ("falsified_data", date(2026, 8, 15), True),
        ("over_standard", date(2026, 8, 15), False),
        ("refused_inspection", date(2026, 8, 14), False),
    ],
)
def test_fines_of_several_articles_punish_one_act_once(shipped: Rulebook, breach: str, day: date, once: bool) -> None:
    found = AuditLaw(shipped).consequence((breach,), "大同市", "", day, "none")
    assert ("不得给予两次以上罚款" in found.text) is once
    assert ("《中华人民共和国行政处罚法》第二十九条" in found.text) is once
    assert "penalty-law-29" not in found.rules


def test_an_article_with_a_graver_degree_is_one_fine(shipped: Rulebook) -> None:
    law = AuditLaw(shipped, records=Records(lines(special_terms=True)))
    found = law.consequence(("measure_not_done",), "太原市", "", date(2026, 11, 28), "orange", enterprise="A")
    assert {"permit-special-period", "permit-special-period-grave"} <= set(found.rules)
    assert "不得给予两次以上罚款" not in found.text


def test_above_a_limit_under_an_open_order_to_limit(shipped: Rulebook) -> None:
    where = ("太原市", "", date(2019, 12, 10), "none")
    law = AuditLaw(shipped, records=Records(lines(decisions="限制生产:超标排放@2019-10-01..#1号")))
    assert "39-penalty-after-limit" in law.consequence(("over_standard",), *where, enterprise="A").rules
    assert "39-penalty-after-limit" not in law.consequence(("over_standard",), *where, enterprise="B").rules


@pytest.mark.parametrize(
    ("day", "law"), [(date(2026, 8, 14), "law-99-over-standard"), (date(2026, 8, 15), "eco-1107-standard")]
)
def test_exceedance_on_either_side_of_the_code(audited: Auditor, day: date, law: str) -> None:
    orders = orders_of(["A"], [(f"{day} 00:00", f"{day + timedelta(days=1)} 00:00")], [1.0])
    hour = {"统一社会信用代码": "A", "时间": f"{day} 10:00", "SO2浓度": 150, "SO2标准限值": 100, "数据标记": "有效"}
    table = audited(orders, [hour]).table
    row = table[table["subject"] == "emission"].iloc[0]
    named = row["penalty_rules"].split(";")
    assert [one for one in named if one.startswith(("law-99", "eco-"))] == [law]
    both = "适用违法行为发生时的法律；以后的法律较轻的，适用较轻的法律" in row["consequence"]
    assert both is (day == date(2026, 8, 14))


def test_site_work_in_a_warning_that_stops_it(audited: Auditor) -> None:
    def run(level: str, working: str) -> list[str]:
        orders = orders_of(["A"], [("2019-12-13 08:00", "2019-12-14 00:00")], [0.0], city="阳泉市", level=level)
        hours = [
            {"城市": "阳泉市", "工地名称": "一号工地", "时间": datetime(2019, 12, 13, h), "PM10": 90, "作业状态": state}
            for h, state in ((7, "作业"), (10, working))
        ]
        table = audited(orders, hours).table
        return [name for one in table["penalty_rules"] for name in one.split(";") if name == "law-121-site"]

    assert run("orange", "作业") == ["law-121-site"]
    assert run("orange", "停工") == []
    assert run("none", "作业") == []
