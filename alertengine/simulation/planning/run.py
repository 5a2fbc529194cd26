"""Planning a list, the ``plan`` command as a function, and writing what it gives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.files import parse_yaml, replacing, replacing_text, write_rows
from alertengine.lists import EnterpriseList, read_list
from alertengine.orders import lapsed_notes, sums_of, without_lines
from alertengine.rulebook import Rulebook, document_yaml, named_cities
from alertengine.simulation.burden import BurdenFigures, burden_figures, burden_lines
from alertengine.simulation.planning.certificate import Certificate, certificate
from alertengine.simulation.planning.effects import Effects, amounts, measure_effects
from alertengine.simulation.planning.groups import Grouping, LineGroup, group_lines
from alertengine.simulation.planning.milp import Model, Solution, build_model, solve
from alertengine.simulation.planning.phases import (
    Choice,
    DraftHead,
    Phases,
    decide_levels,
    decide_phases,
    draft_document,
    phase_words,
    with_draft,
)
from alertengine.simulation.planning.remainder import Need, needs_of, remainder
from alertengine.simulation.planning.steps import Steps, load_steps
from alertengine.simulation.planning.table import PLAN_TABLE, plan_table
from alertengine.simulation.production import Production, by_column, mean_lines
from alertengine.vocabulary import (
    LEVEL_TEXT,
    POLLUTANT_TEXT,
    InputError,
    Level,
    Problem,
    Result,
    as_day,
    as_level,
    as_several,
    gathering,
    kilograms,
    refuse_together,
    to_minute,
)

_COMMENT = "由 alertengine plan 生成的草案（待公示），供清单修订讨论；批准公布前不具效力。"


@dataclass(slots=True)
class CityPlan:
    """The plan of one city: its lines, groups, and the choice (by level and number of the group)."""

    city: str
    lines: pd.DataFrame
    grouping: Grouping
    effects: Effects
    model: Model
    solution: Solution
    choice: dict[tuple[Level, int], int]
    production: Production
    base: Phases
    certificate: Certificate = field(init=False)
    #: By level the burden ``now`` and under the ``plan``.
    burden: dict[str, dict[str, BurdenFigures]] = field(default_factory=dict)


#: What a certificate says where a requirement is not surely reached.
MISSED: Final = ("short", "missed", "nothing", "open")


@dataclass(slots=True)
class PlanRun(Result):
    """Plans of a list: the table (PLAN_TABLE), the draft as YAML text, and what a person must know."""

    enterprises: EnterpriseList
    cities: list[CityPlan]
    table: pd.DataFrame
    document: dict[str, Any]
    text: str
    own_notes: list[Problem] = field(default_factory=list)

    @property
    def made_from(self) -> Sequence[Result]:
        """The list."""
        return [self.enterprises]

    @property
    def exit_status(self) -> int:
        """0 planned, or nothing to plan; 1 a requirement stays missed or open, or the list has bad cells."""
        short = any(city.certificate["status"] in MISSED for city in self.cities)
        return int(short or bool(self.problems))


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """What is asked of a plan besides list, levels and day.

    ``value``: the column with the value of output; ``seconds``: what each run of the solver may take.
    """

    city: str | None = None
    totals: Path | None = None
    known_on: date | None = None
    steps: Path | None = None
    value: str | None = None
    leave_undetermined: bool = False
    seconds: float = 60.0
    #: How long a response at each level lasts, hours; None: open-ended, with all phases.
    hours: float | None = None
    #: One response through several levels, each for so many hours, in place of ``levels`` and ``hours``.
    course: tuple[tuple[Level, float], ...] = ()
    #: Hears how much is done, of how much.
    progress: Callable[[int, int], None] = lambda _done, _of: None
    decisions: Path | None = None


def plan_list(
    book: Rulebook, file: Path | str, levels: Iterable[Level | str], day: date | str, wish: PlanOptions | None = None
) -> PlanRun:
    """Read a list and plan it, city by city.

    Raises:
        InputError: the list or the steps cannot be used, or there are no totals or no ratio to reach.
        EngineError: the solver found nothing in its time.

    """
    wish, problems, enterprises, run = wish or PlanOptions(), list[Problem](), None, None
    with gathering(problems):
        enterprises = read_list(file, book.lists, totals=wish.totals, decisions=wish.decisions)
    with gathering(problems):
        if enterprises is None:
            load_steps(wish.steps)  # what is wrong with them is told with the list
        else:
            run = plan_enterprises(book, enterprises, levels, day, wish)
    refuse_together(problems, enterprises)
    assert run is not None  # noqa: S101 -- as nothing was refused
    return run


def plan_enterprises(
    book: Rulebook, enterprises: EnterpriseList, levels: Iterable[Level | str], day: date | str, wish: PlanOptions
) -> PlanRun:
    """Plan a list that was read; ``wish.totals`` and ``wish.decisions`` are not looked at.

    Raises:
        InputError: the steps cannot be used, or there are no totals or no ratio to reach.
        EngineError: the solver found nothing in its time.

    """
    steps = load_steps(wish.steps)
    day, wish = cast("date", as_day(day, "day")), replace(wish, known_on=as_day(wish.known_on, "known_on"))
    production = by_column(enterprises, wish.value) if wish.value else mean_lines(enterprises.lines)
    given = [as_level(level, "levels") for level in as_several(levels, "levels", str)]
    asked = {level for level, _ in wish.course} or {level for level in given if level is not None}
    planned = tuple(sorted(asked, key=lambda level: level.rank))
    notes = lapsed_notes(book, enterprises.lines, day, wish.known_on)
    plans = []
    cities = _cities(book, enterprises, wish.city, notes)
    for number, (name, rows) in enumerate(cities):
        head = DraftHead((name,), planned, day, wish.known_on, wish.hours, wish.course)
        tick = partial(_tick, wish.progress, number, len(cities))
        plans.append(_plan_city(book, enterprises, rows, head, steps, production.of(rows), wish, tick))
    head = DraftHead(tuple(plan.city for plan in plans), planned, day, wish.known_on, wish.hours, wish.course)
    groups, choice = _joined(plans)
    document = draft_document(head, groups, choice, book, _draft_remark(plans))
    text = document_yaml(document, _COMMENT)
    law = with_draft(book, parse_yaml(text))  # the written text itself is proven, not what it was made from
    tables = [_finish(plan, decide_phases(law, plan.lines, head), head) for plan in plans]
    if wish.value is None:
        notes.append(Problem("no_output_value", file=enterprises.file))
    if enterprises.version.status == "published":
        notes.append(Problem("planned_on_published", file=enterprises.file))
    return PlanRun(enterprises, plans, pd.concat(tables, ignore_index=True), document, text, notes)


def _cities(
    book: Rulebook, enterprises: EnterpriseList, city: str | None, notes: list[Problem]
) -> list[tuple[str, npt.NDArray[np.int64]]]:
    """The cities of a list that can be planned, with their lines; those not on file are noted."""
    names = enterprises.lines["city"].astype("object").fillna("").to_numpy()
    wanted = named_cities(book, [city], where="city") if city else sorted(set(names))
    known = book.lists.cities()
    out = []
    for name in wanted:
        rows = np.flatnonzero(names == name)
        if name not in known:
            notes.append(Problem("cities_left_out", file=enterprises.file, value=name, count=len(rows)))
        elif len(rows):
            out.append((name, rows))
    if not out:
        of = without_lines(enterprises.file, wanted) if city else []
        raise InputError(of or [Problem("no_line_on_file", file=enterprises.file)])
    return out


def _tick(progress: Callable[[int, int], None], number: int, cities: int, done: int, rounds: int) -> None:
    """Rounds of one city as hundredths of all cities."""
    progress(100 * number + 100 * done // rounds, 100 * cities)


def _plan_city(
    book: Rulebook,
    enterprises: EnterpriseList,
    rows: npt.NDArray[np.int64],
    head: DraftHead,
    steps: Steps,
    production: Production,
    wish: PlanOptions,
    tick: Callable[[int, int], None],
) -> CityPlan:
    """Group, try, solve."""
    lines = enterprises.lines.iloc[rows].reset_index(drop=True)
    now = decide_phases(book, lines, head)
    needs = needs_of(book, head.cities[0], enterprises.totals, now.decisions, head.known_on)
    held = decide_levels(book, lines, head)
    grouping = group_lines(book, lines, held, head.covers(), steps, leave_undetermined=wish.leave_undetermined)
    missing = any(need.gap > 0 for need in needs)
    effects = measure_effects(book, lines, grouping.groups, now, head, production, needed=missing, progress=tick)
    model = build_model(book.lists, grouping.groups, effects.clusters, head.levels, needs, now)
    solution = solve(model, wish.seconds)
    choice: dict[tuple[Level, int], int] = {}
    for place in solution.chosen:
        level, number, combo = model.variables[place]
        cluster = effects.clusters[number]
        choice |= {(level, g): o for g, o in zip(cluster.groups, cluster.combos[combo], strict=True) if o}
    return CityPlan(head.cities[0], lines, grouping, effects, model, solution, choice, production, now)


def _joined(plans: Sequence[CityPlan]) -> tuple[list[LineGroup], Choice]:
    """The groups of all cities in one numbering, and their choices."""
    groups: list[LineGroup] = []
    choice: dict[tuple[Level, int], int] = {}
    for plan in plans:
        choice |= {(level, number + len(groups)): option for (level, number), option in plan.choice.items()}
        groups += plan.grouping.groups
    return groups, choice


def _draft_remark(plans: Sequence[CityPlan]) -> str:
    """What the draft says of itself: whether the ratio is reached, and where a requirement stays missed or open."""
    said, sure = [], False
    for plan in plans:
        for need, short in zip(plan.model.needs, plan.solution.short, strict=True):
            if short > 0:
                may = short <= _left_open(plan, need)
                sure |= not may
                phase = f"（{phase_words(need.slice)}）" if len(plan.base.at(need.level)) > 1 else ""
                place = f"{plan.city}{LEVEL_TEXT[need.level]}{phase}{POLLUTANT_TEXT[need.pollutant]}"
                said.append(
                    f"{place}仍差{kilograms(short)}千克/日"
                    + ("（依据缺失或比例不明的生产线定下后可能补齐）" if may else "")
                )
    if not all(plan.effects.exact for plan in plans):
        said.append("各组措施相互影响，减排比例以orders的结果为准")
        return "；".join(said)
    if not said:
        return "按此执行达到要求的减排比例"
    return ("没有合规方案能达到要求：" if sure else "能否达到要求尚无法判定：") + "，".join(said)


def _left_open(plan: CityPlan, need: Need) -> float:
    """kg/d that the lines outside the plan could still bring whose share cannot be computed."""
    outside = np.ones(len(plan.lines), dtype=bool)
    for group in plan.grouping.groups:
        outside[group.bound] = False
    decision = plan.base.decisions[need.phase]
    sums = sums_of(decision, np.flatnonzero(outside))
    return sums.most[need.pollutant] - sums.warned[need.pollutant]


def _finish(plan: CityPlan, decided: Phases, head: DraftHead) -> pd.DataFrame:
    """Certificate and burden of a city from the orders under the written draft, in place; its rows of the table."""
    needs = plan.model.needs
    found = decided.decisions
    reached = np.array([float(np.nansum(found[need.phase].warning_reduced[need.pollutant])) for need in needs])
    lost_now = plan.base.total(lambda decision: float(amounts(decision, plan.production)[1].sum()))
    every = np.arange(len(plan.lines))
    sums = [sums_of(one, every) for one in found]
    most = np.array([sums[need.phase].most[need.pollutant] for need in needs])
    plan.certificate = certificate(
        plan.model, plan.solution, plan.production, lost_now, reached, most, exact=plan.effects.exact
    )
    for entry, need in zip(plan.certificate["requirements"], needs, strict=True):
        with_season = float(np.nansum(found[need.phase].reduced[need.pollutant])) + need.beside
        entry["plan_with_season"] = with_season / need.society
    if plan.certificate["status"] in MISSED:
        left = remainder(plan.lines, plan.grouping, found, needs)
        for entry, kilograms in zip(plan.certificate["requirements"], left, strict=True):
            entry["unreduced_kg_d"] = kilograms
    for level in head.levels:
        binding, numbers = plan.certificate["binding_phase"].get(str(level)), decided.at(level)
        starts = binding["starts"] if binding is not None else ""
        at = next((n for n in numbers if to_minute(found[n].slice.starts) == starts), numbers[0])
        plan.burden[str(level)] = {
            name: burden_figures(burden_lines(plan.lines, one, plan.production))
            for name, one in (("now", plan.base.decisions[at]), ("plan", found[at]))
        }
    grouping = plan.grouping
    return plan_table(grouping.groups, grouping.left_out, plan.lines, plan.choice, plan.base, decided, plan.production)


def check_targets(output: Path | None, rules_out: Path | None) -> None:
    """Refuse names that would not be read again, before any work is done.

    Raises:
        InputError: another suffix than .csv, or a name that a rules folder does not read as a document.

    """
    problems = []
    if output is not None and output.suffix.lower() != ".csv":
        problems.append(Problem("unknown_suffix", file=str(output), value=output.suffix, suffixes=(".csv",)))
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
