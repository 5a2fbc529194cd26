"""The list against the city's totals: amounts above them, and ratios that are missed.

Amounts that cannot be are told by the reader of the list.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from alertengine.checking.lists.findings import Collector
from alertengine.orders import NO, UNKNOWN, SummaryEntry
from alertengine.vocabulary import EMISSION_FIELDS, PLAN_FIELDS, POLLUTANT_TEXT, TOTAL_SECTORS, Both, number, percent

#: The sector of the city totals that the listed lines are part of.
INDUSTRY: Final = TOTAL_SECTORS[0]
#: Lines may exceed the city's total by rounding.
_ROUNDING: Final = 1.001
_KINDS: Final = {NO: "ratio_missed", UNKNOWN: "ratio_open"}


def add_amount_findings(collector: Collector) -> None:
    """Listed lines that emit more than the city's whole industry."""
    totals = collector.content.totals
    if totals is None:
        return
    lines = collector.content.lines
    listed = lines.groupby(lines["city"].astype("object"))[list(EMISSION_FIELDS.values())].sum()
    industry = totals[totals["sector"] == INDUSTRY].set_index("city")
    for city in listed.index.intersection(industry.index):
        for pollutant, name in EMISSION_FIELDS.items():
            whole, sum_of = float(industry.loc[city, name]), float(listed.loc[city, name])
            if sum_of > whole * _ROUNDING:
                collector.general(
                    "listed_above_totals",
                    number(sum_of),
                    levels=list(PLAN_FIELDS),
                    city=str(city),
                    pollutant=POLLUTANT_TEXT[pollutant],
                    expected=number(whole),
                )


def add_ratio_findings(collector: Collector, summaries: Sequence[SummaryEntry]) -> None:
    """A finding for each city, level and pollutant whose ratio is missed or cannot be told."""
    for city in dict.fromkeys(entry["city"] for entry in summaries if entry["ratio"] is None):
        collector.general("totals_missing", str(city), levels=list(PLAN_FIELDS))
    for entry in summaries:
        for pollutant, ratio in (entry["ratio"] or {}).items():
            kind = _KINDS.get(ratio.get("met", ""))
            if kind is None or ratio.get("required") is None:
                continue
            collector.general(
                kind,
                percent(ratio["warning"] or 0.0, ratio["required"]),
                levels=[entry["level"]],
                city=str(entry["city"]),
                level=entry["level"],
                pollutant=POLLUTANT_TEXT[pollutant],
                expected=f"≥ {percent(ratio['required'])}",
                basis=Both(ratio.get("required_by", ""), ratio.get("basis", "")),
            )
