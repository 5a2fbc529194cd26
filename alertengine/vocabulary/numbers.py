"""How the program writes numbers, shares and kilograms: one function a kind, the same in csv, Word, page and report."""

from __future__ import annotations

from typing import Any, Final


def number(value: float) -> str:
    """A number as it is, without needless decimals: 12.5, 1000000."""
    return f"{value:.10g}"


def about(value: float) -> str:
    """An estimate, to three figures: 12.3, 1230000."""
    return number(float(f"{value:.3g}"))


def rounded(value: Any, decimals: int = 0, bound: float | None = None) -> str:
    """A number with thousands and at most ``decimals`` decimals: 1,235; a dash for None, NaN or an empty cell.

    Beside a ``bound`` it has as many decimals as it takes to be seen on its side of it: 23.97 of 24 hours is never 24.
    """
    if _blank(value):
        return "—"
    shown = round(float(value), decimals)
    if bound is not None:
        shown = _on_its_side(float(value), shown, bound, bound)
    text = f"{shown:,.6f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def percent(share: Any, required: float | None = None) -> str:
    """A share as a percentage: 0.2 → 20%, 1/3 → 33.3%; a dash for None, NaN or an empty cell.

    One decimal, or two where the percentage has no more of its own (12.25%, as a text states it).  Beside a required
    share it has as many as it takes to be seen on its side of it: of 0.1 required, 0.0996 is 9.96% and never 10%.
    """
    if _blank(share):
        return "—"
    shown = _per_cent(share)
    if required is not None:
        shown = _on_its_side(float(share) * 100, shown, required * 100, _per_cent(required))
    return f"{number(shown + 0.0)}%"


def _per_cent(share: float) -> float:
    """A percentage with one decimal, or with two where it has no more."""
    exact = round(float(share) * 100, 6)
    return exact if exact == round(exact, 2) else round(exact, 1)


def _on_its_side(value: float, shown: float, bound: float, bound_shown: float) -> float:
    """A rounded value with as many more decimals as put it below its bound, as printed, where the value is."""
    for decimals in range(7):
        if (shown < bound_shown) == (value < bound):
            break
        shown = round(value, decimals)
    return shown


def signed(text: str) -> str:
    """A printed change with its sign: +5%, -5%, ±0."""
    return f"{'±' if text.startswith('0') and not text.strip('0%') else '+'}{text}" if text[0].isdigit() else text


def kilograms(amount: Any) -> str:
    """1,234.5 with at most one decimal, 0.04 where that would show none; a dash for None, NaN or an empty cell."""
    text = rounded(amount, 1)
    return rounded(amount, 3) if text == "0" else text


_NUMERALS: Final = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


def numeral(number: int) -> str:
    """① for 1; (21) beyond the circled ones."""
    return _NUMERALS[number - 1] if number <= len(_NUMERALS) else f"({number})"


def _blank(value: Any) -> bool:
    return value is None or value == "" or value != value  # noqa: PLR0124 -- NaN differs from itself
