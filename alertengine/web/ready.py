"""Before a signature: which documents would go out as they are, what keeps the others back, and what removes it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from alertengine.documents.build import Builder, grouped, has_duty
from alertengine.documents.formal_or_draft import Footing, Setting
from alertengine.orders.in_force import in_force
from alertengine.orders.read import plain_texts

if TYPE_CHECKING:
    import pandas as pd

#: What removes a cause, by how it begins: in words, and where on the page.
_REMOVED: Final = (
    ("应急减排清单未发布", "发布这一版清单", "/lists"),
    ("未附应急减排清单", "用已发布的清单重新拟稿", "/issue#new"),
    ("指令所据清单", "用同一版清单重新拟稿", "/issue#new"),
    ("企业不在所附", "用同一版清单重新拟稿", "/issue#new"),
    ("状态为", "逐条作出人工变更，或录入所缺规定", ""),
    ("预警措施依据缺失", "逐条作出人工变更，或录入所缺规定", ""),
    ("未载明法律依据", "录入所缺规定", "/rules"),
    ("预警分级依据的文本性质", "法制人员核对官方文本，录入核对结果", "/rules"),
    ("依据的文本性质", "法制人员核对官方文本，录入核对结果", "/rules"),
    ("文本性质为", "法制人员核对官方文本，录入核对结果", "/rules"),
    ("市级预案未录入", "录入本市应急预案", "/rules"),
)
#: Reasons behind whose colon stand the lines.
_OF_LINES: Final = ("状态为", "预警措施依据缺失", "未载明法律依据", "依据的文本性质")
_OTHER: Final = ("在清单中补填这一栏后重新拟稿，或由批准人具名放行", "/lists")


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
    counts = Counter(cause for one in made for cause in {_cause(reason) for reason in one.reasons})
    causes = tuple(Cause(text, count, *_removed(text)) for text, count in counts.most_common())
    return Ready(len(made), sum(bool(one.reasons) for one in made), causes)


def _cause(reason: str) -> str:
    """A reason without the lines it is said of, so that equal ones are counted together."""
    head = reason.partition("：")[0]
    return head if head.startswith(_OF_LINES) or head.endswith("待核实") else reason


def _removed(text: str) -> tuple[str, str]:
    return next(((words, address) for begins, words, address in _REMOVED if text.startswith(begins)), _OTHER)
