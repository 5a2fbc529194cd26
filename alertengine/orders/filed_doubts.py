"""What is filed for the level that binds each line, and what is doubtful about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.engine.engine import Decision
from alertengine.engine.filed_or_rule import GROUNDS, Use
from alertengine.lists.plan_strength import SAME, lighter_than
from alertengine.vocabulary.fields import PLAN_FIELDS, PLAN_SHARE_FIELDS, Level
from alertengine.vocabulary.grounds import Ground

_RESTING: Final = (Use.ALONE, Use.STRICTER, Use.BESIDE, Use.PUBLISHED)


def filed_texts(lines: pd.DataFrame, decision: Decision, part: str = "") -> pd.Series | None:
    """What is filed for the level that binds each line: the text, or another ``part`` of it; None without a warning.

    Shape (lines,), missing where nothing is filed.
    """
    level = decision.slice.level
    if level is Level.NONE or f"{PLAN_FIELDS[level]}{part}" not in lines:
        return None
    own = lines[f"{PLAN_FIELDS[level]}{part}"]
    if decision.from_lower is None:
        return own
    out = own.astype("object")
    for lower in list(Level)[1 : level.rank]:
        out = out.where(decision.from_lower != lower.rank, lines[f"{PLAN_FIELDS[lower]}{part}"].astype("object"))
    return out


@dataclass(frozen=True, slots=True)
class Doubts:
    """What is doubtful about the filed plan that an order rests on, (lines,).

    ``lighter`` is the rank of the lower level whose plan asks more, 0 where none does or a rule asks as much as that
    plan; ``whose`` on how many lines
    of the enterprise the plan's number of machines stands, where it may be each line's or all lines' together, else 0.
    """

    lighter: npt.NDArray[np.int8]
    whose: npt.NDArray[np.int64]


def doubts_of(lines: pd.DataFrame, decision: Decision) -> Doubts:
    """The doubts about the plans that a decision rests on; found once and kept with it."""
    if not isinstance(decision.doubts, Doubts):
        resting = np.isin(decision.filed.use, _RESTING) & (decision.ground != GROUNDS.index(Ground.DECISION))
        decision.doubts = Doubts(_lighter(lines, decision, resting), _whose(lines, decision, resting))
    return decision.doubts


def _lighter(lines: pd.DataFrame, decision: Decision, resting: npt.NDArray[np.bool_]) -> npt.NDArray[np.int8]:
    ruled = decision.filed.asks & (decision.filed.use == Use.WITHIN) & (decision.ground == GROUNDS.index(Ground.RULE))
    own = resting | ruled
    if decision.from_lower is not None:
        own &= decision.from_lower == 0
    if not own.any():
        return np.zeros(len(lines), dtype=np.int8)
    out = np.where(own, lighter_than(lines, decision.slice.level), 0).astype(np.int8)
    for lower in list(Level)[1 : decision.slice.level.rank]:  # a rule beside the plan may ask enough
        share = lines[PLAN_SHARE_FIELDS[lower]].to_numpy(dtype=np.float64)
        out[ruled & (out == lower.rank) & ~(decision.warning_share < share - SAME)] = 0
    return out


def _whose(lines: pd.DataFrame, decision: Decision, resting: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """A number that every line has machines for may be each line's; one that some line has not is the enterprise's."""
    out = np.zeros(len(lines), dtype=np.int64)
    by = decision.filed.by
    asked = {code: float(said[5:]) for code, said in enumerate(by.categories) if _number_alone(said)}
    texts = filed_texts(lines, decision)
    rows = np.flatnonzero(resting & np.isin(by.codes, list(asked)))
    if texts is None or not len(rows):
        return out
    rows = rows[~lines["long_stopped"].iloc[rows].fillna(value=False).to_numpy(dtype=bool)]
    units = lines["units"].iloc[rows].to_numpy(dtype=np.float64, na_value=np.nan)
    enough = ~(units < np.array([asked[code] for code in by.codes[rows]]))
    keys = [lines["enterprise_id"].iloc[rows].astype("object").to_numpy(), texts.iloc[rows].astype("object").to_numpy()]
    alike = pd.Series(enough).groupby(keys)
    out[rows] = np.where(alike.transform("all") & (alike.transform("size") > 1), alike.transform("size"), 0)
    return out


def _number_alone(said: str) -> bool:
    """Whether a plan is for a number of machines and does not say of what."""
    return said.startswith("unit=") and ";" not in said
