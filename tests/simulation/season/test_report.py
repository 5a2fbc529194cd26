"""The simulation as a command, and its report."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner

from alertengine.cli import main
from alertengine.report import write_season
from alertengine.report.season import season_report
from alertengine.simulation import ENSEMBLE_TABLES, Season, expected_pm25
from alertengine.simulation.season.differences import PLANT_COLUMNS
from alertengine.simulation.season.tables import TOTAL_COLUMNS
from alertengine.simulation.season.tally import DAY_COLUMNS

from .conftest import AQI, Maker, Runner
from .test_why import write_list

pytestmark = pytest.mark.whole


@pytest.fixture(scope="module")
def page(season: Season) -> str:
    return season_report(season)


def test_the_page_needs_no_network(page: str) -> None:
    outside = page.replace(re.search(r"<script>(.*?)</script>", page, re.DOTALL).group(1), "")  # type: ignore[union-attr]
    assert not re.findall(r'(?:src|href)\s*=\s*"(?:https?:)?//', outside)
    assert "cdn" not in outside


def test_the_first_screen_says_what_is_reached(page: str, season: Season) -> None:
    red = season.totals[
        (season.totals["row"] == "level") & (season.totals["level"] == "red") & (season.totals["city"] != "")
    ]
    said = page.index("红色预警：")
    assert said < page.index("一冬的空气与预警")
    verdict = "未达到" if (red[red["variant"] == "基准"]["met"] == "no").any() else "无法判定"
    assert verdict in page[said : said + 300]


def test_every_variant_is_compared(page: str, season: Season) -> None:
    assert all(page.count(name) >= 2 for name in season.names)


def test_without_coefficients_nothing_is_said_of_the_air(page: str) -> None:
    assert "空气的响应" not in page
    assert "本推演不含浓度预测" in page


@pytest.mark.slow
def test_with_the_bureaus_coefficients_the_air_answers_with_its_error(run_season: Runner) -> None:
    response = {
        "source": "某次模式计算",
        "coefficients": {"工业": {"so2": 0.1, "nox": 0.2}},
        "industry_sector": "工业",
        "error": 0.5,
    }
    found = run_season(air_response=response)
    said = season_report(found)
    row = found.totals[
        (found.totals["row"] == "level") & (found.totals["level"] == "red") & (found.totals["city"] == "临汾市")
    ].set_index("pollutant")
    whole = found.base.run.plants.totals
    industry = whole[whole["sector"] == "工业"].iloc[0]
    expected = -sum(
        k * 100 * row.loc[name, "kg_d"] / industry[f"{name}_kg_d"] for name, k in (("so2", 0.1), ("nox", 0.2))
    )
    assert f"{expected:+.1f}" in said
    assert f"±{abs(expected) / 2:.1f}" in said
    assert "某次模式计算" in said


@pytest.mark.slow
def test_the_air_answers_to_the_totals_as_the_scenario_changes_them(run_season: Runner, tmp_path: Path) -> None:
    """Vehicles take 30 kg of SO2 a day, half of it left; the rest is of industry, of which a tenth is left: 100 kg."""
    response = {
        "source": "某次模式计算", "coefficients": {"工业": {"so2": 0.1}}, "industry_sector": "工业", "error": 0.5,
    }  # fmt: skip
    changed = {"移动源": 0.5, "工业": 0.1}
    found = run_season(list=str(write_list(tmp_path)), air_response=response, sectors=changed)
    base, answer = found.base, found.scenario.air_response
    assert answer is not None
    said = {one.level: one for one in expected_pm25(answer, base.run, base.tallies)}
    levels = {str(level): figures for level, figures in base.tallies[0].levels.items() if str(level) != "none"}
    assert set(said) == set(levels) != set()
    for level, figures in levels.items():
        assert figures.beside["so2"] == pytest.approx(15 * figures.hours / 24)
        assert said[level].change == pytest.approx(-0.1 * 100 * (figures.kg_d["so2"] - 15) / 100)
        assert said[level].error == pytest.approx(abs(said[level].change) / 2)


@pytest.mark.slow
def test_names_from_lists_are_escaped(run_season: Runner, make_season: Maker) -> None:
    assert "<b>" not in season_report(run_season(title="冬<b>季"))[:3000].split("<script>")[0]


@pytest.mark.slow
def test_the_command_writes_tables_with_the_columns_told(make_season: Maker, tmp_path: Path) -> None:
    scenario = make_season(variants=[{"name": "少车", "sectors": {"移动源": 0.5}}])
    done = CliRunner().invoke(main, ["simulate", scenario.file, "-o", str(tmp_path / "out")])
    assert done.exit_code == 1, done.output  # the list names an industry that the vocabulary does not know
    columns = {"days.csv": DAY_COLUMNS, "totals.csv": TOTAL_COLUMNS, "enterprises.csv": PLANT_COLUMNS}
    for name, expected in columns.items():
        assert tuple(pd.read_csv(tmp_path / "out" / name, nrows=2).columns) == tuple(expected)
    assert len(pd.read_csv(tmp_path / "out" / "days.csv")) == 2 * len(AQI)
    assert (tmp_path / "out" / "report.html").stat().st_size > 1_000_000


def test_a_season_without_weather_leaves_nothing_behind(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["simulate", "winter-eleven-cities", "-o", str(tmp_path / "out")])
    assert done.exit_code == 2
    assert "--history" in done.output
    assert not (tmp_path / "out").exists()


def test_respond_sends_a_season_to_simulate(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["respond", "linfen-winter-synthetic", "-o", str(tmp_path / "out")])
    assert done.exit_code == 2
    assert "alertengine simulate" in done.output


def test_a_season_leaves_nothing_of_the_run_before_and_nothing_by_halves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = pd.DataFrame({"a": [0.5]})

    def made(variants: int, *, uncertain: bool) -> Any:
        tables = dict.fromkeys(ENSEMBLE_TABLES, table)
        return SimpleNamespace(
            days=table, totals=table, plants=table, announced=table, details=range(variants + 1), differences=table,
            uncertain=SimpleNamespace(tables=tables) if uncertain else None,
        )  # fmt: skip

    def files() -> set[str]:
        return {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}

    (tmp_path / "own.csv").touch()
    monkeypatch.setattr("alertengine.report.season_files.season_report", lambda season: f"{len(season.details)}")
    always = {"days.csv", "totals.csv", "enterprises.csv", "announced.csv", "report.html", "own.csv"}
    write_season(made(1, uncertain=True), tmp_path)
    whole = {*always, "differences.csv", *(f"ensemble/{name}.csv" for name in ENSEMBLE_TABLES)}
    assert files() == whole
    broken = made(0, uncertain=False)
    broken.announced = None  # its last table cannot be written
    with pytest.raises(AttributeError, match="NoneType"):
        write_season(broken, tmp_path)
    assert (files(), (tmp_path / "report.html").read_text(encoding="utf-8")) == (whole, "2")
    write_season(made(0, uncertain=False), tmp_path)
    assert (files(), (tmp_path / "report.html").read_text(encoding="utf-8")) == (always, "1")
