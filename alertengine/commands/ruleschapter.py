"""``rules chapter``, ``rules new`` and ``rules plan``: documents and plans entered by those who have their text."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alertengine.commands.common import FILE, DayParam, finish, guarded, json_option, rules_option, say
from alertengine.commands.printing import print_table
from alertengine.vocabulary import InputError, Problem, gathering, times

if TYPE_CHECKING:
    from alertengine.rulebook import Import, Rulebook


def head_options(command: Any) -> Any:
    """What is known of the document already; the rest is filled in by hand."""
    for option in (
        click.option("--title", help="Its title."),
        click.option("--number", help="Its number (文号)."),
        click.option("--issuer", help="Who issued it."),
        click.option("--issued", type=DayParam(), help="Day it was issued."),
        click.option("--area", help="Where it holds: a city, 城市/区县, or area."),
        click.option("--from", "first", type=DayParam(), help="First day it holds; absent: the day it was issued."),
        click.option("--entered-by", help="Who enters it: office and name."),
        click.option("--pages", help="Pages of the official text."),
    ):
        command = option(command)
    return command


def head_of(document: str, said: dict[str, Any]) -> dict[str, Any]:
    """The head of a document as far as it is known."""
    first, issued, by = said.pop("first"), said.pop("issued"), said.pop("entered_by")
    pages = said.pop("pages")
    begins = first or issued
    head: dict[str, Any] = {"document": document, **{key: value for key, value in said.items() if value}}
    head |= {"issued": str(issued)} if issued else {}
    head |= {"valid": {**({"from": str(begins)} if begins else {}), "to": "not stated"}, "source": "secondary"}
    if by or pages:
        entered = {"by": by, "on": str(times.today()) if by else None, "pages": pages}
        head["entered"] = {key: value for key, value in entered.items() if value}
    return head


@click.command("chapter")
@click.argument("text", type=FILE)
@click.option("-o", "--output", "output", type=FILE, required=True, help="The .xlsx workbook to write.")
@click.option("--document", required=True, help="Id of the document, as guide-2020-340.")
@click.option("--industry", required=True, help="The industry that the chapter is about.")
@click.option("--process", default="", help="What it speaks of where its headings do not say.")
@click.option("--article", default="", help="The chapter as orders cite it, as 十五、水泥.")
@head_options
@rules_option
@json_option
@guarded
def chapter(
    text: Path,
    output: Path,
    document: str,
    industry: str,
    process: str,
    article: str,
    rules: tuple[Path, ...],
    as_json: bool,
    **said: Any,
) -> int:
    """Read a chapter of the guide, or a city's own table, into a workbook for a person to decide.

    TEXT is .txt, .docx, .xlsx, .csv or .pdf with text, or - for pasted text. Every cell stands with the sentence it
    comes from; what is not surely understood begins with 【待定】 or 【核对】. Once no cell has such a mark `rules
    import` takes the workbook: accept, change, or write 缺项.  Exit status 1 while cells are open.

    \b
    alertengine rules chapter 水泥.docx --document our-guide --industry 水泥 -o 水泥.xlsx
    alertengine rules import 水泥.xlsx --into rules-local --list list.xlsx --cases
    """
    from alertengine.checking import head_defects, propose, read_passages, write_form
    from alertengine.files import read_guarded, suffix_of
    from alertengine.rulebook import Rulebook

    suffix_of(output, ".xlsx")
    book, head = Rulebook.load(rules), head_of(document, said)
    lists, names = book.lists, dict[str, str]()
    problems = [one.at(column="", where=option_of(one.column)) for one in head_defects(head, book)]
    for option, table, name in (("industry", "industries", industry), ("process", "processes", process)):
        with gathering(problems):
            names[table] = _known(lists, table, name, f"--{option}")
    if problems:
        raise InputError(problems)
    inside = text.suffix.lower() in (".pdf", ".docx")  # whatever such a file holds harms nobody in a worker
    passages = read_guarded(read_passages, text) if inside and text.is_file() else read_passages(text)
    found = propose(passages, names["industries"], lists, names["processes"])
    if not found.cells:
        raise InputError([Problem("chapter_without_cells", file=str(text))])
    counts = write_form(found, head, article or names["industries"], lists, output)
    print_table([dict(counts)], as_json=as_json)
    say("chapter_written", path=output, open=counts["open"] + counts["check"], left=len(found.left) + len(found.notes))
    return finish(status=int(bool(counts["open"] or counts["check"] or found.left or found.notes)))


def option_of(column: str) -> str:
    """The option that a key of the head came from."""
    key = column.removeprefix("head ").partition(".")[0]
    return f"--{ {'valid': 'from', 'entered': 'entered-by'}.get(key, key) }"


def _known(lists: Any, table: str, name: str, option: str) -> str:
    """The standard name of an industry or process; blank for blank."""
    from alertengine.rulebook import nearest

    found = lists.recognise(table, name).name if name else ""
    if found is None:
        near = nearest(name, lists.spellings(table))
        raise InputError([Problem("name_not_on_file", where=option, value=name, names=near)])
    return str(found)


@click.command("new")
@click.argument("document")
@click.option("-o", "--output", "output", type=FILE, required=True, help="Folder to write the document's file into.")
@head_options
@rules_option
@guarded
def new(document: str, output: Path, rules: tuple[Path, ...], **said: Any) -> int:
    """Scaffold a rule document and the file of its worked cases, to be filled by hand.

    Both load as they are: the document declares that none of it is entered yet, and says in comments what a rule, a
    table and a case look like.

    \b
    alertengine rules new linfen-2027-plan -o rules-local --title 临汾市重污染天气应急预案 --area 临汾市
    """
    from alertengine.checking import write_scaffold
    from alertengine.rulebook import Rulebook

    book = Rulebook.load(rules)
    files = write_scaffold(head_of(document, said), book, output)
    say("written_to", files=[str(file) for file in files])
    return finish()


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
