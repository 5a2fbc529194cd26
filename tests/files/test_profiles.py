"""A sender is learned once: what a person said of a county's sheet is a profile, and the next sheet gets in with it."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml
from click.testing import CliRunner, Result

from alertengine.cli import main
from alertengine.files import Profile, load_profile, reading_with, workbooks
from alertengine.lists import LIST_SCHEMA, read_list
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import InputError
from alertengine.workflow import look_at_table
from tests.files.conftest import csv_text, workbook

pytestmark = pytest.mark.whole

_HEADERS = ["序号", "县（市、区）", "单位", "所属行业", "评级", "产线", "主工序", "SO2", "NOx", "PM", "VOCs", "红"]
_SAID = {
    "单位": "企业名称", "所属行业": "industry", "评级": "绩效等级", "产线": "line_id+line", "主工序": "工序",
    "SO2": "SO2排放量", "NOx": "nox_kg_d", "PM": "颗粒物排放量", "VOCs": "VOCs排放量", "红": "plan_red",
}  # fmt: skip
_OPEN, _SCAN = workbooks._open_new, workbooks.scan_xlsx
_UNITS = dict.fromkeys(("SO2", "NOx", "PM", "VOCs"), "吨/年")


@pytest.fixture(autouse=True)
def profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of profiles of a test."""
    monkeypatch.setenv("ALERTENGINE_PROFILES", str(tmp_path / "profiles"))
    return tmp_path / "profiles"


def _sheet(path: Path, *, headers: list[str] = _HEADERS, so2: Any = 36.5, firm: str = "合成铸造") -> Path:
    """A county's own sheet: a title, groups above the headers, merged cells, a sum, a note, signatures."""
    rows = [
        ["某县减排清单（工业源）"],
        ["基本信息", None, None, None, None, "生产线", None, "排放量（吨/年）"],
        headers,
        [1, "尧都区", firm, "铸造", "C", "1#炉", "熔炼", so2, 3.65, 7.3, 0, "停产"],
        [None, None, None, None, None, "2#炉", "造型", 0, 0, 3.65, 0.365, "停产"],
        ["合计", None, None, None, None, None, None, 36.5, 3.65, 10.95, 0.365, None],
        ["注：1.排放量为执行报告数据。"],
        ["填表人：甲", None, None, "审核人：乙"],
    ]

    def merge(sheet: Any) -> None:
        for column in "ABCDE":
            sheet.merge_cells(f"{column}4:{column}5")

    return workbook(path, rows, merge)


def _run(*call: str) -> Result:
    return CliRunner().invoke(main, ["--lang", "en", *call])


def _map(path: Path, *more: str) -> Result:
    fields = [part for header, field in _SAID.items() for part in ("--field", f"{header}={field}")]
    units = [part for header, unit in _UNITS.items() for part in ("--unit", f"{header}={unit}")]
    return _run("tables", "map", str(path), "--as", "list", *fields, *units, "--value", "城市=临汾市", *more)


def test_a_countys_sheet_gets_in_with_a_profile_that_was_saved_of_another(tmp_path: Path, profiles: Path) -> None:
    """Refused before; said once; the next one with these headers is read, in kilograms a day, and says how."""
    book = Rulebook.load()
    with pytest.raises(InputError, match="企业名称: required column missing"):
        read_list(_sheet(tmp_path / "before.xlsx"), book)
    saved = _map(tmp_path / "before.xlsx", "--save", "county")
    assert saved.exit_code == 0, saved.stderr
    assert str(profiles / "county.profile.yaml") in saved.stderr
    after = _sheet(tmp_path / "after.xlsx", so2=73, firm="合成铸件")
    # What is saved is looked at by commands, not by whoever calls the reader.
    with pytest.raises(InputError, match="企业名称: required column missing"):
        read_list(after, book)
    with reading_with():
        lines = read_list(after, book)
    assert lines.lines["enterprise"].tolist() == ["合成铸件", "合成铸件"]
    assert lines.lines["line_id"].tolist() == lines.lines["line"].tolist() == ["1#炉", "2#炉"]
    assert lines.lines["so2_kg_d"].tolist() == pytest.approx([200, 0])
    assert lines.lines["city"].tolist() == ["临汾市", "临汾市"]
    assert any(note.code == "profile_used" for note in lines.notes)
    assert lines.protocol is not None
    assert ("单位", ("enterprise",)) in lines.protocol.columns
    assert [one.kind for one in lines.protocol.left_out] == ["sum", "note", "note"]


def test_a_command_line_that_is_wrong_leaves_no_profile_in_use(tmp_path: Path) -> None:
    _map(_sheet(tmp_path / "a.xlsx"), "--save", "county")
    assert _run("orders", "--profile", "county", "--level", "purple").exit_code == 2
    with pytest.raises(InputError, match="企业名称: required column missing"):
        read_list(_sheet(tmp_path / "b.xlsx"), Rulebook.load())


