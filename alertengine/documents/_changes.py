"""What a later set of orders changes of an earlier one, line by line and hour by hour.

A warning is raised, lowered, extended or lifted; the change order says only what changes.
Orders are half-open intervals: both tables are cut at each other's ends and compared piece
by piece, so a row cut in two that says the same is no change.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, NamedTuple

import pandas as pd

from alertengine.lists import line_keys, under_ids_of
from alertengine.vocabulary import LINE_KEY, ORDER_COLUMNS

#: Later than any end; sorts after every time.
OPEN: Final = "9999-12-31 24:00"
#: What is compared, and the old value of which stands in the table.
_SAID: Final = ("level", "status", "measure", "measure_text", "share", "transport", "ends", "order_id")
#: What makes two rows of a table the same order when lines without any change are set apart.
_SAME: Final = [*LINE_KEY, "starts", "ends", "status", "measure", "measure_text", "share", "transport"]

CHANGE_COLUMNS: Final = {
    "change": "变更类型",
    "what": "变更事项",
    **ORDER_COLUMNS,
    **{f"old_{name}": f"原{ORDER_COLUMNS[name]}" for name in _SAID},
}


class OrderChange(StrEnum):
    """How a line's order changes; the words a change order uses."""

    CHANGED = "变更"
    ADDED = "新增"
    ENDED = "终止"


class What(StrEnum):
    """What of a line's order changes."""

    STATUS = "状态"
    MEASURE = "措施"
    SHARE = "减排比例"
    TRANSPORT = "运输管控"
    ENDS = "结束时间"


class _Row(NamedTuple):
    """One order: when, and its place in its table."""

    starts: str
    ends: str
    at: int


@dataclass(slots=True)
class _Span:
    """A stretch of time in which one old order (or none) meets one new order (or none)."""

    starts: str
    ends: str
    old: int | None
    new: int | None


def changes(old: pd.DataFrame, new: pd.DataFrame, since: str | Mapping[str, str] | None = None) -> pd.DataFrame:
    """The lines whose measure, share, transport or end changes, that are new, or that end.

    Args:
        old: the earlier orders (ORDER_COLUMNS, as ``read_orders`` gives them); of a line whose code or id the later
            ones correct as of the same line.
        new: the later orders.
        since: from when the later orders speak (``YYYY-MM-DD HH:MM``), of all or by city; what came before is
            past, not ended.  Default: the first start of the line's later orders, where it has none of its city's.

    Returns:
        CHANGE_COLUMNS, one row per line and stretch of time: ``change`` 变更, 新增 or 终止; ``what`` the
        words of :class:`What` joined by ``;``; ``starts`` and ``ends`` the time it concerns; the order
        now in force, and in ``old_…`` the one before.  Where only the end moves, the row is the
        whole order with its new end.  Where an order ends, measure, share, transport and
        kilograms are blank.

    """
    moments, old = _Since(old, new, since), under_ids_of(old, new)
    old, new = _unlike(old, new)
    mine, theirs = _by_line(old), _by_line(new)
    said_old, said_new = _texts(old), _texts(new)
    records = []
    for key in sorted(mine.keys() | theirs.keys(), key=lambda one: (one[1:], one)):
        before, after = mine.get(key, []), theirs.get(key, [])
        city = (new if after else old)["city"].iloc[(after or before)[0].at]
        since = moments.of(city, after)
        held = _Span("", since, _held_until(before, since), _held_until(after, since))
        spans = _spans(before, after, since)
        records += [_record(found, old, new) for found in _joined(_judged(held, spans, said_old, said_new))]
    return pd.DataFrame(records, columns=list(CHANGE_COLUMNS))


class _Since:
    """From when the later orders speak: as told, else from a line's first order, else its city's, else any."""

    def __init__(self, old: pd.DataFrame, new: pd.DataFrame, told: str | Mapping[str, str] | None) -> None:
        self._told = told
        self._cities = {str(city): str(min(own["starts"])) for city, own in new.groupby("city")}
        self._any = min(self._cities.values(), default=min(old["starts"], default=""))

    def of(self, city: str, after: list[_Row]) -> str:
        """The moment for a line."""
        told = self._told.get(city, "") if isinstance(self._told, Mapping) else self._told
        if told:
            return told
        return min((row.starts for row in after), default=self._cities.get(city, self._any))


