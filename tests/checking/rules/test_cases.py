"""Worked cases and lines from plain facts: which enterprise a line belongs to, one expectation for several lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from alertengine.checking import CaseRunner, read_cases
from alertengine.lists import lines_from
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import InputError, speaking

HEAD = "- name: 两条线\n  date: 2026-02-10\n  level: orange\n  lines:\n"
LINES = (
    "    - {city: 大同市, enterprise: 甲厂, industry: 制药, process: 其他, grade: A}\n"
    "    - {city: 大同市, enterprise: NAME, industry: 涂料制造, process: 其他, grade: D}\n"
)


def ids(book: Rulebook, *rows: dict[str, str]) -> list[str]:
    return lines_from(rows, book.lists)["enterprise_id"].tolist()


def test_a_name_is_the_identity_where_no_code_is_given(shipped: Rulebook) -> None:
    row = {"city": "大同市", "enterprise": "甲厂"}
    first, same, other, elsewhere, coded = ids(
        shipped,
        row,
        row,
        {**row, "enterprise": "乙厂"},
        {**row, "city": "朔州市"},
        {**row, "enterprise_id": "91140000X"},
    )
    assert first == same
    assert len({first, other, elsewhere, coded}) == 4
    assert coded == "91140000X"


def test_lines_without_a_name_are_of_one_enterprise(shipped: Rulebook) -> None:
    one, other = ids(shipped, {"city": "大同市"}, {"city": "大同市"})
    assert one == other


def run(book: Rulebook, tmp_path: Path, text: str) -> list[str]:
    file = tmp_path / "some.test.yaml"
    file.write_text(text, encoding="utf-8")
    (case,) = read_cases(file)
    return CaseRunner(book).run(case, file).differences


@pytest.mark.parametrize(("name", "grades"), [("甲厂", "DD"), ("乙厂", "AD")])
def test_the_worst_grade_is_that_of_the_enterprise_by_name(
    shipped: Rulebook, tmp_path: Path, name: str, grades: str
) -> None:
    expect = "".join(f"    - {{effective_grade: {grade}}}\n" for grade in grades)
    assert run(shipped, tmp_path, HEAD + LINES.replace("NAME", name) + "  expect:\n" + expect) == []


def test_one_expectation_is_expected_of_every_line(shipped: Rulebook, tmp_path: Path) -> None:
    text = HEAD + LINES.replace("NAME", "甲厂") + "  expect: {effective_grade: "
    assert run(shipped, tmp_path, text + "D}\n") == []
    assert len(run(shipped, tmp_path, text + "A}\n")) == 2


def test_a_list_of_expectations_is_as_long_as_the_lines(shipped: Rulebook, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="2 lines but 1 expectations"):
        run(shipped, tmp_path, HEAD + LINES + "  expect:\n    - {effective_grade: D}\n")


@pytest.mark.parametrize(
    ("expect", "known"),
    [
        ("status: orderd", "ordered, undetermined"),
        ("status: 执行减排", "ordered, undetermined"),
        ("measure: halt", "stop, limit"),
        ("measure: stop_units;emision_cap", "stop, limit"),
        ("measure: stop_units;emission_cap", ""),
        ("status: none, measure: none", ""),
    ],
)
def test_a_status_or_measure_is_one_of_the_known_words(tmp_path: Path, expect: str, known: str) -> None:
    file = tmp_path / "some.test.yaml"
    file.write_text(HEAD + LINES + f"  expect: {{{expect}}}\n", encoding="utf-8")
    if not known:
        assert len(read_cases(file)) == 1
        return
    with pytest.raises(InputError, match=f"no such word; known are {known}") as caught:
        read_cases(file)
    [problem] = caught.value.problems
    assert (problem.column, problem.value) == tuple((f"case 两条线 expect.{expect}").split(": "))
    assert "可用的有" in problem.text("zh")


def test_an_order_names_the_industry_that_is_not_on_file(shipped: Rulebook, tmp_path: Path) -> None:
    text = """
