"""A text on one line, without what XML cannot hold."""

from __future__ import annotations

import re
from typing import Final

#: Characters XML 1.0 cannot hold, and invisible ones that turn the reading direction of a name.
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u202a-\u202e\u2066-\u2069]")


_SPACE: Final = re.compile(r"\s+")


def plain(text: object) -> str:
    """A text on one line, without what XML cannot hold."""
    return _SPACE.sub(" ", _NOT_XML.sub("", str(text))).strip()
