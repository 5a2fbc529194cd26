"""Forms of documents and plans, and the cases that come with them: what is handed on, printed and written."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
import yaml

from alertengine.commands import ruleschapter, rulesexchange
from alertengine.commands.ruleschapter import head_of, option_of
from alertengine.documents import KEEPS_DRAFT
from alertengine.documents.pack.evening_pack import KEEPS_LOOK
from alertengine.vocabulary import InputError, times
from tests.cli.made import Stage, call, of

TODAY = times.today()
DAY = date(2021, 1, 10)
FAILS = of(case=of(name="b"), differences=["share 1, not 2", "other"])
HOLDS = of(case=of(name="a"), differences=[])


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Stage:
    """The commands in a folder of their own, their tables watched."""
    monkeypatch.chdir(tmp_path)
    shown = Stage(monkeypatch, of(lists="lists"))
    shown.watch(rulesexchange, ruleschapter)
    return shown


# -- heads


NOTHING = dict.fromkeys(("title", "number", "issuer", "issued", "area", "first", "entered_by", "pages"))


@pytest.mark.parametrize(
    ("said", "head"),
    [
        ({}, {"valid": {"to": "not stated"}}),
        ({"title": "题", "area": "临汾市"}, {"title": "题", "area": "临汾市", "valid": {"to": "not stated"}}),
        ({"issued": DAY}, {"issued": "2021-01-10", "valid": {"from": "2021-01-10", "to": "not stated"}}),
        ({"first": DAY}, {"valid": {"from": "2021-01-10", "to": "not stated"}}),
        (
            {"first": TODAY, "issued": DAY},
            {"issued": "2021-01-10", "valid": {"from": str(TODAY), "to": "not stated"}},
        ),
        ({"entered_by": "甲"}, {"valid": {"to": "not stated"}, "entered": {"by": "甲", "on": str(TODAY)}}),
        ({"pages": "3"}, {"valid": {"to": "not stated"}, "entered": {"pages": "3"}}),
    ],
)
def test_a_head_has_what_is_known(said: dict[str, Any], head: dict[str, Any]) -> None:
    assert head_of("own", NOTHING | said) == {"document": "own", "source": "secondary"} | head


@pytest.mark.parametrize(
    ("document", "said", "head"),
    [
        (None, {}, {}),
        ("own", {}, {"document": "own"}),
        ("own", {"title": "题"}, {"document": "own", "title": "题"}),
        (None, {"title": "题"}, {"title": "题"}),
        (None, {"first": DAY}, {"valid": {"from": "2021-01-10", "to": "not stated"}}),
    ],
)
def test_the_head_of_a_plan_has_nothing_that_is_not_said(
    document: str | None, said: dict[str, Any], head: dict[str, Any]
) -> None:
    assert ruleschapter._head(document, NOTHING | said) == head


@pytest.mark.parametrize(
    ("column", "option"),
    [("head title", "--title"), ("head valid.from", "--from"), ("head entered.by", "--entered-by"), ("area", "--area")],
)
def test_a_defect_of_the_head_names_its_option(column: str, option: str) -> None:
    assert option_of(column) == option


def test_a_trade_by_its_name_on_file(stage: Stage) -> None:
    names = {"水泥厂": "水泥"}
    lists = of(recognise=lambda table, name: of(name=names.get(name)), spellings=lambda table: ["水泥", table])
    stage.patch.setattr("alertengine.rulebook.nearest", lambda name, spellings: [name, *spellings])
    assert ruleschapter._known(lists, "industries", "水泥厂", "--industry") == "水泥"
    assert ruleschapter._known(lists, "industries", "", "--industry") == ""
    with pytest.raises(InputError, match=r"--industry: not on file.*水尼.*水泥.*industries"):
        ruleschapter._known(lists, "industries", "水尼", "--industry")


# -- a chapter


def chapter_of(stage: Stage, **counts: int) -> tuple[Mock, Mock]:
    """A chapter of a text with two passages not read and a note; the mocks that propose and write it."""
    stage.mock("rulebook.Rulebook.load", stage.book)
    stage.mock("checking.head_defects", [])
    stage.patch.setattr(ruleschapter, "_known", lambda _, table, name, option: f"{table} {name} {option}")
    stage.mock("checking.read_passages", side_effect=lambda text: f"passages of {text}")
    stage.mock("files.read_guarded", side_effect=lambda read, text: f"guarded {read(text)}")
    found = of(cells=[1], left=["x", "y"], notes=["z"])
    return stage.mock("checking.propose", found), stage.mock("checking.write_form", {"open": 5, "check": 2, "sure": 9})


@pytest.mark.parametrize(
    ("name", "way"), [("t.txt", "passages"), ("t.docx", "guarded passages"), ("t.PDF", "guarded passages")]
)
@pytest.mark.parametrize(("words", "article"), [("", "industries 水泥 --industry"), (" --article 十五", "十五")])
def test_a_chapter_is_read_and_its_form_written(stage: Stage, name: str, way: str, words: str, article: str) -> None:
    proposed, written = chapter_of(stage)
    Path(name).touch()
    done = call(
        f"rules chapter {name} -o f.xlsx --document own --industry 水泥 --process 熟料 --title 题{words} --json"
    )
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == "f.xlsx: 7 cells to decide, 3 passages not read\n"
    assert stage.tables == [([{"open": 5, "check": 2, "sure": 9}], True)]
    trade, part = "industries 水泥 --industry", "processes 熟料 --process"
    proposed.assert_called_once_with(f"{way} of {name}", trade, "lists", part)
    head = {"document": "own", "title": "题", "valid": {"to": "not stated"}, "source": "secondary"}
    written.assert_called_once_with(proposed.return_value, head, article, "lists", Path("f.xlsx"))


@pytest.mark.parametrize(
    ("open_", "check", "left", "notes", "status"),
    [(0, 0, [], [], 0), (1, 0, [], [], 1), (0, 1, [], [], 1), (0, 0, ["x"], [], 1), (0, 0, [], ["x"], 1)],
)
def test_a_chapter_with_anything_open_wants_a_person(
    stage: Stage, open_: int, check: int, left: list[str], notes: list[str], status: int
) -> None:
    proposed, written = chapter_of(stage)
    proposed.return_value = of(cells=[1], left=left, notes=notes)
    written.return_value = {"open": open_, "check": check}
    assert call("rules chapter t.docx -o f.xlsx --document own --industry 水泥").exit_code == status
    assert proposed.call_args.args[0] == "passages of t.docx", "a text that is not there is no matter of a worker"


def test_a_scaffold_names_its_files(stage: Stage) -> None:
    stage.mock("rulebook.Rulebook.load", stage.book)
    write = stage.mock("checking.write_scaffold", [Path("own/a.yaml"), Path("own/a.test.yaml")])
    done = call("rules new own -o own --title 题")
    assert (done.exit_code, done.stderr) == (0, "written to own/a.yaml, own/a.test.yaml\n")
    head = {"document": "own", "title": "题", "valid": {"to": "not stated"}, "source": "secondary"}
    write.assert_called_once_with(head, stage.book, Path("own"))


# -- a plan


def plans(stage: Stage, *keeps: str) -> Mock:
    """The matters of a city's plan by what they keep."""
    stage.mock("documents.read_pack_templates", of(departments="departments"))
    matters = [of(text=f"未录入{number}", keeps=kept, settled_by="录入") for number, kept in enumerate(keeps)]
    return stage.mock("documents.plan_matters", matters)


