"""Whatever form a list comes in, the table is the same."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter

from alertengine.files import lists_folder
from alertengine.lists import PLAN_COLUMNS, read_list, write_list
from alertengine.lists.enterprise_list import category_names
from alertengine.lists.write import list_columns
from alertengine.rulebook import OpenLists
from alertengine.vocabulary import EMISSION_FIELDS, LIST_FIELDS, InputError

from .conftest import BASE, Reader, table

pytestmark = pytest.mark.whole

SAMPLE = lists_folder() / "linfen-synthetic.csv"


def test_every_field_is_there_in_order_with_its_dtype(read: Reader) -> None:
    found = read(table({}))
    assert list(found.lines.columns) == [*(field.name for field in LIST_FIELDS), *PLAN_COLUMNS]
    assert isinstance(found.lines.index, pd.RangeIndex)
    for field in LIST_FIELDS:
        dtype = str(found.lines[field.name].dtype)
        if field.type == "bool":
            assert dtype == "boolean"
        elif field.type in ("number", "integer"):
            assert dtype == "float64"
        else:
            assert dtype == ("category" if field.name in category_names() else "str"), field.name


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings_read_the_same(read: Reader, encoding: str) -> None:
    text = table({"区县": "襄汾县"}, {"区县": "𠮷县"})
    pd.testing.assert_frame_equal(read(text, encoding).lines, read(text).lines)


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".parquet"])
def test_sample_survives_each_form(tmp_path: Path, open_lists: OpenLists, suffix: str) -> None:
    sample = read_list(SAMPLE, open_lists)
    path = tmp_path / f"again{suffix}"
    write_list(sample, path)
    again = read_list(path, open_lists)
    pd.testing.assert_frame_equal(again.lines, sample.lines)
    pd.testing.assert_frame_equal(again.extras, sample.extras)
    assert again.totals is not None
    assert sample.totals is not None
    pd.testing.assert_frame_equal(again.totals, sample.totals)
    assert again.version == sample.version


def test_shipped_workbook_says_what_the_shipped_csv_says(open_lists: OpenLists) -> None:
    csv, workbook = (read_list(SAMPLE.with_suffix(suffix), open_lists) for suffix in (".csv", ".xlsx"))
    pd.testing.assert_frame_equal(csv.lines, workbook.lines)
    assert csv.version == workbook.version


def test_sample_is_clean_synthetic_and_uses_every_field(open_lists: OpenLists) -> None:
    sample = read_list(SAMPLE, open_lists)
    (unknown,) = sample.problems  # the one industry that the vocabulary does not know
    assert (unknown.row, unknown.value) == (103, "其他电子材料")
    assert sample.lines["enterprise"].str.contains("合成").all()
    blank = [name for name in sample.lines.columns if sample.lines[name].isna().all()]
    # decisions come from a table of their own; townships are asked for by few documents
    assert blank == ["township", "decisions"]
    assert sample.totals is not None
    whole = sample.totals[["so2_kg_d", "nox_kg_d", "pm_kg_d", "vocs_kg_d"]].sum()
    listed = sample.lines[["so2_kg_d", "nox_kg_d", "pm_kg_d", "vocs_kg_d"]].sum()
    assert (listed < whole).all()


def test_english_headers_in_any_order_and_unknown_columns(read: Reader) -> None:
    english = (
        "vocs_kg_d,line_id,city,备注,enterprise,process,industry,so2_kg_d,pm_kg_d,nox_kg_d\n"
        "1,L1,太原,看,合成厂,焦炉,焦化,1,2,3\n"
    )
    found = read(english)
    assert found.lines.loc[0, ["city", "so2_kg_d", "nox_kg_d"]].tolist() == ["太原市", 1.0, 3.0]
    assert found.extras.to_dict("list") == {"备注": ["看"]}


def test_header_with_full_width_brackets_spaces_and_line_breaks(read: Reader) -> None:
    text = table(
        {"距建成区距离(公里)": "8"},
        rename={"SO2排放量": "SO₂ 排放量（千克／日）", "距建成区距离(公里)": '"距建成区距离\n（公里）"'},
    )
    found = read(text)
    assert found.lines.loc[0, "so2_kg_d"] == 10
    assert found.lines.loc[0, "city_distance_km"] == 8


def test_title_blank_rows_and_notes_keep_the_row_numbers_of_the_file(read: Reader) -> None:
    body = table({}, {"SO2排放量": "x"})
    header, first, second = body.splitlines()
    commas = "," * header.count(",")
    found = read(
        f"临汾市清单（合成）{commas}\n{header}\n{first}\n\n{second}\n{commas}\n注：合成数据{commas}\n合计{commas}\n"
    )
    assert found.rows.tolist() == [3, 5]
    assert [problem.row for problem in found.problems] == [5]
    assert [(warning.row, warning.value) for warning in found.notes][:2] == [(7, "注：合成数据"), (8, "合计")]


def test_ragged_rows_are_read_where_they_stand(read: Reader) -> None:
    lines = table({}, {}).splitlines()
    found = read("\n".join([lines[0], lines[1] + ",多余", lines[2].rpartition(",")[0]]))
    assert len(found.lines) == 2
    assert found.extras.iloc[0].tolist() == ["多余"]
    assert pd.isna(found.lines.loc[1, "vocs_kg_d"])


def _workbook(path: Path) -> None:
    """Two sheets of one list: a title, group headers, merged cells and a note; then the same headers plain."""
    group = [
        "企业名称",
        "城市",
        "行业",
        "生产线编号",
        "工序",
        "排放量（吨/年）",
        "",
        "",
        "",
        "年生产天数",
        "预警减排措施",
        "",
    ]
    under = ["", "", "", "", "", "SO2", "NOx", "颗粒物", "VOCs", "", "黄色", "橙色"]
    with xlsxwriter.Workbook(str(path)) as book:
        first = book.add_worksheet("钢铁")
        first.merge_range(0, 0, 0, 11, "临汾市应急减排清单（合成）")
        for row, cells in enumerate((group, under), start=1):
            first.write_row(row, 0, cells)
        first.merge_range(1, 5, 1, 8, group[5])
        first.merge_range(3, 0, 4, 0, "合成钢厂")
        first.write_row(3, 1, ["临汾", "钢铁", "1", "烧结", 365, 36.5, 3.65, 0, 100, "停产", "停产"])
        first.write_row(4, 1, ["临汾", "钢铁", "2", "高炉", 365, 36.5, 3.65, 0])
        first.merge_range(3, 9, 4, 9, 100)
        first.write(6, 0, "注：合成数据")
        second = book.add_worksheet("焦化")
        second.write_row(0, 0, [f"{h}(吨/年)" if "排放量" in h else h for h in BASE])
        second.write_row(1, 0, list(BASE.values()))
        book.add_worksheet("说明").write(0, 0, "本表为合成数据")


def test_workbook_with_title_group_headers_merged_cells_and_two_sheets(tmp_path: Path, open_lists: OpenLists) -> None:
    path = tmp_path / "list.xlsx"
    _workbook(path)
    found = read_list(path, open_lists, sheet="钢铁")
    assert found.lines["enterprise"].tolist() == ["合成钢厂", "合成钢厂"]
    assert found.lines["so2_kg_d"].tolist() == [3650.0, 1000.0]  # days are an amount: not repeated down
    assert found.lines["plan_orange_kind"].tolist()[0] == "stop"
    assert found.rows.tolist() == [4, 5]


def test_all_sheets_with_the_headers_are_one_list(tmp_path: Path, open_lists: OpenLists) -> None:
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        for name in ("甲", "乙"):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, list(BASE))
            sheet.write_row(1, 0, ["合成" + name, *list(BASE.values())[1:]])
    assert read_list(path, open_lists).lines["enterprise"].tolist() == ["合成甲", "合成乙"]
    assert read_list(path, open_lists, sheet="乙").lines["enterprise"].tolist() == ["合成乙"]
    with pytest.raises(InputError, match="甲, 乙"):
        read_list(path, open_lists, sheet="丙")


def test_text_that_looks_like_a_formula_stays_text(tmp_path: Path, open_lists: OpenLists, read: Reader) -> None:
    names = ["=1+1", "+合成", "-合成", "@合成"]
    found = read(table(*({"企业名称": name} for name in names)))
    path = tmp_path / "formula.xlsx"
    write_list(found, path)
    assert read_list(path, open_lists).lines["enterprise"].tolist() == names


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("absent.csv", None),
        ("absent.xlsx", None),
        ("absent.parquet", None),
        ("empty.csv", b""),
        ("noise.csv", bytes(range(256)) * 9),
        ("noise.xlsx", b"PK\x03\x04 not a workbook"),
        ("noise.parquet", b"PAR1 not parquet"),
        ("list.doc", b""),
        ("plain.csv", "注意\n没有表头\n".encode()),
    ],
)
def test_unreadable_files_are_refused(tmp_path: Path, open_lists: OpenLists, name: str, content: bytes | None) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError) as error:
        read_list(path, open_lists)
    assert str(path) in str(error.value)


def _county_workbook(path: Path, columns: dict[str, list[object]]) -> None:
    """A list as a county sends it: a title, group headers, merged enterprise cells, notes, two sheets, t/a."""
    groups = {"SO2": "SO2排放量(千克/日)", "NOx": "NOx排放量(千克/日)", "颗粒物": "颗粒物排放量(千克/日)"}
    groups["VOCs"] = "VOCs排放量(千克/日)"
    plain = [name for name in columns if name not in groups.values()]
    count = len(columns[plain[0]])
    names = columns["企业名称"]
    cut = names.index("临汾襄汾合成焦化三有限公司")
    with xlsxwriter.Workbook(str(path)) as book:
        for title, rows in (("甲", range(cut)), ("乙", range(cut, count))):
            sheet = book.add_worksheet(title)
            sheet.merge_range(0, 0, 0, 9, f"应急减排清单（合成）{title}")
            for place, name in enumerate(plain):
                sheet.merge_range(1, place, 2, place, name)
            sheet.merge_range(1, len(plain), 1, len(plain) + 3, "排放量（吨/年）")
            sheet.write_row(2, len(plain), list(groups))
            for at, row in enumerate(rows, start=3):
                for place, name in enumerate(plain):
                    if columns[name][row] is not None:
                        sheet.write(at, place, columns[name][row])
                days = columns["年生产天数"][row] or 365.0
                for place, name in enumerate(groups.values(), start=len(plain)):
                    value = columns[name][row]
                    if value is not None:
                        sheet.write(at, place, float(str(value)) * float(str(days)) / 1000)
            runs = [(one, other) for one, other in pairwise(rows) if names[one] == names[other]]
            first = next(one for one, other in runs if (one - 1, one) not in runs and (other, other + 1) not in runs)
            place, at = plain.index("企业名称"), 3 + first - rows[0]
            sheet.write_blank(at, place, None)
            sheet.write_blank(at + 1, place, None)
            sheet.merge_range(at, place, at + 1, place, names[first])
            sheet.write(4 + len(rows), 0, "填表人：合成")
        book.add_worksheet("填表说明").write_column(0, 0, ["企业名称：全称", "城市：设区市", "行业：39个"])
        book.add_worksheet("旧表").hide()


def test_a_county_workbook_reads_like_the_plain_csv(tmp_path: Path, open_lists: OpenLists) -> None:
    sample = read_list(SAMPLE, open_lists)
    columns = {name: column.to_pylist() for name, column in list_columns(sample.lines).items()}
    path = tmp_path / "county.xlsx"
    _county_workbook(path, columns)
    found = read_list(path, open_lists)
    emissions = list(EMISSION_FIELDS.values())
    others = [name for name in sample.lines.columns if name not in emissions and not name.endswith("_share")]
    pd.testing.assert_frame_equal(found.lines[others], sample.lines[others], check_categorical=False)
    pd.testing.assert_frame_equal(found.lines[emissions], sample.lines[emissions], rtol=1e-5, atol=1e-5)
    assert set(found.sheets or ()) == {"甲", "乙"}
    assert [(problem.code, problem.value) for problem in found.problems] == [("industry_unknown", "其他电子材料")]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_csv_with_title_and_yearly_amounts(read: Reader, encoding: str) -> None:
    rows = table({"年生产天数": "250", "SO2排放量": "2.5"}, {"年生产天数": "", "SO2排放量": "3.65"})
    head = rows.replace("SO2排放量", "SO2排放量（吨/年）")
    found = read("某某市清单（合成）" + "," * 9 + "\n" + head + "注：合成数据" + "," * 9 + "\n", encoding)
    assert found.lines["so2_kg_d"].tolist() == [10.0, 10.0]
    assert found.lines["nox_kg_d"].tolist() == [20.0, 20.0]
    assert [warning.code for warning in found.notes].count("yearly_365") == 1


def test_sheets_may_name_and_order_their_columns_differently(tmp_path: Path, open_lists: OpenLists) -> None:
    path = tmp_path / "list.xlsx"
    other = {"行业": "行业类别", "城市": "地市", "SO2排放量": "二氧化硫排放量"}
    with xlsxwriter.Workbook(str(path)) as book:
        for name, headers in (("甲", list(BASE)), ("乙", [other.get(h, h) for h in reversed(BASE)])):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, headers)
            values = [f"合成{name}", *list(BASE.values())[1:]]
            sheet.write_row(1, 0, values if name == "甲" else values[::-1])
    found = read_list(path, open_lists)
    assert found.lines["industry"].tolist() == ["焦化", "焦化"]
    assert found.lines["so2_kg_d"].tolist() == [10.0, 10.0]
    assert found.layout.places["甲", "行业"] == 2
    assert found.layout.places["乙", "行业"] == len(BASE) - 3
