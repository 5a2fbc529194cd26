"""What follows of a document read from a workbook, shown before it counts: orders that change, cases that hold."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from alertengine.commands.common import SHOWN_MESSAGES, finish, say
from alertengine.commands.printing import print_table

if TYPE_CHECKING:
    from alertengine.checking import OrderChanges
    from alertengine.rulebook import Import, Rulebook


def orders_changed(found: Import, folders: list[Path], enterprise_list: Path, day: date | None) -> OrderChanges:
    """Print whose orders in a list would change if the document counted; they, with what their list gave rise to."""
    from alertengine.commands.rulesrecord import tell_orders
    from alertengine.workflow import entry_of, orders_changed

    entry = entry_of(found, {f"{found.document}.yaml": found.text})
    orders = orders_changed(entry, folders, enterprise_list, day)
    tell_orders(orders, day or entry.day)
    return orders


def write_cases(found: Import, target: Path, rules: tuple[Path, ...], came: str = "") -> int:
    """Write the proposed cases beside a document, or those that ``came`` with it, and run them; 1 where one fails."""
    from alertengine.checking import CaseRunner, cases_yaml, law_cases, proposed_cases, read_cases
    from alertengine.files import read_yaml, replacing_text
    from alertengine.rulebook import open_folders

    file = target.with_suffix(".test.yaml")
    book = open_folders([*rules, target.parent])
    if file.exists() and not found.form:
        say("cases_there")
    else:
        document = yaml.safe_load(found.text)
        made = [] if came else [*law_cases(document, book), *proposed_cases(document, book.lists)]
        names = {one["name"] for one in made}
        made += [one for one in (read_yaml(file) if file.exists() else []) or [] if one.get("name") not in names]
        replacing_text(file, came or cases_yaml(made, target.name))
        say("written_here", path=file)
    outcomes = CaseRunner(book).run_all((case, file) for case in read_cases(file))
    failed = [one for one in outcomes if one.differences]
    print_table([{"case": one.case.name, "differences": "; ".join(one.differences)} for one in failed], as_json=False)
    say("cases_ran", held=len(outcomes) - len(failed), failed=len(failed))
    return int(bool(failed))


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
