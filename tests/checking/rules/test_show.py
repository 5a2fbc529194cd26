"""``rules show --list --line``: what the rules did for one line of a list."""

from __future__ import annotations

import json
import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from alertengine.checking import LineReport
from alertengine.checking.rules.evaluate_condition import Line, truth
from alertengine.checking.rules.explain_line import RuleAnswer
from alertengine.cli import main
from alertengine.engine import Facts, Matcher
from alertengine.lists import lines_from, read_list
from alertengine.rulebook import NATION, Query, Rulebook
from alertengine.vocabulary import InputError, Level

pytestmark = pytest.mark.whole

CLEAN = Path(__file__).parent / "defects" / "clean"
DAY = date(2020, 6, 1)
HEADERS = (
    "统一社会信用代码,企业名称,城市,行业,绩效等级,稳定达标,距建成区距离(公里),绿色工厂,生产线编号,工序,"
    "SO2排放量,NOx排放量,颗粒物排放量,VOCs排放量,所在名单"
)
ROWS = (
    "A1,甲水泥,临汾市,水泥,B,是,5,否,1,熟料,1,1,1,1,无",
    "A1,甲水泥,临汾市,水泥,B,是,5,否,2,粉磨,1,1,1,1,无",
    "B1,乙水泥,临汾市,水泥,A,是,,是,1,熟料,1,1,1,1,无",
    "C1,丙焦化,临汾市,焦化,B,否,20,否,1,焦炉,1,1,1,1,无",
    "D1,丁焦化,临汾市,焦化,A,是,20,否,1,焦炉,1,1,1,1,降级名单",
)


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return Rulebook.load([CLEAN.parent / "base", CLEAN], shipped=False)


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("list") / "list.csv"
    path.write_text("\n".join([HEADERS, *ROWS]), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def report(book: Rulebook, listed: Path) -> Any:
    def make(line: str, level: str = "red", day: date = DAY, hours: float = 0) -> LineReport:
        return LineReport(book, read_list(listed, book.lists), line, day, Level(level), hours)

    return make


def answer(made: LineReport, rule: str) -> RuleAnswer:
    [found] = made.answers_to(Query(rule))
    return found


def test_a_rule_that_binds(report: Any) -> None:
    found = answer(report("A1/1"), "near")
    assert (found.outcome, found.says, found.misses) == ("binds", "限产50%", ())


def test_set_aside_by_what_and_why(report: Any) -> None:
    assert (answer(report("A1/1"), "general").why, answer(report("A1/1"), "general").by) == ("less_strict", "near")
    lifted = answer(report("B1/1"), "general")
    assert (lifted.outcome, lifted.why, lifted.by) == ("set_aside", "lower_layer", "green")


def test_the_comparison_that_fails_with_the_value_found(report: Any) -> None:
    found = answer(report("A1/1"), "green")
    assert found.outcome == "fails"
    assert found.row()["misses"] == "green_factory: true, found false"
    far = answer(report("C1/1"), "near")
    assert far.row()["misses"] == "industry: 水泥, found 焦化; city_distance_km: le 10, found 20"


def test_what_is_unknown(report: Any) -> None:
    found = answer(report("B1/1"), "near")
    assert (found.outcome, found.row()["misses"]) == ("unknown", "city_distance_km: le 10, found unknown")


def test_what_a_rule_stands_on(report: Any) -> None:
    assert answer(report("C1/1"), "on-top").row()["by"] == "general"
    assert answer(report("C1/1"), "on-top").outcome == "set_aside"


@pytest.mark.parametrize(
    ("rule", "level", "day", "outcome"),
    [
        ("grid-焦炉.B-orange", "red", DAY, "other_level"),
        ("coke-2020", "none", DAY, "not_in_force"),
        ("coke-2021", "none", date(2021, 6, 1), "not_in_force"),
        ("coke-2021", "none", date(2020, 12, 1), "binds"),
    ],
)
def test_rules_not_looked_at(report: Any, rule: str, level: str, day: date, outcome: str) -> None:
    assert answer(report("C1/1", level, day), rule).outcome == outcome


def test_classification(report: Any) -> None:
    lowered = report("D1/1", "orange")
    assert answer(lowered, "lower").outcome == "binds"
    assert answer(lowered, "grid-焦炉.B-orange").outcome == "binds"
    assert "effective grade B" in lowered.summary.words("en")[0]
    assert answer(report("A1/1"), "lower").row()["misses"] == "named_lists: 降级名单, found 无"


def test_those_that_bind_come_first(report: Any) -> None:
    found = report("A1/1").answers_to(Query(None))
    assert [a.rule for a in found if a.outcome == "binds"] == ["ban", "near"]
    assert [a.outcome for a in found] == sorted(
        (a.outcome for a in found), key=["binds", "set_aside", "unknown", "fails"].index
    )


def test_the_line_by_name_or_alone(report: Any) -> None:
    assert answer(report("甲水泥/2"), "near").outcome == "binds"
    assert answer(report("C1"), "near").outcome == "fails"


@pytest.mark.parametrize("line", ["A1", "A1/3", "X", "1", ""])
def test_no_such_line(report: Any, line: str) -> None:
    with pytest.raises(InputError, match="such as A1/1"):
        report(line)


def test_truth_is_the_matchers(book: Rulebook) -> None:
    chance = random.Random(1)  # noqa: S311 -- a test, not a secret
    some: dict[str, list[object]] = {
        "industry": ["水泥", "玻璃", "焦化", "洗煤", "酿造"],
        "process": ["熟料", "焦炉"], "stable": [True, False, None],
        "city_distance_km": [5, 10, 10.5, None], "green_factory": [True, False, None], "is_kiln": [True, None],
        "named_lists": ["降级名单", "甲;降级名单", "无", None], "grade": ["A", "B", "未评级", None],
        "guarantee": ["供暖", None],
    }  # fmt: skip
    rows = [{"city": "临汾市", **{name: chance.choice(values) for name, values in some.items()}} for _ in range(60)]
    table = lines_from(rows, book.lists)
    facts = Facts(table, book.lists, DAY)
    facts = facts.with_grade(facts.text("grade"))
    rules = book.line_rules()
    matched = Matcher([(rule, frozenset({NATION})) for rule in rules]).match(facts)
    for row in range(len(table)):
        found = matched.matches[matched.index[row]]
        line = Line(facts, row)
        assert {rule.id for rule in rules if truth(rule.when, line)} == found.sure
        assert {rule.id for rule in rules if truth(rule.when, line) is None} <= {name for name, _ in found.open}


def test_the_command(listed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alertengine.rulebook.book.rules_folder", lambda: CLEAN.parent / "base")
    told = ["rules", "show", "--rules", str(CLEAN), "--list", str(listed), "--date", "2020-06-01", "--level", "red"]
    shown = CliRunner().invoke(main, [*told, "--line", "A1/1", "--json"])
    assert shown.exit_code == 1  # the codes of this list are none: a person must look
    assert {row["rule"]: row["outcome"] for row in json.loads(shown.stdout)}["near"] == "binds"
    assert CliRunner().invoke(main, [*told, "--line", "nobody"]).exit_code == 2
    assert CliRunner().invoke(main, told).exit_code == 2
    plain = CliRunner().invoke(main, [*told, "--line", "A1/1"])
    assert "further from holding not shown" in plain.stderr
    assert "near" in plain.stdout
    one = CliRunner().invoke(main, ["rules", "show", "plan", *told[2:], "--line", "A1/1"])
    assert "key_industry: false, found true" in one.stdout
