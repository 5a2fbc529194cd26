"""The built wheel does outside the checkout what the checkout does: nothing it needs was left behind."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from alertengine.cli import main
from alertengine.files import scenarios_folder
from tests.wheel.conftest import ROOT, Installed, run

pytestmark = pytest.mark.slow

#: Folders of the checkout and where the wheel keeps them.
CARRIED = {
    "alertengine": "alertengine",
    "rules": "alertengine/_shipped/rules",
    "enterprise_lists": "alertengine/_shipped/enterprise_lists",
    "scenarios": "alertengine/_shipped/scenarios",
}
#: Rooms whose tests read shipped data and templates, and need nothing of the checkout but the tests themselves.
ROOMS = ("documents", "orders", "report", "warning")


def test_the_wheel_is_what_is_imported(installed: Installed, tmp_path: Path) -> None:
    done = run(installed.python, "-c", "import alertengine; print(alertengine.__file__)", cwd=tmp_path)
    assert Path(done.stdout.strip()).is_relative_to(installed.environment), done.stderr


def test_the_wheel_carries_every_file(installed: Installed) -> None:
    names = set(zipfile.ZipFile(installed.wheel).namelist())
    missing = [
        str(path.relative_to(ROOT))
        for folder, place in CARRIED.items()
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
        and not path.relative_to(ROOT).match("__pycache__/*")
        and f"{place}/{path.relative_to(ROOT / folder).as_posix()}" not in names
    ]
    assert missing == []


def test_the_main_job_gives_the_same_orders(installed: Installed, tmp_path: Path) -> None:
    """From an empty folder, by the name of the shipped scenario."""
    scenario = "linfen-red-episode"
    empty = tmp_path / "empty"
    empty.mkdir()
    done = installed.alertengine("respond", scenario, "-o", "out", cwd=empty)
    assert done.returncode == 1, done.stderr
    assert scenarios_folder() == ROOT / "scenarios"
    here = CliRunner().invoke(main, ["respond", scenario, "-o", str(tmp_path / "here")])
    assert here.exit_code == 1, here.output
    for name in ("warnings.csv", "orders.csv"):
        assert (empty / "out" / name).read_bytes() == (tmp_path / "here" / name).read_bytes()


def test_every_worked_case_holds(installed: Installed, tmp_path: Path) -> None:
    done = installed.alertengine("rules", "test", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 fail" in done.stdout + done.stderr


@pytest.mark.parametrize("room", ROOMS)
def test_the_tests_of_a_room_hold(installed: Installed, tmp_path: Path, room: str) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(ROOT / "tests", tmp_path / "tests", ignore=shutil.ignore_patterns("__pycache__"))
    done = run(installed.python, "-m", "pytest", "-p", "no:cacheprovider", f"tests/{room}", cwd=tmp_path)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr
