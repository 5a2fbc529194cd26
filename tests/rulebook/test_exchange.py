from __future__ import annotations

import json
import re
import string
from collections.abc import Callable
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.styles import Font

from alertengine.engine import check_dialect
from alertengine.files import parse_yaml, rules_folder
from alertengine.rulebook import DocumentLoader, Rulebook, document_sheets, document_yaml, export_document, read_import
from alertengine.rulebook.excel import condition_text as conditiontext
from alertengine.rulebook.excel import measure_cells as measuretext
from alertengine.rulebook.excel.cell_scanner import TextError, is_flow, same
from alertengine.rulebook.excel.exchange import differences
from alertengine.rulebook.excel.level_words import levels_named
from alertengine.rulebook.excel.sheets import read_sheets
from alertengine.rulebook.load import document_files
from alertengine.rulebook.measure_phrases import BASE_WORDS
from alertengine.vocabulary import FIELDS, InputError
from tests.checking.rules.conftest import rule
from tests.cli.made import runner

Law = Callable[..., Path]


@cache
def shipped() -> Rulebook:
    """The shipped rulebook, read once."""
    return Rulebook.load()


FAST = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])

# -- texts of conditions

CONDITIONS = {
    "行业=水泥；工序=熟料": {"industry": "水泥", "process": "熟料"},
    "行业 属于 水泥、玻璃": {"industry": ["水泥", "玻璃"]},
    "工序≠锅炉": {"process": {"not": "锅炉"}},
    "保障类型 不属于 供暖、供气": {"guarantee": {"not": ["供暖", "供气"]}},
    "距建成区距离(公里)≤10": {"city_distance_km": {"le": 10}},
    "错峰前负荷(%)≥50且<60；治理任务完成=否": {"load_before_pct": {"ge": 50, "lt": 60}, "retrofit_done": False},
    "炭化室高度(米)=4.3": {"chamber_height_m": 4.3},
    "炭化室高度(米)=4.3至6": {"chamber_height_m": {"between": [4.3, 6]}},
    "所在名单 缺失；处罚决定文号 已填": {"named_lists": {"missing": True}, "decision_no": {"present": True}},
    "（稳定达标=否）或（按证排污=否；行业=水泥）": {
        "any": [{"stable": False}, {"permit_kept": False, "industry": "水泥"}]
    },
    "非（行业=水泥；小微涉气=是）": {"not": {"industry": "水泥", "small": True}},
    "行业=玻璃钢(纤维增强塑料制品)": {"industry": "玻璃钢(纤维增强塑料制品)"},
    '地方分类="甲；乙"': {"local_class": "甲；乙"},
}
LENIENT = {
    "行业＝水泥；工序＝熟料；": {"industry": "水泥", "process": "熟料"},
    "距建成区距离（公里）<=10": {"city_distance_km": {"le": 10}},
    "工序=熟料、粉磨": {"process": ["熟料", "粉磨"]},
    "稳定达标=否 或 按证排污=否": {"any": [{"stable": False}, {"permit_kept": False}]},
    "industry = 水泥 且 small=否": {"industry": "水泥", "small": False},
    "（行业=水泥；小微涉气=是）": {"industry": "水泥", "small": True},
}


def assert_said_in_chinese(error: TextError) -> None:
    """No English stands in the Chinese of why a text cannot be read, nor of what could stand there."""
    wanted = error.expected if isinstance(error.expected, str) else error.expected.words("zh")[0]
    said = error.said.words("zh")[0]
    assert re.search(r"[一-鿿]", said)
    assert not re.search(r"[A-Za-z]{3,} [a-z]{2,}| or | and ", f"{said} {wanted}"), (said, wanted)


