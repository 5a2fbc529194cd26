"""A rule document as YAML a person reads: keys in their order, short mappings and table rows on one line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import yaml

#: Mappings and lists up to this many characters stand on one line.
_SHORT: Final = 120
_LONG_TEXT: Final = 100
#: Keys that hold lists of items with a shape of their own.
_LISTS: Final = ("rules", "tables", "missing", "clauses", "rows", "all_levels")


class _Dumper(yaml.SafeDumper):
    """Lists indented under their key, no aliases."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 -- yaml's own signature
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


class _OneLine(dict[str, Any]):
    """A mapping written on one line."""


class _OneLineList(list[Any]):
    """A list written on one line."""


class _Folded(str):
    """A long text in a block of its own."""

    __slots__ = ()


_Dumper.add_representer(_OneLine, lambda d, v: d.represent_mapping("tag:yaml.org,2002:map", v.items(), flow_style=True))
_Dumper.add_representer(_OneLineList, lambda d, v: d.represent_sequence("tag:yaml.org,2002:seq", v, flow_style=True))
_Dumper.add_representer(_Folded, lambda d, v: d.represent_scalar("tag:yaml.org,2002:str", v, style=">"))


def document_yaml(raw: Mapping[str, Any], comment: str = "") -> str:
    """The text of a document file."""
    head = "".join(f"# {line}\n" for line in comment.splitlines())
    plain = {
        key: value for key, value in raw.items() if key not in ("rules", "tables", "missing", "clauses", "defaults")
    }
    parts = [_dump({key: _shaped(value) for key, value in plain.items()})] if plain else []
    parts += [
        _dump({key: _section(key, raw[key])})
        for key in ("defaults", "rules", "tables", "missing", "clauses")
        if raw.get(key)
    ]
    return head + "\n".join(parts)


def entry_yaml(value: Any, section: str, *, item: bool = True) -> str:
    """The text of one item of a list, as it stands in a section of a document; or of a mapping with one key."""
    if item:
        return _dump(_section(section, [value]) if section in _LISTS else [_shaped(value)])
    return _dump({key: _section(key, one) for key, one in value.items()})


def _section(key: str, value: Any) -> Any:
    if key == "defaults":
        return {name: _block(keys) for name, keys in value.items()} if isinstance(value, dict) else value
    if key == "tables":
        return [{name: _section(name, one) for name, one in table.items()} for table in value]
    if key == "rules":
        return [_block(rule) for rule in value]
    if key in ("missing", "clauses"):
        return [_shaped(item, 4 * _SHORT) for item in value]
    if key in ("rows", "all_levels"):
        return [_flat(row) for row in value]
    return _shaped(value)


def _block(mapping: Any) -> Any:
    return {key: _shaped(value) for key, value in mapping.items()} if isinstance(mapping, dict) else mapping


def _shaped(value: Any, room: int = _SHORT) -> Any:
    """A value on one line where it is short, else in a block."""
    if isinstance(value, str) and len(value) > _LONG_TEXT and "\n" not in value and value == value.strip():
        return _Folded(value)
    if not isinstance(value, (dict, list)) or not value:
        return value
    if len(_dump(_flat(value))) <= room:
        return _flat(value)
    if isinstance(value, dict):
        return {key: _shaped(item) for key, item in value.items()}
    return [_shaped(item) for item in value]


def _flat(value: Any) -> Any:
    if isinstance(value, dict):
        return _OneLine((key, _flat(item)) for key, item in value.items())
    return _OneLineList(map(_flat, value)) if isinstance(value, list) else value


def _dump(value: Any) -> str:
    text: str = yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10_000)
    return text
