"""What ``audit`` hands on, prints and ends with, from findings made by hand."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pandas as pd
import pytest

from alertengine.commands import audit
from alertengine.workflow.newest_names import NewestNames
from tests.cli.made import DOUBT, HINT, Stage, call, made, of, staged

KNOWN = date(2020, 12, 1)


stage = staged(audit, lists="lists", fingerprint="f")


def audited(stage: Stage, rows: list[tuple[str, ...]]) -> tuple[Any, Mock]:
    """An audit of given orders with findings made by hand."""
    names = ("finding", "rank", "day", "enterprise", "finding_text", "line")
    table = pd.DataFrame(rows, columns=list(names))
    run = made(table=table, counts=lambda: [{"疑似": 1}], found={"甲": 1}, own_problems=[], own_notes=[])
    given = of(
        orders="orders",
        lines="lines of orders",
        register="register",
        book="book then",
        found="found",
        problems=[],
        notes=[HINT],
        alone=None,
        newest=NewestNames(),
    )
    stage.mock("files.one_run")
    stage.mock("workflow.ordered", given)
    stage.mock("audit.read_all", [of(file="e.csv"), of(file="g.csv")])
    stage.mock("workflow.audit_inputs.not_served", [DOUBT])
    stage.mock("workflow.opening", [("依据", "第1号")])
    return given, stage.mock("workflow.audit_inputs.audit", run)


def test_an_audit_hands_on_what_was_ordered_and_seen(stage: Stage) -> None:
    given, done_with = audited(stage, [("breached", "一", "d", "甲", "超产", "1")])
    listed = stage.mock("lists.read_list", made(own_notes=[HINT]))
    taken, access = stage.mock("workflow.take_list"), stage.mock("ledger.record_access")
    write, beside = stage.mock("audit.write_findings"), stage.mock("files.write_beside")
    for name in ("o.csv", "l.csv", "e.csv", "g.csv"):
        Path(name).write_text(name, encoding="utf-8")
    done = call(
        "audit o.csv --evidence e.csv --evidence g.csv --list l.csv --decisions d.csv -o f.csv --unmask"
        f" --known-on {KNOWN}"
    )
    assert done.exit_code == 1
    assert done.stderr == f"written to f.csv\nnote: {HINT}\n{DOUBT}\n"
    assert done.stdout == "依据：第1号\n一　d　甲　1：超产\n"
    assert stage.tables == [([{"疑似": 1}], False)]
    from alertengine.files import one_run
    from alertengine.workflow import opening, ordered
    from alertengine.workflow.audit_inputs import not_served

    one_run.assert_called_once_with(Path("o.csv"))
    ordered.assert_called_once_with(Path("o.csv"), None)
    files = [of(file="e.csv"), of(file="g.csv")]
    done_with.assert_called_once_with(
        "orders", files, stage.book, enterprises="lines of orders", register="register", ordered_under="book then",
        known_on=KNOWN, unmask=True, found_before="found",
    )  # fmt: skip
    run = done_with.return_value
    not_served.assert_called_once_with(given, run.table)
    opening.assert_called_once_with(given, files, stage.book)
    listed.assert_called_once_with(Path("l.csv"), "lists", decisions=Path("d.csv"))
    taken.assert_called_once_with(given, listed.return_value, None)
    write.assert_called_once_with(run.table, Path("f.csv"), [("依据", "第1号")])
    access.assert_not_called()
    inputs = beside.call_args.args[1].inputs
    assert {name: one["file"] for name, one in inputs.items()} == {
        "evidence 1": "e.csv", "evidence 2": "g.csv", "orders": "o.csv", "list": "l.csv",
    }  # fmt: skip


def test_findings_are_not_written_over_evidence(stage: Stage) -> None:
    audited(stage, [])
    Path("g.csv").write_text("g", encoding="utf-8")
    refused = call("audit o.csv --evidence electricity=g.csv -o g.csv")
    assert (refused.exit_code, "would be written over" in refused.stderr) == (2, True)
    assert Path("g.csv").read_text(encoding="utf-8") == "g"


@pytest.mark.parametrize("act", [None, 3])
def test_an_audit_of_the_record_says_who_sees_names(stage: Stage, act: int | None) -> None:
    audited(stage, [])
    stage.mock("lists.read_list", made())
    taken, access = stage.mock("workflow.take_list"), stage.mock("ledger.record_access")
    stage.mock("audit.write_findings")
    beside = stage.mock("files.write_beside")
    for name in ("e.csv", "g.csv", "l.csv"):
        Path(name).write_text(name, encoding="utf-8")
    words = f" --act {act}" if act else ""
    call(f"audit r.db --evidence e.csv --list l.csv -o f.csv --unmask --by 甲 --reason 核查{words}")
    access.assert_called_once_with(Path("r.db"), "audit --unmask", "甲", "核查", [act] if act else [])
    assert taken.call_args.args[2] == Path("r.db")
    assert sorted(beside.call_args.args[1].inputs) == ["evidence 1", "evidence 2", "list"]
    from alertengine.files import one_run

    one_run.assert_not_called()
    access.reset_mock()
    taken.reset_mock()
    beside.reset_mock()
    assert call(f"audit r.db --evidence e.csv{words}").exit_code == 1
    access.assert_not_called()
    taken.assert_not_called()
    beside.assert_not_called()


def test_an_audit_as_json_has_its_opening_and_counts(stage: Stage) -> None:
    audited(stage, [])
    done = call("audit o.csv --evidence e.csv --json")
    assert "依据" in done.stdout
    assert json.loads(done.stdout) == {"opening": {"依据": "第1号"}, "counts": [{"疑似": 1}], "found": {"甲": 1}}
    assert stage.tables == []


def test_decisions_of_an_audit_take_a_list(stage: Stage) -> None:
    refused = call("audit o.csv --evidence e.csv --decisions d.csv -o f.csv")
    assert (refused.exit_code, "--list with them" in refused.stderr) == (2, True)
    wrong = call("audit o.csv --evidence e.csv -o f.pdf")
    assert (wrong.exit_code, "f.pdf" in wrong.stderr) == (2, True)


@pytest.mark.parametrize("count", [40, 41])
def test_the_gravest_findings_are_told_once_for_all_their_lines(capsys: pytest.CaptureFixture[str], count: int) -> None:
    many = [("doubtful", "二", "d", f"厂{number}", "疑似", "9") for number in range(count - 2)]
    breached = [("breached", "一", "d", "甲", "超产", line) for line in "12"]
    rows = [("met", "", "d", "甲", "落实", "1"), ("doubtful", "三", "d", "乙", "疑似", ""), *breached, *many]
    table = pd.DataFrame(rows, columns=["finding", "rank", "day", "enterprise", "finding_text", "line"])
    audit._tell_gravest(of(table=table))
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == ["一　d　甲　1、2：超产", "三　d　乙：疑似", "二　d　厂0　9：疑似"]
    assert lines[40:] == ["另有1条"] * (count - 40)
    assert lines[39] == f"二　d　厂{37}　9：疑似"
