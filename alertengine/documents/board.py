"""The plant's board (公示牌): one page, so lines that do the same share a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any, Final

from alertengine.documents.document import BoardItem
from alertengine.documents.formal_or_draft import marked_measure
from alertengine.vocabulary import PLAN_FIELDS, public, short_moment

#: Lines of text that fit on the page, and characters in one of them, by column.
_ROOM: Final = 18
_WIDTHS: Final = {"lines": 8, "process": 5, "measure": 20, "plan": 11}
_LONGEST: Final = 120


def board_items(rows: Sequence[Any], plans: Mapping[tuple[str, ...], Any]) -> tuple[tuple[BoardItem, ...], int]:
    """The rows of a board that fit on one page, and how many lines are left out.

    Args:
        rows: the orders of the enterprise.
        plans: its lines in the list, by LINE_KEY; empty without a list.

    """
    groups: dict[tuple[str, ...], list[str]] = {}
    for row in rows:
        filed = plans.get((row.city, row.enterprise_id, row.line_id))
        texts = [_cut(getattr(filed, name, None)) for name in PLAN_FIELDS.values()]
        when = f"{short_moment(row.starts)}至{short_moment(row.ends) or '另行通知时'}"
        key = (
            public(row.process),
            row.effective_grade or row.grade,
            _cut(marked_measure(row.measure_text, row.basis)),
            when,
            *texts,
        )
        groups.setdefault(key, []).append(public(row.line or row.line_id))
    out: list[BoardItem] = []
    room, left = _ROOM, 0
    for (process, grade, measure, when, *texts), lines in groups.items():
        item = BoardItem(_named(lines), process, grade, measure, when, *texts)
        wanted = {"lines": item.lines, "process": item.process, "measure": item.measure, "plan": max(texts, key=len)}
        room -= max(2, *(-(-len(text) // _WIDTHS[name]) for name, text in wanted.items()))  # its lines of text
        if room < 0 and out:
            left += len(set(lines))
        else:
            out.append(item)
    return tuple(out), left


def _named(lines: Sequence[str]) -> str:
    """The names of lines, whole ones alone, and how many they are where not all are named."""
    names = list(dict.fromkeys(lines))
    lengths = accumulate(len(name) + 1 for name in names)
    fits = sum(length <= _LONGEST + 1 for length in lengths)
    return "、".join(names) if fits == len(names) else f"{_cut('、'.join(names[: max(fits, 1)]))}等{len(lines)}条"


def _cut(text: object) -> str:
    """A text as it may be shown, not longer than the board can hold."""
    shown = public(text) if isinstance(text, str) else ""
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"
