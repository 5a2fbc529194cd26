"""What a run leaves in its folder: tables, workbook, summary and report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from alertengine.files.atomic import replacing, replacing_text
from alertengine.orders.respond import Responded
from alertengine.orders.write import write_orders
from alertengine.report.response import response_report
from alertengine.vocabulary.version import program_version
from alertengine.warning.record import write_warnings


def write_outputs(run: Responded, folder: Path) -> None:
    """Write warnings.csv, orders.csv, orders.xlsx, summary.json and report.html into a folder.

    Raises:
        InputError: the folder cannot be written.

    """
    replacing(folder / "warnings.csv", lambda target: write_warnings(run.warnings.record, target))
    write_orders(run.orders.table, folder / "orders.csv")
    write_orders(run.orders.table, folder / "orders.xlsx", run.orders.summaries)
    text = json.dumps(summary(run), ensure_ascii=False, indent=2) + "\n"
    replacing_text(folder / "summary.json", text)
    page = response_report(run)
    replacing_text(folder / "report.html", page)


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
