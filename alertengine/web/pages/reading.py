"""The field that takes files; how each was read, shown to whoever brings it; questions where it was not understood."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import PurePosixPath
from typing import Any, Final

from nicegui import events, ui

from alertengine.files import CellAnswer, Profile, Protocol, hour_of
from alertengine.vocabulary import AlertEngineError, InputError, Problem
from alertengine.web.intake import DOORS, FORM, TEXT, YAML, Door, answer, learn, questions, taken_in
from alertengine.web.pages.frame import Visit, facts, hint, problem_table, problems_listed, tell, telling
from alertengine.web.pages.tables import plain_table
from alertengine.web.pages.typed import ask_names, quoted
from alertengine.workflow import SCHEMAS, Understood, Upload, fields_of, words_of

#: Rows left out that are named one by one.
_NAMED: Final = 30
#: Fields of every row that no column says and a person may.
_SAID: Final = 3
#: So many columns headed by hours are asked about together.
_HOURS: Final = 3
_KIND_TEXT: Final = {
    "list": "企业清单", "totals": "全社会排放量", "register": "企业名录", "forecast": "预报", "observed": "实测",
    "permits": "排污许可", "members": "名单", "evidence": "核查数据",
}  # fmt: skip
_NONE: Final = "点击选择文件，或拖到这里"
#: What is dropped on a field goes the way of what is chosen.
_DROPPED: Final = "event => { event.preventDefault(); getElement(%d).addFiles(event.dataTransfer.files) }"
_AS_FOUND, _NOT_READ, _ALL_SHEETS = "按识别", "不读", "各张有此表头的工作表"


def protocols(read: Sequence[Protocol]) -> None:
    """How files were read, each in a part that opens and is drawn then."""
    for one in read:
        part = ui.expansion(f"{PurePosixPath(one.file).name}：{reading_words(one)}").classes("card w-full")
        part.on_value_change(partial(_opened, part, one))


def _opened(part: ui.expansion, one: Protocol, _event: Any) -> None:
    if not part.default_slot.children:
        with part:
            protocol(one)


def reading_words(one: Protocol) -> str:
    """A reading in one line: rows, and how many were left out."""
    left = f"，未计入 {len(one.left_out)} 行" if one.left_out else ""
    return f"读入 {one.rows:,} 行{left}"


def protocol(one: Protocol, kind: str = "") -> None:
    """One reading: format, sheets, what was left out and why, and what each header became."""
    headers = [
        f"{f'工作表“{sheet.name}”' if sheet.name else ''}第{sheet.last_header}行"
        for sheet in one.sheets
        if sheet.last_header is not None
    ]
    hidden = sum(sheet.hidden_rows for sheet in one.sheets)
    said = {
        "格式": " ".join(filter(None, (one.format, one.encoding, one.delimiter))),
        "表头": "，".join(headers),
        "读入": f"{one.rows:,} 行",
        "未读的工作表": "、".join(one.not_read),
        "隐藏的内容（已读入）": f"{hidden} 行" if hidden else "",
        "未计入": left.words("zh")[0].partition("：")[2] if (left := one.left_out_said()) is not None else "",
        "识读方案": PurePosixPath(one.profile).name,
        "未识别的列": "、".join(header for header, fields in one.columns if not fields),
    }
    facts([(name, text) for name, text in said.items() if text])
    rows = [{"header": header, "field": words_of(fields, kind)} for header, fields in one.columns if fields]
    plain_table({"header": "表头", "field": "识别为"}, rows)


@dataclass(frozen=True, slots=True)
class _Brought:
    """A file brought to a door, what was understood of it, and what takes it once that is enough."""

    upload: Upload
    door: Door
    found: Understood
    take: Callable[[Upload], Awaitable[object]]


@dataclass
class Readings:
    """The place of a page where it shows what was understood of each file that was brought."""

    visit: Visit
    place: ui.element = field(default_factory=lambda: ui.element("div").classes("stack mt-4"))
    _drawn: dict[str, ui.element] = field(default_factory=dict)
    #: By field the file that was brought last and could not be read.
    unread: dict[str, str] = field(default_factory=dict)
    #: By field the files it holds, where :meth:`keep` takes them.
    held: dict[str, list[Upload]] = field(default_factory=dict)

    async def keep(self, key: str, upload: Upload) -> list[Upload]:
        """Hold a file of a field in place of the one before; of a field for several beside those of other names."""
        self.visit.allow(DOORS[key].right)
        before = self.held.get(key, []) if DOORS[key].several else []
        self.held[key] = [one for one in before if one.name != upload.name] + [upload]
        return self.held[key]

    def file(self, key: str) -> Upload | None:
        """The file that a field holds, where it holds one."""
        return self.held[key][-1] if key in self.held else None

    def whole(self) -> None:
        """Refuse to go on without a file that somebody brought: it would be done with another one, or with none.

        Raises:
            InputError: a field's last file could not be read.

        """
        if self.unread:
            raise InputError([Problem("files_unread", where="session", names=list(self.unread.values()))])

    def show(self, upload: Upload, door: Door, found: Understood, take: Callable[[Upload], Awaitable[object]]) -> None:
        """Draw what was understood of a file; ``take`` is told once a person has said what was not."""
        if found.kind in (YAML, TEXT, FORM) and not found.refused:
            self._clear(upload)
            return
        with self._fresh(upload, "div", "w-full"):
            self._draw(_Brought(upload, door, found, take))

    def refused(self, upload: Upload, error: InputError) -> None:
        """Draw what keeps a file, as it was read, from being taken: every problem with its row and cell."""
        with self._fresh(upload, "section", "card w-full"):
            problem_table(error)

    async def again(self, one: _Brought, found: Understood) -> None:
        """Take a file that was read again, where it can be used now, and draw what was understood of it."""
        if not found.refused:
            await one.take(one.upload)
        self.show(one.upload, one.door, found, one.take)

    def _clear(self, upload: Upload) -> None:
        if (drawn := self._drawn.pop(upload.plain_name, None)) is not None:
            drawn.delete()

    def _fresh(self, upload: Upload, tag: str, kind: str) -> ui.element:
        """The place of a file, with nothing in it."""
        self._clear(upload)
        with self.place:
            self._drawn[upload.plain_name] = ui.element(tag).classes(kind)
        return self._drawn[upload.plain_name]

    def _draw(self, one: _Brought) -> None:
        upload, found = one.upload, one.found
        what = _KIND_TEXT.get(found.kind, "")
        if found.refused:
            title = f"{upload.plain_name}：未能{f'按{what}' if what else ''}读取，{len(found.problems)} 处问题"
        else:
            read = "" if found.protocol is None else reading_words(found.protocol)
            title = f"{upload.plain_name}：已按{what}识读，{read}，{len(found.problems):,} 处须核对"
        with ui.expansion(title, value=found.refused).classes("card w-full"):
            if found.problems:
                self._asked(one)
                problems_listed(found.problems)
            if found.protocol is not None:
                protocol(found.protocol, found.kind)
            for note in found.notes[:_NAMED]:
                ui.label(note.text("zh", short=True)).classes("small soft")
            if found.sheets:
                with ui.expansion("说明此表各列是什么", value=found.refused).classes("w-full"):
                    _Questions(self, one)

    def _asked(self, one: _Brought) -> None:
        """Names that are not known or nearly another's, as the reader tells them."""
        if not one.found.headers:
            return

        async def save(answers: list[CellAnswer]) -> None:
            lists = self.visit.desk.book.lists
            await self.again(one, await asyncio.to_thread(answer, one.upload, one.found, answers, lists))

        ask_names(self.visit, one.door.right, questions(one.found.problems, one.found.notes), save)


