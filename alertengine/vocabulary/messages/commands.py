"""What the commands say of themselves."""

from __future__ import annotations

from typing import Final

from alertengine.vocabulary.messages.message import Message, phrase

MESSAGES: Final[dict[str, Message]] = {
    "note": phrase("note: ", "提示："),
    "error": phrase("error: {text}", "错误：{text}"),
    "more_of_the_kind": phrase("and {count} more of the same kind", "另有{count}条同类问题"),
}
