"""Amounts: those listed above the city's total.  Those that cannot be are told by the reader of the list."""

from __future__ import annotations

from typing import Final

from alertengine.checking.lists.findings import Collector
from alertengine.vocabulary import EMISSION_FIELDS, PLAN_FIELDS, POLLUTANT_TEXT, TOTAL_SECTORS, number

#: The sector of the city totals that the listed lines are part of.
INDUSTRY: Final = TOTAL_SECTORS[0]
#: Lines may exceed the city's total by rounding.
_ROUNDING: Final = 1.001


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
