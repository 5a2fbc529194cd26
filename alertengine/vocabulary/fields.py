"""The words of the field, once.

Every field of a production line, with its Chinese names, unit and type.  List headers, rule conditions, engine facts,
order columns and the column dictionary of ``enterprise_lists/README.md`` all come
from here.  The open lists (industries, sectors, processes, places, areas, ladders,
periods) are data: ``rules/vocabulary/*.yaml``.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Literal

from alertengine.vocabulary.codes import POLLUTANTS

FieldType = Literal["text", "code", "open", "bool", "number", "integer", "names"]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a production line.

    ``headers`` are the Chinese headers, the canonical one first.  ``values`` closes a
    ``code`` field; ``open_list`` names the file of ``rules/vocabulary`` that an ``open``
    field draws from.  ``blank_is_none``: a blank cell says there is none, it is not unknown.
    ``source`` names the list column a derived field comes from.  ``belongs_to`` says whose it is: a field of the
    enterprise is the same on all its lines.
    """

    name: str
    headers: tuple[str, ...]
    type: FieldType
    unit: str = ""
    values: tuple[str, ...] = ()
    open_list: str = ""
    required: bool = False
    private: bool = False
    blank_is_none: bool = False
    source: str = ""
    note: str = ""
    belongs_to: Literal["enterprise", "line"] = "line"

    @property
    def text(self) -> str:
        """The Chinese name people read."""
        return self.headers[0]

    @property
    def derived(self) -> bool:
        """Whether the field is computed rather than read from a list."""
        return bool(self.source)


GUARANTEE_NONE: Final = "无"
GRADES: Final = ("A+", "A", "B", "B-", "C", "D", "引领性", "非引领性", "未评级")

UNGRADED: Final = "未评级"


def worst_last(off_ladder: Collection[str]) -> tuple[str, ...]:
    """Every grade, the worst of an enterprise last: those ``off_ladder`` count only where none is on a ladder."""
    return (*off_ladder, *(grade for grade in GRADES if grade not in off_ladder))


