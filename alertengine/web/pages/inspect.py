"""The inspector's desk: tonight's route by kilograms at risk, its map, evidence in, findings out; decisions known."""

from __future__ import annotations

import asyncio
from functools import partial
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import pandas as pd
from nicegui import ui

from alertengine.audit import KIND_TEXT
from alertengine.files import CellAnswer
from alertengine.lists import DECISIONS
from alertengine.vocabulary import POLLUTANT_TEXT, POLLUTANTS, VERDICT_TEXT, InputError, kilograms, percent
from alertengine.vocabulary import times as clock
from alertengine.web.asked import by_the_law, decision_lifted, decisions_taken
from alertengine.web.fieldnotes import POWER, SEEN, FieldNote, FieldNotes
from alertengine.web.inspecting import (
    JudgedEvidence,
    Stop,
    Unplaced,
    judge,
    places_of,
    put_on_record,
    recorded_words,
    route,
    unplaced_by_county,
)
from alertengine.web.intake import answer_again, questions
from alertengine.web.mapview import outlines_of
from alertengine.web.pages.frame import Visit, card, drawn_later, facts, hint, nothing, problems_listed, telling
from alertengine.web.pages.mapdrawing import routed
from alertengine.web.pages.reading import file_field, file_fields
from alertengine.web.pages.reviewing import Ending, confirm, end_form
from alertengine.web.pages.tables import fold, markup, plain_table
from alertengine.web.pages.typed import ask_names, now_field, this_minute
from alertengine.web.roles import Right
from alertengine.workflow import DECISION_STATES, Upload, decisions_of, state_on

if TYPE_CHECKING:
    from alertengine.web.desk import Desk

#: Plants of the route shown at once, and those on its map; decisions shown at once, those that bind first.
_SHOWN: Final = 12
_DECISIONS: Final = 400
ON_MAP: Final = 20
TAGS: Final = {"breached": "bad", "doubtful": "warn", "complied": "fine"}
_ALL: Final = "全部区县"
_COLUMNS: Final = {
    "state": "今日", **{field.name: field.text for field in DECISIONS if field.name != "line_id"}, "act": "编号"
}  # fmt: skip
_END: Final = Ending(
    "处罚决定",
    "已发布的指令不变，此后拟稿不再据以作出",
    "解除一件",
    "自何日起不再有效",
    "理由（写入台账）",
    "解除",
    "解除",
    by_day=True,
)
#: Width and height of the route's map.
_MAP: Final = (760, 300)


async def desk(visit: Visit) -> None:
    """Draw the desk."""
    if Right.AUDIT in visit.account.rights:
        with ui.element("div").classes("side"):
            ui.link("今晚路线和现场记录（手机用，断网不丢）", "/field").classes("btn mid")
    now = pd.Timestamp(clock.now().replace(tzinfo=None))
    stops, acts = await visit.desk.read(route, now, visit.scope)
    judging = _Judging(visit)
    inspects = Right.AUDIT in visit.account.rights
    with ui.element("div").classes("cols side-main" if inspects else "cols"):
        with card("今晚路线"):
            _stops(stops, acts)
        with ui.element("div").classes("pile spread"):
            _map(visit, stops, acts)
            if inspects:
                judging.draw(stops)


def _map(visit: Visit, stops: list[Stop], acts: list[int]) -> None:
    """The route drawn, once the page stands: where the list puts the plants takes the list to be read."""
    if not stops or Right.AUDIT not in visit.account.rights:
        return
    with card("路线图"):
        place = ui.element("div").props("role=status")
        with place:
            nothing("正在绘图…")

    def draw(found: tuple[str, list[Unplaced]]) -> None:
        svg, unplaced = found
        if svg:
            markup(svg)
            hint(f"前{ON_MAP}家，编号同左表。")
        for county, own in unplaced:
            ui.label(f"{county}，没有坐标：{'、'.join(f'{number} {name}' for number, name in own)}").classes("small")

    drawn_later(place, lambda: route_map(visit.desk, stops, acts, _MAP), draw)


