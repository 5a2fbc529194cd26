"""``rules``: the rulebook itself."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import click

from alertengine.commands.common import (
    FILE,
    LEVELS,
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
