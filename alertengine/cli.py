"""The commands: a few lines each that call the rooms.

Exit status: 0 done; 1 done, and a person must look; 2 input unusable, nothing written.
Messages go to stderr, tables and JSON to stdout.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from functools import wraps
from pathlib import Path
from typing import Any

import click

import alertengine
from alertengine.errors import AlertEngineError, InputError, Problem

#: Messages of one kind shown before the rest is only counted.
SHOWN_MESSAGES = 40
_FILE = click.Path(path_type=Path)
_LEVELS = click.Choice(["none", "yellow", "orange", "red"])


class _Day(click.ParamType[date]):
    """A day as YYYY-MM-DD."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return value if isinstance(value, date) else date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a day; expected YYYY-MM-DD", param, ctx)


class _Moment(click.ParamType[datetime]):
    """A time as YYYY-MM-DD or 'YYYY-MM-DD HH:MM'."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a time; expected YYYY-MM-DD or 'YYYY-MM-DD HH:MM'", param, ctx)


def _guarded(command: Callable[..., int | None]) -> Callable[..., None]:
    """Say what was wrong with an input on stderr and leave with the contract's exit status."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            status = command(*args, **kwargs)
        except InputError as error:
            _tell(error.problems)
            sys.exit(2)
        except AlertEngineError as error:
            click.echo(f"error: {error}", err=True)
            sys.exit(2)
        sys.exit(status or 0)

    return run


def _tell(problems: Iterable[Problem], prefix: str = "") -> None:
    """Messages to stderr, one a line; a long list is cut and counted."""
    messages = [f"{prefix}{problem}" for problem in problems]
    for message in messages[:SHOWN_MESSAGES]:
        click.echo(message, err=True)
    if len(messages) > SHOWN_MESSAGES:
        click.echo(f"{prefix}and {len(messages) - SHOWN_MESSAGES} more of the same kind", err=True)


def _table(rows: Sequence[dict[str, Any]], *, as_json: bool) -> None:
    """Rows to stdout, as a table or as JSON."""
    if as_json:
        click.echo(json.dumps(list(rows), ensure_ascii=False, indent=2, default=str))
        return
    if not rows:
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(header_style="bold")
    for column in rows[0]:
        table.add_column(str(column), overflow="fold")
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row.values()))
    Console(width=None if sys.stdout.isatty() else 160).print(table)


def _adopted(pairs: Sequence[str]) -> dict[str, str]:
    out = {}
    for pair in pairs:
        name, _, place = pair.partition("=")
        if not name or not place:
            raise InputError([Problem("--adopt", "cannot be read", value=pair, expected="DOCUMENT=AREA")])
        out[name] = place
    return out


