"""What a day of each line's output is worth, in yuan: only as the bureau gives it, by line or by product."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.rulebook import Rulebook
from alertengine.simulation.season.plants import SeasonPlants, lines_where
from alertengine.simulation.season.season_scenario import Product, Value
from alertengine.vocabulary import InputError, Problem

Floats = npt.NDArray[np.float64]
_SCALE: Final = {"": 1.0, "千": 1e3, "万": 1e4, "亿": 1e8}
_MONEY: Final = re.compile(r"(千|万|亿)?元(?:/[日天])?[)）\]】]?$")
_PER_TIME: Final = re.compile(r"(千|万|亿)?(.+)/([日天年])")
_AMOUNT: Final = re.compile(r"(千|万|亿)?(.+)")


def values(value: Value, plants: SeasonPlants, book: Rulebook) -> Floats:
    """Yuan a day by line (lines,), NaN where the bureau gives none; a line's own column stands above its product.

    A product's value times the line's capacity a day; capacities a year are spread over the line's 年生产天数.

    Raises:
        InputError: no such column, a cell that is no amount of yuan, a condition that cannot be read.

    """
    out = _of_products(value.products, plants, book)
    if not value.column:
        return out
    own = _of_column(value.column, plants)
    return np.where(np.isnan(own), out, own)


def _of_column(header: str, plants: SeasonPlants) -> Floats:
    found = _MONEY.search(header.strip())
    if header not in plants.extras or found is None:
        code = "no_such_column" if header not in plants.extras else "value_without_unit"
        names = "、".join(map(str, plants.extras.columns))
        raise InputError([Problem(code, file=", ".join(plants.files), column=header, names=names)])
    said = plants.extras[header].astype("object")
    text = said.where(said.notna(), "").astype(str).str.replace(",", "").str.strip()
    amounts = pd.to_numeric(text, errors="coerce").to_numpy(dtype=np.float64)
    bad = np.flatnonzero((text != "").to_numpy() & ~(np.isfinite(amounts) & (amounts >= 0)))
    if len(bad):
        lines = plants.lines
        raise InputError([
            Problem("not_a_value", file=", ".join(plants.files), column=header, value=str(said.iloc[row]),
                    place=f"{lines['enterprise_id'].iloc[row]}/{lines['line_id'].iloc[row]}")
            for row in bad
        ])  # fmt: skip
    return np.asarray(amounts * _SCALE[found[1] or ""], dtype=np.float64)


def _of_products(products: Sequence[Product], plants: SeasonPlants, book: Rulebook) -> Floats:
    lines = plants.lines
    out = np.full(len(lines), np.nan)
    capacity = lines["capacity"].to_numpy(dtype=np.float64)
    days = lines["production_days"].to_numpy(dtype=np.float64)
    units = lines["capacity_unit"].astype("object").fillna("").to_numpy()
    for product in products:
        rows = lines_where(lines, product.when, book) & np.isnan(out)
        for unit in {str(one) for one in units[rows]}:
            own = rows & (units == unit)
            scale, yearly = _factor(unit, product.per)
            out[own] = product.yuan * capacity[own] * scale / (days[own] if yearly else 1.0)
    return np.where(np.isfinite(out), out, np.nan)


def _factor(unit: str, per: str) -> tuple[float, bool]:
    """How many of ``per`` one of a capacity's unit is (NaN: not to be compared), and whether it is of a year."""
    of_time, amount = _PER_TIME.fullmatch(unit.strip()), _AMOUNT.fullmatch(per.strip())
    if of_time is None or amount is None or of_time[2] != amount[2]:
        return np.nan, False
    return _SCALE[of_time[1] or ""] / _SCALE[amount[1] or ""], of_time[3] == "年"
