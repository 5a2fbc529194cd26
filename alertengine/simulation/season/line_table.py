"""What each line is asked over a season, level by level, and stay by stay: the tables an analyst loads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import methodcaller
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.engine import GROUNDS, Decision, Use, merged
from alertengine.rulebook import measure_words
from alertengine.simulation.season.course import Chain
from alertengine.simulation.season.run import PlaceRun, VariantRun
from alertengine.simulation.season.states import PlaceState
from alertengine.vocabulary import EMISSION_FIELDS, GROUND_TEXT, PLAN_FIELDS, POLLUTANTS, Level

Floats = npt.NDArray[np.float64]
#: What names a line in every table of lines.
LINE_KEYS: Final = ("city", "county", "enterprise_id", "line_id")
#: Columns of the table by stay: shares 0 to 1, kilograms over the stay.
MEASURE_COLUMNS: Final = (
    "variant", "city", "county", "enterprise_id", "enterprise", "line_id", "line", "industry", "process", "grade",
    "warning_id", "level", "starts", "ends", "hours", "measure", "ground", "share", "share_without_warning",
    *(f"{name}_kg_added" for name in POLLUTANTS), *(f"{name}_kg_everything" for name in POLLUTANTS), "lost",
    "lost_yuan",
)  # fmt: skip
_BY_PLAN: Final = (Use.ALONE, Use.STRICTER, Use.PUBLISHED)
_LEVEL_OF: Final = {level.rank: level for level in Level}


def measures_of(run: VariantRun) -> pd.DataFrame:
    """One row a running line and stay in one state (MEASURE_COLUMNS), by line and time.

    Filter it by enterprise or level, or add it up: over a level, ``_kg_added`` is the ``kg_lines`` of totals.csv.
    """
    parts = [part for place in run.places for part in _stays(run, place)]
    return in_order(pd.concat(parts, ignore_index=True)) if parts else pd.DataFrame(columns=list(MEASURE_COLUMNS))


def in_order(measures: pd.DataFrame) -> pd.DataFrame:
    """Rows of MEASURE_COLUMNS by line and time."""
    return measures.sort_values(["city", "enterprise_id", "line_id", "starts"], kind="stable", ignore_index=True)


def _stays(run: VariantRun, place: PlaceRun) -> Iterator[pd.DataFrame]:
    running = np.flatnonzero(place.states.running)
    names = pd.DataFrame(place.states.names)
    told: dict[Chain, pd.DataFrame] = {}
    for stay in place.course.stays:
        if stay.chain not in told:
            told[stay.chain] = _of_state(run, place, names, place.states.state(stay.chain)).iloc[running]
        days = stay.hours / 24
        part = told[stay.chain]
        amounts = {name: part[name] * days for name in map(str, part) if name.startswith("lost") or "_kg_" in name}
        yield part.assign(
            variant=run.name,
            warning_id=stay.life,
            level=str(stay.level),
            starts=stay.starts,
            ends=stay.ends,
            hours=stay.hours,
            **amounts,
        )[list(MEASURE_COLUMNS)]


def _of_state(run: VariantRun, place: PlaceRun, names: pd.DataFrame, state: PlaceState) -> pd.DataFrame:
    """What a state comes to for each line, a day."""
    lines, decision = place.states.lines, state.decision
    return names.assign(
        grade=grades(decision),
        measure=measure_texts(lines, decision),
        ground=ground_texts(decision),
        share=decision.share,
        share_without_warning=np.nan_to_num(decision.other_share),
        **{f"{name}_kg_added": state.added(name) for name in POLLUTANTS},
        **{f"{name}_kg_everything": np.nan_to_num(decision.reduced[name]) for name in POLLUTANTS},
        lost=state.lost * run.production.amounts[place.rows],
        lost_yuan=run.production.yuan_of(place.rows, state.lost),
    )


def grades(decision: Decision) -> npt.NDArray[np.object_]:
    """The effective grade of each line, empty where it is unknown."""
    return np.array([*decision.effective.categories, ""], dtype=object)[decision.effective.codes]


def ground_texts(decision: Decision) -> npt.NDArray[np.object_]:
    """What each line's order rests on, in Chinese."""
    return np.array([GROUND_TEXT[one] for one in GROUNDS], dtype=object)[decision.ground]


