from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from alertengine.orders import read_orders, write_orders
from alertengine.vocabulary import InputError, listening
from tests.lists.conftest import told
from tests.orders.conftest import Maker

ROWS = (
    {"line_id": "2", "status": "undetermined", "measure": "", "share": float("nan"), "hangs_on": "grade;units"},
    {"line_id": "10", "enterprise": "=SUM(A1)", "transport": "禁止国四及以下", "ends": ""},
    {"enterprise_id": "E0000", "level": "none", "status": "none", "measure": "none", "standing": "inferred"},
    {"enterprise_id": "E0002", "measure": "limit;vehicle_ban", "share": 0.35, "basis": "《甲》一；《乙》二"},
)


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".parquet"])
def test_orders_read_back_as_written(orders: Maker, tmp_path: Path, suffix: str) -> None:
    """Whatever the suffix, codes, times, numbers and blanks are those of the table written; rows sorted."""
    table = orders(*ROWS)
    write_orders(table, tmp_path / f"orders{suffix}")
    got = read_orders(tmp_path / f"orders{suffix}")
    pd.testing.assert_frame_equal(got, table.iloc[[2, 0, 1, 3]].reset_index(drop=True))


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".parquet"])
def test_no_orders_are_an_empty_table(orders: Maker, tmp_path: Path, suffix: str) -> None:
    write_orders(orders().iloc[:0], tmp_path / f"orders{suffix}")
    assert read_orders(tmp_path / f"orders{suffix}").empty


def test_every_bad_cell_is_told_at_once(orders: Maker, tmp_path: Path) -> None:
    bad = {"measure": "x", "flags": "y", "hangs_on": "z", "status": "w", "standing": "v"}
    table = orders(
        {"level": "purple"}, {"line_id": "02", "starts": "soon"}, {"line_id": "03"}, {"line_id": "04"} | bad,
        {"line_id": "05", "level": ""},
    )  # fmt: skip
    table.loc[2, "enterprise_id"] = ""
    table["share"] = pd.Series(["1", "half", "2", "", ""], dtype=object)
    table["so2_kg_d"] = pd.Series(["1", "", "", "", "many"], dtype=object)
    table.to_csv(tmp_path / "orders.csv", index=False)
    with pytest.raises(InputError) as caught:
        read_orders(tmp_path / "orders.csv")
    assert [told(one) for one in caught.value.problems] == [
        "order_cell_unread 2 level purple: (one_of none/yellow/orange/red)",
        "order_cell_unread 5 status w: (one_of ordered/undetermined/self_directed/exempt/none)",
        "order_cell_unread 5 standing v: (one_of primary/secondary/third_party_code/inferred)",
        "order_cell_unread 5 measure x: (codes_joined)",
        "order_cell_unread 5 hangs_on z: (codes_joined)",
        "order_cell_unread 5 flags y: (codes_joined)",
        "order_cell_unread 3 starts soon: (a_time_form)",
        "order_cell_unread 3 share half: (a_number_within 0 1)",
        "order_cell_unread 4 share 2: (a_number_within 0 1)",
        "order_cell_unread 6 so2_kg_d many: (a_number  )",
        "order_cell_blank 4 enterprise_id -: 统一社会信用代码",
        "order_cell_blank 6 level -: 预警级别",
    ]
    assert {one.file for one in caught.value.problems} == {str(tmp_path / "orders.csv")}


def test_what_is_no_order_is_left_out_and_told(orders: Maker, tmp_path: Path) -> None:
    """Notes under a table that went through a spreadsheet."""
    path = tmp_path / "orders.csv"
    write_orders(orders({}), path)
    path.write_text(path.read_text("utf-8").rstrip() + "\n注：由值班员摘抄\n审核人：甲\n", encoding="utf-8")
    with listening() as heard:
        assert len(read_orders(path)) == 1
    assert [(one.row, one.value) for one in heard] == [(3, "注：由值班员摘抄"), (4, "审核人：甲")]


