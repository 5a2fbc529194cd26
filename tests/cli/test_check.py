"""``check`` and ``lists diff`` from the command line."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from alertengine.checking.lists.findings import COLUMNS
from alertengine.files import lists_folder
from tests.cli.made import runner
from tests.lists.conftest import table

pytestmark = pytest.mark.whole

DEFECTIVE = lists_folder() / "defective-synthetic.csv"
DAY = "2021-12-10"


run = runner()


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_problems_csv_and_marked_copy(tmp_path: Path) -> None:
    problems, marked = tmp_path / "problems.csv", tmp_path / "marked.xlsx"
    done = run("check", str(DEFECTIVE), "--date", DAY, "-o", str(problems), "-o", str(marked))
    assert done.exit_code == 1
    assert "credit_code" in done.stdout
    assert "忻州市" in done.stdout
    assert "row 27, 统一社会信用代码" in done.stderr
    assert marked.is_file()
    found = rows(problems)
    assert list(found[0]) == list(COLUMNS)
    assert [row["severity"] for row in found] == sorted(
        (row["severity"] for row in found), key=("error", "finding", "warning").index
    )


def test_json_holds_everything() -> None:
    done = run("check", str(DEFECTIVE), "--date", DAY, "--json")
    said = json.loads(done.stdout)
    assert said["date"] == DAY
    assert said["enterprises_without_lines"] == 1
    assert {row["kind"] for row in said["problems"]} == {row["kind"] for row in said["kinds"]}
    assert said["hangs_on"]["grade"] >= 1
    assert len(said["ratios"]) >= 3


def test_the_same_line_twice_is_unusable_and_nothing_is_written(tmp_path: Path) -> None:
    output = tmp_path / "problems.csv"
    done = run("check", str(lists_folder() / "twice-synthetic.csv"), "--date", DAY, "-o", str(output))
    assert done.exit_code == 2
    assert all(f"row {row}," in done.stderr for row in (2, 5, 8, 9))
    assert not output.exists()


def test_a_repeated_line_of_an_unknown_city(tmp_path: Path) -> None:
    same = {"生产线编号": "1", "统一社会信用代码": "91000000HC0000001G"}
    path = tmp_path / "list.csv"
    path.write_text(table({**same}, {**same, "城市": "是"}), encoding="utf-8")
    done = run("check", str(path), "--date", DAY)
    assert isinstance(done.exception, SystemExit)
    assert done.exit_code == 2
    assert "the same line twice (first on row 2)" in done.stderr


@pytest.mark.parametrize(
    "arguments", [("absent.csv",), (str(DEFECTIVE), "-o", "x.pdf"), (str(DEFECTIVE), "--permits", "x.csv")]
)
def test_unusable_input(arguments: tuple[str, ...]) -> None:
    assert run("check", "--date", DAY, *arguments).exit_code == 2


def test_a_published_list_is_checked_by_the_law_of_its_day() -> None:
    done = run("check", str(lists_folder() / "changzhi-synthetic.csv"), "--json")
    assert json.loads(done.stdout)["date"] == "2019-10-15"


def test_an_empty_table_still_has_its_header(tmp_path: Path) -> None:
    output = tmp_path / "problems.csv"
    clean = lists_folder() / "clean-synthetic.csv"
    done = run(
        "check", str(clean), "--permits", str(clean.with_suffix(".permits.csv")), "--date", DAY, "-o", str(output)
    )
    assert done.exit_code in (0, 1)  # what later laws ask more is no error of the list
    assert output.read_text(encoding="utf-8").splitlines()[0] == ",".join(COLUMNS)


def test_a_city_that_is_nearly_one_on_file_is_named_with_it(tmp_path: Path) -> None:
    path, output = tmp_path / "list.csv", tmp_path / "problems.csv"
    path.write_text(table({"城市": "临份市"}), encoding="utf-8")
    assert run("check", str(path), "--date", DAY, "-o", str(output)).exit_code == 1
    assert [row["expected"] for row in rows(output) if row["kind"] == "city_unknown"] == [
        "a name on file, perhaps 临汾市"
    ]


def test_cells_that_a_spreadsheet_would_run_are_quoted(tmp_path: Path) -> None:
    path, output = tmp_path / "list.csv", tmp_path / "problems.csv"
    path.write_text(table({"城市": "=1+1"}, {"SO2排放量": "-5", "生产线编号": "2"}), encoding="utf-8")
    run("check", str(path), "--date", DAY, "-o", str(output))
    values = {row["kind"]: row["value"] for row in rows(output)}
    assert values["city_unknown"] == "'=1+1"
    assert values["negative"] == "-5"


def test_diff_of_two_versions(tmp_path: Path) -> None:
    code = "91000000HC0000001G"
    plan = "橙色预警减排措施"
    old, new, output = (tmp_path / name for name in ("old.csv", "new.csv", "changes.csv"))
    first = {"统一社会信用代码": code, "区县": "襄汾县", "绩效等级": "B", plan: "停产"}
    old.write_text(table(first, {**first, plan: "限产20%"}, {"企业名称": "=合成二厂"}), encoding="utf-8")
    second = {**first, "企业名称": "合成新厂", "绩效等级": "C", plan: "限产50%", "SO2排放量": "12"}
    new.write_text(table(second, {"企业名称": "合成三厂"}), encoding="utf-8")
    done = run("lists", "diff", str(old), str(new), "-o", str(output))
    assert done.exit_code == 1  # a measure asks less than before
    told = {row["change"]: row for row in rows(output)}
    assert set(told) == {
        "new_enterprise", "closed_enterprise", "renamed", "closed_line", "regraded", "weakened", "kilograms",
        "line_kilograms",
    }  # fmt: skip
    assert told["line_kilograms"]["new"] == "12.0", "not only its county's sum"
    assert (told["renamed"]["old"], told["renamed"]["new"]) == ("合成一厂", "合成新厂")
    assert (told["regraded"]["old"], told["regraded"]["new"]) == ("B", "C")
    assert (told["weakened"]["old"], told["weakened"]["new"]) == ("停产", "限产50%")
    assert told["closed_enterprise"]["enterprise"] == "'=合成二厂"
    same = run("lists", "diff", str(old), str(old), "--json")
    assert (same.exit_code, json.loads(same.stdout)) == (0, [])


def test_a_new_code_under_the_same_name_is_the_same_enterprise(tmp_path: Path) -> None:
    old, new = tmp_path / "old.csv", tmp_path / "new.csv"
    old.write_text(table({"统一社会信用代码": "91000000HC0000001G"}), encoding="utf-8")
    new.write_text(table({"统一社会信用代码": "91000000HC0000002K"}), encoding="utf-8")
    done = run("lists", "diff", str(old), str(new), "--json")
    assert [row["change"] for row in json.loads(done.stdout)] == ["recoded"]
    assert done.exit_code == 0
