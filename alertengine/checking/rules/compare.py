"""Comparing two rulebooks, or one on two days: which rules differ, and whose orders change.

A rule is compared by its values, not by its text; an order by what a line must do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal

import pandas as pd

from alertengine.engine.engine import Engine
from alertengine.engine.response import Response
from alertengine.files.shipped import rules_folder
from alertengine.lists.read import read_list
from alertengine.orders.table import order_table
from alertengine.orders.write import replacing
from alertengine.rulebook.book import Rulebook, document_files, read_layers
from alertengine.rulebook.excel.cell_scanner import flow
from alertengine.rulebook.excel.condition_text import condition_text
from alertengine.rulebook.excel.measure_cells import measures_text
from alertengine.rulebook.head import RuleHead
from alertengine.rulebook.load import DocumentLoader, Loaded
from alertengine.rulebook.measure_text import measure_words
from alertengine.rulebook.places_and_lists import OpenLists
from alertengine.rulebook.schema import Document, LineRule
from alertengine.rulebook.show import condition_as_dict, rule_as_dict
from alertengine.vocabulary.fields import LEVEL_TEXT, POLLUTANTS, Level
from alertengine.vocabulary.problems import InputError, Problem

SHIPPED: Final = "shipped"
#: Keys of a shown rule that say where it stands rather than what it asks.
_WORDS: Final = "words"
_ASIDE: Final = ("id", "document", "document_title", "number", _WORDS)
_HEAD_ASIDE: Final = ("document", "file")
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


@dataclass(frozen=True, slots=True)
class Change:
    """One difference of two rulebooks: a rule, hole or document added or removed, or a field of it changed."""

    change: Literal["added", "removed", "changed"]
    what: Literal["document", "rule", "hole"]
    id: str
    document: str
    title: str = ""
    field: str = ""
    old: str = ""
    new: str = ""


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison: a rulebook and, where only what is in force counts, the day."""

    book: Rulebook
    day: date | None = None

    def rules(self) -> dict[str, dict[str, Any]]:
        """The rules that count, as plain values."""
        return {
            rule.id: rule_as_dict(rule, self.book) | {_WORDS: _asks(rule)}
            for rule in self.book.rules.values()
            if self.day is None or (self.book.holds(rule, self.day) and self.book.in_period(rule, self.day))
        }

    def holes(self) -> dict[tuple[str, str], str]:
        """The declared holes of tables by document and name."""
        return {(name, f"{h.table} {flow(h.match)} {h.level}".strip()): h.table for name, h in self.book.holes}


def open_book(source: str) -> Rulebook:
    """The rulebook a name stands for: ``shipped``, or a folder (as ``open_folders`` takes it).

    Raises:
        InputError: with every defect of every file.

    """
    return open_folders([] if source == SHIPPED else [Path(source)])


def open_folders(folders: Sequence[Path]) -> Rulebook:
    """The rulebook of some folders.

    A first folder that has places of its own (``vocabulary``) is a whole rulebook.  Any other is added to the
    shipped rules; a document that stands twice counts as the last folder has it.

    Raises:
        InputError: with every defect of every file.

    """
    missing = [folder for folder in folders if not folder.is_dir()]
    if missing:
        expected = f"a folder of rule documents, or {SHIPPED}"
        raise InputError([Problem(str(folder), "no such folder", expected=expected) for folder in missing])
    whole = bool(folders) and bool(OpenLists.load(list(folders[:1])).provinces)
    base = [*([] if whole else [rules_folder()]), *folders]
    return _overlaid(list({folder.resolve(): folder for folder in base}.values()))


def _overlaid(folders: list[Path]) -> Rulebook:
    """The documents of some folders, those of later ones in the place of their namesakes."""
    lists, layers = OpenLists.load(folders), read_layers(folders)
    loader = DocumentLoader(lists, layers)
    loaded: dict[str, Loaded] = {}
    problems: list[Problem] = []
    for path in document_files(folders):
        try:
            one = loader.load(path)
            loaded[one.document.document] = one
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    book = Rulebook(lists, layers, loaded.values())
    book.folders = tuple(folders)
    return book


