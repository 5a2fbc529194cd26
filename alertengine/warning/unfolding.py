"""Forecasts and observations of another shape: cities or days in columns, or one column of all values.

``日期, 太原市, 临汾市``, ``日期, 太原市 AQI, 太原市 首要污染物``, ``date, hour, type, 太原, 临汾`` (a row a pollutant),
``城市, 2021-12-01, 2021-12-02`` and ``城市, 日期, 指标, 数值`` become rows of a city and time with a column a field.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from alertengine.files import (
    SHEET,
    BadCellError,
    Column,
    Limits,
    RawTable,
    as_text,
    match,
    matched,
    normal,
    parse_days,
    parse_range,
    text_array,
    tidy,
)
from alertengine.rulebook import OpenLists
from alertengine.vocabulary import InputError, Problem

_INDEX: Final = ("AQI", "AQI指数", "空气质量指数", "空气质量指数AQI", "空气质量指数(AQI)")
#: What may stand before and behind it.
_BEFORE: Final = ("", "预报", "预测", "预计", "日", "日均", "24小时")
_AFTER: Final = (
    "", "值", "均值", "日均值", "中值", "预报", "预报值", "预测", "预测值", "范围", "预报范围", "预测范围", "区间",
    "预报区间",
)  # fmt: skip


def _aqi(*words: str) -> str:
    """The headers of an AQI, or of an end of it by its words: 预测AQI值, 空气质量指数下限, 最小AQI."""
    ends = [f"{word}{value}" for word in words for value in ("", "值")] or _AFTER
    spellings = [f"{before}{index}{end}" for index in _INDEX for before in _BEFORE for end in ends]
    return " ".join((*spellings, *(f"{word}AQI" for word in words)))


#: What may stand behind a pollutant; of O3 the mean of a day is not the number that counts.
_CONCENTRATION: Final = ("", "浓度", "浓度值", "预报浓度", "预测浓度", "预报值", "预测值")
_MEANS: Final = ("日均浓度", "日均值", "平均浓度", "日平均浓度")


def _air(names: str, means: Sequence[str] = ()) -> str:
    """The headers of a concentration."""
    return " ".join(f"{name}{end}" for end in (*_CONCENTRATION, *means) for name in names.split())


#: Each field with its headers, the first the one people are told.
HEADERS: Final[dict[str, tuple[str, ...]]] = {
    name: tuple(said.split())
    for name, said in {
        "issue_time": (
            "发布时间 issued 起报时间 起报日期 发布日期 预报发布时间 预报发布日期 发报时间 制作时间 publish_time "
            "issued_at init_time"
        ),
        "issuer": "发布单位 预报单位 发布机构 预报机构",
        "city": (
            "城市 城市名称 城市名 区域 区域名称 地区 地区名称 预报城市 预报区域 area area_name 地市 地市名称 市 "
            "设区市 city_name"
        ),
        "county": (
            "区县 县区 县市区 区县市 县市 县(市、区) 县(市)区 区/县 县/区 区 县 行政区 区县名称 所属区县 所在区县 "
            "county county_name district"
        ),
        "target_date": (
            "预报日期 预测日期 预报日 预测日 目标日期 预报时间 预测时间 监测日期 监测时间 date 日期 时间 "
            "forecast_date forecast_time time time_point timepoint datetime"
        ),
        "hour": "时次 小时 时刻 监测小时",
        "aqi": _aqi(),
        "aqi_low": _aqi("下限", "最小", "最低", "低") + " AQI_min min_aqi",
        "aqi_high": _aqi("上限", "最大", "最高", "高") + " AQI_max max_aqi",
        "level_low": (
            "等级下限 空气质量等级 空气质量级别 空气质量类别 空气质量状况 质量等级 污染等级 污染级别 AQI等级 "
            "AQI级别 等级 级别 预报等级 quality 最低等级 最低级别 等级低 级别低 级别下限 空气质量等级下限"
        ),
        "level_high": "等级上限 最高等级 最高级别 等级高 级别高 级别上限 空气质量等级上限",
        "pm25": _air("PM2.5 细颗粒物 细颗粒物(PM2.5)", _MEANS),
        "pm10": _air("PM10 可吸入颗粒物 可吸入颗粒物(PM10) 颗粒物(PM10)", _MEANS),
        "so2": _air("SO2 二氧化硫 二氧化硫(SO2)", _MEANS),
        "no2": _air("NO2 二氧化氮 二氧化氮(NO2)", _MEANS),
        "co": _air("CO 一氧化碳 一氧化碳(CO)", _MEANS),
        "o3": _air("O3 臭氧 臭氧(O3)"),
        "o3_8h": (
            "O3_8h O3_8 O3_8h_max O3_8h最大 O3(8h) O3_8小时 臭氧8小时 臭氧(8小时) 臭氧8h O3日最大8小时 "
            "O3日最大8小时平均 臭氧日最大8小时 臭氧日最大8小时平均 臭氧日最大8小时滑动平均 O3_8h浓度"
        ),
        "o3_1h": "O3_1h O3_1h_max O3_1h最大 O3(1h) O3_1小时 臭氧1小时 臭氧(1小时)",
        "primary": "首要污染物 首污 首要污染物名称 主要污染物 预报首要污染物 primary_pollutant",
        "dust": "沙尘 是否沙尘 沙尘影响",
        "remark": "备注 text_note 说明 预报文字",
        "indicator": "指标 指标名称 监测指标 监测项目 监测因子 预报因子 项目 因子 要素 类型 type pollutant",
        "amount": "数值 值 指标值 监测值 预报值 浓度 浓度值 value",
        "station": "站点 点位 监测点 监测点位 站点名称 点位名称 position position_name station_name",
    }.items()
}
#: Of a table of one column of values: the one that says which field a row is of, and that of the values.
INDICATOR: Final = "indicator"
AMOUNT: Final = "amount"
#: Headers by their field.
NAMES: Final = {normal(spelling): (name,) for name, said in HEADERS.items() for spelling in (name, *said)}

#: Fields that a header of a city, an indicator or a title may name.
VALUES: Final = frozenset(HEADERS) - {
    "issue_time", "issuer", "city", "county", "target_date", "hour", "station", INDICATOR, AMOUNT,
}  # fmt: skip
#: What stands in a field's name between what it is of, the place or day, and the field.
_MARK: Final = "\x1f"
_DAY: Final = re.compile(r"\d{8}|\d{4}[年/.]\d{1,2}[月/.]\d{1,2}日?")
_MONTHS: Final = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
#: A day without its year: 11月30日, 11/30, 1130 (as 11-30 is read), 30nov (as Excel shows it), 26/11/30.
_SHORT_DAY: Final = re.compile(
    r"(?:\d\d[年/])?(?:1[0-2]|0?[1-9])[月/](?:3[01]|[12]\d|0?[1-9])[日号]?|(?:1[0-2]|0[1-9])(?:3[01]|[12]\d|0[1-9])"
    rf"|(?:3[01]|[12]\d|0?[1-9])(?:{_MONTHS})|(?:{_MONTHS})(?:3[01]|[12]\d|0?[1-9])"
)
_BETWEEN: Final = "()：:、/|·"


class WideNames(dict[str, tuple[str, ...]]):
    """The headers of a forecast, and those of a city or a day, alone or with a field: ``太原市``, ``太原市AQI``."""

    def __init__(self, places: Iterable[str]) -> None:
        """Take the spellings of all places."""
        super().__init__(NAMES)
        self._places = sorted({normal(place) for place in places}, key=len, reverse=True)

    def __copy__(self) -> WideNames:
        """The same headers, to which others can be added."""
        made = WideNames(self._places)
        made |= self
        return made

    def get(self, header: str, default: Any = None) -> Any:
        """The fields of a header; of one of a city or day a single one, see :func:`_of_column`."""
        own = super().get(header)
        if own is not None:
            return own
        for axis, text, rest in self._apart(header):
            field = super().get(rest, ("",))[0] if rest else ""
            if not rest or field in VALUES:
                return (_MARK.join((axis, text, field)),)
        return default

    def _apart(self, header: str) -> Iterable[tuple[str, str, str]]:
        for name in self._places:
            if header.startswith(name):
                yield "city", name, header[len(name) :].strip(_BETWEEN)
            elif header.endswith(name):
                yield "city", name, header[: -len(name)].strip(_BETWEEN)
        found = _DAY.match(header) or _SHORT_DAY.match(header)
        if found is not None and (found.re is _SHORT_DAY or is_day(found[0])):
            yield "target_date", found[0], header[found.end() :].strip(_BETWEEN)


def is_day(text: str) -> bool:
    """Whether a text is a day with its year."""
    try:
        return bool(parse_days(text))
    except BadCellError:
        return False


@dataclass(frozen=True, slots=True)
class Spread:
    """A column of a city or day (of a column of all values: neither): its place, its field where the header has it."""

    place: int
    header: str
    axis: str
    text: str
    field: str
    unit: str


@dataclass(frozen=True, slots=True)
class Unfolded:
    """A table of rows as a forecast has them, its line numbers from 1, and where each of its cells stood."""

    table: RawTable
    columns: dict[str, tuple[str, ...]]
    unread: tuple[str, ...]
    first: npt.NDArray[np.int64]
    rows: dict[str, npt.NDArray[np.int64]]
    headers: dict[str, list[str]]
    labels: tuple[str, ...]
    notes: tuple[Problem, ...] = ()

    def placed(self, problem: Problem) -> Problem:
        """A problem of a line of the table, said of the row and column of the file."""
        said = dict(problem.arguments)
        if "rows" in said:
            said["rows"] = tuple(dict.fromkeys(self._row(row) % SHEET for row in said["rows"]))
        if problem.row is None:
            return problem if "rows" not in said else _again(problem, said)
        row = self._row(problem.row, problem.column)
        header = self.headers.get(problem.column, [""] * problem.row)[problem.row - 1]
        if problem.column and not header:  # of a cell that the file does not have, or of one of all its cells
            header = problem.column
        sheet = self.labels[row // SHEET] if len(self.labels) > 1 else problem.sheet
        return _again(problem, said).at(row=row % SHEET, sheet=sheet, column=header)

    def _row(self, line: int, field: str = "") -> int:
        return int(self.rows.get(field, self.first)[line - 1])


def _again(problem: Problem, arguments: dict[str, Any]) -> Problem:
    place: dict[str, Any] = {"file": problem.file, "row": problem.row, "column": problem.column}
    return Problem(problem.code, **place, value=problem.value, sheet=problem.sheet, where=problem.where, **arguments)


def spread_columns(table: RawTable, names: WideNames, lists: OpenLists) -> list[Spread]:
    """The columns of cities or days, or the one of all values, of a table; none where it has rows of cities and days.

    A header that comes near a city of ours is taken for one, so that its rows are asked about.
    """
    columns = matched(table.headers, names)
    fields = {field for column in columns for field in column.fields}
    found = [one for column in columns if (one := _of_column(column)) is not None]
    if "city" not in fields and "target_date" in fields:
        found = [one for one in found if one.axis == "city"]
        return [*found, *(_nearly(columns, lists) if found else [])]
    if "target_date" not in fields and "city" in fields:
        return [one for one in found if one.axis == "target_date"]
    if {INDICATOR, AMOUNT, "city", "target_date"} <= fields and not fields & VALUES:
        return [Spread(one.place, one.header, "", "", "", one.unit) for one in columns if one.fields[:1] == (AMOUNT,)][
            :1
        ]
    return []


def _of_column(column: Column) -> Spread | None:
    if not column.fields or _MARK not in column.fields[0]:
        return None
    axis, text, field = column.fields[0].split(_MARK)
    return Spread(column.place, column.header, axis, text, field, column.unit)


def _nearly(columns: Sequence[Column], lists: OpenLists) -> list[Spread]:
    return [
        Spread(one.place, one.header, "city", one.header, "", "")
        for one in columns
        if not one.fields and lists.recognise("places", one.header).candidates
    ]


def unfold(table: RawTable, spread: Sequence[Spread], names: WideNames, above: Iterable[str]) -> Unfolded:
    """A table with a row for each of its rows and each city or day of its columns.

    Which field a cell is of its header says, else the column 指标 of its row, else its sheet's name, else the rows
    ``above`` the header or the file's name, if they name one alone.

    Raises:
        InputError: nothing says what the cells are, or the rows are beyond the limits.

    """
    columns = matched(table.headers, names)
    beside = {one.place for one in spread}
    ids = [one for one in columns if one.fields and one.place not in beside and _MARK not in one.fields[0]]
    indicator = next((one for one in ids if one.fields[0] == INDICATOR), None)
    ids = [one for one in ids if one is not indicator]
    used = [one.place for one in (*ids, *([indicator] if indicator else []))] + [one.place for one in spread]
    texts = {place: np.array(as_text(table.columns[place]).to_pylist(), dtype=object) for place in used}
    of_row, unread = _fields_of_rows(table, texts[indicator.place] if indicator else None, above)
    bare = [one for one in spread if not one.field]
    if bare and not any(of_row):
        if any(_is_number(cell) for one in bare for cell in texts[one.place]):
            shown = [one.header for one in bare][:5]
            said = Problem("values_of_what", file=table.file, row=table.header_row, count=len(bare), names=shown)
            raise InputError([said])
        of_row = ["aqi"] * len(table.rows)  # words of classes, which that field reads
    notes = []
    if bare and indicator is None and spread[0].axis:
        fields = [HEADERS[name][0] for name in dict.fromkeys(of_row) if name]
        notes.append(Problem("values_are", file=table.file, row=table.header_row, count=len(bare), names=fields))
    line, first = _lines(ids, texts, of_row, len(table.rows))
    of_axis = list(dict.fromkeys(one.text for one in spread))
    count, width = len(first), len(of_axis)
    limits = Limits.of_environment()
    if count * width > limits.rows:
        raise limits.too_much(table.file, "rows", count * width)
    cells: dict[str, npt.NDArray[np.object_]] = {}
    rows: dict[str, npt.NDArray[np.int64]] = {}
    headers: dict[str, list[str]] = {}
    units: dict[str, str] = {}
    asked = np.array(of_row, dtype=object)
    for one in spread:
        at = of_axis.index(one.text)
        for field in [one.field] if one.field else sorted(set(of_row) - {""}):
            chosen = np.arange(len(of_row)) if one.field else np.flatnonzero(asked == field)
            place = line[chosen] * width + at
            cells.setdefault(field, np.full(count * width, None, dtype=object))[place] = texts[one.place][chosen]
            rows.setdefault(field, np.repeat(table.rows[first], width))[place] = table.rows[chosen]
            headers.setdefault(field, [""] * (count * width))
            for number in place:
                headers[field][int(number)] = one.header
            units[field] = units.get(field) or one.unit
    again = np.repeat(np.arange(count), width)
    made: dict[str, pa.Array] = {one.header: text_array(texts[one.place][first][again].tolist()) for one in ids}
    axis = spread[0].axis
    if axis:
        words = {one.text: one.header if not one.field and axis == "city" else one.text for one in spread}
        made[HEADERS[axis][0]] = text_array([words[text] for text in of_axis] * count)
    for field, held in cells.items():
        made[HEADERS[field][0] + (f"({units[field]})" if units[field] else "")] = text_array(held.tolist())
    known = {one.header: one.fields for one in (*ids, *filter(None, [indicator]))}
    known |= {one.header: tuple(filter(None, (axis, one.field))) for one in spread}
    others = (one.header for one in columns if one.header not in known)
    return Unfolded(
        replace(
            table,
            headers=list(made),
            columns=list(made.values()),
            rows=np.arange(1, count * width + 1),
            places={("", header): place for place, header in enumerate(made)},
            labels=(),
            said=None,
        ),
        known,
        (*others, *unread),
        np.repeat(table.rows[first], width),
        rows,
        headers,
        table.labels,
        tuple(notes),
    )


def _is_number(cell: str | None) -> bool:
    try:
        return bool(cell and tidy(cell)) and bool(parse_range(cell or ""))
    except BadCellError:
        return False


def _fields_of_rows(
    table: RawTable, said: npt.NDArray[np.object_] | None, above: Iterable[str]
) -> tuple[list[str], list[str]]:
    """The field each row's cells are of where no header says it (empty: not known); indicators that are none."""
    if said is not None:
        known = {text: _value_field(text or "") for text in set(said)}
        return [known[text] for text in said], sorted(text for text, field in known.items() if text and not field)
    whole = _named_alone([*above, PurePath(table.file).stem])
    sheets = [_named_alone([label]) or whole for label in table.labels] or [whole]
    return [sheets[int(row) // SHEET] for row in table.rows], []


def _value_field(text: str) -> str:
    found = match(text, 0, NAMES).fields
    return found[0] if found and found[0] in VALUES else ""


def _named_alone(texts: Iterable[str]) -> str:
    """The one index or pollutant that texts name."""
    text = "\n".join(normal(one) for one in texts)
    found = set()
    spellings = ((normal(said), name) for name in ("aqi", *_POLLUTANTS) for said in HEADERS[name])
    for spelling, name in sorted(spellings, key=lambda pair: -len(pair[0])):
        pattern = rf"(?<![a-z0-9.]){re.escape(spelling)}(?![a-z0-9.])"
        if re.search(pattern, text):
            found.add(name)
            text = re.sub(pattern, " ", text)
    return found.pop() if len(found) == 1 else ""


_POLLUTANTS: Final = ("pm25", "pm10", "so2", "no2", "co", "o3", "o3_8h", "o3_1h")


def _lines(
    ids: Sequence[Column], texts: dict[int, npt.NDArray[np.object_]], of_row: Sequence[str], count: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The line each row goes to, and the first row of each line: rows of other fields of the same time share one."""
    if len(set(of_row)) < 2:
        return np.arange(count), np.arange(count)
    keys = zip(*(texts[one.place].tolist() for one in ids), strict=True) if ids else [()] * count
    seen: Counter[Any] = Counter()
    lines: dict[Any, int] = {}
    line = []
    for key, field in zip(keys, of_row, strict=True):
        line.append(lines.setdefault((key, seen[key, field]), len(lines)))
        seen[key, field] += 1
    _, first = np.unique(line, return_index=True)
    return np.array(line, dtype=np.int64), first
