"""Levels over time: half-open pieces of constant rank, painted one over the other."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final, NamedTuple

_LAST_MINUTE: Final = 59


class LevelInterval(NamedTuple):
    """From ``start`` until before ``end`` the rank of a level (1 yellow … 3 red)."""

    start: datetime
    end: datetime
    rank: int


def next_full_hour(now: datetime) -> datetime:
    """The full hour that follows a time (16:00 after 15:00 and after 15:40), the first that a decision reaches."""
    return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def full_end(end: datetime) -> datetime:
    """An end in the last minute of an hour, as others write it (23:59, 23:59:59), is that of the hour."""
    return next_full_hour(end) if end.minute == _LAST_MINUTE else end


def paint(pieces: Iterable[LevelInterval], start: datetime, end: datetime, rank: int) -> list[LevelInterval]:
    """Set the rank from ``start`` to ``end``; rank 0 clears."""
    if start >= end:
        return list(pieces)
    out = [LevelInterval(start, end, rank)] if rank else []
    for piece in pieces:
        if piece.start < start:
            out.append(LevelInterval(piece.start, min(piece.end, start), piece.rank))
        if piece.end > end:
            out.append(LevelInterval(max(piece.start, end), piece.end, piece.rank))
    return merged(out)


def merged(pieces: Iterable[LevelInterval]) -> list[LevelInterval]:
    """In order of time, neighbours of one rank as one, nothing empty."""
    out: list[LevelInterval] = []
    for piece in sorted(pieces):
        if piece.start >= piece.end:
            continue
        if out and out[-1].end == piece.start and out[-1].rank == piece.rank:
            out[-1] = LevelInterval(out[-1].start, piece.end, piece.rank)
        else:
            out.append(piece)
    return out


def rank_at(pieces: Iterable[LevelInterval], time: datetime) -> int:
    """Return the rank at a time; 0 outside all pieces."""
    return next((piece.rank for piece in pieces if piece.start <= time < piece.end), 0)


def rank_before(pieces: Iterable[LevelInterval], time: datetime) -> int:
    """Return the rank just before a time."""
    return next((piece.rank for piece in pieces if piece.start < time <= piece.end), 0)


def at_least(pieces: Iterable[LevelInterval], start: datetime, end: datetime, rank: int) -> list[LevelInterval]:
    """Raise to ``rank`` from ``start`` to ``end`` wherever lower."""
    held = list(pieces)
    cuts = sorted({start, end, *(min(max(t, start), end) for piece in held for t in piece[:2])})
    out = held
    for first, last in pairwise(cuts):
        if rank_at(held, first) < rank:
            out = paint(out, first, last, rank)
    return out


def changes(old: list[LevelInterval], new: list[LevelInterval], since: datetime) -> list[LevelInterval]:
    """Where ``new`` differs from ``old`` from ``since`` on: the new rank (0: nothing any more)."""
    cuts = sorted({max(t, since) for piece in (*old, *new) for t in piece[:2]})
    out: list[LevelInterval] = []
    for first, last in pairwise(cuts):
        rank = rank_at(new, first)
        if rank == rank_at(old, first):
            continue
        if out and out[-1].end == first and out[-1].rank == rank:
            out[-1] = LevelInterval(out[-1].start, last, rank)
        else:
            out.append(LevelInterval(first, last, rank))
    return out
