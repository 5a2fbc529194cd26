"""``ledger decisions``: decisions of authorities into the record, their lifting, and what stands."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alertengine.commands.common import FILE, DayParam, finish, guarded, json_option, say, verbose_option
from alertengine.commands.ledgerview import clock_option, ledger_argument, print_act, undamaged
from alertengine.commands.printing import print_table
from alertengine.vocabulary import InputError, Problem, refuse

if TYPE_CHECKING:
    from alertengine.ledger import Head


@click.command("decisions")
@ledger_argument
@click.argument("table", metavar="[TABLE]", type=FILE, required=False)
@click.option("--lift", "number", metavar="NUMBER", help="Record that this decision no longer binds.")
@click.option("--on", "day", type=DayParam(), help="With --lift: the first day without it; else: show as of this day.")
@click.option("--enterprise", default="", help="With --lift: whose, where several have the number.")
@click.option("--by", default="", help="Who brings it in, or sees personal data: office and name.")
@click.option("--corrects", type=click.IntRange(min=1), metavar="ACT", help="The act of decisions that TABLE replaces.")
@click.option("--reason", default="", help="Why it is lifted or corrected, or why personal data are shown.")
@click.option("--personal", is_flag=True, help="Show persons' names; takes --by and --reason, recorded.")
@click.option("-o", "--output", type=FILE, help="What stands, as a csv that --decisions reads.")
@clock_option
@json_option
@verbose_option
@guarded
@undamaged
def decisions(path: Path, table: Path | None, number: str | None, as_json: bool, **given: Any) -> int:
    """Enter decisions of authorities (处罚决定), lift one, or show what stands.

    TABLE has the columns of the table beside a list: enterprise or code, its 城市 where several have it,
    决定文号, 决定日期, 决定机关, 决定种类, 理由, 起始日期, 截止日期, 解除日期.  What --decisions reads of a LEDGER is
    what was entered here.

    \b
    alertengine ledger decisions record.db decided.csv --by "法制科 甲"
    alertengine ledger decisions record.db --lift 并环罚〔2026〕7号 --on 2026-12-01 --by "法制科 甲" --reason 验收
    alertengine ledger decisions record.db --on 2026-12-02
    """
    from alertengine.ledger import Head, Ledger
    from alertengine.vocabulary import times as clock

    if table is not None and number is not None:
        raise InputError([Problem("table_or_lift", where="--lift")])
    if given["enterprise"] and number is None:
        raise InputError([Problem("belongs_to_lift", where="--enterprise")])
    if given["corrects"] is not None and table is None:
        raise InputError([Problem("correction_without_table", where="--corrects")])
    if number is None and table is None:
        return _show(path, given["day"] or clock.today(), given, as_json=as_json)
    if not given["by"].strip():
        raise refuse(path, "nobody_signed", value="--by")
    Ledger.open(path).close()
    head = Head("", drafted_by=given["by"], corrects=given["corrects"], reason=given["reason"])
    if table is not None:
        from alertengine.ledger import Ledger
        from alertengine.workflow import enter_decisions

        with Ledger.writable(path) as ledger:
            done = enter_decisions(ledger, table, head, given["clock_reason"])
        if done.act is None:
            say("decisions_recorded", count=done.known)
        else:
            print_act(done.act, as_json=as_json, decisions=done.new, known=done.known)
        return finish(notes=done.read.warnings, protocols=done.read.protocols)
    return _lift(path, number or "", given, head, as_json=as_json)


def _lift(path: Path, number: str, given: dict[str, Any], head: Head, *, as_json: bool) -> int:
    from alertengine.ledger import Ledger
    from alertengine.workflow import lift_decision

    if given["day"] is None:
        raise InputError([Problem("lift_without_day", where="--lift", value=number)])
    with Ledger.writable(path) as ledger:
        act = lift_decision(ledger, number, given["day"], head, given["enterprise"], given["clock_reason"])
    print_act(act, as_json=as_json)
    return 0


def _show(path: Path, day: date, given: dict[str, Any], *, as_json: bool) -> int:
    from alertengine.files import replacing
    from alertengine.ledger import Ledger, record_access, require_reason
    from alertengine.lists import DECISIONS
    from alertengine.workflow import DECISION_STATES, decisions_of, state_on, write_decisions

    if given["personal"]:
        require_reason(path, given["by"], given["reason"])
    with Ledger.open(path) as ledger:
        held = decisions_of(ledger, personal=given["personal"])
    if given["personal"]:
        record_access(path, "decisions", given["by"], given["reason"])
    if given["output"] is not None:
        rows = [row for _, row in held]
        replacing(given["output"], lambda target: write_decisions(target, rows), private=given["personal"])
        say("written_to", files=given["output"])
        return 0
    stated = [{"act": act, **row, "state": state_on(row, day)} for act, row in held]
    if as_json:
        print_table(stated, as_json=True)
        return 0
    words = {"act": "记录", **{field.name: field.text for field in DECISIONS}, "state": f"{day}"}
    said = [{**row, "state": DECISION_STATES[str(row["state"])]} for row in stated]
    print_table([{words[name]: cell for name, cell in row.items()} for row in said], as_json=False)
    return 0
