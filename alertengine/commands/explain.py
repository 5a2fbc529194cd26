"""``explain``: why, why not, and what would change it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alertengine.commands.common import (
    FILE,
    adopted,
    decisions_option,
    finish,
    guarded,
    json_option,
    law_options,
    reading_options,
)
from alertengine.vocabulary import Problem, gathering, refuse_together, to_minute

if TYPE_CHECKING:
    from datetime import date

    from alertengine.orders import Explanation, Reason

#: Changes named one by one, of each warning.
SHOWN_CHANGES = 12


@click.command()
@click.argument("orders", metavar="ORDERS", type=FILE)
@click.option("--line", required=True, help="An order id, ENTERPRISE/LINE, or a line id where it is unique.")
@click.option("--list", "enterprise_list", type=FILE, help="The list; absent: the one summary.json beside names.")
@decisions_option
@law_options
@reading_options
@json_option
@guarded
def explain(
    orders: Path,
    line: str,
    enterprise_list: Path | None,
    decisions: Path | None,
    known_on: date | None,
    adopt: tuple[str, ...],
    rules: tuple[Path, ...],
    as_json: bool,
) -> int:
    """Why a line got its order, why not a lighter one, and what would change it."""
    from alertengine.files import one_run, require_input
    from alertengine.lists import decisions_file
    from alertengine.orders import explain as explained
    from alertengine.orders import list_beside
    from alertengine.rulebook import Rulebook

    book = Rulebook.load(rules, adopt=adopted(adopt))
    problems, listed, found = list[Problem](), enterprise_list, None
    with gathering(problems):
        if orders.is_file():  # else their reader tells
            run = one_run(orders)
            listed = listed or list_beside(orders)
            require_input(run, "list", listed)
            require_input(run, "decisions", decisions_file(listed, decisions))
    with gathering(problems):
        found = explained(orders, line, book, listed, known_on, decisions=decisions)
    refuse_together(problems, found)
    assert found is not None  # noqa: S101 -- as nothing was refused
    print_explanation(found, as_json=as_json)
    return finish(found)


def print_explanation(found: Explanation, *, as_json: bool) -> None:
    """An explanation to stdout, as a tree or as JSON."""
    if as_json:
        changes = [
            {"facts": dict(c.facts), "status": str(c.status), "share": c.share, "starts": to_minute(c.starts)}
            for c in found.changes
        ]
        content = {"phases": [one.as_dict() for one in found.phases], "lighter": changes}
        click.echo(json.dumps(content, ensure_ascii=False, indent=2, default=str))
        return
    from rich.console import Console
    from rich.tree import Tree

    console = Console(width=None if sys.stdout.isatty() else 160)
    for phase in found.phases:
        console.print(_grown(Tree(phase.text), phase))
    from alertengine.orders import in_sentences

    sentences = in_sentences(found.changes)
    click.echo("怎样会更轻（其他事实不变）：" if sentences else "没有单项或两项事实的改变会使这条指令更轻。")
    most = SHOWN_CHANGES * len({change.starts for change in found.changes})
    for sentence in sentences[:most]:
        click.echo(f"  {sentence}")
    if len(sentences) > most:
        click.echo(f"  另有{len(sentences) - most}种")


def _grown(tree: Any, reason: Reason) -> Any:
    """A rich tree with all reasons beneath it."""
    for one in reason.below:
        _grown(tree.add(one.text), one)
    return tree
