"""A register of plants beside a list: former names, codes, meters; what may be one plant is asked about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner

from alertengine.cli import main
from alertengine.files import Findings
from alertengine.lists import EnterpriseList, beside_list, read_list
from alertengine.lists.register import read_register
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import InputError
from alertengine.workflow.recompute import without_persons
from tests.intake.case import csv_of, plant, plants
from tests.synthetic import make_code

from .conftest import told

pytestmark = pytest.mark.whole

CODE, OTHER = make_code("91000000HC0000001"), make_code("91000000HC0000002")
HEADER = ["企业名称", "统一社会信用代码", "曾用名", "用电户号"]
STEEL = ["合成钢铁有限公司", CODE, "合成钢厂；合成鋼鐵", "0012345678"]


@pytest.fixture(scope="module")
def law() -> Rulebook:
    return Rulebook.load()


def listed(folder: Path, law: Rulebook, *rows: list[Any], register: Any = (STEEL,), name: str = "l") -> EnterpriseList:
    (folder / f"{name}.csv").write_text(csv_of(plants(*rows)), encoding="utf-8")
    if register:
        (folder / f"{name}.register.csv").write_text(csv_of([HEADER, *register]), encoding="utf-8")
    return read_list(folder / f"{name}.csv", law)


@pytest.mark.parametrize(
    "name",
    [
        "合成钢铁有限公司",
        "合成钢厂",
        "合成鋼廠",
        "合成 钢铁",
        "合成钢铁（有限公司）".replace("（", "").replace("）", ""),
    ],
)
def test_a_plant_goes_by_the_code_of_the_register_under_every_name_it_had(
    tmp_path: Path, law: Rulebook, name: str
) -> None:
    found = listed(tmp_path, law, plant(name))
    assert found.lines["enterprise_id"].tolist() == [CODE]
    assert found.lines["meter_no"].tolist() == ["0012345678"]
    assert not found.problems


def test_a_register_on_a_sheet_of_the_list(tmp_path: Path, law: Rulebook) -> None:
    """It is no part of the list, and goes with it: nothing stands beside it."""
    book = openpyxl.Workbook()
    for row in plants(plant("合成钢厂")):
        book.active.append(row)
    sheet = book.create_sheet("企业名录")
    for row in (HEADER, STEEL):
        sheet.append(row)
    book.save(tmp_path / "l.xlsx")
    found = read_list(tmp_path / "l.xlsx", law)
    assert found.lines["enterprise_id"].tolist() == [CODE]
    assert found.lines["meter_no"].tolist() == ["0012345678"]
    assert [[sheet.name for sheet in one.sheets] for one in found.beside] == [["企业名录"]]
    assert found.protocol.not_read == ()
    assert not found.problems
    assert without_persons(found) is not None, "names of plants now and before may be those of persons"


def test_two_names_of_one_plant_are_one_and_said(tmp_path: Path, law: Rulebook) -> None:
    found = listed(tmp_path, law, plant("合成钢厂"), plant("合成钢铁有限公司", 2))
    assert set(found.lines["enterprise_id"]) == {CODE}
    assert [one.value for one in found.notes if one.code == "plant_known_as"] == ["合成钢厂"]
    with pytest.raises(InputError, match="the same line twice"):  # the same line twice, under two names
        listed(tmp_path, law, plant("合成钢厂"), plant("合成钢铁有限公司"))


@pytest.mark.parametrize("name", ["合成钢铁有限责任公司", "合成市钢铁集团股份有限公司"])
def test_a_name_that_is_nearly_one_is_a_question_and_another_plant_until_it_is_answered(
    tmp_path: Path, law: Rulebook, name: str
) -> None:
    found = listed(tmp_path, law, plant(name), plant("北方焦化厂"))
    assert [(one.code, one.row) for one in found.problems] == [("plant_perhaps", 2)]
    assert "合成钢铁有限公司" in str(found.problems[0])
    assert CODE not in found.lines["enterprise_id"].tolist()


def test_a_former_name_of_two_plants_is_no_answer(tmp_path: Path, law: Rulebook) -> None:
    found = listed(tmp_path, law, plant("合成钢厂"), register=(STEEL, ["合成特钢公司", OTHER, "合成钢厂", ""]))
    assert [one.code for one in found.problems] == ["plant_perhaps"]
    assert found.lines["enterprise_id"].iloc[0] not in (CODE, OTHER)


def test_another_code_than_the_registers_is_asked_about(tmp_path: Path, law: Rulebook) -> None:
    found = listed(tmp_path, law, plant("合成钢厂", 统一社会信用代码=OTHER))
    assert [(one.code, one.value) for one in found.problems] == [("plant_other_code", OTHER)]


def test_a_plant_twice_in_the_register_is_said_with_both_codes(tmp_path: Path, law: Rulebook) -> None:
    found = listed(tmp_path, law, plant("甲厂"), register=(STEEL, [STEEL[0], OTHER, "", ""]))
    assert [(one.code, one.row, one.value) for one in found.problems] == [("register_name_twice", 3, OTHER)]
    assert CODE in str(found.problems[0])


def test_what_is_wrong_with_the_register_is_said_of_its_file(tmp_path: Path, law: Rulebook) -> None:
    found = listed(tmp_path, law, plant("甲厂"), register=(["", CODE, "", ""], ["乙厂", "9.11401E+17", "", ""]))
    said = [(Path(one.file).name, one.row) for one in found.problems]
    assert said == [("l.register.csv", 3), ("l.register.csv", 2)]


def test_a_renamed_plant_is_renamed_not_closed_and_new(tmp_path: Path, law: Rulebook) -> None:
    listed(tmp_path, law, plant("合成钢厂"), name="old", register=())
    listed(tmp_path, law, plant("合成钢铁有限公司"), name="new")
    result = CliRunner().invoke(
        main, ["--lang", "en", "lists", "diff", str(tmp_path / "old.csv"), str(tmp_path / "new.csv"), "--json"]
    )
    assert "new_enterprise" not in result.output
    assert "renamed" in result.output


def test_orders_check_and_audit_know_it_and_the_record_keeps_it(tmp_path: Path, law: Rulebook) -> None:
    listed(tmp_path, law, plant("合成钢铁有限公司"))
    days = [f"2021-{month}-{day:02}" for month, last in ((11, 30), (12, 10)) for day in range(1, last + 1)]
    readings = [["企业名称", "日期", "用电量"], *(["合成鋼厂", day, 1000] for day in days)]
    (tmp_path / "e.csv").write_text(csv_of(readings), encoding="utf-8")
    folder, run = str(tmp_path), CliRunner()
    orders = ["orders", f"{folder}/l.csv", "--level", "red", "--date", "2021-12-10", "-o", f"{folder}/o.csv"]
    assert run.invoke(main, ["--lang", "en", *orders]).exit_code == 0
    audit = ["audit", f"{folder}/o.csv", "--list", f"{folder}/l.csv", "--evidence", f"{folder}/e.csv"]
    run.invoke(main, ["--lang", "en", *audit, "-o", f"{folder}/f.csv"])
    found = pd.read_csv(tmp_path / "f.csv")
    assert found.loc[found["day"] == "2021-12-10", "evidence"].tolist() == ["electricity"]
    assert tmp_path / "l.register.csv" in beside_list(tmp_path / "l.csv")


def test_what_a_register_says_and_what_is_wrong_with_it(tmp_path: Path) -> None:
    rows = [
        ["合成厂", CODE, "老厂；旧厂、 ", "001"], ["合成厂", OTHER, "", "002"], ["", CODE, "", ""],
        ["乙厂", CODE, "老厂", ""], ["丙厂", "9.1E17", "", ""], ["合成厂", CODE, "", "001"],
    ]  # fmt: skip
    book = openpyxl.Workbook()
    for row in (HEADER, *rows, ["丁厂", "", "", "003"]):
        book.active.append(row)
    book.active.row_dimensions[8].hidden = True
    book.save(tmp_path / "r.xlsx")
    findings = Findings("l.csv")
    found = read_register(tmp_path / "r.xlsx", findings)
    assert found.named == {
        "合成厂": ("合成厂",), "老厂": ("合成厂", "乙厂"), "旧厂": ("合成厂",), "乙厂": ("乙厂",), "丙厂": ("丙厂",),
        "丁厂": ("丁厂",),
    }  # fmt: skip
    assert found.codes == {"合成厂": CODE, "乙厂": CODE, "丙厂": "9.1E17"}
    assert found.numbers == {"meter_no": {"合成厂": "001", "丁厂": "003"}}
    assert [told(one) for one in findings.problems] == [
        f"register_name_twice 3 统一社会信用代码 {OTHER}: 合成厂 {CODE}",
        "register_name_twice 3 用电户号 002: 合成厂 001",
        "cell_blank 4 企业名称 -: 企业名称",
        f"register_code_twice 5 统一社会信用代码 {CODE}: 合成厂",
        "credit_code 6 统一社会信用代码 9.1E17",
    ]
    assert [one.code for one in findings.warnings] == ["hidden_rows"]
    assert [one.file for one in findings.protocols] == [str(tmp_path / "r.xlsx")]
