"""Tables of READMEs that are made from the code: ``python -m tests.readme_tables`` writes them anew.

A test (``test_house.py``) fails while one is stale.
"""

from __future__ import annotations

import argparse
import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from alertengine.audit import evidence_and_findings as audit
from alertengine.files import lists_folder, rules_folder
from alertengine.lists._certificates import CERTIFICATE, UNTIL
from alertengine.rulebook import Rulebook
from alertengine.rulebook.schema import Clause
from alertengine.vocabulary import (
    BREACHES,
    COMBINED_HEADERS,
    FIELDS,
    LIST_FIELDS,
    PLAN_SHARE_FIELDS,
    TOTAL_COLUMNS,
    Field,
    held_as,
)
from alertengine.workflow.delivery import receipts
from alertengine.workflow.publication import publication
from tests.checking.lists.planting import kinds_table
from tests.rooms import PACKAGE, face

_TYPES: Final = {
    "text": "text",
    "code": "one of the values",
    "open": "open list",
    "bool": "是/否",
    "number": "number",
    "integer": "whole number",
    "names": "names joined by ;",
}
_FORMS: Final = {
    "--counties": publication.SUBMISSIONS,
    "--objections": publication.OBJECTIONS,
    "--filing": publication.FILINGS,
}


@dataclass(frozen=True)
class Table:
    """A table between two marks of a README."""

    readme: Path
    begin: str
    end: str
    made: Callable[[], str]

    def renewed(self) -> str:
        """The text of the README with its table made anew.

        Raises:
            ValueError: a mark is missing.

        """
        before, first, rest = self.readme.read_text(encoding="utf-8").partition(self.begin)
        _, last, after = rest.partition(self.end)
        if not first or not last:
            raise ValueError(f"{self.readme} has no {self.begin} and {self.end}")
        return f"{before}{self.begin}\n{self.made()}\n{self.end}{after}"


def room_table() -> str:
    """Every room by name, with the docstring of its ``__init__`` and how many names it offers to other rooms."""
    rows = ["| room | purpose | names it offers |", "|---|---|---|"]
    for init in sorted(PACKAGE.glob("*/__init__.py")):
        purpose = (ast.get_docstring(ast.parse(init.read_text(encoding="utf-8"))) or "").partition("\n\n")[0]
        room, names = init.parent.name, len(face(init.parent))
        rows.append(f"| `{room}` | {purpose.replace(chr(10), ' ')} | [{names}]({room}/__init__.pyi) |")
    return "\n".join(rows)


def list_columns() -> str:
    """The columns of a list and those of the city totals."""
    rows = ["| field | 表头 | type | unit | held as | values and notes |", "|---|---|---|---|---|---|"]
    for field in LIST_FIELDS:
        name = f"`{field.name}`" + (" ●" if field.required else "") + (" ✕" if field.private else "")
        open_list = f"rules/vocabulary/{field.open_list}.yaml" if field.open_list else ""
        unit = "%, held 0 to 1" if field.name in PLAN_SHARE_FIELDS.values() else field.unit
        blank = "blank = none (not unknown)" if field.blank_is_none else ""
        notes = "; ".join(filter(None, (" ".join(field.values), open_list, field.note, blank)))
        rows.append(
            f"| {name} | {_spelt(field.headers)} | {_TYPES[field.type]} | {unit} | {held_as(field)} | {notes} |"
        )
    for header, names in COMBINED_HEADERS.items():
        meant = " and ".join(f"`{name}`" for name in names)
        rows.append(f"| | {header} | 是/否 | | | {meant} at once: 是 = both hold, 否 = which one fails is unknown |")
    rows += ["", "City totals (全社会排放):", "", "| column | 表头 | unit |", "|---|---|---|"]
    for name, headers in TOTAL_COLUMNS.items():
        rows.append(f"| `{name}` | {_spelt(headers)} | {'kg/d' if name.endswith('_kg_d') else ''} |")
    return "\n".join(rows)


def _spelt(headers: tuple[str, ...]) -> str:
    first, *others = headers
    return first + (f" ({', '.join(others)})" if others else "")


def _columns(fields: Sequence[Field], times: Sequence[str] = ()) -> list[str]:
    rows = ["| column | headers | unit | |", "|---|---|---|---|"]
    for field in fields:
        notes = ["required"] if field.required else []
        notes += ["time"] if field.name in times else []
        notes += ["personal: masked"] if field.private else []
        notes += [field.note] if field.note else []
        rows.append(f"| {field.name} | {', '.join(field.headers)} | {field.unit} | {'; '.join(notes)} |")
    return rows


