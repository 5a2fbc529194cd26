"""A run is one thing: killed at any instant, the old run or the new one is there, and strangers are refused by name."""

from __future__ import annotations

import errno
import gc
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest
from xlsxwriter.exceptions import FileCreateError

from alertengine.files import (
    RUN_FILE,
    RunManifest,
    Staging,
    new_workbook,
    one_run,
    replacing,
    require_input,
    sha256_of,
    write_beside,
)
from alertengine.files.runs import run_of, settle
from alertengine.vocabulary import InputError

OLD = {"orders.csv": b"old orders", "warnings.csv": b"old warnings", "pack/A/gone.txt": b"gone"}
NEW = {"orders.csv": b"new orders", "warnings.csv": b"new warnings", "pack/A/come.txt": b"come"}


def put(folder: Path, files: dict[str, bytes], *, without: tuple[str, ...] = ()) -> None:
    """A run of some files."""
    with Staging(folder) as staged:
        for name, content in files.items():
            staged.put(name, content)
        for name in without:
            staged.remove(name)
        staged.commit(RunManifest("test", {}, {}))


def held(folder: Path) -> dict[str, bytes]:
    """The files of a folder but the manifest."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != RUN_FILE
    }


#: What a run asks of the system to put files in place.
CALLS = ("rename", "replace", "fsync", "unlink", "rmdir", "mkdir", "chmod")


def dies_after(count: int, folder: Path) -> bool:
    """Make a new run in another process, killed with -9 before its ``count``-th call; whether it was killed."""
    child = os.fork()
    if child == 0:
        left = [count]

        def dying(call: Any) -> Any:
            def asked(*given: Any, **named: Any) -> Any:
                left[0] -= 1
                if left[0] < 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                return call(*given, **named)

            return asked

        for name in CALLS:
            setattr(os, name, dying(getattr(os, name)))
        put(folder, NEW, without=("pack/A/gone.txt",))
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that can be killed")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_killed_at_any_instant_it_is_the_old_run_or_the_new_one(tmp_path: Path) -> None:
    ends = set()
    for count in range(200):
        folder = tmp_path / str(count)
        put(folder, OLD)
        killed = dies_after(count, folder)
        found = run_of(folder / "orders.csv")  # as documents, explain and audit ask
        assert found is not None
        state = held(folder)
        assert state in (OLD, NEW), count
        assert found[0].outputs == {name: sha256_of(folder / name) for name in state}
        ends.add(state == NEW)
        if not killed:
            assert state == NEW
            break
    assert ends == {True, False}
    assert count > 20


def test_a_run_that_fails_leaves_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    with Staging(folder) as staged:
        staged.put("a", b"1")
    assert not folder.exists()


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_full_disk_is_one_problem_whoever_writes(tmp_path: Path, *, wrapped: bool) -> None:
    full = OSError(errno.ENOSPC, "No space left on device")

    def write(_: Path) -> None:
        raise FileCreateError(full) if wrapped else full

    with pytest.raises(InputError, match="cannot be written"):
        replacing(tmp_path / "o.xlsx", write)
    with pytest.raises(InputError, match="cannot be written"), Staging(tmp_path / "out") as staged:
        write(staged.path("o.xlsx"))
    assert list(tmp_path.iterdir()) == []


def test_a_workbook_meets_a_full_disk_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What wrote it said so again, as an exception that nobody can catch, when it was collected."""
    again: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", again.append)
    with pytest.raises(OSError, match="No space left"), new_workbook(Path("/dev/full")) as book:
        book.add_worksheet().write_string(0, 0, "=1")
    gc.collect()
    assert not again


