"""What an order rests on and what is open about it, as codes: the column ``flags`` of the orders.

The codes are one closed vocabulary, written by the decision and read by everyone who must act on them; the sentences
of ``remark`` are for people.  A row has the code of its ground first, then its other codes, joined by ``;``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from alertengine.vocabulary.codes import STANDING_TEXT, Status
from alertengine.vocabulary.grounds import GROUND_TEXT, Ground

if TYPE_CHECKING:
    import pandas as pd


class Flag(StrEnum):
    """What must be known of an order beside its measure and its ground."""

    NO_GROUND = "no_ground"  #: nothing on file says what the warning asks, and no document leaves it to the city
    FROM_LOWER_LEVEL = "from_lower_level"  #: a lower level's measure stands in, as a lower bound
    LEFT_TO_CITY_PLAN = "left_to_city_plan"  #: a document leaves the line to a plan that is not on file
    OTHER_DOCUMENT = "other_document"  #: beside a measure a document names another that is not on file
    NOT_PUBLISHED = "not_published"  #: a rule asks something that the published list does not carry
    STRICTER_THAN_PUBLISHED = "stricter_than_published"  #: a rule asks more than the published list
    LIGHTER_THAN_LOWER_LEVEL = "lighter_than_lower_level"  #: plan or rule ask less than the plan of a lower level
    NUMBER_OF_WHOM = "number_of_whom"  #: the filed number of machines may be each line's or the whole enterprise's
    FILED_IS_NO_GROUND = "filed_is_no_ground"  #: what is filed asks nothing that binds
    FIGURES_MISSING = "figures_missing"  #: figures that the share is computed from are blank
    LOWER_BOUND = "lower_bound"  #: the share is a lower bound
    SHARE_UNKNOWN = "share_unknown"  #: the share cannot be computed
    SHARE_UNMET = "share_unmet"  #: a demand on several lines cannot be met or counted: all stop
    LOSS_UNPROVEN = "loss_unproven"  #: the lines chosen meet the demand; that they lose least is not proved
    INDUSTRY_NOT_ON_FILE = "industry_not_on_file"  #: the list names an industry that the vocabulary has not
    LONG_STOPPED = "long_stopped"  #: the line stands still for long and saves nothing
    REGRADED = "regraded"  #: the grade of the order is not that of the list
    SANCTION_SET_ASIDE = "sanction_set_aside"  #: a higher layer set a sanction aside
    END_NOT_STATED = "end_not_stated"  #: a document for a year or winter gone by that states no end
    NOT_OFFICIAL = "not_official"  #: the text of a rule was not read in an official source
    OVERRIDDEN = "overridden"  #: a person ordered something else than the rules


FLAG_TEXT: Final = {
    Flag.NO_GROUND: "预警措施依据缺失",
    Flag.FROM_LOWER_LEVEL: "本级别无措施，以低级别措施为下限",
    Flag.LEFT_TO_CITY_PLAN: "由地方方案规定",
    Flag.OTHER_DOCUMENT: "另有文件未在案",
    Flag.NOT_PUBLISHED: "已发布清单未载明",
    Flag.STRICTER_THAN_PUBLISHED: "规定严于已发布清单",
    Flag.LIGHTER_THAN_LOWER_LEVEL: "轻于低级别的备案措施",
    Flag.NUMBER_OF_WHOM: "备案台数未载明是合计还是每条线",
    Flag.FILED_IS_NO_GROUND: "备案不作依据",
    Flag.FIGURES_MISSING: "缺核算数据",
    Flag.LOWER_BOUND: "减排比例为下限",
    Flag.SHARE_UNKNOWN: "减排比例无法核算",
    Flag.SHARE_UNMET: "停产比例无法满足，全部停产",
    Flag.LOSS_UNPROVEN: "未证明产能损失最小",
    Flag.INDUSTRY_NOT_ON_FILE: "行业不在词表内",
    Flag.LONG_STOPPED: "长期停产",
    Flag.REGRADED: "执行等级与清单不同",
    Flag.SANCTION_SET_ASIDE: "处罚类措施未执行",
    Flag.END_NOT_STATED: "有效期未载明",
    Flag.NOT_OFFICIAL: "依据文本待核对",
    Flag.OVERRIDDEN: "人工变更",
}
_RANK: Final = {flag: rank for rank, flag in enumerate(Flag)}
_GROUND_CODE: Final = {ground: f"ground_{ground}" for ground in Ground}
_GROUND_OF: Final = {code: ground for ground, code in _GROUND_CODE.items()}
#: Every code of the column with the words people read.
FLAGS: Final[dict[str, str]] = {
    **{code: f"依据：{GROUND_TEXT[ground]}" for ground, code in _GROUND_CODE.items()},
    **{str(flag): text for flag, text in FLAG_TEXT.items()},
}


def flags_text(ground: Ground, flags: Iterable[Flag]) -> str:
    """The cell of an order: its ground, then its flags in the order of the vocabulary."""
    return ";".join([_GROUND_CODE[ground], *sorted(set(flags), key=_RANK.__getitem__)])


def flags_of(text: str) -> frozenset[Flag]:
    """The flags of a cell, without its ground."""
    codes = text.split(";")
    return frozenset(flag for flag in Flag if flag in codes)


def ground_of(text: str) -> Ground | None:
    """The ground of a cell; None of an order written before grounds were."""
    return _GROUND_OF.get(text.partition(";")[0])


def _rows(flags: pd.Series, holds: Callable[[str], bool]) -> npt.NDArray[np.bool_]:
    """Rows whose cell a test holds of, shape (rows,); each distinct cell is tested once."""
    coded = flags.astype("object").where(flags.notna(), "").astype("category").cat
    return np.array([holds(str(text)) for text in coded.categories], dtype=bool)[coded.codes.to_numpy()]


def flagged(orders: pd.DataFrame, *wanted: Flag) -> npt.NDArray[np.bool_]:
    """Rows of orders with any of some flags, shape (rows,); orders of before the column are read as they say it."""
    return _rows(with_flags(orders)["flags"], lambda text: not flags_of(text).isdisjoint(wanted))


def left_open(orders: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Rows a person must decide, shape (rows,): nothing on file determines them, or not what the warning asks."""
    open_ = flagged(orders, Flag.NO_GROUND, Flag.FROM_LOWER_LEVEL)
    return np.logical_or(open_, (orders["status"].astype("str") == Status.UNDETERMINED).to_numpy(dtype=bool))


