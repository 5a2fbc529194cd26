"""A response as files: its tables, workbook and summary, and the one offline HTML page that a person reads."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pandas as pd

from alertengine.documents import SETTING_TEXT
from alertengine.files import RunManifest, Staging, inputs_of, replacing
from alertengine.lists import decisions_file
from alertengine.orders import (
    PROVINCE_COLUMNS,
    ProvinceRun,
    Responded,
    Scenario,
    figures_of,
    state_head,
    with_mode,
    write_orders,
)
from alertengine.report.pages import page
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import (
    DECISION_TEXT,
    EMISSION_FIELDS,
    LINE_KEY,
    STANDING_TEXT,
    Flag,
    flagged,
    moment,
    program_version,
    short_moment,
    to_minute,
)
from alertengine.warning import Warnings, kinds, write_warnings

#: Rows of the order table shown on the page; all of them are in orders.xlsx.
SHOWN_ORDERS = 400


def response_report(run: Responded) -> str:
    """The page as HTML."""
    orders = run.in_force.rows
    baseless = flagged(orders, Flag.NO_GROUND)
    undetermined, others = orders[baseless], orders[~baseless]
    # What holds of each city, and what a decision made changes from a later hour on, with its words
    found = [one for city in run.in_force.cities() for one in (city, city["then"]) if one]
    held = {(row["city"], row["level"]) for row in run.in_force.now[["city", "level"]].to_dict("records")}
    summaries = [{**entry, "holds": (entry["city"], entry["level"]) in held} for entry in run.orders.summaries]
    return page(
        "response.html.j2",
        title=run.scenario.title,
        setting=SETTING_TEXT[run.scenario.mode],
        note=run.scenario.note,
        rulebook=run.orders.book.fingerprint[:12],
        list_version=run.orders.enterprises.version,
        summaries=sorted(summaries, key=lambda entry: not entry["holds"]),
        warnings=_warnings(run.warnings.record),
        undetermined=undetermined.to_dict("records"),
        baseless=len(undetermined.drop_duplicates(LINE_KEY)),
        causes=_causes(undetermined.drop_duplicates(LINE_KEY)),
        orders=others.head(SHOWN_ORDERS).to_dict("records"),
        hidden=max(0, len(others) - SHOWN_ORDERS),
        industries=_by_industry(run.in_force.now),
        later=bool(run.in_force.changed_later),
        states=[{**one, "head": state_head(one)} for one in found],
        documents=_documents(run),
        problems=[str(problem) for problem in run.orders.problems],
    )


def _warnings(record: pd.DataFrame) -> list[dict[str, Any]]:
    rows = []
    newest = record["issued"].max() if len(record) else None
    for row, kind in zip(record.to_dict("records"), kinds(record, record), strict=True):
        shown: dict[str, Any] = {str(name): "" if pd.isna(value) else value for name, value in row.items()}
        for name in ("starts", "ends", "issued"):
            if shown[name] != "":
                shown[name] = short_moment(shown[name])
        shown["lifts"] = row["action"] == "lift"
        shown["newest"] = row["issued"] == newest
        shown["action"] = DECISION_TEXT[kind]
        rows.append(shown)
    return rows


def _causes(undetermined: pd.DataFrame) -> list[tuple[str, int]]:
    """Which industries and processes have no ground, most lines first."""
    if undetermined.empty:
        return []
    counts = (undetermined["industry"].astype(str) + " · " + undetermined["process"].astype(str)).value_counts()
    return [(str(name), int(count)) for name, count in counts.items()]


def _by_industry(now: pd.DataFrame) -> list[dict[str, Any]]:
    """Lines, stopped lines and kilograms by industry, of what holds now, most lines first."""
    figures = {str(name): figures_of(own) for name, own in now.groupby("industry", sort=False)}
    rows = [
        {
            "industry": name,
            "lines": one["lines"],
            "stopped": one["stopped"],
            **{EMISSION_FIELDS[p]: kg for p, kg in one["kg"].items()},
        }
        for name, one in figures.items()
    ]
    return sorted(rows, key=lambda row: -int(row["lines"]))


def _documents(run: Responded) -> list[dict[str, str]]:
    """The documents that the orders and warnings rest on."""
    used: dict[str, int] = {}
    for text in run.orders.table["rules"].astype("str") if len(run.orders.table) else []:
        for name in filter(None, text.split(";")):
            used[run.orders.book.rules[name].document] = used.get(run.orders.book.rules[name].document, 0) + 1
    for name in run.warnings.record["grading"].dropna().astype("str"):
        for part in filter(None, name.split(";")):
            if part in run.orders.book.rules:
                used.setdefault(run.orders.book.rules[part].document, 0)
    return [_document(run, name, count) for name, count in sorted(used.items(), key=lambda item: -item[1])]


def _document(run: Responded, name: str, count: int) -> dict[str, str]:
    document = run.orders.book.documents[name]
    return {
        "citation": document.citation,
        "issuer": document.issuer,
        "issued": str(document.issued or ""),
        "standing": STANDING_TEXT[document.source],
        "orders": str(count or ""),
    }


# -- the folder of a run

#: A list of more cities than this has its folder named by its file.
_NAMED_CITIES: Final = 3


def write_outputs(run: Responded, staged: Staging, readiness: Mapping[str, Any] | None) -> None:
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
    given = {what: getattr(scenario, what) for what in ("forecast", "observed", "active")}
    given |= {f"active_orders {place}": name for place, name in enumerate(scenario.active_orders, start=1)}
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
