"""Nothing is lost at a door of the page: one bad cell of any file is told where it is brought and where it is used.

A field for files, or an address that takes a body, which stands in no table here fails: a new door is in this test
by itself.
"""

from __future__ import annotations

import ast
import io
import shutil
import time
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Final

import pandas as pd
import pytest
import yaml
from fastapi.routing import APIRoute

import alertengine.web
from alertengine.files import Profile, reading_with, rules_folder, scenarios_folder
from alertengine.ledger import Ledger
from alertengine.rulebook import OpenLists, Rulebook
from alertengine.vocabulary import InputError, Problem
from alertengine.web import Desk, files
from alertengine.web.api import reading
from alertengine.web.api.app import Interface
from alertengine.web.fieldforms import FieldForms
from alertengine.web.intake import DOORS, FORM, PAPER, SIGNED, TEXT, YAML, learn, taken_in
from alertengine.web.jobs.queue import Jobs
from alertengine.web.lists import list_files, lists_on_file, publish_uploads
from alertengine.web.pages.frame import problem_rows
from alertengine.web.signin import Forms
from alertengine.web.simulation import begin_run
from alertengine.web.today import today
from alertengine.web.work import Work, WorkInput, begin, hand_in
from alertengine.workflow import SCHEMAS, Upload, approve, issue_draft, record_forecast, review
from tests.door_inputs import BAD, INPUTS, write

#: The input of each kind of table that the page takes, and of its files of settings by door.
KINDS: Final = {kind: kind for kind in SCHEMAS}
SETTINGS: Final = {
    "issue.beside": "list.version.yaml",
    "lists.beside": "list.version.yaml",
    "simulate.scenario": "season.yaml",
    "simulate.files": "season.yaml",
}
#: Addresses that take something other than files, and why.
NO_FILES: Final = {
    "/sign-in": "a name and a password",
    "/sign-out": "nothing",
    "/password": "passwords",
    "/v1/acts/{act}/release": "a reason, of a person whose key it is",
    "/field/plant": "an inspector's note; photos are looked at by first bytes, number and size, and opened by nothing",
    "/field/judge": "nothing",
    "/field/drop": "the code of a note of one's own",
    "/field/phone": "a reason, which goes on record",
}


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return Rulebook.load(())


def _good(kind: str) -> str:
    return INPUTS[kind][2].split("=", 1)[1]


def _upload(folder: Path, kind: str, cell: str = "") -> Upload:
    name, text, _ = INPUTS[kind]
    write(folder / name, text, cell or _good(kind))
    return Upload(Path(name).name, (folder / name).read_bytes())


def _said(problems: list[Problem] | tuple[Problem, ...]) -> bool:
    return any(BAD in f"{row['value']}{row['message']}" and row["file"] for row in problem_rows(list(problems)))


def _cases() -> Iterator[tuple[str, str]]:
    for key, door in DOORS.items():
        for kind in door.kinds:
            if kind not in (FORM, TEXT, SIGNED, PAPER):  # read by who takes it; see below
                yield key, kind


def test_a_form_that_cannot_be_opened_is_refused_at_its_door() -> None:
    lists = OpenLists.load([rules_folder()])
    for key, door in DOORS.items():
        if FORM in door.kinds:
            assert taken_in(Upload("表.xlsx", b"PK no workbook"), door, lists).refused, key
        if FORM in door.kinds and ".csv" in door.endings:
            assert not taken_in(Upload("表.csv", "区县,报送日期\n尧都区,2026-10-01\n".encode()), door, lists).refused, (
                key
            )


def test_a_text_that_cannot_be_read_is_refused_at_its_door() -> None:
    lists, door = OpenLists.load([rules_folder()]), DOORS["rules.text"]
    assert taken_in(Upload("原文.docx", b"PK no document"), door, lists).refused
    assert not taken_in(Upload("原文.txt", "C级企业：橙色预警期间停产。".encode()), door, lists).refused
    with pytest.raises(InputError, match=r"不收这种文件：原文.doc"):
        taken_in(Upload("原文.doc", b""), door, lists)


