"""Synthetic evidence with known truth: who obeyed, and all that makes honest data look guilty.

Nothing here is of a real plant.  Seeded: the same call gives the same data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from alertengine.vocabulary import ORDER_COLUMNS

TROUBLES = ("plain", "gaps", "swap", "holiday", "weekend", "idle", "noisy", "resized")


def orders_of(
    firms: Sequence[str],
    warnings: Sequence[tuple[str, str]],
    shares: Sequence[float],
    *,
    city: str = "太原市",
    level: str = "orange",
    lines: int = 1,
    **columns: object,
) -> pd.DataFrame:
    """Orders for each enterprise (a share each) and warning (start, end as ``YYYY-MM-DD HH:MM``)."""
    rows = []
    for firm, share in zip(firms, shares, strict=True):
        for number in range(lines):
            for start, end in warnings:
                row: dict[str, object] = dict.fromkeys(ORDER_COLUMNS, "")
                row |= {
                    "order_id": f"{firm}-{number + 1}-{start[:10]}", "city": city, "county": "", "enterprise_id": firm,
                    "enterprise": f"企业{firm}", "line_id": str(number + 1), "line": f"{number + 1}号线",
                    "industry": "铸造", "process": "熔炼", "level": level, "starts": start, "ends": end,
                    "phase": "0-72", "measure": "stop" if share == 1 else "limit" if share > 0 else "none",
                    "share": float(share), "measure_text": "停产" if share == 1 else f"限产{share:.0%}",
                    "status": "ordered" if share > 0 else "exempt",
                }  # fmt: skip
                rows.append(row | columns)
    table = pd.DataFrame(rows, columns=list(ORDER_COLUMNS))
    numbers = ["share", *(name for name in ORDER_COLUMNS if name.endswith("_kg_d"))]
    table[numbers] = table[numbers].replace("", np.nan).astype("float64")
    return table


@dataclass(frozen=True)
class Truth:
    """What was simulated: daily use, and for each enterprise whether it obeyed and what troubled its data."""

    use: pd.DataFrame
    obeyed: pd.Series
    trouble: pd.Series


def electricity(
    orders: pd.DataFrame,
    first: str,
    last: str,
    *,
    seed: int,
    disobey: float = 0.15,
    troubles: Sequence[str] = TROUBLES,
    festival: tuple[str, str] = ("2020-01-18", "2020-02-12"),
) -> Truth:
    """Daily use per enterprise (columns as a grid company exports them) under orders some of them ignore.

    An obeying plant keeps 4 to 18 % of its use where it is stopped (light, treatment, heating) and follows a
    limit with that part of its load left out.
    """
    rng = np.random.default_rng(seed)
    firms = orders["enterprise_id"].drop_duplicates().tolist()
    days = pd.date_range(first, last, freq="D")
    obeyed = pd.Series(rng.random(len(firms)) >= disobey, index=firms)
    trouble = pd.Series(rng.choice(list(troubles), len(firms)), index=firms)
    share = _shares(orders, days)
    parts = []
    for firm in firms:
        level = rng.lognormal(9, 1)
        noise = 0.12 if trouble[firm] == "noisy" else rng.uniform(0.03, 0.08)
        use = level * np.maximum(1 + noise * rng.standard_normal(len(days)), 0.05)
        overhead = rng.uniform(0.04, 0.18)
        use *= _shape(trouble[firm], days, festival, rng, overhead)
        if obeyed[firm]:
            use *= 1 - share[firm].to_numpy() * (1 - overhead)
        part = pd.DataFrame({"统一社会信用代码": firm, "企业名称": f"企业{firm}", "用电户号": f"M{firm}", "日期": days})
        part["用电量(千瓦时)"] = np.round(use, 1)
        parts.append(_holed(part, trouble[firm], rng))
    return Truth(pd.concat(parts, ignore_index=True), obeyed, trouble)


def _shares(orders: pd.DataFrame, days: pd.DatetimeIndex) -> pd.DataFrame:
    """The ordered share of each enterprise (mean of its lines) and day, by hours; 0 where none."""
    out = pd.DataFrame(0.0, index=days, columns=orders["enterprise_id"].unique())
    lines = orders.groupby("enterprise_id")["line_id"].nunique()
    for row in orders.itertuples():
        start, end = pd.Timestamp(row.starts), pd.Timestamp(row.ends)
        low = np.maximum((start - days).total_seconds(), 0)
        high = np.minimum((end - days).total_seconds(), 86400)
        covered = np.clip(high - low, 0, None) / 86400
        out[row.enterprise_id] += row.share * covered / lines[row.enterprise_id]
    return out


def _shape(
    trouble: str, days: pd.DatetimeIndex, festival: tuple[str, str], rng: np.random.Generator, overhead: float
) -> np.ndarray:
    """What a plant's year does to its use, orders aside."""
    shape = np.ones(len(days))
    if trouble == "holiday":
        shape[(days >= festival[0]) & (days <= festival[1])] = overhead
    elif trouble == "weekend":
        shape[days.day_of_week == 6] = rng.uniform(0.2, 0.6)
    elif trouble == "idle":
        shape[rng.integers(0, len(days) // 2) :] = overhead
    elif trouble == "swap":  # another current transformer: the same plant read at another level from a day on
        shape[rng.integers(10, len(days) - 10) :] *= rng.choice([0.4, 0.5, 2, 2.5])
    elif trouble == "resized":  # more production from a day on
        shape[rng.integers(10, len(days) - 10) :] *= rng.uniform(1.1, 1.4)
    return shape


def _holed(part: pd.DataFrame, trouble: str, rng: np.random.Generator) -> pd.DataFrame:
    return part[rng.random(len(part)) >= (0.25 if trouble == "gaps" else 0.01)]
