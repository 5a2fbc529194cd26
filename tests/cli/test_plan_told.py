"""What ``plan``, ``check`` and ``tables map`` hand on, print and end with, from results made by hand."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pandas as pd
import pytest

from alertengine.commands import check, plan, tables
from alertengine.vocabulary import Level, speaking
from tests.cli.made import DOUBT, HINT, Stage, call, made, of, staged

DAY, KNOWN = date(2021, 1, 10), date(2020, 12, 1)


stage = staged(check, plan, tables, lists="lists")


def city_of(name: str, **certificate: Any) -> Any:
    """The plan of one city, of one level and one phase."""
    phase = {"level": "red", "starts": 0}
    lost = {"now": 1.234, "plan": 2.345, "of": 9.876, "unit": "条", "basis": "折算"}
    found = {
        "status": "closed", "requirements": [phase], "binding_phase": {}, "production_lost": lost, "proven": True,
        "bound": 1.23456, "gap": 0.5, "solver": "s", "held_back_by": [{"row": "某线"}], **certificate,
    }  # fmt: skip
    left = of(key=of(industry="砖瓦窑", process="焙烧", grade="C"), lines=3, reason="未定")
    grouping = of(groups=[1, 2], left_out=[left], reasons=lambda: {"未定": 3})
    return of(city=name, certificate=found, burden=[{"level": "red"}], grouping=grouping)


def planned(*cities: Any) -> Any:
    table = pd.DataFrame({"city": ["甲市", "甲市", "乙市"], "changed": [True, False, True], "share": [0.5, None, None]})
    return made(cities=cities, table=table, document={"document": "d"}, own_problems=[DOUBT])


@pytest.fixture
def plans(stage: Stage) -> Stage:
    """What a plan prints, each table as what it was made of."""
    for name in ("burden", "remainder", "requirements"):
        stage.patch.setattr(f"alertengine.simulation.readable_{name}", lambda rows, name=name: [{name: len(rows)}])
    stage.patch.setattr("alertengine.simulation.readable_rows", lambda table: [{"rows": list(table["city"])}])
    return stage


LOST = "损失产能：现行1.23，拟定2.35，共9.88（条，折算"
PROVEN = "已证明最省：下界1.2346，相对差距0.5（s）"


@pytest.mark.parametrize(
    ("certificate", "said", "missed", "proven"),
    [
        ({}, "缺口可补齐", False, PROVEN),
        (
            {"status": "short", "proven": False},
            "没有合规方案能补齐，下为最接近的方案",
            True,
            PROVEN.replace("已", "未", 1),
        ),
        ({"status": "nothing"}, plan._STATUS["nothing"], True, ""),
    ],
)
def test_a_plan_is_printed_city_by_city(
    plans: Stage, capsys: pytest.CaptureFixture[str], certificate: dict[str, Any], said: str, missed: bool, proven: str
) -> None:
    plan._print(planned(city_of("甲市", **certificate), city_of("乙市")), course=False)
    lines = capsys.readouterr().out.splitlines()
    first = [
        f"甲市：{said}（草案，待公示）", *["未减的排放量在哪里（千克/日）"] * missed, "未纳入3条：未定",
        *([f"{LOST}）", proven, "起约束作用：某线"] if proven else []),
    ]  # fmt: skip
    assert lines == [
        *first,
        "乙市：缺口可补齐（草案，待公示）",
        "未纳入3条：未定",
        f"{LOST}）",
        PROVEN,
        "起约束作用：某线",
    ]
    of_first = [
        {"requirements": 1},
        *[{"remainder": 1}] * missed,
        *([{"rows": ["甲市", "甲市"]}, {"burden": 1}] if proven else []),
    ]
    assert [rows for rows, _ in plans.tables] == [
        [row] for row in [*of_first, {"requirements": 1}, {"rows": ["乙市"]}, {"burden": 1}]
    ]
    assert not any(as_json for _, as_json in plans.tables)


@pytest.mark.parametrize(
    ("margin", "ends", "words"),
    [
        (0.0, 48, "0至48，SO₂余0千克/日"),
        (-12.5, None, "0起，SO₂差12.5千克/日"),
        (0.4, None, "0起，SO₂余0.4千克/日"),
    ],
)
def test_the_phase_that_binds_is_said_where_there_are_several(
    plans: Stage, capsys: pytest.CaptureFixture[str], margin: float, ends: int | None, words: str
) -> None:
    binding = {"red": {"starts": 0, "ends": ends, "pollutant": "so2", "margin_kg_d": margin}}
    phases = [{"level": "red", "starts": 0}, {"level": "red", "starts": 24}]
    city = city_of("甲市", binding_phase=binding, requirements=phases)
    city.burden = [1, 2]
    plan._print(planned(city), course=False)
    shown = capsys.readouterr().out
    assert f"红色起决定作用的阶段：{words}" in shown
    assert f"{LOST}；各级别相加）" in shown
    city.certificate["requirements"] = phases[:1] * 2
    plan._print(planned(city), course=True)
    shown = capsys.readouterr().out
    assert "起决定作用" not in shown, "one phase, two pollutants"
    assert f"{LOST}；按各段时长平均）" in shown


def test_a_plan_as_data_is_of_each_city_its_own(stage: Stage) -> None:
    first, second = plan._as_data(planned(city_of("甲市"), city_of("乙市")))
    assert (first["city"], first["document"], first["groups"], first["burden"]) == ("甲市", "d", 2, [{"level": "red"}])
    assert first["measures"] == [{"city": "甲市", "changed": True, "share": 0.5}]
    assert second["measures"] == [{"city": "乙市", "changed": True, "share": None}]
    assert first["left_out"] == [{"industry": "砖瓦窑", "process": "焙烧", "grade": "C", "lines": 3, "reason": "未定"}]


@pytest.mark.parametrize(
    ("words", "levels", "hours", "course"),
    [
        ("--level red --level yellow --hours 48", [Level.RED, Level.YELLOW], 48.0, ()),
        ("--course 'yellow:48, red:0.5'", [], None, ((Level.YELLOW, 48.0), (Level.RED, 0.5))),
    ],
)
@pytest.mark.parametrize("form", ["", " --json"])
def test_a_plan_is_asked_for(
    stage: Stage, words: str, levels: list[Level], hours: float | None, course: tuple[Any, ...], form: str
) -> None:
    from alertengine.simulation import PlanOptions

    run = planned(city_of("甲市"))
    asked, write = stage.mock("simulation.plan_list", run), stage.mock("simulation.write_plan")
    printed = Mock()
    stage.patch.setattr(plan, "_print", printed)
    more = f"--city 临汾 --totals t.csv --decisions d.csv --steps s.yaml --value 产值 --seconds 5 --known-on {KNOWN}"
    done = call(f"plan l.csv {words} --date {DAY} {more} --leave-undetermined -o p.csv --rules-out p.yaml{form}")
    assert (done.exit_code, done.stderr) == (1, f"{DOUBT}\n")
    *args, wish = asked.call_args.args
    assert args == [stage.book, Path("l.csv"), levels, DAY]
    assert wish == PlanOptions(
        "临汾", Path("t.csv"), KNOWN, Path("s.yaml"), "产值", True, 5.0, hours, course, wish.progress, Path("d.csv")
    )
    write.assert_called_once_with(run, Path("p.csv"), Path("p.yaml"))
    assert stage.tables == ([(plan._as_data(run), True)] if form else [])
    assert [one.kwargs for one in printed.call_args_list] == [{"course": bool(course)}] * (not form)


# -- check


@dataclass
class Said:
    """What is said of a finding."""

    row: int | None
    text: str
    severity: str = "error"

    def words(self, language: str) -> tuple[str, str]:
        return (self.text if language == "zh" else "bad"), ""

    def __str__(self) -> str:
        return "bad"


@dataclass
class Defect:
    """One finding of a list."""

    kind: str
    row: int | None
    text: str = "错"
    hangs_on_text: str = "停产"

    @property
    def problem(self) -> Said:
        return Said(self.row, self.text)

    def as_row(self) -> dict[str, Any]:
        return {"kind": self.kind, "行": self.row}


def checked(*findings: Defect, unusable: bool = False, needs: Any = ()) -> Any:
    counts = {one.kind: sum(other.kind == one.kind for other in findings) for one in findings}
    return of(
        findings=list(findings), counts=lambda: counts, summaries=[], needs=dict(needs), unusable=unusable, day=DAY,
        enterprises=of(file="l.csv", lines=[1, 2]), firms=2, without_lines=lambda: 1, exit_status=2 if unusable else 1,
    )  # fmt: skip


def test_defects_are_grouped_by_kind_gravest_first() -> None:
    from alertengine.vocabulary import KINDS, SEVERITY_TEXT

    mild = next(kind for kind, one in KINDS.items() if one.severity == "warning")
    grave = next(kind for kind, one in KINDS.items() if one.severity == "error")
    run = checked(Defect(mild, None), Defect(grave, 3, text="一"), Defect(grave, 5))
    rest = ("问题", "count", "first_row", "example", "影响")
    with speaking("en"):
        first, second = check.kind_rows(run)
    assert list(first) == ["severity", "kind", *rest]
    assert list(first.values()) == ["error", grave, KINDS[grave].title, 2, 3, "一", "停产"]
    assert (second["severity"], second["count"], second["first_row"]) == ("warning", 1, "")
    with speaking("zh"):
        first, _ = check.kind_rows(run)
    assert list(first) == ["severity", *rest]
    assert first["severity"] == SEVERITY_TEXT["error"]
    data = check.as_dict(run)
    assert (data["file"], data["date"], data["lines"], data["enterprises"]) == ("l.csv", "2021-01-10", 2, 2)
    assert (data["enterprises_without_lines"], data["hangs_on"], data["ratios"]) == (1, {}, [])
    assert [(one["kind"], one["count"]) for one in data["kinds"]] == [(mild, 1), (grave, 2)]
    assert data["problems"] == [one.as_row() for one in run.findings]


@pytest.mark.parametrize("unusable", [False, True])
@pytest.mark.parametrize("form", ["", " --json"])
def test_a_check_prints_writes_and_ends(stage: Stage, unusable: bool, form: str) -> None:
    run = checked(Defect("city_unknown", 3), unusable=unusable)
    asked, write = stage.mock("checking.check_list", run), stage.mock("checking.write_check")
    told = Mock()
    stage.patch.setattr(check, "tell_readings", told)
    done = call(
        f"check l.csv --permits p.csv --totals t.csv --decisions d.csv --outlines o --date {DAY} --known-on {KNOWN}"
        f" -o a.csv -o b.xlsx{form}"
    )
    assert done.exit_code == (2 if unusable else 1)
    asked.assert_called_once_with(
        stage.book, Path("l.csv"), DAY, permits=Path("p.csv"), totals=Path("t.csv"), decisions=Path("d.csv"),
        known_on=KNOWN, outlines=Path("o"),
    )  # fmt: skip
    files = [] if unusable else [(run, Path("a.csv")), (run, Path("b.xlsx"))]
    assert [one.args for one in write.call_args_list] == files
    told.assert_called_once_with(run.enterprises)
    last = (
        "the same line stands twice: no order can be given, nothing written" if unusable else "written to a.csv, b.xlsx"
    )
    counted = f"2 lines; 1 of 2 enterprises without lines; law of {DAY}"
    assert done.stderr.splitlines() == [*([] if form else ["bad"]), counted, last]
    assert [(len(rows), as_json) for rows, as_json in stage.tables] == ([] if form else [(1, False), (0, False)])
    if form:
        assert "行" in done.stdout
        assert json.loads(done.stdout) == check.as_dict(run)
    refused = call("check l.csv -o a.csv -o b.pdf")
    assert (refused.exit_code, "b.pdf" in refused.stderr) == (2, True)
    asked.assert_called_once()


# -- tables map


@dataclass
class Reading:
    """How a file was read."""

    file: str = "表.csv"

    def said(self) -> list[str]:
        return ["read as csv"]


@pytest.mark.parametrize(("refused", "problems", "status"), [(False, [], 0), (True, [], 1), (False, [DOUBT], 1)])
@pytest.mark.parametrize("form", ["", " --json"])
def test_what_is_understood_of_a_file(stage: Stage, refused: bool, problems: list[Any], status: int, form: str) -> None:
    stage.patch.setattr(
        "alertengine.workflow.words_of", lambda fields, kind: "、".join(fields) + kind if fields else ""
    )
    headings = [of(header="甲", fields=("a", "b"), unit="吨/年"), of(header="乙", fields=(), unit="")]
    found = of(kind="list", protocol=Reading(), headings=headings, problems=problems, notes=[HINT], refused=refused)
    understood = stage.mock("workflow.understand", found)
    done = call(f"tables map t.csv --as list{form}")
    assert done.exit_code == status
    told = [*([] if form else ["read as csv"]), f"note: {HINT}", *map(str, problems)]
    assert done.stderr.splitlines() == told
    rows = [
        {"表头": "甲", "字段": "a+b", "含义": "a、blist", "单位": "吨/年"},
        {"表头": "乙", "字段": "", "含义": "未读", "单位": ""},
    ]
    assert stage.tables == ([] if form else [(rows, False)])
    assert done.stdout == ('{\n  "file": "表.csv"\n}\n' if form else "")
    understood.assert_called_once_with(Path("t.csv"), "list", "lists", None)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--sheet 表", {"sheet": "表"}),
        ("--hours aqi", {"hours": "aqi"}),
        ("--field 甲=企业名称", {"fields": {"甲": "企业名称"}}),
        ("--unit 甲=吨/年", {"units": {"甲": "吨/年"}}),
        ("--value 城市=临汾市", {"values": {"城市": "临汾市"}}),
    ],
)
@pytest.mark.parametrize("save", ["", " --save 县"])
def test_what_is_said_of_a_file_is_used_and_saved(stage: Stage, words: str, said: dict[str, Any], save: str) -> None:
    profile = Mock()
    profile.model_copy.return_value = "with headers"
    validate = stage.mock("files.Profile.model_validate", profile)
    found = of(kind="forecast", protocol=None, headings=[], problems=[], notes=[], refused=False, headers=("甲",))
    understood = stage.mock("workflow.understand", found)
    kept = stage.mock("files.save_profile", Path("profiles/县.yaml"))
    done = call(f"tables map t.csv --as observed {words}{save}")
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr == ("profile saved to profiles/县.yaml\n" if save else "")
    from alertengine.workflow import SCHEMAS

    plain = {"as": SCHEMAS["observed"].kind, "sheet": "", "hours": "", "path": "县" if save else "", "fields": {},
             "units": {}, "values": {}}  # fmt: skip
    validate.assert_called_once_with(plain | said)
    understood.assert_called_once_with(Path("t.csv"), "observed", "lists", profile)
    assert [one.args for one in kept.call_args_list] == [("with headers", "县")] * bool(save)
    assert profile.model_copy.call_args_list == [((), {"update": {"headers": ("甲",)}})] * bool(save)
