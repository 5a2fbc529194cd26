"""``ledger``: what is made of the record: findings and releases taken in, dossier, evaluation and archive given out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alertengine.commands.common import FILE, MomentParam, finish, guarded, json_option, say, verbose_option
from alertengine.commands.ledgerview import (
    act_argument,
    clock_option,
    ledger_argument,
    personal_options,
    print_act,
    undamaged,
)
from alertengine.commands.printing import print_table
from alertengine.vocabulary import ORDER_STATE_TEXT, Gathered, InputError, Problem, gathering, refuse_together

if TYPE_CHECKING:
    from alertengine.workflow import Dossier, Evaluation


@click.command("findings")
@ledger_argument
@click.argument("source", metavar="FINDINGS", type=FILE)
@click.option("--approved-by", required=True, help='Who stands for them: office and name, "科长 某某".')
@click.option("--reviewed-by", default="", help="Who reviewed them.")
@click.option("--drafted-by", default="", help="Who ran the audit.")
@click.option("--evidence", type=FILE, multiple=True, help="Evidence they rest on: its name and hash are recorded.")
@click.option("--issued-at", type=MomentParam(), help="When they were made; absent: now.")
@click.option("--corrects", type=click.IntRange(min=1), metavar="ACT", help="The act of findings this puts right.")
@click.option("--reason", default="", help="Why it is corrected.")
@clock_option
@json_option
@verbose_option
@guarded
@undamaged
def findings(path: Path, source: Path, evidence: tuple[Path, ...], as_json: bool, **given: Any) -> int:
    """Record what audit found (.csv, .xlsx or .parquet) as an act, chained like every other.

    Findings stay proposals; recording says who stands for them.  Dossier, evaluation and archive read them.

    \b
    alertengine ledger findings record.db findings.csv --evidence power.csv --approved-by "科长 丁"
    """
    from alertengine.files import Findings, of_a_run
    from alertengine.ledger import Head, Ledger
    from alertengine.workflow import record_findings

    told = Findings(str(source))
    edited = of_a_run(source)
    clock_reason: str = given.pop("clock_reason")
    Ledger.open(path).close()
    with Ledger.writable(path) as record_book:
        act = record_findings(record_book, source, Head("", **given), evidence, clock_reason=clock_reason, told=told)
        rows = record_book.parts(act.act)[0].rows
    print_act(act, as_json=as_json, findings=rows)
    return finish(problems=[*edited, *told.problems], notes=told.warnings, protocols=told.protocols)


@click.command("dossier")
@ledger_argument
@click.argument("enterprise", metavar="ENTERPRISE")
@click.option("-o", "--output", type=FILE, help="A page (.html), a .json, or a folder for both.")
@personal_options
@json_option
@guarded
@undamaged
def dossier(
    path: Path, enterprise: str, output: Path | None, personal: bool, by: str, reason: str, as_json: bool
) -> None:
    """The dossier of one enterprise over the years (一企一档): grades, orders, findings, hours, corrections.

    ENTERPRISE is a credit code, any name it went by, or a part of one that no other has.
    """
    from alertengine.files import replacing_text
    from alertengine.ledger import Ledger, record_access, require_reason
    from alertengine.workflow import dossier as gathered

    if personal:
        require_reason(path, by, reason)
    with Ledger.open(path) as record_book:
        found = gathered(record_book, enterprise, personal=personal)
    if personal:
        record_access(path, f"dossier of {found.identity['asked_as']}", by, reason)
    if output is not None:
        for file, text in _dossier_files(found, output):
            replacing_text(file, text, private=personal)
            say("written_to", files=file)
    if as_json:
        click.echo(json.dumps(found.as_dict(), ensure_ascii=False, indent=2))
    elif output is None:
        _print_dossier(found)


def _dossier_files(found: Dossier, output: Path) -> list[tuple[Path, str]]:
    """The files to write, with their text.

    Raises:
        InputError: another suffix.

    """
    from alertengine.report import dossier_page

    suffix = output.suffix.lower()
    if suffix not in ("", ".html", ".json"):
        raise InputError([Problem("not_dossier_suffix", file=str(output), value=suffix)])
    text = json.dumps(found.as_dict(), ensure_ascii=False, indent=1) + "\n"
    if suffix == ".json":
        return [(output, text)]
    if suffix == ".html":
        return [(output, dossier_page(found))]
    name = found.identity["asked_as"].replace("/", "-")
    return [(output / f"{name}.html", dossier_page(found)), (output / f"{name}.json", text)]


def _print_dossier(found: Dossier) -> None:
    from alertengine.audit import KIND_TEXT

    said = found.identity
    spans = {"名称": said["names"], "城市": said["city"], "区县": said["county"], "行业": said["industry"]}
    for label, values in spans.items():
        click.echo(f"{label}：{'；'.join(one['value'] for one in values)}")
    click.echo(f"统一社会信用代码：{said['enterprise_id']}　生产线：{len(said['lines'])}条")
    print_table(found.hours, as_json=False)
    names = ("act", "line_id", "level", "starts", "ends", "measure_text", "share", "status", "state")
    print_table([{name: row[name] for name in names} for row in found.orders], as_json=False,
                codes={"state": ORDER_STATE_TEXT})  # fmt: skip
    cells = ("act", "number", "day", "kind", "ground", "first", "last", "lifted")
    print_table([{name: row[name] for name in cells} for row in found.decisions], as_json=False)
    shown = [row for row in found.findings if row["finding"] in ("breached", "doubtful")]
    print_table([{n: row[n] for n in ("act", "day", "line", "evidence", "finding", "finding_text")} for row in shown],
                as_json=False, codes={"evidence": KIND_TEXT})  # fmt: skip
    say("findings_shown", count=len(found.findings), shown=len(shown))


@click.command("evaluate")
@ledger_argument
@act_argument
@click.option("--findings", "source", type=FILE, help="Findings of audit; absent: those recorded.")
@click.option("-o", "--output", type=FILE, help="The page to write, .html.")
@personal_options
@json_option
@guarded
@undamaged
def evaluate(
    path: Path,
    number: int,
    source: Path | None,
    output: Path | None,
    personal: bool,
    by: str,
    reason: str,
    as_json: bool,
) -> int:
    """The evaluation after a response: ordered, done, reached, the ratio as evidence shows it against the required.

    Exit status 1 where a ratio is not met or cannot be told, something is breached or doubtful, or the record has gaps.
    """
    from alertengine.files import of_a_run, replacing_text
    from alertengine.ledger import Ledger, record_access, require_reason
    from alertengine.report import evaluation_page, sentences
    from alertengine.workflow import evaluate as evaluated
    from alertengine.workflow import read_findings

    if output is not None and output.suffix.lower() != ".html":
        raise InputError([Problem("only_html", file=str(output), value=output.suffix)])
    if personal:
        require_reason(path, by, reason)
    problems, edited, table, found = list[Problem](), list[Problem](), None, None
    with gathering(problems):
        if source is not None:
            edited, table = of_a_run(source), read_findings(source)
    with gathering(problems), Ledger.open(path) as record_book:
        found = evaluated(record_book, number, table, personal=personal)
    refuse_together(problems, Gathered(edited))
    assert found is not None  # noqa: S101 -- as nothing was refused
    if personal:
        record_access(path, "evaluation", by, reason, [number])
    if output is not None:
        replacing_text(output, evaluation_page(found), private=personal)
        say("written_to", files=output)
    if as_json:
        click.echo(json.dumps(found.as_dict(), ensure_ascii=False, indent=2, default=str))
    else:
        for text in sentences(found):
            click.echo(text)
    for note in found.notes:
        click.echo(note, err=True)
    return finish(problems=edited, status=int(_to_look_at(found)))


def _to_look_at(found: Evaluation) -> bool:
    return bool(found.notes or found.grave or any(one.met in ("no", "unknown") for one in found.reached))


@click.command("archive")
@ledger_argument
@act_argument
@click.option("-o", "--output", type=FILE, required=True, help="The zip to write.")
@click.option("--with-personal", "personal", is_flag=True, help="With personal data; takes --by and --reason.")
@click.option("--by", default="", help="With --with-personal: to whom, office and name; recorded as an act.")
@click.option("--reason", default="", help="With --with-personal: why.")
@guarded
@undamaged
def archive(path: Path, number: int, output: Path, personal: bool, by: str, reason: str) -> None:
    """Everything of an act as one zip that can be read and checked without this program.

    The same act gives the same zip.  Personal data is masked unless asked for.
    """
    from alertengine.ledger import Ledger
    from alertengine.report import write_archive

    if not personal and (by or reason):
        raise InputError([Problem("by_without_personal", where="--by, --reason")])
    with Ledger.open(path) as record_book:
        files, digest = write_archive(record_book, number, output, personal=personal, by=by, reason=reason)
    say("archive_written", files=files, digest=digest, path=output)


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


FILES = (findings, dossier, evaluate, archive, release)
