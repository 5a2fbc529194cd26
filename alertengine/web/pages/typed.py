"""What a person types or answers: a number, a time that is now until it is typed, names in doubt."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from nicegui import ui

from alertengine.files import CellAnswer
from alertengine.vocabulary import FIELDS, InputError, Problem, number, to_minute
from alertengine.vocabulary import times as clock
from alertengine.web.intake import IntakeQuestion
from alertengine.web.pages.frame import Visit, telling
from alertengine.web.roles import Right

_NUMBER: Final = re.compile(r"\d{1,9}(\.\d{1,6})?")
#: Seconds between looks at the clock.
_KEPT_UP: Final = 20
#: Names and numbers asked about at once, and the answers that are no name.
_ASKED: Final = 40
_OTHER, _ITSELF = "\0other", "\0itself"
_HEAD: Final = "处请定：选一个，或写出另一个；答案署名存入识读方案，以后同样的表照此读"


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


def now_field(name: str, now: Callable[[], str]) -> ui.input:
    """A field that says what ``now`` does, anew as long as nobody types in it: a page may stay open overnight."""
    field = ui.input(name, value=now())
    said = field.value

    def keep_up() -> None:
        nonlocal said
        if field.value == said:
            field.value = said = now()

    ui.timer(_KEPT_UP, keep_up)
    return field


def this_minute() -> str:
    """The time now, as tables write it."""
    return to_minute(clock.now())


def ask_names(
    visit: Visit, right: Right, asked: Sequence[IntakeQuestion], save: Callable[[list[CellAnswer]], Awaitable[None]]
) -> None:
    """Draw the questions where the page now is; nothing where there are none.

    Args:
        visit: whose answers they are, under their name.
        right: what it takes to answer.
        asked: the questions; the first of many.
        save: keeps the answers and reads again; what it raises is told.

    """
    if not asked:
        return
    chosen: list[tuple[IntakeQuestion, Any, Any]] = []
    with ui.element("div").classes("pile near asks").props('role=group aria-label="名称是哪一个"'):
        ui.label(f"{len(asked)}{_HEAD}").classes("strong")
        for one in asked[:_ASKED]:
            column = FIELDS[one.column].text if one.column in FIELDS else one.column
            with ui.element("div").classes("side"):
                ui.label(f"{column}“{one.text}”").classes("strong").style("min-width:12em")
                names = {name: name for name in one.candidates}
                options = {"": "未定", **names, _OTHER: "另一个…", _ITSELF: "都不是，照原样"}
                pick = ui.select(options, value="", label="是").style("min-width:14em")
                pick.props(f'aria-label="{quoted(column)}{quoted(one.text)}是"')
                other = ui.input("另一个名称").props("maxlength=120")
                other.bind_visibility_from(pick, "value", value=_OTHER)
                ui.label(one.problem.words("zh")[0]).classes("small soft")
                chosen.append((one, pick, other))

        async def answered() -> None:
            with telling():
                by = str(visit.allow(right).signature)
                day = clock.today().isoformat()
                await save([
                    CellAnswer(header=one.column, text=one.text, meant=meant, by=by, at=day)
                    for one, pick, other in chosen
                    if (meant := _meant(one, pick.value, other.value))
                ])  # fmt: skip

        ui.button("定下并重新识读", on_click=answered).props("outline")


def _meant(asked: IntakeQuestion, chosen: str, other: str | None) -> str:
    """What a text stands for, as answered; blank where it is left open."""
    return asked.text if chosen == _ITSELF else (other or "").strip() if chosen == _OTHER else chosen


def quoted(text: str) -> str:
    """A text as it may stand in an attribute between quotation marks."""
    return text.replace('"', "”").replace("\\", "")
