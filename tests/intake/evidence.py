"""Cases of evidence: meters, stacks, records of HJ 212."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alertengine.audit import read_evidence
from alertengine.files.hj212 import check_sum
from alertengine.rulebook import Rulebook

from .case import Case, csv_of, plant, plants

HOURS = [f"{hour:02}:00" for hour in range(24)]
AUDIT = "audit o.csv --list l.csv --evidence e.csv -o found.csv"
ORDERS = "order_id,city,enterprise_id,enterprise,line_id,level,starts,ends,phase,measure,share,status\n"
STACK = ("二氧化硫实测浓度", "二氧化硫折算浓度", "氮氧化物实测浓度", "颗粒物实测浓度", "氧含量", "废气排放量")


def kwh(path: Path, _: Rulebook) -> list[tuple[str, float]]:
    """Hour and kWh of each reading."""
    table = read_evidence(path).table
    return [(f"{time:%d %H:%M}", float(used)) for time, used in zip(table["time"], table["kwh"], strict=True)]


def stack(path: Path, _: Rulebook) -> list[tuple[Any, ...]]:
    """Hour, sulphur dioxide, nitrogen oxides, dust and mark of each reading."""
    table = read_evidence(path).table
    names = ["so2_mg_m3", "nox_mg_m3", "pm_mg_m3"]
    marks = table["mark"].astype("object").where(table["mark"].notna(), "")
    return [
        (f"{time:%H:%M}", *values, mark)
        for time, values, mark in zip(table["time"], table[names].fillna(-1).to_numpy().tolist(), marks, strict=True)
        for values in [tuple(values)]
    ]  # fmt: skip


def problems(path: Path, _: Rulebook) -> list[tuple[str, int | None, str]]:
    """What a reader says of a file."""
    return [(one.code, one.row, one.value[:12]) for one in read_evidence(path).problems]


def record(fields: str, kind: str = "2061", *, check: str = "") -> str:
    """A record of HJ 212 with its length and check sum."""
    body = f"QN=20211210110000000;ST=31;CN={kind};PW=123456;MN=HC00000000000001;Flag=4;CP=&&{fields}&&"
    return f"##{len(body):04}{body}{check or f'{check_sum(body):04X}'}\r\n"


def wide(header: list[str], *, profile: str = "as: evidence\nhours: 用电量(千瓦时)\n") -> dict[str, Any]:
    """A power company's export with hours in columns, and the profile beside it."""
    rows = [["户号", "户名", "数据日期", *header], ["0001", "甲", "2021-12-01", *range(1, len(header) + 1)]]
    files = {"e.csv": csv_of(rows)}
    return files | ({"e.csv.profile.yaml": profile} if profile else {})


def _hour(value: str, flag: str = "N", hour: str = "10") -> str:
    air = f"a21026-Avg={value},a21026-Flag={flag};a21002-Avg=30,a21002-Flag=N;a34013-Avg=2,a34013-Flag=N"
    return f"DataTime=20211210{hour}0000;{air}"


def _meters(first: str, second: str, code: str) -> Case:
    """Two meters as a spreadsheet leaves their numbers, under the red of one day."""
    days = [f"2021-{month:02}-{day:02}" for month, last in ((10, 31), (11, 30), (12, 10)) for day in range(1, last + 1)]
    rows = [[number, "", day, 1000] for day in days for number in (first, second)]
    lines = plants(plant("甲厂", 用电户号="0012345678"), plant("乙厂", 用电户号="0087654321"))
    files = {"e.csv": csv_of([["户号", "户名", "数据日期", "日用电量(kWh)"], *rows]), "l.csv": csv_of(lines)}
    calls = "orders l.csv --level red --date 2021-12-10 -o o.csv"
    return Case(code, files, f"{calls} && {AUDIT}", 1, says=("leading zeros",) if not first.startswith("00") else ())


CASES = [
    _meters("12345678", "87654321", "P20-lost-zeros"),
    _meters("1.2345678E7", "8.7654321E7", "P20-floats"),
    _meters("0012345678", "0087654321", "P20"),
    *(Case(f"P22-{time}", {"e.csv": csv_of([[who, when, *STACK], ["合成石化", time, 10, 12, 30, 2, 6, 110000]])},
           read=stack, gives=[("10:00", 10.0, 30.0, 2.0, "")])
      for who, when, time in (("公司", "时间点", "2021-12-10+10:00:00"), ("企业名称", "时间", "2021-12-10T10:00:00"),
                              ("排污单位", "监测时间", "2021/12/10 10:00"))),
    Case("P23", wide(HOURS), read=kwh, gives=[(f"01 {hour}", float(n)) for n, hour in enumerate(HOURS, 1)]),
    Case("P23-words", wide([f"{hour}时" for hour in range(24)]), read=kwh,
         gives=[(f"01 {hour}", float(n)) for n, hour in enumerate(HOURS, 1)]),
    Case("P23-hour-ends", wide([f"{hour}:00" for hour in range(1, 25)]), read=kwh,
         gives=[(f"01 {hour}", float(n)) for n, hour in enumerate(HOURS, 1)]),
    Case("P23-without-a-profile", wide(HOURS, profile=""), "tables map e.csv --as evidence", 1,
         says=("hours stand in 24 columns", "--hours")),
    Case("P23-said", wide(HOURS, profile=""), "tables map e.csv --as evidence --hours 用电量(kWh)"),
    Case("P23-no-hours", {"e.csv": "户号,户名,数据日期,用电量\n1,甲,2021-12-01,5\n",
                          "e.csv.profile.yaml": "as: evidence\nhours: 用电量\n"}, "tables map e.csv --as evidence", 2,
         says=("hours stand in columns",)),
    Case("P24", {"e.csv": csv_of([["户号", "户名", "时间", "用电量(kWh)"], *(
        ["1", "甲", f"2021-12-10 {hour:02}:00", hour] for hour in range(1, 25))])}, read=kwh,
        gives=[(f"10 {hour}", float(n)) for n, hour in enumerate(HOURS, 1)]),
    *(Case(f"Q19-{unit}", {"e.csv": csv_of([["户号", "户名", "日期", f"用电量{left}{unit}{right}"],
                                            ["1", "甲", "2021-12-10", 2]])}, read=kwh, gives=[("10 00:00", 2.0 * factor)])
      for unit, factor, left, right in (("万千瓦时", 1e4, "(", ")"), ("MWh", 1e3, "（", "）"), ("kW·h", 1, "：", ""),
                                        ("度", 1, "[", "]"))),
    Case("HJ212", {"e.txt": record(_hour("10.5")) + record(_hour("0", "F", "11")) + record(_hour("9"), "2011")},
         read=stack, gives=[("10:00", 10.5, 30.0, 2.0, "N"), ("11:00", 0.0, 30.0, 2.0, "F")]),
    Case("HJ212-in-a-log", {"e.csv": "2021-12-10 11:00:01 >> " + record(_hour("10.5"))}, read=stack,
         gives=[("10:00", 10.5, 30.0, 2.0, "N")]),
    Case("HJ212-of-2005", {"e.txt": record("DataTime=20211210100000;02-Avg=10.5;03-Avg=30;01-Avg=2")}, read=stack,
         gives=[("10:00", 10.5, 30.0, 2.0, "")]),
    Case("HJ212-damaged", {"e.txt": record(_hour("10.5")) + record(_hour("9", hour="11"), check="0000")}, read=problems,
         gives=[("record_damaged", 2, "##0184QN=202")]),
]  # fmt: skip
