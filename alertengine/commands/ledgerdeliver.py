"""``ledger deliver``: receipts into the record, and who has not been served."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from alertengine.commands.common import FILE, MomentParam, finish, guarded, json_option, say, verbose_option
from alertengine.commands.ledgerview import SHOWN, act_argument, clock_option, ledger_argument, print_act, undamaged
from alertengine.commands.printing import print_table
from alertengine.vocabulary import InputError, Problem, rounded, to_minute


@click.command("deliver")
@ledger_argument
@act_argument
@click.option("--receipts", type=FILE, help="Receipts to record: csv, workbook or parquet.")
@click.option("--by", default="", help="Who brings them in, or sees personal data: office and name.")
@click.option("--corrects", type=click.IntRange(min=1), metavar="ACT", help="The act of receipts this file replaces.")
@click.option("--reason", default="", help="Why it is replaced, or why personal data are shown.")
@click.option("--open", "show_open", is_flag=True, help="Print who has not been served, by county.")
@click.option("--at", type=MomentParam(), help="With --open: as it was known to be at this hour; absent: now.")
@click.option("-o", "--output", type=FILE, help="With --open: the list as csv.")
@click.option("--personal", is_flag=True, help="With --open: sole traders' names; takes --by and --reason, recorded.")
@clock_option
@json_option
@verbose_option
@guarded
@undamaged
def deliver(path: Path, number: int, receipts: Path | None, as_json: bool, **given: Any) -> int:
    """Record receipts of an act's orders, and say who is still to be served.

    Nothing is sent: what is recorded is what another system or a person says of sending, reading, signing,
    refusal and service in person, and of requests for relief for safety with their answers.  Only a signature
    or service in person proves service.  Exit status 1 where anyone is not served, or a receipt wants a look.

    \b
    alertengine ledger deliver record.db 1 --receipts receipts.csv --by "办公室 甲"
    alertengine ledger deliver record.db 1 --open --at "2020-01-22 12:00"
    """
    from alertengine.files import suffix_of

    if receipts is None and not given["show_open"]:
        raise InputError([Problem("nothing_to_do", where="ledger deliver")])
    for name in ("at", "output", "personal"):
        if given[name] and not given["show_open"]:
            raise InputError([Problem("belongs_to_open", where=f"--{name}")])
    output = given["output"]
    if output is not None:
        suffix_of(output, ".csv")
    status = 0 if receipts is None else _record(path, number, receipts, given, as_json=as_json)
    if given["show_open"]:
        status = max(status, _show_open(path, number, given, as_json=as_json))
    return status


def _record(path: Path, number: int, receipts: Path, given: dict[str, Any], *, as_json: bool) -> int:
    from alertengine.ledger import Head, Ledger
    from alertengine.workflow import deliver as delivered

    Ledger.open(path).close()
    head = Head("", drafted_by=given["by"], corrects=given["corrects"], reason=given["reason"])
    with Ledger.writable(path) as ledger:
        done = delivered(ledger, number, receipts, head, given["clock_reason"])
    if done.act is None:
        if done.known:
            say("receipts_recorded", count=done.known)
        return finish(problems=done.read.problems, notes=done.read.warnings, protocols=done.read.protocols)
    if not given["show_open"] or not as_json:
        print_act(done.act, as_json=as_json, receipts=done.new, known=done.known)
    found = [*done.read.problems, *done.notes]
    return finish(problems=found, notes=done.read.warnings, protocols=done.read.protocols)


def _show_open(path: Path, number: int, given: dict[str, Any], *, as_json: bool) -> int:
    """Print the open list; 1 where anyone is on it."""
    import pandas as pd

    from alertengine.files import replacing, write_rows
    from alertengine.ledger import Ledger, record_access, require_reason
    from alertengine.vocabulary import times as clock
    from alertengine.workflow import OPEN_STATES, SERVICE_COLUMNS, by_county, service, still_open

    now = pd.Timestamp(clock.now().replace(tzinfo=None)).floor("min")
    at = pd.Timestamp(given["at"]).floor("min") if given["at"] else now
    if given["personal"]:
        require_reason(path, given["by"], given["reason"])
    with Ledger.open(path) as ledger:
        table = service(ledger, number, at, personal=given["personal"])
        issued = pd.Timestamp(clock.civil(ledger.act(number).issued_at)).floor("min") if given["at"] else at
    if given["personal"]:
        record_access(path, "deliver --open", given["by"], given["reason"], [number])
    waiting = still_open(table)
    rows = [{str(name): value for name, value in row.items()} for row in waiting.to_dict("records")]
    if given["output"] is not None:
        replacing(given["output"], lambda target: write_rows(target, SERVICE_COLUMNS, rows))
    if as_json:
        print_table(rows, as_json=True)
    else:
        print_table(by_county(table), as_json=False)
        print_table(_readable(rows[:SHOWN]), as_json=False)
        if len(rows) > SHOWN:
            say("and_more_rows", count=len(rows) - SHOWN, ways=["--json", "-o FILE.csv"])
    missing = int(waiting["state"].isin(OPEN_STATES).sum())
    click.echo(f"截至{to_minute(at)}：应送达{len(table)}家，未送达{missing}家；义务自指令载明的时间起算", err=True)
    late = table[table["state"] == "late"]
    if len(late):
        said = "起始至送达之间是否知悉没有回执证明，能否据以认定违反由人确定"
        click.echo(f"起始后送达{len(late)}家，最长晚{rounded(late['hours_unproved'].max(), 1)}小时：{said}", err=True)
    said_at: dict[str, Any] = {"where": "--at", "value": to_minute(at)}
    notes = [Problem("open_before_issue", **said_at, first=to_minute(issued))] if at < issued else []
    notes += [Problem("open_later_than_now", **said_at, last=to_minute(now))] if at > now else []
    return finish(notes=notes, status=int(bool(rows)))


def _readable(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows with Chinese headers and words, without what the county table says already."""
    from alertengine.workflow import MATTERS, SERVICE_COLUMNS, STATES, county_text

    shown = (
        "county", "enterprise", "enterprise_id", "matter", "starts", "state", "tries", "last", "hours_run", "relief",
    )  # fmt: skip
    said = [
        {
            **row,
            "matter": MATTERS[row["matter"]],
            "state": STATES[row["state"]],
            "county": county_text(row["county"]),
            "hours_run": rounded(hours, 1) if (hours := row["hours_run"]) >= 0 else f"尚余{rounded(-hours, 1)}",
        }
        for row in rows
    ]
    return [{SERVICE_COLUMNS[name]: row[name] for name in shown} for row in said]