def test_a_file_that_nobody_signed_is_refused_at_its_door() -> None:
    lists, door = OpenLists.load([rules_folder()]), DOORS["rules.signed"]
    for data in (b"{}", b"PK no json", b'{"format": "alertengine rule document 1"}'):
        assert taken_in(Upload("our.json", data), door, lists).refused
    with pytest.raises(InputError, match=r"不收这种文件：our.xlsx"):
        taken_in(Upload("our.xlsx", b"{}"), door, lists)


def test_a_paper_is_kept_unread_and_only_of_the_endings_of_papers() -> None:
    lists, door = OpenLists.load([rules_folder()]), DOORS["superior.file"]
    assert not taken_in(Upload("调度令.pdf", b"%PDF scanned"), door, lists).refused
    with pytest.raises(InputError, match=r"不收这种文件：调度令.html"):
        taken_in(Upload("调度令.html", b"<html>"), door, lists)


def test_every_field_for_files_is_a_door_and_every_door_is_drawn() -> None:
    """No page draws a field for files but by a door of the table; every kind of a door has an input that is spoilt."""
    folder = Path(alertengine.web.__file__).parent
    named: set[str] = set()
    drawing = []
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "ui.upload":
                drawing.append(path.name)
            if path.parent.name == "pages" and isinstance(node, ast.Constant) and node.value in DOORS:
                named.add(str(node.value))
    assert drawing == ["reading.py"]
    assert named == set(DOORS)
    for key, kind in _cases():
        assert (key in SETTINGS) if kind == YAML else (KINDS[kind] in INPUTS), (key, kind)


def test_no_other_address_takes_a_file(tmp_path: Path) -> None:
    """Neither the forms nor the interface take files: whoever adds one that does says here how it is guarded."""
    desk = Desk(tmp_path / "record.db")
    interface = Interface(desk).application()
    forms = Forms(desk)
    pages = [*forms.router().routes, *FieldForms(desk, forms).router().routes, *files.router(desk).routes]
    routes = [*pages, *_routes_of(interface)]
    taking = {
        route.path
        for route in routes
        if isinstance(route, APIRoute) and (route.body_field is not None or set(route.methods) - {"GET", "HEAD"})
    }
    assert taking == set(NO_FILES)
    assert len(routes) > 12


def _routes_of(application: object) -> list[object]:
    inner = application
    while not hasattr(inner, "routes"):
        inner = inner.app  # type: ignore[attr-defined]
    return list(inner.routes)


@pytest.mark.parametrize(("key", "kind"), [case for case in _cases() if case[1] != YAML])
def test_one_bad_cell_is_shown_where_a_file_is_brought(key: str, kind: str, book: Rulebook, tmp_path: Path) -> None:
    upload = _upload(tmp_path, KINDS[kind], BAD)
    found = taken_in(upload, DOORS[key], book.lists)
    assert found.kind == kind
    assert not found.refused
    assert _said(found.problems)
    assert found.protocol is not None
    assert found.protocol.file == upload.name
    assert any(heading.fields for heading in found.headings)


@pytest.mark.parametrize("key", [key for key, kind in _cases() if kind == YAML])
def test_settings_that_are_none_are_refused_where_they_are_brought(key: str, book: Rulebook) -> None:
    upload = Upload(SETTINGS[key], f"a: [{BAD}".encode())
    found = taken_in(upload, DOORS[key], book.lists)
    assert found.refused
    assert problem_rows(list(found.problems))[0]["file"] == SETTINGS[key]


def _begun(path: Path, folder: Path, spoilt: str) -> Work:
    """A draft of all files, one of them with a bad cell."""
    held = {}
    for kind in ("list", "totals", "forecast", "observed"):
        held[kind] = _upload(folder, kind, BAD if kind == spoilt else "")
    beside = []
    if spoilt == "beside":
        held.pop("totals")
        beside = [Upload("list.totals.csv", _upload(folder, "totals", BAD).data)]
    elif spoilt == "register":
        beside = [_upload(folder, "register", BAD)]
    elif spoilt == YAML:
        beside = [Upload("list.version.yaml", f"version: v1\nstatus: {BAD}\n".encode())]
    return begin(path, (), WorkInput("响应", "live", held, beside), "jia")


