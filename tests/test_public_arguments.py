"""What an analyst hands to the public functions and their results: taken as meant, or refused by name; kept whole."""

from __future__ import annotations

import copy
import os
import pickle
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import alertengine as ae
from alertengine.audit import read_evidence
from alertengine.checking import check_list
from alertengine.files import lists_folder, scenarios_folder
from alertengine.lists import EnterpriseList, write_list
from alertengine.orders import Orders, Override, find_scenario, read_orders, write_orders
from alertengine.rulebook import Rulebook
from alertengine.simulation import history_of, read_season, run_backtest, simulate
from alertengine.vocabulary import Problem
from alertengine.warning import Forecast, Warnings, write_warnings

pytestmark = pytest.mark.whole

LINFEN = lists_folder() / "linfen-synthetic.csv"
AHEAD = scenarios_folder() / "linfen-red-episode.forecast.csv"
DAY: dict[str, Any] = {"level": "red", "date": "2021-01-20"}


@pytest.fixture(scope="module")
def lines(shipped: Rulebook) -> EnterpriseList:
    return ae.read_list(LINFEN, shipped)


@pytest.fixture(scope="module")
def forecast(shipped: Rulebook) -> Forecast:
    return ae.read_forecast(AHEAD, shipped)


@pytest.fixture(scope="module")
def night(forecast: Forecast, shipped: Rulebook) -> Warnings:
    return ae.warn(forecast, shipped)


@pytest.fixture(scope="module")
def orders(lines: EnterpriseList, shipped: Rulebook) -> Orders:
    return ae.decide(lines, shipped, **DAY)


def override(orders: Orders) -> Override:
    first = orders.table.iloc[0]
    said = {"measure": "none", "reason": "检修", "by": "值班室 甲", "at": datetime(2021, 1, 20)}
    return Override(enterprise_id=first["enterprise_id"], line_id=first["line_id"], **said)


def again(result: Any) -> Any:
    return pickle.loads(pickle.dumps(result))  # noqa: S301 -- made here


GIVEN = [lambda one: [one], lambda one: one, lambda one: (each for each in [one]), lambda one: np.array([one])]


@pytest.mark.parametrize("given", GIVEN)
def test_one_or_several_in_whatever_they_come(
    orders: Orders, lines: EnterpriseList, shipped: Rulebook, given: Callable[[Any], Any]
) -> None:
    asked = override(orders)
    found = ae.decide(lines, shipped, **DAY, cities=given("临汾"), overrides=given(asked)).table
    assert found["flags"].astype("str").str.contains("overridden").sum() == 1
    assert len(found) == len(orders.table)
    with pytest.raises(ae.InputError, match="no lines of 太原"):
        ae.decide(lines, shipped, **DAY, cities=given("太原"))


def test_none_of_them_is_none(lines: EnterpriseList, orders: Orders, shipped: Rulebook) -> None:
    none = ae.decide(lines, shipped, **DAY, cities=None, overrides=None)
    pd.testing.assert_frame_equal(none.table, orders.table)


def test_one_order_from_above_or_several(forecast: Forecast, shipped: Rulebook) -> None:
    above = {"area": "临汾市", "level": "red", "from": "2021-01-04", "to": "2021-01-12", "source": "调度令"}
    for given in (above, [above], iter([above]), [above | {"exact": np.False_}]):
        assert ae.warn(forecast, shipped, floors=given).table["ends"].tolist() == [pd.Timestamp("2021-01-13")]
    for no in ("no", "否", np.nan, 0):
        with pytest.raises(ae.InputError, match="exact"):
            ae.warn(forecast, shipped, floors=[above | {"exact": no}])


