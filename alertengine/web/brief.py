"""What of a draft must be known before it is signed: counts, ratios, what persons decided; jobs leave it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import pandas as pd
from pydantic import TypeAdapter

from alertengine.orders import InForce, Override, state_words
from alertengine.vocabulary import LINE_KEY, PLANT_KEY, POLLUTANTS, Status, left_open
from alertengine.vocabulary import times as clock
from alertengine.web.compared import DecidedLine, Without, beside_rules, register
from alertengine.web.today import Gauge, gauges, unjudged


@dataclass(frozen=True, slots=True)
class Brief:
    """What of a draft must be known before it is signed; ``start`` is from when what it decides binds anybody.

    ``stands`` counts orders that an act gave already; ``bare`` are the sums it would come to without what persons
    decided, None where that is not known; ``lower`` of the open lines are those with the measure of a lower level at
    least; ``kilograms`` a day by pollutant is what that which holds first saves; ``unlisted`` are the cities it warns
    without a line to order, ``unjudged`` the places without a ratio.
    """

    enterprises: int
    lines: int
    open: int
    decided: tuple[DecidedLine, ...]
    gauges: tuple[Gauge, ...]
    start: str
    stands: int = 0
    summaries: tuple[dict[str, Any], ...] = ()
    bare: tuple[dict[str, Any], ...] | None = None
    lower: int = 0
    kilograms: Mapping[str, float] = field(default_factory=dict)
    states: tuple[str, ...] = ()
    unlisted: tuple[str, ...] = ()
    unjudged: tuple[str, ...] = ()

    def beside(self, without: Without) -> Brief:
        """The same with what it would be without what persons decided."""
        bare = tuple(dict(one) for one in without.summaries)
        return replace(self, decided=tuple(beside_rules(self.decided, without.rows)), bare=bare)

    @property
    def open_words(self) -> str:
        """As what the open lines go out, blank where there are none."""
        if not self.lower:
            return "发出时为“待人工确定”" if self.open else ""
        bare = f"{self.open - self.lower:,}条发出时为“待人工确定”，" if self.open > self.lower else ""
        return f"{bare}{self.lower:,}条以下级措施为下限"

    @property
    def lighter(self) -> int:
        """How many lines persons decided lighter than the rules."""
        return sum(one.lighter for one in self.decided)

    @property
    def missed(self) -> list[Gauge]:
        """Ratios that are not reached."""
        return [one for one in self.gauges if one.met == "未达到"]

    @property
    def late(self) -> int:
        """Minutes by which the first start has passed; 0 where it lies ahead."""
        if not self.start:
            return 0
        past = pd.Timestamp(clock.now().replace(tzinfo=None)) - pd.Timestamp(self.start)
        return max(0, int(past / pd.Timedelta(minutes=1)))


def brief_of(
    orders: pd.DataFrame,
    held: InForce,
    summaries: Sequence[dict[str, Any]],
    overrides: Iterable[Override],
    stands: int = 0,
    without: Without | None = None,
) -> Brief:
    """The brief of orders (ORDER_COLUMNS), of what holds of them at the decision, and of what they are summed up to.

    Lines are those that are ordered something from the decision on: not those whose orders it ends.
    """
    decision, listed = held.from_decision, set(orders["city"].astype("str"))
    left = decision.rows
    keys = left[LINE_KEY]
    asked = keys[left_open(left)].drop_duplicates()
    bare = keys[left["status"].astype("str") == Status.UNDETERMINED].drop_duplicates()
    judged = [([entry], decision.at.get(str(entry["city"]), "")) for entry in summaries]
    decided = decision.decided.values()
    newest = max((one.issued for one in decided), default="")
    starts = [one.first for one in decided if not one.over and one.issued == newest]
    if not decided:
        starts = [str(text) for text in orders["starts"].astype("object").dropna().unique() if str(text)]
    brief = Brief(
        len(keys[PLANT_KEY].drop_duplicates()),
        len(keys.drop_duplicates()),
        len(asked),
        tuple(register(decision.now, overrides)),
        tuple(one for entry in judged for one in gauges(*entry)),
        min(starts, default=""),
        stands,
        summaries=tuple(summaries),
        lower=len(asked) - len(bare),
        kilograms={name: float(decision.now[f"{name}_kg_d"].astype("float64").sum()) for name in POLLUTANTS},
        states=tuple(state_words(list(held.cities()))),
        unjudged=tuple(one for entry in judged for one in unjudged(*entry)),
        unlisted=tuple(sorted({city for city, one in decision.decided.items() if not one.over} - listed)),
    )
    return brief if without is None else brief.beside(without)


#: A brief as JSON and back.
KEPT_BRIEF: Final = TypeAdapter(Brief)
