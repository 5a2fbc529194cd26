"""Conditions as one line of Chinese in a cell, and back without loss.

``行业=水泥；工序 属于 熟料、粉磨；（距建成区距离(公里)≤10）或（稳定达标=否）``.  A clause is a
field of the vocabulary by its Chinese header and what it is compared with; ``；`` and ``且``
join what must all hold, ``或`` stands between brackets.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from alertengine.rulebook._nearest import nearest
from alertengine.rulebook.conditions import together
from alertengine.rulebook.excel.cell_scanner import (
    Scanner,
    TextError,
    Unsayable,
    exact,
    is_flow,
    number_text,
    quoted,
    read_flow,
    read_number,
    single,
)
from alertengine.rulebook.head import as_tuple
from alertengine.vocabulary import FIELDS, GRADES, YES_NO, Field, Words, measured_in_digits

ANY: Final = "任意"
_ANY: Final = (ANY, "不限", "全部", "所有")
#: Brackets in brackets: more than any text of law has.
_DEEPEST: Final = 50
_COMPARE: Final = {"ge": "≥", "le": "≤", "gt": ">", "lt": "<"}
_SYMBOLS: Final = {"≥": "ge", ">=": "ge", "≤": "le", "<=": "le", ">": "gt", "<": "lt"}
_MISSING: Final = {"missing": "缺失", "present": "已填"}
#: 以上、以下、以内 include the number, 以外、超过、不足 do not (民法典1259条).
_SIDES: Final = {
    "以内": "le", "及以内": "le", "内": "le", "以下": "le", "及以下": "le", "以上": "ge", "及以上": "ge", "以外": "gt",
}  # fmt: skip
_BEFORE: Final = {
    "不超过": "le", "不大于": "le", "不小于": "ge", "不少于": "ge", "小于": "lt", "少于": "lt", "不足": "lt",
    "大于": "gt", "超过": "gt",
}  # fmt: skip
_SIDE: Final = "|".join(sorted(_SIDES, key=len, reverse=True))
_SPOKEN: Final = re.compile(
    rf"(?P<what>[\u4e00-\u9fff]*?)(?P<around>半径|周边|周围|方圆)?(?P<before>{'|'.join(_BEFORE)})?\s*"
    rf"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>公里|千米|km|米|m)(?:范围)?(?:\(含\))?之?(?P<side>{_SIDE})?"
    rf"(?:[,、且]?\s*(?P<second>\d+(?:\.\d+)?)\s*(?P=unit)(?:范围)?(?:\(含\))?之?(?P<other>{_SIDE}))?",
    re.IGNORECASE,
)
_G: Final = "(?:A[+]|B-|[A-D])"
_LADDER: Final = tuple(name for name in GRADES if re.fullmatch(_G, name))
_UNITS: Final = {"千米": "公里", "km": "公里", "m": "米"}
#: A grade as texts say it: C级, 绩效C级企业, C、D级, C级及以下.
_GRADE: Final = re.compile(
    rf"(?:绩效)?(?:等级|分级)?(?P<named>{_G}(?:级?[、,和及或]{_G})*)级(?:及以(?P<side>[上下]))?(?:的?企业)?(?=$|[;\n)且或])"
)
_ENDS: Final = (";", "\n", "或", "且")
_BETWEEN: Final = ("、", ",")
_TAILS: Final = ("不属于", "属于", *_MISSING.values(), "≠", "!=", "=", *_SYMBOLS)
_SPELLINGS: Final = sorted(
    ((spelling, field) for field in FIELDS.values() for spelling in (*field.headers, field.name)),
    key=lambda pair: -len(pair[0]),
)
#: What is yes or no, as a text denies it: 未稳定达标, 非绿色工厂.
_YES_FIELDS: Final = {spelling: field.name for spelling, field in _SPELLINGS if field.type == "bool"}
_DENIED: Final = re.compile(rf"(?:未|不是?|非|没有)({'|'.join(map(re.escape, _YES_FIELDS))})(?=\s*(?:$|[;\n)且或]))")


def condition_text(when: dict[str, Any]) -> str:
    """A ``when`` mapping as a cell's text."""
    return exact(normal(when), _say_mapping, read_condition)


