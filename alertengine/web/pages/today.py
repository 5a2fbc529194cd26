"""今日: the clock, what waits for whoever looks, the forecast in the AQI's colours, proposals, what is in force."""

from __future__ import annotations

from contextlib import nullcontext
from functools import partial
from html import escape
from typing import TYPE_CHECKING, Final, TypeAlias

import pandas as pd
from nicegui import ui

from alertengine.vocabulary import short_moment, time_of_day, to_minute
from alertengine.vocabulary import times as clock
from alertengine.web.mapview import outlines_of
from alertengine.web.pages.beside import ordered
from alertengine.web.pages.frame import Visit, card, drawn_later, drawn_soon, hint, nothing
from alertengine.web.pages.map import board
from alertengine.web.pages.parts import heat, in_lines, level_mark, ratio_lines, ratios, span, todo_list, until
from alertengine.web.pages.reading import protocols
from alertengine.web.pages.reviewing import not_judged
from alertengine.web.pages.tables import fold, framed_table, markup, plain_table
from alertengine.web.roles import ROLE_TEXT, Right, Role
from alertengine.web.today import OPEN_SHOWN, SHOWN, Change, Today, change_of, lasting, open_lines, seen_by
from alertengine.web.todo import AGEING, OLD, Todo, all_of, new_draft_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alertengine.ledger import Ledger
    from alertengine.rulebook import Outlines
    from alertengine.web.accounts import Account
    from alertengine.web.desk import Desk
    from alertengine.web.workstore import WorkRow

#: What the page shows: the record, what waits for who looks, unsubmitted drafts by what they decide, outlines of a map.
_Found: TypeAlias = "tuple[Today, list[Todo], Mapping[Change, WorkRow], Outlines | None]"
_PROPOSED: Final = ("城市", "建议", "起止", "今日起六日", "距启动", "办理")
#: Cities whose details stand open; of more they are folded under a line each.
_FEW: Final = 3
_WEEKDAYS: Final = "一二三四五六日"
_DESKS: Final = (
    (Role.OFFICER, Right.WORK),
    (Role.REVIEWER, Right.REVIEW),
    (Role.APPROVER, Right.APPROVE),
    (Role.AUDITOR, Right.AUDIT),
)


async def show(visit: Visit) -> None:
    """The page."""
    desk = visit.desk

    async def found(page: Today) -> _Found:
        page = seen_by(page, visit.scope)
        waiting, works = await desk.read(_waiting, desk, visit.account, page)
        # a map shows the sums of every county
        outlines = (await desk.look(outlines_of, desk.path))[0] if visit.scope.whole else None
        return page, waiting, works, outlines

    async def look() -> _Found:
        return await found(await desk.today())

    async def waits() -> bool:
        before = await desk.today_before()
        if before is None:
            _top(visit, Today(pd.Timestamp(clock.now().replace(tzinfo=None))), "正在读取台账…")
        else:
            _draw(visit, await found(before))
        return before is not None

    await drawn_soon(look, partial(_draw, visit), "我要办的", "预报 AQI", "建议", "生效中", waits=waits)


def _draw(visit: Visit, found: _Found) -> None:
    page, waiting, works, outlines = found
    _top(visit, page, "")
    many = len({row["city"] for row in (*page.active, *page.upcoming)}) > _FEW
    with ui.element("div").classes(f"cols {'side-main' if outlines is None and not many else 'third'} stretch"):
        with card("我要办的"), ui.element("div").props("aria-live=polite") as place:
            _todo(visit, waiting)
        _kept_up(visit, place)
        if many:  # what holds where stands on the first screen
            _in_force_card(page)
        elif outlines is not None:
            _map(visit, page, outlines)
        with card("预报 AQI"):
            _forecast(page)
            if outlines is None and visit.scope.whole:
                ui.link("各区县数字", "/map").classes("small")
    with ui.element("div").classes("cols main-side"):
        with card("建议"):
            _proposals(visit, page, works)
        with ui.element("div").classes("pile"):
            if page.ordered:
                with card("上级调度令"):
                    ordered(page.ordered, to_minute(page.now))
            if not many:
                _in_force_card(page)
            elif outlines is not None:
                _map(visit, page, outlines)
            if visit.scope.whole:
                with card("减排比例（占全社会排放量，%）"):
                    _gauges(page)
    _undetermined(page)
    _early(page)


def _map(visit: Visit, page: Today, outlines: Outlines) -> None:
    with card("地图"), ui.element("div") as maps:
        ui.label("正在绘图…").classes("soft")
    # once the page stands: their figures may take a list to be read
    drawn_later(maps, partial(board, visit, page, outlines), markup)


def _kept_up(visit: Visit, place: ui.element) -> None:
    """Draw what waits anew when the record goes on: the heading's count looks at it every few seconds.

    The whole page on the hour, when warnings begin and end: its clock goes on, and so must what stands below it.
    """
    desk, user = visit.desk, visit.account.user
    seen, hour = desk.counted.get(user), clock.now().hour

    async def tick() -> None:
        nonlocal seen
        if clock.now().hour != hour:
            ui.navigate.reload()
            return
        found = desk.counted.get(user)
        if found is None or (seen is not None and found[0][0] == seen[0][0]):
            return
        first, seen = seen is None, found
        if first:
            return
        page = seen_by(await desk.today(), visit.scope)
        waiting, _ = await desk.read(_waiting, desk, visit.account, page)
        place.clear()
        with place:
            _todo(visit, waiting)

    ui.timer(5, tick, immediate=False)


