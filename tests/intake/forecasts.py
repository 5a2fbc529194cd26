"""Cases of forecasts and observations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from alertengine.rulebook import Rulebook
from alertengine.warning import read_forecast

from .case import FORECAST, Case, csv_of, feed, forecast, xlsx_of

WARN = "warn f.csv -o w.csv"
ORANGE = [("太原市", "orange", "2020-01-03", "2020-01-06")]


def warn(id_: str, rows: list[list[Any]], **right: Any) -> Case:
    """A case of ``warn`` with a forecast as csv."""
    return Case(id_, {"f.csv": csv_of(rows)}, WARN, **right)


def primaries(path: Path, book: Rulebook) -> list[str]:
    """The primary pollutants of a forecast without a problem."""
    found = read_forecast(path, book)
    assert not found.problems
    return [str(one) for one in found.table["primary"]]


def columns(names: str, row: str, days: int = 3) -> list[list[str]]:
    """A forecast of the same values on several days, its headers between blanks."""
    rows = [["2020-01-02 15:00", "太原市", f"2020-01-{day:02}", *row.split()] for day in range(3, 3 + days)]
    return [["发布时间", "城市", "预报日期", *names.split()], *rows]


def air(*changed: tuple[int, int, str, Any]) -> str:
    """The feed with some cells changed: (first hour, last hour, header or ``all``, value)."""

    def change(day: int, hour: int, row: list[Any]) -> list[Any]:
        for first, last, name, value in changed:
            if first <= hour <= last:
                names = range(3, 10) if name == "all" else [("AQI", "PM2.5", "PM10").index(name) + 3]
                row = [value if place in names else cell for place, cell in enumerate(row)]
        return row

    return csv_of(feed(change))


def _merged(sheet: Any) -> None:
    sheet.merge_cells("C2:C4")
    sheet.merge_cells("C5:C7")


def _failed(sheet: Any) -> None:
    sheet["E3"] = "#N/A"
    sheet["E3"].data_type = "e"


def _two_cities() -> list[list[Any]]:
    rows = forecast(240, 260, 230) + forecast(310, 330, 320, city="临汾市")[1:]
    for row in (rows[2], rows[3], rows[5], rows[6]):
        row[2] = None
    return rows


def _stations(first: str, second: str) -> str:
    places = {"重站": (260, 210), "对照点(山上)": (60, 30)}
    rows = [
        [f"2020-01-{day:02}", hour, "太原", name, *places[name]]
        for day in (3, 4, 5) for hour in range(1, 25) for name in (first, second)
    ]  # fmt: skip
    return csv_of([["date", "hour", "city", "position", "AQI", "PM2.5"], *rows])


def _stamped(join: str) -> list[list[Any]]:
    hours = [pd.Timestamp(2020, 1, 3) + pd.Timedelta(hours=hour) for hour in range(96)]
    rows = [[f"{at:%Y-%m-%d}{join}{at:%H:%M:%S}", "太原", *((260, 210) if at.hour == 0 else (60, 40))] for at in hours]
    return [["date", "city", "AQI", "PM2.5"], *rows]


def _own_and_region(*, own_first: bool) -> str:
    own = forecast(90, 100, 120, city="临汾市")[1:]
    region = forecast(210, 220, 230, city="汾渭平原山西四市")[1:]
    return csv_of([list(FORECAST), *(own + region if own_first else region + own)])


def _means(path: Path, book: Rulebook) -> list[float]:
    return [float(one) for one in read_forecast(path, book, observed=True).table["aqi_mid"]][:3]


def _days(path: Path, book: Rulebook) -> list[str]:
    return [f"{one:%Y-%m-%d}" for one in read_forecast(path, book).table["start"]]


TYPES = "PM10 SO2 NO2 CO O3"
CASES = [
    warn("P01", forecast("180-240", "200～260", "190~230", 80), warned=ORANGE),
    warn("P01-other-dashes", forecast("180—240", "200至260", "190–230", 80), warned=ORANGE),
    warn("P01a", forecast("240左右", ">260", "≥230", 80), status=1, says=("240左右", ">260", "≥230", "perhaps 240"), warned=[]),
    Case("P01c", {"f.csv": csv_of([*forecast(240, 240, 240), *forecast(150, 150, 150, city="太原")[1:]])}, WARN, 1,
         says=("rows 2 and 5 say different things",)),
    Case("P01e", {"f.csv": csv_of([
        [*FORECAST, "备注"], *([*row, "沙尘天气影响"] for row in forecast(330, 330, 330, primary="PM10")[1:])])}, WARN, 0,
        says=("沙尘",)),
    *(warn(f"P02-{name}", forecast(240, 240, 240, primary=name, month="2020-06"), warned=[], says=("O3",))
      for name in ("臭氧8小时", "臭氧（O3）8小时", "O₃", "O3_8h", "臭氧日最大8小时滑动平均")),
    warn("P02a", forecast(240, 240, 240, primary="臭氧1小时", month="2020-06"), warned=[], says=("O3",)),
    *(Case(f"P02d-{said}", {"f.csv": csv_of(forecast(240, primary=said))}, read=primaries, gives=[right])
      for said, right in {"细颗粒物（PM2.5）": "PM2.5", "颗粒物(PM10);细颗粒物(PM2.5)": "PM10|PM2.5",
                          "颗粒物(PM10)": "PM10", "PM₂.₅": "PM2.5", "可吸入颗粒物": "PM10"}.items()),
    Case("P03", {"f.xlsx": xlsx_of(_two_cities(), _merged)}, "warn f.xlsx -o w.csv", 0,
         warned=[("临汾市", "orange", "2020-01-03", "2020-01-06"), *ORANGE]),
    warn("P03a", [row if at in (0, 1) else [*row[:2], "", *row[3:]] for at, row in enumerate(forecast(240, 260, 230))],
         status=1, says=("row 3", "row 4")),
    warn("P03c", [row if at != 2 else [*row[:3], "", *row[4:]] for at, row in enumerate(forecast(240, 260, 230))],
         status=1, says=("row 3",)),
    Case("P04c", {"f.xlsx": xlsx_of(forecast(240, 260, 230, 80), _failed)}, "warn f.xlsx -o w.csv", 1,
         says=("row 3", "#N/A")),
    Case("P06", {"f.csv": air((3, 4, "AQI", 9999), (3, 4, "PM2.5", 9999))}, "warn f.csv --date 2020-01-05 -o w.csv", 1,
         says=("9999",), silent=("red",)),
    warn("P06b", forecast(9999, 9999, 9999, 80), status=1, says=("9999",), warned=[]),
    warn("P06b-negative", forecast(-999, 240, 240, 80), status=1, says=("-999",)),
    Case("P07", {"f.csv": air((1, 5, "all", 0))}, "warn f.csv --date 2020-01-05 -o w.csv", 1, says=("0",)),
    warn("P08", columns(f"PM2.5 {TYPES}", "60 90 30 40 1200 50"), says=("µg/m³",)),
    warn("P08b", [row if at != 2 else [*row[:7], "1300", row[8]] for at, row in
                  enumerate(columns(f"PM2.5 {TYPES}", "60 90 30 40 1.2 50"))], status=1, says=("1300",)),
    warn("P08c", columns("PM2.5 PM10", "0.06 0.09"), status=2, says=("mg/m³",)),
    warn("P09", forecast("24,0", "26,0", "23,0", 80), status=1, says=("24,0",), warned=[]),
    warn("P09b", forecast("2,1,5", "2,1,5"), status=2, says=("2,1,5",)),
    warn("P09c", forecast("2_40", "2_60", "2_30", 80), status=1, says=("2_40",), warned=[]),
    warn("P09-exponent", forecast("2.4e2x", "２４０", "1,234", 80), status=1, says=("2.4e2x", "1,234")),
    *(Case(f"P10-{first}-first", {"f.csv": _stations(first, second)}, read=_means, gives=[160.0, 160.0, 160.0])
      for first, second in (("重站", "对照点(山上)"), ("对照点(山上)", "重站"))),
    *(Case(f"P11-{join!r}", {"f.csv": csv_of(_stamped(join))}, read=_means, gives=[260.0, 60.0, 60.0])
      for join in ("T", " ")),
    warn("P12", columns(f"PM2.5(μg/m³) {TYPES}", "260 60 30 40 1.2 50"), warned=ORANGE),
    warn("P12-other-units", columns(f"PM2.5（微克／立方米） {TYPES}", "260 60 30 40 1.2 50"), warned=ORANGE),
    warn("P12-power", columns(f"PM2.5[μg·m⁻³] {TYPES}", "260 60 30 40 1.2 50"), warned=ORANGE),
    warn("P12a", columns("PM2.5(μg/m³) PM10(μg/m³) CO(mg/m³) O3-8h(μg/m³)", "260 390 1.2 50"), warned=ORANGE),
    *(warn(f"P12a-{name}", forecast(240, 260, 230, 80, header=[*FORECAST[:4], name, FORECAST[5]]), warned=ORANGE)
      for name in ("AQI指数", "空气质量指数(AQI)", "AQI预报值", "ＡＱＩ")),
    warn("headers-of-exporters", forecast(240, 260, 230, 80, header=(
        "起报时间", "预报单位", "城市名称", "预测日期", "AQI", "首要污染物")), warned=ORANGE),
    *(Case(f"P13-{name}", {"f.csv": text}, WARN, warned=ORANGE) for name, text in {
        "semicolon": csv_of(forecast(240, 260, 230, 80), ";"), "tab": csv_of(forecast(240, 260, 230, 80), "\t"),
        "utf16": csv_of(forecast(240, 260, 230, 80)).encode("utf-16"), "cr": csv_of(forecast(240, 260, 230, 80), end="\r"),
        "title": "太原市预报,,,,,\n" + csv_of(forecast(240, 260, 230, 80)),
        "gb18030": csv_of(forecast(240, 260, 230, 80)).encode("gb18030"),
        "bom-in-the-middle": csv_of(forecast(240, 260, 230, 80)).replace("\n", "\n\ufeff"),
        "no-break-spaces": csv_of(forecast("\u00a0240", "260\u3000", "２３０", 80, city="太原市\u00a0"))}.items()),
    warn("city-behind-its-province", forecast(240, 260, 230, 80, city="山西省太原市"), warned=ORANGE),
    Case("P25", {"f.csv": csv_of([["date", "hour", "city", "AQI"], ["2020-01-03", 12, "太原", 300],
                                  ["2020-01-03", 12.5, "太原", 10], ["2020-01-03", 13, "太原", 300]])},
         "warn f.csv --date 2020-01-03 -o w.csv", 1, says=("12.5",)),
    Case("P28", {"f.csv": csv_of([["发布时间", "城市", "预报日期", "等级下限", "首要污染物"],
                                  ["2020-01-02 15:00", "太原", "2020-01-03", "轻至中度污染", "PM2.5"]])},
         read=lambda path, book: read_forecast(path, book).table[["aqi_low", "aqi_high"]].iloc[0].tolist(),
         gives=[101.0, 200.0]),
    *(Case(f"Q01-{epoch}", {"f.xlsx": xlsx_of(forecast(240, 260, 230, 80), change)}, read=_days,
           gives=["2020-01-03", "2020-01-04", "2020-01-05", "2020-01-06"])
      for epoch, change in {"1900": lambda sheet: _dated(sheet, "1900"), "1904": lambda sheet: _dated(sheet, "1904")}.items()),
    Case("Q02", {"f.xlsx": xlsx_of([["发布时间", "城市", "预报日期", "AQI"], [
        pd.Timestamp("2020-01-02 14:59:59.999").to_pydatetime(), "太原", "2020-01-03", 240]])},
        read=lambda path, book: f"{read_forecast(path, book).issue_time:%Y-%m-%d %H:%M}",
        gives="2020-01-02 15:00"),
    Case("Q03", {"f.csv": csv_of([[*FORECAST], ["43832.65", "市站", "太原", "43833", 240, "PM2.5"]])}, WARN, 2,
         says=("43833",)),
    Case("Q06", {"f.csv": "2020-01-03,太原,240\n2020-01-04,太原,240\n"}, WARN, 2, says=("no header row",)),
    Case("Q18", {"f.csv": air((3, 3, "PM2.5", -0.3))}, "backtest f.csv -o out", 1, says=("-0.3",)),
    Case("Q21", {"f.csv": csv_of(forecast(90, 90, 90)), "active.csv": csv_of([
        ["warning_id", "city", "counties", "action", "level", "starts", "ends", "issued", "primary", "grading", "basis", "reason"],
        ["a", "太原市", "", "issue", "orange", "2020-01-三", "", "2020-01-02 15:00", "PM2.5", "", "", ""]])},
        "warn f.csv --active active.csv -o w.csv", 2, says=("2020-01-三",)),
    warn("f_range", forecast("90,95", 90, 90), status=1, says=("90,95",), warned=[]),
    warn("f_conc", columns("PM2.5 PM10", "60,75 90"), status=1, says=("60,75",), warned=[]),
    warn("f_range3", forecast(9095, 90, 90), status=1, says=("9095",), warned=[]),
    warn("red_bad", forecast("４３０以上", "约376", 335, 410), status=1, says=("４３０以上", "约376", "perhaps 376")),
    warn("bad_fc", [list(FORECAST), *(["2026-11-28 15:00", "市站", *cells] for cells in (
        ("临份市", "2026-11-29", "210", "PM2.5"), ("临汾市", "2026-11-29", "2l0", "PM2.5"),
        ("临汾市", "2026-11-30", "-220", "PM2.5"), ("太原市", "11月30日", "230", "PM2.5"),
        ("太原市", "2026-12-02", "230", "细颗粒"), ("太原市", "2026-12-03", "900", "PM2.5")))],
        status=1, says=("perhaps 临汾市", "perhaps 210", "'-220'", "perhaps 2026-11-30", "perhaps PM2.5", "'900'"), warned=[]),
    warn("rangecell", forecast("160-190", "约220", "重度污染"), status=1, says=("约220",), silent=("重度污染",)),
    *(Case(f"conf-{order}", {"f.csv": _own_and_region(own_first=order == "own-first")}, WARN, silent=("临汾市-",))
      for order in ("own-first", "region-first")),
    Case("预报1500", {"f.xlsx": xlsx_of([["某市空气质量预报（15时）"], *forecast(240, 260, 230, 80)])},
         "warn f.xlsx -o w.csv", warned=ORANGE),
    warn("y9999", [*forecast(240, 260, 230), ["2020-01-02 15:00", "市站", "太原市", "9999-01-05", 90, "PM2.5"]],
         status=1, says=("9999-01-05",)),
]  # fmt: skip


def _dated(sheet: Any, epoch: str) -> None:
    from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

    for row in range(2, 6):
        sheet[f"D{row}"] = pd.Timestamp(sheet[f"D{row}"].value).to_pydatetime()
    sheet.parent.epoch = MAC_EPOCH if epoch == "1904" else WINDOWS_EPOCH
