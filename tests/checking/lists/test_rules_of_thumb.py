"""The comparisons: plans with rules, plans with each other, amounts with peers, permits with the list."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from alertengine.checking import CheckRun, check_list
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import InputError
from tests.conftest import BookMaker
from tests.lists.conftest import table

from .conftest import DAY

pytestmark = pytest.mark.whole

YELLOW, ORANGE, RED = (f"{level}预警减排措施" for level in ("黄色", "橙色", "红色"))
Check = Callable[..., CheckRun]


@pytest.fixture
def check(tmp_path: Path, law: Rulebook) -> Check:
    """Checks rows that each change cells of a plain line; ``permits`` is the text of a permit file."""

    def run(*rows: dict[str, str], permits: str = "", rename: dict[str, str] | None = None) -> CheckRun:
        path = tmp_path / "list.csv"
        path.write_text(table(*rows, rename=rename), encoding="utf-8")
        beside = tmp_path / "permits.csv"
        beside.write_text(permits, encoding="utf-8")
        return check_list(law, path, DAY, permits=beside if permits else None)

    return run


def kinds(run: CheckRun, *wanted: str) -> list[str]:
    return [finding.kind for finding in run.findings if finding.kind in wanted]


CLINKER = {
    "行业": "水泥",
    "工序": "熟料",
    "绩效等级": "C",
    YELLOW: "停产50%（以生产线计）",
    ORANGE: "停产",
    RED: "停产",
}


@pytest.mark.parametrize(
    ("plans", "found"),
    [
        ({}, 0),
        ({YELLOW: "停产"}, 0),
        ({YELLOW: "限产50%"}, 0),
        ({YELLOW: "停产30%（以生产线计）"}, 1),
        ({YELLOW: "不使用国四及以下重型载货车辆运输"}, 1),
        ({YELLOW: "自主减排"}, 1),
        ({YELLOW: "看情况"}, 0),  # not read: nothing is guessed
        ({ORANGE: "按核定负荷生产"}, 1),
        ({ORANGE: "限产80%", RED: "限产90%"}, 2),
        ({YELLOW: "", ORANGE: "", RED: ""}, 0),
    ],
)
def test_plan_below_the_rule(check: Check, plans: dict[str, str], found: int) -> None:
    assert len(kinds(check({**CLINKER, **plans}), "plan_below_rule")) == found


def test_a_share_order_is_not_read_as_a_stop_of_each_line(check: Check) -> None:
    """Two lines, half to stop: each plan says half, whatever line is chosen."""
    assert kinds(check(CLINKER, CLINKER), "plan_below_rule") == []


@pytest.mark.parametrize(
    ("plans", "columns"),
    [
        (("限产30%", "限产50%", "停产"), []),
        (("停产", "限产50%", "停产"), [ORANGE]),
        (("停产", "限产50%", "限产80%"), [ORANGE, RED]),
        (("限产50%", "延长结焦时间至36小时", "停产"), []),
        (("延长结焦时间至36小时", "延长结焦时间至28小时", "停产"), [ORANGE]),
        (("停产", "停产", "延长结焦时间至48小时"), [RED]),
        (("停产", "", "限产50%"), [RED]),
        (("延长结焦时间至36小时", "自主减排", "停产"), [ORANGE]),
    ],
)
def test_a_higher_level_that_asks_less(check: Check, plans: tuple[str, str, str], columns: list[str]) -> None:
    run = check(dict(zip((YELLOW, ORANGE, RED), plans, strict=True)))
    assert sorted(f.problem.column for f in run.findings if f.kind == "plan_order") == sorted(columns)


@pytest.mark.parametrize(("yellow", "columns"), [("限产50%", [ORANGE]), ("限产20%", []), ("自主减排50%", [])])
def test_a_rule_that_asks_less_than_the_plan_of_a_lower_level(
    make_book: BookMaker, tmp_path: Path, yellow: str, columns: list[str]
) -> None:
    path = tmp_path / "list.csv"
    path.write_text(table({YELLOW: yellow, ORANGE: "", RED: "停产"}), encoding="utf-8")
    law = make_book(rules=[{"id": "r", "levels": ["orange"], "then": {"limit": 0.2}}])
    found = [f for f in check_list(law, path, DAY).findings if f.kind == "plan_order"]
    assert [(f.problem.column, f.problem.value) for f in found] == [(column, "限产20%") for column in columns]


@pytest.mark.parametrize(
    ("plan", "units", "found"),
    [
        ("停2台熔炼炉", ("3", "2"), [YELLOW]),
        ("停2台熔炼炉", ("3", "1"), []),
        ("全厂停2台熔炼炉", ("3", "2"), []),
        ("每条线停2台熔炼炉", ("3", "2"), []),
    ],
)
def test_a_number_of_machines_on_several_lines_of_one_enterprise(
    check: Check, plan: str, units: tuple[str, str], found: list[str]
) -> None:
    run = check(*({YELLOW: plan, "设备数量": count} for count in units))
    asked = [finding for finding in run.findings if finding.problem.code == "plan_number"]
    assert [finding.problem.column for finding in asked] == found
    assert [finding.lines for finding in asked] == [2] * len(found)


@pytest.mark.parametrize(
    ("grade", "plan", "found"), [("A", "停产", 1), ("A", "自主减排，限产20%", 0), ("B", "停产", 0)]
)
def test_a_stop_in_the_plan_of_a_self_directed_plant(check: Check, grade: str, plan: str, found: int) -> None:
    run = check({"绩效等级": grade, YELLOW: plan, ORANGE: "停产" if grade == "B" else plan, RED: plan})
    assert len(set(kinds(run, "a_grade_stop"))) == found


def brick(so2: str, capacity: str = "100", **more: str) -> dict[str, str]:
    return {
        "行业": "砖瓦窑",
        "工序": "焙烧",
        "SO2排放量": so2,
        "产能": capacity,
        "产能单位": "万块/年",
        YELLOW: "停产",
        **more,
    }


PEERS = [brick(str(40 + 5 * n)) for n in range(7)]


@pytest.mark.parametrize(
    ("line", "columns"),
    [
        (brick("50000"), ["SO2排放量"]),  # g for kg
        (brick("0.05"), ["SO2排放量"]),  # t for kg
        (brick("5000"), []),  # a hundredfold may be so
        (brick("0"), []),
        (brick(""), []),
        (brick("50", "100000"), ["产能"]),  # every amount is off alike: the capacity is
        (brick("50000", "100000", NOx排放量="20000", 颗粒物排放量="5000", VOCs排放量="2500"), []),  # a large plant
    ],
)
def test_a_unit_off_by_a_thousand(check: Check, line: dict[str, str], columns: list[str]) -> None:
    run = check(*PEERS, line)
    assert [finding.problem.column for finding in run.findings if finding.kind == "unit_off"] == columns


def test_few_peers_say_nothing(check: Check) -> None:
    assert kinds(check(*PEERS[:4], brick("50000")), "unit_off") == []


def test_an_unread_cell_is_told_once_and_not_as_blank_too(check: Check) -> None:
    run = check({"SO2排放量": "约10", "治理任务完成": "也许", YELLOW: "停产", ORANGE: "停产", RED: "停产"})
    at = [
        (finding.kind, finding.problem.column)
        for finding in run.findings
        if finding.problem.column in ("SO2排放量", "治理任务完成")
    ]
    assert sorted(at) == [("bad_cell", "SO2排放量"), ("bad_cell", "治理任务完成")]


@pytest.mark.parametrize("value", ["-5", "－5", "−5", " -5 "])
def test_negative_amounts(check: Check, value: str) -> None:
    assert kinds(check({"SO2排放量": value}), "negative", "bad_cell") == ["negative"]


def test_names_that_differ_only_in_spelling_are_one(check: Check) -> None:
    code = "91000000HC0000001G"
    run = check(
        {"统一社会信用代码": code, "企业名称": "合成（一）厂"}, {"统一社会信用代码": code, "企业名称": "合成(一) 厂"}
    )
    assert kinds(run, "code_two_names") == []


def test_permits_match_by_code_by_number_and_by_name(check: Check) -> None:
    first, second = "91000000HC0000001G", "91000000HC0000002K"
    rows = (
        {"统一社会信用代码": first, "企业名称": "合成一厂"},
        {"统一社会信用代码": second, "企业名称": "合成二厂"},
        {"企业名称": "合成（三）厂"},
    )
    head = "单位名称,排污许可证编号,是否涉气\n"
    held = f"合成一厂,,是\n合成二厂旧名,{second}001P,\n合成(三)厂,,是\n"
    run = check(*rows, permits=head + held + "合成污水厂,,否\n合成四厂,,是\n")
    assert [(f.kind, f.problem.value) for f in run.findings if f.kind.startswith(("permit", "listed_without"))] == [
        ("permit_not_listed", "合成四厂"),
        ("permit_differs", "合成二厂"),
    ]


def test_permits_of_other_cities_are_not_asked_for(check: Check) -> None:
    run = check({}, permits="企业名称,城市\n合成一厂,临汾\n合成远厂,太原市\n")
    assert kinds(run, "permit_not_listed", "listed_without_permit") == []


@pytest.mark.parametrize(
    ("permits", "told"),
    [
        ("临汾市,临1\n运城市,运1\n", []),
        ("运城市,运1\n临汾市,临1\n", []),
        ("运城市,运2\n临汾市,临1\n", [("permit_differs", "运1")]),
        ("临汾市,临1\n", [("listed_without_permit", "合成厂")]),
        ("运城市,运1\n", [("listed_without_permit", "合成厂")]),
        (",临1\n,运1\n", []),
        (",临1\n", [("listed_without_permit", "合成厂")]),
    ],
)
def test_a_permit_is_of_the_plant_of_its_city(check: Check, permits: str, told: list[tuple[str, str]]) -> None:
    code = "91000000HC0000001G"
    plants = ({"城市": city, "区县": "", "排污许可证编号": f"{city[0]}1"} for city in ("临汾市", "运城市"))
    held = "".join(f"{code},{row}\n" for row in permits.splitlines())
    rows = [{"统一社会信用代码": code, "企业名称": "合成厂", **plant} for plant in plants]
    run = check(*rows, permits=f"统一社会信用代码,城市,排污许可证编号\n{held}")
    found = [(f.kind, f.problem.value) for f in run.findings if f.kind.startswith(("permit_", "listed_without"))]
    assert found == told


def test_a_permit_file_without_names_is_refused(check: Check) -> None:
    with pytest.raises(InputError, match="no column of names or codes"):
        check({}, permits="城市,涉气\n临汾市,是\n")


def test_a_list_without_lines_is_refused(tmp_path: Path, law: Rulebook) -> None:
    path = tmp_path / "list.csv"
    path.write_text(table({}).splitlines()[0] + "\n", encoding="utf-8")
    with pytest.raises(InputError, match="no lines"):
        check_list(law, path, DAY)