def _waiting(ledger: Ledger, desk: Desk, account: Account, page: Today) -> tuple[list[Todo], Mapping[Change, WorkRow]]:
    """What waits for the person, and the unsubmitted drafts by change where anything is proposed."""
    works = desk.works.by_change() if page.proposals else {}
    return all_of(ledger, account, page, works), works


def _top(visit: Visit, page: Today, waits: str) -> None:
    """The clock, and how old the forecast is; ``waits`` stands there as long as that is not known."""
    with ui.element("section").classes("strip-top").props('aria-label="现在"'):
        with ui.element("h1").classes("clock"):
            now = ui.label(time_of_day(page.now))
        with ui.element("div").classes("part"):
            day = ui.label(_day()).classes("strong")
            own = "、".join(page.own) or "本单位城市未设定"
            ui.label("北京时间" if waits else f"{own} · 北京时间")
        with ui.element("div").classes("part"):
            age = markup(waits or _age(page))
        if Right.WORK in visit.account.rights:
            with ui.element("div").classes("part last"):
                ways = '<a class="btn" href="/forecast">录入预报</a>'
                markup(f'<div class="side">{ways}<a class="btn" href="/superior">录入调度令</a></div>')

    def tick() -> None:
        now.set_text(time_of_day(clock.now()))
        day.set_text(_day())
        age.set_content(waits or _age(page))

    ui.timer(20, tick)


def _day() -> str:
    now = clock.now()
    return f"{now.year}年{now.month}月{now.day}日 星期{_WEEKDAYS[now.weekday()]}"