@pytest.mark.parametrize(("open_", "after", "status"), [(0, False, 0), (1, False, 1), (0, True, 0)])
@pytest.mark.parametrize(("words", "day"), [("", TODAY), (" --date 2021-01-10", DAY)])
def test_the_form_of_a_plan_is_written(
    stage: Stage, open_: int, after: bool, status: int, words: str, day: date
) -> None:
    stage.mock("rulebook.Rulebook.load", stage.book)
    matters = plans(stage)
    elsewhere = of(code="document_elsewhere")
    defects = stage.mock("checking.head_defects", [elsewhere])
    stage.mock("workflow.city_of", side_effect=lambda book, city: f"{city}市")
    found = of(open=open_, after=of(document="old", title="旧") if after else None)
    form, write = stage.mock("workflow.plan_form", found), stage.mock("workflow.write_plan")
    done = call(f"rules plan 临汾 -o f.xlsx --document own{words} --json")
    assert done.exit_code == status
    begun = ["begun with what old 《旧》 says; the new document takes its place"] * after
    written = f"f.xlsx: the form of the plan, {open_} cells to fill in"
    assert done.stderr.splitlines() == [written, *begun, "临汾市: 0 matters of its plan are open"]
    assert stage.tables == [([], True)]
    defects.assert_called_once_with({"document": "own"}, stage.book)
    form.assert_called_once_with(stage.book, "临汾", {"document": "own"}, day)
    write.assert_called_once_with(stage.book, found, Path("f.xlsx"))
    matters.assert_called_once_with(stage.book, "临汾市", day, "departments")


