"""What the commands of ``rules`` that look hand on, print and end with: check, test, show, schema, coverage, diff."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from unittest.mock import ANY, Mock

import pytest

from alertengine.commands import rules, rulesexchange
from alertengine.rulebook import Query, Side
from alertengine.vocabulary import Both, Level, times
from tests.cli.made import DOUBT, HINT, Stage, call, made, of, staged


@dataclass
class Cell:
    """A cell of a coverage."""

    cell: int = 1


TODAY = times.today()
DAY = date(2021, 1, 10)
NO_PLAN = (
    "大同市: no emergency plan in force is on file, every paper is a draft: alertengine rules plan 大同市"
    " -o 预案表.xlsx"
)


stage = staged(rules, rulesexchange)


def book_of(stage: Stage) -> Any:
    """A rulebook of one document with two holes, three rules and a declared hole."""
    document = of(missing=["a", "b"])
    book = of(documents={"law": document}, rules=[1, 2, 3], holes=["c"], lists="lists")
    stage.mock("rulebook.Rulebook.load", book)
    return book


def outcome(name: str, *differences: str) -> Any:
    return of(file=Path("laws/law.test.yaml"), case=of(name=name), differences=differences)


@pytest.mark.parametrize("found", [[], [of(kind="never_binds", problem=DOUBT)]])
@pytest.mark.parametrize("form", ["", " --json"])
def test_check_tells_each_finding_and_counts(stage: Stage, found: list[Any], form: str) -> None:
    book = book_of(stage)
    cases = stage.mock("checking.run_cases", ["x", "y"])
    check = stage.mock("checking.check_rulebook", found)
    done = call(f"rules check --rules own{form}")
    assert done.exit_code == len(found)
    counted = f"1 documents, 3 rules, 2 worked cases, 3 declared holes, {len(found)} findings\n"
    told = "".join(f"{one.problem}\n" for one in found)
    assert (done.stdout, done.stderr) == (("", counted) if form else (counted, told))
    assert [(list(rows[0])[:2] if rows else [], as_json) for rows, as_json in stage.tables] == (
        [(["kind", "code"] if found else [], True)] if form else []
    )
    cases.assert_called_once_with(book, ANY)
    check.assert_called_once_with(book, ["x", "y"])


@pytest.mark.parametrize("failed", [[], [outcome("b", "share 1, not 2", "other")]])
@pytest.mark.parametrize("form", ["", " --json"])
def test_test_shows_what_fails_as_expected_against_got(stage: Stage, failed: list[Any], form: str) -> None:
    book = book_of(stage)
    files = stage.mock("checking.files_of_cases", ["f"])
    read = stage.mock("checking.read_cases", ["case"])
    ran: list[Any] = []
    runner = stage.mock(
        "checking.CaseRunner",
        of(run_all=lambda pairs: ran.extend(pairs) or [outcome("a"), *failed]),
    )
    done = call(f"rules test --document law{form}")
    assert done.exit_code == len(failed)
    counted = f"1 cases hold, {len(failed)} fail\n"
    assert (done.stdout, done.stderr) == (("", counted) if form else (counted, ""))
    row = {"file": "law.test.yaml", "case": "b", "differences": "share 1, not 2; other"}
    assert stage.tables == [([row] * len(failed), bool(form))]
    files.assert_called_once_with(book, "law")
    read.assert_called_once_with("f")
    runner.assert_called_once_with(book)
    assert ran == [("case", "f")]


@pytest.mark.parametrize(("survivors", "failing"), [(0, 0), (1, 0), (0, 1), (1, 1)])
@pytest.mark.parametrize("form", ["", " --json"])
def test_mutating_shows_what_no_case_noticed(stage: Stage, survivors: int, failing: int, form: str) -> None:
    book = book_of(stage)
    stage.mock("checking.files_of_cases", ["f"])
    moved = of(where="law.yaml: r", what="share", before=1, after=2)
    mutate = stage.mock(
        "checking.mutate", of(survivors=[moved] * survivors, failing=[outcome("bad")] * failing, tried=7)
    )
    done = call(f"rules test --mutate --document law{form}")
    assert done.exit_code == int(survivors or failing)
    left_out = "laws/law.test.yaml: bad: fails as things are, left out\n" * failing
    counted = f"7 values moved, {survivors} noticed by no case\n"
    assert (done.stdout, done.stderr) == (("", left_out + counted) if form else (counted, left_out))
    row = {"rule": "law.yaml: r", "what": "share", "from": 1, "to": 2}
    assert stage.tables == [([row] * survivors, bool(form))]
    mutate.assert_called_once_with(book, "law", ANY)


@pytest.mark.parametrize("form", ["", " --json", " r"])
def test_show_lists_rules_or_shows_one_whole(stage: Stage, form: str) -> None:
    book = book_of(stage)
    book.documents = {"old": "甲", "new": "乙"}
    columns = ("id", "kind", "title", "article", "number", "source")
    found = [of(id=name, document=name) for name in ("old", "new")]
    find = stage.mock("rulebook.find_rules", found)
    whole = dict.fromkeys(columns, "某") | {"more": DAY}
    stage.patch.setattr(
        "alertengine.rulebook.rule_as_dict", lambda rule, law, level: {**whole, "id": rule.id, "at": level}
    )
    stage.patch.setattr("alertengine.rulebook.origin_words", lambda document: "抄自别处" if document == "甲" else "")
    known = " --kind measure --city 临汾市 --date 2021-01-10 --level red --known-on 2020-12-01"
    done = call(f"rules show{form}{known}")
    assert done.exit_code == 0
    query = Query("r" if form == " r" else None, "measure", "临汾市", DAY, "red", date(2020, 12, 1))
    find.assert_called_once_with(book, query)
    if not form:
        rows = [{**dict.fromkeys(columns, "某"), "id": name} for name in ("old", "new")]
        assert (stage.tables, done.stdout, done.stderr) == ([(rows, False)], "", "2 rules\n")
        return
    assert (stage.tables, done.stderr) == ([], "")
    assert "某" in done.stdout, "not as escapes"
    first, second = json.loads(done.stdout)
    assert (first["id"], first["at"], first["more"], first["origin"]) == ("old", "red", "2021-01-10", "抄自别处")
    assert "origin" not in second


@pytest.mark.parametrize(
    ("more", "level", "day"), [("", "none", TODAY), (" --level red --date 2021-01-10", "red", DAY)]
)
@pytest.mark.parametrize(("form", "shown"), [("", 1), (" --json", 2), (" r", 2)])
def test_show_of_a_line_counts_what_is_far_from_holding(
    stage: Stage, more: str, level: str, day: date, form: str, shown: int
) -> None:
    book = book_of(stage)
    listed = made(own_problems=[DOUBT])
    read = stage.mock("lists.read_list", listed)
    answers = [of(near=True, row=lambda _: {"id": "a"}), of(near=False, row=lambda _: {"id": "b"})]
    report = of(answers_to=Mock(return_value=answers), summary="甲厂")
    reports = stage.mock("checking.LineReport", report)
    done = call(f"rules show{form} --list l.csv --line E/1 --hours 5{more} --known-on 2020-12-01")
    assert done.exit_code == 1, "a cell of the list is bad"
    further = f"甲厂; {2 - shown} rules further from holding not shown\n"
    assert done.stderr == f"{further}{DOUBT}\n"
    assert stage.tables == [([{"id": "a"}, {"id": "b"}][:shown], form == " --json")]
    read.assert_called_once_with(Path("l.csv"), "lists")
    reports.assert_called_once_with(book, listed, "E/1", day, Level(level), 5.0, date(2020, 12, 1))
    asked = Query(
        "r" if form == " r" else None, None, None, day if more else None, level if more else None, date(2020, 12, 1)
    )
    report.answers_to.assert_called_once_with(asked)


@pytest.mark.parametrize("words", ["--list l.csv", "--line E/1"])
def test_a_list_and_a_line_go_together(words: str) -> None:
    done = call(f"rules show {words}")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "--list and --line go together" in done.stderr


def test_the_schema_is_printed_or_written(stage: Stage, tmp_path: Path) -> None:
    book = book_of(stage)
    schema = stage.mock("rulebook.document_schema", {"title": "规则"})
    text = '{\n  "title": "规则"\n}\n'
    done = call("rules schema")
    assert (done.exit_code, done.stdout, done.stderr) == (0, text, "")
    path = tmp_path / "s.json"
    done = call(f"rules schema -o {path}")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", f"written: {path}\n")
    assert path.read_text(encoding="utf-8") == text
    schema.assert_called_with(book)


@pytest.mark.parametrize(
    ("more", "place", "day"), [("", None, TODAY), (" --city 临汾 --date 2021-01-10", "临汾市", DAY)]
)
@pytest.mark.parametrize(("form", "output"), [("", ""), (" --json -o c.html", "c.html")])
def test_coverage_of_a_place(stage: Stage, more: str, place: str | None, day: date, form: str, output: str) -> None:
    book = book_of(stage)
    stage.patch.setattr("alertengine.rulebook.place_of", lambda law, city: {"临汾": "临汾市"}[city])
    found = of(cells=[Cell()], by_industry=lambda: [{"industry": 1}], summary=lambda: Both("covered", "已覆盖"))
    coverage = stage.mock("checking.coverage", found)
    write = stage.mock("report.write_coverage")
    done = call(f"rules coverage --known-on 2020-12-01{more}{form}")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "covered\n")
    assert stage.tables == [([{"cell": 1}], True) if form else ([{"industry": 1}], False)]
    coverage.assert_called_once_with(book, day, place, date(2020, 12, 1))
    assert [one.args for one in write.call_args_list] == ([(found, book, Path(output))] if output else [])


def covered(rows: int) -> Any:
    """What a list lacks, of as many rows."""
    import pandas as pd

    table = pd.DataFrame(
        [{"text": f"缺文{number}", "lines": number} for number in range(rows)], columns=["text", "lines"]
    )
    return of(table=table, covered=3 - bool(rows), lines=3, covered_weight=0.5)


@pytest.mark.parametrize("rows", [0, 1, 41])
@pytest.mark.parametrize("form", ["", " --json"])
def test_coverage_of_a_list(stage: Stage, tmp_path: Path, rows: int, form: str) -> None:
    book = book_of(stage)
    found = covered(rows)
    listed = made(own_notes=[HINT], citation="某清单", lines=of(empty=False))
    read = stage.mock("lists.read_list", listed)
    missing = stage.mock("checking.missing_texts", found)
    stage.patch.setattr("alertengine.checking.HEADERS", {"text": "缺文", "lines": "条数"})
    stage.patch.setattr("alertengine.checking.shown", lambda name, value: f"{name}={value}")
    stage.mock("workflow.without_plan", ["大同市"])
    keep = stage.mock("workflow.keep_progress", of(weight=0.25, on="2021-01-09", texts=4))
    out = tmp_path / "c.csv"
    done = call(f"rules coverage --list l.csv --date 2021-01-10 --known-on 2020-12-01 -o {out} --progress p.csv{form}")
    assert done.exit_code == int(rows > 0)
    assert done.stderr.splitlines() == [
        f"2021-01-10: a rule decides {found.covered} of 3 running lines at every level, 50% of what the list emits",
        "since 2021-01-09: 25% of the emissions covered then, 50% now; 4 texts were missing",
        NO_PLAN,
        f"note: {HINT}",
    ]
    [(shown, as_json)] = stage.tables
    assert as_json == bool(form)
    assert len(shown) == (rows if form else min(rows, 40))
    first = {"text": "缺文0", "lines": 0} if form else {"缺文": "text=缺文0", "条数": "lines=0"}
    assert shown[:1] == [first] * min(rows, 1)
    lines = out.read_text(encoding="utf-8-sig").splitlines()
    assert (lines[0], len(lines)) == ("text,lines", 1 + rows)
    read.assert_called_once_with(Path("l.csv"), "lists")
    missing.assert_called_once_with(book, listed, DAY, date(2020, 12, 1))
    keep.assert_called_once_with(Path("p.csv"), found, "某清单")


def test_coverage_of_a_list_without_a_day_before_says_no_progress(stage: Stage) -> None:
    book_of(stage)
    stage.mock("lists.read_list", made(citation="某清单", lines=of(empty=False)))
    missing = stage.mock("checking.missing_texts", covered(0))
    stage.mock("workflow.without_plan", [])
    keep = stage.mock("workflow.keep_progress", None)
    assert len(call("rules coverage --list l.csv --progress p.csv").stderr.splitlines()) == 1
    assert missing.call_args.args[2] == TODAY
    keep.reset_mock()
    assert call("rules coverage --list l.csv").exit_code == 0
    keep.assert_not_called()


LINE = {
    "level": "red", "enterprise": "甲", "line": "1", "change": "stricter", "status_old": None,
    "measure_text_old": "限产", "status_new": "ordered", "measure_text_new": None, "because": "r", "more": 1,
}  # fmt: skip


def differing(stage: Stage, listed: Any) -> tuple[Mock, Mock, Mock]:
    """Two rulebooks with two differences of one rule, and the orders of a list."""
    stage.mock("rulebook.open_book", side_effect=lambda name: f"book of {name}")
    changes = [of(id="r"), of(id="r")]
    stage.mock("rulebook.change_rows", [{"id": "r", "day": DAY, "文": "停"}])
    return (
        stage.mock("rulebook.book_changes", changes),
        stage.mock("checking.order_changes", listed),
        stage.mock("checking.write_changes"),
    )


@pytest.mark.parametrize(
    ("days", "before", "after"),
    [
        ("", None, None),
        (" --date 2021-01-10", DAY, DAY),
        (" --date2 2021-01-10", DAY, DAY),
        (" --date 2020-12-01 --date2 2021-01-10", date(2020, 12, 1), DAY),
    ],
)
@pytest.mark.parametrize(("level", "levels"), [("", list(Level)), (" --level red", [Level("red")])])
def test_diff_compares_two_sides(
    stage: Stage, days: str, before: date | None, after: date | None, level: str, levels: list[Level]
) -> None:
    compared, orders, write = differing(stage, made(lines=[LINE] * 41, counts=lambda: ["c"], kilograms=lambda: ["k"]))
    done = call(f"rules diff old new --list l.csv -o d.csv{days}{level}")
    assert done.exit_code == 0
    assert (done.stdout, done.stderr) == ("", "2 differences of 1 rules and documents, 41 orders differ\n")
    sides = Side("book of old", before), Side("book of new", after)
    compared.assert_called_once_with(*sides)
    orders.assert_called_once_with(*sides, Path("l.csv"), levels, compared.return_value)
    write.assert_called_once_with(compared.return_value, orders.return_value, Path("d.csv"))
    brief = {
        "level": "red",
        "enterprise": "甲",
        "line": "1",
        "change": "stricter",
        "old": "限产",
        "new": "ordered",
        "because": "r",
    }
    assert [len(rows) for rows, _ in stage.tables] == [1, 40, 1, 1]
    assert stage.tables[1][0][0] == brief
    assert [rows for rows, _ in stage.tables[2:]] == [["c"], ["k"]]
    assert not any(as_json for _, as_json in stage.tables)


def test_diff_without_a_list_is_of_rules_alone(stage: Stage) -> None:
    compared, orders, write = differing(stage, None)
    done = call("rules diff same same")
    assert (done.exit_code, done.stderr) == (0, "2 differences of 1 rules and documents\n")
    assert compared.call_args.args[0].book is compared.call_args.args[1].book, "read once"
    assert len(stage.tables) == 1
    orders.assert_not_called()
    write.assert_not_called()
    said = json.loads(call("rules diff old new --json").stdout)
    assert said == {"rules": [{"id": "r", "day": "2021-01-10", "文": "停"}], "orders": [], "totals": []}


@pytest.mark.parametrize("form", ["", " --json"])
def test_diff_tells_what_the_list_gave_rise_to(stage: Stage, form: str) -> None:
    orders = made(own_problems=[DOUBT], lines=[LINE], totals=[{"level": "red"}], counts=list, kilograms=list)
    differing(stage, orders)
    done = call(f"rules diff old new --list l.csv{form}")
    assert done.exit_code == 1
    assert str(DOUBT) in done.stderr
    if form:
        assert "停" in done.stdout
        said = json.loads(done.stdout)
        assert (said["orders"], said["totals"]) == ([LINE], [{"level": "red"}])
        assert stage.tables == []
