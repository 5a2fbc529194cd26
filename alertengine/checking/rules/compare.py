"""Comparing two rulebooks, or one on two days: which rules differ, and whose orders change.

A rule is compared by its values, not by its text; an order by what a line must do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import partial
from pathlib import Path
from typing import Any, Final

import pandas as pd

from alertengine.engine import Engine, Response
from alertengine.files import replacing, suffix_of, write_safe
from alertengine.lists import read_list
from alertengine.orders import decide_lines
from alertengine.rulebook import Change, Side, change_rows
from alertengine.vocabulary import POLLUTANTS, Level, Problem, Result, refuse_together, times

#: What makes two orders of a line differ.
_ORDER: Final = ("status", "measure_text", "share", "transport")
_KEY: Final = ["enterprise_id", "line_id"]
#: Columns of the lines whose orders differ; the kilograms a day are new less old.
LINE_COLUMNS: Final = [
    *("level", "change", *_KEY, "city", "enterprise", "line"),
    *(f"{name}_{end}" for name in (*_ORDER, "effective_grade", "rules") for end in ("old", "new")),
    *("because", *(f"{name}_kg_d" for name in POLLUTANTS)),
]
#: Texts of a line's phases put together, and by what.
_JOINED: Final = {"measure_text": " → ", "transport": " → ", "rules": ";", "set_aside": ";"}


# -- orders


@dataclass(slots=True)
class OrderChanges(Result):
    """The lines whose orders differ, and the totals of each level."""

    lines: list[dict[str, Any]] = field(default_factory=list)
    totals: list[dict[str, Any]] = field(default_factory=list)
    #: The list, read under either side.
    made_from: Sequence[Result] = field(default=(), repr=False)

    def counts(self) -> list[dict[str, Any]]:
        """Lines by level: all, those whose order changes, those on another basis only, and by status."""
        return [{name: row[name] for name in row if "_kg_d" not in name} for row in self.totals]

    def kilograms(self) -> list[dict[str, Any]]:
        """Reduced kg/d by level and pollutant, before and after."""
        return [
            {
                "level": row["level"],
                "pollutant": name,
                "old_kg_d": row[f"{name}_kg_d_old"],
                "new_kg_d": row[f"{name}_kg_d_new"],
                "difference": row[f"{name}_kg_d"],
            }
            for row in self.totals
            for name in POLLUTANTS
        ]


def order_changes(old: Side, new: Side, file: Path, levels: Iterable[Level], changes: Sequence[Change]) -> OrderChanges:
    """What becomes of a list's orders, level by level.

    Args:
        old: the rulebook and day before.
        new: the rulebook and day after.
        file: the enterprise list.
        levels: the warning levels to compare at.
        changes: the rules that differ, so that a line can say which of them moved it.

    Raises:
        InputError: the list cannot be read or has no lines.

    """
    moved = {change.id for change in changes if change.what == "rule"}
    before, after = _Orders(old, file), _Orders(new, file)
    out = OrderChanges(made_from=[before.list, after.list])
    for level in levels:
        one, other = before.at(level), after.at(level)
        joined = pd.concat([one.add_suffix("_old"), other.add_suffix("_new")], axis=1).astype("object")
        joined = joined.where(joined.notna(), None)
        rows = [_line(level, key, row, moved) for key, row in zip(joined.index, joined.to_dict("records"), strict=True)]
        out.lines += [row for row in rows if row["change"]]
        out.totals.append(_totals(level, rows, one, other))
    return out


class _Orders:
    """The orders of a list under one side, one row a line."""

    def __init__(self, side: Side, file: Path) -> None:
        self._side = side
        self.list = read_list(file, side.book.lists)
        if self.list.lines.empty:
            refuse_together([Problem("no_line", file=str(file))], self.list)
        self._engine = Engine(side.book)

    def at(self, level: Level) -> pd.DataFrame:
        """Orders at a level: the first phase's numbers, all phases' texts; index enterprise and line."""
        day = self._side.day or times.today()
        response = Response.single(level, day)
        published = self.list.version.status == "published"
        table = decide_lines(
            self._engine, self.list.lines, response, published=published, citation=self.list.citation
        ).table
        text = ["status", *_JOINED, "enterprise", "line", "city", "effective_grade"]
        table[text] = table[text].astype("str")
        first = table.drop_duplicates(_KEY).set_index(_KEY)
        later = table[table.duplicated(_KEY, keep=False)].groupby(_KEY, sort=False)
        for name, sign in _JOINED.items():
            joined = later[name].agg(partial(_joined, sign))
            first.loc[joined.index, name] = joined
        return first[[*text, "share", *(f"{name}_kg_d" for name in POLLUTANTS)]]


def _joined(sign: str, parts: Iterable[str]) -> str:
    return sign.join(dict.fromkeys(filter(None, parts)))


def _line(level: Level, key: Any, row: Mapping[Any, Any], moved: set[str]) -> dict[str, Any]:
    """One line before and after; ``change`` names what differs, blank where nothing does."""
    old, new = ({name: row[f"{name}{end}"] for name in (*_ORDER, "rules", "set_aside")} for end in ("_old", "_new"))
    differ = [name for name in _ORDER if old[name] != new[name]]
    if not differ and _ids(old["rules"]) != _ids(new["rules"]):
        differ = ["rules"]
    touching = _ids(old["rules"]) | _ids(new["rules"]) | _ids(old["set_aside"]) | _ids(new["set_aside"])
    out: dict[str, Any] = {"level": str(level), "change": ";".join(differ), "enterprise_id": key[0], "line_id": key[1]}
    named = "_old" if row["enterprise_new"] is None else "_new"
    out |= {name: row[f"{name}{named}"] for name in ("city", "enterprise", "line")}
    for name in (*_ORDER, "effective_grade", "rules"):
        out |= {f"{name}{end}": row[f"{name}{end}"] for end in ("_old", "_new")}
    out["because"] = ";".join(sorted(touching & moved))
    for name in POLLUTANTS:
        out[f"{name}_kg_d"] = round((row[f"{name}_kg_d_new"] or 0.0) - (row[f"{name}_kg_d_old"] or 0.0), 3)
    return out


def _totals(level: Level, rows: Sequence[Mapping[str, Any]], old: pd.DataFrame, new: pd.DataFrame) -> dict[str, Any]:
    """How many lines change at a level, and the kilograms a day before and after."""
    changed = [row for row in rows if row["change"] not in ("", "rules")]
    out: dict[str, Any] = {"level": str(level), "lines": len(rows), "changed": len(changed)}
    out["other_basis"] = sum(row["change"] == "rules" for row in rows)
    for status in ("ordered", "undetermined"):
        out[f"{status}_old"], out[f"{status}_new"] = (int((side["status"] == status).sum()) for side in (old, new))
    for name in POLLUTANTS:
        before, after = (round(float(side[f"{name}_kg_d"].sum()), 3) for side in (old, new))
        out |= {f"{name}_kg_d_old": before, f"{name}_kg_d_new": after, f"{name}_kg_d": round(after - before, 3)}
    return out


def _ids(text: str | None) -> frozenset[str]:
    return frozenset(filter(None, (text or "").split(";")))


def write_changes(changes: Sequence[Change], orders: OrderChanges | None, path: Path) -> None:
    """Write the lines whose orders differ, or without a list the rules, as .csv.

    Raises:
        InputError: another suffix, or the file cannot be written.

    """
    suffix_of(path, ".csv")
    rows = change_rows(changes) if orders is None else orders.lines
    columns = [item.name for item in fields(Change)] if orders is None else LINE_COLUMNS
    replacing(path, partial(write_safe, pd.DataFrame(rows, columns=columns)))
