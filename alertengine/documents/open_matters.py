"""What keeps a paper from going out, or must be known before it is signed: every kind, and what settles it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class MatterKind:
    """A kind of open matter, in the words of papers and page.

    ``text``: what is open, with named arguments in braces.  ``settled``: what settles it, as papers say it, without
    names of commands; ``command``: the command, option or file for it, which ``summary.json`` names beside it;
    ``on_page`` and ``address``: the same on the page and where there (blank: on the screen that tells it).  ``{about}``
    in either is what the matter is about.
    ``of_lines``: what stands behind the colon are lines, and equal matters are counted without them.
    """

    text: str
    settled: str
    on_page: str = ""
    address: str = ""
    command: str = ""
    of_lines: bool = False


_RELEASED_BY: Final = "--release-by NAME --release-reason TEXT"
_COMPARED_BY: Final = "rules compared {about}"
#: The form for a comparison, opened with the documents it is about.
_COMPARED_AT: Final = "/rules?view=record&kind=compared&of={about}"
#: What the lines of a list lack, the heaviest first, each with the form that fills it.
_MISSING_AT: Final = "/rules?view=coverage"
#: The form of a city's plan, opened with the city.
_PLAN_AT: Final = "/rules?view=plan&city={about}"
_PLAN_ON_PAGE: Final = "录入本市应急预案"
_PLAN_BY: Final = "rules plan {about}; rules import; --rules DIR"
_FILLED: Final = "在清单中补填这一栏后重新拟稿，或由批准人具名放行"
_AGAIN: Final = ("用同一版清单重新计算", "用同一版清单重新拟稿", "/issue#new")
_FORECAST: Final = "取得最新、完整的预报后重新计算"
#: What settles a matter: as papers say it, on the page and where there, the command.
_COMPARE: Final = (
    "核对官方文本后录入核对原文记录（谁、何时、哪个版本、页码）",
    "法制人员核对官方文本，录入核对结果",
    _COMPARED_AT,
    _COMPARED_BY,
)
_COMPARE_OR_RELEASE: Final = (
    f"{_COMPARE[0]}，或由负责人书面放行", _COMPARE[1], _COMPARED_AT, f"{_COMPARED_BY}; {_RELEASED_BY}",
)  # fmt: skip
_READ: Final = (
    "取得官方文本，录入这一条（谁录入、谁核对、文号、页码），或由负责人书面放行",
    "录入这一条的官方文本",
    "/rules?view=text",
    f"rules chapter; rules import; {_RELEASED_BY}",
)
_DECIDE: Final = (
    "由人确定措施（人工变更），或补录规则、备案措施",
    "逐条作出人工变更，或录入所缺规定",
    _MISSING_AT,
    "rules coverage --list FILE",
)
_ORDERED: Final = (
    "写明该要求（已撤销的写明结束时间）后重新计算",
    "录入上级调度令（已撤销的写明结束时间）",
    "/superior",
    "scenario: orders",
)
_OBSERVED: Final = ("补齐观测后重新计算", "", "", "scenario: observed")
#: Of what a plan says: on the page and where there, the command.
_MEASURES: Final = (_PLAN_ON_PAGE, f"{_PLAN_AT}&part=响应措施", _PLAN_BY)
_STEPS: Final = (_PLAN_ON_PAGE, f"{_PLAN_AT}&part=程序", _PLAN_BY)

KINDS: Final = {
    "no_plan": MatterKind("市级预案未录入", "填写并录入本市应急预案", _PLAN_ON_PAGE, _PLAN_AT, _PLAN_BY),
    "no_issuer": MatterKind(
        "发布机关未录入", "录入文件的发布机关", "录入核对结果，写明发文机关", _COMPARED_AT, _COMPARED_BY
    ),
    "no_number": MatterKind("文号未录入", "录入文件的文号", "录入核对结果，写明文号", _COMPARED_AT, _COMPARED_BY),
    "no_list": MatterKind(
        "未附应急减排清单，无法核对清单是否已发布", "附上清单", "用已发布的清单重新拟稿", "/issue#new"
    ),
    "list_draft": MatterKind(
        "应急减排清单未发布（草案）", "经批准后发布清单，载明批准人和日期", "发布这一版清单", "/lists", "lists publish"
    ),
    "other_list": MatterKind("指令所据清单与所附清单版本不一致", *_AGAIN),
    "not_in_list": MatterKind("企业不在所附应急减排清单中", *_AGAIN),
    "off_the_list": MatterKind(
        "响应继续执行，原指令所列生产线不在本次指令中",
        "核实是否注销、更名或漏列，改正清单后重新计算，或由负责人书面放行",
        "核实后改正清单并重新拟稿，或由批准人具名放行",
        "/lists",
        f"lists diff OLD NEW; {_RELEASED_BY}",
        of_lines=True,
    ),
    "ordered_before": MatterKind(
        "本次指令未列的生产线，原指令到期前仍有效，未计入本件数字",
        "核实是否注销、更名或漏列，漏列的改正清单后重新计算",
        "核实后改正清单并重新拟稿",
        "/lists",
        "lists diff OLD NEW",
    ),
    "grading_standing": MatterKind("预警分级依据的文本性质为{standing}", *_COMPARE_OR_RELEASE),
    "cited_standing": MatterKind("文本性质为{standing}，须核对官方文本", *_COMPARE_OR_RELEASE),
    "cited_reading": MatterKind("文本性质为{standing}，须核对官方文本", *_READ),
    "reading": MatterKind("依据的文本性质为{standing}，须核对官方文本", *_READ, of_lines=True),
    "standing": MatterKind("依据的文本性质为{standing}，须核对官方文本", *_COMPARE_OR_RELEASE, of_lines=True),
    "ground_without_end": MatterKind(
        "依据有效期未载明",
        "核实文件是否仍有效，录入其废止日期或沿用（谁、哪份文件、何时起），或由负责人书面放行",
        "录入文件的沿用（或废止日期）",
        "/rules?view=record&kind=continue&of={about}",
        f"rules end {{about}}; rules continue {{about}}; {_RELEASED_BY}",
    ),
    "undetermined": MatterKind("状态为{status}", *_DECIDE, of_lines=True),
    "no_ground": MatterKind("{flag}", *_DECIDE, of_lines=True),
    "no_basis": MatterKind("未载明法律依据", "补录规则", "录入所缺规定", _MISSING_AT, of_lines=True),
    "to_verify": MatterKind("{field}待核实", "在清单中填写待核实的栏目", _FILLED, "/lists", of_lines=True),
    "lines_undetermined": MatterKind("依据缺失的生产线", *_DECIDE[:3]),
    "lines_to_verify": MatterKind("指令取决于待核实事项的生产线", "在清单中填写待核实的栏目", _FILLED, "/lists"),
    "measure_standing": MatterKind("措施、程序依据的文本性质为{standing}", *_COMPARE),
    "no_department": MatterKind("没有归口部门的措施", "在部门分工中增加归口", command="departments.yaml"),
    "department_assumed": MatterKind(
        "部门归口由分工文件确定、规则未载明", "由牵头部门确认分工，或在规则中载明部门", *_MEASURES
    ),
    "not_on_file": MatterKind("规则库未录入本市的{name}", "由市级预案确定后填写，或录入规则", *_MEASURES),
    "no_report_due": MatterKind("报送要求和时限", "按上级通知填写", *_STEPS),
    "blank_of_plan": MatterKind("{blank}", "相应栏目空白，由经办人手填，或录入本市预案", *_STEPS),
    "no_tasks": MatterKind("部门任务单（{name}）没有任务", "在响应措施的“责任部门”中写明", *_MEASURES),
    "observation_missing": MatterKind("缺少观测", *_OBSERVED),
    "observation_of_run_missing": MatterKind("缺少观测", *_OBSERVED),
    "open_order_absent": MatterKind("上级要求", *_ORDERED),
    "order_absent": MatterKind("上级要求", *_ORDERED),
    "orders_disagree": MatterKind(
        "上级要求",
        "不再执行的一项写明结束时间后重新计算",
        "不再执行的一项上级调度令写明结束时间",
        "/superior",
        command="scenario: orders",
    ),
    "orders_without_record": MatterKind("预警记录缺失", "补上作出原指令的那次运行的预警记录后重新计算"),
    "county_not_said": MatterKind("区县不明", "在清单中填写所在区县后重新计算", _FILLED, "/lists"),
    "forecast_given_again": MatterKind("预报过期", _FORECAST),
    "old_forecast": MatterKind("预报过期", _FORECAST),
    "old_forecast_of": MatterKind("预报过期", _FORECAST),
    "days_missing": MatterKind("预报缺日", _FORECAST),
    "primary_unread": MatterKind("预报首要污染物不明", _FORECAST),
    "standing_not_covered": MatterKind("预报未覆盖", _FORECAST),
    "county_not_covered": MatterKind("预报未覆盖", _FORECAST),
    "county_ended_before": MatterKind("区县预警已结束", "核实该区县是否随全市执行，不执行的作人工变更"),
    "no_row_of_city": MatterKind("预报未覆盖", _FORECAST),
    "nothing_issued": MatterKind("预报没有", _FORECAST),
    "no_grading": MatterKind("预报的日子没有分级规定", "录入分级规定，或改用其有效期内的预报"),
    "rounding_decides": MatterKind("取整", "由经办人核实，须放行的由负责人书面决定", command=_RELEASED_BY),
}


@dataclass(frozen=True, slots=True)
class OpenMatter:
    """Something open: its kind, what is open (``head``), and of what or whom (``detail``).

    ``about``: the documents of the rulebook, by id, or the city that the form which settles it is opened with.
    """

    kind: str
    head: str
    detail: str = ""
    about: tuple[str, ...] = ()

    @classmethod
    def of(cls, kind: str, detail: str = "", about: Iterable[str] = (), **named: str) -> OpenMatter:
        """A matter of a kind of :data:`KINDS`; ``named`` are the arguments of its text."""
        return cls(kind, KINDS[kind].text.format(**named), detail, tuple(dict.fromkeys(about)))

    @property
    def settled_by(self) -> str:
        """What settles it, in words for the person who has to."""
        return KINDS[self.kind].settled

    @property
    def command(self) -> str:
        """The command, option or file that settles it; blank where there is none."""
        return KINDS[self.kind].command.format(about=" ".join(self.about) or "DOCUMENT")

    @property
    def address(self) -> str:
        """Where on the page it is settled; blank where that is done on the screen that tells it."""
        return KINDS[self.kind].address.format(about=quote(",".join(self.about), safe=","))

    @property
    def compared(self) -> tuple[str, ...]:
        """The documents that must be compared with their official text to settle it."""
        return self.about if KINDS[self.kind].address == _COMPARED_AT else ()

    def without_lines(self) -> OpenMatter:
        """The matter without the lines it is said of, so that equal ones are counted together."""
        return replace(self, detail="") if KINDS[self.kind].of_lines else self

    def __str__(self) -> str:
        """The matter in words, as papers print it."""
        return f"{self.head}：{self.detail}" if self.detail else self.head
