"""A field that takes files and says which it holds."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Final

from nicegui import events, ui

from alertengine.vocabulary.problems import AlertEngineError
from alertengine.web.pages.frame import tell
from alertengine.workflow.uploads import Upload

_NONE: Final = "点“＋”选择文件，或拖到这里"
#: The largest file, in MB.
MOST: Final = 150


def file_field(
    name: str,
    kinds: str,
    take: Callable[[Upload], Awaitable[Iterable[Upload]]],
    *,
    several: bool = False,
    most: int = MOST,
) -> None:
    """Draw one.

    Args:
        name: its heading.
        kinds: endings of file names, as in ``.csv,.xlsx``.
        take: keeps a file and says what the field holds now; an error it raises is told.
        several: whether several files can be chosen together.
        most: the largest file, in MB.

    """

    async def taken(event: events.UploadEventArguments) -> None:
        try:
            held = list(await take(Upload(event.file.name, await event.file.read())))
        except AlertEngineError as error:
            tell(error)
        else:
            said.set_text("、".join(f"✓ {one.plain_name}（{_size(one)}）" for one in held) or _NONE)
        field.reset()  # another file can be chosen in its place

    size = most * 1024 * 1024
    with ui.element("div").classes("upload"):
        field = ui.upload(label=name, auto_upload=True, on_upload=taken, max_file_size=size, multiple=several)
        field.on("rejected", lambda: ui.notify(f"{name}：只收 {most} MB 以内的 {kinds} 文件", type="negative"))
        field.props(f'accept="{kinds}" flat bordered')
        said = ui.label(_NONE).classes("soft small").props("aria-live=polite")


def _size(upload: Upload) -> str:
    return f"{max(1, round(len(upload.data) / 1024)):,} KB"