WRONG: dict[str, Callable[..., object]] = {
    "book: expected Rulebook or OpenLists, not str": lambda o: ae.read_list(LINFEN, "rules"),
    "book: expected Rulebook or OpenLists, not None": lambda o: ae.read_forecast(AHEAD, None),
    "book: expected Rulebook, not OpenLists": lambda o: ae.warn(AHEAD, o.book.lists),
    "book: expected Rulebook, not EnterpriseList": lambda o: ae.decide(o.book, o.enterprises, **DAY),
    "book: expected Rulebook, not PosixPath": lambda o: check_list(LINFEN, o.book),
    "warnings: expected Warnings, not str": lambda o: ae.decide(o.enterprises, o.book, "red"),
    "cities: expected str, not int": lambda o: ae.decide(o.enterprises, o.book, **DAY, cities=[3]),
    "overrides: expected Override, not dict": lambda o: ae.decide(o.enterprises, o.book, **DAY, overrides=[{}]),
    "floors: expected Floor or Mapping, not str": lambda o: ae.warn(AHEAD, o.book, floors=pd.DataFrame({"area": []})),
    "active: expected Mapping or Iterable, not Orders": lambda o: ae.warn(AHEAD, o.book, active=o),
    "totals: expected str or PathLike or NoneType": lambda o: ae.read_list(LINFEN, o.book, totals=o.table),
    "orders: expected Orders or str or PathLike": lambda o: ae.explain(o.table, "1"),
    "line: expected str, not int": lambda o: ae.explain(o, 3),
    "adopt: expected Mapping, not list": lambda o: ae.load_rules(adopt=["a"]),
    "folders: expected str or PathLike, not list": lambda o: ae.load_rules(["a"]),
    "history: expected History, not str": lambda o: run_backtest("a", o.book),
    "scenario: expected SeasonScenario, not str": lambda o: simulate("a"),
    "a file or a DataFrame, not Series": lambda o: ae.read_list(o.table["city"], o.book),
    "a file or a DataFrame, not EnterpriseList": lambda o: check_list(o.book, o.enterprises),
    "one level of columns, not 2": lambda o: ae.read_list(pd.concat({"组": o.table}, axis=1), o.book),
}


@pytest.mark.parametrize("said", WRONG)
def test_an_object_of_another_class_is_named(orders: Orders, said: str) -> None:
    with pytest.raises(TypeError, match=said):
        WRONG[said](orders)


@pytest.mark.parametrize("more", [{"hours": 72}, {"date": "2021-01-20"}, {"level": "red"}])
def test_nothing_is_passed_over_beside_warnings(
    lines: EnterpriseList, night: Warnings, shipped: Rulebook, orders: Orders, more: dict[str, Any]
) -> None:
    with pytest.raises(TypeError, match="hours with a level"):
        ae.decide(lines, shipped, night, **more)
    with pytest.raises(TypeError, match="before goes with warnings"):
        ae.decide(lines, shipped, **DAY, before=orders)


@pytest.mark.parametrize("hours", [np.True_, 1e-9, 0.01])
def test_a_response_lasts_a_minute_at_least(lines: EnterpriseList, shipped: Rulebook, hours: Any) -> None:
    with pytest.raises(ae.InputError, match=r"hours: .* is not a length"):
        ae.decide(lines, shipped, **DAY, hours=hours)


def test_an_override_has_a_time(orders: Orders) -> None:
    with pytest.raises(ValueError, match="expected a time"):
        Override(**override(orders).model_dump() | {"at": pd.NaT})


def test_any_path_and_any_way_to_read_the_evening_before(
    forecast: Forecast, night: Warnings, shipped: Rulebook, tmp_path: Path
) -> None:
    class Link(os.PathLike[str]):
        def __fspath__(self) -> str:
            return str(LINFEN)

    pd.testing.assert_frame_equal(ae.read_list(Link(), shipped).table, ae.read_list(LINFEN, shipped).table)
    file = tmp_path / "warnings.csv"
    write_warnings(night.record, file)
    later = ae.warn(forecast, shipped, now="2021-01-05 17:00", active=night).record
    zoned = {name: night.record[name].dt.tz_localize("Asia/Shanghai") for name in ("starts", "ends", "issued")}
    for active in (
        *(file, str(file), pd.read_csv(file), pd.read_csv(file, dtype=str), night.rows, iter(night.rows)),
        *(night.record.convert_dtypes(dtype_backend="pyarrow"), night.record.assign(level="红色", **zoned)),
    ):
        given = ae.warn(forecast, shipped, now="2021-01-05 17:00", active=active).record
        pd.testing.assert_frame_equal(given, later)


