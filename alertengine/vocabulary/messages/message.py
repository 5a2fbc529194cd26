"""One entry of the catalogue of messages, and how its words are made."""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, Final, Literal

from alertengine.vocabulary._language import Language
from alertengine.vocabulary.codes import ACTION_TEXT, DRAFT_STEP_TEXT, LEVEL_TEXT, MODE_TEXT, STAGE_TEXT
from alertengine.vocabulary.fields import FIELDS
from alertengine.vocabulary.numbers import number, percent

Severity = Literal["error", "warning", "finding", ""]
#: What a defect touches: the order itself, its kilograms, who receives it, or the city's ratio.
Stake = Literal["order", "kilograms", "recipient", "ratio", ""]

#: What stands between the parts of an argument that is a list, by format (``{names}``, ``{names:or}``, …).
_BETWEEN: Final[dict[str, dict[str, str]]] = {
    "en": {"": ", ", "or": " or ", "and": " and ", "then": "; ", "space": " ", "pause": "、"},
    "zh": {"": "、", "or": "或", "and": "和", "then": "；", "space": " ", "pause": "、"},
}
#: Formats that name a code of the vocabulary: its own spelling in English, its name in Chinese.
_NAMED: Final = {
    "field": {name: field.text for name, field in FIELDS.items()},
    "level": LEVEL_TEXT,
    "action": ACTION_TEXT,
    "stage": STAGE_TEXT,
    "step": DRAFT_STEP_TEXT,
    "mode": MODE_TEXT,
}
#: Formats of a number.
_PRINTED: Final[dict[str, Callable[[Any], str]]] = {"number": number, "percent": percent}


@dataclass(frozen=True)
class Message:
    """What is said under one code, in both languages.

    ``message`` and ``expected`` are the English sentences, ``text`` and ``wanted`` the Chinese ones: what is wrong,
    and what was expected (empty where there is nothing to expect).  Both languages take the same named arguments in
    braces; ``file``, ``row``, ``column``, ``value`` and ``sheet`` are those of the problem.  An argument may be a
    list (``{names}`` is joined by commas, ``{names:or}`` by *or*), a field, level, action, stage or step of a draft, or
    the mode of a run (``{name:field}``), a number or share (``{hours:number}``, ``{required:percent}``), or a further
    message (:class:`~alertengine.vocabulary.problems.Words`).

    ``severity``: an ``error`` is wrong for certain, a ``finding`` needs a person's decision; both give exit status 1,
    and 2 where nothing can be done with the input.  A ``warning`` is worth knowing and changes no exit status.
    Without a severity it is a phrase that stands in other messages.

    Of a list: the ``title`` of its kind, what it touches (``stake``), and the ``kind`` it is counted under where that
    is another code.
    """

    severity: Severity
    message: str
    text: str
    expected: str = ""
    wanted: str = ""
    title: str = ""
    stake: Stake = ""
    kind: str = ""

    @cached_property
    def arguments(self) -> frozenset[str]:
        """The named arguments of its sentences."""
        return frozenset().union(*(named_in(said) for said in (self.message, self.text, self.expected, self.wanted)))

    def sentences(self, language: Language) -> tuple[str, str]:
        """What is wrong and what was expected, with arguments still in braces."""
        return (self.text, self.wanted) if language == "zh" else (self.message, self.expected)


#: What is wrong for certain.
error: Final = partial(Message, "error")
#: What needs a person's decision.
finding: Final = partial(Message, "finding")
#: What is worth knowing.
note: Final = partial(Message, "warning")
#: Words that stand in other messages.
phrase: Final = partial(Message, "")


class _Formatter(string.Formatter):
    def __init__(self, language: Language) -> None:
        self.language = language

    def format_field(self, value: Any, format_spec: str) -> str:
        if hasattr(value, "words"):
            return str(value.words(self.language)[0])
        if isinstance(value, (list, tuple)):
            joint = _BETWEEN[self.language]
            between, spec = (joint[format_spec], "") if format_spec in joint else (joint[""], format_spec)
            return between.join(self.format_field(part, spec) for part in value)
        if format_spec in _PRINTED:
            return _PRINTED[format_spec](value)
        if format_spec == "level_text":
            return LEVEL_TEXT[str(value)]
        if format_spec in _NAMED:
            return _NAMED[format_spec].get(str(value), str(value)) if self.language == "zh" else str(value)
        return "" if value is None else format(value, "" if format_spec in _BETWEEN["en"] else format_spec)


_FORMATTERS: Final[dict[Language, _Formatter]] = {"en": _Formatter("en"), "zh": _Formatter("zh")}


def filled(sentence: str, arguments: Mapping[str, Any], language: Language) -> str:
    """A sentence with its arguments."""
    return _FORMATTERS[language].vformat(sentence, (), arguments) if "{" in sentence or "}" in sentence else sentence


def named_in(sentence: str) -> frozenset[str]:
    """The arguments a sentence names."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(sentence) if name)
