"""The status of each line of a decision, and which lines stay undetermined."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from alertengine.engine.decision import STATUSES, Binding
from alertengine.engine.filed_or_rule import GROUNDS, Filed, Use, among
from alertengine.files import Index
from alertengine.vocabulary import Ground, Status


def statuses_of(bindings: list[Binding], binding: Index, filed: Filed) -> npt.NDArray[np.int8]:
    """The status of each line: the first that any regime gives, plans looked at."""
    rank = {status: number for number, status in enumerate(STATUSES)}
    others = [
        min(
            (rank[r.status] for name, r in one.resolution.regimes.items() if name != "warning"),
            default=len(STATUSES) - 1,
        )
        for one in bindings
    ]
    warned = [rank[warning_status(one) or Status.NONE] for one in bindings]
    warning = np.array(warned, dtype=np.int8)[binding]
    warning[among(filed.use, Use.ALONE, Use.PUBLISHED)] = rank[Status.ORDERED]
    warning[filed.use == Use.NOT_PUBLISHED] = rank[Status.UNDETERMINED]
    return np.minimum(warning, np.array(others, dtype=np.int8)[binding])


def undetermined_lines(
    bindings: list[Binding], binding: Index, filed: Filed, ground: npt.NDArray[np.int8]
) -> npt.NDArray[np.bool_]:
    """Lines without a ground, but those that a document leaves to the city's plan."""
    referred = spread(binding, [one.resolution.referred for one in bindings]) & (filed.use != Use.NOT_PUBLISHED)
    return (ground == GROUNDS.index(Ground.UNDETERMINED)) & ~referred


#: The ground of a line without a warning, by its status.
GROUND_OF_STATUS = np.array(
    [
        GROUNDS.index(ground)
        for ground in (Ground.RULE, Ground.UNDETERMINED, Ground.SELF_DIRECTION, Ground.EXEMPTION, Ground.NONE)
    ],
    dtype=np.int8,
)


def spread(binding: Index, values: list[bool]) -> npt.NDArray[np.bool_]:
    """What is said of each binding, said of each line, (lines,)."""
    return np.array(values, dtype=bool)[binding]


def warning_status(binding: Binding) -> Status | None:
    """The status that the warning gives; None where it asks nothing."""
    result = binding.resolution.regimes.get("warning")
    return result.status if result else None
