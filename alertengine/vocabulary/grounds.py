"""What an order rests on, and what a filed measure must say to be such a ground."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import Final

from alertengine.vocabulary.chinese_figures import in_digits
from alertengine.vocabulary.enterprise_name import simplified


class Ground(StrEnum):
    """What the order of a line at a level and phase rests on: exactly one of these."""

    RULE = "rule"  #: a rule in force that asks something, or says that nothing is asked
    EXEMPTION = "exemption"  #: an exemption or a guarantee of livelihood that holds
    SELF_DIRECTION = "self_direction"  #: a rule permits lines of this grade to choose their own measures
    FILED = "filed"  #: a filed measure that asks something and binds
    DECISION = "decision"  #: a person's decision on record
    UNDETERMINED = "undetermined"  #: nothing on file says what to do
    NONE = "none"  #: no warning, and nothing that binds without one: nothing is ordered, so nothing is needed


GROUND_TEXT: Final = {
    Ground.RULE: "规定",
    Ground.EXEMPTION: "豁免规定",
    Ground.SELF_DIRECTION: "绩效等级允许自主减排的规定",
    Ground.FILED: "清单备案措施",
    Ground.DECISION: "人工决定",
    Ground.UNDETERMINED: "依据缺失",
    Ground.NONE: "无要求",
}

#: Kinds of filed measures (codes of ``MEASURES``) that ask nothing of production.
ASKING_NOTHING: Final = ("none", "exempt", "self_directed")
#: Said of a filed share to be stopped that names no counting (停产50%).
COUNTED_AS_RULED: Final = "any"
_DEMAND: Final = re.compile(
    r"停|限|减产|减半|压减|减少|降低|降至|降到|削减|延长|结焦|焖炉|保温|错峰|错时|怠速|轮换|轮流|关闭|封存|禁|不得|不超过"
    r"|不高于|最低(?:生产)?负荷"
    r"|控制在|控制至|投料|炉次|以热定产|以量定产|热备|冷备|隔日|单双[日号]|[仅只]生产|每[日天](?:[仅只])?生产|保留\d"
    r"|不(?:准|得)?(?:进行)?生产|产量为?[0零]|[0零]产量|减排[^措]*[1-9]|(?<![\d.])(?!0+(?:\.0+)?%)\d+(?:\.\d+)?%"
)
_DENIED: Final = re.compile(
    r"(?:不再|不予|不得|取消|免除|不需要?|不用|不采取|不实施|不执行|不参与|不|无需|无须|毋需|免于|免予|免|暂不|未|无)"
    r"(?:采取|实施|执行|参与|要求|纳入|列入)?(?:停产?|限产?|减产|错[峰时]|压减|减排)+(?:、?限产)?(?:生产|措施|要求)*"
)


def demands(text: str) -> bool:
    """Whether a filed text that was not read speaks of a demand on production or vehicles at all.

    >>> demands("按要求执行错峰"), demands("无"), demands("同上"), demands("不停产，正常生产")
    (True, False, False, False)
    """
    plain = in_digits(re.sub(r"\s+", "", unicodedata.normalize("NFKC", simplified(text))))
    return _DEMAND.search(_DENIED.sub("", plain)) is not None
