"""A season day by day: the fast way does what deciding each day alone does; regimes; regions; files in parts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from alertengine.files import rules_folder
from alertengine.rulebook import DocumentLoader, Place, Rulebook
from alertengine.simulation import history_of, replay
from alertengine.simulation.backtest.run import replay_issues
from alertengine.vocabulary import InputError
from alertengine.warning import (
    Decider,
    Forecast,
    Rows,
    as_perfect_forecast,
    laws_of,
    read_forecast,
    read_warnings,
    warn,
    write_warnings,
)
from tests.synthetic import daily_forecast, join

pytestmark = pytest.mark.whole

Data = Callable[[str], Path]
HOUR = pd.Timedelta(hours=1)
SAME = ["issued", "city", "starts", "action"]


def one_by_one(feed: Forecast, book: Rulebook, days_ahead: int, behind: int = 15) -> tuple[pd.DataFrame, set[str]]:
    """Each afternoon decided alone, from frames: the reference of the replay."""
    record, said = None, set()
    for day in pd.date_range(feed.table["start"].min().normalize(), feed.table["start"].max().normalize()):
        now = day + 15 * HOUR

        def cut(first: pd.Timestamp, last: pd.Timestamp) -> Forecast:
            rows = feed.table[(feed.table["start"] >= first) & (feed.table["start"] < last)]
            return Forecast(Rows.of(rows), feed.file)

        ahead = cut(day, day + pd.Timedelta(days=days_ahead + 1))
        if ahead.table.empty:
            continue
        seen = cut(day - pd.Timedelta(days=behind), day + pd.Timedelta(days=1))
        result = warn(as_perfect_forecast(ahead, now), book, now=now, observed=seen, active=record)
        record, said = result.record, said | {str(message) for message in (*result.own_problems, *result.own_notes)}
    assert record is not None
    return record, said


@pytest.mark.slow
def test_the_fast_way_is_the_slow_way(book: Rulebook, data: Data) -> None:
    feed = read_forecast(data("hourly_shanxi_winter1819.csv.gz"), book.lists)
    days = feed.table["start"].between("2018-12-18", "2019-01-18")
    part = replace(feed, rows=Rows.of(feed.table[days & feed.table["city"].isin(["临汾市", "太原市"])]))
    slow, said = one_by_one(part, book, 7)
    fast = replay(part, book, days_ahead=7)
    assert len(slow) > 10
    pd.testing.assert_frame_equal(
        fast.record.sort_values(SAME, ignore_index=True), slow.sort_values(SAME, ignore_index=True)
    )
    assert {str(message) for message in (*fast.own_problems, *fast.own_notes)} <= said


@pytest.mark.slow
def test_the_fast_way_is_the_slow_way_for_days_and_hours_mixed(book: Rulebook, days: Callable[..., Forecast]) -> None:
    rng = np.random.default_rng(5)
    daily = days("2019-01-01", rng.integers(120, 380, 24).astype(float).tolist())
    hours = daily.table.iloc[[0] * 240].assign(
        start=pd.date_range("2019-01-10", periods=240, freq="h"), hours=1, row=range(100, 340)
    )
    air = np.repeat(rng.integers(120, 420, 40), 6).astype(float)
    hours = hours.assign(aqi_low=air, aqi_mid=air, aqi_high=air)
    table = pd.concat([daily.table, hours], ignore_index=True)
    ends = table["start"] + pd.to_timedelta(table["hours"], unit="h")
    feed = replace(daily, rows=Rows.of(table.assign(issue_time=ends)))
    slow, _ = one_by_one(feed, book, 5)
    fast = replay(feed, book, days_ahead=5)
    assert len(slow)
    pd.testing.assert_frame_equal(
        fast.record.sort_values(SAME, ignore_index=True), slow.sort_values(SAME, ignore_index=True)
    )


# -- files in parts


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(
    air=st.lists(st.integers(40, 420), min_size=9, max_size=12),
    cut=st.integers(1, 5),
    year=st.sampled_from(["2019", "2025"]),
)
@example(air=[201, 201, 301, 151, 40, 40, 40, 40, 40, 40], cut=1, year="2025")
def test_issues_decided_one_by_one_are_those_decided_at_once(
    book: Rulebook, tmp_path_factory: pytest.TempPathFactory, air: list[int], cut: int, year: str
) -> None:
    """Several issues decided at once, or one by one with warnings.csv between them: the same transitions."""
    first = pd.Timestamp(f"{year}-01-04")

    def issue(day: int) -> Forecast:
        said = {str((first + pd.Timedelta(days=day + k)).date()): float(air[day + k]) for k in range(6)}
        return daily_forecast("临汾市", said, first + pd.Timedelta(days=day) - 9 * HOUR)

    issues = [issue(day) for day in range(len(air) - 5)]
    cut = min(cut, len(issues) - 1)
    at_once = replay_issues(join(issues), partial(Decider, book)).record
    record = None
    path = tmp_path_factory.mktemp("parts") / "warnings.csv"
    for place, one in enumerate(issues):
        record = warn(join(issues[: place + 1]), book, now=one.issue_time, active=record).record
        if place == cut:
            write_warnings(record, path)
            record = read_warnings(path)
    columns = ["warning_id", "action", "level", "starts", "ends", "issued"]
    pd.testing.assert_frame_equal(record[columns], at_once[columns], check_dtype=False)


# -- laws whatever the air does

AIR = st.lists(st.integers(20, 480), min_size=1, max_size=8)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(values=AIR, more=st.lists(st.integers(0, 300), min_size=8, max_size=8), year=st.sampled_from(["2019", "2025"]))
def test_no_level_starts_later_when_the_forecast_worsens(
    book: Rulebook, days: Callable[..., Forecast], values: list[int], more: list[int], year: str
) -> None:
    worse = [min(500, value + extra) for value, extra in zip(values, more, strict=False)]
    before, after = (warn(days(f"{year}-01-04", air), book).segments for air in (values, worse))
    ranks = {"yellow": 1, "orange": 2, "red": 3}
    for rank in ranks.values():
        old, new = (held["starts"][held["level"].map(ranks) >= rank] for held in (before, after))
        assert not len(old) or new.min() <= old.min()


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    place=st.integers(0, 143),
    more=st.integers(1, 400),
    regime=st.sampled_from([2018, 2024]),
)
def test_raising_an_hour_never_lowers_any_hour(book: Rulebook, seed: int, place: int, more: int, regime: int) -> None:
    air = np.repeat(np.random.default_rng(seed).integers(60, 450, 36), 4).astype(float)
    raised = air.copy()
    raised[place] = min(500.0, raised[place] + more)
    first = "2019-01-04" if regime == 2018 else "2025-01-04"

    def ranks(values: np.ndarray) -> np.ndarray:
        base = daily_forecast("临汾市", {first: 0.0}, pd.Timestamp(first) - 9 * HOUR)
        table = base.table.iloc[[0] * len(values)].assign(
            start=pd.date_range(first, periods=len(values), freq="h"), hours=1, row=range(2, len(values) + 2)
        )
        forecast = replace(base, rows=Rows.of(table.assign(aqi_low=values, aqi_mid=values, aqi_high=values)))
        out = np.zeros(200, dtype=int)
        for row in warn(forecast, book).segments.itertuples():
            begin, end = ((time - pd.Timestamp(first)) // HOUR for time in (row.starts, row.ends))
            out[max(begin, 0) : end] = {"yellow": 1, "orange": 2, "red": 3}[row.level]
        return out

    assert (ranks(raised) >= ranks(air)).all()


# -- regimes and local law


def with_documents(book: Rulebook, folder: Path, *texts: str) -> Rulebook:
    loader = DocumentLoader(book.lists, book.layers)
    paths = [rules_folder() / "national" / f"{n}.yaml" for n in ("hj-633-2012", "mee-2018-875", "mee-2024-6")]
    for place, text in enumerate(texts):
        paths.append(folder / f"extra-{place}.yaml")
        paths[-1].write_text(text, encoding="utf-8")
    return Rulebook(book.lists, book.layers, [loader.load(path) for path in paths])


HEAD = "title: 试验\narea: {area}\nvalid: {{from: 2017-01-01, to: not stated}}\nsource: inferred\n"


def test_a_regime_holds_whatever_the_date(book: Rulebook) -> None:
    place = Place(province="山西省", city="临汾市")
    day = pd.Timestamp("2015-01-01").date()
    (law,) = laws_of(book, place, day, day, regime="mee-2024-6")
    assert {rule.document for rule in law.levels} == {"mee-2024-6"}
    assert law.life_rule is not None
    assert law.aqi is not None  # the nearest standard where none was in force everywhere
    (bare,) = laws_of(book, place, day, day)
    assert not bare.levels
    said = daily_forecast(
        "临汾市", dict.fromkeys(["2015-01-02", "2015-01-03", "2015-01-04"], 160.0), "2015-01-01 15:00"
    )
    feed = replace(said, rows=Rows.of(said.table.assign(issue_time=said.table["start"] + 24 * HOUR)))
    assert replay(feed, book, days_ahead=7, regime="mee-2024-6").record["level"].tolist() == ["orange"]
    assert replay(feed, book, days_ahead=7, regime="mee-2018-875").record.empty


def test_one_city_under_two_regions_holds_the_higher(book: Rulebook, tmp_path: Path) -> None:
    text = "document: regions\n" + HEAD.format(area="山西省") + (
        "rules:\n"
        "  - {id: a, article: 一, title: 甲区联动, kind: linkage, members: [临汾市, 运城市, 长治市],"
        " trigger: {cities: 2, level: yellow}}\n"
        "  - {id: b, article: 二, title: 乙区联动, kind: linkage, members: [临汾市, 长治市, 晋城市],"
        " trigger: {cities: 1, level: orange}, floor: orange}\n"
    )  # fmt: skip
    rulebook = with_documents(book, tmp_path, text)
    heavy = {"临汾市": [250.0] * 3, "运城市": [250.0, 250.0, 90.0]}
    parts = [
        daily_forecast(city, {f"2019-01-0{4 + k}": aqi for k, aqi in enumerate(air)}, "2019-01-03 15:00")
        for city in ("临汾市", "运城市", "长治市", "晋城市", "太原市")
        for air in (heavy.get(city, [90.0] * 3),)
    ]
    result = warn(join(parts), rulebook)
    highest = result.segments.groupby("city")["level"].agg(list).to_dict()
    assert highest == {"临汾市": ["orange"], "运城市": ["yellow"], "长治市": ["orange"], "晋城市": ["orange"]}
    basis = result.table.set_index("city").loc["长治市", "basis"]
    assert "一" in basis
    assert "二" in basis
    notes = [note.words("zh")[0] for note in result.notes if note.where == "linkage"]
    assert any("临汾市、运城市达到启动条件" in note and "随同启动：长治市" in note for note in notes)


# -- cities that the shipped rules do not know
@pytest.mark.slow
def test_cities_of_other_provinces(book: Rulebook, data: Data, tmp_path: Path) -> None:
    path = data("hourly_neighbours_winter1819.csv.gz")
    with pytest.raises(InputError, match=r"31 cities not on file left out.*--rules"):
        history_of(read_forecast(path, book.lists, observed=True), book)
    folder = tmp_path / "vocabulary"
    folder.mkdir()
    (folder / "places.yaml").write_text(
        "provinces:\n  - {name: 陕西省, cities: [西安市, 咸阳市]}\n  - {name: 河南省, cities: [洛阳市]}\n",
        encoding="utf-8",
    )
    wider = Rulebook.load([tmp_path])
    history = history_of(
        read_forecast(path, wider.lists, observed=True),
        wider,
        cities=["西安市", "洛阳市"],
        first=pd.Timestamp("2019-01-01").date(),
    )
    assert set(history.forecast.table["city"]) == {"西安市", "洛阳市"}
    assert any("28 cities not on file" in note.message for note in history.forecast.notes)
