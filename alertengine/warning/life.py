"""The life of a warning: runs and orders from above become lives, lives become pieces of a level.

One life per warning: runs less than the joining gap apart belong to one life, each graded on its own, in whatever order
they were announced: warnings on record that come to lie that near go on as the one that begins first. What is announced
is what will be held: an hour of a life holds the highest level of what the life has still to come, so that steps down
are announced with it and nothing but news changes them (``own``: each run its own level). A warning in force is lifted
or lowered only when enough hours ahead are known to be below what started it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from operator import attrgetter

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from alertengine.rulebook import WarningLife
from alertengine.warning.grade import LEVEL_OF, RANK, Graded, GradedRun
from alertengine.warning.level_intervals import (
    LevelInterval,
    at_least,
    changes,
    merged,
    next_full_hour,
    paint,
    rank_at,
    rank_before,
)
from alertengine.warning.record import WarningStanding
from alertengine.warning.superior_orders import Floor, fixed


@dataclass
class PlannedLife:
    """One life as it should be from now on: pieces, what they rest on, the warning it continues."""

    pieces: list[LevelInterval]
    runs: list[GradedRun] = field(default_factory=list)
    floors: list[Floor] = field(default_factory=list)
    continues: WarningStanding | None = None
    early: bool = False
    #: Why a lift or a lower level that the forecast shows was not taken.
    kept: bool = False
    #: Warnings on record that go on in this life.
    absorbed: list[WarningStanding] = field(default_factory=list)
    #: The warning on record in which this one goes on.
    into: WarningStanding | None = None

    def bearing(self, piece: LevelInterval) -> GradedRun | None:
        """The run that gives a piece its level: of that rank, one that meets it first."""
        start, end, rank = piece

        def order(run: GradedRun) -> tuple[bool, bool, datetime]:
            return not (run.start < end and run.end > start), run.carried, run.start

        return min((run for run in self.runs if run.rank == rank), key=order, default=None)


def plan(
    graded: Graded | None,
    active: list[WarningStanding],
    floors: list[Floor],
    rule: WarningLife,
    now: datetime,
    *,
    issued: datetime | None = None,
    heavy_now: bool = False,
    of_city: Sequence[WarningStanding] = (),
) -> list[PlannedLife]:
    """Return the lives of one place from the next full hour on, in order of time.

    ``issued``: when the forecast came out; None: now.  ``of_city``: the warnings of the city, of a county by its air.
    ``heavy_now``: monitoring is heavy already and the next hours bring no improvement. A warning in force that nothing
    continues comes first, with no pieces (lifted) or its own (kept, because too little is known ahead).
    """
    since = next_full_hour(now)
    gap = timedelta(hours=rule.join_gap_hours)
    runs = [run for run in graded.runs if run.end > since] if graded else []
    # what was decided from this very forecast says nothing of hours that it does not know
    made = issued or now
    before = [life.before(made) for life in (*active, *of_city)]
    runs += _carried(graded, before, floors, since) if graded else []
    together = groups(runs, [floor for floor in floors if floor.end > since], gap)
    # one of which nothing is left was taken back before it began: what comes after is a warning of its own
    alive = [life for life in active if life.pieces and life.end > (since if life.lifted else since - gap)]
    alive.sort(key=lambda life: max(life.start, since))
    out, merged_lives = list[PlannedLife](), list[PlannedLife]()
    for group in _not_parted(together, alive, graded, rule):
        matches = [life for life in alive if _continues(life, *_span(group), since, rule, graded)]
        # where nothing stands, nothing stands for the hours that are not known
        stood = any(life.before(made).pieces for life in (*matches, *of_city))
        members = group if stood else [one for one in group if isinstance(one, Floor) or not one.carried]
        if not members:
            continue
        start, end = _span(members)
        alive = [life for life in alive if not any(life is other for other in matches)]
        match, absorbed = (matches[0], matches[1:]) if matches else (None, [])
        early = heavy_now and match is None and since < start <= now + timedelta(hours=rule.early_hours)
        announced = [match.start] if match is not None else []
        begin = since if early else max(min([start, *announced]), since)
        life = PlannedLife(
            [], [m for m in members if isinstance(m, GradedRun)], [m for m in members if isinstance(m, Floor)],
            match, early, absorbed=absorbed,
        )  # fmt: skip
        goes_on = (
            match is not None
            and life.runs
            and match.before(made).pieces
            and _continues(match, *_span(life.runs), since, rule, graded)
        )
        life.pieces = _pieces(life, rule, begin, end, since if goes_on else end)
        out.append(life)
        merged_lives += [PlannedLife([], continues=one, into=match) for one in absorbed if one.end > since]
    left = [PlannedLife([], continues=life) for life in alive if life.end > since]
    for life in (*left, *out):
        _hold(life, graded, rule, since)
    return left + out + merged_lives


def go_on_as(lives: list[PlannedLife], of_city: list[WarningStanding], since: datetime, gap: timedelta) -> None:
    """Have a county that first stands apart hold at least what its city holds, whatever that rests on, in place."""
    for piece in [piece for one in of_city for piece in one.pieces if piece.end > since]:
        start = max(piece.start, since)
        near = [
            one for one in lives if one.pieces and one.pieces[0].start - piece.end < gap > start - one.pieces[-1].end
        ]
        home, *others = near or [PlannedLife([])]
        lives += [] if near else [home]
        for other in others:  # what the city holds lies between them
            home.runs, home.floors = home.runs + other.runs, home.floors + other.floors
            for held in other.pieces:
                home.pieces = at_least(home.pieces, *held)
        lives[:] = [one for one in lives if not any(one is other for other in others)]
        home.pieces = _bridged(at_least(home.pieces, start, piece.end, piece.rank), start, piece.end, 0)
        for floor in fixed(home.floors):
            home.pieces = paint(home.pieces, floor.start, floor.end, floor.rank)


def _carried(graded: Graded, active: list[WarningStanding], floors: list[Floor], since: datetime) -> list[GradedRun]:
    """Return runs whose beginning the forecast does not show, under a warning that was in force before them.

    The hours before are unknown, the warning in force stands for them: its level holds as
    long as the windows stay above the lowest number of that level's rule.  A level that an order alone asked
    says nothing of the air.
    """
    active = [life for life in active if life.holds_after(since) or not life.lifted]
    out = []
    timeline, found = graded.timeline, {run.level: run.rule for run in graded.runs}
    for rank, first, last in graded.unseen:
        start, end = timeline.at(first), timeline.at(last)
        ordered = any(floor.start < start <= floor.end and (floor.exact or floor.rank >= rank) for floor in floors)
        held = any(rank_before(life.by_air if ordered else life.pieces, start) == rank for life in active)
        rule = found.get(LEVEL_OF[rank]) or graded.rules.get(rank)
        if end > since and held and rule is not None:
            out.append(GradedRun(start, end, LEVEL_OF[rank], rule, carried=True))
    return out


def groups(runs: list[GradedRun], floors: list[Floor], gap: timedelta) -> list[list[GradedRun | Floor]]:
    """Return runs and orders less than ``gap`` apart, together."""
    groups: list[list[GradedRun | Floor]] = []
    end = datetime.min
    members: list[GradedRun | Floor] = [*runs, *floors]
    for member in sorted(members, key=attrgetter("start", "end")):
        if groups and member.start - end < gap:
            groups[-1].append(member)
            end = max(end, member.end)
        else:
            groups.append([member])
            end = member.end
    return groups


def _not_parted(
    together: list[list[GradedRun | Floor]], alive: list[WarningStanding], graded: Graded | None, rule: WarningLife
) -> list[list[GradedRun | Floor]]:
    """Put groups together between which a warning that stands goes on, as too little is known there to lift it."""
    gap = timedelta(hours=rule.join_gap_hours)
    out: list[list[GradedRun | Floor]] = []
    for members in together:
        start, end = _span(members)[0], _span(out[-1])[1] if out else datetime.min
        near = [life for life in alive if life.start - gap < end < life.end and start - life.end < gap]
        ends = [(begun := max(end, life.start), _clear(graded, begun, life.end, rule.lift_hours)) for life in near]
        if any(begun < clear and start - clear < gap for begun, clear in ends):
            out[-1] = out[-1] + members
        else:
            out.append(members)
    return out


def _span(members: Sequence[GradedRun | Floor]) -> tuple[datetime, datetime]:
    """From the first start to the last end."""
    return min(one.start for one in members), max(one.end for one in members)


def _continues(
    life: WarningStanding, start: datetime, end: datetime, since: datetime, rule: WarningLife, graded: Graded | None
) -> bool:
    """Whether a group of runs goes on with a warning that stands: one not known to be clear lasts until its end."""
    gap = timedelta(hours=rule.join_gap_hours)
    # announced and not yet begun, it is cancelled as one in force is lifted
    last = _clear(graded, max(life.start, since), life.end, rule.lift_hours)
    return start - last < gap and life.start - end < gap


def _pieces(
    life: PlannedLife, rule: WarningLife, begin: datetime, end: datetime, since: datetime
) -> list[LevelInterval]:
    """Levels over a life: its runs, bridged gaps, then orders from above within their own hours.

    ``since``: from when a warning that stands goes on by its air, whatever is ordered; its end: it does not, and holds
    until the first of these what was announced.
    """
    own = pieces = levels_of(life.runs, rule)
    if own and life.continues is not None:
        front = max(min(life.continues.start, own[0].start), since)
        pieces = at_least(own, front, max(front, own[0].start), own[0].rank)
    for floor in life.floors:
        pieces = at_least(pieces, floor.start, floor.end, floor.rank)
    announced = rank_at(life.continues.pieces, begin) if life.continues is not None and since >= end else 0
    pieces = _bridged(pieces, begin, end, announced or _front(life, own, begin))
    for floor in fixed(life.floors):
        pieces = paint(pieces, floor.start, floor.end, floor.rank)
    return merged(
        LevelInterval(max(piece.start, begin), piece.end, piece.rank) for piece in pieces if piece.end > begin
    )


def levels_of(runs: list[GradedRun], rule: WarningLife) -> list[LevelInterval]:
    """Levels that the runs of one life give; with levels of their own, gaps between different ones still open."""
    if not runs:
        return []
    if rule.oscillation == "higher":
        return _steps_down(runs)
    # Each run at its own level; dips shorter than ``gap`` between runs of a level keep that level
    gap = timedelta(hours=rule.join_gap_hours)
    pieces: list[LevelInterval] = []
    for rank in sorted({run.rank for run in runs}):
        for group in groups([run for run in runs if run.rank >= rank], [], gap):
            pieces = at_least(pieces, *_span(group), rank)
    return pieces


def _steps_down(runs: list[GradedRun]) -> list[LevelInterval]:
    """At each hour the highest level of the runs not yet over: it begins at the highest and never rises."""
    cuts = [min(run.start for run in runs), *sorted({run.end for run in runs})]
    return merged(
        LevelInterval(start, end, max(run.rank for run in runs if run.end >= end)) for start, end in pairwise(cuts)
    )


def _front(life: PlannedLife, own: list[LevelInterval], begin: datetime) -> int:
    """Rank of the hours before the first of a life: of its own air; an order from above reaches no hour before its own.

    3 (the first level, whatever it is) where neither air nor a warning that stands says one.
    """
    old = life.continues
    if own or old is None:
        return own[0].rank if own else RANK["red"]
    return rank_at(old.pieces, begin) or rank_before(old.pieces, begin) or old.last_rank


def _bridged(pieces: list[LevelInterval], begin: datetime, end: datetime, front: int) -> list[LevelInterval]:
    """No hour of a life without a level: a gap takes the lower of its neighbours, as do the hours before the first."""
    if not pieces:
        return pieces
    out = merged(pieces)
    for before, after in pairwise(out):
        out = at_least(out, before.end, after.start, min(before.rank, after.rank))
    if begin < out[0].start:
        out = at_least(out, begin, out[0].start, min(front, out[0].rank))
    return out if out[-1].end >= end else at_least(out, out[-1].end, end, out[-1].rank)


def _hold(life: PlannedLife, graded: Graded | None, rule: WarningLife, since: datetime) -> None:
    """Keep what stands where too little is known ahead to lift or lower it; once lowered, nothing kept is higher."""
    if life.continues is None:
        return
    stood = life.continues.pieces
    for piece in (piece for one in life.absorbed for piece in one.pieces):
        stood = at_least(stood, *piece)
    most, planned = RANK["red"], life.pieces
    for change in changes(stood, planned, since):
        for piece in stood:
            start, end = max(piece.start, change.start), min(piece.end, change.end)
            if start >= end or piece.rank <= change.rank:
                continue
            by_order = rank_at(life.continues.by_air, start) < piece.rank
            ended = by_order and any(floor.end == start and floor.rank >= piece.rank for floor in life.floors)
            clear = start if ended and change.rank else _clear(graded, start, end, rule.lift_hours)
            if start < clear and not any(floor.start <= start < floor.end for floor in fixed(life.floors)):
                life.pieces = at_least(life.pieces, start, clear, min(piece.rank, most))
            if clear < end:
                most = min(most, change.rank)
    life.kept = life.pieces != planned


def _clear(graded: Graded | None, start: datetime, end: datetime, hours: int) -> datetime:
    """The first time from ``start`` on from which so many hours are known; ``end`` where there is none before."""
    if graded is None or start >= end:
        return end
    first = max(graded.timeline.place(start), 0)
    known = graded.known[first:]
    whole = np.flatnonzero(np.all(sliding_window_view(known, hours), axis=1)).tolist() if len(known) >= hours else []
    return min(max(start, graded.timeline.at(first + whole[0])), end) if whole else end


def transitions(life: PlannedLife, since: datetime) -> list[tuple[str, LevelInterval]]:
    """Return what a planned life changes from ``since`` on: actions and pieces; a lifted piece has the level it had.

    A piece ends where its level ends, also where the rest of it stood before.
    """
    old = life.continues
    before = old.pieces if old else []
    ahead = before[0].rank if before and before[0].start > since else 0  # what was announced and has not begun
    level = rank_before(before, since) or (old.last_rank if old and old.end <= since else ahead)
    first, out = old is None, list[tuple[str, LevelInterval]]()
    for change in changes(before, life.pieces, since):
        if out and change.rank and change.end <= out[-1][1].end:
            continue
        piece = next((held for held in life.pieces if held.start <= change.start < held.end), change)
        piece = LevelInterval(change.start, piece.end, change.rank)
        ranks = [rank_at(before, piece.start), rank_before(life.pieces, piece.start), level]
        was = next(filter(None, ranks if piece.rank else [ranks[1], *ranks]), 0)
        if not piece.rank:
            action = "lift"
        elif first:
            action = "issue"
        else:
            action = "extend" if piece.rank == was or not was else "raise" if piece.rank > was else "lower"
        first = False
        out.append((action, LevelInterval(piece.start, piece.end, piece.rank or was)))
    return out
