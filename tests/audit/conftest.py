"""Evidence written as files and held against small orders under the shipped law."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from alertengine.audit import AuditRun, audit, read_evidence
from alertengine.rulebook import Rulebook

Auditor = Callable[..., AuditRun]


@pytest.fixture
def audited(tmp_path: Path, shipped: Rulebook) -> Auditor:
    """Hold rows of evidence (one list of mappings a file) against orders."""

    def run(
        orders: pd.DataFrame, *files: Sequence[Mapping[str, Any]], book: Rulebook = shipped, **keys: Any
    ) -> AuditRun:
        read = []
        for number, rows in enumerate(files):
            path = tmp_path / f"evidence{number}.csv"
            pd.DataFrame(list(rows)).to_csv(path, index=False)
            read.append(read_evidence(path))
        return audit(orders, read, book, **keys)

    return run


def daily(firm: str, first: str, values: Sequence[float | None], **keys: Any) -> list[dict[str, Any]]:
    """Daily use of one enterprise from a day on; None is a gap."""
    days = pd.date_range(first, periods=len(values))
    return [
        {"统一社会信用代码": firm, "日期": day.date(), "用电量(千瓦时)": value, **keys}
        for day, value in zip(days, values, strict=True)
        if value is not None
    ]


def wave(count: int, level: float = 1000.0) -> list[float]:
    """Use that scatters a little, always alike."""
    return [level * (1 + 0.02 * ((7 * number) % 5 - 2)) for number in range(count)]
