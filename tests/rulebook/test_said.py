"""What a document says twice, not at all or beside its place is told, all of it at once."""

from pathlib import Path

import pytest

from alertengine.checking import check_rulebook, read_cases
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import InputError
from tests.conftest import BookMaker, document

RULE = {"id": "r", "article": "一", "title": "例", "kind": "measure", "about": "line", "then": "stop"}
HEAD = "document: d\ntitle: 例\narea: 山西省\nvalid: {from: 2020-01-01, to: 2020-12-31}\nsource: primary\n"


def _refused(text: str, tmp_path: Path) -> list[str]:
    (tmp_path / "d.yaml").write_text(HEAD + text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        Rulebook.load([tmp_path])
    return [f"{one.row} {one.column}" for one in caught.value.problems]


def test_all_that_is_wrong_with_one_rule_is_told_at_once(tmp_path: Path) -> None:
    text = """rules:
  - id: r
    article: 一
    title: 例
    kind: measure
    source: 好
    valid: {from: 昨天}
    when: {industri: 水泥, grade: Z}
    then: {limit: 30}
    levl: red
"""
    assert _refused(text, tmp_path) == [
        "12 rule r valid from", "11 rule r source", "13 rule r when.industri", "13 rule r when.grade",
        "14 rule r then", "15 rule r levl",
    ]  # fmt: skip


def test_a_rule_that_cannot_be_read_is_no_defect_of_those_like_it(tmp_path: Path) -> None:
    text = """rules:
  - {id: r, article: 一, title: 例, kind: measure, when: , then: stop}
  - {id: s, like: r, title: 又}
  - {id: t, like: s, title: 再}
"""
    assert _refused(text, tmp_path) == ["7 rule r when"]


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("match: 3, rows: [[B, stop]]", ["1 t match"]),
        ("match: [effective_grade], layer: , rows: [[B, stop]]", ["7 rule t layer"]),
        ("match: [effective_grade], rows: [[B, stop, stop]]", ["7 t row 1"]),
        ("match: [effective_grade], rows: [[C, stop]]", ["9 rule r like", "10 rule s like"]),  # a row nobody wrote
    ],
)
def test_a_row_of_a_refused_table_is_no_defect_of_those_like_it(tmp_path: Path, table: str, told: list[str]) -> None:
    text = f"""tables:
  - {{id: t, article: 一, title: 例, kind: measure, levels: [red], {table}}}
rules:
  - {{id: r, like: t-B-red, title: 又}}
  - {{id: s, like: r, title: 再}}
"""
    assert _refused(text, tmp_path) == told


@pytest.mark.parametrize(("key", "said", "refused"), [("note", "", True), ("article", "", True), ("note", "''", False)])
def test_a_key_that_says_nothing_is_told_as_such(tmp_path: Path, key: str, said: str, refused: bool) -> None:
    rule = {"id": "r", "article": "一", "title": "例", "kind": "measure", "then": "stop", key: said}
    text = "rules:\n  -" + "".join(f"\n    {name}: {value}" for name, value in rule.items()) + "\n"
    (tmp_path / "d.yaml").write_text(HEAD + text, encoding="utf-8")
    codes = []
    try:
        Rulebook.load([tmp_path])
    except InputError as error:
        codes = [one.code for one in error.problems]
    assert codes == ["key_blank"] * refused


def test_an_article_of_defaults_that_is_a_number_is_told_as_such(tmp_path: Path) -> None:
    text = """defaults:
  3: {layer: sanction}
rules:
  - {id: r, article: '3', title: 例, kind: measure, then: stop}
"""
    assert _refused(text, tmp_path) == ["7 defaults 3"]


