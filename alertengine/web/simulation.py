"""Simulating a season from the page: a scenario with its variants, run in a process of its own, kept in memory."""

from __future__ import annotations

import multiprocessing
import secrets
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml

from alertengine.files.scratch import scratch
from alertengine.files.shipped import scenarios_folder
from alertengine.files.yaml_reader import read_yaml
from alertengine.simulation.season.model import MOST_VARIANTS, is_season
from alertengine.vocabulary.problems import AlertEngineError, InputError, Problem
from alertengine.workflow.uploads import Upload

if TYPE_CHECKING:
    from alertengine.rulebook.book import Rulebook

#: Runs one person may keep, and runs that may go on at once on this machine.
KEPT: Final = 3
AT_ONCE: Final = 2
_FILE: Final = "scenario.yaml"
#: Keys of a scenario that name files: one that was uploaded may name only what came with it.
_NAMING: Final = frozenset({"history", "list", "totals", "rules", "forecasts", "file"})


def shipped() -> dict[str, str]:
    """Season scenarios that come with the program: name to title."""
    found = {}
    for path in sorted(scenarios_folder().glob("*.yaml")):
        content = read_yaml(path)
        if is_season(content):
            found[path.stem] = str(content.get("title", path.stem))
    return found


def content_of(name: str) -> dict[str, Any]:
    """A shipped scenario as it is written."""
    content = read_yaml(scenarios_folder() / f"{name}.yaml")
    return dict(content) if isinstance(content, dict) else {}


def content_from(upload: Upload) -> dict[str, Any]:
    """An uploaded scenario.

    Raises:
        InputError: it is none of a season, or it names files by a path.

    """
    with scratch() as name:
        path = Path(name) / upload.plain_name
        path.write_bytes(upload.data)
        content = read_yaml(path)
    if not isinstance(content, dict) or not is_season(content):
        raise InputError([Problem("no_season_file", where="session")])
    far = sorted({text for text in _named(content) if Path(text).name != text or "\\" in text or text in ("", "..")})
    if far:
        raise InputError([Problem("path_in_scenario", where="session", path=text) for text in far])
    return content


def _named(value: Any, key: str = "") -> list[str]:
    """Every file that a scenario names, in variants and sweeps too."""
    if isinstance(value, Mapping):
        return [text for name, one in value.items() for text in _named(one, str(name).rpartition(".")[2])]
    if isinstance(value, list):
        return [text for one in value for text in _named(one, key)]
    return [value] if key in _NAMING and isinstance(value, str) else []


