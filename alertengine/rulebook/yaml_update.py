"""A YAML file changed in place: what did not change stays to the byte, with its comments, order and quoting.

The text is cut by the marks of the parser, not written anew: a library that writes a file back from what it read
(ruamel.yaml) loses the alignment of tables, speaks YAML 1.2 where rules are read as 1.1, and parses 14 times slower.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import yaml

from alertengine.files import TooDeepError, parse_yaml
from alertengine.rulebook.yaml_writer import document_yaml, entry_yaml
from alertengine.vocabulary import number

#: What an entry of a list is known by, the first it has.
_NAMES: Final = ("id", "name", "code", "document", "rule")


def updated_yaml(before: str, raw: Any, comment: str = "") -> str:
    """The text of a file changed so that it says ``raw``.

    Args:
        before: the text as it stands; empty for a new file.
        raw: what it is to say, a mapping or a list.
        comment: a line that comes first where something changes and the text has it nowhere.

    Returns:
        The text.  Comments stay with the key or entry that they stand above or behind; those of one that is gone go
        with it, but for such as an empty line sets apart.  A text that cannot be changed in place is written anew.

    """
    text = before.removeprefix("\ufeff")
    lines = (text if text.endswith("\n") else text + "\n").splitlines(keepends=True)
    head = [f"# {line}\n" for line in comment.splitlines() if f"# {line}\n" not in lines]
    try:
        old, node = parse_yaml(text), yaml.compose(text, Loader=yaml.SafeLoader)
        if _plain(old) == _plain(raw):
            return before
        if not _is_block(node) or type(old) is not type(raw):
            return _anew(raw, comment)
        made = "".join(
            [*head, *_rewritten(_Block(lines, node, old), raw, "" if isinstance(raw, dict) else "rules", 0, len(lines))]
        )
        return made if _plain(parse_yaml(made)) == _plain(raw) else _anew(raw, comment)
    except (yaml.YAMLError, TooDeepError, ValueError):  # ValueError: keys that merge others in
        return _anew(raw, comment)


def text_of(file: str | Path | None) -> str:
    """The text of a file that stands, empty where there is none."""
    return Path(file).read_text(encoding="utf-8-sig") if file is not None and Path(file).is_file() else ""


def _anew(raw: Any, comment: str) -> str:
    head = "".join(f"# {line}\n" for line in comment.splitlines())
    return (
        document_yaml(raw, comment)
        if isinstance(raw, dict)
        else head + "".join(entry_yaml(one, "rules") for one in raw)
    )


@dataclass(frozen=True)
class _Block:
    """A mapping or list over several lines: its node and what it says."""

    lines: list[str]
    node: Any
    says: Any


@dataclass(frozen=True)
class _Entry:
    """A key with its value, or an item: the lines before it that are its own, its lines, its node and what it says."""

    lead: list[str]
    first: int
    after: int
    node: Any
    says: Any


def _rewritten(block: _Block, new: Any, section: str, first: int, after: int) -> list[str]:
    """The lines of a block from ``first`` to before ``after``, changed to say ``new``; ``section``: its key."""
    entries, at = list[_Entry](), first
    children = block.node.value if isinstance(new, list) else [value for _, value in block.node.value]
    starts = [(one if isinstance(new, list) else one[0]).start_mark.line for one in block.node.value]
    for start, node, says in zip(
        starts, children, block.says if isinstance(new, list) else block.says.values(), strict=True
    ):
        entries.append(_Entry(block.lines[at:start], start, _end(node), node, says))
        at = entries[-1].after
    column = _column(block)
    known = dict(zip(block.says, entries, strict=True)) if isinstance(new, dict) else {}
    pairs = [(key, known.get(key), value) for key, value in _ordered(known, new)] if known else _matched(entries, new)
    out: list[str] = []
    stay = {entry.first for _, entry, _ in pairs if entry is not None}
    gone = [entry for entry in entries if entry.first not in stay]
    for key, entry, value in pairs:
        while gone and entry is not None and gone[0].first < entry.first:
            out += _apart(gone.pop(0).lead)
        if entry is None:
            blank = ["\n"] if out and any(one.lead[:1] == ["\n"] for one in entries[1:]) else []
            out += [*blank, *_fresh(key, value, section, column)]
        else:
            out += entry.lead
            same = _plain(entry.says) == _plain(value)
            out += block.lines[entry.first : entry.after] if same else _changed(block, entry, key, value, section)
    return [*out, *(line for entry in gone for line in _apart(entry.lead)), *block.lines[at:after]]


def _changed(block: _Block, entry: _Entry, key: str, value: Any, section: str) -> list[str]:
    """The lines of an entry whose value is another: key by key where both are blocks, else written anew."""
    lines, node = block.lines, entry.node
    inner = _Block(lines, node, entry.says)
    if _is_block(node) and type(entry.says) is type(value) and value:
        if key and node.start_mark.line > entry.first:
            return [lines[entry.first], *_rewritten(inner, value, key, entry.first + 1, entry.after)]
        if not key and node.start_mark.line == entry.first:
            out = _rewritten(inner, value, section, entry.first, entry.after)
            at, column = (
                next(n for n, line in enumerate(out) if line.strip(" \n#") and line.lstrip()[0] != "#"),
                _column(inner),
            )
            return [*out[:at], lines[entry.first][:column] + out[at][column:], *out[at + 1 :]]
    one_line = isinstance(node, yaml.CollectionNode) and bool(node.flow_style)
    fresh = _fresh(key, value, "rows" if one_line and not key else section, _column(block))
    behind = lines[entry.after - 1][node.end_mark.column :] if node.end_mark.line == entry.after - 1 else ""
    if len(fresh) == 1 and behind.lstrip().startswith("#"):
        fresh = [fresh[0].rstrip("\n") + behind]
    return fresh


def _fresh(key: str, value: Any, section: str, column: int) -> list[str]:
    """The lines of a new key with its value, or of a new item of a section."""
    text = entry_yaml({key: value} if key else value, section, item=not key)
    return [" " * column + line if line.strip() else line for line in text.splitlines(keepends=True)]


def _ordered(known: Mapping[str, Any], new: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The keys of a mapping in the order they stand in, each new one behind the one it follows."""
    order = [key for key in known if key in new]
    for before, key in zip([None, *new], new, strict=False):
        if key not in known:
            order.insert(order.index(before) + 1 if before is not None else 0, key)
    return [(key, new[key]) for key in order]


