"""A season run: its course, its states against the engine, its sums, its variants."""

from __future__ import annotations

import math
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from alertengine.engine import Engine, Response, Segment
from alertengine.files import lists_folder, scenarios_folder
from alertengine.lists import read_list
from alertengine.orders import decide
from alertengine.report.season import season_report
from alertengine.rulebook import Place, Rulebook
from alertengine.simulation import BASE, Season, read_season, simulate
from alertengine.simulation.season.plants import raised, scaled
from alertengine.simulation.season.season_scenario import SeasonScenario
from alertengine.simulation.season.tables import TOTAL_COLUMNS
from alertengine.simulation.season.tally import DAY_COLUMNS
from alertengine.vocabulary import GRADES, POLLUTANTS, InputError, Level

from .conftest import AQI, FIRST, Maker, Runner, write_weather

pytestmark = pytest.mark.whole

LAST = FIRST + timedelta(days=len(AQI) - 1)


def rows_of(season: Season, row: str, variant: str = BASE, **keys: str) -> pd.DataFrame:
    table = season.totals
    held = (table["row"] == row) & (table["variant"] == variant)
    for name, value in keys.items():
        held &= table[name] == value
    return table[held]


# -- course and states


def test_the_stays_of_a_place_cover_the_season_without_gap_or_overlap(season: Season) -> None:
    for detail in season.details:
        span = detail.run.weather.history
        for place in detail.run.places:
            assert place.course.stays[0].starts.time() == time()
            for before, after in zip(place.course.stays[:-1], place.course.stays[1:], strict=True):
                assert before.ends == after.starts
            hours = sum(stay.hours for stay in place.course.stays)
            assert hours == 24 * len(AQI), span.forecast.file


def test_the_levels_of_the_season_are_those_of_its_warnings(season: Season) -> None:
    for detail in season.details:
        ranks = detail.run.weather.runs[0].ranks["临汾市"]
        found = np.zeros(len(ranks), dtype=int)
        origin = detail.run.weather.air["临汾市"].origin
        for stay in detail.run.places[0].course.stays:
            begin, end = (
                (moment - origin) // pd.Timedelta(hours=1) for moment in map(pd.Timestamp, (stay.starts, stay.ends))
            )
            found[begin:end] = stay.level.rank
        assert (found == ranks).all()
        assert found.max() == Level.RED.rank


def test_states_are_what_the_engine_decides_for_the_whole_response(season: Season) -> None:
    run = season.base.run
    place = run.places[0]
    engine = Engine(run.book)
    for life in sorted({stay.life for stay in place.course.stays} - {""}):
        stays = [stay for stay in place.course.stays if stay.life == life]
        pieces = tuple(Segment(stay.starts, stay.ends, stay.level) for stay in stays)
        decided = engine.decide(place.states.lines, Response(pieces, stays[0].starts, life))
        by_start = {decision.slice.starts: decision for decision in decided}
        for stay in stays:
            state, plain = place.states.state(stay.chain), by_start[stay.starts]
            np.testing.assert_array_equal(state.decision.share, plain.share)
            np.testing.assert_array_equal(state.decision.status, plain.status)
            for name in POLLUTANTS:
                np.testing.assert_array_equal(state.decision.warning_reduced[name], plain.warning_reduced[name])


@pytest.mark.slow
def test_a_level_not_reached_is_what_orders_would_come_to(run_season: Runner, shipped: Rulebook) -> None:
    quiet = run_season(aqi=[90.0] * len(AQI))
    assert rows_of(quiet, "level")["level"].unique().tolist() == ["none"]
    file = lists_folder() / "linfen-synthetic.csv"
    for level in ("yellow", "orange", "red"):
        told = decide(read_list(file, shipped.lists), shipped, level=Level(level), date=date(2026, 1, 5)).summaries[0][
            "ratio"
        ]
        for name in POLLUTANTS:
            row = rows_of(quiet, "level_supposed", level=level, pollutant=name).iloc[0]
            assert row["ratio"] == pytest.approx(told[name]["warning"], abs=1e-6)
            assert row["met"] == told[name]["met"]
            assert row["hours"] == 0


# -- sums


