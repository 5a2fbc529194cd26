"""What a simulation leaves in its folder: its tables and the report."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any, Final

import pandas as pd

from alertengine.files import records, replacing, replacing_text, suffix_of, write_safe
from alertengine.report.season import season_report
from alertengine.simulation import Season
from alertengine.vocabulary import UNKNOWN_WORD, percent, rounded

_COMPARED: Final = {
    "variant": "方案", "warnings": "预警次数", "days": "城市·日", "hours": "小时", "enterprises": "企业",
    "enterprises_hit": "受影响", "enterprises_stopped": "曾全厂停产", "lost_share": "产能损失比例",
}  # fmt: skip
#: Eight digits: grams in a year of a city.
_FLOATS = "%.8g"


def write_season(season: Season, folder: Path) -> None:
    """Write days.csv, totals.csv, enterprises.csv, announced.csv, differences.csv and report.html into a folder.

    ``ensemble/*.csv`` where there is one; differences.csv where there are variants.

    Raises:
        InputError: the folder cannot be written, or plotly is not installed.

    """
    page = season_report(season)
    tables = {"days": season.days, "totals": season.totals, "enterprises": season.plants, "announced": season.announced}
    if len(season.details) > 1:
        tables["differences"] = season.differences
    for name, table in tables.items():
        replacing(folder / f"{name}.csv", partial(_csv, table))
    for name, table in (season.uncertain.tables if season.uncertain else {}).items():
        replacing(folder / "ensemble" / f"{name}.csv", partial(_csv, table))
    replacing_text(folder / "report.html", page)


#: How the long table of measures can be written.
MEASURE_SUFFIXES: Final = (".csv", ".parquet")


def write_measures(season: Season, file: Path) -> None:
    """Write one row a line and stay of every detailed variant (``line_table.MEASURE_COLUMNS``), csv or parquet.

    Raises:
        InputError: another suffix, or the file cannot be written.

    """
    table = season.measures
    if suffix_of(file, *MEASURE_SUFFIXES) == ".parquet":
        replacing(file, partial(table.to_parquet, index=False))
    else:
        replacing(file, partial(_csv, table))


def _csv(table: pd.DataFrame, target: Path) -> None:
    write_safe(table, target, floats=_FLOATS)


def compared(season: Season) -> list[dict[str, str]]:
    """One row a variant, the base first: its sums over all cities, by Chinese names."""
    table = season.totals
    rows = table[(table["row"] == "season") & (table["city"] == "")]
    return [
        {text: percent(row[name]) if name == "lost_share" else _short(row[name]) for name, text in _COMPARED.items()}
        for row in records(rows)
    ]


def _short(value: Any) -> str:
    if value is None:
        return UNKNOWN_WORD
    return rounded(value) if isinstance(value, float) else str(value)
