"""What the commands of ``rules`` that write hand on, print and end with; what they write and when they do not."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Any
from unittest.mock import ANY, Mock

import pytest

from alertengine.commands import common, ruleschapter, rulesexchange, rulesrecord
from alertengine.vocabulary import times
from tests.cli.made import DOUBT, HINT, Stage, call, made, of, staged

TODAY = times.today()
DAY, FIRST = date(2021, 1, 10), date(2020, 5, 1)
FAILS = of(case=of(name="b"), differences=["share 1, not 2", "other"])
HOLDS = of(case=of(name="a"), differences=[])
FAILED = ([{"case": "b", "differences": "share 1, not 2; other"}], False)


stage = staged(rulesrecord, rulesexchange, ruleschapter)


def orders_of(stage: Stage, count: int = 41) -> Any:
    """Orders of a list that would change; the list has a bad cell."""
    names = ("level", "enterprise", "line", "change", "measure_text_old", "measure_text_new")
    lines = [dict.fromkeys(names, number) | {"more": 1} for number in range(count)]
    orders = made(own_problems=[DOUBT], lines=lines, counts=lambda: ["counted"])
    return stage.mock("workflow.orders_changed", orders)


def told_of(count: int) -> list[tuple[list[Any], bool]]:
    names = ("level", "enterprise", "line", "change", "measure_text_old", "measure_text_new")
    return [([dict.fromkeys(names, number) for number in range(min(count, 40))], False), (["counted"], False)]


def answering(stage: Stage, terminal: bool, answer: bool) -> Mock:
    """A terminal, or none, and what a person answers there."""
    stage.patch.setattr(common, "sys", of(stdin=of(isatty=lambda: terminal), exit=sys.exit))
    asked = Mock(return_value=answer)
    stage.patch.setattr("click.confirm", asked)
    return asked


# -- what became of documents

CHANGE = {name: name for name in ("change", "what", "id", "document", "title", "field", "old", "new")}
RECORD = "--document own --title 题 --area 临汾市 --from 2021-01-01 --rules a --rules own --into own"
TEXT = " --text-issuer 厅 --text-issued 2020-12-31 --text-number 1号 --text-number 2号"
PAPER = {"document": "own", "title": "题", "area": "临汾市", "source": "secondary"}


def entry_of(stage: Stage, *cases: Any) -> tuple[Any, Mock]:
    """An entry with two changes, and what writes it."""
    entry = made(own_notes=[HINT], changes=["x", "y"], day=FIRST)
    stage.mock("rulebook.change_rows", [CHANGE | {"more": 1}])
    stage.mock("workflow.run_cases", list(cases))
    return entry, stage.mock("workflow.write_entry", ["own/a.yaml", "own/b.yaml"])


@pytest.mark.parametrize(("cases", "status"), [((), 0), ((HOLDS,), 0), ((HOLDS, FAILS), 1)])
def test_a_record_is_written_and_its_cases_run(stage: Stage, cases: tuple[Any, ...], status: int) -> None:
    Path("a").mkdir()
    Path("own").mkdir()
    entry, write = entry_of(stage, *cases)
    stage.mock("workflow.ended", entry)
    asked = answering(stage, terminal=True, answer=False)
    done = call(f"rules end doc {RECORD} --yes")
    assert done.exit_code == status
    assert done.stderr == f"written: own/a.yaml\nwritten: own/b.yaml\nnote: {HINT}\n"
    assert stage.tables == [([CHANGE], False), FAILED if status else ([], False)]
    write.assert_called_once_with(entry, Path("own"))
    from alertengine.workflow import run_cases

    run_cases.assert_called_once_with(entry, [Path("a"), Path("own")], Path("own"))
    asked.assert_not_called()


@pytest.mark.parametrize(
    ("terminal", "answer", "written"), [(True, True, True), (True, False, False), (False, True, False)]
)
def test_a_record_is_written_where_a_person_says_so(stage: Stage, terminal: bool, answer: bool, written: bool) -> None:
    entry, write = entry_of(stage)
    stage.mock("workflow.ended", entry)
    asked = answering(stage, terminal=terminal, answer=answer)
    done = call(f"rules end doc {RECORD}")
    assert done.exit_code == int(not written)
    assert write.called == written
    assert ("nothing written; --yes writes own" in done.stderr) == (not written)
    assert asked.call_args_list == ([((f"Write {Path('own')}?",), {"err": True})] if terminal else [])


@pytest.mark.parametrize(("more", "day"), [("", FIRST), (" --date 2021-01-10", DAY)])
@pytest.mark.parametrize("count", [40, 41])
def test_a_record_says_whose_orders_would_change(stage: Stage, more: str, day: date, count: int) -> None:
    entry, _ = entry_of(stage)
    stage.mock("workflow.ended", entry)
    changed = orders_of(stage, count)
    done = call(f"rules end doc {RECORD} --list l.csv{more} --yes")
    assert done.exit_code == 1, "a cell of the list is bad"
    first, *_, note, doubt = done.stderr.splitlines()
    assert first == f"{count} orders would change under the law of {day}"
    assert (note, doubt) == (f"note: {HINT}", str(DOUBT))
    assert stage.tables[1:3] == told_of(count)
    changed.assert_called_once_with(entry, [Path("a")], Path("l.csv"), DAY if more else None)


@pytest.mark.parametrize(
    ("more", "paper"),
    [
        ("", {"valid": {"from": date(2021, 1, 1), "to": "not stated"}}),
        (
            " --to 2021-02-01 --number 1号 --issuer 市 --issued 2020-12-31 --source primary",
            {
                "valid": {"from": date(2021, 1, 1), "to": date(2021, 2, 1)},
                "number": "1号", "issuer": "市", "issued": date(2020, 12, 31), "source": "primary",
            },
        ),
        (" --from '2021-01-01 12:30'", {"valid": {"from": "2021-01-01 12:30", "to": "not stated"}}),
        (" --entered-by 甲", {"entered": {"by": "甲", "on": TODAY}}),
        (
            " --entered-by 甲 --pages 3 --checked-by 乙",
            {"entered": {"by": "甲", "on": TODAY, "pages": "3", "checked_by": "乙", "checked_on": TODAY}},
        ),
        (" --pages 3", {}),
    ],
)  # fmt: skip
def test_the_paper_of_a_record_has_what_options_say(stage: Stage, more: str, paper: dict[str, Any]) -> None:
    entry, _ = entry_of(stage)
    ended = stage.mock("workflow.ended", entry)
    assert call(f"rules end doc rule {RECORD}{more} --yes").exit_code == 0
    begins = {"valid": {"from": date(2021, 1, 1), "to": "not stated"}}
    ended.assert_called_once_with([Path("a")], Path("own"), ("doc", "rule"), PAPER | begins | paper)


def test_a_paper_on_file_needs_no_first_day(stage: Stage) -> None:
    entry, _ = entry_of(stage)
    ended = stage.mock("workflow.ended", entry)
    assert call("rules end doc --document own --into own --yes").exit_code == 0
    ended.assert_called_once_with([], Path("own"), ("doc",), {"document": "own", "source": "secondary"})


def test_what_goes_on_is_recorded_with_who_decided_it(stage: Stage) -> None:
    entry, write = entry_of(stage)
    recorded = stage.mock("workflow.recorded", entry)
    from alertengine.workflow import NewRecord

    assert call(f"rules continue doc rule {RECORD} --by 市 --article 第二条 --yes").exit_code == 0
    head = PAPER | {"valid": {"from": date(2021, 1, 1), "to": "not stated"}}
    recorded.assert_called_once_with(
        [Path("a")], Path("own"), ("doc", "rule"), head, NewRecord.continued("市"), "第二条"
    )
    write.assert_called_once()


@pytest.mark.parametrize(
    ("more", "each"),
    [
        ("--edition 报 --page 3", [("报", "3", {}), ("报", "3", {})]),
        ("--edition 报 --edition 网 --page 3 --page 4", [("报", "3", {}), ("网", "4", {})]),
        (
            "--edition 报 --page 3 --page 4" + TEXT,
            [
                ("报", "3", {"issuer": "厅", "issued": "2020-12-31", "number": "1号"}),
                ("报", "4", {"issuer": "厅", "issued": "2020-12-31", "number": "2号"}),
            ],
        ),
    ],
)
def test_what_was_compared_is_said_once_or_of_each(stage: Stage, more: str, each: list[Any]) -> None:
    entry, _ = entry_of(stage)
    recorded = stage.mock("workflow.recorded", entry)
    from alertengine.workflow import NewRecord

    assert call(f"rules compared doc rule {RECORD} --by 乙 {more} --yes").exit_code == 0
    *place, head, records = recorded.call_args.args
    assert place == [[Path("a")], Path("own"), ("doc", "rule")]
    assert head["document"] == "own"
    assert records == [NewRecord.compared("乙", *one) for one in each]


@pytest.mark.parametrize(
    ("more", "names"),
    [
        ("--edition 报 --page 3 --page 4", ["--page"]),
        ("--edition 报 --edition 网 --page 3 --page 4", ["--edition", "--page"]),
    ],
)
def test_neither_once_nor_of_each_is_refused(stage: Stage, more: str, names: list[str]) -> None:
    recorded = stage.mock("workflow.recorded")
    done = call(f"rules compared a b c {RECORD} --by 乙 {more} --yes")
    assert done.exit_code == 2
    assert [line.partition(":")[0] for line in done.stderr.splitlines()] == names
    assert all("3 times" in line for line in done.stderr.splitlines())
    recorded.assert_not_called()


@pytest.mark.parametrize("listed", ["", " --list l.csv"])
@pytest.mark.parametrize("whole", [False, True])
def test_members_are_taken_in(stage: Stage, listed: str, whole: bool) -> None:
    entry, _ = entry_of(stage)
    entered = stage.mock("workflow.members_entered", entry)
    stage.mock("workflow.orders_changed", made(lines=[], counts=list))
    book = stage.mock("workflow.rulebook", of(lists="lists"))
    read = stage.mock("lists.read_list", "listed")
    words = f"豁免清单 t.csv --source 1号 --from 2021-01-10 --to 2021-02-01 --into own --yes{listed}"
    assert call(f"rules members {words}{' --whole' if whole else ''}").exit_code == 0
    entered.assert_called_once_with(
        [],
        "豁免清单",
        Path("t.csv"),
        "1号",
        DAY,
        date(2021, 2, 1),
        whole=whole,
        enterprises="listed" if listed else None,
    )
    assert [one.args for one in read.call_args_list] == ([(Path("l.csv"), "lists")] if listed else [])
    assert [one.args for one in book.call_args_list] == ([([],)] if listed else [])


# -- from one bureau to another


def test_a_document_is_written_as_a_workbook_or_signed(stage: Stage) -> None:
    book = stage.mock("rulebook.Rulebook.load", "book")
    export = stage.mock("rulebook.export_document")
    done = call("rules export law -o l.xlsx --rules own")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "law -> l.xlsx\n")
    export.assert_called_once_with("book", "law", Path("l.xlsx"))
    book.assert_called_once_with((Path("own"),))
    signed = stage.mock(
        "workflow.hand_on", of(signatures=[of(by="甲", fingerprint="aa"), of(by="乙", fingerprint="bb")])
    )
    done = call("rules export law -o l.json --bureau 局 --signed-by 甲=a.key --signed-by 乙=b.key")
    assert done.exit_code == 0
    signed.assert_called_once_with("book", "law", "局", {"甲": Path("a.key"), "乙": Path("b.key")}, Path("l.json"))
    read_out = ": have its fingerprint read out to whoever receives it"
    assert done.stderr.splitlines() == [
        f"law -> l.json, signed by {by} with the key {key}{read_out}" for by, key in (("甲", "aa"), ("乙", "bb"))
    ]
    export.assert_called_once()
    refused = call("rules export law -o l.xlsx --signed-by 甲=a.key")
    assert (refused.exit_code, ".json" in refused.stderr) == (2, True)


def importing(stage: Stage, **found: Any) -> Any:
    """A workbook that reads as a document of one change and two rules."""
    whole = {"document": "law", "changes": ["x"], "rules": 2, "notes": [HINT], "form": False, "text": "document: law\n"}
    imported = of(**whole | found)
    stage.mock("rulebook.open_folders", "book")
    stage.mock("rulebook.change_rows", [{"change": "added"}])
    stage.mock("rulebook.read_import", imported)
    stage.mock("rulebook.target_file", Path("own/law.yaml"))
    stage.mock("rulebook.write_import")
    stage.patch.setattr(rulesexchange, "write_cases", Mock(return_value=0))
    stage.patch.setattr(ruleschapter, "tell_plan", Mock(return_value=0))
    return imported


def test_an_import_without_a_folder_only_says_what_would_change(stage: Stage) -> None:
    importing(stage)
    import alertengine.rulebook as room

    done = call("rules import t.xlsx --json --checked-by 乙 --rules a")
    assert (done.exit_code, done.stderr) == (0, f"law: 2 rules, 1 changes\nnote: {HINT}\n")
    assert stage.tables == [([{"change": "added"}], True)]
    room.open_folders.assert_called_once_with([Path("a")])
    checked = {"checked_by": "乙", "checked_on": str(TODAY)}
    room.read_import.assert_called_once_with("book", Path("t.xlsx"), ANY, checked)
    room.write_import.assert_not_called()
    room.target_file.assert_not_called()
    call("rules import t.xlsx")
    assert room.read_import.call_args.args[3] == {}


@pytest.mark.parametrize("there", [False, True])
@pytest.mark.parametrize("option", ["-o", "--into"])
def test_an_import_is_written_into_its_folder(stage: Stage, there: bool, option: str) -> None:
    imported = importing(stage)
    import alertengine.rulebook as room

    if there:
        Path("own").mkdir()
    done = call(f"rules import t.xlsx --rules a {option} own --yes")
    assert done.exit_code == 0
    assert done.stderr == f"law: 2 rules, 1 changes\nwritten: own/law.yaml\nnote: {HINT}\n"
    room.open_folders.assert_called_once_with([Path("a"), *([Path("own")] if there else [])])
    targets = [one.args + tuple(one.kwargs.items()) for one in room.target_file.call_args_list]
    alone = [("book", "law", Path("own"), ("alone", True))] if option == "--into" else []
    assert targets == [*alone, ("book", "law", Path("own"))]
    room.write_import.assert_called_once_with(imported, Path("own/law.yaml"))
    rulesexchange.write_cases.assert_not_called()


@pytest.mark.parametrize(
    ("terminal", "answer", "written"), [(True, True, True), (True, False, False), (False, True, False)]
)
def test_an_import_is_written_where_a_person_says_so(stage: Stage, terminal: bool, answer: bool, written: bool) -> None:
    importing(stage)
    import alertengine.rulebook as room

    asked = answering(stage, terminal=terminal, answer=answer)
    done = call("rules import t.xlsx --into own")
    assert done.exit_code == int(not written)
    assert room.write_import.called == written
    assert ("nothing written; --yes writes own/law.yaml" in done.stderr) == (not written)
    assert f"note: {HINT}" in done.stderr
    assert asked.call_args_list == ([(("Write own/law.yaml?",), {"err": True})] if terminal else [])


@pytest.mark.parametrize(("cases", "form"), [("", False), (" --cases", False), ("", True)])
@pytest.mark.parametrize("failed", [0, 1])
@pytest.mark.parametrize("open_", [0, 1])
def test_cases_of_an_import_are_run_and_a_plan_is_looked_at(
    stage: Stage, cases: str, form: bool, failed: int, open_: int
) -> None:
    imported = importing(stage, form=form)
    written = Mock(return_value=failed)
    told = Mock(return_value=open_)
    stage.patch.setattr(rulesexchange, "write_cases", written)
    stage.patch.setattr(ruleschapter, "tell_plan", told)
    done = call(f"rules import t.xlsx --into own --yes --rules a{cases}")
    ran = bool(cases) or form
    assert done.exit_code == max(failed if ran else 0, open_ if form else 0)
    assert [one.args for one in written.call_args_list] == [(imported, Path("own/law.yaml"), (Path("a"),), "")] * ran
    assert [one.args for one in told.call_args_list] == [(imported, [Path("a")], Path("own"))] * form


@pytest.mark.parametrize("into", ["", " --into own", " --into own --yes"])
def test_an_import_tells_what_the_list_gave_rise_to(stage: Stage, into: str) -> None:
    importing(stage)
    entry = of(day=FIRST)
    stage.mock("workflow.entry_of", entry)
    changed = orders_of(stage, 1)
    done = call(f"rules import t.xlsx --list l.csv --date 2021-01-10{into}")
    assert done.exit_code == 1
    assert f"1 orders would change under the law of {DAY}" in done.stderr
    assert str(DOUBT) in done.stderr
    assert stage.tables[1:3] == told_of(1)
    changed.assert_called_once_with(entry, [], Path("l.csv"), DAY)


def test_a_signed_document_is_received_with_its_cases_and_doubts(stage: Stage) -> None:
    imported = importing(stage)
    received = stage.mock("workflow.receive", of(found=imported, cases="came", problems=[DOUBT]))
    stage.mock("ledger.read_public", side_effect=lambda file: f"key of {file}")
    done = call("rules import t.json --signer 甲=a.pub --into own --yes")
    assert (done.exit_code, str(DOUBT) in done.stderr) == (1, True)
    received.assert_called_once_with("book", Path("t.json"), {"甲": "key of a.pub"}, ANY, TODAY)
    assert rulesexchange.write_cases.call_args.args[3] == "came"
    only_said = call("rules import t.json --signer 甲=a.pub")
    assert (only_said.exit_code, str(DOUBT) in only_said.stderr) == (1, True)
