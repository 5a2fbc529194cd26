"""The phases a plan answers for: every slice of the responses it is made for, decided by the engine.

A ratio that is missed after hour 120, or once a document of one episode has lapsed, is missed: a plan is judged by
its worst phase, as orders are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.engine import Decision, Engine, Matcher, Matching, Response, Segment, Slice
from alertengine.rulebook import Rulebook
from alertengine.simulation.planning.draft import GRAVE, Head
from alertengine.vocabulary import Level

Floats = npt.NDArray[np.float64]
#: Compiled conditions by the ids of their rules, kept from round to round.
Matchers = dict[frozenset[str], Matcher]


@dataclass(frozen=True, slots=True)
class Phases:
    """The decided phases of the planned responses.

    ``weights`` (phases,) say how much each counts in production lost a day: by its hours within its level, or within
    the whole course where one is planned; alike where no length is given.
    """

    decisions: Sequence[Decision]
    weights: Floats

    def at(self, level: Level) -> list[int]:
        """The numbers of the phases at a level."""
        return [number for number, one in enumerate(self.decisions) if one.slice.level is level]

    def mean(self, level: Level, values: Callable[[Decision], Floats]) -> Floats:
        """The mean over the phases at a level of what each comes to."""
        numbers = self.at(level)
        own = self.weights[numbers] / self.weights[numbers].sum()
        return np.sum([weight * values(self.decisions[n]) for weight, n in zip(own, numbers, strict=True)], axis=0)

    def total(self, values: Callable[[Decision], float]) -> float:
        """The weighted sum over all phases of what each comes to."""
        return float(sum(w * values(one) for w, one in zip(self.weights, self.decisions, strict=True)))


class _RoundEngine(Engine):
    """An engine that keeps the compiled conditions of earlier rounds: only the measures of a draft differ."""

    def __init__(self, book: Rulebook, known_on: date | None, matchers: Matchers) -> None:
        super().__init__(book, known_on)
        self._matchers = matchers


def decide_phases(book: Rulebook, lines: pd.DataFrame, head: Head, matchers: Matchers | None = None) -> Phases:
    """Every phase of the planned responses, the list taken as a draft.

    ``matchers`` are shared between rulebooks in which rules of the same id have the same conditions.
    """
    responses = [_course(head)] if head.course else [_single(level, head) for level in head.levels]
    decided = _decide(book, lines, responses, head, matchers)
    weights = [_weights([one.slice for one in decisions]) for decisions in decided]
    return Phases([one for decisions in decided for one in decisions], np.concatenate(weights))


def decide_levels(book: Rulebook, lines: pd.DataFrame, head: Head) -> dict[Level, list[Decision]]:
    """Each of the three levels held alone for the whole length: what a measure may not be lighter than."""
    decided = _decide(book, lines, [_single(level, head) for level in GRAVE], head, None)
    return dict(zip(GRAVE, decided, strict=True))


def _decide(
    book: Rulebook, lines: pd.DataFrame, responses: Sequence[Response], head: Head, matchers: Matchers | None
) -> list[list[Decision]]:
    engine = _RoundEngine(book, head.known_on, {} if matchers is None else matchers)
    matched: dict[datetime, Matching] = {}
    return [engine.decide(lines, response, matched=matched) for response in responses]


def _single(level: Level, head: Head) -> Response:
    length = sum(hours for _, hours in head.course) if head.course else head.hours
    return Response.single(level, head.day, length)


def _course(head: Head) -> Response:
    starts = first = datetime.combine(head.day, time())
    segments = []
    for level, hours in head.course:
        ends = starts + timedelta(hours=hours)
        segments.append(Segment(starts, ends, level))
        starts = ends
    return Response(tuple(segments), first)


def _weights(pieces: Sequence[Slice]) -> Floats:
    ends = [piece.ends for piece in pieces]
    if None in ends:
        return np.full(len(pieces), 1 / len(pieces))
    hours = np.array([((piece.ends or piece.starts) - piece.starts).total_seconds() for piece in pieces])
    return hours / hours.sum()


def phase_words(piece: Slice) -> str:
    """A phase in Chinese, from when to when."""
    until = f"至{piece.ends:%Y-%m-%d %H时}" if piece.ends else "起"
    return f"{piece.starts:%Y-%m-%d %H时}{until}"
