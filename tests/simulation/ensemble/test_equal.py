"""The ensemble is the decision itself: one winter without error, and any winter with its errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alertengine.rulebook import DocumentLoader, Rulebook
from alertengine.simulation import replay
from alertengine.simulation.backtest.run import replay_issues
from alertengine.simulation.ensemble import grading
from alertengine.simulation.ensemble.draws import Block, Draws, Floats, NoError, Stated, StatedError
from alertengine.simulation.ensemble.run import EnsembleSeason
from alertengine.simulation.ensemble.truth import MISSING, truth_of
from alertengine.vocabulary import OPEN
from alertengine.warning import LEVEL_OF, RANK, Decider, Floor, Forecast, Rows, read_forecast
from alertengine.warning.start_conditions import evaluate
from tests.simulation.ensemble.conftest import DAY, observed, rows_of

pytestmark = pytest.mark.whole

HOUR = pd.Timedelta(hours=1)
CITIES = ("临汾市", "太原市", "吕梁市")
FIRSTS = {"2018": "2018-12-20", "2024": "2025-01-04", "change": "2024-01-12"}
OWN = """
title: 试验
area: 山西省
valid: {from: 2017-01-01, to: not stated}
source: inferred
document: extra
issued: 2017-01-01
rules:
"""
LINKED = (
    OWN
    + """
  - id: x-link
    article: 一
    title: 联动
    kind: linkage
    members: [临汾市, 太原市, 吕梁市]
    trigger: {cities: 2, level: yellow}
    floor: orange
