"""Each cause of an exit status of a command, with an input that has it beside one that has not, and the words said.

Here are the commands about the law; those about the record are in ``tests/ledger/test_exits.py``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

import alertengine
from alertengine import documents
from alertengine.cli import main
from alertengine.documents.pack.evening_pack import KEEPS_DRAFT, KEEPS_LOOK, Matter
from alertengine.rulebook.excel.plan_rows import TO_FILL
from alertengine.vocabulary import times

pytestmark = pytest.mark.whole

Run = Callable[..., Result]
HEADER = "企业名称,城市,行业,生产线编号,工序,绩效等级,治理任务完成,SO2排放量,NOx排放量,颗粒物排放量,VOCs排放量"
KILN = "甲水泥厂,{city},水泥,1,熟料,C,是,100,200,50,10"
BRICK = "乙砖厂,{city},砖瓦窑,1,焙烧,C,是,1,1,1,1"
#: A document for Datong alone, complete: what it says is decided, nothing of it is missing.
LAW = (
    "document: trial\ntitle: 试行\nissued: 2021-01-01\narea: 大同市\nvalid: {from: 2021-01-01, to: 2022-12-31}\n"
    "source: primary\nrules:\n  - {id: trial-brick, article: 一, title: 砖窑停产, kind: measure,"
    " when: {industry: 砖瓦窑}, then: {stop: true}}\n"
)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A command in a folder of its own; its text is one line of arguments."""
    monkeypatch.chdir(tmp_path)

    def invoke(words: str) -> Result:
        result = CliRunner().invoke(main, words.split())
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return invoke


def put(name: str, *lines: str) -> None:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def files() -> set[str]:
    return {str(path) for path in Path().rglob("*") if path.is_file()}


CHAPTER = "rules chapter t.txt -o f.xlsx --document trial-cement --industry 水泥"
DEFINITE = "C级企业：黄色预警期间：停产50%（以生产线计）；橙色及以上预警期间：停产。"


@pytest.mark.parametrize(
    ("text", "status", "open_", "left"),
    [
        (f"熟料\n{DEFINITE}", 0, 0, 0),
        ("熟料\nC级企业：黄色预警期间：停产50%；橙色及以上预警期间：停产。", 1, 1, 0),
        (f"水泥工业应当减排。\n熟料\n{DEFINITE}", 1, 0, 1),
        (f"水泥工业应当减排。\n熟料\n{DEFINITE}\nB级企业：黄色预警期间：酌情限产。", 1, 1, 1),
    ],
)
def test_a_chapter_is_done_once_nothing_of_it_is_open(run: Run, text: str, status: int, open_: int, left: int) -> None:
    put("t.txt", text)
    done = run(f"{CHAPTER} --json")
    (counts,) = json.loads(done.stdout)
    assert (done.exit_code, counts["open"] + counts["check"]) == (status, open_), done.output
    assert f"f.xlsx: {open_} cells to decide, {left} passages not read" in done.stderr
    assert files() == {"t.txt", "f.xlsx"}


WHOLE = (
    " --title 试行办法 --number 试〔2027〕1号 --issuer 大同市 --issued 2027-01-01 --area 大同市 --from 2027-02-01"
    " --entered-by 甲 --pages 3-5"
)


def head_of(path: str) -> dict[str, str]:
    """The sheet of the document: what stands beside each key."""
    rows = openpyxl.load_workbook(path)["文件"].iter_rows(min_row=2, values_only=True)
    return {str(row[0]): str(row[1]) for row in rows if row[0] and row[1] is not None}


def test_what_is_known_of_a_document_stands_in_the_form_of_its_chapter(run: Run) -> None:
    put("t.txt", "熟料", DEFINITE)
    assert run(f"{CHAPTER}{WHOLE}").exit_code == 0
    assert head_of("f.xlsx") == {
        "文件编号": "trial-cement", "失效": "未载明", "文本性质": "转载或报道", "标题": "试行办法",
        "文号": "试〔2027〕1号", "发文机关": "大同市", "发文日期": "2027-01-01", "适用地区": "大同市",
        "生效": "2027-02-01", "录入人": "甲", "录入日期": str(times.today()), "页码": "3-5",
    }  # fmt: skip


