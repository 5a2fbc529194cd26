"""The catalogue: what the program says, by room; every code with its severity and its words in both languages."""

from __future__ import annotations

from importlib import import_module
from typing import Final

from alertengine.vocabulary.messages.message import Message

#: The rooms, or parts of one, whose messages are in the catalogue; each is a module here with a table ``MESSAGES``.
ROOMS: Final[tuple[str, ...]] = (
    "files",
    "lists",
    "plausible",
    "warning",
    "audit",
    "orders",
    "ledger",
    "report",
    "workflow",
    "corrections",
    "delivery",
    "rulebook",
    "rule_cells",
    "outlines",
    "checking",
    "documents",
    "simulation",
    "web",
    "api",
    "commands",
)


def _all_rooms() -> dict[str, Message]:
    out: dict[str, Message] = {}
    for room in ROOMS:
        table: dict[str, Message] = import_module(f"{__name__}.{room}").MESSAGES
        twice = out.keys() & table.keys()
        if twice:
            raise ValueError(f"codes that stand in two rooms: {', '.join(sorted(twice))}")
        out |= table
    return out


#: Every message by its code.
CATALOGUE: Final = _all_rooms()
