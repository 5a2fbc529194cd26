"""What kinds and layers of rules are called in Chinese."""

from __future__ import annotations

from typing import Final

KIND_TEXT: Final = {
    "measure": "预警措施",
    "season": "错峰",
    "classification": "等级认定",
    "transport": "运输",
    "ratio": "减排比例",
    "linkage": "区域联动",
    "grading": "预警分级",
    "aqi": "空气质量指数",
    "dust": "扬尘",
    "target": "目标",
    "evidence": "证据",
    "penalty": "处罚建议",
    "procedure": "程序",
    "response": "响应措施",
    "continuation": "沿用",
    "verification": "核对原文",
    "transition": "新旧法适用",
}

LAYER_TEXT: Final = {
    "livelihood": "民生保障",
    "sanction": "处罚",
    "exemption": "豁免",
    "verified": "核定",
    "measure": "一般措施",
}
