"""The record of warnings is read strictly, and what a decision lacks is said."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner

from alertengine.cli import main
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import OPEN, WARNING_COLUMNS, InputError, listening
from alertengine.warning import Record, read_record, read_warnings, warn, write_warnings
from alertengine.warning.superior_orders import read_floors
from tests.conftest import of_a_run
from tests.synthetic import daily_forecast

OTHER = {"warning_id": "太原市-2026112900", "city": "太原市"}
RED = {"level": "red", "starts": "2026-11-29 00:00", "ends": "2026-12-03 00:00", "issued": "2026-11-28 17:30"}


def record(*rows: dict[str, Any]) -> pd.DataFrame:
    """Rows of a record, issued red unless they say otherwise."""
    base = {
        **dict.fromkeys(WARNING_COLUMNS, ""),
        "warning_id": "临汾市-2026112900",
        "city": "临汾市",
        "action": "issue",
    }
    table = pd.DataFrame(
        [{**base, **RED, "city": "临汾市", "reason": "达到。", **row} for row in rows], columns=list(WARNING_COLUMNS)
    )
    return table.assign(**{name: pd.to_datetime(table[name]) for name in ("starts", "ends", "issued")})


def written(path: Path, *rows: dict[str, Any]) -> Path:
    write_warnings(record(*rows), path)
    return path


def test_a_record_cut_inside_a_character_names_its_row(tmp_path: Path) -> None:
    path = written(tmp_path / "w.csv", {})
    whole = path.read_bytes()
    path.write_bytes(whole[: whole.rindex("达".encode()) + 1])
    with pytest.raises(InputError) as refused:
        read_warnings(path)
    (problem,) = refused.value.problems
    assert (problem.code, problem.row) == ("cut_file", 2)


@pytest.mark.parametrize("rows", [[], [{}], [OTHER, {}]])
def test_a_record_without_the_end_of_its_last_row_is_refused(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    path = written(tmp_path / "w.csv", *rows)
    path.write_bytes(path.read_bytes().removesuffix(b"\n"))
    with pytest.raises(InputError) as refused:
        read_warnings(path)
    assert [(one.code, one.row) for one in refused.value.problems] == [("warning_torn", 1 + len(rows))]


@pytest.mark.slow
def test_a_record_cut_anywhere_in_its_last_row_is_refused_with_its_row(tmp_path: Path) -> None:
    path = written(tmp_path / "w.csv", OTHER, {})
    whole = path.read_bytes()
    last = whole[:-1].rindex(b"\n") + 1
    assert len(read_warnings(path)) == 2
    for size in range(last + 4, len(whole) - 1):
        path.write_bytes(whole[:size])
        with pytest.raises(InputError) as refused:
            read_warnings(path)
        assert all(problem.row in (None, 3) for problem in refused.value.problems), size


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        (({"ends": "2026-11-28 00:00"},), "warning_ends_early"),
        (({"action": "raise"},), "warning_not_issued"),
        (({}, {"action": "lift", "ends": None}), "warning_contradicts"),
        (({}, {"action": "lower", "level": "orange", "issued": "2026-11-27 10:00"}), "warning_backwards"),
        (({}, {"action": "extend", "city": "太原市", "starts": "2026-12-01 00:00"}), "warning_of_two_places"),
        (({"issued": None},), "warning_cell_blank"),
        (({"level": ""},), "warning_cell_blank"),
    ],
)
def test_a_record_that_contradicts_itself_is_refused(tmp_path: Path, rows: Any, code: str) -> None:
    with pytest.raises(InputError) as refused:
        read_warnings(written(tmp_path / "w.csv", *rows))
    assert [problem.code for problem in refused.value.problems] == [code]
    assert refused.value.problems[0].row == len(rows) + 1


DAYS = {"2026-11-30": 205.0, "2026-12-01": 205.0, "2026-12-02": 120.0, "2026-12-03": 60.0, "2026-12-04": 60.0}


def codes(problems: Any) -> list[str]:
    return [problem.code for problem in problems]


def test_a_warning_kept_without_the_air_of_its_days_is_said(shipped: Rulebook) -> None:
    ahead = daily_forecast("临汾市", DAYS, "2026-11-30 15:00")
    bare = warn(ahead, shipped, active=record({}))
    assert codes(bare.problems) == ["observation_missing"]
    assert "2026-11-29" in str(bare.problems[0])
    assert bare.exit_status == 1
    seen = daily_forecast("临汾市", {"2026-11-28": 140.0, "2026-11-29": 170.0}, "2026-11-30 01:00")
    full = warn(ahead, shipped, active=record({}), observed=seen)
    assert codes(full.problems) == []
    assert (full.table["action"] == "lower").any(), "with the air known it is lowered"


def test_a_warning_lowered_without_the_air_of_its_days_is_said(shipped: Rulebook) -> None:
    days = {"2026-12-01": 180.0, "2026-12-02": 160.0, "2026-12-03": 60.0, "2026-12-04": 60.0, "2026-12-05": 60.0}
    ahead = daily_forecast("临汾市", days, "2026-12-01 15:00")
    red = record({"ends": "2026-12-03 00:00"})
    bare = warn(ahead, shipped, active=red)
    assert bare.table[["action", "level"]].to_numpy().tolist() == [["lower", "yellow"]]
    assert codes(bare.problems) == ["observation_of_run_missing"]
    assert "2026-11-30" in str(bare.problems[0])
    assert bare.exit_status == 1
    seen = daily_forecast("临汾市", {"2026-11-29": 170.0, "2026-11-30": 215.0}, "2026-12-01 01:00")
    full = warn(ahead, shipped, active=red, observed=seen)
    assert full.table["level"].tolist() == ["orange"], "the two days before make it orange"
    assert codes(full.problems) == []
    partly = daily_forecast("临汾市", {"2026-11-29": 170.0}, "2026-11-30 01:00")
    (told,) = warn(ahead, shipped, active=red, observed=partly).problems
    assert dict(told.arguments)["days"] == "2026-11-30", "the day before it was seen to its last hour"
    calm = daily_forecast("临汾市", dict.fromkeys(days, 60.0), "2026-12-01 15:00")
    assert codes(warn(calm, shipped, active=red).problems) == []


def test_an_order_from_above_until_further_notice_is_missed_where_it_is_not_given(shipped: Rulebook) -> None:
    calm = daily_forecast("临汾市", dict.fromkeys(DAYS, 60.0), "2026-11-30 15:00")
    standing = record({"ends": None, "level": "orange"})
    bare = warn(calm, shipped, active=standing)
    assert bare.table["action"].tolist() == ["lift"]
    assert codes(bare.problems) == ["open_order_absent"]
    assert bare.exit_status == 1
    order = {"area": "临汾市", "level": "orange", "from": "2026-11-29 00:00", "source": "调度令"}
    assert codes(warn(calm, shipped, active=standing, floors=[order]).problems) == []
    ended = warn(calm, shipped, active=standing, floors=[{**order, "to": "2026-11-30 20:00"}])
    assert codes(ended.problems) == []
    assert len(ended.table)


def test_an_order_from_above_whose_hours_are_not_over_is_missed_where_it_is_not_given(shipped: Rulebook) -> None:
    days = {"2026-11-30": 215.0, "2026-12-01": 230.0, "2026-12-02": 185.0, "2026-12-03": 90.0, "2026-12-04": 60.0}
    ahead = daily_forecast("临汾市", days, "2026-11-30 15:00")
    seen = daily_forecast("临汾市", {"2026-11-28": 140.0, "2026-11-29": 170.0}, "2026-11-30 01:00")
    rule = shipped.cite(shipped.rules["2024-6-orange"])
    orange = {"level": "orange", "grading": "2024-6-orange", "basis": rule}
    red = {"action": "raise", "starts": "2026-11-29 20:00", "ends": "2026-11-30 20:00", "basis": "调度令第9号"}
    red["issued"] = "2026-11-29 15:00"
    standing = record(orange, red)
    bare = warn(ahead, shipped, active=standing, observed=seen)
    (lowered,) = bare.new
    said = [lowered["action"], lowered["level"], str(lowered["starts"]), str(lowered["ends"])]
    assert said == ["lower", "orange", "2026-11-30 16:00:00", "2026-12-03 00:00:00"], "to the end of its level"
    (missed,) = bare.problems
    assert (missed.code, bare.exit_status) == ("order_absent", 1)
    assert (dict(missed.arguments)["until"].chinese, missed.value) == ("2026年11月30日20时", "调度令第9号")
    order = {"area": "临汾市", "level": "red", "from": "2026-11-29 20:00", "source": "调度令第9号"}
    for until in ("2026-11-30 20:00", "2026-11-30 15:00"):  # given again, or as withdrawn
        assert (
            codes(warn(ahead, shipped, active=standing, observed=seen, floors=[{**order, "to": until}]).problems) == []
        )
    over = record(orange, {**red, "ends": "2026-11-30 16:00"})
    assert codes(warn(ahead, shipped, active=over, observed=seen).problems) == [], "its hours are over"
    assert codes(warn(ahead, shipped, active=record({**orange}), observed=seen).problems) == [], "no order at all"
    fulfilled = record({**orange, "basis": f"{rule}；调度令第9号", "ends": "2026-12-02 00:00"})
    assert codes(warn(ahead, shipped, active=fulfilled, observed=seen).problems) == [], "the air asks as much"


@pytest.mark.parametrize(
    ("first", "issued", "since"),
    [
        ("2026-11-29 16:00", "2026-11-29 15:00", "2026-11-29 00:00"),  # under the city's warning before
        ("2026-11-29 16:00", RED["issued"], "2026-11-29 16:00"),  # decided with it: it never was under it
        ("2026-11-29 00:00", "2026-11-28 20:00", "2026-11-29 00:00"),  # with it
        ("2026-12-03 20:00", "2026-12-03 15:00", "2026-12-03 20:00"),  # after it had run out
    ],
)
def test_the_hours_of_a_county_that_goes_on_apart_count_from_the_start_of_its_city(
    first: str, issued: str, since: str
) -> None:
    apart = {"warning_id": "V", "counties": "尧都区", "starts": first, "ends": "2026-12-05 00:00", "issued": issued}
    standing = Record(record({}, apart)).segments(datetime(2026, 11, 28))
    of_county = standing[standing["county"] == "尧都区"]
    assert of_county["life_start"].tolist() == [pd.Timestamp(since)]


def test_a_standing_warning_that_the_forecast_does_not_cover_is_said(shipped: Rulebook) -> None:
    other = daily_forecast("太原市", DAYS, "2026-11-30 15:00")
    assert codes(warn(other, shipped, active=record({})).problems) == ["standing_not_covered"]


@pytest.mark.parametrize(
    ("city", "near"),
    [
        ("临份市", "a city on file, perhaps 临汾市"),
        ("尧都区", "a city on file, perhaps 临汾市/尧都区"),
        ("亚特兰", "a city on file"),
        ("临汾", None),
        ("山西临汾", None),
    ],
)
def test_a_city_of_the_record_that_is_not_on_file_is_asked_about_once(
    shipped: Rulebook, tmp_path: Path, city: str, near: str | None
) -> None:
    later = {"city": city, "action": "lower", "level": "orange", "issued": "2026-11-29 17:30"}
    path = written(tmp_path / "w.csv", OTHER, {"city": city}, later)
    with listening() as heard:
        held = read_warnings(path, shipped.lists)
    assert held["city"].tolist()[1:] == [city if near is not None else "临汾市"] * 2, "handed on as it was written"
    told = [(one.row, one.column, one.value, one.words("en")[1], one.severity) for one in heard]
    assert told == ([] if near is None else [(3, "city", city, near, "finding")])


@pytest.mark.parametrize(
    ("city", "seen", "unused"),
    [
        ("临汾市", "2026-11-29 15:00", False),
        ("太原市", "2026-11-29 15:00", True),  # of another city
        ("临汾市", "2026-12-03 00:00", True),  # of days still to come
    ],
)
def test_observations_of_which_nothing_is_used_are_asked_about(
    shipped: Rulebook, city: str, seen: str, unused: bool
) -> None:
    ahead = daily_forecast("临汾市", DAYS, "2026-11-29 15:00")
    observed = daily_forecast(city, DAYS, seen)
    found = warn(ahead, shipped, now="2026-11-29 17:00", observed=observed)
    assert ("observations_unused" in codes(found.problems)) == unused


def test_a_forecast_of_a_day_before_is_said(shipped: Rulebook) -> None:
    ahead = daily_forecast("临汾市", DAYS, "2026-11-29 15:00")
    assert "old_forecast" in codes(warn(ahead, shipped, now="2026-11-30 15:00").problems)
    assert "old_forecast" not in codes(warn(ahead, shipped, now="2026-11-29 17:00").problems)


def test_a_warning_lifted_before_its_start_is_cancelled_in_words(shipped: Rulebook) -> None:
    calm = daily_forecast("临汾市", {f"2026-11-{day}": 60.0 for day in (28, 29, 30)}, "2026-11-28 20:00")
    lifted = warn(calm, shipped, active=record({})).table
    assert lifted["action"].tolist() == ["lift"]
    assert "取消" in lifted["reason"].iloc[0]
    assert "回落" not in lifted["reason"].iloc[0]


def test_a_warning_decided_on_later_is_not_changed_by_an_older_forecast(shipped: Rulebook) -> None:
    days = {f"2026-11-{day}": 60.0 for day in (26, 27, 28, 29, 30)}
    older = daily_forecast("临汾市", days, "2026-11-26 15:00")
    with pytest.raises(InputError, match="last decided on at 2026-11-28"):
        warn(older, shipped, active=record({}))


FORECAST = "发布时间,城市,预报日期,AQI,首要污染物\n" + "".join(
    f"2026-11-28 15:00,{city},2026-{day},{aqi},PM2.5\n"
    for city in ("临汾市", "太原市")
    for day, aqi in (("11-29", 170), ("11-30", 215), ("12-01", 230), ("12-02", 185), ("12-03", 90))
)
LIST = (
    "城市,企业名称,行业,绩效等级,生产线编号,工序,SO2排放量,NOx排放量,颗粒物排放量,VOCs排放量\n"
    "临汾市,甲水泥厂,水泥,C,1,熟料,100,1,1,1\n"
)


def scenario(folder: Path, **keys: Any) -> Path:
    """A run of two cities' forecast and one city's list."""
    (folder / "f.csv").write_text(FORECAST, encoding="utf-8")
    (folder / "l.csv").write_text(LIST, encoding="utf-8")
    said = {"title": "例", "forecast": "f.csv", "list": "l.csv", **keys}
    path = folder / "s.yaml"
    path.write_text("".join(f"{name}: {value}\n" for name, value in said.items()), encoding="utf-8")
    return path


def test_cities_restrict_the_warnings_too(tmp_path: Path) -> None:
    path = scenario(tmp_path, cities="[临汾市]")
    CliRunner().invoke(main, ["respond", str(path), "-o", str(tmp_path / "out"), "--no-pack"])
    assert set(read_warnings(tmp_path / "out" / "warnings.csv")["city"]) == {"临汾市"}


def test_measured_air_taken_as_a_forecast_is_never_live(tmp_path: Path) -> None:
    path = scenario(tmp_path, perfect="{issued: 2026-11-28 15:00}")
    result = CliRunner().invoke(main, ["respond", str(path), "-o", str(tmp_path / "out")])
    assert (result.exit_code, "mode: simulation or drill" in result.stderr) == (2, True)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("city", "counties", "read_as", "asked"),
    [
        ("临汾", "", ("临汾市", ""), None),
        ("临汾市", "尧都", ("临汾市", "尧都区"), None),
        ("临汾市", "尧都区；洪洞", ("临汾市", "尧都区;洪洞县"), None),
        ("临汾市", "尧都区, 洪洞县", ("临汾市", "尧都区;洪洞县"), None),
        ("临汾市", "-", ("临汾市", ""), None),
        ("临汾市", "NULL", ("临汾市", ""), None),
        ("临汾市", "全市", ("临汾市", ""), None),
        ("临汾市", "迎泽区", None, "迎泽区"),
        ("临汾市", "尧都区;尧部区", None, "尧部区"),
        ("无此市", "", ("无此市", ""), None),
    ],
)
def test_places_of_a_record_go_by_their_standard_names(
    tmp_path: Path, shipped: Rulebook, city: str, counties: str, read_as: tuple[str, str] | None, asked: str | None
) -> None:
    path = written(tmp_path / "w.csv", {"city": city, "counties": counties, "warning_id": "W"})
    if asked is not None:
        with pytest.raises(InputError, match=asked) as refused:
            read_warnings(path, shipped.lists)
        assert [(one.code, one.row, one.value) for one in refused.value.problems] == [("no_county_of_city", 2, asked)]
        return
    table = read_warnings(path, shipped.lists)
    assert (table["city"].iloc[0], table["counties"].iloc[0]) == read_as
    assert read_warnings(path)["city"].tolist() == [city], "without a vocabulary as it is written"


@pytest.mark.parametrize("name", ["warning_id", "city", "counties", "action", "level", "starts", "ends", "issued"])
def test_a_record_without_a_column_that_its_state_rests_on_is_refused(tmp_path: Path, name: str) -> None:
    """Without that of counties the warning of a county was taken for its city's."""
    path = tmp_path / "w.csv"
    record({"counties": "尧都区"}).drop(columns=name).to_csv(path, index=False)
    with pytest.raises(InputError) as refused:
        read_warnings(path)
    assert [(one.code, one.column) for one in refused.value.problems] == [("column_missing", name)]


