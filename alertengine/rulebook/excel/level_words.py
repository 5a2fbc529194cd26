"""Levels as officers write them: 橙, 橙色预警, Ⅱ级响应, 橙色及以上, 各级别."""

from __future__ import annotations

import re
from typing import Final

from alertengine.vocabulary import LEVEL_NUMERALS

#: No level is said in more signs.
_LONGEST: Final = 40
#: What may stand behind a level: 橙色预警, Ⅱ级应急响应期间.
_AFTER: Final = r"(?:级别|应急)*(?:预警|响应)?(?:期间|时|状态)?"


def levels_named(part: str, known: list[str]) -> list[str]:
    """The words of a part as officers write it: 橙, 橙色预警, Ⅱ级响应, 橙色及以上; ``known`` from the lightest up."""
    warned = known[-len(LEVEL_NUMERALS) :]
    if part in known or len(part) > _LONGEST:
        return [part]
    if re.fullmatch(rf"(?:各|所有|全部|各个)级?别?{_AFTER}", part):
        return warned
    if span := re.fullmatch(r"(.+?)(?:至|到|[-—–~～]+)(.+)", part):
        first, last = _level(span[1], known), _level(span[2], known)
        if first in known and last in known[known.index(first) :]:
            return known[known.index(first) : known.index(last) + 1]
    found = re.fullmatch(rf"(.+?)(?:[（(]含[)）])?({_AFTER}及?以上){_AFTER}", part)
    name = _level(found[1] if found else part, known)
    return known[known.index(name) :] if found and name in known else [name]


def _level(said: str, known: list[str]) -> str:
    """The level of one word; the word itself where it is none, or where colour and response do not agree."""
    both = re.fullmatch(rf"(.+?){_AFTER}[（(](.+?){_AFTER}[)）]{_AFTER}", said)
    if both and both[2] != "含":
        names = {_level(one, known) for one in both.groups()}
        return names.pop() if len(names) == 1 else said
    found = re.fullmatch(rf"(.+?)(?:[（(]含[)）])?{_AFTER}", said)
    word = found[1] if found else said
    for name, numerals in zip(reversed(known), reversed(LEVEL_NUMERALS.values()), strict=False):
        if word in (name, name.removesuffix("色")) or word.removesuffix("级") in numerals:
            return name
    return word if word in known else said
