"""Tables of texts, every text of them escaped, and trees of reasons.

On a phone rows of texts become cards, numbers stand beside the name.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from html import escape
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

from nicegui import ui

from alertengine.orders import Explanation, Reason, in_sentences

#: Columns that a phone still shows beside each other (of more, texts become cards, numbers stand beside the name), and
#: rows from which on a table keeps its frame there.
_STACKED: Final = 3
_MANY: Final = 12
#: Signs of a cell that stay on one line, and of one that is a time, a number, a code; from which on it is a sentence.
_SHORT: Final = 8
_NUMBER: Final = 24
_LONG: Final = 30


def markup(html: str) -> ui.html:
    """HTML made here, every text in it escaped."""
    return ui.html(html, sanitize=False)


def plain_table(
    columns: Mapping[str, str],
    rows: list[dict[str, str]],
    numbers: tuple[str, ...] = (),
    *,
    links: Mapping[str, str] = MappingProxyType({}),
    on_row: Callable[[dict[str, str]], None] | None = None,
    tall: bool = True,
    stacked: bool = False,
    empty: str = "",
) -> None:
    """A table of texts, escaped.

    Args:
        columns: keys of the rows to headings.
        rows: texts by key.
        numbers: keys of columns to be set flush right.
        links: addresses of columns whose cells lead somewhere, with ``{}`` for the text, ``{key}`` for another one.
        on_row: what choosing a row does; its first cell becomes a button.
        tall: whether a long table scrolls in a frame of its own.
        stacked: on a phone its rows are cards, however few its columns.
        empty: what stands in its place where there is no row; blank: its heads alone.

    """
    if empty and not rows:
        ui.label(empty).classes("soft")
        return
    few, texts = len(columns) <= _STACKED, len(columns) - len(set(numbers) & set(columns))
    kind = "plain stacked" if stacked else "plain" if few else "plain stacked" if texts > _STACKED else "plain pinned"
    frame = f"wide{' tall' if tall else ''}{' many' if len(rows) > _MANY else ''}"
    if on_row is None:
        markup(_table(columns, rows, numbers, links, kind, frame)).classes("w-full")
        return
    with drawn_table(columns.values(), kind, frame, [columns[key] for key in numbers if key in columns]):
        for row in rows:
            with ui.element("tr"):
                for place, (key, text) in enumerate(columns.items()):
                    with cell_of(text).classes("n" if key in numbers else ""):
                        if place:
                            ui.label(row.get(key, ""))
                        else:
                            button = ui.button(row.get(key, ""), on_click=lambda row=row: on_row(row))
                            button.props("flat dense no-caps")


@contextmanager
def drawn_table(
    heads: Iterable[str],
    kind: str = "plain stacked",
    frame: str = "wide",
    marked: Collection[str] = (),
    mark: str = "n",
) -> Iterator[ui.element]:
    """A table whose cells hold more than texts: its rows are drawn within; gives what holds them.

    ``kind`` and ``frame`` are classes of the table and of what it scrolls in, ``mark`` that of the ``marked`` heads.
    """
    with (
        ui.element("div").classes(frame).props('tabindex=0 role=group aria-label="表"'),
        ui.element("table").classes(kind),
    ):
        with ui.element("thead"), ui.element("tr"):
            for text in heads:
                with ui.element("th").props("scope=col").classes(mark if text in marked else ""):
                    ui.label(text)
        with ui.element("tbody") as body:
            yield body


def cell_of(head: str) -> ui.element:
    """A cell under a heading, which stands before it on a phone."""
    return ui.element("td").props(f'data-label="{head}"')


def _table(
    columns: Mapping[str, str],
    rows: Sequence[Mapping[str, str]],
    numbers: Sequence[str],
    links: Mapping[str, str],
    kind: str,
    frame: str,
) -> str:
    """The table as HTML: of some thousand cells an element each would be a megabyte."""
    flush = {key: ' class="n"' if key in numbers else "" for key in columns}
    heads = "".join(f'<th scope="col"{flush[key]}>{escape(text)}</th>' for key, text in columns.items())
    body = "".join(
        "<tr>"
        + "".join(
            _cell(row[key], flush[key], text, links.get(key, "").format(quote(row[key], safe=""), **row))
            if row.get(key)
            else f"<td{flush[key]}></td>"
            for key, text in columns.items()
        )
        + "</tr>"
        for row in rows
    )
    return framed_table(heads, body, kind, frame)


def framed_table(
    heads: str, body: str, kind: str = "plain stacked", frame: str = "wide", label: str = "表", caption: str = ""
) -> str:
    """A table as HTML: its heads (``th``) and rows (``tr``), in the frame it scrolls in, which ``label`` names.

    ``kind`` and ``frame`` are classes of the table and of that frame; ``caption`` is an element of its own.
    """
    return (
        f'<div class="{frame}" tabindex="0" role="group" aria-label="{label}"><table class="{kind}">{caption}'
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _cell(text: str, kind: str, label: str, address: str) -> str:
    """A cell: a word or two is not parted by the end of a line."""
    said = f'<a href="{escape(address)}">{escape(text)}</a>' if address else escape(text)
    kind = ' class="n zero"' if kind and text == "0" else kind
    short = len(text) <= (_NUMBER if text[0].isdecimal() or text.isascii() else _SHORT)
    kind = kind or (' class="k"' if short else ' class="t"' if len(text) > _LONG else "")
    return f'<td{kind} data-label="{escape(label)}">{said}</td>'


def explanation(found: Explanation) -> None:
    """The reasoning of every phase, and what would have made the order lighter."""
    for tree in found.phases:
        reason_tree(tree)
    if found.changes:
        ui.label("怎样会更轻（其他事实不变）：").classes("font-bold mt-2")
        for sentence in in_sentences(found.changes):
            ui.label(sentence).classes("small")


@contextmanager
def fold(title: str, kind: str = "fold", *, shown: bool = False) -> Iterator[None]:
    """A part that opens under its title."""
    with ui.element("details").classes(kind).props("open" if shown else ""):
        with ui.element("summary"):
            ui.label(title)
        yield


def reason_tree(reason: Reason, depth: int = 0) -> None:
    """A tree of reasons, opened at its first level."""
    if not reason.below:
        ui.label(reason.text).classes("leaf")
        return
    with fold(reason.text, "", shown=depth < 1):
        for below in reason.below:
            reason_tree(below, depth + 1)


def on_paper(address: str) -> None:
    """On paper all orders of a page to be printed, fetched as it is printed; the page itself holds a screenful."""
    markup(f'<div class="paper-only" data-print="{escape(address)}"></div>')
