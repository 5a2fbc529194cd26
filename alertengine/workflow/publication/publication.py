"""What comes with a publication: submissions of counties, objections and answers, filing; and what is made public."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pandas as pd

from alertengine.files import Protocol
from alertengine.lists import EnterpriseList, ListVersion
from alertengine.vocabulary import Field, Problem, Result

#: Columns of a file of county submissions.
SUBMISSIONS: Final[tuple[Field, ...]] = (
    Field("county", ("区县", "县区", "县(市、区)"), "text", required=True),
    Field("submitted_on", ("报送日期", "上报日期"), "text", required=True),
    Field("officer", ("报送单位", "报送人"), "text"),
    Field("enterprises", ("企业数", "企业数量"), "integer", note="compared with the list"),
    Field("reference", ("文号", "报送文号"), "text"),
)
#: Columns of a file of objections.
OBJECTIONS: Final[tuple[Field, ...]] = (
    Field("received_on", ("收到日期", "提出日期"), "text", required=True),
    Field(
        "enterprise", ("企业名称", "异议对象"), "text", private=True, note="of the list, or one that is missing from it"
    ),
    Field("person", ("提出人", "异议人"), "text", private=True),
    Field("content", ("异议内容", "异议"), "text", required=True, private=True),
    Field("outcome", ("处理结果", "是否采纳"), "text", note="采纳, 部分采纳, 不采纳"),
    Field("answer", ("答复内容", "答复"), "text", private=True),
    Field("answered_by", ("答复人", "答复单位"), "text"),
    Field("answered_on", ("答复日期",), "text"),
)
OUTCOMES: Final = ("采纳", "部分采纳", "不采纳")
#: Columns of a file of filings with the province and the ministry.
FILINGS: Final[tuple[Field, ...]] = (
    Field("office", ("备案机关", "报备单位"), "text", required=True),
    Field("filed_on", ("备案日期", "报备日期"), "text", required=True),
    Field("reference", ("文号", "备案文号", "备案编号"), "text"),
)
#: Fields of the list that are made public, in that order; no other leaves the bureau by this way.
PUBLIC_FIELDS: Final = (
    "city", "county", "enterprise_id", "enterprise", "industry", "grade", "guarantee", "line_id", "line", "process",
    "plan_yellow", "plan_yellow_share", "plan_orange", "plan_orange_share", "plan_red", "plan_red_share",
)  # fmt: skip
#: Columns of the proof of the ratio, with the words people read.
PROOF_COLUMNS: Final[dict[str, str]] = {
    "city": "城市",
    "level": "预警级别",
    "pollutant": "污染物",
    "reached": "减排比例",
    "required": "要求比例",
    "met": "是否达到",
    "margin_kg_d": "差额(千克/日)",
    "basis": "要求依据",
    "undetermined": "依据缺失",
    "asks_more": "规则要求高于清单",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be published: the version, the files that come with it, why it is published despite what is found."""

    version: ListVersion
    counties: Path | None = None
    objections: Path | None = None
    filing: Path | None = None
    despite: str = ""
    adopt: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Publication(Result):
    """What a publication came to.

    ``obstacles`` need a reason to publish despite them; its own problems want a person's look; ``enterprises`` is the
    list it is made from.
    ``tables`` are the proof and the forms by name: ``proof``, ``counties``, ``objections``, ``filings``.
    """

    version: ListVersion
    tables: Mapping[str, pd.DataFrame]
    enterprises: EnterpriseList
    obstacles: Sequence[Problem] = ()
    own_problems: Sequence[Problem] = ()
    own_notes: Sequence[Problem] = ()
    despite: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    #: How its forms were read.
    beside: Sequence[Protocol] = ()

    @property
    def made_from(self) -> Sequence[Result]:
        """The list."""
        return [self.enterprises]

    @property
    def exit_status(self) -> int:
        """0 done, 1 done and a person must look: at what it was published despite of, too."""
        return int(bool(self.obstacles or self.problems))
