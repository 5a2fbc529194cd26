"""What a draft warns of; what persons decided, in kilograms and ratios; what it changes of what stands."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any, Final

from nicegui import ui

from alertengine.vocabulary import (
    CANCEL,
    LEVEL_TEXT,
    POLLUTANT_TEXT,
    POLLUTANTS,
    RESPONSE_TEXT,
    STATUS_TEXT,
    kilograms,
    percent,
)
from alertengine.warning import lead_of, outward
from alertengine.web.brief import Brief
from alertengine.web.compared import Against, DecidedLine, Moved, moved_line, moved_sums
from alertengine.web.pages.frame import card, drawn_later, hint, level_tag, nothing
from alertengine.web.pages.ordergrid import SHOWN
from alertengine.web.pages.tables import fold, framed_table, markup, plain_table

if TYPE_CHECKING:
    from alertengine.vocabulary import Problem
    from alertengine.workflow import SuperiorOrder

_HEADS: Final = ("标", "企业、生产线", "由 → 到", *(POLLUTANT_TEXT[name] for name in POLLUTANTS), "理由", "决定人")
#: The first column whose cells say on a phone what they are.
_NAMED: Final = 3
#: Changes that stand open at once.
_FEW: Final = 4
_NOTE: Final = (
    "每格：千克/日，由 → 到；下行为减排比例（含错峰），没有这一条 → 有这一条。"
    "合计按全部生产线重新计算，含随之变动的其他生产线。"
)


def transition(row: dict[str, str]) -> None:
    """One change; ``row`` as :func:`alertengine.web.today.transitions` gives it."""
    with ui.element("div").classes("flex gap-3 items-center mt-2"):
        ui.label(f"{row['city']}{row['counties']}").classes("text-lg font-bold")
        ui.label(row["action_text"]).classes("font-bold")
        if row["level"]:
            level_tag(row["level"])
        ui.label(row["hours"])
    ui.label(f"{outward(row['reason'])}。" if row["reason"] else "")
    if lead_of(row["reason"]):
        hint(f"{lead_of(row['reason'])}。")
    if row["basis"]:
        hint(f"依据：{row['basis']}")


def ordered(orders: Sequence[SuperiorOrder], now: str) -> None:
    """The orders from above that hold or will, at a time (``YYYY-MM-DD HH:MM``)."""
    for one in orders:
        state = "执行中" if one.first <= now else "未开始"
        text = f"<b>{escape(one.asks)}</b><br>{escape(one.source)}，{state}"
        markup(f'<div class="small">{text} <a href="/superior">第{one.act}号</a></div>')


def left_out(problems: Sequence[Problem], way: str = "要按它计算的，请另拟稿。") -> None:
    """What of the record a draft was decided without: orders from above, a newer forecast or list.

    ``way`` says how it is taken in.
    """
    for problem in problems:
        ui.label(f"{problem.words('zh')[0]}。{way}").classes("note bad").props("role=alert")


def warned(rows: Sequence[dict[str, str]], summaries: Iterable[dict[str, Any]]) -> None:
    """What a draft warns of, and in a sentence a city what its orders come to."""
    with card("预警和指令"):
        if not rows:
            nothing("没有预警变更。")
        for row in rows:
            transition(row)
        for one in summaries:
            where = f"{one['city']}{one.get('county') or ''}{LEVEL_TEXT.get(str(one.get('level')), '')}"
            parts = "、".join(f"{STATUS_TEXT[status]} {count:,}" for status, count in one["status"].items() if count)
            said = f"{where}：{one['enterprises']:,} 家企业 {one['lines']:,} 条生产线，其中{parts}。"
            ui.label(said).classes("mt-2")


def register_card(brief: Brief, look: Callable[[], Awaitable[Brief]] | None = None) -> None:
    """Every line a person decided, those lighter than the rules first and red.

    ``look`` gives what it would be without them, where the brief does not know yet: it is drawn when that is there.
    """
    if not brief.decided:
        return
    with card(f"人工变更 {len(brief.decided)} 条", alarm=bool(brief.lighter)):
        markup('<a id="lines-over"></a>').classes("contents")
        place = ui.element("div").classes("w-full")
        with place:
            _register(brief, "" if look is None else "正在按没有人工变更重算，千克和比例随后给出…")
    if look is not None:
        drawn_later(place, look, _register, SHOWN)


def _register(brief: Brief, waits: str = "") -> None:
    heads = "".join(f'<th scope="col"{_n(text)}>{text}</th>' for text in _HEADS)
    rows = "".join(_decided(one, brief.summaries) for one in brief.decided)
    sums = [] if brief.bare is None or not brief.summaries else moved_sums(brief.bare, brief.summaries)
    for one in sums:
        rows += f'<tr class="sum">{_cells(("", f"<b>合计</b> {escape(one.name)}", "", *_moved(one), "", ""))}</tr>'
    markup(framed_table(heads, rows, "plain stacked decided", "wide tall", "人工变更"))
    hint(waits or _NOTE)


def _n(head: str) -> str:
    return ' class="n"' if head in POLLUTANT_TEXT.values() else ""


def _decided(one: DecidedLine, summaries: Sequence[Any]) -> str:
    mark = '<span class="mk light">轻</span>' if one.lighter else '<span class="mk over">改</span>'
    now = f'<b class="{"bad" if one.lighter else ""}">{escape(one.now)}</b>'
    light = '<br><span class="tag bad">轻于规则</span>' if one.lighter else ""
    before = one.was_kg or (None,) * len(POLLUTANTS)
    moved = moved_line(one.line, one.place, before, one.kg, summaries)
    cells = (
        mark,
        f"<b>{escape(one.enterprise)}</b> {escape(one.line)}<br><span class='small soft'>{escape(one.county)}</span>",
        f"<span class='since'>{escape(one.was)}</span> → {now}{light}",
        *_moved(moved),
        escape(one.reason),
        escape(one.by),
    )
    return f'<tr class="{"light" if one.lighter else ""}">' + _cells(cells) + "</tr>"


def _cells(cells: Sequence[str]) -> str:
    return "".join(
        f'<td{_n(head)} data-label="{head}">{cell}</td>' if place >= _NAMED and cell else f"<td>{cell}</td>"
        for place, (head, cell) in enumerate(zip(_HEADS, cells, strict=True))
    )


def _moved(one: Moved) -> tuple[str, ...]:
    return tuple(
        f"{kilograms(was)} → <b>{kilograms(now)}</b><br><span class='small soft'>{_percent(before, after)}</span>"
        for (was, now), (before, after) in zip(one.kg, one.ratio, strict=True)
    )


def _percent(before: float | None, after: float | None) -> str:
    return "比例—" if before is after is None else f"{percent(before)} → {percent(after)}"


def against_card(look: Callable[[], Awaitable[Against]], corrects: int | None) -> None:
    """What the draft changes of what stands, or of the act it corrects, looked at after the page is drawn."""
    with card("与上次指令相比" if corrects is None else f"与所更正的第{corrects}号相比"):
        place = ui.element("div").classes("pile near").props("role=status")
        with place:
            nothing("正在与仍有效的指令逐条比对…")
    drawn_later(place, look, _against, SHOWN)


def _against(found: Against) -> None:
    if not found.acts:
        nothing("这些城市没有仍有效的指令，无上次可比。")
        return
    acts = "、".join(f"第{act}号" for act in found.acts)
    counts = "，".join(f"{kind}{count:,}处" for kind, count in found.counts.items() if count) or "措施没有变化"
    for place, was, now in found.levels:
        ui.label(f"预警级别或时段有变：{place} {was} → {now}").classes("say")
    ui.label(f"与{acts}仍有效的指令相比：{found.changed:,}条生产线有变，{counts}").classes("say")
    sums = "　".join(
        f"{POLLUTANT_TEXT[name]} {kilograms(was)} → {kilograms(now)}" for name, (was, now) in found.kg.items()
    )
    ui.label(f"本次决定生效时的减排量（千克/日）：{sums}").classes("small")
    if found.kept:
        said = f"{found.kept:,}条生产线不在这份拟稿里（如已不在清单中），原指令到期前仍有效，已计入前后数字。"
        ui.label(said).classes("note warn")
    if not found.rows:
        return
    rows = [
        {
            "change": row["change"],
            "who": f"{row['enterprise']} {row['line'] or row['line_id']}",
            "county": row["county"],
            "was": row["old_measure_text"] or "—",
            "now": row["measure_text"] or RESPONSE_TEXT[CANCEL if row["change"] == RESPONSE_TEXT[CANCEL] else "lift"],
            "time": f"{row['starts'][5:]} 至 {row['ends'][5:] or '另行通知'}",
            "what": row["what"].replace(";", "、"),
        }
        for row in found.rows
    ]
    columns = {"who": "企业、生产线", "change": "变更", "county": "区县", "was": "原", "now": "现", "time": "时段"}
    with fold(f"逐条 {len(rows)} 处", shown=len(rows) <= _FEW):
        plain_table(columns | {"what": "变更事项"}, rows)
        if found.changed > len(rows):
            nothing(f"只列前{len(rows)}处，全部见变更指令文书。")
