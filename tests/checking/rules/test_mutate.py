"""``rules test --mutate``: a value that no case pins down survives, one that a case pins down does not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from alertengine.checking import CaseRunner, mutate, read_cases
from alertengine.checking.rules.cases import case_files
from alertengine.checking.rules.mutants import shifts, unit
from alertengine.checking.rules.rerun_cases import Books, Rehearsal
from alertengine.cli import main
from alertengine.rulebook import Rulebook, written

pytestmark = pytest.mark.whole

BASE = Path(__file__).parent / "defects" / "base"
CLEAN = BASE.parent / "clean"
LAW = """
document: law
title: 方案
area: 山西省
valid: {from: 2020-01-01, to: 2020-12-31}
source: primary
rules:
  - id: far
    article: 一
    title: 远
    kind: measure
    level: orange
    when: {industry: 水泥}
    then: {limit: 0.30}
  - id: near
    like: far
    title: 近
    when: {city_distance_km: {le: 10}}
    then: {limit: 0.50}
"""
CASE = """
- name: {name}
  date: {day}
  level: {level}
  line: {{city: 临汾市, industry: {industry}, process: 熟料, city_distance_km: {km}}}
  expect: {{{expect}}}
"""
PINNED = [
    ("远", "2020-06-01", "orange", "水泥", "10.5", "share: 0.3, rules: [far]"),
    ("近", "2020-06-01", "orange", "水泥", "10", "share: 0.5, rules: [near], set_aside: [far]"),
    ("别的行业", "2020-06-01", "orange", "玻璃", "10", "rules: []"),
    ("黄色", "2020-06-01", "yellow", "水泥", "10", "rules: []"),
    ("红色", "2020-06-01", "red", "水泥", "10", "rules: []"),
    ("首日", "2020-01-01", "orange", "水泥", "20", "rules: [far]"),
    ("前一日", "2019-12-31", "orange", "水泥", "20", "rules: []"),
    ("末日", "2020-12-31", "orange", "水泥", "20", "rules: [far]"),
    ("后一日", "2021-01-01", "orange", "水泥", "20", "rules: []"),
]


def folder(tmp_path: Path, cases: list[tuple[str, ...]], law: str = LAW) -> Path:
    (tmp_path / "law.yaml").write_text(law, encoding="utf-8")
    keys = ("name", "day", "level", "industry", "km", "expect")
    text = "".join(CASE.format(**dict(zip(keys, case, strict=True))) for case in cases)
    (tmp_path / "law.test.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def survivors(where: Path) -> set[tuple[str, str, str]]:
    found = mutate(Rulebook.load([BASE, where], shipped=False))
    assert found.tried
    assert not found.failing
    return {(shift.where, shift.what, shift.after) for shift in found.survivors}


@pytest.mark.slow
def test_cases_on_each_side_leave_no_survivor(tmp_path: Path) -> None:
    assert survivors(folder(tmp_path, PINNED)) == set()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("without", "left"),
    [
        ("近", {("near", "when city_distance_km", "lt 10")}),
        ("远", {("near", "when city_distance_km", "le 11")}),
        ("红色", {("far", "levels", "orange red")}),
        ("末日", {("document law", "valid to", "2020-12-30")}),
        ("后一日", {("document law", "valid to", "2021-01-01")}),
        ("前一日", {("document law", "valid from", "2019-12-31")}),
        ("首日", {("document law", "valid from", "2020-01-02")}),
    ],
)
def test_each_case_left_out_lets_its_value_move(tmp_path: Path, without: str, left: set[tuple[str, str, str]]) -> None:
    assert left <= survivors(folder(tmp_path, [case for case in PINNED if case[0] != without]))


HOURS = [
    ("始前", "2020-01-01 07:00", "orange", "水泥", "20", "rules: []"),
    ("始", "2020-01-01 08:00", "orange", "水泥", "20", "rules: [far]"),
    ("末", "2020-12-31 19:00", "orange", "水泥", "20", "rules: [far]"),
    ("末后", "2020-12-31 20:00", "orange", "水泥", "20", "rules: []"),
]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("without", "left"),
    [
        ("", None),
        ("始前", ("valid from", "2020-01-01 07:00")),
        ("始", ("valid from", "2020-01-01 09:00")),
        ("末", ("valid to", "2020-12-31 19:00")),
        ("末后", ("valid to", "2020-12-31 21:00")),
    ],
)
def test_an_end_with_its_hour_moves_by_an_hour(tmp_path: Path, without: str, left: tuple[str, str] | None) -> None:
    law = LAW.replace("from: 2020-01-01, to: 2020-12-31", "from: 2020-01-01 08:00, to: 2020-12-31 20:00")
    cases = [case for case in [*PINNED[:5], *HOURS] if case[0] != without]
    where = folder(tmp_path, cases)
    (where / "law.yaml").write_text(law, encoding="utf-8")
    assert survivors(where) == ({("document law", *left)} if left else set())


@pytest.mark.slow
def test_a_weak_expectation_lets_the_share_move(tmp_path: Path) -> None:
    cases = [(*case[:5], "rules: [far]" if case[0] == "远" else case[5]) for case in PINNED]
    assert survivors(folder(tmp_path, cases)) == {("far", "then share", "0.35"), ("far", "then share", "0.25")}


@pytest.mark.parametrize("demand", ["heat", "gas", "output", "verified_load"])
def test_every_demand_has_another_beside_it(tmp_path: Path, demand: str) -> None:
    law = LAW.replace("{limit: 0.50}", f"{{demand_cap: {demand}}}")
    book = Rulebook.load([BASE, folder(tmp_path, [], law)], shipped=False)
    moved = [shift.after for shift in shifts(book, written(book)) if shift.what == "then demand"]
    assert len(moved) == 1
    assert moved[0] != demand


def test_what_is_inherited_moves_where_it_is_written(tmp_path: Path) -> None:
    book = Rulebook.load([BASE, folder(tmp_path, PINNED)], shipped=False)
    found = {(shift.where, shift.what): {rule.id for rule in shift.rules} for shift in shifts(book, written(book))}
    assert found["far", "when industry"] == {"far", "near"}
    assert found["far", "levels"] == {"far", "near"}
    assert found["document law", "valid from"] == {"far", "near"}
    assert ("near", "when industry") not in found


PHASED = """
  - id: phased
    article: 二
    title: 先停后半
    kind: measure
    level: orange
    when: {industry: 玻璃}
    then:
      - {stop: true, until_hours: UNTIL}
      - {stop_share: 0.50, by: line, after_hours: 120}
