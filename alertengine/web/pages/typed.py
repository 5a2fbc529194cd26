"""A number that a person types: taken as typed or refused, never put in another's place."""

from __future__ import annotations

import re
from typing import Final

from nicegui import ui

from alertengine.vocabulary import InputError, Problem, number

_NUMBER: Final = re.compile(r"\d{1,9}(\.\d{1,6})?")


class NumberField:
    """A field for a number from ``low`` to ``high``; blank where ``needed`` is not said."""

    def __init__(self, name: str, value: str, low: float, high: float, *, whole: bool = False) -> None:
        """Draw it."""
        self.name, self.low, self.high, self.whole = name, low, high, whole
        self.field = ui.input(name, value=value, validation=self._wrong).props(
            "maxlength=16 inputmode=decimal hide-bottom-space"
        )
        self.field.style("min-width:13em")

    def _wrong(self, text: str | None) -> str | None:
        """What is wrong with a text; None where nothing is."""
        said = (text or "").strip()
        if not said:
            return None
        kind = "整数" if self.whole else "数"
        right = bool(_NUMBER.fullmatch(said)) and self.low <= float(said) <= self.high
        if right and not (self.whole and "." in said):
            return None
        return f"“{said}”不是{number(self.low)}到{number(self.high)}的{kind}，没有采用"

    @property
    def value(self) -> float | None:
        """The number; None where the field is blank.

        Raises:
            InputError: it is no such number.

        """
        said = (self.field.value or "").strip()
        if self._wrong(said) is not None:
            raise InputError([Problem("number_wanted", where="session", name=self.name, said=said)])
        return float(said) if said else None
