"""What evidence looks like, what a finding says: the contracts of both, from which the README's tables are made."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.files import SHEET, Protocol, row_of_sheet, with_sheets
from alertengine.rulebook import FileEvidence
from alertengine.vocabulary import POLLUTANTS, Field, Problem

KIND_TEXT: Final[dict[str, str]] = {
    "electricity": "用电量",
    "cems": "在线监测",
    "gate": "门禁",
    "site_pm10": "工地扬尘监测",
    "inspection": "现场检查",
    "ledger": "企业台账",
}


class Verdict(StrEnum):
    """What the evidence says of a day; the earlier is the graver."""

    BREACHED = "breached"
    DOUBTFUL = "doubtful"
    COMPLIED = "complied"
    NO_EVIDENCE = "no_evidence"


_CITY: Final = ("城市", "地市", "设区市")
_WHO: Final = (
    Field("city", _CITY, "text", note="needed where plants of several cities have the code or name"),
    Field("enterprise_id", ("统一社会信用代码", "信用代码", "企业代码"), "text"),
    Field("enterprise", ("企业名称", "单位名称", "污染源名称", "用户名称", "户名", "公司", "企业", "排污单位"), "text"),
)
_TIME: Final = ("时间", "监测时间", "数据时间", "日期", "数据日期", "采集时间", "小时", "时间点", "监控时间")
_POLLUTANT_HEADERS: Final = {
    "so2": ("SO2", "二氧化硫"),
    "nox": ("NOx", "氮氧化物"),
    "pm": ("颗粒物", "烟尘"),
    "vocs": ("VOCs", "非甲烷总烃"),
}


#: Headers of a concentration where its unit stands beside it: SO2(mg/m³).
BARE_HEADERS: Final = {word: f"{name}_mg_m3" for name, words in _POLLUTANT_HEADERS.items() for word in words}


def _stack(suffix: str, texts: tuple[str, ...], note: str) -> tuple[Field, ...]:
    """One column a pollutant: ``so2_mg_m3`` with the headers SO2浓度, SO2实测浓度 and so on."""
    return tuple(
        Field(
            f"{name}{suffix}",
            tuple(word + text for text in texts for word in _POLLUTANT_HEADERS[name]),
            "number",
            "mg/m³",
            note=note if name == "so2" else "",
        )
        for name in POLLUTANTS
    )


#: Columns of each kind of evidence.  ``required`` ones must be there; of ``ONE_OF`` at least one of each group.
COLUMNS: Final[dict[FileEvidence, tuple[Field, ...]]] = {
    "electricity": (
        *_WHO,
        Field(
            "meter_no",
            ("用电户号", "户号", "用户编号", "电表编号", "表号", "计量点编号"),
            "text",
            note="as in the list",
        ),
        Field("time", _TIME, "text", required=True, note="a day, or the hour a reading begins; one kind a file"),
        Field(
            "kwh",
            ("用电量", "电量", "日用电量", "小时用电量", "当日用电量", "总用电量", "日电量", "有功电量"),
            "number",
            "kWh",
            note="used since the time before",
        ),
        Field(
            "kw",
            ("功率", "有功功率", "平均功率", "总有功功率", "瞬时有功", "用电负荷", "有功负荷"),
            "number",
            "kW",
            note="mean power from a stamp to the next, at most an hour; read where neither of the others is there",
        ),
        Field(
            "register",
            ("表示数", "示数", "正向有功总示数", "正向有功总电能示值", "正向有功总", "表底"),
            "number",
            "kWh",
            note="a counter at that time",
        ),
        Field("multiplier", ("倍率", "综合倍率"), "number", note="of the register; blank: 1"),
    ),
    "cems": (
        *_WHO,
        Field("cems_no", ("CEMS点位", "排口编号", "排放口编号", "监测点位", "排口名称"), "text", note="as in the list"),
        Field("time", _TIME, "text", required=True, note="the hour a mean begins"),
        *_stack("_mg_m3", ("浓度", "实测浓度", "浓度(实测)", "实测", "实测值"), "hourly mean as measured, dry"),
        *_stack("_converted", ("折算浓度", "折算", "浓度(折算)", "折算值"), "at the reference oxygen of its standard"),
        *_stack("_limit", ("标准限值", "限值", "排放限值", "标准值"), "the limit of its permit or standard"),
        Field("flow_m3_h", ("烟气流量", "标干流量", "流量", "废气流量"), "number", "m³/h"),
        Field("o2_pct", ("含氧量", "氧含量", "O2含量"), "number", "%"),
        Field("mark", ("数据标记", "标记", "有效性", "数据状态", "运行状态"), "text", note="see the marks below"),
    ),
    "gate": (
        *_WHO,
        Field("gate_no", ("门禁编号", "道闸编号", "出入口"), "text", note="as in the list"),
        Field("plate", ("车牌号", "车牌号码", "号牌"), "text", required=True, private=True),
        Field("stage", ("排放阶段", "排放标准", "国标阶段"), "text", note="国四, 国Ⅳ or 4; blank: unknown"),
        Field("fuel", ("燃料类型", "燃料种类", "燃料"), "text"),
        Field("vehicle_class", ("车型", "车辆类型", "车辆类别"), "text"),
        Field("time", ("进厂时间", "进门时间", "入场时间", "进入时间"), "text", required=True),
        Field("time_out", ("出厂时间", "出门时间", "离场时间", "离开时间"), "text"),
    ),
    "site_pm10": (
        Field("city", _CITY, "text", required=True),
        Field("county", ("区县", "县区"), "text"),
        Field("site", ("工地名称", "项目名称", "站点名称", "点位名称"), "text", required=True),
        Field("time", _TIME, "text", required=True, note="the hour a mean begins"),
        Field("pm10_ug_m3", ("PM10", "PM10浓度", "可吸入颗粒物"), "number", "µg/m³"),
        Field("pm25_ug_m3", ("PM2.5", "PM2.5浓度", "细颗粒物"), "number", "µg/m³"),
        Field("working", ("作业状态", "施工状态", "是否作业"), "text", note="作业 or 停工, from the site's own system"),
    ),
    "inspection": (
        *_WHO,
        Field("line_id", ("生产线编号",), "text", note="blank: the whole enterprise"),
        Field("time", ("检查时间", "检查日期", *_TIME), "text", required=True),
        Field("result", ("检查结果", "检查结论", "落实情况"), "text", required=True, note="see the words below"),
        Field(
            "breach",
            ("违法行为", "查实违法行为", "违法类型", "案由"),
            "text",
            note="what else was established, in the words below, joined by ;",
        ),
        Field("record_no", ("笔录编号", "检查记录编号", "文书编号"), "text", note="without it a note only refers"),
        Field("note", ("检查情况", "情况说明", "检查记录", "备注"), "text"),
        Field("inspector", ("检查人", "检查人员", "执法人员"), "text", private=True),
    ),
    "ledger": (
        *_WHO,
        Field("line_id", ("生产线编号",), "text", required=True),
        Field("time", _TIME, "text", required=True, note="a day"),
        Field("running_hours", ("运行小时数", "生产小时数", "运行时间"), "number", "h"),
        Field("output", ("日产量", "产量"), "number", note="in the daily unit of the line's capacity"),
    ),
}
#: Of each group one column is needed; the last group of each kind tells it from the others.
ONE_OF: Final[dict[FileEvidence, tuple[tuple[str, ...], ...]]] = {
    "electricity": (("enterprise_id", "enterprise", "meter_no"), ("kwh", "register", "kw")),
    "cems": (
        ("enterprise_id", "enterprise", "cems_no"),
        (*(f"{name}_mg_m3" for name in POLLUTANTS), *(f"{name}_converted" for name in POLLUTANTS), "flow_m3_h"),
    ),
    "gate": (("enterprise_id", "enterprise", "gate_no"), ("plate",)),
    "site_pm10": (("site",), ("pm10_ug_m3", "pm25_ug_m3")),
    "inspection": (("enterprise_id", "enterprise"), ("result",)),
    "ledger": (("enterprise_id", "enterprise"), ("running_hours", "output")),
}
#: Units a header may give in brackets, as factors to the unit of the column; any other is refused.
UNITS: Final[dict[str, dict[str, float]]] = {
    "kWh": {"kwh": 1, "千瓦时": 1, "度": 1, "mwh": 1e3, "兆瓦时": 1e3, "万千瓦时": 1e4, "万kwh": 1e4, "万度": 1e4},
    "kW": {"kw": 1, "千瓦": 1, "mw": 1e3, "兆瓦": 1e3, "万千瓦": 1e4, "w": 1e-3, "瓦": 1e-3},
    "mg/m³": {"mg/m3": 1, "毫克/立方米": 1, "mg/nm3": 1, "毫克/标立方米": 1},
    "µg/m³": {"μg/m3": 1, "ug/m3": 1, "µg/m3": 1, "微克/立方米": 1, "mg/m3": 1e3, "毫克/立方米": 1e3},
    "m³/h": {"m3/h": 1, "nm3/h": 1, "立方米/小时": 1, "立方米/时": 1, "万m3/h": 1e4, "万立方米/小时": 1e4},
    "%": {"%": 1, "百分比": 1},
    "h": {"h": 1, "小时": 1, "时": 1},
}
TIMES: Final = ("time", "time_out")

#: What a mark of an hour says (the letters of HJ 212 and words of platforms): marked valid, usable, not to be used.
MARKS: Final[dict[str, tuple[str, ...]]] = {
    "valid": ("有效", "有效数据"),
    "usable": ("", "正常", "N", "超标"),
    "unusable": (
        "F", "M", "S", "D", "C", "T", "B", "无效", "停运", "维护", "手工", "故障", "校准", "通讯异常", "超量程",
        "停炉", "停产", "启炉", "烘炉", "启停炉", "质控", "校零校标", "缺失",
    ),
}  # fmt: skip
#: What an inspector may write as the result, and what it says.
RESULTS: Final[dict[str, tuple[str, ...]]] = {
    "complied": (
        "落实", "已落实", "落实到位", "符合", "符合要求", "已停产", "停产", "停产到位", "已限产", "限产到位",
        "未发现问题", "未发现违法行为", "合格",
    ),
    "breached": (
        "未落实", "不落实", "未按要求落实", "不符合", "未停产", "未按要求停产", "未限产", "未按要求限产", "擅自生产",
        "违反",
    ),
    "partly": ("部分落实", "未完全落实", "基本落实"),
    "refused": ("拒绝检查", "拒检", "阻挠检查"),
    "unclear": ("待核实", "无法判断", "其他"),
}  # fmt: skip
WORKING: Final = {"作业": True, "作业中": True, "施工": True, "是": True, "停工": False, "停止作业": False, "否": False}

#: Columns of findings.csv (contract): English name, Chinese name, what stands there.
FINDING_COLUMNS: Final[dict[str, tuple[str, str]]] = {
    "city": ("城市", "as in the order; of a site as in the evidence"),
    "county": ("区县", ""),
    "enterprise_id": ("统一社会信用代码", "blank for a site"),
    "enterprise": ("企业名称", "the site's name for site_pm10"),
    "line_id": ("生产线编号", "blank: the whole enterprise, or a site"),
    "line": ("生产线", ""),
    "day": ("日期", "YYYY-MM-DD"),
    "level": ("预警级别", "code of the order; blank for a site"),
    "order_id": ("指令编号", "the order judged; the last to begin where several hold on the day"),
    "measure_text": ("减排措施", "as ordered"),
    "share": ("减排比例", "0 to 1, ordered for the line; blank where not computable"),
    "ordered_hours": ("应执行小时", "of the day"),
    "subject": ("对象", "production, emission, transport, dust"),
    "evidence": ("证据", "kind; blank where there is none at all"),
    "finding": ("结论", "complied, doubtful, breached, no_evidence"),
    "rank": ("位阶", "疑似 or 违反; blank otherwise"),
    "proposal_rank": ("建议位阶", "建议另案处理 or 移送线索 where a penalty rule on file answers a 违反"),
    "conclusion": ("当日合议", "of all evidence on this line and day: what may ground a finding prevails"),
    "observed": ("实测", "number in unit"),
    "expected_at_most": ("应不超过", "number in unit, noise not yet granted"),
    "tolerance": ("容许波动", "number in unit, granted on top"),
    "unit": ("单位", ""),
    "baseline": ("基线", "number in unit for the same hours"),
    "baseline_days": ("基线天数", "days the median is of"),
    "baseline_span": ("基线区间", "first..last day looked at"),
    "observed_fall": ("实测降幅", "share of the baseline"),
    "expected_fall": ("应有降幅", "share of the baseline"),
    "shared_by": ("同计量生产线数", "lines that are judged together"),
    "evidence_rules": ("证据规则", "ids joined by ;"),
    "penalty_rules": ("处罚规则", "ids joined by ;"),
    "basis": ("依据", "citations joined by ；"),
    "standing": ("文本性质", "the weakest of the rules it rests on"),
    "consequence": ("处理建议", "a proposal to a person, never a decision"),
    "finding_text": ("认定说明", "numbers, baseline, method and limits in words"),
    "source": ("来源", "evidence file and, where few, its rows"),
}


@dataclass(slots=True)
class Evidence:
    """One file of evidence, read.

    ``table`` has every column of ``COLUMNS[kind]``: times ``datetime64``, numbers ``float64`` in the column's
    unit, texts ``str`` with NaN unknown; ``rows`` the row number of each reading; ``hourly`` whether any
    reading is of an hour.
    """

    kind: FileEvidence
    file: str
    table: pd.DataFrame
    rows: npt.NDArray[np.int64]
    hourly: bool = False
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    protocol: Protocol | None = None
    #: The sheets that row numbers count from, of a workbook with several.
    sheets: tuple[str, ...] = ()
    #: Of several files read as one: the file of each of ``sheets``.
    files: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The file's own name, as findings cite it; of several files their names."""
        return "、".join(dict.fromkeys(one.rsplit("/", 1)[-1] for one in self.files or (self.file,)))

    def placed(self, problems: list[Problem]) -> list[Problem]:
        """Problems of readings, each with the file and sheet that its row is of."""
        told = with_sheets(problems, self.sheets)
        if not self.files:
            return told
        return [
            one if one.row is None or raw.row is None else one.at(file=self.files[raw.row // SHEET], sheet="")
            for one, raw in zip(told, problems, strict=True)
        ]

    def row(self, at: int) -> str:
        """The row of a reading in its file, as findings cite it."""
        return row_of_sheet(int(self.rows[at]), self.sheets)
