"""What a simulation leaves in its folder: its tables and the report."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any, Final

import pandas as pd

from alertengine.files import Staging, keep_inputs, records, replacing, suffix_of, write_safe
from alertengine.report.season import season_report
from alertengine.simulation import ENSEMBLE_TABLES, Season, SeasonScenario
from alertengine.vocabulary import UNKNOWN_WORD, percent, rounded

_COMPARED: Final = {
    "variant": "方案", "warnings": "预警次数", "days": "地区·日", "hours": "小时", "enterprises": "企业",
    "enterprises_hit": "受影响", "enterprises_stopped": "曾全厂停产", "lost_share": "产能损失比例",
}  # fmt: skip
#: Eight digits: grams in a year of a city.
_FLOATS = "%.8g"


#: How the long table of measures can be written.
_MEASURES: Final = (".csv", ".parquet")
_REPORT: Final = "report.html"
_TABLES: Final = ("days.csv", "totals.csv", "enterprises.csv", "announced.csv")
#: Tables that not every season has: those of a run before do not stay beside a season without.
_DIFFERENCES: Final = "differences.csv"
_ENSEMBLE: Final = tuple(f"ensemble/{name}.csv" for name in ENSEMBLE_TABLES)


def check_places(scenario: SeasonScenario, folder: Path, measures: Path | None) -> None:
    """Refuse places for the results of a season, before any work is done.

    Raises:
        InputError: another suffix of ``measures``, or a file that the season reads would be written over.

    """
    if measures is not None:
        suffix_of(measures, *_MEASURES)
    written = [folder / name for name in (*_TABLES, _DIFFERENCES, *_ENSEMBLE, _REPORT)]
    read = [scenario.path(name) for _, name in scenario.named_files()]
    keep_inputs([*written, *([measures] if measures else [])], read)


def write_season(season: Season, folder: Path) -> None:
    """Write days.csv, totals.csv, enterprises.csv, announced.csv, differences.csv and report.html into a folder.

    ``ensemble/*.csv`` where there is one; differences.csv where there are variants. They are put in place together.

    Raises:
        InputError: the folder cannot be written, or plotly is not installed.

    """
    page, several, uncertain = season_report(season), len(season.details) > 1, season.uncertain
    made = dict(zip(_TABLES, (season.days, season.totals, season.plants, season.announced), strict=True))
    made |= {_DIFFERENCES: season.differences} if several else {}
    made |= dict(zip(_ENSEMBLE, uncertain.tables.values(), strict=True)) if uncertain else {}
    with Staging(folder) as staged:
        for name, table in made.items():
            replacing(staged.path(name), partial(_csv, table))
        staged.put(_REPORT, page.encode())
        for name in (_DIFFERENCES, *_ENSEMBLE):
            if name not in made:
                staged.remove(name)
        staged.commit()


def write_measures(season: Season, file: Path) -> None:
    """Write one row a line and stay of every detailed variant (``line_table.MEASURE_COLUMNS``), csv or parquet.

    Raises:
        InputError: another suffix, or the file cannot be written.

    """
    table = season.measures
    if suffix_of(file, *_MEASURES) == ".parquet":
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
