"""Losses in yuan where the bureau gives values, days beyond a season's edges, announcements beside what held."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from alertengine.cli import main
from alertengine.report.season import season_report
from alertengine.rulebook import Rulebook
from alertengine.simulation import Season, read_season
from alertengine.simulation.season.plants import read_plants
from alertengine.simulation.season.weather import season_history, without_effect
from alertengine.vocabulary import InputError
from alertengine.warning import read_forecast

from .conftest import AQI, FIRST, Maker, Runner, write_weather
from .test_season import rows_of
from .test_why import HEADERS, write_list

pytestmark = pytest.mark.whole

LAST = FIRST + timedelta(days=len(AQI) - 1)


def with_values(folder: Path, values: list[str], header: str = "日产值(万元)") -> str:
    """The five lines with a further column."""
    path = write_list(folder)
    head, *rows = path.read_text(encoding="utf-8").splitlines()
    cells = [f"{row},{value}" for row, value in zip(rows, values, strict=True)]
    path.write_text("\n".join([f"{head},{header}", *cells]) + "\n", encoding="utf-8")
    return str(path)


@pytest.mark.slow
def test_losses_are_worth_what_the_column_says_and_a_blank_is_no_nought(run_season: Runner, tmp_path: Path) -> None:
    season = run_season(
        list=with_values(tmp_path, ["20", "5", "", "1", "900"]),
        value="日产值(万元)",
        variants=[{"name": "升A", "raise": {"when": {"industry": "铸造"}, "to": "A"}}],
    )
    worth = {"1": 200_000.0, "2": 50_000.0}
    table = season.measures
    base = table[table["variant"] == "基准"]
    shares = base["lost"] / season.base.run.production.amounts[0]  # five lines of one capacity: a mean line each
    own = base[base["enterprise"] == "甲厂"]
    expected = sum((shares[own.index] * own["line_id"].map(worth)).to_list())
    plants = season.plants.set_index(["variant", "enterprise"])["lost_yuan"]
    assert expected > 0
    assert plants["基准", "甲厂"] == pytest.approx(expected)
    row = rows_of(season, "season", city="").iloc[0]
    assert row["lost_yuan"] == pytest.approx(base["lost_yuan"].sum())
    assert row["lines_without_value"] == base.loc[base["lost_yuan"].isna(), "line_id"].nunique()
    levels = season.totals[(season.totals["row"] == "level") & (season.totals["city"] == "")]
    so2 = levels[(levels["variant"] == "基准") & (levels["pollutant"] == "so2")]
    assert so2["lost_yuan"].sum() == pytest.approx(row["lost_yuan"])
    np.testing.assert_allclose(so2["yuan_per_kg"], so2["lost_yuan"] / so2["kg_lines"])
    change = rows_of(season, "season", "升A", city="")["lost_yuan_change"].iloc[0]
    assert season.differences["lost_yuan_change"].sum() == pytest.approx(change)
    assert change < 0
    page = season_report(season)
    assert "损失折合金额" in page
    assert "清单“日产值(万元)”列" in page


@pytest.mark.slow
def test_a_product_s_value_counts_by_the_capacity_of_a_day(run_season: Runner, tmp_path: Path) -> None:
    """Ten 万吨 a year over 365 days at 100 yuan a tonne; a unit that cannot be compared has no value."""
    value = {
        "source": "某年统计",
        "products": [
            {"when": {"industry": "铸造"}, "yuan": 100, "per": "吨"},
            {"when": {"industry": "砖瓦窑"}, "yuan": 9, "per": "块"},
        ],
    }
    file = write_list(tmp_path)
    text = file.read_text(encoding="utf-8").replace("产能单位,", "产能单位,年生产天数,", 1)
    file.write_text(text.replace(",万吨/年,", ",万吨/年,365,"), encoding="utf-8")
    season = run_season(list=str(file), value=value)
    yuan = season.base.run.production.yuan
    assert yuan is not None
    assert yuan[:2] == pytest.approx([100 * 100_000 / 365] * 2)
    assert np.isnan(yuan[2:]).all()
    assert "某年统计" in season_report(season)


@pytest.mark.parametrize(
    ("header", "values", "said"),
    [
        ("日产值(万元)", ["20", "很多", "", "-1", "9"], "2"),
        ("日产值", ["1"] * 5, "unit"),
    ],
)
def test_a_column_that_says_no_amount_of_yuan_is_refused(
    run_season: Runner, tmp_path: Path, header: str, values: list[str], said: str
) -> None:
    with pytest.raises(InputError) as error:
        run_season(list=with_values(tmp_path, values, header), value=header)
    if said == "unit":
        assert said in str(error.value)
    else:
        assert [problem.value for problem in error.value.problems] == ["很多", "-1"]


@pytest.mark.slow
def test_without_values_there_is_no_yuan(season: Season) -> None:
    assert season.totals["lost_yuan"].isna().all()
    assert season.plants["lost_yuan"].isna().all()
    assert "损失折合金额" not in season_report(season)


def test_the_column_can_be_named_on_the_command_line(tmp_path: Path) -> None:
    result = CliRunner().invoke(
        main, ["simulate", "linfen-winter-synthetic", "-o", str(tmp_path / "out"), "--value", "没有的列(元)"]
    )
    assert result.exit_code == 2
    assert "没有的列" in result.output
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_days_beyond_the_season_s_edges_count_in_its_warnings(run_season: Runner) -> None:
    """Seen alone, the days of a red episode after its first one are orange; sums are those of the season's days."""
    whole = run_season()
    first = FIRST + timedelta(days=13)
    part = run_season(season={"from": first, "to": LAST - timedelta(days=2)})
    same = whole.days[pd.to_datetime(whole.days["date"]).between(str(first), str(LAST - timedelta(days=2)))]
    columns = ["level", "red_hours", "orange_hours", "yellow_hours", "aqi", "so2_kg"]
    assert part.days["level"].iloc[0] == "red"
    pd.testing.assert_frame_equal(part.days[columns], same[columns].reset_index(drop=True), check_dtype=False)
    assert part.announced["announced_starts"].min() < pd.Timestamp(first), "the life began before the season"
    codes = {note.code for note in part.notes}
    assert "history_ends" not in codes
    assert "history_ends" in {note.code for note in whole.notes}


