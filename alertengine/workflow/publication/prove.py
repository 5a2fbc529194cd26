"""Whether a list reaches the ratio the law of a day requires, at every level, as it would bind once published."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

import pandas as pd

from alertengine.engine import Engine, Response
from alertengine.lists import EnterpriseList
from alertengine.orders import decide_lines, required_ratios
from alertengine.rulebook import Rulebook, place_of
from alertengine.vocabulary import LEVEL_TEXT, POLLUTANT_TEXT, Level, Problem, percent
from alertengine.workflow.publication.publication import PROOF_COLUMNS

LEVELS: Final = (Level.YELLOW, Level.ORANGE, Level.RED)


def prove(book: Rulebook, enterprises: EnterpriseList, day: date, known_on: date | None = None) -> pd.DataFrame:
    """The ratio of each city, level and pollutant: PROOF_COLUMNS, one row each.

    ``met`` is ``yes``, ``no``, ``unknown`` (no totals, or lines without a ground) or ``none`` (no rule on file
    requires one); ``reached`` and ``required`` are 0 to 1, NaN where there is none.
    """
    engine = Engine(book, known_on)
    rows: list[dict[str, Any]] = []
    for level in LEVELS:
        response = Response.single(level, day)
        decided = decide_lines(engine, enterprises.lines, response, published=True, totals=enterprises.totals)
        for entry in decided.summaries:
            required = required_ratios(book, place_of(book, entry["city"]), day, level, known_on)
            for pollutant in POLLUTANT_TEXT:
                found = (entry["ratio"] or {}).get(pollutant, {})
                asked = required.get(pollutant)
                row: dict[str, Any] = {"city": entry["city"], "level": str(level), "pollutant": pollutant}
                row |= {"reached": found.get("warning"), "margin_kg_d": found.get("margin_kg_d")}
                row |= {"undetermined": entry["undetermined"], "asks_more": entry["rule_asks_more_than_published"]}
                row |= {"required": None, "met": "none", "basis": ""}
                if asked:
                    row |= {"required": asked.share, "met": found.get("met", "unknown"), "basis": asked.basis}
                rows.append(row)
    numbers = ["reached", "required", "margin_kg_d"]
    return pd.DataFrame(rows, columns=list(PROOF_COLUMNS)).astype(dict.fromkeys(numbers, "float64"))


def not_proved(proof: pd.DataFrame, file: str) -> list[Problem]:
    """The ratios that are missed, or that cannot be proved."""
    return [
        Problem(
            "ratio_is_missed" if row["met"] == "no" else "ratio_unproved",
            file=file,
            value=percent(row["reached"], row["required"]).removeprefix("—"),
            place=f"{row['city']}{LEVEL_TEXT[row['level']]} {POLLUTANT_TEXT[row['pollutant']]}",
            required=row["required"],
            basis=row["basis"],
        )
        for row in proof[proof["met"].isin(["no", "unknown"])].to_dict("records")
    ]


def wants_a_look(proof: pd.DataFrame, file: str) -> Iterator[Problem]:
    """Lines where a rule asks more than the list, lines without a ground, levels without a required ratio."""
    for row in proof.drop_duplicates(["city", "level"]).to_dict("records"):
        where = f"{row['city']}{LEVEL_TEXT[row['level']]}"
        if row["asks_more"]:
            yield Problem("rule_asks_more", file=file, place=where, count=row["asks_more"])
        if row["undetermined"]:
            yield Problem("lines_without_ground", file=file, place=where, count=row["undetermined"])
    silent = proof[proof["met"] == "none"]
    for (city, level), own in silent.groupby(["city", "level"]):
        names = "、".join(POLLUTANT_TEXT[name] for name in own["pollutant"])
        yield Problem("no_rule_for_ratio", file=file, city=city, level=str(level), names=names)
