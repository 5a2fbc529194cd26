"""Deciding a list: for every line, what it must do in every slice of a response.

Matching, resolving, unknowns, allotment and accounting come together here; the result is
arrays per slice, from which ``orders`` writes its rows and ``report`` its totals.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.engine._matching.resolved_cache import Moment
from alertengine.engine.account import Floats, Numbers, shares
from alertengine.engine.allot_list import Allotted, allot_lines
from alertengine.engine.facts import Facts, TextColumn
from alertengine.engine.filed_or_rule import Filed, Use, Warned, combine, filed_plan
from alertengine.engine.group_index import Index
from alertengine.engine.law_of_day import Kind, Law, Matching
from alertengine.engine.match import Matcher, MatchStats
from alertengine.engine.resolve import Resolution, merged
from alertengine.engine.response import Response, Slice, slices
from alertengine.rulebook.book import Rulebook
from alertengine.rulebook.measures import Measure
from alertengine.rulebook.places_and_lists import Place
from alertengine.vocabulary.fields import EMISSION_FIELDS, Status

STATUSES = tuple(Status)


@dataclass(slots=True)
class Binding:
    """What one kind of line is bound to in a slice: the resolution and what it hangs on."""

    resolution: Resolution
    classified: tuple[str, ...]
    hangs_on: tuple[str, ...]
    expires: datetime | None

    @property
    def key(self) -> object:
        """Equal of bindings that say the same, of one moment of the law."""
        return id(self.resolution), self.classified, self.hangs_on, self.expires


@dataclass(slots=True)
class Decision:
    """All lines in one slice.

    ``binding`` (lines,) numbers into ``bindings``; shares are 0..1 or NaN: ``share`` of everything that
    binds, ``warning_share`` of the warning measures, ``other_share`` of what binds without one; ``partial``
    marks shares that are a lower bound; ``reduced`` kg/d by pollutant; ``status`` codes of STATUSES.
    """

    slice: Slice
    bindings: list[Binding]
    binding: Index
    effective: TextColumn
    share: Floats
    warning_share: Floats
    other_share: Floats
    partial: npt.NDArray[np.bool_]
    reduced: dict[str, Floats]
    warning_reduced: dict[str, Floats]
    status: npt.NDArray[np.int8]
    undetermined: npt.NDArray[np.bool_]
    filed: Filed
    allotted: Allotted
    lacking: dict[str, npt.NDArray[np.bool_]] = field(default_factory=dict)


class Engine:
    """Decides lists under one rulebook; keeps compiled rules and resolutions across calls."""

    def __init__(self, book: Rulebook, known_on: date | None = None, *, hanging: bool = True) -> None:
        """Take the rulebook; ``known_on`` is the second clock; ``hanging``: also search what orders hang on."""
        self.book = book
        self.known_on = known_on
        self._hanging = hanging
        self._matchers: dict[frozenset[str], Matcher] = {}
        self._laws: dict[date, Law] = {}
        self._moments: dict[tuple[object, ...], Moment] = {}
        #: By state of the law the binding of each kind, and each binding once.
        self._bound: dict[tuple[object, ...], tuple[dict[Kind, Binding], dict[object, Binding]]] = {}

    @cached_property
    def unsearched(self) -> Engine:
        """The same rules and what is compiled of them, without searching what orders hang on: for many variants."""
        if not self._hanging:
            return self
        other = Engine(self.book, self.known_on, hanging=False)
        other._matchers, other._laws, other._moments = self._matchers, self._laws, self._moments
        return other

    def law(self, day: date) -> Law:
        """The law of a day, compiled once."""
        if day not in self._laws:
            self._laws[day] = Law(self.book, day, self.known_on, self._matchers)
        return self._laws[day]

    def place_of(self, line: pd.DataFrame) -> Place:
        """Where the first line of a list stands."""
        _, places = Facts(line.iloc[:1], self.book.lists, date.max).places()
        return places[0]

    def stats(self) -> list[MatchStats]:
        """What was matched so far, per compiled set of rules."""
        return [matcher.stats() for matcher in self._matchers.values()]

    def decide(self, lines: pd.DataFrame, response: Response, *, published: bool = False) -> list[Decision]:
        """Decide every line in every slice of a response.

        Args:
            lines: the list, columns of the vocabulary, one row per line.
            response: the segments of a warning's life, or one segment without a warning.
            published: whether the list is published, so that its filed measures bind.

        """
        out: list[Decision] = []
        matched: dict[date, Matching] = {}
        for piece in slices(response, self.book, self.known_on):
            if piece.day not in matched:
                matched[piece.day] = self.match(lines, piece.day)
            previous = out[-1] if out else None
            out.append(self.decide_slice(lines, matched[piece.day], piece, previous, published=published))
        return out

    def match(self, lines: pd.DataFrame, day: date) -> Matching:
        """The list matched under the law of a day; serves every level and phase of it."""
        return self.law(day).match(lines)

    def decide_slice(
        self,
        lines: pd.DataFrame,
        matching: Matching,
        piece: Slice,
        previous: Decision | None = None,
        *,
        published: bool = False,
    ) -> Decision:
        """Decide every line in one slice.

        Args:
            lines: as in :meth:`decide`.
            matching: the same lines matched under the law of the slice's day.
            piece: the slice.
            previous: the slice before it in the same response: lines it stopped stay chosen.
            published: as in :meth:`decide`.

        """
        law = self.law(piece.day)
        facts = Facts(lines, self.book.lists, piece.day)
        bindings, numbers = self._bindings(law, matching.kinds, piece, published=published)
        binding = numbers[matching.kind]
        order = np.argsort(binding, kind="stable")
        starts = np.searchsorted(binding[order], np.arange(len(bindings) + 1))
        rows_of = [order[starts[n] : starts[n + 1]] for n in range(len(bindings))]
        filed = filed_plan(lines, piece.level)
        before = previous.allotted if previous else None
        resolutions = [one.resolution for one in bindings]
        allotted = allot_lines(lines, facts, resolutions, rows_of, filed, before, published=published)
        filed.take(allotted.plan.stopped if allotted.plan else None, allotted.adds)
        ledger = _Shares(len(lines))
        for one, rows in zip(bindings, rows_of, strict=True):
            ledger.add(one.resolution, Numbers(facts, rows), allotted)
        ledger.lacking |= allotted.lacking
        return _finish(facts, piece, bindings, binding, matching, ledger, filed, allotted, published=published)

    def _bindings(self, law: Law, kinds: list[Kind], piece: Slice, *, published: bool) -> tuple[list[Binding], Index]:
        """The bindings of all kinds of line, equal ones once, and for each kind its number."""
        found: dict[int, int] = {}
        bindings: list[Binding] = []
        numbers = []
        today = piece.day.strftime("%m-%d")
        turn = (piece.day.year, *(today <= period.last for period in self.book.lists.periods))  # when periods end
        state = (law.key, piece.level, law.passed(piece.hours), published)
        if state not in self._moments:
            self._moments[state] = Moment(law, self.book.layers, piece.level, piece.hours, published=published)
        bound, alike = self._bound.setdefault((*state, turn), ({}, {}))
        for kind in kinds:
            binding = bound.get(kind)
            if binding is None:
                binding = self._bind(self._moments[state], kind, piece.day)
                binding = bound[kind] = alike.setdefault(binding.key, binding)
            if id(binding) not in found:
                found[id(binding)] = len(bindings)
                bindings.append(binding)
            numbers.append(found[id(binding)])
        return bindings, np.array(numbers, dtype=np.int64)

    def _bind(self, moment: Moment, kind: Kind, day: date) -> Binding:
        law = moment.law
        resolution = moment.resolution(kind.rules)
        hanging: tuple[str, ...] = ()
        if kind.question is not None and self._hanging:
            hanging = moment.hangs_on(kind.question, kind.ladder)
        graded = not law.graded.isdisjoint(resolution.rule_ids())
        grounds = kind.classified if graded or resolution.status is Status.UNDETERMINED else frozenset()
        return Binding(
            resolution,
            tuple(sorted(grounds)),
            hanging,
            self._expiry(resolution, grounds, day, dict(kind.season_ends)),
        )

    def _expiry(
        self, resolution: Resolution, grounds: Iterable[str], day: date, season_ends: dict[str, str]
    ) -> datetime | None:
        """Midnight after the last day on which what binds still holds, where a date says so."""
        ends = []
        for name in (*grounds, *resolution.rule_ids()):
            rule = self.book.rules[name]
            last = rule.valid.bounds()[1]
            if last < date.max:
                ends.append(last)
            last_day = season_ends.get(getattr(rule, "during", ""))
            if last_day is not None:
                end = date.fromisoformat(f"{day.year}-{last_day}")
                ends.append(end if end >= day else date.fromisoformat(f"{day.year + 1}-{last_day}"))
        return datetime.combine(min(ends) + timedelta(days=1), time()) if ends else None


class _Shares:
    """Shares of all lines, gathered binding by binding."""

    def __init__(self, count: int) -> None:
        self.warning = np.full(count, np.nan)
        self.other = np.full(count, np.nan)
        self.partial = np.zeros(count, dtype=bool)
        self.lacking: dict[str, npt.NDArray[np.bool_]] = {}
        self.by_pollutant: dict[str, Floats] = {}
        self._count = count

    def add(self, resolution: Resolution, numbers: Numbers, allotted: Allotted) -> None:
        """Add the measures of one resolution for the lines it binds."""
        for regime, result in resolution.regimes.items():
            into = self.warning if regime == "warning" else self.other
            if result.status in (Status.EXEMPT, Status.SELF_DIRECTED) or (
                result.ground and result.status is Status.ORDERED
            ):
                into[numbers.rows] = np.fmax(into[numbers.rows], 0.0)
            for asked in merged(result.asked):
                self._measure(into, asked.measure, numbers, allotted)

    def _measure(self, into: Floats, measure: Measure, numbers: Numbers, allotted: Allotted) -> None:
        found = shares(measure, numbers, allotted.fraction(measure, numbers.rows))
        rows = numbers.rows
        into[rows] = np.fmax(into[rows], found.share)
        self.partial[rows] |= np.isnan(found.share)
        for name, lacking in found.lacking.items():
            if lacking.any():
                self.lacking.setdefault(name, np.zeros(self._count, dtype=bool))[rows[lacking]] = True
        for name, value in (found.by_pollutant or {}).items():
            column = self.by_pollutant.setdefault(name, np.full(self._count, np.nan))
            column[rows] = np.fmax(column[rows], value)


def _finish(
    facts: Facts,
    piece: Slice,
    bindings: list[Binding],
    binding: Index,
    matching: Matching,
    gathered: _Shares,
    filed: Filed,
    allotted: Allotted,
    *,
    published: bool,
) -> Decision:
    """Put rules, filed plans and emissions together."""
    warned = _warned(bindings, binding, gathered)
    warning_share = combine(filed, warned, published=published)
    total = np.fmax(warning_share, gathered.other)
    status = _statuses(bindings, binding, filed)
    total = np.where(status == STATUSES.index(Status.UNDETERMINED), np.nan, total)
    total = np.where(np.isnan(total) & (status >= STATUSES.index(Status.SELF_DIRECTED)), 0.0, total)
    unread = np.isin(filed.use, (Use.ALONE, Use.BESIDE, Use.PUBLISHED)) & np.isnan(filed.share)
    partial = (gathered.partial | unread) & ~(total >= 1)
    total = np.where(partial & (total == 0), np.nan, total)  # a lower bound of nothing says nothing
    idle = facts.boolean("long_stopped") == 2
    elsewhere = idle | (gathered.other >= 1)  # stopped for other reasons: no emergency reduction is earned
    reduced, warning_reduced = {}, {}
    for pollutant, column in EMISSION_FIELDS.items():
        emission = facts.number(column)
        own = gathered.by_pollutant.get(pollutant)
        whole = total if own is None else np.fmax(total, own)
        alone = warning_share if own is None else np.fmax(warning_share, own)
        reduced[pollutant] = np.where(idle, 0.0 * whole, whole * emission)
        warning_reduced[pollutant] = np.where(elsewhere, 0.0, alone * emission)
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
        warning_reduced=warning_reduced,
        status=status,
        undetermined=_undetermined(bindings, binding, filed),
        filed=filed,
        allotted=allotted,
        lacking=gathered.lacking,
    )


def _spread(binding: Index, values: list[bool]) -> npt.NDArray[np.bool_]:
    return np.array(values, dtype=bool)[binding]


def _warning_status(binding: Binding) -> Status | None:
    result = binding.resolution.regimes.get("warning")
    return result.status if result else None


def _warned(bindings: list[Binding], binding: Index, gathered: _Shares) -> Warned:
    """The warning regime of each line as the rules alone leave it."""
    said = [_warning_status(one) for one in bindings]
    return Warned(
        ordered=_spread(binding, [s is Status.ORDERED for s in said]),
        undetermined=_spread(binding, [s is Status.UNDETERMINED for s in said]),
        lifted=_spread(binding, [s in (Status.EXEMPT, Status.SELF_DIRECTED) for s in said]),
        self_directed=_spread(binding, [s is Status.SELF_DIRECTED for s in said]),
        share=gathered.warning,
        full=~gathered.partial,
    )


def _statuses(bindings: list[Binding], binding: Index, filed: Filed) -> npt.NDArray[np.int8]:
    """The status of each line: the first that any regime gives, plans looked at."""
    rank = {status: number for number, status in enumerate(STATUSES)}
    others = [
        min(
            (rank[r.status] for name, r in one.resolution.regimes.items() if name != "warning"),
            default=len(STATUSES) - 1,
        )
        for one in bindings
    ]
    warned = [rank[_warning_status(one) or Status.NONE] for one in bindings]
    warning = np.array(warned, dtype=np.int8)[binding]
    by_plan = np.isin(filed.use, (Use.ALONE, Use.PUBLISHED))
    said = np.where(filed.kind.among("self_directed"), rank[Status.SELF_DIRECTED], rank[Status.ORDERED])
    warning = np.where(by_plan, said, warning)
    warning = np.where(filed.use == Use.NOT_PUBLISHED, rank[Status.UNDETERMINED], warning)
    return np.minimum(warning, np.array(others, dtype=np.int8)[binding]).astype(np.int8)


def _undetermined(bindings: list[Binding], binding: Index, filed: Filed) -> npt.NDArray[np.bool_]:
    """Lines for which the warning says nothing, or nothing that the published list carries."""
    said = _spread(binding, [one.resolution.undetermined_warning for one in bindings])
    return (said & (filed.use == Use.NONE)) | (filed.use == Use.NOT_PUBLISHED)
