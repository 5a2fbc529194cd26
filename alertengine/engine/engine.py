"""Deciding a list: for every line, what it must do in every slice of a response.

Matching, resolving, unknowns, allotment and accounting come together here; the result is
arrays per slice, from which ``orders`` writes its rows and ``report`` its totals.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from alertengine.engine._matching.resolved_cache import Moment
from alertengine.engine._resolve import ALLOTTED, Resolution
from alertengine.engine.account import Bools, Floats, Numbers
from alertengine.engine.allot_list import allot_lines
from alertengine.engine.allotted import Allotted
from alertengine.engine.decision import (
    STATUSES,
    Binding,
    Decision,
    GatheredShares,
    Response,
    Slice,
    slices,
    turns_of_list,
)
from alertengine.engine.facts import Facts
from alertengine.engine.filed_or_rule import (
    GROUNDS,
    Filed,
    Use,
    Warned,
    among,
    combine,
    filed_plan,
    grounds,
    reckon_demands,
)
from alertengine.engine.kilograms import Kilograms
from alertengine.engine.law_of_day import Law, LineKind, Matching
from alertengine.engine.lower_level import asking_something, bind_lower, binding_something, widened
from alertengine.engine.match import Matcher, MatchStats
from alertengine.engine.statuses import GROUND_OF_STATUS, spread, statuses_of, undetermined_lines, warning_status
from alertengine.files import CodedTable, Index
from alertengine.rulebook import Place, Rulebook, day_in
from alertengine.vocabulary import EMISSION_FIELDS, Ground, Level, Status

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["STATUSES", "Binding", "Decision", "Engine"]


class Engine:
    """Decides lists under one rulebook; keeps compiled rules and resolutions across calls."""

    def __init__(self, book: Rulebook, known_on: date | None = None, *, hanging: bool = True) -> None:
        """Take the rulebook; documents after ``known_on`` do not count; ``hanging``: also find what orders hang on."""
        self.book = book
        self.known_on = known_on
        self._hanging = hanging
        self._matchers: dict[frozenset[str], Matcher] = {}
        #: By moment; and by the last one at which a dated rule began or ended, the first asked for since.
        self._laws: dict[datetime, Law] = {}
        self._dated: dict[datetime, Law] = {}
        self._moments: dict[tuple[object, ...], Moment] = {}
        #: By state of the law the binding of each kind, and each binding once.
        self._bound: dict[tuple[object, ...], tuple[dict[LineKind, Binding], dict[object, Binding]]] = {}

    @cached_property
    def unsearched(self) -> Engine:
        """The same rules and what is compiled of them, without searching what orders hang on: for many variants."""
        if not self._hanging:
            return self
        other = Engine(self.book, self.known_on, hanging=False)
        other._matchers, other._laws, other._dated, other._moments = (
            self._matchers, self._laws, self._dated, self._moments,
        )  # fmt: skip
        return other

    def law(self, when: date) -> Law:
        """The law of a moment, or of the first of a day, compiled once for all moments that share it."""
        since = self.book.unchanged_since(when if isinstance(when, datetime) else datetime.combine(when, time()))
        if since not in self._laws:
            dated = self.book.dated_since(since)
            if dated not in self._dated:
                self._dated[dated] = Law(self.book, since, self.known_on, self._matchers)
            self._laws[since] = self._dated[dated].on(since.date())
        return self._laws[since]

    def place_of(self, line: pd.DataFrame) -> Place:
        """Where the first line of a list stands."""
        first = CodedTable.of(line).take(np.zeros(1, dtype=np.int64))
        return Facts(first, self.book.lists, date.max).places()[1][0]

    def stats(self) -> list[MatchStats]:
        """What was matched so far, per compiled set of rules."""
        return [matcher.stats() for matcher in self._matchers.values()]

    def decide(
        self,
        lines: CodedTable | pd.DataFrame,
        response: Response,
        *,
        published: bool = False,
        matched: dict[datetime, Matching] | None = None,
    ) -> list[Decision]:
        """Decide every line in every slice of a response.

        Args:
            lines: the list, columns of the vocabulary, one row per line.
            response: the segments of a warning's life, or one segment without a warning.
            published: whether the list is published, so that its filed measures bind.
            matched: the same lines matched under laws met before, kept from one response to the next.

        """
        out: list[Decision] = []
        matched = {} if matched is None else matched
        facts = Facts(lines, self.book.lists, date.max)
        for piece in slices(response, self.book, self.known_on, turns_of_list(facts.lines, self.book)):
            since = self.book.unchanged_since(piece.starts)
            if since not in matched:
                law = self.law(since)
                alike = (at for at in matched if law.matches_like(self.law(at), facts))
                same = next(alike, None)
                matched[since] = law.match(facts) if same is None else matched[same]
            previous = out[-1] if out else None
            out.append(self.decide_slice(facts, matched[since], piece, previous, published=published))
        return out

    def match(self, facts: Facts, when: date) -> Matching:
        """The list matched under the law of a moment (or the first of a day); serves every level and phase of it."""
        return self.law(when).match(facts)

    def decide_slice(
        self,
        facts: Facts,
        matching: Matching,
        piece: Slice,
        previous: Decision | None = None,
        *,
        published: bool = False,
    ) -> Decision:
        """Decide every line in one slice.

        Args:
            facts: the columns of the list, of any day.
            matching: the same lines matched under the law of the slice's start.
            piece: the slice.
            previous: the slice before it in the same response: lines it stopped stay chosen.
            published: as in :meth:`decide`.

        """
        kept = previous.allotted if previous else None
        lines = facts.lines
        decision = self._decide_alone(facts, matching, piece, kept, published=published)
        left = np.flatnonzero(
            (decision.ground == GROUNDS.index(Ground.UNDETERMINED)) & (decision.filed.use != Use.NOT_PUBLISHED)
        )
        lower = list(Level)[1 : piece.level.rank]
        left = left[np.logical_or.reduce([asking_something(lines, left, level) for level in lower])] if lower else left
        for level in reversed(lower):
            if len(left):
                at_level = replace(piece, level=level)
                rows, left = self._lower_says(lines, matching, at_level, decision, left, published=published)
                self._take_lower(lines, matching, at_level, decision, rows, kept, published=published)
        return decision

    def _lower_says(
        self,
        lines: CodedTable,
        matching: Matching,
        piece: Slice,
        decision: Decision,
        left: Index,
        *,
        published: bool,
    ) -> tuple[Index, Index]:
        """Of the lines ``left`` without a ground: those that a lower level has a measure for, those still to ask.

        ``piece`` is the slice at that level. What their orders hang on there is added to what they hang on, in place.
        """
        law = self.law(piece.starts)
        every, number = law.kinds(matching, piece.level)
        kinds, kind = np.unique(number[matching.met[left]], return_inverse=True)
        bindings, numbers = self._bindings(law, [every[k] for k in kinds], piece, published=published)
        binding = numbers[kind]
        said = [warning_status(one) for one in bindings]
        lifted = spread(binding, [one in (Status.EXEMPT, Status.SELF_DIRECTED) for one in said])
        asks = asking_something(lines, left, piece.level)
        wider: dict[tuple[int, int], int] = {}
        for row, lower in zip(left[asks].tolist(), binding[asks].tolist(), strict=True):
            pair = int(decision.binding[row]), lower
            if pair not in wider:
                wider[pair] = widened(decision.bindings, pair[0], bindings[lower].hangs_on)
            decision.binding[row] = wider[pair]
        return left[asks & ~lifted], left[~(lifted | asks)]

    def _take_lower(
        self,
        lines: CodedTable,
        matching: Matching,
        piece: Slice,
        decision: Decision,
        rows: Index,
        kept: Allotted | None,
        *,
        published: bool,
    ) -> None:
        """Decide the enterprises of some lines at a lower level and let it bind those lines, in place."""
        if not len(rows):
            return
        owners = lines.text("enterprise_id").codes
        of = np.flatnonzero(np.isin(owners, owners[rows]))
        theirs = lines.take(of)
        lower = self._decide_alone(
            Facts(theirs, self.book.lists, piece.day),
            matching.of(of),
            piece,
            kept.of(of) if kept else None,
            published=published,
        )
        bind_lower(decision, lower, of, np.isin(of, rows) & binding_something(lower))

    def _decide_alone(
        self, facts: Facts, matching: Matching, piece: Slice, kept: Allotted | None, *, published: bool
    ) -> Decision:
        """Decide every line in one slice by what is on file for its level; ``kept``: who stopped before."""
        law = self.law(piece.starts)
        facts = facts.on(piece.day)
        kinds, number = law.kinds(matching, piece.level)
        bindings, numbers = self._bindings(law, kinds, piece, published=published)
        binding = numbers[number][matching.met]
        order = np.argsort(binding.astype(np.min_scalar_type(len(bindings))), kind="stable")  # 16 bits sort fast
        starts = np.searchsorted(binding[order], np.arange(len(bindings) + 1))
        rows_of = [order[starts[n] : starts[n + 1]] for n in range(len(bindings))]
        filed = filed_plan(facts.lines, piece.level)
        reckon_demands(filed, facts, piece.level)
        resolutions = [one.resolution for one in bindings]
        allotted = allot_lines(facts, resolutions, rows_of, filed, kept, published=published)
        filed.take(allotted.plan, allotted.adds)
        ledger = GatheredShares(len(facts))
        for one, rows in zip(bindings, rows_of, strict=True):
            ledger.add(one.resolution, Numbers(facts, rows), allotted)
        ledger.lacking |= allotted.lacking
        return _finish(facts, piece, bindings, binding, matching, ledger, filed, allotted, published=published)

    def _bindings(
        self, law: Law, kinds: list[LineKind], piece: Slice, *, published: bool
    ) -> tuple[list[Binding], Index]:
        """The bindings of all kinds of line, equal ones once, and for each kind its number."""
        found: dict[Binding, int] = {}
        numbers = []
        today = piece.day.strftime("%m-%d")
        turn = (piece.day.year, *(today <= period.last for period in self.book.recurring))  # when periods end
        held = []
        for hours in (0.0, piece.hours):  # what no hour limits is as it was at the beginning
            state = (law.key, piece.level, law.passed(hours), published)
            if state not in self._moments:
                self._moments[state] = Moment(law, self.book.layers, piece.level, hours, published=published)
            held.append((self._moments[state], *self._bound.setdefault((*state, turn), ({}, {}))))
        for kind in kinds:
            moment, bound, alike = held[law.is_limited(kind)]
            binding = bound.get(kind)
            if binding is None:
                binding = self._bind(moment, kind, piece.day)
                binding = bound[kind] = alike.setdefault(binding.key, binding)
            numbers.append(found.setdefault(binding, len(found)))
        return list(found), np.array(numbers, dtype=np.int64)

    def _bind(self, moment: Moment, kind: LineKind, day: date) -> Binding:
        law = moment.law
        resolution = moment.resolution(kind.rules)
        hanging: tuple[str, ...] = ()
        if kind.question is not None and self._hanging:
            hanging = moment.hangs_on(kind.question, kind.ladder)
        graded = not law.graded.isdisjoint(resolution.rule_ids())
        grounds = kind.classified if graded or resolution.status is Status.UNDETERMINED else frozenset()
        asked = day, resolution, grounds, kind.season_ends
        if asked not in moment.expiries:
            moment.expiries[asked] = self._expiry(resolution, grounds, day, dict(kind.season_ends))
        return Binding(resolution, tuple(sorted(grounds)), hanging, moment.expiries[asked])

    def _expiry(
        self, resolution: Resolution, grounds: Iterable[str], day: date, season_ends: dict[str, str]
    ) -> datetime | None:
        """The first moment at which something that binds no longer holds, where a date says so."""
        ends = []
        for name in (*grounds, *resolution.rule_ids()):
            rule = self.book.rules[name]
            until = self.book.ends(rule, self.known_on)
            if until < datetime.max:
                ends.append(until)
            last_day = season_ends.get(getattr(rule, "during", ""))
            if last_day is not None:
                end = day_in(day.year, last_day)
                end = end if end >= day else day_in(day.year + 1, last_day)
                ends.append(datetime.combine(end + timedelta(days=1), time()))
        return min(ends, default=None)


def _finish(
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
