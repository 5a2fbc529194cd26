"""What a run rests on, from files that came as bytes: forecast, list and options, as a scenario names them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path, PurePath, PureWindowsPath
from typing import TYPE_CHECKING, Any, Final

import yaml

from alertengine.files import SUFFIX, inside, scratch
from alertengine.ledger import option_paths
from alertengine.orders import read_scenario, write_orders
from alertengine.vocabulary import InputError, Problem, problems_as
from alertengine.warning import write_warnings
from alertengine.workflow.snapshot import Collected, collect_scenario

if TYPE_CHECKING:
    import pandas as pd

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
            InputError: there is no name in it.

        """
        name = PureWindowsPath(self.name).name.strip()
        if not name or name.startswith("."):
            raise InputError([Problem("no_file_name", file=self.name)])
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
    options: Mapping[str, Any] | None = None,
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
        options: further keys of a scenario: ``known_on``, ``adopt``, ``orders`` (from above), ``perfect``.
        rules: folders of rules beside the shipped ones.

    Raises:
        InputError: the options make no scenario or name a file that was not given, or a file given would not be
            read; named as it was given.

    """
    files = {"forecast": forecast, "list": enterprise_list, "totals": totals, "observed": observed}
    given = {key: one for key, one in files.items() if one is not None}
    every = [*given.items(), *(("list", one) for one in beside)]
    said: dict[str, Any] = {"title": title, "mode": mode, "note": note, "cities": list(cities)}
    folders = [str(folder.resolve()) for folder in rules]
    plain = {key: one.isoformat() if isinstance(one, date) else one for key, one in (options or {}).items()}
    said |= {"rules": folders, **plain}
    said |= {key: f"{key}/{one.plain_name}" for key, one in given.items()}
    with scratch() as name:
        folder = Path(name)
        for path in [*option_paths(options or {}).values(), *(options or {}).get("rules", ())]:
            inside(folder, path, "options")  # they may come from a record or another system
        for key, one in every:
            for path, data in one.files().items():
                _write(folder / key / path, data)
        if active is not None and len(active):
            said["active"] = _ACTIVE
            (folder / _ACTIVE).parent.mkdir()
            write_warnings(active, folder / _ACTIVE)
        if active_orders is not None and len(active_orders):
            said["active_orders"] = _ACTIVE_ORDERS
            (folder / _ACTIVE_ORDERS).parent.mkdir()
            write_orders(active_orders, folder / _ACTIVE_ORDERS)
        if now is not None:
            said["now"] = now.isoformat()
        said = {key: value for key, value in said.items() if value not in ("", [], None)}
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