def evidence_columns() -> str:
    """The columns of evidence by kind, and those of findings."""
    parts = []
    for kind, fields in audit.COLUMNS.items():
        groups = "; ".join(
            "one of " + ", ".join(f"`{name}`" for name in group) for group in audit.ONE_OF[kind] if len(group) > 1
        )
        parts += [f"### `{kind}` {audit.KIND_TEXT[kind]}", ""]
        parts += [f"Needed beside the required columns: {groups}.", ""] if groups else []
        parts += [*_columns(fields, audit.TIMES), ""]
    parts += ["Units a header may give in brackets, any other is refused:", ""]
    parts += [f"- {unit}: {', '.join(spellings)}" for unit, spellings in audit.UNITS.items()]
    parts += ["", "Marks of an hour (`cems`):", ""]
    parts += [f"- {name}: {'、'.join(word for word in words if word) or '—'}" for name, words in audit.MARKS.items()]
    parts += ["", "Results (`inspection`):", ""]
    parts += [f"- {name}: {'、'.join(words)}" for name, words in audit.RESULTS.items()]
    parts += ["", f"Breaches (`inspection`): {'、'.join(BREACHES.values())}."]
    parts += ["", "### `findings.csv`", "", "| column | 中文 | |", "|---|---|---|"]
    parts += [f"| {name} | {text} | {note} |" for name, (text, note) in audit.FINDING_COLUMNS.items()]
    return "\n".join(parts)


def receipt_columns() -> str:
    """The columns of receipts and of the list of orders still open, and their words."""
    parts = ["### Receipts", "", *_columns(receipts.COLUMNS, receipts.TIMES), "", "Words of `event`:", ""]
    parts += [f"- `{name}`: {'、'.join(words)}" for name, words in receipts.EVENTS.items()]
    parts += ["", "### The open list", "", "| column | 中文 |", "|---|---|"]
    parts += [f"| {name} | {text} |" for name, text in receipts.SERVICE_COLUMNS.items()]
    parts += ["", "Words of `state`:", "", *(f"- `{name}`: {text}" for name, text in receipts.STATES.items())]
    parts += ["", "Words of `matter`:", "", *(f"- `{name}`: {text}" for name, text in receipts.MATTERS.items())]
    return "\n".join(parts)


def publication_columns() -> str:
    """The columns of what comes with a publication, of its proof, and what is made public."""
    parts = []
    for option, fields in _FORMS.items():
        parts += [f"### `{option}`", "", *_columns(fields), ""]
    parts += ["### The proof", "", "| column | 中文 |", "|---|---|"]
    parts += [f"| {name} | {text} |" for name, text in publication.PROOF_COLUMNS.items()]
    parts += ["", "Made public: " + "、".join(FIELDS[name].text for name in publication.PUBLIC_FIELDS) + "、等级证书."]
    parts += ["", f"A certificate is read from a column {'、'.join(CERTIFICATE)}; its end from {'、'.join(UNTIL)}."]
    return "\n".join(parts)


def clause_table() -> str:
    """What became of every clause of every shipped document: rules, a feature of the program, or a reason."""
    rows = ["| document | clause | rules, or what stands for it |", "|---|---|---|"]
    rows += [
        f"| {name} | {_cell(f'{clause.clause} {clause.text}')} | {_cell(_outcome(clause))} |"
        for name, document in sorted(Rulebook.load().documents.items())
        for clause in document.clauses
    ]
    return "\n".join(rows)


def _outcome(clause: Clause) -> str:
    rules = ", ".join(f"`{name}`" for name in clause.rules)
    return "; ".join(part for part in (rules, clause.feature, clause.reason) if part)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _of_room(room: str, made: Callable[[], str]) -> Table:
    marks = "<!-- columns: generated, do not edit -->", "<!-- end of columns -->"
    return Table(PACKAGE / room / "README.md", *marks, lambda: f"\n{made()}\n")


TABLES: Final = {
    "rooms": Table(
        PACKAGE / "README.md",
        "<!-- rooms: generated, do not edit -->",
        "<!-- end of rooms -->",
        lambda: f"\n{room_table()}\n",
    ),
    "kinds": Table(
        lists_folder() / "README.md",
        "<!-- kinds of defect: begin (made by tests.readme_tables) -->",
        "<!-- kinds of defect: end -->",
        lambda: f"\n{kinds_table()}\n",
    ),
    "lists": Table(
        lists_folder() / "README.md",
        "<!-- column dictionary: begin (made by tests.readme_tables) -->",
        "<!-- column dictionary: end -->",
        lambda: f"\n{list_columns()}\n",
    ),
    "audit": _of_room("audit", evidence_columns),
    "delivery": _of_room("workflow/delivery", receipt_columns),
    "publication": _of_room("workflow/publication", publication_columns),
    "clauses": Table(
        rules_folder() / "README.md", "<!-- clauses: generated, do not edit -->", "<!-- /clauses -->", clause_table
    ),
}

if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__).parse_args()
    for table in TABLES.values():
        table.readme.write_text(table.renewed(), encoding="utf-8")
