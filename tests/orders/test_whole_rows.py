"""Whole order rows of every ground, use of a filed measure and doubt, worked out by hand on a small law."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd
import pytest

from alertengine.rulebook import Rulebook
from tests.conftest import BookMaker, Decider

#: What a line has that does not say otherwise.
LINE: Final = {"green_factory": False, "grade": "B", "catalogue": "鼓励类", "process": "熔炼"}
RULES: Final = [
    {"id": "half", "when": {"process": "熔炼"}, "then": {"limit": 0.5}},
    {"id": "coking", "when": {"process": "焦炉"}, "then": {"coking_time": 36}},
    {"id": "based", "when": {"process": "熟料"}, "then": {"limit": 0.2, "base": "least_of_three"}},
    {"id": "fifth", "when": {"process": "转炉"}, "then": {"stop_share": 0.5}},
    {"id": "by_day", "when": {"process": "石灰窑"}, "then": {"limit": 1.0, "daily": "08:00-20:00"}},
    {"id": "nearly_all", "when": {"process": "电炉"}, "then": {"stop_share": 0.9, "by": "capacity"}},
    {"id": "city", "when": {"process": "烧结"}, "then": {"refer": "由市方案规定"}},
    {"id": "both", "when": {"process": "煅烧"}, "then": [{"limit": 0.3}, {"coking_time": 48}]},
    {"id": "own", "layer": "exemption", "when": {"effective_grade": "A"}, "then": "self_directed"},
    {"id": "green", "layer": "exemption", "when": {"green_factory": True}, "then": "exempt"},
    {"id": "trucks", "when": {"process": "熔炼"}, "then": {"vehicle_ban": "国四及以下"}},
    {"id": "hint", "when": {"process": "粉磨"}, "then": {"advice": "错时生产"}},
    {"id": "winter", "kind": "season", "when": {"process": "熔炼", "catalogue": "限制类"}, "then": {"limit": 0.6}},
]
LAW, TEXT = "《law方案》一", "依据文本性质：转载或报道，须核对官方文本"
#: Rows that a rule orders, that rest on the list, and that are left open; a case names what its row has instead.
RULED: Final = {
    "status": "ordered",
    "measure": "limit",
    "share": 0.5,
    "measure_text": "限产50%",
    "transport": "禁止国四及以下进出厂区",
    "rules": "half;trucks",
    "basis": "《law方案》一",
    "flags": "ground_rule",
}
OPEN: Final = {
    "status": "undetermined",
    "measure_text": "依据缺失，待人工确定",
    "hangs_on": "process",
    "remark": "预警措施依据缺失",
    "flags": "ground_undetermined;no_ground",
}
FILED: Final = {
    "status": "ordered",
    "measure": "limit",
    "share": 0.3,
    "measure_text": "清单备案措施：限产30%",
    "basis": "应急减排清单",
    "hangs_on": "process",
    "flags": "ground_filed",
}
#: Lines of one enterprise, how they are decided, and the row of the first of them: None is blank, and of what the law
#: grounds it is said besides that its text is not official.
# fmt: off
CASES: Final[Mapping[str, tuple[Sequence[Mapping[str, Any]], Mapping[str, Any], Mapping[str, Any]]]] = {
    "rule alone": ([{}], {}, RULED),
    "advice beside no measure": ([{"process": "粉磨", "plan_red": "限产30%"}], {}, FILED | {
        "rules": "hint", "basis": "《law方案》一；应急减排清单", "remark": "建议：错时生产", "hangs_on": None
    }),
    "without a ground": ([{"process": "切割"}], {}, OPEN),
    "plan alone": ([{"process": "切割", "plan_red": "限产30%"}], {}, FILED),
    "plan of a share alone": ([{"process": "切割", "plan_red_share": 0.3}], {}, FILED | {
        "measure": "filed", "measure_text": "清单备案措施：减排30%"
    }),
    "plan stricter": ([{"plan_red": "停产"}], {}, RULED | {
        "measure": "stop;limit", "share": 1.0, "measure_text": "清单备案措施：停产；限产50%",
        "basis": "《law方案》一；应急减排清单", "remark": "规定要求：限产50%，备案措施更严", "flags": "ground_filed"
    }),
    "plan within": ([{"plan_red": "限产20%"}], {}, RULED | {"remark": "备案措施：限产20%"}),
    "plan beside": ([{"process": "焦炉", "plan_red": "限产20%", "coking_hours": 24}], {}, RULED | {
        "measure": "coking_time", "share": 0.333333, "measure_text": "结焦时间延长至36小时以上", "rules": "coking",
        "remark": "备案措施：限产20%", "transport": None
    }),
    "plan published": ([{"plan_red": "停产"}], {"published": True}, RULED | {
        "measure": "stop", "share": 1.0, "measure_text": "清单备案措施：停产", "basis": "《law方案》一；应急减排清单",
        "flags": "ground_filed"
    }),
    "rule stricter than published": ([{"plan_red": "限产20%"}], {"published": True}, RULED | {
        "share": 0.2, "measure_text": "清单备案措施：限产20%", "basis": "《law方案》一；应急减排清单",
        "remark": "规定严于已发布清单：限产50%，须人工决定", "flags": "ground_filed;stricter_than_published"
    }),
    "not published": ([{}], {"published": True}, OPEN | {
        "transport": "禁止国四及以下进出厂区", "rules": "trucks", "set_aside": "half", "basis": "《law方案》一",
        "remark": "预警措施依据缺失；已发布清单未载明本级别措施，规定要求：限产50%，须人工决定",
        "flags": "ground_undetermined;no_ground;not_published", "hangs_on": None
    }),
    "published asks nothing": ([{"plan_red": "正常生产"}], {"published": True}, OPEN | {
        "transport": "禁止国四及以下进出厂区", "rules": "trucks", "set_aside": "half", "basis": "《law方案》一",
        "remark": "预警措施依据缺失；已发布清单未载明本级别措施，规定要求：限产50%，须人工决定；"
        "备案为“正常生产”，没有提出减排要求，不作依据",
        "flags": "ground_undetermined;no_ground;not_published;filed_is_no_ground", "hangs_on": None
    }),
    "plan asks nothing": ([{"process": "切割", "plan_red": "正常生产"}], {}, OPEN | {
        "remark": "预警措施依据缺失；备案为“正常生产”，没有提出减排要求，不作依据",
        "flags": "ground_undetermined;no_ground;filed_is_no_ground"
    }),
    "plan of vehicles": ([{"process": "切割", "plan_red": "停产50%，停止公路运输"}], {}, FILED | {
        "measure": "stop_share", "share": 0.5, "measure_text": "清单备案措施：停产50%",
        "transport": "清单备案措施：停止公路运输"
    }),
    "plan of vehicles alone": ([{"plan_red": "停止公路运输"}], {}, RULED | {
        "measure": "limit;vehicle_ban", "measure_text": "限产50%；清单备案措施：只列运输要求",
        "transport": "禁止国四及以下进出厂区；清单备案措施：停止公路运输", "basis": "《law方案》一；应急减排清单",
        "remark": "减排比例为下限", "flags": "ground_rule;lower_bound"
    }),
    "plan not read": ([{"process": "切割", "plan_red": "按要求执行错峰"}], {}, FILED | {
        "measure": "filed", "measure_text": "清单备案措施：按要求执行错峰", "remark": "减排比例无法核算",
        "flags": "ground_filed;share_unknown", "share": None
    }),
    "commitment": ([{"grade": "A", "plan_red": "限产20%"}], {}, RULED | {
        "status": "self_directed", "measure": "self_directed", "share": 0.2,
        "measure_text": "自主减排（企业承诺：限产20%）", "rules": "own;trucks", "set_aside": "half",
        "flags": "ground_self_direction"
    }),
    "self directed without a plan": ([{"grade": "A"}], {}, RULED | {
        "status": "self_directed", "measure": "self_directed", "share": 0.0, "measure_text": "自主减排",
        "rules": "own;trucks", "set_aside": "half", "flags": "ground_self_direction"
    }),
    "self direction not permitted": ([{"process": "切割", "plan_red": "自主减排"}], {}, OPEN | {
        "remark": "预警措施依据缺失；备案为“自主减排”，没有规定允许其自主减排（执行等级B），不作依据",
        "flags": "ground_undetermined;no_ground;filed_is_no_ground"
    }),
    "exempt": ([{"green_factory": True}], {}, RULED | {
        "status": "exempt", "measure": "exempt", "share": 0.0, "measure_text": "不采取停限产措施（green）",
        "rules": "green;trucks", "set_aside": "half", "flags": "ground_exemption"
    }),
    "left to the city": ([{"process": "烧结"}], {}, OPEN | {
        "measure_text": "由市方案规定", "rules": "city", "basis": "《law方案》一",
        "remark": "由地方方案规定（预警响应）", "flags": "ground_undetermined;left_to_city_plan", "hangs_on": None
    }),
    "left to the city, filed": ([{"process": "烧结", "plan_red": "限产20%"}], {}, FILED | {
        "share": 0.2, "measure_text": "清单备案措施：限产20%", "rules": "city",
        "basis": "《law方案》一；应急减排清单", "hangs_on": None
    }),
    "lower level binds": ([{"process": "切割", "plan_orange": "限产40%"}], {}, FILED | {
        "share": 0.4, "measure_text": "不低于橙色措施：清单备案措施：限产40%",
        "remark": "本级别无措施，以橙色措施为下限（推定），须人工决定；减排比例为下限",
        "flags": "ground_filed;from_lower_level;lower_bound"
    }),
    "plan lighter than a lower level's": (
        [{"process": "切割", "plan_red": "限产20%", "plan_orange": "限产40%"}], {}, FILED | {
        "share": 0.2, "measure_text": "清单备案措施：限产20%", "remark": "备案措施轻于橙色预警的备案措施，须人工决定",
        "flags": "ground_filed;lighter_than_lower_level"
    }),
    "plan not read beside a stop below": (
        [{"process": "切割", "plan_red": "按要求执行错峰", "plan_orange": "停产"}], {}, FILED | {
        "measure": "filed", "measure_text": "清单备案措施：按要求执行错峰",
        "remark": "备案措施没有读出比例，橙色预警的备案措施为停产，可能更轻，须人工决定；减排比例无法核算",
        "flags": "ground_filed;lighter_than_lower_level;share_unknown", "share": None
    }),
    "rule lighter than a lower level's plan": ([{"plan_orange": "停产"}], {}, RULED | {
        "remark": "本级别规定轻于橙色预警的备案措施，须人工决定", "flags": "ground_rule;lighter_than_lower_level"
    }),
    **{f"half the day beside a plan of {plan}": ([{"process": "石灰窑", "plan_orange": plan}], {}, RULED | {
        "measure_text": "每日08:00至20:00限产100%", "rules": "by_day", "transport": None,
        **({"remark": "本级别规定轻于橙色预警的备案措施，须人工决定",
            "flags": "ground_rule;lighter_than_lower_level"} if lighter else {}),
    }) for plan, lighter in (("限产60%", True), ("限产40%", False))},
    **{f"two measures beside a plan of {plan}, today's time {hours}": (
        [{"process": "煅烧", "coking_hours": hours, "plan_orange": plan}, {"process": "煅烧", "plan_orange": plan}], {},
        RULED | {
            "share": share, "measure": "limit;coking_time", "measure_text": "限产30%；结焦时间延长至48小时以上",
            "rules": "both", "transport": None, **said
        }) for hours, plan, share, said in (
        (None, "停产50%（以生产线计）", 0.3, {
            "remark": "缺核算数据：结焦时间(小时)；减排比例为下限", "flags": "ground_rule;figures_missing;lower_bound"
        }),
        (36, "停产50%（以生产线计）", 0.3, {
            "remark": "本级别规定轻于橙色预警的备案措施，须人工决定", "flags": "ground_rule;lighter_than_lower_level"
        }),
        (20, "停产50%（以生产线计）", 0.583333, {}),
    )},
    "rule as strict as a lower level's plan": ([{"plan_orange": "限产50%"}], {}, RULED),
    "rule beside a lower plan that asks nothing": ([{"plan_orange": "正常生产"}], {}, RULED),
    "coking lighter than a lower level's plan": (
        [{"process": "焦炉", "coking_hours": 24, "plan_orange": "延长结焦时间至40小时"}], {}, RULED | {
        "measure": "coking_time", "share": 0.333333, "measure_text": "结焦时间延长至36小时以上", "rules": "coking",
        "remark": "本级别规定轻于橙色预警的备案措施，须人工决定", "flags": "ground_rule;lighter_than_lower_level",
        "transport": None
    }),
    "figures missing": ([{"process": "焦炉"}], {}, RULED | {
        "measure": "coking_time", "measure_text": "结焦时间延长至36小时以上", "rules": "coking",
        "remark": "缺核算数据：结焦时间(小时)；减排比例无法核算",
        "flags": "ground_rule;figures_missing;share_unknown", "share": None, "transport": None
    }),
    "base": (
        [{"process": "熟料", "eia_daily": 0.5, "permit_daily": 0.4, "actual_daily": 0.3,
          "capacity": 150, "capacity_unit": "万吨/年"}], {}, RULED | {
        "share": 0.2,
        "measure_text": "限产20%（以环评日产能、许可日产能、上年日均产量三者最小值为基数），日产量不超过0.24万吨",
        "rules": "based", "transport": None
    }),
    "base of another unit": (
        [{"process": "熟料", "eia_daily": 0.3, "permit_daily": 0.4, "actual_daily": 0.5,
          "capacity": 9, "capacity_unit": "块/年"}], {}, RULED | {
        "share": 0.2,
        "measure_text": "限产20%（以环评日产能、许可日产能、上年日均产量三者最小值为基数），日产量不超过0.24块",
        "rules": "based", "transport": None
    }),
    **{f"base in {unit}": (
        [{"process": "熟料", "eia_daily": amount, "permit_daily": 4, "actual_daily": 5,
          "capacity": 9, "capacity_unit": unit}], {}, RULED | {
        "share": 0.2,
        "measure_text": f"限产20%（以环评日产能、许可日产能、上年日均产量三者最小值为基数），日产量不超过{said}",
        "rules": "based", "transport": None
    }) for unit, amount, said in (
        ("万吨/年", 0.1234567, "0.098765万吨"), ("t/d", 0.3337, "0.27吨"), ("千件/日", 2.5, "2千件"),
    )},
    "base missing": ([{"process": "熟料"}], {}, RULED | {
        "share": 0.2, "measure_text": "限产20%（以环评日产能、许可日产能、上年日均产量三者最小值为基数）",
        "rules": "based", "remark": "缺核算数据：上年日均产量、环评日产能、许可日产能",
        "flags": "ground_rule;figures_missing", "transport": None
    }),
    "share of one line": ([{"process": "转炉"}], {}, RULED | {
        "measure": "stop_share", "share": 1.0, "measure_text": "同一工序停产50%以上（以生产线计）：本生产线停产",
        "rules": "fifth", "transport": None
    }),
    "share of two lines": ([{"process": "转炉"}, {"process": "转炉"}], {}, RULED | {
        "measure": "stop_share", "share": 1.0,
        "measure_text": "同一工序停产50%以上（以生产线计）：本生产线停产（停1号线）", "rules": "fifth",
        "transport": None
    }),
    "share of what can be added": ([{"process": "电炉", "capacity": 10, "capacity_unit": "万吨/年"}] * 2, {}, RULED | {
        "measure": "stop_share", "share": 1.0, "rules": "nearly_all", "transport": None,
        "measure_text": "同一工序停产90%以上（以产能规模计）：本生产线停产（停1号、2号线）"
    }),
    "share of what cannot be added": (
        [{"process": "电炉", "capacity": 10, "capacity_unit": unit} for unit in ("万吨/年", "吨/日")], {}, RULED | {
        "measure": "stop_share", "share": 1.0, "rules": "nearly_all", "transport": None,
        "measure_text": "同一工序停产90%以上（以产能规模计）：本生产线停产（停1号、2号线）",
        "remark": "缺核算数据：产能单位；停产比例无法满足或缺少计数数据，全部停产",
        "flags": "ground_rule;figures_missing;share_unmet"
    }),
    "long stopped": ([{"long_stopped": True}], {}, RULED | {
        "remark": "长期停产，不计减排量", "flags": "ground_rule;long_stopped"
    }),
    "season above": ([{"catalogue": "限制类"}], {}, RULED | {
        "share": 0.6, "measure_text": "限产60%（错峰生产）", "rules": "winter;half;trucks"
    }),
    "season alone": ([{"catalogue": "限制类"}], {"level": "none"}, RULED | {
        "share": 0.6, "measure_text": "限产60%（错峰生产）", "rules": "winter", "transport": None
    }),
    "nothing without a warning": ([{}], {"level": "none"}, FILED | {
        "status": "none", "measure": "none", "share": 0.0, "measure_text": "无停限产要求", "flags": "ground_none",
        "basis": None, "hangs_on": None
    }),
    "grade unknown": ([{"grade": None}], {}, RULED | {"hangs_on": "grade"}),
    "green unknown": ([{"green_factory": None}], {}, RULED | {"hangs_on": "green_factory"}),
    "number of whom": (
        [{"process": "切割", "units": 4, "plan_red": "停运2台"}] * 2, {}, FILED | {
        "measure": "stop_units", "share": 0.5, "measure_text": "清单备案措施：停运2台：本生产线停2台（停1号线2台）",
        "remark": "“停运2台”在本企业2条生产线重复填写，合计停还是每条线各停未载明，按合计计，须人工决定",
        "flags": "ground_filed;number_of_whom"
    }),
    "number of one line": ([{"process": "切割", "units": 4, "plan_red": "停运2台"}], {}, FILED | {
        "measure": "stop_units", "share": 0.5, "measure_text": "清单备案措施：停运2台：本生产线停2台"
    }),
}
# fmt: on


@pytest.fixture(scope="module")
def book(make_book: BookMaker) -> Rulebook:
    return make_book(rules=RULES)


@pytest.mark.parametrize("name", CASES)
def test_the_row_says_what_binds_on_which_ground_and_what_a_person_must_know(
    book: Rulebook, decide: Decider, name: str
) -> None:
    lines, how, said = CASES[name]
    rows = [{**LINE, "line_id": str(number), **line} for number, line in enumerate(lines, 1)]
    row = decide(book, rows, **how).iloc[0]
    if LAW in str(said.get("basis")):
        remark = "；".join(filter(None, (said.get("remark"), TEXT)))
        said = {**said, "remark": remark, "flags": f"{said['flags']};not_official"}
    columns = dict.fromkeys({**RULED, **OPEN, **FILED, **dict.fromkeys(("set_aside", "remark"))})
    got = {name: None if pd.isna(row[name]) or row[name] == "" else row[name] for name in columns}
    assert got == {**columns, **said}


def test_lines_decided_together_are_told_as_each_enterprise_alone(book: Rulebook, decide: Decider) -> None:
    """Texts are made once for all lines that they are the same for."""
    every = [
        [
            {**LINE, "enterprise_id": f"T{number:02}", "enterprise": name, "line_id": str(place), **line}
            for place, line in enumerate(lines, 1)
        ]
        for number, (name, (lines, how, _)) in enumerate(CASES.items())
        if not how
    ]
    together = decide(book, [line for lines in every for line in lines])
    alone = pd.concat([decide(book, lines) for lines in every])
    pd.testing.assert_frame_equal(
        together.astype("object").reset_index(drop=True), alone.astype("object").reset_index(drop=True)
    )
