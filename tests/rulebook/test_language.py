"""The rule language: tables, like, defaults, need, conditions and what they come to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from alertengine.rulebook import ConditionError, ConditionReader, OpenLists, Rulebook, condition_as_dict, rule_as_dict
from alertengine.rulebook.decision_tables import expand
from alertengine.vocabulary import FIELDS, LIST_FIELDS, InputError
from tests.conftest import BookMaker, Decider, document

TABLE = {
    "id": "brick",
    "article": "附表",
    "title": "砖瓦窑",
    "kind": "measure",
    "when": {"industry": "砖瓦窑"},
    "match": ["effective_grade", "process"],
    "levels": ["yellow", "orange", "red"],
    "rows": [
        ["A", "*", "none", {"limit": 0.2}, "stop"],
        [["B", "C"], "焙烧", "missing", "-", "stop"],
        ["D", {"not": "焙烧"}, "stop", "stop", "stop"],
    ],
    "all_levels": [["D", "*", {"vehicle_ban": "全部公路运输"}]],
}


def _table(make_book: BookMaker, **keys: Any) -> Rulebook:
    return make_book(document(tables=[{**TABLE, **keys}]))


def test_a_table_is_one_rule_a_cell(make_book: BookMaker) -> None:
    book = _table(make_book)
    assert set(book.rules) == {
        "brick-A-yellow", "brick-A-orange", "brick-A-red", "brick-B.C.焙烧-red",
        "brick-D.not焙烧-yellow", "brick-D.not焙烧-orange", "brick-D.not焙烧-red", "brick-D-all",
    }  # fmt: skip
    rule = rule_as_dict(book.rules["brick-A-orange"], book)
    assert rule["when"] == {"industry": "砖瓦窑", "effective_grade": "A"}
    assert (rule["levels"], rule["then"]) == (["orange"], [{"measure": "limit", "share": 0.2}])
    assert rule_as_dict(book.rules["brick-D-all"], book)["levels"] == ["yellow", "orange", "red"]


def test_a_missing_cell_is_a_declared_hole_and_a_dash_is_none(make_book: BookMaker) -> None:
    book = _table(make_book)
    holes = [(name, hole.table, hole.match, hole.level) for name, hole in book.holes]
    assert holes == [("law", "brick", {"effective_grade": ["B", "C"], "process": "焙烧"}, "yellow")]


def test_a_table_without_levels_has_one_cell_a_row(make_book: BookMaker) -> None:
    keys = {"kind": "season", "levels": [], "rows": [["A", "*", "none"]], "all_levels": []}
    assert list(_table(make_book, **keys).rules) == ["brick-A"]


def test_equal_labels_are_told_apart() -> None:
    rows = [[{"le": 5}, "stop"], [{"le": 5}, {"limit": 0.5}], ["*", "none"]]
    ids = [rule["id"] for rule in expand({"id": "t", "match": ["city_distance_km"], "rows": rows}).rules]
    assert ids == ["t-le5", "t-le5-2", "t-any"]


def test_a_decision_from_a_table_is_that_of_its_cell(make_book: BookMaker, decide: Decider) -> None:
    book = _table(make_book)
    line = {"industry": "砖瓦窑", "process": "焙烧"}
    lines = [{**line, "grade": grade} for grade in ("A", "B", "C", "D")]
    assert list(decide(book, lines, level="red")["share"]) == [1, 1, 1, pytest.approx(float("nan"), nan_ok=True)]
    assert list(decide(book, lines, level="orange")["rules"])[:2] == ["brick-A-orange", ""]
    assert list(decide(book, [{**line, "process": "破碎筛分", "grade": "D"}], level="yellow")["rules"]) == [
        "brick-D.not焙烧-yellow;brick-D-all"
    ]


# -- like, defaults, need


def test_like_takes_every_key_and_merges_when(make_book: BookMaker) -> None:
    rules = [
        {"id": "far", "kind": "season", "during": "采暖期", "layer": "sanction", "note": "甲",
         "when": {"industry": "焦化", "city_distance_km": {"le": 20}}, "then": {"limit": 0.4}},
        {"id": "near", "like": "far", "when": {"city_distance_km": {"le": 10}, "stable": False}, "then": "stop"},
        {"id": "nearer", "like": "near", "when": {"city_distance_km": {"le": 5}}},
    ]  # fmt: skip
    content = document()
    content["rules"] = [{"article": "一", "title": rule["id"], **rule} for rule in rules]
    book = make_book(content)
    near, nearer = (rule_as_dict(book.rules[name], book) for name in ("near", "nearer"))
    assert near["when"] == {"industry": "焦化", "city_distance_km": {"le": 10.0}, "stable": False}
    assert (near["kind"], near["during"], near["layer"], near["note"]) == ("season", "采暖期", "sanction", "甲")
    assert near["then"] == nearer["then"] == [{"measure": "stop"}]
    assert nearer["when"] == {"industry": "焦化", "city_distance_km": {"le": 5.0}, "stable": False}


def test_what_an_heir_blanks_it_does_not_take_over(make_book: BookMaker) -> None:
    keys = ("note", "area", "valid", "level", "when", "regime", "layer", "source", "during")
    said = {
        "note": "甲", "area": "太原市", "valid": {"from": "2020-01-01"}, "level": "red", "when": {"industry": "焦化"},
        "regime": "warning", "layer": "sanction", "source": "inferred", "during": "采暖期",
    }  # fmt: skip
    content = document()
    content["rules"] = [
        {"id": "bare", "article": "一", "title": "例", "kind": "measure", "then": "stop"},
        {"id": "full", "article": "一", "title": "例", "kind": "measure", "then": "stop", **said},
        {"id": "heir", "like": "full", **dict.fromkeys(keys)},
    ]
    book = make_book(content)
    bare, heir = (rule_as_dict(book.rules[name], book) | {"id": ""} for name in ("bare", "heir"))
    assert heir == bare


def test_like_may_name_a_row_of_a_table(make_book: BookMaker) -> None:
    content = document(tables=[TABLE], rules=[{"id": "r", "like": "brick-A-orange", "when": {"stable": True}}])
    assert rule_as_dict(make_book(content).rules["r"], make_book(content))["when"] == {
        "industry": "砖瓦窑", "effective_grade": "A", "stable": True,
    }  # fmt: skip


def test_defaults_of_an_article_spare_keys_and_never_override(make_book: BookMaker) -> None:
    content = document(
        defaults={"*": {"kind": "measure", "note": "总"}, "三": {"layer": "sanction", "valid": {"from": "2020-01-01"}}},
    )
    content["rules"] = [
        {"id": "a", "article": "三", "title": "甲", "then": "stop"},
        {"id": "b", "article": "四", "title": "乙", "then": "stop"},
        {"id": "c", "article": "三", "title": "丙", "then": "stop", "layer": "exemption"},
    ]
    book = make_book(content)
    rules = {rule.id: rule for rule in book.line_rules()}
    assert {name: (rule.kind, rule.layer, rule.note) for name, rule in rules.items()} == {
        "a": ("measure", "sanction", "总"), "b": ("measure", "measure", "总"), "c": ("measure", "exemption", "总"),
    }  # fmt: skip
    assert str(rules["a"].valid.first) == "2020-01-01"
    assert str(rules["b"].valid.first) == "2018-01-01"


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ({"industry": "铸造", "green_factory": True}, "exempt"),
        ({"industry": "焦化", "green_factory": True, "dry_quenching": True}, "exempt"),
        ({"industry": "焦化", "green_factory": True, "dry_quenching": False}, "ordered"),
        ({"industry": "焦化", "green_factory": True}, "ordered"),
        ({"industry": None, "green_factory": True}, "ordered"),
        ({"industry": None, "green_factory": True, "dry_quenching": True}, "exempt"),
        ({"industry": "铸造", "green_factory": False}, "ordered"),
    ],
)
def test_need_asks_more_where_its_condition_holds(
    make_book: BookMaker, decide: Decider, line: dict[str, Any], status: str
) -> None:
    need = {"if": {"industry": "焦化"}, "then": {"dry_quenching": True}}
    rules = [
        {"id": "base", "then": {"limit": 0.5}},
        {"id": "free", "layer": "exemption", "when": {"green_factory": True}, "need": need, "then": "exempt"},
    ]
    assert list(decide(make_book(rules=rules), [line])["status"]) == [status]


# -- conditions


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ({"colour": 1}, "unknown field"),
        ({"phone": "1"}, "may not read"),
        ({"enterprise": "甲厂"}, "may not read"),
        ({"catalogue": "好"}, "not one of"),
        ({"industry": "不存在业"}, "rules/vocabulary"),
        ({"sector": "焦炭"}, "rules/vocabulary"),
        ({"stable": "是"}, "true or false"),
        ({"stable": 1}, "true or false"),
        ({"city_distance_km": {"le": "10"}}, "a number in km"),
        ({"city_distance_km": {"le": True}}, "a number"),
        ({"city_distance_km": 10}, r"{le: 10} \(at most\)"),
        ({"city_distance_km": [5, 10]}, "needs a comparison"),
        ({"any": [{"small": True}, {"city_distance_km": {"not": 10}}]}, "needs a comparison"),
        ({"city_distance_km": {"le": float("nan")}}, "a number"),
        ({"city_distance_km": {"between": [10]}}, "low, high"),
        ({"city_distance_km": {"between": [10, 5]}}, "above"),
        ({"catalogue": {"le": 3}}, "not a number"),
        ({"stable": {"missing": False}}, "missing: true"),
        ({"stable": {}}, "empty"),
        ({"stable": {"like": True}}, "unknown comparison"),
        ({"catalogue": []}, "never hold"),
        ({"any": []}, "list of mappings"),
        ({"any": {"stable": True}}, "list of mappings"),
        ({"county": [f"{n}县" for n in range(201)]}, "more than 200"),
        ([], "mapping"),
        ("stable", "mapping"),
    ],
)
def test_a_condition_that_cannot_be_meant_is_refused(vocabulary: OpenLists, when: Any, words: str) -> None:
    with pytest.raises(ConditionError, match=words):
        ConditionReader(vocabulary).read(when)


def test_aliases_in_conditions_become_the_standard_name(vocabulary: OpenLists) -> None:
    spelling = next(alias for industry in vocabulary.industries.values() for alias in industry.aliases)
    standard = vocabulary.standard_name("industries", spelling)
    assert condition_as_dict(ConditionReader(vocabulary).read({"industry": spelling})) == {"industry": standard}


@pytest.mark.parametrize(
    "said",
    ["运城市某某（集团）钢铁有限公司", "运城市某某(集团) 钢铁有限公司", "91140800MA0K000001", "91140800ma0k000001"],
)
def test_an_enterprise_is_named_by_its_code_or_its_register_name(
    make_book: BookMaker, decide: Decider, said: str
) -> None:
    two = [said, "另一公司"]
    rules = [
        {"id": "named", "when": {"enterprise_named": two}, "then": "stop"},
        {"id": "others", "when": {"enterprise_named": {"not": two}}, "then": {"limit": 0.2}},
    ]
    name, code = "运城市某某（集团）钢铁有限公司", "91140800MA0K000001"
    lines = [{"enterprise": name, "enterprise_id": code}, {"enterprise": f"{name}分公司", "enterprise_id": "9114X"},
             {"enterprise": "另一公司", "enterprise_id": "9114Y"}]  # fmt: skip
    assert list(decide(make_book(rules=rules), lines)["rules"]) == ["named", "others", "named"]


@pytest.mark.parametrize(
    ("when", "line"),
    [
        ("city_distance_km: 10", 12),
        ("stable: true\n      city_distance_km: [5, 10]", 13),
        ("any:\n        - {small: true}\n        - city_distance_km: {not: 10}", 14),
    ],
)
def test_a_bare_number_of_a_measured_field_is_refused_with_its_line(tmp_path: Path, when: str, line: int) -> None:
    path = tmp_path / "bare.yaml"
    head = "document: bare\ntitle: 某文\narea: 运城市\nvalid: {from: 2018-07-19, to: 2018-07-24}\n"
    head += "source: inferred\nrules:\n"
    rule = "  - id: near\n    article: 一\n    title: 近\n    kind: measure\n    when:\n      "
    path.write_text(f"{head}{rule}{when}\n    then: stop\n", encoding="utf-8")
    with pytest.raises(InputError) as refused:
        Rulebook.load([tmp_path])
    (problem,) = refused.value.problems
    assert (problem.file, problem.row) == (str(path), line)
    assert "city_distance_km" in problem.column


def test_every_field_but_private_and_free_texts_can_be_read_by_a_rule(vocabulary: OpenLists) -> None:
    values = {"bool": True, "number": {"le": 1}, "integer": 1, "names": "炉窑清单", "text": "甲"}
    readable = set()
    for field in FIELDS.values():
        value = field.values[0] if field.type == "code" else values.get(field.type, {"present": True})
        value = "停产整治" if field.name == "open_decision" else value
        try:
            ConditionReader(vocabulary).read({field.name: value})
        except ConditionError:
            continue
        readable.add(field.name)
    texts = {field.name for field in LIST_FIELDS if field.type == "text"}
    assert readable >= {field.name for field in FIELDS.values() if field.type != "text" and not field.private}
    assert readable & texts >= {"county", "local_class", "decision_no"}
    assert not readable & {"enterprise", "contact", "phone", "address", "lon", "lat", "meter_no"}


# -- folders


def test_a_later_folder_may_add_layers_and_vocabulary(tmp_path: Path) -> None:
    (tmp_path / "vocabulary").mkdir()
    (tmp_path / "vocabulary" / "x.yaml").write_text("processes: [新工序]\n", encoding="utf-8")
    (tmp_path / "precedence.yaml").write_text(
        "layers: [top, livelihood, sanction, exemption, verified, measure]\n", encoding="utf-8"
    )
    (tmp_path / "d.yaml").write_text(
        "document: d\ntitle: 甲\narea: 山西省\nvalid: {from: 2020-01-01}\nsource: primary\nrules:\n"
        "  - {id: r, article: 一, title: 乙, kind: measure, layer: top, when: {process: 新工序}, then: stop}\n",
        encoding="utf-8",
    )
    book = Rulebook.load([tmp_path])
    assert book.layers[0] == "top"
    assert book.rules["r"].document == "d"


@pytest.mark.parametrize("text", ["layers: []\n", "layers: 1\n", "x: 1\n", "- a\n"])
def test_precedence_without_layers_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "precedence.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="no layers"):
        Rulebook.load([tmp_path])


@pytest.mark.parametrize("text", ["colours: [a]\n", "areas: 1\n", "areas: [{name: 甲}]\n", "[1]\n", "periods: [1]\n"])
def test_malformed_vocabulary_is_refused_with_its_file(tmp_path: Path, text: str) -> None:
    (tmp_path / "vocabulary").mkdir()
    (tmp_path / "vocabulary" / "odd.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"odd\.yaml"):
        Rulebook.load([tmp_path])


def test_an_area_whose_members_are_unknown_is_refused_and_not_a_crash(tmp_path: Path) -> None:
    (tmp_path / "vocabulary").mkdir()
    (tmp_path / "vocabulary" / "a.yaml").write_text("areas: [{name: 甲区, members: [无名市]}]\n", encoding="utf-8")
    (tmp_path / "d.yaml").write_text(
        "document: d\ntitle: 甲\narea: 甲区\nvalid: {from: 2020-01-01}\nsource: primary\n", encoding="utf-8"
    )
    with pytest.raises(InputError, match="甲区"):
        Rulebook.load([tmp_path])


def test_areas_in_a_circle_are_refused_and_not_a_crash(tmp_path: Path) -> None:
    (tmp_path / "vocabulary").mkdir()
    text = "areas: [{name: 甲区, members: [乙区]}, {name: 乙区, members: [甲区]}]\n"
    (tmp_path / "vocabulary" / "a.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "d.yaml").write_text(
        "document: d\ntitle: 甲\narea: 甲区\nvalid: {from: 2020-01-01}\nsource: primary\n", encoding="utf-8"
    )
    with pytest.raises(InputError, match="甲区"):
        Rulebook.load([tmp_path])


def test_the_fingerprint_changes_with_a_rule_and_not_with_a_case(tmp_path: Path) -> None:
    path = tmp_path / "d.yaml"
    text = "document: d\ntitle: 甲\narea: 山西省\nvalid: {from: 2020-01-01}\nsource: primary\n"
    path.write_text(text, encoding="utf-8")
    first = Rulebook.load([tmp_path]).fingerprint
    (tmp_path / "d.test.yaml").write_text("[]\n", encoding="utf-8")
    assert Rulebook.load([tmp_path]).fingerprint == first
    path.write_text(text + "note: 乙\n", encoding="utf-8")
    assert Rulebook.load([tmp_path]).fingerprint != first