_FIELDS = (
    # -- the enterprise
    Field(
        "enterprise_id",
        ("统一社会信用代码", "社会信用代码"),
        "text",
        note="18 characters, check character per GB 32100-2015; absent: a stable id from city and name, and a warning",
        belongs_to="enterprise",
    ),
    Field("enterprise", ("企业名称", "单位名称"), "text", required=True, belongs_to="enterprise"),
    Field(
        "province",
        ("省份", "省"),
        "open",
        open_list="places",
        note="absent: the province of the city",
        belongs_to="enterprise",
    ),
    Field(
        "city",
        ("城市", "地市", "市", "设区市"),
        "open",
        open_list="places",
        required=True,
        note="太原 is accepted for 太原市",
        belongs_to="enterprise",
    ),
    Field("county", ("区县", "县区", "县(市、区)", "县(市,区)", "县市区"), "text", belongs_to="enterprise"),
    Field(
        "township",
        ("乡镇街道", "乡镇", "乡镇(街道)", "镇街", "所属乡镇", "街道"),
        "text",
        note="巴公 is accepted for 巴公镇; blank: unknown where a document names townships",
        belongs_to="enterprise",
    ),
    Field("zone", ("管控区域",), "code", values=("重点", "一般"), belongs_to="enterprise"),
    Field(
        "industry",
        ("行业", "行业类别", "重点行业类别", "行业名称"),
        "open",
        open_list="industries",
        required=True,
        note="one of the 39, or any other text (then outside the guide)",
    ),
    Field("grade", ("绩效等级", "绩效分级", "等级"), "code", values=GRADES),
    Field(
        "guarantee",
        ("保障类型",),
        "code",
        values=("供暖", "供气", "供电", "协同处置", "城市运行", "战略新兴", "其他", GUARANTEE_NONE),
        note="empty = none (not unknown)",
    ),
    Field("small", ("小微涉气",), "bool", belongs_to="enterprise"),
    Field("stable", ("稳定达标",), "bool"),
    Field("permit_held", ("持有排污许可证",), "bool", belongs_to="enterprise"),
    Field(
        "permit_kept",
        ("按证排污",),
        "bool",
        note="a column 持证排污 means both: 是 = both hold, 否 = which one fails is unknown",
        belongs_to="enterprise",
    ),
    Field("permit_no", ("排污许可证编号",), "text", belongs_to="enterprise"),
    Field("special_terms", ("许可证载明特殊时段要求",), "bool", belongs_to="enterprise"),
    Field(
        "named_lists",
        ("所在名单",),
        "names",
        note="names joined by ;  无 = on none, blank = unknown",
        belongs_to="enterprise",
    ),
    Field(
        "local_class",
        ("地方分类",),
        "text",
        blank_is_none=True,
        note="the city's own class; a rule on it fires only where filled",
    ),
    Field(
        "decision_no",
        ("处罚决定文号",),
        "text",
        blank_is_none=True,
        note="that something was decided; what, says the table of decisions",
        belongs_to="enterprise",
    ),
    Field(
        "decisions",
        ("处罚决定记录",),
        "text",
        blank_is_none=True,
        note="what was decided, from a table of decisions (--decisions): kind:ground@from..to#number, joined by ;",
        belongs_to="enterprise",
    ),
    Field("retrofit_done", ("治理任务完成",), "bool"),
    Field("long_stopped", ("长期停产",), "bool"),
    Field("catalogue", ("产业目录类别",), "code", values=("鼓励类", "允许类", "限制类", "淘汰类")),
    Field(
        "city_distance_km",
        ("距建成区距离(公里)", "距建成区距离"),
        "number",
        "km",
        note="to the built-up area of the 设区市, 0 = inside",
    ),
    Field("ultra_low", ("超低排放",), "bool"),
    Field("below_special_pct", ("低于特别排放限值(%)", "低于特别排放限值"), "number", "%"),
    Field("clean_transport", ("清洁运输",), "bool", note="rail or other clean haulage", belongs_to="enterprise"),
    Field("green_factory", ("绿色工厂",), "bool", note="on the list of the MIIT", belongs_to="enterprise"),
    Field("dry_quenching", ("干法熄焦",), "bool"),
    Field("is_kiln", ("工业炉窑",), "bool"),
    Field("kiln_standard", ("有行业排放标准",), "bool"),
    Field("pm_mg_m3", ("颗粒物浓度",), "number", "mg/m³"),
    Field("so2_mg_m3", ("SO2浓度",), "number", "mg/m³"),
    Field("nox_mg_m3", ("NOx浓度",), "number", "mg/m³"),
    Field("boiler_t_h", ("锅炉蒸吨",), "number", "t/h"),
    Field("trucks_per_day", ("日进出车辆(辆)", "日进出车辆"), "number", belongs_to="enterprise"),
    # -- the line
    Field(
        "line_id",
        ("生产线编号",),
        "text",
        required=True,
        note="unique in the enterprise; blank: numbered by order, and a warning",
    ),
    Field("line", ("生产线名称", "生产线"), "text"),
    Field("process", ("工序", "生产工序"), "open", open_list="processes", required=True),
    Field("units", ("设备数量",), "integer", note="default 1; e.g. 3 × 90 m²"),
    Field("unit_size", ("设备规格",), "number"),
    Field("unit_size_unit", ("规格单位",), "text"),
    Field("chambers", ("炭化室孔数",), "integer"),
    Field("cycles_daily", ("日均炉次",), "number", note="heats or pushes a day of the line, all its furnaces together"),
    Field("capacity", ("产能",), "number"),
    Field("capacity_unit", ("产能单位",), "text"),
    Field("chamber_height_m", ("炭化室高度(米)", "炭化室高度"), "number", "m"),
    Field("oven_type", ("焦炉类型",), "code", values=("常规", "清洁热回收")),
    Field("coking_hours", ("结焦时间(小时)", "结焦时间"), "number", "h", note="current coking time"),
    Field("load_pct", ("生产负荷(%)", "生产负荷"), "number", "%", note="current load against capacity"),
    Field(
        "load_before_pct", ("错峰前负荷(%)", "错峰前负荷"), "number", "%", note="load before 2019-10-01 (39号 三(六)32)"
    ),
    Field(
        "load_verified_pct",
        ("核定错峰负荷(%)", "核定错峰负荷"),
        "number",
        "%",
        note="the load the authority verified (39号 三(六)32)",
    ),
    Field("production_days", ("年生产天数",), "number", note="turns t/a into kg/d; absent: 365 and a warning"),
    Field("eia_daily", ("环评日产能",), "number", note="in the unit of capacity per day, or in that of the header"),
    Field("permit_daily", ("许可日产能",), "number", note="in the unit of capacity per day, or in that of the header"),
    Field(
        "actual_daily", ("上年日均产量",), "number", note="in the unit of capacity per day, or in that of the header"
    ),
    Field("feed_daily", ("日投料量(吨)", "日投料量"), "number", "t"),
    Field("contact", ("联系人",), "text", private=True),
    Field("phone", ("电话", "联系电话", "联系方式"), "text", private=True),
    Field("address", ("地址", "详细地址"), "text", private=True),
    Field("lon", ("经度",), "number", "°", private=True),
    Field("lat", ("纬度",), "number", "°", private=True),
    Field("meter_no", ("用电户号",), "text", private=True, note="joined by ;"),
    Field("cems_no", ("CEMS点位",), "text", note="joined by ;"),
    Field("gate_no", ("门禁编号",), "text", note="joined by ;"),
    Field(
        "demand_daily",
        ("核定保障负荷",),
        "number",
        note="verified load for 以热定产 / 以量定产, in the daily unit of capacity",
    ),
    Field("interruptible", ("可中断",), "bool"),
    Field(
        "so2_kg_d",
        ("SO2排放量", "二氧化硫排放量"),
        "number",
        "kg/d",
        required=True,
        note="at normal load; 吨/年 accepted when the header says so",
    ),
    Field("nox_kg_d", ("NOx排放量", "氮氧化物排放量"), "number", "kg/d", required=True),
    Field("pm_kg_d", ("颗粒物排放量",), "number", "kg/d", required=True),
    Field("vocs_kg_d", ("VOCs排放量", "挥发性有机物排放量"), "number", "kg/d", required=True),
    Field("plan_yellow", ("黄色预警减排措施", "黄色减排措施"), "text", note="the plant's own filed measure"),
    Field("plan_orange", ("橙色预警减排措施", "橙色减排措施"), "text"),
    Field("plan_red", ("红色预警减排措施", "红色减排措施"), "text"),
    Field(
        "plan_yellow_share",
        ("黄色减排比例(%)", "黄色减排比例", "黄色预警减排比例(%)", "黄色预警减排比例"),
        "number",
        "%",
        note="its share of the line's emission, 0 to 100 in the list; held as 0 to 1",
    ),
    Field(
        "plan_orange_share",
        ("橙色减排比例(%)", "橙色减排比例", "橙色预警减排比例(%)", "橙色预警减排比例"),
        "number",
        "%",
    ),
    Field(
        "plan_red_share", ("红色减排比例(%)", "红色减排比例", "红色预警减排比例(%)", "红色预警减排比例"), "number", "%"
    ),
    # -- derived: never a column of a list
    Field(
        "effective_grade",
        ("执行等级",),
        "code",
        values=GRADES,
        source="grade",
        note="the grade after the classification rules of the day",
    ),
    Field("sector", ("行业大类",), "open", open_list="sectors", source="industry"),
    Field("ultra_low_standard", ("行业有超低排放标准",), "bool", source="industry"),
    Field("key_industry", ("重点行业",), "bool", source="industry", note="one of the industries of the guide"),
    Field(
        "enterprise_worst_grade",
        ("企业最低等级",),
        "code",
        values=GRADES,
        source="grade",
        note="the worst grade of the enterprise's lines; one off the ladders counts only where none stands on one",
        belongs_to="enterprise",
    ),
    Field(
        "enterprise_named",
        ("指名企业",),
        "names",
        blank_is_none=True,
        source="enterprise",
        note="by credit code or register name; width, brackets, spaces and case of letters do not count",
        belongs_to="enterprise",
    ),
    Field(
        "open_decision",
        ("未解除的处罚决定",),
        "names",
        source="decision_no",
        note="kind:ground of each decision that binds on the day, such as 停产整治:超标排放",
    ),
    Field("enterprise_lines", ("企业生产线数",), "integer", source="line_id", belongs_to="enterprise"),
)

