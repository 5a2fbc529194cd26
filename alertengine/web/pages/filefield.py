"""A field that takes files, says which it holds, and has each read and shown before it is used."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from nicegui import events, ui

from alertengine.vocabulary import AlertEngineError, InputError
from alertengine.web.intake import DOORS, taken_in
from alertengine.web.pages.frame import Visit, tell
from alertengine.web.pages.reading import Readings
from alertengine.workflow import Upload

_NONE: Final = "点击选择文件，或拖到这里"
#: What is dropped on a field goes the way of what is chosen.
_DROPPED: Final = "event => { event.preventDefault(); getElement(%d).addFiles(event.dataTransfer.files) }"


@contextmanager
def file_fields(visit: Visit) -> Iterator[Readings]:
    """Side by side the fields drawn within, and below them what was understood of their files."""
    with ui.element("div").classes("side top-left"):
        fields = ui.element("div").classes("contents")
    readings = Readings(visit)
    with fields:
        yield readings


def file_field(
    key: str,
    readings: Readings,
    take: Callable[[Upload], Awaitable[Iterable[Upload]]],
    held: str = "",
) -> None:
    """Draw one.

    Args:
        key: which of ``web.intake.DOORS`` it is.
        readings: where it is shown what was understood of a file.
        take: keeps a file that can be used and says what the field holds now; problems it raises are shown below.
            One that cannot be used is shown with its problems, and taken once a person has said what it is.
        held: what the field holds from before, in words.

    """
    door, visit = DOORS[key], readings.visit

    async def take_and_say(upload: Upload) -> None:
        try:
            said.set_text(_held(await take(upload)))
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


def _held(uploads: Iterable[Upload]) -> str:
    return "、".join(file_words(one.plain_name, len(one.data)) for one in uploads) or _NONE


def file_words(name: str, size: int) -> str:
    """A file that a field holds, with its size in bytes."""
    return f"✓ {name}（{max(1, round(size / 1024)):,} KB）"
