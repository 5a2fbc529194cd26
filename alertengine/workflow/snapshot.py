"""All that a run rests on, taken into memory before it starts: the run then reads the copies.

So what is recorded is what was decided on, whatever happens to the files in between.  Paths
among the inputs: ``rules/0/...`` the shipped rules, ``rules/1/...`` further folders in order,
``scenario/``, ``forecast/``, ``observed/``, ``active/``, ``list/`` with what stands beside the
list, ``totals/``.
"""

from __future__ import annotations

import platform
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from alertengine.files import SUFFIX, Protocol, Schema, profile_of, protocols_of, rules_folder
from alertengine.ledger import InputFile
from alertengine.lists import LIST_SCHEMA, beside_list, decisions_beside, is_register
from alertengine.orders import Scenario
from alertengine.vocabulary import InputError, Problem, Result, program_version
from alertengine.warning import FORECAST_SCHEMA

#: Libraries that can change a result.
_LIBRARIES: Final = ("durable-rules", "numpy", "opencc", "pandas", "pyarrow", "pydantic", "python-calamine", "pyyaml")
_FILES: Final = {
    "forecast": "forecast",
    "observed": "observed",
    "active": "active",
    "active_orders": "active_orders",
    "totals": "totals",
    "list": "list_file",
}


@dataclass(slots=True)
class Collected:
    """Files by their path among the inputs, where each came from, and the options as JSON."""

    files: dict[str, bytes] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)

    def take(self, path: str, source: Path) -> str:
        """Read a file.

        Raises:
            InputError: it cannot be read.

        """
        try:
            self.files[path] = source.read_bytes()
        except OSError as error:
            raise InputError([Problem("unreadable_snapshot", file=str(source), error=error)]) from None
        self.origins[path] = str(source)
        return path

    def inputs(self, personal: frozenset[str] = frozenset()) -> list[InputFile]:
        """The files for the ledger; a register of plants has names of persons in it."""
        held = sorted(self.files.items())
        return [InputFile(path, data, path in personal or is_register(path)) for path, data in held]

    def write(self, folder: Path) -> None:
        """Write all files into a folder."""
        for path, data in self.files.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)

    def named_as_given(self, problems: Sequence[Problem], folder: Path) -> list[Problem]:
        """Problems of the copies in a folder, said of the files they were made from."""
        named = self._origin_in(folder)
        return [problem.at(file=named(problem.file)) for problem in problems]

    def readings(self, result: Result, folder: Path) -> list[Protocol]:
        """How the copies in a folder were read that a result was made from, said of the files they were made from."""
        named = self._origin_in(folder)
        return [replace(one, file=named(one.file)) for one in protocols_of(result)]

    def _origin_in(self, folder: Path) -> Callable[[str], str]:
        """The file that a copy in a folder was made from, with what may stand behind its name; any other as it is."""
        copies = {str(folder / path): origin for path, origin in self.origins.items()}

        def named(file: str) -> str:
            name = next((copy for copy in copies if file.startswith(copy)), "")
            return copies[name] + file[len(name) :] if name else file

        return named


def collect_rules(taken: Collected, folders: Sequence[Path]) -> None:
    """Take the shipped rules and further folders, worked cases left out.

    Raises:
        InputError: no such folder.

    """
    for number, folder in enumerate([rules_folder(), *folders]):
        if not folder.is_dir():
            raise InputError([Problem("no_rules_folder", file=str(folder))])
        for path in sorted(folder.rglob("*.yaml")):
            if not path.name.endswith(".test.yaml"):
                taken.take(f"rules/{number}/{path.relative_to(folder).as_posix()}", path)


def collect_list(taken: Collected, source: Path, totals: Path | None, decisions: Path | None = None) -> None:
    """Take a list and what stands beside it; a table of decisions given is put where a list has its own.

    Raises:
        InputError: a file cannot be read.

    """
    taken.take(f"list/{source.name}", source)
    own = set(decisions_beside(source)) if decisions is not None else set()
    for beside in beside_list(source):
        if beside not in own:
            taken.take(f"list/{beside.name}", beside)
    if decisions is not None:
        taken.take(f"list/{source.stem}.decisions{decisions.suffix.lower()}", decisions)
    _take_profile(taken, f"list/{source.name}", source, LIST_SCHEMA)
    if totals is not None:
        taken.take(f"totals/{totals.name}", totals)


def _take_profile(taken: Collected, path: str, source: Path, schema: Schema) -> None:
    """Take the profile that a file is read with, to stand beside its copy."""
    profile = profile_of(source, schema)
    if profile is not None:
        taken.take(f"{path}{SUFFIX}", Path(profile.path))


def collect_scenario(scenario: Scenario) -> Collected:
    """All that a scenario rests on; its options name the copies.

    Raises:
        InputError: a file cannot be read.

    """
    taken = Collected()
    collect_rules(taken, [scenario.path(name) for name in scenario.rules])
    taken.take(f"scenario/{Path(scenario.file).name}", Path(scenario.file))
    options = scenario.model_dump(mode="json", by_alias=True, exclude={"rules", "file", "decisions"}, exclude_none=True)
    for key, name in _FILES.items():
        said = getattr(scenario, name)
        if not said:
            continue
        source = scenario.path(said)
        options[key] = f"{key}/{source.name}"
        if key == "list":
            collect_list(taken, source, None, scenario.path(scenario.decisions) if scenario.decisions else None)
        else:
            taken.take(options[key], source)
            if key in ("forecast", "observed"):
                _take_profile(taken, options[key], source, FORECAST_SCHEMA)
    taken.options = {"way": "scenario", "scenario": options}
    return taken


def collect_orders(
    source: Path,
    options: Mapping[str, Any],
    rules: Sequence[Path] = (),
    totals: Path | None = None,
    decisions: Path | None = None,
) -> Collected:
    """All that orders for a list rest on; ``options`` are level, date, city, hours, known_on and adopt, as JSON.

    Raises:
        InputError: a file cannot be read.

    """
    taken = Collected()
    collect_rules(taken, rules)
    collect_list(taken, source, totals, decisions)
    taken.options = {"way": "orders", **options, "list": f"list/{source.name}"}
    if totals is not None:
        taken.options["totals"] = f"totals/{totals.name}"
    return taken


def versions() -> dict[str, str]:
    """The versions of the program and of what can change a result."""
    libraries = {name: version(name) for name in _LIBRARIES}
    return {
        "alertengine": program_version(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        **libraries,
    }