def book_changes(old: Side, new: Side) -> list[Change]:
    """Every difference of two rulebooks: documents, rules and declared holes."""
    changes = [] if old.day or new.day else _document_changes(old.book.documents, new.book.documents)
    changes += rule_changes(old.rules(), new.rules())
    if not (old.day or new.day):
        before, after = old.holes(), new.holes()
        changes += [
            Change("removed", "hole", name, document) for document, name in before if (document, name) not in after
        ]
        changes += [
            Change("added", "hole", name, document) for document, name in after if (document, name) not in before
        ]
    return changes


def rule_changes(old: Mapping[str, dict[str, Any]], new: Mapping[str, dict[str, Any]]) -> list[Change]:
    """Rules removed, changed and added, field by field."""
    out = [
        Change("removed", "rule", name, one["document"], one["title"], "", one[_WORDS])
        for name, one in old.items()
        if name not in new
    ]
    for name, after in new.items():
        before = old.get(name)
        if before is None:
            out.append(Change("added", "rule", name, after["document"], after["title"], "", "", after[_WORDS]))
            continue
        fields = dict.fromkeys(key for key in (*before, *after) if key not in _ASIDE)
        out += [
            Change(
                "changed",
                "rule",
                name,
                after["document"],
                after["title"],
                key,
                _said(before.get(key), key),
                _said(after.get(key), key),
            )
            for key in fields
            if before.get(key) != after.get(key)
        ]
    return out


def _document_changes(old: Mapping[str, Document], new: Mapping[str, Document]) -> list[Change]:
    out = [Change("removed", "document", name, name, one.title) for name, one in old.items() if name not in new]
    for name, after in new.items():
        if name not in old:
            out.append(Change("added", "document", name, name, after.title))
            continue
        one, other = (document.model_dump(mode="json", by_alias=True) for document in (old[name], after))
        out += [
            Change("changed", "document", name, name, after.title, key, _said(one[key]), _said(other[key]))
            for key in one
            if key not in _HEAD_ASIDE and one[key] != other[key]
        ]
    return out


def _asks(rule: RuleHead) -> str:
    """What a rule about lines says, in a cell's words; blank for the other kinds."""
    if not isinstance(rule, LineRule):
        return ""
    when = condition_as_dict(rule.when)
    then = rule.regrade.model_dump(exclude_none=True) if rule.regrade else {}
    words = measures_text(then) if then else "；".join(map(measure_words, rule.measures))
    levels = "、".join(LEVEL_TEXT[level] for level in rule.levels)
    return (f"{levels}：" if levels else "") + (f"{condition_text(when)} → " if when else "") + words


def _said(value: Any, key: str = "") -> str:
    if value is None:
        return ""
    if key == "when" and value:
        return condition_text(value)
    return flow(value) if isinstance(value, (dict, list)) else str(value)


# -- orders


