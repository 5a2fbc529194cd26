"""What is brought into the record and given out of it by commands: receipts, decisions, findings, dossier, archive."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any
from unittest.mock import ANY, Mock

import pandas as pd
import pytest

from alertengine.commands import ledger, ledgerdecisions, ledgerdeliver, ledgerfiles, ledgerview
from alertengine.files import Findings
from alertengine.ledger import Head, Ledger
from alertengine.lists import DECISIONS
from alertengine.vocabulary import times
from alertengine.workflow import SERVICE_COLUMNS
from tests.cli.made import DOUBT, HINT, Stage, call, message, of

DAY = date(2021, 1, 10)
ACT = of(act=2, title="题", recorded_at="r", hash="h", approved_by="丙", reason="急", head={})
ROW = {"act": 2, "title": "题", "recorded_at": "r", "hash": "h"}


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Stage:
    """The commands in a folder with an empty ledger, their tables watched."""
    monkeypatch.chdir(tmp_path)
    shown = Stage(monkeypatch)
    shown.watch(ledger, ledgerdecisions, ledgerdeliver, ledgerfiles, ledgerview)
    Ledger.writable(Path("r.db")).close()
    return shown


def reading(*problems: Any) -> Findings:
    return Findings("t.csv", list(problems), [HINT])


# -- receipts


@pytest.mark.parametrize(
    ("act", "new", "known", "said"),
    [(ACT, 3, 1, []), (None, 0, 4, ["all 4 receipts are recorded already; no act was added"]), (None, 0, 0, [])],
)
@pytest.mark.parametrize("form", ["", " --json"])
def test_receipts_are_recorded_and_told(
    stage: Stage, act: Any, new: int, known: int, said: list[str], form: str
) -> None:
    done_with = of(act=act, new=new, known=known, notes=[message("look")], read=reading(DOUBT))
    delivered = stage.mock("workflow.deliver", done_with)
    done = call(f"ledger deliver r.db 1 --receipts t.csv --by 甲 --corrects 3 --reason 误 --clock-reason 钟{form}")
    assert (done.exit_code, done.stdout) == (1, "")
    look = [str(message("look"))] if act else []
    assert done.stderr.splitlines() == [*said, f"note: {HINT}", str(DOUBT), *look]
    assert stage.tables == ([([ROW | {"receipts": new, "known": known}], bool(form))] if act else [])
    head = Head("", drafted_by="甲", corrects=3, reason="误")
    delivered.assert_called_once_with(ANY, 1, Path("t.csv"), head, "钟")


def services(stage: Stage, *states: str) -> Mock:
    """How far service has come: an enterprise a state; the last two that are late are late by hours and more."""
    names = ("county", "enterprise", "enterprise_id", "starts", "state", "tries", "last", "hours_run", "relief")
    rows = [
        dict.fromkeys(SERVICE_COLUMNS, "") | dict.fromkeys(names, f"甲{place}")
        | {"state": state, "matter": ("ordered", "ended")[place % 2], "county": "" if place else "尧都区",
           "hours_run": (12.25, 0, -3.46)[place % 3], "hours_unproved": 9.46 + place}
        for place, state in enumerate(states)
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=list(SERVICE_COLUMNS))
    stage.mock("workflow.still_open", side_effect=lambda every: every[every["state"] != "served"])
    stage.mock("workflow.by_county", [{"区县": "尧都区"}])
    stage.patch.setattr(Ledger, "act", lambda *_: of(issued_at="2021-01-09T18:00:00+08:00"))
    return stage.mock("workflow.service", table)


@pytest.mark.parametrize(
    ("states", "status", "owed"), [(("served",), 0, 0), (("served", "sent", "read"), 1, 2), (("late",), 1, 0)]
)
def test_who_is_still_to_be_served(stage: Stage, states: tuple[str, ...], status: int, owed: int) -> None:
    asked = services(stage, *states)
    done = call("ledger deliver r.db 1 --open --at '2021-01-10 12:00'")
    assert done.exit_code == status
    first, *rest = done.stderr.splitlines()
    assert first == (f"截至2021-01-10 12:00：应送达{len(states)}家，未送达{owed}家；义务自指令载明的时间起算")
    late = "起始后送达1家，最长晚9.5小时：起始至送达之间是否知悉没有回执证明，能否据以认定违反由人确定"
    assert rest == [late] * ("late" in states)
    asked.assert_called_once_with(ANY, 1, pd.Timestamp("2021-01-10 12:00"), personal=False)
    (counties, as_json), (rows, also) = stage.tables
    assert (counties, as_json, also, len(rows)) == (
        [{"区县": "尧都区"}],
        False,
        False,
        len(states) - ("served" in states),
    )


def test_the_open_list_is_in_words_and_cut(stage: Stage) -> None:
    services(stage, *["sent"] * 40)
    assert "more" not in call("ledger deliver r.db 1 --open").stderr
    services(stage, *["sent"] * 41)
    done = call("ledger deliver r.db 1 --open -o o.csv")
    assert "and 1 more: --json or -o FILE.csv" in done.stderr.splitlines()
    rows = stage.tables[-1][0]
    assert len(rows) == 40
    assert list(rows[0]) == [SERVICE_COLUMNS[name] for name in (
        "county", "enterprise", "enterprise_id", "matter", "starts", "state", "tries", "last", "hours_run", "relief",
    )]  # fmt: skip
    shown = [SERVICE_COLUMNS[name] for name in ("county", "matter", "state", "hours_run")]
    assert [tuple(row[name] for name in shown) for row in rows[:3]] == [
        ("尧都区", "指令", "已发送未读", "12.2"),
        ("区县未注明", "终止", "已发送未读", "0"),
        ("区县未注明", "指令", "已发送未读", "尚余3.5"),
    ]
    assert len(Path("o.csv").read_text(encoding="utf-8-sig").splitlines()) == 42
    done = call("ledger deliver r.db 1 --open --json")
    assert (len(stage.tables[-1][0]), stage.tables[-1][1]) == (41, True)
    assert stage.tables[-1][0][0]["state"] == "sent"


def test_the_open_list_is_of_now_and_names_persons_to_a_named_person(stage: Stage) -> None:
    asked, access = services(stage, "sent"), stage.mock("ledger.record_access")
    before = datetime.now().replace(second=0, microsecond=0)
    assert call("ledger deliver r.db 1 --open").exit_code == 1
    at = asked.call_args.args[2]
    assert (at.second, at.microsecond, at.tzinfo) == (0, 0, None)
    assert at >= pd.Timestamp(before) - pd.Timedelta(hours=24), "the hour of the record's clock"
    access.assert_not_called()
    refused = call("ledger deliver r.db 1 --open --personal")
    assert (refused.exit_code, "named person" in refused.stderr) == (2, True)
    assert asked.call_count == 1
    assert call("ledger deliver r.db 1 --open --personal --by 甲 --reason 送达").exit_code == 1
    assert asked.call_args.kwargs == {"personal": True}
    access.assert_called_once_with(Path("r.db"), "deliver --open", "甲", "送达", [1])


@pytest.mark.parametrize(("form", "tables"), [("", 3), (" --json", 1)])
@pytest.mark.parametrize(("problems", "state", "status"), [([], "served", 0), ([DOUBT], "served", 1), ([], "sent", 1)])
def test_receipts_and_what_is_open_after_them(
    stage: Stage, form: str, tables: int, problems: list[Any], state: str, status: int
) -> None:
    services(stage, state)
    stage.mock("workflow.deliver", of(act=ACT, new=1, known=0, notes=[], read=reading(*problems)))
    assert call(f"ledger deliver r.db 1 --receipts t.csv --open{form}").exit_code == status
    assert len(stage.tables) == tables, "as JSON one value alone"


# -- decisions


@pytest.mark.parametrize(
    ("act", "said"), [(ACT, []), (None, ["all 4 decisions are recorded already; no act was added"])]
)
@pytest.mark.parametrize("form", ["", " --json"])
def test_decisions_are_entered_and_told(stage: Stage, act: Any, said: list[str], form: str) -> None:
    entered = stage.mock("workflow.enter_decisions", of(act=act, new=3, known=4, read=reading()))
    done = call(f"ledger decisions r.db t.csv --by 甲 --corrects 3 --reason 误 --clock-reason 钟{form}")
    assert (done.exit_code, done.stderr.splitlines()) == (0, [*said, f"note: {HINT}"])
    assert stage.tables == ([([ROW | {"decisions": 3, "known": 4}], bool(form))] if act else [])
    head = Head("", drafted_by="甲", corrects=3, reason="误")
    entered.assert_called_once_with(ANY, Path("t.csv"), head, "钟")


def test_a_decision_is_lifted_from_a_day_on(stage: Stage) -> None:
    lifted = stage.mock("workflow.lift_decision", ACT)
    words = "--lift 一号 --on 2021-01-10 --by 甲 --reason 验收 --enterprise 甲厂 --clock-reason 钟"
    assert call(f"ledger decisions r.db {words} --json").exit_code == 0
    assert stage.tables == [([ROW], True)]
    lifted.assert_called_once_with(ANY, "一号", DAY, Head("", drafted_by="甲", reason="验收"), "甲厂", "钟")
    refused = call("ledger decisions r.db --lift 一号 --by 甲")
    assert (refused.exit_code, "--on" in refused.stderr) == (2, True)
    refused = call("ledger decisions r.db --lift 一号 --on 2021-01-10 --by ' '")
    assert (refused.exit_code, "--by" in refused.stderr) == (2, True)


@pytest.mark.parametrize("words", ["", " --on 2021-01-10"])
def test_decisions_that_stand_are_shown(stage: Stage, words: str) -> None:
    row = {field.name: field.name for field in DECISIONS}
    held = stage.mock("workflow.decisions_of", [(3, row), (4, row)])
    today = times.today()
    stage.patch.setattr("alertengine.workflow.state_on", lambda one, day: "open" if day == DAY else "lifted")
    for form in ("", " --json"):
        assert call(f"ledger decisions r.db{words}{form}").exit_code == 0
    (said, plain), (coded, as_json) = stage.tables
    assert (plain, as_json) == (False, True)
    state = "open" if words else "lifted"
    assert coded == [{"act": act, **row, "state": state} for act in (3, 4)]
    *first, last = said[0].items()
    assert first == [("记录", 3), *((field.text, field.name) for field in DECISIONS)]
    assert last[1] == ("生效" if words else "已解除")
    assert abs(date.fromisoformat(last[0]) - (DAY if words else today)).days <= 1
    held.assert_called_with(ANY, personal=False)


def test_decisions_are_written_and_persons_are_shown_to_a_named_person(stage: Stage) -> None:
    held = stage.mock("workflow.decisions_of", [(3, {"number": "一号"})])
    write = stage.mock("workflow.write_decisions", side_effect=lambda target, rows: target.write_text(str(rows)))
    access = stage.mock("ledger.record_access")
    done = call("ledger decisions r.db -o d.csv")
    assert (done.exit_code, done.stderr, stage.tables) == (0, "written to d.csv\n", [])
    assert Path("d.csv").read_text() == "[{'number': '一号'}]"
    assert write.call_count == 1
    access.assert_not_called()
    refused = call("ledger decisions r.db --personal --by 甲 -o e.csv")
    assert (refused.exit_code, Path("e.csv").exists(), held.call_count) == (2, False, 1)
    assert call("ledger decisions r.db --personal --by 甲 --reason 核对 -o e.csv").exit_code == 0
    access.assert_called_once_with(Path("r.db"), "decisions", "甲", "核对")
    held.assert_called_with(ANY, personal=True)
    assert Path("e.csv").stat().st_mode & 0o077 == 0, "what names persons is its owner's alone"


# -- findings, dossier, evaluation, archive


def test_findings_are_recorded_with_who_stands_for_them(stage: Stage) -> None:
    def record(*_: object, told: Findings, **__: object) -> Any:
        told.problems.append(DOUBT)
        told.warnings.append(HINT)
        return ACT

    recorded = stage.mock("workflow.record_findings", side_effect=record)
    edited = stage.mock("files.of_a_run", [message("edited")])
    stage.patch.setattr(Ledger, "parts", lambda _, act: [of(rows=7 + act), of(rows=0)])
    words = "--approved-by 丙 --reviewed-by 乙 --drafted-by 甲 --issued-at 2021-01-10 --corrects 1 --reason 误"
    done = call(f"ledger findings r.db f.csv {words} --evidence e.csv --evidence g.csv --clock-reason 钟 --json")
    assert done.exit_code == 1
    assert done.stderr.splitlines() == [f"note: {HINT}", str(message("edited")), str(DOUBT)]
    assert stage.tables == [([ROW | {"findings": 9}], True)]
    head = Head("", datetime(2021, 1, 10), "甲", "乙", "丙", corrects=1, reason="误")
    recorded.assert_called_once_with(
        ANY, Path("f.csv"), head, (Path("e.csv"), Path("g.csv")), clock_reason="钟", told=ANY
    )
    edited.assert_called_once_with(Path("f.csv"))


NAMES = ("act", "line_id", "level", "starts", "ends", "measure_text", "share", "status", "state")
CELLS = ("act", "number", "day", "kind", "ground", "first", "last", "lifted")
SEEN = ("act", "day", "line", "evidence", "finding", "finding_text")


def dossier_of(stage: Stage) -> Mock:
    """The dossier of an enterprise with an order, a decision and three findings."""
    said = {name: [{"value": name}, {"value": "又"}] for name in ("names", "city", "county", "industry")}
    found = of(
        identity=said | {"enterprise_id": "E", "asked_as": "某市/E", "lines": [1, 2]}, hours=[{"年": 1}],
        orders=[dict.fromkeys(NAMES, 1) | {"more": 1}], decisions=[dict.fromkeys(CELLS, 2) | {"more": 1}],
        findings=[dict.fromkeys(SEEN, 3) | {"finding": one, "more": 1} for one in ("met", "breached", "doubtful")],
        as_dict=lambda: {"名": "甲"},
    )  # fmt: skip
    stage.mock("report.dossier_page", "<html>")
    return stage.mock("workflow.dossier", found)


def test_a_dossier_is_printed_written_or_both(stage: Stage) -> None:
    gathered, access = dossier_of(stage), stage.mock("ledger.record_access")
    done = call("ledger dossier r.db 甲厂")
    assert (done.exit_code, done.stderr) == (0, "3 findings, 2 of them breached or doubtful\n")
    assert done.stdout.splitlines() == [
        *("名称：names；又", "城市：city；又", "区县：county；又", "行业：industry；又"),
        "统一社会信用代码：E　生产线：2条",
    ]
    assert stage.tables == [
        ([{"年": 1}], False), ([dict.fromkeys(NAMES, 1)], False), ([dict.fromkeys(CELLS, 2)], False),
        ([dict.fromkeys(SEEN, 3) | {"finding": one} for one in ("breached", "doubtful")], False),
    ]  # fmt: skip
    gathered.assert_called_once_with(ANY, "甲厂", personal=False)
    done = call("ledger dossier r.db 甲厂 -o out")
    assert (done.stdout, done.stderr) == ("", "written to out/某市-E.html\nwritten to out/某市-E.json\n")
    assert Path("out/某市-E.html").read_text(encoding="utf-8") == "<html>"
    assert Path("out/某市-E.html").stat().st_mode & 0o044
    done = call("ledger dossier r.db 甲厂 --json -o o.json")
    assert "甲" in done.stdout
    assert json.loads(done.stdout) == json.loads(Path("o.json").read_text(encoding="utf-8")) == {"名": "甲"}
    access.assert_not_called()
    assert len(stage.tables) == 4


def test_a_dossier_names_persons_to_a_named_person(stage: Stage) -> None:
    gathered, access = dossier_of(stage), stage.mock("ledger.record_access")
    refused = call("ledger dossier r.db 甲厂 --personal --by 甲 -o o.html")
    assert (refused.exit_code, Path("o.html").exists(), gathered.called) == (2, False, False)
    assert call("ledger dossier r.db 甲厂 --personal --by 甲 --reason 复议 -o o.html").exit_code == 0
    access.assert_called_once_with(Path("r.db"), "dossier of 某市/E", "甲", "复议")
    assert Path("o.html").stat().st_mode & 0o077 == 0
    assert gathered.call_args.kwargs == {"personal": True}


def test_an_evaluation_is_said_written_and_ends(stage: Stage) -> None:
    found = of(notes=[], grave=[], reached=[of(met="yes")], as_dict=lambda: {"日": DAY})
    evaluated = stage.mock("workflow.evaluate", found)
    stage.mock("report.sentences", side_effect=lambda _: ["一", "二"])
    stage.mock("report.evaluation_page", "<html>")
    read = stage.mock("workflow.read_findings", "findings")
    edited, access = stage.mock("files.of_a_run", [message("edited")]), stage.mock("ledger.record_access")
    done = call("ledger evaluate r.db 1")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "一\n二\n", "")
    evaluated.assert_called_once_with(ANY, 1, None, personal=False)
    read.assert_not_called()
    access.assert_not_called()
    found.notes = ["缺口"]
    done = call("ledger evaluate r.db 1 --findings f.csv -o o.html --json --personal --by 甲 --reason 复议")
    assert done.exit_code == 1
    assert done.stderr.splitlines() == ["written to o.html", "缺口", str(message("edited"))]
    assert done.stdout == '{\n  "日": "2021-01-10"\n}\n'
    assert Path("o.html").read_text(encoding="utf-8") == "<html>"
    assert Path("o.html").stat().st_mode & 0o077 == 0
    evaluated.assert_called_with(ANY, 1, "findings", personal=True)
    edited.assert_called_once_with(Path("f.csv"))
    access.assert_called_once_with(Path("r.db"), "evaluation", "甲", "复议", [1])
    refused = call("ledger evaluate r.db 1 --personal --reason 复议")
    assert (refused.exit_code, evaluated.call_count) == (2, 2)
    call("ledger evaluate r.db 1 -o p.html")
    assert Path("p.html").stat().st_mode & 0o044


def test_an_archive_says_what_it_holds(stage: Stage) -> None:
    write = stage.mock("report.write_archive", (5, "ff"))
    done = call("ledger archive r.db 1 -o o.zip --with-personal --by 甲 --reason 复议")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "5 files, sha256 ff; written to o.zip\n")
    write.assert_called_once_with(ANY, 1, Path("o.zip"), personal=True, by="甲", reason="复议")
    assert call("ledger archive r.db 1 -o o.zip").exit_code == 0
    assert write.call_args.kwargs == {"personal": False, "by": "", "reason": ""}


# -- warnings, releases, signatures


def test_warnings_on_record_are_printed_or_written(stage: Stage) -> None:
    table = pd.DataFrame({"a": [1, 2]})
    so_far = stage.mock("workflow.warnings_so_far", table)
    stage.patch.setattr(
        ledgerview, "warning_rows", lambda rows, _record, *, codes: [{"rows": len(rows), "codes": codes}]
    )
    stage.mock("warning.write_warnings", side_effect=lambda rows, target: target.write_text(str(len(rows))))
    for form in ("", " --json"):
        assert call(f"ledger active r.db{form}").exit_code == 0
    assert stage.tables == [([{"rows": 2, "codes": False}], False), ([{"rows": 2, "codes": True}], True)]
    assert so_far.call_args.args[1] is None
    done = call("ledger active r.db --at 2021-01-10 -o w.csv")
    assert (done.exit_code, done.stderr, len(stage.tables)) == (0, "2 rows written to w.csv\n", 2)
    assert so_far.call_args.args[1] == pd.Timestamp(DAY)
    assert Path("w.csv").read_text() == "2"
    refused = call("ledger active r.db -o w.xlsx")
    assert (refused.exit_code, "w.xlsx" in refused.stderr) == (2, True)


def test_releases_are_recorded_once(stage: Stage) -> None:
    stage.mock("workflow.of_one_run", "run")
    with_unused = of(**vars(ACT) | {"head": {"decisions_unused": ["一号"]}})
    recorded = stage.mock("workflow.record_releases", [ACT, with_unused])
    done = call("ledger release r.db 1 --documents out --json")
    assert (done.exit_code, done.stderr) == (0, "")
    row = {"act": 2, "title": "题", "approved_by": "丙", "reason": "急", "hash": "h"}
    assert stage.tables == [([row, row | {"decisions_unused": ["一号"]}], True)]
    recorded.assert_called_once_with(ANY, 1, Path("out"), "run")
    recorded.return_value = []
    done = call("ledger release r.db 1 --documents out")
    assert (done.exit_code, done.stderr) == (0, "all releases are recorded already; no act was added\n")


def test_an_act_is_signed_with_a_key_of_ones_own(stage: Stage) -> None:
    signed = stage.mock("ledger.sign_act", ACT)
    assert call("ledger sign r.db 4 --by 乙 --key k --json").exit_code == 0
    signed.assert_called_once_with(ANY, 4, "乙", Path("k"))
    assert stage.tables == [([{"act": 2, "title": "题", "hash": "h"}], True)]
