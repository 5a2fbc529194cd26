"""What a simulation leaves in its folder: days, totals, enterprises and the report."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pandas as pd

from alertengine.orders.write import replacing, replacing_text
from alertengine.report.season import season_report
from alertengine.scenario.season.simulate import Season

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
