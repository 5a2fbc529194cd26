"""The kinds of input: how a file of each is made by chance, and who reads it."""

from __future__ import annotations

import gzip
import io
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd

from alertengine.files.hj212 import check_sum

Reader = Callable[[], Callable[[Path], Any]]
Rows = list[list[Any]]

LIST = [
    "统一社会信用代码", "企业名称", "城市", "区县", "行业", "绩效等级", "保障类型", "生产线编号", "工序", "设备数量",
    "年生产天数", "SO2排放量", "NOx排放量", "颗粒物排放量", "VOCs排放量", "橙色预警减排措施", "橙色减排比例(%)",
]  # fmt: skip
LINE = [
    "",
    "合成厂",
    "太原市",
    "尖草坪区",
    "铸造",
    "C",
    "",
    "1",
    "熔炼",
    "1",
    "300",
    "10",
    "20",
    "5",
    "1",
    "停产",
    "100",
]
FORECAST = [
    "发布时间", "发布单位", "城市", "预报日期", "时次", "AQI", "等级下限", "PM2.5", "CO(mg/m³)", "首要污染物", "沙尘",
]  # fmt: skip
DAY = ["2020-01-02 15:00", "市站", "太原市", "2020-01-03", "", "240", "重度污染", "190", "1.2", "PM2.5", "0"]
FEED = ["date", "hour", "city", "AQI", "PM2.5", "PM10", "SO2", "NO2", "O3", "CO"]
HOUR = ["20200103", "12", "太原", "160", "120", "180", "30", "60", "20", "1.5"]
POWER = ["户号", "户名", "时间", "用电量(kWh)"]
READING = ["1001", "合成厂", "2020-01-03 12:00", "350.5"]
TOTALS = ["城市", "部门", "SO2排放量", "NOx排放量", "颗粒物排放量", "VOCs排放量"]
TOTAL = ["太原市", "工业", "100", "200", "50", "80"]
WARNINGS = [
    "warning_id", "city", "counties", "action", "level", "starts", "ends", "issued", "primary", "grading", "basis",
    "reason",
]  # fmt: skip
WARNING = ["a", "太原市", "", "issue", "orange", "2020-01-03 00:00", "", "2020-01-02 15:00", "PM2.5", "", "", ""]
WIDE = ["发布时间", "日期", "指标", "太原市", "临汾市", "大同AQI"]
WIDE_DAY = ["2020-01-02 15:00", "2020-01-03", "AQI", "240", "180-220", "90"]
PERMITS = ["单位名称", "统一社会信用代码", "许可证编号", "城市", "是否涉气"]
PERMIT = ["合成厂", "91140100MA0A00000W", "91140100MA0A00000W001P", "太原市", "是"]
REGISTER = ["企业名称", "统一社会信用代码", "曾用名", "用电户号"]
KNOWN = ["合成厂", "91140000000000000X", "合成老厂；合成分厂", "0012345678"]
DECISIONS = ["统一社会信用代码", "企业名称", "决定文号", "种类", "理由", "起始日期", "截止日期"]
DECISION = ["91140000000000000X", "合成厂", "临环罚1号", "停产整治", "超标排放", "2020-12-01", ""]

