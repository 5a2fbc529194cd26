"""What kinds, layers, steps and subjects of rules are called in Chinese."""

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
    "concurrence": "同一违法行为",
}

LAYER_TEXT: Final = {
    "livelihood": "民生保障",
    "sanction": "处罚",
    "exemption": "豁免",
    "verified": "核定",
    "measure": "一般措施",
}

#: The steps of a warning's procedure that the papers of an evening name, in their order.
EVENING_STEP_TEXT: Final = {
    "forecast": "预报",
    "consult": "会商",
    "propose": "提出",
    "review": "审核",
    "approve": "签发",
    "seal": "用印",
    "issue": "发布",
    "publish": "告知公众",
    "notify": "通报",
    "start": "启动",
    "supervise": "监督检查",
    "report": "报告",
    "raise": "调整",
    "lower": "降级",
    "extend": "延长",
    "lift": "解除",
}
#: All steps.
STEP_TEXT: Final = EVENING_STEP_TEXT | {
    "stop_in_place": "措施到位",
    "evaluate": "评估",
    "archive": "归档",
    "plan": "预案",
    "revise_list": "修订清单",
    "advise_early": "提前告知",
    "seek_remedy": "救济",
}
#: Steps that are about something other than a warning and have a name of their own.
STEP_ABOUT_TEXT: Final = {("issue", "order"): "签发减排指令", ("notify", "order"): "指令送达"}
#: Groups of measures outside production.
GROUP_TEXT: Final = {"health": "健康防护", "advisory": "倡议性", "mandatory": "强制性"}
#: Whom or what a measure outside production is about.
SUBJECT_TEXT: Final = {
    "public": "公众",
    "schools": "学校",
    "events": "大型活动",
    "work": "户外作业",
    "transit": "公共交通",
    "vehicles": "机动车",
    "machinery": "非道路移动机械",
    "slag_trucks": "渣土车",
    "sites": "工地",
    "mines": "矿山",
    "roads": "道路保洁",
    "burning": "露天焚烧、燃放",
    "projects": "土石方等施工",
}