#: Keys of a variant that name documents, files or days, and what they change.
_CHANGED: Final = {
    "regime": "预警分级按",
    "ratio": "减排比例按",
    "without": "不适用",
    "rules": "另加规则",
    "list": "清单",
    "totals": "排放量",
    "history": "天气",
    "known_on": "只用此日前发布的文件",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """A variant as controls say it; what is left as it was says nothing.

    ``scale`` multiplies what the forecaster says; ``sectors`` are shares of today's emissions (1: as today).
    """

    name: str
    regime: str = ""
    ratio: str = ""
    without: tuple[str, ...] = ()
    scale: float = 1.0
    sectors: Mapping[str, float] = field(default_factory=dict)
    industry: str = ""
    grade: str = ""
    largest: int | None = None

    def as_variant(self) -> dict[str, Any]:
        """The variant in the language of scenarios.

        Raises:
            InputError: it has no name, or changes nothing.

        """
        said: dict[str, Any] = {}
        if self.regime:
            said["regime"] = self.regime
        if self.ratio:
            said["ratio"] = self.ratio
        if self.without:
            said["without"] = list(self.without)
        if self.scale != 1:
            said["forecast_change"] = {"scale": self.scale}
        sectors = {name: share for name, share in self.sectors.items() if share != 1}
        if sectors:
            said["sectors"] = sectors
        if self.grade:
            raised: dict[str, Any] = {"to": self.grade}
            if self.industry:
                raised["when"] = {"industry": self.industry}
            if self.largest is not None:
                raised["largest"] = self.largest
            said["raise"] = raised
        if not self.name.strip():
            raise InputError([Problem("variant_without_name", where="session")])
        if not said:
            raise InputError([Problem("variant_without_change", where="session")])
        return {"name": self.name.strip(), **said}


def variant_words(variant: Mapping[str, Any]) -> str:
    """What a variant changes, in words; its own note goes before them."""
    said = [str(variant["note"])] if variant.get("note") else []
    for one in _several(variant.get("raise")):
        who = f"{(one.get('when') or {}).get('industry', '各行业')}企业"
        size = f"中产能最大的{one['largest']}家" if one.get("largest") is not None else ""
        said.append(f"{who}{size}升为{one.get('to', '')}级")
    scale = (variant.get("forecast_change") or {}).get("scale")
    said += [f"预报浓度为实际的{scale}倍"] if scale else []
    said += [f"{name}排放为现在的{share}倍" for name, share in (variant.get("sectors") or {}).items()]
    for key, text in _CHANGED.items():
        if variant.get(key):
            said.append(f"{text}：{'、'.join(map(str, _several(variant[key])))}")
    return "；".join(said)


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def regimes(book: Rulebook) -> dict[str, str]:
    """Documents that grade warnings: id to citation."""
    return _documents(book, "grading")


def ratios(book: Rulebook) -> dict[str, str]:
    """Documents that ask for ratios: id to citation."""
    return _documents(book, "ratio")


def _documents(book: Rulebook, kind: str) -> dict[str, str]:
    names = dict.fromkeys(rule.document for rule in book.rules_of(kind))
    return {name: book.documents[name].citation for name in names}


@dataclass
class Simulation:
    """One run: ``state`` is running, done, failed or stopped; ``rows`` the variants compared."""

    title: str
    user: str
    folder: tempfile.TemporaryDirectory[str]
    process: BaseProcess
    pipe: Connection
    key: str = field(default_factory=lambda: secrets.token_urlsafe(9))
    state: str = "running"
    done: int = 0
    of: int = 0
    rows: list[dict[str, str]] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    @property
    def results(self) -> Path:
        """The folder of what came out."""
        return Path(self.folder.name) / "out"

    def look(self) -> None:
        """Hear what the process has said since."""
        while self.state == "running" and self.pipe.poll():
            try:
                kind, said = self.pipe.recv()
            except EOFError:
                self._end("failed", [Problem("process_died", where="session")])
                return
            if kind == "progress":
                self.done, self.of = self.done + said[0], said[1]
            elif kind == "done":
                self.rows, self.notes = said
                self._end("done", [])
            else:
                self._end("failed", said)
        if self.state == "running" and not self.process.is_alive() and not self.pipe.poll():
            self._end("failed", [Problem("process_died", where="session")])

    def stop(self) -> None:
        """End it before its time."""
        if self.state == "running":
            self.process.kill()
            self._end("stopped", [])

    def _end(self, state: str, problems: list[Problem]) -> None:
        self.state, self.problems = state, problems
        self.process.join(5)
        self.pipe.close()

    def drop(self) -> None:
        """Let go of it and of its files."""
        self.stop()
        self.folder.cleanup()


class Simulations:
    """The runs of one desk."""

    def __init__(self) -> None:
        """None yet."""
        self._held: dict[str, Simulation] = {}

    def begin(self, content: Mapping[str, Any], files: Sequence[Upload], user: str) -> Simulation:
        """Start one.

        Raises:
            InputError: too many go on already, or a file has no name.

        """
        for one in self._held.values():
            one.look()
        if sum(one.state == "running" for one in self._held.values()) >= AT_ONCE:
            raise InputError([Problem("too_many_runs", where="session", count=AT_ONCE)])
        if len(content.get("variants") or []) > MOST_VARIANTS:
            raise InputError([Problem("too_many_variants", where="session", most=MOST_VARIANTS)])
        folder = scratch()
        path = Path(folder.name) / _FILE
        for upload in files:
            (path.parent / upload.plain_name).write_bytes(upload.data)
        path.write_text(yaml.safe_dump(dict(content), allow_unicode=True, sort_keys=False), encoding="utf-8")
        spawning = multiprocessing.get_context("spawn")  # a fork of a process with threads may hang
        ours, theirs = spawning.Pipe(duplex=False)
        process = spawning.Process(target=_run, args=(path, theirs), daemon=True)
        process.start()
        theirs.close()
        run = Simulation(str(content.get("title", "推演")), user, folder, process, ours)
        own = [key for key, held in self._held.items() if held.user == user]
        for key in own[: max(0, len(own) - KEPT + 1)]:
            self._held.pop(key).drop()
        self._held[run.key] = run
        return run

    def get(self, key: str, user: str) -> Simulation:
        """A person's own run.

        Raises:
            InputError: there is none, or it is somebody else's.

        """
        run = self._held.get(key)
        if run is None or run.user != user:
            raise InputError([Problem("no_such_run", where="session")])
        return run

    def of(self, user: str) -> list[Simulation]:
        """All runs of a person, the newest first."""
        return [run for run in reversed(self._held.values()) if run.user == user]


def _run(path: Path, pipe: Connection) -> None:
    """Simulate in a process of its own and say what came of it."""
    from alertengine.report.season_files import compared, write_season
    from alertengine.simulation.season.model import read_season
    from alertengine.simulation.season.simulate import simulate

    try:
        season = simulate(read_season(str(path)), lambda done, of: pipe.send(("progress", (done, of))))
        write_season(season, path.parent / "out")
        pipe.send(("done", (compared(season), [*season.problems, *season.notes])))
    except InputError as error:
        pipe.send(("failed", error.problems))
    except AlertEngineError as error:
        pipe.send(("failed", [Problem("said_so", where="session", text=str(error))]))
    finally:
        pipe.close()