# -- orders written before the column was

#: With what the sentences begin that such orders say in ``remark``, of the flags that a reader acts on.
_BEGINNINGS: Final = {
    Flag.NO_GROUND: "预警措施依据缺失",
    Flag.FROM_LOWER_LEVEL: "本级别无措施，以",
    Flag.LOWER_BOUND: "减排比例为下限",
    Flag.NOT_OFFICIAL: "依据文本性质：",
    Flag.OVERRIDDEN: "人工变更（",
}


def with_flags(orders: pd.DataFrame) -> pd.DataFrame:
    """Orders with the column ``flags`` filled, a copy where it was not.

    Orders of before (no such column, or a blank in it; a row of today always has its ground) are given the flags that
    their remark states in the sentences of then, and no ground.
    """
    filled = "flags" in orders
    blank = _rows(orders["flags"], lambda text: not text) if filled else np.ones(len(orders), dtype=bool)
    if filled and not blank.any():
        return orders
    said = orders["remark"].astype("object").where(orders["remark"].notna(), "").map(_once_said)
    return orders.assign(flags=orders["flags"].astype("object").mask(blank, said) if filled else said)


def _once_said(remark: str) -> str:
    parts = str(remark).split("；")
    return ";".join(flag for flag, text in _BEGINNINGS.items() if any(part.startswith(text) for part in parts))


# -- sentences


def rests_on(
    ground: Ground | None, cited: Sequence[str], *, status: str, grade: str = "", lower: bool = False, between: str = ""
) -> str:
    """What an order rests on, in one sentence; empty where it does not say (orders written before grounds were).

    >>> rests_on(Ground.RULE, ["①"], status="ordered")
    '本项依据规定①'
    >>> rests_on(Ground.FILED, ["①", "②", "③"], status="ordered")
    '本项依据清单备案措施③和规定①②'
    >>> rests_on(Ground.UNDETERMINED, ["①"], status="ordered")
    '预警措施没有依据，须人工决定；其余要求依据①'

    Args:
        ground: what the warning's order rests on.
        cited: the citations of the column ``basis``, or their numerals: a decision first, the list last.
        status: the code of the status.
        grade: the effective grade, where it may direct itself by it.
        lower: whether a lower level's measure stands in for one that is not on file.
        between: what stands between two citations.

    """
    if ground is None:
        return ""
    every = between.join(cited)
    if ground is Ground.UNDETERMINED:
        return "预警措施没有依据，须人工决定" + (f"；其余要求依据{every}" if cited and status == Status.ORDERED else "")
    own, others = {Ground.FILED: (cited[-1:], cited[:-1]), Ground.DECISION: (cited[:1], cited[1:])}.get(
        ground, (cited, ())
    )
    named = {
        Ground.RULE: "规定",
        Ground.FILED: "清单备案措施",
        Ground.EXEMPTION: "豁免规定",
        Ground.SELF_DIRECTION: f"绩效等级{grade or '未知'}可自主减排的规定",
        Ground.DECISION: "人工决定",
    }
    if ground is Ground.NONE:
        return "没有预警，停限产依据预警以外的规定" + every if status == Status.ORDERED else "没有停限产要求"
    said = f"依据{named[ground]}{between.join(own)}" + (f"和规定{between.join(others)}" if others else "")
    if ground in (Ground.EXEMPTION, Ground.SELF_DIRECTION) and status == Status.ORDERED:
        return f"预警措施{said}，停限产依据预警以外的规定"
    return f"本项{said}" + ("，本级别无措施，以低级别措施为下限" if lower else "")


def not_official(standing: str, periods: Iterable[str]) -> str:
    """The remark that an order's text is to be read in an official source; ``periods``: inferred first or last days.

    >>> not_official("secondary")
    '依据文本性质：转载或报道，须核对官方文本'
    """
    named = "、".join(periods)
    dated = f"（{named}起止日期为推定）" if named and standing == "inferred" else ""
    return f"依据文本性质：{STANDING_TEXT[standing]}{dated}，须核对官方文本"
