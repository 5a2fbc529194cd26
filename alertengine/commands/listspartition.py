"""``lists partition``: a list as partitioned parquet by city."""

from __future__ import annotations

from pathlib import Path

import click

from alertengine.commands.common import FILE, decisions_option, finish, guarded, profile_option, rules_option, say


@click.command("partition")
@click.argument("enterprise_list", metavar="LIST", type=FILE)
@click.option("--totals", type=FILE, help="City totals (全社会排放量) beside the list.")
@decisions_option
@click.option("-o", "--output", "folder", type=FILE, required=True, help="A new folder.")
@rules_option
@profile_option
@guarded
def partition(
    enterprise_list: Path, totals: Path | None, decisions: Path | None, folder: Path, rules: tuple[Path, ...]
) -> int:
    """A list as partitioned parquet by city, which `orders --cluster` reads on the workers.

    What was said while reading the list is kept and said again with the orders.  Contact, telephone and
    address stay out.

    \b
    alertengine lists partition list.csv -o parts
    alertengine orders parts --cluster tcp://10.0.0.1:8786 --level red --date 2025-12-01 -o orders.parquet
    """
    from alertengine.lists import read_list
    from alertengine.rulebook import Rulebook
    from alertengine.simulation import write_folder

    content = read_list(enterprise_list, Rulebook.load(rules).lists, totals=totals, decisions=decisions)
    cities = write_folder(content, folder)
    say("lines_partitioned", lines=len(content.lines), cities=cities, folder=folder)
    return finish(content)
