"""Every case: its files made, its command run or its reader called, and what must come of it."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner

from alertengine.cli import main
from alertengine.rulebook import Rulebook

from . import evidence, forecasts, lists, rulebooks
from .case import Case

pytestmark = pytest.mark.whole

CASES = [*forecasts.CASES, *lists.CASES, *evidence.CASES, *rulebooks.CASES]
_GIVEN = Path(__file__).parents[2].parent / "shared" / "cases" / "intake" / "cases.csv"


@pytest.fixture(scope="session")
def shipped() -> Rulebook:
    return Rulebook.load()


#: Looks for a rule that cannot hold in the whole shipped law.
_SLOW = {"Q09"}


@pytest.mark.parametrize(
    "case", [pytest.param(case, marks=pytest.mark.slow) if case.id in _SLOW else case for case in CASES], ids=repr
)
def test_case(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shipped: Rulebook) -> None:
    monkeypatch.chdir(tmp_path)
    for name, content in case.files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if callable(content):
            content(path)
        else:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
    if case.read is not None:
        assert case.read(tmp_path / next(iter(case.files)), shipped) == case.gives
        return
    _quick(monkeypatch, shipped)
    for call in case.call.split(" && "):
        result = CliRunner().invoke(main, ["--lang", "en", *call.split()], catch_exceptions=False)
    said = result.output
    assert result.exit_code == case.status, said
    assert [text for text in case.says if text not in said] == [], said
    assert [text for text in case.silent if text in said] == [], said
    if case.warned is not None:
        assert _warned(tmp_path / "w.csv") == case.warned
    if case.ordered is not None:
        assert _ordered(tmp_path / "o.csv") == case.ordered


def test_every_case_that_was_given_is_here() -> None:
    if not _GIVEN.is_file():
        pytest.skip("the table of cases is not beside the project")
    with _GIVEN.open(encoding="utf-8") as file:
        given = [row["id"] for row in csv.DictReader(file)]
    here = {case.id for case in CASES}
    assert [one for one in given if not any(id_ == one or id_.startswith(f"{one}-") for id_ in here)] == []


def _quick(monkeypatch: pytest.MonkeyPatch, shipped: Rulebook) -> None:
    """Commands without rules of their own take the shipped ones that have been read."""
    load = Rulebook.load

    def loaded(folders: Any = (), **more: Any) -> Rulebook:
        return load(folders, **more) if folders or any(more.values()) else shipped

    monkeypatch.setattr(Rulebook, "load", loaded)


def _warned(path: Path) -> list[tuple[str, str, str, str]]:
    if not path.is_file():
        return []
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    table = table[table["action"] == "issue"]
    rows = zip(table["city"], table["level"], table["starts"].str[:10], table["ends"].str[:10], strict=True)
    return sorted((str(a), str(b), str(c), str(d)) for a, b, c, d in rows)


def _ordered(path: Path) -> list[tuple[str, str, str]]:
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    rows = zip(table["enterprise"], table["line_id"], table["share"], strict=True)
    return [(str(a), str(b), str(c)) for a, b, c in rows]