def test_what_is_known_of_a_plan_stands_in_its_form_and_the_rest_waits(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "plan_matters", lambda *_: [])
    assert run("rules plan 临汾市 -o f.xlsx --date 2026-11-28 --title 试").exit_code == 1
    head = head_of("f.xlsx")
    assert (head["文件编号"], head["标题"], head["生效"], head["适用地区"]) == ("linfen-plan", "试", TO_FILL, "临汾市")
    assert head["文本性质"] == TO_FILL, "who enters it says whether the text is official"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("-o f.csv", ("f.csv", ".csv")),
        ("--industry 水尼", ("--industry", "'水尼'", "水泥")),
        ("--process 熟聊", ("--process", "'熟聊'", "熟料")),
        ("--document Dt+1", ("--document", "Dt+1")),
        ("--area 无此地", ("--area", "无此地")),
        ("--issued 2021-02-30", ("--issued", "2021-02-30")),
        ("--pages 3-5", ("--entered-by",)),
        ("--document guide-2020-340", ("--document", "guide-2020-340")),
    ],
)
def test_a_chapter_that_no_import_would_take_is_refused_and_nothing_written(
    run: Run, more: str, said: Sequence[str]
) -> None:
    put("t.txt", "熟料", DEFINITE)
    done = run(f"{CHAPTER} {more}")
    assert done.exit_code == 2
    assert all(word in done.stderr for word in said), done.stderr
    assert files() == {"t.txt"}


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [("t.txt", "今天天气很好。", "t.txt"), ("t.odt", "x", "t.odt"), ("none.txt", "", "none.txt")],
)
def test_a_text_without_a_measure_is_no_chapter(run: Run, name: str, content: str, said: str) -> None:
    if content:
        put(name, content)
    done = run(CHAPTER.replace("t.txt", name))
    assert (done.exit_code, said in done.stderr) == (2, True), done.output
    assert "f.xlsx" not in files()


@pytest.mark.parametrize(
    ("kept", "status", "form"), [((KEEPS_LOOK,), 0, ""), ((KEEPS_LOOK, KEEPS_DRAFT), 1, " --json")]
)
def test_a_plan_wants_a_person_while_it_keeps_papers_a_draft(
    run: Run, monkeypatch: pytest.MonkeyPatch, kept: Sequence[str], status: int, form: str
) -> None:
    asked: list[tuple[str, date]] = []
    matters = [Matter(f"未录入{number}", keeps, "录入") for number, keeps in enumerate(kept)]
    monkeypatch.setattr(documents, "plan_matters", lambda _, city, day, __: asked.append((city, day)) or matters)
    done = run(f"rules plan 临汾 --date 2026-11-28{form}")
    assert done.exit_code == status, done.output
    assert f"临汾市: {len(kept)} matters of its plan are open" in done.stderr
    assert all(word in done.stdout for one in matters for word in (one.text, one.keeps, one.settled_by))
    if form:
        assert len(json.loads(done.stdout)) == len(kept)
    assert asked == [("临汾市", date(2026, 11, 28))]
    assert not files()


def test_the_form_of_a_plan_is_written_and_says_how_many_of_its_cells_are_open(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "plan_matters", lambda *_: [])
    done = run("rules plan 太原市 --date 2026-11-28 -o f.xlsx")
    assert done.exit_code == 1, "cells of the form are open, though no paper hangs on them"
    assert files() == {"f.xlsx"}
    (told,) = (line for line in done.stderr.splitlines() if line.startswith("f.xlsx"))
    book = openpyxl.load_workbook("f.xlsx")
    sheets = [sheet for sheet in book if sheet.title != "填写说明"]
    cells = [cell for sheet in sheets for row in sheet.iter_rows(values_only=True) for cell in row[:13]]
    assert told.endswith(f", {cells.count(TO_FILL)} cells to fill in")
    assert "taiyuan-2019-plan" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("无此市", "无此市"),
        ("临汾市 --document Dt+1", "--document"),
        ("临汾市 --area 无此地", "--area"),
        ("临汾市 -o f.csv", "f.csv"),
        ("临汾市 --date 明天", "明天"),
        ("临汾市 --rules none", "none"),
    ],
)
def test_a_plan_of_no_city_or_for_no_document_is_refused(run: Run, words: str, said: str) -> None:
    done = run(f"rules plan {words}")
    assert (done.exit_code, said in done.stderr) == (2, True), done.output
    assert not files()