@pytest.mark.parametrize(
    ("keeps", "status"),
    [((), 0), ((KEEPS_LOOK,), 0), ((KEEPS_DRAFT,), 1), ((KEEPS_LOOK, KEEPS_DRAFT), 1)],
)
def test_a_plan_wants_a_person_where_papers_are_drafts_for_it(
    stage: Stage, keeps: tuple[str, ...], status: int
) -> None:
    plans(stage, *keeps)
    assert ruleschapter.tell_open(stage.book, "临汾市", DAY, as_json=True) == status
    assert [row["影响"] for row in stage.tables[0][0]] == list(keeps)


@pytest.mark.parametrize(("area", "cities"), [(("临汾市", "大同市"), ["临汾市", "大同市"]), (("山西省",), [])])
@pytest.mark.parametrize("listed", [True, False])
def test_what_papers_lack_is_told_of_each_city_of_a_plan(
    stage: Stage, area: tuple[str, ...], cities: list[str], listed: bool
) -> None:
    later = date(2999, 1, 1)
    document = of(area=area, valid=of(bounds=lambda: (later, None)))
    book = of(documents={"own": document}, lists=of(cities=lambda: ["临汾市", "太原市", "大同市"]))
    opened = stage.mock("rulebook.open_folders", book)
    matters = plans(stage, KEEPS_DRAFT)
    folders = [Path("a"), *([Path("own")] if listed else [])]
    assert ruleschapter.tell_plan(of(document="own"), folders, Path("own")) == int(bool(cities))
    opened.assert_called_once_with([Path("a"), Path("own")])
    assert [one.args[1:3] for one in matters.call_args_list] == [(city, later) for city in cities]
    assert [as_json for _, as_json in stage.tables] == [False] * len(cities)
    row = {"未决事项": "未录入0", "影响": KEEPS_DRAFT, "如何解决": "录入"}
    assert [rows for rows, _ in stage.tables] == [[row]] * len(cities)


# -- cases


def casing(stage: Stage, *outcomes: Any) -> Any:
    """A document with one case of its law and one of its cells; the file of its cases is read for real."""
    stage.mock("rulebook.open_folders", stage.book)
    stage.mock("checking.law_cases", side_effect=lambda document, book: [{"name": f"law {document['document']}"}])
    stage.mock("checking.proposed_cases", side_effect=lambda document, lists: [{"name": f"cell {lists}"}])
    stage.mock("checking.cases_yaml", side_effect=lambda cases, name: yaml.safe_dump([*cases, {"name": name}]))
    stage.mock("checking.read_cases", side_effect=lambda file: yaml.safe_load(file.read_text(encoding="utf-8")))
    ran: list[Any] = []
    runner = of(run_all=lambda pairs: ran.extend(case["name"] for case, _ in pairs) or list(outcomes))
    stage.mock("checking.CaseRunner", runner)
    return ran


THERE = "- name: law own\n- name: mine\n"


@pytest.mark.parametrize(
    ("there", "form", "came", "names", "said"),
    [
        ("", False, "", ["law own", "cell lists", "own.yaml"], "written: own.test.yaml"),
        ("", False, "- name: came\n", ["came"], "written: own.test.yaml"),
        (THERE, False, "", ["law own", "mine"], "cases are there already: none were written"),
        (THERE, True, "", ["law own", "cell lists", "mine", "own.yaml"], "written: own.test.yaml"),
        ("[]\n", True, "", ["law own", "cell lists", "own.yaml"], "written: own.test.yaml"),
        ("# none\n", True, "", ["law own", "cell lists", "own.yaml"], "written: own.test.yaml"),
    ],
)
@pytest.mark.parametrize(("outcomes", "status"), [((HOLDS,), 0), ((HOLDS, FAILS), 1)])
def test_cases_beside_a_document_are_written_and_run(
    stage: Stage, capsys: pytest.CaptureFixture[str], there: str, form: bool, came: str, names: list[str], said: str,
    outcomes: tuple[Any, ...], status: int,
) -> None:  # fmt: skip
    ran = casing(stage, *outcomes)
    if there:
        Path("own.test.yaml").write_text(there, encoding="utf-8")
    found: Any = of(text="document: own\n", form=form)
    assert rulesexchange.write_cases(found, Path("own.yaml"), (Path("a"),), came) == status
    from alertengine.rulebook import open_folders

    open_folders.assert_called_once_with([Path("a"), Path()])
    assert ran == names
    assert capsys.readouterr().err.splitlines() == [said, f"1 cases hold, {status} fail"]
    assert stage.tables == [([{"case": "b", "differences": "share 1, not 2; other"}] * status, False)]
