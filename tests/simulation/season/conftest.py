"""A small season: four weeks of made-up weather over the sample list of one city."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from alertengine.simulation import Season, read_season, simulate
from alertengine.simulation.season.season_scenario import SeasonScenario

FIRST = date(2025, 12, 20)
#: Two episodes: one graver than the other, apart by more than the joining gap.
AQI = [
    90, 145, 240, 260, 250, 245, 90, 80, 85, 110, 120, 100, 230,
    340, 360, 350, 330, 120, 90, 85, 80, 90, 100, 95, 90, 85,
]  # fmt: skip

Runner = Callable[..., Season]
Maker = Callable[..., SeasonScenario]


def write_weather(path: Path, aqi: list[float], first: date = FIRST, city: str = "临汾市") -> Path:
    """A daily file."""
    rows = [f"{city},{first + timedelta(days=number)},{value},PM2.5" for number, value in enumerate(aqi)]
    path.write_text("\n".join(["city,target_date,aqi,primary", *rows]) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def make_season(tmp_path_factory: pytest.TempPathFactory) -> Maker:
    """Makes a season scenario of keys."""

    def make(**keys: Any) -> SeasonScenario:
        folder = tmp_path_factory.mktemp("season")
        weather = write_weather(folder / "weather.csv", keys.pop("aqi", AQI), keys.pop("weather_first", FIRST))
        last = FIRST + timedelta(days=len(AQI) - 1)
        content: Mapping[str, Any] = {
            "title": "四周",
            "season": {"from": FIRST, "to": last},
            "history": weather.name,
            "list": "linfen-synthetic.csv",
            **keys,
        }
        path = folder / "season.yaml"
        path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
        return read_season(str(path))

    return make


@pytest.fixture(scope="session")
def run_season(make_season: Maker) -> Runner:
    """Runs a season scenario of keys."""

    def run(**keys: Any) -> Season:
        return simulate(make_season(**keys))

    return run


@pytest.fixture(scope="session")
def season(run_season: Runner) -> Season:
    """The base and a variant of every sort."""
    return run_season(
        variants=[
            {"name": "升A", "raise": {"when": {"industry": "长流程联合钢铁"}, "largest": 2, "to": "A"}},
            {"name": "分级2018", "regime": "mee-2018-875"},
            {"name": "比例", "ratio": "shanxi-2019-39"},
            {"name": "偏重", "forecast_change": {"scale": 1.1}},
            {"name": "少车", "sectors": {"移动源": 0.5}},
            {"name": "另一年", "season": {"from": "2020-12-20", "to": "2021-01-14", "weather_from": "2025-12-20"}},
        ]
    )
