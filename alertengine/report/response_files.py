"""What a run leaves in its folder: tables, workbook, summary and report."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pandas as pd

from alertengine.documents import SETTING_TEXT
from alertengine.files import RunManifest, Staging, inputs_of, replacing
from alertengine.lists import decisions_file
from alertengine.orders import PROVINCE_COLUMNS, ProvinceRun, Responded, Scenario, with_mode, write_orders
from alertengine.report.pages import page
from alertengine.report.response import response_report
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import moment, program_version, to_minute
from alertengine.warning import Warnings, write_warnings

#: A list of more cities than this has its folder named by its file.
_NAMED_CITIES: Final = 3


def write_outputs(run: Responded, staged: Staging, readiness: Mapping[str, Any] | None = None) -> None:
    """Write warnings.csv, orders.csv, orders.xlsx, summary.json and report.html of a run.

    ``readiness`` says by city what keeps each paper of the evening back, where papers were made.

    Raises:
        InputError: the folder cannot be written.

    """
    replacing(staged.path("warnings.csv"), lambda target: write_warnings(run.warnings.handed_on, target))
    write_orders(run.orders.table, staged.path("orders.csv"))
    write_orders(run.orders.table, staged.path("orders.xlsx"), run.orders.summaries)
    staged.put("summary.json", (json.dumps(summary(run, readiness), ensure_ascii=False, indent=2) + "\n").encode())
    staged.put("report.html", response_report(run).encode())


def run_record(run: Responded) -> RunManifest:
    """What the manifest says of a run, its outputs left open."""
    scenario, list_file = run.scenario, run.scenario.path(run.scenario.list_file)
    given = scenario.path(scenario.decisions) if scenario.decisions else None
    names = {"list": scenario.list_file, "totals": scenario.totals}
    return _manifest(scenario, run.warnings, run.orders.book, names, decisions=decisions_file(list_file, given))


def _manifest(
    scenario: Scenario, warnings: Warnings, book: Rulebook, lists: Mapping[str, str], **more: Path | None
) -> RunManifest:
    """A manifest whose inputs are the scenario, its forecasts and lists, and ``more``."""
    given = {what: getattr(scenario, what) for what in ("forecast", "observed", "active", "active_orders")}
    named = {what: scenario.path(name) for what, name in {**given, **lists}.items() if name}
    files = {"scenario": Path(scenario.file), **named}
    decided = "" if pd.isna(warnings.now) else to_minute(warnings.now)
    inputs = with_mode(inputs_of({**files, **more}), "scenario", scenario.mode)
    return RunManifest("respond", inputs, {}, book.fingerprint, decided)


def part_names(whole: ProvinceRun) -> list[str]:
    """The folder of each list of a province: its cities, or the name of its file where they are many."""
    names = []
    for part in whole.parts:
        cities = part.scenario.cities
        names.append("、".join(cities) if len(cities) <= _NAMED_CITIES else Path(part.scenario.list_file).stem)
    return [name if names.count(name) == 1 else f"{name}-{place + 1}" for place, name in enumerate(names)]


def write_province(whole: ProvinceRun, names: Sequence[str], staged: Staging) -> None:
    """Write province.csv, province.html, and warnings.csv of all cities."""
    replacing(staged.path("warnings.csv"), lambda target: write_warnings(whole.warnings.handed_on, target))
    staged.put("province.csv", whole.table.to_csv(index=False).encode())
    folders = {city: name for name, part in zip(names, whole.parts, strict=True) for city in part.scenario.cities}
    now = whole.warnings.now
    made = page(
        "province.html.j2",
        title=whole.scenario.title,
        setting=SETTING_TEXT[whole.scenario.mode],
        now="" if pd.isna(now) else moment(now),
        columns=list(PROVINCE_COLUMNS.values()),
        rows=whole.rows(),
        folders=folders,
        problems=[str(problem) for problem in whole.problems],
        rulebook=whole.book.fingerprint[:12],
    )
    staged.put("province.html", made.encode())


def province_record(whole: ProvinceRun) -> RunManifest:
    """What the manifest of a province says, its outputs left open."""
    lists = {f"list {place}": name for place, name in enumerate(whole.scenario.lists, start=1)}
    return _manifest(whole.scenario, whole.warnings, whole.book, lists)


def summary(run: Responded, readiness: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """summary.json: the run, its inputs and one entry per place and level."""
    version = run.orders.enterprises.version
    return {
        "title": run.scenario.title,
        "note": run.scenario.note,
        "mode": run.scenario.mode,
        "alertengine": program_version(),
        "rulebook": run.orders.book.fingerprint,
        "inputs": {
            "scenario": str(Path(run.scenario.file).resolve()),
            "list": str(Path(run.orders.enterprises.file).resolve()),
        },
        "list": {"file": Path(run.orders.enterprises.file).name, **version.model_dump(mode="json")},
        "warnings": len(run.warnings.record),
        "in_force": list(run.in_force.cities()),
        "cities": run.orders.summaries,
        **({"readiness": dict(readiness)} if readiness is not None else {}),
        "problems": [str(problem) for problem in run.orders.problems],
    }
