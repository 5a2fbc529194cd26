"""``lists``: enterprise lists."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alertengine.commands.common import (
    FILE,
    DayParam,
    adopt_option,
    adopted,
    decisions_option,
    finish,
    guarded,
    json_option,
    profile_option,
    reading_options,
    rules_option,
    say,
)
from alertengine.commands.printing import print_table
from alertengine.vocabulary import InputError, Problem, gathering, refuse_together

if TYPE_CHECKING:
    import pandas as pd

    from alertengine.lists import EnterpriseList


@click.group()
def lists() -> None:
    """Enterprise lists."""


@lists.command("generate")
@click.option("--lines", "count", type=click.IntRange(1, 10_000_000), required=True, help="Number of production lines.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Same seed, same bytes.")
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
    problems: list[Problem] = []
    read: list[EnterpriseList] = []
    for path in (old, new):
        with gathering(problems):
            read.append(read_list(path, known))
    refuse_together(problems, *read)
    before, after = read
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


@lists.command("partition")
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


@lists.command("publish")
@click.argument("source", metavar="LIST", type=FILE)
@click.option("--version", required=True, help="Name of the version.")
@click.option("--approver", required=True, help="Who approved it: office and name.")
@click.option("--on", "day", type=DayParam(), required=True, help="Day of publication; its law is that of the ratio.")
@click.option("-o", "--output", "folder", type=FILE, help="Folder of the public list; absent: LIST-public beside it.")
@click.option("--ledger", type=FILE, help="Record it here as an act.")
@click.option("--counties", type=FILE, help="What counties submitted.")
@click.option("--objections", type=FILE, help="Objections and answers.")
@click.option("--filing", type=FILE, help="Filing with the province and the ministry.")
@click.option("--despite", default="", help="Why it is published despite what stands against it; recorded.")
@adopt_option
@rules_option
@reading_options
@json_option
@guarded
def publish(source: Path, as_json: bool, **given: Any) -> int:
    """Lock a version of a list, prove its ratio and make it public without persons.

    The version, with the hash of the file, goes beside the list: orders then find it published, until the file is
    changed.  Refused without --despite: a missed ratio or one that cannot be proved, cells that cannot be read,
    objections without an answer.  The same version again adds what was not on file yet (filing, answers).  Exit
    status 1 where it is published and a person must look.

    \b
    alertengine lists publish list.csv --version 2020年版 --approver "市长 丙" --on 2020-09-30 \\
      --counties counties.csv --objections objections.csv --ledger record.db
    """
    from alertengine.lists import ListVersion
    from alertengine.rulebook import Rulebook
    from alertengine.workflow import Wanted, ready_to_publish
    from alertengine.workflow import publish as published

    version, approver, day = given["version"].strip(), given["approver"].strip(), given["day"]
    blank = [name for name, text in (("--version", version), ("--approver", approver)) if not text]
    if blank:
        raise InputError([Problem("option_blank", file=str(source), column=name) for name in blank])
    adopt = adopted(given["adopt"])
    book = Rulebook.load(given["rules"], adopt=adopt)
    said = ListVersion(version=version, approver=approver, published_on=day, status="published")
    forms = {name: given[name] for name in ("counties", "objections", "filing", "despite")}
    enterprises, found = ready_to_publish(book, source, Wanted(said, **forms, adopt=adopt), ledger=given["ledger"])
    folder = given["folder"] or source.with_name(f"{source.stem}-public")
    paths, act = published(source, enterprises, found, folder, ledger=given["ledger"], rules=given["rules"])
    print_table(_rows(found.tables["proof"], codes=as_json), as_json=as_json)
    for problem in found.obstacles:
        say("despite", problem=problem)
    say("version_published", version=version, day=day, digest=found.version.sha256)
    if act is not None:
        say("act_of_ledger", act=act.act, ledger=given["ledger"], hash=act.hash)
    say("written_to", files=[str(path) for path in paths])
    return finish(found)


def _rows(proof: pd.DataFrame, *, codes: bool) -> list[dict[str, Any]]:
    """The proof to print: as it is, or in words."""
    from alertengine.files import records
    from alertengine.workflow import PROOF_COLUMNS, proof_rows

    if not codes:
        return proof_rows(proof)
    return records(proof[list(PROOF_COLUMNS)])
