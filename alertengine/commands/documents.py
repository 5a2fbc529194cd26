"""``documents``: a Word order per enterprise, boards, and the public notice."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alertengine.commands.common import (
    FILE,
    SHOWN_MESSAGES,
    MomentParam,
    adopt_option,
    adopted,
    decisions_option,
    finish,
    guarded,
    profile_option,
    rules_option,
    say,
    with_decisions,
)
from alertengine.commands.printing import progress_bar
from alertengine.vocabulary import InputError, Problem, Setting, gathering, refuse_together, to_minute

if TYPE_CHECKING:
    from alertengine.documents import Footing, WrittenDocuments


def _copy_out(ctx: click.Context, _param: click.Parameter, target: Path | None) -> None:
    """``--write-template``: copy the templates and leave."""
    if target is None or ctx.resilient_parsing:
        return

    @guarded
    def copy() -> None:
        from alertengine.documents import copy_templates

        for path in copy_templates(target):
            say("written_file", path=path)

    copy()


@click.command()
@click.argument("orders", metavar="ORDERS", type=FILE)
@click.option("-o", "--output", "folder", type=FILE, required=True, help="Folder the documents are written to.")
@click.option(
    "--list", "enterprise_list", type=FILE, help="The list the orders were made from: version, plans, contacts."
)
@decisions_option
@click.option("--warnings", type=FILE, help="warnings.csv of the run: the forecast's reason on every order.")
@click.option("--scenario", help="The scenario of the run: its list, rules and adopted documents.")
@click.option("--since", type=FILE, help="Earlier orders: make change orders that say only what changes.")
@click.option(
    "--effective", type=MomentParam(), help="With --since: from when the change counts, e.g. when a warning is lifted."
)
@click.option("--template", type=FILE, help="A .docx edited in Word, or a folder with order, change or board .docx.")
@click.option(
    "--write-template",
    type=FILE,
    is_eager=True,
    expose_value=False,
    callback=_copy_out,
    help="Copy the default template to FILE.docx (or all of them into a folder) and leave.",
)
@click.option(
    "--enterprise", "enterprises", multiple=True, help="Only this enterprise, by id or name; may be repeated."
)
@click.option("--draft", is_flag=True, help="Mark every document a draft.")
@click.option("--formal", is_flag=True, help="Make only what may go out; name what may not.")
@click.option(
    "--mode",
    "setting",
    type=click.Choice(["live", "simulation", "drill"]),
    help="What the run is for: a simulation is marked 推演, a drill 演练. Default: as scenario or run says.",
)
@click.option("--release-by", help="Who decides that documents with open matters go out, by name.")
@click.option("--release-reason", help="Why; recorded in manifest.json and on each such document.")
@click.option("--boards/--no-boards", default=True, help="A board (公示牌) beside every order.")
@rules_option
@adopt_option
@profile_option
@guarded
def documents(
    orders: Path,
    folder: Path,
    enterprise_list: Path | None,
    decisions: Path | None,
    warnings: Path | None,
    scenario: str | None,
    since: Path | None,
    effective: datetime | None,
    template: Path | None,
    enterprises: tuple[str, ...],
    draft: bool,
    formal: bool,
    setting: Setting | None,
    release_by: str | None,
    release_reason: str | None,
    boards: bool,
    rules: tuple[Path, ...],
    adopt: tuple[str, ...],
) -> int:
    """A Word order per enterprise, its board, and the public notice.

    ORDERS is orders.csv, .xlsx or .parquet as ``orders`` and ``respond`` write it.  A document
    on an open ground is headed 草稿—待法制审核, with the reasons; --release-by and --release-reason let it
    go out by the decision of a named person.  Exit status 1 where one is left open.

    \b
    alertengine documents out/orders.csv -o out/documents --list list.xlsx --warnings out/warnings.csv
    """
    import pandas as pd

    from alertengine.documents import DocumentOptions, Release, write_documents
    from alertengine.files import one_run, require_input
    from alertengine.orders import mode_beside, read_orders

    if effective and not since:
        raise InputError([Problem("effective_without_since", where="--effective")])
    if draft and formal:
        raise InputError([Problem("draft_and_formal", where="--formal")])
    problems, run, table, earlier = list[Problem](), None, None, None
    with gathering(problems):
        run = one_run(orders, *([warnings] if warnings else []))
        if warnings is None and "warnings.csv" in run.outputs:
            warnings = orders.parent / "warnings.csv"
    with gathering(problems):
        table = read_orders(orders) if run is not None or orders.is_file() else None
    with gathering(problems):
        if since:
            one_run(since)
            earlier = read_orders(since)
    if run is None and warnings is not None and not warnings.is_file():
        warnings = None  # told with the run
    footing, said, decided = _footing(enterprise_list, decisions, warnings, scenario, rules, adopted(adopt), problems)
    with gathering(problems):
        if run is not None and footing.enterprises is not None:
            require_input(run, "list", Path(footing.enterprises.file))
            require_input(run, "decisions", decided)
    refuse_together(problems, footing.enterprises)
    assert run is not None and table is not None  # noqa: S101, PT018 -- as nothing was refused
    said = said or mode_beside(orders)
    if setting == "live" and said != "live":
        raise InputError([Problem("scenario_not_live", where="--mode", value="live", mode=said)])
    released = release_by is not None or release_reason is not None
    wish = DocumentOptions(
        mode="draft" if draft else "formal" if formal else "auto",
        since=earlier,
        effective=to_minute(effective) if effective else None,
        enterprises=enterprises,
        template=template,
        boards=boards,
        setting=setting or said,
        run=run.run,
        now=pd.Timestamp(run.decided) if run.decided else None,
        release=Release((release_by or "").strip(), (release_reason or "").strip()) if released else None,
    )
    with progress_bar("bar_documents") as tick:
        written = write_documents(table, footing, folder, wish, tick)
    _report(written, folder)
    return finish(footing.enterprises, status=written.exit_status)


def _footing(
    enterprise_list: Path | None,
    decisions: Path | None,
    warnings: Path | None,
    scenario: str | None,
    rules: tuple[Path, ...],
    adopt: dict[str, str],
    problems: list[Problem],
) -> tuple[Footing, Setting | None, Path | None]:
    """What the orders rest on, as told or as the scenario says, what the scenario is for, and the decisions read.

    What cannot be read is None, and added to the problems; a scenario or rulebook that cannot is refused alone.
    """
    from alertengine.documents import Footing
    from alertengine.lists import decisions_file, read_list
    from alertengine.orders import read_scenario
    from alertengine.rulebook import Rulebook
    from alertengine.warning import read_warnings

    setting: Setting | None = None
    if scenario:
        run = with_decisions(read_scenario(scenario))
        rules = (*(run.path(name) for name in run.rules), *rules)
        adopt = {**run.adopt, **adopt}
        setting = run.mode
        enterprise_list = enterprise_list or run.path(run.list_file)
        decisions = decisions or (run.path(run.decisions) if run.decisions else None)
    book, enterprises, warned = Rulebook.load(rules, adopt=adopt), None, None
    with gathering(problems):
        if enterprise_list:
            enterprises = read_list(enterprise_list, book.lists, decisions=decisions)
            decisions = decisions_file(enterprise_list, decisions)
    with gathering(problems):
        warned = read_warnings(warnings, book.lists) if warnings else None
    return Footing(book, enterprises, warned), setting, decisions


def _report(written: WrittenDocuments, folder: Path) -> None:
    """What was done, and what a person must look at, to stderr."""
    matters = Counter(reason.without_lines() for entry in written.open for reason in entry.paper.reasons)
    for reason, count in matters.most_common(SHOWN_MESSAGES):
        click.echo(f"{reason}：{count} 项{f'  → {reason.command}' if reason.command else ''}", err=True)
    if len(compared := dict.fromkeys(name for reason in matters for name in reason.compared)) > 1:
        say("compared_at_once", command=f"rules compared {' '.join(compared)}")
    if written.open:
        say("not_ready", open=len(written.open), all=len(written.entries))
    for path in written.printed.copies:
        say("made_anew", path=path)
    for name in written.printed.kept:
        say("left_edited", name=name)
    if written.without_duty:
        say("without_duty", count=written.without_duty)
    if written.removed:
        say("documents_removed", count=len(written.removed))
    counts = written.printed.counts
    say("documents_made", made=counts["made"], stood=counts["standing"], folder=folder)
    if written.notice is None:
        say("no_notice")