def test_days_add_up_to_totals(season: Season) -> None:
    for name in season.names:
        days = season.days[season.days["variant"] == name]
        assert len(days) == len(AQI)
        for level in ("yellow", "orange", "red"):
            told = rows_of(season, "level", name, city="临汾市", level=level, pollutant="pm")["hours"].sum()
            assert days[f"{level}_hours"].sum() == pytest.approx(told)
        for pollutant in POLLUTANTS:
            told = rows_of(season, "level", name, city="临汾市", pollutant=pollutant)
            assert days[f"{pollutant}_kg"].sum() == pytest.approx(told["kg"].sum())
            assert days[f"{pollutant}_kg_with_season"].sum() == pytest.approx(told["kg_with_season"].sum())
        lost = rows_of(season, "season", name, city="")["lost"].iloc[0]
        assert days["lost"].sum() == pytest.approx(lost)
        by_level = rows_of(season, "level", name, city="", pollutant="pm")
        assert by_level["lost"].sum() == pytest.approx(lost)
        hit = rows_of(season, "season", name, city="")["enterprises_hit"].iloc[0]
        assert by_level["enterprises_hit"].max() <= hit <= by_level["enterprises_hit"].sum()


def test_enterprises_add_up_to_the_season(season: Season) -> None:
    for name in season.names:
        own = season.plants[season.plants["variant"] == name]
        whole = rows_of(season, "season", name, city="").iloc[0]
        assert own["lost"].sum() == pytest.approx(whole["lost"])
        assert len(own) == whole["enterprises"]
        assert (own["stopped_days"] > 0).sum() == whole["enterprises_stopped"]
        assert (own["stopped_days"] <= len(AQI)).all()
        stopped = rows_of(season, "stopped_days", name)
        assert stopped["enterprises"].sum() == whole["enterprises"]
        assert ((own["lost_share"] >= 0) & (own["lost_share"] <= 1)).all()


def test_changes_are_against_the_same_row_of_the_base(season: Season) -> None:
    assert season.totals.loc[season.totals["variant"] == BASE, "kg_change"].isna().all()
    for name in season.names[1:]:
        for pollutant in POLLUTANTS:
            now = rows_of(season, "level", name, city="", level="red", pollutant=pollutant)
            was = rows_of(season, "level", BASE, city="", level="red", pollutant=pollutant)
            assert now["kg_change"].iloc[0] == pytest.approx(now["kg"].iloc[0] - was["kg"].iloc[0])


# -- variants


def test_what_a_variant_does_not_touch_stays(season: Season) -> None:
    kilograms = {name: rows_of(season, "level", name, city="")["kg"].sum() for name in season.names}
    assert kilograms["比例"] == kilograms["少车"] == kilograms[BASE]
    assert rows_of(season, "level", "比例", city="")["required"].max() == 0.4
    now = rows_of(season, "level", "少车", city="", level="red", pollutant="nox")["ratio"].iloc[0]
    assert now > rows_of(season, "level", BASE, city="", level="red", pollutant="nox")["ratio"].iloc[0]


def test_plants_raised_lose_less_and_nobody_else_changes(season: Season) -> None:
    changed = season.plants[(season.plants["variant"] == "升A") & (season.plants["lost_change"] != 0)]
    assert 0 < len(changed) <= 2
    assert (changed["industry"] == "长流程联合钢铁").all()
    assert (changed["lost_change"] < 0).all()


@pytest.mark.slow
def test_a_raise_that_brings_nothing_for_want_of_a_figure_is_said(run_season: Runner, tmp_path: Path) -> None:
    listed = pd.read_csv(lists_folder() / "linfen-synthetic.csv", dtype=str)
    ovens = listed["工序"] == "焦炉"
    plans = [column for column in listed if column.endswith(("减排措施", "减排比例(%)"))]
    listed.loc[ovens, [name for name in plans if name.endswith("措施")]] = "延长结焦时间至36小时"
    listed.loc[ovens, [*(name for name in plans if name.endswith("(%)")), "结焦时间(小时)"]] = None
    listed.loc[ovens, "绩效等级"] = "C"
    listed.to_csv(tmp_path / "list.csv", index=False)
    raising = [
        {"name": f"{industry}升B", "raise": {"when": {"industry": industry, "process": process}, "to": "B"}}
        for industry, process in (("焦化", "焦炉"), ("水泥", "熟料"))
    ]
    notes = run_season(list=str(tmp_path / "list.csv"), variants=raising).notes
    said = [(note.column, note.message) for note in notes if note.code == "raise_not_reckoned"]
    assert len(said) == 1
    assert said[0][0] == "结焦时间(小时)"
    assert "焦化升B" in said[0][1]