@pytest.mark.slow
@pytest.mark.parametrize("spoilt", ["list", "totals", "forecast", "observed", "beside", "register"])
def test_one_bad_cell_is_told_with_the_draft_and_held_by_its_act(spoilt: str, tmp_path: Path) -> None:
    """The draft, the act it becomes, and the answer of the interface."""
    path = tmp_path / "record.db"
    Ledger.writable(path).close()
    work = _begun(path, tmp_path, spoilt)
    assert _said(work.prepared.problems)
    act = hand_in(path, work, "办公室 甲", "")
    with Ledger.writable(path) as ledger:
        review(ledger, act.act, "科室 乙", passed=True)
        approve(ledger, act.act, "市长 丙", passed=True, despite="测试")
        issued, _ = issue_draft(ledger, act.act, "办公室 甲", despite="测试")
    with Ledger.open(path) as ledger:
        answer = reading.act_detail(ledger, issued.act).model_dump()
        readings = ledger.act(issued.act).head["readings"]
    codes = {problem.code for problem in work.prepared.problems if BAD in f"{problem.value}{problem}"}
    assert codes & {one["code"] for one in answer["problems"]}
    assert BAD not in str(answer["problems"])
    beside = {"beside": "list.totals.csv", "register": "list.register.csv"}.get(spoilt, "totals.csv")
    assert {one["file"] for one in readings} >= {"list.csv", "forecast.csv", "observed.csv", beside}


def test_a_list_is_not_used_under_a_version_that_cannot_be_read(tmp_path: Path) -> None:
    Ledger.writable(tmp_path / "record.db").close()
    with pytest.raises(InputError, match=BAD):
        _begun(tmp_path / "record.db", tmp_path, YAML)


