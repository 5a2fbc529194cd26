"""What commands share: decisions out of a ledger, bars on a terminal, how files were read, profiles by name."""

from __future__ import annotations

import io
import sys
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click
import pytest
from click.testing import CliRunner

from alertengine.commands import common, printing
from alertengine.commands.common import decisions_option, guarded, profile_option, verbose_option, with_decisions
from alertengine.ledger import Ledger
from tests.cli.made import Made, Stage


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Stage:
    """A folder with a ledger, a table and what reads decisions out of the ledger."""
    monkeypatch.chdir(tmp_path)
    Ledger.writable(Path("r.db")).close()
    Path("d.csv").write_text("SQLite format", encoding="utf-8")
    found = Stage(monkeypatch)

    def taken(file: Path, folder: Path) -> Path:
        table = folder / f"{file.stem}.csv"
        table.write_text("decided", encoding="utf-8")
        return table

    found.mock("workflow.decisions_on_record", side_effect=taken)
    return found


@click.command()
@decisions_option
@guarded
def _decided(decisions: Path | None) -> None:
    """What stands in the decisions."""
    click.echo(f"{decisions and decisions.name}: {decisions and decisions.is_file() and decisions.read_text()}")


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("", "None: None"),
        ("--decisions d.csv", "d.csv: SQLite format"),
        ("--decisions none.csv", "none.csv: False"),
        ("--decisions r.db", "r.csv: decided"),
    ],
)
@pytest.mark.usefixtures("stage")
def test_decisions_of_a_ledger_are_read_as_a_table(words: str, shown: str) -> None:
    done = CliRunner().invoke(_decided, words.split())
    assert (done.exit_code, done.stdout, done.stderr) == (0, f"{shown}\n", "")


@pytest.mark.parametrize(("named", "read"), [("", ""), ("d.csv", "d.csv"), ("r.db", "decided")])
@pytest.mark.usefixtures("stage")
def test_decisions_of_a_scenario_may_be_a_ledger(named: str, read: str) -> None:
    scenario: Any = SimpleNamespace(
        path=Path, decisions=named, model_copy=lambda update: SimpleNamespace(path=Path, **update)
    )
    kept = []

    @click.command()
    def command() -> None:
        found = with_decisions(scenario)
        kept.append(Path(found.decisions))
        text = Path(found.decisions).read_text(encoding="utf-8") if named == "r.db" else found.decisions
        click.echo(text, nl=False)
        assert (found is scenario) == (named != "r.db")

    done = CliRunner().invoke(command, [], catch_exceptions=False)
    assert done.stdout == read
    assert kept[0].exists() == (named == "d.csv" or not named), "what was made for the command is gone after it"


class _Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_bar_is_shown_on_a_terminal_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for stream in (_Terminal(), io.StringIO()):
        monkeypatch.setattr(sys, "stderr", stream)
        with printing.progress_bar("bar_planning") as step:
            for done in (1, 2):
                step(done, 4)
        assert ("3/4" in stream.getvalue(), "planning" in stream.getvalue()) == (stream.isatty(), stream.isatty())


@click.command()
@verbose_option
@guarded
def _reading() -> int:
    """Ends with two results read from one file, and another reading."""
    protocol = of_file("a.csv")
    return common.finish(Made(), protocols=[protocol, protocol, of_file("b.csv")])


class _Protocol(SimpleNamespace):
    def __hash__(self) -> int:
        return hash(self.file)

    def said(self) -> list[str]:
        return [f"{self.file} as csv", "two columns"]


def of_file(name: str) -> Any:
    return _Protocol(file=name)


@pytest.mark.parametrize("words", ["", "-v", "--verbose"])
def test_how_each_file_was_read_is_said_where_that_is_asked_for(monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    monkeypatch.setattr("alertengine.files.protocols_of", lambda *results: [of_file("l.csv") for _ in results])
    done = CliRunner().invoke(_reading, words.split())
    said = [f"read: {text}" for name in "lab" for text in (f"{name}.csv as csv", "two columns")]
    assert (done.exit_code, done.stderr.splitlines()) == (0, said if words else [])


def test_a_profile_is_used_by_its_name_or_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    used: list[Any] = []

    @click.command()
    @profile_option
    @guarded
    def command() -> None:
        click.echo("done")

    monkeypatch.setenv("ALERTENGINE_PROFILES", str(tmp_path))
    done = CliRunner().invoke(command, ["--profile", "none"])
    assert (done.exit_code, done.stdout, "none" in done.stderr) == (2, "", True)
    monkeypatch.setattr("alertengine.files.profile_named", lambda name: f"profile {name}")
    monkeypatch.setattr("alertengine.files.reading_with", lambda *profiles: used.extend(profiles) or nullcontext())
    done = CliRunner().invoke(command, ["--profile", "a", "--profile", "b"])
    assert (done.exit_code, done.stdout, used) == (0, "done\n", ["profile a", "profile b"])
