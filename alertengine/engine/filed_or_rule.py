"""The filed plan of a line beside what the rules ask: which of the two binds.

From a published list each line gets the list's measure for the level; where a rule asks more, a finding says so and a
person decides. From a draft list the order is the stricter of rule and filed plan, and both are shown. A filed plan
never turns an exempt or self-directed line into an ordered one: it is shown as a commitment. A filed text that asks
nothing (无, 正常生产, 豁免, 自主减排 of a grade that no rule lets direct itself) binds nobody and frees nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from alertengine.engine.account import Numbers, shares
from alertengine.engine.allotted import Share
from alertengine.engine.facts import Facts, TextColumn, text_column
from alertengine.files import CodedTable
from alertengine.rulebook import Measure
from alertengine.vocabulary import (
    ASKING_NOTHING,
    COUNTED_AS_RULED,
    PLAN_FIELDS,
    PLAN_SHARE_FIELDS,
    Ground,
    Level,
    demands,
)

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
_TOLERANCE = 1e-9
GROUNDS = tuple(Ground)


class Use(IntEnum):
    """What became of a filed plan."""

    NONE = 0  #: no plan is filed, or there is no warning
    COMMITMENT = 1  #: shown only: the line is exempt or self-directed
    ALONE = 2  #: no rule says anything; the plan binds
    STRICTER = 3  #: the plan asks more than the rule
    WITHIN = 4  #: the rule asks at least as much
    BESIDE = 5  #: the plan's share was not read; it holds beside the rule
    PUBLISHED = 6  #: the published measure binds
    NOT_PUBLISHED = 7  #: a rule asks something that the published list does not carry
    NO_GROUND = 8  #: no rule says anything, and the plan asks nothing


@dataclass(slots=True)
class Filed:
    """The filed plans of a list at one level.

    ``present`` where something is filed, ``asks`` where it asks something, ``use`` codes of :class:`Use`, ``finding``
    where a rule asks more.  ``by`` says how lines are chosen for a plan of the whole enterprise (``line;capacity``,
    ``unit=2``; ``unit=2;each`` of a number that each line has), unknown where a plan speaks of its line alone;
    ``adds`` marks lines whose enterprise-wide plan asks more than the rules do.
    """

    present: Bools
    asks: Bools
    kind: TextColumn
    share: Floats
    use: npt.NDArray[np.int8]
    finding: Bools
    by: TextColumn
    adds: Bools

    def count(self, ordered: Iterable[tuple[npt.NDArray[np.int64], str]]) -> None:
        """Count shares that name no counting (停产50%) as a rule's order does: its lines and ``by``, in place.

        Where no rule orders a share of them they speak of their line alone.
        """
        if COUNTED_AS_RULED not in self.by.categories:
            return
        names, codes = list(self.by.categories), self.by.codes.copy()
        unsaid = codes == names.index(COUNTED_AS_RULED)
        codes[unsaid] = -1
        for rows, by in ordered:
            if by not in names:
                names.append(by)
            codes[rows[unsaid[rows] & (codes[rows] < 0)]] = names.index(by)
        self.by = TextColumn(codes, tuple(names))

    def take(self, allotted: Share | None, adds: Bools | None) -> None:
        """Put what is allotted to each line in the place of the share of an enterprise."""
        if allotted is not None and adds is not None:
            known = ~np.isnan(allotted.stopped)
            self.share, self.adds = self.share.copy(), adds
            self.share[allotted.rows[known]] = allotted.stopped[known]

    def take_lower(self, other: Filed, rows: npt.NDArray[np.int64], taken: Bools) -> None:
        """Take over, in place, the plans of ``rows`` from a lower level: its lines ``taken``."""
        self.kind, self.by = _laid(self.kind, other.kind, rows, taken), _laid(self.by, other.by, rows, taken)
        for mine, theirs in (
            (self.present, other.present),
            (self.asks, other.asks),
            (self.share, other.share),
            (self.use, other.use),
            (self.finding, other.finding),
            (self.adds, other.adds),
        ):
            mine[rows] = theirs[taken]


def filed_plan(lines: CodedTable, level: Level) -> Filed:
    """The filed plans of a list for a level (none at level ``none``)."""
    count = len(lines)
    nothing = np.zeros(count, dtype=bool)
    if level is Level.NONE:
        blank = TextColumn(np.full(count, -1, dtype=np.int32), ())
        unsaid, unused = np.full(count, np.nan), np.zeros(count, dtype=np.int8)
        return Filed(nothing, nothing, blank, unsaid, unused, nothing.copy(), blank, nothing.copy())
    share = lines.number(PLAN_SHARE_FIELDS[level])
    kind, by = _column(lines, f"{PLAN_FIELDS[level]}_kind"), _column(lines, f"{PLAN_FIELDS[level]}_by")
    share = np.where(np.isnan(share) & kind.among(*ASKING_NOTHING), 0.0, share)
    texts = lines.text(PLAN_FIELDS[level])
    present = texts.known | ~np.isnan(share)
    # 停产50%（以生产线计） asks something, even where the list says that this line is not the one to stop
    silent = kind.among("exempt", "self_directed") | ((share == 0) & ~kind.among("stop_share", "stop_units"))
    unread = np.flatnonzero(present & ~silent & np.isnan(share) & kind.among(""))
    if len(unread):
        codes, which = np.unique(texts.codes[unread], return_inverse=True)
        asking = [code >= 0 and demands(str(texts.texts[code])) for code in codes.tolist()]
        silent[unread] = ~np.array(asking, dtype=bool)[which]
    unused = np.zeros(count, dtype=np.int8)
    return Filed(present, present & ~silent, kind, share, unused, nothing, by, nothing.copy())


def reckon_demands(filed: Filed, facts: Facts, level: Level) -> None:
    """Fill in, in place, the shares of filed demands as a rule with the same demand gives them (NaN: a figure lacks).

    A coking time that names today's (由20小时延长至30小时) is reckoned from that where the list does not say it.
    """
    if level is Level.NONE:
        return
    demand = _column(facts.lines, f"{PLAN_FIELDS[level]}_demand")
    for code in np.unique(demand.codes[np.isnan(filed.share)]).tolist():
        if code < 0:
            continue
        rows = np.flatnonzero((demand.codes == code) & np.isnan(filed.share))
        said = dict(part.split("=", 1) for part in demand.categories[code].split(";"))
        today = float(said.pop("from", "nan"))
        kind = filed.kind.categories[filed.kind.codes[rows[0]]]
        measure = Measure.model_validate({"code": kind, **said})
        share = shares(measure, Numbers(facts, rows)).share
        if measure.hours:
            share = np.where(np.isnan(share), 1 - today / measure.hours, share)
        filed.share[rows] = share


def _column(lines: CodedTable, name: str) -> TextColumn:
    return text_column(lines.text(name)) if name in lines else TextColumn(np.full(len(lines), -1, dtype=np.int32), ())


def _laid(mine: TextColumn, theirs: TextColumn, rows: npt.NDArray[np.int64], taken: Bools) -> TextColumn:
    """A text column with some lines taken over from another."""
    names = tuple(dict.fromkeys((*mine.categories, *theirs.categories)))
    codes = mine.codes.copy()
    table = np.array([*(names.index(name) for name in theirs.categories), -1], dtype=np.int32)
    codes[rows] = table[theirs.codes[taken]]
    return TextColumn(codes, names)


@dataclass(slots=True)
class Warned:
    """What the rules alone ask of each line under the warning; arrays are (lines,), ``share`` 0 to 1 or NaN."""

    ordered: Bools
    undetermined: Bools
    lifted: Bools  #: exempt or self-directed
    self_directed: Bools
    share: Floats
    full: Bools  #: every measure of the rules could be computed
    together: Bools  #: a rule asks a part of several lines, this one among them


def combine(filed: Filed, warned: Warned, *, published: bool) -> Floats:
    """Set ``use`` and ``finding`` of the plans; the warning share of each line with its plan.

    The result is NaN where nothing can be computed, and 0 where nothing is asked.
    """
    asked, said, plan = warned.share, filed.present, filed.share
    read = ~np.isnan(plan)
    # the plan asks more, or the rule's own share cannot be computed
    more = _exceeds(plan, asked) | (filed.adds & (plan > 0))
    use = np.full(len(plan), Use.WITHIN, dtype=np.int8)
    use[filed.asks & ~read & ~(asked >= 1)] = Use.BESIDE
    use[filed.asks & read & more] = Use.STRICTER
    use[warned.undetermined] = Use.NO_GROUND
    use[warned.undetermined & filed.asks] = Use.ALONE
    use[warned.lifted] = Use.COMMITMENT
    use[~said | ~(warned.ordered | warned.undetermined | warned.lifted)] = Use.NONE
    if published:
        bound = warned.ordered | warned.undetermined
        # which line of several stops is not chosen where the list says nothing of one of them
        asks = warned.ordered & ((asked > 0) | ~warned.full | (warned.together & ~said))
        use[filed.asks & bound] = Use.PUBLISHED
        use[~filed.asks & asks] = Use.NOT_PUBLISHED
        short = _exceeds(asked, plan) | (warned.ordered & ~warned.full & ~(plan >= 1))
        filed.finding = np.where(filed.asks, asks & short, asks)
    filed.use = use
    # a share of the enterprise's lines (以生产线计) is no share surely read for one of them
    promised = (use == Use.COMMITMENT) & warned.self_directed & read & (filed.by.codes < 0)
    share = np.where(among(use, Use.ALONE, Use.PUBLISHED, Use.STRICTER) | promised, plan, asked)
    share[use == Use.NOT_PUBLISHED] = np.nan
    return share


def grounds(filed: Filed, warned: Warned) -> npt.NDArray[np.int8]:
    """What the order of each line rests on once ``use`` is set, as codes of ``GROUNDS``; shape (lines,).

    This is the one judgement of it: orders, summaries and ``check`` read it from here.
    """
    out = np.full(len(filed.use), GROUNDS.index(Ground.NONE), dtype=np.int8)
    for lines, ground in (  # the one that prevails comes last
        (warned.lifted, Ground.EXEMPTION),
        (warned.self_directed, Ground.SELF_DIRECTION),
        (warned.undetermined, Ground.UNDETERMINED),
        (warned.ordered, Ground.RULE),
        (among(filed.use, Use.ALONE, Use.PUBLISHED, Use.STRICTER), Ground.FILED),
        (among(filed.use, Use.NO_GROUND, Use.NOT_PUBLISHED), Ground.UNDETERMINED),
    ):
        out[lines] = GROUNDS.index(ground)
    return out


def among(codes: npt.NDArray[np.int8], *some: int) -> Bools:
    """Where a code is one of a few; ``np.isin`` takes fifty times as long."""
    return np.asarray(np.logical_or.reduce([codes == one for one in some]))


def _exceeds(one: Floats, other: Floats) -> Bools:
    """Where ``one`` is known and above ``other``, or ``other`` is unknown."""
    return ~np.isnan(one) & (np.isnan(other) | (one > other + _TOLERANCE))
