"""A file of rules changed in place: what did not change stays to the byte."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertengine.files import parse_yaml, rules_folder
from alertengine.rulebook import updated_yaml
from alertengine.rulebook.yaml_update import _plain

TEXT = """\
# 头注
document: our-plan   # 编号
title: "某市预案"
valid: {from: 2021-01-01, to: not stated}

# -- 规则

# 第一条
rules:
  # 甲
  - id: a
    title: 甲       # 名称
    then: {limit: 0.50}   # 一半

  # 乙，说明
  - id: b
    # 条件
    when: {grade: [A,  B]}
    then:
      - stop   # 全停
      - {cap: {nox: 50}}

  # 丙
  - {id: c, title: 'C', then: stop}
# 尾注
"""


def said() -> dict[str, Any]:
    return copy.deepcopy(parse_yaml(TEXT))


def test_what_says_the_same_is_the_same_text() -> None:
    assert updated_yaml(TEXT, said()) == TEXT
    assert updated_yaml(TEXT, said(), "Imported from x.xlsx.") == TEXT
    for file in [*rules_folder().rglob("*.yaml")][::5]:
        text = file.read_text(encoding="utf-8")
        assert updated_yaml(text, parse_yaml(text)) == text, file


@pytest.mark.parametrize(
    ("change", "old", "new"),
    [
        (lambda raw: raw.update(title="新"), 'title: "某市预案"', "title: 新"),
        (lambda raw: raw.update(document="x"), "document: our-plan   # 编号", "document: x   # 编号"),
        (lambda raw: raw["rules"][0].update(title="改"), "title: 甲       # 名称", "title: 改       # 名称"),
        (lambda raw: raw["rules"][0].update(then="stop"), "then: {limit: 0.50}   # 一半", "then: stop   # 一半"),
        (lambda raw: raw["rules"][1]["then"].pop(), "      - {cap: {nox: 50}}\n", ""),
        (lambda raw: raw["rules"][1].pop("when"), "    # 条件\n    when: {grade: [A,  B]}\n", ""),
        (lambda raw: raw["rules"].pop(1), TEXT[TEXT.index("  # 乙") : TEXT.index("  # 丙")], ""),
        (
            lambda raw: raw["rules"][2].update(title="D"),
            "- {id: c, title: 'C', then: stop}",
            "- {id: c, title: D, then: stop}",
        ),
        (lambda raw: raw["rules"][1].update(level="red"), "  # 丙", "    level: red\n\n  # 丙"),
        (lambda raw: raw.update(number="1号"), "# -- 规则", "# -- 规则"),
    ],
)
def test_a_change_touches_its_own_lines(change: Any, old: str, new: str) -> None:
    raw = said()
    change(raw)
    made = updated_yaml(TEXT, raw)
    assert parse_yaml(made) == raw
    assert new in made
    lines = set(made.splitlines())
    assert [line for line in TEXT.splitlines() if line not in lines and line.strip() not in old] == []


def test_a_new_rule_stands_where_it_was_put() -> None:
    raw = said()
    raw["rules"].insert(1, {"id": "n", "title": "新", "then": "stop"})
    made = updated_yaml(TEXT, raw, "Imported from x.xlsx.")
    assert made.startswith("# Imported from x.xlsx.\n# 头注\n")
    assert made.index("id: a") < made.index("id: n") < made.index("# 乙") < made.index("id: b")
    assert updated_yaml(made, raw, "Imported from x.xlsx.") == made


def test_a_text_that_cannot_be_changed_in_place_is_written_anew() -> None:
    for before in ("", "[", "a: &x {b: 1}\nc: *x\n", "<<: {a: 1}\n", "- 1\n"):
        assert parse_yaml(updated_yaml(before, {"document": "d", "c": {"b": 2}})) == {"document": "d", "c": {"b": 2}}


_SCALARS = st.one_of(st.integers(0, 9), st.booleans(), st.text("ab:# -'\"中", max_size=5))
_ITEMS = st.dictionaries(st.sampled_from(["id", "title", "when", "note"]), _SCALARS | st.lists(_SCALARS, max_size=3))
_LIST = st.lists(_ITEMS, min_size=1, max_size=4)
_RAW = st.fixed_dictionaries({"document": st.just("d")}, optional={"title": _SCALARS, "rules": _LIST, "missing": _LIST})


@given(_RAW, _RAW)
def test_it_says_what_it_is_told(before: dict[str, Any], raw: dict[str, Any]) -> None:
    first = updated_yaml("", before, "eins")
    assert _plain(parse_yaml(updated_yaml(first, raw))) == _plain(raw)


@given(_LIST, _LIST)
def test_a_file_of_cases_says_what_it_is_told(before: list[dict[str, Any]], raw: list[dict[str, Any]]) -> None:
    made = updated_yaml(updated_yaml("", before, "eins"), raw)
    assert _plain(parse_yaml(made)) == _plain(raw)
