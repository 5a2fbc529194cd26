"""Mappings of a rule document as rows of named cells, and back: one handler a key.

What a handler cannot say exactly goes into the last cell, 其他, as YAML, so a row always
reads back as the mapping it was made from.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from alertengine.rulebook.excel import condition_text as conditiontext
from alertengine.rulebook.excel import measure_cells as measuretext
from alertengine.rulebook.excel.cell_scanner import TextError, Unsayable, flow, is_flow, read_flow, same, single
from alertengine.rulebook.excel.day_cells import day_text, normal_day, read_day
from alertengine.rulebook.excel.level_words import levels_named
from alertengine.rulebook.recurring_periods import with_days
from alertengine.vocabulary import (
    KIND_TEXT,
    LAYER_TEXT,
    LEVEL_TEXT,
    REGIME_TEXT,
    STANDING_TEXT,
    YES_NO,
    Words,
)

OTHER: Final = "其他"
BLANK: Final = "（空）"

Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Handler:
    """How one key (or two that share a cell) stands in cells.

    ``say`` takes key and value and gives a text for each header; ``read`` takes the texts (blank where
    absent) and gives keys and values.  ``normal`` makes equal ways of writing one.
    """

    keys: tuple[str, ...]
    headers: tuple[str, ...]
    say: Callable[[str, Any], tuple[str, ...]]
    read: Callable[[tuple[str, ...]], dict[str, Any]]
    normal: Callable[[Any], Any] = lambda value: value


@dataclass(frozen=True, slots=True)
class CellError:
    """A cell that cannot be read."""

    header: str
    value: str
    error: TextError


def to_cells(mapping: Mapping[str, Any], handlers: Sequence[Handler]) -> dict[str, str]:
    """The cells of a mapping, by header."""
    by_key = {key: handler for handler in handlers for key in handler.keys}
    cells: dict[str, str] = {}
    rest: dict[str, Any] = {}
    for key, value in mapping.items():
        handler = by_key.get(key)
        said = _texts_of(handler, key, value) if handler else None
        if handler is None or said is None or any(header in cells for header in handler.headers):
            rest[key] = value
        else:
            cells |= {header: text for header, text in zip(handler.headers, said, strict=True) if text}
    ordered = {h: cells[h] for handler in handlers for h in handler.headers if h in cells}
    return {**ordered, OTHER: flow(rest)} if rest else ordered


def _texts_of(handler: Handler, key: str, value: Any) -> tuple[str, ...] | None:
    """The texts of a value, None where they would not read back as it."""
    value = handler.normal(value)
    try:
        said = handler.say(key, value)
        return said if any(said) and same(handler.read(said), {key: value}) else None
    except (Unsayable, TextError):
        return None


def from_cells(cells: Cells, handlers: Sequence[Handler]) -> tuple[dict[str, Any], list[CellError]]:
    """The mapping of a row, and every cell that cannot be read."""
    out: dict[str, Any] = {}
    errors: list[CellError] = []
    for handler in handlers:
        texts = tuple(cells.get(header, "").strip() for header in handler.headers)
        if not any(texts):
            continue
        try:
            out |= handler.read(texts)
        except TextError as error:
            at = next((i for i, text in enumerate(texts) if error.found and error.found in text), 0)
            errors.append(CellError(handler.headers[at], texts[at], error))
    rest = cells.get(OTHER, "").strip()
    if rest:
        try:
            found = read_flow(rest) if is_flow(rest) else None
            if not isinstance(found, dict):
                raise TextError("text_no_mapping", rest[:60], "{key: value}")
            if twice := [str(key) for key in found if key in out]:
                raise TextError("text_said_twice", "、".join(twice))
            out |= found
        except TextError as error:
            errors.append(CellError(OTHER, rest, error))
    return out, errors


# -- kinds of cells


def text(key: str, header: str) -> Handler:
    """A plain text."""

    def say(value: Any) -> str:
        if not isinstance(value, str) or value != value.strip() or value == BLANK or "\r" in value:
            raise Unsayable
        return value or BLANK

    return coded(key, header, say, lambda said: "" if said == BLANK else said)


def word(key: str, header: str, words: Mapping[str, str]) -> Handler:
    """A code by its Chinese word; a code without one stands as it is."""
    codes = {said: code for code, said in words.items()}

    def say(value: Any) -> str:
        if not isinstance(value, str) or not value or (value not in words and value in codes):
            raise Unsayable
        return words.get(value, value)

    def read(said: str) -> str:
        """The code; of a shorter word that only one begins with (转载) that one's."""
        near = [codes[name] for name in codes if name.startswith(said)]
        if said not in codes and len(near) == 1:
            return near[0]
        if said not in codes and not said.isascii():
            raise TextError("text_no_word", said, "、".join(codes))
        return codes.get(said, said)

    return coded(key, header, say, read)


