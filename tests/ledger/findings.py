"""Findings made up for orders of small ledgers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from alertengine.audit import FINDING_COLUMNS, NUMBERS

#: Verdicts by line and day: (enterprise, line) to day to verdict; a blank line is the whole plant.
Said = Mapping[tuple[str, str], Mapping[str, str]]


def findings_of(orders: pd.DataFrame, said: Said, **cells: object) -> pd.DataFrame:
    """FINDING_COLUMNS for orders, one row a line and day that ``said`` speaks of."""
    rows = []
    for (firm, line), days in said.items():
        own = orders[(orders["enterprise_id"] == firm) & ((orders["line_id"] == line) | (line == ""))].iloc[0]
        for day, verdict in days.items():
            row: dict[str, object] = {name: None if name in NUMBERS else "" for name in FINDING_COLUMNS}
            row |= {name: str(own[name]) for name in ("city", "county", "enterprise_id", "enterprise", "order_id")}
            row |= {"line_id": line, "line": line, "day": day, "level": str(own["level"]), "subject": "production"}
            row |= {"evidence": "electricity", "finding": verdict, "conclusion": verdict, "finding_text": "合成认定"}
            rows.append(row | cells)
    table = pd.DataFrame(rows, columns=list(FINDING_COLUMNS))
    return table.astype(dict.fromkeys(NUMBERS, "float64"))


def write_findings_of(path: Path, orders: pd.DataFrame, said: Said, **cells: object) -> Path:
    """The same as a file."""
    findings_of(orders, said, **cells).to_csv(path, index=False)
    return path