def measure_texts(lines: pd.DataFrame, decision: Decision) -> npt.NDArray[np.object_]:
    """What the warning asks of each line, in Chinese: the rules' words, the filed text where that binds, both where
    they hold together; empty where nothing is said.
    """  # noqa: D205
    words = []
    for binding in decision.bindings:
        result = binding.resolution.regimes.get("warning")
        words.append("、".join(measure_words(one.measure) for one in merged(result.asked)) if result else "")
    ruled = np.array(words, dtype=object)[decision.binding]
    if decision.slice.level is Level.NONE:
        return ruled
    filed = _filed_texts(lines, decision)
    use = decision.filed.use
    beside = np.where(ruled == "", filed, ruled + "；" + filed)
    return np.where(np.isin(use, _BY_PLAN), filed, np.where(use == Use.BESIDE, beside, ruled))


def _filed_texts(lines: pd.DataFrame, decision: Decision) -> npt.NDArray[np.object_]:
    """The filed text of each line at the level that binds it."""
    out = lines[PLAN_FIELDS[decision.slice.level]].astype("object").fillna("").to_numpy(copy=True)
    if decision.from_lower is not None:
        for rank in np.unique(decision.from_lower[decision.from_lower > 0]).tolist():
            rows = decision.from_lower == rank
            out[rows] = lines[PLAN_FIELDS[_LEVEL_OF[rank]]].astype("object").fillna("").to_numpy()[rows]
    return out


# -- by level


def by_level(run: VariantRun, place: PlaceRun) -> pd.DataFrame:
    """One row a running line and level of the season: hours, what was asked for most of them, and what it came to.

    Columns: LINE_KEYS, ``enterprise, line, industry, process, level, hours, grade, measure, ground,
    hours_without_ground, lost_season`` (production times days), ``lost``, ``lost_open``, ``lost_yuan`` and a column
    of kg a pollutant that the warning adds (``_kg``) and could add at most where a share is not known (``_kg_open``).
    """
    lines, output = place.states.lines, run.production.amounts[place.rows]
    emitted = {name: np.nan_to_num(lines[column].to_numpy(dtype=float)) for name, column in EMISSION_FIELDS.items()}
    levels: dict[Level, list[tuple[PlaceState, float]]] = {}
    for chain, hours in place.course.hours.items():
        levels.setdefault(chain[-1].level, []).append((place.states.state(chain), hours))
    parts = []
    for level in sorted(levels, key=lambda one: one.rank):
        held = levels[level]
        most = max(held, key=lambda one: one[1])[0].decision
        lost, unknown = _summed(held, lambda one: one.lost), _summed(held, lambda one: one.open)
        parts.append({
            "level": np.full(len(lines), str(level), dtype=object),
            "hours": np.full(len(lines), sum(hours for _, hours in held)),
            "grade": grades(most),
            "measure": measure_texts(lines, most),
            "ground": ground_texts(most),
            "hours_without_ground": _summed(held, lambda one: one.groundless.astype(float)) * 24,
            "lost_season": _summed(held, lambda one: one.other) * output,
            "lost": lost * output,
            "lost_open": unknown * output,
            "lost_yuan": run.production.yuan_of(place.rows, lost),
            **{f"{name}_kg": _summed(held, methodcaller("added", name)) for name in POLLUTANTS},
            **{f"{name}_kg_open": unknown * emitted[name] for name in POLLUTANTS},
        })  # fmt: skip
    columns = {name: np.tile(texts, len(parts)) for name, texts in place.states.names.items()}
    columns |= {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    return pd.DataFrame(columns)[np.tile(place.states.running, len(parts))]


def _summed(held: list[tuple[PlaceState, float]], of: Callable[[PlaceState], Floats]) -> Floats:
    """Amounts a day times the days of each state."""
    return np.sum([of(state) * hours / 24 for state, hours in held], axis=0)