@pytest.mark.slow
def test_every_warning_is_told_as_announced_and_as_held(season: Season) -> None:
    told = season.announced
    assert set(told["variant"]) == {detail.run.name for detail in season.details}
    base = told[told["variant"] == "基准"]
    assert len(base) == season.base.tallies[0].lives
    assert base["held_levels"].str.len().gt(0).all()
    longer = base[base["announced_ends"] != base["held_ends"]]
    assert longer["changes"].str.len().gt(0).all()
    assert "公告与执行" in season_report(season)


def test_a_value_that_says_neither_column_nor_product_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(
        "title: t\nseason: {from: 2025-12-20, to: 2025-12-21}\nhistory: w.csv\nlist: l.csv\nvalue: {source: 无}\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError, match="products"):
        read_season(str(path))


@pytest.mark.parametrize(
    ("county", "area", "asked"),
    [
        ("", "临汾市/尧都区", True),
        ("某某区", "临汾市/尧都区", True),
        ("洪洞县", "临汾市/尧都区", False),
        ("尧都区", "临汾市/尧都区", False),
        ("", "临汾市", False),
    ],
)
def test_a_season_asks_about_lines_that_may_lie_in_a_county_apart(
    run_season: Runner, tmp_path: Path, county: str, area: str, asked: bool
) -> None:
    head = "城市,区县,企业名称,生产线编号,行业,工序,绩效等级,SO2排放量,NOx排放量,颗粒物排放量,VOCs排放量\n"
    files = []
    for name, own in (("甲厂", "尧都区"), ("乙厂", county)):
        files.append(tmp_path / f"{name}.csv")
        files[-1].write_text(
            f"{head}临汾市,洪洞县,{name},1,铸造,熔炼,C,1,1,1,1\n临汾市,{own},{name},2,铸造,熔炼,C,1,1,1,1\n"
        )
    order = {"area": area, "level": "red", "from": "2025-12-29 00:00", "to": "2025-12-30 00:00", "source": "令"}
    found = run_season(list=list(map(str, files)), orders=[order])
    said = [one for one in found.problems if one.code == "county_not_said"]
    expected = [(str(files[1]), 3, "county", county, 1)] if asked else []
    assert [(one.file, one.row, one.column, one.value, dict(one.arguments)["count"]) for one in said] == expected


# -- lists, orders from above and days that a season cannot take as they are


@pytest.mark.parametrize(
    ("second", "totals", "said"),
    [
        ("", "临汾市,移动源,1,1,1,1,0", r"two\.csv: no lines"),
        (
            "庚厂,临汾市,1,铸造,熔炼,C,否,10,万吨/年,1,1,1,1,,,",
            "临汾市,工业,1,1,1,1,0",
            "would count twice.*临汾市 工业",
        ),
        ("甲厂,临汾市,1,铸造,熔炼,C,否,10,万吨/年,1,1,1,1,,,", "临汾市,扬尘,1,1,1,1,0", "same line.* 1"),
    ],
)
def test_what_stands_in_two_lists_is_refused(
    shipped: Rulebook, tmp_path: Path, second: str, totals: str, said: str
) -> None:
    first, other = write_list(tmp_path), tmp_path / "two.csv"
    other.write_text("\n".join([HEADERS, *([second] if second else [])]) + "\n", encoding="utf-8")
    head = (tmp_path / "list.totals.csv").read_text(encoding="utf-8").splitlines()[0]
    (tmp_path / "two.totals.csv").write_text(f"{head}\n{totals}\n", encoding="utf-8")
    with pytest.raises(InputError, match=said):
        read_plants([first, other], [], shipped)


@pytest.mark.parametrize(
    ("area", "first", "last", "idle"),
    [
        ("临汾市", "2026-01-14", None, False),
        ("临汾市", "2026-01-15", None, True),
        ("临汾市", "2025-12-01", "2025-12-19", True),
        ("临汾市", "2025-12-01", "2025-12-20 01:00", False),
        ("山西省", "2026-01-01", "2026-01-02", False),
        ("太原市", "2026-01-01", "2026-01-02", True),
        ("临汾市/侯马市", "2026-01-01", "2026-01-02", False),
        ("临汾市/洪洞县", "2026-01-01", "2026-01-02", True),
    ],
)
def test_an_order_from_above_that_touches_nothing_is_noted(
    make_season: Maker, shipped: Rulebook, area: str, first: str, last: str | None, idle: bool
) -> None:
    said = {"area": area, "level": "red", "from": first, "source": "令", **({"to": last} if last else {})}
    scenario = make_season(orders=[said])
    notes = without_effect(scenario, "甲", scenario.season, shipped.lists, [("临汾市", ""), ("临汾市", "侯马市")])
    assert [(one.code, one.file, one.value) for one in notes] == (
        [("order_without_effect", "甲", f"令，{area}，{first}")] if idle else []
    )


@pytest.mark.slow
def test_an_order_for_a_province_binds_the_cities_of_the_season_alone(run_season: Runner, tmp_path: Path) -> None:
    order = {"area": "山西省", "level": "red", "from": "2026-01-10", "to": "2026-01-11", "source": "令"}
    moved = {"from": "2024-12-20", "to": "2025-01-14", "weather_from": "2025-12-20"}
    season = run_season(list=str(write_list(tmp_path)), orders=[order], variants=[{"name": "早一年", "season": moved}])
    red = season.days[season.days["red_hours"] > 0].groupby("variant")["date"].agg(list)
    assert red["基准"][-2:] == [date(2026, 1, 10), date(2026, 1, 11)]
    assert red["早一年"] == [day.replace(year=2025) for day in red["基准"][:-2]]
    assert "standing_not_covered" not in {one.code for one in season.problems}
    notes = [one.file for one in season.notes if one.code == "order_without_effect"]
    assert [name.rpartition(": ")[2] for name in notes] == ["早一年"]


def test_a_leap_day_without_a_day_to_go_to_is_noted(make_season: Maker, shipped: Rulebook) -> None:
    moved = {"from": "2026-02-20", "to": "2026-03-05", "weather_from": "2024-02-20"}
    scenario = make_season(season=moved, aqi=[90] * 40, weather_first=date(2024, 2, 10))
    whole = read_forecast(scenario.path(scenario.history), shipped.lists, observed=True)
    past = season_history(scenario, shipped, whole, ["临汾市"], scenario.season)
    assert [one.value for one in past.forecast.notes if one.code == "leap_day_left_out"] == ["2024-02-29"]
    other = scenario.season.model_copy(update={"first": date(2028, 2, 20), "last": date(2028, 3, 5)})
    kept = season_history(scenario, shipped, whole, ["临汾市"], other)
    assert "leap_day_left_out" not in {one.code for one in kept.forecast.notes}


@pytest.mark.slow
def test_a_list_that_stands_still_loses_nothing_and_no_yuan(run_season: Runner, tmp_path: Path) -> None:
    path = write_list(tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace(",否,", ",是,"), encoding="utf-8")
    value = {"source": "某年统计", "products": [{"when": {"industry": "铸造"}, "yuan": 100, "per": "吨"}]}
    season = run_season(list=str(path), value=value)
    rows = rows_of(season, "season")
    assert (
        rows[["lines", "enterprises", "lost", "lost_yuan", "lines_without_value"]].to_numpy().tolist() == [[0] * 5] * 2
    )
    assert "损失折合金额" in season_report(season)


@pytest.mark.slow
def test_a_plant_of_two_counties_stands_still_only_where_all_of_it_does(run_season: Runner, tmp_path: Path) -> None:
    """甲厂 stops at red, in 侯马市 alone from 10 January on; 丙厂 has all its lines there."""
    rows = [
        f"{plant},临汾市,{line},砖瓦窑,焙烧,C,否,10,万块/年,1,1,1,1,限产20%,限产50%,停产,{county}"
        for plant, line, county in (("甲厂", 1, "侯马市"), ("甲厂", 2, "尧都区"), ("丙厂", 1, "侯马市"))
    ]
    path = tmp_path / "counties.csv"
    path.write_text("\n".join([f"{HEADERS},区县", *rows]) + "\n", encoding="utf-8")
    order = {"area": "临汾市/侯马市", "level": "red", "from": "2026-01-10", "to": "2026-01-11", "source": "令"}
    season = run_season(list=str(path), orders=[order], aqi=[90] * len(AQI))
    found = season.plants.set_index("enterprise")
    assert found["stopped_days"].to_dict() == {"甲厂": 0, "丙厂": 2}
    assert found["lost"].to_dict() == {"甲厂": 2, "丙厂": 2}
    assert rows_of(season, "season", city="")["enterprises_stopped"].tolist() == [1]
    assert [one.file for one in season.notes if one.code == "county_apart"] == [str(path)]


def test_a_plant_of_two_counties_is_counted_once_where_all_places_are_together(
    run_season: Runner, tmp_path: Path
) -> None:
    """Red in two counties and then in all of 临汾, a plant of that name in 运城: each 甲厂 counts once."""
    rows = [
        f"{plant},{city},{line},砖瓦窑,焙烧,C,否,10,万块/年,1,1,1,1,限产20%,限产50%,停产,{county}"
        for plant, city, line, county in (
            ("甲厂", "临汾市", 1, "侯马市"), ("甲厂", "临汾市", 2, "尧都区"), ("甲厂", "临汾市", 3, "洪洞县"),
            ("丙厂", "临汾市", 1, "侯马市"), ("甲厂", "运城市", 1, "盐湖区"),
        )
    ]  # fmt: skip
    path = tmp_path / "counties.csv"
    path.write_text("\n".join([f"{HEADERS},区县", *rows]) + "\n", encoding="utf-8")
    weather = write_weather(tmp_path / "both.csv", [90] * len(AQI))
    with weather.open("a", encoding="utf-8") as file:
        file.writelines(f"运城市,{FIRST + timedelta(days=n)},90,PM2.5\n" for n in range(len(AQI)))
    areas = (("临汾市/侯马市", 2), ("临汾市/尧都区", 5), ("临汾市", 8), ("运城市", 8))
    orders = [
        {"area": area, "level": "red", "from": f"2026-01-0{day}", "to": f"2026-01-0{day + 1}", "source": "令"}
        for area, day in areas
    ]
    season = run_season(list=str(path), history=str(weather), orders=orders)
    found = rows_of(season, "level", level="red", pollutant="so2").set_index(["city", "county"])["enterprises_hit"]
    assert found.to_dict() == {
        ("临汾市", ""): 1, ("临汾市", "侯马市"): 2, ("临汾市", "尧都区"): 1, ("运城市", ""): 1, ("", ""): 3,
    }  # fmt: skip
    assert rows_of(season, "season", city="")["enterprises_hit"].tolist() == [3]
