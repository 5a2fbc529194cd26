"""Reasoning as a tree that opens, wherever an order is explained."""

from __future__ import annotations

from nicegui import ui

from alertengine.orders import Explanation, Reason, in_sentences


def explanation(found: Explanation) -> None:
    """The reasoning of every phase, and what would have made the order lighter."""
    for tree in found.phases:
        reason_tree(tree)
    if found.changes:
        ui.label("怎样会更轻（其他事实不变）：").classes("font-bold mt-2")
        for sentence in in_sentences(found.changes):
            ui.label(sentence).classes("small")


def reason_tree(reason: Reason, depth: int = 0) -> None:
    """A tree of reasons, opened at its first level."""
    if not reason.below:
        ui.label(reason.text).classes("leaf")
        return
    with ui.element("details").props("open" if depth < 1 else ""):
        with ui.element("summary"):
            ui.label(reason.text)
        for below in reason.below:
            reason_tree(below, depth + 1)
