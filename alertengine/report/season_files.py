"""What a simulation leaves in its folder: days, totals, enterprises and the report."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any, Final

import pandas as pd

from alertengine.files.atomic import replacing, replacing_text
from alertengine.report.season import season_report
from alertengine.simulation.season.simulate import Season

_COMPARED: Final = {
    "variant": "方案", "warnings": "预警次数", "days": "城市·日", "hours": "小时", "enterprises": "企业",
    "enterprises_hit": "受影响", "enterprises_stopped": "曾全厂停产", "lost_share": "产能损失比例",
}  # fmt: skip
#: Eight digits: grams in a year of a city.
_FLOATS = "%.8g"


def write_season(season: Season, folder: Path) -> None:
    """Write days.csv, totals.csv, enterprises.csv and report.html into a folder; ensemble/*.csv where there is one.

    Raises:
        InputError: the folder cannot be written, or plotly is not installed.

    """
    page = season_report(season)
    for name, table in (("days", season.days), ("totals", season.totals), ("enterprises", season.plants)):
        replacing(folder / f"{name}.csv", partial(_csv, table))
    for name, table in (season.uncertain.tables if season.uncertain else {}).items():
        replacing(folder / "ensemble" / f"{name}.csv", partial(_csv, table))
    replacing_text(folder / "report.html", page)


def _csv(table: pd.DataFrame, target: Path) -> None:
    table.to_csv(target, index=False, float_format=_FLOATS)


def compared(season: Season) -> list[dict[str, str]]:
    """One row a variant, the base first: its sums over all cities, by Chinese names."""
    table = season.totals
    rows = table[(table["row"] == "season") & (table["city"] == "")]
    clean = rows.astype("object").where(rows.notna(), None)
    return [
        {text: f"{row[name]:.1%}" if name == "lost_share" else _short(row[name]) for name, text in _COMPARED.items()}
        for row in clean.to_dict("records")
    ]


def _short(value: Any) -> str:
    if value is None:
        return "未知"
    return f"{value:.0f}" if isinstance(value, float) else str(value)
