"""Whatever is given: a message and exit status 2, never a traceback, and nothing written."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from alertengine.cli import main
from alertengine.files import lists_folder, scenarios_folder

pytestmark = pytest.mark.whole

HEADER = "企业名称,城市,行业,生产线编号,工序,绩效等级,SO2排放量,NOx排放量,颗粒物排放量,VOCs排放量"
KILN = "合成水泥,临汾,水泥,1,熟料,B,10,20,5,1"
Run = Callable[..., Result]


@pytest.fixture
def run() -> Run:
    def invoke(*args: object) -> Result:
        result = CliRunner().invoke(main, [str(arg) for arg in args])
        assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
        assert "Traceback" not in result.output
        return result

    return invoke


@pytest.fixture
def kiln(tmp_path: Path) -> Path:
    """A list of one line that can be used."""
    path = tmp_path / "list.csv"
    path.write_text(f"{HEADER}\n{KILN}\n", encoding="utf-8")
    return path


def _refused(result: Result, *words: str) -> None:
    said = result.output[-600:]
    assert result.exit_code == 2, said
    assert all(word in result.output for word in words), said


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (["--level", "purple"], "purple"),
        (["--level", "橙色"], "橙色"),
        (["--date", "2019-02-30"], "2019-02-30"),
        (["--date", "昨天"], "YYYY-MM-DD"),
        (["--date", ""], "YYYY-MM-DD"),
        (["--known-on", "2019/01/01"], "YYYY-MM-DD"),
        (["--hours", "0"], "--hours"),
        (["--hours", "-3"], "--hours"),
        (["--hours", "nan"], "--hours"),
        (["--hours", "inf"], "--hours"),
        (["--hours", "1e12"], "--hours"),
        (["--hours", "two"], "--hours"),
        (["--city", "火星市"], "火星市"),
        (["--adopt", "x"], "DOCUMENT=AREA"),
        (["--adopt", "no-such=临汾市"], "no-such"),
        (["--adopt", "guide-2020-340=临汾市"], "awaits adoption"),
        (["--adopt", "jjj-2016=临汾市", "--adopt", "jjj-2016=太原市"], "adopted for 临汾市 too"),
        (["--rules", "{folder}/absent"], "absent"),
        (["--rules", "{list}"], "list.csv"),
        (["--totals", "{folder}"], "{folder}"),
        (["--totals", "{folder}/absent.csv"], "absent.csv"),
        (["--totals", "{list}"], "list.csv"),
        (["-o", "{folder}/out.doc"], ".doc"),
        (["-o", "{folder}/out"], "suffix"),
        (["-o", "{list}/out.csv"], "out.csv"),
        (["--colour", "red"], "--colour"),
    ],
)
def test_options_that_cannot_be_used(run: Run, kiln: Path, options: list[str], word: str) -> None:
    places = {"folder": str(kiln.parent), "list": str(kiln)}
    given = [option.format(**places) for option in options]
    before = {path.name for path in kiln.parent.iterdir()}
    defaults = ["--level", "orange", "--date", "2021-01-10", "-o", str(kiln.parent / "o.csv")]
    _refused(run("orders", kiln, *defaults, *given), word.format(**places))
    assert {path.name for path in kiln.parent.iterdir()} == before


@pytest.mark.parametrize("hours", ["nan", "inf", "1e9", "0", "two"])
def test_a_plan_of_no_length_is_refused(run: Run, kiln: Path, hours: str) -> None:
    _refused(run("plan", kiln, "--level", "red", "--hours", hours, "--date", "2021-01-10"), "--hours", "8784")
    _refused(run("plan", kiln, "--course", f"red:{hours}", "--date", "2021-01-10"), "--course", "8784")


def test_a_folder_named_like_the_output_is_left_alone(run: Run, kiln: Path) -> None:
    target = kiln.parent / "o.csv"
    (target / "inside").mkdir(parents=True)
    _refused(run("orders", kiln, "--level", "red", "--date", "2021-01-10", "-o", target), "o.csv")
    assert (target / "inside").is_dir()


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "1899-12-31"])
def test_days_at_the_ends_of_the_calendar_are_refused(run: Run, kiln: Path, day: str) -> None:
    for more in ([], ["--hours", "48"]):
        _refused(run("orders", kiln, "--level", "red", "--date", day, "-o", kiln.parent / "o.csv", *more), "1900")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n\n",
        HEADER,
        HEADER + "\n",
        "a,b,c\n1,2,3\n",
        HEADER + "\n" + KILN + "\n" + KILN + "\n",
        '"' + HEADER + "\n" + KILN,
        "\x00\x00",
        "企业名称,企业名称\n甲,乙\n",
        "{}",
        "<html></html>",
    ],
)
@pytest.mark.parametrize("command", ["orders", "check"])
def test_texts_that_are_no_lists(run: Run, tmp_path: Path, text: str, command: str) -> None:
    path = tmp_path / "list.csv"
    path.write_text(text, encoding="utf-8")
    options = ["--level", "red", "--date", "2021-01-10"] if command == "orders" else []
    _refused(run(command, path, *options, "-o", tmp_path / "o.csv"), "list.csv")
    assert not (tmp_path / "o.csv").exists()


def test_a_message_names_file_row_column_value_and_what_was_expected(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    rows = [KILN, KILN.replace(",1,熟料,B,10", ",2,熟料,B,一百")]
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    result = run("orders", path, "--level", "red", "--date", "2021-01-10", "-o", tmp_path / "o.csv")
    assert result.exit_code == 1
    line = next(line for line in result.output.splitlines() if "一百" in line)
    assert all(word in line for word in ("list.csv", "row 3", "SO2排放量", "'一百'", "expected a number"))


def test_a_city_not_on_file_is_said(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"{HEADER}\n{KILN.replace('临汾', '火星市')}\n", encoding="utf-8")
    result = run("orders", path, "--level", "red", "--date", "2021-01-10", "-o", tmp_path / "o.csv")
    assert any("火星市" in line for line in result.stderr.splitlines())


# -- forecasts


@pytest.mark.parametrize("content", [b"", b"\x00\xff", b"a,b\n1,2\n", "城市\n临汾市\n".encode()])
@pytest.mark.parametrize("option", [None, "--observed", "--active"])
def test_files_that_are_no_forecasts(run: Run, tmp_path: Path, content: bytes, option: str | None) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(content)
    good = scenarios_folder() / "linfen-red-episode.forecast.csv"
    arguments = [path] if option is None else [good, option, path]
    _refused(run("warn", *arguments, "-o", tmp_path / "w.csv"), "f.csv")
    assert not (tmp_path / "w.csv").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("warn", "{forecast}", "--active", "{unusable}", "--list", "{list}"),
        ("warn", "{unusable}", "--list", "{list}"),
        ("lists", "diff", "{list}", "{unusable}"),
        ("lists", "diff", "{unusable}", "{list}"),
        ("audit", "{unusable}", "--list", "{list}", "--evidence", "{unusable}"),
        ("backtest", "{unusable}", "--observed", "{air}"),
        ("backtest", "{air}", "--alerts", "{unusable}"),
        ("orders", "{list}", "--level", "red", "--date", "2021-12-10", "--city", "unusable.csv"),
        ("plan", "{list}", "--level", "red", "--date", "2021-12-10", "--steps", "{unusable}"),
        ("plan", "{list}", "--level", "red", "--date", "2021-12-10", "--value", "unusable.csv"),
    ],
)
def test_a_cell_that_cannot_be_read_is_told_beside_another_file_that_cannot_be_used(
    run: Run, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    files = {name: tmp_path / f"{name}.csv" for name in ("unusable", "list", "air")}
    files["forecast"] = scenarios_folder() / "linfen-red-episode.forecast.csv"
    files["unusable"].write_text("随便,写点\n1,2\n", encoding="utf-8")
    files["list"].write_text(f"{HEADER}\n{KILN.replace('10,20', '许多,20')}\n", encoding="utf-8")
    air = [f"临汾,2019-01-{day:02d},{'许多' if day == 3 else 260},280,20,30,1.2,50" for day in range(1, 6)]
    files["air"].write_text("\n".join(["city,date,pm25,pm10,so2,no2,co,o3", *air, ""]), encoding="utf-8")
    _refused(run(*(one.format(**files) for one in arguments)), "unusable.csv", "许多")


def test_two_rulebooks_that_cannot_be_read_are_told_together(run: Run, tmp_path: Path) -> None:
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.yaml").write_text("document: [", encoding="utf-8")
    _refused(run("rules", "diff", tmp_path / "old", tmp_path / "new"), "old.yaml", "new.yaml")


@pytest.mark.parametrize("moment", ["2019-13-01", "soon", "2019-01-03T15:00+08:00", "2019-01-03 25:00"])
def test_times_that_cannot_be_used(run: Run, tmp_path: Path, moment: str) -> None:
    good = scenarios_folder() / "linfen-red-episode.forecast.csv"
    _refused(run("warn", good, "--date", moment, "-o", tmp_path / "w.csv"))
    assert not (tmp_path / "w.csv").exists()


# -- rules


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["show", "no-such-rule"], "no-such-rule"),
        (["show", "--kind", "colour"], "colour"),
        (["show", "--city", "火星市"], "火星市"),
        (["show", "--city", "山西省"], "山西省"),
        (["show", "--date", "x"], "YYYY-MM-DD"),
        (["show", "--rules", "/no/such/folder"], "/no/such/folder"),
        (["check", "--rules", "/no/such/folder"], "/no/such/folder"),
        (["test", "--rules", "/no/such/folder"], "/no/such/folder"),
        (["sing"], "sing"),
    ],
)
def test_questions_to_the_rulebook_that_cannot_be_answered(run: Run, arguments: list[str], word: str) -> None:
    _refused(run("rules", *arguments), word)


HEAD = "document: bad\ntitle: 例\narea: 山西省\nvalid: {from: 2020-01-01}\nsource: primary\n"
RULE = HEAD + "rules: [{id: a, article: 一, title: 例, kind: measure, then: stop}]\n"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "- 1",
        "document: [x]",
        "document: bad",
        HEAD + "rules: 5",
        HEAD + "rules: {a: 1}",
        HEAD + "rules: [1, [2], {id: 3}]",
        HEAD + "tables: [1]",
        HEAD + "tables: {a: 1}",
        HEAD + "tables: [{id: t, rows: 3}]",
        HEAD + "tables: [{id: t, match: [stable], rows: [[true, stop], stop]}]",
        HEAD + "missing: 3",
        RULE + "defaults: 3",
        RULE + "defaults: {一: 3}",
        HEAD.replace("area: 山西省", "area: 3"),
        HEAD.replace("area: 山西省", "area: [[山西省]]"),
        HEAD.replace("{from: 2020-01-01}", "{from: 0}"),
        HEAD.replace("{from: 2020-01-01}", "{from: 2020-13}"),
        HEAD.replace("{from: 2020-01-01}", "2020"),
        RULE.replace("id: a", "id: {a: 1}"),
        RULE.replace("id: a", "id: [a]"),
        RULE.replace("kind: measure", "kind: [measure]"),
        RULE.replace("article: 一", "article: [一]"),
        RULE.replace("id: a", "id: a, like: [b]"),
        RULE.replace("id: a", "id: a, source: 好"),
        RULE.replace("id: a", "id: a, valid: 3"),
        RULE.replace("id: a", "id: a, need: 3"),
        RULE.replace("id: a", "id: a, need: {if: 3, then: 4}"),
        RULE.replace("id: a", "id: a, when: 3"),
        RULE.replace("id: a", "id: a, when: {stable: {}}"),
        RULE.replace("id: a", "id: a, when: {stable: {in: {a: 1}}}"),
        RULE.replace("id: a", "id: a, when: {any: [3]}"),
        RULE.replace("id: a", "id: a, layer: [x]"),
        RULE.replace("id: a", "id: a, during: [x]"),
        RULE.replace("id: a", "id: a, regimes: 3"),
        RULE.replace("id: a", "id: a, regime: [season]"),
        RULE.replace("id: a", "id: a, levels: 4"),
        RULE.replace("id: a", "id: a, replaces: 4"),
        RULE.replace("then: stop", "then: [[stop]]"),
        RULE.replace("then: stop", "then: 3"),
        RULE.replace("then: stop", "then: {limit: {a: 1}}"),
        RULE.replace("then: stop", "then: {stop_share: 0.5, by: 3}"),
        RULE.replace("then: stop", "then: {stop_share: 0.5, by: []}"),
        RULE.replace("then: stop", "then: {feed_cap: {to: [1]}}"),
        RULE.replace("then: stop", "then: {emission_cap: {so2: x}}"),
        RULE.replace("then: stop", "then: {1: 2}"),
    ],
)
def test_documents_that_cannot_be_read(run: Run, tmp_path: Path, text: str) -> None:
    (tmp_path / "bad.yaml").write_text(text, encoding="utf-8")
    _refused(run("rules", "show", "a", "--rules", tmp_path), "bad.yaml")


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "- 1",
        "- {name: x}",
        "- {name: x, date: y, level: red, line: {city: 临汾市}, expect: {}}",
        "- {name: x, date: 2020-01-01, level: red, line: {city: 临汾市}, expect: {shares: 1}}",
        "- {name: x, date: 2020-01-01, level: red, lines: [{city: 临汾市}], expect: [{}, {}]}",
        "- {name: x, date: 2020-01-01, level: red, expect: {ratio: {so2: 0.1}}}",
    ],
)
def test_cases_that_cannot_be_read(run: Run, tmp_path: Path, text: str) -> None:
    (tmp_path / "bad.test.yaml").write_text(text, encoding="utf-8")
    _refused(run("rules", "check", "--rules", tmp_path), "bad.test.yaml")


@pytest.mark.parametrize(
    "line", ["{city: 临汾市, colour: red}", "{city: 临汾市, stable: 是}", "{city: 临汾市, grade: Z}", "{load_pct: 高}"]
)
def test_a_case_about_a_line_that_no_list_could_hold_fails_with_the_reason(run: Run, tmp_path: Path, line: str) -> None:
    (tmp_path / "odd.yaml").write_text(
        "document: odd\ntitle: 例\narea: 山西省\nvalid: {from: 2020-01-01}\nsource: primary\n", encoding="utf-8"
    )
    (tmp_path / "odd.test.yaml").write_text(
        f"- {{name: x, date: 2020-01-01, level: red, line: {line}, expect: {{share: 1}}}}\n", encoding="utf-8"
    )
    result = run("rules", "test", "--document", "odd", "--rules", tmp_path, "--json")
    assert result.exit_code == 1
    assert "0 cases hold, 1 fail" in result.output


# -- scenarios


@pytest.fixture
def scenario(tmp_path: Path) -> Callable[..., Path]:
    """A shipped scenario with keys of its own."""

    def write(**keys: object) -> Path:
        shutil.copy(scenarios_folder() / "linfen-red-episode.forecast.csv", tmp_path / "f.csv")
        shutil.copy(lists_folder() / "linfen-synthetic.csv", tmp_path / "l.csv")
        content = {"title": "例", "forecast": "f.csv", "list": "l.csv", **keys}
        path = tmp_path / "s.yaml"
        path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize(
    ("keys", "word"),
    [
        ({"forecast": "l.csv"}, "l.csv"),
        ({"list": "f.csv"}, "f.csv"),
        ({"list": "."}, "list"),
        ({"forecast": 3}, "forecast"),
        ({"colour": 1}, "colour"),
        ({"now": "soon"}, "now"),
        ({"now": "2019-01-03T15:00:00+08:00"}, "now"),
        ({"known_on": "x"}, "known_on"),
        ({"rules": "absent"}, "absent"),
        ({"adopt": {"x": "临汾市"}}, "x"),
        ({"adopt": 3}, "adopt"),
        ({"cities": ["火星市"]}, "火星市"),
        ({"orders": [{"area": "临汾市", "level": "purple", "from": "2019-01-04", "source": "例"}]}, "level"),
        ({"orders": [{"area": "火星", "level": "red", "from": "2019-01-04", "source": "例"}]}, "火星"),
        ({"orders": [{"area": "临汾市", "level": "red", "from": "soon", "source": "例"}]}, "soon"),
        ({"perfect": {}}, "issued"),
        ({"active": "l.csv"}, "l.csv"),
        ({"totals": "f.csv"}, "f.csv"),
    ],
)
def test_scenarios_that_cannot_be_run(
    run: Run, scenario: Callable[..., Path], tmp_path: Path, keys: dict[str, object], word: str
) -> None:
    _refused(run("respond", scenario(**keys), "-o", tmp_path / "out"), word)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("text", ["", "a", "- 1", "title: [", "\x00"])
def test_files_that_are_no_scenarios(run: Run, tmp_path: Path, text: str) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(text, encoding="utf-8")
    _refused(run("respond", path, "-o", tmp_path / "out"), "s.yaml")


@pytest.mark.slow
def test_an_output_folder_that_is_a_file_is_refused_and_kept(
    run: Run, scenario: Callable[..., Path], tmp_path: Path
) -> None:
    (tmp_path / "out").write_text("mine", encoding="utf-8")
    _refused(run("respond", scenario(), "-o", tmp_path / "out"), "out")
    assert (tmp_path / "out").read_text(encoding="utf-8") == "mine"


def test_a_folder_given_as_a_list_is_sent_to_the_cluster(tmp_path: Path) -> None:
    (tmp_path / "list").mkdir()
    arguments = [
        "orders",
        str(tmp_path / "list"),
        "--level",
        "red",
        "--date",
        "2021-12-10",
        "-o",
        str(tmp_path / "o.csv"),
    ]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 2
    assert "a folder; expected csv, xlsx or parquet; a list that was partitioned is read with --cluster" in done.output
    assert not (tmp_path / "o.csv").exists()
