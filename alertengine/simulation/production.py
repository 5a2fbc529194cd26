"""Production lost: how much of each line's output is not made, in one unit for the whole list.

Lists carry capacities in tonnes, square metres and pieces, which cannot be added.  The default
therefore counts in *mean lines* (折算生产线): within an industry and process a line weighs its
capacity over the mean capacity there (same unit), so an average line of any kind weighs one.
A column of the list with the value of output takes its place where the bureau names it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.engine import Decision
from alertengine.lists import EnterpriseList
from alertengine.vocabulary import InputError, Problem

Floats = npt.NDArray[np.float64]
#: The unit of the default weights, for people and for machines.
MEAN_LINES = "折算生产线"


@dataclass(frozen=True, slots=True)
class Production:
    """What each line makes: ``amounts`` (lines,) ≥ 0 in ``unit``; ``basis`` says in Chinese how it was counted.

    ``yuan`` what a day of it is worth, NaN where nobody says; None: not asked for.
    """

    amounts: Floats
    unit: str
    basis: str
    yuan: Floats | None = None

    def of(self, rows: npt.NDArray[np.int64]) -> Production:
        """The production of some lines."""
        return Production(self.amounts[rows], self.unit, self.basis, None if self.yuan is None else self.yuan[rows])

    def yuan_of(self, rows: npt.NDArray[np.int64], share_days: Floats) -> Floats:
        """What some lines lose in yuan, by shares of their output times days; NaN where a loss has no value."""
        if self.yuan is None:
            return np.full(len(rows), np.nan)
        return np.where(share_days > 0, self.yuan[rows] * share_days, 0.0)


def mean_lines(lines: pd.DataFrame) -> Production:
    """Production in mean lines; a long-stopped line makes nothing, one without a capacity counts as a mean one."""
    keys = [lines[name].astype("object").fillna("") for name in ("industry", "process", "capacity_unit")]
    capacity = lines["capacity"].where(lines["capacity"] > 0)
    running = ~idle(lines)
    mean = capacity.where(running).groupby(keys).transform("mean")
    weight = (capacity / mean).fillna(1.0).to_numpy(dtype=np.float64)
    basis = "同行业同工序内按产能折算，平均一条生产线计1，缺产能的计1"
    return Production(np.where(running, weight, 0.0), MEAN_LINES, basis)


def by_column(enterprises: EnterpriseList, header: str) -> Production:
    """Production as a column of the list says it (such as 日产值(万元)), which the vocabulary does not know.

    Raises:
        InputError: no such column, or cells that are not an amount.

    """
    if header not in enterprises.extras:
        expected = ", ".join(map(str, enterprises.extras.columns)) or "a list with a further column"
        raise InputError([Problem("no_such_column", file=enterprises.file, column=header, names=expected)])
    said = enterprises.extras[header]
    amounts = pd.to_numeric(said.astype("str").str.replace(",", ""), errors="coerce")
    still = idle(enterprises.lines)
    bad = np.flatnonzero((~(amounts >= 0) | ~np.isfinite(amounts)).to_numpy() & ~still)
    problems = [
        Problem(
            "not_production",
            file=enterprises.file,
            row=int(enterprises.rows.iloc[row]),
            column=header,
            value="" if pd.isna(said.iloc[row]) else str(said.iloc[row]),
        )
        for row in bad
    ]
    if problems:
        raise InputError(problems)
    basis = f"按清单“{header}”列计"
    return Production(np.where(still, 0.0, amounts.to_numpy(dtype=np.float64)), header, basis)


def idle(lines: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Lines that are stopped for long already, and make nothing."""
    return lines["long_stopped"].fillna(value=False).to_numpy(dtype=bool)


def lost_share(decision: Decision) -> Floats:
    """The share of each line's production that the warning takes, 0 to 1.

    What already binds without a warning is not the warning's doing; a share that cannot be computed
    counts nothing, so sums are a lower bound.
    """
    other = np.nan_to_num(decision.other_share)
    return np.maximum(0.0, np.nan_to_num(decision.share) - other)
