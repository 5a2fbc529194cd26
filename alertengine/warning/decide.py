"""Deciding moment after moment: what is known of the air, the record and orders from above in, transitions out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import numpy as np

from alertengine.rulebook import Place, Rulebook, RuleHead, WarningLife
from alertengine.vocabulary import LEVEL_TEXT, OPEN, Problem, to_minute
from alertengine.warning.grade import LEVEL_OF, AirLaw, Graded, GradedRun, grade
from alertengine.warning.known_at import DAYS_BEHIND, Sight, midnight
from alertengine.warning.law_in_force import law_on, laws_of
from alertengine.warning.level_intervals import LevelInterval, changes, next_full_hour, rank_at
from alertengine.warning.life import PlannedLife, go_on_as, levels_of, plan, transitions
from alertengine.warning.notes import days_text, duty_notes, grading_problems
from alertengine.warning.reasons import advice_text, end_text, floor_text, joined_text, lead_text, run_text
from alertengine.warning.record import Record, Row, Unit, WarningStanding, warning_id
from alertengine.warning.superior_orders import (
    Floor,
    cities_named,
    counties_named,
    linked,
    orders_disagree,
    orders_missing,
    reaching,
)
from alertengine.warning.windows import Timeline


@dataclass
class DecidedMoment:
    """What one moment brought: rows of the record, problems, notes, the grading by place."""

    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    graded: dict[Unit, Graded] = field(default_factory=dict)


class Decider:
    """Decides moment after moment under one rulebook; the laws of each place are looked up once."""

    def __init__(
        self,
        rulebook: Rulebook,
        *,
        known_on: date | None = None,
        floors: Iterable[Floor] = (),
        regime: str = "",
        span: tuple[date, date] | None = None,
    ) -> None:
        """``regime`` names a document whose grading holds whatever the date; ``span`` the days to look up at once."""
        self.rulebook, self.known_on, self.regime, self.span = rulebook, known_on, regime, span
        self.orders = list(floors)
        self._laws: dict[Place, tuple[AirLaw, ...]] = {}

    def decide(self, seen: Sight, record: Record) -> DecidedMoment:
        """Grade all places, then plan their lives; what changes is added to the record."""
        done = DecidedMoment()
        if seen.issued is None:
            done.problems.append(Problem("nothing_issued", file=seen.file, value=str(seen.now)))
        elif seen.covered is not None and seen.covered.date() < seen.issued.date():
            value, last = to_minute(seen.issued), seen.covered.date()
            code = "issued_after_its_days"
            done.problems.append(Problem(code, file=seen.file, column="issue_time", value=value, last=last))
        done.notes += duty_notes(self.rulebook, seen)
        for unit, timeline in seen.timelines.items():
            done.graded[unit] = grade(timeline, self._laws_for(unit, seen.now, timeline))
        problems, notes = grading_problems(done.graded, seen.now, next_full_hour(seen.now), seen.file, self.known_on)
        done.problems += problems
        done.notes += notes
        prompts = linked(self.rulebook, done.graded, seen.now, self.known_on)
        done.notes += [prompt.note() for prompt in prompts]
        floors = self.orders + [floor for prompt in prompts for floor in prompt.floors]
        for unit in self._units(done.graded, record, floors, next_full_hour(seen.now)):
            _Turn(self, seen, record, floors, done).decide(unit)
        for (city, county), ended in record.ended_apart(next_full_hour(seen.now)):
            place, at = f"{city}{county}", to_minute(ended)
            done.problems.append(Problem("county_ended_before", file=seen.file, place=place, city=city, at=at))
        return done

    def _laws_for(self, unit: Unit, now: datetime, timeline: Timeline | None) -> tuple[AirLaw, ...]:
        """The laws of a place that hold on some day of a timeline, or now."""
        city, county = unit
        place = Place(province=self.rulebook.lists.province_of(city), city=city, county=county)
        first = timeline.origin.date() if timeline else now.date()
        last = timeline.at(timeline.hours - 1).date() if timeline else now.date()
        held = self._laws.get(place)
        if held is None or first < held[0].first or last > held[-1].last:
            begin, end = self.span or (first, last)
            held = laws_of(self.rulebook, place, min(first, begin), max(last, end), self.known_on, regime=self.regime)
            self._laws[place] = held
        return tuple(law for law in held if law.first <= last and law.last >= first)

    def _units(self, graded: dict[Unit, Graded], record: Record, floors: list[Floor], since: datetime) -> list[Unit]:
        """Every place to decide: forecast, ordered from above, or with a warning standing; cities first."""
        lists = self.rulebook.lists
        units = dict.fromkeys(graded)
        if floors:
            units |= dict.fromkeys((city, "") for city in cities_named(floors, lists))
            units |= dict.fromkeys(counties_named(floors, lists))
        units |= {unit: None for unit in record.units() if record.lives(unit, since)}
        return sorted(units, key=lambda unit: unit[1] != "")


class _Turn:
    """One place's turn at one moment."""

    def __init__(self, decider: Decider, seen: Sight, record: Record, floors: list[Floor], done: DecidedMoment) -> None:
        self.decider, self.seen, self.record, self.done = decider, seen, record, done
        self.rulebook, self.floors = decider.rulebook, floors
        self.now, self.since = seen.now, next_full_hour(seen.now)
        self.rows: list[Row] = []

    def decide(self, unit: Unit) -> None:
        """Plan the lives of the place and record what changes."""
        city, county = unit
        graded = self.done.graded
        own = graded.get(unit) or graded.get((city, ""))
        laws = self.decider._laws_for(unit, self.now, own.timeline if own else None)  # noqa: SLF001 -- its own helper
        law = law_on(laws, self.now)
        if law is None or law.life is None:
            value = str(self.now.date())
            self.done.problems.append(Problem("no_life_rule", where="rules", value=value, place=f"{city}{county}"))
            return
        floors = reaching(self.floors, self.rulebook.lists, city, county)
        heavy_air = self.seen.heavy.get(unit, 0.0)
        heavy = heavy_air > law.life.early_above and own is not None and self._no_better(own, law.life)
        first = own.timeline.origin if own else midnight(self.now)
        held = self.record.lives(unit, min(first, self.now) - timedelta(hours=law.life.join_gap_hours))
        issued = min(self.seen.issued or self.now, self.now)
        of_city = self.record.lives((city, "")) if county and unit not in graded else []
        lives = plan(own, held, floors, law.life, self.now, issued=issued, heavy_now=heavy, of_city=of_city)
        if county and not self.record.lives(unit) and unit not in graded:
            gap = timedelta(hours=law.life.join_gap_hours)
            go_on_as(lives, self.record.lives((city, ""), self.since), self.since, gap)
            if self._same_as_city(lives, city):
                return
        self._missing_air(unit, own, held, lives, apart=bool(floors))
        pieces = [piece for life in lives for piece in life.pieces]
        given = reaching(self.decider.orders, self.rulebook.lists, city, county)
        self.done.problems += orders_disagree(given, self.since, f"{city}{county}")
        self.done.problems += orders_missing(unit, held, floors, pieces, self.rulebook, self.since)
        for life in lives:
            changed = transitions(life, self.since)
            if life.kept and not {"lift", "lower"} & {action for action, _ in changed}:
                self.done.notes.append(Problem("too_few_hours", where="forecast", place=f"{unit[0]}{unit[1]}"))
            identity = life.continues.warning_id if life.continues else self.record.new_id(unit, life.pieces[0].start)
            for action, piece in changed:
                self._add((*unit, identity), life, law, action, piece)
        if own is not None and (not county or unit in graded):
            self._advise(unit, own)
        for row in self.rows:
            self.record.add(row)
        self.done.rows += self.rows

    def _missing_air(
        self, unit: Unit, own: Graded | None, held: list[WarningStanding], lives: list[PlannedLife], *, apart: bool
    ) -> None:
        """Say what is kept of a warning in force, or decided from other air or later days alone, its own not known.

        ``apart``: a county that an order sets apart, whose air is always that of its city.
        """
        place, today, problems = f"{unit[0]}{unit[1]}", midnight(self.now), self.done.problems
        standing = [life for life in held if life.holds_after(self.since)]
        carried = [life.continues for life in lives if life.continues and any(run.carried for run in life.runs)]
        if own is None:
            if standing:
                problems.append(Problem("standing_not_covered", file=self.seen.file, place=place))
            return
        if standing and unit[1] and unit not in self.done.graded and not apart:
            problems.append(Problem("county_not_covered", file=self.seen.file, place=place, city=unit[0]))
        kept = bool(carried) or any(life.kept for life in lives if life.continues in standing)
        standing += carried  # one that is over, too, may go on
        sought = today - timedelta(days=DAYS_BEHIND)
        if not standing or not (kept or own.begins_unseen(sought, self.since)):
            return
        begun = max(midnight(min(life.life_start for life in standing)), sought)
        days = (begun + timedelta(days=step) for step in range((today - begun).days))
        missing = [day.date() for day in days if not own.knows(day)]
        if missing:
            code = "observation_missing" if kept else "observation_of_run_missing"
            problems.append(Problem(code, file=self.seen.file, place=place, days=days_text(missing)))

    def _same_as_city(self, lives: list[PlannedLife], city: str) -> bool:
        """Whether a county would hold just what its city holds."""
        of_city = [piece for life in self.record.lives((city, "")) for piece in life.pieces]
        of_county = [piece for life in lives for piece in life.pieces]
        return not changes(of_city, of_county, self.since)

    def _no_better(self, own: Graded, rule: WarningLife) -> bool:
        """Whether every one of the next hours stays above what counts as heavy."""
        first = own.timeline.place(self.now)
        air = own.timeline.hour_of_air()[max(first, 0) : max(first, 0) + rule.early_hours]
        return len(air) == rule.early_hours and bool(np.all(air > rule.early_above))

    # -- transitions

    def _add(
        self, named: tuple[str, str, str], life: PlannedLife, law: AirLaw, action: str, piece: LevelInterval
    ) -> None:
        """One row: a piece of a life and why; a lifted piece has the level it had."""
        city, county, identity = named
        start, end, rank = piece
        rule = law.life
        assert rule is not None and law.life_rule is not None  # noqa: S101, PT018 -- looked at before planning
        ordered = any(floor.start <= start < floor.end for floor in life.floors)
        by_air = not ordered or rank_at(levels_of(life.runs, rule), start) == rank
        bearing = life.bearing(piece) if by_air else None
        lifted = action == "lift"
        parts = [end_text(life, piece, rule)] if lifted else self._reason_parts(life, rule, bearing, piece)
        if action == "issue":
            parts.append(lead_text(start, self.now, rule, early=life.early))
        orders = [] if lifted else [floor for floor in life.floors if floor.start < end and floor.end > start]
        rules: list[RuleHead] = [bearing.rule] if bearing and not lifted else [] if orders else [law.life_rule]
        self.rows.append({
            "warning_id": identity,
            "city": city,
            "counties": county,
            "action": action,
            "level": LEVEL_OF[rank],
            "starts": start,
            "ends": None if lifted or end >= OPEN else end,
            "issued": self.now,
            "primary": bearing.primary if bearing else next((run.primary for run in life.runs if run.primary), ""),
            "grading": "" if lifted or bearing is None else bearing.rule.id,
            "basis": "；".join([*map(self.rulebook.cite, rules), *(f.source for f in orders if f.source)]),
            "reason": "。".join(filter(None, parts)) + "。",
        })  # fmt: skip

    def _reason_parts(
        self, life: PlannedLife, rule: WarningLife, bearing: GradedRun | None, piece: LevelInterval
    ) -> list[str]:
        start, end, rank = piece
        parts = [run_text(bearing)] if bearing else []
        parts.append(joined_text(life.runs, rule))
        asked = [floor_text(floor) for floor in life.floors if floor.start < end and floor.end > start]
        if bearing is None and not asked:
            text = "与同次预警的相邻时段按一次计，为" if life.floors else "维持"
            parts.append(f"{text}{LEVEL_TEXT[LEVEL_OF[rank]]}预警")
        return [*parts, *asked]

    def _advise(self, unit: Unit, own: Graded) -> None:
        """Rows of advice that the record does not hold yet."""
        said = self.record.advised(unit)
        for run in own.advice:
            start = max(run.start, self.since)
            if run.end <= self.since:
                continue
            if any(one.end >= run.end and one.start <= start and one.grading == run.rule.id for one in said):
                continue
            self.rows.append({
                "warning_id": f"{warning_id(unit, start)}-advise",
                "city": unit[0],
                "counties": unit[1],
                "action": "advise",
                "level": "",
                "starts": start,
                "ends": run.end,
                "issued": self.now,
                "primary": run.primary,
                "grading": run.rule.id,
                "basis": self.rulebook.cite(run.rule),
                "reason": advice_text(run) + "。",
            })  # fmt: skip
