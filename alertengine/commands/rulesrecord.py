"""``rules continue``, ``rules end`` and ``rules members``: what became of documents and closed lists, put on record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date, datetime, time
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from alertengine.commands.common import (
    FILE,
    SHOWN_MESSAGES,
    DayParam,
    MomentParam,
    finish,
    guarded,
    may_write,
    profile_option,
    rules_option,
    say,
)
from alertengine.commands.printing import print_table
from alertengine.vocabulary import STANDINGS, InputError, Problem, gathering, refuse_together, times, to_minute

if TYPE_CHECKING:
    from alertengine.workflow import RulesEntry

_C = TypeVar("_C", bound=Callable[..., Any])


@dataclass(frozen=True)
class _Record:
    """The folder of rules a record is written into, and the list and day its consequences are shown for."""

    into: Path
    enterprise_list: Path | None
    day: date | None
    yes: bool
    rules: tuple[Path, ...]

    @property
    def folders(self) -> list[Path]:
        """The folders of rules as they are, that written to the last where it is there."""
        if self.into.exists() and not self.into.is_dir():
            raise InputError([Problem("into_no_folder", where="--into", value=str(self.into))])
        others = [folder for folder in self.rules if folder.resolve() != self.into.resolve()]
        return [*others, *([self.into] if self.into.is_dir() else [])]

    def write(self, entry: RulesEntry) -> int:
        """Say what would change, then write it where that is wanted; run the cases.  Returns the exit status."""
        from alertengine.rulebook import change_rows
        from alertengine.workflow import orders_changed, run_cases, write_entry

        folders, listed = self.folders, self.enterprise_list
        shown = ("change", "what", "id", "document", "title", "field", "old", "new")
        print_table([{name: row[name] for name in shown} for row in change_rows(entry.changes)], as_json=False)
        orders = orders_changed(entry, folders, listed, self.day) if listed else None
        if orders is not None:
            tell_orders(orders, self.day or entry.day)
        if not may_write(self.into, yes=self.yes):
            return finish(entry, orders, status=1)
        for path in write_entry(entry, self.into):
            say("written_here", path=path)
        outcomes = run_cases(entry, folders, self.into)
        failed = [
            {"case": one.case.name, "differences": "; ".join(one.differences)} for one in outcomes if one.differences
        ]
        print_table(failed, as_json=False)
        return finish(entry, orders, status=int(bool(failed)))


def writing_options(command: Callable[..., None]) -> Callable[..., None]:
    """Where a record is written and what is shown before it is; the command takes them as ``record``."""
    names = [one.name for one in fields(_Record)]

    @wraps(command)
    def run(**given: Any) -> None:
        command(record=_Record(**{name: given.pop(name) for name in names}), **given)

    for option in (
        rules_option,
        profile_option,
        click.option("--yes", is_flag=True, help="Write without asking."),
        click.option(
            "--date", "day", type=DayParam(), help="With --list: the law of this day; absent: the record's first."
        ),
        click.option("--list", "enterprise_list", type=FILE, help="Also say whose orders would change in this list."),
        click.option(
            "--into", type=FILE, required=True, help="The bureau's folder of rules; made where there is none."
        ),
    ):
        run = option(run)
    return run


def paper_options(command: _C) -> _C:
    """The paper that says so: a new document, or one of the folder by its id."""
    for option in (
        click.option("--checked-by", help="Who compared the entry with the official text: another person."),
        click.option("--entered-by", help="Who enters it: office and name."),
        click.option("--pages", help="Pages of the official text."),
        click.option("--source", type=click.Choice(STANDINGS), default="secondary", help="How it was read."),
        click.option("--to", "last", type=MomentParam(), help="Last day it holds; absent: not stated."),
        click.option("--from", "first", type=MomentParam(), help="From when it counts: a day, or a day and hour."),
        click.option("--area", help="Where it holds: a city, 城市/区县, or area."),
        click.option("--issued", type=DayParam(), help="Day it was issued."),
        click.option("--issuer", help="Who issued it."),
        click.option("--number", help="Its number (文号)."),
        click.option("--title", help="Its title."),
        click.option("--document", required=True, help="Id of the document that says so: a new one, or one of --into."),
    ):
        command = option(command)
    return command


def paper(said: dict[str, Any]) -> dict[str, Any]:
    """The head of the document as far as options say it."""
    first, last, by, checked = (said.pop(name) for name in ("first", "last", "entered_by", "checked_by"))
    pages = said.pop("pages")
    head = {key: value for key, value in said.items() if value}
    if first:
        head["valid"] = {"from": _when(first), "to": _when(last) if last else "not stated"}
    if by:
        today = times.today()
        entered = {"by": by, "on": today, "pages": pages, "checked_by": checked, "checked_on": today if checked else ""}
        head["entered"] = {key: value for key, value in entered.items() if value}
    return head


def _when(moment: datetime) -> date | str:
    return moment.date() if moment.time() == time() else to_minute(moment)


@click.command("continue")
@click.argument("what", nargs=-1, required=True)
@click.option("--by", required=True, help="Who decided that it goes on.")
@click.option("--article", default="", help="Where the document says so, as 第二条.")
@paper_options
@writing_options
@guarded
def continue_(what: tuple[str, ...], by: str, article: str, record: _Record, **said: Any) -> int:
    """Put on record that documents or rules go on after the year they were made for (沿用).

    WHAT is a document by id, number or title, or a rule by id. Whose orders would change is said before it is written.

    \b
    alertengine rules continue shanxi-2019-39 --by 太原市人民政府 --document ty-2026 --title 关于继续执行…的通知 \\
        --number 并政发〔2026〕1号 --area 太原市 --from 2026-10-01 --into rules-local --list list.xlsx
    """
    from alertengine.workflow import NewRecord, recorded

    entry = recorded(record.folders, record.into, what, paper(said), NewRecord.continued(by), article)
    return record.write(entry)


@click.command("compared")
@click.argument("what", nargs=-1, required=True)
@click.option("--by", required=True, help="Who compared: office and name.")
@click.option(
    "--edition",
    "editions",
    required=True,
    multiple=True,
    help="With what: gazette, web page, paper; once for all, or once a document.",
)
@click.option(
    "--page",
    "pages_in",
    required=True,
    multiple=True,
    help="Where the text stands in it; once for all, or once a document.",
)
@click.option("--text-issuer", multiple=True, help="Issuer of the official text, where what is on file has none.")
@click.option(
    "--text-issued", multiple=True, type=DayParam(), help="Day of the official text, where what is on file has none."
)
@click.option("--text-number", multiple=True, help="Its number (文号), where what is on file has none.")
@paper_options
@writing_options
@guarded
def compared(
    what: tuple[str, ...],
    by: str,
    editions: tuple[str, ...],
    pages_in: tuple[str, ...],
    text_issuer: tuple[str, ...],
    text_issued: tuple[date, ...],
    text_number: tuple[str, ...],
    record: _Record,
    **said: Any,
) -> int:
    """Put on record that somebody compared a text on file with its official edition (核对原文).

    From that day on what rests on it is no draft for its sake; a reading of ours stays one. A text without issuer, day
    or number on file is official once --text-issuer, --text-issued and --text-number give them; who entered a text does
    not compare it.

    \b
    alertengine rules compared 环大气〔2024〕6号 --by 某局张三 --edition 生态环境部公报2024年第3期 --page 12-15 \\
        --document lf-compared --title 核对原文记录 --area 临汾市 --from 2026-11-01 --into rules-local
    """
    from alertengine.workflow import NewRecord, recorded

    given = {
        "--edition": editions, "--page": pages_in, "--text-issuer": text_issuer,
        "--text-issued": tuple(map(str, text_issued)), "--text-number": text_number,
    }  # fmt: skip
    wrong = [name for name, texts in given.items() if len(texts) > 1 and len(texts) != len(what)]
    if wrong:
        raise InputError([Problem("one_or_each", where=name, count=len(what)) for name in wrong])
    each = {name: texts if len(texts) == len(what) else texts * len(what) for name, texts in given.items()}
    records = [
        NewRecord.compared(
            by, each["--edition"][at], each["--page"][at],
            {key: each[f"--text-{key}"][at] for key in ("issuer", "issued", "number") if each[f"--text-{key}"]},
        )
        for at in range(len(what))
    ]  # fmt: skip
    entry = recorded(record.folders, record.into, what, paper(said), records)
    return record.write(entry)


@click.command("end")
@click.argument("what", nargs=-1, required=True)
@paper_options
@writing_options
@guarded
def end(what: tuple[str, ...], record: _Record, **said: Any) -> int:
    """Put on record that a document replaces others (取代) or lifts a notice (解除), from a day or hour on.

    WHAT is a document by id, number or title, or a rule by id.

    \b
    alertengine rules end jincheng-2023-03-18 --document jc-lift --title 关于解除…的通知 --area 晋城市 \\
        --from "2023-03-25 12:00" --into rules-local --list list.xlsx
    """
    from alertengine.workflow import ended

    entry = ended(record.folders, record.into, what, paper(said))
    return record.write(entry)


@click.command("members")
@click.argument("name")
@click.argument("table", type=FILE)
@click.option("--source", required=True, help="The document that says who stands on the list.")
@click.option("--from", "first", type=DayParam(), required=True, help="First day they stand on it.")
@click.option("--to", "last", type=DayParam(), help="Last day, where it is stated.")
@click.option("--whole", is_flag=True, help="The table is the whole list: who is not in it leaves the list.")
@writing_options
@guarded
def members(name: str, table: Path, source: str, first: date, last: date | None, whole: bool, record: _Record) -> int:
    """Take in the members of a closed list (豁免清单, 停限产清单) from a table of names or credit codes.

    Lines of a member stand on the list from that day on, whatever the enterprise list says under 所在名单.

    \b
    alertengine rules members 错峰豁免清单 名单.xlsx --source 某市环委办〔2026〕1号 --from 2026-11-15 \\
        --into rules-local --list list.xlsx
    """
    from alertengine.lists import read_list
    from alertengine.workflow import members_entered, rulebook

    problems, enterprises, entry = list[Problem](), None, None
    lists = rulebook(record.folders).lists if record.enterprise_list else None
    with gathering(problems):
        if record.enterprise_list and lists is not None:
            enterprises = read_list(record.enterprise_list, lists)
    with gathering(problems):
        entry = members_entered(record.folders, name, table, source, first, last, whole=whole, enterprises=enterprises)
    refuse_together(problems, enterprises, entry)
    assert entry is not None  # noqa: S101 -- as nothing was refused
    return record.write(entry)


def tell_orders(orders: Any, day: date) -> None:
    """Print whose orders would change."""
    names = ("level", "enterprise", "line", "change", "measure_text_old", "measure_text_new")
    print_table([{name: line[name] for name in names} for line in orders.lines[:SHOWN_MESSAGES]], as_json=False)
    print_table(orders.counts(), as_json=False)
    say("orders_would_change", count=len(orders.lines), day=day)
