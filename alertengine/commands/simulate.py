"""``simulate``: a season, one or many variants."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alertengine.commands.common import (
    FILE,
    DayParam,
    cluster_options,
    finish,
    guarded,
    json_option,
    profile_option,
    say,
)
from alertengine.commands.printing import print_table, progress_bar

if TYPE_CHECKING:
    from alertengine.simulation import Address


@click.command()
@click.argument("scenario")
@click.option("-o", "--output", "folder", type=FILE, required=True, help="Folder the results are written to.")
@click.option("--history", type=FILE, help="The weather, in place of the scenario's: feed, daily file or forecasts.")
@click.option("--list", "lists", type=FILE, multiple=True, help="A list, in place of the scenario's; may be repeated.")
@click.option("--totals", type=FILE, multiple=True, help="Totals beside the lists given, in their order.")
@click.option("--from", "first", type=DayParam(), help="First day, in place of the scenario's.")
@click.option("--to", "last", type=DayParam(), help="Last day, in place of the scenario's.")
@click.option("--measures", type=FILE, help="Also one row a line and stay in a state: .csv or .parquet to write.")
@click.option(
    "--value", metavar="HEADER", help="A column of the list with what a day's output is worth, as 日产值(万元)."
)
@cluster_options
@profile_option
@json_option
@guarded
def simulate(
    scenario: str,
    folder: Path,
    history: Path | None,
    lists: tuple[Path, ...],
    totals: tuple[Path, ...],
    first: Any,
    last: Any,
    measures: Path | None,
    value: str | None,
    address: Address | None,
    as_json: bool,
) -> int:
    """A season run day by day: warnings, orders, staggered production, what is saved and what it costs.

    SCENARIO is a YAML file with `season:`, or the name of a shipped one.  Writes days.csv,
    totals.csv, enterprises.csv, announced.csv (what was announced beside what held), differences.csv (why a variant
    differs) and report.html.

    \b
    alertengine simulate winter-2018-19 --history hourly.csv.gz -o out
    """
    from alertengine.report import check_places, plotly_objects, write_measures, write_season
    from alertengine.simulation import read_season
    from alertengine.simulation import simulate as run_season

    plotly_objects()
    given = {
        "history": str(history.resolve()) if history else "",
        "list": [str(path.resolve()) for path in lists],
        "totals": [str(path.resolve()) for path in totals],
        "value": value,
    }
    asked = read_season(scenario, {key: value for key, value in given.items() if value}, first=first, last=last)
    check_places(asked, folder, measures)
    if address:
        from functools import partial

        from alertengine.simulation import simulate_at

        run_season = partial(simulate_at, address, measures=measures is not None)
    with progress_bar("bar_simulate") as progress:
        season = run_season(asked, progress)
    write_season(season, folder)
    if measures is not None:
        write_measures(season, measures)
    print_table(_rows(season, codes=as_json), as_json=as_json)
    say("written_to", files=folder)
    return finish(season)


def _rows(season: Any, *, codes: bool) -> list[dict[str, Any]]:
    """The season rows: all with codes, or the sums of the variants in Chinese."""
    from alertengine.files import records
    from alertengine.report import compared

    if not codes:
        return list(compared(season))
    return records(season.totals[season.totals["row"] == "season"].dropna(axis=1, how="all"))
