"""Reading one YAML file strictly: duplicate keys refused, errors with their line.

A plain mapping loader would keep the last of two equal keys in silence, and a law that
loses a line in silence is worse than one that does not load.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import yaml

from alertengine.files.confined import confined
from alertengine.files.limits import PREFIX, Limits, of_file
from alertengine.vocabulary import Words, refuse

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

#: What a reference, or deep nesting without brackets, looks like.
_REFERENCE: Final = re.compile(r"(?:^|[\s\[{,:-])\*[^\s*,\]}]", re.MULTILINE)
_NESTED: Final = re.compile(r"(?:[-?:]\s+){32}|^ {64}", re.MULTILINE)
_BRACKETS: Final = 64


class TooDeepError(ValueError):
    """A YAML text is nested too deep, or too large once its references are followed."""


class RefusedYamlError(yaml.MarkedYAMLError):
    """A YAML text that reads but means nothing: ``said`` is a code of the catalogue with its arguments."""

    def __init__(self, mark: Any, code: str, **arguments: Any) -> None:
        """Take the place, the code and what its sentences name."""
        self.said = Words(code, **arguments)
        super().__init__(None, None, self.said.words("en")[0], mark)


class StrictLoader(_Base):  # type: ignore[misc]
    """SafeLoader that refuses duplicate keys."""


def _mapping(loader: Any, node: yaml.MappingNode) -> dict[Any, Any]:
    if not isinstance(node, yaml.MappingNode):
        raise RefusedYamlError(node.start_mark, "yaml_otherwise")
    seen: dict[Any, int] = {}
    for key_node, _ in node.value:
        if key_node.tag == "tag:yaml.org,2002:merge":
            continue
        if key_node.tag == "tag:yaml.org,2002:bool" and key_node.value.lower() not in ("true", "false"):
            key_node.tag = "tag:yaml.org,2002:str"  # `on:` is a name
        key = loader.construct_object(key_node, deep=True)
        if isinstance(key, (list, dict)):
            raise RefusedYamlError(key_node.start_mark, "yaml_key_plain")
        if key in seen:
            raise RefusedYamlError(key_node.start_mark, "yaml_key_twice", found=key, first=seen[key])
        seen[key] = key_node.start_mark.line + 1
    loader.flatten_mapping(node)
    return yaml.SafeLoader.construct_mapping(loader, node)


def _construct_mapping(loader: Any, node: yaml.MappingNode) -> Any:
    data: dict[Any, Any] = {}
    yield data
    data.update(_mapping(loader, node))


def _checked(construct: Callable[[Any, yaml.ScalarNode], Any], code: str) -> Callable[[Any, yaml.ScalarNode], Any]:
    """A constructor of scalars that says on which line a text is none (``!!int x``, ``2020-02-30``)."""

    def constructed(loader: Any, node: yaml.ScalarNode) -> Any:
        try:
            return construct(loader, node)
        except (ValueError, LookupError, AttributeError, OverflowError):
            raise RefusedYamlError(node.start_mark, code, found=node.value[:60]) from None

    return constructed


def _unknown_tag(loader: Any, node: yaml.Node) -> Any:
    del loader
    raise RefusedYamlError(node.start_mark, "yaml_tag")


def _whole(loader: Any, node: yaml.ScalarNode) -> int:
    value = int(yaml.SafeLoader.construct_yaml_int(loader, node))
    float(value)  # beyond any float: a number that no check could take
    return value


_INT: Final = "tag:yaml.org,2002:int"
# 20:00 is a time and 0610 a code, not the 1200 and 392 of YAML 1.1: both stay texts
StrictLoader.yaml_implicit_resolvers = {
    sign: [one for one in held if one[0] != _INT] for sign, held in _Base.yaml_implicit_resolvers.items()
}
StrictLoader.add_implicit_resolver(_INT, re.compile(r"[-+]?(?:0|[1-9][0-9_]*)$"), list("-+0123456789"))
StrictLoader.add_constructor("tag:yaml.org,2002:map", _construct_mapping)
StrictLoader.add_constructor(None, _unknown_tag)
for _kind, _construct, _code in (
    ("timestamp", yaml.SafeLoader.construct_yaml_timestamp, "yaml_no_day"),
    ("int", _whole, "yaml_no_number"),
    ("float", yaml.SafeLoader.construct_yaml_float, "yaml_no_number"),
    ("bool", yaml.SafeLoader.construct_yaml_bool, "yaml_no_bool"),
):
    StrictLoader.add_constructor(f"tag:yaml.org,2002:{_kind}", _checked(_construct, _code))

#: The errors of libyaml, which have no codes, by those of the catalogue; any other is ``yaml_otherwise``.
_SYNTAX: Final = {
    "mapping values are not allowed in this context": "yaml_colon_inside",
    "block sequence entries are not allowed in this context": "yaml_dash_inside",
    "could not find expected ':'": "yaml_colon_missing",
    "did not find expected key": "yaml_key_expected",
    "did not find expected '-' indicator": "yaml_dash_expected",
    "did not find expected ',' or ']'": "yaml_list_open",
    "did not find expected ',' or '}'": "yaml_mapping_open",
    "did not find expected node content": "yaml_content_expected",
    "found character that cannot start any token": "yaml_bad_start",
    "found a tab character where an indentation space is expected": "yaml_tab",
    "found a tab character that violates indentation": "yaml_tab",
    "found unexpected end of stream": "yaml_ends_early",
    "found unknown escape character": "yaml_escape",
    "found undefined alias": "yaml_alias",
    "control characters are not allowed": "yaml_sign",
    "but found another document": "yaml_second_document",
}


def syntax_of(error: Exception, text: str = "") -> Words:
    """Why a ``text`` is not YAML, as a code of the catalogue."""
    if isinstance(error, RefusedYamlError):
        return error.said
    mark = getattr(error, "problem_mark", None)
    if mark and re.match(r" *\t", "".join(text.splitlines()[mark.line : mark.line + 1])):
        return Words("yaml_tab")  # libyaml calls it a sign that must be quoted
    said = getattr(error, "problem", None) or getattr(error, "reason", None)
    return Words(_SYNTAX.get(str(said), "yaml_otherwise"))


@confined
def read_yaml(path: Path) -> Any:
    """The content of a YAML file.

    Raises:
        InputError: the file cannot be read, is not UTF-8, is not YAML, or repeats a key.

    """
    limits = Limits.of_environment()
    most = limits.yaml_mb << 20
    try:
        of_file(path)
        with path.open("rb") as stream:
            data = stream.read(most + 1)
        text = data[:most].decode("utf-8-sig", "strict" if len(data) <= most else "ignore")
    except (OSError, UnicodeDecodeError) as error:
        raise refuse(path, "unreadable_file", error=error, kind=Words("a_yaml_file")) from None
    try:
        if len(data) > most:
            raise TooDeepError
        return parse_yaml(text, limits)
    except yaml.MarkedYAMLError as error:
        row = error.problem_mark.line + 1 if error.problem_mark else None
        raise refuse(path, "not_yaml", row=row, error=syntax_of(error, text)) from None
    except TooDeepError:
        words = {"depth": limits.yaml_levels, "size": limits.yaml_entries, "megabytes": limits.yaml_mb}
        raise refuse(path, "yaml_too_deep", setting=f"{PREFIX}YAML_*", **words) from None
    except (yaml.YAMLError, ValueError) as error:
        sign = yaml.reader.Reader.NON_PRINTABLE.search(text)
        row = text.count("\n", 0, sign.start()) + 1 if sign else None
        raise refuse(path, "not_yaml", row=row, error=syntax_of(error)) from None


def parse_yaml(text: str, limits: Limits | None = None) -> Any:
    """The content of a YAML text; without ``limits`` those of the environment.

    Raises:
        yaml.YAMLError: it is not YAML, or repeats a key.
        TooDeepError: it is nested too deep, or too large once its references are followed.

    """
    _within_limits(text, limits or Limits.of_environment())
    return yaml.load(text, Loader=StrictLoader)  # noqa: S506 -- StrictLoader is a SafeLoader


def _within_limits(text: str, limits: Limits) -> None:
    """Refuse a text that would be too deep or too large, before anything is made of it.

    A text without references and without deep nesting is not looked at twice.
    """
    brackets = text.count("[") + text.count("{")
    shallow = brackets < _BRACKETS <= limits.yaml_levels and limits.yaml_entries >= _BRACKETS
    if shallow and _REFERENCE.search(text) is None and _NESTED.search(text) is None:
        return
    sizes: dict[str, int] = {}
    open_nodes: list[tuple[str | None, int]] = []
    size = 0
    for event in yaml.parse(text, Loader=_Base):
        if isinstance(event, yaml.AliasEvent):
            if event.anchor in [anchor for anchor, _ in open_nodes]:
                raise RefusedYamlError(event.start_mark, "yaml_alias_inside", found=event.anchor)
            size += sizes.get(event.anchor or "", 1)
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            open_nodes.append((event.anchor, size))
            size += 1
        elif isinstance(event, yaml.ScalarEvent):
            size += 1
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            anchor, before = open_nodes.pop()
            if anchor:
                sizes[anchor] = size - before
        if len(open_nodes) > limits.yaml_levels or size > limits.yaml_entries:
            raise TooDeepError