def test_a_graver_forecast_never_shortens_the_warnings_here(season: Season) -> None:
    def hours(name: str) -> float:
        return float(rows_of(season, "season", name, city="")["hours"].iloc[0])

    assert hours("偏重") > hours(BASE) > 0


@pytest.mark.slow
def test_a_forecaster_who_says_what_comes_changes_nothing(run_season: Runner) -> None:
    same = run_season(variants=[{"name": "原样", "forecast_change": {"scale": 1.0000000001}}])
    assert rows_of(same, "season", "原样", city="")["lost_change"].iloc[0] == pytest.approx(0)
    ranks = [detail.run.weather.runs[0].ranks["临汾市"] for detail in same.details]
    assert (ranks[0] == ranks[1]).all()


def test_weather_moves_by_whole_years_and_a_leap_day_without_one_to_go_to_is_left_out(
    make_season: Maker, tmp_path: Path
) -> None:
    write_weather(tmp_path / "leap.csv", [100.0] * 60, date(2024, 2, 1))
    scenario = make_season(
        season={"from": "2025-02-01", "to": "2025-03-15", "weather_from": "2024-02-01"},
        history=str(tmp_path / "leap.csv"),
    )
    days = simulate(scenario).days
    assert days["date"].min() == date(2025, 2, 1)
    assert days["date"].max() == date(2025, 3, 15)
    assert days["aqi"].notna().all()


@pytest.mark.slow
def test_a_season_of_real_forecasts_is_run_issue_by_issue(make_season: Maker, tmp_path: Path) -> None:
    rows = ["issue_time,city,target_date,aqi,primary"]
    for day, value in enumerate([90, 250, 260, 255, 90]):
        rows.append(f"2025-12-20 15:00,临汾市,{FIRST + timedelta(days=day)},{value},PM2.5")
    (tmp_path / "real.csv").write_text("\n".join(rows), encoding="utf-8")
    found = simulate(make_season(history=str(tmp_path / "real.csv")))
    assert found.base.run.weather.history.real
    assert rows_of(found, "season", city="")["warnings"].iloc[0] == 1
    with pytest.raises(InputError, match="real forecasts"):
        simulate(make_season(history=str(tmp_path / "real.csv"), forecast_change={"scale": 1.2}))


@pytest.mark.slow
def test_a_sweep_is_every_combination(run_season: Runner) -> None:
    swept = run_season(
        **{"raise": {"when": {"industry": "水泥"}, "largest": 0, "to": "A"}},
        sweep={
            "raise": [{"when": {"industry": "水泥"}, "largest": n, "to": "A"} for n in (0, 1, 2)],
            "sectors.移动源": [1, 0.5],
        },
    )
    assert len(swept.names) == 7
    lost = [rows_of(swept, "season", name, city="")["lost"].iloc[0] for name in swept.names[1:]]
    assert lost[0] == lost[1] >= lost[2] == lost[3] >= lost[4] == lost[5]


@pytest.mark.slow
def test_many_variants_keep_to_the_short_tables(run_season: Runner) -> None:
    many = run_season(sweep={"sectors.移动源": [1 - n / 100 for n in range(25)]})
    assert len(many.names) == 26
    assert set(many.days["variant"]) == {BASE}
    assert set(many.totals.loc[many.totals["variant"] != BASE, "row"]) == {"season", "level"}


def test_keys_of_a_sweep_fill_one_mapping_and_leave_what_the_file_says(make_season: Maker) -> None:
    swept = make_season(sweep={"raise": [{"to": "A"}], "raise.largest": [1, 2]})
    found = swept.all_variants()
    assert [one.name for one in found] == [f"raise=企业升为A级，raise.largest={n}" for n in (1, 2)]
    assert [(one.raise_[0].to, one.raise_[0].largest) for one in found] == [("A", 1), ("A", 2)]
    assert swept.sweep["raise"] == ({"to": "A"},)


