"""The draft as a rule document (待公示), and the phases it answers for, every slice decided by the engine.

A ratio that is missed after hour 120, or once a document of one episode has lapsed, is missed: a plan is judged by
its worst phase, as orders are.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import chain, count
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.engine import Decision, Engine, Matcher, Matching, Response, Segment, Slice
from alertengine.rulebook import SILENT, WARNING_LEVELS, DocumentLoader, Rulebook
from alertengine.simulation.planning.groups import LineGroup
from alertengine.vocabulary import GUARANTEE_NONE, LEVEL_TEXT, Level, moment

KEPT = "维持现行"
#: The choice of a plan: the option of each group at each planned level; absent or 0 keeps the measure.
Choice = Mapping[tuple[Level, int], int]
#: A measure that asks nothing of production.
SILENT_RULE: Any = {"advice": KEPT}


@dataclass(frozen=True, slots=True)
class DraftHead:
    """What a draft says of itself besides its measures: place, day, levels, ``known_on``.

    It answers for every phase of a response at each level over ``hours`` (None: open-ended), or of the one response
    that goes through the levels of ``course``, each for so many hours.
    """

    cities: tuple[str, ...]
    levels: tuple[Level, ...]
    day: date
    known_on: date | None = None
    hours: float | None = None
    course: tuple[tuple[Level, float], ...] = ()

    @property
    def first(self) -> date:
        """The first day it counts: the day planned for, or ``known_on`` where that is earlier."""
        return min(self.day, self.known_on) if self.known_on else self.day

    def covers(self) -> dict[Level, Level]:
        """For every level from the mildest planned one up, the planned level whose measure holds there.

        A graver level that was not planned takes the measure of the milder one, so that it is never lighter.
        """
        below = {level: [one for one in self.levels if one.rank <= level.rank] for level in WARNING_LEVELS}
        return {level: max(planned, key=lambda one: one.rank) for level, planned in below.items() if planned}


def document_id(head: DraftHead, book: Rulebook) -> str:
    """An id that the rulebook does not hold yet."""
    digest = hashlib.sha256(repr((head.cities, [str(level) for level in head.levels])).encode()).hexdigest()[:6]
    name = f"plan-{str(head.first).replace('-', '')}-{digest}"
    names = chain([name], (f"{name}-{number}" for number in count(2)))
    return next(one for one in names if one not in book.documents)


def draft_document(
    head: DraftHead, groups: Sequence[LineGroup], choice: Choice, book: Rulebook, note: str = "", kept: Any = SILENT
) -> dict[str, Any]:
    """The document of a choice as plain mappings, ready to write or to load.

    ``kept`` stands where a group keeps its measure: nothing, or SILENT_RULE so that every draft has the same rules.
    """
    name = document_id(head, book)
    cities = "、".join(head.cities)
    levels = "、".join(LEVEL_TEXT[level] for level in head.levels)
    document: dict[str, Any] = {
        "document": name,
        "title": f"{cities}{levels}预警应急减排措施修订建议（待公示）",
        "area": list(head.cities) if len(head.cities) > 1 else head.cities[0],
        "valid": {"from": head.first, "to": "not stated"},
        "source": "inferred",
        "note": "应急减排清单修订的草案，由plan算出，待公示、未批准，不是法律文件；" + note,
    }
    tables = _tables(name, head, groups, choice, kept)
    if tables:
        document["tables"] = tables
    else:
        document["clauses"] = [{"clause": "全文", "text": "不加严任何措施", "reason": "现行措施已达到要求"}]
    return document


def _tables(name: str, head: DraftHead, groups: Sequence[LineGroup], choice: Choice, kept: Any) -> list[dict[str, Any]]:
    """One table per city, industry and process in which anything changes."""
    covers = head.covers()
    rows: dict[tuple[str, str, str], list[tuple[LineGroup, list[Any], list[str]]]] = {}
    for number, group in enumerate(groups):
        steps = {level: group.step(choice.get((planned, number), 0)) for level, planned in covers.items()}
        if kept == SILENT and not any(steps.values()):
            continue
        key = group.key
        cells = [key.grade or {"missing": True}, *(step.then if step else kept for step in steps.values())]
        sources = [f"{step.source}（{step.standing}）" for step in steps.values() if step]
        rows.setdefault((key.city, key.industry, key.process), []).append((group, cells, sources))
    out = []
    for article, ((city, industry, process), found) in enumerate(rows.items(), start=1):
        # The id names what the table is of: it stands for the same conditions whatever else a draft changes.
        of = [re.sub(r"[\s;/]+", "_", text) for text in (industry, process)]
        table: dict[str, Any] = {
            "id": "-".join([name, *([city] if len(head.cities) > 1 else []), *of]),
            "article": f"第{article}条",
            "title": f"{industry}{process}加严措施",
        }
        if len(head.cities) > 1:
            table["area"] = city
        steps_from = dict.fromkeys(source for _, _, said in found for source in said)
        table |= {
            "kind": "measure",
            "about": "line",
            "when": {"industry": industry, "process": process, "guarantee": GUARANTEE_NONE},
            "match": ["effective_grade"],
            "levels": [str(level) for level in covers],
            "rows": [cells for _, cells, _ in found],
            "note": "措施档次：" + "；".join(steps_from),
        }
        out.append(table)
    return out


def with_draft(book: Rulebook, document: Mapping[str, Any]) -> Rulebook:
    """The rulebook with the draft in force."""
    loaded = DocumentLoader(book.lists, book.layers).read(dict(document), Path("plan"))
    return book.adding([loaded])


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


def decide_phases(book: Rulebook, lines: pd.DataFrame, head: DraftHead, matchers: Matchers | None = None) -> Phases:
    """Every phase of the planned responses, the list taken as a draft.

    ``matchers`` are shared between rulebooks in which rules of the same id have the same conditions.
    """
    responses = [_course(head)] if head.course else [_single(level, head) for level in head.levels]
    decided = _decide(book, lines, responses, head, matchers)
    weights = [_weights([one.slice for one in decisions]) for decisions in decided]
    return Phases([one for decisions in decided for one in decisions], np.concatenate(weights))


def decide_levels(book: Rulebook, lines: pd.DataFrame, head: DraftHead) -> dict[Level, list[Decision]]:
    """Each of the three levels held alone for the whole length: what a measure may not be lighter than."""
    decided = _decide(book, lines, [_single(level, head) for level in WARNING_LEVELS], head, None)
    return dict(zip(WARNING_LEVELS, decided, strict=True))


def _decide(
    book: Rulebook, lines: pd.DataFrame, responses: Sequence[Response], head: DraftHead, matchers: Matchers | None
) -> list[list[Decision]]:
    engine = _RoundEngine(book, head.known_on, {} if matchers is None else matchers)
    matched: dict[datetime, Matching] = {}
    return [engine.decide(lines, response, matched=matched) for response in responses]


def _single(level: Level, head: DraftHead) -> Response:
    length = sum(hours for _, hours in head.course) if head.course else head.hours
    return Response.single(level, head.day, length)


def _course(head: DraftHead) -> Response:
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
    until = f"至{moment(piece.ends)}" if piece.ends else "起"
    return f"{moment(piece.starts)}{until}"
