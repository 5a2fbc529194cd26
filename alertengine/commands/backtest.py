"""``backtest``: what the grading would have done, against what was done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alertengine.commands.common import (
    AHEAD,
    FILE,
    DayParam,
    finish,
    guarded,
    json_option,
    known_option,
    reading_options,
    rules_option,
    say,
)
from alertengine.commands.printing import print_table

if TYPE_CHECKING:
    import pandas as pd

    from alertengine.rulebook import Rulebook
    from alertengine.simulation import Backtest, RealNotice

#: What a folder gets.
WRITTEN = ("backtest.csv", "report.html")


@click.command()
@click.argument("history", type=FILE)
@click.option("--alerts", type=FILE, help="Real notices to compare with.")
@click.option("--observed", type=FILE, help="Observations beside a HISTORY of real forecasts.")
@click.option(
    "--regime",
    "regimes",
    multiple=True,
    metavar="DOCUMENT",
    help="A document whose grading holds whatever the date; may be repeated; absent: the law of each day.",
)
@click.option("--from", "first", type=DayParam(), help="First day.")
@click.option("--to", "last", type=DayParam(), help="Last day.")
@click.option("--city", "cities", multiple=True, help="A city or region; may be repeated; absent: every city.")
@click.option("--days", type=AHEAD, default=7, show_default=True, help="Days ahead that observations are forecast.")
@click.option("-o", "--output", "folder", type=FILE, help="Folder for backtest.csv and report.html.")
@known_option
@rules_option
@reading_options
@json_option
@guarded
def backtest(
    history: Path,
    alerts: Path | None,
    observed: Path | None,
    regimes: tuple[str, ...],
    first: date | None,
    last: date | None,
    cities: tuple[str, ...],
    days: int,
    folder: Path | None,
    known_on: date | None,
    rules: tuple[Path, ...],
    as_json: bool,
) -> int:
    """Run a grading regime over years of observations, or over a file of real forecasts.

    HISTORY is the national hourly feed, a daily file, or forecasts with their issue times.

    \b
    alertengine backtest feed.csv.gz --regime mee-2018-875 --regime mee-2024-6 -o out
    """
    from alertengine.files import keep_inputs
    from alertengine.rulebook import Rulebook
    from alertengine.simulation import against_notices, history_of, read_alerts, run_backtest
    from alertengine.vocabulary import Gathered, Problem, gathering, refuse_together
    from alertengine.warning import read_forecast

    if folder:
        keep_inputs((folder / name for name in WRITTEN), [one for one in (history, alerts, observed) if one])
    book = Rulebook.load(rules)
    wanted = _cities(book, cities)
    problems, unread, air, seen = list[Problem](), list[Problem](), None, None
    said: list[RealNotice] = []
    with gathering(problems):
        said, unread = read_alerts(alerts, book.lists) if alerts else (said, unread)
    with gathering(problems):
        air = read_forecast(history, book.lists, observed=True)
    with gathering(problems):
        seen = read_forecast(observed, book.lists, observed=True) if observed else None
    refuse_together(problems, Gathered(unread), air, seen)
    assert air is not None  # noqa: S101 -- as nothing was refused
    past = history_of(air, book, cities=wanted, first=first, last=last)
    test = run_backtest(
        past, book, regimes=list(dict.fromkeys(regimes)), days_ahead=days, observed=seen, known_on=known_on
    )
    test = against_notices(test, said, unread)
    if folder:
        _write(test, book, said, folder, days)
        say("written_to", files=folder)
    print_table(_rows(test.table, codes=as_json), as_json=as_json)
    return finish(seen, test)


def _cities(book: Rulebook, names: Sequence[str]) -> list[str]:
    """Standard names of cities and of the cities of regions."""
    from alertengine.vocabulary import InputError, Problem

    out: dict[str, None] = {}
    problems = []
    for name in names:
        try:
            out |= dict.fromkeys(book.lists.cities_of(name))
        except KeyError:
            problems.append(Problem("place_not_on_file", where="--city", value=name))
    if problems:
        raise InputError(problems)
    return list(out)


def _write(test: Backtest, book: Rulebook, alerts: Sequence[RealNotice], folder: Path, days: int) -> None:
    """Write backtest.csv and report.html."""
    from alertengine.files import Staging, replacing, safe_table
    from alertengine.report import backtest_report
    from alertengine.simulation import observations_of, progress, targets_of
    from alertengine.vocabulary import TIME_FORMAT

    observations = observations_of(test.air)
    targets = progress(targets_of(book, list(test.air), test.history.first, test.history.last), observations)
    page = backtest_report(test, book, alerts=alerts, targets=targets, days_ahead=days)
    table = safe_table(test.table).assign(peak_day=test.table["peak_day"].dt.strftime("%Y-%m-%d"))
    csv, report = WRITTEN
    with Staging(folder) as staged:
        replacing(staged.path(csv), lambda target: table.to_csv(target, index=False, date_format=TIME_FORMAT))
        staged.put(report, page.encode())
        staged.commit()


def _rows(table: pd.DataFrame, *, codes: bool) -> list[dict[str, object]]:
    """Rows to print: all with codes, or the seasons in Chinese."""
    from alertengine.files import records
    from alertengine.simulation import IN_FORCE, IN_FORCE_TEXT
    from alertengine.vocabulary import rounded

    if codes:
        return [{k: str(v) if hasattr(v, "isoformat") else v for k, v in row.items()} for row in records(table)]
    names = {
        "regime": "规定", "season": "季节", "city": "城市", "known_days": "有效日", "heavy_days": "重度及以上日",
        "warnings": "预警次数", "hours": "小时", "yellow_days": "黄色日", "orange_days": "橙色日", "red_days": "红色日",
        "peak_day_aqi": "最高日AQI",
    }  # fmt: skip
    rows = table[(table["row"] == "season") & ((table["warnings"] > 0) | (table["heavy_days"] > 0))]
    return [
        {text: (rounded(row[name]) if isinstance(row[name], float) else row[name]) for name, text in names.items()}
        for row in records(rows.replace({"regime": {IN_FORCE: IN_FORCE_TEXT}}))
    ]