class TestConditions:
    @pytest.mark.parametrize(("text", "when"), CONDITIONS.items())
    def test_common_conditions_are_chinese_both_ways(self, text: str, when: dict[str, Any]) -> None:
        assert conditiontext.condition_text(when) == text
        assert same(conditiontext.read_condition(text), when)

    @pytest.mark.parametrize(("text", "when"), LENIENT.items())
    def test_what_officials_type_is_read_too(self, text: str, when: dict[str, Any]) -> None:
        assert same(conditiontext.read_condition(text), when)

    @pytest.mark.parametrize(
        "text",
        [
            "行业",
            "行业=",
            "颜色=红",
            "小微涉气=也许",
            "距建成区距离(公里)≤近",
            "（行业=水泥",
            "行业=水泥）",
            "{a: 1, a: 2}",
            "（" * 2000 + "行业=水泥" + "）" * 2000,
        ],
    )
    def test_what_cannot_be_read_is_refused(self, text: str) -> None:
        with pytest.raises(TextError) as caught:
            conditiontext.read_condition(text)
        assert_said_in_chinese(caught.value)

    def test_rare_constructs_are_yaml(self) -> None:
        when = {"industry": {"in": ["水泥"], "not": "玻璃"}}
        text = conditiontext.condition_text(when)
        assert is_flow(text)
        assert conditiontext.read_condition(text) == {"industry": {"in": "水泥", "not": "玻璃"}}

    def test_needs(self) -> None:
        need = {"if": {"industry": "焦化"}, "then": {"dry_quenching": True}}
        text = "若（行业=焦化）则（干法熄焦=是）"
        assert conditiontext.need_text(need) == text
        assert conditiontext.read_need(text) == need
        assert conditiontext.read_need(f"{text}；{text}") == [need, need]


# -- texts of measures

MEASURES = {
    "停产": "stop",
    "限产20%": {"limit": 0.2},
    "限产33.3%（三者最小值）": {"limit": 0.333, "base": "least_of_three"},
    "停产50%（按产能和设备，范围：全厂）": {"stop_share": 0.5, "by": ["capacity", "unit"], "over": "enterprise"},
    "结焦时间延长至36小时": {"coking_time": 36},
    "停产（120小时内）；停产50%（按生产线，120小时后）": [
        {"stop": True, "until_hours": 120},
        {"stop_share": 0.5, "by": "line", "after_hours": 120},
    ],
    '禁止车辆运输："国四及以下（含燃气）"（国四及以下，车型：重型载货）': {
        "vehicle_ban": "国四及以下（含燃气）",
        "stage_at_most": 4,
        "classes": "重型载货",
    },
    "停运设备2台（规格≥5）": {"stop_units": 2, "size_at_least": 5},
    "停运设备1台（增停）": {"stop_units": 1, "additional": True},
    "日炉次不超过22次（每座炉）": {"cycle_cap": 22, "per": "unit"},
    "日投料量减少20%": {"feed_cap": {"cut": 0.2}},
    "日炉次不超过12次（每日20:00-08:00）": {"cycle_cap": 12, "daily": "20:00-08:00"},
    "排放浓度SO₂≤35、NOₓ≤50（基准氧9%）": {"emission_cap": {"so2": 35, "nox": 50}, "o2_pct": 9},
    "以热定产（备注：按核定）": {"demand_cap": "heat", "remark": "按核定"},
    "由地方方案规定：由市清单规定": {"refer": "由市清单规定"},
    "自主减排；建议：错峰运输": ["self_directed", {"advice": "错峰运输"}],
    "定为未评级": {"grade": "未评级"},
    "降1级": {"drop": 1},
}


class TestMeasures:
    @pytest.mark.parametrize(("text", "then"), MEASURES.items())
    def test_common_measures_are_chinese_both_ways(self, text: str, then: Any) -> None:
        assert measuretext.measures_text(then) == text
        assert same(measuretext.read_measures_text(text), then)

    @pytest.mark.parametrize(
        ("text", "then"),
        [
            ("停产50%以上（以生产线计）", {"stop_share": 0.5, "by": "line"}),
            ("限产 20％（以三者最小值为基数）", {"limit": 0.2, "base": "least_of_three"}),
            ("延长结焦时间至48小时以上", {"coking_time": 48}),
            ("不限产", "none"),
            ("禁止车辆运输：国四及以下（含燃气）", {"vehicle_ban": "国四及以下（含燃气）"}),
        ],
    )
    def test_what_officials_type_is_read_too(self, text: str, then: Any) -> None:
        assert same(measuretext.read_measures_text(text), then)

    @pytest.mark.parametrize(
        "text", ["限产", "限产120%", "限产0%", "减一点", "停产（看着办）", "", "停产20%（按颜色）"]
    )
    def test_what_cannot_be_read_is_refused(self, text: str) -> None:
        with pytest.raises(TextError) as caught:
            measuretext.read_measures_text(text)
        assert_said_in_chinese(caught.value)


# -- any condition, any measure

