"""What papers lack of a city because of its plan: what is not entered, and which paper is a draft or blank for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from alertengine.documents.formal_or_draft import cited_matter
from alertengine.documents.legal_particulars import ParticularsOf
from alertengine.documents.open_matters import OpenMatter
from alertengine.documents.pack.departments import Department, duties_of, tasks_of
from alertengine.documents.pack.evening_pack import KEEPS_DRAFT, KEEPS_LOOK, Matter
from alertengine.documents.pack.rules import GROUPS, LawOnDay, groups_without_any
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import EVENING_STEP_TEXT, LEVEL_TEXT, Level

_FORMAL: Final = f"{KEEPS_DRAFT}：{{}}"
#: By the key of a row of the plan's form what papers lack where it stays open.
LACKS: Final = {
    "文号": _FORMAL.format("未载明文号的文件不是官方文本"),
    "发文机关": _FORMAL.format("未载明发文机关的文件不是官方文本"),
    "发文日期": _FORMAL.format("未载明日期的文件不是官方文本"),
    "标题": "不能读入",
    "生效": "不能读入",
    "文件编号": "不能读入",
    "适用地区": "不能读入",
    "文本性质": _FORMAL.format("未写“官方文本”的按转载对待"),
    "页码": _FORMAL.format("没有页码的核对不算核对"),
    "核对人": _FORMAL.format("未经另一人核对的不是官方文本"),
    "核对日期": _FORMAL.format("未经另一人核对的不是官方文本"),
    "consult": "审批表“程序依据”没有会商",
    "propose": "审批表“提出”的责任人、时限空白",
    "review": "审批表“审核”的责任人空白",
    "approve": "审批表“签发”的责任人空白",
    "seal": "审批表“用印”的责任人空白",
    "issue": "审批表“程序依据”没有发布单位和时限",
    "publish": "审批表“程序依据”没有告知公众的单位",
    "issue/order": "减排指令、部门任务单、通知、报告的落款空白",
    "notify/order": "没有送达单位和时限可据",
    "stop_in_place": "减排指令没有“到位时限”",
    "start": "通知没有启动要求",
    "supervise": "通知“检查与报告”空白",
    "report": f"通知“检查与报告”、情况报告没有时限（{OpenMatter.of('no_report_due')}）",
    "raise": "调整级别时审批表没有程序可据",
    "lift": "解除时审批表、通知没有程序可据",
    "evaluate": "没有评估的责任单位和时限可据",
    **{
        group: f"{OpenMatter.of('not_on_file', name=name)}：通知相应一节、部门任务单空白"
        for group, name in GROUPS.items()
    },
    "counties": "通知没有各县（市、区）的启动要求",
    "linkage": "区域联动只能按上级通知",
    "contacts": "部门任务单没有联系方式",
}
LACKS["health"] += "，公众告知和短信有【待填】"


def plan_matters(book: Rulebook, city: str, day: date, departments: Sequence[Department]) -> list[Matter]:
    """What the plan of a city leaves open, each with the levels it is open at, what it keeps and what settles it.

    Args:
        book: the rulebook.
        city: the city.
        day: the day of the law.
        departments: who gets a task sheet.

    """
    found: dict[Matter, dict[str, None]] = {}
    acts = ParticularsOf(book)
    for level in Level:
        if level is not Level.NONE:
            for one in _at(book, acts, city, day, level, departments):
                found.setdefault(one, {})[LEVEL_TEXT[level]] = None
    every = len(Level) - 1
    return [
        one if len(levels) == every else replace(one, text=f"{one.text}（{'、'.join(levels)}）")
        for one, levels in found.items()
    ]


def _at(
    book: Rulebook, acts: ParticularsOf, city: str, day: date, level: str, departments: Sequence[Department]
) -> Iterator[Matter]:
    """What is open at a level."""
    said, act = LawOnDay(book, city, day, level), acts.of(city, "", day, level)
    yield from (Matter.of(gap, KEEPS_DRAFT) for gap in act.gaps)
    for text, standing in act.cited if not act.gaps else ():
        if standing != "primary" and text.startswith(act.plan):
            yield Matter.of(cited_matter(book, act.plan, standing), KEEPS_DRAFT)
    blank = [] if act.issuer else ["减排指令、部门任务单、通知的发布机关未录入"]
    blank += [f"审批表“{one.step}”的责任人未录入" for one in said.signatures() if not one.actor]
    own = [step for step in ("start", "supervise", "lift") if not said.steps(step, own=True)]
    blank += [f"本市“{EVENING_STEP_TEXT[step]}”的规定未录入" for step in own]
    found = [OpenMatter.of("blank_of_plan", about=[city], blank=text) for text in blank]
    if not any(one.due for one in said.steps("report")):
        found.append(OpenMatter.of("no_report_due", "规则库未录入", [city]))
    yield from (Matter.of(one, KEEPS_LOOK) for one in (*found, *_measures(said, city, departments)))


def _measures(said: LawOnDay, city: str, departments: Sequence[Department]) -> Iterator[OpenMatter]:
    """Groups of measures and task sheets without any."""
    actions, steps = said.actions(), said.steps()
    yield from groups_without_any(city, actions)
    for each in departments:
        if not (tasks_of(each, departments, actions) or duties_of(each, steps) or each.production):
            yield OpenMatter.of("no_tasks", about=[city], name=each.name)
