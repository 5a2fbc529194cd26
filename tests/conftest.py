"""What several rooms' tests share: the shipped law, small laws written on the spot, and orders under them."""

from __future__ import annotations

import itertools
import json
import os
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, settings

from alertengine.checking import CaseOutcome, CaseRunner, read_cases
from alertengine.checking.rules.cases import case_files
from alertengine.engine import Decision, Engine, Response, Segment
from alertengine.files import RUN_FILE, RunManifest, rules_folder, sha256_of
from alertengine.files.runs import BESIDE
from alertengine.lists import lines_from
from alertengine.orders import decide_lines
from alertengine.rulebook import DocumentLoader, OpenLists, Rulebook
from alertengine.vocabulary import Level

# Messages are checked in one language, whatever the machine's locale.
os.environ["ALERTENGINE_LANG"] = "en"
# Other examples in every run; the seed it prints runs the same ones again.
settings.register_profile(
    "anew", database=None, deadline=None, max_examples=30, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("anew")

LAYERS = ("livelihood", "sanction", "exemption", "verified", "measure")
#: A winter day: in 采暖期 and 秋冬季.
WINTER = date(2021, 12, 10)

Rule = Mapping[str, Any]
BookMaker = Callable[..., Rulebook]
Decider = Callable[..., pd.DataFrame]


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """One seed for the properties of a run, that of the command line if it has one."""
    if config.getoption("--hypothesis-seed", default=None) is None:
        config.option.hypothesis_seed = str(random.SystemRandom().randrange(2**31))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The seed, so that a property that failed can be tried again with the same examples."""
    terminalreporter.write_line(f"--hypothesis-seed={terminalreporter.config.getoption('--hypothesis-seed')}")


def full_rule(rule: Rule) -> dict[str, Any]:
    """A rule with the keys that a test need not repeat."""
    return {"article": "一", "title": str(rule.get("id")), "kind": "measure", **rule}


def document(name: str = "law", **keys: Any) -> dict[str, Any]:
    """A document with the head that a test need not repeat; its rules completed."""
    head = {
        "document": name,
        "title": f"{name}方案",
        "area": "山西省",
        "valid": {"from": "2018-01-01", "to": "not stated"},
        "source": "primary",
    }
    content = {**head, **keys}
    if "rules" in content:
        content["rules"] = [full_rule(rule) for rule in content["rules"]]
    return content


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What tests prove is certified in a folder of their own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ALERTENGINE_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def shipped() -> Rulebook:
    """The shipped rulebook."""
    return Rulebook.load()


@pytest.fixture(scope="session")
def vocabulary() -> OpenLists:
    """The shipped open lists."""
    return OpenLists.load([rules_folder()])


@pytest.fixture(scope="session")
def make_book(tmp_path_factory: pytest.TempPathFactory, vocabulary: OpenLists) -> BookMaker:
    """Makes a rulebook of documents (mappings) or of rules alone, on the shipped vocabulary."""
    folder = tmp_path_factory.mktemp("laws")
    numbers = itertools.count()

    def make(*documents: Rule, rules: Sequence[Rule] = (), adopt: Mapping[str, str] | None = None) -> Rulebook:
        contents = [*documents, *([document(rules=list(rules))] if rules else [])]
        loader = DocumentLoader(vocabulary, LAYERS)
        loaded = []
        for content in contents:
            path = folder / f"{next(numbers)}.yaml"
            path.write_text(json.dumps(content, ensure_ascii=False, default=str), encoding="utf-8")
            loaded.append(loader.load(path))
            path.unlink()
        return Rulebook(vocabulary, LAYERS, loaded, adopt)

    return make


def response_of(level: str, day: date, hours: float | None = None, since: float = 0) -> Response:
    """One segment from midnight of a day, ``since`` hours into the warning's life."""
    start = datetime.combine(day, time())
    ends = None if hours is None else start + timedelta(hours=hours)
    return Response((Segment(start, ends, Level(level)),), start - timedelta(hours=since))


def rows_of(lines: Sequence[Rule], *, apart: bool = False) -> list[dict[str, Any]]:
    """Lines with the cells that a test need not repeat; ``apart``: each in an enterprise of its own."""
    return [
        {
            "city": "临汾市",
            "industry": "焦化",
            "process": "焦炉",
            "so2_kg_d": 100,
            "nox_kg_d": 200,
            "pm_kg_d": 50,
            "vocs_kg_d": 10,
            **({"enterprise_id": f"E{number:04d}"} if apart else {}),
            **line,
        }
        for number, line in enumerate(lines, start=1)
    ]


def _decided(
    book: Rulebook,
    lines: Sequence[Rule],
    *,
    level: str = "red",
    day: date = WINTER,
    hours: float | None = None,
    since: float = 0,
    published: bool = False,
    apart: bool = False,
    response: Response | None = None,
    engine: Engine | None = None,
) -> Any:
    table = lines_from(rows_of(lines, apart=apart), book.lists)
    asked = response or response_of(level, day, hours, since)
    return decide_lines(engine or Engine(book), table, asked, published=published)


@pytest.fixture(scope="session")
def decisions() -> Callable[..., list[Decision]]:
    """Decides lines (mappings) under a rulebook."""
    return lambda *given, **said: _decided(*given, **said).decisions


@pytest.fixture(scope="session")
def decide() -> Decider:
    """The orders of lines (mappings) under a rulebook, as the order table."""
    return lambda *given, **said: _decided(*given, **said).table


@pytest.fixture(scope="session")
def shipped_outcomes(shipped: Rulebook) -> list[CaseOutcome]:
    """Every worked case of the shipped rules, run once."""
    runner = CaseRunner(shipped)
    return runner.run_all((case, path) for path in case_files(shipped.folders) for case in read_cases(path))


def of_a_run(*paths: Path) -> None:
    """Give files of one folder that a test wrote the manifest that the program gives its own."""
    for path in paths:
        path.with_name(path.name + BESIDE).unlink(missing_ok=True)
    run = RunManifest("test", {}, {path.name: sha256_of(path) for path in paths})
    (paths[0].parent / RUN_FILE).write_text(run.text(), encoding="utf-8")