WORD = st.one_of(
    st.sampled_from(
        ["水泥", "A+", "甲；乙", "或", "任意", "（空）", "不属于", "缺失", '"', "a、b", "{x}", "（", ")", "50%"]
    ),
    st.text(string.printable + "，；：、（）≥且或是否", min_size=1, max_size=6).filter(lambda text: text.strip()),
)
NUMBER = st.one_of(st.integers(-5, 400), st.floats(-9, 900, allow_nan=False, allow_infinity=False))
TEXT_FIELD = st.sampled_from(["industry", "process", "effective_grade", "named_lists", "local_class", "county"])
NUMBER_FIELD = st.sampled_from(["city_distance_km", "load_pct", "units"])
COMPARED = st.dictionaries(st.sampled_from(["lt", "le", "gt", "ge"]), NUMBER, min_size=1, max_size=3)
GIVEN = st.sampled_from([{"missing": True}, {"present": True}])
SEVERAL = st.lists(WORD, min_size=2, max_size=3)
ENTRY = st.one_of(
    st.tuples(TEXT_FIELD, st.one_of(WORD, SEVERAL, st.builds(lambda v: {"not": v}, st.one_of(WORD, SEVERAL)), GIVEN)),
    st.tuples(NUMBER_FIELD, st.one_of(NUMBER, COMPARED, st.lists(NUMBER, min_size=2, max_size=3), GIVEN)),
    st.tuples(NUMBER_FIELD, st.builds(lambda a, b: {"between": [a, b]}, NUMBER, NUMBER)),
    st.tuples(st.sampled_from(["small", "stable"]), st.booleans()),
)


def _joined(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    groups, parts = st.sampled_from(["any", "all"]), st.lists(inner, min_size=1, max_size=3)
    return st.one_of(
        st.builds(lambda key, parts: {key: parts}, groups, parts),
        st.builds(lambda part: {"not": part}, inner),
        st.builds(lambda one, other: {**one, **other}, inner, inner),
    )


#: ``partial``: of a plain function Hypothesis reads the source as the file is by then, which may have changed.
WHEN = st.recursive(st.lists(ENTRY, min_size=1, max_size=3).map(dict), partial(_joined), max_leaves=6)
SHARE = st.one_of(st.sampled_from([0.2, 0.5, 1.0, 0.333]), st.floats(0.001, 1))
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "after_hours": NUMBER,
        "until_hours": NUMBER,
        "daily": st.just("20:00-08:00"),
        "remark": WORD,
        "on_top_of": st.one_of(WORD, SEVERAL),
        "base": st.sampled_from(list(BASE_WORDS)),
        "by": st.one_of(st.just("line"), st.just(["capacity", "unit"])),
        "over": st.sampled_from(["process", "rule", "enterprise"]),
        "stage_at_most": st.integers(0, 6),
        "classes": st.one_of(WORD, SEVERAL),
        "total": st.just(True),
        "additional": st.just(True),
        "per": st.sampled_from(["line", "unit"]),
    },
)
HEADED = st.one_of(
    st.tuples(st.sampled_from(["limit", "stop_share", "vehicle_quota"]), SHARE),
    st.tuples(st.sampled_from(["coking_time", "stop_units", "feed_cap", "cycle_cap"]), NUMBER),
    st.tuples(st.sampled_from(["feed_cap", "cycle_cap"]), st.builds(lambda share: {"cut": share}, SHARE)),
    st.tuples(st.just("emission_cap"), st.dictionaries(st.sampled_from(["so2", "nox", "pm"]), NUMBER, min_size=1)),
    st.tuples(st.sampled_from(["vehicle_ban", "advice", "refer", "exempt", "none"]), WORD),
    st.tuples(st.sampled_from(["stop", "bank"]), st.just(True)),
    st.tuples(st.just("demand_cap"), st.sampled_from(["heat", "output", "verified_load"])),
)
THEN_ONE = st.one_of(
    st.sampled_from(["stop", "bank", "none", "exempt", "self_directed"]),
    st.builds(lambda head, options: {head[0]: head[1], **options}, HEADED, OPTIONS),
)
THEN = st.one_of(THEN_ONE, st.lists(THEN_ONE, min_size=2, max_size=3))


