"""The state of a city in words: since when which response holds, and what its lines come to."""

from __future__ import annotations

from collections.abc import Sequence

from alertengine.orders._decided_state import REST
from alertengine.orders._in_force import CityState
from alertengine.vocabulary import CANCEL, DECISION_TEXT, OPEN_END, POLLUTANT_TEXT, STAY, kilograms, level_words, moment


def state_head(state: CityState) -> str:
    """From when a city is in which response, or that it ends or does not begin.

    Args:
        state: one of :meth:`InForce.cities`, or its ``then``.

    """
    at, since = moment(state["at"]), state["since"]
    if state["decision"] == CANCEL:
        return f"原定{moment(since)}启动的响应取消"
    if state["decision"] == STAY:
        return f"取消原定自{at}起的级别调整，继续执行{level_words(state['level'])}响应"
    if state["decision"] == "lift":
        return f"自{moment(since)}起终止响应"
    word = DECISION_TEXT.get(state["decision"], "")
    until = f"，至{moment(state['ends'])}" if state["ends"] else ""
    levels = level_words(state["level"])
    if "areas" in state:
        areas = [(area or REST, level, ends) for area, level, ends in state["areas"]]
        levels = "、".join(f"{area}{level_words(level)}" for area, level, _ in areas)
        if len({ends for *_, ends in areas}) > 1:
            until = "".join(f"，{area}至{moment(ends) or OPEN_END}" for area, _, ends in areas)
    if since and since < state["at"]:
        return f"{at}执行中：{levels}响应（自{moment(since)}起{until}）"
    said = f"（{word}{until}）" if word else ""
    return f"自{at}起执行{levels}响应{said}" if at else f"{levels}响应"


def state_words(states: Sequence[CityState]) -> list[str]:
    """What holds of each city, and what a decision made changes from a later hour on, each with its figures."""
    every = [one for state in states for one in (state, state.get("then")) if one]
    return [f"{one['city']}{state_head(one)}" + (f"：{_figures(one)}" if one["lines"] else "") for one in every]


def _figures(one: CityState) -> str:
    counts = [f"{one['lines']:,}条生产线", f"执行减排{one['ordered']:,}条", f"全停{one['stopped']:,}条"]
    counts += [f"依据缺失{one['undetermined']:,}条"] if one["undetermined"] else []
    sums = "、".join(f"{POLLUTANT_TEXT[name]} {kilograms(kg)}" for name, kg in one["kg"].items())
    return f"{'，'.join(counts)}；减排{sums}千克/日"