def test_a_missing_column_is_refused(orders: Maker, tmp_path: Path) -> None:
    orders().drop(columns=["basis", "hangs_on"]).to_csv(tmp_path / "orders.csv", index=False)
    with pytest.raises(InputError) as caught:
        read_orders(tmp_path / "orders.csv")
    assert [told(one) for one in caught.value.problems] == [
        "order_column_missing - basis -: basis 法律依据",
        "order_column_missing - hangs_on -: hangs_on 待核实事项",
    ]


def test_the_same_line_and_start_twice_and_an_end_before_its_start_are_refused(orders: Maker, tmp_path: Path) -> None:
    backwards = {"line_id": "03", "starts": "2021-01-11 00:00", "ends": "2021-01-10 00:00"}
    write_orders(orders({}, {"line_id": "02"}, {}, backwards), tmp_path / "orders.csv")
    with pytest.raises(InputError) as caught:
        read_orders(tmp_path / "orders.csv")
    assert [told(one) for one in caught.value.problems] == [
        "order_twice 4 line_id 01",
        "order_cell_unread 5 ends 2021-01-10 00:00: (not_before 2021-01-11 00:00)",
    ]


def test_one_code_in_two_cities_is_two_lines(orders: Maker, tmp_path: Path) -> None:
    """As the share orders of several acts have it."""
    write_orders(orders({}, {"city": "运城市"}), tmp_path / "orders.csv")
    assert set(read_orders(tmp_path / "orders.csv")["city"]) == {"临汾市", "运城市"}


@pytest.mark.parametrize(
    ("column", "cell", "read_as"),
    [
        ("share", "1.0000000005", 1.0000000005),  # what adding up leaves
        ("share", "1.0001", None),
        ("share", "0", 0.0),
        ("share", "-0.0001", None),
        ("so2_kg_d", "12.5", 12.5),
        ("so2_kg_d", "many", None),
        ("level", "红色", "red"),
        ("level", "red", "red"),
        ("level", "赤", None),
        ("status", "豁免", "exempt"),
        ("measure", "停产、limit", "stop;limit"),
        ("measure", "停产;休息", None),
        ("hangs_on", "绩效等级", "grade"),
        ("hangs_on", "grade", "grade"),
        ("hangs_on", "心情", None),
        ("starts", "2021/1/4 0:00", "2021-01-04 00:00"),
        ("starts", "", None),
        ("ends", "", ""),
        ("ends", "2021-01-04 00:00", "2021-01-04 00:00"),  # as it begins
        ("ends", "2021-01-03 23:59", None),
        ("enterprise_id", "9.1E+17", None),
        ("enterprise_id", "9.1140000000000E+17", None),
        ("enterprise_id", "9E17", "9E17"),
        ("enterprise", "", ""),  # as a plant that the list does not name is written
        ("line_id", "", None),
        ("status", "", None),
        ("basis", "", ""),
    ],
)
def test_a_cell_is_read_in_its_form_or_refused_by_its_column(
    orders: Maker, tmp_path: Path, column: str, cell: str, read_as: object
) -> None:
    table = orders({}, {"line_id": "02"}).astype("object")
    table[column] = [table[column].iloc[0], cell]
    table.to_csv(tmp_path / "orders.csv", index=False)
    if read_as is None:
        with pytest.raises(InputError, match=rf"row 3.*{column}") as refused:
            read_orders(tmp_path / "orders.csv")
        assert [(one.row, one.column, one.value) for one in refused.value.problems] == [(3, column, cell)]
        return
    got = read_orders(tmp_path / "orders.csv")
    assert got.loc[got["line_id"] == "02", column].tolist() == [read_as]


@pytest.mark.parametrize("header", ["企业名称（全称）", "enterprise", "企业名称", " 企业 名称 "])
def test_headers_as_people_write_them(orders: Maker, tmp_path: Path, header: str) -> None:
    orders({}).rename(columns={"enterprise": header}).to_csv(tmp_path / "orders.csv", index=False)
    assert read_orders(tmp_path / "orders.csv")["enterprise"].tolist() == ["合成焦化一厂"]


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none.csv: cannot be read"):
        read_orders(tmp_path / "none.csv")
