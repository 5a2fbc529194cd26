"""``rules``: the rulebook itself."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alertengine.commands.common import (
    FILE,
    LEVELS,
    SHOWN_MESSAGES,
    DayParam,
    SinceParam,
    adopted,
    finish,
    guarded,
    json_option,
    law_options,
    profile_option,
    rules_option,
    said,
    say,
    tell,
)
from alertengine.commands.printing import print_table, progress_bar
from alertengine.commands.ruleschapter import chapter, new, plan
from alertengine.commands.rulesexchange import rules_export, rules_import
from alertengine.commands.rulesrecord import compared, continue_, end, members
from alertengine.vocabulary import InputError, Problem, Words, gathering, language, refuse_together, times

if TYPE_CHECKING:
    from alertengine.rulebook import Rulebook


@click.group()
def rules() -> None:
    """The rulebook itself."""


@rules.command("check")
@rules_option
@json_option
@guarded
def rules_check(rules: tuple[Path, ...], as_json: bool) -> int:
    """Say what is wrong in the rulebook, exactly: every finding names file, rule and what was expected.

    Rules that can never hold or bind, that disagree, forgotten cells of a table, dates, references, rules without
    a worked case.  Declared holes are counted, they are no findings.
    """
    from alertengine.checking import check_rulebook, run_cases
    from alertengine.rulebook import Rulebook

    book = Rulebook.load(rules)
    with progress_bar("bar_cases") as step:
        outcomes = run_cases(book, step)
    findings = check_rulebook(book, outcomes)
    if as_json:
        print_table([{"kind": f.kind, **asdict(f.problem)} for f in findings], as_json=True)
    else:
        tell(f.problem for f in findings)
    holes = len(book.holes) + sum(len(document.missing) for document in book.documents.values())
    counts = {"documents": len(book.documents), "rules": len(book.rules), "cases": len(outcomes)}
    click.echo(said("rulebook_checked", **counts, holes=holes, findings=len(findings)), err=as_json)
    return int(bool(findings))


@rules.command("test")
@click.option("--mutate", is_flag=True, help="Move every value of every rule a step; some case must then fail.")
@click.option("--document", help="Only the rules and cases of this document.")
@rules_option
@json_option
@guarded
def rules_test(mutate: bool, document: str | None, rules: tuple[Path, ...], as_json: bool) -> int:
    """Run every worked case (*.test.yaml); a failing one is shown as expected against got."""
    from alertengine.checking import CaseRunner, files_of_cases, read_cases
    from alertengine.rulebook import Rulebook

    book = Rulebook.load(rules)
    files = files_of_cases(book, document)
    if mutate:
        return _mutate(book, document, as_json=as_json)
    runner = CaseRunner(book)
    outcomes = runner.run_all((case, path) for path in files for case in read_cases(path))
    failed = [outcome for outcome in outcomes if outcome.differences]
    rows = [{"file": o.file.name, "case": o.case.name, "differences": "; ".join(o.differences)} for o in failed]
    print_table(rows, as_json=as_json)
    click.echo(said("cases_ran", held=len(outcomes) - len(failed), failed=len(failed)), err=as_json)
    return int(bool(failed))


def _mutate(book: Rulebook, document: str | None, *, as_json: bool) -> int:
    """Move the values of rules and show what no case noticed."""
    from alertengine.checking import mutate

    with progress_bar("bar_values") as step:
        found = mutate(book, document, step)
    rows = [{"rule": s.where, "what": s.what, "from": s.before, "to": s.after} for s in found.survivors]
    print_table(rows, as_json=as_json)
    for outcome in found.failing:
        say("case_left_out", file=outcome.file, name=outcome.case.name)
    click.echo(said("values_moved", tried=found.tried, unnoticed=len(found.survivors)), err=as_json)
    return int(bool(found.survivors or found.failing))


@rules.command("show")
@click.argument("rule_id", metavar="[ID]", required=False)
@click.option("--kind", help="Only rules of this kind.")
@click.option("--city", help="Only what is in force in this city (城市 or 城市/区县).")
@click.option(
    "--date", "day", type=DayParam(), help="In force on this day; absent: today, or any day where an ID is given."
)
@click.option("--level", type=LEVELS, help="Leave out rules of the other levels.")
@click.option("--list", "enterprise_list", type=FILE, help="With --line: what the rules did for a line of this list.")
@click.option("--line", metavar="ENTERPRISE/LINE", help="The line: id or name of its enterprise, then its own id.")
@click.option("--hours", type=SinceParam(), default=0, help="With --line: hours since the warning's life began.")
@law_options
@profile_option
@json_option
@guarded
def rules_show(
    rule_id: str | None,
    kind: str | None,
    city: str | None,
    day: date | None,
    level: str | None,
    enterprise_list: Path | None,
    line: str | None,
    hours: float,
    known_on: date | None,
    adopt: tuple[str, ...],
    rules: tuple[Path, ...],
    as_json: bool,
) -> int:
    """List the rules in force there and then, or show one in full.

    With --list and --line: what became of them for that line: binding, set aside by what and why, or which
    comparison failed or is unknown, with the value found.
    """
    from alertengine.rulebook import Query, Rulebook, find_rules, origin_words, rule_as_dict

    if (enterprise_list is None) != (line is None):
        raise InputError([Problem("list_and_line", where="--line")])
    book, query = Rulebook.load(rules, adopt=adopted(adopt)), Query(rule_id, kind, city, day, level, known_on)
    if enterprise_list is not None and line is not None:
        from alertengine.checking import OUTCOME_TEXT, WHY_TEXT, LineReport
        from alertengine.lists import read_list
        from alertengine.vocabulary import Level

        enterprises = read_list(enterprise_list, book.lists)
        report = LineReport(book, enterprises, line, day or times.today(), Level(level or "none"), hours, known_on)
        answers = report.answers_to(query)
        # without an ID those far from holding are only counted
        near = answers if rule_id or as_json else [a for a in answers if a.near]
        codes = {"outcome": OUTCOME_TEXT, "why": WHY_TEXT}
        rows = [answer.row("en" if as_json else language()) for answer in near]
        print_table(rows, as_json=as_json, codes=codes)
        say("rules_further", summary=report.summary, count=len(answers) - len(near))
        return finish(enterprises)
    found = find_rules(book, query)
    shown = [rule_as_dict(rule, book, level) for rule in found]
    if as_json or rule_id:
        for row, rule in zip(shown, found, strict=True):
            if words := origin_words(book.documents[rule.document]):
                row["origin"] = words
        click.echo(json.dumps(shown, ensure_ascii=False, indent=2, default=str))
    else:
        columns = ("id", "kind", "title", "article", "number", "source")
        heads = {"title": "标题", "number": "文号"}
        print_table([{name: row[name] for name in columns} for row in shown], as_json=False, heads=heads)
        say("rules_found", count=len(shown))
    return 0


@rules.command("schema")
@click.option("-o", "--output", "output", type=FILE, help="The .json to write; absent: to stdout.")
@rules_option
@guarded
def rules_schema(output: Path | None, rules: tuple[Path, ...]) -> None:
    """Write the JSON Schema of rule documents, by which an editor completes and checks them while they are typed.

    In VS Code (YAML extension): "yaml.schemas": {"rules.schema.json": "rules/*/*.yaml"}.
    """
    from alertengine.files import replacing_text
    from alertengine.rulebook import Rulebook, document_schema

    text = json.dumps(document_schema(Rulebook.load(rules)), ensure_ascii=False, indent=2) + "\n"
    if output is None:
        click.echo(text, nl=False)
    else:
        replacing_text(output, text)
        say("written_here", path=output)


@rules.command("coverage")
@click.option("--city", help="For this city (城市 or 城市/区县); absent: what holds in the whole province.")
@click.option("--date", "day", type=DayParam(), help="Day of the law; absent: today.")
@click.option("-o", "--output", "output", type=FILE, help=".csv, or .html for the heat map.")
@click.option("--list", "enterprise_list", type=FILE, help="By this list: what its lines lack, the heaviest first.")
@click.option("--progress", type=FILE, help="With --list: a .csv that keeps a row a day of what is covered.")
@profile_option
@law_options
@json_option
@guarded
def rules_coverage(
    city: str | None,
    day: date | None,
    output: Path | None,
    enterprise_list: Path | None,
    progress: Path | None,
    known_on: date | None,
    adopt: tuple[str, ...],
    rules: tuple[Path, ...],
    as_json: bool,
) -> int:
    """Which rule decides each industry, process, grade and level, and what is missing.

    With --list: which of its lines hang on which missing text, in order of what they emit, each with the command that
    begins to fill it.
    """
    from alertengine.checking import coverage
    from alertengine.report import STATE_NAMES, write_coverage
    from alertengine.rulebook import Rulebook, place_of

    book = Rulebook.load(rules, adopt=adopted(adopt))
    if enterprise_list:
        when = day or times.today()
        return list_coverage(book, enterprise_list, when, known_on, output, progress, as_json=as_json)
    found = coverage(book, day or times.today(), place_of(book, city) if city else None, known_on)
    if output:
        write_coverage(found, book, output)
    rows = list(map(asdict, found.cells)) if as_json else found.by_industry()
    print_table(rows, as_json=as_json, heads={"cells": "格数", "decided": "已定"} | STATE_NAMES)
    click.echo(found.summary().words(language())[0], err=True)
    return 0


def list_coverage(
    book: Rulebook, file: Path, day: date, known_on: date | None, output: Path | None, progress: Path | None, *,
    as_json: bool,
) -> int:  # fmt: skip
    """Print (and write) which lines of a list hang on which missing text; 1 where any does.

    ``progress``: a csv that gets a row a day, so that what an afternoon's typing came to is seen.
    """
    from functools import partial

    from alertengine.checking import HEADERS, missing_texts, shown
    from alertengine.files import replacing, suffix_of, write_safe
    from alertengine.lists import read_list
    from alertengine.vocabulary import percent
    from alertengine.workflow import keep_progress, without_plan

    if output:
        suffix_of(output, ".csv")
    enterprises = read_list(file, book.lists)
    if enterprises.lines.empty:
        refuse_together([Problem("no_line", file=str(file))], enterprises)
    found = missing_texts(book, enterprises, day, known_on)
    if output:
        replacing(output, partial(write_safe, found.table))
    rows = [{str(name): value for name, value in row.items()} for row in found.table.to_dict("records")]
    if not as_json:
        rows = [{text: shown(name, row[name]) for name, text in HEADERS.items()} for row in rows[:SHOWN_MESSAGES]]
    print_table(rows, as_json=as_json)
    say("list_covered", day=day, covered=found.covered, lines=found.lines, weight=percent(found.covered_weight))
    if progress:
        before = keep_progress(progress, found, enterprises.citation)
        if before is not None:
            shares = {"before": percent(before.weight), "now": percent(found.covered_weight)}
            say("list_progress", since=before.on, **shares, texts=before.texts)
    for city in without_plan(book, enterprises, day):
        say("city_without_plan", city=city)
    return finish(enterprises, status=int(len(found.table) > 0))


@rules.command("diff")
@click.argument("old")
@click.argument("new")
@click.option("--list", "enterprise_list", type=FILE, help="Also say whose orders change in this list.")
@click.option("--date", "day", type=DayParam(), help="Compare what is in force on this day.")
@click.option("--date2", "day2", type=DayParam(), help="The day of NEW, where it is another.")
@click.option("--level", type=LEVELS, help="Only this level; absent: all four.")
@click.option("-o", "--output", "output", type=FILE, help="The .csv to write: lines with --list, else rules.")
@profile_option
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
    from alertengine.checking import order_changes, write_changes
    from alertengine.rulebook import Side, book_changes, change_rows, open_book
    from alertengine.vocabulary import Level

    problems: list[Problem] = []
    books: list[Rulebook] = []
    for name in dict.fromkeys((old, new)):
        with gathering(problems):
            books.append(open_book(name))
    refuse_together(problems)
    before, after = Side(books[0], day or day2), Side(books[-1], day2 or day)
    changes = book_changes(before, after)
    levels = [Level(level)] if level else list(Level)
    orders = order_changes(before, after, enterprise_list, levels, changes) if enterprise_list else None
    if output:
        write_changes(changes, orders, output)
    rows = change_rows(changes)
    if as_json:
        said = {"rules": rows, "orders": orders.lines if orders else [], "totals": orders.totals if orders else []}
        click.echo(json.dumps(said, ensure_ascii=False, indent=2, default=str))
        return finish(orders)
    print_table(rows, as_json=False)
    if orders:
        brief = [  # as a terminal has room for it
            {
                **{name: line[name] for name in ("level", "enterprise", "line", "change")},
                **{n: f"{line[f'status_{n}'] or ''} {line[f'measure_text_{n}'] or ''}".strip() for n in ("old", "new")},
                "because": line["because"],
            }
            for line in orders.lines[:SHOWN_MESSAGES]
        ]
        print_table(brief, as_json=False)
        print_table(orders.counts(), as_json=False)
        print_table(orders.kilograms(), as_json=False)
    more = Words("orders_differ", count=len(orders.lines)) if orders else ""
    say("rules_differ", count=len(changes), rules=len({c.id for c in changes}), more=more)
    return finish(orders)


rules.add_command(chapter)
rules.add_command(new)
for command in (plan, continue_, compared, end, members, rules_export, rules_import):
    rules.add_command(command)