def _age(page: Today) -> str:
    if page.issued is None:
        return '<span class="tag bad">没有预报</span>'
    minutes = int((clock.now().replace(tzinfo=None) - page.issued).total_seconds() // 60)
    kind = "bad" if minutes >= OLD * 60 else "warn" if minutes >= AGEING * 60 else "fine"
    said = f"{lasting(minutes)}前" if minutes < 48 * 60 else f"{minutes // 1440}天前"
    last = max((day.day for place in page.places for day in place.days), default="")
    covers = f"到{int(last[5:7])}月{int(last[8:10])}日" if last else "所报各日已过"
    return (
        f'<span class="tag {kind}">预报 {short_moment(page.issued)}发布，{said}</span>'
        f"<div>{covers}；超过{AGEING}小时变黄，{OLD}小时变红</div>"
    )


def _todo(visit: Visit, waiting: list[Todo]) -> None:
    if not waiting:
        nothing("今晚没有您要办的。")
    else:
        markup(todo_list(waiting))
    people = [account for account in visit.desk.accounts.all().values() if account.active]
    cells = []
    for role, right in _DESKS:
        names = "、".join(one.name or one.user for one in people if right in one.rights)
        mine = ' class="mine"' if right in visit.account.rights else ""
        said = escape(names) if names else '<span class="bad">无人</span>'
        cells.append(f"<div{mine}><b>{ROLE_TEXT[role]}</b>{said}</div>")
    markup("".join(cells)).classes("desks")


def _forecast(page: Today) -> None:
    if page.places:
        markup(heat(page.places, page.own))
    elif page.issued is None:
        nothing("还没有预报。由经办人员录入：贴省站文字、选文件，或逐日填写。")
    else:
        past = "所报各日都已过去，请录入新的预报"
        nothing(f"{past}；或因下列问题未作判断。" if page.problems else f"{past}。")
    if page.problems:
        with fold(f"预报和台账中 {len(page.problems)} 处需要核对"):
            for problem in page.problems[:100]:
                ui.label(problem.text("zh", short=True)).classes("small")
    protocols(page.readings)


def _proposals(visit: Visit, page: Today, works: Mapping[Change, WorkRow]) -> None:
    if not page.proposals:
        unjudged = "未作判断。" if page.problems and page.issued else "录入预报后给出建议。"
        nothing("无需变更：没有应发布、延长、升级、降级或解除的预警。" if page.places else unjudged)
        return
    rows = sorted(page.proposals, key=lambda one: not _own(one, page))
    days = "".join(f"<i>{(page.now + pd.Timedelta(days=ahead)).day}</i>" for ahead in range(6))
    drawn = {"今日起六日": f'<span class="days" role="img" aria-label="今日起六日">{days}</span>'}
    heads = "".join(f'<th scope="col">{drawn.get(text, text)}</th>' for text in _PROPOSED)
    may = Right.WORK in visit.account.rights
    body = "".join(_proposal(row, page, works.get(change_of(row)) if may else None, may=may) for row in rows)
    markup(framed_table(heads, body, label="建议"))


def _own(row: dict[str, str], page: Today) -> bool:
    return not page.own or row["city"] in page.own


def _proposal(row: dict[str, str], page: Today, work: WorkRow | None, *, may: bool) -> str:
    if not _own(row, page):
        way = f'<span class="soft">{escape(row["city"])}自办</span>'
    elif (draft := page.draft_for(row)) is not None:
        way = f'<a href="/issue?draft={draft.act}">第{draft.act}号拟稿</a> {draft.stage.text}'
    elif work is not None:
        way = f'<a class="btn mid" href="/issue?work={work.key}">继续拟稿</a>'
    else:
        way = f'<a class="btn mid" href="{new_draft_of(row["city"])}">拟稿</a>' if may else "等经办拟稿"
    level = level_mark(row["level"]) if row["level"] else ""
    why = f"<details><summary>为什么</summary>{escape(row['reason'])}<br>{escape(row['basis'])}</details>"
    over = row["action"] == "lift"  # from then on nothing runs
    times = row["hours"].replace(" 至 ", "<br>至 ").replace("，", "，<br>")  # in two short lines
    cells = (
        f'<b class="nowrap">{escape(row["city"])}{escape(row["counties"])}</b><div class="small">{why}</div>',
        f'<span class="nowrap">{escape(row["action_text"])} {level}</span>',
        f'<span class="nowrap">{times}</span>',
        "" if over else span(row, page.now.normalize(), page.now),
        until(row["starts_at"], page.now),
        way,
    )
    mine = "mine" if page.own and row["city"] in page.own else ""
    told = "".join(f'<td data-label="{name}">{cell}</td>' for name, cell in zip(_PROPOSED, cells, strict=True))
    return f'<tr class="{mine}">{told}</tr>'


def _in_force_card(page: Today) -> None:
    every = [*page.active, *page.upcoming]
    with card("生效中"):
        if not every:
            nothing("现在没有生效的预警，也没有已发布待生效的。")
        if many := len({row["city"] for row in every}) > _FEW:
            markup(in_lines(page))
        with fold("各市起止和现行要求") if many else nullcontext():
            for rows, word in ((page.active, "执行中"), (page.upcoming, "已发布，未到启动时刻")):
                for row in rows:
                    markup(_in_force(row, page, word, plan=rows is page.upcoming))
            for said in page.states:
                ui.label(f"{said}。").classes("small")
        with ui.element("div").classes("side"):
            for act in page.orders_acts:
                ui.link(f"第{act}号指令", f"/audit?act={act}").classes("small")


def _in_force(row: dict[str, str], page: Today, word: str, *, plan: bool) -> str:
    left = ""
    if row["ends_at"] and not plan:
        left = f"余{lasting(int((pd.Timestamp(row['ends_at']) - page.now) / pd.Timedelta(minutes=1)))}"
    name = f'<span class="strong">{escape(row["place"])} {level_mark(row["level"])}</span>'
    head = f'<div class="side ends">{name}<span class="strong num">{left}</span></div>'
    times = f'<div class="small soft">{word}：{row["starts"]} 至 {row["ends"]}</div>'
    return f"{head}{times}{span(row, page.now.normalize(), page.now, plan=plan)}"


def _gauges(page: Today) -> None:
    if not page.gauges:
        nothing("有生效或待生效的指令时，按城市和污染物给出比例；缺全社会排放量时不作判定。")
        return
    if many := len({gauge.city for gauge in page.gauges}) > _FEW:
        markup(ratio_lines(page.gauges))
    with fold("各市各污染物的比例") if many else nullcontext():
        markup(ratios(page.gauges))
    not_judged(page.unjudged)


def _undetermined(page: Today) -> None:
    if not len(page.undetermined):
        return
    with card(f"须人工确定 {len(page.undetermined)} 条生产线：依据缺失，或留待地方方案规定", alarm=True):
        columns = {"enterprise": "企业", "line": "生产线", "city": "城市", "county": "区县", "industry": "行业"}
        columns |= {"process": "工序", "grade": "绩效等级", "hangs_on": "待核实事项", "remark": "原因"}
        counts = page.undetermined["city"].value_counts()
        if many := len(counts) > _FEW:
            ui.label("，".join(f"{city}{count}条" for city, count in counts.items())).classes("small")
        with fold("逐条") if many else nullcontext():
            plain_table(columns, open_lines(page))
            if len(page.undetermined) > OPEN_SHOWN:
                hint(f"此处列出前 {OPEN_SHOWN} 条，全部见指令表，按“缺”筛选")


def _early(page: Today) -> None:
    if not page.early and not page.early_unknown:
        return
    if not page.early:
        with card("须提前告知的生产线"):
            hint(f"{page.early_unknown} 条生产线是否可中断未填，须核实；填明不可中断的没有。")
        return
    with card(f"须提前告知：生产工序不可中断的 {len(page.early)} 条生产线"):
        if page.early_unknown:
            hint(f"另有 {page.early_unknown} 条生产线是否可中断未填，须核实。")
        columns = {"latest": "最迟告知", "place": "地区", "enterprise": "企业", "line": "生产线", "process": "工序"}
        plain_table(columns | {"starts": "最早启动", "remark": "备注"}, page.early[:SHOWN])
