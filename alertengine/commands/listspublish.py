"""``lists publish``: a version of a list made binding and public."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alertengine.commands.common import (
    FILE,
    DayParam,
    adopt_option,
    adopted,
    finish,
    guarded,
    json_option,
    reading_options,
    rules_option,
    say,
)
from alertengine.commands.printing import print_table
from alertengine.vocabulary import InputError, Problem

if TYPE_CHECKING:
    import pandas as pd


@click.command("publish")
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
    _filled({"--version": version, "--approver": approver}, source)
    adopt = adopted(given["adopt"])
    book = Rulebook.load(given["rules"], adopt=adopt)
    said = ListVersion(version=version, approver=approver, published_on=day, status="published")
    forms = {name: given[name] for name in ("counties", "objections", "filing", "despite")}
    enterprises, found = ready_to_publish(book, source, Wanted(said, **forms, adopt=adopt))
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


def _filled(options: dict[str, str], source: Path) -> None:
    blank = [Problem("option_blank", file=str(source), column=name) for name, text in options.items() if not text]
    if blank:
        raise InputError(blank)


def _rows(proof: pd.DataFrame, *, codes: bool) -> list[dict[str, Any]]:
    """The proof to print: as it is, or in words."""
    from alertengine.files import records
    from alertengine.workflow import PROOF_COLUMNS, proof_rows

    if not codes:
        return proof_rows(proof)
    return records(proof[list(PROOF_COLUMNS)])