def test_a_table_that_is_not_understood_is_learned_once(
    book: Rulebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a person says of one file is a profile for the next; the record keeps it beside the forecast."""
    monkeypatch.setenv("ALERTENGINE_PROFILES", str(tmp_path / "profiles"))
    text = INPUTS["forecast"][1].format(aqi=310).replace("城市,预报日期", "哪里,哪天")
    door, upload = DOORS["today.forecast"], Upload("外来.csv", text.encode())
    found = taken_in(upload, door, book.lists)
    assert found.refused
    assert found.sheets[0].headers[:3] == ("发布时间", "哪里", "哪天")
    said = Profile.model_validate({"as": "forecast", "fields": {"哪里": "城市", "哪天": "预报日期"}})
    assert not learn(upload, "forecast", said, "外来", book.lists).refused
    again = Upload("又一份.csv", text.encode())
    assert not taken_in(again, door, book.lists).refused
    with Ledger.writable(tmp_path / "record.db") as ledger:
        with reading_with():
            record_forecast(ledger, again.name, again.data, "办公室 甲")
        shutil.rmtree(tmp_path / "profiles")
        page = today(ledger, book, datetime(2021, 1, 3, 16))
    assert [place.name for place in page.places] == ["临汾市"]
    assert page.readings[0].profile
    with pytest.raises(InputError, match="没有这个字段"):
        learn(upload, "forecast", said.model_copy(update={"fields": {"哪里": "没有的"}}), "坏", book.lists)
    assert not (tmp_path / "profiles" / "坏.profile.yaml").exists()


def test_one_bad_cell_of_a_forecast_is_told_on_the_first_page(book: Rulebook, tmp_path: Path) -> None:
    upload = _upload(tmp_path, "forecast", BAD)
    with Ledger.writable(tmp_path / "record.db") as ledger:
        recorded = record_forecast(ledger, upload.name, upload.data, "办公室 甲")
        page = today(ledger, book, datetime(2021, 1, 3, 18))
        (held,) = ledger.act(recorded.act.act).head["readings"]
    assert _said(recorded.problems)
    assert _said(page.problems)
    assert [one.file for one in page.readings] == [held["file"]] == ["forecast.csv"]


@pytest.mark.parametrize(
    "spoilt", ["list", *(pytest.param(kind, marks=pytest.mark.slow) for kind in ("totals", "history", "season"))]
)
def test_one_bad_cell_is_told_with_a_simulation(spoilt: str, tmp_path: Path) -> None:
    names = ("list", "totals", "history")
    given = [_upload(tmp_path, kind, BAD if kind == spoilt else "") for kind in names]
    season = _upload(tmp_path, "season", BAD if spoilt == "season" else "")
    jobs = Jobs(tmp_path / "record.db")
    try:
        run = begin_run(jobs, yaml.safe_load(season.data), given, "jia")
        while run.open:
            run = jobs.get(run.key)
            time.sleep(0.05)
        assert _said([*run.problems, *(Problem.from_dict(one) for one in run.said.get("notes", ()))])
    finally:
        jobs.close()


def test_what_a_file_does_to_its_reader_is_one_sentence(
    book: Rulebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader without memory is told in Chinese; the next file is read."""
    upload = Upload("forecast.csv", (scenarios_folder() / "linfen-red-episode.forecast.csv").read_bytes())
    monkeypatch.setenv("ALERTENGINE_MAX_MEMORY_MB", "1")
    found = taken_in(upload, DOORS["today.forecast"], book.lists)
    (problem,) = found.problems
    assert found.refused
    assert problem.file == upload.name
    assert problem.code in ("too_much_memory_mb", "reader_died")
    assert any("\u4e00" <= letter <= "\u9fff" for letter in problem.words("zh")[0])
    monkeypatch.delenv("ALERTENGINE_MAX_MEMORY_MB")
    assert not taken_in(upload, DOORS["today.forecast"], book.lists).refused


def test_a_workbook_with_a_cell_in_the_far_corner_harms_nobody(book: Rulebook, tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    made = openpyxl.Workbook()
    for row in INPUTS["list"][1].format(nox="20", made="100").splitlines():
        made.active.append(row.split(","))
    made.active.cell(1_048_576, 16_384, "x")
    made.save(tmp_path / "清单.xlsx")
    found = taken_in(Upload("清单.xlsx", (tmp_path / "清单.xlsx").read_bytes()), DOORS["issue.list"], book.lists)
    assert found.refused or found.protocol is not None
    assert found.problems or found.notes


@pytest.mark.parametrize("name", ["测" * 90 + ".csv", "x" * 250 + ".csv", "a\0b.csv", "a\nb.csv", "\udc80.csv"])
def test_a_name_that_no_file_can_have_is_refused(book: Rulebook, name: str) -> None:
    with pytest.raises(InputError, match="文件名过长，或含有不能显示的字符"):
        taken_in(Upload(name, b"x"), DOORS["issue.list"], book.lists)


def test_a_name_as_bureaus_have_it_is_taken(book: Rulebook, tmp_path: Path) -> None:
    data = _upload(tmp_path, "list").data
    for name in ("附件1　临汾市2026—2027年秋冬季应急减排清单（报批稿）\xa0终.CSV", "清" * 65 + ".csv", "甲:乙?.csv"):
        assert not taken_in(Upload(name, data), DOORS["issue.list"], book.lists).refused, name


def test_what_every_other_door_reads_every_door_for_tables_of_the_page_takes() -> None:
    """An old workbook (.xls) of a portal was refused here and read on the command line."""
    taking = {key: set(door.endings.split(",")) for key, door in DOORS.items() if ".csv" in door.endings}
    taking.pop("rules.text")
    assert [key for key, endings in taking.items() if not {".xlsx", ".xls", ".csv", ".parquet"} <= endings] == []


def test_an_old_workbook_is_published_and_decided_on(book: Rulebook, tmp_path: Path) -> None:
    pd.read_csv(io.BytesIO(_upload(tmp_path, "list").data)).to_excel(tmp_path / "清单.xlsx", index=False)
    path, listed = tmp_path / "record.db", Upload("清单.xls", (tmp_path / "清单.xlsx").read_bytes())
    Ledger.writable(path).close()
    publish_uploads(path, book, listed, [], {}, ("一", "市长 丙", date(2020, 10, 1)), "清单")
    with Ledger.open(path) as ledger:
        source, beside = list_files(ledger, lists_on_file(ledger)[0].act)
    forecast = _upload(tmp_path, "forecast")
    work = begin(path, (), WorkInput("响应", "live", {"list": source, "forecast": forecast}, beside), "jia")
    assert len(work.prepared.run.enterprises.lines) == 1


def test_what_is_no_file_of_a_door_is_refused_by_name(book: Rulebook) -> None:
    with pytest.raises(InputError, match=r"清单\.exe"):
        taken_in(Upload("清单.exe", b"MZ"), DOORS["issue.list"], book.lists)
