"""What commands print: tables, sums, bars, and the lines that a person must look at.

Tables and JSON go to stdout, all else to stderr.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from alertengine.commands.common import SHOWN_MESSAGES, said, say
from alertengine.vocabulary import PRINTED_CODES, language, printed_column

if TYPE_CHECKING:
    import pandas as pd

    from alertengine.files import CodedTable
    from alertengine.orders import SummaryEntry
    from alertengine.rulebook import Rulebook
    from alertengine.warning import Warnings


def print_table(
    rows: Sequence[Mapping[str, Any]],
    *,
    as_json: bool,
    heads: Mapping[str, str] | None = None,
    codes: Mapping[str, Mapping[str, str]] | None = None,
) -> None:
    """Rows to stdout, as a table with heads and codes in the language of the messages, or as JSON.

    ``heads`` are the Chinese names of columns, and ``codes`` those of the codes in a column, where this table has
    others than most.
    """
    if as_json:
        click.echo(json.dumps(list(rows), ensure_ascii=False, indent=2, default=str))
        return
    if not rows:
        return
    from rich.console import Console
    from rich.table import Table

    chinese = language() == "zh"
    named, words = heads or {}, {**PRINTED_CODES, **(codes or {})}
    table = Table(header_style="bold")
    for column in rows[0]:
        table.add_column(named.get(column) or printed_column(column) if chinese else column, overflow="fold")
    for row in rows:
        cells = {column: "" if value is None else str(value) for column, value in row.items()}
        table.add_row(*(words.get(column, {}).get(text, text) if chinese else text for column, text in cells.items()))
    Console(width=None if sys.stdout.isatty() else 160, markup=False).print(table)


@contextmanager
def progress_bar(code: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr where that is a terminal, with the words of a code; the caller says how many more of how many."""
    if not sys.stderr.isatty():
        yield lambda _done, _of: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    label = said(code)
    columns = (TextColumn(label), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, of: bar.update(task, advance=done, total=of)


def warning_rows(
    told: Iterable[Mapping[str, Any]], record: Iterable[Mapping[str, Any]], *, codes: bool = False
) -> list[dict[str, Any]]:
    """Transitions of a record as rows to print: the contract's names with codes, or Chinese."""
    from alertengine.vocabulary import DECISION_TEXT, LEVEL_TEXT, WARNING_COLUMNS, times
    from alertengine.warning import kinds

    rows, held = [], list(told)
    for row, kind in zip(held, kinds(held, record), strict=True):
        clean = {name: "" if row[name] is None else str(row[name]) for name in WARNING_COLUMNS}
        if not codes:
            clean |= {"action": DECISION_TEXT[kind], "level": LEVEL_TEXT.get(clean["level"], "")}
            clean |= {name: times.moment(row[name]) for name in ("starts", "ends")}
            wanted = ("city", "counties", "action", "level", "starts", "ends", "primary", "reason")
            clean = {WARNING_COLUMNS[name]: clean[name] for name in wanted}
        rows.append(clean)
    return rows


def summary_rows(summaries: Sequence[SummaryEntry]) -> list[dict[str, Any]]:
    """The summary as rows to print."""
    from alertengine.orders import total_rows
    from alertengine.vocabulary import kilograms, percent

    out = []
    for row in total_rows(summaries):
        shown = {name: "" if value is None else value for name, value in row.items()}
        shown |= {name: kilograms(row[name]).removeprefix("—") for name in row if name.endswith("(千克/日)")}
        for name in ("预警减排比例", "含错峰减排比例", "要求比例"):
            shown[name] = percent(row[name], row["要求比例"]).removeprefix("—")
        out.append({name: value for name, value in shown.items() if name not in ("要求依据", "日期", "清单年份")})
    return out


def tell_undetermined(orders: CodedTable | pd.DataFrame) -> None:
    """The lines without a ground first, grouped by industry and process."""
    from alertengine.files import CodedTable, joined
    from alertengine.vocabulary import Flag, flags_of, with_flags

    if not len(orders):
        return
    table = orders if isinstance(orders, CodedTable) else CodedTable.of(with_flags(orders))
    flags = table.text("flags")
    marked = flags.table([Flag.NO_GROUND in flags_of(text) for text in flags.names], missing=False, dtype=bool)
    rows = marked.nonzero()[0]
    rows = rows[joined(*(table.text(name).codes[rows] for name in ("enterprise_id", "line_id")))[1]]
    if not len(rows):
        return
    click.echo(f"依据缺失 {len(rows)} 条，须人工确定：", err=True)
    industry, process = table.text("industry"), table.text("process")
    names = Counter(f"{industry[row] or ''} {process[row] or ''}" for row in rows)
    for name, count in names.most_common(SHOWN_MESSAGES):
        click.echo(f"  {name}：{count} 条", err=True)


def tell_early(result: Warnings, lines: pd.DataFrame, book: Rulebook, *, as_json: bool, doubtful: bool = False) -> None:
    """Print the uninterruptible lines to tell early; to stderr what the list leaves open.

    ``doubtful`` is whether more is open than the forecast itself says, such as a city without a row: then, as
    where the forecast has problems, it is not said that nobody need be told.
    """
    from alertengine.warning import EARLY_COLUMNS, EARLY_SHOWN, early_notice

    table = early_notice(result, lines, book.lists)
    if not table.attrs["cities"]:
        if doubtful or result.exit_status:
            say("early_not_judged")
            return
        click.echo("橙色及以上预警没有连续多次出现的可能，不需提前告知", err=True)
        return
    click.echo(f"可能连续多次启动橙色及以上预警：{'、'.join(table.attrs['cities'])}", err=True)
    if table.attrs["unknown"]:
        click.echo(f"其中 {table.attrs['unknown']} 条生产线是否可中断未填，须核实", err=True)
    if as_json:
        return
    click.echo("生产工序不可中断、须提前告知的生产线（停产所需时间未载明的，最迟按最早启动时间告知，宜尽早）：")
    clean = table.astype("object").where(table.notna(), "")[list(EARLY_SHOWN)]
    print_table([{EARLY_COLUMNS[str(k)]: v for k, v in row.items()} for row in clean.to_dict("records")], as_json=False)