def _stops(stops: list[Stop], acts: list[int]) -> None:
    if not stops:
        nothing("现在没有生效的指令，没有今晚要查的。已记入的结论在下面。" if not acts else "没有须执行的生产线。")
        return
    total, risk = sum(one.kg[1] for one in stops), sum(one.at_risk for one in stops)
    share = f"，占应减的{percent(risk / total)}" if total else ""
    markup(f'<div class="say">{kilograms(risk)} 千克/日 NOₓ 还没有证据{share}</div>')
    hint(f"第{'、'.join(map(str, acts))}号，{len(stops)}家。违反、疑似的先复查，其余按未证实的NOₓ千克。")
    counties = list(dict.fromkeys(one.county for one in stops))
    chosen = ui.select([_ALL, *counties], value=_ALL, label="区县").classes("w-full below")
    place = ui.element("div")

    def fill() -> None:
        place.clear()
        own = [(number, one) for number, one in enumerate(stops, start=1) if chosen.value in (_ALL, one.county)]
        most = max((one.at_risk for _, one in own), default=0) or 1
        with place:
            drawn = "".join(_stop(number, one, most) for number, one in own[:_SHOWN])
            markup(drawn).classes("stops")
            if len(own) > _SHOWN:
                nothing(f"只列前{_SHOWN}家，另有{len(own) - _SHOWN}家，可按区县看。")

    chosen.on_value_change(fill)
    fill()


def _stop(number: int, one: Stop, most: float) -> str:
    tag = f'<span class="tag {TAGS.get(one.verdict, "")}">{escape(one.last or "无证据")}</span>'
    lines = "".join(
        f"<li><b>{escape(line)}</b> {escape(measure)}<br><span class='soft'>看：{escape(look)}</span></li>"
        for line, measure, look in one.lines
    )
    kg = "　".join(
        f"{POLLUTANT_TEXT[name]} {kilograms(value)}" for name, value in zip(POLLUTANTS, one.kg, strict=True) if value
    )
    name = f'<a href="/audit?enterprise={quote(one.asked)}">{escape(one.enterprise)}</a>'
    return (
        f'<div id="stop-{number}" class="stop {"first" if number == 1 else ""}"><span class="place">{number}</span>'
        f"<div><b>{name}</b><div class='small soft'>{escape(one.county)} · {len(one.lines)}条线</div></div>"
        f'<div class="right"><b class="num">{kilograms(one.at_risk)}</b><br>{tag}</div>'
        f'<div class="weight"><i style="width:{min(one.at_risk / most, 1):.0%}"></i></div>'
        f'<details class="small"><summary>看什么</summary><ul class="pile near">{lines}</ul>'
        f"<p class='soft'>应减（千克/日）：{kg or '算不出'}</p></details></div>"
    )


