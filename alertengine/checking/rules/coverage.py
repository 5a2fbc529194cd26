"""Coverage: for every industry, process, grade and level, which rule decides production there and then.

Each cell is decided by the engine on a synthetic line of which only industry, process and
grade are known, so it says what an order would say.  What no rule decides is either a hole
that a document declares (``missing``) or a gap that nobody declared (``undetermined``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from alertengine.engine import Asked, Binding, Engine, Facts, Matcher, Resolution, Response
from alertengine.lists import lines_from
from alertengine.orders import decide_lines
from alertengine.rulebook import (
    WARNING_LEVELS,
    Atom,
    Condition,
    ConditionReader,
    LineRule,
    Loaded,
    Measure,
    OverLines,
    Place,
    Rulebook,
    Valid,
    atoms,
    measure_words,
    worst,
)
from alertengine.vocabulary import (
    MEASURES,
    STANDING_TEXT,
    STANDINGS,
    UNGRADED,
    Both,
    Level,
    Standing,
    Status,
    Words,
    percent,
)

State = Literal["primary", "secondary", "third_party_code", "inferred", "refer", "missing", "undetermined"]
#: A cell is decided by rules of a standing, left to a city's plan, a declared hole, or an undeclared gap.
STATES: Final[tuple[State, ...]] = (*STANDINGS, "refer", "missing", "undetermined")
DECIDED: Final[tuple[State, ...]] = STANDINGS


@dataclass(frozen=True, slots=True)
class Cell:
    """What the law asks of one process and grade of an industry at one level.

    ``process`` is blank for the industry as a whole: a line whose process no rule names.  ``status`` and
    ``codes`` are what the warning regime alone asks; ``share`` (0..1) is that of the first measure.
    """

    number: int | None
    industry: str
    process: str
    grade: str
    level: str
    state: State
    status: str
    codes: str = ""
    share: float | None = None
    measure: str = ""
    transport: str = ""
    rules: str = ""
    basis: str = ""
    standing: str = ""
    transport_rules: str = ""
    hangs_on: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Coverage:
    """The grid at a place and day, industries in the order of the vocabulary."""

    place: Place
    day: date
    cells: tuple[Cell, ...]

    @property
    def where(self) -> str:
        """The place as people say it."""
        return f"{self.place.city}{self.place.county}" or self.place.province

    def counts(self) -> dict[str, int]:
        """Cells by state."""
        found = Counter(cell.state for cell in self.cells)
        return {state: found[state] for state in STATES}

    def summary(self) -> Words:
        """The counts in one line; what is decided stands beside all that is not."""
        counts = self.counts()
        by = [Both(f"{state} {counts[state]}", f"{STANDING_TEXT[state]}{counts[state]}") for state in STANDINGS]
        decided = sum(counts[state] for state in DECIDED)
        part = percent(decided / len(self.cells)) if self.cells else ""
        share = Both(f" ({part})", f"（{part}）") if part else ""
        rest = {state: counts[state] for state in STATES if state not in DECIDED}
        where, cells = self.where, len(self.cells)
        return Words(
            "coverage_counted", where=where, day=self.day, cells=cells, decided=decided, share=share, by=by, **rest
        )

    def by_industry(self) -> list[dict[str, Any]]:
        """One row an industry: how many of its cells are in each state."""
        groups: dict[str, list[Cell]] = {}
        for cell in self.cells:
            groups.setdefault(cell.industry, []).append(cell)
        rows = []
        for industry, cells in groups.items():
            found = Counter(cell.state for cell in cells)
            decided = sum(found[state] for state in DECIDED)
            row: dict[str, Any] = {"number": cells[0].number, "industry": industry, "cells": len(cells)}
            rows.append(row | {"decided": decided} | {state: found[state] for state in STATES})
        return rows


def coverage(book: Rulebook, day: date, place: Place | None = None, known_on: date | None = None) -> Coverage:
    """The grid of a day.

    Args:
        book: the rulebook.
        day: the day of the law.
        place: city or county; None: what holds in the whole default province.
        known_on: only documents issued by that day count.

    """
    at = place or Place(province=book.lists.default_province, city="")
    holes = holes_in_force(book, day, at, known_on)
    named = [rule for rule in book.line_rules() if book.holds(rule, day, known_on) and book.reaches(rule, at)]
    rows = _rows(book, at, [*named, *(hole.rule for hole in holes)])
    lines = lines_from([{k: v for k, v in row.items() if v} for row in rows], book.lists)
    open_at = declared_for(book, lines, day, holes)
    engine = Engine(of_warnings(book), known_on)
    cells: list[Cell] = []
    for level in WARNING_LEVELS:
        decisions = decide_lines(engine, lines, Response.single(level, day)).decisions
        for number, row in enumerate(rows):
            hole = next((h for h in open_at[number] if level in h.rule.levels), None)
            cells.append(_cell(book, row, level, [one.binding_of(number) for one in decisions], hole))
    return Coverage(at, day, tuple(_shown(book, cells, rows)))


def of_warnings(book: Rulebook) -> Rulebook:
    """The rulebook without what cannot bear on the duties of a warning: other regimes and mere advice.

    Regimes are resolved apart, so nothing of the warning changes; an unknown that only advice or the season
    hangs on is not asked for.
    """
    beside = {name for rule in book.line_rules() for measure in rule.measures for name in measure.on_top_of}

    def bears(rule: LineRule) -> bool:
        duty = "warning" in rule.regimes and any(measure.track != "advice" for measure in rule.measures)
        return duty or rule.kind == "classification" or bool(rule.replaces) or rule.id in beside

    continued = book.rules_of("continuation")  # by them what is past its year rules on
    rules = [*filter(bears, book.line_rules()), *continued]
    loaded = [
        Loaded(document, [rule for rule in rules if rule.document == name]) for name, document in book.documents.items()
    ]
    return Rulebook(book.lists, book.layers, loaded, book.adopted)


# -- the grid


def _rows(book: Rulebook, place: Place, rules: Iterable[LineRule]) -> list[dict[str, Any]]:
    """The synthetic lines: each industry × process × grade, one enterprise each."""
    processes: dict[str, set[str]] = {}
    for rule in rules:
        for industries, names in _named(rule.when):
            for industry in industries or ():
                processes.setdefault(industry, set()).update(names or ())
    order = list(book.lists.processes)
    rows = []
    for industry in book.lists.industries:
        steps = sorted(processes.get(industry, ()), key=order.index)
        grades = dict.fromkeys((*book.lists.ladder_of(industry), *book.lists.off_ladder, UNGRADED))
        for process in (*steps, ""):
            rows += [{"industry": industry, "process": process, "grade": grade} for grade in grades]
    where = {"province": place.province, "city": place.city, "county": place.county}
    return [{**row, **where, "enterprise_id": f"C{number}"} for number, row in enumerate(rows)]


Pair = tuple[frozenset[str] | None, frozenset[str] | None]


def _named(condition: Condition) -> set[Pair]:
    """The (industries, processes) a condition asks for by name; None where it names none."""
    if isinstance(condition, OverLines):  # another line of the enterprise may meet it
        return _named(condition.part) if condition.every else {(None, None)}
    if isinstance(condition, Atom):
        values = frozenset(map(str, condition.values))
        if condition.op != "in" or condition.negated or condition.field not in ("industry", "process"):
            return {(None, None)}
        return {(values, None)} if condition.field == "industry" else {(None, values)}
    if not condition.every:
        return set().union(*map(_named, condition.parts))
    out: set[Pair] = {(None, None)}
    for part in condition.parts:
        out = {(_both(a, c), _both(b, d)) for a, b in out for c, d in _named(part)}
    return out


def _both(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    return other if one is None else one if other is None else one & other


def _shown(book: Rulebook, cells: list[Cell], rows: list[dict[str, Any]]) -> Iterator[Cell]:
    """The cells in the order of the rows, without grades off the ladder where no rule uses them.

    Where a rule or declared hole of an industry reads one grade off the ladder, all are shown: the
    others are its counterparts.
    """
    off = set(book.lists.off_ladder)
    used: dict[str, bool] = {}
    for cell in cells:
        if cell.grade in off and cell.grade != UNGRADED:
            rules = [book.rules[name] for name in cell.rules.split(";") if name]
            leaves = [atom for rule in rules if isinstance(rule, LineRule) for atom in atoms(rule.when)]
            named = any(one.field in ("effective_grade", "grade") and cell.grade in one.values for one in leaves)
            used[cell.industry] = used.get(cell.industry, False) or named or cell.state == "missing"
    count = len(rows)
    for number in range(count):
        for cell in cells[number::count]:
            if cell.grade not in off or cell.grade == UNGRADED or used[cell.industry]:
                yield cell


# -- declared holes


@dataclass(frozen=True, slots=True)
class _Hole:
    """A declared hole as the rule it would be, and how it is named."""

    rule: LineRule
    name: str


def holes_in_force(book: Rulebook, day: date, place: Place, known_on: date | None) -> list[_Hole]:
    """The holes that decision tables declare, in force there and then."""
    reader = ConditionReader(book.lists)
    found = []
    for number, (name, hole) in enumerate(book.holes):
        document, raw = book.documents[name], hole.rule
        levels = (Level(hole.level),) if hole.level else WARNING_LEVELS
        rule = LineRule(
            id=f"{number}-{hole.table}",
            article=str(raw.get("article", "")),
            title=str(raw.get("title", hole.table)),
            kind="measure",
            document=name,
            valid=Valid.model_validate(raw.get("valid") or {}).within(document.valid),
            area=raw.get("area") or document.area,
            when=reader.read(raw.get("when") or {}),
            measures=(Measure(code="refer", text=hole.table),),
            regimes=("warning",),
            levels=levels,
        )
        if raw.get("kind") == "measure" and book.holds(rule, day, known_on) and book.reaches(rule, place):
            found.append(_Hole(rule, f"{document.citation}{rule.article}（表 {hole.table}）"))
    return found


def declared_for(book: Rulebook, lines: Any, day: date, holes: list[_Hole]) -> list[list[_Hole]]:
    """For each line the declared holes it falls into."""
    facts = Facts(lines, book.lists, day)
    facts = facts.with_grade(facts.text("grade"))
    matched = Matcher([(hole.rule, book.members(hole.rule)) for hole in holes]).match(facts)
    by_id = {hole.rule.id: hole for hole in holes}
    inside = [[by_id[name] for name in sorted(match.sure)] for match in matched.matches]
    return [inside[number] for number in matched.index]


# -- one cell


def _cell(book: Rulebook, row: dict[str, Any], level: Level, phases: list[Binding], hole: _Hole | None) -> Cell:
    """One cell from what binds its line in each phase of a response; the first phase gives its state."""
    first = phases[0]
    warnings = [phase.resolution.regimes["warning"] for phase in phases]
    # What decides production: the measures asked, or the grounds of asking none.
    asked = [a for warning in warnings for a in (*warning.asked, *warning.ground)]
    vehicles = [a for phase in phases for a in phase.resolution.transport if a.regime == "warning"]
    rules = tuple(dict.fromkeys(a.rule.id for a in asked))
    standing = worst(*(book.standing(book.rules[name]) for name in rules))
    state = state_of(first.resolution, standing, hole)
    return Cell(
        number=book.lists.industries[row["industry"]].number,
        industry=row["industry"],
        process=row["process"],
        grade=row["grade"],
        level=str(level),
        state=state,
        status="refer" if state == "refer" else str(warnings[0].status),
        codes=";".join(dict.fromkeys(a.measure.code for a in asked)),
        share=(1.0 if asked[0].measure.code == "stop" else asked[0].measure.share) if asked else None,
        measure="；".join(dict.fromkeys(map(_words, asked))),
        transport="；".join(dict.fromkeys(measure_words(a.measure) for a in vehicles)),
        rules=";".join(rules),
        basis="；".join(dict.fromkeys(book.cite(book.rules[name]) for name in rules)),
        standing=standing if asked else "",
        transport_rules=";".join(dict.fromkeys(a.rule.id for a in vehicles)),
        hangs_on=";".join(first.hangs_on),
        note=f"声明的缺项：{hole.name}" if hole and state == "missing" else "",
    )


def state_of(resolution: Resolution, standing: Standing, hole: _Hole | None) -> State:
    """Which of STATES a cell or line is in: decided by rules of a standing, referred, a declared hole, or a gap."""
    warning = resolution.regimes["warning"]
    if warning.status is not Status.UNDETERMINED:
        return standing
    if warning.referred:
        return "refer"
    return "missing" if hole else "undetermined"


def _words(asked: Asked) -> str:
    measure = asked.measure
    if measure.code in ("exempt", "none", "self_directed"):
        return measure.text or MEASURES[measure.code].text
    return measure_words(measure)
