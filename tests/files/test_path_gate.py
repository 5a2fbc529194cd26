"""A path that a foreign file names never leads out of the folder it is joined to, on any system."""

from __future__ import annotations

from pathlib import Path, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertengine.files import beside, inside, leading_out, leads_out, lies_in
from alertengine.files.path_gate import FOLDERS
from alertengine.vocabulary import InputError

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


@pytest.mark.slow
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


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    """A folder with a scenario, beside another with a list and a link to it."""
    for name in ("own", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "list.csv").touch()
    (tmp_path / "own" / "link.csv").symlink_to(tmp_path / "other" / "list.csv")
    return tmp_path / "own" / "scenario.yaml"


@pytest.mark.parametrize(
    "name", ["../other/list.csv", "{}/other/list.csv", "/etc/passwd", "link.csv", "sub\\..\\list.csv", "C:list.csv",
             "//host/share/list.csv", "a\0b", "list.csv\u2028", "x" * 5000],
)  # fmt: skip
def test_a_scenario_names_what_lies_beside_it_alone(name: str, scenario: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = name.format(scenario.parent.parent)
    [problem] = leading_out(scenario, [("list", said)])
    assert (problem.code, problem.column) == ("path_outside_scenario", "list")
    if "other" in name or name == "link.csv":
        monkeypatch.setenv(FOLDERS, str(scenario.parent.parent / "other"))
        assert leading_out(scenario, [("list", said)]) == []


def test_a_scenario_names_its_own_files_by_any_path_and_those_of_the_program(scenario: Path) -> None:
    for name in ("list.csv", "./list.csv", str(scenario.parent / "list.csv"), "nowhere.csv"):
        assert beside(scenario, name) == scenario.parent / name
    other = scenario.parent.parent / "other"
    (other / "sample.csv").touch()
    assert beside(scenario, "sample.csv", [other]) == other / "sample.csv"
    assert beside(scenario, str(other / "sample.csv"), [other]) == other / "sample.csv"


def test_a_path_that_a_summary_names_lies_in_the_folders_given(scenario: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own, other = scenario.parent, scenario.parent.parent / "other"
    assert lies_in(own / "list.csv", [own])
    assert not lies_in(own / "link.csv", [own])
    assert not lies_in(Path(f"/{other}/list.csv"), [other])  # //…: another machine's on some systems
    assert not lies_in(own / ("x" * 5000) / "..", [other])
    monkeypatch.setenv(FOLDERS, str(other))
    assert lies_in(own / "link.csv", [own])