class _Questions:
    """What a table is, said by a person: sheet, field and unit of each header, what holds for every row."""

    def __init__(self, readings: Readings, one: _Brought) -> None:
        self._readings, self._one, self._found = readings, one, one.found
        upload, found = one.upload, one.found
        self._kind = found.kind
        self._fields: dict[str, Any] = {}
        self._units: dict[str, Any] = {}
        self._values: list[tuple[Any, Any]] = []
        self._hours: tuple[Any, Any] | None = None
        kinds = [kind for kind in one.door.kinds if kind != YAML]
        if len(kinds) > 1:
            chosen = ui.select({kind: _KIND_TEXT[kind] for kind in kinds}, value=self._kind, label="此表是")
            chosen.on_value_change(lambda event: self._of_kind(str(event.value)))
        self._sheet = ""
        if len(found.sheets) > 1:
            names = {"": _ALL_SHEETS, **{sheet.name: sheet.name for sheet in found.sheets}}
            sheets = ui.select(names, value="", label="工作表")
            sheets.on_value_change(lambda event: self._of_sheet(str(event.value)))
        self._place = ui.element("div").classes("w-full")
        self._ask()
        with ui.element("div").classes("side mt-2"):
            self._name = ui.input("识读方案名称", value=PurePosixPath(upload.plain_name).stem).props("maxlength=60")
            ui.button("保存并重新识读", on_click=self._save)
        hint("同样表头的文件以后都按此方案识读。")

    def _of_kind(self, kind: str) -> None:
        self._kind = kind
        self._ask()

    def _of_sheet(self, name: str) -> None:
        self._sheet = name
        self._ask()

    def _ask(self) -> None:
        """The top of the sheet, and a question for each of its headers."""
        self._fields, self._units, self._values, self._hours = {}, {}, [], None
        self._place.clear()
        held, sheets = self._found.protocol, self._found.sheets
        seen = set() if held is None else {one.name for one in held.sheets}
        shown = next((sheet.name for sheet in sheets if sheet.name in seen), sheets[0].name)
        head = next(sheet for sheet in sheets if sheet.name == (self._sheet or shown))
        known = {one.header: one for one in self._found.headings} if self._kind == self._found.kind else {}
        names = list(fields_of(self._kind))
        with self._place:
            width = max((len(row) for row in head.rows), default=0)
            columns = {str(place): f"第{place + 1}列" for place in range(width)}
            with ui.element("div").classes("sampled"):
                plain_table(columns, [{str(at): cell for at, cell in enumerate(row)} for row in head.rows])
            hours = [header for header in head.headers if hour_of(header) is not None]
            if len(hours) >= _HOURS:
                with ui.element("div").classes("side mt-2"):
                    ui.label(f"时间分列：{hours[0]} … {hours[-1]}，共 {len(hours)} 列").classes("font-bold")
                    which = ui.select(["", *names], value="", label="各时列是", with_input=True).props("dense")
                    self._hours = which.style("min-width:14em"), ui.input("单位").props("dense")
            with ui.element("div").classes("asked mt-2"):
                asked = [one for one in head.headers if self._hours is None or one not in hours]
                said = {one: words_of(known[one].fields, self._kind) for one in asked if one in known}
                for header in sorted(asked, key=lambda one: bool(said.get(one))):  # those that nobody knows come first
                    own, read = known.get(header), said.get(header, "")
                    with ui.element("div").classes("min-w-0"):
                        ui.label(header).classes("font-bold")
                        ui.label(f"识别为{read}" if read else "未识别").classes("small" if read else "small no")
                    self._fields[header] = ui.select(
                        [_AS_FOUND, _NOT_READ, *names], value=_AS_FOUND, label="应为", with_input=True
                    ).props(f'dense aria-label="{quoted(header)}应为"')
                    self._units[header] = ui.input("单位", placeholder=own.unit if own else "").props(
                        "dense stack-label"
                    )
            ui.label("表中没有、每行都相同的内容").classes("font-bold mt-2")
            for _ in range(_SAID):
                with ui.element("div").classes("side below"):
                    which = ui.select(["", *names], value="", label="字段", with_input=True).props("dense")
                    self._values.append((which.style("min-width:14em"), ui.input("内容").props("dense")))

    def _profile(self) -> Profile:
        """The profile that the form says.

        Raises:
            InputError: it says nothing.

        """
        fields = {
            header: "" if chosen.value == _NOT_READ else str(chosen.value)
            for header, chosen in self._fields.items()
            if chosen.value and chosen.value != _AS_FOUND
        }
        units = {header: text for header, one in self._units.items() if (text := (one.value or "").strip())}
        values = {str(which.value): str(text.value).strip() for which, text in self._values if which.value}
        hours = ""
        if self._hours is not None and self._hours[0].value:
            unit = (self._hours[1].value or "").strip()
            hours = f"{self._hours[0].value}({unit})" if unit else str(self._hours[0].value)
        if not (fields or units or values or hours or self._sheet):
            raise InputError([Problem("nothing_said", where="session")])
        told = {"fields": fields, "units": units, "values": values, "hours": hours}
        return Profile.model_validate({"as": SCHEMAS[self._kind].kind, "sheet": self._sheet, **told})

    async def _save(self) -> None:
        with telling():
            self._readings.visit.allow(self._one.door.right)
            lists = self._readings.visit.desk.book.lists
            name = (self._name.value or "").strip()
            found = await asyncio.to_thread(learn, self._one.upload, self._kind, self._profile(), name, lists)
            await self._readings.again(self._one, found)


