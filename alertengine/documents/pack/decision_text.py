"""What an evening decides, in the words of its papers: the kind of a paper, its title, the sentence that decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from alertengine.orders import REST, StateDecision
from alertengine.vocabulary import (
    CANCEL,
    CHANGE,
    DECISION_TEXT,
    LEVEL_CLASS,
    LEVEL_TEXT,
    OPEN_END,
    RESPONSE_TEXT,
    STAY,
    moment,
)

#: Of what a title speaks where counties that stand apart keep their level.
_SOME: Final = "部分县（市、区）"
#: Characters of a title on one line, in the size of GB/T 9704.
TITLE_WIDTH: Final = 20


def title_words(made: StateDecision) -> tuple[str, ...]:
    """The title of a notice in words that must not be broken."""
    level, response = f"{LEVEL_TEXT[made.level]}预警", f"{LEVEL_CLASS[made.level]}应急响应"
    was = f"{_level_before(made)}预警"
    if made.apart:
        warned, answered = DECISION_TEXT[made.whole], RESPONSE_TEXT[made.whole]
        if made.whole in ("raise", "lower"):
            return ("关于", "重污染天气", "预警", "和", "应急响应", warned, "的通知")
        joined = ("和",) if warned == answered else ("并", answered)
        return ("关于", warned, "重污染天气", "预警", *joined, "应急响应", "的通知")
    middle = {
        "raise": ("将", "重污染天气", was, "升级为", level, "并启动", response),
        "lower": ("将", "重污染天气", was, "降级为", level, "并调整为", response),
        "extend": ("延长", "重污染天气", level, "和", response),
        "lift": ("解除", "重污染天气", level, "并终止", response),
        CANCEL: ("取消", "重污染天气", level, "和", response),
        STAY: ("维持", "重污染天气", level, "和", response),
    }.get(made.kind, ("发布", "重污染天气", level, "并启动", response))
    area = _SOME if made.beside else made.area
    words = [f"{area}{word}" if word == "重污染天气" else word for word in middle]
    return ("关于", *words, "的通知")


def public_title(made: StateDecision, city: str) -> str:
    """The title of what the public reads, as a headline."""
    to, head = f"{LEVEL_TEXT[made.level]}预警", f"{city}{_SOME if made.beside else made.area}"
    verb, moved = DECISION_TEXT[made.whole], made.whole in ("raise", "lower", CHANGE)
    if made.apart:
        same = {one.level for one in made.apart} == {made.level}
        if moved:
            if same and not any(one.over for one in made.apart):
                return f"{city}重污染天气预警{verb}为{to}"
            return f"{city}{verb}重污染天气预警" if made.whole == CHANGE else f"{city}重污染天气预警{verb}"
        return f"{city}{verb}重污染天气{to if same else '预警'}"
    if moved:
        return f"{head}重污染天气{_level_before(made)}预警{verb}为{to}"
    return f"{head}{verb}重污染天气{to}"


def title_lines(words: Sequence[str]) -> tuple[str, ...]:
    """A title on as few lines as it needs, about equally long and broken between words only."""
    count = -(-sum(map(len, words)) // TITLE_WIDTH)
    wanted = sum(map(len, words)) / count
    lines, line = [], ""
    for word in words:
        full = len(line) + len(word) > TITLE_WIDTH or len(line) + len(word) / 2 > wanted
        if line and full:
            lines.append(line)
            line = ""
        line += word
    return (*lines, line)


def decision_text(made: StateDecision) -> str:
    """The sentence that decides, without a full stop; of a city whose counties differ, area by area."""
    rest = REST if made.apart or made.beside else ""
    said = []
    for area in (made, *made.apart):
        of = f"对{area.area or rest}，" if area.area or rest else ""
        said += [of + _decided(one) for one in (area, *area.then)]
    for one in made.beside:
        until = f"执行至{moment(one.ends)}" if one.ends else f"结束时间{OPEN_END}"
        said.append(f"{one.area}的重污染天气{LEVEL_TEXT[one.level]}预警和{LEVEL_CLASS[one.level]}应急响应不变，{until}")
    return "；".join(said)


def by_area(made: StateDecision, words: Mapping[str, str], level: str = "level") -> str:
    """A word for the level of a decision, or for that ``before`` it; of a city whose counties differ, one each area.

    An area whose response ends beside others that go on has the word for that.
    """

    def word(one: StateDecision) -> str:
        ends = one.over and not made.over and level == "level"
        return DECISION_TEXT[one.kind] if ends else words[getattr(one, level)]

    said = _areas(made, word)
    said.pop("", None)
    if not made.apart:
        return "".join(word + (f"（{made.area}）" if made.area else "") for word in said)
    whole = len(said) == 1 and any(not one.area for one in (made, *made.apart))
    return "、".join(said) if whole else "、".join(f"{word}（{areas}）" for word, areas in said.items())


def hours_by_area(made: StateDecision) -> str:
    """From when until when a decision holds; of a city whose counties differ, area by area, but for those that end."""
    goes_on = replace(made, apart=tuple(one for one in made.apart if not one.over or made.over))
    said = _areas(goes_on, lambda one: f"{moment(one.since)}至{moment(one.ends) or OPEN_END}")
    return next(iter(said)) if len(said) == 1 else "；".join(f"{areas}{hours}" for hours, areas in said.items())


def _areas(made: StateDecision, word: Callable[[StateDecision], str]) -> dict[str, str]:
    """The areas of a decision by what is said of them, 、 between."""
    said: dict[str, list[str]] = {}
    for one in (made, *made.apart):
        said.setdefault(word(one), []).append(one.area or REST)
    return {text: "、".join(areas) for text, areas in said.items()}


def _level_before(made: StateDecision) -> str:
    """The level until a decision where it is another one, blank for none."""
    return LEVEL_TEXT[made.before] if made.before and made.before != made.level else ""


def _decided(made: StateDecision) -> str:
    level, response = f"重污染天气{LEVEL_TEXT[made.level]}预警", f"{LEVEL_CLASS[made.level]}应急响应"
    start, to = moment(made.since), LEVEL_TEXT[made.level]
    until = f"，执行至{moment(made.ends)}" if made.ends else f"，结束时间{OPEN_END}"
    was = f"由{before}" if (before := _level_before(made)) else ""
    return {
        "raise": f"自{start}起，将重污染天气预警{was}升级为{to}，启动{response}{until}",
        "lower": f"自{start}起，将重污染天气预警{was}降级为{to}，应急响应调整为{LEVEL_CLASS[made.level]}{until}",
        "extend": f"将{level}和{response}延长" + (f"至{moment(made.ends)}" if made.ends else until),
        "lift": f"自{start}起，解除{level}，终止{response}",
        STAY: f"取消原定自{start}起的级别调整，继续执行{level}和{response}"
        + (f"至{moment(made.ends)}" if made.ends else until),
        CANCEL: f"取消原定{start}启动的{level}和{response}",
    }.get(made.kind, f"发布{level}，自{start}起启动{response}{until}")
