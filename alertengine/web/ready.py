"""Before a signature: which documents would go out as they are, what keeps the others back, and what removes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
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
    """Documents in all, those that would be drafts, and why; ``compared``: the laws (ids) that must be compared."""

    documents: int = 0
    drafts: int = 0
    causes: tuple[Cause, ...] = ()
    compared: tuple[str, ...] = ()


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
    counts = Counter(cause for one in made for cause in {reason.without_lines() for reason in one.reasons})
    cited = {name: document.citation for name, document in footing.book.documents.items()}
    causes = tuple(
        Cause(_said(one, cited), count, KINDS[one.kind].on_page, one.address) for one, count in counts.most_common()
    )
    compared = tuple(dict.fromkeys(name for one in counts for name in one.compared))
    return Ready(len(made), sum(bool(one.reasons) for one in made), causes, compared)


def _said(one: OpenMatter, cited: Mapping[str, str]) -> str:
    """A matter in words; of lines with the documents it is about in the place of their names."""
    documents = [cited[name] for name in one.about if name in cited]
    return f"{one}：{'、'.join(documents)}" if documents and not one.detail else str(one)
