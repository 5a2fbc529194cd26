"""Numbers, shares and kilograms as people read them."""

from __future__ import annotations

from typing import Any, Final


def number(value: float) -> str:
    """A number without needless decimals."""
    return f"{value:.10g}"


def percent(share: float) -> str:
    """A share as a percentage: 0.2 → 20%."""
    return f"{number(round(share * 100, 6))}%"


_NUMERALS: Final = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


def numeral(number: int) -> str:
    """① for 1; (21) beyond the circled ones."""
    return _NUMERALS[number - 1] if number <= len(_NUMERALS) else f"({number})"


def percent_short(share: Any) -> str:
    """50% for 0.5, with at most one decimal; a dash where there is no share: None, NaN or an empty cell."""
    return "—" if _blank(share) else f"{round(float(share) * 100, 1):.10g}%"


def kilograms(amount: Any) -> str:
    """1,234.5 with at most one decimal; a dash where it cannot be computed: None, NaN or an empty cell."""
    return "—" if _blank(amount) else f"{float(amount):,.1f}".removesuffix(".0")


def _blank(value: Any) -> bool:
    return value is None or value == "" or value != value  # noqa: PLR0124 -- NaN differs from itself
