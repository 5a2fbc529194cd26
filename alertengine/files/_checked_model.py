"""The content of a file as a pydantic model, and pydantic's complaints in the words of the catalogue."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar, get_args

from pydantic import ValidationError

from alertengine.files.yaml_lines import with_lines
from alertengine.vocabulary import InputError, Problem, SaidError, Words, number

if TYPE_CHECKING:
    from pydantic import BaseModel

_Model = TypeVar("_Model", bound="BaseModel")
#: Fields that a reader fills in and no file says.
_FILLED_IN: Final = ("file", "path", "lists")
#: Parts of pydantic's places that are no keys: validators, keys of mappings, members of a union (``Tag(":one")``).
_NO_KEYS: Final = ("function-", "[key]", ":")

#: Pydantic's reasons by codes of the catalogue, which take the values of its context; any other stays as it says.
_REASONS: Final = {
    "missing": "key_missing",
    **dict.fromkeys(("string_type", "string_unicode"), "key_text"),
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), "key_whole"),
    **dict.fromkeys(("float_type", "float_parsing"), "key_number"),
    **dict.fromkeys(("bool_type", "bool_parsing"), "key_bool"),
    **dict.fromkeys(
        ("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"), "key_day"
    ),
    **dict.fromkeys(("datetime_type", "datetime_parsing", "datetime_from_date_parsing", "timezone_naive"), "key_time"),
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


def checked_model(model: type[_Model], content: Any, file: str, where: str = "", keys: Sequence[str] = ()) -> _Model:
    """The content of a file as a pydantic model; ``keys``: what may stand there, where that is not its fields.

    Raises:
        InputError: every value that the model does not take, with the file and where in it.

    """
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise InputError(problems_of(error, file, where, model, keys)) from None


def problems_of(
    error: ValidationError, file: str, where: str = "", model: type[BaseModel] | None = None, keys: Sequence[str] = ()
) -> list[Problem]:
    """Every complaint of a pydantic error, said with file, line (of a YAML file), rule and field.

    Args:
        error: what pydantic says.
        file: the file, and
        where: the place in it that was to be read.
        model: as what, whose keys (or those of the part it stands in) are named where another stands among them.
        keys: what may stand at the place, where that is not the fields of the model.

    """
    found = []
    for item in error.errors(include_url=False):
        field = ".".join(str(one) for one in item["loc"] if not str(one).startswith(_NO_KEYS))
        column = f"{where} {field}".strip()
        value = str(item["input"]) if isinstance(item.get("input"), (str, int, float, date)) else ""
        if item["type"] == "extra_forbidden":
            *path, key = item["loc"]
            names = list(keys) if keys and not path else _keys(model, path)
            names = list(dict.fromkeys([*get_close_matches(str(key), names), *names]))
            unknown = Problem("unknown_key", file=file, column=column)
            found.append(Problem("unknown_key_among", file=file, column=column, names=names) if names else unknown)
            continue
        if item.get("input", "") is None and item["type"] in _REASONS:  # a key of YAML with nothing behind it
            found.append(Problem("key_blank", file=file, column=column))
            continue
        found.append(Problem("key_refused", file=file, column=column, value=value, message=_reason(item)))
    return with_lines(found, Path(file))


def _keys(model: Any, path: Sequence[str | int]) -> list[str]:
    """The keys that may stand at a place within a model; none where that is not known."""
    for part in path:
        if not isinstance(part, int) and not part.startswith(_NO_KEYS) and model is not None:
            fields = model.model_fields.items()
            model = next((_model_in(one.annotation) for name, one in fields if part in (name, one.alias)), None)
    fields = model.model_fields.items() if model else ()
    return [one.alias or name for name, one in fields if name not in _FILLED_IN]


def _model_in(annotation: Any) -> Any:
    """The first model that a type is made of; None where it is made of none."""
    if hasattr(annotation, "model_fields"):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)


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