"""
DROP = """
  - id: lower
    article: 三
    title: 降一级
    kind: classification
    when: {industry: 玻璃, grade: [B, C, D]}
    then: {drop: 1}
"""


def moved(where: Path, rule: str, what: str) -> set[str]:
    book = Rulebook.load([BASE, where], shipped=False)
    return {shift.after for shift in shifts(book, written(book)) if (shift.where, shift.what) == (rule, what)}


def test_what_begins_sooner_under_a_stop_is_no_move(tmp_path: Path) -> None:
    where = folder(tmp_path, PINNED, LAW + PHASED.replace("UNTIL", "120"))
    assert moved(where, "phased", "then after_hours") == {"121.0"}
    folder(tmp_path, PINNED, LAW + PHASED.replace("UNTIL", "119"))  # an hour lies open between them
    assert moved(where, "phased", "then after_hours") == {"121.0", "119.0"}


def test_a_grade_that_a_drop_leaves_as_it_is_is_no_move(tmp_path: Path) -> None:
    where = folder(tmp_path, PINNED, LAW + DROP)
    assert {"without B", "without C"} <= moved(where, "lower", "when grade")
    assert "without D" not in moved(where, "lower", "when grade")
    folder(tmp_path, PINNED, LAW + DROP.replace("{drop: 1}", "{grade: C}"))  # set outright, a D changes too
    assert "without D" in moved(where, "lower", "when grade")


@pytest.mark.slow
def test_a_case_that_fails_anyway_proves_nothing(tmp_path: Path) -> None:
    wrong = [*PINNED, ("错", "2020-06-01", "orange", "水泥", "10", "share: 0.9")]
    found = mutate(Rulebook.load([BASE, folder(tmp_path, wrong)], shipped=False))
    assert [outcome.case.name for outcome in found.failing] == ["错"]


@pytest.mark.slow
def test_the_folder_stays_as_it_is(tmp_path: Path) -> None:
    where = folder(tmp_path, PINNED)
    book = Rulebook.load([BASE, where], shipped=False)
    before = dict(book.rules)
    mutate(book)
    assert book.rules == before
    assert (where / "law.yaml").read_text(encoding="utf-8") == LAW


@pytest.mark.slow
def test_rehearsed_cases_come_out_as_with_the_matcher() -> None:
    book = Rulebook.load([BASE, CLEAN], shipped=False)
    real, plain = CaseRunner(book), Rehearsal(Books(book))
    for path in case_files(book.folders):
        for case in read_cases(path):
            one, other = real.run(case, path), plain.run(case, path)
            assert (one.differences, one.touched) == (other.differences, other.touched)


def test_a_rule_that_other_places_continue_on_another_day_is_rehearsed_anew(tmp_path: Path) -> None:
    year = "valid: {from: 2020-01-01, to: not stated}\nconcerns: {from: 2020-01-01, to: 2020-12-31}"
    law = LAW.replace("valid: {from: 2020-01-01, to: 2020-12-31}", year) + "".join(
        f"""
  - id: {city}
    article: 二
    title: 沿用
    kind: continuation
    continues: [far, near]
    by: 市政府
    area: {city}
    valid: {{from: {day}-01-01, to: {day}-12-31}}
"""
        for city, day in (("太原市", 2021), ("临汾市", 2022))
    )
    cases = [
        ("太原沿用", "2021-06-01", "orange", "水泥", "20", "rules: []"),
        ("临汾沿用", "2022-06-01", "orange", "水泥", "20", "rules: [far]"),
    ]
    where = folder(tmp_path, cases, law)
    books = Books(Rulebook.load([BASE, where], shipped=False))
    outcomes = [Rehearsal(books).run(case, where) for case in read_cases(where / "law.test.yaml")]
    assert [outcome.differences for outcome in outcomes] == [[], []]


@pytest.mark.parametrize(("value", "step"), [(10, 1), (4.3, 0.1), (0.25, 0.01), (300, 1)])
def test_a_number_moves_by_one_in_its_last_decimal(value: float, step: float) -> None:
    assert unit(value) == pytest.approx(step)


@pytest.mark.slow
def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alertengine.rulebook.book.rules_folder", lambda: BASE)
    where = str(folder(tmp_path, PINNED[:-1]))
    told = CliRunner().invoke(main, ["rules", "test", "--mutate", "--document", "law", "--rules", where, "--json"])
    assert told.exit_code == 1
    assert json.loads(told.stdout) == [
        {"rule": "document law", "what": "valid to", "from": "2020-12-31", "to": "2021-01-01"}
    ]
    assert CliRunner().invoke(main, ["rules", "test", "--document", "none", "--rules", where]).exit_code == 2
    plain = CliRunner().invoke(main, ["rules", "test", "--document", "law", "--rules", where])
    assert (plain.exit_code, plain.stdout.strip()) == (0, "8 cases hold, 0 fail")
