"""``ledger release``: releases of documents into the record."""

from __future__ import annotations

from pathlib import Path

import click

from alertengine.commands.common import (
    FILE,
    guarded,
    json_option,
    say,
)
from alertengine.commands.ledgerview import act_argument, ledger_argument, undamaged
from alertengine.commands.printing import print_table


@click.command("release")
@ledger_argument
@act_argument
@click.option("--documents", "folder", type=FILE, required=True, help="The folder that documents or respond wrote.")
@json_option
@guarded
@undamaged
def release(path: Path, number: int, folder: Path, as_json: bool) -> None:
    """Record who let documents of an act go out with open matters, why, and which matters.

    The decision itself is made by ``documents`` or ``respond --release-by NAME --release-reason TEXT``; the folder's
    manifest holds it.  Each becomes an act with the hash of every released document and paper of the pack.  Documents
    of no run, of different runs or changed since are refused by name.  Decisions of authorities on record, not lifted,
    that the orders were made without are named (decisions_unused).

    \b
    alertengine ledger release record.db 1 --documents out/documents
    """
    from alertengine.ledger import Ledger
    from alertengine.workflow import of_one_run, record_releases

    with Ledger.open(path) as ledger:
        run = of_one_run(ledger, folder)
    with Ledger.writable(path) as ledger:
        acts = record_releases(ledger, number, folder, run)
    rows = [
        {"act": one.act, "title": one.title, "approved_by": one.approved_by, "reason": one.reason, "hash": one.hash}
        | ({"decisions_unused": one.head["decisions_unused"]} if one.head.get("decisions_unused") else {})
        for one in acts
    ]
    print_table(rows, as_json=as_json)
    if not acts:
        say("releases_recorded")
