"""The line of a YAML file that a problem is about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from alertengine.files.limits import of_file
from alertengine.files.yaml_reader import StrictLoader, parse_yaml
from alertengine.vocabulary import Problem

_SUFFIXES: Final = (".yaml", ".yml")
#: ``some-table row 3`` and ``some-table all_levels row 3`` of a decision table.
_ROW: Final = re.compile(r"(\S+?)(?: (all_levels))? row (\d+)")


def with_lines(problems: Sequence[Problem], path: Path) -> list[Problem]:
    """The problems of a file, each without a row given the line of the rule, case or key that its column names.

    Args:
        problems: with columns such as ``rule ID then.cap``, ``case NAME level``, ``TABLE row 3`` or ``head valid``.
        path: the file they are about; of one that is not YAML or cannot be read they stay as they are.

    """
    if path.suffix.lower() not in _SUFFIXES or all(one.row for one in problems):
        return list(problems)
    try:
        root = _composed(path)
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return list(problems)
    named = {(kind, node.value): item for kind, item, node in _named(root)}
    return [one if one.row or one.file != str(path) else one.at(row=_line(root, named, one.column)) for one in problems]


def lined(problems: Iterable[Problem]) -> list[Problem]:
    """The problems of several files, each with its line where it has none (:func:`with_lines`)."""
    found = list(problems)
    for file in dict.fromkeys(one.file for one in found if one.file and not one.row):
        found = with_lines(found, Path(file))
    return found


def line_of(path: Path, name: str, keys: Sequence[str], value: Any) -> int | None:
    """The line of a file on which a rule says something.

    Args:
        path: the file.
        name: the rule's ``id``.
        keys: the keys that lead to the place inside the rule; lists on the way are gone through.
        value: what stands there.

    Returns:
        The line, from 1; None where no such rule says it, or the file is not YAML (a workbook names its own cells).

    """
    try:
        root = _composed(path)
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return None
    for rule in (item for rules in _below(root, ("rules",)) for item in rules.value):
        if any(node.value == name for node in _below(rule, ("id",))):
            for node in _below(rule, keys):
                if parse_yaml(yaml.serialize(node)) == value:
                    return int(node.start_mark.line) + 1
    return None


def _composed(path: Path) -> Any:
    of_file(path)
    return yaml.compose(path.read_text(encoding="utf-8-sig"), Loader=StrictLoader)


def _named(root: Any) -> Iterator[tuple[str, Any, Any]]:
    """The rules, tables and cases of a file: what each is, its node and the node of its name."""
    for kind, keys, name in (("rule", ("rules",), "id"), ("table", ("tables",), "id"), ("case", (), "name")):
        for node in _below(root, keys):
            if isinstance(node, yaml.SequenceNode) and (keys or node is root):
                for item in node.value:
                    for found in _below(item, (name,)):
                        if isinstance(found, yaml.ScalarNode):
                            yield kind, item, found


def _line(root: Any, named: dict[tuple[str, str], Any], column: str) -> int:
    """The line, from 1, of the deepest place that a column leads to."""
    node, left = root, column
    if row := _ROW.match(column):
        node, left = named.get(("table", row[1]), root), f"{row[2] or 'rows'}.{int(row[3]) - 1}"
    elif column.startswith(("rule ", "case ")):
        kind, _, left = column.partition(" ")
        own = [name for what, name in named if what == kind and f"{left} ".startswith(f"{name} ")]
        tables = [name for what, name in named if what == "table" and kind == "rule" and left.startswith(name)]
        if own:
            name = max(own, key=len)
            node, left = named[kind, name], left.removeprefix(name)
        elif tables:
            node = named["table", max(tables, key=len)]
    line = node.start_mark.line if node is not None else 0
    for key in re.split(r"[.\s]+", left):
        if (found := _child(node, key)) is not None:
            line, node = found
    return int(line) + 1


def _child(node: Any, key: str) -> tuple[int, Any] | None:
    """The line and node that a key, or the place in a list, leads to."""
    if isinstance(node, yaml.MappingNode):
        return next(((one.start_mark.line, value) for one, value in node.value if one.value == key), None)
    if isinstance(node, yaml.SequenceNode) and key.isdigit() and int(key) < len(node.value):
        return node.value[int(key)].start_mark.line, node.value[int(key)]
    return None


def _below(node: Any, keys: Sequence[str]) -> Iterator[Any]:
    """The nodes that keys lead to, through lists."""
    if not keys:
        yield node
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _below(item, keys)
    elif isinstance(node, yaml.MappingNode):
        for key, item in node.value:
            if key.value == keys[0]:
                yield from _below(item, keys[1:])