def test_a_file_whose_manifest_cannot_be_written_is_none(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(b"o")
    path.with_name("orders.csv.run.json").mkdir()
    with pytest.raises(InputError, match=r"orders\.csv\.run\.json: cannot be written"):
        write_beside(path, RunManifest("orders", {}, {}))
    assert [one.name for one in tmp_path.iterdir()] == ["orders.csv.run.json"]


def test_files_of_no_run_of_another_or_changed_are_refused_by_name(tmp_path: Path) -> None:
    first, second = tmp_path / "1", tmp_path / "2"
    put(first, OLD)
    put(second, NEW)
    run = one_run(first / "orders.csv", first / "warnings.csv")
    assert run.run == json.loads((first / RUN_FILE).read_text(encoding="utf-8"))["run"]
    bare = tmp_path / "bare.csv"
    bare.write_bytes(b"x")
    changed = second / "orders.csv"
    changed.write_bytes(b"edited")
    for files, code in (
        ((bare,), "of_no_run"),
        ((changed,), "changed_since_run"),
        ((first / "orders.csv", second / "warnings.csv"), "of_other_run"),
        ((tmp_path / "nowhere.csv",), "unreadable_run_file"),
        ((first,), "unreadable_run_file"),
    ):
        with pytest.raises(InputError) as refused:
            one_run(*files)
        assert [problem.code for problem in refused.value.problems] == [code]
        assert refused.value.problems[0].file == str(files[-1])


def test_what_the_run_before_wrote_and_the_new_one_does_not_goes_unless_a_person_edited_it(tmp_path: Path) -> None:
    put(tmp_path, OLD | {"pack/B/paper.txt": b"paper"})
    (tmp_path / "pack/A/gone.txt").write_bytes(b"edited")
    (tmp_path / "mine.txt").write_bytes(b"mine")
    put(tmp_path, {"orders.csv": b"new orders"})
    assert held(tmp_path) == {"orders.csv": b"new orders", "pack/A/gone.txt": b"edited", "mine.txt": b"mine"}


def test_a_file_alone_has_its_manifest_beside_and_its_inputs(tmp_path: Path) -> None:
    path, listed = tmp_path / "orders.csv", tmp_path / "list.csv"
    path.write_bytes(b"o")
    listed.write_bytes(b"l")
    write_beside(path, RunManifest("orders", {"list": {"file": "list.csv", "sha256": sha256_of(listed)}}, {}))
    run = one_run(path)
    require_input(run, "list", listed)
    listed.write_bytes(b"m")
    with pytest.raises(InputError, match=r"list\.csv"):
        require_input(run, "list", listed)


def test_persons_contacts_are_for_the_owner_alone(tmp_path: Path) -> None:
    with Staging(tmp_path) as staged:
        staged.put("open.txt", b"1")
        staged.put("own.xlsx", b"2", personal=True)
        staged.commit()
    assert [oct((tmp_path / name).stat().st_mode & 0o777) for name in ("open.txt", "own.xlsx")] == ["0o644", "0o600"]


@pytest.mark.parametrize("name", ["../victim", "{}/victim", "a/../../victim", "..\\victim", 7])
def test_a_folder_handed_over_removes_nothing_outside_itself(tmp_path: Path, name: str | int) -> None:
    """What a run left to be removed was removed wherever it lay."""
    victim, folder = tmp_path / "victim", tmp_path / "out"
    victim.write_text("mine", encoding="utf-8")
    ready = folder / ".committing"
    ready.mkdir(parents=True)
    said = name.format(tmp_path) if isinstance(name, str) else name
    (ready / ".remove.json").write_text(json.dumps([said]), encoding="utf-8")
    with pytest.raises(InputError, match="leads out"):
        settle(folder)
    assert victim.read_text(encoding="utf-8") == "mine"


def test_a_manifest_handed_over_names_nothing_outside_its_folder(tmp_path: Path) -> None:
    victim, folder = tmp_path / "victim", tmp_path / "out"
    victim.write_text("mine", encoding="utf-8")
    folder.mkdir()
    (folder / RUN_FILE).write_text(
        RunManifest("response", {}, {"../victim": sha256_of(victim)}, "", "").text(), encoding="utf-8"
    )
    with Staging(folder) as staged:
        staged.put("orders.csv", b"a")
        staged.commit(RunManifest("response", {}, {}, "", ""))
    assert victim.exists()


@pytest.mark.parametrize("left", ["{", "[" * 100_000])
def test_what_no_run_left_is_one_clear_problem(tmp_path: Path, left: str) -> None:
    (tmp_path / ".committing").mkdir()
    (tmp_path / ".committing" / ".remove.json").write_text(left, encoding="utf-8")
    with pytest.raises(InputError, match="cannot be finished"):
        settle(tmp_path)


def test_files_are_put_through_no_link_that_leads_out(tmp_path: Path) -> None:
    (tmp_path / "away").mkdir()
    folder = tmp_path / "out"
    (folder / ".committing" / "acts").mkdir(parents=True)
    (folder / ".committing" / "acts" / "x").touch()
    (folder / "acts").symlink_to(tmp_path / "away")
    with pytest.raises(InputError, match="leads out"):
        settle(folder)
    assert not list((tmp_path / "away").iterdir())


@pytest.mark.parametrize("number", ["²", "9" * 30, "x", "９"])
def test_a_stage_of_an_odd_name_ends_nothing(tmp_path: Path, number: str) -> None:
    (tmp_path / f".run-{number}-x").mkdir()
    settle(tmp_path)


@pytest.mark.parametrize(
    ("first", "kept", "left"),
    [
        ("ensemble/a.csv", "", []),
        ("a/b/c.txt", "", []),
        ("a/b/c.txt", "a/other.txt", ["a"]),
        ("a/b/c.txt", "a/b/other.txt", ["a", "a/b"]),
        ("report.html", "a/b/other.txt", ["a", "a/b"]),
    ],
)
def test_a_folder_goes_with_the_last_file_of_it(tmp_path: Path, first: str, kept: str, left: list[str]) -> None:
    """What a person put there stays."""
    put(tmp_path, {first: b"1"})
    if kept:
        (tmp_path / kept).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / kept).write_text("own", encoding="utf-8")
    put(tmp_path, {"days.csv": b"2"}, without=(first,))
    folders = sorted(one.relative_to(tmp_path).as_posix() for one in tmp_path.rglob("*") if one.is_dir())
    assert folders == left
    assert set(held(tmp_path)) == {"days.csv", kept} - {""}
