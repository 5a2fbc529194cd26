"""Before a signature: which documents would go out as they are, what keeps the others back, and what removes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

import pandas as pd

from alertengine.documents import (
    KEEPS_DRAFT,
    KINDS,
    Builder,
    Footing,
    OpenMatter,
    grouped,
    has_duty,
    plan_matters,
    read_pack_templates,
)
from alertengine.orders import in_force, plain_texts
from alertengine.vocabulary import Setting
from alertengine.vocabulary import times as clock


@dataclass(frozen=True, slots=True)
class Cause:
    """A cause: how many documents it keeps back, what removes it, where (blank: on this screen)."""

    text: str
    count: int
    removed: str
    address: str


@dataclass(frozen=True, slots=True)
class Ready:
    """Documents in all, those that would be drafts, and why; ``compared``: the laws (ids) that must be compared.

    ``blanks``: by city how many places of the evening's papers stay blank because of its plan, and its form.
    """

    documents: int = 0
    drafts: int = 0
    causes: tuple[Cause, ...] = ()
    compared: tuple[str, ...] = ()
    blanks: tuple[Cause, ...] = ()


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
    made = [builder.matters(rows) for rows in grouped(holds.rows) if has_duty(rows)]
    counts = Counter(cause for one in made for cause in one)
    cited = {name: document.citation for name, document in footing.book.documents.items()}
    causes = tuple(
        Cause(_in_words(one, cited), count, KINDS[one.kind].on_page, one.address) for one, count in counts.most_common()
    )
    compared = tuple(dict.fromkeys(name for one in counts for name in one.compared))
    blanks = tuple(_blanks(footing, str(city), now) for city in pd.unique(holds.rows["city"])) if made else ()
    return Ready(len(made), sum(map(bool, made)), causes, compared, tuple(one for one in blanks if one.count))


def _blanks(footing: Footing, city: str, now: pd.Timestamp | None) -> Cause:
    """What the evening's papers of a city leave blank because its plan is not entered, or not in full."""
    day = clock.today() if now is None else now.date()
    found = plan_matters(footing.book, city, day, read_pack_templates().departments)
    count = sum(one.keeps != KEEPS_DRAFT for one in found)
    kind = KINDS["no_plan"]
    return Cause(f"{city}的审批表、通知、部门任务单", count, kind.on_page, kind.address.format(about=quote(city)))


def _in_words(one: OpenMatter, cited: Mapping[str, str]) -> str:
    """A matter in words; of lines with the documents it is about in the place of their names."""
    documents = [cited[name] for name in one.about if name in cited]
    return f"{one}：{'、'.join(documents)}" if documents and not one.detail else str(one)
