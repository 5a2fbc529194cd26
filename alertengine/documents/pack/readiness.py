"""What is open before a paper is signed: what it keeps back, and what settles it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from alertengine.documents.pack.model import Pack

#: What an open matter keeps back.
KEEPS_DRAFT, KEEPS_LOOK = "全部文书为草稿", "签发人须知悉"
#: What settles a matter, by how it begins.
_SETTLED: Final = {
    "市级预案未录入": "录入本市应急预案（规则文件夹，--rules）",
    "应急减排清单未发布": "发布清单（lists publish，或在清单旁的版本文件中载明批准人和日期）",
    "未附应急减排清单": "附上清单",
    "指令所据清单": "用同一版清单重新计算",
    "预警分级依据的文本性质": (
        "核对官方文本后录入核对原文记录（谁、何时、哪个版本、页码），或由负责人书面放行（--release-by）"
    ),
    "措施、程序依据的文本性质": "核对官方文本后录入核对原文记录（谁、何时、哪个版本、页码）",
    "依据缺失的生产线": "由人确定措施（人工变更），或补录规则、备案措施",
    "指令取决于待核实事项": "在清单中填写待核实的栏目",
    "没有归口部门": "在departments.yaml中增加归口",
    "部门归口": "由牵头部门确认分工，或在规则中载明部门",
    "规则库未录入本市": "由市级预案确定后填写，或录入规则",
    "报送要求和时限": "按上级通知填写",
    "缺少观测": "补齐观测（observed）后重新计算",
    "预报": "取得最新、完整的预报后重新计算",
}
_OTHER: Final = "由经办人核实，须放行的由负责人书面决定（--release-by）"


def readiness_of(pack: Pack, files: Sequence[str], unfilled: Sequence[str]) -> dict[str, Any]:
    """What keeps each paper of a city from going out, and what settles it.

    Returns:
        ``papers``: by file name whether it is a ``draft`` and what it ``waits_for``; ``matters``: every open one with
        what it keeps and what settles it; ``released``: who let the papers go out, why and with what open.

    """
    formal = [one.text for one in pack.matters if one.keeps == KEEPS_DRAFT]
    draft = bool(formal) and not pack.release
    blank = "有【待填】之处，由经办人填写"
    return {
        "papers": {
            name: {
                "draft": draft or bool(pack.setting),
                "waits_for": [*(formal if draft else ()), *([blank] if name in unfilled else ())],
            }
            for name in files
        },
        "matters": [{"text": one.text, "keeps": one.keeps, "settled_by": one.settled_by} for one in pack.matters],
        "released": list(pack.release),
    }


def settled_by(matter: str) -> str:
    """What settles a matter, in words for the person who has to."""
    return next((words for begins, words in _SETTLED.items() if matter.startswith(begins)), _OTHER)
