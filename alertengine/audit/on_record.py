"""What is on record of an enterprise before a breach: what its list says, what was decided against it, what was found.

A repeat is counted here, from decisions of authorities; a breach found earlier proves no penalty and is only told.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.lists import is_valid
from alertengine.rulebook import PenaltyRule
from alertengine.vocabulary import (
    BREACHES,
    ENTERPRISE_FLAGS,
    FIELDS,
    PENALTY_KINDS,
    PLANT_KEY,
    POLLUTANT_TEXT,
    DecisionRecord,
    PlantId,
    number,
    records_of,
)

#: Open decisions that make a breach graver: their kinds, the breach found, the breach it then is.
_GRAVER: Final = (
    (("限制生产",), "over_standard", "over_after_limit"),
    (("停产整治", "停业关闭"), "measure_not_done", "stop_not_kept"),
)
_EXCEEDING: Final = frozenset({"over_standard", "over_in_warning", "over_after_limit"})
_REPEAT: Final = "repeat"
_NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class OnRecord:
    """What is known of one enterprise.

    ``says``: its yes-or-no columns that are filled in.  ``decisions``: each with its first day; ``unread``: a number
    of a decision of which nothing else is known.  ``found``: days of breaches that stand in the ledger.  ``elsewhere``:
    days of penalties and of breaches in the ledger of the plants of its credit code in other cities, by city.
    """

    says: tuple[tuple[str, bool], ...] = ()
    decisions: tuple[DecisionRecord, ...] = ()
    unread: bool = False
    found: tuple[date, ...] = ()
    elsewhere: tuple[tuple[str, tuple[date, ...]], ...] = ()


NOTHING: Final = OnRecord()


class Records:
    """What is on record of all enterprises.

    Args:
        lines: the list (columns of the vocabulary), None where none was given.
        found: by city and code of an enterprise the days of breaches in the ledger.

    """

    def __init__(
        self, lines: pd.DataFrame | None = None, found: Mapping[PlantId, Sequence[date]] | None = None
    ) -> None:
        """Take the list and the ledger's findings; what of it counts is looked up by enterprise."""
        self._found = {plant: tuple(sorted(set(days))) for plant, days in (found or {}).items()}
        filled: dict[PlantId, dict[str, dict[object, None]]] = {}
        for name in ("decisions", "decision_no", *ENTERPRISE_FLAGS) if lines is not None else ():
            if lines is not None and name in lines:
                cells = lines[[*PLANT_KEY, name]].dropna(subset=name).astype("object").drop_duplicates()
                for city, code, cell in cells.itertuples(index=False, name=None):
                    filled.setdefault((str(city), str(code)), {}).setdefault(name, {})[cell] = None
        self._of = {plant: OnRecord(found=days) for plant, days in self._found.items()}
        self._of |= {plant: _on_record(cells, self._found.get(plant, ())) for plant, cells in filled.items()}
        self._days: dict[str, dict[str, tuple[date, ...]]] = {}
        for (city, code), record in self._of.items():
            decided = [one.first for one in record.decisions if one.first and one.kind in ("", *PENALTY_KINDS)]
            if (days := (*decided, *record.found)) and is_valid(code):
                self._days.setdefault(code, {})[city] = days

    def of(self, city: str, code: str) -> OnRecord:
        """What is known of an enterprise by its city and code."""
        found = self._of.get((city, code), NOTHING)
        others = tuple((other, days) for other, days in self._days.get(code, {}).items() if other != city)
        return replace(found, elsewhere=others) if others else found

    def numbered(self, lines: pd.DataFrame) -> tuple[npt.NDArray[np.int64], list[OnRecord]]:
        """For each of some lines the number of what is known of its enterprise, and what that is, each once."""
        codes, plants = pd.factorize(pd.MultiIndex.from_frame(lines[PLANT_KEY]))
        places: dict[OnRecord, int] = {}
        numbers = [places.setdefault(self.of(*map(str, plant)), len(places)) for plant in plants]
        return np.array(numbers, dtype=np.int64)[codes] if len(plants) else codes, list(places)


def _on_record(cells: Mapping[str, Collection[object]], found: tuple[date, ...]) -> OnRecord:
    """From the distinct filled cells of an enterprise by column; lines that contradict each other say nothing."""
    decisions = dict.fromkeys(one for cell in cells.get("decisions", ()) for one in records_of(str(cell)))
    told = {one.number for one in decisions if one.number}
    unread = any(not any(number in str(text) for number in told) for text in cells.get("decision_no", ()))
    says = tuple(
        (name, bool(next(iter(values))))
        for name, values in cells.items()
        if FIELDS[name].type == "bool" and len(values) == 1
    )
    return OnRecord(says, tuple(decisions), unread, found)


