"""How the burden of a response falls: by grade, size and county, plants stopped outright, and how unequally.

No 一刀切 is a claim that figures must bear out.  All functions are pure: from lines with the share
of production each loses to small tables; shares are 0 to 1 of production, kilograms per day.
"""

from __future__ import annotations

from typing import Any, TypedDict

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.engine import Decision
from alertengine.files import CodedTable, records
from alertengine.simulation.production import Production, idle, lost_share
from alertengine.vocabulary import EMISSION_FIELDS, PLANT_KEY, POLLUTANTS

Floats = npt.NDArray[np.float64]
UNKNOWN_GRADE = "未载明"
#: Size classes: thirds of the enterprises by emission (mean of their shares of each pollutant's list total).
SIZES = ("小", "中", "大")
QUANTILES = (0.10, 0.25, 0.50, 0.75, 0.90, 1.0)
#: Headers people read, by column of the tables.
HEADERS = {
    "grade": "执行等级",
    "size": "规模（按排放量三等分）",
    "county": "区县",
    "enterprises": "企业数",
    "lines": "生产线数",
    "production": "产能",
    "before_share": "错峰等已停比例",
    "lost": "预警损失产能",
    "lost_share": "预警损失比例",
    "stopped_outright": "全厂停产企业数",
    "stopped_share": "全厂停产占比",
}


def burden_lines(lines: pd.DataFrame, decision: Decision, production: Production) -> pd.DataFrame:
    """One row a running line: what tells it apart, its production, what the warning takes, whether it stops it.

    Columns ``plant, county, grade, size, production, before, lost, down, stopped``: ``before`` is the
    production that a season or a sanction takes already, ``lost`` what the warning takes on top; ``down`` where
    nothing runs any more, ``stopped`` where the warning is why for at least part of it.
    """
    effective = decision.effective
    grades = np.array([*effective.categories, UNKNOWN_GRADE], dtype=object)[effective.codes]
    share = lost_share(decision)
    frame = pd.DataFrame(
        {
            "plant": CodedTable.of(lines).numbers(PLANT_KEY),
            "county": lines["county"].astype("object").fillna("未填").to_numpy(),
            "grade": grades,
            "size": sizes(lines).to_numpy(),
            "production": production.amounts,
            "before": production.amounts * np.minimum(np.nan_to_num(decision.other_share), 1.0),
            "lost": production.amounts * share,
            "down": np.nan_to_num(decision.share) >= 1,
            "stopped": (np.nan_to_num(decision.share) >= 1) & (share > 0),
        }
    )
    return frame[~idle(lines)].reset_index(drop=True)


def sizes(lines: pd.DataFrame) -> pd.Series:
    """The size class of each line's enterprise: thirds of the enterprises by what they emit."""
    columns = [EMISSION_FIELDS[pollutant] for pollutant in POLLUTANTS]
    emission = lines[columns].fillna(0.0)
    total = emission.sum()
    share = (emission / total.where(total > 0, 1.0)).mean(axis=1)
    plants = lines[[*reversed(PLANT_KEY)]].astype("object").fillna("")
    plant = pd.factorize(pd.MultiIndex.from_frame(plants), sort=True)[0]  # by code: of plants that emit alike it tells
    of_enterprise = share.groupby(plant).sum()
    rank = of_enterprise.rank(method="first")
    third = np.minimum((rank.to_numpy() - 1) * len(SIZES) // max(len(rank), 1), len(SIZES) - 1).astype(int)
    return pd.Series(np.array(SIZES, dtype=object)[third][plant], index=lines.index)


def burden_by(table: pd.DataFrame, column: str) -> pd.DataFrame:
    """The burden by ``grade``, ``size`` or ``county``: columns as in HEADERS, one row a class.

    An enterprise with lines of two classes is counted in both; it is stopped outright in a class where all of
    its running lines there stand still.
    """
    outright = _outright(table, [column, "plant"]).groupby(level=0).agg(["sum", "size"])
    summed = table.groupby(column)[["production", "before", "lost"]].sum()
    out = pd.DataFrame(
        {
            "enterprises": outright["size"].astype(int),
            "lines": table.groupby(column).size(),
            "production": summed["production"],
            "before_share": _ratio(summed["before"], summed["production"]),
            "lost": summed["lost"],
            "lost_share": _ratio(summed["lost"], summed["production"]),
            "stopped_outright": outright["sum"].astype(int),
            "stopped_share": _ratio(outright["sum"], outright["size"]),
        }
    )
    order = {"size": list(SIZES)}.get(column)
    out = out.reindex([name for name in order if name in out.index]) if order else out.sort_index()
    return out.rename_axis(column).reset_index()


def enterprise_shares(table: pd.DataFrame) -> pd.Series:
    """The share of its production that each enterprise loses, 0 to 1, by ``plant``."""
    summed = table.groupby("plant")[["lost", "production"]].sum()
    return _ratio(summed["lost"], summed["production"])


def quantile_table(table: pd.DataFrame) -> pd.DataFrame:
    """Quantiles over enterprises of the share of production lost: columns ``quantile, lost_share``."""
    shares = enterprise_shares(table)
    values = shares.quantile(list(QUANTILES)).to_numpy() if len(shares) else np.zeros(len(QUANTILES))
    return pd.DataFrame({"quantile": QUANTILES, "lost_share": values})


def gini(values: npt.ArrayLike) -> float:
    """The Gini coefficient of amounts ≥ 0: 0 all alike, towards 1 one bears all; 0 where nobody bears anything."""
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    total = ordered.sum()
    count = len(ordered)
    if count == 0 or total <= 0:
        return 0.0
    place = np.arange(1, count + 1)
    return float((2 * (place * ordered).sum() / (count * total)) - (count + 1) / count)


class BurdenFigures(TypedDict):
    """How a burden falls: totals, Gini, quantiles of enterprises, and :func:`burden_by` grade, size and county."""

    enterprises: int
    lines: int
    production: float
    before_share: float
    lost: float
    lost_share: float
    hit: int
    stopped_outright: int
    stopped_share: float
    gini: float
    quantiles: dict[str, float]
    by_grade: list[dict[str, Any]]
    by_size: list[dict[str, Any]]
    by_county: list[dict[str, Any]]


def burden_figures(table: pd.DataFrame) -> BurdenFigures:
    """The figures of :func:`burden_lines`."""
    shares = enterprise_shares(table)
    plants = _outright(table, ["plant"])
    outright = int(plants.sum())
    production, lost = float(table["production"].sum()), float(table["lost"].sum())
    return {
        "enterprises": len(plants),
        "lines": len(table),
        "production": production,
        "before_share": float(table["before"].sum()) / production if production else 0.0,
        "lost": lost,
        "lost_share": lost / production if production else 0.0,
        "hit": int((shares > 0).sum()),
        "stopped_outright": outright,
        "stopped_share": outright / len(plants) if len(plants) else 0.0,
        "gini": gini(shares),
        "quantiles": {f"p{round(q * 100)}": v for q, v in quantile_table(table).itertuples(index=False)},
        "by_grade": records(burden_by(table, "grade")),
        "by_size": records(burden_by(table, "size")),
        "by_county": records(burden_by(table, "county")),
    }


def _outright(table: pd.DataFrame, by: list[str]) -> pd.Series:
    """Whether each plant is stopped outright: nothing of it runs, a warning being why for at least part of it."""
    plants = table.groupby(by).agg(down=("down", "all"), stopped=("stopped", "any"))
    return plants["down"] & plants["stopped"]


def _ratio(part: pd.Series, whole: pd.Series) -> pd.Series:
    return (part / whole.where(whole > 0)).fillna(0.0)
