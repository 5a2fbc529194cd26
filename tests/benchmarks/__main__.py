"""``python -m tests.benchmarks``: measure, print one table; with --check compare its ratios with stored ones.

Other engines are measured where the extra ``bench`` is installed; whole runs need it.  Every ratio is of runs in
the same minutes on the same lists, taken in turns, the least of several each; seconds of one machine say nothing
about another, ratios nearly do.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import click

from alertengine.files import rules_folder
from alertengine.rulebook import OpenLists

from .bench_deciding import deciding, growth, whole_law
from .bench_start import start_up
from .bench_table import WORSE, Table, conditions, regressions, store
from .bench_whole import whole_runs

PARTS = ("start", "deciding", "growth", "law", "whole")


@click.command()
@click.option("--full", is_flag=True, help="Also lists of 1,000,000 lines.")
@click.option("--quick", is_flag=True, help="Only lists of 10,000 lines, and 500 rules.")
@click.option("--part", "parts", multiple=True, type=click.Choice(PARTS), help="Only this part; may be repeated.")
@click.option("--repeats", type=click.IntRange(1), default=3, show_default=True, help="Times each run is taken.")
@click.option("--check", is_flag=True, help=f"Exit 1 where a ratio is {WORSE} times worse than the stored one.")
@click.option("--store", "keep", is_flag=True, help="Store the ratios of this run.")
def main(full: bool, quick: bool, parts: tuple[str, ...], repeats: int, check: bool, keep: bool) -> None:
    """Measure alertengine against other engines and against reading and writing alone."""
    lists = OpenLists.load([rules_folder()])
    laws = (500,) if quick else (500, 2000)
    sizes = [10_000] if quick else [10_000, 100_000, *([1_000_000] if full else [])]
    said = conditions()
    versions = ", ".join(f"{name} {number}" for name, number in said["versions"].items())
    click.echo(f"Measured {said['date']} on {said['machine']}, load {said['load']} when begun; {versions}.\n")
    tables: list[Table] = []
    worse: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["ALERTENGINE_CACHE"] = name  # no law is certified yet
        todo: dict[str, Callable[[], Table]] = {
            "start": lambda: start_up(folder, repeats),
            "deciding": lambda: deciding(lists, folder, sizes, laws, repeats),
            "growth": lambda: growth(lists, folder, sizes[-1], 1),
            "law": lambda: whole_law(lists, sizes),
            "whole": lambda: whole_runs(lists, folder, sizes, repeats),
        }
        for part in parts or PARTS:
            tables.append(todo[part]())
            click.echo(tables[-1].markdown())
            worse += regressions(tables[-1:]) if check else []
            if keep:  # part by part: a run that is stopped keeps what it has measured
                store(tables[-1:], said)
    for text in worse:
        click.echo(f"worse than stored: {text}", err=True)
    sys.exit(1 if worse else 0)


main()
