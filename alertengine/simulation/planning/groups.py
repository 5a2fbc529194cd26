"""Groups: lines of one city, industry, process and effective grade, which are held to one measure.

Same region, industry and grade, same measure (340号 总则): a plan chooses per group, never per plant.
Exempt, guaranteed and self-directed lines are in no group.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.engine import STATUSES, Decision, Facts
from alertengine.files import Index, joined
from alertengine.rulebook import OpenLists, Rulebook
from alertengine.simulation.planning.steps import NOTHING, Family, Step, Steps, Strictness, stricter_of, strictness
from alertengine.simulation.production import idle
from alertengine.vocabulary import GUARANTEE_NONE, UNGRADED, Level, Status

Bools = npt.NDArray[np.bool_]
#: The layer a draft's measures stand in: what is above it is never touched.
DRAFT_LAYER = "measure"
_LIFTED = (Status.EXEMPT, Status.SELF_DIRECTED)


@dataclass(frozen=True, slots=True)
class GroupKey:
    """What a group shares; ``grade`` is empty where the list does not say it."""

    city: str
    industry: str
    process: str
    grade: str


@dataclass(slots=True)
class LineGroup:
    """Lines held to one measure.

    ``rows`` of the list that a rule for the group reaches, ``bound`` those of them it would bind; ``steps``
    the measures to choose from; ``now`` the least that any bound line is asked by rules, per level and hour at which
    any level changes; ``without_ground`` where no rule and no plan says anything, ``ground_ends`` the first hour from
    which that is so (None: never).  Option 0 keeps the measure, option n is step n.
    """

    key: GroupKey
    rows: Index
    bound: Index
    steps: tuple[Step, ...]
    now: dict[Level, tuple[Strictness, ...]] = field(default_factory=dict)
    without_ground: bool = False
    ground_ends: datetime | None = None

    @property
    def options(self) -> range:
        """All options, to keep the measure first."""
        return range(len(self.steps) + 1)

    def step(self, option: int) -> Step | None:
        """The step of an option; None where the measure is kept."""
        return self.steps[option - 1] if option else None

    def asks(self, level: Level, option: int) -> tuple[Strictness, ...]:
        """What the group is asked under an option, the measure it has now included, hour by hour as ``now``."""
        step = self.step(option)
        return tuple(stricter_of(step.asks, now) for now in self.now[level]) if step else self.now[level]

    def allowed(self, level: Level, option: int) -> bool:
        """Whether a plan may choose an option: it keeps the measure, or asks more at some hour.

        A share of output that it then asks is no smaller than what is asked at some hour now, and it is in nothing, at
        no hour, lighter than what a milder level asks now.
        """
        step = self.step(option)
        if step is None:
            return True
        now, asks = self.now[level], self.asks(level, option)
        milder = [said for other, said in self.now.items() if other.rank < level.rank]
        return (
            asks != now
            and (step.asks[0] == 0 or step.asks[0] >= min(said[0] for said in now))
            and all(
                part >= least
                for said in milder
                for own, other in zip(asks, said, strict=True)
                for part, least in zip(own, other, strict=True)
            )
        )


@dataclass(frozen=True, slots=True, eq=False)
class UntouchedLines:
    """Lines that a plan does not touch, and why (Chinese)."""

    key: GroupKey
    rows: Index
    reason: str

    @property
    def lines(self) -> int:
        """How many lines they are."""
        return len(self.rows)


@dataclass(slots=True)
class Grouping:
    """The groups of a list and what stays outside them."""

    groups: list[LineGroup]
    left_out: list[UntouchedLines]

    def reasons(self) -> dict[str, int]:
        """Lines left out, by reason."""
        out: dict[str, int] = {}
        for left in self.left_out:
            out[left.reason] = out.get(left.reason, 0) + left.lines
        return out


@dataclass(frozen=True, slots=True)
class _Held:
    """The lines as the law holds them at one level, rules of the draft aside."""

    open: Bools  #: a measure of the draft would bind or hold beside what binds
    lifted: Bools  #: exempt or self-directed, and a measure of the draft would undo it
    silent: Bools  #: nothing is said at all


def group_lines(
    book: Rulebook,
    lines: pd.DataFrame,
    base: Mapping[Level, Sequence[Decision]],
    levels: Collection[Level],
    steps: Steps,
    *,
    leave_undetermined: bool,
) -> Grouping:
    """The groups of a list.

    Args:
        book: the rulebook the base was decided under.
        lines: the list.
        base: the phases of every level, each level held alone for the whole length.
        levels: the levels at which the draft will hold.
        steps: the measures to choose from.
        leave_undetermined: leave out groups for which no rule and no plan says anything.

    """
    held = {level: [_reach_of_draft(book, one) for one in base[level]] for level in levels}
    phases = [(one, said.slice.starts) for level in levels for one, said in zip(held[level], base[level], strict=True)]
    hours = _aligned(base)
    still = idle(lines)
    out = Grouping([], [])
    for key, rows in _alike(book.lists, lines, next(iter(base.values()))[0]):
        bound = rows[np.any([one.open[rows] for one, _ in phases], axis=0) & ~still[rows]]
        if not len(bound):
            continue
        family = steps.of(key.industry, key.process)
        unsaid = [starts for one, starts in phases if one.silent[bound].all()]
        silent = len(unsaid) == len(phases)
        reason = _unfit(book.lists, key, family)
        if not reason and any(one.lifted[rows].any() for one, _ in phases):
            reason = "组内有自主减排或豁免的生产线，加严会改变其待遇"
        if not reason and leave_undetermined and silent:
            reason = "依据缺失，按要求不纳入"
        if reason or family is None:
            out.left_out.append(UntouchedLines(key, bound, reason))
            continue
        now = {level: tuple(_least(at[level], bound) for at in hours) for level in base}
        ends = min(unsaid, default=None)
        out.groups.append(LineGroup(key, rows, bound, family.steps, now, without_ground=silent, ground_ends=ends))
    out.groups.sort(key=lambda group: _place(book.lists, group.key))
    return out


def _aligned(decided: Mapping[Level, Sequence[Decision]]) -> list[dict[Level, Decision]]:
    """What holds at each level at the same hour: an entry for every hour at which any level changes."""
    moments = sorted({one.slice.starts for decisions in decided.values() for one in decisions})
    return [
        {
            level: next(one for one in reversed(decisions) if one.slice.starts <= moment)
            for level, decisions in decided.items()
        }
        for moment in moments
    ]


def _alike(lists: OpenLists, lines: pd.DataFrame, decision: Decision) -> Iterator[tuple[GroupKey, Index]]:
    """Lines of one city, industry, process and effective grade, guaranteed ones aside."""
    facts = Facts(lines, lists, decision.slice.day)
    # industry and process as the list names them: one that is not on file is unknown to conditions, and named here
    named = [facts.stated(name) for name in ("industry", "process")]
    columns = [facts.text("city"), *named, decision.effective]
    index, firsts = joined(*(column.codes for column in columns))
    order = np.argsort(index, kind="stable")
    bounds = np.searchsorted(index[order], np.arange(len(firsts) + 1))
    free = facts.text("guarantee").among(GUARANTEE_NONE)
    for number, first in enumerate(firsts):
        texts = [column.categories[code] if (code := column.codes[first]) >= 0 else "" for column in columns]
        rows = order[bounds[number] : bounds[number + 1]]
        yield GroupKey(*texts), rows[free[rows]]


def _reach_of_draft(book: Rulebook, decision: Decision) -> _Held:
    at = book.layers.index(DRAFT_LAYER)
    results = [one.resolution.regimes.get("warning") for one in decision.bindings]
    tops = [
        min((book.layers.index(a.rule.layer) for a in (*r.asked, *r.ground)), default=at) if r else at for r in results
    ]
    states = [r.status if r else Status.NONE for r in results]
    low = np.array([top >= at for top in tops], dtype=bool)[decision.binding]
    lifted = np.array([state in _LIFTED for state in states], dtype=bool)[decision.binding]
    promised = decision.status == STATUSES.index(Status.SELF_DIRECTED)
    return _Held(low & ~lifted & ~promised, low & (lifted | promised), decision.undetermined)


def _unfit(lists: OpenLists, key: GroupKey, family: Family | None) -> str:
    """Why no rule can be written for a group, or the empty text."""
    if key.city not in lists.cities():
        return "城市不在目录，规则无法指名"
    for table, name, text in (("industries", "行业", key.industry), ("processes", "工序", key.process)):
        if not text:
            return f"{name}未填，规则无法指名"
        if lists.standard_name(table, text) != text:
            return f"{name}不在目录（rules/vocabulary），规则无法指名"
    if family is None:
        return "没有可用的措施档次"
    return "" if family.steps else family.reason


def _least(decision: Decision, rows: Index) -> Strictness:
    """The least that the rules ask of any of some lines under the warning."""
    bindings = [decision.bindings[number] for number in np.unique(decision.binding[rows])]
    results = [binding.resolution.regimes.get("warning") for binding in bindings]
    said = [strictness(asked.measure for asked in result.asked) if result else NOTHING for result in results]
    return tuple(map(min, zip(*said, strict=True))) if said else NOTHING


def _place(lists: OpenLists, key: GroupKey) -> tuple[object, ...]:
    """Where a group stands in a table: city, industry by its number, process, grade from the best."""
    known = lists.industries.get(key.industry)
    number = known.number if known and known.number is not None else 999
    return (key.city, number, key.industry, key.process, ranked(lists, key))


def ranked(lists: OpenLists, key: GroupKey) -> tuple[int, int]:
    """The place of a group's grade: on the ladder, off it, ungraded, unknown."""
    ladder = lists.ladder_of(key.industry)
    if key.grade in ladder:
        return (0, ladder.index(key.grade))
    return (1, lists.off_ladder.index(key.grade)) if key.grade in lists.off_ladder else (2, 0)


def not_lighter(lists: OpenLists, better: GroupKey, worse: GroupKey) -> bool:
    """Whether the second of two groups may never be treated more lightly than the first.

    D not lighter than C, C not than B; 非引领性 not than 引领性; 未评级 not than any grade.  A grade that the
    list does not say is compared with none.
    """
    same = (better.city, better.industry, better.process) == (worse.city, worse.industry, worse.process)
    if not same or better == worse:
        return False
    one, other = ranked(lists, better), ranked(lists, worse)
    if worse.grade == UNGRADED:
        return one[0] < 2 and better.grade != UNGRADED
    return one[0] == other[0] and one[0] < 2 and one < other and better.grade != UNGRADED
