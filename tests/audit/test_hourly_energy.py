"""Power and energy of parts of an hour, as power companies export them, come in as kWh of hours."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertengine.audit import Evidence, read_evidence
from alertengine.vocabulary import InputError

pytestmark = pytest.mark.whole

QUARTERS = ("00", "15", "30", "45")


def _read(folder: Path, header: str, rows: list[tuple[object, ...]], profile: str = "") -> Evidence:
    path = folder / "e.csv"
    path.write_text("\n".join([header, *(",".join(map(str, row)) for row in rows)]) + "\n", encoding="utf-8")
    if profile:
        path.with_name("e.csv.profile.yaml").write_text(profile, encoding="utf-8")
    return read_evidence(path)


def _hours(found: Evidence) -> dict[str, float | None]:
    table = found.table
    values = [None if np.isnan(value) else round(float(value), 6) for value in table["kwh"]]
    keys = table["meter_no"].astype(str) + " " + table["time"].dt.strftime("%d %H:%M")
    return dict(zip(keys, values, strict=True))


@pytest.mark.parametrize(("unit", "factor"), [("kW", 1), ("千瓦", 1), ("MW", 1000)])
def test_power_by_the_quarter_becomes_energy_of_hours(tmp_path: Path, unit: str, factor: int) -> None:
    rows = [("01", f"2021-12-10 {hour:02}:{minute}", 100 * hour + 4) for hour in (1, 2) for minute in QUARTERS]
    found = _read(tmp_path, f"户号,时间,有功功率({unit})", rows)
    assert _hours(found) == {"01 10 01:00": 104 * factor, "01 10 02:00": 204 * factor}
    assert [note.code for note in found.warnings] == ["power_by_hour"]
    assert found.hourly
    assert not found.problems


def test_stamps_of_ends_are_understood_once(tmp_path: Path) -> None:
    times = [f"2021-12-10 {minutes // 60:02}:{minutes % 60:02}" for minutes in range(22 * 60 + 15, 24 * 60 + 1, 15)]
    found = _read(tmp_path, "户号,时间,功率(kW)", [("01", time, 8) for time in times])
    assert _hours(found) == {"01 10 22:00": 8, "01 10 23:00": 8}
    assert [note.code for note in found.warnings] == ["end_stamps", "power_by_hour"]


def test_an_hour_without_all_its_readings_is_unknown(tmp_path: Path) -> None:
    rows = [("01", f"2021-12-10 {hour:02}:{minute}", 4) for hour in (1, 2, 3) for minute in QUARTERS]
    found = _read(tmp_path, "户号,时间,功率(kW)", [*rows[:5], *rows[6:], ("01", "2021-12-10 03:30", 5), rows[0]])
    assert _hours(found) == {"01 10 01:00": 4, "01 10 02:00": None, "01 10 03:00": None}
    assert [problem.code for problem in found.problems] == ["reading_contradicts"]


def test_energy_by_the_quarter_is_added_up_and_a_counter_read_at_full_hours(tmp_path: Path) -> None:
    rows = [("01", f"2021-12-10 {hour:02}:{minute}", 4) for hour in (1, 2) for minute in QUARTERS]
    assert _hours(_read(tmp_path, "户号,时间,用电量(kWh)", rows)) == {"01 10 01:00": 16, "01 10 02:00": 16}
    counter = _read(tmp_path, "户号,时间,表示数", [(*row[:2], number) for number, row in enumerate(rows)])
    assert counter.table["register"].tolist() == [0, 4]


def test_quarters_in_columns_hold_power_where_a_profile_says_so(tmp_path: Path) -> None:
    times = [f"{hour:02}:{minute}" for hour in range(24) for minute in QUARTERS]
    row = ("01", "甲厂", "2021-12-10", *range(96))
    found = _read(
        tmp_path, ",".join(["户号", "户名", "数据日期", *times]), [row], "as: evidence\nhours: 有功功率(kW)\n"
    )
    assert list(_hours(found).values()) == [4 * hour + 1.5 for hour in range(24)]


@pytest.mark.parametrize("times", [["2021-12-10", "2021-12-11"], ["2021-12-10 01:00", "2021-12-10 01:07"]])
def test_power_that_cannot_be_made_energy_is_refused(tmp_path: Path, times: list[str]) -> None:
    with pytest.raises(InputError, match="cannot be made energy"):
        _read(tmp_path, "户号,时间,功率(kW)", [("01", time, 4) for time in times])


def test_a_portal_report_gets_its_flow_from_a_profile(tmp_path: Path) -> None:
    header = "公司,时间点,二氧化硫实测浓度,二氧化硫折算浓度,二氧化硫排放量,氧含量,废气排放量"
    profile = "as: evidence\nfields: {废气排放量: 流量}\nunits: {废气排放量: m3/h}\n"
    found = _read(tmp_path, header, [("合成石化", "2021-12-10+10:00:00", 10, 12, 1.1, 6, 110000)], profile)
    assert found.kind == "cems"
    assert found.table[["so2_mg_m3", "flow_m3_h", "o2_pct"]].to_numpy().tolist() == [[10, 110000, 6]]
    assert found.table["time"].tolist() == [pd.Timestamp("2021-12-10 10:00")]


@given(st.lists(st.lists(st.integers(0, 10**6), min_size=4, max_size=4), min_size=1, max_size=5), st.randoms())
def test_no_energy_is_lost_or_made(tmp_path_factory: pytest.TempPathFactory, power: list[list[int]], shuffle) -> None:  # type: ignore[no-untyped-def]
    rows = [
        ("01", f"2021-12-10 {hour:02}:{minute}", kw)
        for hour, four in enumerate(power)
        for minute, kw in zip(QUARTERS, four, strict=True)
    ]
    shuffle.shuffle(rows)
    found = _read(tmp_path_factory.mktemp("e"), "户号,时间,功率(kW)", rows)
    assert list(_hours(found).values()) == [sum(four) / 4 for four in power]
