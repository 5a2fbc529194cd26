"""``ledger``: reading the record: log, show, explain, diff, replay, export, browse, active."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alertengine.commands.common import FILE, MomentParam, guarded, json_option, say
from alertengine.commands.explain import print_explanation
from alertengine.commands.printing import print_table, warning_rows
from alertengine.vocabulary import Both, InputError, Problem, Words, coded, printed_column

if TYPE_CHECKING:
    from alertengine.ledger import Act, Difference
    from alertengine.workflow import Replayed

#: Differences printed one by one.
SHOWN = 40
ledger_argument = click.argument("path", metavar="LEDGER", type=FILE)
act_argument = click.argument("number", metavar="ACT", type=click.IntRange(min=1))
clock_option = click.option(
    "--clock-reason", default="", help="Why this may be recorded before the last act's time (its clock was wrong)."
)


def print_act(act: Act, *, as_json: bool, **counts: int) -> None:
    """Print an act that was recorded: its number, title, time and hash, and how much it holds."""
    row = {"act": act.act, "title": act.title, "recorded_at": act.recorded_at, **counts, "hash": act.hash}
    print_table([row], as_json=as_json)


def personal_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--personal``, and to whom and why: that is recorded."""
    for name, words in (("reason", "With --personal: why."), ("by", "With --personal: to whom, office and name.")):
        command = click.option(f"--{name}", default="", help=words)(command)
    said = "Show personal data, masked otherwise; takes --by and --reason, which are recorded."
    return click.option("--personal", is_flag=True, help=said)(command)


#: What a damaged or altered record makes reading raise.
_BROKEN = (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, OSError, sqlite3.Error, zlib.error)


def undamaged(command: Callable[..., int | None]) -> Callable[..., int | None]:
    """Say that a ledger was changed where that is why a command failed; a fault of ours stays one."""

    @wraps(command)
    def run(path: Path, **given: Any) -> int | None:
        try:
            return command(path, **given)
        except _BROKEN:
            from alertengine.ledger import verify
            from alertengine.workflow import check_contents

            if not path.is_file():
                raise
            found = verify(path)
            if found.sound:
                check_contents(found)
            if found.sound:
                raise
            code = "record_foreign" if found.defects[0].kind == "foreign" else "record_was_changed"
            raise InputError([Problem(code, file=str(path), defect=found.defects[0])]) from None

    return run


@click.command("log")
@ledger_argument
@click.option("--kind", help="Only acts of this kind.")
@json_option
@guarded
@undamaged
def log(path: Path, kind: str | None, as_json: bool) -> None:
    """All acts, the latest last."""
    from alertengine.ledger import KINDS, Ledger, corrections

    with Ledger.open(path) as ledger:
        acts, after = ledger.acts(kind), corrections(ledger.acts())
        if not acts and kind and kind not in KINDS:
            raise InputError([Problem("act_kind_unknown", where="--kind", value=kind, names=coded(KINDS, KINDS))])
        rows = [
            {
                "act": act.act,
                "kind": act.kind,
                "title": act.title,
                "issued_at": act.issued_at if as_json else act.issued_at[:16],
                "recorded_at": act.recorded_at if as_json else act.recorded_at[:16],
                "approved_by": act.approved_by,
                "corrects": act.corrects,
                "corrected_by": after.get(act.act),
                **{part.part: part.rows for part in ledger.parts(act.act)},
                "hash": act.hash if as_json else act.hash[:12],
            }
            for act in acts
        ]
    columns = list(dict.fromkeys(name for row in rows for name in row if name != "hash"))
    said = [{name: row.get(name) for name in [*columns, "hash"]} for row in rows]
    print_table(said, as_json=as_json, codes={"kind": KINDS})


