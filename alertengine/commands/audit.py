"""``audit``: evidence against orders, as findings a person decides on."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alertengine.commands.common import (
    FILE,
    SHOWN_MESSAGES,
    adopted,
    decisions_option,
    finish,
    guarded,
    json_option,
    law_options,
    reading_options,
    say,
)
from alertengine.commands.printing import print_table
from alertengine.vocabulary import InputError, Problem, gathering, refuse_together

if TYPE_CHECKING:
    from alertengine.audit import AuditRun, Evidence


@click.command()
@click.argument("orders", metavar="LEDGER", type=FILE)
@click.option("--act", type=click.IntRange(min=1), help="Only this act of the ledger, in the hours in which it held.")
@click.option(
    "--evidence",
    multiple=True,
    required=True,
    metavar="FILE",
    help="Evidence, csv, workbook or parquet; what it is its headers tell, or KIND=FILE. May be repeated.",
)
@click.option("--list", "enterprise_list", type=FILE, help="The list: whose meters, stacks and gates are whose.")
@decisions_option
@click.option("-o", "--output", type=FILE, help="findings .csv, .xlsx or .parquet.")
@click.option(
    "--unmask", is_flag=True, help="Plates and sole traders in full, for the role that needs them; a ledger records it."
)
@click.option("--by", default="", help="With --unmask and a ledger: who sees them, office and name.")
@click.option("--reason", default="", help="With --unmask and a ledger: why.")
@law_options
@reading_options
@json_option
@guarded
def audit(
    orders: Path,
    act: int | None,
    evidence: tuple[str, ...],
    enterprise_list: Path | None,
    decisions: Path | None,
    output: Path | None,
    unmask: bool,
    by: str,
    reason: str,
    known_on: date | None,
    adopt: tuple[str, ...],
    rules: tuple[Path, ...],
    as_json: bool,
) -> int:
    """Whether each line did what it was ordered to: findings per line and day, each with its numbers and grounds.

    LEDGER is the record, or an orders file (.csv, .xlsx, .parquet).  Kinds of evidence: electricity, cems,
    gate, site_pm10, inspection, ledger (the plant's own log).  What the rules take as a reference makes a
    doubt at most; every consequence is a proposal.  Exit status 1 where anything is doubtful or breached, or
    a cell could not be read.

    \b
    alertengine audit out/orders.csv --list list.xlsx --evidence power.csv --evidence cems.csv -o findings.csv
    """
    from alertengine.audit import FINDING_SUFFIXES, read_all, write_findings
    from alertengine.files import RunManifest, inputs_of, keep_inputs, one_run, suffix_of, write_beside
    from alertengine.ledger import record_access
    from alertengine.lists import read_list
    from alertengine.orders import SUFFIXES
    from alertengine.rulebook import Rulebook
    from alertengine.workflow import judged, opening, ordered, take_list

    if output is not None:
        suffix_of(output, *FINDING_SUFFIXES)
    if decisions is not None and enterprise_list is None:
        raise InputError([Problem("decisions_without_list", where="--decisions")])
    book = Rulebook.load(rules, adopt=adopted(adopt))
    problems, given, listed = list[Problem](), None, None
    files: list[Evidence] = []
    with gathering(problems):
        if orders.suffix.lower() in SUFFIXES:
            one_run(orders)
        given = ordered(orders, act)
    with gathering(problems):
        if enterprise_list is not None:
            listed = read_list(enterprise_list, book.lists, decisions=decisions)
    with gathering(problems):
        files = read_all(evidence)
    refuse_together(problems, given, listed, *files)
    assert given is not None  # noqa: S101 -- as nothing was refused
    if unmask and orders.suffix.lower() not in SUFFIXES:
        record_access(orders, "audit --unmask", by, reason, [act] if act else [])
    if listed is not None:
        take_list(given, listed, orders if decisions is None else None)
    if output is not None:
        keep_inputs([output], [Path(one.file) for one in files])
    run = judged(given, files, book, known_on=known_on, unmask=unmask)
    said = opening(given, files, book)
    if output is not None:
        write_findings(run.table, output, said)
        files_of: dict[str, Path | None] = {f"evidence {at}": Path(one.file) for at, one in enumerate(files, start=1)}
        files_of |= {"orders": orders if orders.suffix.lower() in SUFFIXES else None, "list": enterprise_list}
        write_beside(output, RunManifest("audit", inputs_of(files_of), {}, book.fingerprint))
    if as_json:
        content = {"opening": dict(said), "counts": run.counts(), "found": run.found}
        click.echo(json.dumps(content, ensure_ascii=False, indent=2))
    else:
        for label, text in said:
            click.echo(f"{label}：{text}")
        print_table(run.counts(), as_json=False)
        _tell_gravest(run)
    if output is not None:
        say("written_to", files=output)
    return finish(listed, run)


def _tell_gravest(run: AuditRun) -> None:
    """Breaches first, then doubts, one a sentence for all lines it is said of; a long list is cut and counted."""
    said: dict[tuple[str, ...], list[str]] = {}
    for verdict in ("breached", "doubtful"):
        rows = run.table[run.table["finding"] == verdict]
        for row in rows[["rank", "day", "enterprise", "finding_text", "line"]].itertuples(index=False, name=None):
            lines = said.setdefault(row[:4], [])
            if len(said) <= SHOWN_MESSAGES and row[4]:
                lines.append(row[4])
    for (rank, day, enterprise, text), lines in list(said.items())[:SHOWN_MESSAGES]:
        click.echo(f"{rank}　{day}　{enterprise}{'　' if lines else ''}{'、'.join(lines)}：{text}")
    if len(said) > SHOWN_MESSAGES:
        click.echo(f"另有{len(said) - SHOWN_MESSAGES}条")
