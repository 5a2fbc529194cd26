"""The words of an answer: yes, no and not known; whether a required reduction is reached."""

from __future__ import annotations

from typing import Final

YES_NO: Final = {True: "是", False: "否"}
#: Of a fact that nobody has stated.
UNKNOWN_WORD: Final = "未知"
#: Whether a required reduction is reached, by the answer of a summary; ``open`` while a season lasts.
MET_TEXT: Final = {"yes": "达到", "no": "未达到", "unknown": "无法判定", "open": "进行中"}