def test_a_bad_cell_under_a_profile_is_told_by_its_row(tmp_path: Path) -> None:
    """What a profile reads is read as strictly as all else, and by every command."""
    _map(_sheet(tmp_path / "a.xlsx"), "--save", "county")
    bad = str(_sheet(tmp_path / "b.xlsx", so2="坏格"))
    for call in (["check", bad, "--date", "2021-01-04"], ["orders", bad, "--level", "red", "--date", "2021-01-04"]):
        result = _run(*call)
        assert result.exit_code == 1
        assert "坏格" in result.stderr
        assert "row 4" in result.stderr


def test_other_headers_are_not_read_with_it_unless_it_is_named(tmp_path: Path) -> None:
    """A fingerprint is all the headers; by name it is used, and a header that is gone is told."""
    _map(_sheet(tmp_path / "a.xlsx"), "--save", "county")
    other = str(_sheet(tmp_path / "b.xlsx", headers=[*_HEADERS[:-1], "红色措施栏"]))
    assert _run("check", other).exit_code == 2
    named = _run("check", other, "--profile", "county", "--date", "2021-01-04")
    assert named.exit_code == 1
    assert "does not have: 红" in named.stderr
    gone = _run("check", other, "--profile", "nobody")
    assert gone.exit_code == 2
    assert "nobody" in gone.stderr
    assert "county" in gone.stderr


def test_a_profile_beside_a_file_is_of_that_file(tmp_path: Path) -> None:
    """``<file>.profile.yaml``, as the totals beside a list."""
    path = _sheet(tmp_path / "a.xlsx")
    said = {"as": "list", "fields": _SAID, "units": _UNITS, "values": {"city": "临汾市"}}
    (tmp_path / "a.xlsx.profile.yaml").write_text(yaml.safe_dump(said, allow_unicode=True), encoding="utf-8")
    assert len(read_list(path, Rulebook.load()).lines) == 2


def test_what_is_understood_is_shown_before_anything_is_said(tmp_path: Path) -> None:
    """Header by header, and what is missing; the protocol as JSON."""
    headers = [*_HEADERS[:2], "企业名称", "行业", *_HEADERS[4:]]
    path = str(_sheet(tmp_path / "a.xlsx", headers=headers))
    shown = _run("tables", "map", path, "--as", "list", "--json")
    assert shown.exit_code == 1
    columns = dict(json.loads(shown.stdout)["columns"])
    assert columns["企业名称"] == ["enterprise"]
    assert columns["产线"] == []
    assert "颗粒物排放量" in shown.stderr
    assert _run("tables", "map", path, "--as", "list", "--save", "x").exit_code == 2


def test_a_forecast_of_unknown_headers_is_read_and_a_column_can_be_left_unread(tmp_path: Path) -> None:
    """The same for other kinds, from a csv in GB18030; a header that is known by chance is set aside."""
    rows = [["起报", "地级市", "日子", "指数", "备注"], ["2021-01-03 15:00", "临汾市", "2021-01-04", "310", "沙尘"]]
    path = tmp_path / "f.csv"
    path.write_bytes(csv_text(rows, ";").encode("gb18030"))
    call = ["tables", "map", str(path), "--as", "forecast", "--field", "备注="]
    for pair in ("起报=发布时间", "地级市=城市", "日子=预报日期", "指数=AQI"):
        call += ["--field", pair]
    saved = _run(*call, "--save", "station", "--json")
    assert saved.exit_code == 0, saved.stderr
    assert dict(json.loads(saved.stdout)["columns"])["备注"] == []
    told = _run("warn", str(path), "--json")
    assert "station" in told.stderr
    assert told.exit_code in (0, 1)
    assert json.loads(told.stdout) is not None


