"""Workbooks of rules as officials and other programs fill them in: what is read, and what is refused by its cell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

from alertengine.cli import main
from alertengine.engine import check_dialect
from alertengine.files import parse_yaml
from alertengine.rulebook import Rulebook, form_of, read_import, write_plan_form
from alertengine.rulebook.excel.day_cells import read_day
from alertengine.vocabulary import InputError

HEAD = {
    "文件编号": "city-2021", "标题": "示例", "适用地区": "临汾", "生效": "2021-10-01", "失效": "2022-03-31",
    "文本性质": "官方文本",
}  # fmt: skip
RULE = {"编号": "r1", "条款": "一", "标题": "停", "类别": "预警措施", "条件": "行业=水泥", "措施": "停产"}
Rows = list[list[Any]]


@pytest.fixture
def read(shipped: Rulebook, tmp_path: Path) -> Any:
    """What becomes of a workbook with some sheets beside 文件."""

    def make(sheets: dict[str, Rows], head: dict[str, Any] | None = None, merged: tuple[str, ...] = ()) -> Any:
        book = openpyxl.Workbook()
        page = book.active
        page.title = "文件"
        for entry in ({**HEAD} if head is None else head).items():
            page.append(entry)
        for name, rows in sheets.items():
            table = book.create_sheet(name)
            for row in rows:
                table.append(row)
            for area in merged:
                table.merge_cells(area)
        book.save(tmp_path / "x.xlsx")
        return parse_yaml(read_import(shipped, tmp_path / "x.xlsx", check_dialect).text)

    return make


def refused(read: Any, *given: Any) -> list[tuple[str, int | None, str, str]]:
    """The problems of a workbook: code, row, column, value."""
    with pytest.raises(InputError) as error:
        read(*given)
    for one in error.value.problems:
        assert one.words("zh")[0]
    return [(one.code, one.row, one.column, one.value) for one in error.value.problems]


@pytest.mark.parametrize(
    ("header", "levels"),
    [
        ("橙色、红色", ["orange", "red"]),
        ("橙色/红色预警", ["orange", "red"]),
        ("橙色及以上预警减排措施", ["orange", "red"]),
        ("黄色至红色", ["yellow", "orange", "red"]),
        ("Ⅲ级响应", ["yellow"]),
        ("红色预警（Ⅰ级）", ["red"]),
    ],
)
def test_a_column_stands_for_every_level_its_header_names(read: Any, header: str, levels: list[str]) -> None:
    [table] = read({"附表1": [["行业", header], ["焦化", "停产"]]})["tables"]
    assert (table["levels"], table["rows"]) == (levels, [["焦化", *["stop"] * len(levels)]])


def test_a_header_in_two_rows_is_read_where_its_cells_are_merged(read: Any) -> None:
    rows = [
        ["附表1"],
        ["行业", "等级", "减排措施", None],
        [None, None, "黄色", "橙色"],
        ["焦化", "B级及以下", "停产", "停产"],
    ]
    [table] = read({"附表1": rows}, None, ("A2:A3", "B2:B3", "C2:D2"))["tables"]
    assert (table["match"], table["levels"]) == (["industry", "effective_grade"], ["yellow", "orange"])
    assert table["rows"] == [["焦化", ["B", "B-", "C", "D"], "stop", "stop"]]


TABLES: list[tuple[Rows, list[tuple[str, int | None, str, str]]]] = [
    ([["行业", "黄色", "黄色预警"], ["焦化", "停产", "限产20%"]], [("sheet_column_twice", 1, "黄色预警", "")]),
    ([["行业", "黄色及以上", "红色"], ["焦化", "停产", "停产"]], [("sheet_column_twice", 1, "红色", "")]),
    ([["行业", "行业", "黄色"], ["焦化", "铸造", "停产"]], [("sheet_column_twice", 1, "行业", "")]),
    ([["行业", "黄色", "运输", "运输要求"], ["焦化", "停产", "—", "—"]], [("sheet_column_twice", 1, "运输要求", "")]),
    (
        [["行业", "Ⅰ级（黄色）"], ["焦化", "停产"]],
        [("no_such_table_column", 1, "Ⅰ级（黄色）", "Ⅰ级（黄色）"), ("no_table_header", 1, "", "")],
    ),
    (
        [["行业", "非红色预警", "红色"], ["焦化", "停产", "停产"]],
        [("no_such_table_column", 1, "非红色预警", "非红色预警")],
    ),
    ([["行业", "黄色", None], ["焦化", "停产", "按市方案"]], [("text_without_header", 2, "C", "按市方案")]),
    ([["说明"], ["本表由某局编制"]], [("no_table_header", None, "", "")]),
    (
        [["行业", "黄色", "红色"], ["焦化", "限产20%", "停产"], ["行业", "红色", "黄色"], ["铸造", "停产", "限产20%"]],
        [("table_header_differs", 3, "", "")],
    ),
    (
        [["行业", "距建成区距离(公里)", "黄色"], ["焦化", f"≤{'9' * 5000}", "停产"]],
        [("rule_refused", 2, "距建成区距离(公里)", "{le: .inf}")],
    ),
    ([["行业", "黄色"], ["{a: &x [*x]}", "停产"]], [("cell_text", 2, "行业", "{a: &x [*x]}")]),
]


@pytest.mark.parametrize(("rows", "told"), TABLES)
def test_a_table_that_says_nothing_sure_is_refused(read: Any, rows: Rows, told: list[Any]) -> None:
    assert refused(read, {"附表1": rows}) == told


@pytest.mark.parametrize(
    ("said", "then"),
    [
        ("禁止国四货车", {"vehicle_ban": "禁止国四货车"}),
        ("停止公路运输", {"vehicle_ban": "停止公路运输", "total": True}),
        ("不得使用国五及以下", {"vehicle_ban": "不得使用国五及以下"}),
        (
            "国四及以下重型载货车辆",
            {"vehicle_ban": "国四及以下重型载货车辆", "stage_at_most": 4, "classes": "重型载货"},
        ),
        ("建议：错峰运输", {"advice": "错峰运输"}),
        ("无", None),
        ("—", None),
        (None, None),
    ],
)
def test_the_column_of_vehicles_is_read(read: Any, said: str | None, then: Any) -> None:
    [table] = read({"附表1": [["行业", "黄色", "运输"], ["焦化", "停产", said]]})["tables"]
    assert table.get("all_levels") == ([["焦化", then]] if then else None)


@pytest.mark.parametrize(
    "said",
    [
        "使用新能源车辆运输",
        "允许国五及以上车辆运输",
        "正常运输",
        "不限",
        "同上",
        "0.5",
        "停产",
        "缺项",
        "【核对】禁止国四货车",
    ],
)
def test_a_text_that_bans_nothing_is_no_ban(read: Any, said: str) -> None:
    """It was printed as 禁止使用新能源车辆运输进出厂区."""
    [(code, *place)] = refused(read, {"附表1": [["行业", "黄色", "运输"], ["焦化", "停产", said]]})
    assert (code, place) == ("cell_not_decided" if "【" in said else "cell_text", [2, "运输", said])


def rows_of(**changed: Any) -> dict[str, Rows]:
    rule = {**RULE, **changed}
    return {"规则": [list(rule), list(rule.values())]}


@pytest.mark.parametrize(
    ("sheets", "told"),
    [
        ({"规则": [[*RULE, "标题"], [*RULE.values(), "另一标题"]]}, [("sheet_column_twice", 1, "标题", "")]),
        ({"规则": [[*RULE, None], [*RULE.values(), "另有说明"]]}, [("text_without_header", 2, "G", "另有说明")]),
        (rows_of(其他="{title: 另一标题}"), [("cell_text", 2, "其他", "title")]),
        (rows_of(其他="{x: &a [*a]}"), [("cell_text", 2, "其他", "{x: &a [*a]}")]),
        (
            rows_of() | {"通用": [["条款", "层级"], ["一", "豁免"], ["一", "处罚"]]},
            [("shared_twice", None, "条款", "一")],
        ),
        (rows_of(编号=None), [("rule_row_without_id", 2, "编号", "")]),
        (rows_of(编号="r 1"), [("key_refused", 2, "编号", "r 1")]),
        (rows_of(类别="MEASURE"), [("unknown_kind", 2, "类别", "MEASURE")]),
        (rows_of(类别=None), [("unknown_kind", 2, "类别", "")]),
        (rows_of(条件="生产负荷≥50%"), [("cell_text", 2, "条件", "%")]),
        (rows_of(生效="2022-05-01"), [("key_refused", 2, "生效", "")]),
        ({"规则": [list(RULE), list(RULE.values())], "规则 ": [["a"]]}, [("sheet_name_twice", None, "", "规则")]),
    ],
)
def test_a_row_that_says_nothing_sure_is_refused(read: Any, sheets: dict[str, Rows], told: list[Any]) -> None:
    assert refused(read, sheets) == told


def test_a_title_above_and_signs_that_nobody_sees_say_nothing(read: Any) -> None:
    rule = {**RULE, "措施": "停产\ufeff", "条款": "\u200b一"}
    [made] = read({"规则": [["规则表（示例）"], list(rule), list(rule.values())]})["rules"]
    assert (made["then"], made["article"]) == ("stop", "一")


@pytest.mark.parametrize("condition", ["行业=水泥；等级为C级及以下", "行业=水泥；C级及以下"])
def test_a_grade_and_below_is_read_behind_its_column_too(read: Any, condition: str) -> None:
    [made] = read(rows_of(条件=condition))["rules"]
    assert made["when"] == {"industry": "水泥", "effective_grade": ["C", "D"]}


def test_an_empty_head_is_told_entry_by_entry(read: Any) -> None:
    told = refused(read, rows_of(), {"文件编号": None})
    assert {(code, column) for code, _, column, _ in told} == {
        ("key_refused", name) for name in ("文件编号", "标题", "适用地区", "生效", "文本性质")
    }  # fmt: skip


def test_a_bad_id_of_the_document_is_told_once(read: Any) -> None:
    """Not again for every rule that a table names after it."""
    told = refused(read, {"附表1": [["行业", "黄色"], ["焦化", "停产"]]}, {**HEAD, "文件编号": "city 2021"})
    assert told == [("key_refused", 1, "文件编号", "city 2021")]


@pytest.mark.parametrize(
    "said", ["2021 年 10 月 1 日", "２０２１-10-01", "20211001", "二〇二一年十月一日", "2021.10.1"]
)
def test_a_day_is_read_as_it_is_written(said: str) -> None:
    assert str(read_day(said)) == "2021-10-01"


def test_a_folder_that_cannot_be_made_is_told(read: Any, tmp_path: Path) -> None:
    """``mkdir`` stood outside what tells it."""
    read({"附表1": [["行业", "黄色"], ["焦化", "停产"]]})
    (tmp_path / "taken").write_text("", encoding="utf-8")
    words = ["--lang", "zh", "rules", "import", str(tmp_path / "x.xlsx"), "-o", str(tmp_path / "taken"), "--yes"]
    done = CliRunner().invoke(main, words)
    assert (done.exit_code, "文件不能写入" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"E3": "9" * 400}, ("key_refused", 3, "几小时内")),
        ({"E3": "1000000"}, ("key_refused", 3, "几小时内")),
        ({"F1": "几小时内"}, ("sheet_column_twice", 1, "几小时内")),
        ({"Q2": "某句"}, ("text_without_header", 2, "Q")),
    ],
)
def test_a_form_of_a_plan_loses_nothing_either(
    shipped: Rulebook, tmp_path: Path, cells: dict[str, str], told: tuple[str, int, str]
) -> None:
    raw = {
        "document": "plan",
        "title": "某市预案",
        "area": "临汾市",
        "valid": {"from": "2021-10-01", "to": "not stated"},
    }
    write_plan_form(shipped, form_of(raw, ["尧都区"], ["工信"], {}), None, tmp_path / "x.xlsx")
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    for place, said in {"C3": "市局", **cells}.items():
        book["程序"][place] = said
    book.save(tmp_path / "x.xlsx")
    with pytest.raises(InputError) as error:
        read_import(shipped, tmp_path / "x.xlsx", check_dialect)
    assert [(one.code, one.row, one.column) for one in error.value.problems] == [told]


TABLE: Rows = [["行业", "等级", "黄色", "橙色"], ["焦化", "C", "停产", "停产"]]


@pytest.mark.parametrize(
    ("sheets", "told"),
    [
        ({"附表1": [*TABLE, TABLE[1]]}, [("entry_twice", 3, "", "")]),
        ({"附表1": [*TABLE, ["焦化", "C级", "停止生产", "停产"]]}, [("entry_twice", 3, "", "")]),
        ({"附表1": [*TABLE, [], ["焦化", "C", "停产", "限产50%"]]}, []),
        ({"附表1": [*TABLE, ["焦化", "D", "停产", "停产"]]}, []),
        (
            {"附表1": TABLE, "缺项": [["缺什么", "应见于"], ["甲", "乙"], [], ["", "某文"]]},
            [("key_refused", 4, "缺什么", "")],
        ),
        (
            {"附表1": TABLE, "条款": [["某市条款"], ["条款", "说明"], ["一", "无"], ["", "无"]]},
            [("key_refused", 4, "条款", "")],
        ),
    ],
)
def test_a_row_said_twice_or_without_its_name_is_told_by_its_row(read: Any, sheets: dict[str, Rows], told: Any) -> None:
    if told:
        assert refused(read, sheets) == told
    else:
        assert len(read(sheets)["tables"][0]["rows"]) == 2


def test_a_blank_kind_is_told_with_the_chinese_names_of_kinds(read: Any) -> None:
    with pytest.raises(InputError, match="expected classification, measure, season") as error:
        read(rows_of(类别=None))
    assert "应为等级认定（classification）、预警措施（measure）" in error.value.problems[0].text("zh")


@pytest.mark.parametrize(
    ("county", "refused_as", "told"),
    [
        ("尧都区", [], ["plan_county_twice"]),
        ("尧都", [], ["plan_county_twice"]),
        ("侯马市", [], []),
        ("临汾经济开发区", [], []),
        ("小店区", [("plan_county_unknown", 3, "区县", "小店区")], []),
        ("尧都县", [("plan_county_unknown", 3, "区县", "尧都县")], []),
    ],
)
def test_a_county_of_the_form_is_one_of_its_city(
    shipped: Rulebook, tmp_path: Path, county: str, refused_as: Any, told: list[str]
) -> None:
    raw = {"document": "plan", "title": "某市预案", "area": "临汾市", "source": "secondary"}
    raw["valid"] = {"from": "2021-10-01", "to": "not stated"}  # type: ignore[assignment]
    path = tmp_path / "x.xlsx"
    write_plan_form(shipped, form_of(raw, ["尧都区"], ["工信"], {}), None, path)
    book = openpyxl.load_workbook(path)
    book["程序"]["C3"] = "市局"
    book["区县"]["A3"] = county
    book["区县"]["B3"] = "管委会"
    book.save(path)
    if refused_as:
        with pytest.raises(InputError) as error:
            read_import(shipped, path, check_dialect)
        assert [(one.code, one.row, one.column, one.value) for one in error.value.problems] == refused_as
        assert "临汾市没有这个区县" in error.value.problems[0].text("zh")
    else:
        notes = read_import(shipped, path, check_dialect).notes
        assert [one.code for one in notes if one.row == 3] == told