@pytest.mark.parametrize(
    ("key", "value", "name"),
    [
        ("regime", "mee-2024-6", "mee-2024-6"),
        ("sectors.移动源", 0.8, "0.8"),
        ("sectors", {"移动源": 0.8, "生活源": 1}, "生活源：1、移动源：0.8"),
        ("season", {"from": "2025-12-20", "to": "2025-12-30"}, "from：2025-12-20、to：2025-12-30"),
        ("without", ["guide-2020-340", "guofa-2023-24"], "guide-2020-340、guofa-2023-24"),
        ("raise", {"when": {"industry": "焦化"}, "largest": 10, "to": "B"}, "行业=焦化的企业中产能最大的10家升为B级"),
        (
            "raise",
            {"when": {"grade": ["C", "D"]}, "largest": 0, "by": "so2_kg_d", "city": "临汾市", "to": "A"},
            "临汾市绩效等级 属于 C、D的企业中SO2排放量最大的0家升为A级",
        ),
        ("raise.largest", 5, "5"),
        ("raise.when", {"industry": "水泥"}, "行业=水泥"),
        ("raise", [{"to": "B"}, {"when": {"industry": "水泥"}, "to": "A"}], "企业升为B级、行业=水泥的企业升为A级"),
    ],
)
def test_a_variant_of_a_sweep_is_named_in_words(make_season: Maker, key: str, value: Any, name: str) -> None:
    more = {"raise.to": ["B"]} if key.startswith("raise.") else {}
    (found,) = make_season(sweep={**more, key: [value]}).all_variants()
    assert f"{key}={name}" in found.name.split("，")


# -- plants


def test_raising_never_lowers_and_takes_the_largest(shipped: Rulebook, make_season: Maker) -> None:
    lines = read_list(lists_folder() / "linfen-synthetic.csv", shipped.lists).lines
    scenario = make_season(**{"raise": {"when": {"industry": "焦化"}, "largest": 3, "by": "so2_kg_d", "to": "B"}})
    found = raised(lines, scenario.raise_, shipped)
    changed = np.isin(np.arange(len(lines)), np.concatenate(found.picks))
    old, new = (table["grade"].astype("object") for table in (lines, found.lines))
    for was, now, touched in zip(old, new, changed, strict=True):
        if touched:
            assert now == "B"
            assert pd.isna(was) or GRADES.index(was) > GRADES.index("B")
        else:
            assert (was == now) or (pd.isna(was) and pd.isna(now))
    coking = lines[
        (lines["industry"] == "焦化").to_numpy() & ~lines["grade"].isin(GRADES[: GRADES.index("B") + 1]).to_numpy()
    ]
    able = coking.groupby("enterprise_id")["so2_kg_d"].sum().sort_values(ascending=False)
    assert set(lines["enterprise_id"][changed]) == set(able.index[:3])
    assert found.lines.loc[changed, "plan_red"].isna().all()


