"""The commands keep their contract: columns, exit statuses, messages, files written whole or not at all."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from alertengine.cli import COMMANDS, main
from alertengine.files import lists_folder, scenarios_folder
from alertengine.vocabulary import ORDER_COLUMNS, WARNING_COLUMNS, left_open

pytestmark = pytest.mark.whole

Run = Callable[..., Result]
LINFEN = str(lists_folder() / "linfen-synthetic.csv")
HEADER = "企业名称,城市,行业,生产线编号,工序,绩效等级,治理任务完成,SO2排放量,NOx排放量,颗粒物排放量,VOCs排放量"


@pytest.fixture
def run() -> Run:
    def invoke(*args: object) -> Result:
        result = CliRunner().invoke(main, [str(arg) for arg in args])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert "Traceback" not in result.output
        return result

    return invoke


@pytest.fixture
def listed(tmp_path: Path) -> Callable[[Sequence[str]], Path]:
    def write(rows: Sequence[str], name: str = "list.csv") -> Path:
        path = tmp_path / name
        path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
        return path

    return write


def orders(run: Run, path: Path, out: Path, *more: object) -> Result:
    return run("orders", path, "--level", "orange", "--date", "2021-01-10", "-o", out, *more)


KILN = "合成水泥,临汾,水泥,1,熟料,{},是,10,20,5,1"


def test_every_command_has_help(run: Run) -> None:
    for name in COMMANDS:
        result = run(name, "--help")
        assert result.exit_code == 0
        assert COMMANDS[name].split()[0] in run("--help").output


def test_orders_csv_has_the_columns_of_the_contract(run: Run, listed: Callable, tmp_path: Path) -> None:
    result = orders(run, listed([KILN.format("B")]), tmp_path / "o.csv")
    assert result.exit_code == 0
    table = pd.read_csv(tmp_path / "o.csv")
    assert list(table.columns) == list(ORDER_COLUMNS)
    assert table.loc[0, ["measure", "share", "nox_kg_d"]].tolist() == ["limit", 0.2, 4.0]


@pytest.mark.slow
def test_the_three_forms_hold_the_same_rows(run: Run, tmp_path: Path) -> None:
    for suffix in ("csv", "xlsx", "parquet"):
        assert orders(run, LINFEN, tmp_path / f"o.{suffix}").exit_code == 1
    flat = pd.read_csv(tmp_path / "o.csv", dtype=str, keep_default_na=False)
    parquet = pd.read_parquet(tmp_path / "o.parquet")
    assert parquet["order_id"].astype(str).tolist() == flat["order_id"].tolist()
    book = openpyxl.load_workbook(tmp_path / "o.xlsx")
    assert book.sheetnames == ["减排指令", "汇总", "依据缺失"]
    rows = list(book["减排指令"].iter_rows(values_only=True))
    assert "减排措施" in rows[0]
    assert sorted(row[0] for row in rows[1:]) == sorted(flat["order_id"])
    open_lines = left_open(flat)
    assert open_lines[flat["status"] == "undetermined"].all()
    assert book["依据缺失"].max_row - 1 == int(open_lines.sum())


def test_lines_without_a_ground_come_first_in_the_workbook(run: Run, tmp_path: Path) -> None:
    orders(run, LINFEN, tmp_path / "o.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "o.xlsx")["减排指令"]
    header = [cell.value for cell in sheet[1]]
    states = [row[header.index("状态")].value for row in sheet.iter_rows(min_row=2)]
    last = len(states) - states[::-1].index("依据缺失")
    assert states.count("依据缺失") > 0
    # among them only those that a lower level holds, which a person must decide too
    remarks = [row[header.index("备注")].value for row in sheet.iter_rows(min_row=2, max_row=last + 1)]
    assert all(s == "依据缺失" or "为下限" in r for s, r in zip(states[:last], remarks, strict=True))


def test_a_line_without_a_ground_sets_exit_1_and_is_counted(run: Run, listed: Callable, tmp_path: Path) -> None:
    path = listed([KILN.format("B"), "合成砖厂,临汾,砖瓦窑,1,焙烧,C,是,1,1,1,1"])
    result = orders(run, path, tmp_path / "o.csv")
    assert result.exit_code == 1
    assert "依据缺失 1 条" in result.output
    table = pd.read_csv(tmp_path / "o.csv")
    brick = table[table["industry"] == "砖瓦窑"].iloc[0]
    assert brick["status"] == "undetermined"
    assert pd.isna(brick["share"])
    assert pd.isna(brick["nox_kg_d"])


def test_a_bad_cell_is_said_with_its_place_and_sets_exit_1(run: Run, listed: Callable, tmp_path: Path) -> None:
    result = orders(run, listed([KILN.format("B"), KILN.format("Z").replace(",1,", ",2,", 1)]), tmp_path / "o.csv")
    assert result.exit_code == 1
    assert "row 3" in result.output
    assert "绩效等级" in result.output
    assert "'Z'" in result.output


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([KILN.format("B"), KILN.format("C")], ("row 2", "row 3")),
        ([], ("no line",)),
    ],
)
def test_an_unusable_list_writes_nothing(
    run: Run, listed: Callable, tmp_path: Path, rows: list[str], words: tuple[str, ...]
) -> None:
    result = orders(run, listed(rows), tmp_path / "o.csv")
    assert result.exit_code == 2
    assert not (tmp_path / "o.csv").exists()
    assert all(word in result.output for word in words)


def test_a_missing_column_is_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "l.csv").write_text("企业名称,城市,行业\n甲,临汾,水泥\n", encoding="utf-8")
    result = orders(run, tmp_path / "l.csv", tmp_path / "o.csv")
    assert result.exit_code == 2
    assert all(name in result.output for name in ("工序", "生产线编号", "VOCs排放量"))


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02\xff\xfe", "甲\n".encode("gb18030") + b"\xff\xff"])
@pytest.mark.parametrize("suffix", ["csv", "xlsx", "parquet", "txt"])
def test_files_that_are_no_lists_are_refused(run: Run, tmp_path: Path, content: bytes, suffix: str) -> None:
    path = tmp_path / f"l.{suffix}"
    path.write_bytes(content)
    result = orders(run, path, tmp_path / "o.csv")
    assert result.exit_code == 2
    assert str(path) in result.output
    assert not (tmp_path / "o.csv").exists()


def test_a_folder_or_nothing_in_place_of_a_file_is_refused(run: Run, tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "absent.csv"):
        assert orders(run, path, tmp_path / "o.csv").exit_code == 2
        assert run("warn", path).exit_code == 2
        assert run("respond", path, "-o", tmp_path / "out").exit_code == 2
    assert not (tmp_path / "out").exists()


def test_an_unknown_suffix_or_city_is_refused(run: Run, listed: Callable, tmp_path: Path) -> None:
    path = listed([KILN.format("B")])
    assert orders(run, path, tmp_path / "o.docx").exit_code == 2
    assert orders(run, path, tmp_path / "o.csv", "--city", "某某").exit_code == 2
    assert orders(run, path, tmp_path / "o.csv", "--city", "太原").exit_code == 2
    assert not list(tmp_path.glob("o.*"))


def test_names_that_look_like_formulas_stay_text(run: Run, listed: Callable, tmp_path: Path) -> None:
    orders(run, listed(["=1+1,临汾,水泥,1,熟料,B,是,1,1,1,1"]), tmp_path / "o.xlsx")
    cells = [c for row in openpyxl.load_workbook(tmp_path / "o.xlsx")["减排指令"].iter_rows() for c in row]
    found = [cell for cell in cells if cell.value == "=1+1"]
    assert found
    assert all(cell.data_type == "s" for cell in found)


@pytest.mark.slow
def test_the_same_input_gives_the_same_bytes(run: Run, tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        orders(run, LINFEN, tmp_path / name)
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_the_order_of_rows_changes_nothing(run: Run, tmp_path: Path) -> None:
    lines = Path(LINFEN).read_text(encoding="utf-8-sig").splitlines()
    (tmp_path / "turned.csv").write_text("\n".join([lines[0], *reversed(lines[1:])]) + "\n", encoding="utf-8")
    orders(run, LINFEN, tmp_path / "a.csv")
    orders(run, tmp_path / "turned.csv", tmp_path / "b.csv")
    whole, turned = (pd.read_csv(tmp_path / name, dtype=str) for name in ("a.csv", "b.csv"))
    assert whole.drop(columns="basis").equals(turned.drop(columns="basis"))


def test_json_is_json(run: Run, tmp_path: Path) -> None:
    result = CliRunner().invoke(
        main, ["orders", LINFEN, "--level", "red", "--date", "2021-01-10", "--json", "-o", str(tmp_path / "o.csv")]
    )
    entry = json.loads(result.stdout)[0]
    assert entry["city"] == "临汾市"
    assert entry["ratio"]["so2"]["required"] == 0.4
    shown = CliRunner().invoke(main, ["rules", "show", "clinker-B-orange", "--json"])
    assert json.loads(shown.stdout)[0]["then"] == [{"measure": "limit", "share": 0.2, "base": "least_of_three"}]


def test_show_lists_what_is_in_force_there_and_then(run: Run) -> None:
    def ids(*args: str) -> set[str]:
        result = CliRunner().invoke(main, ["rules", "show", "--json", *args])
        return {rule["id"] for rule in json.loads(result.stdout)}

    winter = ids("--city", "临汾", "--date", "2019-12-10")
    assert "32-restricted" in winter
    assert "32-restricted" not in ids("--city", "临汾", "--date", "2019-10-31")
    assert "33-ratio" not in ids("--city", "大同", "--date", "2019-12-10")
    level = ids("--date", "2021-01-10", "--level", "orange")
    assert "clinker-B-orange" in level
    assert not {"clinker-B-yellow", "875-red"} & level
    assert "clinker-B-orange" not in ids("--date", "2021-01-10", "--known-on", "2020-01-01")


@pytest.mark.parametrize("level", ["none", "yellow", "red"])
def test_show_at_a_level_leaves_out_the_values_of_the_others(level: str) -> None:
    shown = CliRunner().invoke(main, ["rules", "show", "--json", "--date", "2021-01-10", "--level", level])
    others = {"none", "yellow", "orange", "red"} - {level}
    for rule in json.loads(shown.stdout):
        assert not others & {*rule.get("levels", ()), *rule.get("required", ()), rule.get("level")}, rule["id"]
    kinds = {rule["kind"] for rule in json.loads(shown.stdout)}
    assert ("ratio" in kinds) == (level != "none")


@pytest.mark.slow
def test_a_run_writes_its_files_and_the_levels_of_the_day(run: Run, tmp_path: Path) -> None:
    for name, level in (("2020-01-22-province", "orange"), ("linfen-red-episode", "red")):
        folder = tmp_path / name
        assert run("respond", name, "-o", folder).exit_code == 1
        found = {path.name for path in folder.iterdir()}
        written = {"warnings.csv", "orders.csv", "orders.xlsx", "summary.json", "report.html", "run.json", "pack"}
        assert found == written
        warnings = pd.read_csv(folder / "warnings.csv")
        assert list(warnings.columns) == list(WARNING_COLUMNS)
        assert warnings[warnings["city"] == "临汾市"]["level"].tolist() == [level]
        summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
        table = pd.read_csv(folder / "orders.csv", dtype={"line_id": str})
        lines = table.drop_duplicates(["enterprise_id", "line_id"])
        assert summary["cities"][0]["lines"] == len(lines)
        page = (folder / "report.html").read_text(encoding="utf-8")
        assert "合成" in page
        assert "http://" not in page
        assert "https://" not in page


def test_the_province_forecast_warns_four_cities(run: Run, tmp_path: Path) -> None:
    forecast = scenarios_folder() / "2020-01-22-province.forecast.csv"
    assert run("warn", forecast, "-o", tmp_path / "w.csv").exit_code == 0
    table = pd.read_csv(tmp_path / "w.csv")
    assert set(table["city"]) == {"临汾市", "长治市", "运城市", "晋城市"}
    assert set(table["level"]) == {"orange"}
    again = run("warn", forecast, "--active", tmp_path / "w.csv", "-o", tmp_path / "w2.csv")
    assert "no change" in again.output
    assert (tmp_path / "w2.csv").read_text() == (tmp_path / "w.csv").read_text()


def test_a_scenario_says_all_that_is_wrong_at_once(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text("title: x\nforecast: none.csv\nlist: none.xlsx\n", encoding="utf-8")
    result = run("respond", path, "-o", tmp_path / "out")
    assert result.exit_code == 2
    assert "none.csv" in result.output
    assert "none.xlsx" in result.output
    path.write_text("title: x\nforcast: a\nlist: b\nnow: yesterday\n", encoding="utf-8")
    result = run("respond", path, "-o", tmp_path / "out")
    assert all(word in result.output for word in ("forcast", "forecast", "now"))
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_a_warned_city_without_lines_needs_a_person(run: Run, tmp_path: Path) -> None:
    text = (scenarios_folder() / "2020-01-22-province.yaml").read_text(encoding="utf-8")
    path = tmp_path / "s.yaml"
    path.write_text("\n".join(line for line in text.splitlines() if not line.startswith("cities")), encoding="utf-8")
    result = run("respond", path, "-o", tmp_path / "out")
    assert result.exit_code == 1
    assert "no lines of 长治市" in result.output


@pytest.mark.slow
def test_further_rules_bring_their_own_places_and_trades(run: Run, tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    (rules / "vocabulary").mkdir(parents=True)
    (rules / "vocabulary" / "more.yaml").write_text(
        "provinces:\n  - {name: 试验省, cities: [试验市]}\nindustries:\n  - {name: 试验业, sector: 化工}\n"
        "processes:\n  - {name: 试验工序}\n",
        encoding="utf-8",
    )
    (rules / "trial.yaml").write_text(
        "document: trial\ntitle: 试行\nissued: 2022-01-01\narea: 试验市\nvalid: {from: 2022-01-01, to: 2022-12-31}\n"
        "source: primary\nrules:\n  - {id: trial-night, article: 一, title: 夜间停产, kind: measure,"
        ' when: {industry: 试验业, process: 试验工序}, then: {stop: true, daily: "20:00-08:00"}}\n',
        encoding="utf-8",
    )
    (rules / "trial.test.yaml").write_text(
        "- name: 夜间停产折半\n  date: 2022-02-02\n  level: yellow\n"
        "  line: {province: 试验省, city: 试验市, industry: 试验业, process: 试验工序, retrofit_done: true}\n"
        "  expect: {status: ordered, measure: stop, share: 0.5, rules: [trial-night]}\n",
        encoding="utf-8",
    )
    path = tmp_path / "l.csv"
    path.write_text(f"{HEADER}\n试验厂,试验市,试验业,1,试验工序,,,8,8,8,8\n", encoding="utf-8")
    out = tmp_path / "o.csv"
    arguments = ("--level", "orange", "--date", "2022-02-02", "-o", out)
    assert run("orders", path, *arguments).exit_code == 1
    assert run("orders", path, *arguments, "--rules", rules).exit_code == 0
    order = pd.read_csv(out).iloc[0]
    assert (order["rules"], order["share"], order["so2_kg_d"]) == ("trial-night", 0.5, 4.0)
    result = CliRunner().invoke(main, ["rules", "test", "--rules", str(rules), "--json"])
    assert result.exit_code == 0


def test_a_document_awaits_adoption(run: Run, listed: Callable, tmp_path: Path) -> None:
    path = tmp_path / "l.csv"
    path.write_text(f"{HEADER},区县\n合成焦化,吕梁,焦化,1,焦炉,,是,1,1,1,1,孝义市\n", encoding="utf-8")
    arguments = ("orders", path, "--level", "yellow", "--date", "2019-10-19", "--hours", "24", "-o", tmp_path / "o.csv")
    assert run(*arguments).exit_code == 1
    adopted = run(*arguments, "--adopt", "lvliang-county-2019-10-18=吕梁市/孝义市")
    assert adopted.exit_code == 0
    assert pd.read_csv(tmp_path / "o.csv")["measure"].tolist() == ["coking_time"]
    assert run(*arguments, "--adopt", "lvliang-county-2019-10-18=孝义").exit_code == 2
    assert run(*arguments, "--adopt", "nothing").exit_code == 2


def test_the_excerpt_of_the_readme_is_what_the_first_command_writes(run: Run, tmp_path: Path) -> None:
    assert run("respond", "linfen-red-episode", "-o", tmp_path / "out", "--no-pack").exit_code == 1
    orders = pd.read_csv(tmp_path / "out" / "orders.csv", dtype=str).fillna("")
    for name in ("README.md", "README.zh-CN.md"):
        lines = (Path(__file__).parents[2] / name).read_text(encoding="utf-8").splitlines()
        told = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
        columns = next(row for row in told if row[0] == "enterprise")
        shown = [row for row in told if len(row) == len(columns) and "合成" in row[0]]
        written = {tuple(row) for row in orders[columns].to_numpy().tolist()}
        assert shown
        assert [row for row in shown if tuple(row) not in written] == [], name