def test_an_end_that_pandas_has_not_is_open(forecast: Forecast, night: Warnings, shipped: Rulebook) -> None:
    table = night.record.assign(ends=pd.NaT)
    for active in (table, table.to_dict("records"), [dict(row) | {"ends": None} for row in night.rows]):
        found = ae.warn(forecast, shipped, now="2021-01-05 17:00", active=active)
        assert found.segments["ends"].isna().all()
        assert found.problems


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda table: table.drop(columns="issued"), "issued: required column missing"),
        (lambda table: table.assign(level="RED"), "row 0, level: .*RED"),
        (lambda table: table.assign(starts=pd.NaT), "row 0, starts"),
        (lambda table: table.assign(city=np.nan), "row 0, city"),
        (lambda table: table.assign(ends="morgen"), "row 0, ends"),
    ],
)
def test_a_record_that_cannot_be_used_is_refused(
    forecast: Forecast, night: Warnings, shipped: Rulebook, change: Callable[[pd.DataFrame], pd.DataFrame], said: str
) -> None:
    with pytest.raises(ae.InputError, match=said):
        ae.warn(forecast, shipped, active=change(night.record))


def test_the_orders_before_are_read_as_a_file_of_them_is(
    forecast: Forecast, night: Warnings, shipped: Rulebook, tmp_path: Path
) -> None:
    kiln = {"城市": "临汾", "企业名称": "甲", "区县": "尧都区", "行业": "砖瓦窑", "工序": "焙烧", "绩效等级": "C"}
    said = {"红色预警减排措施": "停产50%（以生产线计）", "产能单位": "万块/年", "治理任务完成": "是"}
    amounts = {f"{name}排放量": 1 for name in ("NOx", "SO2", "颗粒物", "VOCs")}
    table = pd.DataFrame([kiln | said | amounts | {"生产线编号": name} for name in ("01", "02")])
    first = ae.decide(table.assign(产能=[10, 20]), shipped, night)
    write_orders(first.table, str(tmp_path / "orders.csv"))
    later = ae.warn(forecast, shipped, now="2021-01-05 17:00", active=night)
    plain, texts = pd.read_csv(tmp_path / "orders.csv"), pd.read_csv(tmp_path / "orders.csv", dtype=str)
    turned = table.assign(产能=[20, 10])
    # pandas made 1 of 01, and it is the same line
    for before in (first, first.table, first.table.set_index("order_id"), texts, plain, str(tmp_path / "orders.csv")):
        orders = ae.decide(turned, shipped, later, before=before)
        assert orders.table["share"].tolist() == [1, 0]
        assert "shares_not_listed" not in [one.code for one in orders.problems]
    lost = ae.decide(turned, shipped, later, before=texts.replace({"line_id": {"01": "11"}}))  # on no list
    assert lost.table["share"].tolist() == [0, 1]
    assert "shares_not_listed" in [one.code for one in lost.problems]
    with pytest.raises(ae.InputError, match="measure"):
        ae.decide(turned, shipped, later, before=first.table.drop(columns="measure"))
    pd.testing.assert_frame_equal(read_orders(first.table), read_orders(str(tmp_path / "orders.csv")))


def test_results_are_pickled_copied_compared_and_shown(
    orders: Orders, lines: EnterpriseList, forecast: Forecast, night: Warnings, shipped: Rulebook
) -> None:
    line = str(orders.table["order_id"].iloc[3])
    for result in (lines, forecast, night, orders, ae.decide(lines, shipped, night), ae.explain(orders, line)):
        for other in (again(result), copy.deepcopy(result)):
            assert (other.problems, other.notes) == (result.problems, result.notes)
            assert other != result
        assert len({result, result}) == 1
        assert len(repr(result)) < 80
    sent = again(orders)
    pd.testing.assert_frame_equal(sent.table, orders.table)
    assert ae.explain(sent, line).phases == ae.explain(orders, line).phases


