"""A season on a cluster: the files of one machine in every byte, few variants or many."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from alertengine.cli import main
from alertengine.lists import read_list
from alertengine.report import write_season
from alertengine.simulation import Season, read_season, simulate
from alertengine.simulation.on_cluster import season as room
from alertengine.simulation.on_cluster.season import cluster_simulate
from alertengine.simulation.season.season_scenario import SeasonScenario
from alertengine.vocabulary import InputError

pytest.importorskip("plotly", reason="the extra alertengine[report] is not installed")
pytestmark = pytest.mark.slow

FIRST = date(2025, 12, 20)
AQI = [90, 240, 260, 250, 90, 80]
CITIES = ("临汾市", "太原市")
VARIANTS = [
    {"name": "升级", "raise": {"to": "B", "when": {"grade": ["C", "D"]}, "largest": 3, "by": "so2_kg_d"}},
    {"name": "少一文件", "without": ["guide-2020-340"]},
    {"name": "说多", "forecast_change": {"scale": 1.3}},
]
Maker = Callable[..., SeasonScenario]


@pytest.fixture
def make(tmp_path: Path, list_file: Path) -> Maker:
    """Makes a season of six days over two cities of the synthetic list."""

    def made(**keys: Any) -> SeasonScenario:
        days = [FIRST + timedelta(days=n) for n in range(len(AQI))]
        rows = [
            f"{city},{day},{aqi + 9 * n},PM2.5"
            for n, city in enumerate(CITIES)
            for day, aqi in zip(days, AQI, strict=True)
        ]
        (tmp_path / "weather.csv").write_text(
            "\n".join(["city,target_date,aqi,primary", *rows]) + "\n", encoding="utf-8"
        )
        season = {"from": FIRST, "to": days[-1]}
        content = {"title": "六天", "season": season, "history": "weather.csv", "list": str(list_file), **keys}
        path = tmp_path / "season.yaml"
        path.write_text(yaml.safe_dump({"cities": list(CITIES), **content}, allow_unicode=True), encoding="utf-8")
        return read_season(str(path))

    return made


@pytest.fixture
def serial(monkeypatch: pytest.MonkeyPatch) -> None:
    """What workers do, done here one part after the other: no processes."""

    def run_here(_client: Any, function: Callable[..., Any], tasks: Iterable[Any], *common: Any) -> Any:
        return reversed([(number, function(*task, *common)) for number, task in enumerate(tasks)])

    monkeypatch.setattr(room, "run_all", run_here)
    monkeypatch.setattr(room, "shared", lambda _client, value: value)
    monkeypatch.setattr(room, "threads", lambda _client: 2)


def assert_alike(ours: Season, theirs: Season, folder: Path) -> None:
    """The same files in every byte."""
    write_season(ours, folder / "ours")
    write_season(theirs, folder / "theirs")
    names = sorted(path.name for path in (folder / "theirs").iterdir())
    assert names == ["announced.csv", "days.csv", "enterprises.csv", "report.html", "totals.csv"]
    for name in names:
        assert (folder / "ours" / name).read_bytes() == (folder / "theirs" / name).read_bytes(), name
    assert (ours.problems, ours.notes, ours.names) == (theirs.problems, theirs.notes, theirs.names)


@pytest.mark.usefixtures("serial")
def test_every_variant_s_days_and_plants_are_those_of_one_machine(make: Maker) -> None:
    products = [{"when": {"industry": "焦化"}, "yuan": 1500, "per": "吨"}]
    scenario = make(variants=VARIANTS, value={"source": "试", "products": products})
    ours, theirs = cluster_simulate(None, scenario, part_lines=1, measures=True), simulate(scenario)
    assert ours.base.measures is not None
    for name in ("days", "totals", "plants", "announced", "measures"):
        assert getattr(ours, name).to_csv() == getattr(theirs, name).to_csv(), name
    assert ours.names == theirs.names


@pytest.mark.usefixtures("serial")
def test_of_many_variants_the_files_are_those_of_one_machine(
    make: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alertengine.simulation.season.simulate.DETAILED", 2)
    scenario = make(variants=VARIANTS)
    ours = cluster_simulate(None, scenario)
    assert len(ours.details) == 1
    assert_alike(ours, simulate(scenario), tmp_path)


@pytest.mark.usefixtures("serial")
def test_a_list_that_stands_still_and_notes_of_later_variants_are_those_of_one_machine(
    make: Maker, list_file: Path, tmp_path: Path
) -> None:
    """The notes of the second variant's reading stand where one machine has them, though the first raises lines."""
    order = {"area": "临汾市", "level": "red", "from": FIRST, "to": FIRST, "source": "令"}
    moved = {"from": FIRST.replace(year=2026), "to": FIRST.replace(year=2026), "weather_from": FIRST}
    raising = {"name": "升B", "raise": {"to": "B", "when": {"grade": ["C", "D"]}}}
    scenario = make(variants=[raising, {"name": "明年", "season": moved}], orders=[order])
    ours, theirs = cluster_simulate(None, scenario, part_lines=1), simulate(scenario)
    assert {"order_without_effect", "raise_without_ground"} <= {note.code for note in theirs.notes}
    assert ours.notes == theirs.notes
    still = tmp_path / "still.csv"
    table = read_list(list_file, ours.base.run.book.lists).lines.groupby("city").head(3).assign(long_stopped=True)
    table.to_csv(still, index=False)
    scenario = make(list=str(still))
    ours, theirs = cluster_simulate(None, scenario, part_lines=1), simulate(scenario)
    assert theirs.plants.empty
    assert_alike(ours, theirs, tmp_path / "still")


@pytest.mark.usefixtures("serial")
def test_notes_on_raised_lines_are_of_all_parts_together(make: Maker) -> None:
    raising = [{"name": grade, "raise": {"to": grade, "when": {"grade": ["B", "C", "D"]}}} for grade in ("A", "B")]
    scenario = make(variants=raising)
    ours, theirs = cluster_simulate(None, scenario, part_lines=1), simulate(scenario)
    assert {"raise_without_ground", "raise_not_reckoned"} & {note.code for note in theirs.notes}
    assert ours.notes == theirs.notes


@pytest.mark.usefixtures("serial")
def test_errors_are_those_of_one_machine(make: Maker) -> None:
    scenario = make(variants=[{"name": "无此文", "without": ["no-such"]}])
    with pytest.raises(InputError) as theirs:
        simulate(scenario)
    with pytest.raises(InputError) as ours:
        cluster_simulate(None, scenario)
    assert ours.value.problems == theirs.value.problems


def test_the_command_at_an_address(machine: Any, make: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alertengine.report.season_files.season_report", lambda _season: "the page, tested elsewhere")
    scenario = make()
    out = tmp_path / "out"
    result = CliRunner().invoke(
        main, ["simulate", scenario.file, "-o", str(out), "--cluster", machine.scheduler_address, "--insecure"]
    )
    assert result.exit_code == 0, result.output
    theirs = simulate(scenario)
    for name, table in (("days", theirs.days), ("totals", theirs.totals), ("enterprises", theirs.plants)):
        assert (out / f"{name}.csv").read_text(encoding="utf-8") == table.to_csv(index=False, float_format="%.8g")
