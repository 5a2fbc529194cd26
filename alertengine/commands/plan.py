"""``plan``: the least costly stricter measures that close the gap to the required ratio."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alertengine.commands.common import (
    FILE,
    Day,
    adopt_option,
    adopted,
    finish,
    guarded,
    json_option,
    known_option,
    print_table,
    profile_option,
    progress_bar,
    rules_option,
)
from alertengine.vocabulary.problems import InputError, Problem

if TYPE_CHECKING:
    from alertengine.simulation.planning.run import PlanRun

_STATUS = {
    "closed": "缺口可补齐",
    "no_gap": "没有缺口",
    "short": "没有合规方案能补齐，下为最接近的方案",
    "missed": "未能补齐：各组措施相互影响，未逐一试算",
}


@click.command()
@click.argument("enterprise_list", metavar="LIST", type=FILE)
@click.option(
    "--level",
    "levels",
    type=click.Choice(["yellow", "orange", "red"]),
    required=True,
    multiple=True,
    help="May be repeated: the levels are planned together, a graver one never lighter.",
)
@click.option("--date", "day", type=Day(), required=True, help="Day of the law.")
@click.option("--city", help="Only this city.")
@click.option("--totals", type=FILE, help="City totals (全社会排放量) beside the list.")
@click.option("--steps", type=FILE, help="The measures to choose from; absent: enterprise_lists/plan.yaml.")
@click.option("--value", metavar="HEADER", help="A further column of the list with the value of each line's output.")
@click.option("--leave-undetermined", is_flag=True, help="Leave out groups for which no rule and no plan speaks.")
@click.option("--seconds", type=click.FloatRange(1), default=60.0, show_default=True, help="For one run of the solver.")
@click.option("-o", "--output", type=FILE, help="plan.csv to write.")
@click.option("--rules-out", type=FILE, help="Write the draft (待公示) as a rule document, to use with orders --rules.")
@known_option
@adopt_option
@rules_option
@profile_option
@json_option
@guarded
def plan(
    enterprise_list: Path,
    levels: tuple[str, ...],
    day: date,
    city: str | None,
    totals: Path | None,
    steps: Path | None,
    value: str | None,
    leave_undetermined: bool,
    seconds: float,
    output: Path | None,
    rules_out: Path | None,
    known_on: date | None,
    adopt: tuple[str, ...],
    rules: tuple[Path, ...],
    as_json: bool,
) -> int:
    """The least costly stricter measures, not below any rule, that close the gap to the required ratio.

    A draft for the list's revision, marked 待公示.  Exit status 1 where no lawful plan closes the gap;
    the nearest one is written.
    """
    _needs_solver()
    from alertengine.rulebook.book import Rulebook
    from alertengine.simulation.planning.run import Wish, plan_list
    from alertengine.simulation.planning.write import check_targets, write_plan
    from alertengine.vocabulary.fields import Level

    check_targets(output, rules_out)
    book = Rulebook.load(rules, adopt=adopted(adopt))
    with progress_bar("planning") as tick:
        wish = Wish(city, totals, known_on, steps, value, leave_undetermined, seconds, tick)
        run = plan_list(book, enterprise_list, [Level(level) for level in levels], day, wish)
    write_plan(run, output, rules_out)
    if as_json:
        print_table(_as_data(run), as_json=True)
    else:
        _print(run)
    return finish(run)


def _needs_solver() -> None:
    """Say what to install where the solver is missing."""
    try:
        import scipy  # noqa: F401
    except ImportError:
        raise InputError([Problem("scipy_missing", where="plan")]) from None


def _as_data(run: PlanRun) -> list[dict[str, Any]]:
    """The plan of each city as JSON: certificate, measures, what is left out, burden."""
    out = []
    for one in run.cities:
        rows = run.table[run.table["city"] == one.city]
        changed = rows[rows["changed"].astype(bool)].astype("object")
        out.append(
            {
                "city": one.city,
                "document": run.document["document"],
                "groups": len(one.grouping.groups),
                "certificate": one.certificate,
                "measures": changed.where(changed.notna(), None).to_dict("records"),
                "left_out": [
                    {"industry": left.key.industry, "process": left.key.process, "grade": left.key.grade,
                     "lines": left.lines, "reason": left.reason}
                    for left in one.grouping.left_out
                ],
                "burden": one.burden,
            }
        )  # fmt: skip
    return out


def _print(run: PlanRun) -> None:
    from alertengine.simulation.planning.table import (
        readable_burden,
        readable_remainder,
        readable_requirements,
        readable_rows,
    )

    for one in run.cities:
        found, several = one.certificate, len(one.burden) > 1
        lost: Mapping[str, Any] = found["production_lost"]
        click.echo(f"{one.city}：{_STATUS[found['status']]}（草案，待公示）")
        print_table(readable_requirements(found["requirements"]), as_json=False)
        if found["status"] in ("short", "missed"):
            click.echo("未减的排放量在哪里（千克/日）")
            print_table(readable_remainder(found["requirements"]), as_json=False)
        print_table(readable_rows(run.table[run.table["city"] == one.city]), as_json=False)
        click.echo(
            f"损失产能：现行{lost['now']:.2f}，拟定{lost['plan']:.2f}，共{lost['of']:.1f}"
            f"（{lost['unit']}，{lost['basis']}" + ("；各级别相加）" if several else "）")
        )
        proven = "已证明最省" if found["proven"] else "未证明最省"
        click.echo(f"{proven}：下界{found['bound']:.4f}，相对差距{found['gap']:.2e}（{found['solver']}）")
        for reason, count in one.grouping.reasons().items():
            click.echo(f"未纳入{count}条：{reason}")
        for held in found["held_back_by"]:
            click.echo(f"起约束作用：{held['row']}")
        print_table(readable_burden(one.burden), as_json=False)
