"""What the words of a real notice say: what is done, from which level to which, and from when to when."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import pandas as pd

from alertengine.files import read_stamp, tidy
from alertengine.warning import RANK

#: Words after which an end is put off, not made.
_PUT_OFF: Final = ("暂缓", "推迟", "延迟", "延后", "暂不", "不予", "尚未", "不得")
_NOT_PUT_OFF: Final = "".join(f"(?<!{word})" for word in _PUT_OFF)
#: What a notice does, by the words that say so; of several the first here counts.
_ACTIONS: Final = {
    "cancel": r"取消|撤销|cancel|withdr[ae]w",
    "lift": rf"{_NOT_PUT_OFF}(?:解除(?!时间|条件)|终止|结束(?!时间)|停止(?:执行|实施))"
    r"|\blift|\bend(?:s|ed)?\b|terminat|\bstop",
    "raise": r"升级|[升提]至|升[为到]|提升|提级|上调|调高|加严|\brais|upgrad|escalat|\bincreas",
    "lower": r"降级|降[为至到低]|下调|调低|\blower|downgrad|\breduc",
    "extend": r"延长|延期|延至|顺延|extend|prolong",
    "continue": rf"继续|维持|保持|延续|持续|(?:{'|'.join(_PUT_OFF)})(?:解除|终止|结束)|continu|maintain",
    "change": r"调整|变更|改[为发]|转[为入]|chang|adjust",
    "issue": r"发布|启动|实施|执行|issue|start|activat|launch",
    "order": r"调度令|order",
    "advise": r"不利气象|sub_warning|advis",
}
#: Actions after which no warning is left.
ENDS: Final = frozenset({"lift", "cancel"})
_LEVEL: Final = re.compile(
    r"(?P<red>red|红色?|(?:Ⅰ|(?<![A-Za-z])I|一|(?<!\d)1)\s*级|level\s*(?:1|I)\b)|"
    r"(?P<orange>orange|橙色?|(?:Ⅱ|(?<![A-Za-z])II|二|(?<!\d)2)\s*级|level\s*(?:2|II)\b)|"
    r"(?P<yellow>yellow|黄色?|(?:Ⅲ|(?<![A-Za-z])III|三|(?<!\d)3)\s*级|level\s*(?:3|III)\b)",
    re.IGNORECASE,
)
#: Below the lowest level: 不利气象条件应对.
_BELOW: Final = re.compile(r"不利气象|未达(?:到)?预警|预警以下", re.IGNORECASE)
#: Between the level before and the level after.
_BECOMES: Final = re.compile(
    r"-+>|=+>|→|⇒|➔|[升降调改转变提][^至到为成]{0,6}[至到为成]|[升降]级|[上下]调|提升|调整|升|降|\bto\b", re.IGNORECASE
)
#: A warning is ended so that another begins: 解除橙色预警，启动黄色预警.
_ENDS_AND_BEGINS: Final = re.compile(
    r"(?:解除|终止|结束|撤销)(?P<before>[^，,；;。]*?)[，,；;。]?\s*(?:同时|并|后)?(?:启动|发布|改为|改发|转为|调整为|执行)(?P<after>.+)"
)
#: What a text says is done, the first that fits; of 解除橙色，启动黄色 the change.
_ACTION: Final = [
    ("change", _ENDS_AND_BEGINS),
    *((name, re.compile(words, re.IGNORECASE)) for name, words in _ACTIONS.items()),
]
_FROM: Final = re.compile(r"(?:由|从|自|原|将|from)\s*(?:原|重污染天气)?\s*$", re.IGNORECASE)
_AT_LEAST: Final = re.compile(r"or_above|or above|及以上|以上|不低于|至少|最低|at least|>=|≥|\+\s*$", re.IGNORECASE)
#: What a cell says where the notice itself names no level.
NO_LEVEL: Final = frozenset({"", "unspecified", "none", "未载明", "未注明", "未说明", "不详", "无", "无预警"})
#: What a cell says where the notice names no end.
_OPEN: Final = re.compile(
    r"|另行通知|.*另行.*|待定|未定|未载明|不详|无|-+|—+|/|unknown|open|until further notice|解除为止|至解除",
    re.IGNORECASE,
)
_HALF: Final = re.compile(r"(凌晨|清晨|早晨|早上|早|上午|中午|下午|傍晚|晚上|晚间|夜间|晚)(\d{1,2})(?=[时点:：])")
_LATE: Final = frozenset({"下午", "傍晚", "晚上", "晚间", "夜间", "晚"})
_TO: Final = re.compile(r"\s*(?:\.\.+|至|到|~|～|〜|—+|–|\bto\b)\s*|\s+-+\s+")
_DAY: Final = pd.Timedelta(days=1)


@dataclass(frozen=True)
class NoticeWords:
    """What a notice does (a name of ``_ACTIONS``), its level before and after (``""``: not named).

    ``below``: it asks for measures below the lowest level; ``unread``: its words name a level that cannot be told.
    """

    action: str
    before: str = ""
    level: str = ""
    at_least: bool = False
    below: bool = False
    unread: bool = False


def read_words(action: str, level: str, title: str = "", before: str = "") -> NoticeWords:
    """Read the cells of a notice that say what it does: action, level, title, and the level it replaces.

    A level is read from its own cell; a change may stand in any of them. The action cell counts before the level's and
    the title's.
    """
    action, level, title, before = (_plain(text) for text in (action, level, title, before))
    named = level not in NO_LEVEL
    words = level if named else title or action
    change = next((found for found in map(_change, (level, action, title)) if found), None)
    own = set() if re.search(r"(?:[升降]级|[上下]调)$", words) else _levels(words)
    old, new = change or ("", next(iter(own)) if len(own) == 1 else "")
    texts = (action, level, title)
    does = next((name for text in texts for name, words in _ACTION if words.search(text)), "issue")
    own_before = _levels(before)
    old = old or (next(iter(own_before)) if len(own_before) == 1 else "")
    if does == "cancel" or (does == "lift" and not (change and change[1])):
        return NoticeWords(does, new or old, unread=False)
    if does in ("change", "issue", "lift", "continue") and old and new and old != new:
        does = "raise" if RANK[new] > RANK[old] else "lower"
    below = not new and bool(_BELOW.search(words) or does == "advise")
    told = named or bool(_levels(words))
    return NoticeWords(
        does, old if old != new else "", new, bool(_AT_LEAST.search(words)), below, told and not new and not below
    )


def _plain(text: str) -> str:
    return tidy(text).replace("（", "(").replace("）", ")")


def _change(text: str) -> tuple[str, str] | None:
    """The level before (``""``: not named) and the one after a change; None where the text tells of none."""
    ended = _ENDS_AND_BEGINS.search(text)
    if ended:
        before, after = _levels(ended["before"]), _levels(ended["after"])
    else:
        *parts, last = _BECOMES.split(text)
        before, after = _levels("".join(parts)), _levels(last)
        if not parts or not after:
            found = [match for match in _LEVEL.finditer(text) if _FROM.search(text[: match.start()])]
            before = {str(match.lastgroup) for match in found}
            after = _levels(text) - before
            if not before or not after:
                return None
    if len(after) != 1 or len(before) > 1:
        return None
    return (next(iter(before)) if before else "", next(iter(after)))


def _levels(text: str) -> set[str]:
    return {str(found.lastgroup) for found in _LEVEL.finditer(text)}


# -- times


def is_open(text: str) -> bool:
    """Whether a cell says that an end is not known yet, or says nothing."""
    return _OPEN.fullmatch(tidy(text)) is not None


def plain_time(text: str) -> str:
    """A time with digits and 24 hours alone: 1月6日下午6点起 is 1月6日18时; a range keeps its two ends."""
    said = re.sub(r"\((?:暂定|预计|约|含)\)|左右|预计|暂定|(?<=[时点日])(?:整|起|止|前|开始)|^自", "", _plain(text))
    said = said.rstrip("?？ 起止")
    said = re.sub(r"(?<=日)\s*(?:零|午夜)[时点]", "0时", re.sub(r"^.*年度?(?=\d{1,2}月)(?<!\d{4}年)", "", said))
    said = _HALF.sub(lambda found: str(int(found[2]) + 12 * (found[1] in _LATE and int(found[2]) < 12)), said)
    said = said.replace("点", "时")
    return re.sub(r"时半", "时30", said)


def ends_of(text: str) -> tuple[str, str]:
    """The two ends of a time that names both, the second with the day (and year) of the first; else it and ``""``."""
    said = plain_time(text)
    parts = _TO.split(said)
    if len(parts) != 2 or not parts[1]:
        return said, ""
    first, last = parts
    head = re.match(r"(?:(\d{4})[-/.年])?(\d{1,2})[-/.月](\d{1,2})日?", first)
    if head is None:
        return said, ""
    year, month, day = head.groups()
    days = {"当日": 0, "次日": 1, "翌日": 1, "第二天": 1}
    later = re.match("|".join(days), last)
    if later or re.fullmatch(r"\d{1,2}[时:：].*", last):
        on = date(int(year or 2000), int(month), int(day)) + timedelta(days=days[later[0]] if later else 0)
        rest = last[later.end() :] if later else last
        last = f"{on.month}月{on.day}日{rest}"
    elif re.fullmatch(r"\d{1,2}日?.*", last) and not re.match(r"\d{1,2}[-/.月]|\d{4}", last):
        last = f"{month}月{last if '日' in last else last + '日'}"
    if year and not re.match(r"\d{4}", last):
        back = re.match(r"(\d{1,2})", last)
        turned = int(year) + bool(back and int(back[1]) < int(month))
        last = f"{turned}年" + re.sub(r"^(\d+)[-/.]", r"\1月", last)
    return first, last


def read_time(text: str) -> tuple[datetime, datetime] | None:
    """First and last moment a cell may mean: a day alone is the whole day, ``2019-01-02/03`` two; None: no time."""
    said = plain_time(text)
    days = re.fullmatch(r"(.+?-\d{1,2})/(\d{1,2})", said)
    try:
        read = read_stamp(days[1] if days else said)
        last = read.time.replace(day=int(days[2])) if days else read.time
    except ValueError:
        return None
    return read.time, last if read.has_hour and not days else last + _DAY
