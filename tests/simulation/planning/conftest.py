"""Small cities to plan: a law with a ratio, lines, totals, and a file of three steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from alertengine.lists import EnterpriseList, lines_from
from alertengine.rulebook import Rulebook
from alertengine.simulation import PlanOptions, PlanRun
from alertengine.simulation.planning.run import plan_enterprises
from alertengine.vocabulary import POLLUTANTS, TOTAL_COLUMNS, Level
from tests.conftest import document, rows_of

DAY = date(2021, 12, 10)
STEPS = """
standing: practice
families:
  - name: 供热
    when: {industry: [供热]}
    steps: []
    reason: 民生
  - name: 其他
    when: {}
    reason: 一般
    steps:
      - {then: {limit: 0.30}, source: 例, standing: inferred}
      - {then: {stop_share: 0.50, by: line}, source: 例, standing: inferred}
      - {then: stop, source: 例, standing: inferred}
"""
Planner = Callable[..., PlanRun]


def ratio(share: float | Mapping[str, float], *pollutants: str) -> dict[str, Any]:
    """A rule that requires a share of each pollutant, the same at each level or one a level."""
    names = pollutants or POLLUTANTS
    levels = {level: share if isinstance(share, float) else share[level] for level in ("yellow", "orange", "red")}
    required = {level: dict.fromkeys(names, value) for level, value in levels.items()}
    return {"id": "ratio", "kind": "ratio", "required": required}


def law(
    *rules: Mapping[str, Any], share: float | Mapping[str, float] = 0.3, pollutants: Sequence[str] = ()
) -> dict[str, Any]:
    return document(rules=[ratio(share, *pollutants), *rules])


def listed(book: Rulebook, lines: Sequence[Mapping[str, Any]], totals: Mapping[str, float] | None) -> EnterpriseList:
    """A list in memory; ``totals`` kg/d by pollutant, the sum of the lines where None."""
    table = lines_from(rows_of(lines), book.lists)
    frame = pd.DataFrame(
        {name: pd.Series([None], dtype="str" if name in ("city", "sector") else "float64") for name in TOTAL_COLUMNS}
    )
    frame["city"], frame["sector"] = "临汾市", "工业"
    for name in POLLUTANTS:
        column = f"{name}_kg_d"
        frame[column] = float(table[column].sum()) if totals is None else totals[name]
    rows = pd.Series(range(2, len(table) + 2), name="row")
    return EnterpriseList("list.csv", table, pd.DataFrame(index=table.index), rows, totals=frame)


@pytest.fixture(scope="session")
def steps_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("steps") / "plan.yaml"
    path.write_text(STEPS, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def planned(steps_file: Path) -> Planner:
    """Plans lines (mappings) under a rulebook."""

    def run(
        book: Rulebook,
        lines: Sequence[Mapping[str, Any]],
        levels: Sequence[str] = ("orange",),
        totals: Mapping[str, float] | None = None,
        **wish: Any,
    ) -> PlanRun:
        asked = PlanOptions(steps=wish.pop("steps", steps_file), **wish)
        return plan_enterprises(book, listed(book, lines, totals), [Level(one) for one in levels], DAY, asked)

    return run