class TestRoundTrip:
    @FAST
    @given(WHEN)
    def test_any_condition_comes_back(self, when: dict[str, Any]) -> None:
        assert same(conditiontext.read_condition(conditiontext.condition_text(when)), conditiontext.normal(when))

    @FAST
    @given(THEN)
    def test_any_measure_comes_back(self, then: Any) -> None:
        assert same(measuretext.read_measures_text(measuretext.measures_text(then)), measuretext.normal(then))

    @FAST
    @given(ENTRY)
    def test_any_cell_of_a_table_comes_back(self, entry: tuple[str, Any]) -> None:
        field = FIELDS[entry[0]]
        assert same(
            conditiontext.read_match(field, conditiontext.match_text(field, entry[1])), conditiontext.normal(entry[1])
        )

    @settings(FAST, max_examples=15)
    @given(
        st.lists(
            st.fixed_dictionaries(
                {"id": st.text("abc1", min_size=1), "title": WORD, "when": WHEN, "then": THEN},
                optional={
                    "note": WORD,
                    "levels": st.just(["red", "orange"]),
                    "level": st.just("red"),
                    "regime": st.just("always"),
                    "area": st.one_of(WORD, SEVERAL),
                    "odd": st.one_of(WORD, NUMBER, st.booleans()),
                    "interpretation": st.just(""),
                    "valid": st.sampled_from(
                        [
                            {"from": "2021-11-01"},
                            {"to": "not stated"},
                            {"from": "2018"},
                            {"from": "2021-11-01 08:00"},
                            {"to": datetime(2021, 11, 1, 8)},
                        ]
                    ),
                },
            ),
            unique_by=lambda item: item["id"],
            max_size=3,
        )
    )
    def test_any_rule_comes_back_from_its_row(self, rules: list[dict[str, Any]]) -> None:
        raw = parse_yaml(document_yaml({"document": "d", "title": "t", "rules": rules}))
        draft = read_sheets({sheet.name: sheet.rows for sheet in document_sheets(raw)}, "x")
        assert not draft.problems
        assert same([_normal(r) for r in draft.raw.get("rules", [])], [_normal(r) for r in raw.get("rules", [])])


def _normal(one: dict[str, Any]) -> dict[str, Any]:
    out = {**one, "when": conditiontext.normal(one["when"]), "then": measuretext.normal(one["then"])}
    if "valid" in out:
        ends = out["valid"].items()
        out["valid"] = {k: f"{v:%Y-%m-%d %H:%M}" if isinstance(v, datetime) else str(v) for k, v in ends}
    return out


# -- documents


