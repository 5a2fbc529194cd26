"""The JSON Schema of rule documents: an editor completes and checks a file while it is typed.

Made from what the loader itself reads with: the pydantic models of heads and kinds, the
vocabulary's fields, the measures and their options, and the open lists of a rulebook, so
that a bureau's own industries and places are known too.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from alertengine.rulebook.book import Rulebook
from alertengine.rulebook.conditions import _CONDITION_TEXTS
from alertengine.rulebook.head import NOT_STATED, RuleHead, _day, _end, _moment, as_tuple
from alertengine.rulebook.load import _OTHER_KINDS, KINDS
from alertengine.rulebook.measures import _COMMON, _OPTIONS, _WORDS, Measure
from alertengine.rulebook.open_list_rows import NATION
from alertengine.rulebook.schema import LINE_KINDS, Document, Regrade
from alertengine.vocabulary import DECISION_GROUNDS, DECISION_KINDS, FIELDS, MEASURES, POLLUTANTS, REGIMES, Field

Schema = dict[str, Any]
_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_SHARE: Schema = {"type": "number", "exclusiveMinimum": 0, "maximum": 1}
_COUNT: Schema = {"type": "number", "exclusiveMinimum": 0}
_TEXT: Schema = {"type": "string", "minLength": 1}
_WARNING_LEVEL: Schema = {"enum": ["yellow", "orange", "red"]}
_DATE: Schema = {
    "description": "YYYY-MM-DD, YYYY-MM or YYYY",
    "anyOf": [{"type": "string", "pattern": r"^\d{4}(-\d{1,2}(-\d{2})?)?$"}, {"type": "integer"}],
}
_MOMENT: Schema = {
    "description": "YYYY-MM-DD, YYYY-MM or YYYY; or YYYY-MM-DD HH:MM, local time",
    "anyOf": [
        {"type": "string", "pattern": r"^\d{4}(-\d{1,2}(-\d{2}([ T]\d{1,2}:\d{2}(:00)?)?)?)?$"},
        {"type": "integer"},
    ],
}
#: Keys of the models that the loader fills in; nobody writes them.
_FILLED = ("document", "cell", "file")
_CAP: Schema = {
    "anyOf": [
        _COUNT,
        {"type": "object", "properties": {"to": _COUNT}, "required": ["to"], "additionalProperties": False},
        {"type": "object", "properties": {"cut": _SHARE}, "required": ["cut"], "additionalProperties": False},
    ]
}
_VALUES: dict[str, Schema] = {
    "limit": _SHARE,
    "stop_share": _SHARE,
    "stop_units": _COUNT,
    "coking_time": _COUNT,
    "feed_cap": _CAP,
    "cycle_cap": _CAP,
    "emission_cap": {
        "type": "object",
        "properties": dict.fromkeys(POLLUTANTS, _COUNT),
        "additionalProperties": False,
        "minProperties": 1,
    },
    "demand_cap": {"enum": ["heat", "gas", "output", "verified_load"]},
    "vehicle_ban": _TEXT,
    "vehicle_quota": {"anyOf": [_TEXT, _SHARE]},
    "advice": _TEXT,
    "refer": _TEXT,
}


class _Generator(GenerateJsonSchema):
    """Pydantic's own, with what our readers accept before a field's type: a date, one name for a list."""

    def function_before_schema(self, schema: core_schema.BeforeValidatorFunctionSchema) -> JsonSchemaValue:
        """The schema of a value that a reader looks at first."""
        reader = schema["function"]["function"]
        if reader in (_day, _moment):
            return dict(_DATE if reader is _day else _MOMENT)
        if reader is _end:
            return {"anyOf": [dict(_MOMENT), {"const": NOT_STATED}, {"type": "null"}]}
        inner = super().function_before_schema(schema)
        return _one_or_more(inner.get("items", {})) if reader is as_tuple else inner


def document_schema(book: Rulebook) -> Schema:
    """The JSON Schema (draft 2020-12) of a rule document under the open lists and layers of a rulebook."""
    builder = _Builder(book)
    head = builder.model(Document)
    properties = head["properties"] | {
        "area": _one_or_more({"$ref": "#/$defs/area"}),
        "defaults": {
            "description": "article (or *): keys its rules need not repeat",
            "type": "object",
            "additionalProperties": {"$ref": "#/$defs/defaults"},
        },
        "rules": {"type": "array", "items": {"$ref": "#/$defs/rule"}},
        "tables": {"type": "array", "items": {"$ref": "#/$defs/table"}},
    }
    own_kind = {"items": {"anyOf": [{"required": ["like"]}, {"required": ["kind"]}]}}
    return {
        "$schema": _DRAFT,
        "title": "Rule document",
        "type": "object",
        "properties": properties,
        "required": head["required"],
        "additionalProperties": False,
        "if": {"not": {"required": ["defaults"]}},
        "then": {"properties": {"rules": own_kind, "tables": own_kind}},
        "$defs": builder.definitions(),
    }


class _Builder:
    """Gathers definitions under ``$defs``."""

    def __init__(self, book: Rulebook) -> None:
        self._book = book
        self._defs: dict[str, Schema] = {}

    def model(self, model: type[BaseModel]) -> Schema:
        """The object schema of a model as it is written, its own definitions taken over."""
        made = model.model_json_schema(
            by_alias=True, ref_template="#/$defs/{model}", schema_generator=_Generator, mode="validation"
        )
        self._defs |= made.pop("$defs", {})
        if "$ref" in made:
            made = self._defs[made["$ref"].rpartition("/")[2]]
        properties = {key: value for key, value in made["properties"].items() if key not in _FILLED}
        required = [key for key in made.get("required", []) if key not in _FILLED]
        if model is Document:
            properties = {"document": made["properties"]["document"], **properties}
            required = ["document", *required]
        return {"properties": properties, "required": required}

    def definitions(self) -> dict[str, Schema]:
        """All definitions a document's schema refers to."""
        lists = self._book.lists
        places = [NATION, *lists.spellings("places"), *lists.provinces]
        self._defs["area"] = {
            "anyOf": [{"enum": _unique(places)}, {"type": "string", "pattern": "^[^/]+/[^/]+(/[^/]+)?$"}]
        }
        for field in FIELDS.values():
            if not field.private and (field.type != "text" or field.name in _CONDITION_TEXTS):
                self._defs[f"field-{field.name}"] = self._comparison(field)
        self._defs["when-classification"] = self._when("classification", without="effective_grade")
        self._defs["when-measure"] = self._when("measure", without="grade")
        self._defs["measure"] = self._measure()
        self._defs["measures"] = _one_or_more({"$ref": "#/$defs/measure"})
        self._defs["regrade"] = self.model(Regrade) | {
            "type": "object",
            "additionalProperties": False,
            "minProperties": 1,
        }
        self._rules()
        self._defs["table"] = self._table()
        return self._defs

    # -- conditions

    def _value(self, field: Field) -> Schema:
        if field.type == "bool":
            return {"type": "boolean"}
        if field.type in ("number", "integer"):
            return {"type": "number"}
        if field.type == "code":
            return {"enum": list(field.values)}
        if field.name == "open_decision":
            pairs = [f"{kind}:{ground}" for kind in DECISION_KINDS for ground in DECISION_GROUNDS]
            return {"enum": [*DECISION_KINDS, *pairs]}
        if field.type == "open":
            lists = self._book.lists
            names = lists.sectors if field.open_list == "sectors" else list(lists.spellings(field.open_list))
            return {"enum": _unique(names)}
        return dict(_TEXT)

    def _comparison(self, field: Field) -> Schema:
        """What may stand behind a field in ``when``: a value, several, or comparisons."""
        value, itself = self._value(field), {"$ref": f"#/$defs/field-{field.name}"}
        several = {"type": "array", "items": value, "minItems": 1}
        operators: dict[str, Schema] = {
            "in": {"anyOf": [value, several]}, "not": itself, "missing": {"const": True}, "present": {"const": True},
        }  # fmt: skip
        if field.type in ("number", "integer"):
            operators |= {key: {"type": "number"} for key in ("lt", "le", "gt", "ge")}
            operators["between"] = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
        compared = {"type": "object", "properties": operators, "additionalProperties": False, "minProperties": 1}
        said = f"{field.text}{f' ({field.unit})' if field.unit else ''}{f': {field.note}' if field.note else ''}"
        return {"description": said, "anyOf": [value, several, compared]}

    def _when(self, kind: str, without: str) -> Schema:
        itself = {"$ref": f"#/$defs/when-{kind}"}
        fields = {
            name.removeprefix("field-"): {"$ref": f"#/$defs/{name}"}
            for name in self._defs
            if name.startswith("field-") and name != f"field-{without}"
        }
        groups = {key: {"type": "array", "items": itself, "minItems": 1} for key in ("any", "all")}
        single = dict.fromkeys(("not", "any_line", "every_line"), itself)
        return {"type": "object", "properties": {**fields, **groups, **single}, "additionalProperties": False}

    # -- measures

    def _measure(self) -> Schema:
        """A word, or a mapping of one measure with its options."""
        options = self.model(Measure)["properties"]
        options["by"] = _one_or_more(options["by"]["items"])
        shapes = []
        for code, word in MEASURES.items():
            if code in ("filed", "lapsed"):
                continue
            value = _VALUES.get(code, {"anyOf": [{"const": True}, _TEXT]})
            taken = {name: options[name] for name in (*_OPTIONS.get(code, ()), *_COMMON)}
            shapes.append(_object({code: {"description": word.text, **value}, **taken}, [code]))
        return {"anyOf": [{"enum": list(_WORDS)}, *shapes]}

    # -- rules and tables

    def _rules(self) -> None:
        """One definition a kind, and the one that any rule must answer: its kind's, where it names one."""
        for kind in KINDS:
            if kind in LINE_KINDS:
                self._defs[f"kind-{kind}"] = self._line_rule(kind)
            else:
                own = self.model(_OTHER_KINDS[kind])["properties"]
                self._defs[f"kind-{kind}"] = _object({**own, **self._head(), "kind": own["kind"]})
        keys: dict[str, Schema] = {}
        for kind in KINDS:
            for name, schema in self._defs[f"kind-{kind}"]["properties"].items():
                keys.setdefault(name, {"anyOf": []})["anyOf"].append(schema)
        for name, schema in keys.items():
            shapes = [shape for n, shape in enumerate(schema["anyOf"]) if shape not in schema["anyOf"][:n]]
            keys[name] = shapes[0] if len(shapes) == 1 else {"anyOf": shapes}
        by_kind = [
            {
                "if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]},
                "then": {"$ref": f"#/$defs/kind-{kind}"},
            }
            for kind in KINDS
        ]
        keys["kind"] = {"enum": list(KINDS)}
        self._defs["defaults"] = {"type": "object", "properties": keys, "additionalProperties": False, "allOf": by_kind}
        complete = {"anyOf": [{"required": ["like"]}, {"required": ["article", "title"]}]}
        self._defs["rule"] = {**self._defs["defaults"], **complete, "required": ["id"]}

    def _head(self) -> dict[str, Schema]:
        properties = self.model(RuleHead)["properties"]
        properties["area"] = _one_or_more({"$ref": "#/$defs/area"})
        properties["like"] = {"description": "the rule of this document whose keys it takes", "type": "string"}
        return properties

    def _line_rule(self, kind: str) -> Schema:
        regrading = kind == "classification"
        when = {"$ref": f"#/$defs/when-{'classification' if regrading else 'measure'}"}
        level, regime = {"enum": [*_WARNING_LEVEL["enum"]]}, {"enum": list(REGIMES)}
        periods = _unique(name for period in self._book.lists.periods for name in (period.name, *period.aliases))
        return _object({
            **self._head(),
            "kind": {"const": kind},
            "when": when,
            "need": _one_or_more(_object({"if": when, "then": when}, ["then"])),
            "then": {"$ref": f"#/$defs/{'regrade' if regrading else 'measures'}"},
            "layer": {"enum": list(self._book.layers)},
            "about": {"enum": ["enterprise", "line"]},
            "lifts": _one_or_more({"enum": list(self._book.documents)}),
            "regime": regime,
            "regimes": {"type": "array", "items": regime, "minItems": 1},
            "level": level,
            "levels": _one_or_more(level),
            "during": {"anyOf": [{"enum": periods}, {"type": "string", "pattern": r"\d+月|\d\d-\d\d"}]},
        })  # fmt: skip

    def _table(self) -> Schema:
        """A decision table: the keys of a line rule, and its grid."""
        keys = {name: schema for name, schema in self._defs["rule"]["properties"].items() if name != "then"}
        line = self._defs["kind-measure"]["properties"]
        keys = {name: schema for name, schema in keys.items() if name in line}
        keys["kind"] = {"enum": list(LINE_KINDS)}
        scalar: Schema = {"type": ["string", "number", "boolean"]}
        operators = ("lt", "le", "gt", "ge", "between", "in", "not", "missing", "present")
        compared = {"type": "object", "propertyNames": {"enum": list(operators)}, "minProperties": 1}
        cell = {
            "description": "a condition (a value, several, a comparison, *) or a measure, missing or -",
            "anyOf": [
                scalar,
                {"type": "array", "items": scalar},
                compared,
                {"$ref": "#/$defs/measures"},
                {"$ref": "#/$defs/regrade"},
            ],
        }
        rows = {"type": "array", "items": {"type": "array", "items": cell, "minItems": 1}}
        columns = [name.removeprefix("field-") for name in self._defs if name.startswith("field-")]
        grid = {"match": _one_or_more({"enum": columns}), "rows": rows, "all_levels": rows}
        return {
            **_object({**keys, **grid}, ["id", "match"]),
            "anyOf": [{"required": ["rows"]}, {"required": ["all_levels"]}],
        }


def _object(properties: dict[str, Schema], required: list[str] | None = None) -> Schema:
    made: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**made, "required": required} if required else made


def _one_or_more(item: Schema) -> Schema:
    return {"anyOf": [item, {"type": "array", "items": item}]}


def _unique(names: Any) -> list[str]:
    return list(dict.fromkeys(names))
