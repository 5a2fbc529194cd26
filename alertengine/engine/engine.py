"""Deciding a list: for every line, what it must do in every slice of a response.

Matching, resolving, unknowns, allotment and accounting come together here; the result is
arrays per slice, from which ``orders`` writes its rows and ``report`` its totals.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from alertengine.engine._matching.resolved_cache import ResolvedMoment
from alertengine.engine._resolve import Resolution
from alertengine.engine.account import Numbers
from alertengine.engine.allot_list import allot_lines
from alertengine.engine.allotted import Floats
from alertengine.engine.decision import (
    Binding,
    Decision,
    GatheredShares,
    Response,
    Slice,
    slices,
    turns_of_list,
)
from alertengine.engine.facts import Facts
from alertengine.engine.filed_or_rule import GROUNDS, Use, filed_plan, reckon_demands
from alertengine.engine.law_of_day import Law, LineKind, Matching
from alertengine.engine.match import Matcher, MatchStats
from alertengine.engine.put_together import put_together, spread, warning_status
from alertengine.engine.taken_over import asking_something, bind_lower, binding_something, widened, with_anew
from alertengine.files import CodedTable, Index, joined
from alertengine.rulebook import Place, Rulebook, day_in
from alertengine.vocabulary import Ground, Level, Status

if TYPE_CHECKING:
    import pandas as pd


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
        self._moments: dict[tuple[object, ...], ResolvedMoment] = {}
        #: By state of the law the binding of each kind, and each binding once.
        self._bound: dict[tuple[object, ...], tuple[dict[LineKind, Binding], dict[object, Binding]]] = {}

    def __reduce__(self) -> tuple[type[Engine], tuple[Rulebook, date | None], dict[str, bool]]:
        """Pickled and copied without what is compiled, which is made again."""
        return Engine, (self.book, self.known_on), {"_hanging": self._hanging}

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
        stopped: Callable[[datetime], Floats | None] | None = None,
    ) -> list[Decision]:
        """Decide every line in every slice of a response.

        Args:
            lines: the list, columns of the vocabulary, one row per line.
            response: the segments of a warning's life, or one segment without a warning.
            published: whether the list is published, so that its filed measures bind.
            matched: the same lines matched under laws met before, kept from one response to the next.
            stopped: what share orders given before stop of each line at a moment, fractions (lines,), which stays
                chosen; None: nothing is on record of that moment, what the slice before stops stays chosen.

        """
        out: list[Decision] = []
        matched = {} if matched is None else matched
        facts = Facts(lines, self.book.lists, date.max)
        before: Matching | None = None
        for piece in slices(response, self.book, self.known_on, turns_of_list(facts.lines, self.book)):
            since = self.book.unchanged_since(piece.starts)
            if since not in matched:
                law = self.law(since)
                alike = (at for at in matched if law.matches_like(self.law(at), facts))
                same = next(alike, None)
                matched[since] = law.match(facts) if same is None else matched[same]
            previous = out[-1] if out else None
            kept = stopped(piece.starts) if stopped else None
            if kept is not None:
                out.append(self._decide_kept(facts, matched[since], piece, kept, published=published))
            elif previous and before and previous.slice.level is piece.level:
                out.append(self._go_on(facts, before, matched[since], piece, previous, published=published))
            else:
                out.append(self.decide_slice(facts, matched[since], piece, previous, published=published))
            before = matched[since]
        return out

    def match(self, facts: Facts, when: date) -> Matching:
        """The list matched under the law of a moment (or the first of a day); serves every level and phase of it."""
        return self.law(when).match(facts)

    def decide_slice(
        self,
        facts: Facts,
        matching: Matching,
        piece: Slice,
        previous: Decision | None,
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
        kept = previous.allotted.taken(len(facts)) if previous else np.zeros(len(facts))
        return self._decide_kept(facts, matching, piece, kept, published=published)

    def _decide_kept(
        self, facts: Facts, matching: Matching, piece: Slice, kept: Floats, *, published: bool
    ) -> Decision:
        """Decide every line, by a lower level where its own has no measure; ``kept``: what stopped before."""
        lines = facts.lines
        decision = self._decide_alone(facts, matching, piece, kept, published=published)
        left = np.flatnonzero(
            (decision.ground == GROUNDS.index(Ground.UNDETERMINED)) & (decision.filed.use != Use.NOT_PUBLISHED)
        )
        lower = list(Level)[1 : piece.level.rank]
        left = _asking_below(lines, left, lower)
        for level in reversed(lower):
            if len(left):
                at_level = replace(piece, level=level)
                rows, left = self._lower_says(lines, matching, at_level, decision, left, published=published)
                self._take_lower(facts, matching, at_level, decision, rows, kept, published=published)
        return decision

    def _go_on(
        self, facts: Facts, before: Matching, matching: Matching, piece: Slice, previous: Decision, *, published: bool
    ) -> Decision:
        """Decide a slice of the level of the one before it: enterprises whose lines are bound otherwise, anew.

        ``before`` is the list matched under the law of the slice before.
        """
        if not (before is matching or facts.same_on(previous.slice.day, piece.day)):
            return self.decide_slice(facts, matching, piece, previous, published=published)
        owners = facts.owners()
        otherwise = self._bound_otherwise(facts.lines, before, matching, piece, previous, published=published)
        rows = np.flatnonzero(np.isin(owners, owners[otherwise]))
        if 2 * len(rows) > len(owners):
            return self.decide_slice(facts, matching, piece, previous, published=published)
        theirs = Facts(facts.lines.take(rows), self.book.lists, piece.day)
        kept = previous.allotted.taken(len(facts))[rows]
        anew = self._decide_kept(theirs, matching.of(rows), piece, kept, published=published) if len(rows) else None
        return with_anew(previous, piece, anew, rows)

    def _bound_otherwise(
        self,
        lines: CodedTable,
        before: Matching,
        matching: Matching,
        piece: Slice,
        previous: Decision,
        *,
        published: bool,
    ) -> Index:
        """The lines graded or bound otherwise in a slice than in the one before, at its level or one they rest on."""
        lower = list(Level)[1 : piece.level.rank]
        open_before = previous.ground == GROUNDS.index(Ground.UNDETERMINED)
        if previous.from_lower is not None:
            open_before |= previous.from_lower > 0
        left = _asking_below(lines, np.flatnonzero(open_before), lower)
        changed = np.asarray(before.effective.codes != matching.effective.codes)
        for level in (piece.level, *lower):
            rows = slice(None) if level is piece.level else left
            kinds, met = [], []
            for at, found in (previous.slice, before), (piece, matching):
                every, number = self.law(at.starts).kinds(found, level)
                kinds.append(every)
                met.append(number[found.met[rows]])
            key, firsts = joined(*met)
            said = []
            for at, every, number in zip((previous.slice, piece), kinds, met, strict=True):
                some = [every[kind] for kind in number[firsts].tolist()]
                at_level = replace(at, level=level)
                bindings, numbers = self._bindings(self.law(at.starts), some, at_level, published=published)
                said.append([bindings[one] for one in numbers.tolist()])
            otherwise = [not (one is two or one.says_like(two)) for one, two in zip(*said, strict=True)]
            changed[rows] |= np.array(otherwise, dtype=bool)[key]
        return np.flatnonzero(changed)

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
        facts: Facts,
        matching: Matching,
        piece: Slice,
        decision: Decision,
        rows: Index,
        kept: Floats,
        *,
        published: bool,
    ) -> None:
        """Decide the enterprises of some lines at a lower level and let it bind those lines, in place."""
        if not len(rows):
            return
        owners = facts.owners()
        of = np.flatnonzero(np.isin(owners, owners[rows]))
        lower = self._decide_alone(
            Facts(facts.lines.take(of), self.book.lists, piece.day),
            matching.of(of),
            piece,
            kept[of],
            published=published,
        )
        bind_lower(decision, lower, of, np.isin(of, rows) & binding_something(lower))

    def _decide_alone(
        self, facts: Facts, matching: Matching, piece: Slice, kept: Floats, *, published: bool
    ) -> Decision:
        """Decide every line in one slice by what is on file for its level; ``kept``: what stopped before."""
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
            if len(rows):
                ledger.add(one.resolution, Numbers(facts, rows), allotted)
        ledger.lacking |= allotted.lacking
        return put_together(facts, piece, bindings, binding, matching, ledger, filed, allotted, published=published)

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
                self._moments[state] = ResolvedMoment(law, self.book.layers, piece.level, hours, published=published)
            held.append((self._moments[state], *self._bound.setdefault((*state, turn), ({}, {}))))
        for kind in kinds:
            moment, bound, alike = held[law.is_limited(kind)]
            binding = bound.get(kind)
            if binding is None:
                binding = self._bind(moment, kind, piece.day)
                binding = bound[kind] = alike.setdefault(binding.key, binding)
            numbers.append(found.setdefault(binding, len(found)))
        return list(found), np.array(numbers, dtype=np.int64)

    def _bind(self, moment: ResolvedMoment, kind: LineKind, day: date) -> Binding:
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


def _asking_below(lines: CodedTable, rows: Index, levels: list[Level]) -> Index:
    """Of some lines those with a plan that asks something at one of some lower levels; all where there is none."""
    return rows[np.logical_or.reduce([asking_something(lines, rows, one) for one in levels])] if levels else rows
