"""What an entry into the rules comes to, before it counts: changes, orders of a published list, files, writing it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from nicegui import ui

from alertengine.rulebook import change_rows
from alertengine.vocabulary import times as clock
from alertengine.web.entering import (
    CASES,
    COUNTS,
    MATTERS,
    MISSING,
    ORDERS,
    cases_of,
    changed_orders,
    matters_after,
    missing_of,
    own_folder,
)
from alertengine.web.lists import lists_on_file
from alertengine.web.pages.frame import Visit, card, hint, nothing, problems_listed, telling
from alertengine.web.pages.tables import plain_table
from alertengine.web.roles import Right
from alertengine.workflow import RulesEntry, write_entry

CHANGE: Final = {"added": "新增", "removed": "删去", "changed": "修改"}
WHAT: Final = {"document": "文件", "rule": "规则", "hole": "缺项"}
#: Columns of words in what a list lacks; the others are numbers.
_WORDS: Final = ("text", "industry", "process", "grade", "levels")
_CHANGES: Final = {"change": "变化", "id": "编号", "title": "标题", "new": "内容"}


async def show_entry(
    visit: Visit, entry: RulesEntry, city: str = "", *, more: Mapping[str, bytes] = MappingProxyType({}), said: str = ""
) -> None:
    """Draw it, where the page now is; of a plan with what papers of ``city`` would still lack.

    ``more``: files to take away that are not written into the folder; ``said``: what is to be done beside that.
    """
    with card(f"{entry.name}：{len(entry.changes)} 处变化，写入前不生效"):
        rows = [
            {"change": CHANGE[row["change"]] + WHAT[row["what"]], "id": row["id"], "title": row["title"],
             "new": row["new"]}
            for row in change_rows(entry.changes)
        ]  # fmt: skip
        if rows:
            plain_table(_CHANGES, rows)
        elif any(name.startswith("vocabulary/") for name in entry.files):
            ui.label("只改变名单的成员，不改变规则。")
        else:
            nothing("与规则文件夹中的同名文件相同。")
        told = [*entry.problems, *entry.notes]
        if told:
            problems_listed(told)
    if city:
        matters = await visit.desk.run(matters_after, visit.desk.rules, entry, city)
        with card(f"录入后，{city}因预案仍缺的 {len(matters)} 项"):
            show_matters(matters)
    await show_cases(visit, entry.files)
    with card("对现行清单的影响"):
        await _orders(visit, entry)
    with card("写入"):
        if said:
            ui.label(said).classes("small")
        _writing(visit, entry, more)


def show_matters(matters: list[dict[str, str]]) -> None:
    """What papers lack because of a city's plan, as rows of MATTERS."""
    if matters:
        plain_table(MATTERS, matters, links={"settled": "{address}"}, stacked=True)
    else:
        ui.label("没有因预案而为草稿、空白的文书。").classes("note fine")


async def show_cases(visit: Visit, files: Mapping[str, str]) -> None:
    """Run the worked cases of an entry as if it counted, and say what became of them."""
    count, failed = await visit.desk.run(cases_of, visit.desk.rules, files)
    if not count:
        return
    with card(f"案例 {count} 个，已运行", alarm=bool(failed)):
        if failed:
            ui.label(f"{len(failed)} 个与应有的结果不同：请核对原文，改正录入或案例。")
            plain_table(CASES, failed)
        else:
            ui.label(f"{count} 个案例的结果都与所写相同。").classes("note fine")


async def _chosen_list(visit: Visit, without: str) -> ui.select | None:
    """Where one of the published lists is chosen; ``without`` says that there is none.

    Whoever sees some counties alone has none: what changes is told of a whole list.
    """
    found = await visit.desk.read(lists_on_file) if visit.scope.whole else []
    if not found:
        nothing(without)
        return None
    names = {one.act: one.words for one in found}
    return ui.select(names, value=found[0].act, label="清单").style("min-width:24em")


async def _orders(visit: Visit, entry: RulesEntry) -> None:
    """Whose orders would change, in a list that is chosen among the published ones."""
    chosen = await _chosen_list(visit, "没有可比较的清单：先在“清单”发布；只看部分区县的账号不能比较。")
    if chosen is None:
        return
    place = ui.element("div").classes("w-full mt-2").props("aria-live=polite")

    async def compare() -> None:
        place.clear()
        with telling():
            visit.allow(Right.READ)
            number = int(chosen.value or 0)
            changed = await visit.desk.ask(changed_orders, visit.desk.path, visit.desk.rules, entry, number)
            with place:
                ui.label(f"按{entry.day}的规定，{changed.all} 条指令改变").classes("font-bold")
                plain_table(COUNTS, changed.counts, tuple(COUNTS)[1:])
                if changed.lines:
                    plain_table(ORDERS, changed.lines)

    ui.button("比较指令", on_click=compare).props("outline")


def _writing(visit: Visit, entry: RulesEntry, more: Mapping[str, bytes]) -> None:
    folder = own_folder(visit.desk.rules)
    files = {name.rpartition("/")[2]: text.encode() for name, text in entry.files.items()}
    with ui.element("div").classes("flex gap-2 flex-wrap items-center"):
        for name, data in {**more, **files}.items():
            ui.button(name, on_click=lambda name=name, data=data: ui.download(data, name)).props("outline no-caps")
        if folder is None:
            hint("本页没有接规则文件夹，不能写入：请下载，交系统管理人员放入后生效。")
            return

        async def write() -> None:
            with telling():
                visit.allow(Right.APPROVE)
                files = await visit.desk.run(write_entry, entry, folder)
                visit.desk.renew()
                button.disable()
                names = "、".join(file.relative_to(folder).as_posix() for file in files)
                ui.notify(f"已写入规则文件夹：{names}", type="positive")

        button = ui.button("写入规则文件夹", on_click=write)
        if Right.APPROVE not in visit.account.rights:
            button.disable()
            hint("由有批准权的人写入；可先下载文件交给他。")


async def show_missing(visit: Visit) -> None:
    """Draw what the lines of a published list lack, the heaviest first, each with the form that fills it."""
    with card("按清单：缺哪些文本，排放多的在前"):
        with ui.element("div").classes("side"):
            without = "没有已发布的清单，或您的账号只看部分区县；有清单时在此按排放排列缺的文本，逐条转到填写的表。"
            if (chosen := await _chosen_list(visit, without)) is None:
                return
            day = ui.input("日期", value=str(clock.today())).props("type=date stack-label")
            ask = ui.button("列出").props("outline")
        place = ui.element("div").classes("w-full mt-2").props("aria-live=polite")

        async def fill() -> None:
            place.clear()
            with telling():
                visit.allow(Right.READ)
                desk, number = visit.desk, int(chosen.value or 0)
                said, rows = await desk.ask(missing_of, desk.path, desk.rules, number, str(day.value or ""))
                with place:
                    ui.label(said).classes("say")
                    ways = [row | {"fill": "去填写" if row["page"] else ""} for row in rows]
                    heads = {"text": MISSING["text"], "fill": "填写", **MISSING}
                    numbers = tuple(key for key in MISSING if key not in _WORDS)
                    plain_table(heads, ways, numbers, links={"fill": "{page}"}, tall=False)

        ask.on_click(fill)
