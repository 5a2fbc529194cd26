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

from alertengine.files.units import is_unit
from alertengine.vocabulary import GRADES, GUARANTEE_NONE, UNKNOWN_WORD, UNSEEN, Field, Words

#: Cells that say nothing (after NFKC), in any column.
BLANKS: Final = frozenset(
    {"", ".", "-", "--", "—", "——", "–", "/", "\\", "N/A", "NA", "n/a", "NULL", "null", "None", "\\N", "<空>"}
    | {f"{left}{word}{right}" for left, right in ("<>", "()", "[]") for word in ("NULL", "Null", "null")}
)
#: What programs write where a number is missing; blank in measured and forecast data and in texts, a bad cell where a
#: list has a number or a code.
EXPORTED_BLANKS: Final = BLANKS | {"nan", "NaN"}
#: The word for "not known" where a blank cell means something else.
UNKNOWN_WORDS: Final = frozenset({UNKNOWN_WORD, "不详", "待核实", "不明"})

#: What a person writes for the cell above.
DITTO: Final = ("同上", "同前", "同上行", "〃", "″", '"', "”", "“", "ditto")

_YES: Final = frozenset({"是", "有", "Y", "YES", "1", "1.0", "TRUE", "T", "√", "✓", "✔", "☑", "已完成", "完成"})
_NO: Final = frozenset({"否", "无", "N", "NO", "0", "0.0", "FALSE", "F", "×", "✗", "✘", "☐", "未完成"})

_SET_SEPARATORS: Final = re.compile(r"[;；,，、|\n]+")
_DASHES: Final = re.compile(r"[‐‑‒–—―−]")
_DIGITS: Final = r"(?:\d+(?:\.\d*)?|\.\d+)"
_NUMBER: Final = re.compile(rf"[+-]?{_DIGITS}(?:[eE][+-]?\d+)?", re.ASCII)
_THOUSANDS: Final = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?", re.ASCII)
_RANGE: Final = re.compile(rf"({_DIGITS})\s*(?:--?|~|〜|∼|至|到)\s*({_DIGITS})", re.ASCII)
#: Characters that NFKC makes plain digits though they are none: 10² is not 102, ① no 1.
_NO_DIGITS: Final = re.compile("[\u00b2\u00b3\u00b9\u00bc-\u00be\u2070-\u208e\u2150-\u215f\u2189\u2460-\u249b]")
#: What a workbook shows in a cell whose formula failed.
_ERROR: Final = re.compile(
    r"#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|UNKNOWN!|GETTING_DATA)",
    re.IGNORECASE,
)
#: What stands before a formula that a workbook holds without its value.
NO_VALUE: Final = "#FORMULA!"
_UNSEEN: Final = dict.fromkeys(map(ord, UNSEEN))
#: What is no part of a text at its ends: signs that nobody sees and all space.
OUTER: Final = "".join([*filter(str.isspace, map(chr, range(0x3001))), UNSEEN])
#: How Excel is made to keep leading zeros in a csv: ="0012".
_QUOTED: Final = re.compile(r'="([^"]*)"')

#: What each number may be, where it is not simply >= 0.
_RANGES: Final = {
    "lon": (-180.0, 180.0),
    "lat": (-90.0, 90.0),
    "below_special_pct": (-math.inf, 100.0),
    "production_days": (1.0, 366.0),
    "running_hours": (0.0, 24.0),
    "plan_yellow_share": (0.0, 100.0),
    "plan_orange_share": (0.0, 100.0),
    "plan_red_share": (0.0, 100.0),
}


class BadCellError(ValueError):
    """A cell that cannot be read, with what was expected."""

    def __init__(self, expected: Words) -> None:
        """Take what was expected."""
        self.expected = expected
        super().__init__(expected.code)


def unmarked(text: str) -> str:
    """A cell without the apostrophe that a spreadsheet puts before a text; one with a fellow in the cell is a quote."""
    plain = text.strip()
    return plain[1:].strip() if plain.startswith("'") and "'" not in plain[1:] else text