def words(one: str, many: str, header: str, said: Mapping[str, str]) -> Handler:
    """One code under one key, several under another: ``level`` and ``levels``."""
    codes = {name: code for code, name in said.items()}

    def say(key: str, value: Any) -> tuple[str, ...]:
        names = value if isinstance(value, list) else [value]
        if (key == many) != (len(names) > 1) or not all(isinstance(n, str) and n in said for n in names):
            raise Unsayable
        return ("、".join(said[name] for name in names),)

    def read(texts: tuple[str, ...]) -> dict[str, Any]:
        parts = [part.strip() for part in re.split(r"[、，,；;/和及或](?!以上)", texts[0]) if part.strip()]
        names = [name for part in parts for name in levels_named(part, list(codes))]
        wrong = [name for name in names if name not in codes]
        if wrong:
            raise TextError("text_no_word", wrong[0], "、".join(codes))
        found = [codes[name] for name in names]
        return {one: found[0]} if len(found) == 1 else {many: found}

    return Handler((one, many), (header,), say, read)


def names(key: str, header: str, sign: str = "、") -> Handler:
    """A name or a list of names."""

    def say(_: str, value: Any) -> tuple[str, ...]:
        items = value if isinstance(value, list) else [value]
        if not items or not all(isinstance(item, str) for item in items):
            raise Unsayable
        if any(not item or item != item.strip() or sign in item for item in items):
            raise Unsayable
        return (sign.join(items),)

    def read(texts: tuple[str, ...]) -> dict[str, Any]:
        found = [part.strip() for part in texts[0].split(sign) if part.strip()]
        return {key: single(found)}

    return Handler((key,), (header,), say, read, single)


def yes(key: str, header: str) -> Handler:
    """Yes or no."""
    codes = {said: value for value, said in YES_NO.items()}

    def say(value: Any) -> str:
        if not isinstance(value, bool):
            raise Unsayable
        return YES_NO[value]

    def read(text: str) -> bool:
        if text not in codes:
            raise TextError("text_no_bool", text, Words("wanted_bool"))
        return codes[text]

    return coded(key, header, say, read)


def day(key: str, header: str) -> Handler:
    """A date, or only its month or year."""
    return coded(key, header, day_text, read_day, normal_day)


def interval(key: str, first: str, last: str) -> Handler:
    """An interval in two cells."""

    def say(_: str, value: Any) -> tuple[str, ...]:
        if not isinstance(value, dict) or not value or not set(value) <= {"from", "to"}:
            raise Unsayable
        return tuple(day_text(value[end]) if end in value else "" for end in ("from", "to"))

    def read(texts: tuple[str, ...]) -> dict[str, Any]:
        found = {end: read_day(said) for end, said in zip(("from", "to"), texts, strict=True) if said}
        if str(found.get("to", "")).endswith(" 00:00"):  # a day whose cell shows hours, or the end of the day before
            raise TextError("text_midnight", texts[1], Words("wanted_end"))
        return {key: found}

    def normal(value: Any) -> Any:
        return {end: normal_day(said) for end, said in value.items()} if isinstance(value, dict) else value

    return Handler((key,), (first, last), say, read, normal)


def coded(
    key: str,
    header: str,
    say: Callable[[Any], str],
    read: Callable[[str], Any],
    normal: Callable[[Any], Any] = lambda value: value,
) -> Handler:
    """A condition, a requirement or measures: texts with a language of their own."""
    return Handler((key,), (header,), lambda _, value: (say(value),), lambda texts: {key: read(texts[0])}, normal)


def _say_yaml(value: Any) -> str:
    if not isinstance(value, (dict, list)) or not value:
        raise Unsayable
    return flow(value)


_ENDED: Final = re.compile(r"(规则)?\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:[（(]自\s*(.+?)[)）])?")