# -- mistakes


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"history": ""}, "--history"),
        ({"list": "nowhere.csv"}, "nowhere.csv"),
        ({"season": {"from": "2026-02-01", "to": "2026-01-01"}}, "before"),
        ({"season": {"from": "2026-02-01", "to": "2026-02-03", "weather_from": "2020-01-01"}}, "same day"),
        ({"variants": [{"name": "甲"}, {"name": "甲"}]}, "differ"),
        ({"variants": [{"name": "甲", "forecast": 3}]}, "forecast"),
        ({"sweep": {"sectors.移动源": list(range(101)), "known_on": ["2026-01-01"] * 101}}, "at most"),
        ({"sweep": {"regime": ["mee-2024-6", "mee-2024-6"]}}, "differ.*regime=mee-2024-6"),
        ({"sweep": {"regime": ["mee-2024-6"]}, "variants": [{"name": "regime=mee-2024-6"}]}, "differ"),
        ({"variants": [{"name": "基准"}]}, "differ.*基准"),
        ({"sweep": {"regime": []}}, r"sweep\.regime.*at least 1"),
        ({"sectors": {"移动源": -1}}, "at least 0"),
        ({"sectors": {"移动源": math.nan}}, "finite"),
        ({"forecast_change": {"scale": math.inf}}, "finite"),
        ({"season": {"from": 20260201, "to": "2026-02-03"}}, r"season\.from.*expected a day.*20260201"),
        ({"season": {"from": "2026-02-01 08:00", "to": "2026-02-03"}}, "expected a day"),
        ({"season": {"from": "2026-02-01", "to": "9999-12-31"}}, r"season\.to.*1980 to 2199"),
        ({"season": {"from": "2026-02-01", "to": "2026-02-03", "weather_from": "0001-02-01"}}, "1980 to 2199"),
        ({"days_ahead": 10**12}, "days_ahead.*at most 366"),
        ({"sweep": {"raise": [{"when": 3, "by": [1], "to": {}}]}}, r"sweep raise\.0\.when: expected a mapping"),
        ({"sweep": {"raise.largst": [1]}}, r"row \d+, sweep raise\.0\.largst: unknown key"),
        ({"sweep": {"regime": ["mee-2024-6"], "regime.x": [1]}}, r"regime\.x.*says again"),
        ({"sweep": {"raise.largest": [1], "raise": [[{"to": "A"}]]}}, r"raise\.largest of the sweep says again"),
        (
            {"air_response": {"source": "某", "coefficients": {"工业": {}}, "industry_sector": "生活", "error": 0}},
            r"air_response\.industry_sector.*工业",
        ),
    ],
)
def test_a_scenario_that_cannot_be_run_says_why(make_season: Maker, keys: dict[str, object], words: str) -> None:
    with pytest.raises(InputError, match=words):
        make_season(**keys)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("variant", "words"),
    [
        ({"sectors": {"火星": 0.5}}, "sectors.*no such sector"),
        ({"raise": {"city": "火星", "to": "A"}}, "city.*no such city"),
        ({"adopt": {"nothing": "临汾市"}}, "adopt.*no document that awaits adoption"),
        ({"raise": {"when": {"industri": "焦化"}, "to": "A"}}, "industri"),
        ({"raise": {"to": "Z"}}, "not a grade"),
        ({"ratio": "mee-2024-6"}, "no ratio"),
        ({"regime": "nothing"}, "regime.*no such document"),
        ({"without": ["nothing"]}, "no such document"),
    ],
)
def test_a_variant_that_cannot_be_run_is_named(make_season: Maker, variant: dict[str, object], words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        simulate(make_season(variants=[{"name": "坏方案", **variant}]))
    assert "season.yaml: 坏方案" in str(caught.value)


def test_each_variant_that_cannot_be_run_is_named_once(make_season: Maker, tmp_path: Path) -> None:
    """What a later variant shares with one that was refused is told once; a good one between them hides nothing."""
    bad, other = tmp_path / "bad.csv", tmp_path / "other.csv"
    for file in (bad, other):
        file.write_text("甲\n1\n", encoding="utf-8")
    variants = [
        {"name": "甲", "regime": "nothing"}, {"name": "乙"}, {"name": "丙", "regime": "nothing"},
        {"name": "丁", "without": ["nobody"]}, {"name": "戊", "list": str(bad)}, {"name": "己", "list": str(bad)},
        {"name": "庚", "list": str(other)},
    ]  # fmt: skip
    with pytest.raises(InputError) as caught:
        simulate(make_season(variants=variants))
    told = str(caught.value)
    named = [name for name in "甲乙丙丁戊己" if f"season.yaml: {name}" in told]
    lines, others = ([one for one in caught.value.problems if one.file == str(file)] for file in (bad, other))
    assert named == ["甲", "丁"], told
    assert len(lines) == len(set(lines)) == len(others) > 0, told


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"cities": ["临汾", "火星"]}, r"season\.yaml, cities: no such city.*火星"),
        (
            {"orders": [{"area": "火星", "level": "red", "from": "2026-01-01", "source": "令"}]},
            r"season\.yaml, area: order 1.*火星",
        ),
        ({"cities": ["太原"]}, r"weather\.csv: nothing left.*2025-12-20\.\.2026-01-14, 临汾市"),
        ({"weather_from": "2020-12-20"}, r"weather\.csv: nothing left.*found '2020-12-20\.\.2021-01-14'"),
        (
            {"variants": [{"name": "甲", "weather_from": "2020-12-20"}]},
            r"weather\.csv: nothing left.*found '甲，2020-12-20\.\.2021-01-14'",
        ),
    ],
)
def test_a_season_that_cannot_be_run_says_in_which_file(
    make_season: Maker, keys: dict[str, object], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        simulate(make_season(**keys))


def test_without_totals_no_sector_changes() -> None:
    assert scaled(None, {}) is None
    with pytest.raises(InputError, match="sectors: no totals"):
        scaled(None, {"移动源": 0.5})


def test_what_is_not_there_is_said_of_the_season_s_own_days(make_season: Maker, tmp_path: Path) -> None:
    both = tmp_path / "both.csv"
    plain = "城市,企业名称,生产线编号,行业,工序,绩效等级,SO2排放量,NOx排放量,颗粒物排放量,VOCs排放量\n"
    plain += "{}市,甲厂,1,铸造,熔炼,C,1,1,1,1\n"
    for city, name in (("临汾", "one.csv"), ("太原", "other.csv")):
        (tmp_path / name).write_text(plain.format(city), encoding="utf-8")
    write_weather(both, [100.0] * 40, date(2016, 12, 10))
    with both.open("a", encoding="utf-8") as file:
        file.write("太原市,2016-12-11,100,PM2.5\n")
    raises = [{"when": {"industry": "铸造"}, "largest": 0, "to": "B"}, {"when": {"industry": "焦化"}, "to": "B"}]
    found = simulate(
        make_season(
            history=str(both), list=[str(tmp_path / "one.csv"), str(tmp_path / "other.csv")], **{"raise": raises},
            season={"from": "2016-12-20", "to": "2016-12-29"}, known_on="2016-12-31",
        )
    )  # fmt: skip
    said = [(one.code, one.column, dict(one.arguments)) for one in found.problems]
    assert ("no_row_of_city", "city", {"city": "太原市"}) in said
    assert ("no_grading_on_days", "", {"city": "临汾市", "days": 10}) in said
    notes = {one.code: one for one in found.notes}
    assert "months_missing" not in notes
    assert [one.value for one in found.notes if one.code == "raise_of_none"] == ["industry: 焦化, B"]


@pytest.mark.parametrize(("base_lacks", "named"), [(False, [": 早", ": 更早"]), (True, [None])])
def test_days_without_a_grading_name_the_variant_that_lacks_it(
    make_season: Maker, base_lacks: bool, named: list[str | None]
) -> None:
    """What the base lacks is told once of all; what variants of one weather lack, of the first of them."""
    early = {"season": {"from": "2016-12-20", "to": "2016-12-29", "weather_from": "2025-12-20"}}
    lacking = early | {"known_on": "2016-12-31"}
    variants = [
        {"name": "早", **lacking},
        {"name": "早，少车", **lacking, "sectors": {"移动源": 0.5}},
        {"name": "更早", **lacking, "known_on": "2016-11-30"},
    ]
    scenario = make_season(variants=variants, **(lacking if base_lacks else {}))
    found = [one.file for one in simulate(scenario).problems if one.code == "no_grading_on_days"]
    assert found == ["" if name is None else f"{scenario.file}{name}" for name in named]


def test_a_response_scenario_is_not_a_season_and_the_reverse() -> None:
    with pytest.raises(InputError, match="not a season"):
        read_season("2020-01-22-province")


def test_lists_with_the_same_line_are_refused(make_season: Maker) -> None:
    with pytest.raises(InputError, match="two lists"):
        simulate(make_season(list=["linfen-synthetic.csv", "linfen-synthetic.xlsx"]))


def test_what_is_wrong_with_list_and_weather_is_said_at_once(make_season: Maker, tmp_path: Path) -> None:
    (tmp_path / "l.csv").write_text("企业\n甲\n", encoding="utf-8")
    (tmp_path / "w.csv").write_text("城市\n临汾\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        simulate(make_season(list=str(tmp_path / "l.csv"), history=str(tmp_path / "w.csv")))
    assert {Path(problem.file).name for problem in caught.value.problems} >= {"l.csv", "w.csv"}


@pytest.mark.slow
def test_a_county_with_warnings_of_its_own_is_a_place_of_its_own(run_season: Runner) -> None:
    order = {
        "area": "临汾市/尧都区",
        "level": "red",
        "from": "2025-12-29 00:00",
        "to": "2025-12-30 00:00",
        "source": "令",
    }
    found = run_season(orders=[order])
    places = [(place.city, place.county) for place in found.base.run.places]
    assert places == [("临汾市", ""), ("临汾市", "尧都区")]
    levels = rows_of(found, "level", city="临汾市")
    assert levels["ratio"].isna().all(), "the totals are those of the whole city"
    assert set(levels["met"].dropna()) == set()
    own = found.days[(found.days["county"] == "尧都区") & (found.days["level"] == "red")]
    assert date(2025, 12, 29) in set(own["date"])
    assert rows_of(found, "season", city="")["lines"].iloc[0] == rows_of(found, "season")["lines"].iloc[:2].sum()
    assert "无法判定" in season_report(found)


@pytest.mark.slow
def test_dropping_a_document_takes_its_rules_away(run_season: Runner, shipped: Rulebook) -> None:
    assert any(rule.document == "guide-2020-340" for rule in shipped.rules.values())
    found = run_season(variants=[{"name": "无2020年指南", "without": ["guide-2020-340"]}])
    assert rows_of(found, "season", "无2020年指南", city="")["lost_change"].iloc[0] < 0


# -- forecasts that err


@pytest.mark.slow
def test_an_ensemble_without_error_is_the_base(run_season: Runner) -> None:
    error = {"source": "无误差", "bias": 0, "sd": 0, "between_days": 0, "between_issues": 0, "between_cities": 0}
    found = run_season(ensemble={"winters": 20, "seed": 3, "error": error})
    assert found.uncertain is not None
    days = found.uncertain.tables["days"].set_index("level")
    reduced = found.uncertain.tables["reduction"].set_index("pollutant")
    for level in ("yellow", "orange", "red"):
        told = found.days[found.days["level"] == level]
        assert days.loc[level, "days_p05"] == days.loc[level, "days_p95"] == len(told)
    for name in POLLUTANTS:
        told = rows_of(found, "level", city="临汾市", pollutant=name)["kg"].sum()
        assert reduced.loc[name, "kg_mean"] == pytest.approx(told, rel=1e-6)
    page = season_report(found)
    assert "预报有误差时" in page
    assert "无误差" in page


def test_errors_need_a_source(make_season: Maker) -> None:
    error = {"bias": 0, "sd": 20, "between_days": 0, "between_issues": 0, "between_cities": 0}
    with pytest.raises(InputError, match="source"):
        make_season(ensemble={"winters": 5, "seed": 1, "error": error})


def test_the_season_of_the_readme_is_one() -> None:
    text = (scenarios_folder() / "README.md").read_text(encoding="utf-8")
    told = yaml.safe_load(text.split("```yaml\n", 1)[1].split("```", 1)[0])
    assert len(SeasonScenario.model_validate(told).all_variants()) == 14
    told = (
        *DAY_COLUMNS[:5],
        "lines_hit",
        "enterprises_stopped",
        "level_supposed",
        "lines_unsaid",
        *TOTAL_COLUMNS[-11:],
    )
    for column in told:
        assert column in text


def test_what_lapses_is_another_law_though_its_rule_has_the_same_name(shipped: Rulebook) -> None:
    """A season decides days of one law once: the last of a plan's year and the first after it are not one."""
    engine, place = Engine(shipped), Place(province="山西省", city="临汾市")
    last, first = (engine.law(datetime(*day)).key_at([place]) for day in ((2019, 12, 31), (2020, 1, 1)))
    assert "39-diesel-trucks" in last - first
    assert "39-diesel-trucks~lapsed" in first - last
