"""What differs between two rulebooks, or one on two days, rule by rule and field by field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal

from alertengine.files import rules_folder
from alertengine.rulebook.book import Rulebook
from alertengine.rulebook.excel.cell_scanner import flow
from alertengine.rulebook.excel.condition_text import condition_text
from alertengine.rulebook.excel.measure_cells import measures_text
from alertengine.rulebook.head import RuleHead
from alertengine.rulebook.measure_text import measure_words
from alertengine.rulebook.places_and_lists import OpenLists
from alertengine.rulebook.schema import Document, LineRule
from alertengine.rulebook.show import condition_as_dict, rule_as_dict
from alertengine.vocabulary import LEVEL_TEXT, InputError, Problem

SHIPPED: Final = "shipped"
#: The key of a rule's words beside what is shown of it, and keys that say where it stands rather than what it asks.
_WORDS: Final = "words"
_ASIDE: Final = ("id", "document", "document_title", "number", _WORDS)
_HEAD_ASIDE: Final = ("document", "file")


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

    def rules(self) -> dict[str, RuleHead]:
        """The rules that count, by id."""
        return {
            rule.id: rule
            for rule in self.book.rules.values()
            if self.day is None or (self.book.holds(rule, self.day) and self.book.in_period(rule, self.day))
        }

    def plain(self, rules: Iterable[RuleHead]) -> dict[str, dict[str, Any]]:
        """Rules as plain values, by id."""
        return {rule.id: rule_as_dict(rule, self.book) | {_WORDS: _asks(rule)} for rule in rules}

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
        raise InputError([Problem("no_folder_or_shipped", file=str(folder), shipped=SHIPPED) for folder in missing])
    whole = bool(folders) and bool(OpenLists.load(list(folders[:1])).provinces)
    base = [*([] if whole else [rules_folder()]), *folders]
    return Rulebook.read(list({folder.resolve(): folder for folder in base}.values()), overlaid=True)


def book_changes(old: Side, new: Side) -> list[Change]:
    """Every difference of two rulebooks: documents, rules and declared holes."""
    changes = [] if old.day or new.day else _document_changes(old.book.documents, new.book.documents)
    one, other = old.rules(), new.rules()
    same = {name for name, rule in one.items() if rule == other.get(name)}
    changes += _rule_changes(
        *(side.plain(rules[name] for name in rules if name not in same) for side, rules in ((old, one), (new, other)))
    )
    if not (old.day or new.day):
        before, after = old.holes(), new.holes()
        changes += [Change("removed", "hole", at[1], at[0]) for at in before if at not in after]
        changes += [Change("added", "hole", at[1], at[0]) for at in after if at not in before]
    return changes


def _rule_changes(old: Mapping[str, dict[str, Any]], new: Mapping[str, dict[str, Any]]) -> list[Change]:
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
        changed = partial(Change, "changed", "rule", name, after["document"], after["title"])
        fields = dict.fromkeys(key for key in (*before, *after) if key not in _ASIDE)
        said = {key: (before.get(key), after.get(key)) for key in fields}
        out += [changed(key, _value_text(a, key), _value_text(b, key)) for key, (a, b) in said.items() if a != b]
    return out


def _document_changes(old: Mapping[str, Document], new: Mapping[str, Document]) -> list[Change]:
    out = [Change("removed", "document", name, name, one.title) for name, one in old.items() if name not in new]
    for name, after in new.items():
        if name not in old:
            out.append(Change("added", "document", name, name, after.title))
            continue
        one, other = (document.model_dump(mode="json", by_alias=True) for document in (old[name], after))
        out += [
            Change("changed", "document", name, name, after.title, key, _value_text(one[key]), _value_text(other[key]))
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


def _value_text(value: Any, key: str = "") -> str:
    if value is None:
        return ""
    if key == "when" and value:
        return condition_text(value)
    return flow(value) if isinstance(value, (dict, list)) else str(value)


def change_rows(changes: Iterable[Change]) -> list[dict[str, Any]]:
    """Changes as rows of plain values."""
    return [asdict(change) for change in changes]
