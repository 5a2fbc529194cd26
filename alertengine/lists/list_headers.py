"""Headers of a list and of its totals: which field a column is, in which unit, and how it is held."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, Final

import pyarrow as pa

from alertengine.files import AS_TEXT, FEW, NOT_READ, Column, ColumnKind, columns_twice, match, matched, normal
from alertengine.vocabulary import (
    CATEGORY_TEXT,
    COMBINED_HEADERS,
    EMISSION_FIELDS,
    FIELDS,
    LIST_FIELDS,
    PLAN_FIELDS,
    PLAN_SHARE_FIELDS,
    REQUIRED_FIELDS,
    TOTAL_COLUMNS,
    InputError,
    Problem,
    Words,
)

#: Units of mass per time: kilograms, and whether the amount is of a year.
MASS_UNITS: Final[dict[str, tuple[float, bool]]] = {
    f"{mass}/{time}": (kilograms, yearly)
    for masses, kilograms in ((("千克", "公斤", "kg", "kgs"), 1.0), (("吨", "t", "ton", "tons"), 1000.0))
    for mass in masses
    for times, yearly in ((("日", "天", "d", "day", "days"), False), (("年", "a", "y", "yr", "year", "years"), True))
    for time in times
}

#: Spellings of the unit a field is kept in; another unit in the header is refused, never guessed.
_UNIT_SPELLINGS: Final = {
    "km": {"km", "公里", "千米"},
    "%": {"%", "百分比", "百分数"},
    "mg/m³": {"mg/m3", "毫克/立方米", "mg/nm3", "mg/立方米"},
    "t/h": {"t/h", "吨/小时", "吨/时", "蒸吨", "蒸吨/小时"},
    "h": {"h", "小时", "时"},
    "m": {"m", "米"},
    "t": {"t", "吨", "吨/日", "吨/天", "t/d"},
    "°": {"°", "度"},
}

#: Numbers in per cent of which one of at most 1 without its sign may be a fraction.
OF_HUNDRED: Final = frozenset({*PLAN_SHARE_FIELDS.values(), "load_pct", "load_before_pct", "load_verified_pct"})
#: A unit in the header of the first is the value of the second where that column is blank.
UNIT_COLUMNS: Final = {"capacity": "capacity_unit", "unit_size": "unit_size_unit"}


def _names(headers: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    return {normal(spelling): (name,) for name, said in headers.items() for spelling in (name, *said)}


#: What people write before a header: 是否超低排放, 所属行业, 所在区县.
_BEFORE: Final[Mapping[str, tuple[str, ...]]] = {"bool": ("是否",), "open": ("所在", "所属"), "text": ("所在", "所属")}
LIST_NAMES: Final[Mapping[str, tuple[str, ...]]] = (
    {
        normal(before + header): (field.name,)
        for field in LIST_FIELDS
        if field.type in ("bool", "open") or field.name in ("county", "township")
        for header in field.headers
        for before in _BEFORE[field.type]
    }
    | _names({field.name: field.headers for field in LIST_FIELDS})
    | {normal(header): fields for header, fields in COMBINED_HEADERS.items()}
)

TOTAL_NAMES: Final[Mapping[str, tuple[str, ...]]] = _names(TOTAL_COLUMNS)


def map_headers(headers: Sequence[str], file: str, row: int | None, sheets: Mapping[str, str] | None) -> list[Column]:
    """The columns of an enterprise list; ``sheets`` as :func:`~alertengine.files.columns_twice` takes them.

    Raises:
        InputError: a required column is missing, two columns are the same field, or a unit is not understood.

    """
    columns = matched(headers, LIST_NAMES)
    problems = columns_twice(columns, file, row, sheets) + [
        Problem("column_missing", file=file, row=row, column=FIELDS[name].text, names=(*FIELDS[name].headers, name))
        for name in REQUIRED_FIELDS
        if not any(name in column.fields for column in columns)
    ]
    problems += [problem for column in columns for problem in _unit_problems(column, file, row)]
    if problems:
        raise InputError([*problems, *near_headers(columns, file, row)])
    return columns


def map_total_headers(headers: Sequence[str], file: str, row: int | None) -> list[Column]:
    """The columns of a table of city totals; city, sector and one pollutant must be there.

    Raises:
        InputError: as :func:`map_headers`.

    """
    columns = matched(headers, TOTAL_NAMES)
    there = {name for column in columns for name in column.fields}
    problems = columns_twice(columns, file, row)
    for name in ("city", "sector"):
        if name not in there:
            said = Problem("column_missing", file=file, row=row, column=TOTAL_COLUMNS[name][0], names="")
            problems.append(said)
    if not there & set(EMISSION_FIELDS.values()):
        problems.append(Problem("emissions_missing", file=file, row=row))
    problems += [problem for column in columns for problem in _unit_problems(column, file, row)]
    if problems:
        raise InputError(problems)
    return columns


#: Headers nearer than this (0 to 100) to one of a field are asked about, and of no fewer letters than these.
_NEAR: Final = 74
#: And nearer than this even where a word of it tells another: 行业名称 is 行业, of whose letters 企业名称 has three.
_NEARER: Final = 85
_LETTERS: Final = 3
_LEVEL_WORDS: Final = {
    "yellow": "黄色|黄警|(?<!i)iii级|3级|三级",
    "orange": "橙色|橙警|(?<!i)ii级|2级|二级",
    "red": "红色|红警|(?<!i)i级|1级|一级",
}
#: What a header says, as :func:`~alertengine.files.normal` spells it, that is perhaps a field of another name.
_TELLING: Final[Mapping[str, str]] = {
    **{
        f"plan_{level}": f"({said}).*(措施|停限产|限产|停产)|^({said})(预警|响应|应急|\\(({said})\\))*$"
        for level, said in _LEVEL_WORDS.items()
    },
    **{f"plan_{level}_share": f"({said}).*[减停限].*(比例|率)" for level, said in _LEVEL_WORDS.items()},
    "grade": "绩效|评级|评定等级|企业等级|^分级|^级别",
    "guarantee": "民生|豁免|^(是否)?保障",
    "line_id": "^(生产|工艺|产)线.*号|^(设备|设施|炉窑|装置|机组)(编号|序号|编码)$",
    "process": "工序|工段|^生产环节",
    "enterprise": "^(企业|单位|公司|工厂|厂家|污染源).*(名|全称)|^(企业|单位|公司|厂名)$",
    "city": "^(所[在属])?(城市|地市|地级市|设区市|市州)",
    "industry": "行业|^产业$",
    "so2_kg_d": "^(so2|二氧化硫)(?!.*(浓度|mg))",
    "nox_kg_d": "^(nox|氮氧化物)(?!.*(浓度|mg))",
    "pm_kg_d": "^(pm|tsp|烟粉?尘|粉尘|颗粒物)(?!.*(浓度|mg))",
    "vocs_kg_d": "^(vocs?|挥发性有机物|非甲烷总烃)(?!.*(浓度|mg))",
    "enterprise_id": "信用代码|机构代码|企业代码|营业执照",
    "long_stopped": "长停|长期停|是否停产|停产企业|在产|^(停产|生产|运行|经营|目前|当前|企业)(情况|状态|状况)$",
    "small": "小微",
    "named_lists": "名单",
    "county": "区县|县区|区/县|县/区|旗县|区\\(县\\)|县\\(区\\)|^行政区",
    "retrofit_done": "治理任务|(改造|治理)(是否)?完成",
    "ultra_low": "超低",
    "stable": "达标",
    "permit_held": "^(是否)?(有|持有|持|取得|核发|办理)?排污许可(证)?$|持证",
    "special_terms": "特殊时段",
    "catalogue": "产业目录|产业政策|淘汰类|限制类",
    "clean_transport": "清洁(方式)?运输",
    "decision_no": "处罚",
    "load_pct": "负荷|开工率|产能利用率",
    "eia_daily": "环评.*(产能|产量|规模)",
    "permit_daily": "许可.*(产能|产量)",
    "actual_daily": "(上年|去年|实际).*产量",
    "capacity": "产能|生产能力|生产规模",
    "production_days": "^年.*(天数|工作日|工作时间|运行时间|生产时间|小时数?)|(运行|工作|生产)天数",
    "city_distance_km": "^[距与离].*(市区|城区|建成区|中心)",
    "units": "^(设备)?(台数|台套数?|数量|炉数)$",
    "chambers": "孔数",
    "chamber_height_m": "炭化室高|^炉高",
    "oven_type": "炉型",
    "coking_hours": "结焦|周转时间",
    "trucks_per_day": "日.*(车辆|车次)",
    "boiler_t_h": "蒸吨|锅炉(容量|规模|吨位)",
    "so2_mg_m3": "(so2|二氧化硫).*浓度",
    "nox_mg_m3": "(nox|氮氧化物).*浓度",
    "pm_mg_m3": "(颗粒物|烟尘|粉尘|pm).*浓度",
    "local_class": "管控(分类|类别|类型)|分类管控",
    "permit_no": "许可证(编)?号",
}


def near_headers(columns: Sequence[Column], file: str, row: int | None) -> list[Problem]:
    """A problem for each column that is no field but whose header comes near that of one the list lacks.

    Near is a header of nearly the same letters, or one with a word that tells the field. A guarantee or a measure under
    a header of somebody's own would else be left out without a word.
    """
    from rapidfuzz import fuzz, process  # only where a header is not known

    there = {name for column in columns for name in column.fields}
    lacking = {field.name: field for field in LIST_FIELDS if field.name not in there and not field.private}
    names = {normal(header): field for field in lacking.values() for header in field.headers if len(header) >= _LETTERS}
    problems = []
    for column in columns:
        if column.fields or column.header.startswith(NOT_READ):
            continue
        said = normal(column.header)
        near = process.extractOne(said, list(names), scorer=fuzz.ratio, score_cutoff=_NEAR)
        told = next((name for name, pattern in _TELLING.items() if name in lacking and re.search(pattern, said)), "")
        field = names[near[0]] if near and (not told or near[1] >= _NEARER) else lacking.get(told)
        if field:
            place: dict[str, Any] = {"file": file, "row": row, "column": column.header}
            problems.append(Problem("header_nearly", **place, near=field.text))
    return problems


#: What the name of a sheet says besides the place: its number, its year, and what stands on it.
_OF_SHEET: Final = (
    r"(?:附件?|年度?|重污染(?:天气)?|应急|减排|措施|预警|涉气|工业(?!园)|重点|企业|行业|生产线|清单|名单|台账|明细|汇总|"
    r"统计|填报|上报|报送|数据|情况|[\d家表的().、:_-])*"
)
_PLACE: Final = re.compile(rf"{_OF_SHEET}(?P<place>.+?){_OF_SHEET}")


def said_by_sheet(name: str) -> str:
    """What the name of a sheet says that perhaps names a place: 尧都区 for 附件2 尧都区重点企业清单.

    >>> said_by_sheet("附件2 尧都区重点企业清单（2026年）"), said_by_sheet("尧都区以外"), said_by_sheet("企业清单")
    ('尧都区', '尧都区以外', '清单')
    """
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", name))
    found = _PLACE.fullmatch(plain)
    return found["place"] if found else plain


def is_mass(name: str) -> bool:
    """Whether a field is an amount of emission per day."""
    return name.endswith("_kg_d")


def _unit_problems(column: Column, file: str, row: int | None) -> list[Problem]:
    if not column.fields or not column.unit:
        return []
    name = column.fields[0]
    if is_mass(name):
        allowed = set(MASS_UNITS)
    elif name in FIELDS and FIELDS[name].unit:
        allowed = _UNIT_SPELLINGS[FIELDS[name].unit]
    else:
        return []
    if column.unit in allowed:
        return []
    units = Words("mass_units") if is_mass(name) else sorted(allowed)
    return [Problem("unit_unknown", file=file, row=row, column=column.header, value=column.unit, units=units)]


def list_kind(header: str) -> ColumnKind:
    """How the column of an enterprise list under a header is held."""
    fields = match(header, 0, LIST_NAMES).fields
    if not fields:
        return AS_TEXT
    field = FIELDS[fields[0]]
    if field.type in ("number", "integer"):
        return ColumnKind(pa.float64(), field)
    few = field.type != "text" or field.name in (*CATEGORY_TEXT, *PLAN_FIELDS.values())
    return ColumnKind(FEW) if few else AS_TEXT
