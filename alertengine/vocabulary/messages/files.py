"""What is said of files: their cells, headers, forms and places."""

from __future__ import annotations

from typing import Final

from alertengine.vocabulary.messages.message import Message

MESSAGES: Final[dict[str, Message]] = {
    "unknown_suffix": Message("error", "unknown suffix", "不支持的文件类型", "{suffixes:space}", "{suffixes}"),
}
