"""``rules plan``: the form of a city's emergency plan, and what its papers lack until it is filled in."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alertengine.commands.common import FILE, DayParam, finish, guarded, json_option, rules_option, say
from alertengine.commands.printing import print_table
from alertengine.commands.ruleschapter import head_of, head_options, option_of
from alertengine.vocabulary import InputError, times

if TYPE_CHECKING:
    from alertengine.rulebook import Import, Rulebook


@click.command("plan")
@click.argument("city")
@click.option("-o", "--output", "output", type=FILE, help="The .xlsx workbook to write; absent: only say what is open.")
@click.option(
    "--document", help="Id of the document; absent: that of the plan on file, or one made of the city's name."
)
@head_options
@click.option("--date", "day", type=DayParam(), help="Say what is open under the law of this day; absent: today.")
@rules_option
@json_option
@guarded
def plan(
    city: str,
    output: Path | None,
    document: str | None,
    day: date | None,
    rules: tuple[Path, ...],
    as_json: bool,
    **said: Any,
) -> int:
    """Write the form of a city's emergency plan, filled in as far as the plan is on file.

    Who proposes, reviews, approves and issues at each level and within which hours, the measures of each department,
    counties, contacts, linkage, sources. What is not filled in says 【待填】 and what papers lack without it; `rules
    import` reads the form, and the form written again goes on where it was left.  Exit status 1 while something is
    open.

    \b
    alertengine rules plan 临汾市 -o 预案表.xlsx --rules rules-local
    alertengine rules import 预案表.xlsx --into rules-local --list list.xlsx
    """
    from alertengine.checking import head_defects
    from alertengine.rulebook import Rulebook
    from alertengine.workflow import city_of, plan_form, write_plan

    book, head = Rulebook.load(rules), _head(document, said)
    if defects := [one for one in head_defects(head, book) if one.code != "document_elsewhere"]:
        raise InputError([one.at(column="", where=option_of(one.column)) for one in defects])
    when = day or times.today()
    count = 0
    if output is not None:
        found = plan_form(book, city, head, when)
        write_plan(book, found, output)
        count = found.open
        say("plan_written", path=output, open=count)
        if found.after is not None:
            say("plan_after", document=found.after.document, title=found.after.title)
    return finish(status=max(tell_open(book, city_of(book, city), when, as_json=as_json), int(count > 0)))


def _head(document: str | None, said: dict[str, Any]) -> dict[str, Any]:
    """What options say of the head; nothing that they do not say."""
    known = {key: value for key, value in said.items() if value}
    head = head_of(document or "", dict(said)) if known else {"document": document}
    if "from" not in (head.get("valid") or {}):
        head.pop("valid", None)
    return {key: value for key, value in head.items() if value and key != "source"}


def tell_open(book: Rulebook, city: str, day: date, *, as_json: bool = False) -> int:
    """Print what papers lack because of a city's plan; 1 where one is a draft for it."""
    from alertengine.documents import KEEPS_DRAFT, plan_matters, read_pack_templates

    matters = plan_matters(book, city, day, read_pack_templates().departments)
    rows = [{"未决事项": one.text, "影响": one.keeps, "如何解决": one.settled_by} for one in matters]
    print_table(rows, as_json=as_json)
    say("plan_open", city=city, open=len(matters))
    return int(any(one.keeps == KEEPS_DRAFT for one in matters))


def tell_plan(found: Import, folders: list[Path], folder: Path) -> int:
    """Print what papers still lack of the cities whose plan was read; 1 where one is a draft for it."""
    from alertengine.rulebook import open_folders

    book = open_folders([*folders, *([] if folder in folders else [folder])])
    document = book.documents[found.document]
    cities = [one for one in book.lists.cities() if one in document.area]
    day = max(times.today(), document.valid.bounds()[0])
    return max((tell_open(book, city, day) for city in cities), default=0)
