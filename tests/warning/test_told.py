"""What is said of a forecast file: each cause with a file that has it and one that has not, rows and words named."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd
import pytest

from alertengine.rulebook import Rulebook
from alertengine.vocabulary import InputError, Problem
from alertengine.warning import Forecast, announced_and_held, read_forecast, warn

ISSUED = "2020-01-02 15:00"
HEAD = "发布时间,城市,预报日期,AQI,首要污染物"
Reads = Callable[..., Forecast]


@pytest.fixture
def read(book: Rulebook, tmp_path: Path) -> Reads:
    """A file from its header and what follows the issue in each row."""

    def make(header: str, rows: Sequence[str], *, observed: bool = False) -> Forecast:
        path = tmp_path / "air.csv"
        path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        return read_forecast(path, book.lists, observed=observed)

    return make


def ahead(*cells: str, city: str = "太原市") -> list[str]:
    """Rows of a forecast, a day each from 3 January on, from what follows the day."""
    return [f"{ISSUED},{city},2020-01-{day:02},{cell}" for day, cell in enumerate(cells, 3)]


def of(found: Sequence[Problem], code: str) -> list[Problem]:
    return [one for one in found if one.code == code]


def rows_of(found: Sequence[Problem], code: str) -> list[object]:
    return [dict(one.arguments)["rows"] for one in of(found, code)]


@pytest.mark.parametrize(
    ("cell", "told"),
    [("101,", True), ("51,", True), ("50,", False), ("101,PM2.5", False), ("101,O3", False), ("90-101,", True)],
)
def test_a_pollutant_is_missed_from_the_second_class_on(read: Reads, cell: str, *, told: bool) -> None:
    found = read(HEAD, ahead("40,", cell))
    assert rows_of(found.notes, "no_primary") == [(3,)] * told
    own = read(HEAD.replace("首要污染物", "PM2.5"), ahead("40,28", "101,76"))
    assert not of(own.notes, "no_primary"), "its own concentrations say what leads"
    seen = read("城市,预报日期,AQI,首要污染物", ["太原市,2020-01-03,101,"], observed=True)
    assert not of(seen.notes, "no_primary")


@pytest.mark.parametrize("count", [1, 10, 11])
def test_ten_rows_are_named_and_of_more_that_there_are_more(read: Reads, count: int) -> None:
    found = read(HEAD, ahead(*["101,"] * count))
    (note,) = of(found.notes, "no_primary")
    said = dict(note.arguments)
    assert (list(said["rows"]), said["more"]) == (list(range(2, 2 + min(count, 10))), "…" if count > 10 else "")


@pytest.mark.parametrize(
    ("rest", "told"), [("有沙尘,", True), ("有沙尘,是", False), ("有沙尘,1", False), (",", False), ("扬尘,", False)]
)
def test_dust_that_is_only_in_words_is_said(read: Reads, rest: str, *, told: bool) -> None:
    found = read(f"{HEAD},备注,沙尘", ahead(f"90,PM10,{rest}"))
    assert rows_of(found.notes, "dust_not_set") == [(2,)] * told


@pytest.mark.parametrize(("pm25", "pm10", "told"), [(80, 79, True), (80, 80, False), (80, "", False), ("", 80, False)])
def test_fine_particles_are_part_of_the_coarse_ones(read: Reads, pm25: object, pm10: object, *, told: bool) -> None:
    found = read("发布时间,城市,预报日期,AQI,PM2.5,PM10", ahead("70,50,60", f"107,{pm25},{pm10}", "107,60,50"))
    (note,) = of(found.notes, "pm25_above_pm10")
    assert dict(note.arguments) == {"count": 1 + told, "first": 3 if told else 4}
    assert len(found.table) == 3, "told, and kept"


@pytest.mark.parametrize(
    ("row", "code", "line"),
    [
        (f"{ISSUED},,2020-01-04,90,", "row_without_place", 3),
        (f"{ISSUED},太原市,,90,", "row_without_day", 3),
        (f"{ISSUED},太原市,2020-01-04,,PM2.5", "no_value", 3),
        (f"{ISSUED},太原市,2020-01-04,120-90,", "cell_missing", 3),
    ],
)
def test_a_row_without_place_day_or_value_is_told_and_left_out(read: Reads, row: str, code: str, line: int) -> None:
    found = read(HEAD, [*ahead("90,"), row])
    assert [(one.code, one.row) for one in found.problems] == [(code, line)]
    assert len(found.table) == 1


@pytest.mark.parametrize(
    ("low", "high", "told"), [("90", "120", False), ("120", "90", True), ("90", "", True), ("", "90", True)]
)
def test_two_ends_make_a_range(read: Reads, low: str, high: str, *, told: bool) -> None:
    found = read("发布时间,城市,预报日期,AQI下限,AQI上限", ahead("90,120", f"{low},{high}"))
    assert [one.row for one in of(found.problems, "not_a_range")] == [3] * told


def test_days_of_observations_without_a_value_are_counted(read: Reads) -> None:
    header = "城市,日期,AQI,PM2.5"
    rows = [f"太原,2020-01-{day:02},{value}," for day, value in ((3, 90), (4, ""), (5, ""), (6, 80))]
    found = read(header, rows, observed=True)
    assert [dict(one.arguments) for one in of(found.notes, "days_without_value")] == [{"count": 2}]
    assert not found.problems
    assert not of(read(header, [*rows[:1], *rows[3:]], observed=True).notes, "days_without_value")


@pytest.mark.parametrize("count", [1, 5, 6])
def test_cities_that_are_not_on_file_are_one_note_of_observations(read: Reads, count: int) -> None:
    names = ["北京", "上海", "广州", "深圳", "成都", "武汉"][:count]
    rows = [f"{city},2020-01-03,90" for city in ("太原", *names)]
    found = read("城市,日期,AQI", rows, observed=True)
    (note,) = of(found.notes, "foreign_cities")
    said = dict(note.arguments)
    assert (said["count"], list(said["names"]), said["more"]) == (count, sorted(names)[:5], "…" if count > 5 else "")
    assert found.table["city"].tolist() == ["太原市"]
    assert not of(read("城市,日期,AQI", rows[:1], observed=True).notes, "foreign_cities")
    with pytest.raises(InputError, match="no usable row") as none:
        read("城市,日期,AQI", rows[1:], observed=True)
    assert of(none.value.problems, "foreign_cities")


def test_a_foreign_name_that_nearly_is_a_city_without_a_row_is_asked_about(read: Reads) -> None:
    rows = ["太原,2020-01-03,90", "临份市,2020-01-03,90"]
    found = read("城市,日期,AQI", rows, observed=True)
    (asked,) = of(found.problems, "city_nearly")
    assert (asked.row, asked.value, tuple(dict(asked.arguments)["near"])) == (3, "临份市", ("临汾市",))
    both = read("城市,日期,AQI", [*rows, "临汾,2020-01-03,90"], observed=True)
    assert not of(both.problems, "city_nearly"), "that city has its own row"


def test_days_with_an_hour_are_hours_that_end_then(read: Reads) -> None:
    rows = [f"{ISSUED},太原,2020-01-03 {hour}:00,90," for hour in ("08", "09")]
    found = read(HEAD, [*rows, f"{ISSUED},太原,2020-01-03 24:00,90,"])
    assert found.table["start"].dt.hour.tolist() == [7, 8, 23]
    assert set(found.table["hours"]) == {1}
    assert [one.column for one in of(found.notes, "days_with_hours")] == ["target_date"]
    whole = read(HEAD, ahead("90,"))
    assert (whole.table["hours"].tolist(), of(whole.notes, "days_with_hours")) == ([24], [])


def test_rows_that_repeat_and_rows_that_disagree_are_told_in_the_order_of_the_file(read: Reads) -> None:
    rows = [*ahead("90,", "100,"), *ahead("90,", "130,"), *ahead("95,", city="临汾市"), *ahead("85,", city="临汾市")]
    found = read(HEAD, rows)
    assert rows_of(found.notes, "rows_repeat") == [(4,)]
    unequal = of(found.problems, "rows_unequal")
    assert [(dict(one.arguments)["rows"], one.value, one.row) for one in unequal] == [
        ((3, 5), "100 / 130", 5),
        ((6, 7), "95 / 85", 7),
    ]
    table = found.table.set_index("city").loc["临汾市"]
    assert (table["aqi_low"], table["aqi_mid"], table["aqi_high"]) == (85, 90, 95)
    later = [row.replace("2020-01-02", "2020-01-01") for row in rows[2:4]]
    assert not read(HEAD, [*rows[:2], *later]).problems, "of another issue: the newer one counts"


@pytest.mark.parametrize(
    ("rows", "row"),
    [
        (("101,PM2.5,是", "130,O3,是"), {"primary": "PM2.5|O3", "dust": True}),
        (("101,O3、PM2.5,是", "131,PM2.5,否"), {"primary": "O3|PM2.5", "aqi_high": 131, "aqi_mid": 116}),
        (("101,PM2.5,否", "130,,否"), {"primary": ""}),
        (("101,PM2.5,否", "130,雾霾,否"), {"primary": "?"}),
        (("101,雾霾,否", "130,,否"), {"primary": "?"}),
        (("101,PM2.5,否", "110,PM2.5,否", "130,PM10,否"), {"primary": "PM2.5|PM10"}),
    ],
)
def test_what_several_rows_of_a_day_say_together(read: Reads, rows: Sequence[str], row: dict[str, object]) -> None:
    """All pollutants that are named, none where one row names none, and what cannot be read stays so; dust of all."""
    found = read(f"{HEAD},沙尘", [f"{ISSUED},太原市,2020-01-03,{one}" for one in rows])
    (told,) = found.table.to_dict("records")
    plain = {"aqi_low": 101, "aqi_mid": 115, "aqi_high": 130, "dust": False}
    assert {name: told[name] for name in (*plain, "primary")} == plain | row


@pytest.mark.parametrize(("until", "open_"), [(None, True), ("2020-01-06 00:00", False)])
def test_a_warning_until_further_notice_has_no_end_announced_and_none_held(
    book: Rulebook, days: Callable[..., Forecast], until: str | None, *, open_: bool
) -> None:
    order = {"area": "临汾市", "level": "red", "from": "2020-01-04 00:00", "to": until, "source": "令"}
    order = {key: value for key, value in order.items() if value}
    told = announced_and_held(warn(days("2020-01-03", [90.0] * 4), book, floors=[order]).record).iloc[0]
    for name in ("announced", "held"):
        assert told[f"{name}_levels"] == "red"
        assert told[f"{name}_starts"] == pd.Timestamp("2020-01-04")
        assert pd.isna(told[f"{name}_ends"]) if open_ else told[f"{name}_ends"] == pd.Timestamp("2020-01-06")
    assert told["changes"] == ""


#: The columns of a forecast's table, as those who read it know them.
COLUMNS = {
    "issue_time", "issuer", "city", "county", "start", "hours", "aqi_low", "aqi_mid", "aqi_high", "pm25", "pm10", "so2",
    "no2", "co", "o3", "o3_8h", "o3_1h", "primary", "dust", "remark", "row",
}  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "row"),
    [
        ("2020-01-03,,105,,80,120,30,40,1.2,,110,PM2.5,否,晴", {"o3": 110.0, "remark": "晴"}),
        ("2020-01-03,,105,,80,120,30,40,1.2,90,110,PM10,是,", {"o3": 90.0, "primary": "PM10", "dust": True}),
        ("2020-01-03,9,105,,80,120,30,40,1.2,,110,O3,,", {"hours": 1, "start": "03 08", "o3": None, "primary": "O3"}),
        ("2020-01-03,9,105,,80,120,30,40,1.2,90,,,,", {"hours": 1, "start": "03 08", "o3": 90.0, "o3_8h": None,
                                                       "primary": ""}),
        ("2020-01-03,,100-121,,,,,,,,,PM2.5,,", {"aqi_low": 100.0, "aqi_mid": 110.0, "aqi_high": 121.0}),
        ("2020-01-03,,,轻度污染,,,,,,,,PM2.5,,", {"aqi_low": 101.0, "aqi_mid": 125.0, "aqi_high": 150.0}),
        ("2020-01-03,,,良，局地轻度污染,,,,,,,,PM2.5,,", {"aqi_low": 51.0, "aqi_mid": 75.0, "aqi_high": 150.0}),
        ("2020-01-03,,110,轻度污染,,,,,,,,PM2.5,,", dict.fromkeys(("aqi_low", "aqi_mid", "aqi_high"), 110.0)),
        ("2020-01-03,,310,严重污染,,,,,,,,PM2.5,,", dict.fromkeys(("aqi_low", "aqi_mid", "aqi_high"), 310.0)),
        ("2020-01-03,,110,轻度污染，局地重度,,,,,,,,PM2.5,,", {"aqi_low": 110.0, "aqi_mid": 110.0, "aqi_high": 300.0}),
        ("2020-01-03,,110-130,轻度污染,,,,,,,,PM2.5,,", {"aqi_low": 110.0, "aqi_mid": 120.0, "aqi_high": 130.0}),
    ],
)  # fmt: skip
def test_a_row_of_a_forecast_is_whole(read: Reads, cells: str, row: dict[str, object]) -> None:
    head = "发布时间,发布单位,城市,预报日期,时次,AQI,空气质量等级,PM2.5,PM10,SO2,NO2,CO,O3,O3_8h,首要污染物,沙尘,备注"
    found = read(head, [f"{ISSUED},省台,太原,{cells}"])
    assert set(found.table.columns) == COLUMNS
    (told,) = found.table.to_dict("records")
    given = {"issuer": "省台", "city": "太原市", "county": "", "start": "03 00", "hours": 24, "primary": "PM2.5"}
    given |= {"dust": False, "remark": "", "row": 2, "o3_1h": None}
    if ",80,120,30,40,1.2," in cells:
        given |= {"pm25": 80.0, "pm10": 120.0, "so2": 30.0, "no2": 40.0, "co": 1.2, "o3_8h": 110.0}
        given |= dict.fromkeys(("aqi_low", "aqi_mid", "aqi_high"), 105.0)
    else:
        given |= dict.fromkeys(("pm25", "pm10", "so2", "no2", "co", "o3", "o3_8h"))
    assert told.pop("issue_time") == pd.Timestamp(ISSUED)
    told["start"] = f"{told['start']:%d %H}"
    assert {name: None if pd.isna(value) else value for name, value in told.items()} == given | row


@pytest.mark.parametrize(
    ("said", "near"), [("PM2.6", "PM2.5"), ("细颗粒", "PM2.5"), ("PM2.5、二氧化流", "SO2"), ("雾霾", "")]
)
def test_a_pollutant_that_is_none_is_asked_about_with_the_nearest(read: Reads, said: str, near: str) -> None:
    found = read(HEAD, [f'{ISSUED},太原市,2020-01-03,101,"{said}"'])
    (asked,) = found.problems
    assert (asked.column, asked.value, found.table["primary"].tolist()) == ("primary", said, ["?"])
    expected = asked.expected
    assert (f"perhaps {near}" in expected) if near else ("perhaps" not in expected)
    assert near or all(name in expected for name in ("PM2.5", "PM10", "SO2", "NO2", "CO", "O3"))
