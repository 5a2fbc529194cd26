"""In which language the program speaks: English, or Chinese where the machine's locale is Chinese."""

from __future__ import annotations

import locale
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final, Literal

Language = Literal["en", "zh"]
LANGUAGES: Final[tuple[Language, ...]] = ("en", "zh")
#: The setting that stands above the locale: ``en`` or ``zh``.
SETTING: Final = "ALERTENGINE_LANG"

_chosen: ContextVar[Language | None] = ContextVar("language", default=None)


def language() -> Language:
    """The language now spoken: the one chosen by ``speaking``, else ``ALERTENGINE_LANG``, else that of the locale."""
    chosen = _chosen.get()
    if chosen is not None:
        return chosen
    for name in (SETTING, "LC_ALL", "LC_MESSAGES", "LANG"):
        said = os.environ.get(name, "")
        if said:
            return "zh" if said.lower().startswith("zh") else "en"
    if sys.platform == "win32" and (locale.getlocale()[0] or "").lower().startswith(("zh", "chinese")):
        return "zh"
    return "en"


@contextmanager
def speaking(chosen: Language) -> Iterator[None]:
    """Everything made into words inside is in this language."""
    token = _chosen.set(chosen)
    try:
        yield
    finally:
        _chosen.reset(token)