@dataclass(slots=True)
class OrderChanges:
    """The lines whose orders differ, and the totals of each level."""

    lines: list[dict[str, Any]] = field(default_factory=list)
    totals: list[dict[str, Any]] = field(default_factory=list)

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

    """
    moved = {change.id for change in changes if change.what == "rule"}
    before, after = _Orders(old, file), _Orders(new, file)
    out = OrderChanges()
    for level in levels:
        one, other = before.at(level), after.at(level)
        joined = pd.concat([one.add_suffix("_old"), other.add_suffix("_new")], axis=1)
        rows = [_line(level, key, row, moved) for key, row in zip(joined.index, joined.to_dict("records"), strict=True)]
        out.lines += [row for row in rows if row["change"]]
        out.totals.append(_totals(level, rows, one, other))
    return out


class _Orders:
    """The orders of a list under one side, one row a line."""

    def __init__(self, side: Side, file: Path) -> None:
        self._side = side
        self._list = read_list(file, side.book.lists)
        self._engine = Engine(side.book)

    def at(self, level: Level) -> pd.DataFrame:
        """Orders at a level: the first phase's numbers, all phases' texts; index enterprise and line."""
        day = self._side.day or date.today()
        response = Response.single(level, day)
        published = self._list.version.status == "published"
        decisions = self._engine.decide(self._list.lines, response, published=published)
        table = order_table(self._side.book, self._list.lines, decisions, response, source=self._list.citation)
        text = [
            "status",
            "measure_text",
            "transport",
            "rules",
            "set_aside",
            "enterprise",
            "line",
            "city",
            "effective_grade",
        ]
        table[text] = table[text].astype("str")
        first = table.drop_duplicates(_KEY).set_index(_KEY)
        later = table[table.duplicated(_KEY, keep=False)].groupby(_KEY, sort=False)
        for name, sign in _JOINED.items():
            joined = later[name].agg(_joiner(sign))
            first.loc[joined.index, name] = joined
        return first[[*text, "share", *(f"{name}_kg_d" for name in POLLUTANTS)]]


def _joiner(sign: str) -> Callable[[Iterable[str]], str]:
    def join(parts: Iterable[str]) -> str:
        return sign.join(dict.fromkeys(part for part in parts if part))

    return join


def _line(level: Level, key: Any, row: Mapping[Any, Any], moved: set[str]) -> dict[str, Any]:
    """One line before and after; ``change`` names what differs, blank where nothing does."""
    old, new = ({name: row[f"{name}{end}"] for name in (*_ORDER, "rules", "set_aside")} for end in ("_old", "_new"))
    differ = [name for name in _ORDER if not _equal(old[name], new[name])]
    if not differ and not _equal(_ids(old["rules"]), _ids(new["rules"])):
        differ = ["rules"]
    touching = _ids(old["rules"]) | _ids(new["rules"]) | _ids(old["set_aside"]) | _ids(new["set_aside"])
    out: dict[str, Any] = {"level": str(level), "change": ";".join(differ), "enterprise_id": key[0], "line_id": key[1]}
    named = "_new" if _known(row["enterprise_new"]) else "_old"
    out |= {name: row[f"{name}{named}"] for name in ("city", "enterprise", "line")}
    for name in (*_ORDER, "effective_grade", "rules"):
        out |= {f"{name}_old": _plain(row[f"{name}_old"]), f"{name}_new": _plain(row[f"{name}_new"])}
    out["because"] = ";".join(sorted(touching & moved))
    for name in POLLUTANTS:
        before, after = row[f"{name}_kg_d_old"], row[f"{name}_kg_d_new"]
        out[f"{name}_kg_d"] = round((after if _known(after) else 0.0) - (before if _known(before) else 0.0), 3)
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


def _known(value: Any) -> bool:
    return not pd.isna(value)


def _plain(value: Any) -> Any:
    return value if _known(value) else None


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, float) or isinstance(other, float):
        return (not _known(one) and not _known(other)) or one == other
    return bool(one == other)


def _ids(text: Any) -> frozenset[str]:
    return frozenset(part for part in text.split(";") if part) if isinstance(text, str) else frozenset()


def change_rows(changes: Iterable[Change]) -> list[dict[str, Any]]:
    """Changes as rows of plain values."""
    return [asdict(change) for change in changes]


def write_changes(changes: Sequence[Change], orders: OrderChanges | None, path: Path) -> None:
    """Write the lines whose orders differ, or without a list the rules, as .csv.

    Raises:
        InputError: another suffix, or the file cannot be written.

    """
    if path.suffix.lower() != ".csv":
        raise InputError([Problem(str(path), f"cannot write {path.suffix!r}", expected=".csv")])
    rows = change_rows(changes) if orders is None else orders.lines
    columns = [item.name for item in fields(Change)] if orders is None else LINE_COLUMNS
    table = pd.DataFrame(rows, columns=columns)
    replacing(path, lambda target: table.to_csv(target, index=False, lineterminator="\n"))
