"""The certificate of a plan: what was chosen, what it costs, what is proven, and what holds it back."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from typing import NotRequired, TypedDict

import numpy as np
import numpy.typing as npt

from alertengine.orders import UNKNOWN, verdict
from alertengine.simulation.planning.milp import Model, Solution
from alertengine.simulation.production import Production
from alertengine.vocabulary import to_minute

Floats = npt.NDArray[np.float64]
#: Kilograms up to this are rounding.
_ROUNDING = 1e-9
#: Order rows with a price that are named; the rest are only counted.
_NAMED = 10


class Requirement(TypedDict):
    """One pollutant of a phase: asked, now, planned (kg/d and shares of whole-society emission), slack or shortfall.

    ``best_reachable`` where the solver was asked for it; ``production_per_further_tonne`` (None: no price) and
    ``binds`` where it gave prices; ``unreduced_kg_d`` by ``remainder.PLACES`` where the plan is missed or open.
    """

    level: str
    phase: str
    starts: str
    ends: str
    pollutant: str
    required: float
    required_kg_d: float
    required_by: str
    basis: str
    now_kg_d: float
    now: float
    plan_kg_d: float
    plan: float
    margin_kg_d: float
    short_kg_d: float
    met: str
    best_reachable_kg_d: NotRequired[float]
    best_reachable: NotRequired[float]
    production_per_further_tonne: NotRequired[float | None]
    binds: NotRequired[bool]
    plan_with_season: NotRequired[float]
    unreduced_kg_d: NotRequired[dict[str, float]]


class BindingPhase(TypedDict):
    """The phase of a level that falls furthest short, or has least to spare; ``margin_share`` of what is required."""

    phase: str
    starts: str
    ends: str
    pollutant: str
    margin_kg_d: float
    margin_share: float


class ProductionLost(TypedDict):
    """Production lost now and under the plan, in ``unit``, of all there is."""

    unit: str
    basis: str
    of: float
    now: float
    plan: float
    more: float


class HeldBack(TypedDict):
    """An order row that holds the plan back, and what it costs."""

    row: str
    price: float


class Certificate(TypedDict):
    """What was chosen for a city, what it costs, what is proven, and what holds it back."""

    status: str
    production_lost: ProductionLost
    bound: float
    gap: float
    proven: bool
    groups_independent: bool
    solver: str
    variables: int
    rows: int
    orders_differ_by_kg_d: float
    requirements: list[Requirement]
    binding_phase: dict[str, BindingPhase]
    held_back_by: list[HeldBack]
    held_back_by_more: int


def certificate(
    model: Model,
    solution: Solution,
    production: Production,
    lost_now: float,
    reached: Floats,
    most: Floats,
    *,
    exact: bool,
) -> Certificate:
    """The certificate of a city.

    Args:
        model: the model of the city.
        solution: what was chosen in it.
        production: what the lines make.
        lost_now: the production lost under the present measures.
        reached: (needs,) kg/d of the lines by the orders under the written draft: what is said to be reached.
        most: (needs,) the same with every share that cannot be computed taken as whole.
        exact: whether the options were tried with all that they touch.

    """
    brought = model.fixed + model.cover[:, solution.chosen].sum(axis=1)
    requirements = _requirements(model, solution, reached, most)
    whole = float(production.amounts.sum())
    now = float(sum(model.lost[place] for place, (_, _, combo) in enumerate(model.variables) if combo == 0))
    elsewhere = lost_now - now
    return {
        "status": _status(model, solution, requirements),
        "production_lost": {
            "unit": production.unit,
            "basis": production.basis,
            "of": whole,
            "now": lost_now,
            "plan": solution.lost + elsewhere,
            "more": solution.lost - now,
        },
        "bound": solution.bound + elsewhere,
        "gap": solution.gap,
        "proven": solution.proven and exact,
        "groups_independent": exact,
        "solver": f"HiGHS, scipy {version('scipy')}",
        "variables": len(model.variables),
        "rows": len(model.rows) + len(model.needs),
        "orders_differ_by_kg_d": float(np.max(np.abs(brought - reached), initial=0.0)),
        "requirements": requirements,
        "binding_phase": binding_phases(requirements),
        "held_back_by": [{"row": name, "price": price} for name, price in solution.binding[:_NAMED]],
        "held_back_by_more": max(0, len(solution.binding) - _NAMED),
    }


def binding_phases(requirements: Sequence[Requirement]) -> dict[str, BindingPhase]:
    """Of each level the phase that falls furthest short, or has least to spare, as a share of what is required."""
    out: dict[str, BindingPhase] = {}
    for entry in requirements:
        spare = entry["margin_kg_d"] / entry["required_kg_d"] if entry["required_kg_d"] else 0.0
        before = out.get(entry["level"])
        if before is None or spare < before["margin_share"]:
            out[entry["level"]] = {
                "phase": entry["phase"], "starts": entry["starts"], "ends": entry["ends"],
                "pollutant": entry["pollutant"], "margin_kg_d": entry["margin_kg_d"], "margin_share": spare,
            }  # fmt: skip
    return out


def _status(model: Model, solution: Solution, requirements: Sequence[Requirement]) -> str:
    """``no_gap``, ``closed``, ``short`` where no lawful plan closes the gap, ``nothing`` where there is no choice.

    ``missed`` where this one does not, because groups touch each other more than could be tried; ``open`` where lines
    without a ground that the plan leaves alone could still close it.
    """
    if missing := [entry for entry in requirements if entry["short_kg_d"]]:
        if all(entry["met"] == UNKNOWN for entry in missing):
            return "open"
        if not model.variables:
            return "nothing"
        return "short" if solution.short.any() else "missed"
    return "closed" if any(need.gap > _ROUNDING for need in model.needs) else "no_gap"


def _requirements(model: Model, solution: Solution, found: Floats, most: Floats) -> list[Requirement]:
    """Every level and pollutant: asked, now, planned, slack or shortfall, and whether it binds."""
    out: list[Requirement] = []
    for at, need in enumerate(model.needs):
        reached = float(found[at]) + need.beside
        missing = need.share * need.society - reached
        piece = need.slice
        entry: Requirement = {
            "level": str(need.level),
            "phase": piece.phase,
            "starts": to_minute(piece.starts),
            "ends": to_minute(piece.ends) if piece.ends else "",
            "pollutant": need.pollutant,
            "required": need.share,
            "required_kg_d": need.share * need.society,
            "required_by": need.rule,
            "basis": need.basis,
            "now_kg_d": need.now + need.beside,
            "now": (need.now + need.beside) / need.society,
            "plan_kg_d": reached,
            "plan": reached / need.society,
            "margin_kg_d": reached - need.share * need.society,
            "short_kg_d": missing if missing > _ROUNDING else 0.0,
            "met": verdict(reached, float(most[at]) + need.beside, need.share * need.society),
        }
        if solution.reachable is not None:
            entry["best_reachable_kg_d"] = float(solution.reachable[at]) + need.beside
            entry["best_reachable"] = entry["best_reachable_kg_d"] / need.society
        if solution.prices is not None:
            price = float(solution.prices[at])
            entry["production_per_further_tonne"] = None if np.isnan(price) else price * 1000
            entry["binds"] = bool(price > 1e-12)
        out.append(entry)
    return out
