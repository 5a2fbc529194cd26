"""What would have made an order lighter: the smallest changes of a line's facts, decided and compared."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from alertengine.engine import STATUSES, Engine, Response, split_names, stand_ins
from alertengine.orders._decide import decide_lines
from alertengine.orders._explain.facts import value_words
from alertengine.rulebook import Atom, atoms
from alertengine.vocabulary import FIELDS, GRADES, STATUS_TEXT, Status, moment, percent

#: Pairs of changes are tried only up to this many variants.
MAX_VARIANTS = 4000
#: What a plant is and where it stands does not change overnight.
_FIXED = ("industry", "process", "county", "sector", "capacity_unit", "unit_size_unit", "units", "chambers")


@dataclass(frozen=True, slots=True)
class LighterFacts:
    """Facts that would have led to a lighter order, and to which.

    ``starts`` is when the warning begins that it is of; None where the line is under one alone.
    """

    facts: tuple[tuple[str, Any], ...]
    status: Status
    share: float
    starts: datetime | None = None

    def words(self) -> str:
        """The change in Chinese."""
        return _since(self.starts) + _joined((name, value_words(name, value)) for name, value in self.facts)


def _since(starts: datetime | None) -> str:
    return f"{moment(starts)}起的响应：" if starts is not None else ""


def _joined(facts: Iterable[tuple[str, str]]) -> str:
    return "，".join(f"{FIELDS[name].text}为{words}" for name, words in facts)


def in_sentences(changes: Sequence[LighterFacts]) -> list[str]:
    """Changes and what they lead to, in Chinese; those that differ in the last value alone are one sentence."""
    alike: dict[tuple[Any, ...], list[str]] = {}
    for change in changes:
        *before, (name, value) = change.facts
        key = (change.starts, tuple(before), name, change.status, change.share)
        alike.setdefault(key, []).append(value_words(name, value))
    out = []
    for (starts, before, name, status, share), values in alike.items():
        last = "、".join(values) + ("之一" if len(values) > 1 else "")
        facts = [*((one, value_words(one, value)) for one, value in before), (name, last)]
        out.append(f"{_since(starts)}{_joined(facts)} → {STATUS_TEXT[status]}，减排比例{percent(share)}")
    return out


def lighter_changes(
    engine: Engine, lines: pd.DataFrame, response: Response, *, published: bool, row: int = 0
) -> list[LighterFacts]:
    """The smallest changes of one line's facts that make it reduce less in the first slice: single facts, else pairs.

    Args:
        engine: the engine that decided.
        lines: all lines of the enterprise: shares are ordered of them together.
        response: the response.
        published: whether the list is published.
        row: the position of the line.

    """
    options = _options(engine, lines.iloc[[row]].reset_index(drop=True), response)
    singles = [(option,) for option in options]
    found = _decide(engine, lines, row, response, singles, published=published)
    if found:
        return found
    pairs = [pair for pair in itertools.combinations(options, 2) if pair[0][0] != pair[1][0]]
    return _decide(engine, lines, row, response, pairs[: MAX_VARIANTS // len(lines)], published=published)


_Option = tuple[str, Any]


def _options(engine: Engine, line: pd.DataFrame, response: Response) -> list[_Option]:
    """Every other value worth trying of each fact that a rule in force at the place reads."""
    law = engine.law(response.segments[0].starts)
    place = engine.place_of(line)
    used: dict[str, list[Atom]] = {"grade": []}
    for rule in law.rules_at(place):
        for atom in atoms(split_names(rule.when)):
            if not FIELDS[atom.field].derived and atom.field not in _FIXED:
                used.setdefault(atom.field, []).append(atom)
    out: list[_Option] = []
    for name, compared in used.items():
        present = line[name].iloc[0]
        values = _values(name, compared, present)
        out += [(name, value) for value in values if pd.isna(present) or value != present]
    return out


def _values(name: str, compared: list[Atom], present: Any) -> list[Any]:
    field = FIELDS[name]
    if name == "grade":
        return list(GRADES)
    if field.type == "names":
        held = set(str(present).split(";")) - {"无"} if isinstance(present, str) else set()
        names = {str(value) for atom in compared for value in atom.values}
        return [";".join(sorted(held ^ {one})) or "无" for one in sorted(names)]
    if field.type == "code":
        return list(dict.fromkeys([*(v for atom in compared for v in atom.values), *field.values]))
    if field.type == "text":
        return sorted({str(value) for atom in compared for value in atom.values})
    return stand_ins((name, ""), compared)


def _decide(
    engine: Engine,
    own: pd.DataFrame,
    row: int,
    response: Response,
    variants: Sequence[tuple[_Option, ...]],
    *,
    published: bool,
) -> list[LighterFacts]:
    """Decide the enterprise with the line as it is and with all its variants at once; keep those that are lighter."""
    if not variants:
        return []
    copies = len(variants) + 1
    lines = own.iloc[np.tile(np.arange(len(own)), copies)].reset_index(drop=True)
    lines["enterprise_id"] = [str(number) for number in np.repeat(np.arange(copies), len(own))]
    for name in {name for variant in variants for name, _ in variant}:
        column = lines[name].astype("object")
        for number, variant in enumerate(variants, start=1):
            for changed, value in variant:
                if changed == name:
                    column.iloc[number * len(own) + row] = value
        lines[name] = column.astype("category" if isinstance(own[name].dtype, pd.CategoricalDtype) else own[name].dtype)
    decision = decide_lines(engine.unsearched, lines, response, published=published).decisions[0]
    at = np.arange(copies) * len(own) + row
    share, status = np.nan_to_num(decision.share, nan=1.0)[at], decision.status[at]
    lighter = (share < share[0] - 1e-9) & (status != STATUSES.index(Status.UNDETERMINED))
    return [
        LighterFacts(variants[int(number) - 1], STATUSES[status[number]], float(share[number]))
        for number in np.flatnonzero(lighter)
    ]
