"""``lists``: enterprise lists."""

from __future__ import annotations

from pathlib import Path

import click

from alertengine.commands.common import (
    FILE,
    guarded,
)


@click.group()
def lists() -> None:
    """Enterprise lists."""


@lists.command("generate")
@click.option("--lines", "count", type=click.IntRange(min=1), required=True, help="Number of production lines.")
@click.option("--seed", type=int, default=0, show_default=True, help="Same seed, same bytes.")
@click.option("--city", multiple=True, help="Cities to spread over; absent: all on file.")
@click.option("-o", "--output", "output", type=FILE, required=True, help="List .csv, .xlsx or .parquet to write.")
@guarded
def lists_generate(count: int, seed: int, city: tuple[str, ...], output: Path) -> int:
    """Make a synthetic list of any size with realistic shares, labelled synthetic."""
    from alertengine.lists.generate import generate
    from alertengine.lists.settings import load_settings
    from alertengine.lists.write import write_list
    from alertengine.rulebook.book import Rulebook

    write_list(generate(count, seed, Rulebook.load().lists, load_settings(), cities=city), output)
    return 0
