"""Simulating a season from the page: a scenario with its variants, run as a job."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from alertengine.files import read_yaml, scenarios_folder
from alertengine.simulation import MOST_VARIANTS, is_season, raise_words, season_of
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
        InputError: it is none of a season, it names files by a path, or with every defect of its form.

    """
    content = read_in_worker(upload, read_yaml)
    if not isinstance(content, dict) or not is_season(content):
        raise InputError([Problem("no_season_file", where="session")])
    far = sorted({text for text in _named(content) if Path(text).name != text or "\\" in text or text in ("", "..")})
    if far:
        raise InputError([Problem("path_in_scenario", where="session", path=text) for text in far])
    season_of(content, upload.plain_name)
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
    "regime": "预警分级按", "ratio": "减排比例按", "without": "不适用", "rules": "另加规则", "list": "清单",
    "totals": "排放量", "history": "天气", "known_on": "只用此日前发布的文件",
}  # fmt: skip


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
        raised: dict[str, Any] = {"to": self.grade} if self.grade else {}
        if raised and self.industry:
            raised["when"] = {"industry": self.industry}
        if raised and self.largest is not None:
            raised["largest"] = self.largest
        wanted = {
            "regime": self.regime, "ratio": self.ratio, "without": list(self.without),
            "forecast_change": {} if self.scale == 1 else {"scale": self.scale},
            "sectors": {name: share for name, share in self.sectors.items() if share != 1}, "raise": raised,
        }  # fmt: skip
        said = {key: value for key, value in wanted.items() if value}
        if not self.name.strip():
            raise InputError([Problem("variant_without_name", where="session")])
        if not said:
            raise InputError([Problem("variant_without_change", where="session")])
        return {"name": self.name.strip(), **said}


def variant_words(variant: Mapping[str, Any], titles: Mapping[str, str]) -> str:
    """What a variant changes, in words, documents by their ``titles``; its own note goes before them."""
    said = [str(variant["note"])] if variant.get("note") else []
    said += map(raise_words, several(variant.get("raise")))
    scale = (variant.get("forecast_change") or {}).get("scale")
    said += [f"预报浓度为实际的{scale}倍"] if scale else []
    said += [f"{name}排放为现在的{share}倍" for name, share in (variant.get("sectors") or {}).items()]
    for key, text in _CHANGED.items():
        if variant.get(key):
            said.append(f"{text}：{'、'.join(titles.get(str(one), str(one)) for one in several(variant[key]))}")
    return "；".join(said)


def several(value: Any) -> list[Any]:
    """What a scenario says once or several times, as a list."""
    return value if isinstance(value, list) else [] if value is None else [value]


def documents_of(book: Rulebook, kind: str) -> dict[str, str]:
    """The documents that have rules of a kind (``grading``, ``ratio``): id to citation."""
    names = dict.fromkeys(rule.document for rule in book.rules_of(kind))
    return {name: book.documents[name].citation for name in names}


def begin_run(jobs: Jobs, content: Mapping[str, Any], files: Sequence[Upload], user: str) -> Job:
    """Start a run of a scenario as a job of the kind ``season``; the same with the same files is not run twice.

    Raises:
        InputError: too many of the person go on already, too many variants, or a file has no name.

    """
    if len(content.get("variants") or []) > MOST_VARIANTS:
        raise InputError([Problem("too_many_variants", where="session", most=MOST_VARIANTS)])
    works = WorkStore(jobs.folder)
    plain = json.loads(json.dumps(content, default=str))  # days of the scenario as texts
    asked = {"content": plain, "files": [works.put_upload(one) for one in files if one.plain_name]}
    return jobs.begin("season", str(content.get("title", "推演")), asked, user, made_from=asked)


def run_of(jobs: Jobs, key: str, user: str) -> Job:
    """A person's own run: its variants compared are ``said["rows"]``, what must be looked at ``said["notes"]``.

    Raises:
        InputError: there is none, or it is somebody else's.

    """
    job = jobs.get(key)
    if job.kind != "season" or job.user != user:
        raise InputError([Problem("no_such_run", where="session")])
    return job


def results_of(jobs: Jobs, run: Job) -> Path:
    """The folder of what came out of a run."""
    return jobs.out(run) / "out"
