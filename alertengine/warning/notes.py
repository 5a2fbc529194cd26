"""What a decision has to say beside its transitions, and what was announced beside what held."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import pandas as pd

from alertengine.rulebook import Rulebook, minutes_of
from alertengine.vocabulary import ACTION_TEXT, LEVEL_TEXT, OPEN, Problem, moment
from alertengine.warning.grade import LEVEL_OF, RANK, Graded
from alertengine.warning.known_at import Sight
from alertengine.warning.law_in_force import forecast_duty
from alertengine.warning.level_intervals import Piece
from alertengine.warning.reasons import outward
from alertengine.warning.record import Record, Unit


def grading_problems(
    graded: Mapping[Unit, Graded], now: pd.Timestamp, since: pd.Timestamp, file: str
) -> tuple[list[Problem], list[Problem]]:
    """Return problems (missing days, days without a grading) and notes (what the ends of a range would have given)."""
    problems: list[Problem] = []
    notes: list[Problem] = []
    today = now.date()
    holes: dict[tuple[date, ...], list[str]] = {}
    for (city, county), own in graded.items():
        name = f"{city}{county}"
        missing = [day for day in own.missing if day >= today]
        if missing:
            value = days_text(missing)
            problems.append(Problem("days_missing", file=file, column="target_date", value=value, place=name))
        unread = [day for day in own.unread if day >= today]
        if unread:
            most, said = LEVEL_OF[int(own.ranks["high"].max())], days_text(unread)
            problems.append(Problem("primary_unread", file=file, column="primary", value=said, place=name, level=most))
        ungraded = tuple(day for day in own.ungraded if day >= today)
        if ungraded:
            holes.setdefault(ungraded, []).append(name)
        mid, high = own.ranks["mid"].max(), own.ranks["high"].max()
        if high > mid == 0 and own.timeline.at(own.timeline.hours) > since:
            low = LEVEL_OF[int(own.ranks["low"].max())]
            high_level = LEVEL_OF[int(high)]
            notes.append(Problem("ends_of_range", file=file, place=name, mid="none", low=low, high=high_level))
        if own.otherwise is not None:
            ahead = max(own.timeline.place(since), 0)
            level, other = (LEVEL_OF[int(rank[ahead:].max(initial=0))] for rank in (own.ranks["mid"], own.otherwise))
            if level != other:
                notes.append(Problem("rounding_decides", file=file, place=name, level=level, other=other))
    for days, names in holes.items():
        problems.append(Problem("no_grading", where="rules", days=days_text(list(days)), names=names))
    return problems, notes


def duty_notes(rulebook: Rulebook, seen: Sight) -> list[Problem]:
    """Where the newest issue covers too few days or came too late in the day."""
    if seen.issued is None or seen.covered is None:
        return []
    duty = forecast_duty(rulebook, seen.issued.date())
    if duty is None:
        return []
    rule, asked = duty
    out = []
    ahead = (seen.covered - seen.issued.normalize()).days
    if ahead < asked.days:
        column = "target_date"
        out.append(Problem("short_forecast", file=seen.file, column=column, days=ahead, asked=asked.days, rule=rule.id))
    if seen.issued.hour * 60 + seen.issued.minute > minutes_of(asked.by):
        column, value = "issue_time", str(seen.issued)
        out.append(Problem("late_forecast", file=seen.file, column=column, value=value, by=asked.by, rule=rule.id))
    return out


def days_text(days: list[date]) -> str:
    """Days with stretches joined: 2018-12-22..2018-12-26, 2019-01-03."""
    out: list[list[date]] = []
    for day in days:
        if out and (day - out[-1][-1]).days == 1:
            out[-1].append(day)
        else:
            out.append([day])
    return ", ".join(f"{part[0]}..{part[-1]}" if len(part) > 1 else str(part[0]) for part in out)


#: Columns: the place, the first announcement, what it said, what held (blank: nothing), and every later change.
ANNOUNCED_COLUMNS: Final = (
    "city", "county", "warning_id", "issued", "announced_levels", "announced_starts", "announced_ends",
    "held_levels", "held_starts", "held_ends", "changes",
)  # fmt: skip


def announced_and_held(record: pd.DataFrame) -> pd.DataFrame:
    """One row a warning and place of a record (ANNOUNCED_COLUMNS), in order of place and announcement.

    ``.._levels`` are the steps in order, as ``red>yellow``; an open end is NaT; ``changes`` says in Chinese what later
    decisions changed and why, empty where what was announced is what held.
    """
    kept = Record(record)
    rows = [row for row in record.to_dict("records") if row["action"] != "advise"]
    told: dict[tuple[str, str, str], list[Mapping[Any, Any]]] = {}
    for row in rows:
        for county in str(row["counties"]).split(";"):
            told.setdefault((str(row["city"]), county, str(row["warning_id"])), []).append(row)
    lives = {(*unit, life.warning_id): life for unit in kept.units() for life in kept.lives(unit)}
    out = []
    for key in sorted(told, key=lambda one: (one[:2], told[one][0]["issued"])):
        own = told[key]
        issued = own[0]["issued"]
        first = [row for row in own if row["issued"] == issued and row["action"] != "lift"]
        said = sorted(Piece(row["starts"], row["ends"], RANK[str(row["level"])]) for row in first)
        held = sorted(lives[key].pieces) if key in lives else []
        later = [row for row in own if row["issued"] != issued]
        out.append({
            **dict(zip(ANNOUNCED_COLUMNS, (*key, issued), strict=False)),
            **_span("announced", said), **_span("held", held),
            "changes": "；".join(map(_change, later)),
        })  # fmt: skip
    table = pd.DataFrame(out, columns=list(ANNOUNCED_COLUMNS))
    times = [name for name in ANNOUNCED_COLUMNS if name == "issued" or name.endswith(("_starts", "_ends"))]
    return table.astype(dict.fromkeys(times, "datetime64[us]"))


def steps_text(levels: str | None) -> str:
    """Levels in order as people read them: 红色→黄色."""
    return "→".join(LEVEL_TEXT[level] for level in (levels or "").split(">") if level) or "—"


def _span(name: str, pieces: list[Piece]) -> dict[str, Any]:
    if not pieces:
        return {f"{name}_levels": "", f"{name}_starts": pd.NaT, f"{name}_ends": pd.NaT}
    last = pieces[-1].end
    return {
        f"{name}_levels": ">".join(LEVEL_OF[piece.rank] for piece in pieces),
        f"{name}_starts": pieces[0].start,
        f"{name}_ends": pd.NaT if pd.isna(last) or last >= OPEN else last,
    }


def _change(row: Mapping[Any, Any]) -> str:
    """One later decision and its reason."""
    what = f"{moment(row['issued'])}{ACTION_TEXT[row['action']]}"
    level = "" if row["action"] == "lift" else f"为{LEVEL_TEXT[row['level']]}"
    until = "" if pd.isna(row["ends"]) else f"至{moment(row['ends'])}"
    return f"{what}{level}（{moment(row['starts'])}起{until}）：{outward(str(row['reason']))}"
