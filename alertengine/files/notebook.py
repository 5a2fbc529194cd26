"""How results show themselves in a notebook: facts, the head of a table, and the problems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import pandas as pd

    from alertengine.vocabulary import Problem

#: Rows of a table, and problems, that are shown.
SHOWN_ROWS: Final = 10
SHOWN_PROBLEMS: Final = 8


def result_html(
    title: str,
    facts: Mapping[str, object],
    table: pd.DataFrame | Sequence[Mapping[str, object]],
    problems: Sequence[Problem] = (),
) -> str:
    """A result as HTML for ``_repr_html_``: what it is, how many problems it has, and the first rows of its table."""
    line = " · ".join(f"{escape(str(name))}: {escape(str(value))}" for name, value in facts.items())
    out = [f"<p><strong>{escape(title)}</strong> — {line}</p>"]
    if problems:
        said = "".join(f"<li>{escape(str(problem))}</li>" for problem in problems[:SHOWN_PROBLEMS])
        more = len(problems) - SHOWN_PROBLEMS
        said += f"<li>… {more} more</li>" if more > 0 else ""
        out.append(f"<p>{len(problems)} problems</p><ul>{said}</ul>")
    head = table[:SHOWN_ROWS]
    rows = head if isinstance(head, Sequence) else head.astype("object").where(head.notna(), "").to_dict("records")
    if len(rows):
        header = "".join(f"<th>{escape(str(name))}</th>" for name in rows[0])
        cells = ("".join(f"<td>{escape(str(cell))}</td>" for cell in row.values()) for row in rows)
        out.append(f"<table><tr>{header}</tr>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</table>")
        if len(table) > SHOWN_ROWS:
            out.append(f"<p>… {len(table) - SHOWN_ROWS} more rows</p>")
    return "\n".join(out)
