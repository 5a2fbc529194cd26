"""What a signer must read on one screen: five numbers, the ratios, what persons decided, what keeps documents back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

from nicegui import ui

from alertengine.web.brief import Brief
from alertengine.web.pages.frame import card, drawn_later, hint, nothing, telling
from alertengine.web.pages.ordergrid import SHOWN
from alertengine.web.pages.parts import ratios
from alertengine.web.pages.tables import framed_table, markup
from alertengine.web.pages.typed import now_field
from alertengine.web.papers import Ready
from alertengine.web.today import gauges, lasting

if TYPE_CHECKING:
    from alertengine.web.pages.ordergrid import OrderGrid


#: The marks of rows (:data:`~alertengine.web.orderrows.MARKS`) and the tiles that speak of them.
_MARKED: Final = {"缺": {"open"}, "轻": {"light", "over"}, "改": {"over"}, "已": {"stand"}}


def pressed_of(address: str) -> set[str]:
    """The tiles that an address names as pressed: ``open,over``."""
    return set(filter(None, address.split(",")))


def marks_of(on: Collection[str]) -> list[str]:
    """The marks of the rows that pressed tiles leave in the grid."""
    return [mark for mark, names in _MARKED.items() if names.intersection(on)]


def tiles(
    brief: Brief, grid: Callable[[], OrderGrid], on: set[str], *, issued: bool = False, corrects: int | None
) -> None:
    """The five numbers; those that speak of lines filter the grid, several at once, and the address keeps it.

    ``on`` are the tiles pressed, and changes with them: tiles drawn anew stand as the grid is filtered.  What is
    ``issued`` is late no more; what it ``corrects`` it repeats where it orders the same.
    """
    if brief.unlisted:
        text = f"{'、'.join(brief.unlisted)}在预警中，所用清单里没有它的生产线，本稿不给它任何指令。"
        ui.label(f"{text}须改选清单，或不选这个城市，重新拟稿。").classes("note bad").props("role=alert")
    same = "同样的指令仍有效，不再重复" if corrects is None else "同样的指令仍有效，更正后由本件接续"
    with ui.element("div").classes("tiles"):
        for key, count, word, more in (
            ("open", brief.open, "条依据缺失", brief.open_words or "每条都有依据"),
            ("light", brief.lighter, "条轻于规则", "变更轻于规则，须具名负责"),
            ("over", len(brief.decided), "条人工变更", "每条有理由和决定人"),
            ("stand", brief.stands, "条已发布", same),
        ):
            tile = ui.element("button").classes(
                "tile ok" if not count else "tile" if key in ("open", "light") else "tile amber"
            )
            tile.props(f"aria-pressed={'true' if key in on else 'false'} type=button")
            with tile:
                markup(f"<b>{count:,}</b>{word}<small>{escape(more)}</small>")
            tile.on("click", lambda key=key, tile=tile: pressed(key, tile))
        missed = "、".join(dict.fromkeys(one.pollutant for one in brief.missed))
        if brief.gauges:
            left = f"；{len(brief.unjudged)}处不判定" if brief.unjudged else ""
            grave = bool(brief.missed or brief.unjudged)
            _tile(len(brief.missed), "项比例达不到", f"{missed or '没有未达到的'}{left}", grave=grave)
        else:
            _tile("—", "比例不判定", _no_ratio(brief), grave=not _nothing_left(brief))
        late = 0 if issued else brief.late
        at = lasting(late) if late else brief.start[5:] if issued else "未到" if brief.start else "—"
        more = "已发布" if issued else brief.start[5:] or "—"
        _tile(at or "—", "已过启动时刻" if late else "启动时刻", more, grave=bool(late))

    def pressed(key: str, tile: ui.element) -> None:
        on.symmetric_difference_update({key})
        tile.props(f"aria-pressed={'true' if key in on else 'false'}")
        grid().only(marks_of(on))
        kept = f"u.searchParams.set('f', '{','.join(sorted(on))}')"
        ui.run_javascript(f"const u = new URL(location); {kept}; history.replaceState(null, '', u)")
        ui.run_javascript(f"if (innerWidth <= 700) document.getElementById('lines-{key}')?.scrollIntoView()")


def _tile(count: int | str, word: str, more: str, *, grave: bool) -> None:
    kind = "tile" if grave else "tile ok"
    text = f"<b>{count}</b>{escape(word)}<small>{escape(more)}</small>"
    markup(f'<div class="{kind}">{text}</div>')


def _no_ratio(brief: Brief) -> str:
    """Why no ratio is judged."""
    return "从决定的时刻起没有预警措施" if _nothing_left(brief) else "没有全社会排放量"


def _nothing_left(brief: Brief) -> bool:
    """Whether what was decided leaves no measure to judge: it ends them, or takes back what has not begun."""
    return bool(gauges(brief.summaries)) or not (brief.summaries or brief.unlisted)


def ratio_card(brief: Brief) -> None:
    """The ratios against what they must reach."""
    with card("减排比例（占全社会排放量，%）"):
        if brief.gauges:
            markup(ratios(brief.gauges))
            not_judged(brief.unjudged)
        else:
            more = "" if _nothing_left(brief) else "请随清单上传排放量。"
            nothing(f"{_no_ratio(brief)}，不判定比例。{more}")


def not_judged(places: Sequence[str]) -> None:
    """Name the places that no ratio is judged of beside those that one is."""
    if places:
        hint(f"不判定：{'、'.join(places)}。没有这一范围的全社会排放量（区县级别不同于全市的，全市的不能用）。")


def states_card(brief: Brief) -> None:
    """What holds at the moment of the decision, and from what it decided on."""
    with card("执行中的和本次决定的"), ui.element("div").classes("pile near"):
        for said in brief.states:
            ui.label(said).classes("small")


def ready_card(look: Callable[[], Awaitable[Ready]], *, issued: bool = False) -> None:
    """What keeps documents back and what removes it, looked at after the page is drawn."""
    with card("文书能否为正式件" if issued else "签署前：文书能否发出"):
        place = ui.element("div").classes("pile near").props("role=status")
        with place:
            nothing("正在逐家核对文书条件…")
    drawn_later(place, look, _ready, SHOWN)


def _ready(found: Ready) -> None:
    if not found.documents:
        nothing("没有须发的企业文书。")
        return
    formal = found.documents - found.drafts
    markup(
        f'<div class="say {"bad" if found.drafts else "good"}">{found.documents}家文书，{formal}家可为正式件'
        f"{f'，{found.drafts}家只能出草稿' if found.drafts else ''}</div>"
    )
    for one in found.blanks:
        way = f'<a href="{one.address}">{escape(one.removed)}</a>'
        markup(f'<div class="small">{escape(one.text)}有{one.count}处因预案未载明而空白：{way}</div>')
    if not found.causes:
        return
    rows = []
    for cause in found.causes[:40]:
        way = f'<a href="{cause.address}">{escape(cause.removed)}</a>' if cause.address else escape(cause.removed)
        count = f'<td class="n" data-label="家">{cause.count}</td>'
        rows.append(f'<tr><td class="t">{escape(cause.text)}</td>{count}<td>{way}</td></tr>')
    heads = '<th scope="col">原因</th><th scope="col" class="n">家</th><th scope="col">怎样消除</th>'
    markup(framed_table(heads, "".join(rows), frame="wide tall", label="草稿原因"))
    if len(found.compared) > 1:
        way = f"/rules?view=record&kind=compared&of={','.join(found.compared)}"
        ui.link(f"一次录入{len(found.compared)}份文件的核对结果", way)
    if found.drafts:
        hint("不能消除而必须发出的，发布后由批准人具名放行，未决事项逐份载明。")


def confirm(
    title: str,
    numbers: Sequence[tuple[str, str]],
    yes: str,
    act: Callable[[], Awaitable[None]],
    *,
    red: bool = False,
    seen: str = "",
) -> None:
    """Ask in numbers before something is done; the focus is on going back.

    ``seen`` is what must be ticked first, where anything must.
    """
    if any(isinstance(one, ui.dialog) and one.value for one in ui.context.client.elements.values()):
        return  # a double click asks once
    # beside it a click closes nothing: the second of a double click lands there
    with ui.dialog().props("no-backdrop-dismiss") as dialog, ui.card().classes("ask").props("role=alertdialog"):
        ui.label(title).classes("say")
        for count, words in numbers:
            markup(
                f'<div class="n"><b class="{"bad" if count != "0" else ""}">{escape(count)}</b>{escape(words)}</div>'
            )

        async def go() -> None:
            if dialog.value:  # a double click does it once
                dialog.close()
                await act()

        tick = ui.checkbox(seen) if seen else None
        with ui.element("div").classes("side"):
            ui.button("再看看", on_click=dialog.close).props("outline autofocus")
            done = ui.button(yes, on_click=go, color="negative" if red else "primary")
            if tick is not None:
                done.bind_enabled_from(tick, "value")
    dialog.open()


@dataclass(frozen=True, slots=True)
class Ending:
    """The words of a form that ends one of several things on record: what they are, and what ending leaves as it is.

    ``choose``, ``at`` (a day alone where ``by_day``), ``reason`` and ``button`` stand over its fields, ``yes`` is what
    is done.
    """

    what: str
    leaves: str
    choose: str
    at: str
    reason: str
    button: str
    yes: str
    by_day: bool = False


def end_form(
    words: Mapping[int, str], said: Ending, at: Callable[[], str], act: Callable[[int, str, str], Awaitable[None]]
) -> None:
    """Choose one of several things, from when on it no longer counts, and why; asked first, then the page draws anew.

    Args:
        words: the things, by a number that ``act`` is told.
        said: what the form says.
        at: the time it ends with as long as none is typed.
        act: ends it: its number, the time as typed, the reason.

    """
    with ui.element("div").classes("side below"):
        chosen = ui.select(dict(words), label=said.choose, with_input=True).classes("grow")
        when = now_field(said.at, at).style("width:13em")
        if said.by_day:
            when.props("type=date stack-label")
        reason = ui.input(said.reason).classes("reason").props("maxlength=300")

        async def go() -> None:
            with telling():
                await act(chosen.value, str(when.value or ""), str(reason.value or ""))
                ui.navigate.reload()

        def ask() -> None:
            if chosen.value is None:
                ui.notify(f"请选择一件{said.what}", type="negative")
                return
            numbers = [("1", f"件{said.what}自{when.value}起不再有效：{words[chosen.value]}")]
            confirm(f"{said.yes}这件{said.what}？{said.leaves}", numbers, said.yes, go, red=True)

        ui.button(f"{said.button}…", on_click=ask).props("outline")


def seen_of(brief: Brief) -> str:
    """What whoever lets a draft pass must say they saw: the lines lighter than the rules; blank where there is none."""
    return f"我已看过{brief.lighter}条轻于规则的变更" if brief.lighter else ""


def numbers_of(brief: Brief) -> list[tuple[str, str]]:
    """The numbers a person is asked with before signing."""
    out = [(f"{brief.lines:,}", f"条生产线，{brief.enterprises:,}家企业")]
    if brief.unlisted:
        out.append((str(len(brief.unlisted)), f"市在预警中而没有生产线指令：{'、'.join(brief.unlisted)}"))
    out.append((f"{brief.open:,}", f"条仍无依据，{brief.open_words or '以“待人工确定”发出'}"))
    if brief.decided:
        out.append((str(len(brief.decided)), f"条人工变更，其中{brief.lighter}条轻于规则"))
    if brief.gauges:
        out.append((str(len(brief.missed)), "项减排比例达不到"))
        if brief.unjudged:
            out.append((str(len(brief.unjudged)), f"处减排比例不判定：{'、'.join(brief.unjudged)}"))
    else:
        out.append(("—", f"减排比例不判定：{_no_ratio(brief)}"))
    if brief.late:
        out.append((lasting(brief.late), "已过启动时刻"))
    return out
