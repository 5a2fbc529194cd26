"""``lists``: enterprise lists."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from alertengine.commands.common import (
    FILE,
    finish,
    guarded,
    json_option,
    reading_options,
    rules_option,
)
from alertengine.commands.listspartition import partition
from alertengine.commands.listspublish import publish
from alertengine.commands.printing import print_table
from alertengine.vocabulary import Problem


@click.group()
def lists() -> None:
    """Enterprise lists."""


lists.add_command(partition)
lists.add_command(publish)


@lists.command("generate")
@click.option("--lines", "count", type=click.IntRange(min=1), required=True, help="Number of production lines.")
@click.option("--seed", type=int, default=0, show_default=True, help="Same seed, same bytes.")
@click.option("--city", multiple=True, help="Cities to spread over; absent: all on file.")
@click.option("-o", "--output", "output", type=FILE, required=True, help="List .csv, .xlsx or .parquet to write.")
@guarded
def lists_generate(count: int, seed: int, city: tuple[str, ...], output: Path) -> None:
    """Make a synthetic list of any size with realistic shares, labelled synthetic."""
    from alertengine.lists import generate_list, load_settings, write_list
    from alertengine.rulebook import Rulebook

    known = Rulebook.load().lists
    cities = [known.standard_name("places", name) or name for name in city]
    write_list(generate_list(count, seed, known, load_settings(), cities=cities), output)


@lists.command("diff")
@click.argument("old", type=FILE)
@click.argument("new", type=FILE)
@click.option("-o", "--output", "output", type=FILE, help="csv of all changes to write.")
@rules_option
@reading_options
@json_option
@guarded
def lists_diff(old: Path, new: Path, output: Path | None, rules: tuple[Path, ...], as_json: bool) -> int:
    """What changed between two versions of a list.

    New and closed enterprises and lines, names, codes, grades with certificate and expiry, filed measures that
    ask less or more, kilograms by county.  Exit status 1 where a measure asks less than before, or a cell is bad.
    """
    from alertengine.files import replacing, suffix_of, write_rows
    from alertengine.lists import CHANGES, COLUMNS, diff_lists, read_list
    from alertengine.rulebook import Rulebook

    if output is not None:
        suffix_of(output, ".csv")
    known = Rulebook.load(rules).lists
    before, after = (read_list(path, known) for path in (old, new))
    changes = diff_lists(before, after)
    rows = [{str(name): value for name, value in row.items()} for row in changes.table.to_dict("records")]
    if output:
        replacing(output, lambda target: write_rows(target, COLUMNS, rows))
    counts = [{"change": name, "count": count} for name, count in changes.counts.items()]
    print_table(rows if as_json else counts, as_json=as_json, codes={"change": CHANGES})
    if not as_json:
        print_table(_by_county(rows), as_json=False)
    found = [*changes.questions, *([] if as_json else _weakened(rows, str(new)))]
    return finish(before, after, problems=found, status=int(changes.weakened))


def _by_county(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Kilograms a day, new less old, by county and pollutant."""
    from alertengine.vocabulary import EMISSION_FIELDS, FIELDS, kilograms, signed

    out: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        if row["change"] == "kilograms":
            headers = [f"{FIELDS[name].text}(千克/日)" for name in EMISSION_FIELDS.values()]
            place = {"城市": row["city"], "区县": row["county"], **dict.fromkeys(headers, "")}
            entry = out.setdefault((row["city"], row["county"]), place)
            entry[f"{FIELDS[row['field']].text}(千克/日)"] = signed(kilograms(row["difference"]))
    return list(out.values())


def _weakened(rows: list[dict[str, Any]], file: str) -> list[Problem]:
    """The measures that ask less than before, as messages."""
    return [
        Problem(
            "measure_weakened",
            file=file,
            column=row["field"],
            value=row["new"],
            enterprise=row["enterprise"],
            line=row["line_id"],
            before=row["old"],
        )
        for row in rows
        if row["change"] == "weakened"
    ]
