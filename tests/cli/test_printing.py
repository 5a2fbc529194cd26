"""What commands print and end with, from results made by hand: no list is read and no law loaded."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import fields
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import click
import pandas as pd
import pytest
from click.testing import CliRunner

from alertengine.checking.rules.explain_line import RuleAnswer
from alertengine.commands import check, common, ledgerfiles, ledgerview, lists, printing
from alertengine.commands.common import finish, guarded, tell
from alertengine.commands.printing import print_table, summary_rows, warning_rows
from alertengine.ledger import Act, Difference, Ledger
from alertengine.rulebook import Change
from alertengine.vocabulary import (
    ACTION_TEXT,
    ORDER_COLUMNS,
    VERDICT_TEXT,
    WARNING_COLUMNS,
    AlertEngineError,
    InputError,
    Problem,
    Result,
    aside,
    printed_column,
    speaking,
)
from alertengine.workflow._retention import Keep
from alertengine.workflow.ordered_hours import OrderedHours
from tests.cli.made import DOUBT, HINT, Made


class Worse(Made):
    """A result that a person must look at though nothing is wrong with an input."""

    @property
    def exit_status(self) -> int:
        """Always 1."""
        return 1


@pytest.mark.parametrize(
    ("results", "given", "status", "told", "noted"),
    [
        ([], {}, 0, 0, 0),
        ([Made()], {}, 0, 0, 0),
        ([Made(own_notes=[HINT])], {}, 0, 0, 1),
        ([], {"notes": [HINT]}, 0, 0, 1),
        ([Made(own_problems=[DOUBT])], {}, 1, 1, 0),
        ([Made(made_from=[Made(own_problems=[DOUBT], own_notes=[HINT])])], {}, 1, 1, 1),
        ([Made(own_problems=[DOUBT]), Made(own_problems=[DOUBT])], {"problems": [DOUBT]}, 1, 1, 0),
        ([Made(), Worse()], {}, 1, 0, 0),
        ([], {"problems": [DOUBT]}, 1, 1, 0),
        ([], {"status": 1}, 1, 0, 0),
        ([Made()], {"status": 2}, 2, 0, 0),
        ([Made(own_problems=[DOUBT])], {"told": [DOUBT]}, 1, 0, 0),
    ],
)
def test_how_a_command_ends(
    capsys: pytest.CaptureFixture[str], results: list[Result], given: dict[str, Any], status: int, told: int, noted: int
) -> None:
    """1 where a result or the command has a problem or says so itself; each is told once, and none that was before."""
    assert finish(*results, **given) == status
    lines = capsys.readouterr().err.splitlines()
    assert (lines.count(str(DOUBT)), lines.count(f"note: {HINT}"), len(lines)) == (told, noted, told + noted)


@pytest.mark.parametrize(("count", "shown"), [(39, 39), (40, 40), (41, 40), (45, 40)])
def test_a_long_list_of_messages_is_cut_and_counted(capsys: pytest.CaptureFixture[str], count: int, shown: int) -> None:
    tell([Problem("no_such_act", value=str(number), last=3) for number in range(count)], "note: ")
    lines = capsys.readouterr().err.splitlines()
    assert sum("no such act" in line for line in lines) == shown
    more = [f"note: and {count - shown} more of the same kind"] if count > shown else []
    assert lines[shown:] == more


@pytest.mark.parametrize(
    ("raised", "said", "status", "told"),
    [
        (None, (), None, (0, "")),
        (None, (), 1, (1, "")),
        (None, (HINT,), 0, (0, f"note: {HINT}\n")),
        (None, (DOUBT, HINT), 0, (1, f"note: {HINT}\n{DOUBT}\n")),
        (InputError([DOUBT]), (), 0, (2, f"{DOUBT}\n")),
        (InputError([DOUBT]), (HINT,), 0, (2, f"{DOUBT}\nnote: {HINT}\n")),
        (AlertEngineError("no room"), (), 0, (2, "error: no room\n")),
    ],
)
def test_what_is_said_within_a_command_and_what_it_raises(
    raised: Exception | None, said: Sequence[Problem], status: int | None, told: tuple[int, str]
) -> None:
    @click.command()
    @guarded
    def command() -> int | None:
        for one in said:
            aside(one)
        if raised is not None:
            raise raised
        return status

    done = CliRunner().invoke(command, [])
    assert (done.exit_code, done.stderr, done.stdout) == (*told, "")


def test_outside_a_command_line_nothing_is_read_with_a_profile() -> None:
    @guarded
    def command() -> None:
        return None

    with pytest.raises(SystemExit) as left:
        command()
    assert left.value.code == 0


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (
            common.DayParam(),
            {"1900-01-01": date(1900, 1, 1), "2200-12-31": date(2200, 12, 31)},
            ["1899-12-31", "2201-01-01"],
        ),
        (common.DayParam(), {date(2020, 1, 2): date(2020, 1, 2)}, ["x", "2020-02-30"]),
        (
            common.MomentParam(),
            {"2020-01-02 03:04": datetime(2020, 1, 2, 3, 4)},
            ["x", "1899-12-31", "2020-01-02T03:04Z"],
        ),
        (common.MomentParam(), {datetime(2020, 1, 2): datetime(2020, 1, 2)}, ["2201-01-01 00:00"]),
        (common.SinceParam(), {"0": 0.0, 0: 0.0, "8784": 8784.0}, ["-1", "8784.1", "nan", "inf", "x"]),
        (common.HoursParam(), {"0.5": 0.5, "8784": 8784.0}, ["0", "-1", "8784.1", "x", "nan", "inf"]),
    ],
)
def test_a_day_a_time_and_hours_have_their_bounds(kind: Any, good: dict[Any, Any], bad: list[str]) -> None:
    for said, meant in good.items():
        assert kind.convert(said, None, None) == meant
    for said in bad:
        with pytest.raises(click.BadParameter, match=re.escape(repr(said))):
            kind.convert(said, None, None)


def test_tables_are_printed_whole_or_not_at_all(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"act": 1, "title": "[b]红色[/b]", "reason": None}, {"act": 2, "title": "x" * 300, "reason": "误"}]
    print_table([], as_json=False)
    assert capsys.readouterr().out == ""
    print_table([], as_json=True)
    assert json.loads(capsys.readouterr().out) == []
    print_table(rows, as_json=True)
    shown = capsys.readouterr().out
    assert "红色" in shown, "not as escapes"
    assert json.loads(shown) == rows
    print_table(rows, as_json=False)
    shown = capsys.readouterr().out
    assert "[b]红色[/b]" in shown
    assert shown.count("x") == 300
    assert "None" not in shown
    assert max(map(len, shown.splitlines())) == 160, "as wide as a file"


def test_heads_are_in_the_language_of_the_messages(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"act": 1, "recorded_at": "x", "measure_text": "停产", "城市": "临汾市"}]
    with speaking("zh"):
        print_table(rows, as_json=False)
    assert re.findall(r"\w+", capsys.readouterr().out.splitlines()[1]) == ["记录", "记录时间", "减排措施", "城市"]
    with speaking("en"):
        print_table(rows, as_json=False)
    assert re.findall(r"\w+", capsys.readouterr().out.splitlines()[1]) == list(rows[0])


@pytest.mark.parametrize(
    "names",
    [
        [one.name for one in fields(Keep)],
        [one.name for one in fields(OrderedHours)],
        [one.name for one in fields(Change)],
        [one.name for one in fields(Act) if one.name != "head"],
        ["options", "zone", "versions", "rulebook", "list", "problems", "told", "doubts", "readings", "despite"],
        [*VERDICT_TEXT],
        [one.name for one in fields(RuleAnswer)],
        ["id", "kind", "title", "article", "number", "source"],
        [*WARNING_COLUMNS],
    ],
)
def test_every_head_has_a_chinese_name(names: list[str]) -> None:
    assert [name for name in names if re.search("[a-z]", printed_column(name))] == []


@pytest.mark.parametrize("spoken", ["zh", "en"])
def test_codes_are_in_the_language_of_the_messages(capsys: pytest.CaptureFixture[str], spoken: Any) -> None:
    row = {"level": "red", "status": "ordered", "kind": "issue", "source": "inferred", "primary": 3}
    with speaking(spoken):
        print_table([row], as_json=False, heads={"primary": "官方文本"}, codes={"kind": {"issue": "预警与指令"}})
    shown = [re.findall(r"\w+", line) for line in capsys.readouterr().out.splitlines() if re.search(r"\w", line)]
    chinese = [["预警级别", "状态", "类别", "文本性质", "官方文本"], ["红色", "执行减排", "预警与指令", "推定", "3"]]
    assert shown == (chinese if spoken == "zh" else [list(row), ["red", "ordered", "issue", "inferred", "3"]])


def test_warnings_are_printed_in_chinese_or_as_the_contract_has_them() -> None:
    said = {"city": "临汾市", "action": "issue", "level": "red", "starts": datetime(2026, 11, 29)}
    row = dict.fromkeys(WARNING_COLUMNS, "") | said | {"ends": None, "primary": None}
    (plain,) = warning_rows([row], [row])
    wanted = ("city", "counties", "action", "level", "starts", "ends", "primary", "reason")
    assert list(plain) == [WARNING_COLUMNS[name] for name in wanted]
    assert list(plain.values()) == ["临汾市", "", ACTION_TEXT["issue"], "红色", "2026年11月29日0时", "", "", ""]
    (coded,) = warning_rows([row], [row], codes=True)
    assert (coded["action"], coded["level"], coded["ends"], coded["primary"]) == ("issue", "red", "", "")
    assert list(coded) == list(WARNING_COLUMNS)


def entry(**more: Any) -> dict[str, Any]:
    """A summary of one city with a ratio for sulphur dioxide alone."""
    kg = {"so2": 1, "nox": 2, "pm": 3, "vocs": 4}
    ratio = {
        "so2": {"warning": 0.105, "with_season": 0.2, "required": 0.4, "met": "no", "basis": "某文", "margin_kg_d": -3}
    }
    return {
        "city": "临汾市", "level": "red", "date": "2021-12-10", "enterprises": 1, "lines": 2, "undetermined": 0,
        "reduced_kg_d": kg, "reduced_with_season_kg_d": kg, "whole_society_kg_d": None, "inventory_year": None,
        "ratio": ratio, **more,
    }  # fmt: skip


def test_a_summary_is_printed_with_shares_and_without_what_takes_room() -> None:
    first, second, *_ = summary_rows([entry()])
    assert (first["预警减排比例"], first["含错峰减排比例"], first["要求比例"]) == ("10.5%", "20%", "40%")
    assert (second["预警减排比例"], second["要求比例"]) == ("", "")
    assert not {"要求依据", "日期", "清单年份"} & set(first)
    (first, *_) = summary_rows([entry(whole_society_kg_d={"so2": 12345.678})])
    assert [first[f"{name}(千克/日)"] for name in ("预警减排量", "全社会排放量", "差额")] == ["1", "12,345.7", "-3"]
    assert {"城市", "污染物", "差额(千克/日)"} <= set(first)


def test_the_ratios_of_a_check_say_reached_asked_and_the_verdict() -> None:
    both = {
        "so2": {"warning": 0.105, "required": 0.4, "met": "no"},
        "nox": {"warning": 0.4, "required": 0.4, "met": "yes"},
        "pm": {"warning": None, "required": 0.4, "met": "unknown"},
        "vocs": {"warning": 0.5, "required": None, "met": ""},
    }
    run: Any = SimpleNamespace(summaries=[entry(ratio=both), entry(ratio=None), entry(ratio={}, level="yellow")])
    (row,) = check.ratio_rows(run)
    assert list(row.values()) == [
        "临汾市", "红色", "10.5% / 40% 未达到", "40% / 40% 达到", " / 40% 无法判定", "50%",
    ]  # fmt: skip


@pytest.mark.parametrize(("count", "more"), [(40, False), (41, True)])
def test_a_check_tells_the_gravest_and_counts_the_rest(
    capsys: pytest.CaptureFixture[str], count: int, more: bool
) -> None:
    class Said(SimpleNamespace):
        def __str__(self) -> str:
            return str(self.text)

    grave = [SimpleNamespace(problem=Said(severity="error", text=f"bad {number}")) for number in range(count)]
    run: Any = SimpleNamespace(findings=[SimpleNamespace(problem=Said(severity="warning", text="mild")), *grave])
    check._tell_gravest(run)
    lines = capsys.readouterr().err.splitlines()
    assert lines[:40] == [f"bad {number}" for number in range(40)]
    assert lines[40:] == (["and 1 more; -o problems.csv names them all"] if more else [])


@pytest.mark.parametrize(
    ("unusable", "outputs", "words"),
    [(True, (Path("a.csv"),), "twice"), (False, (Path("a.csv"),), "a.csv"), (False, (), "law of 2021-12-10")],
)
def test_a_check_ends_with_its_counts(
    capsys: pytest.CaptureFixture[str], unusable: bool, outputs: tuple[Path, ...], words: str
) -> None:
    lines = SimpleNamespace(lines=[1, 2, 3])
    run: Any = SimpleNamespace(
        enterprises=lines, without_lines=lambda: 1, firms=2, day="2021-12-10", needs={"grade": 2}, unusable=unusable
    )
    check._tell_counts(run, outputs)
    first, second, *last = capsys.readouterr().err.splitlines()
    assert first == "3 lines; 1 of 2 enterprises without lines; law of 2021-12-10"
    assert second == "  待核实 绩效等级：2 条生产线"
    assert len(last) == int(unusable or bool(outputs))
    assert words in (last or [first])[0]


def _order(**cells: Any) -> dict[str, Any]:
    return dict.fromkeys(ORDER_COLUMNS, "") | {"enterprise_id": "E", "flags": "no_ground", "industry": "水泥"} | cells


def test_lines_without_a_ground_are_counted_once_by_trade(capsys: pytest.CaptureFixture[str]) -> None:
    phases = [_order(line_id="1", process="熟料", starts=start) for start in ("a", "b")]
    table = pd.DataFrame([*phases, _order(line_id="2", process="粉磨"), _order(line_id="3", process="熟料")])
    printing.tell_undetermined(pd.concat([table, pd.DataFrame([_order(line_id="4", flags="ground_rule")])]))
    assert capsys.readouterr().err.splitlines() == [
        "依据缺失 3 条，须人工确定：",
        "  水泥 熟料：2 条",
        "  水泥 粉磨：1 条",
    ]
    for nothing in (table.iloc[:0], pd.DataFrame([_order(line_id="4", flags="ground_rule")])):
        printing.tell_undetermined(nothing)
        assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("doubtful", "status", "cities", "unknown", "as_json", "err", "out"),
    [
        (False, 0, [], 0, False, "不需提前告知", ""),
        (True, 0, [], 0, False, "is not judged", ""),
        (False, 1, [], 0, False, "is not judged", ""),
        (False, 0, ["临汾市"], 0, False, "可能连续多次启动橙色及以上预警：临汾市\n", "须提前告知的生产线"),
        (True, 1, ["临汾市"], 2, False, "其中 2 条生产线是否可中断未填，须核实", "合成厂"),
        (False, 0, ["临汾市"], 1, True, "其中 1 条生产线", ""),
    ],
)
def test_who_must_be_told_early(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    doubtful: bool,
    status: int,
    cities: list[str],
    unknown: int,
    as_json: bool,
    err: str,
    out: str,
) -> None:
    names = ("city", "county", "enterprise", "line", "process", "starts", "latest", "remark")
    table = pd.DataFrame([dict.fromkeys(names, "合成厂") | {"runs": 2, "remark": None}])
    table.attrs = {"cities": cities, "unknown": unknown}
    notice = Mock(return_value=table)
    monkeypatch.setattr("alertengine.warning.early_notice", notice)
    run: Any = SimpleNamespace(exit_status=status)
    book: Any = SimpleNamespace(lists="lists")
    lines = pd.DataFrame()
    printing.tell_early(run, lines, book, as_json=as_json, doubtful=doubtful)
    notice.assert_called_once_with(run, lines, "lists")
    said = capsys.readouterr()
    assert err in said.err
    assert out in said.out
    assert bool(said.out) == bool(out)
    assert ("其中" in said.err) == (unknown > 0)


@pytest.mark.parametrize(
    ("identical", "status"), [((True, True), 0), ((False, True), 1), ((True, False), 1), ((False, False), 1)]
)
def test_a_replay_that_differs_in_any_act_wants_a_person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, identical: tuple[bool, bool], status: int
) -> None:
    path = tmp_path / "record.db"
    Ledger.writable(path).close()
    acts = [SimpleNamespace(act=act) for act in (1, 2)]
    monkeypatch.setattr(Ledger, "acts", lambda _, kind=None: acts)

    def replayed(_: Ledger, act: int) -> Any:
        same = identical[act - 1]
        found = [] if same else [Difference("E", "1", "a", "share", "0.1", "0.2")]
        return SimpleNamespace(
            identical=same, differences=found, rows=3, erased=act == 2, versions={"numpy": ("1", "2")}
        )

    monkeypatch.setattr("alertengine.workflow.replay", replayed)
    done = CliRunner().invoke(ledgerview.replay, [str(path), "--json"])
    assert done.exit_code == status
    assert [row["act"] for row in json.loads(done.stdout)] == [act for act in (1, 2) if not identical[act - 1]]
    said = ["identical" if same else "1 differences: share 1" for same in identical]
    since = "; since then numpy 1 → 2"
    assert done.stderr.splitlines() == [
        f"act 1: 3 orders, {said[0]}{since}",
        f"act 2: 3 orders, {said[1]}, from the list without personal fields (erased){since}",
    ]


@pytest.mark.parametrize(("count", "as_json"), [(40, False), (41, False), (41, True)])
def test_many_differences_are_cut_but_not_as_json(
    capsys: pytest.CaptureFixture[str], count: int, as_json: bool
) -> None:
    ledgerview._print_differences([{"row": f"r{number}"} for number in range(count)], as_json=as_json)
    said = capsys.readouterr()
    assert "r39" in said.out
    assert ("r40" in said.out) == as_json
    assert said.err == ("and 1 more: --json\n" if count > 40 and not as_json else "")


def test_differences_are_counted_by_column() -> None:
    found: list[Any] = [SimpleNamespace(column=name) for name in ("share", "", "rules", "share")]
    said = ledgerview._counted(found)
    assert said.words("en")[0] == ": share 2, the row itself 1, rules 1"
    assert said.words("zh")[0] == "：减排比例2处、整行1处、依据规则1处"
    assert ledgerview._counted([]) == ""


@pytest.mark.parametrize(
    ("notes", "grave", "met", "look"),
    [
        ([], [], [], False),
        ([], [], ["yes"], False),
        (["x"], [], [], True),
        ([], ["x"], [], True),
        ([], [], ["yes", "no"], True),
        ([], [], ["unknown"], True),
    ],
)
def test_an_evaluation_wants_a_person_where_something_is_open(
    notes: list[str], grave: list[str], met: list[str], look: bool
) -> None:
    found: Any = SimpleNamespace(notes=notes, grave=grave, reached=[SimpleNamespace(met=one) for one in met])
    assert ledgerfiles._to_look_at(found) is look


def test_what_changed_in_a_list_by_county_and_what_asks_less() -> None:
    base = {"city": "临汾市", "county": "", "enterprise": "甲", "line_id": "1", "old": "停产", "new": "限产50%"}
    rows = [
        {**base, "change": "kilograms", "field": "so2_kg_d", "difference": 12.5},
        {**base, "change": "kilograms", "field": "pm_kg_d", "difference": -3.0},
        {**base, "change": "kilograms", "county": "尧都区", "field": "so2_kg_d", "difference": 0.0},
        {**base, "change": "weakened", "field": "measure_red"},
        {**base, "change": "strengthened", "field": "measure_red"},
    ]
    city, county = lists._by_county(rows)
    assert [value for value in city.values() if value] == ["临汾市", "+12.5", "-3"]
    assert [value for value in county.values() if value] == ["临汾市", "尧都区", "±0"]
    (problem,) = lists._weakened(rows, "new.csv")
    assert (problem.file, problem.column, problem.value) == ("new.csv", "measure_red", "限产50%")