def _unlike(old: pd.DataFrame, new: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Both tables without the lines whose rows are the same in both."""
    digests = []
    for table in (old, new):
        share = table["share"].fillna(-1.0)
        hashed = pd.util.hash_pandas_object(table[_SAME].assign(share=share), index=False)
        digests.append(hashed.groupby([table[name] for name in LINE_KEY]).sum())
    one, other = digests
    joined = pd.concat([one, other], axis=1, join="inner", keys=["old", "new"])
    same = joined.index[joined["old"] == joined["new"]]
    return _without(old, same), _without(new, same)


def _without(table: pd.DataFrame, lines: pd.Index) -> pd.DataFrame:
    return table[~line_keys(table).isin(lines)].reset_index(drop=True)


def _by_line(table: pd.DataFrame) -> dict[tuple[str, ...], list[_Row]]:
    out: dict[tuple[str, ...], list[_Row]] = {}
    for at, (line, starts, ends) in enumerate(zip(line_keys(table), table["starts"], table["ends"], strict=True)):
        out.setdefault(line, []).append(_Row(starts, ends or OPEN, at))
    return out


def _texts(table: pd.DataFrame) -> list[tuple[Any, ...]]:
    """What each order says, as compared: the wording counts only where code and share leave it open."""
    columns = ("status", "measure", "share", "transport", "measure_text")
    out = []
    for status, measure, share, transport, text in zip(*(table[name].tolist() for name in columns), strict=True):
        # a line chosen to stop does as one that all must stop
        done = "stop" if measure == "stop_share" and share == 1 else measure
        settled = done in ("stop", "none", "exempt", "self_directed") and share == share  # noqa: PLR0124
        out.append((status, done, None if share != share else share, transport, "" if settled else text))  # noqa: PLR0124
    return out


def _spans(mine: list[_Row], theirs: list[_Row], since: str) -> list[_Span]:
    """Both timelines cut at each other's ends, from ``since`` on, pieces that say the same joined."""
    cuts = sorted({max(moment, since) for row in (*mine, *theirs) for moment in (row.starts, row.ends)})
    spans: list[_Span] = []
    for starts, ends in itertools.pairwise(cuts):
        old, new = _holding(mine, starts), _holding(theirs, starts)
        if old is None and new is None:
            continue
        last = spans[-1] if spans else None
        if last and last.ends == starts and (last.old, last.new) == (old, new):
            last.ends = ends
        else:
            spans.append(_Span(starts, ends, old, new))
    return spans


def _holding(rows: list[_Row], moment: str) -> int | None:
    return next((row.at for row in rows if row.starts <= moment < row.ends), None)


def _held_until(rows: list[_Row], moment: str) -> int | None:
    """The order that holds just before a moment."""
    return next((row.at for row in rows if row.starts < moment <= row.ends), None)


class _Found(NamedTuple):
    """A change: what kind, what of it, when, and the orders before and now."""

    change: OrderChange
    what: tuple[What, ...]
    starts: str
    ends: str
    old: int | None
    new: int | None
    whole: bool = False
    grows: bool = False


def _judged(
    held: _Span, spans: list[_Span], old: list[tuple[Any, ...]], new: list[tuple[Any, ...]]
) -> Iterator[_Found]:
    """The spans that are a change, with what changes; ``held`` is what ends where they begin."""
    goes_on = any(span.new is not None for span in spans)
    had = held.old is not None or any(span.old is not None for span in spans)
    ended = False
    for before, span in zip([held, *spans], spans, strict=False):
        last = before if before.ends == span.starts else None
        if span.old is not None and span.new is not None:
            names = (What.STATUS, What.MEASURE, What.SHARE, What.TRANSPORT, What.MEASURE)
            found = [name for name, one, other in zip(names, old[span.old], new[span.new], strict=True) if one != other]
            what = tuple(name for name in What if name in found)
            if what:
                yield _Found(OrderChange.CHANGED, what, span.starts, span.ends, span.old, span.new)
            elif ended:  # said to have ended before: that the same holds again must be said
                yield _Found(OrderChange.ADDED, (), span.starts, span.ends, None, span.new)
        elif not goes_on:
            yield _Found(OrderChange.ENDED, (), span.starts, span.ends, span.old, None)
        elif not had:
            yield _Found(OrderChange.ADDED, (), span.starts, span.ends, None, span.new)
        else:
            yield _moved(last, span, new)
        ended |= span.new is None


def _moved(last: _Span | None, span: _Span, new: list[tuple[Any, ...]]) -> _Found:
    """A stretch that only one of both has, of a line that both have: its order ends later, sooner, or is apart."""
    if last is None or last.old is None or last.new is None:
        apart = OrderChange.ENDED if span.new is None else OrderChange.ADDED
        return _Found(apart, (), span.starts, span.ends, span.old, span.new)
    grows = span.new is not None
    if span.new is None or new[span.new] == new[last.new]:
        what = (What.ENDS,)
        if span.new not in (None, last.new):  # the same in another row: of another level, or another phase
            return _Found(OrderChange.CHANGED, what, span.starts, span.ends, last.old, span.new)
        return _Found(OrderChange.CHANGED, what, span.starts, span.ends, last.old, last.new, whole=True, grows=grows)
    return _Found(OrderChange.CHANGED, (What.MEASURE, What.ENDS), span.starts, span.ends, last.old, span.new)


def _joined(found: Iterator[_Found]) -> list[_Found]:
    """A change whose order then also ends later or sooner is said once."""
    out: list[_Found] = []
    for one in found:
        last = out[-1] if out else None
        if one.whole and last is not None and last.new == one.new and last.ends == one.starts:
            ends = one.ends if one.grows else last.ends
            out[-1] = last._replace(what=(*last.what, What.ENDS), ends=ends)
        else:
            out.append(one)
    return out


def _record(found: _Found, old: pd.DataFrame, new: pd.DataFrame) -> dict[str, Any]:
    """A row of the table of changes."""
    was = {} if found.old is None else old.iloc[found.old].to_dict()
    now = {} if found.new is None else new.iloc[found.new].to_dict()
    row: dict[str, Any] = {str(name): value for name, value in {**was, **now}.items()}
    if not now:
        gone = {name: math.nan for name in row if name == "share" or name.endswith("_kg_d")}
        row |= {**gone, "measure": "", "measure_text": "", "transport": "", "hangs_on": "", "remark": "", "flags": ""}
    if not found.whole:
        row |= {"starts": found.starts, "ends": "" if found.ends == OPEN else found.ends}
    before = {f"old_{name}": was.get(name, math.nan if name == "share" else "") for name in _SAID}
    return {**row, **before, "change": str(found.change), "what": ";".join(found.what)}
