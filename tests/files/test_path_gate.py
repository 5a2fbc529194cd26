"""A path that a foreign file names never leads out of the folder it is joined to, on any system."""

from __future__ import annotations

from pathlib import Path, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertengine.files.path_gate import inside, leads_out
from alertengine.vocabulary.problems import InputError

PIECES = st.sampled_from(["..", ".", "/", "\\", "C:", "a", "清单 1.csv", "\0", "\n", "~", "", "\ud800"])


@pytest.mark.parametrize("path", ["list/2026 年　清单.csv", "rules/0/国家/x.yaml", "a/..b/c", "表:1.csv", "...", "~/x"])
def test_plain_paths_pass(path: str) -> None:
    assert not leads_out(path)


@pytest.mark.parametrize(
    "path",
    ["", "/etc/passwd", "../x", "a/../../x", "a//b", "./a", "a/.", "C:/x", "c:x", "a\\..\\x", "\\\\host\\x",
     "a\0b", "a\nb", "x" * 256, "/".join(["x" * 200] * 6), None, 7],
)  # fmt: skip
def test_what_leads_out_or_is_no_path_is_refused(path: object, tmp_path: Path) -> None:
    assert leads_out(path)
    with pytest.raises(InputError, match="leads out of its folder"):
        inside(tmp_path, path, "x.db")


@given(st.lists(PIECES | st.text(max_size=4), max_size=8).map("".join))
def test_what_passes_stays_inside_on_every_system(path: str) -> None:
    if leads_out(path):
        return
    assert Path("/folder", path).resolve().is_relative_to("/folder")
    joined = PureWindowsPath("C:/folder") / path
    assert joined.is_relative_to("C:/folder")
    assert ".." not in joined.parts


def test_a_link_inside_the_folder_leads_nowhere_else(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "link").symlink_to(tmp_path)
    with pytest.raises(InputError, match="leads out"):
        inside(tmp_path / "in", "link/x", "x.db")
