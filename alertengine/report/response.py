"""The report of a response: one offline HTML page a person reads, prints and files."""

from __future__ import annotations

from typing import Any

import pandas as pd

from alertengine.documents import SETTING_TEXT
from alertengine.orders import KEY, Responded, figures_of, state_head
from alertengine.report.pages import page
from alertengine.vocabulary import (
    ACTION_TEXT,
    EMISSION_FIELDS,
    STANDING_TEXT,
    Flag,
    flagged,
    short_moment,
)

#: Rows of the order table shown on the page; all of them are in orders.xlsx.
SHOWN_ORDERS = 400


def response_report(run: Responded) -> str:
    """The page as HTML."""
    orders = run.in_force.rows
    baseless = flagged(orders, Flag.NO_GROUND)
    undetermined, others = orders[baseless], orders[~baseless]
    # What holds of each city, and what a decision made changes from a later hour on, with its words
    found = [one for city in run.in_force.cities() for one in (city, city["then"]) if one]
    return page(
        "response.html.j2",
        title=run.scenario.title,
        setting=SETTING_TEXT[run.scenario.mode],
        note=run.scenario.note,
        rulebook=run.orders.book.fingerprint[:12],
        list_version=run.orders.enterprises.version,
        summaries=_held_first(run),
        warnings=_warnings(run.warnings.record),
        undetermined=undetermined.to_dict("records"),
        baseless=len(undetermined.drop_duplicates(KEY)),
        causes=_causes(undetermined.drop_duplicates(KEY)),
        orders=others.head(SHOWN_ORDERS).to_dict("records"),
        hidden=max(0, len(others) - SHOWN_ORDERS),
        industries=_by_industry(run.in_force.now),
        later=bool(run.in_force.changed_later),
        states=[{**one, "head": state_head(one)} for one in found],
        documents=_documents(run),
        problems=[str(problem) for problem in run.orders.problems],
    )


def _held_first(run: Responded) -> list[dict[str, Any]]:
    """The summaries, those of what holds now first, each with ``holds``: whether its level does."""
    held = {(row["city"], row["level"]) for row in run.in_force.now[["city", "level"]].to_dict("records")}
    found = [{**entry, "holds": (entry["city"], entry["level"]) in held} for entry in run.orders.summaries]
    return sorted(found, key=lambda entry: not entry["holds"])


def _warnings(record: pd.DataFrame) -> list[dict[str, Any]]:
    rows = []
    newest = record["issued"].max() if len(record) else None
    for row in record.to_dict("records"):
        shown: dict[str, Any] = {str(name): "" if pd.isna(value) else value for name, value in row.items()}
        for name in ("starts", "ends", "issued"):
            if shown[name] != "":
                shown[name] = short_moment(shown[name])
        shown["lifts"] = row["action"] == "lift"
        shown["newest"] = row["issued"] == newest
        shown["action"] = ACTION_TEXT.get(shown["action"], shown["action"])
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