@pytest.mark.parametrize(
    ("rows", "status", "covered", "form"),
    [
        ((KILN,), 0, "1 of 1", " --json -o c.csv"),
        ((KILN, BRICK), 1, "1 of 2", ""),
    ],
)
def test_a_list_is_covered_where_no_line_hangs_on_a_missing_text(
    run: Run, rows: Sequence[str], status: int, covered: str, form: str
) -> None:
    put("l.csv", HEADER, *(row.format(city="临汾市") for row in rows))
    done = run(f"rules coverage --list l.csv --date 2021-01-10{form}")
    assert done.exit_code == status, done.output
    assert covered in done.stderr
    assert ("砖瓦窑" in done.stdout) == bool(status)
    if "--json" in form:
        assert len(json.loads(done.stdout)) == status
    if "-o" in form:
        assert len(Path("c.csv").read_text(encoding="utf-8-sig").splitlines()) == 1 + status
    assert files() == {"l.csv", *(["c.csv"] if "-o" in form else [])}


def test_a_missing_text_put_on_file_covers_the_list_of_its_city_alone(run: Run) -> None:
    put("rules/trial.yaml", LAW)
    for city, day, status in (("大同市", "2021", 0), ("大同市", "2023", 1), ("临汾市", "2021", 1)):
        put("l.csv", HEADER, BRICK.format(city=city))
        assert run(f"rules coverage --list l.csv --date {day}-06-10 --rules rules").exit_code == status, (city, day)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--list l.csv -o c.html", "c.html"),
        ("--list none.csv", "none.csv"),
        ("--list l.csv --date 2021", "2021"),
        ("--city 无此市", "无此市"),
        ("-o c.txt", "c.txt"),
        ("--adopt nothing", "nothing"),
    ],
)
def test_coverage_of_what_is_not_there_is_refused(run: Run, words: str, said: str) -> None:
    put("l.csv", HEADER, KILN.format(city="临汾市"))
    done = run(f"rules coverage {words}")
    assert (done.exit_code, said in done.stderr) == (2, True), done.output
    assert files() == {"l.csv"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("rules --help", "stdout: cannot be written"),
        ("--lang zh rules check --help", "stdout：文件不能写入：磁盘已满"),
        ("--help", "stdout: cannot be written"),
        ("--lang zh --help", "stdout：文件不能写入：磁盘已满"),
        ("--version", "stdout: cannot be written"),
    ],
)
def test_a_full_disk_where_a_command_prints_is_one_line(words: str, told: str) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(  # noqa: S603 -- ourselves
            [sys.executable, "-m", "alertengine", *words.split()],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr.splitlines()[-1].startswith(told), "Traceback" in done.stderr) == (
        2,
        True,
        False,
    )


def _told(words: list[str | bytes], folder: Path | bytes, **settings: str) -> tuple[int, str]:
    run = [sys.executable, "-m", "alertengine", *words]
    env = {**os.environ, "PYTHONPATH": str(Path(alertengine.__file__).parents[1]), **settings}
    done = subprocess.run(run, capture_output=True, check=False, cwd=folder, env=env)  # noqa: S603 -- ourselves
    return done.returncode, (done.stdout + done.stderr).decode("utf-8", "replace")


@pytest.mark.skipif(sys.platform != "linux", reason="names are bytes on Linux alone")
@pytest.mark.parametrize("where", ["option", "argument", "folder"])
def test_names_in_another_encoding_are_refused_before_anything_is_written(tmp_path: Path, where: str) -> None:
    name, folder = "临汾.yaml".encode("gbk"), os.fsencode(tmp_path)
    words: list[str | bytes] = ["respond", "linfen-red-episode", "-o", "out"]
    if where == "folder":
        folder = folder + b"/" + name
        os.mkdir(folder)  # noqa: PTH102 -- a path of bytes
    else:
        words[{"argument": 1, "option": 3}[where]] = name
    status, told = _told(words, folder, ALERTENGINE_LANG="en")
    assert (status, "Traceback" in told, "in another encoding" in told) == (2, False, True)
    assert os.listdir(folder) == []  # noqa: PTH208 -- a path of bytes


@pytest.mark.parametrize("encoding", ["ascii", "gbk"])
@pytest.mark.parametrize("words", ["--lang zh --help", "--lang zh rules show clinker-B-red", "rules show --json"])
def test_what_a_terminal_has_no_code_for_is_escaped(tmp_path: Path, encoding: str, words: str) -> None:
    status, told = _told([*words.split()], tmp_path, PYTHONIOENCODING=encoding)
    assert (status, "Traceback" in told) == (0, False)
    if "--json" in words:
        assert json.loads(told.encode("utf-8"))