def tidy(text: str) -> str:
    """A cell :func:`unmarked`, without full-width forms, signs without width, outer space and ``="…"``."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain.isascii():
        plain = plain.translate(_UNSEEN).strip()
    plain = unmarked(plain)
    quoted = _QUOTED.fullmatch(plain) if plain.startswith("=") else None
    return quoted[1].strip() if quoted else plain


def failed_formula(text: str) -> bool:
    """Whether a tidy cell is an error of a workbook (``#N/A``) or a formula that was saved without its value."""
    return text.startswith("#") and (_ERROR.fullmatch(text) is not None or text.startswith(NO_VALUE))


def is_unknown(text: str) -> bool:
    """Whether a tidy cell says that nothing is known."""
    return text in BLANKS or text in UNKNOWN_WORDS


def parse_bool(text: str) -> bool | None:
    """是 or 否, or another way of saying so, as a truth."""
    word = text.upper()
    if word in _YES:
        return True
    if word in _NO:
        return False
    if is_unknown(text):
        return None
    raise BadCellError(Words("yes_or_no"))


def number_range(field: Field) -> tuple[float, float]:
    """Lowest and highest value a number field can hold, both inclusive, in the unit of the list."""
    return _RANGES.get(field.name, (0.0, math.inf))


def expected_number(field: Field) -> Words:
    """What a number field expects."""
    low, high = number_range(field)
    is_low, is_high = math.isfinite(low), math.isfinite(high)
    bounds: Words | str = ""
    if is_low or is_high:
        code = "between" if is_low and is_high else "at_least" if is_low else "at_most"
        bounds = Words(code, **({"low": low} if is_low else {}), **({"high": high} if is_high else {}))
    unit = Words("in_unit", unit=field.unit) if field.unit else ""
    return Words("a_whole_number" if field.type == "integer" else "a_number", unit=unit, bounds=bounds)


def plain_number(text: str) -> float:
    """The one number a cell is, without unit; NaN where it is none, is two, or is only partly one.

    A comma counts only between groups of three digits: ``1,234`` is a number, ``90,95`` and ``24,0`` are none.
    """
    plain = _DASHES.sub("-", tidy(text))
    if _NO_DIGITS.search(text):
        return math.nan
    if _THOUSANDS.fullmatch(plain):
        plain = plain.replace(",", "")
    value = float(plain) if _NUMBER.fullmatch(plain) else math.nan
    return value if math.isfinite(value) else math.nan


#: Letters and signs that are typed or scanned for digits.
_LOOK_ALIKE: Final = str.maketrans("lI|oO〇○SsZzB。", "1110000" + "55228.")
_ANY_NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)


def nearest_number(text: str, expected: Words) -> Words:
    """What was expected, with the number that a cell is nearest to: ``2l0`` is perhaps 210, ``约220`` perhaps 220.

    Letters count as digits where the cell is then a number: ``AQI220`` is 220.  ``5吨`` is no 5 of another unit.
    """
    written = _DASHES.sub("-", tidy(text))
    plain = written.translate(_LOOK_ALIKE)
    alone = _ANY_NUMBER.findall(written)
    rest = written.removeprefix(alone[0]) if len(alone) == 1 else ""
    near = _NUMBER.fullmatch(plain) or (len(alone) == 1 and rest[:1] not in ("万", "亿") and not is_unit(rest))
    if _NO_DIGITS.search(text) or not near:
        return expected
    value = float(plain if _NUMBER.fullmatch(plain) else alone[0].lstrip("-"))
    return Words("perhaps", expected=expected, near=f"{value:.12g}") if math.isfinite(value) else expected


def parse_range(text: str) -> tuple[float, float]:
    """Lower and upper end of ``180-240``, ``200～260``, ``190至230``; a plain number is both.

    Raises:
        BadCellError: it is neither, or runs downwards; ``约220`` and ``430以上`` are no numbers.

    """
    value = plain_number(text)
    if not math.isnan(value):
        return value, value
    found = None if _NO_DIGITS.search(text) else _RANGE.fullmatch(_DASHES.sub("-", tidy(text)))
    low, high = map(float, found.groups()) if found else (math.nan, math.nan)
    if not low <= high:
        raise BadCellError(nearest_number(text, Words("a_number_or_range")))
    return low, high


def number_within(text: str, low: float, high: float) -> float:
    """The one number a cell is.

    Raises:
        BadCellError: it is none, or not from ``low`` to ``high``.

    """
    value = plain_number(text)
    if math.isnan(value):
        raise BadCellError(nearest_number(text, Words("a_number_within", low=low, high=high)))
    if not low <= value <= high:
        raise BadCellError(Words("a_number_within", low=low, high=high))
    return value


def parse_number(text: str, field: Field) -> float | None:
    """A number without unit; thousands commas are accepted, and % where the field is one."""
    if is_unknown(tidy(text)):
        return None
    value = plain_number(tidy(text).removesuffix("%") if field.unit == "%" else text)
    low, high = number_range(field)
    if math.isnan(value):
        raise BadCellError(nearest_number(text, expected_number(field)))
    if not low <= value <= high or (field.type == "integer" and value % 1):
        raise BadCellError(expected_number(field))
    return value


def parse_code(text: str, field: Field) -> str | None:
    """One of the closed values of a field; the final 类 may be missing (限制 for 限制类)."""
    for value in field.values:
        if text in (value, value.removesuffix("类")):
            return value
    if is_unknown(text) or text == "无":
        return None
    raise BadCellError(Words("one_of", names=field.values))


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
        raise BadCellError(Words("names_or_none"))
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
        return GradeReading(local_class=f"地方{_plain_grade(plain.removeprefix('地方').strip('-'))}")
    if plain.startswith("民生豁免"):
        rest = plain.removeprefix("民生豁免").removeprefix("-")
        return GradeReading(grade=_plain_grade(rest) if rest else None, guaranteed=True)
    return GradeReading(grade=_plain_grade(plain))


def _plain_grade(text: str) -> str:
    if text in _UNGRADED:
        return "未评级"
    word = _GRADE_TAIL.sub("", text.removeprefix("绩效")).upper()
    if word not in GRADES:
        raise BadCellError(Words("a_grade", names=GRADES))
    return word
