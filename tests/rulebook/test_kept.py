"""A rulebook kept in the user's cache: the same as read, and never stale, damaged or another's."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from alertengine.files import cache_folder
from alertengine.rulebook import Rulebook
from alertengine.rulebook import book as books
from alertengine.vocabulary import InputError, listening
from tests.conftest import document


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of its own for each test."""
    monkeypatch.setenv("ALERTENGINE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "rulebooks"


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The documents that were read from their files."""
    told: list[str] = []
    load = books.DocumentLoader.load

    def counting(self: books.DocumentLoader, path: Path) -> books.Loaded:
        told.append(path.name)
        return load(self, path)

    monkeypatch.setattr(books.DocumentLoader, "load", counting)
    return told


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of one rule."""
    return _written(tmp_path / "law", 0.5)


def _written(folder: Path, share: float) -> Path:
    folder.mkdir(exist_ok=True)
    text = json.dumps(document("law", area="全国", rules=[{"id": "r", "then": {"limit": share}}]), ensure_ascii=False)
    (folder / "law.yaml").write_text(text, encoding="utf-8")
    return folder


def _share(folder: Path) -> float | None:
    book = Rulebook.load([folder], shipped=False)
    return book.line_rules()[0].measures[0].share


def test_what_is_kept_is_what_is_read(reads: list[str]) -> None:
    read = Rulebook.load()
    count = len(reads)
    kept = Rulebook.load()
    assert len(reads) == count > 0
    assert kept.rules == read.rules
    assert kept.documents == read.documents
    assert (kept.folders, kept.layers, kept.holes) == (read.folders, read.layers, read.holes)
    assert kept.fingerprint == read.fingerprint


def test_a_file_that_changes_is_read(folder: Path, reads: list[str]) -> None:
    assert (_share(folder), _share(folder), len(reads)) == (0.5, 0.5, 1)
    _written(folder, 0.2)
    assert (_share(folder), len(reads)) == (0.2, 2)
    (folder / "more.yaml").write_text("{", encoding="utf-8")
    with pytest.raises(books.InputError, match=r"more.yaml, row 2.*valid YAML"):
        _share(folder)


@pytest.mark.parametrize("harm", ["cut", "changed", "not whole", "open to others"])
def test_what_cannot_be_trusted_is_not_used(folder: Path, reads: list[str], cache: Path, harm: str) -> None:
    _share(folder)
    (path,) = cache.glob("*.pickle")
    content = path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0
    if harm == "open to others":
        path.chmod(0o666)
    else:
        changed = content.replace(b"limit", b"limip")
        path.write_bytes({"cut": b"", "changed": changed, "not whole": content[:-9]}[harm])
    assert (_share(folder), len(reads)) == (0.5, 2)


def test_without_a_cache_the_files_are_read(
    folder: Path, reads: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("ALERTENGINE_CACHE", str(tmp_path / "file"))
    assert (_share(folder), _share(folder), len(reads)) == (0.5, 0.5, 2)
    monkeypatch.delenv("ALERTENGINE_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_folder() == tmp_path / "xdg" / "alertengine"


def test_with_documents_beside_them_the_shipped_ones_are_not_read_again(folder: Path, reads: list[str]) -> None:
    shipped = Rulebook.load()
    reads.clear()
    beside = Rulebook.load([folder])
    assert reads == ["law.yaml"]
    assert beside.rules.keys() - shipped.rules.keys() == {"r"}
    assert beside.folders == (*shipped.folders, folder)
    (folder / "vocabulary").mkdir()
    (folder / "vocabulary" / "own.yaml").write_text("sectors: [测试业]\n", encoding="utf-8")
    assert "测试业" in Rulebook.load([folder]).lists.sectors
    assert len(reads) > len(shipped.documents)
    assert "测试业" not in Rulebook.load().lists.sectors


def test_the_one_asked_for_last_stays(folder: Path, reads: list[str], cache: Path) -> None:
    """However old it is."""
    _share(folder)
    (oldest,) = cache.glob("*.pickle")
    for number in range(1, 12):
        os.utime(oldest, (number, number))
        _written(folder, 0.5)
        _share(folder)
        _written(folder, number / 100)
        _share(folder)
    assert reads.count("law.yaml") == 12
    assert oldest.exists()


def test_few_are_kept(folder: Path, cache: Path) -> None:
    for number in range(1, 12):
        _written(folder, number / 100)
        _share(folder)
    assert len(list(cache.glob("*"))) == 8


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ([], True),
        (["说明.txt"], True),
        (["plan.yml"], True),
        (["forms/plan.xlsx"], True),
        (["city/plan.yaml"], False),
        (["vocabulary/places.yaml"], False),
    ],
)
def test_a_folder_that_adds_nothing_is_told_each_time(tmp_path: Path, names: list[str], told: bool) -> None:
    own = tmp_path / "rules"
    own.mkdir()
    for name in names:
        (own / name).parent.mkdir(exist_ok=True)
        (own / name).write_text("" if name.startswith("vocabulary") else "nonsense", encoding="utf-8")
    for _ in range(2):
        with listening() as heard, suppress(InputError):
            Rulebook.load([own])
        assert [(one.code, one.file) for one in heard] == [("rules_folder_empty", str(own))] * told


@pytest.mark.parametrize(
    ("valid", "rule", "told"),
    [
        ({"from": "2018-01-01"}, {}, True),
        ({"from": "2018-01-01", "to": "not stated"}, {}, False),
        ({"from": "2018-01-01", "to": "2019-01-01"}, {}, False),
        ({"from": "2018-01-01"}, {"valid": {"to": "2019-01-01"}}, False),  # each rule of it ends by itself
        ({"from": "2018-01-01", "to": "2019-01-01"}, {"valid": {"from": "2018-02-01"}}, False),  # its document ends it
    ],
)
def test_who_decides_by_a_document_is_told_where_nobody_said_when_it_ends(
    tmp_path: Path, valid: dict[str, str], rule: dict[str, Any], told: bool
) -> None:
    """Not only who checks it: left out it may be what nobody looked for, and it holds for ever."""
    own = {"id": "a", "kind": "season", "when": {"industry": "焦化"}, "then": "stop", "about": "line", **rule}
    text = json.dumps(document(valid=valid, rules=[own]), ensure_ascii=False)
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "law.yaml").write_text(text, encoding="utf-8")
    for _ in range(2):
        with listening() as heard:
            Rulebook.load([tmp_path / "rules"])
        assert [one.code for one in heard] == ["held_without_end"] * told
