"""The environment that pages are rendered in, and the one stylesheet of everything that is read on a screen."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final

import jinja2
from markupsafe import Markup

from alertengine.vocabulary import kilograms, marked, moment, number, percent, rounded, signed, to_minute

_STYLESHEET: Final = Path(__file__).with_name("design.css")
_BODY: Final = re.compile(r'<body class="([\w ]*)">(.*)</body>', re.DOTALL)
_SCRIPT: Final = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_ANY_SCRIPT: Final = re.compile(r"<script[^>]*>.*?</script>", re.DOTALL)
#: The filters every page has: one way to print a number, a share, an amount and a time.
PRINTED: Final[dict[str, Callable[..., str]]] = {
    one.__name__: one for one in (kilograms, marked, moment, number, percent, rounded, signed, to_minute)
}


@cache
def environment(room: str, **filters: Callable[..., Any]) -> jinja2.Environment:
    """The templates of a room (a package with a folder ``templates``), everything escaped.

    Its filters are :data:`PRINTED` and those given by name.

    ``{{ design }}`` is the stylesheet, to stand in a ``<style>`` of its own.
    """
    made = jinja2.Environment(loader=jinja2.PackageLoader(room), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    made.filters |= PRINTED | filters
    made.globals["design"] = Markup(stylesheet())  # noqa: S704 -- a file of this package
    return made


@cache
def stylesheet() -> str:
    """The text of ``design.css``: no address in it leads anywhere."""
    return _STYLESHEET.read_text(encoding="utf-8")


def body_of(page: str) -> tuple[str, str]:
    """What a whole page made here says: its ``body`` class and content, to stand in another page; scripts left out."""
    kind, content = _BODY.findall(page)[0]
    return kind, _ANY_SCRIPT.sub("", content).replace("<main>", "<div>").replace("</main>", "</div>")


def script_of(page: str) -> str:
    """The last script of a whole page made here."""
    return str(_SCRIPT.findall(page)[-1])