class TestDocuments:
    @pytest.mark.parametrize("name", [path.stem for path in document_files([rules_folder()])])
    def test_every_shipped_document_comes_back(self, tmp_path: Path, name: str) -> None:
        """Same rules, same holes, same head; nothing to import."""
        book = shipped()
        export_document(book, name, tmp_path / "x.xlsx")
        assert read_import(book, tmp_path / "x.xlsx", check_dialect).changes == []

    def test_a_formula_that_failed_is_no_text_wherever_it_stands(self, tmp_path: Path) -> None:
        path = tmp_path / "x.xlsx"
        export_document(shipped(), document_files([rules_folder()])[0].stem, path)
        held = openpyxl.load_workbook(path)
        held["规则"]["C2"].value, held["规则"]["C2"].data_type = "#N/A", "e"
        held.save(path)
        with pytest.raises(InputError) as caught:
            read_import(shipped(), path, check_dialect)
        (problem,) = caught.value.problems
        assert (problem.sheet, problem.row, problem.column, problem.value) == ("规则", 2, "C", "#N/A")

    def test_a_document_of_every_construct_comes_back(self, law: Law, tmp_path: Path) -> None:
        table = {"id": "t", "article": "附表", "title": "表：黄色", "kind": "measure", "match": ["industry", "small"]}
        table |= {"levels": ["orange", "red"], "when": {"process": {"not": "锅炉"}}, "note": "=1+1"}
        rows = [
            [["水泥", "焦化"], True, "missing", "-"],
            ["*", {"missing": True}, "stop", [{"limit": 0.2}, {"advice": "a；b"}]],
        ]
        own = {
            "replaces": [{"document": "other", "kind": "grading"}],
            "defaults": {"一": {"layer": "exemption"}},
            "rules": [
                rule("a", when={"industry": "水泥"}, then="stop", note="第一行\n第二行", interpretation="解"),
                {
                    "id": "b",
                    "like": "a",
                    "interpretation": "",
                    "when": {"city_distance_km": {"le": 5}},
                    "then": "exempt",
                },
            ],
            "tables": [
                {**table, "rows": rows, "all_levels": [["水泥", "*", {"vehicle_ban": "禁止"}]]},
                {
                    "id": "u",
                    "article": "二",
                    "title": "单列",
                    "kind": "season",
                    "match": "industry",
                    "rows": [["水泥", "stop"]],
                },
            ],
            "missing": [{"what": "甲", "source": "乙", "reason": "丙", "cells": [["a", 1]]}],
            "clauses": [{"clause": "一", "text": "文", "rules": ["a", "b"], "reason": "因"}],
        }
        book = Rulebook.load([law(own=own)], shipped=False)
        export_document(book, "own", tmp_path / "x.xlsx")
        assert read_import(book, tmp_path / "x.xlsx", check_dialect).changes == []

    def test_an_edited_cell_is_the_only_change(self, law: Law, tmp_path: Path) -> None:
        book = Rulebook.load(
            [law(own={"rules": [rule("a", when={"industry": "水泥"}, then={"limit": 0.2})]})], shipped=False
        )
        export_document(book, "own", tmp_path / "x.xlsx")
        edit(tmp_path / "x.xlsx", "规则", {"H2": "限产30%（三者最小值）"})
        changes = read_import(book, tmp_path / "x.xlsx", check_dialect).changes
        assert [(c.change, c.id, c.field) for c in changes] == [("changed", "a", "then")]
        assert "0.2" in changes[0].old
        assert "least_of_three" in changes[0].new

    @pytest.mark.parametrize("head", [None, "约220"])
    def test_a_table_without_the_head_of_its_condition_is_refused(
        self, law: Law, tmp_path: Path, head: str | None
    ) -> None:
        """What its rows say of which lines is not known."""
        table = {"match": ["effective_grade"], "levels": ["red"], "rows": [["C", "stop"], ["D", "stop"]]}
        own = {"id": "t", "article": "一", "title": "甲", "kind": "measure", "when": {"industry": "水泥"}, **table}
        book = Rulebook.load([law(own={"tables": [own]})], shipped=False)
        export_document(book, "own", tmp_path / "x.xlsx")
        page = openpyxl.load_workbook(tmp_path / "x.xlsx")["表 t"]
        place = next(cell.coordinate for row in page for cell in row if cell.value == "执行等级")
        edit(tmp_path / "x.xlsx", "表 t", {place: head})
        with pytest.raises(InputError) as caught:
            read_import(book, tmp_path / "x.xlsx", check_dialect)
        assert "no_table_header" in {problem.code for problem in caught.value.problems}

    def test_differences_are_seen(self, law: Law) -> None:
        folder = law(one={"rules": [rule("a", then="stop")]}, two={"rules": [rule("a", then={"limit": 0.2})]})
        (folder / "two.yaml").write_text((folder / "two.yaml").read_text().replace('"two"', '"one"'))
        book = Rulebook.load()
        loader = DocumentLoader(book.lists, book.layers)
        assert differences(loader.load(folder / "one.yaml"), loader.load(folder / "two.yaml")) == ["rule a"]


def edit(path: Path, sheet: str, cells: dict[str, object]) -> None:
    book = openpyxl.load_workbook(path)
    for place, value in cells.items():
        book[sheet][place] = value
    book.save(path)


# -- tables filled in by hand

HEAD_ROWS = [
    ("文件编号", "city-2021"),
    ("标题", "示例市差异化减排措施"),
    ("适用地区", "临汾"),
    ("生效", "2021年10月1日"),
    ("失效", "2022-03-31"),
    ("文本性质", "官方文本"),
]


@pytest.fixture
def filled(tmp_path: Path) -> Callable[..., Path]:
    """A workbook as a bureau types it in: a title, merged cells, a column 运输."""

    def make(cells: dict[str, object] | None = None, head: dict[str, object] | None = None) -> Path:
        book = openpyxl.Workbook()
        page = book.active
        page.title = "文件"
        for row in HEAD_ROWS:
            page.append(row)
        for place, value in (head or {}).items():
            page[place] = value
        table = book.create_sheet("附表1")
        table.append(["附表1 焦化、铸造行业黄色预警减排措施"])
        table.append(["序号", "行业", "工序", "等级", "黄色预警", "橙色预警", "红色预警", "运输"])
        table.append([1, "焦化", "焦炉", "B", "结焦时间延长至28小时", "结焦时间延长至36小时", None, "禁止国四货车"])
        table.append([2, None, None, "C、D", "停产", None, None, None])
        table.append([3, "铸造", "任意", "B", "限产20%", "—", "停产", None])
        for area in ("A1:H1", "B3:B4", "C3:C4", "E4:G4"):
            table.merge_cells(area)
        for place, value in (cells or {}).items():
            table[place] = value
        book.save(tmp_path / "filled.xlsx")
        return tmp_path / "filled.xlsx"

    return make


