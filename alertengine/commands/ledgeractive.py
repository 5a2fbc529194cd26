"""``ledger active``: the warnings on record, for the next run to start from."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from alertengine.commands.common import (
    FILE,
    MomentParam,
    guarded,
    json_option,
    say,
)
from alertengine.commands.ledgerview import ledger_argument, undamaged
from alertengine.commands.printing import print_table, warning_rows


@click.command("active")
@ledger_argument
@click.option("--at", type=MomentParam(), help="Only what was issued by then; absent: all.")
@click.option(
    "-o", "--output", type=FILE, help="warnings .csv, as warn --active and the key active of a scenario read."
)
@click.option("--orders", type=FILE, help="orders .csv of what stops by a share, as the key active_orders reads.")
@json_option
@guarded
@undamaged
def active(path: Path, at: datetime | None, output: Path | None, orders: Path | None, as_json: bool) -> None:
    """The warnings that acts have issued, each change once; acts that another corrects are left out.

    \b
    alertengine ledger active record.db -o active.csv --orders active-orders.csv
    alertengine warn forecast.csv --active active.csv
    """
    import pandas as pd

    from alertengine.files import replacing, suffix_of
    from alertengine.ledger import Ledger
    from alertengine.orders import write_orders
    from alertengine.vocabulary import times as clock
    from alertengine.warning import rows_of, write_warnings
    from alertengine.workflow import share_orders_so_far, warnings_so_far

    for file in (output, orders):
        if file is not None:
            suffix_of(file, ".csv")
    with Ledger.open(path) as ledger:
        table = warnings_so_far(ledger, pd.Timestamp(at) if at else None)
        if orders is not None:
            shares = share_orders_so_far(ledger, at or clock.now().replace(tzinfo=None))
            write_orders(shares, orders)
            say("rows_written", count=len(shares), file=orders)
    if output is not None:
        replacing(output, lambda target: write_warnings(table, target))
        say("rows_written", count=len(table), file=output)
    else:
        print_table(warning_rows(rows_of(table), codes=as_json), as_json=as_json)