@click.command("show")
@ledger_argument
@act_argument
@click.option("--table", help="Print a table of the act: orders, warnings, ...")
@personal_options
@json_option
@guarded
@undamaged
def show(path: Path, number: int, table: str | None, personal: bool, by: str, reason: str, as_json: bool) -> None:
    """Everything an act says: who, when, the procedure, its tables and the files it rests on."""
    from alertengine.files import records
    from alertengine.ledger import KINDS, Ledger, record_access, require_reason

    if personal:
        require_reason(path, by, reason)
    with Ledger.open(path) as ledger:
        if table:
            found = ledger.part(number, table, personal=personal)
            if personal:
                record_access(path, table, by, reason, [number])
            print_table(records(found), as_json=as_json)
            return
        act = ledger.act(number)
        said = {name: getattr(act, name) for name in type(act).__slots__}
        parts = [{"table": one.part, "rows": one.rows, "sha256": one.sha256} for one in ledger.parts(number)]
        files = [{"file": i.path, "sha256": i.sha256, "kept": i.kept} for i in ledger.inputs(number)]
    if as_json:
        click.echo(json.dumps({**said, "parts": parts, "inputs": files}, ensure_ascii=False, indent=2))
        return
    head = {k: v for k, v in dict(said.pop("head")).items() if k not in ("procedure", "summaries")}
    every = {**said, **{k: json.dumps(v, ensure_ascii=False) if isinstance(v, dict) else v for k, v in head.items()}}
    rows = [{"column": name, "value": value} for name, value in every.items() if value not in (None, "", "{}")]
    names = {name: printed_column(name) for name in every} | {"decided": "作出决定的时间"}
    print_table(rows, as_json=False, codes={"column": names, "value": KINDS})
    columns = ("city", "level", "step", "verdict", "given", "actor", "basis", "standing")
    print_table([{name: one[name] for name in columns} for one in act.head.get("procedure", [])], as_json=False)
    print_table(parts, as_json=False)
    print_table(files, as_json=False)


@click.command("explain")
@ledger_argument
@act_argument
@click.option("--line", required=True, help="An order id, ENTERPRISE/LINE, or a line id where it is unique.")
@json_option
@guarded
@undamaged
def explain(path: Path, number: int, line: str, as_json: bool) -> None:
    """Why a line got its order, by the rules and the list of then."""
    from alertengine.ledger import Ledger
    from alertengine.workflow import explain_line

    with Ledger.open(path) as ledger:
        found = explain_line(ledger, number, line)
    print_explanation(found, as_json=as_json)


@click.command("diff")
@ledger_argument
@click.argument("before", metavar="A", type=click.IntRange(min=1))
@click.argument("after", metavar="B", type=click.IntRange(min=1))
@click.option("--all-columns", is_flag=True, help="Also order ids and texts that follow from the rest.")
@json_option
@guarded
@undamaged
def diff(path: Path, before: int, after: int, all_columns: bool, as_json: bool) -> None:
    """How the orders of two acts differ, by line and column."""
    from alertengine.ledger import Ledger, compare_orders

    ignore = () if all_columns else ("order_id", "standing")
    with Ledger.open(path) as ledger:
        tables = [ledger.orders(number, personal=False) for number in (before, after)]
    found = compare_orders(tables[0], tables[1], ignore)
    _print_differences([asdict(one) for one in found], as_json=as_json)
    say("acts_differ", count=len(found), before=before, after=after, counted=_counted(found))


def _counted(differences: Sequence[Difference]) -> Words | str:
    """How many differences each column has, the most first; blank where there are none."""
    counts = Counter(one.column for one in differences).most_common()
    said = [
        Both(f"{name or 'the row itself'} {count}", f"{printed_column(name) if name else '整行'}{count}处")
        for name, count in counts
    ]
    return Words("counted_by_column", columns=said) if said else ""


def _print_differences(rows: list[dict[str, Any]], *, as_json: bool) -> None:
    print_table(rows if as_json else rows[:SHOWN], as_json=as_json)
    if not as_json and len(rows) > SHOWN:
        say("and_more_rows", count=len(rows) - SHOWN, ways=["--json"])


