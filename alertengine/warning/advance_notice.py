"""Advice before the fact: lines that cannot be interrupted are told early when heavy levels come again and again.

The clause names no number: "repeatedly" is read as two runs of the level or more among the
hours ahead, at the upper end of the forecast ("may"), a warning in force counting as one.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np
import pandas as pd

from alertengine.rulebook import OpenLists
from alertengine.vocabulary import ORDER_COLUMNS
from alertengine.warning._warn import Warnings
from alertengine.warning.grade import RANK, Graded
from alertengine.warning.record import Unit
from alertengine.warning.start_conditions import stretches

_OF_LINE: Final = ("city", "county", "enterprise_id", "enterprise", "line_id", "line", "industry", "process")
#: Columns of the notice and their Chinese names.
EARLY_COLUMNS: Final = {
    **{name: ORDER_COLUMNS[name] for name in _OF_LINE},
    "runs": "过程数",
    "starts": "最早启动时间",
    "stop_hours": "停产所需小时",
    "latest": "最迟告知时间",
    "remark": "备注",
}
_NOT_STATED: Final = "停产所需时间未载明"
#: Columns shown where there is little room.
EARLY_SHOWN: Final = ("city", "county", "enterprise", "line", "process", "starts", "latest", "remark")
_HOUR: Final = timedelta(hours=1)


def early_notice(
    result: Warnings, lines: pd.DataFrame, lists: OpenLists | None = None, *, level: str = "orange", times: int = 2
) -> pd.DataFrame:
    """Lines to warn early: those marked as not interruptible in cities where ``level`` may come ``times`` or more.

    ``latest`` is the latest hour to tell each: the earliest start less the hours its process
    needs to stop (``stop_hours`` of the vocabulary; where none is stated, the start itself).
    Lines whose 可中断 is blank are not listed; ``attrs["unknown"]`` counts them.
    """
    likely = {unit: found for unit, own in result.graded.items() if (found := _runs_ahead(result, unit, own, level))}
    likely = {unit: found for unit, found in likely.items() if found[0] >= times}
    marked = lines["interruptible"] if "interruptible" in lines else pd.Series(pd.NA, lines.index, dtype="object")
    cannot = marked.notna() & ~marked.astype("object").where(marked.notna(), other=True).astype("bool")
    out = [
        _row(line, lists, *likely[unit], now=result.now)
        for line in lines[cannot].to_dict("records")
        if (unit := _unit_of(line, likely)) is not None
    ]
    table = pd.DataFrame(out, columns=list(EARLY_COLUMNS))
    table.attrs["cities"] = [f"{city}{county}" for city, county in likely]
    places = lines.loc[marked.isna(), [name for name in ("city", "county") if name in lines]]
    counts = places.groupby(list(places), dropna=False, observed=True).size().rename("count").reset_index()
    table.attrs["unknown"] = sum(one["count"] for one in counts.to_dict("records") if _unit_of(one, likely) is not None)
    return table.sort_values(["latest", "city", "enterprise", "line"], kind="stable", ignore_index=True)


def _runs_ahead(result: Warnings, unit: Unit, own: Graded, level: str) -> tuple[int, datetime] | None:
    """How many runs of a level or above may lie ahead of a place, and when the first begins."""
    now = result.now
    ranks = np.maximum(own.ranks["high"], own.ranks["mid"])
    runs = [(own.timeline.at(first), own.timeline.at(last)) for first, last in stretches(ranks >= RANK[level])]
    held = [row for row in result.standing if (row["city"], row["county"]) == unit]
    standing = [(row["starts"], row["ends"]) for row in held if RANK[row["level"]] >= RANK[level]]
    ahead = [run for run in runs if run[1] > now]
    apart = [s for s in standing if not any(run[0] < (s[1] or run[1]) and run[1] > s[0] for run in ahead)]
    starts = [max(run[0], now) for run in ahead] + [start for start, _ in standing]
    return (len(ahead) + len(apart), min(starts)) if starts else None


def _unit_of(line: dict[Any, Any], likely: dict[Unit, tuple[int, datetime]]) -> Unit | None:
    """The place whose warning a line answers to."""
    county = line.get("county")
    own = (str(line.get("city")), "" if pd.isna(county) else str(county))
    return own if own in likely else (own[0], "") if (own[0], "") in likely else None


def _row(
    line: dict[Any, Any], lists: OpenLists | None, runs: int, starts: datetime, *, now: datetime
) -> dict[str, Any]:
    """One line to tell."""
    process = lists.processes.get(str(line.get("process"))) if lists else None
    hours = process.stop_hours if process else None
    latest = starts - hours * _HOUR if hours is not None else starts
    remark = "" if hours is not None else _NOT_STATED
    if hours is not None and latest <= now:
        remark = "已不足停产所需时间，立即告知"
    same = {name: line.get(name) for name in EARLY_COLUMNS if name in line}
    return {**same, "runs": runs, "starts": starts, "stop_hours": hours, "latest": max(latest, now), "remark": remark}
