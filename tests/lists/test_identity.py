"""Credit codes, stand-in ids, line numbers and the same line twice."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertengine.files import text_array
from alertengine.files.series import TEXT, numbered
from alertengine.lists import is_valid
from alertengine.lists.credit_code import ALPHABET, synthetic_codes, valid_codes
from alertengine.lists.identity import plain_names
from alertengine.vocabulary import InputError, plain_name
from tests.synthetic import make_code

from .conftest import Reader, table, told

GOOD, OTHER = make_code("91000000HC0000001"), make_code("91000000HC0000002")


def test_check_character_by_the_weights_of_the_standard() -> None:
    weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]
    body = "91000000HC0000001"
    total = sum(ALPHABET.index(c) * w for c, w in zip(body, weights, strict=True))
    assert is_valid(body + ALPHABET[(31 - total % 31) % 31])


@given(st.text(ALPHABET, min_size=17, max_size=17), st.integers(0, 17), st.sampled_from(ALPHABET))
def test_any_one_wrong_character_is_found(body: str, place: int, other: str) -> None:
    code = make_code(body)
    assert is_valid(code)
    assert is_valid(code[:place] + other + code[place + 1 :]) == (code[place] == other)


@given(st.lists(st.none() | st.text("合成水泥一華龍靑⾦（）()【 \u200bＡb9é·\u9fff\U0001f600", max_size=6), max_size=9))
def test_names_taken_together_are_spelled_as_each_alone(names: list[str | None]) -> None:
    together = plain_names(numbered(pd.Series(names, dtype=TEXT)))
    assert [together[place] for place in range(len(names))] == [
        None if name is None else plain_name(name) for name in names
    ]


@pytest.mark.parametrize("code", ["", "123", GOOD.lower(), GOOD[:-1], GOOD + "0", "I" + GOOD[1:]])
def test_what_is_no_code(code: str) -> None:
    assert not is_valid(code)


def test_synthetic_codes_are_valid_and_distinct() -> None:
    codes = synthetic_codes(np.arange(2000))
    assert valid_codes(codes.texts).all()
    assert len(set(codes.names)) == len(codes)
    assert not valid_codes(text_array([None, "x"])).any()


def test_a_wrong_code_is_reported_and_stays_the_identity(read: Reader) -> None:
    found = read(table({"统一社会信用代码": GOOD[:-1] + "?"}, {"统一社会信用代码": GOOD.lower()}))
    assert found.lines["enterprise_id"].tolist() == [GOOD[:-1] + "?", GOOD]
    asked = [(p.row, p.code) for p in found.problems]
    assert asked == [(2, "credit_code"), (3, "name_under_two_codes")]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (f"'{GOOD}", GOOD),
        (f"{GOOD[:8]} {GOOD[8:12]}-{GOOD[12:]}", GOOD),
        (f"代码：{GOOD}", GOOD),
        (f" {GOOD.lower()} ", GOOD),
        (f"{GOOD[:-1]}-", f"{GOOD[:-1]}-"),  # what is left is none
    ],
)
def test_a_code_is_the_same_whatever_stands_between_its_signs(read: Reader, said: str, code: str) -> None:
    found = read(table({"统一社会信用代码": said}, {"统一社会信用代码": OTHER}))
    assert found.lines["enterprise_id"].tolist() == [code, OTHER]
    assert [(p.code, p.row, p.value) for p in found.problems if p.code == "credit_code"] == [
        ("credit_code", 2, code)
    ] * (code != GOOD)


def test_without_code_the_id_is_stable_and_warned_of_once(read: Reader) -> None:
    first = read(table({}, {}, {"城市": "太原"}))
    again = read(table({}, {}, {"城市": "太原市"}))
    ids = first.lines["enterprise_id"]
    assert ids.tolist() == again.lines["enterprise_id"].tolist()
    assert ids.str.fullmatch("X[0-9A-F]{17}").all()
    assert ids[0] == ids[1] != ids[2]
    assert sum("credit code" in warning.message for warning in first.notes) == 1
    assert first.problems == []


def test_a_code_given_once_serves_all_lines_of_the_name(read: Reader) -> None:
    found = read(table({"统一社会信用代码": GOOD}, {"统一社会信用代码": ""}))
    assert found.lines["enterprise_id"].tolist() == [GOOD, GOOD]


def test_blank_line_ids_are_numbered_and_never_collide(read: Reader) -> None:
    found = read(table({"生产线编号": "2"}, {"生产线编号": ""}, {"生产线编号": ""}))
    assert found.lines["line_id"].tolist() == ["2", "2+", "3"]
    assert sum("line id" in warning.message for warning in found.notes) == 1


def test_the_same_line_twice_is_refused_with_all_its_rows(read: Reader) -> None:
    with pytest.raises(InputError) as error:
        read(table({"生产线编号": "1"}, {"生产线编号": "2"}, {"生产线编号": "1"}, {"生产线编号": "1"}))
    assert [problem.row for problem in error.value.problems] == [4, 5]
    assert all("row 2" in problem.message for problem in error.value.problems)


def test_an_enterprise_without_lines_is_one_line(read: Reader) -> None:
    found = read(table({"生产线编号": "", "工序": ""}))
    assert found.lines["line_id"].tolist() == ["1"]
    assert found.lines["process"].isna().all()


@pytest.mark.parametrize(
    ("other", "asked"),
    [
        ("临汾合成铸造有限责任公司", True),
        ("临汾市合成铸造（集团）公司", True),
        ("临汾市合成第二铸造有限公司", False),
    ],
)
def test_names_that_differ_in_the_form_of_the_company_are_asked_about(read: Reader, other: str, *, asked: bool) -> None:
    listed = read(table({"企业名称": "临汾市合成铸造有限公司"}, {"企业名称": other}))
    assert [(one.code, one.row) for one in listed.problems] == ([("plants_alike", 3)] if asked else [])
    assert listed.lines["enterprise_id"].nunique() == 2  # never merged without a word


WRONG = "91000000HC00000019"
CODE, NAME, LINE = "统一社会信用代码", "企业名称", "生产线编号"


@pytest.mark.parametrize(
    ("rows", "problems", "notes"),
    [
        ([{CODE: GOOD}, {CODE: GOOD, NAME: "合成二厂"}, {CODE: GOOD, NAME: "合成三厂"}], [
            "code_on_two_names 3 企业名称 合成二厂: (row_alone 2) 合成一厂",
            "code_on_two_names 4 企业名称 合成三厂: (row_alone 2) 合成一厂",
        ], []),
        ([{CODE: GOOD}, {CODE: OTHER}, {CODE: GOOD, LINE: "9"}],
         [f"name_under_two_codes 3 {CODE} {OTHER}: (row_alone 2) {GOOD}"], []),
        ([{CODE: GOOD}, {CODE: OTHER, NAME: "合成二厂"}, {CODE: OTHER, NAME: "合成二厂"}], [], []),
        ([{CODE: WRONG}, {CODE: WRONG, NAME: "合成二厂"}, {CODE: GOOD, NAME: "合成三厂"}], [
            *(f"{code} {row} {CODE} {WRONG}" for code in ("credit_code", "wrong_code_shared") for row in (2, 3)),
        ], [f"no_codes 2 {CODE} -: 2"]),
        ([{CODE: WRONG}, {CODE: WRONG}], [f"credit_code {row} {CODE} {WRONG}" for row in (2, 3)], []),
        ([{NAME: "合成铸造有限公司"}, {NAME: "甲厂"}, {NAME: "合成铸造有限责任公司"}],
         ["plants_alike 4 企业名称 合成铸造有限责任公司: (row_alone 2) 合成铸造有限公司"], [f"no_codes - {CODE} -: 3"]),
        ([{CODE: GOOD, NAME: "合成铸造有限公司"}, {NAME: "合成铸造有限责任公司"}],
         ["plants_alike 3 企业名称 合成铸造有限责任公司: (row_alone 2) 合成铸造有限公司"], [f"no_codes 3 {CODE} -: 1"]),
        ([{CODE: GOOD, NAME: "合成铸造有限公司"}, {CODE: OTHER, NAME: "合成铸造有限责任公司"}, {NAME: "甲厂"}], [],
         [f"no_codes 4 {CODE} -: 1"]),
        ([{CODE: GOOD, LINE: one} for one in ("1", "01", "1.0", "2", "a 1", "A1", "Ａ1", "10", "0")], [
            *(f"lines_alike {row} {LINE} {one}: (row_alone {first}) {there} 合成一厂"
              for row, one, first, there in (
                  (3, "01", 2, "1"), (4, "1.0", 2, "1"), (7, "A1", 6, "a 1"), (8, "Ａ1", 6, "a 1"),
              )),
        ], []),
        ([{CODE: GOOD, LINE: "1"}, {CODE: OTHER, NAME: "合成二厂", LINE: "01"}], [], []),
        ([{CODE: GOOD, LINE: "1"}, {CODE: GOOD, LINE: "01", "城市": "太原市", "区县": "小店区"}], [], []),
        ([{CODE: GOOD, LINE: ""}, {CODE: GOOD, LINE: "1"}, {CODE: OTHER, NAME: "合成二厂", LINE: ""}], [],
         ["no_line_id 2 生产线编号 -: 2"]),
        ([{CODE: GOOD, NAME: ""}, {CODE: "", NAME: ""}], ["no_name 2 企业名称 -", "no_name 3 企业名称 -"],
         [f"no_codes 3 {CODE} -: 1"]),
    ],
)  # fmt: skip
def test_what_is_asked_of_who_is_who_is_told_in_whole(
    read: Reader, rows: list[dict[str, str]], problems: list[str], notes: list[str]
) -> None:
    found = read(table(*rows))
    assert [told(one) for one in found.problems] == problems
    assert [told(one) for one in found.notes] == notes


def test_lines_that_stand_again_are_refused_with_the_first(read: Reader) -> None:
    text = table(*({CODE: GOOD, LINE: "1"} if place != 1 else {CODE: OTHER, NAME: "乙厂"} for place in range(4)))
    twice = [f"line_twice {row} enterprise_id, line_id {GOOD}, 1: (row_alone 2)" for row in (4, 5)]
    with pytest.raises(InputError) as refused:
        read(text)
    assert [told(one) for one in refused.value.problems] == twice
