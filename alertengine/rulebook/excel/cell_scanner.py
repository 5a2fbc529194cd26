"""Texts in cells: what conditions and measures share when they are written as Chinese and read back.

Every text is read back before it is used; what has no words, or would not come back exactly,
is written as YAML in braces instead.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable
from typing import Any, Final

import yaml

from alertengine.files import TooDeepError, parse_yaml, syntax_of
from alertengine.vocabulary import SaidError, Words

#: Full-width signs read as their half-width fellows; one for one, so that places stay the same.
_PLAIN: Final = str.maketrans("（）＝＜＞；，：！", "()=<>;,:!")
_NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")


class TextError(SaidError):
    """A text that cannot be read: ``found`` is the part in question, ``expected`` what could stand there."""

    def __init__(self, code: str, found: str, expected: str | Words = "", **arguments: Any) -> None:
        """Take a code of the catalogue with its arguments; keep what was found and expected beside it."""
        self.found, self.expected = found, expected
        super().__init__(code, **arguments)


class Unsayable(Exception):  # noqa: N818 -- no error: the cell then holds YAML
    """A construct that the compact text has no words for."""


def same(one: Any, other: Any) -> bool:
    """Equality that tells true from 1."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and one == other


def single(value: Any) -> Any:
    """A list of one as that one."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def flow(value: Any) -> str:
    """YAML in one line, for what has no words."""
    return yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, sort_keys=False, width=math.inf).strip()


def is_flow(text: str) -> bool:
    """Whether a cell holds YAML."""
    return text.lstrip().startswith(("{", "["))


def exact(value: Any, say: Callable[[Any], str], read: Callable[[str], Any]) -> str:
    """The Chinese text where it reads back as the same value, else YAML."""
    try:
        text = say(value)
        if same(read(text), value):
            return text
    except (Unsayable, TextError):
        pass
    return flow(value)


def read_flow(text: str) -> Any:
    """The value of a YAML cell.

    Raises:
        TextError: it is not YAML, or repeats a key.

    """
    try:
        return parse_yaml(text)
    except (yaml.YAMLError, TooDeepError) as error:
        why = Words("text_too_deep") if isinstance(error, TooDeepError) else syntax_of(error)
        raise TextError("text_not_yaml", text[:60], "{key: value}", why=why) from None


def number_text(value: Any) -> str:
    """A number as it reads back."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise Unsayable
    return repr(value)


def read_number(text: str) -> int | float:
    """The number a text is: whole where it is written so, and has no more figures than a number holds."""
    return int(text) if re.fullmatch(r"-?\d{1,15}", text) else float(text)


def quoted(text: Any, special: Iterable[str]) -> str:
    """A text, in quotes where it holds a sign that would end it."""
    if not isinstance(text, str):
        raise Unsayable
    plain = text.translate(_PLAIN)
    bare = text and text == text.strip() and '"' not in text and not any(sign in plain for sign in special)
    return text if bare and _balanced(plain) and not is_flow(text) else json.dumps(text, ensure_ascii=False)


def _balanced(plain: str) -> bool:
    depth = 0
    for sign in plain:
        depth += (sign == "(") - (sign == ")")
        if depth < 0:
            return False
    return depth == 0


def split_outside(text: str, signs: str) -> list[str]:
    """The parts of a text between some signs, those inside quotes and brackets left alone."""
    parts, part, depth, inside = [], "", 0, False
    for place, sign in enumerate(text):
        if sign == '"' and text[place - 1 : place] != "\\":
            inside = not inside
        if not inside:
            depth += (sign in "（(") - (sign in "）)")
        if sign in signs and not depth and not inside:
            parts.append(part.strip())
            part = ""
        else:
            part += sign
    return [*parts, part.strip()]


class Scanner:
    """Reads a cell's text from left to right, full-width signs like half-width ones."""

    def __init__(self, text: str) -> None:
        """Start at the first sign that is no space."""
        self.text, self.plain, self.at, self.depth = text, text.translate(_PLAIN), 0, 0
        self.skip()

    def skip(self) -> None:
        """Pass over spaces (line ends are signs of their own)."""
        while self.at < len(self.text) and self.text[self.at] in " \t\r\u3000":
            self.at += 1

    def over(self) -> bool:
        """Whether the text is at its end."""
        return self.at >= len(self.text)

    def accept(self, *signs: str) -> str:
        """Pass over the first of some signs that stands here; blank where none does."""
        for sign in signs:
            if self.plain.startswith(sign, self.at):
                self.at += len(sign)
                self.skip()
                return sign
        return ""

    def peek(self, *signs: str) -> bool:
        """Whether one of some signs stands here."""
        return any(self.plain.startswith(sign, self.at) for sign in signs)

    def number(self, what: str) -> int | float:
        """The number that stands here."""
        match = _NUMBER.match(self.plain, self.at)
        if not match:
            raise TextError("text_no_number", self.rest(), Words("wanted_number"), what=what)
        self.at = match.end()
        self.skip()
        return read_number(match[0])

    def word(self, ends: Iterable[str], what: str) -> str:
        """A text up to one of some signs, brackets inside it included; quoted texts whole."""
        if self.peek('"'):
            try:
                value, self.at = json.JSONDecoder().raw_decode(self.text, self.at)
            except json.JSONDecodeError:
                raise TextError("text_quotes", self.rest()) from None
            self.skip()
            return str(value)
        start, depth = self.at, 0
        while not self.over() and (depth or not self.peek(*ends, ")")):
            depth += (self.plain[self.at] == "(") - (self.plain[self.at] == ")")
            self.at += 1
        found = self.text[start : self.at].strip()
        if not found:
            raise TextError("text_no_value", self.text[max(0, start - 12) : start + 6], what=what)
        return found

    def rest(self) -> str:
        """What was not read yet, in short."""
        return self.text[self.at : self.at + 24]