class _Judging:
    """Evidence in, findings out for a person's decision."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self.notes = FieldNotes(visit.desk.works.store, visit.account.user)
        self.files: list[Upload] = []

    @property
    def evidence(self) -> list[Upload]:
        """Notes of the phone and of this page that are not on record, then files."""
        return [*(one.evidence(self.visit.account.name) for one in self.notes.open()), *self.files]

    def draw(self, stops: list[Stop]) -> None:
        with ui.element("div").classes("pile"):
            with card("现场记一条"):
                self._note(stops)
            with card("录入证据"):
                hint("用电、在线、门禁、扬尘、检查、企业台账，种类按表头认；先判断，看过再记入台账。")
                with file_fields(self.visit) as readings:
                    file_field("audit.evidence", readings, self.add)
                self.counted = ui.label().classes("note")
                with ui.element("div").classes("side"):
                    ui.button("判断", on_click=self.look)
                self.place = ui.element("div").classes("pile near below").props("role=status")
        self._changed()

    def _changed(self) -> None:
        """Say how many notes are in; what was judged before is not what is recorded now, and goes."""
        count = len(self.notes.open())
        self.counted.set_text(f"已记下的现场{count}条已在内。")
        self.counted.set_visibility(bool(count))
        self.place.clear()

    def _note(self, stops: list[Stop]) -> None:
        firms = {one.asked: f"{one.enterprise}（{one.county}）" for one in stops}
        with ui.element("div").classes("side"):
            firm = ui.select(firms, label="企业", with_input=True).classes("grow")
            seen = ui.select(list(SEEN), label="现场看到").style("min-width:9em")
            when = now_field("检查时间", this_minute).style("width:12.5em")
            number = ui.input("笔录编号").props("maxlength=60").style("width:12.5em")
        text = ui.textarea("看到的事实（只写事实，不下结论）").classes("w-full").props("rows=2 maxlength=500")
        text.classes("below")

        def add() -> None:
            if not firm.value or not seen.value:
                ui.notify("请选择企业和现场看到的情况", type="negative")
                return
            stop = next(one for one in stops if one.asked == firm.value)
            time, record, facts = (str(one.value or "") for one in (when, number, text))
            plant = (stop.enterprise_id, stop.enterprise)
            note = FieldNote(*plant, str(seen.value), time, record, facts, city=stop.city)
            with telling():
                self.visit.allow(Right.AUDIT)
                self.notes.add(note, [])
                self._changed()
                text.value = ""
                ui.notify(f"已放进证据，共{len(self.evidence)}份；点“判断”看结论", type="positive")

        with ui.element("div").classes("side"):
            ui.button("放进证据", on_click=add).props("outline")
            hint("没有笔录编号的只作参考。")

    async def add(self, upload: Upload) -> list[Upload]:
        """Keep a file of evidence."""
        self.visit.allow(Right.AUDIT)
        self.files = [one for one in self.files if one.name != upload.name] + [upload]
        self._changed()
        return self.files

    async def look(self) -> None:
        """Judge the evidence and show what it comes to."""
        desk = self.visit.desk
        with telling(self.place):
            self.visit.allow(Right.AUDIT)
            notes, evidence = self.notes.open(), self.evidence
            found = await desk.ask(by_the_law, judge, desk.path, desk.rules, evidence)
            if found.power:
                desk.works.store.put_form(POWER, found.power)
            with self.place:
                self._show(found, notes, evidence)

    async def _answered(self, found: JudgedEvidence, answers: list[CellAnswer]) -> None:
        """Keep what was answered with each file it was asked of, and judge again."""
        lists = self.visit.desk.book.lists
        for upload in self.evidence:
            asked = {(one.column, one.value) for one in found.problems if Path(one.file).name == upload.plain_name}
            own = [one for one in answers if (one.header, one.text) in asked]
            if own:
                await asyncio.to_thread(answer_again, upload, "audit.evidence", own, lists)
        await self.look()

    def _show(self, found: JudgedEvidence, notes: list[FieldNote], evidence: list[Upload]) -> None:
        """Show what ``evidence``, ``notes`` among it, comes to: what is recorded is what was shown."""
        counts = [{"text": str(one["text"]), **{name: str(one[name]) for name in VERDICT_TEXT}} for one in found.counts]
        plain_table({"text": "证据", **VERDICT_TEXT}, counts, tuple(VERDICT_TEXT), tall=False)
        columns = {"finding": "结论", "day": "日期", "enterprise": "企业", "line": "生产线", "evidence": "证据"}
        columns |= {"finding_text": "认定说明", "consequence": "建议"}
        rows = [
            row | {"finding": VERDICT_TEXT[row["finding"]], "evidence": KIND_TEXT.get(row["evidence"], "")}
            for row in sorted(found.rows, key=lambda row: list(VERDICT_TEXT).index(row["finding"]))
        ]
        if rows:
            plain_table(columns, rows[:300])
        if found.problems:
            ui.label(f"{len(found.problems)}处须人看").classes("note warn")
            ask_names(self.visit, Right.AUDIT, questions(found.problems, found.notes), partial(self._answered, found))
            problems_listed(list(found.problems))
        with fold("这次核查的依据"):
            facts(found.opening)
            problems_listed(found.notes)

        async def record() -> None:
            desk = self.visit.desk
            with telling():
                by = self.visit.signer(Right.AUDIT)
                act = await desk.ask(by_the_law, put_on_record, desk.path, desk.rules, evidence, by)
                self.notes.recorded(notes, act.act)
                ui.notify(recorded_words(act), type="positive")
                ui.navigate.to("/audit")

        def ask() -> None:
            numbers = [(str(len(evidence)), "份证据，证据本身不进台账")]
            for name in ("breached", "doubtful", "complied"):
                count = sum(row["finding"] == name for row in found.rows)
                numbers.append((str(count), f"条{VERDICT_TEXT[name]}"))
            confirm("把这些结论记入台账？处理由法制人员定", numbers, "记入台账", record)

        with ui.element("div").classes("side foot"):
            ui.button("记入台账…", on_click=ask)


async def route_map(
    desk: Desk, stops: list[Stop], acts: list[int], size: tuple[int, int]
) -> tuple[str, list[Unplaced]]:
    """The first stops that can be placed as SVG, blank where none can; and those that cannot, by county."""
    try:
        at = await desk.ask(places_of, desk.path, acts, frozenset(one.plant for one in stops))
    except InputError:
        return "", []
    numbered = list(enumerate(stops, start=1))
    placed = [(number, one) for number, one in numbered if one.plant in at][:ON_MAP]
    unplaced = unplaced_by_county([(number, one) for number, one in numbered if one.plant not in at])
    outlines, _ = await desk.look(outlines_of, desk.path)
    cities = {one.city for _, one in placed}
    places = [one for city in sorted(cities) for one in outlines.counties(city)] if outlines else []
    points = [(number, one.enterprise, *at[one.plant]) for number, one in placed]
    return routed(places, points, size) if points else "", unplaced


async def decided(visit: Visit) -> None:
    """Draw it; whoever sees some counties alone does not: a decision says nothing of the county."""
    if not visit.scope.whole:
        return
    today, held = clock.today(), await visit.desk.read(decisions_of, personal=False)
    said = [(state_on(row, today), row | {"act": str(act)}) for act, row in held]
    said.sort(key=lambda one: list(DECISION_STATES).index(one[0]))
    rows = [
        row | {"state": DECISION_STATES[state], "in": row["city"] and row["enterprise_id"] and f"{row['city']}/"}
        for state, row in said
    ]
    open_ = sum(row["state"] in (DECISION_STATES["open"], DECISION_STATES["awaited"]) for row in rows)
    with card(f"处罚决定 {len(rows):,} 件，{open_:,} 件未解除、未届满"):
        if rows:
            links = {"act": "/audit?act={}", "enterprise_id": "/audit?enterprise={in}{}"}
            plain_table(_COLUMNS, rows[:_DECISIONS], links=links)
            hint("拟稿时自动采用；清单旁另有处罚决定表的，以所附的表为准，未用到的列在拟稿的须核对中。")
            if len(rows) > _DECISIONS:
                hint(f"只列前{_DECISIONS}件")
        else:
            nothing("台账里没有处罚决定。录入后，拟稿自动采用。")
        if Right.AUDIT in visit.account.rights:
            _lift(visit, rows)
            _entry(visit)


def _lift(visit: Visit, rows: list[dict[str, str]]) -> None:
    """Say from which day on a decision no longer binds: an act of its own, asked first."""
    left = {place: row for place, row in enumerate(rows) if row["state"] != DECISION_STATES["lifted"]}
    if not left:
        return
    words = {place: f"{row['number']} {row['enterprise']} {row['kind']}" for place, row in left.items()}

    async def act(place: int, day: str, reason: str) -> None:
        row, by = left[place], visit.signer(Right.AUDIT)
        said = (row["number"], row["in"] + row["enterprise_id"], day, reason, by)
        number = await visit.desk.ask(decision_lifted, visit.desk.path, *said)
        ui.notify(f"已记入台账，第{number}号", type="positive")

    end_form(words, _END, lambda: str(clock.today()), act)


def _entry(visit: Visit) -> None:
    async def take(upload: Upload) -> list[Upload]:
        by = visit.signer(Right.AUDIT)
        new, known = await visit.desk.ask(decisions_taken, visit.desk.path, upload, by)
        ui.notify(f"记入{new}件处罚决定，{known}件已在台账", type="positive")
        ui.navigate.reload()
        return [upload]

    with file_fields(visit) as readings:
        file_field("audit.decisions", readings, take)
