"""What measures, and the plan an enterprise filed, ask of each line of a list, in Chinese."""

from __future__ import annotations

import math

import numpy as np

from alertengine.engine import Asked, Decision, Share
from alertengine.files import CodedTable, Numbered, per_time, text_array
from alertengine.lists import without_vehicles
from alertengine.orders.filed_doubts import filed_texts
from alertengine.orders.stopped_lines import StoppedLines
from alertengine.rulebook import Measure, measure_words
from alertengine.vocabulary import REGIME_TEXT, number, percent

#: Said of production where a filed plan speaks of vehicles alone.
_VEHICLES_ONLY = "只列运输要求"


class LineMeasures:
    """Says of each line of a decision what measures and its filed plan ask of it; ``vehicles``: the plan's vehicles."""

    def __init__(self, lines: CodedTable, decision: Decision) -> None:
        """Take the list and how it was decided; lines are then named by their place in it."""
        self._decision = decision
        self._plans, self.vehicles = filed_texts(lines, decision), filed_texts(lines, decision, "_vehicles")
        self._amounts = _amounts(lines)
        self._names = lines.text("line_id")
        self._stopped: dict[Share, StoppedLines] = {}
        self._measures: dict[Measure, tuple[str, Share | None]] = {}

    def stopping(self, measure: Measure, line: int) -> str:
        """A measure, and of a share order which lines stop for it."""
        words, share = self._of_measure(measure)
        stops = self._stops(share, line, chambers="chamber" in measure.by)
        return words + (f"：{stops}" if stops else "")

    def words(self, asked: Asked, line: int, cap: float = math.nan) -> str:
        """What one measure asks of a line, with the daily output ``cap`` it comes to where that is given."""
        text = self.stopping(asked.measure, line)
        if (
            asked.measure.code == "limit"
            and asked.measure.base
            and not np.isnan(cap)
            and (amount := self._amounts[line])
        ):
            decimals = 6 if amount.startswith("万") else 2
            text += f"，日产量不超过{number(round(cap, decimals))}{amount}"
        return text if asked.regime == "warning" else f"{text}（{REGIME_TEXT[asked.regime]}）"

    def stops_all(self, measure: Measure, line: int) -> bool:
        """Whether a share below the whole stops all lines it is counted over, as of a plant with one line."""
        share = self._decision.allotted.orders.get(measure)
        at = None if share is None else share.place(line)
        if share is None or at is None or measure.share is None or measure.share >= 1 or not share.own[at] >= 1:
            return False
        number = share.population[at]
        return bool(number < 0 or (share.own[share.population == number] >= 1).all())

    def _of_measure(self, measure: Measure) -> tuple[str, Share | None]:
        """A measure's words and its share order."""
        found = self._measures.get(measure)
        if found is None:
            found = self._measures[measure] = measure_words(measure), self._decision.allotted.orders.get(measure)
        return found

    def fraction(self, measure: Measure, line: int) -> float | None:
        """What of a line stops for a share order, None where it is not one of its lines."""
        share = self._of_measure(measure)[1]
        at = None if share is None else share.place(line)
        return None if share is None or at is None else float(share.own[at])

    def _stops(self, share: Share | None, line: int, *, chambers: bool) -> str:
        """Which lines of a population stop, and what this one does; empty where nothing is allotted to it."""
        at = None if share is None else share.place(line)
        if share is None or at is None:
            return ""
        own = share.own[at]
        part = f"停{share.counted(at, chambers=chambers)}" if own else "不停"
        here = "本生产线" + ("停产" if own >= 1 else part)
        if share.population[at] < 0:
            return here
        if share not in self._stopped:
            self._stopped[share] = StoppedLines(share)
        return f"{here}（停{self._stopped[share].words(at, self._names, chambers=chambers)}）"

    def plan(self, line: int) -> str:
        """The filed plan as it stands in the list, or its share."""
        text = self._plans[line] if self._plans is not None else None
        if text:
            return text
        share = self._decision.filed.share[line]
        return "" if np.isnan(share) else f"减排{percent(float(share))}"

    def plan_kind(self, line: int) -> str:
        """The code of what the filed plan is, ``""`` where none is known."""
        kind = self._decision.filed.kind
        code = int(kind.codes[line])
        return kind.categories[code] if code >= 0 else ""

    def filed(self, line: int) -> str:
        """What the filed plan asks of production; its vehicles stand under transport."""
        plan = self.plan(line)
        vehicles = self.vehicles[line] if self.vehicles is not None else None
        if vehicles:
            plan = without_vehicles(plan) or _VEHICLES_ONLY
        stops = self.plan_stops(line)
        return f"清单备案措施：{plan}" + (f"：{stops}" if stops else "")

    def plan_stops(self, line: int) -> str:
        """Which lines an enterprise-wide plan stops, and what this one does; empty where it speaks of its line."""
        filed = self._decision.filed
        by = filed.by.categories[filed.by.codes[line]] if filed.by.codes[line] >= 0 else ""
        return self._stops(self._decision.allotted.plan, line, chambers="chamber" in by)


def _amounts(lines: CodedTable) -> Numbered:
    """What each line's output is counted in, by the unit of its capacity; blank where it has none."""
    unit = lines.text("capacity_unit")
    said = [per_time(name)[0] for name in unit.names]
    return unit.mapped(text_array("吨" if name.lower() == "t" else name for name in said))