"""
)


def hours_of(table: pd.DataFrame, cities: tuple[str, ...], first: pd.Timestamp, days: int) -> np.ndarray:
    """Rank hour by hour of the warnings that a decision leaves."""
    out = np.zeros((len(cities), days * 24), dtype=int)
    for row in table.to_dict("records"):
        if row["city"] in cities and not row["county"]:
            begin = int((row["starts"] - first) / HOUR)
            end = days * 24 if pd.isna(row["ends"]) else int((row["ends"] - first) / HOUR)
            held = out[cities.index(row["city"]), max(begin, 0) : max(end, 0)]
            np.maximum(held, RANK[row["level"]], out=held)
    return out


def hours_in_slots(levels: np.ndarray, cuts: tuple[int, ...]) -> np.ndarray:
    """Levels by slot (cities, slots) hour by hour."""
    length = np.diff([*cuts, 1440]) // 60
    return np.repeat(levels, np.tile(length, levels.shape[1] // len(cuts)), axis=1)


def assert_same(season: EnsembleSeason, feed: Forecast, book: Rulebook, **more: object) -> None:
    kept = season.winters(NoError(), 0, 1)
    result = replay(feed, book, days_ahead=season.days_ahead, **more)  # type: ignore[arg-type]
    truth = season.truth
    real = hours_of(result.segments, truth.cities, pd.Timestamp(truth.first), truth.days)
    np.testing.assert_array_equal(hours_in_slots(kept.levels[:, :, 0], season.cuts), real)
    issued = result.table[(result.table["action"] == "issue") & (result.table["counties"] == "")]
    assert kept.counts[:, 0].sum() == issued["city"].isin(truth.cities).sum()


AIR = st.lists(st.one_of(st.integers(90, 420), st.just(None)), min_size=3, max_size=22)
COMMON = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.slow
@COMMON
@given(
    air=AIR,
    more=AIR,
    year=st.sampled_from(list(FIRSTS)),
    ahead=st.integers(0, 8),
    hour=st.sampled_from([15, 15, 0, 9, 22, 23]),
)
def test_without_error_it_is_the_replay(
    book: Rulebook, air: list[int | None], more: list[int | None], year: str, ahead: int, hour: int
) -> None:
    days = {"临汾市": np.array(air, dtype=float), "太原市": np.array(more, dtype=float)}
    feed = observed(days, FIRSTS[year])
    if not feed.table["city"].nunique():
        return
    season = EnsembleSeason(truth_of(feed, book), book, ahead, hour, [])
    assert_same(season, feed, book, issue_hour=hour)


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(
    air=st.lists(st.integers(120, 330), min_size=8, max_size=14),
    start=st.integers(0, 10 * 24),
    length=st.integers(6, 90),
    level=st.sampled_from(["yellow", "red"]),
    exact=st.booleans(),
)
def test_orders_from_above_are_those_of_the_replay(
    book: Rulebook, air: list[int], start: int, length: int, level: str, exact: bool
) -> None:
    feed = observed({"临汾市": air}, FIRSTS["2024"])
    begin = pd.Timestamp(FIRSTS["2024"]) + start * HOUR
    floors = [Floor("山西省", level, begin, begin + length * HOUR, "晋", exact)]
    season = EnsembleSeason(truth_of(feed, book), book, 5, 15, floors)
    assert_same(season, feed, book, floors=floors)
    kept = EnsembleSeason(truth_of(feed, book), book, 5, 15, [Floor("临汾市", level, begin, OPEN)]).winters(
        NoError(), 0, 1
    )
    assert kept.levels[0, -1, 0] >= (RANK[level] if begin < pd.Timestamp(FIRSTS["2024"]) + len(air) * DAY else 0)


@pytest.mark.slow
@pytest.mark.parametrize("regime", ["", "mee-2018-875", "mee-2024-6"])
def test_the_real_winter_of_the_province(book: Rulebook, data: Callable[[str], Path], regime: str) -> None:
    """A published daily file, five days of it missing."""
    table = pd.read_csv(data("daily_shanxi_2018_2019.csv"))
    table = table[table["date"] < "2019-03-16"].rename(columns={"date": "target_date", "AQI_2012": "aqi"})
    days = pd.date_range(table["target_date"].min(), table["target_date"].max())
    air = {
        f"{city}市": own.set_index(pd.to_datetime(own["target_date"]))["aqi"].reindex(days).to_numpy(float)
        for city, own in table.groupby("city")
    }
    feed = observed(air, str(days[0].date()))
    assert len(air) == 11
    season = EnsembleSeason(truth_of(feed, book, regime=regime), book, 7, 15, [])
    assert_same(season, feed, book, regime=regime)


class Recorder:
    """Remembers what was said in some winters, issue by issue."""

    def __init__(self, draws: Draws) -> None:
        self.draws, self.said_by_day = draws, list[np.ndarray]()

    def block(self, number: int) -> Block:
        self.inner = self.draws.block(number)
        return self

    def said(self, observed: Floats) -> Floats:
        out = self.inner.said(observed)
        self.said_by_day.append(np.clip(np.rint(out), 0, 500))
        return out


def issues_of(recorder: Recorder, season: EnsembleSeason, winter: int) -> Forecast:
    """One winter's forecasts as a bureau would hold them."""
    truth = season.truth
    parts = []
    for day, said in enumerate(recorder.said_by_day):
        came = truth.aqi[:, day : day + said.shape[1]] != MISSING
        air = {c: np.where(came[n], said[n, :, winter], np.nan) for n, c in enumerate(truth.cities)}
        parts.append(rows_of(air, truth.dates[day], truth.dates[day] + 15 * HOUR))
    return Forecast(Rows.of(pd.concat(parts, ignore_index=True)), "drawn")


def noisy(book: Rulebook, feed: Forecast, seed: int, winters: tuple[int, ...], ahead: int) -> None:
    error = StatedError(
        source="a test", bias=10, sd=30, sd_share=[0.05] + [0.15] * ahead, between_days=0.5, between_issues=0.6,
        between_cities=0.4,
    )  # fmt: skip
    truth = truth_of(feed, book)
    season = EnsembleSeason(truth, book, ahead, 15, [])
    recorder = Recorder(Stated(error, seed, truth.cities, ahead + 1))
    kept = season.winters(recorder, 0, 60)
    for winter in winters:
        result = replay_issues(issues_of(recorder, season, winter), partial(Decider, book), feed)
        real = hours_of(result.segments, truth.cities, pd.Timestamp(truth.first), truth.days)
        np.testing.assert_array_equal(hours_in_slots(kept.levels[:, :, winter], season.cuts), real)
        assert kept.counts[:, 0, winter].sum() == (result.table["action"] == "issue").sum()


