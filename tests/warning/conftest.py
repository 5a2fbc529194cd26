"""Fixtures of the warning tests: the shipped rules about air, and makers of small inputs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from alertengine.files import rules_folder
from alertengine.rulebook import AqiRule, DocumentLoader, OpenLists, Rulebook
from alertengine.warning import Forecast
from tests.synthetic import daily_forecast

DATA = Path(__file__).parents[2].parent / "shared" / "data"
LAYERS = ("livelihood", "sanction", "exemption", "measure")


@pytest.fixture(scope="session")
def book() -> Rulebook:
    """The shipped rules about air alone."""
    folder = rules_folder()
    lists = OpenLists.load([folder])
    loader = DocumentLoader(lists, LAYERS)
    names = ("hj-633-2012", "hj-633-2026", "mee-2018-875", "mee-2024-6")
    return Rulebook(lists, LAYERS, [loader.load(folder / "national" / f"{name}.yaml") for name in names])


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
def aqi_rule(book: Rulebook) -> Callable[[int], AqiRule]:
    """The AQI standard of a year."""

    def find(year: int) -> AqiRule:
        rule = book.rules[f"hj633-{year}-aqi"]
        assert isinstance(rule, AqiRule)
        return rule

    return find


@pytest.fixture(scope="session")
def days() -> Callable[..., Forecast]:
    """A forecast for 临汾市 of one AQI a day (NaN: no row) from a day on, issued the day before at 15:00."""

    def make(first: str, values: list[float], issued: str | None = None, **more: str) -> Forecast:
        start = pd.Timestamp(first)
        said = {str((start + pd.Timedelta(days=place)).date()): value for place, value in enumerate(values)}
        said = {day: value for day, value in said.items() if value == value}  # noqa: PLR0124 -- NaN is not itself
        stamp = pd.Timestamp(issued) if issued else start - pd.Timedelta(hours=9)
        return daily_forecast("临汾市", said, stamp, **more)

    return make