def _matched(entries: Sequence[_Entry], new: Sequence[Any]) -> list[tuple[str, _Entry | None, Any]]:
    """Each item with the entry that it stands in: of the same name, else the same to the letter."""
    left = list(entries)
    out: list[tuple[str, _Entry | None, Any]] = []
    for value in new:
        found = next((one for one in left if _name(one.says) == _name(value)), None)
        if found is not None:
            left.remove(found)
        out.append(("", found, value))
    if len(entries) == len(new):  # neither added nor taken away: what is left is another wording of the same place
        for place, (_, entry, value) in enumerate(out):
            if entry is None and entries[place] in left:
                out[place] = ("", entries[place], value)
                left.remove(entries[place])
    return out


def _name(value: Any) -> Any:
    if isinstance(value, dict):
        return next(((key, value[key]) for key in _NAMES if value.get(key)), _plain(value))
    return _plain(value)


def _plain(value: Any) -> Any:
    """What a value says to the rule language: days and numbers as text, a list of one as that one."""
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return _plain(value[0]) if len(value) == 1 else [_plain(one) for one in value]
    if isinstance(value, date):
        return str(value)
    return number(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


def _is_block(node: Any) -> bool:
    """Whether a node is a mapping or list over several lines, all of it its own."""
    if not isinstance(node, yaml.CollectionNode) or node.flow_style or not node.value:
        return False
    return isinstance(node, yaml.SequenceNode) or all(key.value != "<<" for key, _ in node.value)


def _column(block: _Block) -> int:
    """The column of a block's keys, or of the dashes of its items."""
    if isinstance(block.node, yaml.MappingNode):
        return int(block.node.start_mark.column)
    return block.lines[block.node.start_mark.line].index("-", block.node.start_mark.column)


def _end(node: Any) -> int:
    """The line behind the last one that a node says something on; comments behind it are not its own."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        return _end(node.value[-1][1] if isinstance(node, yaml.MappingNode) else node.value[-1])
    return int(node.end_mark.line) + (node.end_mark.column > 0)


def _apart(lead: list[str]) -> list[str]:
    """The comments before an entry that an empty line sets apart from it."""
    blank = max((at for at, line in enumerate(lead) if not line.strip()), default=-1)
    return lead[: blank + 1] if any(line.strip() for line in lead[: blank + 1]) else []
