"""The command ``backtest``, and what ``warn`` says about lines to tell early."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from alertengine.cli import main

pytestmark = pytest.mark.whole

HEAD = "city,date,PM2.5,PM10,SO2,NO2,CO,O3\n"


@pytest.fixture
def past(tmp_path: Path) -> Path:
    """Ten days of Linfen: three heavy ones in the middle."""
    air = [40, 60, 190, 260, 210, 50, 45, 40, 60, 30]
    days = [f"临汾,2019-01-{day:02d},{pm},{pm + 20},20,30,1.2,50\n" for day, pm in enumerate(air, start=1)]
    path = tmp_path / "daily.csv"
    path.write_text(HEAD + "".join(days), encoding="utf-8")
    return path


def test_it_writes_a_table_and_a_page(past: Path, tmp_path: Path) -> None:
    alerts = tmp_path / "alerts.csv"
    alerts.write_text(
        "id,areas,level,effective_start,effective_end\nX,临汾,red,2019-01-03,2019-01-05\n", encoding="utf-8"
    )
    out = tmp_path / "out"
    asked = ["backtest", str(past), "--alerts", str(alerts), "--regime", "mee-2018-875", "--regime", "mee-2024-6"]
    result = CliRunner().invoke(main, [*asked, "-o", str(out)])
    assert result.exit_code == 0, result.output
    with (out / "backtest.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    kinds = [(row["row"], row["regime"], row["level"], row["outcome"]) for row in rows]
    assert ("episode", "mee-2018-875", "orange", "") in kinds
    assert ("alert", "mee-2018-875", "orange", "higher") in kinds
    assert [row["orange_days"] for row in rows if row["row"] == "season"] == ["3", "0"]
    assert [row["red_days"] for row in rows if row["row"] == "season"] == ["0", "3"]
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "<svg" in page
    assert "实际高于推演" in page


def test_it_prints_json_for_one_city_and_some_days(past: Path) -> None:
    result = CliRunner().invoke(
        main, ["backtest", str(past), "--city", "临汾", "--from", "2019-01-01", "--to", "2019-01-04", "--json"]
    )
    assert result.exit_code == 0
    rows = json.loads(result.stdout)
    assert [row["level"] for row in rows if row["row"] == "episode"] == ["yellow"]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--city", "火星"], "not on file"),
        (["--regime", "nothing"], "no such document"),
        (["--from", "2030-01-01"], "nothing left"),
        (["--alerts", "nowhere.csv"], "cannot be read"),
    ],
)
def test_what_cannot_be_used_is_refused(past: Path, tmp_path: Path, more: list[str], words: str) -> None:
    out = tmp_path / "out"
    result = CliRunner().invoke(main, ["backtest", str(past), *more, "-o", str(out)])
    assert result.exit_code == 2
    assert words in result.stderr
    assert not out.exists()


def test_days_without_a_grading_want_a_person(tmp_path: Path) -> None:
    path = tmp_path / "old.csv"
    path.write_text(
        HEAD + "临汾,2005-01-01,260,280,20,30,1.2,50\n临汾,2005-01-02,260,280,20,30,1.2,50\n", encoding="utf-8"
    )
    result = CliRunner().invoke(main, ["backtest", str(path)])
    assert result.exit_code == 1
    assert "no grading in force" in result.stderr


def test_warn_names_the_lines_to_tell_early(tmp_path: Path) -> None:
    forecast = tmp_path / "forecast.csv"
    air = [250, 250, 250, 90, 250, 250, 250]
    days = [f"2019-01-03 15:00,临汾,2019-01-{day:02d},{aqi},PM2.5\n" for day, aqi in enumerate(air, start=4)]
    forecast.write_text("issue_time,city,target_date,aqi,primary\n" + "".join(days), encoding="utf-8")
    enterprises = tmp_path / "list.csv"
    enterprises.write_text(
        "企业名称,城市,区县,行业,工序,生产线,生产线编号,可中断,SO2排放量,NOx排放量,颗粒物排放量,VOCs排放量\n"
        "甲焦化,临汾,尧都区,焦化,焦炉,1#焦炉,1,否,1,1,1,1\n甲焦化,临汾,尧都区,焦化,焦炉,2#焦炉,2,是,1,1,1,1\n",
        encoding="utf-8",
    )
    result = CliRunner().invoke(main, ["warn", str(forecast), "--list", str(enterprises)])
    assert "可能连续多次启动橙色及以上预警：临汾市" in result.stderr
    assert "1#焦炉" in result.stdout
    assert "2#焦炉" not in result.stdout