FIELDS: Final[dict[str, Field]] = {field.name: field for field in _FIELDS}
LIST_FIELDS: Final = tuple(field for field in _FIELDS if not field.derived)
REQUIRED_FIELDS: Final = tuple(field.name for field in _FIELDS if field.required)
#: Yes-or-no fields of the enterprise: what a penalty may need.
ENTERPRISE_FLAGS: Final = tuple(f.name for f in _FIELDS if f.type == "bool" and f.belongs_to == "enterprise")
#: Columns that say yes to two fields at once (list-columns contract).
COMBINED_HEADERS: Final = {"持证排污": ("permit_held", "permit_kept")}

PLAN_FIELDS: Final = {level: f"plan_{level}" for level in ("yellow", "orange", "red")}
PLAN_SHARE_FIELDS: Final = {level: f"plan_{level}_share" for level in ("yellow", "orange", "red")}
EMISSION_FIELDS: Final = {pollutant: f"{pollutant}_kg_d" for pollutant in POLLUTANTS}

#: Columns of orders.csv (contract), with the header people read.
ORDER_COLUMNS: Final = {
    "order_id": "指令编号",
    "city": "城市",
    "county": "区县",
    "enterprise_id": "统一社会信用代码",
    "enterprise": "企业名称",
    "line_id": "生产线编号",
    "line": "生产线",
    "industry": "行业",
    "process": "工序",
    "grade": "绩效等级",
    "effective_grade": "执行等级",
    "level": "预警级别",
    "starts": "开始时间",
    "ends": "结束时间",
    "phase": "阶段",
    "measure": "措施代码",
    "share": "减排比例",
    "measure_text": "减排措施",
    "so2_kg_d": "SO2减排量(千克/日)",
    "nox_kg_d": "NOx减排量(千克/日)",
    "pm_kg_d": "颗粒物减排量(千克/日)",
    "vocs_kg_d": "VOCs减排量(千克/日)",
    "transport": "运输管控",
    "rules": "依据规则",
    "set_aside": "未采用规则",
    "basis": "法律依据",
    "standing": "文本性质",
    "status": "状态",
    "hangs_on": "待核实事项",
    "remark": "备注",
    "flags": "标记",
}

