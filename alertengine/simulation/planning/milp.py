"""Solving the choice exactly with HiGHS (scipy ``milp``), and proving what was found.

First the least production lost under all requirements; where none is lawful, the least shortfall and
then the least loss at that shortfall.  At equal loss the plan that changes fewest measures is taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array, hstack, vstack

from alertengine.simulation.planning.linear_model import Model
from alertengine.vocabulary import EngineError

Floats = npt.NDArray[np.float64]
#: Shortfalls up to this, kg/d, are rounding.
_ROUNDING = 1e-9
#: Covering rows are met to the solver's tolerance; asked this much more (relative), they are met outright.
_SAFETY = (0.0, 2e-7, 1e-6)
_INFEASIBLE = 2


@dataclass(slots=True)
class Solution:
    """What was chosen and what is proven.

    ``chosen`` numbers variables; ``lost`` production lost; ``bound`` below which no lawful plan goes, ``gap`` their
    relative distance; ``short`` (needs,) kg/d by which each requirement is missed; ``reachable`` (needs,) the most
    each could reach alone, given only where something is missed; ``prices`` (needs,) production lost per further
    kg/d required and ``binding`` the names of the order rows with a price, both of the linear relaxation.
    """

    chosen: list[int]
    lost: float
    bound: float
    gap: float
    short: Floats
    proven: bool
    reachable: Floats | None = None
    prices: Floats | None = None
    binding: list[tuple[str, float]] = field(default_factory=list)


def solve(model: Model, seconds: float = 60.0) -> Solution:
    """The least costly lawful choice, or the nearest to the requirements where there is none.

    Raises:
        EngineError: the solver found nothing in its time.

    """
    if not model.variables:
        short = _short(model, [])
        return Solution([], 0.0, 0.0, 0.0, short, proven=True, reachable=model.fixed.copy() if short.any() else None)
    for extra in _SAFETY:
        asked = _asked(model) + extra * np.abs(_asked(model))
        found = _least(model, asked, seconds)
        limit: Floats | None = None
        if found is None:
            limit = _shortfall(model, asked, seconds)
            found = _least(model, asked - limit, seconds)
        if found is None:
            raise EngineError("the solver found no plan in its time; allow it more with --seconds")
        chosen = _fewest(model, asked - (0 if limit is None else limit), found, seconds)
        short = _short(model, chosen)
        if limit is not None or not short.any():
            break
    lost, bound = float(model.lost[chosen].sum()), min(float(found.mip_dual_bound), float(found.fun))
    gap = max(0.0, lost - bound) / max(abs(lost), 1e-12) if lost > bound else 0.0
    out = Solution(chosen, lost, bound, gap, short, proven=bool(found.status == 0) and gap <= 1e-6)
    if short.any():
        out.reachable = np.array([_reachable(model, at, seconds) for at in range(len(model.needs))])
    else:
        out.prices, out.binding = _prices(model, _asked(model))
    return out


def _asked(model: Model) -> Floats:
    """kg/d that the variables must bring."""
    return np.array([need.asked for need in model.needs]) - model.fixed


def _short(model: Model, chosen: Sequence[int]) -> Floats:
    """kg/d by which a choice misses each requirement."""
    missing = _asked(model) - model.cover[:, chosen].sum(axis=1)
    return np.where(missing > _ROUNDING, missing, 0.0)


def _run(cost: Floats, constraints: list[LinearConstraint], seconds: float, continuous: int = 0) -> Any:
    """One run of HiGHS; the last ``continuous`` variables are not whole and have no upper bound."""
    whole = np.ones(len(cost))
    high = np.ones(len(cost))
    if continuous:
        whole[-continuous:], high[-continuous:] = 0, np.inf
    options = {"mip_rel_gap": 0.0, "time_limit": seconds}
    return milp(cost, integrality=whole, bounds=Bounds(0, high), constraints=constraints, options=options)


def _scale(model: Model) -> Floats:
    return np.array([max(need.share * need.society, 1.0) for need in model.needs])


def _rows(model: Model) -> LinearConstraint:
    matrix, low, high = model.matrix()
    return LinearConstraint(matrix, low, high)


def _covering(model: Model, asked: Floats) -> LinearConstraint:
    scale = _scale(model)
    return LinearConstraint(csr_array(model.cover / scale[:, None]), asked / scale, np.inf)


def _least(model: Model, asked: Floats, seconds: float) -> Any:
    """The run that loses least, or None where no choice is lawful."""
    found = _run(model.lost, [_rows(model), _covering(model, asked)], seconds)
    if found.status == _INFEASIBLE:
        return None
    if found.x is None:
        raise EngineError("the solver found no plan in its time; allow it more with --seconds")
    return found


def _fewest(model: Model, asked: Floats, found: Any, seconds: float) -> list[int]:
    """Of the choices that lose no more, the one that changes fewest measures."""
    first = _chosen(found.x)
    most = float(model.lost[first].sum())
    ceiling = LinearConstraint(csr_array(model.lost[None, :]), -np.inf, most + 1e-9 * max(1.0, most))
    fewer = _run(model.changes, [_rows(model), _covering(model, asked), ceiling], min(seconds, 10.0))
    if fewer.x is None:
        return first
    chosen = _chosen(fewer.x)
    worse = model.changes[chosen].sum() >= model.changes[first].sum()
    slack = asked - model.cover[:, chosen].sum(axis=1)
    return first if worse or (slack > _ROUNDING).any() else chosen


def _chosen(x: Floats) -> list[int]:
    return [int(place) for place in np.flatnonzero(x > 0.5)]


def _shortfall(model: Model, asked: Floats, seconds: float) -> Floats:
    """The least kg/d to give up of each requirement, their sum least as shares of the requirements."""
    count = len(model.needs)
    matrix, low, high = model.matrix()
    wide = hstack([matrix, csr_array((matrix.shape[0], count))]).tocsr()
    scale = _scale(model)
    cover = hstack([csr_array(model.cover / scale[:, None]), csr_array(np.eye(count))]).tocsr()
    cost = np.concatenate([np.zeros(len(model.variables)), np.ones(count)])
    rows = [LinearConstraint(wide, low, high), LinearConstraint(cover, asked / scale, np.inf)]
    found = _run(cost, rows, seconds, continuous=count)
    if found.x is None:
        raise EngineError("the solver found no plan in its time; allow it more with --seconds")
    chosen = _chosen(found.x[: len(model.variables)])
    return np.maximum(0.0, asked - model.cover[:, chosen].sum(axis=1)) * (1 + 1e-9) + scale * 1e-9


def _reachable(model: Model, at: int, seconds: float) -> float:
    """The most kg/d that lawful measures can bring of one requirement, other requirements aside."""
    found = _run(-model.cover[at], [_rows(model)], seconds)
    return float(model.fixed[at] + model.cover[at][_chosen(found.x)].sum()) if found.x is not None else float("nan")


def _prices(model: Model, asked: Floats) -> tuple[Floats, list[tuple[str, float]]]:
    """Shadow prices of the linear relaxation: of the requirements, and of the order rows that hold it back."""
    matrix, low, high = model.matrix()
    equal = low == high
    scale = _scale(model)
    upper = vstack([csr_array(-model.cover / scale[:, None]), matrix[~equal]])
    limits = np.concatenate([-asked / scale, high[~equal]])
    found = linprog(
        model.lost, A_ub=upper, b_ub=limits, A_eq=matrix[equal], b_eq=low[equal], bounds=(0, 1), method="highs"
    )
    if found.x is None:
        return np.full(len(model.needs), np.nan), []
    duals = -np.asarray(found.ineqlin.marginals)
    names = [row.name for row, same in zip(model.rows, equal, strict=True) if not same]
    held: dict[str, float] = {}
    for name, price in zip(names, duals[len(model.needs) :], strict=True):
        if price > 1e-9:
            held[name] = held.get(name, 0.0) + float(price)
    return duals[: len(model.needs)] / scale, sorted(held.items(), key=lambda item: -item[1])
