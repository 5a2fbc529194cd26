"""``rules``: the rulebook itself."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import click

from alertengine.commands.common import (
    FILE,
    LEVELS,
    SHOWN_MESSAGES,
    Day,
    adopt_option,
    adopted,
    guarded,
    json_option,
    known_option,
    print_table,
    rules_option,
    tell,
)
from alertengine.errors import InputError, Problem


@click.group()
def rules() -> None:
    """The rulebook itself."""


@rules.command("check")
@rules_option
@guarded
def rules_check(rules: tuple[Path, ...]) -> int:
    """Load every document, compile every rule, and say what is wrong or missing."""
    from alertengine.engine.lint import check_rulebook
    from alertengine.orders.cases import case_files, read_cases
    from alertengine.rulebook.book import Rulebook

    book = Rulebook.load(rules)
    findings = check_rulebook(book)
    tell(findings)
    cases = sum(len(read_cases(path)) for path in case_files(book.folders))
    holes = len(book.holes) + sum(len(document.missing) for document in book.documents.values())
    click.echo(
        f"{len(book.documents)} documents, {len(book.rules)} rules, {cases} worked cases, "
        f"{holes} declared holes, {len(findings)} findings"
    )
    return int(bool(findings))


@rules.command("test")
@rules_option
@json_option
@guarded
def rules_test(rules: tuple[Path, ...], as_json: bool) -> int:
    """Run every worked case (*.test.yaml); a failing one is shown as expected against got."""
    from alertengine.orders.cases import CaseRunner, case_files, read_cases
    from alertengine.rulebook.book import Rulebook

    book = Rulebook.load(rules)
    runner = CaseRunner(book)
    outcomes = [runner.run(case, path) for path in case_files(book.folders) for case in read_cases(path)]
    failed = [outcome for outcome in outcomes if outcome.differences]
    rows = [{"file": o.file.name, "case": o.case.name, "differences": "; ".join(o.differences)} for o in failed]
    print_table(rows, as_json=as_json)
    click.echo(f"{len(outcomes) - len(failed)} cases hold, {len(failed)} fail", err=as_json)
    return int(bool(failed))


@rules.command("show")
@click.argument("rule_id", metavar="[ID]", required=False)
@click.option("--kind", help="Only rules of this kind.")
@click.option("--city", help="Only what is in force in this city (城市 or 城市/区县).")
@click.option("--date", "day", type=Day(), help="In force on this day; absent: today, or any day where an ID is given.")
@click.option("--level", type=LEVELS, help="Leave out rules of the other levels.")
@known_option
@adopt_option
@rules_option
@json_option
@guarded
def rules_show(
    rule_id: str | None,
    kind: str | None,
    city: str | None,
    day: date | None,
    level: str | None,
    known_on: date | None,
    adopt: tuple[str, ...],
    rules: tuple[Path, ...],
    as_json: bool,
) -> int:
    """List the rules in force there and then, or show one in full."""
    from alertengine.rulebook.book import Rulebook
    from alertengine.rulebook.query import Query, find_rules
    from alertengine.rulebook.show import rule_as_dict

    book = Rulebook.load(rules, adopt=adopted(adopt))
    found = find_rules(book, Query(rule_id, kind, city, day, level, known_on))
    shown = [rule_as_dict(rule, book) for rule in found]
    if as_json or rule_id:
        click.echo(json.dumps(shown, ensure_ascii=False, indent=2, default=str))
    else:
        columns = ("id", "kind", "title", "article", "number", "source")
        print_table([{name: row[name] for name in columns} for row in shown], as_json=False)
        click.echo(f"{len(shown)} rules", err=True)
    return 0


@rules.command("coverage")
@click.option("--city", help="For this city (城市 or 城市/区县); absent: what holds in the whole province.")
@click.option("--date", "day", type=Day(), help="Day of the law; absent: today.")
@click.option("-o", "--output", "output", type=FILE, help=".csv, or .html for the heat map.")
@known_option
@adopt_option
@rules_option
@json_option
@guarded
def rules_coverage(
    city: str | None,
    day: date | None,
    output: Path | None,
    known_on: date | None,
    adopt: tuple[str, ...],
    rules: tuple[Path, ...],
    as_json: bool,
) -> int:
    """Which rule decides each industry, process, grade and level, and what is missing."""
    from alertengine.report.coverage import write_coverage
    from alertengine.rulebook.book import Rulebook
    from alertengine.rulebook.query import place_of
    from alertengine.workbench.coverage import coverage

    book = Rulebook.load(rules, adopt=adopted(adopt))
    found = coverage(book, day or date.today(), place_of(book, city) if city else None, known_on)
    if output:
        write_coverage(found, book, output)
    print_table(found.rows() if as_json else found.by_industry(), as_json=as_json)
    click.echo(found.summary(), err=True)
    return 0


@rules.command("export")
@click.argument("document")
@click.option("-o", "--output", "output", type=FILE, required=True, help="The .xlsx workbook to write.")
@rules_option
@guarded
def rules_export(document: str, output: Path, rules: tuple[Path, ...]) -> int:
    """Write a document as an Excel workbook that reads back as the same rules."""
    from alertengine.rulebook.book import Rulebook
    from alertengine.workbench.exchange import export_document

    export_document(Rulebook.load(rules), document, output)
    click.echo(f"{document} -> {output}", err=True)
    return 0


@rules.command("import")
@click.argument("table", type=FILE)
@click.option("-o", "--output", "output", type=FILE, help="Folder to write the document's file into.")
@click.option("--into", type=FILE, help="Folder of rules in which the document is added or takes its namesake's place.")
@click.option("--yes", is_flag=True, help="Write without asking.")
@rules_option
@json_option
@guarded
def rules_import(
    table: Path, output: Path | None, into: Path | None, yes: bool, rules: tuple[Path, ...], as_json: bool
) -> int:
    """Read a document from an Excel workbook: say what would change, then write it.

    Without -o and --into nothing is written.  Comments of a file that is replaced are not kept.
    """
    from alertengine.workbench.compare import change_rows, open_folders
    from alertengine.workbench.exchange import read_import, target_file, write_import

    folder = _import_folder(output, into)
    book = open_folders([*rules, *([folder] if folder and folder.is_dir() else [])])
    found = read_import(book, table)
    tell(found.notes, "note: ")
    print_table(change_rows(found.changes), as_json=as_json)
    click.echo(f"{found.document}: {found.rules} rules, {len(found.changes)} changes", err=True)
    if folder is None:
        return 0
    target = target_file(book, found.document, folder)
    if not yes and not (sys.stdin.isatty() and click.confirm(f"Write {target}?", err=True)):
        click.echo(f"nothing written; --yes writes {target}", err=True)
        return 1
    write_import(found, target)
    click.echo(f"written: {target}", err=True)
    return 0


def _import_folder(output: Path | None, into: Path | None) -> Path | None:
    """The folder an import writes to, None for none."""
    if output and into:
        raise InputError([Problem("--into", "cannot stand beside -o", expected="one of the two")])
    if into and not into.is_dir():
        raise InputError([Problem("--into", "no such folder", value=str(into), expected="a folder of rules")])
    return output or into


@rules.command("diff")
@click.argument("old")
@click.argument("new")
@click.option("--list", "enterprise_list", type=FILE, help="Also say whose orders change in this list.")
@click.option("--date", "day", type=Day(), help="Compare what is in force on this day.")
@click.option("--date2", "day2", type=Day(), help="The day of NEW, where it is another.")
@click.option("--level", type=LEVELS, help="Only this level; absent: all four.")
@click.option("-o", "--output", "output", type=FILE, help="The .csv to write: lines with --list, else rules.")
@json_option
@guarded
def rules_diff(
    old: str,
    new: str,
    enterprise_list: Path | None,
    day: date | None,
    day2: date | None,
    level: str | None,
    output: Path | None,
    as_json: bool,
) -> int:
    """Compare two rulebooks (folders, or 'shipped'), or one on two days.

    A folder with places of its own is a whole rulebook; any other is added to the shipped rules, its documents
    taking the place of their namesakes.
    """
    from alertengine.vocabulary import Level
    from alertengine.workbench.compare import Side, book_changes, change_rows, open_book, order_changes, write_changes

    before = Side(open_book(old), day or day2)
    after = Side(before.book if new == old else open_book(new), day2 or day)
    changes = book_changes(before, after)
    levels = [Level(level)] if level else list(Level)
    orders = order_changes(before, after, enterprise_list, levels, changes) if enterprise_list else None
    if output:
        write_changes(changes, orders, output)
    rows = change_rows(changes)
    if as_json:
        said = {"rules": rows, "orders": orders.lines if orders else [], "totals": orders.totals if orders else []}
        click.echo(json.dumps(said, ensure_ascii=False, indent=2, default=str))
        return 0
    print_table(rows, as_json=False)
    if orders:
        print_table([_brief(line) for line in orders.lines[:SHOWN_MESSAGES]], as_json=False)
        print_table(orders.totals, as_json=False)
    more = f", {len(orders.lines)} orders differ" if orders else ""
    click.echo(f"{len(changes)} differences of {len({c.id for c in changes})} rules and documents{more}", err=True)
    return 0


def _brief(line: dict[str, Any]) -> dict[str, Any]:
    """A line whose order differs, as a table on a terminal has room for it."""
    out = {name: line[name] for name in ("level", "enterprise", "line", "change")}
    out |= {end: f"{line[f'status_{end}'] or ''} {line[f'measure_text_{end}'] or ''}".strip() for end in ("old", "new")}
    return out | {"because": line["because"]}
