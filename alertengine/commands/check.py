"""``check``: every defect of an enterprise list, and what hangs on it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alertengine.commands.common import (
    FILE,
    SHOWN_MESSAGES,
    DayParam,
    adopted,
    decisions_option,
    guarded,
    json_option,
    law_options,
    reading_options,
    say,
    tell_readings,
)
from alertengine.commands.printing import print_table

if TYPE_CHECKING:
    from alertengine.checking import CheckRun


@click.command()
@click.argument("enterprise_list", metavar="LIST", type=FILE)
@click.option("--permits", type=FILE, help="Who holds a pollutant discharge permit: names, credit codes, numbers.")
@click.option("--totals", type=FILE, help="City totals (全社会排放量) beside the list.")
@decisions_option
@click.option(
    "--outlines",
    type=FILE,
    help="Outlines that map made: coordinates outside the county named; absent: ALERTENGINE_OUTLINES.",
)
@click.option(
    "--date", "day", type=DayParam(), help="Day of the law; absent: the day the list was published, or today."
)
@click.option(
    "-o",
    "--output",
    "outputs",
    type=FILE,
    multiple=True,
    help="problems .csv, or .xlsx: the list itself with its defects marked; may be repeated.",
)
@law_options
@json_option
@reading_options
@guarded
def check(
    enterprise_list: Path,
    permits: Path | None,
    totals: Path | None,
    decisions: Path | None,
    outlines: Path | None,
    day: date | None,
    outputs: tuple[Path, ...],
    known_on: date | None,
    adopt: tuple[str, ...],
    rules: tuple[Path, ...],
    as_json: bool,
) -> int:
    """Every defect of a list by row and column, what was expected, and which orders hang on it.

    Errors and findings make the exit status 1, warnings do not.  The same line twice makes the list
    unusable (2): everything found is still said, and no file is written.

    \b
    alertengine check list.xlsx --permits permits.xlsx --date 2021-12-01 -o problems.csv -o marked.xlsx
    """
    from alertengine.checking import DEFECT_SUFFIXES, check_list, write_check
    from alertengine.files import suffix_of
    from alertengine.rulebook import Rulebook

    for output in outputs:
        suffix_of(output, *DEFECT_SUFFIXES)
    book = Rulebook.load(rules, adopt=adopted(adopt))
    run = check_list(
        book,
        enterprise_list,
        day,
        permits=permits,
        totals=totals,
        decisions=decisions,
        known_on=known_on,
        outlines=outlines,
    )
    if not run.unusable:
        for output in outputs:
            write_check(run, output)
    if as_json:
        click.echo(json.dumps(as_dict(run), ensure_ascii=False, indent=2, default=str))
    else:
        _tell_gravest(run)
        print_table(kind_rows(run), as_json=False)
        print_table(ratio_rows(run), as_json=False)
    _tell_counts(run, outputs)
    tell_readings(run.enterprises)
    return run.exit_status


def kind_rows(run: CheckRun) -> list[dict[str, Any]]:
    """The findings grouped by kind, gravest first."""
    from alertengine.vocabulary import KINDS, SEVERITIES, SEVERITY_TEXT, language

    first = {finding.kind: finding for finding in reversed(run.findings)}
    counts = run.counts()
    return [
        {
            **(
                {"severity": SEVERITY_TEXT[KINDS[kind].severity]}
                if language() == "zh"
                else {"severity": KINDS[kind].severity, "kind": kind}
            ),
            "问题": KINDS[kind].title,
            "count": counts[kind],
            "first_row": first[kind].problem.row or "",
            "example": first[kind].problem.words("zh")[0],
            "影响": first[kind].hangs_on_text,
        }
        for kind in sorted(counts, key=lambda kind: SEVERITIES.index(KINDS[kind].severity))
    ]


def ratio_rows(run: CheckRun) -> list[dict[str, Any]]:
    """Whether each city reaches the required ratio, level by level."""
    from alertengine.vocabulary import LEVEL_TEXT, MET_TEXT, POLLUTANT_TEXT, percent

    rows = []
    for entry in run.summaries:
        row = {"城市": entry["city"], "预警级别": LEVEL_TEXT[entry["level"]]}
        for pollutant, ratio in (entry["ratio"] or {}).items():
            required = ratio.get("required")
            reached = percent(ratio.get("warning"), required).removeprefix("—")
            asked = f" / {percent(required)} {MET_TEXT[ratio['met']]}" if required is not None else ""
            row[POLLUTANT_TEXT[pollutant]] = reached + asked
        if entry["ratio"]:
            rows.append(row)
    return rows


def as_dict(run: CheckRun) -> dict[str, Any]:
    """Everything found, for ``--json``."""
    from alertengine.vocabulary import KINDS

    return {
        "file": run.enterprises.file,
        "date": run.day.isoformat(),
        "lines": len(run.enterprises.lines),
        "enterprises": run.firms,
        "enterprises_without_lines": run.without_lines(),
        "kinds": [
            {"kind": kind, "severity": KINDS[kind].severity, "title": KINDS[kind].title, "count": count}
            for kind, count in run.counts().items()
        ],
        "hangs_on": run.needs,
        "ratios": [
            {"city": one["city"], "level": one["level"], "ratio": one["ratio"], "met": one["met"]}
            for one in run.summaries
        ],
        "problems": [finding.as_row() for finding in run.findings],
    }


def _tell_gravest(run: CheckRun) -> None:
    """Errors and findings to stderr, one a line; a long list is cut and counted."""
    grave = [finding for finding in run.findings if finding.problem.severity != "warning"]
    for finding in grave[:SHOWN_MESSAGES]:
        click.echo(str(finding.problem), err=True)
    if len(grave) > SHOWN_MESSAGES:
        say("and_more_named", count=len(grave) - SHOWN_MESSAGES)


def _tell_counts(run: CheckRun, outputs: tuple[Path, ...]) -> None:
    from alertengine.vocabulary import FIELDS

    lines = len(run.enterprises.lines)
    say("lines_checked", lines=lines, without=run.without_lines(), firms=run.firms, day=run.day)
    for name, count in list(run.needs.items())[:SHOWN_MESSAGES]:
        click.echo(f"  待核实 {FIELDS[name].text}：{count} 条生产线", err=True)
    if run.unusable:
        say("line_stands_twice")
    elif outputs:
        say("written_to", files=[str(output) for output in outputs])
