"""What a decision has to say beside its transitions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

import numpy as np

from alertengine.rulebook import Rulebook, minutes_of
from alertengine.vocabulary import Problem, Words
from alertengine.warning.forecast import Forecast
from alertengine.warning.grade import LEVEL_OF, Graded
from alertengine.warning.known_at import Sight
from alertengine.warning.law_in_force import forecast_duty
from alertengine.warning.record import Unit

_OF_ISSUES: Final = ("city", "county", "issue_time", "start")


def grading_problems(
    graded: Mapping[Unit, Graded], now: datetime, since: datetime, file: str, known_on: date | None
) -> tuple[list[Problem], list[Problem]]:
    """Return problems (missing days, days without a grading) and notes (what the ends of a range would have given).

    ``known_on``: the day by which a grading must have been issued to count: a later one may well be in force.
    """
    problems: list[Problem] = []
    notes: list[Problem] = []
    today = now.date()
    holes: dict[tuple[date, ...], list[str]] = {}
    for (city, county), own in graded.items():
        name = f"{city}{county}"
        before = (own.timeline.origin.date() - today).days  # tomorrow to the first day given; today may be left out
        missing = [today + timedelta(days=number) for number in range(1, before)]
        missing += [day for day in own.missing if day >= today]
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
    issued = Words("issued_by", day=known_on) if known_on else ""
    for days, names in holes.items():
        problems.append(Problem("no_grading", where="rules", days=days_text(list(days)), names=names, issued=issued))
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
    ahead = (seen.covered.date() - seen.issued.date()).days
    if 0 <= ahead < asked.days:
        column = "target_date"
        out.append(Problem("short_forecast", file=seen.file, column=column, days=ahead, asked=asked.days, rule=rule.id))
    if seen.issued.hour * 60 + seen.issued.minute > minutes_of(asked.by):
        column, value = "issue_time", str(seen.issued)
        out.append(Problem("late_forecast", file=seen.file, column=column, value=value, by=asked.by, rule=rule.id))
    return out


def issue_notes(forecast: Forecast, now: datetime) -> tuple[list[Problem], list[Problem]]:
    """Problems (the forecast of a place is of a day before) and notes (later days that an older issue alone has)."""
    rows = forecast.at(now).latest()
    rows = rows.at(rows["start"] + rows["hours"].astype("timedelta64[h]") > np.datetime64(now))
    days: dict[Unit, dict[datetime, set[date]]] = {}
    for city, county, issued, start in zip(*(rows[name].tolist() for name in _OF_ISSUES), strict=True):
        days.setdefault((city, county), {}).setdefault(issued, set()).add(start.date())
    newest = {unit: max(of_issue) for unit, of_issue in days.items()}
    old = [unit for unit, issued in newest.items() if issued.date() < now.date()]
    place: dict[str, Any] = {"file": forecast.file, "column": "issue_time"}
    problems = [
        Problem("old_forecast_of", **place, value=str(newest[unit]), place="".join(unit))
        for unit in (old if len(old) < len(newest) else [])
    ]
    notes = [
        Problem("older_issue", **place, value=str(issued), place="".join(unit), days=days_text(sorted(left)))
        for unit, of_issue in days.items()
        for issued, said in sorted(of_issue.items())
        if (left := {day for day in said - of_issue[newest[unit]] if day > now.date()})
    ]
    return problems, notes


def days_text(days: list[date]) -> str:
    """Days with stretches joined: 2018-12-22..2018-12-26, 2019-01-03."""
    out: list[list[date]] = []
    for day in days:
        if out and (day - out[-1][-1]).days == 1:
            out[-1].append(day)
        else:
            out.append([day])
    return ", ".join(f"{part[0]}..{part[-1]}" if len(part) > 1 else str(part[0]) for part in out)
