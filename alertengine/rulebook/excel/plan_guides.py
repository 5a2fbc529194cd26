"""What every city plan is asked for: the rows of its form before anything is filled in.  No row holds a fact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from alertengine.rulebook.excel.plan_rows import EVERY_LEVEL, LEVEL_WORDS, LINKAGE, PROCEDURE, RESPONSE, STEPS
from alertengine.vocabulary import GROUP_TEXT, SUBJECT_TEXT


@dataclass(frozen=True, slots=True)
class Guide:
    """A row of the form: ``cells`` what it asks about, ``open`` what is to be filled in, ``help`` how.

    ``key`` names what papers lack where it stays open.
    """

    key: str
    cells: Mapping[str, str]
    open: tuple[str, ...]
    help: str

    def is_of(self, cells: Mapping[str, str]) -> bool:
        """Whether a row answers it: the same thing, at its level where the guide names one."""
        return all(
            cells.get(name) == said or (name == "级别" and (not cells.get(name) or said in cells[name]))
            for name, said in self.cells.items()
            if name != "从哪一环节起算" and not (name == "级别" and said == EVERY_LEVEL)
        )


_YELLOW, _ORANGE, _RED = LEVEL_WORDS.values()
_WHO: Final = ("责任单位或责任人",)
_TIMED: Final = (*_WHO, "几小时内")


def _step(code: str, help_text: str, level: str = "", after: str = "") -> Guide:
    cells = {"环节": STEPS[code], "级别": level, "从哪一环节起算": STEPS[after] if after else ""}
    return Guide(code, {name: said for name, said in cells.items() if said}, _TIMED if after else _WHO, help_text)


def _measure(group: str, about: str, help_text: str) -> Guide:
    cells = {"类别": GROUP_TEXT[group], "对象": SUBJECT_TEXT[about]}
    return Guide(group, cells, ("级别", "措施", "责任部门"), help_text)


_BY_LEVEL: Final = "各级别由同一人的，只留一行，级别写“黄色、橙色、红色”"
GUIDES: Final[Mapping[str, tuple[Guide, ...]]] = {
    PROCEDURE.sheet: (
        _step("consult", "谁组织会商"),
        _step("propose", "谁提出预警建议（审批表由谁报送），会商后几小时内", after="consult"),
        *(_step("review", _BY_LEVEL, level) for level in (_YELLOW, _ORANGE, _RED)),
        *(_step("approve", _BY_LEVEL, level) for level in (_YELLOW, _ORANGE, _RED)),
        _step("seal", "预警文件由谁用印"),
        _step("issue", "谁发布预警，签发后几小时内", EVERY_LEVEL, "approve"),
        _step("publish", "谁向公众告知，发布后几小时内", EVERY_LEVEL, "issue"),
        _step("issue/order", "对企业的减排指令由哪个机关签发，写全称", EVERY_LEVEL),
        _step("notify/order", "指令由谁送达企业，发布后几小时内", EVERY_LEVEL, "issue"),
        _step("stop_in_place", "企业应在发布后几小时内落实到位；责任单位写“企业”或原文的称呼", EVERY_LEVEL, "issue"),
        _step("start", "市级由谁启动响应", EVERY_LEVEL, "issue"),
        _step("supervise", "谁监督检查", EVERY_LEVEL),
        _step("report", "谁向省里报告，启动后几小时内", EVERY_LEVEL, "start"),
        _step("raise", "谁调整级别", EVERY_LEVEL),
        _step("lift", "谁解除预警", EVERY_LEVEL),
        _step("evaluate", "谁做响应评估，解除后几小时内", after="lift"),
    ),
    RESPONSE.sheet: (
        _measure("health", "public", "对公众的健康提示，一级一行"),
        _measure("health", "schools", "幼儿园、学校"),
        _measure("health", "work", "户外作业人员"),
        _measure("advisory", "public", "倡议公众和单位做的"),
        _measure("advisory", "transit", "公交加密、绿色出行"),
        _measure("mandatory", "vehicles", "限行、禁行；地点写在“地点”"),
        _measure("mandatory", "slag_trucks", "渣土车"),
        _measure("mandatory", "machinery", "非道路移动机械"),
        _measure("mandatory", "sites", "施工工地扬尘"),
        _measure("mandatory", "roads", "道路清扫、洒水"),
        _measure("mandatory", "mines", "露天矿山、砂石料场"),
        _measure("mandatory", "burning", "露天焚烧、烧烤、烟花爆竹"),
    ),
    LINKAGE.sheet: (
        Guide(
            "linkage", {"名称": "区域联动"}, ("成员",),
            "与哪些市、县联动（用、隔开）；几个城市达到哪一级别时，全部按哪一级别；没有的写—",
        ),
    ),
}  # fmt: skip
#: The entries of the head: whether it is asked for, and how it is filled in.
HEAD_GUIDES: Final[Mapping[str, tuple[bool, str]]] = {
    "文件编号": (True, "小写字母、数字、-和.，全库不重复"),
    "标题": (True, "预案全称，不加书名号；必填"),
    "文号": (True, "如某政办发〔2024〕1号，照抄"),
    "发文机关": (True, "照抄"),
    "发文日期": (True, "2024-10-08"),
    "适用地区": (True, "城市"),
    "生效": (True, "施行的第一天；必填"),
    "失效": (False, "有终止日期的写日期；没有写明的写“未载明”"),
    "文本性质": (True, "官方文本、转载等，从下拉表选；只有对照官方文本录入的才写“官方文本”"),
    "重污染天气应急预案": (False, "本表是预案，保留“是”"),
    "录入人": (True, "单位和姓名"),
    "录入日期": (True, "2026-11-28"),
    "页码": (True, "官方文本的页码，如1-32"),
    "核对人": (True, "另一人对照原文核对；不能是录入人"),
    "核对日期": (True, "2026-11-28"),
    "替代": (False, "取代的旧文件，写文件编号，如linfen-plan-2019（自2024-10-08）；没有的留空"),
    "网址": (False, "官方文本的网址"),
    "备注": (False, ""),
}