#: What people, spreadsheets and programs write into cells.
ODD = [
    "", " ", "-", "/", "无", "未知", "nan", "NaN", "NULL", "#N/A", "#REF!", "#DIV/0!", "=A1*2", '="001"', "1,234",
    "90,95", "24,0", "1_000", "1e999", "-1", "1e-400", "９９", "10²", "①", "180-240", "200～260", "约220", "４３０以上",
    ">260", "50%", "9.11401E+17", "9999", "-99", "9999-12-31", "1900-01-00", "2020-02-30", "2020-01-03 24:00",
    "2020-01-03T01:00:00Z", "12.5", "25", "轻至中度污染", "局地重度", "臭氧8小时", "细颗粒物(PM2.5)", "颗粒物", "合计",
    "太原市合计", "注：无", "审核人：张某", "企业名称", "1", "甲", "千克/日", "临份市", "太原|临汾", "⾦厂", "a\u200bb",
    "\ufeff", "\x00", "\x1b[31m", '"', '"未闭合', "'", "\n", "\r", "\t", ";", "|", "x" * 40_000, "é", "𠮷", "\u202e厂",
    True, 0, -1.5, 1e308, 43833, 2**60, None,
    pd.Timestamp(2020, 1, 3).to_pydatetime(), pd.Timestamp(2020, 1, 3, 13, 30).to_pydatetime(),
]  # fmt: skip
_ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030", "big5"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of input: ``write`` makes a file of it in a folder, ``reader`` gives who reads it (made in the worker)."""

    write: Callable[[Path, random.Random], Path]
    reader: Reader


def table(header: list[str], row: list[str] | Callable[[int], list[str]], folder: Path, rng: random.Random) -> Path:
    """A table as csv, workbook, parquet or gz, changed by chance; ``row``: all rows, or each by its number."""
    count = rng.choice([0, 1, 3, 12])
    rows: Rows = [list(header), *(row(number) if callable(row) else list(row) for number in range(count))]
    for _ in range(rng.choice([0, 1, 3, 8])):
        _change(rows, rng)
    form = rng.choice(["csv", "csv", "csv", "gz", "xlsx", "xlsx", "parquet"])
    path = folder / f"file.{'csv.gz' if form == 'gz' else form}"
    if form == "xlsx":
        data = _workbook(rows, rng)
    elif form == "parquet":
        data = _parquet(rows)
    else:
        data = _csv(rows, rng)
        data = gzip.compress(data) if form == "gz" else data
    path.write_bytes(bytes_changed(data, rng) if rng.random() < 0.4 else data)
    return path


def _change(rows: Rows, rng: random.Random) -> None:
    """One change of the rows."""
    at = rng.randrange(len(rows))
    match rng.randrange(9):
        case 0 | 1 | 2 | 3 if rows[at]:
            rows[at][rng.randrange(len(rows[at]))] = rng.choice(ODD)
        case 4 if rows[0]:
            place = rng.randrange(len(rows[0]))
            for row in rows[1:]:
                if place < len(row):
                    row[place] = rng.choice(ODD)
        case 5:
            rows.insert(at, [rng.choice(ODD) for _ in range(rng.randrange(20))])
        case 6:
            rows.insert(at, list(rng.choice(rows)))
        case 7 if rows[at]:
            del rows[at][rng.randrange(len(rows[at]))]
        case 8:
            rng.shuffle(rows)


def _csv(rows: Rows, rng: random.Random) -> bytes:
    delimiter, end = rng.choice([",", ",", ";", "\t", "|"]), rng.choice(["\n", "\r\n", "\r"])
    text = rng.choice(["", "", f"sep={delimiter}{end}", f"标题{delimiter * 3}{end}"])
    for row in rows:
        cells = ["" if cell is None else str(cell) for cell in row]
        quoted = rng.random() < 0.9
        text += delimiter.join(
            '"' + cell.replace('"', '""') + '"' if quoted and any(sign in cell for sign in '",;\t|\n\r') else cell
            for cell in cells
        )
        text += end
    return text.encode(rng.choice(_ENCODINGS), errors="replace")