@pytest.mark.parametrize(
    ("said", "end"),
    [
        ("2026-12-02 23:59:59", "2026-12-03 00:00"),
        ("2026-12-02 23:59", "2026-12-03 00:00"),
        ("2026-12-02 24:00", "2026-12-03 00:00"),
        ("2026-12-02 16:59", "2026-12-02 17:00"),
        ("2026-12-02 16:30", "2026-12-02 16:30"),
        ("", None),
    ],
)
def test_an_end_in_the_last_minute_of_an_hour_is_that_of_the_hour(
    shipped: Rulebook, tmp_path: Path, said: str, end: str | None
) -> None:
    path = tmp_path / "w.csv"
    record({}).assign(ends=said).to_csv(path, index=False)
    (read,) = read_record(path)
    assert read["ends"] == (end and datetime.fromisoformat(end))
    (floor,) = read_floors([{"area": "临汾市", "level": "red", "from": "2026-12-01", "to": said}], shipped.lists)
    assert floor.end == (datetime.fromisoformat(end) if end else OPEN)


def test_a_record_changed_since_its_run_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "w.csv", {})
    of_a_run(path)
    assert len(read_warnings(path)) == 1
    path.write_text(path.read_text(encoding="utf-8").replace("red", "orange"), encoding="utf-8")
    with pytest.raises(InputError, match=r"w\.csv") as refused:
        read_warnings(path)
    assert [one.code for one in refused.value.problems] == ["warning_changed"]


def test_a_run_whose_pollutant_is_not_stated_counts_as_particulate_and_says_so(shipped: Rulebook) -> None:
    bare = warn(
        daily_forecast("临汾市", {"2026-12-02": 250.0, "2026-12-03": 260.0}, "2026-12-01 15:00", primary=""), shipped
    )
    assert "首要污染物未载明（按颗粒物计）" in bare.table["reason"].iloc[0]
    shown = bare._repr_html_()
    assert all(word in shown for word in ("Warnings", "临汾市", bare.table["level"].iloc[0]))
