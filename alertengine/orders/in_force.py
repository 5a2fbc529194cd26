"""Orders of several acts put together: which of them still holds for a line, and until when."""

from __future__ import annotations

import pandas as pd


def prevailing(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """Orders of acts in their order: where a later one speaks of a line in the same response, the earlier ends.

    Two acts are of one response where what they order of the line, from first start to last end, overlaps: an
    act about another winter, recorded late, ends nothing.
    """
    kept: list[pd.DataFrame] = []
    spans: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for table in reversed(tables):
        keys = list(zip(table["enterprise_id"], table["line_id"], strict=True))
        own_spans = _spans(table, keys)
        cuts = {
            key: min((start for start, end in spans.get(key, ()) if start < last and first < end), default="")
            for key, (first, last) in own_spans.items()
        }
        later = pd.Series([cuts[key] for key in keys], index=table.index, dtype=object)
        own = table[(later == "") | (table["starts"] < later)]
        later = later.loc[own.index]
        # times are YYYY-MM-DD HH:MM: their order as texts is that in time
        cut = (later != "") & ((own["ends"] == "") | (own["ends"] > later))
        kept.append(own.assign(ends=own["ends"].where(~cut, later)))
        for key, span in own_spans.items():
            spans.setdefault(key, []).append(span)
    return pd.concat(kept[::-1], ignore_index=True)


#: Stands for the end of what is open.
_OPEN = "9999"


def _spans(table: pd.DataFrame, keys: list[tuple[str, str]]) -> dict[tuple[str, str], tuple[str, str]]:
    """From when to when a table speaks of each line."""
    out: dict[tuple[str, str], tuple[str, str]] = {}
    for key, start, end in zip(keys, table["starts"], table["ends"], strict=True):
        first, last = out.get(key, (start, end or _OPEN))
        out[key] = min(first, start), max(last, end or _OPEN)
    return out