def ended(key: str, header: str) -> Handler:
    """What a document takes the place of: ``linfen-2019（自2024-10-08）、规则 lf-1``; YAML is read too."""

    def words(one: Any) -> str:
        kind = "rule" if isinstance(one, dict) and "rule" in one else "document"
        if not isinstance(one, dict) or not set(one) <= {kind, "from"} or not _ENDED.fullmatch(str(one.get(kind))):
            raise Unsayable
        return f"{'规则 ' if kind == 'rule' else ''}{one[kind]}" + (
            f"（自{day_text(one['from'])}）" if "from" in one else ""
        )

    def read(text: str) -> Any:
        if is_flow(text):
            return read_flow(text)
        found = [_ENDED.fullmatch(part.strip()) for part in re.split("[、，,；;]", text)]
        if not all(found):
            raise TextError("text_no_word", text, "linfen-2019（自2024-10-08）")
        said = [({"rule" if one[1] else "document": one[2]}, one[3]) for one in found if one]
        return [one | ({"from": read_day(since)} if since else {}) for one, since in said]

    def normal(value: Any) -> Any:
        held = value if isinstance(value, list) else [None]  # what is no list has no words
        return [
            one | {"from": normal_day(one["from"])} if isinstance(one, dict) and "from" in one else one for one in held
        ]

    return coded(key, header, lambda value: "、".join(map(words, value)), read, normal)


#: Who entered a document, when, from which pages, and who checked it.
ENTERED: Final = ("by", "on", "pages", "checked_by", "checked_on")


def _entered() -> Handler:

    def say(_: str, value: Any) -> tuple[str, ...]:
        if not isinstance(value, dict) or not value or not set(value) <= set(ENTERED):
            raise Unsayable
        return tuple(str(value.get(key, "")) for key in ENTERED)

    def read(texts: tuple[str, ...]) -> dict[str, Any]:
        return {"entered": {key: said for key, said in zip(ENTERED, texts, strict=True) if said}}

    def normal(value: Any) -> Any:
        return {key: str(said) for key, said in value.items()} if isinstance(value, dict) else value

    return Handler(("entered",), ("录入人", "录入日期", "页码", "核对人", "核对日期"), say, read, normal)


RULE: Final = (
    text("id", "编号"),
    text("article", "条款"),
    text("title", "标题"),
    word("kind", "类别", KIND_TEXT),
    text("like", "沿用"),
    coded("when", "条件", conditiontext.condition_text, conditiontext.read_condition, conditiontext.normal),
    coded("need", "另需", conditiontext.need_text, conditiontext.read_need, conditiontext.normal_need),
    coded("then", "措施", measuretext.measures_text, measuretext.read_measures_text, measuretext.normal),
    word("layer", "层级", LAYER_TEXT),
    words("regime", "regimes", "体系", REGIME_TEXT),
    words("level", "levels", "级别", LEVEL_TEXT),
    Handler(
        ("during",),
        ("期间",),
        text("during", "期间").say,
        lambda texts: {"during": said.name if (said := with_days(texts[0])) else "" if texts[0] == BLANK else texts[0]},
    ),
    interval("valid", "生效", "失效"),
    names("area", "地区"),
    word("source", "文本性质", STANDING_TEXT),
    text("interpretation", "解释"),
    text("note", "备注"),
    names("replaces", "替代"),
)
HEAD: Final = (
    text("document", "文件编号"),
    text("title", "标题"),
    text("number", "文号"),
    text("issuer", "发文机关"),
    day("issued", "发文日期"),
    names("area", "适用地区"),
    interval("valid", "生效", "失效"),
    interval("concerns", "所及期间起", "所及期间止"),
    word("source", "文本性质", STANDING_TEXT),
    yes("only_where_adopted", "须经采用方适用"),
    yes("emergency_plan", "重污染天气应急预案"),
    yes("episode", "只为一次污染过程"),
    ended("replaces", "替代"),
    _entered(),
    text("url", "网址"),
    text("note", "备注"),
)
MISSING: Final = (
    text("what", "缺什么"),
    text("source", "应见于"),
    text("reason", "为何缺"),
    coded("cells", "单元格", _say_yaml, read_flow),
)
CLAUSE: Final = (
    text("clause", "条款"),
    text("text", "内容"),
    names("rules", "规则", ";"),
    text("feature", "功能"),
    text("reason", "说明"),
)


def headers(handlers: Sequence[Handler]) -> list[str]:
    """The headers of a row, 其他 last."""
    return [*(header for handler in handlers for header in handler.headers), OTHER]