def test_a_condition_that_is_wrong_is_told_in_chinese_with_its_field(tmp_path: Path) -> None:
    text = "rules:\n  - {id: r, article: 一, title: 例, kind: measure, when: {industri: 水泥, grade: Z}, then: stop}\n"
    (tmp_path / "d.yaml").write_text(HEAD + text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        Rulebook.load([tmp_path])
    first, second = (one.text("zh", short=True) for one in caught.value.problems)
    assert first.startswith("d.yaml第7行“规则r的条件”：规则语言有误：没有字段“industri”")
    assert second.startswith("d.yaml第7行“规则r的条件（绩效等级）”：规则语言有误：'Z'")


def test_every_row_of_a_table_that_is_wrong_is_told(tmp_path: Path) -> None:
    text = """tables:
  - id: t
    article: 一
    title: 例
    kind: measure
    match: [effective_grade]
    levels: [orange, red]
    rows:
      - [B, {limit: 30}, stop]
      - [C, stop]
      - [Z, missing, missing]
      - 3
"""
    assert sorted(_refused(text, tmp_path)) == [
        "15 t row 2", "17 t row 4", "7 rule t when.effective_grade", "7 rule t-B-orange then",
    ]  # fmt: skip


@pytest.mark.parametrize(("key", "said"), [("level", "橙色"), ("levels", "[red, 橙色]")])
def test_a_level_that_is_none_is_told_where_it_stands(tmp_path: Path, key: str, said: str) -> None:
    text = f"rules:\n  - id: r\n    article: 一\n    title: 例\n    kind: measure\n    then: stop\n    {key}: {said}\n"
    assert _refused(text, tmp_path) == [f"12 rule r {key}"]


def test_an_id_that_stands_twice_is_told_with_its_line(tmp_path: Path) -> None:
    rule = "  - {id: r, article: 一, title: 例, kind: measure, then: stop}\n"
    assert _refused("rules:\n" + rule + rule, tmp_path) == ["8 rule r"]


def test_a_rule_has_its_own_level_where_defaults_name_several(make_book: BookMaker) -> None:
    defaults = {"*": {"levels": ["orange", "red"]}}
    book = make_book(document(defaults=defaults, rules=[{**RULE, "level": "yellow"}, {**RULE, "id": "s"}]))
    assert [[str(level) for level in rule.levels] for rule in book.line_rules()] == [["yellow"], ["orange", "red"]]


@pytest.mark.parametrize(
    ("area", "county", "reached"),
    [
        ("运城市/盐湖区", "盐湖区", True),
        ("运城市/盐湖", "盐湖区", True),
        ("太原市/清徐", "清徐县", True),
        ("运城市/盐湖", "绛县", False),
    ],
)
def test_a_county_without_its_last_sign_is_that_county(
    make_book: BookMaker, area: str, county: str, *, reached: bool
) -> None:
    book = make_book(document(area=area, rules=[RULE]))
    assert (f"{area.split('/', maxsplit=1)[0]}/{county}" in book.members(book.rules["r"])) is reached


@pytest.mark.parametrize("area", ["运城市/盐糊区", "运城市/盐湖区/甲镇/乙村", "云城市/盐湖区"])
def test_an_area_that_is_no_place_is_refused(make_book: BookMaker, area: str) -> None:
    with pytest.raises(InputError) as caught:
        make_book(document(area=area, rules=[RULE]))
    assert [(one.column, one.value) for one in caught.value.problems] == [("head area", area)]


@pytest.mark.parametrize(("adopt", "code"), [("d", "adopt_not_waiting"), ("waits", "adopt_unknown_area")])
def test_only_what_awaits_adoption_is_adopted_and_for_a_place(make_book: BookMaker, adopt: str, code: str) -> None:
    """A law for all adopted for one city would be taken from the others."""
    waits = document("waits", only_where_adopted=True, rules=[{**RULE, "id": "s"}])
    book = make_book(document(rules=[RULE]), waits)
    with pytest.raises(InputError) as caught:
        book.adopting({adopt: "运城市" if adopt == "d" else "运城市/盐糊区"})
    assert [one.code for one in caught.value.problems] == [code]


def test_one_number_on_two_documents_and_an_end_that_is_not_said_are_found(make_book: BookMaker) -> None:
    numbered = {"number": "运政办发〔2026〕1号", "valid": {"from": "2026-11-01", "to": "not stated"}}
    one = document("one", rules=[RULE], **numbered)
    other = document("other", rules=[{**RULE, "id": "s"}], **{**numbered, "number": "运政办发〔２０２６〕1号"})
    open_end = document("open", rules=[{**RULE, "id": "t"}], valid={"from": "2026-11-01"})
    found = {finding.problem.code for finding in check_rulebook(make_book(one, other, open_end))}
    assert {"number_twice", "end_not_said"} <= found


def test_a_case_that_expects_nothing_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "d.test.yaml"
    path.write_text("- {name: 例, date: 2020-01-01, line: {city: 太原市}, expect: {}}\n", encoding="utf-8")
    with pytest.raises(InputError, match="cannot fail"):
        read_cases(path)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("number:", "d.yaml第6行“文号”：没有写内容"),
        ("replaces:", "d.yaml第6行“替代”：没有写内容"),
        ("emergency_plan:", "d.yaml第6行“重污染天气应急预案”：没有写内容"),
        ("number: 2020", "d.yaml第6行“文号”：不符合要求：应为文字"),
        ("episode: true", "d.yaml第1行“文件”：不符合要求：只管一次过程的文件须有末日"),
    ],
)
def test_a_key_of_the_head_that_is_blank_is_told_as_such(tmp_path: Path, line: str, said: str) -> None:
    text = f"{HEAD.replace('to: 2020-12-31', 'to: not stated')}{line}\n"
    (tmp_path / "d.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        Rulebook.load([tmp_path])
    (found,) = (one.text("zh", short=True) for one in caught.value.problems)
    assert found.startswith(said)


def test_a_document_that_holds_nowhere_is_refused(tmp_path: Path) -> None:
    head = "".join("area: []\n" if one.startswith("area:") else one for one in HEAD.splitlines(keepends=True))
    (tmp_path / "d.yaml").write_text(head, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        Rulebook.load([tmp_path])
    assert [one.column for one in caught.value.problems] == ["head area"]
