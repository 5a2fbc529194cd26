"""The public interface: from a DataFrame as from a file, and every result with the problems of its inputs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import alertengine as ae
from alertengine.files import lists_folder, scenarios_folder
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import FIELDS, InputError

pytestmark = pytest.mark.whole

LINFEN = lists_folder() / "linfen-synthetic.csv"
ROWS = {
    "企业名称": ["甲", "乙", "丙"],
    "城市": ["临汾", "临汾", "临汾"],
    "区县": ["尧都区", np.nan, None],
    "行业": ["水泥", "水泥", "水泥"],
    "工序": ["熟料", "熟料", "熟料"],
    "生产线编号": [1.0, 2.0, 3.0],
    "绩效等级": ["C", "C", pd.NA],
    "治理任务完成": [True, True, np.True_],
    "NOx排放量": np.array([10, 20, 30], dtype=np.int64),
    "SO2排放量": np.array([1.5, np.nan, 3], dtype=np.float32),
    "颗粒物排放量": [1, 2, 3],
    "VOCs排放量": [None, 0.5, 0.25],
}


@pytest.fixture
def frame() -> pd.DataFrame:
    return pd.DataFrame(ROWS)


def test_a_frame_is_read_like_a_file(shipped: Rulebook) -> None:
    from_file = ae.read_list(LINFEN, shipped)
    from_frame = ae.read_list(pd.read_csv(LINFEN, dtype=str), shipped)
    pd.testing.assert_frame_equal(from_frame.table, from_file.table)
    assert [(one.code, one.value) for one in from_frame.problems] == [(p.code, p.value) for p in from_file.problems]


def test_what_is_missing_in_a_frame_is_unknown_and_never_text(frame: pd.DataFrame, shipped: Rulebook) -> None:
    lines = ae.read_list(frame, shipped).table
    assert lines["county"].isna().tolist() == [False, True, True]
    assert lines["grade"].isna().tolist() == [False, False, True]
    assert lines["so2_kg_d"].isna().tolist() == [False, True, False]
    assert lines["nox_kg_d"].tolist() == [10, 20, 30]
    assert lines["line_id"].tolist() == ["1", "2", "3"]
    assert lines["retrofit_done"].tolist() == [True, True, True]


def test_english_headers_say_the_same(frame: pd.DataFrame, shipped: Rulebook) -> None:
    english = {header: field.name for field in FIELDS.values() for header in field.headers}
    renamed = ae.read_list(frame.rename(columns=english), shipped)
    pd.testing.assert_frame_equal(renamed.table, ae.read_list(frame, shipped).table)


def test_a_bad_cell_of_a_frame_reaches_the_orders(frame: pd.DataFrame, shipped: Rulebook) -> None:
    frame["NOx排放量"] = ["10", "2_0", "30"]
    orders = ae.decide(ae.read_list(frame, shipped), shipped, level="red", date="2021-01-20")
    (problem,) = [one for one in orders.problems if one.value == "2_0"]
    assert (problem.row, problem.column) == (1, "NOx排放量")
    assert orders.exit_status == 1


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"level": "RED"}, "level: 'RED' is not one of"),
        ({"date": "2021-02-30"}, "date: '2021-02-30' is not a day"),
        ({"date": pd.NaT}, "date: 'NaT' is not a day"),
        ({"date": pd.Timestamp("2021-01-20", tz="UTC")}, "date: '2021-01-20 00:00:00[+]00:00' is not a day"),
        ({"hours": 0}, "hours: '0' is not a length"),
        ({"hours": -1}, "hours: '-1' is not a length"),
        ({"hours": True}, "hours: 'True' is not a length"),
        ({"hours": float("nan")}, "hours: 'nan' is not a length"),
        ({"hours": 1e9}, "hours: '1000000000.0' is not a length"),
        ({"known_on": "昨天"}, "known_on: '昨天' is not a day"),
    ],
)
def test_an_argument_that_is_none_is_named(
    frame: pd.DataFrame, shipped: Rulebook, asked: dict[str, object], said: str
) -> None:
    with pytest.raises(ae.InputError, match=said):
        ae.decide(frame, shipped, **{"level": "red", "date": "2021-01-20"} | asked)  # type: ignore[arg-type]


@pytest.mark.parametrize("day", [pd.Timestamp("2021-01-20 08:00"), np.datetime64("2021-01-20"), "20210120"])
def test_days_and_hours_of_numpy_and_pandas(frame: pd.DataFrame, shipped: Rulebook, day: object) -> None:
    plain = ae.decide(frame, shipped, level="red", date="2021-01-20", hours=72)
    given = ae.decide(frame, shipped, level="red", date=day, hours=np.int64(72))  # type: ignore[arg-type]
    pd.testing.assert_frame_equal(given.table, plain.table)


def test_the_named_levels_of_an_index_are_columns(frame: pd.DataFrame, shipped: Rulebook) -> None:
    plain = ae.read_list(frame, shipped).table
    for names in (["企业名称"], ["企业名称", "生产线编号"]):
        pd.testing.assert_frame_equal(ae.read_list(frame.set_index(names), shipped).table, plain)
    twice = frame.set_index(pd.MultiIndex.from_arrays([range(3), range(3)], names=["组", "组"]))
    pd.testing.assert_frame_equal(ae.read_list(twice, shipped).table, plain)
    kept = frame.set_index("企业名称", drop=False)
    pd.testing.assert_frame_equal(ae.read_list(kept, shipped).table, plain)


def test_a_frame_of_another_library_or_none(frame: pd.DataFrame, shipped: Rulebook) -> None:
    polars = pytest.importorskip("polars").read_csv(LINFEN, infer_schema_length=0)
    pd.testing.assert_frame_equal(ae.read_list(polars, shipped).table, ae.read_list(LINFEN, shipped).table)
    with pytest.raises(TypeError, match="not list"):
        ae.read_list([{"企业名称": "甲"}], shipped)  # type: ignore[arg-type]
    frame["企业名称"] = pd.Series(["甲", "乙", "\ud800"], dtype=object)
    with pytest.raises(ae.InputError, match="DataFrame: cannot be read"):
        ae.read_list(frame, shipped)


def test_frames_of_air_are_read_where_they_are_given(shipped: Rulebook) -> None:
    ahead = pd.read_csv(scenarios_folder() / "linfen-red-episode.forecast.csv")
    seen = pd.DataFrame({"city": ["临汾市"], "target_date": ["2021-01-02"], "aqi": [120]})
    read = ae.warn(ae.read_forecast(ahead, shipped), shipped, observed=ae.read_forecast(seen, shipped, observed=True))
    given = ae.warn(ahead, shipped, observed=seen)
    pd.testing.assert_frame_equal(given.table, read.table)
    assert (given.problems, given.notes) == (read.problems, read.notes)
    for now in ("now", pd.Timestamp("2021-01-03 16:00", tz="UTC")):
        with pytest.raises(ae.InputError, match="now: "):
            ae.warn(ahead, shipped, now=now)


def test_a_level_and_a_day_or_warnings_and_nothing_else(frame: pd.DataFrame, shipped: Rulebook) -> None:
    lines = ae.read_list(frame, shipped)
    warnings = ae.warn(ae.read_forecast(scenarios_folder() / "linfen-red-episode.forecast.csv", shipped), shipped)
    for asked in ({}, {"level": "red"}, {"date": "2021-01-20"}):
        with pytest.raises(TypeError, match="decide"):
            ae.decide(lines, shipped, **asked)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="decide"):
        ae.decide(lines, shipped, warnings, level="red", date="2021-01-20")
    with pytest.raises(InputError, match="no such city"):
        ae.decide(lines, shipped, level="red", date="2021-01-20", cities=["没有市"])


def test_under_warnings_every_line_gets_an_order_and_an_explanation(shipped: Rulebook) -> None:
    lines = ae.read_list(LINFEN, shipped)
    forecast = ae.read_forecast(pd.read_csv(scenarios_folder() / "linfen-red-episode.forecast.csv"), shipped)
    warnings = ae.warn(forecast, shipped)
    orders = ae.decide(lines, shipped, warnings)
    assert set(zip(orders.table["enterprise_id"], orders.table["line_id"], strict=True)) == set(
        zip(lines.table["enterprise_id"], lines.table["line_id"], strict=True)
    )
    assert orders.summaries[0]["level"] == "red"
    assert set(lines.problems) <= set(orders.problems)
    why = ae.explain(orders, str(orders.table["order_id"].iloc[0]))
    assert why.phases
    for result in (shipped, lines, forecast, warnings, orders, why):
        assert result._repr_html_().startswith(("<p>", "<ul>"))


def test_on_the_second_evening_the_lines_that_stop_stay_the_same(frame: pd.DataFrame, shipped: Rulebook) -> None:
    kilns = frame.iloc[:2].assign(
        企业名称="甲",
        区县="尧都区",
        行业="砖瓦窑",
        工序="焙烧",
        红色预警减排措施="停产50%（以生产线计）",
        产能单位="万块/年",
    )
    forecast = ae.read_forecast(scenarios_folder() / "linfen-red-episode.forecast.csv", shipped)
    night = ae.warn(forecast, shipped)
    first = ae.decide(kilns.assign(产能=[10, 20]), shipped, night)
    assert first.table["share"].tolist() == [1, 0]
    later = ae.warn(forecast, shipped, now="2021-01-05 17:00", active=night)
    turned = kilns.assign(产能=[20, 10])
    assert ae.decide(turned, shipped, later).table["share"].tolist() == [0, 1]
    for before in (first, first.table):
        assert ae.decide(turned, shipped, later, before=before).table["share"].tolist() == [1, 0]


def test_the_second_clock_of_a_rulebook_holds_for_what_it_decides() -> None:
    lines = ae.read_list(LINFEN, ae.load_rules())
    then = ae.decide(lines, ae.load_rules(known_on="2020-01-01"), level="red", date="2021-01-20")
    assert not then.table["rules"].astype(str).str.contains("clinker").any()
