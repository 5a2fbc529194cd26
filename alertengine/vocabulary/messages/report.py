"""What is said in the room ``report``."""

from __future__ import annotations

from typing import Final

from alertengine.vocabulary.messages.message import Message, error

MESSAGES: Final[dict[str, Message]] = {
    "act_without_orders": error(
        "act {act} gives no orders", "第{act}号没有指令", "an act of kind issue", "issue类的一条"
    ),
    "record_changed": error(
        "the record was changed: act {act}",
        "台账被改动：第{act}号",
        "an untouched ledger; see ledger verify",
        "未被改动的台账，见ledger verify",
    ),
    "part_changed": error(
        "the record was changed: {part} of act {act}",
        "台账被改动：第{act}号的{part}",
        "see ledger verify",
        "见ledger verify",
    ),
    "plotly_missing": error(
        "plotly is missing", "未安装plotly", "pip install 'alertengine[report]'", "pip install 'alertengine[report]'"
    ),
}
