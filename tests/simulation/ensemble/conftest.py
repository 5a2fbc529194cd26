"""Fixtures of the ensemble tests: rules about air, daily truths, real forecasts out of drawn ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from alertengine.files import rules_folder
from alertengine.rulebook import DocumentLoader, OpenLists, Rulebook
from alertengine.warning import CONCENTRATIONS, Forecast, Rows

LAYERS = ("livelihood", "sanction", "exemption", "measure")
DATA = Path(__file__).parents[3].parent / "shared" / "data"
DAY = pd.Timedelta(days=1)

BookMaker = Callable[..., Rulebook]


@pytest.fixture(scope="session")
def data() -> Callable[[str], Path]:
    """A file of measured data; the test is skipped where it is absent."""

    def find(name: str) -> Path:
        path = DATA / name
        if not path.is_file():
            pytest.skip(f"measured data not beside the checkout: {name}")
        return path

    return find


@pytest.fixture(scope="session")
def make_book(tmp_path_factory: pytest.TempPathFactory) -> BookMaker:
    """The shipped rules about air, and documents of the test's own."""
    folder = rules_folder()
    lists = OpenLists.load([folder])

    def make(*texts: str) -> Rulebook:
        loader = DocumentLoader(lists, LAYERS)
        names = ("hj-633-2012", "hj-633-2026", "mee-2018-875", "mee-2024-6")
        paths = [folder / "national" / f"{name}.yaml" for name in names]
        place = tmp_path_factory.mktemp("rules")
        for number, text in enumerate(texts):
            paths.append(place / f"extra-{number}.yaml")
            paths[-1].write_text(text, encoding="utf-8")
        return Rulebook(lists, LAYERS, [loader.load(path) for path in paths])

    return make


@pytest.fixture(scope="session")
def book(make_book: BookMaker) -> Rulebook:
    """The shipped rules about air alone."""
    return make_book()


def rows_of(
    air: Mapping[str, Sequence[float]], first: pd.Timestamp, issued: pd.Timestamp | None = None
) -> pd.DataFrame:
    """Rows of a Forecast: one AQI a day by city; NaN days are left out; observed ones are known when they end."""
    rows = [
        {"city": city, "county": "", "start": first + n * DAY, "hours": 24, "aqi_mid": float(aqi)}
        for city, days in air.items()
        for n, aqi in enumerate(days)
        if not np.isnan(aqi)
    ]
    table = pd.DataFrame(rows, columns=["city", "county", "start", "hours", "aqi_mid"])
    table["aqi_low"] = table["aqi_high"] = table["aqi_mid"]
    stamps = table["start"] + DAY if issued is None else issued
    table = table.assign(issue_time=stamps, issuer="", primary="PM2.5", dust=False, remark="")
    return table.assign(row=range(2, len(table) + 2), **dict.fromkeys(CONCENTRATIONS, np.nan))


def observed(air: Mapping[str, Sequence[float]], first: str) -> Forecast:
    """Observations of one AQI a day."""
    return Forecast(Rows.of(rows_of(air, pd.Timestamp(first))), "observed")