@dataclass(frozen=True, slots=True)
class Breach:
    """A breach as the rules look at it.

    ``what``: codes of ``BREACHES``; ``times``: the value over its limit, None where it was not measured; ``ran``:
    production that should have stood.
    """

    what: tuple[str, ...]
    day: date
    level: str
    pollutant: str = ""
    times: float | None = None
    ran: bool = False
    record: OnRecord = NOTHING

    def codes(self) -> frozenset[str]:
        """What it is in law: also what open decisions make of it, and a repeat where something is on record.

        An exceedance in a warning or under an order to limit is an exceedance; whether there is a warning, rules ask.
        """
        what = {*self.what} if _EXCEEDING.isdisjoint(self.what) else {*self.what, "over_standard", "over_in_warning"}
        kinds = {name for one in self.record.decisions for name in one.names_on(self.day)}
        more = {
            graver
            for decided, found, graver in _GRAVER
            if found in what and not kinds.isdisjoint(decided) and (self.ran or found == "over_standard")
        }
        return frozenset({*what, *more, _REPEAT})


@dataclass(frozen=True, slots=True)
class Needs:
    """What a penalty rule needs beside the breach: ``met`` by what is on record, ``left`` to be established."""

    met: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


def needs_of(rule: PenaltyRule, breach: Breach) -> Needs | None:
    """What a penalty rule needs of a breach; None where it does not apply."""
    outside = rule.in_warning and breach.level in ("", "none")
    if outside or rule.breach not in breach.codes() or not rule.speaks_at(breach.level):
        return None
    asked = [_measured(rule, breach), _listed(rule, breach)]
    if rule.breach == _REPEAT or rule.repeat_within_months is not None:
        asked.append(_repeats(rule, breach))
    also = (rule.also,) if rule.also else ()
    needs = [one for one in asked if one is not None]
    if len(needs) < len(asked):
        return None
    return Needs(tuple(text for one in needs for text in one.met), (*also, *(t for one in needs for t in one.left)))


def _measured(rule: PenaltyRule, breach: Breach) -> Needs | None:
    """What a rule asks of the value: which pollutant, how far above its limit."""
    left: list[str] = []
    if rule.pollutants and breach.pollutant not in rule.pollutants:
        if breach.pollutant:
            return None
        left.append(f"超标的是{'、'.join(POLLUTANT_TEXT[name] for name in rule.pollutants)}")
    if rule.times_limit is not None and breach.times is None:
        bounds = (rule.times_limit.ge, rule.times_limit.gt)
        left.extend(f"实测值达到标准的{number(bound)}倍" for bound in bounds if bound is not None)
    elif rule.times_limit is not None and breach.times is not None and not rule.times_limit.passed(breach.times):
        return None
    return Needs(left=tuple(left))


def _listed(rule: PenaltyRule, breach: Breach) -> Needs | None:
    """What a rule asks of the list."""
    says = dict(breach.record.says)
    if any(says.get(name) is False for name in rule.needs):
        return None
    texts = {name: f"清单“{FIELDS[name].text}”为是" for name in rule.needs}
    return Needs(
        tuple(text for name, text in texts.items() if name in says),
        tuple(text for name, text in texts.items() if name not in says),
    )


def _repeats(rule: PenaltyRule, breach: Breach) -> Needs | None:
    """The penalties before a breach that a rule counts; None where there are too few even if all doubts prove true."""
    months = rule.repeat_within_months
    since = date.min if months is None else (pd.Timestamp(breach.day) - pd.DateOffset(months=months)).date()
    span = "此前" if months is None else f"此前{months}个月内"
    grounds = {BREACHES[name] for name in rule.repeat_of}
    sure, unsure = [], int(breach.record.unread)
    for one in breach.record.decisions:
        if one.first is not None and not since <= one.first < breach.day:
            continue
        other = grounds and one.ground and one.ground not in grounds
        if other or (one.kind and one.kind not in PENALTY_KINDS):
            continue
        if one.first is None or (grounds and not one.ground) or not one.kind:
            unsure += 1
        else:
            sure.append(one)
    found = [day for day in breach.record.found if since <= day < breach.day]
    if len(sure) >= rule.repeat_at_least:
        numbers = "、".join(f"{one.number or one.kind}（{one.first}）" for one in sure[:_NAMED])
        return Needs(met=(f"{span}已受处罚{len(sure)}次：{numbers}{'等' if len(sure) > _NAMED else ''}",))
    counts = {city: sum(since <= day < breach.day for day in days) for city, days in breach.record.elsewhere}
    named = rule.breach == _REPEAT and _REPEAT in breach.what  # an inspection says so: a person looks the penalties up
    if len(sure) + unsure + len(found) + sum(counts.values()) < rule.repeat_at_least and not named:
        return None
    doubts = [f"另有{unsure}件决定的日期或内容未录入"] if unsure else []
    doubts += [f"台账另载违反{len(found)}日，是否已受处罚须核实"] if found else []
    doubts += [
        f"同一信用代码在{city}另载处罚或违反{count}次，是否计入须核实" for city, count in counts.items() if count
    ]
    return Needs(left=(f"{span}受过处罚{rule.repeat_at_least}次以上（{'，'.join([f'在案{len(sure)}次', *doubts])}）",))
