"""Numbers, shares and kilograms as people read them."""

from __future__ import annotations

from typing import Final


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


def percent_short(share: float) -> str:
    """50% for 0.5; a dash where the share is blank."""
    return "—" if share != share else f"{round(share * 100, 1):g}%"  # noqa: PLR0124 -- NaN differs from itself


def kilograms(amount: float) -> str:
    """1,234.5 with at most one decimal; a dash where it cannot be computed."""
    return "—" if amount != amount else f"{amount:,.1f}".removesuffix(".0")  # noqa: PLR0124
