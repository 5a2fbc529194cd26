"""What was announced of warnings beside what held."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import pandas as pd

from alertengine.vocabulary import DECISION_TEXT, LEVEL_TEXT, OPEN, moment
from alertengine.warning.grade import LEVEL_OF, RANK
from alertengine.warning.level_intervals import LevelInterval
from alertengine.warning.reasons import outward
from alertengine.warning.record import Record, Row
from alertengine.warning.transition_kinds import kinds

#: Columns: the place, the first announcement, what it said, what held (blank: nothing), and every later change.
ANNOUNCED_COLUMNS: Final = (
    "city", "county", "warning_id", "issued", "announced_levels", "announced_starts", "announced_ends",
    "held_levels", "held_starts", "held_ends", "changes",
)  # fmt: skip


def announced_and_held(record: pd.DataFrame | Iterable[Row]) -> pd.DataFrame:
    """One row a warning and place of a record (ANNOUNCED_COLUMNS), in order of place and announcement.

    ``.._levels`` are the steps in order, as ``red>yellow``; an open end is NaT; ``changes`` says in Chinese what later
    decisions changed and why, empty where what was announced is what held.
    """
    kept = Record(record)
    told: dict[tuple[str, str, str], list[Row]] = {}
    for row in kept.rows:
        if row["action"] == "advise":
            continue
        for county in str(row["counties"]).split(";"):
            told.setdefault((str(row["city"]), county, str(row["warning_id"])), []).append(row)
    lives = {(*unit, life.warning_id): life for unit in kept.units() for life in kept.lives(unit)}
    out = []
    for key in sorted(told, key=lambda one: (one[:2], told[one][0]["issued"])):
        own = told[key]
        issued = own[0]["issued"]
        first = [row for row in own if row["issued"] == issued and row["action"] != "lift"]
        said = sorted(LevelInterval(row["starts"], row["ends"] or OPEN, RANK[str(row["level"])]) for row in first)
        held = sorted(lives[key].pieces) if key in lives else []
        later = [row for row in own if row["issued"] != issued]
        out.append({
            **dict(zip(ANNOUNCED_COLUMNS, (*key, issued), strict=False)),
            **_span("announced", said), **_span("held", held),
            "changes": "；".join(map(_change, later, kinds(later, kept.rows))),
        })  # fmt: skip
    table = pd.DataFrame(out, columns=list(ANNOUNCED_COLUMNS))
    times = [name for name in ANNOUNCED_COLUMNS if name == "issued" or name.endswith(("_starts", "_ends"))]
    return table.astype(dict.fromkeys(times, "datetime64[us]"))


def steps_text(levels: str | None) -> str:
    """Levels in order as people read them: 红色→黄色."""
    return "→".join(LEVEL_TEXT[level] for level in (levels or "").split(">") if level) or "—"


def _span(name: str, pieces: list[LevelInterval]) -> dict[str, Any]:
    if not pieces:
        return {f"{name}_levels": "", f"{name}_starts": pd.NaT, f"{name}_ends": pd.NaT}
    last = pieces[-1].end
    return {
        f"{name}_levels": ">".join(LEVEL_OF[piece.rank] for piece in pieces),
        f"{name}_starts": pieces[0].start,
        f"{name}_ends": pd.NaT if last >= OPEN else last,
    }


def _change(row: Row, kind: str) -> str:
    """One later decision and its reason."""
    what = f"{moment(row['issued'])}{DECISION_TEXT[kind]}"
    level = "" if row["action"] == "lift" else f"为{LEVEL_TEXT[row['level']]}"
    until = "" if row["ends"] is None else f"至{moment(row['ends'])}"
    return f"{what}{level}（{moment(row['starts'])}起{until}）：{outward(str(row['reason']))}"
