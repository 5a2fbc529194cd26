"""The content of a file as a pydantic model, and pydantic's complaints in the words of the catalogue."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

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


def checked_model(model: type[_Model], content: Any, file: str, where: str = "") -> _Model:
    """The content of a file as a pydantic model.

    Raises:
        InputError: every value that the model does not take, with the file and where in it.

    """
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise InputError(problems_of(error, file, where, model)) from None


def problems_of(
    error: ValidationError, file: str, where: str = "", model: type[BaseModel] | None = None
) -> list[Problem]:
    """Every complaint of a pydantic error, said with file, line (of a YAML file), rule and field.

    ``model``: what was to be read, whose keys are named where another stands among them.
    """
    found = []
    fields = model.model_fields if model else {}
    keys = [one.alias or name for name, one in fields.items() if name not in _FILLED_IN]
    for item in error.errors(include_url=False):
        field = ".".join(str(one) for one in item["loc"] if not str(one).startswith(_NO_KEYS))
        column = f"{where} {field}".strip()
        value = str(item["input"]) if isinstance(item.get("input"), (str, int, float, date)) else ""
        if item["type"] == "extra_forbidden":
            known = keys and len(item["loc"]) == 1
            unknown = Problem("unknown_key", file=file, column=column)
            found.append(Problem("unknown_key_among", file=file, column=column, names=keys) if known else unknown)
            continue
        found.append(Problem("key_refused", file=file, column=column, value=value, message=_reason(item)))
    return with_lines(found, Path(file))


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