#: Columns of warnings.csv (contract).
WARNING_COLUMNS: Final = {
    "warning_id": "预警编号",
    "city": "城市",
    "counties": "区县",
    "action": "动作",
    "level": "级别",
    "starts": "开始时间",
    "ends": "结束时间",
    "issued": "发布时间",
    "primary": "首要污染物",
    "grading": "分级规则",
    "basis": "依据",
    "reason": "理由",
}

#: Columns of the city totals (全社会排放量), headers by which a list names them.
TOTAL_COLUMNS: Final = {
    "city": ("城市", "地市", "市"),
    "sector": ("部门", "源类", "排放源"),
    "so2_kg_d": ("SO2排放量", "二氧化硫排放量"),
    "nox_kg_d": ("NOx排放量", "氮氧化物排放量"),
    "pm_kg_d": ("颗粒物排放量",),
    "vocs_kg_d": ("VOCs排放量", "挥发性有机物排放量"),
    "reduced_so2_kg_d": ("SO2减排量",),
    "reduced_nox_kg_d": ("NOx减排量",),
    "reduced_pm_kg_d": ("颗粒物减排量",),
    "reduced_vocs_kg_d": ("VOCs减排量",),
    "inventory_year": ("清单年份", "清单年"),
}
TOTAL_SECTORS: Final = ("工业", "移动源", "扬尘", "其他")


#: Said of an industry that the list names and the vocabulary does not.
NOT_ON_FILE = "不在行业词表内，行业大类未知"


#: Text fields with few distinct values, held as categories like the code and open fields.
CATEGORY_TEXT: Final = ("county", "township", "local_class", "decisions", "capacity_unit", "unit_size_unit")


def held_as(field: Field) -> str:
    """The dtype of a field in ``EnterpriseList.lines``."""
    if field.type == "bool":
        return "boolean"
    if field.type in ("number", "integer"):
        return "float64"
    return "category" if field.type != "text" or field.name in CATEGORY_TEXT else "str"