@click.command("replay")
@ledger_argument
@click.argument("number", metavar="[ACT]", type=click.IntRange(min=1), required=False)
@json_option
@guarded
@undamaged
def replay(path: Path, number: int | None, as_json: bool) -> int:
    """Recompute an act, or every one, from its snapshots and compare byte for byte; exit status 1 where it differs."""
    from alertengine.ledger import Ledger
    from alertengine.workflow import replay as replayed

    rows, same = [], True
    with Ledger.open(path) as ledger:
        for one in [number] if number else [act.act for act in ledger.acts("issue")]:
            found = replayed(ledger, one)
            same &= found.identical
            rows += [{"act": one, **asdict(difference)} for difference in found.differences]
            say("act_replayed", act=one, rows=found.rows, **_replay_words(found))
    _print_differences(rows, as_json=as_json)
    return int(not same)


def _replay_words(found: Replayed) -> dict[str, Words | str]:
    """What a replay came to: the arguments of ``act_replayed``."""
    differ = {"count": len(found.differences), "counted": _counted(found.differences)}
    changed = [f"{name} {then} → {now}" for name, (then, now) in found.versions.items()]
    return {
        "text": Words("replay_same") if found.identical else Words("replay_differs", **differ),
        "erased": Words("replay_erased") if found.erased else "",
        "since": Words("replay_since", versions=changed) if changed else "",
    }


@click.command("export")
@ledger_argument
@click.option("-o", "--output", "output", type=FILE, required=True, help=".csv or .jsonl to write.")
@click.option("--what", default="orders", show_default=True, help="acts, orders, warnings, or another table.")
@click.option("--act", "numbers", type=click.IntRange(min=1), multiple=True, help="Only this act; may be repeated.")
@personal_options
@guarded
@undamaged
def export(path: Path, output: Path, what: str, numbers: tuple[int, ...], personal: bool, by: str, reason: str) -> None:
    """Write acts or their tables as csv or JSON lines, each row with its act and the act's hash."""
    from alertengine.ledger import Ledger, record_access
    from alertengine.ledger import export as exported

    if personal:
        Ledger.open(path).close()
        record_access(path, f"export {what}", by, reason, numbers)
    with Ledger.open(path) as ledger:
        acts = [ledger.act(number) for number in numbers] or None
        count = exported(ledger, what, output, acts, personal=personal)
    say("rows_written", count=count, file=output)


@click.command("browse")
@ledger_argument
@click.option("--port", type=click.IntRange(1, 65535), default=8765, show_default=True, help="Port on this machine.")
@guarded
@undamaged
def browse(path: Path, port: int) -> None:
    """Show the record in a browser on this machine, read-only, without personal data."""
    from alertengine.ledger import application, serve

    application(path)
    say("browsed_at", port=port)
    serve(path, port)


@click.command("active")
@ledger_argument
@click.option("--at", type=MomentParam(), help="Only what was issued by then; absent: all.")
@click.option(
    "-o", "--output", type=FILE, help="warnings .csv, as warn --active and the key active of a scenario read."
)
@click.option("--orders", type=FILE, help="orders .csv of what stops by a share, as the key active_orders reads.")
@json_option
@guarded
@undamaged
def active(path: Path, at: datetime | None, output: Path | None, orders: Path | None, as_json: bool) -> None:
    """The warnings that acts have issued, each change once; acts that another corrects are left out.

    \b
    alertengine ledger active record.db -o active.csv --orders active-orders.csv
    alertengine warn forecast.csv --active active.csv
    """
    import pandas as pd

    from alertengine.files import replacing, suffix_of
    from alertengine.ledger import Ledger
    from alertengine.orders import write_orders
    from alertengine.vocabulary import times as clock
    from alertengine.warning import rows_of, write_warnings
    from alertengine.workflow import share_orders_so_far, warnings_so_far

    for file in (output, orders):
        if file is not None:
            suffix_of(file, ".csv")
    with Ledger.open(path) as ledger:
        table = warnings_so_far(ledger, pd.Timestamp(at) if at else None)
        if orders is not None:
            shares = share_orders_so_far(ledger, at or clock.now().replace(tzinfo=None))
            write_orders(shares, orders)
            say("rows_written", count=len(shares), file=orders)
    if output is not None:
        replacing(output, lambda target: write_warnings(table, target))
        say("rows_written", count=len(table), file=output)
    else:
        rows = rows_of(table)
        print_table(warning_rows(rows, rows, codes=as_json), as_json=as_json)


VIEWS = (log, show, explain, diff, replay, export, browse, active)