- name: 行业名称不在词表
  date: 2026-02-10
  level: orange
  lines:
    - {city: 大同市, industry: 合成新材料, process: 其他}
    - {city: 大同市, industry: 合成旧材料, process: 其他}
    - {city: 大同市, process: 其他}
  expect:
    - {hangs_on: [HANGS], remark: 行业“合成新材料”不在行业词表内，行业大类未知，须核对行业名称}
    - {hangs_on: [HANGS], remark: 行业“合成旧材料”不在行业词表内}
    - {remark: 预警措施依据缺失}
"""
    known = {"retrofit_done": "true", "stable": "true", "permit_held": "true", "permit_kept": "true"}
    facts = "".join(f", {name}: {value}" for name, value in (*known.items(), ("is_kiln", "false")))
    text = text.replace(", process: 其他", facts + ", process: 其他").replace("HANGS", "grade, industry")
    assert run(shipped, tmp_path, text) == []


@pytest.mark.parametrize(
    ("plan", "production"),
    [("停产，停止公路运输", "清单备案措施：停产"), ("停止公路运输", "清单备案措施：只列运输要求")],
)
def test_what_a_filed_plan_asks_of_vehicles_is_said_once(
    shipped: Rulebook, tmp_path: Path, plan: str, production: str
) -> None:
    facts = f"city: 大同市, industry: 制鞋, process: 其他, plan_orange: {plan}"
    head = f"- name: 备案措施\n  date: 2026-02-10\n  level: orange\n  line: {{{facts}}}\n"
    got = run(shipped, tmp_path, head + "  expect: {measure_text: 〇, transport: 〇}\n")
    assert got == [
        f"measure_text: expected 〇, got {production}",
        "transport: expected 〇, got 清单备案措施：停止公路运输",
    ]


@pytest.mark.parametrize(
    ("day", "city", "said"),
    [
        ("2026-08-14", "", ["eco-264-order does not hold", "law-96-order holds"]),
        ("2026-08-15", "", []),
        ("2026-08-15", "太原市", []),
    ],
)
def test_a_case_may_ask_which_rules_hold(
    shipped: Rulebook, tmp_path: Path, day: str, city: str, said: list[str]
) -> None:
    where = f"  city: {city}\n" if city else ""
    expect = "  expect: {in_force: [eco-264-order], not_in_force: [law-96-order]}\n"
    assert run(shipped, tmp_path, f"- name: 法典\n  date: {day}\n{where}{expect}") == said


@pytest.mark.parametrize(
    ("day", "says", "told"),
    [
        ("2026-08-15", "{eco-1229: {breach: refused_inspection, fine: {at_least_yuan: 50000}}}", []),
        (
            "2019-12-10",
            "{39-dust-250: {pollutant: pm10, hourly_ug_m3: {gt: 250}}}",
            ["39-dust-250 hourly_ug_m3: expected {'gt': 250}, got {'ge': 250.0}"],
        ),
        ("2026-08-15", "{eco-1229: {fines: 1}}", ["eco-1229 fines: expected 1, got None"]),
        ("2026-08-14", "{eco-1229: {outcome: by_law}}", ["eco-1229 does not hold"]),
        ("2026-08-15", "{nowhere: {outcome: fine}}", ["nowhere is not on file"]),
        ("2019-12-14", "{yq1912-roads: {levels: orange, humidity_below_pct: 80}}", []),
        (
            "2019-12-14",
            "{yq1912-roads: {levels: [orange, red]}}",
            ["yq1912-roads levels: expected ['orange', 'red'], got ['orange']"],
        ),
        ("2024-01-23", "{2024-6-red: {start: {all: [{above: 200, hours: 72}, {above: 300, hours: 24}]}}}", []),
    ],
)
def test_a_case_may_ask_what_rules_say(shipped: Rulebook, tmp_path: Path, day: str, says: str, told: list[str]) -> None:
    assert run(shipped, tmp_path, f"- name: 写明的数\n  date: {day}\n  expect: {{says: {says}}}\n") == told


def test_a_rule_of_another_city_does_not_hold_here(shipped: Rulebook, tmp_path: Path) -> None:
    text = "- name: 条例\n  date: 2021-01-01\n  city: 大同市\n  expect: {in_force: [lvliang-stagger, nowhere]}\n"
    assert run(shipped, tmp_path, text) == ["lvliang-stagger does not hold", "nowhere is not on file"]


@pytest.mark.parametrize(
    ("city", "told"),
    [
        ("临汾市/古县", []),  # a county stands in its city, and a rule of the county alone is met too
        ("临汾市/安泽县", ["lf2001-raise does not hold"]),
        ("临汾市", ["lf2001-raise does not hold"]),  # of the city as a whole nothing is said
        ("运城市", ["lf2001-public does not hold", "lf2001-raise does not hold"]),
        ("临汾市/古线", ["临汾市/古线"]),
        ("临粉市", ["临粉市"]),
    ],
)
def test_a_case_may_ask_of_a_county(shipped: Rulebook, tmp_path: Path, city: str, told: list[str]) -> None:
    expect = "{in_force: [lf2001-public, lf2001-raise]}"
    got = run(shipped, tmp_path, f"- name: 县\n  date: 2020-01-03\n  city: {city}\n  expect: {expect}\n")
    assert len(got) == len(told)
    assert all(part in one for part, one in zip(told, got, strict=True))


def test_a_case_of_several_days_is_a_case_a_day(tmp_path: Path) -> None:
    file = tmp_path / "some.test.yaml"
    text = "- {name: 前后, date: DAYS, expect: {in_force: [law-96-order]}}\n"
    file.write_text(text.replace("DAYS", "[2026-08-13, 2026-08-14 08:00]"), encoding="utf-8")
    cases = read_cases(file)
    assert [str(case.when) for case in cases] == ["2026-08-13 00:00:00", "2026-08-14 08:00:00"]
    assert len({case.name for case in cases}) == 2
    for days in ("[]", "[2026-08-13, 某日]"):
        file.write_text(text.replace("DAYS", days), encoding="utf-8")
        with pytest.raises(InputError, match="前后"):
            read_cases(file)


CASE = {
    "date": "2026-02-10", "level": "orange", "line": "{city: 大同市, industry: 制药}", "expect": "{status: ordered}",
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"date": "2026-02-10T08:00:00Z"}, {(2, "case 甲 date")}),
        ({"hours": "1.0e+12"}, {(6, "case 甲 hours")}),
        ({"lines": "[{city: 大同市}]"}, {(1, "case 甲")}),
        ({"expect": "{colour: red, rules: r1}"}, {(5, "case 甲 expect.colour"), (5, "case 甲 expect.rules")}),
        ({"expect": "[{colour: red}]", "level": "red"}, {(5, "case 甲 expect.0.colour")}),
    ],
)
def test_what_a_case_cannot_say_is_refused_once(
    changed: dict[str, str], told: set[tuple[int, str]], tmp_path: Path
) -> None:
    file = tmp_path / "some.test.yaml"
    lines = [f"  {key}: {value}" for key, value in {**CASE, **changed}.items()]
    file.write_text("\n".join(["- name: 甲", *lines]), encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_cases(file)
    assert {(one.row, one.column) for one in error.value.problems} == told
    assert len(error.value.problems) == len(told)
    assert not [one for one in error.value.problems if "Input" in one.words("zh")[0]]


@pytest.mark.parametrize(
    ("fact", "told"),
    [
        ("industri: 制药", "没有字段“industri”，应为清单的英文列名"),
        ("small: maybe", "“small”应为true或false，现为maybe"),
        ("city_distance_km: 近", "“city_distance_km”应为数字，现为近"),
        ("grade: E", "“grade”应为A+、A、B、B-、C、D、引领性、非引领性、未评级之一，现为E"),
    ],
)
def test_a_fact_that_no_list_holds_is_told_in_the_language_spoken(
    shipped: Rulebook, tmp_path: Path, fact: str, told: str
) -> None:
    with speaking("zh"):
        assert run(shipped, tmp_path, f"{HEAD}    - {{city: 大同市, {fact}}}\n  expect: {{status: ordered}}\n") == [
            told
        ]
