"""Simulating a season from the page: a scenario with its variants, run as a job."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from alertengine.files import read_yaml, scenarios_folder
from alertengine.simulation import MOST_VARIANTS, is_season
from alertengine.vocabulary import InputError, Problem
from alertengine.web.intake import read_in_worker
from alertengine.web.jobs.queue import Jobs
from alertengine.web.jobs.store import Job
from alertengine.web.workstore import WorkStore
from alertengine.workflow import Upload

if TYPE_CHECKING:
    from alertengine.rulebook import Rulebook

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
    content = read_in_worker(upload, read_yaml)
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


class SimulationRun:
    """One run, as its job is by now."""

    def __init__(self, jobs: Jobs, job: Job) -> None:
        """Take its job."""
        self._jobs, self._job = jobs, job

    @property
    def key(self) -> str:
        """The key of its job."""
        return self._job.key

    @property
    def title(self) -> str:
        """What its scenario is called."""
        return self._job.title

    @property
    def state(self) -> str:
        """How it is: waiting, running, done, failed or stopped."""
        return self._job.state

    @property
    def progress(self) -> tuple[int, int]:
        """Variants done of all."""
        done = int(self._job.said.get("done", 0))
        return (done, done) if self.state == "done" else self._jobs.progress(self.key)

    @property
    def rows(self) -> list[dict[str, str]]:
        """The variants compared."""
        return list(self._job.said.get("rows", ()))

    @property
    def notes(self) -> list[Problem]:
        """What must be looked at, and what is good to know."""
        return [Problem.from_dict(one) for one in self._job.said.get("notes", ())]

    @property
    def problems(self) -> list[Problem]:
        """Why it failed."""
        return list(self._job.problems)

    @property
    def results(self) -> Path:
        """The folder of what came out."""
        return self._jobs.out(self._job) / "out"

    def look(self) -> None:
        """See how it is."""
        self._job = self._jobs.get(self.key)

    def stop(self) -> None:
        """End it before its time."""
        self._jobs.stop(self.key)
        self.look()


class Simulations:
    """The runs of one desk: jobs of the kind ``season``."""

    def __init__(self, jobs: Jobs) -> None:
        """Take the desk's jobs."""
        self._jobs = jobs

    def begin(self, content: Mapping[str, Any], files: Sequence[Upload], user: str) -> SimulationRun:
        """Start one; the same scenario with the same files is not run twice.

        Raises:
            InputError: too many of the person go on already, too many variants, or a file has no name.

        """
        if len(content.get("variants") or []) > MOST_VARIANTS:
            raise InputError([Problem("too_many_variants", where="session", most=MOST_VARIANTS)])
        works = WorkStore(self._jobs.folder)
        plain = json.loads(json.dumps(content, default=str))  # days of the scenario as texts
        asked = {"content": plain, "files": [works.put_upload(one) for one in files if one.plain_name]}
        job = self._jobs.begin("season", str(content.get("title", "推演")), asked, user, made_from=asked)
        return SimulationRun(self._jobs, job)

    def get(self, key: str, user: str) -> SimulationRun:
        """A person's own run.

        Raises:
            InputError: there is none, or it is somebody else's.

        """
        job = self._jobs.get(key)
        if job.kind != "season" or job.user != user:
            raise InputError([Problem("no_such_run", where="session")])
        return SimulationRun(self._jobs, job)

    def of(self, user: str) -> list[SimulationRun]:
        """All runs of a person, the newest first."""
        return [SimulationRun(self._jobs, job) for job in self._jobs.store.of(user) if job.kind == "season"]