@pytest.mark.slow
@settings(max_examples=3, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    year=st.sampled_from(list(FIRSTS)),
    ahead=st.sampled_from([1, 4, 7]),
    gaps=st.booleans(),
)
def test_a_winter_with_errors_is_the_decision_on_its_forecasts(
    book: Rulebook, seed: int, year: str, ahead: int, gaps: bool
) -> None:
    random = np.random.default_rng(seed)
    air = {city: np.clip(random.normal(190, 70, 16), 30, 500).round() for city in CITIES[:2]}
    if gaps:
        for days in air.values():
            days[random.integers(1, 15, 3)] = np.nan
    noisy(book, observed(air, FIRSTS[year]), seed, (0, 31), ahead)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_cities_that_act_together_bind_each_other_in_every_winter(book: Rulebook, tmp_path: Path, seed: int) -> None:
    path = tmp_path / "linked.yaml"
    path.write_text(LINKED, encoding="utf-8")
    linked = book.adding([DocumentLoader(book.lists, book.layers).load(path)])
    random = np.random.default_rng(seed)
    air = {city: np.clip(random.normal(180, 60, 16), 30, 500).round() for city in CITIES}
    feed = observed(air, FIRSTS["2024"])
    alone, bound = (
        EnsembleSeason(truth_of(feed, one), one, 5, 15, []).winters(NoError(), 0, 1) for one in (book, linked)
    )
    assert (bound.levels >= alone.levels).all()
    assert (bound.levels > alone.levels).any()
    noisy(linked, feed, seed, (0, 40), 5)


@settings(max_examples=25, deadline=None)
@given(air=st.lists(st.integers(100, 500), min_size=1, max_size=15), year=st.sampled_from(["2018", "2024"]))
def test_conditions_on_days_are_those_on_windows_at_midnight(book: Rulebook, air: list[int], year: str) -> None:
    truth = truth_of(observed({"临汾市": air}, FIRSTS[year]), book)
    scale = grading.Scale(truth.laws[0])
    windows = np.full(len(air) * 24, np.nan)
    windows[::24] = air
    for law in truth.laws[0]:
        for rule in law.levels:
            assert rule.start is not None
            found = grading.evaluate(rule.start, scale.steps(truth.aqi[0])[:, None], scale)[:, 0]
            np.testing.assert_array_equal(np.repeat(found, 24), evaluate(rule.start, windows))
    assert set(LEVEL_OF) == {0, 1, 2, 3}


def test_a_day_that_bears_no_level_bears_none(book: Rulebook) -> None:
    """Days led by ozone are known and start nothing, however the forecaster errs."""
    feed = observed({"临汾市": [250.0] * 6}, FIRSTS["2024"])
    table: Mapping[str, object] = {"primary": "O3"}
    ozone = Forecast(Rows.of(feed.table.assign(**table)), "ozone")
    truth = truth_of(ozone, book)
    assert truth.known.all()
    assert (truth.aqi == MISSING).all()
    assert_same(EnsembleSeason(truth, book, 3, 15, []), ozone, book)


def test_a_truth_from_a_file(book: Rulebook, tmp_path: Path) -> None:
    path = tmp_path / "history.csv"
    path.write_text(
        "日期,城市,AQI,首要污染物\n2025-01-04,临汾,210,PM2.5\n2025-01-06,临汾,230,PM2.5\n", encoding="utf-8"
    )
    truth = truth_of(read_forecast(path, book.lists, observed=True), book)
    assert truth.aqi.tolist() == [[210, MISSING, 230]]
    assert truth.known.tolist() == [[True, False, True]]