def _workbook(rows: Rows, rng: random.Random) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for number, row in enumerate(rows, 1):
        for column, cell in enumerate(row, 1):
            try:
                sheet.cell(number, column, cell)
            except (ValueError, openpyxl.utils.exceptions.IllegalCharacterError):
                continue
            if isinstance(cell, str) and cell.startswith("#"):
                sheet.cell(number, column).data_type = "e"
            if rng.random() < 0.02:
                sheet.cell(number, column).number_format = rng.choice(["0%", "0.00E+00", "yyyy-mm-dd", "@"])
    if rng.random() < 0.3:
        top, left = rng.randint(1, 8), rng.randint(1, 20)
        sheet.merge_cells(
            start_row=top, start_column=left, end_row=top + rng.randrange(9), end_column=left + rng.choice([0, 0, 2])
        )
    if rng.random() < 0.1:
        sheet.cell(rng.choice([60, 1_048_576]), rng.choice([1, 30, 16_384]), "x")
    if rng.random() < 0.2:
        sheet.row_dimensions[rng.randint(1, 5)].hidden = True
    if rng.random() < 0.2:
        other = book.create_sheet(rng.choice(["封面", "全社会排放", "版本", "乙县"]), rng.choice([0, 1]))
        for row in rng.sample(rows, rng.randint(0, len(rows))):
            other.append([cell for cell in row if isinstance(cell, str) and cell.isprintable()])
        other.sheet_state = rng.choice(["visible", "visible", "hidden"])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _parquet(rows: Rows) -> bytes:
    width = max(map(len, rows))
    names = [
        f"{cell}" if place < len(rows[0]) else f"列{place}"
        for place, cell in enumerate([*rows[0], *[""] * width][:width])
    ]
    columns = {
        f"{name}{'' if names.index(name) == place else place}": [
            str(row[place]).encode("utf-8", "replace").decode() if place < len(row) and row[place] is not None else None
            for row in rows[1:]
        ]
        for place, name in enumerate(names)
    }
    stream = io.BytesIO()
    pd.DataFrame(columns).to_parquet(stream)
    return stream.getvalue()


def bytes_changed(data: bytes, rng: random.Random) -> bytes:
    """Some bytes flipped, cut, doubled or put in."""
    raw = bytearray(data)
    for _ in range(rng.choice([1, 2, 10])):
        if not raw:
            break
        at = rng.randrange(len(raw))
        match rng.randrange(4):
            case 0:
                raw[at] = rng.randrange(256)
            case 1:
                del raw[at : at + rng.choice([1, 10, len(raw)])]
            case 2:
                raw[at:at] = raw[at : at + rng.randrange(50)]
            case 3:
                raw[at:at] = rng.choice([b'"', b"\n", b"\0", b",", b"\xff\xfe", b"[[[["]) * rng.choice([1, 1, 500])
    return bytes(raw)


def records(folder: Path, rng: random.Random) -> Path:
    """Records of HJ 212, changed by chance."""
    lines = []
    for hour in range(rng.choice([1, 3, 24])):
        cells = [f"{code}-{kind}={rng.choice(['10.5', '0', *map(str, ODD)])}" for code in ("a21026", "a21002", "02")
                 for kind in rng.sample(["Avg", "ZsAvg", "Flag", "Cou"], 2)]  # fmt: skip
        body = (
            f"QN=20200103{hour:02}0000000;ST=31;CN={rng.choice(['2061', '2061', '2011'])};MN=HC01;"
            f"CP=&&DataTime=20200103{hour:02}0000;{','.join(cells)}&&"
        )
        lines.append(f"##{len(body):04}{body}{rng.choice([f'{check_sum(body):04X}', '', '0000'])}\r\n")
    path = folder / rng.choice(["file.txt", "file.csv", "file.log"])
    data = "".join(lines).encode("utf-8", errors="replace")
    path.write_bytes(bytes_changed(data, rng) if rng.random() < 0.4 else data)
    return path


