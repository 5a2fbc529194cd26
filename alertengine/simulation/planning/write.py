"""Writing a plan: the table as csv, the draft as a rule document; both whole or not at all."""

from __future__ import annotations

from pathlib import Path

from alertengine.files import replacing, replacing_text, write_rows
from alertengine.simulation.planning.run import PlanRun
from alertengine.simulation.planning.table import PLAN_TABLE
from alertengine.vocabulary import InputError, Problem


def check_targets(output: Path | None, rules_out: Path | None) -> None:
    """Refuse names that would not be read again, before any work is done.

    Raises:
        InputError: another suffix than .csv, or a name that a rules folder does not read as a document.

    """
    problems = []
    if output is not None and output.suffix.lower() != ".csv":
        problems.append(Problem("only_csv", file=str(output), value=output.suffix))
    if rules_out is not None:
        unread = rules_out.name.endswith(".test.yaml") or rules_out.name == "precedence.yaml"
        if rules_out.suffix != ".yaml" or unread or rules_out.parent.name == "vocabulary":
            problems.append(Problem("not_a_rules_place", file=str(rules_out)))
    if problems:
        raise InputError(problems)


def write_plan(run: PlanRun, output: Path | None, rules_out: Path | None) -> None:
    """Write the table and the draft, each where it is asked for.

    Raises:
        InputError: a file cannot be written.

    """
    if output is not None:
        table = run.table.astype("object")
        rows = [dict(zip(PLAN_TABLE, cells, strict=True)) for cells in table.where(table.notna(), None).to_numpy()]
        replacing(output, lambda target: write_rows(target, PLAN_TABLE, rows))
    if rules_out is not None:
        replacing_text(rules_out, run.text)
