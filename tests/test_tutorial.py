"""The way in works: the tutorial says what it says in the file, and the examples of the public functions hold."""

from __future__ import annotations

import doctest
import json
import runpy
import subprocess
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from alertengine.files import lists_folder, scenarios_folder

pytestmark = pytest.mark.whole

NOTEBOOK = scenarios_folder() / "tutorial.ipynb"
#: The modules of the public functions.
PUBLIC = (
    "alertengine",
    "alertengine.lists.read",
    "alertengine.orders._decide",
    "alertengine.orders._explain.explain",
    "alertengine.rulebook.book",
    "alertengine.warning._warn",
    "alertengine.warning.forecast",
)


def said(notebook: Path) -> list[tuple[str, list[str]]]:
    """Of every code cell its source and what it says: printed text, and of a value its text or else its HTML."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    code = (cell for cell in cells if cell["cell_type"] == "code")
    return [("".join(cell["source"]), [_said(output) for output in cell["outputs"]]) for cell in code]


def _said(output: Mapping[str, Any]) -> str:
    data = output.get("data", {})
    return "".join(output.get("text") or data.get("text/plain") or data["text/html"])


@pytest.mark.slow
def test_the_tutorial_says_what_is_stored(tmp_path: Path) -> None:
    """Run in a process of its own: a kernel's client leaves sockets and loops to the end of the interpreter."""
    to = tmp_path / "run.ipynb"
    run = [sys.executable, "-m", "tests.tutorial", str(to)]
    subprocess.run(run, cwd=Path(__file__).parents[1], check=True, timeout=600)  # noqa: S603
    assert said(to) == said(NOTEBOOK), "python -m tests.tutorial writes the outputs anew"


@pytest.mark.parametrize("tool", ["tutorial", "readme_tables", "orders/test_hashes", "checking/lists/planting"])
def test_a_tool_that_writes_tells_its_help_and_writes_nothing(tool: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also at an option it does not have."""
    monkeypatch.setattr(Path, "write_text", lambda path, *_args, **_keys: pytest.fail(f"written: {path}"))
    for option, status in (("--help", 0), ("--check", 2)):
        monkeypatch.setattr(sys, "argv", [tool, option])
        with pytest.raises(SystemExit) as left:
            runpy.run_path(str(Path(__file__).parent / f"{tool}.py"), run_name="__main__")
        assert left.value.code == status


def test_the_tutorial_names_no_place_of_a_machine() -> None:
    """It is read on other machines than the one that ran it."""
    text = NOTEBOOK.read_text(encoding="utf-8")
    assert str(lists_folder().parent) not in text
    assert not [place for place in ("/home/", "/tmp/", "/root/", ":\\\\") if place in text]  # noqa: S108


@pytest.mark.parametrize("module", PUBLIC)
def test_examples_of_the_public_functions(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each module has examples; they run in the folder where the shipped lists and scenarios lie."""
    monkeypatch.chdir(lists_folder().parent)
    failed, tried = doctest.testmod(import_module(module), optionflags=doctest.NORMALIZE_WHITESPACE)
    assert tried
    assert not failed
