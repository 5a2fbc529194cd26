"""Synthetic laws: a grid over all industries with a performance grade, of any number of rules.

Every rule asks for an industry and a grade; most ask for a number, a yes/no or a zone as well, as the
technical guide's cells do.  The figures in it are drawn by chance and are no law.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alertengine.rulebook import DocumentLoader, OpenLists, Rulebook

LAYERS = ("livelihood", "sanction", "exemption", "verified", "measure")
GRID_GRADES = ("A", "B", "B-", "C", "D", "引领性", "非引领性")
#: Fields with their constants: numbers of at most one decimal, so that they are whole in tenths.
CUTS: Mapping[str, tuple[float, ...]] = {
    "city_distance_km": (5.0, 10.0, 20.0, 35.5),
    "trucks_per_day": (10.0, 25.0, 50.0),
    "load_pct": (70.0, 85.0, 95.0),
    "production_days": (240.0, 300.0),
}
BOOLS = ("stable", "small", "retrofit_done", "clean_transport", "green_factory")
CODES = {"zone": ("重点", "一般"), "catalogue": ("鼓励类", "允许类", "限制类", "淘汰类")}

_FIELD = {"grade": "effective_grade"}

#: One comparison: field, ``is`` or ``lt`` or ``ge``, constant.
Test = tuple[str, str, Any]


@dataclass(frozen=True, slots=True)
class GridRule:
    """One synthetic rule: all of ``tests`` must hold; ``share`` is what it asks, 0 to 1."""

    id: str
    tests: tuple[Test, ...]
    share: float

    def when(self) -> dict[str, Any]:
        """The rule's condition in the language of the rulebook, where measures read the effective grade."""
        return {_FIELD.get(name, name): value if op == "is" else {op: value} for name, op, value in self.tests}


def grid(lists: OpenLists, count: int, cuts: Mapping[str, Sequence[float]] = CUTS) -> list[GridRule]:
    """``count`` rules spread evenly over the industries with a grade and their grades; the same each time."""
    industries = [name for name, industry in lists.industries.items() if industry.number is not None]
    cells = [(industry, grade) for grade in GRID_GRADES for industry in industries]
    rng = random.Random(count)  # noqa: S311 -- chance, not secrets
    rules = []
    for number in range(count):
        industry, grade = cells[number % len(cells)]
        tests: list[Test] = [("industry", "is", industry), ("grade", "is", grade)]
        tests += _more(rng, number // len(cells) + number, cuts)
        rules.append(GridRule(f"g{number}", tuple(tests), rng.randrange(1, 20) / 20))
    return rules


def _more(rng: random.Random, turn: int, cuts: Mapping[str, Sequence[float]]) -> list[Test]:
    """What a rule asks beside industry and grade: nothing, one thing, or two."""
    kinds = [None, *((name, "number") for name in cuts)]
    kinds += [*((name, "bool") for name in BOOLS), *((name, "code") for name in CODES)]
    out: list[Test] = []
    for kind in (kinds[turn % len(kinds)], kinds[(turn // 3) % len(kinds)]):
        if kind is None or any(kind[0] == field for field, _, _ in out):
            continue
        if kind[1] == "number":
            out.append((kind[0], rng.choice(("lt", "ge")), rng.choice(list(cuts[kind[0]]))))
        elif kind[1] == "bool":
            out.append((kind[0], "is", rng.random() < 0.5))
        else:
            out.append((kind[0], "is", rng.choice(CODES[kind[0]])))
    return out


def many_cuts(count: int) -> dict[str, tuple[float, ...]]:
    """The numeric fields with ``count`` constants each."""
    return {name: tuple(round(1 + 95 * n / count, 1) for n in range(count)) for name in CUTS}


def book_of(rules: Sequence[GridRule], lists: OpenLists, folder: Path) -> Rulebook:
    """A rulebook of synthetic rules alone, labelled so, written to ``folder`` and loaded as any law is."""
    content = {
        "document": "synthetic",
        "title": "合成规则（性能测试用，非法规）",
        "area": "山西省",
        "valid": {"from": "2018-01-01", "to": "not stated"},
        "source": "inferred",
        "note": "性能测试用的合成规则，数值随机生成，不是法规",
        "rules": [
            {
                "id": rule.id,
                "article": "合成",
                "title": rule.id,
                "kind": "measure",
                "when": rule.when(),
                "then": {"limit": rule.share},
                "interpretation": "合成",
            }
            for rule in rules
        ],
    }
    path = folder / f"synthetic-{len(rules)}.yaml"
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return Rulebook(lists, LAYERS, [DocumentLoader(lists, LAYERS).load(path)], None)
