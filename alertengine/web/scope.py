"""Which counties a reading account or a key may see: all that is shown, answered or fetched passes through here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from alertengine.ledger import in_words
from alertengine.workflow import bureau_cities

if TYPE_CHECKING:
    from alertengine.ledger import Ledger
    from alertengine.rulebook import OpenLists

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
