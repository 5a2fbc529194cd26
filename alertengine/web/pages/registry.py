"""The pages in the order they are shown: address, name, the right that shows each, its module, its letter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from alertengine.web.roles import Right


@dataclass(frozen=True, slots=True)
class PageEntry:
    """One page: ``module`` is its name in this folder; it has ``async def show(visit: Visit) -> None``.

    One that is not ``listed`` is reached from another page alone; ``letter`` leads there after g, as in keys.js.
    """

    address: str
    name: str
    right: Right
    module: str
    letter: str = ""
    listed: bool = True


PAGES: Final = (
    PageEntry("/", "今日", Right.READ, "today", "t"),
    PageEntry("/map", "地图", Right.READ, "map", "m"),
    PageEntry("/forecast", "录入预报", Right.WORK, "forecast", listed=False),
    PageEntry("/superior", "上级调度令", Right.READ, "superior", listed=False),
    PageEntry("/issue", "发布", Right.READ, "issue", "f"),
    PageEntry("/deliver", "送达", Right.READ, "deliver", listed=False),
    PageEntry("/evaluate", "响应评估", Right.READ, "evaluate", listed=False),
    PageEntry("/simulate", "推演", Right.SIMULATE, "simulate", "s"),
    PageEntry("/audit", "核查", Right.READ, "audit", "h"),
    PageEntry("/lists", "清单", Right.READ, "lists", "q"),
    PageEntry("/rules", "规则", Right.READ, "rules", "r"),
    PageEntry("/accounts", "账号", Right.MANAGE, "accounts"),
)
