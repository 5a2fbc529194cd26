"""Whether the list reaches the required ratio at each level, per pollutant."""

from __future__ import annotations

from collections.abc import Sequence

from alertengine.checking.lists.findings import Collector
from alertengine.orders import NO, UNKNOWN, SummaryEntry
from alertengine.vocabulary import PLAN_FIELDS, POLLUTANT_TEXT, Both, percent

_KINDS = {NO: "ratio_missed", UNKNOWN: "ratio_open"}


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