def test_nothing_is_lost_on_the_way(
    forecast: Forecast, night: Warnings, lines: EnterpriseList, shipped: Rulebook
) -> None:
    doubt = Problem("no_line", file="a.csv")
    other = [dict(row) | {"city": "运城市", "warning_id": "运城市-2021010400"} for row in night.rows]
    given = replace(night, own_problems=[doubt], others=other)
    orders = ae.decide(lines, shipped, given)
    assert doubt in ae.explain(orders, str(orders.table["order_id"].iloc[0])).problems
    later = ae.warn(forecast, shipped, now="2021-01-05 17:00", active=given)
    assert "运城市-2021010400" in set(later.record["warning_id"])


def test_threads_share_a_list_and_a_rulebook(lines: EnterpriseList, shipped: Rulebook) -> None:
    days = [f"20{year}-01-20" for year in range(19, 23)]

    def decided(day: str) -> pd.DataFrame:
        return ae.decide(lines, shipped, level="red", date=day).table

    with ThreadPoolExecutor(4) as pool:
        for one, day in zip(pool.map(decided, days), days, strict=True):
            pd.testing.assert_frame_equal(one, decided(day))


def test_explaining_a_file_takes_what_deciding_takes(orders: Orders, lines: EnterpriseList, tmp_path: Path) -> None:
    write_orders(orders.table, tmp_path / "orders.csv")
    line = str(orders.table["order_id"].iloc[3])
    known = ("2026-01-01", pd.Timestamp("2026-01-01"), np.datetime64("2026-01-01"))
    for source, day in zip((lines, pd.read_csv(LINFEN, dtype=str), str(LINFEN)), known, strict=True):
        assert ae.explain(tmp_path / "orders.csv", line, orders.book, source, day).phases
    with pytest.raises(ae.InputError, match="known_on"):
        ae.explain(tmp_path / "orders.csv", line, orders.book, lines, pd.NaT)


def test_days_of_the_other_faces(shipped: Rulebook) -> None:
    plain = check_list(shipped, LINFEN, date(2021, 1, 20))
    for day in ("2021-01-20", datetime(2021, 1, 20, 5), np.datetime64("2021-01-20")):
        found = check_list(shipped, LINFEN, day, known_on=day)
        assert (found.day, len(found.findings)) == (plain.day, len(plain.findings))
    with pytest.raises(ae.InputError, match="day: 'NaT'"):
        check_list(shipped, LINFEN, pd.NaT)
    with pytest.raises(ae.InputError, match="first: 'NaT'"):
        read_season("linfen-winter-synthetic", first=pd.NaT)


def test_regimes_are_gone_through_once(shipped: Rulebook) -> None:
    history = history_of(
        ae.read_forecast(scenarios_folder() / "linfen-winter-synthetic.daily.csv", shipped, observed=True), shipped
    )
    tables = [run_backtest(history, shipped, regimes=given("mee-2024-6")).table for given in GIVEN]
    assert len(tables[0])
    for table in tables:
        pd.testing.assert_frame_equal(table, tables[0])


def test_files_are_named_by_text_as_by_path(lines: EnterpriseList, shipped: Rulebook, tmp_path: Path) -> None:
    write_list(lines, str(tmp_path / "list.csv"))
    pd.testing.assert_frame_equal(ae.read_list(str(tmp_path / "list.csv"), shipped).table, lines.table)
    meter = {"企业名称": ["甲"], "时间": ["2021-01-04 01:00"], "用电量(千瓦时)": [1]}
    pd.DataFrame(meter).to_csv(tmp_path / "meter.csv", index=False)
    assert len(read_evidence(str(tmp_path / "meter.csv")).table) == 1


def test_a_place_that_is_a_path_is_told() -> None:
    assert str(Problem("no_line", file=Path("a.csv"))).startswith("a.csv")
    with pytest.raises(ae.InputError, match="nope"):
        find_scenario(Path("nope"))
