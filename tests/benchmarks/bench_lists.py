"""The lists that are measured: a synthetic one as ``lists generate`` makes it, and one drawn against all order.

In the second, thirteen fields of every line are drawn independently and evenly at random: no list is so, and
no way of taking equal lines together has it harder.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from alertengine.files import categorical, series_of
from alertengine.lists import EnterpriseList, generate_list, load_settings
from alertengine.rulebook import OpenLists
from alertengine.vocabulary import FIELDS

from .bench_laws import BOOLS, CODES

SEED = 9
_BLANK = 0.04
_NUMBERS = {"city_distance_km": 60, "trucks_per_day": 120, "load_pct": 110, "production_days": 365}


def plain(count: int, lists: OpenLists) -> EnterpriseList:
    """A synthetic list of ``count`` lines."""
    return generate_list(count, SEED, lists, load_settings(None))


def scattered(count: int, lists: OpenLists) -> EnterpriseList:
    """A synthetic list with thirteen fields drawn independently and evenly, 4 % of their cells unknown."""
    made = plain(count, lists)
    rng = np.random.default_rng(SEED)
    lines = made.lines.copy()

    def codes(names: list[str]) -> pd.Series:
        drawn = rng.integers(len(names), size=count).astype(np.int32)
        return series_of(categorical(np.where(rng.random(count) < _BLANK, -1, drawn).astype(np.int32), names))

    lines["industry"] = codes(list(lists.industries))
    lines["process"] = codes([str(name) for name in lines["process"].cat.categories])
    lines["grade"] = codes(list(FIELDS["grade"].values))
    for name, values in CODES.items():
        lines[name] = codes(list(values))
    for name in BOOLS[:4]:
        lines[name] = pd.Series(pd.arrays.BooleanArray(rng.random(count) < 0.5, rng.random(count) < _BLANK))
    for name, most in _NUMBERS.items():
        drawn = np.round(rng.uniform(0, most, count), 1)
        lines[name] = np.where(rng.random(count) < _BLANK, np.nan, drawn)
    return replace(made, lines=lines)
