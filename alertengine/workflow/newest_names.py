"""Plants and lines under the names of the last list: orders and evidence of before a list was corrected are of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from alertengine.orders import KEY, named_alike
from alertengine.vocabulary import MASKED, plain_name


@dataclass(frozen=True, slots=True)
class NewestNames:
    """What plants and lines are called by the last orders that name them.

    ``codes`` by an earlier code; ``lines`` the line id by the code or plain name of its plant and an earlier line id;
    ``names`` by an earlier plain name.
    """

    codes: dict[str, str] = field(default_factory=dict)
    lines: dict[tuple[str, str], str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, tables: Sequence[pd.DataFrame]) -> NewestNames:
        """Of the orders of acts (ORDER_COLUMNS, texts as objects), in their order."""
        out, newest, said = cls(), dict[str, str](), dict[str, str]()
        for table, keys in zip(tables, named_alike(tables), strict=True):
            own = zip(table["enterprise_id"], table["line_id"], table["enterprise"], strict=True)
            for (code, line, name), (_, own_code, own_line) in dict.fromkeys(zip(own, keys, strict=True)):
                newest[own_code], said[plain_name(name)] = name, own_code
                if code != own_code:
                    out.codes[code] = own_code
                if line != own_line:
                    out.lines.update(((who, line), own_line) for who in (code, own_code, plain_name(name)))
        out.names.update({name: newest[code] for name, code in said.items() if plain_name(newest[code]) != name})
        return out

    def __bool__(self) -> bool:
        """Whether anything is called otherwise."""
        return bool(self.codes or self.lines or self.names)

    def given(self, table: pd.DataFrame) -> pd.DataFrame:
        """Orders or evidence under these names; cells that are blank stay so."""
        if not self or "enterprise_id" not in table:
            return table
        names = ("enterprise_id", "enterprise", "line_id")
        codes, plants, lines = (
            table[name].astype("object") if name in table else pd.Series(None, index=table.index, dtype="object")
            for name in names
        )
        plain = plants.map(lambda name: plain_name(name) if isinstance(name, str) else "")
        who = codes.where(codes.notna() & (codes != ""), plain)
        ids = [self.lines.get(key, key[1]) for key in zip(who, lines, strict=True)]
        found = {
            "enterprise_id": codes.replace(self.codes),
            "enterprise": plain.map(self.names).astype("object").fillna(plants),  # no name changed: all NaN
            "line_id": pd.Series(ids, index=table.index, dtype="object"),
        }
        return table.assign(**{name: column for name, column in found.items() if name in table})


def as_ordered(found: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """Findings under code, name and line id of the order that they judge; one of a whole plant names no line."""
    named = orders.drop_duplicates("order_id").set_index("order_id")
    at = found["order_id"].astype("object").map(lambda name: name if name in named.index else None)
    out = {}
    for name in (*KEY, "enterprise"):
        own, cells = at.map(named[name], na_action="ignore"), found[name].astype("object")
        out[name] = own.where(own.notna() & ~cells.isin(["", MASKED]), cells)
    return found.assign(**out)
