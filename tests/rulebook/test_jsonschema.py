"""``rules schema``: every shipped document answers it; what the loader would refuse, the editor underlines."""

from __future__ import annotations

import copy
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from alertengine.cli import main
from alertengine.files import read_yaml, rules_folder
from alertengine.rulebook import Rulebook, document_schema
from alertengine.rulebook.load import document_files

DEFECTS = Path(__file__).parent / "defects"
RULE: dict[str, Any] = {
    "id": "a",
    "article": "一",
    "title": "甲",
    "kind": "season",
    "during": "采暖期",
    "when": {"industry": ["焦化", "水泥"], "city_distance_km": {"le": 10}, "any": [{"stable": False}]},
    "then": [{"limit": 0.4, "base": "permit"}, "stop"],
}
DOCUMENT: dict[str, Any] = {
    "document": "law",
    "title": "方案",
    "area": ["山西省", "吕梁市/孝义市"],
    "valid": {"from": "2020-01-01", "to": "not stated"},
    "source": "primary",
    "rules": [RULE],
    "tables": [
        {
            "id": "t",
            "article": "二",
            "kind": "measure",
            "match": ["effective_grade"],
            "levels": ["yellow", "red"],
            "rows": [["B", "none", {"stop_share": 0.5, "by": "line"}], [["C", "D"], "missing", "-"]],
        }
    ],
}


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return document_schema(Rulebook.load())


@pytest.fixture(scope="module")
def validator(schema: dict[str, Any]) -> Draft202012Validator:
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def plain(value: Any) -> Any:
    """YAML as an editor's language server sees it: dates are texts."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


@pytest.mark.parametrize("path", document_files([rules_folder()]), ids=lambda path: path.stem)
def test_every_shipped_document_answers_the_schema(path: Path, validator: Draft202012Validator) -> None:
    errors = [f"{'/'.join(map(str, e.path))}: {e.message[:200]}" for e in validator.iter_errors(plain(read_yaml(path)))]
    assert not errors


@pytest.mark.parametrize("said", ["2026-11-05 08:00", "2026-11-05T8:00", "2026-11-05 08:00:00", "2026-11-05", "2026"])
def test_an_end_may_have_its_hour(validator: Draft202012Validator, said: str) -> None:
    assert validator.is_valid({**DOCUMENT, "valid": {"from": said, "to": "not stated"}})
    assert validator.is_valid({**DOCUMENT, "issued": said}) == (":" not in said)


def test_the_example_answers_the_schema(validator: Draft202012Validator) -> None:
    assert validator.is_valid(DOCUMENT)


BROKEN: dict[str, tuple[tuple[Any, ...], Any]] = {
    "misspelt key of the head": (("titel",), "方案"),
    "misspelt key of a rule": (("rules", 0, "whn"), {}),
    "key of another kind": (("rules", 0, "required"), {}),
    "unknown kind": (("rules", 0, "kind"), "mesure"),
    "unknown measure": (("rules", 0, "then"), "halt"),
    "unknown measure in a mapping": (("rules", 0, "then"), {"limits": 0.4}),
    "option of another measure": (("rules", 0, "then"), {"limit": 0.4, "by": "line"}),
    "share as a percentage": (("rules", 0, "then"), {"limit": 40}),
    "two measures in one mapping": (("rules", 0, "then"), {"limit": 0.4, "stop": True}),
    "unknown field": (("rules", 0, "when", "distance"), 10),
    "private field": (("rules", 0, "when", "phone"), "1"),
    "listed grade in a measure": (("rules", 0, "when", "grade"), "A"),
    "unknown industry": (("rules", 0, "when", "industry"), "焦炭业"),
    "unknown value of a closed field": (("rules", 0, "when", "catalogue"), "限制"),
    "text for a number": (("rules", 0, "when", "city_distance_km"), "10"),
    "unknown operator": (("rules", 0, "when", "city_distance_km"), {"lte": 10}),
    "empty list": (("rules", 0, "when", "industry"), []),
    "misspelt field in a group": (("rules", 0, "when", "any"), [{"stabel": False}]),
    "unknown period": (("rules", 0, "during"), "寒季"),
    "unknown layer": (("rules", 0, "layer"), "top"),
    "unknown area": (("area",), "某市"),
    "no date": (("valid", "from"), "last year"),
    "no year": (("valid", "from"), "11-05 08:00"),
    "unknown level": (("tables", 0, "levels"), ["blue"]),
    "unknown measure in a cell": (("tables", 0, "rows", 0, 2), {"stop_shares": 0.5}),
    "unknown column": (("tables", 0, "match"), ["grades"]),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_the_loader_would_refuse(name: str, validator: Draft202012Validator) -> None:
    path, value = BROKEN[name]
    document = copy.deepcopy(DOCUMENT)
    place: Any = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert not validator.is_valid(document)


@pytest.mark.parametrize("key", ["document", "title", "area", "valid", "source"])
def test_a_required_key_of_the_head(key: str, validator: Draft202012Validator) -> None:
    assert not validator.is_valid({name: value for name, value in DOCUMENT.items() if name != key})


def test_like_makes_the_other_keys_optional(validator: Draft202012Validator) -> None:
    short = {"id": "b", "like": "a", "then": {"limit": 0.5}}
    assert validator.is_valid({**DOCUMENT, "rules": [RULE, short]})
    del short["like"]
    assert not validator.is_valid({**DOCUMENT, "rules": [RULE, short]})


def test_defaults_spare_the_kind(validator: Draft202012Validator) -> None:
    bare = {key: value for key, value in RULE.items() if key not in ("kind", "during")}
    assert not validator.is_valid({**DOCUMENT, "rules": [bare]})
    assert validator.is_valid({**DOCUMENT, "rules": [bare], "defaults": {"*": {"kind": "season", "during": "采暖期"}}})


def test_a_further_folder_brings_its_words(tmp_path: Path) -> None:
    (tmp_path / "vocabulary").mkdir()
    (tmp_path / "vocabulary" / "own.yaml").write_text("industries: [{name: 酿造}]", encoding="utf-8")
    own = Draft202012Validator(document_schema(Rulebook.load([tmp_path])))
    document = {**DOCUMENT, "rules": [{**RULE, "when": {"industry": "酿造"}}]}
    assert own.is_valid(document)


def test_fields_are_described_in_chinese(schema: dict[str, Any]) -> None:
    assert schema["$defs"]["field-catalogue"]["description"].startswith("产业目录类别")
    assert "限制类" in json.dumps(schema["$defs"]["field-catalogue"], ensure_ascii=False)


def test_the_command(tmp_path: Path) -> None:
    out = tmp_path / "rules.schema.json"
    assert CliRunner().invoke(main, ["rules", "schema", "-o", str(out)]).exit_code == 0
    told = CliRunner().invoke(main, ["rules", "schema"])
    assert json.loads(told.stdout) == json.loads(out.read_text(encoding="utf-8"))
