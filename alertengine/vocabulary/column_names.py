"""Columns of tables other than the list's, as an official reads them in a message."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from alertengine.vocabulary.codes import ACTION_TEXT, AMBIENT_TEXT, LEVEL_TEXT, STANDING_TEXT, STATUS_TEXT, VERDICT_TEXT
from alertengine.vocabulary.fields import FIELDS, ORDER_COLUMNS, WARNING_COLUMNS
from alertengine.vocabulary.rule_words import KIND_TEXT

#: Columns of tables that commands print beside those of orders.
_PRINTED: Final = {
    "act": "记录", "acts": "记录", "title": "事项", "recorded_at": "记录时间", "issued_at": "发布时间",
    "signed_at": "签名时间", "approved_by": "批准人", "corrects": "更正", "corrected_by": "被更正", "hash": "摘要",
    "sha256": "文件摘要", "orders": "指令数", "warnings": "预警数", "decisions": "决定数", "receipts": "回执数",
    "known": "已有", "erased": "已擦除", "findings": "结论", "kind": "类别", "message": "说明", "table": "表",
    "rows": "行数", "column": "栏目", "value": "内容", "file": "文件", "kept": "保存", "given": "已提交",
    "step": "环节", "actor": "责任单位", "reason": "理由", "verdict": "采纳情况", "finding": "结论",
    "finding_text": "说明", "evidence": "证据", "day": "日期", "state": "状态", "number": "编号", "ground": "依据",
    "first": "首日", "last": "末日", "lifted": "解除日期", "severity": "程度", "count": "数量", "first_row": "首见行",
    "article": "条款", "cells": "格数", "decided": "有规则",
    "example": "例", "change": "变化", "changed": "变化数", "lines": "生产线数", **VERDICT_TEXT,
    "text": "说明", "rule": "规则", "outcome": "结果", "says": "要求", "misses": "不符之处", "why": "原因",
    "by": "由谁", "document": "文件",
    "id": "编号", "field": "栏目", "what": "内容", "old": "原为", "new": "现为", "difference": "差别",
    "because": "原因", "pollutant": "污染物", "old_kg_d": "原减排量(千克/日)", "new_kg_d": "现减排量(千克/日)",
    "ordered_old": "原下达", "ordered_new": "现下达", "undetermined_old": "原待定", "undetermined_new": "现待定",
    "other_basis": "依据改变", "source": "文本性质", "grading": "分级规则", "sectors": "行业",
    "days": "天数", "season": "季节", "responses": "响应次数", "plant_stopped": "全厂停产(小时)",
    "line_stopped": "生产线停产(小时)", "line_limited": "生产线限产(小时)", "open_lines": "未定结束的生产线",
    "case": "案例", "differences": "不同之处", "from": "原为", "to": "现为", "filled": "已填", "check": "待核对",
    "open": "待定", "missing": "缺项", "line": "生产线", "format": "格式", "drafted_by": "拟稿人",
    "reviewed_by": "审核人", "previous": "上一条摘要", "options": "选项", "zone": "时区", "versions": "程序版本",
    "rulebook": "规则库摘要", "list": "清单", "problems": "问题数", "told": "提示", "doubts": "疑问",
    "readings": "读入记录", "despite": "仍予发布的理由",
}  # fmt: skip
#: Codes in the columns that commands print, by column.
PRINTED_CODES: Final[Mapping[str, Mapping[str, str]]] = {
    "level": LEVEL_TEXT, "status": STATUS_TEXT, "standing": STANDING_TEXT, "source": STANDING_TEXT,
    "action": ACTION_TEXT, "kind": KIND_TEXT, "finding": VERDICT_TEXT,
}  # fmt: skip
#: Columns of forecasts, observations and warnings by their Chinese names.
COLUMN_TEXT: Final = {
    "issue_time": "发布时间",
    "issuer": "发布单位",
    "target_date": "预报日期",
    "hour": "时次",
    "aqi": "AQI",
    "aqi_low": "AQI下限",
    "aqi_high": "AQI上限",
    "aqi_low, aqi_high / level_low, level_high": "AQI或等级的上下限",
    "level_low": "等级下限",
    "level_high": "等级上限",
    **AMBIENT_TEXT,
    "o3_8h": "O3日最大8小时",
    "o3_1h": "O3日最大1小时",
    "dust": "沙尘",
    "remark": "备注",
    "station": "站点",
    "indicator": "指标",
    "amount": "数值",
    **WARNING_COLUMNS,
    "cities": "城市",
    "season": "起止日期",
    "event": "事项",
    "time": "时间",
    "channel": "送达方式",
    "person": "签收人",
    "officer": "经办人",
    "until": "截止时间",
    "submitted_on": "报送日期",
    "enterprises": "企业数",
    "received_on": "收到日期",
    "content": "异议内容",
    "outcome": "处理结果",
    "answered_by": "答复人",
    "answered_on": "答复日期",
    "--drafted-by": "拟稿人",
    "--reviewed-by": "审核人",
    "--approved-by": "批准人",
    "office": "备案机关",
    "date": "日期",
    "mark": "数据标记",
    "plate": "车牌号",
    "result": "检查结果",
    "breach": "违法行为",
    "filed_on": "备案日期",
    **{name: ORDER_COLUMNS[name] for name in ("measure", "share")},
    "by": "决定人",
    "at": "决定时间",
}
#: Keys of rule documents as the workbook heads them.
_KEY_TEXT: Final = {
    "document": "文件编号", "title": "标题", "number": "文号", "issuer": "发文机关", "issued": "发文日期",
    "area": "地区", "valid": "有效期", "valid.from": "生效", "valid.to": "失效", "concerns": "所及期间",
    "source": "文本性质", "only_where_adopted": "须经采用方适用", "emergency_plan": "重污染天气应急预案",
    "episode": "只为一次污染过程", "replaces": "替代", "entered": "录入人", "entered.by": "录入人",
    "entered.on": "录入日期", "entered.pages": "页码", "entered.checked_by": "核对人",
    "entered.checked_on": "核对日期", "url": "网址", "note": "备注", "id": "编号", "article": "条款", "kind": "类别",
    "like": "沿用", "when": "条件", "need": "另需", "then": "措施", "measures": "措施", "layer": "层级",
    "regime": "体系", "regimes": "体系", "level": "级别", "levels": "级别", "during": "期间",
    "about": "说的是企业还是生产线", "interpretation": "解释", "members": "成员", "actor": "责任单位",
    "by": "谁决定、谁核对", "edition": "版本", "page": "页码", "within_hours": "几小时内", "after": "从哪一环节起算",
    "step": "环节", "group": "类别", "text": "内容", "trigger": "联动条件", "missing": "缺项", "clauses": "条款",
    "rules": "规则", "tables": "决策表", "defaults": "通用", "match": "表头", "rows": "各行",
}  # fmt: skip
_OF_DOCUMENT: Final = re.compile(
    r"(?:(?P<head>head)|(?P<kind>rule|table) (?P<id>\S+)|(?P<grid>\S+?)(?P<all> all_levels)? row (?P<row>\d+))"
    r"(?: (?P<key>\S+))?(?P<rest>.*)"
)


def printed_column(name: str) -> str:
    """The head of a column that a command prints, in Chinese.

    >>> printed_column("recorded_at"), printed_column("share"), printed_column("城市")
    ('记录时间', '减排比例', '城市')
    """
    return _PRINTED.get(name) or ORDER_COLUMNS.get(name) or COLUMN_TEXT.get(name, name)


def column_text(column: str) -> str:
    """A column, or a key of a rule document with where it stands (head area, rule r1 when), as an official reads it.

    >>> column_text("head area"), column_text("rule r1 when.industry"), column_text("dust")
    ('地区', '规则r1的条件（行业）', '沙尘')
    """
    found = _OF_DOCUMENT.fullmatch(column)
    if found is None:
        return COLUMN_TEXT.get(column, column)
    key = found["key"] or ""
    first, last = key.partition(".")[0], key.rpartition(".")[2]
    said = _KEY_TEXT.get(key) or _KEY_TEXT.get(first) or key
    if first in ("when", "need") and last in FIELDS:
        said += f"（{FIELDS[last].text}）"
    if found["head"]:
        return said or "文件"
    if found["grid"]:
        owner = f"决策表{found['grid']}{'各级别' if found['all'] else ''}第{found['row']}行"
    else:
        owner = f"{'规则' if found['kind'] == 'rule' else '决策表'}{found['id']}"
    return f"{owner}的{said}" if said else owner
