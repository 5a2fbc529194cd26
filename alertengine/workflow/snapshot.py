"""All that a run rests on, taken into memory before it starts: the run then reads the copies.

So what is recorded is what was decided on, whatever happens to the files in between.  Paths
among the inputs: ``rules/0/...`` the shipped rules, ``rules/1/...`` further folders in order,
``scenario/``, ``forecast/``, ``observed/``, ``active/``, ``list/`` with what stands beside the
list, ``totals/``.  Files that came as bytes (:class:`Upload`) are taken as a scenario names them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path, PurePath, PureWindowsPath
from typing import TYPE_CHECKING, Any, Final

import yaml

from alertengine.files import SUFFIX, Protocol, Schema, of_file, profile_of, protocols_of, rules_folder, scratch
from alertengine.ledger import InputFile
from alertengine.lists import LIST_SCHEMA, beside_list, decisions_beside, is_register
from alertengine.orders import Scenario, read_orders, read_scenario, write_orders
from alertengine.vocabulary import (
    ERASED,
    InputError,
    Level,
    Problem,
    Result,
    problems_as,
    sole_traders,
)
from alertengine.warning import FORECAST_SCHEMA, FloorSaid, write_warnings
from alertengine.workflow.recording import NO_CORRECTION, Correction
from alertengine.workflow.run_options import RunOptions

if TYPE_CHECKING:
    import pandas as pd

_FILES: Final = {
    "forecast": "forecast",
    "observed": "observed",
    "active": "active",
    "totals": "totals",
    "list": "list_file",
}


@dataclass(slots=True)
class Snapshot:
    """Files by their path among the inputs, and where each came from."""

    files: dict[str, bytes] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)

    def take(self, path: str, source: Path) -> None:
        """Read a file.

        Raises:
            InputError: it cannot be read.

        """
        try:
            of_file(source)
            self.files[path] = source.read_bytes()
        except OSError as error:
            raise InputError([Problem("unreadable_snapshot", file=str(source), error=error)]) from None
        self.origins[path] = str(source)

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
        of_scenario = (origin for path, origin in self.origins.items() if path.startswith("scenario/"))
        copies |= {str(folder / _SCENARIO): origin for origin in of_scenario}  # its options as they are decided by

        def named(file: str) -> str:
            name = next((copy for copy in copies if file.startswith(copy)), "")
            return copies[name] + file[len(name) :] if name else file

        return named


@dataclass(slots=True)
class Collected(Snapshot):
    """All that a run rests on: files, and what was asked, which names them by their path.

    ``correction`` is the act that a draft of it is to correct.
    """

    options: RunOptions = field(kw_only=True)
    correction: Correction = field(default=NO_CORRECTION, kw_only=True)


def collect_rules(taken: Snapshot, folders: Sequence[Path]) -> None:
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


def collect_list(taken: Snapshot, source: Path, totals: Path | None, decisions: Path | None) -> None:
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


def _take_profile(taken: Snapshot, path: str, source: Path, schema: Schema) -> None:
    """Take the profile that a file is read with, to stand beside its copy."""
    profile = profile_of(source, schema)
    if profile is not None:
        taken.take(f"{path}{SUFFIX}", Path(profile.path))


def _take_orders(taken: Snapshot, path: str, source: Path) -> None:
    """Take orders of the run before.

    Names of sole traders are left out of it: the copy stays, and which lines stopped is said by code and number.

    Raises:
        InputError: they cannot be read.

    """
    taken.take(path, source)
    try:
        orders = read_orders(source)
    except InputError:
        return  # refused when they are decided by, with what is wrong of all else
    if (persons := sole_traders(orders)).any():
        with scratch() as folder:
            copy = Path(folder) / f"orders{source.suffix.lower()}"
            write_orders(orders.assign(enterprise=orders["enterprise"].mask(persons, ERASED)), copy)
            taken.files[path] = copy.read_bytes()


def collect_scenario(scenario: Scenario) -> Collected:
    """All that a scenario rests on; its options name the copies.

    Raises:
        InputError: a file cannot be read, or ``known_on`` is of no year that anything is on file for.

    """
    said = scenario.model_dump(mode="json", by_alias=True, exclude={"rules", "file", "decisions"}, exclude_none=True)
    named = {key: scenario.path(one) for key, name in _FILES.items() if (one := getattr(scenario, name))}
    before = [scenario.path(name) for name in scenario.active_orders]
    copies = [f"active_orders/{number}/orders{one.suffix.lower()}" for number, one in enumerate(before)]
    said |= {key: f"{key}/{source.name}" for key, source in named.items()} | {"active_orders": copies}
    taken = Collected(options=RunOptions.read({"way": "scenario", "scenario": said}))
    collect_rules(taken, [scenario.path(name) for name in scenario.rules])
    taken.take(f"scenario/{Path(scenario.file).name}", Path(scenario.file))
    for key, source in named.items():
        if key == "list":
            collect_list(taken, source, None, scenario.path(scenario.decisions) if scenario.decisions else None)
        else:
            taken.take(said[key], source)
            if key in ("forecast", "observed"):
                _take_profile(taken, said[key], source, FORECAST_SCHEMA)
    for path, source in zip(copies, before, strict=True):
        _take_orders(taken, path, source)
    return taken


def collect_orders(
    source: Path,
    *,
    level: Level,
    date: date,
    city: str | None = None,
    hours: float | None = None,
    known_on: date | None = None,
    adopt: Mapping[str, str] | None = None,
    rules: Sequence[Path] = (),
    totals: Path | None = None,
    decisions: Path | None = None,
) -> Collected:
    """All that orders for a list at a level and day rest on, further folders of rules beside the shipped ones.

    What is asked is told at :class:`~alertengine.workflow.run_options.ListOptions`; ``totals`` and ``decisions`` are
    tables beside the list ``source``.

    Raises:
        InputError: a file cannot be read, or a day, length or level is none that a run can be asked.

    """
    said: dict[str, Any] = {"way": "orders", "level": level, "date": date, "city": city, "hours": hours}
    said |= {"known_on": known_on, "adopt": dict(adopt or {}), "list": f"list/{source.name}"}
    said |= {"totals": f"totals/{totals.name}"} if totals is not None else {}
    taken = Collected(options=RunOptions.read(said))
    collect_rules(taken, rules)
    collect_list(taken, source, totals, decisions)
    return taken


# -- files that came as bytes

#: Bytes of a name: file systems take 255, and what is kept beside a file has an ending more.
_LONGEST_NAME: Final = 210
_SCENARIO: Final = "scenario.yaml"
_ACTIVE: Final = "active/active.csv"
_ACTIVE_ORDERS: Final = "active_orders/orders.csv"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was given: the name it had there, its bytes, and those of a profile to read it with, if any."""

    name: str
    data: bytes
    profile: bytes = b""

    @property
    def plain_name(self) -> str:
        """The name without folders of whatever system.

        Raises:
            InputError: there is no name in it, or it is none that a file here can have.

        """
        name = PureWindowsPath(self.name).name.strip()
        if not name or name.startswith("."):
            raise InputError([Problem("no_file_name", file=self.name)])
        unseen = {one for one in name if unicodedata.category(one) in ("Cc", "Cs")}
        if unseen or len(name.encode()) > _LONGEST_NAME:
            shown = "".join("\N{REPLACEMENT CHARACTER}" if one in unseen else one for one in name[:40])
            raise InputError([Problem("file_name_unusable", where="session", value=shown, most=_LONGEST_NAME // 3 - 5)])
        return name

    def files(self) -> dict[PurePath, bytes]:
        """The file and what stands beside it, by their names without folders."""
        name = self.plain_name
        beside = {PurePath(name + SUFFIX): self.profile} if self.profile else {}
        return {PurePath(name): self.data, **beside}

    def put_into(self, folder: Path) -> Path:
        """Write the file and what stands beside it into a folder; where the file lies there."""
        for name, data in self.files().items():
            (folder / name).write_bytes(data)
        return folder / self.plain_name


def collect_uploads(
    forecast: Upload,
    enterprise_list: Upload,
    *,
    title: str,
    mode: str = "live",
    beside: Sequence[Upload] = (),
    totals: Upload | None = None,
    observed: Upload | None = None,
    active: pd.DataFrame | None = None,
    active_orders: pd.DataFrame | None = None,
    cities: Sequence[str] = (),
    now: datetime | None = None,
    note: str = "",
    known_on: date | None = None,
    adopt: Mapping[str, str] | None = None,
    orders: Sequence[FloorSaid] = (),
    rules: Sequence[Path] = (),
) -> Collected:
    """All that a run on uploaded files rests on, equal to a scenario of these files on disk.

    Args:
        forecast: the forecast.
        enterprise_list: the list.
        title: what the act is called.
        mode: ``live``, ``simulation`` or ``drill``.
        beside: what stands beside the list: ``NAME.version.yaml``, ``NAME.totals.csv``; any other name is refused.
        totals: city totals under a name of their own.
        observed: observations.
        active: warnings so far (WARNING_COLUMNS), as :func:`~.acts_in_force.warnings_so_far` gives them.
        active_orders: share orders so far (ORDER_COLUMNS), as :func:`~.acts_in_force.share_orders_so_far` gives them.
        cities: only these; empty: all of the forecast.
        now: what had been issued by then, civil time; None: the newest issue of the forecast.
        note: a remark to the scenario.
        known_on: only documents issued by that day count.
        adopt: areas by documents that await adoption there.
        orders: from above.
        rules: folders of rules beside the shipped ones.

    Raises:
        InputError: a file given would not be read; named as it was given.

    """
    files = {"forecast": forecast, "list": enterprise_list, "totals": totals, "observed": observed}
    given = {key: one for key, one in files.items() if one is not None}
    every = [*given.items(), *(("list", one) for one in beside)]
    said: dict[str, Any] = {"title": title, "mode": mode, "note": note, "cities": list(cities)}
    folders = [str(folder.resolve()) for folder in rules]
    said |= {"rules": folders, "known_on": known_on and known_on.isoformat(), "adopt": dict(adopt or {})}
    said["orders"] = list(orders)
    said |= {key: f"{key}/{one.plain_name}" for key, one in given.items()}
    with scratch() as name:
        folder = Path(name)
        for key, one in every:
            for path, data in one.files().items():
                _write(folder / key / path, data)
        if active is not None and len(active):
            said["active"] = _ACTIVE
            (folder / _ACTIVE).parent.mkdir()
            write_warnings(active, folder / _ACTIVE)
        if active_orders is not None and "active" in said:  # none stop by a share: that is known, too
            said["active_orders"] = _ACTIVE_ORDERS
            (folder / _ACTIVE_ORDERS).parent.mkdir()
            write_orders(active_orders, folder / _ACTIVE_ORDERS)
        if now is not None:
            said["now"] = now.isoformat()
        said = {key: value for key, value in said.items() if value not in ("", [], {}, None)}
        (folder / _SCENARIO).write_text(yaml.safe_dump(said, allow_unicode=True, sort_keys=False), encoding="utf-8")
        with problems_as(lambda one: _as_given(one, folder)):
            taken = collect_scenario(read_scenario(str(folder / _SCENARIO), folders))
    _name_origins(taken, every)
    return taken


def _write(path: Path, data: bytes) -> None:
    """Write an upload.

    Raises:
        InputError: another of the same name was given.

    """
    if path.exists():
        raise InputError([Problem("given_twice", file=path.name)])
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)


def _as_given(problem: Problem, folder: Path) -> Problem:
    """A problem of the scenario made here, said of the options it was made from."""
    name = problem.file.removeprefix(str(folder)).lstrip("/\\")
    return problem.at(file="options" if name == _SCENARIO else Path(name).name)


def _name_origins(taken: Collected, given: Sequence[tuple[str, Upload]]) -> None:
    """Say of each copy the name it was given under.

    Raises:
        InputError: a file given would not be read.

    """
    unread = []
    for key, one in given:
        path = f"{key}/{one.plain_name}"
        if path in taken.files:
            taken.origins[path] = one.name
        else:
            unread.append(one.name)
    taken.origins |= {
        path: path.rpartition("/")[2]
        for path in taken.files
        if path.split("/")[0] in ("scenario", "active", "active_orders")
    }
    if unread:
        raise InputError([Problem("would_not_be_read", file=name) for name in unread])
