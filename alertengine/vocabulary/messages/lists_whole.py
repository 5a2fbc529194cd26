"""Kinds of defects of filed measures, of permits and of a list as a whole."""

from __future__ import annotations

from typing import Final

from alertengine.vocabulary.messages.message import Message, error, finding, note

OF_WHOLE: Final[dict[str, Message]] = {
    # -- plans
    "plan_unread": note(
        "filed measure not read, kept as text",
        "未能从文字中确定减排比例，按原文保留",
        "stop, limit N %, stop N % by line …",
        "停产、限产N%、停产N%（以生产线计）等，或填写减排比例",
        title="措施未能读出",
        stake="kilograms",
    ),
    "plan_share": note(
        "stated share differs from the filed measure; the stated one holds",
        "填写的比例{value}与措施文字（{expected}）不符，以填写的为准",
        "{expected} by the text",
        "{expected}",
        title="比例与措施不符",
        stake="kilograms",
    ),
    "daily_figure_plain": finding(
        "no daily figure in {unit} beside such a capacity: read in {plain} ({count} lines)",
        "以产能单位{unit}计与产能不符，按{plain}/日计（{count}条生产线），请核实",
        "the unit of the capacity, per day, or a unit in the header",
        "与产能同一单位（每日），或在列名中写明单位",
        title="日产量单位与产能不同",
        stake="kilograms",
    ),
    "daily_figure_unit": finding(
        "a daily figure that cannot be beside such a capacity in {unit}: counts as unknown ({count} lines)",
        "日产量与产能（{unit}）不相符，按未知处理（{count}条生产线）",
        "the unit of the capacity, per day, or a unit in the header",
        "与产能同一单位（每日），或在列名中写明单位",
        title="日产量与产能不符",
        stake="kilograms",
    ),
    "share_fraction": finding(
        "a share of at most 1 without its sign, per cent or fraction: counts as unknown ({count} lines)",
        "不超过1又无百分号，可能是百分数，也可能是小数，按未知处理（{count}条生产线）",
        "50 or 50% where half is meant, 0.5% where half a per cent is",
        "一半写50或50%，千分之五写0.5%",
        title="比例疑似小数",
        stake="kilograms",
    ),
    "a_grade_stop": finding(
        "the plan stops a line of grade {grade}",
        "{grade}级企业自主减排，备案措施却为停产限产：{value}",
        "a self-directed measure",
        "自主减排措施",
        title="自主减排企业被停限产",
        stake="order",
    ),
    "plan_below_rule": finding(
        "the filed measure asks less than the rules",
        "备案措施轻于规定：{value}",
        "{measure} ({rules})",
        "{measure}（{rules}）",
        title="措施轻于规定",
        stake="order",
    ),
    "plan_order": finding(
        "weaker than the measure at {lower}",
        "轻于{lower:level}预警的措施（{expected}）",
        "at least {expected}",
        "不轻于{expected}",
        title="高级别措施更轻",
        stake="order",
    ),
    # -- the whole list
    "totals": error(
        "unknown sector, row left out",
        "部门不能识别，该行未计入：{value}",
        "{sectors:space}",
        "{sectors}",
        title="全社会排放表有误",
        stake="ratio",
    ),
    "totals_missing": note(
        "no city totals: the ratio was not checked",
        "没有{value}的全社会排放量，无法核对减排比例",
        "a table of city totals",
        "补充全社会排放量表",
        title="缺全社会排放量",
        stake="ratio",
    ),
    "listed_above_totals": finding(
        "the listed lines emit more {pollutant} than the industry of {city}: {value} kg/d",
        "{city}清单企业{pollutant}排放量合计{value}千克/日，超出全市工业排放量",
        "at most {expected} kg/d",
        "不超过{expected}千克/日",
        title="清单排放量超出总量",
        stake="ratio",
    ),
    "ratio_missed": finding(
        "{city} {level}: {pollutant} reaches {value}, not the required ratio",
        "{city}{level:level}预警{pollutant}减排{value}，未达到要求",
        "{expected} ({basis})",
        "{expected}（{basis}）",
        title="减排比例未达到",
        stake="ratio",
    ),
    "ratio_open": note(
        "{city} {level}: {pollutant} reaches at least {value}, some shares are unknown",
        "{city}{level:level}预警{pollutant}至少减排{value}，部分措施比例未知",
        "{expected} ({basis})",
        "{expected}（{basis}）",
        title="减排比例无法判定",
        stake="ratio",
    ),
    # -- permits
    "permit_not_listed": finding(
        "an air-emitting permit holder is not on the list",
        "涉气持证企业“{value}”未列入清单",
        "every such enterprise listed",
        "列入清单",
        title="持证企业未列入清单",
        stake="order",
    ),
    "listed_without_permit": finding(
        "on the list, but not in the permit file",
        "清单企业“{value}”不在排污许可名录中",
        "a permit",
        "核实排污许可证",
        title="清单企业无排污许可",
        stake="order",
    ),
    "permit_differs": finding(
        "the permit file says otherwise",
        "与排污许可信息不一致：{value}",
        "{expected}",
        "{expected}",
        title="与排污许可不符",
        stake="recipient",
    ),
}
