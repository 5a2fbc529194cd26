"""Reading one cell: every spelling seen in real lists to the value it stands for.

Each function takes a cell that :func:`tidy` has passed and gives its value, None where the
cell says that nothing is known, or raises :class:`BadCellError` with what was expected.
They are called once per distinct text of a column, never once per row.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from alertengine.vocabulary.fields import GRADES, GUARANTEE_NONE, Field

#: Cells that say nothing (after NFKC), in any column.
BLANKS: Final = frozenset(
    {"", "-", "--", "—", "——", "–", "/", "\\", "N/A", "NA", "n/a", "#N/A", "NULL", "null", "None"}
)
#: The word for "not known" where a blank cell means something else.
UNKNOWN_WORD: Final = "未知"
UNKNOWN_WORDS: Final = frozenset({UNKNOWN_WORD, "不详", "待核实", "不明"})

_YES: Final = frozenset({"是", "有", "Y", "YES", "1", "TRUE", "T", "√", "✓", "✔", "☑"})
_NO: Final = frozenset({"否", "无", "N", "NO", "0", "FALSE", "F", "×", "✗", "✘", "☐"})

_SET_SEPARATORS: Final = re.compile(r"[;；,，、|\n]+")
_DASHES: Final = re.compile(r"[‐‑‒–—―−]")
_NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_THOUSANDS: Final = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")

#: What each number may be, where it is not simply >= 0.
_RANGES: Final = {
    "lon": (-180.0, 180.0),
    "lat": (-90.0, 90.0),
    "below_special_pct": (-math.inf, 100.0),
    "production_days": (1.0, 366.0),
    "plan_yellow_share": (0.0, 100.0),
    "plan_orange_share": (0.0, 100.0),
    "plan_red_share": (0.0, 100.0),
}


class BadCellError(ValueError):
    """A cell that cannot be read; the text is what was expected."""


def tidy(text: str) -> str:
    """A cell without full-width forms, compatibility characters and outer space."""
    return unicodedata.normalize("NFKC", text).strip()


def is_unknown(text: str) -> bool:
    """Whether a tidy cell says that nothing is known."""
    return text in BLANKS or text in UNKNOWN_WORDS


def parse_bool(text: str) -> bool | None:
    """是 / 否 and the other ways of saying so."""
    word = text.upper()
    if word in _YES:
        return True
    if word in _NO:
        return False
    if is_unknown(text):
        return None
    raise BadCellError("是 or 否")


def number_range(field: Field) -> tuple[float, float]:
    """Lowest and highest value a number field can hold, both inclusive, in the unit of the list."""
    return _RANGES.get(field.name, (0.0, math.inf))


def expected_number(field: Field) -> str:
    """What a number field expects, in words."""
    low, high = number_range(field)
    kind = "a whole number" if field.type == "integer" else "a number"
    bounds = [f">= {low:g}"] if math.isfinite(low) else []
    bounds += [f"<= {high:g}"] if math.isfinite(high) else []
    unit = f" in {field.unit}" if field.unit else ""
    return f"{kind}{unit}{' ' if bounds else ''}{' and '.join(bounds)}"


def parse_number(text: str, field: Field) -> float | None:
    """A number without unit; thousands commas are accepted, and % where the field is one."""
    if is_unknown(text):
        return None
    plain = _DASHES.sub("-", text)
    if field.unit == "%":
        plain = plain.removesuffix("%").strip()
    if _THOUSANDS.fullmatch(plain):
        plain = plain.replace(",", "")
    low, high = number_range(field)
    value = float(plain) if _NUMBER.fullmatch(plain) else math.nan
    if not (math.isfinite(value) and low <= value <= high) or (field.type == "integer" and value % 1):
        raise BadCellError(expected_number(field))
    return value


def parse_code(text: str, field: Field) -> str | None:
    """One of the closed values of a field; the final 类 may be missing (限制 for 限制类)."""
    for value in field.values:
        if text in (value, value.removesuffix("类")):
            return value
    if is_unknown(text) or text == "无":
        return None
    raise BadCellError(" ".join(field.values))


def parse_guarantee(text: str, field: Field) -> str | None:
    """The guarantee class; blank is none (not unknown)."""
    if text in BLANKS or text in (GUARANTEE_NONE, "否"):
        return GUARANTEE_NONE
    return parse_code(text, field)


def parse_names(text: str) -> str | None:
    """Names of lists as a sorted set joined by ``;``; 无 alone says: on none."""
    if is_unknown(text):
        return None
    names = {name.strip() for name in _SET_SEPARATORS.split(text)} - {""}
    if "无" in names and len(names) > 1:
        raise BadCellError("names joined by ; or 无 alone")
    return ";".join(sorted(names)) or None


@dataclass(frozen=True, slots=True)
class GradeReading:
    """What a grade cell says: the grade and what real lists mix into the same column."""

    grade: str | None = None
    local_class: str | None = None
    guaranteed: bool = False
    long_stopped: bool = False


_GRADE_TAIL: Final = re.compile(r"(级)?(企业|生产线|线|单位)?$")
_UNGRADED: Final = frozenset({"未评级", "未定级", "未分级", "未评定", "不评级"})


def parse_grade(text: str) -> GradeReading:
    """A grade cell, local grades (地方B), exemptions (民生豁免-A) and 长期停产 read apart."""
    if is_unknown(text) or text == "无":
        return GradeReading()
    plain = _DASHES.sub("-", text).replace(" ", "")
    if plain in ("长期停产", "长期停产企业"):
        return GradeReading(long_stopped=True)
    if plain.startswith("地方"):
        rest = plain.removeprefix("地方").strip("-")
        grade = _plain_grade(rest)
        if grade is None:
            raise BadCellError(_expected_grade())
        return GradeReading(local_class=f"地方{grade}")
    if plain.startswith("民生豁免"):
        rest = plain.removeprefix("民生豁免").removeprefix("-")
        grade = _plain_grade(rest) if rest else None
        if rest and grade is None:
            raise BadCellError(_expected_grade())
        return GradeReading(grade=grade, guaranteed=True)
    grade = _plain_grade(plain)
    if grade is None:
        raise BadCellError(_expected_grade())
    return GradeReading(grade=grade)


def _plain_grade(text: str) -> str | None:
    if text in _UNGRADED:
        return "未评级"
    word = _GRADE_TAIL.sub("", text.removeprefix("绩效")).upper()
    return word if word in GRADES else None


def _expected_grade() -> str:
    return " ".join(GRADES) + ", or 地方B, 民生豁免-A, 长期停产"
