"""What a run leaves in its folder: tables, workbook, summary and report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from alertengine.files.atomic import replacing
from alertengine.files.runs import Run, Staging, inputs_of
from alertengine.orders.respond import Responded
from alertengine.orders.write import write_orders
from alertengine.report.response import response_report
from alertengine.vocabulary.times import TIME_FORMAT
from alertengine.vocabulary.version import program_version
from alertengine.warning.record import write_warnings


def write_outputs(run: Responded, staged: Staging) -> None:
    """Write warnings.csv, orders.csv, orders.xlsx, summary.json and report.html of a run.

    Raises:
        InputError: the folder cannot be written.

    """
    replacing(staged.path("warnings.csv"), lambda target: write_warnings(run.warnings.record, target))
    write_orders(run.orders.table, staged.path("orders.csv"))
    write_orders(run.orders.table, staged.path("orders.xlsx"), run.orders.summaries)
    staged.put("summary.json", (json.dumps(summary(run), ensure_ascii=False, indent=2) + "\n").encode())
    staged.put("report.html", response_report(run).encode())


def run_record(run: Responded) -> Run:
    """What the manifest says of a run, its outputs left open."""
    scenario = run.scenario
    names = {
        "forecast": scenario.forecast,
        "observed": scenario.observed,
        "active": scenario.active,
        "list": scenario.list_file,
        "totals": scenario.totals,
    }
    files = {"scenario": Path(scenario.file), **{what: scenario.path(name) for what, name in names.items() if name}}
    now = run.warnings.now
    decided = "" if pd.isna(now) else f"{now:{TIME_FORMAT}}"
    return Run("respond", inputs_of(files), {}, run.orders.book.fingerprint, decided)


def summary(run: Responded) -> dict[str, Any]:
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
        "problems": [str(problem) for problem in run.orders.problems],
    }