_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
_rules_option = click.option(
    "--rules", "rules", type=_FILE, multiple=True, help="A folder of rules added to the shipped ones; may be repeated."
)
_adopt_option = click.option(
    "--adopt",
    multiple=True,
    metavar="DOCUMENT=AREA",
    help="Apply a document that awaits adoption to a city or 城市/区县.",
)
_known_option = click.option("--known-on", type=_Day(), help="Only documents issued by that day count.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(alertengine.__version__, package_name="alertengine")
def main() -> None:
    """Rule engine for heavy-pollution emergency response (重污染天气应急)."""


@main.command()
@click.argument("scenario")
@click.option("-o", "--output", "folder", type=_FILE, required=True, help="Folder the results are written to.")
@_json_option
@_guarded
def respond(scenario: str, folder: Path, as_json: bool) -> int:
    """Forecast and list in, warnings and an order for every line out.

    SCENARIO is a YAML file or the name of a shipped scenario.  Writes warnings.csv,
    orders.csv, orders.xlsx, summary.json and report.html.

    \b
    alertengine respond 2020-01-22-province -o out
    """
    from alertengine.scenario.model import read_scenario
    from alertengine.scenario.respond import respond as run_scenario
    from alertengine.scenario.respond import write_outputs

    run = run_scenario(read_scenario(scenario))
    write_outputs(run, folder)
    _tell(run.notes, "note: ")
    _tell(run.problems)
    _tell_undetermined(run.orders)
    _table([] if as_json else _warning_rows(run.warnings.record), as_json=False)
    _table(run.summaries if as_json else _summary_rows(run.summaries), as_json=as_json)
    click.echo(f"written to {folder}", err=True)
    return run.exit_status


@main.command()
@click.argument("forecast", type=_FILE)
@click.option("--observed", type=_FILE, help="Observations: forecast columns or the national hourly feed.")
@click.option("--active", type=_FILE, help="warnings.csv of the run before.")
@click.option("--date", "now", type=_Moment(), help="Now; absent: the newest issue time of the forecast.")
@click.option("-o", "--output", "output", type=_FILE, help="warnings.csv to write.")
@_known_option
@_rules_option
@_json_option
@_guarded
def warn(
    forecast: Path,
    observed: Path | None,
    active: Path | None,
    now: datetime | None,
    output: Path | None,
    known_on: date | None,
    rules: tuple[Path, ...],
    as_json: bool,
) -> int:
    """Decide the warnings of every city of a forecast."""
    import pandas as pd

    from alertengine.orders.write import replacing
    from alertengine.rulebook.book import Rulebook
    from alertengine.warning.decide import decide_warnings
    from alertengine.warning.forecast import read_forecast
    from alertengine.warning.record import read_warnings, write_warnings

    book = Rulebook.load(rules)
    result = decide_warnings(
        read_forecast(forecast, book.lists),
        book,
        now=pd.Timestamp(now) if now else None,
        observed=read_forecast(observed, book.lists, observed=True) if observed else None,
        active=read_warnings(active) if active else None,
        known_on=known_on,
    )
    if output:
        replacing(output, lambda target: write_warnings(result.record, target))
    _tell(result.notes, "note: ")
    _tell(result.problems)
    _table(_warning_rows(result.table, codes=as_json), as_json=as_json)
    if not len(result.table) and not as_json:
        click.echo("no change: no warning to issue, extend, raise, lower or lift", err=True)
    return int(bool(result.problems))


@main.command()
@click.argument("enterprise_list", metavar="LIST", type=_FILE)
@click.option("--level", type=_LEVELS, required=True, help="none: what binds without a warning.")
@click.option("--date", "day", type=_Day(), required=True, help="Day of the law, and the first day of the response.")
@click.option("--city", help="Only this city.")
@click.option("--hours", type=click.FloatRange(min=0, min_open=True), help="Expected length; absent: open-ended.")
@click.option("--totals", type=_FILE, help="City totals (全社会排放量) beside the list.")
@click.option("-o", "--output", "output", type=_FILE, help="orders .csv, .xlsx or .parquet to write.")
@_known_option
@_adopt_option
@_rules_option
@_json_option
@_guarded
def orders(
    enterprise_list: Path,
    level: str,
    day: date,
    city: str | None,
    hours: float | None,
    totals: Path | None,
    output: Path | None,
    known_on: date | None,
    adopt: tuple[str, ...],
    rules: tuple[Path, ...],
    as_json: bool,
) -> int:
    """Orders for a list at a level and day."""
    from alertengine.orders.run import run_orders
    from alertengine.orders.write import write_orders
    from alertengine.rulebook.book import Rulebook
    from alertengine.vocabulary import Level

    book = Rulebook.load(rules, adopt=_adopted(adopt))
    run = run_orders(book, enterprise_list, Level(level), day, city=city, hours=hours, totals=totals, known_on=known_on)
    if output:
        write_orders(run.table, output, run.summaries)
    _tell(run.enterprises.warnings, "note: ")
    _tell(run.enterprises.problems)
    _tell(run.notes, "note: ")
    _tell_undetermined(run.table)
    _table(run.summaries if as_json else _summary_rows(run.summaries), as_json=as_json)
    return run.exit_status


@main.group()
def rules() -> None:
    """The rulebook itself."""


@rules.command("check")
@_rules_option
@_guarded
def rules_check(rules: tuple[Path, ...]) -> int:
    """Load every document, compile every rule, and say what is wrong or missing."""
    from alertengine.engine.lint import check_rulebook
    from alertengine.orders.cases import case_files, read_cases
    from alertengine.rulebook.book import Rulebook

    book = Rulebook.load(rules)
    findings = check_rulebook(book)
    _tell(findings)
    cases = sum(len(read_cases(path)) for path in case_files(book.folders))
    holes = len(book.holes) + sum(len(document.missing) for document in book.documents.values())
    click.echo(
        f"{len(book.documents)} documents, {len(book.rules)} rules, {cases} worked cases, "
        f"{holes} declared holes, {len(findings)} findings"
    )
    return int(bool(findings))


@rules.command("test")
@_rules_option
@_json_option
@_guarded
def rules_test(rules: tuple[Path, ...], as_json: bool) -> int:
    """Run every worked case (*.test.yaml); a failing one is shown as expected against got."""
    from alertengine.orders.cases import CaseRunner, case_files, read_cases
    from alertengine.rulebook.book import Rulebook

    book = Rulebook.load(rules)
    runner = CaseRunner(book)
    outcomes = [runner.run(case, path) for path in case_files(book.folders) for case in read_cases(path)]
    failed = [outcome for outcome in outcomes if outcome.differences]
    rows = [{"file": o.file.name, "case": o.case.name, "differences": "; ".join(o.differences)} for o in failed]
    _table(rows, as_json=as_json)
    click.echo(f"{len(outcomes) - len(failed)} cases hold, {len(failed)} fail", err=as_json)
    return int(bool(failed))


@rules.command("show")
@click.argument("rule_id", metavar="[ID]", required=False)
@click.option("--kind", help="Only rules of this kind.")
@click.option("--city", help="Only what is in force in this city (城市 or 城市/区县).")
@click.option(
    "--date", "day", type=_Day(), help="In force on this day; absent: today, or any day where an ID is given."
)
@click.option("--level", type=_LEVELS, help="Leave out rules of the other levels.")
@_known_option
@_adopt_option
@_rules_option
@_json_option
@_guarded
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

    book = Rulebook.load(rules, adopt=_adopted(adopt))
    found = find_rules(book, Query(rule_id, kind, city, day, level, known_on))
    shown = [rule_as_dict(rule, book) for rule in found]
    if as_json or rule_id:
        click.echo(json.dumps(shown, ensure_ascii=False, indent=2, default=str))
    else:
        columns = ("id", "kind", "title", "article", "number", "source")
        _table([{name: row[name] for name in columns} for row in shown], as_json=False)
        click.echo(f"{len(shown)} rules", err=True)
    return 0


@main.group()
def lists() -> None:
    """Enterprise lists."""


@lists.command("generate")
@click.option("--lines", "count", type=click.IntRange(min=1), required=True, help="Number of production lines.")
@click.option("--seed", type=int, default=0, show_default=True, help="Same seed, same bytes.")
@click.option("--city", multiple=True, help="Cities to spread over; absent: all on file.")
@click.option("-o", "--output", "output", type=_FILE, required=True, help="List .csv, .xlsx or .parquet to write.")
@_guarded
def lists_generate(count: int, seed: int, city: tuple[str, ...], output: Path) -> int:
    """Make a synthetic list of any size with realistic shares, labelled synthetic."""
    from alertengine.lists.generate import generate
    from alertengine.lists.settings import load_settings
    from alertengine.lists.write import write_list
    from alertengine.rulebook.book import Rulebook

    write_list(generate(count, seed, Rulebook.load().lists, load_settings(), cities=city), output)
    return 0


def _warning_rows(table: Any, *, codes: bool = False) -> list[dict[str, Any]]:
    """Warnings as rows to print: the contract's names with codes, or Chinese."""
    from alertengine.vocabulary import ACTION_TEXT, LEVEL_TEXT, WARNING_COLUMNS

    rows = []
    for row in table.to_dict("records"):
        clean = {name: ("" if value != value or value is None else str(value)) for name, value in row.items()}  # noqa: PLR0124 -- NaT and NaN differ from themselves
        if not codes:
            clean |= {"action": ACTION_TEXT[clean["action"]], "level": LEVEL_TEXT.get(clean["level"], "")}
            wanted = ("city", "counties", "action", "level", "starts", "ends", "primary", "reason")
            clean = {WARNING_COLUMNS[name]: clean[name] for name in wanted}
        rows.append(clean)
    return rows


def _summary_rows(summaries: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The summary as rows to print."""
    from alertengine.orders.write import readable_totals

    table = readable_totals(summaries)
    for name in ("预警减排比例", "含错峰减排比例", "要求比例"):
        if name in table:
            table[name] = [f"{value:.1%}" if value == value and value is not None else "" for value in table[name]]  # noqa: PLR0124
    return [
        {str(name): value for name, value in row.items() if name not in ("要求依据", "日期", "清单年份")}
        for row in table.astype("object").where(table.notna(), "").to_dict("records")
    ]


def _tell_undetermined(table: Any) -> None:
    """The lines without a ground first, grouped by industry and process."""
    if not len(table):
        return
    from alertengine.orders.phrases import NO_GROUND

    rows = table[table["remark"].astype(str).str.contains(NO_GROUND, regex=False)]
    if not len(rows):
        return
    click.echo(f"依据缺失 {len(rows)} 条，须人工确定：", err=True)
    names = rows["industry"].astype(str) + " " + rows["process"].astype(str)
    for name, count in names.value_counts().head(SHOWN_MESSAGES).items():
        click.echo(f"  {name}：{count} 条", err=True)
