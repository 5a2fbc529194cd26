"""``warn``: warnings only."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click

from alertengine.commands.common import (
    AHEAD,
    FILE,
    MomentParam,
    finish,
    guarded,
    json_option,
    known_option,
    reading_options,
    rules_option,
    say,
)
from alertengine.commands.printing import print_table, tell_early, warning_rows


@click.command()
@click.argument("forecast", type=FILE)
@click.option("--observed", type=FILE, help="Observations: forecast columns or the national hourly feed.")
@click.option("--active", type=FILE, help="warnings.csv of the run before.")
@click.option("--date", "now", type=MomentParam(), help="Now; absent: the newest issue time of the forecast.")
@click.option("--days", type=AHEAD, default=7, show_default=True, help="Days ahead that a feed counts as forecast.")
@click.option("--list", "list_file", type=FILE, help="Enterprise list: which uninterruptible lines to tell early.")
@click.option("-o", "--output", "output", type=FILE, help="warnings.csv to write.")
@known_option
@rules_option
@json_option
@reading_options
@guarded
def warn(
    forecast: Path,
    observed: Path | None,
    active: Path | None,
    now: datetime | None,
    days: int,
    list_file: Path | None,
    output: Path | None,
    known_on: date | None,
    rules: tuple[Path, ...],
    as_json: bool,
) -> int:
    """Decide the warnings of every city of a forecast.

    The national hourly feed serves as a perfect forecast: with --date one issued then, without it one
    issued every afternoon of the feed, decided day by day.
    """
    from alertengine.rulebook import Rulebook
    from alertengine.vocabulary import Problem, gathering, refuse_together
    from alertengine.warning import ahead_and_behind, given_in_runs, read_forecast, read_record, write_warnings
    from alertengine.warning import warn as decide_warnings

    book = Rulebook.load(rules)
    problems, ahead, enterprises, behind, standing = list[Problem](), None, None, None, None
    with gathering(problems):
        ahead = read_forecast(forecast, book.lists, issued=now)
    with gathering(problems):
        if list_file:
            from alertengine.lists import read_list  # only where there is one

            enterprises = read_list(list_file, book.lists)
    with gathering(problems):
        behind = read_forecast(observed, book.lists, observed=True) if observed else None
    with gathering(problems):
        standing = read_record(active, book.lists) if active else None
    refuse_together(problems, ahead, enterprises, behind)
    assert ahead is not None  # noqa: S101 -- as nothing was refused
    again = given_in_runs(ahead.notes, forecast, *filter(None, (active, output)))
    if ahead.is_feed and now is None:
        from alertengine.simulation import replay  # only whole seasons of a feed need it

        result = replay(ahead, book, days_ahead=days, known_on=known_on)
    else:
        if ahead.is_feed and now is not None:
            ahead, past = ahead_and_behind(ahead, now, days)
            behind = behind or past
        result = decide_warnings(ahead, book, now=now, observed=behind, active=standing, known_on=known_on)
    if output:
        from alertengine.files import RunManifest, inputs_of, replacing, write_beside
        from alertengine.orders import mode_beside, with_mode
        from alertengine.vocabulary import to_minute

        mode = mode_beside(active) if active else "live"
        replacing(output, lambda target: write_warnings(result.rows, target))
        given = inputs_of({"forecast": forecast, "observed": observed, "active": active})
        inputs = with_mode(given, "active", mode)
        decided = to_minute(result.now)
        write_beside(output, RunManifest("warn", inputs, {}, book.fingerprint, decided))
    print_table(warning_rows(result.new, result.rows, codes=as_json), as_json=as_json)
    if not result.new and not as_json:
        say("no_change")
    if enterprises is not None:
        tell_early(result, enterprises.lines, book, as_json=as_json)
    return finish(enterprises, result, problems=again)
