"""Temporary copies are their owner's alone and end with their process; outputs are whole, private where asked."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from alertengine.files import replacing, scratch
from alertengine.files.owner_only import sweep


def gone() -> int:
    """The number of a process that has ended."""
    with subprocess.Popen([sys.executable, "-c", "pass"]) as ended:
        ended.wait()
    return ended.pid


def test_what_a_killed_process_left_is_cleared_and_nothing_else(tmp_path: Path) -> None:
    left = [f"alertengine-{gone()}-ab", f"alertengine-{gone()}-cd"]
    stays = [f"alertengine-{os.getpid()}-ab", "alertengine-old", "other-1-ab", "alertengine-1-x"]
    for name in [*left, *stays]:
        (tmp_path / name).mkdir()
        (tmp_path / name / "list.csv").write_text("某某", encoding="utf-8")
    (tmp_path / f"alertengine-{gone()}-link").symlink_to(tmp_path / "other-1-ab")
    sweep(tmp_path)
    assert not any((tmp_path / name).exists() for name in left)
    assert all((tmp_path / name / "list.csv").is_file() for name in stays)


def test_a_temporary_folder_is_its_owners_alone_whatever_the_umask() -> None:
    before = os.umask(0)
    try:
        with scratch() as name:
            assert Path(name).stat().st_mode & 0o777 == 0o700
            assert f"-{os.getpid()}-" in name
    finally:
        os.umask(before)
    assert not Path(name).exists()


@pytest.mark.parametrize(("private", "mode"), [(True, 0o600), (False, 0o644)])
def test_an_output_is_on_the_disk_before_it_takes_its_place(
    tmp_path: Path, private: bool, mode: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, synced = tmp_path / "o.csv", []
    path.write_text("before", encoding="utf-8")
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(path.read_text(encoding="utf-8")))
    before = os.umask(0o077)
    try:
        replacing(path, lambda target: target.write_text("after", encoding="utf-8") and None, private=private)
    finally:
        os.umask(before)
    assert synced == ["before", "after"], "the file, then the folder that names it"
    assert path.stat().st_mode & 0o777 == mode
