"""Deciding warnings: forecast, observations, the record and orders from above in, transitions out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from alertengine.errors import Problem
from alertengine.rulebook.air import Life, minutes_of
from alertengine.rulebook.base import RuleHead
from alertengine.rulebook.book import Rulebook
from alertengine.rulebook.openlists import Place
from alertengine.vocabulary import LEVEL_TEXT
from alertengine.warning.floors import Floor, cities_named, counties_named, reaching, read_floors
from alertengine.warning.forecast import KEY, Forecast
from alertengine.warning.grade import LEVEL_OF, Graded, Law, Run, grade
from alertengine.warning.laws import forecast_duty, law_on, laws_of
from alertengine.warning.life import PlannedLife, next_full_hour, plan
from alertengine.warning.linkage import linked_floors
from alertengine.warning.reasons import advice_text, floor_text, joined_text, lead_text, lift_text, run_text
from alertengine.warning.record import Standing, Unit, empty_table, segments_of, standing, table_of
from alertengine.warning.steps import OPEN, Piece, changes, rank_at, rank_before
from alertengine.warning.timeline import Timeline


@dataclass(frozen=True)
class WarningResult:
    """What was decided.

    ``table``: the new transitions (columns of warnings.csv, times as timestamps);
    ``record``: the record so far and the new ones, the next run's ``active``; ``segments``:
    intervals of constant level from now on; ``problems`` need a person, ``notes`` inform;
    ``graded``: the grading by (city, county).
    """

    table: pd.DataFrame
    record: pd.DataFrame
    segments: pd.DataFrame
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    graded: dict[Unit, Graded] = field(default_factory=dict)

    @property
    def messages(self) -> list[Problem]:
        """Everything to be said, what needs a person first."""
        return self.problems + self.notes


def decide_warnings(
    forecast: Forecast,
    rulebook: Rulebook,
    *,
    now: pd.Timestamp | str | None = None,
    observed: Forecast | None = None,
    active: pd.DataFrame | None = None,
    floors: Iterable[Floor | Mapping[str, Any]] = (),
    known_on: date | None = None,
) -> WarningResult:
    """Decide the warnings of every city of a forecast.

    ``now`` is the newest issue time unless given: only what was issued or observed by then
    counts.  ``active`` is the record so far; ``floors`` are orders from above; ``known_on``
    leaves out documents issued later.

    Raises:
        InputError: an order from above cannot be read.

    """
    time = pd.Timestamp(now) if now is not None else forecast.issue_time
    decider = _Decider(rulebook, time, known_on, active if active is not None else empty_table())
    decider.floors = read_floors(floors, rulebook.lists)
    return decider.decide(forecast, observed)


class _Decider:
    """One decision: the time, the record and what came of it."""

    def __init__(self, rulebook: Rulebook, now: pd.Timestamp, known_on: date | None, active: pd.DataFrame) -> None:
        self.rulebook, self.now, self.known_on, self.active = rulebook, now, known_on, active
        self.since = next_full_hour(now)
        self.floors: list[Floor] = []
        self.rows: list[dict[str, Any]] = []
        self.problems: list[Problem] = []
        self.notes: list[Problem] = []
        self._laws: dict[Place, tuple[Law, ...]] = {}

    def decide(self, forecast: Forecast, observed: Forecast | None) -> WarningResult:
        """Grade all places, then plan their lives and say what changes."""
        table = self._known_table(forecast, observed)
        self._check_duty(forecast)
        graded: dict[Unit, Graded] = {}
        for key, rows in table.groupby(["city", "county"], sort=False):
            unit = (str(key[0]), str(key[1]))
            timeline = Timeline(rows)
            graded[unit] = grade(timeline, self._laws_for(unit, timeline))
        self._report(graded, forecast.file)
        self.floors += linked_floors(self.rulebook, graded, self.now, self.known_on)
        held = standing(self.active)
        heavy = self._heavy_now(graded, observed)
        for unit in self._units(graded, held):
            self._decide_unit(unit, graded, held, heavy_air=heavy.get(unit, 0.0))
        new = table_of(self.rows)
        record = self._record()
        return WarningResult(new, record, segments_of(record, self.now), self.problems, self.notes, graded)

    def _known_table(self, forecast: Forecast, observed: Forecast | None) -> pd.DataFrame:
        """Latest forecast by now; observed hours and past days in its place where there are any."""
        table = forecast.at(self.now).latest()
        if observed is None:
            return table
        seen = observed.at(self.now).latest()
        seen = seen[seen["start"] + pd.to_timedelta(seen["hours"], unit="h") <= self.now]
        return pd.concat([table, seen], ignore_index=True).drop_duplicates(KEY, keep="last")

    def _laws_for(self, unit: Unit, timeline: Timeline | None) -> tuple[Law, ...]:
        city, county = unit
        place = Place(province=self.rulebook.lists.province_of(city), city=city, county=county)
        first = timeline.origin.date() if timeline else self.now.date()
        last = timeline.at(timeline.hours - 1).date() if timeline else self.now.date()
        held = self._laws.get(place)
        if held is None or first < held[0].first or last > held[-1].last:
            held = laws_of(self.rulebook, place, first, last, self.known_on)
            self._laws[place] = held
        return held

    def _units(self, graded: dict[Unit, Graded], held: dict[Unit, list[Standing]]) -> list[Unit]:
        """Every place to decide: forecast, ordered from above, or with a warning standing; cities first."""
        lists = self.rulebook.lists
        units = dict.fromkeys(graded)
        units |= dict.fromkeys((city, "") for city in cities_named(self.floors, lists))
        units |= dict.fromkeys(counties_named(self.floors, lists))
        units |= {unit: None for unit, lives in held.items() if any(life.end > self.since for life in lives)}
        return sorted(units, key=lambda unit: unit[1] != "")

    def _decide_unit(
        self, unit: Unit, graded: dict[Unit, Graded], held: dict[Unit, list[Standing]], *, heavy_air: float
    ) -> None:
        city, county = unit
        own = graded.get(unit) or graded.get((city, ""))
        laws = self._laws_for(unit, own.timeline if own else None)
        law = law_on(laws, self.now.date())
        if law is None or law.life is None:
            self.problems.append(
                Problem(
                    "rules",
                    f"{city}{county}: no rule on the life of warnings in force; nothing decided",
                    value=str(self.now.date()),
                )
            )
            return
        floors = reaching(self.floors, self.rulebook.lists, city, county)
        heavy = heavy_air > law.life.early_above and own is not None and self._no_better(own, law.life)
        lives = plan(own, held.get(unit, []), floors, law.life, self.now, heavy_now=heavy)
        if county and unit not in held and unit not in graded and self._same_as_city(lives, city):
            return
        for life in lives:
            self._transitions(unit, life, law)
        if own is not None and (not county or unit in graded):
            self._advise(unit, own)

    def _same_as_city(self, lives: list[PlannedLife], city: str) -> bool:
        """Whether a county would hold just what its city holds."""
        record = self._record()
        of_city = [piece for life in standing(record).get((city, ""), []) for piece in life.pieces]
        of_county = [piece for life in lives for piece in life.pieces]
        return not changes(of_city, of_county, self.since)

    def _record(self) -> pd.DataFrame:
        """Return the record so far and the new transitions."""
        new = table_of(self.rows)
        if self.active.empty or new.empty:
            return self.active if new.empty else new
        return pd.concat([self.active, new], ignore_index=True)

    # -- transitions

    def _transitions(self, unit: Unit, life: PlannedLife, law: Law) -> None:
        """Rows for whatever changes in one life."""
        old = life.continues
        before = old.pieces if old else []
        if life.kept:
            self.notes.append(
                Problem(
                    "forecast",
                    f"{unit[0]}{unit[1]}: too few hours ahead are known to lift or lower the warning in force",
                )
            )
        level = rank_before(before, self.since) or (old.last_rank if old and old.end <= self.since else 0)
        first = old is None
        identity = old.warning_id if old else warning_id(unit, life.pieces[0].start)
        for piece in changes(before, life.pieces, self.since):
            ranks = [rank_at(before, piece.start), rank_before(life.pieces, piece.start), level]
            was = next(filter(None, ranks if piece.rank else [ranks[1], *ranks]), 0)
            if not piece.rank:
                action = "lift"
            elif first:
                action = "issue"
            else:
                action = "extend" if piece.rank == was or not was else "raise" if piece.rank > was else "lower"
            first = False
            self._add((*unit, identity), life, law, action, Piece(piece.start, piece.end, piece.rank or was))

    def _add(self, named: tuple[str, str, str], life: PlannedLife, law: Law, action: str, piece: Piece) -> None:
        """One row: a piece of a life and why; a lifted piece has the level it had."""
        city, county, identity = named
        start, end, rank = piece
        rule = law.life
        assert rule is not None and law.life_rule is not None  # noqa: S101, PT018 -- looked at before planning
        bearing = _bearing(life, rank, start, end)
        lifted = action == "lift"
        parts = [] if lifted else self._reason_parts(life, rule, bearing, piece)
        if lifted:
            parts.append(lift_text(start, LEVEL_OF[rank], rule))
        elif action == "issue":
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
            "ends": pd.NaT if lifted or end >= OPEN else end,
            "issued": self.now,
            "primary": bearing.primary if bearing else next((run.primary for run in life.runs if run.primary), ""),
            "grading": "" if lifted or bearing is None else bearing.rule.id,
            "basis": "；".join([*map(self.rulebook.cite, rules), *(f.source for f in orders if f.source)]),
            "reason": "。".join(filter(None, parts)) + "。",
        })  # fmt: skip

    def _reason_parts(self, life: PlannedLife, rule: Life, bearing: Run | None, piece: Piece) -> list[str]:
        start, end, rank = piece
        parts = [run_text(bearing)] if bearing else []
        parts.append(joined_text(life.runs, rule))
        parts += [floor_text(floor) for floor in life.floors if floor.start < end and floor.end > start]
        if bearing is None and not life.floors:
            parts.append(f"维持{LEVEL_TEXT[LEVEL_OF[rank]]}预警")
        return parts

    def _advise(self, unit: Unit, own: Graded) -> None:
        """Rows of advice that the record does not hold yet."""
        said = self.active[self.active["action"] == "advise"] if len(self.active) else self.active
        for run in own.advice:
            start = max(run.start, self.since)
            if run.end <= self.since:
                continue
            same = said[(said["city"] == unit[0]) & (said["counties"].fillna("") == unit[1])] if len(said) else said
            if (
                len(same)
                and ((same["ends"] >= run.end) & (same["starts"] <= start) & (same["grading"] == run.rule.id)).any()
            ):
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

    # -- what is known now

    def _heavy_now(self, graded: dict[Unit, Graded], observed: Forecast | None) -> dict[Unit, float]:
        """Return the AQI of the last observed hour of each place, where it ended within the hour before now."""
        if observed is None:
            return {}
        table = observed.at(self.now).table
        table = table[
            (table["hours"] == 1) & (table["start"] + pd.Timedelta(hours=2) > self.now) & (table["start"] < self.now)
        ]
        return {
            unit: float(aqi)
            for unit, aqi in table.groupby(["city", "county"])["aqi_mid"].last().items()
            if unit in graded
        }

    def _no_better(self, own: Graded, rule: Life) -> bool:
        """Whether every one of the next hours stays above what counts as heavy."""
        first = own.timeline.place(self.now)
        air = own.timeline.hour_of_air()[max(first, 0) : max(first, 0) + rule.early_hours]
        return len(air) == rule.early_hours and bool(np.all(air > rule.early_above))

    # -- reporting

    def _report(self, graded: dict[Unit, Graded], file: str) -> None:
        """Missing days, days without a grading, and what the ends of a range would have given."""
        today = self.now.date()
        holes: dict[tuple[date, ...], list[str]] = {}
        for (city, county), own in graded.items():
            name = f"{city}{county}"
            missing = [day for day in own.missing if day >= today]
            if missing:
                said = f"{name}: days missing or incomplete break a run"
                self.problems.append(
                    Problem(file, said, column="target_date", value=days_text(missing), expected="a value for each day")
                )
            ungraded = tuple(day for day in own.ungraded if day >= today)
            if ungraded:
                holes.setdefault(ungraded, []).append(name)
            mid, high = own.ranks["mid"].max(), own.ranks["high"].max()
            ahead = own.timeline.at(own.timeline.hours) > self.since
            if ahead and high > mid == 0:
                low = LEVEL_TEXT[LEVEL_OF[int(own.ranks["low"].max())]]
                said = f"{name}：按预报中值{LEVEL_TEXT['none']}，下限{low}，上限{LEVEL_TEXT[LEVEL_OF[int(high)]]}"
                self.notes.append(Problem(file, said))
        for days, names in holes.items():
            self.problems.append(
                Problem("rules", f"no grading in force on {days_text(list(days))}: {', '.join(names)} not graded")
            )

    def _check_duty(self, forecast: Forecast) -> None:
        """Note where the newest issue covers too few days or came too late in the day."""
        table = forecast.at(self.now).table
        if table.empty:
            self.problems.append(Problem(forecast.file, "nothing had been issued by now", value=str(self.now)))
            return
        issue = table["issue_time"].max()
        duty = forecast_duty(self.rulebook, issue.date())
        if duty is None:
            return
        rule, asked = duty
        ahead = (table.loc[table["issue_time"] == issue, "start"].max().normalize() - issue.normalize()).days
        if ahead < asked.days:
            self.notes.append(
                Problem(
                    forecast.file,
                    f"covers {ahead} days after the day of issue",
                    column="target_date",
                    expected=f"{asked.days} ({rule.id})",
                )
            )
        if issue.hour * 60 + issue.minute > minutes_of(asked.by):
            self.notes.append(
                Problem(
                    forecast.file,
                    "issued late in the day",
                    column="issue_time",
                    value=str(issue),
                    expected=f"by {asked.by} ({rule.id})",
                )
            )


def warning_id(unit: Unit, start: pd.Timestamp) -> str:
    """Return the id of a warning: place and the start of its life."""
    return "-".join(filter(None, [*unit, start.strftime("%Y%m%d%H")]))


def _bearing(life: PlannedLife, rank: int, start: pd.Timestamp, end: pd.Timestamp) -> Run | None:
    """Return the run that gives a level: of that rank, one that meets the piece first."""
    runs = [run for run in life.runs if run.rank == rank]
    runs.sort(key=lambda run: (not (run.start < end and run.end > start), run.carried, run.start))
    return runs[0] if runs else None


def days_text(days: list[date]) -> str:
    """Days with stretches joined: 2018-12-22..2018-12-26, 2019-01-03."""
    out: list[list[date]] = []
    for day in days:
        if out and (day - out[-1][-1]).days == 1:
            out[-1].append(day)
        else:
            out.append([day])
    return ", ".join(f"{part[0]}..{part[-1]}" if len(part) > 1 else str(part[0]) for part in out)
