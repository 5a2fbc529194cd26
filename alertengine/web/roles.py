"""Who may do what and see what: roles with their Chinese names and rights; the counties of a reading account or a key.

All that is shown, answered or fetched passes through :class:`Scope`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import pandas as pd

from alertengine.ledger import in_words
from alertengine.workflow import bureau_cities

if TYPE_CHECKING:
    from alertengine.ledger import Ledger
    from alertengine.rulebook import OpenLists


class Right(StrEnum):
    """One thing a person may be allowed."""

    READ = "read"
    WORK = "work"
    REVIEW = "review"
    APPROVE = "approve"
    AUDIT = "audit"
    SIMULATE = "simulate"
    MANAGE = "manage"


class Role(StrEnum):
    """What a person is in the bureau; one person may be several things."""

    OFFICER = "officer"
    REVIEWER = "reviewer"
    APPROVER = "approver"
    AUDITOR = "auditor"
    READER = "reader"
    KEEPER = "keeper"


ROLE_TEXT: Final = {
    Role.OFFICER: "经办",
    Role.REVIEWER: "审核",
    Role.APPROVER: "批准",
    Role.AUDITOR: "核查",
    Role.READER: "查看",
    Role.KEEPER: "账号管理",
}
RIGHT_TEXT: Final = {
    Right.READ: "查看",
    Right.WORK: "录入预报和清单、拟稿、发出",
    Right.REVIEW: "审核",
    Right.APPROVE: "批准",
    Right.AUDIT: "核查台账和个人信息",
    Right.SIMULATE: "推演",
    Right.MANAGE: "管理账号和接口密钥",
}
#: The keeper of accounts signs nothing: whoever can make accounts must not be able to issue by them.
_RIGHTS: Final = {
    Role.OFFICER: {Right.READ, Right.WORK, Right.SIMULATE},
    Role.REVIEWER: {Right.READ, Right.REVIEW, Right.SIMULATE},
    Role.APPROVER: {Right.READ, Right.APPROVE, Right.SIMULATE},
    Role.AUDITOR: {Right.READ, Right.AUDIT, Right.SIMULATE},
    Role.READER: {Right.READ},
    Role.KEEPER: {Right.MANAGE},
}


#: Roles that one account never holds together: drafting and approving, keeping accounts and signing.
_CLASHING: Final = (
    frozenset({Role.OFFICER, Role.APPROVER}),
    *(frozenset({Role.KEEPER, role}) for role in (Role.OFFICER, Role.REVIEWER, Role.APPROVER)),
)
_SIGNING: Final = frozenset({Right.WORK, Right.REVIEW, Right.APPROVE})


def clashing(roles: frozenset[Role]) -> bool:
    """Whether two of some roles exclude each other."""
    return any(pair <= roles for pair in _CLASHING)


def rights_of(roles: frozenset[Role]) -> frozenset[Right]:
    """All that several roles allow together; an account of before whose roles exclude each other signs nothing."""
    rights: frozenset[Right] = frozenset().union(*(_RIGHTS[role] for role in roles))
    return rights - _SIGNING if clashing(roles) else rights


#: Between a city and its county.
_IN: Final = "/"


@dataclass(frozen=True, slots=True)
class Scope:
    """What may be seen: ``places`` are counties as ``城市/区县``; None: everything."""

    places: frozenset[str] | None = None

    @classmethod
    def said(cls, places: Iterable[str]) -> Scope:
        """The scope of an account or key that names counties; of one that names none it is everything."""
        held = frozenset(places)
        return cls(held or None)

    @property
    def whole(self) -> bool:
        """Whether it is everything."""
        return self.places is None

    @property
    def words(self) -> str:
        """The counties as a person reads them, blank where it is everything."""
        return "、".join(place.rpartition(_IN)[2] for place in sorted(self.places or ()))

    def has(self, city: str, county: str) -> bool:
        """Whether a county may be seen."""
        return self.places is None or f"{city}{_IN}{county}" in self.places

    def of(self, table: pd.DataFrame) -> pd.DataFrame:
        """The rows of a table with ``city`` and ``county`` that may be seen; a row without a county is nobody's."""
        if self.places is None:
            return table
        city, county = (table[name].astype("object").fillna("").astype("str") for name in ("city", "county"))
        return table[(city + _IN + county).isin(self.places)]


#: Sees everything.
WHOLE: Final = Scope()
#: Sees nothing: of who is signed out meanwhile.
NOTHING: Final = Scope(frozenset())


def known_places(ledger: Ledger, lists: OpenLists) -> dict[str, str]:
    """The counties that an account or key can be bound to, as the page words them.

    They are those of the bureau's own cities (of every city, where none is set) and those of orders on record, zones
    among them.
    """
    cities = bureau_cities(ledger) or tuple(lists.cities())
    out = {f"{city}{_IN}{name}": f"{name}（{city}）" for city in cities for name in lists.counties.of(city)}
    sql = (
        "SELECT c.text, k.text FROM (SELECT DISTINCT city, county FROM order_rows) o"
        " JOIN texts c ON c.id = o.city JOIN texts k ON k.id = o.county"
    )
    with in_words(ledger.path):
        found = ledger.db.conn.execute(sql).fetchall()
    return out | {f"{city}{_IN}{name}": f"{name}（{city}）" for city, name in found if city and name}
