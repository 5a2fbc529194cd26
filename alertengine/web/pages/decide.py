"""Deciding lines otherwise than the rules: one decision, one reason, for one line or for many at once, and undone."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from nicegui import ui

from alertengine.orders import Override
from alertengine.vocabulary import InputError, Problem, plain
from alertengine.vocabulary import times as clock
from alertengine.web.pages.frame import busy, telling

Row = dict[str, Any]
MEASURES: Final = {
    "stop": "停产", "limit": "限产", "none": "不要求停限产", "exempt": "豁免", "self_directed": "自主减排",
}  # fmt: skip
_SHARE: Final = re.compile(r"[1-9]\d?(\.\d+)?")


@dataclass(frozen=True, slots=True)
class Deciding:
    """What may be done with lines of a grid.

    ``put`` orders them otherwise, ``drop`` lets the rules decide them again, ``undo`` takes the last change back;
    each gives a sentence of what it came to.  ``by`` is who decides, asked anew each time.
    """

    by: Callable[[], str]
    put: Callable[[list[Override]], Awaitable[str]]
    drop: Callable[[list[tuple[str, str]]], Awaitable[str]]
    undo: Callable[[], Awaitable[str]]


def overrides_of(rows: Sequence[Row], measure: str | None, share: str, reason: str, by: str) -> list[Override]:
    """The overrides that a form says of lines; a number is taken as typed or refused.

    Raises:
        InputError: the form is not filled in.

    """
    wrong = []
    if not measure:
        wrong.append(Problem("measure_wanted", where="session"))
    if measure == "limit" and not _SHARE.fullmatch(share.strip()):
        wrong.append(Problem("share_wanted", where="session", value=share))
    if not (reason := plain(reason)):
        wrong.append(Problem("reason_wanted", where="session"))
    if wrong:
        raise InputError(wrong)
    said: Row = {"measure": measure, "by": by, "at": clock.now().replace(tzinfo=None), "reason": reason}
    said["share"] = float(share) / 100 if measure == "limit" else None
    keys = dict.fromkeys((str(row["enterprise_id"]), str(row["line_id"])) for row in rows)
    return [Override.model_validate({"enterprise_id": code, "line_id": line, **said}) for code, line in keys]


def decision_form(
    deciding: Deciding, rows: Callable[[], list[Row]], done: Callable[[str], Awaitable[None]], *, many: bool
) -> None:
    """Draw the form for the rows that stand chosen when its button is pressed."""
    measure = ui.select(MEASURES, label="改为").style("min-width:9em")
    share = ui.input("比例 %").props("maxlength=6").style("width:6em")
    share.bind_visibility_from(measure, "value", value="limit")
    reason = ui.input("理由（写入指令和台账）").props("maxlength=300").classes("reason")

    async def act(work: Callable[[], Awaitable[str]]) -> None:
        with telling():
            with busy(put):
                said = await work()
            await done(said)

    async def change() -> None:
        made = (rows(), measure.value, share.value or "", reason.value or "")
        await act(lambda: deciding.put(overrides_of(*made, deciding.by())))

    async def back() -> None:
        deciding.by()
        await act(lambda: deciding.drop([(str(row["enterprise_id"]), str(row["line_id"])) for row in rows()]))

    put = ui.button("一次定下" if many else "变更", on_click=change).props("outline data-key=apply")
    rules = ui.button("回到规则", on_click=back).props("flat")
    if many:
        return
    rules.props("data-key=6")
    with ui.element("div").style("display:none"):  # what the keys press; the list beside is for everybody else
        for key, name in enumerate(MEASURES, start=1):
            chosen = ui.button(MEASURES[name], on_click=lambda name=name: measure.set_value(name))
            chosen.props(f"data-key={key} tabindex=-1 aria-hidden=true")
