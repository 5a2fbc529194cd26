"""Reading one YAML file strictly: duplicate keys refused, errors with their line.

A plain mapping loader would keep the last of two equal keys in silence, and a law that
loses a line in silence is worse than one that does not load.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import yaml
from pydantic import ValidationError

from alertengine.files.confined import confined
from alertengine.files.limits import PREFIX, Limits
from alertengine.vocabulary import InputError, Problem, SaidError, Words, number, refuse

if TYPE_CHECKING:
    from pydantic import BaseModel

_Model = TypeVar("_Model", bound="BaseModel")
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


class _StrictLoader(_Base):  # type: ignore[misc]
    """SafeLoader that refuses duplicate keys."""


def _mapping(loader: Any, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 -- yaml's own signature
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
    return yaml.SafeLoader.construct_mapping(loader, node, deep)


def _construct_mapping(loader: Any, node: yaml.MappingNode) -> Any:
    data: dict[Any, Any] = {}
    yield data
    data.update(_mapping(loader, node))


def _checked(construct: Callable[[Any, yaml.ScalarNode], Any], code: str) -> Callable[[Any, yaml.ScalarNode], Any]:
    """A constructor of scalars that says on which line a text is none (``!!int x``, ``2020-02-30``)."""

    def constructed(loader: Any, node: yaml.ScalarNode) -> Any:
        try:
            return construct(loader, node)
        except (ValueError, LookupError, AttributeError):
            raise RefusedYamlError(node.start_mark, code, found=node.value[:60]) from None

    return constructed


def _unknown_tag(loader: Any, node: yaml.Node) -> Any:
    del loader
    raise RefusedYamlError(node.start_mark, "yaml_tag")


_StrictLoader.add_constructor("tag:yaml.org,2002:map", _construct_mapping)
_StrictLoader.add_constructor(None, _unknown_tag)
for _kind, _construct, _code in (
    ("timestamp", yaml.SafeLoader.construct_yaml_timestamp, "yaml_no_day"),
    ("int", yaml.SafeLoader.construct_yaml_int, "yaml_no_number"),
    ("float", yaml.SafeLoader.construct_yaml_float, "yaml_no_number"),
    ("bool", yaml.SafeLoader.construct_yaml_bool, "yaml_no_bool"),
):
    _StrictLoader.add_constructor(f"tag:yaml.org,2002:{_kind}", _checked(_construct, _code))

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
}


def syntax_of(error: Exception) -> Words:
    """Why a text is not YAML, as a code of the catalogue."""
    if isinstance(error, RefusedYamlError):
        return error.said
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
        with path.open("rb") as stream:
            data = stream.read(most + 1)
        text = data[:most].decode("utf-8-sig", "strict" if len(data) <= most else "ignore")
    except (OSError, UnicodeDecodeError) as error:
        said = Problem("unreadable_file", file=str(path), error=error, kind=Words("a_yaml_file"))
        raise InputError([said]) from None
    try:
        if len(data) > most:
            raise TooDeepError
        return parse_yaml(text, limits)
    except yaml.MarkedYAMLError as error:
        row = error.problem_mark.line + 1 if error.problem_mark else None
        said = Problem("not_yaml", file=str(path), row=row, error=syntax_of(error))
        raise InputError([said]) from None
    except TooDeepError:
        words = {"depth": limits.yaml_levels, "size": limits.yaml_entries, "megabytes": limits.yaml_mb}
        raise refuse(path, "yaml_too_deep", setting=f"{PREFIX}YAML_*", **words) from None
    except (yaml.YAMLError, ValueError) as error:
        sign = yaml.reader.Reader.NON_PRINTABLE.search(text)
        row = text.count("\n", 0, sign.start()) + 1 if sign else None
        raise InputError([Problem("not_yaml", file=str(path), row=row, error=syntax_of(error))]) from None


def parse_yaml(text: str, limits: Limits | None = None) -> Any:
    """The content of a YAML text; without ``limits`` those of the environment.

    Raises:
        yaml.YAMLError: it is not YAML, or repeats a key.
        TooDeepError: it is nested too deep, or too large once its references are followed.

    """
    _within_limits(text, limits or Limits.of_environment())
    return yaml.load(text, Loader=_StrictLoader)  # noqa: S506 -- _StrictLoader is a SafeLoader


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
        root = yaml.compose(path.read_text(encoding="utf-8-sig"), Loader=_StrictLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return None
    for rule in (item for rules in _below(root, ("rules",)) for item in rules.value):
        if any(node.value == name for node in _below(rule, ("id",))):
            for node in _below(rule, keys):
                if parse_yaml(yaml.serialize(node)) == value:
                    return int(node.start_mark.line) + 1
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


#: Pydantic's reasons by codes of the catalogue, which take the values of its context; any other stays as it says.
_REASONS: Final = {
    "missing": "key_missing",
    **dict.fromkeys(("string_type", "string_unicode"), "key_text"),
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), "key_whole"),
    **dict.fromkeys(("float_type", "float_parsing"), "key_number"),
    **dict.fromkeys(("bool_type", "bool_parsing"), "key_bool"),
    **dict.fromkeys(("date_type", "date_parsing", "date_from_datetime_parsing"), "key_day"),
    **dict.fromkeys(("datetime_type", "datetime_parsing", "datetime_from_date_parsing"), "key_time"),
    **dict.fromkeys(("literal_error", "enum"), "key_one_of"),
    **dict.fromkeys(("dict_type", "model_type", "model_attributes_type", "mapping_type"), "key_mapping"),
    **dict.fromkeys(("list_type", "tuple_type", "set_type", "frozen_set_type"), "key_list"),
    "greater_than": "key_above",
    "greater_than_equal": "key_at_least",
    "less_than": "key_below",
    "less_than_equal": "key_at_most",
    "finite_number": "key_finite",
    "multiple_of": "key_multiple",
    "too_short": "key_too_short",
    "string_too_short": "key_text_short",
    "string_too_long": "key_text_long",
    "string_pattern_mismatch": "key_pattern",
}


def checked_model(model: type[_Model], content: Any, file: str, where: str = "") -> _Model:
    """The content of a file as a pydantic model.

    Raises:
        InputError: every value that the model does not take, with the file and where in it.

    """
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise InputError(problems_of(error, file, where)) from None


def problems_of(error: ValidationError, file: str, where: str = "") -> list[Problem]:
    """Every complaint of a pydantic error, said with file, rule and field."""
    found = []
    for item in error.errors(include_url=False):
        field = ".".join(str(part) for part in item["loc"] if not str(part).startswith("function-"))
        column = f"{where} {field}".strip()
        value = "" if isinstance(item.get("input"), (dict, list)) else str(item.get("input", ""))
        if item["type"] == "extra_forbidden":
            found.append(Problem("unknown_key", file=file, column=column))
            continue
        found.append(Problem("key_refused", file=file, column=column, value=value, message=_reason(item)))
    return found


def _reason(item: Any) -> Words | str:
    """Why a key is refused: what our own check said, else pydantic's reason under a code of the catalogue."""
    context = item.get("ctx", {})
    if isinstance(own := context.get("error"), SaidError):
        return own.said
    if item["type"] in _REASONS:
        said: dict[str, Any] = {
            name: number(one) if isinstance(one, float) else str(one) for name, one in context.items()
        }
        if "expected" in said:
            said["expected"] = re.split(r", | or ", said["expected"])
        return Words(_REASONS[item["type"]], **said)
    return str(item["msg"]).removeprefix("Value error, ")
