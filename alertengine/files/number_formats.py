"""What the number format of a workbook's cell shows beside the number: per cent, a unit, thousands, leading zeros."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

#: Per cent of the standard, whose codes no workbook spells out.
BUILT_IN: Final = {9: "0%", 10: "0.00%"}
_QUOTED: Final = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
#: Parts of a format: text as it stands, a condition, a currency ([$吨-804]), what is not shown, digits, another sign.
_PART: Final = re.compile(
    r'"(?P<text>[^"]*)"|[\\!](?P<sign>.)|\[(?P<if>[<>=]+)(?P<than>-?\d+(?:\.\d*)?)\]|\[\$(?P<money>[^\]-]*)[^\]]*\]'
    r"|\[[^\]]*\]|[_*]."
    r"|(?P<digits>General|G/通用格式|[0#?][0#?,.]*|\.[0#?]+)|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_SECTION: Final = re.compile(r'((?:"[^"]*"|\\.|\[[^\]]*\]|[^;"\\])*)(;?)')
_COMPARED: Final[dict[str, Callable[[float, float], bool]]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq, "<>": operator.ne,
}  # fmt: skip
#: Signs of times, of an exponent and of text, digits of its own: such a format is none of a plain number.
_NO_NUMBER: Final = frozenset("ymdhsegb@123456789")
#: What of the text beside a number says something: a unit, the # of a line.
_SAYS: Final = re.compile(r"[\w#%‰°]")


@dataclass(frozen=True, slots=True)
class _Section:
    """A part of a format: when it holds, the texts around the number, what it is divided by, its least digits."""

    holds: Callable[[float], bool] | None
    before: str = ""
    behind: str = ""
    divisor: float = 1.0
    digits: int = 0

    @property
    def says(self) -> bool:
        """Whether a number is shown as another, or with something beside it."""
        return bool(_SAYS.search(self.before + self.behind)) or self.divisor != 1 or self.digits > 1


def shows_hours(code: str) -> bool:
    """Whether a number format shows the hour of a time."""
    return "h" in _QUOTED.sub("", code).lower()


def says_more(code: str) -> bool:
    """Whether a format shows of some number more than the number."""
    return any(section.says for section in _sections(code))


def as_shown(value: float, code: str) -> str:
    """A number as its format shows it, all its digits kept.

    >>> as_shown(0.125, "0%"), as_shown(7.3, '0"吨/年"'), as_shown(12000, "0.0,"), as_shown(1, '000"#"')
    ('12.5%', '7.3吨/年', '12', '001#')
    """
    section = _section_of(value, _sections(code))
    if section is None or not section.says:  # none: of no condition
        return _plain(value)
    said = _plain(value if section.divisor == 1 else float(f"{value / section.divisor:.15g}"))
    return f"{section.before}{said.zfill(section.digits) if said.isdecimal() else said}{section.behind}"


def _plain(value: float) -> str:
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(float(value))


def _section_of(value: float, sections: tuple[_Section, ...]) -> _Section | None:
    """The section that a number is shown by: of the first condition that holds, else by its sign."""
    if any(one.holds for one in sections):
        return next((one for one in sections if one.holds is None or one.holds(value)), None)
    place = 1 if value < 0 else 2 if value == 0 else 0
    return sections[place] if place < len(sections) else sections[0]


@lru_cache(maxsize=1 << 10)
def _sections(code: str) -> tuple[_Section, ...]:
    """The sections of a format."""
    found = []
    for section, more in _SECTION.findall(code):
        found.append(_read(section))
        if not more:
            break
    return tuple(found[:3])


def _read(section: str) -> _Section:
    """A section; one that is no plain number's says nothing."""
    holds: Callable[[float], bool] | None = None
    before, behind, digits, pointed = "", "", "", 0
    for part in _PART.finditer(section):
        text = part["text"] or part["sign"] or part["money"] or part["other"] or ""
        if part["if"] in _COMPARED:
            compare, than = _COMPARED[part["if"]], float(part["than"])
            holds = lambda value, compare=compare, than=than: compare(value, than)  # noqa: E731
        elif part["digits"]:
            if behind.strip(".") or (behind and pointed):
                return _Section(holds)  # 000-0000: digits among signs
            pointed += len(part["digits"].rstrip(",")) if behind else 0  # 0!.0000 shows ten thousands
            digits, behind = digits + part["digits"], ""
        elif part["other"] and part["other"].lower() in _NO_NUMBER:
            return _Section(holds)
        elif digits:
            behind += text
        else:
            before += text
    if not digits:
        return _Section(holds)
    before, behind = before.strip(), behind.strip()
    if before[:1] in {"(", "（"} and behind[-1:] in {")", "）"}:  # as bookkeepers write what is below zero
        before, behind = before[1:], behind[:-1]
    before = before.removeprefix("-")  # a number has its own
    whole = re.split(r"\.", digits)[0].rstrip(",") if not pointed else ""
    divisor = 1000.0 ** (len(digits) - len(digits.rstrip(","))) * 10.0**pointed
    divisor /= 100.0 if "%" in _QUOTED.sub("", section) else 1.0
    return _Section(holds, before, behind, divisor, whole.count("0"))
