"""The draft as a rule document: the chosen measures, one table per industry and process, 待公示.

What is evaluated is this document itself, read by the loader and decided by the engine like any law;
nothing about a measure's effect is computed here a second time.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from alertengine.rulebook import SILENT, DocumentLoader, Rulebook
from alertengine.simulation.planning.groups import Group, Key
from alertengine.vocabulary import GUARANTEE_NONE, LEVEL_TEXT, Level

KEPT = "维持现行"
#: The choice of a plan: the option of each group at each planned level; absent or 0 keeps the measure.
Choice = Mapping[tuple[Level, int], int]
#: A measure that asks nothing of production.
SILENT_RULE: Any = {"advice": KEPT}
GRAVE = (Level.YELLOW, Level.ORANGE, Level.RED)


@dataclass(frozen=True, slots=True)
class Head:
    """What a draft says of itself besides its measures: place, day, levels, second clock.

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
        """The first day it counts: the day planned for, or the second clock where that is earlier."""
        return min(self.day, self.known_on) if self.known_on else self.day

    def covers(self) -> dict[Level, Level]:
        """For every level from the mildest planned one up, the planned level whose measure holds there.

        A graver level that was not planned takes the measure of the milder one, so that it is never lighter.
        """
        out: dict[Level, Level] = {}
        for level in GRAVE:
            planned = [one for one in self.levels if one.rank <= level.rank]
            if planned:
                out[level] = max(planned, key=lambda one: one.rank)
        return out


def document_id(head: Head, book: Rulebook) -> str:
    """An id that the rulebook does not hold yet."""
    digest = hashlib.sha256(repr((head.cities, [str(level) for level in head.levels])).encode()).hexdigest()[:6]
    name = f"plan-{head.first:%Y%m%d}-{digest}"
    number = 1
    while (name if number == 1 else f"{name}-{number}") in book.documents:
        number += 1
    return name if number == 1 else f"{name}-{number}"


def draft_document(
    head: Head, groups: Sequence[Group], choice: Choice, book: Rulebook, note: str = "", kept: Any = SILENT
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


def _tables(name: str, head: Head, groups: Sequence[Group], choice: Choice, kept: Any) -> list[dict[str, Any]]:
    """One table per city, industry and process in which anything changes."""
    covers = head.covers()
    rows: dict[tuple[str, str, str], list[tuple[Group, list[Any], list[str]]]] = {}
    for number, group in enumerate(groups):
        steps = {level: group.step(choice.get((planned, number), 0)) for level, planned in covers.items()}
        if kept == SILENT and not any(steps.values()):
            continue
        cells = [step.then if step else kept for step in steps.values()]
        sources = [f"{step.source}（{step.standing}）" for step in steps.values() if step]
        key = group.key
        rows.setdefault((key.city, key.industry, key.process), []).append((group, [_grade(key), *cells], sources))
    out = []
    for article, ((city, industry, process), found) in enumerate(rows.items(), start=1):
        table: dict[str, Any] = {
            "id": "-".join([name, *([city] if len(head.cities) > 1 else []), *map(_plain, (industry, process))]),
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


def _plain(text: str) -> str:
    """A name as a rule id may hold it: the id stands for the same conditions whatever else a draft changes."""
    return re.sub(r"[\s;/]+", "_", text)


def _grade(key: Key) -> Any:
    return key.grade or {"missing": True}


def with_draft(book: Rulebook, document: Mapping[str, Any]) -> Rulebook:
    """The rulebook with the draft in force."""
    loaded = DocumentLoader(book.lists, book.layers).read(dict(document), Path("plan"))
    return book.adding([loaded])