@contextmanager
def file_fields(visit: Visit) -> Iterator[Readings]:
    """Side by side the fields drawn within, and below them what was understood of their files."""
    with ui.element("div").classes("side top-left"):
        fields = ui.element("div").classes("contents")
    readings = Readings(visit)
    with fields:
        yield readings


def file_field(
    key: str, readings: Readings, take: Callable[[Upload], Awaitable[Iterable[Upload]]] | None = None, held: str = ""
) -> None:
    """Draw one.

    Args:
        key: which of ``web.intake.DOORS`` it is.
        readings: where it is shown what was understood of a file.
        take: keeps a file that can be used and says what the field holds now; problems it raises are shown below.
            One that cannot be used is shown with its problems, and taken once a person has said what it is.
            Absent: the readings keep it.
        held: what the field holds from before, in words.

    """
    door, visit, take = DOORS[key], readings.visit, take or partial(readings.keep, key)

    async def take_and_say(upload: Upload) -> None:
        try:
            files = [file_words(one.plain_name, len(one.data)) for one in await take(upload)]
            said.set_text("、".join(files) or _NONE)
            readings.unread.pop(key, None)
        except InputError as error:
            if any(one.file for one in error.problems):
                said.set_text(f"✗ {upload.plain_name} 没有记入，见下")
                readings.refused(upload, error)
                return
            raise

    async def taken(event: events.UploadEventArguments) -> None:
        try:
            visit.allow(door.right)
            upload = Upload(event.file.name, await event.file.read())
            book = await visit.desk.run(lambda: visit.desk.book)
            said.set_text("正在识读…")
            found = await asyncio.to_thread(taken_in, upload, door, book.lists)
            readings.show(upload, door, found, take_and_say)
            if found.refused:
                said.set_text(f"✗ {upload.plain_name} 未能读取，见下")
                readings.unread[key] = upload.plain_name
            else:
                await take_and_say(upload)
        except AlertEngineError as error:
            said.set_text(_NONE)
            tell(error)
        field.reset()  # another file can be chosen in its place

    def refused() -> None:
        """What the browser did not send: nothing is done with another file in its place."""
        said.set_text(f"✗ 没有收：只收{door.most} MB以内的{door.endings.replace(',', '、')}文件")
        readings.unread[key] = f"{door.name}一栏所选的文件"

    with ui.element("div").classes("upload") as box:
        size = door.most * 1024 * 1024
        field = ui.upload(auto_upload=True, on_upload=taken, max_file_size=size, multiple=door.several)
        field.on_rejected(refused)
        field.props(f'accept="{door.endings}"').classes("unseen")
        pick = ui.button(f"{door.name}　＋").props("outline").classes("pick")
        pick.on("click", js_handler=f"() => getElement({field.id}).pickFiles()")
        box.on("dragover", js_handler="event => event.preventDefault()")
        box.on("drop", js_handler=_DROPPED % field.id)
        said = ui.label(held or _NONE).classes("soft small").props("aria-live=polite")


def file_words(name: str, size: int) -> str:
    """A file that a field holds, with its size in bytes."""
    return f"✓ {name}（{max(1, round(size / 1024)):,} KB）"
