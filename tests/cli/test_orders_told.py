"""What the commands about orders hand on, print and end with: orders, explain, documents."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pandas as pd
import pytest

from alertengine.commands import documents, explain, orders
from alertengine.documents import DocumentOptions, Release
from alertengine.files import RunManifest
from alertengine.vocabulary import Level
from tests.cli.made import DOUBT, HINT, Stage, call, made, of, staged

DAY, KNOWN = date(2021, 1, 10), date(2020, 12, 1)


stage = staged(orders, lists="lists", fingerprint="f")


# -- orders


@pytest.mark.parametrize("form", ["", " --json"])
@pytest.mark.parametrize("city", ["", " --city 临汾"])
def test_orders_are_given_here(stage: Stage, form: str, city: str) -> None:
    listed = stage.mock("lists.read_list", "listed")
    run = made(columns="table", summaries=[{"a": 1}], own_problems=[DOUBT])
    decide = stage.mock("orders.decide", run)
    told = Mock()
    stage.patch.setattr(orders, "tell_undetermined", told)
    stage.patch.setattr(orders, "summary_rows", lambda rows: [{"words": len(rows)}])
    write = stage.mock("orders.write_orders")
    done = call(f"orders l.csv --level red --date {DAY} --hours 48 --totals t.csv --decisions d.csv{city}{form}")
    assert (done.exit_code, done.stdout, done.stderr) == (1, "", f"{DOUBT}\n")
    assert stage.tables == [([{"a": 1}], True) if form else ([{"words": 1}], False)]
    listed.assert_called_once_with(Path("l.csv"), "lists", totals=Path("t.csv"), decisions=Path("d.csv"))
    decide.assert_called_once_with(
        "listed", stage.book, level="red", date=DAY, hours=48.0, cities=["临汾"] if city else (), known_on=None
    )
    told.assert_called_once_with("table")
    write.assert_not_called()


def test_orders_are_given_on_a_cluster_and_written_with_what_they_were_made_of(stage: Stage) -> None:
    for name in ("l.csv", "d.csv"):
        Path(name).write_text(name, encoding="utf-8")
    given = stage.mock("simulation.orders_at", made(columns="table", summaries=[]))
    stage.patch.setattr(orders, "tell_undetermined", Mock())
    stage.patch.setattr(orders, "summary_rows", list)
    write, beside = stage.mock("orders.write_orders"), stage.mock("files.write_beside")
    words = f"--level red --date {DAY} --city 临汾 --hours 48 --totals t.csv --decisions d.csv --known-on {KNOWN}"
    assert call(f"orders l.csv {words} --cluster local -o o.csv").exit_code == 0
    from alertengine.simulation import Address

    given.assert_called_once_with(
        Address("local", False, None, None, None), stage.book, Path("l.csv"), Level.RED, DAY,
        city="临汾", hours=48.0, totals=Path("t.csv"), known_on=KNOWN, decisions=Path("d.csv"),
    )  # fmt: skip
    write.assert_called_once_with("table", Path("o.csv"), [])
    target, run = beside.call_args.args
    assert (target, run.kind, run.rulebook) == (Path("o.csv"), "orders", "f")
    assert {name: one["file"] for name, one in run.inputs.items()} == {"decisions": "d.csv", "list": "l.csv"}


# -- explain


@pytest.mark.parametrize("count", [0, 1, 12, 13])
def test_an_explanation_is_a_tree_and_what_would_be_lighter(
    stage: Stage, capsys: pytest.CaptureFixture[str], count: int
) -> None:
    leaf = of(text="叶" * 200, below=[])
    phase = of(text="停产", below=[of(text="枝", below=[leaf])], as_dict=lambda: {"文": "停产"})
    stage.mock("orders.in_sentences", [f"改{number}" for number in range(count)])
    change = of(facts=(("grade", "A"),), status=Level.RED, share=0.5, starts=None)
    found: Any = of(phases=[phase], changes=[change])
    explain.print_explanation(found, as_json=False)
    lines = capsys.readouterr().out.splitlines()
    at = next(number for number, line in enumerate(lines) if "更轻" in line)
    assert (lines[0], lines[1]) == ("停产", "└── 枝")
    assert "".join(lines[:at]).count("叶") == 200
    assert len(lines[2]) > 80, "as wide as a file"
    nothing = "没有单项或两项事实的改变会使这条指令更轻。"
    assert lines[at] == ("怎样会更轻（其他事实不变）：" if count else nothing)
    assert lines[at + 1 :] == [*(f"  改{number}" for number in range(min(count, 12))), *["  另有1种"] * (count > 12)]
    explain.print_explanation(found, as_json=True)
    shown = capsys.readouterr().out
    assert "停产" in shown
    assert json.loads(shown) == {
        "phases": [{"文": "停产"}],
        "lighter": [{"facts": {"grade": "A"}, "status": "red", "share": 0.5, "starts": ""}],
    }


@pytest.mark.parametrize(("words", "listed"), [("", "beside.csv"), (" --list l.csv", "l.csv")])
def test_a_line_is_explained_with_the_list_its_orders_were_made_of(stage: Stage, words: str, listed: str) -> None:
    Path("o.csv").touch()
    stage.mock("files.one_run", "run")
    required = stage.mock("files.require_input")
    stage.mock("orders.list_beside", Path("beside.csv"))
    stage.mock("lists.decisions_file", side_effect=lambda path, given: (path, given))
    found = made(own_problems=[DOUBT])
    explained = stage.mock("orders.explain", found)
    printed = Mock()
    stage.patch.setattr(explain, "print_explanation", printed)
    done = call(f"explain o.csv --line E/1 --decisions d.csv{words} --json")
    assert (done.exit_code, done.stderr) == (1, f"{DOUBT}\n")
    explained.assert_called_once_with(Path("o.csv"), "E/1", stage.book, Path(listed), None, decisions=Path("d.csv"))
    printed.assert_called_once_with(found, as_json=True)
    assert [one.args for one in required.call_args_list] == [
        ("run", "list", Path(listed)), ("run", "decisions", (Path(listed), Path("d.csv"))),
    ]  # fmt: skip
    call(f"explain o.csv --line E/1{words} --known-on 2020-01-22")
    assert explained.call_args.args[4:] == (date(2020, 1, 22),)


# -- documents


def documents_of(stage: Stage, decided: str = "", outputs: tuple[str, ...] = ()) -> tuple[Mock, Mock]:
    """Orders of a run, and what writes their documents; each file is read as its name."""
    run = RunManifest("orders", {}, dict.fromkeys(outputs, "x"), "f", decided)
    stage.mock("files.one_run", run)
    stage.mock("orders.read_orders", side_effect=lambda path: f"orders of {path}")
    stage.mock(
        "lists.read_list",
        side_effect=lambda path, known, decisions: made(file=str(path), decisions=decisions, own_notes=[HINT]),
    )
    stage.mock("lists.decisions_file", side_effect=lambda path, given: given)
    stage.mock("warning.read_warnings", side_effect=lambda path, known: f"warnings of {path}")
    stage.patch.setattr(documents, "_report", Mock())
    names = ("book", "enterprises", "warnings")
    stage.patch.setattr("alertengine.documents.Footing", lambda *args: of(**dict(zip(names, args, strict=True))))
    return stage.mock("documents.write_documents", of(exit_status=0)), stage.mock("files.require_input")


def wished(write: Mock) -> DocumentOptions:
    wish = write.call_args.args[3]
    assert isinstance(wish, DocumentOptions)
    return wish


@pytest.mark.parametrize(
    ("words", "wish"),
    [
        ("", {}),
        (" --draft", {"mode": "draft"}),
        (" --formal", {"mode": "formal"}),
        (" --mode drill", {"setting": "drill"}),
        (" --no-boards --enterprise 甲 --enterprise 乙", {"boards": False, "enterprises": ("甲", "乙")}),
        (" --template t.docx", {"template": Path("t.docx")}),
        (" --since s.csv", {"since": "orders of s.csv"}),
        (" --since s.csv --effective 2021-01-10", {"since": "orders of s.csv", "effective": "2021-01-10 00:00"}),
        (" --release-by ' 甲 ' --release-reason ' 急 '", {"release": Release("甲", "急")}),
    ],
)
def test_documents_are_written_as_options_wish(stage: Stage, words: str, wish: dict[str, Any]) -> None:
    write, required = documents_of(stage)
    done = call(f"documents o.csv -o out{words}")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "")
    assert write.call_args.args[:3] == (
        "orders of o.csv",
        of(book=stage.book, enterprises=None, warnings=None),
        Path("out"),
    )
    plain = wished(write)
    assert plain == DocumentOptions(**wish | {"run": plain.run})
    assert plain.run
    documents._report.assert_called_once_with(write.return_value, Path("out"))
    required.assert_not_called()


@pytest.mark.parametrize(
    ("words", "option"), [("--release-by 甲", "--release-reason"), ("--release-reason 急", "--release-by")]
)
def test_who_releases_documents_says_why(stage: Stage, words: str, option: str) -> None:
    write, _ = documents_of(stage)
    done = call(f"documents o.csv -o out {words}")
    assert (done.exit_code, done.stderr.startswith(f"{option}: is blank")) == (2, True), done.stderr
    write.assert_not_called()


@pytest.mark.parametrize("words", ["--draft --formal", "--formal --draft"])
def test_documents_are_drafts_or_formal(stage: Stage, words: str) -> None:
    write, _ = documents_of(stage)
    done = call(f"documents o.csv -o out {words}")
    assert (done.exit_code, done.stderr.startswith("--formal: --draft and --formal")) == (2, True), done.stderr
    write.assert_not_called()


def test_documents_rest_on_list_warnings_and_decisions(stage: Stage) -> None:
    write, required = documents_of(stage, decided="2021-01-09 15:00", outputs=("warnings.csv",))
    write.return_value = of(exit_status=1)
    done = call("documents run/o.csv -o out --list l.csv --decisions d.csv")
    assert (done.exit_code, done.stderr) == (1, f"note: {HINT}\n")
    footing = write.call_args.args[1]
    assert footing.warnings == f"warnings of {Path('run/warnings.csv')}", "those of the run"
    assert (footing.enterprises.file, footing.enterprises.decisions) == ("l.csv", Path("d.csv"))
    assert wished(write).now == pd.Timestamp("2021-01-09 15:00")
    assert [one.args[1:] for one in required.call_args_list] == [("list", Path("l.csv")), ("decisions", Path("d.csv"))]
    call("documents run/o.csv -o out --warnings w.csv")
    assert write.call_args.args[1].warnings == "warnings of w.csv"
    from alertengine.files import one_run

    assert one_run.call_args.args == (Path("run/o.csv"), Path("w.csv"))
    call("documents o.csv -o out --since s.csv")
    assert one_run.call_args.args == (Path("s.csv"),)


@pytest.mark.parametrize(
    ("words", "listed", "decided"),
    [("", "scenario/list.csv", "scenario/decided.csv"), (" --list l.csv --decisions d.csv", "l.csv", "d.csv")],
)
@pytest.mark.parametrize(("mode", "setting"), [("", "drill"), (" --mode simulation", "simulation")])
def test_documents_of_a_scenario(stage: Stage, words: str, listed: str, decided: str, mode: str, setting: str) -> None:
    write, _ = documents_of(stage)
    run = of(
        path=lambda name: Path("scenario") / name, rules=("r",), adopt={"a": "x", "b": "x"}, mode="drill",
        list_file="list.csv", decisions="decided.csv",
    )  # fmt: skip
    stage.mock("orders.read_scenario", run)
    stage.patch.setattr(documents, "with_decisions", lambda one: one)
    from alertengine.rulebook import Rulebook

    assert call(f"documents o.csv -o out --scenario s --rules own --adopt b=y{words}{mode}").exit_code == 0
    enterprises = write.call_args.args[1].enterprises
    assert (enterprises.file, enterprises.decisions) == (listed, Path(decided))
    assert wished(write).setting == setting
    Rulebook.load.assert_called_once_with((Path("scenario/r"), Path("own")), adopt={"a": "x", "b": "y"})
    refused = call("documents o.csv -o out --scenario s --mode live")
    assert (refused.exit_code, "the scenario is a drill" in refused.stderr) == (2, True)
    run.mode = "live"
    assert call("documents o.csv -o out --scenario s --mode live").exit_code == 0
    assert call("documents o.csv -o out --scenario s --mode drill").exit_code == 0
    run.decisions = ""
    call("documents o.csv -o out --scenario s")
    assert write.call_args.args[1].enterprises.decisions is None


class _Reason(SimpleNamespace):
    """A reason why a document is a draft."""

    def __init__(self, text: str, command: str, compared: tuple[str, ...]) -> None:
        super().__init__(text=text, command=command, compared=compared)

    def __hash__(self) -> int:
        return hash(self.text)

    def __str__(self) -> str:
        return str(self.text)

    def without_lines(self) -> Any:
        return self


@pytest.mark.parametrize("whole", [False, True])
def test_what_documents_were_made_and_what_is_open(capsys: pytest.CaptureFixture[str], whole: bool) -> None:
    first, second = _Reason("未发布", "", ("b",)), _Reason("待核对", "rules compared a", ("a", "b"))
    open_ = [of(paper=of(reasons=one)) for one in ([second], [second, first])]
    printed = of(copies=["c.docx"] * whole, kept=["k.docx"] * whole, counts={"made": 3, "standing": 4})
    written: Any = of(
        open=open_ if whole else [], entries=[1, 2, 3], printed=printed, without_duty=5 * whole,
        removed=["x", "y"] * whole, notice=None if whole else "notice",
    )  # fmt: skip
    documents._report(written, Path("out"))
    made_ = "3 documents made, 4 stood already: out"
    assert capsys.readouterr().err.splitlines() == (
        [
            "待核对：2 项  → rules compared a",
            "未发布：1 项",
            "all comparisons at once: rules compared a b",
            "2 of 3 enterprises are not ready to be served",
            "note: edited by hand since and made anew; the edited one is kept as c.docx",
            "note: edited by hand since, left as it is: k.docx",
            "note: 5 enterprises without any duty: no document",
            "note: 2 documents of an earlier run removed",
            made_,
            "note: no public notice was made",
        ]
        if whole
        else [made_]
    )
    written.open, written.notice = [of(paper=of(reasons=[first]))], "notice"
    documents._report(written, Path("out"))
    assert "at once" not in capsys.readouterr().err, "one comparison is said already"


def test_templates_are_copied_out_and_nothing_else_done(stage: Stage) -> None:
    copy = stage.mock("documents.copy_templates", ["a.docx", "b.docx"])
    done = call("documents --write-template out")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "written a.docx\nwritten b.docx\n")
    copy.assert_called_once_with(Path("out"))
