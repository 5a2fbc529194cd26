"""The rows of a city plan's form: how the rules of each of its sheets stand in cells, and back."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from alertengine.rulebook._nearest import nearest
from alertengine.rulebook.excel.cell_scanner import TextError, Unsayable, single, split_outside
from alertengine.rulebook.excel.day_cells import clock_hours
from alertengine.rulebook.excel.measure_options import read_options, say_option, word_of
from alertengine.rulebook.excel.rule_rows import Handler, coded, headers, names, text, word, words
from alertengine.vocabulary import (
    GROUP_TEXT,
    LEVEL_TEXT,
    STANDING_TEXT,
    STEP_ABOUT_TEXT,
    STEP_TEXT,
    SUBJECT_TEXT,
    Level,
    Words,
    in_digits,
    number,
)

#: A cell that nobody has filled in yet, and one of which the plan says nothing.
TO_FILL: Final = "【待填】"
SILENT: Final = "—"
LEVEL_WORDS: Final = {str(level): LEVEL_TEXT[level] for level in Level if level is not Level.NONE}
EVERY_LEVEL: Final = "、".join(LEVEL_WORDS.values())
#: Steps as the form names them: a step, or a step and what it is about.
STEPS: Final = {**STEP_TEXT, **{"/".join(pair): said for pair, said in STEP_ABOUT_TEXT.items()}}
#: What a step does, where the plan's own sentence was not copied.
_DOES: Final = {
    "consult": "会商研判", "propose": "提出预警建议", "review": "审核预警建议", "approve": "签发预警", "seal": "用印",
    "issue": "发布预警", "issue/order": "对企业签发减排指令", "publish": "向公众告知预警", "start": "启动应急响应",
    "notify/order": "将减排指令送达企业", "stop_in_place": "减排措施落实到位", "supervise": "开展监督检查",
    "report": "报告响应情况", "raise": "调整预警级别", "lift": "解除预警", "evaluate": "开展响应评估",
}  # fmt: skip
_NUMBER: Final = re.compile(r"(\d+(?:\.\d+)?)\s*(?:个?小时|h|个)?(?:之?内|以内|前)?", re.IGNORECASE)
#: What a cell may say of vehicles, and how: 国五及以下，车型：货车，燃料：燃油，除外：环卫车.
_VEHICLES: Final = ("total", "stage_at_most", "stage", "classes", "fuels", "spared", "cut")
_VEHICLES_EXPECTED: Final = "国五及以下，车型：货车，燃料：燃油、燃气，除外：环卫车；或：全部车辆"
#: The parts of a contact, kept in the text of its rule.
_CONTACT: Final = ("岗位", "值班电话", "传真或邮箱")
_CONTACT_KEYS: Final = ("_post", "_phone", "_fax")


def choice(key: str, header: str, said: Mapping[str, str]) -> Handler:
    """A code by its Chinese word; another word is refused with the nearest ones."""
    codes = {name: code for code, name in said.items()}

    def read(text: str) -> str:
        if text not in codes:
            near = nearest(text, {name: name for name in codes}) or tuple(codes)
            raise TextError("text_no_word", text, "、".join(near))
        return codes[text]

    return coded(key, header, word_of(said), read)


def amount(key: str, header: str) -> Handler:
    """A number, with 小时内 behind it or not."""

    def say(value: Any) -> str:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise Unsayable
        return number(value)

    def read(text: str) -> float:
        found = _NUMBER.fullmatch(in_digits(text)) or _NUMBER.fullmatch(in_digits(f"{text}小时"))
        if found is None:
            raise TextError("text_not_number", text, Words("wanted_number"))
        value = float(found[1])
        return int(value) if value.is_integer() else value

    return coded(key, header, say, read)


def places(key: str, header: str) -> Handler:
    """Names of places, between any stops."""
    base = names(key, header)
    return replace(base, read=lambda texts: base.read(("、".join(re.split(r"[、，,；;\s]+", texts[0].strip())),)))


def _say_vehicles(value: Any) -> str:
    if not isinstance(value, dict) or not value or not set(value) <= set(_VEHICLES):
        raise Unsayable
    return "，".join(say_option(key, said) for key, said in value.items())


def _read_vehicles(text: str) -> dict[str, Any]:
    return read_options(filter(None, split_outside(text, "，,；;")), _VEHICLES, _VEHICLES_EXPECTED, {})


def _levels() -> Handler:
    """Levels as 橙色、红色, 橙色及以上 or 各级别."""

    def say(_: str, value: Any) -> tuple[str, ...]:
        found = [value] if isinstance(value, str) else value
        if not isinstance(found, list) or not found or not all(one in LEVEL_WORDS for one in found):
            raise Unsayable
        return ("、".join(LEVEL_WORDS[one] for one in found),)

    def read(texts: tuple[str, ...]) -> dict[str, Any]:
        found = words("level", "levels", "级别", LEVEL_WORDS).read(texts)
        named = [found["level"]] if "level" in found else found["levels"]
        once = [code for code in LEVEL_WORDS if code in named]
        return {"levels": single(once)}

    return Handler(("levels",), ("级别",), say, read, single)


_ENDS: Final = (text("note", "备注"), word("source", "文本性质", STANDING_TEXT), text("id", "编号"))


@dataclass(frozen=True, slots=True)
class FormSheet:
    """A sheet of the form: one row a rule of ``kind``.

    ``need``: headers without which there is no rule yet; ``label``: those by which a row is called, the first of which
    must be there in any row; ``fold`` and ``unfold`` turn a rule's mapping into the keys of the handlers and back.
    """

    sheet: str
    kind: str
    handlers: tuple[Handler, ...]
    need: tuple[str, ...]
    label: tuple[str, ...]
    fold: Callable[[dict[str, Any]], dict[str, Any] | None]
    unfold: Callable[[dict[str, Any]], dict[str, Any]]

    @property
    def headers(self) -> list[str]:
        """Its columns."""
        return headers(self.handlers)

    def named(self, cells: Mapping[str, str]) -> str:
        """What a row is called."""
        first, *rest = [cells[header] for header in self.label if cells.get(header)] or [""]
        return first + (f"（{'，'.join(rest)}）" if rest else "")


def _fold_step(rule: dict[str, Any]) -> dict[str, Any] | None:
    step, about = rule.get("step"), rule.get("about")
    if step not in STEP_TEXT:
        return None
    both = f"{step}/{about}"
    gone = ("kind", "step", "about") if both in STEPS else ("kind", "step")
    rest = {key: value for key, value in rule.items() if key not in gone}
    return {"_step": both if both in STEPS else step, **rest}


def _unfold_step(row: dict[str, Any]) -> dict[str, Any]:
    code = str(row.pop("_step", ""))
    step, _, about = code.partition("/")
    hours, after = row.get("within_hours"), row.get("after")
    does = _DOES.get(code, STEPS.get(code, ""))
    timed = f"{STEP_TEXT[after]}后{number(hours)}小时内" if hours and after else ""
    value = row.get("levels")
    found = [value] if isinstance(value, str) else value or []
    levels = "、".join(LEVEL_WORDS.get(one, "") for one in found) + ("预警" if found else "")
    row.setdefault("text", timed + does)
    row.setdefault("title", f"{levels}{STEPS.get(code, '')}：{row.get('actor', '')}" + (f"，{timed}" if timed else ""))
    return {"kind": "procedure", "step": step, **({"about": about} if about else {}), **row}


def _fold_linkage(rule: dict[str, Any]) -> dict[str, Any] | None:
    rest = {key: value for key, value in rule.items() if key != "kind"}
    trigger = rest.get("trigger")
    if isinstance(trigger, dict) and set(trigger) == {"cities", "level"}:
        del rest["trigger"]
        rest |= {"_cities": trigger["cities"], "_at": trigger["level"]}
    return rest


def _unfold_linkage(row: dict[str, Any]) -> dict[str, Any]:
    trigger = {key: row.pop(own) for key, own in (("cities", "_cities"), ("level", "_at")) if own in row}
    row.setdefault("title", "区域联动")
    return {"kind": "linkage", **row, **({"trigger": trigger} if trigger else {})}


def _fold_contact(rule: dict[str, Any]) -> dict[str, Any] | None:
    if (rule.get("step"), rule.get("about")) != ("notify", "plan"):
        return None
    said = dict(part.partition("：")[::2] for part in str(rule.get("text", "")).split("；"))
    if not said or not set(said) <= set(_CONTACT) or not all(said.values()):
        return None
    if rule.get("text") != _contact_text(said) or rule.get("title") != f"{rule.get('actor')}联系方式":
        return None
    rest = {key: value for key, value in rule.items() if key not in ("kind", "step", "about", "text", "title")}
    return rest | {key: said[name] for key, name in zip(_CONTACT_KEYS, _CONTACT, strict=True) if name in said}


def _contact_text(said: Mapping[str, str]) -> str:
    return "；".join(f"{name}：{said[name]}" for name in _CONTACT if name in said)


def _unfold_contact(row: dict[str, Any]) -> dict[str, Any]:
    said = {name: str(row.pop(key)) for key, name in zip(_CONTACT_KEYS, _CONTACT, strict=True) if key in row}
    head = {"kind": "procedure", "step": "notify", "about": "plan"}
    return {**head, "title": f"{row.get('actor', '')}联系方式", **row, "text": _contact_text(said)}


#: What the rule of the counties is called.
_COUNTIES: Final = "各县（市、区）启动应急响应"


def fold_counties(rule: dict[str, Any]) -> dict[str, Any] | None:
    """The rule that counties respond, without the keys that are the same in every such rule; None of another rule."""
    said = {"kind": "procedure", "step": "start", "title": _COUNTIES, "after": "issue"}
    if any(rule.get(key) != value for key, value in said.items()):
        return None
    return {key: value for key, value in rule.items() if key not in said}


def unfold_counties(row: dict[str, Any]) -> dict[str, Any]:
    """A row of a county as the rule it is part of; ``_county`` stays, and its name stands before the actor."""
    county, actor, hours = str(row.get("_county", "")), str(row.get("actor", "")), row.get("within_hours")
    timed = f"发布后{number(hours)}小时内" if hours else ""
    row["actor"] = actor if actor.startswith(county) else county + actor
    row.setdefault("text", f"{timed}启动本行政区域应急响应")
    return {"kind": "procedure", "step": "start", "title": _COUNTIES, "after": "issue", **row}


PROCEDURE: Final = FormSheet(
    "程序", "procedure",
    (
        choice("_step", "环节", STEPS), _levels(), text("actor", "责任单位或责任人"),
        choice("after", "从哪一环节起算", STEP_TEXT), amount("within_hours", "几小时内"),
        amount("ahead_hours", "提前几小时"), text("text", "原文内容"), text("article", "条款"), text("title", "标题"),
        *_ENDS,
    ),
    ("环节", "责任单位或责任人"), ("环节", "级别"), _fold_step, _unfold_step,
)  # fmt: skip
RESPONSE: Final = FormSheet(
    "响应措施", "response",
    (
        choice("group", "类别", GROUP_TEXT), choice("about", "对象", SUBJECT_TEXT), _levels(), text("title", "措施"),
        text("department", "责任部门"), text("where", "地点"),
        replace(text("daily", "时段"), read=lambda texts: {"daily": clock_hours(texts[0])}),
        coded(
            "vehicles", "车辆", _say_vehicles, _read_vehicles,
            lambda value: {name: single(one) for name, one in value.items()} if isinstance(value, dict) else value,
        ),
        names("spared", "除外"), text("text", "具体要求"),
        text("article", "条款"), *_ENDS,
    ),
    ("类别", "对象", "措施"), ("类别", "对象", "级别"),
    lambda rule: {k: v for k, v in rule.items() if k != "kind" and not (k == "text" and v == rule.get("title"))},
    lambda row: {"kind": "response", **row, "text": row.get("text", row.get("title", ""))},
)  # fmt: skip
LINKAGE: Final = FormSheet(
    "联动", "linkage",
    (
        text("title", "名称"), places("members", "成员"), amount("_cities", "几个城市"),
        choice("_at", "达到级别", LEVEL_WORDS), choice("floor", "联动级别", LEVEL_WORDS),
        text("article", "条款"), *_ENDS,
    ),
    ("成员",), ("名称",), _fold_linkage, _unfold_linkage,
)  # fmt: skip
CONTACT: Final = FormSheet(
    "联系", "procedure",
    (
        text("actor", "单位"), *(text(key, name) for key, name in zip(_CONTACT_KEYS, _CONTACT, strict=True)),
        text("article", "条款"), *_ENDS,
    ),
    ("单位", "值班电话"), ("单位",), _fold_contact, _unfold_contact,
)  # fmt: skip
#: A row a county; the rows that ask the same are one rule.
COUNTY: Final = FormSheet(
    "区县", "procedure",
    (
        text("_county", "区县"), text("actor", "责任单位"), amount("within_hours", "几小时内"),
        text("text", "原文内容"), text("article", "条款"), *_ENDS,
    ),
    ("区县", "责任单位"), ("区县",), fold_counties, unfold_counties,
)  # fmt: skip
#: The sheets in their order.
PARTS: Final = (PROCEDURE, RESPONSE, COUNTY, LINKAGE, CONTACT)