def read_condition(text: str) -> dict[str, Any]:
    """The ``when`` mapping of a cell.

    Raises:
        TextError: with what could not be read.

    """
    if is_flow(text):
        found = read_flow(text)
        if not isinstance(found, dict):
            raise TextError("text_no_condition", text[:60], "{field: value}")
        return found
    scanner = Scanner(measured_in_digits(text))
    mapping = _read_mapping(scanner)
    if not scanner.over():
        raise TextError("text_bracket_extra" if scanner.peek(")") else "text_unread_rest", scanner.rest())
    return mapping


def normal(when: Any) -> Any:
    """A condition with lists of one value as that value."""
    if isinstance(when, dict):
        out = {}
        for key, value in when.items():
            group = key in ("any", "all") and isinstance(value, list)
            out[key] = [normal(item) for item in value] if group else normal(value)
        return out
    return single(when)


def _say_mapping(when: dict[str, Any]) -> str:
    if not when:
        raise Unsayable
    return "；".join(_say_entry(key, value) for key, value in when.items())


def _say_entry(key: str, value: Any) -> str:
    if key in ("any", "all"):
        if not isinstance(value, list) or len(value) < 2:
            raise Unsayable
        return ("或" if key == "any" else "且").join(f"（{_say_mapping(item)}）" for item in value)
    if key == "not":
        return f"非（{_say_mapping(value)}）"
    if key not in FIELDS:
        raise Unsayable
    field = FIELDS[key]
    tail = say_tail(field, value)
    return f"{field.text}{' ' if tail[0] in '属不缺已' else ''}{tail}"


def say_tail(field: Field, value: Any) -> str:
    """What a field is compared with: ``=水泥``, ``属于 B、C``, ``≥50且<60``, ``缺失``."""
    if isinstance(value, list):
        return f"属于 {'、'.join(_say_value(field, item) for item in value)}"
    if not isinstance(value, dict):
        return f"={_say_value(field, value)}"
    if len(value) == 1 and (said := _say_single(field, *next(iter(value.items())))):
        return said
    if not value or not set(value) <= set(_COMPARE):
        raise Unsayable
    return "且".join(f"{_COMPARE[op]}{number_text(operand)}" for op, operand in value.items())


def _say_single(field: Field, op: str, operand: Any) -> str:
    """A comparison that stands alone; blank where it is one of a range."""
    if op in _MISSING and operand is True:
        return _MISSING[op]
    if op == "between" and isinstance(operand, list) and len(operand) == 2:
        return f"={'至'.join(map(number_text, operand))}"
    if op != "not" or isinstance(operand, dict):
        return ""
    if isinstance(operand, list):
        return f"不属于 {'、'.join(_say_value(field, item) for item in operand)}"
    return f"≠{_say_value(field, operand)}"


def _say_value(field: Field, value: Any) -> str:
    if field.type == "bool":
        if not isinstance(value, bool):
            raise Unsayable
        return YES_NO[value]
    if field.type in ("number", "integer"):
        return number_text(value)
    return quoted(value, (*_ENDS, *_BETWEEN))


def _read_mapping(scanner: Scanner) -> dict[str, Any]:
    clauses = [_read_any(scanner)]
    while scanner.accept(";", "\n"):
        if not scanner.over() and not scanner.peek(")", ";", "\n"):
            clauses.append(_read_any(scanner))
    return together(clauses)


def _read_any(scanner: Scanner) -> dict[str, Any]:
    parts = [_read_all(scanner)]
    while scanner.accept("或"):
        parts.append(_read_all(scanner))
    return parts[0] if len(parts) == 1 else {"any": parts}


def _read_all(scanner: Scanner) -> dict[str, Any]:
    bracketed = scanner.peek("(", "非")
    parts = [_read_unit(scanner)]
    while scanner.accept("且"):
        bracketed |= scanner.peek("(", "非")
        parts.append(_read_unit(scanner))
    return {"all": parts} if bracketed and len(parts) > 1 else together(parts)


