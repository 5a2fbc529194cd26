"""Plants and lines under the names of the last list: orders and evidence of before a list was corrected are of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pandas as pd

from alertengine.orders import named_alike
from alertengine.vocabulary import LINE_KEY, MASKED, ORDER_KEY, plain_name

_Names = dict[tuple[str, ...], str]


@dataclass(frozen=True, slots=True)
class NewestNames:
    """What plants and lines are called by the last orders that name them, where that is otherwise than before.

    ``codes`` by city and an earlier code; ``lines`` the line id by city, code or plain name of its plant and an earlier
    line id; ``names`` by city and an earlier plain name.  Under a blank city what holds in every city: evidence that
    names none may be of a plant in any.
    """

    codes: _Names = field(default_factory=dict)
    lines: _Names = field(default_factory=dict)
    names: _Names = field(default_factory=dict)

    @classmethod
    def of(cls, tables: Sequence[pd.DataFrame]) -> NewestNames:
        """Of the orders of acts (ORDER_COLUMNS, texts as objects), in their order."""
        codes, lines, newest, said = _Names(), _Names(), _Names(), _Names()
        for table, keys in zip(tables, named_alike(tables), strict=True):
            own = zip(*(table[name] for name in (*LINE_KEY, "enterprise")), strict=True)
            for (city, code, line, name), (_, own_code, own_line) in dict.fromkeys(zip(own, keys, strict=True)):
                codes[city, code], newest[city, own_code], said[city, plain_name(name)] = own_code, name, own_code
                lines.update({(city, who, line): own_line for who in (code, own_code, plain_name(name))})
        names = _Names({key: newest[key[0], code] for key, code in said.items()})
        return cls(_otherwise(codes), _otherwise(lines), _otherwise(names, plain_name))

    def __bool__(self) -> bool:
        """Whether anything is called otherwise."""
        return bool(self.codes or self.lines or self.names)

    def given(self, table: pd.DataFrame) -> pd.DataFrame:
        """Orders or evidence under these names; cells that are blank stay so."""
        if not self or "enterprise_id" not in table:
            return table
        cities, codes, plants, lines = (
            table[name].astype("object") if name in table else pd.Series(None, index=table.index, dtype="object")
            for name in ("city", "enterprise_id", "enterprise", "line_id")
        )
        cities = cities.where(cities.notna(), "")
        plain = plants.map(lambda name: plain_name(name) if isinstance(name, str) else "")
        who = codes.where(codes.notna() & (codes != ""), plain)
        found = {
            "enterprise_id": [self.codes.get(key, key[1]) for key in zip(cities, codes, strict=True)],
            "enterprise": [
                self.names.get((city, name), own) for city, name, own in zip(cities, plain, plants, strict=True)
            ],
            "line_id": [self.lines.get(key, key[2]) for key in zip(cities, who, lines, strict=True)],
        }
        columns = {name: pd.Series(column, index=table.index, dtype="object") for name, column in found.items()}
        return table.assign(**{name: column for name, column in columns.items() if name in table})


def _otherwise(found: _Names, spelt: Callable[[str], str] = str) -> _Names:
    """Names by city and what they were, and by what they were where all cities agree; those that stay are left out."""
    anywhere: dict[tuple[str, ...], set[str]] = {}
    for (_, *rest), name in found.items():
        anywhere.setdefault(("", *rest), set()).add(name)
    agreed = {key: next(iter(names)) for key, names in anywhere.items() if len(names) == 1}
    return {key: name for key, name in {**found, **agreed}.items() if key[-1] != spelt(name)}


def as_ordered(found: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """Findings under code, name and line id of the order that they judge; one of a whole plant names no line."""
    named = orders.drop_duplicates(ORDER_KEY).set_index(ORDER_KEY)
    at = pd.MultiIndex.from_frame(found[ORDER_KEY].astype("object"))
    out = {}
    for name in ("enterprise_id", "line_id", "enterprise"):
        own, cells = named[name].astype("object").reindex(at).set_axis(found.index), found[name].astype("object")
        out[name] = own.where(own.notna() & ~cells.isin(["", MASKED]), cells)
    return found.assign(**out)
