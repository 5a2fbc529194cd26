"""How texts name what a measure stands under: levels, grades, and the marks that lead to a note."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from alertengine.rulebook import WARNING_LEVELS
from alertengine.vocabulary import LEVEL_NUMERALS, LEVEL_TEXT, Level

LEVEL_WORD: Final = {LEVEL_TEXT[level]: level for level in WARNING_LEVELS}
_NUMERAL: Final = r"(?:\((?:I{1,3}|[一二三])级(?:响应|预警)?\))?"
LEVEL: Final = re.compile(
    rf"(?:启动|发布|当|在|实施)*(?P<first>[黄橙红])色?{_NUMERAL}(?P<more>(?:[、和及或与/][黄橙红]色?{_NUMERAL})*)色?"
    rf"(?:级别)?(?:\(含\))?(?:(?P<up>及以上|以上)|(?P<down>及以下|以下))?(?:级别)?(?:预警|应急响应|响应)?{_NUMERAL}"
    r"(?:(?P<over>及以上|以上)|(?P<under>及以下|以下))?(?:级别)?"
    r"(?:期间|时|情况下)?[:,]?"
)
ONE: Final = r"(?:A\+|A|B-|B|C|D)"
_TO: Final = r"(?:[-‐-―−~]{1,2}|至|到)"
GRADE_WORDS: Final = "非引领性|引领性|未评级"
GRADE: Final = re.compile(
    rf"(?:绩效(?:分级|评级|等级|评定)?(?:结果)?)?(?:为|达到|评定?为|属于?)?"
    rf"(?P<names>{ONE}级?{_TO}{ONE}(?=级)级|(?:{GRADE_WORDS}|{ONE}(?=级|、|和|及|或|与|,|/|类|企业|$|:|\())级?"
    rf"(?:[、和及或与,/](?:{GRADE_WORDS}|{ONE}级?))*)"
    r"(?:(?:\(含\)及?|及)(?:(?P<down>以下)|(?P<up>以上))|\(含\))?(?:类)?(?:企业)?[:,]?"
)
LEVEL_IN: Final = re.compile(
    rf"[黄橙红]色?{_NUMERAL}(?:级别)?(?:\(含\))?(?:及?以[上下])?(?:级别)?(?:预警|应急响应|响应)"
)
GRADE_IN: Final = re.compile(rf"(?:{GRADE_WORDS}|(?<![A-Za-z]){ONE}级)")
#: A mark behind what it belongs to: ①, *, 注1, [1], （见注2）, a figure set above the line.
_SIGN: Final = (
    r"(?:[\[［(（【]?见?(?<![备标关])注\s*(?P<note>\d*)[\]］)）】]?|[\[［](?P<number>\d{1,2})[\]］]|(?P<star>[*＊†]+))"
)
MARK: Final = re.compile(rf"\s*{_SIGN}\s*(?=$|[，,；;。、:：])")
_ABOVE: Final = re.compile(r"(?<=[\u4e00-\u9fff%％)）A-D\-])\s*([①-⑳¹²³⁴-⁹]+)(?=\s*(?:$|[，,；;。、:：（(级]))")
_NOTE: Final = re.compile(r"^(?:[\[［(（]?注\s*\d*[\]］)）]?\s*[:：.、]?|备注|说明[:：]|[*＊†])")


def plain(text: str) -> str:
    """NFKC without spaces, letters upper case; a figure set above the line is a mark (停产① is 停产[注1])."""
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", re.sub(r"^\s*[①-⑳]", "", marked(text))))
    text = re.sub(r"(?<=[A-D])[‐-―−](?=级|类|$|[、,/])", "-", text)
    text = re.sub(r"(?<![A-Za-z])[abcd](?=[+-]?级)", lambda found: found[0].upper(), text)
    return re.sub(r"(非?)(?:绩效)?(非?)(?:绩效)?引领性", lambda found: f"{found[1] or found[2]}引领性", text)


def marked(text: str) -> str:
    """A text in which figures set above the line are written as marks."""
    return _ABOVE.sub(lambda found: "".join(f"[注{_figure(sign)}]" for sign in found[1]), text)


def _figure(sign: str) -> str:
    return unicodedata.normalize("NFKC", sign)


def marks_of(text: str) -> list[str]:
    """The marks of a text as :func:`note_marks` names them: ``1``, ``*``, blank for a bare 注."""
    return [found["note"] or found["number"] or found["star"] or "" for found in MARK.finditer(marked(text))]


def without_marks(text: str) -> str:
    """A text without its marks."""
    return MARK.sub("", marked(text))


def is_note(text: str, used: set[str]) -> bool:
    """Whether a paragraph is a note: it says so, or begins with a figure that a mark leads to."""
    if _NOTE.match(text.strip()):
        return True
    found = re.match(r"\s*(?:([①-⑳])|[\[［](\d{1,2})[\]］])", text)
    return bool(found) and _figure(found[1] or found[2]) in used if found else False


def note_marks(text: str) -> set[str]:
    """The marks that a note is for."""
    found = re.match(r"\s*(?:[\[［(（]?注\s*(\d*)[\]］)）]?|[\[［](\d{1,2})[\]］]|([*＊†]+))", text)
    own = {found[1] or found[2] or found[3] or ""} if found else set[str]()
    return own | {_figure(sign) for sign in re.findall(r"[①-⑳]", text)}


#: A level named by its numeral alone.
_NUMERAL_ALONE: Final = re.compile(
    r"(?<![(A-Za-z一二三四])(III|II|I|[一二三])级(?=(?:\(含\))?(?:及以上)?(?:级别)?(?:应急)?(?:响应|预警))"
)
#: III级(黄色): the numeral stands before its colour.
_BEFORE_COLOUR: Final = re.compile(r"((?:III|II|I|[一二三])级)\(([黄橙红]色)\)")
_COLOUR: Final = {numeral: LEVEL_TEXT[level] for level, numerals in LEVEL_NUMERALS.items() for numeral in numerals}


def by_colour(text: str) -> tuple[str, list[str]]:
    """A text in which levels named by a numeral alone have their colour, and what is to be said of that."""
    text = _BEFORE_COLOUR.sub(r"\2(\1)", text)
    doubts = [f"原文写{found[1]}级，按{_COLOUR[found[1]]}" for found in _NUMERAL_ALONE.finditer(text)]
    return _NUMERAL_ALONE.sub(lambda found: _COLOUR[found[1]], text), list(dict.fromkeys(doubts))


def levels_of(match: re.Match[str]) -> tuple[Level, ...]:
    """The levels that a match names, the graver ones too where it says 及以上, the milder where it says 及以下."""
    named = [LEVEL_WORD[f"{sign}色"] for sign in match["first"] + re.sub(r"[^黄橙红]", "", match["more"] or "")]
    if match["down"] or match["under"]:
        gravest = max(named, key=lambda level: level.rank)
        return tuple(level for level in WARNING_LEVELS if level.rank <= gravest.rank)
    if match["up"] or match["over"]:
        lowest = min(named, key=lambda level: level.rank)
        return tuple(level for level in WARNING_LEVELS if level.rank >= lowest.rank)
    return tuple(dict.fromkeys(named))


def grades_of(match: re.Match[str], ladder: list[str]) -> tuple[str, ...]:
    """The grades that a match names, those below or above too where it says so; ``ladder`` from the best down."""
    known = [one for one in ladder if re.fullmatch(ONE, one)]
    if ends := re.fullmatch(
        rf"({ONE})级?{_TO}({ONE})级", match["names"]
    ):  # of a range nothing where it is on no ladder
        first, last = (known.index(end) if end in known else -1 for end in ends.groups())
        return tuple(known[first : last + 1]) if 0 <= first < last else ()
    names = re.findall(rf"{GRADE_WORDS}|{ONE}", match["names"])
    if match["down"] and names[-1] in known:
        names += known[known.index(names[-1]) + 1 :]
    if match["up"] and names[-1] in known:
        names = [*known[: known.index(names[-1])], *names]
    return tuple(dict.fromkeys(names))
