"""Results made by hand, and commands called with what they rest on replaced: what they hand on, print and end with."""

from __future__ import annotations

import importlib
import pkgutil
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest
from click.testing import CliRunner
from click.testing import Result as Ended

import alertengine
from alertengine.cli import main
from alertengine.vocabulary import Problem, Result

DOUBT, HINT = Problem("no_such_act", value="9", last=3), Problem("county_apart", file="l.csv", city="临汾市")
#: Something with the attributes that it is given.
of = SimpleNamespace


@dataclass(eq=False)
class Made(Result):
    """A result with what it is given."""

    own_problems: Sequence[Problem] = ()
    own_notes: Sequence[Problem] = ()
    made_from: Sequence[Result] = field(default=())


def made(**given: Any) -> Any:
    """A result with attributes of its own."""
    one = Made(given.pop("own_problems", ()), given.pop("own_notes", ()))
    vars(one).update(given)
    return one


def message(text: str) -> Problem:
    """A message of some text."""
    return Problem("no_such_act", value=text, last=3)


def runner(*first: str) -> Callable[..., Ended]:
    """What calls a command that begins with some words with further ones, and gives how it ended."""
    return lambda *words: CliRunner().invoke(main, [*first, *map(str, words)])


def call(line: str) -> Ended:
    """A command line, and how it ended."""
    done = CliRunner().invoke(main, shlex.split(line))
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


@cache
def _all_imported() -> None:
    """Import every module of the program but those of the page: one that is imported later would keep a mock's name."""
    for module in pkgutil.walk_packages(alertengine.__path__, "alertengine."):
        if not module.name.startswith("alertengine.web"):
            importlib.import_module(module.name)


@dataclass
class Stage:
    """What stands in the place of what a command imports, and the tables that it printed."""

    patch: pytest.MonkeyPatch
    book: Any = None
    tables: list[tuple[list[dict[str, Any]], bool]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """No module is imported while something stands in the place of what it imports."""
        _all_imported()

    def mock(self, name: str, result: Any = None, **more: Any) -> Mock:
        """A mock in the place of one name of a room, as ``lists.read_list``."""
        stand = Mock(return_value=result, **more)
        self.patch.setattr(f"alertengine.{name}", stand)
        return stand

    def watch(self, *modules: ModuleType) -> None:
        """Take the tables that modules print instead of printing them."""
        for module in modules:
            self.patch.setattr(
                module, "print_table", lambda rows, *, as_json, **_: self.tables.append((list(rows), as_json))
            )


def staged(*modules: ModuleType, **book: Any) -> Any:
    """The fixture of commands in a folder of their own, the tables that their ``modules`` print watched.

    With attributes for a ``book`` that stands in for every rulebook that is loaded.
    """

    @pytest.fixture
    def stage(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Stage:
        monkeypatch.chdir(tmp_path)
        shown = Stage(monkeypatch, of(**book))
        shown.watch(*modules)
        if book:
            shown.mock("rulebook.Rulebook.load", shown.book)
        return shown

    return stage