class TestFilledTable:
    def test_it_becomes_a_document(self, filled: Callable[..., Path]) -> None:
        found = read_import(shipped(), filled(), check_dialect)
        raw = parse_yaml(found.text)
        [table] = raw["tables"]
        assert table["match"] == ["industry", "process", "effective_grade"]
        assert table["title"] == "附表1 焦化、铸造行业黄色预警减排措施"
        assert table["rows"] == [
            ["焦化", "焦炉", "B", {"coking_time": 28}, {"coking_time": 36}, "missing"],
            ["焦化", "焦炉", ["C", "D"], "stop", "stop", "stop"],
            ["铸造", "*", "B", {"limit": 0.2}, "-", "stop"],
        ]
        assert table["all_levels"] == [["焦化", "焦炉", "B", {"vehicle_ban": "禁止国四货车"}]]
        assert str(raw["valid"]["from"]) == "2021-10-01"

    @pytest.mark.parametrize(
        "said", ["2021-10-01 8:00", "2021年10月1日8时", "2021/10/1 08:00", datetime(2021, 10, 1, 8)]
    )
    def test_an_end_with_its_hour_is_read(self, filled: Callable[..., Path], said: object) -> None:
        found = read_import(shipped(), filled(head={"B4": said}), check_dialect)
        assert parse_yaml(found.text)["valid"]["from"] == "2021-10-01 08:00"

    @pytest.mark.parametrize("said", ["10月1日", "10月1日8时", "10-01"])
    def test_an_end_without_its_year_is_refused(self, filled: Callable[..., Path], said: str) -> None:
        with pytest.raises(InputError) as caught:
            read_import(shipped(), filled(head={"B4": said}), check_dialect)
        assert [(p.row, p.column, p.value) for p in caught.value.problems] == [(4, "生效", said)]

    @pytest.mark.parametrize("said", ["2022-03-31 0:00", "2022/3/31 00:00:00", datetime(2022, 3, 31)])
    def test_a_last_day_at_midnight_is_asked_for(self, filled: Callable[..., Path], said: object) -> None:
        """Other programs write a day with the hours 0:00 behind it, and law would end a day too soon."""
        with pytest.raises(InputError) as caught:
            read_import(shipped(), filled(head={"B5": said}), check_dialect)
        assert [(p.row, p.column) for p in caught.value.problems] == [(5, "失效")]
        assert "2021-11-01 24:00" in caught.value.problems[0].expected

    def test_a_key_that_is_none_is_named_with_its_cell(self, filled: Callable[..., Path]) -> None:
        path = filled()
        book = openpyxl.load_workbook(path)
        page = book.create_sheet("规则")
        page.append(["编号", "条款", "标题", "类别", "措施", "其他"])
        page.append(["r", "一", "例", "预警措施", "停产", "{abuot: line}"])
        book.save(path)
        with pytest.raises(InputError) as caught:
            read_import(shipped(), path, check_dialect)
        assert [(p.row, p.column, p.value) for p in caught.value.problems] == [(2, "其他", "abuot")]

    def test_a_row_struck_through_is_asked_for(self, filled: Callable[..., Path]) -> None:
        path = filled()
        book = openpyxl.load_workbook(path)
        for cell in book["附表1"][5]:
            cell.font = Font(strike=True)
        book.save(path)
        with pytest.raises(InputError) as caught:
            read_import(shipped(), path, check_dialect)
        assert [(p.code, p.row) for p in caught.value.problems] == [("rule_row_struck", 5)]

    def test_no_level_is_looked_for_in_a_long_text(self) -> None:
        """The patterns of levels cost the square of a text's length."""
        assert levels_named("黄色级别预警期间", ["黄色", "橙色", "红色"]) == ["黄色"]
        long = f"黄色{'级别' * 20}预警期间"
        assert levels_named(long, ["黄色", "橙色", "红色"]) == [long]

    def test_blank_cells_are_said_and_count_as_holes(self, filled: Callable[..., Path]) -> None:
        found = read_import(shipped(), filled(), check_dialect)
        assert "1 blank cells" in str(found.notes[0])

    def test_every_defect_is_named_at_once(self, filled: Callable[..., Path]) -> None:
        """A bad head, an unread measure, a blank condition, an unknown word: all in one go, by sheet, row, column."""
        path = filled({"E5": "限一点", "D3": None, "B5": "铸铸造"}, {"B4": "那一天", "A7": "颜色", "B7": "红"})
        with pytest.raises(InputError) as caught:
            read_import(shipped(), path, check_dialect)
        said = {(p.file.split("[")[1].rstrip("]"), p.row, p.column, p.value) for p in caught.value.problems}
        assert said == {
            ("文件", 4, "生效", "那一天"),
            ("文件", 7, "颜色", "红"),
            ("附表1", 3, "执行等级", ""),
            ("附表1", 5, "黄色预警", "限一点"),
            ("附表1", 5, "行业", "铸铸造"),
        }
        assert all(p.expected for p in caught.value.problems if p.column != "行业")

    def test_a_missing_head_entry_is_asked_for(self, filled: Callable[..., Path]) -> None:
        with pytest.raises(InputError) as caught:
            read_import(shipped(), filled(head={"A2": None, "B2": None}), check_dialect)
        assert "标题" in str(caught.value)

    def test_without_a_head_sheet_it_says_so(self, tmp_path: Path) -> None:
        openpyxl.Workbook().save(tmp_path / "x.xlsx")
        with pytest.raises(InputError, match="文件"):
            read_import(shipped(), tmp_path / "x.xlsx", check_dialect)

    def test_a_rule_id_of_another_document_is_refused(self, law: Law, filled: Callable[..., Path]) -> None:
        book = Rulebook.load([law(own={"rules": [rule("city-2021-附表1-铸造.B-red", then="stop")]})], shipped=False)
        with pytest.raises(InputError, match="stands in own too") as caught:
            read_import(book, filled(), check_dialect)
        assert caught.value.problems[0].row == 5


