"""Before a signature: which documents would go out as they are, what keeps the others back, and what removes it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from alertengine.documents import KINDS, Builder, Footing, OpenMatter, Setting, grouped, has_duty
from alertengine.orders import in_force, plain_texts

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Cause:
    """A cause: how many documents it keeps back, what removes it, where (blank: on this screen)."""

    text: str
    count: int
    removed: str
    address: str


@dataclass(frozen=True, slots=True)
class Ready:
    """Documents in all, those that would be drafts, and why."""

    documents: int = 0
    drafts: int = 0
    causes: tuple[Cause, ...] = ()


def ready(orders: pd.DataFrame, footing: Footing, now: pd.Timestamp | None, setting: Setting = "live") -> Ready:
    """What of some orders could go out.

    Args:
        orders: ORDER_COLUMNS.
        footing: list, warnings and rulebook behind them.
        now: the moment of the decision.
        setting: what the run is for.

    """
    builder = Builder(footing, setting=setting)
    holds = in_force(plain_texts(orders), footing.warnings, now)
    made = [builder.order(rows) for rows in grouped(holds.rows) if has_duty(rows)]
    counts = Counter(cause for one in made for cause in {_without_lines(reason) for reason in one.reasons})
    causes = tuple(
        Cause(str(one), count, KINDS[one.kind].on_page, KINDS[one.kind].address) for one, count in counts.most_common()
    )
    return Ready(len(made), sum(bool(one.reasons) for one in made), causes)


def _without_lines(reason: OpenMatter) -> OpenMatter:
    """A reason without the lines it is said of, so that equal ones are counted together."""
    return replace(reason, detail="") if KINDS[reason.kind].of_lines else reason