def test_a_workbook_is_opened_and_a_sheet_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is shown of a file, its saved profiles and the reading itself come from one opening."""
    assert _map(_sheet(tmp_path / "a.xlsx"), "--save", "county").exit_code == 0
    opened: list[Path] = []
    read: list[str] = []
    monkeypatch.setattr(workbooks, "_open_new", lambda path: (opened.append(path), _OPEN(path))[1])
    monkeypatch.setattr(workbooks, "scan_xlsx", lambda path, name: (read.append(name), _SCAN(path, name))[1])
    found = look_at_table(_sheet(tmp_path / "b.xlsx"), "list", Rulebook.load().lists)
    assert not found.refused
    assert found.headers == tuple(_HEADERS)
    assert found.sheets[0].rows[0][:2] == tuple(_HEADERS[:2])
    assert len(opened) == 1
    assert read == ["Sheet"]


def test_a_packed_file_is_known_by_its_headers(tmp_path: Path) -> None:
    """A csv in a .gz, in another encoding than the one it was said of."""
    header, row = ["日子", "地级市", "指数"], ["2021-01-04", "临汾市", "310"]
    call = ["--field", "地级市=城市", "--field", "日子=预报日期", "--field", "指数=AQI"]
    (tmp_path / "a.csv").write_text(csv_text([header, row]), encoding="utf-8")
    saved = _run("tables", "map", str(tmp_path / "a.csv"), "--as", "observed", *call, "--save", "station")
    assert saved.exit_code == 0, saved.stderr
    path = tmp_path / "b.csv.gz"
    path.write_bytes(gzip.compress(csv_text([header, row], ";").encode("utf-16")))
    found = look_at_table(path, "observed", Rulebook.load().lists)
    assert not found.refused, found.problems
    assert found.sheets[0].headers == tuple(header)


def test_a_table_of_cities_is_said_and_known_again(tmp_path: Path) -> None:
    """Only a person knows what the numbers of a table of cities are."""
    rows = [["日期", "太原", "临汾"], ["2021-01-04", 120, 210]]
    path = workbook(tmp_path / "a.xlsx", rows)
    assert _run("tables", "map", str(path), "--as", "observed").exit_code == 1
    saved = _run("tables", "map", str(path), "--as", "observed", "--value", "指标=PM2.5", "--save", "station")
    assert saved.exit_code == 0, saved.stderr
    found = look_at_table(workbook(tmp_path / "b.xlsx", rows), "observed", Rulebook.load().lists)
    assert not found.refused
    assert [one.fields for one in found.headings] == [("target_date",), ("city",), ("city",), ("indicator",)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("as: list\nfields: {单位: 企业明称}\n", "企业名称"),
        ("as: list\nunits: {不知: 吨/年}\n", "不知"),
        ("as: list\nfield: {单位: 企业名称}\n", "field"),
        ("as: [list]\n", "as"),
        ("- list\n", ""),
        ("as: list\nheaders: " + "[" * 90 + "]" * 90 + "\n", "nested"),
        ("as: list\nas: list\n", "twice"),
        ("as: 'list\n", ""),
    ],
)
def test_a_bad_profile_is_one_clear_problem(text: str, said: str, tmp_path: Path, profiles: Path) -> None:
    """Unknown fields with the nearest known ones, unknown keys, YAML that is none or too deep: exit status 2."""
    profiles.mkdir()
    (profiles / "bad.profile.yaml").write_text(text, encoding="utf-8")
    result = _run("check", str(_sheet(tmp_path / "a.xlsx")), "--profile", "bad")
    assert result.exit_code == 2, result.output
    assert said in result.stderr
    assert "bad" in result.stderr
    assert result.exception is None or isinstance(result.exception, SystemExit)


def test_no_name_leads_out_of_the_folder(tmp_path: Path, profiles: Path) -> None:
    """A profile is saved under a plain name, and a saved one is as it was said."""
    path = _sheet(tmp_path / "a.xlsx")
    for name in ("../x", "a/b", ".x", ""):
        assert _map(path, "--save", name).exit_code in (1, 2)
    assert not profiles.exists()
    assert _map(path, "--save", "好").exit_code == 0
    saved = load_profile(profiles / "好.profile.yaml")
    assert (saved.fields, saved.units, saved.values) == (_SAID, _UNITS, {"城市": "临汾市"})
    assert list(saved.headers) == _HEADERS


def test_a_profile_of_another_kind_changes_nothing(tmp_path: Path) -> None:
    """A profile is of one kind of table."""
    path = _sheet(tmp_path / "a.xlsx")
    with (
        reading_with(Profile.model_validate({"as": "totals", "fields": _SAID})),
        pytest.raises(InputError, match="企业名称: required column missing"),
    ):
        read_list(path, Rulebook.load())
    assert LIST_SCHEMA.kind == "list"
    assert openpyxl.load_workbook(path).sheetnames == ["Sheet"]


@pytest.mark.slow
def test_what_is_on_record_carries_its_profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An act of a list read with a profile is replayed where nobody has that profile."""
    _map(_sheet(tmp_path / "a.xlsx"), "--save", "county")
    book = str(tmp_path / "record.db")
    call = ["--level", "red", "--date", "2021-01-04", "--issued-at", "2021-01-03", "--drafted-by", "甲"]
    issued = _run(
        "ledger",
        "issue",
        book,
        "--list",
        str(_sheet(tmp_path / "b.xlsx")),
        *call,
        "--reviewed-by",
        "乙",
        "--approved-by",
        "丙",
    )
    assert issued.exit_code in (0, 1), issued.stderr
    monkeypatch.setenv("ALERTENGINE_PROFILES", str(tmp_path / "elsewhere"))
    replayed = _run("ledger", "replay", book, "1")
    assert replayed.exit_code == 0, replayed.output


def test_a_sheet_that_was_said_is_the_one_that_is_read(tmp_path: Path) -> None:
    """One sheet of several; a sheet that is not there is refused by name, never another one taken."""
    path = _sheet(tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(path)
    book.copy_worksheet(book["Sheet"]).title = "旧表"
    book.save(path)
    shown = _map(path, "--sheet", "Sheet", "--json")
    assert shown.exit_code == 0, shown.stderr
    assert [one["name"] for one in json.loads(shown.stdout)["sheets"]] == ["Sheet"]
    refused = _map(path, "--sheet", "新表")
    assert refused.exit_code == 2
    assert "新表" in refused.stderr
    assert "旧表" in refused.stderr
