"""``orders``: orders for a list at a level and day."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alertengine.commands.common import (
    FILE,
    LEVELS,
    DayParam,
    HoursParam,
    adopted,
    cluster_options,
    decisions_option,
    finish,
    guarded,
    json_option,
    law_options,
    reading_options,
)
from alertengine.commands.printing import print_table, summary_rows, tell_undetermined

if TYPE_CHECKING:
    from alertengine.simulation import Address


@click.command()
@click.argument("enterprise_list", metavar="LIST", type=FILE)
@click.option("--level", type=LEVELS, required=True, help="none: what binds without a warning.")
@click.option(
    "--date", "day", type=DayParam(), required=True, help="Day of the law, and the first day of the response."
)
@click.option("--city", help="Only this city.")
@click.option("--hours", type=HoursParam(), help="Expected length; absent: open-ended.")
@click.option("--totals", type=FILE, help="City totals (全社会排放量) beside the list.")
@decisions_option
@click.option("-o", "--output", "output", type=FILE, help="orders .csv, .xlsx or .parquet to write.")
@cluster_options
@law_options
@json_option
@reading_options
@guarded
def orders(
    enterprise_list: Path,
    level: str,
    day: date,
    city: str | None,
    hours: float | None,
    totals: Path | None,
    decisions: Path | None,
    output: Path | None,
    address: Address | None,
    known_on: date | None,
    adopt: tuple[str, ...],
    rules: tuple[Path, ...],
    as_json: bool,
) -> int:
    """Orders for a list at a level and day.

    With --cluster, LIST may be a folder of `lists partition`.
    """
    from alertengine.files import RunManifest, inputs_of, write_beside
    from alertengine.lists import decisions_file, read_list
    from alertengine.orders import decide, write_orders
    from alertengine.rulebook import Rulebook
    from alertengine.vocabulary import Level, Problem, gathering, problems_as, refuse_together

    def hint(one: Problem) -> Problem:
        folder = one.code == "is_folder" and one.file == str(enterprise_list)
        return one.under("is_list_folder") if folder else one

    book = Rulebook.load(rules, adopt=adopted(adopt))
    if address:
        from alertengine.simulation import orders_at

        asked: dict[str, Any] = {"city": city, "hours": hours, "totals": totals, "known_on": known_on}
        asked["decisions"] = decisions
        run = orders_at(address, book, enterprise_list, Level(level), day, **asked)
    else:
        problems, lines, found = list[Problem](), None, None
        with gathering(problems), problems_as(hint):
            lines = read_list(enterprise_list, book.lists, totals=totals, decisions=decisions)
            cities = [city] if city else ()
            found = decide(lines, book, level=level, date=day, hours=hours, cities=cities, known_on=known_on)
        refuse_together(problems, lines)
        assert found is not None  # noqa: S101 -- as nothing was refused
        run = found
    if output:
        write_orders(run.columns, output, run.summaries)
        given = {"list": enterprise_list, "totals": totals, "decisions": decisions_file(enterprise_list, decisions)}
        write_beside(output, RunManifest("orders", inputs_of(given), {}, book.fingerprint))
    tell_undetermined(run.columns)
    print_table(run.summaries if as_json else summary_rows(run.summaries), as_json=as_json)
    return finish(run)
