"""Names that nobody knows are asked about, and whoever a line is of is neither merged nor doubled without a word."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from alertengine.lists import EnterpriseList, diff_lists, is_valid, read_list
from alertengine.lists.credit_code import synthetic_codes
from alertengine.rulebook import OpenLists, nearest
from alertengine.vocabulary import plain_name
from tests.lists.conftest import Reader, table
from tests.synthetic import make_code

CODES = [make_code(f"91000000HC000{number:04d}") for number in range(3)]


def asked(found: EnterpriseList) -> list[tuple[str, str]]:
    return [(problem.code, problem.value) for problem in found.problems]


@pytest.mark.parametrize(
    ("said", "industry"),
    [
        ("水泥制造业", "水泥"), ("水泥制造", "水泥"), ("3011", "水泥"), ("C3011 水泥制造", "水泥"),
        ("水泥制造（3011）", "水泥"),
        ("⽔泥", "水泥"), ("水 泥", "水泥"), ("黑色金属铸造", "铸造"), ("2521", "焦化"), ("家具制造业", "家具制造"),
        ("钢铁（长流程）", "长流程联合钢铁"), ("纺织业", "纺织业"),
    ],
)  # fmt: skip
def test_trades_of_the_classification_are_the_industry_they_are(read: Reader, said: str, industry: str) -> None:
    found = read(table({"行业": said}))
    assert found.lines["industry"].tolist() == [industry]
    assert not found.problems


@pytest.mark.parametrize(
    ("header", "kind", "said", "perhaps"),
    [
        ("行业", "industry", "石灰和石膏制造", "石灰窑"),
        ("行业", "industry", "3140", "铁合金"),  # ferro-alloys since 2017, rolled steel before
        ("行业", "industry", "3011 铸造", "水泥"),
        ("行业", "industry", "水泥厂", "水泥"),
        ("行业", "industry", "碳素", "炭素"),
        ("工序", "process", "回转窑", "熟料"),
        ("工序", "process", "烧结2", "烧结"),
        ("城市", "city", "临份市", "临汾市"),
        ("城市", "city", "尧都区", "临汾市"),
        ("区县", "county", "尧部区", "尧都区"),
        ("所在名单", "named_lists", "晋城15家", "晋城14家"),
    ],
)
def test_an_unknown_name_is_a_finding_with_the_nearest(
    read: Reader, header: str, kind: str, said: str, perhaps: str
) -> None:
    found = read(table({header: said}, {header: said}, {}))
    (problem,) = [problem for problem in found.problems if problem.code in (f"{kind}_unknown", f"{kind}_kept")]
    assert (problem.row, problem.value) == (2, said)
    assert perhaps in problem.expected
    assert "2 lines" in problem.message
    assert found.lines[kind].tolist()[:2] == [said, said]  # a candidate never takes its place


def test_counties_and_closed_lists_under_their_own_name(read: Reader) -> None:
    rows = [
        {"区县": "尧都", "所在名单": "晋城14家企业、炉窑清单"},
        {"区县": "临汾市尧都区", "所在名单": "无"},
        {"区县": "临汾开发区"},
    ]
    found = read(table(*rows))
    assert not found.problems
    assert found.lines["county"].tolist() == ["尧都区", "尧都区", "临汾开发区"]
    assert found.lines["named_lists"].tolist()[:2] == ["晋城14家;炉窑清单", "无"]


def test_a_county_goes_by_the_name_it_has_today(read: Reader, open_lists: OpenLists) -> None:
    """Renamed and merged ones with a word; one that was divided is a question; a rule of the old name is of the new."""
    rows = [
        {"城市": "长治市", "区县": "长治县"},
        {"城市": "长治市", "区县": "城区"},
        {"城市": "大同市", "区县": "南郊区"},
        {"城市": "晋中市", "区县": "山西省晋中市太谷区"},
        {"城市": "阳泉市", "区县": "城区"},
    ]
    found = read(table(*rows))
    assert found.lines["county"].tolist() == ["上党区", "潞州区", "南郊区", "太谷区", "城区"]
    assert [(one.row, one.value) for one in found.notes if one.code == "county_renamed"] == [(2, "长治县"), (3, "城区")]
    assert asked(found) == [("county_unknown", "南郊区")]
    assert open_lists.members("晋中市/太谷县") == {"晋中市/太谷区"}


def test_every_closed_list_says_where_it_comes_from(open_lists: OpenLists) -> None:
    assert all(one.source for one in open_lists.named_lists.values())
    assert open_lists.named_lists["晋城14家"].size == 14


def test_one_plant_in_many_spellings(read: Reader) -> None:
    names = ["合成（集团）⾦属", "合成(集团)金属", "合成 (集团) 金属", "合成(集团)\u200b金属", "合成（集团）金属\u00a0"]
    found = read(table(*({"企业名称": name} for name in names)))
    assert len(set(found.lines["enterprise_id"])) == 1
    assert found.lines["line_id"].tolist() == ["1", "2", "3", "4", "5"]


def test_one_code_on_two_names_and_one_name_under_two_codes(read: Reader) -> None:
    code = "统一社会信用代码"
    shared = read(table({code: CODES[0], "企业名称": "合成铸造甲"}, {code: CODES[0], "企业名称": "合成砖厂丙"}))
    assert asked(shared) == [("code_on_two_names", "合成砖厂丙")]
    double = read(table({code: CODES[0]}, {code: CODES[1]}))
    assert asked(double) == [("name_under_two_codes", CODES[1])]
    same = read(table({code: CODES[0], "企业名称": "合成（甲）"}, {code: CODES[0], "企业名称": "合成(甲)"}))
    assert not same.problems


@pytest.mark.parametrize(
    "code", ["9.11401E+17", "911401000000000001", "2021-01-02 00:00:00", "2021-01-02 00:00:00.000"]
)
def test_a_ruined_code_is_unknown_and_tells_two_plants_apart(read: Reader, code: str) -> None:
    rows = [{"统一社会信用代码": code, "企业名称": name, "生产线编号": "1"} for name in ("合成铸造甲", "合成铸造乙")]
    found = read(table(*rows))
    assert found.lines["enterprise_id"].nunique() == 2
    assert found.lines["enterprise_id"].str.startswith("X").all()
    assert [problem.row for problem in found.problems if problem.value == code][-2:] == [2, 3]


def test_what_changed_is_not_the_width_of_a_bracket(tmp_path: Path, open_lists: OpenLists) -> None:
    def of(name: str, *rows: dict[str, str]) -> EnterpriseList:
        (tmp_path / name).write_text(table(*rows), encoding="utf-8")
        return read_list(tmp_path / name, open_lists)

    old = of("old.csv", {"企业名称": "合成（集团）铸造"}, {"企业名称": "合成乙"})
    assert not diff_lists(old, of("new.csv", {"企业名称": "合成(集团)铸造"}, {"企业名称": "合成 乙"})).counts
    changes = diff_lists(old, of("other.csv", {"企业名称": "合成（集团）铸造有限公司"}, {"企业名称": "合成乙"}))
    (question,) = changes.questions
    assert (question.value, dict(question.arguments)["near"]) == ("合成（集团）铸造有限公司", ("合成（集团）铸造",))


@given(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=17, max_size=17), st.sampled_from("0123456789ABCXY"))
def test_the_check_character_as_another_library_has_it(body: str, other: str) -> None:
    code = make_code("9" + "1" + body[2:8].translate(str.maketrans("ABCDEFGHJKLMNPQRTUWXY", "0" * 21)) + body[8:])
    assert uscc.calc_check_digit(code[:17]) == code[17]
    assert is_valid(code)
    assert is_valid(code[:17] + other) == (other == code[17])


def test_synthetic_codes_carry_a_right_check_character() -> None:
    codes = synthetic_codes(np.arange(50))
    assert all(uscc.calc_check_digit(code[:17]) == code[17] for code in codes.names)


@given(st.text("合成铸造（）() \u3000\u200b⾦金", max_size=12))
def test_a_plain_name_is_plain(name: str) -> None:
    assert plain_name(plain_name(name)) == plain_name(name)
    assert not set(plain_name(name)) & set("（） \u3000\u200b⾦")


def test_the_nearest_names_are_known_ones(open_lists: OpenLists) -> None:
    spellings = open_lists.spellings("industries")
    assert set(nearest("水泥制品厂", spellings)) <= set(open_lists.industries)
    assert nearest("zzz", spellings) == ()
    assert pd.Series(nearest("水泥", spellings)).is_unique