# -- commands


run = runner("rules")


class TestCommands:
    def test_nothing_is_written_without_yes(self, filled: Callable[..., Path], tmp_path: Path) -> None:
        done = run("import", filled(), "-o", tmp_path / "out")
        assert done.exit_code == 1
        assert not (tmp_path / "out").exists()
        assert "added" in done.stdout
        assert "--yes" in done.stderr

    @pytest.mark.slow
    def test_written_it_loads_and_a_second_time_changes_nothing(
        self, filled: Callable[..., Path], tmp_path: Path
    ) -> None:
        out = tmp_path / "out"
        assert run("import", filled(), "-o", out, "--yes").exit_code == 0
        assert "city-2021" in Rulebook.load([out]).documents
        assert run("import", filled(), "--into", tmp_path / "made", "--yes").exit_code == 0
        assert "city-2021" in Rulebook.load([tmp_path / "made"]).documents
        again = run("import", filled(), "--into", out, "--json")
        assert again.exit_code == 1
        assert json.loads(again.stdout) == []

    def test_nothing_is_written_on_a_defect(self, filled: Callable[..., Path], tmp_path: Path) -> None:
        done = run("import", filled({"E5": "限一点"}), "-o", tmp_path / "out", "--yes")
        assert done.exit_code == 2
        assert "row 5" in done.stderr
        assert not (tmp_path / "out").exists()

    def test_into_replaces_the_file_of_the_document(self, law: Law, tmp_path: Path) -> None:
        folder = law(own={"rules": [rule("a", when={"industry": "水泥"}, then={"limit": 0.2})]})
        (folder / "city").mkdir()
        (folder / "own.yaml").rename(folder / "city" / "renamed.yaml")
        book = Rulebook.load([folder], shipped=False)
        export_document(book, "own", tmp_path / "x.xlsx")
        edit(tmp_path / "x.xlsx", "规则", {"H2": "停产"})
        assert run("import", tmp_path / "x.xlsx", "--into", folder, "--yes").exit_code == 0
        assert sorted(p.name for p in folder.rglob("*.yaml") if "document: own" in p.read_text()) == ["renamed.yaml"]
        assert Rulebook.load([folder], shipped=False).line_rules()[0].measures[0].code == "stop"

    @pytest.mark.parametrize("words", [("export", "no-such", "-o", "x.xlsx"), ("import", "no-such.xlsx")])
    def test_what_is_not_there_is_refused(self, words: tuple[str, ...]) -> None:
        assert run(*words).exit_code == 2