def _read_unit(scanner: Scanner) -> dict[str, Any]:
    if denied := _DENIED.match(scanner.plain, scanner.at):
        scanner.at = denied.end()
        scanner.skip()
        return {_YES_FIELDS[denied[1]]: False}
    opposite = scanner.accept("非")
    if scanner.accept("("):
        scanner.depth += 1
        if scanner.depth > _DEEPEST:
            raise TextError("text_too_deep", scanner.rest())
        inner = _read_mapping(scanner)
        scanner.depth -= 1
        if not scanner.accept(")"):
            raise TextError("text_bracket_open", scanner.rest() or scanner.text[-24:], "）")
        return {"not": inner} if opposite else inner
    spoken = None if opposite else _read_spoken(scanner) or _read_grade(scanner)
    if spoken is not None:
        return spoken
    for spelling, field in _SPELLINGS:
        if not opposite and scanner.peek(spelling):
            scanner.accept(spelling)
            alone = field.type == "bool" and (scanner.over() or scanner.peek(*_ENDS, ")"))
            return {field.name: True if alone else read_tail(field, scanner)}
    said = re.match(r"[^=≠≥≤><!:;()\d]*", scanner.plain[scanner.at :])
    near = nearest(said[0] if said else "", {name: field.text for name, field in _SPELLINGS})
    wanted = Words("wanted_near_field", names=near) if near else Words("wanted_field")
    raise TextError("text_no_field", scanner.rest(), wanted)


def _read_spoken(scanner: Scanner) -> dict[str, Any] | None:
    """A distance or size as texts say it (距建成区10公里以内); None where it is none, or could be of several fields."""
    match = _SPOKEN.match(scanner.plain, scanner.at)
    around = match and match["around"] and not match["before"]
    if match is None or (bool(match["before"]) == bool(match["side"]) and not around):
        return None
    what, unit = re.sub("^(?:离|距离)", "距", match["what"].removesuffix("距离")), match["unit"].lower()
    what, unit = what.replace("城市建成区", "建成区"), _UNITS.get(unit, unit)
    fields = [one for one in FIELDS.values() if one.type == "number" and one.text.endswith(f"({unit})")]
    found = [one for one in fields if what in one.text or one.text.split("(")[0].removesuffix("距离") in what]
    sides = {_BEFORE.get(match["before"]) or _SIDES[match["side"] or "以内"]: read_number(match["number"])}
    if match["second"]:
        sides[_SIDES[match["other"]]] = read_number(match["second"])
    if len(found) != 1 or len(sides) != 1 + bool(match["second"]):
        return None
    scanner.at = match.end()
    scanner.skip()
    return {found[0].name: sides}


def _read_grade(scanner: Scanner) -> dict[str, Any] | None:
    """A grade without its column (C级, C级及以下); None where it is none.  Grades above and below are those on file."""
    match = _GRADE.match(scanner.plain, scanner.at)
    if match is None:
        return None
    names = re.findall(_G, match["named"])
    if match["side"] and len(names) > 1:
        return None
    at = _LADDER.index(names[0])
    if match["side"]:
        names = list(_LADDER[: at + 1] if match["side"] == "上" else _LADDER[at:])
    scanner.at = match.end()
    scanner.skip()
    return {"grade": single(names)}


def read_tail(field: Field, scanner: Scanner) -> Any:
    """What a field is compared with, read after its name."""
    sign = scanner.accept(*_TAILS) or (
        "=" if scanner.accept(":", "为") or (field.type != "bool" and scanner.accept("是")) else ""
    )
    if not sign:
        raise TextError("text_no_comparison", scanner.rest(), "= ≠ ≥ ≤ > < 属于 不属于 缺失 已填", what=field.text)
    if sign in _MISSING.values():
        return {next(op for op, word in _MISSING.items() if word == sign): True}
    if sign in _SYMBOLS:
        return _read_range(field, scanner, _SYMBOLS[sign])
    grade = _read_grade(scanner) if field.name in ("grade", "effective_grade") else None
    values = [*as_tuple(grade["grade"])] if grade else [_read_value(field, scanner)]
    if sign == "=" and field.type in ("number", "integer") and scanner.accept("至"):
        return {"between": [values[0], scanner.number(field.text)]}
    while scanner.accept(*_BETWEEN):
        values.append(_read_value(field, scanner))
    value = single(values)
    return {"not": value} if sign in ("不属于", "≠", "!=") else value