def yaml_file(texts: list[str], folder: Path, rng: random.Random) -> Path:
    """A rule document or scenario, changed by chance."""
    text = rng.choice(texts)
    lines = text.splitlines(keepends=True)
    for _ in range(rng.choice([1, 2, 5])):
        at = rng.randrange(len(lines))
        match rng.randrange(6):
            case 0:
                lines[at] = lines[at].replace(
                    ":", rng.choice([": &a", ": *a", ":", ": [", ": {", ": !!python/none"]), 1
                )
            case 1:
                lines.insert(at, rng.choice(lines))
            case 2:
                lines[at] = " " * rng.randrange(12) + lines[at].lstrip()
            case 3:
                del lines[at]
                lines = lines or ["\n"]
            case 4:
                head, _, _ = lines[at].partition(":")
                lines[at] = f"{head}: {rng.choice([str(odd) for odd in ODD])}\n"
            case 5:
                lines.insert(at, rng.choice(["- " * 300, "[" * 5000, "{a: " * 200, "&a [*a, *a]\n", "<<: *a\n"]))
    path = folder / "file.yaml"
    data = "".join(lines).encode("utf-8", errors="replace")
    path.write_bytes(bytes_changed(data, rng) if rng.random() < 0.2 else data)
    return path


# -- who reads


def _list_reader() -> Callable[[Path], Any]:
    from alertengine.lists import read_list
    from alertengine.rulebook import Rulebook

    return partial(_called, read_list, Rulebook.load().lists)


def _forecast_reader(*, observed: bool = False) -> Callable[[Path], Any]:
    from alertengine.rulebook import Rulebook
    from alertengine.warning import read_forecast

    return partial(_called, partial(read_forecast, observed=observed), Rulebook.load().lists)


def _totals_reader() -> Callable[[Path], Any]:
    from alertengine.files import Findings
    from alertengine.lists import read_totals
    from alertengine.rulebook import Rulebook

    lists = Rulebook.load().lists
    return lambda path: read_totals(path, lists, Findings(str(path)))


def _evidence_reader() -> Callable[[Path], Any]:
    from alertengine.audit import read_evidence

    return read_evidence


def _warnings_reader() -> Callable[[Path], Any]:
    from alertengine.warning import read_warnings

    return read_warnings


def _rules_reader() -> Callable[[Path], Any]:
    from alertengine.files import read_yaml

    return read_yaml


def _permits_reader() -> Callable[[Path], Any]:
    from alertengine.checking import read_permits
    from alertengine.files import Findings
    from alertengine.rulebook import Rulebook

    lists = Rulebook.load().lists
    return lambda path: read_permits(path, lists, Findings(str(path)))


def _told_reader(module: str, name: str) -> Callable[[Path], Any]:
    from importlib import import_module

    from alertengine.files import Findings

    read = getattr(import_module(module), name)
    return lambda path: read(path, Findings(str(path)))


def _called(read: Callable[..., Any], lists: Any, path: Path) -> Any:
    return read(path, lists)


def _laws() -> list[str]:
    from alertengine.files import rules_folder

    return [path.read_text(encoding="utf-8") for path in sorted(rules_folder().rglob("*.yaml"))[:12]]


KINDS: dict[str, Kind] = {
    "list": Kind(partial(table, LIST, LINE), _list_reader),
    "forecast": Kind(partial(table, FORECAST, DAY), _forecast_reader),
    "observed": Kind(partial(table, FEED, HOUR), partial(_forecast_reader, observed=True)),
    "evidence": Kind(partial(table, POWER, READING), _evidence_reader),
    "totals": Kind(partial(table, TOTALS, TOTAL), _totals_reader),
    "warnings": Kind(partial(table, WARNINGS, WARNING), _warnings_reader),
    "wide": Kind(partial(table, WIDE, WIDE_DAY), partial(_forecast_reader, observed=True)),
    "permits": Kind(partial(table, PERMITS, PERMIT), _permits_reader),
    "register": Kind(
        partial(table, REGISTER, KNOWN), partial(_told_reader, "alertengine.lists.register", "read_register")
    ),
    "decisions": Kind(
        partial(table, DECISIONS, DECISION), partial(_told_reader, "alertengine.lists.decisions", "read_decisions")
    ),
    "records": Kind(records, _evidence_reader),
    "yaml": Kind(partial(yaml_file, _laws()), _rules_reader),
}
