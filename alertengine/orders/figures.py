"""What lines come to: counts, and kilograms of each pollutant."""

from __future__ import annotations

from typing import TypedDict

import pandas as pd

from alertengine.vocabulary import EMISSION_FIELDS, Status, count_plants


class Figures(TypedDict):
    """What lines come to; ``kg`` by pollutant, a day, of what can be computed."""

    enterprises: int
    bound: int
    lines: int
    ordered: int
    stopped: int
    undetermined: int
    exempt: int
    self_directed: int
    kg: dict[str, float]


def figures_of(rows: pd.DataFrame) -> Figures:
    """The figures of rows that are one a line."""
    status = rows["status"].astype("str").value_counts()
    return {
        "enterprises": count_plants(rows),
        "bound": count_plants(rows[rows["status"] == Status.ORDERED]),
        "lines": len(rows),
        "ordered": int(status.get(Status.ORDERED, 0)),
        "stopped": int((rows["share"] >= 1).sum()),
        "undetermined": int(status.get(Status.UNDETERMINED, 0)),
        "exempt": int(status.get(Status.EXEMPT, 0)),
        "self_directed": int(status.get(Status.SELF_DIRECTED, 0)),
        "kg": {name: round(float(rows[column].sum()), 3) for name, column in EMISSION_FIELDS.items()},
    }