def _read_range(field: Field, scanner: Scanner, op: str) -> dict[str, Any]:
    out = {op: scanner.number(field.text)}
    while scanner.peek("且"):
        back = scanner.at
        scanner.accept("且")
        sign = scanner.accept(*_SYMBOLS)
        if not sign or _SYMBOLS[sign] in out:
            scanner.at = back
            break
        out[_SYMBOLS[sign]] = scanner.number(field.text)
    return out


def _read_value(field: Field, scanner: Scanner) -> Any:
    if field.type in ("number", "integer"):
        return scanner.number(field.text)
    word = scanner.word((*_ENDS, *_BETWEEN), field.text)
    if field.type != "bool":
        grade = re.fullmatch(r"([A-D][+-]?)级", word) if field.name in ("grade", "effective_grade") else None
        return grade[1] if grade else word
    for value, name in YES_NO.items():
        if word == name:
            return value
    raise TextError("text_no_bool", word, Words("wanted_bool"))


# -- cells of a decision table: the comparison alone, the field stands in the header


def match_text(field: Field, value: Any) -> str:
    """A match cell of a decision table: ``B、C``, ``≤10``, ``任意``."""
    if value == "*":
        return ANY
    return exact(normal(value), lambda item: _say_match(field, item), lambda text: read_match(field, text))


def _say_match(field: Field, value: Any) -> str:
    tail = say_tail(field, value).removeprefix("=").removeprefix("属于 ")
    if isinstance(value, str) and (tail == ANY or tail.startswith(_TAILS)):
        return json.dumps(value, ensure_ascii=False)
    return tail


def read_match(field: Field, text: str) -> Any:
    """The value of a match cell.

    Raises:
        TextError: with what could not be read.

    """
    if text.strip() in _ANY:
        return "*"
    if is_flow(text):
        return read_flow(text)
    text = measured_in_digits(text)
    scanner = Scanner(text)
    if not scanner.peek(*_TAILS):
        scanner = Scanner(f"={text}")
    value = read_tail(field, scanner)
    if not scanner.over():
        raise TextError("text_unread_values", scanner.rest(), Words("wanted_values"), what=field.text)
    return value


# -- need


def need_text(need: Any) -> str:
    """A ``need`` (or a list of them): ``若（保障类型=供暖）则（干法熄焦=是）``."""
    return exact(normal_need(need), _say_needs, read_need)


def normal_need(need: Any) -> Any:
    """One need as itself, several as a list; their conditions normal."""
    items = need if isinstance(need, list) else [need]
    out = [{k: normal(v) for k, v in item.items()} if isinstance(item, dict) else item for item in items]
    return single(out)


def _say_needs(need: Any) -> str:
    items = need if isinstance(need, list) else [need]
    if any(not isinstance(item, dict) or set(item) != {"if", "then"} for item in items):
        raise Unsayable
    return "；".join(f"若（{_say_mapping(item['if'])}）则（{_say_mapping(item['then'])}）" for item in items)


def read_need(text: str) -> Any:
    """The ``need`` of a cell.

    Raises:
        TextError: with what could not be read.

    """
    if is_flow(text):
        return read_flow(text)
    scanner, out = Scanner(text), []
    while not scanner.over():
        item = {}
        for key, word in (("if", "若"), ("then", "则")):
            if not scanner.accept(word) or not scanner.peek("("):
                raise TextError("text_no_requirement", scanner.rest(), "若（…）则（…）")
            item[key] = _read_unit(scanner)
        out.append(item)
        scanner.accept(";", "\n")
    return single(out)
