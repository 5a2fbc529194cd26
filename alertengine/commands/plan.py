"""``plan``: the least costly stricter measures that close the gap to the required ratio."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alertengine.commands.common import (
    FILE,
    DayParam,
    HoursParam,
    adopted,
    decisions_option,
    finish,
    guarded,
    json_option,
    law_options,
    profile_option,
)
from alertengine.commands.printing import print_table, progress_bar
from alertengine.commands.usage import BadUsageError, BadValueError
from alertengine.vocabulary import InputError, Problem

if TYPE_CHECKING:
    from alertengine.simulation import PlanRun

_STATUS = {
    "closed": "缺口可补齐",
    "no_gap": "没有缺口",
    "short": "没有合规方案能补齐，下为最接近的方案",
    "nothing": "没有可供选择的措施：清单各线均属豁免、保障、自主减排或未纳入，缺口无法补齐",
    "open": "无法判定：未纳入而依据缺失或比例不明的生产线定下后可能补齐，下为最接近的方案",
    "missed": "未能补齐：各组措施相互影响，未逐一试算",
}


def _read_course(context: click.Context, option: click.Parameter, value: str | None) -> tuple[tuple[str, float], ...]:
    """The levels of a course with their hours."""
    out = []
    for part in value.split(",") if value else ():
        level, _, hours = part.strip().partition(":")
        if level not in ("yellow", "orange", "red") or not hours:
            raise BadValueError("usage_no_course", param=option, ctx=context, value=part)
        out.append((level, HoursParam().convert(hours, option, context)))
    return tuple(out)


@click.command()
@click.argument("enterprise_list", metavar="LIST", type=FILE)
@click.option(
    "--level",
    "levels",
    type=click.Choice(["yellow", "orange", "red"]),
    multiple=True,
    help="May be repeated: the levels are planned together, a graver one never lighter.",
)
@click.option("--hours", type=HoursParam(), help="Length of a response; absent: open-ended.")
@click.option(
    "--course",
    metavar="LEVEL:HOURS,...",
    callback=_read_course,
    help="One response through several levels, as yellow:48,orange:72, in place of --level and --hours.",
)
@click.option("--date", "day", type=DayParam(), required=True, help="Day of the law.")
@click.option("--city", help="Only this city.")
@click.option("--totals", type=FILE, help="City totals (全社会排放量) beside the list.")
@decisions_option
@click.option("--steps", type=FILE, help="The measures to choose from; absent: enterprise_lists/plan.yaml.")
@click.option("--value", metavar="HEADER", help="A further column of the list with the value of each line's output.")
@click.option("--leave-undetermined", is_flag=True, help="Leave out groups for which no rule and no plan speaks.")
@click.option(
    "--seconds", type=click.IntRange(1, 86_400), default=60, show_default=True, help="For one run of the solver."
)
@click.option("-o", "--output", type=FILE, help="plan.csv to write.")
@click.option("--rules-out", type=FILE, help="Write the draft (待公示) as a rule document, to use with orders --rules.")
@law_options
@profile_option
@json_option
@guarded
def plan(
    enterprise_list: Path,
    levels: tuple[str, ...],
    hours: float | None,
    course: tuple[tuple[str, float], ...],
    day: date,
    city: str | None,
    totals: Path | None,
    decisions: Path | None,
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
    """The least costly stricter measures, not below any rule, that close the gap to the required ratio in every phase.

    A draft for the list's revision, marked 待公示.  Exit status 1 where no lawful plan closes the gap;
    the nearest one is written.
    """
    try:
        import scipy  # noqa: F401
    except ImportError:
        raise InputError([Problem("scipy_missing", where="plan")]) from None
    from alertengine.rulebook import Rulebook
    from alertengine.simulation import PlanOptions, check_targets, plan_list, write_plan
    from alertengine.vocabulary import Level

    if bool(levels) == bool(course) or (course and hours is not None):
        raise BadUsageError("usage_level_or_course", click.get_current_context())
    check_targets(output, rules_out)
    book = Rulebook.load(rules, adopt=adopted(adopt))
    with progress_bar("bar_planning") as tick:
        through = tuple((Level(level), length) for level, length in course)
        wish = PlanOptions(
            city, totals, known_on, steps, value, leave_undetermined, seconds, hours, through, tick, decisions
        )
        run = plan_list(book, enterprise_list, [Level(level) for level in levels], day, wish)
    write_plan(run, output, rules_out)
    if as_json:
        print_table(_as_data(run), as_json=True)
    else:
        _print(run, course=bool(course))
    return finish(run)


def _as_data(run: PlanRun) -> list[dict[str, Any]]:
    """The plan of each city as JSON: certificate, measures, what is left out, burden."""
    from alertengine.files import records

    out = []
    for one in run.cities:
        rows = run.table[run.table["city"] == one.city]
        out.append(
            {
                "city": one.city,
                "document": run.document["document"],
                "groups": len(one.grouping.groups),
                "certificate": one.certificate,
                "measures": records(rows[rows["changed"].astype(bool)]),
                "left_out": [
                    {"industry": left.key.industry, "process": left.key.process, "grade": left.key.grade,
                     "lines": left.lines, "reason": left.reason}
                    for left in one.grouping.left_out
                ],
                "burden": one.burden,
            }
        )  # fmt: skip
    return out


def _print(run: PlanRun, *, course: bool) -> None:
    from alertengine.simulation import MISSED, readable_burden, readable_remainder, readable_requirements, readable_rows
    from alertengine.vocabulary import LEVEL_TEXT, POLLUTANT_TEXT, kilograms, number, rounded

    for one in run.cities:
        found, several = one.certificate, len(one.burden) > 1
        click.echo(f"{one.city}：{_STATUS[found['status']]}（草案，待公示）")
        print_table(readable_requirements(found["requirements"]), as_json=False)
        phases = {(entry["level"], entry["starts"]) for entry in found["requirements"]}
        in_parts = len(phases) > len({level for level, _ in phases})  # some level has more than one phase
        for level, phase in found["binding_phase"].items() if in_parts else ():
            until = f"至{phase['ends']}" if phase["ends"] else "起"
            click.echo(
                f"{LEVEL_TEXT[level]}起决定作用的阶段：{phase['starts']}{until}，{POLLUTANT_TEXT[phase['pollutant']]}"
                f"{'余' if phase['margin_kg_d'] >= 0 else '差'}{kilograms(abs(phase['margin_kg_d']))}千克/日"
            )
        if found["status"] in MISSED:
            click.echo("未减的排放量在哪里（千克/日）")
            print_table(readable_remainder(found["requirements"]), as_json=False)
        for reason, count in one.grouping.reasons().items():
            click.echo(f"未纳入{count}条：{reason}")
        if found["status"] == "nothing":
            continue
        print_table(readable_rows(run.table[run.table["city"] == one.city]), as_json=False)
        lost: Mapping[str, Any] = found["production_lost"]
        click.echo(
            f"损失产能：现行{rounded(lost['now'], 2)}，拟定{rounded(lost['plan'], 2)}，共{rounded(lost['of'], 2)}"
            f"（{lost['unit']}，{lost['basis']}"
            + ("；按各段时长平均）" if course else "；各级别相加）" if several else "）")
        )
        proven = "已证明最省" if found["proven"] else "未证明最省"
        click.echo(f"{proven}：下界{rounded(found['bound'], 4)}，相对差距{number(found['gap'])}（{found['solver']}）")
        for held in found["held_back_by"]:
            click.echo(f"起约束作用：{held['row']}")
        print_table(readable_burden(one.burden), as_json=False)
