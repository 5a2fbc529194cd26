"""Decisions, warnings and orders that went through a spreadsheet: no column ends a decision or doubles one unseen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from alertengine.files import Findings
from alertengine.lists.decisions import read_decisions
from alertengine.orders import read_orders
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import ORDER_COLUMNS, WARNING_COLUMNS, InputError
from alertengine.warning import read_warnings
from tests.files.conftest import workbook

DECIDED = {"企业名称": "甲厂", "决定文号": "1号", "决定日期": "2020-01-05", "决定种类": "停产整治", "理由": "超标排放"}


def decided(folder: Path, **cells: Any) -> tuple[Any, Findings]:
    said = DECIDED | cells
    path = workbook(folder / "decisions.xlsx", [list(said), list(said.values())])
    findings = Findings(str(path))
    [row] = read_decisions(path, findings)
    return row.record, findings


@pytest.mark.parametrize(
    ("header", "last"),
    [("结束日期", "2020-01-20"), ("截止时间", "2020-01-20"), ("终止日期", "2020-01-20"), ("解除时间", "2020-01-19")],
)
def test_more_words_for_the_end_of_a_decision(tmp_path: Path, header: str, last: str) -> None:
    """A lifted stop went on binding."""
    record, findings = decided(tmp_path, **{header: "2020-01-20"})
    assert (str(record.last), findings.problems) == (last, [])


@pytest.mark.parametrize(
    ("header", "asked"),
    [
        *((one, 1) for one in ("整改期限", "撤销情况", "复产日期", "执行起", "执行止", "有效期", "有效期至")),
        *((one, 0) for one in ("送达日期", "立案时间")),
    ],
)
def test_a_column_that_may_end_a_decision_is_asked_about(tmp_path: Path, header: str, asked: int) -> None:
    _, findings = decided(tmp_path, **{header: "x"})
    assert [(one.code, one.column) for one in findings.problems] == [("days_unread", header)] * asked
    assert [list(dict(one.arguments)["names"]) for one in findings.warnings] == [[header]]


def test_a_dash_in_a_form_is_a_blank(tmp_path: Path) -> None:
    record, findings = decided(tmp_path, 解除日期="—")
    assert (record.last, findings.problems) == (None, [])


WARNING = {
    "warning_id": "a", "city": "太原市", "counties": "", "action": "issue", "level": "orange",
    "starts": "2020-01-03 00:00", "ends": "2020-01-05 00:00", "issued": "2020-01-02 15:00", "primary": "PM2.5",
    "grading": "", "basis": "", "reason": "",
}  # fmt: skip


@pytest.fixture(scope="module")
def law() -> Rulebook:
    return Rulebook.load()


@pytest.mark.parametrize("word", ["橙", "橙色", "橙色预警", "重污染天气橙色预警"])
def test_words_of_a_level(law: Rulebook, tmp_path: Path, word: str) -> None:
    said = WARNING | {"level": word}
    path = workbook(tmp_path / "warnings.xlsx", [list(WARNING_COLUMNS), list(said.values())])
    assert read_warnings(path, law.lists)["level"].tolist() == ["orange"]


def test_a_column_of_a_record_that_is_there_twice_is_refused(law: Rulebook, tmp_path: Path) -> None:
    """The first was taken: an orange warning though the other column says red."""
    head, row = [*WARNING_COLUMNS, "级别"], [*WARNING.values(), "red"]
    with pytest.raises(InputError) as caught:
        read_warnings(workbook(tmp_path / "warnings.xlsx", [head, row]), law.lists)
    assert [(one.code, one.column) for one in caught.value.problems] == [("column_twice", "级别")]


ORDER = {
    "enterprise_id": "91140000000000000X", "enterprise": "甲厂", "line_id": "1", "level": "orange", "status": "ordered",
    "starts": "2021-01-09 00:00", "ends": "2021-01-12 00:00", "measure": "limit", "share": "0.5",
}  # fmt: skip


def order(**cells: str) -> list[str]:
    return [(ORDER | cells).get(name, "") for name in ORDER_COLUMNS]


def test_a_row_of_the_second_sheet_of_orders_is_told_with_its_sheet(tmp_path: Path) -> None:
    def change(sheet: Any) -> None:
        sheet.title = "减排指令"
        further = sheet.parent.create_sheet("减排指令2")
        for row in ([*ORDER_COLUMNS], order(line_id="2", share="5")):
            further.append(row)

    with pytest.raises(InputError) as caught:
        read_orders(workbook(tmp_path / "orders.xlsx", [list(ORDER_COLUMNS), order()], change))
    assert [(one.sheet, one.row, one.value) for one in caught.value.problems] == [("减排指令2", 2, "5")]


def test_a_column_of_orders_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "orders.xlsx", [[*ORDER_COLUMNS, "减排比例"], [*order(), "0.9"]])
    with pytest.raises(InputError) as caught:
        read_orders(path)
    assert [(one.code, one.column) for one in caught.value.problems] == [("column_twice", "减排比例")]
