"""``respond``: the main job."""

from __future__ import annotations

from pathlib import Path

import click

from alertengine.commands.common import (
    FILE,
    guarded,
    json_option,
    print_table,
    summary_rows,
    tell,
    tell_undetermined,
    warning_rows,
)


@click.command()
@click.argument("scenario")
@click.option("-o", "--output", "folder", type=FILE, required=True, help="Folder the results are written to.")
@json_option
@guarded
def respond(scenario: str, folder: Path, as_json: bool) -> int:
    """Forecast and list in, warnings and an order for every line out.

    SCENARIO is a YAML file or the name of a shipped scenario.  Writes warnings.csv,
    orders.csv, orders.xlsx, summary.json and report.html.

    \b
    alertengine respond 2020-01-22-province -o out
    """
    from alertengine.report.outputs import write_outputs
    from alertengine.scenario.model import read_scenario
    from alertengine.scenario.respond import respond as run_scenario

    run = run_scenario(read_scenario(scenario))
    write_outputs(run, folder)
    tell(run.notes, "note: ")
    tell(run.problems)
    tell_undetermined(run.orders)
    print_table([] if as_json else warning_rows(run.warnings.record), as_json=False)
    print_table(run.summaries if as_json else summary_rows(run.summaries), as_json=as_json)
    click.echo(f"written to {folder}", err=True)
    return run.exit_status
