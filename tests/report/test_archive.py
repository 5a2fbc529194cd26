"""The archive: checked with hashes alone, the same bytes for the same act, no person in it unless recorded."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from alertengine.cli import main
from alertengine.ledger import Head, Ledger
from alertengine.report import archive, write_archive
from alertengine.report import evaluation as evaluationpage
from alertengine.vocabulary import InputError, Problem
from alertengine.workflow import Correction, Prepared, record, record_findings
from tests.cli.made import runner
from tests.ledger.conftest import SIGNED
from tests.ledger.findings import write_findings_of

pytestmark = pytest.mark.whole

pytest.importorskip("plotly", reason="the extra alertengine[report]")

#: What says something about persons in the list and findings of these tests.
PERSONS = ("王某某", "13000000000", "旁注", "乙某")
BRICKS = "92000000HC00000021"


@pytest.fixture(autouse=True, scope="module")
def _short_script() -> Iterator[None]:
    """Five megabytes of charts' script need not be packed again and again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluationpage, "plotly_script", lambda: "/* charts */")
        yield


@pytest.fixture(scope="module")
def files(kept: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The archive of the act, by path."""
    return written(kept, tmp_path_factory.mktemp("zip") / "a.zip")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, prepared: Prepared) -> Path:
    folder = tmp_path_factory.mktemp("archive")
    with Ledger.writable(folder / "record.db") as ledger:
        record(ledger, prepared, SIGNED)
        said = {(BRICKS, "1"): {"2021-01-10": "doubtful"}}
        source = write_findings_of(folder / "f.csv", ledger.orders(1), said, finding_text="乙某在产")
        record_findings(ledger, source, Head("", approved_by="科长 丁"))
    return folder / "record.db"


@pytest.fixture
def book(kept: Path, tmp_path: Path) -> Path:
    """A ledger of an act and the findings on it."""
    path = tmp_path / "record.db"
    path.write_bytes(kept.read_bytes())
    return path


def files_of(path: Path) -> dict[str, bytes]:
    """The files of a zip below its one folder."""
    with zipfile.ZipFile(path) as file:
        assert {name.split("/")[0] for name in file.namelist()} == {"act-1"}
        return {name.partition("/")[2]: file.read(name) for name in file.namelist()}


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def written(book: Path, target: Path) -> dict[str, bytes]:
    with Ledger.open(book) as ledger:
        write_archive(ledger, 1, target)
    return files_of(target)


def test_hashes_alone_prove_every_file_table_and_the_act(kept: Path, files: dict[str, bytes]) -> None:
    sums = dict(line.split("  ", 1)[::-1] for line in files["SHA256SUMS"].decode().splitlines())
    assert sums == {path: digest(data) for path, data in files.items() if path != "SHA256SUMS"}
    listed = json.loads(files["manifest.json"])
    assert {one["path"] for one in listed["files"]} == set(files) - {"manifest.json", "SHA256SUMS"}
    with Ledger.open(kept) as ledger:
        for act in ledger.acts():
            folder = f"acts/{act.act:04d}"
            assert digest(files[f"{folder}/act.json"]) == act.hash == listed["acts"][str(act.act)]
            said = json.loads(files[f"{folder}/act.json"])
            for part, _, rows, hashed in said["parts"]:
                assert digest(files[f"{folder}/tables/{part}.jsonl"]) == hashed
                assert len(files[f"{folder}/tables/{part}.jsonl"].splitlines()) == rows + 1
    inputs = {path: hashed for path, _, hashed in json.loads(files["acts/0001/act.json"])["inputs"]}
    there = {path.removeprefix("acts/0001/inputs/"): digest(data) for path, data in files.items() if "/inputs/" in path}
    assert there.items() <= inputs.items()
    assert set(inputs) - set(there) == {"list/l.csv"}, "the list that names persons stays out"


def test_no_person_is_in_it(files: dict[str, bytes]) -> None:
    for path, data in files.items():
        for person in PERSONS:
            assert person.encode() not in data, path


@pytest.mark.slow
def test_the_same_act_gives_the_same_bytes_whatever_came_after(book: Path, tmp_path: Path, prepared: Prepared) -> None:
    written(book, tmp_path / "a.zip")
    with Ledger.writable(book) as ledger:
        version = {"version": "1", "published_on": "2020-10-01", "approver": "市人民政府", "sha256": "0" * 64}
        details = {"version": version, "enterprises": 1, "lines": 1}
        ledger.append("publication", Head("清单发布", approved_by="局长 戊", details=details))
        record(ledger, prepared, SIGNED)  # orders for a list, of no warning: another response
    written(book, tmp_path / "b.zip")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_a_correction_goes_with_what_it_corrects(book: Path, tmp_path: Path, prepared: Prepared) -> None:
    with Ledger.writable(book) as ledger:
        record(ledger, prepared, SIGNED, Correction(1, "清单有误"))
    files = written(book, tmp_path / "a.zip")
    assert "acts/0003/act.json" in files
    assert "第3号（预警与指令）《合成红色指令》，更正本号" in files["README.txt"].decode()


def test_personal_data_goes_to_a_named_person_and_an_act_says_so(book: Path, tmp_path: Path) -> None:
    target = tmp_path / "p.zip"
    with Ledger.open(book) as ledger:
        for by, reason in (("", "复议"), ("法规科 戊", " ")):
            with pytest.raises(InputError, match="named person"):
                write_archive(ledger, 1, target, personal=True, by=by, reason=reason)
        assert not target.exists()
        assert len(ledger.acts()) == 2
        _, said = write_archive(ledger, 1, target, personal=True, by="法规科 戊", reason="复议")
        act = ledger.act(3)
    assert (act.kind, act.drafted_by, act.reason, act.head["acts"]) == ("access", "法规科 戊", "复议", [1])
    assert said in act.head["what"]
    assert digest(target.read_bytes()) == said
    files = files_of(target)
    assert "王某某".encode() in files["acts/0001/inputs/list/l.csv"]
    assert target.stat().st_mode & 0o777 == 0o600
    ledger_id = json.loads(files["manifest.json"])["ledger"].encode()
    assert ledger_id.decode() in files["README.txt"].decode()
    for hashed, one in json.loads(files["personal.json"]).items():
        value = one["value"].encode() if one["kind"] == "text" else None
        if value is not None:
            items = [b"alertengine ledger 2 personal", ledger_id, bytes.fromhex(one["salt"]), b"text", value]
            assert hashed == "2:" + digest(b"".join(len(item).to_bytes(8, "big") + item for item in items))
    tokens = {
        cell for cell in json.loads(files["acts/0002/tables/findings.jsonl"].splitlines()[1]) if isinstance(cell, str)
    }
    assert {one.removeprefix("personal:") for one in tokens if one.startswith("personal:")} <= set(
        json.loads(files["personal.json"])
    )


def test_an_access_that_cannot_be_recorded_leaves_no_file(
    book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise InputError([Problem("no_such_act", value="broken", last=1)])

    monkeypatch.setattr(archive, "record_access", fails)
    with Ledger.open(book) as ledger, pytest.raises(InputError, match="broken"):
        write_archive(ledger, 1, tmp_path / "p.zip", personal=True, by="法规科 戊", reason="复议")
    assert [file.name for file in tmp_path.iterdir()] == ["record.db"]


run = runner("ledger", "archive")


@pytest.mark.slow
def test_the_command(book: Path, tmp_path: Path) -> None:
    done = run(book, 1, "-o", tmp_path / "a.zip")
    assert done.exit_code == 0, done.output
    assert digest((tmp_path / "a.zip").read_bytes()) in done.stderr
    assert run(book, 2, "-o", tmp_path / "b.zip").exit_code == 2, "findings are no orders"
    assert run(book, 1, "-o", tmp_path / "a.tar").exit_code == 2
    assert run(book, 1, "-o", tmp_path / "a.zip", "--reason", "x").exit_code == 2
    done = run(book, 1, "-o", tmp_path / "p.zip", "--with-personal", "--by", "法规科 戊", "--reason", "复议")
    assert done.exit_code == 0, done.output
    with Ledger.open(book) as ledger:
        assert ledger.acts("access")


def test_after_erasing_the_archive_still_proves_the_act(book: Path, tmp_path: Path) -> None:
    words = ["erase", str(book), "--before", "2030-01-01", "--reason", "期满", "--approved-by", "局长 戊"]
    assert CliRunner().invoke(main, ["ledger", *words]).exit_code == 1, "no term on file"
    files = written(book, tmp_path / "a.zip")
    with Ledger.open(book) as ledger:
        assert digest(files["acts/0001/act.json"]) == ledger.act(1).hash


@pytest.mark.parametrize("words", [["findings", "f.csv", "--approved-by", "x"], ["dossier", "x"], ["evaluate", "1"]])
@pytest.mark.parametrize("content", [None, b"", b"SQLite format 3\0" + bytes(9000)])
def test_what_is_no_ledger_is_one_message(tmp_path: Path, words: list[str], content: bytes | None) -> None:
    path = tmp_path / "x.db"
    if content is not None:
        path.write_bytes(content)
    done = CliRunner().invoke(main, ["ledger", words[0], str(path), *words[1:]])
    assert done.exit_code == 2, done.output
    assert "x.db" in done.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["x.db"][: content is not None]
