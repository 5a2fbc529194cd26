"""Rules, filed plans and emissions put together: what every line comes to in one slice, its status among it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from alertengine.engine._resolve import ALLOTTED
from alertengine.engine.account import Bools, Floats
from alertengine.engine.allotted import Allotted
from alertengine.engine.decision import STATUSES, Binding, Decision, GatheredShares, Slice
from alertengine.engine.facts import Facts
from alertengine.engine.filed_or_rule import GROUNDS, Filed, Use, Warned, among, combine, grounds
from alertengine.engine.kilograms import Kilograms
from alertengine.engine.law_of_day import Matching
from alertengine.files import Index
from alertengine.vocabulary import EMISSION_FIELDS, Ground, Level, Status


def put_together(
    facts: Facts,
    piece: Slice,
    bindings: list[Binding],
    binding: Index,
    matching: Matching,
    gathered: GatheredShares,
    filed: Filed,
    allotted: Allotted,
    *,
    published: bool,
) -> Decision:
    """Put rules, filed plans and emissions together."""
    warned = _warned(bindings, binding, gathered)
    warning_share = combine(filed, warned, published=published)
    total = np.fmax(warning_share, gathered.other)
    status = statuses_of(bindings, binding, filed)
    ground = grounds(filed, warned)
    if piece.level is Level.NONE:
        ground = GROUND_OF_STATUS[status]
    total = np.where(status == STATUSES.index(Status.UNDETERMINED), np.nan, total)
    total = np.where(np.isnan(total) & (status >= STATUSES.index(Status.SELF_DIRECTED)), 0.0, total)
    unread = among(filed.use, Use.ALONE, Use.BESIDE, Use.PUBLISHED) & np.isnan(filed.share)
    partial = (gathered.partial | unread) & ~(total >= 1)
    total = np.where(partial & (total == 0), np.nan, total)  # a lower bound of nothing says nothing
    idle = facts.boolean("long_stopped") == 2
    elsewhere = idle | (gathered.other >= 1)  # stopped for other reasons: no emergency reduction is earned
    emissions = {pollutant: facts.number(column) for pollutant, column in EMISSION_FIELDS.items()}
    reduced = Kilograms(emissions, total, idle)
    adding = Kilograms(emissions, _added(warning_share, gathered.other, elsewhere), elsewhere)
    for pollutant in gathered.warning_by.keys() | gathered.other_by.keys():
        by_warning, by_other = gathered.warning_by.get(pollutant), gathered.other_by.get(pollutant)
        reduced.own[pollutant] = _with_own(_with_own(total, by_warning), by_other)
        warned_own, other_own = _with_own(warning_share, by_warning), _with_own(gathered.other, by_other)
        adding.own[pollutant] = _added(warned_own, other_own, elsewhere)
    return Decision(
        slice=piece,
        bindings=bindings,
        binding=binding,
        effective=matching.effective,
        share=total,
        warning_share=warning_share,
        other_share=gathered.other,
        partial=partial,
        reduced=reduced,
        warning_reduced=adding,
        status=status,
        undetermined=undetermined_lines(bindings, binding, filed, ground) & (piece.level is not Level.NONE),
        filed=filed,
        allotted=allotted,
        ground=ground,
        lacking=gathered.lacking,
    )


def _added(warned: Floats, before: Floats, elsewhere: Bools) -> Floats:
    """What the warning adds: what binds anyway is not its doing, nothing of lines that stop for other reasons."""
    added = np.maximum(warned - np.fmax(before, 0.0), 0.0)
    added[elsewhere] = 0.0
    return added


def _with_own(share: Floats, own: Floats | None) -> Floats:
    """The shares for one pollutant: those of all, or more where a measure speaks of its concentration."""
    return share if own is None else np.fmax(share, own)


def _warned(bindings: list[Binding], binding: Index, gathered: GatheredShares) -> Warned:
    """The warning regime of each line as the rules alone leave it."""
    said = [warning_status(one) for one in bindings]
    return Warned(
        ordered=spread(binding, [s is Status.ORDERED for s in said]),
        undetermined=spread(binding, [s is Status.UNDETERMINED for s in said]),
        lifted=spread(binding, [s in (Status.EXEMPT, Status.SELF_DIRECTED) for s in said]),
        self_directed=spread(binding, [s is Status.SELF_DIRECTED for s in said]),
        share=gathered.warning,
        full=~gathered.partial,
        together=spread(binding, [_asks_several(one) for one in bindings]),
    )


def _asks_several(binding: Binding) -> bool:
    """Whether a warning measure asks a part of several lines together, of which the engine chooses which stop."""
    asked = binding.resolution.production
    return any(one.measure.code in ALLOTTED and one.regime == "warning" for one in asked)


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
    """The value of each line's binding, of ``values`` by binding; shape (lines,)."""
    return np.array(values, dtype=bool)[binding]


def warning_status(binding: Binding) -> Status | None:
    """The status that the warning gives; None where it asks nothing."""
    result = binding.resolution.regimes.get("warning")
    return result.status if result else None
