"""Laying overrides over what was decided: shares, kilograms and statuses first, then the texts of the orders.

What binds a line without a warning stays: its share is the larger of that and of the override.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np

from alertengine.engine import ALLOTTED, GROUNDS, STATUSES, Asked, Decision, Facts, Numbers, merged, shares
from alertengine.files import CodedTable
from alertengine.orders.overrides import OVERRIDDEN, Override, places
from alertengine.orders.phrases import Phrase, Phrases
from alertengine.orders.summary_entry import SummaryEntry
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import EMISSION_FIELDS, MEASURES, Flag, Ground, Status, flags_of, flags_text, to_minute

_FIXED: Final = {"stop": 1.0, "none": 0.0, "exempt": 0.0}
_TOLERANCE: Final = 1e-9
#: Columns whose texts an override changes.
_TEXTS: Final = ("measure", "measure_text", "rules", "set_aside", "basis", "standing", "remark", "flags")


@dataclass(slots=True)
class _Asks:
    """What some measures ask of one line: share (NaN: nothing computable), per pollutant, what was missing."""

    share: float = float("nan")
    partial: bool = False
    by_pollutant: dict[str, float] = field(default_factory=dict)
    lacking: set[str] = field(default_factory=set)


class Overriding:
    """Overrides laid over the decisions of one response; without any, everything passes as it is.

    Args:
        book: the rulebook.
        lines: the lines decided, one row each.
        overrides: all overrides of the run; those of other lines are left alone.

    """

    def __init__(self, book: Rulebook, lines: CodedTable, overrides: Sequence[Override]) -> None:
        """Find the lines."""
        self._book, self._lines = book, lines
        self._places = places(lines, overrides)
        self._before: list[Decision] = []
        self._after: list[Decision] = []

    @property
    def reached(self) -> set[str]:
        """The lines overridden here, as ``ENTERPRISE/LINE``."""
        return {one.line for one in self._places.values()}

    # -- numbers

    def decisions(self, decided: list[Decision]) -> list[Decision]:
        """The decisions with overrides laid over them; those given are left as they are."""
        if not self._places:
            return decided
        self._before, self._after = decided, [self._laid_over(one) for one in decided]
        return self._after

    def _laid_over(self, decision: Decision) -> Decision:
        new = _copied(decision)
        rows = np.array(sorted(self._places), dtype=np.int64)
        facts = Facts(self._lines.take(rows), self._book.lists, decision.slice.day)
        for at, row in enumerate(rows.tolist()):
            kept = _asks(_not_warned(decision, row), decision, facts, at, row)
            _lay(new, row, self._places[row], kept)
        return new

    # -- texts

    def texts(self, orders: CodedTable, source: str) -> CodedTable:
        """The orders of the decisions, those of overridden lines saying so; ``source`` is how the list is cited."""
        if not self._places or not len(orders):
            return orders
        table = orders.frame()
        keys = table["enterprise_id"].astype("str") + "/" + table["line_id"].astype("str")
        place_of = {one.line: place for place, one in self._places.items()}
        mine = table.index[keys.isin(place_of)]
        starts = table["starts"].astype("str")
        said = [Phrases(self._book, self._lines, decision, source) for decision in self._before]
        columns = {name: table[name].astype("object").to_numpy(copy=True) for name in _TEXTS}
        for at in mine:
            later = starts[mine][(keys[mine] == keys[at]) & (starts[mine] > starts[at])]
            slices = self._slices(starts[at], min(later, default=""))
            place = place_of[keys[at]]
            phrases = [said[number].of(place, float("nan")) for number in slices]
            texts = self._order_texts(slices[0], place, said[slices[0]], phrases, str(columns["remark"][at] or ""))
            flags = str(columns["flags"][at])
            texts["flags"] = flags_text(Ground.DECISION, flags_of(flags) | {Flag.OVERRIDDEN})
            for name, text in texts.items():
                columns[name][at] = text
        import pandas as pd  # who overrides is handed a table

        return CodedTable.of(table.assign(**{name: pd.Categorical(values) for name, values in columns.items()}))

    def _slices(self, first: str, until: str) -> list[int]:
        """The decisions that a row from one time until another stands for."""
        times = [to_minute(one.slice.starts) for one in self._before]
        return [number for number, time in enumerate(times) if time >= first and (not until or time < until)]

    def _order_texts(
        self, number: int, place: int, said: Phrases, phrases: Sequence[Phrase], remark: str
    ) -> dict[str, str]:
        override, before = self._places[place], self._before[number]
        binding = before.bindings[before.binding[place]]
        first = phrases[0]
        kept = merged(_not_warned(before, place))
        moved = _moved(binding.resolution, first.rules)
        originally = "；此后".join(dict.fromkeys(one.measure_text for one in phrases))
        notes = self._notes(number, place)
        return {
            "measure": self._codes(override, STATUSES[self._after[number].status[place]], kept, before, place),
            "measure_text": "；".join(
                [f"{OVERRIDDEN}：{override.words}", *(said.measures.words(one, place) for one in kept)]
            ),
            "rules": ";".join(name for name in first.rules.split(";") if name and name not in moved),
            "set_aside": ";".join(dict.fromkeys([*filter(None, first.set_aside.split(";")), *moved])),
            "basis": "；".join(filter(None, (override.decided, first.basis))),
            "standing": "inferred",  # no document says it: nothing that asks for official text takes it for one
            "remark": "；".join(
                filter(None, (f"{OVERRIDDEN}（{override.reason}），原为：{originally}", *notes, remark))
            ),
        }

    def _codes(self, override: Override, status: Status, kept: Iterable[Asked], before: Decision, place: int) -> str:
        if status is not Status.ORDERED:
            return str(status)
        codes = {one.measure.code for one in kept if not _spared(before, one, place)}
        codes |= {override.measure} & {"stop", "limit"}
        return ";".join(sorted(codes - {"none"}, key=list(MEASURES).index)) or "none"

    def _notes(self, number: int, place: int) -> list[str]:
        """What a reader must know of an override: lighter than the rules, against a protection, to be looked at."""
        before, after = self._before[number], self._after[number]
        resolution = before.bindings[before.binding[place]].resolution
        layers = {str(getattr(self._book.rules[name], "layer", "")) for name in resolution.rule_ids()}
        out = []
        if self._lighter(number, place):
            out.append("轻于规则" + ("（含处罚类措施）" if "sanction" in layers else ""))
        elif STATUSES[before.status[place]] is Status.ORDERED and before.partial[place] and not after.share[place] >= 1:
            out.append("规则的减排比例无法核算，不能比较轻重")
        if "livelihood" in layers and after.warning_share[place] > 0:
            out.append("突破民生保障规定，须慎重核对")
        warned = [one for one in resolution.production if one.regime == "warning"]
        if any(one.measure.code in ALLOTTED for one in warned):
            out.append("全厂停产比例须重新核对")
        return out

    def _lighter(self, number: int, place: int) -> bool:
        """Whether less is asked or saved than by the rules or by the plan that bound."""
        before, after = self._before[number], self._after[number]
        facts = Facts(self._lines.take(np.array([place])), self._book.lists, before.slice.day)
        resolution = before.bindings[before.binding[place]].resolution
        asked = _asks(resolution.production, before, facts, 0, place)
        bound = np.fmax(before.share[place], asked.share)
        less = [after.share[place] < bound - _TOLERANCE]
        less += [
            after.reduced.at(name, place) < before.reduced.at(name, place) - _TOLERANCE for name in EMISSION_FIELDS
        ]
        return bool(np.any(less))

    # -- totals

    def counted(self, summaries: Iterable[SummaryEntry]) -> list[SummaryEntry]:
        """Summaries with the number of overridden lines of each city that has some."""
        city = self._lines.text("city")
        counts = Counter(city[place] or "" for place in self._places)
        return [
            {**entry, "overridden": counts[entry["city"]]} if entry["city"] in counts else entry for entry in summaries
        ]


def _copied(decision: Decision) -> Decision:
    """A decision whose arrays may be changed; what lines share of their bindings stays the same."""
    filed = replace(decision.filed, finding=decision.filed.finding.copy())
    allotted, unmet = decision.allotted, decision.allotted.unmet
    orders = {measure: replace(share, own=share.own.copy()) for measure, share in allotted.orders.items()}
    plan = None if allotted.plan is None else replace(allotted.plan, own=allotted.plan.own.copy())
    return replace(
        decision,
        share=decision.share.copy(),
        warning_share=decision.warning_share.copy(),
        partial=decision.partial.copy(),
        reduced=decision.reduced.copy(),
        warning_reduced=decision.warning_reduced.copy(),
        status=decision.status.copy(),
        undetermined=decision.undetermined.copy(),
        ground=decision.ground.copy(),
        from_lower=None if decision.from_lower is None else decision.from_lower.copy(),
        filed=filed,
        allotted=replace(allotted, orders=orders, plan=plan, unmet=None if unmet is None else unmet.copy()),
        lacking={name: column.copy() for name, column in decision.lacking.items()},
        doubts=None,
    )


def _lay(new: Decision, row: int, override: Override, kept: _Asks) -> None:
    """Lay one override over a line, in place: as ``engine.put_together`` puts rules, plans and emissions together."""
    target = _share(override, new, row)
    other = float(new.other_share[row])
    total = float(np.fmax(other, target))
    partial = kept.partial and not total >= 1
    total = float("nan") if partial and total == 0 else total  # a lower bound of nothing says nothing
    new.share[row], new.warning_share[row], new.partial[row] = total, target, partial
    before = {name: float(np.fmax(other, kept.by_pollutant.get(name, np.nan))) for name in EMISSION_FIELDS}
    elsewhere = bool(new.warning_reduced.still[row])
    added = {name: 0.0 if elsewhere else max(0.0, target - np.nan_to_num(own)) for name, own in before.items()}
    new.reduced.put(row, total, {name: np.fmax(total, own) for name, own in before.items()})
    new.warning_reduced.put(row, 0.0, added)
    new.status[row] = min(STATUSES.index(override.status), _other_status(new, row))
    new.undetermined[row] = new.filed.finding[row] = False  # a person has decided it
    new.ground[row] = GROUNDS.index(Ground.DECISION)
    if new.from_lower is not None:
        new.from_lower[row] = 0
    if new.allotted.unmet is not None:
        new.allotted.unmet[row] = False
    for share in new.allotted.shares:  # the orders of its other lines name which of them stand still
        if (at := share.place(row)) is not None:
            share.own[at] = float(total >= 1)
    for name, column in new.lacking.items():
        column[row] = name in kept.lacking


def _share(override: Override, decision: Decision, row: int) -> float:
    """The share of the warning that an override orders; of a commitment what its plan surely says, else 0."""
    if override.share is not None:
        return override.share
    planned = float(decision.filed.share[row])
    return _FIXED.get(override.measure, 0.0 if np.isnan(planned) else planned)


def _other_status(decision: Decision, row: int) -> int:
    """The rank of the first status that a regime other than the warning gives a line."""
    regimes = decision.bindings[decision.binding[row]].resolution.regimes
    ranks = [STATUSES.index(result.status) for name, result in regimes.items() if name != "warning"]
    return min(ranks, default=len(STATUSES) - 1)


def _not_warned(decision: Decision, row: int) -> list[Asked]:
    """The production measures that bind a line without a warning."""
    return [one for one in decision.bindings[decision.binding[row]].resolution.production if one.regime != "warning"]


def _asks(asked: Iterable[Asked], decision: Decision, facts: Facts, at: int, row: int) -> _Asks:
    """What measures ask of one line: row ``at`` of the facts, ``row`` of the decision."""
    out, numbers = _Asks(), Numbers(facts, np.array([at], dtype=np.int64))
    for one in merged(asked):
        found = shares(one.measure, numbers, decision.allotted.fraction(one.measure, np.array([row])))
        out.share = float(np.fmax(out.share, found.share[0]))
        out.partial |= bool(np.isnan(found.share[0]))
        out.lacking |= {name for name, lacking in found.lacking.items() if lacking[0]}
        for name, value in (found.by_pollutant or {}).items():
            out.by_pollutant[name] = float(np.fmax(out.by_pollutant.get(name, np.nan), value[0]))
    return out


def _spared(decision: Decision, asked: Asked, row: int) -> bool:
    """Whether an allotment left a line out of a measure."""
    fraction = decision.allotted.fraction(asked.measure, np.array([row]))
    return fraction is not None and bool(fraction[0] == 0)


def _moved(resolution: Any, rules: str) -> list[str]:
    """The rules of the warning that an override takes the place of; those that still bind otherwise stay."""
    bound = (*resolution.production, *resolution.grounds)
    stay = {one.rule.id for one in bound if one.regime != "warning"}
    stay |= {one.rule.id for one in (*resolution.transport, *resolution.advice)}
    warned = {one.rule.id for one in bound if one.regime == "warning"} - stay
    return [name for name in rules.split(";") if name in warned]
