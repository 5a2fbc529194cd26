"""The tables of this room's README, from the model: ``python -m alertengine.workflow.delivery.dictionary``."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from alertengine.vocabulary import column_row, with_columns
from alertengine.workflow.delivery.receipts import COLUMNS, EVENTS, SERVICE_COLUMNS, STATES, TIMES

README: Final = Path(__file__).with_name("README.md")


def tables() -> str:
    """The contracts in Markdown."""
    parts = ["### Receipts", "", "| column | headers | unit | |", "|---|---|---|---|"]
    parts += [column_row(field, TIMES) for field in COLUMNS]
    parts += ["", "Words of `event`:", ""]
    parts += [f"- `{name}`: {'、'.join(words)}" for name, words in EVENTS.items()]
    parts += ["", "### The open list", "", "| column | 中文 |", "|---|---|"]
    parts += [f"| {name} | {text} |" for name, text in SERVICE_COLUMNS.items()]
    parts += ["", "Words of `state`:", "", *(f"- `{name}`: {text}" for name, text in STATES.items())]
    return "\n".join(parts)


if __name__ == "__main__":
    README.write_text(with_columns(README.read_text(encoding="utf-8"), tables()), encoding="utf-8")
